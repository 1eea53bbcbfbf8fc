"""Several variables: independent noise, ridges, losses of networks; the ball and the sphere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing import (
    ball,
    density,
    nesterov,
    per_dimension,
    smooth,
    smooth_gradient,
    smooth_with_steps,
    sphere,
    starnes,
    uniform,
    verify_smoothing,
)
from theorycheck.lab.smoothing.verification import evaluate

x, y, z = sympy.symbols("x y z")
theta, b, label = sympy.symbols("theta b y_0")
sigma = sympy.Symbol("sigma", positive=True)
v = sympy.Symbol("v")
RELU = sympy.Max(0, x)
TRIANGLE = density(1 - sympy.Abs(v), v, (-1, 1))

PLANE = {
    "polynomial": x**3 * y**2 - x * y + 1,
    "wave": sympy.cos(2 * x - y + 1),
    "polynomial times wave": x * y * sympy.sin(x + 2 * y),
    "ridge": sympy.Max(0, 2 * x - y + 1),
    "polynomial times ridge": (x - y) * y * sympy.Max(0, x + y - 1),
    "separate kinks": RELU * sympy.Abs(y - 1),
    "exponential": x * sympy.exp((x - y) / 2),
    "step of a ridge": sympy.Heaviside(x - 2 * y) * x**2,
    "error function of a ridge": y * sympy.erf(x - y),
    "maximum of two": sympy.Max(x, y),
}


@pytest.mark.parametrize(
    ("kernel", "name"),
    [
        *[(kernel, name) for kernel in (starnes, uniform) for name in PLANE],
        *[(nesterov, name) for name in ("wave", "polynomial times ridge")],
        *[(TRIANGLE, name) for name in ("polynomial times wave", "separate kinks", "ridge")],
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_plane_against_tensor_quadrature(kernel, name):
    smoothing = smooth_with_steps(PLANE[name], (x, y), sigma, kernel)
    assert smoothing.method == "rules"
    agreement = verify_smoothing(
        PLANE[name], (x, y), sigma, smoothing.result, kernel=kernel, points=1, seed=2
    )
    assert agreement.agrees, agreement


def test_covariance_of_one_over_d_depends_on_the_number_of_variables():
    f = sympy.Max(0, x + y) + x**2 * y**2
    assert smooth(f, (x, y), sigma, per_dimension) == smooth(f, (x, y), sigma, starnes)
    assert smooth(x**2, (x, y, z), sigma, per_dimension) == x**2 + sigma**2 / 3


def test_correlated_bump():
    expression = x * sympy.exp(-(x**2) - x * y - y**2 + x)
    result = smooth(expression, (x, y), sigma)
    assert verify_smoothing(expression, (x, y), sigma, result, points=2).agrees


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(-3, 3)),
        min_size=1,
        max_size=4,
    )
)
def test_polynomials_against_the_heat_series(terms):
    """e^{tΔ} with t = σ²/4, summed with SymPy's own derivatives."""
    polynomial = sympy.Add(*[c * x**i * y**j * z**k for i, j, k, c in terms])
    expected, current, order = polynomial, polynomial, 0
    while current != 0:
        order += 1
        current = sum(sympy.diff(current, s, 2) for s in (x, y, z)) * sigma**2 / 4 / order
        expected += current
    assert sympy.expand(smooth(polynomial, (x, y, z), sigma) - expected) == 0


def test_ridge_function_widens_by_the_norm_of_its_weights():
    t = sympy.Symbol("t")
    w = sympy.symbols("w1:4", real=True)
    norm = sympy.sqrt(sum(c**2 for c in w))
    for h in (sympy.cos(t), sympy.Max(0, t), sympy.exp(-(t**2)), t**3, sympy.erf(t)):
        argument = w[0] * x + w[1] * y + w[2] * z + b
        direct = smooth(h.subs(t, argument), (x, y, z), sigma)
        s = sympy.Symbol("s", positive=True)
        ridge = smooth(h, t, s).subs({s: sigma * norm, t: argument})
        numbers = {w[0]: 2, w[1]: -1, w[2]: sympy.Rational(1, 2), b: 1, x: sympy.Rational(1, 3), y: -1, z: 2}
        numbers[sigma] = sympy.Rational(3, 4)
        difference = evaluate((direct - ridge).subs(numbers))
        assert abs(difference) < 1e-25  # two closed forms, evaluated to 35 digits


@pytest.mark.parametrize("activation", [RELU, sympy.cos(x), x**2, x * RELU], ids=str)
def test_squared_loss_of_a_layer(activation):
    """E (θ'h(x') + b' − y')² = (θh_σ + b − y)² + θ²((h²)_σ − h_σ²) + σ²/2 (2 + (h²)_σ), noise on all four."""
    loss = (theta * activation + b - label) ** 2
    result = smooth(loss, (theta, x, b, label), sigma)
    h, square = smooth(activation, x, sigma), smooth(activation**2, x, sigma)
    expected = (theta * h + b - label) ** 2 + theta**2 * (square - h**2) + sigma**2 / 2 * (2 + square)
    assert sympy.simplify(sympy.expand(result - expected)) == 0


def test_smoothing_the_weights_alone():
    result = smooth((theta * x + b - label) ** 2, (theta, b), sigma)
    assert sympy.expand(result - ((theta * x + b - label) ** 2 + sigma**2 / 2 * (x**2 + 1))) == 0


def test_variables_without_noise_are_parameters():
    assert smooth(x * y**2, x, sigma) == x * y**2
    assert smooth(x * y**2, y, sigma, nesterov) == sympy.expand(x * (y**2 + sigma**2))


def test_gradient_is_the_smoothing_of_the_gradient():
    expression = x**2 * y + sympy.cos(x - y)
    for kernel in (starnes, uniform, sphere):
        direct = smooth_gradient(expression, (x, y), sigma, kernel)
        swapped = [smooth(sympy.diff(expression, s), (x, y), sigma, kernel) for s in (x, y)]
        for left, right in zip(direct, swapped, strict=True):
            numbers = {x: sympy.Rational(2, 3), y: sympy.Rational(-1, 2), sigma: sympy.Rational(5, 4)}
            assert abs(evaluate((left - right).subs(numbers))) < 1e-25  # two closed forms at 35 digits


def test_gradient_of_a_kinked_function_under_the_uniform_kernel():
    (gradient,) = smooth_gradient(RELU, x, sigma, uniform)
    assert not gradient.has(sympy.DiracDelta)
    for at, expected in ((-2, 0), (2, 1), (sympy.Rational(1, 2), sympy.Rational(3, 4))):
        assert gradient.subs({x: at, sigma: 1}) == expected


# ball and sphere: independent averages over explicit points
def circle_mean(f: Callable[..., Any], radius: float = 1.0) -> float:
    angle = 2 * np.pi * (np.arange(20_000) + 0.5) / 20_000
    return float(np.mean(f(radius * np.cos(angle), radius * np.sin(angle))))


def disc_mean(f: Callable[..., Any]) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(100)
    return sum(w * r * circle_mean(f, r) for r, w in zip((nodes + 1) / 2, weights, strict=True))


@pytest.mark.parametrize(
    "expression",
    [
        x**2 * y**4 + x,
        sympy.cos(2 * x - y),
        sympy.exp(x + y / 2),
        x * y * sympy.sin(x + y),
        sympy.Max(0, 2 * x - y + 1),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("kernel", "mean"), [(sphere, circle_mean), (ball, disc_mean)], ids=["sphere", "ball"]
)
def test_circle_and_disc(expression, kernel, mean):
    at, width = (0.25, 0.5), 1.5
    result = evaluate(
        smooth(expression, (x, y), sympy.Rational(3, 2), kernel).subs(
            {x: sympy.Rational(1, 4), y: sympy.Rational(1, 2)}
        )
    )
    f = sympy.lambdify([x, y], expression, "numpy")
    expected = mean(lambda p, q: f(at[0] + width * p, at[1] + width * q))
    # midpoint rule on kinks: step² times the jump of slope, 3e-7; across the radial kink of order 3/2 1e-6
    assert float(result) == pytest.approx(expected, abs=4e-6 if expression.has(sympy.Max) else 1e-9)


@pytest.mark.parametrize("kernel", [sphere, ball], ids=["sphere", "ball"])
def test_three_dimensions(kernel):
    """A function of one coordinate: the marginal is 1/2 on the sphere, 3(1 − t²)/4 in the ball."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for expression, kink in ((RELU**2, 0.0), (sympy.cos(3 * x), None), (sympy.Abs(x - 1), 1.0), (x**4, None)):
        result = evaluate(smooth(expression, (x, y, z), 2, kernel).subs({x: sympy.Rational(1, 3)}))
        f = sympy.lambdify(x, expression, "numpy")
        cut = 0.0 if kink is None else (kink - 1 / 3) / 2
        expected = 0.0
        for low, high in ((-1.0, cut), (cut, 1.0)):
            t = (low + high) / 2 + (high - low) / 2 * nodes
            marginal = 0.5 if kernel is sphere else 0.75 * (1 - t**2)
            expected += (high - low) / 2 * float(np.sum(weights * f(1 / 3 + 2 * t) * marginal))
        # Gauss rules on smooth pieces: only rounding
        assert float(result) == pytest.approx(expected, rel=1e-12)


def test_one_dimension_of_ball_and_sphere():
    assert smooth(x**2, x, sigma, ball) == x**2 + sigma**2 / 3
    assert sympy.expand(smooth(x**2, x, sigma, sphere)) == x**2 + sigma**2
    assert smooth(sympy.tanh(x), x, 1, sphere) == sympy.tanh(x + 1) / 2 + sympy.tanh(x - 1) / 2


def test_no_closed_form_names_the_expression_and_the_mend():
    with pytest.raises(ClaimError, match=r"x\*y\*Heaviside.*theorycheck.lab.expectation"):
        smooth(RELU * sympy.Max(0, y), (x, y), sigma, ball)
    assert math.isfinite(float(smooth(x**2, (x, y), 1, ball).subs(x, 0)))
