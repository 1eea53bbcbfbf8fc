"""SymPy expressions as terms of the kernel: values agree with SymPy's, and what is not real is refused."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_values import NoValue, close, value
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.kernel_terms import Names, to_term
from theorycheck.derivations.readings import read
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import make, number, power, variable

x, y = sympy.symbols("x y", real=True)
X, Y = variable("x"), variable("y")
PLAIN = sympy.Symbol("x")
FUNCTIONS = [
    sympy.exp,
    sympy.log,
    sympy.sin,
    sympy.cos,
    sympy.tanh,
    sympy.atan,
    sympy.erf,
    sympy.Abs,
    sympy.sign,
]


def expressions() -> st.SearchStrategy:
    leaves = st.sampled_from([x, y, sympy.pi, sympy.E]) | st.fractions(-3, 3, max_denominator=6).map(
        lambda v: sympy.Rational(v.numerator, v.denominator)
    )

    def extend(inner):
        pairs = st.tuples(inner, inner)
        return (
            pairs.map(sum)
            | pairs.map(lambda p: p[0] * p[1])
            | st.tuples(inner, st.sampled_from([-1, 2, 3, sympy.Rational(1, 2)])).map(lambda p: p[0] ** p[1])
            | st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda p: p[0](p[1]))
            | pairs.map(lambda p: sympy.Max(*p))
            | pairs.map(lambda p: sympy.Piecewise((p[0], x < y), (p[1], True)))
        )

    return st.recursive(leaves, extend, max_leaves=5)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(expressions(), st.fractions(-3, 3, max_denominator=5), st.fractions(-3, 3, max_denominator=5))
def test_a_term_has_the_value_of_its_expression(expression, a, b):
    try:
        term = to_term(expression)
        found = value(term, {X: a, Y: b})
    except (NoValue, NotExactError):  # oo − oo is nan, for example
        return
    point = {x: sympy.Rational(a.numerator, a.denominator), y: sympy.Rational(b.numerator, b.denominator)}
    other = sympy.N(expression.subs(point), 40)
    if other.is_real:
        assert close(found, other)


NOT_REAL = {
    "complex": sympy.Symbol("x", complex=True),
    "imaginary": sympy.Symbol("x", imaginary=True),
    "not real": sympy.Symbol("x", real=False),
    "perhaps infinite": sympy.Symbol("x", extended_real=True),
    "infinite": sympy.Symbol("x", infinite=True),
    "no number that commutes": sympy.Symbol("x", commutative=False),
    "I": sympy.I,
    "oo": sympy.oo,
    "-oo": -sympy.oo,
    "zoo": sympy.zoo,
    "nan": sympy.nan,
    "an imaginary integral": sympy.Integral(sympy.I * y, (y, 0, 1)),
}


@pytest.mark.parametrize("name", NOT_REAL)
@pytest.mark.parametrize("opaque", [False, True])
def test_what_is_not_real_is_no_variable(name, opaque):
    for e in (NOT_REAL[name], sympy.exp(NOT_REAL[name], evaluate=False)):
        with pytest.raises(NotExactError):
            Names(opaque=opaque).term(e)


@pytest.mark.parametrize("name", ["complex", "imaginary", "not real", "perhaps infinite", "infinite"])
def test_nothing_is_shown_of_a_symbol_that_is_not_real(name):
    z = NOT_REAL[name]
    with pytest.raises(NotExactError):
        read([z])
    assert nonnegative(z * z + 1).outcome == "unverified"
    assert equal(sympy.Abs(z) ** 2, z**2).outcome == "unverified"


def test_a_symbol_of_which_nothing_is_declared_is_real():
    assert to_term(PLAIN) is X
    assert nonnegative(PLAIN**2).verified
    assert nonnegative(sympy.Abs(PLAIN) - PLAIN).verified
    assert nonnegative(PLAIN).outcome == "failed"
    assert equal((PLAIN + 1) ** 2, PLAIN**2 + 2 * PLAIN + 1).verified


@pytest.mark.parametrize("flags", [{}, {"integer": True}, {"positive": True}, {"complex": True}])
def test_one_name_is_one_symbol(flags):
    other = sympy.Symbol("x", **flags)
    names = Names()
    names.term(x)
    with pytest.raises((ClaimError, NotExactError)):
        names.term(other)
    with pytest.raises((ClaimError, NotExactError)):
        read([x, other])
    assert nonnegative((x - other) ** 2).outcome == "unverified"


def test_dummies_of_one_name_are_told_apart():
    first, second = sympy.Dummy("x", positive=True), sympy.Dummy("x", integer=True)
    assert to_term(x + first) is make("add", variable("_x"), X)
    for pair in (
        (first, second),
        (first, sympy.Symbol("_x", positive=True)),
        (first, sympy.Dummy("x", positive=True)),
    ):
        with pytest.raises(ClaimError, match="two different"):
            Names().term(pair[0] - pair[1])
        assert equal(*pair).outcome == "unverified"


def test_opaque_parts_are_variables_of_their_own():
    f = sympy.Function("f")
    names = Names(opaque=True)
    total = sympy.Sum(f(y), (y, 1, 3))
    assert names.term(f(x)) is variable("f(x)")
    assert names.term(total) is variable(str(total))
    assert names.meanings == {"f(x)": f(x), str(total): total}
    with pytest.raises(NotExactError):
        Names().term(total)
    with pytest.raises(ClaimError):
        names.term(sympy.Symbol("f(x)", real=True))


def test_heads():
    half = number(Fraction(1, 2))
    assert to_term(sympy.sqrt(x)) is power(X, Fraction(1, 2))
    assert to_term(sympy.Min(x, y)) is make("min", X, Y)
    assert to_term(sympy.factorial(x)) is make("gamma", make("add", number(1), X))
    step = to_term(sympy.Heaviside(x, sympy.Rational(1, 2)))
    assert [value(step, {X: Fraction(k)}) for k in (-1, 0, 1)] == [0, 0.5, 1] and half in step.args
    cases = to_term(
        sympy.Piecewise((x, (x < 1) & (x > 0) | sympy.Ne(x, y) & ~(y >= 5)), (y, sympy.Eq(x, y)), (0, True))
    )
    assert cases.head == "piecewise" and cases.args[-2] is make("true")
    with pytest.raises(NotExactError, match="no condition"):
        Names().condition(x)
