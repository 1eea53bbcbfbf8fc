"""Formulas as data: nodes of a graph with exact numbers.

A node is an operation, its arguments (nodes) and its parameters (plain exact data). Equal nodes are one object, so that
a formula is a graph in which equal parts are shared, comparison is identity, and a walk visits every part once. This
module knows no arrays and no algebra.

    x = variable("x", ("N",))
    square = node("mul", (x, x), (), ("N",))

The shape of a node is what an array of N instances would have: `"N"` for the batch, an int for a length, and the name of
a dimension or choice of the space for a length that is not fixed.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

Length = int | str
Shape = tuple[Length, ...]
BATCH = "N"
"""The length of the batch axis."""


class Node:
    """One operation of a formula; immutable, made by `node`.

    Attributes
    ----------
    op : str
        "constant", "variable", "size", "add", "exp", "vecdot", "value" …; the operations stand in `theorycheck.terms.table`.
    args : tuple of Node
    params : tuple
        Exact, hashable data: a Fraction, names, axes.
    shape : tuple
    truth : bool
        Whether its values are truth values.
    free : frozenset of str
        Bound variables that occur in it without their binder.
    """

    __slots__ = ("__weakref__", "args", "free", "op", "params", "shape", "truth")
    op: str
    args: tuple[Node, ...]
    params: tuple[Any, ...]
    shape: Shape
    truth: bool
    free: frozenset[str]

    def __reduce__(self) -> tuple[Any, ...]:
        return (node, (self.op, self.args, self.params, self.shape, self.truth, self.free))

    def __repr__(self) -> str:
        parts = [repr(item) for item in (*self.params, *self.args)]
        return f"{self.op}({', '.join(parts)})" if len(parts) < 9 else f"{self.op}(…)"


_KNOWN: weakref.WeakValueDictionary[Any, Node] = weakref.WeakValueDictionary()


def node(
    op: str,
    args: tuple[Node, ...] = (),
    params: tuple[Any, ...] = (),
    shape: Shape = (),
    truth: bool = False,
    free: frozenset[str] | None = None,
) -> Node:
    """Return the one node with this content."""
    if free is None:
        free = frozenset[str]().union(*(arg.free for arg in args))
    key = (op, tuple(map(id, args)), tuple((type(item), item) for item in params), shape, truth, free)
    found = _KNOWN.get(key)
    if found is None:
        found = Node()
        found.op, found.args, found.params = op, args, params
        found.shape, found.truth, found.free = shape, truth, free
        _KNOWN[key] = found
    return found


def constant(value: Fraction | int) -> Node:
    """An exact number."""
    return node("constant", (), (Fraction(value),))


def truth_value(value: bool) -> Node:
    """True or False."""
    return node("truth", (), (bool(value),), truth=True)


def variable(name: str, shape: Shape = (BATCH,)) -> Node:
    """A name of the space."""
    return node("variable", (), (name,), shape)


def size(name: str) -> Node:
    """A dimension or a choice of the space, as a number that is not fixed."""
    return node("size", (), (name,))


def ordered(roots: Iterable[Node]) -> list[Node]:
    """Return every node below `roots` once, arguments before what uses them."""
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(list(roots))]
    while stack:
        item, done = stack.pop()
        if done:
            order.append(item)
        elif id(item) not in seen:
            seen.add(id(item))
            stack.append((item, True))
            stack.extend((arg, False) for arg in reversed(item.args) if id(arg) not in seen)
    return order


def variables(roots: Iterable[Node]) -> Iterator[str]:
    """Yield the names of the space that occur: variables, sizes and functions."""
    names: dict[str, None] = {}
    for item in ordered(roots):
        if item.op in ("variable", "size"):
            names[item.params[0]] = None
        elif item.op in ("function", "constant of"):
            names[item.params[0][0]] = None
    yield from names


def substituted(roots: Iterable[Node], values: Mapping[Node, Node]) -> list[Node]:
    """Replace nodes by others of the same shape, everywhere and at once."""
    roots = list(roots)
    made: dict[int, Node] = {}
    for item in ordered(roots):
        new = values.get(item)
        if new is None:
            args = tuple(made[id(arg)] for arg in item.args)
            same = all(a is b for a, b in zip(args, item.args, strict=True))
            new = item if same else node(item.op, args, item.params, item.shape, item.truth)
            if not same and item.op in BINDERS:
                new = node(item.op, args, item.params, item.shape, item.truth, new.free - {item.params[0]})
        made[id(item)] = new
    return [made[id(root)] for root in roots]


BINDERS = ("gaussian_mean", "sample_mean")
"""Operations whose first parameter is the name of a variable that they bind in their first argument."""


def digest(roots: Iterable[Node]) -> str:
    """Return a name for the content of the formulas: equal for equal ones, in every process.

    Bound variables are renamed by the order in which they occur, so that it does not matter how often a formula was read.
    """
    roots = list(roots)
    names: dict[str, str] = {}
    hashes: dict[int, bytes] = {}

    def plain(item: Any) -> Any:
        if isinstance(item, tuple):
            return tuple(plain(part) for part in item)
        return names.setdefault(item, f"bound {len(names)}") if item in bound else item

    order = ordered(roots)
    bound = frozenset().union(*(item.free for item in order)) if order else frozenset()
    for item in order:
        text = repr((item.op, plain(item.params), item.shape, item.truth)).encode()
        hashes[id(item)] = hashlib.blake2b(
            text + b"".join(hashes[id(arg)] for arg in item.args), digest_size=16
        ).digest()
    return hashlib.blake2b(b"".join(hashes[id(root)] for root in roots), digest_size=16).hexdigest()
