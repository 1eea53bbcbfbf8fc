"""Thresholds against bisection on brute-force spectra, against the pencil of Kronecker matrices, and against each other."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import stability_enumeration as slow
from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.stability import (
    certified_stability,
    certified_threshold,
    condition_13_threshold,
    gradient_descent_threshold,
    learning_rate_threshold,
    sufficient_threshold,
)
from theorycheck.lab.stability import thresholds as module

# bisection on a radius that is known to about 1e-12 and whose slope at the crossing is of order 1
RELATIVE = 1e-8


def crossing(a, batch, k, high):
    """The first η in (0, high] at which the brute-force radius passes 1."""
    grid = np.linspace(0, high, 80)[1:]
    excess = [slow.radius(a, eta, batch, k) - 1 for eta in grid]
    above = next((i for i, x in enumerate(excess) if x > 1e-9), None)
    if above is None:
        return high
    start = grid[above - 1] if above else 1e-9
    return scipy.optimize.brentq(
        lambda eta: slow.radius(a, eta, batch, k) - 1 - 1e-13, start, grid[above], xtol=1e-14
    )


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("n", "p"), [(3, 1), (4, 2), (5, 2)])
def test_thresholds_by_brute_force(n, p, k):
    a = np.random.default_rng(10 * n + p).standard_normal((n, p))
    for batch in sorted({1, 2, n}):
        found = learning_rate_threshold(a, batch, k)
        expected = crossing(a, batch, k, gradient_descent_threshold(a) * 1.2)
        assert math.isclose(found.learning_rate, expected, rel_tol=RELATIVE)
        assert found.stable[0] == (0.0, found.learning_rate)


@pytest.mark.parametrize(("n", "p"), [(2, 3), (4, 3), (8, 3)])
def test_second_order_by_the_pencil_of_kronecker_matrices(n, p):
    a = np.random.default_rng(n).standard_normal((n, p))
    hessians = np.einsum("ni,nj->nij", a, a)
    mean, identity = hessians.mean(axis=0), np.eye(p)
    for batch in range(1, n + 1):
        p_b = (n - batch) / (batch * (n - 1))
        c = (np.kron(mean, identity) + np.kron(identity, mean)) / 2
        d = (1 - p_b) * np.kron(mean, mean) + p_b / n * sum(np.kron(h, h) for h in hessians)
        largest = max(scipy.linalg.eigvals(np.linalg.pinv(c, rcond=1e-10) @ d).real)
        assert math.isclose(learning_rate_threshold(a, batch, 2).learning_rate, 2 / largest, rel_tol=1e-7)


def test_forms_of_second_order_agree():
    a = np.random.default_rng(0).standard_normal((6, 4))
    gradients = module.gradient_set(a)
    for batch in (1, 2, 5):
        secular, pencil = module._secular(gradients, batch), module._pencil(gradients, batch)
        excess = module._excess(gradients, batch, 2)
        convex = module._last_nonpositive(excess, sufficient_threshold(a), gradient_descent_threshold(a))
        assert math.isclose(secular, pencil, rel_tol=1e-11)
        assert math.isclose(secular, module._lanczos_pencil(gradients, batch), rel_tol=1e-11)
        assert math.isclose(secular, convex, rel_tol=RELATIVE)


def test_jacobians():
    a = np.random.default_rng(1).standard_normal((4, 2, 2))
    for batch in (1, 3):
        found = learning_rate_threshold(a, batch, 2).learning_rate
        expected = crossing(a, batch, 2, gradient_descent_threshold(a) * 1.2)
        assert math.isclose(found, expected, rel_tol=RELATIVE)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 6), st.integers(1, 4), st.integers(0, 2**20), st.data())
def test_the_order_of_the_thresholds(n, p, seed, data):
    batch = data.draw(st.integers(1, n))
    a = np.random.default_rng(seed).standard_normal((n, p))
    descent, every = gradient_descent_threshold(a), sufficient_threshold(a)
    two, four = (learning_rate_threshold(a, batch, k).learning_rate for k in (2, 4))
    cited = condition_13_threshold(a, batch)
    slack = 1 + 1e-9
    assert every <= four * slack
    assert four <= two * slack
    assert two <= descent * slack
    assert cited <= two * slack
    if batch < n:
        assert two <= learning_rate_threshold(a, batch + 1, 2).learning_rate * slack
    scaled = learning_rate_threshold(3 * a, batch, 2).learning_rate
    assert math.isclose(scaled, two / 9, rel_tol=1e-9)


def test_condition_13_by_its_matrix():
    a = np.random.default_rng(2).standard_normal((5, 3))
    hessians = np.einsum("ni,nj->nij", a, a)
    mean = hessians.mean(axis=0)
    sigma = (hessians @ hessians).mean(axis=0) - mean @ mean
    for batch in (1, 2, 5):
        eta = condition_13_threshold(a, batch)

        def top(x, batch=batch):
            step = np.eye(3) - x * mean
            return np.linalg.eigvalsh(step @ step + x**2 * (5 - batch) / (batch * 4) * sigma)[-1]

        assert top(eta * (1 - 1e-9)) <= 1 < top(eta * (1 + 1e-9))


def test_flat_directions_tie_odd_orders_to_even_ones():
    """With p > r the full spectrum of order 3 contains that of order 2."""
    rows = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    flat = np.hstack([rows, np.zeros((3, 1))])
    for batch in (1, 2):
        narrow, wide = (learning_rate_threshold(x, batch, 3).learning_rate for x in (rows, flat))
        second = learning_rate_threshold(rows, batch, 2).learning_rate
        assert math.isclose(wide, min(narrow, second), rel_tol=1e-12)
        expected = crossing(flat, batch, 3, gradient_descent_threshold(rows))
        assert math.isclose(wide, expected, rel_tol=RELATIVE)


def test_one_parameter_by_hand():
    # gradients 1, 2 and B = 1: E(1−ηh)² = 1 − 5η + 17η²/2 ≤ 1 up to η = 10/17; E(1−ηh)³ ≥ −1
    found = learning_rate_threshold([[1.0], [2.0]], 1, 2).learning_rate
    assert math.isclose(found, 10 / 17, rel_tol=1e-14)
    third = learning_rate_threshold([[1.0], [2.0]], 1, 3).learning_rate
    assert math.isclose(((1 - third) ** 3 + (1 - 4 * third) ** 3) / 2, -1, rel_tol=1e-9)


def test_orthogonal_gradients_by_hand():
    # e_1, …, e_n: A_I is diagonal, its entries are 1 − η/B or 1; off the diagonal E is (1 − η/n)² and smaller
    n, batch = 4, 2
    found = learning_rate_threshold(np.eye(n), batch, 2).learning_rate
    assert math.isclose(found, 2 * batch, rel_tol=1e-12)


def test_large_orders_use_lanczos_and_agree():
    a = np.random.default_rng(3).standard_normal((15, 8))
    gradients = module.gradient_set(a)
    found = learning_rate_threshold(gradients, 3, 4).learning_rate  # N = 330: LAPACK
    previous, module.LAPACK_SIZE = module.LAPACK_SIZE, 10
    try:
        krylov = learning_rate_threshold(gradients, 3, 4).learning_rate
    finally:
        module.LAPACK_SIZE = previous
    assert math.isclose(found, krylov, rel_tol=1e-8)


def test_nothing_to_be_stable_about():
    assert learning_rate_threshold(np.zeros((3, 2)), 1, 3).learning_rate == math.inf
    assert sufficient_threshold(np.zeros((3, 2))) == math.inf


# ---- certified ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_brackets_hold_what_floats_find(k):
    a = np.random.default_rng(k).integers(-3, 4, (4, 2))
    for batch in (1, 2, 4):
        found = certified_threshold(a, batch, k)
        float_threshold = learning_rate_threshold(a, batch, k).learning_rate
        assert found.stable < Fraction(float_threshold) < found.unstable
        assert (found.unstable - found.stable) / found.stable < Fraction(2, 10**9)


def test_one_dominating_sample():
    """The largest eigenvalue is 1 − 5e-8 below the threshold and of order 10 above: decided on exact numbers."""
    a = [[3500.0, 4594.0], [-0.117, 0.317], [-0.0136, 0.759], [0.502, -0.547]]
    for batch in (1, 2, 3):
        for k in (2, 4):
            found = learning_rate_threshold(a, batch, k).learning_rate
            assert certified_stability(a, found * (1 - 1e-7), batch, k) is True
            assert certified_stability(a, found * (1 + 1e-7), batch, k) is False


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 4), st.integers(1, 2), st.sampled_from([1, 2, 4]), st.integers(0, 2**20), st.data())
def test_floats_and_balls_agree_on_awkward_gradients(n, p, k, seed, data):
    """Integers with zeros, repetitions and collinear rows, scaled by powers of ten."""
    batch, power = data.draw(st.integers(1, n)), data.draw(st.integers(-3, 3))
    rows = (
        np.random.default_rng(seed).integers(-1, 2, (n, p))
        * 10.0 ** np.where(np.arange(n) == 0, power, 0)[:, None]
    )
    found = learning_rate_threshold(rows, batch, k).learning_rate
    if found == math.inf:
        assert not rows.any()
        return
    assert certified_stability(rows, found * (1 - 1e-9), batch, k) is True
    assert certified_stability(rows, found * (1 + 1e-9), batch, k) is False


def test_a_threshold_that_is_known_exactly():
    # E(1−ηh)² = 1 − 5η + 17η²/2
    assert certified_stability([[1], [2]], Fraction(10, 17) - Fraction(1, 10**30), 1) is True
    assert certified_stability([[1], [2]], Fraction(10, 17) + Fraction(1, 10**30), 1) is False
    assert certified_stability([[1], [2]], Fraction(10, 17), 1) is None


def test_certified_flat_directions():
    rows = [[2, 0], [0, 1], [1, 1]]
    flat = [[*row, 0] for row in rows]
    second = certified_threshold(rows, 1, 2)
    third = certified_threshold(rows, 1, 3)
    if third.stable > second.unstable:
        between = (third.stable + second.unstable) / 2
        assert certified_stability(rows, between, 1, 3) is True
        assert certified_stability(flat, between, 1, 3) is False
    assert certified_stability(flat, second.stable / 2, 1, 3) is True


def test_certified_jacobians():
    a = np.random.default_rng(5).integers(-2, 3, (3, 2, 2))
    found = certified_threshold(a, 1, 2)
    assert found.stable < Fraction(learning_rate_threshold(a, 1, 2).learning_rate) < found.unstable


def test_what_balls_cannot_do():
    with pytest.raises(BudgetError, match="use learning_rate_threshold"):
        certified_stability(np.random.default_rng(0).standard_normal((12, 10)), 0.1, 2, 4)
    with pytest.raises(ClaimError, match="every learning rate is stable"):
        certified_threshold([[0, 0]], 1)
    with pytest.raises(ClaimError, match="sample 0 has a NaN"):
        certified_stability([[math.nan]], 0.1, 1)
