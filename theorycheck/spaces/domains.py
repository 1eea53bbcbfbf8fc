"""The domains that the names of a space range over.

A domain is declared once and serves three ways: `decode` maps columns of the unit cube to a batch of values
(sampler and box of the adversarial optimiser), `strategy` draws small exact values that Hypothesis can
shrink, `exact` and `lift` go from a decoded row to exact values and from exact values to arrays of any
namespace.

Some domains offer more: one that refers to other names has `references()` (their names) and
`refuses(reference, target)` (why it cannot refer to that domain, or ""); one whose values may be referred to
as numbers has `is_number`; one that is drawn from several families, each a stratum, has `families`.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from theorycheck.errors import SpaceError
from theorycheck.spaces.numbers import (
    SIMPLE,
    exact_number,
    float_not_above,
    float_not_below,
    fraction_of_interval,
    is_exact,
    magnitude,
    signed_magnitude,
    simplest_between,
    with_atoms,
    within_floats,
)
from theorycheck.terms.tracing import Kind

JITTER = 2.0**-49
"""Relative size of the perturbation that exposes rounding noise."""


@dataclass(frozen=True)
class Scope:
    """What a domain may refer to while it is decoded.

    Attributes
    ----------
    dimension : int
        d of the stratum.
    sizes : Mapping[str, Any]
        The stratum's choices and the name of its dimension.
    families : Mapping[str, Any]
        The stratum's family for every name that is a function.
    values : dict
        Values of the names that come earlier: arrays while decoding, exact values otherwise.
    domains : Mapping[str, Domain]
        All domains of the space.
    """

    dimension: int
    sizes: Mapping[str, Any] = field(default_factory=dict)
    families: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)

    def size(self, length: int | str) -> int:
        """Resolve the length of an axis: a number, "d", or the name of a choice."""
        if isinstance(length, int):
            return length
        return self.dimension if length == "d" else int(self.sizes[length])


class Domain(Protocol):
    """What every domain offers; see the module's docstring."""

    name: str
    """Key of the domain among the values of a scope; set by the space ("" before)."""

    def width(self, scope: Scope) -> int:
        """Number of columns of the unit cube."""
        ...

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        """Return values with leading axis N for `cube` of shape (N, width); NaN where no value is admissible.

        `jitter` is None, or a NumPy generator that perturbs every float by a relative 2**-49.
        """
        ...

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Any:
        """Return the exact value of one decoded row (N = 1); `scope.values` are exact."""
        ...

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        """Return the exact `value` as an array with leading axis 1."""
        ...

    def strategy(self, scope: Scope) -> Any:
        """Return a Hypothesis strategy of exact values, the simplest first."""
        ...

    def admits(self, value: Any, scope: Scope) -> bool:
        """Whether `value` is exact and belongs to the domain; any object may be asked about.

        The values of earlier names in `scope.values` belong to their domains.
        """
        ...

    def symbol(self, name: str) -> Any:
        """Return a SymPy symbol with the assumptions that the domain implies."""
        ...

    def kind(self) -> Kind:
        """Return what a formula gets by that name; a length "d" is the dimension of the space."""
        ...


Bound = int | float | Fraction | str | None


def named_domains(domains: Mapping[str, Any]) -> dict[str, Domain]:
    """Return the domains with their names filled in."""
    return {name: dataclasses.replace(domain, name=name) for name, domain in domains.items()}


def perturb(values: Any, xp: Any, jitter: Any) -> Any:
    """Multiply floats by 1 ± 2**-49, signs drawn by `jitter` (None: leave them)."""
    if jitter is None:
        return values
    signs = xp.asarray(jitter.integers(0, 2, size=values.shape) * 2.0 - 1.0)
    return values * (1 + JITTER * signs)


@dataclass(frozen=True)
class Real:
    """Real numbers of an interval; made by `real`.

    `stands_for` says, in TeX, what the number is if it is a letter for something that no instance has.
    """

    is_number: ClassVar[bool] = True
    low: Fraction | str | None = None
    high: Fraction | str | None = None
    open_low: bool = False
    open_high: bool = False
    name: str = ""
    stands_for: str = ""

    def references(self) -> tuple[str, ...]:
        return tuple(bound for bound in (self.low, self.high) if isinstance(bound, str))

    def refuses(self, reference: str, target: Any) -> str:
        """Why the domain `target` cannot be a bound; "" where it can."""
        return "" if getattr(target, "is_number", False) else f"refers to {reference}, which is not a number"

    def bounds(self, scope: Scope) -> tuple[Fraction | None, Fraction | None]:
        """Exact bounds, given the exact values of earlier names."""
        low = exact_number(scope.values[self.low]) if isinstance(self.low, str) else self.low
        high = exact_number(scope.values[self.high]) if isinstance(self.high, str) else self.high
        return low, high

    def width(self, scope: Scope) -> int:
        return 1

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        values = self.decode_columns(cube, xp, scope, jitter)
        return values[:, 0]

    def decode_columns(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        """Decode every column by itself: the entries of a vector."""
        low, high = self._float_bounds(xp, scope)
        if low is None and high is None:
            atoms: list[Any] = [0.0, 1.0, -1.0, 2.0, -2.0, 0.5]
            return perturb(with_atoms(cube, xp, lambda u: signed_magnitude(u, xp), atoms), xp, jitter)
        if low is not None and high is not None:
            return self._decode_bounded(cube, xp, low, high, jitter)
        offsets = [0.5, 1.0, 2.0]
        if low is not None:
            atoms = ([] if self.open_low else [low]) + [low + offset for offset in offsets]
            values = with_atoms(cube, xp, lambda u: low + magnitude(u, xp), atoms)
            return xp.maximum(perturb(values, xp, jitter), low + xp.zeros_like(cube))
        atoms = ([] if self.open_high else [high]) + [high - offset for offset in offsets]
        values = with_atoms(cube, xp, lambda u: high - magnitude(1 - u, xp), atoms)
        return xp.minimum(perturb(values, xp, jitter), high + xp.zeros_like(cube))

    def _decode_bounded(self, cube: Any, xp: Any, low: Any, high: Any, jitter: Any) -> Any:
        atoms = [*([] if self.open_low else [low]), *([] if self.open_high else [high]), low / 2 + high / 2]
        if isinstance(low, float) and isinstance(high, float):
            atoms += [atom for atom in (0.0, 1.0, -1.0) if low < atom < high]
        values = with_atoms(cube, xp, lambda u: low + (high - low) * fraction_of_interval(u, xp), atoms)
        zeros = xp.zeros_like(cube)
        values = xp.minimum(xp.maximum(perturb(values, xp, jitter), low + zeros), high + zeros)
        empty = (low + zeros > high + zeros) | (
            (low + zeros == high + zeros) & (self.open_low or self.open_high)
        )
        return xp.where(empty, math.nan, values)

    def _float_bounds(self, xp: Any, scope: Scope) -> tuple[Any, Any]:
        """Floats (or columns of them) just inside the bounds."""
        low: Any = None
        high: Any = None
        if isinstance(self.low, str):
            low = scope.values[self.low][:, None]
            low = xp.nextafter(low, xp.full_like(low, math.inf)) if self.open_low else low
        elif self.low is not None:
            low = float_not_below(self.low)
            low = math.nextafter(low, math.inf) if self.open_low and Fraction(low) == self.low else low
        if isinstance(self.high, str):
            high = scope.values[self.high][:, None]
            high = xp.nextafter(high, xp.full_like(high, -math.inf)) if self.open_high else high
        elif self.high is not None:
            high = float_not_above(self.high)
            high = math.nextafter(high, -math.inf) if self.open_high and Fraction(high) == self.high else high
        return low, high

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Fraction:
        return self.exact_number(float(decoded[0]), scope)

    def exact_number(self, value: float, scope: Scope) -> Fraction:
        """Return `value` as a Fraction; a float that stands for a bound becomes the bound itself.

        Near an excluded bound, which the float may have been rounded onto or past, it becomes a number
        inside.

        Raises
        ------
        SpaceError
            If no number lies between the exact bounds.
        """
        result = Fraction(value)
        low, high = self.bounds(scope)
        if low is not None and not self.open_low and (result < low or value == float_not_below(low)):
            result = low
        elif high is not None and not self.open_high and (result > high or value == float_not_above(high)):
            result = high
        elif low is not None and self.open_low and result <= low:
            step = Fraction(math.ulp(float(low)))
            result = low + (step if high is None else min(step, (high - low) / 2))
        elif high is not None and self.open_high and result >= high:
            step = Fraction(math.ulp(float(high)))
            result = high - (step if low is None else min(step, (high - low) / 2))
        if not self.admits(result, scope):
            raise SpaceError(f"{self.name}: no number lies between the bounds {low} and {high}")
        return result

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return xp.asarray([xp.number(value)])

    def admits(self, value: Any, scope: Scope) -> bool:
        if not is_exact(value):
            return False
        low, high = self.bounds(scope)
        above = low is None or (value > low if self.open_low else value >= low)
        below = high is None or (value < high if self.open_high else value <= high)
        return above and below

    def strategy(self, scope: Scope) -> Any:
        return _rationals(*self.bounds(scope), self.open_low, self.open_high)

    def kind(self) -> Kind:
        return Kind("array")

    def symbol(self, name: str) -> Any:
        import sympy

        low, high = (None if isinstance(bound, str) else bound for bound in (self.low, self.high))
        assumptions: dict[str, bool] = {"real": True}
        if low is not None and low >= 0:
            assumptions = {"positive": True} if low > 0 or self.open_low else {"nonnegative": True}
        elif high is not None and high <= 0:
            assumptions = {"negative": True} if high < 0 or self.open_high else {"nonpositive": True}
        return sympy.Symbol(name, **assumptions)


@functools.lru_cache(maxsize=4096)  # strategies are dear to build and never change
def _rationals(low: Fraction | None, high: Fraction | None, open_low: bool, open_high: bool) -> Any:
    """Rationals of an interval: simple ones first, then small fractions."""
    from hypothesis import strategies as st

    domain = Real(low, high, open_low, open_high)
    scope = Scope(1)
    if low is not None and high is not None and low >= high:
        return st.just(low) if domain.admits(low, scope) else st.nothing()
    simple = [number for number in SIMPLE if domain.admits(number, scope)]
    shifted = [low + number for number in simple if low is not None and domain.admits(low + number, scope)]
    fractions = st.tuples(st.integers(0, 10**6), st.sampled_from((1, 2, 3, 4, 5, 8, 10, 100)))
    if low is not None and high is not None:
        middle = simplest_between(low + (high - low) / 4, high - (high - low) / 4)
        spread = st.tuples(st.integers(1, 999), st.just(1000))
        general = st.just(middle) | spread.map(lambda pair: low + (high - low) * Fraction(*pair))
    elif low is not None:
        general = fractions.map(lambda pair: low + Fraction(*pair))
    elif high is not None:
        general = fractions.map(lambda pair: high - Fraction(*pair))
    else:
        general = st.tuples(fractions, st.sampled_from((1, -1))).map(
            lambda pair: pair[1] * Fraction(*pair[0])
        )
    general = general.filter(lambda value: domain.admits(value, scope))
    candidates = list(dict.fromkeys(simple + shifted))
    return st.sampled_from(candidates) | general if candidates else general


def _bound(value: Bound, what: str) -> Fraction | str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise SpaceError(f"real: the {what} bound is {value}; leave it out for an unbounded domain")
    try:
        return within_floats(exact_number(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise SpaceError(
            f"real: the {what} bound {value!r:.40} is no number of the domain: {error}"
        ) from error


def real(
    low: Bound = None,
    high: Bound = None,
    *,
    open_low: bool = False,
    open_high: bool = False,
    stands_for: str = "",
) -> Real:
    """Real numbers between `low` and `high`.

    Sampled over many orders of magnitude, bounds that belong to the domain and the numbers 0, ±1, ±2, ½
    with positive probability.

    Parameters
    ----------
    low, high : int, float, Fraction, str or None
        Bounds; a float stands for its shortest decimal (0.1 is 1/10), a string names an earlier number of
        the space, None leaves the side unbounded.
    open_low, open_high : bool
        Whether the bound itself is excluded.
    stands_for : str
        TeX of what the number is, where it is a letter for a norm, a mean, an iterate … that the statement defines. That
        this number is such a one is then granted, and every verdict says so.

    Raises
    ------
    SpaceError
        If no number lies between the bounds.

    Examples
    --------
    >>> real(0, 1).admits(Fraction(1, 2), Scope(1))
    True
    """
    lower, upper = _bound(low, "lower"), _bound(high, "upper")
    if isinstance(lower, Fraction) and isinstance(upper, Fraction):
        empty = lower > upper or (lower == upper and (open_low or open_high))
        if empty:
            raise SpaceError(
                f"real({low}, {high}) holds no number: the lower bound must be below the upper one"
            )
    return Real(lower, upper, open_low, open_high, stands_for=stands_for)
