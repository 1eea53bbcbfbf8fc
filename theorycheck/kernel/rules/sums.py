"""Sums over the integers of a range.

In all of them Θ may have premises beside those that are named; they show that terms have values (`definedness`).

    termwise   Γ ⊢ f(n) R g(n + c)    Θ₁ ⊢ …
               ────────────────────────────────────────────────────────────     R is =, ≤ or <
               (Γ − range) ∪ Θ₁ ∪ … ⊢ Σ f(i), i = l … h  R  Σ g(i), i = l' … h'

Range: n is an integer, l ≤ n, n ≤ h. The variable n is free neither in the hypotheses that remain, nor in either sum, nor in c.
l' = l + c and h' = h + c wherever they have values, and they have. Θ: l, h and c are integers; l ≤ h + 1, for <: l ≤ h. Where c
is the number 0, n stands for n + c.

    empty      Θ₁ ∪ … ⊢ Σ f(i), i = l … h  =  0           h + 1 = l where they have values, and h has one; Θ: l is an integer

    single     Θ₁ ∪ … ⊢ Σ f(i), i = l … h  =  f(l)        h = l where they have values, and h and f(l) have; Θ: l is an integer

    split      Θ₁ ∪ … ⊢ Σ f(i), i = l … h  =  Σ f(i), i = l … m  +  Σ f(i), i = k … h
               k = m + 1 where they have values, and the left side and k have; Θ: m is an integer, l ≤ m + 1, m ≤ h

    linear     Θ₁ ∪ … ⊢ Σ f(i), i = l … h  =  Σⱼ cⱼ · Σ fⱼ(i), i = l … h
               f(n) = Σⱼ cⱼ fⱼ(n) where they have values; n is free neither in a sum nor in a cⱼ; all cⱼ and sums have values

    count      Θ₁ ∪ … ⊢ Σ 1, i = l … h  =  h − l + 1      Θ: l and h are integers, l ≤ h + 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules.integers import require_integers
from theorycheck.kernel.rules.quantifiers import generalised, require_fresh, require_order, require_variable
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, make, minus, mul, number, opened

ZERO, ONE = number(0), number(1)
Premises = tuple[Sequent, ...]


def termwise(premises: Premises, left: Term, right: Term, index: Term, shift: Term) -> Sequent:
    shown, *others = premises
    relation = shown.conclusion.head
    (low, high), (new_low, new_high) = _ends(left), _ends(right)
    rest = generalised(shown, others, index, low, high, left, right, shift)
    place = index if shift is ZERO else add(index, shift)
    if relation not in ("eq", "le", "lt"):
        raise Refused(f"{shown.conclusion} is not added up")
    if shown.conclusion is not make(relation, opened(left, index), opened(right, place)):
        raise Refused(f"{shown.conclusion} does not compare the terms of {left} and {right}")
    require_integers((low, high, shift), others)
    require_order(low, high if relation == "lt" else add(high, ONE), others)
    require_values((new_low, new_high), others)
    _require_equal(new_low, add(low, shift))
    _require_equal(new_high, add(high, shift))
    return conclude(make(relation, left, right), others, rest, shown.rests_on)


def empty(premises: Premises, total: Term) -> Sequent:
    low, high = _ends(total)
    require_integers((low,), premises)
    require_values((high,), premises)
    _require_equal(add(high, ONE), low)
    return conclude(eq(total, ZERO), premises)


def single(premises: Premises, total: Term) -> Sequent:
    low, high = _ends(total)
    only = opened(total, low)
    require_integers((low,), premises)
    require_values((high, only), premises)
    _require_equal(high, low)
    return conclude(eq(total, only), premises)


def split(premises: Premises, total: Term, middle: Term, following: Term) -> Sequent:
    low, high = _ends(total)
    require_integers((middle,), premises)
    require_order(low, add(middle, ONE), premises)
    require_order(middle, high, premises)
    require_values((total, following), premises)
    _require_equal(following, add(middle, ONE))
    body = total.args[2]
    first, second = make("sum", low, middle, body), make("sum", following, high, body)
    return conclude(eq(total, add(first, second)), premises)


def linear(premises: Premises, total: Term, parts: tuple[tuple[Term, Term], ...], index: Term) -> Sequent:
    require_variable(index)
    require_fresh(index, total, *(term for pair in parts for term in pair))
    if any(_ends(part) != _ends(total) for _, part in parts):
        raise Refused("the sums have not the same ends")
    require_values((total, *(term for pair in parts for term in pair)), premises)
    _require_equal(opened(total, index), add(*(mul(c, opened(part, index)) for c, part in parts)))
    return conclude(eq(total, add(*(mul(c, part) for c, part in parts))), premises)


def count(premises: Premises, total: Term) -> Sequent:
    low, high = _ends(total)
    require_integers((low, high), premises)
    require_order(low, add(high, ONE), premises)
    if total.args[2] is not ONE:
        raise Refused(f"{total} counts nothing")
    return conclude(eq(total, add(high, minus(low), ONE)), premises)


def _ends(total: Term) -> tuple[Term, Term]:
    if total.head != "sum":
        raise Refused(f"{total} is no sum")
    return total.args[0], total.args[1]


def _require_equal(left: Term, right: Term) -> None:
    if not vanishes(add(left, minus(right))):
        raise Refused(f"{left} and {right} are not the same")


RULES: Mapping[str, Callable[..., Sequent]] = {
    "termwise": termwise,
    "empty": empty,
    "single": single,
    "split": split,
    "linear": linear,
    "count": count,
}
