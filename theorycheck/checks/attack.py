"""Search for a violation of a property, and its certificate.

A batch over the box and its scales, then a local search around the worst, in float64; what it suspects is
evaluated again in balls at exact rationals. Only a gap that is certainly negative refutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.checks.callables import exactly
from theorycheck.checks.gaps import Property, Question, square
from theorycheck.checks.reports import Box
from theorycheck.errors import NotExactError, UndecidedError

PRECISIONS = (64, 128, 256, 512, 1024, 4096)
STARTS, PARENTS, CHILDREN, ROUNDS = 20_000, 16, 32, 40
SUSPECTS = 10
NOISE = 64 * 2.0**-52
"""Rounding of a gap that is certainly not a violation: 64 roundings of the values that it is made of."""
FLOAT_MARGIN = 1e4
"""Without balls, a violation counts only if it exceeds this many times the noise (see
`_certify_in_floats`).
"""

NOT_ON_BALLS = (TypeError, AttributeError, NotExactError, ValueError, NotImplementedError)
"""What a callable raises that is not made for object arrays."""


@dataclass(frozen=True)
class Attack:
    """What a search gave."""

    status: str
    reason: str
    witness: Mapping[str, Any] | None
    sharpness: float | None


def search(question: Question, box: Box) -> Attack:
    """Search for a violation and certify it; see the module's docstring."""
    from theorycheck.streams import generator

    random = generator(box.seed, question.stated.name, "attack", box.dimension)
    points = _starts(question.stated, box, random)
    score, ratio = _scores(question, points)
    evaluated = len(score)
    best = np.argsort(score, kind="stable")[: PARENTS * 4]
    pool = {role: values[best] for role, values in points.items()}
    pool_score, sharpness = score[best], float(ratio)
    for step in 4.0 ** -np.linspace(0, 9, ROUNDS):
        children = _mutated(pool, step, box, random)
        score, ratio = _scores(question, children)
        evaluated += len(score)
        sharpness = max(sharpness, float(ratio))
        merged = {role: np.concatenate([pool[role], children[role]]) for role in pool}
        merged_score = np.concatenate([pool_score, score])
        best = np.argsort(merged_score, kind="stable")[: PARENTS * 4]
        pool, pool_score = {role: values[best] for role, values in merged.items()}, merged_score[best]
    asserted = sharpness if np.isfinite(sharpness) and float(question.bound) > 0 else None
    suspects = [i for i in range(len(pool_score)) if pool_score[i] < 0][:SUSPECTS]
    unresolved = ""
    for i in suspects:
        candidate = {role: values[i] for role, values in pool.items()}
        outcome, reason, witness = certify(question, candidate, box)
        if outcome == "refuted":
            return Attack("refuted", reason, witness, asserted)
        if outcome == "unresolved":
            unresolved = reason
    if unresolved:
        return Attack("inconclusive", unresolved, None, asserted)
    where = f"in [{box.low:g}, {box.high:g}]^{box.dimension}"
    return Attack("supported", f"no violation in {evaluated} segments or points {where}", None, asserted)


def _starts(stated: Property, box: Box, random: np.random.Generator) -> dict[str, Any]:
    """Points of the box: uniform, near 0 over all scales, and with integer coordinates, where kinks are."""
    count = min(STARTS, max(2_000, 4_000_000 // box.dimension))
    shape = (count, box.dimension)
    width = box.high - box.low
    x = random.uniform(box.low, box.high, size=shape)
    scale = width * 10.0 ** random.uniform(-8, 0, size=(count, 1))
    kind = random.integers(0, 4, size=(count, 1))
    x = np.where(kind == 1, random.normal(size=shape) * scale, x)
    x = np.where(kind == 2, np.round(x), x)
    direction = random.normal(size=shape)
    # axis-parallel segments meet the kinks of separable functions at a right angle
    axis = np.eye(box.dimension)[random.integers(0, box.dimension, size=count)]
    direction = np.where(random.random((count, 1)) < 0.3, axis, direction)
    direction /= np.sqrt(square(direction))[:, None]
    length = width * 10.0 ** random.uniform(-6, 0.3, size=(count, 1))
    y = np.clip(x + length * direction, box.low, box.high)
    points = {"x": np.clip(x, box.low, box.high), "y": y, "t": _weights(count, random)}
    return {role: points[role] for role in stated.roles}


def _weights(count: int, random: np.random.Generator) -> Any:
    return np.where(random.random(count) < 0.5, 0.5, random.uniform(0.01, 0.99, size=count))


def _mutated(pool: Mapping[str, Any], step: float, box: Box, random: np.random.Generator) -> dict[str, Any]:
    result = {}
    spread: Any = (box.high - box.low) * step
    if "y" in pool:  # near segments are to be moved by their own length, not by that of the box
        length = np.sqrt(square(pool["x"] - pool["y"]))[:, None]
        spread = np.repeat(np.where(random.random(length.shape) < 0.5, length, spread), CHILDREN, axis=0)
    for role, values in pool.items():
        many = np.repeat(values, CHILDREN, axis=0)
        if role == "t":
            result[role] = np.clip(many + 0.3 * step * random.normal(size=many.shape), 0.01, 0.99)
        else:
            moved = many + spread * random.normal(size=many.shape) / np.sqrt(box.dimension)
            result[role] = np.clip(moved, box.low, box.high)
    return result


def _scores(question: Question, points: Mapping[str, Any]) -> tuple[Any, float]:
    """Gap plus its rounding noise, per unit of allowance (negative: suspect), and the largest sharpness."""
    bound = float(question.bound)
    with np.errstate(all="ignore"):
        gap, size, unit = question.terms(points)
        noise = NOISE * size
        if "y" in points:
            # points themselves are rounded: a steep function turns that into noise
            distance = np.sqrt(square(points["x"] - points["y"]))
            place = np.sqrt(square(points["x"])) + distance
            noise = noise + NOISE * size * place / np.where(distance > 0, distance, np.inf)
        score = (gap + noise) / unit
        # the constant that these points alone would allow, which noise can only make look better
        allowed = bound + (gap + noise) / unit if question.stated.at_least else bound - (gap + noise) / unit
        ratio = bound / allowed if question.stated.at_least else allowed / bound
    usable = np.isfinite(score) & (unit > 0)
    meaningful = usable & (allowed > 0) & (bound > 0)
    return np.where(usable, score, np.inf), float(np.max(ratio, where=meaningful, initial=-np.inf))


def certify(
    question: Question, candidate: Mapping[str, Any], box: Box
) -> tuple[str, str, Mapping[str, Any] | None]:
    """Evaluate one suspect in balls, simple numbers near it first.

    Returns
    -------
    tuple
        "refuted", "noise" (the gap is certainly ≥ 0) or "unresolved"; a reason; the witness.
    """
    answer = ("noise", "", None)
    for digits in (1, 2, 4, None):
        point = {role: _rounded(values, digits) for role, values in candidate.items()}
        if any(
            abs(np.asarray(v) * 2 - box.low - box.high).max() > box.high - box.low for v in _places(point)
        ):
            continue  # rounding moved a point out of the box
        try:
            gap = _ball_gap(question, point)
        except NOT_ON_BALLS as error:
            return _certify_in_floats(question, candidate, error)
        if gap is None:
            answer = ("unresolved", "a violation was suspected, but balls could not decide it", None)
        elif gap < 0:
            witness = {role: written(value) for role, value in point.items()} | {"gap": str(gap)}
            return "refuted", f"a violation was certified in balls: the gap is {gap}", witness
        elif digits is None:
            answer = ("noise", "", None)
    return answer


def _places(point: Mapping[str, Any]) -> list[Any]:
    return [value for role, value in point.items() if role != "t"]


def _rounded(values: Any, digits: int | None) -> Any:
    """The nearest decimals with so many significant digits, or the floats themselves, exactly."""
    if digits is None:
        return exactly(values)
    array = np.asarray(values, dtype=float)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = Fraction(f"{array[index]:.{digits - 1}e}")
    return result


def written(value: Any) -> Any:
    """Exact numbers as strings, for a witness."""
    array = np.asarray(value, dtype=object)
    return str(array[()]) if array.shape == () else [str(entry) for entry in array]


def _ball_gap(question: Question, point: Mapping[str, Any]) -> Any:
    """The gap at an exact point, as a ball that excludes 0 or is exact; None where no precision decides."""
    from theorycheck.terms.balls import ball_array, precision

    for bits in PRECISIONS:
        with precision(bits):
            balls = {role: ball_array(np.asarray(value, dtype=object)[None]) for role, value in point.items()}
            try:
                gap = question.enclosed_gap(balls)
                if gap.is_finite and (gap < 0 or gap >= 0):
                    return gap
            except UndecidedError:
                continue
    return None


def _certify_in_floats(
    question: Question, candidate: Mapping[str, Any], error: Exception
) -> tuple[str, str, Mapping[str, Any] | None]:
    """Accept a violation beyond `FLOAT_MARGIN` times its noise, which perturbed last digits measure."""
    random = np.random.default_rng(0)
    points = {role: np.asarray(value, dtype=float)[None] for role, value in candidate.items()}
    gap, size, _ = question.terms(points)
    noise = NOISE * float(size[0])
    for _ in range(16):
        near = {role: v * (1 + 2.0**-50 * random.integers(-1, 2, size=v.shape)) for role, v in points.items()}
        noise += abs(float(question.terms(near)[0][0]) - float(gap[0]))
    why = f"the function does not run on balls ({type(error).__name__}: {error})"
    if not np.isfinite(float(gap[0])) or -float(gap[0]) <= FLOAT_MARGIN * noise:
        return "unresolved", f"a violation was suspected, but {why} and float64 cannot settle it", None
    witness = {role: written(exactly(value)) for role, value in candidate.items()} | {
        "gap": repr(float(gap[0]))
    }
    reason = (
        f"the gap is {float(gap[0]):.3g} in float64, over {FLOAT_MARGIN:g} times its noise {noise:.1g}; {why}"
    )
    return "refuted", reason, witness
