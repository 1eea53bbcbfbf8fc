"""One formula, several evaluators: NumPy, balls, strict arrays."""

import math
from fractions import Fraction

import array_api_strict
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BackendError, NotExactError, UndecidedError
from theorycheck.terms.balls import Ball, ball_array
from theorycheck.terms.namespaces import ArrayNamespace, ball_namespace, namespace, numpy_namespace, to_numpy

NP, BALLS = numpy_namespace(), ball_namespace()
STRICT = ArrayNamespace("strict", array_api_strict, lambda: scipy.special)
POINTS = [[0.5, -1.25, 2.0], [3.0, 0.0, -0.5]]
SCALARS = [0.75, -2.0]


def middle(values):
    flat = [v.midpoint if isinstance(v, Ball) else float(v) for v in np.asarray(values, dtype=object).ravel()]
    return np.array(flat).reshape(np.shape(values))


FORMULAS = {
    "norm": lambda xp, t, x: xp.norm(x),
    "vecdot": lambda xp, t, x: xp.vecdot(x, x - 1),
    "scale": lambda xp, t, x: xp.scale(t, x),
    "exp": lambda xp, t, x: xp.exp(t) + xp.exp(x).sum(),
    "where": lambda xp, t, x: xp.where(t > 0, t, 2 * t),
    "zeros": lambda xp, t, x: xp.zeros_like(t) + xp.ones_like(t) * t,
    "number": lambda xp, t, x: xp.number(Fraction(1, 4)) * t,
    "pi": lambda xp, t, x: t * xp.pi,
}
STRICT_FORMULAS = {name: f for name, f in FORMULAS.items() if name != "exp"}


@pytest.mark.parametrize("name", FORMULAS)
def test_balls_agree_with_numpy(name):
    by_numpy = FORMULAS[name](NP, np.array(SCALARS), np.array(POINTS))
    by_balls = FORMULAS[name](BALLS, ball_array(SCALARS), ball_array(POINTS))
    # short numbers: a few roundings of float64
    np.testing.assert_allclose(middle(by_balls).astype(float), by_numpy, rtol=1e-14)


@pytest.mark.parametrize("name", STRICT_FORMULAS)
def test_formulas_are_array_api(name):
    t, x = array_api_strict.asarray(SCALARS), array_api_strict.asarray(POINTS)
    by_numpy = FORMULAS[name](NP, np.array(SCALARS), np.array(POINTS))
    np.testing.assert_allclose(np.asarray(FORMULAS[name](STRICT, t, x)), by_numpy, rtol=1e-14)


@pytest.mark.parametrize("name", ["erf", "erfc", "gamma", "gammaln", "sqrt", "log", "exp"])
def test_special_functions(name):
    x = np.array([0.5, 1.25, 3.0])
    by_numpy = getattr(NP, name)(x)
    by_balls = getattr(BALLS, name)(ball_array(x))
    for ball, number in zip(by_balls, by_numpy, strict=True):
        assert abs(ball.midpoint - number) < 1e-13 * (1 + abs(number))  # SciPy's own error
    assert getattr(BALLS, name)(2).is_finite, "numbers are taken as well as balls"


def test_shapes():
    assert NP.scale(np.ones(4), np.ones((4, 3))).shape == (4, 3)
    assert NP.norm(np.ones((4, 3))).shape == (4,)
    assert BALLS.norm(ball_array(np.ones((4, 3)))).shape == (4,)
    assert BALLS.zeros((2, 3)).shape == (2, 3) and BALLS.full((1,), 7)[0] == 7
    assert BALLS.zeros_like(ball_array([1, 2])).dtype == object


def test_undecided_branches_raise():
    third = ball_array([Fraction(1, 3)])
    with pytest.raises(UndecidedError):
        BALLS.where(third > Ball(Fraction(1, 3)), third, third)


def test_numbers():
    assert NP.number(Fraction(1, 4)) == 0.25
    tenth = BALLS.number(Fraction(1, 10))
    assert tenth.lower < 0.1 < tenth.upper
    assert BALLS.pi.lower < math.pi < BALLS.pi.upper + 1e-15


# ---- Gaussian means ------------------------------------------------------------------------------------------


def moment(power):
    """E uᵏ for u ~ N(0, 1/2): (k−1)!! / 2^(k/2) for even k."""
    return 0 if power % 2 else Fraction(math.prod(range(1, power, 2)), 2 ** (power // 2))


@pytest.mark.parametrize("power", range(9))
def test_moments_are_exact(power):
    exact = moment(power)
    by_numpy = NP.gaussian_mean(lambda u: u[..., 0] ** power, 1, power)
    assert abs(float(by_numpy[0]) - float(exact)) < 1e-13 * (
        1 + float(exact)
    )  # sums of a few rounded products
    ball = BALLS.gaussian_mean(lambda u: u[..., 0] ** power, 1, power, power)[0]
    assert ball.lower <= exact <= ball.upper
    assert ball.upper - ball.lower < 1e-10


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3))
def test_mixed_moments(first, second, dimension):
    second = second if dimension > 1 else 0

    def integrand(u):
        return u[..., 0] ** first * u[..., dimension - 1] ** second

    exact = float(moment(first) * moment(second))
    found = NP.gaussian_mean(integrand, dimension, first + second)
    assert abs(float(found[0]) - exact) < 1e-12 * (1 + exact)


def test_vector_integrands():
    x = np.array([[1.0, 2.0], [0.0, -1.0]])
    mean = NP.gaussian_mean(lambda u: NP.scale(NP.vecdot(x, u), u), 2, 2)
    np.testing.assert_allclose(mean, x / 2, rtol=1e-13)  # E⟨x,u⟩u = x/2


def test_balls_take_the_degree_that_was_found_and_no_other():
    """Else the error of the rule would pass for a certified violation of a true claim."""
    with pytest.raises(NotExactError, match="no polynomial"):
        BALLS.gaussian_mean(lambda u: BALLS.exp(u[..., 0]), 1, 6)
    fourth = BALLS.gaussian_mean(lambda u: u[..., 0] ** 4, 1, 2, 4)[0]
    assert fourth.lower <= 0.75 <= fourth.upper, "the declared degree 2 is too low and does not count"


# ---- names ---------------------------------------------------------------------------------------------------


def test_names():
    assert namespace("numpy") is NP
    with pytest.raises(BackendError, match="unknown backend"):
        namespace("jax")
    try:
        import cupy  # noqa: F401  # only to know whether it is there
    except ImportError:
        with pytest.raises(BackendError, match="pip install"):
            namespace("cupy")
    assert to_numpy([1.0, 2.0]).tolist() == [1.0, 2.0]

    class OnDevice:
        def get(self):
            return np.ones(2)

    assert to_numpy(OnDevice()).tolist() == [1.0, 1.0]
