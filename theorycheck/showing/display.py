"""A verdict on the terminal, in a notebook and as LaTeX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from markupsafe import Markup, escape

from theorycheck.showing.report.formulas import expand_macros, is_prose, prose
from theorycheck.showing.report.signs import OUTCOME_MARKS, STATUS_COLOURS, STATUS_MARKS
from theorycheck.showing.report.values import instance_rows, number_text, seconds_text
from theorycheck.statement.formal import NO_FORMAL_STATEMENT
from theorycheck.statement.verdicts import STATUSES, Evidence, Verdict

WIDTH = 100
_LINK_KINDS = ("link", "contrary link")
_TEX_RELATIONS = {"<=": r"\le", ">=": r"\ge", "==": "=", "=": "=", "<": "<", ">": ">"}
_GROUPS = re.compile(r"\\(?:begin|end)\{\w+\*?\}|\\(?:left|right)(?![A-Za-z])|[{}]")
_CLOSES = {"{": "}", r"\left": r"\right"}
_TEX_SPECIAL = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "^": r"\char94 ",
    "~": r"\char126 ",
}


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as plain text: status, statement, reason, what breaks it, and how to replay it."""
    lines = [f"{STATUS_MARKS[verdict.status]} {verdict.claim}: {verdict.status}"]
    if verdict.printed:
        lines[0] += f"  ({verdict.printed})"
    lines += _wrapped(verdict.statement)
    if verdict.hypotheses:
        lines += _wrapped("assuming " + "; ".join(verdict.hypotheses))
    lines += _wrapped(f"Formally: {verdict.formal or NO_FORMAL_STATEMENT}")
    lines += ["", *_wrapped(f"Why: {verdict.reason}")]
    if verdict.rests_on:
        lines.append("  Rests on:")
        for ground in verdict.rests_on:
            lines += _wrapped(str(ground), "    ")
    if verdict.missing_hypothesis:
        lines += _wrapped(f"Missing hypothesis: {verdict.missing_hypothesis}")
    if not verdict.as_recorded:
        recorded = ", ".join([str(verdict.expected), *(f"gap {gap}" for gap in verdict.expected_proof_gaps)])
        lines += _wrapped(f"Not as recorded: the claim's file expects {recorded}")
    example = verdict.counterexample
    if example is not None:
        lines += ["", "  Counterexample:"]
        lines += [f"    {name} = {value}" for name, value in instance_rows(example.instance)]
        lines.append(f"    left  = {example.left}")
        lines.append(f"    right = {example.right}")
        lines.append(f"    the claim needs left {example.relation} right; certified at {example.bits} bits")
    if verdict.proof_gaps:
        lines += ["", "  Gaps in the printed proof:"]
    for gap in verdict.proof_gaps:
        lines += _wrapped(f"{gap.name} ({gap.outcome}): {gap.reason}", "    ")
        lines += [f"      {name} = {value}" for name, value in instance_rows(gap.instance)]
    if verdict.sharpness is not None:
        ratio = number_text(verdict.sharpness.ratio)
        lines += ["", f"  Largest ratio met, side claimed smaller / side claimed larger: {ratio}"]
    if verdict.evidence:
        lines += ["", "  Evidence:"]
        lines += [
            f"    {OUTCOME_MARKS[item.outcome]} {item.name}: {_told(item)}" for item in verdict.evidence
        ]
    if verdict.corrects:
        lines += ["", f"  Corrects {verdict.corrects}"]
    if verdict.note:
        lines += ["", *_wrapped(f"Note: {verdict.note}")]
    run = f"seed {verdict.seed}, budget {verdict.budget}, {verdict.backend}, {seconds_text(verdict.seconds)}"
    lines += ["", f"  Replay: theorycheck replay {verdict.claim}   ({run})"]
    return "\n".join(lines)


def _told(item: Evidence) -> str:
    text = f"{item.outcome}; {item.summary}" if item.summary else item.outcome
    return textwrap.shorten(text, WIDTH, placeholder=" …")


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def verdict_html(verdict: Verdict) -> str:
    """Return a compact card for notebooks: inline styles, MathML, everything escaped; for light and dark."""
    colour = STATUS_COLOURS[verdict.status]
    rows: list[Markup] = []
    if verdict.counterexample is not None:
        example = verdict.counterexample
        values = [*instance_rows(example.instance), ("left", example.left), ("right", example.right)]
        told = Markup("<br>").join(
            Markup("<code>{} = {}</code>").format(name, value) for name, value in values
        )
        needs = Markup("<br>the claim needs left {} right").format(example.relation)
        rows.append(_html_row("Counterexample", told + needs))
    for ground in verdict.rests_on:
        rows.append(_html_row("Rests on", prose(str(ground))))
    if verdict.missing_hypothesis:
        rows.append(_html_row("Missing hypothesis", prose(verdict.missing_hypothesis)))
    for gap in verdict.proof_gaps:
        text = Markup("{} {}: {}").format(gap.name, gap.outcome, prose(gap.reason))
        rows.append(_html_row("Proof gap", text))
    if verdict.sharpness is not None:
        rows.append(_html_row("Largest ratio of sides", escape(number_text(verdict.sharpness.ratio))))
    if not verdict.as_recorded:
        rows.append(
            _html_row("Recorded", Markup("{}, but this is not what was found").format(verdict.expected))
        )
    marks = [(OUTCOME_MARKS[item.outcome], item.name) for item in verdict.evidence]
    if marks:
        rows.append(_html_row("Evidence", Markup(" · ").join(Markup("{} {}").format(m, n) for m, n in marks)))
    rows.append(_html_row("Replay", Markup("<code>theorycheck replay {}</code>").format(verdict.claim)))
    return Markup(
        '<div style="border:1px solid rgba(128,128,128,.35);border-left:4px solid {colour};border-radius:6px;'
        'padding:.6em .9em;margin:.3em 0;max-width:60em;line-height:1.5">'
        '<div><span style="background:{colour};color:#fff;border-radius:4px;padding:.05em .5em;'
        'font-weight:600" title="{meaning}">{mark} {status}</span> <strong>{claim}</strong> '
        '<span style="opacity:.7">{printed}</span></div>'
        '<div style="margin:.4em 0">{statement}</div><div style="margin:.4em 0;overflow-x:auto">{formal}</div>'
        '<div style="opacity:.8">{reason}</div>'
        '<table style="border-collapse:collapse;margin-top:.4em;background:none">{rows}</table></div>'
    ).format(
        colour=colour,
        meaning=STATUSES[verdict.status],
        mark=STATUS_MARKS[verdict.status],
        status=verdict.status,
        claim=verdict.claim,
        printed=verdict.printed,
        statement=prose(verdict.statement),
        formal=prose(f"Formally: {verdict.formal or NO_FORMAL_STATEMENT}"),
        reason=prose(verdict.reason),
        rows=Markup("").join(rows),
    )


def _html_row(name: str, value: Markup) -> Markup:
    return Markup(
        '<tr style="background:none"><th scope="row" style="text-align:left;vertical-align:top;'
        'font-weight:400;opacity:.7;padding:.1em 1em .1em 0;white-space:nowrap">{}</th>'
        '<td style="text-align:left;padding:.1em 0">{}</td></tr>'
    ).format(name, value)


def verdict_latex(verdict: Verdict) -> str:
    """Return status and derivation as one aligned display between double dollar signs.

    A part that is not balanced TeX is set as text, so that one bad formula does not break the display.
    """
    title = rf"& \textbf{{{_escaped(verdict.claim)}: {_escaped(verdict.status)}}}"
    links = [item for item in verdict.evidence if item.kind in _LINK_KINDS]
    rows = (
        _latex_rows(links) if links else [f"& {_latex_words(part)}" for part in [verdict.statement] if part]
    )
    body = " \\\\\n".join([title, *rows])
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _latex_rows(links: Sequence[Evidence]) -> list[str]:
    rows: list[str] = []
    previous: object = None
    for link in links:
        details = link.details
        left, right = details.get("left"), details.get("right")
        reason = _latex_words(str(details.get("reason") or link.summary))
        told = rf"\quad \text{{({_escaped(link.outcome)}) }}{reason}"
        if left is None or right is None:
            rows.append(f"& {told}")
            previous = None
            continue
        relation = str(details.get("relation", "="))
        relation = _TEX_RELATIONS.get(relation, _formula(relation))
        first = "" if left == previous else _side(str(left))
        rows.append(f"{first} &{relation} {_side(str(right))} &&{told}")
        previous = right
    return rows


def _side(text: str) -> str:
    return _latex_words(text) if is_prose(text) else _formula(text)


def _latex_words(text: str) -> str:
    """Set prose with TeX between dollar signs as alternating text and formulas (no dollar sign remains)."""
    parts = re.split(r"(?<!\\)\$\$?(.+?)(?<!\\)\$\$?", text, flags=re.DOTALL)
    return "".join(
        _formula(part) if number % 2 else rf"\text{{{_escaped(part)}}}"
        for number, part in enumerate(parts)
        if part
    )


def _formula(tex: str) -> str:
    tex = expand_macros(" ".join(tex.split()))
    return f"{{{tex}}}" if _is_safe(tex) else rf"\text{{{_escaped(tex)}}}"


def _is_safe(tex: str) -> bool:
    """Return whether TeX can stand inside a group: braces and environments balanced, no dollar sign."""
    bare = re.sub(r"\\\\|\\[{}$%#&_]", "", tex)
    if re.search(r"[$%#]", bare) or bare.endswith("\\"):
        return False
    open_groups: list[str] = []
    for token in _GROUPS.findall(bare):
        if token == "{" or token.startswith((r"\begin", r"\left")):
            open_groups.append(_CLOSES.get(token) or token.replace("begin", "end"))
        elif not open_groups or open_groups.pop() != token:
            return False
    outside = re.sub(r"\\begin.*\\end\{\w+\*?\}|\\&", "", tex, flags=re.DOTALL)
    return not open_groups and "&" not in outside and r"\\" not in outside


def _escaped(text: str) -> str:
    return "".join(_TEX_SPECIAL.get(character, character) for character in re.sub(r"\s+", " ", text))
