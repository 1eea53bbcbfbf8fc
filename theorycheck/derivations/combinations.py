"""Nonnegative combinations: p = Σ λ · Π factorᵏ with λ ≥ 0, where every factor is known to be ≥ 0 or occurs
to even powers.

The search (substitutions, a linear program in floats) only proposes; the coefficients are recomputed in
rationals and the identity is exact. Sums of squares are combinations too.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.polynomials import Monomial, Polynomial
from theorycheck.derivations.ranges import Range

MOST_PRODUCTS = 1_200
MOST_SUBSTITUTIONS = 120


@dataclass(frozen=True)
class Factor:
    """A polynomial that may be multiplied: why it is ≥ 0 (None: only even powers), and whether it is > 0."""

    polynomial: Polynomial
    reason: Mapping[str, Any] | None
    positive: bool = False


@dataclass(frozen=True)
class Combination:
    """Σ λ · Π factorᵏ; a term is (λ, {index of the factor: k})."""

    factors: tuple[Factor, ...]
    terms: tuple[tuple[Fraction, dict[int, int]], ...]

    @property
    def positive(self) -> bool:
        """Whether some term is certainly > 0."""
        return any(all(self._nonzero(i) for i in exponents) for _, exponents in self.terms)

    def _nonzero(self, index: int) -> bool:
        factor = self.factors[index]
        return factor.positive or set(factor.polynomial) == {()}

    def value(self) -> Polynomial:
        total: Polynomial = {}
        for coefficient, exponents in self.terms:
            term = polynomials.constant(coefficient)
            for index, k in exponents.items():
                term = polynomials.multiply(term, polynomials.power(self.factors[index].polynomial, k))
            total = polynomials.add(total, term)
        return total

    def to_json(self) -> dict[str, Any]:
        used = sorted({i for _, exponents in self.terms for i in exponents})
        place = {old: new for new, old in enumerate(used)}
        return {
            "factors": [
                {
                    "polynomial": polynomials.to_json(self.factors[i].polynomial),
                    "reason": None if (reason := self.factors[i].reason) is None else dict(reason),
                }
                for i in used
            ],
            "terms": [[str(c), {str(place[i]): k for i, k in e.items()}] for c, e in self.terms],
        }


def bound_factors(ranges: Mapping[str, Range]) -> list[Factor]:
    """The factors g − low and high − g of the variables."""
    factors = []
    for name, found in sorted(ranges.items()):
        g = polynomials.variable(name)
        if found.low is not None:
            shifted = polynomials.subtract(g, polynomials.constant(found.low))
            factors.append(Factor(shifted, {"kind": "low", "variable": name}, found.open_low))
        if found.high is not None:
            shifted = polynomials.subtract(polynomials.constant(found.high), g)
            factors.append(Factor(shifted, {"kind": "high", "variable": name}, found.open_high))
    return factors


# substitution of shifted variables ----------------------------------------------------------------
def shifted_polynomial(
    p: Polynomial, ranges: Mapping[str, Range], known: Sequence[Factor]
) -> Combination | None:
    """Write variables as bound + ε or, by an assumption, as another variable + δ; all coefficients must
    become ≥ 0.
    """
    choices = [(i, v) for i, factor in enumerate(known) for v in _solvable(factor.polynomial)]
    picks = itertools.chain.from_iterable(itertools.combinations(choices, n) for n in range(4))
    for pick in itertools.islice(picks, MOST_SUBSTITUTIONS):
        if len({i for i, _ in pick}) == len({v for _, v in pick}) == len(pick):
            found = _substituted(p, ranges, [(known[i], v) for i, v in pick])
            if found is not None:
                return found
    return None


def _solvable(p: Polynomial) -> list[str]:
    """Variables that occur in p only as c·v with a constant c, those with c > 0 first."""
    linear = [
        (c, m[0][0])
        for m, c in p.items()
        if len(m) == 1 and m[0][1] == 1 and sum(m[0][0] in dict(n) for n in p) == 1
    ]
    return [name for _, name in sorted(linear, key=lambda item: (item[0] < 0, item[1]))]


def _substituted(
    p: Polynomial, ranges: Mapping[str, Range], picks: Sequence[tuple[Factor, str]]
) -> Combination | None:
    factors: list[Factor] = []
    current = p
    pending = [(factor, factor.polynomial, v) for factor, v in picks]
    while pending:
        factor, polynomial, v = pending.pop(0)
        c = polynomial.get(((v, 1),))
        if c is None or sum(v in dict(m) for m in polynomial) != 1:
            return None
        rest = polynomials.subtract(polynomial, polynomials.scale(polynomials.variable(v), c))
        new = polynomials.variable(f"#{len(factors)}")
        replacement = {v: polynomials.scale(polynomials.subtract(new, rest), 1 / c)}
        factors.append(factor)
        current = polynomials.compose(current, replacement)
        pending = [(f, polynomials.compose(q, replacement), w) for f, q, w in pending]
    for name in sorted(n for n in polynomials.variables_of(current) if not n.startswith("#")):
        found = ranges.get(name, Range())
        new, index = polynomials.variable(f"#{len(factors)}"), len(factors)
        if found.low is None and found.high is None:
            factors.append(Factor(polynomials.variable(name), None))
        else:
            factors.append(bound_factors({name: found})[0])
            low = found.low
            shifted = (
                polynomials.add(new, polynomials.constant(low)) if low is not None else _mirror(new, found)
            )
            current = polynomials.compose(current, {name: shifted})
            continue
        current = polynomials.compose(current, {name: polynomials.variable(f"#{index}")})
    terms = []
    for monomial, coefficient in sorted(current.items()):
        exponents = {int(name[1:]): e for name, e in monomial}
        if coefficient < 0 or any(factors[i].reason is None and e % 2 for i, e in exponents.items()):
            return None
        terms.append((coefficient, exponents))
    return Combination(tuple(factors), tuple(terms))


def _mirror(new: Polynomial, found: Range) -> Polynomial:
    assert found.high is not None
    return polynomials.subtract(polynomials.constant(found.high), new)


# a linear program over products -------------------------------------------------------------------
def by_linear_program(p: Polynomial, known: Sequence[Factor], *, strict: bool) -> Combination | None:
    """Find p = Σ λ·(products of known factors, squares of binomials), multipliers by a linear program."""
    factors, columns = _columns(p, known)
    if not 0 < len(columns) <= MOST_PRODUCTS:
        return None
    rows = sorted({m for _, expanded in columns for m in expanded} | set(p))
    weights = _solve_floats(p, rows, columns, strict)
    if weights is None:
        return None
    order = sorted((i for i, w in enumerate(weights) if w > 1e-12), key=lambda i: -weights[i])
    exact = _solve_exactly(p, rows, [columns[i][1] for i in order])
    if exact is None or any(value < 0 for value in exact):
        return None
    terms = tuple((v, columns[i][0]) for i, v in zip(order, exact, strict=True) if v)
    return Combination(tuple(factors), terms)


def _columns(
    p: Polynomial, known: Sequence[Factor]
) -> tuple[list[Factor], list[tuple[dict[int, int], Polynomial]]]:
    top = max(polynomials.degree(p), max((polynomials.degree(f.polynomial) for f in known), default=0))
    factors = list(known)
    columns: list[tuple[dict[int, int], Polynomial]] = [({}, polynomials.constant(1))]
    layer = columns
    while layer and len(columns) <= MOST_PRODUCTS:
        following = []
        for exponents, expanded in layer:
            first = max(exponents, default=0)
            for i in range(first, len(known)):
                if polynomials.degree(expanded) + polynomials.degree(known[i].polynomial) > top:
                    continue
                product = polynomials.multiply(expanded, known[i].polynomial)
                following.append(({**exponents, i: exponents.get(i, 0) + 1}, product))
            if len(following) + len(columns) > MOST_PRODUCTS:
                return factors, []
        columns = columns + following
        layer = following
    for polynomial in _binomials(p, top // 2):
        factors.append(Factor(polynomial, None))
        columns.append(({len(factors) - 1: 2}, polynomials.power(polynomial, 2)))
    return factors, columns


def _binomials(p: Polynomial, half: int) -> list[Polynomial]:
    """Monomials m and binomials m ± n of at most half the degree."""
    names = sorted(polynomials.variables_of(p))
    basis: list[Monomial] = [()]
    for name in names:
        largest = min(half, (polynomials.degree(p, name) + 1) // 2)
        basis = [
            polynomials.times(m, ((name, e),)) if e else m
            for m in basis
            for e in range(largest + 1)
            if sum(k for _, k in m) + e <= half
        ]
        if len(basis) > 28:
            return []
    result: list[Polynomial] = [{m: Fraction(1)} for m in basis if m]
    for m, n in itertools.combinations(basis, 2):
        result += [{m: Fraction(1), n: Fraction(s)} for s in (1, -1)]
    return result


def _solve_floats(
    p: Polynomial, rows: Sequence[Monomial], columns: Sequence[tuple[Any, Polynomial]], strict: bool
) -> list[float] | None:
    import numpy as np
    from scipy.optimize import linprog

    place = {m: i for i, m in enumerate(rows)}
    matrix = np.zeros((len(rows), len(columns)))
    for j, (_, expanded) in enumerate(columns):
        for m, c in expanded.items():
            matrix[place[m], j] = float(c)
    right = np.array([float(p.get(m, 0)) for m in rows])
    cost = np.array([float(sum(e.values())) for e, _ in columns])
    cost[0] = -1.0 if strict else 0.0  # the constant 1 is the product that makes a strict inequality
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs-ds")
    return None if found.x is None or found.status != 0 else [float(w) for w in found.x]


def _solve_exactly(
    p: Polynomial, rows: Sequence[Monomial], columns: Sequence[Polynomial]
) -> list[Fraction] | None:
    """Solve Σ λⱼ columnⱼ = p in rationals (dependent columns get 0), or return None."""
    table = [[q.get(m, Fraction(0)) for q in columns] + [p.get(m, Fraction(0))] for m in rows]
    pivots: list[int] = []
    for j in range(len(columns)):
        k = len(pivots)
        row = next((i for i in range(k, len(table)) if table[i][j]), None)
        if row is None:
            continue
        table[k], table[row] = table[row], table[k]
        pivot = table[k][j]
        table[k] = [value / pivot for value in table[k]]
        for i, other in enumerate(table):
            if i != k and other[j]:
                factor = other[j]
                table[i] = [a - factor * b if b else a for a, b in zip(other, table[k], strict=True)]
        pivots.append(j)
    if any(line[-1] for line in table[len(pivots) :]):
        return None
    result = [Fraction(0)] * len(columns)
    for i, j in enumerate(pivots):
        result[j] = table[i][-1]
    return result
