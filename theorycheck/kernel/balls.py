"""Terms in ball arithmetic: a ball that contains every value of a term on a box, or none.

Balls are Arb's, through python-flint. A finite ball says that the term has a value at every point of the box: where a part
might have none, or has no finite ball, the ball is NaN (the sine of an infinite ball would be finite again). Where it is open
which case holds, the ball contains the values of all that are possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel.functions import FUNCTIONS, POSITIVE, WITHIN_ONE
from theorycheck.kernel.terms import BINDERS, Term, ordered, outer_parts

LARGEST_EXPONENT = 4096
UNKNOWN = ("member", "value", "inner", "dimension", *BINDERS)
"""The heads of real numbers that no box tells."""
Box = Mapping[Term, Any]
"""A ball for every variable."""
Truth = frozenset[bool]
"""The truth values that are possible; none if a side has no value."""
CERTAIN, IMPOSSIBLE, OPEN, UNDEFINED = (
    frozenset([True]),
    frozenset([False]),
    frozenset([True, False]),
    Truth(),
)


def evaluate(terms: Sequence[Term], box: Box, nonnegative: frozenset[Term] = frozenset()) -> list[Any]:
    """Balls of terms on a box, at the working precision.

    Parameters
    ----------
    terms : sequence of Term
    box : Mapping[Term, flint.arb]
        Of every variable in the terms.
    nonnegative : frozenset of Term
        Parts that are known to be nonnegative on the box: what is negative in their balls is a rounding error, and is cut
        off before a root is taken.
    """
    values: dict[Term, Any] = {}
    for part in ordered(terms):
        values[part] = box[part] if part.head == "variable" else _value(part, values, nonnegative)
    return [values[term] for term in terms]


def _value(part: Term, values: Mapping[Term, Any], nonnegative: frozenset[Term]) -> Any:
    args = [values[arg] for arg in outer_parts(part)]
    head = part.head
    if head == "number":
        return to_arb(part.value)
    if head == "pi":
        return flint.arb.pi()
    if head in UNKNOWN or part.sort == "vector":
        return flint.arb.nan()
    if part.sort == "truth":
        return _truth(head, args)
    if head == "piecewise":
        return _cases(args)
    if not all(arg.is_finite() for arg in args):
        return flint.arb.nan()
    if head == "power":
        return _power(part, *args, clip=part.args[0] in nonnegative)
    if head in _FOLDS:
        result = args[0]
        for arg in args[1:]:
            result = _FOLDS[head](result, arg)
        return result
    if head == "abs":
        return abs(args[0])
    if head == "sign":
        return _hull([flint.arb(s) for s in _signs(args[0])])
    return _function(head, args[0])


_FOLDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "max": lambda a, b: a.max(b),
    "min": lambda a, b: a.min(b),
}


def _function(name: str, t: Any) -> Any:
    function = FUNCTIONS[name]
    outside = (function.domain == POSITIVE and not t > 0) or (
        function.domain == WITHIN_ONE and not (t >= -1 and t <= 1)
    )
    return flint.arb.nan() if outside else getattr(t, function.ball)()


def _power(part: Term, base: Any, exponent: Any, *, clip: bool) -> Any:
    e = part.args[1]
    if e.head != "number":
        if exponent.is_exact() and exponent.is_integer() and abs(exponent) <= LARGEST_EXPONENT:
            return integer_power(base, int(exponent.unique_fmpz()))
        return base**exponent if base > 0 else flint.arb.nan()
    p, q = e.value.numerator, e.value.denominator
    if max(abs(p), q) > LARGEST_EXPONENT:
        return flint.arb.nan()
    if q > 1:
        if base > 0:
            base = base.root(q)
        elif clip or base >= 0:
            upper = abs(base).upper()
            base = flint.arb(0) if upper == 0 else flint.arb(0).union(upper.root(q))
        else:
            return flint.arb.nan()
    return integer_power(base, p)


def integer_power(base: Any, exponent: int) -> Any:
    """base^exponent, as a product; even powers of a ball around 0 stay nonnegative."""
    if exponent < 0:
        return 1 / integer_power(base, -exponent)
    if exponent % 2 == 0 and exponent > 0 and not base.is_exact():
        return (base.abs_lower() ** exponent).union(base.abs_upper() ** exponent)
    result, square = flint.arb(1), base
    while exponent:
        if exponent & 1:
            result = result * square
        exponent >>= 1
        square = square * square if exponent else square
    return result


def _signs(t: Any) -> list[int]:
    return [s for s, impossible in ((-1, t >= 0), (0, t > 0 or t < 0), (1, t <= 0)) if not impossible]


def _truth(head: str, args: Sequence[Any]) -> Truth:
    if head in ("true", "false"):
        return CERTAIN if head == "true" else IMPOSSIBLE
    if head in ("le", "lt", "eq", "ne"):
        return _comparison(head, *args)
    if UNDEFINED in args:
        return UNDEFINED
    if head == "not":
        return frozenset(not value for value in args[0])
    combined = {True} if head == "and" else {False}
    for values in args:
        combined = {(a and b) if head == "and" else (a or b) for a in combined for b in values}
    return frozenset(combined)


def _comparison(head: str, a: Any, b: Any) -> Truth:
    if not (a.is_finite() and b.is_finite()):
        return UNDEFINED
    yes, no = {
        "le": (a <= b, a > b),
        "lt": (a < b, a >= b),
        "eq": (a == b, a != b),
        "ne": (a != b, a == b),
    }[head]
    return CERTAIN if yes else IMPOSSIBLE if no else OPEN


def _cases(args: Sequence[Any]) -> Any:
    """The hull of the values of all cases that may be the first to hold."""
    possible = []
    for condition, value in zip(args[::2], args[1::2], strict=True):
        if not condition:
            return flint.arb.nan()
        if True in condition:
            possible.append(value)
        if condition == CERTAIN:
            return _hull(possible)
    return flint.arb.nan()  # perhaps none holds


def _hull(balls: Sequence[Any]) -> Any:
    if not all(ball.is_finite() for ball in balls):
        return flint.arb.nan()
    result = balls[0]
    for ball in balls[1:]:
        result = result.union(ball)
    return result


def to_arb(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def enclosing(low: Fraction, high: Fraction) -> Any:
    """A ball that contains an interval."""
    return to_arb(low).union(to_arb(high))
