r"""T^k on full tensors, in any arithmetic: T^k M = E_I A_I^{⊗k} M, A_I = Id − (η/B) Σ_{i∈I} H_i.

`apply_moment_operator` never enumerates batches (ma2021, algorithm A1); `enumerate_moment_operator` does, and is the reference.
Both take floats, or exact entries (Fraction, Ball, SymPy) in object arrays, in the coordinates in which the gradients are given.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.stability.combinatorics import operator_terms
from theorycheck.lab.stability.fitting import (
    MAX_MEMORY,
    amount,
    largest_order_that_fits,
    memory,
    tensor_memory,
)
from theorycheck.lab.stability.gradients import MAX_ORDER, gradient_array, require_batch
from theorycheck.lab.stability.packing import Array, array_module, symmetrise, tensor_power

MAX_BATCHES = 1_000_000


def apply_moment_operator(a: Any, learning_rate: Any, batch_size: int, tensor: Any) -> Array:
    r"""Return T^k M for a symmetric tensor M of order k without enumerating batches.

    Parameters
    ----------
    a : array (n, p) or (n, m, p)
        Gradients, or Jacobians.
    learning_rate : number
        η.
    batch_size : int
        B.
    tensor : array (p, …, p) with k axes
        M; its symmetric part is used. k is any order for which p^k entries fit.

    Returns
    -------
    array (p, …, p)

    Raises
    ------
    ClaimError, BudgetError
        Wrong shapes; a tensor or a table of the a_i^{⊗m} that would not fit.

    Examples
    --------
    One sample, one parameter: T² M = (1 − ηa²)² M.

    >>> apply_moment_operator([[2.0]], 0.1, 1, np.array([[1.0]]))
    array([[0.36]])
    """
    a, tensor = gradient_array(a), _tensor(tensor)
    samples, outputs, parameters = a.shape
    batch_size, order = require_batch(batch_size, samples), tensor.ndim
    _require_slots(tensor, parameters)
    require_dense_fits(samples, outputs, parameters, order)
    exact = object in (a.dtype, tensor.dtype)
    powers = sample_powers(a, order)
    tensor = symmetrise(tensor)
    total: Any = 0 * tensor
    for j, sizes, coefficient in operator_terms(samples, batch_size, order):
        product = tensor.reshape(1, -1)
        before = 1
        for size in sizes:
            product = _apply_power(powers[size], product, before, parameters**size)
            before *= parameters**size
        factor = coefficient if exact else float(coefficient)
        total = total + (factor * learning_rate**j) * product.reshape(tensor.shape)
    return symmetrise(total)


def enumerate_moment_operator(a: Any, learning_rate: Any, batch_size: int, tensor: Any) -> Array:
    """Return T^k M as the mean over all C(n, B) batches: the definition, and the reference for everything else.

    Parameters as `apply_moment_operator`.

    Raises
    ------
    ClaimError, BudgetError
        Wrong shapes; more than a million batches.
    """
    a, tensor = gradient_array(a), _tensor(tensor)
    samples, _, parameters = a.shape
    batch_size = require_batch(batch_size, samples)
    _require_slots(tensor, parameters)
    count = math.comb(samples, batch_size)
    if count > MAX_BATCHES:
        raise BudgetError(
            f"enumeration would visit {count} batches, more than {MAX_BATCHES}; use apply_moment_operator"
        )
    exact = object in (a.dtype, tensor.dtype)
    share = Fraction(1, batch_size) if exact else 1 / batch_size
    hessians = np.matmul(a.transpose(0, 2, 1), a)
    identity = np.array([[int(i == j) for j in range(parameters)] for i in range(parameters)], dtype=object)
    identity = identity if exact else identity.astype(float)
    total: Any = 0 * tensor
    for batch in itertools.combinations(range(samples), batch_size):
        step = identity - (learning_rate * share) * sum(hessians[i] for i in batch)
        moved = tensor
        for _ in range(tensor.ndim):  # each pass acts on the first slot and moves it to the end
            moved = np.tensordot(moved, step, axes=([0], [1]))
        total = total + moved
    return total * (Fraction(1, count) if exact else 1 / count)


def sample_powers(a: Array, order: int) -> dict[int, Array]:
    """Return F_m for m = 1..k with P_m = Σ_i H_i^{⊗m} = F_mᵀ F_m; shape (n·outputs^m, p^m)."""
    samples, outputs, _ = a.shape
    powers = {}
    for m in range(1, order + 1):
        if outputs == 1:
            powers[m] = tensor_power(a[:, 0, :], m)
            continue
        rows = []
        for choice in itertools.product(range(outputs), repeat=m):
            power = a[:, choice[0], :]
            for output in choice[1:]:
                power = (power[:, :, None] * a[:, output, None, :]).reshape(samples, -1)
            rows.append(power)
        powers[m] = array_module(a).concatenate(rows)
    return powers


def _apply_power(power: Array, product: Array, before: int, width: int) -> Array:
    """Apply P_m to the slots after the first `before` entries' worth of slots."""
    rows = product.reshape(before, width, -1)
    xp = array_module(product)
    return xp.matmul(power.T, xp.matmul(power, rows)).reshape(1, -1)


def require_dense_fits(samples: int, outputs: int, parameters: int, order: int) -> None:
    """Raise BudgetError if full tensors in the given coordinates do not fit, and say which form does."""
    needed = tensor_memory(samples, outputs, parameters, order)
    if needed <= MAX_MEMORY:
        return
    rank = min(parameters, samples * outputs)
    packed = memory(samples, outputs, rank, order) if order <= MAX_ORDER else MAX_MEMORY + 1
    mend = (
        f"moment_operator(…) fits: {amount(packed)} on the row space"
        if packed <= MAX_MEMORY
        else largest_order_that_fits(samples, outputs, rank, min(order, MAX_ORDER))
    )
    raise BudgetError(
        f"full tensors of order {order} at p = {parameters}, n = {samples} need {amount(needed)}, more than "
        f"{amount(MAX_MEMORY)}; {mend}"
    )


def _tensor(tensor: Any) -> Array:
    return tensor if array_module(tensor) is not np else np.asarray(tensor)


def _require_slots(tensor: Array, parameters: int) -> None:
    if tensor.ndim == 0 or set(tensor.shape) != {parameters}:
        raise ClaimError(
            f"the tensor has shape {tuple(tensor.shape)}, but with p = {parameters} it needs ({parameters}, …)"
        )
