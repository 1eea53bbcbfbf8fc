r"""The trapezoid rule for E f(u), u ~ N(0, I/2), with a rigorous error bound for f analytic in a strip.

Let f be analytic in |Im z| < a with |f(x + iy)| ≤ M e^{c|y|} there, g(t) = f(t) e^{−t²}/√π, and h a step.
Then for every b ≤ a (b < a if a is a pole's height)

    |h Σ_{k∈Z} g(kh) − ∫ g|  ≤  2 M e^{b² + cb} / (e^{2πb/h} − 1),

since ∫ |g(x ± ib)| dx ≤ M e^{cb} ∫ e^{−x² + b²} dx/√π = M e^{b² + cb} (Trefethen and Weideman, The
exponentially convergent trapezoidal rule, SIAM Review 56, 2014, Theorem 5.1). Cutting the sum to |k| ≤ m
drops at most 2 M h Σ_{k>m} e^{−(kh)²}/√π ≤ M erfc(mh). In d dimensions one axis is exchanged after another;
the cut rule's weights are positive with sum W ≤ 1 + ε, ε the one-dimensional bound with M = 1, c = 0, so the
errors add up to at most d e max(1, W)^{d−1}.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np


def trapezoid_error_bound(
    half: int,
    step: float,
    *,
    bound: float,
    growth: float = 0.0,
    half_width: float = math.inf,
    dimension: int = 1,
) -> float:
    """Return the bound of this module's docstring for the rule with 2·half + 1 nodes an axis.

    Parameters
    ----------
    half, step : int, float
        Nodes k·step, |k| ≤ half.
    bound, growth, half_width : float
        M, c and a: |f(x + iy)| ≤ M e^{c|y|} for |y| < a, in each variable with the others real.
    dimension : int
        Number of axes.
    """
    one = _bound_on_a_line(half, step, growth, half_width)
    weight_excess = _bound_on_a_line(half, step, 0.0, math.inf)
    return dimension * bound * one * (1 + weight_excess) ** (dimension - 1) * (1 + 1e-12)


def _bound_on_a_line(half: int, step: float, growth: float, half_width: float) -> float:
    # the exponent b² + cb − 2πb/h is smallest at b = π/h − c/2
    height = min(half_width, math.pi / step - growth / 2)
    if height <= 0:
        return math.inf
    exponent = 2 * math.pi * height / step
    if exponent < 1:
        return math.inf
    aliasing = 2 * math.exp(min(height * height + growth * height - exponent, 700.0)) / -math.expm1(-exponent)
    return aliasing + math.erfc(half * step)


@functools.lru_cache(maxsize=256)
def _rule(half: int, step: float) -> tuple[Any, Any]:
    nodes = step * np.arange(-half, half + 1)
    weights = step * np.exp(-nodes * nodes) / math.sqrt(math.pi)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def trapezoid(half: int, step: float, xp: Any = np) -> tuple[Any, Any]:
    """Return nodes and weights (2·half + 1,) for u ~ N(0, 1/2); weights sum to 1 up to the rule's error."""
    nodes, weights = _rule(half, step)
    if xp is np:
        return nodes, weights
    return xp.asarray(nodes), xp.asarray(weights)


def smallest_trapezoid(
    accuracy: float, *, bound: float, growth: float, half_width: float, dimension: int, most: int = 1000
) -> tuple[int, float, float] | None:
    """Return (half, step, error bound) of the coarsest rule that is accurate; None beyond `most` nodes."""
    for step in (2.0**-k * s for k in range(-1, 10) for s in (1.0, 0.875, 0.75, 0.625)):
        half = _half_for(accuracy / (2 * dimension * bound), step) if bound > 0 else 1
        error = trapezoid_error_bound(
            half, step, bound=bound, growth=growth, half_width=half_width, dimension=dimension
        )
        if error <= accuracy:
            return (half, step, error) if 2 * half + 1 <= most else None
    return None


def _half_for(tail: float, step: float) -> int:
    half = 1
    while math.erfc(half * step) > tail and half * step < 27:
        half += 1
    return half
