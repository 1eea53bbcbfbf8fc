"""Nonnegative combinations: the numerator of a goal as Σ λ · Π factorᵏ with λ ≥ 0.

Every factor is known to be nonnegative or occurs to even powers. Substitutions and a linear program propose; the kernel decides.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel import Theorem
from theorycheck.search.fractions_of_polynomials import Factor, Goal, terms_of
from theorycheck.search.sums_of_squares import sum_of_squares

MOST_PRODUCTS = 1_200
MOST_SUBSTITUTIONS = 120
LONGEST_END = 10**6
MOST_SHIFTED = 20_000
"""Monomials that a shifted numerator may have."""
Products = list[tuple[Fraction, dict[int, int]]]


# substitution of shifted variables ------------------------------------------------------------------------------------
def by_shifted_polynomial(goal: Goal) -> Theorem | None:
    """Write variables as bound + ε or, by a fact, as another variable + δ; all coefficients must become ≥ 0."""
    if math.prod(int(degree) + 1 for degree in goal.numerator.degrees()) > MOST_SHIFTED:
        return None
    choices = [
        (index, place) for index, factor in enumerate(goal.known) for place in _solvable(factor.polynomial)
    ]
    picks = itertools.chain.from_iterable(itertools.combinations(choices, n) for n in range(4))
    for pick in itertools.islice(picks, MOST_SUBSTITUTIONS):
        if len({index for index, _ in pick}) == len({place for _, place in pick}) == len(pick):
            found = _substituted(goal, [(goal.known[index], place) for index, place in pick])
            if found is not None and (theorem := goal.conclude(*found)) is not None:
                return theorem
    return None


def _solvable(p: Any) -> list[int]:
    """The places of variables that occur in p only as c·v with a number c, those with c > 0 first."""
    terms = terms_of(p)
    linear = []
    for place in range(len(p.degrees())):
        having = [(m, c) for m, c in terms.items() if m[place]]
        if len(having) == 1 and sum(having[0][0]) == 1:
            linear.append((having[0][1] < 0, place))
    return [place for _, place in sorted(linear)]


def _substituted(goal: Goal, picks: Sequence[tuple[Factor, int]]) -> tuple[list[Factor], Products] | None:
    """Every variable is replaced so that it stands for a factor afterwards."""
    context = goal.numerator.context()
    gens = context.gens()
    standing: dict[int, int] = {}
    factors: list[Factor] = []
    current = goal.numerator
    pending = [(factor, factor.polynomial, place) for factor, place in picks]
    while pending:
        factor, polynomial, place = pending.pop(0)
        slope = terms_of(polynomial).get(tuple(int(i == place) for i in range(len(gens))))
        if slope is None or place not in _solvable(polynomial):
            return None
        c = flint.fmpq(slope.numerator, slope.denominator)
        replacement = list(gens)
        replacement[place] = (gens[place] - (polynomial - c * gens[place])) / c
        current = current.compose(*replacement)
        standing[place] = len(factors)
        factors.append(factor)
        pending = [(f, q.compose(*replacement), p) for f, q, p in pending]
    for place, degree in enumerate(current.degrees()):
        if degree > 0 and place not in standing:
            bounds = goal.bounds(place)
            standing[place] = len(factors)
            factors.append(bounds[0] if bounds else Factor(gens[place], None))
            if bounds:
                slope = bounds[0].polynomial.leading_coefficient()  # ±1
                replacement = list(gens)
                replacement[place] = (gens[place] - (bounds[0].polynomial - slope * gens[place])) * slope
                current = current.compose(*replacement)
    products: Products = []
    for monomial, coefficient in sorted(terms_of(current).items()):
        exponents = {standing[place]: e for place, e in enumerate(monomial) if e}
        if coefficient < 0 or any(factors[i].theorem is None and e % 2 for i, e in exponents.items()):
            return None
        products.append((coefficient, exponents))
    return factors, products


# sums of squares --------------------------------------------------------------------------------------------------------
def by_squares(goal: Goal) -> Theorem | None:
    found = sum_of_squares(terms_of(goal.numerator))
    if found is None:
        return None
    context = goal.numerator.context()
    factors = [Factor(context.from_dict(_fmpq(p)), None) for _, p in found]
    products: Products = []
    for index, (pivot, p) in enumerate(found):
        constant = all(not any(m) for m in p)
        products.append((pivot, {} if constant else {index: 2}))
    return goal.conclude(factors, products)


def _fmpq(p: dict[tuple[int, ...], Fraction]) -> dict[tuple[int, ...], Any]:
    return {m: flint.fmpq(c.numerator, c.denominator) for m, c in p.items()}


# a linear program over products ------------------------------------------------------------------------------------------
def by_linear_program(goal: Goal) -> Theorem | None:
    """Σ λ·(products of known factors, squares of binomials), multipliers by a linear program."""
    bounds = [factor for place in _places(goal) for factor in goal.bounds(place)]
    known = [*bounds, *goal.known]
    if any(c.denominator > LONGEST_END for f in known for c in terms_of(f.polynomial).values()):
        return None  # bounds with long fractions (π, √2) would drown in a linear program in floats
    factors, columns = _columns(goal.numerator, known)
    if not 0 < len(columns) <= MOST_PRODUCTS:
        return None
    p = terms_of(goal.numerator)
    expanded = [terms_of(column) for _, column in columns]
    rows = sorted({m for column in expanded for m in column} | set(p))
    cost = [float(sum(e.values())) for e, _ in columns]
    cost[0] = -1.0 if goal.strict else 0.0  # the constant 1 is the product that makes a strict inequality
    weights = _solve_floats(p, rows, expanded, cost)
    if weights is None:
        return None
    order = sorted((i for i, w in enumerate(weights) if w > 1e-12), key=lambda i: -weights[i])
    exact = _solve_exactly(p, rows, [expanded[i] for i in order])
    if exact is None or any(value < 0 for value in exact):
        return None
    return goal.conclude(factors, [(v, columns[i][0]) for i, v in zip(order, exact, strict=True) if v])


def _places(goal: Goal) -> list[int]:
    degrees = [goal.numerator.degrees(), *(factor.polynomial.degrees() for factor in goal.known)]
    return [place for place in range(len(goal.generators)) if any(d[place] > 0 for d in degrees)]


def _columns(p: Any, known: Sequence[Factor]) -> tuple[list[Factor], list[tuple[dict[int, int], Any]]]:
    top = max(int(q.total_degree()) for q in (p, *(f.polynomial for f in known)))
    factors = list(known)
    one = p.context().constant(1)
    columns: list[tuple[dict[int, int], Any]] = [({}, one)]
    layer = columns
    while layer:
        following = []
        for exponents, expanded in layer:
            for i in range(max(exponents, default=0), len(known)):
                if int(expanded.total_degree()) + int(known[i].polynomial.total_degree()) <= top:
                    product = expanded * known[i].polynomial
                    following.append(({**exponents, i: exponents.get(i, 0) + 1}, product))
            if len(following) + len(columns) > MOST_PRODUCTS:
                return factors, []
        columns = columns + following
        layer = following
    for polynomial in _binomials(p, top // 2):
        factors.append(Factor(polynomial, None))
        columns.append(({len(factors) - 1: 2}, polynomial**2))
    return factors, columns


def _binomials(p: Any, half: int) -> Iterator[Any]:
    """Monomials m and binomials m ± n of at most half the degree."""
    basis: list[tuple[int, ...]] = [()]
    for degree in p.degrees():
        largest = min(half, (int(degree) + 1) // 2) if degree > 0 else 0
        basis = [(*m, e) for m in basis for e in range(largest + 1) if sum(m) + e <= half]
        if len(basis) > 28:
            return
    context = p.context()
    yield from (context.from_dict({m: 1}) for m in basis if any(m))
    for m, n in itertools.combinations(basis, 2):
        yield context.from_dict({m: 1, n: 1})
        yield context.from_dict({m: 1, n: -1})


def _solve_floats(
    p: dict[Any, Fraction], rows: Sequence[Any], columns: Sequence[dict[Any, Fraction]], cost: list[float]
) -> list[float] | None:
    import numpy as np
    from scipy.optimize import linprog

    place = {m: i for i, m in enumerate(rows)}
    matrix = np.zeros((len(rows), len(columns)))
    for j, column in enumerate(columns):
        for m, c in column.items():
            matrix[place[m], j] = float(c)
    right = np.array([float(p.get(m, 0)) for m in rows])
    found = linprog(np.array(cost), A_eq=matrix, b_eq=right, bounds=(0, None), method="highs-ds")
    return None if found.x is None or found.status != 0 else [float(w) for w in found.x]


def _solve_exactly(
    p: dict[Any, Fraction], rows: Sequence[Any], columns: Sequence[dict[Any, Fraction]]
) -> list[Fraction] | None:
    """Solve Σ λⱼ columnⱼ = p in rationals (dependent columns get 0), or return None."""
    if not columns:
        return None if p else []
    table = flint.fmpq_mat([[_rational(q.get(m, Fraction(0))) for q in (*columns, p)] for m in rows])
    reduced, rank = table.rref()
    result = [Fraction(0)] * len(columns)
    for row in range(rank):
        pivot = next(j for j in range(len(columns) + 1) if reduced[row, j] != 0)
        if pivot == len(columns):
            return None
        entry = reduced[row, len(columns)]
        result[pivot] = Fraction(int(entry.p), int(entry.q))
    return result


def _rational(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
