"""Claims that fail at irrational points alone are not supported; a gap that merely tends to 0 costs a true claim nothing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Space, choice, integer, real, requires, vector
from theorycheck.hunting.hunt import HuntResult, hunt
from theorycheck.hunting.unreached import fails_in_the_limit, simplified
from theorycheck.settings import Settings
from theorycheck.spaces import Instance
from theorycheck.terms.nearly import NearlyEqual

QUICK = Settings(budget="quick")


def claim(sides: Callable[..., Any], relation: str = ">", hypotheses: Any = (), **space: Any) -> Claim:
    return Claim(
        id="test/unreached",
        statement="",
        space=Space(**space),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


def hunted(*args: Any, **more: Any) -> HuntResult:
    return hunt(claim(*args, **more), QUICK)


FALSE: dict[str, tuple[tuple[Any, ...], dict[str, Any], float]] = {
    # arguments of the claim, and the x at which it fails
    "square": ((lambda xp, x: ((x**2 - 2) ** 2, 0 * x),), {"x": real(0)}, mpmath.sqrt(2)),
    "absolute value": ((lambda xp, x: (abs(xp.exp(x) - 3), 0 * x),), {"x": real(0, 3)}, mpmath.log(3)),
    "sine": ((lambda xp, x: (xp.sin(x), 1 + 0 * x), "<"), {"x": real(0, 4)}, mpmath.pi / 2),
    "no closed form": (
        (lambda xp, x: ((xp.cos(x) - x) ** 2, 0 * x),),
        {"x": real(0, 1)},
        mpmath.findroot(lambda t: mpmath.cos(t) - t, 0.7),
    ),
    "entropy": (
        (lambda xp, x: (x * xp.log(x), -xp.exp(-1 + 0 * x)),),
        {"x": real(0, 5, open_low=True)},
        mpmath.exp(-1),
    ),
    "a small constant": (
        (lambda xp, x: (Fraction(1, 10**30) * (x**2 - 3) ** 2, 0 * x),),
        {"x": real(0, 3)},
        mpmath.sqrt(3),
    ),
    "a hypothesis": (
        (lambda xp, x: (x**3, xp.sqrt(xp.number(8)) + 0 * x), ">", [requires(lambda x: x * x >= 2, "")]),
        {"x": real(0, 3)},
        mpmath.sqrt(2),
    ),
    "an isolated value": (
        (lambda xp, x: (xp.where(x * x == 3, 1 + 0 * x, 0 * x), 0 * x), "<="),
        {"x": real(0, 3)},
        mpmath.sqrt(3),
    ),
    "an isolated equality": (
        (lambda xp, x: (xp.where(x * x == 3, 1 + 0 * x, 0 * x), 0 * x), "="),
        {"x": real(0, 3)},
        mpmath.sqrt(3),
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_claim_that_fails_at_one_irrational_point_is_not_supported(name) -> None:
    arguments, space, point = FALSE[name]
    found = hunted(*arguments, **space)
    assert found.counterexample is None
    assert found.evidence.outcome == "unverified"
    assert f"x = {mpmath.nstr(point, 8)}"[:10] in found.evidence.summary


TWO = {
    "a circle": lambda xp, x, y: ((x * x + y * y - 3) ** 2, 0 * x),
    "a point": lambda xp, x, y: ((x * x - 2) ** 2 + (y * y - 3) ** 2, 0 * x),
    "a line": lambda xp, x, y: (abs(x * x - 2 * y * y), 0 * x),
    "a curve": lambda xp, x, y: ((xp.exp(x) - y - 1) ** 2, 0 * x),
}


@pytest.mark.parametrize("name", TWO)
def test_the_same_in_two_variables(name) -> None:
    found = hunted(TWO[name], x=real(1, 2), y=real(Fraction(1, 2), 2))
    assert found.evidence.outcome in ("unverified", "violated")


def test_the_same_in_vectors_choices_and_integers() -> None:
    assert (
        hunted(
            lambda xp, v: ((xp.vecdot(v, v) - 3) ** 2, 0 * xp.vecdot(v, v)), v=vector(2, -3, 3)
        ).evidence.outcome
        == "unverified"
    )
    for kind in (choice(2, 4), integer(5, 8)):
        found = hunted(
            lambda xp, x, n: ((x * x - n) ** 2, 0 * x), x=real(Fraction(1, 2), Fraction(3, 2)), n=kind
        )
        assert found.evidence.outcome == ("unverified" if kind == choice(2, 4) else "not violated")


TRUE: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "at infinity": ((lambda xp, x: (xp.arctan(x), xp.pi / 2 + 0 * x), "<"), {"x": real()}),
    "far away": ((lambda xp, x: (xp.exp(-x), 0 * x),), {"x": real(0)}),
    "at an open end": ((lambda xp, x: (1 + x, xp.exp(x)), "<"), {"x": real(0, 1, open_low=True)}),
    "at an irrational strict end": (
        (lambda xp, x: (x * x, 2 + 0 * x), ">", [requires(lambda x: x * x > 2, "")]),
        {"x": real(0, 3)},
    ),
    "at a point that is excluded": (
        (lambda xp, x: ((x**2 - 2) ** 2, 0 * x), ">", [requires(lambda x: x * x != 2, "")]),
        {"x": real(0, 3)},
    ),
    "before a jump": (
        (lambda xp, x: (xp.where(x * x < 2, x * x, 0 * x), 2 + 0 * x), "<"),
        {"x": real(0, 3)},
    ),
    "small": ((lambda xp, x: ((xp.exp(x) - 2) ** 2 + Fraction(1, 10**12), 0 * x),), {"x": real(-3, 3)}),
    "smaller": ((lambda xp, x: ((xp.cos(x) - x) ** 2 + Fraction(1, 10**12), 0 * x),), {"x": real(-3, 3)}),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_gap_that_tends_to_zero_or_stays_small_is_no_violation(name) -> None:
    arguments, space = TRUE[name]
    assert hunted(*arguments, **space).evidence.outcome == "not violated"


def test_a_violation_on_a_tiny_interval_around_an_irrational_point_is_certified() -> None:
    found = hunted(lambda xp, x: ((xp.exp(x) - 2) ** 2, Fraction(1, 10**60) + 0 * x), ">=", x=real(0, 3))
    assert found.counterexample is None or abs(mpmath.exp(_x(found)) - 2) < 1e-30
    found = hunted(lambda xp, x: ((xp.exp(x) - 2) ** 2, Fraction(1, 10**60) + 0 * x), ">", x=real(0, 3))
    assert found.counterexample is not None
    with mpmath.workdps(200):
        assert (mpmath.exp(_x(found)) - 2) ** 2 <= mpmath.mpf(10) ** -60


def _x(found: HuntResult) -> Any:
    assert found.counterexample is not None
    value = Fraction(found.counterexample.instance["x"])
    return mpmath.mpf(value.numerator) / value.denominator


def test_what_is_evaluated_in_the_limit() -> None:
    strict = claim(lambda xp, x: ((x**2 - 2) ** 2, 0 * x), x=real(0, 3))
    with mpmath.workdps(120):
        near = Fraction(int(mpmath.sqrt(2) * 10**100), 10**100)
    assert fails_in_the_limit(strict, Instance({"x": near}))
    assert not fails_in_the_limit(strict, Instance({"x": near + Fraction(1, 10**20)}))
    outside = claim(lambda xp, x: (0 * x, 0 * x), x=real(2, 3))
    assert not fails_in_the_limit(outside, Instance({"x": near}))


@given(st.fractions(-(10**6), 10**6, max_denominator=10**6), st.integers(-5, 5))
def test_a_rational_limit_is_recognised(value, off) -> None:
    near = value + off * Fraction(1, 10**70)
    assert simplified(Instance({"x": (near,)}))["x"] == (value,)


@settings(max_examples=50)
@given(st.fractions(), st.fractions())
def test_nearly_equal_numbers(a, b) -> None:
    apart = abs(a - b) > Fraction(1, 10**60) * max(1, abs(a), abs(b))
    assert (NearlyEqual(a) == NearlyEqual(b)) == (not apart)
    assert (NearlyEqual(a) < NearlyEqual(b)) == (apart and a < b)
    assert NearlyEqual(a) == NearlyEqual(a + Fraction(1, 10**90))
    whole = round(a)
    assert NearlyEqual(whole - Fraction(1, 10**90)).floor() == whole
