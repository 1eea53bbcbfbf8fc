"""How the numbers that a formula's author writes are read: exactly, or not at all."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from theorycheck.errors import TraceError

LARGEST_EXPONENT = 10_000
"""Of a decimal string: larger powers of ten are numbers that nobody means."""
DIGITS = 12
"""Significant decimal digits of a float literal that are taken for what its author meant."""


def exact(value: Any) -> Fraction:
    """Read an int, a Fraction, a decimal string or a float literal as the exact number that it spells out.

    A float stands for its shortest decimal: 0.1 is 1/10.

    Raises
    ------
    TraceError
        If it is a float with more than 12 significant digits (the result of float arithmetic), not finite, or no number.

    Examples
    --------
    >>> exact(0.1), exact("2.5e-3"), exact(7)
    (Fraction(1, 10), Fraction(1, 400), Fraction(7, 1))
    """
    if isinstance(value, (bool, int, Fraction)):
        return Fraction(value)
    if type(value).__module__ == "numpy":
        raise TraceError(
            f"the NumPy value {value!r:.40} enters the formula, already rounded; use xp and exact numbers: "
            "xp.sqrt(2), xp.pi, Fraction(1, 3), xp.number('0.3')"
        )
    if isinstance(value, float):
        return _literal(value)
    if isinstance(value, str):
        exponent = value.lower().partition("e")[2].strip().lstrip("+-")
        if exponent.isdigit() and int(exponent) > LARGEST_EXPONENT:
            raise TraceError(
                f"{value!r} is too large or too small to be written out; use 10 ** k in the formula"
            )
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise TraceError(f"{value!r} is no number; write it like '0.3' or '1/3'") from error
    raise TraceError(
        f"{value!r:.40} of type {type(value).__name__} is no exact number; write an int or a Fraction"
    )


def _literal(value: float) -> Fraction:
    if not math.isfinite(value):
        raise TraceError(f"{value} is no number; a formula may use xp.inf for infinity")
    text = repr(value)
    digits = "".join(map(str, Decimal(text).normalize().as_tuple().digits))
    if len(digits) > DIGITS:
        raise TraceError(
            f"the float {text} has more than {DIGITS} digits, so float arithmetic has rounded it before it could be read; "
            "write Fraction(1, 3), xp.number('0.3'), xp.pi or xp.sqrt(2)"
        )
    return Fraction(text)
