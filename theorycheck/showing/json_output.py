"""Verdicts as JSON: strict, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from theorycheck import __version__
from theorycheck.errors import OutputError
from theorycheck.settings import Settings
from theorycheck.statement.verdicts import Verdict

SCHEMA = 2
"""Version of the JSON form of verdicts; the store's is the same."""


def document(
    verdicts: Sequence[Verdict], settings: Settings, *, interrupted: bool = False, errors: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the JSON document of a run.

    `interrupted` and `errors` appear only for a run that did not finish.
    """
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "theorycheck": __version__,
        "seed": settings.seed,
        "backend": settings.backend,
        "budget": settings.budget,
        "claims": [verdict.to_dict() for verdict in verdicts],
    }
    if interrupted:
        result["interrupted"] = True
    if errors:
        result["errors"] = list(errors)
    return result


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Serialise to strict JSON: fractions as "p/q", infinities and NaN as strings ("inf", "-inf", "nan")."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=indent)


def plain(value: Any) -> Any:
    """Turn tuples, fractions, NumPy scalars and arrays, and non-finite floats into what JSON has."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def verdict_from_json(text: str) -> Verdict:
    """Rebuild a verdict from `dumps(verdict.to_dict())`.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the text is not that.
    """
    return verdict_from_dict(json.loads(text))


def verdict_from_dict(data: dict[str, Any]) -> Verdict:
    """As `Verdict.from_dict`, for data that went through `plain`."""
    data = {key: value for key, value in data.items() if key not in ("as_recorded", "parts")}
    if data["sharpness"] is not None:
        data["sharpness"] = {**data["sharpness"], "ratio": float(data["sharpness"]["ratio"])}
    return Verdict.from_dict(data)


def require_writable(path: Path, option: str) -> None:
    """Raise now what `write` would raise after a long run.

    Raises
    ------
    OutputError
    """
    path = path.resolve()
    if path.is_dir():
        raise OutputError(f"{option} {path} is a directory; name a file")
    if path.exists() and not os.access(path, os.W_OK):
        raise OutputError(f"{option} {path} is not writable; choose another file or change its permissions")
    if path.exists() and not path.is_file():
        return
    if not path.parent.is_dir():
        raise OutputError(f"{option} {path}: the directory {path.parent} does not exist; create it first")
    with _explained(path, option), tempfile.TemporaryFile(dir=path.parent):
        pass


def write(path: Path, data: Any, option: str = "--json") -> None:
    """Write `data` as JSON: to a temporary file beside `path` that then takes its name.

    Raises
    ------
    OutputError
        If the disk is full or the file cannot be written; an older file of that name is left as it was.
    """
    path = path.resolve()
    text = dumps(data, indent=1) + "\n"
    with _explained(path, option):
        if path.exists() and not path.is_file():  # a pipe or /dev/stdout: nothing there to keep
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with open(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            os.chmod(name, mode)  # mkstemp's own mode shuts other readers out
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _explained(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{option} {path} cannot be written: {error.strerror}; make room there or choose another file"
        ) from error
