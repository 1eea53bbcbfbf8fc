"""A goal 0 ≤ t as a polynomial over a denominator of known sign, with the factors that are known to be nonnegative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel import Refused, Term, Theorem, add, infer, lt, make, minus, number, power
from theorycheck.kernel.polynomials import Ratios, rational_exponent, ratios_of, to_term
from theorycheck.search.context import ZERO, Context
from theorycheck.search.values import values_of

Prove = Callable[[Term], Theorem | None]


HIGHEST_DEGREE = 1_000
"""Of a numerator: polynomials of a higher one are neither factored nor shifted."""


@dataclass(frozen=True)
class Factor:
    """A polynomial that may be multiplied: the theorem whose slack it is, or None (then only even powers)."""

    polynomial: Any
    theorem: Theorem | None

    @property
    def positive(self) -> bool:
        return self.theorem is not None and self.theorem.conclusion.head == "lt"


@dataclass(frozen=True)
class Goal:
    """0 ≤ t (0 < t), t = numerator / (positive denominator).

    Attributes
    ----------
    conclusion : Term
    numerator : fmpq_mpoly
    generators : tuple of Term
        What its variables stand for.
    inverse : Theorem or None
        0 < 1/denominator; None where that is a number, by which the numerator was divided.
    known : tuple of Factor
        What is known beside the ranges of the generators.
    context : Context
    prove : callable
        Finds theorems of smaller goals.
    """

    conclusion: Term
    numerator: Any
    generators: tuple[Term, ...]
    inverse: Theorem | None
    known: tuple[Factor, ...]
    context: Context
    prove: Prove

    @property
    def strict(self) -> bool:
        return self.conclusion.head == "lt"

    @property
    def used(self) -> list[int]:
        """The places of the generators that occur in the numerator."""
        degrees = self.numerator.degrees()
        return [place for place, degree in enumerate(degrees) if degree > 0]

    def bounds(self, place: int) -> list[Factor]:
        """g − low and high − g of a generator."""
        generator = self.generators[place]
        found = self.context.interval(generator)
        gen = self.numerator.context().gens()[place]
        factors = []
        if found is not None and found.low is not None:
            relation = "lt" if found.open_low else "le"
            theorem = self.context.by_ranges(make(relation, number(found.low), generator))
            if theorem is not None:
                factors.append(Factor(gen - _rational(found.low), theorem))
        if found is not None and found.high is not None:
            relation = "lt" if found.open_high else "le"
            theorem = self.context.by_ranges(make(relation, generator, number(found.high)))
            if theorem is not None:
                factors.append(Factor(_rational(found.high) - gen, theorem))
        return factors

    def conclude(
        self, factors: Sequence[Factor], products: Sequence[tuple[Fraction, dict[int, int]]]
    ) -> Theorem | None:
        """The goal, if its numerator is Σ λ · Π factorᵏ."""
        premises = [factor.theorem for factor in factors if factor.theorem is not None]
        place = {theorem: index for index, theorem in enumerate(dict.fromkeys(premises))}
        inverse = None if self.inverse is None else place.setdefault(self.inverse, len(place))
        listed = []
        squares: list[Term] = []
        for coefficient, exponents in products:
            multiplied: dict[int, int] = {}
            squared: list[Term] = []
            for index, exponent in exponents.items():
                theorem = factors[index].theorem
                if theorem is not None:
                    multiplied[place[theorem]] = multiplied.get(place[theorem], 0) + exponent
                else:
                    squared.append(self._root_of_square(factors[index].polynomial, exponent))
            squares += squared
            if inverse is not None:
                multiplied[inverse] = 1
            listed.append((number(coefficient), tuple(sorted(multiplied.items())), tuple(squared)))
        values = values_of([*self.conclusion.args, *squares], self.context, self.prove)
        try:
            return infer("combination", *place, *values, conclusion=self.conclusion, products=tuple(listed))
        except Refused:
            return None

    def _root_of_square(self, polynomial: Any, exponent: int) -> Term:
        base = to_term(polynomial, self.generators)
        return base if exponent == 2 else power(base, exponent // 2)

    def from_numerator(self, theorem: Theorem | None) -> Theorem | None:
        """The goal, from a theorem on its numerator."""
        if theorem is None:
            return None
        return self.conclude([Factor(self.numerator, theorem)], [(Fraction(1), {0: 1})])


def as_goal(conclusion: Term, context: Context, prove: Prove, more: Sequence[Theorem] = ()) -> Goal | None:
    """Write a goal as a fraction, or return None if the sign of its denominator is not found, or it is of too high a degree.

    `more` are facts beside those of the context.
    """
    facts = [fact for fact in (*context.facts, *more) if fact.conclusion.head in ("le", "lt")]
    try:
        found = ratios_of([_slack(conclusion), *(_slack(fact.conclusion) for fact in facts)])
    except Refused:
        return None
    (top, bottom), *others = _in_roots(found)
    inverse = None
    if bottom.is_constant():
        top = top / bottom.leading_coefficient()
    else:
        signed = _sign(to_term(bottom, found.generators), context, prove)
        if signed is None:
            return None
        sign, positive = signed
        top = sign * top
        inverse = context.with_bounds(positive).by_ranges(lt(ZERO, power(positive.conclusion.args[1], -1)))
        if inverse is None:
            return None
    if max(map(int, top.degrees()), default=0) > HIGHEST_DEGREE:
        return None
    known = [
        factor
        for fact, ratio in zip(facts, others, strict=True)
        if (factor := _factor(fact, ratio, found.generators, context)) is not None
    ]
    return Goal(conclusion, top, found.generators, inverse, tuple(known), context, prove)


def _in_roots(found: Ratios) -> list[Any]:
    """The fractions with x written as (√x)² where both occur."""
    if not found.generators:
        return list(found.ratios)
    places = {generator: place for place, generator in enumerate(found.generators)}
    gens = list(found.ratios[0][0].context().gens())
    replaced = list(gens)
    for generator, place in places.items():
        exponent = rational_exponent(generator)
        if exponent is not None and generator.args[0].head == "variable" and generator.args[0] in places:
            replaced[places[generator.args[0]]] = gens[place] ** exponent.denominator
    return [(top.compose(*replaced), bottom.compose(*replaced)) for top, bottom in found.ratios]


def _sign(term: Term, context: Context, prove: Prove) -> tuple[int, Theorem] | None:
    """The sign of a term, with the theorem that sign · term is positive."""
    for sign, signed in ((1, term), (-1, minus(term))):
        theorem = context.by_ranges(lt(ZERO, signed)) or prove(lt(ZERO, signed))
        if theorem is not None:
            return sign, theorem
    return None


def _factor(fact: Theorem, ratio: Any, generators: Sequence[Term], context: Context) -> Factor | None:
    """A fact as a polynomial that is nonnegative."""
    top, bottom = ratio
    if top.is_constant():
        return None
    if bottom.is_constant():
        return Factor(top / bottom.leading_coefficient(), fact)
    denominator = to_term(bottom, generators)
    for sign in (1, -1):
        below = context.by_ranges(lt(ZERO, denominator if sign > 0 else minus(denominator)))
        if below is not None:
            relation = fact.conclusion.head
            try:
                theorem = infer(
                    "combination",
                    fact,
                    below,
                    conclusion=make(relation, ZERO, to_term(sign * top, generators)),
                    products=((number(1), ((0, 1), (1, 1)), ()),),
                )
            except Refused:
                return None
            return Factor(sign * top, theorem)
    return None


def _slack(comparison: Term) -> Term:
    left, right = comparison.args
    return right if left is ZERO else add(right, minus(left))


def _rational(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)


def terms_of(polynomial: Any) -> dict[tuple[int, ...], Fraction]:
    """Exponents and coefficients."""
    return {
        tuple(int(e) for e in exponents): Fraction(int(c.p), int(c.q))
        for exponents, c in polynomial.to_dict().items()
    }
