r"""What section 2 of ma2021 defines: losses, flatness, Sobolev seminorms, coverings, scattering, local smoothness.

Points have shape (n, d); balls are closed and Euclidean. What is a finite computation is exact in the arithmetic of its
arguments (int, Fraction), the rest says which way it may be off: a search bounds a maximum from below, sampling gives an
interval with an error probability. Source: Ma and Ying, arXiv 2105.13462, Definitions 1 to 4 and equations (3) to (8).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.stability.packing import Array

# ---- losses, flatness, seminorm --------------------------------------------------------------------------------------


def empirical_loss(values: Any, targets: Any) -> float:
    r"""Return $\hat L = \frac1n\sum_i\frac12(f(x_i, W)-y_i)^2$ from the values f(x_i, W) and y_i, shape (n,)."""
    return float(((np.asarray(values, dtype=float) - np.asarray(targets, dtype=float)) ** 2).mean() / 2)


def population_loss(values: Any, targets: Any, weights: Any) -> float:
    r"""Return $\mathbb E_{x\sim\mu}(f(x, W)-f^*(x))^2$ (without ½) for a law μ with finitely many atoms, or by a quadrature rule.

    Parameters
    ----------
    values, targets : array (N,)
        f and f* at the atoms or nodes.
    weights : array (N,)
        Nonnegative, with sum 1 up to rounding.

    Raises
    ------
    ClaimError
        If the weights are no probabilities.
    """
    weights = np.asarray(weights, dtype=float)
    # a sum of N numbers below 1 is off by at most N units of 2^-53
    if (weights < 0).any() or abs(weights.sum() - 1) > len(weights) * 2.0**-50:
        raise ClaimError(
            "the weights of a population loss are probabilities: nonnegative, with sum 1; divide them by their sum"
        )
    return float(weights @ (np.asarray(values, dtype=float) - np.asarray(targets, dtype=float)) ** 2)


def flatness(gradients: Any, residuals: Any = None, laplacians: Any = None) -> float:
    r"""Return Tr ∇²L̂(W) = (1/n) Σ_i [‖∇_W f(x_i)‖² + (f(x_i) − y_i) Δ_W f(x_i)]; (3) is the case without residuals.

    Parameters
    ----------
    gradients : array (n, p)
    residuals, laplacians : array (n,), optional
        f(x_i, W) − y_i and the trace of ∇_W² f(x_i, W), where W does not interpolate.

    Examples
    --------
    >>> flatness([[3.0, 4.0]])
    25.0
    """
    total = (np.asarray(gradients, dtype=float) ** 2).sum(axis=-1)
    if residuals is not None:
        if laplacians is None:
            raise ClaimError("where the residuals do not vanish, flatness needs laplacians= as well")
        total = total + np.asarray(residuals, dtype=float) * np.asarray(laplacians, dtype=float)
    return float(total.mean())


def multi_indices(dimension: int, order: int) -> Iterator[tuple[int, ...]]:
    """Yield the multi-indices α of nonnegative integers with |α| = order, C(dimension + order − 1, order) of them."""
    if dimension == 1:
        yield (order,)
        return
    for first in range(order, -1, -1):
        for rest in multi_indices(dimension - 1, order - first):
            yield (first, *rest)


def sobolev_seminorm(
    derivative: Callable[[tuple[int, ...], Any], Any], points: Any, order: int, q: float, *, mean: bool
) -> float:
    r"""Return $|f|_{k,q,\Omega} = (\nu\sum_{|\alpha|=k}\sum_{x\in\Omega}|D^\alpha f(x)|^q)^{1/q}$ on a finite set Ω.

    Parameters
    ----------
    derivative : callable
        `derivative(alpha, points)` returns D^α f at the points, shape (n,).
    points : array (n, d)
    order : int
        k ≥ 1; there is one term for each multi-index of nonnegative integers.
    q : float
        At least 1.
    mean : bool
        ν = 1/n, else ν = 1: the two readings of the definition.

    Raises
    ------
    ClaimError
        If k < 1, q < 1 or there are no points.
    """
    points = np.asarray(points, dtype=float)
    if order < 1 or not q >= 1 or points.ndim != 2 or not len(points):
        raise ClaimError(
            "a Sobolev seminorm needs an order k ≥ 1, an exponent q ≥ 1 and points of shape (n, d)"
        )
    total = sum(
        (abs(np.asarray(derivative(alpha, points), dtype=float)) ** q).sum()
        for alpha in multi_indices(points.shape[1], order)
    )
    return math.pow(float(total) / (len(points) if mean else 1), 1 / q)


# ---- coverings (Definition 2) ----------------------------------------------------------------------------------------


def covered_mass(points: Sequence[Any], epsilon: Any, low: Any, high: Any) -> Any:
    """Return P(min_i |x − x_i| ≤ ε) for x uniform on [low, high], exact in the arithmetic of the arguments.

    Parameters
    ----------
    points : sequence of numbers
        The data x_i in d = 1.

    Examples
    --------
    >>> covered_mass([0, Fraction(1, 2)], Fraction(1, 8), 0, 1)
    Fraction(3, 8)
    """
    if not low < high:
        raise ClaimError(f"the interval [{low}, {high}] has no length: give low < high")
    total, reached = 0 * (high - low), low
    for x in sorted(points):
        start, end = max(x - epsilon, reached), min(x + epsilon, high)
        if end > start:
            total, reached = total + (end - start), end
    return total / (high - low)


def covered_mass_on_circle(points: Sequence[Any], epsilon: Any, length: Any = 1) -> Any:
    """As `covered_mass`, for the uniform law on a circle and the distance along it: of a gap between data 2ε is covered."""
    if not points:
        return 0 * length / length
    ordered = sorted(x % length for x in points)
    gaps = [later - earlier for earlier, later in pairwise(ordered)] + [ordered[0] + length - ordered[-1]]
    uncovered = sum((max(gap - 2 * epsilon, 0 * length) for gap in gaps), 0 * length)
    return (length - uncovered) / length


def is_covered(points: Any, epsilon: float, x: Any) -> Array:
    """Whether each of the rows of x, shape (N, d), lies within ε of one of the points."""
    points, x = np.asarray(points, dtype=float), np.asarray(x, dtype=float)
    distances = ((x[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    return np.asarray(distances.min(axis=1) <= epsilon**2)


def probability_interval(successes: int, trials: int, alpha: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson: it misses the probability of success with probability at most alpha.

    For (10) as well: of a number of data sets, so many satisfy (9), or are scattered.

    Examples
    --------
    >>> low, high = probability_interval(10, 10, 1e-9)
    >>> high, round(low, 3)
    (1.0, 0.117)
    """
    if not (0 <= successes <= trials and trials >= 1 and 0 < alpha < 1):
        raise ClaimError("give 0 ≤ successes ≤ trials, trials ≥ 1 and 0 < alpha < 1")
    from scipy.stats import beta

    low = float(beta.ppf(alpha / 2, successes, trials - successes + 1)) if successes else 0.0
    high = float(beta.isf(alpha / 2, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, high


def sampled_covered_mass(points: Any, epsilon: float, x: Any, alpha: float) -> tuple[float, float]:
    """Enclose P(min_i ‖x − x_i‖ ≤ ε) from independent draws x ~ μ, shape (N, d), with error probability alpha."""
    return probability_interval(int(is_covered(points, epsilon, x).sum()), len(x), alpha)


# ---- scattering (Definition 3) ---------------------------------------------------------------------------------------

MOST_SUBSETS = 50_000


def scattering_number(points: Any, radius: Any) -> int:
    r"""Return max_x Σ_i 1_{B(x_i, r)}(x), the least K for which the points are (r, K)-scattered, exactly.

    The points that lie within r of x lie within r of the centre of their smallest enclosing ball as well, and that is the
    circumcentre of at most d + 1 of them: all such centres are tried, in rational arithmetic. In d = 1 a sweep.

    Parameters
    ----------
    points : sequence of numbers (d = 1), or of n rows of d numbers
        Floats stand for the rational numbers that they are.
    radius : number
        r ≥ 0; the balls are closed, so that balls that touch count together.

    Raises
    ------
    ClaimError
        If there may be more than MOST_SUBSETS sets of neighbours to try.

    Examples
    --------
    >>> scattering_number([0, 1, 2, 5], 1)
    3
    >>> scattering_number([(0, 0), (2, 0), (0, 2)], 1)
    2
    """
    rows = [
        tuple(map(Fraction, x)) if isinstance(x, Sequence | np.ndarray) else (Fraction(x),) for x in points
    ]
    radius = Fraction(radius)
    if not rows or radius < 0:
        raise ClaimError("a scattering number needs points and a radius r ≥ 0")
    if len(rows[0]) == 1:
        values = sorted(row[0] for row in rows)
        first, best = 0, 0
        for last, value in enumerate(values):
            while value - values[first] > 2 * radius:
                first += 1
            best = max(best, last - first + 1)
        return best
    counts = (
        sum(_distance_squared(centre, row) <= radius**2 for row in rows) for centre in _centres(rows, radius)
    )
    return int(max(counts))


def _distance_squared(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    return sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Fraction(0))


def _centres(rows: list[tuple[Fraction, ...]], radius: Fraction) -> Iterator[tuple[Fraction, ...]]:
    """The circumcentres of all affinely independent sets of at most d + 1 points that are pairwise within 2r."""
    dimension = len(rows[0])
    near = [
        [j for j in range(i + 1, len(rows)) if _distance_squared(rows[i], rows[j]) <= 4 * radius**2]
        for i in range(len(rows))
    ]
    if sum(math.comb(len(later), size) for later in near for size in range(dimension + 1)) > MOST_SUBSETS:
        raise ClaimError(
            f"more than {MOST_SUBSETS} sets of points near each other; use scattering_bounds, or fewer points"
        )

    def grow(chosen: list[int], candidates: list[int]) -> Iterator[tuple[Fraction, ...]]:
        centre = _circumcentre([rows[i] for i in chosen])
        if centre is None:  # affinely dependent; so is every larger set
            return
        yield centre
        if len(chosen) <= dimension:
            for j in candidates:
                yield from grow([*chosen, j], [i for i in near[j] if i in candidates])

    for i in range(len(rows)):
        yield from grow([i], near[i])


def _circumcentre(rows: list[tuple[Fraction, ...]]) -> tuple[Fraction, ...] | None:
    """p_0 + Σ t_j (p_j − p_0) with Gram matrix · t = ½ its diagonal; None where that is singular."""
    base, rest = rows[0], rows[1:]
    edges = [[a - b for a, b in zip(row, base, strict=True)] for row in rest]
    system = [[sum((a * b for a, b in zip(e, f, strict=True)), Fraction(0)) for f in edges] for e in edges]
    for i, line in enumerate(system):
        line.append(line[i] / 2)
    size = len(edges)
    for i in range(size):  # a Gram matrix needs no pivoting: a zero pivot means that it is singular
        if system[i][i] == 0:
            return None
        for r in range(size):
            if r != i:
                factor = system[r][i] / system[i][i]
                system[r] = [a - factor * b for a, b in zip(system[r], system[i], strict=True)]
    centre = list(base)
    for i, edge in enumerate(edges):
        t = system[i][size] / system[i][i]
        centre = [c + t * e for c, e in zip(centre, edge, strict=True)]
    return tuple(centre)


def scattering_bounds(points: Any, radius: float) -> tuple[int, int]:
    """Bound the scattering number of many points in any dimension, shape (n, d), up to rounding of distances.

    From below by φ at the points and at the midpoints of pairs; from above by the largest number of points within 2r of one of
    them: balls that meet have centres within 2r.
    """
    points = np.asarray(points, dtype=float)
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    lower = int((squares <= radius**2).sum(axis=1).max())
    for i in range(len(points)):
        middles = (points[i] + points[i:]) / 2
        counts = (((middles[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1) <= radius**2).sum(axis=1)
        lower = max(lower, int(counts.max()))
    return lower, int((squares <= 4 * radius**2).sum(axis=1).max())


def mean_overlap(points: Sequence[Any], radius: Any) -> Any:
    """Return (1/|X|) ∫_X φ dx = n·2r/|X|, X the union of the intervals [x_i − r, x_i + r]: the weaker condition on scattering.

    Exact in the arithmetic of the arguments, d = 1.
    """
    if not points or not radius > 0:
        raise ClaimError("the mean overlap needs points and a radius r > 0")
    ordered = sorted(points)
    union = 2 * radius + sum(
        (min(later - earlier, 2 * radius) for earlier, later in pairwise(ordered)), 0 * radius
    )
    return len(ordered) * 2 * radius / union


# ---- local smoothness (Definition 1) -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare by
class LocalGrowth:
    """The largest ‖∇_W f(x, W̃)‖_2k/(‖∇_W f(x, W)‖_2k + κ) that was found, and where.

    Attributes
    ----------
    constant : float
        No smaller C will do in (8); a larger one may be needed. Infinite if the denominator is 0 and the numerator is not.
    parameters : array (p,)
        W̃, with ‖W̃ − W‖_2 ≤ δ.
    """

    constant: float
    parameters: Array


def local_growth(
    gradient: Callable[[Any], Any],
    parameters: Any,
    delta: float,
    order: int,
    *,
    kappa: int,
    generator: np.random.Generator,
    starts: int = 200,
    steps: int = 60,
) -> LocalGrowth:
    """Search the ball ‖W̃ − W‖_2 ≤ δ for the largest growth of the parameter gradient: a lower bound on C in (8).

    Parameters
    ----------
    gradient : callable
        ∇_W f(x, ·) at one x, for many parameter vectors: (R, p) to (R, p).
    parameters : array (p,)
        W.
    delta : float
    order : int
        k; the norm is ℓ_2k.
    kappa : {0, 1}
        The reading of (8).
    generator : numpy.random.Generator
    starts, steps : int
        R points that start in the ball and on its sphere, each moved that many times where that is better.

    Raises
    ------
    ClaimError
    """
    centre = np.asarray(parameters, dtype=float)
    if centre.ndim != 1 or not delta > 0 or order < 1 or kappa not in (0, 1):
        raise ClaimError("local smoothness needs parameters (p,), δ > 0, k ≥ 1 and κ = 0 or 1")

    def sizes(points: Array) -> Array:
        return np.asarray(
            (abs(np.asarray(gradient(points))) ** (2 * order)).sum(axis=-1) ** (1 / (2 * order))
        )

    def inside(moves: Array) -> Array:
        # a hair inside, so that rounding leaves no point outside of the ball
        lengths = np.linalg.norm(moves, axis=-1, keepdims=True)
        return moves * np.minimum(1, delta * (1 - 1e-12) / np.maximum(lengths, 1e-300))

    moves = generator.standard_normal((starts, len(centre)))
    moves *= delta / np.linalg.norm(moves, axis=-1, keepdims=True)
    moves[::2] *= generator.random((len(moves[::2]), 1))
    moves[0] = 0
    moves = inside(moves)
    found = sizes(centre + moves)
    scale = delta / 2
    for _ in range(steps):
        tried = inside(moves + scale * generator.standard_normal(moves.shape) / math.sqrt(len(centre)))
        there = sizes(centre + tried)
        better = there > found
        moves[better], found[better] = tried[better], there[better]
        scale *= 0.93
    best = int(np.nanargmax(found))
    below = float(sizes(centre[None, :])[0]) + kappa
    top = float(found[best])
    constant = top / below if below > 0 else math.inf if top > 0 else 0.0
    return LocalGrowth(constant, centre + moves[best])
