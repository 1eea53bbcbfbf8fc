"""What became of the mutants, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from theorycheck.mutants.judging import MutantVerdict
from theorycheck.statement.verdicts import Sharpness

COLUMNS = ("killed", "still true", "hole", "contradiction", "skipped")
LONGEST_REASON = 160


def markdown_table(results: Sequence[MutantVerdict]) -> str:
    """Write the kill table: by operator, by claim, then what survived and why, then every mutant.

    Parameters
    ----------
    results : sequence of MutantVerdict
        As `run_mutants` returns them.
    """
    mutants = [result for result in results if result.operator != "none"]
    parts = [
        counts("operator", mutants, lambda result: result.operator),
        counts("claim", mutants, lambda result: result.original),
        _section("Contradictions and false alarms", _named(results, "contradiction", "false alarm")),
        _section("Holes", _named(mutants, "hole")),
        _section("Still true", _still_true(mutants)),
        _section("Skipped", _named(mutants, "skipped")),
        _section("Killed", _named(mutants, "killed")),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(results: Sequence[MutantVerdict]) -> str:
    """One line: how many mutants, and what became of them."""
    mutants = [result for result in results if result.operator != "none"]
    found = Counter(result.outcome for result in mutants)
    unchanged = Counter(result.outcome for result in results if result.operator == "none")
    number = len(mutants) - found["skipped"]
    text = (
        f"{number} mutants of {sum(unchanged.values())} true claims: {found['killed']} killed, "
        f"{found['still true']} still true (proved), {found['hole']} holes"
    )
    if found["contradiction"]:
        text += f", {found['contradiction']} contradictions"
    return (
        f"{text}; {found['skipped']} changes made no mutant; {unchanged['false alarm']} true claims refuted"
    )


def counts(heading: str, results: Sequence[MutantVerdict], key: Callable[[MutantVerdict], str]) -> str:
    """A table of outcomes, one row for every value of `key`, and their sum."""
    rows: dict[str, Counter[str]] = {}
    for result in results:
        rows.setdefault(key(result), Counter())[result.outcome] += 1
    rows["all"] = sum(rows.values(), Counter())
    lines = [f"| {heading} | mutants | {' | '.join(COLUMNS)} |", "| --- |" + " ---: |" * (len(COLUMNS) + 1)]
    for name, row in rows.items():
        numbers = [row.total() - row["skipped"], *(row[column] for column in COLUMNS)]
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)


def _section(title: str, rows: Iterable[str]) -> str:
    lines = list(rows)
    return "\n".join([f"## {title}", "", *lines]) if lines else ""


def _named(results: Iterable[MutantVerdict], *outcomes: str) -> list[str]:
    chosen = [result for result in results if result.outcome in outcomes]
    lines = [f"| {_cell(result.name)} | {_cell(result.reason)} |" for result in chosen]
    return ["| mutant | what came out |", "| --- | --- |", *lines] if lines else []


def _still_true(results: Iterable[MutantVerdict]) -> list[str]:
    chosen = [result for result in results if result.outcome == "still true"]
    lines = [
        f"| {_cell(result.name)} | {_ratio(result.original_sharpness)} | {_ratio(result.sharpness)} "
        f"| {_cell(result.reason)} |"
        for result in chosen
    ]
    head = [
        "| mutant | largest ratio, printed | largest ratio, mutant | why |",
        "| --- | ---: | ---: | --- |",
    ]
    return [*head, *lines] if lines else []


def _ratio(sharpness: Sharpness | None) -> str:
    return "" if sharpness is None else f"{sharpness.ratio:.4g}"


def _cell(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
