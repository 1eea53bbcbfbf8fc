"""Shapes of nodes: the batch axis N, fixed lengths, and lengths named by a dimension or a choice.

Shapes of entrywise operations follow NumPy's broadcasting. Those of rearrangements are found by NumPy itself, on arrays
that hold one number: twice, with different lengths in place of N and of every name, so that a length that is neither
one of them nor fixed is noticed.

No operation may join instances: what a formula gives for one instance is its own. Entrywise operations keep the batch
axis where it is; a rearrangement is tried on a small batch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from theorycheck.errors import TraceError
from theorycheck.terms.nodes import BATCH, Length, Shape

_LENGTHS = ((1009, 127, 131, 137, 139), (1013, 149, 151, 157, 163))
"""Primes that stand for N and for names."""
MOST_KNOWN = 10_000
"""Shapes that are remembered."""
_KNOWN: dict[Any, Shape] = {}
_FEW = 3
"""Instances on which a rearrangement is tried."""
JOINED = "instances of the batch are joined; the first axis is the batch, so give the axis of one instance (axis=-1, x[:, 0])"


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
    if result.count(BATCH) > 1:
        shown = " and ".join(shown_shape(shape) for shape in shapes)
        raise TraceError(f"the shapes {shown} pair every instance with every other; add an axis: t[:, None]")
    return tuple(reversed(result))


def shown_shape(shape: Shape) -> str:
    """A shape as NumPy prints it.

    Examples
    --------
    >>> shown_shape((BATCH, 3)), shown_shape((BATCH,))
    ('(N, 3)', '(N,)')
    """
    shown = ["N" if length == BATCH else str(length) for length in shape]
    return "(" + ", ".join(shown) + ("," if len(shape) == 1 else "") + ")"


def inferred(function: Callable[..., Any], shapes: tuple[Shape, ...], parameters: dict[str, Any]) -> Shape:
    """Return the shape of `function(*arrays, **parameters)` for arrays of the given shapes.

    Lengths among the parameters may be `BATCH` and names too.

    Raises
    ------
    TraceError
        If NumPy refuses the shapes, the result has a length that is not fixed, or instances are joined.
    """
    asked = (function, shapes, repr(parameters))
    known = _KNOWN.get(asked)
    if known is None:
        known = _inferred(function, shapes, parameters)
        if len(_KNOWN) < MOST_KNOWN:
            _KNOWN[asked] = known
    return known


def _inferred(function: Callable[..., Any], shapes: tuple[Shape, ...], parameters: dict[str, Any]) -> Shape:
    wanted = (value for value in parameters.values() if isinstance(value, tuple))  # a target shape among them
    names = sorted(
        {length for shape in (*shapes, *wanted) for length in shape if isinstance(length, str)} - {BATCH}
    )
    if len(names) >= len(_LENGTHS[0]):
        raise TraceError("too many lengths that are not fixed")
    found = []
    for lengths in _LENGTHS:
        numbers = dict(zip((BATCH, *names), lengths, strict=False))
        back: dict[int, Length] = {number: name for name, number in numbers.items()}
        arrays = [np.broadcast_to(np.float64(1), _concrete(shape, numbers)) for shape in shapes]
        result = _called(function, arrays, shapes, parameters, numbers)
        found.append(tuple(back.get(length, length) for length in np.shape(result)))
    if found[0] != found[1]:
        raise TraceError(
            "the result has an axis whose length is not fixed; the first axis is the batch, and stays whole"
        )
    if any(BATCH in shape for shape in shapes):
        _refuse_joined(
            function, shapes, parameters, found[0], dict(zip(names, _LENGTHS[0][1:], strict=False))
        )
    return found[0]


def _concrete(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, tuple):
        return tuple(_concrete(item, numbers) for item in value)
    return numbers.get(value, value) if isinstance(value, str) else value


def _called(
    function: Callable[..., Any],
    arrays: list[Any],
    shapes: tuple[Shape, ...],
    parameters: dict[str, Any],
    numbers: dict[str, int],
) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*arrays, **{key: _concrete(value, numbers) for key, value in parameters.items()})
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        shown = ", ".join(map(shown_shape, shapes))
        raise TraceError(f"NumPy refuses the shapes {shown}: {' '.join(str(error).split())}") from error


def _refuse_joined(
    function: Callable[..., Any],
    shapes: tuple[Shape, ...],
    parameters: dict[str, Any],
    result: Shape,
    names: dict[str, int],
) -> None:
    """Refuse what does not act on every instance by itself: on a few, exchange two of them, then change one."""
    if result.count(BATCH) != 1 or any(shape.count(BATCH) > 1 for shape in shapes):
        raise TraceError(JOINED)
    numbers = {BATCH: _FEW, **names}
    random = np.random.default_rng(0)
    axes = [shape.index(BATCH) if BATCH in shape else None for shape in shapes]
    # small whole numbers: sums and products of them are exact in any order
    arrays = [random.integers(1, 4, _concrete(shape, numbers)).astype(float) for shape in shapes]
    others = [random.integers(4, 7, array.shape).astype(float) for array in arrays]

    def mixed(which: list[int], among: list[Any]) -> Any:
        """Instances by number, 0, 1, 2 of `arrays` and 3, 4, 5 of `others`."""
        chosen = [
            array if axis is None else np.concatenate([array, other], axis=axis).take(which, axis=axis)
            for array, other, axis in zip(arrays, among, axes, strict=True)
        ]
        return _called(function, chosen, shapes, parameters, numbers)

    axis = result.index(BATCH)
    before = np.moveaxis(np.asarray(mixed([0, 1, 2], others)), axis, 0)
    exchanged = np.moveaxis(np.asarray(mixed([1, 0, 2], others)), axis, 0)
    changed = np.moveaxis(np.asarray(mixed([3, 1, 2], others)), axis, 0)
    same = functools.partial(np.array_equal, equal_nan=True)
    if not (same(before[[1, 0, 2]], exchanged) and same(before[1:], changed[1:])):
        raise TraceError(JOINED)


@functools.cache
def array_function(op: str) -> Callable[..., Any]:
    """The function of NumPy that `op` names, or one that has the same shapes."""
    if op == "stack":
        return lambda *arrays, axis: np.stack(arrays, axis=axis)
    if op == "concatenate":
        return lambda *arrays, axis: np.concatenate(arrays, axis=axis)
    if op == "getitem":
        return lambda array, *, key: array[key]
    if op == "reshape":
        return lambda array, *, shape: np.reshape(array, shape)
    if op in ("zeros_like", "ones_like"):
        return lambda array: array
    if op == "einsum":
        return lambda *arrays, subscripts: np.einsum(subscripts, *arrays)
    if op in _OF_MATRICES:
        return _OF_MATRICES[op]
    found: Callable[..., Any] = getattr(np, op)
    return found


def _square(array: Any) -> Any:
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ValueError("it needs square matrices")
    return array


_OF_MATRICES: dict[str, Callable[..., Any]] = {
    "inv": _square,
    "det": lambda array: _square(array)[..., 0, 0],
    "eigvalsh": lambda array: _square(array)[..., 0],
    "svdvals": lambda array: array[..., 0, :] if array.shape[-1] < array.shape[-2] else array[..., 0],
}
"""What has the shape of their values: those themselves are slow, and matrices of ones have no inverse."""
