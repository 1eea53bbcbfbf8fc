"""Gradients of the samples f_1, …, f_K of a finite sum, each chosen by an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers.schedules import divided

GradientOf = Callable[[Any, Any], Any]
"""`gradient_of(f_k, x)`, for x of shape (…, N, d)."""


def sample_gradient(xp: Any, samples: Sequence[Any], k: Any, x: Any, gradient_of: GradientOf) -> Any:
    """∇f_k at x, for the index or the indices k.

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
        f_0, …, f_{K−1}: indices count from 0.
    k : int or integer array
        One index for all of x; of shape (P,) one for each path, x being of shape (P, N, d); of shape (P, N) one
        for each path and instance.
    x : array
    gradient_of : callable
        `gradient_of(f_k, x)`: which gradient is meant, smoothed or not.

    Returns
    -------
    array of the shape of x

    Raises
    ------
    ClaimError
        If an index is none of 0 … K−1, or the indices do not fit the points.
    """
    indices = np.asarray(k.get() if hasattr(k, "get") else k)
    require_indices(indices, len(samples))
    if indices.ndim == 0:
        return gradient_of(samples[int(indices)], x)
    if indices.shape not in (x.shape[:1], x.shape[:2]) or x.ndim != 3:
        raise ClaimError(
            f"indices of shape {indices.shape} do not fit points of shape {x.shape}: give one index for each path "
            "(P,), or for each path and instance (P, N)"
        )
    result = xp.zeros_like(x)
    for j, f in enumerate(samples):
        chosen = indices == j
        if indices.ndim == 1:
            rows = np.flatnonzero(chosen)
            if len(rows):
                place = xp.asarray(rows) if xp.name == "cupy" else rows
                result[place] = gradient_of(f, x[place])
        elif chosen.any():
            mask = (xp.asarray(chosen) if xp.name == "cupy" else chosen)[..., None]
            result = xp.where(mask, gradient_of(f, x), result)
    return result


def require_indices(indices: Any, count: int) -> None:
    """Raise unless all entries are integers from 0 to count − 1.

    Raises
    ------
    ClaimError
    """
    if indices.dtype.kind not in "iu":
        raise ClaimError(f"indices of samples must be integers; an array of {indices.dtype} was given")
    if indices.size and not (indices.min() >= 0 and indices.max() < count):
        raise ClaimError(
            f"indices of {count} samples go from 0 to {count - 1}; one of "
            f"{indices.min() if indices.min() < 0 else indices.max()} was given"
        )


def mean_gradient(xp: Any, samples: Sequence[Any], x: Any, sigma: Any) -> Any:
    """(1/K) Σ_k ∇f_{k,σ}(x)."""
    total = samples[0].smoothed_gradient(x, sigma)
    for f in samples[1:]:
        total = total + f.smoothed_gradient(x, sigma)
    return divided(total, len(samples))
