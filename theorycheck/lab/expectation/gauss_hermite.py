"""Tensor products of Gauss-Hermite rules for u ~ N(0, I/2), exact expectations of polynomials, and a bound of the error."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError
from theorycheck.terms.gauss_hermite import gauss_hermite, gauss_hermite_balls, require_order

MAX_TENSOR_AXES = 5
MAX_TENSOR_NODES = 4_000_000


def require_tensor(n: int, dimension: int, limit: int = MAX_TENSOR_NODES) -> None:
    """Raise BudgetError if the tensor rule n^dimension has more than `limit` nodes or too many axes."""
    if dimension > MAX_TENSOR_AXES:
        raise BudgetError(
            f"a tensor rule in {dimension} dimensions was asked for; at most {MAX_TENSOR_AXES} pay: use"
            " randomised quasi Monte Carlo"
        )
    if n**dimension > limit:
        raise BudgetError(
            f"a tensor rule with {n}^{dimension} = {n**dimension} nodes was asked for; the limit is {limit}:"
            " lower the accuracy or use randomised quasi Monte Carlo"
        )


def tensor(nodes: Any, weights: Any, dimension: int, xp: Any = np) -> tuple[Any, Any]:
    """Return the tensor product of a one-dimensional rule (n,): nodes (n^d, d) and weights (n^d,).

    Works on float arrays of any namespace and on object arrays of balls (`xp=numpy`).
    """
    axes = xp.meshgrid(*[nodes] * dimension, indexing="ij")
    grid = xp.stack([xp.reshape(axis, (-1,)) for axis in axes], axis=1)
    product = weights
    for _ in range(dimension - 1):
        product = xp.reshape(product[:, None] * weights[None, :], (-1,))
    return grid, product


def tensor_rule(n: int, dimension: int, xp: Any = np) -> tuple[Any, Any]:
    """Return the tensor rule for u ~ N(0, I/2): nodes (n^dimension, dimension), weights (n^dimension,).

    Raises
    ------
    BudgetError
        If `dimension` > 5 or the rule would have more than 4 million nodes.
    """
    require_order(n)
    require_tensor(n, dimension)
    return tensor(*gauss_hermite(n, xp), dimension, xp)


def polynomial_expectation(
    integrand: Any, dimension: int, *, degree: int, variance: Any = None, limit: int = 20_000
) -> Any:
    """Enclose E p(u), u ~ N(0, variance I), for a polynomial p that is written as an array formula.

    Parameters
    ----------
    integrand : callable
        Takes points (n, dimension) of balls, returns (n,) balls.
    dimension : int
        At most 5.
    degree : int
        The caller asserts that p has at most this degree in every variable; nothing here can check it.
    variance : int or Fraction, optional
        Default 1/2.

    Returns
    -------
    Ball
        Rigorous, given `degree`.

    Raises
    ------
    BudgetError
        If the rule would need more than `limit` nodes.
    """
    n = degree // 2 + 1
    require_order(n)
    require_tensor(n, dimension, limit)
    nodes, weights = tensor(*gauss_hermite_balls(n, variance=variance), dimension)
    return (weights * integrand(nodes)).sum()


def hermite_error_bound(n: int, *, bound: float, growth: float, dimension: int = 1) -> float:
    r"""Bound the error of the tensor rule for entire integrands with |f(x + iy)| ≤ bound · e^{growth |y|}.

    The bound on f is needed in each variable with the others real; u ~ N(0, I/2).

    Derivation. In one dimension the error is n!/(2^n (2n)!) f^{(2n)}(ξ) for some real ξ (the Hermite
    remainder against the normalised weight: ∫ (H_n/2^n)² e^{−t²} dt/√π = n!/2^n). An entire f with |f(x +
    iy)| ≤ M e^{c|y|} is of exponential type c and bounded by M on the real line, so |f^{(k)}| ≤ M c^k there
    (Bernstein's inequality). Hence the error is at most M n! c^{2n} / (2^n (2n)!). The tensor rule exchanges
    one axis after another; positive weights of sum 1 make each exchange cost at most that.

    Examples
    --------
    >>> hermite_error_bound(10, bound=1.0, growth=2.0) < 3e-9
    True
    """
    if growth == 0:
        return 0.0  # bounded and entire: constant (Liouville)
    log = math.lgamma(n + 1) + 2 * n * math.log(growth) - n * math.log(2) - math.lgamma(2 * n + 1)
    return dimension * bound * math.exp(min(log, 700.0)) * (1 + 1e-12)
