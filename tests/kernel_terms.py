"""Random terms of the kernel, and their values by mpmath: an independent reading of what a term means."""

from collections.abc import Mapping
from fractions import Fraction

import mpmath
from hypothesis import strategies as st

from theorycheck.kernel import Term, add, make, mul, number, power, variable
from theorycheck.kernel.functions import FUNCTIONS

X, Y = variable("x"), variable("y")
RATIONALS = st.fractions(-4, 4, max_denominator=12)


class NoValue(Exception):  # noqa: N818  # an answer
    """The term has no value there."""


def terms(max_leaves: int = 6) -> st.SearchStrategy[Term]:
    leaves = st.sampled_from([X, Y, make("pi")]) | RATIONALS.map(number)
    exponents = st.sampled_from(
        [Fraction(n) for n in (-2, -1, 0, 1, 2, 3)] + [Fraction(1, 2), Fraction(-1, 2), Fraction(2, 3)]
    )

    def extend(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        several = st.lists(inner, min_size=1, max_size=3)
        comparisons = st.tuples(st.sampled_from(["le", "lt", "eq", "ne"]), inner, inner).map(
            lambda t: make(*t)
        )
        cases = st.tuples(comparisons, inner, inner).map(
            lambda t: make("piecewise", t[0], t[1], make("true"), t[2])
        )
        return (
            st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda t: make(t[0], t[1]))
            | several.map(lambda parts: add(*parts))
            | several.map(lambda parts: mul(*parts))
            | st.tuples(inner, exponents).map(lambda t: power(*t))
            | st.tuples(inner, inner).map(lambda t: power(*t))
            | st.tuples(st.sampled_from(["max", "min"]), several).map(lambda t: make(t[0], *t[1]))
            | cases
        )

    return st.recursive(leaves, extend, max_leaves=max_leaves)


def value(term: Term, point: Mapping[Term, Fraction]) -> mpmath.mpf:
    """The value of a term at 60 digits.

    Raises
    ------
    NoValue
        If it has none, or one that is too large or too close to where it has none to tell.
    """
    head = term.head
    if head == "number":
        return mpmath.mpf(term.value.numerator) / term.value.denominator
    if head == "variable":
        return value(number(point[term]), point)
    if head == "pi":
        return +mpmath.pi
    if head == "piecewise":
        for condition, result in zip(term.args[::2], term.args[1::2], strict=True):
            if truth(condition, point):
                return value(result, point)
        raise NoValue
    args = [value(arg, point) for arg in term.args]
    if any(abs(arg) > 1e6 for arg in args):
        raise NoValue
    if head == "power":
        return _power(term, *args)
    if head in ("add", "mul", "max", "min"):
        return {"add": mpmath.fsum, "mul": mpmath.fprod, "max": max, "min": min}[head](args)
    return _function(head, args[0])


def truth(condition: Term, point: Mapping[Term, Fraction]) -> bool:
    """Whether a condition holds; raises `NoValue` if a side has none."""
    if condition.head in ("true", "false"):
        return condition.head == "true"
    a, b = (value(side, point) for side in condition.args)
    if a != b and abs(a - b) < mpmath.mpf(10) ** -40:
        raise NoValue  # perhaps equal, but for rounding
    return {"le": a <= b, "lt": a < b, "eq": a == b, "ne": a != b}[condition.head]


def _power(term: Term, base: mpmath.mpf, exponent: mpmath.mpf) -> mpmath.mpf:
    if abs(exponent) > 50:
        raise NoValue
    whole = mpmath.isint(exponent)
    near = abs(base) < mpmath.mpf(10) ** -30
    if near and (base != 0 or exponent < 0 or not whole):
        if base == 0 and exponent > 0:
            return base
        raise NoValue
    if not whole and base < 0:
        raise NoValue
    return base ** int(exponent) if whole else mpmath.power(base, exponent)


def _function(head: str, t: mpmath.mpf) -> mpmath.mpf:
    if head in ("log", "gamma", "loggamma") and t <= 0:
        raise NoValue
    if head in ("asin", "acos") and abs(t) > 1:
        raise NoValue
    if head in ("exp", "sinh", "cosh", "gamma") and t > 50:
        raise NoValue
    if head == "tan" and abs(mpmath.cos(t)) < mpmath.mpf(10) ** -30:
        raise NoValue
    if head == "abs":
        return abs(t)
    if head == "sign":
        if t != 0 and abs(t) < mpmath.mpf(10) ** -30:
            raise NoValue
        return mpmath.sign(t)
    return getattr(mpmath, head)(t)
