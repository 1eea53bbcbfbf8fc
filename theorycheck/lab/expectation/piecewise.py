"""One-dimensional integrands with kinks: Gauss-Legendre on panels that end at the named ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from theorycheck.lab.expectation.laws import gaussian_variance

REACH = 9.0
"""Standard deviations that are integrated: N(0, 1) leaves 2e-19 outside."""


def piecewise_rule(
    kernel: Any, positions: Sequence[float], order: int, xp: Any = np, *, panel: float = 0.75
) -> tuple[Any, Any]:
    """Return nodes (n, 1) and weights (n,) for a one-dimensional law, with breaks at `positions`.

    Gauss-Legendre of the given order on panels of at most `panel` standard deviations (for the uniform laws:
    of 1); weights contain the density.
    """
    variance = gaussian_variance(kernel, 1)
    scale = 1.0 if variance is None else math.sqrt(variance)
    reach = 1.0 if variance is None else REACH * scale
    breaks = [-reach, *sorted({float(p) for p in positions if -reach < p < reach}), reach]
    parts: list[Any] = []
    for left, right in itertools.pairwise(breaks):
        panels = max(1, math.ceil((right - left) / (panel * scale)))
        parts.append(np.linspace(left, right, panels + 1)[:-1])
    ends = np.concatenate([*parts, [reach]])
    t, w = np.polynomial.legendre.leggauss(order)
    middle, half = (ends[1:] + ends[:-1]) / 2, (ends[1:] - ends[:-1]) / 2
    nodes = (middle[:, None] + half[:, None] * t).reshape(-1)
    weights = (half[:, None] * w).reshape(-1)
    density = (
        0.5 if variance is None else np.exp(-(nodes**2) / (2 * scale**2)) / (scale * math.sqrt(2 * math.pi))
    )
    return xp.asarray(nodes[:, None]), xp.asarray(weights * density)
