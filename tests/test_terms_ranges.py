"""Ranges of terms hold for all values; conditions are what the parts need and no more."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_terms_latex import TERMS, value
from theorycheck.terms.defined import conditions
from theorycheck.terms.latex import statement
from theorycheck.terms.nodes import Node
from theorycheck.terms.ranges import NEGATIVE, NONNEGATIVE, POSITIVE, Range, multiplied, point, raised, ranges
from theorycheck.terms.tracing import Kind, trace

ENDS = st.fractions(-2, 2, max_denominator=4)
N = Kind("array")


@st.composite
def drawn_ranges(draw) -> tuple[Range, Fraction]:
    low, high = sorted(draw(st.tuples(ENDS, ENDS)))
    low_open, high_open = (draw(st.booleans()) if low < high else False for _ in range(2))
    inside = draw(st.integers(1 if low_open else 0, 7 if high_open else 8))
    return Range(low, low_open, high, high_open), low + (high - low) * Fraction(inside, 8)


def holds(found: Range, number: Fraction) -> bool:
    above = number > found.low if found.low_open else number >= found.low
    return above and (number < found.high if found.high_open else number <= found.high)


@given(TERMS, st.tuples(drawn_ranges(), drawn_ranges(), drawn_ranges()))
def test_a_range_holds_every_value(item: Node, drawn) -> None:
    names = dict(zip("abc", (one for one, _ in drawn), strict=True))
    values = dict(zip("abc", (number for _, number in drawn), strict=True))
    try:
        number = value(item, values)
    except ZeroDivisionError:
        return
    assert holds(ranges([item], names)[item], number)


@given(TERMS, st.tuples(drawn_ranges(), drawn_ranges(), drawn_ranges()))
def test_where_no_condition_is_left_nothing_divides_by_zero(item: Node, drawn) -> None:
    names = dict(zip("abc", (one for one, _ in drawn), strict=True))
    values = dict(zip("abc", (number for _, number in drawn), strict=True))
    if not conditions([item], names):
        value(item, values)


def needed(function, hypotheses=(), **names: Range) -> list[str]:
    kinds = {"a": N, "b": N, "k": N}
    root = trace(function, kinds, {})
    assumed = [trace(one, kinds, {}) for one in hypotheses]
    found = conditions([root], names, ["k"], assumed)
    shown = statement((root,), "", [one.term for one in found]).conditions
    return [
        text + (" in its case" if one.in_its_case else "") for text, one in zip(shown, found, strict=True)
    ]


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda xp, a, b, k: a / b, [r"b \ne 0"]),
        (lambda xp, a, b, k: a / (1 + b**2), []),
        (lambda xp, a, b, k: xp.log(a), ["a > 0"]),
        (lambda xp, a, b, k: xp.sqrt(a * a), []),
        (lambda xp, a, b, k: xp.sqrt(a**2), []),
        (lambda xp, a, b, k: a**-1, [r"a \ne 0"]),
        (lambda xp, a, b, k: a ** Fraction(1, 3), [r"a \ge 0"]),
        (lambda xp, a, b, k: a**b, [r"a > 0 \vee \lfloor b \rfloor = b \wedge a \ne 0"]),
        (lambda xp, a, b, k: a ** (b // 2), [r"a \ne 0"]),
        (lambda xp, a, b, k: a ** xp.abs(xp.floor(b / 3)), []),
        (lambda xp, a, b, k: (-1) ** (abs(k) % 2), []),
        (
            lambda xp, a, b, k: a ** (k * k / 2),
            [r"a \ge 0 \vee \left\lfloor \frac{k^{2}}{2} \right\rfloor = \frac{k^{2}}{2}"],
        ),
        (lambda xp, a, b, k: a**k, [r"a \ne 0"]),
        (lambda xp, a, b, k: 1 / xp.exp(a), []),
        (lambda xp, a, b, k: xp.where(b > 0, a / b, a), [r"b \ne 0 in its case"]),
        (lambda xp, a, b, k: xp.where(b > 0, a / b, 1 / b), [r"b \ne 0 in its case"]),
        (lambda xp, a, b, k: a / b + xp.where(b > 0, a / b, a), [r"b \ne 0"]),
    ],
)
def test_conditions_on_all_numbers(function, wanted: list[str]) -> None:
    assert needed(function) == wanted


def test_what_the_space_gives_goes_without_saying() -> None:
    assert needed(lambda xp, a, b, k: a / b + xp.log(b) + b**a, b=POSITIVE) == []
    assert needed(lambda xp, a, b, k: xp.sqrt(a) / b, a=NONNEGATIVE) == [r"b \ne 0"]
    assert needed(lambda xp, a, b, k: a / (1 - b), b=Range(Fraction(0), False, Fraction(1), True)) == []
    assert needed(lambda xp, a, b, k: a**k, k=NONNEGATIVE) == []


def test_what_is_assumed_goes_without_saying() -> None:
    assert needed(lambda xp, a, b, k: 1 / b, [lambda xp, a, b, k: b != 0]) == []
    assert needed(lambda xp, a, b, k: 1 / (a - b), [lambda xp, a, b, k: (a > b) & (k > 0)]) == []
    assert needed(lambda xp, a, b, k: 1 / (a - b), [lambda xp, a, b, k: a >= b]) == [r"a - b \ne 0"]
    assert needed(lambda xp, a, b, k: 1 / a, [lambda xp, a, b, k: a > b], b=NONNEGATIVE) == []


@pytest.mark.parametrize(("exponent", "sign"), [(-20001, -1), (-20000, 1), (20001, -1), (20000, 1)])
def test_powers_too_large_to_compute_keep_their_sign(exponent: int, sign: int) -> None:
    for base in (NEGATIVE, Range(Fraction(-(2**64)), False, Fraction(-1, 2**64))):
        found = raised(base, exponent)
        assert found.negative if sign < 0 else found.positive
    assert not raised(Range(), exponent).excludes_zero


def test_huge_numbers_times_unbounded_ones_do_not_overflow() -> None:
    assert multiplied(point(Fraction(-(10**400))), POSITIVE) == NEGATIVE
