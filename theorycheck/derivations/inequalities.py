"""Scalar inequalities: `expression ≥ 0` for all admissible values of its symbols, decided by exact procedures.

`theorycheck.search.inequalities` looks for a theorem of the kernel; "verified" is said when there is one whose conclusion is
this inequality and whose hypotheses are what is known. A point that certainly violates the inequality gives "failed". Nothing is
concluded from a search that finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from theorycheck.derivations.jumps import BORDER_LINES, has_jumps, points_on_borders
from theorycheck.derivations.kernel_terms import to_term
from theorycheck.derivations.problems import (
    REAL,
    Point,
    Problem,
    contains,
    find_violation,
    point_to_json,
    random_points,
    violates,
)
from theorycheck.derivations.readings import Reading, box_ranges, read
from theorycheck.derivations.results import LinkResult, said
from theorycheck.errors import BudgetError, ClaimError, NotExactError
from theorycheck.kernel import Refused, Term, le, lt, number
from theorycheck.kernel.intervals import Interval
from theorycheck.search.inequalities import NAMES, prove, prove_on_box

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
    admits: Callable[[Point], bool] = lambda point: True,
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
        Elementary inequalities that may be combined, such as ("exp", w) for e^w ≥ 1 + w; the names are those of
        `theorycheck.search.inequalities.NAMES`.
    max_boxes : int
        Largest number of parts that branch and bound examines.
    seed : int
        Of the search for a violation.
    admits : callable
        Whether a point, by the names of the symbols, may be a counterexample at all.

    Returns
    -------
    LinkResult
        "verified" with the method and a certificate, "failed" with a point, or "unverified".

    Raises
    ------
    ClaimError
        If `using` names no inequality.
    """
    unknown = next((name for name, _ in using if name not in NAMES), None)
    if unknown is not None:
        raise ClaimError(f"using names {unknown!r:.40}, which is none of {', '.join(NAMES)}")
    try:
        slacks = [slack_of(known) for known in assumptions]
        reading = read([expr, *slacks, *(w for _, w in using), *(box or ())])
        problem, complete = _problem(
            reading, strict, box or {}, [is_strict(known) for known in assumptions], admits
        )
        arguments = [to_term(w) for w in reading.expressions[1 + len(slacks) : 1 + len(slacks) + len(using)]]
        contradictory = problem.context.contradictory
    except (NotExactError, ClaimError, BudgetError, Refused) as error:
        return LinkResult("unverified", METHOD, str(error))
    if contradictory:
        return LinkResult(
            "unverified", METHOD, "the assumptions contradict each other; nothing is concluded from them"
        )
    may_fail = complete and not reading.opaque
    failed = _failure(reading, problem, seed, steps=0) if may_fail else None
    if failed is None:
        try:
            more = tuple(zip((name for name, _ in using), arguments, strict=True))
            result = _verified(problem, more, max_boxes)
        except (BudgetError, NotExactError, Refused) as error:
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
    reading: Reading, strict: bool, box: Box, above: Sequence[bool], admits: Callable[[Point], bool]
) -> tuple[Problem, bool]:
    """Return the problem, and whether every assumption could be written as a term (others are left out)."""
    domains = reading.domains()
    inside: dict[str, Interval] = {}
    for symbol, (low, high) in box.items():
        outer, inside[str(symbol)] = box_ranges(low, high)
        domains[str(symbol)] = domains.get(str(symbol), REAL).intersect(outer)
    known: list[Term] = []
    complete = True
    for e, is_above in zip(reading.expressions[1 : 1 + len(above)], above, strict=True):
        try:
            known.append((lt if is_above else le)(number(0), to_term(e)))
        except NotExactError:
            complete = False

    def permits(point: Point) -> bool:
        within = all(contains(inside[name], value) for name, value in point.items() if name in inside)
        return within and reading.permits(point) and admits(point)

    target = to_term(reading.expressions[0])
    return Problem(target, domains, tuple(known), strict, reading.integers(), permits), complete


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


def _verified(problem: Problem, using: tuple[tuple[str, Term], ...], max_boxes: int) -> LinkResult | None:
    found = prove(problem.conclusion, problem.context, using)
    found = found or prove_on_box(problem.conclusion, problem.context, max_boxes)
    if found is None:
        return None
    theorem = said(found.theorem, problem.conclusion, problem.hypotheses)
    sign = ">" if problem.strict else "≥"
    return LinkResult("verified", found.method, f"{sign} 0 by {found.method}", theorem)
