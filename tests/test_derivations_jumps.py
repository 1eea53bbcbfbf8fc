"""Isolated points, edges of ranges and off-by-one integers: nothing false is verified.

Random expressions with cases are written twice, for SymPy and as a function of exact rationals that knows no SymPy. What is
verified must hold wherever that function is evaluated; what fails must fail there.
"""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Space, integer, real
from theorycheck.derivations.direct import direct_proof
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.kernel_terms import to_term
from theorycheck.kernel import variable
from theorycheck.kernel.derivatives import derivative
from theorycheck.kernel.terms import variables_of
from theorycheck.settings import Settings

X = sympy.Symbol("x", real=True)
N = sympy.Symbol("n", integer=True)
GRID = [Fraction(k, 4) for k in range(-48, 49)]
"""Contains every border: these are at multiples of 1/2 up to 10, so its members lie on them, beside and between them."""


def sign(value):
    return (value > 0) - (value < 0)


RELATIONS = {
    "==": (sympy.Eq, lambda a, b: a == b),
    "!=": (sympy.Ne, lambda a, b: a != b),
    "<": (sympy.Lt, lambda a, b: a < b),
    "<=": (sympy.Le, lambda a, b: a <= b),
    ">": (sympy.Gt, lambda a, b: a > b),
    ">=": (sympy.Ge, lambda a, b: a >= b),
}
places = st.integers(-20, 20).map(lambda k: Fraction(k, 2))


@st.composite
def conditions(draw, symbol):
    relation, place = draw(st.sampled_from(sorted(RELATIONS))), draw(places)
    symbolic, exact = RELATIONS[relation]
    one = symbolic(symbol, sympy.Rational(place.numerator, place.denominator)), lambda v: exact(v, place)
    if draw(st.integers(0, 3)):
        return one
    other = draw(conditions(symbol))
    if draw(st.booleans()):
        return sympy.And(one[0], other[0]), lambda v: one[1](v) and other[1](v)
    return sympy.Or(one[0], other[0]), lambda v: one[1](v) or other[1](v)


@st.composite
def expressions(draw, symbol, depth=3):
    """A SymPy expression and the same as a function of a rational number."""
    kind = draw(
        st.sampled_from(
            ["number", "symbol"]
            if depth == 0
            else [
                "number",
                "symbol",
                "shift",
                "add",
                "mul",
                "abs",
                "max",
                "min",
                "sign",
                "step",
                "cases",
                "cases",
                "square",
            ]
        )
    )
    if kind == "number":
        k = draw(st.integers(-4, 4))
        return sympy.Integer(k), lambda v: Fraction(k)
    if kind == "symbol":
        return symbol, lambda v: v
    if kind == "shift":
        place = draw(places)
        return symbol - sympy.Rational(place.numerator, place.denominator), lambda v: v - place
    a, f = draw(expressions(symbol, depth - 1))
    if kind in ("abs", "sign", "square"):
        function, exact = {
            "abs": (sympy.Abs, abs),
            "sign": (sympy.sign, sign),
            "square": (lambda e: e**2, lambda v: v * v),
        }[kind]
        return function(a), lambda v: Fraction(exact(f(v)))
    if kind == "step":
        place = draw(places)
        at_zero = draw(st.integers(0, 1))
        shifted = symbol - sympy.Rational(place.numerator, place.denominator)
        return a * sympy.Heaviside(shifted, at_zero), lambda v: f(v) * (v > place or (v == place and at_zero))
    b, g = draw(expressions(symbol, depth - 1))
    if kind == "cases":
        condition, holds = draw(conditions(symbol))
        return sympy.Piecewise((a, condition), (b, True)), lambda v: f(v) if holds(v) else g(v)
    return {
        "add": (a + b, lambda v: f(v) + g(v)),
        "mul": (a * b, lambda v: f(v) * g(v)),
        "max": (sympy.Max(a, b), lambda v: max(f(v), g(v))),
        "min": (sympy.Min(a, b), lambda v: min(f(v), g(v))),
    }[kind]


@st.composite
def bumps(draw, symbol):
    """0 but at one point, or between two near ones."""
    place, size = draw(places), draw(st.sampled_from([-1, 1, 100]))
    shifted = sympy.Rational(place.numerator, place.denominator)
    if draw(st.booleans()):
        return sympy.Piecewise((size, sympy.Eq(symbol, shifted)), (0, True)), lambda v: Fraction(
            size * (v == place)
        )
    inside = sympy.And(symbol > shifted, symbol < shifted + sympy.Rational(1, 2))
    return sympy.Piecewise((size, inside), (0, True)), lambda v: Fraction(
        size * (place < v < place + Fraction(1, 2))
    )


@settings(max_examples=150, deadline=None)
@given(expressions(X), bumps(X), st.booleans(), st.booleans())
def test_an_inequality_that_is_verified_holds_at_every_point(pair, bump, is_square, strict):
    (e, f), (b, g) = pair, bump
    e, f = (e**2, lambda v, f=f: f(v) ** 2) if is_square else (e, f)
    result = nonnegative(e + b, strict=strict, max_boxes=200)
    wrong = [v for v in GRID if f(v) + g(v) < 0 or (strict and f(v) + g(v) == 0)]
    assert not (result.verified and wrong), (e + b, wrong[:3], result.method)
    if result.outcome == "failed":
        value = Fraction(dict(result.counterexample).get("x", "0"))
        assert f(value) + g(value) < 0 or (strict and f(value) + g(value) == 0)


@settings(max_examples=150, deadline=None)
@given(expressions(X), st.integers(-10, 9), st.integers(1, 10), st.integers(-3, 8))
def test_an_inequality_that_is_verified_on_a_box_holds_there(pair, low, width, above):
    e, f = pair
    inside = [v for v in GRID if low <= v <= low + width]
    target = e + above
    result = nonnegative(target, box={X: (low, low + width)}, max_boxes=300)
    wrong = [v for v in inside if f(v) + above < 0]
    assert not (result.verified and wrong), (target, wrong[:3], result.method)


@settings(max_examples=150, deadline=None)
@given(expressions(X), expressions(X, 2), bumps(X), st.sampled_from(["bump", "other", "rewritten", "same"]))
def test_an_equality_that_is_verified_holds_at_every_point(first, second, bump, kind):
    (a, f), (b, g), (p, h) = first, second, bump
    right, exact = {
        "bump": (a + p, lambda v: f(v) + h(v)),
        "other": (a + b * p, lambda v: f(v) + g(v) * h(v)),
        "rewritten": (sympy.piecewise_fold(a) + p, lambda v: f(v) + h(v)),
        "same": (sympy.expand(a), f),
    }[kind]
    result = equal(a, right)
    wrong = [v for v in GRID if f(v) != exact(v)]
    assert not (result.verified and wrong), (a, right, wrong[:3], result.method)
    assert not (result.outcome == "failed" and kind == "same"), (a, right, result.reason)


@settings(max_examples=30, deadline=None)
@given(expressions(N), bumps(N))
def test_integers_off_by_one(pair, bump):
    (e, f), (b, g) = pair, bump
    for target, exact in ((e + b, lambda v: f(v) + g(v)), (N * (N - 1) + b, lambda v: v * (v - 1) + g(v))):
        result = nonnegative(target, max_boxes=200)
        assert not (result.verified and any(exact(Fraction(k)) < 0 for k in range(-12, 13))), target


@pytest.mark.parametrize(
    "false",
    [
        sympy.Piecewise((1, sympy.Eq(X**2, 2)), (0, True)),
        sympy.Piecewise((1, sympy.Eq(X, sympy.pi)), (0, True)),
        sympy.Piecewise((1, sympy.Eq(sympy.sin(X), 0)), (0, True)),
        sympy.Piecewise((1, sympy.Eq(sympy.Abs(X), 17)), (0, True)),
        sympy.Piecewise((1, sympy.Eq(X, sympy.Symbol("y", real=True))), (0, True)),
        sympy.floor(X) - X,
        sympy.Mod(N, 2),
        sympy.log(X**2) - 2 * sympy.log(X) + sympy.Piecewise((1, sympy.Eq(X, 5)), (0, True)),
        sympy.Integer(0) ** sympy.Symbol("q", nonnegative=True),
        sympy.sqrt(X**2) - X,
        sympy.Max(X, -(10**9)) - X,
    ],
)
def test_what_is_not_zero_everywhere_is_not_said_to_be(false):
    assert not equal(false, sympy.Integer(0)).verified
    assert not nonnegative(-(false**2)).verified


@pytest.mark.parametrize("undefined", [sympy.oo, sympy.nan, sympy.zoo, X / 0, sympy.I * X])
def test_what_is_no_real_number_is_not_compared(undefined):
    assert not equal(undefined, undefined + 1).verified
    assert not nonnegative(undefined).verified


def test_a_case_depends_on_what_its_condition_speaks_of():
    """The derivative of a step is not 0: it once moved a whole box to one of its ends."""
    step = sympy.Piecewise((5, X < 3), (0, True))
    assert variables_of(to_term(step)) == {variable("x")}
    assert derivative(to_term(step), variable("x")) is None
    assert not nonnegative(X + 1 - step, box={X: (0, 10)}).verified


TRUE = [
    (sympy.Max(X, 3) + sympy.Min(X, 3), X + 3),
    (sympy.Piecewise((X, X > 0), (-X, True)), sympy.Abs(X)),
    (sympy.sign(X) * sympy.Abs(X), X),
    (sympy.Piecewise((X, sympy.Ne(X, 3)), (3, True)), X),
    (sympy.Heaviside(X - 2, 1) + sympy.Heaviside(2 - X, 0), sympy.Integer(1)),
]


@pytest.mark.parametrize("left, right", TRUE)
def test_true_equalities_of_cases(left, right):
    assert equal(left, right).outcome != "failed"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-6, 6),
    st.sampled_from(["<", "<=", ">", ">=", "="]),
    st.sampled_from([-1, 0, 1]),
    st.booleans(),
)
def test_a_direct_proof_is_right_at_the_edges(place, relation, gap, whole):
    """x (or n) in [place, ∞) against place + gap: only what holds at the closed end is proved."""
    domain = integer(place, place + 40) if whole else real(place)
    claim = Claim(
        id="test/edge",
        statement="edge",
        space=Space(z=domain),
        sides=lambda xp, z: (z, 0 * z + place + gap),
        relation=relation,
    )
    found = direct_proof(claim, Settings("numpy", "quick", 0))
    true = {">": gap < 0, ">=": gap <= 0}.get(relation, False)
    assert not (found.outcome == "verified" and not true)
    assert found.outcome == "verified" or not true
