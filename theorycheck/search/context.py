"""What a proof may use: hypotheses, and bounds by numbers that follow from them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.kernel import Refused, Term, Theorem, defined, infer, le, lt, make, mul, number, power
from theorycheck.kernel.bounds import intervals_from
from theorycheck.kernel.definedness import conditions_of
from theorycheck.kernel.intervals import Interval, interval_of
from theorycheck.kernel.polynomials import ratios_of, to_term
from theorycheck.kernel.terms import add, minus, ordered

ZERO, ONE = number(0), number(1)
NONNEGATIVE = Interval(Fraction(0), None)


@dataclass(frozen=True)
class Context:
    """Theorems that a proof may use.

    Attributes
    ----------
    bounds : tuple of Theorem
        Comparisons of a term with a number.
    facts : tuple of Theorem
        Other comparisons, and those of `bounds` that compare more than a variable.
    """

    bounds: tuple[Theorem, ...] = ()
    facts: tuple[Theorem, ...] = ()
    found: dict[Any, Theorem | None] = field(default_factory=dict, compare=False, repr=False)
    """What was looked for, by goal and depth."""

    @functools.cached_property
    def intervals(self) -> dict[Term, Interval]:
        return intervals_from([theorem.sequent for theorem in self.bounds])

    @property
    def contradictory(self) -> bool:
        """Whether no number satisfies the bounds."""
        return any(interval.empty for interval in self.intervals.values())

    def with_bounds(self, *more: Theorem) -> Context:
        return Context((*self.bounds, *more), self.facts)

    def interval(self, term: Term) -> Interval | None:
        return interval_of(term, self.intervals)

    def relevant_bounds(self, *terms: Term) -> tuple[Theorem, ...]:
        """The bounds of parts of terms."""
        parts = set(ordered(terms))
        return tuple(bound for bound in self.bounds if any(side in parts for side in bound.conclusion.args))

    def by_ranges(self, conclusion: Term) -> Theorem | None:
        """A comparison that the ranges of the parts show."""
        try:
            return infer("range", *self.relevant_bounds(conclusion), conclusion=conclusion)
        except Refused:
            return None


def context_of(hypotheses: Iterable[Term], about: Iterable[Term] = ()) -> Context:
    """What hypotheses give, and ‖v‖² ≥ 0 for the vectors v of which some terms speak."""
    bounds: list[Theorem] = []
    facts: list[Theorem] = []
    hypotheses = list(hypotheses)
    for part in ordered([*about, *hypotheses]):
        if part.head == "inner" and part.args[0] is part.args[1]:
            bounds.append(norm_squared(part))
    for hypothesis in hypotheses:
        theorem = infer("assume", formula=hypothesis)
        sides = [side for side in hypothesis.args if side.head != "number"]
        if len(sides) < 2:
            bounds.append(theorem)
        if len(sides) > 1 or any(side.head != "variable" for side in sides):
            facts.append(theorem)
    context = Context(tuple(bounds), tuple(facts))
    for fact in facts:
        context = context.with_bounds(*_bounds_from(fact, context))
    return context


def norm_squared(product: Term) -> Theorem:
    """0 ≤ ⟨v, v⟩, if it has a value."""
    partial = any(() not in conditions_of(part) for part in ordered([product]))
    values = [infer("assume", formula=defined(product))] if partial else []
    square = infer("square", *values, vector=((ONE, product.args[0]),))
    return infer("combination", square, conclusion=le(ZERO, product), products=((ONE, ((0, 1),), ()),))


def _bounds_from(fact: Theorem, context: Context) -> Iterator[Theorem]:
    """From c·m + b ≥ 0, m a monomial, its bound −b/c, and from x ≥ 0 and x^k ≥ b (≤ b) a bound of x."""
    left, right = fact.conclusion.args
    relation = fact.conclusion.head
    if relation not in ("le", "lt"):
        return
    try:
        found = ratios_of([add(right, minus(left))])
    except Refused:
        return
    ((top, bottom),) = found.ratios
    monomials = {e: c for e, c in top.to_dict().items() if any(e)}
    if len(monomials) != 1 or not bottom.is_constant():
        return
    ((exponents, slope),) = monomials.items()
    slope = slope / bottom.leading_coefficient()
    scale = Fraction(int(slope.p), int(slope.q))
    constant = top.to_dict().get((0,) * len(exponents), 0) / bottom.leading_coefficient()
    end = -Fraction(int(constant.p), int(constant.q)) / scale if constant else Fraction(0)
    monomial = to_term(top.context().from_dict({exponents: 1}), found.generators)
    conclusion = make(relation, *((number(end), monomial) if scale > 0 else (monomial, number(end))))
    if conclusion is fact.conclusion:
        shown: Theorem | None = fact
    else:
        products = ((number(1 / abs(scale)), ((0, 1),), ()),)
        try:
            shown = infer("combination", fact, conclusion=conclusion, products=products)
        except Refused:
            return
        yield shown
    degrees = [int(e) for e in exponents if e]
    generator = found.generators[next(i for i, e in enumerate(exponents) if e)]
    if (
        shown is not None
        and len(degrees) == 1
        and degrees[0] > 1
        and generator.head == "variable"
        and end > 0
    ):
        root = _root_bound(generator, degrees[0], end, shown, context)
        if root is not None:
            yield root


def _root_bound(x: Term, k: int, end: Fraction, theorem: Theorem, context: Context) -> Theorem | None:
    """x^k − r^k = (x − r)·q with q = Σ xⁱ r^(k−1−i) > 0."""
    is_lower = theorem.conclusion.args[0].head == "number"
    root = Interval(end, end).power(Fraction(1, k))
    r = None if root is None else root.low if is_lower else root.high
    if r is None:
        return None
    q = add(*(mul(number(r ** (k - 1 - i)), power(x, i)) for i in range(k)))
    inverse = context.by_ranges(lt(ZERO, power(q, -1)))
    if inverse is None:
        return None
    conclusion = le(number(r), x) if is_lower else le(x, number(r))
    products = ((ONE, ((0, 1), (1, 1)), ()), (number(abs(end - r**k)), ((1, 1),), ()))
    try:
        return infer("combination", theorem, inverse, conclusion=conclusion, products=products)
    except Refused:
        return None
