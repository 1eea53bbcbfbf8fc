"""Inequalities of analysis that a combination may use by name, as trees that are ≥ 0.

| name | argument | inequalities |
| --- | --- | --- |
| "exp" | w | e^w ≥ 1 + w |
| "log" | w > 0 | log w ≤ w − 1, log w ≥ 1 − 1/w |
| "sqrt" | w ≥ 0 | 0 ≤ √w ≤ (1 + w)/2 |
| "abs" | w | −|w| ≤ w ≤ |w| |
| "sin", "cos", "tanh", "erf" | w | between −1 and 1; cos w ≥ 1 − w²/2; sin w, tanh w ≤ w for w ≥ 0 |
| "max", "min" | the tree of the extreme | max ≥ each of its arguments ≥ min |
| "increasing" | ["add", f(u), f(v)] | f(u) ≥ f(v) if u ≥ v, for f among exp, log, √, tanh, erf, atan, sinh |
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.ranges import Range, range_of
from theorycheck.derivations.trees import Tree, key, number

BOUNDED = ("sin", "cos", "tanh", "erf")
INCREASING = ("exp", "log", "tanh", "erf", "atan", "sinh")
ONE, HALF, MINUS_ONE = number(1), number(Fraction(1, 2)), number(-1)
MOST = 8


def elementary_inequalities(
    name: str, w: Tree, domains: Mapping[str, Range], facts: Mapping[str, Range]
) -> list[Tree]:
    """Return trees that are ≥ 0 for every admissible value of the symbols; none if a condition is not
    certain.
    """
    found = range_of(w, domains, facts)
    if found is None:
        return []
    if name in ("max", "min"):
        sign = 1 if name == "max" else -1
        return [_difference(w, a) if sign > 0 else _difference(a, w) for a in w[1:]] if w[0] == name else []
    if name == "increasing":
        return _ordered(w, domains, facts)
    if name == "exp":
        return [["add", ["exp", w], MINUS_ONE, _minus(w)]]
    if name == "log":
        logarithm: Tree = ["log", w]
        upper: Tree = ["add", w, MINUS_ONE, _minus(logarithm)]
        lower: Tree = ["add", logarithm, MINUS_ONE, ["pow", w, MINUS_ONE]]
        return [upper, lower] if found.positive else []
    if name == "sqrt":
        root: Tree = ["pow", w, HALF]
        return [root, ["add", HALF, ["mul", HALF, w], _minus(root)]] if found.nonnegative else []
    if name == "abs":
        return [["add", ["abs", w], w], _difference(["abs", w], w)]
    return _bounds(name, w, found) if name in BOUNDED else []


def _bounds(name: str, w: Tree, found: Range) -> list[Tree]:
    value: Tree = [name, w]
    result = [["add", ONE, value], _difference(ONE, value)]
    if name == "cos":
        result.append(["add", value, MINUS_ONE, ["mul", HALF, ["pow", w, number(2)]]])
    elif name in ("sin", "tanh") and found.nonnegative:
        result.append(_difference(w, value))
    return result


def _ordered(pair: Tree, domains: Mapping[str, Range], facts: Mapping[str, Range]) -> list[Tree]:
    if pair[0] != "add" or len(pair) != 3:
        return []
    first, second = pair[1:]
    u, v = _argument(first), _argument(second)
    if u is None or v is None or first[0] != second[0] or first[2:] != second[2:]:
        return []
    gap = range_of(_difference(u, v), domains, facts)
    return [_difference(first, second)] if gap is not None and gap.nonnegative else []


def _argument(tree: Tree) -> Tree | None:
    if tree[0] in INCREASING or (tree[0] == "pow" and tree[2] == HALF):
        argument: Tree = tree[1]
        return argument
    return None


def _minus(tree: Tree) -> Tree:
    return ["mul", MINUS_ONE, tree]


def _difference(a: Tree, b: Tree) -> Tree:
    """a − b, written as one sum so that equal terms can cancel."""
    return _collected(["add", a, _minus(b)])


def _collected(tree: Tree) -> Tree:
    top, bottom, generators = polynomials.reduced_form(tree)
    return polynomials.to_expression(top, generators) if bottom == polynomials.constant(1) else tree


def occurring(tree: Tree) -> tuple[tuple[str, Tree], ...]:
    """Return the elementary inequalities about the functions that occur in a tree."""
    parts: dict[str, Tree] = {}
    _collect(tree, parts)
    found: list[tuple[str, Tree]] = []
    for part in parts.values():
        if part[0] in ("exp", "log", "abs", *BOUNDED):
            found.append((part[0], part[1]))
        elif part[0] in ("max", "min"):
            found.append((part[0], part))
        elif part[0] == "pow" and part[2][0] == "rational" and part[2][1].endswith("/2"):
            found.append(("sqrt", part[1]))
    rising = [p for p in map(_as_root, parts.values()) if _argument(p) is not None]
    for a, b in itertools.permutations(rising, 2):
        if a[0] == b[0]:
            found.append(("increasing", ["add", a, b]))
    return tuple({(name, key(w)): (name, w) for name, w in found}.values())[: 2 * MOST]


def _as_root(tree: Tree) -> Tree:
    """√u for u^(p/2)."""
    if tree[0] == "pow" and tree[2][0] == "rational" and tree[2][1].endswith("/2"):
        return ["pow", tree[1], HALF]
    return tree


def _collect(tree: Any, parts: dict[str, Tree]) -> None:
    if isinstance(tree, list) and tree and isinstance(tree[0], str):
        parts.setdefault(key(tree), tree)
    if isinstance(tree, list):
        for part in tree[1:] if tree and isinstance(tree[0], str) else tree:
            _collect(part, parts)
