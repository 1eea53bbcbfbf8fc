"""Terms that are compiled, against the formula itself run on NumPy, mpmath and exact numbers."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.term_trees import RATIONAL, trees, value
from theorycheck.errors import UndecidedError
from theorycheck.terms.balls import Ball, ball_array, precision
from theorycheck.terms.moments import without_gaussian_means
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nodes import BATCH, node, ordered, substituted
from theorycheck.terms.precise import Number, PreciseArrays
from theorycheck.terms.program import compiled, source
from theorycheck.terms.tracing import Kind, trace

NAMES = ("t", "s")
KINDS = {name: Kind("array") for name in NAMES}
NP, BALLS, PRECISE = numpy_namespace(), ball_namespace(), PreciseArrays()
numbers = st.fractions(-3, 3, max_denominator=16)
samples = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4)
TREES = settings(derandomize=True, deadline=None, max_examples=60)


def read(tree: Any) -> Any:
    def formula(xp: Any, t: Any, s: Any) -> Any:
        return value(tree, xp, {"t": t, "s": s}, xp.number)

    return trace(formula, KINDS, {})


def run(term: Any, xp: Any, values: dict[str, Any], count: int) -> Any:
    with np.errstate(all="ignore"):
        (found,) = compiled((term,))(xp, values, count)
    return found


DIRECT = SimpleNamespace(
    maximum=np.maximum,
    minimum=np.minimum,
    where=np.where,
    exp=np.exp,
    sin=np.sin,
    tanh=np.tanh,
    arctan=np.arctan,
    sqrt=np.sqrt,
    log1p=np.log1p,
    square=np.square,
    erf=scipy.special.erf,
)


@TREES
@given(trees(NAMES), samples)
def test_arrays_give_what_the_formula_itself_gives(tree: Any, points: Any) -> None:
    t, s = (np.array([float(point[k]) for point in points]) for k in (0, 1))
    with np.errstate(all="ignore"):
        direct = value(tree, DIRECT, {"t": t, "s": s}, lambda q: np.float64(float(q)))
    found = run(read(tree), NP, {"t": t, "s": s}, len(t))
    # constants are folded exactly, where the formula itself rounds every step: a few units in the last place,
    # which where() may turn into another branch, so that equality is asked for where no branch is near
    if "where" not in repr(tree):
        scale = 1 + np.abs(direct)
        close = np.abs(found - direct) <= 1e-9 * scale
        assert np.all(close | ~np.isfinite(direct) | (scale > 1e9))


MPMATH = SimpleNamespace(
    maximum=max,
    minimum=min,
    where=lambda condition, a, b: a if condition else b,
    exp=mpmath.exp,
    sin=mpmath.sin,
    tanh=mpmath.tanh,
    arctan=mpmath.atan,
    sqrt=mpmath.sqrt,
    log1p=mpmath.log1p,
    square=lambda a: a * a,
    erf=mpmath.erf,
)


def as_mpf(q: Any) -> Any:
    q = Fraction(q)
    return mpmath.mpf(q.numerator) / q.denominator


def encloses(ball: Any, number: Any) -> bool:
    low, high = ball.arb.lower(), ball.arb.upper()
    slack = mpmath.mpf(10) ** -45 * (1 + abs(number))  # mpmath's own rounding at 50 digits
    lowest, highest = (mpmath.mpf(end.str(60, radius=False)) for end in (low, high))
    return bool(lowest - slack <= number <= highest + slack)


@TREES
@given(trees(NAMES), st.tuples(numbers, numbers))
def test_balls_enclose_the_value_to_fifty_digits(tree: Any, point: Any) -> None:
    with precision(200), mpmath.workdps(60):
        values = {name: ball_array([q]) for name, q in zip(NAMES, point, strict=True)}
        try:
            found = Ball(np.ravel(np.asarray(run(read(tree), BALLS, values, 1), dtype=object))[0])
        except UndecidedError:
            return  # a branch at a tie of two roundings
        if not found.is_finite:
            return
        exact = value(tree, MPMATH, {name: as_mpf(q) for name, q in zip(NAMES, point, strict=True)}, as_mpf)
        if abs(exact) < mpmath.mpf(10) ** 30:
            assert encloses(found, exact)


EXACT = SimpleNamespace(
    maximum=max, minimum=min, where=lambda condition, a, b: a if condition else b, square=lambda a: a * a
)


@TREES
@given(trees(NAMES, RATIONAL[:3], RATIONAL[3:-1]), st.tuples(numbers, numbers))
def test_rational_formulas_are_evaluated_exactly(tree: Any, point: Any) -> None:
    values = {name: PRECISE.asarray([q]) for name, q in zip(NAMES, point, strict=True)}
    (found,) = np.ravel(np.asarray(run(read(tree), PRECISE, values, 1), dtype=object))
    found = Number(found)
    assert found.exact
    assert found.value == value(tree, EXACT, dict(zip(NAMES, point, strict=True)))


@TREES
@given(trees(NAMES), trees(NAMES))
def test_several_terms_share_their_equal_parts(first: Any, second: Any) -> None:
    terms = (read(first), read(second), read(("add", first, second)))
    _, constants = source(terms)
    assert len(set(map(str, constants))) == len(constants), "every number stands once"
    values = {"t": np.array([0.5, -1.25]), "s": np.array([2.0, 0.75])}
    with np.errstate(all="ignore"):
        together = compiled(terms)(NP, values, 2)
        for term, found in zip(terms, together, strict=True):
            np.testing.assert_array_equal(compiled((term,))(NP, values, 2)[0], found)


def test_a_part_that_is_used_twice_is_computed_once() -> None:
    term = trace(lambda xp, t: xp.exp(xp.sin(t)) + xp.sin(t) * xp.exp(xp.sin(t)), {"t": KINDS["t"]}, {})
    text, _ = source((term,))
    assert text.count("xp.sin") == 1 and text.count("xp.exp") == 1


def test_deep_and_shared_formulas_are_compiled() -> None:
    def deep(xp: Any, t: Any) -> Any:
        for _ in range(3000):
            t = t / 2 + 1
        return t

    def doubled(xp: Any, t: Any) -> Any:
        for _ in range(60):
            t = t + t
        return t

    values = {"t": np.array([1.0, 5.0])}
    assert run(trace(deep, {"t": KINDS["t"]}, {}), NP, values, 2) == pytest.approx([2, 2])
    assert run(trace(doubled, {"t": KINDS["t"]}, {}), NP, values, 2).tolist() == [2.0**60, 5 * 2.0**60]


def test_division_by_zero_and_roots_of_negative_numbers_follow_ieee() -> None:
    kinds = {"t": KINDS["t"], "d": Kind("size")}
    terms = trace(lambda xp, t, d: (t / (d - 2), t * (1 - d) ** Fraction(1, 2), t * (d - 2) ** -1), kinds, {})
    with np.errstate(all="ignore"):
        found = compiled(terms)(NP, {"t": np.array([1.0]), "d": 2}, 1)
    assert np.isinf(found[0]) and np.isnan(found[1]) and np.isinf(found[2])


def test_a_number_that_no_float_holds_is_infinite_there_and_exact_in_balls() -> None:
    term = trace(lambda xp, t: xp.number("1e400") * t, {"t": KINDS["t"]}, {})
    assert run(term, NP, {"t": np.array([-1.0])}, 1).tolist() == [-np.inf]
    (ball,) = run(term, BALLS, {"t": ball_array([1])}, 1)
    assert ball.arb.contains(10**400)


# ---- what binds a variable ---------------------------------------------------------------------------------

POINTS = {"x": Kind("array", (BATCH, 2)), "t": Kind("array")}


def moment(power: int) -> float:
    """E uᵏ for u ~ N(0, 1/2)."""
    return 0.0 if power % 2 else math.prod(range(1, power, 2)) / 2 ** (power // 2)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
def test_gaussian_means_nested(first: int, second: int, third: int) -> None:
    """E_u E_v (x₁ + u₁)ᵃ (u₁ + v₁)ᵇ (v₂)ᶜ, by moments."""

    def formula(xp: Any, x: Any, t: Any) -> Any:
        def inner(u: Any) -> Any:
            a = xp.exp(t)  # bound nowhere
            return xp.gaussian_mean(
                lambda v: a * (x[:, 0] + u[:, 0]) ** first * (u[:, 0] + v[:, 0]) ** second * v[:, 1] ** third,
                2,
                6,
            )

        return xp.gaussian_mean(inner, 2, 6)

    term = trace(formula, {"x": POINTS["x"], "t": POINTS["t"]}, {})
    assert not term.free
    x, t = np.array([[0.5, 1.0], [-2.0, 0.0]]), np.array([0.0, 1.0])
    expected = np.zeros(2)
    for i, j in itertools.product(range(first + 1), range(second + 1)):
        weight = math.comb(first, i) * math.comb(second, j)
        expected += weight * x[:, 0] ** (first - i) * moment(i + j) * moment(second - j) * moment(third)
    found = run(term, NP, {"x": x, "t": t}, 2)
    # Gauss-Hermite rules of 4 nodes, exact but for rounding
    np.testing.assert_allclose(found, np.exp(t) * expected, rtol=1e-12, atol=1e-12)
    (mean,) = without_gaussian_means((term,), {}, lambda path: None)
    with precision(120):
        balls = run(mean, BALLS, {"x": ball_array(x), "t": ball_array(t)}, 2)
    for ball, number in zip(balls, np.exp(t) * expected, strict=True):
        assert ball.lower - 1e-11 <= number <= ball.upper + 1e-11


class Sum:
    """A finite sum of functions c·x₁ + c², as formulas see it."""

    def __init__(self, coefficients: Any) -> None:
        self.samples = [lambda x, c=c: c * x[:, 0] + c * c for c in coefficients]


def test_means_over_samples_nested() -> None:
    def formula(xp: Any, f: Any, x: Any) -> Any:
        return xp.sample_mean(f, lambda a: xp.sample_mean(f, lambda b: (a(x) - b(x)) ** 2 + a(2 * x)) * a(x))

    term = trace(formula, {"f": Kind("function", dimension=2, samples=True), "x": POINTS["x"]}, {})
    assert not term.free
    x, coefficients = np.array([[1.0, 0.0], [0.5, 2.0]]), [1.0, -2.0, 3.0]
    f = Sum(coefficients)
    expected = np.mean(
        [np.mean([(a(x) - b(x)) ** 2 + a(2 * x) for b in f.samples], axis=0) * a(x) for a in f.samples],
        axis=0,
    )
    np.testing.assert_allclose(run(term, NP, {"f": f, "x": x}, 2), expected, rtol=1e-14)


def test_two_means_that_bind_one_name_do_not_see_each_other() -> None:
    """As two variants of a formula do that stand in one program."""
    term = trace(
        lambda xp, x, t: xp.gaussian_mean(lambda u: (x[:, 0] + u[:, 0]) ** 2 * t, 2, 4),
        {"x": POINTS["x"], "t": POINTS["t"]},
        {},
    )
    square = next(item for item in ordered([term]) if item.op == "pow")
    fourth = node("mul", (square, square), (), square.shape)
    (other,) = substituted([term], {square: fourth})
    values = {"x": np.array([[1.0, 0.0]]), "t": np.array([3.0])}
    together = compiled((term, other))(NP, values, 1)
    for one, found in zip((term, other), together, strict=True):
        np.testing.assert_array_equal(run(one, NP, values, 1), found)
    np.testing.assert_allclose(together, [[3 * 1.5], [3 * (1 + 6 / 2 + 3 / 4)]], rtol=1e-13)
