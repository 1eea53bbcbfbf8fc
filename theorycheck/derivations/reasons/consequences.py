"""Inequalities: exact combinations of facts and squares, means of something positive, scalar inequalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.facts import ELEMENTARY, Fact
from theorycheck.algebra.functions import Value
from theorycheck.algebra.integrals import is_structured
from theorycheck.algebra.vectors import InnerProduct, Vector, depends_on, norm_squared
from theorycheck.derivations.combination_theorems import Product, combination_theorem
from theorycheck.derivations.definedness import relevant
from theorycheck.derivations.inequalities import is_strict, nonnegative, slack_of
from theorycheck.derivations.links import Link
from theorycheck.derivations.mean_links import (
    NOT_FOLLOWED,
    Averaged,
    inequality_of_means,
    random_variables_of,
)
from theorycheck.derivations.reasons.sources import unknown_source, unusable
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import certainly_real, confirmed, known_signs, sign_holds
from theorycheck.errors import ClaimError
from theorycheck.kernel import Refused, Theorem


@dataclass(frozen=True)
class Term:
    """E over `over` of multiplier · slack: something that is certainly nonnegative.

    Made by `hypothesis`, `square` and `nonnegative_part`; `squared` is the thing whose square the slack is.
    """

    kind: str
    slack: Any
    label: str
    multiplier: Any = sympy.Integer(1)
    over: tuple[RandomVariable, ...] = ()
    facts: tuple[Fact, ...] = ()
    squared: Any = None

    def __rmul__(self, factor: Any) -> Term:
        return replace(self, multiplier=sympy.sympify(factor) * self.multiplier)

    @property
    def value(self) -> Any:
        return expectation(self.multiplier * self.slack, *self.over)

    @property
    def trusts(self) -> tuple[str, ...]:
        """The standard theorems that the mean of a term needs; without a mean the kernel makes named inequalities itself."""
        if not self.over:
            return ()
        named = (standard.INEQUALITIES,) if any(map(_is_elementary, self.facts)) else ()
        return (standard.MEAN, *(standard.FUBINI for _ in self.over[1:]), *named)

    @property
    def zero(self) -> bool:
        """Whether it is 0, so that any multiplier will do."""
        return any(fact.zero for fact in self.facts)


def hypothesis(*facts: Fact) -> Term:
    """A hypothesis, applied; of several facts the product of their slacks, which is nonnegative as well."""
    return Term("hypothesis", _product(facts), " times ".join(fact.label for fact in facts), facts=facts)


def _product(facts: tuple[Fact, ...]) -> Any:
    return sympy.Mul(*(fact.slack for fact in facts))


def square(thing: Any) -> Term:
    """‖v‖² of a vector, or the square of a scalar expression (real, or the term is not accepted)."""
    shown = thing.latex() if isinstance(thing, Vector) else sympy.latex(thing)
    thing = thing if isinstance(thing, Vector) else sympy.sympify(thing)
    return Term("square", _squared(thing), rf"square of ${shown}$", squared=thing)


def _squared(thing: Any) -> Any:
    return norm_squared(thing) if isinstance(thing, Vector) else thing**2


def nonnegative_part(expression: Any, label: str = "") -> Term:
    """A scalar expression whose sign is decided by itself."""
    return Term("nonnegative", sympy.sympify(expression), label or rf"${sympy.latex(expression)} \ge 0$")


def expected(term: Term, *variables: RandomVariable) -> Term:
    """The expectation of a term: nonnegative because the term is, for every value of the variables."""
    return replace(term, over=variables)


@dataclass(frozen=True)
class Consequence:
    """The difference of the two sides is an exact nonnegative combination of terms; for an equality each of them is 0."""

    text: str
    terms: tuple[Term, ...]

    @property
    def expressions(self) -> tuple[Any, ...]:
        """What the terms are made of, before anything cancels, and what they stand for in the mean."""
        return tuple(part for term in self.terms for part in (term.multiplier, term.slack, term.value))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that are used."""
        return tuple(fact for term in self.terms for fact in term.facts)

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation == "=" and not all(term.zero for term in self.terms):
            return _open("inequalities cannot justify an equality")
        forward = link.relation in ("<=", "<", "=")
        difference = link.right - link.left if forward else link.left - link.right
        known = known_signs(claim)
        for term in self.terms:
            problem = unsupported(term, claim, known)
            if problem:
                return _open(problem)
        if link.relation in ("<", ">") and not any(_is_positive(term, known) for term in self.terms):
            return _open("no term is strictly positive")
        target = normal_form(difference)
        values = [normal_form(term.value) for term in self.terms]
        relation = {"=": "=", "<": "<", ">": "<"}.get(link.relation, "<=")
        about = ""
        try:
            theorem = self._theorem_on_means(link, known, relation)
        except Refused as error:
            about = f"{NOT_FOLLOWED}: {error!s:.200})"
            theorem = None
        try:
            if theorem is None:
                products = [product_of(t, v) for t, v in zip(self.terms, values, strict=True)]
                theorem = combination_theorem(target, products, forms_of(known, target), relation)
        except Refused as error:
            remainder = sympy.expand(target - sum(values, sympy.Integer(0)))
            if remainder != 0:
                return _open(f"the combination leaves ${sympy.latex(remainder)}$ over ({error})")
            return _open(f"the kernel does not follow the combination: {error}")
        labels = "; ".join(_shown(term) for term in self.terms)
        reason = f"the difference is exactly the sum of: {labels}{about}"
        return LinkResult("verified", "exact combination", reason, theorem)

    def _theorem_on_means(self, link: Link, known: tuple[Any, ...], relation: str) -> Theorem | None:
        """The link itself, if it has means."""
        if not random_variables_of(link.left, link.right, *self.expressions):
            return None
        sides = (link.right, link.left) if link.relation in (">=", ">") else (link.left, link.right)
        averaged = [
            Averaged(
                t.multiplier,
                t.slack,
                tuple((f.slack, _relation(f)) for f in t.facts if not _is_elementary(f)),
                tuple((f.made_by, f.made_from) for f in t.facts if _is_elementary(f)),
                t.squared,
                t.over,
            )
            for t in self.terms
        ]
        related = relevant(known, normal_form(sides[1] - sides[0]))
        return inequality_of_means(*sides, averaged, related, relation)


def forms_of(known: tuple[Any, ...], target: Any) -> list[tuple[Any, bool]]:
    """What the claim makes nonnegative (or positive: True) that bears on an expression in normal form."""
    return [(normal_form(slack_of(k)), is_strict(k)) for k in relevant(known, target)]


def _open(reason: str) -> LinkResult:
    return LinkResult("unverified", "exact combination", reason)


def product_of(term: Term, value: Any) -> Product:
    """A term for the kernel; a mean that was evaluated is a hypothesis."""
    means = isinstance(term.squared, Vector) and any(
        basis.meaning[:1] == ("mean",) for basis, _ in term.squared.terms
    )
    if term.over or (means and term.multiplier == 1):
        return Product(facts=((value, "=" if term.zero else "<="),))
    named = tuple((fact.made_by, fact.made_from) for fact in term.facts if _is_elementary(fact))
    others = [fact for fact in term.facts if not _is_elementary(fact)]
    facts = tuple((normal_form(fact.slack), _relation(fact)) for fact in others)
    if term.zero:
        return Product(facts, elementary=named, times=normal_form(term.multiplier))
    factors = sympy.Mul.make_args(term.multiplier)
    norms: list[Mapping[Any, Any]] = []
    squares: tuple[Any, ...] = ()
    if term.kind == "nonnegative":
        factors = sympy.Mul.make_args(sympy.factor_terms(term.multiplier * term.slack, sign=False))
    elif means:
        facts = ((normal_form(term.slack), "<="),)
    elif isinstance(term.squared, Vector):
        norms.append(_coefficients(term.squared))
    elif term.squared is not None:
        squares = (normal_form(term.squared),)
    signed = []
    for factor in factors:
        if isinstance(factor, InnerProduct) and factor.left == factor.right:
            norms.append(_coefficients(factor.left))
        elif factor != 1:
            signed.append(normal_form(factor))
    return Product(facts, tuple(norms), squares, tuple(signed), named)


def _is_elementary(fact: Fact) -> bool:
    return isinstance(fact.source, str) and fact.source in ELEMENTARY


def _relation(fact: Fact) -> str:
    return "=" if fact.zero else "<" if fact.strict else "<="


def _coefficients(v: Vector) -> Mapping[Any, Any]:
    return {basis: normal_form(coefficient) for basis, coefficient in v.terms}


def consequence(text: str, *terms: Term) -> Consequence:
    """Follows from the terms: their sum is exactly the difference of the sides.

    Raises
    ------
    ClaimError
        If a term is none.
    """
    for term in terms:
        if not isinstance(term, Term):
            raise ClaimError(
                f"a consequence is made of hypothesis(…), square(…), nonnegative_part(…) and their multiples, not of {term!r:.60}"
            )
    return Consequence(text, terms)


def _shown(term: Term) -> str:
    factor = "" if term.multiplier == 1 else rf"${sympy.latex(term.multiplier)}$ × "
    mean = "".join(rf"$\mathbb{{E}}_{{{v.name}}}$ " for v in term.over)
    return f"{mean}{factor}[{term.label}]"


def _is_positive(term: Term, known: tuple[Any, ...]) -> bool:
    return (
        term.kind == "nonnegative"
        and not is_structured(term.slack)
        and sign_holds(term.multiplier * term.slack, known, strict=True)
    )


def unsupported(term: Term, claim: Any, known: tuple[Any, ...]) -> str:
    """Why a term may not be used, or "" if it may."""
    if term.zero and not certainly_real(term.multiplier, known):
        return f"the multiplier ${sympy.latex(term.multiplier)}$ is not known to be real"
    if not term.zero and not sign_holds(term.multiplier, known):
        return f"the multiplier ${sympy.latex(term.multiplier)}$ is not known to be nonnegative"
    if term.kind == "nonnegative":
        certain = sign_holds(term.slack, known)
        return "" if certain else f"the sign of ${sympy.latex(term.slack)}$ could not be certified"
    if term.kind == "square" and term.squared is not None and term.slack == _squared(term.squared):
        real = certainly_real(term.squared, known)
        return (
            "" if real else f"{term.label}: it is not known to be real, so its square need not be nonnegative"
        )
    if term.kind == "hypothesis" and term.facts and term.slack == _product(term.facts):
        return next((problem for fact in term.facts if (problem := unusable(fact, claim, known))), "")
    return f"{term.label}: the term is not made by hypothesis, square or nonnegative_part"


@dataclass(frozen=True)
class PositiveMean:
    """The difference of the sides is E over u of something strictly positive (or nonnegative and not identically 0).

    A continuous nonnegative function on R^d that is not identically zero has a strictly positive Gaussian mean for σ > 0: the
    Gaussian density is positive on the open set where the function is.
    """

    text: str
    fact: Fact
    variable: RandomVariable
    not_identically_zero: tuple[Any, ...] = ()
    scale: Any = None
    trusts: ClassVar[tuple[str, ...]] = (standard.POSITIVE,)

    @property
    def expressions(self) -> tuple[Any, ...]:
        """What is averaged."""
        return (expectation(self.fact.slack, self.variable),)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The fact that is used."""
        return (self.fact,)

    def check(self, link: Link, claim: Any) -> LinkResult:
        known = known_signs(claim)
        difference = link.right - link.left if link.relation == "<" else link.left - link.right
        if link.relation not in ("<", ">"):
            return LinkResult("unverified", "positive mean", "the link is not strict")
        problem = unusable(self.fact, claim, known) or (
            "" if self.fact.strict else self._perhaps_zero(claim, known)
        )
        if problem:
            return LinkResult("unverified", "positive mean", problem)
        target = normal_form(difference)
        value = normal_form(expectation(self.fact.slack, self.variable))
        if sympy.expand(target - value) != 0:
            reason = "the difference of the sides is not the mean of the fact"
            return LinkResult("unverified", "positive mean", reason)
        reason = f"the difference is the mean of: {self.fact.label}"
        try:
            theorem = self._theorem(link, relevant(known, target))
        except Refused as error:
            reason = f"{reason}{NOT_FOLLOWED}: {error!s:.200})"
            theorem = combination_theorem(target, [Product(facts=((value, "<"),))], relation="<")
        return LinkResult("verified", "positive mean", reason, theorem)

    def _theorem(self, link: Link, known: tuple[Any, ...]) -> Theorem:
        if not self.fact.strict:
            raise Refused("it knows no means of what is continuous and not 0")
        sides = (link.left, link.right) if link.relation == "<" else (link.right, link.left)
        slack = self.fact.slack
        averaged = Averaged(sympy.Integer(1), slack, ((slack, "<"),), over=(self.variable,))
        return inequality_of_means(*sides, [averaged], known, "<")

    def _perhaps_zero(self, claim: Any, known: tuple[Any, ...]) -> str:
        """Why the mean might be 0: the integrand must be f(p + σu) minus a constant, f continuous and not constant, σ > 0."""
        for source in self.not_identically_zero:
            problem = unknown_source(source, claim)
            if problem:
                return problem
        values = list(self.fact.slack.atoms(Value))
        constant = self.fact.slack - values[0] if len(values) == 1 else None
        if constant is None or depends_on(constant) or values[0].function.depends_on:
            return "needs a strict fact, or a fact of the form f(x) − m ≥ 0"
        (value,) = values
        kinds = {type(source).__name__ for source in self.not_identically_zero}
        functions = {getattr(source, "function", None) for source in self.not_identically_zero}
        if kinds != {"Continuous", "Nonconstant"} or functions != {value.function.name}:
            return "needs a strict fact, or that the function of the fact is continuous and not constant"
        scale = dict(value.point.terms).get(self.variable.vector.terms[0][0], sympy.Integer(0))
        if not sign_holds(scale**2, known, strict=True) or value.function.sigma != 0:
            return "the scale of the Gaussian is not known to be positive"
        return ""


def positive_mean(
    text: str,
    fact: Fact,
    variable: RandomVariable,
    *,
    not_identically_zero: tuple[Any, ...] = (),
    scale: Any = None,
) -> PositiveMean:
    """A strict inequality between means: the fact is strict, or its function is continuous and nonconstant.

    `scale` says for readers which number the Gaussian is multiplied by; what counts is read from the fact.
    """
    return PositiveMean(text, fact, variable, not_identically_zero, scale)


@dataclass(frozen=True)
class Elementary:
    """A scalar inequality that needs no hypothesis but the signs and ranges of its symbols."""

    text: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation == "=":
            return LinkResult("unverified", "inequality", "an inequality cannot justify an equality")
        forward = link.relation in ("<=", "<")
        left, right = normal_form(link.left), normal_form(link.right)
        difference = right - left if forward else left - right
        strict = link.relation in ("<", ">")
        known = relevant(known_signs(claim), difference)
        problem = self._outside(known)
        if problem:
            return LinkResult("unverified", "inequality", problem)
        result = nonnegative(difference, strict=strict, assumptions=known, **self.options)
        return confirmed(result, claim)

    def _outside(self, known: tuple[Any, ...]) -> str:
        """Say which end of a box the symbols' own ranges and the claim's hypotheses do not imply, or ""."""
        for symbol, (low, high) in (self.options.get("box") or {}).items():
            for end, sign, relation in ((low, 1, ">="), (high, -1, "<=")):
                if end is None or sympy.sympify(end).is_infinite:
                    continue
                if not sign_holds(sign * (sympy.sympify(symbol) - sympy.sympify(end)), known):
                    return f"{symbol} {relation} {end} follows neither from the space nor from the hypotheses"
        return ""


def elementary(text: str, **options: Any) -> Elementary:
    """A scalar inequality; options go to `theorycheck.derivations.inequalities.nonnegative`.

    The claim must imply a `box`.
    """
    return Elementary(text, options)
