"""Adam as the paper prints it, and GSmoothAdam: Algorithm 2 of Starnes and Webster (arXiv 2311.00531).

There is no bias correction. Squares, roots and quotients act coordinate by coordinate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers.rules import Gradient, Rule, Step, on_samples
from theorycheck.lab.optimizers.schedules import (
    Schedule,
    as_schedule,
    in_namespace,
    number_of,
    require_value,
    smoothing_scale,
    step_size,
)

EPSILON_PLACES = ("inside", "outside")
"""Where ε stands: √(v + ε), or √v + ε."""


class AdamState(NamedTuple):
    """x_t, the averaged gradient m_t and the averaged squared gradient v_t, each of shape (…, N, d)."""

    x: Any
    m: Any
    v: Any


def start_adam(xp: Any, x: Any) -> AdamState:
    """The state before the first step, at x of shape (N, d): m_0 = v_0 = 0."""
    return AdamState(x, xp.zeros_like(x), xp.zeros_like(x))


def adam_rule(
    xp: Any,
    learning_rate: Any | Schedule,
    sigma: Any | Schedule | None = None,
    *,
    beta: Any | Schedule,
    theta: Any | Schedule,
    epsilon: Any,
    largest_beta: Any = None,
    epsilon_place: str = "inside",
) -> Rule:
    """The rule of `adam` and, with σ, of `gsmooth_adam`; parameters as there."""
    parameters = _parameters(learning_rate, beta, theta, epsilon, largest_beta, epsilon_place)
    scales = None if sigma is None else as_schedule(sigma)

    def rule(t: int, gradient: Gradient, state: AdamState) -> AdamState:
        sigma_t = None if scales is None else smoothing_scale(xp, scales, t)
        return _step(xp, parameters, t, lambda: gradient(state.x, sigma_t), state)

    return rule


def adam(
    xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule, *, beta: Any, theta: Any, epsilon: Any
) -> Step:
    """m_t = βm_{t−1} + (1−β)g, v_t = θv_{t−1} + (1−θ)g², x_t = x_{t−1} − η m_t/√(v_t + ε), with g = ∇f_k(x_{t−1}).

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
    learning_rate : number, array (N,) or Schedule
        η > 0.
    beta, theta, epsilon : number or array (N,)
        0 ≤ β < 1, 0 < θ < 1, ε > 0.

    Raises
    ------
    ClaimError
        When a parameter that is a number is out of its range.
    """
    return on_samples(xp, samples, adam_rule(xp, learning_rate, beta=beta, theta=theta, epsilon=epsilon))


def gsmooth_adam(
    xp: Any,
    samples: Sequence[Any],
    learning_rate: Any | Schedule,
    sigma: Any | Schedule,
    *,
    beta: Any | Schedule,
    theta: Any | Schedule,
    epsilon: Any,
    largest_beta: Any = None,
    epsilon_place: str = "inside",
) -> Step:
    """Adam with g = ∇f_{k,σ_t}(x_{t−1}), f_σ(x) = E f(x + σu), u ~ N(0, I/2), and parameters that may change.

    Parameters
    ----------
    xp, samples, learning_rate
        As in `adam`.
    sigma : number, array (N,) or Schedule
        σ_t ≥ 0.
    beta, theta : number, array (N,) or Schedule
        0 ≤ β_t < 1 and 0 < θ_t < 1.
    epsilon : number or array (N,)
        ε > 0.
    largest_beta : number or None
        β < 1, the bound β_t ≤ β of Algorithm 2; None if it is not to be checked.
    epsilon_place : {"inside", "outside"}
        x_t = x_{t−1} − η_t m_t/√(v_t + ε) (reading @a), or x_{t−1} − η_t m_t/(√v_t + ε) (reading @b).

    Raises
    ------
    ClaimError
        When a parameter that is a number is out of its range, or a schedule too short.
    """
    rule = adam_rule(
        xp,
        learning_rate,
        sigma,
        beta=beta,
        theta=theta,
        epsilon=epsilon,
        largest_beta=largest_beta,
        epsilon_place=epsilon_place,
    )
    return on_samples(xp, samples, rule)


class _Parameters(NamedTuple):
    rates: Schedule
    betas: Schedule
    thetas: Schedule
    epsilon: Any
    largest_beta: Any
    epsilon_place: str


def _parameters(
    learning_rate: Any, beta: Any, theta: Any, epsilon: Any, largest_beta: Any, epsilon_place: str
) -> _Parameters:
    if epsilon_place not in EPSILON_PLACES:
        raise ClaimError(
            f"epsilon_place must be one of {', '.join(EPSILON_PLACES)}; {epsilon_place!r} was given"
        )
    number = number_of(epsilon)
    if number is not None and not number > 0:
        raise ClaimError(f"epsilon must be positive; {number} was given")
    bound = number_of(largest_beta)
    if bound is not None and not 0 <= bound < 1:
        raise ClaimError(f"the bound beta of the schedule beta_t must lie in [0, 1); {bound} was given")
    return _Parameters(
        as_schedule(learning_rate),
        as_schedule(beta),
        as_schedule(theta),
        epsilon,
        largest_beta,
        epsilon_place,
    )


def _step(
    xp: Any, parameters: _Parameters, t: int, gradient_here: Callable[[], Any], state: AdamState
) -> AdamState:
    beta, theta = _averaging(xp, parameters, t)
    gradient = gradient_here()
    m = xp.scale(beta, state.m) + xp.scale(1 - beta, gradient)
    v = xp.scale(theta, state.v) + xp.scale(1 - theta, gradient**2)
    epsilon = xp.asarray(in_namespace(xp, parameters.epsilon))[..., None]
    inside = parameters.epsilon_place == "inside"
    size = xp.sqrt(v + epsilon) if inside else xp.sqrt(v) + epsilon
    return AdamState(state.x - xp.scale(step_size(xp, parameters.rates, t), m / size), m, v)


def _averaging(xp: Any, parameters: _Parameters, t: int) -> tuple[Any, Any]:
    """β_t and θ_t, validated."""
    beta, theta = parameters.betas(t), parameters.thetas(t)
    require_value(beta, t, "the averaging parameter beta", lambda v: 0 <= v < 1, "at least 0 and below 1")
    bound = number_of(parameters.largest_beta)
    if bound is not None:
        require_value(
            beta, t, "the averaging parameter beta", lambda v: v <= bound, f"at most the bound {bound}"
        )
    require_value(theta, t, "the averaging parameter theta", lambda v: 0 < v < 1, "strictly between 0 and 1")
    return in_namespace(xp, beta), in_namespace(xp, theta)
