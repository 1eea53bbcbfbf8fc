"""Update rules: what a step does with a gradient, wherever the gradient comes from.

A rule asks for gradients at points of its own choice. On the samples of a finite sum it becomes a `Step`, whose data are
indices; on the batches of a network it trains (`theorycheck.lab.training`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from theorycheck.lab.optimizers.samples import sample_gradient

Gradient = Callable[[Any, Any], Any]
"""`gradient(x, sigma)`: ∇f_k(x), or ∇f_{k,σ}(x) unless σ is None, of the sample or batch of this step; the shape of x."""
Rule = Callable[[int, Gradient, Any], Any]
"""`rule(t, gradient, state)`: the state after step t = 1, 2, …"""
Step = Callable[[int, Any, Any], Any]
"""`step(t, k, state)`: the state x_t after step t = 1, 2, … with the index (or indices) k_t from the state x_{t−1}."""


def on_samples(xp: Any, samples: Sequence[Any], rule: Rule) -> Step:
    """The rule with the gradients of f_k, k the index of the step, from the samples f_0, …, f_{K−1}."""

    def step(t: int, k: Any, state: Any) -> Any:
        def gradient(x: Any, sigma: Any) -> Any:
            if sigma is None:
                return sample_gradient(xp, samples, k, x, lambda f, at: f.gradient(at))
            return sample_gradient(xp, samples, k, x, lambda f, at: f.smoothed_gradient(at, sigma))

        return rule(t, gradient, state)

    return step
