"""Sums of squares: an exact LDLᵀ factorisation over the rationals decides, alternating projections in floats
propose.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.combinations import Combination, Factor
from theorycheck.derivations.polynomials import Monomial, Polynomial

Matrix = list[list[Fraction]]
LARGEST_BASIS = 30
ITERATIONS = 1_500


def ldl(matrix: Matrix) -> tuple[list[Fraction], Matrix] | None:
    """Factor a symmetric matrix as LᵀDL with unit upper triangular L and D ≥ 0, exactly; None if it is not
    semidefinite.
    """
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


def sum_of_squares(p: Polynomial) -> Combination | None:
    """Write p as Σ pivot · square with positive rational pivots, or return None if none was found."""
    if not p:
        return Combination((), ())
    if polynomials.degree(p) % 2 or any(
        polynomials.degree(p, name) % 2 for name in polynomials.variables_of(p)
    ):
        return None
    basis = _basis(p)
    if not 0 < len(basis) <= LARGEST_BASIS:
        return None
    groups: dict[Monomial, list[tuple[int, int]]] = {}
    for i, j in itertools.combinations_with_replacement(range(len(basis)), 2):
        groups.setdefault(polynomials.times(basis[i], basis[j]), []).append((i, j))
    if not set(p) <= set(groups):
        return None
    if all(len(pairs) == 1 for pairs in groups.values()):
        candidates = [[[Fraction(0)] * len(basis) for _ in basis]]
    else:
        candidates = _proposals(p, len(basis), groups)
    for candidate in candidates:
        gram = _corrected(p, candidate, groups)
        factored = ldl(gram)
        if factored is not None:
            return _combination(basis, *factored)
    return None


def _basis(p: Polynomial) -> list[Monomial]:
    """Monomials whose squares can occur, the constant last (its pivot is then the strict margin)."""
    names = sorted(polynomials.variables_of(p))
    totals = [sum(e for _, e in m) for m in p]
    basis: list[Monomial] = [()]
    for name in names:
        highest = polynomials.degree(p, name) // 2
        lowest = (min(dict(m).get(name, 0) for m in p) + 1) // 2
        basis = [
            polynomials.times(m, ((name, e),)) if e else m for m in basis for e in range(lowest, highest + 1)
        ]
        if len(basis) > 50 * LARGEST_BASIS:
            return []
    basis = [m for m in basis if min(totals) <= 2 * sum(e for _, e in m) <= max(totals)]
    while True:
        kept = [m for m in basis if _can_occur(m, p, basis)]
        if len(kept) == len(basis):
            return sorted(basis, key=lambda m: (-sum(e for _, e in m), m))
        basis = kept


def _can_occur(m: Monomial, p: Polynomial, basis: Sequence[Monomial]) -> bool:
    """Whether m² is in p or can cancel against a product of two other monomials."""
    square = polynomials.times(m, m)
    if p.get(square, Fraction(0)) > 0:
        return True
    members = set(basis)
    exponents = dict(square)
    for n in basis:
        if n == m or any(e > exponents.get(name, 0) for name, e in n):
            continue
        other = {name: e - dict(n).get(name, 0) for name, e in square}
        if tuple(sorted((name, e) for name, e in other.items() if e)) in members:
            return True
    return False


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


def _combination(basis: Sequence[Monomial], pivots: Sequence[Fraction], rows: Matrix) -> Combination:
    factors, terms = [], []
    for pivot, row in zip(pivots, rows, strict=True):
        if pivot:
            polynomial = {m: c for m, c in zip(basis, row, strict=True) if c}
            factors.append(Factor(polynomial, None))
            terms.append((pivot, {len(factors) - 1: 2}))
    return Combination(tuple(factors), tuple(terms))
