"""The range of an expression tree by exact interval reasoning: the proof by "sign of factors", a little
sharpened.

A symbol has a range from its declaration (positive, at least 1, a box); sums, products, powers and the
elementary functions map ranges to ranges: exp > 0, |sin| ≤ 1, |erf| < 1, even powers ≥ 0. Ends are exact
rationals, rounded outward where a function value is irrational, and each end knows whether it can be
attained. Where an expression might be undefined or not real there is no range at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.trees import (
    FUNCTIONS,
    LARGEST_EXPONENT,
    Tree,
    compile_tree,
    key,
    parse_rational,
)
from theorycheck.errors import ReplayError, TheorycheckError
from theorycheck.terms.balls import precision, to_arb

BITS = 128


@dataclass(frozen=True)
class Range:
    """The interval from `low` to `high`; None is −∞ or +∞; an open end is not attained."""

    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    @property
    def nonnegative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def positive(self) -> bool:
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.open_low))

    @property
    def finite(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def __neg__(self) -> Range:
        low, high = self.low, self.high
        return Range(
            None if high is None else -high, None if low is None else -low, self.open_high, self.open_low
        )

    def intersect(self, other: Range) -> Range:
        low, open_low = _larger_low(self, other)
        mirrored, open_high = _larger_low(-self, -other)
        return Range(low, None if mirrored is None else -mirrored, open_low, open_high)

    def hull(self, other: Range) -> Range:
        low, open_low = _smaller_low(self, other)
        mirrored, open_high = _smaller_low(-self, -other)
        return Range(low, None if mirrored is None else -mirrored, open_low, open_high)

    def to_json(self) -> dict[str, Any]:
        return {
            "low": None if self.low is None else str(self.low),
            "high": None if self.high is None else str(self.high),
            "open_low": self.open_low,
            "open_high": self.open_high,
        }

    @classmethod
    def from_json(cls, data: Any) -> Range:
        """Read a range.

        Raises
        ------
        ReplayError
            If `data` is malformed or the range is empty.
        """
        if not isinstance(data, dict) or set(data) != {"low", "high", "open_low", "open_high"}:
            raise ReplayError(f"{data!r:.60} is not a range with low, high, open_low and open_high")
        if not all(isinstance(data[name], bool) for name in ("open_low", "open_high")):
            raise ReplayError(f"{data!r:.60} is not a range: open_low and open_high are true or false")
        low, high = (None if data[name] is None else parse_rational(data[name]) for name in ("low", "high"))
        result = cls(low, high, data["open_low"], data["open_high"])
        if result.empty:
            raise ReplayError(f"the range {data!r:.90} is empty, so that anything would follow")
        return result


REAL = Range()
POSITIVE = Range(low=Fraction(0), open_low=True)
NONNEGATIVE = Range(low=Fraction(0))
ONE = Range(Fraction(1), Fraction(1))


def _larger_low(a: Range, b: Range) -> tuple[Fraction | None, bool]:
    if a.low is None or b.low is None:
        other = b if a.low is None else a
        return other.low, other.open_low
    if a.low == b.low:
        return a.low, a.open_low or b.open_low
    larger = a if a.low > b.low else b
    return larger.low, larger.open_low


def _smaller_low(a: Range, b: Range) -> tuple[Fraction | None, bool]:
    if a.low is None or b.low is None:
        return None, False
    if a.low == b.low:
        return a.low, a.open_low and b.open_low
    smaller = a if a.low < b.low else b
    return smaller.low, smaller.open_low


def range_of(
    tree: Tree, domains: Mapping[str, Range], facts: Mapping[str, Range] | None = None
) -> Range | None:
    """Return a range that certainly contains every value of a tree, or None if it might be undefined
    somewhere.

    Parameters
    ----------
    tree : list
    domains : Mapping[str, Range]
        Range of every symbol; a symbol that is missing is any real.
    facts : Mapping[str, Range]
        Ranges known of subtrees, by `trees.key` (for example σ² ≥ 2/3).
    """
    result = _constant(tree) if not symbols_of(tree) else _range(tree, domains, facts or {})
    known = (facts or {}).get(key(tree))
    return result if result is None or known is None else result.intersect(known)


def _constant(tree: Tree) -> Range | None:
    if tree[0] == "rational":
        value = parse_rational(tree[1])
        return Range(value, value)
    try:
        with precision(BITS):
            return _from_ball(compile_tree(tree)({}))
    except ReplayError:
        raise
    except TheorycheckError:
        return None


def _from_ball(ball: Any) -> Range | None:
    if not ball.is_finite():
        return None
    return Range(_fraction(ball.lower()), _fraction(ball.upper()))


def _fraction(exact: Any) -> Fraction:
    mantissa, exponent = exact.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _range(tree: Tree, domains: Mapping[str, Range], facts: Mapping[str, Range]) -> Range | None:
    head = tree[0]
    if head == "symbol":
        return domains.get(tree[1], REAL)
    if head == "piecewise":
        complete = tree[-1][0] == ["true"]
        return _joined([range_of(case[1], domains, facts) for case in tree[1:]]) if complete else None
    if head == "pow" and tree[2][0] == "rational":
        base = range_of(tree[1], domains, facts)
        return None if base is None else _rational_power(base, parse_rational(tree[2][1]))
    parts = []
    for argument in tree[1:]:
        part = range_of(argument, domains, facts)
        if part is None or part.empty:
            return None
        parts.append(part)
    if head in ("add", "mul"):
        result = parts[0]
        for part in parts[1:]:
            result = _sum(result, part) if head == "add" else _product(result, part)
        return result
    if head in ("max", "min"):
        return _extreme(parts) if head == "max" else -_extreme([-part for part in parts])
    if head == "pow":
        return _symbolic_power(*parts)
    if head == "heaviside":
        return _joined([Range(Fraction(0), Fraction(1)), parts[1]])
    return _function(head, parts[0])


def _joined(parts: list[Range | None]) -> Range | None:
    result = parts[0]
    for part in parts[1:]:
        result = None if result is None or part is None else result.hull(part)
    return result


def _sum(a: Range, b: Range) -> Range:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Range(low, high, a.open_low or b.open_low, a.open_high or b.open_high)


def _extreme(parts: list[Range]) -> Range:
    result = parts[0]
    for part in parts[1:]:
        low, open_low = _larger_low(result, part)
        mirrored, open_high = _smaller_low(-result, -part)
        result = Range(low, None if mirrored is None else -mirrored, open_low, open_high)
    return result


def _product(a: Range, b: Range) -> Range:
    low, open_low = _product_low(a, b)
    mirrored, open_high = _product_low(-a, b)
    return Range(low, None if mirrored is None else -mirrored, open_low, open_high)


def _product_low(a: Range, b: Range) -> tuple[Fraction | None, bool]:
    best: Fraction | None = None
    attained = False
    for x, x_open, x_sign in ((a.low, a.open_low, -1), (a.high, a.open_high, 1)):
        for y, y_open, y_sign in ((b.low, b.open_low, -1), (b.high, b.open_high, 1)):
            if x == 0 or y == 0:
                value, closed = Fraction(0), (x == 0 and not x_open) or (y == 0 and not y_open)
            elif x is None or y is None:
                sign = (x_sign if x is None else x) * (y_sign if y is None else y)
                if sign < 0:
                    return None, False
                continue
            else:
                value, closed = x * y, not (x_open or y_open)
            if best is None or value < best:
                best, attained = value, closed
            elif value == best:
                attained = attained or closed
    return best, best is not None and not attained


def _absolute(a: Range) -> Range:
    if a.nonnegative:
        return a
    if a.high is not None and a.high <= 0:
        return -a
    high, open_high = _smaller_low(a, -a)  # the smaller of low and −high is minus the larger absolute value
    return Range(Fraction(0), None if high is None else -high, False, open_high)


def _rational_power(base: Range, exponent: Fraction) -> Range | None:
    p, q = exponent.numerator, exponent.denominator
    if max(abs(p), q) > LARGEST_EXPONENT or base.empty:
        return None
    if p < 0:
        positive = _rational_power(base, -exponent)
        return None if positive is None else _reciprocal(positive)
    if p == 0:
        return ONE
    if q > 1:
        if not base.nonnegative:
            return None
        base = Range(
            _root(base.low, q, "lower"),
            _root(base.high, q, "upper"),
            base.open_low and base.low == 0,
        )
    if p % 2 == 0:
        base = _absolute(base)
    return Range(
        None if base.low is None else base.low**p,
        None if base.high is None else base.high**p,
        base.open_low,
        base.open_high,
    )


def _reciprocal(a: Range) -> Range | None:
    if a.high is not None and (a.high < 0 or (a.high == 0 and a.open_high)):
        mirrored = _reciprocal(-a)
        return None if mirrored is None else -mirrored
    if not a.positive or a.low is None:
        return None
    low = Fraction(0) if a.high is None else 1 / a.high
    return Range(low, None if a.low == 0 else 1 / a.low, a.high is None or a.open_high, a.open_low)


def _symbolic_power(base: Range, exponent: Range) -> Range | None:
    if base.positive and base.low is not None:
        return Range(low=Fraction(1)) if base.low >= 1 and exponent.nonnegative else POSITIVE
    return NONNEGATIVE if base.nonnegative and exponent.positive else None


def _root(value: Fraction | None, degree: int, side: str) -> Fraction | None:
    if value is None or value in (0, 1):
        return value
    with precision(BITS):
        root = to_arb(value).root(degree)
        for n in (value.numerator, value.denominator):
            if n.bit_length() > BITS:
                return _fraction(getattr(root, side)())
        guess = Fraction(
            *(round(float(flint.arb(n).root(degree))) for n in (value.numerator, value.denominator))
        )
        return guess if guess**degree == value else _fraction(getattr(root, side)())


# image of one function ----------------------------------------------------------------------------
_EXACT = {("exp", 0): 1, ("log", 1): 0, ("erfc", 0): 1, ("cosh", 0): 1} | {
    (name, 0): 0 for name in ("sinh", "tanh", "atan", "erf")
}
_LIMITS: dict[str, Range] = {
    "exp": POSITIVE,
    "log": REAL,
    "sinh": REAL,
    "tanh": Range(Fraction(-1), Fraction(1), True, True),
    "erf": Range(Fraction(-1), Fraction(1), True, True),
    "atan": Range(Fraction(-11, 7), Fraction(11, 7), True, True),
}
"""Increasing functions and the open range of all their values."""


def _function(head: str, a: Range) -> Range | None:
    if head in ("sin", "cos"):
        return Range(Fraction(-1), Fraction(1))
    if head == "abs":
        return _absolute(a)
    if head == "sqrt":
        return _rational_power(a, Fraction(1, 2))
    if head == "sign":
        low = 1 if a.positive else 0 if a.nonnegative else -1
        high = -1 if (-a).positive else 0 if (-a).nonnegative else 1
        return Range(Fraction(low), Fraction(high))
    if head in ("log", "gamma", "loggamma") and not a.positive:
        return None
    if head in ("gamma", "loggamma"):
        return POSITIVE if head == "gamma" else REAL
    if head == "erfc":
        return _sum(ONE, -_increasing("erf", a))
    if head == "cosh":
        return _increasing_cosh(_absolute(a))
    return _increasing(head, a) if head in _LIMITS else None


def _increasing(head: str, a: Range) -> Range:
    low = None if a.low is None else _value(head, a.low, "lower")
    high = None if a.high is None else _value(head, a.high, "upper")
    return Range(low, high, a.open_low, a.open_high).intersect(_LIMITS[head])


def _increasing_cosh(a: Range) -> Range:
    assert a.low is not None
    high = None if a.high is None else _value("cosh", a.high, "upper")
    return Range(_value("cosh", a.low, "lower"), high, a.open_low, a.open_high).intersect(
        Range(low=Fraction(1))
    )


def _value(head: str, x: Fraction, side: str) -> Fraction | None:
    if (head, int(x)) in _EXACT and x.denominator == 1:
        return Fraction(_EXACT[head, int(x)])
    with precision(BITS):
        ball = getattr(to_arb(x), FUNCTIONS[head])()
        if not ball.is_finite() or abs(ball) > flint.arb(2) ** 4096:
            return None
        rounded = _fraction(getattr(ball, side)())
        if rounded.denominator.bit_length() < 4096:
            return rounded
        # a tiny value such as erf(−10⁻⁹⁹⁹) would have an exact but enormous denominator
        return Fraction(0 if rounded > 0 else -1) if side == "lower" else Fraction(1 if rounded > 0 else 0)


def declared(symbol: Any) -> Range:
    """Return the range that the assumptions of a SymPy symbol declare (an integer that is positive is at
    least 1).
    """
    result = REAL
    checks: list[tuple[str, Callable[[], Range]]] = [
        ("is_nonnegative", lambda: NONNEGATIVE),
        ("is_positive", lambda: Range(low=Fraction(1)) if symbol.is_integer else POSITIVE),
        ("is_nonpositive", lambda: -NONNEGATIVE),
        ("is_negative", lambda: Range(high=Fraction(-1)) if symbol.is_integer else -POSITIVE),
    ]
    for flag, found in checks:
        if getattr(symbol, flag):
            result = result.intersect(found())
    return result
