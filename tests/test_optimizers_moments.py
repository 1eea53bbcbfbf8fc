"""Moments on quadratics: equal, as fractions, to the enumeration of all paths."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.optimizer_samples import XP
from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers.quadratic_moments import (
    expected_quadratic,
    mean_and_second_moment,
    moments_at,
    next_anchor_moments,
    next_moments,
    sgd_maps,
    svrg_maps,
)
from theorycheck.terms.namespaces import ball_namespace

INTEGERS = st.integers(-2, 2)
ETA = Fraction(1, 3)


def problem(draw, dimension, count):
    """K symmetric matrices, K vectors and a start, in exact integers; some indefinite."""

    def entries(n):
        return draw(st.lists(INTEGERS, min_size=n, max_size=n))

    hessians, linear = [], []
    for _ in range(count):
        a = np.array(entries(dimension**2), dtype=object).reshape(dimension, dimension)
        hessians.append(a + a.T)
        linear.append(np.array(entries(dimension), dtype=object))
    return hessians, linear, np.array([Fraction(v) for v in entries(dimension)], dtype=object)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 3), st.booleans(), st.data())
def test_sgd_against_enumeration(dimension, count, steps, weighted, data):
    hessians, linear, x = problem(data.draw, dimension, count)
    parts = (
        data.draw(st.lists(st.integers(1, 3), min_size=count, max_size=count)) if weighted else [1] * count
    )
    chances = [Fraction(p, sum(parts)) for p in parts]
    mean, second, value = 0, 0, Fraction(0)
    for path in itertools.product(range(count), repeat=steps):
        y, chance = x, Fraction(1)
        for k in path:
            y, chance = y - ETA * (hessians[k] @ y - linear[k]), chance * chances[k]
        mean = mean + chance * y
        second = second + chance * y[:, None] * y[None, :]
        value += chance * (y @ hessians[0] @ y / 2 - linear[0] @ y)
    maps = sgd_maps(XP, hessians, linear, ETA)
    moments = moments_at(XP, x)
    for _ in range(steps):
        moments = next_moments(maps, moments, chances if weighted else None)
    found = mean_and_second_moment(moments, dimension)
    assert np.all(found[0] == mean) and np.all(found[1] == second)
    assert moments[-1, -1] == 1
    assert expected_quadratic(moments, hessians[0], linear[0]) == value


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 2), st.integers(1, 2), st.sampled_from([(0, 1), (1, 2), (2,), (0, 0, 1)]), st.data())
def test_svrg_against_enumeration(dimension, count, times, data):
    hessians, linear, x = problem(data.draw, dimension, count)
    mean_hessian, mean_linear = sum(hessians) / Fraction(count), sum(linear) / Fraction(count)

    def outer(law):
        result = []
        for anchor, chance in law:
            full = mean_hessian @ anchor - mean_linear
            for t in times:
                for path in itertools.product(range(count), repeat=t):
                    y = anchor
                    for k in path:
                        y = y - ETA * (hessians[k] @ (y - anchor) + full)
                    result.append((y, chance / (len(times) * count**t)))
        return result

    law = outer(outer([(x, Fraction(1))]))
    maps = svrg_maps(XP, hessians, linear, ETA)
    moments = moments_at(XP, x, x)
    for _ in range(2):
        moments = next_anchor_moments(maps, moments, times)
    mean, second = mean_and_second_moment(moments, dimension)
    assert np.all(mean == sum(chance * y for y, chance in law))
    assert np.all(second == sum(chance * y[:, None] * y[None, :] for y, chance in law))
    assert np.all(moments[:dimension] == moments[dimension : 2 * dimension])


def test_batches_and_balls_give_the_same_numbers():
    generator = np.random.default_rng(0)
    a = generator.integers(-4, 5, (2, 6, 3, 3)) / 4
    a, b = a + a.swapaxes(-1, -2), generator.integers(-4, 5, (2, 6, 3)) / 4
    x = generator.integers(-4, 5, (6, 3)) / 4
    moments = moments_at(XP, x)
    maps = sgd_maps(XP, list(a), list(b), 0.25)
    for _ in range(5):
        moments = next_moments(maps, moments)
    balls = ball_namespace()
    for i in range(6):
        own = [balls.asarray(a[k, i]) for k in range(2)], [balls.asarray(b[k, i]) for k in range(2)]
        enclosed = moments_at(balls, balls.asarray(x[i]))
        enclosed_maps = sgd_maps(balls, *own, Fraction(1, 4))
        for _ in range(5):
            enclosed = next_moments(enclosed_maps, enclosed)
        for value, ball in zip(moments[i].ravel(), enclosed.ravel(), strict=True):
            # quarters to the tenth power times sums of a few terms: rounding far below 1e-10 of the largest
            assert abs(value - ball.midpoint) <= 1e-10 * (1 + np.abs(moments[i]).max())


def test_a_large_problem_without_enumeration():
    """Equal curvatures: E‖x_t − x_*‖² = (1−ηa)^{2t}‖x_0 − x_*‖² + η²V(1 − (1−ηa)^{2t})/(1 − (1−ηa)²), V = (1/K)Σ‖b_k‖²."""
    generator = np.random.default_rng(1)
    dimension, count, eta, curvature = 30, 5, 0.1, 2.0
    hessians = [curvature * np.eye(dimension)] * count
    linear = generator.standard_normal((count, dimension))
    linear -= linear.mean(axis=0)  # so that x_* = 0
    x = generator.standard_normal(dimension)
    moments, maps = moments_at(XP, x), sgd_maps(XP, hessians, list(linear), eta)
    for _ in range(200):
        moments = next_moments(maps, moments)
    shrink = (1 - eta * curvature) ** 2
    expected = shrink**200 * x @ x + eta**2 * (linear**2).sum() / count * (1 - shrink**200) / (1 - shrink)
    assert abs(np.trace(mean_and_second_moment(moments, dimension)[1]) - expected) < 1e-10 * expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sgd_maps(XP, [np.eye(1)], [np.zeros(1)], 0), "learning rate must be positive"),
        (lambda: svrg_maps(XP, [np.eye(1)], [], 0.1), "1 Hessians and 0 linear parts"),
        (lambda: sgd_maps(XP, [], [], 0.1), "0 Hessians"),
        (lambda: next_anchor_moments([np.eye(3)], np.eye(3), ()), "needs times"),
        (lambda: next_moments([np.eye(2)], np.eye(2), [0.5]), "add up to 0.5"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ClaimError, match=message):
        call()
