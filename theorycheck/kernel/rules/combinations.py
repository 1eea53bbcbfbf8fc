"""Exact combinations: sums of products of what the premises make nonnegative.

    Γ₁ ⊢ a₁ R₁ b₁   …   Γₙ ⊢ aₙ Rₙ bₙ
    ────────────────────────────────────     b − a = Σ cᵢ · Π (bⱼ − aⱼ)^k · Π s²   wherever both sides have values
    Γ₁ ∪ … ∪ Γₙ ⊢ a R b

The identity is one of fractions of polynomials in atoms (`polynomials`). Side conditions, for every term of the sum:

1. its exponents k are positive whole numbers, and its factors are premises;
2. a factor with Rⱼ "=" makes it 0, whatever its coefficient is; else its coefficient is a number that is not negative;
3. if R is "=", every term has such a factor;
4. if R is "<", some term has a positive number as coefficient, factors with Rⱼ "<" alone, and no squares;
5. a, b and all that the terms multiply have values where the conclusions of the premises hold;
6. R and the Rⱼ are =, ≤ or <. Other premises show that terms have values.

Without terms this is the identity a = b (or a ≤ b).

    nonzero   Γ₁ ⊢ a R b    Γ₂ ⊢ …            R is <, or ≠;  b − a = c · d wherever both sides have values;
              ──────────────────────          c and d have values where the conclusions of the premises hold
              Γ₁ ∪ Γ₂ ∪ … ⊢ c ≠ 0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, make, minus, mul, number, power

Product = tuple[Term, tuple[tuple[int, int], ...], tuple[Term, ...]]
"""Coefficient, (place of a premise, exponent) …, terms that are squared."""


def combination(
    premises: tuple[Sequent, ...], conclusion: Term, products: tuple[Product, ...] = ()
) -> Sequent:
    slack = _slack(conclusion)
    left, right = conclusion.args
    terms: list[Term] = []
    positive = False
    for coefficient, factors, squares in products:
        relations, powers = [], []
        for place, exponent in factors:
            if type(exponent) is not int or exponent < 1 or type(place) is not int or place < 0:
                raise Refused(f"{place!r:.20}^{exponent!r:.20} is no power of a premise")
            relations.append(premises[place].conclusion.head)
            powers.append(power(_slack(premises[place].conclusion), exponent))
        is_zero = "eq" in relations
        if not is_zero and (coefficient.head != "number" or coefficient.value < 0):
            raise Refused(f"the coefficient {coefficient} is not a number that is known to be nonnegative")
        if not is_zero and conclusion.head == "eq":
            raise Refused("a term of an equality is not 0")
        if not is_zero and coefficient.value > 0 and set(relations) <= {"lt"} and not squares:
            positive = True
        terms.append(mul(coefficient, *powers, *(power(square, 2) for square in squares)))
    if conclusion.head == "lt" and not positive:
        raise Refused("no term is certainly positive")
    require_values([left, right, *terms], premises)
    if not vanishes(add(slack, *map(minus, terms))):
        raise Refused(f"the terms do not add up to {right} − {left}")
    return conclude(conclusion, premises)


def nonzero(premises: tuple[Sequent, ...], factor: Term, cofactor: Term) -> Sequent:
    comparison = premises[0].conclusion
    if comparison.head not in ("lt", "ne"):
        raise Refused(f"{comparison} does not say that two numbers differ")
    require_values((factor, cofactor), premises)
    if not vanishes(add(_difference(comparison), minus(mul(factor, cofactor)))):
        raise Refused(f"{factor} times {cofactor} is not the difference of the sides of {comparison}")
    return conclude(make("ne", factor, number(0)), premises)


def _slack(comparison: Term) -> Term:
    if comparison.head not in ("le", "lt", "eq"):
        raise Refused(f"{comparison} gives no sign")
    return _difference(comparison)


def _difference(comparison: Term) -> Term:
    left, right = comparison.args
    return add(right, minus(left))


RULES: Mapping[str, Callable[..., Sequent]] = {"combination": combination, "nonzero": nonzero}
