"""The check of closed forms: it accepts right ones and refuses wrong ones; the bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing import (
    cross_entropy_bounds,
    log_sum_exp_bounds,
    logistic_loss_bounds,
    nesterov,
    smooth,
    softplus_bounds,
    sphere,
    starnes,
    uniform,
    verify_smoothing,
)
from theorycheck.lab.smoothing.pieces import NotCertifiableError, growth, smooth_pieces

x, y = sympy.symbols("x y")
t = sympy.Symbol("t", real=True)
sigma = sympy.Symbol("sigma", positive=True)
RELU = sympy.Max(0, x)

MUTANTS = {
    "halved constant": (x**2, x**2 + sigma**2 / 4),
    "wrong convention": (x**2, x**2 + sigma**2),
    "wrong exponent": (sympy.cos(x), sympy.exp(-(sigma**2) / 2) * sympy.cos(x)),
    "sign flipped": (
        RELU,
        smooth(RELU, x, sigma) - sigma / sympy.sqrt(sympy.pi) * sympy.exp(-(x**2) / sigma**2),
    ),
    "term dropped": (x**4, x**4 + 3 * sigma**2 * x**2),
    "identity": (sympy.erf(x), sympy.erf(x)),
    "tiny error": (x**2, x**2 + sigma**2 / 2 + sympy.Rational(1, 10**6)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_wrong_closed_forms_are_refused(name):
    expression, wrong = MUTANTS[name]
    assert not verify_smoothing(expression, x, sigma, wrong).agrees
    assert verify_smoothing(expression, x, sigma, smooth(expression, x, sigma)).agrees


def test_wrong_closed_forms_in_the_plane_are_refused():
    ridge = sympy.Max(0, x - y)
    right = smooth(ridge, (x, y), sigma)
    assert verify_smoothing(ridge, (x, y), sigma, right, points=1).agrees
    assert not verify_smoothing(ridge, (x, y), sigma, right.subs(sigma, 2 * sigma), points=1).agrees


@pytest.mark.parametrize(
    "expression", [RELU, sympy.cos(2 * x), x**3 * sympy.Heaviside(x - 1), sympy.exp(-(x**2))], ids=str
)
def test_the_check_is_rigorous_where_it_can_be(expression):
    agreement = verify_smoothing(expression, x, sigma, smooth(expression, x, sigma))
    assert agreement.rigorous
    assert agreement.largest_error < 1e-20


def test_the_check_says_when_it_is_not_rigorous():
    expression = sympy.Abs(x**2 - 2)  # kinks at irrational points
    agreement = verify_smoothing(expression, x, sigma, smooth(expression, x, sigma))
    assert agreement.agrees
    assert not agreement.rigorous


def test_the_check_of_two_points():
    assert verify_smoothing(
        sympy.tanh(x), x, sigma, smooth(sympy.tanh(x), x, sigma, sphere), kernel=sphere
    ).agrees


def test_a_formula_without_a_value_is_an_error():
    with pytest.raises(ClaimError, match="no real value"):
        verify_smoothing(x**2, x, sigma, sympy.I * x)


def test_pieces_and_growth():
    pieces = smooth_pieces(sympy.Max(0, 1 - sympy.Abs(t)), t, sympy.Integer(-2), sympy.Integer(2))
    assert [p.expression for p in pieces] == [0, 1 + t, 1 - t, 0]
    with pytest.raises(NotCertifiableError):
        growth(sympy.exp(t**2), t)
    for f in (
        t**3 * sympy.exp(2 * t),
        sympy.exp(-(t**2) + t) * sympy.cos(t),
        sympy.log(1 + sympy.exp(3 * t)),
        sympy.Max(t, t**2),
    ):
        bound = growth(f, t)
        for at in (-7, -1, 0, sympy.Rational(1, 3), 2, 9):
            size = abs(float(f.subs(t, at)))
            limit = (
                float(bound.constant)
                * (1 + abs(at)) ** bound.power
                * float(np.exp(float(bound.rate) * abs(float(at))))
            )
            assert size <= limit * (1 + 1e-12)  # rounding of the two floats


NODES, WEIGHTS = np.polynomial.hermite.hermgauss(120)  # the weight e^{−u²}: u ~ N(0, 1/2)


def gauss_hermite(f, at: float, width: float, axes: int = 1) -> float:
    grids = np.meshgrid(*[at + width * NODES] * axes, indexing="ij")
    weights = WEIGHTS / np.sqrt(np.pi)
    for _ in range(axes - 1):
        weights = np.multiply.outer(weights, WEIGHTS / np.sqrt(np.pi))
    return float(np.sum(weights * f(*grids)))


@pytest.mark.parametrize("width", [0.0, 1e-4, 0.1, 1.0, 3.0])
@pytest.mark.parametrize("at", [-6.0, -1.0, 0.0, 0.5, 4.0])
def test_softplus_bounds(at, width):
    bounds = softplus_bounds(x, sigma)
    value = gauss_hermite(lambda v: np.logaddexp(0, v), at, width)
    low, high = (float(b.subs({sigma: width, x: at})) for b in (bounds.lower, bounds.upper))
    # 120 nodes on softplus at width <= 3 err below 1e-9
    assert low - 1e-9 <= value <= high + 1e-9
    assert sympy.simplify(bounds.upper - bounds.lower - sigma**2 / 16) == 0


def test_softplus_slack_is_sharp_near_the_origin_for_small_sigma():
    value = gauss_hermite(lambda v: np.logaddexp(0, v), 0.0, 0.01)
    assert (value - np.log(2)) / (0.01**2 / 16) > 0.999


@pytest.mark.parametrize("width", [0.1, 1.0, 2.0])
def test_log_sum_exp_and_cross_entropy_bounds(width):
    z = sympy.symbols("z1:4")
    plain = log_sum_exp_bounds(z, z, sigma)
    assert sympy.simplify(plain.upper - plain.lower - sigma**2 / 4 * (1 - sympy.Rational(1, 3))) == 0
    nodes = NODES[20:-20]  # the outer ones weigh below 1e-40
    g = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"))
    w = WEIGHTS[20:-20] / np.sqrt(np.pi)
    w = w[:, None, None] * w[:, None] * w
    for at in ((0.0, 0.0, 0.0), (1.0, -2.0, 0.5), (4.0, 4.0, -3.0)):
        values = dict(zip((*z, sigma), (*at, width), strict=True))
        noisy = np.array(at)[:, None, None, None] + width * g
        value = float(np.sum(w * scipy.special.logsumexp(noisy, axis=0)))
        low, high = (float(b.subs(values)) for b in (plain.lower, plain.upper))
        assert low - 1e-9 <= value <= high + 1e-9
        bounds = cross_entropy_bounds(z, 1, z, sigma)
        low, high = (float(b.subs(values)) for b in (bounds.lower, bounds.upper))
        assert (
            low - 1e-9
            <= float(np.sum(w * (scipy.special.logsumexp(noisy, axis=0) - noisy[1])))
            <= high + 1e-9
        )


@pytest.mark.parametrize("at", [-2.0, 0.0, 0.7])
def test_cross_entropy_of_affine_logits(at):
    logits = (2 * x + 1, -x, x / 2)
    bounds = cross_entropy_bounds(logits, 0, (x,), sigma, nesterov)
    value = gauss_hermite(
        lambda v: np.logaddexp(np.logaddexp(2 * v + 1, -v), v / 2) - 2 * v - 1, at, 0.8 * 2**0.5
    )
    low, high = (float(b.subs({x: at, sigma: sympy.Rational(4, 5)})) for b in (bounds.lower, bounds.upper))
    assert low - 1e-9 <= value <= high + 1e-9


@pytest.mark.parametrize("soft", [0, 1, sympy.Rational(1, 3)])
def test_logistic_loss_bounds_along_a_ridge(soft):
    bounds = logistic_loss_bounds(2 * x - y, soft, (x, y), sigma)
    value = gauss_hermite(
        lambda p, q: np.logaddexp(0, 2 * p - q) - float(soft) * (2 * p - q), 0.3, 0.7, axes=2
    )
    numbers = {x: 0.3, y: 0.3, sigma: 0.7}
    assert float(bounds.lower.subs(numbers)) - 1e-9 <= value <= float(bounds.upper.subs(numbers)) + 1e-9


def test_bounds_refuse_what_they_cannot_prove():
    with pytest.raises(ClaimError, match="not affine"):
        logistic_loss_bounds(x**2, 0, (x,), sigma)
    with pytest.raises(ClaimError, match="not heat flow"):
        log_sum_exp_bounds((x, y), (x, y), sigma, uniform)
    with pytest.raises(ClaimError, match="count from 0"):
        cross_entropy_bounds((x, y), 2, (x, y), sigma, starnes)
