"""Abstract functions: smoothing composes, values and gradients depend on what they are built from."""

import sympy

from theorycheck.algebra import AbstractFunction, vector
from theorycheck.algebra.expectation import gaussian, uniform

F = AbstractFunction("f")
X = vector("x")
S, T = sympy.symbols("sigma tau", nonnegative=True)


def test_smoothing_composes_by_squares():
    assert F.smooth(S).smooth(T) == F.smooth(T).smooth(S)
    assert F.smooth(3).smooth(4) == F.smooth(5)
    assert F.smooth(0) == F
    assert F.smoothed(X, S) == F.smooth(S)(X)
    assert F.smooth(-S) == F.smooth(S)
    assert F.smooth(S).smooth(T).sigma ** 2 == S**2 + T**2


def test_smoothing_by_a_difference_keeps_the_square():
    real, other = sympy.symbols("a b", real=True)
    assert sympy.expand(F.smooth(real - other).sigma ** 2 - (real - other) ** 2) == 0


def test_dependence_includes_a_random_scale():
    """E_t f_t(x) must not come out as f_t(x)."""
    t = uniform("t")
    assert F.smooth(t.scalar)(X).depends_on == {"t"}
    assert F.smooth(t.scalar).gradient(X).depends_on == {"t"}


def test_dependence_includes_the_point_and_the_index():
    u = gaussian("u", sympy.Integer(1))
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    assert F(X + u.vector).depends_on == {"u"}
    assert sample(X + u.vector).depends_on == {"k", "u"}
    assert F(X - F.gradient(X + u.vector) * S).depends_on == {"u"}
    assert F(X * u.vector.terms[0][1]).depends_on == frozenset()


def test_a_random_function_differs_from_the_fixed_one_of_its_name():
    assert AbstractFunction("f", depends_on=frozenset({"k"}))(X) != F(X)
