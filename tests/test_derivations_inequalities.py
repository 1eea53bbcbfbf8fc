"""Inequalities: tricky cases by name, random polynomials against brute force in rationals."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Max, Rational, cos, erf, exp, log, sin, sqrt, tanh

from theorycheck.derivations.inequalities import nonnegative, positive
from theorycheck.kernel import from_json

x, y, z = sympy.symbols("x y z", real=True)
p, q, r = sympy.symbols("p q r", positive=True)
s, t, L = sympy.symbols("sigma tau L", nonnegative=True)
d = sympy.Symbol("d", integer=True, positive=True)
MOTZKIN = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1
WAVE = 12 * x**2 + 6 * s**2 - 4 - 100 * exp(-25 * s**2) * sin(10 * x)

CASES = [
    ("sign of factors", p * q + 1, {"strict": True}, "verified"),
    ("dimension", d - 1, {}, "verified"),
    ("dimension, a cubic", (6 + d) ** 3 - d * (d + 2) * (d + 4), {"strict": True}, "verified"),
    ("order", t**2 - s**2, {"assumptions": [t - s]}, "verified"),
    ("order, forgotten", t**2 - s**2, {}, "failed"),
    ("touching", x**2 - 2 * x + 1, {}, "verified"),
    ("touching, strict", x**2 - 2 * x + 1, {"strict": True}, "failed"),
    ("irrational root", (x**2 - 2) ** 2, {}, "verified"),
    (
        "irrational root, strict",
        (x**2 - 2) ** 2,
        {"strict": True},
        "unverified",
    ),  # 0 only at ±√2, not rational
    ("narrow dip", x**2 + x / 10**3 - Rational(1, 10**8), {}, "failed"),
    ("AM-GM", p / q + q / p - 2, {}, "verified"),
    ("AM-GM with roots", (p + q) / 2 - sqrt(p * q), {}, "verified"),
    ("AM-GM of three", p**3 + q**3 + r**3 - 3 * p * q * r, {}, "verified"),
    ("Schur-like quartic", x**4 + y**4 + z**4 - x**2 * y**2 - y**2 * z**2 - z**2 * x**2, {}, "verified"),
    ("Motzkin is no sum of squares", MOTZKIN, {}, "unverified"),
    ("Motzkin on a box, raised", MOTZKIN + Rational(1, 20), {"box": {x: (-2, 2), y: (-2, 2)}}, "verified"),
    ("Motzkin lowered", MOTZKIN - Rational(1, 10**4), {}, "failed"),
    ("exp above its tangent", exp(x) - 1 - x, {"using": [("exp", x)]}, "verified"),
    ("exp below 1", 1 - exp(-p), {"strict": True}, "verified"),
    ("log below its tangent", p - 1 - log(p), {"using": [("log", p)]}, "verified"),
    ("tanh stays below 1", 1 - tanh(x), {"strict": True}, "verified"),
    ("erf", 1 - erf(x) ** 2, {"strict": True}, "verified"),
    ("sin against x, wrong side", x - sin(x), {}, "failed"),
    ("sin against x", p - sin(p), {"using": [("sin", p)]}, "verified"),
    ("cos against its parabola", cos(x) - 1 + x**2 / 2, {}, "verified"),
    ("|x|", Abs(x) - x, {}, "verified"),
    ("max", Max(x, y) - x, {}, "verified"),
    ("root is not real everywhere", sqrt(x), {}, "unverified"),
    ("undefined at 0", 1 / x**2, {}, "unverified"),
    ("pole", 1 / x, {}, "failed"),
    ("discriminant", p * x**2 + 2 * q * x * y + r * y**2, {"assumptions": [p * r - q**2]}, "verified"),
    ("step size", p - L * p**2 / 2 - p / 2, {"assumptions": [1 / p - L]}, "verified"),
    ("wave, no bound on sigma", WAVE, {}, "failed"),
    ("wave, dip of width 1e-5", WAVE, {"assumptions": [3 * s**2 - 2]}, "failed"),
    ("wave, a little more", WAVE, {"assumptions": [s**2 - Rational(67, 100)]}, "verified"),
    ("wave, fixed", 12 * x**2 + Rational(1, 2) + cos(8 * x), {}, "verified"),
    ("constant", sympy.pi - Rational(333, 106), {"strict": True}, "verified"),
    ("constant, wrong", sympy.pi - Rational(355, 113), {}, "failed"),
    ("zero", sympy.Integer(0), {}, "verified"),
    ("zero, strict", sympy.Integer(0), {"strict": True}, "failed"),
    ("half-open box", p * (1 - p), {"box": {p: (0, 1)}}, "verified"),
    ("irrational box, its end rounded outward", x**2 - 2, {"box": {x: (sqrt(2), 3)}}, "unverified"),
    ("empty assumptions", -x - 1, {"assumptions": [-x - 1, x - 1]}, "unverified"),
    ("opaque atom", sympy.Function("f")(x) ** 2 + 1, {"strict": True}, "verified"),
    ("opaque atom, unknown sign", sympy.Function("f")(x), {}, "unverified"),
    ("float", 0.1 + x**2, {}, "unverified"),
]


@pytest.mark.parametrize(
    ("name", "expression", "options", "expected"), CASES, ids=[case[0] for case in CASES]
)
def test_tricky_cases(name, expression, options, expected):
    result = nonnegative(expression, **options)
    assert result.outcome == expected, f"{result.method}: {result.reason}"
    assert (result.certificate is not None) == (expected == "verified")
    assert (result.counterexample is not None) == (expected == "failed")
    if result.certificate is not None:
        assert from_json(json.loads(json.dumps(result.certificate))).conclusion is result.theorem.conclusion
    if result.counterexample is not None:
        assert_violated(expression, result.counterexample, **options)


def assert_violated(expression, counterexample, strict=False, assumptions=(), **_):
    """SymPy's exact substitution and 50-digit evaluation at the point: an independent route."""
    point = {t: sympy.Rational(counterexample[t.name]) for t in sympy.sympify(expression).free_symbols}
    value = sympy.sympify(expression).subs(point)
    assert value.evalf(50) < 0 or (strict and sympy.simplify(value) == 0)
    for t, exact in point.items():
        assert not (t.is_positive and exact <= 0) and not (t.is_nonnegative and exact < 0)
        assert not (t.is_integer and not exact.is_integer)
    assert all(a.subs(point) >= 0 for a in assumptions)


def test_positive_is_strict():
    assert positive(p).verified and not positive(s).verified


def test_integers_are_respected_by_counterexamples():
    result = nonnegative((d - Rational(3, 2)) ** 2 - Rational(1, 4))
    assert result.outcome != "failed"  # negative only between 1 and 2


def test_branch_and_bound_gives_up_at_its_limit():
    result = nonnegative(sin(20 * x) + Rational(1001, 1000), box={x: (0, 3)}, max_boxes=5)
    assert result.outcome == "verified"  # by signs
    hard = sin(20 * x) + cos(y) ** 2 + Rational(1, 100) - sin(20 * x) * exp(x * y / 50)
    assert nonnegative(hard + Rational(1, 4), box={x: (0, 3), y: (0, 3)}, max_boxes=5).outcome == "unverified"


GRID = [Fraction(k, 4) for k in range(-12, 13)]
COEFFICIENTS = st.integers(-3, 3)


@st.composite
def polynomials_and_domains(draw):
    """A polynomial in one or two symbols with small coefficients, sometimes a square plus something small."""
    signs = draw(st.lists(st.sampled_from(["real", "nonnegative", "box"]), min_size=1, max_size=2))
    symbols = [
        sympy.Symbol(name, **({"nonnegative": True} if kind == "nonnegative" else {"real": True}))
        for name, kind in zip("ab", signs, strict=False)
    ]
    monomials = [
        sympy.prod(v**e for v, e in zip(symbols, exponents, strict=True))
        for exponents in itertools.product(range(3), repeat=len(symbols))
    ]
    linear = monomials[: max(3, len(monomials) // 2)]
    expression = sum(draw(COEFFICIENTS) * m for m in draw(st.permutations(monomials))[:4])
    if draw(st.booleans()):
        root = sum(draw(COEFFICIENTS) * m for m in linear)
        expression = sympy.expand(
            root**2 + draw(st.sampled_from([0, 0, 1, -1])) * draw(st.sampled_from(monomials))
        )
    box = {v: (-1, 2) for v, kind in zip(symbols, signs, strict=True) if kind == "box"}
    return sympy.sympify(expression), symbols, box, draw(st.booleans())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(polynomials_and_domains())
def test_never_verified_where_brute_force_finds_a_violation_nor_failed_without_one(case):
    expression, symbols, box, strict = case
    result = nonnegative(expression, strict=strict, box=box, max_boxes=300)
    evaluate = sympy.lambdify(symbols, expression, modules=[])  # exact: the arguments are Fractions
    ranges = [
        [g for g in GRID if (v not in box or -1 <= g <= 2) and (not v.is_nonnegative or g >= 0)]
        for v in symbols
    ]
    smallest = min(evaluate(*point) for point in itertools.product(*ranges))
    if smallest < 0 or (strict and smallest == 0):
        assert result.outcome != "verified", result.method
    if result.outcome == "failed":
        assert_violated(expression, result.counterexample, strict=strict)
        value = {v: Fraction(result.counterexample.get(v.name, "0")) for v in symbols}
        assert all(-1 <= value[v] <= 2 for v in box if v.name in result.counterexample)
    if result.certificate is not None:
        assert from_json(json.loads(json.dumps(result.certificate))).conclusion is result.theorem.conclusion


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(COEFFICIENTS, min_size=6, max_size=6), st.lists(COEFFICIENTS, min_size=6, max_size=6))
def test_sums_of_two_squares_are_found(first, second):
    """Complete by theory: a bivariate quartic that is nonnegative is a sum of squares."""
    monomials = [1, x, y, x**2, x * y, y**2]
    expression = sum(a * m for a, m in zip(first, monomials, strict=True)) ** 2
    expression += sum(a * m for a, m in zip(second, monomials, strict=True)) ** 2 + (x**2 + y**2 + 1) ** 2
    assert nonnegative(sympy.expand(expression)).verified
