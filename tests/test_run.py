"""Runs: the same verdicts whatever the workers, nothing finished lost, one line a failure."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.claim_files import definition, entry, write
from theorycheck.errors import BackendError, BudgetError, RunError
from theorycheck.running import run as run_module
from theorycheck.running.run import run
from theorycheck.running.store import Store
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import load_file, resolve

KILLER = """\
import os, signal, multiprocessing
if multiprocessing.parent_process():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def timeless(verdicts) -> list[dict]:
    data = json.loads(json.dumps([verdict.to_dict() for verdict in verdicts]))
    for item in data:
        item.pop("seconds")
        for evidence in item["evidence"]:
            evidence.pop("seconds")
    return data


@pytest.fixture
def claims(tmp_path: Path) -> tuple[Claim, ...]:
    path = write(
        tmp_path / "mine.py",
        entry("p/e", [definition("p/e@a"), definition("p/e@b")]),
        *[definition(f"p/d{number}") for number in range(4)],
    )
    return resolve([str(path)])


def test_workers_and_executors_change_nothing(claims) -> None:
    alone = run(claims, Settings())
    assert [verdict.claim for verdict in alone] == [claim.id for claim in claims]
    assert timeless(run(claims, Settings(), workers=2)) == timeless(alone)
    with ThreadPoolExecutor(2) as executor:
        assert timeless(run(claims, Settings(), executor=executor)) == timeless(alone)
        executor.submit(int).result()  # it was not shut down


def test_an_entry_is_concluded_from_readings_that_are_judged_once(claims, monkeypatch) -> None:
    judged = []
    judge = run_module.judge

    def counting(claim, *rest, **more):
        judged.append(claim.id)
        return judge(claim, *rest, **more)

    monkeypatch.setattr(run_module, "judge", counting)
    entry_alone = [claim for claim in claims if claim.id == "p/e"]
    (verdict,) = run(entry_alone, Settings())
    assert judged == ["p/e@a", "p/e@b"]
    assert verdict.status == "defined"
    assert [item.details["id"] for item in verdict.evidence] == ["p/e@a", "p/e@b"]


def test_a_second_run_takes_everything_from_the_store(claims, tmp_path, monkeypatch) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        first = run(claims, Settings(), store=store)
    monkeypatch.setattr(run_module, "judge", None)  # judging would fail
    seen: list[str] = []
    with Store(tmp_path / "s.sqlite") as store:
        second = run(claims, Settings(), store=store, on_verdict=lambda verdict: seen.append(verdict.claim))
    assert timeless(second) == timeless(first)
    assert sorted(seen) == sorted(claim.id for claim in claims)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_claim_costs_no_other_its_verdict(tmp_path, workers) -> None:
    path = write(
        tmp_path / "m.py", definition("p/a"), definition("p/bad", implements="no:f"), definition("p/c")
    )
    with Store(tmp_path / "s.sqlite") as store, pytest.raises(RunError) as caught:
        run(load_file(path), Settings(), workers=workers, store=store)
    assert [verdict.claim for verdict in caught.value.verdicts] == ["p/a", "p/c"]
    (line,) = caught.value.failures
    assert line.startswith("p/bad: ")
    with Store(tmp_path / "s.sqlite", writable=False) as store:
        assert store.latest("p/c") is not None


def test_an_entry_whose_reading_fails_has_no_verdict_and_no_second_line(tmp_path) -> None:
    path = write(
        tmp_path / "m.py", entry("p/e", [definition("p/e@a", implements="no:f"), definition("p/e@b")])
    )
    with pytest.raises(RunError) as caught:
        run(load_file(path), Settings())
    assert len(caught.value.failures) == 1
    assert [verdict.claim for verdict in caught.value.verdicts] == ["p/e@b"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_killed_worker_is_named_and_the_others_are_judged(tmp_path) -> None:
    (tmp_path / "kills_its_worker.py").write_text(KILLER, encoding="utf-8")
    claims = load_file(
        write(
            tmp_path / "m.py",
            definition("p/a"),
            definition("p/killer", implements="kills_its_worker:os"),
            *[definition(f"p/d{number}") for number in range(3)],
        )
    )
    with pytest.raises(RunError) as caught:
        run(claims, Settings(), workers=2)
    (line,) = caught.value.failures
    assert line.startswith("p/killer: its worker process was killed")
    assert [verdict.claim for verdict in caught.value.verdicts] == ["p/a", "p/d0", "p/d1", "p/d2"]


def test_a_claim_of_this_process_is_judged_here(tmp_path) -> None:
    here = Claim(id="p/here", statement="", kind="definition", implements=["math:sqrt"])
    there = load_file(write(tmp_path / "m.py", definition("p/a")))[0]
    assert [verdict.claim for verdict in run([here, there], Settings(), workers=2)] == ["p/here", "p/a"]


def test_a_missing_backend_or_worker_is_an_error_before_anything_runs(claims) -> None:
    seen: list[str] = []
    with pytest.raises(BackendError):
        run(claims, Settings(backend="abacus"), on_verdict=lambda verdict: seen.append(verdict.claim))
    with pytest.raises(BudgetError, match="one worker"):
        run(claims, Settings(), workers=0)
    assert seen == []


def test_formulas_that_raise_are_named_with_their_line(tmp_path, monkeypatch) -> None:
    from theorycheck import judging as checking

    path = tmp_path / "m.py"
    path.write_text(
        "from theorycheck import Claim, Space, real\n"
        "def sides(xp, x):\n"
        "    return x, x.no_such_method()\n"
        "c = Claim(id='p/a', statement='', space=Space(x=real(0, 1)), sides=sides)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(checking, "_hunt", lambda claim, *_: claim.sides(None, 1.0))
    with pytest.raises(RunError, match=r"p/a: hunt fails with AttributeError: .*m\.py:3\)"):
        run(load_file(path), Settings())


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_workers_end_with_their_parent(tmp_path) -> None:
    """A parent killed by SIGKILL can stop nobody; its worker has to notice."""
    waiting = "import os, multiprocessing, threading, pathlib\n"
    waiting += "if multiprocessing.parent_process():\n"
    waiting += "    pathlib.Path(__file__).with_name('pid').write_text(str(os.getpid()))\n"
    waiting += "    threading.Event().wait()\n"
    (tmp_path / "waits_for_ever.py").write_text(waiting, encoding="utf-8")
    path = write(tmp_path / "m.py", definition("p/a", implements="waits_for_ever:os"), definition("p/b"))
    code = (
        "from theorycheck.running.run import run; from theorycheck.statement.loading import load_file\n"
        "from theorycheck.settings import Settings\n"
        f"if __name__ == '__main__':\n    run(load_file({str(path)!r}), Settings(), workers=2)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    pid_file = tmp_path / "pid"
    deadline = time.monotonic() + 60  # starting Python and importing takes a second or two
    while not (pid_file.exists() and pid_file.read_text()):
        assert parent.poll() is None and time.monotonic() < deadline
    pid = int(pid_file.read_text())
    parent.kill()
    parent.wait()
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return  # ended; whoever adopted it has not collected it yet
    pytest.fail("the worker outlived its parent")
