"""The store: what it finds again, and which files it refuses."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.claim_files import definition, write
from theorycheck.errors import StoreError
from theorycheck.judging import judge
from theorycheck.running.store import SCHEMA, Store
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import load_file
from theorycheck.statement.verdicts import Evidence, Sharpness, Verdict


@pytest.fixture
def claim(tmp_path: Path) -> Claim:
    return load_file(write(tmp_path / "mine.py", definition("p/a")))[0]


@pytest.fixture
def verdict(claim: Claim) -> Verdict:
    return judge(claim, Settings())


def test_a_verdict_comes_back_as_it_was(tmp_path: Path, claim: Claim, verdict: Verdict) -> None:
    sharp = replace(verdict, sharpness=Sharpness(float("inf"), {"x": "1/3"}), note="≤ “quoted”\n")
    with Store(tmp_path / "s.sqlite") as store:
        assert store.get(claim, Settings()) is None
        store.put(claim, Settings(), sharp)
    with Store(tmp_path / "s.sqlite") as store:
        found = store.get(claim, Settings())
        assert found is not None
        assert found.to_dict() == sharp.to_dict()
        assert store.served == 1
        assert store.latest("p/a") == found
        assert store.latest("p/b") is None


@pytest.mark.parametrize("other", [Settings(seed=1), Settings(budget="quick"), Settings(backend="cupy")])
def test_other_settings_find_nothing(tmp_path: Path, claim: Claim, verdict: Verdict, other: Settings) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(claim, Settings(), verdict)
        assert store.get(claim, other) is None


def test_an_edit_of_the_file_or_of_a_neighbour_finds_nothing(tmp_path: Path) -> None:
    def load(folder: str, near: str, text: str) -> Claim:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "near_by.py").write_text(near, encoding="utf-8")
        # the import stands in a function: that counts too, and the test's folders keep apart
        before = f"def later():\n    import near_by\n{text}\n"
        return load_file(write(tmp_path / folder / "mine.py", definition("p/a"), before=before))[0]

    first = load("first", "value = 1\n", "")
    verdict = judge(first, Settings())
    with Store(tmp_path / "s.sqlite") as store:
        store.put(first, Settings(), verdict)
        assert store.get(load("moved", "value = 1\n", ""), Settings()) is not None
        assert store.get(load("neighbour", "value = 2\n", ""), Settings()) is None
        edited = load("edited", "value = 1\n", "# edited\n")
        assert store.get(edited, Settings()) is None
        store.put(edited, Settings(), replace(verdict, note="new"))
        latest = store.latest("p/a")
        assert latest is not None and latest.note == "new"


def test_two_runs_share_a_store(tmp_path: Path, claim: Claim, verdict: Verdict) -> None:
    with Store(tmp_path / "s.sqlite") as one, Store(tmp_path / "s.sqlite") as two:
        one.put(claim, Settings(), verdict)
        two.put(claim, Settings(seed=1), verdict)
        assert two.get(claim, Settings()) is not None
        assert one.get(claim, Settings(seed=1)) is not None
        with Store(tmp_path / "s.sqlite", writable=False) as reader:
            assert reader.latest("p/a") is not None


def test_a_full_disk_is_one_line_and_keeps_what_was_stored(
    tmp_path: Path, claim: Claim, verdict: Verdict
) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(claim, Settings(), verdict)
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to a full disk
        with pytest.raises(StoreError, match="full; make room"):
            store.put(claim, Settings(seed=1), replace(verdict, note="x" * 100_000))
        assert store.get(claim, Settings()) is not None


def foreign_text(path: Path) -> None:
    path.write_text("my notes, not a database\n" * 100, encoding="utf-8")


def foreign_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()


def changed_schema(version: int):
    def change(path: Path) -> None:
        Store(path).close()
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()

    return change


def truncated(path: Path) -> None:
    Store(path).close()
    path.write_bytes(path.read_bytes()[:5000])


def scrambled(path: Path) -> None:
    Store(path).close()
    text = bytearray(path.read_bytes())
    text[4096:8192] = b"\xff" * 4096
    path.write_bytes(text)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (foreign_text, "left alone"),
        (foreign_database, "no store of theorycheck"),
        (changed_schema(SCHEMA - 1), "schema 1"),
        (changed_schema(SCHEMA + 1), "schema 3"),
        (truncated, "damaged"),
        (scrambled, "damaged"),
        (Path.mkdir, "is a directory"),
    ],
)
@pytest.mark.parametrize("writable", [True, False])
def test_a_file_that_is_no_sound_store_is_refused_and_left_alone(tmp_path, spoil, message, writable) -> None:
    path = tmp_path / "s.sqlite"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=message) as caught:
        Store(path, writable=writable)
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_missing_store_or_directory(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        Store(tmp_path / "s.sqlite", writable=False)
    with pytest.raises(StoreError, match="create"):
        Store(tmp_path / "none" / "s.sqlite")


def test_an_unreadable_row_is_named(tmp_path: Path, claim: Claim, verdict: Verdict) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(claim, Settings(), verdict)
        store._connection.execute("UPDATE verdicts SET verdict = '{\"id\": 1}'")
        with pytest.raises(StoreError, match="unreadable verdict of p/a"):
            store.get(claim, Settings())


def test_a_claim_without_a_file_is_not_kept(tmp_path: Path, verdict: Verdict) -> None:
    made_here = Claim(id="p/here", statement="", kind="definition", implements=["math:sqrt"])
    with Store(tmp_path / "s.sqlite") as store:
        store.put(made_here, Settings(), verdict)
        assert store.latest("p/here") is None


def test_a_stopped_check_is_done_again_when_it_may_take_longer(
    tmp_path: Path, claim: Claim, verdict: Verdict
) -> None:
    stopped = Evidence("hunt", "hunt", "unverified", "stopped", {"stopped_after": 2.0})
    with Store(tmp_path / "s.sqlite") as store:
        store.put(claim, Settings(timeout=2), replace(verdict, evidence=(stopped,)))
        assert store.get(claim, Settings(timeout=2)) is not None
        assert store.get(claim, Settings(timeout=1)) is not None
        assert store.get(claim, Settings(timeout=3)) is None
        assert store.get(claim, Settings()) is None
