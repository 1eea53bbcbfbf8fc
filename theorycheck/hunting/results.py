"""What a hunt reports of its strata: sharpness, counts, the worst instance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theorycheck.errors import SpaceError
from theorycheck.hunting import ties
from theorycheck.hunting.certify import certify
from theorycheck.hunting.drawing import RATIO_BINS, Hunted
from theorycheck.hunting.evaluation import evaluate
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Sharpness
from theorycheck.terms.namespaces import numpy_namespace

EXACT_WIDTH = 4096
"""Wider instances are certified only where their gap is clearly negative: balls are slow there."""
SHARPNESS_CANDIDATES = 12
SHARPNESS_BITS = 256


def measure_sharpness(claim: Claim, strata: list[Hunted]) -> tuple[Sharpness | None, str]:
    """The largest ratio among the kept instances, in balls where they can tell; and its stratum's name."""
    assert claim.space is not None
    candidates = []
    for hunted in strata:
        order = np.argsort(np.where(np.isfinite(hunted.ratio), -hunted.ratio, np.inf), kind="stable")[:2]
        candidates += [(float(hunted.ratio[i]), hunted, i) for i in order if math.isfinite(hunted.ratio[i])]
    candidates.sort(key=lambda item: -item[0])
    best: tuple[float, Instance | None, str] = (-math.inf, None, "")
    for ratio, hunted, index in candidates[:SHARPNESS_CANDIDATES]:
        try:
            instance = ties.instance(claim.space, hunted.stratum, hunted.rows[index])
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


def collect_details(
    claim: Claim, settings: Settings, strata: list[Hunted], sharpness: Sharpness | None, sharpest: str
) -> dict[str, Any]:
    assert claim.space is not None
    alive = {hunted.stratum.name for hunted in strata}
    details: dict[str, Any] = {
        "drawn": sum(hunted.drawn for hunted in strata),
        "admissible": sum(hunted.admissible for hunted in strata),
        "without a value": sum(hunted.not_numbers for hunted in strata),
        "constants that are only bounds": sorted({h.withheld for h in strata if h.withheld}),
        "strata": [
            {
                "name": hunted.stratum.name,
                "drawn": hunted.drawn,
                "admissible": hunted.admissible,
                "smallest normalised gap in floats": _number(hunted.smallest),
            }
            for hunted in strata
        ],
        "strata without an admissible instance": [
            s.name for s in claim.space.strata() if s.name not in alive
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


def worst_instance(claim: Claim, strata: list[Hunted]) -> dict[str, Any] | None:
    """The instance with the smallest normalised gap that is not a cleared suspicion, JSON-ready."""
    assert claim.space is not None
    places = [
        (h.gap[i] < 0 and claim.relation != "=", h.rank[i], h, i) for h in strata for i in range(len(h.rank))
    ]
    if not places:
        return None
    _, _, hunted, index = min(places, key=lambda place: place[:2])
    try:
        instance = ties.instance(claim.space, hunted.stratum, hunted.rows[index])
    except SpaceError:
        return None
    batch = evaluate(claim, hunted.stratum, hunted.rows[index : index + 1], numpy_namespace())
    return {
        "stratum": hunted.stratum.name,
        "instance": instance_to_json(instance),
        "left": _number(float(batch.left[0])),
        "right": _number(float(batch.right[0])),
    }
