"""The minimum of a smooth function of one variable on a bounded interval, enclosed in balls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import flint

from theorycheck.terms.balls import Ball, interval

BOXES = 3000
"""Boxes that the search looks at before it gives up."""
ENOUGH_BITS = 200
"""An enclosure this narrow, relative to the minimum, is not narrowed further where the minimum is flat."""


def enclosed_minimum(
    value: Callable[[Any], Any], slope: Callable[[Any], Any], bend: Callable[[Any], Any], low: Any, high: Any
) -> Any:
    """A ball that contains the minimum between the numbers `low` and `high`; None where the search gives up.

    `value`, `slope` and `bend` map a ball to enclosures of the function and its first two derivatives on it.
    A box is cut in two until its values lie above a value that was found, or its bound is as good as that
    value. On a box where the second derivative is at least μ > 0 every y has h(y) ≥ h(m) − h'(m)²/(2μ), for
    any m in it; Newton's method finds an m that makes this sharp.
    """

    def lower(ball: Any) -> Any:
        return ball.arb.lower()

    best, floor = flint.arb.pos_inf(), flint.arb.pos_inf()
    boxes = deque([(lower(Ball(low)), Ball(high).arb.upper())])
    for _ in range(BOXES):
        if not boxes:
            return Ball(floor.union(best))
        start, end = boxes.popleft()
        middle = ((start + end) / 2).mid()
        box, m = interval(start, end), Ball(middle)
        at_middle = value(m)
        best = best.min(at_middle.arb.upper())
        bound = lower(value(box)).max(lower(at_middle + slope(box) * (box - m)))
        if bound > best:
            continue
        mu = lower(bend(box))
        if mu > 0:
            m = _newton(slope, bend, m, start, end)
            at_m, slope_m = value(m), slope(m)
            best = best.min(at_m.arb.upper())
            bound = bound.max(lower(at_m - slope_m * slope_m / Ball(2 * mu)))
            if bound > best:
                continue
        bits = min(flint.ctx.prec - 8, ENOUGH_BITS)
        if best - bound <= (1 + abs(best)) * flint.arb(2) ** -bits or not (start < middle < end):
            floor = floor.min(bound)
        else:
            boxes.append((start, middle))
            boxes.append((middle, end))
    return None


def _newton(slope: Callable[[Any], Any], bend: Callable[[Any], Any], m: Any, start: Any, end: Any) -> Any:
    """A point of the box where the slope is about as small as the precision allows."""
    for _ in range(flint.ctx.prec.bit_length() + 3):
        step = (slope(m) / bend(m)).arb.mid()
        moved = (m.arb - step).mid()
        if not moved.is_finite():
            return m
        m = Ball(moved.max(start).min(end).mid())
    return m
