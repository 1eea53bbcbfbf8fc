"""The adversarial optimiser: a batched evolution of the worst instances on the unit cube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.hunting.evaluation import Batch, chosen, evaluate, noise, ranking, selected
from theorycheck.statement.claims import Claim

POPULATION = 48
MAX_FLOATS = 2**21
"""Floats of one generation; wider strata are searched with a smaller population."""


def population_size(width: int) -> int:
    """How many rows of `width` floats one generation holds (0: too wide to refine)."""
    size = min(POPULATION, MAX_FLOATS // max(width, 1))
    return size if size >= 8 else 0


@dataclass
class Population:
    """Members of a search, points of the cube, with what is known of each; `cleared` are those that balls acquit."""

    claim: Claim
    rows: Any
    batch: Batch
    level: Any
    cleared: Any

    @property
    def value(self) -> Any:
        return np.where(self.cleared, 1.0, ranking(self.claim, self.batch, self.level))

    def take(self, better: Any, other: Population) -> None:
        """Replace the members where `better` by those of `other`."""
        self.rows = np.where(better[:, None], other.rows, self.rows)
        self.level = np.where(better, other.level, self.level)
        self.cleared = np.where(better, other.cleared, self.cleared)
        self.batch = chosen(better, other.batch, self.batch)


class Search:
    """The search of one stratum, which can be taken up again.

    Every generation proposes one move for each member, half of them differential evolution (towards the
    best), half sparse Gaussian steps of sizes between 1e-8 and 1, and keeps the better. Rounding noise is
    estimated where the conclusion seems to fail, for the members in every generation anew, and counts against them, so
    that noise is not what is optimised.

    Parameters
    ----------
    claim, stratum
        What to refine.
    rows : ndarray of shape (M, width)
        Starting points, the worst first.
    xp : Namespace
        Float namespace of the evaluation.
    random : numpy.random.Generator
        The stream of this search.

    Attributes
    ----------
    proposed : int
        Instances that were evaluated, without the perturbed ones that measure noise.
    judged : int
        Those of them that were admissible and had a value.
    """

    def __init__(
        self,
        claim: Claim,
        stratum: Any,
        rows: np.ndarray[Any, np.dtype[np.float64]],
        *,
        xp: Any,
        random: np.random.Generator,
    ) -> None:
        self.claim, self.stratum, self.xp, self.random = claim, stratum, xp, random
        self.proposed = self.judged = 0
        width = rows.shape[1]
        size = population_size(width)
        start = random.random((size, width))
        start[: min(size, len(rows))] = rows[:size]
        self.members = self._measured(start)

    def run(self, evaluations: int) -> None:
        """Go on until about so many evaluations are spent."""
        used = 0
        while used < evaluations:
            before = self.proposed
            proposals = self._measured(_propose(self.members.rows, self.members.value, self.random))
            self._measure_noise(self.members)
            self.members.take(proposals.value < self.members.value, proposals)
            used += self.proposed - before

    @property
    def rows(self) -> Any:
        """The population, the worst first."""
        return self.members.rows[np.argsort(self.members.value, kind="stable")]

    @property
    def smallest(self) -> float:
        return float(self.members.value.min())

    def suspicious(self, most: int) -> list[int]:
        """Members at which the conclusion seems to fail, the worst first."""
        value = self.members.value
        return [int(index) for index in np.argsort(value, kind="stable")[:most] if value[index] < 0]

    def clear(self, index: int) -> None:
        """Take it that the conclusion holds at a member, whatever floats say."""
        self.members.cleared[index] = True

    def _measured(self, rows: Any) -> Population:
        batch = evaluate(self.claim, self.stratum, self.xp.asarray(rows), self.xp)
        self.proposed += len(rows)
        self.judged += batch.judged
        count = len(rows)
        population = Population(self.claim, rows, batch, np.zeros(count), np.zeros(count, dtype=bool))
        self._measure_noise(population)
        return population

    def _measure_noise(self, population: Population) -> None:
        doubtful = np.flatnonzero(population.batch.normalised < 0)
        if not len(doubtful):
            return
        part = self.xp.asarray(population.rows[doubtful])
        batch = selected(population.batch, doubtful)
        found = noise(self.claim, self.stratum, part, self.xp, batch=batch, jitter=self.random)
        population.level[doubtful] = np.maximum(population.level[doubtful], found)


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
