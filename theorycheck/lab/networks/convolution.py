"""Valid convolutions (cross-correlations, as in the papers and in deep learning) as sums over windows.

Images have shape (…, channels, height, width), kernels (…, kernels, channels, size, size). Leading axes broadcast.
"""

from __future__ import annotations

from typing import Any

from theorycheck.errors import ClaimError


def output_width(width: int, size: int, stride: int = 1) -> int:
    """Number of positions 0, stride, 2·stride, … at which a window fits into a side of `width` pixels.

    This is (width − size)/stride + 1 (starnes2023, section 5, w_l) where the stride divides width − size. The printed formula
    is no integer otherwise; the windows that fit are then its floor, and the last pixels are not used.

    Raises
    ------
    ClaimError
        If the window is wider than the image, or a number is not positive.

    Examples
    --------
    >>> output_width(28, 4), output_width(25, 2, 2)
    (25, 12)
    """
    if min(width, size, stride) < 1:
        raise ClaimError(f"width {width}, window {size} and stride {stride} must be positive integers")
    if size > width:
        raise ClaimError(f"a window of {size} pixels does not fit into {width}; use a smaller kernel or pool")
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
    flat = parts.reshape((*parts.shape[:-4], -1, rows * columns))
    weights = kernels.reshape((*kernels.shape[:-3], -1))
    product = weights[..., None, :, :] @ flat
    return product.reshape((*product.shape[:-1], rows, columns))


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
    return (x**2 * coverage(xp, x.shape[-2:], size, stride)).sum(axis=(-3, -2, -1))
