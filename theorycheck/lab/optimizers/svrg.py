"""SVRG, and GSmoothSVRG: Algorithm 3 of Starnes and Webster (arXiv 2311.00531).

One outer iteration starts at the anchor x̃, takes m inner steps, and its output x̃_s is an iterate x_t for a random t.
What that t ranges over is `times`: `times_before_steps(m)` (t = 0 … m−1, the proof of Lemma F.4) or
`times_of_line_9(K, m)` (t = 1 … K, as Algorithm 3 prints it, which needs K ≤ m), or any other list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers.paths import expand
from theorycheck.lab.optimizers.rules import Gradient, Rule, Step, on_samples
from theorycheck.lab.optimizers.samples import mean_gradient
from theorycheck.lab.optimizers.schedules import Schedule, as_schedule, smoothing_scale, step_size


class SVRGState(NamedTuple):
    """x_t, the anchor x̃ and the full gradient μ̃_τ at the anchor, each of shape (…, N, d)."""

    x: Any
    anchor: Any
    anchor_gradient: Any


def start_svrg(xp: Any, samples: Sequence[Any], anchor: Any, tau: Any = 0) -> SVRGState:
    """The state before the first inner step: x_0 = x̃ and μ̃_τ = (1/K) Σ_k ∇f_{k,τ}(x̃); anchor of shape (…, N, d)."""
    tau = smoothing_scale(xp, as_schedule(tau), 1, "the smoothing parameter tau of the anchor")
    return SVRGState(anchor, anchor, mean_gradient(xp, samples, anchor, tau))


def svrg_rule(xp: Any, learning_rate: Any | Schedule, sigma: Any = None, tau: Any = None) -> Rule:
    """x_t = x_{t−1} − η v_t, v_t = g_σ(x_{t−1}) − g_τ(x̃) + μ̃ with both gradients g of the same sample or batch."""
    rates = as_schedule(learning_rate)

    def rule(t: int, gradient: Gradient, state: SVRGState) -> SVRGState:
        update = gradient(state.x, sigma) - gradient(state.anchor, tau) + state.anchor_gradient
        return state._replace(x=state.x - xp.scale(step_size(xp, rates, t), update))

    return rule


def svrg(xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule) -> Step:
    """x_t = x_{t−1} − η v_t with v_t = ∇f_k(x_{t−1}) − ∇f_k(x̃) + μ̃, from `start_svrg(xp, samples, anchor)`."""
    return on_samples(xp, samples, svrg_rule(xp, learning_rate))


def gsmooth_svrg(
    xp: Any, samples: Sequence[Any], learning_rate: Any | Schedule, sigma: Any, tau: Any | None = None
) -> Step:
    """x_t = x_{t−1} − η v_t with v_t = ∇f_{k,σ}(x_{t−1}) − ∇f_{k,τ}(x̃) + μ̃_τ: the inner steps of Algorithm 3.

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
    learning_rate : number, array (N,) or Schedule
        η > 0.
    sigma : number or array (N,)
        σ_s ≥ 0, the same in all steps of one outer iteration; f_σ(x) = E f(x + σu), u ~ N(0, I/2).
    tau : number, array (N,) or None
        0 ≤ τ ≤ σ_s; None for τ = σ_s. Give `start_svrg` the same.

    Raises
    ------
    ClaimError
        If σ or τ is a negative number, or η, when a step is taken, not positive.
    """
    sigma = smoothing_scale(xp, as_schedule(sigma), 1)
    tau = sigma if tau is None else smoothing_scale(xp, as_schedule(tau), 1, "the smoothing parameter tau")
    return on_samples(xp, samples, svrg_rule(xp, learning_rate, sigma, tau))


def times_before_steps(steps: int) -> tuple[int, ...]:
    """0, …, m−1, each with probability 1/m: reading @b of Algorithm 3, line 9."""
    if steps < 1:
        raise ClaimError(f"an outer iteration of SVRG needs at least one inner step; m = {steps} was given")
    return tuple(range(steps))


def times_of_line_9(sample_count: int, steps: int) -> tuple[int, ...]:
    """1, …, K, each with probability 1/K: reading @a of Algorithm 3, line 9.

    Raises
    ------
    ClaimError
        If m = 0, or K > m: then x_t for t > m does not exist.
    """
    if steps < 1:
        raise ClaimError(f"an outer iteration of SVRG needs at least one inner step; m = {steps} was given")
    if sample_count > steps:
        raise ClaimError(
            f"line 9 draws t from 1 to K = {sample_count}, but the inner loop ends at x_m with m = {steps}: take m ≥ K, "
            "or times_before_steps(m)"
        )
    return tuple(range(1, sample_count + 1))


@dataclass(frozen=True)
class AnchorLaw:
    """The exact law of an anchor x̃_s: finitely many points with weights.

    Attributes
    ----------
    points : array of shape (P, N, d)
    weights : array of shape (P,)
        Nonnegative, with the sum 1.
    """

    points: Any
    weights: Any

    def expectation(self, values: Any) -> Any:
        """The mean of `values`, an array of shape (P, N) or (P, N, d) of what was computed at `points`."""
        weights = self.weights.reshape((-1,) + (1,) * (values.ndim - 1))
        return (weights * values).sum(axis=0)


def fixed_anchor(xp: Any, x: Any) -> AnchorLaw:
    """The law of an anchor that is x, of shape (N, d), for sure."""
    return AnchorLaw(x[None], xp.ones((1,)))


def next_anchor(
    xp: Any,
    samples: Sequence[Any],
    law: AnchorLaw,
    *,
    times: Sequence[int],
    learning_rate: Any,
    sigma: Any,
    tau: Any | None = None,
) -> AnchorLaw:
    """The exact law of x̃_s after one outer iteration of Algorithm 3, from that of x̃_{s−1}.

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
    law : AnchorLaw
    times : sequence of int
        The equally likely t with x̃_s = x_t.
    learning_rate, sigma, tau
        As in `gsmooth_svrg`.

    Raises
    ------
    ClaimError
        If `times` is empty or holds a negative number.
    BudgetError
        If there are too many paths.
    """
    if not times or min(times) < 0:
        raise ClaimError(f"the output x_t needs times t ≥ 0; {tuple(times)!r} was given")
    used = sigma if tau is None else tau
    step = gsmooth_svrg(xp, samples, learning_rate, sigma, used)
    state = start_svrg(xp, samples, law.points, used)
    points, weights = [], []
    for t, level in enumerate(expand(xp, step, state, len(samples), max(times))):
        share = Fraction(list(times).count(t), len(times) * len(samples) ** t)
        if share:
            points.append(level.x)
            weights.append(xp.repeat(law.weights, len(samples) ** t, axis=0) * xp.number(share))
    return AnchorLaw(xp.concatenate(points), xp.concatenate(weights))
