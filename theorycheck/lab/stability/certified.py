r"""Thresholds with certified brackets: the sign of every pivot is decided in balls, on exact data.

Order k is stable at η exactly if Id − T^k and Id + T^k are positive semidefinite on Sym^k of the row space (for p > r and odd k,
also Id − T^{k−1}). At a learning rate below the threshold both are positive definite, which an LDLᵀ factorisation in balls
proves: all pivots certainly positive. A certainly negative pivot proves an eigenvalue beyond ±1 (Sylvester's law of inertia).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, ClaimError, UndecidedError
from theorycheck.lab.stability.combinatorics import operator_terms
from theorycheck.lab.stability.gradients import gradient_array, require_batch, require_order
from theorycheck.lab.stability.packing import (
    multiplicities,
    orbit_sums,
    packed_size,
    unpacking_positions,
)
from theorycheck.lab.stability.tensors import sample_powers

PRECISIONS = (128, 256, 512)
"""Bits of the balls, tried in turn."""
MAX_CERTIFIED_ENTRIES = 300_000
"""N · r^k, the balls in the table of all basis tensors."""


@dataclass(frozen=True)
class CertifiedThreshold:
    """A bracket around a boundary of stability.

    Attributes
    ----------
    order, batch_size : int
        k, B.
    stable : Fraction
        A learning rate that is certainly stable; for even k so is every smaller one.
    unstable : Fraction
        A learning rate that is certainly unstable; for even k so is every larger one.
    """

    order: int
    batch_size: int
    stable: Fraction
    unstable: Fraction


def certified_threshold(
    a: Any, batch_size: int, order: int = 2, *, width: Fraction = Fraction(1, 10**9)
) -> CertifiedThreshold:
    """Bracket the largest stable learning rate, rigorously.

    Parameters
    ----------
    a : array (n, p) or (n, m, p)
        Gradients; Fractions and integers are exact, and a float is taken as exactly the number that it is.
    batch_size, order : int
        B, k.
    width : Fraction
        Relative width of the bracket.

    Raises
    ------
    ClaimError
        All gradients vanish (every learning rate is stable), or the input makes no sense.
    BudgetError
        The problem is too large for balls: use `learning_rate_threshold`.

    Examples
    --------
    >>> found = certified_threshold([[1], [2]], 1)
    >>> found.stable < Fraction(10, 17) < found.unstable
    True
    """
    from theorycheck.lab.stability.thresholds import learning_rate_threshold

    exact = _exact(a)
    guess = learning_rate_threshold(exact.astype(float), batch_size, order).learning_rate
    if guess == np.inf:
        raise ClaimError("all gradients vanish: every learning rate is stable")
    middle, step = Fraction(guess), Fraction(guess) * width / 2
    low, high = middle - step, middle + step
    if certified_stability(exact, low, batch_size, order) is not True:
        raise UndecidedError(f"stability at {float(low)} is not certain: ask for a wider bracket")
    if certified_stability(exact, high, batch_size, order) is not False:
        raise UndecidedError(f"instability at {float(high)} is not certain: ask for a wider bracket")
    return CertifiedThreshold(require_order(order), int(batch_size), low, high)


def certified_stability(a: Any, learning_rate: Any, batch_size: int, order: int = 2) -> bool | None:
    """Return whether order k is certainly stable (True), certainly not (False), or undecided in balls (None).

    Reading: ‖E w^{⊗k}‖_F; for even k that is equivalent to the others. None includes ρ(T^k) = 1 exactly.

    Parameters
    ----------
    a, batch_size, order
        As `certified_threshold`.
    learning_rate : Fraction, int or float
        Taken as exactly this number.
    """
    from theorycheck.terms.balls import precision

    exact = _exact(a)
    batch_size, order = require_batch(batch_size, len(exact)), require_order(order)
    eta = Fraction(learning_rate)
    directions = _orthogonal_rows(exact)
    if not directions:
        return True
    rank, flat = len(directions), len(directions) < exact.shape[2]
    orders = [order, order - 1] if flat and order % 2 and order > 1 else [order]
    for k in orders:
        if packed_size(rank, k) * rank**k > MAX_CERTIFIED_ENTRIES:
            raise BudgetError(
                f"order {k} on a row space of dimension {rank} is too large for balls; use learning_rate_threshold"
            )
    for bits in PRECISIONS:
        with precision(bits):
            answers = [_decide(exact, directions, eta, batch_size, k) for k in orders]
        if False in answers:
            return False
        if None not in answers:
            return True
    return None


def _exact(a: Any) -> Any:
    array = gradient_array(a)
    exact = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        value = array[index]
        if isinstance(value, (float, np.floating)) and not np.isfinite(value):
            raise ClaimError(f"the gradient of sample {index[0]} has a NaN or infinite entry")
        exact[index] = Fraction(value)
    return exact


def _orthogonal_rows(exact: Any) -> list[Any]:
    """Return an orthogonal basis of the row space by exact Gram and Schmidt: its length is the exact rank."""
    basis: list[Any] = []
    for row in exact.reshape(-1, exact.shape[2]):
        rest = row
        for direction in basis:
            rest = rest - direction * ((rest @ direction) / (direction @ direction))
        if any(x != 0 for x in rest):
            basis.append(rest)
    return basis


def _decide(exact: Any, directions: list[Any], eta: Fraction, batch_size: int, order: int) -> bool | None:
    """Decide ρ(T^k) ≤ 1 on the row space at the current precision."""
    matrix = _packed_matrix(exact, directions, eta, batch_size, order)
    identity = np.array([[int(i == j) for j in range(len(matrix))] for i in range(len(matrix))], dtype=object)
    signs = [_definite(identity - matrix)]
    if order % 2:  # for even k the largest eigenvalue is the radius
        signs.append(_definite(identity + matrix))
    return False if False in signs else None if None in signs else True


def _packed_matrix(exact: Any, directions: list[Any], eta: Fraction, batch_size: int, order: int) -> Any:
    """T^k in packed isometric coordinates of the row space, in balls: algorithm A1 on all basis tensors at once."""
    from theorycheck.terms.balls import Ball

    samples, outputs, _ = exact.shape
    rank = len(directions)
    lengths = [Ball(direction @ direction).sqrt() for direction in directions]
    a = np.empty((samples, outputs, rank), dtype=object)
    for i, m, j in np.ndindex(a.shape):
        a[i, m, j] = Ball(exact[i, m] @ directions[j]) / lengths[j]
    size, positions = packed_size(rank, order), unpacking_positions(rank, order)
    counts = [Ball(int(c)).sqrt() for c in multiplicities(rank, order)]
    tensors = np.full((size, rank**order), Ball(0), dtype=object)
    for entry, position in enumerate(positions):
        tensors[position, entry] = 1 / counts[position]
    powers = sample_powers(a, order)
    total: Any = np.full_like(tensors, Ball(0))
    for j, sizes, coefficient in operator_terms(samples, batch_size, order):
        product, before = tensors, 1
        for m in sizes:
            rows = product.reshape(size * before, rank**m, -1)
            product = np.matmul(powers[m].T, np.matmul(powers[m], rows)).reshape(size, -1)
            before *= rank**m
        total = total + (coefficient * eta**j) * product
    sums = orbit_sums(total, positions, size)
    return sums / np.array(counts, dtype=object)[None, :]


def _definite(matrix: Any) -> bool | None:
    """Whether a symmetric matrix of balls is positive definite: True, False (an eigenvalue is negative) or None."""
    work, size = matrix.copy(), len(matrix)
    for i in range(size):
        pivot = work[i, i]
        try:
            if pivot < 0:
                return False
            if not pivot > 0:
                return None
        except UndecidedError:
            return None
        if i + 1 < size:
            column = work[i + 1 :, i] / pivot
            work[i + 1 :, i + 1 :] = work[i + 1 :, i + 1 :] - column[:, None] * work[i, i + 1 :][None, :]
    return True
