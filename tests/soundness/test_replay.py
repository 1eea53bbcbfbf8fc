"""Evidence counts for the claim that it was found for: what was edited, or never was in the space, is not replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.soundness.outcomes import CASES
from theorycheck.cli import main

SHIFTED = """from theorycheck import Claim, Space, real
claim = Claim(
    id="replay/edited",
    statement="$x^2 {shift} \\\\ge 0$ for real $x$.",
    space=Space(x=real()),
    sides=lambda xp, x: (x**2 {shift}, 0 * x),
    relation=">=",
)
"""
POSITIVE = """from theorycheck import Claim, Space, real
claim = Claim(
    id="replay/positive",
    statement="$1 + x \\\\ge 0$ for $x \\\\ge 0$.",
    space=Space(x=real(0)),
    sides=lambda xp, x: (1 + x, 0 * x),
    relation=">=",
)
"""


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


def judge(call, file: Path) -> Path:
    result = call("run", file, "--budget", "quick", "--json", "verdicts.json", "--store", "verdicts.sqlite")
    assert result.exit_code == 0, result.output
    return Path("verdicts.json")


@pytest.mark.parametrize("kept", [("--json", "verdicts.json"), ("--store", "verdicts.sqlite")])
def test_evidence_of_a_claim_that_was_edited_since(call, tmp_path, kept) -> None:
    file = tmp_path / "edited.py"
    file.write_text(SHIFTED.format(shift="+ 1"))
    judge(call, file)
    assert call("replay", file, *kept).exit_code == 0
    file.write_text(SHIFTED.format(shift="- 1"))
    assert call("replay", file, *kept).exit_code != 0


def test_a_counterexample_outside_the_space_whose_script_is_not_run(call, tmp_path) -> None:
    file, trace = tmp_path / "positive.py", tmp_path / "the-script-was-run"
    file.write_text(POSITIVE)
    verdicts = judge(call, file)
    data = json.loads(verdicts.read_text())
    data["claims"][0].update(
        status="refuted",
        evidence=[],
        counterexample={
            "instance": {"x": "-5"},
            "left": "-4",
            "right": "0",
            "relation": ">=",
            "bits": 64,
            "script": f"open({str(trace)!r}, 'w').close()",
        },
    )
    verdicts.write_text(json.dumps(data))
    assert call("replay", file, "--json", verdicts).exit_code != 0
    assert not trace.exists()


def test_a_status_that_the_evidence_does_not_give(call, tmp_path) -> None:
    file = tmp_path / "edited.py"
    file.write_text(SHIFTED.format(shift="+ 1"))
    verdicts = judge(call, file)
    data = json.loads(verdicts.read_text())
    data["claims"][0].update(status="certified")
    verdicts.write_text(json.dumps(data))
    assert call("replay", file, "--json", verdicts).exit_code != 0


@pytest.mark.parametrize("name", ["contraction", "strong_cocoercivity"])
def test_proofs_by_points_that_depend_on_parameters_replay(call, name) -> None:
    file = CASES / f"{name}.py"
    judge(call, file)
    result = call("replay", file, "--json", "verdicts.json")
    assert result.exit_code == 0, result.output
