"""The page as a document: complete, every link resolves, nothing is fetched, nothing hostile runs."""

from __future__ import annotations

import base64
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from theorycheck.errors import OutputError
from theorycheck.showing.report import write_report
from theorycheck.showing.report.cards import link_rows
from theorycheck.showing.report.formulas import formula, prose, tex_or_prose
from theorycheck.showing.report.histogram import histogram
from theorycheck.statement.verdicts import STATUSES, Counterexample, Evidence, ProofGap, Sharpness, Verdict

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"
VOID = {"meta", "link", "input", "br", "img", "hr"}


def fake(claim: str, status: str = "proved", **changes: Any) -> Verdict:
    paper, label = claim.split("/", 1)
    fields: dict[str, Any] = {
        "claim": claim,
        "paper": paper,
        "label": label,
        "kind": "inequality",
        "status": status,
        "expected": status,
        "reason": f"because {status}",
        "statement": r"If $f$ is $L$-smooth then $\E f_\sigma(x) \le f(x) + \frac{Ld}{4}\sigma^2$.",
        "printed": "Lemma 1",
        "hypotheses": (r"f \text{ is } L\text{-smooth}", "sigma >= 0"),
        "uses": (),
        "corrects": None,
        "note": "",
        "proof_gaps": (),
        "expected_proof_gaps": (),
        "sharpness": None,
        "counterexample": None,
        "evidence": (),
        "seed": 7,
        "budget": "quick",
        "backend": "numpy",
        "versions": {"numpy": "2.4.0"},
        "seconds": 1.25,
    }
    return Verdict(**{**fields, **changes})


def link(
    name: str, left: str, right: str, outcome: str = "verified", kind: str = "link", **more: Any
) -> Evidence:
    details = {"left": left, "relation": "<=", "right": right, "reason": "hypothesis $f$ applied", **more}
    return Evidence(kind, f"{kind} {name}", outcome, f"summary of {name}", details, 0.5)


REFUTED = fake(
    "p/lemma-2@a",
    "refuted",
    counterexample=Counterexample(
        {"d": 1, "x": ["1/2"]}, "[1.5 ± 1e-9]", "1/3", "<=", 256, "print('left > right')\n"
    ),
)


def samples() -> list[Verdict]:
    return [
        fake("p/definition-1", "defined"),
        fake(
            "p/lemma-1",
            uses=("p/definition-1",),
            sharpness=Sharpness(0.75, {"d": 2, "x": ["1", "0"]}),
            evidence=(
                link("1", "a", "b", method="sum of squares", certificate={"type": "sos", "gram": [["1/2"]]}),
                link("2", "b", r"\frac{c}{2}"),
                link("L1", "a", "b", "failed", "printed link", counterexample={"a": "2", "b": "1"}),
                Evidence(
                    "hunt",
                    "hunt",
                    "not violated",
                    "no violation in 1000 instances",
                    {"instances": 1000, "ratios": {"bins": [0, 0.5, 1, 1.5], "counts": [900, 90, 10]}},
                    2.5,
                ),
            ),
            proof_gaps=(ProofGap("L1", r"a \le b", "failed", "the sign is wrong", {"a": "2", "b": "1"}),),
            expected_proof_gaps=("L1",),
        ),
        REFUTED,
        fake("p/lemma-2-corrected", corrects="p/lemma-2@a", uses=("p/lemma-1",)),
        fake("q/theorem-1", "supported", uses=("p/lemma-1", "p/missing"), expected="proved"),
        fake("q/theorem-2", "inconclusive", uses=("q/theorem-3",)),
        fake("q/theorem-3", "certified", uses=("q/theorem-2",)),
    ]


class Page(HTMLParser):
    """Elements with their attributes, ids, links, visible text, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)

    def having(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def report(verdicts: list[Verdict], directory: Path) -> tuple[Page, str]:
    html = write_report(verdicts, directory).read_text(encoding="utf-8")
    return Page(html), html


def test_anchors_resolve_and_ids_are_unique(tmp_path: Path) -> None:
    page, _ = report(samples(), tmp_path)
    ids = Counter(page.having("id"))
    assert max(ids.values()) == 1
    for address in page.having("href"):
        if address.startswith("#"):
            assert address[1:] in ids
        elif not address.startswith("data:"):
            assert (tmp_path / address).is_file()
    assert {"claim-p-lemma-1", "claim-p-lemma-2@a"} <= set(ids)
    for attribute in ("aria-labelledby", "data-copies", "data-used", "data-user"):
        assert set(page.having(attribute)) <= set(ids)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    page, html = report(samples(), tmp_path)
    for marker in ("http://", "https://", "//cdn", "@import", "url("):
        assert marker not in html
    assert page.having("src") == []
    assert page.count("script") == 1
    policy = next(a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("field", ["statement", "reason", "note", "printed", "kind", "budget", "backend"])
def test_hostile_text_is_escaped(tmp_path: Path, field: str) -> None:
    page, html = report([fake("p/lemma-1", **{field: f"{HOSTILE} $x {HOSTILE}$ \\$ `{HOSTILE}`"})], tmp_path)
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "{{7*7}}" in "".join(page.text) or field == "kind" or "{{7*7}}" in html


def test_hostile_data_is_escaped(tmp_path: Path) -> None:
    nasty = {HOSTILE: HOSTILE}
    evidence = Evidence(
        "hunt", HOSTILE, "violated", HOSTILE, {HOSTILE: HOSTILE, "instance": nasty, "more": [HOSTILE]}
    )
    verdict = fake(
        f"../..{HOSTILE}/{HOSTILE}\ud800\x00",
        "refuted",
        uses=(HOSTILE,),
        corrects=HOSTILE,
        hypotheses=(HOSTILE, f"\\text{{{HOSTILE}}}"),
        versions=nasty,
        evidence=(
            evidence,
            link(HOSTILE, HOSTILE, HOSTILE, method=HOSTILE, certificate=nasty, counterexample=nasty),
        ),
        proof_gaps=(ProofGap(HOSTILE, HOSTILE, "failed", HOSTILE, nasty),),
        sharpness=Sharpness(float("inf"), nasty),
        counterexample=Counterexample(nasty, HOSTILE, HOSTILE, HOSTILE, 64, f"# {HOSTILE}\n</pre></script>"),
    )
    page, _ = report([verdict, fake("p/a")], tmp_path / "out")
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all((tmp_path / "out") in path.parents for path in written)
    assert len(written) == 2


def test_scripts_are_files_and_shown(tmp_path: Path) -> None:
    page, _ = report(samples(), tmp_path)
    script = tmp_path / "counterexamples" / "p--lemma-2@a.py"
    assert script.read_text(encoding="utf-8") == REFUTED.counterexample.script  # type: ignore[union-attr] # it has one
    assert "counterexamples/p--lemma-2@a.py" in page.having("href")
    assert "print('left > right')" in "".join(page.text)


def test_files_of_colliding_names_are_kept_apart(tmp_path: Path) -> None:
    twins = [
        fake(claim, "refuted", counterexample=REFUTED.counterexample) for claim in ("p/a b", "p/a-b", "p/A-B")
    ]
    page, _ = report(twins, tmp_path)
    assert len({path.name.casefold() for path in (tmp_path / "counterexamples").iterdir()}) == 3
    assert sum(name == "article" for name, _ in page.elements) == 3


def test_content(tmp_path: Path) -> None:
    page, html = report(samples(), tmp_path)
    text = " ".join("".join(page.text).split())
    assert page.count("math") > 7
    assert page.count("main") == page.count("nav") == page.count("h1") == 1
    for told in (
        "the sign is wrong",
        "proof gap L1",
        "sum of squares",
        "q/theorem-1 uses p/missing",
        "Circular use",
        "q/theorem-2, q/theorem-3",
        "Corrected by",
        "not as recorded",
        "no violation in 1000 instances",
        "theorycheck replay p/lemma-1",
        "certified at 256 bits",
        "0.75",
        "seed",
        "numpy 2.4.0",
    ):
        assert told in text, told
    tags = {a["id"]: a["data-tags"].split() for name, a in page.elements if name == "article"}
    assert tags["claim-p-lemma-1"] == ["proved", "full", "gap"]
    assert tags["claim-p-lemma-2-corrected"] == ["proved", "full"]
    assert tags["claim-q-theorem-1"] == ["supported", "unrecorded"]
    full = [a for name, a in page.elements if name == "a" and "full" in a.get("class", "").split()]
    assert {a["href"] for a in full} == {"#claim-p-lemma-1", "#claim-p-lemma-2-corrected"}
    assert all(status in html for status in STATUSES)


@pytest.mark.parametrize("count", [0, 1, 600])
def test_any_number_of_claims(tmp_path: Path, count: int) -> None:
    numbers = range(count)
    page, html = report(
        [fake(f"p/c-{n}", uses=tuple(f"p/c-{m}" for m in (n // 2, n // 3) if m < n)) for n in numbers],
        tmp_path,
    )
    assert page.count("article") == count
    assert len(html) < 5_000_000  # what a browser still opens at once


def test_size_of_a_rich_report(tmp_path: Path) -> None:
    rich = samples()[1]
    side = r"\mathbb{E}\left\|\nabla f_\sigma(x_t) - \nabla f(x_t)\right\|^2 + \frac{L^2\sigma^2}{4}(6+d)^3"
    long = {"type": "linear combination", "multipliers": ["12/345"] * 400}
    links = tuple(link(str(n), side, f"{side} + x_{n}", certificate=long) for n in range(5))
    verdicts = [
        fake(f"p/c-{n}", evidence=rich.evidence + links, sharpness=rich.sharpness) for n in range(250)
    ]
    page = write_report(verdicts, tmp_path)
    assert page.stat().st_size < 6_000_000  # every claim has eight links, five of them with long certificates


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_report(samples(), tmp_path / "file")


def test_the_last_verdict_of_a_claim_counts(tmp_path: Path) -> None:
    page, _ = report([fake("p/a", "inconclusive"), fake("p/a")], tmp_path)
    assert [a["data-tags"] for name, a in page.elements if name == "article"] == ["proved full"]


# ---- formulas ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tex", [r"\frac{", r"\unknown x", "", r"\text{\unknown}", r"a & b \\", "\x00"])
def test_what_cannot_be_converted_is_escaped_code(tex: str) -> None:
    shown = str(formula(tex))
    assert shown.startswith('<code class="tex">') or shown.startswith("<math>")
    Page(shown)


def test_formulas() -> None:
    assert "ℝ" in re.sub("<[^>]*>", "", formula(r"\R^d")) or "𝔾" not in formula(r"\R^d")
    assert "<mo>&lt;</mo>" in formula("a<b")
    assert formula(r"x").startswith("<math>")
    assert 'display="block"' in prose("so $$x^2$$ holds")
    assert prose(r"costs \$5 & more") == "costs $5 &amp; more"
    assert tex_or_prose("the function is convex") == "the function is convex"
    assert tex_or_prose("x^2 + y").startswith("<math>")


def test_a_side_that_repeats_is_left_out() -> None:
    rows = link_rows([link("1", "a", "b"), link("2", "b", "c"), link("3", "x", "c")], ())
    assert [bool(row.left) for row in rows] == [True, False, True]


def test_a_gap_without_link_gets_a_row() -> None:
    rows = link_rows([], (ProofGap("L9", "a = b", "unverified", "no reason", None),))
    assert [(row.name, row.outcome, row.is_gap) for row in rows] == [("L9", "unverified", True)]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"bins": [0, 1], "counts": []},
        {"bins": [1, 0], "counts": [3]},
        {"bins": ["x", 1], "counts": [1]},
        {"bins": [0, 1], "counts": [0]},
        {"bins": [0, float("nan")], "counts": [1]},
    ],
)
def test_no_chart_of_what_is_no_histogram(data: Any) -> None:
    assert histogram(data) is None


def test_histogram_bars_are_ordered_as_the_counts() -> None:
    chart = histogram({"bins": [0, 1, 2, None], "counts": [5, 0, 5000]})
    assert chart is not None
    assert [bar.title for bar in chart.bars] == ["5 with ratio from 0 to 1", "5,000 with ratio from 2 to ∞"]
    assert chart.bars[0].height < chart.bars[1].height
    assert chart.total == 5005
    assert chart.one == pytest.approx(
        chart.bars[0].x + (chart.bars[1].x - chart.bars[0].x) / 2, abs=0.02
    )  # 2 decimals


def test_experiments_show_criterion_ratios_and_figure(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    details = {
        "criterion": "the mean of $x^2$ lies within the interval",
        "ratios": {"bins": [0.0, 0.5, 1.0], "counts": [3, 4]},
        "figure": svg,
    }
    run = Evidence("experiment", "experiment runs", "agrees", "mean 0.3", details)
    page, html = report([fake("mine/limit", "supported", evidence=(run,))], tmp_path)
    assert "Experiments" in html and "lies within the interval" in html
    assert 'aria-label="Histogram of 7 ratios' in html
    (address,) = page.having("src")
    assert address.startswith("data:image/svg+xml;base64,")
    assert base64.b64decode(address.split(",", 1)[1]).decode() == svg
    assert "alert(1)" not in html and page.count("script") == 1


def test_readings_that_are_refuted_for_one_reason_are_listed_once(tmp_path: Path) -> None:
    contrary = (link("1", "2", "1", kind="contrary link"),)
    readings = [
        fake(f"mine/t@{letter}", "refuted", reason="the factor 2 is missing", evidence=contrary)
        for letter in "abc"
    ]
    entry = fake(
        "mine/t",
        "refuted",
        reason="all readings agree",
        evidence=[
            Evidence("reading", f"reading t@{letter}", "implemented", "", {"id": f"mine/t@{letter}"})
            for letter in "abc"
        ],
    )
    alone = fake("mine/u", "refuted", reason="another reason", evidence=contrary)
    plain = [fake(f"mine/v@{letter}", "refuted", reason="a counterexample was certified") for letter in "ab"]
    _, html = report([*readings, entry, alone, *plain], tmp_path)
    findings = html[html.index('id="findings"') : html.index('id="graph"')]
    assert findings.count("the factor 2 is missing") == 1
    assert "and 2 more readings" in findings
    assert all(f"t@{letter}" in findings for letter in "abc")
    assert "all readings agree" not in findings
    assert findings.count("another reason") == 1
    assert findings.count("a counterexample was certified") == 2
