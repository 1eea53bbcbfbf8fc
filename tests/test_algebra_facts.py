"""Every fact is nonnegative on concrete functions that satisfy its hypothesis, and can be made again."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.algebra_numbers import Cosine, Quadratic, World
from theorycheck.algebra import AbstractFunction, elementary, vector
from theorycheck.algebra.facts import (
    ELEMENTARY,
    BoundedBelowFacts,
    ConvexFacts,
    Fact,
    LipschitzFacts,
    SmoothFacts,
)
from theorycheck.errors import ClaimError

F = AbstractFunction("f")
X, Y = vector("x"), vector("y")
T, L, GAMMA, M, LOW = sympy.symbols("t L gamma M m", real=True)
seeds = st.integers(0, 10**6)
quick = settings(derandomize=True, deadline=None, max_examples=40)
ROUNDING = 1e-12  # a few operations on numbers of size 10


def draw(seed):
    rng = np.random.default_rng(seed)
    dimension = int(rng.integers(1, 4))
    root = rng.uniform(-1, 1, (dimension, dimension))
    return rng, dimension, root


def slack(fact, dimension, function, rng, **symbols):
    points = {name: rng.uniform(-2, 2, dimension) for name in "xy"}
    return World(dimension, symbols, points, {"f": function}).number(fact.slack)


@quick
@given(seeds)
def test_convexity(seed):
    rng, d, root = draw(seed)
    A = root @ root.T + 0.2 * np.eye(d)
    modulus = 2 * float(np.linalg.eigvalsh(A)[0])  # the Hessian is 2A
    function = Quadratic(A, rng.uniform(-1, 1, d), 0.0)
    t = float(rng.uniform())
    for family in (ConvexFacts(F, 0, "source", "f"), ConvexFacts(F, GAMMA, "source", "f")):
        fact = family.between(X, Y, T)
        assert fact.conditions == (T, 1 - T)
        assert slack(fact, d, function, rng, t=t, gamma=modulus) >= -ROUNDING
        assert slack(family.tangent(X, Y), d, function, rng, gamma=modulus) >= -ROUNDING


@quick
@given(seeds)
def test_smoothness(seed):
    rng, d, root = draw(seed)
    w = root[0]
    cosine = Cosine(w, 0.2)
    quadratic = Quadratic(root, w, 1.0)
    hessian = float(np.abs(np.linalg.eigvalsh(root + root.T)).max())
    facts = SmoothFacts(F, L, "source", "f")
    for function, constant in ((cosine, float(w @ w)), (quadratic, hessian)):
        for fact in (facts.upper(X, Y), facts.lower(X, Y)):
            assert slack(fact, d, function, rng, L=constant) >= -ROUNDING


@quick
@given(seeds)
def test_lipschitz_and_bounded(seed):
    rng, d, root = draw(seed)
    cosine = Cosine(root[0], 0.5)
    lipschitz = LipschitzFacts(F, M, "source", "f").between(X, Y)
    assert slack(lipschitz, d, cosine, rng, M=math.sqrt(root[0] @ root[0])) >= -ROUNDING
    bounded = BoundedBelowFacts(F, LOW, "source", "f").at(X)
    assert slack(bounded, d, cosine, rng, m=-1) >= 0


def test_the_constant_cannot_be_smaller():
    """Equality for a parabola: a fact with a wrong sign or factor would show here."""
    parabola = Quadratic(np.array([[0.5]]), np.zeros(1), 0.0)  # x²/2: L = γ = 1
    rng = np.random.default_rng(1)
    for fact in (
        SmoothFacts(F, L, "source", "f").upper(X, Y),
        ConvexFacts(F, GAMMA, "source", "f").between(X, Y, T),
        ConvexFacts(F, GAMMA, "source", "f").tangent(X, Y),
    ):
        assert abs(slack(fact, 1, parabola, rng, L=1, gamma=1, t=0.3)) <= ROUNDING


SAMPLES = {
    "cos is 1-Lipschitz": 2,
    "y^k >= x^k + k x^(k-1) (y - x)": 3,
    "y^k >= x^k": 3,
}


@quick
@given(seeds)
def test_elementary_inequalities(seed):
    rng = np.random.default_rng(seed)
    for name in ELEMENTARY:
        if name == "Cauchy-Schwarz":
            world = World(3, {}, {"x": rng.uniform(-2, 2, 3), "y": rng.uniform(-2, 2, 3)})
            assert world.number(elementary(name, X, Y).slack) >= -ROUNDING
            continue
        arguments = [sympy.Float(value) for value in rng.uniform(-5, 5, SAMPLES.get(name, 1))]
        if name == "y^k >= -z^k, z = -y":
            arguments = [arguments[0], -arguments[0], sympy.Integer(rng.integers(0, 6))]
        fact = elementary(name, *arguments)
        if all(condition > 0 for condition in fact.conditions):
            assert fact.slack >= -ROUNDING, name


def test_facts_can_be_made_again():
    facts = SmoothFacts(F, L, "source", "f")
    made = [
        facts.upper(X, Y),
        ConvexFacts(F, 0, "source", "f").between(X, Y, T),
        ConvexFacts(F, GAMMA, "source", "f").tangent(X, Y),
        LipschitzFacts(F, M, "source", "f").between(X, Y),
        BoundedBelowFacts(F, LOW, "source", "f", strict=True).at(X),
        elementary("log(w) <= w - 1", 1 + T**2),
        elementary("Cauchy-Schwarz", X, Y),
    ]
    for fact in made:
        assert fact.made_again() == fact
    with pytest.raises(ClaimError, match="nothing says"):
        Fact(X, "made up", "source").made_again()


def test_unknown_name():
    with pytest.raises(ClaimError, match="unknown elementary"):
        elementary("exp(w) >= 2 + w", T)
