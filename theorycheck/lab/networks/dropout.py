"""What smoothing makes of dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, WithoutParameters, along_axes, per_sample
from theorycheck.lab.networks.sample_gradients import SampleGradients


@dataclass(frozen=True)
class Dropout(WithoutParameters):
    r"""The identity with the regulariser p‖x‖² in a smoothed network (Proposition D.4, Table 1 and 2).

    The smoothed squared constraint is (1−p)‖x−x_+‖² + p‖x_+‖²: the identity has the weight 1−p, which the tables leave out.
    For a network whose layers hold exactly, as here, x_+ = x and the weight plays no role; p = 1 leaves no constraint at all.
    Nothing is dropped at random; a plain network has the identity.

    Raises
    ------
    NetworkError
        If p is not in [0, 1).
    """

    p: float

    def __post_init__(self) -> None:
        if not 0 <= self.p < 1:
            raise NetworkError(
                f"dropout needs 0 <= p < 1, not {self.p}: at p = 1 nothing of the layer is left"
            )

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            if sigma is None:
                return gradient, ()
            return gradient + 2 * self.p * along_axes(xp, weight, x.ndim) * x, ()

        return Pass(x, 0 if sigma is None else self.p * per_sample(xp, x**2), backward)
