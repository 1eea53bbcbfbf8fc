"""Comparisons that the ranges of the parts show.

    range     Γ₁ ⊢ l₁ ≤ t₁   …   Γₙ ⊢ tₙ < hₙ        l, h numbers, t any terms
              ──────────────────────────────────
              Γ₁ ∪ … ∪ Γₙ ⊢ a ≤ b,  a < b  or  a = a

Side conditions: interval arithmetic (`intervals`), given that the tᵢ lie between these numbers, shows that a and b have values,
and that every value of b minus every value of a is nonnegative (positive). The premises leave some number for each tᵢ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.bounds import intervals_from
from theorycheck.kernel.intervals import Interval, interval_of
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term


def ranges(premises: tuple[Sequent, ...], conclusion: Term) -> Sequent:
    known = intervals_from(premises)
    if any(interval.empty for interval in known.values()):
        raise Refused("the premises leave no value for a term")
    left, right = (_interval(side, known) for side in conclusion.args)
    if conclusion.head == "eq" and conclusion.args[0] is conclusion.args[1]:
        return conclude(conclusion, premises)
    gap = right + -left
    if not {"le": gap.nonnegative, "lt": gap.positive}.get(conclusion.head, False):
        raise Refused(f"the ranges of its parts do not show {conclusion}")
    return conclude(conclusion, premises)


def _interval(side: Term, known: dict[Term, Interval]) -> Interval:
    found = interval_of(side, known)
    if found is None:
        raise Refused(f"{side} might have no value")
    return found


RULES: Mapping[str, Callable[..., Sequent]] = {"range": ranges}
