"""Which status the evidence allows: each only when it may be said, and nothing stronger."""

import dataclasses
import importlib
import itertools
from fractions import Fraction

import pytest

from theorycheck import Claim, Space, check, function, granted, point, real
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    hypothesis,
    le,
    nonnegative_part,
)
from theorycheck.errors import ClaimError
from theorycheck.judging import Finding, conclude, plan, run_check
from theorycheck.settings import Settings
from theorycheck.statement.claims import Experiment, Observation, Refutation
from theorycheck.statement.grounds import RestsOn
from theorycheck.statement.verdicts import OUTCOMES, Counterexample, Evidence, ProofGap

QUICK = Settings(budget="quick")
HUNT = importlib.import_module("theorycheck.hunting.hunt")  # the package has a function of that name
EXAMPLE = Counterexample({"t": "1"}, "1", "0", "<=", 64, "print()")


def sides(xp, t):
    return -t, t


def claim(**changes):
    return Claim(
        **{"id": "mine/lemma", "statement": "a claim", "space": Space(t=real(0)), "sides": sides, **changes}
    )


DERIVED = claim(derivation=lambda s: None)
PLAIN = claim()
DEFINED = Claim(id="mine/definition", statement="a definition", kind="definition", implements=["math:sqrt"])
REFUTING = claim(
    sides=None, space=None, refutation=Refutation(lambda s: None, "it is contradicted", sides=sides)
)
BARE_REFUTING = claim(sides=None, space=None, refutation=Refutation(lambda s: None, "it is contradicted"))


def status(a_claim, *evidence, counterexample=None):
    findings = [Finding(item) for item in evidence]
    if counterexample is not None:
        findings.append(Finding(Evidence("hunt", "hunt", "violated", "found"), counterexample=counterexample))
    return conclude(a_claim, QUICK, findings, 0.0).status


def link(outcome="verified", name="link 1"):
    return Evidence("link", name, outcome, "a link")


def conclusion(outcome="verified"):
    return Evidence("conclusion", "conclusion", outcome, "the end")


def hunt(outcome="not violated"):
    return Evidence("hunt", "hunt", outcome, "a hunt")


def direct(outcome="verified", scope="all"):
    return Evidence("direct proof", "direct proof", outcome, "directly", {"scope": scope})


def contrary(outcome="verified"):
    return Evidence("contrary link", "contrary link 1", outcome, "a contrary link")


def contrary_end(outcome="verified", *grounds):
    details = {"rests_on": [ground.to_dict() for ground in grounds]}
    return Evidence("contrary conclusion", "contrary conclusion", outcome, "the end", details)


def admissible(outcome="verified"):
    return Evidence("admissible instance", "admissible instance", outcome, "an instance")


OWN = RestsOn("own conclusion", "$0 \\le 1$")


def demonstration(outcome="violated"):
    return Evidence("demonstration", "demonstration", outcome, "a demonstration")


def reading(found):
    return Evidence("reading", "reading a", "implemented", found, {"status": found})


OTHERS = sorted(set(OUTCOMES) - {"verified"})

# ---- proved ----------------------------------------------------------------------------------------------------


def test_proved():
    assert status(DERIVED, link(), conclusion()) == "proved"
    assert status(DERIVED, link(), link(name="link 2"), conclusion(), hunt()) == "proved"
    assert status(DERIVED, link(), conclusion(), hunt("unverified")) == "proved"
    assert status(PLAIN, direct(), hunt()) == "proved"


@pytest.mark.parametrize("outcome", OTHERS)
def test_one_link_that_is_not_verified_is_no_proof(outcome):
    assert status(DERIVED, link(), link(outcome, "link 2"), conclusion(), hunt()) == "supported"
    assert status(DERIVED, link(), conclusion(outcome), hunt()) == "supported"
    assert status(DERIVED, link(outcome), conclusion()) == "inconclusive"
    assert status(PLAIN, direct(outcome), hunt()) == "supported"


def test_a_proof_needs_links_and_a_conclusion():
    assert status(DERIVED, link(), hunt()) == "supported", "links that end somewhere else prove nothing"
    assert status(DERIVED, conclusion(), hunt()) == "supported"
    assert status(DERIVED, conclusion()) == "inconclusive"
    assert status(PLAIN, link(), conclusion(), hunt()) == "supported", "the claim has no derivation"


def test_links_of_the_printed_proof_prove_nothing():
    printed = Evidence("printed link", "printed link L1", "verified", "as printed")
    assert status(DERIVED, printed, hunt()) == "supported"
    assert status(PLAIN, printed) == "inconclusive"


# ---- certified, supported, inconclusive, defined -----------------------------------------------------------------


def test_certified():
    assert status(PLAIN, direct(scope="box"), hunt()) == "certified"
    assert status(PLAIN, direct(scope=""), hunt()) == "supported"


def test_supported():
    assert status(PLAIN, hunt()) == "supported"
    for outcome in ("unverified", "failed", "violated", "verified", "implemented"):
        assert status(PLAIN, hunt(outcome)) == "inconclusive"


def experiment(outcome="agrees", name="experiment runs"):
    return Evidence("experiment", name, outcome, "many runs")


MEASURED = Claim(
    id="mine/limit",
    statement="a limit",
    kind="convergence",
    experiments=[Experiment("runs", "the mean is near 0", lambda xp, generator, effort: None)],
)


def test_experiments_support_and_nothing_more():
    assert status(MEASURED, experiment()) == "supported"
    assert status(MEASURED, experiment(), experiment("undecided", "experiment two")) == "inconclusive"
    assert status(MEASURED, experiment(), experiment("disagrees", "experiment two")) == "inconclusive"
    assert status(PLAIN, hunt(), experiment("disagrees")) == "inconclusive"
    assert status(PLAIN, hunt(), experiment()) == "supported"
    assert status(DERIVED, link(), conclusion(), hunt(), experiment()) == "proved"
    assert status(DERIVED, link(), conclusion(), hunt(), experiment("disagrees")) == "inconclusive"
    reported = dataclasses.replace(MEASURED, kind="experiment")
    assert status(reported, experiment("disagrees")) == "contested", "a measurement certifies nothing"
    assert status(reported, experiment("undecided")) == "inconclusive"


GRANTING = claim(
    derivation=lambda s: None, hypotheses=[granted(lambda t: t >= 0, r"$t \\ge 0$", "a used claim")]
)
GRANTING_PLAIN = claim(hypotheses=[granted(lambda t: t >= 0, r"$t \\ge 0$", "a used claim")])


def test_a_proof_that_grants_steps_is_conditional():
    assert status(GRANTING, link(), conclusion(), hunt()) == "conditional"
    assert status(GRANTING, link(), conclusion()) == "conditional"
    assert status(GRANTING, link(), conclusion(), hunt(), experiment("disagrees")) == "inconclusive"
    assert status(GRANTING_PLAIN, hunt(), direct()) == "conditional"
    assert status(GRANTING_PLAIN, hunt(), direct(scope="box")) == "conditional"
    assert status(GRANTING_PLAIN, hunt()) == "supported"
    assert status(GRANTING, hunt("violated"), counterexample=EXAMPLE) == "contested", "free letters"
    findings = [Finding(item) for item in (link(), conclusion(), hunt())]
    verdict = conclude(GRANTING, QUICK, findings, 0.0)
    assert "but it rests on granted: $t" in verdict.reason
    assert [ground.kind for ground in verdict.rests_on] == ["granted"]


def test_granted_steps_are_facts_of_a_derivation():
    step = granted(lambda a, b: a <= b, r"$a \\le b$", "a used claim")
    chained = Claim(
        id="mine/granted",
        statement="a <= b + 1",
        space=Space(a=real(), b=real()),
        hypotheses=[step],
        sides=lambda xp, a, b: (a, b + 1),
        derivation=lambda s: derivation(
            chain(
                s.left, le(s.right, consequence("granted", hypothesis(s.assume(step)), nonnegative_part(1)))
            )
        ),
    )
    verdict = check(chained, budget="quick")
    assert all(item.outcome != "unverified" for item in verdict.evidence)
    assert verdict.status == "conditional"


def test_an_experiment_gets_its_own_stream_and_effort():
    seen = []

    def run(xp, generator, effort):
        seen.append((xp.name, effort, float(generator.uniform())))
        return Observation("agrees", "seen", {"effort": effort})

    two = [Experiment(name, "always", run) for name in ("one", "two")]
    limit = dataclasses.replace(MEASURED, experiments=two)
    for budget in ("quick", "quick", "standard"):
        verdict = check(limit, budget=budget)
    assert verdict.status == "supported"
    assert verdict.evidence[0].details["criterion"] == "always"
    assert [effort for _, effort, _ in seen] == [1, 1, 1, 1, 10, 10]
    assert seen[0] == seen[2] and seen[1] == seen[3] and seen[0] != seen[1]


def test_an_experiment_must_answer():
    bad = dataclasses.replace(
        MEASURED, experiments=[Experiment("runs", "", lambda xp, generator, effort: Observation("maybe", ""))]
    )
    with pytest.raises(ClaimError, match="mine/limit: the experiment runs comes back with 'maybe'"):
        check(bad)


def test_inconclusive():
    assert status(PLAIN) == "inconclusive"
    assert status(DERIVED) == "inconclusive"


def test_defined():
    implemented = Evidence("implementation", "implementation", "implemented", "there")
    assert status(DEFINED, implemented) == "defined"
    assert status(DEFINED) == "inconclusive"
    assert status(PLAIN, implemented) == "inconclusive", "an inequality is no definition"
    assert (
        status(claim(kind="definition"), implemented, hunt("unverified"), counterexample=EXAMPLE) == "refuted"
    )


# ---- refuted ---------------------------------------------------------------------------------------------------


def test_refuted_by_a_counterexample():
    assert status(PLAIN, counterexample=EXAMPLE) == "refuted"
    assert status(PLAIN, direct("unverified"), counterexample=EXAMPLE) == "refuted"
    assert status(DERIVED, link("failed"), conclusion(), counterexample=EXAMPLE) == "refuted"
    assert status(PLAIN, hunt("violated")) == "inconclusive", "without the counterexample itself"


def test_a_contrary_that_only_its_author_compares_is_contested():
    assert status(REFUTING, contrary(), contrary_end("verified", OWN), demonstration()) == "contested"
    assert status(BARE_REFUTING, contrary(), contrary_end("verified", OWN), admissible()) == "contested"


def test_refuted_by_the_negation_of_the_formula():
    assert status(BARE_REFUTING, contrary(), contrary_end(), admissible()) == "refuted"
    assert status(BARE_REFUTING, contrary(), contrary_end()) == "contested", "perhaps there is no instance"
    assert status(BARE_REFUTING, contrary(), contrary_end(), admissible("unverified")) == "contested"


def test_the_contrary_needs_every_link_its_end_and_its_demonstration():
    assert status(REFUTING, contrary(), contrary_end()) == "inconclusive", "the demonstration is missing"
    assert status(REFUTING, demonstration()) == "inconclusive"
    assert status(BARE_REFUTING, contrary()) == "inconclusive", "it ends nowhere"
    for outcome in OTHERS:
        rest = (contrary_end(), demonstration())
        assert status(REFUTING, contrary(), contrary(outcome), *rest) == "inconclusive"
        assert status(BARE_REFUTING, contrary(outcome), contrary_end()) == "inconclusive"
        assert status(BARE_REFUTING, contrary(), contrary_end(outcome)) == "inconclusive"
    for outcome in sorted(set(OUTCOMES) - {"violated"}):
        assert status(REFUTING, contrary(), contrary_end(), demonstration(outcome)) == "inconclusive"


def test_proof_and_counterexample_contradict_each_other():
    both = conclude(
        DERIVED,
        QUICK,
        [Finding(link()), Finding(conclusion()), Finding(hunt("violated"), counterexample=EXAMPLE)],
        0.0,
    )
    assert both.status == "inconclusive" and "contradict" in both.reason
    assert status(PLAIN, direct(), counterexample=EXAMPLE) == "inconclusive"
    assert status(PLAIN, direct(scope="box"), counterexample=EXAMPLE) == "inconclusive"
    weak = Evidence("conclusion", "conclusion", "verified", "", {"rests_on": [OWN.to_dict()]})
    assert status(DERIVED, link(), weak, counterexample=EXAMPLE) == "refuted", "its word is worth less"


def test_no_combination_gives_two_statuses_at_once():
    """Over all small sets of evidence: proved needs a whole proof and no counterexample, refuted needs the latter."""
    pool = [
        link(),
        link("failed"),
        conclusion(),
        conclusion("unverified"),
        hunt(),
        hunt("violated"),
        contrary(),
    ]
    for size in range(4):
        for chosen in itertools.combinations(pool, size):
            for example in (None, EXAMPLE):
                found = status(DERIVED, *chosen, counterexample=example)
                whole = link() in chosen and conclusion() in chosen
                broken = link("failed") in chosen or conclusion("unverified") in chosen
                if found == "proved":
                    assert whole and not broken and example is None
                if found == "refuted":
                    assert example is not None or contrary() in chosen
                if example is not None and contrary() not in chosen:
                    assert found in ("refuted", "inconclusive")


# ---- readings ----------------------------------------------------------------------------------------------------


def test_readings():
    entry = claim(readings=[claim(id="mine/lemma@a"), claim(id="mine/lemma@b")])
    assert status(entry, reading("proved"), reading("proved")) == "proved"
    assert status(entry, reading("refuted"), reading("refuted")) == "refuted"
    assert status(entry, reading("proved"), reading("refuted")) == "inconclusive"
    assert status(entry, reading("proved"), reading("supported")) == "inconclusive"
    assert status(entry) == "inconclusive"


def test_an_entry_takes_the_verdicts_that_are_handed_in():
    a, b = claim(id="mine/lemma@a"), claim(id="mine/lemma@b")
    asked = []

    def verdict_of(found):
        asked.append(found.id)
        return conclude(found, QUICK, [Finding(hunt())], 0.0)

    entry = claim(readings=[a, b], sides=None, space=None)
    findings = [run_check(item, entry, 120) for item in plan(entry, QUICK, verdict_of)]
    assert asked == ["mine/lemma@a", "mine/lemma@b"]
    assert conclude(entry, QUICK, findings, 0.0).status == "supported"


# ---- the line from a claim to its verdict -------------------------------------------------------------------------


def test_a_proof_from_beginning_to_end():
    proved = claim(derivation=lambda s: derivation(chain(s.left, le(s.right, elementary("t ≥ 0")))))
    verdict = check(proved, budget="quick")
    assert verdict.status == "proved"
    assert [item.kind for item in verdict.evidence] == ["link", "conclusion", "hunt"]


def test_a_derivation_of_something_else():
    other = claim(
        space=Space(x=point(), y=point()),
        sides=lambda xp, x, y: (2 * xp.vecdot(x, y), xp.vecdot(x, x) + xp.vecdot(y, y)),
        derivation=lambda s: derivation(chain(s.left, eq(s.left, by_expansion("nothing happens")))),
    )
    verdict = check(other, budget="quick")
    assert verdict.status == "supported" and "conclusion" in verdict.reason


def test_a_false_claim():
    false = claim(
        sides=lambda xp, t: (t, -t),
        derivation=lambda s: derivation(chain(s.left, le(s.right, elementary("")))),
    )
    verdict = check(false, budget="quick")
    assert verdict.status == "refuted" and verdict.counterexample is not None


def test_a_proof_gap_is_reported_beside_the_status():
    gapped = claim(
        printed_proof=lambda s: derivation(
            chain(s.left, le(-2 * s.t, elementary("wrong"), "L1"), le(s.right, elementary(""), "L2"))
        ),
        expected_proof_gaps=["L1"],
    )
    verdict = check(gapped, budget="quick")
    assert verdict.status == "proved"
    assert verdict.gap_names == ("L1",) and verdict.proof_gaps[0].outcome == "failed"
    assert isinstance(verdict.proof_gaps[0], ProofGap)


def test_errors_name_the_claim():
    broken = claim(derivation=lambda s: s.nothing)
    with pytest.raises(ClaimError, match="mine/lemma: its derivation fails while it is built"):
        check(broken, budget="quick")
    with pytest.raises(ClaimError, match=r"mine/lemma: its derivation returns 7"):
        check(claim(derivation=lambda s: 7), budget="quick")
    with pytest.raises(ClaimError, match="mine/lemma"):
        check(claim(sides=lambda xp, t: (t[5:].reshape(-1, 7), t)), budget="quick")


def test_the_plan():
    names = [item.name for item in plan(PLAIN, QUICK)]
    assert names == ["hunt", "direct proof"]
    assert [item.name for item in plan(DEFINED, QUICK)] == ["implementation"]
    with_functions = claim(space=Space(f=function(), x=point(), t=real(0)))
    assert [item.name for item in plan(with_functions, QUICK)] == ["hunt", "direct proof"]


def test_a_check_that_runs_out_of_time_decides_nothing():
    def endless(s):
        while True:
            pass

    slow = claim(
        sides=None, space=None, experiments=[Experiment("for ever", "never", lambda xp, g, e: endless(None))]
    )
    verdict = check(slow, budget="quick", timeout=0.2)
    assert verdict.status == "inconclusive" and "longer than 0.2 s" in verdict.evidence[0].summary
    with pytest.raises(ClaimError, match="not built within the limit"):
        check(claim(derivation=endless), budget="quick", timeout=0.2)


def test_a_printed_link_without_a_decision_is_a_gap():
    from theorycheck.derivations import chain, derivation, le

    class Slow:
        text = "slowly"

        def check(self, link, claim):
            while True:
                pass

    printed = claim(printed_proof=lambda s: derivation(chain(s.left, le(s.right, Slow(), "P1"))))
    verdict = check(printed, budget="quick", timeout=1)
    assert ("P1", "unverified") in [(gap.link, gap.outcome) for gap in verdict.proof_gaps]


def endless(*arguments):
    while True:
        pass


def false_claim():
    return claim(space=Space(t=real()), sides=lambda xp, t: (t, t**2))


def test_a_hunt_that_is_stopped_while_it_shrinks_keeps_the_violation(monkeypatch):
    monkeypatch.setattr(HUNT, "shrink", endless)
    verdict = check(false_claim(), budget="quick", timeout=2)
    assert verdict.status == "refuted", verdict.reason
    (hunted,) = [item for item in verdict.evidence if item.kind == "hunt"]
    assert "not shrunk: stopped: it took longer than 2 s" in hunted.summary
    assert hunted.details["stopped_after"] == 2 and verdict.counterexample.script
    t = Fraction(verdict.counterexample.instance["t"])
    assert t > t**2


def test_a_hunt_that_is_stopped_without_a_violation_says_how_far_it_came(monkeypatch):
    monkeypatch.setattr(HUNT, "measure_sharpness", endless)
    verdict = check(
        claim(derivation=None, sides=lambda xp, t: (xp.tanh(t), t + 1)), budget="quick", timeout=2
    )
    (hunted,) = [item for item in verdict.evidence if item.kind == "hunt"]
    assert hunted.outcome == "unverified"
    assert hunted.details["admissible"] > 1000
    assert f"no violation so far in {hunted.details['admissible']:,}".replace(",", " ") in hunted.summary
    assert "stopped: it took longer than 2 s" in hunted.summary


def test_a_suspicion_that_no_ball_confirmed_is_no_violation_when_the_hunt_is_stopped(monkeypatch):
    monkeypatch.setattr(HUNT, "_certify_worst", endless)
    stopped = next(check for check in plan(false_claim(), QUICK) if check.name == "hunt")
    found = run_check(stopped, false_claim(), 2)
    assert found.counterexample is None and found.evidence.outcome == "unverified"


def test_a_point_that_the_direct_proof_has_in_hand_refutes_where_the_hunt_is_stopped(monkeypatch):
    monkeypatch.setattr(HUNT, "_certify_worst", endless)
    verdict = check(false_claim(), budget="quick", timeout=2)
    assert verdict.counterexample is not None and verdict.status == "refuted"
