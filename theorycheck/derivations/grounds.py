"""What a link rests on: premises, cited claims, granted steps, reasons of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorycheck.algebra.facts import Fact, Lemma
from theorycheck.algebra.standard import STANDARD
from theorycheck.statement.grounds import RestsOn, distinct
from theorycheck.statement.grounds_of_claims import (
    grounds_of_hypothesis,
    is_own_class,
    own_classes,
    parts_of,
)

if TYPE_CHECKING:
    from theorycheck.derivations.links import Link


def on_standard(name: str) -> RestsOn:
    """A theorem of the short list, on which what is proved may rest."""
    return RestsOn("standard theorem", STANDARD[name].name, weakens=False)


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
        found += [on_standard(name) for name in getattr(item, "trusts", ())]
        if isinstance(item, Lemma):
            found.append(RestsOn("claim", item.claim))
        elif isinstance(item, Fact) and item.source == "premise":
            found.append(RestsOn("premise", item.label))
        for hypothesis in (getattr(item, "hypothesis", None), getattr(item, "source", None)):
            if hasattr(hypothesis, "holds"):
                found += grounds_of_hypothesis(hypothesis)
    return distinct(found)
