"""What follows from premises has their hypotheses, and rests on what they rest on, in every rule."""

import pytest

from tests.kernel_terms import X, Y
from theorycheck.kernel import RULES, Refused, Sequent, add, defined, eq, le, lt, make, number, vector
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


USES = {
    "cut": ((from_book(HERE, "p"), from_book(THERE, "q")), {}),
    "cases": (
        (from_book(HERE, "p"), from_book(HERE, "q"), from_book(defined(X), "r")),
        {"left": X, "right": Y},
    ),
    "antisymmetry": ((from_book(le(X, Y), "p"), from_book(le(Y, X), "q")), {}),
    "absurd": ((from_book(le(X, Y), "p"), from_book(lt(Y, X), "q")), {"conclusion": lt(ZERO, ZERO)}),
    "instantiate": ((from_book(HERE, "p"), from_book(THERE, "q")), {"replacements": ((X, Y),)}),
    "replace": ((from_book(eq(X, Y), "p"), from_book(HERE, "q")), {"left": X, "right": Y}),
    "combination": (
        (from_book(HERE, "p"), from_book(THERE, "q")),
        {
            "conclusion": le(ZERO, add(X, Y)),
            "products": ((number(1), ((0, 1),), ()), (number(1), ((1, 1),), ())),
        },
    ),
    "nonzero": ((from_book(lt(ZERO, X), "p"), from_book(HERE, "q")), {"factor": X, "cofactor": number(1)}),
    "square": ((from_book(HERE, "p"), from_book(THERE, "q")), {"vector": ((X, vector("v")),)}),
    "range": ((from_book(HERE, "p"), from_book(THERE, "q")), {"conclusion": le(ZERO, add(X, Y))}),
    "roots": ((from_book(HERE, "p"), from_book(THERE, "q")), {"conclusion": HERE, "of": X}),
    "cover": (
        (from_book(HERE, "p"), from_book(le(X, number(1)), "q")),
        {"conclusion": HERE, "splits": (-1,)},
    ),
    "elementary": ((from_book(HERE, "p"), from_book(THERE, "q")), {"name": "exp", "term": X}),
    "extreme": ((from_book(HERE, "p"), from_book(THERE, "q")), {"term": make("max", X, Y), "place": 0}),
    "increasing": (
        (from_book(le(X, Y), "p"), from_book(THERE, "q")),
        {"lower": make("exp", X), "upper": make("exp", Y)},
    ),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_keeps_what_its_premises_rest_on(rule):
    if rule == "assume":
        assert RULES[rule]((), formula=HERE) == Sequent(frozenset([HERE]), HERE)
        return
    premises, arguments = USES[rule]
    found = RULES[rule](premises, **arguments)
    assert found.rests_on == frozenset().union(*(premise.rests_on for premise in premises))
    wanted = {"instantiate": {HERE, THERE} - {HERE}, "cut": {HERE}}
    assert found.hypotheses >= wanted.get(rule, {HERE})
