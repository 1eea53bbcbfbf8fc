"""Proofs from the formula alone: true ones found, false ones never, covers said of compact sets only."""

import math
from fractions import Fraction

import pytest

from theorycheck import Claim, Space, choice, dimension, finite_sum, function, integer, point, real, requires
from theorycheck.derivations.direct import direct_proof
from theorycheck.hunting import certify
from theorycheck.judging import plan, run_check
from theorycheck.settings import Settings
from theorycheck.spaces import instance_from_json

QUICK = Settings(budget="quick")


def attempt(sides, relation="<=", hypotheses=(), **domains):
    claim = Claim(
        id="test/direct",
        statement="a claim",
        space=Space(**domains),
        sides=sides,
        relation=relation,
        hypotheses=list(hypotheses),
    )
    evidence = direct_proof(claim, QUICK)
    return evidence.outcome, evidence.details["scope"]


TRUE = {
    "identity": (lambda xp, t: ((t + 1) ** 2, t**2 + 2 * t + 1), "=", {"t": real()}),
    "trigonometry": (lambda xp, t: (xp.sin(t) ** 2 + xp.cos(t) ** 2, 1), "=", {"t": real()}),
    "square": (lambda xp, t, r: (2 * t * r, t**2 + r**2), "<=", {"t": real(), "r": real()}),
    "sign": (lambda xp, t: (-t, 0), "<", {"t": real(0, open_low=True)}),
    "greater": (lambda xp, t: (xp.exp(t), 1 + t), ">=", {"t": real()}),
    "absolute value": (lambda xp, t: (t, abs(t)), "<=", {"t": real()}),
    "maximum": (lambda xp, t: (t, xp.maximum(t, 0)), "<=", {"t": real()}),
    "a bound that is a name": (lambda xp, s, t: (s, t), "<=", {"s": real(0), "t": real("s", open_low=True)}),
    "integers": (lambda xp, n: (1, n**2), "<=", {"n": integer(1, 9)}),
    "an exact tenth": (lambda xp, t: (xp.number(Fraction(1, 10)) * t, t), "<=", {"t": real(0)}),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims(name):
    sides, relation, domains = TRUE[name]
    assert attempt(sides, relation, **domains) == ("verified", "all")


FALSE = {
    "equality at a bound": (lambda xp, t: (-t, 0), "<", {"t": real(0)}),
    "a sign": (lambda xp, t: (0, t), "<=", {"t": real()}),
    "the wrong way": (lambda xp, t: (xp.exp(t), 1 + t), "<=", {"t": real()}),
    "not quite an identity": (lambda xp, t: ((t + 1) ** 2, t**2 + 2 * t), "=", {"t": real()}),
    "nearly a tenth": (lambda xp, t: (0.1 * t + 0.2 * t, 0.3000000001 * t), "=", {"t": real()}),
    "a lost summand": (lambda xp, t: (t + 1e-17 * t, t), "=", {"t": real()}),
    "root of a square": (lambda xp, t: (xp.sqrt(t**2), t), "=", {"t": real()}),
    "logarithm of a product": (lambda xp, t: (xp.log(t**2), 2 * xp.log(t)), "=", {"t": real()}),
    "pi in floats": (lambda xp, t: (xp.pi + 0 * t, math.pi + 0 * t), "<=", {"t": real()}),
    "outside a box": (lambda xp, t: (t**2, 1), "<=", {"t": real(0, 2)}),
    "at a closed end": (lambda xp, t: (t, 1), "<", {"t": real(0, 1)}),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_or_inexact_claims_are_not_proved(name):
    sides, relation, domains = FALSE[name]
    assert attempt(sides, relation, **domains)[0] == "unverified"


def test_covers_of_compact_sets():
    cover = ("verified", "box")
    bumpy = (lambda xp, t: (xp.sin(t) * xp.exp(xp.cos(5 * t)), xp.number(Fraction(27, 10))), "<=")
    assert attempt(*bumpy, t=real(0, 3)) == cover
    assert attempt(*bumpy, t=real(0, 3, open_low=True)) == cover
    assert attempt(*bumpy, t=real(0))[1] != "box"
    assert attempt(lambda xp, t: (t, 1 + t**2), t=real(0, 1)) == ("verified", "all")


def test_a_hypothesis_helps():
    ordered = requires(lambda t, r: t <= r, "t ≤ r")
    assert attempt(lambda xp, t, r: (t, r), hypotheses=[ordered], t=real(), r=real()) == ("verified", "all")
    assert attempt(lambda xp, t, r: (t, r), t=real(), r=real())[0] == "unverified"


def test_equalities_of_functions_and_points_are_expanded():
    domains = {"d": dimension(1, 2), "f": function(), "x": point(), "n": choice(3, 7), "k": choice(2, 9)}
    rate = attempt(
        lambda xp, f, x, n, k: (f(x) * (1 - 1 / n) ** k * n**k, f(x) * (n - 1) ** k), "=", **domains
    )
    assert rate[0] == "verified"
    wrong = attempt(lambda xp, f, x, n, k: (f(x) * (1 - 1 / n) ** k * n**k, f(x) * n**k), "=", **domains)
    assert wrong[0] == "unverified"


def test_inequalities_of_functions_are_combined_linearly_or_need_a_derivation():
    domains = {"d": dimension(1), "f": function(), "x": point()}
    assert attempt(lambda xp, f, x: (f(x), f(x) + 1), "<=", **domains)[0] == "verified"
    assert attempt(lambda xp, f, x: (2 * f(x), f(x) ** 2 + 1), "<=", **domains)[0] == "unverified"


def test_a_formula_that_asks_for_the_number_of_samples_is_left_to_the_hunt():
    outcome, _ = attempt(
        lambda xp, f, x: (0 * f(x), sum(g(x) ** 2 for g in f.samples)), f=finite_sum((1, 2)), x=point()
    )
    assert outcome == "unverified"


def checked(sides, relation="<=", hypotheses=(), **domains):
    """The finding of the check alone, gate included."""
    claim = Claim(
        id="test/direct",
        statement="a claim",
        space=Space(**domains),
        sides=sides,
        relation=relation,
        hypotheses=list(hypotheses),
    )
    (check,) = [check for check in plan(claim, QUICK) if check.name == "direct proof"]
    return run_check(check, claim, 60)


BROKEN = {
    "a number": (lambda xp, t: (t**2, 2 * t - 1), ">", (), {"t": real()}),
    "an identity": (lambda xp, t: ((t + 1) ** 2, t**2 + 2 * t), "=", (), {"t": real()}),
    "an integer": (lambda xp, n: (n**2, 4 * n - 4), ">", (), {"n": integer(0, 9)}),
    "a choice": (lambda xp, t, n: (t**n, t), "<=", (), {"t": real(0, 1), "n": choice(2, 0)}),
    "with a hypothesis": (
        lambda xp, t, r: (t, r),
        "<=",
        [requires(lambda t, r: t + r <= 1, "")],
        {"t": real(0, 1), "r": real(0, 1)},
    ),
    "with an idle name": (lambda xp, t, r: (t, 2 + 0 * r), "<=", (), {"t": real(0, 3), "r": real("t", 9)}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_point_that_breaks_the_formula_is_certified_at_the_gate(name):
    sides, relation, hypotheses, domains = BROKEN[name]
    found = checked(sides, relation, hypotheses, **domains)
    assert found.evidence.outcome == "violated"
    assert set(found.counterexample.instance) == set(domains)
    assert certify(
        Claim(
            id="test/direct",
            statement="",
            space=Space(**domains),
            sides=sides,
            relation=relation,
            hypotheses=list(hypotheses),
        ),
        instance_from_json(found.counterexample.instance),
        1024,
    ).violated


EXCLUDED = {
    # true claims whose formula fails only where the claim does not speak of it
    "an inequality": (lambda xp, t: (t**2, 2 + 0 * t), ">", [requires(lambda t: t * t > 2, "")], real(0, 3)),
    "a point": (lambda xp, t: (t**2, 0 * t), ">", [requires(lambda t: t != 0, "")], real()),
    "either side": (
        lambda xp, t: ((t - 1) * (t - 2), 0 * t),
        ">=",
        [requires(lambda t: (t <= 1) | (t >= 2), "")],
        real(0, 3),
    ),
    "whole numbers": (lambda xp, t: (t * (t - 1), 0 * t), ">=", (), integer(-5, 5)),
    "an open end": (lambda xp, t: (t, 1 + 0 * t), ">", (), real(1, 2, open_low=True)),
    "an equality": (lambda xp, t: (t**3, 8 + 0 * t), "=", [requires(lambda t: t == 2, "")], integer(0, 5)),
}


@pytest.mark.parametrize("name", EXCLUDED)
def test_a_point_of_which_the_claim_does_not_speak_breaks_nothing(name):
    sides, relation, hypotheses, domain = EXCLUDED[name]
    found = checked(sides, relation, hypotheses, t=domain)
    assert found.evidence.outcome in ("verified", "unverified")
    assert "instance" not in found.evidence.details
