"""A run from the command line: progress, the files that it leaves, the summary, the exit status."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from theorycheck.showing import json_output
from theorycheck.errors import OutputError, RunError, TheorycheckError
from theorycheck.running.run import run
from theorycheck.running.store import Store
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import STATUSES, Verdict
from theorycheck.terms.namespaces import namespace


@dataclass(frozen=True)
class Outputs:
    """What a run leaves behind; None: nothing of that kind."""

    json: Path | None
    report: Path
    store: Path | None


def run_campaign(claims: Sequence[Claim], settings: Settings, outputs: Outputs, workers: int) -> int:
    """Judge the claims, show how it goes, write what was asked for, and return the exit status 0 or 1.

    Raises
    ------
    TheorycheckError
        Before the run if the backend or an output is unusable, after it if a claim could not be judged or an
        output not be written. What could be written has been written by then.
    """
    namespace(settings.backend)
    if outputs.json is not None:
        json_output.require_writable(outputs.json, "--json")
    _require_directory(outputs.report)
    verdicts: dict[str, Verdict] = {}
    order = [claim.id for claim in claims]
    failures: list[str] = []

    def write_json(interrupted: bool = False) -> None:
        if outputs.json is not None:
            finished = [verdicts[name] for name in order if name in verdicts]
            data = json_output.document(finished, settings, interrupted=interrupted, errors=failures)
            json_output.write(outputs.json, data)

    with contextlib.ExitStack() as stack:
        store = None if outputs.store is None else stack.enter_context(Store(outputs.store))
        tell = stack.enter_context(_progress(len(claims)))

        def on_verdict(verdict: Verdict) -> None:
            verdicts[verdict.claim] = verdict
            tell(verdict)

        try:
            run(claims, settings, workers=workers, store=store, on_verdict=on_verdict)
        except RunError as error:
            failures += error.failures
        except TheorycheckError as error:  # the store's disk is full, say: what is finished is still written
            failures.append(str(error))
        except KeyboardInterrupt:
            write_json(interrupted=True)
            raise
        served = 0 if store is None else store.served

    finished = [verdicts[name] for name in order if name in verdicts]
    page = None
    try:
        write_json()
    except TheorycheckError as error:
        failures.append(str(error))
    try:
        page = _write_report(finished, outputs.report)
    except TheorycheckError as error:
        failures.append(str(error))
    _summarise(finished, len(claims), served)
    if page is not None:
        click.echo(f"Report: {page}")
    if failures:
        raise RunError(failures, finished)
    return 0 if all(verdict.as_recorded for verdict in finished) else 1


def _require_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(
            f"--report {path} cannot be written: {error.strerror}; choose another directory with --report"
        ) from error


def _write_report(verdicts: Sequence[Verdict], directory: Path) -> Path | None:
    from theorycheck.showing.report import write_report

    return write_report(verdicts, directory) if verdicts else None


# ---- what the terminal shows -------------------------------------------------------------------------------


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[Verdict], None]]:
    """Show a bar on a terminal, else print one line a verdict."""
    if not sys.stdout.isatty():
        yield lambda verdict: click.echo(_line(verdict))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(), transient=True) as bar:
        task = bar.add_task("", total=total)

        def tell(verdict: Verdict) -> None:
            bar.update(task, advance=1, description=f"{verdict.claim}: {verdict.status}")
            if not verdict.as_recorded:
                bar.console.print(_line(verdict), markup=False, highlight=False)

        yield tell


def _line(verdict: Verdict) -> str:
    gaps = f", proof gaps {', '.join(verdict.gap_names)}" if verdict.proof_gaps else ""
    recorded = "" if verdict.as_recorded else f"  [not as recorded: {_recorded(verdict)}]"
    return f"{verdict.status:<12}  {verdict.claim}{gaps}  ({verdict.seconds:.1f} s){recorded}"


def _recorded(verdict: Verdict) -> str:
    gaps = ", ".join(verdict.expected_proof_gaps)
    return f"{verdict.expected}" + (
        f" with proof gaps {gaps}" if gaps else " without proof gaps" * bool(verdict.gap_names)
    )


def _summarise(verdicts: Sequence[Verdict], claims: int, served: int) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False, soft_wrap=True)
    counts = Counter(verdict.status for verdict in verdicts)
    table = Table("status", "claims", "meaning", title="Verdicts")
    for status, meaning in STATUSES.items():
        if counts[status]:
            table.add_row(status, str(counts[status]), meaning)
    if claims > len(verdicts):
        table.add_row("(none)", str(claims - len(verdicts)), "could not be judged, see the errors")
    console.print(table, soft_wrap=False)
    _listing("Refuted", [v.claim for v in verdicts if v.status == "refuted"])
    _listing("Proof gaps", [f"{v.claim}: {', '.join(v.gap_names)}" for v in verdicts if v.proof_gaps])
    _listing(
        "Not as recorded",
        [f"{v.claim}: {v.status}, recorded {_recorded(v)}" for v in verdicts if not v.as_recorded],
    )
    if served:
        click.echo(f"{served} verdicts were taken from the store")


def _listing(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{title} ({len(lines)}):")
        for line in lines:
            click.echo(f"  {line}")
