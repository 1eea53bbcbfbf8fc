"""Equal nodes are one object; names for content do not depend on the process or on how often a formula was read."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.terms.nodes import (
    BATCH,
    Node,
    constant,
    digest,
    node,
    ordered,
    substituted,
    variable,
    variables,
)
from theorycheck.terms.tracing import Kind, trace

KINDS = {
    "x": Kind("array", (BATCH, 2)),
    "t": Kind("array"),
    "s": Kind("array"),
    "f": Kind("function", dimension=2, samples=True),
}


def read(function: Any) -> Node:
    found = trace(
        function,
        {name: KINDS[name] for name in function.__code__.co_varnames[1 : function.__code__.co_argcount]},
        {},
    )
    assert isinstance(found, Node)
    return found


def mean_of_squares(xp: Any, x: Any, t: Any) -> Any:
    return xp.gaussian_mean(lambda u: xp.vecdot(x + u, x + u) * t, 2, 2)


def mean_over_samples(xp: Any, f: Any, x: Any) -> Any:
    return xp.sample_mean(f, lambda fk: xp.sample_mean(f, lambda fj: fk(x) * fj(x) + fk(2 * x)))


def trees(leaves: Any) -> Any:
    return st.recursive(leaves, lambda parts: st.tuples(st.sampled_from(["add", "mul", "exp"]), parts, parts))


LEAVES = st.one_of(st.integers(-3, 3), st.fractions(max_denominator=9), st.sampled_from(["t", "s"]))


def built(tree: Any) -> Node:
    if isinstance(tree, str):
        return variable(tree)
    if not isinstance(tree, tuple):
        return constant(tree)
    op, left, right = tree
    if op == "exp":
        return node("exp", (built(left),), (), (BATCH,))
    return node(op, (built(left), built(right)), (), (BATCH,))


def plain(tree: Any) -> Any:
    if isinstance(tree, tuple):
        return tree[:1] + tuple(map(plain, tree[1:2] if tree[0] == "exp" else tree[1:]))
    return tree if isinstance(tree, str) else Fraction(tree)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(trees(LEAVES), trees(LEAVES))
def test_equal_content_is_one_object_and_one_name(first: Any, second: Any) -> None:
    same = plain(first) == plain(second)
    assert (built(first) is built(second)) == same
    assert (digest([built(first)]) == digest([built(second)])) == same


def test_content_of_another_type_is_another_node() -> None:
    assert node("size", (), (1,)) is not node("size", (), (True,))
    assert variable("t") is not variable("t", (BATCH, 1))
    assert node("any", (variable("t"),), (), (BATCH,)) is not node(
        "any", (variable("t"),), (), (BATCH,), True
    )


def test_nodes_that_nobody_holds_are_forgotten_and_made_again() -> None:
    first = node("add", (variable("forgotten"), constant(1)), (), (BATCH,))
    name = digest([first])
    del first
    gc.collect()
    assert digest([node("add", (variable("forgotten"), constant(1)), (), (BATCH,))]) == name


@settings(derandomize=True, deadline=None, max_examples=50)
@given(trees(LEAVES))
def test_copies_and_pickles_are_the_node_itself(tree: Any) -> None:
    made = built(tree)
    assert pickle.loads(pickle.dumps(made)) is made
    assert copy.deepcopy(made) is made


@pytest.mark.parametrize("formula", [mean_of_squares, mean_over_samples])
def test_reading_again_gives_the_same_node_and_a_pickle_keeps_it(formula: Any) -> None:
    first = read(formula)
    assert read(formula) is first
    assert pickle.loads(pickle.dumps(first)) is first
    assert not first.free


@settings(derandomize=True, deadline=None, max_examples=50)
@given(trees(LEAVES))
def test_order_has_every_node_once_after_its_arguments(tree: Any) -> None:
    made = built(tree)
    order = ordered([made, made])
    assert len({id(item) for item in order}) == len(order)
    places = {id(item): place for place, item in enumerate(order)}
    assert all(places[id(arg)] < places[id(item)] for item in order for arg in item.args)
    assert order[-1] is made
    assert set(variables([made])) == {item.params[0] for item in order if item.op == "variable"}


@settings(derandomize=True, deadline=None, max_examples=100)
@given(trees(LEAVES), trees(LEAVES), trees(LEAVES))
def test_substitution_is_at_once_and_everywhere(tree: Any, for_t: Any, for_s: Any) -> None:
    def replaced(part: Any) -> Any:
        if isinstance(part, tuple):
            return part[:1] + tuple(map(replaced, part[1:]))
        return {"t": for_t, "s": for_s}.get(part, part) if isinstance(part, str) else part

    values = {variable("t"): built(for_t), variable("s"): built(for_s)}
    (found,) = substituted([built(tree)], values)
    assert found is built(replaced(tree))


def test_substitution_in_the_body_of_a_mean_keeps_what_is_free() -> None:
    means = read(mean_over_samples)
    x = next(item for item in ordered([means]) if item.op == "variable")
    twice = node("mul", (constant(2), x), (), x.shape)
    (changed,) = substituted([means], {x: twice})
    assert not changed.free
    inside = [item for item in ordered([changed]) if item.op == "function"]
    assert {name for item in inside for name in item.free} == {"bound k1", "bound k2"}
    (back,) = substituted([changed], {twice: x})
    assert digest([back]) == digest([means])


def test_names_of_bound_variables_do_not_matter() -> None:
    def with_another_mean_before(xp: Any, x: Any, t: Any) -> Any:
        xp.gaussian_mean(lambda u: u[:, 0], 2, 1)
        return mean_of_squares(xp, x, t)

    assert read(with_another_mean_before) is not read(mean_of_squares)
    assert digest([read(with_another_mean_before)]) == digest([read(mean_of_squares)])


def test_names_of_content_are_the_same_in_every_process() -> None:
    text = (
        "from fractions import Fraction\n"
        "from theorycheck.terms.nodes import constant, digest, node, variable\n"
        "print(digest([node('add', (variable('t'), constant(Fraction(1, 3))), (('axis', -1),), (3, 'd'))]))"
    )
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, check=True, env=environment
        )
        found.add(run.stdout.strip())
    here = digest([node("add", (variable("t"), constant(Fraction(1, 3))), (("axis", -1),), (3, "d"))])
    assert found == {here}


def test_a_node_is_shown_in_short_however_often_its_parts_are_shared() -> None:
    item = variable("t")
    for _ in range(200):
        item = node("add", (item, item), (), (BATCH,))
    assert len(repr(item)) < 2000
    assert repr(node("exp", (variable("t"),), (), (BATCH,))) == "exp(variable('t'))"
    assert len(ordered([item])) == 201
