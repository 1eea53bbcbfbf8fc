"""Gauss-Hermite rules for u ~ N(0, I/2), in floats and in balls.

The rule with n nodes integrates polynomials of degree ≤ 2n − 1 exactly; its nodes are the roots of the
Hermite polynomial H_n, its weights w_i = 2^{n−1} n! / (n H_{n−1}(t_i))² are positive and sum to 1. For
another variance v scale the nodes by √(2v).

Nodes are certified: n disjoint intervals, at whose ends H_n has certain and opposite signs, contain one root
each, and H_n has no others. The float rule is the ball rule, rounded once.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import flint
import numpy as np

from theorycheck.errors import BudgetError, UndecidedError
from theorycheck.terms.balls import Ball

MAX_NODES_PER_AXIS = 200
MAX_TENSOR_AXES = 5
MAX_TENSOR_NODES = 4_000_000


def _hermite_pair(n: int, t: Any) -> tuple[Any, Any]:
    """Return H_n(t) and H_{n−1}(t) by the recurrence H_{k+1} = 2t H_k − 2k H_{k−1}."""
    previous, current = flint.arb(0), flint.arb(1)
    for k in range(n):
        previous, current = current, 2 * t * current - 2 * k * previous
    return current, previous


def _certified_root(n: int, start: float, bits: int) -> Any:
    """Return a ball that certainly contains a root of H_n, near `start`."""
    t = flint.arb(start)
    for _ in range(2 + max(0, math.ceil(math.log2(bits / 40)))):
        value, previous = _hermite_pair(n, t)
        t = (t - value / (2 * n * previous)).mid()
    radius = flint.arb(2) ** -bits
    low, _ = _hermite_pair(n, t - radius)
    high, _ = _hermite_pair(n, t + radius)
    if not low * high < 0:
        raise UndecidedError(
            f"the root of the Hermite polynomial H_{n} near {start} was not isolated at {bits} bits"
        )
    return t + radius * flint.arb(0, 1)


@functools.lru_cache(maxsize=64)
def _rule_in_arb(n: int, bits: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    starts = np.polynomial.hermite.hermgauss(n)[0]
    # the recurrence in balls loses at most a few bits a step
    with flint.ctx.workprec(2 * bits + 4 * n + 64):
        half = []
        for start in starts[n // 2 + n % 2 :]:
            half.append(_certified_root(n, float(start), bits + 2 * n + 16))
        middle = [flint.arb(0)] if n % 2 else []  # H_n is odd
        nodes = [-t for t in reversed(half)] + middle + half
        for left, right in itertools.pairwise(nodes):
            if not left < right:
                raise UndecidedError(
                    f"two roots of the Hermite polynomial H_{n} were not separated at {bits} bits"
                )
        numerator = flint.arb(2) ** (n - 1) * flint.arb(math.factorial(n))
        weights = []
        for t in nodes:
            previous = n * _hermite_pair(n, t)[1]
            weights.append(numerator / (previous * previous))
    return tuple(nodes), tuple(weights)


def _require_order(n: int) -> None:
    if not 1 <= n <= MAX_NODES_PER_AXIS:
        raise BudgetError(
            f"a Gauss-Hermite rule with {n} nodes was asked for; it may have 1 to {MAX_NODES_PER_AXIS}"
        )


def gauss_hermite_balls(n: int, *, variance: Any = None) -> tuple[Any, Any]:
    """Return nodes and weights as object arrays of balls, at the current precision.

    Parameters
    ----------
    n : int
        Number of nodes.
    variance : number, optional
        Variance of u; exact (int, Fraction). Default 1/2.

    Returns
    -------
    nodes, weights : object arrays (n,)

    Raises
    ------
    BudgetError
        If `n` is not between 1 and 200.
    """
    _require_order(n)
    nodes, weights = _rule_in_arb(n, int(flint.ctx.prec))
    # `+t` rounds to the working precision
    node_array = np.array([Ball(+t) for t in nodes], dtype=object)
    if variance is not None:
        node_array = node_array * Ball(2 * variance).sqrt()
    return node_array, np.array([Ball(+w) for w in weights], dtype=object)


@functools.lru_cache(maxsize=256)
def _float_rule(n: int) -> tuple[Any, Any]:
    nodes, weights = _rule_in_arb(n, 64)
    node_array = np.array([float(t.mid()) for t in nodes])
    weight_array = np.array([float(w.mid()) for w in weights])
    node_array.flags.writeable = weight_array.flags.writeable = False
    return node_array, weight_array


def gauss_hermite(n: int, xp: Any = np) -> tuple[Any, Any]:
    """Return nodes and weights (n,) of the rule for u ~ N(0, 1/2), float64 arrays of `xp`.

    Raises
    ------
    BudgetError
        If `n` is not between 1 and 200.
    """
    _require_order(n)
    nodes, weights = _float_rule(n)
    if xp is np:
        return nodes, weights
    return xp.asarray(nodes), xp.asarray(weights)


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
    _require_order(n)
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
    _require_order(n)
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
