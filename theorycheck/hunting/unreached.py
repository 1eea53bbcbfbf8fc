"""Points where a claim seems to fail and that no exact instance reaches: √2, log 3, the solution of x = cos x.

Two kinds of points are approximated to about eighty digits, on lines through instances that were drawn: where a part of the
formula whose sign decides (`hunting.critical`) changes its sign, and where the gap comes down to 0. At such a point the claim
is evaluated as if what is equal there to seventy-five digits were equal. If it fails then, it can't be called supported; it isn't
refuted either, for that is for exact instances. A gap that tends to 0 at an end that is excluded, beyond all bounds, or where a
strict hypothesis ends, is none of these.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import TheorycheckError
from theorycheck.functions.domains import arb_fraction
from theorycheck.hunting import ties
from theorycheck.hunting.certify import relation_fails
from theorycheck.hunting.critical import STRATA, Look, Place, bases_of, ends_of, replaced
from theorycheck.hunting.drawing import Hunted
from theorycheck.hunting.evaluation import evaluate, two_sides
from theorycheck.spaces import Instance, Integer, Real, instance_to_json
from theorycheck.spaces.numbers import simplest_between
from theorycheck.statement.claims import Claim
from theorycheck.terms.balls import Ball, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nearly import NearlyEqualArrays
from theorycheck.terms.nodes import Node, ordered
from theorycheck.terms.program import compiled
from theorycheck.terms.table import COMPARISONS

BITS = 640
DIFFERENCE = 160
"""Derivatives are differences of values at points 2^-160 apart, relatively."""
CLOSE = Fraction(1, 2**280)
"""Relative size of a step, or of a bracket, that ends an approximation."""
NOTHING = Fraction(1, 2**240)
"""A gap that is smaller, beside the gaps a little way off, is none."""
NOISE = Fraction(1, 2**600)
"""A gap that is smaller, beside the sides, is rounding."""
LARGEST = 2**1000
"""Of numbers, and of their inverses, that are followed; others lie on the way to infinity."""
STEPS = 40
STARTS = 5
"""Points of a stratum from which the gap is followed down."""
DRAWN = 2048
PLACES = 6
"""Numbers that are varied together."""
SAMPLES = 24
"""Points of a line at which signs are looked at."""
SIMPLE = Fraction(1, 2**80)
"""The part of a number by which a simpler one may differ that is tried in its stead."""
MOST_BASES = 6
WITH_FUNCTIONS = 2
"""Strata, and starts of each, where the space has functions, whose balls take longer."""
LONG = 24
"""Characters of a fraction that is shown as a decimal."""
JUMPS = frozenset([*COMPARISONS, "sign"])
OUTSIDE = (TheorycheckError, ArithmeticError, TypeError, ValueError, AttributeError)

Point = tuple[Fraction, ...]


def limit_points(claim: Claim, strata: Sequence[Hunted], random: np.random.Generator) -> Iterator[Instance]:
    """Yield approximations of the points, each as an instance with very long fractions; nothing where none can matter.

    Parameters
    ----------
    claim : Claim
        With a space and sides.
    strata : sequence of Hunted
        What was drawn.
    random : numpy.random.Generator
        The stream of the points that the gap is followed from.
    """
    if claim.relation not in ("<", ">") and not _jumps(claim, strata):
        return
    assert claim.space is not None
    functions = any(kind.role == "function" for kind in claim.space.kinds.values())
    bases, most = (1, WITH_FUNCTIONS) if functions else (MOST_BASES, STRATA)
    for base in itertools.islice(bases_of(claim, strata), bases):
        yield from _sign_changes(claim, base)
    if claim.relation in ("<", ">"):
        for hunted in sorted(strata, key=lambda item: item.stratum.dimension)[:most]:
            for start in _starts(claim, hunted, random)[:most]:
                yield from _minima(claim, start)


def simplified(instance: Instance) -> Instance:
    """The instance with simpler numbers, where very close ones exist: the limit itself, if it is rational."""

    def simpler(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(simpler(item) for item in value)
        if not isinstance(value, Fraction):
            return value
        margin = SIMPLE * (1 + abs(value))
        return simplest_between(value - margin, value + margin)

    return instance.replace(**{name: simpler(value) for name, value in instance.items()})


def fails_in_the_limit(claim: Claim, instance: Instance) -> bool:
    """Whether the claim fails at an instance if numbers that are equal to seventy-five digits are taken to be equal."""
    assert claim.space is not None
    xp = NearlyEqualArrays()
    try:
        if not _inside(claim, instance, xp):
            return False
        values = claim.space.lift(instance, xp)
        for hypothesis in claim.hypotheses:
            if not np.all(claim.holds(hypothesis, xp, values)):
                return False
        left, right = (np.asarray(side, dtype=object).ravel() for side in two_sides(claim, xp, values))
    except OUTSIDE:
        return False
    return any(
        relation_fails(claim.relation, a, b) for a, b in zip(*np.broadcast_arrays(left, right), strict=True)
    )


def approximately(instance: Instance) -> str:
    """The instance in words, with decimals for long fractions."""

    def words(value: Any) -> Any:
        if isinstance(value, list):
            return f"({', '.join(map(words, value))})"
        return (
            f"{float(Fraction(value)):.12g}…" if isinstance(value, str) and len(value) > LONG else str(value)
        )

    return ", ".join(f"{name} = {words(value)}" for name, value in instance_to_json(instance).items())


def _inside(claim: Claim, instance: Instance, xp: Any) -> bool:
    """Whether the numbers lie in their ranges, ends that are nearly met counted as met."""
    assert claim.space is not None
    for name, domain in claim.space.domains.items():
        interval: Any = getattr(domain, "entry", domain)
        if not isinstance(interval, Real):
            continue
        low, high = ends_of(domain, instance)
        for entry in np.asarray(instance[name], dtype=object).ravel():
            number = xp.number(entry)
            if low is not None and not (number > low if interval.open_low else number >= low):
                return False
            if high is not None and not (number < high if interval.open_high else number <= high):
                return False
    return True


def _jumps(claim: Claim, strata: Sequence[Hunted]) -> bool:
    """Whether the conclusion may change suddenly: it contains a comparison, a sign or an integer part."""
    for base in itertools.islice(bases_of(claim, strata[:1]), 1):
        terms = claim.formula.for_values(claim.space.lift(base, numpy_namespace()))  # type: ignore[union-attr]
        return any(item.op in JUMPS for item in ordered(terms))
    return False


# ---- where a part changes its sign -----------------------------------------------------------------------------------------


def _sign_changes(claim: Claim, base: Instance) -> Iterator[Instance]:
    look = Look(claim, base)
    for place in look.places:
        if isinstance(claim.space.domains[place[0]], Integer):  # type: ignore[union-attr]
            continue
        points = _line(*ends_of(claim.space.domains[place[0]], base))  # type: ignore[union-attr]
        for part in look.parts:
            sample = _value_of(claim, part, base, place)
            values = [sample(point) for point in points]
            for (a, left), (b, right) in itertools.pairwise(zip(points, values, strict=True)):
                if left is not None and right is not None and left * right < 0:
                    root = _root(sample, (a, left), (b, right))
                    if root is not None:
                        yield replaced(base, place, root)


def _line(low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    if low is not None and high is not None:
        return [low + (high - low) * Fraction(k, SAMPLES) for k in range(SAMPLES + 1)]
    away = [Fraction(0), *(Fraction(2) ** k for k in range(-5, SAMPLES // 2 - 5))]
    if low is not None:
        return [low + step for step in away]
    if high is not None:
        return [high - step for step in reversed(away)]
    return [*(-step for step in reversed(away[1:])), *away]


def _value_of(
    claim: Claim, part: Node, base: Instance, place: Place
) -> Callable[[Fraction], Fraction | None]:
    """A part as a function of one number; None where it has no value."""
    assert claim.space is not None
    run = compiled((part,))
    with precision(BITS):
        xp = ball_namespace()
        values = claim.space.lift(base, xp)
    name, index = place
    array = values[name].copy()

    def sample(point: Fraction) -> Fraction | None:
        with precision(BITS), np.errstate(all="ignore"):
            try:
                array[(0, *index)] = xp.number(point)
                values[name] = array
                (found,) = run(xp, values, 1)
                return _middle(found)
            except OUTSIDE:
                return None

    return sample


def _middle(value: Any) -> Fraction | None:
    entries = np.asarray(value, dtype=object).ravel()
    if len(entries) != 1:
        return None
    middle = Ball(entries[0]).arb.mid()
    size = abs(middle)
    if not middle.is_finite() or size > LARGEST or ((size > 0) and size * LARGEST < 1):
        return None
    return arb_fraction(middle)


def _root(
    sample: Callable[[Fraction], Fraction | None],
    left: tuple[Fraction, Fraction],
    right: tuple[Fraction, Fraction],
) -> Fraction | None:
    """Where a function changes its sign, by the Illinois rule and bisection in turn."""
    (a, at_a), (b, at_b) = left, right
    for step in range(STEPS * 4):
        if abs(b - a) <= CLOSE * (1 + abs(a)):
            return _short((a + b) / 2)
        middle = (a + b) / 2 if step % 3 == 2 else _short(b - at_b * (b - a) / (at_b - at_a))
        if not min(a, b) < middle < max(a, b):
            middle = (a + b) / 2
        value = sample(middle)
        if value is None:
            return None
        if value == 0:
            return middle
        if (value > 0) == (at_b > 0):
            b, at_b, at_a = middle, value, at_a / 2
        else:
            a, at_a, b, at_b = b, at_b, middle, value
    return None


def _short(value: Fraction) -> Fraction:
    return Fraction(round(value * 2**BITS), 2**BITS)


# ---- where the gap comes down to 0 -----------------------------------------------------------------------------------------


def _starts(claim: Claim, hunted: Hunted, random: np.random.Generator) -> list[Instance]:
    """Instances of a stratum with small gaps, absolutely and not relatively, that lie apart."""
    assert claim.space is not None
    if not hunted.width:
        return []
    rows = random.random((DRAWN, hunted.width))
    if hunted.rows is not None and len(hunted.rows):
        rows = np.concatenate([hunted.rows, rows])
    batch = evaluate(claim, hunted.stratum, rows, numpy_namespace())
    gap = np.where(batch.admissible & np.isfinite(batch.gap), batch.gap, np.inf)
    chosen: list[int] = []
    for index in np.argsort(gap, kind="stable"):
        if len(chosen) == STARTS or not np.isfinite(gap[index]):
            break
        if all(np.abs(rows[index] - rows[other]).max() > 1 / 50 for other in chosen):
            chosen.append(int(index))
    found = []
    for index in chosen:
        try:
            found.append(ties.instance(claim.space, hunted.stratum, rows[index]))
        except TheorycheckError:
            continue
    return found


def _minima(claim: Claim, start: Instance) -> Iterator[Instance]:
    """Follow the gap down from an instance: as it is, its square (for |h|) and its root (for h⁴)."""
    look = Look(claim, start)
    places = [
        place
        for place in look.places
        if not isinstance(claim.space.domains[place[0]], Integer)  # type: ignore[union-attr]
    ]
    if not 0 < len(places) <= PLACES:
        return
    gap = _gap(claim, start, places)
    ranges = [ends_of(claim.space.domains[place[0]], start) for place in places]  # type: ignore[union-attr]
    point = tuple(_number_at(start, place) for place in places)
    for power in (1, 2):
        found = _descend(lambda p, n=power: _power(gap(p), n), point, ranges)  # type: ignore[misc]
        if found is not None and _is_near_zero(gap, found):
            instance = start
            for place, value in zip(places, found, strict=True):
                instance = replaced(instance, place, value)
            yield instance
            return


def _power(value: Fraction | None, exponent: int) -> Fraction | None:
    return value if value is None or exponent == 1 or value < 0 else value**exponent


def _number_at(instance: Instance, place: Place) -> Fraction:
    value = instance[place[0]]
    for index in place[1]:
        value = value[index]
    return Fraction(value)


def _gap(claim: Claim, base: Instance, places: Sequence[Place]) -> Callable[[Point], Fraction | None]:
    assert claim.space is not None
    space = claim.space

    def gap(point: Point) -> Fraction | None:
        instance = base
        for place, value in zip(places, point, strict=True):
            instance = replaced(instance, place, value)
        with precision(BITS), np.errstate(all="ignore"):
            try:
                xp = ball_namespace()
                left, right = (_middle(side) for side in two_sides(claim, xp, space.lift(instance, xp)))
            except OUTSIDE:
                return None
        if left is None or right is None:
            return None
        found = right - left if claim.relation == "<" else left - right
        return found if abs(found) > NOISE * (abs(left) + abs(right)) else Fraction(0)

    return gap


def _is_near_zero(gap: Callable[[Point], Fraction | None], point: Point) -> bool:
    """Whether the gap at a point is nothing beside the gaps a little way off, or below 0."""
    value = gap(point)
    if value is None or value < 0:
        return value is not None
    around = []
    for place in range(len(point)):
        for sign in (1, -1):
            moved = list(point)
            moved[place] += sign * (1 + abs(point[place])) / 2**10
            around.append(gap(tuple(moved)))
    largest = max((near for near in around if near is not None), default=Fraction(0))
    return largest > 0 and value <= NOTHING * largest


def _descend(
    value_at: Callable[[Point], Fraction | None],
    start: Point,
    ranges: Sequence[tuple[Fraction | None, Fraction | None]],
) -> Point | None:
    """A point where Newton's method for a minimum comes to rest, or where the value is negative; numbers at ends stay there."""
    point, value = start, value_at(start)
    if value is None:
        return None
    for _ in range(STEPS):
        if value < 0:
            return point
        free = [i for i, ends in enumerate(ranges) if point[i] not in ends]
        step = _newton(value_at, point, value, free)
        if step is None:
            return None
        if all(abs(move) <= CLOSE * (1 + abs(point[i])) for i, move in zip(free, step, strict=True)):
            return point
        for halvings in (0, 1, 2, 4, 8, 16):
            moved = list(point)
            for i, move in zip(free, step, strict=True):
                moved[i] = _within(_short(point[i] + move / 2**halvings), point[i], ranges[i])
            new = value_at(tuple(moved))
            if new is not None and new < value:
                point, value = tuple(moved), new
                break
        else:
            return point if value <= NOTHING else None
    return None


def _within(value: Fraction, old: Fraction, ends: tuple[Fraction | None, Fraction | None]) -> Fraction:
    low, high = ends
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def _newton(
    value_at: Callable[[Point], Fraction | None], point: Point, value: Fraction, free: Sequence[int]
) -> list[Fraction] | None:
    """The step to the minimum of the quadratic that fits at a point, upwards curves only; None where a value is missing."""
    size = [(1 + abs(point[i])) / 2**DIFFERENCE for i in free]
    count = len(free)
    if not count:
        return []

    def moved(*moves: tuple[int, int]) -> Fraction | None:
        new = list(point)
        for k, sign in moves:
            new[free[k]] += sign * size[k]
        return value_at(tuple(new))

    up, down = [moved((k, 1)) for k in range(count)], [moved((k, -1)) for k in range(count)]
    if None in up or None in down:
        return None
    gradient = [(u - d) / 2 for u, d in zip(up, down, strict=True)]  # type: ignore[operator]
    curvature = [[Fraction(0)] * count for _ in range(count)]
    for k in range(count):
        curvature[k][k] = up[k] + down[k] - 2 * value  # type: ignore[operator]
        for j in range(k):
            corner = moved((k, 1), (j, 1))
            if corner is None:
                return None
            curvature[k][j] = curvature[j][k] = corner - up[k] - up[j] + value  # type: ignore[operator]
    largest = max(abs(entry) for row in curvature for entry in row)
    if not largest:
        return None
    matrix = np.array([[float(entry / largest) for entry in row] for row in curvature])
    scale = max(abs(entry) for entry in gradient) or Fraction(1)
    values, vectors = np.linalg.eigh(matrix)
    inverse = np.where(np.abs(values) > 1e-9, 1 / np.where(values == 0, 1, np.abs(values)), 0)
    direction = -vectors @ (inverse * (vectors.T @ np.array([float(entry / scale) for entry in gradient])))
    return [Fraction(float(entry)) * scale / largest * size[k] for k, entry in enumerate(direction)]
