"""The series of the stand-alone scripts against mpmath."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.terms.precise import PI, Number, PreciseArrays

numbers = st.fractions(-30, 30, max_denominator=10**4)
positive = st.fractions(Fraction(1, 10**4), 60, max_denominator=10**4)


def as_mpf(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


def agrees(ours: Any, theirs: Any) -> bool:
    # 300 of the 400 bits: some functions lose bits to cancellation (tanh, erfc, sine near multiples of pi)
    return bool(abs(as_mpf(Fraction(ours.value)) - theirs) <= mpmath.mpf(2) ** -300 * (1 + abs(theirs)))


@pytest.mark.parametrize(
    "name", ["exp", "sin", "cos", "tanh", "erf", "erfc", "arctan", "sinh", "cosh", "expm1"]
)
@settings(derandomize=True, deadline=None, max_examples=15)
@given(x=numbers)
def test_functions_of_real_numbers(name: str, x: Fraction) -> None:
    with mpmath.workprec(700):
        reference = getattr(mpmath, "atan" if name == "arctan" else name)(as_mpf(x))
        assert agrees(getattr(Number(x), name)(), reference)


@pytest.mark.parametrize("name", ["sqrt", "log", "gammaln", "gamma"])
@settings(derandomize=True, deadline=None, max_examples=8)
@given(x=positive)
def test_functions_of_positive_numbers(name: str, x: Fraction) -> None:
    with mpmath.workprec(900):
        reference = getattr(mpmath, {"gammaln": "loggamma"}.get(name, name))(as_mpf(x))
        ours = Fraction(getattr(Number(x), name)().value)
        # relative: gamma grows to 60!
        assert abs(as_mpf(ours) - reference) <= mpmath.mpf(2) ** -250 * (1 + abs(reference))


def test_pi() -> None:
    with mpmath.workprec(600):
        assert abs(as_mpf(PI) - mpmath.pi) < mpmath.mpf(2) ** -390


def test_rational_operations_stay_exact_and_irrational_ones_say_so() -> None:
    x = Number(Fraction(1, 3))
    assert (x * 3 == 1) and (x * 3).exact and (x + 0.5).exact and not (x + 0.1).exact
    assert Number(Fraction(9, 4)).sqrt().exact and not Number(2).sqrt().exact
    assert Number(0).exp().exact and Number(0).cos().value == 1
    assert (Number(2) ** Fraction(1, 2) * Number(2) ** 0.5).value != 0
    assert Number(float("inf")) > x


def test_arrays_of_numbers_run_through_numpy() -> None:
    xp = PreciseArrays()
    a = xp.asarray([[Fraction(1, 3), 2], [3, 4]])
    assert xp.norm(xp.asarray([[3, 4]]))[0] == 5 and xp.norm(xp.asarray([[3, 4]]))[0].exact
    assert (xp.where(a > 1, a, 0 * a)).tolist()[0][0] == 0
    assert xp.sum(a, axis=-1).tolist() == [Fraction(7, 3), 7]
    assert [x.exact for x in np.cos(xp.zeros((2,)))] == [True, True]
