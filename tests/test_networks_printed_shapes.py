"""Proposition D.3 on every width up to 6, kernel and stride; and the exact means that the layers' claims hunt with."""

import numpy as np
import pytest

from theorycheck.lab.networks.convolution import convolutional_norm_squared, convolve, output_width
from theorycheck.lab.networks.printed import norm_of_window_sums
from theorycheck.terms.namespaces import numpy_namespace
from verifications.starnes2023.layers_arrays import (
    mean_of_square,
    noisy_activation,
    smoothed_activation,
    split,
)

XP = numpy_namespace()
SHAPES = [(width, k, s) for width in range(1, 7) for k in range(1, width + 1) for s in range(1, width + 1)]


def smoothed_convolution(x, theta, stride, sigma):
    """E‖(x+σV) * (θ+σU) + σB − σY‖², from the coefficients of the loss in the noise."""
    k, width = theta.shape[0], x.shape[0]
    w = output_width(width, k, stride)

    def residual(u):
        du, dx, db, dy = split(np, u, (k, k), (width, width), (w, w), (w, w))
        product = convolve(
            np, x[None, None] + sigma * dx[:, None], theta[None, None] + sigma * du[:, None], stride
        )
        return (product[:, 0] + sigma * (db - dy)).reshape((1, -1))

    return mean_of_square(np, residual, k * k, width * width, 2 * w * w)[0]


@pytest.mark.parametrize(("width", "k", "s"), SHAPES)
def test_proposition_d_3_on_every_small_shape(width, k, s):
    """Integers and σ = 2: every number is an integer below 2⁵³, so equality is exact."""
    rng = np.random.default_rng(width * 100 + k * 10 + s)
    x, theta = rng.integers(-3, 4, (width, width)).astype(float), rng.integers(-3, 4, (k, k)).astype(float)
    sigma, w = 2.0, output_width(width, k, s)
    exact = smoothed_convolution(x, theta, s, sigma)
    plain = (convolve(np, x[None, None], theta[None, None], s) ** 2).sum()
    ones = np.ones_like(x)

    def printed(power, norm):
        sizes = (norm(np, image[None, None], k, s)[0] for image in (x, ones))
        weights = sigma**2 / 2 * w**power * (theta**2).sum()
        first, second = sizes
        return plain + weights + sigma**2 / 2 * first + sigma**4 / 4 * second + sigma**2 * w * w

    assert printed(2, convolutional_norm_squared) == exact
    if w > 1 and theta.any():
        assert printed(1, convolutional_norm_squared) != exact
    if k > 1:
        assert norm_of_window_sums(np, ones[None, None], k, s)[0] != w**2 * k**2


def test_mean_of_square_is_the_tensor_rule():
    rng = np.random.default_rng(0)
    theta, x, b = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), rng.normal(size=(5, 1))

    def residual(u):
        return ((theta + u[:, :2]) * (x + u[:, 2:4])).sum(axis=-1, keepdims=True) + b + 3 * u[:, 4:5]

    tensor = XP.gaussian_mean(lambda u: (residual(u) ** 2).sum(axis=-1), 5, 2)
    # rounding of a few hundred terms
    np.testing.assert_allclose(mean_of_square(XP, residual, 2, 2, 1), tensor, rtol=1e-12)


def test_noisy_activation_has_the_moments_of_the_activation():
    rng = np.random.default_rng(1)
    x, theta, c, sigma = rng.normal(size=(4, 2)), rng.normal(size=(4, 2)), rng.normal(size=4), rng.random(4)
    inputs = noisy_activation(XP, x, c, sigma)

    def residual(u):
        return ((theta + u[:, :2]) * inputs(u[:, 2:4], u[:, 4:])).sum(axis=-1, keepdims=True)

    def direct(u):
        moved = x + sigma[:, None] * u[:, 2:]
        return ((theta + u[:, :2]) * (moved**2 + c[:, None] * moved)).sum(axis=-1) ** 2

    np.testing.assert_allclose(
        mean_of_square(XP, residual, 2, 4, 0), XP.gaussian_mean(direct, 4, 4), rtol=1e-11
    )
    mean, square = smoothed_activation(XP, x, c, sigma)

    def h(u):
        moved = x + sigma[:, None] * u
        return moved**2 + c[:, None] * moved

    for power, value in ((1, mean), (2, square)):
        rule = XP.gaussian_mean(lambda u, power=power: h(u) ** power, 1, 4)
        np.testing.assert_allclose(value, rule, rtol=1e-11)
