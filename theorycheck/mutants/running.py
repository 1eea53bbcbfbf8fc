"""The mutants of many claims, judged here or in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, as_completed

from theorycheck.claims import Claim
from theorycheck.errors import BudgetError, RunError, TheorycheckError
from theorycheck.loading import load_claim, source_of
from theorycheck.mutants.judging import MutantVerdict, judge_mutant, judge_original
from theorycheck.mutants.operators import TRUE, mutate
from theorycheck.settings import Settings
from theorycheck.workers import Task, _pool

Progress = Callable[[Claim, Sequence[MutantVerdict]], None]
"""Called with a claim and the verdicts on its mutants as soon as they are there."""


def run_mutants(
    claims: Sequence[Claim], settings: Settings, *, workers: int = 1, progress: Progress | None = None
) -> tuple[MutantVerdict, ...]:
    """Judge the mutants of all claims that have a formula and are recorded as true.

    Every such claim is hunted unchanged as well (operator "none"): it must not be refuted.

    Parameters
    ----------
    claims : sequence of Claim
    settings : Settings
    workers : int
        Worker processes; 1 judges in this process, as do claims that were not loaded from a file.
    progress : callable or None

    Returns
    -------
    tuple of MutantVerdict
        In the order of the claims, the unchanged claim first, then its mutants, then what made no mutant. They do not
        depend on the number of workers.

    Raises
    ------
    RunError
        If a worker was killed or a claim file changed while it ran.
    """
    if workers < 1:
        raise BudgetError(f"a run needs at least one worker, not {workers}")
    chosen = mutable(claims)
    tasks = {claim.id: Task(claim.id, source, settings) for claim in chosen if (source := source_of(claim))}
    found: dict[str, tuple[MutantVerdict, ...]] = {}
    away = [claim for claim in chosen if claim.id in tasks] if workers > 1 else []
    for claim_id, verdicts in _elsewhere([tasks[claim.id] for claim in away], workers):
        found[claim_id] = verdicts
        if progress is not None:
            progress(next(claim for claim in chosen if claim.id == claim_id), verdicts)
    for claim in chosen:
        if claim.id not in found:
            found[claim.id] = _of_claim(claim, settings)
            if progress is not None:
                progress(claim, found[claim.id])
    return tuple(verdict for claim in chosen for verdict in found[claim.id])


def mutable(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that are mutated: those with a formula that are recorded as true."""
    return [claim for claim in claims if claim.sides is not None and claim.expected in TRUE]


def _of_claim(claim: Claim, settings: Settings) -> tuple[MutantVerdict, ...]:
    mutants, skipped = mutate(claim)
    verdicts = [judge_original(claim, settings)]
    verdicts += [judge_mutant(mutant, settings) for mutant in mutants]
    verdicts += [MutantVerdict(item.name, item.operator, claim.id, "skipped", item.reason) for item in skipped]
    return tuple(verdicts)


def _elsewhere(tasks: Sequence[Task], workers: int) -> Iterator[tuple[str, tuple[MutantVerdict, ...]]]:
    """Judge in worker processes and yield what is finished."""
    if not tasks:
        return
    with _pool(min(workers, len(tasks))) as pool:
        try:
            futures = {pool.submit(_judge_task, task): task.claim_id for task in tasks}
            for future in as_completed(futures):
                result = future.result()
                if isinstance(result, str):
                    raise RunError([result], ())
                yield futures[future], result
        except BrokenExecutor as error:
            raise RunError(["a worker process was killed (out of memory?); try --workers 1"], ()) from error


def _judge_task(task: Task) -> tuple[MutantVerdict, ...] | str:
    try:
        return _of_claim(load_claim(task.source, task.claim_id), task.settings)
    except TheorycheckError as error:
        return str(error)
