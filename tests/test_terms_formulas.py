"""One formula, read once for all sizes or once a size; its author's function runs while it is read and never again."""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.term_trees import trees, value
from theorycheck.errors import TraceError
from theorycheck.terms.balls import ball_array
from theorycheck.terms.formulas import Formula
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nodes import BATCH, constant, ordered, substituted
from theorycheck.terms.program import compiled
from theorycheck.terms.tracing import Kind

NP, BALLS = numpy_namespace(), ball_namespace()
KINDS = {
    "t": Kind("array"),
    "x": Kind("array", (BATCH, "d")),
    "d": Kind("size"),
    "c": Kind("size"),
    "word": Kind("word"),
    "f": Kind("function", dimension="d", samples=True),
}


class Counted:
    """A function that counts how often it is called."""

    def __init__(self, function: Any) -> None:
        self.function, self.calls = function, 0
        self.__signature__ = inspect.signature(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return self.function(*args, **kwargs)


def any_size(xp: Any, x: Any, d: Any, c: Any) -> Any:
    return xp.vecdot(x, x) / d + c, xp.norm(x) ** 2


def each_size(xp: Any, x: Any, d: Any, c: Any) -> Any:
    return sum(x[:, k] ** 2 for k in range(d)) / d + c, xp.norm(x) ** 2


def instances(d: int, seed: int, c: int = 2) -> dict[str, Any]:
    return {"x": np.random.default_rng(seed).normal(size=(4, d)), "d": d, "c": c}


def test_a_function_is_called_only_while_it_is_read() -> None:
    generic, each = Counted(any_size), Counted(each_size)
    first, second = Formula(generic, KINDS), Formula(each, KINDS)
    for d in (1, 2, 3, 2, 1):
        for seed in range(3):
            found = first.evaluate(NP, instances(d, seed))
            again = second.evaluate(NP, instances(d, seed))
            np.testing.assert_allclose(found, again, rtol=1e-13)
            balls = {**instances(d, seed), "x": ball_array(instances(d, seed)["x"])}
            assert all(ball.is_finite for ball in first.evaluate(BALLS, balls)[0])
    assert generic.calls == 2, "read for every size, twice to see that it is the same"
    assert each.calls == 1 + 2 * 3, "one attempt, then twice for each of three sizes"
    assert first.generic is not None and second.generic is None


@settings(derandomize=True, deadline=None, max_examples=60)
@given(trees(("t", "c")), st.integers(1, 4))
def test_reading_for_all_sizes_and_for_one_agree(tree: Any, c: int) -> None:
    def for_all(xp: Any, t: Any, c: Any) -> Any:
        return value(tree, xp, {"t": t, "c": c}, xp.number)

    def for_one(xp: Any, t: Any, c: Any) -> Any:
        range(c)
        return value(tree, xp, {"t": t, "c": c}, xp.number)

    values = {"t": np.array([0.5, -1.25, 2.0]), "c": c}
    generic, each = Formula(for_all, KINDS), Formula(for_one, KINDS)
    assert generic.generic is not None and each.generic is None
    with np.errstate(all="ignore"):
        (found,) = generic.evaluate(NP, values)
        (again,) = each.evaluate(NP, values)
        # the value of the size put into the generic term, without folding: a third route
        (term,) = substituted(
            generic.generic, {s: constant(c) for s in ordered(generic.generic) if s.op == "size"}
        )
        (third,) = compiled((term,))(NP, values, 3)
    if "where" not in repr(tree):  # a branch at a tie turns with the rounding
        finite = np.isfinite(found) & (np.abs(found) < 1e9)
        np.testing.assert_allclose(np.where(finite, again - found, 0), 0, atol=1e-8 * 1e9**0.5)
    np.testing.assert_array_equal(third, found)


def test_words_and_numbers_of_samples_are_values_too() -> None:
    def sides(xp: Any, f: Any, x: Any, word: Any) -> Any:
        table = {"sum": lambda v: sum(v[1:], v[0]), "first": lambda v: v[0]}
        return table[word]([fk(x) for fk in f.samples])

    class Two:
        samples = (lambda x: x[:, 0], lambda x: 2 * x[:, 0])

    formula = Formula(sides, KINDS)
    values = {"f": Two(), "x": np.array([[1.0], [3.0]]), "d": 1}
    assert formula.generic is None
    assert formula.evaluate(NP, {**values, "word": "sum"})[0].tolist() == [3.0, 9.0]
    assert formula.evaluate(NP, {**values, "word": "first"})[0].tolist() == [1.0, 3.0]


def test_fractions_are_sizes_too_and_stay_exact() -> None:
    def sides(xp: Any, t: Any, c: Any) -> Any:
        return t * 3 if c > Fraction(1, 4) else t * c

    formula = Formula(sides, KINDS)
    (third,) = formula.evaluate(BALLS, {"t": ball_array([3]), "c": Fraction(1, 5)})[0]
    assert (5 * third).arb.contains(3) and third.arb.rad() < 1e-10
    assert formula.evaluate(NP, {"t": np.array([2.0]), "c": Fraction(1, 2)})[0].tolist() == [6.0]


@pytest.mark.parametrize(
    "function", [lambda t: t + 1, lambda xp, t: t + 1, lambda xp, t, unknown=1: t + unknown]
)
def test_the_namespace_and_names_with_defaults_may_be_left_out(function: Any) -> None:
    assert Formula(function, KINDS).evaluate(NP, {"t": np.array([1.0])})[0].tolist() == [2.0]


def test_what_fails_for_every_size_says_so_when_it_is_evaluated() -> None:
    formula = Formula(lambda xp, t, d: float(t) * d, KINDS)
    with pytest.raises(TraceError, match="use those of xp"):
        formula.evaluate(NP, {"t": np.array([1.0]), "d": 1})
    without_sizes = Formula(lambda xp, t: float(t), KINDS)
    with pytest.raises(TraceError, match="use those of xp"):
        _ = without_sizes.generic


def test_a_size_without_a_value_is_named() -> None:
    formula = Formula(lambda xp, t, d: t * len(range(d)), KINDS)
    with pytest.raises(TraceError, match="value of d"):
        formula.evaluate(NP, {"t": np.array([1.0]), "d": 0.5})


def test_names_of_content_are_those_of_the_terms() -> None:
    def same(xp: Any, x: Any, d: Any, c: Any) -> Any:
        total = xp.vecdot(x, x)
        return total / d + c, xp.norm(x) ** 2

    assert Formula(same, KINDS).digest() == Formula(any_size, KINDS).digest()
    assert Formula(each_size, KINDS).digest() != Formula(any_size, KINDS).digest()
