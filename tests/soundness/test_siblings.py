"""No shipped derivation proves the negation of its claim, or a sibling of it that is refuted."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from dataclasses import replace

import pytest

from theorycheck import Claim, TheorycheckError
from theorycheck.derivations.goals import check_conclusion
from theorycheck.derivations.links import Derivation, check_link
from theorycheck.derivations.symbols import symbols_of
from theorycheck.statement.loading import shipped_claims

NEGATIONS = {"<=": ("<",), "<": ("<=",), ">=": (">",), ">": (">=",), "=": ("<", ">")}
"""Of `left relation right`, the relations that `right … left` has where it fails."""


@functools.cache
def claims() -> dict[str, Claim]:
    return {claim.id: claim for claim in shipped_claims()}


def negations(claim: Claim) -> Iterator[Claim]:
    """The claim with its sides exchanged and its relation negated: false on every instance where the claim holds."""

    def exchanged(xp, **values):
        left, right = claim.evaluate(xp, values)
        return right, left

    exchanged.__signature__ = inspect.signature(claim.sides)
    for relation in NEGATIONS[claim.relation]:
        yield replace(
            claim, sides=exchanged, relation=relation, refutation=None, printed_proof=None, expected=None
        )


def refuted_siblings(claim: Claim) -> list[Claim]:
    """Other readings of the claim's entry, and what it corrects, where they are refuted and have a formula."""
    entry = claim.id.partition("@")[0]
    related = [c for c in claims().values() if c.id.partition("@")[0] == entry or c.id == claim.corrects]
    return [c for c in related if c is not claim and c.expected == "refuted" and c.sides is not None]


def proves(derivation: Derivation, claim: Claim) -> bool:
    """Whether the derivation ends in the claim and all its links are verified for it."""
    if not check_conclusion(claim, derivation).verified:
        return False
    return all(check_link(link, claim).verified for link in derivation.links)


def shown(source: Claim, target: Claim) -> bool:
    """Whether the derivation of one claim proves another, built on the symbols of either."""
    for symbols in (symbols_of(source), symbols_of(target)):
        try:
            if proves(source.derivation(symbols), target):
                return True
        except (TheorycheckError, AttributeError, KeyError, TypeError, ValueError):
            continue  # it speaks of what the other claim lacks
    return False


def with_derivation() -> list[Claim]:
    return [claim for claim in claims().values() if claim.derivation is not None and claim.sides is not None]


@pytest.mark.parametrize("claim", with_derivation(), ids=lambda claim: claim.id)
def test_no_derivation_proves_the_negation(claim: Claim) -> None:
    assert not any(shown(claim, negated) for negated in negations(claim))


PAIRS = [(claim, sibling) for claim in with_derivation() for sibling in refuted_siblings(claim)]


@pytest.mark.parametrize(("claim", "sibling"), PAIRS, ids=lambda claim: claim.id)
def test_no_derivation_proves_a_refuted_sibling(claim: Claim, sibling: Claim) -> None:
    assert not shown(claim, sibling)
