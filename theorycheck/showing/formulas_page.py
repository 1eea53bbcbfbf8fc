"""The page of all formal statements of the shipped claims, `docs/formulas.md`.

python -m theorycheck.showing.formulas_page            writes docs/formulas.md
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from theorycheck.showing.report.formulas import expand_macros
from theorycheck.statement.claims import Claim
from theorycheck.statement.formal import NO_FORMAL_STATEMENT, formal_statement
from theorycheck.statement.loading import shipped_claims

PAGE = "docs/formulas.md"
_HEAD = """# Formal statements

What is hunted and proved, beside what the paper says: each shipped claim in words and as its formula says it, printed from
the term that everything is made of. Zeros that are added and factors of one are left out, and a part that is too long is
only counted. This page is generated: `python -m theorycheck.showing.formulas_page`.
"""


def page(claims: Iterable[Claim]) -> str:
    """Return the page as Markdown with TeX between dollar signs: a section a paper, an entry a claim."""
    parts = [_HEAD]
    ordered = sorted(claims, key=lambda claim: claim.paper)
    for paper, group in itertools.groupby(ordered, key=lambda claim: claim.paper):
        parts.append(f"## {paper}\n")
        parts += [_entry(claim) for claim in group]
    return "\n".join(parts)


def _entry(claim: Claim) -> str:
    printed = f" ({claim.printed})" if claim.printed else ""
    formal = formal_statement(claim)
    told = _displayed(formal) if formal else f"*{NO_FORMAL_STATEMENT.capitalize()}.*\n"
    return f"**`{claim.id}`**{printed}: {_words(claim.statement)}\n\n{told}"


def _words(text: str) -> str:
    """Prose on one line, in the TeX that every browser knows."""
    return _no_links(expand_macros(" ".join(text.split())))


def _displayed(text: str) -> str:
    """The display on lines of its own."""
    before, formula, after = re.split(r"\$\$", text)
    return _no_links(f"{before.strip()}\n\n$$\n{formula}\n$$\n" + (f"\n{after.strip()}\n" if after else ""))


def _no_links(text: str) -> str:
    """A bracket before a parenthesis is a link in Markdown."""
    return text.replace("](", "] (")


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else PAGE).write_text(page(shipped_claims()), encoding="utf-8")
