"""Smoothed layers against exact moments of the unsmoothed ones, and gradients against finite differences."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.activations import Activation
from theorycheck.lab.networks.convolution import Convolution, convolve
from theorycheck.lab.networks.dense import Dense
from theorycheck.lab.networks.dropout import Dropout
from theorycheck.lab.networks.flatten import Flatten
from theorycheck.lab.networks.losses import SquaredError
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.normalisation import LayerNorm
from theorycheck.lab.networks.pooling import AveragePool, MaxPool
from theorycheck.lab.networks.residual import Residual
from theorycheck.lab.networks.risk import Risk, risk_and_gradient, risk_value
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()


def mean_square(residual, first, second):
    """E‖residual(u, v)‖² over independent N(0, ½) entries, for a residual affine in u and affine in v.

    The ANOVA decomposition: the orthogonal monomials 1, u_i, v_j, u_i v_j have mean squares 1, ½, ½, ¼.
    """
    zero_u, zero_v = np.zeros(first), np.zeros(second)
    at_zero = residual(zero_u, zero_v)
    total = (at_zero**2).sum()
    in_u = [residual(e, zero_v) - at_zero for e in np.eye(first)]
    in_v = [residual(zero_u, e) - at_zero for e in np.eye(second)]
    total += sum((part**2).sum() / 2 for part in in_u + in_v)
    for (i, e), (j, g) in itertools.product(enumerate(np.eye(first)), enumerate(np.eye(second))):
        total += ((residual(e, g) - at_zero - in_u[i] - in_v[j]) ** 2).sum() / 4
    return total


def test_mean_square_is_the_tensor_gauss_rule():
    # two nodes ±1/√2 of weight ½ a coordinate integrate degree 3: an independent route to the same mean
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=2)

    def residual(u, v):
        return np.array([u @ a @ v + b @ v + c @ u + 0.3, u @ (a + 1) @ v])

    total = 0.0
    for signs in itertools.product((-1, 1), repeat=5):
        point = np.array(signs) / np.sqrt(2)
        total += (residual(point[:2], point[2:]) ** 2).sum() / 32
    assert mean_square(residual, 2, 3) == pytest.approx(total, rel=1e-12)  # rounding of 32 terms


def regulariser_of(layer, parameters, x, sigma):
    """All that smoothing adds to one sample's loss: of the activations and of the parameters."""
    scale = None if sigma is None else np.array([sigma])
    passed = layer.forward(XP, parameters, x, scale)
    penalty = 0 if sigma is None else layer.penalty(XP, parameters, x.shape[2:], scale)[0]
    return passed.output[0, 0], float(np.sum(passed.regulariser) + np.sum(penalty))


def cut(vector, *shapes):
    sizes = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(vector, sizes[:-1]), shapes, strict=True)]


@settings(max_examples=15, deadline=None)
@given(
    rows=st.integers(1, 3),
    columns=st.integers(1, 3),
    sigma=st.sampled_from([0.0, 0.5, 2.0]),
    first=st.booleans(),
    seed=st.integers(0, 99),
)
def test_dense_regulariser_is_the_smoothed_constraint_up_to_a_constant(rows, columns, sigma, first, seed):
    rng = np.random.default_rng(seed)
    layer = Dense(rows)
    data = rng.normal(size=columns)

    def excess(zero):
        theta, b, y, x = (
            0 * rng.normal(size=shape) if zero else rng.normal(size=shape)
            for shape in ((rows, columns), rows, rows, columns)
        )
        x = data if first else x

        def residual(u, v):
            dt, db, dy = cut(u, (rows, columns), (rows,), (rows,))
            moved = x + (0 if first else sigma) * v
            return (theta + sigma * dt) @ moved + b + sigma * db - y - sigma * dy

        exact = mean_square(residual, rows * columns + 2 * rows, columns)
        # data are not smoothed: the first layer of a network is a plain one
        output, regulariser = regulariser_of(
            layer, (theta[None], b[None]), x[None, None], None if first else sigma
        )
        return exact - ((output - y) ** 2).sum() - regulariser, exact

    (at, size), (at_zero, _) = excess(False), excess(True)
    assert at == pytest.approx(at_zero, abs=1e-10 * (1 + size))  # rounding of the sizes that cancel


@settings(max_examples=12, deadline=None)
@given(
    kernels=st.integers(1, 2),
    channels=st.integers(1, 2),
    size=st.integers(1, 2),
    stride=st.integers(1, 3),
    width=st.integers(2, 4),
    padding=st.integers(0, 2),
    first=st.booleans(),
    shared=st.booleans(),
    seed=st.integers(0, 99),
)
def test_convolution_regulariser_is_the_smoothed_constraint_up_to_a_constant(
    kernels, channels, size, stride, width, padding, first, shared, seed
):
    """Also for strides that do not divide width − size, and whether a bias is shared by a kernel's outputs or not."""
    rng = np.random.default_rng(seed)
    sigma = 0.7
    layer = Convolution(kernels, size, stride, padding)
    out = layer.output_shape((channels, width, width))
    weights_shape, image_shape = (kernels, channels, size, size), (channels, width, width)
    bias_shape = (kernels, 1, 1) if shared else out
    counts = [int(np.prod(shape)) for shape in (weights_shape, bias_shape, out)]
    data = rng.normal(size=image_shape)

    def excess(scale):
        theta, b, y, x = (
            scale * rng.normal(size=s) for s in (weights_shape, (kernels, 1, 1), out, image_shape)
        )
        x = data if first else x

        def residual(u, v):
            dt, db, dy = cut(u, weights_shape, bias_shape, out)
            moved = x + (0 if first else sigma) * v.reshape(image_shape)
            moved = np.pad(
                moved, ((0, 0), (padding, padding), (padding, padding))
            )  # zeros that nothing moves
            product = convolve(np, moved[None], theta + sigma * dt, stride)[0]
            return product + b + sigma * db - y - sigma * dy

        exact = mean_square(residual, sum(counts), x.size)
        parameters = (theta[None], b[None, :, 0, 0])
        output, regulariser = regulariser_of(layer, parameters, x[None, None], None if first else sigma)
        return exact - ((output - y) ** 2).sum() - regulariser, exact

    (at, scale), (at_zero, _) = excess(1), excess(0)
    assert at == pytest.approx(at_zero, abs=1e-10 * (1 + scale))  # rounding of the sizes that cancel


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "sine", "absolute_value", "elu", "tanh", "softplus"])
def test_activation_regulariser_is_the_smoothed_constraint_up_to_a_constant(name):
    """E(h(x+σu) − y − σv)² by quadrature of h on a fine grid."""
    h = {
        "relu": lambda t: np.maximum(t, 0),
        "leaky_relu": lambda t: np.where(t > 0, t, 0.01 * t),
        "sine": np.sin,
        "absolute_value": np.abs,
        "elu": lambda t: np.where(t > 0, t, np.expm1(np.minimum(t, 0))),
        "tanh": np.tanh,
        "softplus": lambda t: np.logaddexp(0, t),
    }[name]
    sigma, u = 0.8, np.linspace(-8, 8, 400_001)
    density = np.exp(-(u**2)) / np.sqrt(np.pi) * (u[1] - u[0])
    for x, y in ((0.3, -1.0), (-0.7, 0.4), (0.0, 0.0)):
        exact = ((h(x + sigma * u) - y) ** 2 * density).sum() + sigma**2 / 2
        passed = Activation(name).forward(XP, (), np.full((1, 1, 1), x), np.array([sigma]))
        value = (passed.output[0, 0, 0] - y) ** 2 + passed.regulariser[0, 0] + sigma**2 / 2
        assert value == pytest.approx(exact, rel=1e-8)  # trapezoidal rule across a kink: step² = 1.6e-9


def test_dropout_regulariser_is_that_of_the_mean_over_drop():
    p, sigma, x = 0.3, 0.5, np.array([1.0, -2.0])
    # on the constraint x_+ = x: p‖x_+‖² + (1−p)·0
    passed = Dropout(p).forward(XP, (), x[None, None], np.array([sigma]))
    dropped = [p * t**2 + (1 - p) * 0 for t in x]
    assert passed.regulariser[0, 0] == pytest.approx(sum(dropped))
    assert (passed.output == x).all()


def test_pooling_and_flattening_add_nothing():
    x = np.arange(16.0).reshape((1, 1, 1, 4, 4))
    pooled = AveragePool(2, 2).forward(XP, (), x, np.array([1.0]))
    assert pooled.output[0, 0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert pooled.regulariser == 0
    assert Flatten().forward(XP, (), x, 1.0).output.shape == (1, 1, 16)


def network():
    layers = [
        AveragePool(2, 1),
        Convolution(2, 2),
        Activation("relu"),
        Convolution(2, 3, 2, padding=1),
        Activation("sine"),
        AveragePool(2, 1),
        Flatten(),
        Dropout(0.2),
        Dense(4),
        Activation("leaky_relu"),
        Residual([Dense(3), Activation("gelu"), Dense(4)]),
        Activation("tanh"),
        Dense(2),
    ]
    return Network(layers, (1, 6, 6))


def test_gradients_are_finite_differences():
    net = network()
    rng = np.random.default_rng(3)
    sigma = np.array([0.3, 0.9])
    risk = Risk(net, SquaredError("sum"), sigma, [0.1 * (k + 1) for k in range(len(net.layers))], l2=0.3)
    w = net.initial(rng, 2) + 0.1 * rng.normal(size=(2, net.size))
    x, y = rng.normal(size=(1, 3, *net.shape)), rng.normal(size=(2, 3, 2))
    _, gradient = risk_and_gradient(risk, XP, w, x, y)
    step = 1e-5
    for k in range(net.size):
        moved = step * np.eye(net.size)[k]
        difference = (risk_value(risk, XP, w + moved, x, y) - risk_value(risk, XP, w - moved, x, y)) / (
            2 * step
        )
        # central differences: step² ~ 1e-10 and rounding 1e-15 · loss / step ~ 1e-9
        np.testing.assert_allclose(gradient[:, k], difference, rtol=1e-6, atol=1e-6)


def test_the_first_layer_with_parameters_sees_data_that_are_not_smoothed():
    net = network()
    assert net.sigmas(1.0)[:3] == [None, None, 1.0]
    rng = np.random.default_rng(6)
    w, x, y = net.initial(rng), rng.normal(size=(1, 3, *net.shape)), rng.normal(size=(1, 3, 2))
    only_first = [0.0, 5.0] + [0.0] * (len(net.layers) - 2)
    plain = Risk(net, SquaredError("half"), np.array([0.4]))
    weighted = Risk(net, SquaredError("half"), np.array([0.4]), only_first)
    assert risk_value(plain, XP, w, x, y) == risk_value(weighted, XP, w, x, y)


def test_sigma_zero_is_the_plain_network_and_adds_nothing_but_dropout():
    net = network()
    rng = np.random.default_rng(5)
    w, x, y = net.initial(rng, 2), rng.normal(size=(2, 3, *net.shape)), rng.normal(size=(2, 3, 2))
    penalties = [0.0 if isinstance(layer, Dropout) else 1.0 for layer in net.layers]
    smoothed = Risk(net, SquaredError("mean"), np.zeros(2), penalties)
    plain = Risk(net, SquaredError("mean"))
    for ours, theirs in zip(
        risk_and_gradient(smoothed, XP, w, x, y), risk_and_gradient(plain, XP, w, x, y), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)  # sums of weights 1 + 1e-16


def test_layers_without_a_smoothing_refuse_sigma():
    for layers in (
        [Dense(4), LayerNorm(), Dense(2)],
        [Convolution(2, 2), MaxPool(2, 1), Flatten(), Dense(2)],
    ):
        net = Network(layers, (3,) if isinstance(layers[0], Dense) else (1, 4, 4))
        x = np.ones((1, 1, *net.shape))
        net.outputs(XP, net.initial(np.random.default_rng(0)), x)
        with pytest.raises(NetworkError, match="no closed form"):
            net.outputs(XP, net.initial(np.random.default_rng(0)), x, 0.5)


def test_dropout_needs_a_probability_below_one():
    with pytest.raises(NetworkError, match="dropout"):
        Dropout(1.0)


def test_the_sign_of_sigma_does_not_count():
    rng = np.random.default_rng(0)
    net = Network([Dense(4), Activation("relu"), Dense(3)], (5,))
    w = rng.normal(size=(2, net.size))
    x, y = rng.normal(size=(2, 6, 5)), rng.normal(size=(2, 6, 3))
    values = [
        risk_value(Risk(net, SquaredError("sum"), sigma, penalties=[0.1] * 3), XP, w, x, y)
        for sigma in (np.array([0.7, 0.3]), np.array([-0.7, 0.3]), np.array([0.7, -0.3]))
    ]
    assert (values[0] == values[1]).all() and (values[0] == values[2]).all()
