"""A scalar inequality as data: a tree that is claimed to be ≥ 0 (or > 0), the ranges of its symbols, what is assumed.

Everything here is read from a certificate as well as from a claim, so there is no SymPy.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.balls import precision
from theorycheck.derivations import polynomials
from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.ranges import REAL, Range, range_of
from theorycheck.derivations.trees import Tree, evaluate_tree, number
from theorycheck.errors import BudgetError, NotExactError, UndecidedError

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
    strict : bool
    integers : frozenset of str
        Symbols that only take integer values (proofs ignore it, counterexamples must respect it).
    elementary : tuple of (name, tree)
        Elementary inequalities to use, see `elementary_inequalities`.
    """

    target: Tree
    domains: Mapping[str, Range] = field(default_factory=dict)
    assumptions: tuple[Tree, ...] = ()
    strict: bool = False
    integers: frozenset[str] = frozenset()
    elementary: tuple[tuple[str, Tree], ...] = ()

    def context(self) -> tuple[dict[str, Range], dict[str, Range]]:
        """Return the domains of the symbols and the ranges of subtrees, sharpened by the assumptions."""
        return known_ranges(self.domains, self.assumptions)


def known_ranges(
    domains: Mapping[str, Range], assumptions: tuple[Tree, ...]
) -> tuple[dict[str, Range], dict[str, Range]]:
    """Read bounds from assumptions of the form c·monomial + b ≥ 0, such as 3σ² − 2 ≥ 0."""
    sharper, facts = dict(domains), {}
    for assumption in assumptions:
        generators: dict[str, Tree] = {}
        p = numerator_of(assumption, generators)
        powers = [] if p is None else [m for m in p if m]
        if p is None or len(powers) != 1:
            continue
        (monomial,) = powers
        bound = -p.get((), Fraction(0)) / p[monomial]
        found = Range(low=bound) if p[monomial] > 0 else Range(high=bound)
        if len(monomial) == 1 and monomial[0][1] == 1 and generators[monomial[0][0]][0] == "symbol":
            name = monomial[0][0]
            sharper[name] = sharper.get(name, REAL).intersect(found)
            continue
        tree = polynomials.to_expression({monomial: Fraction(1)}, generators)
        name = polynomials.key(tree)
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


def elementary_inequalities(name: str, w: Tree, w_range: Range | None) -> list[Tree]:
    """Return trees that are ≥ 0 for every real w in its range, by an inequality of analysis known by name.

    "exp": e^w ≥ 1 + w; "log": log w ≤ w − 1 for w > 0; "sin", "cos", "tanh", "erf": bounded by 1, cos w ≥ 1 − w²/2, and
    between 0 and the tangent at 0 for w ≥ 0; "sqrt": √w ≤ (1 + w)/2; "abs": |w| ≥ ±w.
    """
    if w_range is None:
        return []
    minus: Tree = ["mul", number(-1), w]
    one, half = number(1), number(Fraction(1, 2))
    if name == "exp":
        return [["add", ["exp", w], number(-1), minus]]
    if name == "log":
        return [["add", w, number(-1), _minus(["log", w])]] if w_range.positive else []
    if name == "sqrt":
        root: Tree = ["pow", w, half]
        return [root, ["add", half, ["mul", half, w], _minus(root)]] if w_range.nonnegative else []
    if name == "abs":
        return [["add", ["abs", w], w], ["add", ["abs", w], minus]]
    if name not in ("sin", "cos", "tanh", "erf"):
        return []
    value: Tree = [name, w]
    result = [["add", one, value], ["add", one, _minus(value)]]
    if name == "cos":
        result.append(["add", value, number(-1), ["mul", half, ["pow", w, number(2)]]])
    elif name in ("sin", "tanh") and w_range.nonnegative:
        result.append(["add", w, _minus(value)])
    return result


def _minus(tree: Tree) -> Tree:
    return ["mul", number(-1), tree]


# points -----------------------------------------------------------------------------------------------------------------
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
        return rng.choice([domain.low or Fraction(0), domain.high or Fraction(0), Fraction(0), Fraction(1), Fraction(-1)])
    if domain.low is not None and domain.high is not None:
        return domain.low + (domain.high - domain.low) * Fraction(rng.randint(1, 1023), 1024)
    size = Fraction(rng.randint(0, 24), rng.randint(1, 12))
    if kind > 0.6:
        size = Fraction(round(10 ** rng.uniform(-3, 3), 3)).limit_denominator(1000)
    if domain.low is not None:
        return domain.low + size
    if domain.high is not None:
        return domain.high - size
    return size * rng.choice((-1, 1))


def contains(domain: Range, value: Fraction) -> bool:
    return not domain.intersect(Range(value, value)).empty


def violates(problem: Problem, point: Point) -> bool:
    """Whether a point certainly satisfies domains and assumptions and certainly violates the inequality."""
    for bits in BITS:
        with precision(bits):
            try:
                value = evaluate_tree(problem.target, point)
                wrong = value <= 0 if problem.strict else value < 0
                return bool(wrong) and admissible(problem, point)
            except (UndecidedError, NotExactError):
                continue
    return False


def admissible(problem: Problem, point: Point) -> bool:
    """Whether a point certainly satisfies the domains and the assumptions (at the working precision)."""
    for name, value in point.items():
        if not contains(problem.domains.get(name, REAL), value):
            return False
        if name in problem.integers and value.denominator != 1:
            return False
    try:
        return all(bool(evaluate_tree(a, point) >= 0) for a in problem.assumptions)
    except (UndecidedError, NotExactError):
        return False


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
    """Look for a point that certainly violates the inequality: random points, then `steps` of pattern search."""
    best: tuple[float, Point] | None = None
    for point in random_points(problem, count, seed):
        value = _rough(problem, point)
        if value is None:
            continue
        if value <= 1e-9 and violates(problem, point):
            return point
        if best is None or value < best[0]:
            best = (value, point)
    return None if best is None or not steps else _descend(problem, best, steps, seed)


def _rough(problem: Problem, point: Point) -> float | None:
    try:
        with precision(64):
            if not admissible(problem, point):
                return None
            ball = evaluate_tree(problem.target, point)
            return ball.midpoint if ball.is_finite else None
    except (UndecidedError, NotExactError):
        return None


def _descend(problem: Problem, best: tuple[float, Point], steps: int, seed: int) -> Point | None:
    rng = random.Random(seed + 1)
    value, point = best
    scale = 1.0
    for _ in range(steps):
        trial = dict(point)
        for name in rng.sample(sorted(point), rng.randint(1, min(2, len(point)))) if point else ():
            shift = Fraction(rng.gauss(0, scale) * max(1.0, abs(float(point[name])))).limit_denominator(4096)
            trial[name] = Fraction(round(point[name] + shift)) if name in problem.integers else point[name] + shift
        found = _rough(problem, trial)
        if found is None or found >= value:
            scale = max(scale * 0.93, 1e-3)
            continue
        value, point, scale = found, trial, min(scale * 2, 64.0)
        if value <= 1e-9 and violates(problem, point):
            return point
    return None


def point_to_json(point: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in sorted(point.items())}
