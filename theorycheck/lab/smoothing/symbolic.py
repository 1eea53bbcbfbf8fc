"""Symbolic smoothing f_σ(x) = E f(x + σu), by rules, with the derivation.

>>> import sympy
>>> from theorycheck.lab.smoothing import smooth
>>> x, sigma = sympy.Symbol("x", real=True), sympy.Symbol("sigma", positive=True)
>>> smooth(x**4, x, sigma)
3*sigma**4/4 + 3*sigma**2*x**2 + x**4
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing import compact, gaussian
from theorycheck.lab.smoothing.chains import Mean, Smoothing, Step
from theorycheck.lab.smoothing.fallback import integrate_term
from theorycheck.lab.smoothing.kernels import Ball, Gaussian, Kernel, Sphere, starnes
from theorycheck.lab.smoothing.terms import (
    DivergesError,
    NoRuleError,
    Polynomial,
    as_expression,
    collect_terms,
    collected,
    expand,
    shown,
)
from theorycheck.lab.smoothing.unit_steps import with_unit_steps

Expr = Any


def smooth(expression: Expr, variables: Expr | Sequence[Expr], sigma: Expr, kernel: Kernel = starnes) -> Expr:
    """Return f_σ(x) = E f(x + σu) in closed form.

    Parameters
    ----------
    expression : sympy.Expr
        f. Symbols without assumptions are taken as real.
    variables : sympy.Symbol or sequence of them
        The d variables that are smoothed, each with its own u_i; other symbols are parameters.
    sigma : sympy.Expr
        σ, a positive symbol or a number >= 0. σ = 0 gives the expression itself (the limit at points of
        continuity).
    kernel : Kernel
        The law of u; by default u ~ N(0, I/2), covariance one half (see `theorycheck.lab.smoothing.kernels`).

    Returns
    -------
    sympy.Expr
        f_σ. Where f has a scale that may vanish (relu(w·x), cos(ωx) under the cube), the formula is for
        the scale ≠ 0.

    Raises
    ------
    ClaimError
        If there is no closed form, or the expectation is infinite.
    """
    smoothing, names = _smooth(expression, variables, sigma, kernel, derivation=False)
    return smoothing.result.xreplace(names)


def smooth_with_steps(
    expression: Expr, variables: Expr | Sequence[Expr], sigma: Expr, kernel: Kernel = starnes
) -> Smoothing:
    """As `smooth`, with the derivation, the conditions and the method (see `Smoothing`)."""
    smoothing, names = _smooth(expression, variables, sigma, kernel, derivation=True)
    return smoothing.renamed(names)


def _smooth(
    expression: Expr, variables: Expr | Sequence[Expr], sigma: Expr, kernel: Kernel, *, derivation: bool
) -> tuple[Smoothing, dict[Expr, Expr]]:
    """Return the smoothing in real symbols, and what maps those back to the caller's."""
    expression, names, places, sigma = _checked(expression, variables, sigma)
    if sigma == 0:
        return Smoothing(expression, (Step(expression, "=", "no smoothing", r"$\sigma=0$"),)), names
    noise = _noise_symbols(len(places)) if derivation else ()
    if isinstance(kernel, Gaussian):
        rest = _gaussian(expression, places, sigma, kernel, noise)
    elif isinstance(kernel, Ball | Sphere):
        rest = _radial(expression, places, sigma, kernel, noise)
    else:
        rest = _coordinatewise(expression, places, sigma, kernel, noise)
    if not derivation:
        return rest, names
    shifted = expression.xreplace(_shift(places, noise, sigma))
    opening = Step(Mean(shifted), "=", "definition", f"${kernel.law(len(places))}$")
    return Smoothing(rest.result, (opening, *rest.chain), rest.conditions, rest.method), names


def smooth_gradient(
    expression: Expr, variables: Expr | Sequence[Expr], sigma: Expr, kernel: Kernel = starnes
) -> tuple[Expr, ...]:
    """Return ∇f_σ, one component a variable (the conventions of `smooth`).

    It is the derivative of the closed form, so it exists for kernels with a density even where f has kinks.
    """
    result = smooth(expression, variables, sigma, kernel)
    # closed forms with steps are continuous: the point masses of their derivatives carry the factor 0
    return tuple(
        sympy.diff(result, x).replace(sympy.DiracDelta, lambda *_: sympy.S.Zero) for x in _as_tuple(variables)
    )


def compose(first_sigma: Expr, second_sigma: Expr) -> Expr:
    """Return the σ with (f_a)_b = f_σ for a Gaussian kernel of any covariance: σ = √(a² + b²).

    Examples
    --------
    >>> compose(3, 4)
    5
    """
    return sympy.sqrt(sympy.sympify(first_sigma) ** 2 + sympy.sympify(second_sigma) ** 2)


def heat_time(kernel: Kernel, sigma: Expr, dimension: int = 1) -> Expr:
    """Return the time t at which f_σ is the solution of ∂_t f = Δf started in f: t = c σ²/2, E uuᵀ = cI.

    Raises
    ------
    ClaimError
        If the kernel is not Gaussian: then f_σ solves no heat equation.

    Examples
    --------
    >>> heat_time(starnes, sympy.Symbol("s"))
    s**2/4
    """
    if not isinstance(kernel, Gaussian):
        raise ClaimError(f"smoothing with the kernel {kernel.name} is not heat flow: use a Gaussian kernel")
    return kernel.scale(dimension) * sympy.sympify(sigma) ** 2 / 2


# checking the arguments
def _as_tuple(variables: Expr | Sequence[Expr]) -> tuple[Expr, ...]:
    return (variables,) if isinstance(variables, sympy.Basic) else tuple(variables)


def _checked(
    expression: Expr, variables: Expr | Sequence[Expr], sigma: Expr
) -> tuple[Expr, dict[Expr, Expr], list[Expr], Expr]:
    """Check the arguments and make all symbols real; `names` maps the real ones back."""
    chosen = _as_tuple(variables)
    if any(isinstance(value, str) for value in (expression, sigma, *chosen)):
        raise ClaimError("smooth takes SymPy expressions, not text: build them from sympy.Symbol")
    expression, sigma = sympy.sympify(expression), sympy.sympify(sigma)
    if not chosen or len(set(chosen)) < len(chosen) or not all(isinstance(v, sympy.Symbol) for v in chosen):
        raise ClaimError(f"smooth needs distinct symbols as variables, not {chosen}")
    if sigma.has_free(*chosen):
        raise ClaimError(
            f"sigma = {sigma} depends on the smoothed variables: smooth with a fresh symbol, then substitute"
        )
    if sigma.is_negative or sigma.is_infinite:
        raise ClaimError(f"sigma = {sigma} is not a scale: give a number >= 0 or a positive symbol")
    real = {
        s: _real_symbol(s, s == sigma)
        for s in expression.free_symbols | sigma.free_symbols | set(chosen)
        if not s.is_extended_real or (s == sigma and not s.is_positive)
    }
    names = {dummy: symbol for symbol, dummy in real.items()}
    places = [v.xreplace(real) for v in chosen]
    return expression.xreplace(real), names, places, sigma.xreplace(real)


@functools.lru_cache(maxsize=4096)
def _real_symbol(symbol: Expr, positive: bool) -> Expr:
    """The same stand-in at every call, so that SymPy's cache works across calls."""
    return sympy.Dummy(symbol.name, positive=True) if positive else sympy.Dummy(symbol.name, real=True)


@functools.lru_cache(maxsize=64)
def _noise_symbols(size: int) -> tuple[Expr, ...]:
    names = ["u"] if size == 1 else [f"u_{j}" for j in range(1, size + 1)]
    return tuple(sympy.Dummy(name, real=True) for name in names)


def _shift(places: Sequence[Expr], noise: Sequence[Expr], sigma: Expr) -> dict[Expr, Expr]:
    return {x: x + sigma * u for x, u in zip(places, noise, strict=True)} if noise else {}


# one derivation
Rule = Callable[[Any, Polynomial], tuple[Expr, str, str, tuple[Any, ...]]]
"""(factors, polynomial) -> (expectation, rule's name, reason, conditions)."""
Rest = Callable[[Expr], Smoothing]
"""What is done with the terms that no rule fits."""


@dataclass(frozen=True)
class _Value:
    """One term and its expectation."""

    term: Expr
    value: Expr
    rule: str
    reason: str


def _derive(
    expression: Expr, places: Sequence[Expr], sigma: Expr, noise: Sequence[Expr], *, rule: Rule, last: Rest
) -> Smoothing:
    """Kinks to unit steps, terms by rules, the rest by `last`; without `noise` no derivation."""
    try:
        stepped = with_unit_steps(expression, places)
    except NoRuleError:
        return last(expression)
    terms, left_over = collect_terms(stepped, places)
    values: list[_Value] = []
    conditions: list[Any] = []
    for factors, polynomial in terms.items():
        term = as_expression(polynomial, places) * factors.expression
        try:
            value, name, reason, needed = rule(factors, polynomial)
        except NoRuleError:
            left_over += term
            continue
        conditions.extend(condition for condition in needed if condition not in conditions)
        values.append(_Value(term, value, name, reason))
    method = "rules"
    if left_over != 0:
        final = last(left_over)
        values.append(_Value(left_over, final.result, final.chain[-1].rule, final.chain[-1].reason))
        conditions.extend(final.conditions)
        method = final.method
    total = sympy.Add(*[v.value for v in values])
    result = collected(total) if len(values) > 1 else total
    if not noise:
        closing = values[-1] if values else _Value(total, total, "polynomial", "")
        return Smoothing(
            result, (Step(result, "=", closing.rule, closing.reason),), tuple(conditions), method
        )
    kinked = stepped if stepped != expression else None
    chain = _lines(kinked, values, result, _shift(places, noise, sigma))
    return Smoothing(result, chain, tuple(conditions), method)


def _lines(
    stepped: Expr | None, values: list[_Value], result: Expr, shift: dict[Expr, Expr]
) -> tuple[Step, ...]:
    """Write the derivation: unit steps, linearity, then one line for each rule."""
    chain: list[Step] = []
    if stepped is not None:
        kinks = r"kinks written with the unit step $\theta$"
        chain.append(Step(Mean(stepped.xreplace(shift)), "=", "unit steps", kinks))
    values = sorted(values, key=lambda v: sympy.default_sort_key(v.term))
    current = [Mean(v.term.xreplace(shift)) for v in values]
    if len(values) > 1:
        chain.append(Step(sympy.Add(*current), "=", "linearity", "the expectation is linear"))
    for name in dict.fromkeys(v.rule for v in values):
        current = [v.value if v.rule == name else before for v, before in zip(values, current, strict=True)]
        reason = next(v.reason for v in values if v.rule == name)
        chain.append(Step(sympy.Add(*current), "=", name, reason))
    if not chain or chain[-1].expression != result:
        chain.append(Step(result, "=", "collected", "terms with equal factors collected"))
    return tuple(chain)


def _gaussian(
    expression: Expr, places: Sequence[Expr], sigma: Expr, kernel: Gaussian, noise: Sequence[Expr]
) -> Smoothing:
    scale = kernel.scale(len(places))

    def rule(factors: Any, polynomial: Polynomial) -> tuple[Expr, str, str, tuple[Any, ...]]:
        value, conditions = gaussian.mean_of_term(factors, polynomial, places, scale * sigma**2)
        name = gaussian.rule_of(factors, places)
        if name == "polynomial":
            value = expand(value)
        return value, name, gaussian.RULES[name], conditions

    def last(rest: Expr) -> Smoothing:
        if len(places) == 1:
            return integrate_term(rest, places[0], sigma, kernel)
        frozen = Gaussian(kernel.name, scale)  # its covariance must not change with the number of variables
        return _one_by_one(
            rest,
            places,
            _shift(places, noise, sigma),
            lambda f, j: _gaussian(f, [places[j]], sigma, frozen, noise[j : j + 1]),
        )

    return _derive(expression, places, sigma, noise, rule=rule, last=last)


def _coordinatewise(
    expression: Expr, places: Sequence[Expr], sigma: Expr, kernel: Kernel, noise: Sequence[Expr]
) -> Smoothing:
    """Independent coordinates: smooth in one variable after the other."""
    if len(places) > 1:
        return _one_by_one(
            expression,
            places,
            _shift(places, noise, sigma),
            lambda f, j: _coordinatewise(f, [places[j]], sigma, kernel, noise[j : j + 1]),
        )

    def rule(factors: Any, polynomial: Polynomial) -> tuple[Expr, str, str, tuple[Any, ...]]:
        value, name = compact.mean_of_coordinate_term(factors, polynomial, places[0], sigma, kernel)
        return (expand(value) if name == "polynomial" else value), name, compact.RULES[name], ()

    return _derive(
        expression,
        places,
        sigma,
        noise,
        rule=rule,
        last=lambda rest: _rest_on_the_line(rest, places[0], sigma, kernel),
    )


def _rest_on_the_line(rest: Expr, place: Expr, sigma: Expr, kernel: Kernel) -> Smoothing:
    """Terms without a rule of their own: all together (infinite parts may cancel), then the fall-back."""
    try:
        value = compact.mean_by_antiderivative(rest, place, sigma, kernel)
    except DivergesError as error:
        raise ClaimError(
            f"the smoothing of {shown(rest)} under the kernel {kernel.name} is infinite, {error}: use a"
            " kernel with lighter tails"
        ) from error
    except NoRuleError:
        return integrate_term(rest, place, sigma, kernel)
    step = Step(value, "=", "antiderivative", compact.RULES["antiderivative"])
    return Smoothing(value, (step,))


def _radial(
    expression: Expr, places: Sequence[Expr], sigma: Expr, kernel: Ball | Sphere, noise: Sequence[Expr]
) -> Smoothing:
    if len(places) == 1 and isinstance(kernel, Sphere):
        x = places[0]
        value = (expression.xreplace({x: x + sigma}) + expression.xreplace({x: x - sigma})) / 2
        return Smoothing(value, (Step(value, "=", "two points", compact.RULES["two points"]),))

    def rule(factors: Any, polynomial: Polynomial) -> tuple[Expr, str, str, tuple[Any, ...]]:
        value, name = compact.mean_of_radial_term(factors, polynomial, places, sigma, kernel)
        return (expand(value) if name == "polynomial" else value), name, compact.RULES[name], ()

    def last(rest: Expr) -> Smoothing:
        if len(places) == 1:
            return integrate_term(rest, places[0], sigma, kernel)
        raise ClaimError(
            f"smoothing {shown(rest)} over the {kernel.name} has no closed form here (polynomials, waves and"
            " functions of one linear form have): compute it numerically with theorycheck.lab.expectation"
        )

    return _derive(expression, places, sigma, noise, rule=rule, last=last)


def _one_by_one(
    expression: Expr,
    places: Sequence[Expr],
    shift: dict[Expr, Expr],
    smooth_in: Callable[[Expr, int], Smoothing],
) -> Smoothing:
    chain: list[Step] = []
    conditions: list[Any] = []
    method, current = "rules", expression
    for j, place in enumerate(places):
        if not current.has_free(place):
            continue
        part = smooth_in(current, j)
        current = part.result
        conditions.extend(part.conditions)
        method = part.method if part.method != "rules" else method
        rules = ", ".join(dict.fromkeys(part.rules))
        reason = rf"independent coordinates: mean over the noise of ${sympy.latex(place)}$ ({rules})"
        remaining = [p for p in places[j + 1 :] if current.has_free(p)]
        line = Mean(current.xreplace({p: shift.get(p, p) for p in remaining})) if remaining else current
        chain.append(Step(line, "=", "one variable", reason))
    return Smoothing(current, tuple(chain), tuple(conditions), method)
