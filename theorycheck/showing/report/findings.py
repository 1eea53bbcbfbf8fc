"""The lists of refuted and of contested claims: what is said of many readings of one entry is said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theorycheck.showing.report.cards import Card


@dataclass(frozen=True)
class Readings:
    """Claims that are refuted, or contested, for one reason: a claim alone, or several readings of one entry."""

    first: Card
    others: tuple[Card, ...]


def grouped(cards: Sequence[Card], status: str) -> list[Readings]:
    """Group the claims of one status, in their order.

    An entry that has it because all its readings do is left out where one of them is listed. Readings of one entry are
    grouped if they have one reason that is their own; "a counterexample was certified" says nothing of that.
    """
    chosen = [card for card in cards if card.verdict.status == status]
    listed = {card.verdict.claim for card in chosen}
    groups: dict[tuple[str, ...], list[Card]] = {}
    for card in chosen:
        verdict = card.verdict
        members = [item.details.get("id") for item in verdict.evidence if item.kind in ("reading", "part")]
        if any(member in listed for member in members):
            continue
        base = verdict.claim.partition("@")[0]
        contrary = any(item.kind == "contrary link" for item in verdict.evidence)
        key = (base, verdict.reason) if contrary else (verdict.claim,)
        groups.setdefault(key, []).append(card)
    return [Readings(first, tuple(others)) for first, *others in groups.values()]
