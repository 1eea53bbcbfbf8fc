"""Stored evidence verified again: certificates, counterexamples in balls, the stand-alone scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theorycheck.errors import ReplayError, TheorycheckError
from theorycheck.settings import BUDGETS, Settings
from theorycheck.showing.json_output import verdict_from_dict
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample, Verdict

SCRIPT_SECONDS = 120


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
) -> Iterator[tuple[Claim, Verdict]]:
    """Yield each claim with its verdict: from the store or the JSON file if one is given, else judged now.

    Raises
    ------
    ReplayError
        If the store or file has no verdict of a claim, or the file is none of ours.
    """
    if store is not None:
        from theorycheck.running.store import Store

        with Store(store, writable=False) as opened:
            known = {claim.id: opened.latest(claim.id) for claim in claims}
    elif json_path is not None:
        known = dict(_from_json(json_path))
    else:
        from theorycheck.judging import judge

        for claim in claims:
            yield claim, judge(claim, settings)
        return
    for claim in claims:
        verdict = known.get(claim.id)
        if verdict is None:
            raise ReplayError(f"{store or json_path} holds no verdict of {claim.id}; run it first")
        yield claim, verdict


def _from_json(path: Path) -> Iterator[tuple[str, Verdict]]:
    try:
        for data in json.loads(path.read_text(encoding="utf-8"))["claims"]:
            yield data["id"], verdict_from_dict(data)
    except OSError as error:
        raise ReplayError(
            f"cannot read {path}: {error.strerror}; name a file that run --json has written"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReplayError(
            f"{path} is no JSON of theorycheck; name a file that run --json has written"
        ) from error


def replay_verdict(claim: Claim, verdict: Verdict) -> Iterator[Item]:
    """Verify everything that the verdict keeps, one item at a time."""
    from theorycheck.derivations.replay import replay_certificate

    count = 0
    for evidence in verdict.evidence:
        for certificate in _certificates(evidence.details):
            count += 1
            kind = str(certificate.get("type"))
            try:
                replay_certificate(certificate)
            except TheorycheckError as error:
                yield Item(evidence.name, False, " ".join(str(error).split()))
            else:
                yield Item(evidence.name, True, f"certificate verified ({kind})")
    if verdict.counterexample is not None:
        yield _certify_again(claim, verdict.counterexample)
        yield _run_script(verdict.counterexample)
    elif count == 0:
        yield Item(
            "evidence", True, "nothing is stored that could be verified without running the check again"
        )


def _certificates(details: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    certificate = details.get("certificate", details if "type" in details else None)
    if isinstance(certificate, Mapping) and "type" in certificate:
        yield certificate


def _certify_again(claim: Claim, example: Counterexample) -> Item:
    name = "counterexample"
    bits = max(example.bits, BUDGETS["quick"].max_bits)
    try:
        if claim.sides is not None and claim.space is not None:
            from theorycheck.hunting.certify import certify
            from theorycheck.spaces import instance_from_json

            result = certify(claim, instance_from_json(example.instance), bits)
            return Item(name, result.violated, f"{result.reason} ({result.bits} bits)")
        from theorycheck.hunting import demonstrate

        evidence, _ = demonstrate(claim, Settings())
        return Item(name, evidence.outcome == "violated", evidence.summary)
    except TheorycheckError as error:
        return Item(name, False, " ".join(str(error).split()))


def _run_script(example: Counterexample) -> Item:
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
