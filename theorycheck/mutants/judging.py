"""Is a mutant caught? Hunt for a counterexample; where there is none, try to prove the mutant."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.errors import FormulaError, SpaceError, TheorycheckError, TraceError
from theorycheck.hunting import hunt
from theorycheck.mutants.killing import first_violation
from theorycheck.mutants.operators import Mutant
from theorycheck.mutants.proving import reproved, still_true
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample, Sharpness

OUTCOMES = {
    "killed": "a counterexample is certified",
    "still true": "no counterexample, and the mutant is proved: what was changed was not sharp",
    "hole": "neither: the checker does not notice the change",
    "skipped": "no mutant: the change leaves the claim as it is, or the formula without a value",
    "not refuted": "a true claim, hunted unchanged, was rightly not refuted",
    "false alarm": "a true claim, hunted unchanged, was refuted",
    "contradiction": "a counterexample is certified and a proof is accepted: one of the two is wrong",
}


@dataclass(frozen=True)
class MutantVerdict:
    """What became of one mutant, or of a true claim that was hunted unchanged (operator "none").

    Attributes
    ----------
    name, operator : str
        Of the mutant.
    original : str
        Id of the true claim.
    outcome : str
        A key of `OUTCOMES`.
    reason : str
        One line.
    sharpness, original_sharpness : Sharpness or None
        Largest left/right that the hunts met on the mutant and on the true claim: a small ratio leaves room.
    counterexample : Counterexample or None
        Of a killed mutant.
    seconds : float
    """

    name: str
    operator: str
    original: str
    outcome: str
    reason: str
    sharpness: Sharpness | None = None
    original_sharpness: Sharpness | None = None
    counterexample: Counterexample | None = None
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        parts: Mapping[str, Any] = {
            "sharpness": self.sharpness,
            "original_sharpness": self.original_sharpness,
            "counterexample": self.counterexample,
        }
        texts = {key: getattr(self, key) for key in ("name", "operator", "original", "outcome", "reason")}
        return {**texts, **{key: None if part is None else part.to_dict() for key, part in parts.items()}}


def judge_mutant(mutant: Mutant, settings: Settings) -> MutantVerdict:
    """Hunt a mutant; if it survives, try to prove it.

    A killed mutant's derivation is checked as well: a link that is accepted for a false bound would be worse
    than one that is missed.
    """
    start = time.perf_counter()
    outcome, reason, sharpness, counterexample = _judged(mutant, settings)
    original = None
    if outcome in ("still true", "hole"):
        original = _sharpness(mutant.original, settings)
    return MutantVerdict(
        mutant.name,
        mutant.operator,
        mutant.original.id,
        outcome,
        reason,
        sharpness,
        original,
        counterexample,
        time.perf_counter() - start,
    )


Judged = tuple[str, str, Sharpness | None, Counterexample | None]


def _judged(mutant: Mutant, settings: Settings) -> Judged:
    try:
        counterexample = first_violation(mutant.claim, settings)
        if counterexample is not None:
            sides = f"left {counterexample.left}, right {counterexample.right}"
            how = f"{sides} at {_shown(counterexample)}"
            return *_killed(mutant, how), None, counterexample
        found = hunt(mutant.claim, settings)
    except (FormulaError, SpaceError, TraceError) as error:
        return "skipped", str(error).replace(f"{mutant.claim.id}: ", ""), None, None
    except TheorycheckError as error:
        return "hole", str(error), None, None
    except Exception as error:  # the change hit an axis or a size, no number of the formula
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return "skipped", f"the changed formula fails with {what}", None, None
    if found.counterexample is not None:
        killed = _killed(mutant, found.evidence.summary)
        return *killed, found.sharpness, found.counterexample
    proof = still_true(mutant, settings)
    if proof is not None:
        return "still true", proof, found.sharpness, None
    return "hole", found.evidence.summary, found.sharpness, None


def _killed(mutant: Mutant, how: str) -> tuple[str, str]:
    proof = reproved(mutant, mutant.claim)
    return ("killed", how) if proof is None else ("contradiction", f"{proof}, but {how}")


def _shown(counterexample: Counterexample) -> str:
    """The instance in a few words: numbers to four digits, the family of a function, no long arrays."""
    parts = []
    for name, value in counterexample.instance.items():
        if isinstance(value, Mapping):
            parts.append(f"{name} {value.get('family', '')}")
        elif isinstance(value, (int, str)):
            try:
                parts.append(f"{name} = {float(Fraction(value)):.4g}")
            except (ValueError, OverflowError):
                parts.append(f"{name} = {value}")
    return ", ".join(parts)


def judge_original(claim: Claim, settings: Settings) -> MutantVerdict:
    """Hunt the true claim itself: it must not be refuted."""
    start = time.perf_counter()
    found = hunt(claim, settings)
    outcome = "not refuted" if found.counterexample is None else "false alarm"
    return MutantVerdict(
        f"{claim.label} / none",
        "none",
        claim.id,
        outcome,
        found.evidence.summary,
        found.sharpness,
        found.sharpness,
        found.counterexample,
        time.perf_counter() - start,
    )


@functools.lru_cache(maxsize=64)
def _sharpness(claim: Claim, settings: Settings) -> Sharpness | None:
    return judge_original(claim, settings).sharpness
