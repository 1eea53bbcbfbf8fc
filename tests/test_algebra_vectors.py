"""Vectors, inner products, and that two different things are never taken for one."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.algebra_numbers import World
from theorycheck.algebra import AbstractFunction, inner, norm, norm_squared, normal_form, vector
from theorycheck.algebra.expectation import RandomScalar, gaussian, mean
from theorycheck.errors import ClaimError

X, A, B, C = (vector(name) for name in "xabc")
small = st.integers(-4, 4)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(small, min_size=6, max_size=6), st.lists(small, min_size=9, max_size=9))
def test_expansion_agrees_with_numpy(coefficients, entries):
    p, q, r, s, t, u = coefficients
    points = np.array(entries, dtype=float).reshape(3, 3)
    world = World(3, vectors=dict(zip("xab", points, strict=True)))
    left, right = X * p + A * q + B * r, X * s + A * t - B * u
    by_hand = (p * points[0] + q * points[1] + r * points[2]) @ (
        s * points[0] + t * points[1] - u * points[2]
    )
    assert world.number(normal_form(inner(left, right))) == by_hand  # small integers: floats are exact


def test_equal_combinations_are_equal():
    assert (X + A) * 2 - A * 2 == X * 2
    assert hash(X + A) == hash(A + X)
    assert (X - X).terms == ()
    assert inner(X - X, A) == 0
    assert inner(X, A) == inner(A, X)
    assert normal_form(norm(X) ** 2 - norm_squared(X)) == 0


def test_coefficients_that_contain_atoms_are_told_apart():
    """SymPy prints unknown atoms without their content; keys built from that would identify ⟨a,b⟩x and ⟨a,c⟩x."""
    f, g = AbstractFunction("f"), AbstractFunction("g")
    assert X * inner(A, B) != X * inner(A, C)
    assert X * f(A) != X * g(A)
    assert X * f(A) != X * f(B)
    assert X * RandomScalar("s", True) != X * RandomScalar("t", True)
    assert inner(X * inner(A, B), X) != inner(X * inner(A, C), X)
    assert f(X * inner(A, B)) != f(X * inner(A, C))


def test_symbols_of_one_name_are_told_apart():
    plain, positive = sympy.Symbol("s", real=True), sympy.Symbol("s", positive=True)
    assert X * plain != X * positive
    f = AbstractFunction("f")
    assert f(X * plain) != f(X * positive)
    assert f.smooth(positive)(X) != f(X)


def test_a_random_vector_is_not_the_point_of_its_name():
    u = gaussian("x", sympy.Symbol("d", integer=True, positive=True))
    assert u.vector != X
    assert (u.vector + X).terms != (X * 2).terms


def test_norms_with_coefficients_that_may_be_imaginary_have_no_sign():
    s = sympy.Symbol("s", real=True)
    assert norm_squared(X * s).is_nonnegative is True
    assert norm_squared(X * sympy.sqrt(s)).is_nonnegative is None
    assert norm_squared(X * sympy.I).is_nonnegative is None


def test_derivatives():
    s = sympy.Symbol("s", real=True)
    assert sympy.expand(sympy.diff(norm_squared(X * s + A), s) - 2 * s * inner(X, X) - 2 * inner(X, A)) == 0
    assert sympy.diff(norm_squared(X * s), s, 2) == 2 * inner(X, X)
    assert sympy.diff(inner(X, A), s) == 0


def test_derivatives_of_values_and_gradients_are_not_taken_for_zero():
    s = sympy.Symbol("s", positive=True)
    f = AbstractFunction("f")
    for expression in (
        f(X * s),
        f.smoothed(X, s),
        inner(f.gradient(X * s), A),
        s * inner(f.gradient(X * s), A),
    ):
        with pytest.raises(NotImplementedError, match="not known to the algebra"):
            sympy.diff(expression, s)


def test_free_symbols_reach_inside_gradients_and_means():
    s, t = sympy.symbols("s t", positive=True)
    f = AbstractFunction("f")
    u = gaussian("u", sympy.Integer(2))
    nested = f(X - f.smooth(t).gradient(X * s))
    assert nested.free_symbols == {s, t}
    assert mean(f.gradient(X + u.vector * s), u).free_symbols == {s}


def test_errors():
    with pytest.raises(ClaimError, match="vecdot"):
        X * A
    with pytest.raises(ClaimError, match="two vectors"):
        inner(X, 3)


def test_printing():
    assert str(inner(X, A)) == "<a,x>"
    assert norm_squared(X - A).__str__() == "<(1)*x + (-1)*a,(1)*x + (-1)*a>" or "<" in str(
        norm_squared(X - A)
    )
    assert sympy.latex(norm_squared(X)) == r"\left\|x\right\|^{2}"
    assert (X * 2 - A).latex() == "-a+2 x"
