"""What starnes2023 prints of regularisers and norms, in every reading, for one network: shapes (N, …) without a stack.

For training use `theorycheck.lab.networks.smoothed`, which has the forms that are right. Here a formula is what is printed, so
that it can be compared.
"""

from __future__ import annotations

from typing import Any, Literal

from theorycheck.lab.networks.activations import SmoothedActivation
from theorycheck.lab.networks.convolution import convolutional_norm_squared, convolve, output_width

Norm = Literal["window sums", "squared pixels"]


def norm_of_window_sums(xp: Any, x: Any, size: int, stride: int = 1) -> Any:
    """‖x * J‖², J the size × size matrix of ones, shape (…) without channels, height and width.

    `definition-convolutional-norm@a` (body of the paper). It is not the norm for which (D.11) holds: it squares sums of pixels.
    One channel, as in the paper.
    """
    ones = xp.ones((1, 1, size, size), dtype=x.dtype)
    return (convolve(xp, x, ones, stride) ** 2).sum(axis=(-3, -2, -1))


def convolutional_norm(xp: Any, x: Any, size: int, stride: int, norm: Norm) -> Any:
    """‖x‖²_C in either printed form, see `norm_of_window_sums` and `convolution.convolutional_norm_squared`."""
    form = norm_of_window_sums if norm == "window sums" else convolutional_norm_squared
    return form(xp, x, size, stride)


def r1(
    xp: Any,
    x: Any,
    weights: Any,
    sigma: Any,
    activation: SmoothedActivation,
    constant: float,
    dimension: Literal["argument", "rows"],
) -> Any:
    """r₁ of section 5: ‖θ diag q‖²_F − ‖θ diag h_σ‖²_F + c σ² dim ‖q‖² at x.

    Right (Proposition D.2) with c = 1/2 and the number of rows of θ.

    Parameters
    ----------
    x : array of shape (N, columns)
    weights : array of shape (rows, columns)
    constant : float
        c; the readings have 1/2 and 1.
    dimension : {"argument", "rows"}
        Whether dim is the dimension of x or the number of rows of θ.

    Returns
    -------
    array of shape (N,)
    """
    moments = activation(xp, x, xp.asarray(sigma))
    size = weights.shape[1] if dimension == "argument" else weights.shape[0]
    columns = (weights**2).sum(axis=0)
    spread = (columns * (moments.square - moments.mean**2)).sum(axis=-1)
    return spread + constant * sigma**2 * size * moments.square.sum(axis=-1)


def r2(
    xp: Any,
    x: Any,
    weights: Any,
    stride: int,
    sigma: Any,
    activation: SmoothedActivation,
    power: Literal[1, 2],
    norm: Norm,
) -> Any:
    """r₂ of section 5: ½σ²‖h_σ(x)‖²_C + ‖q‖² − ‖h_σ‖² + ½σ² w^p ‖θ‖²_F at x.

    In no reading the regulariser of a layer h(x)*θ + b; with p = 2 and squared pixels it is that of the two layers h(x) and
    y*θ + b, evaluated at y = h_σ(x). The right one is `smoothed_convolution_regulariser`.

    Parameters
    ----------
    x : array of shape (N, 1, height, width)
    weights : array of shape (1, 1, size, size)

    Returns
    -------
    array of shape (N,)
    """
    moments = activation(xp, x, xp.asarray(sigma))
    size, axes = weights.shape[-1], (-3, -2, -1)
    width = output_width(x.shape[-1], size, stride)
    variance = moments.square.sum(axis=axes) - (moments.mean**2).sum(axis=axes)
    input_term = sigma**2 / 2 * convolutional_norm(xp, moments.mean, size, stride, norm)
    return input_term + variance + sigma**2 / 2 * width**power * (weights**2).sum()


def smoothed_convolution_regulariser(
    xp: Any, x: Any, weights: Any, stride: int, sigma: Any, activation: SmoothedActivation
) -> Any:
    """The regulariser of a layer h(x) *_s θ + b with everything smoothed, which r₂ should be.

    Σ over windows of Σ θ²(q² − h_σ²), plus ½σ² (number of kernels) ‖q‖²_C; `theorem-5.1-cnn-corrected`.
    """
    moments = activation(xp, x, xp.asarray(sigma))
    spread = convolve(xp, moments.square - moments.mean**2, weights**2, stride).sum(axis=(-3, -2, -1))
    q = xp.sqrt(moments.square)
    size = convolutional_norm_squared(xp, q, weights.shape[-1], stride)
    return spread + sigma**2 / 2 * weights.shape[0] * size
