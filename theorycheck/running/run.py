"""Many claims, one after the other or in worker processes; what is finished is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from theorycheck.errors import BudgetError, RunError, TheorycheckError
from theorycheck.judging import judge
from theorycheck.running.fingerprints import statement_fingerprint
from theorycheck.running.settling import Settling
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
        An entry is concluded from the verdicts of its readings or parts, which are judged once; so are claims that are
        cited, from the same file or a shipped paper, before those that cite them.
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

    def settled(claim: Claim, verdict: Verdict) -> None:
        if store is not None and (claim.members or verdict.cites or verdict.missing_hypothesis):
            store.put(claim, settings, verdict)
        if on_verdict is not None and claim.id in wanted:
            on_verdict(verdict)

    ordered = _members_first(claims)
    settling = Settling(ordered, settings, settled)

    def keep(claim: Claim, verdict: Verdict) -> None:
        verdict = replace(verdict, fingerprint=statement_fingerprint(claim, verdict.cites))
        if store is not None:
            store.put(claim, settings, verdict)
        settling.add(claim, verdict)

    failures: list[str] = []
    waiting = [claim for claim in ordered if not claim.members]
    while waiting:
        failures += _judge_all(waiting, settings, keep, settling.add, workers, store, executor)
        waiting = settling.wanted()
    settling.finish()
    failures += settling.failures
    finished = [settling.settled[claim.id] for claim in claims if claim.id in settling.settled]
    if failures:
        raise RunError(failures, finished)
    return finished


def _judge_all(
    claims: Sequence[Claim],
    settings: Settings,
    keep: Callable[[Claim, Verdict], None],
    known: Callable[[Claim, Verdict], None],
    workers: int,
    store: Store | None,
    executor: Executor | None,
) -> list[str]:
    """Find the evidence of claims without members; return a line for each that could not be judged."""
    waiting: list[Claim] = []
    for claim in claims:
        stored = None if store is None else store.get(claim, settings)
        if stored is None:
            waiting.append(claim)
        else:
            known(claim, stored)
    failures: list[str] = []
    tasks = _tasks(waiting, settings) if workers > 1 or executor is not None else {}
    if tasks:
        by_id = {claim.id: claim for claim in waiting}
        failures += work_off(
            list(tasks.values()),
            lambda claim_id, verdict: keep(by_id[claim_id], verdict),
            workers=workers,
            executor=executor,
        )
    for claim in waiting:
        if claim.id in tasks:
            continue
        try:
            verdict = judge(claim, settings, cited={})
        except TheorycheckError as error:
            failures.append(str(error))
        else:
            keep(claim, verdict)
    return failures


def _members_first(claims: Iterable[Claim]) -> list[Claim]:
    """List the claims and all their readings and parts, each id once, these before their entry."""
    ordered: dict[str, Claim] = {}
    for claim in claims:
        for item in (*_members_first(claim.members), claim):
            ordered.setdefault(item.id, item)
    return list(ordered.values())


def _tasks(claims: Iterable[Claim], settings: Settings) -> dict[str, Task]:
    """Describe the claims that workers can find."""
    tasks = {}
    for claim in claims:
        source = source_of(claim)
        if source is not None:
            tasks[claim.id] = Task(claim.id, source, settings)
    return tasks
