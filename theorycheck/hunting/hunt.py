"""The hunt for a counterexample: draw, evaluate, refine, certify, shrink."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from theorycheck.errors import SpaceError
from theorycheck.functions.own import measure_own_families
from theorycheck.hunting import ties
from theorycheck.hunting.certify import Certification, certify
from theorycheck.hunting.critical import critical_instances
from theorycheck.hunting.drawing import Hunted, brief, draw, take
from theorycheck.hunting.refine import Search, population_size
from theorycheck.hunting.results import EXACT_WIDTH, collect_details, measure_sharpness, worst_instance
from theorycheck.hunting.script import script
from theorycheck.hunting.shrink import shrink
from theorycheck.hunting.unreached import approximately, fails_in_the_limit, limit_points, simplified
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample, Evidence, Sharpness
from theorycheck.streams import generator
from theorycheck.terms.namespaces import namespace

REFINED_STRATA = 16
ROUNDS = 4
"""Of the search, each with half of the strata of the one before."""
CERTIFIED = 48
"""Suspicions that are certified at most."""
SHRUNK = 3
"""Strata of the lowest dimension from which shrinking starts, besides the violation that was found first."""
CERTIFIED_A_STRATUM = 3
CERTIFIED_A_ROUND = 3
"""Members of a search that are certified before it goes on."""
STRICT = ("<", ">")
FIRST_CERTIFIED = 8
"""Suspicions that are certified before the optimiser starts."""
LEVEL_STRATA = 24
LEVEL_A_STRATUM = 2
"""Instances without a float gap that are certified."""
CLEARLY = 1e-9
"""A normalised gap below minus this is called clear: it words the outcome where balls left it open."""


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
class Progress:
    """What a hunt has come to: the strata that it draws from, and the certified violation that it shrinks."""

    strata: list[Hunted] = field(default_factory=list)
    found: Found | None = None


def hunt(claim: Claim, settings: Settings, progress: Progress | None = None) -> HuntResult:
    """Search the space of `claim` for an instance that satisfies its hypotheses and violates its conclusion.

    Instances are drawn from all strata and evaluated in batches, the worst are refined by an adversarial
    optimiser, suspicions are certified in balls on exact rationals, and a certified violation is shrunk.
    The result depends on the claim and the settings alone. `progress` is kept up to date, for `stopped_hunt`.

    Raises
    ------
    SpaceError
        If no instance that was drawn satisfies the hypotheses.
    FormulaError
        If the formula gives no number on an admissible instance, or values of the wrong shape.
    ClaimError
        If a hypothesis is no comparison, or measurements contradict a constant of an own family.
    """
    start = time.perf_counter()
    progress = Progress() if progress is None else progress
    progress.strata, progress.found = [], None
    measure_own_families(claim.space)
    xp = namespace(settings.backend)
    strata = draw(claim, settings, xp, progress.strata)
    tried: dict[Instance, Tried] = {}
    found = _certify_worst(claim, settings, strata, tried, FIRST_CERTIFIED)
    if found is None:
        found = _refine_worst(claim, settings, strata, xp, tried)
    if found is None:
        found = _certify_worst(claim, settings, strata, tried, CERTIFIED)
    if found is None:
        found = _certify_level(claim, settings, strata, tried)
    if found is None:
        found = _certify_critical(claim, settings, strata, tried)
    limit = None
    if found is None:
        found, limit = _certify_limits(claim, settings, strata, tried)
    progress.found = found
    sharpness, sharpest = measure_sharpness(claim, strata)
    details = collect_details(claim, settings, strata, sharpness, sharpest)
    if found is not None:
        starts = [found, *_in_lower_dimensions(claim, settings, strata, found, xp)]
        result = _refuted(claim, settings, details, starts, sharpness)
    else:
        result = _not_refuted(claim, strata, details, tried, sharpness, limit)
    return replace(result, evidence=replace(result.evidence, seconds=time.perf_counter() - start))


def stopped_hunt(claim: Claim, progress: Progress, seconds: float) -> HuntResult:
    """What a hunt has found that was stopped after `seconds`: a violation that is certified and not shrunk, or nothing so far."""
    if progress.found is not None:
        return stopped_at(claim, progress.found, seconds)
    admissible = sum(hunted.admissible for hunted in progress.strata)
    return HuntResult(nothing_so_far(admissible, seconds), None, None)


def stopped_at(claim: Claim, found: Found, seconds: float) -> HuntResult:
    """A certified violation that was not shrunk before the hunt was stopped."""
    counterexample = _counterexample(claim, found.instance, found.certification)
    details = {"found": instance_to_json(found.instance), "stopped_after": seconds}
    summary = f"{_violated(found.instance, found.certification)}; not shrunk: {_stopped(seconds)}"
    return HuntResult(Evidence("hunt", "hunt", "violated", summary, details), None, counterexample)


def nothing_so_far(admissible: int, seconds: float) -> Evidence:
    """A hunt that was stopped without a violation, after so many admissible instances."""
    details = {"admissible": admissible, "stopped_after": seconds}
    count = f"{admissible:,}".replace(",", " ")
    summary = f"no violation so far in {count} admissible instances; {_stopped(seconds)}"
    return Evidence("hunt", "hunt", "unverified", summary, details)


def _stopped(seconds: float) -> str:
    return f"stopped: it took longer than {seconds:g} s; see --timeout"


# refining and certifying -----------------------------------------------------------------------------------
def _refine_worst(
    claim: Claim, settings: Settings, strata: list[Hunted], xp: Any, tried: dict[Instance, Tried]
) -> Found | None:
    """Search the strata with the smallest gaps: all for a while, then the better half of them, and so on.

    After each round the worst members are certified, so that no search goes on after rounding noise.
    """
    able = [h for h in strata if h.width and population_size(h.width)]
    searches = []
    for hunted in _in_turn(able, [hunted.smallest for hunted in able])[:REFINED_STRATA]:
        random = generator(settings.seed, claim.id, "refine", hunted.stratum.name)
        searches.append((hunted, Search(claim, hunted.stratum, hunted.rows, xp=xp, random=random)))
    going = searches
    for _ in range(ROUNDS):
        for hunted, search in going:
            search.run(settings.work.refinements // (ROUNDS * len(going)))
            found = _certify_members(claim, settings, hunted, search, tried)
            if found is not None:
                return found
        smallest = {id(hunted): search.smallest for hunted, search in going}
        order = _in_turn([hunted for hunted, _ in going], list(smallest.values()))
        kept = {id(hunted) for hunted in order[: max(1, len(going) // 2)]}
        going = [item for item in going if id(item[0]) in kept]
    for hunted, search in searches:
        hunted.drawn += search.proposed
        hunted.admissible += search.judged
        take(claim, hunted, xp.asarray(search.rows), xp, search.random, drawn=False)
    return None


def _in_turn(strata: list[Hunted], smallest: list[float]) -> list[Hunted]:
    """The strata with the smallest gaps first, taken from every dimension in turn.

    What is tight in one dimension often hides what fails in two.
    """
    place: dict[int, int] = {}
    keys = []
    for value, index in sorted(zip(smallest, range(len(strata)), strict=True)):
        dimension = strata[index].stratum.dimension
        place[dimension] = place.get(dimension, 0) + 1
        keys.append((place[dimension], value, index))
    return [strata[index] for _, _, index in sorted(keys)]


def _certify_members(
    claim: Claim, settings: Settings, hunted: Hunted, search: Search, tried: dict[Instance, Tried]
) -> Found | None:
    assert claim.space is not None
    if hunted.width > EXACT_WIDTH:
        return None
    for index in search.suspicious(CERTIFIED_A_ROUND):
        try:
            instance = ties.instance(claim.space, hunted.stratum, search.members.rows[index])
        except SpaceError:
            search.clear(index)
            continue
        if instance not in tried:
            gap = float(search.members.batch.normalised[index])
            result = certify(claim, instance, settings.work.max_bits)
            tried[instance] = Tried(result, gap, claim.relation in STRICT)
        if tried[instance].certification.violated:
            return Found(instance, tried[instance].certification)
        if tried[instance].cleared:
            search.clear(index)
    return None


def _suspicions(claim: Claim, strata: list[Hunted]) -> list[tuple[float, float, Hunted, Any]]:
    """All kept instances whose float gap is suspicious, the best of each stratum first."""
    strict = claim.relation in STRICT
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
    """A suspicion that was certified: what balls say, and its normalised gap in floats (0 where floats see none)."""

    certification: Certification
    gap: float
    strict: bool = False

    @property
    def cleared(self) -> bool:
        """Whether balls show that the conclusion holds there, or that the float gap was rounding.

        Under "<" and ">" a gap that cannot be told from 0 is what the claim denies, however small.
        """
        noise = self.certification.negligible and not self.strict
        return self.certification.outcome in ("holds", "inadmissible") or noise

    @property
    def is_tie(self) -> bool:
        """Whether both sides of a strict relation may be equal: balls enclose them and cannot part them."""
        return self.strict and self.certification.outcome == "undecided" and self.certification.finite


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
    level = [item for item in listed if item[0] >= 0]
    if claim.relation in STRICT:  # equality violates, and rounding makes it in many strata: look into each
        level = _one_a_stratum(level) + level[: most // 3]
    else:
        level = level[: most // 3]
    for _, gap, hunted, row in above_noise[:most] + level:
        try:
            instance = ties.instance(claim.space, hunted.stratum, row)
        except SpaceError:
            continue
        if instance in tried:
            continue
        result = certify(claim, instance, settings.work.max_bits)
        tried[instance] = Tried(result, gap, claim.relation in STRICT)
        if result.violated:
            return Found(instance, result)
    return None


def _certify_critical(
    claim: Claim, settings: Settings, strata: list[Hunted], tried: dict[Instance, Tried]
) -> Found | None:
    """Certify the instances at which a part of the formula changes, until one violates the claim."""
    for instance in critical_instances(claim, strata):
        if instance in tried:
            continue
        result = certify(claim, instance, settings.work.max_bits)
        tried[instance] = Tried(result, 0.0, claim.relation in STRICT)
        if result.violated:
            return Found(instance, result)
    return None


def _certify_limits(
    claim: Claim, settings: Settings, strata: list[Hunted], tried: dict[Instance, Tried]
) -> tuple[Found | None, Instance | None]:
    """Certify what lies at and beside the points where the claim seems to fail; the first one that no instance reaches."""
    assert claim.space is not None
    limit: Instance | None = None
    for near in limit_points(claim, strata, generator(settings.seed, claim.id, "limits")):
        for instance in (simplified(near), near):
            if instance in tried or not claim.space.admits(instance):
                continue
            result = certify(claim, instance, settings.work.max_bits)
            tried[instance] = Tried(result, 0.0, claim.relation in STRICT and instance is not near)
            if result.violated:
                return Found(instance, result), None
        if limit is None and fails_in_the_limit(claim, near):
            limit = near
    return None, limit


def _certify_level(
    claim: Claim, settings: Settings, strata: list[Hunted], tried: dict[Instance, Tried]
) -> Found | None:
    """Certify a few instances whose sides floats cannot tell apart: what they round away may violate the claim."""
    assert claim.space is not None
    for hunted in strata[:LEVEL_STRATA]:
        level = [row for gap, row in zip(hunted.gap, hunted.rows, strict=True) if abs(gap) <= CLEARLY]
        for row in level[:LEVEL_A_STRATUM]:
            try:
                instance = ties.instance(claim.space, hunted.stratum, row)
            except SpaceError:
                continue
            if instance in tried:
                continue
            result = certify(claim, instance, settings.work.max_bits)
            tried[instance] = Tried(result, 0.0, claim.relation in STRICT)
            if result.violated:
                return Found(instance, result)
    return None


def _one_a_stratum(listed: list[tuple[float, float, Hunted, Any]]) -> list[tuple[float, float, Hunted, Any]]:
    """The first suspicion of every stratum, the lowest dimension first."""
    first: dict[str, tuple[float, float, Hunted, Any]] = {}
    for item in listed:
        first.setdefault(item[2].stratum.name, item)
    return sorted(first.values(), key=lambda item: item[2].stratum.dimension)


def _in_lower_dimensions(
    claim: Claim, settings: Settings, strata: list[Hunted], found: Found, xp: Any
) -> list[Found]:
    """Certified violations in the lowest dimension that has one, of at most `SHRUNK` strata: where shrinking may start."""
    assert claim.space is not None
    reached = claim.space.stratum_of(found.instance).dimension
    lower = [hunted for hunted in strata if hunted.stratum.dimension < reached]
    if lower and all(hunted.smallest >= 0 for hunted in lower):
        _refine_worst(claim, settings, lower, xp, {})
    others: list[Found] = []
    for hunted in sorted(
        strata, key=lambda hunted: hunted.stratum.dimension
    ):  # stable: the families keep their order
        dimension = hunted.stratum.dimension
        beyond = dimension > reached or (
            others and dimension > claim.space.stratum_of(others[0].instance).dimension
        )
        if beyond or len(others) == SHRUNK:
            break
        violated = _certify_worst(claim, settings, [hunted], {}, CERTIFIED_A_STRATUM)
        if violated is not None and violated.instance != found.instance:
            others.append(violated)
    return others


def _refuted(
    claim: Claim,
    settings: Settings,
    details: dict[str, Any],
    starts: list[Found],
    sharpness: Sharpness | None,
) -> HuntResult:
    found = starts[0]
    instance, result = shrink(claim, [(start.instance, start.certification) for start in starts], settings)
    details["found"] = instance_to_json(found.instance)
    evidence = Evidence("hunt", "hunt", "violated", _violated(instance, result), details)
    return HuntResult(evidence, sharpness, _counterexample(claim, instance, result))


def _counterexample(claim: Claim, instance: Instance, result: Certification) -> Counterexample:
    text = script(claim, instance, result.left, result.right)
    return Counterexample(
        instance_to_json(instance), result.left, result.right, claim.relation, result.bits, text
    )


def _violated(instance: Instance, result: Certification) -> str:
    sides = f"left {result.left}, right {result.right}"
    return f"violated, certified at {result.bits} bits: {sides} at {brief(instance)}"


def _not_refuted(
    claim: Claim,
    strata: list[Hunted],
    details: dict[str, Any],
    tried: Mapping[Instance, Tried],
    sharpness: Sharpness | None,
    limit: Instance | None,
) -> HuntResult:
    details["worst"] = worst_instance(claim, strata)
    undecided = [item for item in tried.values() if not item.cleared]
    reasons = list(dict.fromkeys(item.certification.reason for item in undecided))
    details["suspicions"] = {
        "certified": len(tried),
        "cleared": len(tried) - len(undecided),
        "undecided": len(undecided),
        "reasons": reasons[:5],
    }
    clear = [item for item in undecided if item.gap < -CLEARLY or item.is_tie]
    judged = [hunted for hunted in strata if hunted.admissible]
    count = f"{details['admissible']:,}".replace(",", " ")
    over = f"{count} admissible instances over {len(judged)} {'stratum' if len(judged) == 1 else 'strata'}"
    summary = f"no violation in {over}"
    if clear:
        reason = clear[0].certification.reason
        summary = f"{len(clear)} suspicions in {over} stay undecided in balls: {reason}"
    elif limit is not None:
        details["unreached"] = where = approximately(limit)
        summary = (
            f"no violation in {over}, but the claim seems to fail at {where}, where its sides come together "
            "or its form changes: no exact instance reaches that point"
        )
    elif not judged:
        reason = next(
            (hunted.withheld for hunted in strata if hunted.withheld), "the formula overflows in all"
        )
        summary = f"no admissible instance could be judged: {reason}"
    elif sharpness is not None:
        ratio = "left/right" if claim.relation in ("<=", "<") else "right/left"
        summary += f"; largest {ratio} {sharpness.ratio:.4g} ({details['sharpest stratum']})"
    outcome = "unverified" if clear or limit is not None or not judged else "not violated"
    evidence = Evidence("hunt", "hunt", outcome, summary, details)
    return HuntResult(evidence, sharpness, None)
