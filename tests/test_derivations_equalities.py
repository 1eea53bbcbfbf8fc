"""Equalities: tricky identities by name, random ones by rewriting, wrong ones by perturbation."""

from __future__ import annotations

import json

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Heaviside,
    Max,
    Piecewise,
    Rational,
    atan,
    cos,
    erf,
    erfc,
    exp,
    gamma,
    log,
    sin,
    sqrt,
    tan,
    tanh,
)

from theorycheck.derivations.equalities import equal
from theorycheck.kernel import from_json

x, y = sympy.symbols("x y", real=True)
p, q = sympy.symbols("p q", positive=True)
s = sympy.Symbol("s", nonnegative=True)
n = sympy.Symbol("n", integer=True, positive=True)
c = sympy.Symbol("c")
f = sympy.Function("f")

CASES = [
    ((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3, "verified"),
    (sqrt(x**2), x, "failed"),
    (sqrt(x**2), Abs(x), "verified"),
    (sqrt(s**2), s, "verified"),
    (erf(-x), -erf(x), "verified"),
    (erfc(x), 1 - erf(x), "verified"),
    (erfc(x) + erfc(-x), 2, "verified"),
    (Heaviside(x) + Heaviside(-x), 1, "verified"),  # with the value 1/2 at 0
    (Heaviside(x, 1) + Heaviside(-x, 1), 1, "failed"),  # 2 at 0
    (Heaviside(x, 0), Heaviside(x, 1), "failed"),
    (Piecewise((x, x > 0), (0, True)), (x + Abs(x)) / 2, "verified"),
    (Abs(x), Max(x, -x), "verified"),
    (log(p * q), log(p) + log(q), "verified"),
    (log(x**2), 2 * log(x), "unverified"),  # the right side is not real for x < 0
    (log(p**2), 2 * log(p), "verified"),
    (atan(x) + atan(1 / x), sympy.pi / 2, "failed"),  # only for x > 0
    (sin(x + y), sin(x) * cos(y) + cos(x) * sin(y), "verified"),
    (tanh(x), (exp(2 * x) - 1) / (exp(2 * x) + 1), "verified"),
    (tan(x) * cos(x), sin(x), "verified"),
    (1 / (x - 1) - 1 / (x + 1), 2 / (x**2 - 1), "verified"),
    (gamma(n + Rational(1, 2)), (n - Rational(1, 2)) * gamma(n - Rational(1, 2)), "verified"),
    (sympy.binomial(n, 2), n * (n - 1) / 2, "verified"),
    (sqrt(5 + 2 * sqrt(6)), sqrt(2) + sqrt(3), "verified"),
    (sympy.pi, Rational(355, 113), "failed"),
    (exp(sympy.pi * sqrt(163)), sympy.Integer(640320) ** 3 + 744, "failed"),  # differ in the 13th decimal
    (sympy.Integer(-8) ** Rational(1, 3), -2, "unverified"),  # not a real number for SymPy
    (f(x) * (f(y) + 1), f(x) * f(y) + f(x), "verified"),
    (
        f((x + y) ** 2),
        f(x**2 + 2 * x * y + y**2),
        "unverified",
    ),  # true, but the atoms are not seen to be equal
    (c**2 - 1, (c - 1) * (c + 1), "verified"),
    (x**0.5, sqrt(x), "unverified"),  # a float is no exact number
    ((-1) ** (2 * n), 1, "verified"),
    (cos(sympy.pi * n), (-1) ** n, "verified"),
]


BEYOND_THE_KERNEL = (Abs, Max, Heaviside, Piecewise, log, gamma, sympy.binomial, sin, cos)
"""Their identities are SymPy's word, confirmed at points."""


@pytest.mark.parametrize(("left", "right", "expected"), CASES)
def test_tricky_cases(left, right, expected):
    result = equal(left, right)
    assert result.outcome == expected, result.reason
    difference = sympy.sympify(left - right)
    beyond = difference.is_number or difference.has(*BEYOND_THE_KERNEL)
    assert (result.theorem is not None) == (expected == "verified") or (beyond and result.theorem is None)
    assert (result.counterexample is not None) == (expected == "failed")
    if result.certificate is not None:
        assert from_json(json.loads(json.dumps(result.certificate))).conclusion is result.theorem.conclusion


def test_symbols_that_share_a_name_or_are_not_real_conclude_nothing():
    assert equal(x, sympy.Symbol("x", positive=True)).outcome == "unverified"
    assert equal(sympy.Symbol("i", imaginary=True) ** 2, -1).outcome == "unverified"
    assert equal("x + 1", x + 1).outcome == "unverified"


def test_a_counterexample_respects_the_assumptions():
    nonzero = sympy.Symbol("z", real=True, nonzero=True)
    even = sympy.Symbol("e", even=True)
    result = equal(nonzero * Abs(nonzero), nonzero**2)
    assert result.outcome == "failed" and sympy.Rational(result.counterexample["z"]) < 0
    result = equal((-1) ** (even / 2), 1)
    assert result.outcome == "failed" and sympy.Rational(result.counterexample["e"]) % 4 == 2
    assert equal((-1) ** even, 1).verified


ATOMS = st.sampled_from([x, y, p, exp(x), sin(y), sqrt(p), sympy.Integer(2), Rational(1, 3)])
SUMS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, inner).map(lambda t: t[0] + t[1])
        | st.tuples(inner, inner).map(lambda t: t[0] * t[1])
        | inner.map(lambda t: (t - 1) ** 2)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SUMS, st.sampled_from([sympy.expand, sympy.factor, sympy.powsimp, lambda e: e + 0]))
def test_rewritten_expressions_are_equal(expression, rewrite):
    result = equal(expression, rewrite(expression), points=6)
    assert result.verified, result.reason
    assert from_json(json.loads(json.dumps(result.certificate))).conclusion is result.theorem.conclusion


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SUMS, st.sampled_from([x, p, sympy.Integer(1), sin(y), sqrt(p), x * y]), st.integers(1, 10**6))
def test_perturbed_expressions_are_never_equal(expression, change, size):
    result = equal(sympy.expand(expression), expression + change / size, points=6)
    assert result.outcome == "failed"
    values = {name: sympy.Rational(value) for name, value in result.counterexample.items()}
    # SymPy's own evaluation at the point: the difference is the change, up to evalf's 30 digits
    difference = (change / size).subs({t: values[t.name] for t in change.free_symbols}).evalf(30)
    assert difference != 0
