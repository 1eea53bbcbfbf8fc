"""The hunt for a counterexample: draw, evaluate, refine, certify, shrink."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from theorycheck.claims import Claim
from theorycheck.errors import FormulaError, SpaceError
from theorycheck.hunting.certify import Certification, certify
from theorycheck.hunting.evaluation import Batch, evaluate, noise, ranking
from theorycheck.hunting.refine import population_size, refine
from theorycheck.hunting.script import script
from theorycheck.hunting.shrink import shrink
from theorycheck.namespaces import namespace
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, Stratum, instance_to_json
from theorycheck.streams import generator
from theorycheck.verdicts import Counterexample, Evidence, Sharpness

BLOCK_FLOATS = 2**20
"""Floats of one block of the unit cube (8 MiB; a formula's temporaries are a few times that)."""
BLOCK_ROWS = 16_384
KEPT = 64
"""Worst instances kept a stratum."""
REFINED_STRATA = 8
CERTIFIED = 48
"""Suspicions that are certified at most."""
FIRST_CERTIFIED = 8
"""Suspicions that are certified before the optimiser starts."""
EXACT_WIDTH = 4096
"""Wider instances are certified only where their gap is clearly negative: balls are slow in high dimension."""
CLEARLY = 1e-9
"""A normalised gap below minus this is called clear; it words the outcome of what balls left open, nothing more."""
NOT_NUMBERS_CHECKED = 8
"""Instances without a finite gap that are evaluated again in balls, a stratum."""
SHARPNESS_CANDIDATES = 12
SHARPNESS_BITS = 256
RATIO_BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999, 1.0)


@dataclass(frozen=True)
class HuntResult:
    """What a hunt found.

    Attributes
    ----------
    evidence : Evidence
        Outcome "violated", "not violated" or "unverified", with counts, strata and the worst instance.
    sharpness : Sharpness or None
        The largest ratio of the smaller to the larger side, as the relation orders them; None for "=".
    counterexample : Counterexample or None
        Certified and shrunk.
    """

    evidence: Evidence
    sharpness: Sharpness | None
    counterexample: Counterexample | None


@dataclass
class Hunted:
    """What is known of one stratum while the hunt goes on; `rows` are points of its cube, the worst first."""

    stratum: Stratum
    width: int
    instances: int = 0
    admissible: int = 0
    not_numbers: int = 0
    refinements: int = 0
    satisfied: Any = 0
    histogram: Any = 0
    rows: Any = None
    rank: Any = field(default_factory=lambda: np.empty(0))
    gap: Any = field(default_factory=lambda: np.empty(0))
    ratio: Any = field(default_factory=lambda: np.empty(0))

    @property
    def smallest(self) -> float:
        return float(self.rank[0]) if len(self.rank) else math.inf


def hunt(claim: Claim, settings: Settings) -> HuntResult:
    """Search the space of `claim` for an instance that satisfies its hypotheses and violates its conclusion.

    Instances are drawn from all strata and evaluated in batches, the worst are refined by an adversarial optimiser,
    suspicions are certified in balls on exact rationals, and a certified violation is shrunk. The result depends on
    the claim and the settings alone.

    Raises
    ------
    SpaceError
        If no instance that was drawn satisfies the hypotheses.
    FormulaError
        If the formula gives no number on an admissible instance, or values of the wrong shape.
    """
    start = time.perf_counter()
    xp = namespace(settings.backend)
    strata = draw(claim, settings, xp)
    tried: dict[Instance, Tried] = {}
    found = _certify_worst(claim, settings, strata, tried, FIRST_CERTIFIED)
    if found is None:
        _refine_worst(claim, settings, strata, xp)
        found = _certify_worst(claim, settings, strata, tried, CERTIFIED)
    sharpness, sharpest = _sharpness(claim, strata)
    details = _details(claim, settings, strata, sharpness, sharpest)
    if found is not None:
        return _refuted(claim, settings, details, found, sharpness, start)
    return _not_refuted(claim, strata, details, tried, sharpness, start)


# drawing ----------------------------------------------------------------------------------------------------------
def draw(claim: Claim, settings: Settings, xp: Any) -> list[Hunted]:
    """Draw and evaluate the instances; return the strata in which some are admissible.

    Raises
    ------
    SpaceError
        If there is none.
    """
    assert claim.space is not None
    strata = [Hunted(stratum, claim.space.width(stratum)) for stratum in claim.space.strata()]
    weights = [1.0 / (hunted.width + 4) for hunted in strata]
    for hunted, weight in zip(strata, weights, strict=True):
        share = round(settings.work.instances * weight / sum(weights))
        least = max(2, min(64, BLOCK_FLOATS // max(hunted.width, 1)))
        _draw_stratum(claim, settings, hunted, max(share, least) if hunted.width else 1, xp)
    alive = [hunted for hunted in strata if hunted.admissible]
    if not alive:
        raise SpaceError(_nothing_admissible(claim, strata))
    return alive


def _draw_stratum(claim: Claim, settings: Settings, hunted: Hunted, count: int, xp: Any) -> None:
    rows = max(1, min(BLOCK_ROWS, BLOCK_FLOATS // max(hunted.width, 1)))
    for block, start in enumerate(range(0, count, rows)):
        shape = (min(rows, count - start), hunted.width)
        cube = _uniform(settings, claim.id, hunted.stratum, block, shape, xp)
        _take(
            claim,
            hunted,
            cube,
            xp,
            generator(settings.seed, claim.id, "noise", hunted.stratum.name, block),
            drawn=True,
        )


def _uniform(
    settings: Settings, claim: str, stratum: Stratum, block: int, shape: tuple[int, int], xp: Any
) -> Any:
    stream = generator(settings.seed, claim, "hunt", stratum.name, block)
    if xp.name == "cupy":
        return xp.random.default_rng(int(stream.integers(2**63))).random(shape)
    return stream.random(shape)


def _take(
    claim: Claim, hunted: Hunted, cube: Any, xp: Any, jitter: np.random.Generator, *, drawn: bool
) -> None:
    """Evaluate the rows of `cube` and keep the worst of them with those that are kept already."""
    batch = evaluate(claim, hunted.stratum, cube, xp)
    _check_numbers(claim, hunted, cube, batch)
    rank = batch.normalised.copy()
    suspicious = np.flatnonzero(rank < 0)
    if len(suspicious):
        part = cube[xp.asarray(suspicious)]
        level = noise(claim, hunted.stratum, part, xp, _select(batch, suspicious), jitter)
        rank[suspicious] = ranking(_select(batch, suspicious), level)
    ratio = _ratios(claim.relation, batch)
    if drawn:
        hunted.instances += len(rank)
        hunted.admissible += int(batch.admissible.sum())
        hunted.satisfied = hunted.satisfied + batch.hypotheses.sum(axis=1)
        counts, _ = np.histogram(ratio[np.isfinite(ratio)], [*RATIO_BINS, np.inf])
        hunted.histogram = hunted.histogram + counts
    worst = np.argsort(rank, kind="stable")[:KEPT]
    worst = worst[np.isfinite(rank[worst])]
    rows = np.asarray(_host(cube[xp.asarray(worst)]))
    rows = rows if hunted.rows is None else np.concatenate([hunted.rows, rows])
    merged = np.concatenate([hunted.rank, rank[worst]])
    order = np.argsort(merged, kind="stable")[:KEPT]
    hunted.rows, hunted.rank = rows[order], merged[order]
    hunted.gap = np.concatenate([hunted.gap, batch.normalised[worst]])[order]
    hunted.ratio = np.concatenate([hunted.ratio, ratio[worst]])[order]


def _host(array: Any) -> Any:
    return array.get() if hasattr(array, "get") else array


def _select(batch: Batch, index: Any) -> Batch:
    return Batch(
        batch.left[index],
        batch.right[index],
        batch.gap[index],
        batch.scale[index],
        batch.admissible[index],
        batch.hypotheses[:, index],
    )


def _ratios(relation: str, batch: Batch) -> Any:
    """Smaller side over larger side, as the relation orders them; NaN where the larger is not positive."""
    small, large = (batch.left, batch.right) if relation in ("<=", "<") else (batch.right, batch.left)
    usable = batch.admissible & (large > 0) & np.isfinite(large) & np.isfinite(small) & (relation != "=")
    return np.where(usable, np.divide(small, np.where(usable, large, 1.0)), np.nan)


def _nothing_admissible(claim: Claim, strata: list[Hunted]) -> str:
    total = sum(hunted.instances for hunted in strata)
    message = f"{claim.id}: none of {total} instances satisfies the hypotheses"
    if not claim.hypotheses:
        return (
            message
            + ": a domain of the space is always empty (bounds that exclude each other, a constant that no function has)"
        )
    satisfied = sum(hunted.satisfied for hunted in strata)
    index = int(np.argmin(satisfied))
    latex = claim.hypotheses[index].latex
    return message + (
        f"; {latex} holds for {int(satisfied[index])} of them. Declare the space so that it holds "
        "(bounds that refer to other names, constant_of(…), fewer families), or drop a hypothesis that contradicts another"
    )


def _check_numbers(claim: Claim, hunted: Hunted, cube: Any, batch: Batch) -> None:
    """Evaluate instances without a number again in balls: overflow is fine, a formula without a value is not."""
    assert claim.space is not None
    bad = np.flatnonzero(batch.admissible & (np.isnan(batch.gap) | (batch.gap == -np.inf)))
    todo = bad[: max(0, NOT_NUMBERS_CHECKED - hunted.not_numbers)]
    hunted.not_numbers += len(bad)
    for index in todo:
        try:
            instance = claim.space.instance(hunted.stratum, _host(cube[int(index)]))
        except SpaceError:
            continue
        check = certify(claim, instance, 512)
        if check.finite or check.outcome in ("violated", "holds", "inadmissible"):
            continue
        sides = f"left = {batch.left[index]:.6g}, right = {batch.right[index]:.6g}"
        raise FormulaError(
            f"{claim.id}: the formula has no finite value at {_brief(instance)} ({sides}; in balls: {check.reason}); "
            "exclude such instances by the space's bounds or a hypothesis, or mend the formula"
        )


def _brief(instance: Instance) -> str:
    text = ", ".join(f"{name} = {value}" for name, value in instance_to_json(instance).items())
    return text if len(text) < 400 else text[:400] + " …"


# refining and certifying --------------------------------------------------------------------------------------------
def _refine_worst(claim: Claim, settings: Settings, strata: list[Hunted], xp: Any) -> None:
    able = [h for h in strata if h.width and population_size(h.width)]
    chosen = sorted(able, key=lambda hunted: hunted.smallest)[:REFINED_STRATA]
    for hunted in chosen:
        random = generator(settings.seed, claim.id, "refine", hunted.stratum.name)
        rows, used = refine(
            claim, hunted.stratum, hunted.rows, settings.work.refinements // len(chosen), xp, random
        )
        if used:
            hunted.refinements = used
            _take(claim, hunted, xp.asarray(rows), xp, random, drawn=False)


def _suspicions(claim: Claim, strata: list[Hunted]) -> list[tuple[float, float, Hunted, Any]]:
    """All kept instances whose float gap is suspicious, the most promising first, the best of each stratum in front."""
    strict = claim.relation in ("<", ">")
    found = []
    for hunted in strata:
        wide = hunted.width > EXACT_WIDTH
        place = 0
        for rank, gap, row in zip(hunted.rank, hunted.gap, hunted.rows, strict=True):
            if gap < -CLEARLY if wide else gap <= 0 if strict else gap < 0:
                found.append((place >= 2 and rank >= 0, place // 2, float(rank), float(gap), hunted, row))
                place += 1
    found.sort(key=lambda item: item[:3])
    return [(rank, gap, hunted, row) for _, _, rank, gap, hunted, row in found]


@dataclass(frozen=True)
class Tried:
    """A suspicion that was certified: what balls say, and its normalised gap in floats."""

    certification: Certification
    gap: float

    @property
    def cleared(self) -> bool:
        """Whether balls show that the conclusion holds there, or that the float gap was rounding."""
        return self.certification.outcome in ("holds", "inadmissible") or self.certification.negligible


@dataclass(frozen=True)
class Found:
    """A certified violation."""

    instance: Instance
    certification: Certification


def _certify_worst(
    claim: Claim, settings: Settings, strata: list[Hunted], tried: dict[Instance, Tried], most: int
) -> Found | None:
    """Certify the most promising suspicions until one is confirmed; `tried` collects the results."""
    assert claim.space is not None
    listed = _suspicions(claim, strata)
    above_noise = [item for item in listed if item[0] < 0]
    for _, gap, hunted, row in above_noise[:most] + [item for item in listed if item[0] >= 0][: most // 3]:
        try:
            instance = claim.space.instance(hunted.stratum, row)
        except SpaceError:
            continue
        if instance in tried:
            continue
        result = certify(claim, instance, settings.work.max_bits)
        tried[instance] = Tried(result, gap)
        if result.violated:
            return Found(instance, result)
    return None


# results -----------------------------------------------------------------------------------------------------------
def _sharpness(claim: Claim, strata: list[Hunted]) -> tuple[Sharpness | None, str]:
    """The largest ratio among the kept instances, measured in balls where they can; and its stratum's name."""
    assert claim.space is not None
    candidates = []
    for hunted in strata:
        order = np.argsort(np.where(np.isfinite(hunted.ratio), -hunted.ratio, np.inf), kind="stable")[:2]
        candidates += [(float(hunted.ratio[i]), hunted, i) for i in order if math.isfinite(hunted.ratio[i])]
    candidates.sort(key=lambda item: -item[0])
    best: tuple[float, Instance | None, str] = (-math.inf, None, "")
    for ratio, hunted, index in candidates[:SHARPNESS_CANDIDATES]:
        try:
            instance = claim.space.instance(hunted.stratum, hunted.rows[index])
        except SpaceError:
            continue
        measured = ratio
        if hunted.width <= EXACT_WIDTH:
            check = certify(claim, instance, SHARPNESS_BITS)
            if check.outcome == "inadmissible" or (hunted.gap[index] < 0 and not math.isfinite(check.ratio)):
                continue
            measured = check.ratio if math.isfinite(check.ratio) else ratio
        if measured > best[0]:
            best = (measured, instance, hunted.stratum.name)
    if best[1] is None:
        return None, ""
    return Sharpness(best[0], instance_to_json(best[1])), best[2]


def _details(
    claim: Claim, settings: Settings, strata: list[Hunted], sharpness: Sharpness | None, sharpest: str
) -> dict[str, Any]:
    details: dict[str, Any] = {
        "instances": sum(hunted.instances for hunted in strata),
        "admissible": sum(hunted.admissible for hunted in strata),
        "refinements": sum(hunted.refinements for hunted in strata),
        "overflowed": sum(hunted.not_numbers for hunted in strata),
        "strata": [
            {
                "name": hunted.stratum.name,
                "instances": hunted.instances,
                "admissible": hunted.admissible,
                "smallest normalised gap": _number(hunted.smallest),
            }
            for hunted in strata
        ],
        "backend": settings.backend,
    }
    if claim.relation != "=":
        histogram = sum(hunted.histogram for hunted in strata)
        details["ratios"] = {"bins": [*RATIO_BINS, None], "counts": [int(count) for count in histogram]}
        details["sharpest stratum"] = sharpest
    return details


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _worst(claim: Claim, strata: list[Hunted]) -> dict[str, Any] | None:
    """The instance with the smallest normalised gap, JSON-ready."""
    assert claim.space is not None
    hunted = min(strata, key=lambda item: item.smallest)
    if hunted.rows is None or not len(hunted.rows):
        return None
    try:
        instance = claim.space.instance(hunted.stratum, hunted.rows[0])
    except SpaceError:
        return None
    from theorycheck.namespaces import numpy_namespace

    batch = evaluate(claim, hunted.stratum, hunted.rows[:1], numpy_namespace())
    return {
        "stratum": hunted.stratum.name,
        "instance": instance_to_json(instance),
        "left": _number(float(batch.left[0])),
        "right": _number(float(batch.right[0])),
    }


def _refuted(
    claim: Claim,
    settings: Settings,
    details: dict[str, Any],
    found: Found,
    sharpness: Sharpness | None,
    start: float,
) -> HuntResult:
    instance, result = shrink(claim, found.instance, found.certification, settings)
    text = script(claim, instance, result.left, result.right)
    counterexample = Counterexample(
        instance_to_json(instance), result.left, result.right, claim.relation, result.bits, text
    )
    details["found"] = instance_to_json(found.instance)
    summary = f"violated, certified at {result.bits} bits: left {result.left}, right {result.right} at {_brief(instance)}"
    evidence = Evidence("hunt", "hunt", "violated", summary, details, time.perf_counter() - start)
    return HuntResult(evidence, sharpness, counterexample)


def _not_refuted(
    claim: Claim,
    strata: list[Hunted],
    details: dict[str, Any],
    tried: Mapping[Instance, Tried],
    sharpness: Sharpness | None,
    start: float,
) -> HuntResult:
    details["worst"] = _worst(claim, strata)
    undecided = [item for item in tried.values() if not item.cleared]
    reasons = list(dict.fromkeys(item.certification.reason for item in undecided))
    details["suspicions"] = {
        "certified": len(tried),
        "cleared": len(tried) - len(undecided),
        "undecided": len(undecided),
        "reasons": reasons[:5],
    }
    clear = [item for item in undecided if item.gap < -CLEARLY]
    drawn = f"{details['instances']:,}".replace(",", " ")
    summary = (
        f"no violation in {drawn} instances over {len(strata)} {'stratum' if len(strata) == 1 else 'strata'}"
    )
    if clear:
        reason = clear[0].certification.reason
        summary = f"{len(clear)} suspicions in {drawn} instances stay undecided in balls: {reason}"
    elif sharpness is not None:
        ratio = "left/right" if claim.relation in ("<=", "<") else "right/left"
        summary += f"; largest {ratio} {sharpness.ratio:.4g} ({details['sharpest stratum']})"
    outcome = "unverified" if clear else "not violated"
    evidence = Evidence("hunt", "hunt", outcome, summary, details, time.perf_counter() - start)
    return HuntResult(evidence, sharpness, None)
