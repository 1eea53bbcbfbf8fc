"""f_σ(x) = E f(x + σu) at many points, with error bars."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.expectation.affine import reduce_affine
from theorycheck.lab.expectation.choice import Expectation, expectation
from theorycheck.lab.expectation.laws import gaussian_variance, law_name
from theorycheck.lab.expectation.smoothness import Analytic, Kinks, Smoothness
from theorycheck.terms.namespaces import namespace, to_numpy

_ROWS = 2048
"""Rows handed to f at a time: its intermediate arrays should stay in the cache, and need no fresh pages."""
_ROWS_ON_GPU = 2**18


def smooth(
    function: Callable[[Any], Any],
    points: Any,
    sigma: Any,
    *,
    kernel: Any = "starnes",
    smoothness: Smoothness = None,
    accuracy: float = 1e-6,
    error_probability: float = 1e-3,
    weights: Any = None,
    offset: Any = None,
    backend: str = "numpy",
    seed: int = 0,
    max_evaluations: int = 2**22,
) -> Expectation:
    """Return f_σ at every point; all points share the nodes.

    Parameters
    ----------
    function : callable
        f on (n, d), returning (n,). With `weights`: g on (n, m), where f(x) = g(Wx + b).
    points : array (N, d)
        Where f_σ is wanted.
    sigma : float or array (N,)
        ≥ 0; where it is 0 the value is f(x).
    kernel : str or Kernel
        "starnes" is u ~ N(0, I/2), "nesterov" N(0, I); see `theorycheck.lab.expectation.laws`.
    smoothness : Polynomial, Analytic, Kinks, Bounded or None
        What is known of `function` itself (not of u ↦ f(x + σu)); named kinks are positions on the x axis.
    accuracy, error_probability, backend, seed, max_evaluations
        As in `expectation`; the accuracy holds at every point, `max_evaluations` counts nodes.
    weights, offset : array (m, d), array (m,)
        W and b of the first affine map, if f has one: the integral is then over rank(W) ≤ min(m, d)
        dimensions. Gaussian kernels only.

    Returns
    -------
    Expectation
        With `value` and `error` of shape (N,).

    Raises
    ------
    BudgetError, FormulaError
        As `expectation`.
    ClaimError
        If σ < 0, or `weights` come with a kernel that is not Gaussian.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0]])
    >>> bool(np.allclose(smooth(lambda x: np.cos(x[:, 0]), x, 1.0, smoothness=Analytic(1, 1)).value,
    ...                  np.exp(-1 / 4) * np.cos(x[:, 0]), atol=1e-6))
    True
    """
    xp = namespace(backend)
    points = xp.asarray(points, dtype="float64")
    count, dimension = points.shape
    scales = xp.broadcast_to(xp.asarray(sigma, dtype="float64"), (count,))
    if count and not bool(xp.all(scales >= 0)):
        raise ClaimError("sigma must be nonnegative")
    law, factor, rank, stretch = law_name(kernel), None, dimension, 1.0
    if weights is not None:
        factor, stretch = _reduced(xp.asarray(weights, dtype="float64"), law, dimension, xp)
        points = points @ xp.asarray(weights, dtype="float64").T + (
            0.0 if offset is None else xp.asarray(offset)
        )
        law, rank = "nesterov", int(factor.shape[1])
    largest = float(xp.max(scales)) * stretch if count else 0.0
    if largest == 0:
        value = np.asarray([] if not count else to_numpy(function(points)), dtype=float)
        return Expectation(value, np.zeros(count), "exact", "σ = 0: the function itself", count)
    if isinstance(smoothness, Kinks) and smoothness.positions and dimension == 1 and factor is None:
        smoothness = _moved_kinks(smoothness, to_numpy(points)[:, 0], to_numpy(scales))
    integrand = _columns(function, points, scales, factor, xp)
    return expectation(
        integrand,
        rank,
        kernel=law,
        smoothness=_rescaled(smoothness, largest),
        accuracy=accuracy,
        error_probability=error_probability,
        backend=backend,
        seed=seed,
        max_evaluations=max_evaluations,
    )


def _reduced(weights: Any, law: str, dimension: int, xp: Any) -> tuple[Any, float]:
    variance = gaussian_variance(law, dimension)
    if variance is None:
        raise ClaimError(
            f"weights= needs a Gaussian kernel: the law of Wu under {law} is not of the same kind"
        )
    factor = math.sqrt(variance) * reduce_affine(weights, xp)
    if factor.shape[1] == 0:
        factor = xp.zeros((weights.shape[0], 1))  # W = 0: nothing is smoothed
    return factor, float(xp.max(xp.sqrt(xp.sum(factor * factor, axis=0))))


def _moved_kinks(kinks: Kinks, x: Any, sigma: Any) -> Kinks | None:
    """A kink at k of f is one at (k − x)/σ of u ↦ f(x + σu): the union over the points, if it stays small."""
    positive = sigma > 0
    moved = (np.asarray(kinks.positions)[:, None] - x[positive]) / sigma[positive]
    positions = np.unique(moved)
    return Kinks(tuple(positions.tolist())) if positions.size <= 400 else Kinks()


def _rescaled(smoothness: Smoothness, scale: float) -> Smoothness:
    if isinstance(smoothness, Analytic):
        return Analytic(smoothness.bound, smoothness.growth * scale, smoothness.half_width / scale)
    return smoothness


def _columns(
    function: Callable[[Any], Any], points: Any, scales: Any, factor: Any, xp: Any
) -> Callable[[Any], Any]:
    """Return u (n, r) ↦ f(x_i + σ_i u) as an array (n, N), evaluated in blocks of points."""
    count, width = points.shape
    most = _ROWS_ON_GPU if getattr(xp, "name", "numpy") == "cupy" else _ROWS

    def at_nodes(moves: Any) -> Any:
        n = moves.shape[0]
        step = max(1, most // n)
        parts = []
        for start in range(0, count, step):
            x, s = points[start : start + step, None, :], scales[start : start + step, None, None]
            moved = (x + s * moves[None]).reshape(-1, width)
            parts.append(function(moved).reshape(-1, n))
        return (parts[0] if len(parts) == 1 else xp.concatenate(parts, axis=0)).T

    def integrand(u: Any) -> Any:
        moves = u if factor is None else u @ factor.T
        if moves.shape[0] <= most:
            return at_nodes(moves)
        chunks = [at_nodes(moves[start : start + most]) for start in range(0, moves.shape[0], most)]
        return xp.concatenate(chunks, axis=0)

    return integrand
