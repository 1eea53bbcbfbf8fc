"""The pytest plugin: claims are nodes, their checks are test items.

    pytest verifications -k lemma-2.1 -n 2 --dist loadfile

A file below a directory `verifications` (ini option `theorycheck_files`), or named on the command line, that
defines claims gives one node a claim, one item a check ("link 1", "hunt", …) and a last item "verdict", which
compares the status and the proof gaps with what the file records: a change in either direction fails. Test
modules stay what they are. Under pytest-xdist the outcome does not depend on how items are dealt; with
`--dist loadfile` no check is done twice. (Claims carry an `xdist_group` for `--dist loadgroup` as well, which
pytest-xdist 3.8 does not honour under pytest 9.)
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from theorycheck.judging import Check, Finding
    from theorycheck.settings import Settings
    from theorycheck.statement.claims import Claim
    from theorycheck.statement.verdicts import Verdict

DEFAULT_FILES = ["verifications/**/*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("theorycheck")
    group.addoption(
        "--theorycheck-budget",
        choices=["quick", "standard", "thorough"],
        default="quick",
        help="How much work the check of a claim may do (default: quick).",
    )
    group.addoption(
        "--theorycheck-seed", type=int, default=0, help="Seed of every random stream (default: 0)."
    )
    parser.addini(
        "theorycheck_files",
        "Globs of files that define claims, relative to any directory (default: verifications/**/*.py).",
        type="args",
        default=DEFAULT_FILES,
    )


def pytest_configure(config: pytest.Config) -> None:
    # known to --strict-markers without pytest-xdist too
    config.addinivalue_line(
        "markers", "xdist_group(name): keep the tests of a group in one pytest-xdist worker."
    )


def pytest_report_header(config: pytest.Config) -> str:
    return f"theorycheck: budget={config.option.theorycheck_budget}, seed={config.option.theorycheck_seed}"


# ---- which files -------------------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    if _is_ours(file_path, parent):
        return ClaimFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Keep pytest's own collector, which takes every file that is named, from importing claims again."""
    return Nothing.from_parent(parent, path=module_path) if _is_ours(module_path, parent) else None


def _is_ours(path: Path, parent: pytest.Collector) -> bool:
    if path.suffix != ".py":
        return False
    matched = _matches(path, parent.config.rootpath, parent.config.getini("theorycheck_files"))
    if not matched and not parent.session.isinitpath(path):
        return False
    from theorycheck.statement.loading import is_claim_file

    return is_claim_file(path) and (matched or not _has_tests(path))


def _matches(path: Path, root: Path, patterns: Iterable[str]) -> bool:
    text = "/" + (path.relative_to(root) if root in path.parents else path).as_posix().lstrip("/")
    globs = [form for pattern in patterns for form in (pattern, pattern.replace("**/", ""))]
    return any(fnmatch.fnmatchcase(text, f"*/{glob}") for glob in globs)


def _has_tests(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    return "def test" in text or "class Test" in text


class Nothing(pytest.File):
    """Collects nothing: the file's claims are collected beside it."""

    def collect(self) -> Iterable[pytest.Item]:
        return []


# ---- nodes -------------------------------------------------------------------------------------------------


class ClaimFile(pytest.File):
    """A file that defines claims."""

    def collect(self) -> Iterable[ClaimNode]:
        from theorycheck.statement.loading import load_file

        for claim in load_file(self.path):
            yield ClaimNode.from_parent(self, name=claim.id, claim=claim)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        return _readable(excinfo) or super().repr_failure(excinfo, *args, **kwargs)


class ClaimNode(pytest.Collector):
    """A claim; its items share what was found, so that the verdict repeats nothing."""

    def __init__(self, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim
        # xdist cuts names at "@"; an entry and its readings or parts, which it is concluded from, stay together
        self.add_marker(pytest.mark.xdist_group(claim.id.partition("@")[0]))

    def collect(self) -> Iterable[pytest.Item]:
        findings = _findings(self.config)
        for check in findings.plan(self.claim):
            yield CheckItem.from_parent(self, name=check.name, claim=self.claim, check=check)
        yield VerdictItem.from_parent(self, name="verdict", claim=self.claim)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        return _readable(excinfo) or super().repr_failure(excinfo, *args, **kwargs)


class NotAsRecordedError(AssertionError):
    """What came out is not what the claim's file records."""


class ClaimItem(pytest.Item):
    def __init__(self, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.claim.id}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        return _readable(excinfo) or super().repr_failure(excinfo, *args, **kwargs)


class CheckItem(ClaimItem):
    """One check; fails where its outcome contradicts what the claim's file records."""

    def __init__(self, *, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def runtest(self) -> None:
        finding = _findings(self.config).of(self.claim, self.check)
        evidence = finding.evidence
        self.user_properties += [("outcome", evidence.outcome), ("summary", evidence.summary)]
        complaint = contradiction(self.claim, finding)
        if complaint:
            raise NotAsRecordedError(f"{self.claim.id}: {self.name}: {complaint} ({evidence.summary})")


class VerdictItem(ClaimItem):
    """The verdict, against the status and the proof gaps that are recorded."""

    def runtest(self) -> None:
        verdict = _findings(self.config).verdict(self.claim)
        self.user_properties.append(("status", verdict.status))
        if not verdict.as_recorded:
            raise NotAsRecordedError(
                f"{self.claim.id} came out as {_words(verdict.status, verdict.gap_names)}, "
                f"its file records {_words(str(verdict.expected), verdict.expected_proof_gaps)}; "
                f"correct the claim or the record\n\n{verdict}"
            )


def _words(status: str, gaps: Iterable[str]) -> str:
    names = ", ".join(gaps)
    return f"{status} with proof gaps {names}" if names else f"{status} without proof gaps"


def contradiction(claim: Claim, finding: Finding) -> str:
    """Say how one finding contradicts the claim's record; "" if it does not."""
    evidence = finding.evidence
    if (
        evidence.kind in ("link", "conclusion")
        and claim.expected in ("proved", "conditional")
        and evidence.outcome != "verified"
    ):
        return f"{evidence.outcome}, but the claim is recorded as {claim.expected}"
    if (
        evidence.kind in ("contrary link", "contrary conclusion")
        and claim.expected in ("refuted", "contested")
        and evidence.outcome != "verified"
    ):
        return f"{evidence.outcome}, but the claim is recorded as {claim.expected}"
    if evidence.kind in ("printed link", "printed conclusion") and claim.expected is not None:
        link = evidence.name.removeprefix("printed link ").removeprefix("printed ")
        recorded = link in claim.expected_proof_gaps
        if recorded != (finding.proof_gap is not None):
            return (
                "verified, but recorded as a proof gap"
                if recorded
                else f"{evidence.outcome}, an unrecorded proof gap"
            )
    if finding.counterexample is not None and claim.expected not in ("refuted", "contested", "inconclusive"):
        recorded_as = f"recorded as {claim.expected}" if claim.expected else "not recorded as refuted"
        return f"a counterexample, but the claim is {recorded_as}"
    return ""


def _readable(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Errors on purpose say what to mend by themselves; a traceback would hide it."""
    from theorycheck.errors import TheorycheckError

    return str(excinfo.value) if isinstance(excinfo.value, (TheorycheckError, NotAsRecordedError)) else ""


# ---- what was found in this process ------------------------------------------------------------------------


class Findings:
    """What the checks of this process have found, so that no check is done twice in it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._plans: dict[int, tuple[Check, ...]] = {}  # by id(claim): two files may use one id
        self._found: dict[tuple[int, str], Finding] = {}

    def plan(self, claim: Claim) -> tuple[Check, ...]:
        from theorycheck.judging import plan

        if id(claim) not in self._plans:
            self._plans[id(claim)] = plan(claim, self.settings, self.verdict)
        return self._plans[id(claim)]

    def of(self, claim: Claim, check: Check) -> Finding:
        from theorycheck.judging import run_check

        key = (id(claim), check.name)
        if key not in self._found:
            self._found[key] = run_check(check, claim, self.settings.seconds)
        return self._found[key]

    def verdict(self, claim: Claim, citing: tuple[str, ...] = ()) -> Verdict:
        from theorycheck.judging import citing_judged, conclude

        findings = [self.of(claim, check) for check in self.plan(claim)]
        seconds = sum(finding.evidence.seconds for finding in findings)
        verdict = conclude(claim, self.settings, findings, seconds)
        return citing_judged(claim, verdict, lambda other, above: self.verdict(other, above).status, citing)


_FINDINGS = pytest.StashKey[Findings]()


def _findings(config: pytest.Config) -> Findings:
    if _FINDINGS not in config.stash:
        from theorycheck.settings import Settings

        budget, seed = config.option.theorycheck_budget, config.option.theorycheck_seed
        config.stash[_FINDINGS] = Findings(Settings(budget=budget, seed=seed))
    return config.stash[_FINDINGS]
