"""Continuity and nonconstancy of a function: decided from its flags, or searched in a callable."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.checks.attack import NOISE, NOT_ON_BALLS, PRECISIONS, STARTS, written
from theorycheck.checks.callables import as_callable, batched, exactly, has_constants, over_balls
from theorycheck.checks.gaps import Values
from theorycheck.checks.reports import Box, PropertyReport
from theorycheck.errors import UndecidedError

SHRINKING = 100
"""A jump must persist while the distance of the points is halved so often."""


def decide_continuous(f: Any, dimension: int, low: float, high: float, seed: int) -> PropertyReport:
    """See `theorycheck.statement.properties.check_continuous`."""
    if has_constants(f):
        flag = _flag(f, "continuous")
        if flag:
            return PropertyReport("continuous", "proved", "the function is built of continuous terms")
        box = Box(f.dimension, low, high, seed)
        _, witness = _jump(as_callable(f), box) if f.xp.name == "numpy" else ("", None)
        return PropertyReport("continuous", "refuted", "a term with a jump does not vanish", witness)
    box = Box(dimension, low, high, seed)
    reason, witness = _jump(batched(f, dimension), box)
    if witness is not None:
        return PropertyReport("continuous", "refuted", reason, witness)
    if reason:
        return PropertyReport("continuous", "inconclusive", reason)
    where = f"in [{low:g}, {high:g}]^{dimension}"
    return PropertyReport("continuous", "supported", f"no jump met by {STARTS} bisections {where}")


def _flag(f: Any, name: str) -> bool:
    return bool(np.asarray(getattr(over_balls(f), name))[0])


def _segments(box: Box) -> tuple[Any, Any]:
    from theorycheck.streams import generator

    random = generator(box.seed, "segments", box.dimension)
    count = min(STARTS, max(200, 1_000_000 // box.dimension))
    # between decimals of one digit, so that bisection meets simple jumps exactly at its ends
    x = np.round(random.uniform(box.low, box.high, size=(count, box.dimension)), 1)
    y = np.round(random.uniform(box.low, box.high, size=(count, box.dimension)), 1)
    return np.clip(x, box.low, box.high), np.clip(y, box.low, box.high)


def _jump(f: Values, box: Box) -> tuple[str, Mapping[str, Any] | None]:
    """Bisect towards the larger difference; certify the largest that is left.

    Returns
    -------
    tuple
        A reason ("" if no jump is suspected) and the witness, if certified.
    """
    x, y = _segments(box)
    start = (x, y)
    at_x, at_y = f(x), f(y)
    first = abs(at_x - at_y)
    with np.errstate(all="ignore"):
        for _ in range(40):
            middle = x / 2 + y / 2
            value = f(middle)
            right = abs(at_y - value) > abs(value - at_x)
            x, at_x = np.where(right[:, None], middle, x), np.where(right, value, at_x)
            y, at_y = np.where(right[:, None], y, middle), np.where(right, at_y, value)
        left = np.where(np.isfinite(first), abs(at_x - at_y), 0)
        suspect = left > 1e-3 * first + 1e6 * NOISE * (abs(at_x) + abs(at_y) + first)
    order = np.argsort(-left / np.where(first > 0, first, 1), kind="stable")
    reason = ""
    for index in [i for i in order if suspect[i]][:5]:
        reason, witness = _certified_jump(f, start[0][index], start[1][index])
        if witness is not None:
            return reason, witness
    return reason, None


def _certified_jump(f: Values, x: Any, y: Any) -> tuple[str, Mapping[str, Any] | None]:
    """Bisect at exact rationals; each difference must certainly stay above half of the first jump."""
    from theorycheck.terms.balls import ball_array, precision

    low, high = exactly(x), exactly(y)
    with precision(PRECISIONS[3]):

        def value(point: Any) -> Any:
            return f(ball_array(point[None]))[0]

        try:
            at_low, at_high, kept = value(low), value(high), []
            for _ in range(SHRINKING + 40):
                middle = (low + high) / 2
                at_middle = value(middle)
                to_right = abs(at_high - at_middle).midpoint > abs(at_middle - at_low).midpoint
                low, at_low = (middle, at_middle) if to_right else (low, at_low)
                high, at_high = (high, at_high) if to_right else (middle, at_middle)
                kept.append(abs(at_high - at_low))
            settled = kept[40:]
            if bool(kept[-1] < settled[0] / 4):
                return "", None  # steep, but the difference shrinks with the distance
            if all(bool(later > settled[0] / 2) for later in settled[1:]) and bool(settled[0] > 0):
                distance = Fraction(max(abs(low - high)))
                witness = {"x": written(low), "y": written(high), "difference": str(kept[-1])}
                reason = (
                    f"a jump of {kept[-1]} persists, certified in balls, at distance {float(distance):.1e}"
                )
                return reason, witness
        except NOT_ON_BALLS as error:
            return f"a jump is suspected, but the function does not run on balls ({error})", None
        except UndecidedError:
            return "a jump is suspected, but balls cannot follow it to shrinking scale", None
    return "a steep place was found, whose difference neither stays nor certainly shrinks", None


def decide_nonconstant(f: Any, dimension: int, low: float, high: float, seed: int) -> PropertyReport:
    """See `theorycheck.statement.properties.check_nonconstant`."""
    title = "nonconstant"
    if has_constants(f):
        if _flag(f, title):
            return PropertyReport(title, "proved", "a term that is not constant does not vanish")
        return PropertyReport(title, "refuted", "all terms but the constant vanish")
    evaluate = batched(f, dimension)
    x, y = _segments(Box(dimension, low, high, seed))
    values = np.concatenate([evaluate(x), evaluate(y)])
    points = np.concatenate([x, y])
    usable = np.isfinite(values)
    points, values = points[usable], values[usable]
    if not len(values) or values.min() == values.max():
        reason = f"equal values at {len(values)} points: nothing distinguishes the function from a constant"
        return PropertyReport(title, "inconclusive", reason)
    pair = np.stack([points[np.argmin(values)], points[np.argmax(values)]])
    return _certified_difference(title, evaluate, exactly(pair), float(values.max() - values.min()))


def _certified_difference(title: str, f: Values, pair: Any, difference: float) -> PropertyReport:
    from theorycheck.terms.balls import ball_array, precision

    witness = {"x": written(pair[0]), "y": written(pair[1])}
    for bits in PRECISIONS:
        with precision(bits):
            try:
                low, high = f(ball_array(pair))
                if bool(low != high):
                    witness["difference"] = str(high - low)
                    return PropertyReport(title, "certified", "two values certainly differ", witness)
                break
            except NOT_ON_BALLS as error:
                reason = f"values differ by {difference:.3g} in float64; no run on balls ({error})"
                return PropertyReport(title, "supported", reason, witness)
            except UndecidedError:
                continue
    return PropertyReport(title, "inconclusive", "the values found differ by less than can be certified")
