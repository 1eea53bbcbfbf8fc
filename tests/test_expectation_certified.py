"""Certified expectations contain what mpmath finds, and refuse what they cannot bound."""

import math

import flint
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BudgetError, ClaimError, NotExactError
from theorycheck.lab.expectation.certified import Growth, certified_expectation, tail_bound
from theorycheck.terms.balls import precision


def reference(f, breaks=(0,), variance=0.5):
    """E f(u) by mpmath's quadrature in 30 digits, split at the breaks."""
    with mpmath.workdps(30):
        density = lambda t: mpmath.exp(-t * t / (2 * variance)) / mpmath.sqrt(2 * mpmath.pi * variance)  # noqa: E731
        points = sorted({-12, -6, -3, -1, 1, 3, 6, 12, *breaks})
        return mpmath.quad(lambda t: f(t) * density(t), points)


def contains(ball, value, slack="1e-17"):
    """Whether the ball meets value ± slack (the reference's own error)."""
    with precision(200):
        wide = flint.arb(mpmath.nstr(value, 28)) + flint.arb(slack) * flint.arb(0, 1)
        return ball.arb.overlaps(wide)


@settings(derandomize=True, deadline=None, max_examples=8)
@given(shift=st.integers(-4, 4), slope=st.integers(1, 4))
def test_tanh(shift, slope):
    ball = certified_expectation(lambda t: np.tanh(shift + slope * t), growth=Growth(1))
    assert float(ball.arb.rad()) < 1e-14
    assert contains(ball, reference(lambda t: mpmath.tanh(shift + slope * t)))


@pytest.mark.parametrize(
    ("kernel", "variance"),
    [("starnes", mpmath.mpf(1) / 2), ("nesterov", mpmath.mpf(1)), ("per_dimension", mpmath.mpf(1))],
)
def test_absolute_value_with_and_without_a_named_kink(kernel, variance):
    exact = mpmath.sqrt(2 * variance / mpmath.pi)
    for kinks in ((), (0,)):
        ball = certified_expectation(abs, growth=Growth(1, power=1), kernel=kernel, kinks=kinks)
        assert contains(ball, exact, "1e-30")


def test_maximum_minimum_power_and_quotient():
    ball = certified_expectation(
        lambda t: (t - 1).maximum(0) ** 2 + t.minimum(2) / 2, growth=Growth(4, power=2), kinks=[1, 2]
    )
    exact = reference(lambda t: max(t - 1, 0) ** 2 + min(t, 2) / mpmath.mpf(2), (1, 2))
    assert contains(ball, exact)


def test_one_integrand_a_piece():
    half = certified_expectation([lambda t: t * 0, np.exp], growth=Growth(1, rate=1), kinks=[0])
    exact = reference(lambda t: mpmath.exp(t) if t > 0 else 0)
    assert contains(half, exact)


def test_high_precision():
    ball = certified_expectation(lambda t: np.cos(3 * t), growth=Growth(1), accuracy=1e-60)
    with precision(300):
        assert float(ball.arb.rad()) <= 4e-60
        assert ball.arb.overlaps((-flint.arb(9) / 4).exp())


def test_functions_with_branch_cuts_stay_inside():
    ball = certified_expectation(lambda t: np.sqrt(1 + t * t), growth=Growth(1, power=1))
    assert contains(ball, reference(lambda t: mpmath.sqrt(1 + t * t)))
    softplus = certified_expectation(lambda t: np.log1p(np.exp(t)), growth=Growth(1, power=1))
    assert contains(softplus, reference(lambda t: mpmath.log1p(mpmath.exp(t))))


def test_a_kink_beyond_the_cut_is_reached():
    ball = certified_expectation(lambda t: (t - 20).maximum(0), growth=Growth(1, power=1), kinks=[20])
    assert 0 <= ball.upper < 1e-15


@settings(derandomize=True, deadline=None, max_examples=30)
@given(cut=st.floats(1, 8), power=st.integers(0, 6), rate=st.floats(0, 3))
def test_tail_bound_is_above_the_tail(cut, power, rate):
    bound = tail_bound(Growth(1, power, rate), cut, flint.arb(1) / 2)
    tail = 2 * mpmath.quad(
        lambda t: (1 + t) ** power * mpmath.exp(rate * t - t * t) / mpmath.sqrt(mpmath.pi),
        [cut, cut + 3, cut + 20],
    )
    assert float(bound.upper()) >= float(tail) * (1 - 1e-9)  # the reference's own error


def test_refusals():
    with pytest.raises(BudgetError, match="radius"):
        certified_expectation(
            lambda t: np.sin(40 * t).sign(), growth=Growth(1), max_evaluations=500, accuracy=1e-9
        )
    with pytest.raises(ClaimError, match="pieces"):
        certified_expectation([np.exp], growth=Growth(1), kinks=[0])
    with pytest.raises(ClaimError, match="ascend"):
        certified_expectation(abs, growth=Growth(1, 1), kinks=[1, 0])
    with pytest.raises(ClaimError, match="Gaussian"):
        certified_expectation(abs, growth=Growth(1, 1), kernel="ball")
    with pytest.raises(NotExactError):
        certified_expectation(math.tanh, growth=Growth(1))
    with pytest.raises(NotExactError, match=r"t\.maximum"):
        certified_expectation(lambda t: np.maximum(t, 0), growth=Growth(1, 1))
