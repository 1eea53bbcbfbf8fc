"""Proofs from the formula alone: true ones found, false ones never, boxes only for compact sets."""

import math
from fractions import Fraction

import pytest

from theorycheck import Claim, Space, choice, dimension, finite_sum, function, integer, point, real, requires
from theorycheck.derivations.direct import compact_box, direct_proof
from theorycheck.derivations.symbols import symbols_of
from theorycheck.settings import Settings

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


def test_boxes():
    outcome, scope = attempt(lambda xp, t: (xp.sin(3 * t) * t, 1 + t**2 / 10), t=real(0, 1))
    assert outcome == "verified" and scope in ("all", "box")
    outcome, _ = attempt(
        lambda xp, t: (xp.sin(t) * xp.exp(xp.cos(5 * t)), xp.number(Fraction(27, 10))), t=real(0, 3)
    )
    assert outcome == "verified"


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


def test_compact_boxes():
    def box(**domains):
        claim = Claim(id="test/box", statement="a claim", space=Space(**domains), sides=lambda xp: (0, 1))
        return compact_box(symbols_of(claim))

    assert list(box(t=real(0, 1), r=real(-1, Fraction(1, 2))).values()) == [(0, 1), (-1, Fraction(1, 2))]
    assert box(t=real(0, 1), r=real(0)) is None
    assert box(t=real(0, 1), r=real("t", 2)) is None
    assert box(t=real(0, 1), n=integer(1, 3)) is None


def test_a_formula_that_asks_for_the_number_of_samples_is_left_to_the_hunt():
    outcome, _ = attempt(
        lambda xp, f, x: (0 * f(x), sum(g(x) ** 2 for g in f.samples)), f=finite_sum((1, 2)), x=point()
    )
    assert outcome == "unverified"
