"""A link is called certainly wrong only with an instance that breaks it where it claims to hold."""

import sympy

from tests.false_claims import claim, symbols
from theorycheck import Claim, Space, convex, real, requires
from theorycheck.derivations.counterexamples import break_link
from theorycheck.derivations.links import Link
from theorycheck.derivations.results import LinkResult
from theorycheck.hunting import hunt
from theorycheck.settings import Settings

QUICK = Settings(budget="quick")


def quick(written):
    return hunt(written, QUICK).counterexample


OPEN = LinkResult("unverified", "none", "open")


def numbers(*hypotheses, **domains):
    return Claim(
        id="test/numbers",
        statement="a claim",
        space=Space(**domains),
        hypotheses=list(hypotheses),
        sides=lambda xp: (0, 1),
    )


def broken(left, relation, right, a_claim):
    return break_link(
        Link("L2", sympy.sympify(left), relation, sympy.sympify(right), None), OPEN, a_claim, quick
    )


def test_a_wrong_link_is_broken():
    c = numbers(t=real())
    result = broken(symbols(c).t ** 2, "<=", symbols(c).t, c)
    assert result.outcome == "failed" and "t" in result.counterexample


def test_a_true_link_is_not():
    c = claim(hypotheses=[convex("f")], t=real())
    s = symbols(c)
    assert broken(s.t, "<=", s.t**2 + 1, c) == OPEN
    assert broken(s.f(s.x), "<=", s.f.smoothed(s.x, s.sigma), c).outcome == "unverified"


def test_the_hypotheses_are_respected():
    c = numbers(requires(lambda a, b: (a >= 0) & (b >= a), "0 ≤ a ≤ b"), a=real(), b=real())
    s = symbols(c)
    assert broken(s.a, "<=", s.b, c).outcome == "unverified"


def test_what_a_link_presupposes_is_respected():
    """The link speaks of σ > 0; the claim's σ = 0 does not break it."""
    c = numbers(sigma=real(0))
    positive = sympy.Symbol("sigma", positive=True)
    assert broken(0, "<", positive, c).outcome == "unverified"
    assert broken(0, "<", symbols(c).sigma, c).outcome == "failed"


def test_what_has_no_value_stays_open():
    c = claim()
    own = sympy.Symbol("own", real=True)
    assert broken(own, "<=", 0, c) == OPEN
    assert broken(own, "<=", 0, c).counterexample is None
    already = LinkResult("failed", "point", "wrong", None, {"t": "1"})
    assert break_link(Link("1", own, "<=", sympy.Integer(0), None), already, c, quick) is already
