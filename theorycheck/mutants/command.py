"""`theorycheck mutants`: progress, the printed tables, the Markdown page, the exit status."""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from theorycheck import __version__
from theorycheck.errors import OutputError, TheorycheckError
from theorycheck.mutants.judging import MutantVerdict
from theorycheck.mutants.running import mutable, run_mutants
from theorycheck.mutants.table import counts, markdown_table, summary
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim

HEADING = """# Mutants: the checker checked

Every true claim with a formula is changed on purpose: a constant halved or doubled, an exponent off by one,
a square lost or gained, √d for d, a sign flipped, the last term of a sum dropped, two numbers exchanged, max
for min, the Gaussian of covariance I in the place of I/2, a hypothesis dropped or weakened, < for ≤. The
change is made on the terms, at one use of one part. The checker does not know which variants are wrong. A mutant is *killed* by a
certified counterexample; it is *still true* if it is proved, and then the printed bound was not sharp in what
was changed; else it is a *hole*. Of claims that differ only in the numbers that their formula was made with,
one is mutated; every claim is also hunted unchanged, and must not be refuted.

{summary}.

Made by `theorycheck mutants {targets}--budget {budget} --seed {seed} --markdown FILE`, theorycheck {version},
{date}.

"""


def run_command(
    claims: Sequence[Claim],
    settings: Settings,
    *,
    workers: int,
    markdown: Path | None,
    targets: Sequence[str] = (),
) -> int:
    """Judge the mutants of the claims, print what became of them, write the page.

    Returns
    -------
    int
        0, or 1 if a true claim was refuted or a proof was accepted for a refuted mutant.

    Raises
    ------
    TheorycheckError
        If no claim can be mutated, or the page cannot be written.
    """
    chosen = mutable(claims)
    if not chosen:
        raise TheorycheckError(
            "none of these claims has a formula and is recorded as true (expected='proved')"
        )
    if markdown is not None:
        _write(markdown, "")
    with _progress() as tell:
        results = run_mutants(chosen, settings, workers=workers, progress=tell)
    click.echo(counts("operator", [r for r in results if r.operator != "none"], lambda r: r.operator))
    for title, outcome in (
        ("Still true", "still true"),
        ("Holes", "hole"),
        ("Contradictions", "contradiction"),
        ("True claims refuted", "false alarm"),
    ):
        _listing(title, [f"{r.name}: {r.reason}" for r in results if r.outcome == outcome])
    click.echo(summary(results))
    if markdown is not None:
        heading = HEADING.format(
            summary=summary(results),
            targets="".join(f"{target} " for target in targets),
            budget=settings.budget,
            seed=settings.seed,
            version=__version__,
            date=datetime.date.today().isoformat(),
        )
        _write(markdown, heading + markdown_table(results))
    return 1 if any(result.outcome in ("false alarm", "contradiction") for result in results) else 0


def _write(path: Path, text: str) -> None:
    """Write the page; an empty text only tries whether that will be possible."""
    try:
        if text:
            path.write_text(text, encoding="utf-8")
        else:
            path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise OutputError(
            f"--markdown {path} cannot be written: {error.strerror}; choose another file"
        ) from error


def _listing(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{title} ({len(lines)}):")
        for line in lines:
            click.echo(f"  {line}")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[MutantVerdict], None]]:
    """Show on a terminal which mutants are judged, else print one line a mutant."""
    if not sys.stdout.isatty():
        yield lambda verdict: click.echo(f"{verdict.outcome:<13} {verdict.name}  ({verdict.seconds:.1f} s)")
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.completed} judged"), text)
    with Progress(*columns, console=Console(), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(verdict: MutantVerdict) -> None:
            bar.update(task, advance=1, description=f"{verdict.name}: {verdict.outcome}")

        yield tell
