"""Premises as bounds: the intervals in which they hold terms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from theorycheck.kernel.intervals import Interval
from theorycheck.kernel.sequents import Sequent
from theorycheck.kernel.terms import Term


def intervals_from(premises: Sequence[Sequent]) -> dict[Term, Interval]:
    """The interval of every term that a premise compares with a number."""
    found: dict[Term, Interval] = {}
    for premise in premises:
        for term, interval in _bounds(premise.conclusion):
            found[term] = found.get(term, Interval()).intersect(interval)
    return found


def interval_from(term: Term, premises: Sequence[Sequent]) -> Interval:
    return intervals_from(premises).get(term, Interval())


def _bounds(comparison: Term) -> list[tuple[Term, Interval]]:
    if comparison.head not in ("le", "lt", "eq"):
        return []
    left, right = comparison.args
    is_open = comparison.head == "lt"
    found = []
    if left.head == "number":
        low: Fraction = left.value
        found.append((right, Interval(low, low) if comparison.head == "eq" else Interval(low, None, is_open)))
    if right.head == "number":
        high: Fraction = right.value
        found.append(
            (left, Interval(high, high) if comparison.head == "eq" else Interval(None, high, False, is_open))
        )
    return found
