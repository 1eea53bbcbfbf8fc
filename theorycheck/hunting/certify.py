"""The gate of every counterexample: one exact instance, certified in balls at rising precision.

An instance passes only if it lies in the space, exactly; every hypothesis is a comparison and certainly true;
every constant that the formula or a hypothesis reads off a function is the best one; both sides are finite
and certainly violate the relation.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError, NotBestError, NotExactError, UndecidedError
from theorycheck.hunting.evaluation import no_comparison, two_sides
from theorycheck.spaces import Instance
from theorycheck.statement.claims import Claim, Hypothesis
from theorycheck.terms.balls import Ball, precision
from theorycheck.terms.exact import ExactArrays, ExactNumber
from theorycheck.terms.namespaces import ball_namespace

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
        "inadmissible": the instance lies outside the space, or a hypothesis certainly fails. "undecided":
        none of these, see `reason`.
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
        Smaller side over larger side, as the relation orders them, about; NaN where the larger is not
        positive.
    finite : bool
        Whether both sides are enclosed at all.
    only_bounds : bool
        Whether a constant was asked for of which only a valid bound is known.
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
    only_bounds: bool = False

    @property
    def negligible(self) -> bool:
        """Whether the gap is certainly below 2**-100 of the sides (of 1, if they are small): float noise."""
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

    Raises
    ------
    ClaimError
        If a hypothesis is no comparison, or cannot be decided over the claim's space.
    """
    assert claim.space is not None
    space = claim.space
    for hypothesis in claim.hypotheses:
        misfit = getattr(hypothesis, "misfit", lambda _: "")(space)
        if misfit:
            raise ClaimError(f"{claim.id}: the hypothesis {hypothesis.latex}: {misfit}")
    if not space.admits(instance):
        return Certification("inadmissible", "the instance lies outside the space", 0)

    def sides_on(xp: Any) -> tuple[Any, Any] | str:
        """Both sides, or the hypothesis that fails."""
        values = space.lift(instance, xp)
        for hypothesis in claim.hypotheses:
            if not _holds(claim, hypothesis, xp, values, instance):
                return hypothesis.latex
        return two_sides(claim, xp, values)

    return at_rising_precision(claim.relation, sides_on, max_bits)


def _holds(
    claim: Claim, hypothesis: Hypothesis, xp: Any, values: Mapping[str, Any], instance: Instance
) -> bool:
    """Whether a hypothesis holds; where the evaluator cannot tell, as for an equality in balls, in exact numbers."""
    try:
        return certainly_holds(claim, hypothesis, xp, values)
    except UndecidedError:
        assert claim.space is not None
        exact = ExactArrays()
        try:
            return certainly_holds(claim, hypothesis, exact, claim.space.lift(instance, exact))
        except (UndecidedError, NotExactError, *OUTSIDE):
            pass
        raise


def certainly_holds(claim: Claim, hypothesis: Hypothesis, xp: Any, values: Mapping[str, Any]) -> bool:
    """Whether a hypothesis of the claim is true on `values`.

    Raises
    ------
    ClaimError
        If it gives anything but truth values.
    """
    answers = np.asarray(claim.holds(hypothesis, xp, values)).ravel()
    if not len(answers) or not all(isinstance(answer, (bool, np.bool_)) for answer in answers):
        raise ClaimError(no_comparison(claim.id, hypothesis.latex))
    return bool(answers.all())


def at_rising_precision(
    relation: str, sides_on: Callable[[Any], tuple[Any, Any] | str], max_bits: int
) -> Certification:
    """Decide at 64, 128, … `max_bits` bits; where 64 do not suffice, try rational arithmetic first.

    `sides_on(xp)` returns both sides in the namespace `xp`, or the hypothesis that fails there.
    """
    bits, result = FIRST_BITS, Certification("undecided", "no precision was allowed", 0)
    while bits <= max(max_bits, FIRST_BITS):
        with precision(bits), np.errstate(all="ignore"):
            try:
                result = _decided(relation, sides_on(ball_namespace()), bits)
            except NotBestError as error:
                return Certification("undecided", str(error), bits, only_bounds=True)
            except (UndecidedError, NotExactError) as error:
                result = Certification("undecided", str(error), bits)
            except OUTSIDE as error:
                return Certification("undecided", f"the formula leaves ball arithmetic: {error}", bits)
        if bits == FIRST_BITS and result.outcome == "undecided":
            result = _exactly(relation, sides_on) or result
        if result.outcome != "undecided" or (bits >= SETTLED_BITS and _is_settled(result, bits)):
            return result
        bits *= 2
    return result


def _is_settled(result: Certification, bits: int) -> bool:
    """Whether the enclosure of the gap is so narrow that more bits would hardly separate it from 0."""
    return max(abs(result.gap_low), abs(result.gap_high)) < 2.0 ** -(bits // 2) * max(1.0, result.scale)


def _decided(relation: str, sides: tuple[Any, Any] | str, bits: int) -> Certification:
    if isinstance(sides, str):
        return Certification("inadmissible", f"the hypothesis {sides} does not hold", bits)
    return decide(relation, *sides, bits)


def _exactly(relation: str, sides_on: Callable[[Any], tuple[Any, Any] | str]) -> Certification | None:
    """Decide in exact numbers; None where the formula leaves them."""
    try:
        sides = sides_on(ExactArrays())
        if isinstance(sides, str):
            return _decided(relation, sides, FIRST_BITS)
        lefts, rights = np.broadcast_arrays(_flat(sides[0]), _flat(sides[1]))
        pairs = [(ExactNumber(a), ExactNumber(b)) for a, b in zip(lefts, rights, strict=True)]
    except (UndecidedError, NotExactError, *OUTSIDE):
        return None
    result = None
    for left, right in pairs:
        small, large = (left, right) if relation in ("<=", "<", "=") else (right, left)
        gap = -abs(large - small) if relation == "=" else large - small
        violated = bool(gap <= 0 if relation in ("<", ">") else gap < 0)
        result = Certification(
            "violated" if violated else "holds",
            "decided in exact numbers",
            FIRST_BITS,
            left=str(left),
            right=str(right),
            gap_low=gap.approximate(),
            gap_high=gap.approximate(),
            scale=(abs(left) + abs(right)).approximate(),
            ratio=(small / large).approximate() if relation != "=" and large > 0 else math.nan,
            finite=True,
        )
        if violated:
            break
    return result


def decide(relation: str, left: Any, right: Any, bits: int) -> Certification:
    """Compare enclosures of both sides (balls, numbers, or arrays of them), component by component."""
    lefts, rights = np.broadcast_arrays(_flat(left), _flat(right))
    parts = [_decide_one(relation, Ball(a), Ball(b), bits) for a, b in zip(lefts, rights, strict=True)]
    if not parts:
        return Certification("undecided", "a side is empty", bits)
    for outcome in ("violated", "undecided"):
        for part in parts:
            if part.outcome == outcome:
                return part
    return parts[0]


def _flat(side: Any) -> Any:
    return np.asarray(side, dtype=object).ravel()


def _decide_one(relation: str, left: Ball, right: Ball, bits: int) -> Certification:
    make = functools.partial(Certification, bits=bits, left=str(left), right=str(right))
    if left.arb.is_nan() or right.arb.is_nan():
        return make("undecided", "a side is not a number in balls")
    small, large = (left, right) if relation in ("<=", "<", "=") else (right, left)
    a, b = small.arb, large.arb
    if not (left.is_finite and right.is_finite):
        if relation != "=" and bool(a <= b):
            return make("holds", "a side is infinite, on the side that the relation allows")
        return make("undecided", "a side is infinite")
    gap = Ball(b - a) if relation != "=" else -abs(Ball(b - a))
    make = functools.partial(
        make,
        gap_low=gap.lower,
        gap_high=gap.upper,
        scale=abs(left.midpoint) + abs(right.midpoint),
        ratio=Ball(a / b).midpoint if relation != "=" and bool(b > 0) else math.nan,
        finite=True,
    )
    violated = {"<=": a > b, ">=": a > b, "<": a >= b, ">": a >= b, "=": a != b}[relation]
    holds = {"<=": a <= b, ">=": a <= b, "<": a < b, ">": a < b, "=": a == b}[relation]
    if violated:
        return make("violated", "the enclosures exclude the relation")
    if holds:
        return make("holds", "the enclosures imply the relation")
    return make("undecided", f"the gap lies in [{gap.lower:.3g}, {gap.upper:.3g}], which contains 0")


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
