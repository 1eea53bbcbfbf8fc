"""Expectations under the other kernels: one coordinate with a density, the ball and the sphere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import sympy

from theorycheck.lab.smoothing.densities import integral_by_rules
from theorycheck.lab.smoothing.kernels import Ball, Cube, Density, Kernel, Sphere, line_density
from theorycheck.lab.smoothing.terms import (
    Factors,
    NoRuleError,
    Polynomial,
    as_expression,
    collect_terms,
    expand,
    linear_form,
    polynomial_in,
)

Expr = Any

RULES = {
    "polynomial": r"binomial theorem and the moments of $u$",
    "oscillation": r"characteristic function: $\mathbb E\cos(\omega\cdot(x+\sigma u)+\varphi)="
    r"\cos(\omega\cdot x+\varphi)\,\mathbb E\cos(\sigma\omega\cdot u)$",
    "exponential": r"moment generating function: $\mathbb E\,e^{b\cdot(x+\sigma u)}="
    r"e^{b\cdot x}\,\mathbb E\,e^{\sigma b\cdot u}$",
    "antiderivative": r"$\mathbb E\,g(x+\sigma u)=\frac1\sigma\int g(t)\,p((t-x)/\sigma)\,dt$, "
    r"an antiderivative",
    "ridge": r"$w\cdot u/\|w\|$ has a density on $[-1,1]$: one integral along $w$",
    "derivatives": r"$\mathbb E\,p(y)e^{i\omega\cdot y}=p(-i\partial_\omega)\,"
    r"\mathbb E\,e^{i\omega\cdot y}$, $y=x+\sigma u$",
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
    g = as_expression(polynomial, [variable]) * factors.expression
    return mean_by_antiderivative(g, variable, sigma, kernel), "antiderivative"


def mean_by_antiderivative(g: Expr, variable: Expr, sigma: Expr, kernel: Kernel) -> Expr:
    """Return E g(x + σu) = ∫ g(t) p((t − x)/σ) dt/σ (NoRuleError if no antiderivative is known)."""
    t = sympy.Dummy("t", real=True)
    weight, low, high = line_density(kernel, (t - variable) / sigma)
    ends = [end if end.is_infinite else variable + sigma * end for end in (low, high)]
    return integral_by_rules(g.xreplace({variable: t}) * weight / sigma, t, ends[0], ends[1])


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
    """Constant × one cosine or one exponential, for a symmetric kernel; None for other terms."""
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
    """Return E g(x + σu) for u uniform on the ball or the sphere, and the rule's name; g = polynomial ·
    factors.

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
    if factors.oscillation != 1 and not (factors.steps or factors.erfs or factors.exponent != 0):
        return _wave_derivatives(factors, polynomial, variables, sigma, kernel), "derivatives"
    along, length, (s, place) = _ridge(g, factors, variables)
    terms, rest = collect_terms(along, [s])
    if rest != 0:
        raise NoRuleError(f"no rule for {rest}")
    total = sum(_mean_of_ridge(f, p, s, sigma * length, size=size, kernel=kernel) for f, p in terms.items())
    return total.xreplace({s: place}), "ridge"


def _mean_of_ridge(
    factors: Factors, polynomial: Polynomial, s: Expr, sigma: Expr, *, size: int, kernel: Ball | Sphere
) -> Expr:
    """E h(s + σt) for t with the marginal density of the kernel, a constant times (1 − t²)^{m/2}."""
    t = sympy.Dummy("t", real=True)
    density = kernel.marginal(size, t)
    if size % 2:  # m is even: a polynomial density
        marginal = Density("marginal", density, t, sympy.Integer(-1), sympy.Integer(1))
        return mean_of_coordinate_term(factors, polynomial, s, sigma, marginal)[0]
    if factors.erfs or factors.exponent != 0 or factors.oscillation != 1 or len(factors.steps) > 1:
        raise NoRuleError("in even dimension only piecewise polynomials of one linear form have a rule")
    half_power = sympy.Rational(size - (3 if isinstance(kernel, Sphere) else 1), 2)
    constant = density / (1 - t**2) ** half_power
    shifted = polynomial_in(as_expression(polynomial, [s]).xreplace({s: s + sigma * t}), [t])
    anti = _arc_antiderivative(shifted, t, half_power)
    one = sympy.Integer(1)
    if not factors.steps:
        return constant * (anti(one) - anti(-one))
    (a,), b = linear_form(factors.steps[0], [s])
    if not a.is_positive:
        raise NoRuleError(f"the sign of {a} is needed: declare its symbols positive")
    kink = sympy.Max(
        -one, sympy.Min(one, (-b / a - s) / sigma)
    )  # where the step lies in t, moved into [-1, 1]
    return constant * (anti(one) - anti(kink))


def _arc_antiderivative(polynomial: Polynomial, t: Expr, half_power: Expr) -> Callable[[Expr], Expr]:
    """∫ p(t) (1 − t²)^q dt for half-integer q >= −1/2: down to q = −1/2, whose antiderivative is arcsin."""

    def power(q: Expr) -> Expr:
        return (1 - t**2) ** q

    base, q = sympy.asin(t), sympy.Rational(-1, 2)
    while q < half_power:
        q += 1
        base = (t * power(q) + 2 * q * base) / (2 * q + 1)
    twice = 2 * (half_power + 1)
    table = [base, -power(half_power + 1) / twice]
    for n in range(2, max((m for (m,) in polynomial), default=0) + 1):
        by_parts = -(t ** (n - 1)) * power(half_power + 1) / twice + (n - 1) / twice * table[n - 2]
        table.append(by_parts / (1 + (n - 1) / twice))
    primitive = sympy.Add(*[c * table[n] for (n,), c in polynomial.items()])
    return lambda end: primitive.xreplace({t: end})


def _wave_derivatives(
    factors: Factors, polynomial: Polynomial, variables: Sequence[Expr], sigma: Expr, kernel: Kernel
) -> Expr:
    """E p(y) e^{iθ(y)} = p(−i∂_ω) [e^{iθ(x)} E e^{iσω·u}], θ(y) = ω·y + φ; its real or imaginary part."""
    frequency, phase = linear_form(factors.oscillation.args[0], variables)
    omega = [sympy.Dummy(f"w{j}", real=True) for j in range(len(variables))]
    angle = sum(w * x for w, x in zip(omega, variables, strict=True)) + phase
    damping = kernel.characteristic(*[sigma * w for w in omega])
    wave = [sympy.cos(angle) * damping, sympy.sin(angle) * damping]
    total = sympy.S.Zero
    for powers, coefficient in polynomial.items():
        order = sum(powers)
        # (−i)^order (C + iS): real parts C, S, −C, −S and imaginary parts S, −C, −S, C in turn
        if isinstance(factors.oscillation, sympy.cos):
            part, sign = wave[order % 2], 1 if order % 4 in (0, 1) else -1
        else:
            part, sign = wave[1 - order % 2], 1 if order % 4 in (0, 3) else -1
        for w, n in zip(omega, powers, strict=True):
            part = sympy.diff(part, w, n) if n else part
        total += sign * coefficient * part
    return total.xreplace(dict(zip(omega, frequency, strict=True)))


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
