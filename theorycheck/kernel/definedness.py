"""Does a term have a value wherever the conclusions of some premises hold?

A comparison that holds has two sides with values, hence all their parts have values, but for the parts of a `piecewise`, of
which some may not be taken, and what is within the body of a binder. Beyond that a partial term has a value where its condition
is among the conclusions:

    b^n, n a negative integer: 0 < b, b < 0 or b ≠ 0;    b^r, r no integer: 0 ≤ b or 0 < b, if r < 0: 0 < b;
    b^e: 0 < b, or 0 ≤ b and 0 < e, or e is an integer and (0 ≤ e, b < 0 or b ≠ 0);
    log t, gamma t, loggamma t: 0 < t;    asin t, acos t: −1 ≤ t and t ≤ 1;
    tan t: 0 < cos t or cos t < 0;    piecewise: its last condition is `true`, and all of its parts have values.

A part without variables is evaluated. Of a binder, a gradient and a value at a scale that is not the number 0, some premise has
to show that it has a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from theorycheck.kernel.functions import COSINE_NOT_ZERO, FUNCTIONS, POSITIVE, WITHIN_ONE
from theorycheck.kernel.intervals import Interval, intervals_of
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent
from theorycheck.kernel.terms import (
    Term,
    integer,
    le,
    lt,
    make,
    needs_premise,
    number,
    ordered,
    outer_parts,
    variables_of,
)


def require_values(terms: Iterable[Term], premises: Sequence[Sequent]) -> None:
    """Make sure that terms have values wherever the premises' conclusions hold.

    Raises
    ------
    Refused
        With the part that might have none.
    """
    conclusions = {premise.conclusion for premise in premises}
    shown = set(ordered(conclusions, _parts_with_values))
    parts = ordered(terms, lambda term: () if term in shown else outer_parts(term))
    doubtful = [part for part in parts if part not in shown and not _is_met(conditions_of(part), conclusions)]
    constant = intervals_of(doubtful, dict.fromkeys(variables_of(*doubtful), NOTHING)) if doubtful else {}
    for part in doubtful:
        if constant[part] is None:
            raise Refused(f"{part} might have no value; a premise has to show that it has one")


NOTHING = Interval(Fraction(1), Fraction(0))
"""The interval of a variable, where only terms without variables have one."""


def _parts_with_values(term: Term) -> Sequence[Term]:
    return () if term.head == "piecewise" else outer_parts(term)


def _is_met(ways: Sequence[Sequence[Term]], conclusions: set[Term]) -> bool:
    """Whether the conclusions show a term whose parts have values to have one."""
    return any(all(condition in conclusions for condition in way) for way in ways)


def conditions_of(term: Term) -> Sequence[Sequence[Term]]:
    """The ways to see that a term has a value: each a list of comparisons that have to hold."""
    zero, one = number(0), number(1)
    if needs_premise(term):
        return ()
    if term.head == "power":
        base, exponent = term.args
        if exponent.head != "number":
            whole = integer(exponent)
            at_integers = (
                (whole, le(zero, exponent)),
                (whole, lt(base, zero)),
                (whole, make("ne", base, zero)),
            )
            return ((lt(zero, base),), (le(zero, base), lt(zero, exponent)), *at_integers)
        if exponent.value.denominator == 1:
            return (
                ((),)
                if exponent.value >= 0
                else ((lt(zero, base),), (lt(base, zero),), (make("ne", base, zero),))
            )
        return ((lt(zero, base),), (le(zero, base),)) if exponent.value > 0 else ((lt(zero, base),),)
    if term.head == "piecewise":
        return ((),) if term.args[-2].head == "true" else ()
    domain = FUNCTIONS[term.head].domain if term.head in FUNCTIONS else ""
    if domain == POSITIVE:
        return ((lt(zero, term.args[0]),),)
    if domain == WITHIN_ONE:
        return ((le(number(-1), term.args[0]), le(term.args[0], one)),)
    if domain == COSINE_NOT_ZERO:
        cosine = make("cos", term.args[0])
        return ((lt(zero, cosine),), (lt(cosine, zero),))
    return ((),)
