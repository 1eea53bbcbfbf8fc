"""Families against measurements: constants, smoothing in two dimensions, balls, shapes, speed."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest

from theorycheck import Space, constant_of, dimension, function, point, real
from theorycheck.errors import ClaimError
from theorycheck.functions import (
    CONSTANTS,
    DEFAULT_FAMILIES,
    ConvexSeparable,
    Profile,
    Separable,
    check_family,
    separable_family,
)
from theorycheck.functions.best import raw_function, valid_constant
from theorycheck.functions.families import ridge_domains
from theorycheck.functions.kinked_profiles import Huber, Relu
from theorycheck.functions.protocol import Family
from theorycheck.functions.slopes import ConvexSlopes
from theorycheck.streams import generator
from theorycheck.terms.balls import Ball, ball_array, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

XP = numpy_namespace()
BALLS = ball_namespace()
NAMES = [family.name for family in DEFAULT_FAMILIES]
BY_NAME = dict(zip(NAMES, DEFAULT_FAMILIES, strict=True))
ONE_DIMENSIONAL = [family for family in DEFAULT_FAMILIES if family.only_dimension == 1]
SEPARABLE = [f for f in DEFAULT_FAMILIES if isinstance(f.build, type) and issubclass(f.build, Separable)]


def named(family: Family) -> str:
    return family.name


def drawn(family: Family, d: int, count: int, low: float = 0.2, high: float = 0.8):
    """Members with moderate parameters, and points."""
    space = Space(d=dimension(d), f=function(family), x=point())
    stratum = space.strata()[0]
    random = generator(7, family.name, d)
    cube = random.uniform(low, high, size=(count, space.width(stratum)))
    values = space.decode(stratum, cube, XP)
    return raw_function(values["f"]), random.normal(size=(count, d)) * 2, (space, stratum, cube)


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
def test_every_family_is_what_it_says(family: Family) -> None:
    check_family(family, 1)


@pytest.mark.parametrize("name", ["cosines", "absolute-value", "point", "gaussian-mixture"])
def test_families_in_two_dimensions(name: str) -> None:
    check_family(BY_NAME[name], 2)


@pytest.mark.parametrize("name", ["relu", "bumps", "gaussian-mixture"])
def test_smoothing_in_three_dimensions_is_a_semigroup(name: str) -> None:
    """(f_a)_b = f_c with c² = a² + b², the outer smoothing by tensor Gauss–Hermite quadrature."""
    f, x, _ = drawn(BY_NAME[name], 3, 5, 0.35, 0.65)
    nodes, weights = np.polynomial.hermite.hermgauss(24)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    mass = (weights[:, None, None] * weights[None, :, None] * weights[None, None, :]).reshape(
        -1, 1
    ) / np.pi**1.5
    inner, outer = np.full(5, 1.5), 0.5
    once = (f.smoothed(x + outer * grid, inner) * mass).sum(axis=0)
    both = f.smoothed(x, np.sqrt(inner**2 + outer**2))
    # f_1.5 is entire with scale 1.5 against nodes of scale 0.5: 24 nodes leave less than 1e-8
    np.testing.assert_allclose(once, both, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("family", SEPARABLE, ids=named)
@pytest.mark.parametrize("d", [1, 3])
def test_constants_of_separable_functions_are_the_best(family: Family, d: int) -> None:
    """The extreme eigenvalues of the Hessian, by differences of the gradient along every axis of H."""
    f, _, _ = drawn(family, d, 40, 0.3, 0.7)
    grid = np.linspace(-12, 12, 3001)
    y = np.repeat(grid[:, None, None], d, axis=2)
    x = f.reflect(y + np.zeros((1, 40, 1)))
    step = 1e-4
    low, high = np.full(40, np.inf), np.full(40, -np.inf)
    for axis in range(d):
        unit = f.reflect(np.eye(d)[axis] + np.zeros((40, d)))
        slope = (f.gradient(x + step * unit) - f.gradient(x - step * unit)) / (2 * step)
        curvature = (slope * unit).sum(axis=-1)
        low, high = np.minimum(low, curvature.min(axis=0)), np.maximum(high, curvature.max(axis=0))
    sampled = np.maximum(abs(low), abs(high))
    scale = 1 + abs(low) + abs(high)
    finite = np.isfinite(f.smoothness)
    # the grid misses an extremum of cos(ωy), ω ≤ 6, by (ω · 0.004)²/2 of it, under 3e-4; no kinks below
    smooth = finite & f.differentiable
    assert (sampled <= f.smoothness + 1e-6 * scale)[smooth].all()
    moving = abs(f.frequency).min(axis=-1) > 0.5
    wide = smooth & (moving | f.is_trivial) & (abs(f.phase).max(axis=-1) < 5)
    if isinstance(f, ConvexSlopes):  # the grid has to meet every band
        last = f.slopes.cuts[-1] + abs(f.phase)
        wide &= (last / np.where(f.frequency == 0, 1.0, abs(f.frequency))).max(axis=-1) < 11
        assert wide.sum() >= 5
    if family.name in ("quadratic", "cosines", "huber", "convex-huber", "convex-cosines", "bumps"):
        assert wide.sum() >= 5
    assert (sampled >= f.smoothness - 0.01 * scale)[wide].all()
    below = np.isfinite(f.strong_convexity) & wide
    np.testing.assert_allclose(low[below], f.strong_convexity[below], atol=0.01 * scale.max())
    if issubclass(family.build, ConvexSeparable):
        assert (f.strong_convexity >= 0).all()


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
def test_lower_bounds_against_a_grid(family: Family) -> None:
    f, _, _ = drawn(family, 1, 60, 0.3, 0.7)
    # geometric and dense points: infima near the centre, falls far away
    far = np.concatenate([-np.geomspace(1e-3, 1e7, 2000), np.geomspace(1e-3, 1e7, 2000)])
    x = np.concatenate([np.linspace(-30, 30, 20001), far])[:, None, None]
    values = f(x + np.zeros((1, 60, 1)))
    lowest = values.min(axis=0)
    bounded = np.isfinite(f.lower_bound)
    size = abs(values[:20001]).max(axis=0)
    assert (lowest >= f.lower_bound - 1e-9 * (1 + size))[bounded].all()
    assert (lowest < -1e3)[~bounded].all()  # slopes of 0.05 and more reach −5e5
    exact = bounded & f.exact("lower_bound")
    if family.name != "point":  # the grid does not meet the point
        # between grid points of distance 0.003 an infimum differs by slope · 0.0015, where kinks meet
        assert (lowest - f.lower_bound <= 2e-3 * (1 + size))[exact].all()


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
def test_lipschitz_constants_are_the_largest_slope(family: Family) -> None:
    f, _, _ = drawn(family, 1, 60, 0.3, 0.7)
    x = np.linspace(-40, 40, 20_001)[:, None, None]
    sampled = abs(f.gradient(x + np.zeros((1, 60, 1)))[..., 0]).max(axis=0)
    finite = np.isfinite(f.lipschitz)
    assert (sampled <= f.lipschitz * (1 + 1e-12) + 1e-12)[finite].all()
    exact = finite & f.exact("lipschitz")
    # the grid misses a steepest place by (6 · 2e-3)²; profiles of low frequency may have it outside ±40
    reached = (sampled >= 0.999 * f.lipschitz)[exact]
    assert reached.mean() > 0.9 if exact.any() else True


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
@pytest.mark.parametrize("d", [1, 2, 11])
def test_balls_enclose_what_floats_round(family: Family, d: int) -> None:
    if not family.allows(d):
        pytest.skip("no members in this dimension")
    _, x, (space, stratum, cube) = drawn(family, d, 4)
    for row, place in zip(cube, x, strict=True):
        instance = space.instance(stratum, row)
        rounded = raw_function(space.lift(instance, XP)["f"])
        with precision(128):
            exact = raw_function(space.lift(instance, BALLS)["f"])
            place_balls, sigma = ball_array([[Fraction(c) for c in place]]), ball_array([Fraction(3, 8)])
            pairs = [
                (exact(place_balls), rounded(place[None])),
                (exact.gradient(place_balls), rounded.gradient(place[None])),
                (exact.smoothed(place_balls, sigma), rounded.smoothed(place[None], np.array([0.375]))),
                (
                    exact.smoothed_gradient(place_balls, sigma),
                    rounded.smoothed_gradient(place[None], np.array([0.375])),
                ),
                *[
                    (getattr(exact, name), getattr(rounded, name))
                    for name in CONSTANTS
                    if rounded.exact(name)[0]
                    == exact.exact(name)[0]  # of many wells floats may not know the deepest
                ],
            ]
            for enclosures, floats in pairs:
                scale = 1 + np.abs(np.where(np.isfinite(floats), floats, 0)).max()
                for enclosure, value in zip(np.ravel(enclosures), np.ravel(floats), strict=True):
                    assert isinstance(enclosure, Ball)
                    if np.isinf(value):
                        assert not enclosure.is_finite
                    else:
                        # sums of terms that may be a thousand times larger than the result
                        assert abs(enclosure.midpoint - value) < 1e-10 * scale
            for flag in ("continuous", "differentiable", "nonconstant"):
                assert bool(getattr(exact, flag)[0]) == bool(getattr(rounded, flag)[0])


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
def test_a_batch_agrees_with_its_members(family: Family) -> None:
    d = 1 if family.only_dimension else 5
    f, x, _ = drawn(family, d, 7)
    sigma = np.linspace(0, 2, 7)
    for i in range(7):
        one = family.build(XP, d, {name: values[i : i + 1] for name, values in f.parameters.items()})
        # sums of five terms in the same order: equal to rounding
        np.testing.assert_allclose(one(x[i : i + 1]), f(x)[i : i + 1], rtol=1e-12, atol=1e-12)
        alone = one.smoothed(x[i : i + 1], sigma[i : i + 1])
        np.testing.assert_allclose(alone, f.smoothed(x, sigma)[i : i + 1], rtol=1e-12, atol=1e-12)
        many = one(np.repeat(x[i][None, None], 3, axis=0))
        assert many.shape == (3, 1)
        for name in (*CONSTANTS, "continuous", "differentiable", "nonconstant"):
            np.testing.assert_allclose(getattr(one, name)[0], getattr(f, name)[i], rtol=1e-12)


@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=named)
def test_a_scalar_sigma_and_zero(family: Family) -> None:
    d = 1 if family.only_dimension else 3
    f, x, _ = drawn(family, d, 6)
    np.testing.assert_array_equal(f.smoothed(x, 0.5), f.smoothed(x, np.full(6, 0.5)))
    np.testing.assert_allclose(f.smoothed(x, 0), f(x), rtol=1e-13, atol=1e-13)  # another order of summation
    np.testing.assert_allclose(f.smoothed_gradient(x, 0), f.gradient(x), rtol=1e-13, atol=1e-13)


def test_dimension_1000_is_vectorised() -> None:
    started = time.perf_counter()
    for family in DEFAULT_FAMILIES:
        if family.allows(1000):
            f, x, _ = drawn(family, 1000, 100)
            assert np.isfinite(f.smoothed(x, 0.5)).all()
            assert np.isfinite(f.smoothed_gradient(x, 0.5)).all()
            assert all(getattr(f, name).shape == (100,) for name in CONSTANTS)
    # 22 families · 100 members · 1000 coordinates · 4 erf or exp each take about 1 s; a loop takes minutes
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("d", [1, 5, 1000])
def test_convex_and_smooth_functions_are_frequent(d: int) -> None:
    total = 0
    for family in DEFAULT_FAMILIES:
        if family.allows(d):
            f, _, _ = drawn(family, d, 50, 0.0, 1.0)
            both = (f.strong_convexity >= 0) & np.isfinite(f.smoothness) & f.nonconstant
            total += both.mean() > 0.5
    assert total >= 4  # convex quadratics, cosines, Hubers, squared relus


def test_constants_at_the_boundary_of_convexity_are_exact() -> None:
    third = Fraction(1, 3)
    parameters = {
        "excess": [[0]],
        "amplitude": [[-third]],
        "frequency": [[7 * third]],
        "phase": [[third]],
        "linear": [[third]],
        "reflection": [[0]],
        "constant": [0],
    }
    family = BY_NAME["convex-cosines"]
    with precision(64):
        f = family.build(BALLS, 1, {name: ball_array(values) for name, values in parameters.items()})
        assert bool((f.strong_convexity >= 0)[0])  # certainly, though 1/3 is no exact ball
    floats = {name: np.array(values, dtype=float) for name, values in parameters.items()}
    assert family.build(XP, 1, floats).strong_convexity[0] == 0.0


def test_flags_of_degenerate_members() -> None:
    point_family = BY_NAME["point"]
    columns = {"frequency": [[0.0], [1.0], [1.0]], "amplitude": [[1.0], [1.0], [0.0]]}
    rest = {"phase": np.zeros((3, 1)), "reflection": np.zeros((3, 1)), "constant": np.zeros(3)}
    f = point_family.build(XP, 1, {**{n: np.array(v) for n, v in columns.items()}, **rest})
    assert f.nonconstant.tolist() == [False, True, False]
    assert f.continuous.tolist() == [True, False, True]
    assert f.lower_bound.tolist() == [1.0, 0.0, 0.0]
    assert f.smoothness.tolist() == [0.0, np.inf, 0.0]
    assert f.lipschitz.tolist() == [0.0, np.inf, 0.0]
    np.testing.assert_array_equal(f(np.zeros((3, 1))), [1.0, 1.0, 0.0])
    np.testing.assert_array_equal(f.smoothed(np.zeros((3, 1)), 1.0), [1.0, 0.0, 0.0])


@pytest.mark.parametrize("constant", CONSTANTS)
def test_constants_are_drawn_and_certified_by_spaces(constant: str) -> None:
    space = Space(
        d=dimension(2), f=function(BY_NAME["convex-huber"]), c=constant_of("f", constant), s=real(0)
    )
    stratum = space.strata()[0]
    random = np.random.default_rng(3)
    for _ in range(10):
        row = random.uniform(0.2, 0.8, size=space.width(stratum))
        values = space.decode(stratum, row[None], XP)
        if not np.isfinite(values["c"]).all():
            continue
        instance = space.instance(stratum, row)
        with precision(320):  # above the precision at which the space rounds a best constant
            lifted = space.lift(instance, BALLS)
            best, c = valid_constant(lifted["f"], constant)[0], lifted["c"][0]
            assert bool(c >= best) if constant in ("smoothness", "lipschitz") else bool(c <= best)


class WrongSmoothing(Relu):
    def positively_smoothed(self, xp, t, s):
        return super().positively_smoothed(xp, t, 1.1 * s)


class WrongDerivative(Huber):
    def derivative(self, xp, t):
        return 1.05 * super().derivative(xp, t)

    def positively_smoothed_derivative(self, xp, t, s):
        return 1.05 * super().positively_smoothed_derivative(xp, t, s)


class WrongCurvature(Huber):
    def curvatures(self, xp):
        return 0, 0.5


class WrongSlope(Relu):
    def slopes(self, xp):
        return 0, 0.5


class WrongInfimum(Relu):
    pieces = ((None, 0, (0.5, 0, 0)), (0, None, (0.5, 1, 0)))


class WrongContinuity(Profile):
    continuous = True
    differentiable = False
    bounds = (0, 1)

    def value(self, xp, t):
        return xp.where(t > 0, xp.ones_like(t), xp.zeros_like(t))

    def derivative(self, xp, t):
        return xp.zeros_like(t)

    def positively_smoothed(self, xp, t, s):
        return xp.erfc(-t / s) / 2

    def positively_smoothed_derivative(self, xp, t, s):
        return xp.exp(-(t * t) / (s * s)) / (s * np.sqrt(np.pi))

    def slopes(self, xp):
        return -xp.inf, xp.inf

    def curvatures(self, xp):
        return -xp.inf, xp.inf


def members(wrong: type[Profile]) -> type[Separable]:
    return type("Members", (Separable,), {"profile": wrong()})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (WrongSmoothing, "smoothed"),
        (WrongDerivative, "gradient"),
        (WrongCurvature, "smoothness|strong_convexity"),
        (WrongInfimum, "lower_bound"),
        (WrongContinuity, "jump|gradient"),
    ],
)
def test_a_wrong_profile_is_named(wrong: type[Profile], named: str) -> None:
    with pytest.raises(ClaimError, match=f"family mine: .*({named})"):
        check_family(separable_family("mine", members(wrong)))


def test_a_wrong_lipschitz_constant_is_named() -> None:
    from theorycheck.functions import Ridges

    ridges = type("Members", (Ridges,), {"profile": WrongSlope()})
    with pytest.raises(ClaimError, match="family mine: lipschitz"):
        check_family(Family("mine", ridges, ridge_domains))


class Softsign(Profile):
    """φ(t) = erf(t), whose smoothing is erf(t/√(1+s²))."""

    bounds = (-1, 1)

    def value(self, xp, t):
        return xp.erf(t)

    def derivative(self, xp, t):
        return 2 * xp.exp(-(t * t)) / xp.sqrt(xp.asarray(xp.pi))

    def positively_smoothed(self, xp, t, s):
        return xp.erf(t / xp.sqrt(1 + s * s))

    def positively_smoothed_derivative(self, xp, t, s):
        width = 1 + s * s
        return 2 * xp.exp(-(t * t) / width) / xp.sqrt(xp.asarray(xp.pi) * width)

    def slopes(self, xp):
        return 0, 2 / xp.sqrt(xp.asarray(xp.pi))

    def curvatures(self, xp):
        extreme = 2 * xp.sqrt(2 * xp.exp(-xp.ones(())) / xp.asarray(xp.pi))  # at t² = 1/2
        return -extreme, extreme


class Softsigns(Separable):
    profile = Softsign()


def test_a_family_of_ones_own_profile() -> None:
    family = separable_family("softsign", Softsigns)
    check_family(family, 1)
    check_family(family, 2)


def test_what_is_no_family_is_refused() -> None:
    with pytest.raises(ClaimError, match="no subclass of Separable"):
        separable_family("mine", Profile)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(ClaimError, match="instance of a subclass of Profile"):
        separable_family("mine", type("Members", (Separable,), {"profile": Relu}))
    with pytest.raises(ClaimError, match="dimensions 1 and 2"):
        check_family(DEFAULT_FAMILIES[0], 3)


def test_names_are_unique_and_spaces_can_draw_all() -> None:
    assert len(set(NAMES)) == len(NAMES)
    space = Space(d=dimension(1, 2), f=function())
    assert len(space.strata()) == 2 * len(NAMES) - len(ONE_DIMENSIONAL)
