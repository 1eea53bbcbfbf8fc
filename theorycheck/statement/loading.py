"""Where claims come from: the shipped package `verifications`, a user's file, a directory of them.

A claim is found again in another process by its file and its id, so that no claim is ever pickled.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import functools
import hashlib
import importlib
import importlib.machinery
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from theorycheck.deadline import limited
from theorycheck.errors import ClaimError, ClaimFileError, TheorycheckError, UnknownClaimError
from theorycheck.statement.claims import Claim

SHIPPED = "verifications"
_SHIPPED_ROOT = Path(__file__).resolve().parents[2] / SHIPPED
_SKIPPED_DIRECTORIES = {"__pycache__", "node_modules", "site-packages"}


@dataclass(frozen=True)
class Source:
    """The file that declares a claim, the module's name, and a digest of the text that was imported."""

    path: Path
    module: str
    digest: str


_SOURCES: dict[int, tuple[Claim, Source]] = {}  # by id(claim); the claim is kept so that its id stays taken
_FILES: dict[Path, tuple[str, tuple[Claim, ...]]] = {}  # what was loaded, and the digest of its text


def source_of(claim: Claim) -> Source | None:
    """Return where a claim was loaded from; None for one made in this process (in a notebook, say)."""
    known = _SOURCES.get(id(claim))
    return None if known is None else known[1]


# ---- loading -----------------------------------------------------------------------------------------------


@functools.cache
def shipped_claims(paper: str = "") -> tuple[Claim, ...]:
    """Return every claim of the package `verifications` that is installed with theorycheck, or of one paper.

    Raises
    ------
    ClaimFileError
        If the package is missing, hidden by another one of that name, or one of its modules fails.
    """
    claims: list[Claim] = []
    for path in sorted(_shipped_files(paper)):
        claims += _load_shipped(path)
    return _distinct(claims)


def load_file(path: Path | str) -> tuple[Claim, ...]:
    """Import a Python file and return the claims that its module defines, in the order of their definition.

    Claims at module level count, also inside lists, tuples and dicts, and so do the readings and parts of an entry.
    Claims that the file imports belong to the file that defines them.

    Raises
    ------
    ClaimFileError
        If the file cannot be read or imported, defines no claim, or one id twice.
    """
    file = Path(path).resolve()
    claims = _load_shipped(file) if _SHIPPED_ROOT in file.parents else _load_user_file(file)
    if not claims:
        raise ClaimFileError(f"{path} defines no claim; assign a theorycheck.Claim to a name at module level")
    return _distinct(claims)


def load_directory(path: Path | str) -> tuple[Claim, ...]:
    """Return the claims of all claim files (see `is_claim_file`) below a directory.

    Raises
    ------
    ClaimFileError
        If one of them fails, or none defines a claim.
    """
    claims: list[Claim] = []
    for file in sorted(Path(path).resolve().rglob("*.py")):
        inside = file.relative_to(Path(path).resolve()).parts[:-1]
        if any(part.startswith(".") or part in _SKIPPED_DIRECTORIES for part in inside) or not is_claim_file(
            file
        ):
            continue
        claims += _load_shipped(file) if _SHIPPED_ROOT in file.parents else _load_user_file(file)
    if not claims:
        raise ClaimFileError(
            f"no Python file below {path} defines a claim; name a file or a directory that has some"
        )
    return _distinct(claims)


def is_claim_file(path: Path) -> bool:
    """Guess from its text, without importing it, whether a file defines claims. Test modules never do."""
    name = path.name
    if path.suffix != ".py" or name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py":
        return False
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "Claim(" in text and "theorycheck" in text and _calls_when_imported(text)


def _calls_when_imported(text: str) -> bool:
    """Whether a module calls `Claim`, or a function of its own, when it is imported; a file that fails to parse counts.

    A module that others build their claims with defines functions and calls none of them.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return True
    own = {"Claim"}
    waiting: list[ast.AST] = list(tree.body)
    called: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            own.add(node.name)
            waiting += node.decorator_list
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            function = node.func
            called.add(function.id if isinstance(function, ast.Name) else getattr(function, "attr", ""))
        waiting += ast.iter_child_nodes(node)
    return bool(own & called)


def load_claim(source: Source, claim_id: str) -> Claim:
    """Load one claim again, in a worker for example.

    Raises
    ------
    ClaimFileError
        If its file fails, or is not the one that was loaded before.
    """
    claims = {claim.id: claim for claim in load_file(source.path)}
    found = claims.get(claim_id)
    if found is None or source_of(found) != source:
        raise ClaimFileError(
            f"{source.path} changed during the run, so {claim_id} was not judged; run it again"
        )
    return found


def claim_cited(claim_id: str, beside: Claim) -> Claim | None:
    """Return the claim of this id that a claim can cite: of its own file, or shipped; None if there is none.

    Raises
    ------
    ClaimFileError
        If the shipped paper of that name fails.
    """
    source = source_of(beside)
    near = () if source is None else load_file(source.path)
    found = next((claim for claim in near if claim.id == claim_id), None)
    paper = claim_id.partition("/")[0]
    if found is None and (_SHIPPED_ROOT / paper / "__init__.py").is_file():
        found = next((claim for claim in shipped_claims(paper) if claim.id == claim_id), None)
    return found


def _shipped_files(paper: str) -> Iterator[Path]:
    package = importlib.util.find_spec(SHIPPED)
    locations = list(package.submodule_search_locations or ()) if package is not None else []
    if str(_SHIPPED_ROOT) not in [str(Path(location).resolve()) for location in locations]:
        found = f"; the package of that name in {locations[0]} hides it" if locations else ""
        raise ClaimFileError(
            f"the shipped package {SHIPPED} is not importable from {_SHIPPED_ROOT}{found}; "
            "reinstall theorycheck, or start it in another directory"
        )
    return (_SHIPPED_ROOT / paper).rglob("*.py")


def _load_shipped(path: Path) -> tuple[Claim, ...]:
    parts = path.relative_to(_SHIPPED_ROOT.parent).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    with _import_errors(path):
        module = importlib.import_module(name)
    return _registered(module, path, _digest(_read(path)))


def _load_user_file(path: Path) -> tuple[Claim, ...]:
    digest = _digest(_read(path))
    known = _FILES.get(path)
    if known is not None and known[0] == digest:
        return known[1]
    stem = "".join(letter if letter.isalnum() else "_" for letter in path.stem)
    name = f"theorycheck_file_{_digest(str(path).encode())}_{stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Loader(name, str(path)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # at the end: the file's neighbours hide nothing that is installed
    sys.modules[name] = module  # pickling and inspect.getsource look there
    try:
        with _import_errors(path):
            limited(IMPORT_SECONDS, functools.partial(spec.loader.exec_module, module))
    except BaseException:
        sys.modules.pop(name, None)
        raise
    _require_own_neighbours(module, path)
    claims = _registered(module, path, digest)
    _FILES[path] = (digest, claims)
    return claims


def _require_own_neighbours(module: ModuleType, path: Path) -> None:
    """Two directories may each have a file of one name; Python would take the first of them for both."""
    names = ("__module__", "__name__")  # of what was imported from a module; of a module itself
    used = {getattr(value, name, None) for value in vars(module).values() for name in names}
    for neighbour in path.parent.glob("*.py"):
        loaded = getattr(sys.modules.get(neighbour.stem), "__file__", None)
        if neighbour.stem in used and loaded is not None and Path(loaded).resolve() != neighbour:
            sys.modules.pop(module.__name__, None)
            raise ClaimFileError(
                f"{path} imports {neighbour.stem}, which came from {loaded} before; rename one of the two"
            )


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the file anew each time: a cached .pyc can be stale within its clock's tick, and litters."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ClaimFileError(
            f"cannot read {path}: {error.strerror}; check the path and its permissions"
        ) from error


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=8).hexdigest()


@contextlib.contextmanager
def _import_errors(path: Path) -> Iterator[None]:
    """Turn whatever an import raises into a ClaimFileError with file, line and the exception's message."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a claim file may raise what it likes
        if isinstance(error, SyntaxError):
            place = f"{error.filename or path}:{error.lineno or 1}"
            message = f"{type(error).__name__}: {error.msg}"
        else:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
            place = f"{path}:{frames[-1].lineno}" if frames else str(path)
            message = (
                str(error) if isinstance(error, TheorycheckError) else f"{type(error).__name__}: {error}"
            )
        raise ClaimFileError(
            f"{place}: the claim file fails: {' '.join(message.split())}; mend that line"
        ) from error


# ---- claims of a module ------------------------------------------------------------------------------------


def _registered(module: ModuleType, path: Path, digest: str) -> tuple[Claim, ...]:
    claims = []
    for claim in _with_members(_claims_in(vars(module).values())):
        if not _is_imported(claim, module):
            _SOURCES.setdefault(id(claim), (claim, Source(path, module.__name__, digest)))
            claims.append(claim)
    return tuple(claims)


def _claims_in(values: Iterable[Any]) -> Iterator[Claim]:
    for value in values:
        if isinstance(value, Claim):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _claims_in(value)
        elif type(value) is dict:
            yield from _claims_in(value.values())


def _with_members(claims: Iterable[Claim]) -> Iterator[Claim]:
    seen: set[int] = set()
    for claim in claims:
        for item in (claim, *_with_members(claim.members)):
            if id(item) not in seen:
                seen.add(id(item))
                yield item


def _is_imported(claim: Claim, module: ModuleType) -> bool:
    """Whether one of the modules that hold the claim's functions defines this very claim."""
    functions = [
        claim.sides,
        claim.derivation,
        claim.printed_proof,
        claim.refutation and claim.refutation.derivation,
    ]
    functions += [f for member in claim.members for f in (member.sides, member.derivation)]
    names = {getattr(function, "__module__", None) for function in functions if function is not None}
    homes = [sys.modules[name] for name in names if name in sys.modules and name != module.__name__]
    return any(
        claim is other for home in homes for other in _with_members(_claims_in(list(vars(home).values())))
    )


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Drop repetitions of one claim; two claims of one id are an error that names both places."""
    by_id: dict[str, Claim] = {}
    for claim in claims:
        other = by_id.setdefault(claim.id, claim)
        if other is not claim:
            raise ClaimFileError(
                f"two claims have the id {claim.id}: {_places(other, claim)}; rename one of them"
            )
    return tuple(by_id.values())


def _places(first: Claim, second: Claim) -> str:
    places: list[str] = []
    for claim in (first, second):
        source = source_of(claim)
        if source is None:
            places.append("one made in this process")
            continue
        text = source.path.read_text(encoding="utf-8", errors="replace").splitlines()
        lines = [n for n, line in enumerate(text, 1) if f'"{claim.id}"' in line or f"'{claim.id}'" in line]
        fresh = [f"{source.path}:{n}" for n in lines if f"{source.path}:{n}" not in places]
        places.append(fresh[0] if fresh else str(source.path))
    return " and ".join(places)


# ---- what the caller asked for -----------------------------------------------------------------------------


def resolve(targets: Sequence[str]) -> tuple[Claim, ...]:
    """Return the claims that PAPER, ID, FILE, DIRECTORY or FILE::ID name, each once.

    Without a target: everything that is shipped. The id of an entry selects its readings and parts too.
    Ids are looked up among the shipped claims.

    Raises
    ------
    UnknownClaimError
        If no claim has an id; the message lists the closest ones.
    ClaimFileError
        If a file fails, defines no claim, or two targets define one id.
    """
    if not targets:
        return shipped_claims()
    claims: list[Claim] = []
    for target in targets:
        claims += _resolve_one(target)
    return _distinct(claims)


def _resolve_one(target: str) -> tuple[Claim, ...]:
    path_text, separator, claim_id = target.partition("::")
    if separator:
        return _select(load_file(path_text), claim_id)
    path = Path(target)
    if path.suffix == ".py" or path.is_absolute() or target.startswith("."):
        if path.is_dir():
            return load_directory(path)
        return load_file(path)
    paper = target.partition("/")[0]
    if paper and (_SHIPPED_ROOT / paper / "__init__.py").is_file():
        return _select(shipped_claims(paper), target)
    if path.is_dir():
        return load_directory(path)
    if path.is_file():
        raise ClaimFileError(f"{target} is no Python file; claim files end in .py")
    return _select(shipped_claims(), target)


def _select(claims: Sequence[Claim], target: str) -> tuple[Claim, ...]:
    chosen = [claim for claim in claims if target in (claim.id, claim.paper)]
    if not chosen:
        raise UnknownClaimError(_unknown(claims, target))
    return _distinct(_with_members(chosen))


def _unknown(claims: Sequence[Claim], target: str) -> str:
    names = sorted({claim.id for claim in claims} | {claim.paper for claim in claims})
    close = [name for name in names if name.partition("/")[2] == target]
    close = (close or difflib.get_close_matches(target, names, n=3, cutoff=0.6))[:3]
    hint = f"did you mean {' or '.join(close)}?" if close else "theorycheck list shows all ids"
    return f"no claim or paper is called {target!r}; {hint}"


IMPORT_SECONDS = 300.0
"""Time for importing one claim file of a user."""
_NOW_IN_LAB = ("basins", "expectation", "networks", "optimizers", "smoothing", "stability")
"""Packages that claim files of version 0.1 name without `lab`."""


def import_path(path: str, claim_id: str) -> Any:
    """Return the object that "package.module:name" stands for.

    Raises
    ------
    ClaimError
        If the path has another form, or its module or object does not exist.
    """
    module_name, separator, name = path.partition(":")
    if not separator or not all(part.isidentifier() for part in [*module_name.split("."), *name.split(".")]):
        raise ClaimError(f"{claim_id}: {path!r} is no import path; write it as 'package.module:function'")
    package, _, rest = module_name.partition(".")
    if package == "theorycheck" and rest.partition(".")[0] in _NOW_IN_LAB:
        module_name = f"theorycheck.lab.{rest}"
    elif module_name == "theorycheck.properties":
        module_name = "theorycheck.checks.properties"
    try:
        value: Any = importlib.import_module(module_name)
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ClaimError(f"{claim_id}: cannot import {module_name} ({what}); correct implements=") from error
    for attribute in name.split("."):
        if not hasattr(value, attribute):
            raise ClaimError(f"{claim_id}: {module_name} has no {name!r}; correct implements=")
        value = getattr(value, attribute)
    return value
