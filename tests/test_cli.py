"""The command line: what it prints, writes and returns."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.claim_files import definition, entry, write
from theorycheck import __version__
from theorycheck.cli import main


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write(
        tmp_path / "mine.py",
        definition("mine/a"),
        entry("mine/e", [definition("mine/e@a"), definition("mine/e@b")]),
    )


def test_run_leaves_json_report_and_store_and_exits_0(call, mine, tmp_path) -> None:
    result = call("run", mine, "--json", "out.json", "--store", "s.sqlite", "--seed", 3, "--budget", "quick")
    assert result.exit_code == 0, result.output
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert list(data) == ["schema", "theorycheck", "seed", "backend", "budget", "claims"]
    assert (data["theorycheck"], data["seed"], data["backend"], data["budget"]) == (
        __version__,
        3,
        "numpy",
        "quick",
    )
    assert [claim["id"] for claim in data["claims"]] == ["mine/a", "mine/e", "mine/e@a", "mine/e@b"]
    needed = {
        "id",
        "paper",
        "label",
        "kind",
        "status",
        "expected",
        "proof_gaps",
        "sharpness",
        "counterexample",
    }
    assert all(needed | {"evidence", "seconds"} <= set(claim) for claim in data["claims"])
    assert "theorycheck-report/index.html" in result.stdout
    assert (tmp_path / "theorycheck-report" / "index.html").is_file()
    assert not list(tmp_path.glob(".out.json*"))
    again = call("run", mine, "--store", "s.sqlite", "--seed", 3, "--budget", "quick")
    assert "3 verdicts were taken from the store" in again.stdout


def test_a_verdict_that_is_not_as_recorded_exits_1(call, tmp_path) -> None:
    path = write(tmp_path / "m.py", definition("mine/a", expected="proved"), definition("mine/b"))
    result = call("run", path, "--report", "pages")
    assert result.exit_code == 1
    assert "mine/a: defined, recorded proved" in result.stdout
    assert (tmp_path / "pages" / "index.html").is_file()


def test_a_claim_that_fails_exits_2_after_the_others_were_written(call, tmp_path) -> None:
    path = write(tmp_path / "m.py", definition("mine/bad", implements="no:f"), definition("mine/b"))
    result = call("run", path, "--json", "out.json")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [claim["id"] for claim in data["claims"]] == ["mine/b"]
    assert data["errors"] == [result.stderr.strip().removeprefix("theorycheck: ")]


def test_list(call, mine) -> None:
    lines = call("list", mine).stdout.splitlines()
    assert [line.split()[:3] for line in lines][:2] == [
        ["mine/a", "definition", "defined"],
        ["mine/e", "definition", "defined"],
    ]
    rows = json.loads(call("list", "--json", mine).stdout)
    assert rows[1]["readings"] == ["mine/e@a", "mine/e@b"]


def test_show_runs_nothing(call, tmp_path, monkeypatch) -> None:
    from theorycheck import judging as checking

    monkeypatch.setattr(checking, "judge", None)
    path = tmp_path / "m.py"
    path.write_text(
        "from theorycheck import Claim, Space, real, requires\n\n"
        "def sides(xp, x, y):\n    return x, y\n\n"
        "c = Claim(id='mine/a', statement='$x \\\\le y$', printed='Lemma 1',\n"
        "    space=Space(x=real(), y=real()), sides=sides, uses=['mine/b'],\n"
        "    hypotheses=[requires(lambda x, y: x <= y, 'x at most y')],\n"
        "    note='A [note] in brackets.', expected='proved', expected_proof_gaps=['L2'])\n",
        encoding="utf-8",
    )
    result = call("show", path)
    assert result.exit_code == 0
    for part in ("Lemma 1", r"$x \le y$", "x at most y", "x; y", "left <= right", "(line 3)", "uses: mine/b"):
        assert part in result.stdout
    assert "A [note] in brackets." in result.stdout
    assert "proved, proof gaps L2" in result.stdout


def test_show_and_replay_read_the_store(call, mine) -> None:
    call("run", mine, "--store", "s.sqlite", "--json", "out.json")
    assert "mine/a: defined" in call("show", f"{mine}::mine/a", "--store", "s.sqlite").stdout
    for source in ("--store", "s.sqlite"), ("--json", "out.json"), ():
        result = call("replay", f"{mine}::mine/a", *source)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("mine/a: defined\n")


def test_version_and_help(call) -> None:
    assert call("--version").stdout == f"theorycheck {__version__}\n"
    assert "TARGETS" in call("--help").stdout
    assert "--workers" in call("run", "--help").stdout


def test_a_full_disk_at_the_end_keeps_the_store(call, mine, tmp_path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    result = call("run", mine, "--json", "/dev/full", "--store", "s.sqlite")
    assert result.exit_code == 2
    assert "cannot be written: No space left" in result.stderr
    assert "3 verdicts were taken from the store" in call("run", mine, "--store", "s.sqlite").stdout


def test_a_failed_write_keeps_the_older_json(tmp_path, monkeypatch) -> None:
    from theorycheck.errors import OutputError
    from theorycheck.showing import json_output

    path = tmp_path / "out.json"
    path.write_text("older", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        json_output.write(path, {"a": 1})
    assert path.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_strict_whatever_the_evidence_holds() -> None:
    from fractions import Fraction

    import numpy as np

    from theorycheck.showing.json_output import dumps

    value = {"a": float("nan"), "b": (Fraction(1, 3), np.float64("inf")), "c": np.arange(2), 1: None}
    assert json.loads(dumps(value), parse_constant=pytest.fail) == {
        "a": "nan",
        "b": ["1/3", "inf"],
        "c": [0, 1],
        "1": None,
    }


WAITS = """\
import pathlib, threading
pathlib.Path(__file__).with_name("waiting").touch()
threading.Event().wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a terminal's Ctrl-C: SIGINT to the process group")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_finished(tmp_path, workers) -> None:
    (tmp_path / "waits_for_ctrl_c.py").write_text(WAITS, encoding="utf-8")
    path = write(
        tmp_path / "m.py", definition("mine/a"), definition("mine/b", implements="waits_for_ctrl_c:x")
    )
    command = [
        sys.executable,
        "-m",
        "theorycheck",
        "run",
        str(path),
        "--json",
        "out.json",
        "--store",
        "s.sqlite",
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    process = subprocess.Popen(
        [*command, "--workers", str(workers)],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = (
        time.monotonic() + 300
    )  # starting Python and importing takes a second or two, much longer under load
    assert process.stdout is not None
    assert process.stdout.readline().startswith("defined       mine/a")
    while not (tmp_path / "waiting").exists():
        assert process.poll() is None and time.monotonic() < deadline
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert len(errors.splitlines()) == 1 and "interrupted" in errors
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert data["interrupted"] is True
    assert [claim["id"] for claim in data["claims"]] == ["mine/a"]
    result = CliRunner().invoke(main, ["show", f"{path}::mine/a", "--store", str(tmp_path / "s.sqlite")])
    assert "mine/a: defined" in result.stdout
