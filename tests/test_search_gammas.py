"""Equalities of gamma functions: what is found holds in mpmath's numbers, and what is false is not found."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_values import NoValue, value
from theorycheck.kernel import Refused, add, defined, eq, infer, lt, make, minus, mul, number, power, variable
from theorycheck.search.gammas import equal_by_recursion

X, Y = variable("x"), variable("y")
ZERO = number(0)


def gamma(base, step=0):
    return make("gamma", add(base, number(step)) if step else base)


def found(left, right, *positive):
    known = [infer("assume", formula=defined(side)) for side in (left, right)]
    return equal_by_recursion(
        eq(left, right), [*known, *(infer("assume", formula=lt(ZERO, p)) for p in positive)]
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 5), st.integers(-1, 2), st.fractions(Fraction(1, 4), 4, max_denominator=8))
def test_recursion(steps, wrong, x):
    rising = mul(*(add(X, number(k)) for k in range(steps)))
    left, right = gamma(X, steps), mul(add(rising, number(wrong)), gamma(X))
    if wrong:
        with pytest.raises(Refused):
            found(left, right)
        return
    theorem = found(left, right)
    assert theorem.conclusion is eq(left, right)
    with mpmath.workdps(30):
        try:
            a, b = (value(side, {X: x}) for side in (left, right))
        except NoValue:
            return
        assert abs(a - b) < mpmath.mpf(10) ** -20 * (1 + abs(a))


def test_binomial_coefficients():
    """n C(n − 1, k − 1) = k C(n, k)."""
    apart = add(X, minus(Y), number(1))

    def choose(n, k):
        return mul(n, power(k, -1), power(make("gamma", apart), -1))

    left = mul(X, choose(gamma(X), gamma(Y)))
    right = mul(Y, choose(gamma(X, 1), gamma(Y, 1)))
    assert found(left, right).conclusion is eq(left, right)
    with pytest.raises(Refused):
        found(left, mul(X, choose(gamma(X, 1), gamma(Y, 1))))


def test_arguments_that_do_not_differ_by_integers():
    with pytest.raises(Refused):
        found(gamma(X), gamma(Y))
    with pytest.raises(Refused):
        found(gamma(add(X, number(Fraction(1, 2)))), mul(X, gamma(X)))
