"""Convolutions (cross-correlations, as in the papers and in deep learning) as sums over windows, and the layer.

Images have shape (…, channels, height, width), kernels (…, kernels, channels, size, size). Leading axes broadcast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, along_axes
from theorycheck.lab.networks.sample_gradients import (
    Entries,
    SampleGradients,
    SumsOfOuterProducts,
    transposed,
)


def output_width(width: int, size: int, stride: int = 1) -> int:
    """Number of positions 0, stride, 2·stride, … at which a window fits into a side of `width` pixels.

    This is (width − size)/stride + 1 (starnes2023, section 5, w_l) where the stride divides width − size. The printed formula
    is no integer otherwise; the windows that fit are then its floor, and the last pixels are not used.

    Raises
    ------
    NetworkError
        If the window is wider than the image, or a number is not positive.

    Examples
    --------
    >>> output_width(28, 4), output_width(25, 2, 2)
    (25, 12)
    """
    if min(width, size, stride) < 1:
        raise NetworkError(f"width {width}, window {size} and stride {stride} must be positive integers")
    if size > width:
        raise NetworkError(
            f"a window of {size} pixels does not fit into {width}; use a smaller kernel or pool"
        )
    return (width - size) // stride + 1


def windows(xp: Any, x: Any, size: int, stride: int = 1) -> Any:
    """The pixels under the window at every position.

    Parameters
    ----------
    x : array of shape (…, channels, height, width)

    Returns
    -------
    array of shape (…, channels, size·size, rows, columns)
        Pixel (i, j) of the window has the index i·size + j on the third axis from the end.
    """
    rows, columns = (output_width(length, size, stride) for length in x.shape[-2:])
    parts = [
        x[..., i : i + stride * (rows - 1) + 1 : stride, j : j + stride * (columns - 1) + 1 : stride]
        for i in range(size)
        for j in range(size)
    ]
    return xp.stack(parts, axis=-3)


def add_windows(xp: Any, parts: Any, shape: tuple[int, int], size: int, stride: int = 1) -> Any:
    """The adjoint of `windows`: add the values of every window to the pixels that it covers.

    Parameters
    ----------
    parts : array of shape (…, channels, size·size, rows, columns)
    shape : tuple of int
        Height and width of the image.
    """
    rows, columns = parts.shape[-2:]
    image = xp.zeros((*parts.shape[:-3], *shape), dtype=parts.dtype)
    for i in range(size):
        for j in range(size):
            image[
                ..., i : i + stride * (rows - 1) + 1 : stride, j : j + stride * (columns - 1) + 1 : stride
            ] += parts[..., i * size + j, :, :]
    return image


def padded(xp: Any, x: Any, padding: int) -> Any:
    """With `padding` zeros on every side."""
    if padding == 0:
        return x
    *leading, height, width = x.shape
    wide = xp.zeros((*leading, height + 2 * padding, width + 2 * padding), dtype=x.dtype)
    wide[..., padding : padding + height, padding : padding + width] = x
    return wide


def unrolled(xp: Any, x: Any, size: int, stride: int) -> Any:
    """The windows as columns, shape (R, N, channels · size², positions).

    With stride 1 the positions are those of `output_width` rows of the image's whole width: a window that would stick out on the
    right holds pixels of the next row, or zeros. So every row of the result is one run of pixels, copied as one. What is computed
    there must be dropped, and its derivative be zero.
    """
    *leading, channels, height, width = x.shape
    if stride > 1:
        parts = windows(xp, x, size, stride)
        return xp.reshape(parts, (*leading, channels * size**2, -1))
    rows, columns = output_width(height, size), output_width(width, size)
    length = (rows - 1) * width + columns
    pixels = xp.reshape(x, (*leading, channels, height * width))
    parts = xp.empty((*leading, channels, size**2, rows * width), dtype=x.dtype)
    parts[..., length:] = 0
    for number in range(size**2):
        start = number // size * width + number % size
        parts[..., number, :length] = pixels[..., start : start + length]
    return xp.reshape(parts, (*leading, channels * size**2, rows * width))


def rolled(xp: Any, parts: Any, shape: Shape, size: int, stride: int) -> Any:
    """The adjoint of `unrolled`: columns (R, N, channels · size², positions) into images (R, N, *shape)."""
    channels, height, width = shape
    leading = parts.shape[:-2]
    if stride > 1:
        sides = (output_width(height, size, stride), output_width(width, size, stride))
        return add_windows(
            xp, xp.reshape(parts, (*leading, channels, size**2, *sides)), (height, width), size, stride
        )
    rows, columns = output_width(height, size), output_width(width, size)
    length = (rows - 1) * width + columns
    parts = xp.reshape(parts, (*leading, channels, size**2, rows * width))
    pixels = xp.zeros((*leading, channels, height * width), dtype=parts.dtype)
    for number in range(size**2):
        start = number // size * width + number % size
        pixels[..., start : start + length] += parts[..., number, :length]
    return xp.reshape(pixels, (*leading, *shape))


def convolve(xp: Any, x: Any, kernels: Any, stride: int = 1) -> Any:
    """x *_s θ: the inner product of every kernel with every window, summed over channels.

    Parameters
    ----------
    x : array of shape (…, N, channels, height, width)
    kernels : array of shape (…, kernels, channels, size, size)
        Its leading axes are those of x before N (a stack of networks, say).

    Returns
    -------
    array of shape (…, N, kernels, rows, columns)
    """
    size = kernels.shape[-1]
    parts = windows(xp, x, size, stride)
    rows, columns = parts.shape[-2:]
    flat = xp.reshape(parts, (*parts.shape[:-4], -1, rows * columns))
    weights = xp.reshape(kernels, (*kernels.shape[:-3], -1))
    product = weights[..., None, :, :] @ flat
    return xp.reshape(product, (*product.shape[:-1], rows, columns))


def coverage(xp: Any, shape: tuple[int, int], size: int, stride: int = 1) -> Any:
    """How many windows contain each pixel, shape (height, width): a product of the two sides' counts."""
    counts = []
    for length in shape:
        count = xp.zeros((length,))
        for start in range(0, stride * output_width(length, size, stride), stride):
            count[start : start + size] += 1
        counts.append(count)
    return counts[0][:, None] * counts[1][None, :]


def convolutional_norm_squared(xp: Any, x: Any, size: int, stride: int = 1) -> Any:
    """‖x‖²_C: the sum over windows of the squared pixels, shape (…) without channels, height and width.

    The appendix' form in starnes2023 (`definition-convolutional-norm@b`), the one for which (D.11) holds. The form of its body,
    ‖x * J‖², is `theorycheck.lab.networks.printed.norm_of_window_sums`.
    """
    return xp.sum(x**2 * coverage(xp, x.shape[-2:], size, stride), axis=(-3, -2, -1))


@dataclass(frozen=True)
class Convolution:
    r"""x *_s θ + b, b one number a kernel; smoothed, with the regulariser σ²/2 Σ n_ij θ_ij² + σ²/2 · kernels · ‖x‖²_C.

    n_ij is the number of windows in which the weight (i, j) meets a pixel: w² without padding, as Proposition D.3 has it with
    w² windows and the sum over windows of squared pixels, the reading of both that holds, for several kernels and channels
    (the paper has one): every kernel and window adds σ²/2(‖θ‖² + ‖window‖²). Zeros of the padding are no variables: they are
    not smoothed. The regulariser r₂ of Theorem 5.1 mixes this with an activation and is wrong for a layer h(x)*θ + b that is
    not split. Parameters: θ of shape (kernels, channels, size, size), b of shape (kernels,).
    """

    kernels: int
    size: int
    stride: int = 1
    padding: int = 0

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise NetworkError(f"takes samples of shape (channels, height, width), not {shape}")
        sides = (output_width(length + 2 * self.padding, self.size, self.stride) for length in shape[1:])
        return (self.kernels, *sides)

    def parameter_shapes(self, shape: Shape) -> tuple[Shape, ...]:
        return (self.kernels, shape[0], self.size, self.size), (self.kernels,)

    def initial(self, generator: np.random.Generator, shape: Shape) -> tuple[Any, ...]:
        # Glorot's uniform law, as TensorFlow counts for convolutions
        limit = math.sqrt(6 / (self.size**2 * (shape[0] + self.kernels)))
        return generator.uniform(-limit, limit, self.parameter_shapes(shape)[0]), np.zeros(self.kernels)

    def floats(self, shape: Shape) -> int:
        kernels, rows, columns = self.output_shape(shape)
        return rows * columns * (2 * shape[0] * self.size**2 + kernels)

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        weights, bias = parameters
        wide = padded(xp, x, self.padding)
        shape = self.output_shape(x.shape[2:])
        flat = unrolled(xp, wide, self.size, self.stride)
        kernels = xp.reshape(weights, (*weights.shape[:2], -1))
        product = kernels[:, None, ...] @ flat
        rowwise = xp.reshape(product, (*product.shape[:3], shape[1], -1))
        output = rowwise[..., : shape[2]] + bias[:, None, :, None, None]
        regulariser: Any = 0
        if sigma is not None:
            half = along_axes(xp, sigma, 2) ** 2 / 2
            covered = coverage(xp, wide.shape[-2:], self.size, self.stride)
            covered = covered[tuple(slice(self.padding, self.padding + length) for length in x.shape[-2:])]
            regulariser = half * self.kernels * xp.sum(x**2 * covered, axis=(-3, -2, -1))

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            left = gradient
            if rowwise.shape[-1] > shape[2]:
                left = xp.zeros((*gradient.shape[:-1], rowwise.shape[-1]), dtype=gradient.dtype)
                left[..., : shape[2]] = gradient
            left = xp.reshape(left, (*gradient.shape[:3], -1))
            own = (SumsOfOuterProducts(left, flat), Entries(xp.sum(left, axis=-1)))
            if not to_input:
                return None, own
            spread = transposed(kernels)[:, None, ...] @ left
            back = rolled(xp, spread, wide.shape[2:], self.size, self.stride)
            if self.padding:
                inside = (slice(self.padding, self.padding + length) for length in x.shape[-2:])
                back = back[(..., *inside)]
            if sigma is not None:
                back = back + 2 * self.kernels * along_axes(xp, half * weight, 5) * covered * x
            return back, own

        return Pass(output, regulariser, backward)

    def penalty(self, xp: Any, parameters: Parameters, shape: Shape, sigma: Any) -> tuple[Any, Parameters]:
        weights, bias = parameters
        pixels = padded(xp, xp.ones((1, *shape[1:]), dtype=xp.float64), self.padding)
        met = xp.sum(windows(xp, pixels, self.size, self.stride), axis=(-2, -1))
        counted = xp.reshape(met, (self.size, self.size)) * weights
        value = sigma**2 / 2 * xp.sum(weights * counted, axis=(-4, -3, -2, -1))
        return value, (along_axes(xp, sigma, 5) ** 2 * counted, xp.zeros_like(bias))
