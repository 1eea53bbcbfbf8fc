"""The search finds theorems of what is true, and none of what is false; root isolation against factored polynomials."""

import itertools
from fractions import Fraction

import flint
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.kernel import Refused, add, infer, integer, le, lt, make, minus, mul, number, power, variable
from theorycheck.kernel.intervals import Interval
from theorycheck.kernel.rules.roots import polynomial_in, signed
from theorycheck.search.context import context_of
from theorycheck.search.inequalities import prove, prove_on_box
from theorycheck.search.sums_of_squares import sum_of_squares

X, Y = variable("x"), variable("y")
ZERO, ONE = number(0), number(1)
small = st.integers(-3, 3)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(small, st.integers(1, 3)), min_size=1, max_size=3),
    st.sampled_from([-1, 1]),
    st.tuples(st.none() | small, st.none() | st.integers(1, 4), st.booleans(), st.booleans()),
    st.booleans(),
)
def test_the_sign_of_a_polynomial_is_that_of_its_factored_form(roots, sign, interval, strict):
    """The polynomial is built from its roots, so the answer can be read off at the roots and between them."""
    low, width, open_low, open_high = interval
    high = None if width is None else (low or 0) + width
    domain = Interval(
        None if low is None else Fraction(low), None if high is None else Fraction(high), open_low, open_high
    )
    p = flint.fmpq_poly([sign])
    for root, multiplicity in roots:
        p *= flint.fmpq_poly([-root, 1]) ** multiplicity
    ends = sorted({Fraction(r) for r, _ in roots} | {e for e in (domain.low, domain.high) if e is not None})
    places = {ends[0] - 1, ends[-1] + 1, *ends, *((a + b) / 2 for a, b in itertools.pairwise(ends))}

    def inside(t):
        above = domain.low is None or t > domain.low or (t == domain.low and not open_low)
        return above and (domain.high is None or t < domain.high or (t == domain.high and not open_high))

    values = [sign * sympy.prod([(t - r) ** k for r, k in roots]) for t in places if inside(t)]
    assert signed(p, domain, strict=strict) == all(v > 0 if strict else v >= 0 for v in values)


def test_polynomials_in_an_atom():
    e = make("exp", X)
    assert polynomial_in(e, add(power(e, 2), mul(number(3), e))) == flint.fmpq_poly([0, 3, 1])
    assert polynomial_in(X, number(5)) == flint.fmpq_poly([5])
    for term in (add(X, Y), power(X, -1), add(X, make("sin", X))):
        with pytest.raises(Refused):
            polynomial_in(X, term)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.lists(small, min_size=4, max_size=4), min_size=1, max_size=3))
def test_sums_of_squares_add_up(rows):
    basis = [(0, 0), (1, 0), (0, 1), (1, 1)]
    total = {}
    for row in rows:
        for m, a in zip(basis, row, strict=True):
            for n, b in zip(basis, row, strict=True):
                key = (m[0] + n[0], m[1] + n[1])
                total[key] = total.get(key, Fraction(0)) + a * b
    p = {m: c for m, c in total.items() if c}
    found = sum_of_squares(p)
    if found is None:
        return
    again = {}
    for pivot, q in found:
        assert pivot > 0
        for m, a in q.items():
            for n, b in q.items():
                key = (m[0] + n[0], m[1] + n[1])
                again[key] = again.get(key, Fraction(0)) + pivot * a * b
    assert {m: c for m, c in again.items() if c} == p


def test_no_sum_of_squares():
    for p in ({(1, 0): Fraction(1)}, {(2, 0): Fraction(-1)}, {(2, 0): Fraction(1), (0, 0): Fraction(-1)}):
        assert sum_of_squares(p) is None


def exactly(term, point):
    """The value of a polynomial term, in rationals."""
    if term.head in ("number", "variable"):
        return term.value if term.head == "number" else point[term]
    args = [exactly(arg, point) for arg in term.args]
    if term.head == "power":
        return args[0] ** int(args[1])
    return sum(args) if term.head == "add" else sympy.prod(args)


polynomials = st.lists(st.tuples(small, st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=4).map(
    lambda terms: add(*(mul(number(c), power(X, i), power(Y, j)) for c, i, j in terms))
)
bounds = st.lists(
    st.tuples(st.sampled_from([X, Y]), small, st.booleans(), st.booleans()).map(
        lambda t: (lt if t[2] else le)(*((number(t[1]), t[0]) if t[3] else (t[0], number(t[1]))))
    ),
    max_size=3,
)


def holds(comparison, point):
    left, right = (exactly(side, point) for side in comparison.args)
    return left < right if comparison.head == "lt" else left <= right


@settings(max_examples=250, deadline=None, derandomize=True)
@given(polynomials, bounds, polynomials, st.booleans())
def test_a_theorem_that_is_found_holds_wherever_its_hypotheses_do(p, known, fact, strict):
    hypotheses = [*known, le(ZERO, fact)]
    goal = (lt if strict else le)(ZERO, p)
    context = context_of(hypotheses, [p])
    if context.contradictory:
        return
    found = prove(goal, context)
    if found is None:
        return
    assert found.theorem.conclusion is goal and found.theorem.hypotheses <= set(hypotheses)
    for a in range(-6, 7):
        for b in range(-6, 7):
            point = {X: Fraction(a, 2), Y: Fraction(b, 2)}
            if all(holds(h, point) for h in found.theorem.hypotheses):
                assert holds(goal, point)


@pytest.mark.parametrize(
    ("goal", "hypotheses"),
    [
        (lt(ZERO, power(X, 2)), ()),
        (lt(ZERO, add(power(X, 2), power(Y, 2))), ()),
        (le(ZERO, X), ()),
        (le(ZERO, add(X, minus(Y))), (le(X, Y),)),
        (lt(ZERO, add(X, minus(Y))), (le(Y, X),)),
        (le(ZERO, add(power(X, 2), minus(power(Y, 2)))), (le(Y, X),)),
        (le(ZERO, mul(X, power(X, -1))), ()),
        (le(ZERO, mul(ZERO, make("log", X))), ()),
        (lt(ZERO, make("sin", X)), (lt(ZERO, X),)),
        (lt(ZERO, add(make("exp", X), minus(add(ONE, X)))), ()),
        (le(make("log", X), add(X, number(-2))), (lt(ZERO, X),)),
        (lt(ZERO, power(add(X, number(-3)), 2)), (le(ZERO, X), le(X, number(5)))),
    ],
)
def test_nothing_is_found_of_what_is_false(goal, hypotheses):
    left, right = goal.args
    stated = goal if left is ZERO else make(goal.head, ZERO, add(right, minus(left)))
    context = context_of(hypotheses, [stated])
    assert prove(stated, context) is None and prove_on_box(stated, context, 500) is None


def test_branch_and_bound_gives_up_at_its_limit():
    stated = le(ZERO, add(number(Fraction(71, 50)), minus(make("sin", X)), minus(make("cos", X))))
    context = context_of([le(ZERO, X), le(X, ONE)], [stated])  # the largest sum is √2 = 1.4142…
    assert prove_on_box(stated, context, 1) is None
    found = prove_on_box(stated, context, 1000)
    assert found is not None and found.theorem.conclusion is stated


def test_a_theorem_is_what_was_asked_for():
    context = context_of([le(ONE, X)], [X])
    found = prove(le(ZERO, add(power(X, 2), minus(X))), context)
    assert found is not None and found.theorem.hypotheses == {le(ONE, X)}
    assert infer("assume", formula=le(ONE, X)).hypotheses == {le(ONE, X)}


def test_what_is_no_comparison_is_not_found():
    context = context_of([le(ZERO, X)], [X])
    assert prove(integer(X), context) is None
