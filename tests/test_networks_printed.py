"""Printed regularisers and training problems against moments by quadrature and against constraints put in."""

import itertools

import mpmath
import numpy as np
import pytest
import scipy.special

from theorycheck.errors import ClaimError, NetworkError
from theorycheck.lab.networks.activations import ACTIVATIONS, activation_named
from theorycheck.lab.networks.convolution import convolve, output_width
from theorycheck.lab.networks.objectives import constrained_objective, constrained_states, penalised_objective
from theorycheck.lab.networks.printed import norm_of_window_sums, r1, r2, smoothed_convolution_regulariser
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
U = np.linspace(-8, 8, 200_001)
DENSITY = np.exp(-(U**2)) / np.sqrt(np.pi) * (U[1] - U[0])
PLAIN = {
    "identity": lambda t: t,
    "relu": lambda t: np.maximum(t, 0),
    "leaky_relu": lambda t: np.where(t > 0, t, 0.01 * t),
    "absolute_value": np.abs,
    "sine": np.sin,
    "cosine": np.cos,
    "elu": lambda t: np.where(t > 0, t, np.expm1(np.minimum(t, 0))),
    "tanh": np.tanh,
    "sigmoid": lambda t: 1 / (1 + np.exp(-t)),
    "softplus": lambda t: np.logaddexp(0, t),
    "gelu": lambda t: t * scipy.special.ndtr(t),
}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("sigma", [0.0, 0.3, 2.0])
def test_moments_are_the_integrals(name, sigma):
    h = PLAIN[name]
    for x in (-1.3, -0.2, 0.4, 3.0):
        moments = activation_named(name).smoothed(XP, np.array(x), np.array(sigma))
        values = h(x + sigma * U)
        # the trapezoidal rule across a kink is off by step² = 6e-9 times the change of slope
        assert moments.mean == pytest.approx((values * DENSITY).sum(), abs=1e-7)
        assert moments.square == pytest.approx((values**2 * DENSITY).sum(), abs=1e-7)
        step = 1e-5
        above, below = (
            activation_named(name).smoothed(XP, np.array(x + e), np.array(sigma)) for e in (step, -step)
        )
        # central differences: step² times third derivatives of order 1/σ²; at σ = 0 x is no kink
        assert moments.curvature == pytest.approx((above.slope - below.slope) / (2 * step), abs=1e-6)
        assert moments.square_curvature == pytest.approx(
            (above.square_slope - below.square_slope) / (2 * step), abs=1e-6
        )
        assert moments.slope == pytest.approx((above.mean - below.mean) / (2 * step), abs=1e-7)
        assert moments.square_slope == pytest.approx((above.square - below.square) / (2 * step), abs=1e-7)


@pytest.mark.parametrize("name", ["elu", "tanh", "sigmoid", "softplus", "gelu"])
@pytest.mark.parametrize("sigma", [0.05, 0.9, 4.0])
def test_smoothings_agree_with_quadrature_in_many_digits(name, sigma):
    """E h(x + σu)^k by mpmath; the docstring promises 1e-13 (5 + |x| + σ)² and rounding."""
    h = {
        "elu": lambda t: t if t > 0 else mpmath.expm1(t),
        "tanh": mpmath.tanh,
        "sigmoid": lambda t: 1 / (1 + mpmath.exp(-t)),
        "softplus": lambda t: mpmath.log1p(mpmath.exp(t)),
        "gelu": lambda t: t * mpmath.ncdf(t),
    }[name]
    for x in (-6.0, -0.3, 1.1, 9.0):
        moments = activation_named(name).smoothed(XP, np.array(x), np.array(sigma))
        with mpmath.workdps(20):
            kink = [-x / sigma] if abs(x / sigma) < 9 else []
            nodes = sorted([*range(-9, 10), *kink])
            weight = lambda u: mpmath.exp(-(u**2)) / mpmath.sqrt(mpmath.pi)  # noqa: E731
            for power, value in ((1, moments.mean), (2, moments.square)):
                exact = mpmath.quad(lambda u: h(x + sigma * u) ** power * weight(u), nodes)  # noqa: B023
                assert abs(value - exact) < 2e-13 * (5 + abs(x) + sigma) ** 2


def test_a_sigma_that_needs_too_many_nodes_is_refused():
    with pytest.raises(NetworkError, match="1000 nodes"):
        activation_named("tanh").smoothed(XP, np.array(0.0), np.array(1e3))


def test_unknown_activation():
    with pytest.raises(NetworkError, match="relu"):
        activation_named("softmax")


def _moments(x, sigma):
    m = activation_named("sine").smoothed(XP, x, np.array(sigma))
    return m.mean, m.square


def test_r1_is_the_excess_of_a_dense_layer_only_with_a_half_and_rows():
    """E(θ+σU)H with independent H_j of means m_j and second moments q_j²: by two points a variable."""
    rng = np.random.default_rng(1)
    sigma, rows, columns = 0.6, 3, 2
    x, theta = rng.normal(size=(1, columns)), rng.normal(size=(rows, columns))
    mean, square = (part[0] for part in _moments(x, sigma))
    spread = np.sqrt(square - mean**2)
    total = 0.0
    # H_j = m_j ± spread_j and U_ij = ±1/√2 have the moments that matter (a square has each at most twice)
    for signs in itertools.product((-1, 1), repeat=columns + rows * columns):
        h = mean + spread * np.array(signs[:columns])
        u = np.array(signs[columns:]).reshape(rows, columns) / np.sqrt(2)
        total += (((theta + sigma * u) @ h) ** 2).sum()
    excess = total / 2 ** (columns + rows * columns) - ((theta @ mean) ** 2).sum()
    values = {
        (c, kind): r1(XP, x, theta, sigma, activation_named("sine").smoothed, c, kind)[0]
        for c in (0.5, 1.0)
        for kind in ("argument", "rows")
    }
    assert values[0.5, "rows"] == pytest.approx(excess, rel=1e-12)  # rounding of 256 terms
    assert all(abs(v - excess) > 0.01 for key, v in values.items() if key != (0.5, "rows"))


def test_the_regulariser_of_a_convolution_and_r2_of_its_split():
    rng = np.random.default_rng(2)
    sigma, size = 0.6, 2
    x, theta = rng.normal(size=(1, 1, 3, 3)), rng.normal(size=(1, 1, size, size))
    mean, square = (part[0, 0] for part in _moments(x, sigma))
    spread = np.sqrt(square - mean**2)
    excess = 0.0
    for a, b in np.ndindex(2, 2):  # window by window: expectations add up
        m, s = (part[a : a + size, b : b + size].ravel() for part in (mean, spread))
        for signs in itertools.product((-1, 1), repeat=8):
            h = m + s * np.array(signs[:4])
            t = theta.ravel() + sigma * np.array(signs[4:]) / np.sqrt(2)
            excess += (t @ h) ** 2 / 256
        excess -= (theta.ravel() @ m) ** 2
    function = activation_named("sine").smoothed
    ours = smoothed_convolution_regulariser(XP, x, theta, 1, sigma, function)[0]
    assert ours == pytest.approx(excess, rel=1e-12)  # rounding of 1024 terms
    readings = [
        r2(XP, x, theta, 1, sigma, function, power, norm)[0]
        for power in (1, 2)
        for norm in ("window sums", "squared pixels")
    ]
    assert all(abs(value - excess) > 0.01 for value in readings)
    # the split network: ‖q‖² − ‖h_σ‖² of the activation, and the convolution of y = h_σ(x)
    windows = [mean[a : a + size, b : b + size] for a, b in np.ndindex(2, 2)]
    split = (square - mean**2).sum() + sigma**2 / 2 * (
        4 * (theta**2).sum() + sum((w**2).sum() for w in windows)
    )
    assert readings[3] == pytest.approx(split, rel=1e-12)


def test_norm_of_window_sums_is_not_the_norm_of_squared_pixels():
    x = np.array([[[[1.0, -1.0], [0.0, 0.0]]]])
    assert norm_of_window_sums(np, x, 2)[0] == 0.0  # nonzero image
    assert norm_of_window_sums(np, x, 1)[0] == 2.0


def test_penalties_vanish_exactly_on_the_constraints():
    rng = np.random.default_rng(3)
    data, targets = rng.normal(size=(4, 1, 5, 5)), rng.normal(size=(4, 2))
    layers = [
        (rng.normal(size=(2, 1, 2, 2)), rng.normal(size=2)),
        (rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3)),
        (rng.normal(size=(4, 3 * output_width(4, 3) ** 2)), rng.normal(size=4)),
        (rng.normal(size=(2, 4)), rng.normal(size=2)),
    ]
    states = constrained_states(np, layers, np.tanh, data)
    value = constrained_objective(np, layers, np.tanh, data, targets)
    # by hand
    z = convolve(np, data, layers[0][0]) + layers[0][1][:, None, None]
    z = convolve(np, np.tanh(z), layers[1][0]) + layers[1][1][:, None, None]
    z = np.tanh(z).reshape(4, -1) @ layers[2][0].T + layers[2][1]
    z = np.tanh(z) @ layers[3][0].T + layers[3][1]
    assert value == pytest.approx(((z - targets) ** 2).sum(), rel=1e-12)
    penalties = [1.0, 2.0, 3.0, 4.0]
    assert penalised_objective(np, layers, np.tanh, states, targets, penalties) == pytest.approx(
        value, rel=1e-12
    )
    for number in range(
        1, 4
    ):  # off the constraints it is larger by the penalties of the two layers that meet there
        moved = [s.copy() for s in states]
        moved[number] += 0.5
        assert penalised_objective(np, layers, np.tanh, moved, targets, penalties) > value
    with pytest.raises(ClaimError, match="states"):
        penalised_objective(np, layers, np.tanh, states[1:], targets, penalties)
