"""Profiles against mpmath quadrature, sampled derivatives and balls."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from theorycheck.functions import kinked_profiles, profiles
from theorycheck.functions.infima import polynomial_infimum, quadratic_infimum
from theorycheck.functions.profiles import Profile
from theorycheck.terms.balls import Ball, ball_array, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

XP = numpy_namespace()
BALLS = ball_namespace()
ALL = [
    kind()
    for module in (profiles, kinked_profiles)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Profile) and kind is not Profile
]
ALL = list({type(profile): profile for profile in ALL}.values())
BREAKS = (-1, 0, 1)
PLAIN = {
    "Zero": lambda t: 0,
    "Cosine": mpmath.cos,
    "Step": lambda t: 1 if t > 0 else 0,
    "Interval": lambda t: 1 if abs(t) <= 1 else 0,
    "Point": lambda t: 1 if t == 0 else 0,
    "Relu": lambda t: max(t, 0),
    "AbsoluteValue": abs,
    "ReluSquared": lambda t: max(t, 0) ** 2,
    "SignedSquare": lambda t: t * abs(t),
    "Clip": lambda t: min(max(t, -1), 1),
    "Huber": lambda t: t * t / 2 if abs(t) <= 1 else abs(t) - mpmath.mpf(1) / 2,
    "Bump": lambda t: mpmath.exp(-t * t),
    "Cubic": lambda t: t**3,
    "Quartic": lambda t: t**4,
}


def name(profile: Profile) -> str:
    return type(profile).__name__


def test_every_profile_has_an_independent_definition() -> None:
    assert {name(profile) for profile in ALL} == set(PLAIN)


def gaussian_mean(phi, t, s, weight=lambda u: 1):
    """E weight(u) φ(t + s u), u ~ N(0, 1/2), by mpmath between the breakpoints."""
    cuts = sorted({-9, 9, *(max(-9.0, min(9.0, (b - t) / s)) for b in BREAKS), -3, 0, 3})
    density = lambda u: mpmath.exp(-u * u) / mpmath.sqrt(mpmath.pi)  # noqa: E731 - reads as the formula
    return mpmath.quad(lambda u: weight(u) * phi(t + s * u) * density(u), cuts)


@pytest.mark.parametrize("profile", ALL, ids=name)
@pytest.mark.parametrize("t", [-2.3, -1.0, 0.0, 0.7])
@pytest.mark.parametrize("s", [0.05, 1.5])
def test_smoothing_is_the_gaussian_mean(profile: Profile, t: float, s: float) -> None:
    phi = PLAIN[name(profile)]
    expected = float(gaussian_mean(phi, t, s))
    # E u φ(t + s u) · 2/s is the derivative (integration by parts), for functions with jumps too
    slope = float(gaussian_mean(phi, t, s, lambda u: 2 * u) / s)
    value = profile.smoothed(XP, np.array([t]), np.array([s]))[0]
    derivative = profile.smoothed_derivative(XP, np.array([t]), np.array([s]))[0]
    # ten roundings of terms up to t⁴ + s⁴ ~ 1e2, and the quadrature's 1e-12; slopes divide by s ≥ 0.05
    assert value == pytest.approx(expected, rel=1e-10, abs=1e-11)
    assert derivative == pytest.approx(slope, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("profile", ALL, ids=name)
def test_values_and_zero_smoothing(profile: Profile) -> None:
    t = np.array([-2.5, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5])
    zero = np.zeros_like(t)
    expected = [float(PLAIN[name(profile)](mpmath.mpf(float(entry)))) for entry in t]
    np.testing.assert_allclose(profile.value(XP, t), expected, rtol=1e-15, atol=0)  # a few operations each
    np.testing.assert_array_equal(profile.smoothed(XP, t, zero), profile.value(XP, t))
    np.testing.assert_array_equal(profile.smoothed_derivative(XP, t, zero), profile.derivative(XP, t))


@pytest.mark.parametrize("profile", ALL, ids=name)
def test_ranges_of_the_derivatives_are_exact(profile: Profile) -> None:
    t = np.linspace(-20, 20, 400_001)
    step = t[1] - t[0]
    slope = profile.derivative(XP, t)
    values = profile.value(XP, t)
    differences = np.diff(values) / step
    for (low, high), sampled in (
        (profile.slopes(XP), np.concatenate([slope, differences])),
        (profile.curvatures(XP), np.diff(differences) / step),
    ):
        # second differences of values up to 1.6e5 with step 1e-4: rounding 2e-16 · 1.6e5 / 1e-8 ~ 4e-3
        for bound, extreme, sign in ((low, sampled.min(), -1), (high, sampled.max(), 1)):
            if np.isinf(bound):
                assert sign * bound > 0
                assert sign * extreme > 30  # grows without bound: with 1/step at kinks, else like 2|t| = 40
            else:
                assert extreme == pytest.approx(float(bound), abs=6e-3)


@pytest.mark.parametrize("profile", ALL, ids=name)
def test_pieces_bounds_or_coefficients_describe_the_profile(profile: Profile) -> None:
    t = np.linspace(-5, 5, 4001)
    values = profile.value(XP, t)
    described = [profile.pieces is not None, profile.bounds is not None, profile.coefficients is not None]
    assert sum(described) == 1
    if profile.pieces is not None:
        for start, end, (p0, p1, p2) in profile.pieces:
            inside = (t > (-np.inf if start is None else start)) & (t < (np.inf if end is None else end))
            np.testing.assert_allclose(values[inside], (p0 + p1 * t + p2 * t * t)[inside], atol=1e-13)
    elif profile.bounds is not None:
        low, high = profile.bounds
        assert values.min() == pytest.approx(low, abs=1e-5)
        assert values.max() == pytest.approx(high, abs=1e-5)  # the grid misses the maximum by (step/2)²
    else:
        np.testing.assert_allclose(values, np.polynomial.polynomial.polyval(t, profile.coefficients))


@pytest.mark.parametrize("profile", ALL, ids=name)
def test_balls_enclose_the_floats(profile: Profile) -> None:
    t, s = np.array([-1.3, 0.2, 2.7]), np.array([0.5, 2.0, 0.1])
    with precision(160):
        exact_t, exact_s = ball_array(t), ball_array(s)
        pairs = [
            (profile.value(BALLS, exact_t), profile.value(XP, t)),
            (profile.derivative(BALLS, exact_t), profile.derivative(XP, t)),
            (profile.smoothed(BALLS, exact_t, exact_s), profile.smoothed(XP, t, s)),
            (profile.smoothed_derivative(BALLS, exact_t, exact_s), profile.smoothed_derivative(XP, t, s)),
        ]
        for enclosures, floats in pairs:
            for enclosure, value in zip(enclosures, floats, strict=True):
                assert isinstance(enclosure, Ball)
                assert enclosure.is_finite
                # floats among the arguments have relative radius 2**-50; the float result some ten roundings
                assert enclosure.midpoint == pytest.approx(value, rel=1e-12, abs=1e-13)


def test_a_step_at_an_uncertain_place_is_smoothed_all_the_same() -> None:
    with precision(64):
        around_zero = ball_array([0.1]) * 3 - ball_array([0.3])  # encloses 0
        smoothed = kinked_profiles.Step().smoothed(BALLS, around_zero, ball_array([1]))[0]
    assert smoothed.lower < 0.5 < smoothed.upper


small = st.integers(-6, 6).map(lambda n: n / 2)


@seed(1)
@settings(max_examples=200, deadline=None)
@given(small, small, small, st.none() | small, st.none() | small)
def test_infimum_of_a_quadratic_on_an_interval(c0, c1, c2, start, end) -> None:
    if start is not None and end is not None and start > end:
        start, end = end, start
    arrays = tuple(np.array([c]) for c in (c0, c1, c2))
    ends = [None if e is None else np.array([e]) for e in (start, end)]
    value, falls = quadratic_infimum(XP, arrays, *ends)
    left, right = -1e6 if start is None else start, 1e6 if end is None else end
    vertex = -c1 / (2 * c2) if c2 else left
    candidates = [left, right, min(max(vertex, left), right)]
    lowest = min(c0 + c1 * y + c2 * y * y for y in candidates)
    if falls[0]:
        assert lowest < -1e5  # far out at an open end
    else:
        assert value[0] == pytest.approx(lowest, abs=1e-9)  # quarters of integers, small: rounding only


@seed(2)
@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=7))
def test_lower_bounds_of_polynomials(coefficients) -> None:
    bound, falls, exact = polynomial_infimum(XP, np.array([coefficients], dtype=float))
    trimmed = np.trim_zeros(coefficients, "b")
    degree = max(len(trimmed) - 1, 0)
    unbounded = degree % 2 == 1 or (degree > 0 and trimmed[-1] < 0)
    assert falls[0] == unbounded
    if not unbounded:
        roots = np.roots([k * c for k, c in enumerate(trimmed)][:0:-1]) if degree else []
        critical = [root.real for root in roots if abs(root.imag) < 1e-7] or [0.0]
        infimum = min(np.polynomial.polynomial.polyval(critical, coefficients))
        assert bound[0] <= infimum + 1e-9
        if exact[0]:
            assert bound[0] == pytest.approx(infimum, abs=1e-9)
