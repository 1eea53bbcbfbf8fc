"""The figures are drawn, repeat byte by byte, and show numbers that are known."""

import itertools
import math

import numpy as np
import pytest

from theorycheck.errors import OutputError
from theorycheck.lab.stability import figures, learning_rate_threshold

pytest.importorskip("matplotlib")
GRADIENTS = np.random.default_rng(0).standard_normal((4, 2))


def test_regions_show_the_thresholds(tmp_path):
    figure = figures.stability_regions(GRADIENTS, (1, 2))
    lines = figure.axes[0].get_lines()
    for order, line in zip((1, 2), lines, strict=False):
        expected = [learning_rate_threshold(GRADIENTS, b, order).learning_rate for b in range(1, 5)]
        assert np.allclose(line.get_ydata(), expected, rtol=1e-12)
    figures.save(figure, tmp_path / "one.svg")
    figures.save(figures.stability_regions(GRADIENTS, (1, 2)), tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_growth_bars_hold_the_radius_for_one_parameter():
    """One parameter: E w_t² grows by exactly ρ(T²) in each step, so every bar has to cover the diagonal."""
    figure = figures.growth_against_radius(np.array([[1.0], [2.0]]), 1, [0.2, 0.6], steps=6, replicas=3000)
    container = figure.axes[0].containers[0]
    radii = container.lines[0].get_xdata()
    for radius, segment in zip(radii, container.lines[2][0].get_segments(), strict=True):
        assert segment[0][1] <= radius <= segment[1][1]


def brute_force_ratio(h, batch, order):
    """Left/right of Theorem 2 for one parameter at the largest c for which c·h is stable, by a fine grid."""
    t = np.array([np.mean(chosen) for chosen in itertools.combinations(h, batch)])
    grid = np.linspace(0, 2 / t.mean(), 100_001)
    moments = ((1 - grid[:, None] * t) ** order).mean(axis=1)
    stable = np.cumprod(np.abs(moments) <= 1 + 1e-12).astype(bool)
    c = grid[stable][-1]
    return ((c * np.array(h)) ** order).mean() / (2**order * batch ** (order - 1))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_theorem_2_is_attained_at_batches_of_one_and_of_all(order):
    for batch in (1, 3):
        ratio, h = figures.theorem_2_sharpness(3, batch, order)
        assert math.isclose(ratio, 1, rel_tol=1e-6)
        assert math.isclose(brute_force_ratio(h, batch, order), ratio, rel_tol=1e-3)
    ratio, h = figures.theorem_2_sharpness(3, 2, order)
    assert ratio <= 1 + 1e-9
    assert math.isclose(brute_force_ratio(h, 2, order), ratio, rel_tol=1e-3)


def test_where_it_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        figures.save(figures.stability_regions(GRADIENTS, (1,)), tmp_path / "file" / "x.svg")
