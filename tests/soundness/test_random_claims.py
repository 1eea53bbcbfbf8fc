"""Random claims whose truth is known: none is judged wrongly, and what lies at a boundary value is found."""

from __future__ import annotations

from random import Random

import pytest

from tests.soundness.claims_of_known_truth import GENERATORS, Generator
from tests.soundness.outcomes import ERROR, NO_END, OPEN, SAYS_FALSE, SAYS_TRUE, judged
from tests.soundness.thin_claims import THIN

TIMES_SLOW = 12


def judge_one(generator: Generator, seed: int) -> None:
    known = generator(Random(f"{generator.__name__} {seed}"))
    found = judged(known.claim)
    explanation = f"{known.claim.statement}: holds: {known.holds}, but {found}"
    if known.holds is None:
        assert found.outcome == ERROR, explanation
        return
    assert found.outcome != NO_END, explanation
    assert found.outcome != ERROR or not known.ordinary, explanation
    assert found.outcome not in (SAYS_FALSE if known.holds else SAYS_TRUE | {"conditional"}), explanation
    if known.unreached:
        assert found.outcome != "supported", explanation
    if known.at_boundary and known.ordinary:
        assert found.outcome not in OPEN, explanation


def _draws(factor: int, first: int = 0) -> list[tuple[Generator, int]]:
    return [
        (g, seed) for g, count in (GENERATORS | THIN).items() for seed in range(first, first + count * factor)
    ]


def _name(value: Generator | int) -> str:
    return str(value) if isinstance(value, int) else value.__name__


@pytest.mark.parametrize(("generator", "seed"), _draws(1), ids=_name)
def test_no_claim_of_known_truth_is_judged_wrongly(generator: Generator, seed: int) -> None:
    judge_one(generator, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("generator", "seed"), _draws(TIMES_SLOW, first=1000), ids=_name)
def test_no_claim_of_thousands_is_judged_wrongly(generator: Generator, seed: int) -> None:
    judge_one(generator, seed)
