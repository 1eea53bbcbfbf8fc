"""The sign of a polynomial in one atom on an interval, decided exactly by Sturm's theorem.

    Γ₁ ⊢ l ≤ v   …   Γₙ ⊢ v < h
    ───────────────────────────────     b − a = p(v)/c, c a number, and p/c ≥ 0 (> 0) on the interval
    Γ₁ ∪ … ∪ Γₙ ⊢ a ≤ b (a < b)

Side conditions: l and h are numbers; a and b have values where the conclusions of the premises hold.
The sign: roots at the ends are divided out (v − l and h − v are known to be nonnegative, positive at open ends); inside, the
factors of odd multiplicity (for <: all factors) have no root, and one value gives the sign.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel.bounds import interval_from
from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.intervals import Interval
from theorycheck.kernel.polynomials import ratios_of
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, minus

HIGHEST_DEGREE = 200
MOST_WORK = 3_000_000
"""The square of the degree times the bits of coefficients and ends: Sturm's chain then takes a few seconds."""


def roots(premises: tuple[Sequent, ...], conclusion: Term, of: Term) -> Sequent:
    if conclusion.head not in ("le", "lt"):
        raise Refused(f"the sign of a polynomial does not show {conclusion}")
    left, right = conclusion.args
    require_values((left, right), premises)
    domain = interval_from(of, premises)
    if domain.empty:
        raise Refused(f"the premises leave no value for {of}")
    if not signed(polynomial_in(of, add(right, minus(left))), domain, strict=conclusion.head == "lt"):
        raise Refused(f"{conclusion} does not hold wherever {of} lies in {domain}")
    return conclude(conclusion, premises)


def polynomial_in(atom: Term, term: Term) -> Any:
    """The `fmpq_poly` in an atom that a term is, wherever it has a value.

    Raises
    ------
    Refused
        If it is none.
    """
    found = ratios_of([term])
    ((top, bottom),) = found.ratios
    if not bottom.is_constant():
        raise Refused(f"{term} is no polynomial")
    places = [place for place, generator in enumerate(found.generators) if generator is atom]
    place = places[-1] if places else None  # an exponential that is written in others is last
    coefficients: dict[int, Any] = {}
    for exponents, coefficient in top.to_dict().items():
        degree = 0 if place is None else int(exponents[place])
        if any(e for index, e in enumerate(exponents) if index != place) or degree > HIGHEST_DEGREE:
            raise Refused(f"{term} is no polynomial of moderate degree in {atom} alone")
        coefficients[degree] = coefficient / bottom.leading_coefficient()
    size = max(coefficients, default=0) + 1
    return flint.fmpq_poly([coefficients.get(degree, 0) for degree in range(size)])


def signed(p: Any, domain: Interval, *, strict: bool) -> bool:
    """Whether p ≥ 0 (> 0 if `strict`) on a nonempty interval; exact, so False means that it is not."""
    if p.degree() < 0:
        return not strict
    low, high = domain.low, domain.high
    numbers = [*p.coeffs(), *(_rational(end) for end in (low, high) if end is not None)]
    if p.degree() ** 2 * max(int(value.height_bits()) for value in numbers) > MOST_WORK:
        raise Refused("a polynomial has too long coefficients for its degree")
    if low is not None and low == high:
        value = p(_rational(low))
        return bool(value > 0) if strict else bool(value >= 0)
    for end, is_open, sign in ((low, domain.open_low, 1), (high, domain.open_high, -1)):
        while end is not None and p.degree() > 0 and p(_rational(end)) == 0:
            if strict and not is_open:
                return False
            p = p // (sign * flint.fmpq_poly([-_rational(end), 1]))
    blocking = _squarefree(p) if strict else _odd_part(p)
    if blocking.degree() > 0 and roots_between(blocking, low, high) != 0:
        return False
    return bool(p(_rational(_point_without_root(p, low, high))) > 0)


def roots_between(squarefree: Any, low: Fraction | None, high: Fraction | None) -> int:
    """The number of roots in (low, high) of a squarefree polynomial that does not vanish at the ends."""
    chain = [squarefree, squarefree.derivative()]
    while chain[-1].degree() > 0:
        chain.append(_primitive(-(chain[-2] % chain[-1])))
    return _changes(chain, low, -1) - _changes(chain, high, 1)


def _primitive(p: Any) -> Any:
    """A positive multiple with short coefficients."""
    whole = p.numer()
    return flint.fmpq_poly(whole // whole.content())


def _changes(chain: list[Any], end: Fraction | None, side: int) -> int:
    """The changes of sign at an end, or at ±∞."""
    values = [
        p.leading_coefficient() * side ** p.degree() if end is None else p(_rational(end)) for p in chain
    ]
    signs = [value > 0 for value in values if value != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def _rational(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)


def _squarefree(p: Any) -> Any:
    return p if p.degree() < 1 else p // p.gcd(p.derivative())


def _odd_part(p: Any) -> Any:
    """The product of the distinct irreducible factors of odd multiplicity."""
    result, odd = flint.fmpq_poly([1]), True
    while p.degree() > 0:
        rest = p.gcd(p.derivative())  # every factor, once less
        all_factors = p // rest
        of_this_multiplicity = all_factors // all_factors.gcd(rest)
        if odd:
            result = result * of_this_multiplicity
        p, odd = rest, not odd
    return result


def _point_without_root(p: Any, low: Fraction | None, high: Fraction | None) -> Fraction:
    left = low if low is not None else (high - 1 if high is not None else Fraction(-1))
    right = high if high is not None else left + 2
    parts = p.degree() + 2
    inside = (left + (right - left) * Fraction(k, parts) for k in range(1, parts))
    return next(x for x in inside if p(_rational(x)) != 0)


RULES: Mapping[str, Callable[..., Sequent]] = {"roots": roots}
