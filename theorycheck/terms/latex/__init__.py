r"""Terms as TeX, for readers.

    shown = statement((left, right), "<=", taken=("x", "eta"))
    shown.formula          # \lVert x \rVert^{2} \le a
    shown.where            # (("a", "…"),): parts of a large formula that have names

However large a formula is, what is printed stays short: parts that occur twice get names, and past a few names the rest is
"… (n parts)".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from theorycheck.terms.latex.indices import aligned
from theorycheck.terms.latex.names import name_latex
from theorycheck.terms.latex.neutral import without_neutral_parts
from theorycheck.terms.latex.parts import plan
from theorycheck.terms.latex.pieces import Level, Piece, related
from theorycheck.terms.latex.writer import Writer
from theorycheck.terms.nodes import BATCH, Node, ordered, variables

__all__ = ["Printed", "name_latex", "statement"]

_SIGNS = {"<=": r"\le", "<": "<", ">=": r"\ge", ">": ">", "=": "="}
LONGEST = 2500
"""Characters of the formula and of the definitions after it; later definitions are only counted."""
SPLIT = 90
"""Characters of a formula; a longer one is printed on two lines."""


@dataclass(frozen=True)
class Printed:
    """TeX without dollar signs.

    Attributes
    ----------
    formula : str
    where : tuple of (str, str)
        Names in it and what they stand for; later ones may stand in earlier ones.
    conditions : tuple of str
        The conditions that were handed in, printed with the same names.
    """

    formula: str
    where: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()


def statement(
    sides: Sequence[Node], relation: str, conditions: Sequence[Node] = (), taken: Iterable[str] = ()
) -> Printed:
    """Print a term, or two with a relation between them.

    Parameters
    ----------
    sides : sequence of one or two Nodes
    relation : str
        "<=", "<", ">=", ">" or "="; "" for one term.
    conditions : sequence of Node
        Truth values, printed with the same names; of arrays for every entry.
    taken : iterable of str
        Names of the space, whose letters mean something already; those that occur in the terms are known.
    """
    count = len(sides)
    roots = without_neutral_parts((*sides, *conditions))
    sides, conditions = roots[:count], roots[count:]
    letters = {name_latex(name) for name in (*taken, *variables(roots), *_lengths(roots))}
    chosen = plan(roots, letters)
    writer = Writer(roots, letters, chosen)
    formula = _formula(writer, sides, relation)
    shown = tuple(_condition(writer, item) for item in conditions)
    told = len(formula)
    where: list[tuple[str, str]] = []
    for item, name in chosen.names.items():  # those above stand before those below
        if name in writer.referenced:
            where.append((name, writer.defined(item, short=told > LONGEST).text))
            told += len(where[-1][1])
    return Printed(formula, tuple(where), shown)


def _lengths(roots: Sequence[Node]) -> set[str]:
    """Names of the lengths of axes."""
    return {length for item in ordered(roots) for length in item.shape if isinstance(length, str)} - {BATCH}


def _formula(writer: Writer, sides: Sequence[Node], relation: str) -> str:
    if len(sides) == 1:
        return writer.top(sides[0]).text
    left, right = sides
    if relation == "=" and left.shape == right.shape:
        return _on_lines(writer.top(left), _SIGNS[relation], writer.top(right), "")
    longer = max((left.shape, right.shape), key=len)
    at, ranges = writer.entries(longer)
    a, b = (writer.write(side, aligned(at, longer, side.shape)) for side in sides)
    return _on_lines(a, _SIGNS[relation], b, ranges)


def _on_lines(left: Piece, sign: str, right: Piece, ranges: str) -> str:
    a, b = left.at(Level.SUM), right.at(Level.SUM)
    every = rf" \quad ({ranges})" if ranges else ""
    if len(a) + len(b) <= SPLIT or len(a) < 6 or len(b) < 6:
        return related(left, sign, right).text + every
    return rf"\begin{{aligned}} & {a} \\ & {sign} {b}{every} \end{{aligned}}"


def _condition(writer: Writer, item: Node) -> str:
    at, ranges = writer.entries(item.shape)
    text = writer.write(item, at).text
    bound = ", ".join(sorted(writer.letter_of(name) for name in item.free))
    every = ", ".join(part for part in (ranges, bound) if part)
    return rf"{text} \;\; (\forall\, {every})" if every else text
