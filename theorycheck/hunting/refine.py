"""The adversarial optimiser: a batched evolution of the worst instances on the unit cube."""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.hunting.evaluation import evaluate, noise, ranking
from theorycheck.statement.claims import Claim

POPULATION = 48
MAX_FLOATS = 2**21
"""Floats of one generation; wider strata are searched with a smaller population."""


def population_size(width: int) -> int:
    """How many rows of `width` floats one generation holds (0: too wide to refine)."""
    size = min(POPULATION, MAX_FLOATS // max(width, 1))
    return size if size >= 8 else 0


def refine(
    claim: Claim,
    stratum: Any,
    rows: np.ndarray[Any, np.dtype[np.float64]],
    evaluations: int,
    *,
    xp: Any,
    random: np.random.Generator,
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], int, int]:
    """Search the cube for smaller normalised gaps, from `rows` on.

    Every generation proposes one move for each member, half of them differential evolution (towards the
    best), half sparse Gaussian steps of sizes between 1e-8 and 1, and keeps the better. Rounding noise is
    estimated anew for the members in every generation and counts against them, so that noise is not what is
    optimised.

    Parameters
    ----------
    claim, stratum
        What to refine.
    rows : ndarray of shape (M, width)
        Starting points, the worst first.
    evaluations : int
        Evaluations of the formula that may be spent.
    xp : Namespace
        Float namespace of the evaluation.
    random : numpy.random.Generator
        The stream of this search.

    Returns
    -------
    rows : ndarray of shape (size, width)
        The final population.
    proposed : int
        Instances that were evaluated, without the perturbed ones that measure noise.
    judged : int
        Those of them that were admissible and had a value.
    """
    width = rows.shape[1]
    size = population_size(width)
    if size == 0 or width == 0 or evaluations < 4 * size:
        return rows[:size], 0, 0
    members = random.random((size, width))
    members[: min(size, len(rows))] = rows[:size]
    value, level, judged = _measure(claim, stratum, members, xp, random)
    used, proposed = 3 * size, size
    while used + 4 * size <= evaluations:
        proposals = _propose(members, value, random)
        new_value, new_level, admissible = _measure(claim, stratum, proposals, xp, random)
        judged += admissible
        batch = evaluate(claim, stratum, xp.asarray(members), xp)
        level = np.maximum(level, noise(claim, stratum, xp.asarray(members), xp, batch=batch, jitter=random))
        value = ranking(batch, level)
        used += 6 * size
        proposed += size
        better = new_value < value
        members = np.where(better[:, None], proposals, members)
        value, level = np.where(better, new_value, value), np.where(better, new_level, level)
    return members[np.argsort(value, kind="stable")], proposed, judged


def _measure(
    claim: Claim, stratum: Any, members: Any, xp: Any, random: np.random.Generator
) -> tuple[Any, Any, int]:
    cube = xp.asarray(members)
    batch = evaluate(claim, stratum, cube, xp)
    level = noise(claim, stratum, cube, xp, batch=batch, jitter=random)
    return ranking(batch, level), level, batch.judged


def _propose(members: Any, value: Any, random: np.random.Generator) -> Any:
    size, width = members.shape
    best = members[np.argsort(value, kind="stable")[: max(2, size // 8)]]
    towards = best[random.integers(len(best), size=size)]
    first, second = members[random.integers(size, size=size)], members[random.integers(size, size=size)]
    factor = random.uniform(0.3, 0.9, (size, 1))
    evolved = members + factor * (towards - members) + factor * (first - second)
    crossover = random.random((size, width)) < random.choice([0.2, 0.9], (size, 1))
    evolved = np.where(crossover, evolved, members)
    share = np.maximum(1.0 / width, random.choice([0.0, 0.3], (size, 1)))
    steps = random.standard_normal((size, width)) * 10.0 ** random.uniform(-8, 0, (size, 1))
    local = np.where(random.random((size, 1)) < 0.5, members, towards)
    local = local + np.where(random.random((size, width)) < share, steps, 0.0)
    proposals = np.where(random.random((size, 1)) < 0.5, evolved, local)
    outside = (proposals < 0) | (proposals > 1)
    return np.where(outside, np.clip(proposals, 0, 1), proposals)
