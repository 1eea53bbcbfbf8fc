"""The status of an entry that other claims make up: the readings of an ambiguous form, the parts of a statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from theorycheck.statement.claims import Claim
from theorycheck.statement.grades import Grade
from theorycheck.statement.grounds import RestsOn, distinct, grounds_from
from theorycheck.statement.verdicts import Evidence, ProofGap

WEAKEST_LAST = ("proved", "certified", "conditional", "supported", "inconclusive")
"""A statement is as good as the worst of its parts; a definition among them has no truth to be missed."""


def grade_entry(claim: Claim, evidence: Sequence[Evidence]) -> Grade:
    """The status of a claim with readings or parts, from those of theirs."""
    if claim.parts:
        return _of_parts([item for item in evidence if item.kind == "part"])
    return _of_readings(claim, [item for item in evidence if item.kind == "reading"])


def _of_readings(claim: Claim, readings: Sequence[Evidence]) -> Grade:
    statuses = {str(item.details["status"]) for item in readings}
    listing = "; ".join(item.summary for item in readings)
    if len(statuses) == 1:
        return Grade(statuses.pop(), f"all readings agree: {listing}", _grounds(readings))
    if claim.preferred is not None:
        name, sentence = claim.preferred
        chosen = [item for item in readings if item.details["id"] == name]
        if chosen:
            reason = f"the paper's text speaks for {name} (“{sentence}”); the readings differ: {listing}"
            return Grade(str(chosen[0].details["status"]), reason, _grounds(chosen))
    return Grade("inconclusive", f"the printed form is open and its readings differ: {listing}")


def _of_parts(parts: Sequence[Evidence]) -> Grade:
    listing = "; ".join(item.summary for item in parts)
    statuses = [str(item.details["status"]) for item in parts]
    for status in ("refuted", "contested"):
        if status in statuses:
            culprits = [item for item in parts if item.details["status"] == status]
            return Grade(status, f"a part is {status}: {listing}", _grounds(culprits))
    known = [status for status in statuses if status in WEAKEST_LAST]
    if not known:
        return Grade(statuses[0] if statuses else "inconclusive", listing or "no part was judged")
    return Grade(max(known, key=WEAKEST_LAST.index), f"the weakest of its parts: {listing}", _grounds(parts))


def _grounds(members: Sequence[Evidence]) -> tuple[RestsOn, ...]:
    return distinct(ground for item in members for ground in grounds_from(item.details))


def gaps_of_members(evidence: Sequence[Evidence]) -> Iterator[ProofGap]:
    """The proof gaps of readings and parts, as they show on their entry."""
    for item in evidence:
        if item.kind in ("reading", "part"):
            for gap in item.details.get("proof_gaps", ()):
                yield ProofGap(**{**gap, "of": gap.get("of") or item.details["id"]})
