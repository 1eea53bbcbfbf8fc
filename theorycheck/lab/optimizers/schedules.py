"""Schedules: one value for each step t = 1, 2, 3, …, of a smoothing scale, a learning rate or an averaging parameter.

A value is a number (int, float, Fraction), or an array of shape (N,) for a batch of N instances. Numbers are validated
by the algorithms that use them. Arrays are not: a batch also holds instances that a claim's hypotheses exclude, and
the hypotheses decide about those.
"""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class Schedule:
    """A value for every step.

    Attributes
    ----------
    description : str
        As it appears in error messages.
    value : callable
        `value(t)` for t = 1, 2, …
    length : int or None
        How many steps it has values for; None if for all.
    """

    description: str
    value: Callable[[int], Any]
    length: int | None = None

    def __call__(self, t: int) -> Any:
        if t < 1:
            raise ClaimError(f"the schedule {self.description} starts at step 1; step {t} was asked for")
        if self.length is not None and t > self.length:
            raise ClaimError(
                f"the schedule {self.description} has {self.length} values and step {t} was asked for: "
                "give it one value for each step"
            )
        return self.value(t)


def constant(value: Any) -> Schedule:
    """The same value at every step.

    Examples
    --------
    >>> constant(2)(7)
    2
    """
    return Schedule(f"constant({_shown(value)})", lambda t: value)


def geometric(first: Any, ratio: Any) -> Schedule:
    """first · ratio^(t − 1).

    Examples
    --------
    >>> from fractions import Fraction
    >>> [str(geometric(1, Fraction(1, 2))(t)) for t in (1, 2, 3)]
    ['1', '1/2', '1/4']
    """
    return Schedule(
        f"geometric({_shown(first)}, {_shown(ratio)})", lambda t: first * _fitting(ratio ** (t - 1), first)
    )


def power(first: Any, exponent: Any) -> Schedule:
    """first / t^exponent.

    Examples
    --------
    >>> power(3.0, 0.5)(9)
    1.0
    """
    return Schedule(
        f"power({_shown(first)}, {_shown(exponent)})", lambda t: first / _fitting(t**exponent, first)
    )


def sequence(values: Iterable[Any]) -> Schedule:
    """The values one after the other; asking for more of them is an error.

    Examples
    --------
    >>> sequence([4, 2, 1])(2)
    2
    """
    kept = tuple(values)
    shown = f"sequence of {len(kept)}"
    return Schedule(shown, lambda t: kept[t - 1], len(kept))


def as_schedule(value: Any) -> Schedule:
    """Return a schedule as it is, a list or tuple as `sequence`, and anything else (a number, an array) as `constant`."""
    if isinstance(value, Schedule):
        return value
    if isinstance(value, (list, tuple)):
        return sequence(value)
    return constant(value)


def number_of(value: Any) -> Any:
    """The value as a number if it is one (also an array of shape ()), else None."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
    return value if isinstance(value, numbers.Real) else None


def require_steps(schedule: Schedule, steps: int, what: str) -> None:
    """Raise unless the schedule has a value for each of `steps` steps.

    Raises
    ------
    ClaimError
    """
    if schedule.length is not None and schedule.length < steps:
        raise ClaimError(
            f"{what}: the schedule {schedule.description} is shorter than the {steps} steps of the run: "
            "give it one value for each step"
        )


def require_nonincreasing(schedule: Schedule, steps: int, what: str) -> None:
    """Raise if a number of the schedule is larger than the one before, for methods that forbid it.

    Raises
    ------
    ClaimError
    """
    require_steps(schedule, steps, what)
    values: Sequence[Any] = [number_of(schedule(t)) for t in range(1, steps + 1)]
    for t, (before, after) in enumerate(itertools.pairwise(values), start=2):
        if before is not None and after is not None and after > before:
            raise ClaimError(
                f"{what}: the schedule {schedule.description} increases from {before} to {after} at step {t}, "
                "which the method forbids: give a nonincreasing one"
            )


def require_value(value: Any, t: int, what: str, admissible: Callable[[Any], bool], wanted: str) -> None:
    """Raise unless `value`, where it is a number, is admissible at step t; NaN is not.

    Raises
    ------
    ClaimError
    """
    number = number_of(value)
    if number is not None and not admissible(number):
        raise ClaimError(f"{what} must be {wanted}; at step {t} it is {number}")


def in_namespace(xp: Any, value: Any) -> Any:
    """A fraction as the scalar of the namespace, everything else as it is."""
    return xp.number(value) if isinstance(value, Fraction) else value


def divided(array: Any, count: int) -> Any:
    """array / count, exact for objects (fractions, balls): two Python integers would divide to a float."""
    is_exact = getattr(getattr(array, "dtype", None), "kind", "O") == "O"
    return array * Fraction(1, count) if is_exact else array / count


def smoothing_scale(xp: Any, schedule: Schedule, t: int, what: str = "the smoothing parameter sigma") -> Any:
    """σ_t ≥ 0, validated."""
    value = schedule(t)
    require_value(value, t, what, lambda v: v >= 0, "nonnegative")
    return in_namespace(xp, value)


def step_size(xp: Any, schedule: Schedule, t: int) -> Any:
    """η_t > 0, validated."""
    value = schedule(t)
    require_value(value, t, "the learning rate", lambda v: v > 0, "positive")
    return in_namespace(xp, value)


def _fitting(factor: Any, first: Any) -> Any:
    """A fraction as a float if it is to multiply an array of floats, which would turn into objects otherwise."""
    is_float_array = getattr(getattr(first, "dtype", None), "kind", "") == "f"
    return float(factor) if is_float_array and isinstance(factor, Fraction) else factor


def _shown(value: Any) -> str:
    number = number_of(value)
    return str(number) if number is not None else "array"
