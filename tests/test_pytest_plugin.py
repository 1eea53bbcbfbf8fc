"""The pytest plugin, run on small suites of its own."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.claim_files import HEADER, definition, entry, write
from theorycheck.judging import Finding
from theorycheck.pytest_plugin import contradiction
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import STATUSES, Counterexample, Evidence, ProofGap

pytest_plugins = ["pytester"]

INSTALLED = any(point.value == "theorycheck.pytest_plugin" for point in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "theorycheck.pytest_plugin")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n')
    folder = pytester.path / "verifications" / "mine"
    folder.mkdir(parents=True)
    write(
        folder / "section_2.py",
        definition("mine/lemma-2.1"),
        definition("mine/lemma-2.2", expected="proved"),
        entry("mine/e", [definition("mine/e@a"), definition("mine/e@b")]),
    )
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # Hypothesis' own plugin would be imported and rewritten anew each time
    return suite.runpytest_inprocess(
        *PLUGIN, "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments
    )


def test_a_claim_is_a_node_with_an_item_a_check_and_a_verdict(suite) -> None:
    result = run(suite, "--collect-only", "-q", "verifications")
    path = "verifications/mine/section_2.py"
    assert [line for line in result.outlines if "::" in line] == [
        f"{path}::mine/lemma-2.1::implementation",
        f"{path}::mine/lemma-2.1::verdict",
        f"{path}::mine/lemma-2.2::implementation",
        f"{path}::mine/lemma-2.2::verdict",
        f"{path}::mine/e::reading e@a",
        f"{path}::mine/e::reading e@b",
        f"{path}::mine/e::verdict",
        f"{path}::mine/e@a::implementation",
        f"{path}::mine/e@a::verdict",
        f"{path}::mine/e@b::implementation",
        f"{path}::mine/e@b::verdict",
    ]


def test_a_verdict_that_is_not_as_recorded_fails_readably(suite) -> None:
    result = run(suite)
    result.assert_outcomes(passed=10, failed=1)
    text = result.stdout.str()
    assert "mine/lemma-2.2 came out as defined without proof gaps, its file records proved" in text
    assert "Traceback" not in text
    assert "pytest_plugin.py" not in text


def test_selection_by_id_budget_and_seed(suite) -> None:
    result = run(
        suite, "-k", "lemma-2.1", "--theorycheck-budget", "standard", "--theorycheck-seed", "7", "-v"
    )
    result.assert_outcomes(passed=2, deselected=9)
    result.stdout.fnmatch_lines(["theorycheck: budget=standard, seed=7"])


@pytest.mark.parametrize("distribution", ["load", "loadgroup", "loadfile"])
def test_two_workers(suite, distribution) -> None:
    pytest.importorskip("xdist")
    result = run(suite, "-n", "2", "--dist", distribution, "-v")
    result.assert_outcomes(passed=10, failed=1)
    if distribution == "loadfile":
        lines = [line for line in result.outlines if line.startswith("[gw") and "::mine/e" in line]
        assert len(lines) == 7
        assert len({line[:5] for line in lines}) == 1  # an entry and its readings meet one worker


@pytest.mark.parametrize(
    "arguments", [["mine.py"], ["mine.py::mine/lemma-1"], ["mine.py::mine/lemma-1::verdict"]]
)
def test_a_file_that_is_named_needs_no_directory(suite, arguments) -> None:
    write(suite.path / "mine.py", definition("mine/lemma-1"))
    run(suite, *arguments).assert_outcomes(passed=1 if "::verdict" in arguments[0] else 2)


def test_ordinary_suites_stay_what_they_are(pytester) -> None:
    claim = HEADER + f"claim = {definition('mine/lemma-1')}\n"
    (pytester.path / "test_ordinary.py").write_text(claim + "def test_it():\n    pass\n", encoding="utf-8")
    (pytester.path / "not_named.py").write_text(claim, encoding="utf-8")
    (pytester.path / "own_tests.py").write_text(claim + "def test_it():\n    pass\n", encoding="utf-8")
    folder = pytester.path / "verifications"
    folder.mkdir()
    (folder / "test_inside.py").write_text(claim + "def test_it():\n    pass\n", encoding="utf-8")
    run(pytester).assert_outcomes(passed=2)
    run(pytester, "own_tests.py").assert_outcomes(passed=1)


def test_other_files_by_ini_option(pytester) -> None:
    pytester.makeini("[pytest]\ntheorycheck_files = lemmas/**/*.py\n")
    (pytester.path / "lemmas").mkdir()
    write(pytester.path / "lemmas" / "a.py", definition("mine/a"))
    run(pytester).assert_outcomes(passed=2)


def test_a_claim_file_that_fails_is_one_readable_error(pytester) -> None:
    (pytester.path / "verifications").mkdir()
    path = pytester.path / "verifications" / "bad.py"
    path.write_text(HEADER + "c = Claim(id='mine/a', statement='')\n", encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert f"{path}:2: the claim file fails: mine/a: nothing to check" in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def claim(expected: str | None, gaps: tuple[str, ...] = ()) -> Claim:
    return Claim(
        id="m/a", statement="", implements=["math:sqrt"], expected=expected, expected_proof_gaps=gaps
    )


@pytest.mark.parametrize(
    ("kind", "outcome", "gap", "expected", "gaps", "contradicts"),
    [
        ("link", "verified", False, "proved", (), False),
        ("link", "unverified", False, "proved", (), True),
        ("link", "unverified", False, "supported", (), False),
        ("conclusion", "failed", False, "proved", (), True),
        ("link", "unverified", False, "conditional", (), True),
        ("contrary link", "unverified", False, "refuted", (), True),
        ("contrary conclusion", "unverified", False, "contested", (), True),
        ("contrary link", "verified", False, "contested", (), False),
        ("printed link", "failed", True, "proved", ("L1",), False),
        ("printed link", "failed", True, "proved", (), True),
        ("printed link", "verified", False, "proved", ("L1",), True),
        ("printed link", "verified", False, "proved", (), False),
    ],
)
def test_when_a_check_contradicts_the_record(*, kind, outcome, gap, expected, gaps, contradicts) -> None:
    found = ProofGap("L1", "", outcome, "") if gap else None
    finding = Finding(Evidence(kind, f"{kind} L1", outcome, ""), proof_gap=found)
    assert bool(contradiction(claim(expected, gaps), finding)) == contradicts


@pytest.mark.parametrize("expected", [None, *STATUSES])
def test_a_refuted_hunt_is_a_failure_unless_it_is_recorded(expected) -> None:
    example = Counterexample({"x": "1"}, "1", "0", "<=", 64, "")
    finding = Finding(Evidence("hunt", "hunt", "violated", ""), counterexample=example)
    allowed = ("refuted", "contested", "inconclusive")
    assert bool(contradiction(claim(expected), finding)) == (expected not in allowed)


def test_the_end_of_a_printed_proof_is_a_gap_of_its_own() -> None:
    gap = ProofGap("conclusion", "", "unverified", "")
    finding = Finding(Evidence("printed conclusion", "printed conclusion", "unverified", ""), proof_gap=gap)
    assert contradiction(claim("proved"), finding)
    assert not contradiction(claim("proved", ("conclusion",)), finding)


def test_nothing_of_a_user_is_written(suite) -> None:
    run(suite, "--collect-only", "-q")
    assert not list(Path(suite.path).rglob("verifications/**/__pycache__"))
