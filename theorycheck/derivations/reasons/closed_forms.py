"""Integrals of one variable and closed forms: antiderivatives, the rules of smoothing, values put in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.integrals import Integral
from theorycheck.derivations.bound_variables import in_order, inside
from theorycheck.derivations.definedness import at_least_zero, is_nonzero
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.kernel_terms import to_term
from theorycheck.derivations.links import Link, Reason, check_link
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import known_signs
from theorycheck.errors import ClaimError
from theorycheck.kernel.balls import evaluate
from theorycheck.terms.balls import precision, to_arb

CONTINUOUS = (
    sympy.exp,
    sympy.erf,
    sympy.erfc,
    sympy.sin,
    sympy.cos,
    sympy.sinh,
    sympy.cosh,
    sympy.tanh,
    sympy.atan,
    sympy.Abs,
    sympy.Max,
    sympy.Min,
)
"""Functions that are continuous on the whole line."""


@dataclass(frozen=True)
class Antiderivative:
    """∫_a^b of a function of one variable as a difference of values of an antiderivative.

    The antiderivative must be continuous (built from continuous functions, nothing divides by what may be 0) and
    differentiate to the integrand; then the fundamental theorem of calculus applies, improper ends by limits.
    """

    text: str
    antiderivative: Any

    trusts: ClassVar[tuple[str, ...]] = (standard.CALCULUS,)

    METHOD = "antiderivative"

    def check(self, link: Link, claim: Any) -> LinkResult:
        integral = link.left
        if (
            link.relation != "="
            or not isinstance(integral, sympy.Integral)
            or len(integral.limits) != 1
            or len(integral.limits[0]) != 3
        ):
            return LinkResult("unverified", self.METHOD, "the left side must be one definite integral")
        declared, low, high = integral.limits[0]
        variable, inner = sympy.Dummy(declared.name, real=True), _between(declared.name, *in_order(low, high))
        primitive = sympy.sympify(self.antiderivative).xreplace({declared: variable})
        known = (*known_signs(claim), *inside(variable, *in_order(low, high)))
        if not is_continuous(primitive, variable, known):
            reason = (
                f"${sympy.latex(primitive)}$ is not certainly continuous in ${declared}$ between the ends"
            )
            return LinkResult("unverified", self.METHOD, reason)
        slope = sympy.diff(primitive, variable).xreplace({variable: inner})
        derivative = equal(slope, integral.function.xreplace({declared: inner}))
        if not derivative.verified:
            reason = f"the antiderivative does not differentiate to the integrand: {derivative.reason}"
            return replace(derivative, outcome="unverified", counterexample=None, reason=reason)
        ends = [_end(primitive, variable, end) for end in (low, high)]
        value = equal(ends[1] - ends[0], sympy.sympify(link.right))
        if not value.verified:
            return replace(value, reason=f"the values at the ends do not give the right side: {value.reason}")
        reason = (
            f"${sympy.latex(primitive)}$ differentiates to the integrand and gives the right side at the ends"
        )
        return LinkResult("verified", self.METHOD, reason, value.theorem)


def _between(name: str, low: Any, high: Any) -> Any:
    """A fresh variable with the sign that it has strictly between the ends."""
    signs = {"positive": True} if low.is_extended_nonnegative else {"negative": True}
    return sympy.Dummy(
        name, real=True, **(signs if low.is_extended_nonnegative or high.is_extended_nonpositive else {})
    )


def _end(primitive: Any, variable: Any, end: Any) -> Any:
    if not end.is_infinite:
        return primitive.subs(variable, end)
    limit = sympy.limit(primitive, variable, end)
    _require_limit(primitive, variable, end, limit)
    return limit


def _require_limit(primitive: Any, variable: Any, end: Any, limit: Any) -> None:
    """A second look at SymPy's limit: far out, at some values of the other symbols, the primitive must be near it.

    Raises
    ------
    ClaimError
        If it is not.
    """
    sign = 1 if end == sympy.oo else -1
    gap = to_term(primitive - limit)
    others = sorted((primitive - limit).free_symbols - {variable}, key=str)
    for seed in (1, 2, 3):
        point = {to_term(s): to_arb(_sample(s, seed + index)) for index, s in enumerate(others)}
        with precision(256):
            places = ({**point, to_term(variable): to_arb(sign * size)} for size in (16, 2**40))
            near, far = (abs(evaluate([gap], place)[0]) for place in places)
            if not (far < to_arb(Fraction(1, 10**6)) or far < near / 2**20):
                raise ClaimError(f"the limit {limit} of {primitive} at {end} is not confirmed by numbers")


def _sample(symbol: Any, seed: int) -> Fraction:
    value = Fraction(seed) if symbol.is_integer else Fraction(2 * seed + 1, 3)
    negative = (
        symbol.is_negative or symbol.is_nonpositive or (symbol.is_nonnegative is None and seed % 2 == 0)
    )
    return -value if negative else value


def is_continuous(expression: Any, variable: Any, known: tuple[Any, ...] = ()) -> bool:
    """Whether an expression is certainly a continuous function of the variable wherever what is known holds."""
    if variable not in expression.free_symbols or expression == variable:
        return True
    if expression.is_Add or expression.is_Mul or expression.func in CONTINUOUS:
        return all(is_continuous(part, variable, known) for part in expression.args)
    if expression.func is sympy.log:
        (argument,) = expression.args
        return is_continuous(argument, variable, known) and at_least_zero(argument, known, strict=True)
    if not expression.is_Pow or not is_continuous(expression.base, variable, known):
        return False
    base, exponent = expression.base, expression.exp
    if exponent.is_Integer and exponent > 0:
        return True
    if exponent.is_Integer:
        return is_nonzero(base, known)
    if at_least_zero(base, known, strict=True):
        return is_continuous(exponent, variable, known)
    return bool(exponent.is_Rational and exponent > 0 and at_least_zero(base, known))


def antiderivative(text: str, expression: Any) -> Antiderivative:
    """The integral on the left by an antiderivative in its variable."""
    return Antiderivative(text, expression)


@dataclass(frozen=True)
class SmoothingRule:
    """The closed form of a smoothed expression: by the symbolic rules, and independently by quadrature in balls."""

    text: str
    expression: Any
    variable: Any
    sigma: Any

    trusts: ClassVar[tuple[str, ...]] = (standard.CLOSED,)

    METHOD = "smoothing rules"

    def check(self, link: Link, claim: Any) -> LinkResult:
        from theorycheck.lab.smoothing import smooth, verify_smoothing

        shifted = smoothed_mean(self.expression, self.variable, self.sigma)
        if link.relation != "=" or sympy.expand(link.left - shifted) != 0:
            return LinkResult(
                "unverified", self.METHOD, "the left side is not the mean of the named expression"
            )
        if self.variable.is_real is not True or not _is_any_real(self.variable):
            return LinkResult(
                "unverified", self.METHOD, f"{self.variable} is declared to be no arbitrary real number"
            )
        if not sympy.sympify(self.sigma).is_nonnegative:
            return LinkResult("unverified", self.METHOD, f"{self.sigma} is not known to be nonnegative")
        by_rules = equal(smooth(self.expression, self.variable, self.sigma), sympy.sympify(link.right))
        if not by_rules.verified:
            return replace(by_rules, outcome="unverified", counterexample=None)
        agreement = verify_smoothing(self.expression, self.variable, self.sigma, link.right)
        if not agreement.agrees:
            reason = f"quadrature disagrees by {agreement.largest_difference:.1e}"
            return LinkResult("unverified", self.METHOD, reason)
        reason = (
            f"the smoothing rules give it, and {agreement.method} agrees at {agreement.points} random points"
        )
        method = "smoothing rules and quadrature"
        return LinkResult("verified", method, reason, by_rules.theorem)


def _is_any_real(variable: Any) -> bool:
    """Whether a symbol's declaration leaves all real numbers: x + σu is positive for no σ > 0."""
    return all(
        value is None
        for fact, value in variable.assumptions0.items()
        if fact in ("nonnegative", "nonpositive", "zero", "rational")
    )


def smoothed_mean(expression: Any, variable: Any, sigma: Any) -> Any:
    """E of the expression at variable + σu, unevaluated, u ~ N(0, 1/2).

    Raises
    ------
    ClaimError
        If the expression or sigma speaks of u already.
    """
    from theorycheck.lab.smoothing import Mean

    expression, noise = sympy.sympify(expression), sympy.Symbol("u", real=True)
    if any(s.name == "u" for s in expression.free_symbols | sympy.sympify(sigma).free_symbols):
        raise ClaimError("u is the Gaussian variable of a smoothed mean; give the symbol u another name")
    return Mean(expression.subs(variable, variable + sigma * noise))


def smoothing_rule(text: str, expression: Any, variable: Any, sigma: Any) -> SmoothingRule:
    """The link's left side is `smoothed_mean(expression, variable, sigma)`, its right side the closed form."""
    return SmoothingRule(text, expression, variable, sigma)


@dataclass(frozen=True)
class Rewriting:
    """The right side is the left side with some integrals replaced by their values, each value checked by its reason."""

    text: str
    values: tuple[tuple[Any, Any, Reason], ...]

    METHOD = "values of integrals"

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", self.METHOD, "an equality cannot justify a strict inequality")
        replaced = sympy.sympify(link.left)
        for integral, value, reason in self.values:
            if not isinstance(integral, (sympy.Integral, Integral)):
                return LinkResult("unverified", self.METHOD, f"{integral} is no integral")
            result = check_link(Link(link.name, integral, "=", sympy.sympify(value), reason), claim)
            if not result.verified:
                return replace(result, outcome="unverified", counterexample=None)
            replaced = replaced.xreplace({integral: value})
        result = equal(replaced, sympy.sympify(link.right))
        return result if result.verified else replace(result, outcome="unverified", counterexample=None)


def rewriting(text: str, *values: tuple[Any, Any, Reason]) -> Rewriting:
    """Replace integrals (first entries) by their values (second), for the reasons given (third)."""
    return Rewriting(text, values)
