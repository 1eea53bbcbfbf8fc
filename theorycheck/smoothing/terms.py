"""The normal form that the rules work on: sums of polynomial × exp(quadratic) × cos/sin(linear) × unit steps × erfs.

Kinks (Max, Min, Abs, sign, Piecewise, Heaviside) become unit steps H with affine arguments, products of cosines become
sums, and equal factors are collected, so that each group needs one expectation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

Expr = Any
Polynomial = dict[tuple[int, ...], Expr]
"""Monomial (the powers of the variables) -> coefficient free of the variables."""


class NoRuleError(Exception):
    """No rule fits this expression; `smooth` then falls back and, if that fails, raises ClaimError."""


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


# kinks as unit steps ----------------------------------------------------------------------------------------------
def step(argument: Expr, variables: Sequence[Expr]) -> Expr:
    """Return 1{argument > 0} through unit steps with affine arguments (equal up to a set of measure zero)."""
    argument = expand(argument)
    if not argument.has_free(*variables):
        return sympy.Heaviside(argument)
    inner = _steps_inside(argument, variables)
    if inner:
        on, off = argument.xreplace({inner[0]: sympy.S.One}), argument.xreplace({inner[0]: sympy.S.Zero})
        return inner[0] * step(on, variables) + (1 - inner[0]) * step(off, variables)
    try:
        w, _ = linear_form(argument, variables)
    except NoRuleError:
        return _polynomial_step(argument, variables)
    lead = next(c for c in w if c != 0)
    if lead.is_number:
        if lead.is_negative:
            return 1 - sympy.Heaviside(expand(argument / lead))
        return sympy.Heaviside(expand(argument / lead))
    return sympy.Heaviside(argument)


def _polynomial_step(argument: Expr, variables: Sequence[Expr]) -> Expr:
    """1{p(x) > 0} for a polynomial with numbers as coefficients, from its real roots."""
    used = [v for v in variables if argument.has_free(v)]
    if len(used) != 1 or argument.free_symbols != set(used):
        raise NoRuleError(
            f"the sign of {argument} is not known: only affine arguments, or polynomials in one variable"
        )
    try:
        polynomial = sympy.Poly(argument, used[0], extension=True)
        roots = sympy.Poly(argument, used[0]).real_roots(multiple=False)
    except (sympy.PolynomialError, NotImplementedError) as error:
        raise NoRuleError(f"the sign of {argument} is not known") from error
    positive = (polynomial.LC() > 0) == (polynomial.degree() % 2 == 0)  # far to the left
    value = sympy.Integer(1 if positive else 0)
    for root, multiplicity in roots:
        if multiplicity % 2:
            value += (-1 if positive else 1) * sympy.Heaviside(used[0] - root)
            positive = not positive
    return value


def indicator(condition: Any, variables: Sequence[Expr]) -> Expr:
    """Return the indicator of a condition through unit steps (up to a set of measure zero)."""
    if condition in (True, False) or isinstance(condition, (BooleanTrue, BooleanFalse)):
        return sympy.Integer(int(bool(condition)))
    if isinstance(condition, And):
        return sympy.prod([indicator(part, variables) for part in condition.args])
    if isinstance(condition, Or):
        return 1 - sympy.prod([1 - indicator(part, variables) for part in condition.args])
    if isinstance(condition, Not):
        return 1 - indicator(condition.args[0], variables)
    if isinstance(condition, Relational) and condition.has_free(*variables):
        if isinstance(condition, sympy.Eq):
            return sympy.S.Zero
        if isinstance(condition, sympy.Ne):
            return sympy.S.One
        return step(with_unit_steps(condition.gts - condition.lts, variables), variables)
    raise NoRuleError(
        f"the condition {condition} does not compare expressions in {', '.join(map(str, variables))}"
    )


def _steps_inside(expression: Expr, variables: Sequence[Expr]) -> list[Expr]:
    found = [s for s in expression.atoms(sympy.Heaviside) if s.has_free(*variables)]
    return sorted(found, key=sympy.default_sort_key)


def with_unit_steps(expression: Expr, variables: Sequence[Expr]) -> Expr:
    """Rewrite kinks as unit steps with affine arguments, and lift them out of other functions.

    Equal to the expression except on a set of measure zero.
    """
    if not expression.has_free(*variables) or expression.is_Atom:
        return expression
    if isinstance(expression, sympy.Piecewise):
        value, before = sympy.S.Zero, sympy.S.One
        for part, condition in expression.args:
            here = indicator(condition, variables)
            value += with_unit_steps(part, variables) * here * before
            before *= 1 - here
        return value
    args = [with_unit_steps(arg, variables) for arg in expression.args]
    if isinstance(expression, sympy.Max):
        return sum(a * sympy.prod([step(a - b, variables) for b in args if b is not a]) for a in args)
    if isinstance(expression, sympy.Min):
        return sum(a * sympy.prod([step(b - a, variables) for b in args if b is not a]) for a in args)
    if isinstance(expression, sympy.Abs):
        return args[0] * (2 * step(args[0], variables) - 1)
    if isinstance(expression, sympy.sign):
        return 2 * step(args[0], variables) - 1
    if isinstance(expression, sympy.Heaviside):
        return step(args[0], variables)
    rebuilt = expression.func(*args)
    polynomial = isinstance(expression, (sympy.Add, sympy.Mul)) or (
        expression.is_Pow and expression.exp.is_Integer and expression.exp > 0
    )
    if polynomial:
        return rebuilt
    # f(…H…) = f(…1…) H + f(…0…) (1 − H)
    for unit_step in _steps_inside(rebuilt, variables):
        on, off = rebuilt.xreplace({unit_step: sympy.S.One}), rebuilt.xreplace({unit_step: sympy.S.Zero})
        return with_unit_steps(on, variables) * unit_step + with_unit_steps(off, variables) * (1 - unit_step)
    return rebuilt


# collecting terms ---------------------------------------------------------------------------------------------------
def collect_terms(expression: Expr, variables: Sequence[Expr]) -> tuple[Terms, Expr]:
    """Bring an expression with unit steps to the normal form.

    Returns
    -------
    terms : dict
        Factors -> polynomial that multiplies them.
    rest : sympy.Expr
        The sum of the terms that do not fit the normal form (0 mostly).
    """
    expression = expression.rewrite((sympy.sinh, sympy.cosh), sympy.exp).replace(
        sympy.erfc, lambda argument: 1 - sympy.erf(argument)
    )
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
    kept = {f: {m: c for m, c in p.items() if c != 0} for f, p in terms.items()}
    return {f: p for f, p in kept.items() if p}, rest


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
            if base.is_nonpositive:
                raise NoRuleError(f"{factor} is a power of a base that is not positive")
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


# steps along one direction --------------------------------------------------------------------------------------------
def combine_steps(lowers: Sequence[Expr], uppers: Sequence[Expr]) -> list[tuple[int, Expr | None]]:
    """Write 1{t > every lower} 1{t < every upper} as Σ sign · H(t − k); k None stands for the constant 1."""
    low = sympy.Max(*lowers) if lowers else None
    if not uppers:
        return [(1, low)]
    high = sympy.Min(*uppers)
    end = high if low is None else sympy.Max(low, high)
    return [] if end == low else [(1, low), (-1, end)]
