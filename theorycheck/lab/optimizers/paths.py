"""Paths of indices k_1, …, k_T: all of them, random ones, and exact expectations over them.

A path is data. The same step function follows given paths (`follow`) and the tree of all paths (`expand`), where
step t costs K^t evaluations. Paths of one length are in lexicographic order: path number p of length t has the prefix
p // K^(t−s) of length s.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.optimizers.schedules import divided, number_of

LARGEST_ENUMERATION = 2**26
"""Numbers in one array of an enumeration: paths × instances × dimension (512 MiB in float64)."""
LARGEST_ENUMERATION_OF_OBJECTS = 2**20
"""The same for balls and other numbers that are Python objects."""

Integers = np.ndarray[Any, np.dtype[np.int64]]


def enumerate_paths(sample_count: int, steps: int) -> Integers:
    """All K^T paths in lexicographic order, of shape (T, K^T): one column a path.

    Raises
    ------
    ClaimError
        If K < 1 or T < 0.
    BudgetError
        If they are too many.

    Examples
    --------
    >>> enumerate_paths(2, 2).tolist()
    [[0, 0, 1, 1], [0, 1, 0, 1]]
    """
    require_enumeration(sample_count, steps, max(1, steps), LARGEST_ENUMERATION)
    number = np.arange(sample_count**steps)
    divisor = sample_count ** np.arange(steps - 1, -1, -1)
    return number // divisor[:, None] % sample_count


def random_paths(
    generator: np.random.Generator,
    sample_count: int,
    steps: int,
    replicas: int,
    probabilities: Sequence[Any] | None = None,
) -> Integers:
    """Draw independent paths, of shape (T, replicas); uniform unless `probabilities` of the K indices are given."""
    require_counts(sample_count, steps)
    if probabilities is None:
        return generator.integers(sample_count, size=(steps, replicas))
    weights = require_probabilities(probabilities, sample_count)
    return generator.choice(sample_count, size=(steps, replicas), p=[float(w) for w in weights])


def follow(xp: Any, step: Callable[[int, Any, Any], Any], state: Any, paths: Any) -> Iterator[Any]:
    """Run an algorithm along given paths; yields the states for t = 0, 1, …, T.

    Parameters
    ----------
    xp : namespace
    step : Step
        Of `sgd`, `gsmooth_adam`, …
    state : named tuple of arrays of shape (N, d)
        From `start_sgd`, `start_adam`, `start_svrg`.
    paths : integer array
        Of shape (T,): one path, the states stay of shape (N, d). Of shape (T, P): P paths, the same for all instances,
        or (T, P, N): a path for each replica and instance; then the states are of shape (P, N, d).
    """
    indices = np.asarray(paths.get() if hasattr(paths, "get") else paths)
    if indices.ndim not in (1, 2, 3):
        raise ClaimError(f"paths are of shape (T,), (T, P) or (T, P, N); {indices.shape} was given")
    if indices.ndim > 1:
        state = type(state)(*(_repeated(xp, field, indices.shape[1]) for field in state))
    return _followed(step, state, indices)


def _repeated(xp: Any, field: Any, replicas: int) -> Any:
    return xp.repeat(field[None], replicas, axis=0)


def _followed(step: Any, state: Any, indices: Any) -> Iterator[Any]:
    yield state
    for t, k in enumerate(indices, start=1):
        state = step(t, int(k) if indices.ndim == 1 else k, state)
        yield state


def expand(
    xp: Any, step: Callable[[int, Any, Any], Any], state: Any, sample_count: int, steps: int
) -> Iterator[Any]:
    """Run an algorithm along all paths; yields the states for t = 0, 1, …, T, of shape (K^t, N, d).

    Parameters
    ----------
    xp : namespace
    step : Step
    state : named tuple of arrays
        Of shape (N, d); or (P, N, d) for P starts, whose paths stand one after the other: then the states are of shape
        (P·K^t, N, d).
    sample_count, steps : int
        K and T.

    Raises
    ------
    ClaimError
        If K < 1 or T < 0.
    BudgetError
        If K^T is too large.
    """
    if state[0].ndim == 2:
        state = type(state)(*(field[None] for field in state))
    limit = LARGEST_ENUMERATION if xp.name in ("numpy", "cupy") else LARGEST_ENUMERATION_OF_OBJECTS
    entries = math.prod(length for length in state[0].shape if isinstance(length, int))
    require_enumeration(sample_count, steps, entries, limit)
    return _expanded(xp, step, state, sample_count, steps)


def _expanded(xp: Any, step: Any, state: Any, sample_count: int, steps: int) -> Iterator[Any]:
    yield state
    for t in range(1, steps + 1):
        children = [step(t, k, state) for k in range(sample_count)]
        state = type(state)(*(_interleaved(xp, fields) for fields in zip(*children, strict=True)))
        yield state


def _interleaved(xp: Any, fields: Sequence[Any]) -> Any:
    """The children of path 0, then those of path 1, …"""
    if len(fields) == 1:
        return fields[0]
    stacked = xp.stack(list(fields), axis=1)
    return stacked.reshape((-1, *stacked.shape[2:]))


def path_probabilities(probabilities: Sequence[Any], steps: int) -> list[Any]:
    """The probability of each path of length T, in lexicographic order, exact if the K `probabilities` are."""
    return [math.prod(choice, start=Fraction(1)) for choice in itertools.product(probabilities, repeat=steps)]


def expected_over_paths(
    xp: Any, values: Any, sample_count: int, probabilities: Sequence[Any] | None = None
) -> Any:
    """The mean over all paths of what was computed on a level of `expand`.

    Parameters
    ----------
    xp : namespace
    values : array of shape (K^t, …)
    sample_count : int
        K.
    probabilities : sequence of K numbers or None
        Of the indices in each step (int, Fraction or float with the sum 1); None for uniform ones.

    Returns
    -------
    array of shape (…)

    Examples
    --------
    >>> from theorycheck.terms.namespaces import numpy_namespace
    >>> float(expected_over_paths(numpy_namespace(), np.asarray([1.0, 2.0, 3.0, 6.0]), 2))
    3.0

    Raises
    ------
    ClaimError
        If the number of values is no power of K, or the probabilities are none.
    """
    paths = values.shape[0]
    if sample_count < 1 or (sample_count == 1 and paths != 1):
        raise ClaimError(f"{paths} values are not one for each path over {sample_count} samples")
    while paths % sample_count == 0 and paths > 1:
        paths //= sample_count
    if paths != 1:
        raise ClaimError(f"{values.shape[0]} values are not one for each path: no power of {sample_count}")
    if probabilities is None:
        return divided(values.sum(axis=0), values.shape[0])
    weights = require_probabilities(probabilities, sample_count)
    while values.shape[0] > 1:  # the last index first: the tree is folded up
        families = values.reshape((-1, sample_count, *values.shape[1:]))
        total = xp.number(weights[0]) * families[:, 0]
        for k in range(1, sample_count):
            total = total + xp.number(weights[k]) * families[:, k]
        values = total
    return values[0]


def require_counts(sample_count: int, steps: int) -> None:
    """Raise unless K ≥ 1 and T ≥ 0.

    Raises
    ------
    ClaimError
    """
    if sample_count < 1:
        raise ClaimError(f"paths need at least one sample; K = {sample_count} was given")
    if steps < 0:
        raise ClaimError(f"paths need a length that is not negative; {steps} was given")


def require_enumeration(sample_count: int, steps: int, size: int, limit: int) -> None:
    """Raise if K^T paths of `size` numbers each are more than `limit`.

    Raises
    ------
    ClaimError, BudgetError
    """
    require_counts(sample_count, steps)
    if sample_count > 1 and steps * math.log2(sample_count) + math.log2(max(size, 1)) > math.log2(limit):
        raise BudgetError(
            f"all {sample_count}^{steps} = {_short(sample_count, steps)} paths with {size} numbers each are more than the "
            f"{limit:.3g} numbers that fit: take fewer steps, samples or instances, for quadratics the moment recursions "
            "of theorycheck.lab.optimizers.quadratic_moments, else estimate_over_paths"
        )


def _short(base: int, exponent: int) -> str:
    digits = exponent * math.log10(base)
    return str(base**exponent) if digits < 9 else f"about 10^{digits:.0f}"


def require_probabilities(probabilities: Sequence[Any], count: int) -> list[Any]:
    """Return them as a list; raise unless they are `count` nonnegative numbers with the sum 1 (floats: to 1e-12).

    Raises
    ------
    ClaimError
    """
    weights = list(probabilities)
    numbers = [number_of(w) for w in weights]
    if len(weights) != count or any(n is None or not n >= 0 for n in numbers):
        raise ClaimError(
            f"give one nonnegative probability for each of the {count} samples, not {weights!r:.80}"
        )
    if abs(sum(numbers) - 1) > 1e-12:  # floats that were rounded; exact numbers have the sum 1
        raise ClaimError(f"the probabilities of the samples add up to {float(sum(numbers))}, not to 1")
    return weights


@dataclass(frozen=True)
class PathEstimate:
    """A mean over random paths, with an interval.

    Attributes
    ----------
    mean, low, high : array of shape (N,)
    replicas : int
    guarantee : str
        "rigorous" (bounded values, empirical Bernstein) or "asymptotic".
    """

    mean: Any
    low: Any
    high: Any
    replicas: int
    guarantee: str


def estimate_over_paths(
    xp: Any,
    step: Callable[[int, Any, Any], Any],
    state: Any,
    value: Callable[[Any], Any],
    paths: Any,
    *,
    alpha: float,
    bounds: tuple[float, float] | None = None,
) -> PathEstimate:
    """Estimate E value(state after T steps) from random paths: for what neither enumeration nor a recursion reaches.

    Parameters
    ----------
    xp : namespace
    step, state
        As in `follow`.
    value : callable
        `value(state)` of shape (P, N).
    paths : integer array of shape (T, P) or (T, P, N)
        From `random_paths`.
    alpha : float
        The probability that the interval misses, for each instance by itself.
    bounds : pair of float or None
        A range in which `value` lies for sure; with it the interval is rigorous.

    Raises
    ------
    ClaimError
        If a value lies outside the bounds.
    """
    from theorycheck.lab.expectation.intervals import asymptotic, empirical_bernstein
    from theorycheck.terms.namespaces import to_numpy

    final = state
    for reached in follow(xp, step, state, paths):
        final = reached
    values = to_numpy(value(final))
    if bounds is None:
        low, high = asymptotic(values, alpha, tuned_for=len(values))
    else:
        low, high = empirical_bernstein(values, alpha, low=bounds[0], high=bounds[1])
    guarantee = "asymptotic" if bounds is None else "rigorous"
    return PathEstimate(values.mean(axis=0), low[-1], high[-1], len(values), guarantee)
