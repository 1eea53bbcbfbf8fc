"""Schedules: their values, exact where they can be, and one clear error for each misuse."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers import (
    Schedule,
    constant,
    geometric,
    power,
    require_nonincreasing,
    require_steps,
    sequence,
)
from theorycheck.terms.namespaces import ball_namespace

POSITIVE = st.fractions(min_value=Fraction(1, 100), max_value=100)


@given(POSITIVE, st.fractions(min_value=0, max_value=2, max_denominator=50), st.integers(1, 8))
def test_geometric_by_repeated_multiplication(first, ratio, t):
    value = first
    for _ in range(t - 1):
        value = value * ratio
    assert geometric(first, ratio)(t) == value


@given(st.floats(0.01, 100), st.floats(0, 2), st.integers(1, 1000))
def test_power_by_logarithms(first, exponent, t):
    expected = math.exp(math.log(first) - exponent * math.log(t))
    assert abs(power(first, exponent)(t) - expected) <= 1e-13 * expected  # exponents below 20: 20 roundings


def test_arrays_stay_float_arrays_and_balls_stay_balls():
    first = np.array([1.0, 2.0])
    for schedule in (
        geometric(first, Fraction(1, 2)),
        power(first, 1),
        constant(first),
        sequence([first] * 3),
    ):
        assert schedule(3).dtype == float
    assert geometric(first, Fraction(1, 2))(3).tolist() == [0.25, 0.5]
    enclosed = ball_namespace().asarray([1, 2])
    assert geometric(enclosed, Fraction(1, 3))(2)[1].arb.contains(ball_namespace().number(Fraction(2, 3)).arb)
    assert power(enclosed, Fraction(1, 2))(4)[0].arb.contains(ball_namespace().number(Fraction(1, 2)).arb)


def test_too_short_and_before_the_start():
    with pytest.raises(ClaimError, match="the schedule sequence of 2 has 2 values and step 3 was asked for"):
        sequence([1, 2])(3)
    with pytest.raises(ClaimError, match="starts at step 1; step 0 was asked for"):
        constant(1)(0)
    with pytest.raises(ClaimError, match="sigma: the schedule sequence of 2 is shorter than the 3 steps"):
        require_steps(sequence([1, 2]), 3, "sigma")
    require_steps(sequence([1, 2]), 2, "sigma")
    require_steps(constant(1), 10**9, "sigma")


def test_increase_is_refused_where_it_is_forbidden():
    require_nonincreasing(geometric(1, Fraction(1, 2)), 20, "sigma")
    require_nonincreasing(constant(3), 20, "sigma")
    require_nonincreasing(power(1.0, 0.5), 20, "sigma")
    with pytest.raises(ClaimError, match="increases from 1 to 2 at step 3"):
        require_nonincreasing(sequence([1, 1, 2]), 3, "sigma")
    with pytest.raises(ClaimError, match="shorter than the 4 steps"):
        require_nonincreasing(sequence([1, 1, 1]), 4, "sigma")
    with pytest.raises(ClaimError, match="mine increases"):
        require_nonincreasing(Schedule("mine", lambda t: t), 2, "sigma")
