"""Gaussian means as terms: exact moments against quadrature, Isserlis by hand, and what must be refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Space, check, dimension, function, point, real
from theorycheck.errors import ClaimError, TraceError
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.terms.exact import ExactArrays
from theorycheck.terms.formulas import Formula
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nodes import BATCH, ordered
from theorycheck.terms.tracing import Kind

XP = numpy_namespace()
KINDS = {"d": Kind("size"), "x": Kind("array", (BATCH, "d")), "s": Kind("array")}
BODIES = {
    "fourth power": lambda xp, d, s: xp.gaussian_mean(lambda u: 4 * xp.vecdot(u, u) ** 2, d, 4) + 0 * s,
    "shifted": lambda xp, d, x, s: xp.gaussian_mean(
        lambda u: xp.vecdot(x + xp.scale(s, u), x + xp.scale(s, u)) ** 2, d, 4
    ),
    "even power of a norm": lambda xp, d, x, s: xp.gaussian_mean(
        lambda u: xp.norm(x + xp.scale(s, u)) ** 4 * u[:, 0] ** 2, d, 6
    ),
    "Frobenius norm": lambda xp, d, x: xp.gaussian_mean(
        lambda u: xp.norm(xp.norm(xp.stack([u + 0 * x, 2 * u + x], axis=-2))) ** 2, d, 4
    ),
    "a shift by a number": lambda xp, d, x: xp.gaussian_mean(
        lambda u: xp.vecdot(u + 3, x - 2 * u) + xp.norm(xp.scale(2, u + 3)) ** 2, d, 2
    ),
    "nested": lambda xp, d, x: xp.gaussian_mean(
        lambda u: xp.gaussian_mean(lambda v: xp.vecdot(u + v, x) ** 2 * xp.vecdot(u, v) ** 2, d, 4), d, 6
    ),
    "entries": lambda xp, d, x: xp.gaussian_mean(
        lambda u: (x * u).sum(axis=-1) ** 2 + xp.stack([u[:, 0], 2 * u[:, 0]], axis=-1).sum(axis=-1) ** 2,
        d,
        4,
    ),
}


def quadrature(body, d, values, count=9):
    """The tensor rule with so many nodes that every body above is integrated exactly."""
    nodes, weights = np.polynomial.hermite.hermgauss(count)
    total = 0.0
    for index in np.ndindex(*(count,) * d):
        weight = math.prod(weights[i] / math.sqrt(math.pi) for i in index)
        total = total + weight * body(np.array([[nodes[i] for i in index]]), values)
    return total


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("name", BODIES)
def test_means_agree_with_quadrature(name, d):
    random = np.random.default_rng(d)
    values = {"d": d, "x": random.normal(size=(4, d)), "s": random.random(4)}
    formula = Formula(BODIES[name], KINDS)
    assert not any(item.op == "gaussian_mean" for item in ordered(formula.without_means(values)))
    (found,) = formula.evaluate(XP, values)

    class Quadrature:
        name = "numpy"

        def __getattr__(self, attribute):
            return getattr(XP, attribute)

        def gaussian_mean(self, integrand, dimension, degree):
            return quadrature(lambda u, _: integrand(u), dimension, None)

    names = [n for n in ("d", "x", "s") if n in BODIES[name].__code__.co_varnames]
    wanted = BODIES[name](Quadrature(), **{n: values[n] for n in names})
    # nine nodes a coordinate are exact here; 1e-12 covers the rounding of 9^3 products
    assert np.allclose(found, wanted, rtol=1e-12, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 3))
def test_even_powers_of_the_norm(d, k):
    """E‖u‖^{2k} = (d/2)(d/2 + 1)…(d/2 + k − 1), exactly."""
    formula = Formula(lambda xp, d: xp.gaussian_mean(lambda u: xp.vecdot(u, u) ** k, d, 2 * k), KINDS)
    (mean,) = formula.evaluate(ExactArrays(), {"d": d})
    wanted = math.prod((Fraction(d, 2) + j for j in range(k)), start=Fraction(1))
    assert np.asarray(mean, dtype=object).ravel()[0].fraction() == wanted


@pytest.mark.parametrize(
    "body", [lambda xp, u: xp.exp(u[:, 0]), lambda xp, u: abs(u[:, 0]), lambda xp, u: xp.norm(u)]
)
@pytest.mark.parametrize("namespace", [numpy_namespace(), ball_namespace()])
def test_means_of_anything_else_are_refused(body, namespace):
    """A rule may vanish on |u| and on exp(u) − 1 at its nodes: no hunt is to be misled."""
    formula = Formula(lambda xp, d, s: xp.gaussian_mean(lambda u: body(xp, u), d, 2) + 0 * s, KINDS)
    with pytest.raises(TraceError, match="no polynomial of u"):
        formula.evaluate(namespace, {"d": 2, "s": np.zeros(1)})


def test_means_of_functions_are_those_of_polynomials():
    """Two rules may agree on a step and both be wrong, so only families of polynomials are averaged."""

    def identity(xp, f, x, sigma, d):
        return xp.gaussian_mean(lambda u: f(x + xp.scale(sigma, u)), d, 0), f.smoothed(x, sigma)

    def claim(*families):
        space = Space(d=dimension(1), f=function(*families), x=point(), sigma=real(0))
        return Claim(id="test/mean", statement="the definition", space=space, sides=identity, relation="=")

    with pytest.raises(ClaimError, match="no polynomial of u"):
        check(claim(), budget="quick")
    polynomials = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cubic", "quartic")]
    assert check(claim(*polynomials), budget="quick").status in ("proved", "supported")
