"""A scalar inequality as data: a term that is claimed to be ≥ 0 (or > 0), what is known, and points that violate it."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.errors import BudgetError
from theorycheck.kernel import Term, le, lt, number, variable
from theorycheck.kernel.balls import CERTAIN, evaluate
from theorycheck.kernel.intervals import Interval
from theorycheck.kernel.terms import variables_of
from theorycheck.search.context import Context, context_of
from theorycheck.terms.balls import precision, to_arb

Point = dict[str, Fraction]
BITS = (64, 256, 1024)
REAL = Interval()


@dataclass(frozen=True)
class Problem:
    """`target` ≥ 0 (> 0 if `strict`) wherever the hypotheses hold.

    Attributes
    ----------
    target : Term
    domains : Mapping[str, Interval]
        Where the symbols lie; one that is missing ranges over all reals.
    assumptions : tuple of Term
        Comparisons.
    strict : bool
    integers : frozenset of str
        Symbols that only take integer values (proofs ignore it, counterexamples must respect it).
    permits : callable
        What else a counterexample must satisfy: x ≠ 0, x even, the exact ends of a box that was rounded outward.
    """

    target: Term
    domains: Mapping[str, Interval] = field(default_factory=dict)
    assumptions: tuple[Term, ...] = ()
    strict: bool = False
    integers: frozenset[str] = frozenset()
    permits: Callable[[Point], bool] = field(default=lambda point: True, compare=False)

    @property
    def conclusion(self) -> Term:
        return (lt if self.strict else le)(number(0), self.target)

    @property
    def hypotheses(self) -> tuple[Term, ...]:
        """The domains of the symbols that occur, and the assumptions."""
        names = {name.value for name in variables_of(self.target, *self.assumptions)}
        bounds = [
            b for name, found in sorted(self.domains.items()) if name in names for b in bounds_of(name, found)
        ]
        return (*bounds, *self.assumptions)

    @functools.cached_property
    def context(self) -> Context:
        """The hypotheses as theorems, with the bounds that follow from them."""
        return context_of(self.hypotheses, [self.target])

    @property
    def names(self) -> list[str]:
        return sorted(v.value for v in variables_of(self.target, *self.assumptions) if v.head == "variable")

    def domain(self, name: str) -> Interval:
        """The domain of a symbol, sharpened by the assumptions."""
        return self.context.intervals.get(variable(name), REAL)


def bounds_of(name: str, found: Interval) -> list[Term]:
    """An interval as comparisons."""
    x, bounds = variable(name), []
    if found.low is not None:
        bounds.append((lt if found.open_low else le)(number(found.low), x))
    if found.high is not None:
        bounds.append((lt if found.open_high else le)(x, number(found.high)))
    return bounds


# points -------------------------------------------------------------------------------------------
def draw(rng: random.Random, domain: Interval, integer: bool = False) -> Fraction:
    """Draw an exact number of a domain: its ends, small rationals, and magnitudes from 10⁻³ to 10³."""
    for _ in range(200):
        value = _candidate(rng, domain)
        if integer:
            value = Fraction(round(value))
        if contains(domain, value):
            return value
    raise BudgetError(f"no number was found in the range {domain}")


def _candidate(rng: random.Random, domain: Interval) -> Fraction:
    kind = rng.random()
    if kind < 0.1:
        zero = Fraction(0)
        return rng.choice([domain.low or zero, domain.high or zero, zero, Fraction(1), Fraction(-1)])
    low = None if domain.low is None else _tidy(domain.low, 1)
    high = None if domain.high is None else _tidy(domain.high, -1)
    if low is not None and high is not None:
        return low + (high - low) * Fraction(rng.randint(0, 64), 64)
    size = Fraction(rng.randint(0, 24), rng.randint(1, 12))
    if kind > 0.6:
        size = Fraction(round(10 ** rng.uniform(-3, 3), 3)).limit_denominator(1000)
    if low is not None:
        return low + size
    if high is not None:
        return high - size
    return size * rng.choice((-1, 1))


def _tidy(end: Fraction, inward: int) -> Fraction:
    """Move an end with a long fraction inward a little, so that counterexamples stay readable."""
    if end.denominator <= 10**6:
        return end
    return Fraction(math.floor(end * 10**15) + (1 if inward > 0 else 0), 10**15)


def contains(domain: Interval, value: Fraction) -> bool:
    """Whether a number lies in a range."""
    if domain.low is not None and (value < domain.low or (domain.open_low and value == domain.low)):
        return False
    return domain.high is None or value < domain.high or (value == domain.high and not domain.open_high)


def violates(problem: Problem, point: Point) -> bool:
    """Whether a point certainly satisfies domains and assumptions and certainly violates the inequality."""
    if not _in_domains(problem, point):
        return False
    for bits in BITS:
        with precision(bits):
            value, *known = evaluate([problem.target, *problem.assumptions], _box(point))
            wrong = value.is_finite() and (value <= 0 if problem.strict else value < 0)
            if wrong and all(truth == CERTAIN for truth in known):
                return True
    return False


def _box(point: Mapping[str, Fraction]) -> dict[Term, Any]:
    return {variable(name): to_arb(value) for name, value in point.items()}


def _in_domains(problem: Problem, point: Point) -> bool:
    for name, value in point.items():
        if not contains(problem.domains.get(name, REAL), value):
            return False
        if name in problem.integers and value.denominator != 1:
            return False
    return problem.permits(point)


def random_points(problem: Problem, count: int, seed: int) -> Iterator[Point]:
    """Draw points of the domains; the assumptions are only used to sharpen the domains."""
    rng = random.Random(seed)
    for _ in range(count):
        try:
            yield {n: draw(rng, problem.domain(n), n in problem.integers) for n in problem.names}
        except BudgetError:
            return


def find_violation(problem: Problem, count: int = 120, steps: int = 0, seed: int = 0) -> Point | None:
    """Look for a point that certainly violates the inequality: random points, then a local search."""
    best: tuple[float, Point] | None = None
    for point in random_points(problem, count, seed):
        value = _rough(problem, point)
        if value is None:
            continue
        if value <= 1e-9 and violates(problem, point):
            return _simpler(problem, point)
        if best is None or value < best[0]:
            best = (value, point)
    found = None if best is None or not steps else _descend(problem, best, steps, seed)
    return None if found is None else _simpler(problem, found)


def _simpler(problem: Problem, point: Point) -> Point:
    """Replace coordinates by simpler numbers as long as the inequality is still certainly violated."""
    for name in sorted(point):
        for denominator in (1, 2, 10, 1000, 10**6):
            trial = {**point, name: point[name].limit_denominator(denominator)}
            if trial[name] != point[name] and violates(problem, trial):
                point = trial
                break
    return point


def _rough(problem: Problem, point: Point) -> float | None:
    if not _in_domains(problem, point):
        return None
    with precision(64):
        value, *known = evaluate([problem.target, *problem.assumptions], _box(point))
    certain = value.is_finite() and all(truth == CERTAIN for truth in known)
    return float(value.mid()) if certain else None


def _descend(problem: Problem, best: tuple[float, Point], steps: int, seed: int) -> Point | None:
    rng = random.Random(seed + 1)
    value, point = best
    scale = 1.0
    for _ in range(steps):
        trial = dict(point)
        for name in rng.sample(sorted(point), rng.randint(1, min(3, len(point)))) if point else ():
            shift = Fraction(rng.gauss(0, scale) * max(1.0, abs(float(point[name]))))
            shift = shift.limit_denominator(max(4096, int(64 / scale)))
            trial[name] = (
                Fraction(round(point[name] + shift)) if name in problem.integers else point[name] + shift
            )
        found = _rough(problem, trial)
        if found is None or found >= value:
            scale = scale * 0.9 if scale > 1e-12 else 1.0
            continue
        if any(abs(coordinate) > 10**9 for coordinate in trial.values()):
            break  # it decreases towards infinity; nothing will be found there
        value, point, scale = found, trial, min(scale * 4, 64.0)
        if value <= 1e-9 and violates(problem, point):
            return point
    return None


def point_to_json(point: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in sorted(point.items())}
