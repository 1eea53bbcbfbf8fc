"""Proofs by factoring and by completing squares, when the parts have proofs of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from theorycheck.derivations.fractions_of_polynomials import as_fraction
from theorycheck.derivations.problems import Problem, find_violation
from theorycheck.derivations.proofs import DEEPEST, Proof, prove, sign_of_denominator
from theorycheck.derivations.trees import to_tree
from theorycheck.errors import BudgetError, ClaimError, NotExactError

QUICK_POINTS = 24
LARGEST = 250


def prove_by_factors(expression: Any, problem: Problem, depth: int = 0) -> Proof | None:
    """Prove each factor of a product by itself, or complete the square in a symbol that occurs quadratically.

    `problem.target` must be the tree of `expression`.
    """
    if depth >= DEEPEST or sympy.count_ops(expression) > LARGEST:
        return None
    try:
        return _by_signs_of_factors(expression, problem, depth) or _by_completed_square(
            expression, problem, depth
        )
    except (NotExactError, ClaimError, BudgetError, sympy.PolynomialError):
        return None


def _part(expression: Any, problem: Problem, strict: bool, depth: int) -> dict[str, Any] | None:
    """Return an entry {"tree", "proof"} that certifies a part ≥ 0 (> 0), or None."""
    part = replace(problem, target=to_tree(expression), strict=strict)
    if find_violation(part, count=QUICK_POINTS) is not None:
        return None
    proof = prove(part) or prove_by_factors(expression, part, depth + 1)
    return None if proof is None else {"tree": part.target, "proof": proof.body}


def _by_signs_of_factors(expression: Any, problem: Problem, depth: int) -> Proof | None:
    factors = sympy.Mul.make_args(sympy.factor(expression))
    if len(factors) < 2:
        return None
    entries: list[dict[str, Any]] = []
    sign = 1
    for factor in factors:
        if factor.is_Rational:
            sign *= 1 if factor > 0 else -1
            entries.append(_number(abs(factor), problem))
            continue
        for s in (1, -1):
            entry = _part(s * factor, problem, problem.strict, depth)
            if entry is not None:
                entries.append(entry)
                sign *= s
                break
        else:
            return None
    return Proof("products", "sign of factors", {"terms": [entries]}, problem) if sign > 0 else None


def _number(value: Any, problem: Problem) -> dict[str, Any]:
    proof = Proof("signs", "", {}, replace(problem, target=to_tree(value), strict=True))
    return {"tree": to_tree(value), "proof": proof.body}


def _by_completed_square(expression: Any, problem: Problem, depth: int) -> Proof | None:
    """Write a·x² + b·x + c = a·(x + b/2a)² + (4ac − b²)/4a with a > 0 and prove the remainder."""
    expanded = sympy.expand(expression)
    for x in sorted(expanded.free_symbols, key=str):
        if not expanded.is_polynomial(x):
            continue
        quadratic = sympy.Poly(expanded, x)
        if quadratic.degree() != 2:
            continue
        a, b, c = quadratic.all_coeffs()
        leading = _part(a, problem, True, depth)
        if leading is None:
            continue
        rest = sympy.cancel(sympy.together(c - b**2 / (4 * a)))
        remainder = _part(rest, problem, problem.strict, depth)
        if remainder is None:
            continue
        square = _square(x + b / (2 * a), problem)
        if square is not None:
            return Proof("products", "completed square", {"terms": [[leading, square], [remainder]]}, problem)
    return None


def _square(expression: Any, problem: Problem) -> dict[str, Any] | None:
    """Return the entry of a square: its base, with a certificate that the denominator does not vanish."""
    base = replace(problem, target=to_tree(sympy.cancel(sympy.together(expression))))
    fraction = as_fraction(base)
    signed = None if fraction is None else sign_of_denominator(base, fraction, 0)
    return None if signed is None else {"tree": base.target, **signed[1]}
