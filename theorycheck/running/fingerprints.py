"""When a stored verdict still stands: a digest of what it depends on.

That is the claim's statement as terms, its file, the neighbouring files that it imports (at any depth), and the part of
theorycheck that judges. Files that only load, store or show verdicts are left out: their changes keep a long campaign.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from theorycheck import __version__
from theorycheck.statement.claims import Claim
from theorycheck.statement.contents import contents_digest
from theorycheck.statement.loading import SHIPPED, Source, claim_cited, source_of

_LIBRARY = Path(__file__).resolve().parent.parent
_NOT_JUDGING = {"__main__.py", "cli.py", "pytest_plugin.py", "running", "showing"}


def fingerprint(claim: Claim) -> str | None:
    """Return the digest of a claim's terms and sources; None for a claim that was not loaded from a file."""
    source = source_of(claim)
    return None if source is None else f"{_fingerprint_of_file(source)} {contents_digest(claim)}"


def statement_fingerprint(claim: Claim, cites: Iterable[str] = ()) -> str | None:
    """Return the digest of a claim as its files say it now, whatever the library's version; None without a file.

    Everything that a verdict is about goes in: texts, relation, hypotheses, the names of the space, and the sources of the
    claim's file and of the neighbours that it imports; of the claims that it cites, which may stand elsewhere, what they say.
    """
    source = source_of(claim)
    if source is None:
        return None
    names = () if claim.space is None else claim.space.names
    texts = [claim.id, claim.statement, claim.kind, contents_digest(claim), *names]
    texts += [hypothesis.latex for hypothesis in claim.hypotheses]
    digest = hashlib.blake2b("\0".join([*texts, source.digest]).encode(), digest_size=16)
    _add_neighbours(digest, source)
    for name in cites:
        cited = claim_cited(name, claim)
        digest.update(f"{name}\0{'' if cited is None else contents_digest(cited)}\0".encode())
    return digest.hexdigest()


def _add_neighbours(digest: Any, source: Source) -> None:
    for file in sorted(neighbours(source.path) - {source.path}):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")


@functools.lru_cache(maxsize=1024)
def _fingerprint_of_file(source: Source) -> str:
    digest = hashlib.blake2b(
        f"{__version__} {library_fingerprint()} {source.digest}".encode(), digest_size=16
    )
    _add_neighbours(digest, source)
    return digest.hexdigest()


@functools.cache
def library_fingerprint() -> str:
    """Return the digest of the part of theorycheck that judges."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(_LIBRARY.rglob("*.py")):
        relative = file.relative_to(_LIBRARY)
        if relative.parts[0] not in _NOT_JUDGING:
            digest.update(str(relative).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def neighbours(path: Path) -> set[Path]:
    """Return the file and the files near it that it imports, directly or not.

    Near is the directory of a user's file, and all of `verifications` for a shipped one.
    """
    root = next((parent for parent in path.parents if parent == _LIBRARY.parent / SHIPPED), path.parent)
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imported_files(file, root, file.stat().st_mtime_ns)
    return found


@functools.lru_cache(maxsize=1024)
def _imported_files(file: Path, root: Path, _changed: int) -> list[Path]:
    found = []
    for name, directory in _imported_names(file, root):
        target = directory.joinpath(*name.split("."))
        for candidate in (target.with_name(f"{target.name}.py"), target / "__init__.py"):
            if root in candidate.parents and candidate.is_file():
                found.append(candidate)
    return found


def _imported_names(file: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Yield every dotted name that an import statement could mean, and the directory that it starts from."""
    base = root.parent if root.name == SHIPPED else root
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, base) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            directory = file.parents[node.level - 1] if node.level else base
            prefix = f"{node.module}." if node.module else ""
            yield from ((f"{prefix}{alias.name}", directory) for alias in node.names)
            if node.module:
                yield node.module, directory
