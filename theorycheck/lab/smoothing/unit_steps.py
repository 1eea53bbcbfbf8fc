"""Kinks (Max, Min, Abs, sign, Piecewise, Heaviside) written with unit steps H of affine arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.terms import NoRuleError, collect_terms, expand, linear_form, shown

Expr = Any


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
        if collect_terms(before, variables) != ({}, 0):
            raise ClaimError(
                f"{shown(expression)} has no value where no condition holds: add (value, True) at its end"
            )
        return value
    args = [with_unit_steps(arg, variables) for arg in expression.args]
    if isinstance(expression, sympy.Max | sympy.Min):
        sign = 1 if isinstance(expression, sympy.Max) else -1
        args = list(dict.fromkeys(map(expand, args)))  # equal arguments would share the value
        return sum(
            a * sympy.prod([step(sign * (a - b), variables) for b in args if b is not a]) for a in args
        )
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
