"""Inner products: all that the kernel knows of vectors is that ⟨v, w⟩ is a symmetric bilinear form with ⟨v, v⟩ ≥ 0.

    square       Γ₁ ⊢ …                            c₁ … cₙ have values where the conclusions of the premises hold
                 ──────────────────────────────
                 Γ₁ ∪ … ⊢ 0 ≤ Σᵢ Σⱼ cᵢ cⱼ ⟨vᵢ, vⱼ⟩

Symmetry is part of the term: ⟨v, w⟩ and ⟨w, v⟩ are one. An identity between inner products holds in every inner-product space.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, inner, le, mul, number

MOST_VECTORS = 200


def square(premises: tuple[Sequent, ...], vector: tuple[tuple[Term, Term], ...]) -> Sequent:
    if len(vector) > MOST_VECTORS:
        raise Refused(f"a combination of more than {MOST_VECTORS} vectors is too large to be multiplied out")
    coefficients = [coefficient for coefficient, _ in vector]
    require_values(coefficients, premises)
    if any(coefficient.sort != "real" for coefficient in coefficients):
        raise Refused("a coefficient of a vector is no real number")
    return conclude(le(number(0), squared_norm(vector)), premises)


def squared_norm(vector: tuple[tuple[Term, Term], ...]) -> Term:
    """‖Σ cᵢ vᵢ‖², multiplied out."""
    return add(*(mul(c, d, inner(v, w)) for c, v in vector for d, w in vector))


RULES: Mapping[str, Callable[..., Sequent]] = {"square": square}
