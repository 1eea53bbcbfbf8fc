"""Balls enclose, compare only when certain, and never turn into floats silently."""

import math
import pickle
from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theorycheck.errors import NotExactError, UndecidedError
from theorycheck.terms.balls import EXACT_FLOAT_BITS, Ball, ball_array, interval, precision, to_arb

quick = settings(derandomize=True, deadline=None, max_examples=100)
fractions = st.fractions(min_value=-50, max_value=50, max_denominator=1000)


def fraction_of(number):
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def encloses(ball, number):
    """Whether a finite ball contains a rational number, or an mpmath number that is good to 1e-55."""
    slack = Fraction(0)
    if not isinstance(number, (int, Fraction)):
        sign, mantissa, exponent, _ = mpmath.mpf(number)._mpf_
        number = (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
        slack = Fraction(1, 10**55) * (1 + abs(number))
    middle, radius = fraction_of(ball.arb.mid()), fraction_of(ball.arb.rad())
    return abs(middle - number) <= radius + slack


def exactly(value):
    return mpmath.mpf(value.numerator) / value.denominator


FUNCTIONS = {
    "sqrt": (mpmath.sqrt, lambda x: x >= 0),
    "exp": (mpmath.exp, lambda x: True),
    "expm1": (mpmath.expm1, lambda x: True),
    "log": (mpmath.log, lambda x: x > 0),
    "log1p": (mpmath.log1p, lambda x: x > -1),
    "sin": (mpmath.sin, lambda x: True),
    "cos": (mpmath.cos, lambda x: True),
    "tan": (mpmath.tan, lambda x: True),
    "sinh": (mpmath.sinh, lambda x: True),
    "cosh": (mpmath.cosh, lambda x: True),
    "tanh": (mpmath.tanh, lambda x: True),
    "arctan": (mpmath.atan, lambda x: True),
    "erf": (mpmath.erf, lambda x: True),
    "erfc": (mpmath.erfc, lambda x: True),
    "gamma": (mpmath.gamma, lambda x: x > 0),
    "gammaln": (mpmath.loggamma, lambda x: x > 0),
    "square": (lambda x: x * x, lambda x: True),
}


@quick
@given(st.sampled_from(sorted(FUNCTIONS)), fractions)
def test_functions_enclose(name, x):
    function, defined = FUNCTIONS[name]
    assume(defined(x))
    ball = getattr(Ball(x), name)()
    with mpmath.workdps(60):
        assert encloses(ball, function(exactly(x)))
    assert ball.upper - ball.lower < 1e-10 * (1 + abs(ball.midpoint)) or name in (
        "gamma",
        "cosh",
        "sinh",
        "exp",
    )


@quick
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    fractions,
    st.fractions(0, 1, max_denominator=50),
    st.fractions(0, 1, max_denominator=50),
)
def test_functions_of_wide_balls_enclose_the_function_at_every_point(name, low, width, place):
    function, defined = FUNCTIONS[name]
    assume(defined(low))
    ball = getattr(interval(low, low + width), name)()
    if ball.is_finite:
        with mpmath.workdps(60):
            assert encloses(ball, function(exactly(low + place * width)))


@quick
@given(
    fractions,
    fractions,
    fractions,
    st.fractions(0, 1, max_denominator=50),
    st.fractions(0, 1, max_denominator=50),
)
def test_arithmetic_encloses(low, width, other, place, second):
    x, y = interval(low, low + abs(width)), interval(other, other + 1)
    a, b = low + place * abs(width), other + second
    for combined, exact in (
        (x + y, a + b),
        (x - y, a - b),
        (x * y, a * b),
        (-x, -a),
        (abs(x), abs(a)),
        (2 - x, 2 - a),
    ):
        assert encloses(combined, exact)
    if not (other <= 0 <= other + 1):
        assert encloses(x / y, a / b)
        assert encloses(3 / y, Fraction(3) / b)


@quick
@given(
    fractions,
    st.fractions(0, 3, max_denominator=20),
    st.integers(-6, 9),
    st.fractions(0, 1, max_denominator=50),
)
def test_integer_powers_enclose(low, width, exponent, place):
    ball = interval(low, low + width) ** exponent
    value = low + place * width
    assume(exponent >= 0 or value != 0)
    if ball.is_finite:
        assert encloses(ball, value**exponent)
    if exponent % 2 == 0 and exponent > 0:  # up to the rounding of the radius, 2**-29 of it
        assert ball.lower >= -(2.0**-28) * max(1.0, ball.upper)


def test_powers():
    assert (interval(-1, 1) ** 2).lower > -1e-8, "an even power of a ball around 0 is hardly negative"
    assert Ball(2) ** 10 == 1024
    assert Ball(2) ** -2 == Fraction(1, 4)
    assert Ball(0) ** 0 == 1
    assert encloses(Ball(Fraction(1, 3)) ** Fraction(4, 2), Fraction(1, 9))
    assert encloses(Ball(4) ** Fraction(-3, 2), Fraction(1, 8))
    assert encloses(2 ** Ball(3), 8)
    with mpmath.workdps(60):
        assert encloses(Ball(2) ** 0.5, mpmath.sqrt(2))
        assert encloses(Ball(2) ** Ball(Fraction(1, 3)), mpmath.cbrt(2))
    assert not (Ball(-1) ** 0.5).is_finite
    big = Ball(Fraction(3, 2)) ** 100_000  # a hundred thousand factors would take seconds
    assert abs(math.log(1.5) * 100_000 - big.log().midpoint) < 1e-6


# ---- comparisons ---------------------------------------------------------------------------------------------


@quick
@given(fractions, fractions)
def test_exact_comparisons_agree_with_fractions(a, b):
    a, b = Fraction(round(a * 8), 8), Fraction(round(b * 8), 8)  # dyadic, so the balls have radius 0
    for first, second in ((Ball(a), Ball(b)), (Ball(a), b)):
        assert (first < second) is (a < b)
        assert (first <= second) is (a <= b)
        assert (first > second) is (a > b)
        assert (first >= second) is (a >= b)
        assert (first == second) is (a == b)
        assert (first != second) is (a != b)


def test_open_comparisons_raise():
    x = interval(0, 1)
    for compare in (
        lambda: x < 1,
        lambda: x > 0,
        lambda: x == 0,
        lambda: x != 1,
        lambda: x < interval(0, 1),
        lambda: bool(x),
        x.sign,
        lambda: Ball(Fraction(1, 3)) == Fraction(1, 3),
    ):
        with pytest.raises(UndecidedError):
            compare()
    assert (x <= 2) is True and (x >= -1) is True and (x < 2) is True and (x == 2) is False


def test_nan_decides_nothing():
    nan = Ball(flint.arb.nan())
    for compare in (
        lambda: nan < 1,
        lambda: nan == 0,
        lambda: nan != 1,
        lambda: bool(nan),
        lambda: Ball(0) >= nan,
    ):
        with pytest.raises(UndecidedError, match="NaN"):
            compare()
    with pytest.raises(NotExactError, match="NaN"):
        Ball(float("nan"))
    assert not (Ball(-1).sqrt()).is_finite
    assert not (Ball(0) / Ball(0)).is_finite


def test_infinity():
    infinite = Ball(float("inf"))
    assert (infinite > 10**100) is True and (-infinite < 0) is True
    assert not infinite.is_finite
    with pytest.raises(UndecidedError):
        _ = infinite - infinite > 0


# ---- floats --------------------------------------------------------------------------------------------------


def test_no_float():
    for convert in (float, int, math.sqrt, np.float64):
        with pytest.raises(TypeError):
            convert(Ball(2))
    with pytest.raises(TypeError):
        np.asarray([Ball(1)], dtype=float)
    assert encloses(np.linalg.norm(ball_array([3, 4])), 5), "NumPy keeps the balls, or it must raise"
    with pytest.raises(TypeError):
        hash(Ball(1))


@quick
@given(st.integers(-(2**EXACT_FLOAT_BITS) + 1, 2**EXACT_FLOAT_BITS - 1), st.integers(-40, 40))
def test_short_floats_are_exact(numerator, exponent):
    value = math.ldexp(numerator, exponent)
    assert Ball(value).arb.is_exact()
    assert Ball(value) == Fraction(value)


@pytest.mark.parametrize(
    "value, meant", [(0.1, Fraction(1, 10)), (1 / 3, Fraction(1, 3)), (-2.7, Fraction(-27, 10))]
)
def test_other_floats_enclose_what_was_meant(value, meant):
    ball = Ball(value)
    assert not ball.arb.is_exact()
    assert ball.lower < meant < ball.upper
    assert ball.upper - ball.lower < 1e-14 * abs(value)
    with pytest.raises(UndecidedError):
        _ = ball == meant


def test_computed_floats_enclose_the_constants():
    with mpmath.workdps(60):
        assert encloses(Ball(math.pi), +mpmath.pi)
        assert encloses(Ball(math.sqrt(2)), mpmath.sqrt(2))


@quick
@given(st.fractions(max_denominator=10**9))
def test_bounds_are_outward(value):
    ball = Ball(value)
    assert Fraction(ball.lower) < value < Fraction(ball.upper)


def test_conversions():
    assert Ball(True) == 1
    assert Ball(np.int64(3)) == 3 and Ball(np.float64(0.5)) == Fraction(1, 2)
    assert Ball(np.array(2.0)) == 2
    assert to_arb(Ball(3)) == 3
    for wrong in ("1", None, 1j, [1], np.array([1, 2])):
        with pytest.raises(NotExactError):
            to_arb(wrong)
    with pytest.raises(TypeError):
        _ = Ball(1) + "1"
    with pytest.raises(AttributeError, match="immutable"):
        Ball(1).arb = 2


# ---- arrays, precision, pickling -----------------------------------------------------------------------------


def test_arrays():
    x = ball_array([[1, 2], [3, 4]])
    assert x.shape == (2, 2) and x.dtype == object
    assert (x @ x)[0, 0] == 7 and x.sum() == 10
    assert (np.float64(2) * x)[0, 1] == 4 and (x * np.array([1.0, 2.0]))[1, 1] == 8
    with mpmath.workdps(60):
        assert encloses(np.exp(x)[0, 0], +mpmath.e)
    assert np.maximum(x, 2)[0, 0] == 2


def test_precision_is_local():
    with precision(200):
        narrow = Ball(2).sqrt()
    wide = Ball(2).sqrt()
    assert narrow.arb.rad() < wide.arb.rad()
    assert flint.ctx.prec == 53


@pytest.mark.parametrize("text", ["0", "1.5", "[3 +/- 0.5]", "nan", "inf", "-inf", "1e-400"])
def test_pickling_keeps_the_enclosure(text):
    ball = Ball(flint.arb(text))
    copy = pickle.loads(pickle.dumps(ball))
    if ball.is_finite:
        assert copy.arb.contains(ball.arb)
        assert copy.arb.rad() <= 2 * ball.arb.rad() + flint.arb("1e-300")
    else:
        assert not copy.is_finite


def test_hull_and_interval():
    assert interval(0, 1).hull(3).upper >= 3
    assert interval(Fraction(1, 3), 1).lower < Fraction(1, 3)
    assert interval(2, 1).lower < 1 + 1e-9  # the order of the ends does not matter
