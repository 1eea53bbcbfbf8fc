"""Which parts of a large formula get a name ("where a = …"), and which are only counted.

A formula is a graph: written out as a tree it may be far longer than its nodes are many. Parts that occur more than once,
and every part that would be too long, get names; past `MOST_NAMES` names the rest is "… (n parts)".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from theorycheck.terms.nodes import Node, ordered

SMALL = 110
"""A formula of at most so many parts, written out, is printed without names."""
LONG = 60
"""Parts of one definition, at most about."""
SHARED = 8
"""A part that occurs twice gets a name if it has as many parts."""
LONGEST_BODY = 300
"""Parts of what stands under a mean and depends on what the mean binds: such a part can have no name."""
MOST_NAMES = 12
_LETTERS = "abcpqrvwABCDEFGHPQRSTUVWghyz"


@dataclass(frozen=True)
class Plan:
    """Names of parts in the order in which they are explained, and the parts that are only counted."""

    names: dict[Node, str] = field(default_factory=dict)
    counted: frozenset[Node] = frozenset()


def plan(roots: Sequence[Node], taken: Iterable[str]) -> Plan:
    """Choose the parts to name; `taken` are letters that mean something else."""
    order = ordered(roots)
    if _written_out(roots, order) <= SMALL:
        return Plan()
    uses: dict[Node, int] = {}
    for item in order:
        for arg in item.args:
            uses[arg] = uses.get(arg, 0) + 1
    letters = [letter for letter in _LETTERS if letter not in set(taken)][:MOST_NAMES]
    for factor in (1, 2, 4):  # few long definitions rather than parts that are only counted
        chosen, counted = _chosen(order, frozenset(roots), uses, factor)
        if len(chosen) <= len(letters):
            break
    kept, rest = chosen[::-1][: len(letters)], chosen[::-1][len(letters) :]
    return Plan(dict(zip(kept, letters, strict=False)), frozenset((*counted, *rest)))


def _chosen(
    order: Sequence[Node], above: frozenset[Node], uses: dict[Node, int], factor: int
) -> tuple[list[Node], list[Node]]:
    """The parts that want a name, and those that are too long and cannot have one."""
    cost: dict[Node, int] = {}
    chosen: list[Node] = []
    counted: list[Node] = []
    for item in order:
        size = 1 + sum(cost[arg] for arg in item.args)
        nameable = not item.free and item not in above and item.args and not item.truth
        if nameable and (size > LONG * factor or (uses[item] > 1 and size >= SHARED * factor)):
            chosen.append(item)
            size = 1
        elif size > LONGEST_BODY and item.args and item not in above:
            counted.append(item)
            size = 1
        cost[item] = size
    return chosen, counted


def _written_out(roots: Sequence[Node], order: Sequence[Node]) -> int:
    """Parts of the formula as a tree, with a ceiling."""
    sizes: dict[Node, int] = {}
    for item in order:
        sizes[item] = min(1 + sum(sizes[arg] for arg in item.args), SMALL + 1)
    return sum(sizes[root] for root in roots)
