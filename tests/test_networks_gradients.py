"""Every layer and loss against finite differences, complex steps, loops over samples, PyTorch, and strict arrays."""

import array_api_strict
import numpy as np
import pytest
import scipy.special

from theorycheck.errors import NetworkError
from theorycheck.lab.networks import risk as risks
from theorycheck.lab.networks.activations import ACTIVATIONS, Activation
from theorycheck.lab.networks.convolution import Convolution
from theorycheck.lab.networks.curvature import gauss_newton_product, hessian_product
from theorycheck.lab.networks.dense import Dense
from theorycheck.lab.networks.flatten import Flatten
from theorycheck.lab.networks.losses import CrossEntropy, LinearForm, SquaredError, one_hot
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.noise import gradient_power_sums, noise_eigenvalues
from theorycheck.lab.networks.normalisation import BatchNorm, LayerNorm
from theorycheck.lab.networks.pooling import AveragePool, MaxPool
from theorycheck.lab.networks.residual import Residual
from theorycheck.lab.networks.risk import (
    Risk,
    input_gradients,
    risk_and_gradient,
    risk_value,
    sample_losses,
)
from theorycheck.terms.namespaces import ArrayNamespace, numpy_namespace

XP = numpy_namespace()
IMAGE = (2, 5, 5)
NETWORKS = {
    "dense": ([Dense(3), Activation("tanh"), Dense(2)], (4,)),
    "convolution": ([Convolution(3, 2), Activation("tanh"), Flatten(), Dense(2)], IMAGE),
    "stride and padding": ([Convolution(2, 3, 2, 1), Activation("sine"), Flatten(), Dense(2)], IMAGE),
    "two convolutions": (
        [
            Convolution(2, 2),
            Activation("softplus"),
            Convolution(3, 3, 1, 1),
            Activation("gelu"),
            Flatten(),
            Dense(2),
        ],
        IMAGE,
    ),
    "pools": ([Convolution(2, 2), AveragePool(2, 1), MaxPool(2, 1), Flatten(), Dense(2)], IMAGE),
    "max pool of data": ([MaxPool(2, 2), Flatten(), Dense(2)], IMAGE),
    "layer norm": ([Dense(4), LayerNorm(), Activation("sigmoid"), Dense(2)], (3,)),
    "layer norm of images": ([LayerNorm(), Convolution(2, 2, 2), LayerNorm(), Flatten(), Dense(2)], IMAGE),
    "residual": ([Residual([Dense(5), Activation("elu"), Dense(3)]), LayerNorm(), Dense(2)], (3,)),
    "residual of images": (
        [Residual([Convolution(2, 3, 1, 1), Activation("cosine")]), Flatten(), Dense(2)],
        IMAGE,
    ),
}
LOSSES = {
    "sum": SquaredError("sum"),
    "half": SquaredError("half"),
    "mean": SquaredError("mean"),
    "cross-entropy": CrossEntropy(),
    "label smoothing": CrossEntropy(0.2),
    "linear": LinearForm(),
}


def problem(name, loss="cross-entropy", networks=2, samples=4, **more):
    layers, shape = NETWORKS[name]
    net = Network(layers, shape)
    rng = np.random.default_rng(sorted(NETWORKS).index(name))
    w = net.initial(rng, networks) + 0.3 * rng.normal(size=(networks, net.size))
    x = rng.normal(size=(networks, samples, *shape))
    y = rng.normal(size=(networks, samples, 2))
    if "cross" in loss or "label" in loss:
        y = one_hot(np, rng.integers(2, size=(networks, samples)), 2)
    return Risk(net, LOSSES[loss], **more), w, x, y


def difference(f, at, direction, step=1e-6):
    # central differences: step² times third derivatives, and rounding 1e-16 / step
    return (f(at + step * direction) - f(at - step * direction)) / (2 * step)


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_finite_differences(name):
    risk, w, x, y = problem(name, l2=0.1)
    value, gradient = risk_and_gradient(risk, XP, w, x, y)
    np.testing.assert_allclose(value, risk_value(risk, XP, w, x, y), rtol=1e-14)
    for k in range(risk.network.size):
        e = np.eye(risk.network.size)[k]
        numeric = difference(lambda v: risk_value(risk, XP, v, x, y), w, e)
        np.testing.assert_allclose(gradient[:, k], numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_finite_differences_and_their_formulas(loss):
    risk, w, x, y = problem("dense", loss)
    _, gradient = risk_and_gradient(risk, XP, w, x, y)
    direction = np.random.default_rng(1).normal(size=w.shape)
    numeric = difference(lambda v: risk_value(risk, XP, v, x, y), w, direction)
    np.testing.assert_allclose((gradient * direction).sum(axis=1), numeric, rtol=1e-6, atol=1e-8)
    o = risk.network.outputs(XP, w, x)
    p = 0.8 * y + 0.1 if loss == "label smoothing" else y
    expected = {
        "sum": ((o - y) ** 2).sum(axis=-1),
        "half": ((o - y) ** 2).sum(axis=-1) / 2,
        "mean": ((o - y) ** 2).mean(axis=-1),
        "linear": (o * y).sum(axis=-1),
    }.get(loss, -(p * scipy.special.log_softmax(o, axis=-1)).sum(axis=-1))
    np.testing.assert_allclose(
        sample_losses(risk, XP, w, x, y), expected, rtol=1e-12
    )  # rounding of few terms
    np.testing.assert_allclose(risk_value(risk, XP, w, x, y), expected.mean(axis=1), rtol=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_input_gradients_are_finite_differences(name):
    risk, w, x, y = problem(name)
    gradients = input_gradients(risk, XP, w, x, y)
    for index in np.ndindex(x.shape[2:]):
        e = np.zeros(x.shape[2:])
        e[index] = 1
        numeric = difference(lambda v: sample_losses(risk, XP, w, v, y), x, e)
        np.testing.assert_allclose(gradients[(..., *index)], numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_of_a_plain_network_have_the_right_slope(name):
    net = Network([Activation(name)], (1,))
    w = np.zeros((1, 0))
    t = np.array([-30.0, -2.1, -0.4, 0.3, 1.7, 40.0])[None, :, None]
    slopes = input_gradients(Risk(net, LinearForm()), XP, w, t, np.ones((1, 6, 1)))
    numeric = difference(lambda v: net.outputs(XP, w, v), t, 1.0)
    np.testing.assert_allclose(slopes, numeric, rtol=1e-7, atol=1e-8)
    function = ACTIVATIONS[name]
    numeric = difference(lambda v: function.slope(XP, v), t, 1.0)
    np.testing.assert_allclose(function.curvature(XP, t), numeric, rtol=1e-7, atol=1e-8)


def test_relu_at_zero_has_the_slope_zero():
    net = Network([Activation("relu")], (1,))
    zero = np.zeros((1, 1, 1))
    for sigma in (None, np.zeros(1)):
        done = net.layers[0].forward(XP, (), zero, sigma)
        assert done.backward(np.ones((1, 1, 1)), 0, True)[0] == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_stacked_networks_are_the_single_ones(name):
    risk, w, x, y = problem(name, networks=3)
    value, gradient = risk_and_gradient(risk, XP, w, x, y)
    for r in range(3):
        one = slice(r, r + 1)
        alone, own = risk_and_gradient(risk, XP, w[one], x[one], y[one])
        # the order of summation in matrix products
        np.testing.assert_allclose(alone, value[one], rtol=1e-12)
        np.testing.assert_allclose(own, gradient[one], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", NETWORKS)
def test_shared_samples_are_copies(name):
    risk, w, x, y = problem(name, networks=3)
    shared, copies = (x[:1], y[:1]), (np.repeat(x[:1], 3, axis=0), np.repeat(y[:1], 3, axis=0))
    for ours, theirs in zip(
        risk_and_gradient(risk, XP, w, *shared), risk_and_gradient(risk, XP, w, *copies), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-13)
    ours, theirs = (gradient_power_sums(risk, XP, w, *data) for data in (shared, copies))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_chunks_change_nothing(name, monkeypatch):
    risk, w, x, y = problem(name, samples=7)
    quantities = (risk_and_gradient, sample_losses, input_gradients, gradient_power_sums)
    whole = [f(risk, XP, w, x, y) for f in quantities]
    monkeypatch.setattr(risks, "CHUNK_FLOATS", 2 * 2 * risk.network.floats)  # two samples at a time
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 1)  # one network at a time
    parts = [f(risk, XP, w, x, y) for f in quantities]
    for a, b in zip([*whole[0], *whole[1:]], [*parts[0], *parts[1:]], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-13)


class _Special:
    """SciPy's functions on strict arrays."""

    def __getattr__(self, name):
        return lambda x: array_api_strict.asarray(getattr(scipy.special, name)(np.asarray(x)))


STRICT = ArrayNamespace("strict", array_api_strict, _Special)


@pytest.mark.parametrize("name", NETWORKS)
def test_strict_arrays_give_the_same(name):
    risk, w, x, y = problem(name, l2=0.1)
    strict = [array_api_strict.asarray(array) for array in (w, x, y)]
    for f in (risk_and_gradient, gradient_power_sums, input_gradients):
        ours, theirs = f(risk, XP, w, x, y), f(risk, STRICT, *strict)
        pairs = zip(ours, theirs, strict=True) if isinstance(ours, tuple) else [(ours, theirs)]
        for a, b in pairs:
            np.testing.assert_allclose(a, np.asarray(b), rtol=1e-12, atol=1e-15)
    v = np.random.default_rng(3).normal(size=w.shape)
    for product in (hessian_product, gauss_newton_product):
        ours = product(risk, XP, w, v, x, y)
        theirs = product(risk, STRICT, strict[0], array_api_strict.asarray(v), *strict[1:])
        np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-10, atol=1e-13)
    ours, theirs = noise_eigenvalues(risk, XP, w, x, y, 2), noise_eigenvalues(risk, STRICT, *strict, 2)
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-9, atol=1e-12)


def test_blocks_of_networks_have_their_own_sigma(monkeypatch):
    net = Network([Dense(3), Activation("tanh"), Dense(2)], (4,))
    rng = np.random.default_rng(0)
    w, x, y = net.initial(rng, 3), rng.normal(size=(1, 5, 4)), rng.normal(size=(3, 5, 2))
    risk = Risk(net, SquaredError("sum"), np.array([0.1, 0.7, 2.0]), [1.0, 2.0, 3.0])
    whole = risk_and_gradient(risk, XP, w, x, y)
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 2 * (net.floats * 5 + 2 * net.size + 1))  # two and one
    for a, b in zip(whole, risk_and_gradient(risk, XP, w, x, y), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)  # the rule of tanh follows the largest sigma


def test_a_smoothed_network_runs_on_strict_arrays():
    layers = [
        Convolution(2, 2),
        Activation("gelu"),
        Convolution(2, 2, 1, 1),
        AveragePool(2, 2),
        Flatten(),
        Dense(2),
    ]
    net = Network(layers, (1, 4, 4))
    rng = np.random.default_rng(0)
    w, x, y = net.initial(rng, 2), rng.normal(size=(1, 3, 1, 4, 4)), rng.normal(size=(1, 3, 2))
    sigma = np.array([0.2, 1.0])
    ours = risk_and_gradient(Risk(net, SquaredError("sum"), sigma, [0.1] * 6), XP, w, x, y)
    strict = Risk(net, SquaredError("sum"), array_api_strict.asarray(sigma), [0.1] * 6)
    theirs = risk_and_gradient(strict, STRICT, *(array_api_strict.asarray(array) for array in (w, x, y)))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, np.asarray(b), rtol=1e-12, atol=1e-15)


def test_single_precision_stays_single():
    risk, w, x, y = problem("two convolutions")
    double = risk_and_gradient(risk, XP, w, x, y)[1]
    single = risk_and_gradient(risk, XP, *(a.astype(np.float32) for a in (w, x, y)))[1]
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=1e-3, atol=1e-4)  # 6e-8 times some hundred terms
    smoothed = Risk(risk.network, risk.loss, np.array([0.1, 0.5]))
    single = smoothed.network.outputs(XP, w.astype(np.float32), x.astype(np.float32), smoothed.sigma)
    assert single.dtype == np.float32


def _torch_modules(torch, layers, shape):
    """The same network in PyTorch."""
    modules = []
    for layer in layers:
        match layer:
            case Dense(units):
                modules.append(torch.nn.Linear(shape[0], units))
            case Convolution(kernels, size, stride, padding):
                modules.append(torch.nn.Conv2d(shape[0], kernels, size, stride, padding))
            case AveragePool(size, stride):
                modules.append(torch.nn.AvgPool2d(size, stride))
            case MaxPool(size, stride):
                modules.append(torch.nn.MaxPool2d(size, stride))
            case LayerNorm():
                modules.append(torch.nn.LayerNorm(shape))
            case Flatten():
                modules.append(torch.nn.Flatten())
            case Activation(name):
                modules.append(
                    {
                        "tanh": torch.nn.Tanh,
                        "softplus": torch.nn.Softplus,
                        "gelu": torch.nn.GELU,
                        "sigmoid": torch.nn.Sigmoid,
                    }[name]()
                )
        shape = layer.output_shape(shape)
    return torch.nn.Sequential(*modules).double()


@pytest.mark.parametrize(
    "name", ["dense", "convolution", "two convolutions", "pools", "layer norm", "layer norm of images"]
)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_torch_has_the_same_loss_and_gradient(name, smoothing):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    layers, shape = NETWORKS[name]
    risk, w, x, y = problem(name, networks=1)
    risk = Risk(risk.network, CrossEntropy(smoothing))
    model = _torch_modules(torch, layers, shape)
    arrays = [array[0] for layer in risk.network.views(XP, w) for array in layer]
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(array).reshape(parameter.shape))
    loss = torch.nn.functional.cross_entropy(
        model(torch.tensor(x[0])), torch.tensor(y[0]), label_smoothing=smoothing
    )
    loss.backward()
    theirs = np.concatenate([parameter.grad.numpy().ravel() for parameter in model.parameters()])
    value, gradient = risk_and_gradient(risk, XP, w, x, y)
    np.testing.assert_allclose(value[0], loss.item(), rtol=1e-10)
    np.testing.assert_allclose(gradient[0], theirs, rtol=1e-9, atol=1e-12)


def test_one_hot_refuses_other_labels():
    with pytest.raises(NetworkError, match="from 0 to 2"):
        one_hot(np, np.array([0, 3]), 3)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Network([Dense(3), Convolution(2, 2)], (4,)), r"layer 2 \(Convolution\).*\(3,\)"),
        (lambda: Network([Dense(2)], (1, 4, 4)), r"layer 1 \(Dense\).*put Flatten"),
        (lambda: Network([Flatten(), AveragePool(2, 2)], (1, 4, 4)), r"layer 2 \(AveragePool\).*\(16,\)"),
        (lambda: Network([Convolution(1, 5)], (1, 4, 4)), r"layer 1 \(Convolution\).*does not fit into 4"),
        (lambda: Network([Dense(4), Activation("swish")], (4,)), r"layer 2 \(Activation\).*'swish'.*gelu"),
        (lambda: Network([Residual([Dense(3)])], (4,)), r"layer 1 \(Residual\).*\(4,\) to \(3,\)"),
        (lambda: BatchNorm(4), "depend on its batch.*LayerNorm"),
        (lambda: SquaredError("batch"), "sum, half, mean"),
        (lambda: CrossEntropy(1.0), "0 <= s < 1"),
        (lambda: Risk(Network([Dense(2)], (4,)), LinearForm(), None, [1.0]), "without sigma"),
        (lambda: Risk(Network([Dense(2)], (4,)), LinearForm(), 0.1, [1.0, 2.0]), "1 layers need 1 penalties"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(build, message):
    with pytest.raises(NetworkError, match=message) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_arrays_that_do_not_fit_are_named():
    risk, w, x, y = problem("dense")
    with pytest.raises(NetworkError, match=f"{risk.network.size} parameters"):
        risk_value(risk, XP, w[:, :-1], x, y)
    with pytest.raises(NetworkError, match=r"samples must have the shape .*, 4\)"):
        risk_value(risk, XP, w, x[..., :3], y)
    with pytest.raises(NetworkError, match="3 stacks of samples do not fit 2"):
        risk_value(risk, XP, w, np.repeat(x[:1], 3, axis=0), y)
    with pytest.raises(NetworkError, match=r"targets must have the shape .*, 4, 2\)"):
        risk_value(risk, XP, w, x, y[:, :3])
    with pytest.raises(NetworkError, match="no samples"):
        risk_value(risk, XP, w, x[:, :0], y[:, :0])
