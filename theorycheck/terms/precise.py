"""Rational arithmetic behind NumPy object arrays, with irrational functions to about 120 digits.

Two uses: `certify` settles rational formulas exactly where balls cannot tell equality, and the stand-alone
scripts of counterexamples quote this file where float64 cannot resolve a violation. It therefore needs
NumPy and the standard library only.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np

BITS = 400
"""Irrational results are rounded to this many bits."""


def rounded(value: Fraction) -> Fraction:
    """Round to `BITS` bits, so that numerators and denominators do not grow without end."""
    if not value or value.numerator.bit_length() + value.denominator.bit_length() < 4 * BITS:
        return value
    shift = BITS - value.numerator.bit_length() + value.denominator.bit_length()
    return Fraction(round(value * Fraction(2) ** shift)) / Fraction(2) ** shift


def series(first: Fraction, factor: Any) -> Fraction:
    """Sum first·(1 + r_1 + r_1 r_2 + …) with the ratios r_n = factor(n), in the end below ½ in size."""
    total, term, n = Fraction(0), first, 0
    while abs(term) > abs(total) / Fraction(2) ** BITS or abs(factor(n + 1)) > Fraction(1, 2):
        if not term:
            break
        total = rounded(total + term)
        n += 1
        term = rounded(term * factor(n))
    return total


def root(x: Fraction) -> tuple[Fraction, bool]:
    """√x and whether it is exact."""
    if x < 0:
        raise ValueError(f"square root of the negative number {float(x)}")
    top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
    if top * top == x.numerator and bottom * bottom == x.denominator:
        return Fraction(top, bottom), True
    shift = max(0, 2 * BITS - x.numerator.bit_length() + x.denominator.bit_length())
    shift += shift % 2
    return Fraction(math.isqrt((x.numerator << shift) // x.denominator), 1 << (shift // 2)), False


def exponential(x: Fraction) -> Fraction:
    halvings = max(0, math.ceil(abs(x)).bit_length() + 8)
    small = x / 2**halvings
    result = series(Fraction(1), lambda n: small / n)
    for _ in range(halvings):
        result = rounded(result * result)
    return result


def artanh(x: Fraction) -> Fraction:
    return series(x, lambda n: x * x * Fraction(2 * n - 1, 2 * n + 1))


def logarithm(x: Fraction) -> Fraction:
    if x <= 0:
        raise ValueError(f"logarithm of {float(x)}, which is not positive")
    power = x.numerator.bit_length() - x.denominator.bit_length()
    mantissa = x / Fraction(2) ** power
    return 2 * artanh(rounded((mantissa - 1) / (mantissa + 1))) + 2 * power * artanh(Fraction(1, 3))


def arc_tangent(x: Fraction) -> Fraction:
    halvings: int = 0
    while abs(x) > Fraction(1, 8):
        x = rounded(x / (1 + root(1 + x * x)[0]))
        halvings += 1
    return Fraction(1 << halvings) * series(x, lambda n: -x * x * Fraction(2 * n - 1, 2 * n + 1))


PI = 16 * arc_tangent(Fraction(1, 5)) - 4 * arc_tangent(Fraction(1, 239))


def sine(x: Fraction) -> Fraction:
    x = rounded(x - 2 * PI * round(x / (2 * PI)))
    return series(x, lambda n: -x * x / (2 * n * (2 * n + 1)))


def error_function(x: Fraction) -> Fraction:
    if abs(x) > 20:  # 1 − erf(20) < 2**−580
        return Fraction(1 if x > 0 else -1)
    total = series(x, lambda n: 2 * x * x / (2 * n + 1))
    return rounded(2 * total * exponential(-x * x) / root(PI)[0])


def bernoulli(count: int) -> list[Fraction]:
    """B_0 … B_count."""
    numbers = [Fraction(1)]
    for m in range(1, count + 1):
        numbers.append(-sum((math.comb(m + 1, k) * numbers[k] for k in range(m)), Fraction(0)) / (m + 1))
    return numbers


def log_gamma(x: Fraction) -> Fraction:
    """log Γ(x) for x > 0: Stirling's series after a shift."""
    if x <= 0:
        raise ValueError(f"log Γ of {float(x)}, which is not positive")
    product, y = Fraction(1), x
    while y < 100:
        product, y = rounded(product * y), y + 1
    result = (y - Fraction(1, 2)) * logarithm(y) - y + logarithm(2 * PI) / 2
    for n, number in enumerate(bernoulli(80)):
        if n >= 2 and n % 2 == 0:
            result += number / (n * (n - 1) * y ** (n - 1))
    return rounded(result - logarithm(product))


def hermite_rule(n: int) -> tuple[list[Fraction], list[Fraction]]:
    """Nodes and weights that average polynomials of degree < 2n over N(0, 1/2), by Newton's method."""

    def pair(t: Fraction) -> tuple[Fraction, Fraction]:
        previous, current = Fraction(0), Fraction(1)
        for k in range(n):
            previous, current = current, rounded(2 * t * current - 2 * k * previous)
        return current, previous

    nodes = []
    for start in np.polynomial.hermite.hermgauss(n)[0]:
        t = Fraction(float(start))
        for _ in range(6):  # from 2**-50, each step doubles the correct bits
            value, previous = pair(t)
            t = rounded(t - value / (2 * n * previous))
        nodes.append(t)
    weights = [rounded(Fraction(2 ** (n - 1) * math.factorial(n), n * n) / pair(t)[1] ** 2) for t in nodes]
    return nodes, weights


class Number:
    """A rational number (`exact`), or one that stands for an irrational number to about 120 digits.

    A Python float with at most 26 significant bits is exact; any other stands for the decimal that it
    prints as.
    """

    __slots__ = ("exact", "value")
    value: Any
    exact: bool
    uncertain: type[Exception] | None = None
    """What a comparison raises where a number is not exact; None compares the approximations."""

    def __init__(self, value: Any, exact: bool = True) -> None:
        if isinstance(value, Number):
            value, exact = value.value, value.exact and exact
        elif isinstance(value, (float, np.floating)):
            value = float(value)
            if math.isfinite(value):
                odd = value.as_integer_ratio()[0]
                while odd and odd % 2 == 0:
                    odd //= 2
                exact = exact and odd.bit_length() <= 26
                value = Fraction(value) if odd.bit_length() <= 26 else Fraction(repr(value))
        elif isinstance(value, (int, np.integer, np.bool_)):
            value = Fraction(int(value))
        elif not isinstance(value, Fraction):
            raise TypeError(f"{value!r} is no number")
        self.value = rounded(value) if not exact and isinstance(value, Fraction) else value
        self.exact = exact

    def _other(self, other: Any) -> Any:
        if isinstance(other, Number):
            return other
        if isinstance(other, np.ndarray) and other.ndim:
            return None  # let NumPy broadcast
        return type(self)(other.item() if isinstance(other, np.ndarray) else other)

    def _with(self, other: Any, operation: Any) -> Any:
        o = self._other(other)
        if o is None:
            return NotImplemented
        return type(self)(operation(self.value, o.value), self.exact and o.exact)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: Fraction(a // b))

    def __rfloordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: Fraction(b // a))

    def __mod__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a % b)

    def __rmod__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b % a)

    def __neg__(self) -> Any:
        return type(self)(-self.value, self.exact)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return type(self)(abs(self.value), self.exact)

    def __pow__(self, exponent: Any) -> Any:
        o = self._other(exponent)
        if o is None:
            return NotImplemented
        power = Fraction(o.value)
        if power.denominator == 1:
            return type(self)(self.value ** int(power), self.exact and o.exact)
        if power.denominator == 2:
            return self.sqrt() ** (2 * o)
        return (o * self.log()).exp()

    def __rpow__(self, base: Any) -> Any:
        return type(self)(base) ** self

    def _compare(self, other: Any, compare: Any) -> Any:
        o = self._other(other)
        if o is None:
            return NotImplemented
        if self.uncertain is not None and not (self.exact and o.exact):
            raise self.uncertain("a comparison met a number that is not exact")
        return bool(compare(self.value, o.value))

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a >= b)

    def __eq__(self, other: object) -> Any:
        return self._compare(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> Any:
        return self._compare(other, lambda a, b: a != b)

    __hash__ = None  # type: ignore[assignment]  # equality may be undecided

    def __bool__(self) -> bool:
        return bool(self != 0)

    def _apply(self, function: Any, exact_at: Any = None, then: int = 0) -> Any:
        """Apply an irrational function, which takes the exact value `then` at `exact_at`."""
        if exact_at is not None and self.exact and self.value == exact_at:
            return type(self)(then)
        return type(self)(function(self.value), exact=False)

    # functions: the names that NumPy's ufuncs call on object arrays
    def sqrt(self) -> Any:
        value, exact = root(Fraction(self.value))
        return type(self)(value, exact and self.exact)

    def exp(self) -> Any:
        return self._apply(exponential, 0, 1)

    def expm1(self) -> Any:
        return self.exp() - 1

    def log(self) -> Any:
        return self._apply(logarithm, 1, 0)

    def log1p(self) -> Any:
        return (self + 1).log()

    def sin(self) -> Any:
        return self._apply(sine, 0, 0)

    def cos(self) -> Any:
        return self._apply(lambda x: sine(x + PI / 2), 0, 1)

    def tan(self) -> Any:
        return self.sin() / self.cos()

    def sinh(self) -> Any:
        return (self.exp() - (-self).exp()) / 2

    def cosh(self) -> Any:
        return (self.exp() + (-self).exp()) / 2

    def tanh(self) -> Any:
        return 1 - 2 / ((2 * self).exp() + 1)

    def arctan(self) -> Any:
        return self._apply(arc_tangent, 0, 0)

    def arcsin(self) -> Any:
        if abs(self.value) == 1:
            return type(self)(PI / 2 * self.value, exact=False)
        return (self / (1 - self * self).sqrt()).arctan()

    def arccos(self) -> Any:
        return type(self)(PI / 2, exact=False) - self.arcsin()

    def floor(self) -> Any:
        return type(self)(math.floor(self.value), self.exact)

    def ceil(self) -> Any:
        return type(self)(math.ceil(self.value), self.exact)

    def erf(self) -> Any:
        return self._apply(error_function, 0, 0)

    def erfc(self) -> Any:
        return 1 - self.erf()

    def gamma(self) -> Any:
        if self.exact and self.value == int(self.value) and 0 < self.value < 200:
            return type(self)(math.factorial(int(self.value) - 1))
        return self._apply(lambda x: exponential(log_gamma(x)))

    def gammaln(self) -> Any:
        return self._apply(log_gamma, 1, 0)

    def square(self) -> Any:
        return self * self

    def sign(self) -> Any:
        return type(self)(int(self > 0) - int(self < 0))

    def conjugate(self) -> Any:
        return self

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        text = str(self.value)
        short = not isinstance(self.value, Fraction) or (self.exact and len(text) <= 60)
        return text if short else decimal(self.value)

    __repr__ = __str__


def decimal(value: Fraction, digits: int = 40) -> str:
    """Print a rational with so many significant digits."""
    if not value:
        return "0"
    places = digits
    while abs(value) * 10**places < 10 ** (digits - 1):
        places += 1
    text = str(round(abs(value) * 10**places)).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + text[:-places] + "." + text[-places:]


def by_elimination(matrices: Any) -> Any:
    """Whether xᵀAx ≥ 0 for all x, matrices of exact numbers or balls; shape (…, k, k).

    A is made symmetric first, which leaves xᵀAx as it is. Elimination: a negative pivot decides against, a pivot 0 needs a
    row of zeros.

    Raises
    ------
    UndecidedError
        If balls cannot tell the sign of a pivot.
    """
    array = np.asarray(matrices, dtype=object)
    array = array + np.swapaxes(array, -1, -2)
    result = np.empty(array.shape[:-2], dtype=bool)
    for index in np.ndindex(result.shape):
        result[index] = _is_semidefinite([list(row) for row in array[index]])
    return result if result.shape else bool(result[()])


def _is_semidefinite(matrix: list[list[Any]]) -> bool:
    for i, row in enumerate(matrix):
        pivot = row[i]
        if pivot < 0:
            return False
        if pivot == 0:
            if any(entry != 0 for entry in row[i + 1 :]):
                return False
            continue
        for r in range(i + 1, len(matrix)):
            for c in range(i + 1, len(matrix)):
                matrix[r][c] = matrix[r][c] - matrix[r][i] * row[c] / pivot
    return True


class PreciseArrays:
    """The namespace of formulas on object arrays of `Number`."""

    name = "precise"

    def __init__(self, number: type[Number] = Number) -> None:
        self.number = number
        self.pi = number(PI, exact=False)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(np, attribute)  # ufuncs call the method of that name on every number

    def asarray(self, values: Any, **_: Any) -> Any:
        array = np.asarray(values, dtype=object)
        result = np.empty(array.shape, dtype=object)
        for index in np.ndindex(array.shape):
            result[index] = self.number(array[index])
        return result

    def _each(self, method: str, x: Any) -> Any:
        array = self.asarray(x)
        result = np.empty(array.shape, dtype=object)
        for index in np.ndindex(array.shape):
            result[index] = getattr(array[index], method)()
        return result if array.shape else result[()]

    def sqrt(self, x: Any) -> Any:
        return self._each("sqrt", x)

    def exp(self, x: Any) -> Any:
        return self._each("exp", x)

    def log(self, x: Any) -> Any:
        return self._each("log", x)

    def erf(self, x: Any) -> Any:
        return self._each("erf", x)

    def erfc(self, x: Any) -> Any:
        return self._each("erfc", x)

    def gamma(self, x: Any) -> Any:
        return self._each("gamma", x)

    def gammaln(self, x: Any) -> Any:
        return self._each("gammaln", x)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return np.where(np.asarray(condition, dtype=bool), a, b)

    def vecdot(self, a: Any, b: Any) -> Any:
        return (a * b).sum(axis=-1)

    def norm(self, a: Any) -> Any:
        return self.sqrt((a * a).sum(axis=-1))

    def scale(self, factor: Any, x: Any) -> Any:
        return np.asarray(factor, dtype=object)[..., None] * x

    def semidefinite(self, matrix: Any) -> Any:
        return by_elimination(matrix)

    def gaussian_mean(self, integrand: Any, dimension: int, declared: int, degree: int | None = None) -> Any:
        degree = declared if degree is None else degree
        nodes, weights = hermite_rule((degree + 2) // 2)
        total: Any = 0
        for index in itertools.product(range(len(nodes)), repeat=dimension):
            point = self.asarray([[self.number(nodes[i], exact=False) for i in index]])
            weight = math.prod((weights[i] for i in index), start=Fraction(1))
            total = total + self.number(weight, exact=False) * integrand(point)
        return total

    def sample_mean(self, f: Any, integrand: Any) -> Any:
        return sum((integrand(sample) for sample in f.samples[1:]), integrand(f.samples[0])) / len(f.samples)

    def zeros(self, shape: Any, **_: Any) -> Any:
        return self.full(shape, 0)

    def ones(self, shape: Any, **_: Any) -> Any:
        return self.full(shape, 1)

    def full(self, shape: Any, value: Any, **_: Any) -> Any:
        return np.full(shape, self.number(value), dtype=object)

    def zeros_like(self, a: Any, **_: Any) -> Any:
        return self.full(np.shape(a), 0)

    def ones_like(self, a: Any, **_: Any) -> Any:
        return self.full(np.shape(a), 1)

    def full_like(self, a: Any, value: Any, **_: Any) -> Any:
        return self.full(np.shape(a), value)
