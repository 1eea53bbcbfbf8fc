"""Which status the evidence allows: the only place where one is chosen.

Three lines of argument are read from the evidence: a proof (or a cover of a compact set), a refutation, a search. Each of
the first two stands or does not, and what it rests on makes it strong or weak. `TABLE` says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from theorycheck.statement.claims import Claim
from theorycheck.statement.grounds import RestsOn, distinct, grounds_from, weakening
from theorycheck.statement.grounds_of_claims import (
    grounds_of_domains,
    grounds_of_hypotheses,
    grounds_of_instance,
)
from theorycheck.statement.verdicts import Counterexample, Evidence

CONTRADICTION = (
    "a verified derivation and a certified counterexample contradict each other: "
    "the derivation's model of the claim and its formula disagree; please report this"
)
PROOF, COVER = "proved", "certified"
NONE, WEAK, STRONG = "none", "weak", "strong"

TABLE: Mapping[tuple[str, str], str] = {
    # (proof, refutation): status; "" where the search decides
    (STRONG, NONE): "proved",  # or "certified"
    (WEAK, NONE): "conditional",
    (NONE, STRONG): "refuted",
    (NONE, WEAK): "contested",
    (WEAK, STRONG): "refuted",  # one of the things that the proof rests on is false
    (STRONG, STRONG): "inconclusive",
    (STRONG, WEAK): "inconclusive",
    (WEAK, WEAK): "inconclusive",
    (NONE, NONE): "",
}


@dataclass(frozen=True)
class Grade:
    """A status, why, and what it rests on."""

    status: str
    reason: str
    rests_on: tuple[RestsOn, ...] = ()


@dataclass(frozen=True)
class Argument:
    """A line of argument: whether it stands, what it says if so and what fails if not, and its grounds."""

    stands: bool
    reason: str
    rests_on: tuple[RestsOn, ...] = ()
    status: str = ""

    @property
    def strength(self) -> str:
        return NONE if not self.stands else WEAK if weakening(self.rests_on) else STRONG


def grade(
    claim: Claim,
    evidence: Sequence[Evidence],
    counterexample: Counterexample | None,
    cited: Mapping[str, str],
) -> Grade:
    """Choose the status that the evidence allows, and no stronger one.

    Parameters
    ----------
    claim : Claim
    evidence : sequence of Evidence
    counterexample : Counterexample or None
        What a search or a demonstration that found a violation speaks of.
    cited : Mapping[str, str]
        The status of each claim that a link cites, or what is known of it instead.
    """
    found = Found(claim, evidence, counterexample, cited)
    proof, refutation = found.proof(), found.refutation()
    status = TABLE[proof.strength, refutation.strength]
    if status == "inconclusive":
        return Grade(status, CONTRADICTION, distinct((*proof.rests_on, *refutation.rests_on)))
    if status in ("refuted", "contested"):
        return Grade(status, resting(refutation.reason, refutation.rests_on), refutation.rests_on)
    if refutation.reason:
        return Grade("inconclusive", refutation.reason)
    disagreeing = [item for item in found.of("experiment") if item.outcome == "disagrees"]
    if disagreeing:
        measured = "; ".join(f"{item.name}: {item.summary}" for item in disagreeing)
        if claim.kind == "experiment":
            grounds = tuple(RestsOn("experiment", item.name) for item in disagreeing)
            return Grade("contested", measured, grounds)
        return Grade("inconclusive", f"an experiment disagrees, which proves nothing: {measured}")
    if status:
        return Grade(
            proof.status if status == "proved" else status,
            resting(proof.reason, proof.rests_on),
            proof.rests_on,
        )
    return found.search(proof.reason)


def resting(reason: str, grounds: Iterable[RestsOn]) -> str:
    """A reason with all that it rests on."""
    grounds = tuple(grounds)
    weak = "; ".join(map(str, weakening(grounds)))
    others = "; ".join(str(ground) for ground in grounds if not ground.weakens)
    reason += f"; it uses {others}" if others else ""
    return reason + (f"; but it rests on {weak}" if weak else "")


@dataclass(frozen=True)
class Found:
    """The evidence of one claim, read as lines of argument."""

    claim: Claim
    evidence: Sequence[Evidence]
    counterexample: Counterexample | None
    cited: Mapping[str, str]

    def of(self, *kinds: str) -> list[Evidence]:
        return [item for item in self.evidence if item.kind in kinds]

    def proof(self) -> Argument:
        """Our derivation if there is one, else the formula itself."""
        if self.claim.derivation is None:
            for item in self.of("direct proof"):
                status = {"all": PROOF, "box": COVER}.get(str(item.details.get("scope")))
                if item.outcome == "verified" and status:
                    return Argument(True, item.summary, self._proving([item]), status)
            return Argument(False, "")
        links, conclusions = self.of("link"), self.of("conclusion")
        failing = [item for item in links + conclusions if item.outcome != "verified"]
        if failing:
            told = "; ".join(f"{item.name} ({item.summary})" for item in failing)
            return Argument(False, f"the derivation is not verified: {told}")
        if not links or not conclusions:
            return Argument(False, "")
        grounds = self._proving(links + conclusions)
        compared = all(ground.kind != "own conclusion" for ground in grounds)
        end = "the claim" if compared else "what it says that it concludes"
        reason = f"all {len(links)} links of the derivation are verified and it ends in {end}"
        return Argument(True, reason, grounds, PROOF)

    def refutation(self) -> Argument:
        """The strongest of the certified instances of the claim's own formula and the derivation of the contrary."""
        standing = [argument for argument in (*self._instances(), self._contrary()) if argument.stands]
        strong = [argument for argument in standing if argument.strength == STRONG]
        return next(iter([*strong, *standing]), self._contrary())

    def _instances(self) -> Iterator[Argument]:
        for item in self.of("hunt", "demonstration", "direct proof"):
            if self.counterexample is None or item.outcome != "violated":
                continue
            reason = "a counterexample was certified in balls together with its hypotheses"
            if item.kind == "demonstration":
                if not item.details.get("own formula"):
                    continue
                reason = self.claim.refutation.explanation if self.claim.refutation is not None else reason
            yield Argument(True, reason, grounds_of_instance(self.claim, self.counterexample.instance))

    def _contrary(self) -> Argument:
        refutation = self.claim.refutation
        if refutation is None:
            return Argument(False, "")
        links, ends = self.of("contrary link"), self.of("contrary conclusion")
        shown = self.of("demonstration")
        failing = [item for item in links + ends if item.outcome != "verified"]
        failing += [item for item in shown if item.outcome != "violated"]
        if failing or not links or not ends or (refutation.sides is not None and not shown):
            told = "; ".join(f"{item.name} ({item.summary})" for item in failing) or "a part of it is missing"
            return Argument(False, f"the derivation of the contrary is not verified: {told}")
        grounds = distinct((*grounds_of_domains(self.claim), *self._grounds(links + ends)))
        if not any(item.outcome == "verified" for item in self.of("admissible instance")):
            unseen = RestsOn("own conclusion", "that an instance satisfies the hypotheses")
            grounds = grounds if weakening(grounds) else (*grounds, unseen)
        return Argument(True, refutation.explanation, grounds)

    def search(self, missing: str) -> Grade:
        """What remains where nothing is proved or refuted."""
        hunts = [item for item in self.of("hunt") if not item.details.get("vacuous")]
        vacuous = [str(item.details["vacuous"]) for item in self.of("hunt") if item.details.get("vacuous")]
        searches = hunts + self.of("experiment")
        told = [item.summary for item in searches] + [f"the hunt could not have failed: {v}" for v in vacuous]
        summaries = "; ".join(part for part in (*told, missing) if part)
        false_at = [item.summary for item in self.of("direct proof") if "instance" in item.details]
        if false_at:
            return Grade("inconclusive", "; ".join((*(part for part in (summaries,) if part), *false_at)))
        met = all(item.details.get("admissible", 1) for item in hunts)
        if searches and met and all(item.outcome in ("not violated", "agrees") for item in searches):
            measured = (RestsOn("experiment", item.name) for item in self.of("experiment"))
            return Grade("supported", summaries, distinct((*grounds_of_hypotheses(self.claim), *measured)))
        implemented = self.of("implementation")
        if implemented and self.claim.kind in ("definition", "algorithm"):
            return Grade("defined", implemented[0].summary)
        return Grade("inconclusive", summaries or "no evidence decides the claim")

    def _proving(self, evidence: Iterable[Evidence]) -> tuple[RestsOn, ...]:
        return distinct((*grounds_of_domains(self.claim), *self._grounds(evidence)))

    def _grounds(self, evidence: Iterable[Evidence]) -> tuple[RestsOn, ...]:
        """What the claim assumes unprinted, and what the evidence rests on, with the status of each cited claim."""
        found = [*grounds_of_hypotheses(self.claim)]
        for item in evidence:
            found += [self._resolved(ground) for ground in grounds_from(item.details)]
        return distinct(found)

    def _resolved(self, ground: RestsOn) -> RestsOn:
        if ground.kind != "claim":
            return ground
        status = self.cited.get(ground.text, "not judged here")
        return RestsOn("claim", f"{ground.text} ({status})", weakens=status != "proved")
