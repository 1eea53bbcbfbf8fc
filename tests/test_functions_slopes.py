"""Convex functions with several slopes: against mpmath quadrature, a grid, and members whose constants are known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.functions.families import DEFAULT_FAMILIES
from theorycheck.functions.slopes import ConvexSlopes, Slopes
from theorycheck.terms.exact import ExactArrays, ExactNumber
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
levels_of = st.lists(st.fractions(0, 1, max_denominator=8), min_size=4, max_size=4)
gaps_of = st.lists(st.fractions(Fraction(1, 8), 4, max_denominator=8), min_size=2, max_size=2)


def profile(levels: list[Any], gaps: list[Any]) -> Slopes:
    return Slopes(XP, np.array([levels], dtype=float), np.array([gaps], dtype=float))


def second_integral(levels: list[Any], gaps: list[Any], t: float) -> float:
    """g by integrating its second derivative band by band, from 0 where the first cut is."""
    cuts = np.cumsum([0.0, *map(float, gaps)])
    if t <= 0:
        return float(levels[0]) * t * t / 2
    value = slope = 0.0
    for level, start, end in zip(levels[1:], cuts, [*cuts[1:], np.inf], strict=True):
        width = min(t, end) - start
        if width <= 0:
            break
        value += slope * width + float(level) * width * width / 2
        slope += float(level) * width
    return value


@settings(deadline=None, max_examples=100)
@given(levels_of, gaps_of, st.floats(-6, 12))
def test_values_are_those_of_the_second_integral(levels: list[Any], gaps: list[Any], t: float) -> None:
    found = profile(levels, gaps).value(XP, np.array([[t]]))[0, 0]
    assert found == pytest.approx(second_integral(levels, gaps, t), rel=1e-12, abs=1e-12)  # squares up to 150


@pytest.mark.parametrize("s", [0.05, 1.5])
@pytest.mark.parametrize("t", [-1.3, 0.0, 0.9, 4.0])
def test_smoothing_is_the_gaussian_mean(t: float, s: float) -> None:
    levels, gaps = [1, Fraction(1, 25), 1, Fraction(1, 2)], [Fraction(3, 4), 2]
    cuts = [0.0, 0.75, 2.75]
    points = sorted({-9.0, 9.0, *(max(-9.0, min(9.0, (cut - t) / s)) for cut in cuts)})
    expected, slope = (
        mpmath.quad(
            lambda u, weight=weight: (
                weight(u) * second_integral(levels, gaps, float(t + s * u)) * mpmath.exp(-u * u)
            ),
            points,
        )
        / mpmath.sqrt(mpmath.pi)
        for weight in (lambda u: 1, lambda u: 2 * u / s)
    )
    found = profile(levels, gaps)
    at, width = np.array([[t]]), np.array([[s]])
    # the quadrature's 1e-12, of squares up to 1e2; the slope divides by s ≥ 0.05
    assert found.smoothed(XP, at, width)[0, 0] == pytest.approx(float(expected), rel=1e-9, abs=1e-10)
    assert found.smoothed_derivative(XP, at, width)[0, 0] == pytest.approx(float(slope), rel=1e-8, abs=1e-8)


def member(levels: list[float], **given: float) -> ConvexSlopes:
    columns = {"excess": 0.0, "linear": 0.0, "amplitude": 1.0, "frequency": 1.0, "phase": 0.0, **given}
    parameters = {name: np.array([[value]]) for name, value in columns.items()}
    parameters |= {"reflection": np.zeros((1, 1)), "constant": np.zeros(1)}
    parameters |= {"levels": np.array([levels]), "gaps": np.array([[1.0, 2.0]])}
    return ConvexSlopes(XP, 1, parameters)


def test_constants_of_members_that_are_known() -> None:
    steep = member([1, 0, 1, 1], excess=1.0, amplitude=24.0)
    assert (steep.strong_convexity[0], steep.smoothness[0], steep.lipschitz[0]) == (1, 25, np.inf)
    valley = member(
        [0, 1, 0.5, 0], linear=-1.0
    )  # slopes −1 … 1: least where the slope is 0, at the second cut
    assert (valley.lipschitz[0], valley.strong_convexity[0], valley.smoothness[0]) == (1, 0, 1)
    assert valley.lower_bound[0] == -0.5 and valley(np.array([[1.0]]))[0] == -0.5
    falling = member([0, 1, 0, 0], linear=-2.0)
    assert falling.lower_bound[0] == -np.inf and falling.exact("lower_bound")[0]
    constant = member([0, 0, 0, 0])
    assert not constant.nonconstant[0] and constant.lipschitz[0] == 0


def test_they_are_shipped_and_exact() -> None:
    (family,) = (family for family in DEFAULT_FAMILIES if family.build is ConvexSlopes)
    xp = ExactArrays()
    parameters = {name: xp.asarray([[Fraction(1, 3)]]) for name in family.domains(1) if name != "constant"}
    parameters |= {"constant": xp.asarray([0]), "gaps": xp.asarray([[1, 1]])}
    parameters["levels"] = xp.asarray([[1, 0, 1, Fraction(1, 7)]])
    f = family.build(xp, 1, parameters)
    assert ExactNumber(f.smoothness[0]).fraction() == Fraction(1, 3) + Fraction(1, 27)
    assert ExactNumber(f.strong_convexity[0]).fraction() == Fraction(1, 3)
