"""Certification of one exact instance in balls, at rising precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.balls import Ball, precision
from theorycheck.claims import Claim
from theorycheck.errors import FormulaError, NotExactError, UndecidedError
from theorycheck.hunting.evaluation import two_sides
from theorycheck.namespaces import ball_namespace
from theorycheck.spaces import Instance

FIRST_BITS = 64
SETTLED_BITS = 512
"""From this precision on an enclosure that is narrow and still contains 0 is taken to stay so."""

OUTSIDE = (
    TypeError,
    AttributeError,
    ValueError,
    ZeroDivisionError,
    OverflowError,
    np.exceptions.DTypePromotionError,
)
"""What NumPy and Python raise when a formula uses something that balls do not have."""


@dataclass(frozen=True)
class Certification:
    """What balls say of one instance.

    Attributes
    ----------
    outcome : str
        "violated": all hypotheses are certain and so is the violation. "holds": the conclusion is certain.
        "inadmissible": a hypothesis certainly fails. "undecided": none of these, see `reason`.
    reason : str
        One line.
    bits : int
        The working precision of the last attempt.
    left, right : str
        Enclosures of the sides ("" if there are none); of vector sides the component that decides.
    gap_low, gap_high : float
        Enclosure of the gap (NaN if there is none).
    scale : float
        |left| + |right|, about.
    ratio : float
        Smaller side over larger side, as the relation orders them, about; NaN where the larger is not positive.
    finite : bool
        Whether both sides are enclosed at all.
    """

    outcome: str
    reason: str
    bits: int
    left: str = ""
    right: str = ""
    gap_low: float = float("nan")
    gap_high: float = float("nan")
    scale: float = float("nan")
    ratio: float = float("nan")
    finite: bool = False

    @property
    def negligible(self) -> bool:
        """Whether the gap is certainly below 2**-100 of the sides (or below 2**-100): float noise, if suspected."""
        return max(abs(self.gap_low), abs(self.gap_high)) < 2.0**-100 * max(1.0, self.scale)

    @property
    def violated(self) -> bool:
        return self.outcome == "violated"


def certify(claim: Claim, instance: Instance, max_bits: int) -> Certification:
    """Decide in balls whether `instance` satisfies the hypotheses and violates the conclusion.

    Parameters
    ----------
    claim : Claim
        With a space and sides.
    instance : Instance
        Exact values of all names of the space.
    max_bits : int
        Highest precision to try; the precision doubles from 64 bits on until the balls decide.
    """
    assert claim.space is not None
    space = claim.space

    def attempt(bits: int) -> Certification:
        values = space.lift(instance, ball_namespace())
        for hypothesis in claim.hypotheses:
            holds = np.asarray(hypothesis.holds(ball_namespace(), values))
            if not all(bool(item) for item in holds.ravel()):
                return Certification("inadmissible", f"the hypothesis {hypothesis.latex} does not hold", bits)
        left, right = two_sides(claim, ball_namespace(), values)
        return decide(claim.relation, left, right, bits)

    return at_rising_precision(attempt, max_bits)


def at_rising_precision(attempt: Any, max_bits: int) -> Certification:
    """Call `attempt(bits)` at 64, 128, … `max_bits` bits until it decides."""
    bits, result = FIRST_BITS, Certification("undecided", "no precision was allowed", 0)
    while bits <= max(max_bits, FIRST_BITS):
        with precision(bits), np.errstate(all="ignore"):
            try:
                result = attempt(bits)
            except (UndecidedError, NotExactError) as error:
                result = Certification("undecided", str(error), bits)
            except FormulaError:
                raise
            except OUTSIDE as error:
                return Certification("undecided", f"the formula leaves ball arithmetic: {error}", bits)
        if result.outcome != "undecided" or (bits >= SETTLED_BITS and _is_settled(result, bits)):
            return result
        bits *= 2
    return result


def _is_settled(result: Certification, bits: int) -> bool:
    """Whether the enclosure of the gap is so narrow that more bits would hardly separate it from 0."""
    return max(abs(result.gap_low), abs(result.gap_high)) < 2.0 ** -(bits // 2) * max(1.0, result.scale)


def decide(relation: str, left: Any, right: Any, bits: int) -> Certification:
    """Compare enclosures of both sides (balls, numbers, or arrays of them), component by component."""
    lefts, rights = np.broadcast_arrays(_flat(left), _flat(right))
    parts = [_decide_one(relation, Ball(a), Ball(b), bits) for a, b in zip(lefts, rights, strict=True)]
    for outcome in ("violated", "undecided"):
        for part in parts:
            if part.outcome == outcome:
                return part
    return parts[0]


def _flat(side: Any) -> Any:
    return np.asarray(side, dtype=object).ravel()


def _decide_one(relation: str, left: Ball, right: Ball, bits: int) -> Certification:
    enclosures = {"left": str(left), "right": str(right)}
    if left.arb.is_nan() or right.arb.is_nan():
        return Certification("undecided", "a side is not a number in balls", bits, **enclosures)
    small, large = (left, right) if relation in ("<=", "<", "=") else (right, left)
    a, b = small.arb, large.arb
    if not (left.is_finite and right.is_finite):
        if relation != "=" and bool(a <= b):
            return Certification(
                "holds", "a side is infinite, on the side that the relation allows", bits, **enclosures
            )
        return Certification("undecided", "a side is infinite", bits, **enclosures)
    gap = Ball(b - a) if relation != "=" else -abs(Ball(b - a))
    bounds: dict[str, Any] = {"gap_low": gap.lower, "gap_high": gap.upper, "finite": True}
    bounds["scale"] = abs(left.midpoint) + abs(right.midpoint)
    bounds["ratio"] = Ball(a / b).midpoint if relation != "=" and bool(b > 0) else float("nan")
    violated = {"<=": a > b, ">=": a > b, "<": a >= b, ">": a >= b, "=": a != b}[relation]
    holds = {"<=": a <= b, ">=": a <= b, "<": a < b, ">": a < b, "=": a == b}[relation]
    if violated:
        return Certification("violated", "the enclosures exclude the relation", bits, **enclosures, **bounds)
    if holds:
        return Certification("holds", "the enclosures imply the relation", bits, **enclosures, **bounds)
    reason = f"the gap lies in [{gap.lower:.3g}, {gap.upper:.3g}], which contains 0"
    return Certification("undecided", reason, bits, **enclosures, **bounds)


def float_sides(claim: Claim, instance: Instance, xp: Any) -> tuple[float, float]:
    """Both sides of one exact instance in floats; of vector sides the component that differs most."""
    assert claim.space is not None
    with np.errstate(all="ignore"):
        return worst_component(*two_sides(claim, xp, claim.space.lift(instance, xp)))


def worst_component(left: Any, right: Any) -> tuple[float, float]:
    """Return the pair of components that differs most, as floats."""
    a, b = np.broadcast_arrays(np.asarray(left, dtype=float).ravel(), np.asarray(right, dtype=float).ravel())
    index = int(np.argmax(np.abs(a - b)))
    return float(a[index]), float(b[index])


def relation_fails(relation: str, left: float, right: float) -> bool:
    """Whether two floats look as if they violated the relation (a suspicion, never a conclusion)."""
    return not {
        "<=": left <= right,
        "<": left < right,
        ">=": left >= right,
        ">": left > right,
        "=": left == right,
    }[relation]


def values_to_balls(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Lift plain exact values (no functions): scalars and tuples to object arrays with leading axis 1, ints as ints."""
    xp = ball_namespace()
    return {
        name: value if isinstance(value, (int, str)) else xp.asarray([value])
        for name, value in instance.items()
    }
