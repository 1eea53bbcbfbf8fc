"""Layer norm; and why there is no batch norm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Parameters, Pass, Shape
from theorycheck.lab.networks.sample_gradients import Entries, SampleGradients


@dataclass(frozen=True)
class LayerNorm:
    r"""g ∘ (x − m)/√(v + ε) + b over all entries of a sample, m their mean and v = (1/n)Σ(x_i − m)².

    As `torch.nn.LayerNorm(shape)` of the sample's whole shape. Parameters: g and b, one entry an entry of x (flat), at the
    start 1 and 0. Its smoothing has no closed form: a smoothed network refuses it.
    """

    epsilon: float = 1e-5

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        return (math.prod(shape),), (math.prod(shape),)

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        return np.ones(math.prod(shape)), np.zeros(math.prod(shape))

    def floats(self, shape: Shape) -> int:
        return 3 * math.prod(shape)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        if sigma is not None:
            raise NetworkError("the smoothing of layer norm has no closed form; leave the layer out")
        gain, bias = parameters
        flat = xp.reshape(x, (*x.shape[:2], -1))
        count = flat.shape[-1]
        centred = flat - xp.sum(flat, axis=-1, keepdims=True) / count
        deviation = xp.sqrt(xp.sum(centred**2, axis=-1, keepdims=True) / count + self.epsilon)
        normal = centred / deviation
        output = gain[:, None, :] * normal + bias[:, None, :]

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            own = xp.reshape(gradient, (*gradient.shape[:2], -1))
            sample_gradients = (Entries(own * normal), Entries(own))
            if not to_input:
                return None, sample_gradients
            scaled = own * gain[:, None, :]
            means = xp.sum(scaled, axis=-1, keepdims=True) / count
            aligned = xp.sum(scaled * normal, axis=-1, keepdims=True) / count
            back = (scaled - means - normal * aligned) / deviation
            return xp.reshape(back, (*back.shape[:2], *x.shape[2:])), sample_gradients

        return Pass(xp.reshape(output, (*output.shape[:2], *x.shape[2:])), 0, backward)

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        return 0, tuple(xp.zeros_like(value) for value in parameters)


class BatchNorm:
    """Refused: with it a sample's loss depends on the other samples of its batch.

    f_i, its gradient, C² = E‖∇f_i − ∇f‖² and unbiased mini-batch gradients are then not defined, and the papers' theorems
    say nothing.

    Raises
    ------
    NetworkError
        Always.
    """

    def __init__(self, *sizes: object) -> None:
        raise NetworkError(
            "batch norm makes a sample's loss depend on its batch, so per-sample gradients and their noise are not defined; "
            "use LayerNorm()"
        )
