"""Integers, and powers whose exponents are.

    integer      Γ₁ ⊢ t₁ is an integer   …       t is made of the tᵢ and of whole numbers by sums, products, maxima, minima
                 ─────────────────────────       and powers with whole nonnegative numbers as exponents
                 Γ₁ ∪ … ⊢ t is an integer

    discrete     Γ ⊢ a < b    Θ₁ ⊢ …             Θ: a is an integer, b is an integer
                 ─────────────────────
                 Γ ∪ Θ₁ ∪ … ⊢ a + 1 ≤ b

    exponents    Θ₁ ⊢ …                          e = s + t wherever both sides have values; b^e, b^s and b^t have values where
                 ─────────────────────────       the conclusions of the Θ hold; Θ: 0 < b, or s is an integer, t is an integer
                 Θ₁ ∪ … ⊢ b^e = b^s · b^t

Where 0^s and 0^t have values and s and t are integers, neither is negative; and 0^0 = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, fold, le, lt, minus, mul, number
from theorycheck.kernel.terms import integer as integer_

ZERO, ONE = number(0), number(1)


def integer(premises: tuple[Sequent, ...], term: Term) -> Sequent:
    conclusions = {premise.conclusion for premise in premises}

    def whole(part: Term, wholes: Sequence[bool]) -> bool:
        if integer_(part) in conclusions:
            return True
        if part.head == "number":
            return bool(part.value.denominator == 1)
        if part.head == "power":
            exponent = part.args[1]
            return all(wholes) and exponent.head == "number" and bool(exponent.value >= 0)
        return part.head in ("add", "mul", "max", "min") and all(wholes)

    if not fold(term, lambda part, wholes: part.sort == "real" and whole(part, wholes)):
        raise Refused(f"the premises do not show that {term} is an integer")
    return conclude(integer_(term), premises)


def discrete(premises: tuple[Sequent, ...]) -> Sequent:
    order = premises[0].conclusion
    if order.head != "lt":
        raise Refused(f"{order} does not say that one number is below another")
    require_integers(order.args, premises)
    below, above = order.args
    return conclude(le(add(below, ONE), above), premises)


def exponents(premises: tuple[Sequent, ...], whole: Term, first: Term, second: Term) -> Sequent:
    base = whole.args[0]
    if {part.head for part in (whole, first, second)} != {"power"} or not base is first.args[
        0
    ] is second.args[0]:
        raise Refused(f"{whole}, {first} and {second} are not powers of one number")
    require_values((whole, first, second), premises)
    if not vanishes(add(whole.args[1], *(minus(part.args[1]) for part in (first, second)))):
        raise Refused(f"the exponents of {first} and {second} do not add up")
    if lt(ZERO, base) not in {premise.conclusion for premise in premises}:
        require_integers((first.args[1], second.args[1]), premises)
    return conclude(eq(whole, mul(first, second)), premises)


def require_integers(terms: Sequence[Term], premises: Sequence[Sequent]) -> None:
    """Make sure that premises say of terms that they are integers."""
    conclusions = {premise.conclusion for premise in premises}
    for term in terms:
        if integer_(term) not in conclusions:
            raise Refused(f"no premise says that {term} is an integer")


RULES: Mapping[str, Callable[..., Sequent]] = {
    "integer": integer,
    "discrete": discrete,
    "exponents": exponents,
}
