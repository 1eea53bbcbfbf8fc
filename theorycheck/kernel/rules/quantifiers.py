"""What holds at every integer of a range, and induction.

The *range* is: n is an integer, l ≤ n, n ≤ h. The variable n is free neither in the hypotheses that remain, nor in l or h.

    forall       Γ ⊢ φ(n)    Θ₁ ⊢ …                         Θ: l is an integer, h is an integer
                 ─────────────────────────────────────
                 (Γ − range) ∪ Θ₁ ∪ … ⊢ ∀ n = l … h: φ(n)

    at           Γ ⊢ ∀ n = l … h: φ(n)    Θ₁ ⊢ …            Θ: t is an integer, l ≤ t, t ≤ h
                 ─────────────────────────────────
                 Γ ∪ Θ₁ ∪ … ⊢ φ(t)

    induction    Γ ⊢ φ(l)    Δ ⊢ φ(n + 1)    Θ₁ ⊢ …         Θ: l is an integer; n is free neither in l or h, nor in Γ, Θ
                 ─────────────────────────────────────────  or Δ' = Δ − {n is an integer, l ≤ n, n + 1 ≤ h, φ(n)}
                 Γ ∪ Δ' ∪ range ∪ Θ₁ ∪ … ⊢ φ(n)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules.integers import require_integers
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, bind, integer, le, number, opened, substitute, variables_of

ONE = number(1)


def forall(premises: tuple[Sequent, ...], index: Term, low: Term, high: Term) -> Sequent:
    shown, *others = premises
    require_integers((low, high), others)
    rest = generalised(shown, others, index, low, high)
    return conclude(bind("forall", index, low, high, shown.conclusion), others, rest, shown.rests_on)


def at(premises: tuple[Sequent, ...], place: Term) -> Sequent:
    general, *others = premises
    statement = general.conclusion
    if statement.head != "forall":
        raise Refused(f"{statement} says nothing of a range")
    low, high, _ = statement.args
    require_integers((place,), others)
    require_order(low, place, others)
    require_order(place, high, others)
    return conclude(opened(statement, place), premises)


def induction(premises: tuple[Sequent, ...], index: Term, low: Term, high: Term, formula: Term) -> Sequent:
    first, following, *others = premises
    require_integers((low,), others)
    require_variable(index)
    if first.conclusion is not substitute(formula, {index: low}):
        raise Refused(f"{first.conclusion} is not {formula} at {low}")
    if following.conclusion is not substitute(formula, {index: add(index, ONE)}):
        raise Refused(f"{following.conclusion} is not {formula} after {index}")
    reached = {integer(index), le(low, index)}
    rest = (following.hypotheses - {*reached, le(add(index, ONE), high), formula}).union(
        first.hypotheses, *(other.hypotheses for other in others)
    )
    require_fresh(index, low, high, *rest)
    return conclude(formula, others, rest | reached | {le(index, high)}, first.rests_on | following.rests_on)


def generalised(
    shown: Sequent, others: Iterable[Sequent], index: Term, low: Term, high: Term, *outside: Term
) -> frozenset[Term]:
    """The hypotheses of what is shown of any integer of a range, without the range.

    Raises
    ------
    Refused
        If the variable is free in what remains: hypotheses, ends and `outside`.
    """
    require_variable(index)
    rest = shown.hypotheses - {integer(index), le(low, index), le(index, high)}
    require_fresh(index, low, high, *outside, *rest.union(*(other.hypotheses for other in others)))
    return rest


def require_variable(term: Term) -> None:
    if term.head != "variable":
        raise Refused(f"{term} is no variable")


def require_fresh(index: Term, *terms: Term) -> None:
    """Make sure that a variable is not free in terms."""
    if index in variables_of(*terms):
        raise Refused(f"{index} is not any number: it occurs in what is assumed")


def require_order(below: Term, above: Term, premises: Iterable[Sequent]) -> None:
    """Make sure that a premise says below ≤ above."""
    if le(below, above) not in {premise.conclusion for premise in premises}:
        raise Refused(f"no premise says that {below} ≤ {above}")


RULES: Mapping[str, Callable[..., Sequent]] = {"forall": forall, "at": at, "induction": induction}
