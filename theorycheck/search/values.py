"""Theorems from which the kernel sees that terms have values."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from theorycheck.kernel import Refused, Term, Theorem, defined, infer, lt, power
from theorycheck.kernel.definedness import conditions_of
from theorycheck.kernel.terms import number, ordered, variables_of
from theorycheck.search.context import ZERO, Context

Prove = Callable[[Term], Theorem | None]


def values_of(terms: Iterable[Term], context: Context, prove: Prove) -> list[Theorem]:
    """Theorems on the parts that might have no value, as far as they are found."""
    found: dict[Theorem, None] = {}
    for part in ordered(terms):
        ways = conditions_of(part)
        if () in ways or not variables_of(part):
            continue
        for way in ways:
            shown = [context.by_ranges(condition) or _prove(condition, prove) for condition in way]
            if None not in shown:
                found.update((theorem, None) for theorem in shown if theorem is not None)
                break
    return list(found)


def _prove(condition: Term, prove: Prove) -> Theorem | None:
    if condition.head != "ne":
        return prove(condition)
    base = condition.args[0]
    square = prove(lt(ZERO, power(base, number(2))))
    if square is None:
        return None
    try:
        return infer("nonzero", square, factor=base, cofactor=base)
    except Refused:
        return None


def defined_or_assumed(terms: Iterable[Term], context: Context) -> list[Theorem]:
    """That terms have values: as far as ranges show it, else as a hypothesis."""
    found = []
    for term in terms:
        if any(() not in conditions_of(part) for part in ordered([term])):
            found.append(context.by_ranges(defined(term)) or infer("assume", formula=defined(term)))
    return found
