"""Shapes of nodes: the batch axis "N", fixed lengths, and lengths named by a dimension or a choice.

Shapes of entrywise operations follow NumPy's broadcasting. Those of rearrangements are found by NumPy itself, on arrays
that hold one number: twice, with different lengths in place of "N" and of every name, so that a length that is neither
one of them nor fixed is noticed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from theorycheck.errors import TraceError
from theorycheck.terms.nodes import BATCH, Length, Shape

_LENGTHS = ((1009, 127, 131, 137, 139), (1013, 149, 151, 157, 163))
"""Primes that stand for "N" and for names."""


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape of an entrywise operation.

    Raises
    ------
    TraceError
        If the shapes do not fit.
    """
    result: list[Length] = []
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        lengths = {shape[-axis] for shape in shapes if len(shape) >= axis} - {1}
        if len(lengths) > 1:
            shown = " and ".join(shown_shape(shape) for shape in shapes)
            raise TraceError(
                f"the shapes {shown} do not fit; multiply points by numbers with xp.scale(t, x), or add an axis: t[:, None]"
            )
        result.append(lengths.pop() if lengths else 1)
    return tuple(reversed(result))


def shown_shape(shape: Shape) -> str:
    """A shape as NumPy prints it.

    Examples
    --------
    >>> shown_shape(("N", 3)), shown_shape(("N",))
    ('(N, 3)', '(N,)')
    """
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def inferred(function: Callable[..., Any], shapes: tuple[Shape, ...], parameters: dict[str, Any]) -> Shape:
    """Return the shape of `function(*arrays, **parameters)` for arrays of the given shapes.

    Lengths among the parameters may be "N" and names too.

    Raises
    ------
    TraceError
        If NumPy refuses the shapes, or the result has a length that is not fixed.
    """
    names = sorted({length for shape in shapes for length in shape if isinstance(length, str)} - {BATCH})
    if len(names) >= len(_LENGTHS[0]):
        raise TraceError("too many lengths that are not fixed")
    found = [_attempt(function, shapes, parameters, (BATCH, *names), lengths) for lengths in _LENGTHS]
    if found[0] != found[1]:
        raise TraceError(
            "the result has an axis whose length is not fixed; the first axis is the batch, and stays whole"
        )
    return found[0]


def _attempt(
    function: Callable[..., Any],
    shapes: tuple[Shape, ...],
    parameters: dict[str, Any],
    names: tuple[str, ...],
    lengths: tuple[int, ...],
) -> Shape:
    numbers = dict(zip(names, lengths, strict=False))
    back: dict[int, Length] = {number: name for name, number in numbers.items()}

    def concrete(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(concrete(item) for item in value)
        return numbers.get(value, value) if isinstance(value, str) else value

    arrays = [np.broadcast_to(np.float64(1), concrete(shape)) for shape in shapes]
    try:
        with np.errstate(all="ignore"):
            result = function(*arrays, **{key: concrete(value) for key, value in parameters.items()})
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        shown = ", ".join(map(shown_shape, shapes))
        raise TraceError(f"NumPy refuses the shapes {shown}: {' '.join(str(error).split())}") from error
    return tuple(back.get(length, length) for length in np.shape(result))


@functools.cache
def array_function(op: str) -> Callable[..., Any]:
    """The function of NumPy (or of its `linalg`) that `op` names."""
    if op == "stack":
        return lambda *arrays, axis: np.stack(arrays, axis=axis)
    if op == "concatenate":
        return lambda *arrays, axis: np.concatenate(arrays, axis=axis)
    if op == "getitem":
        return lambda array, *, key: array[key]
    if op == "einsum":
        return lambda *arrays, subscripts: np.einsum(subscripts, *arrays)
    if op == "svdvals":
        return lambda array: np.linalg.svd(array, compute_uv=False)
    found: Callable[..., Any] = getattr(np, op, None) or getattr(np.linalg, op)
    return found
