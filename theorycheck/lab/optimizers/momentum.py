"""Stochastic heavy ball, plain and normalised: Algorithms 4 and 5 of Sato and Iiduka (2024)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from theorycheck.lab.optimizers.rules import Gradient, Rule, Step, on_samples
from theorycheck.lab.optimizers.schedules import (
    Schedule,
    as_schedule,
    in_namespace,
    require_value,
    smoothing_scale,
    step_size,
)


class MomentumState(NamedTuple):
    """x_t and the direction m of the last step, each of shape (…, N, d)."""

    x: Any
    m: Any


def start_momentum(xp: Any, x: Any) -> MomentumState:
    """The state before the first step: the direction before it is 0."""
    return MomentumState(x, xp.zeros_like(x))


def shb_rule(
    xp: Any, learning_rate: Any | Schedule, beta: Any | Schedule, sigma: Any | Schedule | None = None
) -> Rule:
    """The rule of `shb`; with σ the gradient is that of the smoothing by σ_t."""
    return _rule(xp, learning_rate, beta, sigma, normalised=False)


def nshb_rule(
    xp: Any, learning_rate: Any | Schedule, beta: Any | Schedule, sigma: Any | Schedule | None = None
) -> Rule:
    """The rule of `nshb`; with σ the gradient is that of the smoothing by σ_t."""
    return _rule(xp, learning_rate, beta, sigma, normalised=True)


def shb(xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule, beta: Any | Schedule) -> Step:
    """m_t = ∇f_k(x_{t−1}) + βm_{t−1}, x_t = x_{t−1} − η m_t.

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
    learning_rate, beta : number, array (N,) or Schedule
        η > 0, 0 ≤ β < 1.

    Raises
    ------
    ClaimError
        When a step is taken with a number out of its range.
    """
    return on_samples(xp, samples, shb_rule(xp, learning_rate, beta))


def nshb(xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule, beta: Any | Schedule) -> Step:
    """m_t = (1−β)∇f_k(x_{t−1}) + βm_{t−1}, x_t = x_{t−1} − η m_t; parameters as `shb`."""
    return on_samples(xp, samples, nshb_rule(xp, learning_rate, beta))


def _rule(
    xp: Any,
    learning_rate: Any | Schedule,
    beta: Any | Schedule,
    sigma: Any | Schedule | None,
    *,
    normalised: bool,
) -> Rule:
    rates, betas = as_schedule(learning_rate), as_schedule(beta)
    scales = None if sigma is None else as_schedule(sigma)

    def rule(t: int, gradient: Gradient, state: MomentumState) -> MomentumState:
        beta_t = betas(t)
        require_value(beta_t, t, "the momentum beta", lambda v: 0 <= v < 1, "at least 0 and below 1")
        kept = in_namespace(xp, beta_t)
        sigma_t = None if scales is None else smoothing_scale(xp, scales, t)
        g = gradient(state.x, sigma_t)
        m = (xp.scale(1 - kept, g) if normalised else g) + xp.scale(kept, state.m)
        return MomentumState(state.x - xp.scale(step_size(xp, rates, t), m), m)

    return rule
