"""Search for a violation of a property, and its certificate.

A property is a gap that must be ≥ 0 for all points x, y and weights t: a batch over the box and its scales,
then a local search around the worst, in float64; what it suspects is evaluated again in balls at exact
rationals. Only a gap that is certainly negative refutes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError, NotExactError, UndecidedError
from theorycheck.functions.callables import batched, batched_gradient, exactly, has_constants, over_balls
from theorycheck.verdicts import STATUSES

PRECISIONS = (64, 128, 256, 512, 1024, 4096)
STARTS, PARENTS, CHILDREN, ROUNDS = 20_000, 16, 32, 40
SUSPECTS = 10
NOISE = 64 * 2.0**-52
"""Rounding of a gap that is certainly not a violation: 64 roundings of the values that it is made of."""
FLOAT_MARGIN = 1e4
"""Without balls, a violation counts only if it exceeds this many times the noise (see `_float_margin`)."""

NOT_ON_BALLS = (TypeError, AttributeError, NotExactError, ValueError, NotImplementedError)
"""What a callable raises that is not made for object arrays."""


@dataclass(frozen=True)
class PropertyReport:
    """What may be said of one property of one function.

    Attributes
    ----------
    property : str
        "convex", "1/2-strongly convex", …
    status : str
        A key of `theorycheck.verdicts.STATUSES`.
    reason : str
        One line: what was done, and what it gave.
    witness : Mapping[str, Any] or None
        Points that violate the property (or, for `check_nonconstant`, show it): exact rationals as strings,
        and the gap.
    sharpness : float or None
        How much of the allowance is used: the function's own constant divided by the asserted one, or the
        largest such ratio that the search met. Above 1 the property fails.
    """

    property: str
    status: str
    reason: str
    witness: Mapping[str, Any] | None = None
    sharpness: float | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"unknown status {self.status!r}; known: {', '.join(STATUSES)}")


@dataclass(frozen=True)
class Box:
    """Where a callable is searched."""

    dimension: int
    low: float
    high: float
    seed: int

    def __post_init__(self) -> None:
        if not (
            self.dimension >= 1 and np.isfinite(self.low) and np.isfinite(self.high) and self.low < self.high
        ):
            raise ClaimError(
                f"dimension {self.dimension}, box [{self.low}, {self.high}]: need dimension ≥ 1 and finite low < high"
            )


Values = Callable[[Any], Any]
Gap = Callable[[Values, Values | None, Mapping[str, Any], Any], tuple[Any, Any, Any]]
"""`gap(f, gradient, points, bound) -> (gap, magnitude, normaliser)`: gap ≥ 0 is the property, magnitude the
size of its terms (for its rounding), and allowance − gap over allowance the sharpness, where allowance is
the normaliser.
"""


@dataclass(frozen=True)
class Property:
    """A property as a gap, and as a comparison of an exact constant."""

    name: str
    constant: str
    at_least: bool
    gap: Gap
    roles: tuple[str, ...]


def _square(v: Any) -> Any:
    return (v * v).sum(axis=-1)


def _convexity_gap(
    f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, Any, Any]:
    x, y, t = points["x"], points["y"], points["t"]
    at_x, at_y, between = f(x), f(y), f(t[:, None] * x + (1 - t)[:, None] * y)
    allowance = bound * t * (1 - t) * _square(x - y) / 2
    gap = t * at_x + (1 - t) * at_y - between - allowance
    return gap, abs(at_x) + abs(at_y) + abs(between) + abs(allowance), _square(x - y)


def _smoothness_gap(
    f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, Any, Any]:
    assert gradient is not None
    x, y = points["x"], points["y"]
    at_x, at_y, linear = f(x), f(y), (gradient(x) * (y - x)).sum(axis=-1)
    allowance = bound * _square(y - x) / 2
    size = abs(at_x) + abs(at_y) + abs(gradient(x) * (y - x)).sum(axis=-1) + abs(allowance)
    return allowance - abs(at_y - at_x - linear), size, _square(x - y) / 2


def _second_difference_gap(
    f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, Any, Any]:
    x, y = points["x"], points["y"]
    at_x, middle, at_y = f(x), f((x + y) / 2), f(y)
    square = _square(x - y) / 4
    gap = bound * square - abs(at_x - 2 * middle + at_y)
    return gap, abs(at_x) + 2 * abs(middle) + abs(at_y) + abs(bound * square), square


def _lipschitz_gap(
    f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, Any, Any]:
    x, y = points["x"], points["y"]
    at_x, at_y, square = f(x), f(y), _square(x - y)
    # object arrays of balls have the method that this ufunc calls
    distance = np.sqrt(square)
    return bound * distance - abs(at_x - at_y), abs(at_x) + abs(at_y) + abs(bound) * distance, distance


def _bound_gap(
    f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, Any, Any]:
    values = f(points["x"])
    return values - bound, abs(values) + abs(bound), values * 0 + 1


CONVEX = Property("convex", "strong_convexity", True, _convexity_gap, ("x", "y", "t"))
STRONGLY_CONVEX = Property("strongly convex", "strong_convexity", True, _convexity_gap, ("x", "y", "t"))
L_SMOOTH = Property("smooth", "smoothness", False, _smoothness_gap, ("x", "y"))
SECOND_DIFFERENCE = Property("smooth", "smoothness", False, _second_difference_gap, ("x", "y"))
LIPSCHITZ = Property("Lipschitz", "lipschitz", False, _lipschitz_gap, ("x", "y"))
BOUNDED_BELOW = Property("bounded below", "lower_bound", True, _bound_gap, ("x",))


def _title(stated: Property, bound: Any) -> str:
    if stated is CONVEX:
        return "convex"
    if stated is BOUNDED_BELOW:
        return f"bounded below by {bound}"
    return f"{bound}-{stated.name}"


def decide(
    stated: Property, f: Any, bound: Any, box: Box, gradient: Callable[[Any], Any] | None = None
) -> PropertyReport:
    """Decide a property of a function with exact constants; search a callable for a violation.

    Raises
    ------
    FormulaError
        If the callable returns NaN or values of the wrong shape.
    ClaimError
        If `bound` is no finite number, or the box is empty.
    """
    if not np.isfinite(float(bound)):
        raise ClaimError(f"the constant of the property is {bound}; give a finite number")
    if has_constants(f):
        return _decide_exactly(stated, f, bound, box)
    attack = search(stated, batched(f, box.dimension), bound, box, _gradient(gradient, box.dimension))
    return _report(stated, bound, attack, box)


def _gradient(gradient: Callable[[Any], Any] | None, dimension: int) -> Values | None:
    return None if gradient is None else batched_gradient(gradient, dimension)


def _report(stated: Property, bound: Any, attack: Attack, box: Box) -> PropertyReport:
    return PropertyReport(
        _title(stated, bound), attack.status, attack.reason, attack.witness, attack.sharpness
    )


def _decide_exactly(stated: Property, f: Any, bound: Any, box: Box) -> PropertyReport:
    from theorycheck.balls import precision

    holds, best, constant = None, False, None
    for bits in PRECISIONS:
        with precision(bits):
            exact = over_balls(f)
            try:
                constant = getattr(exact, stated.constant)[0]
                limit = Fraction(bound)
                holds = bool(constant >= limit) if stated.at_least else bool(constant <= limit)
                best = bool(np.asarray(exact.exact(stated.constant))[0])
                break
            except UndecidedError:
                continue
    title = _title(stated, bound)
    relation = "≥" if stated.at_least else "≤"
    sharpness = _ratio(stated, constant, bound)
    if holds is None:
        reason = f"balls of {PRECISIONS[-1]} bits cannot tell whether {stated.constant} {relation} {bound}"
        return PropertyReport(title, "inconclusive", reason, None, sharpness)
    if holds:
        reason = f"the exact constant satisfies {stated.constant} = {constant} {relation} {bound}"
        return PropertyReport(title, "proved", reason, None, sharpness)
    floats = _as_callable(f)
    found = search(stated, floats, bound, Box(f.dimension, box.low, box.high, box.seed), _as_gradient(f), f)
    if best:
        reason = f"the best constant is {stated.constant} = {constant}, not {relation} {bound}"
        return PropertyReport(title, "refuted", reason, found.witness, sharpness)
    if found.status == "refuted":
        return PropertyReport(title, "refuted", found.reason, found.witness, found.sharpness)
    reason = f"only a bound of {stated.constant} is known ({constant}), and no violation was certified"
    return PropertyReport(title, "inconclusive", reason, None, found.sharpness)


def _ratio(stated: Property, constant: Any, bound: Any) -> float | None:
    """The constant's share of the allowance, where a ratio makes sense."""
    if constant is None or float(bound) <= 0 or stated is BOUNDED_BELOW:
        return None
    value = float(constant.midpoint) if constant.is_finite else None
    if value is None:
        return None
    return (float(bound) / value if value > 0 else None) if stated.at_least else value / float(bound)


def _as_callable(f: Any) -> Values:
    """x (M, d) -> (M,) on floats or balls, for one function."""

    def evaluate(x: Any) -> Any:
        member = over_balls(f) if x.dtype == object else f
        return member(x[:, None, :])[:, 0]

    return evaluate


def _as_gradient(f: Any) -> Values:
    def evaluate(x: Any) -> Any:
        member = over_balls(f) if x.dtype == object else f
        return member.gradient(x[:, None, :])[:, 0, :]

    return evaluate


@dataclass(frozen=True)
class Attack:
    """What a search gave."""

    status: str
    reason: str
    witness: Mapping[str, Any] | None
    sharpness: float | None


def search(
    stated: Property, f: Values, bound: Any, box: Box, gradient: Values | None, closed_form: Any = None
) -> Attack:
    """Search for a violation and certify it; see the module's docstring."""
    if closed_form is not None and closed_form.xp.name != "numpy":
        return Attack("inconclusive", "no search: the function is not built over NumPy", None, None)
    from theorycheck.streams import generator

    random = generator(box.seed, stated.name, "attack", box.dimension)
    points = _starts(stated, box, random)
    score, ratio = _scores(stated, f, gradient, points, bound)
    evaluated = len(score)
    best = np.argsort(score, kind="stable")[: PARENTS * 4]
    pool = {role: values[best] for role, values in points.items()}
    pool_score, sharpness = score[best], float(ratio)
    for step in 4.0 ** -np.linspace(0, 9, ROUNDS):
        children = _mutated(pool, step, box, random)
        score, ratio = _scores(stated, f, gradient, children, bound)
        evaluated += len(score)
        sharpness = max(sharpness, float(ratio))
        merged = {role: np.concatenate([pool[role], children[role]]) for role in pool}
        merged_score = np.concatenate([pool_score, score])
        best = np.argsort(merged_score, kind="stable")[: PARENTS * 4]
        pool, pool_score = {role: values[best] for role, values in merged.items()}, merged_score[best]
    asserted = sharpness if np.isfinite(sharpness) and float(bound) > 0 else None
    suspects = [i for i in range(len(pool_score)) if pool_score[i] < 0][:SUSPECTS]
    unresolved = ""
    for i in suspects:
        candidate = {role: values[i] for role, values in pool.items()}
        outcome, reason, witness = certify(stated, f, gradient, candidate, bound)
        if outcome == "refuted":
            return Attack("refuted", reason, witness, asserted)
        if outcome == "unresolved":
            unresolved = reason
    if unresolved:
        return Attack("inconclusive", unresolved, None, asserted)
    where = f"in [{box.low:g}, {box.high:g}]^{box.dimension}"
    return Attack("supported", f"no violation in {evaluated} segments or points {where}", None, asserted)


def _starts(stated: Property, box: Box, random: np.random.Generator) -> dict[str, Any]:
    """Points of the box: uniform, near its centre and 0 over all scales, and with integer coordinates
    (kinks).
    """
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
    direction /= np.sqrt(_square(direction))[:, None]
    length = width * 10.0 ** random.uniform(-6, 0.3, size=(count, 1))
    y = np.clip(x + length * direction, box.low, box.high)
    points = {"x": np.clip(x, box.low, box.high), "y": y, "t": _weights(count, random)}
    return {role: points[role] for role in stated.roles}


def _weights(count: int, random: np.random.Generator) -> Any:
    return np.where(random.random(count) < 0.5, 0.5, random.uniform(0.01, 0.99, size=count))


def _mutated(pool: Mapping[str, Any], step: float, box: Box, random: np.random.Generator) -> dict[str, Any]:
    result = {}
    spread = (box.high - box.low) * step
    if "y" in pool:  # near segments are to be moved by their own length, not by that of the box
        length = np.sqrt(_square(pool["x"] - pool["y"]))[:, None]
        spread = np.repeat(np.where(random.random(length.shape) < 0.5, length, spread), CHILDREN, axis=0)
    for role, values in pool.items():
        many = np.repeat(values, CHILDREN, axis=0)
        if role == "t":
            result[role] = np.clip(many + 0.3 * step * random.normal(size=many.shape), 0.01, 0.99)
        else:
            moved = many + spread * random.normal(size=many.shape) / np.sqrt(box.dimension)
            result[role] = np.clip(moved, box.low, box.high)
    return result


def _scores(
    stated: Property, f: Values, gradient: Values | None, points: Mapping[str, Any], bound: Any
) -> tuple[Any, float]:
    """Gap plus its rounding noise, per unit of allowance (negative: suspect), and the largest sharpness."""
    with np.errstate(all="ignore"):
        gap, size, unit = stated.gap(f, gradient, points, float(bound))
        noise = NOISE * size
        if "y" in points:
            # points themselves are rounded: a steep function turns that into noise
            distance = np.sqrt(_square(points["x"] - points["y"]))
            place = np.sqrt(_square(points["x"])) + distance
            noise = noise + NOISE * size * place / np.where(distance > 0, distance, np.inf)
        score = (gap + noise) / unit
        used = float(bound) - (gap + noise) / unit
    usable = np.isfinite(score) & (unit > 0)
    ratio = used[usable] / float(bound) if float(bound) > 0 else np.array([])
    return np.where(usable, score, np.inf), float(ratio.max()) if ratio.size else -np.inf


def certify(
    stated: Property, f: Values, gradient: Values | None, candidate: Mapping[str, Any], bound: Any
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
        try:
            gap = _ball_gap(stated, f, gradient, point, bound)
        except NOT_ON_BALLS as error:
            return _certify_in_floats(stated, f, gradient, candidate, bound, error)
        if gap is None:
            answer = ("unresolved", "a violation was suspected, but balls could not decide it", None)
        elif gap < 0:
            witness = {role: _written(value) for role, value in point.items()} | {"gap": str(gap)}
            return "refuted", f"a violation was certified in balls: the gap is {gap}", witness
        elif digits is None:
            answer = ("noise", "", None)
    return answer


def _rounded(values: Any, digits: int | None) -> Any:
    """The decimals with so many significant digits nearest to the floats, or the floats themselves,
    exactly.
    """
    if digits is None:
        return exactly(values)
    array = np.asarray(values, dtype=float)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = Fraction(f"{array[index]:.{digits - 1}e}")
    return result


def _written(value: Any) -> Any:
    array = np.asarray(value, dtype=object)
    return str(array[()]) if array.shape == () else [str(entry) for entry in array]


def _ball_gap(
    stated: Property, f: Values, gradient: Values | None, point: Mapping[str, Any], bound: Any
) -> Any:
    """The gap at an exact point, as a ball that excludes 0 or is exact; None where no precision decides."""
    from theorycheck.balls import Ball, ball_array, precision

    for bits in PRECISIONS:
        with precision(bits):
            balls = {role: ball_array(np.asarray(value, dtype=object)[None]) for role, value in point.items()}
            try:
                gap = Ball(stated.gap(f, gradient, balls, Ball(Fraction(bound)))[0][0])
                if gap.is_finite and (gap < 0 or gap >= 0):
                    return gap
            except UndecidedError:
                continue
    return None


def _certify_in_floats(
    stated: Property,
    f: Values,
    gradient: Values | None,
    candidate: Mapping[str, Any],
    bound: Any,
    error: Exception,
) -> tuple[str, str, Mapping[str, Any] | None]:
    """Accept a violation that exceeds `FLOAT_MARGIN` times the noise, measured by perturbing the last
    digits.
    """
    random = np.random.default_rng(0)
    points = {role: np.asarray(value, dtype=float)[None] for role, value in candidate.items()}
    gap, size, _ = stated.gap(f, gradient, points, float(bound))
    noise = NOISE * float(size[0])
    for _ in range(16):
        near = {role: v * (1 + 2.0**-50 * random.integers(-1, 2, size=v.shape)) for role, v in points.items()}
        noise += abs(float(stated.gap(f, gradient, near, float(bound))[0][0]) - float(gap[0]))
    why = f"the function does not run on balls ({type(error).__name__}: {error})"
    if not np.isfinite(float(gap[0])) or -float(gap[0]) <= FLOAT_MARGIN * noise:
        return "unresolved", f"a violation was suspected, but {why} and float64 cannot settle it", None
    witness = {role: _written(exactly(value)) for role, value in candidate.items()} | {
        "gap": repr(float(gap[0]))
    }
    reason = (
        f"the gap is {float(gap[0]):.3g} in float64, over {FLOAT_MARGIN:g} times its noise {noise:.1g}; {why}"
    )
    return "refuted", reason, witness
