"""Links with means as theorems of the kernel: hypotheses on what is random hold almost surely, and the conclusion is the link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form, random_variables
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.combination_theorems import COMPARED, equality_theorem, signs_of
from theorycheck.derivations.elementary_theorems import elementary_theorem
from theorycheck.derivations.inequalities import is_strict, slack_of
from theorycheck.derivations.mean_terms import MeanNames, needed
from theorycheck.derivations.mean_theorems import Means, unit_interval
from theorycheck.derivations.results import said
from theorycheck.kernel import (
    Refused,
    Term,
    Theorem,
    eq,
    infer,
    le,
    lt,
    make,
    number,
    opened,
)
from theorycheck.kernel.terms import BINDERS, ordered, variables_of
from theorycheck.search.context import context_of, norm_squared
from theorycheck.search.inequalities import prove

ZERO, ONE = number(0), number(1)
NOT_FOLLOWED = (
    " (the theorem is about the means as they are evaluated: the kernel does not follow the evaluation"
)


@dataclass(frozen=True)
class Averaged:
    """A product that is nonnegative whatever is random, and over what it is averaged.

    Attributes
    ----------
    multiplier : SymPy expression
        Nonnegative by what is known.
    slack : SymPy expression
        The product of the facts, or the square of `squared`, or nonnegative by what is known.
    facts : tuple of (expression, relation)
        Each is ≥ 0 ("<="), > 0 ("<") or 0 ("="); then the multiplier is any number.
    elementary : tuple of (name, arguments)
        Inequalities of `theorycheck.algebra.facts.ELEMENTARY` among the facts, which the kernel knows.
    squared : Vector, SymPy expression or None
    over : tuple of RandomVariable
        The first is averaged first.
    """

    multiplier: Any
    slack: Any
    facts: tuple[tuple[Any, str], ...] = ()
    elementary: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    squared: Any = None
    over: tuple[RandomVariable, ...] = ()

    @property
    def value(self) -> Any:
        return expectation(self.multiplier * self.slack, *self.over)


def random_variables_of(*expressions: Any) -> set[RandomVariable]:
    """The random variables over which some expressions take means."""
    return set().union(*(random_variables(e) for e in expressions))


def equality_or_evaluated(left: Any, right: Any, left_form: Any, right_form: Any) -> tuple[Theorem, str]:
    """That two expressions are equal, or if the kernel does not follow that their normal forms are, with words that say so."""
    if random_variables_of(left, right):
        try:
            return equality_of_means(left, right), ""
        except Refused as error:
            return equality_theorem(left_form, right_form), f"{NOT_FOLLOWED}: {error!s:.200})"
    return equality_theorem(left_form, right_form), ""


def equality_of_means(left: Any, right: Any, more: Iterable[RandomVariable] = ()) -> Theorem:
    """That two expressions with means are equal.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    means, given = _means([left, right], (), more)
    equations = [means.evaluated(side)[1] for side in (left, right)]
    start, end = means.names.term(left), means.names.term(right)
    used = [(t, c) for t, c in zip(equations, (ONE, number(-1)), strict=True) if t is not None]
    return _said(means.equation(start, end, used), eq(start, end), given)


def segment_theorem(
    left: Any, right: Any, times: Any, slope: Any, f: AbstractFunction, ends: tuple[Vector, Vector]
) -> Theorem:
    """That left = right, since `times` the change of a function from one end to the other is its mean slope along the segment.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    means, given = _means([left, right, slope], (), ())
    names = means.names
    total = names.term(slope)
    start, end = map(names.combination, ends)
    (name,) = (names.name(v.name) for v in random_variables(slope))
    regular = make("locally lipschitz", *map(names.name, sorted(f.depends_on)), value=f.name)
    premises = [infer("assume", formula=regular), *means.values([total, start, end])]
    walked = infer("segment", *premises, total=total, name=name, start=start, end=end)
    used = [(walked, names.term(-times))]
    used += [(t, ONE) for t in (means.evaluated(left)[1],) if t is not None]
    used += [(t, names.term(times)) for t in (means.evaluated(slope)[1],) if t is not None]
    used += [(t, number(-1)) for t in (means.evaluated(right)[1],) if t is not None]
    sides = names.term(left), names.term(right)
    return _said(means.equation(sides[0], sides[1], used), eq(*sides), given)


def inequality_of_means(
    left: Any, right: Any, products: Sequence[Averaged], known: Iterable[Any], relation: str = "<="
) -> Theorem:
    """left ≤ right (<, =), since the difference is the sum of the means of the products.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    expressions = [left, right, *(p.value for p in products), *(p.slack for p in products)]
    means, given = _means(expressions, known, [v for p in products for v in p.over])
    names = means.names
    premises: list[tuple[Theorem, Term]] = []
    for product in products:
        premises.append((_nonnegative(product, means, given), ONE))
        equation = means.evaluated(product.value)[1]
        if equation is not None:
            premises.append((equation, ONE))
    difference = means.evaluated(right - left)[1]
    if difference is not None:
        premises.append((difference, number(-1)))
    conclusion = COMPARED[relation](names.term(left), names.term(right))
    theorems = [theorem for theorem, _ in premises]
    values = means.values(conclusion.args, theorems)
    listed = tuple((c, ((place, 1),), ()) for place, (_, c) in enumerate(premises))
    theorem = infer("combination", *theorems, *values, conclusion=conclusion, products=listed)
    return _said(theorem, conclusion, given)


def _means(
    expressions: Sequence[Any], known: Iterable[Any], more: Iterable[RandomVariable]
) -> tuple[Means, list[Term]]:
    """What evaluates means, and what is given."""
    names = MeanNames(random_variables_of(*expressions) | set(more))
    terms = [names.term(e) for e in expressions]
    forms = [(lt if is_strict(k) else le)(ZERO, names.term(normal_form(slack_of(k)))) for k in known]
    families = [
        (lt if e.is_positive else le)(ZERO, term) for term, e in names.families.items() if e.is_nonnegative
    ]
    given = [*signs_of(names), *forms, *families]
    return Means(names, context_of(given, terms)), given


def _nonnegative(product: Averaged, means: Means, given: list[Term]) -> Theorem:
    """0 ≤ E of a product, over all that it is averaged over; what it assumes is given from now on."""
    names = means.names
    factors = list(_factors(product, means))
    is_zero = any(relation == "=" for _, relation in product.facts)
    coefficient = names.term(product.multiplier) if is_zero else ONE
    squares: tuple[Term, ...] = ()
    if product.squared is not None and not isinstance(product.squared, Vector):
        squares = (names.term(product.squared),)
    relations = {factor.conclusion.head for factor in factors}
    relation = eq if is_zero else lt if relations <= {"lt"} and not squares else le
    target = names.term(product.multiplier * product.slack)
    values = means.values([target, *squares, coefficient], factors)
    theorem = infer(
        "combination", *factors, *values, conclusion=relation(ZERO, target),
        products=((coefficient, tuple((place, 1) for place in range(len(factors))), squares),),
    )  # fmt: skip
    given += _facts(product, means)
    uniform = [h for v in product.over if v.law == "uniform" for h in unit_interval(names.name(v.name))]
    _said(theorem, theorem.conclusion, (*given, *uniform))
    for v in needed(product.multiplier * product.slack, product.over):
        name = names.name(v.name)
        theorem = means.almost(theorem, v)
        given += theorem.hypotheses
        body = opened(theorem.conclusion, name)
        sides = [names.mean(side, v) for side in body.args]
        zero = infer("constant", total=sides[0])
        larger = infer("monotone", theorem, zero, *means.values([sides[1]]))
        conclusion = make(body.head, ZERO, sides[1])
        products = ((ONE, ((0, 1),), ()), (number(-1), ((1, 1),), ()))
        theorem = infer("combination", larger, zero, conclusion=conclusion, products=products)
    return theorem


def _facts(product: Averaged, means: Means) -> list[Term]:
    return [COMPARED[relation](ZERO, means.names.term(fact)) for fact, relation in product.facts]


def _factors(product: Averaged, means: Means) -> Iterable[Theorem]:
    """What is multiplied, each nonnegative."""
    names = means.names
    for fact in _facts(product, means):
        yield infer("assume", formula=fact)
    for name, arguments in product.elementary:
        yield elementary_theorem(
            name, arguments, names, means.context, lambda formula: _shown(formula, means)
        )
    if any(relation == "=" for _, relation in product.facts):
        return
    if isinstance(product.squared, Vector):
        terms = tuple((names.term(c), names.vector(basis)) for basis, c in product.squared.terms)
        yield infer("square", *means.values([part for pair in terms for part in pair]), vector=terms)
    known = product.facts or product.elementary or product.squared is not None
    signed = [product.multiplier] if known else []
    for expression in signed or [product.multiplier * product.slack]:
        if expression != 1:
            yield _sign(names.term(expression), means)


def _sign(term: Term, means: Means) -> Theorem:
    """0 < t or 0 ≤ t."""
    try:
        return _shown(lt(ZERO, term), means)
    except Refused:
        return _shown(le(ZERO, term), means)


def _shown(formula: Term, means: Means) -> Theorem:
    """A comparison with 0; a number that is uniform on [0, 1] is known to be so."""
    names, context = means.names, means.context
    uniform = [names.name(v.name) for v in names.variables.values() if v.law == "uniform"]
    known = [f for x in uniform if x in variables_of(formula) for f in (lt(ZERO, x), le(x, ONE))]
    bounds = [infer("assume", formula=formula) for formula in known]
    bounds += [norm_squared(p) for p in ordered([formula]) if p.head == "inner" and p.args[0] is p.args[1]]
    found = prove(formula, context.with_bounds(*bounds))
    if found is None:
        raise Refused(f"{formula} is not found")
    return found.theorem


def _said(theorem: Theorem, conclusion: Term, given: Iterable[Term]) -> Theorem:
    """The theorem, if it assumes nothing but what is given, that terms have values, and what is declared of functions."""
    declared = [h for h in theorem.hypotheses if h.head in ("every", "locally lipschitz") or _is_value(h)]
    return said(theorem, conclusion, (*given, *declared))


def _is_value(statement: Term) -> bool:
    """Whether a hypothesis says that something has a value, perhaps almost surely."""
    while statement.head in BINDERS and statement.head.endswith("almost"):
        statement = statement.args[-1]
    return (
        statement.head == "eq" and statement.args[0] is statement.args[1]
    ) or statement.head == "locally lipschitz"
