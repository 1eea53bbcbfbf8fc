"""The search for a proof of one scalar inequality: each procedure returns a `Proof` or None."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.branch_and_bound import MOST_STORED_PARTS, cover
from theorycheck.derivations.combinations import (
    Combination,
    bound_factors,
    by_linear_program,
    shifted_polynomial,
)
from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.fractions_of_polynomials import (
    PolynomialFraction,
    as_fraction,
    combination_proves,
    denominator_problem,
    tails_hold,
)
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.problems import Problem
from theorycheck.derivations.ranges import REAL, Range, range_of
from theorycheck.derivations.root_isolation import certainly_signed, dense
from theorycheck.derivations.sums_of_squares import sum_of_squares
from theorycheck.errors import BudgetError

RADII = (0, 1, 2, 4, 8, 16, 32, 64, 256, 1024)
DEEPEST = 4


@dataclass(frozen=True)
class Proof:
    """A procedure's success: the type of its certificate, its name for people, the certificate's own part."""

    type: str
    method: str
    content: dict[str, Any]
    problem: Problem | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The certificate as it stands inside another one (domains and assumptions are those of the outer
        one).
        """
        if self.problem is None:
            return self.content
        return {
            "type": self.type,
            "target": self.problem.target,
            "strict": self.problem.strict,
            **self.content,
        }


def certificate_header(problem: Problem) -> dict[str, Any]:
    """What an outermost certificate says of its symbols."""
    names = symbols_of(problem.target).union(
        *(symbols_of(a) for a in problem.assumptions), *(symbols_of(w) for _, w in problem.elementary)
    )
    return {
        "domains": {
            name: found.to_json() for name, found in sorted(problem.domains.items()) if name in names
        },
        "assumptions": list(problem.assumptions),
        "positive_assumptions": sorted(problem.positive),
        "elementary": [[name, w] for name, w in problem.elementary],
    }


def prove(problem: Problem, depth: int = 0) -> Proof | None:
    """Try the procedures that need no box, cheap ones first."""
    domains, facts = problem.context()
    found = range_of(problem.target, domains, facts)
    if found is not None and (found.positive if problem.strict else found.nonnegative):
        return Proof("signs", "sign of factors", {}, problem)
    try:
        fraction = as_fraction(problem)
        signed = None if fraction is None else sign_of_denominator(problem, fraction, depth)
        if fraction is None or signed is None:
            return None
        sign, denominator = signed
        numerator = polynomials.scale(fraction.numerator, sign)
        for proof in _algebraic(problem, fraction, numerator, sign):
            return replace(proof, content={**denominator, **proof.content})
    except BudgetError:
        return None  # too large to expand
    return None


def sign_of_denominator(
    problem: Problem, fraction: PolynomialFraction, depth: int
) -> tuple[int, dict[str, Any]] | None:
    if set(fraction.denominator) == {()}:
        return (1 if fraction.denominator[()] > 0 else -1), {}
    if depth >= DEEPEST:
        return None
    for sign in (1, -1):
        proof = prove(denominator_problem(problem, fraction, sign), depth + 1)
        if proof is not None:
            return sign, {"denominator": {"sign": sign, "proof": proof.body}}
    return None


def _algebraic(problem: Problem, fraction: PolynomialFraction, p: Polynomial, sign: int) -> Iterator[Proof]:
    """Generate proofs that the polynomial p (numerator times sign of the denominator) is ≥ 0 (> 0)."""
    strict = problem.strict
    variables = polynomials.variables_of(p)
    candidates: list[tuple[str, str, Callable[[], Combination | None]]] = [
        (
            "shifted polynomial",
            "shifted polynomial",
            lambda: shifted_polynomial(p, fraction.ranges, fraction.known),
        ),
        ("sum of squares", "sum of squares", lambda: sum_of_squares(p)),
        ("nonnegative combination", "nonnegative combination", lambda: _linear_program(p, fraction, strict)),
    ]
    for position, (kind, method, search) in enumerate(candidates):
        if position == 1 and len(variables) == 1:
            (variable,) = variables
            if certainly_signed(dense(p, variable), fraction.ranges.get(variable, REAL), strict=strict):
                yield Proof("root isolation", "root isolation", {"variable": variable}, problem)
        if position == 1:
            yield from _bounded_coefficients(problem, fraction, variables, sign)
        combination = search()
        if combination is not None and combination_proves(p, combination, strict=strict):
            yield Proof(kind, method, combination.to_json(), problem)


def _linear_program(p: Polynomial, fraction: PolynomialFraction, strict: bool) -> Combination | None:
    known = [f for f in fraction.known if polynomials.variables_of(f.polynomial) <= set(fraction.ranges)]
    names = polynomials.variables_of(p).union(*(polynomials.variables_of(f.polynomial) for f in known))
    ranges = {name: _simpler(fraction.ranges.get(name, REAL)) for name in names}
    if ranges != {name: fraction.ranges.get(name, REAL) for name in names}:
        return None  # bounds with long fractions (π, √2) would drown in a linear program in floats
    return by_linear_program(p, [*bound_factors(ranges), *known], strict=strict)


def _simpler(found: Range) -> Range:
    ends = [end for end in (found.low, found.high) if end is not None and end.denominator > 10**6]
    return REAL if ends else found


def _bounded_coefficients(
    problem: Problem, fraction: PolynomialFraction, variables: set[str], sign: int
) -> Iterator[Proof]:
    for variable in sorted(variables):
        if fraction.generators.get(variable) == ["symbol", variable] and tails_hold(
            problem, fraction, variable, Fraction(0), sign
        ):
            content = {"variable": variable, "radius": "0"}
            yield Proof("coefficient ranges", "root isolation with bounded coefficients", content, problem)


# compact boxes and tails --------------------------------------------------------------------------
def prove_on_box(problem: Problem, max_boxes: int) -> Proof | None:
    """Branch and bound in balls on a compact box; one symbol may be unbounded if its tails are dominated."""
    names = sorted(symbols_of(problem.target))
    domains, _ = problem.context()
    unbounded = [name for name in names if not domains.get(name, REAL).finite]
    if not names or len(unbounded) > 1:
        return None
    if not unbounded:
        content = _cover(problem, max_boxes)
        return None if content is None else Proof("boxes", "branch and bound", content, problem)
    try:
        return _with_tails(problem, unbounded[0], max_boxes)
    except BudgetError:
        return None


def _with_tails(problem: Problem, variable: str, max_boxes: int) -> Proof | None:
    fraction = as_fraction(problem)
    signed = None if fraction is None else sign_of_denominator(problem, fraction, 0)
    if fraction is None or signed is None:
        return None
    sign, denominator = signed
    for radius in map(Fraction, RADII):
        if not tails_hold(problem, fraction, variable, radius, sign):
            continue
        content: dict[str, Any] = {**denominator, "variable": variable, "radius": str(radius)}
        middle = problem.context()[0].get(variable, REAL).intersect(Range(-radius, radius))
        if radius > 0 and not middle.empty:
            inner = _cover(replace(problem, domains={**problem.domains, variable: middle}), max_boxes)
            if inner is None:
                return None
            content["middle"] = inner
        return Proof("coefficient ranges", "branch and bound with dominated tails", content, problem)
    return None


def _cover(problem: Problem, max_boxes: int) -> dict[str, Any] | None:
    domains, _ = problem.context()
    found = cover(problem.target, domains, strict=problem.strict, max_boxes=max_boxes)
    if not found.complete:
        return None
    stored = list(found.splits) if found.count <= MOST_STORED_PARTS else None
    return {"splits": stored, "count": found.count}
