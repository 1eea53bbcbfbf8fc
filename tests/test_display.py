"""A verdict in print, as a card and as LaTeX: complete, escaped, and valid whatever the texts are."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.showing.display import verdict_html, verdict_latex, verdict_text
from theorycheck.statement.verdicts import STATUSES, Counterexample, Evidence, ProofGap, Sharpness, Verdict

LINKS = (
    Evidence(
        "link",
        "link 1",
        "verified",
        "",
        {"left": "a", "relation": "<=", "right": r"\E b", "reason": "by $x<y$"},
    ),
    Evidence(
        "link",
        "link 2",
        "unverified",
        "",
        {"left": r"\E b", "relation": "=", "right": "c", "reason": "50% of it"},
    ),
)
VERDICT = Verdict(
    claim="mine/lemma_1",
    paper="mine",
    label="lemma_1",
    kind="inequality",
    status="refuted",
    expected="proved",
    reason="a counterexample was certified",
    statement=r"If $f$ is convex then $f_\sigma(x) \le f(x)$.",
    printed="Lemma 1(a)",
    hypotheses=(r"f \text{ convex}",),
    uses=(),
    corrects=None,
    note="the scan is noisy",
    proof_gaps=(ProofGap("L2", "a = b", "failed", "the sign is wrong", {"a": "1", "b": "-1"}),),
    expected_proof_gaps=(),
    sharpness=Sharpness(1.5, {"d": 1}),
    counterexample=Counterexample({"d": 1, "x": ["3/2"]}, "[0.75 ± 1e-9]", "1/4", "<=", 128, "print(1)"),
    evidence=LINKS,
    seed=3,
    budget="quick",
    backend="numpy",
    versions={},
    seconds=0.5,
)
PIECES = [*"ab \\{}$%#&_^~<>\"'\n", r"\begin{matrix}", r"\end{matrix}", r"\left(", r"\right)", r"\\"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


def with_text(text: str) -> Verdict:
    details = {"left": text, "relation": text, "right": text + "x", "reason": text}
    bare = Evidence("link", text, "failed", text)
    return replace(
        VERDICT, statement=text, reason=text, evidence=(*LINKS, replace(LINKS[0], details=details), bare)
    )


def test_print_tells_everything() -> None:
    text = str(VERDICT)
    for told in (
        "mine/lemma_1: refuted",
        "Lemma 1(a)",
        r"f_\sigma(x) \le f(x)",
        "a counterexample was certified",
        "expects proved",
        "x = (3/2)",
        "left  = [0.75 ± 1e-9]",
        "right = 1/4",
        "L2 (failed): the sign is wrong",
        "b = -1",
        "1.5",
        "link 2",
        "the scan is noisy",
        "theorycheck replay mine/lemma_1",
        "seed 3",
    ):
        assert told in text, told
    assert max(len(line) for line in text.splitlines()) <= 120


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_prints(status: str) -> None:
    verdict = replace(VERDICT, status=status, expected=None, counterexample=None, sharpness=None, evidence=())
    assert f": {status}" in verdict_text(verdict)
    assert status in verdict_html(verdict)
    assert status in verdict_latex(verdict)
    assert "Not as recorded" not in verdict_text(replace(verdict, proof_gaps=()))


class Card(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_card() -> None:
    html = VERDICT._repr_html_()
    card = Card(html)
    assert "math" in card.tags
    for told in (
        "mine/lemma_1",
        "refuted",
        "3/2",
        "[0.75 ± 1e-9]",
        "the sign is wrong",
        "theorycheck replay",
    ):
        assert told in html, told
    assert "class" not in card.attributes or "tex" in html
    assert "http" not in html


@settings(derandomize=True, max_examples=100, deadline=None)
@given(TEXTS)
def test_card_is_well_formed_and_escaped(text: str) -> None:
    hostile = f"{text}<script>alert(1)</script><img onerror=x>"
    verdict = replace(with_text(hostile), claim=hostile, printed=hostile)
    example = Counterexample({hostile: hostile}, hostile, hostile, hostile, 64, hostile)
    card = Card(verdict_html(replace(verdict, counterexample=example)))
    assert not {"script", "img"} & set(card.tags)
    assert not any(name.startswith("on") for name in card.attributes)


def assert_valid_latex(source: str) -> None:
    """One display of one aligned environment: groups balanced, nothing that ends it early."""
    assert source.startswith("$$\n\\begin{aligned}")
    assert source.endswith("\\end{aligned}\n$$")
    body = source[2:-2]
    bare = re.sub(r"\\\\|\\[{}$%#&_]", lambda match: "\n" if match.group() == r"\\" else "", body)
    assert "$" not in bare
    assert "%" not in bare
    assert "#" not in bare
    stack: list[str] = []
    for which in re.findall(r"\\(?:begin|end)\{.*?\}|\\(?:left|right)(?![a-z])|[{}]", bare):
        if which == "{" or which.startswith(("\\begin", "\\left")):
            stack.append(which)
        else:
            begun = {"}": "{", "\\right": "\\left"}.get(which, which.replace("end", "begin"))
            assert stack.pop() == begun
    assert stack == []


def test_latex_of_a_derivation() -> None:
    source = VERDICT._repr_latex_()
    assert_valid_latex(source)
    assert r"{a} &\le {\mathbb{E} b} &&" in source
    assert "\n &= {c}" in source  # the left side repeats the right side before it
    assert r"\text{by }{x<y}" in source
    assert r"50\% of it" in source
    assert r"mine/lemma\_1: refuted" in source


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TEXTS)
def test_latex_is_valid_whatever_the_texts_are(text: str) -> None:
    assert_valid_latex(verdict_latex(with_text(text)))
    assert_valid_latex(verdict_latex(replace(with_text(text), evidence=(), claim=f"a/{text}")))


@pytest.mark.parametrize(
    "tex", [r"\begin{matrix} a & b \\ c & d \end{matrix}", r"\left( x \right]", r"\{ x \}", r"x \leftarrow y"]
)
def test_latex_keeps_valid_formulas(tex: str) -> None:
    details: dict[str, Any] = {"left": tex, "relation": "=", "right": "0", "reason": ""}
    source = verdict_latex(replace(VERDICT, evidence=(replace(LINKS[0], details=details),)))
    assert f"{{{tex}}} &= {{0}}" in source
