"""Drawing instances in batches, and keeping the worst of every stratum."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from theorycheck.errors import FormulaError, SpaceError
from theorycheck.hunting import ties
from theorycheck.hunting.certify import certify
from theorycheck.hunting.evaluation import Batch, evaluate, noise, ranking, selected
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, Stratum, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.streams import generator
from theorycheck.terms.namespaces import to_numpy

BLOCK_FLOATS = 2**20
"""Floats of one block of the unit cube (8 MiB; a formula's temporaries are a few times that)."""
BLOCK_ROWS = 16_384
KEPT = 64
"""Worst instances kept a stratum."""
NOT_NUMBERS_CHECKED = 8
"""Instances without a finite gap that are evaluated again in balls, a stratum."""
RATIO_BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999, 1.0)


@dataclass
class Hunted:
    """What is known of one stratum while the hunt goes on; `rows` are points of its cube, the worst first.

    `drawn` counts the instances that were evaluated, in refining too, `admissible` those of them in which the
    hypotheses hold and the formula has a value; `withheld` says why it has none where it reads a constant of
    which only a bound is known.
    """

    stratum: Stratum
    width: int
    drawn: int = 0
    admissible: int = 0
    not_numbers: int = 0
    withheld: str = ""
    satisfied: Any = 0
    histogram: Any = 0
    rows: Any = None
    rank: Any = field(default_factory=lambda: np.empty(0))
    gap: Any = field(default_factory=lambda: np.empty(0))
    ratio: Any = field(default_factory=lambda: np.empty(0))

    @property
    def smallest(self) -> float:
        return float(self.rank[0]) if len(self.rank) else math.inf


def draw(claim: Claim, settings: Settings, xp: Any, strata: list[Hunted] | None = None) -> list[Hunted]:
    """Draw and evaluate the instances; return the strata in which some satisfy the hypotheses.

    A list `strata` is filled with all of them, for whoever looks at them before the drawing has ended.

    Raises
    ------
    SpaceError
        If there is none.
    """
    assert claim.space is not None
    strata = [] if strata is None else strata
    strata += [Hunted(stratum, ties.width(claim.space, stratum)) for stratum in claim.space.strata()]
    weights = [1.0 / (hunted.width + 4) for hunted in strata]
    for hunted, weight in zip(strata, weights, strict=True):
        share = round(settings.work.instances * weight / sum(weights))
        least = max(2, min(64, BLOCK_FLOATS // max(hunted.width, 1)))
        _draw_stratum(claim, settings, hunted, max(share, least) if hunted.width else 1, xp)
    alive = [hunted for hunted in strata if hunted.admissible or hunted.not_numbers]
    if not alive:
        raise SpaceError(_nothing_admissible(claim, strata))
    return alive


def _draw_stratum(claim: Claim, settings: Settings, hunted: Hunted, count: int, xp: Any) -> None:
    rows = max(1, min(BLOCK_ROWS, BLOCK_FLOATS // max(hunted.width, 1)))
    for block, start in enumerate(range(0, count, rows)):
        shape = (min(rows, count - start), hunted.width)
        stream = generator(settings.seed, claim.id, "hunt", hunted.stratum.name, block)
        cube = _uniform(stream, shape, xp)
        take(
            claim,
            hunted,
            cube,
            xp,
            generator(settings.seed, claim.id, "noise", hunted.stratum.name, block),
            drawn=True,
        )


def _uniform(stream: np.random.Generator, shape: tuple[int, int], xp: Any) -> Any:
    """Points of the cube, drawn on the device of `xp`."""
    if xp.name == "cupy":
        return xp.random.default_rng(int(stream.integers(2**63))).random(shape)
    return stream.random(shape)


def take(
    claim: Claim, hunted: Hunted, cube: Any, xp: Any, jitter: np.random.Generator, *, drawn: bool
) -> None:
    """Evaluate the rows of `cube` and keep the worst of them with those that are kept already."""
    batch = evaluate(claim, hunted.stratum, cube, xp)
    _check_numbers(claim, hunted, cube, batch)
    level = np.zeros(len(batch.gap))
    suspicious = np.flatnonzero(batch.normalised < 0)
    if len(suspicious):
        part = cube[xp.asarray(suspicious)]
        level[suspicious] = noise(
            claim, hunted.stratum, part, xp, batch=selected(batch, suspicious), jitter=jitter
        )
    rank = ranking(claim, batch, level)
    ratio = _ratios(claim.relation, batch)
    if drawn:
        hunted.drawn += len(rank)
        hunted.admissible += batch.judged
        hunted.satisfied = hunted.satisfied + batch.hypotheses.sum(axis=1)
        counts, _ = np.histogram(ratio[np.isfinite(ratio)], [*RATIO_BINS, np.inf])
        hunted.histogram = hunted.histogram + counts
    worst = np.argsort(rank, kind="stable")[:KEPT]
    worst = worst[np.isfinite(rank[worst])]
    rows = to_numpy(cube[xp.asarray(worst)])
    rows = rows if hunted.rows is None else np.concatenate([hunted.rows, rows])
    merged = np.concatenate([hunted.rank, rank[worst]])
    order = np.argsort(merged, kind="stable")[:KEPT]
    hunted.rows, hunted.rank = rows[order], merged[order]
    hunted.gap = np.concatenate([hunted.gap, batch.normalised[worst]])[order]
    hunted.ratio = np.concatenate([hunted.ratio, ratio[worst]])[order]


def _ratios(relation: str, batch: Batch) -> Any:
    """Smaller side over larger side, as the relation orders them; NaN where the larger is not positive."""
    small, large = (batch.left, batch.right) if relation in ("<=", "<") else (batch.right, batch.left)
    usable = batch.admissible & (large > 0) & np.isfinite(large) & np.isfinite(small) & (relation != "=")
    with np.errstate(all="ignore"):
        return np.where(usable, small / np.where(usable, large, 1.0), np.nan)


def _nothing_admissible(claim: Claim, strata: list[Hunted]) -> str:
    total = sum(hunted.drawn for hunted in strata)
    message = f"{claim.id}: none of {total} instances satisfies the hypotheses"
    if not claim.hypotheses:
        return (
            message + ": a domain of the space is always empty (bounds that exclude each other, "
            "a constant that no function has)"
        )
    satisfied = sum(hunted.satisfied for hunted in strata)
    index = int(np.argmin(satisfied))
    latex = claim.hypotheses[index].latex
    return message + (
        f"; {latex} holds for {int(satisfied[index])} of them. Declare the space so that it holds "
        "(bounds that refer to other names, constant_of(…), fewer families), "
        "or drop a hypothesis that contradicts another"
    )


def _check_numbers(claim: Claim, hunted: Hunted, cube: Any, batch: Batch) -> None:
    """Evaluate instances without a number again in balls: overflow is fine, no value at all is not."""
    assert claim.space is not None
    bad = np.flatnonzero(batch.admissible & (np.isnan(batch.gap) | (batch.gap == -np.inf)))
    todo = bad[: max(0, NOT_NUMBERS_CHECKED - hunted.not_numbers)]
    hunted.not_numbers += len(bad)
    for index in todo:
        try:
            instance = ties.instance(claim.space, hunted.stratum, to_numpy(cube[int(index)]))
        except SpaceError:
            continue
        check = certify(claim, instance, 512)
        if check.only_bounds:
            hunted.withheld = check.reason
        if check.finite or check.only_bounds or check.outcome in ("violated", "holds", "inadmissible"):
            continue
        sides = f"left = {batch.left[index]:.6g}, right = {batch.right[index]:.6g}"
        raise FormulaError(
            f"{claim.id}: the formula has no finite value at {brief(instance)} "
            f"({sides}; in balls: {check.reason}); exclude such instances by the space's bounds "
            "or a hypothesis, or mend the formula"
        )


def brief(instance: Instance) -> str:
    text = ", ".join(f"{name} = {value}" for name, value in instance_to_json(instance).items())
    return text if len(text) < 400 else text[:400] + " …"
