"""Scalar inequalities: `expression ≥ 0` for all admissible values of its symbols, decided by exact
procedures.

In order: signs and ranges of the parts; the numerator with shifted variables; root isolation; sums of
squares; root isolation with bounded coefficients; nonnegative combinations of what is known; factors and
completed squares; branch and bound in balls on a compact box, with polynomially dominated tails. The first
that succeeds is named, and its certificate is replayed before "verified" is said. A point that certainly
violates the inequality gives "failed". Nothing is concluded from a procedure that does not succeed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.derivations.elementary_inequalities import occurring
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.given import given_by
from theorycheck.derivations.jumps import BORDER_LINES, has_jumps, points_on_borders
from theorycheck.derivations.problems import (
    Point,
    Problem,
    contains,
    find_violation,
    point_to_json,
    random_points,
    violates,
)
from theorycheck.derivations.proofs import Proof, certificate_header, prove, prove_on_box
from theorycheck.derivations.ranges import REAL, Range
from theorycheck.derivations.readings import Reading, box_ranges, read
from theorycheck.derivations.replay import replay_certificate
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.squares_and_factors import prove_by_factors
from theorycheck.derivations.trees import Tree, to_tree
from theorycheck.errors import BudgetError, ClaimError, NotExactError, ReplayError

LARGEST_FOR_FACTORING = 400
METHOD = "inequality"
Box = Mapping[Any, tuple[Any, Any]]


def nonnegative(
    expr: Any,
    *,
    strict: bool = False,
    box: Box | None = None,
    assumptions: Sequence[Any] = (),
    using: Sequence[tuple[str, Any]] = (),
    max_boxes: int = 200_000,
    seed: int = 0,
) -> LinkResult:
    """Decide whether a SymPy expression is ≥ 0 for all admissible real values of its symbols.

    Parameters
    ----------
    expr : SymPy expression
        A symbol ranges over what its assumptions declare (real if nothing is declared); an integer symbol may
        be treated as real by a proof, never by a counterexample. Opaque atoms count as independent real
        symbols.
    strict : bool
        Ask for > 0.
    box : mapping of symbols to (low, high)
        Closed ranges; None or an infinity for an end that is not bounded.
    assumptions : sequence of SymPy expressions
        Each is known to be ≥ 0; or a relation `e > 0`, where even that is known of e.
    using : sequence of (name, argument)
        Elementary inequalities that may be combined, such as ("exp", w) for e^w ≥ 1 + w; see
        `elementary_inequalities`.
    max_boxes : int
        Largest number of parts that branch and bound examines.
    seed : int
        Of the search for a violation.

    Returns
    -------
    LinkResult
        "verified" with the method and a certificate, "failed" with a point, or "unverified".
    """
    try:
        slacks = [slack_of(known) for known in assumptions]
        reading = read([expr, *slacks, *(w for _, w in using), *(box or ())])
        problem, complete = _problem(
            reading,
            strict,
            box or {},
            [is_strict(known) for known in assumptions],
            [name for name, _ in using],
        )
    except (NotExactError, ClaimError, BudgetError) as error:
        return LinkResult("unverified", METHOD, str(error))
    if any(found.empty for part in problem.context() for found in part.values()):
        return LinkResult(
            "unverified", METHOD, "the assumptions contradict each other; nothing is concluded from them"
        )
    may_fail = complete and not reading.opaque
    failed = _failure(reading, problem, seed, steps=0) if may_fail else None
    if failed is None:
        try:
            result = _verified(reading, problem, max_boxes)
        except (BudgetError, NotExactError) as error:
            return LinkResult("unverified", METHOD, str(error))
        if result is not None:
            return result
        failed = _failure(reading, problem, seed, steps=600) if may_fail else None
    if failed is not None:
        return failed
    return LinkResult(
        "unverified",
        METHOD,
        f"no procedure decides ${sympy.latex(expr)} {'>' if strict else chr(92) + 'ge'} 0$",
    )


def positive(expr: Any, **options: Any) -> LinkResult:
    """As `nonnegative`, but > 0."""
    return nonnegative(expr, strict=True, **options)


def above_zero(expression: Any) -> Any:
    """The relation expression > 0, as an assumption."""
    return sympy.StrictGreaterThan(expression, 0, evaluate=False)


def is_strict(known: Any) -> bool:
    """Whether an assumption is a relation `e > 0`."""
    return isinstance(known, sympy.StrictGreaterThan)


def slack_of(known: Any) -> Any:
    """The expression that an assumption, `e` or `e > 0`, makes nonnegative."""
    return known.lhs - known.rhs if is_strict(known) else known


def _problem(
    reading: Reading, strict: bool, box: Box, assumptions: Sequence[bool], using: Sequence[str]
) -> tuple[Problem, bool]:
    """Return the problem, and whether every assumption could be written as a tree (others are left out)."""
    domains = reading.domains()
    inside: dict[str, Range] = {}
    for symbol, (low, high) in box.items():
        outer, inside[str(symbol)] = box_ranges(low, high)
        domains[str(symbol)] = domains.get(str(symbol), REAL).intersect(outer)
    known: list[Tree] = []
    positive: set[int] = set()
    complete = True
    count = len(assumptions)
    for e, above in zip(reading.expressions[1 : 1 + count], assumptions, strict=True):
        try:
            known.append(to_tree(e))
        except NotExactError:
            complete = False
            continue
        if above:
            positive.add(len(known) - 1)
    arguments = reading.expressions[1 + count : 1 + count + len(using)]
    elementary = tuple((name, to_tree(w)) for name, w in zip(using, arguments, strict=True))
    target = to_tree(reading.expressions[0])

    def permits(point: Point) -> bool:
        return reading.permits(point) and all(
            contains(inside[name], value) for name, value in point.items() if name in inside
        )

    integers = reading.integers()
    return Problem(
        target, domains, tuple(known), strict, frozenset(positive), integers, elementary, permits
    ), complete


def _failure(reading: Reading, problem: Problem, seed: int, steps: int) -> LinkResult | None:
    point = find_violation(problem, seed=seed, steps=steps)
    if point is None:  # that of an inequality without symbols is {}
        point = _on_a_border(reading, problem, seed)
    if point is None:
        return None
    shown = point_to_json(point)
    where = ", ".join(f"{name} = {value}" for name, value in shown.items()) or "its only value"
    wrong = "not positive" if problem.strict else "negative"
    return LinkResult("failed", "point", f"certainly {wrong} at {where}", counterexample=shown)


def _on_a_border(reading: Reading, problem: Problem, seed: int) -> Point | None:
    """A point where cases change that certainly violates the inequality."""
    expression = reading.expressions[0]
    if not has_jumps(expression):
        return None
    drawn = random_points(problem, BORDER_LINES, seed)
    return next((p for p in points_on_borders(expression, drawn) if violates(problem, p)), None)


def _verified(reading: Reading, problem: Problem, max_boxes: int) -> LinkResult | None:
    proof = prove(problem)
    if proof is None:
        more = tuple(item for item in occurring(problem.target) if item not in problem.elementary)
        equipped = replace(problem, elementary=(*problem.elementary, *more))
        proof = prove(equipped) if more else None
        if proof is not None:
            return _result(equipped, proof)
    if proof is not None:
        return _result(problem, proof)
    expression = reading.expressions[0]
    if sympy.count_ops(expression) <= LARGEST_FOR_FACTORING:
        for form in _forms(expression):
            rewritten = replace(problem, target=to_tree(form))
            if rewritten.target == problem.target:
                continue
            found = prove(rewritten) or prove_by_factors(form, rewritten)
            equality = equal(expression, form) if found is not None else None
            if found is not None and equality is not None and equality.verified:
                nested = {"equality": equality.certificate, "proof": found.body}
                reduced = [(problem.target, rewritten.target)]
                return _result(problem, Proof("rewritten", found.method, nested), reduced)
        proof = prove_by_factors(expression, problem)
    proof = proof or prove_on_box(problem, max_boxes)
    return None if proof is None else _result(problem, proof)


def _forms(expression: Any) -> list[Any]:
    forms = []
    for rewrite in (sympy.factor, sympy.cancel, sympy.expand, lambda e: sympy.powsimp(sympy.expand(e))):
        try:
            form = rewrite(expression)
        except (sympy.PolynomialError, NotImplementedError, ValueError, TypeError, AttributeError):
            continue
        try:
            to_tree(form)
        except (NotExactError, ClaimError):
            continue
        if form not in forms:
            forms.append(form)
    return forms


def _result(
    problem: Problem, proof: Proof, equalities: Sequence[tuple[Tree, Tree]] = ()
) -> LinkResult | None:
    """Say "verified" only after the certificate has been replayed, from the problem and what `equal` has reduced."""
    certificate = {**certificate_header(problem), **proof.body, "type": proof.type}
    certificate.update({"target": problem.target, "strict": problem.strict})
    given = given_by(problem, equalities)
    try:
        replay_certificate(certificate, given)
    except ReplayError as error:
        return LinkResult(
            "unverified", proof.method, f"the certificate that was found does not replay: {error}"
        )
    sign = ">" if problem.strict else "≥"
    return LinkResult("verified", proof.method, f"{sign} 0 by {proof.method}", certificate, given=given)
