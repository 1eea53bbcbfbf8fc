"""`linear_stability`: the three readings of k-th order stability, and the growth that runs show."""

import itertools
import math

import numpy as np
import pytest

import theorycheck
from tests import stability_enumeration as slow
from theorycheck.errors import ClaimError
from theorycheck.lab.stability import linear_stability
from theorycheck.lab.stability.fitting import packed_memory


def absolute_moment_growth(a, eta, batch, k, start, steps):
    """E‖w_t‖_2^k for t ≤ steps by all sequences of batches."""
    matrices = slow.steps(a, eta, batch)
    states = [np.asarray(start, dtype=float)]
    means = [np.linalg.norm(start) ** k]
    for _ in range(steps):
        states = [m @ w for w, m in itertools.product(states, matrices)]
        means.append(np.mean([np.linalg.norm(w) ** k for w in states]))
    return means


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("p", [1, 2])
def test_verdicts_against_the_brute_force_radius(k, p):
    a = np.random.default_rng(k + 10 * p).standard_normal((3, p))
    for eta in np.linspace(0.05, 3, 23):
        found = linear_stability(a, eta, 1, k)
        radius = slow.radius(a, eta, 1, k)
        assert math.isclose(found.spectral_radius, radius, rel_tol=1e-9)
        assert found.stable["c"] == (radius <= 1)
        assert (eta <= found.thresholds[f"order {k}"]) == (radius <= 1)
        if k % 2 == 0:
            assert found.stable["a"] == found.stable["b"] == found.stable["c"]


def test_absolute_moments_of_one_parameter():
    """k = 1, p = 1: E|w_t| follows E_I|1 − t_I|, which is not |E_I(1 − t_I)|."""
    a = [[1.0], [3.0]]
    for eta in (0.1, 0.3, 0.35):
        found = linear_stability(a, eta, 1, 1)
        factor = (abs(1 - eta) + abs(1 - 9 * eta)) / 2
        assert found.stable["a"] == (factor <= 1)
        assert found.stable["c"] == (abs(1 - 5 * eta) <= 1)
    between = linear_stability(a, 0.3, 1, 1)  # factor 1.2, radius |1 − 1.5|
    assert (between.stable["a"], between.stable["c"]) == (False, True)


def test_odd_absolute_moments_where_they_are_decided():
    """What is called stable or unstable shows in all sequences of batches."""
    a = np.random.default_rng(1).standard_normal((3, 2))
    start = np.linalg.eigh(a.T @ a)[1][:, -1]
    decided = set()
    for eta in np.linspace(0.1, 2.5, 25):
        answer = linear_stability(a, eta, 1, 3).stable["a"]
        growth = absolute_moment_growth(a, eta, 1, 3, start, 8)
        decided.add(answer)
        if answer is False:
            assert growth[8] > growth[4]
        if answer is True:
            assert growth[8] < 4 * growth[0]
    assert {True, False} <= decided


def test_flat_directions_matter_for_odd_orders_only():
    rows = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    flat = np.hstack([rows, np.zeros((3, 2))])
    for k, eta in itertools.product((1, 2, 3, 4), np.linspace(0.1, 1.2, 23)):
        narrow, wide = linear_stability(rows, eta, 1, k), linear_stability(flat, eta, 1, k)
        assert math.isclose(narrow.spectral_radius, wide.spectral_radius, rel_tol=1e-10)
        assert wide.stable["c"] == (slow.radius(flat, eta, 1, k) <= 1 + 1e-12)
        if k % 2 == 0:
            assert narrow.stable["c"] == wide.stable["c"]


def test_at_the_threshold_floats_do_not_decide():
    a = np.diag([1.0, 2.0])
    exactly = linear_stability(a, 2 / 2.0, 2, 2)  # λ_1 = 2, gradient descent at 2/λ_1
    assert exactly.stable["c"] is None
    assert math.isclose(exactly.spectral_radius, 1.0, rel_tol=1e-12)


def test_zero_gradients_and_zero_learning_rate():
    assert linear_stability(np.zeros((2, 3)), 5.0, 1, 3).stable == {"a": True, "b": True, "c": True}
    assert linear_stability(np.ones((2, 3)), 0.0, 1, 2).stable["c"] is True


def test_growth_per_step_is_seen():
    a = np.random.default_rng(2).standard_normal((4, 2))
    found = linear_stability(a, 1.5, 1, 2)
    growth = absolute_moment_growth(a, 1.5, 1, 2, [1.0, 1.0], 7)
    # beyond transients; the second eigenvalue still contributes a little after six steps
    assert math.isclose((growth[7] / growth[6]) ** 0.5, found.growth_per_step, rel_tol=0.02)


def test_public_name_and_residuals():
    assert theorycheck.linear_stability is linear_stability
    a = np.ones((2, 1))
    assert linear_stability(a, 0.1, 1, residuals=np.zeros(2)).stable["c"]
    for residuals in (np.array([0.0, 0.5]), [0.1, 0.0], np.array([math.nan, 0.0])):
        with pytest.raises(ClaimError, match="does not interpolate"):
            linear_stability(a, 0.1, 1, residuals=residuals)
    assert linear_stability(a, 0.1, 1, residuals=[1e-3, 0], interpolation_tolerance=1e-2).stable["c"]


def test_a_neighbouring_order_that_does_not_fit_leaves_it_open(monkeypatch):
    a = np.random.default_rng(1).standard_normal((3, 2))
    eta = 0.999 * linear_stability(a, 0.1, 1, 4).thresholds["order 4"]
    assert linear_stability(a, eta, 1, 3).stable["a"] is True
    monkeypatch.setattr("theorycheck.lab.stability.fitting.MAX_MEMORY", packed_memory(3, 2, 4) - 1)
    found = linear_stability(a, eta, 1, 3)
    assert found.stable["c"] is True
    assert found.stable["a"] is None


def test_torch_gradients():
    torch = pytest.importorskip("torch")
    a = torch.tensor([[1.0, 2.0], [0.5, -1.0]], dtype=torch.float64)
    assert linear_stability(a, 0.2, 1).spectral_radius == linear_stability(a.numpy(), 0.2, 1).spectral_radius
