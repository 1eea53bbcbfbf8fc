"""Sums of squares: an exact LDLᵀ factorisation over the rationals decides, alternating projections in floats propose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Monomial = tuple[int, ...]
Polynomial = dict[Monomial, Fraction]
Matrix = list[list[Fraction]]
LARGEST_BASIS = 30
ITERATIONS = 1_500


def sum_of_squares(p: Polynomial) -> list[tuple[Fraction, Polynomial]] | None:
    """Write p as Σ pivot · square with positive pivots, or return None if none was found."""
    if not p:
        return []
    size = len(next(iter(p)))
    if any(max(m[i] for m in p) % 2 for i in range(size)) or max(map(sum, p)) % 2:
        return None
    basis = _basis(p, size)
    if not 0 < len(basis) <= LARGEST_BASIS:
        return None
    groups: dict[Monomial, list[tuple[int, int]]] = {}
    for i, j in itertools.combinations_with_replacement(range(len(basis)), 2):
        product = tuple(a + b for a, b in zip(basis[i], basis[j], strict=True))
        groups.setdefault(product, []).append((i, j))
    if not set(p) <= set(groups):
        return None
    if all(len(pairs) == 1 for pairs in groups.values()):
        candidates = [[[Fraction(0)] * len(basis) for _ in basis]]
    else:
        candidates = _proposals(p, len(basis), groups)
    for candidate in candidates:
        factored = ldl(_corrected(p, candidate, groups))
        if factored is not None:
            pivots, rows = factored
            return [
                (pivot, {m: c for m, c in zip(basis, row, strict=True) if c})
                for pivot, row in zip(pivots, rows, strict=True)
                if pivot
            ]
    return None


def ldl(matrix: Matrix) -> tuple[list[Fraction], Matrix] | None:
    """Factor a symmetric matrix as LᵀDL with unit upper triangular L and D ≥ 0; None if it is not semidefinite."""
    size = len(matrix)
    rest = [row[:] for row in matrix]
    pivots: list[Fraction] = []
    rows: Matrix = []
    for k in range(size):
        pivot = rest[k][k]
        if pivot < 0 or (pivot == 0 and any(rest[k][j] for j in range(k, size))):
            return None
        row = [Fraction(0)] * size
        row[k] = Fraction(1)
        for j in range(k + 1, size):
            row[j] = rest[k][j] / pivot if pivot else Fraction(0)
        for i in range(k + 1, size):
            if row[i]:
                for j in range(k + 1, size):
                    rest[i][j] -= pivot * row[i] * row[j]
        pivots.append(pivot)
        rows.append(row)
    return pivots, rows


def _basis(p: Polynomial, size: int) -> list[Monomial]:
    """Monomials whose squares can occur, the constant last (its pivot is then the strict margin)."""
    totals = [sum(m) for m in p]
    basis: list[Monomial] = [()]
    for i in range(size):
        lowest, highest = (min(m[i] for m in p) + 1) // 2, max(m[i] for m in p) // 2
        basis = [(*m, e) for m in basis for e in range(lowest, highest + 1)]
        if len(basis) > 50 * LARGEST_BASIS:
            return []
    basis = [m for m in basis if min(totals) <= 2 * sum(m) <= max(totals)]
    while True:
        kept = [m for m in basis if _can_occur(m, p, basis)]
        if len(kept) == len(basis):
            return sorted(basis, key=lambda m: (-sum(m), m))
        basis = kept


def _can_occur(m: Monomial, p: Polynomial, basis: Sequence[Monomial]) -> bool:
    """Whether m² is in p or can cancel against a product of two other monomials."""
    square = tuple(2 * e for e in m)
    if p.get(square, Fraction(0)) > 0:
        return True
    members = set(basis)
    return any(n != m and tuple(a - b for a, b in zip(square, n, strict=True)) in members for n in basis)


def _corrected(p: Polynomial, gram: Matrix, groups: dict[Monomial, list[tuple[int, int]]]) -> Matrix:
    """Return the nearest matrix (entry by entry within a group) whose quadratic form is exactly p."""
    result = [row[:] for row in gram]
    for monomial, pairs in groups.items():
        total = sum((result[i][j] * (1 if i == j else 2) for i, j in pairs), Fraction(0))
        weight = sum(1 if i == j else 2 for i, j in pairs)
        shift = (p.get(monomial, Fraction(0)) - total) / weight
        for i, j in pairs:
            result[i][j] += shift
            result[j][i] = result[i][j]
    return result


def _proposals(p: Polynomial, size: int, groups: dict[Monomial, list[tuple[int, int]]]) -> list[Matrix]:
    import numpy as np

    scale = max(abs(float(c)) for c in p.values())
    index = [(np.array(pairs).T, float(p.get(m, 0)) / scale) for m, pairs in groups.items()]

    def onto_identity(q: Any) -> Any:
        for (i, j), wanted in index:
            weights = np.where(i == j, 1.0, 2.0)
            shift = (wanted - (weights * q[i, j]).sum()) / weights.sum()
            q[i, j] += shift
            q[j, i] = q[i, j]
        return q

    found = []
    for margin in (1e-2, 1e-4, 0.0):
        q, correction = np.zeros((size, size)), np.zeros((size, size))
        for _ in range(ITERATIONS):  # Dykstra's alternating projections
            q = onto_identity(q)
            values, vectors = np.linalg.eigh(q + correction)
            cone = (vectors * np.maximum(values, margin)) @ vectors.T
            correction = q + correction - cone
            if np.abs(cone - q).max() < 1e-11:
                break
            q = cone
        q = onto_identity(q) * scale
        found += [_rounded(q, denominator) for denominator in (1, 2, 12, 720, 10**6)]
        if np.linalg.eigvalsh(q)[0] > 0:
            break
    return found


def _rounded(q: Any, denominator: int) -> Matrix:
    return [[Fraction(round(float(value) * denominator), denominator) for value in row] for row in q]
