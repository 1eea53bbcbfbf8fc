"""Why a link holds. Each reason decides one link by an exact procedure.

- `by_expansion`: both sides are equal after inner products are expanded and expectations evaluated;
- `by_definition`: one side is a declared abbreviation of the other (listed with the claim), checked as an equality;
- `consequence(term, …)`: the difference of the sides is exactly Σ multiplier · (hypothesis applied) + Σ squares;
- `elementary(…)`: a scalar inequality, decided by `theorycheck.derivations.inequalities.nonnegative`;
- `change_variables`, `differentiate_inside`, `gaussian_normalisation`: the rules for integrals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation, RandomScalar, RandomVariable, expectation, normal_form
from theorycheck.algebra.facts import ELEMENTARY, Fact
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.integrals import (
    Integral,
    change_of_variables,
    directional_derivative,
    identical,
    laplacian,
)
from theorycheck.algebra.polynomials import identity_certificate
from theorycheck.algebra.vectors import InnerProduct, Vector, norm_squared
from theorycheck.derivations.links import Link, Reason
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


@dataclass(frozen=True)
class AlongSegment:
    """f(y) − f(x) is the mean of ⟨∇f(x + t(y−x)), y−x⟩ over t uniform on [0, 1]; trusts the fundamental theorem of calculus."""

    text: str
    function: AbstractFunction
    start: Vector
    end: Vector
    t: RandomVariable

    def check(self, link: Link, claim: Any) -> LinkResult:
        f, step = self.function, self.end - self.start
        moved = self.start + step * self.t.scalar
        change = f(self.end) - f(self.start)
        derivative = expectation(InnerProduct(f.gradient(moved), step), self.t)
        left = normal_form(link.left)
        times = left.coeff(f(self.end))
        if link.relation != "=" or normal_form(left + times * (derivative - change) - link.right) != 0:
            return LinkResult("unverified", "fundamental theorem of calculus", "the sides do not differ by that identity")
        return LinkResult("verified", "fundamental theorem of calculus", "the gradient integrated along the segment")


def along_segment(text: str, function: AbstractFunction, start: Vector, end: Vector, t: RandomVariable) -> AlongSegment:
    """Replace f(end) − f(start) by the mean of the directional derivative along the segment."""
    return AlongSegment(text, function, start, end, t)


@dataclass(frozen=True)
class FiniteSum:
    """Linearity of a finite sum of unspecified length."""

    text: str

    def check(self, link: Link, claim: Any) -> LinkResult:
        difference = sympy.sympify(link.left - link.right).doit()
        if link.relation != "=" or sympy.simplify(difference) != 0:
            return LinkResult("unverified", "finite sums", "the two sums could not be shown equal")
        sizes = [s for s in difference.free_symbols | (link.left - link.right).free_symbols if s.is_integer]
        for size, length in ((size, length) for size in sizes for length in (1, 2, 3)):
            if sympy.expand((link.left - link.right).subs(size, length).doit()) != 0:
                return LinkResult("unverified", "finite sums", f"the sums differ at {size} = {length}")
        return LinkResult("verified", "finite sums", "equal for every length, and written out for lengths 1, 2, 3")


def finite_sum(text: str) -> FiniteSum:
    """Equal by linearity of a finite sum."""
    return FiniteSum(text)


@dataclass(frozen=True)
class PairwiseIdentity:
    """Two polynomials in n tuples of entries that are sums over single indices and pairs of indices agree for every n.

    With c + Σ_i r(z_i) + Σ_{i≠j} p(z_i, z_j) the difference of the sides, n = 0 shows c = 0, n = 1 shows r = 0 and n = 2
    shows that p, made symmetric, vanishes; so the sides agree for every n. That no monomial joins more than two indices is
    checked at n = 3, where every index of a symbol is read from its name after the last underscore.
    """

    text: str
    sides: Callable[[int], tuple[Any, Any]]

    def check(self, link: Link, claim: Any) -> LinkResult:
        for length in range(4):
            left, right = self.sides(length)
            if sympy.expand(left - right) != 0:
                return LinkResult("unverified", "pairwise identity", f"the sides differ for n = {length}")
        for side in self.sides(3):
            for term in sympy.Add.make_args(sympy.expand(side)):
                indices = {i for symbol in term.free_symbols for i in symbol.name.rpartition("_")[2].split(",") if i.isdigit()}
                if len(indices) > 2:
                    return LinkResult("unverified", "pairwise identity", f"{term} joins more than two indices")
        left, right = self.sides(2)
        if sympy.expand(link.left - left) != 0 or sympy.expand(link.right - right) != 0 or link.relation != "=":
            return LinkResult("unverified", "pairwise identity", "the link is not the case n = 2 of the identity")
        return LinkResult("verified", "pairwise identity", "equal for n = 0, 1, 2 and of pairwise form, so equal for every n")


def pairwise_identity(text: str, sides: Callable[[int], tuple[Any, Any]]) -> PairwiseIdentity:
    """Equality for every length n of expressions that join at most two indices; the link shows n = 2."""
    return PairwiseIdentity(text, sides)


# ---- inequalities: exact combinations of facts and squares -----------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """E over `over` of multiplier · slack: something that is certainly nonnegative."""

    kind: str
    slack: Any
    label: str
    multiplier: Any = sympy.Integer(1)
    over: tuple[RandomVariable, ...] = ()
    facts: tuple[Fact, ...] = ()
    vector: Vector | None = None

    def __rmul__(self, factor: Any) -> Term:
        return replace(self, multiplier=sympy.sympify(factor) * self.multiplier)

    @property
    def value(self) -> Any:
        return expectation(self.multiplier * self.slack, *self.over)


def hypothesis(*facts: Fact) -> Term:
    """A hypothesis, applied; of several facts the product of their slacks, which is nonnegative as well."""
    slack = sympy.Mul(*(fact.slack for fact in facts))
    return Term("hypothesis", slack, " times ".join(fact.label for fact in facts), facts=facts)


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
    for t in expression.atoms(RandomScalar):
        if t.unit:  # dividing by t ≥ 0 keeps the sign but on a null set
            expression = sympy.expand(expression * t**2)
    relevant = _relevant(known, expression)
    if not strict and any(sympy.expand(expression - k) == 0 for k in relevant):
        return True
    return nonnegative(expression, strict=strict, assumptions=relevant).verified


def _relevant(known: tuple[Any, ...], expression: Any) -> tuple[Any, ...]:
    """Leave out what is known of a symbol that the expression replaces by one of the same name (σ > 0 for σ ≥ 0)."""
    names = {symbol.name: symbol for symbol in expression.free_symbols if symbol.is_Symbol}
    return tuple(k for k in known if all(names.get(s.name, s) == s for s in k.free_symbols if s.is_Symbol))


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
    for fact in term.facts:
        for condition in fact.conditions:
            if not _sign_holds(condition, known):
                return f"{term.label} needs ${sympy.latex(condition)} \\ge 0$, which is not certified"
        problem = _unknown_source(fact.source, claim)
        if problem:
            return problem
    return ""


def _unknown_source(source: Any, claim: Any) -> str:
    if isinstance(source, tuple):
        return next((problem for part in source if (problem := _unknown_source(part, claim))), "")
    if isinstance(source, str):
        if source in ELEMENTARY or source in claim.uses:
            return ""
        if source == "premise" and (claim.kind == "equivalence" or claim.refutation is not None):
            return ""  # one side of an equivalence, or the region that a counterexample chooses
        return f"the claim does not list {source} under uses"
    if source in claim.hypotheses:
        return ""
    if source == ("space",):
        return ""
    return f"the claim does not assume {getattr(source, 'latex', source)}"


@dataclass(frozen=True)
class PositiveMean:
    """The difference of the sides is E over u of something strictly positive (or nonnegative and not identically 0).

    Trusts that the mean of a strictly positive random variable is strictly positive, and that a continuous nonnegative
    function on R^d that is not identically zero has a strictly positive Gaussian mean for σ > 0 (the Gaussian density is
    positive on the open set where the function is).
    """

    text: str
    fact: Fact
    variable: RandomVariable
    not_identically_zero: tuple[Any, ...] = ()
    scale: Any = None

    def check(self, link: Link, claim: Any) -> LinkResult:
        known = known_signs(claim)
        difference = link.right - link.left if link.relation == "<" else link.left - link.right
        if link.relation not in ("<", ">"):
            return LinkResult("unverified", "positive mean", "the link is not strict")
        for source in (self.fact.source, *self.not_identically_zero):
            problem = _unknown_source(source, claim)
            if problem:
                return LinkResult("unverified", "positive mean", problem)
        if not self.fact.strict:
            kinds = {type(source).__name__ for source in self.not_identically_zero}
            if kinds != {"Continuous", "Nonconstant"}:
                return LinkResult("unverified", "positive mean", "needs a strict fact, or a continuous nonconstant function")
            if self.scale is None or not _sign_holds(self.scale, known, strict=True):
                return LinkResult("unverified", "positive mean", "the scale of the Gaussian is not known to be positive")
        if normal_form(difference - expectation(self.fact.slack, self.variable)) != 0:
            return LinkResult("unverified", "positive mean", "the difference of the sides is not the mean of the fact")
        return LinkResult("verified", "positive mean", f"the difference is the mean of: {self.fact.label}")


def positive_mean(
    text: str, fact: Fact, variable: RandomVariable, *, not_identically_zero: tuple[Any, ...] = (), scale: Any = None
) -> PositiveMean:
    """A strict inequality between means: the fact is strict, or its function is continuous and nonconstant."""
    return PositiveMean(text, fact, variable, not_identically_zero, scale)


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
        known = _relevant(known_signs(claim), difference)
        return nonnegative(difference, strict=strict, assumptions=known, **self.options)


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


@dataclass(frozen=True)
class Antiderivative:
    """∫_a^b of a function of one variable as a difference of values of an antiderivative."""

    text: str
    antiderivative: Any

    def check(self, link: Link, claim: Any) -> LinkResult:
        from theorycheck.derivations.equalities import equal

        integral = link.left
        if link.relation != "=" or not isinstance(integral, sympy.Integral) or len(integral.limits) != 1:
            return LinkResult("unverified", "antiderivative", "the left side must be one definite integral")
        variable, low, high = integral.limits[0]
        derivative = equal(sympy.diff(self.antiderivative, variable), integral.function)
        if not derivative.verified:
            return replace(derivative, reason=f"the antiderivative does not differentiate to the integrand: {derivative.reason}")
        ends = [sympy.limit(self.antiderivative, variable, end) if end.is_infinite else self.antiderivative.subs(variable, end)
                for end in (low, high)]
        value = equal(ends[1] - ends[0], link.right)
        if not value.verified:
            return replace(value, reason=f"the values at the ends do not give the right side: {value.reason}")
        return LinkResult(
            "verified",
            "antiderivative",
            f"${sympy.latex(self.antiderivative)}$ differentiates to the integrand and gives the right side at the ends",
            value.certificate,
        )


@dataclass(frozen=True)
class SmoothingRule:
    """The closed form of a smoothed expression: by the symbolic rules, and independently by quadrature in balls."""

    text: str
    expression: Any
    variable: Any
    sigma: Any

    def check(self, link: Link, claim: Any) -> LinkResult:
        from theorycheck.derivations.equalities import equal
        from theorycheck.smoothing import smooth, verify_smoothing

        shifted = smoothed_mean(self.expression, self.variable, self.sigma)
        if link.relation != "=" or sympy.expand(link.left - shifted) != 0:
            return LinkResult("unverified", "smoothing rules", "the left side is not the mean of the named expression")
        by_rules = equal(smooth(self.expression, self.variable, self.sigma), link.right)
        if not by_rules.verified:
            return by_rules
        agreement = verify_smoothing(self.expression, self.variable, self.sigma, link.right)
        if not agreement.agrees:
            return LinkResult("unverified", "smoothing rules", f"quadrature disagrees by {agreement.largest_difference:.1e}")
        reason = f"the smoothing rules give it, and {agreement.method} agrees at {agreement.points} random points"
        return LinkResult("verified", "smoothing rules and quadrature", reason, by_rules.certificate)


def smoothed_mean(expression: Any, variable: Any, sigma: Any) -> Any:
    """E of the expression at variable + σu, unevaluated, u ~ N(0, 1/2)."""
    from theorycheck.smoothing import Mean

    return Mean(sympy.sympify(expression).subs(variable, variable + sigma * sympy.Symbol("u", real=True)))


def smoothing_rule(text: str, expression: Any, variable: Any, sigma: Any) -> SmoothingRule:
    """The link's left side is `smoothed_mean(expression, variable, sigma)`, its right side the closed form."""
    return SmoothingRule(text, expression, variable, sigma)


@dataclass(frozen=True)
class Rewriting:
    """The right side is the left side with some integrals replaced by their values, each value checked by its reason."""

    text: str
    values: tuple[tuple[Any, Any, Reason], ...]

    def check(self, link: Link, claim: Any) -> LinkResult:
        from theorycheck.derivations.equalities import equal

        replaced = sympy.sympify(link.left)
        for integral, value, reason in self.values:
            result = reason.check(Link(link.name, integral, "=", value, reason), claim)
            if not result.verified:
                return result
            replaced = replaced.xreplace({integral: value})
        return equal(replaced, sympy.sympify(link.right))


def rewriting(text: str, *values: tuple[Any, Any, Reason]) -> Rewriting:
    """Replace integrals (first entries) by their values (second), for the reasons given (third)."""
    return Rewriting(text, values)


def antiderivative(text: str, expression: Any) -> Antiderivative:
    """The integral on the left by an antiderivative in its variable."""
    return Antiderivative(text, expression)


def smoothing_definition(text: str, dimension: Any) -> SmoothingDefinition:
    """The printed definition of f_σ."""
    return SmoothingDefinition(text, dimension)
