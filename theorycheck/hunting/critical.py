"""Instances where a formula changes its form: the points that a random search never meets.

A formula with a comparison, an absolute value, a maximum or a sign is made of pieces; a false claim may fail at a single
point between them (x = 17, n = 4567) or between two points that lie close together. Each such part compares two terms; as
a function of one number of the space, the others fixed, their difference is mostly a polynomial of low degree with
rational coefficients, whose rational roots are exact candidates. So are the points half-way between neighbouring roots.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theorycheck.errors import TheorycheckError
from theorycheck.hunting import ties
from theorycheck.hunting.drawing import Hunted
from theorycheck.spaces import Instance, Integer, Real
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.terms.exact import ExactArrays, ExactNumber
from theorycheck.terms.nodes import Node, node, ordered
from theorycheck.terms.program import compiled
from theorycheck.terms.table import COMPARISONS

DEGREE = 4
"""Of the polynomials whose roots are looked for."""
PARTS = 48
"""Comparisons of a formula that are looked at."""
STRATA = 6
BASES = 3
"""Instances of a stratum whose other numbers are kept."""
CANDIDATES = 400
"""Instances in all; `WITH_FUNCTIONS` where the space has functions, whose balls take longer."""
WITH_FUNCTIONS = 60
OUTSIDE = (TheorycheckError, ArithmeticError, TypeError, ValueError, AttributeError)


def critical_instances(claim: Claim, strata: Sequence[Hunted]) -> Iterator[Instance]:
    """Yield exact instances of the space at the points where a part of the formula changes.

    Parameters
    ----------
    claim : Claim
        With a space and sides.
    strata : sequence of Hunted
        What was drawn; its worst rows and a middle one give the other numbers.
    """
    assert claim.space is not None
    names = [name for name, domain in claim.space.domains.items() if isinstance(domain, (Real, Integer))]
    if not names:
        return
    most = (
        CANDIDATES if all(kind.role != "function" for kind in claim.space.kinds.values()) else WITH_FUNCTIONS
    )
    yield from itertools.islice(_candidates(claim, strata, names), most)


def _candidates(claim: Claim, strata: Sequence[Hunted], names: Sequence[str]) -> Iterator[Instance]:
    assert claim.space is not None
    seen: set[Instance] = set()
    for hunted in sorted(strata, key=lambda item: item.stratum.dimension)[:STRATA]:
        for base in _bases(claim, hunted):
            parts = _parts(claim, base)
            for name in names:
                for value in _values(claim, base, name, parts):
                    instance = base.replace(**{name: value})
                    if instance not in seen and claim.space.admits(instance):
                        seen.add(instance)
                        yield instance


def _bases(claim: Claim, hunted: Hunted) -> Iterator[Instance]:
    assert claim.space is not None
    rows = [np.full(hunted.width, 0.5)] if hunted.width else []
    rows += list(hunted.rows[: BASES - 1]) if hunted.rows is not None else []
    for row in rows:
        try:
            yield ties.instance(claim.space, hunted.stratum, row)
        except TheorycheckError:
            continue


def _parts(claim: Claim, base: Instance) -> list[Node]:
    """Terms whose sign decides the conclusion, the form of the formula and of the hypotheses."""
    assert claim.space is not None
    values = claim.space.lift(base, ExactArrays())
    found: dict[Node, None] = {}
    try:
        sides = claim.formula.for_values(values)
        conditions = [
            claim.condition(hypothesis).for_values(values)
            for hypothesis in claim.hypotheses
            if isinstance(hypothesis, Requirement)
        ]
    except OUTSIDE:
        return []
    for item in ordered([*sides, *itertools.chain.from_iterable(conditions)]):
        if item.free:
            continue
        if item.op in COMPARISONS or item.op in ("maximum", "minimum"):
            found[_difference(*item.args)] = None
        elif item.op in ("abs", "sign"):
            found[item.args[0]] = None
    gap = [_difference(*sides)] if len(sides) == 2 else []
    return [*gap, *list(found)[:PARTS]]


def _difference(a: Node, b: Node) -> Node:
    return node("sub", (a, b), (), a.shape if len(a.shape) >= len(b.shape) else b.shape)


def _values(claim: Claim, base: Instance, name: str, parts: Sequence[Node]) -> Iterator[Any]:
    """The roots of the parts as functions of one number, what lies half-way between them, and beyond the outermost."""
    assert claim.space is not None
    whole = isinstance(claim.space.domains[name], Integer)
    roots: set[Fraction] = set()
    points = [Fraction(k) for k in range(-1, DEGREE + 1)]
    for part in parts:
        samples = _samples(claim, base, name, part, points)
        if samples is not None:
            roots |= _roots(points, samples)
    ordered_roots = sorted(roots)
    between = [(a + b) / 2 for a, b in itertools.pairwise(ordered_roots)]
    beyond = [ordered_roots[0] - 1, ordered_roots[-1] + 1] if ordered_roots else []
    for value in (*ordered_roots, *between, *beyond):
        if not whole:
            yield value
        elif value.denominator == 1:
            yield int(value)


def _samples(
    claim: Claim, base: Instance, name: str, part: Node, points: Sequence[Fraction]
) -> list[Fraction] | None:
    """Exact values of a part where the number `name` is each of the points; None where it is not rational there."""
    assert claim.space is not None
    xp = ExactArrays()
    run = compiled((part,))
    values = claim.space.lift(base, xp)
    found = []
    try:
        for point in points:
            values[name] = xp.asarray([xp.number(point)])
            (result,) = run(xp, values, 1)
            entries = np.asarray(result, dtype=object).ravel()
            if len(entries) != 1:
                return None
            found.append(ExactNumber(entries[0]).fraction())
    except OUTSIDE:
        return None
    return found


def _roots(points: Sequence[Fraction], samples: Sequence[Fraction]) -> set[Fraction]:
    """The rational roots of the polynomial through the samples, if its degree is at most `DEGREE`."""
    polynomial = flint.fmpq_poly([0])
    for i, (point, value) in enumerate(zip(points, samples, strict=True)):
        basis = flint.fmpq_poly([_fmpq(value)])
        for j, other in enumerate(points):
            if i != j:
                basis = basis * flint.fmpq_poly([_fmpq(-other), 1]) / _fmpq(point - other)
        polynomial = polynomial + basis
    if not 1 <= polynomial.degree() <= DEGREE:
        return set()
    _, factors = polynomial.factor()
    linear = [factor for factor, _ in factors if factor.degree() == 1]
    return {Fraction(int(r.p), int(r.q)) for r in (-factor[0] / factor[1] for factor in linear)}


def _fmpq(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
