"""Terms as fractions of polynomials: the fraction has the term's value, wherever the term has one."""

from fractions import Fraction

import mpmath
from hypothesis import given, settings

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, close, value
from theorycheck.kernel import Refused, add, minus, power
from theorycheck.kernel.polynomials import ratios_of, to_term, vanishes

mpmath.mp.dps = 60


@settings(max_examples=200, deadline=None, derandomize=True)
@given(terms(), RATIONALS, RATIONALS)
def test_the_fraction_has_the_value_of_the_term(term, a, b):
    point = {X: a, Y: b}
    try:
        found = ratios_of([term])
        wanted = value(term, point)
    except (Refused, NoValue):
        return
    ((top, bottom),) = found.ratios
    try:
        above, below = (value(to_term(p, found.generators), point) for p in (top, bottom))
    except NoValue:  # a generator is too large
        return
    assert below != 0 and close(above / below, wanted)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(terms(), terms(), RATIONALS, RATIONALS)
def test_what_vanishes_is_zero_wherever_it_has_a_value(first, second, a, b):
    for term in (add(first, minus(second)), add(power(add(first, second), 2), minus(power(second, 2)))):
        try:
            if vanishes(term):
                assert close(value(term, {X: a, Y: b}), Fraction(0))
        except (Refused, NoValue):
            continue


@settings(max_examples=100, deadline=None, derandomize=True)
@given(terms(4), terms(4))
def test_the_binomial_formula_vanishes(first, second):
    """2 ((a + b)² − a² − b²) = (a + b)² − (a − b)²."""
    square = power(add(first, second), 2)
    cross = add(square, minus(power(first, 2)), minus(power(second, 2)))
    again = add(power(add(first, second), 2), minus(power(add(first, minus(second)), 2)))
    try:
        assert vanishes(add(cross, cross, minus(again)))
    except Refused:
        return
