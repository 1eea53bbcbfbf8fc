"""Derivatives of terms, for mean-value enclosures.

Where a derivative is given, the term is locally Lipschitz in the variable wherever it has values in a neighbourhood, and the
hull of the given term's values over a segment contains every difference quotient along it: for |t| the sign of t is given,
whose hull over an interval is Clarke's derivative. A term with jumps (`sign`, `piecewise`) has none, nor has `max` or `min`, a
very long product, a vector, or a binder in which the variable is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from theorycheck.kernel.terms import BINDERS, Term, add, fold, make, minus, mul, number, power, variables_of

ZERO, ONE = number(0), number(1)
MOST_FACTORS = 100
"""Of a product: its derivative has as many products."""


def derivative(term: Term, variable: Term) -> Term | None:
    """The derivative of a term with respect to a variable, or None where this table has none."""

    def slope(part: Term, slopes: Sequence[Term | None]) -> Term | None:
        if part is variable:
            return ONE
        if part.head in BINDERS:
            return None if variable in variables_of(part) else ZERO
        if all(s is ZERO for s in slopes):
            return ZERO  # nothing in it varies
        if part.sort != "real" or any(s is None for s in slopes):
            return None
        known = [s for s in slopes if s is not None]
        if part.head == "add":
            return _sum(known)
        if part.head == "mul":
            if len(part.args) > MOST_FACTORS:
                return None
            return _sum([_product(s, *_without(part.args, place)) for place, s in enumerate(known)])
        if part.head == "power":
            return _of_power(part, known)
        outer = _outer(part)
        return None if outer is None else _product(known[0], outer)

    return fold(term, slope)


def _without(args: Sequence[Term], place: int) -> list[Term]:
    return [*args[:place], *args[place + 1 :]]


def _of_power(part: Term, slopes: Sequence[Term]) -> Term:
    base, exponent = part.args
    if slopes[1] is not ZERO:  # e^(exponent · log base)
        logarithm = make("log", base)
        quotient = _product(slopes[0], exponent, power(base, -1))
        return _product(_sum([_product(slopes[1], logarithm), quotient]), part)
    if exponent.head != "number":
        return _product(slopes[0], exponent, power(base, add(exponent, number(-1))))
    lower: Fraction = exponent.value - 1
    return _product(slopes[0], exponent, base if lower == 1 else power(base, lower))


def _outer(part: Term) -> Term | None:
    (t,) = part.args if len(part.args) == 1 else (None,)
    if t is None:
        return None
    square = power(t, 2)
    bell = mul(number(2), power(make("pi"), Fraction(-1, 2)), make("exp", minus(square)))
    table = {
        "exp": part,
        "log": power(t, -1),
        "sin": make("cos", t),
        "cos": minus(make("sin", t)),
        "tan": power(make("cos", t), -2),
        "sinh": make("cosh", t),
        "cosh": make("sinh", t),
        "tanh": add(ONE, minus(power(make("tanh", t), 2))),
        "atan": power(add(ONE, square), -1),
        "asin": power(add(ONE, minus(square)), Fraction(-1, 2)),
        "acos": minus(power(add(ONE, minus(square)), Fraction(-1, 2))),
        "erf": bell,
        "erfc": minus(bell),
        "abs": make("sign", t),
    }
    return table.get(part.head)


def _sum(terms: Sequence[Term]) -> Term:
    return add(*(t for t in terms if t is not ZERO))


def _product(slope: Term, *factors: Term) -> Term:
    """A slope times factors. Only a slope of 0 makes it 0: a factor 0 stands beside others that might have no value."""
    return ZERO if slope is ZERO else mul(*(f for f in (slope, *factors) if f is not ONE))
