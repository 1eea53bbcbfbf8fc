"""Hypotheses decide from exact constants; checks certify violations and claim no more than they know."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from theorycheck.checks.properties import (
    check_bounded_below,
    check_continuous,
    check_convex,
    check_l_smooth,
    check_lipschitz,
    check_nonconstant,
    check_strongly_convex,
)
from theorycheck.errors import ClaimError, FormulaError
from theorycheck.functions import DEFAULT_FAMILIES, GaussianMixture, PiecewisePolynomial, Polynomial
from theorycheck.functions.families import ConvexHubers, Cosines, Quadratics, Steps
from theorycheck.statement.properties import (
    bounded_below,
    continuous,
    convex,
    l_smooth,
    lipschitz,
    nonconstant,
    strongly_convex,
)
from theorycheck.terms.balls import ball_array, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

XP = numpy_namespace()


def polynomial(*coefficients: float, xp=XP) -> Polynomial:
    return Polynomial(xp, 1, {"coefficients": xp.asarray([list(coefficients)])})


def quadratic(*curvatures: float) -> Quadratics:
    d = len(curvatures)
    parameters = {"quadratic": np.array([curvatures]), "constant": np.zeros(1)}
    parameters |= {name: np.zeros((1, d)) for name in ("linear", "reflection")}
    return Quadratics(XP, d, parameters)


def at_point(report, role: str = "x"):
    return np.array([float(Fraction(entry)) for entry in report.witness[role]])


# hypotheses -------------------------------------------------------------------------------------------------
def test_hypotheses_read_the_constants() -> None:
    f = Polynomial(
        XP, 1, {"coefficients": np.array([[1.0, 0, 2], [0, 1, 0], [3, 0, 0], [0, 0, -1], [0, 0, 0]])}
    )
    values = {"f": f, "c": np.array([4.0, 0.5, 0.0, 3.0, 0.0])}
    assert convex("f").holds(XP, values).tolist() == [True, True, True, False, True]
    assert strongly_convex("f", "c").holds(XP, values).tolist() == [True, False, True, False, True]
    assert strongly_convex("f", -2).holds(XP, values).tolist() == [True] * 5
    assert l_smooth("f", "c").holds(XP, values).tolist() == [True, True, True, True, True]
    assert l_smooth("f", 1).holds(XP, values).tolist() == [False, True, True, False, True]
    assert lipschitz("f", "c").holds(XP, values).tolist() == [False, False, True, False, True]
    assert bounded_below("f", 1).holds(XP, values).tolist() == [True, False, True, False, False]
    assert nonconstant("f").holds(XP, values).tolist() == [True, True, False, True, False]
    assert continuous("f").holds(XP, values).all()


def test_hypotheses_name_what_they_speak_of() -> None:
    assert strongly_convex("f", "gamma").names() == ("f", "gamma")
    assert l_smooth("f_k", 2).names() == ("f_k",)
    assert l_smooth("f_k", "L").latex == "$f_{k}$ is $L$-smooth"
    assert bounded_below("f", "m").latex == r"$f \ge m$ everywhere"
    assert convex("f") == convex("f")
    assert len({convex("f"), convex("f"), convex("g")}) == 2


def test_hypotheses_are_certain_in_balls() -> None:
    xp = ball_namespace()
    with precision(128):
        f = polynomial(0, 0, Fraction(1, 3), xp=xp)
        values = {"f": f, "L": ball_array([Fraction(2, 3) + Fraction(1, 2**60)])}
        assert l_smooth("f", "L").holds(xp, values).all()
        assert not l_smooth("f", Fraction(1, 2)).holds(xp, values).any()
        assert convex("f").holds(xp, values).all()


def test_a_bare_callable_decides_no_hypothesis() -> None:
    with pytest.raises(ClaimError, match="no exact constants"):
        convex("f").holds(XP, {"f": np.cos})


# functions with exact constants --------------------------------------------------------------------------
def test_exact_functions_are_proved_or_refuted() -> None:
    f = quadratic(1.0, 4.0, 0.5)
    assert check_convex(f).status == "proved"
    assert check_strongly_convex(f, 0.5).status == "proved"
    report = check_strongly_convex(f, 0.75)
    assert report.status == "refuted"
    assert report.sharpness == pytest.approx(1.5)
    assert check_l_smooth(f, 4).status == "proved"
    assert check_l_smooth(f, 3.999).status == "refuted"
    assert check_lipschitz(f, 1e6).status == "refuted"
    assert check_bounded_below(f, 0).status == "proved"
    assert check_bounded_below(f, 0.001).status == "refuted"
    assert check_continuous(f).status == "proved"
    assert check_nonconstant(f).status == "proved"
    assert check_nonconstant(quadratic(0.0, 0.0)).status == "refuted"


def test_the_witness_of_an_exact_function_violates() -> None:
    report = check_convex(quadratic(1.0, -0.01))
    x, y, t = at_point(report), at_point(report, "y"), float(Fraction(report.witness["t"]))

    def f(p):
        return (p[0] ** 2 - 0.01 * p[1] ** 2) / 2

    assert report.status == "refuted"
    assert f(t * x + (1 - t) * y) > t * f(x) + (1 - t) * f(y)


def test_a_constant_that_is_only_a_bound_refutes_nothing_by_itself() -> None:
    parameters = {"amplitudes": [[-1.0, -1.0]], "widths": [[1.0, 1.0]], "centres": [[[0.0], [1.0]]]}
    bumps = GaussianMixture(XP, 1, {name: np.array(value) for name, value in parameters.items()})
    assert bumps.lower_bound[0] == -2  # of two bumps that overlap in part: the infimum is about −1.4
    assert check_bounded_below(bumps, -2).status == "proved"
    assert check_bounded_below(bumps, -1.7).status == "inconclusive"
    assert check_bounded_below(bumps, -1).status == "refuted"
    sextic = polynomial(0, 0, 1, 0, 0, 0, 1)  # its infimum 0 is enclosed
    assert check_bounded_below(sextic, -1e-9).status == "proved"
    assert check_bounded_below(sextic, 1e-9).status == "refuted"


def test_jumps_of_exact_functions() -> None:
    columns = {"amplitude": 1.0, "frequency": 1.0, "phase": 0.0, "reflection": 0.0}
    parameters = {name: np.array([[value]]) for name, value in columns.items()} | {"constant": np.zeros(1)}
    report = check_continuous(Steps(XP, 1, parameters))
    assert report.status == "refuted"
    assert float(Fraction(report.witness["x"][0])) <= 0 < float(Fraction(report.witness["y"][0])) or (
        float(Fraction(report.witness["y"][0])) <= 0 < float(Fraction(report.witness["x"][0]))
    )


def test_a_batch_of_functions_is_refused() -> None:
    f = Polynomial(XP, 1, {"coefficients": np.zeros((2, 3))})
    with pytest.raises(ClaimError, match="batch of 2"):
        check_convex(f)


# callables ------------------------------------------------------------------------------------------------
TRUE = [
    ("x²", lambda: check_convex(lambda x: (x * x).sum(axis=-1), dimension=3)),
    ("|x|", lambda: check_convex(abs)),
    ("exp", lambda: check_convex(np.exp)),
    ("steep exp", lambda: check_convex(lambda x: np.exp(40 * x))),
    ("max of affine", lambda: check_convex(lambda x: np.maximum(x[:, 0], 1 - x[:, 1]), dimension=2)),
    ("linear", lambda: check_convex(lambda x: 3 * x - 7)),
    ("constant", lambda: check_convex(lambda x: 3.0)),
    ("x² strongly", lambda: check_strongly_convex(lambda x: x * x, 2)),
    ("cos smooth", lambda: check_l_smooth(np.cos, 1)),
    ("cos smooth with gradient", lambda: check_l_smooth(np.cos, 1, gradient=lambda x: -np.sin(x))),
    ("t|t|", lambda: check_l_smooth(lambda x: x * abs(x), 2, gradient=lambda x: 2 * abs(x))),
    ("sin Lipschitz", lambda: check_lipschitz(np.sin, 1)),
    ("norm", lambda: check_lipschitz(lambda x: np.sqrt((x * x).sum(axis=-1)), 1, dimension=4)),
    ("x² bounded", lambda: check_bounded_below(lambda x: (x * x).sum(axis=-1), 0, dimension=4)),
    ("tanh continuous", lambda: check_continuous(lambda x: np.tanh(1000 * x))),
    ("√|x| continuous", lambda: check_continuous(lambda x: np.sqrt(abs(x)))),
]
FALSE = [
    ("cos", lambda: check_convex(lambda x: np.cos(x).sum(axis=-1), dimension=2)),
    ("saddle", lambda: check_convex(lambda x: x[:, 0] * x[:, 1], dimension=2)),
    ("small concave kink", lambda: check_convex(lambda x: x * x - 0.001 * abs(x - 0.3))),
    (
        "saddle in d = 20",
        lambda: check_convex(lambda x: (x * x).sum(axis=-1) - 3 * x[:, 7] ** 2, dimension=20),
    ),
    ("√|x|", lambda: check_convex(lambda x: np.sqrt(abs(x)))),
    ("step", lambda: check_convex(lambda x: np.where(x > 1, 1.0, 0.0))),
    ("x² strongly", lambda: check_strongly_convex(lambda x: x * x, 2.001)),
    ("cos smooth", lambda: check_l_smooth(np.cos, 0.99)),
    ("cos smooth with gradient", lambda: check_l_smooth(np.cos, 0.99, gradient=lambda x: -np.sin(x))),
    ("wrong gradient", lambda: check_l_smooth(np.cos, 1, gradient=np.sin)),
    ("relu smooth", lambda: check_l_smooth(lambda x: np.maximum(x, 0), 1000)),
    ("sin Lipschitz", lambda: check_lipschitz(np.sin, 0.999)),
    ("√|x| Lipschitz", lambda: check_lipschitz(lambda x: np.sqrt(abs(x)), 100)),
    ("x² bounded", lambda: check_bounded_below(lambda x: (x * x).sum(axis=-1), 0.01, dimension=3)),
    ("a narrow well", lambda: check_bounded_below(lambda x: -np.exp(-50 * (x - 2) ** 2), -0.99)),
    ("step continuous", lambda: check_continuous(lambda x: np.where(x > 0, 1.0, 0.0))),
    ("small jump", lambda: check_continuous(lambda x: x * x + np.where(x >= 0.5, 0.1, 0.0))),
]


@pytest.mark.parametrize("run", [run for _, run in TRUE], ids=[name for name, _ in TRUE])
def test_a_true_property_of_a_callable_is_supported(run) -> None:
    report = run()
    assert report.status == "supported"
    assert report.witness is None
    assert report.sharpness is None or report.sharpness <= 1 + 1e-9  # rounding of normalised gaps


@pytest.mark.parametrize("run", [run for _, run in FALSE], ids=[name for name, _ in FALSE])
def test_a_false_property_of_a_callable_is_refuted_with_a_witness(run) -> None:
    report = run()
    assert report.status == "refuted"
    assert report.witness is not None
    assert "certified" in report.reason


def test_the_witness_of_a_callable_violates_in_exact_arithmetic() -> None:
    report = check_convex(lambda x: x * x * x - 10 * x)
    x, y, t = (
        Fraction(report.witness["x"][0]),
        Fraction(report.witness["y"][0]),
        Fraction(report.witness["t"]),
    )

    def f(p):
        return p**3 - 10 * p

    assert f(t * x + (1 - t) * y) > t * f(x) + (1 - t) * f(y)


def test_sharpness_is_the_share_of_the_constant() -> None:
    # local search comes within 1e-3 of the supremum at worst; here the extremes lie inside the box
    assert check_l_smooth(np.cos, 4).sharpness == pytest.approx(0.25, rel=1e-3)
    assert check_lipschitz(lambda x: 3 * np.sin(x), 6).sharpness == pytest.approx(0.5, rel=1e-3)
    assert check_strongly_convex(lambda x: x * x, 1).sharpness == pytest.approx(0.5, rel=1e-3)


def test_a_callable_of_numbers_is_refuted_by_a_wide_margin_only() -> None:
    report = check_convex(math.cos)
    assert report.status == "refuted"
    assert "times its noise" in report.reason
    assert "does not run on balls" in report.reason
    assert check_convex(math.cosh).status == "supported"
    # violated by 1e-17 of values of size 1: rounding, for all that float64 can tell
    assert check_convex(lambda x: 1 + 1e-17 * math.cos(x)).status in ("supported", "inconclusive")


def test_a_violation_that_balls_cannot_settle_is_inconclusive() -> None:
    # jumps by half an ulp of the values: whatever float64 shows is at the level of its own noise
    report = check_continuous(np.floor)
    assert report.status == "inconclusive"
    assert "does not run on balls" in report.reason
    # the place of the jump is 0.1, which a ball encloses but does not hit
    report = check_continuous(lambda x: np.where(x > 0.1, 1.0, 0.0))
    assert report.status == "inconclusive"


def test_nonconstancy_of_callables() -> None:
    assert check_nonconstant(lambda x: x * x).status == "certified"
    assert check_nonconstant(lambda x: 3.0).status == "inconclusive"
    assert check_nonconstant(lambda x: math.sin(x) ** 2).status == "supported"


def test_bad_callables_get_one_clear_error() -> None:
    with pytest.raises(FormulaError, match="NaN at x ="):
        check_convex(np.log)
    with pytest.raises(FormulaError, match="last axis only"):
        check_convex(lambda x: x, dimension=2)
    with pytest.raises(FormulaError, match="last axis only"):
        check_convex(lambda x: (x * x).sum(), dimension=2)  # one number for the whole batch
    with pytest.raises(FormulaError, match="gradient"):
        check_l_smooth(lambda x: (x * x).sum(axis=-1), 2, gradient=lambda x: x.sum(axis=-1), dimension=2)
    with pytest.raises(ClaimError, match="finite low < high"):
        check_convex(np.cos, low=1, high=1)
    with pytest.raises(ClaimError, match="finite number"):
        check_lipschitz(np.cos, math.inf)


def test_a_reduction_over_the_whole_batch_is_no_constant() -> None:
    # in dimension 1 this is read as a function of one number
    assert check_convex(lambda x: np.sum(-x * x)).status == "refuted"


def test_reports_replay() -> None:
    first, second = check_convex(np.cos, seed=5), check_convex(np.cos, seed=5)
    assert first == second


coefficient = st.integers(-4, 4).map(float)


@seed(11)
@settings(max_examples=30, deadline=None)
@given(coefficient, coefficient, coefficient, coefficient, coefficient)
def test_checks_of_polynomials_agree_with_their_second_derivative(c0, c1, c2, c3, c4) -> None:
    """Convexity of a quartic, decided exactly here by the minimum of the parabola p''."""
    f = polynomial(c0, c1, c2, c3, c4)
    # p'' = 2 c2 + 6 c3 x + 12 c4 x²
    flat = c4 == 0 and c3 == 0 and c2 >= 0
    is_convex = flat or (c4 > 0 and 2 * c2 - (6 * c3) ** 2 / (4 * 12 * c4) >= 0)
    assert check_convex(f).status == ("proved" if is_convex else "refuted")


@seed(12)
@settings(max_examples=12, deadline=None)
@given(st.lists(coefficient, min_size=3, max_size=3), st.lists(coefficient, min_size=6, max_size=6))
def test_piecewise_functions_and_their_callables_agree(base, jumps) -> None:
    """A callable must never be refuted where the exact function is proved."""
    parameters = {
        "start": np.array([-1.0]),
        "gaps": np.array([[2.0]]),
        "coefficients": np.array([base]),
        "jumps": np.array(jumps).reshape(1, 2, 3),
    }
    f = PiecewisePolynomial(XP, 1, parameters)

    def same(x):
        result = base[0] + x * (base[1] + base[2] * x)
        for place, (j0, j1, j2) in zip((-1, 1), np.reshape(jumps, (2, 3)), strict=True):
            t = np.maximum(x - place, 0)
            result = result + np.where(x >= place, j0, 0.0) + t * (float(j1) + float(j2) * t)
        return result

    exact, searched = check_convex(f).status, check_convex(same).status
    assert exact in ("proved", "refuted")
    assert searched != "refuted" if exact == "proved" else searched != "proved"
    if exact == "refuted" and not f.continuous[0]:
        assert searched in ("refuted", "inconclusive")


def test_convex_members_are_proved_convex_at_the_boundary() -> None:
    columns = {
        "excess": 0.0,
        "amplitude": -0.1,
        "frequency": 0.7,
        "phase": 0.3,
        "linear": 0.2,
        "reflection": 0.0,
    }
    parameters = {name: np.array([[value]]) for name, value in columns.items()} | {"constant": np.zeros(1)}
    f = ConvexHubers(XP, 1, parameters)
    assert check_convex(f).status == "proved"
    assert check_strongly_convex(f, 1e-9).status == "refuted"


def test_cosines_are_smooth_with_their_constant() -> None:
    columns = {
        "quadratic": 0.5,
        "amplitude": 2.0,
        "frequency": 3.0,
        "phase": 0.0,
        "linear": 0.0,
        "reflection": 0.0,
    }
    parameters = {name: np.array([[value]]) for name, value in columns.items()} | {"constant": np.zeros(1)}
    f = Cosines(XP, 1, parameters)
    assert check_l_smooth(f, 18.5).status == "proved"
    assert check_l_smooth(f, 18.49).status == "refuted"
    assert check_convex(f).status == "refuted"
    assert len(DEFAULT_FAMILIES) > 20


def test_strictly_above_needs_room_below_the_infimum() -> None:
    from theorycheck.statement.properties import strictly_above

    f = Polynomial(XP, 1, {"coefficients": np.array([[1.0, 0, 2], [1, 0, 2], [0, 1, 0]])})
    values = {"f": f, "m": np.array([1.0, 0.5, -9.0])}
    assert strictly_above("f", "m").holds(XP, values).tolist() == [False, True, False]
