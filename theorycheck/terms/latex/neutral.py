"""What a printed formula leaves out: added zeros, factors of one, products with zero.

Formulas written as loops have them (`total = 0; total = total + …`). Where a part is left out, its conditions are not: they
are found in the term itself (`theorycheck.terms.defined`).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from theorycheck.terms.nodes import Node, node, ordered

_KEEP_ZERO = (
    "getitem",
    "reshape",
    "broadcast_to",
    "expand_dims",
    "squeeze",
    "sum",
    "mean",
    "neg",
    "abs",
    "sqrt",
    "square",
)


def without_neutral_parts(roots: Iterable[Node]) -> list[Node]:
    """Return the terms to print; each has the shape of the one that it stands for."""
    roots = list(roots)
    made: dict[Node, Node] = {}
    for item in ordered(roots):
        args = tuple(made[arg] for arg in item.args)
        if all(new is old for new, old in zip(args, item.args, strict=True)):
            new = item
        else:
            new = node(item.op, args, item.params, item.shape, item.truth)
        made[item] = _simpler(new)
    return [made[root] for root in roots]


def _simpler(item: Node) -> Node:
    found = _rule(item)
    return found if found is not None and found.shape == item.shape else item


def _rule(item: Node) -> Node | None:
    op, args = item.op, item.args
    if op in _KEEP_ZERO and _is(args[0], 0):
        return _filled(item, 0)
    if op == "add":
        return args[1] if _is(args[0], 0) else args[0] if _is(args[1], 0) else None
    if op == "sub":
        if _is(args[1], 0):
            return args[0]
        return node("neg", args[1:], (), args[1].shape) if _is(args[0], 0) else None
    if op in ("mul", "scale"):
        if _is(args[0], 0) or _is(args[1], 0):
            return _filled(item, 0)
        return args[1] if _is(args[0], 1) else args[0] if op == "mul" and _is(args[1], 1) else None
    if op == "div":
        return _filled(item, 0) if _is(args[0], 0) else args[0] if _is(args[1], 1) else None
    if op == "pow":
        return _filled(item, 1) if _is(args[1], 0) else args[0] if _is(args[1], 1) else None
    return None


def _filled(item: Node, value: int) -> Node | None:
    """Zeros or ones of the item's shape."""
    if not item.shape:
        return node("constant", (), (Fraction(value),))
    if item.op in ("zeros_like", "ones_like"):
        return None
    return node("ones_like" if value else "zeros_like", (item,), (), item.shape)


def _is(item: Node, value: int) -> bool:
    """Whether every entry is that number, 0 or 1."""
    if item.op == "constant":
        return bool(item.params[0] == value)
    if item.op == "array":
        return all(entry == value for entry in item.params[1])
    return item.op == ("ones_like" if value else "zeros_like")
