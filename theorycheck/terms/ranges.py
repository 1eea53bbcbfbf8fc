"""Where a term's values lie: intervals that hold for all instances, found by one walk over the graph.

    found = ranges(roots, {"eta": Range(Fraction(0), True)})
    found[node].excludes_zero

Every interval is certain, none need be the smallest. They decide which conditions of a statement go without saying.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from theorycheck.terms import table
from theorycheck.terms.nodes import Node, ordered

End = Fraction | float
"""A number, or ±∞."""
LARGEST_POWER = 20_000
"""Bits of a power that is computed."""


@dataclass(frozen=True)
class Range:
    """An interval; an open end does not belong to it."""

    low: End = -math.inf
    low_open: bool = False
    high: End = math.inf
    high_open: bool = False

    @property
    def positive(self) -> bool:
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def nonnegative(self) -> bool:
        return self.low >= 0

    @property
    def negative(self) -> bool:
        return self.high < 0 or (self.high == 0 and self.high_open)

    @property
    def excludes_zero(self) -> bool:
        return self.positive or self.negative

    def and_also(self, other: Range) -> Range:
        """The values in both."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Range(low[0], low[1], high[0], not high[1])

    def or_else(self, other: Range) -> Range:
        """An interval that holds the values of either."""
        low = min((self.low, self.low_open), (other.low, other.low_open))
        high = max((self.high, not self.high_open), (other.high, not other.high_open))
        return Range(low[0], low[1], high[0], not high[1])


ANY = Range()
NONNEGATIVE = Range(Fraction(0))
POSITIVE = Range(Fraction(0), True)
NEGATIVE = Range(high=Fraction(0), high_open=True)
_UNIT = Range(Fraction(-1), False, Fraction(1), False)


def point(value: Fraction | int) -> Range:
    return Range(Fraction(value), False, Fraction(value), False)


def negated(a: Range) -> Range:
    return Range(-a.high, a.high_open, -a.low, a.low_open)


def added(a: Range, b: Range) -> Range:
    return Range(a.low + b.low, a.low_open or b.low_open, a.high + b.high, a.high_open or b.high_open)


def multiplied(a: Range, b: Range) -> Range:
    corners = [
        _corner(x, y)
        for x in ((a.low, a.low_open), (a.high, a.high_open))
        for y in ((b.low, b.low_open), (b.high, b.high_open))
    ]
    low = min(corners)
    high = max((value, not is_open) for value, is_open in corners)
    return Range(low[0], low[1], high[0], not high[1])


def _corner(x: tuple[End, bool], y: tuple[End, bool]) -> tuple[End, bool]:
    """A product of ends, and whether it is certainly no value of the product."""
    if x[0] == 0 or y[0] == 0:
        attained = (x[0] == 0 and not x[1]) or (y[0] == 0 and not y[1])
        return Fraction(0), not attained
    if math.inf in (abs(x[0]), abs(y[0])):  # a Fraction times ∞ is computed in floats, which overflow
        return math.inf if (x[0] > 0) == (y[0] > 0) else -math.inf, x[1] or y[1]
    return x[0] * y[0], x[1] or y[1]


def inverted(a: Range) -> Range:
    """1/a, for an interval without 0."""
    if a.negative:
        return negated(inverted(negated(a)))
    low: End = Fraction(0) if a.high == math.inf else 1 / a.high
    high: End = math.inf if a.low == 0 else 1 / a.low
    return Range(low, a.high_open or low == 0, high, a.low_open)


def raised(a: Range, exponent: int) -> Range:
    """a to a whole power; ANY where that may be undefined."""
    if exponent < 0:
        below = raised(a, -exponent)
        return inverted(below) if below.excludes_zero else ANY
    if exponent == 0:
        return point(1)
    if max(_bits(a.low), _bits(a.high)) * exponent > LARGEST_POWER:
        if a.negative:
            return NEGATIVE if exponent % 2 else POSITIVE
        return POSITIVE if a.positive else NONNEGATIVE if a.nonnegative or exponent % 2 == 0 else ANY
    if a.nonnegative or exponent % 2:
        return Range(a.low**exponent, a.low_open, a.high**exponent, a.high_open)
    if a.high <= 0:
        return raised(negated(a), exponent)
    return NONNEGATIVE


def _bits(value: End) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length() if isinstance(value, Fraction) else 1


def ranges(
    roots: Iterable[Node], names: Mapping[str, Range], known: Mapping[Node, Range] | None = None
) -> dict[Node, Range]:
    """Return an interval for every node of numbers below the roots.

    Parameters
    ----------
    roots : iterable of Node
    names : Mapping[str, Range]
        Of numbers, of the entries of arrays and of sizes, by name; a name that is missing may have any value.
    known : Mapping[Node, Range]
        What hypotheses say of whole terms.
    """
    found: dict[Node, Range] = {}
    known = known or {}
    for item in ordered(roots):
        own = _own(item, [found[arg] for arg in item.args], names)
        found[item] = own.and_also(known[item]) if item in known else own
    return found


def _own(item: Node, args: list[Range], names: Mapping[str, Range]) -> Range:
    op = item.op
    if op == "constant":
        return point(item.params[0])
    if op == "array":
        return Range(min(item.params[1]), False, max(item.params[1]), False)
    if op in ("variable", "size"):
        return names.get(item.params[0], ANY)
    if op == "mul" and item.args[0] is item.args[1]:
        return raised(args[0], 2)
    if op in _RULES:
        return _RULES[op](*args[:3])
    if op == "pow":
        return _of_power(item, *args)
    if op == "vecdot":
        return NONNEGATIVE if item.args[0] is item.args[1] else ANY
    if op in _SAME_VALUES:
        return args[0]
    if op in ("stack", "concatenate"):
        found = args[0]
        for other in args[1:]:
            found = found.or_else(other)
        return found
    if op == "constant of":
        return (
            ANY
            if item.params[1] in ("lower_bound", "strong_convexity", "each_strong_convexity")
            else NONNEGATIVE
        )
    return ANY


def _square_root(a: Range) -> Range:
    high: End = Fraction(1) if a.high <= 1 else math.inf
    return Range(Fraction(0), a.positive, high, a.high_open or a.high < 1)


def _absolute(a: Range) -> Range:
    if a.nonnegative:
        return a
    return negated(a) if a.high <= 0 else NONNEGATIVE


def _exponential(a: Range) -> Range:
    return Range(Fraction(0), True, Fraction(1) if a.high <= 0 else math.inf, a.negative)


def _larger(a: Range, b: Range) -> Range:
    low = max((a.low, a.low_open), (b.low, b.low_open))
    return Range(low[0], low[1], max(a.high, b.high))


def _smaller(a: Range, b: Range) -> Range:
    return negated(_larger(negated(a), negated(b)))


def _summed(a: Range) -> Range:
    if a.nonnegative:
        return Range(Fraction(0), a.positive)
    return negated(_summed(negated(a))) if a.high <= 0 else ANY


def _of_power(item: Node, base: Range, exponent: Range) -> Range:
    raising = item.args[1]
    if raising.op == "constant" and raising.params[0].denominator == 1:
        return raised(base, int(raising.params[0]))
    if not base.nonnegative:
        return ANY
    below_one = base.high <= 1 and exponent.nonnegative
    strictly = (base.high < 1 or base.high_open) and exponent.positive
    return Range(Fraction(0), base.positive, Fraction(1) if below_one else math.inf, below_one and strictly)


_RULES: dict[str, Callable[..., Range]] = {
    "add": added,
    "sub": lambda a, b: added(a, negated(b)),
    "mul": multiplied,
    "scale": multiplied,
    "div": lambda a, b: multiplied(a, inverted(b)) if b.excludes_zero else ANY,
    "neg": negated,
    "abs": _absolute,
    "square": lambda a: raised(a, 2),
    "sqrt": _square_root,
    "exp": _exponential,
    "norm": lambda a: NONNEGATIVE,
    "pi": lambda: Range(Fraction(3), True, Fraction(4), True),
    "maximum": _larger,
    "minimum": _smaller,
    "where": lambda test, a, b: a.or_else(b),
    "sum": _summed,
    "zeros_like": lambda a: point(0),
    "ones_like": lambda a: point(1),
    "svdvals": lambda a: NONNEGATIVE,
    "erfc": lambda a: Range(Fraction(0), True, Fraction(2), True),
    "cosh": lambda a: Range(Fraction(1)),
    **dict.fromkeys(("sin", "cos", "sign"), lambda a: _UNIT),
    **dict.fromkeys(("tanh", "erf"), lambda a: Range(Fraction(-1), True, Fraction(1), True)),
}
_SAME_VALUES = (
    *("mean", "max", "min", "getitem", "reshape", "broadcast_to", "expand_dims", "squeeze", "flip", "roll"),
    *("moveaxis", "swapaxes", "transpose", "repeat", "tile", "take", "sort", "full", "diagonal"),
    *("gaussian_mean", "sample_mean"),
)
"""Operations whose values lie among those of their first argument, or are means of them."""
assert {"sin", "cos", "tanh", "erf", "sign"} <= set(table.FUNCTIONS)
