"""What was found: evidence, counterexample, verdict. Plain data, JSON-ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theorycheck.statement.grounds import RestsOn, grounds_from

STATUSES: dict[str, str] = {
    "proved": "every link of a derivation that ends in the claim's formula was verified by an exact procedure",
    "certified": "a rigorous enclosure covers the whole statement on a stated compact set",
    "conditional": "the links of a proof are verified, but it rests on more than the claim says; the reason lists it",
    "supported": "no violation was found, by an adversarial search among others; never to be called true",
    "refuted": "an instance is certified to satisfy the hypotheses and to violate the conclusion",
    "contested": "a verified derivation or an instance contradicts the claim, but it rests on more; the reason lists it",
    "inconclusive": "the evidence allows none of the other words; the reason says what was missing",
    "defined": "a definition or an algorithm: it has no truth; the entry names what implements and tests it",
}
"""The statuses that a verdict may have; the values are their meanings."""

OUTCOMES: dict[str, str] = {
    "verified": "an exact procedure confirmed it",
    "failed": "it is certainly wrong: a counterexample to it was certified",
    "unverified": "it could not be decided; nothing is concluded from it",
    "not violated": "a search found no violation",
    "violated": "a certified violation was found",
    "implemented": "the named function exists and its self-check passed",
    "agrees": "an experiment agrees with the claim, by its criterion",
    "disagrees": "an experiment disagrees with the claim, by its criterion",
    "undecided": "an experiment decides nothing, by its criterion",
    "not compared": "nothing formal says what it should be compared with",
}
"""What one piece of evidence may say."""


@dataclass(frozen=True)
class Evidence:
    """One thing that was done, and what came out.

    Attributes
    ----------
    kind : str
        "link" and "conclusion" (of our derivation), "printed link" and "printed conclusion" (of the paper's proof),
        "contrary link", "contrary conclusion" and "demonstration" (of a refutation), "admissible instance", "hunt",
        "direct proof", "experiment", "reading", "part", "implementation".
    name : str
        Unique within the claim: "link 2", "printed link L3", "hunt".
    outcome : str
        A key of `OUTCOMES`.
    summary : str
        One line for people.
    details : Mapping[str, Any]
        JSON-ready: certificate, formulas in LaTeX, counts, the worst instance, …
    seconds : float
        Wall time; not part of a replay.
    """

    kind: str
    name: str
    outcome: str
    summary: str
    details: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {self.outcome!r}; known: {', '.join(OUTCOMES)}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "outcome": self.outcome,
            "summary": self.summary,
            "details": dict(self.details),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Counterexample:
    """An instance that certainly satisfies the hypotheses and certainly violates the conclusion.

    Attributes
    ----------
    instance : Mapping[str, Any]
        JSON form of the instance (`theorycheck.spaces.instance_to_json`): exact rationals as strings "p/q".
    left, right : str
        Enclosures of the two sides.
    relation : str
        The relation that the claim asserts between them.
    bits : int
        Working precision at which the violation was certified.
    script : str
        Source of a stand-alone script that reproduces both sides with NumPy only.
    """

    instance: Mapping[str, Any]
    left: str
    right: str
    relation: str
    bits: int
    script: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "instance": dict(self.instance),
            "left": self.left,
            "right": self.right,
            "relation": self.relation,
            "bits": self.bits,
            "script": self.script,
        }


@dataclass(frozen=True)
class ProofGap:
    """A link of the printed proof that does not hold as printed (or could not be certified).

    Attributes
    ----------
    link : str
        Its name in the catalogue ("L2"); "conclusion" where the printed proof does not end in the claim.
    statement : str
        The link in LaTeX.
    outcome : str
        "failed" (certainly wrong, `instance` breaks it) or "unverified".
    reason : str
        One line.
    instance : Mapping[str, Any] or None
        An instance that breaks the link.
    of : str
        The id of the reading or part whose gap it is, where it shows on their entry; "" for a claim's own.
    """

    link: str
    statement: str
    outcome: str
    reason: str
    instance: Mapping[str, Any] | None = None
    of: str = ""

    @property
    def name(self) -> str:
        """The link, and whose it is if that is another claim's."""
        return f"{self.link} ({self.of})" if self.of else self.link

    def to_dict(self) -> dict[str, Any]:
        return {
            "link": self.link,
            "statement": self.statement,
            "outcome": self.outcome,
            "reason": self.reason,
            "instance": None if self.instance is None else dict(self.instance),
            "of": self.of,
        }


@dataclass(frozen=True)
class Sharpness:
    """The largest ratio left/right that the hunt met, and where (a float64 observation, not a certificate)."""

    ratio: float
    instance: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {"ratio": self.ratio, "instance": dict(self.instance)}


@dataclass(frozen=True)
class Verdict:
    """What the evidence allows to be said of one claim, and no more.

    `rests_on` lists all that the status needs beside the hypotheses as printed and the library's procedures;
    `missing_hypothesis` is what a correction of the claim adds, where a run has judged one; `fingerprint` is the digest of
    the claim as it was judged, for `replay`.
    """

    claim: str
    paper: str
    label: str
    kind: str
    status: str
    expected: str | None
    reason: str
    statement: str
    printed: str
    hypotheses: tuple[str, ...]
    uses: tuple[str, ...]
    corrects: str | None
    note: str
    proof_gaps: tuple[ProofGap, ...]
    expected_proof_gaps: tuple[str, ...]
    sharpness: Sharpness | None
    counterexample: Counterexample | None
    evidence: tuple[Evidence, ...]
    seed: int
    budget: str
    backend: str
    versions: Mapping[str, str]
    seconds: float
    rests_on: tuple[RestsOn, ...] = ()
    missing_hypothesis: str | None = None
    preferred: tuple[str, str] | None = None
    fingerprint: str | None = None
    formal: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"unknown status {self.status!r}; known: {', '.join(STATUSES)}")

    @property
    def as_recorded(self) -> bool:
        """Whether status and proof gaps are those that the claim's file records (True if it records none)."""
        if self.expected is None:
            return True
        return self.status == self.expected and self.gap_names == self.expected_proof_gaps

    @property
    def gap_names(self) -> tuple[str, ...]:
        """The claim's own proof gaps; those of its readings and parts are recorded with them."""
        return tuple(gap.link for gap in self.proof_gaps if not gap.of)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Id and status of each part of a statement with several conclusions."""
        return tuple(
            (str(item.details["id"]), str(item.details["status"]))
            for item in self.evidence
            if item.kind == "part"
        )

    @property
    def cites(self) -> tuple[str, ...]:
        """Ids of the claims that its links cite."""
        own = [item for item in self.evidence if item.kind not in ("reading", "part")]
        grounds = (ground for item in own for ground in grounds_from(item.details))
        return tuple(dict.fromkeys(ground.text for ground in grounds if ground.kind == "claim"))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form (see the README for the keys)."""
        return {
            "id": self.claim,
            "paper": self.paper,
            "label": self.label,
            "kind": self.kind,
            "status": self.status,
            "expected": self.expected,
            "as_recorded": self.as_recorded,
            "reason": self.reason,
            "rests_on": [ground.to_dict() for ground in self.rests_on],
            "missing_hypothesis": self.missing_hypothesis,
            "parts": [{"id": part, "status": status} for part, status in self.parts],
            "preferred": None if self.preferred is None else list(self.preferred),
            "statement": self.statement,
            "formal": self.formal,
            "printed": self.printed,
            "hypotheses": list(self.hypotheses),
            "uses": list(self.uses),
            "corrects": self.corrects,
            "note": self.note,
            "proof_gaps": [gap.to_dict() for gap in self.proof_gaps],
            "expected_proof_gaps": list(self.expected_proof_gaps),
            "sharpness": None if self.sharpness is None else self.sharpness.to_dict(),
            "counterexample": None if self.counterexample is None else self.counterexample.to_dict(),
            "evidence": [item.to_dict() for item in self.evidence],
            "seed": self.seed,
            "budget": self.budget,
            "backend": self.backend,
            "versions": dict(self.versions),
            "seconds": round(self.seconds, 3),
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """Rebuild a verdict from its JSON form (as the store keeps it)."""
        sharpness, counterexample = data["sharpness"], data["counterexample"]
        return cls(
            claim=data["id"],
            paper=data["paper"],
            label=data["label"],
            kind=data["kind"],
            status=data["status"],
            expected=data["expected"],
            reason=data["reason"],
            statement=data["statement"],
            printed=data["printed"],
            hypotheses=tuple(data["hypotheses"]),
            uses=tuple(data["uses"]),
            corrects=data["corrects"],
            note=data["note"],
            proof_gaps=tuple(ProofGap(**gap) for gap in data["proof_gaps"]),
            expected_proof_gaps=tuple(data["expected_proof_gaps"]),
            sharpness=None if sharpness is None else Sharpness(**sharpness),
            counterexample=None if counterexample is None else Counterexample(**counterexample),
            evidence=tuple(Evidence(**item) for item in data["evidence"]),
            seed=data["seed"],
            budget=data["budget"],
            backend=data["backend"],
            versions=data["versions"],
            seconds=data["seconds"],
            rests_on=tuple(RestsOn(**ground) for ground in data["rests_on"]),
            missing_hypothesis=data["missing_hypothesis"],
            preferred=None if data["preferred"] is None else (data["preferred"][0], data["preferred"][1]),
            fingerprint=data["fingerprint"],
            formal=data.get("formal", ""),
        )

    def __str__(self) -> str:
        from theorycheck.showing.display import verdict_text

        return verdict_text(self)

    def _repr_html_(self) -> str:
        from theorycheck.showing.display import verdict_html

        return verdict_html(self)

    def _repr_latex_(self) -> str:
        from theorycheck.showing.display import verdict_latex

        return verdict_latex(self)
