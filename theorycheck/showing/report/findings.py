"""The list of refuted claims: what is said of many readings of one entry is said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theorycheck.showing.report.cards import Card


@dataclass(frozen=True)
class RefutedReadings:
    """Claims that are refuted for one reason: a claim alone, or several readings of one entry."""

    first: Card
    others: tuple[Card, ...]


def refuted_readings(cards: Sequence[Card]) -> list[RefutedReadings]:
    """Group the refuted claims, in their order.

    An entry that is refuted because all its readings are is left out where one of them is listed. Readings of one entry
    are grouped if they have one reason that is their own; "a counterexample was certified" says nothing of that.
    """
    refuted = [card for card in cards if card.verdict.status == "refuted"]
    listed = {card.verdict.claim for card in refuted}
    groups: dict[tuple[str, ...], list[Card]] = {}
    for card in refuted:
        verdict = card.verdict
        readings = [item.details.get("id") for item in verdict.evidence if item.kind == "reading"]
        if readings and any(reading in listed for reading in readings):
            continue
        base = verdict.claim.partition("@")[0]
        contrary = any(item.kind == "contrary link" for item in verdict.evidence)
        key = (base, verdict.reason) if contrary else (verdict.claim,)
        groups.setdefault(key, []).append(card)
    return [RefutedReadings(first, tuple(others)) for first, *others in groups.values()]
