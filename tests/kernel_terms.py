"""Random terms of the kernel."""

from fractions import Fraction

from hypothesis import strategies as st

from theorycheck.kernel import Term, add, make, mul, number, power, variable
from theorycheck.kernel.functions import FUNCTIONS

X, Y = variable("x"), variable("y")
RATIONALS = st.fractions(-4, 4, max_denominator=12)


def terms(max_leaves: int = 6) -> st.SearchStrategy[Term]:
    leaves = st.sampled_from([X, Y, make("pi")]) | RATIONALS.map(number)
    exponents = st.sampled_from(
        [Fraction(n) for n in (-2, -1, 0, 1, 2, 3)] + [Fraction(1, 2), Fraction(-1, 2), Fraction(2, 3)]
    )

    def extend(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        several = st.lists(inner, min_size=1, max_size=3)
        comparisons = st.tuples(st.sampled_from(["le", "lt", "eq", "ne"]), inner, inner).map(
            lambda t: make(*t)
        )
        cases = st.tuples(comparisons, inner, inner).map(
            lambda t: make("piecewise", t[0], t[1], make("true"), t[2])
        )
        return (
            st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda t: make(t[0], t[1]))
            | several.map(lambda parts: add(*parts))
            | several.map(lambda parts: mul(*parts))
            | st.tuples(inner, exponents).map(lambda t: power(*t))
            | st.tuples(inner, inner).map(lambda t: power(*t))
            | st.tuples(st.sampled_from(["max", "min"]), several).map(lambda t: make(t[0], *t[1]))
            | cases
        )

    return st.recursive(leaves, extend, max_leaves=max_leaves)
