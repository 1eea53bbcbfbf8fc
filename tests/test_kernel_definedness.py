"""Where the kernel says that a term has a value, the independent evaluator finds one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import NoValue, Unclear, holds, value
from theorycheck.kernel import Refused, Sequent, defined, le, lt, make, number, power
from theorycheck.kernel.definedness import conditions_of, require_values
from theorycheck.kernel.terms import ordered


@settings(max_examples=400, deadline=None, derandomize=True)
@given(terms(), RATIONALS, RATIONALS, st.data())
def test_a_term_has_a_value_where_its_conditions_hold(term, a, b, data):
    """Of every part that may have none one way is assumed, and perhaps left out again."""
    point, assumed = {X: a, Y: b}, []
    for part in ordered([term]):
        ways = conditions_of(part)
        if ways and () not in ways:
            assumed += data.draw(st.sampled_from(list(ways)))
    kept = [formula for formula in assumed if data.draw(st.integers(0, 9))]
    try:
        require_values([term], [Sequent(frozenset(), formula) for formula in kept])
    except Refused:
        return
    if all(holds(formula, point) for formula in kept):
        try:
            value(term, point)
        except Unclear:
            return
        except NoValue:
            raise AssertionError(f"{term} has no value at {point}, where {kept} hold") from None


def test_what_a_premise_shows_of_parts():
    root = power(add_one := make("add", X, number(1)), number(1).value / 2)
    premise = Sequent(frozenset(), le(make("exp", root), Y))
    require_values([root, make("sin", root), Y], [premise])
    with pytest.raises(Refused, match="no value"):
        require_values([power(add_one, -1)], [premise])
    cases = make("piecewise", lt(X, Y), power(X, -1), make("true"), Y)
    with pytest.raises(
        Refused, match="no value"
    ):  # the case of 1/x need not be taken where the whole has a value
        require_values([power(X, -1)], [Sequent(frozenset(), defined(cases))])
    require_values([cases], [Sequent(frozenset(), defined(cases))])
    require_values([power(make("pi"), -1), make("log", make("exp", number(3)))], [])


def test_a_long_chain_of_constants_is_evaluated_once():
    term = number(2)
    for _ in range(2_000):
        term = power(make("add", term, number(1)), -1)
    require_values([term], [])
