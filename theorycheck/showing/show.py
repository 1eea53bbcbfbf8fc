"""A claim as text for the terminal: what it says and how it is checked, with nothing run."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from theorycheck.statement.claims import Claim
from theorycheck.statement.formal import NO_FORMAL_STATEMENT, formal_statement
from theorycheck.statement.loading import source_of

WIDTH = 100


def list_rows(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return id, kind, expected status, place of print and readings of each claim, JSON-ready."""
    return [
        {
            "id": claim.id,
            "kind": claim.kind,
            "expected": claim.expected,
            "expected_proof_gaps": list(claim.expected_proof_gaps),
            "printed": claim.printed,
            "readings": [reading.id for reading in claim.readings],
            "parts": [part.id for part in claim.parts],
        }
        for claim in claims
    ]


def list_lines(claims: Sequence[Claim]) -> list[str]:
    """Return one line a claim, in columns."""
    rows = [(claim.id, claim.kind, claim.expected or "-", claim.printed) for claim in claims]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]


def claim_lines(claim: Claim) -> list[str]:
    """Return statement, hypotheses, space, checks, relations to other claims and note."""
    lines = [f"{claim.id}  ({', '.join(filter(None, [claim.printed, claim.kind]))})"]
    lines += _wrapped(claim.statement)
    lines += ["", *_wrapped(f"Formally: {formal_statement(claim) or NO_FORMAL_STATEMENT}"), ""]
    source = source_of(claim)
    facts: list[tuple[str, Iterable[str]]] = [
        ("assuming", [hypothesis.latex for hypothesis in claim.hypotheses]),
        ("for all", [] if claim.space is None else claim.space.names),
        ("checked by", _checks(claim)),
        ("readings", [reading.id for reading in claim.readings]),
        ("preferred", [] if claim.preferred is None else [f"{claim.preferred[0]} ({claim.preferred[1]})"]),
        ("parts", [part.id for part in claim.parts]),
        ("uses", claim.uses),
        ("corrects", filter(None, [claim.corrects])),
        ("implemented by", claim.implements),
        ("tested in", claim.tests),
        ("recorded", _recorded(claim)),
        ("file", [] if source is None else [str(source.path)]),
    ]
    for title, items in facts:
        texts = list(items)
        if texts:
            lines += textwrap.wrap(
                f"{title}: {'; '.join(texts)}", WIDTH, subsequent_indent="  ", break_long_words=False
            )
    if claim.note:
        lines += ["", *_wrapped(claim.note)]
    return lines


def _recorded(claim: Claim) -> list[str]:
    if claim.expected is None:
        return ["no status"]
    gaps = ", ".join(claim.expected_proof_gaps)
    return [claim.expected + (f", proof gaps {gaps}" if gaps else "")]


def _checks(claim: Claim) -> Iterable[str]:
    if claim.refutation is not None:
        yield f"a derivation of the contrary{_place(claim.refutation.derivation)}"
    if claim.derivation is not None:
        yield f"our derivation, link by link{_place(claim.derivation)}"
    if claim.printed_proof is not None:
        yield f"the printed proof, link by link{_place(claim.printed_proof)}"
    if claim.sides is not None:
        yield f"a hunt for instances where left {claim.relation} right fails{_place(claim.sides)}"
    if claim.sides is not None and claim.derivation is None:
        yield "an attempt at a direct proof"
    if claim.readings:
        yield "its readings"
    if claim.parts:
        yield "its parts"
    if claim.implements:
        yield "importing what implements it"


def _place(function: Callable[..., Any]) -> str:
    try:
        return f" (line {inspect.getsourcelines(function)[1]})"
    except (OSError, TypeError):
        return ""


def _wrapped(text: str) -> list[str]:
    paragraphs = textwrap.dedent(text).strip().split("\n\n")
    return [line for paragraph in paragraphs for line in textwrap.wrap(" ".join(paragraph.split()), WIDTH)]
