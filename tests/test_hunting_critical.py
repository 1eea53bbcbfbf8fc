"""Violations at single points, which no random search meets, are found; what holds there stays unrefuted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    function,
    integer,
    l_smooth,
    point,
    real,
    requires,
    vector,
)
from theorycheck.hunting.critical import critical_instances, replaced
from theorycheck.hunting.drawing import draw
from theorycheck.hunting.hunt import hunt
from theorycheck.settings import Settings
from theorycheck.terms.namespaces import numpy_namespace

QUICK = Settings(budget="quick")
XP = numpy_namespace()
rationals = st.builds(Fraction, st.integers(-(10**6), 10**6), st.integers(1, 10**4))


def claim(sides: Any, relation: str = "<=", hypotheses: Any = (), **space: Any) -> Claim:
    return Claim(
        id="test/critical",
        statement="",
        space=Space(**space),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


def candidates(tested: Claim) -> list[Any]:
    return list(critical_instances(tested, draw(tested, QUICK, XP)))


def one_where(condition: Callable[..., Any]) -> Callable[..., Any]:
    """1[condition] against 0."""

    def sides(xp: Any, x: Any) -> Any:
        zero = 0 * x
        return xp.where(condition(xp, x), 1 + zero, zero), zero

    return sides


@settings(deadline=None, max_examples=15, derandomize=True)
@given(rationals, rationals.filter(bool), st.fractions(-9, 9, max_denominator=7).filter(bool))
def test_a_rational_root_of_a_product_is_a_candidate(
    first: Fraction, rate: Fraction, second: Fraction
) -> None:
    def condition(xp: Any, x: Any) -> Any:
        return (xp.number(rate) * x - xp.number(first)) * (x - xp.number(second)) == 0

    values = {instance["x"] for instance in candidates(claim(one_where(condition), x=real()))}
    assert {first / rate, second} <= values


@settings(deadline=None, max_examples=15, derandomize=True)
@given(rationals, st.integers(1, 9), st.integers(1, 9))
def test_a_root_of_pieces_inside_pieces_is_a_candidate(centre: Fraction, a: int, b: int) -> None:
    """||x − c| − a| = b at c ± (a + b), and at c ± (a − b) where a ≥ b."""

    def condition(xp: Any, x: Any) -> Any:
        return abs(abs(x - xp.number(centre)) - a) == b

    values = {instance["x"] for instance in candidates(claim(one_where(condition), x=real()))}
    wanted = {a + b} | ({a - b} if a >= b else set())
    assert {centre + sign * offset for sign in (1, -1) for offset in wanted} <= values


@settings(deadline=None, max_examples=15, derandomize=True)
@given(rationals, st.integers(1, 50))
def test_integers_around_a_root_are_candidates(root: Fraction, factor: int) -> None:
    def sides(xp: Any, n: Any) -> Any:
        zero = 0 * n
        return xp.where(factor * n <= xp.number(root * factor), 1 + zero, zero), 2 + zero

    values = {instance["n"] for instance in candidates(claim(sides, n=integer(-(10**7), 10**7)))}
    assert {root.__floor__(), root.__floor__() + 1} <= values


def nested(xp: Any, x: Any) -> Any:
    return xp.maximum(abs(x - 1) - 2, x * x - 30) == 0


def thin(xp: Any, x: Any) -> Any:
    """An interval of width 1e-10 above an irrational number."""
    return (x * x > 2) & (x * x < 2 + xp.number(Fraction(1, 10**10)))


def removable(xp: Any, x: Any) -> Any:
    return xp.where(x == 1, 1 + 0 * x, x - 1), x - 1


def large(xp: Any, n: Any) -> Any:
    return xp.where(n == 2**70 + 3, 1 + 0 * n, 0 * n), 0 * n


def entry(xp: Any, x: Any) -> Any:
    return xp.where(x[:, 1] == xp.number(Fraction(17, 29)), 1 + 0 * x[:, 1], 0 * x[:, 1]), 0 * x[:, 1]


def two_numbers(xp: Any, x: Any, y: Any) -> Any:
    return xp.where((x * y == 6) & (x == 2), 1 + 0 * x, 0 * x), 0 * x


EDGE = requires(lambda b, y: (7 * b - 3) ** 2 * y >= (7 * b - 3) ** 2, r"$(7b-3)^2y \ge (7b-3)^2$")
FALSE: dict[str, Claim] = {
    "nested": claim(one_where(nested), x=real()),
    "thin": claim(one_where(thin), x=real()),
    "removable": claim(removable, "=", x=real()),
    "great integer": claim(large, n=integer(0, 2**80)),
    "great coefficient": claim(lambda xp, x: ((2**70 + 1) * x, 2**70 * x), x=real()),
    "entry": claim(entry, x=vector(2)),
    "two numbers": claim(two_numbers, x=real(), y=real()),
    "edge of a hypothesis": claim(lambda xp, b, y: (1 + 0 * y, y), "<=", [EDGE], b=real(), y=real()),
    "edge, sides not rational": claim(
        lambda xp, b, y: (xp.exp(1 + 0 * y), xp.exp(y)), "<=", [EDGE], b=real(), y=real()
    ),
    "edge, with functions": claim(
        lambda xp, y, v, L: (0 * y, (y - 1) * L * xp.vecdot(v, v)),
        "<=",
        [EDGE, l_smooth("f", "L")],
        d=dimension(1, 2),
        f=function(),
        b=real(),
        y=real(),
        v=point(),
        L=constant_of("f", "smoothness"),
    ),
    "beyond what is drawn": claim(lambda xp, x: (2 * x**2, x**3 / 10**6 + 10**30), x=real()),
    **{
        f"end {end}": claim(
            lambda xp, x, end=end: (x, xp.number(end) + 0 * x), "<", x=real(Fraction(1, 100), end)
        )
        for end in (Fraction(1, 3), Fraction(1, 10), Fraction(13, 30))
    },
}


@pytest.mark.parametrize("name", FALSE)
def test_it_is_found(name: str) -> None:
    result = hunt(FALSE[name], QUICK)
    assert result.evidence.outcome == "violated", result.evidence.summary


TRUE = {
    "no integer between": claim(
        lambda xp, n: (
            xp.where((7 * n >= 13701) & (7 * n <= 13704), 1 + 0 * n, 0 * n),
            0 * n,
        ),
        n=integer(0, 10**6),
    ),
    "open end": claim(
        lambda xp, x: (x, xp.number(Fraction(1, 3)) + 0 * x), "<", x=real(0, Fraction(1, 3), open_high=True)
    ),
    "edge": claim(
        lambda xp, b, y: ((7 * b - 3) ** 2, (7 * b - 3) ** 2 * y), "<=", [EDGE], b=real(), y=real()
    ),
    "empty": claim(one_where(lambda xp, x: (x > 2) & (x < 2)), x=real()),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_holds_is_not_refuted(name: str) -> None:
    assert hunt(TRUE[name], QUICK).counterexample is None


def test_a_tie_that_balls_cannot_part_leaves_a_strict_claim_open() -> None:
    tied = claim(lambda xp, x: (xp.sin(x) ** 2 + xp.cos(x) ** 2, 1 + xp.abs(x - 17)), "<", x=real())
    result = hunt(tied, QUICK)
    assert result.evidence.outcome == "unverified" and result.evidence.details["suspicions"]["undecided"] > 0


def test_candidates_lie_in_the_space_and_are_bounded() -> None:
    for tested in (*FALSE.values(), *TRUE.values()):
        found = candidates(tested)
        assert len(found) == len(set(found)) <= 800
        assert all(tested.space.admits(instance) for instance in found)  # type: ignore[union-attr]  # they have one


def test_a_formula_that_reads_nothing_exact_has_no_candidates() -> None:
    tested = claim(lambda xp, x: (xp.exp(x), xp.exp(x) + 1), x=real())
    assert all(instance["x"].denominator for instance in candidates(tested))


def test_replacing_an_entry() -> None:
    (first, *_) = candidates(FALSE["entry"])
    new = replaced(first, ("x", (1,)), Fraction(5))
    assert new["x"] == (first["x"][0], Fraction(5))


def test_a_range_of_one_number_is_no_interval() -> None:
    tested = claim(lambda xp, n, x: (x * n, x), "=", n=integer(1, 1), x=real())
    assert hunt(tested, QUICK).evidence.outcome == "not violated"
