"""Every part of a link must be a real number: nothing divides by what may be 0, no root or logarithm of what may be
negative, no complex coefficient in a point or a scale.

The algebra computes in fields of fractions, where a·(1/a) is 1 and f(x + iτu) has a mean. What it says is true where every
part is defined and real, so a link is checked only if that follows from the claim: from the domains of its space, from its
hypotheses, or because the claim's own formula has the same part (a statement is asserted where its own parts are defined).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from theorycheck.algebra.expectation import Expectation, RandomScalar
from theorycheck.algebra.functions import Value
from theorycheck.algebra.integrals import Integral
from theorycheck.algebra.vectors import InnerProduct, Vector
from theorycheck.derivations.bound_variables import opened
from theorycheck.derivations.inequalities import above_zero, nonnegative

Known = tuple[Any, ...]
"""Expressions that are ≥ 0, and relations `e > 0`."""


@dataclass(frozen=True)
class Condition:
    """What must hold for a part of an expression to be a real number.

    Attributes
    ----------
    relation : str
        "!=", ">", ">=" (than 0), "real", or "never" for what is no real number.
    expression : SymPy expression
    local : tuple
        What is known where the part stands: the range of a bound variable, the condition of a case.
    unless : SymPy expression or None
        Where this is ≥ 0 nothing need hold: an exponent.
    or_zero : SymPy expression or None
        Where this is ≥ 0 the expression may be 0: an exponent of it (0^0 = 1).
    """

    relation: str
    expression: Any
    local: Known = ()
    unless: Any = None
    or_zero: Any = None

    def __str__(self) -> str:
        shown = sympy.latex(self.expression)
        return {
            "!=": f"${shown} \\ne 0$ is not certain, and something is divided by it",
            ">": f"${shown} > 0$ is not certain, so a power or a logarithm of it may not be real",
            ">=": f"$\\sqrt{{{shown}}}$ is not known to be real",
            "real": f"${shown}$ is not known to be real",
            "never": f"${shown}$ is no real number",
        }[self.relation]


def undefined(link: Any, known: Known) -> str:
    """Say which part of the link may be undefined or not real by what is known, or "" if all are real numbers."""
    for expression in (link.left, link.right, *getattr(link.reason, "expressions", ())):
        for condition in conditions(expression):
            if not holds(condition, known):
                return str(condition)
    return ""


def conditions(thing: Any, local: Known = ()) -> Iterator[Condition]:
    """What makes an expression or a vector real and defined, for all its parts at any depth."""
    if isinstance(thing, Vector):
        for basis, coefficient in thing.terms:
            yield from _coefficient(coefficient, local)
            if basis.meaning and basis.meaning[0] == "gradient":
                yield from _coefficient(basis.meaning[1].sigma, local)
                yield from conditions(basis.meaning[2], local)
            elif basis.meaning:
                yield from conditions(basis.meaning[1], local)
    elif isinstance(thing, InnerProduct):
        yield from conditions(thing.left, local)
        if thing.right != thing.left:
            yield from conditions(thing.right, local)
    elif isinstance(thing, Value):
        yield from _coefficient(thing.function.sigma, local)
        yield from conditions(thing.point, local)
    elif isinstance(thing, (Expectation, Integral)):
        yield from conditions(thing.inside, local)
    elif isinstance(thing, ExprWithLimits):
        yield from _under_limits(thing, local)
    elif isinstance(thing, sympy.Piecewise):
        yield from _in_cases(thing, local)
    else:
        yield from _of_node(thing, local)
        for part in getattr(thing, "args", ()):
            yield from conditions(part, local)


def _coefficient(coefficient: Any, local: Known) -> Iterator[Condition]:
    yield from conditions(coefficient, local)
    if coefficient.is_real is not True:
        yield Condition("real", coefficient, local)


def _under_limits(thing: Any, local: Known) -> Iterator[Condition]:
    for limit in thing.limits:
        for end in limit[1:]:
            if end not in (sympy.oo, -sympy.oo):
                yield from conditions(end, local)
    body, ranges = opened(thing)
    yield from conditions(body, (*local, *ranges))


def _in_cases(thing: Any, local: Known) -> Iterator[Condition]:
    before: Known = ()
    for value, condition in thing.args:
        if isinstance(condition, sympy.core.relational.Relational):
            for side in (condition.lhs, condition.rhs):
                yield from conditions(side, local)
        yield from conditions(value, (*local, *before, *_as_known(condition)))
        before = (*before, *_as_known(sympy.Not(condition)))


def _as_known(condition: Any) -> Known:
    """What a case's condition makes ≥ 0 or > 0, where it is that simple."""
    if isinstance(condition, sympy.And):
        return tuple(k for part in condition.args for k in _as_known(part))
    operator = getattr(condition, "rel_op", None)
    if operator in (">", ">="):
        gap = condition.lhs - condition.rhs
    elif operator in ("<", "<="):
        gap = condition.rhs - condition.lhs
    else:
        return ()
    return (above_zero(gap),) if operator in (">", "<") else (gap,)


def _of_node(e: Any, local: Known) -> Iterator[Condition]:
    if e in (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        yield Condition("never", e, local)
    elif isinstance(e, sympy.Pow):
        yield from _of_power(e.base, e.exp, local)
    elif isinstance(e, (sympy.log, sympy.loggamma, sympy.gamma)):
        yield Condition(">", e.args[0], local)
    elif isinstance(e, sympy.factorial):
        yield Condition(">=", e.args[0], local)
    elif isinstance(e, sympy.tan):
        yield Condition("!=", sympy.cos(e.args[0]), local)
    elif isinstance(e, (sympy.asin, sympy.acos)):
        yield Condition(">=", 1 - e.args[0] ** 2, local)
    elif isinstance(e, sympy.atanh):
        yield Condition(">", 1 - e.args[0] ** 2, local)
    elif isinstance(e, sympy.acosh):
        yield Condition(">=", e.args[0] - 1, local)


def _of_power(base: Any, exponent: Any, local: Known) -> Iterator[Condition]:
    if exponent.is_integer:
        if exponent.is_nonnegative is not True:
            yield Condition("!=", base, local, None if exponent.is_Integer else exponent)
    elif exponent.is_Rational:
        yield Condition(">=" if exponent > 0 else ">", base, local)
    else:
        yield Condition(">=" if exponent.is_positive else ">", base, local, or_zero=exponent)


@functools.lru_cache(maxsize=4096)
def holds(condition: Condition, known: Known) -> bool:
    """Whether a condition certainly holds for all admissible values of the symbols."""
    known = (*known, *condition.local)
    e = condition.expression
    if condition.unless is not None and at_least_zero(condition.unless, known):
        return True
    if condition.relation == "!=":
        return is_nonzero(e, known)
    if condition.relation == "real":
        return e.is_real is True or (e.is_real is None and at_least_zero(sympy.expand(e**2), known))
    if condition.relation == ">=":
        return bool(e.is_nonnegative) or at_least_zero(e, known)
    if condition.relation == ">" and (bool(e.is_positive) or at_least_zero(e, known, strict=True)):
        return True
    exponent = condition.or_zero
    return exponent is not None and at_least_zero(e, known) and at_least_zero(exponent, known)


def is_nonzero(expression: Any, known: Known) -> bool:
    """Whether an expression is certainly not 0; a number drawn uniformly from [0, 1] is 0 with probability 0."""
    if expression.is_zero is False or isinstance(expression, RandomScalar):
        return True
    if at_least_zero(expression**2, known, strict=True):
        return True
    factors = sympy.Mul.make_args(sympy.factor(expression))
    parts = [f.base if f.is_Pow and f.exp.is_Integer and f.exp > 0 else f for f in factors]
    return all(
        part.is_zero is False
        or isinstance(part, RandomScalar)
        or any(at_least_zero(sign * part, known, strict=True) for sign in (1, -1))
        for part in parts
    )


def relevant(known: tuple[Any, ...], expression: Any) -> tuple[Any, ...]:
    """Leave out what is known of a symbol that the expression replaces by one of the same name (σ > 0 for σ ≥ 0)."""
    names = {symbol.name: symbol for symbol in expression.free_symbols if symbol.is_Symbol}
    return tuple(k for k in known if all(names.get(s.name, s) == s for s in k.free_symbols if s.is_Symbol))


def at_least_zero(expression: Any, known: Known, *, strict: bool = False) -> bool:
    """Whether the exact procedures find an expression ≥ 0 (> 0 if `strict`)."""
    return nonnegative(expression, strict=strict, assumptions=relevant(known, expression)).verified
