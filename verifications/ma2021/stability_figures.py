"""Experiments with figures: regions of stability, and how sharp Theorem 2 is. Without matplotlib the figures are left out."""

import io

import numpy as np

from theorycheck import Experiment, Observation
from theorycheck.errors import OutputError
from theorycheck.lab.stability import gradient_descent_threshold, learning_rate_threshold
from theorycheck.lab.stability.figures import sharpness, stability_regions, theorem_2_sharpness

ROUNDING = 1e-6
"""Thresholds are roots found in float64 to about 1e-9; the search of the sharpness stops at 1e-7 or so."""


def svg(draw):
    """The figure that `draw()` returns as an SVG document, "" without matplotlib."""
    try:
        figure = draw()
    except OutputError:
        return ""
    from matplotlib import pyplot

    document = io.StringIO()
    figure.savefig(document, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    return document.getvalue()


def regions(xp, generator, effort):
    """η*_k(B) against 2/λ_max for k = 1, …, 4 and every B, on random gradients; the first set is drawn."""
    ratios, shown = [], None
    for _ in range(3 * min(effort, 10)):
        a = generator.normal(size=(5, 2)) * np.exp(generator.normal(size=(5, 1)))
        shown = a if shown is None else shown
        limit = gradient_descent_threshold(a)
        ratios += [
            learning_rate_threshold(a, b, k).learning_rate / limit for k in (1, 2, 3, 4) for b in range(1, 6)
        ]
    worst = max(ratios)
    outcome = "agrees" if worst <= 1 + ROUNDING else "disagrees"
    summary = f"largest η*_k(B) / η*_k(n) over {len(ratios)} thresholds: {worst:.6f}"
    return Observation(outcome, summary, {"largest ratio": worst}, svg(lambda: stability_regions(shown)))


def sharpness_of_theorem_2(xp, generator, effort):
    """The largest left/right of Theorem 2 that a search finds, n = 4."""
    seed = int(generator.integers(2**31))
    found = {
        f"k={k}, B={b}": float(theorem_2_sharpness(4, b, k, seed=seed)[0])
        for k in (1, 2, 3)
        for b in range(1, 5)
    }
    outcome = "agrees" if max(found.values()) <= 1 + ROUNDING else "disagrees"
    summary = "largest left/right found, n = 4: " + ", ".join(
        f"{name}: {value:.4f}" for name, value in found.items()
    )
    return Observation(outcome, summary, found, svg(lambda: sharpness(4, (1, 2, 3), seed=seed)))


REGIONS = Experiment(
    "stability regions",
    "for 3 or more random sets of 5 gradients in the plane, k = 1, 2, 3, 4 and every B, the largest stable learning rate of SGD is at most "
    "that of gradient descent, up to 1e-6",
    regions,
)
SHARPNESS = Experiment(
    "sharpness",
    "for n = 4, k = 1, 2, 3 and every B an adversarial search over one coordinate finds no ratio of the two sides above 1 + 1e-6",
    sharpness_of_theorem_2,
)
