"""What a claim says of signs, and which expressions are certainly nonnegative or real because of it."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import RandomScalar
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.definedness import conditions, holds, relevant
from theorycheck.derivations.inequalities import above_zero, is_strict, nonnegative, slack_of
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import TheorycheckError


def known_signs(claim: Any) -> tuple[Any, ...]:
    """What the claim's space and requirements make nonnegative, as expressions, or positive, as relations `e > 0`.

    A claim is asserted where its own formula is defined, so what that divides by is not 0.
    """
    return _known_signs(claim) if claim is not None and claim.space is not None else ()


@functools.lru_cache(maxsize=512)
def _known_signs(claim: Any) -> tuple[Any, ...]:
    symbols = symbols_of(claim)
    return (*symbols.signs, *_presupposed(claim, symbols))


def _presupposed(claim: Any, symbols: Any) -> tuple[Any, ...]:
    """What the claim's own formula and its requirements need in order to be defined."""
    facts = (symbols.requirement(h) for h in claim.hypotheses)
    parts = [fact.slack for fact in facts if fact is not None]
    if claim.sides is not None:
        with contextlib.suppress(TheorycheckError):  # a formula without a symbolic form needs nothing
            parts += [symbols.left, symbols.right]
    found: dict[Any, None] = {}
    for condition in (c for part in parts for c in conditions(part)):
        if condition.local or condition.unless is not None:
            continue
        if condition.relation == "!=":
            found[above_zero(condition.expression**2)] = None
        elif condition.relation in (">", ">="):
            strict = condition.relation == ">"
            found[above_zero(condition.expression) if strict else condition.expression] = None
    return tuple(found)


def sign_holds(expression: Any, known: tuple[Any, ...], *, strict: bool = False) -> bool:
    """Whether an expression is certainly ≥ 0 (> 0 if `strict`) and defined for every value of its symbols."""
    expression = sympy.sympify(expression)
    for t in expression.atoms(RandomScalar):
        if t.unit:  # dividing by t ≥ 0 keeps the sign but on a null set
            expression = sympy.expand(expression * t**2)
    related = relevant(known, expression)
    if any(sympy.expand(expression - slack_of(k)) == 0 for k in related if is_strict(k) or not strict):
        return True
    if not _is_defined(expression, related):
        return False
    return nonnegative(expression, strict=strict, assumptions=related).verified


def _is_defined(expression: Any, known: tuple[Any, ...]) -> bool:
    """Whether every part is a real number: 1/σ says nothing at σ = 0."""
    return all(holds(condition, known) for condition in conditions(expression))


def certainly_real(thing: Any, known: tuple[Any, ...]) -> bool:
    """Whether a scalar, or every coefficient of a vector, is real: the square of √x for x < 0 is negative."""
    if isinstance(thing, Vector):
        return all(certainly_real(coefficient, known) for _, coefficient in thing.terms)
    thing = sympy.sympify(thing)
    return thing.is_real is True or (thing.is_real is None and sign_holds(sympy.expand(thing**2), known))


def confirmed(result: LinkResult, claim: Any) -> LinkResult:
    """Keep "failed" only where its point certainly belongs to the claim's instances.

    The scalar procedures know the signs of the symbols and, for inequalities, some of the claim's conditions. A point
    outside the claim's space, or excluded by a hypothesis that has no scalar form, breaks nothing.
    """
    if result.outcome != "failed" or claim is None or claim.space is None:
        return result
    symbols = symbols_of(claim)
    scalar = all(symbols.requirement(hypothesis) is not None for hypothesis in claim.hypotheses)
    if scalar and all(_is_inside(k, result.counterexample or {}) for k in symbols.known):
        return result
    reason = f"{result.reason}; whether the hypotheses admit that point is open"
    return replace(result, outcome="unverified", reason=reason, counterexample=None)


def _is_inside(known: Any, point: Any) -> bool:
    values = {s: sympy.Rational(point[s.name]) for s in known.free_symbols if s.is_Symbol and s.name in point}
    return bool(known.xreplace(values).is_positive) or not (known.free_symbols & set(values))
