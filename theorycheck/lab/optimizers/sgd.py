"""SGD, and GSmoothSGD: Algorithm 1 of Starnes and Webster (arXiv 2311.00531)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from theorycheck.lab.optimizers.rules import Gradient, Rule, Step, on_samples
from theorycheck.lab.optimizers.schedules import Schedule, as_schedule, smoothing_scale, step_size


class SGDState(NamedTuple):
    """x_t, of shape (…, N, d)."""

    x: Any


def start_sgd(x: Any) -> SGDState:
    """The state before the first step, at x of shape (N, d)."""
    return SGDState(x)


def sgd_rule(xp: Any, learning_rate: Any | Schedule, sigma: Any | Schedule | None = None) -> Rule:
    """x_t = x_{t−1} − η_t g, g the gradient at x_{t−1}; with σ, that of the smoothing by σ_t."""
    rates, scales = as_schedule(learning_rate), None if sigma is None else as_schedule(sigma)

    def rule(t: int, gradient: Gradient, state: SGDState) -> SGDState:
        sigma_t = None if scales is None else smoothing_scale(xp, scales, t)
        return SGDState(state.x - xp.scale(step_size(xp, rates, t), gradient(state.x, sigma_t)))

    return rule


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
    return on_samples(xp, samples, sgd_rule(xp, learning_rate))


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
    return on_samples(xp, samples, sgd_rule(xp, learning_rate, sigma))
