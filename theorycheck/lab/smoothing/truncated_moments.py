"""Gaussian moments of polynomials, and of powers times unit steps or an error function (Stein's identity)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import sympy

from theorycheck.lab.smoothing.terms import NoRuleError, Polynomial, combine_steps, expand

Expr = Any
Values = dict[Expr, Expr]
"""Basis function (1, a Φ, a bump) -> its coefficient."""


def heat(polynomial: Polynomial, covariance: Any) -> Polynomial:
    """Return e^{Σ V_ij ∂_i∂_j/2} polynomial."""
    size = covariance.shape[0]
    pairs = [(i, j, covariance[i, j]) for i in range(size) for j in range(size) if covariance[i, j] != 0]
    total, current, order = dict(polynomial), polynomial, 0
    while current:
        order += 1
        following: Polynomial = {}
        for powers, coefficient in current.items():
            for i, j, v in pairs:
                lowered = list(powers)
                factor = lowered[i]
                lowered[i] -= 1
                factor *= lowered[j]
                lowered[j] -= 1
                if factor:
                    key = tuple(lowered)
                    following[key] = following.get(key, 0) + coefficient * v * sympy.Rational(
                        factor, 2 * order
                    )
        for key, value in following.items():
            total[key] = total.get(key, sympy.S.Zero) + value
        current = following
    return total


def at(polynomial: Polynomial, places: Sequence[Expr]) -> Expr:
    return sympy.Add(
        *[
            c * sympy.prod([p**n for p, n in zip(places, powers, strict=True)])
            for powers, c in polynomial.items()
        ]
    )


def step_moments(
    forms: Sequence[tuple[list[Expr], Expr, str]], w: list[Expr], b: Expr, tau: Expr, nu: Expr
) -> Callable[[int], Values]:
    """Return n -> E[Tⁿ G(T)], T = w·Y + b ~ N(τ, ν), G the product of the steps or one error function."""
    along = [(*_along(w, b, form, offset), kind) for form, offset, kind in forms]
    erfs = [(alpha, beta) for alpha, beta, kind in along if kind == "erfs"]
    steps = [(alpha, beta) for alpha, beta, kind in along if kind == "steps"]
    if len(erfs) > 1 or (erfs and steps):
        raise NoRuleError("a product of error functions, or of one with a step, has no closed form")
    if erfs:
        return functools.partial(_erf_moment, *erfs[0], tau, nu)
    lowers, uppers = [], []
    for alpha, beta in steps:
        if alpha.is_positive:
            lowers.append(-beta / alpha)
        elif alpha.is_negative:
            uppers.append(-beta / alpha)
        else:
            raise NoRuleError(f"the sign of {alpha} is needed: declare its symbols positive")
    pieces = combine_steps(lowers, uppers)

    def moment(n: int) -> Values:
        values: Values = {}
        for sign, k in pieces:
            part = {sympy.S.One: raw_moment(n, tau, nu)} if k is None else _half_line_moment(n, k, tau, nu)
            for basis, value in part.items():
                values[basis] = values.get(basis, sympy.S.Zero) + sign * value
        return values

    return moment


def _along(w: list[Expr], b: Expr, form: list[Expr], offset: Expr) -> tuple[Expr, Expr]:
    """Return (α, β) with form·Y + offset = α (w·Y + b) + β."""
    lead = next(j for j, c in enumerate(w) if c != 0)
    alpha = sympy.cancel(form[lead] / w[lead])
    if any(sympy.expand(form[j] - alpha * w[j]) != 0 for j in range(len(w))):
        raise NoRuleError("two kinks in different directions that share a variable have no closed form")
    return alpha, expand(offset - alpha * b)


def raw_moment(n: int, tau: Expr, nu: Expr) -> Expr:
    return at(heat({(n,): sympy.S.One}, sympy.Matrix([[nu]])), [tau])


def _half_line_moment(n: int, k: Expr, tau: Expr, nu: Expr) -> Values:
    """E[Tⁿ H(T − k)] in the basis (1 + erf)/2 and the exponential of the density at k."""
    tail = (1 + sympy.erf((tau - k) / sympy.sqrt(2 * nu))) / 2
    bump = sympy.exp(-((tau - k) ** 2) / (2 * nu))
    a, b = [sympy.S.One], [sympy.S.Zero]
    height = sympy.sqrt(nu / (2 * sympy.pi))
    for m in range(1, n + 1):
        earlier = (a[m - 2], b[m - 2]) if m > 1 else (0, 0)
        a.append(expand(tau * a[m - 1] + nu * (m - 1) * earlier[0]))
        b.append(expand(tau * b[m - 1] + nu * (m - 1) * earlier[1] + k ** (m - 1) * height))
    return {tail: a[n], bump: b[n]} if b[n] != 0 else {tail: a[n]}


def _erf_moment(alpha: Expr, beta: Expr, tau: Expr, nu: Expr, n: int) -> Values:
    """E[Tⁿ erf(αT + β)]: Stein's identity; under the bump (2α/√π) e^{−(αT+β)²} T is Gaussian."""
    widening = 1 + 2 * alpha**2 * nu
    wide = sympy.erf((alpha * tau + beta) / sympy.sqrt(widening))
    bump = sympy.exp(-((alpha * tau + beta) ** 2) / widening)
    height = 2 * alpha / sympy.sqrt(sympy.pi * widening)
    centre, spread = (tau - 2 * alpha * beta * nu) / widening, nu / widening
    a, b = [sympy.S.One], [sympy.S.Zero]
    for m in range(1, n + 1):
        earlier = (a[m - 2], b[m - 2]) if m > 1 else (0, 0)
        a.append(tau * a[m - 1] + nu * (m - 1) * earlier[0])
        b.append(tau * b[m - 1] + nu * ((m - 1) * earlier[1] + height * raw_moment(m - 1, centre, spread)))
    return {wide: a[n], bump: b[n]} if n else {wide: a[n]}
