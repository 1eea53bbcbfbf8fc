"""Trees of derivations at one point, for the tests."""

from collections.abc import Mapping
from fractions import Fraction

from theorycheck.derivations.trees import Tree, compile_tree
from theorycheck.terms.balls import Ball, to_arb


def evaluate_tree(tree: Tree, values: Mapping[str, Fraction | Ball]) -> Ball:
    """Enclose a tree at exact or enclosed values of its symbols, at the working precision."""
    return Ball(compile_tree(tree)({name: to_arb(value) for name, value in values.items()}))
