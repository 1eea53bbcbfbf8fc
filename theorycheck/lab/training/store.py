"""Finished blocks of a run on disk, so that a run that was killed goes on where it was.

A block is one file, written beside and then moved into place: there is a whole block or none. Its name is a digest of everything
that decides its result: the training, the values of its schedules at every step, the code of its quantities, start and data, and
the version of the package. A change of any of them is another run.
"""

from __future__ import annotations

import hashlib
import os
import types
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

import theorycheck
from theorycheck.errors import StoreError
from theorycheck.lab.optimizers import Schedule


def fingerprint(value: Any, steps: int) -> str:
    """A digest of nested dataclasses, arrays, numbers, schedules (their values at t = 1, …, steps) and functions of a module.

    Raises
    ------
    StoreError
        If there is something else in it, which could change unseen.
    """
    digest = hashlib.blake2b(theorycheck.__version__.encode(), digest_size=16)
    for part in _parts(value, steps):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _parts(value: Any, steps: int) -> Iterator[bytes]:
    yield type(value).__name__.encode()
    if isinstance(value, Schedule):
        last = steps if value.length is None else min(steps, value.length)
        for t in range(1, last + 1):
            yield from _parts(value(t), steps)
    elif is_dataclass(value):
        for own in fields(value):
            yield own.name.encode()
            yield from _parts(getattr(value, own.name), steps)
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, dict):
        for name in sorted(value):
            yield name.encode()
            yield from _parts(value[name], steps)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _parts(one, steps)
    elif isinstance(value, types.FunctionType) and not value.__closure__:
        yield f"{value.__module__}.{value.__qualname__}".encode()
        yield repr(value.__defaults__).encode()
        yield from _code(value.__code__)
    elif value is None or isinstance(value, (bool, int, float, str, np.generic)):
        yield repr(value).encode()
    else:
        raise StoreError(
            f"a run is stored by what decides its result; {value!r} is no number, array, schedule or function of a module"
        )


def _code(code: types.CodeType) -> Iterator[bytes]:
    yield code.co_code + repr(code.co_names).encode()
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code(constant)
        else:
            yield repr(constant).encode()


def stored(folder: Path, name: str) -> dict[str, Any] | None:
    """The arrays of a block that was finished, or None."""
    path = folder / f"{name}.npz"
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"the block {path} cannot be read ({error}); delete it and run again") from error


def keep(folder: Path, name: str, arrays: dict[str, Any]) -> None:
    """Write a finished block."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{name}.{os.getpid()}.partial"
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        partial.replace(folder / f"{name}.npz")
    except OSError as error:
        raise StoreError(f"the block {name} cannot be written to {folder} ({error})") from error
