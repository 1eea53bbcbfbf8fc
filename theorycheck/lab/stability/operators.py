r"""T^k on the symmetric tensors of the row space, in packed coordinates, without enumerating batches (ma2021, A1 and A3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError
from theorycheck.lab.stability.combinatorics import operator_terms
from theorycheck.lab.stability.fitting import amount, require_fits
from theorycheck.lab.stability.gradients import (
    GradientSet,
    gradient_set,
    require_batch,
    require_learning_rate,
    require_order,
)
from theorycheck.lab.stability.low_orders import LOW_ORDERS, in_rows
from theorycheck.lab.stability.packing import Array, array_module, pack, packed_size, unpack
from theorycheck.lab.stability.tensors import sample_powers

MAX_MATRIX_SIZE = 6000
"""Largest N for a dense N × N matrix: 275 MiB, and minutes in LAPACK."""


@dataclass(frozen=True, eq=False)
class MomentOperator:
    """T^k on Sym^k of the row space.

    Attributes
    ----------
    order, batch_size, learning_rate
        k, B and η.
    rank : int
        r, the dimension of the row space.
    size : int
        N = C(r+k−1, k), the number of packed coordinates.
    form : str
        "packed" (k ≤ 4, scalar models) or "tensors" (full tensors inside): how `apply` computes.
    apply : callable
        Packed coordinates (N,) or (rows, N) to the same shape: each row is one tensor. Symmetric as an N × N matrix.
    """

    order: int
    batch_size: int
    learning_rate: float
    rank: int
    size: int
    form: str
    apply: Callable[[Array], Array]


def moment_operator(a: Any, learning_rate: float, batch_size: int, order: int) -> MomentOperator:
    """Return T^k in matrix-free form.

    Parameters
    ----------
    a : GradientSet or gradients, see `gradient_set`
    learning_rate : float
        η ≥ 0.
    batch_size : int
        B, from 1 to n.
    order : int
        k, from 1 to 6.

    Raises
    ------
    ClaimError
        A batch size, order or gradient that makes no sense.
    BudgetError
        If no form fits in memory; the message says what would.

    Examples
    --------
    >>> operator = moment_operator([[1.0, 0.0], [0.0, 2.0]], 0.5, 1, 2)
    >>> operator.size, operator.form
    (3, 'packed')
    """
    gradients = gradient_set(a)
    order, batch_size = require_order(order), require_batch(batch_size, gradients.samples)
    eta = require_learning_rate(learning_rate)
    size = packed_size(gradients.rank, order) if gradients.rank else 0
    if gradients.rank == 0:
        return MomentOperator(order, batch_size, eta, 0, 0, "packed", lambda vectors: vectors)
    require_fits(gradients.samples, gradients.outputs, gradients.rank, order)
    if gradients.outputs == 1 and order in LOW_ORDERS:
        apply = LOW_ORDERS[order](gradients, eta, batch_size)
        return MomentOperator(order, batch_size, eta, gradients.rank, size, "packed", apply)
    apply = _on_tensors(gradients, eta, batch_size, order)
    return MomentOperator(order, batch_size, eta, gradients.rank, size, "tensors", apply)


def moment_matrix(operator: MomentOperator, module: Any = np) -> Array:
    """Return T^k as a dense symmetric matrix (N, N) in packed coordinates.

    Raises
    ------
    BudgetError
        If N exceeds 6000: use `operator.apply`, which Lanczos needs alone.
    """
    size = operator.size
    if size > MAX_MATRIX_SIZE:
        raise BudgetError(
            f"the packed matrix of order {operator.order} has {size} rows ({amount(8 * size**2)}), "
            f"more than {MAX_MATRIX_SIZE}; use the matrix-free form (operator.apply, {amount(8 * size)} a vector)"
        )
    matrix = module.empty((size, size))
    chunk = max(1, 2**22 // max(1, operator.rank**operator.order))
    for start in range(0, size, chunk):
        rows = (
            module.eye(size)[start : start + chunk] if size <= 512 else _unit_rows(module, size, start, chunk)
        )
        matrix[start : start + chunk] = operator.apply(rows)
    return (matrix + matrix.T) / 2  # symmetric but for rounding


def _unit_rows(module: Any, size: int, start: int, chunk: int) -> Array:
    stop = min(size, start + chunk)
    rows = module.zeros((stop - start, size))
    rows[module.arange(stop - start), module.arange(start, stop)] = 1.0
    return rows


def _on_tensors(gradients: GradientSet, eta: float, batch_size: int, order: int) -> Callable[[Array], Array]:
    """Algorithm A1 as it stands: P_m on consecutive leading slots of full tensors, then the symmetric part."""
    rank, xp = gradients.rank, array_module(gradients.eigenvalues)
    terms = operator_terms(gradients.samples, batch_size, order)
    largest = max((max(sizes, default=0) for _, sizes, _ in terms), default=0)
    powers = sample_powers(gradients.coordinates, max(1, largest))

    def apply(vectors: Array) -> Array:
        tensors = unpack(vectors, rank, order)
        count = len(tensors)
        done: dict[tuple[int, ...], Array] = {(): tensors.reshape(count, -1)}
        total = xp.zeros((count, rank**order))
        for j, sizes, coefficient in terms:
            total = total + float(coefficient) * eta**j * _product(powers, done, sizes, rank, xp)
        return pack(total.reshape(tensors.shape), order)

    return in_rows(apply)


def _product(
    powers: dict[int, Array], done: dict[tuple[int, ...], Array], sizes: tuple[int, ...], rank: int, xp: Any
) -> Array:
    """Return (Π_{m∈λ} P_m) M on the leading slots; leading parts that two terms share are applied once."""
    if sizes not in done:
        before = _product(powers, done, sizes[:-1], rank, xp)
        rows = before.reshape(len(before) * rank ** sum(sizes[:-1]), rank ** sizes[-1], -1)
        power = powers[sizes[-1]]
        done[sizes] = xp.matmul(power.T, xp.matmul(power, rows)).reshape(len(before), -1)
    return done[sizes]
