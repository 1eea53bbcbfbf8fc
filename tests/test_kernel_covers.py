"""Covers of boxes by balls, and what they must refuse."""

from fractions import Fraction

import flint
import pytest

from tests.kernel_terms import X, Y
from theorycheck.kernel import Refused, add, infer, le, lt, make, mul, number, power
from theorycheck.kernel.rules import covers
from theorycheck.kernel.rules.covers import Enclosure

ZERO, ONE = number(0), number(1)
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


NAN, INFINITE = flint.arb.nan(), flint.arb("inf")
NOT_FINITE = [NAN, INFINITE, -INFINITE, flint.arb(0, float("inf")), 1 / flint.arb(0, 1)]


@pytest.mark.parametrize("ball", NOT_FINITE, ids=str)
@pytest.mark.parametrize(
    "goal", [lt(ZERO, make("exp", X)), le(ZERO, make("exp", X)), le(X, Y), lt(X, add(X, Y))]
)
def test_a_ball_that_is_not_finite_shows_nothing(monkeypatch, ball, goal):
    """Wherever the balls of the difference, of its derivatives, or of both, are not finite."""
    enclosure = Enclosure(goal)
    part = {name: (Fraction(1), Fraction(2)) for name in enclosure.names}
    evaluate = covers.evaluate
    monkeypatch.setattr(covers, "evaluate", lambda terms, *_: [ball for _ in terms])
    assert not enclosure.decides(part) and enclosure.slopes_on(part) == {}
    monkeypatch.setattr(
        covers,
        "evaluate",
        lambda terms, *more: [ball] if terms == [enclosure.gap] else evaluate(terms, *more),
    )
    assert not enclosure.decides(part)


def test_the_middle_of_a_part():
    ball = Enclosure(le(X, mul(Y, Y))).in_the_middle(
        {X: (Fraction(0), Fraction(1)), Y: (Fraction(2), Fraction(4))}
    )
    assert ball.contains(flint.arb("8.5")) and ball < 9 and ball > 8
