"""Average and max pooling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.convolution import output_width
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, WithoutParameters
from theorycheck.lab.networks.sample_gradients import SampleGradients
from theorycheck.lab.networks.tangents import real_part


def _pooled_shape(shape: Shape, size: int, stride: int) -> Shape:
    if len(shape) != 3:
        raise NetworkError(f"takes samples of shape (channels, height, width), not {shape}")
    height, width = (output_width(length, size, stride) for length in shape[1:])
    return (shape[0], height, width)


def _corners(size: int, stride: int, output: Any) -> Iterator[tuple[Any, ...]]:
    """For every pixel of the window where it lies, window after window, in an image that gave pools like `output`."""
    rows, columns = output.shape[-2:]
    for i in range(size):
        for j in range(size):
            yield (
                ...,
                slice(i, i + stride * (rows - 1) + 1, stride),
                slice(j, j + stride * (columns - 1) + 1, stride),
            )


@dataclass(frozen=True)
class AveragePool(WithoutParameters):
    """The mean over windows of size × size pixels; no regulariser (Proposition D.5). Pixels that no window covers drop out."""

    size: int
    stride: int

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled_shape(shape, self.size, self.stride)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        area = self.size**2
        total = xp.zeros((*x.shape[:2], *self.output_shape(x.shape[2:])), dtype=x.dtype)
        for place in _corners(self.size, self.stride, total):
            total += x[place]

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            share = gradient / area
            back = xp.zeros((*gradient.shape[:2], *x.shape[2:]), dtype=gradient.dtype)
            for place in _corners(self.size, self.stride, gradient):
                back[place] += share
            return back, ()

        return Pass(total / area, 0, backward)


@dataclass(frozen=True)
class MaxPool(WithoutParameters):
    """The largest of size × size pixels; of several that are equal the first one, row by row, has the derivative.

    Its smoothing, the mean of a maximum of Gaussian variables, has no closed form: a smoothed network refuses it.
    """

    size: int
    stride: int

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled_shape(shape, self.size, self.stride)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        if sigma is not None:
            raise NetworkError("the smoothing of max pooling has no closed form; use AveragePool")
        shape = self.output_shape(x.shape[2:])
        largest = xp.zeros((*x.shape[:2], *shape), dtype=x.dtype)
        for number, place in enumerate(_corners(self.size, self.stride, largest)):
            if number == 0:
                largest = x[place]
            else:
                largest = xp.where(real_part(xp, x[place]) > real_part(xp, largest), x[place], largest)

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            back = xp.zeros((*gradient.shape[:2], *x.shape[2:]), dtype=gradient.dtype)
            left = gradient
            for place in _corners(self.size, self.stride, gradient):
                hit = x[place] == largest
                back[place] += xp.where(hit, left, 0)
                left = xp.where(hit, 0, left)
            return back, ()

        return Pass(largest, 0, backward)
