r"""T^k for k ≤ 4 and scalar models in packed coordinates of the eigenbasis of H.

There P_1 = nH is diagonal, so all terms of algorithm A1 that contain P_1 are entrywise weights. With pairs of slots packed as
symmetric matrices, T^3 and T^4 cost a handful of matrix products with the table F of a_i ⊗ a_i, shape (n, q), q = r(r+1)/2:

    T^4 M = Sym[ D_0 ∘ M + Fᵀ R ],   R = W_2 ∘ (F M) + s⁴ (3c_22 G + c_4 diag G) F + pair(a_i, W_3 ∘ z_i),   G = F M Fᵀ,

M as a matrix on pairs, z_i = M[a_i, a_i, a_i, ·], s = η/B: 4nq² + 4n²q flops. Every function here returns the map
on rows of packed coordinates, (N,) or (m, N).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.lab.stability.combinatorics import block_coefficient, sampling_factor
from theorycheck.lab.stability.fitting import MAX_TABLE
from theorycheck.lab.stability.gradients import GradientSet
from theorycheck.lab.stability.packing import (
    Array,
    array_module,
    index_tuples,
    multiplicities,
    orbit_sums,
    pack,
    packed_position,
    packed_size,
    unpack,
)


def first_order(gradients: GradientSet, eta: float, batch_size: int) -> Callable[[Array], Array]:
    factor = 1 - eta * gradients.eigenvalues
    return lambda vector: vector * factor


def second_order(gradients: GradientSet, eta: float, batch_size: int) -> Callable[[Array], Array]:
    """T² M = Ā M Ā + η² p_B (⟨H_i M H_i⟩ − H M H): one weight for each pair and two products with F."""
    n, p_b = gradients.samples, float(sampling_factor(gradients.samples, batch_size))
    xp = array_module(gradients.eigenvalues)
    pairs = xp.asarray(index_tuples(gradients.rank, 2))
    first, second = gradients.eigenvalues[pairs[:, 0]], gradients.eigenvalues[pairs[:, 1]]
    weight = 1 - eta * (first + second) + eta**2 * (1 - p_b) * first * second
    if p_b == 0:
        return lambda vector: vector * weight
    if n * len(weight) > MAX_TABLE:
        a, rank = gradients.coordinates[:, 0, :], gradients.rank

        def without_table(vectors: Array) -> Array:
            matrices = unpack(vectors, rank, 2)
            forms = ((a @ matrices) * a).sum(axis=-1)  # a_i·M a_i, (m, n)
            return vectors * weight + eta**2 * p_b / n * pack(a.T @ (forms[..., None] * a), 2)

        return in_rows(without_table)
    table = pair_table(gradients.coordinates[:, 0, :]) * (eta * math.sqrt(p_b / n))
    transposed = xp.ascontiguousarray(table.T)
    return lambda vector: vector * weight + (vector @ transposed) @ table


def pair_table(vectors: Array) -> Array:
    """Return v ⊗ v in packed coordinates (v_i², √2 v_i v_j) for every row; shape (n, p) to (n, p(p+1)/2)."""
    xp = array_module(vectors)
    pairs = xp.asarray(index_tuples(vectors.shape[1], 2))
    return (
        vectors[:, pairs[:, 0]]
        * vectors[:, pairs[:, 1]]
        * xp.asarray(np.sqrt(multiplicities(vectors.shape[1], 2)))
    )


def elementary_weights(eigenvalues: Array, samples: int, batch_size: int, eta: float, order: int) -> Array:
    """Return D_0: the terms of T^k that contain P_1 alone, Σ_j (−s)^j c_{1…1} e_j(nλ_{i_1}, …, nλ_{i_k}), packed (N,)."""
    xp = array_module(eigenvalues)
    tuples = xp.asarray(index_tuples(len(eigenvalues), order))
    scaled = samples * eigenvalues
    elementary = [xp.ones(len(tuples))] + [xp.zeros(len(tuples))] * order
    for slot in range(order):
        x = scaled[tuples[:, slot]]
        elementary = [elementary[0]] + [elementary[j] + x * elementary[j - 1] for j in range(1, order + 1)]
    total = elementary[0]
    for j in range(1, order + 1):
        total = (
            total
            + (-eta / batch_size) ** j
            * float(block_coefficient(samples, batch_size, (1,) * j))
            * elementary[j]
        )
    return total


@functools.lru_cache(maxsize=16)
def _split_positions(dimension: int, left: int, right: int) -> tuple[Any, Any]:
    """Return, for M as a matrix on Sym^left ⊗ Sym^right, the packed position and the isometric factor of each entry."""
    rows, columns = index_tuples(dimension, left), index_tuples(dimension, right)
    joined = np.concatenate(
        [
            np.broadcast_to(rows[:, None, :], (len(rows), len(columns), left)),
            np.broadcast_to(columns[None, :, :], (len(rows), len(columns), right)),
        ],
        axis=-1,
    )
    positions = packed_position(joined.reshape(-1, left + right), dimension)
    weights = multiplicities(dimension, left)[:, None] * multiplicities(dimension, right)[None, :]
    factors = np.sqrt(weights.ravel() / multiplicities(dimension, left + right)[positions])
    return positions, factors


@dataclass(frozen=True, eq=False)
class _Split:
    """Packed tensors of order left + right as matrices on Sym^left ⊗ Sym^right; `join` is the adjoint of `split`."""

    positions: Array
    factors: Array
    rows: int
    columns: int
    size: int

    def split(self, vectors: Array) -> Array:
        """(m, N) to (m, rows, columns)."""
        return (vectors[:, self.positions] * self.factors).reshape(-1, self.rows, self.columns)

    def join(self, matrices: Array) -> Array:
        """(m, rows, columns) to (m, N): the symmetric part."""
        return orbit_sums(matrices.reshape(len(matrices), -1) * self.factors, self.positions, self.size)


def _split(dimension: int, left: int, right: int, xp: Any) -> _Split:
    positions, factors = _split_positions(dimension, left, right)
    return _Split(
        xp.asarray(positions),
        xp.asarray(factors),
        packed_size(dimension, left),
        packed_size(dimension, right),
        packed_size(dimension, left + right),
    )


def in_rows(apply: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Let an operator on rows (m, N) accept a single vector (N,) as well."""
    return lambda vector: apply(vector[None, :])[0] if vector.ndim == 1 else apply(vector)


def third_order(gradients: GradientSet, eta: float, batch_size: int) -> Callable[[Array], Array]:
    """T³ M = Sym[D_0 ∘ M + Fᵀ(W ∘ y + w_3 (y_i·a_i) a_i)], y_i = M[a_i, a_i, ·], M as a matrix on pairs × one slot."""
    n, s, xp = gradients.samples, eta / batch_size, array_module(gradients.eigenvalues)
    a, d = gradients.coordinates[:, 0, :], n * gradients.eigenvalues
    c = functools.partial(block_coefficient, n, batch_size)
    table, slots = pair_table(a), _split(gradients.rank, 2, 1, xp)
    weights = elementary_weights(gradients.eigenvalues, n, batch_size, eta, 3)
    w_2 = 3 * s**2 * float(c((2,))) - 3 * s**3 * float(c((2, 1))) * d
    w_3 = -(s**3) * float(c((3,)))

    def apply(vectors: Array) -> Array:
        y = table @ slots.split(vectors)  # (m, n, r)
        cubes = (y * a).sum(axis=-1, keepdims=True)
        return vectors * weights + slots.join(table.T @ (w_2 * y + w_3 * cubes * a))

    return in_rows(apply)


def fourth_order(gradients: GradientSet, eta: float, batch_size: int) -> Callable[[Array], Array]:
    """T⁴ as in the module's docstring; pair(a_i, b) is the packed symmetric part of a_i ⊗ b."""
    n, s, xp = gradients.samples, eta / batch_size, array_module(gradients.eigenvalues)
    a, d = gradients.coordinates[:, 0, :], n * gradients.eigenvalues
    c = functools.partial(block_coefficient, n, batch_size)
    table, slots = pair_table(a), _split(gradients.rank, 2, 2, xp)
    pairs = xp.asarray(index_tuples(gradients.rank, 2))
    i, j = pairs[:, 0], pairs[:, 1]
    root = xp.asarray(np.sqrt(multiplicities(gradients.rank, 2)))
    weights = elementary_weights(gradients.eigenvalues, n, batch_size, eta, 4)
    w_2 = (
        6 * s**2 * float(c((2,)))
        - 6 * s**3 * float(c((2, 1))) * (d[i] + d[j])
        + 6 * s**4 * float(c((2, 1, 1))) * d[i] * d[j]
    )
    w_3 = -4 * s**3 * float(c((3,))) + 4 * s**4 * float(c((3, 1))) * d
    w_22, w_4 = 3 * s**4 * float(c((2, 2))), s**4 * float(c((4,)))
    # M[a, a, a, ·] from y = M[a, a, ·, ·]: contract one packed pair with a; and its transpose, pair(a, b).
    transposed = xp.ascontiguousarray(table.T)

    def contract(y: Array) -> Array:
        full = unpack(y, gradients.rank, 2)
        return xp.matmul(full, a[:, :, None])[..., 0]

    def pair(z: Array) -> Array:
        return (a[:, i] * z[..., j] + a[:, j] * z[..., i]) * (root / 2)

    def apply(vectors: Array) -> Array:
        y = table @ slots.split(vectors)  # (m, n, q)
        gram = y @ transposed  # (m, n, n)
        diagonal = xp.einsum("mii->mi", gram)
        right = w_2 * y + w_22 * (gram @ table) + w_4 * diagonal[..., None] * table + pair(w_3 * contract(y))
        return vectors * weights + slots.join(transposed @ right)

    return in_rows(apply)


LOW_ORDERS = {1: first_order, 2: second_order, 3: third_order, 4: fourth_order}
