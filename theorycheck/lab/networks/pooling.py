"""Average and max pooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.convolution import add_windows, output_width, windows
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, WithoutParameters
from theorycheck.lab.networks.sample_gradients import SampleGradients
from theorycheck.lab.networks.tangents import real_part


def _pooled_shape(shape: Shape, size: int, stride: int) -> Shape:
    if len(shape) != 3:
        raise NetworkError(f"takes samples of shape (channels, height, width), not {shape}")
    height, width = (output_width(length, size, stride) for length in shape[1:])
    return (shape[0], height, width)


@dataclass(frozen=True)
class AveragePool(WithoutParameters):
    """The mean over windows of size × size pixels; no regulariser (Proposition D.5). Pixels that no window covers drop out."""

    size: int
    stride: int

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled_shape(shape, self.size, self.stride)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        area = self.size**2

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            shape = (*gradient.shape[:-2], area, *gradient.shape[-2:])
            parts = xp.broadcast_to(gradient[..., None, :, :] / area, shape)
            return add_windows(xp, parts, x.shape[-2:], self.size, self.stride), ()

        return Pass(xp.sum(windows(xp, x, self.size, self.stride), axis=-3) / area, 0, backward)


@dataclass(frozen=True)
class MaxPool(WithoutParameters):
    """The largest of size × size pixels; of several that are equal the first one, row by row, has the derivative.

    Its smoothing, the mean of a maximum of Gaussian variables, has no closed form: a smoothed network refuses it.
    """

    size: int
    stride: int

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled_shape(shape, self.size, self.stride)

    def floats(self, shape: Shape) -> int:
        channels, rows, columns = self.output_shape(shape)
        return 2 * channels * self.size**2 * rows * columns

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        if sigma is not None:
            raise NetworkError("the smoothing of max pooling has no closed form; use AveragePool")
        parts = windows(xp, x, self.size, self.stride)
        largest = xp.argmax(real_part(xp, parts), axis=-3)
        places = xp.reshape(xp.arange(self.size**2), (-1, 1, 1))
        chosen = largest[..., None, :, :] == places

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            spread = xp.where(chosen, gradient[..., None, :, :], xp.zeros_like(gradient)[..., None, :, :])
            return add_windows(xp, spread, x.shape[-2:], self.size, self.stride), ()

        return Pass(xp.sum(xp.where(chosen, parts, xp.zeros_like(parts)), axis=-3), 0, backward)
