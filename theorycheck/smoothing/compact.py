"""Expectations under kernels that are not Gaussian: one coordinate with a density, the ball and the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import sympy

from theorycheck.smoothing.densities import integral_by_rules
from theorycheck.smoothing.kernels import Ball, Cube, Density, Kernel, Sphere
from theorycheck.smoothing.terms import Factors, NoRuleError, Polynomial, as_expression, expand, linear_form

Expr = Any

RULES = {
    "polynomial": r"binomial theorem and the moments of $u$",
    "oscillation": r"characteristic function: $\mathbb E\cos(\omega\cdot(x+\sigma u)+\varphi)="
    r"\cos(\omega\cdot x+\varphi)\,\mathbb E\cos(\sigma\omega\cdot u)$",
    "exponential": r"moment generating function: $\mathbb E\,e^{b\cdot(x+\sigma u)}=e^{b\cdot x}\,\mathbb E\,e^{\sigma b\cdot u}$",
    "antiderivative": r"$\mathbb E\,g(x+\sigma u)=\frac1\sigma\int g(t)\,p((t-x)/\sigma)\,dt$ by an antiderivative",
    "ridge": r"$w\cdot u/\|w\|$ has a density on $[-1,1]$: one integral along $w$",
    "two points": r"$u=\pm1$ with probability $\frac12$ each",
}
"""Each rule's name and its reason in LaTeX."""


def mean_of_coordinate_term(
    factors: Factors, polynomial: Polynomial, variable: Expr, sigma: Expr, kernel: Kernel
) -> tuple[Expr, str]:
    """Return E g(x + σu) for u with a density on an interval, and the rule's name; g = polynomial · factors.

    Raises
    ------
    NoRuleError
        If no antiderivative is known.
    """
    if factors == Factors():
        return _polynomial_mean(polynomial, [variable], sigma, kernel), "polynomial"
    if isinstance(kernel, Cube) and set(polynomial) == {(0,)}:
        plain = _wave_mean(factors, polynomial, [variable], sigma, kernel)
        if plain is not None:
            return plain
    t = sympy.Dummy("t", real=True)
    g = (as_expression(polynomial, [variable]) * factors.expression).xreplace({variable: t})
    place = (t - variable) / sigma
    if isinstance(kernel, Density):
        weight, low, high = kernel.expression.xreplace({kernel.variable: place}), kernel.low, kernel.high
    else:
        weight, low, high = sympy.Rational(1, 2), sympy.Integer(-1), sympy.Integer(1)
    ends = [end if end.is_infinite else variable + sigma * end for end in (low, high)]
    return integral_by_rules(g * weight / sigma, t, ends[0], ends[1]), "antiderivative"


def _polynomial_mean(polynomial: Polynomial, variables: Sequence[Expr], sigma: Expr, kernel: Kernel) -> Expr:
    total = sympy.S.Zero
    for powers, coefficient in polynomial.items():
        for taken in product(*[range(n + 1) for n in powers]):
            moment = kernel.moment(*taken, dimension=len(variables))
            ways = sympy.prod([sympy.binomial(n, k) for n, k in zip(powers, taken, strict=True)])
            monomial = sympy.prod([x ** (n - k) for x, n, k in zip(variables, powers, taken, strict=True)])
            total += coefficient * ways * moment * sigma ** sum(taken) * monomial
    return total


def _wave_mean(
    factors: Factors, polynomial: Polynomial, variables: Sequence[Expr], sigma: Expr, kernel: Kernel
) -> tuple[Expr, str] | None:
    """Constant × one cosine or one exponential, for a symmetric kernel; None if the term is something else."""
    constant = polynomial.get((0,) * len(variables))
    if constant is None or len(polynomial) > 1 or factors.steps or factors.erfs:
        return None
    if factors.exponent == 0 and factors.oscillation != 1:
        w, _ = linear_form(factors.oscillation.args[0], variables)
        return constant * factors.oscillation * kernel.characteristic(*[sigma * c for c in w]), "oscillation"
    try:
        b, _ = linear_form(factors.exponent, variables)
    except NoRuleError:
        return None
    if factors.oscillation != 1:
        return None
    return constant * sympy.exp(factors.exponent) * kernel.exponential_moment(
        *[sigma * c for c in b]
    ), "exponential"


def mean_of_radial_term(
    factors: Factors, polynomial: Polynomial, variables: Sequence[Expr], sigma: Expr, kernel: Ball | Sphere
) -> tuple[Expr, str]:
    """Return E g(x + σu) for u uniform on the ball or the sphere, and the rule's name; g = polynomial · factors.

    Raises
    ------
    NoRuleError
        If g is neither polynomial, wave nor function of one linear form.
    """
    size = len(variables)
    g = as_expression(polynomial, variables) * factors.expression
    if size == 1 and isinstance(kernel, Sphere):
        (x,) = variables
        return (g.xreplace({x: x + sigma}) + g.xreplace({x: x - sigma})) / 2, "two points"
    if size == 1:
        return mean_of_coordinate_term(factors, polynomial, variables[0], sigma, Cube("uniform"))
    if factors == Factors():
        return _polynomial_mean(polynomial, variables, sigma, kernel), "polynomial"
    wave = _wave_mean(factors, polynomial, variables, sigma, kernel)
    if wave is not None:
        return wave
    along, length, place = _ridge(g, factors, variables)
    t = sympy.Dummy("t", real=True)
    marginal = Density("marginal", kernel.marginal(size, t), t, sympy.Integer(-1), sympy.Integer(1))
    from theorycheck.smoothing.terms import collect_terms

    terms, rest = collect_terms(along, [place[0]])
    if rest != 0:
        raise NoRuleError(f"no rule for {rest}")
    total = sum(
        mean_of_coordinate_term(f, p, place[0], sigma * length, marginal)[0] for f, p in terms.items()
    )
    return total.xreplace({place[0]: place[1]}), "ridge"


def _ridge(g: Expr, factors: Factors, variables: Sequence[Expr]) -> tuple[Expr, Expr, tuple[Expr, Expr]]:
    """Write g = h(w·x); return h(s), ‖w‖ and (s, w·x)."""
    forms = [*factors.steps, *factors.erfs]
    if factors.oscillation != 1:
        forms.append(factors.oscillation.args[0])
    used = [v for v in variables if g.has_free(v)]
    if forms:
        w, _ = linear_form(forms[0], variables)
    elif len(used) == 1:
        w = [sympy.Integer(int(v == used[0])) for v in variables]
    else:
        raise NoRuleError(f"{g} is not a function of one linear form")
    s = sympy.Dummy("s", real=True)
    lead = next(j for j, c in enumerate(w) if c != 0)
    others = sum(c * v for j, (c, v) in enumerate(zip(w, variables, strict=True)) if j != lead)
    h = expand(g.xreplace({variables[lead]: (s - others) / w[lead]}))
    if h.has_free(*variables):
        raise NoRuleError(f"{g} is not a function of one linear form")
    return h, sympy.sqrt(sum(c**2 for c in w)), (s, sum(c * v for c, v in zip(w, variables, strict=True)))
