r"""The gradients of single samples, kept in the factors that a backward pass has anyway.

A layer that multiplies by θ has for sample n the gradient Σ_k δ_nk a_nkᵀ: one term for a dense layer, one for each position of
a window for a convolution. Much can be had without forming it. With one term, in any ℓ_q,

    ‖δaᵀ‖_q^q = ‖δ‖_q^q ‖a‖_q^q,    ⟨δ_i a_iᵀ, δ_j a_jᵀ⟩ = ⟨δ_i, δ_j⟩⟨a_i, a_j⟩,    ⟨δaᵀ, D⟩ = δᵀDa.

Convolutions form it, one layer at a time: rows × columns numbers a sample, fewer than the positions' Gram matrices. Nothing here
divides by the number of samples. `shift` is what every sample's gradient has in common (R, …), or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


def transposed(array: Any) -> Any:
    """The last two axes exchanged."""
    # the array API's attribute, which CuPy has from version 14 on; xp.moveaxis takes as long as a small product
    return array.mT if hasattr(array, "mT") else array.swapaxes(-1, -2)


class SampleGradients(Protocol):
    """Gradients S_n of N samples in one parameter array of R networks."""

    def total(self, xp: Any, into: Any) -> None:
        """Σ_n S_n, written into an array (R, …) of the parameters' shape."""

    def each(self, xp: Any) -> Any:
        """S_n, shape (R, N, number of entries)."""

    def power_sums(self, xp: Any, order: int, shift: Any) -> Any:
        """‖S_n + shift‖_q^q over the entries, q = `order` even, shape (R, N)."""

    def gram(self, xp: Any) -> Any:
        """⟨S_m, S_n⟩, shape (R, N, N)."""

    def along(self, xp: Any, direction: Any) -> Any:
        """⟨S_n, direction⟩, shape (R, N)."""


def _product(xp: Any, a: Any, b: Any, into: Any) -> None:
    if isinstance(into, np.ndarray):
        np.matmul(a, b, out=into)  # saves a copy, and small networks spend their time on memory
    else:
        into[...] = a @ b


def _powers(xp: Any, each: Any, order: int, shift: Any) -> Any:
    if shift is not None:
        each = each + xp.reshape(shift, (shift.shape[0], 1, -1))
    return xp.sum(each**order, axis=-1)


def _gram(xp: Any, each: Any) -> Any:
    return each @ transposed(each)


@dataclass(frozen=True)
class Entries:
    """Gradients that are formed, of shape (R, N, entries), of a parameter array of shape (R, entries)."""

    values: Any

    def total(self, xp: Any, into: Any) -> None:
        # a product with ones is several times faster than xp.sum over few samples
        ones = xp.ones((1, self.values.shape[1]), dtype=self.values.dtype)
        _product(xp, ones, self.values, into[:, None, :])

    def each(self, xp: Any) -> Any:
        return self.values

    def power_sums(self, xp: Any, order: int, shift: Any) -> Any:
        return _powers(xp, self.values, order, shift)

    def gram(self, xp: Any) -> Any:
        return _gram(xp, self.values)

    def along(self, xp: Any, direction: Any) -> Any:
        return xp.sum(self.values * direction[:, None, :], axis=-1)


@dataclass(frozen=True)
class OuterProducts:
    """S_n = δ_n a_nᵀ of a dense layer: δ of shape (R, N, rows), a of shape (R or 1, N, columns)."""

    left: Any
    right: Any

    def total(self, xp: Any, into: Any) -> None:
        _product(xp, transposed(self.left), self.right, into)

    def each(self, xp: Any) -> Any:
        formed = self.left[..., :, None] * self.right[..., None, :]
        return xp.reshape(formed, (*formed.shape[:2], -1))

    def power_sums(self, xp: Any, order: int, shift: Any) -> Any:
        if shift is not None and order != 2:
            return _powers(xp, self.each(xp), order, shift)
        sums = xp.sum(self.left**order, axis=-1) * xp.sum(self.right**order, axis=-1)
        if shift is None:
            return sums
        return sums + 2 * self.along(xp, shift) + xp.sum(shift**2, axis=(-2, -1))[:, None]

    def gram(self, xp: Any) -> Any:
        return _gram(xp, self.left) * _gram(xp, self.right)

    def along(self, xp: Any, direction: Any) -> Any:
        return xp.sum((self.left @ direction) * self.right, axis=-1)


@dataclass(frozen=True)
class SumsOfOuterProducts:
    """S_n = Σ_k δ_nk a_nkᵀ of a convolution: δ of shape (R, N, rows, K), a of shape (R or 1, N, columns, K)."""

    left: Any
    right: Any

    def _formed(self, xp: Any) -> Any:
        return self.left @ transposed(self.right)

    def total(self, xp: Any, into: Any) -> None:
        into[...] = xp.reshape(xp.sum(self._formed(xp), axis=1), into.shape)

    def each(self, xp: Any) -> Any:
        formed = self._formed(xp)
        return xp.reshape(formed, (*formed.shape[:2], -1))

    def power_sums(self, xp: Any, order: int, shift: Any) -> Any:
        return _powers(xp, self.each(xp), order, shift)

    def gram(self, xp: Any) -> Any:
        return _gram(xp, self.each(xp))

    def along(self, xp: Any, direction: Any) -> Any:
        flat = xp.reshape(direction, (direction.shape[0], 1, -1))
        return xp.sum(self.each(xp) * flat, axis=-1)
