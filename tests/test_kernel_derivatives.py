"""Derivatives against difference quotients of mpmath, and what has none."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, value
from theorycheck.kernel import lt, make, number
from theorycheck.kernel.derivatives import MOST_FACTORS, derivative
from theorycheck.kernel.terms import ordered

mpmath.mp.dps = 60
ZERO, ONE = number(0), number(1)


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


def test_a_very_long_product_has_none():
    assert derivative(make("mul", *[X] * MOST_FACTORS), X) is not None
    assert derivative(make("mul", *[X] * (MOST_FACTORS + 1)), X) is None
    assert derivative(make("mul", *[Y] * (MOST_FACTORS + 1)), X) is ZERO
