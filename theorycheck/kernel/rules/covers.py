"""Comparisons on a box, decided part by part in ball arithmetic.

    cover     Γ₁ ⊢ l₁ ≤ x₁   Γ₂ ⊢ x₁ ≤ h₁   …   Γₙ ⊢ xₙ ≤ hₙ        l, h numbers, x variables
              ──────────────────────────────────────────────────
              Γ₁ ∪ … ∪ Γₙ ⊢ a ≤ b  (a < b)

Side conditions: the premises bound every variable of a and b from both sides. The box is halved as `splits` says, in preorder: −1
is a part that is decided, k the k-th variable (in the order of their names) to halve, its lower half first (its upper half, if
k is not below the number of variables). On every part b − a ≥ 0 (> 0) by one of

- its ball on the part;
- its ball with every variable in which it certainly increases at the lower end, decreases at the upper end;
- its ball in the middle plus Σ (ball of the derivative on the part) · (xᵢ − middle).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel.balls import enclosing, evaluate, to_arb
from theorycheck.kernel.bounds import intervals_from
from theorycheck.kernel.derivatives import derivative
from theorycheck.kernel.intervals import Interval, intervals_of
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, minus, ordered, variables_of

BITS = 96
MOST_WORK = 10_000_000
"""Balls that a cover may take."""
MOST_TERMS = 100_000
"""Of a difference and its derivatives."""
NARROWEST = Fraction(1, 2**1_000)
"""A side of a part that is halved."""
Part = Mapping[Term, tuple[Fraction, Fraction]]


def cover(premises: tuple[Sequent, ...], conclusion: Term, splits: tuple[int, ...]) -> Sequent:
    if conclusion.head not in ("le", "lt"):
        raise Refused(f"balls do not show {conclusion}")
    enclosure = Enclosure(conclusion)
    waiting = [box_of(enclosure.names, intervals_from(premises))]
    if len(splits) * enclosure.size > MOST_WORK:
        raise Refused(f"a cover of {len(splits)} steps by balls of {enclosure.size} terms takes too long")
    for step in splits:
        if not waiting:
            raise Refused("the box is covered before the last step")
        part = waiting.pop()
        if type(step) is not int or not -1 <= step < 2 * len(enclosure.names):
            raise Refused(f"{step!r:.40} is no variable to halve")
        if step != -1:
            waiting += enclosure.halves(part, step)
        elif not enclosure.decides(part):
            raise Refused(f"{conclusion} is not decided on a part of the box")
    if waiting:
        raise Refused("the box is not covered")
    return conclude(conclusion, premises)


def box_of(names: Sequence[Term], known: Mapping[Term, Interval]) -> Part:
    """The box in which variables lie, ends included.

    Raises
    ------
    Refused
        If one is not bounded.
    """
    box = {}
    for name in names:
        found = known.get(name, Interval())
        if found.low is None or found.high is None or found.empty:
            raise Refused(f"{name} does not lie between two numbers")
        box[name] = (found.low, found.high)
    return box


class Enclosure:
    """The difference of the sides of a comparison, and its derivatives, for balls on parts of a box."""

    def __init__(self, conclusion: Term) -> None:
        left, right = conclusion.args
        self.strict = conclusion.head == "lt"
        self.gap = add(right, minus(left))
        self.names = sorted(variables_of(self.gap), key=lambda name: (name.head, name.value))
        if len(self.names) * len(ordered([self.gap])) > MOST_TERMS:
            raise Refused(f"{conclusion} is too large for its derivatives")
        slopes = {name: derivative(self.gap, name) for name in self.names}
        self.slopes = {name: slope for name, slope in slopes.items() if slope is not None}
        parts = ordered([self.gap, *self.slopes.values()])
        self.size = len(parts)
        self.roots = [
            part.args[0]
            for part in parts
            if part.head == "power" and part.args[1].head == "number" and part.args[1].value.denominator > 1
        ]

    def halves(self, part: Part, step: int) -> list[Part]:
        """The halves, the one that is examined first last."""
        name = self.names[step % len(self.names)]
        low, high = part[name]
        if high - low < NARROWEST:
            raise Refused(f"{name} is halved too often")
        middle = (low + high) / 2
        lower, upper = {**part, name: (low, middle)}, {**part, name: (middle, high)}
        return [lower, upper] if step >= len(self.names) else [upper, lower]

    def decides(self, part: Part) -> bool:
        """Whether the comparison certainly holds on a part."""
        with flint.ctx.workprec(BITS):
            nonnegative = self._nonnegative(part)
            whole = {name: enclosing(*part[name]) for name in self.names}
            if self._good(self._value(self.gap, whole, nonnegative)):
                return True
            slopes = self.slopes_on(part)
            moved = {
                name: to_arb(part[name][0])
                if name in slopes and slopes[name] >= 0
                else to_arb(part[name][1])
                if name in slopes and slopes[name] <= 0
                else ball
                for name, ball in whole.items()
            }
            if self._good(self._value(self.gap, moved, nonnegative)):
                return True
            if len(slopes) < len(self.names):
                return False
            middle = {name: to_arb((low + high) / 2) for name, (low, high) in part.items()}
            value = self._value(self.gap, middle, nonnegative)
            for name in self.names:
                value = value + slopes[name] * (whole[name] - middle[name])
            return self._good(value)

    def slopes_on(self, part: Part) -> dict[Term, Any]:
        """Balls of the derivatives on a part, as far as they are finite."""
        with flint.ctx.workprec(BITS):
            box = {name: enclosing(*part[name]) for name in self.names}
            balls = evaluate(list(self.slopes.values()), box, self._nonnegative(part))
            return {name: ball for name, ball in zip(self.slopes, balls, strict=True) if ball.is_finite()}

    def in_the_middle(self, part: Part) -> Any:
        """The ball of the difference in the middle of a part."""
        with flint.ctx.workprec(BITS):
            return self._value(self.gap, {n: to_arb((a + b) / 2) for n, (a, b) in part.items()}, frozenset())

    def _nonnegative(self, part: Part) -> frozenset[Term]:
        """The bases of roots that are nonnegative on a part."""
        known = {name: Interval(low, high) for name, (low, high) in part.items()}
        found = intervals_of(self.roots, known)
        return frozenset(
            base for base in self.roots if (interval := found[base]) is not None and interval.nonnegative
        )

    @staticmethod
    def _value(term: Term, box: Mapping[Term, Any], nonnegative: frozenset[Term]) -> Any:
        return evaluate([term], box, nonnegative)[0]

    def _good(self, value: Any) -> bool:
        if not value.is_finite():
            return False
        return bool(value > 0) if self.strict else bool(value >= 0)


RULES: Mapping[str, Callable[..., Sequent]] = {"cover": cover}
