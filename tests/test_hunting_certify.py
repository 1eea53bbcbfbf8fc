"""Certification concludes only from what is certain."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import FormulaError
from theorycheck.hunting import certify, demonstrate
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, Space, real
from theorycheck.statement.claims import Claim, Refutation, requires

rationals = st.fractions(-9, 9, max_denominator=30)


def claim(sides: Any, relation: str, hypotheses: Any = ()) -> Claim:
    space = Space(a=real(), b=real())
    return Claim(id="t/c", statement="", space=space, sides=sides, relation=relation, hypotheses=hypotheses)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(a=rationals, b=rationals, relation=st.sampled_from(["<=", "<", ">=", ">", "="]))
def test_rational_comparisons_are_decided_as_fractions_decide_them(
    a: Fraction, b: Fraction, relation: str
) -> None:
    result = certify(claim(lambda xp, a, b: (a * 3, b + 2 * b), relation), Instance({"a": a, "b": b}), 256)
    holds = {"<=": a <= b, "<": a < b, ">=": a >= b, ">": a > b, "=": a == b}[relation]
    assert result.outcome == ("holds" if holds else "violated")


def test_equality_of_thirds_violates_a_strict_relation() -> None:
    strict = claim(lambda xp, a, b: (a + a + a, b), "<")
    result = certify(strict, Instance({"a": Fraction(1, 3), "b": Fraction(1)}), 256)
    assert result.violated and result.reason == "decided in exact numbers"


def test_equality_of_irrationals_stays_undecided_and_is_negligible() -> None:
    root = claim(lambda xp, a, b: (xp.sqrt(a) * xp.sqrt(b), xp.sqrt(a * b)), "<")
    result = certify(root, Instance({"a": Fraction(2), "b": Fraction(3)}), 4096)
    assert result.outcome == "undecided" and result.negligible and result.bits <= 1024


def test_precision_rises_until_a_tiny_violation_shows() -> None:
    tiny = claim(lambda xp, a, b: (xp.exp(a), xp.exp(a) * (1 - b)), "<=")
    result = certify(tiny, Instance({"a": Fraction(1), "b": Fraction(1, 10**40)}), 1024)
    assert result.violated and result.bits > 128
    assert certify(tiny, Instance({"a": Fraction(1), "b": Fraction(1, 10**40)}), 64).outcome == "undecided"


def test_hypotheses_are_certified_as_well() -> None:
    false = claim(lambda xp, a, b: (a, b), "<=", [requires(lambda a: a * a <= 2, "a^2 <= 2")])
    assert certify(false, Instance({"a": Fraction(1), "b": Fraction(0)}), 256).violated
    assert certify(false, Instance({"a": Fraction(2), "b": Fraction(0)}), 256).outcome == "inadmissible"
    root = claim(lambda xp, a, b: (a, b), "<=", [requires(lambda xp, a: xp.sqrt(a) ** 2 * 3 <= 3 * a, "…")])
    assert certify(root, Instance({"a": Fraction(2), "b": Fraction(0)}), 256).outcome == "undecided"


def test_a_formula_outside_ball_arithmetic_is_undecided() -> None:
    inverse = claim(lambda xp, a, b: (xp.linalg.inv(a[:, None, None])[:, 0, 0], b), "<=")
    result = certify(inverse, Instance({"a": Fraction(1), "b": Fraction(0)}), 256)
    assert result.outcome == "undecided" and "leaves ball arithmetic" in result.reason


def test_a_short_float_is_its_decimal() -> None:
    # 0.1 is 1/10: 3 · 0.1 against 0.3 is a tie, and no binary rounding makes it a violation
    decimal = claim(lambda xp, a, b: (0.1 * a, 0.3 * b), "<=")
    assert certify(decimal, Instance({"a": Fraction(3), "b": Fraction(1)}), 4096).outcome == "holds"


def refuted(sides: Any, relation: str, **instance: Any) -> Claim:
    refutation = Refutation(lambda symbols: None, "because", sides, relation, instance)  # type: ignore[arg-type, return-value]  # no derivation is needed here
    return Claim(id="t/r", statement="", refutation=refutation)


def test_a_demonstration_is_certified() -> None:
    evidence, counterexample = demonstrate(
        refuted(lambda xp, x, s: (xp.norm(x), s), "<=", x=(Fraction(3), Fraction(4)), s=Fraction(9, 2)),
        Settings(budget="quick"),
    )
    assert evidence.kind == "demonstration" and evidence.outcome == "violated" and counterexample is not None
    assert counterexample.instance == {"x": ["3", "4"], "s": "9/2"}


def test_a_demonstration_that_holds_shows_nothing() -> None:
    evidence, counterexample = demonstrate(
        refuted(lambda xp, s: (s, s + 1), "<=", s=Fraction(1)), Settings(budget="quick")
    )
    assert evidence.outcome == "unverified" and counterexample is None
    with pytest.raises(FormulaError, match="lacks s"):
        demonstrate(refuted(lambda xp, s: (s, s), "<=", t=1), Settings(budget="quick"))
