"""What the library makes of a claim: one word, within a limit of time."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from theorycheck import Claim, TheorycheckError, check
from theorycheck.statement.loading import load_file

CASES = Path(__file__).parent / "cases"

ERROR, NO_END = "error", "no end"
"""Beside the statuses: refused by an error that is raised on purpose; still running at the limit of time."""

SAYS_TRUE = {"proved", "certified"}
OPEN = {"supported", "inconclusive"}
SAYS_FALSE = {"refuted", "contested"}

NEVER_REFUTED = SAYS_TRUE | OPEN | {"conditional"}
NEVER_PROVED = OPEN | SAYS_FALSE | {"conditional", ERROR}
FOUND_FALSE = {"refuted"}


class LimitReached(BaseException):
    """No `Exception`: the library turns those into errors of the claim."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer."""

    def stop(*_: object) -> None:
        raise LimitReached

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True)
class Judged:
    """A status, `ERROR` or `NO_END`; why; and the names of the proof gaps."""

    outcome: str
    reason: str
    gaps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason}"


def judged(claim: Claim, *, budget: str = "quick", seconds: float = 60) -> Judged:
    """Judge a claim with seed 0."""
    try:
        with limit(seconds):
            verdict = check(claim, budget=budget, seed=0)
    except LimitReached:
        return Judged(NO_END, f"not judged within {seconds} s")
    except TheorycheckError as error:
        return Judged(ERROR, str(error))
    return Judged(verdict.status, verdict.reason, verdict.gap_names)


def judged_case(file: str, claim_id: str, *, budget: str = "quick") -> Judged:
    """Judge a claim of a case file."""
    try:
        claims = {claim.id: claim for claim in load_file(CASES / f"{file}.py")}
    except TheorycheckError as error:
        return Judged(ERROR, str(error))
    return judged(claims[claim_id], budget=budget)
