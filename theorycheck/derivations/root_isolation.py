"""Sign of a polynomial in one variable on an interval, decided exactly by Sturm sequences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint

from theorycheck.derivations import polynomials
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.ranges import Range

HIGHEST_DEGREE = 200


def dense(p: Polynomial, name: str) -> list[Fraction]:
    """Coefficients of a polynomial in the one variable `name`, constant term first."""
    powers = polynomials.coefficients(p, name)
    return [powers.get(e, {}).get((), Fraction(0)) for e in range(max(powers, default=0) + 1)]


def certainly_signed(coefficients: Sequence[Fraction], domain: Range, *, strict: bool) -> bool:
    """Decide whether Σ cₖxᵏ is ≥ 0 (> 0 if `strict`) for every x of the domain.

    Exact: True and False are both final. A root at an end of the domain is divided out (x − low and high − x
    are known to be ≥ 0 there); inside, the factors of odd multiplicity must have no root, and one value gives
    the sign.
    """
    p = _poly(coefficients)
    if p.degree() > HIGHEST_DEGREE:
        return False
    if domain.empty:
        return True
    if p.degree() < 0:
        return not strict
    low, high = domain.low, domain.high
    if low is not None and low == high:
        value = p(_rational(low))
        return bool(value > 0) if strict else bool(value >= 0)
    for end, is_open, sign in ((low, domain.open_low, 1), (high, domain.open_high, -1)):
        while end is not None and p.degree() > 0 and p(_rational(end)) == 0:
            if strict and not is_open:
                return False
            p = p // (sign * flint.fmpq_poly([-_rational(end), 1]))
    blocking = _squarefree(p) if strict else _odd_part(p)
    if blocking.degree() > 0 and count_roots(blocking, low, high) != 0:
        return False
    return bool(p(_rational(_point_without_root(p, low, high))) > 0)


def count_roots(squarefree: Any, low: Fraction | None, high: Fraction | None) -> int:
    """Count the roots in (low, high) of a squarefree `fmpq_poly` that does not vanish at the ends (Sturm's
    theorem).
    """
    chain = [squarefree, squarefree.derivative()]
    while chain[-1].degree() > 0:
        remainder = -(chain[-2] % chain[-1])
        if remainder.degree() < 0:
            break
        chain.append(_normal(remainder))
    return _changes(chain, low, -1) - _changes(chain, high, 1)


def _changes(chain: list[Any], end: Fraction | None, side: int) -> int:
    signs = []
    for p in chain:
        value = p(_rational(end)) if end is not None else _leading(p) * side ** p.degree()
        if value != 0:
            signs.append(value > 0)
    return sum(a != b for a, b in itertools.pairwise(signs))


def _poly(coefficients: Sequence[Fraction]) -> Any:
    return flint.fmpq_poly([_rational(c) for c in coefficients])


def _rational(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)


def _leading(p: Any) -> Any:
    return p[p.degree()]


def _normal(p: Any) -> Any:
    leading = _leading(p)
    return p * (1 / (leading if leading > 0 else -leading))


def _squarefree(p: Any) -> Any:
    return p if p.degree() < 1 else p // p.gcd(p.derivative())


def _odd_part(p: Any) -> Any:
    """Product of the distinct irreducible factors of odd multiplicity."""
    result = flint.fmpq_poly([1])
    odd = True
    while p.degree() > 0:
        rest = p.gcd(p.derivative())  # every factor, once less
        once_or_more = p // rest
        exactly = once_or_more // once_or_more.gcd(rest)  # the factors whose multiplicity is the present one
        if odd:
            result = result * exactly
        p, odd = rest, not odd
    return result


def _point_without_root(p: Any, low: Fraction | None, high: Fraction | None) -> Fraction:
    left = low if low is not None else (high - 1 if high is not None else Fraction(-1))
    right = high if high is not None else left + 2
    parts = p.degree() + 2
    inside = (left + (right - left) * Fraction(k, parts) for k in range(1, parts))
    return next(x for x in inside if p(_rational(x)) != 0)
