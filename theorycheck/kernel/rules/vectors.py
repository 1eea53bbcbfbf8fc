"""Inner products: ⟨v, w⟩ is a symmetric bilinear form with ⟨v, v⟩ ≥ 0.

    square       Γ₁ ⊢ …                            c₁ v₁ … cₙ vₙ have values where the conclusions of the premises hold
                 ──────────────────────────────
                 Γ₁ ∪ … ⊢ 0 ≤ Σᵢ Σⱼ cᵢ cⱼ ⟨vᵢ, vⱼ⟩

    place        Γ₁ ⊢ …                            φ and ψ become one term when every f_s(p) in them is replaced by f_r(q), or
                 ────────────────────────────      every gradient; s² = r² and p = q wherever they have values; φ, s, p, r and q
                 Γ₁ ∪ … ⊢ φ = ψ                    have values where the conclusions of the premises hold

Symmetry is part of the term: ⟨v, w⟩ and ⟨w, v⟩ are one. An identity between inner products holds in every inner-product space.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import (
    Term,
    add,
    eq,
    inner,
    le,
    make,
    minus,
    mul,
    number,
    power,
    scaled,
    substitute,
    vector_sum,
)


def square(premises: tuple[Sequent, ...], vector: tuple[tuple[Term, Term], ...]) -> Sequent:
    require_values((part for pair in vector for part in pair), premises)
    if any(coefficient.sort != "real" for coefficient, _ in vector):
        raise Refused("a coefficient of a vector is no real number")
    return conclude(le(number(0), squared_norm(vector)), premises)


def squared_norm(vector: tuple[tuple[Term, Term], ...]) -> Term:
    """‖Σ cᵢ vᵢ‖², multiplied out."""
    return add(*(mul(c, d, inner(v, w)) for c, v in vector for d, w in vector))


def place(premises: tuple[Sequent, ...], left: Term, right: Term, old: Term, new: Term) -> Sequent:
    if old.head not in ("value", "gradient") or (old.head, old.value) != (new.head, new.value):
        raise Refused(f"{old} and {new} are not values or gradients of one function")
    (s, p, *indices), (r, q, *others) = old.args, new.args
    if indices != others:
        raise Refused(f"{old} and {new} have different indices")
    if not vanishes(add(power(s, 2), minus(power(r, 2)))) or not same_vectors(p, q):
        raise Refused(f"{old} and {new} are not at one place")
    if substitute(left, {old: new}) is not substitute(right, {old: new}):
        raise Refused(f"{left} and {right} differ by more than {old} and {new}")
    require_values((left, s, p, r, q), premises)
    return conclude(eq(left, right), premises)


def same_vectors(v: Term, w: Term) -> bool:
    """Whether two closed vectors are shown to be the same wherever both have values: their difference is orthogonal to all."""
    any_vector = make("bound vector", value=0)
    return vanishes(inner(vector_sum(v, scaled(number(-1), w)), any_vector))


RULES: Mapping[str, Callable[..., Sequent]] = {"square": square, "place": place}
