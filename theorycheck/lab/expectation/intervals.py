r"""Anytime-valid intervals for a mean: one may look after every sample and stop.

Each function takes the samples in order, shape (T,) or (T, k) with time first, and returns two arrays of the
same shape: the lower and upper ends after 1, 2, …, T samples. For independent samples (or any sequence with
conditional mean μ)

    P(for every t: lower_t ≤ μ ≤ upper_t)  ≥  1 − alpha       (each column by itself),

except `asymptotic`, for which this holds in a limit. The ends are running intersections: they only tighten.
All come from a nonnegative supermartingale that starts at 1 and Ville's inequality P(sup_t M_t ≥ 1/α) ≤ α.

References
----------
Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence sequences. Ann.
Statist. 49, 2021. Waudby-Smith, Ramdas: Estimating means of bounded random variables by betting. J. R.
Statist. Soc. B 86, 2024. Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and
asymptotic confidence sequences. Ann. Statist. 52, 2024.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError

Array = np.ndarray[Any, np.dtype[np.float64]]

TOTAL_ERROR_PROBABILITY = 1e-6
"""What all statistical checks of one run together may spend on false alarms."""


def alpha_for(index: int, total: float = TOTAL_ERROR_PROBABILITY) -> float:
    """Return the error probability of check number `index` (0, 1, 2, …) of a run whose length is not known
    beforehand.

    It is total · 6/(π² (index + 1)²); over all indices these sum to `total`.

    Examples
    --------
    >>> sum(alpha_for(i) for i in range(1000)) < 1e-6
    True
    """
    if index < 0:
        raise ClaimError(f"checks are numbered from 0; {index} was given")
    return total * 6 / (math.pi * (index + 1)) ** 2


def split_alpha(names: Sequence[str], total: float = TOTAL_ERROR_PROBABILITY) -> dict[str, float]:
    """Split `total` equally over the checks `names` of a run, known beforehand.

    Raises
    ------
    ClaimError
        If a name occurs twice: each check may spend its share once.
    """
    if len(set(names)) != len(names):
        raise ClaimError("a statistical check is named twice: give every check its own name")
    return {name: total / len(names) for name in names}


def _require(alpha: float, low: float, high: float, values: Array) -> None:
    if not 0 < alpha < 1:
        raise ClaimError(f"the error probability must lie between 0 and 1; {alpha} was given")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ClaimError(
            f"the range [{low}, {high}] of the samples is empty or infinite: give finite low < high"
        )
    if values.size and not (np.min(values) >= low and np.max(values) <= high):
        raise ClaimError(
            f"a sample lies outside the declared range [{low}, {high}]"
            f" (smallest {np.min(values)}, largest {np.max(values)}): declare a range that holds always"
        )


def _counts(values: Array) -> Array:
    return np.arange(1, len(values) + 1, dtype=float).reshape(-1, *[1] * (values.ndim - 1))


def _running(lower: Array, upper: Array) -> tuple[Array, Array]:
    return np.maximum.accumulate(lower, axis=0), np.minimum.accumulate(upper, axis=0)


def normal_mixture_radius(intrinsic_time: Any, alpha: float, *, tuned_for: float) -> Any:
    r"""Return a bound on |S_t| that holds at all times, S_t a sum of centred sub-Gaussian steps with Σ
    proxies V_t.

    Two-sided normal mixture (Howard et al. 2021, Section 3.1): ∫ e^{λS − λ²V/2} dN(0, 1/ρ)(λ) =
    √(ρ/(V+ρ)) e^{S²/(2(V+ρ))} is a supermartingale, hence |S_t| < √(2(V_t+ρ) log(√((V_t+ρ)/ρ)/α)).

    Parameters
    ----------
    intrinsic_time : array
        V_t.
    alpha : float
        Error probability.
    tuned_for : float
        The V at which the bound is about tightest; it is valid everywhere.
    """
    log = -2 * math.log(alpha)
    rho = tuned_for / (log + math.log1p(log))
    total = intrinsic_time + rho
    return np.sqrt(2 * total * (0.5 * np.log(total / rho) - math.log(alpha)))


def hoeffding(
    values: Array, alpha: float, *, low: float = 0.0, high: float = 1.0, tuned_for: int = 1000
) -> tuple[Array, Array]:
    """Samples in [low, high]: the sub-Gaussian normal mixture with variance proxy (high − low)²/4.

    Parameters
    ----------
    values : array (T,) or (T, k)
        Samples in order.
    alpha : float
        Error probability of each column.
    low, high : float
        A range that holds for every sample.
    tuned_for : int
        Number of samples at which the interval is about tightest.

    Raises
    ------
    ClaimError
        If a sample lies outside the range.
    """
    values = np.asarray(values, dtype=float)
    _require(alpha, low, high, values)
    proxy = (high - low) ** 2 / 4
    t = _counts(values)
    radius = normal_mixture_radius(t * proxy, alpha, tuned_for=tuned_for * proxy) / t
    mean = np.cumsum(values, axis=0) / t
    return _running(np.maximum(mean - radius, low), np.minimum(mean + radius, high))


@dataclass(frozen=True)
class BernsteinState:
    """What the empirical Bernstein sequence carries from block to block (samples scaled to [0, 1])."""

    count: int = 0
    total: Any = 0.0  # Σ X
    squares: Any = 0.0  # Σ (X_i − μ̂_i)²
    bets: Any = 0.0  # Σ λ
    weighted: Any = 0.0  # Σ λ X
    penalty: Any = 0.0  # Σ v ψ(λ)
    lower: Any = 0.0
    upper: Any = 1.0


def _predictable_scale(
    state: BernsteinState, x: Array, alpha: float
) -> tuple[Array, Array, Array, Array, Array]:
    """Return t, Σ X, means, Σ(X − mean)², and the bets √(2 log(2/α)/(σ̂²_{t−1} t log(1+t)))."""
    t = state.count + _counts(x)
    total = state.total + np.cumsum(x, axis=0)
    mean = (0.5 + total) / (t + 1)
    squares = state.squares + np.cumsum((x - mean) ** 2, axis=0)
    variance_before = np.concatenate(
        [
            np.broadcast_to((0.25 + np.asarray(state.squares)) / (state.count + 1), x[:1].shape),
            (0.25 + squares[:-1]) / t[1:],
        ]
    )
    bet = np.sqrt(2 * math.log(2 / alpha) / (variance_before * t * np.log1p(t)))
    return t, total, mean, squares, bet


def empirical_bernstein_block(
    values: Array, alpha: float, state: BernsteinState, *, low: float = 0.0, high: float = 1.0
) -> tuple[Array, Array, BernsteinState]:
    """Continue the empirical Bernstein sequence by a block of samples: lower, upper and the new state.

    Waudby-Smith and Ramdas 2024, Theorem 2 (predictable plug-in), for X in [0, 1] after scaling:
    Σλ_iX_i/Σλ_i ± (log(2/α) + Σ v_i ψ(λ_i))/Σλ_i, v_i = 4(X_i − μ̂_{i−1})², ψ(λ) = (−log(1−λ) − λ)/4, λ_i ≤
    1/2 predictable.
    """
    values = np.asarray(values, dtype=float)
    _require(alpha, low, high, values)
    if len(values) == 0:
        return values, values, state
    x = (values - low) / (high - low)
    _, total, mean, squares, bet = _predictable_scale(state, x, alpha)
    bet = np.minimum(bet, 0.5)
    first = np.broadcast_to((0.5 + np.asarray(state.total)) / (state.count + 1), x[:1].shape)
    mean_before = np.concatenate([first, mean[:-1]])
    penalty = state.penalty + np.cumsum((x - mean_before) ** 2 * (-np.log1p(-bet) - bet), axis=0)
    bets = state.bets + np.cumsum(bet, axis=0)
    weighted = state.weighted + np.cumsum(bet * x, axis=0)
    radius = (math.log(2 / alpha) + penalty) / bets
    lower, upper = _running(
        np.maximum(weighted / bets - radius, state.lower), np.minimum(weighted / bets + radius, state.upper)
    )
    new = BernsteinState(
        state.count + len(x),
        total[-1],
        squares[-1],
        bets[-1],
        weighted[-1],
        penalty[-1],
        lower[-1],
        upper[-1],
    )
    return low + (high - low) * lower, low + (high - low) * upper, new


def empirical_bernstein(
    values: Array, alpha: float, *, low: float = 0.0, high: float = 1.0
) -> tuple[Array, Array]:
    """In [low, high]; adapts to the variance (`empirical_bernstein_block`). Parameters as `hoeffding`."""
    return empirical_bernstein_block(values, alpha, BernsteinState(), low=low, high=high)[:2]


def betting(
    values: Array, alpha: float, *, low: float = 0.0, high: float = 1.0, grid: int = 1000
) -> tuple[Array, Array]:
    """Samples (T,) in [low, high]: the hedged capital process, the tightest of the three; costs T · grid.

    Waudby-Smith and Ramdas 2024, Theorem 3: for X in [0, 1] after scaling and a candidate mean m,
    K⁺(m) = Π(1 + λ⁺_i (X_i − m)) and K⁻(m) = Π(1 − λ⁻_i (X_i − m)), with predictable bets λ⁺ ≤ 1/(2m), λ⁻ ≤
    1/(2(1−m)), are nonnegative martingales at the true m, and so is their mean; m is excluded once K⁺ or K⁻
    reaches 2/α. K⁺ falls and K⁻ rises with m, so the excluded sets are an interval at each end, and rounding
    outwards to the grid loses nothing but width.

    Raises
    ------
    ClaimError
        If a sample lies outside the range, or `values` has more than one axis.
    """
    values = np.asarray(values, dtype=float)
    _require(alpha, low, high, values)
    if values.ndim != 1:
        raise ClaimError("betting takes one stream at a time: values of shape (T,)")
    x = (values - low) / (high - low)
    means = np.linspace(0.0, 1.0, grid + 1)
    threshold = math.log(2 / alpha)
    bet = _predictable_scale(BernsteinState(), x, alpha)[4][:, None] if len(x) else x[:, None]
    lower, upper = np.zeros(len(x)), np.ones(len(x))
    # log(1 + λ(X − m)), at λ ≤ 1/(2m): the argument is at least 1/2
    capital_up, capital_down = np.zeros(grid + 1), np.zeros(grid + 1)
    block = max(1, 2**18 // (grid + 1))
    for start in range(0, len(x), block):
        stop = start + block
        gain = x[start:stop, None] - means[None]
        with np.errstate(divide="ignore"):
            up = np.minimum(bet[start:stop], 0.5 / means)
            down = np.minimum(bet[start:stop], 0.5 / (1 - means))
        up_path = capital_up + np.cumsum(np.log1p(up * gain), axis=0)
        down_path = capital_down + np.cumsum(np.log1p(-down * gain), axis=0)
        capital_up, capital_down = up_path[-1], down_path[-1]
        excluded_below, excluded_above = up_path >= threshold, down_path >= threshold
        # the excluded grid points from the left are 0..k−1: means below the last of them are excluded too
        last = grid - np.argmax(excluded_below[:, ::-1], axis=1)
        lower[start:stop] = np.where(excluded_below.any(axis=1), means[last], 0.0)
        first = np.argmax(excluded_above, axis=1)
        upper[start:stop] = np.where(excluded_above.any(axis=1), means[first], 1.0)
    lower, upper = _running(lower, upper)
    return low + (high - low) * lower, low + (high - low) * upper


def asymptotic(values: Array, alpha: float, *, tuned_for: int = 1000) -> tuple[Array, Array]:
    """Samples with finite variance: a confidence sequence that is valid only asymptotically; never call it
    rigorous.

    μ̂_t ± σ̂_t √(2(tρ² + 1)/(t²ρ²) · log(√(tρ² + 1)/α)) (Waudby-Smith et al. 2024, Theorem 2.2). No running
    intersection: early intervals mean nothing. Entries before the second sample are infinite.
    """
    values = np.asarray(values, dtype=float)
    if not 0 < alpha < 1:
        raise ClaimError(f"the error probability must lie between 0 and 1; {alpha} was given")
    t = _counts(values)
    mean = np.cumsum(values, axis=0) / t
    shift = values[:1]  # sums of squares about the first value lose less to cancellation
    centred = values - shift
    variance = np.maximum(np.cumsum(centred**2, axis=0) / t - (np.cumsum(centred, axis=0) / t) ** 2, 0.0)
    log = -2 * math.log(alpha)
    rho2 = (log + math.log1p(log)) / tuned_for
    # the boundary is (1/(tρ²)) √(2 (tρ² + 1) ρ² log(…)) written without the cancellation
    radius = np.sqrt(variance) * np.sqrt(
        2 * (t * rho2 + 1) / (t * t * rho2) * (0.5 * np.log(t * rho2 + 1) - math.log(alpha))
    )
    radius[:1] = math.inf
    return mean - radius, mean + radius
