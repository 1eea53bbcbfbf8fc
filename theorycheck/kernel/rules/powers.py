"""Powers with any exponent.

    tangent    Γ₁ ⊢ 0 ≤ x    Γ₂ ⊢ 0 ≤ y    Γ₃ ⊢ 1 ≤ k
               ───────────────────────────────────────────      t ↦ t^k is convex on [0, ∞)
               Γ₁ ∪ Γ₂ ∪ Γ₃ ⊢ x^k + k · x^(k−1) · (y − x) ≤ y^k

    larger base        Γ₁ ⊢ 0 ≤ x    Γ₂ ⊢ x ≤ y    Γ₃ ⊢ 0 ≤ k
                       ───────────────────────────────────────
                       Γ₁ ∪ Γ₂ ∪ Γ₃ ⊢ x^k ≤ y^k

    either sign        Γ₁ ⊢ k is an integer    Γ₂ ⊢ 0 ≤ k    Γ₃ ⊢ …
                       ───────────────────────────────────────────      z = −y wherever both have values, and they have where
                       Γ₁ ∪ … ⊢ −z^k ≤ y^k                              the conclusions hold

    power of product      Γ₁ ⊢ 0 < a₁   …   Γₙ ⊢ 0 < aₙ
                          ──────────────────────────────      w = a₁^c₁ · … · aₙ^cₙ and eᵢ = cᵢ · k wherever they have values;
                          Γ₁ ∪ … ⊢ w^k = a₁^e₁ · …            w and k have values where the conclusions hold; the cᵢ are numbers

0 ≤ aᵢ will do if cᵢ is positive and some Γ ⊢ 0 ≤ k: where aᵢ = 0, both sides are 0^k.

Each premise may be strict or an equality instead. All powers have values: of a positive base always; 0^k for k > 0 is 0, 0^0
is 1, and 0^(k−1) is asked for with k ≥ 1 only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules.integers import require_integers
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, le, lt, minus, mul, number, power

Premises = tuple[Sequent, ...]
ZERO, ONE = number(0), number(1)


def tangent(premises: Premises, base: Term, at: Term, exponent: Term) -> Sequent:
    _require(premises, ZERO, at)
    _require(premises, ZERO, base)
    _require(premises, ONE, exponent)
    slope = mul(exponent, power(at, add(exponent, number(-1))))
    line = add(power(at, exponent), mul(slope, add(base, minus(at))))
    return conclude(le(line, power(base, exponent)), premises)


def larger_base(premises: Premises, lower: Term, upper: Term, exponent: Term) -> Sequent:
    _require(premises, ZERO, lower)
    _require(premises, lower, upper)
    _require(premises, ZERO, exponent)
    return conclude(le(power(lower, exponent), power(upper, exponent)), premises)


Factor = tuple[Term, Term, Term]
"""aᵢ, cᵢ, eᵢ."""


def either_sign(premises: Premises, base: Term, mirrored: Term, exponent: Term) -> Sequent:
    require_integers((exponent,), premises)
    _require(premises, ZERO, exponent)
    require_values((base, mirrored), premises)
    if not vanishes(add(base, mirrored)):
        raise Refused(f"{mirrored} is not −({base})")
    return conclude(le(minus(power(mirrored, exponent)), power(base, exponent)), premises)


def power_of_product(premises: Premises, of: Term, exponent: Term, factors: tuple[Factor, ...]) -> Sequent:
    conclusions = {premise.conclusion for premise in premises}
    for base, count, power_of_base in factors:
        if count.head != "number":
            raise Refused(f"{count} is no number")
        if lt(ZERO, base) not in conclusions:
            _require(premises, ZERO, base)
            _require(premises, ZERO, exponent)
            if count.value <= 0:
                raise Refused(f"{base} might be 0")
        if not vanishes(add(power_of_base, minus(mul(count, exponent)))):
            raise Refused(f"{power_of_base} is not {count} times {exponent}")
    require_values((of, exponent, *(e for _, _, e in factors)), premises)
    if not vanishes(add(of, minus(mul(*(power(base, count) for base, count, _ in factors))))):
        raise Refused(f"{of} is not the product of these powers")
    product = mul(*(power(base, e) for base, _, e in factors))
    return conclude(eq(power(of, exponent), product), premises)


def _require(premises: Premises, a: Term, b: Term) -> None:
    """Make sure that a premise says a ≤ b."""
    conclusions = {premise.conclusion for premise in premises}
    if not conclusions & {le(a, b), lt(a, b), eq(a, b)}:
        raise Refused(f"no premise says that {a} ≤ {b}")


RULES: Mapping[str, Callable[..., Sequent]] = {
    "tangent": tangent,
    "larger base": larger_base,
    "either sign": either_sign,
    "power of product": power_of_product,
}
