"""The places of a term: every use of a part by another, with the direction in which it acts on the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from theorycheck.terms.nodes import Node, node, ordered

INCREASING = {
    "add",
    "pow",
    "vecdot",
    "matmul",
    "sqrt",
    "exp",
    "expm1",
    "log",
    "log1p",
    "erf",
    "scale",
    "sum",
    "mean",
    "max",
    "min",
    "maximum",
    "minimum",
    "gammaln",
    "norm",
    "abs",
    "square",
    "stack",
    "concatenate",
    "getitem",
    "reshape",
    "sample_mean",
    "gaussian_mean",
    "where",
}
"""Operations through which a larger argument is taken to give a larger value."""
NO_FORMULA = {"where": (0,), "gaussian_mean": (1,)}
"""Arguments that are no part of what is bounded: a condition, a dimension."""


@dataclass(frozen=True)
class Place:
    """One use of a part.

    Attributes
    ----------
    root : Node
        The term.
    item : Node
        The part.
    outer : Place or None
        Where the expression stands that uses it; None for the whole term.
    position : int
        Among the arguments of that expression.
    direction : int
        1: a larger value there gives a larger whole, if all quantities are positive; −1: a smaller one; 0: unknown.
    divides : bool
        Whether it stands in a denominator, so that doubling it halves a factor.
    """

    root: Node
    item: Node
    outer: Place | None
    position: int
    direction: int
    divides: bool

    @property
    def parent(self) -> Node | None:
        return None if self.outer is None else self.outer.item

    def around(self) -> Iterator[Node]:
        """What it stands in, from the inside to the outside."""
        place = self.outer
        while place is not None:
            yield place.item
            place = place.outer

    def replacement(self, new: Node) -> tuple[Node, Node]:
        """The node that is replaced when `new` stands here, and what replaces it."""
        parent = self.parent
        if parent is None:
            return self.item, new
        args = (*parent.args[: self.position], new, *parent.args[self.position + 1 :])
        return parent, node(parent.op, args, parent.params, parent.shape, parent.truth)


def places(root: Node) -> list[Place]:
    """The places of a term, each once, in the order in which they are written."""
    directions = _directions(root)
    found = [Place(root, root, None, 0, 1, False)]
    seen = {id(root)}
    stack = [_uses(found[0], directions)]
    while stack:
        place = next(stack[-1], None)
        if place is None:
            stack.pop()
            continue
        found.append(place)
        if id(place.item) not in seen:
            seen.add(id(place.item))
            stack.append(_uses(place, directions))
    return found


def _uses(place: Place, directions: dict[int, int]) -> Iterator[Place]:
    item = place.item
    for position, arg in _formula(item):
        direction = directions[id(item)] * _sign(item, position)
        divides = place.divides != (item.op == "div" and position == 1)
        yield Place(place.root, arg, place, position, direction, divides)


def _directions(root: Node) -> dict[int, int]:
    """In which direction each part acts on the whole, by its id; 0 where two uses differ."""
    found = {id(root): 1}
    for item in reversed(ordered([root])):  # what uses a part comes before it
        if id(item) in found:  # not so for a part of a condition alone
            for position, arg in _formula(item):
                direction = found[id(item)] * _sign(item, position)
                found[id(arg)] = direction if found.get(id(arg), direction) == direction else 0
    return found


def _formula(item: Node) -> Iterator[tuple[int, Node]]:
    """The arguments that are part of what is bounded, with their positions."""
    for position, arg in enumerate(item.args):
        if position not in NO_FORMULA.get(item.op, ()) and not arg.truth:
            yield position, arg


def _sign(item: Node, position: int) -> int:
    if item.op in ("mul", "div", "sub"):
        sign = -1 if position == 1 and item.op != "mul" else 1
        other = item.args[1 - position]
        return -sign if item.op != "sub" and other.op == "constant" and other.params[0] < 0 else sign
    if item.op == "neg":
        return -1
    return 1 if item.op in INCREASING else 0
