"""Randomised quasi Monte Carlo: scrambled Sobol' points, R randomisations, a t-interval over their means.

Each randomisation is unbiased; their spread is an honest estimate of the error, and the t-interval is exact
only if the R means are Gaussian: the guarantee is asymptotic. Points have 30 bits, which matters only below
1e-8 of the integrand's size.

Antithetic pairs and orthogonal directions with chi radii help plain Monte Carlo, but not these points: for
sums of 32 relu or cosine ridges in 3 to 100 dimensions Sobol' points in principal coordinates
(`reduce_affine`) have the smallest error.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, FormulaError
from theorycheck.lab.expectation.gauss_hermite import MAX_TENSOR_AXES
from theorycheck.lab.expectation.laws import cube_width, from_cube, law_name
from theorycheck.streams import generator
from theorycheck.terms.namespaces import to_numpy

RANDOMISATIONS = 8
FIRST_POINTS = 128
MAX_DIMENSION = 20_000
_CACHED_ELEMENTS = 2**17
_BLOCK_ELEMENTS = 2**18


@dataclass(frozen=True)
class QuasiMonteCarlo:
    """The mean over all randomisations, the half-width of its t-interval, and the evaluations spent."""

    value: Any
    error: Any
    evaluations: int
    points: int
    randomisations: int


def _engine(width: int, seed: int, randomisation: int) -> Any:
    import inspect

    from scipy.stats import qmc

    stream = generator(seed, "sobol", width, randomisation)
    # SciPy renamed `seed` to `rng` in 1.15
    keyword = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"
    return qmc.Sobol(width, scramble=True, **{keyword: stream})


def _points(engine: Any, law: str, count: int) -> Any:
    import scipy.special

    # the midpoint of the cell of width 2^-30 that was drawn: never 0 or 1
    cube = engine.random(count) + 2.0**-31
    return from_cube(law, cube, np, scipy.special.ndtri)


@functools.lru_cache(maxsize=64)
def _cached(law: str, dimension: int, seed: int, randomisation: int, points: tuple[int, int]) -> Any:
    first, count = points
    engine = _engine(cube_width(law, dimension), seed, randomisation)
    if first:
        engine.fast_forward(first)
    block = _points(engine, law, count)
    block.flags.writeable = False
    return block


def sobol_blocks(
    kernel: Any, dimension: int, *, seed: int, randomisation: int, first: int, count: int
) -> Iterator[Any]:
    """Yield the points first, …, first + count − 1 of one randomisation as NumPy blocks (n, dimension).

    Small sets are kept for the next call, because the inverse normal distribution function is slow.
    """
    law = law_name(kernel)
    if count * dimension <= _CACHED_ELEMENTS:
        yield _cached(law, dimension, seed, randomisation, (first, count))
        return
    engine = _engine(cube_width(law, dimension), seed, randomisation)
    if first:
        engine.fast_forward(first)
    rows = max(1, _BLOCK_ELEMENTS // dimension)
    for start in range(0, count, rows):
        yield _points(engine, law, min(rows, count - start))


def t_quantile(alpha: float, freedom: int) -> float:
    """Return q with P(|T| > q) = alpha for Student's T."""
    import scipy.special

    return float(-scipy.special.stdtrit(freedom, alpha / 2))


def quasi_monte_carlo(
    integrand: Callable[[Any], Any],
    dimension: int,
    *,
    accuracy: float,
    kernel: Any = "starnes",
    seed: int = 0,
    alpha: float = 1e-3,
    xp: Any = np,
    randomisations: int = RANDOMISATIONS,
    max_evaluations: int = 2**22,
) -> QuasiMonteCarlo:
    """Raise the number of points, by powers of 2, until the half-width of the t-interval is ≤ accuracy.

    Parameters
    ----------
    integrand : callable
        Takes (n, dimension) of `xp`, returns (n,) or (n, k); every column has its own bar.
    alpha : float
        Error probability of a column, asymptotic; split over the rounds, since each of them looks.

    Raises
    ------
    BudgetError
        If `max_evaluations` would be exceeded; early, when not even the best rate would get there.
    """
    if dimension > MAX_DIMENSION:
        raise BudgetError(
            f"Sobol' points exist up to dimension {MAX_DIMENSION}; {dimension} was asked for:"
            " reduce it through the first affine map (weights=), or use plain Monte Carlo"
        )
    sums: list[Any] = [0.0] * randomisations
    done, add, round_number = 0, FIRST_POINTS, 0
    while True:
        for r in range(randomisations):
            for block in sobol_blocks(kernel, dimension, seed=seed, randomisation=r, first=done, count=add):
                values = integrand(block if xp is np else xp.asarray(block))
                sums[r] = sums[r] + to_numpy(values.sum(axis=0))
        done += add
        means = np.array([s / done for s in sums], dtype=float)
        if not np.all(np.isfinite(means)):
            raise FormulaError("the integrand returned NaN or infinity: give it finite values everywhere")
        spread = means.std(axis=0, ddof=1) / math.sqrt(randomisations)
        error = t_quantile(alpha * _share(round_number), randomisations - 1) * spread
        if np.max(error) <= accuracy:
            return QuasiMonteCarlo(means.mean(axis=0), error, done * randomisations, done, randomisations)
        used = done * randomisations
        # errors fall at most like n^{-3/2} in few dimensions, n^{-1} in many
        order = 1.5 if dimension <= MAX_TENSOR_AXES else 1.0
        ratio = float(np.max(error)) / accuracy
        hopeless = round_number >= 1 and used * ratio ** (1 / order) > 4 * max_evaluations
        if hopeless or 2 * used > max_evaluations:
            raise _out_of_reach(used, float(np.max(error)), accuracy, max_evaluations)
        # the next round aims at the accuracy, with errors ∝ 1/n
        done_before, done_next = done, done * 2 ** min(4, max(1, math.ceil(math.log2(ratio / 1.1))))
        while done_next * randomisations > max_evaluations:
            done_next //= 2
        add = done_next - done_before
        round_number += 1


def _share(round_number: int) -> float:
    """The part of the error probability for a round: 0.2, 0.6, 0.1, 0.05, …; most runs end in the second."""
    return (0.2, 0.6)[round_number] if round_number < 2 else 0.2 * 2.0 ** (1 - round_number)


def _out_of_reach(used: int, error: float, accuracy: float, max_evaluations: int) -> BudgetError:
    likely = used * error / accuracy
    return BudgetError(
        f"after {used} evaluations the error bar is {error:.2g}, above the accuracy {accuracy:.2g}; about"
        f" {likely:.1g} would be needed and the limit is {max_evaluations}: lower the accuracy, raise"
        " max_evaluations, or use structure (a sum of functions of few variables, a closed form)"
    )
