"""A time limit for calls into SymPy, without signals, threads or processes.

SymPy is pure Python: a profile hook, which the interpreter calls at every function call, can stop it. The
hook that was
there before (a profiler's) is restored.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


class _TimeIsUp(BaseException):
    """Not an Exception, so that SymPy's own `except Exception` does not swallow it."""


def within_seconds(seconds: float, call: Callable[[], T], *, default: T) -> T:
    """Return `call()`, or `default` if it takes longer than `seconds` or raises.

    The result therefore depends on the machine: use it only where `default` means "could not decide".
    """
    end = time.monotonic() + seconds

    def stop_when_late(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and time.monotonic() > end:
            raise _TimeIsUp

    previous = sys.getprofile()
    sys.setprofile(stop_when_late)
    try:
        return call()
    except _TimeIsUp:
        return default
    except Exception:  # SymPy raises errors of many kinds on forms that it cannot do
        return default
    finally:
        sys.setprofile(previous)
