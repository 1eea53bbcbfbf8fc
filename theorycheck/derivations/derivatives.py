"""Derivatives of expression trees, for mean-value enclosures on boxes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from theorycheck.derivations.trees import Tree, number, parse_rational

ZERO, ONE = number(0), number(1)


def symbols_of(tree: Any) -> set[str]:
    """Return the names of the symbols in a tree, also of those in the conditions of its cases."""
    if not isinstance(tree, list) or not tree:
        return set()
    if tree[0] == "symbol" and len(tree) == 2:
        return {str(tree[1])}
    return set().union(*(symbols_of(part) for part in tree if isinstance(part, list)))


def differentiate(tree: Tree, name: str) -> Tree | None:
    """Return the derivative with respect to the symbol `name`, or None where this small table has none.

    For |t| the sign of t is used; its hull over a box encloses Clarke's derivative, so the mean-value form
    stays valid.
    """
    if name not in symbols_of(tree):
        return ZERO
    head = tree[0]
    if head == "symbol":
        return ONE
    if head == "add":
        parts = [differentiate(t, name) for t in tree[1:]]
        return None if None in parts else add(*(p for p in parts if p is not None))
    if head == "mul":
        terms = []
        for i, factor in enumerate(tree[1:], start=1):
            slope = differentiate(factor, name)
            if slope is None:
                return None
            terms.append(multiply(slope, *tree[1:i], *tree[i + 1 :]))
        return add(*terms)
    if head == "pow":
        return _power(tree[1], tree[2], name)
    if len(tree) != 2:
        return None
    outer, inner = _outer(head, tree[1]), differentiate(tree[1], name)
    return None if outer is None or inner is None else multiply(outer, inner)


def _power(base: Tree, exponent: Tree, name: str) -> Tree | None:
    if name in symbols_of(exponent):
        return differentiate(["exp", ["mul", exponent, ["log", base]]], name)
    slope = differentiate(base, name)
    if slope is None:
        return None
    if exponent[0] == "rational":
        lower = number(parse_rational(exponent[1]) - 1)
    else:
        lower = ["add", exponent, number(-1)]
    return multiply(exponent, base if lower == ONE else ["pow", base, lower], slope)


def _outer(head: str, t: Tree) -> Tree | None:
    square: Tree = ["pow", t, number(2)]
    bell: Tree = [
        "mul",
        number(2),
        ["pow", ["pi"], number(Fraction(-1, 2))],
        ["exp", ["mul", number(-1), square]],
    ]
    table: dict[str, Tree] = {
        "exp": ["exp", t],
        "log": ["pow", t, number(-1)],
        "sin": ["cos", t],
        "cos": ["mul", number(-1), ["sin", t]],
        "tan": ["pow", ["cos", t], number(-2)],
        "sinh": ["cosh", t],
        "cosh": ["sinh", t],
        "tanh": ["add", ONE, ["mul", number(-1), ["pow", ["tanh", t], number(2)]]],
        "atan": ["pow", ["add", ONE, square], number(-1)],
        "erf": bell,
        "erfc": ["mul", number(-1), bell],
        "abs": ["sign", t],
        "sqrt": ["mul", number(Fraction(1, 2)), ["pow", t, number(Fraction(-1, 2))]],
    }
    return table.get(head)


def add(*terms: Tree) -> Tree:
    """Sum without the zeros."""
    kept = [t for t in terms if t != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else ["add", *kept]


def multiply(*factors: Tree) -> Tree:
    """Product without the ones."""
    if ZERO in factors:
        return ZERO
    kept = [f for f in factors if f != ONE]
    return ONE if not kept else kept[0] if len(kept) == 1 else ["mul", *kept]
