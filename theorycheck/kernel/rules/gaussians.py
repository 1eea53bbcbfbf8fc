"""Means over the Gaussian vector u ~ N(0, I/2) in the dimension d; E is the mean over it.

    moment       ⊢ E Πᵢ ⟨aᵢ, u⟩ · (‖u‖²)^m = 2^(−n/2) Σ Π ⟨aᵢ, aⱼ⟩ · Π (d/2 + n/2 + l), l = 0 … m − 1
                                                     the sum is over all ways to pair a₁ … aₙ; 0 if n is odd; the aᵢ have values

In the others f may have indices; the point on the left is p + σu, and r² = s² + σ², wherever these have values, and they have;
u is free neither in p, σ, s, r nor in a or an index of f.

    smoothing    Θ₁ ∪ … ⊢ E f_s(p + σu) = f_r(p)                      f_r(p) has a value

    exchange     Θ₁ ∪ … ⊢ E ⟨∇f_s(p + σu), a⟩ = ⟨∇f_r(p), a⟩          the right side has a value; and Θ: 0 < s, s < 0 or s ≠ 0;
                                                                      or Θ: f is locally Lipschitz, and the left side has a value

    parts        Θ₁ ∪ … ⊢ E f_s(p + σu) ⟨u, a⟩ = (σ/2) ⟨∇f_r(p), a⟩   the right side has a value

    reflection   Θ₁ ∪ … ⊢ E b(u) = E b(−u)                            the left side has a value

Why: ‖u‖² has the Gamma law of shape d/2 and is independent of u/‖u‖; s v + σ u, v like u, has the law of r u. Where f_r has
values in a neighbourhood of p, f(p + ru) is integrable also against powers of ‖u‖, and ∇f_r(p) = (2/r) E f(p + ru) u. For s = 0
and f locally Lipschitz, f is absolutely continuous on lines: integrate by parts against the density times a cutoff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules.means import body_of, require_free
from theorycheck.kernel.rules.vectors import same_vectors
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import (
    Term,
    add,
    bind,
    eq,
    inner,
    lt,
    make,
    minus,
    mul,
    number,
    opened,
    power,
    scaled,
    variables_of,
    vector_sum,
)

ZERO, HALF = number(0), number(Fraction(1, 2))
Premises = tuple[Sequent, ...]
MOST_DIRECTIONS, HIGHEST_RADIUS = 12, 100


def moment(premises: Premises, directions: tuple[Term, ...], radius: int) -> Sequent:
    if len(directions) > MOST_DIRECTIONS or type(radius) is not int or not 0 <= radius <= HIGHEST_RADIUS:
        raise Refused(f"no moment of {len(directions)} directions and {radius!r:.20} squared norms")
    require_values(directions, premises)
    u = make("bound vector", value=0)
    products = [inner(u, a) for a in directions]
    total = make("gaussian mean", mul(*products, power(inner(u, u), radius)))
    if len(directions) % 2:
        return conclude(eq(total, ZERO), premises)
    half = len(directions) // 2
    angular = add(*(mul(*(inner(a, b) for a, b in pairs)) for pairs in _pairings(directions)))
    shape = mul(HALF, make("dimension"))
    radial = mul(*(add(shape, number(half + step)) for step in range(radius)))
    return conclude(eq(total, mul(number(Fraction(1, 2**half)), angular, radial)), premises)


def _pairings(items: tuple[Term, ...]) -> Iterator[list[tuple[Term, Term]]]:
    if not items:
        yield []
    for place in range(1, len(items)):
        for others in _pairings((*items[1:place], *items[place + 1 :])):
            yield [(items[0], items[place]), *others]


def smoothing(premises: Premises, total: Term, name: Term, point: Term, rate: Term, scale: Term) -> Sequent:
    value = _gaussian_body(total, name)
    smoothed = _moved("value", value, premises, name, point, rate, scale)
    require_values((smoothed,), premises)
    return conclude(eq(total, smoothed), premises)


def exchange(premises: Premises, total: Term, name: Term, point: Term, rate: Term, scale: Term) -> Sequent:
    gradient, other = _sides(_gaussian_body(total, name), name)
    limit = inner(_moved("gradient", gradient, premises, name, point, rate, scale), other)
    require_values((limit,), premises)
    s, _, *indices = gradient.args
    conclusions = {premise.conclusion for premise in premises}
    if not conclusions & {lt(ZERO, s), lt(s, ZERO), make("ne", s, ZERO)}:
        if make("locally lipschitz", *indices, value=gradient.value) not in conclusions:
            raise Refused(f"no premise says that {gradient.value} is smoothed or locally Lipschitz")
        require_values((total,), premises)
    return conclude(eq(total, limit), premises)


def parts(premises: Premises, total: Term, name: Term, point: Term, rate: Term, scale: Term) -> Sequent:
    body = _gaussian_body(total, name)
    if body.head != "mul" or [factor.head for factor in body.args] != ["value", "inner"]:
        raise Refused(f"{body} is no value times an inner product")
    value, product = body.args
    u, direction = _sides(product, name)
    if u is not name:
        raise Refused(f"{product} is no inner product with {name}")
    smoothed = _moved("value", value, premises, name, point, rate, scale)
    slope = inner(make("gradient", *smoothed.args, value=smoothed.value), direction)
    require_values((slope,), premises)
    return conclude(eq(total, mul(HALF, rate, slope)), premises)


def reflection(premises: Premises, total: Term, name: Term) -> Sequent:
    _gaussian_body(total, name)
    require_values((total,), premises)
    turned = opened(total, scaled(number(-1), name))
    return conclude(eq(total, bind("gaussian mean", name, turned)), premises)


def _gaussian_body(total: Term, name: Term) -> Term:
    body = body_of(total, name)
    if total.head != "gaussian mean":
        raise Refused(f"{total} is no mean over a Gaussian vector")
    return body


def _sides(product: Term, name: Term) -> tuple[Term, Term]:
    """The side of an inner product that may depend on a name, and the one that does not."""
    if product.head != "inner":
        raise Refused(f"{product} is no inner product")
    v, w = product.args
    if name in variables_of(w):
        v, w = w, v
    require_free(name, w)
    return v, w


def _moved(
    head: str, term: Term, premises: Premises, name: Term, point: Term, rate: Term, scale: Term
) -> Term:
    """f_r(p) of f_s(p + σu), or the gradient."""
    if term.head != head:
        raise Refused(f"{term} is no {head} of a function")
    s, place, *indices = term.args
    require_free(name, point, rate, scale, s, *indices)
    require_values((place, point, rate, scale, s), premises)
    if not same_vectors(place, vector_sum(point, scaled(rate, name))):
        raise Refused(f"{place} is not {point} + {rate} · {name}")
    if not vanishes(add(power(scale, 2), minus(power(s, 2)), minus(power(rate, 2)))):
        raise Refused(f"the square of {scale} is not the sum of those of {s} and {rate}")
    return make(head, scale, point, *indices, value=term.value)


RULES: Mapping[str, Callable[..., Sequent]] = {
    "moment": moment,
    "smoothing": smoothing,
    "exchange": exchange,
    "parts": parts,
    "reflection": reflection,
}
