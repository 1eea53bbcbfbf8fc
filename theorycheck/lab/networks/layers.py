r"""What a layer is: shapes, parameters, a forward pass, and a backward pass written by hand.

One set of layers serves plain and smoothed networks. Smoothing the penalised training problem of starnes2023 (App. D, with
every layer's activation as a layer of its own, App. E) in all its variables, u ~ N(0, I/2) with one σ, gives the same problem
with smoothed layers plus regularisers, up to constants in weights, biases and activations. A layer returns its regularisers in
the form that is *right*: where the paper's tables say something else, the docstring says so. Without σ a layer is plain.

Shapes: R networks are stacked along the first axis, N samples along the second. Vectors are (R, N, units), images
(R, N, channels, height, width), parameters (R, …), σ is None, a number or an array (R,). Samples that all networks share have
R = 1 on their first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from theorycheck.lab.networks.sample_gradients import SampleGradients

Shape = tuple[int, ...]
Parameters = tuple[Any, ...]
"""The arrays (R, …) of one layer, in the order of `parameter_shapes`."""
Backward = Callable[[Any, Any, bool], tuple[Any, tuple[SampleGradients, ...]]]


@dataclass(frozen=True)
class Pass:
    """A layer's forward pass.

    Attributes
    ----------
    output : array of shape (R, N, …)
    regulariser : array of shape (R, N) or 0
        What smoothing adds to a sample's loss, without constants and without what depends on the parameters alone.
    backward : callable
        `backward(output_gradient, weight, to_input) -> (input_gradient, sample_gradients)`: the gradients of
        ⟨output_gradient_n, output_n⟩ + weight · regulariser_n for every sample n, `weight` a number or of shape (R, 1). One
        `SampleGradients` a parameter array, the samples' gradients kept apart. Where `to_input` is False nothing is computed
        for the input.
    """

    output: Any
    regulariser: Any
    backward: Backward


class Layer(Protocol):
    """What a network consists of; every layer is a frozen dataclass of its sizes."""

    def output_shape(self, shape: Shape) -> Shape:
        """Of one sample, from the shape of one sample's input."""

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        """Of the parameter arrays of one network."""

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        """NumPy arrays to start from, of one network."""

    def floats(self, shape: Shape) -> int:
        """About how many numbers a forward pass keeps for one sample."""

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        """From x of shape (R or 1, N, *shape)."""

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        """What smoothing adds that depends on the parameters alone: a number or (R,), and its gradients."""


class WithoutParameters:
    """The parts of `Layer` for a layer that has no parameters, and one number kept for each of its input."""

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        return ()

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        return ()

    def floats(self, shape: Shape) -> int:
        return int(np.prod(shape))

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        return 0, ()


def passes(
    xp: Any, layers: Sequence[Layer], parameters: Sequence[Parameters], x: Any, sigmas: Sequence[Any]
) -> list[Pass]:
    """Forward through layers one after another."""
    done: list[Pass] = []
    for layer, own, sigma in zip(layers, parameters, sigmas, strict=True):
        done.append(layer.forward(xp, own, done[-1].output if done else x, sigma))
    return done


def backward_through(
    done: Sequence[Pass], gradient: Any, weights: Sequence[Any], to_input: bool, first: int = 0
) -> tuple[Any, list[tuple[SampleGradients, ...]]]:
    """Backward through `passes`; nothing is computed for the input of layer number `first` unless `to_input`."""
    found: list[tuple[SampleGradients, ...]] = [()] * len(done)
    for number in reversed(range(0 if to_input else first, len(done))):
        gradient, found[number] = done[number].backward(gradient, weights[number], to_input or number > first)
    return gradient, found


def per_sample(xp: Any, values: Any) -> Any:
    """Sum over everything but networks and samples."""
    return xp.sum(xp.reshape(values, (*values.shape[:2], -1)), axis=-1)


def along_axes(xp: Any, values: Any, axes: int) -> Any:
    """A number as it is; (R,), (R, 1) or (R, N) with trailing axes of length 1, `axes` in all."""
    if getattr(values, "ndim", 0) == 0:
        return values
    return xp.reshape(values, (*values.shape, *(1,) * (axes - values.ndim)))
