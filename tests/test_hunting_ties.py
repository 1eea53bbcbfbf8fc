"""Points on kinks and beside them: floats and exact numbers agree, and the distance is what was asked for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from theorycheck import finite_sum, function
from theorycheck.errors import SpaceError
from theorycheck.functions.best import raw_function
from theorycheck.functions.families import DEFAULT_FAMILIES
from theorycheck.functions.kinks import has_kinks, towards_kink
from theorycheck.functions.protocol import Family
from theorycheck.hunting import ties
from theorycheck.spaces import Space, dimension, point
from theorycheck.terms.exact import ExactArrays
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
BY_NAME = {family.name: family for family in DEFAULT_FAMILIES}
KINKED = [family for family in DEFAULT_FAMILIES if has_kinks(family)]


def named(family: Family) -> str:
    return family.name


def test_which_families_have_kinks() -> None:
    smooth = {"quadratic", "cosines", "bumps", "cubic", "quartic", "ridge-cosines", "convex-quadratic"}
    smooth |= {"convex-cosines", "gaussian-mixture", "polynomial"}
    assert {family.name for family in DEFAULT_FAMILIES} - {family.name for family in KINKED} == smooth


@pytest.mark.parametrize("family", KINKED, ids=named)
@pytest.mark.parametrize("d", [1, 2])
def test_exact_instances_are_what_floats_evaluate(family: Family, d: int) -> None:
    if not family.allows(d):
        pytest.skip("no members in this dimension")
    space = Space(d=dimension(d), f=function(family), x=point(), z=point())
    (stratum,) = space.strata()
    cube = np.random.default_rng(5).uniform(0.2, 0.8, (40, ties.width(space, stratum)))
    values = ties.decode(space, stratum, cube, XP)
    plain = space.decode(stratum, cube, XP)
    moved = 0
    for row, x, z, before in zip(cube, values["x"], values["z"], plain["x"], strict=True):
        try:
            instance = ties.instance(space, stratum, row)
        except SpaceError:  # a reflection of an irrational length
            continue
        assert space.admits(instance)
        # a few roundings of numbers that may be a thousand times larger than the coordinate
        np.testing.assert_allclose([float(c) for c in instance["x"]], x, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose([float(c) for c in instance["z"]], z, rtol=1e-9, atol=1e-9)
        moved += bool((x != before).any())
    assert moved > 5


def kinks_between(f: Any, x: Any, y: Any) -> Any:
    """Whether f is no quadratic on the segment: its third difference does not vanish."""
    values = [f(x + (y - x) * k / 3) for k in range(4)]
    return abs(values[3] - 3 * values[2] + 3 * values[1] - values[0])


@pytest.mark.parametrize("name", ["relu", "huber", "absolute-value", "convex-slopes", "piecewise-polynomial"])
def test_a_kink_lies_between_a_point_and_its_reflection(name: str) -> None:
    family = BY_NAME[name]
    space = Space(d=dimension(1), f=function(family), x=point())
    (stratum,) = space.strata()
    cube = np.random.default_rng(2).uniform(0.3, 0.7, (30, space.width(stratum)))
    values = space.decode(stratum, cube, XP)
    f, x = raw_function(values["f"]), values["x"]
    chosen = np.linspace(0, 0.999, 30)
    near, beyond = (towards_kink(XP, f, x, chosen, np.full(30, factor)) for factor in (0.5, -0.25))
    on = towards_kink(XP, f, x, chosen, np.zeros(30))
    np.testing.assert_allclose(on, (near + 2 * beyond) / 3, rtol=1e-9, atol=1e-9)
    assert (kinks_between(f, near, beyond) > 0).mean() > 0.9


def test_means_of_samples_are_moved_onto_the_kinks_of_one() -> None:
    space = Space(d=dimension(1), f=finite_sum(2, BY_NAME["absolute-value"]), x=point())
    (stratum,) = space.strata()
    values = ties.decode(space, stratum, np.full((3, ties.width(space, stratum)), 0.4), XP)
    f = raw_function(values["f"])
    on = towards_kink(XP, f, values["x"], np.array([0.1, 0.6, 0.9]), np.zeros(3))
    for sample, rows in ((f.samples[0], [0]), (f.samples[1], [1, 2])):
        t = sample.frequency * sample.reflect(on) + sample.phase
        assert abs(t[rows]).max() < 1e-12  # one rounding of numbers near 1


def test_a_tie_is_exact() -> None:
    xp = ExactArrays()
    family = BY_NAME["absolute-value"]
    third = xp.asarray([[Fraction(1, 3)]])
    columns = {name: third for name in family.domains(1) if name != "constant"}
    f = family.build(xp, 1, {**columns, "constant": xp.asarray([0])})
    on = towards_kink(xp, f, xp.asarray([[5]]), np.array([0.2]), xp.asarray([0]))
    assert (f.frequency * f.reflect(on) + f.phase)[0, 0] == 0
