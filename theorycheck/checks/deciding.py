"""Decide a property: exactly from exact constants, by search for a callable."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.checks.attack import PRECISIONS, Attack, search
from theorycheck.checks.callables import (
    as_callable,
    as_gradient,
    batched,
    batched_gradient,
    has_constants,
    over_balls,
)
from theorycheck.checks.gaps import Property, Question, title
from theorycheck.checks.reports import Box, PropertyReport
from theorycheck.errors import ClaimError, UndecidedError


def decide(
    stated: Property, f: Any, bound: Any, box: Box, gradient: Callable[[Any], Any] | None = None
) -> PropertyReport:
    """Decide a property of a function with exact constants; search a callable for a violation.

    Raises
    ------
    FormulaError
        If the callable returns NaN or values of the wrong shape.
    ClaimError
        If `bound` is no finite number, or the box is empty.
    """
    if not np.isfinite(float(bound)):
        raise ClaimError(f"the constant of the property is {bound}; give a finite number")
    if has_constants(f):
        return _decide_exactly(stated, f, bound, box)
    slope = None if gradient is None else batched_gradient(gradient, box.dimension)
    found = search(Question(stated, batched(f, box.dimension), bound, slope), box)
    return PropertyReport(title(stated, bound), found.status, found.reason, found.witness, found.sharpness)


def _decide_exactly(stated: Property, f: Any, bound: Any, box: Box) -> PropertyReport:
    from theorycheck.terms.balls import precision

    holds, best, constant = None, False, None
    for bits in PRECISIONS:
        with precision(bits):
            exact = over_balls(f)
            try:
                constant = getattr(exact, stated.constant)[0]
                limit = Fraction(bound)
                holds = bool(constant >= limit) if stated.at_least else bool(constant <= limit)
                best = bool(np.asarray(exact.exact(stated.constant))[0])
                break
            except UndecidedError:
                continue
    name = title(stated, bound)
    relation = "≥" if stated.at_least else "≤"
    sharpness = _ratio(stated, constant, bound)
    if holds is None:
        reason = f"balls of {PRECISIONS[-1]} bits cannot tell whether {stated.constant} {relation} {bound}"
        return PropertyReport(name, "inconclusive", reason, None, sharpness)
    if holds:
        reason = f"the exact constant satisfies {stated.constant} = {constant} {relation} {bound}"
        return PropertyReport(name, "proved", reason, None, sharpness)
    found = _searched(Question(stated, as_callable(f), bound, as_gradient(f)), f, box)
    if best:
        reason = f"the best constant is {stated.constant} = {constant}, not {relation} {bound}"
        return PropertyReport(name, "refuted", reason, found.witness, sharpness)
    if found.status == "refuted":
        return PropertyReport(name, "refuted", found.reason, found.witness, found.sharpness)
    reason = f"only a bound of {stated.constant} is known ({constant}), and no violation was certified"
    return PropertyReport(name, "inconclusive", reason, None, found.sharpness)


def _ratio(stated: Property, constant: Any, bound: Any) -> float | None:
    """The constant's share of the allowance, where a ratio makes sense."""
    if constant is None or float(bound) <= 0:
        return None
    value = float(constant.midpoint) if constant.is_finite else None
    if value is None:
        return None
    return (float(bound) / value if value > 0 else None) if stated.at_least else value / float(bound)


def _searched(question: Question, f: Any, box: Box) -> Attack:
    if f.xp.name != "numpy":
        return Attack("inconclusive", "no search: the function is not built over NumPy", None, None)
    return search(question, Box(f.dimension, box.low, box.high, box.seed))
