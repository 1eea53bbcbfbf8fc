r"""Smoothed layers and networks with exact gradients, batched over networks and samples.

Smoothing the penalised training problem of starnes2023 (App. D, with every layer's activation as a layer of its own, App. E)
in all its variables, u ~ N(0, I/2) with one σ, gives the same problem with smoothed layers plus regularisers, up to
constants in weights, biases and activations. Each layer here returns both, in the form that is *right*: where the paper's
tables say something else, the docstring says so.

Shapes: networks are stacked along the first axis, samples along the second. Dense layers take x of shape (R, N, units),
convolutions (R, N, channels, height, width); parameters have the leading axis R; σ is a number or an array (R,). A layer is

    layer.initial(generator, shape, networks)  -> parameters, a dict of arrays
    layer.output_shape(shape)                  -> the shape of one sample's output
    layer.forward(xp, parameters, x, sigma)    -> Pass

and `Pass.backward` continues reverse-mode differentiation through output and regulariser together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.networks.activations import SmoothedActivation, activation_named
from theorycheck.lab.networks.convolution import add_windows, coverage, output_width, windows

Parameters = Mapping[str, Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Pass:
    """A layer's forward pass.

    Attributes
    ----------
    output : array of shape (R, N, …)
    regulariser : array of shape (R, N) or 0
        What smoothing adds to a sample's loss, without constants.
    backward : callable
        `backward(output_gradient, weight) -> (input_gradient, parameter_gradients)`: gradients of
        Σ ⟨output_gradient, output⟩ + Σ weight · regulariser, with `weight` of shape (R, 1) or (R, N). Gradients of parameters
        are summed over the samples. A first layer, whose input is data, returns None for the input.
    """

    output: Any
    regulariser: Any
    backward: Callable[[Any, Any], tuple[Any, dict[str, Any]]]


class Layer(Protocol):
    """What a network consists of, see the module's docstring."""

    def output_shape(self, shape: Shape) -> Shape: ...

    def initial(self, generator: np.random.Generator, shape: Shape, networks: int) -> dict[str, Any]: ...

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass: ...


class _WithoutParameters:
    def initial(self, generator: np.random.Generator, shape: Shape, networks: int) -> dict[str, Any]:
        return {}


def _per_sample(values: Any) -> Any:
    """Sum over everything but networks and samples."""
    return values.reshape((*values.shape[:2], -1)).sum(axis=-1)


def _like(values: Any, array: Any) -> Any:
    """(R,), (R, 1) or (R, N) with as many trailing axes of length 1 as `array` has."""
    if not hasattr(values, "shape") or values.ndim == 0:
        return values
    return values.reshape((*values.shape, *(1,) * (array.ndim - values.ndim)))


@dataclass(frozen=True)
class Dense:
    r"""θx + b with the regulariser σ²/2 ‖θ‖²_F + σ²·units/2 ‖x‖².

    Proposition D.2 for h(x) = x and the row "dense, l > 1" of Table 1. With `first`, x is input data, which is not smoothed:
    then ‖x‖² is a constant and there is no regulariser (row "dense, l = 1").
    """

    units: int
    first: bool = False

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise ClaimError(
                f"a dense layer needs vectors, not samples of shape {shape}; put Flatten() before it"
            )
        return (self.units,)

    def initial(self, generator: np.random.Generator, shape: Shape, networks: int) -> dict[str, Any]:
        limit = math.sqrt(6 / (shape[0] + self.units))  # Glorot and Bengio 2010, uniform
        weights = generator.uniform(-limit, limit, (self.units, shape[0]))
        return _stacked({"weights": weights, "bias": np.zeros(self.units)}, networks)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        weights = parameters["weights"]
        output = x @ xp.swapaxes(weights, -1, -2) + parameters["bias"][:, None, :]
        s2 = 0 if self.first else _like(sigma, x[..., 0]) ** 2
        regulariser: Any = 0
        if not self.first:
            size = (weights**2).sum(axis=(-2, -1))[:, None]
            regulariser = s2 / 2 * (size + self.units * (x**2).sum(axis=-1))

        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            weights_gradient = xp.swapaxes(gradient, -1, -2) @ x
            input_gradient = None
            if not self.first:
                scaled = (s2 * weight) + xp.zeros(x.shape[:2])
                weights_gradient += scaled.sum(axis=1)[:, None, None] * weights
                input_gradient = gradient @ weights
                input_gradient += self.units * scaled[..., None] * x
            return input_gradient, {"weights": weights_gradient, "bias": gradient.sum(axis=1)}

        return Pass(output, regulariser, backward)


@dataclass(frozen=True)
class Convolution:
    r"""x *_s θ + b, b one number a kernel, with the regulariser σ²/2 w²‖θ‖²_F + σ²/2 · kernels · ‖x‖²_C.

    Proposition D.3 with w² windows and the sum over windows of squared pixels, the reading of both that holds, for several
    kernels and channels (the paper has one): every kernel and window adds σ²/2(‖θ‖² + ‖window‖²). With `first`, x is input
    data and there is no regulariser. The regulariser r₂ of Theorem 5.1 mixes this with an activation and is wrong for a layer
    h(x)*θ + b that is not split.
    """

    kernels: int
    size: int
    stride: int = 1
    first: bool = False

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ClaimError(f"a convolution needs samples of shape (channels, height, width), not {shape}")
        height, width = (output_width(length, self.size, self.stride) for length in shape[1:])
        return (self.kernels, height, width)

    def initial(self, generator: np.random.Generator, shape: Shape, networks: int) -> dict[str, Any]:
        area = self.size**2
        limit = math.sqrt(
            6 / (area * (shape[0] + self.kernels))
        )  # Glorot, as TensorFlow counts for convolutions
        weights = generator.uniform(-limit, limit, (self.kernels, shape[0], self.size, self.size))
        return _stacked({"weights": weights, "bias": np.zeros(self.kernels)}, networks)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        weights = parameters["weights"]
        parts = windows(xp, x, self.size, self.stride)
        rows, columns = parts.shape[-2:]
        flat = parts.reshape((*x.shape[:2], -1, rows * columns))
        kernels = weights.reshape((*weights.shape[:2], -1))
        product = kernels[:, None] @ flat + parameters["bias"][:, None, :, None]
        s2 = 0 if self.first else _like(sigma, x[:, :, 0, 0, 0]) ** 2
        regulariser: Any = 0
        covered = None if self.first else coverage(xp, x.shape[-2:], self.size, self.stride)
        if not self.first:
            size = (kernels**2).sum(axis=(-2, -1))[:, None]
            norm = (x**2 * covered).sum(axis=(-3, -2, -1))
            regulariser = s2 / 2 * (rows * columns * size + self.kernels * norm)

        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            flat_gradient = gradient.reshape((*gradient.shape[:3], -1))
            kernel_gradient = (flat_gradient @ xp.swapaxes(flat, -1, -2)).sum(axis=1)
            input_gradient = None
            if not self.first:
                spread = xp.swapaxes(kernels, -1, -2)[:, None] @ flat_gradient
                input_gradient = add_windows(
                    xp, spread.reshape(parts.shape), x.shape[-2:], self.size, self.stride
                )
                scaled = (s2 * weight) + xp.zeros(x.shape[:2])
                kernel_gradient += rows * columns * scaled.sum(axis=1)[:, None, None] * kernels
                input_gradient += self.kernels * _like(scaled, x) * covered * x
            bias_gradient = flat_gradient.sum(axis=(1, 3))
            return input_gradient, {"weights": kernel_gradient.reshape(weights.shape), "bias": bias_gradient}

        return Pass(product.reshape((*product.shape[:3], rows, columns)), regulariser, backward)


@dataclass(frozen=True)
class Activation(_WithoutParameters):
    r"""h_σ(x) with the regulariser ‖q_σ(x)‖² − ‖h_σ(x)‖², q_σ² = (h²)_σ, by Proposition D.1(c).

    As in Tables 2 and 3. Table 1 and Table 5 print a plus between the two norms, which is wrong.
    """

    name: str

    def output_shape(self, shape: Shape) -> Shape:
        activation_named(self.name)
        return shape

    @property
    def function(self) -> SmoothedActivation:
        """The activation with its smoothings."""
        return activation_named(self.name)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        moments = self.function(xp, x, _like(xp.asarray(sigma), x))

        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            variance_slope = moments.square_slope - 2 * moments.mean * moments.slope
            return gradient * moments.slope + _like(weight, x) * variance_slope, {}

        return Pass(moments.mean, _per_sample(moments.square - moments.mean**2), backward)


@dataclass(frozen=True)
class Dropout(_WithoutParameters):
    r"""The identity with the regulariser p‖x‖² (Proposition D.4, Table 1 and 2).

    The smoothed squared constraint is (1−p)‖x−x_+‖² + p‖x_+‖²: the identity has the weight 1−p, which the tables leave out.
    For a network whose layers hold exactly, as here, x_+ = x and the weight plays no role; p = 1 leaves no constraint at all.

    Raises
    ------
    ClaimError
        If p is not in [0, 1).
    """

    p: float

    def __post_init__(self) -> None:
        if not 0 <= self.p < 1:
            raise ClaimError(f"dropout needs 0 <= p < 1, not {self.p}: at p = 1 nothing of the layer is left")

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            return gradient + 2 * self.p * _like(weight, x) * x, {}

        return Pass(x, self.p * _per_sample(x**2), backward)


@dataclass(frozen=True)
class AveragePool(_WithoutParameters):
    """The mean over windows of size × size pixels; no regulariser (Proposition D.5). Pixels that no window covers drop out."""

    size: int
    stride: int

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ClaimError(f"pooling needs samples of shape (channels, height, width), not {shape}")
        height, width = (output_width(length, self.size, self.stride) for length in shape[1:])
        return (shape[0], height, width)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        area = self.size**2

        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            parts = xp.repeat(gradient[..., None, :, :] / area, area, axis=-3)
            return add_windows(xp, parts, x.shape[-2:], self.size, self.stride), {}

        return Pass(windows(xp, x, self.size, self.stride).sum(axis=-3) / area, 0, backward)


@dataclass(frozen=True)
class Flatten(_WithoutParameters):
    """Samples as vectors; no regulariser (Proposition D.1(d))."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        def backward(gradient: Any, weight: Any) -> tuple[Any, dict[str, Any]]:
            return gradient.reshape(x.shape), {}

        return Pass(x.reshape((*x.shape[:2], -1)), 0, backward)


def _stacked(parameters: Mapping[str, Any], networks: int) -> dict[str, Any]:
    """The same parameters for every network of the stack."""
    return {name: np.repeat(value[None], networks, axis=0) for name, value in parameters.items()}


# ---- networks --------------------------------------------------------------------------------------------------------------


def initial_parameters(
    layers: Sequence[Layer], shape: Shape, generator: np.random.Generator, networks: int = 1
) -> list[dict[str, Any]]:
    """Return one dict of NumPy arrays a layer, the same draw for every network of the stack.

    Parameters
    ----------
    shape : tuple of int
        Of one sample: (units,) or (channels, height, width).

    Raises
    ------
    ClaimError
        If the layers do not fit together.
    """
    parameters = []
    for layer in layers:
        following = layer.output_shape(shape)
        parameters.append(layer.initial(generator, shape, networks))
        shape = following
    return parameters


def predict(xp: Any, layers: Sequence[Layer], parameters: Sequence[Parameters], x: Any, sigma: Any) -> Any:
    """The network's output on samples of shape (R or 1, N, …)."""
    for layer, own in zip(layers, parameters, strict=True):
        x = layer.forward(xp, own, x, sigma).output
    return x


def loss_and_gradients(
    xp: Any,
    layers: Sequence[Layer],
    parameters: Sequence[Parameters],
    x: Any,
    targets: Any,
    sigma: Any,
    weights: Sequence[Any],
) -> tuple[Any, list[dict[str, Any]]]:
    """The smoothed objective Σ_n (‖x_L^n − y^n‖² + Σ_l λ_l R_l) of every network, and its gradients.

    Parameters
    ----------
    x : array of shape (R, N, …)
        A stack of one copy a network, or (1, N, …) for the same samples.
    targets : array of shape (R or 1, N, outputs)
    sigma : number or array of shape (R,)
    weights : sequence
        λ_l of every layer: a number or an array of shape (R,).

    Returns
    -------
    loss : array of shape (R,)
    gradients : list of dict
        Of the parameters of every layer.
    """
    networks = max(value.shape[0] for own in parameters for value in own.values())
    x = xp.broadcast_to(x, (networks, *x.shape[1:]))
    passes = []
    loss: Any = 0
    scales = [_like(weight, xp.zeros((1, 1))) for weight in weights]
    for layer, own, scale in zip(layers, parameters, scales, strict=True):
        passed = layer.forward(xp, own, x, sigma)
        passes.append(passed)
        loss = loss + scale * passed.regulariser
        x = passed.output
    loss = loss + ((x - targets) ** 2).sum(axis=-1)
    gradient = 2 * (x - targets)
    gradients: list[dict[str, Any]] = []
    for passed, scale in zip(reversed(passes), reversed(scales), strict=True):
        gradient, own_gradients = passed.backward(gradient, scale)
        gradients.append(own_gradients)
    return loss.sum(axis=1), gradients[::-1]
