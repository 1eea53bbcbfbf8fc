"""The sign of a polynomial on an interval against its roots, from which it is made."""

import itertools
from fractions import Fraction

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_terms import RATIONALS
from theorycheck.kernel import Refused
from theorycheck.kernel.intervals import Interval
from theorycheck.kernel.rules.roots import signed

ends = st.none() | RATIONALS
factors = st.lists(st.tuples(RATIONALS, st.integers(1, 3)), max_size=4)
WITHOUT_ROOTS = flint.fmpq_poly([1, 1, 1])


def contains(domain, at):
    return not domain.intersect(Interval(at, at)).empty


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    factors, ends, ends, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([-1, 1]), st.booleans()
)
def test_the_sign_is_that_at_the_roots_and_between_them(
    roots, low, high, open_low, open_high, strict, sign, more
):
    domain = Interval(low, high, open_low and low is not None, open_high and high is not None)
    if domain.empty or (low is not None and high is not None and low > high):
        return
    p = sign * (WITHOUT_ROOTS if more else flint.fmpq_poly([1]))
    for root, multiplicity in roots:
        p = p * flint.fmpq_poly([flint.fmpq(-root.numerator, root.denominator), 1]) ** multiplicity
    marks = sorted(
        {root for root, _ in roots} | {end for end in (low, high) if end is not None} | {Fraction(0)}
    )
    between = [(a + b) / 2 for a, b in itertools.pairwise(marks)]
    places = [at for at in (marks[0] - 1, *marks, *between, marks[-1] + 1) if contains(domain, at)]
    values = [p(flint.fmpq(at.numerator, at.denominator)) for at in places]
    assert signed(p, domain, strict=strict) == all(v > 0 if strict else v >= 0 for v in values)


def test_long_numbers_are_refused_where_the_degree_is_high():
    long = flint.fmpq_poly([10**300] * 90)
    with pytest.raises(Refused, match="too long"):
        signed(long, Interval(), strict=True)
