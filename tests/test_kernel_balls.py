"""Balls of terms on boxes and their derivatives, against mpmath; covers, and what they must refuse."""

from fractions import Fraction

import flint
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, value
from theorycheck.kernel import Refused, add, infer, le, lt, make, minus, mul, number, power
from theorycheck.kernel.balls import enclosing, evaluate
from theorycheck.kernel.derivatives import derivative
from theorycheck.kernel.rules.covers import Enclosure
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


@settings(max_examples=200, deadline=None, derandomize=True)
@given(terms(4), RATIONALS, RATIONALS)
def test_derivatives_are_difference_quotients(term, a, b):
    slope = derivative(term, X)
    if slope is None:
        return
    step = Fraction(1, 10**12)
    points = [{X: a + k * step, Y: b} for k in (-1, 0, 1)]
    try:
        before, _, after = (value(term, point) for point in points)
        third = value(term, {X: a + 2 * step, Y: b}) - 2 * after + before
        found = value(slope, points[1])
    except NoValue:
        return
    if any(
        part.head == "abs" and abs(value(part, points[1])) < 1e-6
        for part in ordered([term])
        if part.head == "abs"
    ):
        return  # a kink: Clarke's derivative is no limit
    if abs(third) > 1e-18 or abs(found) > 1e6:
        return  # too curved for so coarse a quotient
    assert abs((after - before) / (2 * step) - found) < 1e-4 * (1 + abs(found))


@pytest.mark.parametrize("head", ["sign", "gamma", "loggamma"])
def test_what_has_no_derivative(head):
    assert derivative(make(head, X), X) is None
    assert derivative(make("max", X, Y), X) is None
    assert derivative(make("piecewise", lt(X, Y), ONE, make("true"), ZERO), X) is None
    assert derivative(make(head, Y), X) is ZERO


# covers -------------------------------------------------------------------------------------------------------------------
LOW, HIGH = infer("assume", formula=le(ZERO, X)), infer("assume", formula=le(X, ONE))
GOAL = lt(X, add(make("exp", X), number(Fraction(-1, 10))))
SPLITS = (0, -1, 0, -1, -1)


def test_a_cover():
    theorem = infer("cover", LOW, HIGH, conclusion=GOAL, splits=SPLITS)
    assert theorem.conclusion is GOAL and theorem.hypotheses == LOW.hypotheses | HIGH.hypotheses


@pytest.mark.parametrize(
    ("premises", "goal", "splits"),
    [
        ((LOW, HIGH), GOAL, ()),
        ((LOW, HIGH), GOAL, SPLITS[:-1]),
        ((LOW, HIGH), GOAL, (*SPLITS, -1)),
        ((LOW, HIGH), GOAL, (2, -1, -1)),
        ((LOW, HIGH), GOAL, (-2,)),
        ((LOW, HIGH), GOAL, (True, -1, -1)),
        ((LOW,), GOAL, SPLITS),
        ((HIGH,), GOAL, SPLITS),
        ((), GOAL, SPLITS),
        ((LOW, HIGH), le(ONE, X), (-1,)),
        ((LOW, HIGH), lt(X, ONE), (-1,)),
        ((LOW, HIGH), lt(ZERO, X), (-1,)),
        ((LOW, HIGH), le(Y, Y), (-1,)),
        ((LOW, HIGH), make("eq", X, X), (-1,)),
        ((LOW, HIGH), le(ZERO, power(X, -1)), (-1,)),
        ((LOW, HIGH), le(ZERO, mul(ZERO, make("log", X))), (-1,)),
        ((infer("assume", formula=le(ONE, X)), infer("assume", formula=le(X, ZERO))), le(X, X), (-1,)),
        ((infer("assume", formula=le(ZERO, power(X, 2))), HIGH), le(X, ONE), (-1,)),
    ],
)
def test_what_is_no_cover(premises, goal, splits):
    with pytest.raises(Refused):
        infer("cover", *premises, conclusion=goal, splits=splits)


def test_a_function_with_jumps_is_not_moved_to_an_end():
    step = make("piecewise", lt(X, number(Fraction(1, 2))), ONE, make("true"), ZERO)
    goal = le(step, add(number(Fraction(1, 2)), X))
    enclosure = Enclosure(goal)
    assert not enclosure.slopes and not enclosure.decides({X: (Fraction(0), Fraction(1))})
