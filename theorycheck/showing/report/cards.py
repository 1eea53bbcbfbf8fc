"""What the page shows of one claim: a verdict turned into plain fields that the template prints."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from theorycheck.showing.report.formulas import RELATION_SIGNS, prose, relation_sign, tex_or_prose
from theorycheck.showing.report.graph import TheoremGraph, members
from theorycheck.showing.report.histogram import Histogram, histogram
from theorycheck.showing.report.values import instance_rows, json_text, number_text
from theorycheck.statement.formal import NO_FORMAL_STATEMENT
from theorycheck.statement.verdicts import Evidence, ProofGap, Verdict

LONGEST_WITNESS = 220
_LINK_KINDS = ("link", "printed link", "contrary link")
_HAVE_A_PLACE = frozenset(
    [
        *("left", "relation", "right", "statement", "reason", "method", "certificate", "counterexample"),
        "rests_on",
        *("ratios", "instance", "worst", "criterion", "figure"),
    ]
)


@dataclass(frozen=True)
class LinkRow:
    """One link of a derivation: `left` is empty where it repeats the right side of the link before."""

    name: str
    outcome: str
    left: Markup
    relation: Markup
    right: Markup
    statement: Markup
    reason: Markup
    method: str
    certificate: Markup
    instance: list[tuple[str, str]]
    is_gap: bool


@dataclass(frozen=True)
class EvidenceRow:
    """One piece of evidence: its scalar details as facts, the others as JSON."""

    evidence: Evidence
    summary: Markup
    facts: list[tuple[str, str]]
    rest: Markup
    instance: list[tuple[str, str]]
    histogram: Histogram | None
    criterion: Markup
    figure: str


@dataclass(frozen=True)
class Reference:
    """A claim that another one names; `anchor` is None where the report has no such claim."""

    name: str
    anchor: str | None
    status: str | None


@dataclass(frozen=True)
class Card:
    """Everything that the page shows of one claim."""

    verdict: Verdict
    name: str
    anchor: str
    tags: str
    fully_proved: bool
    statement: Markup
    formal: Markup
    reason: Markup
    note: Markup
    hypotheses: list[Markup]
    derivation: list[LinkRow]
    contrary: list[LinkRow]
    printed_proof: list[LinkRow]
    hunts: list[EvidenceRow]
    experiments: list[EvidenceRow]
    evidence: list[EvidenceRow]
    sharpest: list[tuple[str, str]]
    counterexample: list[tuple[str, str]]
    witness: str
    relation: Markup
    script: str | None
    ratio: str
    readings: list[Reference]
    parts: list[Reference]
    rests_on: list[Markup]
    missing_hypothesis: Markup
    uses: list[Reference]
    used_by: list[Reference]
    corrects: Reference | None
    corrected_by: list[Reference]


def file_stem(verdict: Verdict) -> str:
    """Return "PAPER--LABEL" with everything that is not safe in file names and addresses replaced by "-"."""
    return f"{_safe(verdict.paper)}--{_safe(verdict.label)}"


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._@-]", "-", text)


def unique_names(wanted: Mapping[str, str]) -> dict[str, str]:
    """Number the names (by claim) that collide when letter case is ignored: a, a-2, a-3, …"""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for claim, name in wanted.items():
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique.casefold())
        names[claim] = unique
    return names


def make_cards(verdicts: Sequence[Verdict], graph: TheoremGraph, scripts: Mapping[str, str]) -> list[Card]:
    """Return one card per verdict; `scripts` names the file of each counterexample script by claim id."""
    anchors = unique_names({v.claim: f"claim-{_safe(v.paper)}-{_safe(v.label)}" for v in verdicts})
    status = {v.claim: v.status for v in verdicts}
    names = short_names(verdicts)
    corrections: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.corrects is not None:
            corrections.setdefault(verdict.corrects, []).append(verdict.claim)

    def reference(claim: str) -> Reference:
        return Reference(names.get(claim, claim), anchors.get(claim), status.get(claim))

    return [
        Card(
            verdict=verdict,
            name=names[verdict.claim],
            anchor=anchors[verdict.claim],
            tags=" ".join(_tags(verdict, graph)),
            fully_proved=verdict.claim in graph.fully_proved,
            statement=prose(verdict.statement),
            formal=prose(verdict.formal or NO_FORMAL_STATEMENT),
            reason=prose(verdict.reason),
            note=prose(verdict.note),
            hypotheses=[tex_or_prose(hypothesis) for hypothesis in verdict.hypotheses],
            derivation=link_rows([e for e in verdict.evidence if e.kind == "link"], ()),
            contrary=link_rows([e for e in verdict.evidence if e.kind == "contrary link"], ()),
            printed_proof=link_rows(
                [e for e in verdict.evidence if e.kind == "printed link"],
                [gap for gap in verdict.proof_gaps if not gap.of],
            ),
            hunts=[_evidence_row(e) for e in verdict.evidence if e.kind == "hunt"],
            experiments=[_evidence_row(e) for e in verdict.evidence if e.kind == "experiment"],
            evidence=[_evidence_row(e) for e in verdict.evidence],
            sharpest=instance_rows(None if verdict.sharpness is None else verdict.sharpness.instance),
            counterexample=instance_rows(
                None if verdict.counterexample is None else verdict.counterexample.instance
            ),
            witness=_witness(verdict),
            relation=relation_sign("" if verdict.counterexample is None else verdict.counterexample.relation),
            script=scripts.get(verdict.claim),
            ratio="" if verdict.sharpness is None else number_text(verdict.sharpness.ratio),
            readings=[reference(claim) for claim in members(verdict, "reading")],
            parts=[reference(claim) for claim in members(verdict, "part")],
            rests_on=[prose(str(ground)) for ground in verdict.rests_on],
            missing_hypothesis=prose(verdict.missing_hypothesis or ""),
            uses=[reference(claim) for claim in dict.fromkeys(verdict.uses)],
            used_by=[reference(claim) for claim in graph.used_by[verdict.claim]],
            corrects=None if verdict.corrects is None else reference(verdict.corrects),
            corrected_by=[reference(claim) for claim in corrections.get(verdict.claim, ())],
        )
        for verdict in verdicts
    ]


def short_names(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Return what links are called: the label in a report on one paper, else the whole id."""
    alone = len({verdict.paper for verdict in verdicts}) == 1
    return {verdict.claim: verdict.label if alone else verdict.claim for verdict in verdicts}


def _witness(verdict: Verdict) -> str:
    """Return the two sides and the instance of the counterexample on one line."""
    example = verdict.counterexample
    if example is None:
        return ""
    where = ", ".join(f"{name} = {value}" for name, value in instance_rows(example.instance))
    sign = RELATION_SIGNS.get(example.relation, example.relation)
    line = f"needs {example.left} {sign} {example.right}, at {where}"
    return line if len(line) <= LONGEST_WITNESS else f"{line[:LONGEST_WITNESS]}…"


def _tags(verdict: Verdict, graph: TheoremGraph) -> list[str]:
    tags = [verdict.status]
    if verdict.claim in graph.fully_proved:
        tags.append("full")
    if verdict.proof_gaps:
        tags.append("gap")
    if not verdict.as_recorded:
        tags.append("unrecorded")
    return tags


def link_rows(links: Sequence[Evidence], gaps: Sequence[ProofGap]) -> list[LinkRow]:
    """Return the rows of a derivation; a gap that no link carries gets a row of its own."""
    by_name = {gap.link: gap for gap in gaps}
    rows: list[LinkRow] = []
    previous = None
    for link in links:
        short = link.name.removeprefix(link.kind).strip() or link.name
        gap = by_name.pop(short, None) or by_name.pop(link.name, None)
        rows.append(_link_row(link, short, gap, previous))
        previous = link.details.get("right")
    return rows + [_gap_row(gap) for gap in by_name.values()]


def _link_row(link: Evidence, short: str, gap: ProofGap | None, previous: Any) -> LinkRow:
    details = link.details
    left, right = details.get("left"), details.get("right")
    has_sides = left is not None and right is not None
    if not has_sides:
        statement = details.get("statement") or (gap.statement if gap else "")
        shown = tex_or_prose(str(statement)) if statement else prose(link.summary)
    else:
        shown = Markup("")
    instance = details.get("counterexample") or (gap.instance if gap else None)
    reason = str(details.get("reason") or (gap.reason if gap else "") or (link.summary if has_sides else ""))
    return LinkRow(
        name=short,
        outcome=link.outcome,
        left=tex_or_prose(str(left)) if has_sides and left != previous else Markup(""),
        relation=relation_sign(str(details.get("relation", ""))) if has_sides else Markup(""),
        right=tex_or_prose(str(right)) if has_sides else Markup(""),
        statement=shown,
        reason=prose(reason),
        method=str(details.get("method") or ""),
        certificate=json_text(details["certificate"]) if details.get("certificate") else Markup(""),
        instance=instance_rows(instance if isinstance(instance, Mapping) else None),
        is_gap=gap is not None,
    )


def _gap_row(gap: ProofGap) -> LinkRow:
    nothing = Markup("")
    return LinkRow(
        name=gap.link,
        outcome=gap.outcome,
        left=nothing,
        relation=nothing,
        right=nothing,
        statement=tex_or_prose(gap.statement),
        reason=prose(gap.reason),
        method="",
        certificate=nothing,
        instance=instance_rows(gap.instance),
        is_gap=True,
    )


def _evidence_row(evidence: Evidence) -> EvidenceRow:
    facts: list[tuple[str, str]] = []
    rest: dict[str, Any] = {}
    for key, value in evidence.details.items():
        if key in _HAVE_A_PLACE or value in (None, ""):
            continue
        if isinstance(value, bool | int | float | str) and len(str(value)) < 120:
            facts.append((key.replace("_", " "), number_text(value)))
        else:
            rest[key] = value
    if evidence.kind not in _LINK_KINDS and evidence.details.get("certificate"):
        rest["certificate"] = evidence.details["certificate"]
    worst = evidence.details.get("worst")
    if isinstance(worst, Mapping) and isinstance(worst.get("instance"), Mapping):
        worst = {**worst["instance"], "left": worst.get("left"), "right": worst.get("right")}
    instance = evidence.details.get("instance") or worst
    return EvidenceRow(
        evidence=evidence,
        summary=prose(evidence.summary),
        facts=facts,
        rest=json_text(rest) if rest else Markup(""),
        instance=instance_rows(instance if isinstance(instance, Mapping) else None),
        histogram=histogram(evidence.details.get("ratios")),
        criterion=prose(str(evidence.details.get("criterion", ""))),
        figure=_picture(evidence.details.get("figure")),
    )


def _picture(svg: Any) -> str:
    """An SVG document as the address of an image: what it contains is drawn and never run."""
    if not isinstance(svg, str) or not svg:
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
