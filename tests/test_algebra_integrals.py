"""Integrals over R^d: substitution must not capture variables, derivatives must not overlook anything."""

import math

import numpy as np
import pytest
import scipy.integrate
import sympy

from tests.algebra_numbers import World
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    directional_derivative,
    expectation,
    gaussian,
    inner,
    laplacian,
    norm_squared,
    normal_form,
    substitute,
    vector,
)
from theorycheck.algebra.expectation import mean
from theorycheck.algebra.integrals import canonical, change_of_variables, is_plain, names_in, with_symbols
from theorycheck.errors import ClaimError

D = sympy.Symbol("d", integer=True, positive=True)
S = sympy.Symbol("sigma", positive=True)
X, Y, Z, A = (vector(name) for name in "xyza")
F = AbstractFunction("f")
U = gaussian("u", D)


def basis(v):
    return v.terms[0][0]


# ---- substitution ------------------------------------------------------------------------------------------


def test_substitution_reaches_values_gradients_coefficients_and_means():
    expression = F(X) * norm_squared(X - Y) + inner(F.gradient(X * 2), Y)
    assert substitute(expression, {basis(X): Y}) == inner(F.gradient(Y * 2), Y)
    assert substitute(F(Y * inner(X, A)), {basis(X): Z}) == F(Y * inner(Z, A))
    average = mean(F.gradient(X + U.vector), U)
    assert substitute(inner(average, A), {basis(X): Y}) == inner(mean(F.gradient(Y + U.vector), U), A)


def test_substitution_does_not_capture():
    with pytest.raises(ClaimError, match="under an expectation"):
        substitute(expectation(F(X + U.vector), U), {basis(X): X + U.vector})
    with pytest.raises(ClaimError, match="under a mean"):
        substitute(inner(mean(F.gradient(X + U.vector), U), A), {basis(X): X + U.vector})
    with pytest.raises(ClaimError, match="inner integral"):
        substitute(Integral(F(X + Y), Y), {basis(X): Y})
    with pytest.raises(ClaimError, match="inner integral"):
        substitute(Integral(F(X + Y), Y), {basis(Y): X})


def test_symbols_are_replaced_everywhere():
    t = sympy.Symbol("tau", positive=True)
    before = S * F.smoothed(X * S, S) + expectation(F(X + U.vector * S), U) + Integral(F(X * S) * S, Y)
    after = with_symbols(before, {S: t})
    assert after == t * F.smoothed(X * t, t) + expectation(F(X + U.vector * t), U) + Integral(F(X * t) * t, Y)
    g = with_symbols(inner(mean(F.gradient(X + U.vector * S), U), A), {S: t})
    assert g == inner(mean(F.gradient(X + U.vector * t), U), A)


def test_free_names():
    assert names_in(F(X) * inner(F.gradient(Y), A)) == {basis(X), basis(Y), basis(A)}
    assert names_in(Integral(F(X + Y), Y)) == {basis(X)}
    assert is_plain(X) and not is_plain(X * 2) and not is_plain(U.vector) and not is_plain(F.gradient(X))


@pytest.mark.parametrize("variables", [(), (X * 2,), (X, X), (F.gradient(X),), (U.vector,)])
def test_variables_of_an_integral_are_plain_and_distinct(variables):
    with pytest.raises(ClaimError, match="plain vectors"):
        Integral(F(X), *variables)


def test_an_integral_depends_on_what_its_integrand_depends_on():
    """Else E_k ∫ f_k would be taken for a constant."""
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    assert Integral(sample(Y), Y).depends_on == {"k"}


# ---- change of variables -----------------------------------------------------------------------------------


def test_jacobian_against_quadrature():
    """∫ h(x + σu) e^{-u²} du = ∫ h(y) e^{-((y−x)/σ)²}/σ dy, in d = 1 with numbers."""
    before = Integral(norm_squared(X + Y * S) * sympy.exp(-norm_squared(Y)), Y)
    moved = change_of_variables(before, {Y: (Z - X) / S}, (Z,), sympy.Integer(1))

    def at(expression, name, value):
        return World(1, {"sigma": 0.6}, {"x": np.array([0.3]), name: np.array([value])}).number(expression)

    left = scipy.integrate.quad(lambda t: at(before.inside, "y", t), -9, 9)[0]
    right = scipy.integrate.quad(lambda t: at(moved, "z", t), -9, 9)[0]
    assert math.isclose(left, right, rel_tol=1e-7)  # quad asks for 1.5e-8


def test_new_variable_must_not_occur():
    """∫ f(x + u) du is not ∫ f(x + x) dx."""
    with pytest.raises(ClaimError, match="already occurs"):
        change_of_variables(Integral(F(X + Y), Y), {Y: X}, (X,), D)


def test_two_variables_are_replaced_at_once():
    before = Integral(F(X) * norm_squared(Y), X, Y)
    swapped = change_of_variables(before, {X: Y, Y: X}, (X, Y), D)
    assert swapped == F(Y) * norm_squared(X)
    rotated = change_of_variables(before, {X: X + Y, Y: X - Y}, (X, Y), D)
    assert rotated == F(X + Y) * norm_squared(X - Y) * 2**D


@pytest.mark.parametrize(
    "replacements, new, message",
    [
        ({Y: Z * 0 + X}, (Z,), "not known to differ from 0"),
        ({Y: Z * sympy.Symbol("s", nonnegative=True)}, (Z,), "not known to differ from 0"),
        ({Y: Z * (S - 1)}, (Z,), "not known to differ from 0"),
        ({Y: Z * sympy.I}, (Z,), "not known to differ from 0"),
        ({Y: Z}, (Z, A), "as many"),
        ({}, (Z,), "every variable"),
        ({Y: Z + F.gradient(Z)}, (Z,), "affine"),
        ({Y: Z * inner(Z, A)}, (Z,), "affine"),
    ],
)
def test_bad_changes_of_variables(replacements, new, message):
    with pytest.raises(ClaimError, match=message):
        change_of_variables(Integral(norm_squared(Y), Y), replacements, new, D)


# ---- derivatives -------------------------------------------------------------------------------------------


def test_directional_derivative_against_differences():
    kernel = sympy.exp(-norm_squared(Y - X) / S**2) * inner(X, A) ** 2
    derivative = directional_derivative(kernel, X, A)
    points = {
        name: np.array(value)
        for name, value in zip("xya", ([0.2, -0.4], [0.5, 0.1], [1.0, 2.0]), strict=True)
    }

    def at(step):
        moved = {**points, "x": points["x"] + step * points["a"]}
        return World(2, {"sigma": 0.8}, moved).number(kernel)

    difference = (at(1e-5) - at(-1e-5)) / 2e-5  # error of a central difference: about 1e-10
    assert math.isclose(World(2, {"sigma": 0.8}, points).number(derivative), difference, rel_tol=1e-7)


def test_a_symbol_called_epsilon_is_not_the_step():
    epsilon = sympy.Symbol("epsilon", real=True)
    assert directional_derivative(epsilon * inner(X, A), X, A) == epsilon * inner(A, A)
    assert sympy.expand(laplacian(epsilon * norm_squared(X), X, D) - 2 * D * epsilon) == 0


def test_derivatives_of_unknown_functions_are_refused():
    """d/dx of ∫ g(x + σu) e^{-u²} du is not 0."""
    for expression in (
        F(X + Y),
        inner(F.gradient(X), A),
        norm_squared(X) * F(X),
        expectation(F(X + U.vector) ** 2, U),
    ):
        with pytest.raises(ClaimError, match="does not know"):
            directional_derivative(expression, X, A)
        with pytest.raises(ClaimError, match="does not know"):
            laplacian(expression, X, D)
    assert directional_derivative(F(Y) * inner(X, A), X, A) == F(Y) * inner(A, A)
    with pytest.raises(ClaimError, match="plain vector"):
        directional_derivative(norm_squared(X), X * 2, A)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_laplacian_of_a_gaussian(dimension):
    kernel = sympy.exp(-norm_squared(X) / S**2)
    value = laplacian(kernel, X, D)
    x, s = 0.3, 0.8
    points = {"x": np.full(dimension, x)}
    # Δ exp(−|x|²/s²) = (4|x|²/s⁴ − 2d/s²) exp(−|x|²/s²)
    size = dimension * x * x
    expected = (4 * size / s**4 - 2 * dimension / s**2) * math.exp(-size / s**2)
    found = World(dimension, {"sigma": s, "d": dimension}, points).number(normal_form(value))
    assert math.isclose(found, expected, rel_tol=1e-12)


def test_canonical_integrands():
    left = sympy.exp(-norm_squared(X - Y) / S**2) * sympy.exp(norm_squared(X) / S**2)
    right = sympy.exp((2 * inner(X, Y) - norm_squared(Y)) / S**2)
    assert sympy.simplify(canonical(left) - canonical(right)) == 0
