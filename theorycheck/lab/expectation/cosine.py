"""A vectorised cosine for NumPy, whose float64 `np.cos` calls the C library number by number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_ROWS = 4096
# −sin(2πz)/z as a polynomial in z² on [0, 1/16], a Chebyshev fit of error 1.3e-18, highest power first
_COEFFICIENTS = (
    -0.10089695501646812,
    0.7177337921413454,
    -3.8199280942271643,
    15.0946416761179,
    -42.058693925428685,
    76.70585975282492,
    -81.60524927607362,
    41.341702240399755,
    -6.283185307179586,
)


def cosine(x: Any) -> Any:
    """Return cos x for a float64 NumPy array, in passes of plain arithmetic; a new array of the same shape.

    The absolute error is at most (|x| + 8) 2^-52: x is folded as cos x = −sin(2πz) with
    z = |x/2π − round(x/2π)| − 1/4 in [−1/4, 1/4]. Faster than `np.cos` on thousands
    of numbers, for integrands where the last digits beyond |x| = 1 do not matter.

    Examples
    --------
    >>> bool(abs(cosine(np.array([1.0]))[0] - np.cos(1.0)) < 1e-15)
    True
    """
    flat = np.ascontiguousarray(x, dtype=np.float64).reshape(-1)
    result = np.empty_like(flat)
    z, square = np.empty(min(_ROWS, flat.size)), np.empty(min(_ROWS, flat.size))
    for start in range(0, flat.size, _ROWS):
        block = result[start : start + _ROWS]
        _block(flat[start : start + _ROWS], block, z[: block.size], square[: block.size])
    return result.reshape(np.shape(x))


def _block(x: Any, result: Any, z: Any, square: Any) -> None:
    np.multiply(x, 1 / (2 * math.pi), out=z)
    np.rint(z, out=square)
    z -= square
    np.abs(z, out=z)
    z -= 0.25
    np.multiply(z, z, out=square)
    np.multiply(square, _COEFFICIENTS[0], out=result)
    for coefficient in _COEFFICIENTS[1:-1]:
        result += coefficient
        result *= square
    result += _COEFFICIENTS[-1]
    result *= z
