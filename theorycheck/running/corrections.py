"""The hypothesis that a claim lacks, read off from a correction of it that was judged beside it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Verdict

LACKING = ("refuted", "contested", "supported")
"""Statuses of claims that a hypothesis more might make true, or provable."""
TRUE = ("proved", "certified", "supported")


def corrects(correction: Claim, claim: Claim) -> bool:
    """Whether a claim corrects another one by its hypotheses alone: same formula, same space."""
    return (
        correction.corrects == claim.id
        and correction.relation == claim.relation
        and _same_formula(correction.sides, claim.sides)
        and (correction.space is claim.space or repr(correction.space) == repr(claim.space))
    )


def missing_hypothesis(
    claim: Claim, verdict: Verdict, corrections: Iterable[tuple[Claim, Verdict]]
) -> str | None:
    """Say which hypotheses the first correction that holds has and the claim lacks; None if there is none."""
    if verdict.status not in LACKING:
        return None
    own = {hypothesis.latex for hypothesis in claim.hypotheses}
    for correction, found in corrections:
        added = [h.latex for h in correction.hypotheses if h.latex not in own]
        if found.status in TRUE and added:
            return f"{'; '.join(added)}, found in the correction {correction.id} ({found.status})"
    return None


def _same_formula(first: Any, second: Any) -> bool:
    if first is None or second is None:
        return False
    if first is second:
        return True
    try:
        same = inspect.getsource(first) == inspect.getsource(second)
        return same and _closed_over(first) == _closed_over(second)
    except (OSError, TypeError, ValueError):
        return False


def _closed_over(function: Any) -> list[Any]:
    return [cell.cell_contents for cell in function.__closure__ or ()]
