"""Square roots in a link must be real: √(τ²−σ²) scales no Gaussian unless τ ≥ σ is known."""

from __future__ import annotations

from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation
from theorycheck.algebra.functions import Value
from theorycheck.algebra.integrals import Integral
from theorycheck.algebra.vectors import InnerProduct, Vector


def imaginary(link: Any, claim: Any) -> str:
    """Say which root of the link is not known to be real, or "" if all are."""
    from theorycheck.derivations.reasons.signs import known_signs, sign_holds

    found: set[Any] = set()
    for expression in (link.left, link.right, *getattr(link.reason, "expressions", ())):
        found |= radicands(expression)
    known = known_signs(claim)
    for radicand in sorted(found, key=str):
        if radicand.is_nonnegative is not True and not sign_holds(radicand, known):
            return f"$\\sqrt{{{sympy.latex(radicand)}}}$ is not known to be real"
    return ""


def radicands(thing: Any) -> set[Any]:
    """What stands under square roots (and other fractional powers) in an expression, at any depth."""
    if isinstance(thing, Vector):
        parts: list[Any] = [coefficient for _, coefficient in thing.terms]
        for basis, _ in thing.terms:
            if basis.meaning and basis.meaning[0] == "gradient":
                parts += [basis.meaning[1].sigma, basis.meaning[2]]
            elif basis.meaning:
                parts.append(basis.meaning[1])
    elif isinstance(thing, InnerProduct):
        parts = [thing.left, thing.right]
    elif isinstance(thing, Value):
        parts = [thing.function.sigma, thing.point]
    elif isinstance(thing, (Expectation, Integral)):
        parts = [thing.inside]
    else:
        parts = list(getattr(thing, "args", ()))
    found: set[Any] = set().union(*(radicands(part) for part in parts)) if parts else set()
    if isinstance(thing, sympy.Pow) and thing.exp.is_Rational and not thing.exp.is_Integer:
        found.add(thing.base)
    return found
