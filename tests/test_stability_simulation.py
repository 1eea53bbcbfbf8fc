"""Replicas against exact moments; intervals; the refusal to report what means nothing; SGD that is not linearised."""

import itertools
import math

import numpy as np
import pytest

from tests import stability_enumeration as slow
from theorycheck.errors import ClaimError
from theorycheck.lab.stability import (
    exact_norm_moments,
    gradient_set,
    relative_variance_growth,
    simulate_linearised_sgd,
    simulate_sgd,
    simulated_moments,
    simulation,
    tanh_network,
)


def all_paths(a, eta, batch, start, steps, k):
    """E‖w_t‖^k by all sequences of batches."""
    matrices, states = slow.steps(a, eta, batch), [np.asarray(start, dtype=float)]
    means = [np.linalg.norm(start) ** k]
    for _ in range(steps):
        states = [m @ w for w, m in itertools.product(states, matrices)]
        means.append(np.mean([np.linalg.norm(w) ** k for w in states]))
    return np.array(means)


@pytest.mark.parametrize("k", [2, 4, 6])
@pytest.mark.parametrize("shape", [(3, 2), (3, 1, 2), (2, 4), (3, 2, 3)])
def test_exact_moments_of_the_norm(k, shape):
    a = np.random.default_rng(k).standard_normal(shape)
    start = np.arange(1.0, shape[-1] + 1)
    found = exact_norm_moments(a, 0.5, 2, start, 4, k)
    expected = all_paths(a, 0.5, 2, start, 4, k)
    # rounding is relative to the largest moment tensor on the way
    assert np.allclose(found, expected, rtol=1e-10, atol=1e-11 * expected.max())


def test_odd_moments_have_no_exact_dynamics():
    with pytest.raises(ClaimError, match="use an even order"):
        exact_norm_moments(np.ones((2, 1)), 0.1, 1, [1.0], 3, 3)


@pytest.mark.parametrize(
    ("shape", "batch"), [((30, 4), 1), ((30, 4), 10), ((30, 4), 30), ((25, 2, 3), 1), ((6, 2, 3), 2)]
)
def test_replicas_follow_the_exact_second_moment(shape, batch):
    a = np.random.default_rng(0).standard_normal(shape)
    start, steps = np.ones(shape[-1]), 6
    report = simulated_moments(a, 0.1, batch, start, steps, 4000, np.random.default_rng(1), accuracy=0.2)
    exact = exact_norm_moments(a, 0.1, batch, start, steps, 2)
    assert report.quality == "rigorous"
    shown = np.isfinite(report.mean)
    assert shown[:3].all()
    # the intervals miss with probability below 1e-9 altogether
    assert (report.lower[shown] <= exact[shown]).all()
    assert (exact[shown] <= report.upper[shown]).all()


def test_odd_order_intervals_hold_all_paths():
    a = np.random.default_rng(2).standard_normal((4, 2))
    report = simulated_moments(a, 0.4, 2, [1.0, 2.0], 4, 6000, np.random.default_rng(3), order=3)
    exact = all_paths(a, 0.4, 2, [1.0, 2.0], 4, 3)
    assert report.quality == "rigorous"
    assert report.refused_from is None
    assert ((report.lower <= exact) & (exact <= report.upper)).all()


def test_the_relative_error_is_what_replicas_of_replicas_show():
    a = np.random.default_rng(4).standard_normal((6, 2))
    start, steps, replicas = np.array([1.0, -1.0]), 5, 50
    means = [
        (simulate_linearised_sgd(a, 0.3, 2, start, steps, replicas, np.random.default_rng(s)) ** 2).mean(
            axis=1
        )
        for s in range(400)
    ]
    exact = exact_norm_moments(a, 0.3, 2, start, steps, 2)
    variance = exact_norm_moments(a, 0.3, 2, start, steps, 4) - exact**2
    measured = np.std(means, axis=0)[1:] / exact[1:]
    predicted = np.sqrt(variance[1:] / replicas) / exact[1:]
    # a standard deviation from 400 values is good to about 5 %, more with heavy tails
    assert np.allclose(measured, predicted, rtol=0.35)


def test_refusal_when_the_variance_has_exploded():
    """One parameter, h ∈ {0, 4}: ‖w‖² is multiplied by 1 or (1−4η)²."""
    a, eta = [[0.0], [2.0]], 0.75  # factors 1 and 4: E = 2.5, second moment 8.5, growth 8.5/6.25 a step
    assert math.isclose(relative_variance_growth(a, eta, 1, 2), 8.5 / 6.25, rel_tol=1e-12)
    replicas, accuracy = 1000, 0.1
    report = simulated_moments(a, eta, 1, [1.0], 30, replicas, np.random.default_rng(5), accuracy=accuracy)
    # the exact relative variance of the mean is (1.36^t − 1)/R: it passes 0.01 at t = log(11)/log(1.36) = 7.8
    assert report.refused_from is not None
    assert 7 <= report.refused_from <= 9
    assert f"from step {report.refused_from} on" in report.reason
    assert np.isnan(report.mean[report.refused_from :]).all()
    exact = 2.5 ** np.arange(31)
    shown = slice(0, report.refused_from)
    assert (report.lower[shown] <= exact[shown]).all()
    assert (exact[shown] <= report.upper[shown]).all()


def test_estimates_are_called_estimates_and_are_refused_as_well():
    report = simulated_moments([[0.0], [2.0]], 0.75, 1, [1.0], 30, 500, np.random.default_rng(6), order=4)
    assert report.quality == "estimate"
    assert report.refused_from is not None
    assert "use the exact operators" in report.reason


def test_too_few_replicas():
    report = simulated_moments(np.ones((3, 1)), 0.1, 1, [1.0], 3, 10, np.random.default_rng(0))
    assert report.refused_from == 0
    assert "too few" in report.reason


def test_catoni_covers():
    """Heavy tails: 2000 data sets of Pareto variables, α = 5 %; misses are binomial."""
    generator, shape = np.random.default_rng(7), 2.5
    mean = shape / (shape - 1)
    variance = shape / ((shape - 1) ** 2 * (shape - 2))
    misses = 0
    for _ in range(2000):
        low, high = simulation._catoni(generator.pareto(shape, 200) + 1, variance, math.log(2 / 0.05))
        misses += not low <= mean <= high
    assert misses <= 175  # 100 expected at most, 175 is 7.6 standard deviations above


def test_gathering_and_masking_are_the_same_map():
    """With B = n and with one sample repeated the step is known."""
    a = np.repeat(np.array([[1.0, 2.0]]), 50, axis=0)
    gradients = gradient_set(a)
    state = np.array([[1.0, 0.5], [0.0, 1.0], [2.0, -3.0]]) @ gradients.basis
    step = np.eye(2) - 0.1 * np.outer([1, 2], [1, 2])
    expected = state @ gradients.basis.T @ step @ gradients.basis
    for batch in (1, 2, 10, 40, 50):
        moved = simulation.linearised_step(gradients, state, 0.1, batch, np.random.default_rng(0))
        assert np.allclose(moved, expected, rtol=1e-12, atol=1e-12)


def test_flat_directions_stay():
    norms = simulate_linearised_sgd([[1.0, 0.0]], 1.0, 1, [2.0, 3.0], 2, 3, np.random.default_rng(0))
    assert np.allclose(norms, [[math.sqrt(13)] * 3, [3.0] * 3, [3.0] * 3], rtol=1e-12)


@pytest.mark.parametrize("batch", [1, 8, 10])
def test_vanishing_gradients_move_nothing(batch):
    norms = simulate_linearised_sgd(np.zeros((10, 2)), 0.5, batch, [3.0, 4.0], 3, 2, np.random.default_rng(0))
    assert (norms == 5.0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": [1.0, 2.0, 3.0]}, "there are 2 parameters"),
        ({"start": [math.nan, 1.0]}, "NaN"),
        ({"steps": -1}, "steps must be at least 0"),
        ({"replicas": 0}, "replicas at least 1"),
        ({"batch_size": 4}, "exceeds"),
    ],
)
def test_bad_input(change, message):
    call = {"batch_size": 1, "start": [1.0, 1.0], "steps": 2, "replicas": 2} | change
    with pytest.raises(ClaimError, match=message):
        simulate_linearised_sgd(np.ones((3, 2)), 0.1, generator=np.random.default_rng(0), **call)


# ---- not linearised ----------------------------------------------------------------------------------------------------------


def test_network_gradients_by_complex_steps():
    generator, width = np.random.default_rng(8), 3
    inputs, weights = generator.standard_normal((4, 2)), generator.standard_normal(width * 4)
    values, gradients = tanh_network(weights, inputs, width)
    u, b, v = weights[:6].reshape(3, 2), weights[6:9], weights[9:]
    assert np.allclose(values, np.tanh(inputs @ u.T + b) @ v, rtol=1e-14)
    for j in range(len(weights)):
        shifted = weights.astype(complex)
        shifted[j] += 1e-30j
        derivative = tanh_network(shifted, inputs, width)[0].imag / 1e-30
        assert np.allclose(gradients[:, j], derivative, rtol=1e-12, atol=1e-14)


def test_near_an_interpolating_minimum_sgd_follows_its_linearisation():
    generator, width, inputs = np.random.default_rng(9), 2, np.array([[0.5], [-1.0], [2.0]])
    minimum = generator.standard_normal(width * 3)
    targets, a = tanh_network(minimum, inputs, width)
    direction = generator.standard_normal(len(minimum))
    remainders = []
    for size in (1e-3, 1e-4):
        start = np.repeat((minimum + size * direction)[None], 5, axis=0)
        path = simulate_sgd(inputs, targets, width, start, 0.05, 2, 10, np.random.default_rng(10))
        linear = (start - minimum).T
        replay = np.random.default_rng(10)  # the same batches
        for _ in range(10):
            from theorycheck.lab.stability import draw_subsets

            chosen = draw_subsets(replay, 3, 2, 5)
            for r in range(5):
                rows = a[chosen[:, r].astype(int)]
                linear[:, r] = linear[:, r] - 0.025 * rows.T @ (rows @ linear[:, r])
        remainders.append(np.abs(path[-1].T - minimum[:, None] - linear).max())
    # the remainder is of second order: a tenth of the size gives a hundredth of it
    assert 60 < remainders[0] / remainders[1] < 160


def test_network_of_the_wrong_size():
    with pytest.raises(ClaimError, match="has 8 parameters; 7 were given"):
        tanh_network(np.zeros(7), np.zeros((3, 2)), 2)
    with pytest.raises(ClaimError, match="give inputs"):
        simulate_sgd(np.zeros(3), np.zeros(3), 1, np.zeros((1, 3)), 0.1, 1, 2, np.random.default_rng(0))
