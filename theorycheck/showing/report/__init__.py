"""The report: one self-contained HTML page with every verdict, its evidence and the theorem graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from theorycheck.statement.verdicts import Verdict

__all__ = ["write_report"]


def write_report(verdicts: Sequence[Verdict], directory: Path) -> Path:
    """Write `index.html` and the counterexample scripts into a directory, and return the path of the page.

    See `theorycheck.showing.report.build.write_report`; the template engine is imported only when it is needed.
    """
    from theorycheck.showing.report import build

    return build.write_report(verdicts, directory)
