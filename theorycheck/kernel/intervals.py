"""Intervals with exact ends, and the interval in which the values of a term lie.

Ends are rational numbers, rounded outward where a value is irrational; None is −∞ or +∞, and each end knows whether it is
attained. A term that might have no value somewhere has no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel.functions import COSINE_NOT_ZERO, FUNCTIONS, POSITIVE, WITHIN_ONE
from theorycheck.kernel.terms import BINDERS, Term, needs_premise, ordered, outer_parts

BITS = 128
LARGEST_EXPONENT = 4096
LONGEST_END = 4096
"""Bits; an end with more is rounded outward."""


@dataclass(frozen=True)
class Interval:
    """The numbers from `low` to `high`; an open end is not attained."""

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
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def __neg__(self) -> Interval:
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Interval(low, high, self.open_high, self.open_low)

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.open_low or other.open_low, self.open_high or other.open_high)

    def __mul__(self, other: Interval) -> Interval:
        low, open_low = _lowest_product(self, other)
        mirrored, open_high = _lowest_product(-self, other)
        return Interval(low, None if mirrored is None else -mirrored, open_low, open_high)

    def intersect(self, other: Interval) -> Interval:
        return _from_lows(_larger_low(self, other), _larger_low(-self, -other))

    def hull(self, other: Interval) -> Interval:
        return _from_lows(_smaller_low(self, other), _smaller_low(-self, -other))

    def largest(self, other: Interval) -> Interval:
        """The values of the maximum."""
        return _from_lows(_larger_low(self, other), _smaller_low(-self, -other))

    def absolute(self) -> Interval:
        if self.nonnegative:
            return self
        if (-self).nonnegative:
            return -self
        high, open_high = _smaller_low(self, -self)  # minus the larger absolute value of the ends
        return Interval(Fraction(0), None if high is None else -high, False, open_high)

    def reciprocal(self) -> Interval | None:
        """The values 1/t, or None if t might be 0."""
        if (-self).positive:
            mirrored = (-self).reciprocal()
            return None if mirrored is None else -mirrored
        if not self.positive or self.low is None:
            return None
        low = Fraction(0) if self.high is None else 1 / self.high
        high = None if self.low == 0 else 1 / self.low
        return Interval(low, high, self.high is None or self.open_high, self.open_low)

    def power(self, exponent: Fraction) -> Interval | None:
        """The values t^exponent, or None if one might have no value."""
        p, q = exponent.numerator, exponent.denominator
        if max(abs(p), q) > LARGEST_EXPONENT or self.empty:
            return None
        if p < 0:
            positive = self.power(-exponent)
            return None if positive is None else positive.reciprocal()
        if p == 0:
            return Interval(Fraction(1), Fraction(1))
        base = self if q == 1 else self._root(q)
        if base is None:
            return None
        if p % 2 == 0:
            base = base.absolute()
        low = None if base.low is None else _power_of(base.low, p, "lower")
        high = None if base.high is None else _power_of(base.high, p, "upper")
        return _rounded_from(base, low, high)

    def _root(self, degree: int) -> Interval | None:
        if not self.nonnegative:
            return None
        low = None if self.low is None else _root_of(self.low, degree, "lower")
        high = None if self.high is None else _root_of(self.high, degree, "upper")
        return Interval(low, high, self.open_low and self.low == 0)


def _from_lows(low: tuple[Fraction | None, bool], mirrored: tuple[Fraction | None, bool]) -> Interval:
    """From a lower end, and the lower end of the negatives."""
    return Interval(low[0], None if mirrored[0] is None else -mirrored[0], low[1], mirrored[1])


def _larger_low(a: Interval, b: Interval) -> tuple[Fraction | None, bool]:
    if a.low is None or b.low is None:
        other = b if a.low is None else a
        return other.low, other.open_low
    if a.low == b.low:
        return a.low, a.open_low or b.open_low
    larger = a if a.low > b.low else b
    return larger.low, larger.open_low


def _smaller_low(a: Interval, b: Interval) -> tuple[Fraction | None, bool]:
    if a.low is None or b.low is None:
        return None, False
    if a.low == b.low:
        return a.low, a.open_low and b.open_low
    smaller = a if a.low < b.low else b
    return smaller.low, smaller.open_low


def _lowest_product(a: Interval, b: Interval) -> tuple[Fraction | None, bool]:
    """The lower end of the products: the least product of ends. 0 times an infinite end is 0."""
    best: Fraction | None = None
    attained = False
    for x, x_open, x_sign in ((a.low, a.open_low, -1), (a.high, a.open_high, 1)):
        for y, y_open, y_sign in ((b.low, b.open_low, -1), (b.high, b.open_high, 1)):
            if x == 0 or y == 0:
                value, closed = Fraction(0), (x == 0 and not x_open) or (y == 0 and not y_open)
            elif x is None or y is None:
                if (x_sign if x is None else x) * (y_sign if y is None else y) < 0:
                    return None, False
                continue
            else:
                value, closed = x * y, not (x_open or y_open)
            if best is None or value < best:
                best, attained = value, closed
            elif value == best:
                attained = attained or closed
    return best, best is not None and not attained


# terms ------------------------------------------------------------------------------------------------------------------
def interval_of(term: Term, known: Mapping[Term, Interval]) -> Interval | None:
    """An interval that contains every value of a term, or None if it might have no value.

    Parameters
    ----------
    term : Term
        Of sort "real".
    known : Mapping[Term, Interval]
        Where variables and other parts lie; a variable that is missing is any real number. A binder must be among them.
    """
    return intervals_of([term], known)[term]


def intervals_of(terms: Iterable[Term], known: Mapping[Term, Interval]) -> dict[Term, Interval | None]:
    """The intervals of terms and of all their parts."""
    found: dict[Term, Interval | None] = {}
    for part in ordered(terms):
        args = [found[arg] for arg in outer_parts(part)]
        if part.sort == "truth":  # defined if both sides are
            found[part] = None if None in args else Interval()
            continue
        if part.sort == "vector" or part.head in BINDERS or part.head in ("inner", "value"):
            found[part] = _atom(part, args, known)
            continue
        own = None if any(arg is None or arg.empty for arg in args) else _interval(part, args)
        found[part] = own if own is None or part not in known else own.intersect(known[part])
    return found


_OPERATIONS: Mapping[str, Callable[[Interval, Interval], Interval]] = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "max": lambda a, b: a.largest(b),
    "min": lambda a, b: -(-a).largest(-b),
}


def _atom(part: Term, args: Sequence[Interval | None], known: Mapping[Term, Interval]) -> Interval | None:
    """Where what is not computed lies, if it has a value; a comparison that holds shows that it has one."""
    shown = None not in args and not needs_premise(part)
    return known.get(part, Interval() if shown else None)


def _interval(part: Term, args: Sequence[Any]) -> Interval | None:
    """The interval of a term from those of its arguments."""
    head = part.head
    if head == "number":
        return Interval(part.value, part.value)
    if head in ("variable", "member"):
        return Interval()
    if head == "dimension":
        return Interval(Fraction(1))
    if head == "pi":
        return _from_ball(_constant(flint.arb.pi))
    if head in ("add", "mul", "max", "min"):
        result: Interval = args[0]
        for arg in args[1:]:
            result = _short(_OPERATIONS[head](_short(result), _short(arg)))
        return result
    if head == "power":
        found = _power(part, *args)
        return None if found is None else _short(found)
    if head == "piecewise":
        return _cases(part, args)
    return image(head, args[0])


def _power(part: Term, base: Interval, exponent: Interval) -> Interval | None:
    if part.args[1].head == "number":
        return base.power(part.args[1].value)
    if base.nonnegative and exponent.positive and not base.positive:
        return Interval(Fraction(0))
    if not base.positive or base.low is None:
        return None
    at_least_one = base.low >= 1 and exponent.nonnegative
    return Interval(Fraction(1)) if at_least_one else Interval(Fraction(0), None, True)


def _cases(part: Term, args: Sequence[Any]) -> Interval | None:
    if part.args[-2].head != "true":
        return None
    result: Interval = args[1]
    for value in args[3::2]:
        result = result.hull(value)
    return result


def image(name: str, a: Interval) -> Interval | None:
    """The values of a function on an interval, or None if it might have none."""
    function = FUNCTIONS[name]
    if function.domain == POSITIVE and not a.positive:
        return None
    if function.domain == WITHIN_ONE and (a.low is None or a.high is None or a.low < -1 or a.high > 1):
        return None
    if name == "abs":
        return a.absolute()
    if name == "sign":
        low = 1 if a.positive else 0 if a.nonnegative else -1
        high = -1 if (-a).positive else 0 if (-a).nonnegative else 1
        return Interval(Fraction(low), Fraction(high))
    enclosed = _by_ball(name, a)
    if function.domain == COSINE_NOT_ZERO:
        return enclosed
    values = Interval(function.low, function.high, not function.attains, not function.attains)
    if enclosed is not None:
        values = values.intersect(enclosed)
    if name == "erfc":
        return (Interval(Fraction(1), Fraction(1)) + -_increasing("erf", a)).intersect(values)
    if name == "cosh":
        return _increasing("cosh", a.absolute()).intersect(values)
    return _increasing(name, a).intersect(values) if function.increasing else values


def _by_ball(name: str, a: Interval) -> Interval | None:
    """The values on a bounded interval as one ball; None where that is not finite."""
    if a.low is None or a.high is None:
        return None
    whole = _arb(a.low).union(_arb(a.high))
    ball = _constant(getattr(whole, FUNCTIONS[name].ball))
    return _short(_from_ball(ball)) if ball.is_finite() else None


def _increasing(name: str, a: Interval) -> Interval:
    """The values of a function that increases on an interval."""
    low = None if a.low is None else _value(name, a.low, "lower")
    high = None if a.high is None else _value(name, a.high, "upper")
    return Interval(low, high, a.open_low, a.open_high)


def _value(name: str, x: Fraction, side: str) -> Fraction | None:
    """f(x), rounded to one side; None where it is too large."""
    function = FUNCTIONS[name]
    if x.denominator == 1 and int(x) in function.exact:
        return Fraction(function.exact[int(x)])
    ball = _constant(getattr(_arb(x), function.ball))
    return _end(ball, side) if ball.is_finite() else None


def _short(found: Interval) -> Interval:
    """The interval with ends of moderate length, rounded outward."""
    low, high = _rounded(found.low, "lower"), _rounded(found.high, "upper")
    return _rounded_from(found, low, high)


def _rounded_from(exact: Interval, low: Fraction | None, high: Fraction | None) -> Interval:
    """The interval with ends that were rounded outward; one that was rounded to 0 is not attained."""
    return Interval(
        low, high, exact.open_low or low == 0 != exact.low, exact.open_high or high == 0 != exact.high
    )


def _rounded(end: Fraction | None, side: str) -> Fraction | None:
    return end if end is None or _bits(end) <= LONGEST_END else _end(_constant(lambda: _arb(end)), side)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _power_of(value: Fraction, exponent: int, side: str) -> Fraction | None:
    """A power, exactly where it is short, else rounded to one side."""
    if _bits(value) * exponent <= LONGEST_END:
        return value**exponent
    return _end(_constant(lambda: _arb(value) ** exponent), side)


def _root_of(value: Fraction, degree: int, side: str) -> Fraction | None:
    """The root of a nonnegative number, exactly where it is rational and short, else rounded to one side."""
    if value == 0:
        return value  # of which Arb takes no roots
    root = _constant(lambda: _arb(value).root(degree))
    if _bits(value) <= BITS:
        guess = Fraction(_nearest_root(value.numerator, degree), _nearest_root(value.denominator, degree))
        if guess**degree == value:
            return guess
    return _end(root, side)


def _nearest_root(value: int, degree: int) -> int:
    return round(float(_constant(lambda: flint.arb(value).root(degree))))


def _constant(compute: Callable[[], Any]) -> Any:
    with flint.ctx.workprec(BITS):
        return compute()


def _from_ball(ball: Any) -> Interval:
    return Interval(_end(ball, "lower"), _end(ball, "upper"))


def _end(ball: Any, side: str) -> Fraction | None:
    """The lower or upper end of a ball, rounded outward where it is too large or too small to be written."""
    end, largest = _constant(getattr(ball, side)), flint.arb(2) ** LONGEST_END
    sign = -1 if end < 0 else 1
    outward = sign == (-1 if side == "lower" else 1)
    if abs(end) > largest:
        return None if outward else Fraction(sign * 2**LONGEST_END)
    if 0 < abs(end) * largest < 1:
        return Fraction(sign, 2**LONGEST_END) if outward else Fraction(0)
    return _fraction(end)


def _arb(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def _fraction(exact: Any) -> Fraction:
    mantissa, exponent = exact.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
