"""Finite sums: their constants are valid, tilting makes a point stationary, the domain draws and shrinks them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from theorycheck import (
    Claim,
    ClaimError,
    Space,
    SpaceError,
    constant_of,
    convex,
    dimension,
    each,
    finite_sum,
    l_smooth,
    minimiser_of,
    minimises,
    point,
)
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.functions.best import valid_constant
from theorycheck.hunting.transform import repair, with_dimension, with_family
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

BY_NAME = {family.name: family for family in DEFAULT_FAMILIES}
CONVEX = [BY_NAME["quadratic"], BY_NAME["convex-cosines"]]
SPACE = Space(
    d=dimension(1, 2, 3),
    f=finite_sum((1, 2, 3), *CONVEX, tilted=True),
    x_star=minimiser_of("f"),
    x=point(),
    L=constant_of("f", "each_smoothness"),
)
CLAIM = Claim(id="test/sum", statement="", space=SPACE, sides=lambda xp, f, x, x_star: (f(x_star), f(x)))


def batch(space, stratum, count=200, seed=0):
    cube = np.random.default_rng(seed).uniform(size=(count, space.width(stratum)))
    return space.decode(stratum, cube, numpy_namespace())


@pytest.mark.parametrize("stratum", SPACE.strata(), ids=str)
def test_mean_and_tilt_against_the_samples(stratum):
    values = batch(SPACE, stratum)
    f, x, x_star = values["f"], values["x"], values["x_star"]
    count = len(f.samples)
    assert stratum.families[0][1].name.startswith(f"{count}-")
    for evaluate in (
        lambda g: g(x),
        lambda g: g.gradient(x),
        lambda g: g.smoothed(x, 0.7),
        lambda g: g.smoothed_gradient(x, 0.7),
    ):
        total = np.sum([evaluate(sample) for sample in f.samples], axis=0)
        scale = np.sum([abs(evaluate(sample)) for sample in f.samples], axis=0)
        # a mean of at most three numbers: a few roundings of the largest
        assert np.all(abs(evaluate(f) * count - total) <= 1e-14 * scale)
    own = np.linalg.norm(sum(sample.original.gradient(x_star) for sample in f.samples) / count, axis=-1)
    parts = sum(np.linalg.norm(sample.original.gradient(x_star), axis=-1) for sample in f.samples)
    assert np.all(np.linalg.norm(f.gradient(x_star), axis=-1) <= 1e-13 * (own + parts))


def test_the_tilted_point_minimises_convex_sums():
    for stratum in SPACE.strata():
        values = batch(SPACE, stratum)
        f = values["f"]
        admissible = minimises("f", "x_star").holds(numpy_namespace(), values)
        gap = f(values["x"]) - f(values["x_star"])
        noise = 1e-12 * sum(
            abs(s.original(values["x"])) + abs(s.original(values["x_star"])) + abs(s(values["x"]))
            for s in f.samples
        )  # rounding of the values and of the tilt
        assert np.all(gap[admissible] >= -noise[admissible])
        assert np.all(f.lower_bound[admissible] == f(values["x_star"])[admissible])


def test_constants_of_means_are_valid():
    families = [BY_NAME[name] for name in ("quadratic", "cosines", "clip")]
    space = Space(d=dimension(1, 2), f=finite_sum((1, 2, 3), *families), x=point(), y=point())
    for stratum in space.strata():
        values = batch(space, stratum)
        f, x, y = values["f"], values["x"], values["y"]
        gap = abs(f(y) - f(x) - np.sum(f.gradient(x) * (y - x), axis=-1))
        smoothness = valid_constant(f, "smoothness")
        finite = np.isfinite(smoothness)
        bound = np.where(finite, smoothness, 0) / 2 * np.sum((y - x) ** 2, axis=-1)
        size = sum(abs(s(x)) + abs(s(y)) for s in f.samples) + np.sum(abs(f.gradient(x) * (y - x)), axis=-1)
        # rounding, amplified by cancellation
        assert np.all((gap <= bound * (1 + 1e-9) + 1e-9 * size) | ~finite)
        assert np.all(f.each_smoothness >= smoothness * (1 - 1e-15))
        squares = sum(np.sum(s.gradient(x) ** 2, axis=-1) for s in f.samples) / len(f.samples)
        finite = np.isfinite(f.second_moment)
        assert np.all(squares[finite] <= f.second_moment[finite] * (1 + 1e-9))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SPACE.strategy(max_dimension=2))
def test_exact_instances_lift_to_balls(instance):
    if not SPACE.admits(instance):
        return
    values = SPACE.lift(instance, ball_namespace())
    f = values["f"]
    gradient = f.gradient(values["x_star"])
    assert all(entry.arb.contains(0) for entry in gradient[0])
    assert len(f.samples) == int(instance["f"].family.split("-")[0])


def test_variants_of_an_instance_stay_in_the_space():
    stratum = next(s for s in SPACE.strata() if s.dimension == 3 and s.families[0][1].name.startswith("2-"))
    rows = np.random.default_rng(4).uniform(size=(5, SPACE.width(stratum)))
    for row in rows:
        instance = SPACE.instance(stratum, row)
        assert SPACE.admits(instance)
        lower = [repair(CLAIM, variant) for variant in with_dimension(CLAIM, instance)]
        fewer = [repair(CLAIM, variant) for variant in with_family(CLAIM, instance)]
        assert any(v is not None and SPACE.admits(v) and v["d"] == 1 for v in lower)
        assert any(v is not None and SPACE.admits(v) and v["f"].family.startswith("1-") for v in fewer)


def test_sample_mean_is_the_mean_in_all_namespaces():
    stratum = SPACE.strata()[2]
    row = np.random.default_rng(5).uniform(size=SPACE.width(stratum))
    instance = SPACE.instance(stratum, row)
    floats, balls = SPACE.lift(instance, numpy_namespace()), SPACE.lift(instance, ball_namespace())
    mean = numpy_namespace().sample_mean(floats["f"], lambda sample: sample(floats["x"]))
    assert mean == pytest.approx(floats["f"](floats["x"]), rel=1e-14)  # the same sum of three, in one order
    enclosed = ball_namespace().sample_mean(balls["f"], lambda sample: sample(balls["x"]))
    assert enclosed[0].arb.overlaps(balls["f"](balls["x"])[0].arb)


def test_each_asks_every_sample():
    stratum = next(s for s in SPACE.strata() if s.families[0][1].name.startswith("3-"))
    values = batch(SPACE, stratum)
    xp = numpy_namespace()
    expected = np.all([s.smoothness <= values["L"] for s in values["f"].samples], axis=0)
    assert np.array_equal(each(l_smooth("f", "L")).holds(xp, values), expected)
    assert "every $k$" in each(convex("f")).latex


EVEN = Space(
    d=dimension(1, 2, 3),
    f=finite_sum((2, 4), *CONVEX, BY_NAME["convex-huber"], even=True),
    x_star=minimiser_of("f"),
    x=point(),
)


@pytest.mark.parametrize("stratum", EVEN.strata(), ids=str)
def test_an_even_sum_is_even_about_its_minimiser(stratum):
    values = batch(EVEN, stratum)
    f, x, centre = values["f"], values["x"], values["x_star"]
    reach = abs(x) + abs(centre)
    size = sum(abs(s(x)) + abs(s(2 * centre - x)) for s in f.samples)
    slope = sum(abs(s.gradient(x)) + abs(s.gradient(2 * centre - x)) for s in f.samples)
    # 2c − x rounds, which moves each gradient by the smoothness constant times the rounding
    slope += np.sum(f.each_smoothness[:, None] * reach, axis=-1)[:, None]
    noise = 1e-13 * (size + np.sum(slope * reach, axis=-1))
    assert np.all(abs(f(2 * centre - x) - f(x)) <= noise)
    assert np.all(abs(f.gradient(2 * centre - x) + f.gradient(x)) <= 1e-13 * slope)
    sigma = np.full(len(x), 0.7)
    steepest = sum(abs(s.smoothed_gradient(centre, sigma)) for s in f.samples)
    at_centre = np.sum(f.each_smoothness[:, None] * abs(centre), axis=-1)[:, None]
    assert np.all(abs(f.smoothed_gradient(centre, sigma)) <= 1e-13 * (steepest + at_centre))


def test_exact_instances_of_even_sums_are_admitted_and_even_in_balls():
    for stratum in EVEN.strata()[:4]:
        row = np.random.default_rng(6).uniform(size=EVEN.width(stratum))
        instance = EVEN.instance(stratum, row)
        assert EVEN.admits(instance)
        f = EVEN.lift(instance, ball_namespace())["f"]
        centre = EVEN.lift(instance, ball_namespace())["x_star"]
        assert all(entry.arb.contains(0) for entry in f.gradient(centre)[0])
        assert len(f.samples) == int(instance["f"].family.split("-")[0])


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: finite_sum(0), "no number of samples"),
        (lambda: finite_sum(()), "no number of samples"),
        (lambda: finite_sum((1, Fraction(1, 2))), "no number of samples"),
        (lambda: finite_sum((2, 3), even=True), "give even numbers"),
        (lambda: finite_sum(2, even=True, tilted=True), "leave one of"),
        (lambda: Space(x=minimiser_of("f"), f=finite_sum(1, tilted=True)), "declare it before"),
        (lambda: Space(f=finite_sum(1), x=minimiser_of("f")), "tilted=True"),
        (lambda: Space(d=dimension(1), x=point(), y=minimiser_of("x")), "not a finite sum"),
    ],
)
def test_bad_declarations(declare, message):
    with pytest.raises(SpaceError, match=message):
        declare()


def test_hypotheses_need_a_finite_sum():
    from theorycheck import function

    values = batch(
        Space(d=dimension(1), f=function(*CONVEX)), Space(d=dimension(1), f=function(*CONVEX)).strata()[0]
    )
    with pytest.raises(ClaimError, match="no samples"):
        each(convex("f")).holds(numpy_namespace(), values)
    with pytest.raises(ClaimError, match="no known minimiser"):
        minimises("f", "x_star").holds(numpy_namespace(), {**values, "x_star": np.zeros((200, 1))})
