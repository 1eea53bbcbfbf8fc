"""Numbers for expressions on instances: NumPy batches against plain NumPy, and what has no value."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from theorycheck.algebra import (
    AbstractFunction,
    expectation,
    gaussian,
    index,
    inner,
    norm,
    norm_squared,
    vector,
)
from theorycheck.algebra.evaluation import evaluate
from theorycheck.errors import ClaimError
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

F = AbstractFunction("f")
X, Y = vector("x"), vector("y")
S = sympy.Symbol("sigma", positive=True)


class Parabola:
    """|x|²; its smoothing adds σ²d/2."""

    def __call__(self, x):
        return (x * x).sum(axis=-1)

    def gradient(self, x):
        return 2 * x

    def smoothed(self, x, sigma):
        return (x * x).sum(axis=-1) + sigma**2 * x.shape[-1] / 2

    def smoothed_gradient(self, x, sigma):
        return 2 * x


def values(xp):
    x = [[Fraction(1, 2), Fraction(-1)], [Fraction(2), Fraction(3)]]
    y = [[Fraction(1), Fraction(1)], [Fraction(0), Fraction(-1, 4)]]

    def points(rows):
        return xp.asarray([[xp.number(entry) for entry in row] for row in rows])

    sigma = xp.asarray([xp.number(Fraction(1, 2)), xp.number(Fraction(3))])
    return {"f": Parabola(), "x": points(x), "y": points(y), "sigma": sigma}


def test_on_batches_and_in_balls():
    u = gaussian("u", sympy.Integer(2))
    expression = (
        F(X + Y * S)
        - F.smoothed(X, S) * inner(F.gradient(Y), X)
        + norm(X - Y)
        + sympy.exp(-S)
        + sympy.Rational(1, 3)
        + expectation(F(X + u.vector * S), u)
        + sympy.pi / S
        + norm_squared(Y) ** sympy.Rational(3, 2)
    )
    xp = numpy_namespace()
    data = values(xp)
    x, y, s = data["x"], data["y"], data["sigma"]
    smoothed = (x * x).sum(1) + s**2
    expected = (
        ((x + s[:, None] * y) ** 2).sum(1)
        - smoothed * (2 * y * x).sum(1)
        + np.linalg.norm(x - y, axis=1)
        + np.exp(-s)
        + 1 / 3
        + smoothed
        + np.pi / s
        + (y * y).sum(1) ** 1.5
    )
    found = evaluate(expression, xp, data)
    np.testing.assert_allclose(found, expected, rtol=1e-13)  # some ten operations in float64
    balls = evaluate(expression, ball_namespace(), values(ball_namespace()))
    for ball, number in zip(balls, expected, strict=True):
        assert abs(ball.midpoint - number) <= 1e-13 * abs(number)


def test_what_has_no_value():
    xp = numpy_namespace()
    data = values(xp)
    u = gaussian("u", sympy.Integer(2))
    sample = AbstractFunction("f", depends_on=frozenset({"k"}))
    for expression in (
        sympy.Symbol("tau") * F(X),
        AbstractFunction("g")(X),
        inner(vector("z"), X),
        expectation(F(X + u.vector) ** 2, u),
        inner(u.vector, X),
        sample(X),
        inner(sample.gradient(X), X),
    ):
        with pytest.raises(ClaimError, match="no value"):
            evaluate(expression, xp, {**data})


def test_a_random_vector_is_not_the_point_of_its_name():
    """A Gaussian x, not averaged, must not be evaluated at the instance's point x: that would "break" true links."""
    random = gaussian("x", sympy.Integer(2)).vector
    with pytest.raises(ClaimError, match="no value"):
        evaluate(inner(random, Y), numpy_namespace(), values(numpy_namespace()))


class Shifted(Parabola):
    """|x|² + ⟨b, x⟩."""

    def __init__(self, b):
        self.b = b

    def __call__(self, x):
        return super().__call__(x) + (self.b * x).sum(axis=-1)

    def gradient(self, x):
        return super().gradient(x) + self.b


class Mean(Parabola):
    """The mean of |x|² ± ⟨b, x⟩, with its samples."""

    samples = (Shifted(np.array([1.0, -2.0])), Shifted(np.array([-1.0, 2.0])))


def test_a_mean_over_the_samples_of_a_finite_sum():
    xp = numpy_namespace()
    data = {**values(xp), "f": Mean()}
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    k = index("k", (sample, F))
    expression = expectation(norm_squared(sample.gradient(X)) * sample(Y), k) + expectation(sample(X), k)
    x, y = data["x"], data["y"]
    expected = (x * x).sum(1)
    for f in Mean.samples:
        expected = expected + (f.gradient(x) ** 2).sum(1) * f(y) / 2
    np.testing.assert_allclose(evaluate(expression, xp, data), expected, rtol=1e-13)
    with pytest.raises(ClaimError, match="no samples"):
        evaluate(expectation(sample(X) ** 2, k), xp, values(xp))
