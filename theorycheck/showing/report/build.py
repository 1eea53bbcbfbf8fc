"""The page: one HTML file with everything in it, and the counterexample scripts beside it."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from theorycheck import __version__
from theorycheck.errors import OutputError
from theorycheck.showing.report.cards import Card, file_stem, make_cards, unique_names
from theorycheck.showing.report.drawing import draw_graph
from theorycheck.showing.report.findings import grouped
from theorycheck.showing.report.formulas import prose
from theorycheck.showing.report.graph import theorem_graph
from theorycheck.showing.report.signs import FULLY_PROVED_MARK, OUTCOME_MARKS, OUTCOME_TONES, STATUS_MARKS
from theorycheck.showing.report.values import seconds_text
from theorycheck.statement.verdicts import STATUSES, Verdict

SCRIPT_FOLDER = "counterexamples"


def write_report(verdicts: Sequence[Verdict], directory: Path) -> Path:
    """Write `index.html` and the counterexample scripts into a directory, and return the path of the page.

    The page needs no network, no server and, apart from search and zoom, no JavaScript. Where several
    verdicts have the same claim id, the last one counts.

    Raises
    ------
    OutputError
        If the directory cannot be written.
    """
    unique = list({verdict.claim: verdict for verdict in verdicts}.values())
    refuted = [verdict for verdict in unique if verdict.counterexample is not None]
    names = unique_names({verdict.claim: file_stem(verdict) for verdict in refuted})
    scripts = {claim: f"{SCRIPT_FOLDER}/{name}.py" for claim, name in names.items()}
    page = Path(directory) / "index.html"
    contents = {
        Path(directory) / scripts[v.claim]: v.counterexample.script for v in refuted if v.counterexample
    }
    contents[page] = render(unique, scripts)
    try:
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".partial")
            partial.write_text(text, encoding="utf-8", errors="replace", newline="\n")
            partial.replace(path)  # a reader never meets half a page
    except OSError as error:
        raise OutputError(
            f"cannot write the report to {directory} ({error}); choose another directory"
        ) from error
    return page


def render(verdicts: Sequence[Verdict], scripts: Mapping[str, str]) -> str:
    """Return the page; `scripts` names the file of each counterexample script by claim id."""
    graph = theorem_graph(verdicts)
    cards = make_cards(verdicts, graph, scripts)
    templates = files("theorycheck.showing.report") / "templates"
    style, script = ((templates / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    papers: dict[str, list[Card]] = {}
    for card in cards:
        papers.setdefault(card.verdict.paper, []).append(card)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            cards=cards,
            papers=papers,
            refuted_readings=grouped(cards, "refuted"),
            contested_readings=grouped(cards, "contested"),
            by_claim={card.verdict.claim: card for card in cards},
            graph=graph,
            drawing=draw_graph(cards, graph),
            counts=Counter(verdict.status for verdict in verdicts),
            facts=_run_facts(verdicts),
            style=Markup(style),  # our own files, not user's text
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("theorycheck.showing.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = seconds_text
    environment.filters["prose"] = prose
    environment.globals.update(
        statuses=STATUSES,
        marks=STATUS_MARKS,
        outcome_marks=OUTCOME_MARKS,
        tones=OUTCOME_TONES,
        full_mark=FULLY_PROVED_MARK,
    )
    return environment


def _run_facts(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    def values(items: Iterable[Any]) -> str:
        return ", ".join(str(item) for item in dict.fromkeys(items)) or "–"

    packages: dict[str, list[str]] = {}
    for verdict in verdicts:
        for package, version in verdict.versions.items():
            if version not in packages.setdefault(package, []):
                packages[package].append(version)
    versions = {"theorycheck": [__version__]} | packages
    return [
        ("seed", values(verdict.seed for verdict in verdicts)),
        ("budget", values(verdict.budget for verdict in verdicts)),
        ("backend", values(verdict.backend for verdict in verdicts)),
        ("time of all checks", seconds_text(sum(verdict.seconds for verdict in verdicts))),
        ("written", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("versions", ", ".join(f"{package} {'/'.join(found)}" for package, found in versions.items())),
    ]
