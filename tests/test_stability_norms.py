"""Induced norms against brute force and duality; per-sample gradient norms against explicit gradients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.stability import (
    convolution_gradient_norms,
    dense_gradient_norms,
    induced_norm,
    mean_gradient_norm,
    tanh_network,
)

MATRICES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**20)).map(
    lambda case: np.random.default_rng(case[2]).standard_normal(case[:2])
)
EXPONENTS = st.sampled_from([1, 1.2, 1.5, 2, 3, 4, 6, 10, math.inf])


@settings(deadline=None, max_examples=60)
@given(MATRICES, EXPONENTS)
def test_bounds_duality_and_vectors(matrix, q):
    bounds = induced_norm(matrix, q)
    assert bounds.lower <= bounds.upper * (1 + 1e-12)
    attained = np.linalg.norm(matrix @ bounds.maximiser, q) / np.linalg.norm(bounds.maximiser, q)
    assert math.isclose(attained, bounds.lower, rel_tol=1e-10)
    conjugate = 1 if q == math.inf else math.inf if q == 1 else q / (q - 1)
    dual = induced_norm(matrix.T, conjugate)
    assert dual.lower <= bounds.upper * (1 + 1e-10)
    assert bounds.lower <= dual.upper * (1 + 1e-10)
    for x in np.random.default_rng(0).standard_normal((50, matrix.shape[1])):
        assert np.linalg.norm(matrix @ x, q) <= bounds.upper * np.linalg.norm(x, q) * (1 + 1e-12)


@pytest.mark.parametrize("q", [1.3, 3, 4, 8])
def test_two_columns_by_brute_force(q):
    angles = np.linspace(0, math.pi, 20_001)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    for seed in range(5):
        matrix = np.random.default_rng(seed).standard_normal((3, 2))
        ratios = np.linalg.norm(matrix @ circle, q, axis=0) / np.linalg.norm(circle, q, axis=0)
        # the grid's spacing is 1.6e-4; around a maximum the ratio is quadratic
        assert math.isclose(induced_norm(matrix, q).lower, ratios.max(), rel_tol=1e-6)


def test_exact_cases():
    generator = np.random.default_rng(1)
    a = generator.standard_normal((3, 4))
    assert math.isclose(induced_norm(a, 2).lower, np.linalg.norm(a, 2), rel_tol=1e-12)
    assert math.isclose(induced_norm(a, 1).lower, np.linalg.norm(a, 1), rel_tol=1e-12)
    assert math.isclose(induced_norm(a, math.inf).lower, np.linalg.norm(a, math.inf), rel_tol=1e-12)
    assert math.isclose(induced_norm(a[:, :1], 4).lower, np.linalg.norm(a[:, 0], 4), rel_tol=1e-12)
    assert math.isclose(induced_norm(a[:1], 4).lower, np.linalg.norm(a[0], 4 / 3), rel_tol=1e-12)
    positive = induced_norm(abs(a), 5)
    assert positive.exact
    assert math.isclose(positive.lower, positive.upper, rel_tol=1e-9)
    hadamard = induced_norm(np.array([[1.0, 1.0], [1.0, -1.0]]), 4)  # between ℓ_2 (√2) and ℓ_∞ (2): 2^{3/4}
    assert math.isclose(hadamard.lower, 2**0.75, rel_tol=1e-9)
    assert math.isclose(hadamard.upper, 2**0.75, rel_tol=1e-12)
    assert induced_norm(np.zeros((2, 3)), 3).upper == 0.0


@pytest.mark.parametrize(
    ("matrix", "q", "message"),
    [([[1.0]], 0.5, "q ≥ 1"), ([1.0, 2.0], 2, "rows and columns"), ([[math.nan]], 2, "finite")],
)
def test_bad_input(matrix, q, message):
    with pytest.raises(ClaimError, match=message):
        induced_norm(matrix, q)


@pytest.mark.parametrize("q", [2, 4, 6])
def test_dense_layers(q):
    generator, width = np.random.default_rng(2), 3
    inputs, weights = generator.standard_normal((5, 2)), generator.standard_normal(width * 4)
    _, gradients = tanh_network(weights, inputs, width)
    hidden = np.tanh(inputs @ weights[:6].reshape(3, 2).T + weights[6:9])
    beta = (1 - hidden**2) * weights[9:]
    found = dense_gradient_norms([(inputs, beta)], q) + dense_gradient_norms(
        [(hidden, np.ones((5, 1)))], q, biases=False
    )
    assert np.allclose(found, (abs(gradients) ** q).sum(axis=1), rtol=1e-12)
    assert math.isclose(mean_gradient_norm(gradients, q) ** q, found.mean(), rel_tol=1e-12)


@pytest.mark.parametrize("q", [2, 4])
def test_convolution(q):
    """One channel in, two out, kernel 3, no padding: f = Σ tanh of the outputs."""
    generator = np.random.default_rng(3)
    x, kernel, bias = (
        generator.standard_normal((4, 7)),
        generator.standard_normal((2, 3)),
        np.array([0.1, -0.2]),
    )

    def f(weights, shift):
        patches = np.stack([x[:, i : i + 3] for i in range(5)], axis=1)
        return np.tanh(patches @ weights.T + shift).sum(axis=(1, 2))

    patches = np.stack([x[:, i : i + 3] for i in range(5)], axis=1)
    beta = 1 - np.tanh(patches @ kernel.T + bias) ** 2
    expected = np.zeros(4)
    for index in np.ndindex(2, 3):
        step = np.zeros((2, 3), dtype=complex)
        step[index] = 1e-30j
        expected += abs(f(kernel + step, bias).imag / 1e-30) ** q
    for channel in range(2):
        step = np.zeros(2, dtype=complex)
        step[channel] = 1e-30j
        expected += abs(f(kernel, bias + step).imag / 1e-30) ** q
    assert np.allclose(convolution_gradient_norms(patches, beta, q), expected, rtol=1e-11)
