"""Replay: honest verdicts pass, whatever was altered in claim or file is refused, and nothing of the file is run."""

import copy
import importlib
import json
from pathlib import Path

import pytest

from theorycheck.errors import ReplayError
from theorycheck.running.replaying import find_verdicts, replay_verdict
from theorycheck.running.run import run
from theorycheck.settings import Settings
from theorycheck.showing.json_output import SCHEMA, document, dumps
from theorycheck.statement.loading import load_file

QUICK = Settings(budget="quick")
HUNT = importlib.import_module("theorycheck.hunting.hunt")  # the package has a function of that name
CLAIMS = """
import sympy
from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, derivation, elementary, le

def line(name, sign=1, **more):
    return Claim(id=f"p/{name}", statement=name, space=Space(x=real(0)),
                 sides=lambda xp, x: (-sign * x, x + x**2), **more)

def proof(s):
    return derivation(chain(s.left, le(s.x, elementary("signs")), le(s.right, elementary("a square"))))

def broken(s):
    return derivation(chain(s.left, le(-2 * s.x, elementary("wrong"), "L1"), le(s.right, elementary(""), "L2")))

direct = line("direct")
derived = line("derived", derivation=proof)
printed = line("printed", derivation=proof, printed_proof=broken, expected_proof_gaps=["L1"])
refuted = line("refuted", -2)
entry = Claim(id="p/entry", statement="", readings=[line("entry@a"), line("entry@b", derivation=proof)])
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CLAIMS, encoding="utf-8")
    return path


@pytest.fixture
def judged(mine: Path) -> dict:
    return json.loads(dumps(document(run(load_file(mine), QUICK), QUICK)))


def replayed(mine: Path, data: dict) -> list:
    path = mine.with_suffix(".json")
    path.write_text(json.dumps(data), encoding="utf-8")
    found = find_verdicts(load_file(mine), QUICK, None, path)
    return [(claim.id, item) for claim, verdict in found for item in replay_verdict(claim, verdict, found)]


def refusals(mine: Path, data: dict, name: str) -> list[str]:
    return [
        f"{item.name}: {item.message}"
        for claim, item in replayed(mine, data)
        if not item.sound and claim == name
    ]


def of(data: dict, name: str) -> dict:
    return next(claim for claim in data["claims"] if claim["id"] == name)


def test_honest_verdicts_replay(mine, judged) -> None:
    items = replayed(mine, judged)
    assert [f"{claim} {item}" for claim, item in items if not item.sound] == []
    told = {claim: [item.name for name, item in items if name == claim] for claim, _ in items}
    assert told["p/refuted"] == ["hunt", "direct proof", "counterexample", "script", "status"]
    assert told["p/printed"][-4:] == ["printed link L2", "printed conclusion", "hunt", "status"]
    assert told["p/entry"] == ["reading entry@a", "reading entry@b", "status"]


def test_what_is_judged_now_replays(mine) -> None:
    claims = [claim for claim in load_file(mine) if claim.id in ("p/derived", "p/refuted")]
    for claim, verdict in find_verdicts(claims, QUICK, None, None):
        assert all(item.sound for item in replay_verdict(claim, verdict, []))


def test_an_edited_claim_is_not_the_one_that_was_judged(mine, judged) -> None:
    mine.write_text(CLAIMS.replace("x + x**2", "x - x**2"), encoding="utf-8")
    for name in ("p/direct", "p/derived", "p/entry"):
        assert refusals(mine, judged, name) == [
            "statement: the claim's files are not those that were judged; run it again"
        ]


def test_a_verdict_without_a_fingerprint_is_refused(mine, judged) -> None:
    of(judged, "p/direct")["fingerprint"] = None
    assert refusals(mine, judged, "p/direct")


def test_a_counterexample_must_lie_in_the_space(mine, judged) -> None:
    of(judged, "p/refuted")["counterexample"]["instance"] = {"x": "-5"}
    (first, *_) = refusals(mine, judged, "p/refuted")
    assert first == "counterexample: the instance does not lie in the claim's space"


def test_a_script_that_is_found_is_never_run(mine, judged, tmp_path) -> None:
    marker = tmp_path / "run"
    of(judged, "p/refuted")["counterexample"]["script"] = f"open({str(marker)!r}, 'w').close()"
    assert "sides, relation or script are not" in refusals(mine, judged, "p/refuted")[0]
    assert not marker.exists()


def test_a_certificate_of_another_claim_is_refused(mine, judged) -> None:
    links = [e for e in of(judged, "p/derived")["evidence"] if e["kind"] == "link"]
    links[0]["details"]["certificate"] = copy.deepcopy(links[1]["details"]["certificate"])
    assert refusals(mine, judged, "p/derived")[0].startswith("link 1: it is not what the check gives now")


def test_a_status_that_the_evidence_does_not_give_is_refused(mine, judged) -> None:
    of(judged, "p/refuted")["status"] = "proved"
    assert refusals(mine, judged, "p/refuted") == ["status: the evidence gives refuted, not proved"]
    of(judged, "p/entry")["status"] = "refuted"
    assert refusals(mine, judged, "p/entry") == ["status: the evidence gives proved, not refuted"]


def test_evidence_that_is_left_out_is_missed(mine, judged) -> None:
    claim = of(judged, "p/printed")
    claim["evidence"] = [e for e in claim["evidence"] if e["name"] != "printed link L1"]
    claim["proof_gaps"] = []
    assert refusals(mine, judged, "p/printed")[0].startswith("printed link L1: this evidence is missing")


@pytest.mark.parametrize(
    "field", ["reason", "statement", "hypotheses", "rests_on", "proof_gaps", "note", "uses"]
)
def test_no_other_field_can_be_altered(mine, judged, field) -> None:
    claim = of(judged, "p/printed")
    ground = {"kind": "granted", "text": "nothing", "weakens": False}
    gap = {"link": "L9", "statement": "", "outcome": "failed", "reason": "", "instance": None, "of": ""}
    texts = {"hypotheses": ["x"], "uses": ["p/x"], "rests_on": [ground], "proof_gaps": [gap]}
    claim[field] = texts.get(field, "something else")
    assert refusals(mine, judged, "p/printed") == [f"verdict: the evidence gives another {field}"]


def test_a_reading_that_is_not_replayed_with_its_entry_counts_for_nothing(mine, judged) -> None:
    claim = next(c for c in load_file(mine) if c.id == "p/entry")
    path = mine.with_suffix(".json")
    path.write_text(json.dumps(judged), encoding="utf-8")
    ((_, verdict),) = find_verdicts([claim], QUICK, None, path)
    items = list(replay_verdict(claim, verdict, []))
    assert not items[0].sound and "is not replayed with it" in items[0].message


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1, None])
def test_another_schema_is_refused(mine, judged, schema) -> None:
    data = {**judged, "schema": schema} if schema else {k: v for k, v in judged.items() if k != "schema"}
    with pytest.raises(ReplayError, match="schema"):
        replayed(mine, data)


LACKING = """
from theorycheck import Claim, Space, real, requires

def line(name, *hypotheses, **more):
    return Claim(id=name, statement="", space=Space(x=real()), hypotheses=hypotheses, sides=lambda xp, x: (x, x**2), **more)

printed = line("q/square")
mended = line("q/square-corrected", requires(lambda x: x >= 1, r"x \\ge 1"), corrects="q/square")
"""


@pytest.fixture
def lacking(tmp_path: Path) -> tuple[Path, dict]:
    path = tmp_path / "lacking.py"
    path.write_text(LACKING, encoding="utf-8")
    return path, json.loads(dumps(document(run(load_file(path), QUICK), QUICK)))


def test_a_missing_hypothesis_is_read_off_again(lacking) -> None:
    mine, data = lacking
    assert of(data, "q/square")["missing_hypothesis"].startswith("x \\ge 1, found in the correction")
    assert refusals(mine, data, "q/square") == []
    assert ("q/square", "missing hypothesis") in [(claim, item.name) for claim, item in replayed(mine, data)]


@pytest.mark.parametrize(
    ("claim", "forged"),
    [
        ("q/square", "x \\ge 0, found in the correction q/square-corrected (proved)"),
        ("q/square-corrected", "x \\ge 1, found in the correction q/square-corrected (proved)"),
    ],
)
def test_a_forged_missing_hypothesis_is_refused(lacking, claim, forged) -> None:
    mine, data = lacking
    of(data, claim)["missing_hypothesis"] = forged
    (refused,) = refusals(mine, data, claim)
    assert refused.startswith("missing hypothesis: the corrections that are replayed with it give")


def test_a_missing_hypothesis_counts_only_with_its_correction(lacking) -> None:
    mine, data = lacking
    (claim,) = (c for c in load_file(mine) if c.id == "q/square")
    path = mine.with_suffix(".json")
    path.write_text(json.dumps(data), encoding="utf-8")
    ((_, verdict),) = find_verdicts([claim], QUICK, None, path)
    assert [item.message for item in replay_verdict(claim, verdict, []) if not item.sound] == [
        "the corrections that are replayed with it give none"
    ]


def endless(*arguments):
    while True:
        pass


@pytest.fixture
def stopped(mine, monkeypatch) -> dict:
    """Hunts that were stopped: at p/refuted while it was shrunk, at the others when nothing was found."""
    limited = Settings(budget="quick", timeout=2)
    claims = [claim for claim in load_file(mine) if claim.id in ("p/refuted", "p/direct")]
    with monkeypatch.context() as patched:
        patched.setattr(HUNT, "shrink", endless)
        patched.setattr(HUNT, "worst_instance", endless)
        return json.loads(dumps(document(run(claims, limited), limited)))


def of_hunt(data: dict, name: str) -> dict:
    return next(item for item in of(data, name)["evidence"] if item["kind"] == "hunt")


def stopped_refusals(mine: Path, data: dict, name: str) -> list[str]:
    path = mine.with_suffix(".json")
    path.write_text(json.dumps(data), encoding="utf-8")
    claims = [claim for claim in load_file(mine) if claim.id == name]
    found = find_verdicts(claims, QUICK, None, path)
    return [
        f"{item.name}: {item.message}"
        for claim, verdict in found
        for item in replay_verdict(claim, verdict, found)
        if not item.sound
    ]


def test_a_violation_of_a_stopped_hunt_is_certified_by_itself(mine, stopped) -> None:
    assert "stopped_after" in of_hunt(stopped, "p/refuted")["details"]
    assert of(stopped, "p/refuted")["status"] == "refuted"
    assert stopped_refusals(mine, stopped, "p/refuted") == []


def test_a_stopped_hunt_cannot_be_given_another_violation(mine, stopped) -> None:
    forged = copy.deepcopy(stopped)
    of(forged, "p/refuted")["counterexample"]["instance"] = {"x": "0"}
    assert "not certified to violate" in stopped_refusals(mine, forged, "p/refuted")[0]
    forged = copy.deepcopy(stopped)
    of(forged, "p/refuted")["counterexample"]["instance"] = {"x": "1/2"}
    assert stopped_refusals(mine, forged, "p/refuted")[0].startswith("hunt: it is not what the check gives")
    forged = copy.deepcopy(stopped)
    of_hunt(forged, "p/refuted")["summary"] = "violated everywhere"
    assert stopped_refusals(mine, forged, "p/refuted")


def test_a_hunt_that_was_stopped_finds_no_violation_now(mine, stopped) -> None:
    of_hunt(stopped, "p/direct")["details"]["admissible"] -= 1  # another machine comes less far
    count = of_hunt(stopped, "p/direct")["details"]["admissible"]
    for holder in (of_hunt(stopped, "p/direct"),):
        holder["summary"] = holder["summary"].replace(
            f"{count + 1:,}".replace(",", " "), f"{count:,}".replace(",", " ")
        )
    assert stopped_refusals(mine, stopped, "p/direct") == []
    of_hunt(stopped, "p/direct")["summary"] = "no violation in 1 000 000 000 admissible instances"
    assert stopped_refusals(mine, stopped, "p/direct")


def forged_stop(evidence: dict) -> None:
    """As if a check had been stopped before it found anything."""
    reason = "it took longer than 0.001 s; see --timeout"
    told = f"no violation so far in 14 160 admissible instances; stopped: {reason}"
    is_hunt = evidence["kind"] == "hunt"
    evidence["outcome"] = "unverified"
    evidence["summary"] = told if is_hunt else f"stopped: {reason}"
    evidence["details"] = {"admissible": 14160} if is_hunt else {}
    evidence["details"]["stopped_after"] = 0.001


def test_a_violation_cannot_be_stopped_away(mine, judged) -> None:
    forged = copy.deepcopy(judged)
    verdict = of(forged, "p/refuted")
    for item in verdict["evidence"]:
        forged_stop(item)
    verdict["counterexample"] = None
    refused = refusals(mine, forged, "p/refuted")
    assert any("stopped before what it finds now" in told for told in refused)


@pytest.mark.parametrize("seconds", [0, -1, "1", True, None])
def test_a_stop_has_a_time(mine, judged, seconds) -> None:
    forged = copy.deepcopy(judged)
    (hunt,) = (item for item in of(forged, "p/derived")["evidence"] if item["kind"] == "hunt")
    hunt["details"]["stopped_after"] = seconds
    assert refusals(mine, forged, "p/derived")


@pytest.mark.parametrize(
    ("key", "value"),
    [("as_recorded", False), ("parts", [{"id": "p/x", "status": "proved"}]), ("approved_by", "everybody")],
)
def test_what_a_verdict_says_beside_its_fields_is_compared(mine, judged, key, value) -> None:
    data = copy.deepcopy(judged)
    of(data, "p/derived")[key] = value
    with pytest.raises(ReplayError, match="p/derived is not as run --json writes it"):
        replayed(mine, data)


def test_a_claim_stands_in_the_file_once(mine, judged) -> None:
    data = copy.deepcopy(judged)
    data["claims"].append(copy.deepcopy(of(data, "p/refuted")))
    with pytest.raises(ReplayError, match=r"p/refuted is not .*: it stands there twice"):
        replayed(mine, data)


def test_evidence_stands_in_a_verdict_once(mine, judged) -> None:
    data = copy.deepcopy(judged)
    evidence = of(data, "p/derived")["evidence"]
    evidence.append(copy.deepcopy(evidence[0]))
    with pytest.raises(ReplayError, match="it has the evidence 'link 1' twice"):
        replayed(mine, data)


def test_a_number_is_not_the_truth_that_equals_it(mine, judged) -> None:
    data = copy.deepcopy(judged)
    (proof,) = (item for item in of(data, "p/direct")["evidence"] if item["kind"] == "direct proof")
    assert proof["details"]["certificate"]["kernel"] == 1
    proof["details"]["certificate"]["kernel"] = True
    assert refusals(mine, data, "p/direct") == [
        "direct proof: it is not what the check gives now: another details"
    ]


@pytest.mark.parametrize("bits", [10**9, 0, -64, "64", 64.0, True])
def test_the_precision_of_a_counterexample_is_one_that_a_budget_allows(mine, judged, bits) -> None:
    data = copy.deepcopy(judged)
    of(data, "p/refuted")["counterexample"]["bits"] = bits
    assert any("bits" in told for told in refusals(mine, data, "p/refuted"))


CITING = """
from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le

def twice(s):
    return derivation(chain(s.left, le(s.right, consequence("the square", 2 * hypothesis(s.lemma("p/square", x=s.x))))))

square = Claim(id="p/square", statement="", space=Space(x=real()), sides=lambda xp, x: (2 * x, x * x + 1))
citing = Claim(id="p/citing", statement="", space=Space(x=real()), sides=lambda xp, x: (4 * x, 2 * x * x + 2), derivation=twice)
"""


def test_claims_that_are_cited_are_replayed_too(tmp_path) -> None:
    path = tmp_path / "citing.py"
    path.write_text(CITING, encoding="utf-8")
    data = json.loads(dumps(document(run(load_file(path), QUICK), QUICK)))
    assert of(data, "p/citing")["status"] == "proved"
    stored = path.with_suffix(".json")
    stored.write_text(json.dumps(data), encoding="utf-8")
    (citing,) = (claim for claim in load_file(path) if claim.id == "p/citing")
    found = find_verdicts([citing], QUICK, None, stored)
    assert [claim.id for claim, _ in found] == ["p/citing", "p/square"]
    assert [
        item for claim, verdict in found for item in replay_verdict(claim, verdict, found) if not item.sound
    ] == []
    data["claims"] = [claim for claim in data["claims"] if claim["id"] == "p/citing"]
    stored.write_text(json.dumps(data), encoding="utf-8")
    found = find_verdicts([citing], QUICK, None, stored)
    assert [
        item.name
        for claim, verdict in found
        for item in replay_verdict(claim, verdict, found)
        if not item.sound
    ]


CIRCLES = """
from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le

def from_(cited):
    return lambda s: derivation(chain(s.left, le(s.right, consequence("itself", hypothesis(s.lemma(cited, x=s.x))))))

def claim(name, cited):
    return Claim(id=f"q/{name}", statement="", space=Space(x=real()), sides=lambda xp, x: (x * x, 1 + x * x),
                 derivation=from_(f"q/{cited}"))

itself, one, other = claim("itself", "itself"), claim("one", "other"), claim("other", "one")
"""


def test_a_circle_replays_and_proves_nothing(tmp_path) -> None:
    path = tmp_path / "circles.py"
    path.write_text(CIRCLES, encoding="utf-8")
    claims = load_file(path)
    data = json.loads(dumps(document(run(claims, QUICK), QUICK)))
    stored = path.with_suffix(".json")
    for forged in (False, True):
        for verdict in data["claims"]:
            assert verdict["status"] == "conditional" or forged
            if forged:
                verdict["status"] = "proved"
                verdict["reason"] = "all 1 links of the derivation are verified and it ends in the claim"
                verdict["rests_on"] = [
                    {**ground, "status": "proved"} for ground in verdict["rests_on"] if "status" in ground
                ]
        stored.write_text(json.dumps(data), encoding="utf-8")
        found = find_verdicts(claims, QUICK, None, stored)
        for claim, verdict in found:
            unsound = [item.name for item in replay_verdict(claim, verdict, found) if not item.sound]
            assert unsound == (["status"] if forged else [])
    found = find_verdicts(claims[:1], QUICK, None, None)
    assert [
        item for claim, verdict in found for item in replay_verdict(claim, verdict, found) if not item.sound
    ] == []


@pytest.mark.parametrize("seconds", [-5, 1e300, "x", 10**9])
def test_a_violation_is_not_found_after_such_a_time(mine, stopped, seconds) -> None:
    of_hunt(stopped, "p/refuted")["details"]["stopped_after"] = seconds
    assert "nothing is stopped after" in stopped_refusals(mine, stopped, "p/refuted")[0]
