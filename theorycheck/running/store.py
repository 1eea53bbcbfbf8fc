"""The store of finished verdicts: one SQLite file, each verdict committed as soon as it is there.

A verdict is found again only under the key that it was reached with: claim, sources, seed, budget, backend,
library versions. So an edit of a claim's file, or an upgrade, leads to a new check; the old verdict stays.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from theorycheck.errors import StoreError
from theorycheck.judging import versions
from theorycheck.running.fingerprints import fingerprint, statement_fingerprint
from theorycheck.settings import Settings
from theorycheck.showing.json_output import SCHEMA, dumps, verdict_from_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Verdict

APPLICATION_ID = 0x7468636B  # "thck": tells our files from other SQLite files
_CREATE = """
CREATE TABLE verdicts (
    claim TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    seed TEXT NOT NULL,
    budget TEXT NOT NULL,
    backend TEXT NOT NULL,
    versions TEXT NOT NULL,
    finished TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    verdict TEXT NOT NULL,
    PRIMARY KEY (claim, fingerprint, seed, budget, backend, versions)
)
"""
_KEY = "claim = ? AND fingerprint = ? AND seed = ? AND budget = ? AND backend = ? AND versions = ?"


class Store:
    """An open store; a context manager.

    Parameters
    ----------
    path : Path or str
        Created if it does not exist.
    writable : bool
        False opens an existing store for reading alone.

    Attributes
    ----------
    served : int
        How many verdicts `get` has found.

    Raises
    ------
    StoreError
        If the file is no store, damaged, of another schema, or cannot be read or written. It is never
        overwritten.
    """

    def __init__(self, path: Path | str, *, writable: bool = True) -> None:
        self.path = Path(path).resolve()
        self.served = 0
        if self.path.is_dir():
            raise StoreError(f"the store {self.path} is a directory; name a file")
        if not writable and not self.path.exists():
            raise StoreError(f"there is no store {self.path}; name one that a run with --store has written")
        if not self.path.parent.is_dir():
            raise StoreError(
                f"the store {self.path}: its directory does not exist; create {self.path.parent} first"
            )
        mode = "rwc" if writable else "ro"
        with self._explained():
            self._connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None
            )
        try:
            with self._explained():
                self._open(writable)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, writable: bool) -> None:
        tables = self._number("SELECT count(*) FROM sqlite_master")
        application = self._number("PRAGMA application_id")
        if tables == 0 and application == 0 and writable:
            with self._transaction():
                if self._number("SELECT count(*) FROM sqlite_master") == 0:  # another run may have come first
                    self._connection.execute(_CREATE)
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {SCHEMA}")
            application = self._number("PRAGMA application_id")
        if application != APPLICATION_ID:
            raise StoreError(
                f"{self.path} is no store of theorycheck; choose another file, this one is left alone"
            )
        schema = self._number("PRAGMA user_version")
        if schema != SCHEMA:
            raise StoreError(
                f"the store {self.path} has schema {schema}, this version of theorycheck reads {SCHEMA}; "
                "choose another file, or use the version that wrote it"
            )
        if self._connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise StoreError(f"the store {self.path} is damaged; move it away and start a new one")
        if writable:
            with self._transaction():  # a file that is read-only shows now, and not after hours
                self._connection.execute(f"PRAGMA user_version = {SCHEMA}")

    def get(self, claim: Claim, settings: Settings) -> Verdict | None:
        """Return the verdict that was reached under the same key, or None.

        One with a check that was stopped sooner than it would be now, or of a claim that cites another one which says something
        else now, is not returned: the claim is judged again.

        Raises
        ------
        StoreError
        """
        key = _key(claim, settings)
        if key is None:
            return None
        with self._explained():
            row = self._connection.execute(f"SELECT verdict FROM verdicts WHERE {_KEY}", key).fetchone()
        verdict = None if row is None else self._read(claim.id, row[0])
        if verdict is None or _had_less_time(verdict, settings):
            return None
        if verdict.cites and verdict.fingerprint != statement_fingerprint(claim, verdict.cites):
            return None
        self.served += 1
        return verdict

    def put(self, claim: Claim, settings: Settings, verdict: Verdict) -> None:
        """Commit a verdict; one of a claim that was not loaded from a file is not kept.

        Raises
        ------
        StoreError
            If it cannot be written; what was stored before stays.
        """
        key = _key(claim, settings)
        if key is None:
            return
        columns = "claim, fingerprint, seed, budget, backend, versions, verdict"
        with self._explained():
            self._connection.execute(
                f"INSERT OR REPLACE INTO verdicts ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*key, dumps(verdict.to_dict())),
            )

    def latest(self, claim_id: str) -> Verdict | None:
        """Return the verdict of a claim that was stored last, under whatever key.

        Raises
        ------
        StoreError
        """
        with self._explained():
            row = self._connection.execute(
                "SELECT verdict FROM verdicts WHERE claim = ? ORDER BY rowid DESC LIMIT 1", (claim_id,)
            ).fetchone()
        return None if row is None else self._read(claim_id, row[0])

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _number(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])

    def _read(self, claim_id: str, text: str) -> Verdict:
        try:
            return verdict_from_json(text)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the store {self.path} holds an unreadable verdict of {claim_id}; "
                "move it away and start a new one"
            ) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.path}: {error}; {_mend(str(error))}") from error


def _mend(message: str) -> str:
    if "not a database" in message:
        return "choose another file, this one is left alone"
    if "malformed" in message or "corrupt" in message:
        return "it is damaged: move it away and start a new one"
    if "full" in message:
        return "make room on the disk and run again, nothing that was stored is lost"
    if "readonly" in message or "read-only" in message or "unable to open" in message:
        return "check the permissions of the file and its directory"
    if "locked" in message:
        return "another run holds it: wait for that one, or choose another file"
    return "choose another file"


def _had_less_time(verdict: Verdict, settings: Settings) -> bool:
    """Whether a check was stopped that may now take longer."""
    limits = (item.details.get("stopped_after", settings.seconds) for item in verdict.evidence)
    return any(limit < settings.seconds for limit in limits)


def _key(claim: Claim, settings: Settings) -> tuple[str, ...] | None:
    digest = fingerprint(claim)
    if digest is None:
        return None
    library = json.dumps(versions(settings.backend), sort_keys=True)
    return claim.id, digest, str(settings.seed), settings.budget, settings.backend, library
