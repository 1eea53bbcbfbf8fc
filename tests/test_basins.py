"""Basins of attraction: certified intervals against float runs, closed forms and brute-force enumeration."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.basins import adversarial_run, check_basin, enumerate_basin
from theorycheck.terms.namespaces import numpy_namespace

HALF = Fraction(1, 2)


def quartic(xp, x, sigma):
    """f = x⁴, f_σ' = 4x³ + 6σ²x."""
    return 4 * x**3 + 6 * sigma**2 * x


def quartic_bend(xp, x, sigma):
    return 12 * x**2 + 6 * sigma**2 + 0 * x


def wave(xp, x, sigma):
    """f = x² / 2 + 2 cos(3x): two minimisers near ±1."""
    return x - 6 * xp.exp(-9 * sigma**2 / 4 + 0 * x) * xp.sin(3 * x)


def wave_bend(xp, x, sigma):
    return 1 - 18 * xp.exp(-9 * sigma**2 / 4 + 0 * x) * xp.cos(3 * x)


def cubic_step(ratio):
    """The samples of the counterexample to Proposition B.1 with η = 1: x − f' = ratio · x(x² + 3σ²/2 − 9/8)."""

    def gradient(xp, x, sigma):
        return x - xp.number(ratio) * x * (
            x**2 + sigma**2 * xp.number(Fraction(3, 2)) - xp.number(Fraction(9, 8))
        )

    def second(xp, x, sigma):
        slope = 3 * x**2 + sigma**2 * xp.number(Fraction(3, 2)) - xp.number(Fraction(9, 8))
        return 1 - xp.number(ratio) * slope

    return gradient, second


FIRST, SECOND = cubic_step(Fraction(1)), cubic_step(Fraction(-5, 4))
BOTH = ((FIRST[0], SECOND[0]), (FIRST[1], SECOND[1]))


class Scalar:
    """A function of one variable for `enumerate_basin`, from its smoothed derivative."""

    def __init__(self, gradient):
        self.formula = gradient

    def smoothed_gradient(self, x, sigma):
        return self.formula(numpy_namespace(), x, sigma)


# ---- certified intervals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reach", "inside"), [(0.75, True), (1.2, True), (1.3, False)])
def test_quartic_with_smoothing(reach, inside):
    """η = 1/4, σ = 1/2: |1 − η(4x² + 3/2)| < 1, so that |x| shrinks, exactly for x² < 13/8, between 1.2² and 1.3²."""
    found = check_basin([quartic], [quartic_bend], (-reach, reach), 0, [], HALF, Fraction(1, 4), pieces=64)
    assert (found.outcome == "inside") == inside


@settings(max_examples=12, deadline=None)
@given(
    low=st.floats(-3, 3), width=st.floats(0, 1), eta=st.sampled_from([Fraction(1, 20), Fraction(1, 10)]),
    first=st.sampled_from([[], [1], [2, 1]]),
)  # fmt: skip
def test_certified_starts_converge_in_floats(low, width, eta, first):
    """Whatever is called inside converges, and outside does not, in an ordinary float run of 3000 steps."""
    place = (Fraction(9, 10), Fraction(105, 100))
    high = low + width
    found = check_basin([wave], [wave_bend], (low, high), place, first, 0, eta, pieces=48, steps=60)
    xp = numpy_namespace()
    x = np.linspace(low, high, 21)
    for scale in [*first, *[0] * 3000]:
        x = x - float(eta) * wave(xp, x, scale)
    at_minimiser = (x > 0.9) & (x < 1.05)
    if found.outcome == "inside":
        assert at_minimiser.all()
    if found.outcome == "outside":
        assert not at_minimiser.any()


@pytest.mark.parametrize(
    ("starts", "schedule", "outcome"),
    [((0.5, 1.5), [], "inside"), ((-1.5, -0.5), [], "outside"), ((-0.5, 0.5), [], "undecided")],
)
def test_wells(starts, schedule, outcome):
    """The wells of x²/2 + 2cos(3x); starts around its local maximum 0 belong to both."""
    place = (Fraction(9, 10), Fraction(105, 100))
    found = check_basin([wave], [wave_bend], starts, place, schedule, 0, Fraction(1, 20), steps=150)
    assert found.outcome == outcome


def test_counterexample_to_proposition_b_1():
    """[−6/5, 6/5] lies in B(1/2) for every realisation; 1 lies in B(0) by the scale that takes it to 0 in one step."""
    inside = check_basin(*BOTH, (-1.2, 1.2), 0, [], HALF, 1, pieces=128)
    assert inside.outcome == "inside"
    squared = Fraction(2, 3) * (Fraction(9, 8) - 1)
    assert Fraction(1) ** 2 + Fraction(3, 2) * squared - Fraction(9, 8) == 0
    no_trap = check_basin(*BOTH, (-1.0, 1.0), 0, [], 0, 1)
    assert no_trap.outcome == "undecided"
    assert no_trap.trap == 0.0  # 0 repels both samples


def test_samples_without_common_critical_point_are_never_inside():
    """K = 2, f_k = (x ∓ 1)²/2: constant realisations converge to 1 and −1, so no basin contains a start."""
    gradients = [lambda xp, x, sigma: x - 1, lambda xp, x, sigma: x + 1]
    bends = [lambda xp, x, sigma: 1 + 0 * x] * 2
    assert check_basin(gradients, bends, (-0.1, 0.1), 0, [], 0, HALF).outcome == "undecided"


# ---- enumeration -------------------------------------------------------------------------------------------------------


def test_enumeration_is_brute_force():
    """Against a loop over starts, realisations and schedules; the same additions in another order: 1e-12 relative."""
    starts = np.array([[0.3], [1.0], [-1.1]])
    samples = (Scalar(FIRST[0]), Scalar(SECOND[0]))
    schedules = [(0.5, 0.5, 0.0), (0.2, 0.0, 0.0)]
    table = enumerate_basin(numpy_namespace(), samples, starts, np.zeros(1), schedules, 1)
    assert table.distances.shape == (2, 8, 3)
    for number, schedule in enumerate(schedules):
        for start in range(3):
            expected = []
            for path in itertools.product(range(2), repeat=3):
                x = starts[start, 0]
                for k, sigma in zip(path, schedule, strict=True):
                    x = x - samples[k].smoothed_gradient(x, sigma)
                expected.append(abs(x))
            np.testing.assert_allclose(
                np.sort(table.distances[number, :, start]), np.sort(expected), rtol=1e-12
            )


def test_order_of_union_and_intersection():
    """From 6/5, σ = 1/2 and then the scale for k_1 = 1 or for k_1 = 2: each realisation has its schedule, none serves both."""
    first = 1.2 * (1.44 + 0.375 - 1.125)
    scales = [np.sqrt(2 / 3 * (1.125 - position**2)) for position in (first, 1.25 * first)]
    samples = (Scalar(FIRST[0]), Scalar(SECOND[0]))
    table = enumerate_basin(
        numpy_namespace(), samples, np.array([[1.2]]), np.zeros(1), [(0.5, scale) for scale in scales], 1
    )
    assert table.inside_for_each_realisation(1e-12).all()  # rounding of one step
    assert not table.inside(0.1).any()


@given(
    st.lists(st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=3, max_size=3), min_size=1)
)
def test_union_of_intersections_is_smaller(reached):
    from theorycheck.lab.basins import BasinTable

    table = BasinTable(np.where(np.array(reached), 0.0, 1.0))
    assert not (table.inside(0.5) & ~table.inside_for_each_realisation(0.5)).any()


# ---- the adversary -------------------------------------------------------------------------------------------------------


def test_adversary_among_all_realisations():
    """Its realisation is one of the enumerated ones, and for one step it is the worst."""
    xp, starts = numpy_namespace(), np.array([[0.3], [1.0], [-1.1]])
    samples = (Scalar(FIRST[0]), Scalar(SECOND[0]))
    for schedule in [(0.5,), (0.5, 0.2, 0.1)]:
        table = enumerate_basin(xp, samples, starts, np.zeros(1), [schedule], 1).distances[0]
        found = adversarial_run(xp, samples, starts, np.zeros(1), schedule, 1)
        assert (
            np.isclose(table, found.distances, rtol=1e-12).any(axis=0).all()
        )  # the same steps, batched otherwise
        if len(schedule) == 1:
            np.testing.assert_allclose(found.distances, table.max(axis=0), rtol=1e-12)
        positions = starts[:, 0]
        for sigma, indices in zip(schedule, found.indices, strict=True):
            moves = np.stack([positions - f.smoothed_gradient(positions, sigma) for f in samples])
            positions = moves[indices, np.arange(3)]
        np.testing.assert_allclose(found.distances, abs(positions), rtol=1e-12)


def test_adversary_in_the_plane():
    """f_1 = x_1²/2, f_2 = x_2²/2 share the minimiser 0; the adversary leaves one coordinate where it is."""

    class Coordinate:
        def __init__(self, number):
            self.number = number

        def smoothed_gradient(self, x, sigma):
            return x * (np.arange(2) == self.number)

    found = adversarial_run(
        numpy_namespace(), (Coordinate(0), Coordinate(1)), np.array([[1.0, 3.0]]), np.zeros(2), [0] * 50, 0.5
    )
    assert found.distances[0] >= 3  # exact: x_2 is never moved
    assert (found.indices == 0).all()


# ---- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"starts": (1.0, 0.0)}, "empty"),
        ({"sigma": -1}, "negative"),
        ({"learning_rate": 0}, "not positive"),
        ({"schedule": [Fraction(1, 4)]}, "admits"),
        ({"second_derivatives": []}, "one of each"),
    ],
)
def test_bad_input(changed, message):
    arguments = {
        "gradients": [quartic],
        "second_derivatives": [quartic_bend],
        "starts": (0.0, 1.0),
        "minimiser": 0,
        "schedule": [],
        "sigma": HALF,
        "learning_rate": HALF,
    }
    with pytest.raises(ClaimError, match=message):
        check_basin(**{**arguments, **changed})


def test_no_samples():
    with pytest.raises(ClaimError, match="no samples"):
        adversarial_run(numpy_namespace(), (), np.zeros((1, 1)), np.zeros(1), [0], 1)


def test_schedules_of_different_lengths():
    with pytest.raises(ClaimError, match="one length"):
        enumerate_basin(
            numpy_namespace(), (Scalar(quartic),), np.zeros((1, 1)), np.zeros(1), [(1,), (1, 0)], 1
        )
