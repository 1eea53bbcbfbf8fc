"""Means over any of the laws (`terms`): L is one of them, E the mean over it, P its `almost`; x is what is bound.

    almost      Γ ⊢ ψ(x)    Θ₁ ⊢ P φ₁   …         x is free neither in P φᵢ nor in the hypotheses that remain; L = uniform:
                ──────────────────────────────    0 ≤ x, 0 < x, x ≤ 1, x < 1 do not remain
                (Γ − {φ₁(x), …}) ∪ Θ₁ ∪ … ⊢ P ψ

    monotone    Θ₁ ⊢ P (a R b)    Θ₂ ⊢ …          R is =, ≤ or <; E a and, but for =, E b have values
                ────────────────────────
                Θ₁ ∪ Θ₂ ∪ … ⊢ E a R E b

    linear      Θ₁ ⊢ …                            b(x) = Σⱼ cⱼ bⱼ(x) wherever both have values, x free in no cⱼ; all cⱼ and
                ──────────────────────────        E bⱼ have values, and b(x) wherever the bⱼ(x) have
                Θ₁ ∪ … ⊢ E b = Σⱼ cⱼ E bⱼ

    constant    Θ₁ ∪ … ⊢ E c = c                  x is not free in c, which has a value

    inside      Θ₁ ∪ … ⊢ ⟨E v, w⟩ = E ⟨v, w⟩      x is not free in w; E v and w have values

    finite      Θ₁ ∪ … ⊢ E b = E b                L is an index; all E bⱼ have values, and b(x) wherever the bⱼ(x) have; of a
                                                  vector: ⟨E b, E b⟩ = ⟨E b, E b⟩

    swap        Θ₁ ∪ … ⊢ E_k E_x b = E_x E_k b    k is an index; the left side has a value

The cⱼ, E bⱼ … have values where the conclusions of the premises hold; b(x) where these hold, and what is `almost` sure among
them, and the bⱼ(x) have values. In no conclusion of a premise is x free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import (
    Term,
    add,
    bind,
    defined,
    eq,
    inner,
    le,
    lt,
    make,
    minus,
    mul,
    number,
    opened,
    variables_of,
)

ZERO, ONE = number(0), number(1)
Premises = tuple[Sequent, ...]
MEANS = ("gaussian mean", "uniform mean", "index mean")


def almost(premises: Premises, law: str, name: Term, index: str = "") -> Sequent:
    shown, *others = premises
    statement = bind(f"{law} almost", name, shown.conclusion, value=index or None)
    known = [other.conclusion for other in others]
    if any((s.head, s.value) != (statement.head, statement.value) for s in known):
        raise Refused(f"a premise does not say what holds almost surely for {name}")
    rest = shown.hypotheses - {opened(s, name) for s in known}
    if law == "uniform":
        rest -= {le(ZERO, name), lt(ZERO, name), le(name, ONE), lt(name, ONE)}
    require_free(name, *known, *rest)
    return conclude(statement, others, rest, shown.rests_on)


def monotone(premises: Premises) -> Sequent:
    statement = premises[0].conclusion
    law, _, kind = statement.head.rpartition(" ")
    if kind != "almost" or statement.args[0].head not in ("eq", "le", "lt"):
        raise Refused(f"{statement} does not compare what is averaged")
    comparison = statement.args[0]
    left, right = (make(f"{law} mean", side, value=statement.value) for side in comparison.args)
    require_values((left,) if comparison.head == "eq" else (left, right), premises)
    return conclude(make(comparison.head, left, right), premises)


def linear(premises: Premises, total: Term, parts: tuple[tuple[Term, Term], ...], name: Term) -> Sequent:
    body = body_of(total, name)
    require_free(name, *(term for pair in parts for term in pair))
    require_values((term for pair in parts for term in pair), premises)
    require_values((body,), _inside(premises, total, [mean for _, mean in parts], name))
    if not vanishes(add(body, *(minus(mul(c, opened(mean, name))) for c, mean in parts))):
        raise Refused(f"the parts do not add up to {body}")
    return conclude(eq(total, add(*(mul(c, mean) for c, mean in parts))), premises)


def constant(premises: Premises, total: Term) -> Sequent:
    _require_mean(total)
    (body,) = total.args
    if body.loose:
        raise Refused(f"what is averaged in {total} is not the same everywhere")
    require_values((body,), premises)
    return conclude(eq(total, body), premises)


def inside(premises: Premises, total: Term, other: Term, name: Term) -> Sequent:
    body = body_of(total, name)
    require_free(name, other)
    require_values((total, other), premises)
    mean = bind(total.head, name, inner(body, other), value=total.value)
    return conclude(eq(inner(total, other), mean), premises)


def finite(premises: Premises, total: Term, parts: tuple[Term, ...], name: Term) -> Sequent:
    body = body_of(total, name)
    if total.head != "index mean":
        raise Refused(f"{total} is no mean over finitely many things")
    require_free(name, *parts)
    require_values(parts, premises)
    require_values((body,), _inside(premises, total, parts, name))
    return conclude(defined(total if total.sort == "real" else inner(total, total)), premises)


def swap(premises: Premises, total: Term, outer: Term, name: Term) -> Sequent:
    mean = body_of(total, outer)
    if total.head != "index mean":
        raise Refused(f"{total} is no mean over finitely many things")
    require_free(name, outer)
    body = body_of(mean, name)
    require_values((total,), premises)
    first = bind("index mean", outer, body, value=total.value)
    return conclude(eq(total, bind(mean.head, name, first, value=mean.value)), premises)


def _require_mean(total: Term) -> None:
    if total.head not in MEANS:
        raise Refused(f"{total} is no mean")


def body_of(total: Term, name: Term) -> Term:
    """What is averaged in a mean, at a name that is not free in the mean.

    Raises
    ------
    Refused
        If it is no mean, or the name stands for something in it.
    """
    _require_mean(total)
    if name.head not in ("variable", "vector"):
        raise Refused(f"{name} is no variable and no vector")
    require_free(name, total)
    return opened(total, name)


def require_free(name: Term, *terms: Term) -> None:
    """Make sure that a name is not free in terms."""
    if name in variables_of(*terms):
        raise Refused(f"{name} is not random: it stands for something elsewhere")


def _inside(premises: Premises, total: Term, means: Sequence[Term], name: Term) -> list[Sequent]:
    """What holds of almost all values of a name: the premises, what is almost sure, and that means have values."""
    if any((mean.head, mean.value) != (total.head, total.value) for mean in means):
        raise Refused(f"not all means are over the law of {total}")
    conclusions = [premise.conclusion for premise in premises]
    require_free(name, *conclusions)
    sure = total.head.replace("mean", "almost")
    bodies = [opened(s, name) for s in conclusions if (s.head, s.value) == (sure, total.value)]
    parts = [opened(mean, name) for mean in means]
    shown = [defined(part) for part in parts if part.sort == "real"]
    shown += [defined(inner(part, part)) for part in parts if part.sort == "vector"]
    return [*premises, *(Sequent(frozenset(), formula) for formula in (*bodies, *shown))]


RULES: Mapping[str, Callable[..., Sequent]] = {
    "almost": almost,
    "monotone": monotone,
    "linear mean": linear,
    "constant": constant,
    "inside": inside,
    "finite": finite,
    "swap": swap,
}
