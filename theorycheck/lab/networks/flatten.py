"""Samples as vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from theorycheck.lab.networks.layers import Parameters, Pass, Shape, WithoutParameters
from theorycheck.lab.networks.sample_gradients import SampleGradients


@dataclass(frozen=True)
class Flatten(WithoutParameters):
    """Samples as vectors; no regulariser (Proposition D.1(d))."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            return xp.reshape(gradient, (*gradient.shape[:2], *x.shape[2:])), ()

        return Pass(xp.reshape(x, (*x.shape[:2], -1)), 0, backward)
