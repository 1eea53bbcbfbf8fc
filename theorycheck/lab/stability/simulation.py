r"""Replicas of linearised SGD, and moments of ‖w_t‖ that are reported only as long as they mean something.

The mean over R replicas of ‖w_t‖^k is useless after few steps: its relative variance grows about like
(ρ(T^{2k})/ρ(T^k)²)^t / R (ma2021, A5). Here the second moment E‖w_t‖^{2k} comes from the exact operator T^{2k} wherever that is
feasible (2k ≤ 6), so that the interval around the mean is rigorous, and the report stops at the first step at which the relative
standard error exceeds the accuracy asked for. Beyond it, use the exact operators.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.stability.fitting import MAX_MEMORY, memory
from theorycheck.lab.stability.gradients import (
    MAX_ORDER,
    GradientSet,
    gradient_set,
    require_batch,
    require_learning_rate,
    require_order,
)
from theorycheck.lab.stability.operators import moment_operator
from theorycheck.lab.stability.packing import Array, array_module, index_tuples, packed_power
from theorycheck.lab.stability.spectra import spectral_radius
from theorycheck.lab.stability.subsets import draw_masks, draw_subsets

BLOCK = 2048
"""Replicas that are stepped together: their state stays in the cache."""
DRAWN_AHEAD = 8192
"""Batches drawn in one call, for several steps at once: one call for few replicas is bound by its overhead."""
GATHER_UP_TO = 0.2
"""B/n up to which gathering the batch beats a mask and two matrix products over all samples (docs/performance.md)."""
GATHERED_ENTRIES = 2**19
"""Entries of gathered gradients at a time: 4 MiB, so that they stay in the cache."""


@dataclass(frozen=True, eq=False)
class SimulatedMoments:
    """E‖w_t‖_2^k for t = 0..T from R replicas.

    Attributes
    ----------
    order, replicas : int
        k, R.
    mean, lower, upper : array (T + 1,)
        The estimate and the ends of its interval; NaN where refused.
    relative_error : array (T + 1,)
        Standard deviation of the mean over R replicas, divided by the moment.
    error_probability : float
        Bound on the chance that any interval of this report misses its moment, if `quality` is "rigorous".
    quality : str
        "rigorous": Catoni's estimator with the second moment from T^{2k}; "estimate": sample mean and sample variance.
    refused_from : int or None
        The first step that is not reported, None if all are.
    reason : str
        Why.
    """

    order: int
    replicas: int
    mean: Array
    lower: Array
    upper: Array
    relative_error: Array
    error_probability: float
    quality: str
    refused_from: int | None
    reason: str


def simulate_linearised_sgd(
    a: Any, learning_rate: float, batch_size: int, start: Any, steps: int, replicas: int, generator: Any
) -> Array:
    """Return ‖w_t‖_2 for every step and replica, shape (steps + 1, R).

    Parameters
    ----------
    a : GradientSet or gradients, see `gradient_set`
    learning_rate, batch_size
        η, B.
    start : array (p,)
        w_0, the same for all replicas.
    steps, replicas : int
        T, R.
    generator : numpy.random.Generator or cupy.random.Generator
        For CuPy, `a` has to be a CuPy array as well.

    Raises
    ------
    ClaimError
        As `gradient_set`; a start of the wrong shape; no steps or replicas.
    """
    gradients = gradient_set(a)
    batch_size, eta = require_batch(batch_size, gradients.samples), require_learning_rate(learning_rate)
    if steps < 0 or replicas < 1:
        raise ClaimError(
            f"steps must be at least 0 and replicas at least 1; {steps} and {replicas} were given"
        )
    row, flat = _start(gradients, start)
    xp = array_module(gradients.eigenvalues)
    norms = xp.empty((steps + 1, replicas))
    gather = batch_size <= GATHER_UP_TO * gradients.samples
    for first in range(0, replicas, BLOCK):
        count = min(BLOCK, replicas - first)
        ahead = max(1, DRAWN_AHEAD // count)
        block = slice(first, first + count)
        state = xp.repeat(row[None, :], count, axis=0)
        norms[0, block] = xp.sqrt((state**2).sum(axis=1) + flat**2)
        for t in range(steps):
            if gather:
                turn = t % ahead
                if turn == 0:
                    drawn = draw_subsets(
                        generator, gradients.samples, batch_size, count * min(ahead, steps - t)
                    )
                picks = drawn[:, turn * count : (turn + 1) * count]
                state = _gathered_step(gradients, state, eta / batch_size, picks)
            else:
                state = linearised_step(gradients, state, eta, batch_size, generator)
            norms[t + 1, block] = xp.sqrt(xp.einsum("rp,rp->r", state, state) + flat**2)
    return norms


def linearised_step(
    gradients: GradientSet, state: Array, learning_rate: float, batch_size: int, generator: Any
) -> Array:
    """Return the next state of replicas, each with a batch of its own.

    Parameters
    ----------
    gradients : GradientSet
    state : array (R, r)
        In the coordinates of the row space.
    learning_rate, batch_size
        η, B.
    generator : numpy.random.Generator or cupy.random.Generator
    """
    xp, n = array_module(state), gradients.samples
    rate = learning_rate / batch_size
    if batch_size <= GATHER_UP_TO * n:
        return _gathered_step(gradients, state, rate, draw_subsets(generator, n, batch_size, len(state)))
    mask = draw_masks(generator, n, batch_size, len(state))
    flat = gradients.coordinates.reshape(n * gradients.outputs, gradients.rank)
    residual = flat @ state.T  # (n m, R)
    residual *= mask if gradients.outputs == 1 else xp.repeat(mask, gradients.outputs, axis=0)
    return state - residual.T @ (rate * flat)


def _gathered_step(gradients: GradientSet, state: Array, rate: float, picks: Array) -> Array:
    """Move every replica by the gradients of its batch, picks of shape (B, R)."""
    if gradients.rank == 0:  # all gradients vanish: nothing moves
        return state
    xp, rows = array_module(state), len(picks) * gradients.outputs
    moved = xp.empty_like(state)
    piece = max(1, GATHERED_ENTRIES // (rows * gradients.rank))
    for first in range(0, len(state), piece):
        part = slice(first, first + piece)
        chosen = gradients.coordinates.take(picks[:, part].T, axis=0).reshape(-1, rows, gradients.rank)
        residual = xp.matmul(chosen, state[part, :, None])
        moved[part] = state[part] - rate * xp.matmul(chosen.transpose(0, 2, 1), residual)[:, :, 0]
    return moved


def exact_norm_moments(
    a: Any, learning_rate: float, batch_size: int, start: Any, steps: int, order: int
) -> Array:
    """Return E‖w_t‖_2^k for t = 0..steps from a fixed start, exactly but for rounding; k even, at most 6.

    E‖w‖^k is linear in E w^{⊗k} for even k, which follows T^k. Flat directions keep their part of the start.

    Raises
    ------
    ClaimError
        If k is odd: E‖w‖^k is then no function of finitely many moments.
    """
    gradients = gradient_set(a)
    order = require_order(order)
    if order % 2:
        raise ClaimError(f"E‖w‖^k follows no finite dynamics for odd k; {order} was given, use an even order")
    batch_size, eta = require_batch(batch_size, gradients.samples), require_learning_rate(learning_rate)
    row, flat = _start(gradients, start)
    xp, half = array_module(gradients.eigenvalues), order // 2
    total = xp.full(steps + 1, float(flat) ** order)  # (‖row‖² + flat²)^{k/2}, expanded
    for j in range(1, half + 1):
        if gradients.rank == 0:
            break
        operator = moment_operator(gradients, eta, batch_size, 2 * j)
        functional, vector = norm_functional(gradients.rank, 2 * j), packed_power(row[None, :], 2 * j)[0]
        functional = xp.asarray(functional)
        factor = math.comb(half, j) * float(flat) ** (order - 2 * j)
        for t in range(steps + 1):
            total[t] += factor * float(functional @ vector)
            vector = operator.apply(vector) if t < steps else vector
    return total


def norm_functional(dimension: int, order: int) -> Array:
    """Return the packed ℓ with ⟨ℓ, v^{⊗k}⟩ = ‖v‖_2^k, k even: the symmetric part of Id^{⊗k/2}."""
    tuples, half = index_tuples(dimension, order), order // 2
    functional = np.zeros(len(tuples))
    for position, indices in enumerate(tuples):
        powers = np.bincount(indices)
        if not (powers % 2).any():
            count = math.factorial(half) / math.prod(math.factorial(int(m) // 2) for m in powers)
            slots = math.factorial(order) / math.prod(math.factorial(int(m)) for m in powers)
            functional[position] = count / math.sqrt(slots)
    return functional


def simulated_moments(
    a: Any,
    learning_rate: float,
    batch_size: int,
    start: Any,
    steps: int,
    replicas: int,
    generator: Any,
    *,
    order: int = 2,
    accuracy: float = 0.1,
    error_probability: float = 1e-9,
) -> SimulatedMoments:
    """Simulate, and report E‖w_t‖_2^k with intervals, as far as they mean something.

    Parameters
    ----------
    a, learning_rate, batch_size, start, steps, replicas, generator
        As `simulate_linearised_sgd`.
    order : int
        k, from 1 to 6. Up to 3 the intervals are rigorous (if T^{2k} fits in memory).
    accuracy : float
        Largest relative standard error of a mean that is reported.
    error_probability : float
        For all intervals together.

    Returns
    -------
    SimulatedMoments
    """
    gradients, order = gradient_set(a), require_order(order)
    norms = simulate_linearised_sgd(gradients, learning_rate, batch_size, start, steps, replicas, generator)
    values = norms**order
    values = values if isinstance(values, np.ndarray) else values.get()
    second = _second_moment(gradients, learning_rate, batch_size, start, steps, order)
    if second is not None:
        return _rigorous(values, second, order, accuracy, error_probability)
    return _estimated(values, order, accuracy, error_probability)


def _second_moment(
    gradients: GradientSet, learning_rate: float, batch_size: int, start: Any, steps: int, order: int
) -> Any:
    """E‖w_t‖^{2k}, or None where T^{2k} is out of reach."""
    if 2 * order > MAX_ORDER:
        return None
    if memory(gradients.samples, gradients.outputs, max(1, gradients.rank), 2 * order) > MAX_MEMORY // 4:
        return None
    try:
        moments = exact_norm_moments(gradients, learning_rate, batch_size, start, steps, 2 * order)
    except BudgetError:
        return None
    return moments if isinstance(moments, np.ndarray) else moments.get()


def _rigorous(
    values: Any, second: Any, order: int, accuracy: float, error_probability: float
) -> SimulatedMoments:
    """Catoni's estimator: |θ̂ − m| ≤ √(2v log(2/α) / (R − 2 log(2/α))) for independent values of variance at most v."""
    times, replicas = values.shape
    log = math.log(4 * times / error_probability)  # two intervals with two ends at every time
    # room for the rounding of the operator, which is relative to the largest moment so far
    second = second * (1 + 1e-9) + 64 * np.finfo(float).eps * np.maximum.accumulate(second)
    lower, upper, mean, relative = (np.full(times, np.nan) for _ in range(4))
    refused = None
    for t in range(times):
        sample = values[t]
        centre = float(sample.mean())
        variance = second[t]  # of the values about 0; about the centre it is smaller by the squared mean
        if replicas > 2 * log:
            low, _ = _catoni(sample, variance, log)
            variance = max(second[t] - max(low, 0.0) ** 2, 1e-9 * second[t])
            low, high = _catoni(sample, variance, log)
        else:
            low, high = 0.0, math.inf
        relative[t] = math.sqrt(variance / replicas) / centre if centre > 0 else math.inf
        if refused is None and (relative[t] > accuracy or not high < math.inf):
            refused = t
        if refused is None:
            lower[t], upper[t], mean[t] = max(low, 0.0), high, centre
    return SimulatedMoments(
        order,
        replicas,
        mean,
        lower,
        upper,
        relative,
        error_probability,
        "rigorous",
        refused,
        _reason(refused, relative, accuracy, replicas, 2 * log),
    )


def _catoni(sample: Any, variance: float, log: float) -> tuple[float, float]:
    """Return the ends of Catoni's interval (Ann. Inst. H. Poincaré 48, 2012, Proposition 2.4)."""
    replicas = len(sample)
    if variance <= 0:
        return float(sample.min()), float(sample.max())
    slack = 2 * variance * log / (replicas * (1 - 2 * log / replicas))
    alpha = math.sqrt(2 * log / (replicas * (variance + slack)))
    low, high = float(sample.min()), float(sample.max())
    for _ in range(60):
        middle = (low + high) / 2
        x = alpha * (sample - middle)
        influence = float((np.sign(x) * np.log1p(abs(x) + x * x / 2)).sum())
        if influence > 0:
            low = middle
        else:
            high = middle
    centre, radius = (low + high) / 2, math.sqrt(slack)
    return centre - radius, centre + radius


def _estimated(values: Any, order: int, accuracy: float, error_probability: float) -> SimulatedMoments:
    """Normal intervals with the sample variance; refused as well once one replica carries too much of the mean."""
    times, replicas = values.shape
    mean, deviation = values.mean(axis=1), values.std(axis=1, ddof=1) if replicas > 1 else np.inf
    positive = np.where(mean > 0, mean, 1.0)
    share = values.max(axis=1) / (replicas * positive)
    relative = np.maximum(
        deviation / (math.sqrt(replicas) * positive), np.where(values.std(axis=1) > 0, share, 0.0)
    )
    width = math.sqrt(2 * math.log(2 * times / error_probability))
    over = np.flatnonzero(relative > accuracy)
    refused = int(over[0]) if len(over) else None
    shown = np.arange(times) < (times if refused is None else refused)
    radius = width * relative * mean
    return SimulatedMoments(
        order,
        replicas,
        np.where(shown, mean, np.nan),
        np.where(shown, np.maximum(mean - radius, 0.0), np.nan),
        np.where(shown, mean + radius, np.nan),
        relative,
        error_probability,
        "estimate",
        refused,
        _reason(refused, relative, accuracy, replicas, 0.0),
    )


def relative_variance_growth(a: Any, learning_rate: float, batch_size: int, order: int) -> float:
    """Return ρ(T^{2k})/ρ(T^k)²: the factor by which each step multiplies the relative variance of ‖w‖^k, in the long run.

    Order k at most 3; for odd k the radius of T^k stands in for the growth of E‖w‖^k, which it bounds from below.
    """
    gradients = gradient_set(a)
    module = array_module(gradients.eigenvalues)
    single, double = (
        spectral_radius(moment_operator(gradients, learning_rate, batch_size, k), module=module)
        for k in (order, 2 * order)
    )
    return double / single**2


def _reason(refused: int | None, relative: Any, accuracy: float, replicas: int, needed: float) -> str:
    if refused is None:
        return "every step is reported"
    if replicas <= needed:
        return f"{replicas} replicas are too few for any rigorous interval; use more than {math.ceil(needed)}"
    wanted = replicas * (relative[refused] / accuracy) ** 2
    return (
        f"from step {refused} on the mean of {replicas} replicas has a relative standard error of {relative[refused]:.2g}, above "
        f"{accuracy:g}; about {wanted:.1g} replicas would do for this step: use the exact operators instead"
    )


def _start(gradients: GradientSet, start: Any) -> tuple[Array, float]:
    """Split w_0 into its coordinates in the row space and the norm of the rest."""
    xp = array_module(gradients.eigenvalues)
    vector = xp.asarray(start, dtype=xp.float64)
    if vector.shape != (gradients.parameters,):
        raise ClaimError(
            f"the start has shape {tuple(vector.shape)}, but there are {gradients.parameters} parameters"
        )
    if not bool(xp.isfinite(vector).all()):
        raise ClaimError("the start has a NaN or infinite entry")
    row = gradients.basis.T @ vector
    rest = vector - gradients.basis @ row
    norm = float(xp.sqrt((rest**2).sum()))
    # without flat directions the rest is rounding
    return row, norm if gradients.flat else 0.0
