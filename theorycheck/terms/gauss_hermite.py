"""Gauss-Hermite rules for u ~ N(0, 1/2), in floats and in balls.

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


def require_order(n: int) -> None:
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
    require_order(n)
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
    require_order(n)
    nodes, weights = _float_rule(n)
    if xp is np:
        return nodes, weights
    return xp.asarray(nodes), xp.asarray(weights)
