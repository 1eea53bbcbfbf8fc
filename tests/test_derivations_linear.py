"""Linear arithmetic: what follows from the hypotheses whatever the functions are, and what must not."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Space, check, choice, dimension, function, granted, point, real, requires
from theorycheck.derivations.linear import linear_proof
from theorycheck.kernel import Refused, add, from_json, infer, make, number, to_json


def claim(sides, relation="<=", hypotheses=(), **domains):
    return Claim(
        id="test/linear",
        statement="a claim",
        space=Space(**domains),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


ONE = number(1)
FUNCTIONS = {"d": dimension(1, 2), "f": function(), "x": point(), "y": point()}
FOLLOWS = {
    "a constant": claim(lambda xp, f, x: (f(x), f(x) + 1), **FUNCTIONS),
    "transitivity": claim(
        lambda xp, P, w, K: (P, w * K),
        hypotheses=[
            granted(lambda P, w, G: w * G >= P, "P ≤ wG", "a norm"),
            requires(lambda G, K: G <= K, "G ≤ K"),
        ],
        P=real(0),
        w=real(0),
        G=real(0),
        K=real(0),
    ),
    "an open range": claim(lambda xp, a, b: (0, a + b), "<", a=real(0, open_low=True), b=real(0)),
    "an identity": claim(lambda xp, f, x, y: ((f(x) - f(y)) * 2, 2 * f(x) - 2 * f(y)), "=", **FUNCTIONS),
    "an equality from two inequalities": claim(
        lambda xp, a, b: (2 * a, 2 * b),
        "=",
        [requires(lambda a, b: a <= b, "a ≤ b"), requires(lambda a, b: a >= b, "a ≥ b")],
        a=real(),
        b=real(),
    ),
    "an equality from an equality": claim(
        lambda xp, a, b: (a + 1, b + 1), "=", [requires(lambda a, b: a == b, "a = b")], a=real(), b=real()
    ),
    "a named bound": claim(lambda xp, a, b: (2 * a, a + b), a=real(), b=real("a")),
    "a choice": claim(lambda xp, a, n: (2 * a, n * a), a=real(0), n=choice(2, 5)),
}
DOES_NOT = {
    "a square": claim(lambda xp, a, b: (2 * a * b, a * a + b * b), a=real(), b=real()),
    "the wrong way": claim(lambda xp, f, x: (f(x) + 1, f(x)), **FUNCTIONS),
    "another point": claim(lambda xp, f, x, y: (f(x), f(y)), **FUNCTIONS),
    "a strict tie": claim(lambda xp, a: (a, 2 * a), "<", a=real(0)),
    "a sign that is not known": claim(lambda xp, a, b: (0, a * b), a=real(0), b=real()),
    "one side of an identity": claim(lambda xp, a: (a, 2 * a), "=", a=real(0)),
    "a weak hypothesis for a strict conclusion": claim(
        lambda xp, a, b: (a, b), "<", [requires(lambda a, b: a <= b, "a ≤ b")], a=real(), b=real()
    ),
    "∞ + a ≤ ∞ + b": claim(
        lambda xp, a, b: (a, b),
        "<=",
        [requires(lambda xp, a, b: xp.inf + a <= xp.inf + b, "…")],
        a=real(),
        b=real(),
    ),
    "a constant that may be infinite": claim(
        lambda xp, a, b: (a, b),
        "<=",
        [requires(lambda xp, f, a, b: f.lipschitz + a <= f.lipschitz + b, "…")],
        a=real(),
        b=real(),
        **FUNCTIONS,
    ),
    "an exponential that may be 0": claim(
        lambda xp, a: (0, a),
        "<",
        [requires(lambda xp, f, a: a >= xp.exp(-f.lipschitz), "…")],
        a=real(),
        **FUNCTIONS,
    ),
    "an alternative": claim(
        lambda xp, a, b: (a, b), "<=", [requires(lambda a, b: (a <= b) | (a > 7), "…")], a=real(), b=real()
    ),
}


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_follows(name):
    theorem = linear_proof(FOLLOWS[name]).theorem
    relation = {"<=": "le", "<": "lt", "=": "eq"}[FOLLOWS[name].relation]
    assert theorem.conclusion.head == relation and theorem.conclusion.args[0] is number(0)
    assert from_json(json.loads(json.dumps(to_json(theorem)))).sequent == theorem.sequent
    for step in theorem.premises if relation == "eq" else [theorem]:
        changed = [make(step.conclusion.head, number(Fraction(1, 7)), step.conclusion.args[1])]
        if relation == "eq":
            changed = [make(step.conclusion.head, add(a, ONE), b) for a, b in [step.conclusion.args]]
        for stronger in changed:
            with pytest.raises(Refused):
                infer(step.rule, *step.premises, **{**step.arguments, "conclusion": stronger})


def test_an_equality_is_one_theorem_from_the_hypotheses_of_both_directions():
    proof = linear_proof(FOLLOWS["an equality from two inequalities"])
    assert proof.theorem.rule == "antisymmetry" and len(proof.combinations) == 2
    assert {repr(h) for h in proof.theorem.hypotheses} == {
        repr(h) for p in proof.theorem.premises for h in p.hypotheses
    }
    assert len(proof.theorem.hypotheses) == 2


@pytest.mark.parametrize("name", DOES_NOT)
def test_what_does_not(name):
    assert linear_proof(DOES_NOT[name]) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fractions(-3, 3, max_denominator=4), min_size=6, max_size=6), st.booleans())
def test_the_answer_is_that_of_the_corners(numbers, strict):
    """A linear form on the unit square is nonnegative exactly where it is at the corners."""
    p, q, r = numbers[:3]
    relation = "<" if strict else "<="
    form = claim(lambda xp, a, b: (0, p * a + q * b + r), relation, a=real(0, 1), b=real(0, 1))
    corners = [p * a + q * b + r for a in (0, 1) for b in (0, 1)]
    true = all(value > 0 if strict else value >= 0 for value in corners)
    proved = linear_proof(form) is not None
    assert not proved or true
    assert proved or not true or strict  # Farkas: what holds on the square is a combination of its bounds


def test_such_a_hunt_supports_nothing():
    verdict = check(FOLLOWS["transitivity"], budget="quick")
    assert verdict.status == "conditional" and verdict.sharpness is None
    assert [ground.text for ground in verdict.rests_on if ground.weakens] == ["P ≤ wG"]
    plain = check(FOLLOWS["a named bound"], budget="quick")
    assert plain.status == "proved"


def test_the_combination_is_shown():
    (found,) = linear_proof(FOLLOWS["transitivity"]).combinations
    assert {known.why for _, known in found.terms} == {"P ≤ wG", "G ≤ K, times what is nonnegative"}
    assert all(factor == Fraction(1) for factor, _ in found.terms)
