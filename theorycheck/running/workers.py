"""Claims judged in other processes: started, watched, stopped, replaced when one is killed."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass

from theorycheck.errors import TheorycheckError
from theorycheck.settings import Settings
from theorycheck.statement.loading import Source, load_claim
from theorycheck.statement.verdicts import Verdict

BREAKS_IN_A_ROW = 5
"""A pool that breaks so many times with no verdict between is given up: the fault is not one claim's."""


@dataclass(frozen=True)
class Task:
    """One claim to judge, named so that any process with the same files finds it."""

    claim_id: str
    source: Source
    settings: Settings


OnVerdict = Callable[[str, Verdict], None]


def work_off(
    tasks: Sequence[Task], on_verdict: OnVerdict, *, workers: int, executor: Executor | None
) -> list[str]:
    """Judge the tasks; `on_verdict` is called here as each finishes. Return one line for each failure.

    When a worker is killed, the claims that were under way are tried once more, each alone, so that the one
    that kills its worker is named and costs no other claim its verdict.
    """
    if executor is not None:
        return _work_in(executor, deque(tasks), on_verdict, 2 * workers)[0]
    failures: list[str] = []
    waiting, alone, fruitless = deque(tasks), deque[Task](), 0
    while waiting or alone:
        together = bool(waiting)
        queue = waiting if together else deque([alone.popleft()])
        before = len(queue)
        with _pool(min(workers, len(queue))) as pool:
            lines, affected = _work_in(pool, queue, on_verdict, workers, keep=True)
        failures += lines
        if together:
            alone.extend(affected)
        else:
            failures += [_killed(task.claim_id) for task in affected]
        fruitless = 0 if before - len(queue) > len(affected) else fruitless + bool(affected)
        if fruitless >= BREAKS_IN_A_ROW and (waiting or alone):
            rest = ", ".join(task.claim_id for task in (*waiting, *alone))
            return [*failures, f"the workers keep dying, not judged: {rest}; try --workers 1"]
    return failures


def _killed(claim_id: str) -> str:
    return (
        f"{claim_id}: its worker process was killed twice (out of memory?); "
        "give it more memory, a smaller --budget, or --workers 1"
    )


def _work_in(
    executor: Executor, queue: deque[Task], on_verdict: OnVerdict, width: int, *, keep: bool = False
) -> tuple[list[str], list[Task]]:
    """Feed the queue to an executor, `width` tasks at a time, until it is empty or the executor breaks.

    Returns the failures and the tasks that were under way when it broke. With `keep` those are the caller's
    to try again; without, they and the rest of the queue are failures.
    """
    failures: list[str] = []
    under_way: dict[Future[Verdict | str], Task] = {}
    affected: list[Task] = []
    try:
        while queue or under_way:
            while queue and len(under_way) < width:
                with _undisturbed():
                    future = executor.submit(judge_task, queue[0])
                under_way[future] = queue.popleft()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                task = under_way[future]
                result = future.result()
                del under_way[future]
                if isinstance(result, str):
                    failures.append(result)
                else:
                    on_verdict(task.claim_id, result)
    except BrokenExecutor:
        for future, task in under_way.items():
            if future.done() and future.exception() is None:
                result = future.result()
                if isinstance(result, str):
                    failures.append(result)
                else:
                    on_verdict(task.claim_id, result)
            else:
                affected.append(task)
        if not under_way and queue:
            affected.append(queue.popleft())
    if affected and not keep:
        names = ", ".join(task.claim_id for task in (*affected, *queue))
        failures.append(f"the executor broke, not judged: {names}; start its workers and these claims again")
    return failures, affected


def judge_task(task: Task) -> Verdict | str:
    """Judge one claim in this process; an error on purpose comes back as its line."""
    from theorycheck.judging import judge

    try:
        return judge(load_claim(task.source, task.claim_id), task.settings, cited={})
    except TheorycheckError as error:
        return str(error)


# ---- the processes -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    """A pool of fresh processes; whatever ends the block early, Ctrl-C above all, ends them too."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = multiprocessing.parent_process()
    if process is not None:

        def follow() -> None:
            process.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started: it inherits that, and never hears the terminal's."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
