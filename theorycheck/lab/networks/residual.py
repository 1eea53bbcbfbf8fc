"""Residual connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Layer, Parameters, Pass, Shape, backward_through, passes
from theorycheck.lab.networks.sample_gradients import SampleGradients


@dataclass(frozen=True)
class Residual:
    """x + F(x), F the composition of `layers`, which must keep the shape.

    The sum adds no regulariser of its own: E‖x + σu + z + σv − y − σw‖² is ‖x + z − y‖² and a constant. Those of the layers
    inside add up, with the weight of this layer.
    """

    layers: Sequence[Layer]

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))

    def _shapes(self, shape: Shape) -> list[Shape]:
        """Before every layer inside."""
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return shapes[:-1]

    def output_shape(self, shape: Shape) -> Shape:
        following = self.layers[-1].output_shape(self._shapes(shape)[-1]) if self.layers else shape
        if following != shape:
            raise NetworkError(
                f"adds samples of shape {shape} to {following}; the layers inside must keep the shape"
            )
        return shape

    def _inside(self, shape: Shape, parameters: Parameters) -> list[Parameters]:
        found, start = [], 0
        for layer, before in zip(self.layers, self._shapes(shape), strict=True):
            end = start + len(layer.parameter_shapes(before))
            found.append(parameters[start:end])
            start = end
        return found

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        pairs = zip(self.layers, self._shapes(shape), strict=True)
        return tuple(own for layer, before in pairs for own in layer.parameter_shapes(before))

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        pairs = zip(self.layers, self._shapes(shape), strict=True)
        return tuple(own for layer, before in pairs for own in layer.initial(generator, before))

    def floats(self, shape: Shape) -> int:
        return sum(
            layer.floats(before) for layer, before in zip(self.layers, self._shapes(shape), strict=True)
        )

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        inside = self._inside(tuple(x.shape[2:]), parameters)
        done = passes(xp, self.layers, inside, x, [sigma] * len(self.layers))

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            back, found = backward_through(done, gradient, [weight] * len(done), to_input)
            return gradient + back if to_input else None, tuple(own for layer in found for own in layer)

        output = x + done[-1].output if done else 2 * x
        return Pass(output, sum((one.regulariser for one in done), 0), backward)

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        value: Any = 0
        gradients: list[Any] = []
        triples = zip(self.layers, self._inside(shape, parameters), self._shapes(shape), strict=True)
        for layer, own, before in triples:
            more, own_gradients = layer.penalty(xp, own, before, sigma)
            value = value + more
            gradients.extend(own_gradients)
        return value, tuple(gradients)
