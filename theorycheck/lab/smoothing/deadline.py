"""A time limit for calls into SymPy, without signals and without a second process.

SymPy is pure Python, so a call that runs in a thread of its own can be stopped between two bytecodes by an
exception set from outside. A finaliser or a bare `except` of SymPy's may swallow that exception: it is set
again until the thread has really ended.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SLICE_SECONDS = 0.05  # an exception set in the waiting thread itself is raised between two slices


class _TimeIsUp(SystemExit):
    """Not an Exception, which SymPy catches; a SystemExit, which ends a thread without a message."""


def within_seconds(seconds: float, call: Callable[[], T], *, default: T) -> T:
    """Return `call()`, or `default` if it takes longer than `seconds` or raises.

    The result therefore depends on the machine: use it only where `default` means "could not decide". One
    long step in C (a product of huge integers, say) ends before the limit is looked at.
    """
    value: T = default
    foreign: BaseException | None = None

    def work() -> None:
        nonlocal value, foreign
        try:
            value = call()
        except (_TimeIsUp, Exception):  # SymPy raises errors of many kinds on forms that it cannot do
            pass
        except BaseException as error:
            foreign = error

    worker = threading.Thread(target=work, daemon=True)
    end = time.monotonic() + seconds
    worker.start()
    try:
        while worker.is_alive() and (left := end - time.monotonic()) > 0:
            worker.join(min(left, SLICE_SECONDS))
    finally:
        while worker.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(worker.ident or 0), ctypes.py_object(_TimeIsUp)
            )
            worker.join(SLICE_SECONDS)
    if foreign is not None:
        raise foreign
    return value
