"""Many claims, one after the other or in worker processes; what is finished is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

from theorycheck.errors import BudgetError, RunError, TheorycheckError
from theorycheck.judging import judge
from theorycheck.running.store import Store
from theorycheck.running.workers import Task, work_off
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import source_of
from theorycheck.statement.verdicts import Verdict
from theorycheck.terms.namespaces import namespace


def run(
    claims: Sequence[Claim],
    settings: Settings,
    *,
    workers: int = 1,
    store: Store | None = None,
    on_verdict: Callable[[Verdict], None] | None = None,
    executor: Executor | None = None,
) -> list[Verdict]:
    """Judge claims; the verdicts do not depend on where or in which order they are reached.

    Parameters
    ----------
    claims : sequence of Claim
        An entry with readings is concluded from the verdicts of its readings, which are judged once.
    settings : Settings
    workers : int
        Number of worker processes; 1 judges in this process. Claims that were not loaded from a file
        are always judged in this process, since no other one could find them.
    store : Store or None
        Verdicts found in it are taken from it, new ones are committed to it one by one.
    on_verdict : callable or None
        Called with each verdict as soon as it is there, in this process.
    executor : concurrent.futures.Executor or None
        Where to judge instead of in processes of our own, `2 * workers` claims at a time; it is not shut
        down. Its workers need theorycheck and the claim files under the same paths.

    Returns
    -------
    list of Verdict
        In the order of `claims`.

    Raises
    ------
    RunError
        After everything else was judged, if a claim could not be judged or its worker was killed. It carries
        the finished verdicts.
    BackendError
        Before anything is judged, if the backend is not there.
    StoreError
        If a verdict cannot be stored.
    """
    if workers < 1:
        raise BudgetError(f"a run needs at least one worker, not {workers}")
    namespace(settings.backend)
    wanted = {claim.id for claim in claims}
    verdicts: dict[str, Verdict] = {}

    def keep(claim: Claim, verdict: Verdict) -> None:
        verdicts[claim.id] = verdict
        if on_verdict is not None and claim.id in wanted:
            on_verdict(verdict)

    def finish(claim: Claim, verdict: Verdict) -> None:
        if store is not None:
            store.put(claim, settings, verdict)
        keep(claim, verdict)

    waiting: list[Claim] = []
    for claim in _readings_first(claims):
        stored = None if store is None else store.get(claim, settings)
        if stored is None:
            waiting.append(claim)
        else:
            keep(claim, stored)

    failures: list[str] = []
    tasks = _tasks(waiting, settings) if workers > 1 or executor is not None else {}
    if tasks:
        by_id = {claim.id: claim for claim in waiting}
        failures += work_off(
            list(tasks.values()),
            lambda claim_id, verdict: finish(by_id[claim_id], verdict),
            workers=workers,
            executor=executor,
        )
    for claim in waiting:
        if claim.id in tasks or any(reading.id not in verdicts for reading in claim.readings):
            continue
        try:
            verdict = judge(claim, settings, lambda reading: verdicts[reading.id])
        except TheorycheckError as error:
            failures.append(str(error))
        else:
            finish(claim, verdict)
    finished = [verdicts[claim.id] for claim in claims if claim.id in verdicts]
    if failures:
        raise RunError(failures, finished)
    return finished


def _readings_first(claims: Iterable[Claim]) -> list[Claim]:
    """List the claims and all their readings, each id once, readings before their entry."""
    ordered: dict[str, Claim] = {}
    for claim in claims:
        for item in (*_readings_first(claim.readings), claim):
            ordered.setdefault(item.id, item)
    return list(ordered.values())


def _tasks(claims: Iterable[Claim], settings: Settings) -> dict[str, Task]:
    """Describe the claims that workers can find; entries are concluded here from their readings."""
    tasks = {}
    for claim in claims:
        source = source_of(claim)
        if source is not None and not claim.readings:
            tasks[claim.id] = Task(claim.id, source, settings)
    return tasks
