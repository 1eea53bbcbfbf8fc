"""Goals in one variable or on a box: root isolation, dominated tails, branch and bound."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from theorycheck.kernel import Refused, Term, Theorem, infer, le, make, minus, mul, number, power
from theorycheck.kernel.bounds import interval_from
from theorycheck.kernel.polynomials import to_term
from theorycheck.kernel.rules.covers import Enclosure, box_of
from theorycheck.kernel.terms import add, variables_of
from theorycheck.search.context import ZERO, Context
from theorycheck.search.fractions_of_polynomials import Factor, Goal
from theorycheck.search.values import values_of

RADII = (0, 1, 2, 4, 8, 16, 32, 64, 256, 1024)
DEEPEST_BISECTION = 24
"""Of a variable."""


def by_roots(goal: Goal) -> Theorem | None:
    """A numerator in one generator, by root isolation."""
    if len(goal.used) != 1:
        return None
    (place,) = goal.used
    generator = goal.generators[place]
    wanted = make(goal.conclusion.head, ZERO, to_term(goal.numerator, goal.generators))
    bounds = [f.theorem for f in goal.bounds(place) if f.theorem is not None]
    return goal.from_numerator(_roots(wanted, generator, bounds, goal))


def _roots(wanted: Term, generator: Term, bounds: list[Theorem], goal: Goal) -> Theorem | None:
    values = values_of([wanted], goal.context, goal.prove)
    try:
        return infer("roots", *bounds, *values, conclusion=wanted, of=generator)
    except Refused:
        return None


# tails ------------------------------------------------------------------------------------------------------------------
def by_tails(goal: Goal, max_boxes: int) -> Theorem | None:
    """A numerator Σ cₖ xᵏ, x a variable, whose tails are those of a polynomial with the worst numbers for the cₖ.

    Each cₖ may contain anything, x itself as in sin x. Between the tails, branch and bound.
    """
    for place in goal.used:
        generator = goal.generators[place]
        if generator.head == "variable":
            for radius in RADII if max_boxes else RADII[:1]:
                theorem = _with_radius(goal, place, Fraction(radius), max_boxes)
                if theorem is not None:
                    return theorem
    return None


def _with_radius(goal: Goal, place: int, radius: Fraction, max_boxes: int) -> Theorem | None:
    x = goal.generators[place]
    upper = _tail(goal, place, 1, radius)
    lower = None if upper is None else _tail(goal, place, -1, radius)
    if upper is None or lower is None:
        return None
    if radius == 0:
        whole: Theorem | None = infer("cases", lower, upper, left=x, right=ZERO)
    else:
        inside = goal.context.with_bounds(
            infer("assume", formula=le(number(-radius), x)), infer("assume", formula=le(x, number(radius)))
        )
        middle = by_cover(lower.conclusion, inside, max_boxes)
        if middle is None:
            return None
        above = infer("cases", middle, upper, left=x, right=number(radius))
        whole = infer("cases", lower, above, left=x, right=number(-radius))
    return goal.from_numerator(whole)


def _tail(goal: Goal, place: int, side: int, radius: Fraction) -> Theorem | None:
    """0 ≤ numerator where side · x ≥ radius."""
    x = goal.generators[place]
    end = number(side * radius)
    inside = goal.context.with_bounds(infer("assume", formula=le(end, x) if side > 0 else le(x, end)))
    wanted = make(goal.conclusion.head, ZERO, to_term(goal.numerator, goal.generators))
    if inside.contradictory:
        return _absurd(wanted, x, inside)
    t = x if side > 0 else minus(x)
    sign = inside.by_ranges(le(ZERO, t))
    if sign is None:
        return None
    factors, products, lows = [Factor(None, sign)], [], []
    for degree, coefficient in _coefficients(goal.numerator, place).items():
        c = to_term(side**degree * coefficient, goal.generators)
        found = inside.interval(c)
        if found is None or found.low is None:
            return None
        above = inside.by_ranges(le(number(found.low), c))
        if above is None:
            return None
        products.append((Fraction(1), {0: degree, len(factors): 1} if degree else {len(factors): 1}))
        factors.append(Factor(None, above))
        lows.append(mul(number(found.low * side**degree), power(x, degree)))
    polynomial = make(goal.conclusion.head, ZERO, add(*lows))
    bounds = [b for b in inside.bounds if x in b.conclusion.args]
    try:
        below = infer("roots", *bounds, conclusion=polynomial, of=x)
    except Refused:
        return None
    products.append((Fraction(1), {len(factors): 1}))
    factors.append(Factor(None, below))
    tail = Goal(wanted, None, goal.generators, None, (), inside, goal.prove)
    return tail.conclude(factors, products)


def _absurd(wanted: Term, x: Term, inside: Context) -> Theorem | None:
    """Anything, where the bounds of x leave no number."""
    bounds = [b for b in inside.bounds if x in b.conclusion.args]
    lows = [b for b in bounds if b.conclusion.args[1] is x]
    highs = [b for b in bounds if b.conclusion.args[0] is x]
    for low in lows:
        for high in highs:
            a, b = low.conclusion.args[0], high.conclusion.args[1]
            strict = "lt" in (low.conclusion.head, high.conclusion.head)
            head = "lt" if strict else "le"
            try:
                joined = infer(
                    "combination",
                    low,
                    high,
                    conclusion=make(head, a, b),
                    products=((number(1), ((0, 1),), ()), (number(1), ((1, 1),), ())),
                )
                if strict:
                    weak = infer("range", conclusion=make("le", b, a))
                    return infer("absurd", weak, joined, conclusion=wanted)
                return infer("absurd", joined, infer("range", conclusion=make("lt", b, a)), conclusion=wanted)
            except Refused:
                continue
    return None


def _coefficients(p: Any, place: int) -> dict[int, Any]:
    """The coefficient of every power of one generator."""
    found: dict[int, dict[Any, Any]] = {}
    for exponents, c in p.to_dict().items():
        rest = tuple(0 if i == place else int(e) for i, e in enumerate(exponents))
        found.setdefault(int(exponents[place]), {})[rest] = c
    return {degree: p.context().from_dict(terms) for degree, terms in sorted(found.items())}


# boxes --------------------------------------------------------------------------------------------------------------------
def by_cover(conclusion: Term, context: Context, max_boxes: int) -> Theorem | None:
    """Branch and bound on the box of the variables' bounds."""
    names = variables_of(conclusion)
    bounds = [b for b in context.bounds if names & set(b.conclusion.args)]
    try:
        enclosure = Enclosure(conclusion)
        box = box_of(enclosure.names, {n: interval_from(n, [b.sequent for b in bounds]) for n in names})
    except Refused:
        return None
    splits = _splits(enclosure, box, max_boxes)
    if splits is None:
        return None
    try:
        return infer("cover", *bounds, conclusion=conclusion, splits=splits)
    except Refused:
        return None


def _splits(enclosure: Enclosure, box: Any, max_boxes: int) -> tuple[int, ...] | None:
    """Halve the variable that matters most until every part is decided, or None after `max_boxes` parts."""
    waiting = [(box, 0)]
    splits: list[int] = []
    count, deepest, size = 0, DEEPEST_BISECTION * len(enclosure.names), len(enclosure.names)
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if enclosure.decides(part):
            splits.append(-1)
            continue
        if not size or depth >= deepest or count >= max_boxes:
            return None
        slopes = enclosure.slopes_on(part)
        influence = {
            place: float(part[name][1] - part[name][0])
            * (float(abs(slopes[name]).upper()) if name in slopes else 1.0)
            for place, name in enumerate(enclosure.names)
        }
        chosen = max(influence, key=lambda place: (influence[place], place))
        upper, lower = enclosure.halves(part, chosen)
        if _smaller(enclosure.in_the_middle(upper), enclosure.in_the_middle(lower)):
            chosen += size  # where the search fails, it fails early
        splits.append(chosen)
        waiting += [(half, depth + 1) for half in enclosure.halves(part, chosen)]
    return tuple(splits)


def _smaller(first: Any, second: Any) -> bool:
    return bool(first.is_finite() and second.is_finite() and first.mid() < second.mid())
