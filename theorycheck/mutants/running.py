"""The mutants of many claims, judged here or in worker processes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, as_completed
from dataclasses import dataclass

from theorycheck.errors import BudgetError, RunError, TheorycheckError
from theorycheck.mutants.judging import MutantVerdict, judge_mutant, judge_original
from theorycheck.mutants.operators import TRUE, Mutant, Skipped, mutate
from theorycheck.running.workers import Task, _pool
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import load_claim, source_of

Progress = Callable[[MutantVerdict], None]
"""Called with each verdict as soon as it is there."""
UNCHANGED = -1
"""The number of the claim itself among its mutants."""


@dataclass(frozen=True)
class _Job:
    """One mutant to judge, named so that any process with the same files finds it."""

    claim: Claim
    number: int


def run_mutants(
    claims: Sequence[Claim], settings: Settings, *, workers: int = 1, progress: Progress | None = None
) -> tuple[MutantVerdict, ...]:
    """Judge the mutants of all claims that have a formula and are recorded as true.

    Of claims that differ only in the numbers that their formula was made with, one is mutated. Every claim is
    hunted unchanged as well (operator "none"): it must not be refuted.

    Parameters
    ----------
    claims : sequence of Claim
    settings : Settings
    workers : int
        Worker processes; 1 judges in this process, as are claims that were not loaded from a file.
    progress : callable or None

    Returns
    -------
    tuple of MutantVerdict
        In the order of the claims: each unchanged, then its mutants, then what made no mutant. They do not
        depend on the number of workers.

    Raises
    ------
    RunError
        If a worker was killed or a claim file changed while it ran.
    """
    if workers < 1:
        raise BudgetError(f"a run needs at least one worker, not {workers}")
    chosen = mutable(claims)
    plans: dict[str, tuple[list[_Job], list[MutantVerdict]]] = {}
    formulas = set()
    for claim in chosen:
        jobs = [_Job(claim, UNCHANGED)]
        skipped: list[MutantVerdict] = []
        if _formula(claim) not in formulas:
            formulas.add(_formula(claim))
            mutants, unused = _mutated(claim)
            jobs += [_Job(claim, number) for number in range(len(mutants))]
            skipped = [MutantVerdict(s.name, s.operator, claim.id, "skipped", s.reason) for s in unused]
        plans[claim.id] = (jobs, skipped)
    found: dict[tuple[str, int], MutantVerdict] = {}
    jobs = [job for planned, _ in plans.values() for job in planned]
    for job, verdict in _judged(jobs, settings, workers):
        found[job.claim.id, job.number] = verdict
        if progress is not None:
            progress(verdict)
    results: list[MutantVerdict] = []
    for planned, skipped in plans.values():
        results += [found[job.claim.id, job.number] for job in planned] + skipped
    return tuple(results)


def mutable(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that are mutated: those with a formula that are recorded as true."""
    return [claim for claim in claims if claim.sides is not None and claim.expected in TRUE]


def _formula(claim: Claim) -> object:
    """What claims share whose formula was made by one function with different numbers in its closure."""
    code = getattr(claim.sides, "__code__", None)
    if code is None or not code.co_freevars:
        return claim.id
    return code, claim.relation, len(claim.hypotheses)


@functools.lru_cache(maxsize=8)
def _mutated(claim: Claim) -> tuple[tuple[Mutant, ...], tuple[Skipped, ...]]:
    return mutate(claim)


def _judged(jobs: Sequence[_Job], settings: Settings, workers: int) -> Iterator[tuple[_Job, MutantVerdict]]:
    away = [job for job in jobs if workers > 1 and source_of(job.claim) is not None]
    if away:
        yield from _elsewhere(away, settings, workers)
    for job in jobs:
        if job not in away:
            yield job, _judge(job, settings)


def _judge(job: _Job, settings: Settings) -> MutantVerdict:
    if job.number == UNCHANGED:
        return judge_original(job.claim, settings)
    return judge_mutant(_mutated(job.claim)[0][job.number], settings)


def _elsewhere(
    jobs: Sequence[_Job], settings: Settings, workers: int
) -> Iterator[tuple[_Job, MutantVerdict]]:
    """Judge in worker processes and yield what is finished."""
    with _pool(min(workers, len(jobs))) as pool:
        try:
            futures = {}
            for job in jobs:
                source = source_of(job.claim)
                assert source is not None
                futures[pool.submit(_judge_task, Task(job.claim.id, source, settings), job.number)] = job
            for future in as_completed(futures):
                result = future.result()
                if isinstance(result, str):
                    raise RunError([result], ())
                yield futures[future], result
        except BrokenExecutor as error:
            raise RunError(["a worker process was killed (out of memory?); try --workers 1"], ()) from error


def _judge_task(task: Task, number: int) -> MutantVerdict | str:
    try:
        return _judge(_Job(load_claim(task.source, task.claim_id), number), task.settings)
    except TheorycheckError as error:
        return str(error)
