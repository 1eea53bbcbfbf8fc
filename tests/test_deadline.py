"""The time limit: kept even where the exception is swallowed, in threads, nested, and with nothing left behind."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from theorycheck.deadline import TimeIsUpError, limited, within_seconds


def for_ever() -> None:
    while True:
        time.sleep(0.001)


def test_a_quick_call_gives_its_value():
    assert within_seconds(60, lambda: 7, default=0) == 7


def test_a_failing_call_gives_the_default():
    assert within_seconds(60, lambda: 1 // 0, default=5) == 5


def test_an_endless_call_gives_the_default():
    assert within_seconds(0.05, for_ever, default="late") == "late"


def test_a_swallowed_exception_is_set_again():
    swallowed = []

    def stubborn() -> None:
        while True:
            try:
                for_ever()
            except:  # noqa: E722 - as in old code
                swallowed.append(sys.exc_info()[0])
                if len(swallowed) == 3:
                    raise

    assert within_seconds(0.05, stubborn, default="late") == "late"
    assert len(swallowed) == 3


def test_the_limit_holds_in_a_thread_and_does_not_touch_the_others():
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(within_seconds(0.05, for_ever, default="late")))
    thread.start()
    thread.join(60)
    assert results == ["late"]


def test_an_outer_limit_ends_inner_calls():
    def inner() -> None:
        while True:
            within_seconds(3600, for_ever, default=None)

    assert within_seconds(0.05, inner, default="late") == "late"


def test_an_interrupt_goes_through():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        within_seconds(60, interrupted, default=None)


def test_nothing_is_raised_after_the_call():
    for _ in range(300):  # the limit falls around the end of the call
        within_seconds(1e-4, lambda: time.sleep(1e-4), default=None)
    assert threading.active_count() < 10


def test_a_limited_call_raises_what_it_raises():
    with pytest.raises(ZeroDivisionError):
        limited(60, lambda: 1 // 0)
    with pytest.raises(TimeIsUpError, match=r"longer than 0\.05 s"):
        limited(0.05, for_ever)


def test_an_exit_of_the_call_itself_is_no_time_limit():
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        limited(60, leave)


def busy(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


class Closing:
    """Its finaliser takes a while, so that it is what the limit meets."""

    def __del__(self) -> None:
        busy(0.02)


def finalising() -> None:
    while True:
        Closing()
        busy(0.01)


def test_nothing_is_printed_of_what_a_finaliser_swallows(monkeypatch):
    printed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    assert within_seconds(0.1, finalising, default="late") == "late"
    assert within_seconds(0.1, lambda: within_seconds(60, finalising, default=0), default="late") == "late"
    assert printed == []


def test_what_others_raise_in_finalisers_is_still_reported(monkeypatch):
    printed: list[type] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda ignored: printed.append(ignored.exc_type))

    class Broken:
        def __del__(self) -> None:
            raise ValueError

    def breaking() -> None:
        while True:
            Broken()

    assert within_seconds(0.05, breaking, default="late") == "late"
    assert ValueError in printed
