"""Exact numbers against mpmath to 60 digits; what is not exact is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import NotExactError
from theorycheck.terms.exact import PI, ExactArrays, ExactNumber

XP = ExactArrays()
leaves = st.fractions(-9, 9, max_denominator=12) | st.just("pi")
trees = st.recursive(leaves, lambda parts: st.tuples(st.sampled_from("+-*/"), parts, parts), max_leaves=8)


def evaluated(tree: Any, number: Any, pi: Any) -> Any:
    if isinstance(tree, tuple):
        left, right = (evaluated(part, number, pi) for part in tree[1:])
        operation = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}[tree[0]]
        return getattr(left, operation)(right)
    return pi if tree == "pi" else number(tree)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(trees, trees)
def test_arithmetic_and_order_agree_with_many_digits(first: Any, second: Any) -> None:
    with mpmath.workdps(60):
        try:
            a, b = (evaluated(tree, ExactNumber, PI) for tree in (first, second))
        except NotExactError:  # a division by zero
            return
        real = [
            evaluated(t, lambda q: mpmath.mpf(q.numerator) / q.denominator, +mpmath.pi)
            for t in (first, second)
        ]
        gap = real[0] - real[1]
        if abs(gap) > mpmath.mpf(10) ** -40 * (
            1 + abs(real[0])
        ):  # 60 digits lose no twenty in eight operations
            assert (a < b, a <= b, a == b) == (gap < 0, gap < 0, False)
        else:
            assert a == b and a >= b and not a < b
        assert a.approximate() == pytest.approx(float(real[0]), rel=1e-14, abs=1e-14)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (XP.sqrt(ExactNumber(Fraction(9, 4))), Fraction(3, 2)),
        (4 * ExactNumber(1).arctan(), PI),
        (4 * ExactNumber(-1).arctan(), -PI),
        (1 - 2 / PI * 2 * (ExactNumber(1) / (1 + ExactNumber(0).sqrt())).arctan(), 0),
        (XP.exp(ExactNumber(0)), 1),
        (XP.log(ExactNumber(1)), 0),
        ((PI / 6).sin(), Fraction(1, 2)),
        ((7 * PI / 6).sin(), Fraction(-1, 2)),
        ((-PI / 2).sin(), -1),
        ((PI / 3).cos(), Fraction(1, 2)),
        ((5 * PI).cos(), -1),
        ((3 * PI / 4).tan(), -1),
        (ExactNumber(5).gamma(), 24),
        (ExactNumber(2).gammaln(), 0),
        (ExactNumber(0).tanh() + ExactNumber(0).erf() + ExactNumber(0).cosh(), 1),
        (ExactNumber(4) ** Fraction(-3, 2), Fraction(1, 8)),
        (abs(3 - PI) - (PI - 3), 0),
    ],
)
def test_known_values_are_exact(found: Any, expected: Any) -> None:
    assert bool(found == expected) and not bool(found != expected)


@pytest.mark.parametrize(
    "evaluate",
    [
        lambda: ExactNumber(2).sqrt(),
        lambda: ExactNumber(-1).sqrt(),
        lambda: ExactNumber(1).exp(),
        PI.exp,
        PI.sqrt,
        (PI / 4).sin,
        lambda: ExactNumber(1).sin(),
        lambda: ExactNumber(1) / (PI - PI),
        lambda: ExactNumber(0) ** -1,
        lambda: ExactNumber(2) ** PI,
        lambda: ExactNumber(Fraction(1, 2)).gamma(),
        lambda: ExactNumber(0.1),
        lambda: ExactNumber(1) + 0.1,
        lambda: ExactNumber(float("nan")),
        lambda: ExactNumber(float("inf")),
        lambda: ExactNumber(1, exact=False),
        lambda: float(ExactNumber(1)),
    ],
)
def test_what_is_not_exact_is_refused(evaluate: Any) -> None:
    with pytest.raises(NotExactError):
        evaluate()


def test_arrays_of_exact_numbers() -> None:
    x = XP.asarray([[Fraction(3), Fraction(4)]])
    assert bool(XP.norm(x)[0] == 5) and bool((XP.vecdot(x, x) * XP.pi > 78)[0])
    assert np.asarray(x <= 3).tolist() == [[True, False]]
