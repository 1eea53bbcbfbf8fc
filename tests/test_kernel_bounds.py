"""Premises as bounds: a number lies in the interval exactly if it meets them all."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS, X, Y
from theorycheck.kernel import Sequent, make, number
from theorycheck.kernel.bounds import interval_from, intervals_from
from theorycheck.kernel.intervals import Interval

sides = st.tuples(st.sampled_from(["le", "lt", "eq", "ne"]), st.booleans(), RATIONALS)
MEETS = {
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: True,
}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(sides, max_size=5), RATIONALS)
def test_an_interval_is_what_the_premises_leave(comparisons, at):
    premises, meets = [], True
    for head, on_the_left, bound in comparisons:
        pair = [(X, at), (number(bound), bound)][:: 1 if on_the_left else -1]
        premises.append(Sequent(frozenset(), make(head, *(term for term, _ in pair))))
        meets = meets and MEETS[head](*(v for _, v in pair))
    found = interval_from(X, premises)
    inside = not found.intersect(Interval(at, at)).empty
    assert inside is meets
    assert interval_from(Y, premises) == Interval()


def test_comparisons_of_terms_bound_none():
    assert intervals_from([Sequent(frozenset(), make("le", X, Y))]) == {}
    both = intervals_from([Sequent(frozenset(), make("le", number(1), number(2)))])
    assert both == {number(2): Interval(Fraction(1)), number(1): Interval(None, Fraction(2))}
