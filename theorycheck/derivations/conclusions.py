"""Does a derivation end in the claim, a printed proof in what it is printed for, a contrary derivation in a contradiction?"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from theorycheck.algebra.mean_rules import recorded_theorems
from theorycheck.derivations.faults import fault, premises, restated
from theorycheck.derivations.goals import (
    Goal,
    ends_in_a_goal,
    established,
    goal_latex,
    has_symbolic_form,
    missing_own,
    missing_stated,
    negations,
)
from theorycheck.derivations.grounds import on_standard
from theorycheck.derivations.links import Derivation
from theorycheck.derivations.results import LinkResult
from theorycheck.errors import NotExactError
from theorycheck.kernel import Refused
from theorycheck.statement.grounds import RestsOn

METHOD = "comparison with the claim"
Check = Callable[[Any, Derivation], LinkResult]


def _with_theorems(check: Check) -> Check:
    """Add the standard theorems that a comparison needs to what it rests on."""

    @functools.wraps(check)
    def recorded(claim: Any, derivation: Derivation) -> LinkResult:
        with recorded_theorems() as trusted:
            result = check(claim, derivation)
        return replace(result, rests_on=(*result.rests_on, *map(on_standard, sorted(trusted))))

    return recorded


def _fault(*arguments: Any) -> str:
    with recorded_theorems():  # what is looked at and not concluded from
        return fault(*arguments)


@_with_theorems
def check_conclusion(claim: Any, derivation: Derivation) -> LinkResult:
    """Whether every goal is the conclusion of some chain (or evident), and the links of all chains fit together.

    Where the claim's formula has no symbolic form, or says only one half of an equivalence, the conclusion is what the
    derivation says that it is ("own conclusion").

    Raises
    ------
    ClaimError
        If the claim has neither sides nor a derivation that says what it concludes.
    """
    stated = derivation.concludes
    problem = _fault(claim, derivation, stated) or _missing("derivation", missing_stated(claim, derivation))
    if problem:
        return LinkResult("unverified", METHOD, problem)
    if stated is None or has_symbolic_form(claim):
        problem = _missing_own(claim, derivation)
        if not problem:
            return LinkResult("verified", METHOD, "the derivation ends in what the claim's formula says")
        if stated is None or claim.kind != "equivalence":
            return LinkResult("unverified", METHOD, problem)
    assert stated is not None
    reason = "the derivation ends in what it says that it concludes"
    assumed = premises(derivation)
    if assumed:
        reason += f", from the premises: {'; '.join(assumed)}"
    return LinkResult("verified", METHOD, reason, rests_on=_own(stated))


def _missing_own(claim: Any, derivation: Derivation) -> str:
    try:
        return _missing("derivation", missing_own(claim, derivation))
    except (NotExactError, Refused) as error:  # the formula is of a kind that no exact procedure reads
        return f"the claim's formula is not compared: {error}"


@_with_theorems
def check_printed_conclusion(claim: Any, printed: Derivation) -> LinkResult:
    """Whether a printed proof ends in the claim; "not compared" where nothing formal says what the claim is."""
    compared = printed.concludes is not None or has_symbolic_form(claim)
    problem = _fault(claim, printed, printed.concludes if compared else ())
    if problem:
        return LinkResult("unverified", METHOD, problem)
    if not compared:
        reason = "there is no formula that the end of the printed proof could be compared with"
        return LinkResult("not compared", METHOD, reason)
    missing = missing_stated(claim, printed) or (has_symbolic_form(claim) and _missing_own(claim, printed))
    if missing or not ends_in_a_goal(claim, printed):
        return LinkResult("unverified", METHOD, "the printed proof does not end in the claim")
    rests_on = () if has_symbolic_form(claim) else _own(printed.concludes or ())
    return LinkResult("verified", METHOD, "the printed proof ends in the claim", rests_on=rests_on)


@_with_theorems
def check_contrary(claim: Any, contrary: Derivation) -> LinkResult:
    """Whether a derivation ends in what it says, and whether that is the negation of the claim's own formula.

    Where symbols cannot hold the claim's formula, what the contrary concludes is the author's word ("own conclusion").
    """
    stated = contrary.concludes or ()
    ends = stated or tuple(
        end
        for chain in contrary.chains
        if not restated(contrary, end := (chain.start, chain.relation, chain.end))
    )
    problem = _fault(claim, contrary, stated)
    problem = problem or ("" if ends else "the contrary concludes nothing but its own premises")
    if problem:
        return LinkResult("unverified", METHOD, problem)
    problem = _missing("contrary", missing_stated(claim, contrary))
    if problem:
        return LinkResult("unverified", METHOD, problem)
    if any(established(claim, contrary, goal) for goal in negations(claim)):
        return LinkResult("verified", METHOD, "the contrary ends in the negation of the claim's formula")
    if has_symbolic_form(claim):
        reason = "the contrary does not end in the negation of the claim's formula"
        return LinkResult("unverified", METHOD, reason)
    return LinkResult("verified", METHOD, "the contrary ends in what it says", rests_on=_own(ends))


def _missing(what: str, goals: tuple[Goal, ...]) -> str:
    shown = "; ".join(f"${goal_latex(goal)}$" for goal in goals)
    return f"no chain of the {what} ends in {shown}" if goals else ""


def _own(goals: tuple[Goal, ...]) -> tuple[RestsOn, ...]:
    return tuple(RestsOn("own conclusion", f"${goal_latex(goal)}$") for goal in goals)
