"""Definite integrals of the normal form over an interval: the rules for kernels with a density on an
interval.

An antiderivative F of the smooth part g is written down (polynomials, polynomial × e^{bt} × cos/sin,
polynomial ×
e^{−at²+bt}, polynomial × erf); with a step, ∫ g(t) H(t − k) dt = (F(t) − F(k)) H(t − k), which is continuous.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.deadline import within_seconds
from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.terms import (
    DivergesError,
    Factors,
    NoRuleError,
    Polynomial,
    as_expression,
    collect_terms,
    expand,
    linear_form,
    polynomial_in,
    shown,
)
from theorycheck.lab.smoothing.unit_steps import with_unit_steps

Expr = Any
FALLBACK_SECONDS = 10.0
"""Time that `sympy.integrate` gets for one integral."""


def integral(expression: Expr, t: Expr, low: Expr, high: Expr) -> Expr:
    """Return ∫_low^high expression dt by the rules of this module, else by `sympy.integrate`.

    Raises
    ------
    ClaimError
        If neither finds it, or it is infinite.
    """
    try:
        return integral_by_rules(expression, t, low, high)
    except DivergesError as error:
        raise ClaimError(f"the integral of {shown(expression)} is infinite: {error}") from error
    except NoRuleError:
        value = within_seconds(
            FALLBACK_SECONDS, lambda: sympy.integrate(expression, (t, low, high)), default=None
        )
    if value is None or value.has(sympy.Integral, sympy.oo, sympy.nan, sympy.zoo):
        raise ClaimError(
            f"the integral of {shown(expression)} over ({low}, {high}) has no closed form that is finite:"
            " compute it numerically with theorycheck.lab.expectation"
        )
    return value


def integral_by_rules(expression: Expr, t: Expr, low: Expr, high: Expr) -> Expr:
    """As `integral`, without the fall-back.

    Raises
    ------
    NoRuleError
        If a term has no rule; DivergesError if the integral is certainly infinite.
    """
    terms, rest = collect_terms(with_unit_steps(sympy.sympify(expression), [t]), [t])
    if rest != 0:
        raise NoRuleError(f"no antiderivative of {rest} is known")
    groups: dict[Factors, list[tuple[tuple[Expr, ...], Polynomial]]] = {}
    for factors, polynomial in terms.items():
        groups.setdefault(replace(factors, steps=()), []).append((factors.steps, polynomial))
    return sympy.Add(*[_integral_of_group(smooth, parts, t, low, high) for smooth, parts in groups.items()])


def _integral_of_group(
    smooth: Factors, parts: list[tuple[tuple[Expr, ...], Polynomial]], t: Expr, low: Expr, high: Expr
) -> Expr:
    """∫ smooth · (p_0 + Σ p_i H(t − k_i)); at an infinite end only the sum over all parts must decay."""
    total = sympy.S.Zero
    switched_on: dict[Expr, Polynomial] = {low: {}, high: {}}
    for steps, polynomial in parts:
        anti = antiderivative(smooth, polynomial, t)
        a, b = sympy.S.Zero, sympy.S.One  # no step: H(1)
        if steps:
            if len(steps) > 1:
                raise NoRuleError("the order of two kinks is not known: declare the symbols positive")
            (a,), b = linear_form(steps[0], [t])
        for end, sign in ((high, 1), (low, -1)):
            on = sympy.S.One if not steps else _step_at(a, b, end)
            if on == 0:
                continue
            base = anti(-b / a) if steps else sympy.S.Zero
            if end.is_infinite:
                total -= sign * base
                for powers, coefficient in polynomial.items():
                    here = switched_on[end]
                    here[powers] = expand(here.get(powers, sympy.S.Zero) + coefficient)
            else:
                total += sign * (anti(end) - base) * on
    for end, sign in ((high, 1), (low, -1)):
        left = {powers: c for powers, c in switched_on[end].items() if c != 0}
        if left:
            total += sign * antiderivative(smooth, left, t)(end)
    return total


def _step_at(a: Expr, b: Expr, end: Expr) -> Expr:
    if end.is_infinite:
        if not (a.is_positive or a.is_negative):
            raise NoRuleError(f"the sign of {a} is needed: declare its symbols positive")
        return sympy.S.One if (end == sympy.oo) == bool(a.is_positive) else sympy.S.Zero
    return sympy.Heaviside(expand(a * end + b))


def antiderivative(factors: Factors, polynomial: Polynomial, t: Expr) -> Callable[[Expr], Expr]:
    """Return F with F' = polynomial · exp(exponent) · oscillation · erf (the steps are left out).

    F(±oo) is the limit; it raises DivergesError if the integral diverges there.

    Raises
    ------
    NoRuleError
        If no elementary F is known.
    """
    squares = polynomial_in(factors.exponent, [t]).get((2,), sympy.S.Zero)
    if factors.erfs:
        if len(factors.erfs) > 1 or factors.exponent != 0 or factors.oscillation != 1:
            raise NoRuleError("no antiderivative is known for erf times another special factor")
        return _erf_antiderivative(factors.erfs[0], polynomial, t)
    if squares != 0:
        if factors.oscillation != 1:
            return _wave_bump_antiderivative(factors, polynomial, t)
        return _bump_antiderivative(factors.exponent, polynomial, t)
    return _wave_antiderivative(factors, polynomial, t)


def _wave_antiderivative(factors: Factors, polynomial: Polynomial, t: Expr) -> Callable[[Expr], Expr]:
    """∫ p e^{bt} cos(ωt + φ) = Re e^{(b+iω)t + iφ} Σ (−1)^k p^{(k)} / (b+iω)^{k+1}."""
    b = polynomial_in(factors.exponent, [t]).get((1,), sympy.S.Zero)
    waves = factors.oscillation != 1
    (omega,), phase = (
        linear_form(factors.oscillation.args[0], [t]) if waves else ([sympy.S.Zero], sympy.S.Zero)
    )
    p = as_expression(polynomial, [t])
    if b == 0 and omega == 0:
        primitive = sympy.Add(*[c * t ** (n + 1) / (n + 1) for (n,), c in polynomial.items()])
        return _with_limits(primitive, t, None)
    norm = sympy.Dummy("n")  # b² + ω², so that 1/(b + iω) = (b − iω)/norm
    inverse = (b - sympy.I * omega) / norm
    series, current, power, sign = sympy.S.Zero, p, inverse, 1
    while current != 0:
        series += sign * current * power
        current, power, sign = sympy.diff(current, t), expand(power * inverse), -sign
    series = expand(series)
    imaginary = sympy.Add(*[part / sympy.I for part in sympy.Add.make_args(series) if part.has(sympy.I)])
    real = sympy.Add(*[part for part in sympy.Add.make_args(series) if not part.has(sympy.I)])
    angle = omega * t + phase
    if not waves:
        value = real
    elif isinstance(factors.oscillation, sympy.cos):
        value = real * sympy.cos(angle) - imaginary * sympy.sin(angle)
    else:
        value = real * sympy.sin(angle) + imaginary * sympy.cos(angle)
    return _with_limits(sympy.exp(b * t) * value.xreplace({norm: b**2 + omega**2}), t, b)


def _with_limits(primitive: Expr, t: Expr, rate: Expr | None) -> Callable[[Expr], Expr]:
    """F by substitution; at an infinite end 0 if e^{rate·t} decays there."""

    def value(end: Expr) -> Expr:
        if not end.is_infinite:
            return primitive.xreplace({t: end})
        if rate is None or rate == 0:
            raise DivergesError(f"the integral up to {end} is infinite: the function does not decay there")
        decay = rate * (1 if end == sympy.oo else -1)
        if decay.is_negative:
            return sympy.S.Zero
        if decay.is_nonnegative:
            raise DivergesError(f"the integral up to {end} is infinite: it grows like exp({rate}·t)")
        raise NoRuleError(f"whether exp({rate}·t) decays towards {end} is not known")

    return value


def _bump_antiderivative(exponent: Expr, polynomial: Polynomial, t: Expr) -> Callable[[Expr], Expr]:
    """∫ p e^{−at²+bt+c}: raising the power by parts down to the error function."""
    form = polynomial_in(exponent, [t])
    a, b, c = -form[(2,)], form.get((1,), sympy.S.Zero), form.get((0,), sympy.S.Zero)
    if a.is_negative:
        raise NoRuleError("a growing Gaussian has no antiderivative here")
    top = max(n for (n,) in polynomial)
    # ∫ t^n e = polynomial_n(t) e + weight_n ∫ e,   e = e^{−at²+bt+c}
    parts, weights = [sympy.S.Zero], [sympy.S.One]
    for n in range(1, top + 1):
        before = (parts[n - 2], weights[n - 2]) if n > 1 else (0, 0)
        parts.append(expand((-(t ** (n - 1)) + b * parts[n - 1] + (n - 1) * before[0]) / (2 * a)))
        weights.append(expand((b * weights[n - 1] + (n - 1) * before[1]) / (2 * a)))
    elementary = sympy.Add(*[k * parts[n] for (n,), k in polynomial.items()]) * sympy.exp(exponent)
    height = sympy.Add(*[k * weights[n] for (n,), k in polynomial.items()])
    height *= sympy.sqrt(sympy.pi / a) / 2 * sympy.exp(expand(c + b**2 / (4 * a)))
    argument = sympy.sqrt(a) * t - b / (2 * sympy.sqrt(a))

    def value(end: Expr) -> Expr:
        if end.is_infinite:
            if not a.is_positive:
                raise NoRuleError(f"the sign of {a} is needed: declare its symbols positive")
            return height if end == sympy.oo else -height
        return elementary.xreplace({t: end}) + height * sympy.erf(argument.xreplace({t: end}))

    return value


def _wave_bump_antiderivative(factors: Factors, polynomial: Polynomial, t: Expr) -> Callable[[Expr], Expr]:
    """As `_bump_antiderivative` for e^{−at²+(b±iω)t}, the two conjugates averaged."""
    (omega,), phase = linear_form(factors.oscillation.args[0], [t])
    up = _bump_antiderivative(expand(factors.exponent + sympy.I * omega * t), polynomial, t)
    down = _bump_antiderivative(expand(factors.exponent - sympy.I * omega * t), polynomial, t)
    rise, fall = sympy.exp(sympy.I * phase), sympy.exp(-sympy.I * phase)
    if isinstance(factors.oscillation, sympy.cos):
        return lambda end: (rise * up(end) + fall * down(end)) / 2
    return lambda end: (rise * up(end) - fall * down(end)) / (2 * sympy.I)


def _erf_antiderivative(form: Expr, polynomial: Polynomial, t: Expr) -> Callable[[Expr], Expr]:
    """∫ p erf(at+b) = P erf − ∫ P (2a/√π) e^{−(at+b)²}, P the antiderivative of p."""
    (a,), b = linear_form(form, [t])
    primitive: Polynomial = {(n + 1,): c / (n + 1) for (n,), c in polynomial.items()}
    scale = -2 * a / sympy.sqrt(sympy.pi)
    bump = _bump_antiderivative(expand(-((a * t + b) ** 2)), primitive, t)
    whole = as_expression(primitive, [t]) * sympy.erf(form)

    def value(end: Expr) -> Expr:
        if end.is_infinite:
            raise DivergesError(f"the integral of an error function up to {end} is infinite")
        return whole.xreplace({t: end}) + scale * bump(end)

    return value


# nonnegativity
def certainly_nonnegative(expression: Expr, t: Expr, low: Expr, high: Expr) -> bool:
    """Whether `expression` >= 0 on (low, high) follows from the signs of its factors, piece by piece.

    False means "not certain".
    """
    stepped = with_unit_steps(expression, [t])
    edges = sorted(
        {
            root
            for s in stepped.atoms(sympy.Heaviside)
            for root in sympy.solve(s.args[0], t)
            if low < root < high
        }
    )
    ends = [low, *edges, high]
    for left, right in itertools.pairwise(ends):
        inside = _between(left, right)
        piece = stepped.replace(sympy.Heaviside, lambda a, *_, at=inside: sympy.Heaviside(a.subs(t, at), 1))
        if not all(
            _keeps_sign(factor, t, left, right) for factor in sympy.Mul.make_args(sympy.factor(piece))
        ):
            return False
        if not piece.subs(t, inside) >= 0:
            return False
    return True


def _between(left: Expr, right: Expr) -> Expr:
    if left.is_infinite and right.is_infinite:
        return sympy.Rational(1, 7)
    if left.is_infinite:
        return right - 1
    return left + 1 if right.is_infinite else (left + right) / 2


def _keeps_sign(factor: Expr, t: Expr, left: Expr, right: Expr) -> bool:
    if not factor.has_free(t) or isinstance(factor, sympy.exp) or factor.is_nonnegative:
        return True
    base, power = factor.as_base_exp()
    if power.is_real and power.is_even:
        return True
    if not base.is_polynomial(t):
        return False
    inside = [r for r in sympy.Poly(base, t).real_roots(multiple=False) if left < r[0] < right]
    return all(multiplicity % 2 == 0 for _, multiplicity in inside)
