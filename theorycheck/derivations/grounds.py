"""What a link rests on: premises, cited claims, granted steps, reasons of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorycheck.algebra.facts import ELEMENTARY, Fact
from theorycheck.statement.claims import Claim
from theorycheck.statement.grounds import RestsOn, distinct
from theorycheck.statement.grounds_of_claims import (
    grounds_of_hypothesis,
    is_own_class,
    own_classes,
    parts_of,
)

if TYPE_CHECKING:
    from theorycheck.derivations.links import Link


def grounds_of_link(link: Link) -> tuple[RestsOn, ...]:
    """List what a link needs beside the hypotheses as printed and the library's procedures."""
    found: list[RestsOn] = []
    reason = type(link.reason)
    if is_own_class(reason):
        found.append(RestsOn("own reason", f"{reason.__name__}: {link.reason.text}"))
    for part in own_classes((link.reason, link.left, link.right)):
        if part is not reason:
            found.append(RestsOn("own reason", f"{part.__name__} in: {link.reason.text}"))
    for item in parts_of(link.reason):
        if isinstance(item, Fact):
            found += _grounds_of_source(item.source, item.label)
        hypothesis = getattr(item, "hypothesis", None)
        if hasattr(hypothesis, "holds"):
            found += grounds_of_hypothesis(hypothesis)
    return distinct(found)


def _grounds_of_source(source: Any, label: str) -> list[RestsOn]:
    if isinstance(source, tuple):
        return [ground for part in source for ground in _grounds_of_source(part, label)]
    if source == "premise":
        return [RestsOn("premise", label)]
    if isinstance(source, Claim):
        return [RestsOn("claim", source.id)]
    if isinstance(source, str):
        return [] if source in ELEMENTARY else [RestsOn("claim", source)]
    return list(grounds_of_hypothesis(source))
