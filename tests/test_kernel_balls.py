"""Balls of terms on boxes and their derivatives, against mpmath; covers, and what they must refuse."""

from fractions import Fraction

import flint
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, value
from theorycheck.kernel import add, lt, make, minus, mul, number, power
from theorycheck.kernel.balls import enclosing, evaluate
from theorycheck.kernel.terms import ordered

mpmath.mp.dps = 60
SLIP = 1e-40  # mpmath computes with 60 digits; what is compared is of moderate size
ZERO, ONE = number(0), number(1)
parts = st.fractions(0, 1, max_denominator=8)


def contains(ball, at) -> bool:
    with flint.ctx.workprec(256):
        other = flint.arb(mpmath.nstr(at, 55))
        return bool(abs(ball - other).lower() <= SLIP * (1 + abs(other)))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    terms(),
    RATIONALS,
    RATIONALS,
    st.fractions(0, 1, max_denominator=4),
    st.lists(parts, min_size=2, max_size=2),
)
def test_a_ball_contains_the_values_and_a_finite_one_says_that_there_are_some(term, a, b, width, places):
    box = {X: enclosing(a, a + width), Y: enclosing(b, b + width)}
    (ball,) = evaluate([term], box)
    point = {X: a + width * places[0], Y: b + width * places[1]}
    if not ball.is_finite():
        return
    try:
        assert contains(ball, value(term, point))
    except NoValue:
        assert _is_borderline(term, point)


def _is_borderline(term, point) -> bool:
    """Whether the independent reading gives up because something is large, or too close to call."""
    for part in ordered([term]):
        if part.sort == "real":
            try:
                if abs(value(part, point)) > 1e6:
                    return True
            except NoValue:
                pass
    (ball,) = evaluate([term], {name: enclosing(v, v) for name, v in point.items()})
    return bool(ball.is_finite())


@pytest.mark.parametrize(
    "term",
    [
        make("sin", power(X, -1)),
        make("tanh", power(X, -1)),
        mul(ZERO, make("log", X)),
        mul(ZERO, power(X, -1)),
        power(power(X, -1), -1),
        make("gamma", add(X, number(Fraction(-1, 2)))),
        make("exp", minus(power(power(X, 2), -1))),
        power(X, Fraction(1, 2)),
        power(X, Y),
        make("max", number(5), make("log", X)),
        make("piecewise", lt(power(X, -1), ZERO), ONE, make("true"), ZERO),
        make("piecewise", lt(X, ZERO), power(X, -1), make("true"), ZERO),
    ],
)
def test_no_finite_ball_where_a_value_is_missing(term):
    box = {X: enclosing(Fraction(-1), Fraction(1)), Y: enclosing(Fraction(1, 2), Fraction(1, 2))}
    assert not evaluate([term], box)[0].is_finite()


def test_roots_of_what_is_known_to_be_nonnegative():
    box = {X: enclosing(Fraction(0), Fraction(1, 3))}
    root = power(X, Fraction(1, 2))
    (ball,) = evaluate([root], box, frozenset([X]))
    assert ball.is_finite() and ball > -1e-8 and ball < 1  # its radius has 30 bits
