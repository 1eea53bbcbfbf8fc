"""Paths: all of them, the tree, exact expectations, and estimates that cover them."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.optimizer_samples import XP, Quartic, cosines, exact
from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.optimizers import (
    enumerate_paths,
    estimate_over_paths,
    expand,
    expected_over_paths,
    follow,
    geometric,
    gsmooth_adam,
    gsmooth_sgd,
    path_probabilities,
    random_paths,
    sgd,
    start_adam,
    start_sgd,
)
from theorycheck.terms.namespaces import ball_namespace


@given(st.integers(1, 4), st.integers(0, 5))
def test_all_paths_in_lexicographic_order(count, steps):
    expected = [list(path) for path in itertools.product(range(count), repeat=steps)]
    assert enumerate_paths(count, steps).T.tolist() == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.fractions(min_value=-2, max_value=2, max_denominator=4)] * 3), min_size=1, max_size=3
    ),
    st.integers(0, 4),
    st.data(),
)
def test_exact_expectations_against_a_loop_over_all_paths(coefficients, steps, data):
    samples = [Quartic(Fraction(0), b, c) for _, b, c in coefficients]
    count = len(samples)
    if data.draw(st.booleans()):
        weights = None
        probability = [Fraction(1, count)] * count
    else:
        parts = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count).filter(any))
        probability = weights = [Fraction(p, sum(parts)) for p in parts]
    start, eta = Fraction(1), Fraction(1, 4)
    brute = Fraction(0)
    for path in itertools.product(range(count), repeat=steps):
        x, chance = start, Fraction(1)
        for k in path:
            x, chance = x - eta * samples[k].slope(x, 0), chance * probability[k]
        brute += chance * x**3
    balls = ball_namespace()
    *_, last = expand(XP, sgd(XP, samples, exact(eta)), start_sgd(exact(start)[:, None]), count, steps)
    values = last.x[:, :, 0] ** 3
    if weights is None:
        assert expected_over_paths(XP, values, count)[0] == brute
    assert (
        sum(p * v for p, v in zip(path_probabilities(probability, steps), values[:, 0], strict=True)) == brute
    )
    enclosed = expected_over_paths(balls, balls.asarray(values), count, weights)[0]
    assert enclosed.arb.contains(balls.number(brute).arb) or enclosed.arb.overlaps(balls.number(brute).arb)
    assert enclosed.upper - enclosed.lower < 1e-9


@pytest.mark.parametrize(("count", "steps"), [(1, 3), (2, 5), (3, 3)])
def test_the_tree_is_the_run_along_every_path(count, steps):
    samples = [cosines(4, 2, seed) for seed in range(count)]
    x = np.random.default_rng(0).standard_normal((4, 2))
    step = gsmooth_adam(XP, samples, 0.25, geometric(1, 0.5), beta=0.5, theta=0.5, epsilon=0.25)
    levels = list(expand(XP, step, start_adam(XP, x), count, steps))
    runs = list(follow(XP, step, start_adam(XP, x), enumerate_paths(count, steps)))
    for t in range(steps + 1):
        prefix = np.arange(count**steps) // count ** (steps - t)
        for tree, run in zip(levels[t], runs[t], strict=True):
            assert tree.shape == (count**t, 4, 2)
            # the same operations; vectorised functions may differ in the last bits with the length of the array
            assert np.allclose(tree[prefix], run, rtol=0, atol=1e-13)


def test_several_starts_keep_their_order():
    samples = [cosines(1, 1, seed) for seed in range(2)]
    starts = np.array([[[0.5]], [[-1.0]], [[2.0]]])
    step = gsmooth_sgd(XP, samples, 0.25, 0.5)
    *_, together = expand(XP, step, start_sgd(starts), 2, 3)
    apart = [list(expand(XP, step, start_sgd(x), 2, 3))[-1].x for x in starts]
    assert np.allclose(together.x, np.concatenate(apart), rtol=0, atol=1e-14)


def test_two_to_the_sixteen_paths():
    samples = [cosines(1, 1, seed) for seed in range(2)]
    step = gsmooth_sgd(XP, samples, 0.125, geometric(1.0, 0.5))
    *_, last = expand(XP, step, start_sgd(np.ones((1, 1))), 2, 16)
    *_, run = follow(XP, step, start_sgd(np.ones((1, 1))), enumerate_paths(2, 16))
    assert np.allclose(last.x, run.x, rtol=0, atol=1e-12)  # 16 steps of a few roundings each


@pytest.mark.parametrize("bounds", [None, (-1.0, 1.0)])
def test_estimates_cover_the_exact_expectation(bounds):
    samples = [cosines(3, 2, seed) for seed in range(3)]
    x = np.random.default_rng(5).standard_normal((3, 2))
    step = gsmooth_sgd(XP, samples, 0.25, 0.5)

    def value(state):
        return np.cos(state.x.sum(axis=-1))

    *_, last = expand(XP, step, start_sgd(x), 3, 6)
    exactly = expected_over_paths(XP, value(last), 3)
    paths = random_paths(np.random.default_rng(7), 3, 6, 4000)
    found = estimate_over_paths(XP, step, start_sgd(x), value, paths, alpha=1e-9, bounds=bounds)
    assert found.guarantee == ("asymptotic" if bounds is None else "rigorous")
    assert found.replicas == 4000
    # each interval misses with probability 1e-9 (asymptotically in one case); the seed is fixed
    assert np.all(found.low <= exactly) and np.all(exactly <= found.high)
    assert np.all(found.high - found.low < 0.5)


def test_random_paths_follow_their_probabilities():
    generator = np.random.default_rng(0)
    paths = random_paths(generator, 3, 50, 400, [0.5, 0, 0.5])
    assert paths.shape == (50, 400)
    assert set(np.unique(paths)) == {0, 2}
    # 20000 fair coins: six standard deviations are 0.0213
    assert abs(paths.mean() - 1) < 0.0425
    assert set(np.unique(random_paths(generator, 4, 20, 50))) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: enumerate_paths(2, 60), BudgetError, r"all 2\^60 = about 10\^18 paths"),
        (lambda: enumerate_paths(0, 2), ClaimError, "at least one sample"),
        (lambda: enumerate_paths(2, -1), ClaimError, "not negative; -1 was given"),
        (lambda: expected_over_paths(XP, np.zeros((6, 1)), 2), ClaimError, "no power of 2"),
        (lambda: expected_over_paths(XP, np.zeros((6, 1)), 1), ClaimError, "over 1 samples"),
        (lambda: expected_over_paths(XP, np.zeros((4, 1)), 2, [0.5, 0.6]), ClaimError, "add up to 1.1"),
        (
            lambda: expected_over_paths(XP, np.zeros((4, 1)), 2, [1.5, -0.5]),
            ClaimError,
            "nonnegative probability",
        ),
        (lambda: expected_over_paths(XP, np.zeros((4, 1)), 2, [1]), ClaimError, "each of the 2 samples"),
        (lambda: random_paths(np.random.default_rng(0), 2, 3, 4, [1]), ClaimError, "each of the 2 samples"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_too_many_paths_says_what_to_use_instead():
    step = sgd(XP, [Quartic(0, 1, 0)] * 2, 0.1)
    with pytest.raises(BudgetError, match="quadratic_moments, else estimate_over_paths"):
        expand(XP, step, start_sgd(np.zeros((1000, 10))), 2, 14)
