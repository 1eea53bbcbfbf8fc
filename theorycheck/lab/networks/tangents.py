r"""Derivatives in a direction, carried by the imaginary part of complex arrays.

For f that is analytic, f(w + iεv) = f(w) + iε Df(w)v − O(ε²): with ε so small that ε² is lost in rounding, the imaginary part
divided by ε is the derivative, with no difference taken and so no cancellation. Layers multiply and add, which is analytic;
activations and maxima read the real part alone and hand the tangent on by `lifted`. A backward pass on such arrays is a
Hessian-vector product.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _is_complex(xp: Any, x: Any) -> bool:
    return x.dtype in (xp.complex64, xp.complex128)


def with_tangent(xp: Any, w: Any, v: Any) -> Any:
    """w + iεv; v should have entries of the size of 1."""
    single = w.dtype == xp.float32
    step = 1e-15 if single else 1e-60
    carrier = xp.complex64 if single else xp.complex128
    return w + 1j * step * xp.asarray(v, dtype=carrier)


def tangent_of(xp: Any, value: Any) -> Any:
    """The derivative that `value`, computed from `with_tangent`, carries; zero where it was not touched."""
    if not _is_complex(xp, value):
        return xp.zeros_like(value)
    return xp.imag(value) / (1e-15 if value.dtype == xp.complex64 else 1e-60)


def real_part(xp: Any, x: Any) -> Any:
    """The value without its tangent."""
    return xp.real(x) if _is_complex(xp, x) else x


def lifted(xp: Any, x: Any, value: Any, slope: Callable[[], Any]) -> Any:
    """A function's value at the real part of x, with x's tangent times the slope there."""
    return value + (x - xp.real(x)) * slope() if _is_complex(xp, x) else value
