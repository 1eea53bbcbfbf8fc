"""The normal form that the rules work on: sums of polynomial × exp(quadratic) × cos/sin(linear) × unit
steps × erfs.

Kinks (Max, Min, Abs, sign, Piecewise, Heaviside) become unit steps H with affine arguments, products of
cosines become
sums, and equal factors are collected, so that each group needs one expectation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

Expr = Any
Polynomial = dict[tuple[int, ...], Expr]
"""Monomial (the powers of the variables) -> coefficient free of the variables."""


class NoRuleError(Exception):
    """No rule fits this expression; `smooth` then falls back and, if that fails, raises ClaimError."""


class DivergesError(NoRuleError):
    """This term's expectation alone is infinite; together with other terms it may be finite."""


@dataclass(frozen=True)
class Factors:
    """Everything in a term that is not polynomial in the variables.

    Attributes
    ----------
    exponent : sympy.Expr
        Quadratic polynomial E of a factor exp(E); 0 if there is none.
    oscillation : sympy.Expr
        cos(θ) or sin(θ), θ linear; 1 if there is none.
    steps : tuple of sympy.Expr
        Affine ℓ of factors H(ℓ).
    erfs : tuple of sympy.Expr
        Affine ℓ of factors erf(ℓ).
    """

    exponent: Expr = sympy.S.Zero
    oscillation: Expr = sympy.S.One
    steps: tuple[Expr, ...] = ()
    erfs: tuple[Expr, ...] = ()

    @property
    def expression(self) -> Expr:
        value = sympy.exp(self.exponent) * self.oscillation
        for form in self.steps:
            value *= sympy.Heaviside(form)
        for form in self.erfs:
            value *= sympy.erf(form)
        return value


Terms = dict[Factors, Polynomial]


def linear_form(expression: Expr, variables: Sequence[Expr]) -> tuple[list[Expr], Expr]:
    """Return (w, b) with expression = w·variables + b.

    Raises
    ------
    NoRuleError
        If the expression is not affine in the variables.
    """
    polynomial = polynomial_in(expression, variables)
    if any(sum(powers) > 1 for powers in polynomial):
        raise NoRuleError(f"{expression} is not affine in {', '.join(map(str, variables))}")
    w = []
    for j in range(len(variables)):
        unit = tuple(int(i == j) for i in range(len(variables)))
        w.append(polynomial.get(unit, sympy.S.Zero))
    return w, polynomial.get((0,) * len(variables), sympy.S.Zero)


def polynomial_in(expression: Expr, variables: Sequence[Expr]) -> Polynomial:
    """Return the coefficients of a polynomial, by monomial (NoRuleError if it is none)."""
    result: Polynomial = {}
    index = {variable: j for j, variable in enumerate(variables)}
    for term in sympy.Add.make_args(expand(expression)):
        powers, coefficient = [0] * len(variables), sympy.S.One
        for factor in sympy.Mul.make_args(term):
            base, power = factor.as_base_exp()
            if base in index and power.is_Integer and power > 0:
                powers[index[base]] += int(power)
            elif factor.has_free(*variables):
                raise NoRuleError(f"{factor} is not polynomial in {', '.join(map(str, variables))}")
            else:
                coefficient *= factor
        key = tuple(powers)
        result[key] = result.get(key, sympy.S.Zero) + coefficient
    return {powers: c for powers, c in result.items() if c != 0}


def expand(expression: Expr) -> Expr:
    """Multiply out products and integer powers, leaving exp(a + b) and parameters' powers as they are."""
    return sympy.expand(
        expression, power_base=False, power_exp=False, log=False, complex=False, func=False, trig=False
    )


def collect_terms(expression: Expr, variables: Sequence[Expr]) -> tuple[Terms, Expr]:
    """Bring an expression with unit steps to the normal form.

    Returns
    -------
    terms : dict
        Factors -> polynomial that multiplies them.
    rest : sympy.Expr
        The sum of the terms that do not fit the normal form (0 mostly).
    """
    expression = expression.replace(
        lambda e: isinstance(e, (sympy.sinh, sympy.cosh)) and e.has_free(*variables),
        lambda e: e.rewrite(sympy.exp),
    ).replace(sympy.erfc, lambda argument: 1 - sympy.erf(argument))
    terms: Terms = {}
    rest = sympy.S.Zero
    waiting = list(sympy.Add.make_args(expand(expression)))
    while waiting:
        term = waiting.pop()
        oscillations = _oscillations(term, variables)
        if len(oscillations) > 1:
            merged = term / (oscillations[0] * oscillations[1]) * _product_to_sum(*oscillations[:2])
            waiting.extend(sympy.Add.make_args(expand(merged)))
            continue
        try:
            factors, powers, coefficient = _classify(term, variables)
        except NoRuleError:
            rest += term
            continue
        polynomial = terms.setdefault(factors, {})
        polynomial[powers] = polynomial.get(powers, sympy.S.Zero) + coefficient
    kept = {f: {m: c for m, c in p.items() if c != 0} for f, p in _single_steps(terms, variables).items()}
    return {f: p for f, p in kept.items() if p}, rest


def _single_steps(terms: Terms, variables: Sequence[Expr]) -> Terms:
    """Write a product of parallel steps as a difference of two, so that equal ones cancel between terms."""
    result: Terms = {}
    for factors, polynomial in terms.items():
        for sign, steps in _split_steps(factors.steps, variables):
            target = result.setdefault(replace(factors, steps=steps), {})
            for powers, coefficient in polynomial.items():
                target[powers] = target.get(powers, sympy.S.Zero) + sign * coefficient
    return result


def _split_steps(steps: tuple[Expr, ...], variables: Sequence[Expr]) -> list[tuple[int, tuple[Expr, ...]]]:
    if len(steps) < 2:
        return [(1, steps)]
    direction, offset = linear_form(steps[0], variables)
    lowers: list[Expr] = []
    uppers: list[Expr] = []
    for form in steps:
        w, b = linear_form(form, variables)
        lead = next(j for j, c in enumerate(direction) if c != 0)
        ratio = sympy.cancel(w[lead] / direction[lead])
        parallel = all(expand(c - ratio * a) == 0 for c, a in zip(w, direction, strict=True))
        if not parallel or not (ratio.is_positive or ratio.is_negative):
            return [(1, steps)]
        (lowers if ratio.is_positive else uppers).append(-expand(b / ratio - offset))
    base = steps[0] - offset
    pieces = combine_steps(lowers, uppers)
    return [(sign, () if k is None else (expand(base + offset - k),)) for sign, k in pieces]


def _oscillations(term: Expr, variables: Sequence[Expr]) -> list[Expr]:
    found = []
    for factor in sympy.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if (
            isinstance(base, (sympy.cos, sympy.sin))
            and base.has_free(*variables)
            and power.is_Integer
            and power > 0
        ):
            found.extend([base] * int(power))
    return found


def _product_to_sum(first: Expr, second: Expr) -> Expr:
    a, b = first.args[0], second.args[0]
    if isinstance(first, sympy.cos) and isinstance(second, sympy.cos):
        return (sympy.cos(expand(a - b)) + sympy.cos(expand(a + b))) / 2
    if isinstance(first, sympy.sin) and isinstance(second, sympy.sin):
        return (sympy.cos(expand(a - b)) - sympy.cos(expand(a + b))) / 2
    if isinstance(first, sympy.cos):
        a, b = b, a
    return (sympy.sin(expand(a - b)) + sympy.sin(expand(a + b))) / 2


def _classify(term: Expr, variables: Sequence[Expr]) -> tuple[Factors, tuple[int, ...], Expr]:
    index = {variable: j for j, variable in enumerate(variables)}
    powers, coefficient = [0] * len(variables), sympy.S.One
    exponent, oscillation = sympy.S.Zero, sympy.S.One
    steps: list[Expr] = []
    erfs: list[Expr] = []
    for factor in sympy.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if isinstance(factor, sympy.exp):
            base, power = factor, sympy.S.One
        count = int(power) if power.is_Integer and power > 0 else 0
        if not factor.has_free(*variables):
            coefficient *= factor
        elif base in index and count:
            powers[index[base]] += count
        elif isinstance(factor, sympy.exp):
            exponent += factor.args[0]
        elif factor.is_Pow and not base.has_free(*variables):
            exponent += power * sympy.log(base)  # a^x = e^{x log a}, a > 0
            if not base.is_positive:
                raise NoRuleError(f"the base of {factor} is not known to be positive")
        elif isinstance(base, sympy.Heaviside) and count:
            linear_form(base.args[0], variables)
            if base.args[0] not in steps:
                steps.append(base.args[0])
        elif isinstance(base, (sympy.cos, sympy.sin)) and count == 1:
            linear_form(base.args[0], variables)
            oscillation = base
        elif isinstance(base, sympy.erf) and count:
            linear_form(base.args[0], variables)
            erfs.extend([base.args[0]] * count)
        else:
            raise NoRuleError(f"no rule knows the factor {factor}")
    exponent = expand(exponent)
    quadratic = polynomial_in(exponent, variables)
    if any(sum(monomial) > 2 for monomial in quadratic):
        raise NoRuleError(f"the exponent {exponent} has a degree above 2")
    constant = quadratic.pop((0,) * len(variables), sympy.S.Zero)
    coefficient *= sympy.exp(constant)
    if any(c.has(sympy.I) for c in quadratic.values()):
        raise NoRuleError(f"the exponent {exponent} is complex: write cos and sin")
    order = sympy.default_sort_key
    factors = Factors(
        sympy.Add(*[_monomial(m, variables) * c for m, c in quadratic.items()]),
        oscillation,
        tuple(sorted(steps, key=order)),
        tuple(sorted(erfs, key=order)),
    )
    return factors, tuple(powers), coefficient


def _monomial(powers: tuple[int, ...], variables: Sequence[Expr]) -> Expr:
    return sympy.prod([v**n for v, n in zip(variables, powers, strict=True)])


def as_expression(polynomial: Polynomial, variables: Sequence[Expr]) -> Expr:
    """Return the polynomial as a SymPy expression."""
    return sympy.Add(*[c * _monomial(m, variables) for m, c in polynomial.items()])


SPECIAL = (sympy.exp, sympy.erf, sympy.cos, sympy.sin, sympy.sinc, sympy.Heaviside)


def collected(expression: Expr) -> Expr:
    """Collect the coefficients of equal exponentials, error functions, waves, steps, if that is shorter."""
    names = {atom: sympy.Dummy("f") for atom in expression.atoms(*SPECIAL)}
    atoms = {dummy: atom for atom, dummy in names.items()}
    groups: dict[Expr, Expr] = {}
    for term in sympy.Add.make_args(expand(expression.xreplace(names))):
        special, plain = sympy.S.One, sympy.S.One
        for factor in sympy.Mul.make_args(term):
            if factor.free_symbols & atoms.keys():
                special *= factor
            else:
                plain *= factor
        groups[special] = groups.get(special, sympy.S.Zero) + plain
    result = sympy.Add(*[plain * special.xreplace(atoms) for special, plain in groups.items()])
    return result if result.count_ops() < expression.count_ops() else expression


def shown(expression: Expr) -> Expr:
    """Return the expression with ordinary symbols in place of internal ones, for messages."""
    return expression.xreplace({s: sympy.Symbol(s.name) for s in expression.atoms(sympy.Dummy)})


# steps along one direction
def combine_steps(lowers: Sequence[Expr], uppers: Sequence[Expr]) -> list[tuple[int, Expr | None]]:
    """Write 1{t > every lower} 1{t < every upper} as Σ sign · H(t − k); k None stands for the constant 1."""
    low = sympy.Max(*lowers) if lowers else None
    if not uppers:
        return [(1, low)]
    high = sympy.Min(*uppers)
    end = high if low is None else sympy.Max(low, high)
    return [] if end == low else [(1, low), (-1, end)]
