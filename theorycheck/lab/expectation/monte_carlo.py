"""Plain Monte Carlo in blocks, float32 or float64; an anytime-valid interval for bounded integrands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError
from theorycheck.lab.expectation.intervals import BernsteinState, empirical_bernstein_block
from theorycheck.lab.expectation.laws import from_normals, law_name
from theorycheck.streams import generator
from theorycheck.terms.namespaces import to_numpy

BLOCK_ELEMENTS = 2**18
"""Numbers drawn at a time: about what a core's cache holds."""


def _generator_on(xp: Any, seed: int, *keys: str | int) -> Any:
    host = generator(seed, *keys)
    if getattr(xp, "name", "numpy") != "cupy":
        return host
    return xp.random.Generator(xp.random.Philox4x3210(int(host.integers(2**63))))


def standard_normals(stream: Any, shape: tuple[int, int], xp: Any, dtype: str = "float64") -> Any:
    """Draw N(0, 1) numbers; float32 on the CPU by Box-Muller, whose ufuncs are vectorised."""
    if dtype == "float64" or getattr(xp, "name", "numpy") == "cupy":
        return stream.standard_normal(shape, dtype=dtype)
    count = math.prod(shape)
    half = (count + 1) // 2
    # 1 − U lies in (0, 1]
    radius = np.sqrt(np.float32(-2) * np.log(np.float32(1) - stream.random(half, dtype=np.float32)))
    angle = np.float32(2 * math.pi) * stream.random(half, dtype=np.float32)
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count].reshape(shape)


def sample_blocks(
    kernel: Any, dimension: int, *, seed: int, xp: Any = np, dtype: str = "float64", rows: int | None = None
) -> Iterator[Any]:
    """Yield blocks u (rows, dimension) without end; they depend on the seed and the block's index alone."""
    name = law_name(kernel)
    rows = rows or max(1, BLOCK_ELEMENTS // dimension)
    index = 0
    while True:
        stream = _generator_on(xp, seed, "monte carlo", name, dimension, index)
        if name == "uniform":
            yield 2 * stream.random((rows, dimension), dtype=dtype) - 1
        else:
            normals = standard_normals(stream, (rows, dimension), xp, dtype)
            uniforms = stream.random((rows, 1), dtype=dtype) if name == "ball" else None
            yield from_normals(name, normals, uniforms, xp)
        index += 1


@dataclass(frozen=True)
class SampleMean:
    """Mean and standard error of `samples` values; floats, or arrays (k,) for integrands with k columns."""

    mean: Any
    standard_error: Any
    samples: int


def monte_carlo(
    integrand: Callable[[Any], Any],
    dimension: int,
    *,
    samples: int,
    kernel: Any = "starnes",
    seed: int = 0,
    xp: Any = np,
    dtype: str = "float64",
) -> SampleMean:
    """Estimate E f(u) from `samples` draws; sums are kept in float64.

    Parameters
    ----------
    integrand : callable
        Takes (n, dimension), returns (n,) or (n, k).
    """
    rows = min(samples, max(1, BLOCK_ELEMENTS // dimension))
    done, mean, squares = 0, 0.0, 0.0
    for points in sample_blocks(kernel, dimension, seed=seed, xp=xp, dtype=dtype, rows=rows):
        values = integrand(points[: samples - done]).astype("float64")
        n = values.shape[0]
        block_mean = values.mean(axis=0)
        block_squares = ((values - block_mean) ** 2).sum(axis=0)
        delta = block_mean - mean
        squares = squares + block_squares + delta**2 * (done * n / (done + n))
        mean = mean + delta * (n / (done + n))
        done += n
        if done >= samples:
            break
    error = (squares / max(samples - 1, 1) / samples) ** 0.5
    return SampleMean(_plain(mean), _plain(error), samples)


def _plain(value: Any) -> Any:
    array = to_numpy(value)
    return float(array) if array.ndim == 0 else array


@dataclass(frozen=True)
class AnytimeInterval:
    """low ≤ E f(u) ≤ high with probability at least 1 − alpha over the whole run, wherever it stopped."""

    low: Any
    high: Any
    samples: int
    alpha: float


def bounded_monte_carlo(
    integrand: Callable[[Any], Any],
    dimension: int,
    *,
    low: float,
    high: float,
    accuracy: float,
    alpha: float,
    kernel: Any = "starnes",
    seed: int = 0,
    xp: Any = np,
    dtype: str = "float64",
    max_samples: int = 2**22,
) -> AnytimeInterval:
    """Sample until the empirical Bernstein interval of an integrand in [low, high] has half-width ≤ accuracy.

    Nonasymptotic; with k columns each gets alpha/k, so that all hold together.

    Raises
    ------
    BudgetError
        If `max_samples` do not suffice; refused beforehand if even a constant integrand would need more.
    ClaimError
        If a value lies outside [low, high].
    """
    least = (high - low) * math.log(2 / alpha) / accuracy  # the interval of a constant integrand, bets of 1/2
    if least > max_samples:
        raise BudgetError(
            f"an anytime-valid interval of half-width {accuracy:.3g} needs at least {least:.3g} samples; the"
            f" limit is {max_samples}: lower the accuracy or state more about the integrand"
        )
    state, interval = BernsteinState(), None
    rows = min(max(1, BLOCK_ELEMENTS // dimension), 2**14)
    share = alpha
    for points in sample_blocks(kernel, dimension, seed=seed, xp=xp, dtype=dtype, rows=rows):
        values = to_numpy(integrand(points)).astype(float)
        if state.count == 0 and values.ndim == 2:
            share = alpha / values.shape[1]
        lower, upper, state = empirical_bernstein_block(values, share, state, low=low, high=high)
        interval = AnytimeInterval(_plain(lower[-1]), _plain(upper[-1]), state.count, alpha)
        if np.max(np.asarray(interval.high) - interval.low) <= 2 * accuracy:
            return interval
        if state.count + rows > max_samples:
            break
    assert interval is not None
    width = float(np.max(np.asarray(interval.high) - interval.low))
    raise BudgetError(
        f"after {state.count} samples the anytime-valid interval has half-width {width / 2:.3g}, above the"
        f" accuracy {accuracy:.3g}: about {state.count * (width / 2 / accuracy) ** 2:.2g} samples are needed;"
        " raise the limit, lower the accuracy or state more about the integrand"
    )
