"""What a claim says of signs, and which expressions are certainly nonnegative or real because of it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.algebra.expectation import RandomScalar
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.definedness import conditions, holds, relevant
from theorycheck.derivations.inequalities import above_zero, is_strict, nonnegative, slack_of
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbolic_namespace import exact
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import TheorycheckError
from theorycheck.spaces.discrete import Dimension
from theorycheck.statement.claims import Requirement
from theorycheck.statement.formal import integers_of, ranges_of
from theorycheck.terms import defined
from theorycheck.terms.program import compiled
from theorycheck.terms.ranges import Range


def known_signs(claim: Any) -> tuple[Any, ...]:
    """What the claim's space and requirements make nonnegative, as expressions, or positive, as relations `e > 0`.

    A claim is asserted where its own formula is defined, so what that divides by is not 0.
    """
    return _known_signs(claim) if claim is not None and claim.space is not None else ()


@functools.lru_cache(maxsize=512)
def _known_signs(claim: Any) -> tuple[Any, ...]:
    symbols = symbols_of(claim)
    needed = presupposed(symbols)
    return (*_faithful(symbols.signs, needed), *_faithful(needed, needed))


def assumed_signs(symbols: Symbols) -> tuple[Any, ...]:
    """As `known_signs`, without what the claim's own formula needs in order to be defined."""
    return _faithful(symbols.signs, presupposed(symbols))


def _faithful(signs: tuple[Any, ...], needed: tuple[Any, ...]) -> tuple[Any, ...]:
    """Those that are defined wherever the claim is asserted.

    SymPy writes √(by), b ≥ 0, as √b √y, which has no value for b = 0 > y: assumed in that form, it would say that y ≥ 0.
    """
    plain = tuple(k for k in (*signs, *needed) if next(conditions(slack_of(k)), None) is None)
    return tuple(k for k in signs if all(holds(c, plain) for c in conditions(slack_of(k))))


def presupposed(symbols: Symbols) -> tuple[Any, ...]:
    """What the claim's own formula and its requirements need in order to be defined, read off their terms as they are written."""
    claim = symbols.claim
    try:
        requirements = [h for h in claim.hypotheses if isinstance(h, Requirement)]
        assumed = [claim.condition(h).for_values(symbols.values)[0] for h in requirements]
        sides = claim.formula.for_values(symbols.values) if claim.sides is not None else ()
    except TheorycheckError:  # a formula without a symbolic form needs nothing
        return ()
    ranges = ranges_of(claim.space)
    sizes = [name for name, domain in claim.space.domains.items() if isinstance(domain, Dimension)]
    ranges.update({name: Range(Fraction(1), False) for name in sizes})
    found: dict[Any, None] = {}
    for condition in defined.conditions((*sides, *assumed), ranges, integers_of(claim.space), assumed):
        if condition.in_its_case:
            continue
        with contextlib.suppress(*WITHOUT_FORM):
            (truth,) = compiled((condition.term,))(symbols.xp, symbols.values, 1)
            found.update(dict.fromkeys(_signs_of(truth)))
    return tuple(found)


WITHOUT_FORM = (TheorycheckError, TypeError, AttributeError, ValueError, IndexError, NotImplementedError)
"""What SymPy raises of a condition that it cannot hold."""


def _signs_of(truth: Any) -> Iterator[Any]:
    """What a truth value makes ≥ 0 or > 0; nothing of an alternative."""
    if isinstance(truth, sympy.And):
        for part in truth.args:
            yield from _signs_of(part)
    if not isinstance(truth, sympy.core.relational.Relational):
        return
    difference = exact(truth.lhs) - exact(truth.rhs)
    if truth.rel_op == "!=":
        yield above_zero(difference**2)
    elif truth.rel_op in (">", "<"):
        yield above_zero(difference if truth.rel_op == ">" else -difference)
    elif truth.rel_op in (">=", "<="):
        yield difference if truth.rel_op == ">=" else -difference


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
