"""Rules for the uniform laws, exact for polynomials up to a degree: cube, sphere and ball.

Cube: tensor Gauss-Legendre. Sphere: u = (t, √(1 − t²) v) with v uniform on the sphere of one dimension less
and t of density ∝ (1 − t²)^{(d−3)/2} (Gauss-Gegenbauer); odd powers of the root vanish because the rule for v
is symmetric. The circle takes equally spaced angles. Ball: u = ρ v, and after v only even powers of ρ are
left; s = ρ² has density (d/2) s^{d/2−1} (Gauss-Jacobi).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError
from theorycheck.lab.expectation.gauss_hermite import MAX_TENSOR_NODES, require_tensor, tensor
from theorycheck.lab.expectation.laws import gaussian_variance, law_name
from theorycheck.terms.gauss_hermite import gauss_hermite

MAX_ONE_DIMENSIONAL_NODES = 200


def rule_for(
    kernel: Any, n: int, dimension: int, xp: Any = np, *, limit: int = MAX_TENSOR_NODES
) -> tuple[Any, Any]:
    """Return a rule that is exact for polynomials of degree ≤ 2n − 1 (in each variable if a product law).

    Returns
    -------
    nodes (m, dimension), weights (m,)
        Float64 arrays of `xp`; weights positive, sum 1.

    Raises
    ------
    BudgetError
        If the rule would have more than `limit` nodes, or the dimension is above 5.
    """
    name = law_name(kernel)
    if n > MAX_ONE_DIMENSIONAL_NODES:
        raise BudgetError(
            f"a rule with {n} nodes an axis was asked for; the limit is {MAX_ONE_DIMENSIONAL_NODES}"
        )
    require_tensor(n, dimension, limit)
    variance = gaussian_variance(name, dimension)
    if variance is not None:
        nodes, weights = gauss_hermite(n, xp)
        return tensor(math.sqrt(2 * variance) * nodes, weights, dimension, xp)
    if name == "uniform":
        nodes, weights = np.polynomial.legendre.leggauss(n)
        return tensor(xp.asarray(nodes), xp.asarray(weights / 2), dimension, xp)
    points, weights = _sphere(n, dimension) if name == "sphere" else _ball(n, dimension)
    if weights.size > limit:
        raise BudgetError(
            f"the rule on the {name} has {weights.size} nodes; the limit is {limit}: lower the accuracy"
        )
    return xp.asarray(points), xp.asarray(weights)


def _sphere(n: int, dimension: int) -> tuple[Any, Any]:
    import scipy.special

    if dimension == 1:
        return np.array([[-1.0], [1.0]]), np.array([0.5, 0.5])
    if dimension == 2:
        # an even number of angles keeps the rule symmetric
        angles = 2 * math.pi * (np.arange(2 * n) + 0.5) / (2 * n)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1), np.full(2 * n, 0.5 / n)
    if dimension == 3:
        heights, weights = np.polynomial.legendre.leggauss(n)
    else:
        heights, weights = scipy.special.roots_gegenbauer(n, dimension / 2 - 1)
    weights = weights / weights.sum()
    inner, inner_weights = _sphere(n, dimension - 1)
    m, k = heights.size, inner_weights.size
    first = np.broadcast_to(heights[:, None, None], (m, k, 1))
    rest = np.sqrt(1 - heights * heights)[:, None, None] * inner[None]
    return np.concatenate([first, rest], axis=2).reshape(m * k, dimension), np.outer(
        weights, inner_weights
    ).reshape(-1)


def _ball(n: int, dimension: int) -> tuple[Any, Any]:
    import scipy.special

    if dimension == 1:
        nodes, weights = np.polynomial.legendre.leggauss(n)
        return nodes[:, None], weights / 2
    # powers ρ^{2j}, 2j ≤ 2n − 1, are powers s^j, j ≤ n − 1
    count = n // 2 + 1
    t, weights = scipy.special.roots_jacobi(count, 0.0, dimension / 2 - 1)
    radii = np.sqrt((t + 1) / 2)
    weights = weights / weights.sum()
    directions, direction_weights = _sphere(n, dimension)
    points = (radii[:, None, None] * directions[None]).reshape(-1, dimension)
    return points, np.outer(weights, direction_weights).reshape(-1)
