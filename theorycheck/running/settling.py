"""From evidence to final verdicts: a claim waits for those that it cites, an entry for its readings and parts.

Evidence is found claim by claim, in any order and in any process. What it allows to be said may depend on other verdicts,
so that a verdict is final only when those are. Claims that cite each other in a circle prove nothing of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from theorycheck.errors import TheorycheckError
from theorycheck.judging import IN_A_CIRCLE, NO_SUCH_CLAIM, judge, regraded
from theorycheck.running.corrections import corrects, missing_hypothesis
from theorycheck.running.fingerprints import statement_fingerprint
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import claim_cited
from theorycheck.statement.verdicts import Verdict

NOT_JUDGED = "could not be judged"


class Settling:
    """The verdicts of a run on their way.

    Parameters
    ----------
    claims : iterable of Claim
        All that the run judges, readings and parts before their entries.
    settings : Settings
    on_settled : callable
        Called with each claim and its final verdict.

    Attributes
    ----------
    settled : dict of Verdict
        The final verdicts by claim id.
    failures : list of str
        One line for each entry that could not be concluded.
    """

    def __init__(
        self, claims: Iterable[Claim], settings: Settings, on_settled: Callable[[Claim, Verdict], None]
    ) -> None:
        self.settled: dict[str, Verdict] = {}
        self.failures: list[str] = []
        self._claims = {claim.id: claim for claim in claims}
        self._open = dict.fromkeys(self._claims)  # neither settled nor lost, in order
        self._correcting: dict[str, list[Claim]] = {}
        for claim in self._claims.values():
            if claim.corrects is not None:
                self._correcting.setdefault(claim.corrects, []).append(claim)
        self._settings = settings
        self._on_settled = on_settled
        self._judged: dict[str, Verdict] = {}
        self._lost: set[str] = set()
        self._unknown: set[str] = set()
        self._in_circles: set[str] = set()

    def add(self, claim: Claim, verdict: Verdict) -> None:
        """Take in what was found of a claim, and settle whatever that allows."""
        self._take(claim)
        self._judged[claim.id] = verdict
        self._settle()

    def wanted(self) -> list[Claim]:
        """The claims that are cited and belong to nobody's targets, each once; they are to be judged as well."""
        found = []
        for claim_id, verdict in self._judged.items():
            for name in verdict.cites:
                if name in self._claims or name in self._unknown:
                    continue
                claim = claim_cited(name, self._claims[claim_id])
                if claim is None:
                    self._unknown.add(name)
                else:
                    self._take(claim)
                    found.append(claim)
        return [claim for top in found for claim in (*top.members, top) if not claim.members]

    def _take(self, claim: Claim) -> None:
        if claim.id not in self._claims:
            self._claims[claim.id] = claim
            self._open[claim.id] = None

    def finish(self) -> None:
        """Settle the rest: what no verdict was found of is lost, circles are named."""
        for claim in list(self._claims.values()):
            if claim.id not in self._judged and not claim.members:
                self._lose(claim)
        self._settle()
        while waiting := [name for name in self._judged if name not in self.settled]:
            circle = [
                name for name in waiting if name in in_circles({n: self._judged[n].cites for n in waiting})
            ]
            self._in_circles.update(circle)
            for name in circle or waiting:  # without a circle, one waits for a correction that cites it
                self._settle_leaf(self._claims[name])
            self._settle()

    def _settle(self) -> None:
        settled_one = True
        while settled_one:
            settled_one = False
            for claim in [self._claims[name] for name in self._open]:
                if claim.members:
                    settled_one |= self._settle_entry(claim)
                elif claim.id in self._judged and all(map(self._is_final, self._waits_for(claim))):
                    self._settle_leaf(claim)
                    settled_one = True

    def _waits_for(self, claim: Claim) -> list[str]:
        return [*self._judged[claim.id].cites, *(other.id for other in self._corrections(claim))]

    def _corrections(self, claim: Claim) -> list[Claim]:
        return [other for other in self._correcting.get(claim.id, ()) if corrects(other, claim)]

    def _is_final(self, name: str) -> bool:
        return name in self.settled or name in self._lost or name in self._unknown

    def _settle_leaf(self, claim: Claim) -> None:
        verdict = self._judged[claim.id]
        if verdict.cites:
            verdict = regraded(claim, verdict, {name: self._status(name) for name in verdict.cites})
        pairs = [
            (other, self.settled[other.id]) for other in self._corrections(claim) if other.id in self.settled
        ]
        self._keep(claim, replace(verdict, missing_hypothesis=missing_hypothesis(claim, verdict, pairs)))

    def _status(self, name: str) -> str:
        if name in self._in_circles:
            return IN_A_CIRCLE
        if name in self.settled:
            return self.settled[name].status
        return NOT_JUDGED if name in self._lost else NO_SUCH_CLAIM

    def _settle_entry(self, claim: Claim) -> bool:
        if any(member.id in self._lost for member in claim.members):
            self._lose(claim)
            return True
        if not all(member.id in self.settled for member in claim.members):
            return False
        try:
            verdict = judge(claim, self._settings, lambda member: self.settled[member.id], {})
        except TheorycheckError as error:
            self.failures.append(str(error))
            self._lose(claim)
        else:
            self._keep(claim, replace(verdict, fingerprint=statement_fingerprint(claim)))
        return True

    def _lose(self, claim: Claim) -> None:
        self._lost.add(claim.id)
        self._open.pop(claim.id, None)

    def _keep(self, claim: Claim, verdict: Verdict) -> None:
        self._open.pop(claim.id, None)
        self.settled[claim.id] = verdict
        self._on_settled(claim, verdict)


def in_circles(cites: Mapping[str, Sequence[str]]) -> set[str]:
    """The claims that cite themselves, directly or through others; of every claim the ids that it cites are given."""
    return {name for name in cites if name in _reached(name, cites)}


def _reached(start: str, cites: Mapping[str, Sequence[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for name in cites.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached
