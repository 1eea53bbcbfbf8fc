"""Instances where a formula changes its form: the points that a random search never meets.

A formula with a comparison, an absolute value, a maximum or a sign is made of pieces; a false claim may fail at a single
point between them (x = 17, n = 4567), between two points that lie close together, or where a hypothesis that is an
inequality becomes an equality. As a function of one number of the space, the others fixed, the terms whose signs decide
(differences of what is compared, inner ones first) are mostly polynomials of low degree on each interval between the roots
of the inner ones. So the roots, the ends of the number's range, and a point of each interval between them are candidates:
of one number, then of a second one with the first at a root.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theorycheck.errors import TheorycheckError
from theorycheck.functions.domains import arb_fraction
from theorycheck.hunting import ties
from theorycheck.hunting.drawing import Hunted
from theorycheck.spaces import Entries, Instance, Integer, Real
from theorycheck.spaces.numbers import simplest_between
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.terms.exact import ExactArrays, ExactNumber
from theorycheck.terms.nodes import Node, node, ordered
from theorycheck.terms.program import compiled
from theorycheck.terms.table import COMPARISONS

DEGREE = 4
"""Of the polynomials whose roots are looked for."""
PARTS = 48
"""Terms of a formula whose signs are looked at."""
INTERVALS = 12
"""Between roots that are known, on each of which a part is looked at by itself."""
PLACES = 12
"""Numbers of an instance that are varied: the space's own, and the entries of its short vectors."""
STRATA = 6
BASES = 3
"""Instances of a stratum whose other numbers are kept."""
PAIRED = 4
"""Roots of one of the space's numbers at which a second one is varied, for the first base of each stratum."""
CANDIDATES = 400
"""Instances that differ from a base in one number, and again in two; `WITH_FUNCTIONS` where the space has functions,
whose balls take longer.
"""
WITH_FUNCTIONS = 60
LONG = 1000
"""Entries of an array of constants; exact arithmetic on more of them takes seconds a point."""
OUTSIDE = (TheorycheckError, ArithmeticError, TypeError, ValueError, AttributeError)

Place = tuple[str, tuple[int, ...]]
"""A number of an instance: a name, and an index where that is an array."""
Ends = tuple[Fraction | None, Fraction | None]


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
    functions = any(kind.role == "function" for kind in claim.space.kinds.values())
    most = WITH_FUNCTIONS if functions else CANDIDATES
    bases = list(bases_of(claim, strata))
    seen: set[Instance] = set()
    pairs: list[Iterator[Instance]] = []
    yield from itertools.islice(_admitted(claim, _near(claim, bases, pairs), seen), most)
    in_turn = itertools.chain.from_iterable(_in_turn(pairs))
    yield from itertools.islice(_admitted(claim, in_turn, seen), most)


def bases_of(claim: Claim, strata: Sequence[Hunted]) -> Iterator[Instance]:
    """Instances of the strata of the lowest dimensions, one of each stratum, then another of each."""
    lowest = sorted(strata, key=lambda item: item.stratum.dimension)[:STRATA]
    return itertools.chain.from_iterable(_in_turn([_bases(claim, hunted) for hunted in lowest]))


def _near(claim: Claim, bases: Sequence[Instance], pairs: list[Iterator[Instance]]) -> Iterator[Instance]:
    """Those that differ from a base in one number; `pairs` collects those that differ in two."""
    for number, base in enumerate(bases):
        look = Look(claim, base)
        for place in look.places:
            roots, values = look.values(base, place)
            if number < STRATA and not place[1]:
                pairs += [_varied(look, replaced(base, place, root), place) for root in roots[:PAIRED]]
            yield from (replaced(base, place, value) for value in values)


def _in_turn(iterators: Sequence[Iterator[Instance]]) -> Iterator[tuple[Instance, ...]]:
    """One item of each iterator, then the next of each."""
    for items in itertools.zip_longest(*iterators):
        yield tuple(item for item in items if item is not None)


def _varied(look: Look, instance: Instance, without: Place) -> Iterator[Instance]:
    for place in look.places:
        if place != without and not place[1]:
            for value in look.values(instance, place)[1]:
                yield replaced(instance, place, value)


def _admitted(claim: Claim, instances: Iterator[Instance], seen: set[Instance]) -> Iterator[Instance]:
    assert claim.space is not None
    for instance in instances:
        if instance not in seen:
            seen.add(instance)
            if claim.space.admits(instance):
                yield instance


def _bases(claim: Claim, hunted: Hunted) -> Iterator[Instance]:
    assert claim.space is not None
    rows = [np.full(hunted.width, 0.45)] if hunted.width else []  # in the middle curves jump over 0
    rows += list(hunted.rows[: BASES - 1]) if hunted.rows is not None else []
    for row in rows:
        try:
            yield ties.instance(claim.space, hunted.stratum, row)
        except TheorycheckError:
            continue


def replaced(instance: Instance, place: Place, value: Any) -> Instance:
    """The instance with another number at a place."""

    def entry(old: Any, index: tuple[int, ...]) -> Any:
        if not index:
            return value
        return (*old[: index[0]], entry(old[index[0]], index[1:]), *old[index[0] + 1 :])

    name, index = place
    return instance.replace(**{name: entry(instance[name], index)})


class Look:
    """The parts of a claim's formula near a base, as functions of one number at a time."""

    def __init__(self, claim: Claim, base: Instance) -> None:
        assert claim.space is not None
        self.claim, self.space = claim, claim.space
        self.parts = self._parts(base)
        self.places: list[Place] = []
        if self.parts:
            self.run = compiled(self.parts)
            self.places = list(itertools.islice(self._places(base), PLACES))

    def _places(self, base: Instance) -> Iterator[Place]:
        for name, domain in self.space.domains.items():
            if isinstance(domain, (Real, Integer)):
                yield name, ()
        for name, domain in self.space.domains.items():
            if isinstance(domain, Entries) and len(domain.shape) == 1:
                yield from ((name, (index,)) for index in range(len(base[name])))

    def _parts(self, base: Instance) -> list[Node]:
        """Terms whose sign decides the conclusion, the form of the formula and of the hypotheses; inner ones first."""
        try:
            values = self.space.lift(base, ExactArrays())
            sides = self.claim.formula.for_values(values)
            conditions = [
                self.claim.condition(hypothesis).for_values(values)
                for hypothesis in self.claim.hypotheses
                if isinstance(hypothesis, Requirement)
            ]
        except OUTSIDE:
            return []
        found: dict[Node, None] = {}
        for item in ordered([*sides, *itertools.chain.from_iterable(conditions)]):
            if item.op == "array" and len(item.params[1]) > LONG:
                return []
            if item.free:
                continue
            if item.op in COMPARISONS or item.op in ("maximum", "minimum"):
                found[_difference(*item.args)] = None
            elif item.op in ("abs", "sign"):
                found[item.args[0]] = None
        gap = [_difference(*sides)] if len(sides) == 2 else []
        return [*list(found)[:PARTS], *gap]

    def values(self, base: Instance, place: Place) -> tuple[list[Any], list[Any]]:
        """The rational roots of the parts; and all candidates: those, the ends, what lies between and beyond."""
        domain = self.space.domains[place[0]]
        ends = ends_of(domain, base)
        sample = self._sampler(base, place)
        marks = {end for end in ends if end is not None}
        exact: set[Fraction] = set()
        for index in range(len(self.parts)):
            found: set[Fraction] = set()
            for low, high in _intervals(marks, ends):
                points = _points(low, high)
                values = [sample(point)[index] for point in points]
                known = [value for value in values if value is not None]
                if len(known) == len(points):
                    rational, near = _roots(points, known)
                    inside = {r for r in rational if _between(low, r, high)}
                    exact |= inside
                    found |= inside | {r for r in near if _between(low, r, high)}
            marks |= found
        listed = sorted(marks)
        between = [simplest_between(a + (b - a) / 4, b - (b - a) / 4) for a, b in itertools.pairwise(listed)]
        beyond = [listed[0] - 1, listed[-1] + 1] if listed else []
        candidates = [*sorted(exact), *listed, *between, *beyond]
        if isinstance(domain, Integer):
            return _whole(domain, exact), _whole(domain, candidates)
        return sorted(exact), list(dict.fromkeys(candidates))

    def _sampler(self, base: Instance, place: Place) -> Callable[[Fraction], list[Fraction | None]]:
        """The exact values of the parts as functions of one number; None where a part is not rational."""
        xp = ExactArrays()
        name, index = place
        values = self.space.lift(base, xp)
        array = values[name].copy()

        @functools.cache
        def sample(point: Fraction) -> list[Fraction | None]:
            array[(0, *index)] = xp.number(point)
            values[name] = array
            try:
                return [_rational(value) for value in self.run(xp, values, 1)]
            except OUTSIDE:
                return [self._alone(part, values) for part in self.parts]

        return sample

    def _alone(self, part: Node, values: Mapping[str, Any]) -> Fraction | None:
        try:
            (value,) = compiled((part,))(ExactArrays(), values, 1)
        except OUTSIDE:
            return None
        return _rational(value)


def _rational(value: Any) -> Fraction | None:
    entries = np.asarray(value, dtype=object).ravel()
    try:
        return ExactNumber(entries[0]).fraction() if len(entries) == 1 else None
    except OUTSIDE:
        return None


def ends_of(domain: Any, base: Instance) -> Ends:
    """The ends of the range of a number; None where there is none."""
    if isinstance(domain, Integer):
        return Fraction(domain.low), Fraction(domain.high)
    interval = domain.entry if isinstance(domain, Entries) else domain
    bounds = (interval.low, interval.high)
    low, high = (Fraction(base[bound]) if isinstance(bound, str) else bound for bound in bounds)
    return low, high


def _intervals(marks: Iterable[Fraction], ends: Ends) -> list[Ends]:
    """What the marks leave of the range, from left to right; at most `INTERVALS`, all of it where there are more."""
    if ends[0] is not None and ends[0] == ends[1]:
        return []
    inner = sorted(mark for mark in marks if mark not in ends)
    if len(inner) >= INTERVALS:
        return [ends]
    return list(itertools.pairwise([ends[0], *inner, ends[1]]))


def _points(low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    """`DEGREE` + 2 points inside of an interval."""
    if low is not None and high is not None:
        return [low + (high - low) * Fraction(k + 1, DEGREE + 3) for k in range(DEGREE + 2)]
    if high is not None:
        return [high - 1 - k for k in range(DEGREE + 2)]
    start = low if low is not None else Fraction(-2)
    return [start + 1 + k for k in range(DEGREE + 2)]


def _between(low: Fraction | None, value: Fraction, high: Fraction | None) -> bool:
    return (low is None or value > low) and (high is None or value < high)


def _whole(domain: Integer, values: Iterable[Fraction]) -> list[int]:
    """The integers at and around the values, as far as they lie in the range."""
    near = [math.floor(value) + k for k in (0, 1, -1) for value in values]
    return [number for number in dict.fromkeys(near) if domain.low <= number <= domain.high]


def _difference(a: Node, b: Node) -> Node:
    return node("sub", (a, b), (), a.shape if len(a.shape) >= len(b.shape) else b.shape)


def _roots(points: Sequence[Fraction], samples: Sequence[Fraction]) -> tuple[set[Fraction], set[Fraction]]:
    """The real roots of the polynomial through the samples, if its degree is at most `DEGREE`.

    Those that are rational; and numbers closely on either side of the others.
    """
    polynomial = flint.fmpq_poly([0])
    for i, (point, value) in enumerate(zip(points, samples, strict=True)):
        basis = flint.fmpq_poly([_fmpq(value)])
        for j, other in enumerate(points):
            if i != j:
                basis = basis * flint.fmpq_poly([_fmpq(-other), 1]) / _fmpq(point - other)
        polynomial = polynomial + basis
    if not 1 <= polynomial.degree() <= DEGREE:
        return set(), set()
    rational, near = set(), set()
    for factor, _ in flint.fmpz_poly(polynomial.numer().coeffs()).factor()[1]:
        if factor.degree() == 1:
            rational.add(Fraction(-int(factor[0]), int(factor[1])))
        else:
            for root in (pair[0] for pair in _complex_roots(factor)):
                if root.imag == 0:
                    middle = arb_fraction(root.real.mid())
                    step = max(abs(middle), Fraction(1)) / 2**40
                    near |= {middle - step, middle + step}
    return rational, near


def _complex_roots(polynomial: Any) -> Any:
    return polynomial.complex_roots()  # its annotation knows no multiplicities


def _fmpq(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
