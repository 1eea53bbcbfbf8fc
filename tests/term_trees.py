"""Random formulas for the tests of terms: one tree, written as Python over a namespace."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

Tree = Any
"""A name, an exact number, or (operation, *trees)."""
UNARY = ("neg", "abs", "exp", "sin", "tanh", "arctan", "square", "erf", "log1p_of_square", "sqrt_of_square")
BINARY = ("add", "sub", "mul", "div_by_positive", "maximum", "minimum", "where")
RATIONAL = (
    "neg",
    "abs",
    "square",
    "add",
    "sub",
    "mul",
    "div_by_positive",
    "maximum",
    "minimum",
    "where",
    "cube",
)


def trees(names: tuple[str, ...], unary: tuple[str, ...] = UNARY, binary: tuple[str, ...] = BINARY) -> Any:
    leaves = st.one_of(st.sampled_from(names), st.integers(-3, 3), st.fractions(-2, 2, max_denominator=8))
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.tuples(st.sampled_from(unary), parts), st.tuples(st.sampled_from(binary), parts, parts)
        ),
        max_leaves=12,
    )


def value(tree: Tree, xp: Any, names: dict[str, Any], number: Any = Fraction) -> Any:
    """Run the tree as an author writes formulas; `number` makes what stands for an exact number."""
    if isinstance(tree, str):
        return names[tree]
    if not isinstance(tree, tuple):
        return number(tree)
    op, *parts = tree
    a, *rest = (value(part, xp, names, number) for part in parts)
    if rest:
        (b,) = rest
        return {
            "add": lambda: a + b,
            "sub": lambda: a - b,
            "mul": lambda: a * b,
            "div_by_positive": lambda: a / (1 + b * b),
            "maximum": lambda: xp.maximum(a, b),
            "minimum": lambda: xp.minimum(a, b),
            "where": lambda: xp.where(a < b, a * 2, b),
        }[op]()
    return {
        "neg": lambda: -a,
        "abs": lambda: abs(a),
        "square": lambda: a**2,
        "cube": lambda: a**3,
        "log1p_of_square": lambda: xp.log1p(a * a),
        "sqrt_of_square": lambda: xp.sqrt(1 + a * a),
    }.get(op, lambda: getattr(xp, op)(a))()
