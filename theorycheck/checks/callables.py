"""A user's function behind one signature, on floats and on balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError, FormulaError


def has_constants(f: Any) -> bool:
    """Whether `f` is a function with exact constants and not a bare callable."""
    return hasattr(f, "strong_convexity") and hasattr(f, "parameters")


def over_balls(f: Any) -> Any:
    """Rebuild a function with exact constants over balls; its float parameters are taken as they are, bit
    by bit.

    Raises
    ------
    ClaimError
        If it is a batch of several functions.
    """
    from theorycheck.terms.namespaces import ball_namespace

    count = f.nonconstant.shape[0]
    if count != 1:
        raise ClaimError(f"a batch of {count} functions: check one, built with a leading axis of length 1")
    if f.xp.name == "balls":
        return f
    from theorycheck.terms.balls import ball_array
    from theorycheck.terms.namespaces import to_numpy

    parameters: Mapping[str, Any] = {
        name: ball_array(exactly(to_numpy(values))) for name, values in f.parameters.items()
    }
    return type(f)(ball_namespace(), f.dimension, parameters)


def exactly(values: Any) -> Any:
    """Floats as the Fractions that they are."""
    array = np.asarray(values)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = Fraction(array[index].item())
    return result


def batched(f: Callable[[Any], Any], dimension: int, what: str = "the function") -> Callable[[Any], Any]:
    """Return x (N, d) -> (N,) for a callable that takes batches, or one number in dimension 1.

    Raises
    ------
    FormulaError
        From the returned function: NaN, or values of the wrong shape. Infinite values pass.
    """

    def evaluate(x: Any) -> Any:
        values = _shaped(f, x, dimension, what)
        if x.dtype == object:
            from theorycheck.terms.balls import ball_array

            return ball_array(values)
        values = values.astype(float)
        bad = np.isnan(values)
        if bad.any():
            raise FormulaError(f"{what} is NaN at x = {x[np.argmax(bad)].tolist()}; mend it, or move the box")
        return values

    return evaluate


def _shaped(f: Callable[[Any], Any], x: Any, dimension: int, what: str) -> Any:
    with np.errstate(all="ignore"):
        try:
            values = _one_per_row(f, x, dimension)
        except (TypeError, ValueError, AttributeError):
            if dimension > 1:
                raise
            values = None
        if values is None and dimension == 1:
            values = np.asarray([f(number) for number in x[:, 0]])
    if values is None or values.shape != (len(x),):
        raise FormulaError(
            f"{what} does not return one value for each row of x of shape {x.shape}: reduce over the last "
            "axis only, as in (x * x).sum(axis=-1)"
        )
    return values


def _one_per_row(f: Callable[[Any], Any], x: Any, dimension: int) -> Any:
    """The values of a batch, or None if they are not one per row or a row's value depends on the others."""
    count = len(x)
    values = np.asarray(f(x))
    if values.shape == (count, 1) and dimension == 1:
        values = values[:, 0]
    if values.shape == ():
        values = np.full(count, values[()])
    if values.shape != (count,):
        return None
    if x.dtype != object and count > 1:
        alone = np.ravel(np.asarray(f(x[-1:]), dtype=float))
        last = float(values[-1])
        # NumPy may sum a batch in another order than a row: far below 1e-6
        same = alone.shape == (1,) and abs(alone[0] - last) <= 1e-6 * (1 + abs(last))
        if np.isfinite(last) and not same:
            return None
    return values


def batched_gradient(gradient: Callable[[Any], Any], dimension: int) -> Callable[[Any], Any]:
    """Return x (N, d) -> (N, d) for a gradient given by the user (in dimension 1 also x -> (N,) or a
    number).
    """

    def evaluate(x: Any) -> Any:
        if dimension == 1:
            return batched(gradient, 1, "the gradient")(x)[:, None]
        values = np.asarray(gradient(x))
        if values.shape != x.shape:
            raise FormulaError(f"the gradient returned shape {values.shape} for x of shape {x.shape}")
        if values.dtype != object and np.isnan(values.astype(float)).any():
            raise FormulaError("the gradient is NaN at a point of the box; mend it, or move the box")
        return values

    return evaluate


def as_callable(f: Any) -> Callable[[Any], Any]:
    """x (M, d) -> (M,) on floats or balls, for one function with exact constants."""

    def evaluate(x: Any) -> Any:
        member = over_balls(f) if x.dtype == object else f
        return member(x[:, None, :])[:, 0]

    return evaluate


def as_gradient(f: Any) -> Callable[[Any], Any]:
    """x (M, d) -> (M, d) on floats or balls, for one function with exact constants."""

    def evaluate(x: Any) -> Any:
        member = over_balls(f) if x.dtype == object else f
        return member.gradient(x[:, None, :])[:, 0, :]

    return evaluate
