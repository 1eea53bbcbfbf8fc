"""Every constant of every shipped family against brute force: valid everywhere, reached where it is called best."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theorycheck import Space, constant_of, dimension, finite_sum, function, minimiser_of
from theorycheck.checks.callables import exactly
from theorycheck.errors import NotBestError
from theorycheck.functions import DEFAULT_FAMILIES, Family
from theorycheck.functions.best import BEST, is_best, raw_function, valid_constant
from theorycheck.spaces import FunctionInstance, Instance
from theorycheck.terms.balls import ball_array, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

XP = numpy_namespace()
MEMBERS, POINTS = 60, 200
PLACES = [(family, d) for family in DEFAULT_FAMILIES for d in (1, 2, 3) if family.allows(d)]


def name_of(item: object) -> str:
    return item.name if isinstance(item, Family) else str(item)


def moderate(family: Family, d: int, low: float = 0.2, high: float = 0.95, count: int = MEMBERS):
    """Members whose exact parameters are rounded to floats that both sides share."""
    space = Space(d=dimension(d), f=function(family))
    stratum = space.strata()[0]
    random = np.random.default_rng([d, *map(ord, family.name)])
    cube = random.uniform(low, high, size=(count, space.width(stratum)))  # atoms 0, ±1 … among them
    return raw_function(space.decode(stratum, cube, XP)["f"]), random


def pairs(random: np.random.Generator, d: int, count: int = MEMBERS):
    shape = (POINTS, count, d)
    x = random.normal(size=shape) * 4.0 ** random.integers(-3, 4, size=(POINTS, count, 1))
    y = x + random.normal(size=shape) * 4.0 ** random.integers(-4, 4, size=(POINTS, count, 1))
    return x, y


def gaps(f, x, y):
    """What must not be negative if the constants are valid, by name; on floats or balls."""
    at_x, at_y, middle = f(x), f(y), f((x + y) / 2)
    change = y - x
    moved = (change * change).sum(axis=-1)
    rest = at_y - at_x - (f.gradient(x) * change).sum(axis=-1)
    return {
        "lower_bound": at_x - f.lower_bound,
        "lipschitz": f.lipschitz * f.lipschitz * moved - (at_y - at_x) * (at_y - at_x),
        "smoothness": f.smoothness * moved / 2 - abs(rest),
        "strong_convexity": (at_x + at_y) / 2 - middle - f.strong_convexity / 8 * moved,
        "nonconstant": -abs(at_y - at_x) + 0 * moved,
    }


@pytest.mark.parametrize(("family", "d"), PLACES, ids=name_of)
def test_no_pair_of_points_violates_a_constant(family: Family, d: int) -> None:
    """Floats choose the pairs where a constant seems to fail most; balls at 300 bits judge them."""
    f, random = moderate(family, d)
    x, y = pairs(random, d)
    with np.errstate(all="ignore"):
        suspicious = gaps(f, x, y)
        size = 1 + abs(f(x)) + abs(f(y))
    for name, gap in suspicious.items():
        claimed = ~f.nonconstant if name == "nonconstant" else np.isfinite(getattr(f, name))
        rank = np.where(claimed & np.isfinite(gap), gap / size, np.inf)
        for place in np.argsort(rank, axis=None)[:4]:
            i, k = np.unravel_index(place, rank.shape)
            if not rank[i, k] < 0:
                continue
            with precision(300):
                parameters = {key: ball_array(exactly(v[k : k + 1])) for key, v in f.parameters.items()}
                exact = family.build(ball_namespace(), d, parameters)
                points = (ball_array(exactly(z[i, k : k + 1])) for z in (x, y))
                assert not gaps(exact, *points)[name][0] < -(2.0**-200), (name, parameters)


def dense(f, name: str):
    """The best value of the constant that a dense search in dimension 1 finds."""
    # from 1e-3 to 1e5 on both sides: kinks, wells and what happens far away
    far = np.geomspace(1e-3, 1e5, 4000)
    x = np.concatenate([-far[::-1], np.linspace(-100, 100, 30001), far])
    x = np.unique(x)[:, None, None] + np.zeros((1, MEMBERS, 1))
    values, step = f(x), np.diff(x[..., 0], axis=0)
    if name == "lower_bound":
        return values.min(axis=0)
    slopes = np.diff(values, axis=0) / step
    if name == "lipschitz":
        return abs(slopes).max(axis=0)
    bends = np.diff(f.gradient(x)[..., 0], axis=0) / step
    inner = abs(x[:-1, :, 0]) < 100  # beyond, differences of large gradients are noise
    if name == "smoothness":
        return np.where(inner, abs(bends), 0).max(axis=0)
    return np.where(inner, bends, np.inf).min(axis=0)


@pytest.mark.parametrize("name", ["lower_bound", "lipschitz", "smoothness", "strong_convexity"])
@pytest.mark.parametrize("family", DEFAULT_FAMILIES, ids=name_of)
def test_what_is_called_best_is_reached(family: Family, name: str) -> None:
    if (family.name, name) == ("point", "lower_bound"):
        pytest.skip("attained on one hyperplane, which no grid meets")
    f, _ = moderate(family, 1, 0.3, 0.7)
    constant = getattr(f, name)
    best = f.exact(name) & np.isfinite(constant)
    scale = 1 + abs(constant)
    with np.errstate(all="ignore"):
        missed = abs(dense(f, name) - constant) / scale
    # the grid is 7e-3 wide and parameters are moderate; a member whose wells lie beyond it may be missed
    assert not best.any() or np.mean(missed[best] < 5e-2) > 0.9
    infinite = f.exact(name) & ~np.isfinite(constant)
    if name == "lower_bound" and infinite.any():
        far = np.concatenate([-(10.0 ** np.arange(2, 9)), 10.0 ** np.arange(2, 9)])
        values = f(far[:, None, None] + np.zeros((1, MEMBERS, 1)))
        assert np.mean(values.min(axis=0)[infinite] < -1) > 0.9  # a slope of 1e-6 is still on its way


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_guarded_constant_is_the_best_or_none(d: int) -> None:
    for family in DEFAULT_FAMILIES:
        if not family.allows(d):
            continue
        space = Space(d=dimension(d), f=function(family))
        stratum = space.strata()[0]
        cube = np.random.default_rng(d).uniform(0.2, 0.8, size=(40, space.width(stratum)))
        f = space.decode(stratum, cube, XP)["f"]
        for name in ("smoothness", "strong_convexity", "lipschitz", "lower_bound"):
            best = is_best(f, name)
            assert np.array_equal(np.isnan(getattr(f, name)), ~best)
            assert not np.isnan(valid_constant(f, name)).any()
        instance = space.instance(stratum, cube[0])
        with precision(128):
            lifted = space.lift(instance, ball_namespace())["f"]
            for name in ("smoothness", "strong_convexity", "lipschitz", "lower_bound"):
                if np.all(is_best(lifted, name)):
                    getattr(lifted, name)
                else:
                    with pytest.raises(NotBestError, match=f"{name} of {family.name} is a bound here"):
                        getattr(lifted, name)


def test_constants_of_sums_say_what_they_are() -> None:
    quadratic, cosines = (next(g for g in DEFAULT_FAMILIES if g.name == n) for n in ("quadratic", "cosines"))
    space = Space(d=dimension(2), f=finite_sum((1, 3), quadratic, cosines, tilted=True), c=minimiser_of("f"))
    for stratum in space.strata():
        cube = np.random.default_rng(1).uniform(0.2, 0.8, size=(60, space.width(stratum)))
        values = space.decode(stratum, cube, XP)
        f, alone = values["f"], stratum.families[0][1].name.startswith("1-")
        for name in BEST:
            assert np.all(is_best(f, name)) or not alone or name not in ("smoothness", "each_smoothness")
        assert np.isnan(f.smoothness).all() != alone
        assert not np.isnan(f.each_smoothness).any()
        assert np.isnan(f.samples[0].lower_bound).any()  # a tilt takes the infimum away
        convex = valid_constant(f, "strong_convexity") >= 0
        assert np.array_equal(f.lower_bound[convex], f(values["c"])[convex])


def test_the_infimum_against_independent_minimisation() -> None:
    from scipy.optimize import minimize_scalar

    bump = next(g for g in DEFAULT_FAMILIES if g.name == "bumps")
    one, zero = (Fraction(1),), (Fraction(0),)
    parameters = {
        "quadratic": zero,
        "linear": zero,
        "amplitude": (Fraction(-3),),
        "frequency": (Fraction(2),),
        "phase": one,
        "reflection": zero,
        "constant": Fraction(1),
    }
    space = Space(f=function(bump))
    f = space.lift(Instance({"f": FunctionInstance("bumps", 1, parameters)}), XP)["f"]
    found = minimize_scalar(lambda t: float(f(np.array([[t]]))[0]), bracket=(-1, 0))
    assert found.fun == pytest.approx(float(f.lower_bound[0]), abs=1e-9)


AFFINE = {
    "quadratic": (Fraction(0),),
    "linear": (Fraction(3),),
    "reflection": (Fraction(0),),
    "constant": Fraction(0),
}
PARABOLA = {**AFFINE, "quadratic": (Fraction(2),)}
QUADRATIC = next(g for g in DEFAULT_FAMILIES if g.name == "quadratic")


@pytest.mark.parametrize(
    ("constant", "parameters", "admitted", "refused"),
    [
        ("smoothness", AFFINE, ("1/1000", 1, 7), (0, -1)),
        ("smoothness", PARABOLA, (2, 7), (0, 1, "19/10")),
        ("strong_convexity", AFFINE, (), (0, 1, -1)),
        ("strong_convexity", PARABOLA, (2, "1/1000"), (0, -1, "21/10")),
    ],
)
def test_positive_constants_are_admissible_ones_above_zero(constant, parameters, admitted, refused) -> None:
    """An affine function is L-smooth with every L > 0 and has no positive modulus; f'' = 2 of x²."""
    space = Space(f=function(QUADRATIC), L=constant_of("f", constant, positive=True))
    f = FunctionInstance("quadratic", 1, parameters)
    for value, expected in [*((v, True) for v in admitted), *((v, False) for v in refused)]:
        assert space.admits(Instance({"f": f, "L": Fraction(value)})) is expected
    assert not space.admits(Instance({"f": f, "L": 1.0}))


@pytest.mark.parametrize("constant", ["smoothness", "strong_convexity"])
def test_what_is_drawn_of_positive_constants_is_positive_and_admitted(constant) -> None:
    space = Space(d=dimension(1, 2), f=function(QUADRATIC), L=constant_of("f", constant, positive=True))
    for stratum in space.strata():
        cube = np.random.default_rng(5).uniform(size=(400, space.width(stratum)))
        drawn = space.decode(stratum, cube, XP)["L"]
        assert np.all(drawn[np.isfinite(drawn)] > 0)
        assert np.isfinite(drawn).all() == (constant == "smoothness")
        exact = 0
        for row, value in zip(cube[:60], drawn, strict=False):
            if np.isfinite(value):
                instance = space.instance(stratum, row)
                assert space.admits(instance)
                assert instance["L"] > 0
                exact += 1
        assert exact
