"""SGD, and GSmoothSGD: Algorithm 1 of Starnes and Webster (arXiv 2311.00531)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from theorycheck.lab.optimizers.samples import sample_gradient
from theorycheck.lab.optimizers.schedules import Schedule, as_schedule, smoothing_scale, step_size

Step = Callable[[int, Any, Any], Any]
"""`step(t, k, state)`: the state x_t after step t = 1, 2, … with the index (or indices) k_t from the state x_{t−1}."""


class SGDState(NamedTuple):
    """x_t, of shape (…, N, d)."""

    x: Any


def start_sgd(x: Any) -> SGDState:
    """The state before the first step, at x of shape (N, d)."""
    return SGDState(x)


def sgd(xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule) -> Step:
    """x_t = x_{t−1} − η_t ∇f_k(x_{t−1}).

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
        f_0, …, f_{K−1}.
    learning_rate : number, array (N,) or Schedule
        η > 0.

    Raises
    ------
    ClaimError
        When a step is taken with a learning rate that is not positive.
    """
    rates = as_schedule(learning_rate)

    def step(t: int, k: Any, state: SGDState) -> SGDState:
        gradient = sample_gradient(xp, samples, k, state.x, lambda f, x: f.gradient(x))
        return SGDState(state.x - xp.scale(step_size(xp, rates, t), gradient))

    return step


def gsmooth_sgd(
    xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule, sigma: Any | Schedule
) -> Step:
    """x_t = x_{t−1} − η_t ∇f_{k,σ_t}(x_{t−1}), where f_σ(x) = E f(x + σu), u ~ N(0, I/2).

    Parameters
    ----------
    xp, samples, learning_rate
        As in `sgd`.
    sigma : number, array (N,) or Schedule
        σ_t ≥ 0, in any order; σ_t belongs to the step from x_{t−1} to x_t.

    Raises
    ------
    ClaimError
        When a step is taken with η_t ≤ 0 or σ_t < 0, or beyond the end of a schedule.
    """
    rates, scales = as_schedule(learning_rate), as_schedule(sigma)

    def step(t: int, k: Any, state: SGDState) -> SGDState:
        sigma_t = smoothing_scale(xp, scales, t)
        gradient = sample_gradient(xp, samples, k, state.x, lambda f, x: f.smoothed_gradient(x, sigma_t))
        return SGDState(state.x - xp.scale(step_size(xp, rates, t), gradient))

    return step
