"""The rules of expectation against tensor quadrature of concrete functions, and where they must not apply."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.algebra_numbers import Cosine, Quadratic, World
from theorycheck.algebra import (
    AbstractFunction,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    normal_form,
    uniform,
    vector,
)
from theorycheck.algebra.expectation import Expectation, RandomVariable, mean, random_variables, scaled_gamma
from theorycheck.errors import ClaimError

D = sympy.Symbol("d", integer=True, positive=True)
S, T = sympy.symbols("sigma tau", positive=True)
U = gaussian("u", D)
V = gaussian("v", D)
X, A, B = vector("x"), vector("a"), vector("b")
F, G = AbstractFunction("f"), AbstractFunction("g")


def world(dimension, seed=0):
    rng = np.random.default_rng(seed)

    def point():
        return rng.uniform(-1, 1, dimension)

    functions = {
        "f": Quadratic(rng.uniform(-1, 1, (dimension, dimension)), point(), 0.3),
        "g": Cosine(point(), 0.4),
    }
    vectors = {name: point() for name in "xab"}
    return World(dimension, {"sigma": 0.7, "tau": 0.4, "d": dimension}, vectors, functions)


def agrees(expression, dimension, seed=0, tolerance=1e-9):
    """Quadrature of the expression as written against the value of its normal form.

    12 nodes integrate polynomials of degree 23 exactly and cosines of frequency below 1.5 to about 1e-12.
    """
    evaluated = normal_form(expression)
    where = world(dimension, seed)
    assert math.isclose(
        where.number(expression), where.number(evaluated), rel_tol=tolerance, abs_tol=tolerance
    )
    return evaluated


u = U.vector
moved = X + u * S
RULES = {
    "smoothing": expectation(F(moved) + G(moved), U),
    "minus u": expectation(G(X - u * S), U),
    "a fixed shift": expectation(G(X + A + u * 2), U),
    "smoothing twice": expectation(expectation(G(X + u * S + V.vector * T), U), V),
    "gradient": expectation(inner(G.gradient(moved), A), U),
    "by parts": expectation(G(moved) * inner(u, A), U),
    "by parts, minus": expectation(G(X - u * S) * inner(u, A), U),
    "by parts of a smoothed function": expectation(G.smooth(T)(moved) * inner(A, u), U),
    "linear": expectation(3 * S * G(moved) - inner(X, A) * F(moved) + 1, U),
    "second moment": expectation(inner(A, u) * inner(B, u), U),
    "fourth moment": expectation(inner(A, u) ** 2 * inner(B, u) ** 2 + inner(A, u) ** 4, U),
    "radius": expectation(norm_squared(u) ** 3 * inner(A, u) ** 2, U),
    "odd": expectation(norm_squared(u) * inner(A, u), U),
    "norm of a moved point": expectation(norm_squared(moved - A) ** 2, U),
    "the same direction twice": expectation(inner(u * 2 + A, u - B) ** 2, U),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dimension", [1, 2])
def test_rules(name, dimension):
    evaluated = agrees(RULES[name], dimension)
    assert not evaluated.atoms(Expectation)


@pytest.mark.parametrize("name", ["by parts", "radius", "gradient"])
def test_rules_in_three_dimensions(name):
    agrees(RULES[name], 3)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 3),
)
def test_random_polynomials(terms, dimension):
    polynomial = sum(c * inner(A, u) ** i * inner(B, u) ** j * norm_squared(u) ** k for c, i, j, k in terms)
    evaluated = agrees(expectation(polynomial, U), dimension)
    assert not evaluated.atoms(Expectation)


def test_moments_of_one_coordinate_are_those_of_the_density():
    for power in (2, 4, 6):
        by_rule = normal_form(expectation(inner(A, u) ** power, U)).subs(inner(A, A), 1)
        density = scipy.integrate.quad(
            lambda t, p=power: t**p * math.exp(-t * t) / math.sqrt(math.pi), -9, 9
        )[0]
        assert math.isclose(float(by_rule), density, rel_tol=1e-9)  # the tail beyond 9 is below 1e-30


def test_a_fixed_vector_called_like_the_random_one_stays_fixed():
    fixed = vector("u")
    assert normal_form(expectation(F(X + fixed + u * S), U)) == F.smoothed(X + fixed, S)
    assert normal_form(expectation(inner(fixed, u) * inner(A, u), U)) == inner(fixed, A) / 2
    assert normal_form(expectation(F(moved) * inner(fixed, A), U)) == F.smoothed(X, S) * inner(fixed, A)


def test_two_variables_of_one_name_are_told_apart():
    """The inner expectation binds its own u; an outer one over another law must not reach inside."""
    once = expectation(F(moved), U)
    assert normal_form(expectation(once * norm_squared(u), U)) == D / 2 * F.smoothed(X, S)
    few, many = gaussian("u", sympy.Integer(1)), gaussian("u", sympy.Integer(2))
    assert Expectation(sympy.exp(inner(A, u)), (few,)) != Expectation(sympy.exp(inner(A, u)), (many,))
    assert mean(F.gradient(moved), few) != mean(F.gradient(moved), many)


def test_declared_means_belong_to_the_variable():
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    first, second = index("k", (sample, F)), index("k", (sample, G))
    assert Expectation(sample(X), (first,)) != Expectation(sample(X), (second,))
    assert normal_form(expectation(sample(X), first)) == F(X)
    assert normal_form(expectation(sample(X), second)) == G(X)


def test_index_rules_and_their_limits():
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    k = index("k", (sample, F))
    assert normal_form(expectation(sample.smoothed(X, S) * 3, k)) == 3 * F.smoothed(X, S)
    assert normal_form(expectation(inner(sample.gradient(X), A), k)) == inner(F.gradient(X), A)
    for open_ in (
        sample(X) ** 2,
        inner(sample.gradient(X), sample.gradient(X)),
        sample(X - sample.gradient(X)),
        AbstractFunction("f_k", depends_on=frozenset({"k", "j"}))(X),
    ):
        assert normal_form(expectation(open_, k)).atoms(Expectation)


def test_what_no_rule_evaluates_stays_open():
    t = uniform("t")
    for inside in (
        F(moved) ** 2,
        F(moved) * G(moved),
        F(moved) * norm_squared(u),
        F(moved) * inner(u, A) ** 2,
        F(X + u * inner(u, A)),
        inner(F.gradient(moved), u),
        sympy.exp(inner(u, A)),
        F(X + F.gradient(X + u)),
        1 / norm_squared(u),
    ):
        assert normal_form(expectation(inside, U)).atoms(Expectation), inside
    assert normal_form(expectation(F.smooth(t.scalar)(X), t)).atoms(Expectation)
    assert normal_form(expectation(F(X + A * t.scalar), t)).atoms(Expectation)
    assert normal_form(expectation(1 / (1 + t.scalar), t)).atoms(Expectation)


def test_a_random_scale_is_a_scale_but_not_a_constant():
    t = uniform("t")
    inside = normal_form(expectation(F(X + u * t.scalar), U))
    assert inside.depends_on == {"t"}
    both = normal_form(expectation(F(X + u * t.scalar), U, t))
    assert both.atoms(Expectation)
    quadratic = normal_form(expectation(norm_squared(X + u * t.scalar), U, t))
    assert sympy.expand(quadratic - norm_squared(X) - D / 6) == 0  # E t² E‖u‖² = d/6


def test_uniform_moments():
    t = uniform("t").scalar
    assert normal_form(expectation(3 * t**2 + t + 1, uniform("t"))) == sympy.Rational(5, 2)


def test_means_of_vectors_enter_inner_products():
    g = mean(G.gradient(moved), U)
    assert normal_form(inner(g, A)) == inner(G.smoothed_gradient(X, S), A)
    assert normal_form(norm_squared(g)) == inner(G.smoothed_gradient(X, S), G.smoothed_gradient(X, S))
    assert normal_form(expectation(inner(g, u), U)) == 0


@pytest.mark.parametrize("shape, rate", [(2.5, 0.7), (3.0, -1.2), (1.5, -1.4)])
def test_log_gamma(shape, rate):
    v = scaled_gamma("v", sympy.Rational(str(shape)))
    value = normal_form(expectation(sympy.exp(sympy.Rational(str(rate)) * v.scalar), v))
    density = scipy.integrate.quad(
        lambda y: (y / shape) ** rate * y ** (shape - 1) * math.exp(-y) / scipy.special.gamma(shape),
        0,
        np.inf,
    )[0]
    assert math.isclose(float(value), density, rel_tol=1e-6)  # quad's own error near 0 for y^0.1


def test_log_gamma_has_no_mean_beyond_the_shape():
    """Γ(m + c) continues to c ≤ −m, the expectation does not: it is infinite there."""
    v = scaled_gamma("v", sympy.Integer(1))
    assert normal_form(expectation(sympy.exp(-sympy.Rational(3, 2) * v.scalar), v)).atoms(Expectation)
    c = sympy.Symbol("c", real=True)
    assert normal_form(expectation(sympy.exp(c * v.scalar), v)).atoms(Expectation)


def test_large_powers_do_not_blow_up():
    value = normal_form(expectation(inner(A, u) ** 20, U))
    assert value.atoms(Expectation)


def test_random_variables_are_found_at_any_depth():
    t = uniform("t")
    g = mean(G.gradient(moved), U)
    assert random_variables(inner(g, A) * expectation(F(X + A * t.scalar), t)) == {U, t}
    assert random_variables(F(X - g)) == {U}
    assert random_variables(S * F(X)) == set()


def test_errors():
    with pytest.raises(ClaimError, match="no vector"):
        _ = uniform("t").vector
    with pytest.raises(ClaimError, match="no number"):
        _ = U.scalar
    assert isinstance(U, RandomVariable)
