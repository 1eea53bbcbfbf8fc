"""Literals are read as the number that they spell out, or refused."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import TraceError
from theorycheck.terms.numbers import DIGITS, exact

LITERALS = settings(derandomize=True, deadline=None, max_examples=200)


@LITERALS
@given(st.integers(-(10**DIGITS) + 1, 10**DIGITS - 1), st.integers(-30, 30))
def test_a_short_decimal_is_what_it_spells_as_a_float_and_as_a_string(digits: int, power: int) -> None:
    text = f"{digits}e{power}"
    assert exact(float(text)) == Fraction(text) == exact(text)


@LITERALS
@given(st.fractions())
def test_integers_and_fractions_are_themselves(value: Fraction) -> None:
    assert exact(value) == value
    assert exact(value.numerator) == value.numerator
    assert exact(f"{value.numerator}/{value.denominator}") == value


@LITERALS
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_only_if_its_shortest_decimal_is_short(value: float) -> None:
    digits = len(Decimal(repr(value)).normalize().as_tuple().digits)
    if digits <= DIGITS:
        assert float(exact(value)) == value
    else:
        with pytest.raises(TraceError, match="more than 12 digits"):
            exact(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.1 + 0.2, "more than 12 digits"),
        (1 / 3, "more than 12 digits"),
        (math.pi, "more than 12 digits"),
        (math.nan, "is no number"),
        (math.inf, "xp.inf"),
        (np.float64(0.5), "NumPy value"),
        (np.int64(2), "NumPy value"),
        (np.bool_(True), "NumPy value"),
        ("one", "is no number"),
        ("1/0", "is no number"),
        ("nan", "is no number"),
        ("1e999999999", "too large or too small"),
        ("1e-99999", "too large or too small"),
        (Decimal("0.1"), "of type Decimal"),
        (1j, "of type complex"),
        (None, "of type NoneType"),
    ],
)
def test_what_is_refused(value: object, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        exact(value)
