"""The inequalities of analysis: true at random points, refused without their conditions."""

from fractions import Fraction

import mpmath
import pytest

from tests.kernel_terms import X, Y
from tests.kernel_values import value
from theorycheck.kernel import Refused, add, defined, infer, le, lt, make, number, power
from theorycheck.kernel.rules.elementary import STATEMENTS

mpmath.mp.dps = 60
ZERO = number(0)
SLIP = mpmath.mpf(10) ** -50  # of 60 digits
CONDITIONS = {"value": defined(X), "positive": lt(ZERO, X), "nonnegative": le(ZERO, X)}


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_they_hold_where_their_condition_does_and_need_it(name):
    condition = STATEMENTS[name][1]
    theorem = infer("elementary", infer("assume", formula=CONDITIONS[condition]), name=name, term=X)
    assert theorem.hypotheses == {CONDITIONS[condition]}
    left, right = theorem.conclusion.args
    for k in range(-80, 81):
        t = Fraction(k, 8)
        if condition == "value" or t > 0 or (t == 0 and condition == "nonnegative"):
            assert value(left, {X: t}) <= value(right, {X: t}) + SLIP
    weaker = {
        "value": (),
        "positive": (le(ZERO, X), defined(X)),
        "nonnegative": (defined(X), lt(number(-1), X)),
    }
    for formula in weaker[condition]:
        with pytest.raises(Refused):
            infer("elementary", infer("assume", formula=formula), name=name, term=X)


def test_the_argument_needs_a_value():
    inverse = power(X, -1)
    with pytest.raises(Refused, match="no value"):
        infer("elementary", name="exp", term=inverse)
    shown = infer("assume", formula=defined(inverse))
    assert infer("elementary", shown, name="exp", term=inverse).hypotheses == {defined(inverse)}
    with pytest.raises(Refused, match="no elementary"):
        infer("elementary", name="cosh", term=X)


def test_extremes():
    largest = make("max", X, Y)
    assert infer("extreme", term=largest, place=1).conclusion is le(Y, largest)
    assert infer("extreme", term=make("min", X, Y), place=0).conclusion is le(make("min", X, Y), X)
    for term, place in ((add(X, Y), 0), (largest, 2), (make("max", X, power(Y, -1)), 0), (X, 0)):
        with pytest.raises(Refused):
            infer("extreme", term=term, place=place)


def test_increasing_functions():
    order = infer("assume", formula=le(X, Y))
    rises = infer("increasing", order, lower=make("exp", X), upper=make("exp", Y))
    assert rises.conclusion is le(make("exp", X), make("exp", Y))
    half = Fraction(1, 2)
    roots = [infer("assume", formula=defined(power(v, half))) for v in (X, Y)]
    assert infer("increasing", order, *roots, lower=power(X, half), upper=power(Y, half)).hypotheses
    for premises, lower, upper in [
        ((order,), make("exp", Y), make("exp", X)),
        ((order,), make("cos", X), make("cos", Y)),
        ((order,), make("exp", X), make("erf", Y)),
        ((), make("exp", X), make("exp", Y)),
        ((order,), power(X, half), power(Y, half)),
        ((order,), power(X, 2), power(Y, 2)),
        ((order, *roots), power(X, half), power(Y, Fraction(1, 3))),
        ((order,), make("log", X), make("log", Y)),
        ((order,), make("abs", X), make("abs", Y)),
        ((order,), X, Y),
    ]:
        with pytest.raises(Refused):
            infer("increasing", *premises, lower=lower, upper=upper)
