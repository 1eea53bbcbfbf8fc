"""Formulas as data: nodes of a graph with exact numbers.

A node is an operation, its arguments (nodes) and its parameters (plain exact data). Equal nodes are one object, so that
a formula is a graph in which equal parts are shared, comparison is identity, and a walk visits every part once. This
module knows no arrays and no algebra.

    x = variable("x", (BATCH,))
    square = node("mul", (x, x), (), (BATCH,))

The shape of a node is what an array of N instances would have: `BATCH` for the batch, an int for a length, and the name of
a dimension or choice of the space for a length that is not fixed.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from theorycheck.errors import TraceError

Length = int | str
Shape = tuple[Length, ...]
LARGEST = 14_000
"""Bits of a number; Python prints no more than 4,300 digits."""
BATCH = "the batch"
"""The length of the batch axis; no name of a space can be equal to it."""


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
        Bound variables that occur in it without their binder; they follow from the rest.
    """

    __slots__ = ("__weakref__", "args", "free", "op", "params", "shape", "truth")
    op: str
    args: tuple[Node, ...]
    params: tuple[Any, ...]
    shape: Shape
    truth: bool
    free: frozenset[str]

    def __reduce__(self) -> tuple[Any, ...]:
        return (node, (self.op, self.args, self.params, self.shape, self.truth))

    def __repr__(self) -> str:
        return _shown(self, SHOWN_DEPTH)


SHOWN_DEPTH = 5
"""Levels that `repr` shows: a graph with shared parts may be exponentially larger when it is written out."""


def _shown(item: Node, depth: int) -> str:
    parts = len(item.params) + len(item.args)
    if parts > 8 or (depth == 0 and item.args):
        return f"{item.op}(…)"
    shown = [*map(repr, item.params), *(_shown(arg, depth - 1) for arg in item.args)]
    return f"{item.op}({', '.join(shown)})"


_KNOWN: weakref.WeakValueDictionary[Any, Node] = weakref.WeakValueDictionary()


def node(
    op: str,
    args: tuple[Node, ...] = (),
    params: tuple[Any, ...] = (),
    shape: Shape = (),
    truth: bool = False,
) -> Node:
    """Return the one node with this content."""
    key = (op, tuple(map(id, args)), tuple((type(item), item) for item in params), shape, truth)
    found = _KNOWN.get(key)
    if found is None:
        found = Node()
        found.op, found.args, found.params = op, args, params
        found.shape, found.truth, found.free = shape, truth, _free(op, args, params)
        _KNOWN[key] = found
    return found


BINDERS = ("gaussian_mean", "sample_mean")
"""Operations whose first parameter is the name of a variable that they bind in their first argument."""


def _free(op: str, args: tuple[Node, ...], params: tuple[Any, ...]) -> frozenset[str]:
    """A bound variable, or an index in the path of a function, is free in its node until a binder takes it."""
    free = frozenset[str]().union(*(arg.free for arg in args))
    if op in BINDERS:
        free -= {params[0]}
    if op == "bound":
        return free | {params[0]}
    path = params[0] if op in ("function", "constant of") else params[1] if op == "sample_mean" else ()
    return free.union(part for part in path[1:] if isinstance(part, str))


def constant(value: Fraction | int) -> Node:
    """An exact number.

    Raises
    ------
    TraceError
        If it has so many digits that nothing could print it.
    """
    number = Fraction(value)
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    if bits > LARGEST:
        digits = round(bits * 0.30103)
        raise TraceError(
            f"the formula makes a number of about {digits} digits, which is too large; rescale it"
        )
    return node("constant", (), (number,))


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
    """Replace nodes by others of the same shape, everywhere and at once.

    What replaces a part of a binder's body may use the variable that is bound there, and no other that is bound.
    """
    roots = list(roots)
    made: dict[int, Node] = {}
    for item in ordered(roots):
        new = values.get(item)
        if new is None:
            args = tuple(made[id(arg)] for arg in item.args)
            same = all(a is b for a, b in zip(args, item.args, strict=True))
            new = item if same else node(item.op, args, item.params, item.shape, item.truth)
        made[id(item)] = new
    return [made[id(root)] for root in roots]


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


def may_be_infinite(items: Iterable[Node]) -> bool:
    """Whether a part may be infinite: then neither sums nor comparisons are those of numbers (∞ + 1 ≤ ∞)."""
    return any(item.op in ("constant of", "infinity") and not item.truth for item in ordered(items))
