"""Intervals of terms against mpmath at random points, and what `range` must refuse."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, value
from theorycheck.kernel import Refused, defined, infer, le, make, number, power
from theorycheck.kernel.intervals import Interval, interval_of

mpmath.mp.dps = 60
SLIP = mpmath.mpf(10) ** -45
"""mpmath computes with 60 digits; a dozen are lost in the small terms that are drawn."""
intervals = st.tuples(RATIONALS, RATIONALS, st.booleans(), st.booleans()).map(
    lambda t: Interval(min(t[:2]), max(t[:2]), t[2] and t[0] != t[1], t[3] and t[0] != t[1])
)


def inside(found: Interval, at: mpmath.mpf) -> bool:
    low = found.low is None or at >= mpmath.mpf(found.low.numerator) / found.low.denominator - SLIP * (
        1 + abs(at)
    )
    high = found.high is None or at <= mpmath.mpf(found.high.numerator) / found.high.denominator + SLIP * (
        1 + abs(at)
    )
    return low and high


def chosen(domain: Interval, part: Fraction) -> Fraction:
    return domain.low + (domain.high - domain.low) * part


@settings(max_examples=400, deadline=None, derandomize=True)
@given(terms(), intervals, intervals, st.lists(st.fractions(0, 1, max_denominator=7), min_size=4, max_size=4))
def test_the_interval_of_a_term_contains_its_values(term, x, y, parts):
    found = interval_of(term, {X: x, Y: y})
    for first, second in zip(parts[::2], parts[1::2], strict=True):
        point = {X: chosen(x, first), Y: chosen(y, second)}
        ends = [(x, point[X]), (y, point[Y])]
        if (
            any((d.open_low and v == d.low) or (d.open_high and v == d.high) for d, v in ends)
            or found is None
        ):
            continue
        try:
            assert inside(found, value(term, point))
        except NoValue:
            continue


def test_open_and_closed_ends():
    x = Interval(Fraction(0), Fraction(1), True, False)
    assert interval_of(power(X, 2), {X: x}) == Interval(Fraction(0), Fraction(1), True, False)
    assert interval_of(power(X, -1), {X: x}) == Interval(Fraction(1), None, False, True)
    assert interval_of(power(X, -1), {X: Interval(Fraction(0), Fraction(1))}) is None
    assert interval_of(make("exp", X), {}) == Interval(Fraction(0), None, True, True)
    assert (Interval(Fraction(0)) * Interval(Fraction(0), None, True)).positive is False


@pytest.mark.parametrize(
    "term",
    [
        make("log", X),
        power(X, -1),
        power(X, Fraction(1, 2)),
        power(X, Y),
        make("asin", X),
        make("tan", X),
        make("gamma", X),
        make("sin", power(X, -1)),
        make("mul", number(0), power(X, -1)),
        make("piecewise", le(X, Y), X),
        make("piecewise", le(power(X, -1), Y), X, make("true"), Y),
        make("max", X, make("log", X)),
    ],
)
def test_what_might_have_no_value_has_no_interval(term):
    assert interval_of(term, {}) is None
    with pytest.raises(Refused, match="no value"):
        infer("range", conclusion=defined(term))
