"""Where a statement is defined: the conditions of its quotients, logarithms, roots and powers, as terms.

A statement is asserted where its own parts are defined. A condition that holds on all of the space, or is a hypothesis,
goes without saying; one that belongs to a case of `where` is needed in that case alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from theorycheck.terms.nodes import Node, constant, node, ordered
from theorycheck.terms.ranges import NEGATIVE, NONNEGATIVE, POSITIVE, Range, ranges


@dataclass(frozen=True)
class Condition:
    """A truth value that must be true.

    Attributes
    ----------
    term : Node
    in_its_case : bool
        Whether it is needed in a case of `where` alone.
    """

    term: Node
    in_its_case: bool = False


def conditions(
    roots: Sequence[Node],
    names: Mapping[str, Range],
    integers: Iterable[str] = (),
    hypotheses: Sequence[Node] = (),
) -> tuple[Condition, ...]:
    """Return what the parts of the terms need, without what goes without saying.

    Parameters
    ----------
    roots : sequence of Node
    names : Mapping[str, Range]
        See `theorycheck.terms.ranges.ranges`.
    integers : iterable of str
        Names whose values are whole numbers.
    hypotheses : sequence of Node
        Truth values that are assumed.
    """
    assumed = [part for root in hypotheses for part in _conjuncts(root)]
    found = ranges([*roots, *hypotheses], names, _known(assumed, names))
    always = _outside_of_cases(roots)
    whole = set(integers)
    needed: dict[Node, bool] = {}
    for item in ordered(roots):
        for term in _conditions_of(item, found, whole):
            if term not in assumed:
                needed[term] = needed.get(term, True) and item not in always
    return tuple(Condition(term, in_its_case) for term, in_its_case in needed.items())


def _conjuncts(root: Node) -> list[Node]:
    if root.op == "and":
        return [part for arg in root.args for part in _conjuncts(arg)]
    return [root]


def _known(assumed: Sequence[Node], names: Mapping[str, Range]) -> dict[Node, Range]:
    """What assumed comparisons say of their sides and of the difference."""
    known: dict[Node, Range] = {}
    sides = ranges([arg for item in assumed for arg in item.args], names)

    def learn(item: Node, found: Range) -> None:
        known[item] = known[item].and_also(found) if item in known else found

    for item in assumed:
        if item.op not in ("lt", "le", "gt", "ge"):
            continue
        low, high = item.args if item.op in ("lt", "le") else item.args[::-1]
        strict = item.op in ("lt", "gt")
        below, above = sides[low], sides[high]
        learn(high, Range(below.low, below.low_open or strict))
        learn(low, Range(high=above.high, high_open=above.high_open or strict))
        learn(node("sub", (high, low), (), item.shape), POSITIVE if strict else NONNEGATIVE)
        if strict:
            learn(node("sub", (low, high), (), item.shape), NEGATIVE)
    return known


def _outside_of_cases(roots: Sequence[Node]) -> set[Node]:
    """The parts that are needed whichever case applies."""
    seen: set[Node] = set()
    stack = list(roots)
    while stack:
        item = stack.pop()
        if item not in seen:
            seen.add(item)
            stack += item.args[:1] if item.op == "where" else item.args
    return seen


def _compared(op: str, item: Node, value: Fraction | int = 0) -> Node:
    return node(op, (item, constant(value)), (), item.shape, truth=True)


def _conditions_of(item: Node, found: Mapping[Node, Range], integers: set[str]) -> list[Node]:
    op, args = item.op, item.args
    if op in ("div", "mod", "floordiv"):
        return [] if found[args[1]].excludes_zero else [_compared("ne", args[1])]
    if op in ("log", "gammaln"):
        return [] if found[args[0]].positive else [_compared("gt", args[0])]
    if op == "log1p":
        return [] if _exceeds(found[args[0]], -1) else [_compared("gt", args[0], -1)]
    if op == "sqrt":
        return [] if found[args[0]].nonnegative else [_compared("ge", args[0])]
    if op in ("arcsin", "arccos"):
        inside = found[args[0]].low >= -1 and found[args[0]].high <= 1
        size = node("abs", args, (), args[0].shape)
        return [] if inside else [_compared("le", size, 1)]
    if op == "gamma":
        whole = node("eq", (node("floor", args, (), args[0].shape), args[0]), (), args[0].shape, truth=True)
        pole = node("and", (_compared("le", args[0]), whole), (), args[0].shape, truth=True)
        return [] if found[args[0]].positive else [node("not", (pole,), (), args[0].shape, truth=True)]
    if op == "tan":
        return [_compared("ne", node("cos", args, (), args[0].shape))]
    if op == "inv":
        return [_compared("ne", node("det", args, (), args[0].shape[:-2]))]
    return _of_power(item, found, integers) if op == "pow" else []


def _exceeds(found: Range, value: int) -> bool:
    return found.low > value or (found.low == value and found.low_open)


def _of_power(item: Node, found: Mapping[Node, Range], integers: set[str]) -> list[Node]:
    base, exponent = item.args
    size, raising = found[base], found[exponent]
    if _is_whole(exponent, integers):
        return [] if raising.nonnegative or size.excludes_zero else [_compared("ne", base)]
    if size.positive or (size.nonnegative and raising.nonnegative):
        return []
    defined = _compared("ge" if raising.nonnegative else "gt", base)
    if exponent.op == "constant":
        return [defined]
    whole = node(
        "eq", (node("floor", (exponent,), (), exponent.shape), exponent), (), exponent.shape, truth=True
    )
    if not (raising.nonnegative or size.excludes_zero):
        whole = node("and", (whole, _compared("ne", base)), (), item.shape, truth=True)
    return [node("or", (defined, whole), (), item.shape, truth=True)]


def _is_whole(item: Node, integers: set[str]) -> bool:
    """Whether the values are certainly whole numbers."""
    if item.op == "constant":
        return bool(item.params[0].denominator == 1)
    if item.op in ("variable", "size"):
        return item.params[0] in integers
    if item.op in ("floor", "ceil", "sign", "floordiv"):
        return True
    if item.op in ("add", "sub", "mul", "neg", "abs", "maximum", "minimum", "mod"):
        return all(_is_whole(arg, integers) for arg in item.args)
    return False
