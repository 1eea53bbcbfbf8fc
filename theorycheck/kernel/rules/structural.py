"""The rules that hold for all formulas.

assume       φ ⊢ φ

cut          Γ ⊢ φ    Δ ⊢ ψ
             ─────────────────────
             Γ ∪ (Δ − {φ}) ⊢ ψ

cases        Γ ⊢ φ    Δ ⊢ φ    Θ₁ ⊢ …
             ─────────────────────────────────────────     a and b have values where the conclusions of the Θ hold
             (Γ − {a ≤ b}) ∪ (Δ − {b ≤ a}) ∪ Θ₁ ∪ … ⊢ φ

antisymmetry Γ ⊢ a ≤ b    Δ ⊢ b ≤ a
             ──────────────────────
             Γ ∪ Δ ⊢ a = b

absurd       Γ ⊢ a ≤ b    Δ ⊢ b < a
             ────────────────────── for every comparison φ
             Γ ∪ Δ ⊢ φ

instantiate  Γ ⊢ φ    Θ₁ ⊢ …
             ─────────────────         the terms t that σ puts in the place of variables have values where the
             Γσ ∪ Θ₁ ∪ … ⊢ φσ          conclusions of the Θ hold; a vector is put in the place of a vector

replace      Γ ⊢ a = b    Θ₁ ⊢ …
             ─────────────────────     s and t become one term when every part a is replaced by b;
             Γ ∪ Θ₁ ∪ … ⊢ s = t        s has a value where the conclusions of the premises hold
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, eq, le, lt, substitute, substituted

Premises = tuple[Sequent, ...]


def assume(premises: Premises, formula: Term) -> Sequent:
    if premises:
        raise Refused("assume takes no premises")
    return conclude(formula, extra=(formula,))


def cut(premises: Premises) -> Sequent:
    shown, user = premises
    return Sequent(
        shown.hypotheses | (user.hypotheses - {shown.conclusion}),
        user.conclusion,
        shown.rests_on | user.rests_on,
    )


def cases(premises: Premises, left: Term, right: Term) -> Sequent:
    below, above, *others = premises
    if below.conclusion != above.conclusion:
        raise Refused("the two cases conclude different things")
    require_values((left, right), others)
    rest = (below.hypotheses - {le(left, right)}) | (above.hypotheses - {le(right, left)})
    return Sequent(
        rest.union(*(other.hypotheses for other in others)),
        below.conclusion,
        frozenset().union(*(premise.rests_on for premise in premises)),
    )


def antisymmetry(premises: Premises) -> Sequent:
    below, above = premises
    if below.conclusion.head != "le" or above.conclusion != le(*reversed(below.conclusion.args)):
        raise Refused(f"{below.conclusion} and {above.conclusion} do not make an equality")
    return conclude(eq(*below.conclusion.args), premises)


def absurd(premises: Premises, conclusion: Term) -> Sequent:
    first, second = premises
    if first.conclusion.head != "le" or second.conclusion != lt(*reversed(first.conclusion.args)):
        raise Refused(f"{first.conclusion} and {second.conclusion} do not contradict each other")
    return conclude(conclusion, premises)


def instantiate(premises: Premises, replacements: tuple[tuple[Term, Term], ...]) -> Sequent:
    general, *others = premises
    chosen = dict(replacements)
    for name, term in chosen.items():
        if name.head not in ("variable", "vector") or term.sort != name.sort:
            raise Refused(f"{term} cannot stand in the place of {name}")
    require_values(chosen.values(), others)
    conclusion, *hypotheses = substituted([general.conclusion, *general.hypotheses], chosen)
    return conclude(conclusion, others, hypotheses, general.rests_on)


def replace(premises: Premises, left: Term, right: Term) -> Sequent:
    equality = premises[0].conclusion
    if equality.head != "eq":
        raise Refused(f"{equality} is no equality")
    same = {equality.args[0]: equality.args[1]}
    if substitute(left, same) is not substitute(right, same):
        raise Refused(f"{left} and {right} differ by more than {equality}")
    require_values((left,), premises)
    return conclude(eq(left, right), premises)


RULES: Mapping[str, Callable[..., Sequent]] = {
    "assume": assume,
    "cut": cut,
    "cases": cases,
    "antisymmetry": antisymmetry,
    "absurd": absurd,
    "instantiate": instantiate,
    "replace": replace,
}
