"""Identities between values of one function.

value        ─────────────             f has the value m at the integer n (`functions`)
             ⊢ f(n) = m

parity       Γ₁ ⊢ …                    s = −t wherever both have values, and they have where the conclusions hold;
             ────────────────────      f even: cos, cosh, abs; odd (then the right side is −f(t)): sin, sinh, tanh, atan, erf
             Γ₁ ∪ … ⊢ f(s) = ±f(t)

logarithm    Γ₁ ⊢ 0 < a₁   …   Γₙ ⊢ 0 < aₙ
             ────────────────────────────────────────      w = a₁^c₁ · … · aₙ^cₙ wherever both have values,
             Γ₁ ∪ … ∪ Γₙ ⊢ log w = Σᵢ cᵢ log aᵢ            and w has one where the conclusions hold; the cᵢ are numbers
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, lt, make, minus, mul, number, power

Premises = tuple[Sequent, ...]
EVEN, ODD = ("cos", "cosh", "abs"), ("sin", "sinh", "tanh", "atan", "erf")


def value(premises: Premises, name: str, at: int) -> Sequent:
    if name not in FUNCTIONS or type(at) is not int or at not in FUNCTIONS[name].exact:
        raise Refused(f"the value of {name!r:.40} at {at!r:.40} is not known exactly")
    return conclude(eq(make(name, number(at)), number(FUNCTIONS[name].exact[at])), premises)


def parity(premises: Premises, name: str, first: Term, second: Term) -> Sequent:
    require_values((first, second), premises)
    if not vanishes(add(first, second)):
        raise Refused(f"{first} is not −({second})")
    mirrored = make(name, second)
    if name not in (*EVEN, *ODD):
        raise Refused(f"{name} is neither even nor odd")
    return conclude(eq(make(name, first), mirrored if name in EVEN else minus(mirrored)), premises)


def logarithm(premises: Premises, of: Term, factors: tuple[tuple[Term, Term], ...]) -> Sequent:
    conclusions = {premise.conclusion for premise in premises}
    for base, exponent in factors:
        if lt(number(0), base) not in conclusions:
            raise Refused(f"no premise says that {base} is positive")
        if exponent.head != "number":
            raise Refused(f"the exponent {exponent} is no number")
    require_values((of,), premises)
    if not vanishes(add(of, minus(mul(*(power(base, exponent) for base, exponent in factors))))):
        raise Refused(f"{of} is not the product of these powers")
    total = add(*(mul(exponent, make("log", base)) for base, exponent in factors))
    return conclude(eq(make("log", of), total), premises)


RULES: Mapping[str, Callable[..., Sequent]] = {"value": value, "parity": parity, "logarithm": logarithm}
