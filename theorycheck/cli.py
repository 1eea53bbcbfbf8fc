"""The command line.

Exit status: 0 every verdict is as recorded, 1 one is not, 2 the call or a claim file is wrong,
130 interrupted.

Only click is imported here; each command imports what it needs, so that `theorycheck --help` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from theorycheck import __version__
from theorycheck.errors import RunError, TheorycheckError

NOT_AS_RECORDED = 1
WRONG_CALL = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
DEFAULT_REPORT = "theorycheck-report"


class InterruptedRunError(Exception):
    """Ctrl-C; click would add an empty line to stderr for a KeyboardInterrupt."""


class OneLineErrors(click.Group):
    """A group whose errors are one line on stderr each, never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        sys.exit(self._status(*args, **kwargs))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptedRunError from None

    def _status(self, *args: Any, **kwargs: Any) -> int:
        try:
            status = super().main(*args, **kwargs)
            sys.stdout.flush()
            return status if isinstance(status, int) else 0
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx is not None else "", err=True)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            path = "theorycheck" if context is None else context.command_path
            _complain(f"{error.format_message().rstrip('.')}; see {path} --help")
        except RunError as error:
            for line in error.failures:
                _complain(line)
        except TheorycheckError as error:
            _complain(str(error))
        except (InterruptedRunError, KeyboardInterrupt, click.Abort):
            _complain(
                "interrupted; finished verdicts are in the --store and --json of this call, if it named them"
            )
            return INTERRUPTED
        except OSError as error:
            if error.errno != errno.EPIPE:
                _complain(f"{error.filename or 'the system'}: {error.strerror or error}; check the path")
                return WRONG_CALL
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # the interpreter flushes once more
            return BROKEN_PIPE
        except Exception as error:
            _complain(f"{_internal(error)}; mend what the claim file hands over there, or report this")
        return WRONG_CALL


def _internal(error: Exception) -> str:
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.filename}:{frame.lineno})"


def _complain(message: str) -> None:
    click.echo(f"theorycheck: {' '.join(message.split())}", err=True)


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="theorycheck", message="%(prog)s %(version)s")
def main() -> None:
    """Is the lemma true as printed, and if not, where does it fail?

    TARGETS are a paper (starnes2023), a claim's id (starnes2023/lemma-2.1d; that of an entry brings its
    readings), a Python file or directory that defines claims, or a claim of a file (mine.py::mine/lemma-1).
    """


_BUDGET = click.option(
    "--budget", type=click.Choice(["quick", "standard", "thorough"]), default="standard", show_default=True
)
_BACKEND = click.option(
    "--backend",
    type=click.Choice(["numpy", "cupy"]),
    default="numpy",
    show_default=True,
    help="Where batches run.",
)
_SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="File of finished verdicts; a run resumes from it."
)
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Time that one check may take.  [default: by the budget: 240, 600, 7200]",
)
_TARGETS = click.argument("targets", nargs=-1)
_ONE_OR_MORE = click.argument("targets", nargs=-1, required=True)


@main.command()
@_TARGETS
@_BACKEND
@_BUDGET
@_SEED
@_TIMEOUT
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write the verdicts as JSON."
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path(DEFAULT_REPORT),
    show_default=True,
    help="Write the report there.",
)
@_STORE
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes.  [default: one a CPU]")
def run(
    *,
    targets: Sequence[str],
    backend: str,
    budget: str,
    seed: int,
    timeout: float | None,
    json_path: Path | None,
    report: Path,
    store: Path | None,
    workers: int | None,
) -> int:
    """Judge claims: everything that is shipped, or TARGETS. Leaves a report to read.

    Without --store nothing but the report (and --json) is kept; with it, each verdict is kept as soon as
    it is there, and a second run takes it from there.
    """
    from theorycheck.running.campaign import Outputs, run_campaign
    from theorycheck.settings import Settings
    from theorycheck.statement.loading import resolve

    claims = resolve(targets)
    return run_campaign(
        claims,
        Settings(backend, budget, seed, timeout),
        Outputs(json_path, report, store),
        workers or _cpus(len(claims)),
    )


def _cpus(claims: int) -> int:
    """One worker a CPU, but no more than the claims keep busy."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, claims // 4))


@main.command(name="list")
@_TARGETS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_claims(targets: Sequence[str], as_json: bool) -> None:
    """List claims: id, kind, recorded status, where it is printed. Runs nothing."""
    from theorycheck.showing.show import list_lines, list_rows
    from theorycheck.statement.loading import resolve

    claims = resolve(targets)
    if as_json:
        from theorycheck.showing.json_output import dumps

        click.echo(dumps(list_rows(claims), indent=1))
    else:
        click.echo("\n".join(list_lines(claims)))


@main.command()
@_ONE_OR_MORE
@_STORE
def show(targets: Sequence[str], store: Path | None) -> None:
    """Show what a claim says and how it is checked; with --store also its latest verdict. Runs nothing."""
    from theorycheck.showing.show import claim_lines
    from theorycheck.statement.loading import resolve

    claims = resolve(targets)
    texts = ["\n".join(claim_lines(claim)) for claim in claims]
    if store is not None:
        from theorycheck.running.store import Store

        with Store(store, writable=False) as opened:
            for number, claim in enumerate(claims):
                verdict = opened.latest(claim.id)
                texts[number] += "\n\n" + ("no stored verdict" if verdict is None else str(verdict))
    click.echo("\n\n".join(texts))


@main.command()
@_ONE_OR_MORE
@_STORE
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="JSON of an earlier run."
)
@_BACKEND
@_BUDGET
@_SEED
def replay(
    *,
    targets: Sequence[str],
    store: Path | None,
    json_path: Path | None,
    backend: str,
    budget: str,
    seed: int,
) -> int:
    """Do every check of a stored verdict again.

    The verdict is the latest one of --store or that of --json; without either the claim is judged first. The claims that it
    cites are replayed with it. Every link is checked, the kernel makes every stored theorem again, and the hunt is run,
    against the claim as its file says it now; a counterexample is certified anew in balls, its script written anew and run.
    The exit status is 1 if something does not replay.
    """
    from theorycheck.running.replaying import find_verdicts, replay_verdict
    from theorycheck.settings import Settings
    from theorycheck.statement.loading import resolve

    claims = resolve(targets)
    settings = Settings(backend, budget, seed)
    sound = True
    found = find_verdicts(claims, settings, store, json_path)
    for claim, verdict in found:
        click.echo(f"{claim.id}: {verdict.status}")
        for item in replay_verdict(claim, verdict, found):
            click.echo(f"  {item.mark} {item.name}: {item.message}")
            sound = sound and item.sound
    return 0 if sound else NOT_AS_RECORDED


@main.command()
@_TARGETS
@_BUDGET
@_SEED
@click.option(
    "--markdown", type=click.Path(path_type=Path), metavar="FILE", help="Write the table as Markdown."
)
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes.  [default: one a CPU]")
def mutants(
    *, targets: Sequence[str], budget: str, seed: int, markdown: Path | None, workers: int | None
) -> int:
    """Test the tester: judge deliberately wrong variants of true claims and print which ones are caught.

    The exit status is 1 if a true claim is refuted, or a proof is accepted for a variant that is refuted.
    """
    from theorycheck.mutants.command import run_command
    from theorycheck.settings import Settings
    from theorycheck.statement.loading import resolve

    claims = resolve(targets)
    settings = Settings(budget=budget, seed=seed)
    count = workers or _cpus(len(claims))
    return run_command(claims, settings, workers=count, markdown=markdown, targets=targets)
