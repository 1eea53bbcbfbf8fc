"""What is found of sums of any length holds at random instances, and what is false is not found."""

import random

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_kernel_sums import counted
from theorycheck.derivations.sum_theorems import Repeated, equality_of_sums, inequality_of_sums
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import (
    Refused,
    add,
    bind,
    eq,
    infer,
    integer,
    le,
    lt,
    member,
    minus,
    mul,
    number,
    power,
    variable,
)
from theorycheck.search.sums import Setting, prove_sum

T, M, X, INDEX, OTHER = map(variable, "TMxij")
ZERO, ONE = number(0), number(1)
KNOWN = Setting((le(ONE, T), le(ZERO, M)), (T, M))


def total(body, low=ONE, high=T, index=INDEX):
    return bind("sum", index, low, high, body)


def shifted(name, index, by):
    return member(name, add(index, number(by)) if by else index)


@st.composite
def combinations_of_sums(draw):
    """Σ c · q[i + k] · i^e over 1 … T, a few of them, and single members."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        coefficient = number(draw(st.integers(-2, 2)))
        factors = [shifted(draw(st.sampled_from("qr")), INDEX, draw(st.integers(-1, 1)))]
        factors += [power(INDEX, 2)] if draw(st.booleans()) else []
        low, high = draw(st.integers(0, 1)), draw(st.integers(-1, 1))
        if high - low < -1:
            high = 0
        parts.append(mul(coefficient, total(mul(*factors), number(low), add(T, number(high)) if high else T)))
    parts += [mul(number(draw(st.integers(-1, 1))), shifted("q", T, draw(st.integers(-1, 1))))]
    return add(*parts)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(combinations_of_sums(), combinations_of_sums())
def test_only_what_is_equal_is_found_equal(left, right):
    rng = random.Random(repr((left, right)))
    for goal in (eq(left, right), eq(add(left, right), add(right, left)), eq(mul(X, left), mul(left, X))):
        try:
            theorem = prove_sum(goal, KNOWN)
        except Refused:
            assert goal.args == (left, right)
            continue
        assert theorem.conclusion is goal
        assert theorem.hypotheses <= {integer(T), integer(M), *KNOWN.hypotheses}
        counted(theorem, rng, 40)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(combinations_of_sums(), st.integers(-1, 1))
def test_what_is_equal_after_a_shift_is_found(form, wrong):
    """Σ q[i + 1], i = 0 … T − 1, beside the form."""
    left = add(form, total(shifted("q", INDEX, 1), ZERO, add(T, number(-1))))
    right = add(total(member("q", INDEX)), form, mul(number(wrong), member("r", T)))
    if wrong:
        with pytest.raises(Refused):
            prove_sum(eq(left, right), KNOWN)
    else:
        theorem = prove_sum(eq(left, right), KNOWN)
        assert counted(theorem, random.Random(0), 200) > 5


def test_exchanged_order_by_induction():
    inner = total(mul(member("w", INDEX, OTHER), member("r", OTHER)), ONE, M, OTHER)
    left = total(mul(member("q", INDEX), inner))
    swapped = total(mul(member("w", INDEX, OTHER), member("q", INDEX)))
    right = total(mul(member("r", OTHER), swapped), ONE, M, OTHER)
    theorem = prove_sum(eq(left, right), KNOWN)
    assert counted(theorem, random.Random(1), 300) > 30
    with pytest.raises(Refused):
        prove_sum(eq(left, mul(number(2), right)), KNOWN)


def test_geometric_sums():
    """x Σ (x + 1)^i, i = 1 … T, is (x + 1)^(T + 1) − (x + 1), for every x if no exponent is negative."""
    base = add(X, ONE)
    left = mul(X, total(power(base, INDEX)))
    right = add(power(base, add(T, ONE)), minus(base))
    theorem = prove_sum(eq(left, right), KNOWN)
    assert counted(theorem, random.Random(2), 300) > 30
    positive = Setting((*KNOWN.hypotheses, lt(ZERO, X)), KNOWN.integers)
    inverse = total(power(base, minus(INDEX)))
    theorem = prove_sum(eq(mul(X, inverse), add(ONE, minus(power(base, minus(T))))), positive)
    assert lt(ZERO, X) in theorem.hypotheses and counted(theorem, random.Random(3), 300) > 10
    with pytest.raises(Refused):
        prove_sum(eq(mul(X, inverse), add(ONE, minus(power(base, minus(T))))), KNOWN)


@pytest.mark.parametrize(
    "goal",
    [
        eq(total(member("q", INDEX), number(3)), total(member("q", INDEX), number(3))),  # T may be 1
        eq(total(member("q", INDEX), ONE, X), total(member("q", INDEX), ONE, X)),  # x may be 1/2
        eq(total(power(member("q", INDEX), -1)), total(power(member("q", INDEX), -1))),  # q may be 0
        eq(total(member("q", INDEX)), total(member("r", INDEX))),
        le(total(member("q", INDEX)), ZERO),
    ],
)
def test_what_may_be_false_is_not_found(goal):
    with pytest.raises(Refused):
        prove_sum(goal, KNOWN)


def test_a_sum_of_facts():
    fact = infer("assume", formula=le(ZERO, member("q", T)))
    theorem = prove_sum(
        le(total(member("r", INDEX)), add(total(member("r", INDEX)), member("q", T))), KNOWN, [fact]
    )
    assert fact.conclusion in theorem.hypotheses and counted(theorem, random.Random(4), 200) > 20
    with pytest.raises(Refused):
        prove_sum(
            le(total(member("r", INDEX)), add(total(member("r", INDEX)), member("q", ONE))), KNOWN, [fact]
        )


# from SymPy ----------------------------------------------------------------------------------------------------------
t, i = sympy.symbols("t i", integer=True)
LENGTH = sympy.Symbol("T", integer=True, positive=True)
a, b = (sympy.IndexedBase(name, real=True) for name in "ab")


def test_facts_of_steps_are_the_hypotheses():
    part = Repeated(
        b[t] - a[t], sympy.Integer(1), t, sympy.Integer(1), LENGTH, sympy.Integer(1), sympy.Integer(2)
    )
    left, right = (sympy.Sum(2 * s[i], (i, 1, LENGTH)) for s in (a, b))
    theorem = inequality_of_sums(left, right, [part])
    kinds = sorted(h.head for h in theorem.hypotheses)
    assert kinds == ["forall", "integer", "le"] and theorem.conclusion.head == "le"
    stated = next(h for h in theorem.hypotheses if h.head == "forall")
    assert stated.args[0] is ONE and stated.args[1] is T
    assert counted(theorem, random.Random(5), 400) > 10
    with pytest.raises(Refused):
        inequality_of_sums(right, left, [part])
    with pytest.raises(Refused):
        inequality_of_sums(left, right + a[LENGTH], [part])


def test_one_name_is_one_sequence():
    other = sympy.IndexedBase("a", integer=True)
    with pytest.raises(ClaimError, match="two different sequences"):
        equality_of_sums(sympy.Sum(a[t], (t, 1, LENGTH)), sympy.Sum(other[t], (t, 1, LENGTH)))


def test_an_unknown_function_of_the_index_is_no_number():
    f = sympy.Function("f", real=True)
    total_ = sympy.Sum(f(t), (t, 1, LENGTH))
    with pytest.raises(NotExactError, match="index of a sum"):
        equality_of_sums(total_, LENGTH * f(t))
