"""Anytime-valid intervals: coverage under peeking at every sample, agreement with slow formulas, budgets."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.expectation import alpha_for, split_alpha
from theorycheck.lab.expectation.intervals import (
    BernsteinState,
    asymptotic,
    betting,
    empirical_bernstein,
    empirical_bernstein_block,
    hoeffding,
    normal_mixture_radius,
)
from theorycheck.lab.expectation.monte_carlo import bounded_monte_carlo

ALPHA = 0.1
STREAMS = 400
LENGTH = 1500

LAWS = {
    "coin": (lambda r, shape: (r.random(shape) < 0.5).astype(float), 0.5),
    "rare": (lambda r, shape: (r.random(shape) < 0.02).astype(float), 0.02),
    "uniform": (lambda r, shape: r.random(shape), 0.5),
    "narrow": (lambda r, shape: 0.7 + 0.01 * r.random(shape), 0.705),
}


def draws(law, streams=STREAMS, length=LENGTH):
    sample, mean = LAWS[law]
    return sample(np.random.default_rng(20240), (length, streams)), mean


def most_misses(streams, alpha):
    """A count that a valid interval exceeds with probability below 1e-6 (binomial tail)."""
    return int(scipy.stats.binom.isf(1e-6, streams, alpha))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("sequence", [hoeffding, empirical_bernstein])
def test_coverage_when_peeking_at_every_sample(law, sequence):
    values, mean = draws(law)
    lower, upper = sequence(values, ALPHA)
    missed = ((lower > mean) | (upper < mean)).any(axis=0).sum()
    assert missed <= most_misses(STREAMS, ALPHA)


@pytest.mark.parametrize("law", LAWS)
def test_betting_covers_when_peeking_at_every_sample(law):
    values, mean = draws(law, 60, 600)
    missed = 0
    for column in values.T:
        lower, upper = betting(column, ALPHA, grid=200)
        missed += bool(((lower > mean) | (upper < mean)).any())
    assert missed <= most_misses(60, ALPHA)


def test_a_rule_that_ignores_peeking_fails_the_same_test():
    values, mean = draws("coin")
    t = np.arange(1, LENGTH + 1)[:, None]
    radius = scipy.stats.norm.isf(ALPHA / 2) * 0.5 / np.sqrt(t)
    missed = (np.abs(values.cumsum(axis=0) / t - mean) > radius)[20:].any(axis=0).sum()
    assert missed > most_misses(STREAMS, ALPHA)


def test_asymptotic_sequence_covers_late_times():
    values, mean = draws("uniform")
    lower, upper = asymptotic(values, ALPHA)
    missed = ((lower > mean) | (upper < mean))[100:].any(axis=0).sum()
    assert missed <= most_misses(STREAMS, ALPHA)


def test_widths_shrink_and_adapt_to_the_variance():
    values, _ = draws("narrow", 1)
    last = {
        f.__name__: np.subtract(*f(values[:, 0], ALPHA)[::-1])[-1]
        for f in (hoeffding, empirical_bernstein, betting)
    }
    assert last["betting"] <= last["empirical_bernstein"] < 0.25 * last["hoeffding"]


@settings(derandomize=True, deadline=None, max_examples=30)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=25), alpha=st.floats(0.001, 0.5))
def test_betting_equals_the_definition_sample_by_sample(values, alpha):
    lower, upper = betting(np.array(values), alpha, grid=40)
    for m in np.linspace(0, 1, 41)[1:-1]:
        up = down = 1.0
        mean, variance, alive = 0.5, 0.25, True
        total, squares = 0.0, 0.0
        for t, x in enumerate(values, start=1):
            bet = math.sqrt(2 * math.log(2 / alpha) / (variance * t * math.log(1 + t)))
            up *= 1 + min(bet, 0.5 / m) * (x - m)
            down *= 1 - min(bet, 0.5 / (1 - m)) * (x - m)
            total += x
            mean = (0.5 + total) / (t + 1)
            squares += (x - mean) ** 2
            variance = (0.25 + squares) / (t + 1)
            alive = alive and max(up, down) < (2 / alpha) * (1 - 1e-9)  # ties are decided by rounding
        if alive:
            assert lower[-1] <= m <= upper[-1]


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    values=st.lists(st.floats(-3, 5), min_size=2, max_size=60),
    cut=st.integers(1, 59),
    alpha=st.floats(0.001, 0.5),
)
def test_blocks_continue_the_sequence(values, cut, alpha):
    array = np.array(values)
    whole = empirical_bernstein(array, alpha, low=-3, high=5)
    first = empirical_bernstein_block(array[:cut], alpha, BernsteinState(), low=-3, high=5)
    second = empirical_bernstein_block(array[cut:], alpha, first[2], low=-3, high=5)
    for side in (0, 1):
        # the same sums in another order: rounding of 60 terms
        assert np.allclose(np.concatenate([first[side], second[side]]), whole[side], atol=1e-10)


def test_normal_mixture_radius_solves_its_equation():
    v, alpha, tuned = 37.0, 0.01, 50.0
    radius = float(normal_mixture_radius(v, alpha, tuned_for=tuned))
    log = -2 * math.log(alpha)
    rho = tuned / (log + math.log1p(log))
    mixture = scipy.integrate.quad(
        lambda a: math.exp(a * radius - a * a * v / 2) * scipy.stats.norm.pdf(a, scale=rho**-0.5),
        -10,
        10,
        points=[1],
    )[0]
    assert math.isclose(mixture, 1 / alpha, rel_tol=1e-8)  # quad's own accuracy


def test_error_budget():
    assert sum(alpha_for(i, 1e-6) for i in range(100_000)) < 1e-6
    assert math.isclose(sum(split_alpha(["a", "b", "c"]).values()), 1e-6)
    with pytest.raises(ClaimError, match="twice"):
        split_alpha(["a", "a"])
    with pytest.raises(ClaimError):
        alpha_for(-1)


def test_bad_ranges_are_refused():
    with pytest.raises(ClaimError, match="outside"):
        hoeffding(np.array([0.2, 1.5]), 0.1)
    with pytest.raises(ClaimError, match="outside"):
        empirical_bernstein(np.array([0.2, math.nan]), 0.1)
    with pytest.raises(ClaimError, match="range"):
        betting(np.array([0.2]), 0.1, low=1, high=1)


def test_bounded_monte_carlo_stops_and_covers_or_refuses():
    found = bounded_monte_carlo(
        lambda u: (u > 0.3).astype(float), 2, low=0, high=1, accuracy=0.01, alpha=1e-6, seed=3
    )
    exact = scipy.stats.norm.sf(0.3, scale=math.sqrt(0.5))
    assert np.all(found.low <= exact) and np.all(exact <= found.high)
    assert np.all(found.high - found.low <= 0.02)
    with pytest.raises(BudgetError, match="at least"):
        bounded_monte_carlo(lambda u: u[:, 0] * 0, 1, low=0, high=1, accuracy=1e-7, alpha=1e-6)
    with pytest.raises(BudgetError, match="after"):
        bounded_monte_carlo(
            lambda u: (u[:, 0] > 0).astype(float),
            1,
            low=0,
            high=1,
            accuracy=1e-3,
            alpha=1e-6,
            max_samples=2**16,
        )
