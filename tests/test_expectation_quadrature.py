"""Quadrature rules against exact moments, closed forms in mpmath, and each other's bounds."""

import math
from fractions import Fraction

import array_api_strict
import flint
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.expectation.cosine import cosine
from theorycheck.lab.expectation.gauss_hermite import (
    hermite_error_bound,
    polynomial_expectation,
    tensor_rule,
)
from theorycheck.lab.expectation.laws import LAWS, gaussian_variance, law_name
from theorycheck.lab.expectation.piecewise import piecewise_rule
from theorycheck.lab.expectation.product_rules import rule_for
from theorycheck.lab.expectation.trapezoid import smallest_trapezoid, trapezoid, trapezoid_error_bound
from theorycheck.terms.balls import precision
from theorycheck.terms.gauss_hermite import gauss_hermite, gauss_hermite_balls


def double_factorial(n):
    return math.prod(range(n, 0, -2))


def exact_moment(law, powers):
    """E Π u_i^{p_i}, as an exact fraction: independent coordinates, or |u| and u/|u| independent."""
    if any(p % 2 for p in powers):
        return Fraction(0)
    d, total = len(powers), sum(powers)
    odd = math.prod(double_factorial(p - 1) for p in powers)
    variance = gaussian_variance(law, d)
    if variance is not None:
        return odd * variance ** (total // 2)
    if law == "uniform":
        return math.prod((Fraction(1, p + 1) for p in powers), start=Fraction(1))
    on_sphere = Fraction(odd, math.prod(d + j for j in range(0, total, 2)))
    return on_sphere if law == "sphere" else on_sphere * Fraction(d, d + total)


@pytest.mark.parametrize("law", LAWS)
@settings(derandomize=True, deadline=None, max_examples=40)
@given(powers=st.lists(st.integers(0, 4), min_size=1, max_size=4), extra=st.integers(0, 2))
def test_rules_integrate_monomials_exactly(law, powers, extra):
    n = sum(powers) // 2 + 1 + extra
    nodes, weights = rule_for(law, n, len(powers))
    value = float(weights @ np.prod(nodes ** np.array(powers), axis=1))
    size = float(weights @ np.abs(np.prod(nodes ** np.array(powers), axis=1)))
    # rounding of a sum of at most 1e5 terms of relative error 30 eps each
    assert abs(value - float(exact_moment(law, powers))) <= 1e5 * 2**-52 * size + 1e-15


def test_float_rule_is_close_to_numpys_and_symmetric():
    for n in (1, 2, 7, 40, 100):
        nodes, weights = gauss_hermite(n)
        theirs, their_weights = np.polynomial.hermite.hermgauss(n)
        assert np.allclose(nodes, theirs, atol=1e-13, rtol=0)  # both are good to some ulps of 13
        assert np.allclose(weights, their_weights / math.sqrt(math.pi), atol=1e-14, rtol=0)
        assert np.array_equal(nodes, -nodes[::-1]) and np.array_equal(weights, weights[::-1])


@settings(derandomize=True, deadline=None, max_examples=25)
@given(degree=st.integers(0, 30), bits=st.sampled_from([53, 200, 1000]))
def test_polynomials_in_balls_are_enclosed_tightly(degree, bits):
    with precision(bits):
        ball = polynomial_expectation(lambda u: u[:, 0] ** degree, 1, degree=degree)
        exact = exact_moment("starnes", (degree,))
        assert ball.arb.contains(flint.arb(flint.fmpq(exact.numerator, exact.denominator)))
        # the sum loses some bits of the precision to the size of the largest node's power
        assert float(ball.arb.rad()) <= 2.0 ** (40 - bits) * max(1.0, 4.0**degree)


def test_balls_with_another_variance_and_two_axes():
    ball = polynomial_expectation(
        lambda u: u[:, 0] ** 4 * (1 + u[:, 1] ** 2), 2, degree=4, variance=Fraction(1, 3)
    )
    assert ball.arb.contains(flint.arb(flint.fmpq(1, 3) * flint.fmpq(4, 3)))
    nodes, weights = gauss_hermite_balls(3)
    with precision(100):
        assert nodes[2].arb.overlaps((flint.arb(3) / 2).sqrt())
        assert weights[1].arb.overlaps(flint.arb(2) / 3)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    n=st.integers(2, 30),
    frequency=st.floats(0.1, 6.0),
    phase=st.floats(-3.0, 3.0),
    dimension=st.integers(1, 2),
)
def test_hermite_bound_covers_cosines(n, frequency, phase, dimension):
    nodes, weights = tensor_rule(n, dimension)
    value = weights @ np.cos(nodes.sum(axis=1) * frequency + phase)
    exact = math.exp(-dimension * frequency**2 / 4) * math.cos(phase)
    bound = hermite_error_bound(n, bound=1.0, growth=frequency, dimension=dimension)
    # |cos(x + iy)| ≤ e^{|y|}; 1e-13 is the rounding of at most 900 terms of size 1 and angles up to 60
    assert abs(value - exact) <= bound + 1e-13


def test_hermite_bound_is_not_idle():
    nodes, weights = gauss_hermite(10)
    error = abs(weights @ np.cos(2 * nodes) - math.exp(-1))
    assert error <= hermite_error_bound(10, bound=1.0, growth=2.0) <= 3 * error
    assert hermite_error_bound(3, bound=5.0, growth=0.0) == 0


@settings(derandomize=True, deadline=None, max_examples=60)
@given(half=st.integers(2, 60), step=st.floats(0.05, 1.5), frequency=st.floats(0.0, 5.0))
def test_trapezoid_bound_covers_cosines(half, step, frequency):
    nodes, weights = trapezoid(half, step)
    error = abs(weights @ np.cos(frequency * nodes) - math.exp(-(frequency**2) / 4))
    assert (
        error <= trapezoid_error_bound(half, step, bound=1.0, growth=frequency) + 1e-13
    )  # rounding as above


@settings(derandomize=True, deadline=None, max_examples=20)
@given(half=st.integers(2, 60), step=st.floats(0.05, 1.0), pole=st.floats(0.3, 2.0))
def test_trapezoid_bound_covers_a_function_with_poles(half, step, pole):
    # 1/(p² + t²) has poles at ±ip; on |Im z| < 0.9 p it is at most 1/(p² − 0.81 p²)
    exact = float(
        mpmath.sqrt(mpmath.pi) / pole * mpmath.exp(pole**2) * mpmath.erfc(pole)
    )  # ∫ e^{−t²}/(t² + p²) dt/√π
    nodes, weights = trapezoid(half, step)
    bound = trapezoid_error_bound(half, step, bound=1 / (0.19 * pole**2), half_width=0.9 * pole)
    assert abs(weights @ (1 / (pole**2 + nodes**2)) - exact) <= bound + 1e-12 / pole**2


@settings(derandomize=True, deadline=None, max_examples=20)
@given(half=st.integers(2, 40), step=st.floats(0.05, 1.0), a=st.floats(0.1, 3.0))
def test_trapezoid_bound_covers_bumps(half, step, a):
    # |e^{−a z²}| = e^{−ax² + ay²} ≤ e^{a} for |y| < 1, and ∫ is (1 + a)^{−1/2}
    nodes, weights = trapezoid(half, step)
    bound = trapezoid_error_bound(half, step, bound=math.exp(a), half_width=1.0)
    assert abs(weights @ np.exp(-a * nodes**2) - (1 + a) ** -0.5) <= bound + 1e-13


def test_smallest_trapezoid_meets_the_accuracy_or_refuses():
    half, step, error = smallest_trapezoid(1e-10, bound=1.0, growth=2.0, half_width=math.inf, dimension=1)
    nodes, weights = trapezoid(half, step)
    assert error <= 1e-10
    assert abs(weights @ np.cos(2 * nodes) - math.exp(-1)) <= error
    assert smallest_trapezoid(1e-10, bound=1.0, growth=0.0, half_width=1e-4, dimension=1) is None


@pytest.mark.parametrize("law", ["starnes", "nesterov", "uniform"])
def test_piecewise_rule_on_a_step_and_a_kink(law):
    nodes, weights = piecewise_rule(law, (0.3,), 12)
    t = nodes[:, 0]
    scale = {"starnes": math.sqrt(0.5), "nesterov": 1.0, "uniform": None}[law]
    if scale is None:
        above, first = 0.35, 0.25 * (1 - 0.09)
    else:
        above = float(mpmath.erfc(0.3 / scale / mpmath.sqrt(2)) / 2)
        first = scale * math.exp(-0.09 / (2 * scale**2)) / math.sqrt(2 * math.pi)
    # 12 nodes on panels of 3/4 σ integrate the density to rounding
    assert abs(weights @ (t > 0.3) - above) < 1e-13
    assert abs(weights @ (t * (t > 0.3)) - first) < 1e-13


def test_tensor_rule_runs_on_strict_arrays():
    nodes, weights = tensor_rule(4, 3, array_api_strict)
    value = array_api_strict.matmul(weights, nodes[:, 0] ** 2 * nodes[:, 2] ** 4)
    assert nodes.shape == (64, 3)
    assert abs(float(value) - 0.5 * 0.75) < 1e-13  # rounding of 64 terms


def test_guards_name_the_numbers():
    with pytest.raises(BudgetError, match=r"200\^3 = 8000000"):
        tensor_rule(200, 3)
    with pytest.raises(BudgetError, match="6 dimensions"):
        tensor_rule(2, 6)
    with pytest.raises(BudgetError, match="201 nodes"):
        gauss_hermite(201)
    with pytest.raises(ClaimError, match="cauchy"):
        law_name("cauchy")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_fast_cosine_meets_its_error_bound(values):
    x = np.array(values)
    exact = np.array([float(mpmath.cos(v)) for v in values])
    assert np.all(np.abs(cosine(x) - exact) <= (np.abs(x) + 8) * 2.0**-52)


def test_fast_cosine_keeps_shapes_and_long_arrays():
    x = np.linspace(-40, 40, 10_002).reshape(2, 3, 1667)
    assert cosine(x).shape == x.shape and np.abs(cosine(x) - np.cos(x)).max() < 48 * 2.0**-52
    assert cosine(x[:, :, ::2]).shape == (2, 3, 834) and cosine(np.zeros(())).shape == ()
