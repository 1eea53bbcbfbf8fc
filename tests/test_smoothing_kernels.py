"""Kernels: moments and characteristic functions against quadrature, conventions, user densities, errors."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing import (
    KERNELS,
    ball,
    compose,
    convert_sigma,
    density,
    heat_time,
    nesterov,
    per_dimension,
    smooth,
    smooth_with_steps,
    sphere,
    starnes,
    uniform,
)

x, u = sympy.symbols("x u")
sigma = sympy.Symbol("sigma", positive=True)
OO = sympy.oo
DENSITIES = {
    "laplace": density(sympy.exp(-sympy.Abs(u)) / 2, u, (-OO, OO)),
    "tent": density(1 - sympy.Abs(u), u, (-1, 1)),
    "exponential": density(sympy.exp(-u), u, (0, OO)),
    "rayleigh": density(u * sympy.exp(-(u**2) / 2), u, (0, OO)),
    "epanechnikov": density(sympy.Rational(3, 4) * (1 - u**2), u, (-1, 1)),
    "normal": density(sympy.exp(-(u**2)) / sympy.sqrt(sympy.pi), u, (-OO, OO)),
}


def samples(name: str, dimension: int, count: int = 400_000) -> np.ndarray:
    draw = np.random.default_rng(7)
    normal = draw.normal(size=(count, dimension))
    if name in ("starnes", "nesterov", "per_dimension"):
        return normal * {"starnes": 0.5, "nesterov": 1.0, "per_dimension": 1 / dimension}[name] ** 0.5
    if name == "uniform":
        return draw.uniform(-1, 1, size=(count, dimension))
    on_sphere = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return on_sphere if name == "sphere" else on_sphere * draw.uniform(size=(count, 1)) ** (1 / dimension)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_moments_and_characteristic_functions_by_sampling(name, dimension):
    kernel, u = KERNELS[name], samples(name, dimension)

    def near(values: np.ndarray, exact: object) -> bool:
        # seven standard errors: a wrong moment differs by far more, chance does so once in 10^11
        return bool(
            abs(values.mean() - float(sympy.N(exact))) <= 7 * values.std() / len(values) ** 0.5 + 1e-12
        )

    for powers in ([1], [2], [3], [4], [6], [2, 2], [2, 1], [4, 2], [2, 2, 2])[: 5 if dimension == 1 else 9]:
        if len(powers) <= dimension:
            product = np.prod([u[:, j] ** n for j, n in enumerate(powers)], axis=0)
            assert near(product, kernel.moment(*powers, dimension=dimension)), powers
    w = np.array([1.5, -0.5, 0.75, 2.0])[:dimension]
    exact = [sympy.Rational(c) for c in w]
    assert near(np.cos(u @ w), kernel.characteristic(*exact))
    assert near(np.exp(u @ w), kernel.exponential_moment(*exact))
    assert kernel.variance(dimension) == kernel.moment(2, dimension=dimension)


def test_covariances_of_the_table():
    for d in (1, 2, 5):
        assert starnes.variance(d) == sympy.Rational(1, 2)
        assert nesterov.variance(d) == 1
        assert per_dimension.variance(d) == sympy.Rational(1, d)
        assert uniform.variance(d) == sympy.Rational(1, 3)
        assert ball.variance(d) == sympy.Rational(1, d + 2)
        assert sphere.variance(d) == sympy.Rational(1, d)


def test_conversion_of_sigma():
    assert convert_sigma(sigma, starnes, nesterov) == sigma / sympy.sqrt(2)
    assert convert_sigma(convert_sigma(sigma, starnes, per_dimension, 7), per_dimension, starnes, 7) == sigma
    f = sympy.Max(0, x) + sympy.cos(3 * x)
    mu = convert_sigma(sigma, starnes, nesterov)
    assert sympy.simplify(smooth(f, x, sigma, starnes) - smooth(f, x, mu, nesterov)) == 0
    with pytest.raises(ClaimError, match="only Gaussian"):
        convert_sigma(sigma, starnes, uniform)


def test_composition_and_heat_time():
    assert compose(3, 4) == 5
    assert heat_time(starnes, sigma) == sigma**2 / 4
    assert heat_time(nesterov, sigma) == sigma**2 / 2
    assert heat_time(per_dimension, sigma, 4) == sigma**2 / 8
    with pytest.raises(ClaimError, match="not heat flow"):
        heat_time(uniform, sigma)


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_of_the_user(name):
    kernel = DENSITIES[name]
    p = sympy.lambdify(kernel.variable, kernel.expression, "numpy")
    low, high = float(kernel.low), float(kernel.high)

    def mean(f: object) -> float:
        middle = 0.0 if low < 0 else 1.0
        return sum(
            scipy.integrate.quad(lambda t: f(t) * p(t), a, b)[0] for a, b in ((low, middle), (middle, high))
        )

    for n in (1, 2, 4):
        assert float(kernel.moment(n)) == pytest.approx(
            mean(lambda t, n=n: t**n), abs=1e-8
        )  # quad's own accuracy
    assert kernel.moment() == 1
    assert float(sympy.N(kernel.characteristic(2))) == pytest.approx(mean(lambda t: np.cos(2 * t)), abs=1e-8)
    result = smooth(x**3 + x, x, sigma, kernel).subs({x: sympy.Rational(1, 3), sigma: 2})
    assert float(result) == pytest.approx(mean(lambda t: (1 / 3 + 2 * t) ** 3 + 1 / 3 + 2 * t), rel=1e-8)


def test_normal_as_a_user_density_is_the_gaussian_kernel():
    own = smooth(sympy.Max(0, x) + sympy.cos(x), x, 2, DENSITIES["normal"])
    for at in (-1, sympy.Rational(1, 2), 3):
        exact = smooth(sympy.Max(0, x) + sympy.cos(x), x, 2).subs(x, at)
        assert complex(own.subs(x, at)) == pytest.approx(
            complex(exact), abs=1e-12
        )  # floats of two closed forms


@pytest.mark.parametrize(
    ("expression", "support", "message"),
    [
        (u, (-1, 1), "nonnegative"),
        (sympy.exp(-u), (-1, OO), "integrates to E"),
        (1 + u, (0, 1), "integrates to 3/2, not 1: divide"),
        (sympy.Symbol("a") * sympy.exp(-u), (0, OO), "parameters"),
        (sympy.Integer(1), (1, 0), "support"),
        (sympy.exp(u), (0, OO), "infinite"),
        (sympy.cos(u), (-1, 1), "nonnegative"),  # true, but not provable here: refused
    ],
)
def test_bad_densities_are_refused(expression, support, message):
    with pytest.raises(ClaimError, match=message):
        density(expression, u, support)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smooth("x**2", x, sigma), "not text"),
        (lambda: smooth(x**2, x, -1), "not a scale"),
        (lambda: smooth(x**2, x, x), "depends on the smoothed"),
        (lambda: smooth(x**2, (x, x), sigma), "distinct symbols"),
        (lambda: smooth(x**2, (), sigma), "distinct symbols"),
        (lambda: smooth(sympy.exp(x**2), x, 1), "infinite"),
        (lambda: smooth(sympy.exp(x), x, 2, DENSITIES["laplace"]), "infinite"),
        (lambda: starnes.moment(-1), "power"),
        (lambda: smooth(sympy.Piecewise((x, x > 0)), x, sigma), "no value where no condition holds"),
        (lambda: smooth(sympy.log(x + 1), x, 2, uniform), "no closed form"),  # log of negative numbers
    ],
)
def test_bad_input_gets_one_clear_line(call, message):
    with pytest.raises(ClaimError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert "_" not in str(caught.value).replace("per_dimension", "")


def test_fallback_is_named_and_checked(monkeypatch):
    from theorycheck.lab.smoothing import fallback

    smoothing = smooth_with_steps(x**2 / sympy.sqrt(2), x, sigma)
    assert smoothing.method == "rules"
    smoothing = smooth_with_steps(sympy.sqrt(x + 9), x, 1, uniform)
    assert smoothing.method == "sympy.integrate"
    assert smoothing.rules[-1] == "sympy.integrate"
    assert float(smoothing.result.subs(x, 0)) == pytest.approx((10**1.5 - 8**1.5) / 3)
    # a wrong answer of SymPy's is refused
    monkeypatch.setattr(fallback, "within_seconds", lambda *_, **__: sympy.sqrt(x + 10))
    with pytest.raises(ClaimError, match="no closed form"):
        smooth(sympy.sqrt(x + 9), x, 1, uniform)


def test_no_closed_form_ends_in_time(monkeypatch):
    from theorycheck.lab.smoothing import fallback

    monkeypatch.setattr(fallback, "FALLBACK_SECONDS", 0.5)
    with pytest.raises(ClaimError, match=r"f = log\(exp\(x\) \+ 1\).*theorycheck.lab.expectation"):
        smooth(sympy.log(1 + sympy.exp(x)), x, sigma)


def test_conditions_that_cover_the_line_need_no_default():
    halves = sympy.Piecewise((x, x <= 0), (x**2, x > 0))
    whole = sympy.Piecewise((x, x <= 0), (x**2, True))
    assert smooth(halves, x, sigma) == smooth(whole, x, sigma)


def test_equal_arguments_of_a_maximum_count_once():
    f = sympy.Max(x * (x + 1), x**2 + x, x * x + x, 0, evaluate=False)
    assert sympy.expand(smooth(f, x, sigma) - smooth(sympy.Max(x**2 + x, 0), x, sigma)) == 0
