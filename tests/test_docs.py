"""The documents are true: their code runs, and the claims of their examples come out as they record."""

import re
from pathlib import Path

import pytest

from tests.documents import blocks
from theorycheck.algebra.standard import STANDARD
from theorycheck.cli import main
from theorycheck.derivations import __all__ as reasons_and_chains
from theorycheck.judging import check
from theorycheck.statement.loading import is_claim_file, load_file, shipped_claims

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
EXAMPLES = [claim for path in sorted((DOCS / "examples").glob("*.py")) for claim in load_file(path)]


@pytest.mark.parametrize("claim", EXAMPLES, ids=[claim.id for claim in EXAMPLES])
def test_examples_come_out_as_they_record(claim) -> None:
    assert claim.expected is not None
    verdict = check(claim, budget="quick")
    assert verdict.as_recorded, str(verdict)


def test_examples_rest_on_each_other() -> None:
    known = {claim.id for claim in (*EXAMPLES, *shipped_claims())}
    for claim in EXAMPLES:
        assert set(claim.uses) <= known, f"{claim.id} uses {set(claim.uses) - known}"


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_code_of_pages_runs(page: Path) -> None:
    """All Python blocks of a page, in order, in one namespace; code cells run when the site is built."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "python":
            exec(compile(block.text, page.name, "exec"), namespace)  # our own documents


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_what_pages_point_to_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
    for target in re.findall(r"^```\{literalinclude\} (\S+)", text, re.MULTILINE):
        assert (page.parent / target).exists(), f"{page.name} includes {target}"
    for target in re.findall(r"`((?:docs|theorycheck|tests|benchmarks|verifications)/[\w/.-]+)`", text):
        assert (ROOT / target).exists(), f"{page.name} names {target}"


def test_every_reason_is_described() -> None:
    text = (DOCS / "derivations.md").read_text(encoding="utf-8")
    results = {"Chain", "Derivation", "Link", "LinkResult", "Step", "smoothed_mean"}
    for name in set(reasons_and_chains) - results:
        assert name in text, f"docs/derivations.md does not describe {name}"


def test_commands_of_pages_exist() -> None:
    for page in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for command in re.findall(r"theorycheck (\w+) ", page.read_text(encoding="utf-8")):
            if command in ("run", "list", "show", "replay", "mutants"):
                assert command in main.commands


def test_findings_are_what_the_shipped_claims_record() -> None:
    recorded = {
        claim.id: claim.expected
        for path in sorted((ROOT / "verifications").rglob("*.py"))
        if is_claim_file(path)
        for claim in load_file(path)
    }
    lines = re.findall(
        r"^- `([^`]+)`: (\w+)\.", (DOCS / "findings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(lines) > 40
    assert [(name, recorded.get(name)) for name, _ in lines] == lines


def test_the_standard_theorems_are_written_down() -> None:
    page = (DOCS / "derivations.md").read_text(encoding="utf-8")
    for theorem in STANDARD.values():
        assert f"**{theorem.name}.** {theorem.statement}\n" in page, theorem.name
        assert f"Used by {theorem.used_by}. Checked: {theorem.checked}." in page, theorem.name
