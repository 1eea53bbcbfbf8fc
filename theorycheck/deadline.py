"""A time limit for calls into SymPy, formulas and whole checks, without signals and without a second process.

The call runs in a thread of its own, which is stopped between two bytecodes by an exception set from outside. A finaliser
or a bare `except` may swallow that exception: it is set again until the thread has ended; what Python would print of those
that a finaliser swallows is not printed. One long step in C (a product of huge integers, say) cannot be stopped: its thread is
left to end by itself after `GRACE_SECONDS`, and the caller goes on as soon as that step lets it.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
SLICE_SECONDS = 0.05  # an exception set in the waiting thread itself is raised between two slices
GRACE_SECONDS = 2.0
"""How long a thread that was told to stop is waited for; it is told so until it has ended."""


class TimeIsUpError(Exception):
    """A call took longer than its limit."""


class _TimeIsUp(SystemExit):
    """Not an Exception, which SymPy catches; a SystemExit, which ends a thread without a message."""


def limited(seconds: float, call: Callable[[], T]) -> T:
    """Return `call()`, or raise what it raises.

    Raises
    ------
    TimeIsUpError
        If it takes longer than `seconds`.
    """
    values: list[T] = []
    errors: list[BaseException] = []
    stopped = False

    def work() -> None:
        try:
            values.append(call())
        except BaseException as error:
            if not (stopped and isinstance(error, _TimeIsUp)):
                errors.append(error)

    worker = threading.Thread(target=work, daemon=True)
    end = time.monotonic() + seconds
    worker.start()
    try:
        while worker.is_alive() and (left := end - time.monotonic()) > 0:
            worker.join(min(left, SLICE_SECONDS))
    finally:
        stopped = worker.is_alive()
        if stopped:
            _end(worker, GRACE_SECONDS)
        if worker.is_alive():
            threading.Thread(target=_end, args=(worker, math.inf), daemon=True).start()
    if values:
        return values[0]
    if errors:
        raise errors[0]
    raise TimeIsUpError(took_longer(seconds))


def _end(worker: threading.Thread, patience: float) -> None:
    """Tell a thread to stop until it has ended, or for so many seconds."""
    end = time.monotonic() + patience
    with _unprinted():
        while worker.is_alive() and time.monotonic() < end:
            _stop(worker)
            worker.join(SLICE_SECONDS)


@contextlib.contextmanager
def _unprinted() -> Iterator[None]:
    """Keep Python from printing that a finaliser ignored the exception that stops a thread."""
    before = sys.unraisablehook

    def hook(ignored: Any) -> None:
        if ignored.exc_type is not _TimeIsUp:
            before(ignored)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        if sys.unraisablehook is hook:  # a limit within this one may have put its own there
            sys.unraisablehook = before


def _stop(worker: Any) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(_TimeIsUp))


def within_seconds(seconds: float, call: Callable[[], T], *, default: T) -> T:
    """Return `call()`, or `default` if it takes longer than `seconds` or raises.

    The result therefore depends on the machine: use it only where `default` means "could not decide".
    """
    try:
        return limited(seconds, call)
    except Exception:  # SymPy raises errors of many kinds on forms that it cannot do
        return default


def took_longer(seconds: float) -> str:
    """What the message of `TimeIsUpError` says."""
    return f"it took longer than {seconds:g} s"
