"""A problem written as one fraction of polynomials, with the ranges of its variables: where all algebraic
proofs start.

The prover and the replay of its certificates both come here, so what is trusted is this reading, not the
search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.combinations import Combination, Factor, bound_factors
from theorycheck.derivations.elementary_inequalities import elementary_inequalities
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.problems import Problem
from theorycheck.derivations.ranges import REAL, Range, range_of
from theorycheck.derivations.root_isolation import certainly_signed
from theorycheck.derivations.trees import Tree

ZERO = Fraction(0)


@dataclass(frozen=True)
class PolynomialFraction:
    """target = numerator / denominator.

    Attributes
    ----------
    numerator, denominator : Polynomial
        Over `generators`, whose keys are the variables.
    ranges : dict of Range
        Of every variable.
    known : tuple of Factor
        Polynomials that assumptions and elementary inequalities make ≥ 0.
    """

    numerator: Polynomial
    denominator: Polynomial
    generators: dict[str, Tree]
    ranges: dict[str, Range]
    known: tuple[Factor, ...]


def as_fraction(problem: Problem) -> PolynomialFraction | None:
    """Write a problem as a fraction of polynomials, or return None if a part of it might be undefined or not
    real.
    """
    domains, facts = problem.context()
    extra: list[Tree] = []
    reasons: list[dict[str, Any]] = []
    for i, assumption in enumerate(problem.assumptions):
        extra.append(assumption)
        reasons.append({"kind": "assumption", "index": i})
    for name, w in problem.elementary:
        for k, tree in enumerate(elementary_inequalities(name, w, domains, facts)):
            extra.append(tree)
            reasons.append({"kind": "elementary", "name": name, "argument": w, "index": k})
    ((top, bottom), *others), generators = polynomials.reduced_forms([problem.target, *extra])
    ranges = {}
    for name, tree in generators.items():
        found = range_of(tree, domains, facts)
        if found is None or found.empty:
            return None
        ranges[name] = found
    known = []
    for (p, q), reason in zip(others, reasons, strict=True):
        bottom_range = range_of(polynomials.to_expression(q, generators), domains, facts)
        is_positive = reason["kind"] == "assumption" and reason["index"] in problem.positive
        if polynomials.variables_of(p) and bottom_range is not None:
            if bottom_range.positive:
                known.append(
                    Factor(polynomials.scale(p, 1 / q[()]) if set(q) == {()} else p, reason, is_positive)
                )
            elif (-bottom_range).positive:
                known.append(Factor(polynomials.scale(p, -1), reason, is_positive))
    return PolynomialFraction(top, bottom, generators, ranges, tuple(known))


def denominator_problem(problem: Problem, fraction: PolynomialFraction, sign: int) -> Problem:
    """The claim that sign · denominator > 0."""
    tree = polynomials.to_expression(polynomials.scale(fraction.denominator, sign), fraction.generators)
    return replace(problem, target=tree, strict=True)


def factor_for(fraction: PolynomialFraction, reason: Any) -> Factor | None:
    """Return the factor that a reason of a certificate names, or None."""
    if not isinstance(reason, dict):
        return None
    if reason.get("kind") in ("low", "high"):
        name = reason.get("variable")
        candidates: Sequence[Factor] = (
            bound_factors({name: fraction.ranges[name]}) if name in fraction.ranges else ()
        )
    else:
        candidates = fraction.known
    return next((factor for factor in candidates if factor.reason == reason), None)


def combination_proves(p: Polynomial, combination: Combination, *, strict: bool) -> bool:
    """Whether a combination is exactly p, with λ > 0 and odd powers only of factors that are ≥ 0."""
    for coefficient, exponents in combination.terms:
        if coefficient <= 0:
            return False
        for index, k in exponents.items():
            if k <= 0 or (k % 2 and combination.factors[index].reason is None):
                return False
    return combination.value() == p and (combination.positive or not strict)


# an inequality that is polynomial in one symbol with bounded coefficients -------------------------
def tails_hold(
    problem: Problem, fraction: PolynomialFraction, variable: str, radius: Fraction, sign: int
) -> bool:
    """Whether sign · numerator ≥ 0 (> 0) wherever |variable| ≥ radius.

    The numerator is read as Σ cₖ·xᵏ; each cₖ may contain anything (even x, as in sin x) and is replaced by
    the worst end of its range over the tail; the polynomial that is left is decided by root isolation.
    """
    domain = problem.context()[0].get(variable, REAL)
    for side in (1, -1):
        tail = domain.intersect(Range(low=radius) if side > 0 else Range(high=-radius))
        if tail.empty:
            continue
        restricted = replace(problem, domains={**problem.domains, variable: tail})
        lower = _lower_polynomial(restricted, fraction, variable, side, sign)
        if lower is None or not certainly_signed(lower, tail if side > 0 else -tail, strict=problem.strict):
            return False
    return True


def _lower_polynomial(
    problem: Problem, fraction: PolynomialFraction, variable: str, side: int, sign: int
) -> list[Fraction] | None:
    """Coefficients of a polynomial in t = side·x ≥ 0 that is certainly not above sign · numerator."""
    domains, facts = problem.context()
    parts = polynomials.coefficients(fraction.numerator, variable)
    lower = [ZERO] * (max(parts, default=0) + 1)
    for k, part in parts.items():
        signed = polynomials.scale(part, sign * side**k)
        found = range_of(polynomials.to_expression(signed, fraction.generators), domains, facts)
        if found is None or found.low is None:
            return None
        lower[k] = found.low
    return lower
