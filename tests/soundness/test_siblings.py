"""No shipped derivation proves the negation of its claim, or a sibling of it that is refuted."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import pytest

from tests.soundness.outcomes import LimitReached, limit
from theorycheck import Claim, Evidence, TheorycheckError
from theorycheck.derivations import Derivation
from theorycheck.derivations.symbols import symbols_of
from theorycheck.judging import plan, run_check
from theorycheck.settings import Settings
from theorycheck.statement.loading import shipped_claims

NEGATIONS = {"<=": ("<",), "<": ("<=",), ">=": (">",), ">": (">=",), "=": ("<", ">")}
"""Of `left relation right`, the relations that `right … left` has where it fails."""

QUICK = Settings(budget="quick")
SAMPLE = 8
"""An ordinary run tries one derivation of so many; all are tried with the slow tests."""
SECONDS = 20


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
    """Whether the derivation ends in the claim, and all its links are verified for it, from nothing else."""
    checks = plan(replace(claim, derivation=lambda _: derivation), QUICK)
    proof = [check for check in checks if check.name == "conclusion" or check.name.startswith("link ")]
    ordered = sorted(proof, key=lambda check: check.name != "conclusion")  # it costs least and fails most
    return all(_alone(run_check(check, claim, SECONDS).evidence) for check in ordered)


def _alone(evidence: Evidence) -> bool:
    weak = any(item["weakens"] for item in evidence.details.get("rests_on", ()))
    return evidence.outcome == "verified" and not weak


def shown(source: Claim, target: Claim) -> bool:
    """Whether the derivation of one claim proves another, built on the symbols of either."""
    for symbols in (symbols_of(source), symbols_of(target)):
        try:
            with limit(SECONDS):
                if proves(source.derivation(symbols), target):
                    return True
        except LimitReached:
            continue  # nothing is shown within the time of a test
        except (TheorycheckError, AttributeError, KeyError, TypeError, ValueError):
            continue  # it speaks of what the other claim lacks
    return False


def with_derivation() -> list[Claim]:
    return [claim for claim in claims().values() if claim.derivation is not None and claim.sides is not None]


PAIRS = [(claim, sibling) for claim in with_derivation() for sibling in refuted_siblings(claim)]


def _sampled(cases: list, key) -> list:
    """The cases, most of them marked slow."""
    return [
        pytest.param(
            case, id=key(case), marks=[pytest.mark.slow] if crc32(key(case).encode()) % SAMPLE else []
        )
        for case in cases
    ]


@pytest.mark.parametrize("claim", _sampled(with_derivation(), lambda claim: claim.id))
def test_no_derivation_proves_the_negation(claim: Claim) -> None:
    assert not any(shown(claim, negated) for negated in negations(claim))


@pytest.mark.parametrize("pair", _sampled(PAIRS, lambda pair: f"{pair[0].id} for {pair[1].id}"))
def test_no_derivation_proves_a_refuted_sibling(pair: tuple[Claim, Claim]) -> None:
    assert not shown(*pair)


def test_the_same_route_shows_what_is_proved() -> None:
    """Else the tests above would pass for a checker that verifies nothing."""
    recorded = [
        claim for claim in with_derivation() if claim.expected == "proved" and claim.sides is not None
    ]
    assert recorded and any(shown(claim, claim) for claim in itertools.islice(recorded, 20))
