"""Coverings, scattering, local smoothness, flatness, seminorms: against brute force, closed forms, finite differences."""

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.stability import tanh_network
from theorycheck.lab.stability.coverings import (
    covered_mass,
    covered_mass_on_circle,
    empirical_loss,
    flatness,
    is_covered,
    local_growth,
    mean_overlap,
    multi_indices,
    population_loss,
    probability_interval,
    sampled_covered_mass,
    scattering_bounds,
    scattering_number,
    sobolev_seminorm,
)

LATTICE = st.integers(-12, 12).map(lambda i: Fraction(i, 4))
ON_A_LINE = st.lists(LATTICE, min_size=1, max_size=8)
IN_THE_PLANE = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=7)
RADII = st.integers(1, 12).map(lambda i: Fraction(i, 8))

# ---- losses, flatness, seminorm --------------------------------------------------------------------------------------


def network_values(weights, inputs, width):
    """v·tanh(Ux + b) in mpmath, parameters in the order of `tanh_network`."""
    d = len(inputs[0])
    bias, last = weights[width * d : width * (d + 1)], weights[width * (d + 1) :]
    return [
        sum(
            last[k] * mpmath.tanh(sum(weights[k * d + i] * x[i] for i in range(d)) + bias[k])
            for k in range(width)
        )
        for x in inputs
    ]


def laplacian(function, point):
    """The trace of the Hessian by second differences of step 1e-15 at 60 digits: right to 1e-25 or so."""
    step, total = mpmath.mpf(10) ** -15, mpmath.mpf(0)
    for i in range(len(point)):
        up, down = list(point), list(point)
        up[i], down[i] = up[i] + step, down[i] - step
        total += (function(up) - 2 * function(point) + function(down)) / step**2
    return total


@pytest.mark.parametrize("interpolates", [True, False])
def test_flatness_is_the_trace_of_the_hessian(interpolates):
    generator = np.random.default_rng(3)
    width, inputs, weights = 2, generator.normal(size=(3, 2)), generator.normal(size=8)
    values, gradients = tanh_network(weights, inputs, width)
    targets = values if interpolates else values + generator.normal(size=3)
    with mpmath.workdps(60):
        x, y, w = inputs.tolist(), [mpmath.mpf(t) for t in targets], [mpmath.mpf(v) for v in weights]

        def loss(v):
            return sum((f - t) ** 2 for f, t in zip(network_values(v, x, width), y, strict=True)) / 6

        trace, value = float(laplacian(loss, w)), float(loss(w))
        laplacians = [float(laplacian(lambda v, i=i: network_values(v, x, width)[i], w)) for i in range(3)]
    found = flatness(gradients) if interpolates else flatness(gradients, values - targets, laplacians)
    # sums of a few dozen products of numbers of size 1 in float64
    assert math.isclose(found, trace, rel_tol=1e-12)
    assert math.isclose(empirical_loss(values, targets), value, rel_tol=1e-12, abs_tol=1e-15)


def test_population_loss_of_a_finite_law():
    assert population_loss([1.0, 3.0], [0.0, 1.0], [0.25, 0.75]) == 0.25 + 3.0
    with pytest.raises(ClaimError, match="probabilities"):
        population_loss([1.0], [0.0], [0.5])


@given(st.integers(1, 4), st.integers(1, 5))
def test_multi_indices_are_all_of_them(dimension, order):
    found = list(multi_indices(dimension, order))
    everything = {a for a in itertools.product(range(order + 1), repeat=dimension) if sum(a) == order}
    assert set(found) == everything and len(found) == len(everything) == math.comb(
        dimension + order - 1, order
    )


def test_seminorm_of_a_cubic():
    """f = x³y: f_xx = 6xy, f_xy = 3x², f_yy = 0."""
    points = np.array([[1.0, 2.0], [-1.0, 0.5]])

    def derivative(alpha, x):
        return {(2, 0): 6 * x[:, 0] * x[:, 1], (1, 1): 3 * x[:, 0] ** 2, (0, 2): 0 * x[:, 0]}[alpha]

    total = (12**4 + 3**4) + (3**4 + 3**4)
    # a root of a number that is exact in float64
    assert math.isclose(sobolev_seminorm(derivative, points, 2, 4, mean=False), total**0.25, rel_tol=1e-15)
    assert math.isclose(
        sobolev_seminorm(derivative, points, 2, 4, mean=True), (total / 2) ** 0.25, rel_tol=1e-15
    )


def test_first_order_seminorm_is_the_norm_of_the_gradients():
    generator = np.random.default_rng(0)
    points, slopes = generator.normal(size=(5, 3)), generator.normal(size=(5, 3))
    for k in (1, 2, 3):
        found = sobolev_seminorm(lambda alpha, x: slopes @ np.array(alpha), points, 1, 2 * k, mean=False)
        assert math.isclose(found, np.linalg.norm(slopes.ravel(), 2 * k), rel_tol=1e-13)  # 15 summands


# ---- coverings ---------------------------------------------------------------------------------------------------------


@given(ON_A_LINE, RADII)
def test_covered_mass_by_counting_cells(points, epsilon):
    """All ends are multiples of 1/8: a cell of length 1/8 is covered if its middle is."""
    middles = [Fraction(-16 + 2 * i + 1, 16) for i in range(16)]  # [-1, 1]
    covered = sum(any(abs(m - x) <= epsilon for x in points) for m in middles)
    assert covered_mass(points, epsilon, -1, 1) == Fraction(covered, 16)


@given(ON_A_LINE, st.integers(0, 8).map(lambda i: Fraction(i, 16)))
def test_covered_mass_on_a_circle_by_counting_cells(points, epsilon):
    middles = [Fraction(2 * i + 1, 32) for i in range(16)]

    def distance(a, b):
        gap = (a - b) % 1
        return min(gap, 1 - gap)

    covered = sum(any(distance(m, x) <= epsilon for x in points) for m in middles)
    assert covered_mass_on_circle(points, epsilon) == Fraction(covered, 16)


def test_expected_uncovered_mass_on_the_circle():
    """n uniform points leave (1 − 2ε)^n uncovered in the mean."""
    generator, n, epsilon, count = np.random.default_rng(1), 5, 0.07, 20_000
    masses = [1 - covered_mass_on_circle(list(row), epsilon) for row in generator.random((count, n))]
    # Hoeffding: off by this with probability below 2e-9
    assert abs(np.mean(masses) - (1 - 2 * epsilon) ** n) <= math.sqrt(10.4 / count)


def test_sampled_mass_encloses_the_exact_one():
    generator = np.random.default_rng(2)
    points = [0.1, 0.15, 0.7]
    exact = covered_mass(points, 0.05, 0.0, 1.0)
    low, high = sampled_covered_mass(np.array(points)[:, None], 0.05, generator.random((4000, 1)), 1e-9)
    assert low <= exact <= high and high - low < 0.1
    assert is_covered([[0.0, 0.0]], 5.0, [[3.0, 4.0], [3.0, 4.1]]).tolist() == [True, False]


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 7), (7, 7), (40, 100)])
def test_clopper_pearson_ends_by_binomial_tails(successes, trials):
    alpha = 0.01
    low, high = probability_interval(successes, trials, alpha)

    def tail(p, counts):
        return sum(math.comb(trials, c) * p**c * (1 - p) ** (trials - c) for c in counts)

    if successes:
        assert math.isclose(tail(low, range(successes, trials + 1)), alpha / 2, rel_tol=1e-9)  # SciPy's root
    if successes < trials:
        assert math.isclose(tail(high, range(successes + 1)), alpha / 2, rel_tol=1e-9)


# ---- scattering --------------------------------------------------------------------------------------------------------


@given(ON_A_LINE, RADII)
def test_scattering_on_a_line_by_brute_force(points, radius):
    """φ of closed intervals changes at their ends alone, and is largest at one of them."""
    ends = [x + sign * radius for x in points for sign in (-1, 1)]
    phi = [sum(abs(end - x) <= radius for x in points) for end in ends]
    assert scattering_number(points, radius) == max(phi)
    assert scattering_number([(x,) for x in points], radius) == max(phi)
    assert scattering_number([(x, 0) for x in points], radius) == max(phi)  # the plane's way, on a line
    volume = sum(
        b - a for a, b in itertools.pairwise(sorted(set(ends))) if _inside((a + b) / 2, points, radius)
    )
    assert mean_overlap(points, radius) == len(points) * 2 * radius / volume <= max(phi)


def _inside(x, points, radius):
    return any(abs(x - y) <= radius for y in points)


@settings(deadline=None)
@given(IN_THE_PLANE, st.integers(1, 6).map(lambda i: Fraction(2 * i + 1, 4)))
def test_scattering_in_the_plane_by_subsets(points, radius):
    """A set of discs has a common point if every three of them do (Helly), and three do by their pairwise boundary points."""

    def meet(three):
        candidates = [complex(*x) for x in three]
        for x, y in itertools.combinations(candidates, 2):
            gap, middle = y - x, (x + y) / 2
            if 0 < abs(gap) <= 2 * radius:
                height = math.sqrt(radius**2 - abs(gap) ** 2 / 4)
                candidates += [middle + 1j * gap / abs(gap) * height, middle - 1j * gap / abs(gap) * height]
        # radii are odd multiples of 1/4 and points integers: no three circles meet in a point, and 1e-9 separates cases
        return any(all(abs(c - complex(*x)) <= radius + 1e-9 for x in three) for c in candidates)

    def common(chosen):
        return all(meet(three) for three in itertools.combinations_with_replacement(chosen, 3))

    best = max(
        len(c)
        for size in range(1, len(points) + 1)
        for c in itertools.combinations(points, size)
        if common(c)
    )
    assert scattering_number(points, radius) == best
    low, high = scattering_bounds(np.array(points, dtype=float), float(radius))
    assert low <= best <= high


def test_scattering_in_space():
    """The corners of a regular simplex with edges √2 have their centre at distance √3/2 from each."""
    corners = [(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)]
    assert scattering_number(corners, Fraction(867, 1000)) == 4
    assert (
        scattering_number(corners, Fraction(866, 1000)) == 3
    )  # √3/2 = 0.86602…; three meet at √(2/3) = 0.8164…
    assert scattering_number(corners, Fraction(816, 1000)) == 2
    assert scattering_number(corners, Fraction(707, 1000)) == 1  # √2/2 = 0.70710…


# ---- local smoothness ----------------------------------------------------------------------------------------------------


def test_local_growth_of_quadratics_and_linear_models():
    """f = ½Σ c_j w_j²: ∇f = (c_j w_j), whose norm on the ball around 0·e is largest along the largest c_j."""
    generator = np.random.default_rng(5)
    c = np.array([1.0, 3.0, 2.0])
    found = local_growth(lambda w: c * w, np.zeros(3), 0.5, 1, kappa=1, generator=generator)
    assert 0.99 * 1.5 <= found.constant <= 1.5  # a search: below, and close in three dimensions
    assert np.linalg.norm(found.parameters) <= 0.5
    found = local_growth(lambda w: 0 * w + c, np.zeros(3), 0.5, 2, kappa=0, generator=generator)
    assert found.constant == 1.0  # a model that is linear in W
    found = local_growth(lambda w: c * w, np.zeros(3), 0.5, 1, kappa=0, generator=generator)
    assert found.constant == math.inf  # the gradient vanishes at W and not near it


def test_local_growth_of_a_network_against_a_grid():
    """Two parameters of tanh, x = 1: f = v tanh(u) with ∇ = (v sech² u, tanh u)."""

    def gradient(w):
        return np.stack([w[:, 1] / np.cosh(w[:, 0]) ** 2, np.tanh(w[:, 0])], axis=-1)

    centre, delta = np.array([0.3, -0.7]), 0.4
    angles, radii = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 41))
    ball = np.stack([delta * radii * np.cos(angles), delta * radii * np.sin(angles)], axis=-1).reshape(-1, 2)
    for k in (1, 2):
        sizes = np.linalg.norm(gradient(centre + ball), 2 * k, axis=1)
        brute = sizes.max() / (np.linalg.norm(gradient(centre[None])[0], 2 * k) + 1)
        found = local_growth(gradient, centre, delta, k, kappa=1, generator=np.random.default_rng(k))
        # the grid is fine to 0.5 degrees; both are lower bounds of one maximum
        assert math.isclose(found.constant, brute, rel_tol=1e-3)


def test_bad_input():
    with pytest.raises(ClaimError, match="low < high"):
        covered_mass([0], 1, 2, 2)
    with pytest.raises(ClaimError, match="laplacians"):
        flatness([[1.0]], [1.0])
    with pytest.raises(ClaimError, match="scattering number"):
        scattering_number([], 1)
    with pytest.raises(ClaimError, match="k ≥ 1"):
        sobolev_seminorm(lambda a, x: x[:, 0], [[0.0]], 0, 2, mean=True)
    with pytest.raises(ClaimError, match="κ = 0 or 1"):
        local_growth(lambda w: w, [0.0], 1.0, 1, kappa=2, generator=np.random.default_rng(0))
    with pytest.raises(ClaimError, match="scattering_bounds"):
        scattering_number(np.random.default_rng(0).random((60, 4)), 2)
    with pytest.raises(ClaimError, match="successes"):
        probability_interval(3, 2, 0.1)
    with pytest.raises(ClaimError, match="mean overlap"):
        mean_overlap([], 1)
