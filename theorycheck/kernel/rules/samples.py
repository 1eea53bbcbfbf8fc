"""Means over an index k of functions f_k whose mean is f, and over a number t that is uniform on [0, 1].

Of the first two a premise is: for every vector p, E_k f_k(p) = f(p). Functions may have further indices, which are closed.

    sampled      Θ₁ ∪ … ⊢ E_k f_k,s(p) = f_s(p)                  s, p and the left side have values

    gradients    Θ₁ ∪ … ⊢ E_k ⟨∇f_k,s(p), a⟩ = ⟨∇f_s(p), a⟩      s, p, a and the left side have values

    power        ⊢ E_t tⁿ = 1/(n + 1)                            n a whole number that is not negative

    segment      Θ₁ ∪ … ⊢ E_t ⟨∇f(p + t(q − p)), q − p⟩ = f(q) − f(p)
                                                                 Θ: f is locally Lipschitz; p, q and the left side have values;
                                                                 t is free neither in p or q nor in an index of f

Why: of finitely many f_k with positive weights each has what the left side needs, and f is their weighted sum. Along the segment
a locally Lipschitz f is absolutely continuous, and its derivative is ⟨∇f, q − p⟩ wherever the gradient exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules.means import body_of, require_free
from theorycheck.kernel.rules.vectors import same_vectors
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, inner, make, minus, number, scaled, vector_sum
from theorycheck.kernel.terms import power as power_

ZERO, MINUS_ONE = number(0), number(-1)
HIGHEST_POWER = 10_000
Premises = tuple[Sequent, ...]


def sampled(premises: Premises, scale: Term, point: Term) -> Sequent:
    index, sample, mean = _declared(premises[0].conclusion, scale, point)
    total = make("index mean", make("value", *sample.args, value=sample.value), value=index)
    require_values((total, scale, point), premises)
    return conclude(eq(total, mean), premises)


def gradients(premises: Premises, scale: Term, point: Term, direction: Term) -> Sequent:
    index, sample, mean = _declared(premises[0].conclusion, scale, point)
    sampled_slope = inner(make("gradient", *sample.args, value=sample.value), direction)
    total = make("index mean", sampled_slope, value=index)
    require_values((total, scale, point, direction), premises)
    return conclude(eq(total, inner(make("gradient", *mean.args, value=mean.value), direction)), premises)


def _declared(statement: Term, scale: Term, point: Term) -> tuple[str, Term, Term]:
    """The name of the index, f_k at a place, and f there, of ∀p: E_k f_k(p) = f(p)."""
    refused = Refused(f"{statement} does not say that a function is the mean of others")
    if statement.head != "every" or statement.args[0].head != "eq":
        raise refused
    total, mean = statement.args[0].args
    if total.head != "index mean":
        raise refused
    sample = total.args[0]
    if sample.head != "value" or mean.head != "value":
        raise refused
    anywhere, inside = make("bound vector", value=0), make("bound vector", value=1)
    if sample.args[:2] != (ZERO, inside) or mean.args[:2] != (ZERO, anywhere):
        raise refused
    own = make("bound", value=0)
    if any(k is not own and k.loose for k in sample.args[2:]) or any(k.loose for k in mean.args[2:]):
        raise refused
    at_place = make("value", scale, point, *sample.args[2:], value=sample.value)
    return total.value, at_place, make("value", scale, point, *mean.args[2:], value=mean.value)


def power(premises: Premises, exponent: int) -> Sequent:
    if premises or type(exponent) is not int or not 0 <= exponent <= HIGHEST_POWER:
        raise Refused(f"{exponent!r:.20} is no moderate exponent, or there are premises")
    total = make("uniform mean", power_(make("bound", value=0), exponent))
    return conclude(eq(total, number(Fraction(1, exponent + 1))))


def segment(premises: Premises, total: Term, name: Term, start: Term, end: Term) -> Sequent:
    product = body_of(total, name)
    if total.head != "uniform mean" or product.head != "inner":
        raise Refused(f"{total} is no mean of an inner product over a segment")
    gradient, step = product.args if product.args[0].head == "gradient" else product.args[::-1]
    if gradient.head != "gradient" or gradient.args[0] is not ZERO:
        raise Refused(f"{product} is no slope of a function")
    _, place, *indices = gradient.args
    require_free(name, start, end, *indices)
    require_values((start, end, total), premises)
    change = vector_sum(end, scaled(MINUS_ONE, start))
    if not same_vectors(step, change):
        raise Refused(f"{step} is not {end} − {start}")
    if not same_vectors(place, vector_sum(start, scaled(name, change))):
        raise Refused(f"{place} does not go from {start} to {end}")
    regular = make("locally lipschitz", *indices, value=gradient.value)
    if regular not in {premise.conclusion for premise in premises}:
        raise Refused(f"no premise says that {gradient.value} is locally Lipschitz")
    high, low = (make("value", ZERO, p, *indices, value=gradient.value) for p in (end, start))
    return conclude(eq(total, add(high, minus(low))), premises)


RULES: Mapping[str, Callable[..., Sequent]] = {
    "sampled": sampled,
    "gradients": gradients,
    "power": power,
    "segment": segment,
}
