r"""Three figures as SVG: stability regions, growth against spectral radius, sharpness of Theorem 2 of ma2021.

    python -m theorycheck.lab.stability.figures DIRECTORY

Needs matplotlib. Each function returns the figure and saves nothing; `main` writes `stability-regions.svg`, `growth.svg` and
`theorem-2-sharpness.svg`.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from theorycheck.errors import OutputError, TheorycheckError
from theorycheck.lab.stability.gradients import gradient_set, require_batch, require_order
from theorycheck.lab.stability.operators import moment_operator
from theorycheck.lab.stability.simulation import simulated_moments
from theorycheck.lab.stability.spectra import spectral_radius
from theorycheck.lab.stability.thresholds import condition_13_threshold, learning_rate_threshold

COLOURS = {1: "#222222", 2: "#0072b2", 3: "#d55e00", 4: "#009e73"}
"""One colour for each order, distinguishable without colour vision (Okabe and Ito)."""


def stability_regions(a: Any, orders: Sequence[int] = (1, 2, 3, 4)) -> Any:
    """Return the figure of η*_k(B) over B: below its curve, order k is stable.

    The lower dotted line is condition (13), sufficient for order 2. Order 1 is gradient descent's 2/λ_max(H) for every B.

    Parameters
    ----------
    a : gradients, see `gradient_set`
    orders : sequence of int
    """
    pyplot = _pyplot()
    gradients = gradient_set(a)
    batches = list(range(1, gradients.samples + 1))
    figure, axes = pyplot.subplots(figsize=(5.6, 3.8), constrained_layout=True)
    for order in orders:
        values = [learning_rate_threshold(gradients, b, order).learning_rate for b in batches]
        axes.plot(batches, values, color=COLOURS.get(order), marker="o", markersize=3, label=f"order {order}")
        axes.fill_between(batches, values, color=COLOURS.get(order), alpha=0.06)
    cited = [condition_13_threshold(gradients, b) for b in batches]
    axes.plot(batches, cited, color=COLOURS[2], linestyle=":", label="condition (13), order 2")
    axes.set(
        xlabel="batch size $B$", ylabel=r"learning rate $\eta$", xlim=(1, gradients.samples), ylim=(0, None)
    )
    axes.set_title(
        f"Largest stable learning rates, n = {gradients.samples}, p = {gradients.parameters}", fontsize=10
    )
    axes.legend(frameon=False, fontsize=8)
    return figure


def growth_against_radius(
    a: Any,
    batch_size: int,
    learning_rates: Sequence[float],
    *,
    order: int = 2,
    steps: int = 12,
    replicas: int = 20_000,
    seed: int = 0,
) -> Any:
    """Return the figure of measured growth of E‖w_t‖^k a step against ρ(T^k), with intervals.

    Growth is measured between the middle and the end of what `simulated_moments` reports; its bar combines the two rigorous
    intervals. On the dashed line both agree; transients of the other eigenvalues keep points a little below.
    """
    pyplot = _pyplot()
    gradients, order = gradient_set(a), require_order(order)
    batch_size = require_batch(batch_size, gradients.samples)
    start = np.asarray(gradients.basis).sum(axis=1)  # a part along every direction
    figure, axes = pyplot.subplots(figsize=(4.4, 4.0), constrained_layout=True)
    radii, points = [], []
    for index, eta in enumerate(learning_rates):
        generator = np.random.default_rng([seed, index])
        report = simulated_moments(gradients, eta, batch_size, start, steps, replicas, generator, order=order)
        last = steps if report.refused_from is None else report.refused_from - 1
        first = last // 2
        if last <= first:
            continue
        power = 1 / (last - first)
        measured, low, high = (
            (top[last] / bottom[first]) ** power
            for top, bottom in (
                (report.mean, report.mean),
                (report.lower, report.upper),
                (report.upper, report.lower),
            )
        )
        radii.append(spectral_radius(moment_operator(gradients, eta, batch_size, order)))
        points.append((measured, measured - low, high - measured))
    values = np.array(points).reshape(-1, 3)
    axes.errorbar(
        radii, values[:, 0], yerr=values[:, 1:].T, fmt="o", markersize=4, capsize=2, color=COLOURS[2]
    )
    ends = [min([*radii, *values[:, 0]]) * 0.95, max([*radii, *values[:, 0]]) * 1.05]
    axes.plot(ends, ends, linestyle="--", color="#888888")
    axes.axvline(1, color="#cccccc", linewidth=0.8)
    axes.set(
        xlabel=rf"spectral radius of $T^{order}$", ylabel=rf"measured growth of $E\|w_t\|^{order}$ a step"
    )
    return figure


def theorem_2_sharpness(samples: int, batch_size: int, order: int, *, seed: int = 0) -> tuple[float, Any]:
    r"""Return the largest left/right of Theorem 2 that a search finds, and the h_i = a_{i,j}² (up to scale) that attain it.

    Theorem 2: k-stable implies (1/n) Σ_i h_i^k ≤ 2^k B^{k−1}/η^k. One parameter is enough, since coordinate j of a k-stable
    minimum is k-stable by itself. With η absorbed in h, stable means E(1 − t_I)^k ≤ 1 for even k and ≥ −1 for odd k,
    t_I = (1/B) Σ_{i∈I} h_i. The search starts from m equal entries, m = 1..n, and at random: a lower bound of the sharpness.
    """
    import scipy.optimize

    order, batch_size = require_order(order), require_batch(batch_size, samples)
    batches = np.array(list(itertools.combinations(range(samples), batch_size)))
    sign = 1 if order % 2 == 0 else -1

    def ratio(entries: Any) -> float:
        h = np.abs(entries)
        if not h.any():
            return 0.0
        t = h[batches].mean(axis=1)
        low, high = 2 / t.max(), 2 / t.mean()  # stable up to the one, unstable above the other

        def excess(c: float) -> float:
            return sign * float(((1 - c * t) ** order).mean()) - 1

        if high > low * (1 + 1e-14) and excess(high) > 0:
            high = scipy.optimize.brentq(excess, low, high) if excess(low) < 0 else low
        return float(((high * h) ** order).mean() / (2**order * batch_size ** (order - 1)))

    generator = np.random.default_rng(seed)
    starts = [np.repeat([1.0, 0.0], [m, samples - m]) for m in range(1, samples + 1)]
    starts += list(generator.exponential(size=(4, samples)) ** 2)
    best = max(starts, key=ratio)
    for start in starts:
        found = scipy.optimize.minimize(
            lambda h: -ratio(h), start + 1e-3, method="Nelder-Mead", options={"maxiter": 200 * samples}
        )
        best = max(best, found.x, key=ratio)
    return ratio(best), np.abs(best) / np.abs(best).max()


def sharpness(samples: int, orders: Sequence[int] = (1, 2, 3, 4), *, seed: int = 0) -> Any:
    """Return the figure of `theorem_2_sharpness` over the batch sizes; 1 means that the bound is attained."""
    pyplot = _pyplot()
    figure, axes = pyplot.subplots(figsize=(5.2, 3.6), constrained_layout=True)
    batches = list(range(1, samples + 1))
    for order in orders:
        values = [theorem_2_sharpness(samples, b, order, seed=seed)[0] for b in batches]
        axes.plot(batches, values, color=COLOURS.get(order), marker="o", markersize=4, label=f"k = {order}")
    axes.axhline(1, color="#cccccc", linewidth=0.8)
    axes.set(xlabel="batch size $B$", ylabel="largest left / right found", ylim=(0, 1.08), xticks=batches)
    axes.set_title(f"Sharpness of Theorem 2, n = {samples}", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    return figure


def _pyplot() -> Any:
    try:
        import matplotlib
    except ImportError as error:
        raise OutputError("the figures need matplotlib: pip install 'theorycheck[figures]'") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot  # after the backend is chosen

    pyplot.rcParams["svg.hashsalt"] = "theorycheck"  # the same figure gives the same file
    return pyplot


def save(figure: Any, path: Path) -> None:
    """Write a figure as SVG without a date, so that the file depends on its content alone.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    _pyplot().close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the three figures for gradients of a random two-layer tanh network."""
    parser = argparse.ArgumentParser(description="Figures of linear stability, as SVG.")
    parser.add_argument("directory", type=Path)
    directory = parser.parse_args(arguments).directory
    from theorycheck.lab.stability.networks import tanh_network

    generator = np.random.default_rng(0)
    weights = generator.standard_normal(2 * 4)
    _, a = tanh_network(weights, generator.standard_normal((10, 2)), 2)
    save(stability_regions(a), directory / "stability-regions.svg")
    # two directions of like curvature: with many, slow ones hold the radius near 1 whatever the steep ones do
    pair = generator.standard_normal((12, 2))
    top = learning_rate_threshold(pair, 2, 2).learning_rate
    rates = [top * x for x in np.linspace(0.1, 1.5, 12)]
    save(growth_against_radius(pair, 2, rates), directory / "growth.svg")
    save(sharpness(6), directory / "theorem-2-sharpness.svg")


if __name__ == "__main__":
    try:
        main()
    except TheorycheckError as error:
        sys.exit(str(error))
