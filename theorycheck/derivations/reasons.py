"""Why a link holds. Each reason decides one link by an exact procedure.

- `by_expansion`: both sides are equal after inner products are expanded and expectations evaluated;
- `by_definition`: one side is a declared abbreviation of the other (listed with the claim), checked as an equality;
- `consequence(term, …)`: the difference of the sides is exactly Σ multiplier · (hypothesis applied) + Σ squares;
- `elementary(…)`: a scalar inequality, decided by `theorycheck.derivations.inequalities.nonnegative`;
- `change_variables`, `differentiate_inside`, `gaussian_normalisation`: the rules for integrals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation, RandomVariable, expectation, normal_form
from theorycheck.algebra.facts import ELEMENTARY, Fact
from theorycheck.algebra.functions import Value
from theorycheck.algebra.integrals import (
    Integral,
    change_of_variables,
    directional_derivative,
    identical,
    laplacian,
)
from theorycheck.algebra.polynomials import identity_certificate
from theorycheck.algebra.vectors import InnerProduct, Vector, norm_squared
from theorycheck.derivations.links import Link
from theorycheck.derivations.results import LinkResult
from theorycheck.errors import ClaimError


def is_structured(expression: Any) -> bool:
    """Whether the expression contains values, inner products, expectations or integrals."""
    atoms = sympy.sympify(expression).atoms()
    return any(isinstance(a, (Value, InnerProduct, Expectation, Integral)) for a in atoms)


# ---- equalities ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Equality:
    """Both sides are the same expression once everything is written out."""

    text: str

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", "expansion", "an equality cannot justify a strict inequality")
        if not is_structured(link.left) and not is_structured(link.right):
            from theorycheck.derivations.equalities import equal

            return equal(sympy.sympify(link.left), sympy.sympify(link.right))
        from theorycheck.derivations.equalities import equal

        left, right = normal_form(link.left), normal_form(link.right)
        if sympy.expand(left - right) == 0:
            certificate = identity_certificate(left - right, [])
            return LinkResult("verified", "expansion", "both sides have the same normal form", certificate)
        # coefficients may still need more than expansion; every atom is then an independent real symbol
        result = equal(left, right)
        return replace(result, counterexample=None, outcome="verified" if result.verified else "unverified")


def by_expansion(text: str) -> Equality:
    """Equal after expansion of inner products and evaluation of expectations."""
    return Equality(text)


def by_definition(text: str) -> Equality:
    """Equal by a definition, which the evaluation of expectations knows (f_σ(x) = E f(x + σu) …)."""
    return Equality(text)


# ---- inequalities: exact combinations of facts and squares -----------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """E over `over` of multiplier · slack: something that is certainly nonnegative."""

    kind: str
    slack: Any
    label: str
    multiplier: Any = sympy.Integer(1)
    over: tuple[RandomVariable, ...] = ()
    fact: Fact | None = None
    vector: Vector | None = None

    def __rmul__(self, factor: Any) -> Term:
        return replace(self, multiplier=sympy.sympify(factor) * self.multiplier)

    @property
    def value(self) -> Any:
        return expectation(self.multiplier * self.slack, *self.over)


def hypothesis(fact: Fact) -> Term:
    """A hypothesis, applied."""
    return Term("hypothesis", fact.slack, fact.label, fact=fact)


def square(thing: Any) -> Term:
    """‖v‖² of a vector, or the square of a scalar expression."""
    if isinstance(thing, Vector):
        return Term("square", norm_squared(thing), rf"square of ${thing.latex()}$", vector=thing)
    return Term("square", sympy.sympify(thing) ** 2, rf"square of ${sympy.latex(thing)}$")


def nonnegative_part(expression: Any, label: str = "") -> Term:
    """A scalar expression whose sign is decided by itself."""
    return Term("nonnegative", sympy.sympify(expression), label or rf"${sympy.latex(expression)} \ge 0$")


def expected(term: Term, *variables: RandomVariable) -> Term:
    """The expectation of a term: nonnegative because the term is, for every value of the variables."""
    return replace(term, over=variables)


@dataclass(frozen=True)
class Consequence:
    """The difference of the two sides is an exact nonnegative combination of terms."""

    text: str
    terms: tuple[Term, ...]

    def check(self, link: Link, claim: Any) -> LinkResult:
        forward = link.relation in ("<=", "<")
        difference = link.right - link.left if forward else link.left - link.right
        known = known_signs(claim)
        strict = False
        for term in self.terms:
            problem = _unsupported(term, claim, known)
            if problem:
                return LinkResult("unverified", "exact combination", problem)
            strict = strict or _is_positive(term, known)
        if link.relation in ("<", ">") and not strict:
            return LinkResult("unverified", "exact combination", "no term is strictly positive")
        if link.relation == "=":
            return LinkResult("unverified", "exact combination", "inequalities cannot justify an equality")
        target = normal_form(difference)
        values = [normal_form(term.value) for term in self.terms]
        remainder = sympy.expand(target - sum(values, sympy.Integer(0)))
        if remainder != 0:
            remainder = sympy.expand(sympy.simplify(remainder))
        if remainder != 0:
            return LinkResult(
                "unverified",
                "exact combination",
                f"the combination leaves ${sympy.latex(remainder)}$ over",
            )
        labels = "; ".join(_shown(term) for term in self.terms)
        return LinkResult(
            "verified",
            "exact combination",
            f"the difference is exactly the sum of: {labels}",
            identity_certificate(target, [_certified(t, v) for t, v in zip(self.terms, values, strict=True)]),
        )


def _certified(term: Term, value: Any) -> dict[str, Any]:
    """A term for the certificate: multiplier and factor apart, or the whole value where an expectation was evaluated."""
    if term.over:
        names = ", ".join(v.name for v in term.over)
        label = f"expectation over {names} of ({term.multiplier}) * [{term.label}]"
        return {"kind": "hypothesis", "label": label, "multiplier": sympy.Integer(1), "factor": value}
    entry = {"kind": term.kind, "label": term.label, "multiplier": normal_form(term.multiplier)}
    entry["factor"] = normal_form(term.slack)
    if term.kind == "square" and term.vector is not None:
        entry["vectors"] = {basis.name: coefficient for basis, coefficient in term.vector.terms}
    elif term.kind == "square":
        entry["square_of"] = sympy.expand(sympy.sqrt(term.slack) if term.slack.is_Pow is False else term.slack.base)
    return entry


def consequence(text: str, *terms: Term) -> Consequence:
    """Follows from the terms: their sum is exactly the difference of the sides."""
    return Consequence(text, terms)


def _shown(term: Term) -> str:
    factor = "" if term.multiplier == 1 else rf"${sympy.latex(term.multiplier)}$ × "
    mean = "".join(rf"$\mathbb{{E}}_{{{v.name}}}$ " for v in term.over)
    return f"{mean}{factor}[{term.label}]"


def known_signs(claim: Any) -> tuple[Any, ...]:
    """Expressions that the claim's space and requirements make nonnegative."""
    from theorycheck.derivations.symbols import symbols_of

    return symbols_of(claim).known if claim is not None and claim.space is not None else ()


def _sign_holds(expression: Any, known: tuple[Any, ...], *, strict: bool = False) -> bool:
    from theorycheck.derivations.inequalities import nonnegative

    expression = sympy.sympify(expression)
    if not strict and any(sympy.expand(expression - k) == 0 for k in known):
        return True
    return nonnegative(expression, strict=strict, assumptions=known).verified


def _is_positive(term: Term, known: tuple[Any, ...]) -> bool:
    return (
        term.kind == "nonnegative"
        and not is_structured(term.slack)
        and _sign_holds(term.multiplier * term.slack, known, strict=True)
    )


def _unsupported(term: Term, claim: Any, known: tuple[Any, ...]) -> str:
    """Why a term may not be used, or "" if it may."""
    if not _sign_holds(term.multiplier, known):
        return f"the multiplier ${sympy.latex(term.multiplier)}$ is not known to be nonnegative"
    if term.kind == "nonnegative" and not _sign_holds(term.slack, known):
        return f"the sign of ${sympy.latex(term.slack)}$ could not be certified"
    if term.fact is not None:
        for condition in term.fact.conditions:
            if not _sign_holds(condition, known):
                return f"{term.label} needs ${sympy.latex(condition)} \\ge 0$, which is not certified"
        return _unknown_source(term.fact.source, claim)
    return ""


def _unknown_source(source: Any, claim: Any) -> str:
    if isinstance(source, tuple):
        return next((problem for part in source if (problem := _unknown_source(part, claim))), "")
    if isinstance(source, str):
        if source in ELEMENTARY or source in claim.uses:
            return ""
        if source == "premise" and claim.kind == "equivalence":
            return ""
        return f"the claim does not list {source} under uses"
    if source in claim.hypotheses:
        return ""
    if source == ("space",):
        return ""
    return f"the claim does not assume {getattr(source, 'latex', source)}"


# ---- scalar inequalities -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elementary:
    """A scalar inequality that needs no hypothesis but the signs and ranges of its symbols."""

    text: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def check(self, link: Link, claim: Any) -> LinkResult:
        from theorycheck.derivations.inequalities import nonnegative

        forward = link.relation in ("<=", "<")
        left, right = normal_form(link.left), normal_form(link.right)
        difference = right - left if forward else left - right
        strict = link.relation in ("<", ">")
        return nonnegative(difference, strict=strict, assumptions=known_signs(claim), **self.options)


def elementary(text: str, **options: Any) -> Elementary:
    """A scalar inequality; options go to `theorycheck.derivations.inequalities.nonnegative`."""
    return Elementary(text, options)


# ---- integrals -----------------------------------------------------------------------------------------------------


def _integrals_differ() -> LinkResult:
    return LinkResult("unverified", "comparison of integrands", "the integrands differ")


@dataclass(frozen=True)
class Substitution:
    """One side is an integral, the other the same integral in new variables."""

    text: str
    replacements: Mapping[Vector, Vector]
    dimension: Any

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        if link.relation != "=" or left is None or right is None:
            return LinkResult("unverified", "change of variables", "both sides must be multiples of one integral")
        moved = change_of_variables(left[1], self.replacements, right[1].variables, self.dimension)
        if not identical(left[0] * moved, right[0] * right[1].inside):
            return _integrals_differ()
        return LinkResult("verified", "change of variables", "the integrands agree after the substitution, with |det|^d")


def change_variables(text: str, replacements: Mapping[Vector, Vector], dimension: Any) -> Substitution:
    """Change of variables in the integral of the left side: old variable ↦ affine expression in the new ones."""
    return Substitution(text, replacements, dimension)


def _coefficient_and_integral(expression: Any) -> tuple[Any, Integral] | None:
    coefficient, found = sympy.Integer(1), None
    for factor in sympy.Mul.make_args(sympy.sympify(expression)):
        if isinstance(factor, Integral):
            if found is not None:
                return None
            found = factor
        else:
            coefficient *= factor
    return None if found is None else (coefficient, found)


@dataclass(frozen=True)
class SameIntegrand:
    """The integrands (with their constant factors) are equal at every point."""

    text: str

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        if link.relation != "=" or left is None or right is None or left[1].variables != right[1].variables:
            return LinkResult("unverified", "comparison of integrands", "the sides are not integrals over the same variables")
        if not identical(left[0] * left[1].inside, right[0] * right[1].inside):
            return _integrals_differ()
        return LinkResult("verified", "comparison of integrands", "the integrands are equal")


def same_integrand(text: str) -> SameIntegrand:
    """Equal integrands."""
    return SameIntegrand(text)


@dataclass(frozen=True)
class DifferentiateInside:
    """The derivative of the previous integral, taken under the integral sign.

    The left side of the link abbreviates a derivative of `of`; trusts differentiation under the integral sign, which is
    a hypothesis of the claim or holds because Gaussian kernels and their derivatives are dominated.
    """

    text: str
    of: Any
    kind: str
    point: Vector | None = None
    direction: Vector | None = None
    symbol: Any = None
    dimension: Any = None

    def check(self, link: Link, claim: Any) -> LinkResult:
        source, right = _coefficient_and_integral(self.of), _coefficient_and_integral(link.right)
        if source is None or right is None or source[1].variables != right[1].variables:
            return LinkResult("unverified", "differentiation under the integral", "the sides are not integrals over the same variables")
        integrand = source[0] * source[1].inside
        if self.kind == "direction":
            assert self.point is not None and self.direction is not None
            derivative = directional_derivative(integrand, self.point, self.direction)
        elif self.kind == "laplacian":
            assert self.point is not None
            derivative = laplacian(integrand, self.point, self.dimension)
        else:
            derivative = sympy.diff(normal_form(integrand), self.symbol)
        if not identical(derivative, right[0] * right[1].inside):
            return _integrals_differ()
        return LinkResult("verified", "differentiation under the integral", "the derivative of the integrand is the new integrand")


def differentiate_inside(
    text: str,
    of: Any,
    *,
    point: Vector | None = None,
    direction: Vector | None = None,
    symbol: Any = None,
    laplacian_dimension: Any = None,
) -> DifferentiateInside:
    """The left side is the derivative of the integral `of`: along a direction, in a symbol, or its Laplacian."""
    if symbol is not None:
        return DifferentiateInside(text, of, "symbol", symbol=symbol)
    if point is None:
        raise ClaimError("differentiate_inside needs a point or a symbol to differentiate in")
    if laplacian_dimension is not None:
        return DifferentiateInside(text, of, "laplacian", point=point, dimension=laplacian_dimension)
    return DifferentiateInside(text, of, "direction", point=point, direction=direction)


@dataclass(frozen=True)
class GaussianNormalisation:
    """π^{-d/2} ∫ exp(−‖q‖²) dq = 1 integrates one variable out of a double integral."""

    text: str
    variable: Vector
    dimension: Any

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        if link.relation != "=" or left is None or right is None:
            return LinkResult("unverified", "Gaussian normalisation", "both sides must be multiples of one integral")
        if set(left[1].variables) != {*right[1].variables, self.variable}:
            return LinkResult("unverified", "Gaussian normalisation", "exactly one variable must disappear")
        weight = sympy.exp(-norm_squared(self.variable)) * sympy.pi ** (-sympy.sympify(self.dimension) / 2)
        if not identical(left[0] * left[1].inside, right[0] * right[1].inside * weight):
            return _integrals_differ()
        return LinkResult("verified", "Gaussian normalisation", "the integrand is a product with the normalised Gaussian")


def gaussian_normalisation(text: str, variable: Vector, dimension: Any) -> GaussianNormalisation:
    """Integrate out a variable that occurs only in a normalised Gaussian weight."""
    return GaussianNormalisation(text, variable, dimension)


@dataclass(frozen=True)
class SmoothingDefinition:
    """f_σ(x) = π^{-d/2} ∫ f(x + σu) exp(−‖u‖²) du, read in either direction."""

    text: str
    dimension: Any

    def check(self, link: Link, claim: Any) -> LinkResult:
        for smoothed, integral in ((link.left, link.right), (link.right, link.left)):
            found = _coefficient_and_integral(integral)
            if isinstance(smoothed, Value) and found is not None and len(found[1].variables) == 1:
                if self._matches(smoothed, *found):
                    return LinkResult("verified", "definition", "the definition of Gaussian smoothing, as printed")
        return LinkResult("unverified", "definition", "the integral is not the definition of the smoothed function")

    def _matches(self, smoothed: Value, coefficient: Any, integral: Integral) -> bool:
        (u,) = integral.variables
        inner_values = [a for a in integral.inside.atoms(Value) if u.terms[0][0].key in {b.key for b, _ in a.point.terms}]
        for value in inner_values:
            sigma = dict(value.point.terms)[u.terms[0][0]]
            expected_value = value.function.smooth(sigma)(value.point - u * sigma)
            weight = sympy.exp(-norm_squared(u)) * sympy.pi ** (-sympy.sympify(self.dimension) / 2)
            if expected_value == smoothed and identical(coefficient * integral.inside, value * weight):
                return True
        return False


def smoothing_definition(text: str, dimension: Any) -> SmoothingDefinition:
    """The printed definition of f_σ."""
    return SmoothingDefinition(text, dimension)
