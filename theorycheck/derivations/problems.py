"""A scalar inequality as data: a tree that is claimed to be ≥ 0 (or > 0), the ranges of its symbols, what is
assumed.

Everything here is read from a certificate as well as from a claim, so there is no SymPy.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.ranges import REAL, Range, range_of
from theorycheck.derivations.trees import Evaluator, Tree, compile_tree, key, number
from theorycheck.errors import BudgetError, NotExactError, UndecidedError
from theorycheck.terms.balls import Ball, precision, to_arb

Point = dict[str, Fraction]
BITS = (64, 256, 1024)


@dataclass(frozen=True)
class Problem:
    """`target` ≥ 0 (> 0 if `strict`) wherever the symbols lie in their domains and every assumption is ≥ 0.

    Attributes
    ----------
    target : list
        An expression tree.
    domains : Mapping[str, Range]
        A symbol that is missing ranges over all reals.
    assumptions : tuple of trees
        Each is known to be ≥ 0.
    positive : frozenset of int
        Which of them (by their place) are even known to be > 0.
    strict : bool
    integers : frozenset of str
        Symbols that only take integer values (proofs ignore it, counterexamples must respect it).
    elementary : tuple of (name, tree)
        Inequalities of analysis to use, see `elementary_inequalities`.
    permits : callable
        What else a counterexample must satisfy: x ≠ 0, x even, the exact ends of a box that was rounded
        outward.
    """

    target: Tree
    domains: Mapping[str, Range] = field(default_factory=dict)
    assumptions: tuple[Tree, ...] = ()
    strict: bool = False
    positive: frozenset[int] = frozenset()
    integers: frozenset[str] = frozenset()
    elementary: tuple[tuple[str, Tree], ...] = ()
    permits: Callable[[Point], bool] = field(default=lambda point: True, compare=False)

    @functools.cached_property
    def evaluators(self) -> tuple[Evaluator, tuple[Evaluator, ...]]:
        """The target and the assumptions, compiled."""
        return compile_tree(self.target), tuple(compile_tree(a) for a in self.assumptions)

    def context(self) -> tuple[dict[str, Range], dict[str, Range]]:
        """Return the domains of the symbols and the ranges of subtrees, sharpened by the assumptions."""
        return known_ranges(self.domains, self.assumptions, self.positive)


def known_ranges(
    domains: Mapping[str, Range], assumptions: tuple[Tree, ...], positive: frozenset[int] = frozenset()
) -> tuple[dict[str, Range], dict[str, Range]]:
    """Read bounds from assumptions of the form c·monomial + b ≥ 0 (> 0), such as 3σ² − 2 ≥ 0."""
    sharper = dict(domains)
    facts: dict[str, Range] = {}
    for place, assumption in enumerate(assumptions):
        generators: dict[str, Tree] = {}
        p = numerator_of(assumption, generators)
        powers = [] if p is None else [m for m in p if m]
        if p is None or len(powers) != 1:
            continue
        (monomial,) = powers
        bound = -p.get((), Fraction(0)) / p[monomial]
        is_open = place in positive
        found = (
            Range(low=bound, open_low=is_open) if p[monomial] > 0 else Range(high=bound, open_high=is_open)
        )
        if len(monomial) == 1 and monomial[0][1] == 1 and generators[monomial[0][0]][0] == "symbol":
            name = monomial[0][0]
            sharper[name] = sharper.get(name, REAL).intersect(found)
            continue
        tree = polynomials.to_expression({monomial: Fraction(1)}, generators)
        name = key(tree)
        facts[name] = facts.get(name, REAL).intersect(found)
        if len(monomial) == 1 and generators[monomial[0][0]][0] == "symbol":
            name, exponent = monomial[0]
            if sharper.get(name, REAL).nonnegative and bound > 0:
                root = range_of(["pow", number(bound), number(Fraction(1, exponent))], {})
                end = None if root is None else root.low if found.low is not None else root.high
                limit = Range(low=end) if found.low is not None else Range(high=end)
                sharper[name] = sharper[name].intersect(limit)
    return sharper, facts


def numerator_of(tree: Tree, generators: dict[str, Tree]) -> Polynomial | None:
    """Return the polynomial that a tree is, or None if it has a denominator."""
    try:
        top, bottom = polynomials.rational_form(tree, generators)
    except BudgetError:
        return None
    if set(bottom) != {()}:
        return None
    return polynomials.scale(top, 1 / bottom[()])


# points -------------------------------------------------------------------------------------------
def draw(rng: random.Random, domain: Range, integer: bool = False) -> Fraction:
    """Draw an exact number of a domain: its ends, small rationals, and magnitudes from 10⁻³ to 10³."""
    for _ in range(200):
        value = _candidate(rng, domain)
        if integer:
            value = Fraction(round(value))
        if contains(domain, value):
            return value
    raise BudgetError(f"no number was found in the range {domain}")


def _candidate(rng: random.Random, domain: Range) -> Fraction:
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


def contains(domain: Range, value: Fraction) -> bool:
    """Whether a number lies in a range."""
    if domain.low is not None and (value < domain.low or (domain.open_low and value == domain.low)):
        return False
    return domain.high is None or value < domain.high or (value == domain.high and not domain.open_high)


def violates(problem: Problem, point: Point) -> bool:
    """Whether a point certainly satisfies domains and assumptions and certainly violates the inequality."""
    if not _in_domains(problem, point):
        return False
    target, _ = problem.evaluators
    for bits in BITS:
        with precision(bits):
            values = _balls(point)
            try:
                value = Ball(target(values))
                wrong = value <= 0 if problem.strict else value < 0
                return bool(wrong) and _satisfies(problem, values)
            except (UndecidedError, NotExactError):
                continue
    return False


def _balls(point: Point) -> dict[str, Any]:
    return {name: to_arb(value) for name, value in point.items()}


def _in_domains(problem: Problem, point: Point) -> bool:
    for name, value in point.items():
        if not contains(problem.domains.get(name, REAL), value):
            return False
        if name in problem.integers and value.denominator != 1:
            return False
    return problem.permits(point)


def _satisfies(problem: Problem, values: Mapping[str, Any]) -> bool:
    """Whether a point certainly satisfies the assumptions, at the working precision."""
    _, assumptions = problem.evaluators
    try:
        for place, assumption in enumerate(assumptions):
            value = Ball(assumption(values))
            if not (value > 0 if place in problem.positive else value >= 0):
                return False
    except (UndecidedError, NotExactError):
        return False
    return True


def names_of(problem: Problem) -> list[str]:
    return sorted(set().union(symbols_of(problem.target), *(symbols_of(a) for a in problem.assumptions)))


def random_points(problem: Problem, count: int, seed: int) -> Iterator[Point]:
    """Draw points of the domains; the assumptions are only used to sharpen the domains."""
    domains, _ = problem.context()
    rng = random.Random(seed)
    names = names_of(problem)
    for _ in range(count):
        try:
            yield {name: draw(rng, domains.get(name, REAL), name in problem.integers) for name in names}
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
    target, _ = problem.evaluators
    with precision(64):
        values = _balls(point)
        if not _satisfies(problem, values):
            return None
        try:
            ball = Ball(target(values))
        except (UndecidedError, NotExactError):
            return None
    return ball.midpoint if ball.is_finite else None


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
