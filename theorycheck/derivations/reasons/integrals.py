"""Integrals over R^d: change of variables, derivatives under the integral, normalisation, the definition of smoothing.

Each reason compares integrands, by SymPy and at points in balls; the certificate is that equality, with every value f(p) and
every inner product as an independent variable. The theorem of analysis that leads from integrands to integrals is named in
each docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.functions import Value
from theorycheck.algebra.integrals import (
    Integral,
    canonical,
    change_of_variables,
    directional_derivative,
    is_plain,
    laplacian,
    names_in,
)
from theorycheck.algebra.mean_rules import trust
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector, norm_squared
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.links import Link
from theorycheck.derivations.randomness import dimension_of
from theorycheck.derivations.results import LinkResult
from theorycheck.errors import ClaimError


def _compared(method: str, left: Any, right: Any, reason: str) -> LinkResult:
    """Verified, with a certificate, if two integrands are equal as expressions."""
    found = equal(canonical(left), canonical(right))
    if not found.verified:
        return LinkResult("unverified", method, f"the integrands differ: {found.reason}")
    return LinkResult("verified", method, reason, found.theorem)


def _coefficient_and_integral(expression: Any) -> tuple[Any, Integral] | None:
    """Split c·∫…; None if there is no such form, or c contains a variable of the integral."""
    coefficient, found = sympy.Integer(1), None
    for factor in sympy.Mul.make_args(sympy.sympify(expression)):
        if isinstance(factor, Integral):
            if found is not None:
                return None
            found = factor
        else:
            coefficient *= factor
    if found is None or names_in(coefficient) & _bound(found):
        return None
    return coefficient, found


def _bound(integral: Integral) -> set[Basis]:
    return {v.terms[0][0] for v in integral.variables}


@dataclass(frozen=True)
class Substitution:
    """One side is an integral, the other the same integral in new variables."""

    text: str
    replacements: Mapping[Vector, Vector]
    dimension: Any

    trusts: ClassVar[tuple[str, ...]] = (standard.AFFINE,)

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        if link.relation != "=" or left is None or right is None:
            reason = "both sides must be multiples of one integral"
            return LinkResult("unverified", "change of variables", reason)
        moved = change_of_variables(left[1], self.replacements, right[1].variables, self.dimension)
        if names_in(left[0]) & _bound(right[1]):
            return LinkResult(
                "unverified", "change of variables", "a new variable occurs outside the integral"
            )
        reason = "the integrands agree after the substitution, with |det|^d"
        return _compared("change of variables", left[0] * moved, right[0] * right[1].inside, reason)


def change_variables(text: str, replacements: Mapping[Vector, Vector], dimension: Any) -> Substitution:
    """Change of variables in the integral of the left side: old variable ↦ affine expression in the new ones."""
    return Substitution(text, replacements, dimension)


@dataclass(frozen=True)
class SameIntegrand:
    """The integrands (with their constant factors) are equal at every point."""

    text: str

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        method = "comparison of integrands"
        if (
            link.relation != "="
            or left is None
            or right is None
            or set(left[1].variables) != set(right[1].variables)
        ):
            return LinkResult("unverified", method, "the sides are not integrals over the same variables")
        return _compared(
            method, left[0] * left[1].inside, right[0] * right[1].inside, "the integrands are equal"
        )


def same_integrand(text: str) -> SameIntegrand:
    """Equal integrands."""
    return SameIntegrand(text)


@dataclass(frozen=True)
class DifferentiateInside:
    """The derivative of an integral, taken under the integral sign.

    The left side of the link is a multiple of ⟨∇f_σ(p), a⟩, where `of` is f_σ(p) as an integral against its kernel, or of a
    symbol that abbreviates the derivative of `of` and occurs nowhere in the claim. The integrand has a Gaussian weight, so that
    it and its derivatives are dominated.
    """

    text: str
    of: Any
    kind: str
    point: Vector | None = None
    direction: Vector | None = None
    symbol: Any = None
    dimension: Any = None

    trusts: ClassVar[tuple[str, ...]] = (standard.INSIDE,)

    METHOD = "differentiation under the integral"

    def check(self, link: Link, claim: Any) -> LinkResult:
        source, right = _coefficient_and_integral(self.of), _coefficient_and_integral(link.right)
        if (
            link.relation != "="
            or source is None
            or right is None
            or source[1].variables != right[1].variables
        ):
            return LinkResult(
                "unverified", self.METHOD, "the sides are not integrals over the same variables"
            )
        problem = self._unreadable(link.left, claim) or self._captured(source[1]) or _undominated(source[1])
        if problem:
            return LinkResult("unverified", self.METHOD, problem)
        factor, _ = self.derivative(link.left)
        derivative = factor * self._differentiated(source[0] * source[1].inside)
        reason = "the derivative of the integrand is the new integrand"
        return _compared(self.METHOD, derivative, right[0] * right[1].inside, reason)

    def _differentiated(self, integrand: Any) -> Any:
        if self.kind == "direction":
            assert self.point is not None and self.direction is not None
            return directional_derivative(integrand, self.point, self.direction)
        if self.kind == "laplacian":
            assert self.point is not None
            return laplacian(integrand, self.point, self.dimension)
        return sympy.diff(normal_form(integrand), self.symbol)

    def derivative(self, left: Any) -> tuple[Any, Any]:
        """Split the left side into a factor and what stands for the derivative: ⟨∇f_σ(p), a⟩, or a symbol.

        A symbol is defined by the whole left side being the derivative, so its factor does not count.
        """
        factors = sympy.Mul.make_args(sympy.sympify(left))
        products = [factor for factor in factors if isinstance(factor, InnerProduct)]
        symbols = [factor for factor in factors if factor.is_Symbol and self._abbreviates(factor)]
        named = (products or symbols) if self.kind == "direction" else symbols
        if len(named) != 1:
            return sympy.Integer(1), None
        return (sympy.Integer(1) if named[0].is_Symbol else left / named[0]), named[0]

    def _abbreviates(self, symbol: Any) -> bool:
        return bool(symbol not in self.of.free_symbols and symbol != self.symbol)

    def _unreadable(self, left: Any, claim: Any) -> str:
        _, named = self.derivative(left)
        if named is None:
            return "the left side is no derivative: write <grad f(p), a>, or a symbol of its own"
        if named.is_Symbol:
            declared = () if claim is None or claim.space is None else claim.space.names
            if (left / named).is_zero is not False:
                return f"the factor of {named} might be 0"
            return (
                f"the claim itself speaks of {named}; abbreviate by another symbol"
                if named.name in declared
                else ""
            )
        value, direction = differentiated_value(named)
        if value is None or direction != self.direction or value.point != self.point:
            return "the left side is not the derivative at that point in that direction"
        if not _is_smoothing(value, self.of, _dimensions_of(self.of, claim)):
            return f"the integral that is differentiated is not ${sympy.latex(value)}$ with the kernel of its smoothing"
        return ""

    def _captured(self, integral: Integral) -> str:
        used = set() if self.point is None else names_in(self.point)
        used |= set() if self.direction is None else names_in(self.direction)
        return "the point or the direction is a variable of the integral" if used & _bound(integral) else ""


def _undominated(integral: Integral) -> str:
    """Why an integrand may have no weight exp(−Q) whose quadratic part is negative definite, or ""."""
    if len(integral.variables) != 1:
        return "a derivative is taken under the integral over one variable"
    (y,) = integral.variables
    square = norm_squared(y)
    for term in sympy.Add.make_args(canonical(integral.inside)):
        exponents = [factor.args[0] for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.exp)]
        if not any(sympy.expand(exponent).coeff(square).is_negative for exponent in exponents):
            return "the integrand has no Gaussian weight, so its derivative may not be dominated"
    return ""


def differentiated_value(product: InnerProduct) -> tuple[Value | None, Vector | None]:
    """Read ⟨∇f(p), a⟩ as the derivative of f(p) in the direction a."""
    if product.is_basic:
        for side, other in ((product.left, product.right), (product.right, product.left)):
            meaning = side.terms[0][0].meaning
            if meaning and meaning[0] == "gradient" and is_plain(meaning[2]):
                return Value(meaning[1], meaning[2]), other
    return None, None


def _dimensions_of(integral: Any, claim: Any) -> list[Any]:
    """What the dimension may be: the claim's own, else a symbol for a positive integer in the kernel."""
    own = dimension_of(claim)
    if own is not None:
        return [own]
    symbols = sympy.sympify(integral).free_symbols
    return [sympy.Integer(1), *(s for s in sorted(symbols, key=str) if s.is_integer and s.is_positive)]


def _is_smoothing(value: Value, integral: Any, dimensions: list[Any]) -> bool:
    """Whether an integral over y of f_s(αy + w) against a kernel is f_σ(p): the kernel is the density of αy + w − p.

    f_σ(p) is the mean of f_s(p + ru) for r² = σ² − s², so with u = (αy + w − p)/r the kernel is π^{-d/2} |α/r|^d e^{-‖u‖²}.
    """
    found = _coefficient_and_integral(integral)
    if found is None or len(found[1].variables) != 1:
        return False
    (y,) = found[1].variables
    for inner in found[1].inside.atoms(Value):
        rate = dict(inner.point.terms).get(y.terms[0][0])
        scale = sympy.sqrt(value.function.sigma**2 - inner.function.sigma**2)
        if not (rate and rate.is_real and rate.is_nonzero and scale.is_positive):
            continue
        if replace(value.function, sigma=inner.function.sigma) != inner.function:
            continue
        u = (inner.point - value.point) / scale
        for dimension in dimensions:
            density = sympy.pi ** (-dimension / 2) * sympy.Abs(rate / scale) ** dimension
            kernel = density * sympy.exp(-norm_squared(u))
            if names_in(value) & _bound(found[1]):
                continue
            if _compared("", found[0] * found[1].inside, inner * kernel, "").verified:
                return True
    return False


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
    if direction is None:
        raise ClaimError("differentiate_inside needs a direction, or laplacian_dimension=")
    return DifferentiateInside(text, of, "direction", point=point, direction=direction)


@dataclass(frozen=True)
class GaussianNormalisation:
    """π^{-d/2} ∫ exp(−‖q‖²) dq = 1 integrates one variable out of a double integral."""

    text: str
    variable: Vector
    dimension: Any

    trusts: ClassVar[tuple[str, ...]] = (
        standard.NORMALISED,
        standard.FUBINI,
    )

    METHOD = "Gaussian normalisation"

    def check(self, link: Link, claim: Any) -> LinkResult:
        left, right = _coefficient_and_integral(link.left), _coefficient_and_integral(link.right)
        if link.relation != "=" or left is None or right is None:
            return LinkResult("unverified", self.METHOD, "both sides must be multiples of one integral")
        one_less = set(left[1].variables) == {*right[1].variables, self.variable}
        if not one_less or self.variable in right[1].variables:
            return LinkResult("unverified", self.METHOD, "exactly one variable must disappear")
        if self.variable.terms[0][0] in names_in(link.right):
            return LinkResult(
                "unverified", self.METHOD, "the variable that is integrated out is left on the right"
            )
        weight = sympy.exp(-norm_squared(self.variable)) * sympy.pi ** (-sympy.sympify(self.dimension) / 2)
        reason = "the integrand is a product with the normalised Gaussian"
        return _compared(self.METHOD, left[0] * left[1].inside, right[0] * right[1].inside * weight, reason)


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
            if not isinstance(smoothed, Value) or found is None or len(found[1].variables) != 1:
                continue
            if link.relation == "=" and not names_in(smoothed) & _bound(found[1]):
                result = self._matching(smoothed, *found)
                if result is not None:
                    return result
        reason = "the integral is not the definition of the smoothed function"
        return LinkResult("unverified", "definition", reason)

    def _matching(self, smoothed: Value, coefficient: Any, integral: Integral) -> LinkResult | None:
        (u,) = integral.variables
        weight = sympy.exp(-norm_squared(u)) * sympy.pi ** (-sympy.sympify(self.dimension) / 2)
        for value in integral.inside.atoms(Value):
            sigma = dict(value.point.terms).get(u.terms[0][0])
            if sigma is None or not sigma.is_real:
                continue
            if value.function.smooth(sigma)(value.point - u * sigma) == smoothed:
                trust(*(() if value.function.sigma == 0 else (standard.SUM,)))
                reason = "the definition of Gaussian smoothing, as printed"
                result = _compared("definition", coefficient * integral.inside, value * weight, reason)
                if result.verified:
                    return result
        return None


def smoothing_definition(text: str, dimension: Any) -> SmoothingDefinition:
    """The printed definition of f_σ."""
    return SmoothingDefinition(text, dimension)
