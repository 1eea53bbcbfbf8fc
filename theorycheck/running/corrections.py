"""The hypothesis that a claim lacks, read off from a correction of it that was judged beside it."""

from __future__ import annotations

from collections.abc import Iterable

from theorycheck.statement.claims import Claim
from theorycheck.statement.contents import formula_digest
from theorycheck.statement.verdicts import Verdict

LACKING = ("refuted", "contested", "supported")
"""Statuses of claims that a hypothesis more might make true, or provable."""
TRUE = ("proved", "certified", "supported")


def corrects(correction: Claim, claim: Claim) -> bool:
    """Whether a claim corrects another one by its hypotheses alone: same formula, same space."""
    if correction.corrects != claim.id or correction.sides is None or claim.sides is None:
        return False
    return formula_digest(correction) == formula_digest(claim)


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
