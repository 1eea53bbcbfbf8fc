"""Inner products: all that the kernel knows of vectors is that ⟨v, w⟩ is a symmetric bilinear form with ⟨v, v⟩ ≥ 0.

    square       Γ₁ ⊢ …                            c₁ … cₙ have values where the conclusions of the premises hold
                 ──────────────────────────────
                 Γ₁ ∪ … ⊢ 0 ≤ Σᵢ Σⱼ cᵢ cⱼ ⟨vᵢ, vⱼ⟩

    cauchy       Γ₁ ⊢ …                            v = Σ cᵢ vᵢ and w = Σ dⱼ wⱼ; the cᵢ and dⱼ have values as above
    schwarz      ──────────────────────────────
                 Γ₁ ∪ … ⊢ ⟨v, w⟩² ≤ ⟨v, v⟩ ⟨w, w⟩

Symmetry is part of the term: ⟨v, w⟩ and ⟨w, v⟩ are one. An identity between inner products holds in every inner-product space.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, inner, le, mul, number, power

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
    coefficients = [coefficient for coefficient, _ in pairs]
    require_values(coefficients, premises)
    if any(coefficient.sort != "real" for coefficient in coefficients):
        raise Refused("a coefficient of a vector is no real number")


def product_of(first: Combination, second: Combination) -> Term:
    """⟨Σ cᵢ vᵢ, Σ dⱼ wⱼ⟩, multiplied out."""
    return add(*(mul(c, d, inner(v, w)) for c, v in first for d, w in second))


RULES: Mapping[str, Callable[..., Sequent]] = {"square": square, "cauchy schwarz": cauchy_schwarz}
