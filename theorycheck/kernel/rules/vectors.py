"""Inner products: ⟨v, w⟩ is a symmetric bilinear form with ⟨v, v⟩ ≥ 0.

    square       Γ₁ ⊢ …                            c₁ v₁ … cₙ vₙ have values where the conclusions of the premises hold
                 ──────────────────────────────
                 Γ₁ ∪ … ⊢ 0 ≤ Σᵢ Σⱼ cᵢ cⱼ ⟨vᵢ, vⱼ⟩

    cauchy       Γ₁ ⊢ …                            v = Σ cᵢ vᵢ and w = Σ dⱼ wⱼ; the cᵢ, vᵢ, dⱼ, wⱼ have values as above
    schwarz      ──────────────────────────────
                 Γ₁ ∪ … ⊢ ⟨v, w⟩² ≤ ⟨v, v⟩ ⟨w, w⟩

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

Combination = tuple[tuple[Term, Term], ...]
"""Pairs of a coefficient and a vector."""

MOST_VECTORS = 200


def square(premises: tuple[Sequent, ...], vector: Combination) -> Sequent:
    _require_real(vector, premises)
    return conclude(le(number(0), product_of(vector, vector)), premises)


def cauchy_schwarz(premises: tuple[Sequent, ...], first: Combination, second: Combination) -> Sequent:
    _require_real((*first, *second), premises)
    squares = mul(product_of(first, first), product_of(second, second))
    return conclude(le(power(product_of(first, second), 2), squares), premises)


def _require_real(pairs: Combination, premises: tuple[Sequent, ...]) -> None:
    if len(pairs) > MOST_VECTORS:
        raise Refused(f"a combination of more than {MOST_VECTORS} vectors is too large to be multiplied out")
    require_values((part for pair in pairs for part in pair), premises)
    if any(coefficient.sort != "real" for coefficient, _ in pairs):
        raise Refused("a coefficient of a vector is no real number")


def product_of(first: Combination, second: Combination) -> Term:
    """⟨Σ cᵢ vᵢ, Σ dⱼ wⱼ⟩, multiplied out."""
    return add(*(mul(c, d, inner(v, w)) for c, v in first for d, w in second))


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


RULES: Mapping[str, Callable[..., Sequent]] = {
    "square": square,
    "cauchy schwarz": cauchy_schwarz,
    "place": place,
}
