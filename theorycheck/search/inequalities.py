"""The search for a theorem 0 ≤ t (0 < t): procedures, cheap ones first; the kernel says what holds.

In order: the ranges of the parts; the numerator with shifted variables; root isolation; tails that a polynomial dominates; sums
of squares; nonnegative combinations; factors and completed squares; branch and bound on a compact box.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.kernel import Refused, Term, Theorem, defined, infer, lt, make, minus, mul, number, power
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.polynomials import to_term
from theorycheck.kernel.terms import add, le, ordered
from theorycheck.search.combinations import by_linear_program, by_shifted_polynomial, by_squares
from theorycheck.search.context import ZERO, Context
from theorycheck.search.fractions_of_polynomials import Factor, Goal, as_goal, terms_of
from theorycheck.search.on_ranges import by_cover, by_roots, by_tails
from theorycheck.search.values import values_of

DEEPEST = 4
MOST_ELEMENTARY = 16
MOST_MONOMIALS = 400
"""Larger numerators are not factored."""


@dataclass(frozen=True)
class Found:
    """A theorem, and the procedure that found it, for people."""

    theorem: Theorem
    method: str


Named = Sequence[tuple[str, Term]]


def prove(conclusion: Term, context: Context, using: Named = ()) -> Found | None:
    """Look for a theorem by all procedures but branch and bound.

    Parameters
    ----------
    conclusion : Term
        s ≤ t or s < t; of other comparisons nothing is found.
    context : Context
    using : sequence of (name, argument)
        Elementary inequalities (`NAMES`) to combine, beside those about the functions that occur.
    """
    goal = _from_zero(conclusion)
    found = None if goal is None else _search(goal, context, 0, using)
    theorem = None if found is None else _as_stated(found.theorem, conclusion)
    return None if found is None or theorem is None else Found(theorem, found.method)


def prove_on_box(conclusion: Term, context: Context, max_boxes: int) -> Found | None:
    """Branch and bound, by so many parts at most; one variable may be unbounded if its tails are dominated."""
    theorem = by_cover(conclusion, context, max_boxes)
    if theorem is not None:
        return Found(theorem, "branch and bound")
    goal = as_goal(conclusion, context, prover_of(context))
    theorem = None if goal is None else by_tails(goal, max_boxes)
    return None if theorem is None else Found(theorem, "branch and bound with dominated tails")


def prover_of(context: Context, depth: int = 0) -> Callable[[Term], Theorem | None]:
    """Finds theorems of smaller goals, each once."""

    def find(conclusion: Term) -> Theorem | None:
        if depth >= DEEPEST:
            return None
        key = (conclusion, depth)
        if key not in context.found:
            context.found[key] = None  # a goal is no help for itself
            goal = _from_zero(conclusion)
            found = None if goal is None else _search(goal, context, depth + 1)
            context.found[key] = None if found is None else _as_stated(found.theorem, conclusion)
        return context.found[key]

    return find


def _from_zero(conclusion: Term) -> Term | None:
    """The goal as 0 ≤ t or 0 < t; None of what is no such comparison."""
    if conclusion.head not in ("le", "lt"):
        return None
    left, right = conclusion.args
    return conclusion if left is ZERO else make(conclusion.head, ZERO, add(right, minus(left)))


def _as_stated(theorem: Theorem, conclusion: Term) -> Theorem | None:
    if theorem.conclusion is conclusion:
        return theorem
    try:
        return infer("combination", theorem, conclusion=conclusion, products=((number(1), ((0, 1),), ()),))
    except Refused:
        return None


def _search(conclusion: Term, context: Context, depth: int, using: Named = ()) -> Found | None:
    theorem = context.by_ranges(conclusion)
    if theorem is not None:
        return Found(theorem, "sign of factors")
    prover = prover_of(context, depth)
    named = [theorem for name, t in using for theorem in _named(name, t, context, prover)]
    goal = as_goal(conclusion, context, prover, named)
    if goal is not None and (found := _algebraic(goal)) is not None:
        return found
    more = [*named, *itertools.islice(_elementary(conclusion, context, prover), MOST_ELEMENTARY)]
    equipped = as_goal(conclusion, context, prover, more) if more else None
    if equipped is not None and (found := _algebraic(equipped)) is not None:
        return found
    return None if goal is None or depth >= DEEPEST else _by_factors(goal)


def _algebraic(goal: Goal) -> Found | None:
    for method, procedure in PROCEDURES:
        theorem = procedure(goal)
        if theorem is not None:
            return Found(theorem, method)
    return None


PROCEDURES: tuple[tuple[str, Callable[[Goal], Theorem | None]], ...] = (
    ("shifted polynomial", by_shifted_polynomial),
    ("root isolation", by_roots),
    ("root isolation with bounded coefficients", lambda goal: by_tails(goal, 0)),
    ("sum of squares", by_squares),
    ("nonnegative combination", by_linear_program),
)


# factors and squares ----------------------------------------------------------------------------------------------------
def _by_factors(goal: Goal) -> Found | None:
    if len(terms_of(goal.numerator)) > MOST_MONOMIALS:
        return None
    theorem = _by_signs_of_factors(goal)
    if theorem is not None:
        return Found(theorem, "sign of factors")
    theorem = _by_completed_square(goal)
    return None if theorem is None else Found(theorem, "completed square")


def _by_signs_of_factors(goal: Goal) -> Theorem | None:
    constant, parts = goal.numerator.factor()
    if sum(multiplicity for _, multiplicity in parts) < 2:
        return None
    sign = 1 if constant > 0 else -1
    factors: list[Factor] = []
    exponents: dict[int, int] = {}
    for polynomial, multiplicity in parts:
        theorem, signed = _signed(polynomial, goal)
        if theorem is None and (multiplicity % 2 or goal.strict):
            return None
        if signed < 0 and multiplicity % 2:
            sign = -sign
        exponents[len(factors)] = int(multiplicity)
        factors.append(Factor(polynomial, theorem))
    size = Fraction(int(constant.p), int(constant.q))
    return goal.conclude(factors, [(abs(size), exponents)]) if sign > 0 else None


def _signed(polynomial: object, goal: Goal) -> tuple[Theorem | None, int]:
    """A theorem that a polynomial, or its negative, is nonnegative (positive), and which."""
    for sign in (1, -1):
        term = to_term(sign * polynomial, goal.generators)  # type: ignore[operator]
        theorem = goal.prove(make(goal.conclusion.head, ZERO, term))
        if theorem is not None:
            return theorem, sign
    return None, 1


def _by_completed_square(goal: Goal) -> Theorem | None:
    """a·x² + b·x + c = a·(x + b/2a)² + (4ac − b²)/4a with a > 0."""
    for place in goal.used:
        if goal.numerator.degrees()[place] != 2:
            continue
        parts = {degree: goal.numerator.context().constant(0) for degree in range(3)}
        for exponents, coefficient in goal.numerator.to_dict().items():
            rest = tuple(0 if i == place else int(e) for i, e in enumerate(exponents))
            parts[int(exponents[place])] += goal.numerator.context().from_dict({rest: coefficient})
        a, b, c = (parts[degree] for degree in (2, 1, 0))
        leading = goal.prove(lt(ZERO, to_term(a, goal.generators)))
        remainder = to_term(4 * a * c - b**2, goal.generators)
        rest_shown = None if leading is None else goal.prove(make(goal.conclusion.head, ZERO, remainder))
        if leading is None or rest_shown is None:
            continue
        inverse = goal.context.with_bounds(leading).by_ranges(lt(ZERO, power(leading.conclusion.args[1], -1)))
        if inverse is None:
            continue
        x, half = goal.generators[place], mul(number(Fraction(1, 2)), to_term(b, goal.generators))
        shifted = add(x, mul(half, power(leading.conclusion.args[1], -1)))
        theorem = _sum_of(goal, leading, inverse, shifted, rest_shown)
        if theorem is not None:
            return theorem
    return None


def _sum_of(
    goal: Goal, leading: Theorem, inverse: Theorem, shifted: Term, remainder: Theorem
) -> Theorem | None:
    """numerator = leading · shifted² + remainder · inverse / 4."""
    wanted = make(goal.conclusion.head, ZERO, to_term(goal.numerator, goal.generators))
    values = values_of([wanted, shifted], goal.context.with_bounds(leading), goal.prove)
    products = (
        (number(1), ((0, 1),), (shifted,)),
        (number(Fraction(1, 4)), ((1, 1), (2, 1)), ()),
    )
    try:
        whole = infer(
            "combination", leading, remainder, inverse, *values, conclusion=wanted, products=products
        )
    except Refused:
        return None
    return goal.from_numerator(whole)


# inequalities of analysis -------------------------------------------------------------------------------------------------
Prover = Callable[[Term], Theorem | None]
HALF = number(Fraction(1, 2))


def _elementary(conclusion: Term, context: Context, prover: Prover) -> Iterator[Theorem]:
    """Those about the functions that occur."""
    parts = ordered([conclusion])
    roots = [
        power(part.args[0], HALF)
        for part in parts
        if part.head == "power" and part.args[1].head == "number" and part.args[1].value.denominator == 2
    ]
    for part in dict.fromkeys((*parts, *roots)):
        if part.head in FUNCTIONS:
            yield from _named(part.head, part.args[0], context, prover)
        elif part.head in ("max", "min"):
            yield from _named(part.head, part, context, prover)
        elif part in roots:
            yield from _named("sqrt", part.args[0], context, prover)
    rising = [part for part in dict.fromkeys((*parts, *roots)) if part in roots or _increases(part)]
    for a, b in itertools.permutations(rising, 2):
        yield from _ordered(a, b, context, prover)


ELEMENTARY: Mapping[str, tuple[str, ...]] = {
    "exp": ("exp",),
    "log": ("log below", "log above"),
    "sqrt": ("root",),
    "abs": ("abs", "abs minus"),
    "cos": ("cos",),
    "sin": ("sin",),
    "tanh": ("tanh",),
}
"""By function, the names of the kernel (`theorycheck.kernel.rules.elementary`). Beside these the ranges of the functions, what
"max" and "min" say of their arguments, and "increasing", of f(u) + f(v), that f(v) ≤ f(u) if v ≤ u."""
NAMES = tuple(sorted({"sqrt", "max", "min", "increasing", *FUNCTIONS}))
"""What may be combined by name."""


def _named(name: str, t: Term, context: Context, prover: Prover) -> Iterator[Theorem]:
    """The inequalities of one name about a term: the argument of a function, the extreme itself, or f(u) + f(v)."""
    if name in ("max", "min") and t.head == name:
        for place in range(len(t.args)):
            yield from _inferred("extreme", values_of([t], context, prover), term=t, place=place)
    elif name == "increasing" and t.head == "add" and len(t.args) == 2:
        for a, b in itertools.permutations(t.args):
            yield from _ordered(a, b, context, prover)
    elif name in FUNCTIONS or name == "sqrt":
        for inequality in ELEMENTARY.get(name, ()):
            yield from _inferred("elementary", _about(t, context, prover), name=inequality, term=t)
        yield from _bounds(make(name, t) if name != "sqrt" else power(t, HALF), context)


def _bounds(value: Term, context: Context) -> Iterator[Theorem]:
    """The range of a value as facts."""
    found = context.interval(value)
    if found is not None:
        sides = [(number(found.low), value)] if found.low is not None else []
        sides += [(value, number(found.high))] if found.high is not None else []
        yield from (theorem for a, b in sides if (theorem := context.by_ranges(le(a, b))) is not None)


def _ordered(a: Term, b: Term, context: Context, prover: Prover) -> Iterator[Theorem]:
    """f(u) ≤ f(v), if u ≤ v is found."""
    if a.head != b.head or a.args[1:] != b.args[1:] or not (_increases(a) or (a.args[1:] == (HALF,))):
        return
    order = prover(le(a.args[0], b.args[0]))
    if order is not None:
        premises = [order, *values_of([a, b], context, prover)]
        yield from _inferred("increasing", premises, lower=a, upper=b)


def _increases(term: Term) -> bool:
    return term.head in FUNCTIONS and FUNCTIONS[term.head].increasing


def _about(t: Term, context: Context, prover: Prover) -> list[Theorem]:
    """Premises on the argument of a function: that it is positive, or nonnegative, or has a value."""
    for conclusion in (lt(ZERO, t), le(ZERO, t), defined(t)):
        theorem = context.by_ranges(conclusion)
        if theorem is None and conclusion.head != "eq":
            theorem = prover(conclusion)
        if theorem is not None:
            return [theorem]
    return values_of([t], context, prover)


def _inferred(rule: str, premises: Sequence[Theorem], **arguments: Any) -> Iterator[Theorem]:
    with contextlib.suppress(Refused):
        yield infer(rule, *premises, **arguments)
