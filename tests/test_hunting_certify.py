"""Certification concludes only from what is certain."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError, FormulaError, TraceError
from theorycheck.functions import DEFAULT_FAMILIES, finite_sum, function
from theorycheck.hunting import certify, demonstrate, hunt
from theorycheck.settings import Settings
from theorycheck.spaces import FunctionInstance, Instance, Space, point, real
from theorycheck.statement.claims import Claim, Refutation, requires
from theorycheck.statement.properties import l_smooth, minimises

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


BY_NAME = {family.name: family for family in DEFAULT_FAMILIES}
ZERO, ONE = Fraction(0), Fraction(1)


MIXTURE = FunctionInstance(
    "gaussian-mixture",
    1,
    {
        "amplitudes": (ONE, ONE, -ONE),
        "widths": (ONE, ONE, ONE),
        "centres": ((ZERO,), (Fraction(9),), (Fraction(99),)),
    },
)
"""The bumps hardly overlap: the infimum is −1, the smallest L is 6, but what is known are the sums −1 and 12."""


def test_an_instance_outside_its_space_is_no_counterexample() -> None:
    false = Claim(
        id="t/c", statement="", space=Space(a=real(0, 1), b=real("a")), sides=lambda xp, a, b: (b, a)
    )
    assert certify(false, Instance({"a": ZERO, "b": ONE}), 256).violated
    for forged in (
        {"a": Fraction(2), "b": Fraction(3)},
        {"a": ONE, "b": ZERO},
        {"a": ZERO},
        {"a": 0.5, "b": 1},
    ):
        assert certify(false, Instance(forged), 256).outcome == "inadmissible"


@pytest.mark.parametrize(
    "condition", [lambda a, b: a - b, lambda a, b: 1, lambda a, b: [], lambda a, b: "yes"]
)
def test_a_hypothesis_that_is_no_comparison_is_an_error(condition: Any) -> None:
    false = claim(lambda xp, a, b: (a, b), "<=", [requires(condition, "a > b")])
    with pytest.raises((ClaimError, TraceError), match=r"must be a comparison|is no (array|number)"):
        certify(false, Instance({"a": ONE, "b": ZERO}), 256)
    if condition(ONE, ZERO) != "yes":
        with pytest.raises(
            (ClaimError, FormulaError, TraceError), match=r"comparison|truth value|is no array"
        ):
            hunt(false, Settings(budget="quick"))


def test_a_bound_is_not_read_as_the_best_constant() -> None:
    space = Space(f=function(BY_NAME["gaussian-mixture"]), x=point())
    instance = Instance({"f": MIXTURE, "x": (Fraction(99),)})
    for name, what in (("lower_bound", "the infimum"), ("smoothness", "the smallest constant")):
        read = Claim(
            id="t/c",
            statement="",
            space=space,
            sides=lambda xp, f, x, name=name: (1 + abs(f(x)) + abs(getattr(f, name)), 0 * f(x)),
        )
        result = certify(read, instance, 256)
        assert result.outcome == "undecided" and result.only_bounds
        assert result.reason == f"{name} of gaussian-mixture is a bound here, not {what}"


def test_a_formula_of_bounds_alone_is_judged_nowhere() -> None:
    sums = finite_sum((2,), BY_NAME["quadratic"])
    nowhere = Claim(
        id="t/c", statement="", space=Space(f=sums), sides=lambda xp, f: (f.smoothness, 0 * f.smoothness)
    )
    evidence = hunt(nowhere, Settings(budget="quick")).evidence
    assert evidence.outcome == "unverified" and evidence.details["admissible"] == 0
    assert "smoothness of 2-quadratic is a bound here" in evidence.summary


def test_a_hypothesis_uses_bounds_in_the_sound_direction_only() -> None:
    space = Space(f=function(BY_NAME["gaussian-mixture"]), L=real(0))
    false = Claim(
        id="t/c",
        statement="",
        space=space,
        hypotheses=[l_smooth("f", "L")],
        sides=lambda xp, f, L: (L, 0 * L - 1),
    )
    assert certify(false, Instance({"f": MIXTURE, "L": Fraction(12)}), 256).violated
    result = certify(false, Instance({"f": MIXTURE, "L": Fraction(11)}), 256)
    assert result.outcome == "undecided" and result.only_bounds


def test_the_minimiser_must_be_drawn_as_one() -> None:
    quadratic = finite_sum((1,), BY_NAME["convex-quadratic"], tilted=True)
    space = Space(f=quadratic, c=point(), x=point())
    false = Claim(
        id="t/c",
        statement="",
        space=space,
        hypotheses=[minimises("f", "c")],
        sides=lambda xp, f, c, x: (f(c), f(x)),
    )
    instance = next(iter(example(space, seed) for seed in range(1)))
    with pytest.raises(ClaimError, match="declare c=minimiser_of"):
        certify(false, instance, 256)


def example(space: Space, seed: int) -> Instance:
    stratum = space.strata()[0]
    return space.instance(stratum, np.random.default_rng(seed).random(space.width(stratum)))


def test_a_tie_that_nothing_decides_leaves_a_strict_claim_open() -> None:
    tie = claim(lambda xp, a, b: (xp.exp(a) * 0 + xp.exp(xp.exp(1 + 0 * a)), xp.exp(xp.exp(1 + 0 * a))), "<")
    assert hunt(tie, Settings(budget="quick")).evidence.outcome == "unverified"
    weak = claim(lambda xp, a, b: (xp.exp(xp.exp(1 + 0 * a)), xp.exp(xp.exp(1 + 0 * a))), "<=")
    assert hunt(weak, Settings(budget="quick")).evidence.outcome == "not violated"


def test_the_number_said_is_that_of_admissible_instances() -> None:
    half = claim(lambda xp, a, b: (a, a + 1), "<=", [requires(lambda a, b: a > b, "a > b")])
    evidence = hunt(half, Settings(budget="quick")).evidence
    assert 0 < evidence.details["admissible"] < evidence.details["drawn"]
    assert (
        f"{evidence.details['admissible']:,}".replace(",", " ") + " admissible instances" in evidence.summary
    )


def test_a_demonstration_lies_in_the_space() -> None:
    def shown(instance: dict[str, Any]) -> str:
        refutation = Refutation(lambda s: None, "", lambda xp, a, b: (a, b), "<=", instance)
        false = Claim(
            id="t/c",
            statement="",
            space=Space(a=real(0, 1), b=real()),
            hypotheses=[requires(lambda b: b >= 0, "b >= 0")],
            sides=lambda xp, a, b: (a, b),
            refutation=refutation,
        )
        return demonstrate(false, Settings())[0].outcome

    assert shown({"a": ONE, "b": ZERO}) == "violated"
    assert shown({"a": Fraction(2), "b": ZERO}) == "unverified"
    assert shown({"a": ONE, "b": Fraction(-1)}) == "unverified"
