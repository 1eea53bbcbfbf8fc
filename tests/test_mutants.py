"""Mutants: what the operators make and what becomes of them, wherever they are judged."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from tests.term_trees import trees, value
from theorycheck import (
    Claim,
    Space,
    choice,
    constant_of,
    dimension,
    function,
    l_smooth,
    point,
    real,
    requires,
)
from theorycheck.derivations import by_expansion, chain, consequence, derivation, eq, le, nonnegative_part
from theorycheck.errors import BudgetError
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.mutants import MutantVerdict, judge_mutant, markdown_table, mutants_of, mutate, run_mutants
from theorycheck.mutants.judging import judge_original
from theorycheck.mutants.places import places
from theorycheck.mutants.reading import terms_of
from theorycheck.mutants.table import summary
from theorycheck.mutants.wording import shown
from theorycheck.settings import Settings
from theorycheck.terms.changed import Changed
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nodes import node, substituted

QUICK = Settings("numpy", "quick", 0)
SCALE = 3


def means(xp, x, y):
    return 2 * x * y, x**2 + y**2


def loose(xp, x):
    return x**2, 8 * x**2 + 1


def prove_loose(s):
    return derivation(
        chain(
            s.left,
            le(s.right, consequence("squares", nonnegative_part(s.right - s.left))),
        )
    )


def jensen(xp, x, y):
    return ((x + y) / 2) ** 2, (x**2 + y**2) / 2


def nested(xp, x, y):
    def square(a):
        inner = a**2
        return inner

    shared = x - y
    first, second = square(shared), 4 * x * y
    total = 0 * x
    for part in range(2):
        total = total + (first if part else second)
    return shared**2, total if SCALE > 0 else total + 1


def with_closure(factor):
    def sides(xp, x):
        return abs(x), xp.number(factor) * abs(x) * SCALE

    return sides


def smoothing(xp, f, x, sigma, L, d):
    return abs(f.smoothed(x, sigma) - f(x)), L * d / 4 * sigma**2


def claim(sides, relation="<=", space=None, **more):
    return Claim(
        id=f"mutants/{sides.__name__.strip('<>').replace('_', '-')}",
        statement="",
        space=space or Space(x=real(), y=real()),
        sides=sides,
        relation=relation,
        expected="proved",
        **more,
    )


QUADRATICS = function(*(family for family in DEFAULT_FAMILIES if family.name == "quadratic"))


def smoothing_claim(**more):
    space = Space(d=dimension(1, 2), f=QUADRATICS, x=point(), sigma=real(0), L=constant_of("f", "smoothness"))
    return claim(smoothing, space=space, hypotheses=[l_smooth("f", "L")], **more)


def by_change(mutants):
    return {f"{mutant.operator} ({mutant.change})": mutant for mutant in mutants}


def values(mutant, **numbers):
    """Both sides of a mutant at exact numbers, in floats."""
    given = {name: np.asarray([float(number)]) for name, number in numbers.items()}
    return tuple(float(np.ravel(side)[0]) for side in mutant.claim.evaluate(numpy_namespace(), given))


# ---- the operators -----------------------------------------------------------------------------------------


def test_the_operators_change_one_thing_of_the_bound_each() -> None:
    mutants = by_change(mutants_of(claim(means)))
    assert set(mutants) == {
        "σ for σ² (x ** 2 → x in x ** 2 + y ** 2)",
        "exponent +1 (x ** 2 → x ** 3 in x ** 2 + y ** 2)",
        "σ for σ² (y ** 2 → y in x ** 2 + y ** 2)",
        "exponent +1 (y ** 2 → y ** 3 in x ** 2 + y ** 2)",
        "sign (+ y ** 2 → − y ** 2 in x ** 2 + y ** 2)",
        "term dropped (x ** 2 + y ** 2 → x ** 2)",
        "strict for weak (<= → <)",
    }
    assert values(mutants["exponent +1 (y ** 2 → y ** 3 in x ** 2 + y ** 2)"], x=2, y=3) == (12.0, 31.0)
    assert values(mutants["sign (+ y ** 2 → − y ** 2 in x ** 2 + y ** 2)"], x=2, y=3) == (12.0, -5.0)
    assert mutants["strict for weak (<= → <)"].claim.relation == "<"


def test_a_constant_is_changed_to_where_the_inequality_says_more() -> None:
    def bound(xp, x):
        return x, 4 * x / 2 - 6 / (x**2 + 1)

    upper = {m.change for m in mutants_of(claim(bound)) if m.operator.startswith("constant")}
    lower = {m.change for m in mutants_of(claim(bound, ">=")) if m.operator.startswith("constant")}
    both = {m.change for m in mutants_of(claim(bound, "=")) if m.operator.startswith("constant")}
    tighter = {"4 → 2 in 4 * x / 2", "6 → 12", "1 → 1 / 2"}
    assert {change.split(" in")[0] for change in upper} == {change.split(" in")[0] for change in tighter}
    assert {change.split(" in")[0] for change in lower} == {"4 → 8", "6 → 3", "1 → 2"}
    assert upper < both and lower < both


def test_a_negative_constant_is_changed_to_where_the_inequality_says_more() -> None:
    def bound(xp, x):
        return 0 * x, x**2 + 5 - 3 * (x**2 + -2 * x)

    found = {m.change.split(" in")[0] for m in mutants_of(claim(bound)) if m.operator.startswith("constant")}
    # −2 is in a term that is subtracted, so that there a larger value makes the bound smaller
    assert found == {"5 → 5 / 2", "3 → 6", "-2 → -1"}


def test_half_of_an_odd_constant_is_exact_in_balls() -> None:
    def bound(xp, x):
        return x, 3 * x

    (mutant,) = (m for m in mutants_of(claim(bound)) if m.operator == "constant ×½")
    third = np.asarray([ball_namespace().number(Fraction(1, 3))], dtype=object)
    (right,) = mutant.claim.evaluate(ball_namespace(), {"x": third})[1]
    assert right.arb.contains(0.5) and right.arb.rad() < 1e-15


def test_nested_functions_loops_and_conditions_leave_the_term_of_what_they_compute() -> None:
    mutants = by_change(mutants_of(claim(nested)))
    around = "in 0 * x + 4 * x * y + (x - y) ** 2"
    cubed = mutants[f"exponent +1 ((x - y) ** 2 → (x - y) ** 3 {around})"]
    # the left side has the same square; it stays as it is
    assert values(cubed, x=5, y=2) == (9.0, 67.0)
    halved = mutants[f"constant ×½ (4 → 2 {around})"]
    assert values(halved, x=5, y=2) == (9.0, 29.0)


def test_numbers_of_the_closure_and_the_module_are_constants() -> None:
    space = Space(x=real())
    mutants = by_change(mutants_of(claim(with_closure(Fraction(1, 2)), space=space)))
    half = mutants["constant ×½ (1 / 2 → 1 / 4 in 1 / 2 * abs(x) * 3)"]
    assert values(half, x=4) == (4.0, 3.0)
    # half of the number of the module says the same, so it is no second mutant
    assert not any("3 → 3 / 2" in change for change in mutants)
    original = claim(with_closure(Fraction(1, 2)), space=space)
    assert any("equivalent" in item.reason for item in mutate(original)[1])


def test_a_part_of_several_uses_is_changed_at_one_of_them() -> None:
    def twos(xp, x, y):
        return x * y, 2 * x**2 + 2 * y**2

    constants = [m for m in mutants_of(claim(twos)) if m.operator == "constant ×½"]
    assert sorted(values(mutant, x=1, y=2)[1] for mutant in constants) == [2 + 4, 1 + 8]


@settings(derandomize=True, deadline=None, max_examples=40)
@given(trees(("x", "y")))
def test_every_place_of_every_formula_is_changed_alone_and_reads_to_what_it_was_changed_to(tree) -> None:
    def sides(xp, x, y):
        return x * y, value(tree, xp, {"x": x, "y": y}, xp.number)

    original = claim(sides)
    (left, right), unrolled = terms_of(original)
    assert not unrolled
    for place in places(right):
        new = node("tanh", (place.item,), (), place.item.shape)
        old, made = place.replacement(new)
        (expected,) = substituted([right], {old: made})
        assert expected is not right
        mutated = Changed(sides, lambda a, b, old=old, made=made: (a, *substituted([b], {old: made})))
        assert replace(original, sides=mutated).formula.generic == (left, expected)
    for mutant in mutants_of(original):
        if mutant.claim.sides is not original.sides:
            assert terms_of(mutant.claim)[0] != (left, right)


def test_a_formula_that_is_read_size_by_size_is_changed_in_every_size() -> None:
    def powers(xp, x, n):
        return 0 * x, sum((3 * x ** (2 * k) for k in range(n)), 1 + 0 * x)

    original = claim(powers, space=Space(x=real(), n=choice(1, 2, 3)))
    assert original.formula.generic is None
    mutants = mutants_of(original)
    halved = [m for m in mutants if "3 → 3 / 2" in m.change]  # in the reading of n = 2: of x⁰ and of x²
    numpy = numpy_namespace()
    for mutant, terms in zip(halved, ((1.5, 12, 48), (3, 6, 48)), strict=True):
        found = [mutant.claim.evaluate(numpy, {"x": np.array([2.0]), "n": n})[1][0] for n in (1, 2, 3)]
        assert found == [1 + sum(terms[:n]) for n in (1, 2, 3)]
        assert judge_mutant(mutant, QUICK).outcome in ("hole", "still true")
    flipped = next(m for m in mutants if m.operator == "sign" and "x ** 2" in m.change)
    assert judge_mutant(flipped, QUICK).outcome == "killed"


def test_dimension_and_convention_and_hypothesis() -> None:
    mutants = by_change(mutants_of(smoothing_claim()))
    assert "√d for d (d → sqrt(d) in L * d / 4 * sigma ** 2)" in mutants
    assert "σ² for σ (L → L ** 2 in L * d / 4 * sigma ** 2)" in mutants
    convention = mutants["convention I for I/2 (√2·σ for σ on the left)"]
    assert "f.smoothed(x, sqrt(2) * sigma)" in shown(terms_of(convention.claim)[0][0])
    assert convention.equal is not None
    (left, right), _ = terms_of(convention.equal)
    assert "f.smoothed(x, sigma)" in shown(left) and "(sigma / sqrt(2)) ** 2" in shown(right)
    dropped = mutants["hypothesis dropped (no $f$ is $L$-smooth)"]
    assert not dropped.claim.hypotheses
    assert type(dropped.claim.space.domains["L"]).__name__ == "Real"  # else L would still be a constant of f


def test_the_other_gaussian_of_a_mean_has_twice_its_variance() -> None:
    def second_moment(xp, x, sigma, d):
        mean = xp.gaussian_mean(lambda u: xp.vecdot(x + xp.scale(sigma, u), x + xp.scale(sigma, u)), d, 2)
        return mean, xp.vecdot(x, x) + sigma**2 * d / 2

    original = claim(second_moment, "=", space=Space(d=dimension(1, 2), x=point(), sigma=real(0)))
    mutant = by_change(mutants_of(original))["convention I for I/2 (√2·u for u on the left)"]
    given_values = {"d": 2, "x": np.array([[3.0, 4.0]]), "sigma": np.array([2.0])}
    left, right = mutant.claim.evaluate(numpy_namespace(), given_values)
    assert (left[0], right[0]) == (pytest.approx(25 + 8), pytest.approx(25 + 4))


def test_a_strict_hypothesis_is_weakened() -> None:
    def quotient(xp, x, y):
        return 0 * x, xp.where(y == 0, -1, x**2)

    original = claim(quotient, hypotheses=[requires(lambda y: y > 0, "y > 0")])
    mutants = by_change(mutants_of(original))
    weak = mutants["hypothesis weakened (y > 0, or equal)"]
    assert judge_original(original, QUICK).outcome == "not refuted"
    assert judge_mutant(weak, QUICK).outcome == "killed"


def test_bounds_of_domains_are_hypotheses() -> None:
    space = Space(x=real(0), y=real("x", open_low=True), t=real(0, 1), p=real(2))

    def sides(xp, x, y, t, p):
        return t * x, y * p

    dropped = {m.change for m in mutants_of(claim(sides, space=space)) if m.operator == "hypothesis dropped"}
    assert dropped == {"no y > x", "no 0 ≤ t ≤ 1", "no p ≥ 2"}


def test_claims_that_are_not_recorded_as_true_have_no_mutants() -> None:
    refuted = Claim(
        id="mutants/refuted", statement="", space=Space(x=real()), sides=loose, expected="refuted"
    )
    assert mutants_of(refuted) == ()
    definition = Claim(
        id="mutants/d", statement="", kind="definition", implements=["math:sqrt"], expected="defined"
    )
    assert mutants_of(definition) == ()


def test_a_formula_that_cannot_be_read_is_named() -> None:
    def rounded(xp, x):
        return x, float(x)

    def three(xp, x):
        return x, x, x

    for sides, reason in ((rounded, "use those of xp"), (three, "the pair")):
        mutants, skipped = mutate(claim(sides, space=Space(x=real())))
        assert mutants == ()
        assert reason in skipped[0].reason


# ---- what becomes of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["σ for σ²", "exponent +1", "sign", "strict for weak"])
def test_mutants_of_the_inequality_of_means_are_killed(operator) -> None:
    mutant = next(mutant for mutant in mutants_of(claim(means)) if mutant.operator == operator)
    verdict = judge_mutant(mutant, QUICK)
    assert verdict.outcome == "killed"
    assert verdict.counterexample is not None


def test_halved_constants_of_sharp_inequalities_are_killed() -> None:
    mutants = by_change(mutants_of(claim(jensen)))
    verdict = judge_mutant(mutants["constant ×½ (2 → 4 in (x ** 2 + y ** 2) / 2)"], QUICK)
    assert verdict.outcome == "killed"
    assert '((x ** 2) + (y ** 2)) / number("4")' in verdict.counterexample.script


def test_a_reversed_inequality_is_killed_and_a_bound_from_below_is_raised() -> None:
    def reversed_jensen(xp, x, y):
        return (x**2 + y**2) / 2, ((x + y) / 2) ** 2

    mutants = by_change(mutants_of(claim(reversed_jensen, ">=")))
    assert judge_mutant(mutants["constant ×2 (2 → 1 in ((x + y) / 2) ** 2)"], QUICK).outcome == "killed"


def test_mutants_of_a_loose_bound_are_proved_still_true() -> None:
    mutants = by_change(mutants_of(claim(loose, space=Space(x=real()))))
    for change in ("constant ×½ (8 → 4 in 8 * x ** 2 + 1)", "constant ×½ (1 → 1 / 2 in 8 * x ** 2 + 1)"):
        verdict = judge_mutant(mutants[change], QUICK)
        assert verdict.outcome == "still true", verdict.reason
    # by how much: left/right comes near 1/8 in the printed bound, near 1/4 in the mutant
    half = judge_mutant(mutants["constant ×½ (8 → 4 in 8 * x ** 2 + 1)"], QUICK)
    assert half.original_sharpness.ratio == pytest.approx(1 / 8, rel=1e-3)  # the supremum is approached
    assert half.sharpness.ratio == pytest.approx(1 / 4, rel=1e-3)


def test_the_derivation_is_built_again_on_the_mutant() -> None:
    with_proof = claim(loose, space=Space(x=real()), derivation=prove_loose)
    mutants = by_change(mutants_of(with_proof))
    verdict = judge_mutant(mutants["constant ×½ (8 → 4 in 8 * x ** 2 + 1)"], QUICK)
    assert verdict.outcome == "still true"
    assert "derivation" in verdict.reason


def test_a_last_step_that_names_the_printed_bound_is_left_out() -> None:
    from theorycheck.mutants.proving import still_true
    from theorycheck.statement.loading import resolve

    (printed,) = resolve(["starnes2023/lemma-2.2b"])  # its proof gives L²η²d/2, then names κ
    mutants = {mutant.operator: mutant for mutant in mutants_of(printed)}
    assert "without its last step" in (still_true(mutants["√d for d"], QUICK) or "")
    assert still_true(mutants["hypothesis dropped"], QUICK) is None


def test_a_hypothesis_that_is_needed_is_missed_and_one_that_is_not_is_proved_superfluous() -> None:
    def product(xp, x, y):
        return 0 * x, x * y

    needed = claim(
        product,
        space=Space(x=real(0), y=real()),
        hypotheses=[requires(lambda y: y >= 0, "y >= 0")],
    )
    dropped = next(m for m in mutants_of(needed) if m.operator == "hypothesis dropped")
    assert judge_mutant(dropped, QUICK).outcome == "killed"

    superfluous = claim(loose, space=Space(x=real()), hypotheses=[requires(lambda x: x >= 0, "x >= 0")])
    dropped = next(m for m in mutants_of(superfluous) if m.operator == "hypothesis dropped")
    assert judge_mutant(dropped, QUICK).outcome == "still true"


def test_a_proof_that_is_accepted_for_a_refuted_mutant_is_a_contradiction() -> None:
    class Gullible:
        text = "believe me"

        def check(self, link, claim):
            from theorycheck.derivations import LinkResult

            return LinkResult("verified", "none", "accepted unseen")

    believed = claim(
        means,
        derivation=lambda s: derivation(chain(s.left, le(s.right, Gullible()))),
    )
    mutant = next(m for m in mutants_of(believed) if m.operator == "sign")
    assert judge_mutant(mutant, QUICK).outcome == "contradiction"


def test_a_change_that_makes_no_formula_is_skipped() -> None:
    """It must not end the run."""

    def sides(xp, x, y):
        return x * y, (x**2 + y**2) / 2

    def broken(xp, x, y):
        return (x * y).sum(axis=0.5), x

    mutant = next(iter(mutants_of(claim(sides))))
    verdict = judge_mutant(replace(mutant, claim=replace(mutant.claim, sides=broken)), QUICK)
    assert verdict.outcome == "skipped"
    assert "stands where an integer is needed" in verdict.reason


def test_a_formula_without_value_is_skipped() -> None:
    def root(xp, x):
        return 0 * x, xp.sqrt(x**2 + 1)

    mutants = by_change(mutants_of(claim(root, space=Space(x=real()))))
    verdict = judge_mutant(mutants["sign (+ 1 → − 1 in sqrt(x ** 2 + 1))"], QUICK)
    assert verdict.outcome == "skipped"


def test_constants_of_an_identity_are_changed_both_ways() -> None:
    def square(xp, x, y):
        return (x + y) ** 2, x**2 + 2 * x * y + y**2

    identity = claim(
        square, "=", derivation=lambda s: derivation(chain(s.left, eq(s.right, by_expansion("expand"))))
    )
    mutants = mutants_of(identity)
    assert {m.operator for m in mutants} >= {"constant ×½", "constant ×2", "sign", "exponent +1"}
    changed = [m for m in mutants if m.operator.startswith("constant")]
    assert [judge_mutant(mutant, QUICK).outcome for mutant in changed] == ["killed", "killed"]


@pytest.mark.parametrize("sides, space", [(means, None), (jensen, None), (loose, Space(x=real()))])
def test_true_claims_are_not_refuted(sides, space) -> None:
    assert judge_original(claim(sides, space=space), QUICK).outcome == "not refuted"


def test_a_smoothing_bound_is_not_refuted_and_its_sharp_constants_are_killed() -> None:
    original = smoothing_claim()
    assert judge_original(original, QUICK).outcome == "not refuted"
    mutants = by_change(mutants_of(original))
    for change in (
        "√d for d (d → sqrt(d) in L * d / 4 * sigma ** 2)",
        "convention I for I/2 (√2·σ for σ on the left)",
    ):
        assert judge_mutant(mutants[change], QUICK).outcome == "killed"


# ---- many of them ------------------------------------------------------------------------------------------

FILE = """
from theorycheck import Claim, Space, real


def sides(xp, x):
    return x, abs(x)


means = Claim(id="mine/means", statement="", space=Space(x=real()), sides=sides, expected="proved")
"""


def _plain(verdicts):
    return [verdict.to_dict() for verdict in verdicts]


def test_results_do_not_depend_on_the_number_of_workers(tmp_path) -> None:
    from theorycheck.statement.loading import load_file

    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    claims = load_file(path)
    told: list[MutantVerdict] = []
    alone = run_mutants(claims, QUICK, progress=told.append)
    assert _plain(alone) == _plain(told)
    assert _plain(run_mutants(claims, QUICK, workers=2)) == _plain(alone)
    assert alone[0].operator == "none" and alone[0].outcome == "not refuted"


def test_claims_that_share_a_formula_are_mutated_once() -> None:
    import dataclasses

    first = claim(with_closure(2), space=Space(x=real()))
    second = dataclasses.replace(claim(with_closure(5), space=Space(x=real())), id="mutants/other")
    results = run_mutants([first, second], QUICK)
    assert {result.original for result in results if result.operator != "none"} == {first.id}
    assert [result.outcome for result in results if result.operator == "none"] == ["not refuted"] * 2


def test_no_worker_is_refused() -> None:
    with pytest.raises(BudgetError, match="at least one worker"):
        run_mutants([], QUICK, workers=0)


def test_the_table_counts_every_mutant_once() -> None:
    results = [
        MutantVerdict("a / none", "none", "p/a", "not refuted", "fine"),
        MutantVerdict("a / sign (x | y)", "sign", "p/a", "killed", "left 1, right 0"),
        MutantVerdict("a / sign (z)", "sign", "p/a", "still true", "proved"),
        MutantVerdict("a / constant", "constant ×½", "p/a", "hole", "nothing found"),
        MutantVerdict("a / other", "constant ×½", "p/a", "skipped", "equivalent"),
    ]
    table = markdown_table(results)
    assert "| sign | 2 | 1 | 1 | 0 | 0 | 0 |" in table
    assert "| all | 3 | 1 | 1 | 1 | 0 | 1 |" in table
    assert "x \\| y" in table
    assert summary(results).startswith("3 mutants of 1 true claims: 1 killed, 1 still true (proved), 1 holes")


def test_the_command_prints_the_table_and_writes_the_page(tmp_path) -> None:
    from click.testing import CliRunner

    from theorycheck.cli import main

    path, page = tmp_path / "mine.py", tmp_path / "mutants.md"
    path.write_text(FILE.replace("mine/means", "mine/other"), encoding="utf-8")
    arguments = ["mutants", str(path), "--budget", "quick", "--workers", "1", "--markdown", str(page)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "2 mutants of 1 true claims: 2 killed" in result.output
    assert "| strict for weak | 1 | 1 | 0 | 0 | 0 | 0 |" in page.read_text(encoding="utf-8")
    path.write_text(FILE.replace("proved", "refuted").replace("mine/means", "mine/third"), encoding="utf-8")
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "recorded as true" in result.output
