"""Exact numbers: quotients of polynomials in π with rational coefficients, behind NumPy object arrays.

π is transcendental, so such a number is 0 only where its numerator is the zero polynomial, and the sign of
any other shows at some precision: every comparison is decided. Functions are evaluated where their value is
such a number and known (√(9/4), exp 0, log 1, arctan 1, cos(π/3), …); anything else raises `NotExactError`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theorycheck.errors import NotExactError
from theorycheck.terms.precise import PreciseArrays, root

ONE = flint.fmpq_poly([1])
FIRST_BITS = 64
FLOAT_BITS = 26
"""A float of at most so many significant bits is taken as exact, as balls do."""
HALF = Fraction(1, 2)
SINES = {
    Fraction(0): Fraction(0),
    Fraction(1, 6): HALF,
    HALF: Fraction(1),
    Fraction(5, 6): HALF,
    Fraction(1): Fraction(0),
    Fraction(7, 6): -HALF,
    Fraction(3, 2): Fraction(-1),
    Fraction(11, 6): -HALF,
}
"""The rational values of sin(πt) at rational t in [0, 2), by Niven's theorem all there are."""
LARGEST_POWER = 10**6
"""Bits of a power that is computed."""
FACTORIALS = 200
"""Γ of a larger integer is not computed."""


def _rational(value: Any) -> Fraction:
    """The number that `value` is.

    Raises
    ------
    NotExactError
        If it is no number, infinite, NaN or a float that may have been rounded.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, (int, np.integer, np.bool_)):
        return Fraction(int(value))
    if isinstance(value, (float, np.floating)) and math.isfinite(value):
        exact = Fraction(float(value))
        odd = exact.numerator // (exact.numerator & -exact.numerator) if exact else 0
        if odd.bit_length() <= FLOAT_BITS:
            return exact
    raise NotExactError(f"{value!r} is not exact")


class ExactNumber:
    """An element of the field of rational functions of π; immutable."""

    __slots__ = ("bottom", "top")
    top: Any
    bottom: Any

    def __init__(self, value: Any, exact: bool = True) -> None:
        if not exact:
            raise NotExactError("the formula uses a number that is not exact")
        if isinstance(value, ExactNumber):
            self.top, self.bottom = value.top, value.bottom
        else:
            number = _rational(value)
            self.top = flint.fmpq_poly([flint.fmpq(number.numerator, number.denominator)])
            self.bottom = ONE

    @classmethod
    def _quotient(cls, top: Any, bottom: Any) -> ExactNumber:
        """top/bottom in lowest terms with a bottom of leading coefficient 1."""
        if bottom.is_zero():
            raise NotExactError("the formula divides by zero")
        if bottom.degree() > 0:
            common = top.gcd(bottom)
            top, bottom = top // common, bottom // common
        leading = bottom.leading_coefficient()
        result = cls(0)
        result.top, result.bottom = top / leading, bottom / leading
        return result

    # arithmetic ---------------------------------------------------------------------------------------------
    @staticmethod
    def _other(other: Any) -> Any:
        if isinstance(other, ExactNumber):
            return other
        if isinstance(other, np.ndarray):
            return None if other.ndim else ExactNumber(other.item())  # None: let NumPy broadcast
        return ExactNumber(other)

    def __add__(self, other: Any) -> Any:
        o = self._other(other)
        if o is None:
            return NotImplemented
        return self._quotient(self.top * o.bottom + o.top * self.bottom, self.bottom * o.bottom)

    __radd__ = __add__

    def __neg__(self) -> ExactNumber:
        return self._quotient(-self.top, self.bottom)

    def __pos__(self) -> ExactNumber:
        return self

    def __sub__(self, other: Any) -> Any:
        o = self._other(other)
        return NotImplemented if o is None else self + (-o)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        o = self._other(other)
        return NotImplemented if o is None else self._quotient(self.top * o.top, self.bottom * o.bottom)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        o = self._other(other)
        return NotImplemented if o is None else self._quotient(self.top * o.bottom, self.bottom * o.top)

    def __rtruediv__(self, other: Any) -> Any:
        o = self._other(other)
        return NotImplemented if o is None else o / self

    def __abs__(self) -> ExactNumber:
        return -self if self.sign_of() < 0 else self

    def __pow__(self, exponent: Any) -> Any:
        o = self._other(exponent)
        if o is None:
            return NotImplemented
        power = o.fraction()
        if power.denominator == 1:
            n = abs(int(power))
            if self._is_one_in_size():
                n = min(n, 2 + n % 2)
            elif n * max(self._height(), 1) > LARGEST_POWER:
                raise NotExactError(f"a power with the exponent {power!s:.40} is too large to be exact")
            raised = self._quotient(self.top**n, self.bottom**n)
            return raised if power >= 0 else 1 / raised
        if power.denominator == 2:
            return self.sqrt() ** ExactNumber(2 * power)
        raise NotExactError("the formula takes a power that is not exact")

    def _is_one_in_size(self) -> bool:
        return self.bottom == ONE and self.top in (0 * ONE, ONE, -ONE)

    def _height(self) -> int:
        """The digits in which it is written, in bits."""
        parts = (c for p in (self.top, self.bottom) for c in p.coeffs())
        return sum(int(part).bit_length() for c in parts for part in (c.p, c.q))

    def __rpow__(self, base: Any) -> Any:
        o = self._other(base)
        return NotImplemented if o is None else o**self

    # comparison: always decided -----------------------------------------------------------------------------
    def sign_of(self) -> int:
        """−1, 0 or 1."""
        if self.top.is_zero():
            return 0
        bits = FIRST_BITS
        while True:
            with flint.ctx.workprec(bits):
                value = self._enclosure()
                if value > 0:
                    return 1
                if value < 0:
                    return -1
            bits *= 2

    def _enclosure(self) -> Any:
        pi = flint.arb.pi()
        parts = []
        for polynomial in (self.top, self.bottom):
            total = flint.arb(0)
            for coefficient in reversed(polynomial.coeffs()):
                total = total * pi + coefficient
            parts.append(total)
        return parts[0] / parts[1]

    def _compare(self, other: Any, relation: Any) -> Any:
        o = self._other(other)
        return NotImplemented if o is None else relation((self - o).sign_of())

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign < 0)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign <= 0)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign > 0)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign >= 0)

    def __eq__(self, other: object) -> Any:
        return self._compare(other, lambda sign: sign == 0)

    def __ne__(self, other: object) -> Any:
        return self._compare(other, lambda sign: sign != 0)

    __hash__ = None  # type: ignore[assignment]  # never a key; comparisons with other types raise

    def __bool__(self) -> bool:
        return not self.top.is_zero()

    # functions: the names that NumPy's ufuncs call on object arrays -----------------------------------------
    def fraction(self) -> Fraction:
        """The number as a Fraction.

        Raises
        ------
        NotExactError
            If it is not rational.
        """
        if self.top.degree() > 0 or self.bottom.degree() > 0:
            raise NotExactError("the formula is not rational")
        value = self.top[0]
        return Fraction(int(value.p), int(value.q))

    def _known(self, values: Mapping[Any, Any], name: str) -> ExactNumber:
        value = self.fraction()
        if value not in values:
            raise NotExactError(f"{name} is not exact at {value}")
        return ExactNumber(values[value])

    def sqrt(self) -> ExactNumber:
        value = self.fraction()
        if value < 0:
            raise NotExactError("the formula takes the square root of a negative number")
        result, exact = root(value)
        return ExactNumber(result, exact)

    def exp(self) -> ExactNumber:
        return self._known({0: 1}, "exp")

    def expm1(self) -> Any:
        return self.exp() - 1

    def log(self) -> ExactNumber:
        return self._known({1: 0}, "log")

    def log1p(self) -> Any:
        return (self + 1).log()

    def sin(self) -> ExactNumber:
        turns = (self / PI).fraction() % 2
        if turns not in SINES:
            raise NotExactError("a sine is not exact")
        return ExactNumber(SINES[turns])

    def cos(self) -> Any:
        return (self + PI / 2).sin()

    def tan(self) -> ExactNumber:
        turns = (self / PI).fraction() % 1
        quarter = Fraction(1, 4)
        known = {Fraction(0): 0, quarter: 1, 3 * quarter: -1}
        if turns not in known:
            raise NotExactError("a tangent is not exact")
        return ExactNumber(known[turns])

    def arctan(self) -> Any:
        return PI * self._known({-1: Fraction(-1, 4), 0: 0, 1: Fraction(1, 4)}, "arctan")

    def sinh(self) -> ExactNumber:
        return self._known({0: 0}, "sinh")

    def cosh(self) -> ExactNumber:
        return self._known({0: 1}, "cosh")

    def tanh(self) -> ExactNumber:
        return self._known({0: 0}, "tanh")

    def erf(self) -> ExactNumber:
        return self._known({0: 0}, "erf")

    def erfc(self) -> Any:
        return 1 - self.erf()

    def gamma(self) -> ExactNumber:
        value = self.fraction()
        if value.denominator != 1 or not 0 < value < FACTORIALS:
            raise NotExactError(f"Γ is not exact at {value}")
        return ExactNumber(math.factorial(int(value) - 1))

    def gammaln(self) -> ExactNumber:
        return self._known({1: 0, 2: 0}, "log Γ")

    def square(self) -> Any:
        return self * self

    def sign(self) -> ExactNumber:
        return ExactNumber(self.sign_of())

    def conjugate(self) -> ExactNumber:
        return self

    def __float__(self) -> float:
        raise NotExactError("the formula turns an exact number into a float")

    def approximate(self) -> float:
        """The nearest float, about."""
        with flint.ctx.workprec(FIRST_BITS + 64):
            return float(self._enclosure().mid())

    def __str__(self) -> str:
        if self.top.degree() <= 0 and self.bottom.degree() <= 0:
            return str(self.fraction())
        text = f"({self.top.str(var='π')})"
        return text if self.bottom.degree() <= 0 else f"{text}/({self.bottom.str(var='π')})"

    __repr__ = __str__


PI = ExactNumber(0)
PI.top = flint.fmpq_poly([0, 1])


class ExactArrays(PreciseArrays):
    """The namespace of formulas on object arrays of `ExactNumber`."""

    name = "exact"

    def __init__(self) -> None:
        self.number = ExactNumber  # type: ignore[assignment]
        self.pi = PI  # type: ignore[assignment]
