"""The minimum of a function of one variable on a bounded interval, on floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GRID, ROUNDS, ZOOM = 128, 16, 8
"""The interval is cut into `GRID` cells; around the best point ever smaller ones into `ZOOM`."""


def approximate_minimum(xp: Any, value: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """The smallest value that a grid and zooming into it find between `low` and `high`, entry by entry."""
    at = low + 0 * high
    best = value(at)
    cells, start, width = GRID, low, (high - low) / GRID
    for _ in range(ROUNDS):
        for step in range(cells + 1):
            y = start + step * width
            found = value(y)
            better = found < best
            best, at = xp.where(better, found, best), xp.where(better, y, at)
        start = xp.maximum(at - width, low)
        width = (xp.minimum(at + width, high) - start) / ZOOM
        cells = ZOOM
    return best
