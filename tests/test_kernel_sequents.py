"""What follows from premises has their hypotheses, and rests on what they rest on, in every rule."""

import pytest

from tests.kernel_forgeries import ACCEPTED, certificate
from tests.kernel_terms import X, Y
from theorycheck.kernel import RULES, Refused, Sequent, eq, from_json, le, lt, make, number, variable, vector
from theorycheck.kernel.sequents import conclude

ZERO = number(0)
HERE, THERE = le(ZERO, X), le(ZERO, Y)


def from_book(conclusion, *names, hypothesis=HERE):
    return Sequent(frozenset([hypothesis]), conclusion, frozenset(names))


def test_hypotheses_and_what_is_rested_on_are_joined():
    found = conclude(
        lt(X, Y), [from_book(HERE, "a"), from_book(THERE, "b", hypothesis=THERE)], [eq(X, Y)], ["c"]
    )
    assert found == Sequent(frozenset([HERE, THERE, eq(X, Y)]), lt(X, Y), frozenset("abc"))
    for wrong in (make("not", HERE), make("and", HERE, THERE), X, vector("v"), make("true")):
        with pytest.raises(Refused, match="no comparison"):
            conclude(wrong)


MARK = le(ZERO, variable("of the premise"))
LAST_STEPS = {theorem.rule: theorem for theorem in (from_json(certificate(a.steps)) for a in ACCEPTED)}
"""A theorem that each rule has made last; with premises, where a rule has them."""
LAST_STEPS.update(
    {
        theorem.rule: theorem
        for theorem in (from_json(certificate(a.steps)) for a in ACCEPTED)
        if theorem.premises
    }
)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_keeps_what_its_premises_assume_and_rest_on(rule):
    theorem = LAST_STEPS[rule]
    premises = tuple(
        Sequent(p.hypotheses | {MARK}, p.conclusion, frozenset([f"book {place}"]))
        for place, p in enumerate(theorem.premises)
    )
    found = RULES[rule](premises, **theorem.arguments)
    assert found.conclusion is theorem.conclusion
    assert found.rests_on == {f"book {place}" for place in range(len(premises))}
    assert MARK in found.hypotheses or not premises
