"""Symbols of a claim: signs from domains, facts from hypotheses, exact numbers."""

from fractions import Fraction

import pytest
import sympy

from tests.false_claims import claim, symbols
from theorycheck import (
    Claim,
    Space,
    bounded_below,
    choice,
    constant_of,
    continuous,
    convex,
    dimension,
    function,
    integer,
    l_smooth,
    lipschitz,
    matrix,
    point,
    real,
    requires,
    strongly_convex,
    vector,
)
from theorycheck.algebra import AbstractFunction, inner, normal_form
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.inequalities import above_zero
from theorycheck.derivations.symbols import SymbolicNamespace, Symbols, symbols_of
from theorycheck.errors import ClaimError


def of(sides=None, **domains):
    return symbols_of(
        Claim(
            id="test/symbols",
            statement="a claim",
            space=Space(**domains),
            sides=sides or (lambda xp: (0, 1)),
        )
    )


@pytest.mark.parametrize(
    "domain, fact, holds",
    [
        (real(), "positive", None),
        (real(0), "nonnegative", True),
        (real(0), "positive", None),
        (real(0, open_low=True), "positive", True),
        (real(-1), "nonnegative", None),
        (real(None, 0), "nonpositive", True),
        (real(None, 0, open_high=True), "negative", True),
        (real(0, 1), "nonnegative", True),
        (integer(0, 5), "nonnegative", True),
        (integer(1, 5), "positive", True),
        (integer(-3, 5), "nonnegative", None),
        (dimension(1, 2), "positive", True),
        (choice(1, 4), "positive", True),
        (choice(0, 4), "positive", None),
    ],
)
def test_signs_of_symbols(domain, fact, holds):
    s = of(n=domain)
    assert getattr(s.n, f"is_{fact}") is holds
    assert s.n.is_real


def test_constants_of_functions():
    s = of(f=function(), L=constant_of("f", "smoothness"), m=constant_of("f", "lower_bound"))
    assert s.L.is_nonnegative and s.L.is_positive is None
    assert s.m.is_real and s.m.is_nonnegative is None
    assert s.f == AbstractFunction("f")


def test_bounds_that_name_another_number():
    s = of(
        sigma=real(0),
        tau=real("sigma", open_low=True),
        rho=real("sigma"),
        free=real(),
        above=real("free", open_low=True),
    )
    assert s.tau.is_positive
    assert s.rho.is_nonnegative and s.rho.is_positive is None
    assert s.above.is_positive is None
    for difference in (s.tau - s.sigma, s.rho - s.sigma, s.above - s.free):
        assert difference in s.known
        assert (above_zero(difference) in s.signs) == (difference != s.rho - s.sigma)


def test_known_signs_hold_on_every_instance():
    c = claim(
        hypotheses=[requires(lambda t, r: t + r <= 1, "t + r ≤ 1")],
        t=real(Fraction(1, 3), 2),
        r=real(None, 0),
    )
    s = symbols(c)
    assert {s.t - sympy.Rational(1, 3), 2 - s.t, -s.r, 1 - s.t - s.r} <= set(s.known)


def test_points_and_directions():
    s = of(d=dimension(1, 2), x=point(), sigma=point())
    assert isinstance(s.x, Vector)
    assert "\\sigma" in s.sigma.latex()
    assert s.direction not in (s.x, s.sigma)
    crowded = of(d=dimension(1), a=point(), b=point(), e=real())
    assert crowded.direction not in (crowded.a, crowded.b)
    assert str(crowded.direction.terms[0][0]) not in ("a", "b", "e")


def test_the_symbolic_sides():
    c = claim(lambda xp, f, x, sigma, L, d: (abs(f.smoothed(x, sigma) - f(x)), L * d / 4 * sigma**2))
    s = symbols(c)
    assert s.left == sympy.Abs(s.f.smoothed(s.x, s.sigma) - s.f(s.x))
    assert s.right == s.L * s.d * s.sigma**2 / 4


@pytest.mark.parametrize("number", [1 / 3, 3.141592653589793, 0.1 + 0.2, 1 - 1e-15])
def test_floats_that_may_stand_for_another_number_are_refused(number):
    """A float of many digits was rounded before it could be read."""
    s = of(lambda xp, t: (t * number, t), t=real())
    with pytest.raises(ClaimError, match="float arithmetic has rounded it"):
        _ = s.left


@pytest.mark.parametrize("number", ["0.1", "1e-17", "2.5e-3"])
def test_short_decimals_are_exact(number):
    s = of(lambda xp, t: (t * float(number), t), t=real())
    assert s.left == s.t * sympy.Rational(number)


def test_short_floats_are_exact():
    s = of(lambda xp, t: (0.5 * t + 2.0, t * 0.375), t=real())
    assert s.left == s.t / 2 + 2 and not s.left.atoms(sympy.Float)
    assert s.right == 3 * s.t / 8
    exact = of(lambda xp, t: (xp.number(Fraction(1, 10)) * t, xp.number(3)), t=real())
    assert exact.left == exact.t / 10


def test_sides_without_symbolic_form():
    for sides in (
        lambda xp, t: (xp.sort(t), t),
        lambda xp, t: (t if t > 0 else -t, t),
        lambda xp, t: (t[0], t),
    ):
        with pytest.raises(ClaimError, match="symbol"):
            _ = of(sides, t=real()).left
    with pytest.raises(ClaimError, match="no sides"):
        _ = Symbols(Claim(id="test/bare", statement="a claim", derivation=lambda s: None)).left
    with pytest.raises(AttributeError, match="declares no"):
        _ = of(t=real()).z
    assert of(A=matrix(2, 2)).known == ()


def test_nested_gaussian_means_are_independent():
    """E_u E_v ⟨u, v⟩ is 0, not E|u|²."""

    def sides(xp, d):
        def outer(u):
            return xp.gaussian_mean(lambda v: xp.vecdot(u, v), d, 1)

        return xp.gaussian_mean(outer, d, 1), 0

    s = of(sides, d=dimension(1, 2))
    assert normal_form(s.left) == 0


def test_the_namespace():
    xp = SymbolicNamespace()
    t = sympy.Symbol("t", real=True)
    assert xp.maximum(t, 0) == sympy.Max(t, 0)
    assert xp.where(t > 0, t, -t) == sympy.Piecewise((t, t > 0), (-t, True))
    assert xp.abs(t) == sympy.Abs(t)
    assert xp.number(Fraction(2, 3)) == sympy.Rational(2, 3)
    with pytest.raises(ClaimError, match="no symbolic form"):
        _ = xp.cumsum


# ---- facts ---------------------------------------------------------------------------------------------------


def test_facts_of_hypotheses():
    assumed = [
        convex("f"),
        l_smooth("f", "L"),
        lipschitz("f", "L"),
        bounded_below("f", "m"),
        strongly_convex("f", 2),
    ]
    c = claim(hypotheses=assumed)
    s = symbols(c)
    families = [s.assume(hypothesis) for hypothesis in assumed]
    assert [type(family).__name__ for family in families] == [
        "ConvexFacts",
        "SmoothFacts",
        "LipschitzFacts",
        "BoundedBelowFacts",
        "ConvexFacts",
    ]
    assert families[1].constant == s.L and families[4].modulus == 2
    assert all(family.function == s.f for family in families)
    with pytest.raises(ClaimError, match="no form"):
        s.assume(continuous("f"))


def test_a_class_of_the_same_name_is_another_hypothesis():
    class Convex:
        function = "f"
        latex = "something else"

        def names(self):
            return ("f",)

        def holds(self, xp, values):
            return True

    with pytest.raises(ClaimError, match="no form"):
        symbols(claim()).assume(Convex())


@pytest.mark.parametrize(
    "condition, slack",
    [
        (lambda t, r: t < r, "r - t"),
        (lambda t, r: t <= r, "r - t"),
        (lambda t, r: t > r, "t - r"),
        (lambda t, r: 2 * t >= r + 1, "2*t - r - 1"),
        (lambda xp, t, r: xp.exp(t) <= r, "r - exp(t)"),
    ],
)
def test_requirements(condition, slack):
    required = requires(condition, "condition")
    s = symbols(claim(hypotheses=[required], t=real(), r=real()))
    t, r = sympy.symbols("t r", real=True)
    expected = {"r - t": r - t, "t - r": t - r, "2*t - r - 1": 2 * t - r - 1, "r - exp(t)": r - sympy.exp(t)}[
        slack
    ]
    assert sympy.expand(s.requirement(required).slack - expected) == 0


@pytest.mark.parametrize(
    "condition",
    [
        lambda t, r: (t > 0) & (r > 0),
        lambda t, r: (t > 0) | (r > 0),
        lambda t, r: 0 < t < r,
        lambda t, r: t != r,
        lambda t, r: True,
    ],
)
def test_conditions_that_are_no_single_inequality_give_no_fact(condition):
    required = requires(condition, "condition")
    s = symbols(claim(hypotheses=[required], t=real(), r=real()))
    assert s.requirement(required) is None


def test_requirements_about_points():
    required = requires(lambda xp, x, y: xp.vecdot(x, y) >= 0, "⟨x,y⟩ ≥ 0")
    s = symbols(claim(hypotheses=[required]))
    assert s.requirement(required).slack == inner(s.x, s.y)


def test_entries_that_sympy_cannot_index_have_no_symbolic_form():
    s = of(lambda xp, a: (a[:, 1], 0), a=vector(3))
    with pytest.raises(ClaimError, match="has entries, which no symbol"):
        _ = s.left


def test_a_condition_on_what_may_be_infinite_gives_no_fact():
    on_constant = requires(lambda f: f.lipschitz <= 1, "…")
    on_infinity = requires(lambda xp, a: xp.inf + a <= xp.inf, "…")
    s = symbols_of(
        Claim(
            id="test/symbols",
            statement="a claim",
            space=Space(d=dimension(1, 2), f=function(), a=real()),
            hypotheses=[on_constant, on_infinity],
            sides=lambda xp, a: (a, a),
        )
    )
    assert s.requirement(on_constant) is None and s.requirement(on_infinity) is None
