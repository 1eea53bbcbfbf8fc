r"""Symmetric tensors of order k over R^p in packed coordinates.

One coordinate √(k!/α!) M_α for every multi-index |α| = k, N = C(p+k−1, k) of them. The map is an isometry: inner products
and norms of packed vectors are those of the tensors. Source: ma2021, algorithm A3.

Multi-indices are listed as non-decreasing index tuples (i_1 ≤ … ≤ i_k) in lexicographic order.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np

Array = Any
"""A NumPy or CuPy array."""


def array_module(array: Any) -> Any:
    """Return the module (numpy or cupy) whose functions act on `array`."""
    if type(array).__module__.partition(".")[0] == "cupy":
        import cupy

        return cupy
    return np


def packed_size(dimension: int, order: int) -> int:
    """Return N = C(p+k−1, k), the dimension of Sym^k(R^p).

    Examples
    --------
    >>> [packed_size(10, k) for k in (1, 2, 3, 4)]
    [10, 55, 220, 715]
    """
    return math.comb(dimension + order - 1, order)


@functools.lru_cache(maxsize=64)
def index_tuples(dimension: int, order: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the non-decreasing index tuples, shape (N, k), read-only."""
    tuples = np.array(
        list(itertools.combinations_with_replacement(range(dimension), order)), dtype=np.intp
    ).reshape(packed_size(dimension, order), order)
    tuples.setflags(write=False)
    return tuples


@functools.lru_cache(maxsize=64)
def multiplicities(dimension: int, order: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return k!/α!, the number of entries of the tensor that a packed coordinate stands for; shape (N,)."""
    tuples = index_tuples(dimension, order)
    counts = np.full(len(tuples), math.factorial(order), dtype=np.int64)
    run = np.ones(len(tuples), dtype=np.int64)
    for slot in range(1, order):
        run = np.where(tuples[:, slot] == tuples[:, slot - 1], run + 1, 1)
        counts //= run  # α! is the product over runs of equal indices of 1·2·…·length
    counts.setflags(write=False)
    return counts


def packed_position(indices: Any, dimension: int) -> Any:
    """Return the position of index tuples (any order of the indices) in `index_tuples`; shape (..., k) to (...)."""
    sorted_indices = np.sort(np.asarray(indices, dtype=np.intp), axis=-1)
    order = sorted_indices.shape[-1]
    # Combinatorial number system: with j_s = i_s + s strictly increasing, counted from the end of the list.
    position = np.full(sorted_indices.shape[:-1], packed_size(dimension, order) - 1, dtype=np.intp)
    for slot in range(order):
        left = order - slot
        table = np.array(
            [math.comb(dimension - 1 - i + left - 1, left) for i in range(dimension)], dtype=np.intp
        )
        position -= table[sorted_indices[..., slot]]
    return position


@functools.lru_cache(maxsize=64)
def unpacking_positions(dimension: int, order: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the packed position of each of the p^k entries of the full tensor, flattened; read-only."""
    grid = np.indices((dimension,) * order).reshape(order, -1).T
    positions = packed_position(grid, dimension) if order else np.zeros(1, dtype=np.intp)
    positions.setflags(write=False)
    return positions


def unpack(coordinates: Array, dimension: int, order: int) -> Array:
    """Return the symmetric tensors, shape (..., p, …, p), of packed coordinates (..., N)."""
    xp = array_module(coordinates)
    scale = xp.asarray(1 / np.sqrt(multiplicities(dimension, order)))
    flat = (coordinates * scale)[..., xp.asarray(unpacking_positions(dimension, order))]
    return flat.reshape(coordinates.shape[:-1] + (dimension,) * order)


def pack(tensors: Array, order: int) -> Array:
    """Return the packed coordinates of the symmetric part of tensors of shape (..., p, …, p).

    It is the adjoint of `unpack`, hence the orthogonal projection onto symmetric tensors followed by packing.
    """
    xp = array_module(tensors)
    dimension = tensors.shape[-1] if order else 1
    flat = tensors.reshape(-1, dimension**order)
    sums = orbit_sums(flat, unpacking_positions(dimension, order), packed_size(dimension, order))
    scaled = sums / xp.asarray(np.sqrt(multiplicities(dimension, order)))
    return scaled.reshape((*tensors.shape[: tensors.ndim - order], -1))


def orbit_sums(rows: Array, positions: np.ndarray[Any, Any], size: int) -> Array:
    """Add up the entries of each row that have the same position; shape (m, L) to (m, size)."""
    xp = array_module(rows)
    if rows.dtype == object:
        sums = np.full((len(rows), size), 0, dtype=object)
        for j, position in enumerate(positions):
            sums[:, position] += rows[:, j]
        return sums
    offsets = xp.arange(len(rows))[:, None] * size + xp.asarray(positions)[None, :]
    flat = xp.bincount(offsets.ravel(), weights=rows.ravel(), minlength=len(rows) * size)
    return flat.reshape(len(rows), size)


def symmetrise(tensor: Array) -> Array:
    """Return the symmetric part of one tensor: the mean over all permutations of its slots.

    Entries may be floats or exact numbers (Fraction, Ball, SymPy) in an object array.
    """
    order = tensor.ndim
    if order < 2:
        return tensor
    xp = array_module(tensor)
    dimension = tensor.shape[0]
    positions = unpacking_positions(dimension, order)
    sums = orbit_sums(tensor.reshape(1, -1), positions, packed_size(dimension, order))[0]
    means = sums / xp.asarray(multiplicities(dimension, order))
    return means[xp.asarray(positions)].reshape(tensor.shape)


def tensor_power(vectors: Array, order: int) -> Array:
    """Return v^{⊗k} flattened for every row v; shape (m, p) to (m, p^k)."""
    rows, dimension = vectors.shape
    power = (
        array_module(vectors).ones((rows, 1)) if vectors.dtype != object else np.full((rows, 1), 1, object)
    )
    for step in range(order):
        power = (power[:, :, None] * vectors[:, None, :]).reshape(rows, dimension ** (step + 1))
    return power


def packed_power(vectors: Array, order: int) -> Array:
    """Return v^{⊗k} in packed coordinates √(k!/α!) v^α for every row v; shape (m, p) to (m, N)."""
    xp = array_module(vectors)
    dimension = vectors.shape[1]
    tuples = xp.asarray(index_tuples(dimension, order))
    power = xp.ones((len(vectors), len(tuples)))
    for slot in range(order):
        power = power * vectors[:, tuples[:, slot]]
    return power * xp.asarray(np.sqrt(multiplicities(dimension, order)))
