"""What a claim says of signs, and which expressions are certainly nonnegative or real because of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import RandomScalar
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.results import LinkResult


def known_signs(claim: Any) -> tuple[Any, ...]:
    """Expressions that the claim's space and requirements make nonnegative."""
    from theorycheck.derivations.symbols import symbols_of

    return symbols_of(claim).known if claim is not None and claim.space is not None else ()


def sign_holds(expression: Any, known: tuple[Any, ...], *, strict: bool = False) -> bool:
    """Whether an expression is certainly ≥ 0 (> 0 if `strict`) and defined for every value of its symbols."""
    from theorycheck.derivations.inequalities import nonnegative

    expression = sympy.sympify(expression)
    for t in expression.atoms(RandomScalar):
        if t.unit:  # dividing by t ≥ 0 keeps the sign but on a null set
            expression = sympy.expand(expression * t**2)
    related = relevant(known, expression)
    if not strict and any(sympy.expand(expression - k) == 0 for k in related):
        return True
    if not _is_defined(expression, related):
        return False
    return nonnegative(expression, strict=strict, assumptions=related).verified


def _is_defined(expression: Any, known: tuple[Any, ...]) -> bool:
    """Whether nothing divides by what might be 0: 1/σ says nothing at σ = 0."""
    from theorycheck.derivations.inequalities import nonnegative

    for power in expression.atoms(sympy.Pow):
        vanishing = power.exp.is_nonnegative is not True and power.base.is_zero is not False
        if vanishing and not nonnegative(power.base**2, strict=True, assumptions=known).verified:
            return False
    return True


def certainly_real(thing: Any, known: tuple[Any, ...]) -> bool:
    """Whether a scalar, or every coefficient of a vector, is real: the square of √x for x < 0 is negative."""
    if isinstance(thing, Vector):
        return all(certainly_real(coefficient, known) for _, coefficient in thing.terms)
    thing = sympy.sympify(thing)
    return thing.is_real is True or (thing.is_real is None and sign_holds(sympy.expand(thing**2), known))


def relevant(known: tuple[Any, ...], expression: Any) -> tuple[Any, ...]:
    """Leave out what is known of a symbol that the expression replaces by one of the same name (σ > 0 for σ ≥ 0)."""
    names = {symbol.name: symbol for symbol in expression.free_symbols if symbol.is_Symbol}
    return tuple(k for k in known if all(names.get(s.name, s) == s for s in k.free_symbols if s.is_Symbol))


def confirmed(result: LinkResult, claim: Any) -> LinkResult:
    """Keep "failed" only where its point certainly belongs to the claim's instances.

    The scalar procedures know the signs of the symbols and, for inequalities, some of the claim's conditions. A point
    outside the claim's space, or excluded by a hypothesis that has no scalar form, breaks nothing.
    """
    if result.outcome != "failed" or claim is None or claim.space is None:
        return result
    from theorycheck.derivations.symbols import symbols_of

    symbols = symbols_of(claim)
    scalar = all(symbols.requirement(hypothesis) is not None for hypothesis in claim.hypotheses)
    if scalar and all(_is_inside(k, result.counterexample or {}) for k in symbols.known):
        return result
    reason = f"{result.reason}; whether the hypotheses admit that point is open"
    return replace(result, outcome="unverified", reason=reason, counterexample=None)


def _is_inside(known: Any, point: Any) -> bool:
    values = {s: sympy.Rational(point[s.name]) for s in known.free_symbols if s.is_Symbol and s.name in point}
    return bool(known.xreplace(values).is_positive) or not (known.free_symbols & set(values))
