"""The dense layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, along_axes
from theorycheck.lab.networks.sample_gradients import Entries, OuterProducts, SampleGradients, transposed


@dataclass(frozen=True)
class Dense:
    r"""θx + b; smoothed, with the regulariser σ²/2 ‖θ‖²_F + σ²·units/2 ‖x‖².

    Proposition D.2 for h(x) = x and the row "dense, l > 1" of Table 1. Parameters: θ of shape (units, columns), b of shape
    (units,).
    """

    units: int

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise NetworkError(f"takes vectors, not samples of shape {shape}; put Flatten() before it")
        return (self.units,)

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        return (self.units, shape[0]), (self.units,)

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        limit = math.sqrt(6 / (shape[0] + self.units))  # Glorot and Bengio 2010, uniform
        return generator.uniform(-limit, limit, (self.units, shape[0])), np.zeros(self.units)

    def floats(self, shape: Shape) -> int:
        return shape[0] + self.units

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        weights, bias = parameters
        output = x @ transposed(weights) + bias[:, None, :]
        half = None if sigma is None else along_axes(xp, sigma, 2) ** 2 / 2
        regulariser = 0 if half is None else half * self.units * xp.sum(x**2, axis=-1)

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            input_gradient = None
            if to_input:
                input_gradient = gradient @ weights
                if half is not None:
                    input_gradient = input_gradient + 2 * self.units * along_axes(xp, half * weight, 3) * x
            return input_gradient, (OuterProducts(gradient, x), Entries(gradient))

        return Pass(output, regulariser, backward)

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        weights, bias = parameters
        value = sigma**2 / 2 * xp.sum(weights**2, axis=(-2, -1))
        return value, (along_axes(xp, sigma, 3) ** 2 * weights, xp.zeros_like(bias))
