"""expectation() and smooth(): bars cover the truth, methods are named, what is out of reach is refused."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BudgetError, ClaimError, FormulaError
from theorycheck.lab.expectation import (
    Analytic,
    Bounded,
    Kinks,
    Polynomial,
    expectation,
    reduce_affine,
    smooth,
    smooth_ridges,
)
from theorycheck.lab.expectation.laws import LAWS
from theorycheck.lab.expectation.monte_carlo import monte_carlo, sample_blocks
from theorycheck.lab.expectation.quasi_monte_carlo import quasi_monte_carlo

SECOND_MOMENTS = {
    "starnes": lambda d: 1 / 2,
    "nesterov": lambda d: 1.0,
    "per_dimension": lambda d: 1 / d,
    "uniform": lambda d: 1 / 3,
    "ball": lambda d: 1 / (d + 2),
    "sphere": lambda d: 1 / d,
}


def cosine(w):
    return lambda x: np.cos(x @ np.asarray(w))


def test_norm_moments_are_gamma_functions():
    for p in (1, 3):
        for d in (1, 2, 7):
            exact = scipy.special.gamma((d + p) / 2) / scipy.special.gamma(d / 2)
            found = expectation(lambda u, p=p: np.linalg.norm(u, axis=1) ** p, d, accuracy=2e-3)
            assert abs(found.value - exact) <= found.error <= 2e-3


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("dimension", [1, 3, 8])
def test_second_moments_of_every_law(law, dimension):
    declared = Polynomial(2) if dimension < 8 else None
    found = expectation(
        lambda u: u**2, dimension, kernel=law, smoothness=declared, accuracy=1e-3, error_probability=1e-6
    )
    exact = SECOND_MOMENTS[law](dimension)
    assert np.all(np.abs(found.value - exact) <= found.error)
    assert found.guarantee == (
        "exact" if dimension < 8 or (law, dimension) == ("sphere", 1) else "asymptotic"
    )


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    w=st.lists(st.floats(-2, 2), min_size=1, max_size=3),
    sigma=st.floats(0.0, 2.0),
    kernel=st.sampled_from(["starnes", "nesterov", "per_dimension"]),
)
def test_rigorous_bars_cover_smoothed_cosines(w, sigma, kernel):
    d, norm = len(w), math.sqrt(sum(a * a for a in w))
    points = np.linspace(-2, 2, 4 * d).reshape(4, d)
    variance = {"starnes": 0.5, "nesterov": 1.0, "per_dimension": 1 / d}[kernel]
    found = smooth(cosine(w), points, sigma, kernel=kernel, smoothness=Analytic(1, norm), accuracy=1e-9)
    exact = np.exp(-variance * (sigma * norm) ** 2 / 2) * np.cos(points @ np.asarray(w))
    assert found.guarantee in {"rigorous", "exact"}
    # the cosine itself is off by an ulp of its argument, at most 40 · 2^-52
    assert np.all(np.abs(found.value - exact) <= found.error + 1e-14)
    assert np.all(found.error <= 1.1e-9)


def test_a_strip_takes_the_trapezoid_rule():
    found = expectation(
        lambda u: 1 / (1 + u[:, 0] ** 2), 1, smoothness=Analytic(1 / 0.19, 0, 0.9), accuracy=1e-9
    )
    exact = float(mpmath.sqrt(mpmath.pi) * mpmath.e * mpmath.erfc(1))
    assert found.guarantee == "rigorous" and "trapezoid" in found.method
    assert abs(found.value - exact) <= found.error


def test_named_and_unnamed_kinks_in_one_dimension():
    exact = 1 / math.sqrt(math.pi)
    for declared, method in ((Kinks((0.0,)), "between the kinks"), (Kinks(), "panels"), (None, "panels")):
        found = expectation(lambda u: np.abs(u[:, 0]), 1, smoothness=declared, accuracy=1e-6)
        assert method in found.method and found.guarantee == "estimate"
        assert abs(found.value - exact) <= found.error


def test_smoothed_relu_at_many_points_and_scales():
    x = np.linspace(-2, 2, 9)
    sigma = np.linspace(0, 2, 9)
    found = smooth(
        lambda z: np.maximum(z[:, 0], 0), x[:, None], sigma, smoothness=Kinks((0.0,)), accuracy=1e-8
    )
    s = sigma / math.sqrt(2)
    safe = np.where(s > 0, s, 1)
    exact = np.where(
        s > 0, x * scipy.stats.norm.cdf(x / safe) + s * scipy.stats.norm.pdf(x / safe), np.maximum(x, 0)
    )
    assert np.all(np.abs(found.value - exact) <= found.error + 1e-14)  # an ulp of the reference


def test_sigma_zero_is_the_function_itself():
    x = np.random.default_rng(0).standard_normal((5, 3))
    found = smooth(cosine([1, 2, 3]), x, 0.0)
    assert np.array_equal(found.value, cosine([1, 2, 3])(x)) and np.all(found.error == 0)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(m=st.integers(1, 6), d=st.integers(1, 6), rank=st.integers(0, 6), seed=st.integers(0, 100))
def test_reduced_affine_map_has_the_same_covariance(m, d, rank, seed):
    rng = np.random.default_rng(seed)
    rank = min(m, d, rank)
    weights = rng.standard_normal((m, rank)) @ rng.standard_normal((rank, d))
    factor = reduce_affine(weights)
    assert factor.shape == (m, rank)
    assert np.allclose(factor @ factor.T, weights @ weights.T, atol=1e-12)  # rounding of numbers up to 100


@pytest.mark.parametrize("kernel", ["starnes", "nesterov", "per_dimension"])
def test_the_first_affine_map_reduces_the_dimension(kernel):
    rng = np.random.default_rng(1)
    W, b, x = rng.standard_normal((2, 300)) / 10, np.array([0.5, -1.0]), rng.standard_normal((6, 300))
    found = smooth(
        lambda z: np.cos(z[:, 0]) + np.sin(z[:, 1]),
        x,
        0.7,
        kernel=kernel,
        weights=W,
        offset=b,
        smoothness=Analytic(2, 1),
    )
    variance = {"starnes": 0.5, "nesterov": 1.0, "per_dimension": 1 / 300}[kernel]
    z = x @ W.T + b
    damping = np.exp(-variance * 0.49 * (W**2).sum(axis=1) / 2)
    assert np.allclose(
        found.value, damping[0] * np.cos(z[:, 0]) + damping[1] * np.sin(z[:, 1]), atol=1e-6, rtol=0
    )
    assert found.guarantee == "rigorous" and np.all(found.error <= 1.1e-6)
    with pytest.raises(ClaimError, match="Gaussian"):
        smooth(lambda z: z[:, 0], x, 1.0, kernel="ball", weights=W)


def test_weights_that_vanish_smooth_nothing():
    found = smooth(
        lambda z: np.abs(z[:, 0]), np.ones((2, 4)), 1.0, weights=np.zeros((1, 4)), offset=np.array([-3.0])
    )
    assert np.allclose(found.value, 3.0, atol=0, rtol=1e-15)


def test_quasi_monte_carlo_bars_cover():
    # 200 independent seeds at error probability 0.02: a binomial tail of 1e-6 allows 17 misses
    misses = 0
    for seed in range(200):
        found = quasi_monte_carlo(
            lambda u: np.maximum(u.sum(axis=1), 0), 6, accuracy=0.05, kernel="nesterov", seed=seed, alpha=0.02
        )
        misses += abs(float(found.value) - math.sqrt(6 / (2 * math.pi))) > float(found.error)
    assert misses <= scipy.stats.binom.isf(1e-6, 200, 0.02)


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    values = [
        float(quasi_monte_carlo(lambda u: np.abs(u).sum(axis=1), 7, accuracy=0.05, seed=seed).value)
        for seed in (1, 1, 2)
    ]
    assert values[0] == values[1] != values[2]


def test_out_of_reach_is_refused_without_spinning():
    calls = []

    def norm_kink(u):
        calls.append(len(u))
        return np.maximum(np.linalg.norm(u, axis=1) - 2, 0)

    with pytest.raises(BudgetError, match="limit is 4194304"):
        expectation(norm_kink, 10, smoothness=Kinks(), accuracy=1e-6)
    assert sum(calls) < 2**18
    with pytest.raises(BudgetError, match="30000"):
        expectation(lambda u: u[:, 0], 30_000)


def test_bounded_integrands_get_a_nonasymptotic_interval():
    found = expectation(
        lambda u: (u[:, 0] > 0.5).astype(float),
        40,
        smoothness=Bounded(0, 1),
        accuracy=0.01,
        error_probability=1e-6,
    )
    exact = scipy.stats.norm.sf(0.5, scale=math.sqrt(0.5))
    assert found.guarantee == "rigorous" and found.error_probability == 1e-6
    assert abs(found.value - exact) <= found.error <= 0.01


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("law", LAWS)
def test_monte_carlo_moments(law, dtype):
    d = 5
    found = monte_carlo(lambda u: u**2, d, samples=200_000, kernel=law, dtype=dtype)
    # 6 standard errors: 10 coordinates miss with probability 2e-8
    assert np.all(np.abs(found.mean - SECOND_MOMENTS[law](d)) <= 6 * found.standard_error + 1e-7)
    block = next(sample_blocks(law, d, seed=0, dtype=dtype))
    assert block.dtype == dtype and block.shape[1] == d


def test_float32_normals_are_normal():
    block = next(sample_blocks("nesterov", 1, seed=5, dtype="float32"))[:, 0].astype(float)
    assert scipy.stats.kstest(block, "norm").pvalue > 1e-6


def test_monte_carlo_mean_equals_a_direct_one():
    blocks = sample_blocks("starnes", 3, seed=9)
    u = next(blocks)[:1000]
    found = monte_carlo(lambda v: v[:, 0] ** 3 + 5, 3, samples=1000, seed=9)
    first = next(sample_blocks("starnes", 3, seed=9, rows=1000))
    direct = first[:, 0] ** 3 + 5
    assert u.shape == first.shape
    assert math.isclose(found.mean, direct.mean(), rel_tol=1e-13)
    assert math.isclose(found.standard_error, direct.std(ddof=1) / math.sqrt(1000), rel_tol=1e-12)


def test_bad_integrands_get_one_clear_error():
    with pytest.raises(FormulaError, match="shape"):
        expectation(lambda u: u.sum(), 2)
    with np.errstate(all="ignore"), pytest.raises(FormulaError, match="NaN"):
        expectation(lambda u: np.sqrt(u[:, 0]), 2)
    with pytest.raises(ClaimError, match="sigma"):
        smooth(cosine([1]), np.zeros((1, 1)), -1.0)
    with pytest.raises(ClaimError, match="kernel"):
        expectation(lambda u: u[:, 0], 1, kernel="cauchy")


@pytest.mark.parametrize("kernel", ["starnes", "nesterov", "per_dimension"])
@settings(derandomize=True, deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), scalar=st.booleans())
def test_closed_form_of_ridge_sums_agrees_with_quadrature(kernel, seed, scalar):
    from theorycheck.functions.kinked_profiles import Relu
    from theorycheck.functions.profiles import Cosine

    rng = np.random.default_rng(seed)
    d, m = int(rng.integers(1, 4)), 3
    W, b, a = rng.standard_normal((m, d)), rng.standard_normal(m), rng.standard_normal(m)
    x, sigma = rng.standard_normal((2, d)), 0.8 if scalar else np.array([0.0, 1.3])
    scale = math.sqrt({"starnes": 0.5, "nesterov": 1.0, "per_dimension": 1 / d}[kernel])
    t, w = np.polynomial.legendre.leggauss(40)
    for profile, f in ((Cosine(), np.cos), (Relu(), lambda t: np.maximum(t, 0))):
        found = smooth_ridges(profile, x, sigma, weights=W, offsets=b, amplitudes=a, kernel=kernel)
        for i in range(2):
            s = float(np.broadcast_to(sigma, 2)[i]) * scale
            exact = 0.0
            for j in range(m):
                mean, spread = x[i] @ W[j] + b[j], s * np.linalg.norm(W[j])
                # Gauss-Legendre on 60 panels over ±9 standard deviations, cut at the kink
                cuts = np.linspace(-9, 9, 61)
                if spread > 0 and -9 < -mean / spread < 9:
                    cuts = np.sort(np.append(cuts, -mean / spread))
                v = (cuts[1:, None] + cuts[:-1, None]) / 2 + (cuts[1:, None] - cuts[:-1, None]) / 2 * t
                weight = (cuts[1:, None] - cuts[:-1, None]) / 2 * w * scipy.stats.norm.pdf(v)
                exact += a[j] * (weight * f(mean + spread * v)).sum()
            assert abs(found[i] - exact) < 1e-12  # rounding of 2400 terms of size 10 at most
