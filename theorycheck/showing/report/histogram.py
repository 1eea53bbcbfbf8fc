"""The bar chart of the ratios left/right that a hunt met."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 560.0, 170.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 14.0, 36.0


@dataclass(frozen=True)
class Bar:
    """One bin: its rectangle and what a screen reader or a hovering mouse is told."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Histogram:
    """Bars of equal width over logarithmic counts, ticks (place, text) of both axes, where ratio 1 is."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    one: float | None
    total: int
    width: float = WIDTH
    height: float = HEIGHT


def histogram(data: Any) -> Histogram | None:
    """Return the chart of {"bins": n + 1 increasing edges, "counts": n counts}; None for anything else.

    The last edge may be None, for infinity.
    """
    if not isinstance(data, Mapping):
        return None
    try:
        edges = [math.inf if edge is None else float(edge) for edge in data.get("bins", ())]
        counts = [int(count) for count in data.get("counts", ())]
    except (TypeError, ValueError):
        return None
    increasing = all(low < high for low, high in itertools.pairwise(edges))
    if len(edges) != len(counts) + 1 or not counts or not increasing or min(counts) < 0 or max(counts) == 0:
        return None
    return _chart(edges, counts)


def _chart(edges: Sequence[float], counts: Sequence[int]) -> Histogram:
    base = HEIGHT - BOTTOM
    full = base - TOP
    step = (WIDTH - LEFT - RIGHT) / len(counts)
    decades = max(1, math.ceil(math.log10(max(counts) + 1)))

    def height(count: int) -> float:
        return full * math.log10(count + 1) / math.log10(10**decades + 1)

    bars = tuple(
        Bar(
            x=round(LEFT + number * step, 2),
            y=round(base - height(count), 2),
            width=round(max(step - 1, 0.6 * step), 2),
            height=round(height(count), 2),
            title=f"{count:,} with ratio from {edges[number]:.4g} to {edges[number + 1]:.4g}".replace(
                "inf", "∞"
            ),
        )
        for number, count in enumerate(counts)
        if count
    )
    every = max(1, math.ceil(len(counts) / 8))
    ticks = tuple(
        (round(LEFT + i * step, 2), f"{edges[i]:.3g}".replace("inf", "∞"))
        for i in range(0, len(edges), every)
    )
    every = max(1, math.ceil(decades / 4))
    levels = tuple((round(base - height(10**k), 2), _count_text(10**k)) for k in range(0, decades + 1, every))
    one = None
    if edges[0] <= 1 <= edges[-1]:
        number = min(bisect.bisect_right(edges, 1.0) - 1, len(counts) - 1)
        low, high = edges[number], edges[number + 1]
        share = (1 - low) / (high - low) if math.isfinite(high - low) else 0.0
        one = round(LEFT + (number + share) * step, 2)
    return Histogram(bars, ticks, levels, one, sum(counts))


def _count_text(count: int) -> str:
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count // size}{unit}"
    return str(count)
