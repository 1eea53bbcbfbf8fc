"""Ball arithmetic that concludes only from what is certain.

`Ball` wraps Arb's real balls (python-flint) so that an ordinary NumPy formula runs on object arrays of balls and returns
a rigorous enclosure. Three differences from a bare `arb` keep formulas honest:

- a comparison that the radius leaves open raises `UndecidedError` instead of answering False;
- an integer power is a product (`arb(0, 1)**2` is NaN);
- there is no `__float__`: a float-only NumPy function fails loudly instead of dropping the error bound.

A Python float with at most 26 significant bits (0.5, 3.0, 0.375 …) is taken as exact. Any other float stands for the number
that its author meant (0.1, math.pi, a rounded square root) and becomes a ball of relative radius 2**-50 around it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theorycheck.errors import NotExactError, UndecidedError

EXACT_FLOAT_BITS = 26
FLOAT_RELATIVE_RADIUS_EXPONENT = -50


@contextlib.contextmanager
def precision(bits: int) -> Iterator[None]:
    """Run the enclosed block at a working precision of `bits` bits."""
    with flint.ctx.workprec(bits):
        yield


def _from_float(value: float) -> Any:
    if math.isnan(value):
        raise NotExactError("the formula produced NaN, which no ball encloses")
    if math.isinf(value):
        return flint.arb.pos_inf() if value > 0 else flint.arb.neg_inf()
    numerator, _ = abs(value).as_integer_ratio()
    while numerator and numerator % 2 == 0:
        numerator //= 2
    exact = flint.arb(value)
    if numerator.bit_length() <= EXACT_FLOAT_BITS:
        return exact
    radius = abs(exact) * flint.arb(2) ** FLOAT_RELATIVE_RADIUS_EXPONENT
    return exact + radius * flint.arb(0, 1)


def to_arb(value: Any) -> Any:
    """Convert a number to an `arb` that encloses it (floats: see the module's docstring).

    Raises
    ------
    NotExactError
        If `value` is no number that can be enclosed.
    """
    if isinstance(value, Ball):
        return value.arb
    if isinstance(value, flint.arb):
        return value
    if isinstance(value, (bool, np.bool_)):
        return flint.arb(int(value))
    if isinstance(value, (int, np.integer)):
        return flint.arb(int(value))
    if isinstance(value, Fraction):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))
    if isinstance(value, (float, np.floating)):
        return _from_float(float(value))
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return to_arb(value.item())
    raise NotExactError(f"{value!r} of type {type(value).__name__} has no enclosure in balls")


def _arb_or_none(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim > 0:
        return None  # let NumPy broadcast
    try:
        return to_arb(value)
    except NotExactError:
        return None


class Ball:
    """A real number known to lie in [midpoint − radius, midpoint + radius]; immutable."""

    __slots__ = ("arb",)
    arb: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "arb", to_arb(value))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a Ball is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.arb.is_finite():
            return (_not_finite, (str(self.arb),))
        return (_ball_from_bounds, (self.arb.mid().man_exp(), self.arb.rad().man_exp()))

    # arithmetic -------------------------------------------------------------------------------------------------
    def __add__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(self.arb + o)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(self.arb - o)

    def __rsub__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(o - self.arb)

    def __mul__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(self.arb * o)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(self.arb / o)

    def __rtruediv__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(o / self.arb)

    def __floordiv__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball((self.arb / o).floor())

    def __rfloordiv__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(o) // self

    def __mod__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(self.arb - o * (self.arb / o).floor())

    def __rmod__(self, other: Any) -> Any:
        o = _arb_or_none(other)
        return NotImplemented if o is None else Ball(o) % self

    def __neg__(self) -> Ball:
        return Ball(-self.arb)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Ball(abs(self.arb))

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, (np.integer, np.floating)):
            exponent = exponent.item()
        if isinstance(exponent, float) and exponent.is_integer():
            exponent = int(exponent)
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            exponent = int(exponent)
        if isinstance(exponent, int):
            return Ball(_integer_power(self.arb, exponent))
        doubled = 2 * exponent if isinstance(exponent, (float, Fraction)) else None
        if doubled is not None and doubled == int(doubled):
            return Ball(_integer_power(self.arb.sqrt(), int(doubled)))
        o = _arb_or_none(exponent)
        if o is None:
            return NotImplemented
        if o.is_exact() and o.is_integer():
            return Ball(_integer_power(self.arb, int(o.unique_fmpz())))
        return Ball(self.arb**o)

    def __rpow__(self, base: Any) -> Any:
        b = _arb_or_none(base)
        return NotImplemented if b is None else Ball(b) ** self

    # comparison: True or False only when certain -----------------------------------------------------------------
    def _compare(self, other: Any, symbol: str) -> Any:
        o = _arb_or_none(other)
        if o is None:
            return NotImplemented
        a = self.arb
        if a.is_nan() or o.is_nan():
            raise UndecidedError(f"a comparison met NaN: {a} {symbol} {o}")
        yes, no = {
            "<": (a < o, a >= o),
            "<=": (a <= o, a > o),
            ">": (a > o, a <= o),
            ">=": (a >= o, a < o),
            "==": (a == o, a != o),
            "!=": (a != o, a == o),
        }[symbol]
        if yes:
            return True
        if no:
            return False
        raise UndecidedError(f"balls cannot decide {a} {symbol} {o} at {flint.ctx.prec} bits")

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, "<")

    def __le__(self, other: Any) -> Any:
        return self._compare(other, "<=")

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, ">")

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, ">=")

    def __eq__(self, other: object) -> Any:
        return self._compare(other, "==")

    def __ne__(self, other: object) -> Any:
        return self._compare(other, "!=")

    __hash__ = None  # type: ignore[assignment]  # equality is not decidable

    def __bool__(self) -> bool:
        return bool(self != 0)

    # functions: the names that NumPy's ufuncs call on object arrays ----------------------------------------------
    def sqrt(self) -> Ball:
        return Ball(self.arb.sqrt())

    def exp(self) -> Ball:
        return Ball(self.arb.exp())

    def expm1(self) -> Ball:
        return Ball(self.arb.expm1())

    def log(self) -> Ball:
        return Ball(self.arb.log())

    def log1p(self) -> Ball:
        return Ball(self.arb.log1p())

    def sin(self) -> Ball:
        return Ball(self.arb.sin())

    def cos(self) -> Ball:
        return Ball(self.arb.cos())

    def tan(self) -> Ball:
        return Ball(self.arb.tan())

    def tanh(self) -> Ball:
        return Ball(self.arb.tanh())

    def sinh(self) -> Ball:
        return Ball(self.arb.sinh())

    def cosh(self) -> Ball:
        return Ball(self.arb.cosh())

    def arctan(self) -> Ball:
        return Ball(self.arb.atan())

    def arcsin(self) -> Ball:
        return Ball(self.arb.asin())

    def arccos(self) -> Ball:
        return Ball(self.arb.acos())

    def floor(self) -> Ball:
        return Ball(self.arb.floor())

    def ceil(self) -> Ball:
        return Ball(self.arb.ceil())

    def is_certainly_finite(self) -> bool:
        if not self.is_finite:
            raise UndecidedError(f"balls cannot decide whether {self.arb} is finite")
        return True

    def erf(self) -> Ball:
        return Ball(self.arb.erf())

    def erfc(self) -> Ball:
        return Ball(self.arb.erfc())

    def gamma(self) -> Ball:
        return Ball(self.arb.gamma())

    def gammaln(self) -> Ball:
        return Ball(self.arb.lgamma())

    def square(self) -> Ball:
        return Ball(self.arb * self.arb)

    def maximum(self, other: Any) -> Ball:
        """The larger of two numbers, enclosed whether or not balls can tell which it is."""
        return Ball(_larger(self.arb, to_arb(other)))

    def minimum(self, other: Any) -> Ball:
        """The smaller of two numbers."""
        return Ball(-_larger(-self.arb, -to_arb(other)))

    def sign(self) -> Ball:
        return Ball((self > 0) - (self < 0))

    def conjugate(self) -> Ball:
        return self

    # reading ------------------------------------------------------------------------------------------------------
    @property
    def lower(self) -> float:
        """A float that is certainly not above the number."""
        return math.nextafter(float(self.arb.lower()), -math.inf)

    @property
    def upper(self) -> float:
        """A float that is certainly not below the number."""
        return math.nextafter(float(self.arb.upper()), math.inf)

    @property
    def midpoint(self) -> float:
        """The midpoint, rounded to a float."""
        return float(self.arb.mid())

    @property
    def is_finite(self) -> bool:
        return bool(self.arb.is_finite())

    def hull(self, other: Any) -> Ball:
        """Return a ball that encloses both numbers."""
        return Ball(self.arb.union(to_arb(other)))

    def __repr__(self) -> str:
        return f"Ball({self.arb.str(12)})"

    def __str__(self) -> str:
        return str(self.arb.str(12))


def _larger(a: Any, b: Any) -> Any:
    """max(a, b) of two balls; NaN where one is."""
    if a.is_nan() or b.is_nan():
        return flint.arb.nan()
    if a >= b:
        return a
    if b >= a:
        return b
    return a.max(b)


def _integer_power(base: Any, exponent: int) -> Any:
    if exponent < 0:
        return 1 / _integer_power(base, -exponent)
    if exponent % 2 == 0 and exponent > 0 and not base.is_exact():
        # an even power of a ball around 0 is nonnegative; squaring the absolute value keeps that
        base = abs(base)
        low, high = base.abs_lower() ** exponent, base.abs_upper() ** exponent
        return low.union(high)
    result, square = flint.arb(1), base
    while exponent:
        if exponent & 1:
            result = result * square
        exponent >>= 1
        if exponent:
            square = square * square
    return result


def _not_finite(text: str) -> Ball:
    return Ball(flint.arb(text))


def _ball_from_bounds(mid: tuple[Any, Any], rad: tuple[Any, Any]) -> Ball:
    middle = flint.arb(int(mid[0])) * flint.arb(2) ** int(mid[1])
    radius = flint.arb(int(rad[0])) * flint.arb(2) ** int(rad[1])
    return Ball(middle + radius * flint.arb(0, 1))


def interval(low: Any, high: Any) -> Ball:
    """Return a ball that encloses the interval [low, high]."""
    return Ball(to_arb(low).union(to_arb(high)))


def ball_array(values: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """Turn nested lists or an array of numbers into an object array of balls of the same shape."""
    array = np.asarray(values, dtype=object)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = Ball(array[index])
    return result
