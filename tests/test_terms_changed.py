"""A changed formula reads to exactly the changed terms, wherever a formula may stand."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from hypothesis import given, settings

from tests.term_trees import trees, value
from theorycheck.terms.changed import Changed
from theorycheck.terms.formulas import Formula
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import Node, node, variable
from theorycheck.terms.tracing import Kind

KINDS = {"t": Kind("array"), "s": Kind("array"), "c": Kind("size")}


def negated(*terms: Node) -> tuple[Node, ...]:
    return tuple(node("neg", (term,), (), term.shape) for term in terms)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(trees(("t", "s")), trees(("t", "s")))
def test_the_nodes_are_those_of_the_original_after_the_change(first: Any, second: Any) -> None:
    def sides(xp: Any, t: Any, s: Any) -> Any:
        return tuple(value(tree, xp, {"t": t, "s": s}, xp.number) for tree in (first, second))

    original, changed = Formula(sides, KINDS).generic, Formula(Changed(sides, negated), KINDS).generic
    assert original is not None
    assert changed == negated(*original)


def test_a_formula_that_is_read_size_by_size_is_changed_in_every_reading() -> None:
    def powers(xp: Any, t: Any, c: Any) -> Any:
        return sum((t**k for k in range(c)), 0 * t)

    formula = Formula(Changed(powers, negated), KINDS)
    assert formula.generic is None
    for c in (1, 2, 3):
        found = formula.evaluate(numpy_namespace(), {"t": np.array([2.0]), "c": c})
        assert found[0].tolist() == [-(2.0**c - 1)]


def test_names_and_conditions_without_a_namespace() -> None:
    condition = Changed(lambda t, s: t > s, lambda term: (node("ge", term.args, (), term.shape, True),))
    assert list(inspect.signature(condition).parameters) == ["t", "s"]
    (term,) = Formula(condition, KINDS).generic or ()
    assert term is node("ge", (variable("t"), variable("s")), (), term.shape, True)
