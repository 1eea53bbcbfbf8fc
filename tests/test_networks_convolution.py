"""Convolutions against direct loops and PyTorch; widths against counted windows; norms against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.convolution import (
    add_windows,
    convolutional_norm_squared,
    convolve,
    coverage,
    output_width,
    windows,
)


@given(width=st.integers(1, 40), size=st.integers(1, 8), stride=st.integers(1, 9))
def test_output_width_counts_the_windows_that_fit(width, size, stride):
    count = sum(start + size <= width for start in range(0, width, stride))
    if count == 0:
        with pytest.raises(NetworkError, match="does not fit"):
            output_width(width, size, stride)
        return
    assert output_width(width, size, stride) == count
    if (width - size) % stride == 0:
        assert count == (width - size) / stride + 1  # the printed formula


def test_sizes_must_be_positive():
    with pytest.raises(NetworkError, match="positive"):
        output_width(3, 1, 0)


@given(
    height=st.integers(2, 6),
    width=st.integers(2, 6),
    size=st.integers(1, 2),
    stride=st.integers(1, 3),
    seed=st.integers(0, 50),
)
def test_convolution_is_the_direct_sum(height, width, size, stride, seed):
    rng = np.random.default_rng(seed)
    # small integers: every sum is exact, so equality is exact
    x = rng.integers(-5, 6, (2, 3, height, width)).astype(float)
    kernels = rng.integers(-5, 6, (4, 3, size, size)).astype(float)
    y = convolve(np, x, kernels, stride)
    for n, o, a, b in np.ndindex(y.shape):
        patch = x[n, :, stride * a : stride * a + size, stride * b : stride * b + size]
        assert y[n, o, a, b] == (patch * kernels[o]).sum()


def test_convolution_of_a_stack_of_networks_is_pytorchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, kernels = rng.normal(size=(2, 5, 3, 9, 8)), rng.normal(size=(2, 4, 3, 3, 3))
    y = convolve(np, x, kernels, 2)
    for k in range(2):
        other = torch.nn.functional.conv2d(torch.tensor(x[k]), torch.tensor(kernels[k]), stride=2).numpy()
        np.testing.assert_allclose(y[k], other, rtol=1e-10, atol=1e-12)  # order of summation


@given(size=st.integers(1, 3), stride=st.integers(1, 4), seed=st.integers(0, 50))
def test_add_windows_is_the_adjoint(size, stride, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 9, (2, 5, 7)).astype(float)
    parts = windows(np, x, size, stride)
    other = rng.integers(-9, 9, parts.shape).astype(float)
    assert (parts * other).sum() == (x * add_windows(np, other, (5, 7), size, stride)).sum()


@given(size=st.integers(1, 3), stride=st.integers(1, 4), seed=st.integers(0, 50))
def test_convolutional_norm_is_the_double_sum(size, stride, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 9, (1, 6, 6)).astype(float)
    w = output_width(6, size, stride)
    total = sum(
        x[0, stride * a + i, stride * b + j] ** 2
        for a in range(w)
        for b in range(w)
        for i in range(size)
        for j in range(size)
    )
    assert convolutional_norm_squared(np, x, size, stride) == total
    assert coverage(np, (6, 6), size, stride).sum() == w**2 * size**2  # ‖1‖²
    squares_under_ones = convolve(np, (x**2)[None], np.ones((1, 1, size, size)), stride)
    assert squares_under_ones.sum() == total
