"""Terms: which there are, that equal ones are one object, and that large ones are walked without recursion."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, close, value
from theorycheck.kernel import Refused, add, lt, make, number, variable, vector
from theorycheck.kernel.terms import Term, rational, substitute, terms_from_json, terms_to_json, variables_of


def test_equal_terms_are_one_object():
    assert add(X, number(1)) is add(X, number(1)) and add(X, Y) is not add(Y, X)
    v, w = vector("v"), vector("w")
    assert make("inner", v, w) is make("inner", w, v) and variable("v") is not v
    with pytest.raises(Refused):
        Term()
    with pytest.raises(Refused):
        X.head = "vector"
    with pytest.raises(Refused):
        pickle.dumps(X)


@pytest.mark.parametrize(
    ("head", "args", "value"),
    [
        ("add", (), None),
        ("add", (vector("v"),), None),
        ("power", (X,), None),
        ("exp", (X, Y), None),
        ("inner", (X, vector("v")), None),
        ("le", (X, lt(X, Y)), None),
        ("and", (X,), None),
        ("piecewise", (), None),
        ("piecewise", (X, Y), None),
        ("piecewise", (lt(X, Y), X, lt(X, Y)), None),
        ("number", (), 0.1),
        ("number", (), None),
        ("variable", (), ""),
        ("variable", (X,), "x"),
        ("exp", (X,), "x"),
        ("nobody", (X,), None),
        ("add", (3,), None),
    ],
)
def test_what_is_no_term(head, args, value):
    with pytest.raises(Refused):
        make(head, *args, value=value)


def test_a_graph_with_shared_parts_is_small_and_a_deep_one_is_no_recursion():
    term = X
    for _ in range(200):
        term = add(term, term)
    table, _ = terms_to_json([term])
    assert len(table) == 201 and terms_from_json(table)[-1] is term
    deep = X
    for _ in range(20_000):
        deep = make("sin", deep)
    assert terms_from_json(terms_to_json([deep])[0])[-1] is deep and len(repr(deep)) < 10_000


@settings(max_examples=150, deadline=None, derandomize=True)
@given(terms(), terms(3), RATIONALS, RATIONALS)
def test_a_value_is_put_in_the_place_of_a_variable(term, other, a, b):
    """t[x := s] at a point is t at the point where x is the value of s; and a table of terms gives the same term again."""
    table, place = terms_to_json([term])
    assert terms_from_json(table)[place[term]] is term
    moved = substitute(term, {X: other})
    assert variables_of(moved) <= variables_of(term) | variables_of(other) and substitute(term, {}) is term
    point = {X: a, Y: b}
    try:
        there = value(moved, point)
        inner = value(other, point)
        wanted = value(term, {X: Fraction(str(inner)), Y: b}) if inner == int(inner) else None
    except (NoValue, OverflowError):
        return
    assert wanted is None or close(there, wanted)


@pytest.mark.parametrize("text", ["3" * 4000, "-" + "3" * 3999, "1/" + "3" * 3998])
def test_the_longest_numbers_are_written_and_read(text):
    term = number(rational(text))
    assert terms_from_json(terms_to_json([term])[0]) == [term]
    for longer in (term.value * 10, term.value / 10**4000, Fraction(1, 7) ** 9000):
        with pytest.raises(Refused):
            number(longer)
