"""Claims that a checker may well get wrong, each in a file of its own below `cases/`, with what it may answer."""

from __future__ import annotations

import pytest

from tests.soundness.outcomes import (
    CASES,
    ERROR,
    FOUND_FALSE,
    NEVER_PROVED,
    NEVER_REFUTED,
    judged_case,
)
from theorycheck.statement.loading import load_file

QUICK: list[tuple[str, str, set[str]]] = [
    ("where_equal", "where-equal/point", FOUND_FALSE),
    ("where_equal", "where-equal/excluded", FOUND_FALSE),
    ("where_equal", "where-equal/integer", FOUND_FALSE),
    ("python_control_flow", "control-flow/if", FOUND_FALSE),
    ("python_control_flow", "control-flow/parity", FOUND_FALSE),
    ("elementary_box", "elementary-box/large", FOUND_FALSE),
    ("elementary_box", "elementary-box/unit", FOUND_FALSE),
    ("elementary_box", "elementary-box/no-formula", NEVER_PROVED),
    ("rates_of_whole_numbers", "rates/choice", NEVER_REFUTED),
    ("rates_of_whole_numbers", "rates/dimension", NEVER_REFUTED),
    ("polyak_lojasiewicz", "polyak-lojasiewicz/strongly-convex", NEVER_REFUTED),
    ("open_bound_by_name", "open-bound/times-3", NEVER_REFUTED),
    ("open_bound_by_name", "open-bound/times-7", NEVER_REFUTED),
    ("integers_beyond_float64", "large-integers/above", NEVER_REFUTED | {ERROR}),
    ("int64_overflow", "overflow/fourth-powers", NEVER_REFUTED | {ERROR}),
    ("antiderivative_across_a_pole", "antiderivative/across", NEVER_PROVED),
    ("antiderivative_across_a_pole", "antiderivative/parameter", NEVER_PROVED),
    ("bound_index_declared_positive", "bound-index/plain", NEVER_PROVED),
    ("bound_index_declared_positive", "bound-index/weighted", NEVER_PROVED),
    ("empty_sums", "empty-sums/count", NEVER_PROVED),
    ("empty_sums", "empty-sums/backwards", NEVER_PROVED),
    ("gradient_of_jumping_samples", "jumping-samples/exchange", NEVER_PROVED),
    ("gradient_of_jumping_samples", "jumping-samples/segment", NEVER_PROVED),
    ("contrary_of_something_else", "something-else/exponential", NEVER_REFUTED | {ERROR}),
    ("contrary_of_something_else", "something-else/jensen", NEVER_REFUTED | {ERROR}),
    ("contrary_of_something_else", "something-else/stated", NEVER_REFUTED),
    ("negative_noise", "negative-noise/jensen", NEVER_REFUTED),
    ("negative_noise", "negative-noise/even", NEVER_REFUTED),
    ("presupposed", "presupposed/power", NEVER_PROVED),
    ("presupposed", "presupposed/root", NEVER_PROVED),
    ("presupposed", "presupposed/root-direct", NEVER_PROVED),
    ("presupposed", "presupposed/whole", NEVER_PROVED),
    ("presupposed", "presupposed/zero-base", NEVER_PROVED),
    ("presupposed", "presupposed/huge-power", NEVER_REFUTED),
    ("presupposed", "presupposed/plane-again", NEVER_REFUTED),
    ("presupposed", "presupposed/dimension-3", FOUND_FALSE),
    ("contrary_outside_the_claim", "outside/premise", NEVER_REFUTED | {"contested", ERROR}),
    ("contrary_outside_the_claim", "outside/instance", NEVER_REFUTED | {"contested", ERROR}),
    ("contrary_outside_the_claim", "outside/granted", NEVER_REFUTED | {"contested", ERROR}),
    ("conclusion_of_the_author", "author/arrays", NEVER_PROVED),
    ("conclusion_of_the_author", "author/equivalence", NEVER_PROVED),
    ("conclusion_of_the_author", "author/nothing", NEVER_PROVED),
    ("in_place_arithmetic", "in-place/midpoint", NEVER_REFUTED | {ERROR}),
    ("what_is_cited", "cited/refuted", {ERROR}),
    ("what_is_cited", "cited/nothing", {ERROR}),
    ("what_is_cited", "cited/itself", NEVER_PROVED),
    ("contradictory_hypotheses", "contradictory/no-formula", {ERROR}),
    ("contradictory_hypotheses", "contradictory/formula", {ERROR}),
    ("contradictory_sequences", "contradictory/sequences", NEVER_PROVED),
    ("complex_points", "complex-points/shift", NEVER_PROVED),
    ("own_family_wrong_constant", "own-family/descent", NEVER_REFUTED | {"contested", ERROR}),
    ("hypothesis_without_a_comparison", "no-comparison/order", {ERROR}),
    ("own_reason", "own-reason/appendix", NEVER_PROVED),
    ("strict_tie_at_the_end", "strict-tie/arcsine", FOUND_FALSE),
    ("contraction", "lemmas/contraction", {"proved"}),
    ("strong_cocoercivity", "lemmas/strong-cocoercivity", {"proved"}),
    ("polyak_step", "lemmas/polyak-step", {"proved"}),
    (
        "hoeffding_bernoulli",
        "lemmas/hoeffding-bernoulli",
        NEVER_REFUTED,
    ),  # true; ties inside are not proved yet
    ("pinsker", "lemmas/pinsker-binary", NEVER_REFUTED),
    ("exponential_quadratic", "lemmas/exponential-quadratic", NEVER_REFUTED),
    ("point_divided_by_zero", "lemmas/false-claim-proved", FOUND_FALSE),
    ("heavy_ball_piecewise", "lemmas/heavy-ball-piecewise", FOUND_FALSE),
    ("least_gradient", "lemmas/nonconvex-gradient-n1", {"supported", "proved"}),
    ("gaussian_fourth_moment", "lemmas/gaussian-fourth-moment-wrong", FOUND_FALSE),
]
"""File, claim, and the outcomes that are right at `--budget quick`."""

STANDARD: list[tuple[str, str, set[str]]] = [
    ("heavy_ball_forty_steps", "lemmas/heavy-ball-forty-steps", FOUND_FALSE),
    ("subgradient_step", "lemmas/subgradient-n1-sharper", FOUND_FALSE),
]
"""The same at `--budget standard`."""


@pytest.mark.parametrize(("file", "claim", "right"), QUICK, ids=[claim for _, claim, _ in QUICK])
def test_case(file: str, claim: str, right: set[str]) -> None:
    found = judged_case(file, claim)
    assert found.outcome in right, found


@pytest.mark.slow
@pytest.mark.parametrize(("file", "claim", "right"), STANDARD, ids=[claim for _, claim, _ in STANDARD])
def test_case_with_more_work(file: str, claim: str, right: set[str]) -> None:
    found = judged_case(file, claim, budget="standard")
    assert found.outcome in right, found


MAY_BE_MISSED = {
    "derivations/divisor": "not defined everywhere, which may be an error",
}
"""False attacks whose violation a search may miss: they are not to be proved."""


MAY_BE_REFUSED = {
    "sizes/true-harmonic": "1 / k of Python ints is a rounded float",
    "sizes/true-telescope": "1 / k of Python ints is a rounded float",
}
"""True attacks that are refused by an error which names the mend."""


def attacks() -> list[tuple[str, str, set[str]]]:
    """Every claim of the files `attack_*`: true where its label begins with "true"."""
    rows = []
    for path in sorted(CASES.glob("attack_*.py")):
        for claim in load_file(path):
            if claim.label.startswith("true"):
                right = NEVER_REFUTED | ({ERROR} if claim.id in MAY_BE_REFUSED else set())
            else:
                right = NEVER_PROVED if claim.id in MAY_BE_MISSED else FOUND_FALSE
            rows.append((path.stem, claim.id, right))
    return rows


@pytest.mark.parametrize(("file", "claim", "right"), attacks(), ids=[claim for _, claim, _ in attacks()])
def test_attack(file: str, claim: str, right: set[str]) -> None:
    found = judged_case(file, claim)
    assert found.outcome in right, found


def test_every_file_is_in_the_table() -> None:
    listed = {file for file, _, _ in QUICK + STANDARD + attacks()} | {"printed_proofs"}
    assert {path.stem for path in CASES.glob("*.py")} == listed


def test_a_false_printed_link_is_not_verified() -> None:
    assert "P1" in judged_case("printed_proofs", "printed/wrong-kernel").gaps


def test_a_printed_proof_that_ends_elsewhere_is_a_gap() -> None:
    assert judged_case("printed_proofs", "printed/elsewhere").gaps
