"""Stored evidence verified again, against the claim as its file says it now.

Every check is done again, with the seed, the budget and the backend that are stored: links, conclusions, certificates, the
hunt, the experiments. What comes out must be what is stored, and must give the stored status; a stored counterexample is also
certified by itself. Nothing that a stored file contains is run: the script of a counterexample is written anew.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from theorycheck.deadline import took_longer
from theorycheck.errors import ReplayError, TheorycheckError
from theorycheck.hunting import Found, certify, nothing_so_far, stopped_at
from theorycheck.judging import (
    ENTRIES,
    IN_A_CIRCLE,
    NO_SUCH_CLAIM,
    Check,
    Finding,
    conclude,
    counterexample_of,
    plan,
    run_check,
    undecided_by,
)
from theorycheck.kernel import Refused, from_json
from theorycheck.running.corrections import corrects, missing_hypothesis
from theorycheck.running.fingerprints import statement_fingerprint
from theorycheck.running.run import run
from theorycheck.running.settling import in_circles
from theorycheck.running.store import Store
from theorycheck.settings import BUDGETS, Settings
from theorycheck.showing.json_output import SCHEMA, plain, verdict_from_dict
from theorycheck.spaces import instance_from_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import claim_cited
from theorycheck.statement.verdicts import Counterexample, Evidence, Verdict

SCRIPT_SECONDS = 120
LONGEST_LIMIT = 10**6
"""Seconds that a stored verdict may say a check was stopped after."""
_NOT_REPLAYED = frozenset(
    [
        *("evidence", "counterexample", "missing_hypothesis", "fingerprint", "seconds"),
    ]
)
"""Fields of a verdict that are compared apart, or say nothing of what was found."""


@dataclass(frozen=True)
class Item:
    """What came of one piece of evidence."""

    name: str
    sound: bool
    message: str

    @property
    def mark(self) -> str:
        return "replayed" if self.sound else "NOT REPLAYED"


def find_verdicts(
    claims: Sequence[Claim], settings: Settings, store: Path | None, json_path: Path | None
) -> list[tuple[Claim, Verdict]]:
    """Return each claim with its verdict, and those that it cites: from the store or the JSON file if one is given, else judged.

    Raises
    ------
    ReplayError
        If the store or file has no verdict of a claim, or the file is none of ours.
    """
    with contextlib.ExitStack() as stack:
        known = {} if json_path is None else dict(_from_json(json_path))
        if store is None and json_path is None:
            store = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "judged.sqlite"
            with Store(store) as fresh:
                run(claims, settings, store=fresh)
        opened = None if store is None else stack.enter_context(Store(store, writable=False))

        def stored(claim: Claim) -> Verdict | None:
            return known.get(claim.id) if opened is None else opened.latest(claim.id)

        found = []
        for claim in claims:
            verdict = stored(claim)
            if verdict is None:
                raise ReplayError(f"{store or json_path} holds no verdict of {claim.id}; run it first")
            found.append((claim, verdict))
        return [*found, *_cited_by(found, stored)]


def _cited_by(
    found: Sequence[tuple[Claim, Verdict]], stored: Callable[[Claim], Verdict | None]
) -> Iterator[tuple[Claim, Verdict]]:
    """The claims that are cited, directly or by others: their statuses count if they replay as well."""
    seen = {claim.id for claim, _ in found}
    waiting = list(found)
    while waiting:
        user, verdict = waiting.pop(0)
        for name in verdict.cites:
            claim = None if name in seen else claim_cited(name, user)
            seen.add(name)
            of_claim = None if claim is None else stored(claim)
            if claim is not None and of_claim is not None:
                waiting.append((claim, of_claim))
                yield claim, of_claim


def _from_json(path: Path) -> Iterator[tuple[str, Verdict]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        schema = document.get("schema", 1) if isinstance(document, dict) else None
        if schema is not None and schema != SCHEMA and "claims" in document:
            raise ReplayError(
                f"{path} has schema {schema}, this version replays {SCHEMA}; run the claims again"
            )
        seen: set[str] = set()
        for data in document["claims"]:
            verdict = verdict_from_dict(data)
            problem = _unlike_its_dict(verdict, data)
            if verdict.claim in seen:
                problem = "it stands there twice"
            if problem:
                raise ReplayError(f"{path}: {verdict.claim} is not as run --json writes it: {problem}")
            seen.add(verdict.claim)
            yield verdict.claim, verdict
    except OSError as error:
        raise ReplayError(
            f"cannot read {path}: {error.strerror}; name a file that run --json has written"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReplayError(
            f"{path} is no JSON of theorycheck; name a file that run --json has written"
        ) from error


def _unlike_its_dict(verdict: Verdict, data: Mapping[str, Any]) -> str:
    """Say what a stored verdict says beside or against what a verdict says of itself, or ""."""
    written = plain(verdict.to_dict())
    for key in sorted({*written, *data}):
        if key not in written:
            return f"no verdict has a {key!r:.40}"
        if key not in data or not _same(data[key], written[key]):
            return f"its {key!r} is not what the rest gives"
    names = [item.name for item in verdict.evidence]
    twice = next((name for name in names if names.count(name) > 1), None)
    return "" if twice is None else f"it has the evidence {twice!r:.60} twice"


def _same(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON; 1, 1.0 and true are equal numbers of Python and three values there."""
    return json.dumps(plain(a), sort_keys=True) == json.dumps(plain(b), sort_keys=True)


def replay_verdict(claim: Claim, verdict: Verdict, beside: Sequence[tuple[Claim, Verdict]]) -> Iterator[Item]:
    """Verify everything that the verdict keeps, one item at a time.

    Parameters
    ----------
    claim : Claim
        As it is now.
    verdict : Verdict
        As it was stored.
    beside : sequence of (Claim, Verdict)
        What is replayed with it: of readings, parts, cited claims and corrections no other verdict counts.
    """
    known = {other.id: found for other, found in beside}
    if verdict.fingerprint is None or verdict.fingerprint != statement_fingerprint(claim, verdict.cites):
        yield Item("statement", False, "the claim's files are not those that were judged; run it again")
        return
    settings = Settings(verdict.backend, verdict.budget, verdict.seed)
    try:
        checks = plan(claim, settings, lambda member: _of_member(member, known))
    except TheorycheckError as error:
        yield Item("plan", False, _line(error))
        return
    stored = {item.name: item for item in verdict.evidence}
    for name in sorted({item.name for item in verdict.evidence} ^ {item.name for item in checks}):
        what = "is no check of this claim" if name in stored else "is missing"
        yield Item(name, False, f"this evidence {what}; run the claim again")
    findings: list[Finding] = []
    for item in checks:
        evidence = stored.get(item.name)
        if evidence is None:
            continue
        finding, told = _again(item, claim, verdict, evidence)
        yield from told
        findings.append(finding)
    own = counterexample_of(findings)
    if own is not None:
        yield from _same_counterexample(own, verdict.counterexample)
    elif verdict.counterexample is not None:
        yield Item("counterexample", False, "no evidence certifies it")
    yield from _same_verdict(claim, verdict, settings, findings, known)
    if verdict.missing_hypothesis is not None:
        yield _same_missing_hypothesis(claim, verdict, beside)


def _of_member(member: Claim, known: Mapping[str, Verdict]) -> Verdict:
    if member.id not in known:
        raise ReplayError(f"the verdict of {member.id}, which it is concluded from, is not replayed with it")
    return known[member.id]


# ---- one piece of evidence ---------------------------------------------------------------------------------


def _again(item: Check, claim: Claim, verdict: Verdict, evidence: Evidence) -> tuple[Finding, list[Item]]:
    """Do a check again; return what came out, and what is to be told of it."""
    if "stopped_after" in evidence.details:
        seconds = evidence.details["stopped_after"]
        if item.kind in ENTRIES or type(seconds) not in (int, float) or not 0 < seconds <= LONGEST_LIMIT:
            return Finding(evidence), [Item(item.name, False, f"nothing is stopped after {seconds!r:.40} s")]
    if evidence.kind == "hunt" and evidence.outcome == "violated":
        try:
            found = _certified(claim, verdict.counterexample)
        except TheorycheckError as error:
            return Finding(evidence), [Item("counterexample", False, _line(error))]
        if "stopped_after" in evidence.details:
            return _stopped_at(claim, found, evidence)
    if "stopped_after" in evidence.details:
        return _undecided(item, claim, verdict, evidence)
    try:
        finding = run_check(item, claim, _limit(verdict))
    except TheorycheckError as error:
        return Finding(evidence), [Item(item.name, False, _line(error))]
    return finding, [_compared(finding.evidence, evidence)]


def _undecided(item: Check, claim: Claim, verdict: Verdict, evidence: Evidence) -> tuple[Finding, list[Item]]:
    """A check that had nothing when it was stopped: within the budget's limit it must not find what counts against the claim.

    How many admissible instances a hunt had met by then is taken from the file: that depends on the machine.
    """
    seconds = evidence.details["stopped_after"]
    stopped = undecided_by(item, claim, took_longer(seconds), seconds)
    admissible = evidence.details.get("admissible")
    if item.kind == "hunt" and type(admissible) is int and admissible >= 0:
        stopped = Finding(nothing_so_far(admissible, seconds))
    told = _compared(stopped.evidence, evidence)
    if not told.sound:
        return stopped, [told]
    try:
        again = run_check(item, claim, max(seconds, _limit(verdict)))
    except TheorycheckError as error:
        return stopped, [Item(item.name, False, _line(error))]
    found = again.evidence
    contrary = item.kind.startswith("contrary") and found.outcome == "verified"
    seen = again.counterexample is not None or "instance" in found.details
    if seen or contrary or found.outcome in ("violated", "disagrees"):
        return stopped, [Item(item.name, False, f"it was stopped before what it finds now: {found.summary}")]
    return stopped, [told]


def _stopped_at(claim: Claim, found: Found, evidence: Evidence) -> tuple[Finding, list[Item]]:
    """A violation that was certified when the hunt was stopped: by itself it is all the evidence, no search is done again."""
    result = stopped_at(claim, found, evidence.details["stopped_after"])
    told = [_compared(result.evidence, evidence)]
    return Finding(result.evidence, counterexample=result.counterexample), told


def _limit(verdict: Verdict) -> float:
    """The limit of time of the budget."""
    return Settings(verdict.backend, verdict.budget, verdict.seed).seconds


def _compared(fresh: Evidence, stored: Evidence) -> Item:
    """Whether a check comes out as it is stored; the kernel makes the theorem of a stored certificate again."""
    for part in ("kind", "outcome", "summary", "details"):
        if not _same(getattr(fresh, part), getattr(stored, part)):
            return Item(stored.name, False, f"it is not what the check gives now: another {part}")
    try:
        theorems = [from_json(certificate) for certificate in _certificates(stored)]
    except Refused as error:
        return Item(stored.name, False, f"the kernel refuses its certificate: {error}")
    made = f"; the kernel makes {'; '.join(f'{theorem!r:.200}' for theorem in theorems)}" if theorems else ""
    return Item(stored.name, True, f"done again: {fresh.outcome}{made}")


def _certificates(evidence: Evidence) -> list[Any]:
    """The certificate of a check, or those of the cases that it treats one by one."""
    held = [evidence.details, *evidence.details.get("cases", ())]
    return [one["certificate"] for one in held if one.get("certificate") is not None]


# ---- the counterexample ------------------------------------------------------------------------------------


def _certified(claim: Claim, example: Counterexample | None) -> Found:
    """The violation that the stored instance is of the claim as it is now.

    Raises
    ------
    ReplayError
        If it is none.
    """
    if example is None or claim.sides is None or claim.space is None:
        raise ReplayError("the search found a violation, but no counterexample is stored")
    instance = instance_from_json(example.instance)
    if set(instance) != set(claim.space.names) or not claim.space.admits(instance):
        raise ReplayError("the instance does not lie in the claim's space")
    most = max(budget.max_bits for budget in BUDGETS.values())
    if type(example.bits) is not int or not 0 < example.bits <= most:
        raise ReplayError(f"no budget certifies a violation at {example.bits!r:.40} bits")
    result = certify(claim, instance, max(example.bits, BUDGETS["quick"].max_bits))
    if not result.violated:
        raise ReplayError(f"the instance is not certified to violate the claim: {result.reason}")
    return Found(instance, result)


def _same_counterexample(fresh: Counterexample, stored: Counterexample | None) -> Iterator[Item]:
    yield Item("counterexample", True, f"certified again ({fresh.bits} bits)")
    if stored is None or not _same(fresh.to_dict(), stored.to_dict()):
        yield Item("counterexample", False, "sides, relation or script are not those that the instance gives")
        return
    yield _run_script(fresh)


def _run_script(example: Counterexample) -> Item:
    """Run a script that was written here, a moment ago."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "counterexample.py"
        path.write_text(example.script, encoding="utf-8")
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(path)],
                capture_output=True,
                text=True,
                timeout=SCRIPT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Item("script", False, f"did not end within {SCRIPT_SECONDS} s")
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return Item("script", done.returncode == 0, lines[-1] if lines else f"exit status {done.returncode}")


# ---- the verdict -------------------------------------------------------------------------------------------


def _same_verdict(
    claim: Claim,
    verdict: Verdict,
    settings: Settings,
    findings: Sequence[Finding],
    known: Mapping[str, Verdict],
) -> Iterator[Item]:
    """Conclude again from what was verified; every field must be the stored one."""
    again = replace(verdict, evidence=tuple(finding.evidence for finding in findings))
    cites = {**{name: other.cites for name, other in known.items()}, claim.id: again.cites}
    circles = in_circles(cites)
    cited = {
        name: IN_A_CIRCLE if name in circles else known[name].status if name in known else NO_SUCH_CLAIM
        for name in again.cites
    }
    fresh = conclude(claim, settings, findings, verdict.seconds, cited)
    different = [
        field.name
        for field in fields(Verdict)
        if field.name not in _NOT_REPLAYED
        and not _same(_shown(fresh, field.name), _shown(verdict, field.name))
    ]
    if "status" in different:
        yield Item("status", False, f"the evidence gives {fresh.status}, not {verdict.status}")
    elif different:
        yield Item("verdict", False, f"the evidence gives another {', '.join(different)}")
    else:
        yield Item("status", True, f"the evidence gives {fresh.status}")


def _same_missing_hypothesis(claim: Claim, verdict: Verdict, beside: Sequence[tuple[Claim, Verdict]]) -> Item:
    """Read off again what a correction adds, from the corrections that are replayed too."""
    found = missing_hypothesis(claim, verdict, [pair for pair in beside if corrects(pair[0], claim)])
    if found == verdict.missing_hypothesis:
        return Item("missing hypothesis", True, "read off again from the correction")
    gives = f"give {found!r}" if found is not None else "give none"
    return Item("missing hypothesis", False, f"the corrections that are replayed with it {gives}")


def _shown(verdict: Verdict, name: str) -> Any:
    value = getattr(verdict, name)
    if isinstance(value, tuple):
        return [item.to_dict() if hasattr(item, "to_dict") else item for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
