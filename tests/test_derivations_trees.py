"""Trees against mpmath, ranges and derivatives against sampling, polynomials against SymPy."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.derivation_trees import evaluate_tree
from theorycheck.derivations import polynomials
from theorycheck.derivations.derivatives import differentiate
from theorycheck.derivations.ranges import NONNEGATIVE, POSITIVE, Range, declared, range_of
from theorycheck.derivations.root_isolation import certainly_signed
from theorycheck.derivations.trees import to_tree
from theorycheck.errors import ClaimError, NotExactError, ReplayError, UndecidedError
from theorycheck.terms.balls import Ball, precision, to_arb

x, y = sympy.symbols("x y", real=True)
p = sympy.Symbol("p", positive=True)
VALUES = st.fractions(min_value=-4, max_value=4, max_denominator=12)


def expressions(depth: int = 3) -> st.SearchStrategy:
    leaves = st.sampled_from([x, y, p, sympy.pi, sympy.E]) | st.fractions(
        min_value=-3, max_value=3, max_denominator=6
    ).map(lambda q: sympy.Rational(q.numerator, q.denominator))

    def extend(inner: st.SearchStrategy) -> st.SearchStrategy:
        unary = st.sampled_from(
            [
                sympy.sin,
                sympy.cos,
                sympy.tanh,
                sympy.erf,
                sympy.erfc,
                sympy.Abs,
                sympy.atan,
                sympy.cosh,
                lambda t: sympy.exp(sympy.sin(t)),
                lambda t: sympy.sqrt(1 + t**2),
                lambda t: sympy.log(1 + t**2),
                lambda t: t**2,
                lambda t: -t,
                sympy.Heaviside,
                lambda t: sympy.Max(t, 1 - t),
            ]
        )
        return (
            st.tuples(unary, inner).map(lambda pair: pair[0](pair[1]))
            | st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1])
            | st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1])
        )

    return st.recursive(leaves, extend, max_leaves=depth)


def mpmath_value(expression: sympy.Expr, point: dict[str, Fraction]) -> Fraction | None:
    """SymPy's own evaluation with mpmath to 40 digits: an independent reading of the same expression."""
    exact = {
        t: sympy.Rational(point[t.name].numerator, point[t.name].denominator) for t in expression.free_symbols
    }
    value = expression.subs(exact).evalf(40)
    if not (value.is_real and value.is_finite):
        return None
    rational = sympy.Rational(value)
    return Fraction(int(rational.p), int(rational.q))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    expressions(5), VALUES, VALUES, st.fractions(min_value=Fraction(1, 50), max_value=4, max_denominator=50)
)
def test_a_tree_encloses_what_mpmath_computes_and_its_range_contains_it(expression, a, b, c):
    point = {"x": a, "y": b, "p": c}
    expected = mpmath_value(expression, point)
    if expected is None:
        return
    tree = json.loads(json.dumps(to_tree(expression)))
    with precision(200):
        try:
            ball = evaluate_tree(tree, point).arb
        except UndecidedError:
            return
        # evalf(40) is right to about 40 digits relative, or absolute where terms cancel to something tiny
        assert abs(ball - to_arb(expected)) < to_arb(Fraction(1, 10**30)) * (1 + abs(ball))
        found = range_of(tree, {"p": POSITIVE})
        if found is not None:
            assert found.low is None or ball.upper() >= to_arb(found.low).lower()
            assert found.high is None or ball.lower() <= to_arb(found.high).upper()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(expressions(4), VALUES, VALUES)
def test_derivatives_agree_with_sympy(expression, a, b):
    if expression.has(sympy.Abs, sympy.Heaviside, sympy.Max):
        return
    slope = differentiate(to_tree(expression), "x")
    assert slope is not None
    with precision(200):
        point = {"x": a, "y": b, "p": Fraction(2)}
        mine, theirs = evaluate_tree(slope, point), evaluate_tree(to_tree(sympy.diff(expression, x)), point)
        # both are enclosures of the same number at 200 bits
        assert (mine - theirs).arb.contains(0)


@pytest.mark.parametrize(
    "tree",
    [
        None,
        3,
        [],
        ["rational"],
        ["rational", "1/0"],
        ["rational", 1],
        ["rational", "1e5"],
        ["rational", "0x1"],
        ["open", "file"],
        ["symbol", 3],
        ["symbol", "nobody"],
        ["symbol", '["exp",["symbol","x"]]'],
        ["exp"],
        ["exp", ["pi"], ["pi"]],
        ["add"],
        [["pi"]],
        ["pow", ["pi"], ["rational", "100000000"]],
        ["piecewise", ["true"]],
        ["piecewise", [["maybe"], ["pi"]]],
        ["heaviside", ["pi"]],
        ["pi", "x"],
        ["__import__", ["symbol", "os"]],
        ["rational", "٣"],
    ],
)
def test_malformed_trees_are_refused(tree):
    with pytest.raises(ReplayError):
        evaluate_tree(tree, {"x": Fraction(1)})


def test_deep_trees_are_refused_and_signs_are_decided_or_not():
    tree = ["pi"]
    for _ in range(5000):
        tree = ["exp", tree]
    with pytest.raises(ReplayError, match="deep"):
        evaluate_tree(tree, {})
    assert evaluate_tree(["sign", ["symbol", "x"]], {"x": Fraction(0)}) == 0
    assert evaluate_tree(to_tree(sympy.Heaviside(x)), {"x": Fraction(0)}) == Fraction(1, 2)
    with pytest.raises(UndecidedError):
        evaluate_tree(["sign", ["symbol", "x"]], {"x": Ball(to_arb(-1).union(to_arb(1)))})


def test_what_has_no_real_enclosure_is_refused():
    for e in (
        sympy.I * x,
        sympy.Float(0.1) * x,
        sympy.zoo,
        sympy.oo,
        sympy.nan,
        sympy.floor(x),
        sympy.zeta(x),
    ):
        with pytest.raises(NotExactError):
            to_tree(e)
    with pytest.raises(ClaimError, match="called x"):
        to_tree(x + sympy.Symbol("x", positive=True))
    assert to_tree(sympy.Function("f")(x)) == ["symbol", "f(x)"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(expressions(4))
def test_the_reduced_form_is_the_same_function(expression):
    tree = to_tree(expression)
    top, bottom, generators = polynomials.reduced_form(tree)
    quotient = [
        "mul",
        polynomials.to_expression(top, generators),
        ["pow", polynomials.to_expression(bottom, generators), ["rational", "-1"]],
    ]
    point = {"x": Fraction(3, 7), "y": Fraction(-5, 3), "p": Fraction(2, 9)}
    with precision(200):
        difference = evaluate_tree(tree, point) - evaluate_tree(quotient, point)
        assert difference.arb.contains(0)
        assert difference.arb.rad() < 1e-30  # at 200 bits the enclosures of these small trees are far smaller


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 3)), min_size=1, max_size=3),
    st.sampled_from([-1, 1]),
    st.tuples(st.none() | st.integers(-3, 3), st.none() | st.integers(1, 4), st.booleans(), st.booleans()),
    st.booleans(),
)
def test_root_isolation_decides_like_the_factored_form(roots, sign, interval, strict):
    """The polynomial is built from its roots, so the answer can be read off at the roots and between them."""
    low, width, open_low, open_high = interval
    polynomial = sympy.Poly(sign * sympy.prod((x - r) ** k for r, k in roots), x)
    coefficients = [Fraction(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())]
    high = None if width is None else (low or 0) + width
    domain = Range(
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
        open_low and low is not None,
        open_high and high is not None,
    )
    places = {Fraction(r) + shift for r, _ in roots for shift in (-Fraction(1, 2), 0, Fraction(1, 2))}
    places |= {
        Fraction(b) + s for b in (low, high) if b is not None for s in (-Fraction(1, 4), 0, Fraction(1, 4))
    }
    inside = [
        t
        for t in places | {Fraction(99), Fraction(-99)}
        if (low is None or t > low or (t == low and not open_low))
        and (high is None or t < high or (t == high and not open_high))
    ]
    values = [sum(c * t**k for k, c in enumerate(coefficients)) for t in inside]
    expected = all(v > 0 for v in values) if strict else all(v >= 0 for v in values)
    assert certainly_signed(coefficients, domain, strict=strict) == expected


def test_declared_ranges():
    assert declared(p) == POSITIVE
    assert declared(sympy.Symbol("d", integer=True, positive=True)).low == 1
    assert declared(sympy.Symbol("s", nonnegative=True)) == NONNEGATIVE
    assert range_of(to_tree(sympy.sqrt(x)), {}) is None  # might not be real
    assert range_of(to_tree(1 / x), {}) is None  # might be undefined
    tiny = range_of(["erf", ["symbol", "x"]], {"x": Range(Fraction(-1, 10**2000), Fraction(1))})
    assert tiny is not None and tiny.low is not None and tiny.low < 0
