"""Smoothed layers against exact moments of the unsmoothed ones, and gradients against finite differences."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.networks.convolution import convolve
from theorycheck.lab.networks.smoothed import (
    Activation,
    AveragePool,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    initial_parameters,
    loss_and_gradients,
    predict,
)
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
    layer = Dense(rows, first=first)
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
        parameters = {"weights": theta[None], "bias": b[None]}
        passed = layer.forward(XP, parameters, x[None, None], np.array([sigma]))
        printed = ((passed.output[0, 0] - y) ** 2).sum() + np.sum(passed.regulariser)
        return exact - printed, exact

    (at, size), (at_zero, _) = excess(False), excess(True)
    assert at == pytest.approx(at_zero, abs=1e-10 * (1 + size))  # rounding of the sizes that cancel


@settings(max_examples=12, deadline=None)
@given(
    kernels=st.integers(1, 2),
    channels=st.integers(1, 2),
    size=st.integers(1, 2),
    stride=st.integers(1, 3),
    width=st.integers(2, 4),
    first=st.booleans(),
    shared=st.booleans(),
    seed=st.integers(0, 99),
)
def test_convolution_regulariser_is_the_smoothed_constraint_up_to_a_constant(
    kernels, channels, size, stride, width, first, shared, seed
):
    """Also for strides that do not divide width − size, and whether a bias is shared by a kernel's outputs or not."""
    rng = np.random.default_rng(seed)
    sigma = 0.7
    layer = Convolution(kernels, size, stride, first=first)
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
            product = convolve(np, moved[None], theta + sigma * dt, stride)[0]
            return product + b + sigma * db - y - sigma * dy

        exact = mean_square(residual, sum(counts), x.size)
        parameters = {"weights": theta[None], "bias": b[None, :, 0, 0]}
        passed = layer.forward(XP, parameters, x[None, None], np.array([sigma]))
        return exact - ((passed.output[0, 0] - y) ** 2).sum() - np.sum(passed.regulariser), exact

    (at, scale), (at_zero, _) = excess(1), excess(0)
    assert at == pytest.approx(at_zero, abs=1e-10 * (1 + scale))  # rounding of the sizes that cancel


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "sine", "absolute_value"])
def test_activation_regulariser_is_the_smoothed_constraint_up_to_a_constant(name):
    """E(h(x+σu) − y − σv)² by quadrature of h on a fine grid."""
    h = {
        "relu": lambda t: np.maximum(t, 0),
        "leaky_relu": lambda t: np.where(t > 0, t, 0.01 * t),
        "sine": np.sin,
        "absolute_value": np.abs,
    }[name]
    sigma, u = 0.8, np.linspace(-8, 8, 400_001)
    density = np.exp(-(u**2)) / np.sqrt(np.pi) * (u[1] - u[0])
    for x, y in ((0.3, -1.0), (-0.7, 0.4), (0.0, 0.0)):
        exact = ((h(x + sigma * u) - y) ** 2 * density).sum() + sigma**2 / 2
        passed = Activation(name).forward(XP, {}, np.full((1, 1, 1), x), np.array([sigma]))
        value = (passed.output[0, 0, 0] - y) ** 2 + passed.regulariser[0, 0] + sigma**2 / 2
        assert value == pytest.approx(exact, rel=1e-8)  # trapezoidal rule across a kink: step² = 1.6e-9


def test_dropout_regulariser_is_that_of_the_mean_over_drop():
    p, sigma, x = 0.3, 0.5, np.array([1.0, -2.0])
    # on the constraint x_+ = x: p‖x_+‖² + (1−p)·0
    passed = Dropout(p).forward(XP, {}, x[None, None], np.array([sigma]))
    dropped = [p * t**2 + (1 - p) * 0 for t in x]
    assert passed.regulariser[0, 0] == pytest.approx(sum(dropped))
    assert (passed.output == x).all()


def test_pooling_and_flattening_add_nothing():
    x = np.arange(16.0).reshape((1, 1, 1, 4, 4))
    pooled = AveragePool(2, 2).forward(XP, {}, x, np.array([1.0]))
    assert pooled.output[0, 0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert pooled.regulariser == 0
    assert Flatten().forward(XP, {}, x, 1.0).output.shape == (1, 1, 16)


def network():
    layers = [
        Convolution(2, 2, first=True),
        Activation("relu"),
        Convolution(3, 2, 2),
        Activation("sine"),
        AveragePool(2, 1),
        Flatten(),
        Dropout(0.2),
        Dense(4),
        Activation("leaky_relu"),
        Dense(2),
    ]
    shape = (1, 6, 6)
    return layers, shape


def test_gradients_are_finite_differences():
    layers, shape = network()
    rng = np.random.default_rng(3)
    parameters = initial_parameters(layers, shape, rng, networks=2)
    for own in parameters:
        for name in own:
            own[name] = own[name] + 0.1 * rng.normal(size=own[name].shape)
    x, targets = rng.normal(size=(1, 3, *shape)), rng.normal(size=(2, 3, 2))
    sigma, weights = np.array([0.3, 0.9]), [np.array([0.1 * (k + 1), 0.2]) for k in range(len(layers))]

    def loss(values):
        return loss_and_gradients(XP, layers, values, x, targets, sigma, weights)[0]

    _, gradients = loss_and_gradients(XP, layers, parameters, x, targets, sigma, weights)
    step = 1e-5
    for own, gradient in zip(parameters, gradients, strict=True):
        for name, value in own.items():
            for index in list(np.ndindex(value.shape[1:]))[::3]:
                place = (slice(None), *index)
                before = value[place].copy()
                value[place] = before + step
                above = loss(parameters)
                value[place] = before - step
                below = loss(parameters)
                value[place] = before
                # central differences: step² ~ 1e-10 and rounding 1e-15 · loss / step ~ 1e-9
                assert gradient[name][place] == pytest.approx(
                    (above - below) / (2 * step), rel=1e-6, abs=1e-6
                )


def test_stacked_networks_are_the_single_ones():
    layers, shape = network()
    rng = np.random.default_rng(4)
    parameters = initial_parameters(layers, shape, rng, networks=3)
    for own in parameters:
        for name in own:
            own[name] = own[name] + rng.normal(size=own[name].shape)
    x, targets, sigma = rng.normal(size=(3, 2, *shape)), rng.normal(size=(3, 2, 2)), np.array([0.0, 0.1, 1.0])
    weights = [0.1] * len(layers)
    together, gradients = loss_and_gradients(XP, layers, parameters, x, targets, sigma, weights)
    for k in range(3):
        own = [{name: value[k : k + 1] for name, value in layer.items()} for layer in parameters]
        alone, single = loss_and_gradients(
            XP, layers, own, x[k : k + 1], targets[k : k + 1], sigma[k : k + 1], weights
        )
        assert alone[0] == pytest.approx(together[k], rel=1e-12)  # the order of summation in matmul
        for ours, theirs in zip(single, gradients, strict=True):
            for name in ours:
                np.testing.assert_allclose(ours[name][0], theirs[name][k], rtol=1e-9, atol=1e-12)


def test_sigma_zero_is_the_network_itself():
    torch = pytest.importorskip("torch")
    layers = [Convolution(2, 3, first=True), Activation("relu"), AveragePool(2, 2), Flatten(), Dense(3)]
    rng = np.random.default_rng(5)
    parameters = initial_parameters(layers, (1, 8, 8), rng)
    x = rng.normal(size=(1, 4, 1, 8, 8))
    weight, bias = (torch.tensor(parameters[0][name][0]) for name in ("weights", "bias"))
    z = torch.nn.functional.conv2d(torch.tensor(x[0]), weight, bias).relu()
    z = torch.nn.functional.avg_pool2d(z, 2, 2).flatten(1)
    z = z @ torch.tensor(parameters[4]["weights"][0]).T + torch.tensor(parameters[4]["bias"][0])
    np.testing.assert_allclose(predict(XP, layers, parameters, x, 0.0)[0], z.numpy(), rtol=1e-10, atol=1e-12)


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ClaimError, match="put Flatten"):
        initial_parameters([Dense(2)], (1, 4, 4), np.random.default_rng(0))
    with pytest.raises(ClaimError, match="does not fit"):
        initial_parameters([Convolution(1, 5)], (1, 4, 4), np.random.default_rng(0))
    with pytest.raises(ClaimError, match="smoothed activation"):
        initial_parameters([Activation("swish")], (4,), np.random.default_rng(0))
    with pytest.raises(ClaimError, match="dropout"):
        Dropout(1.0)
