"""The algorithms of a run, as data: `theorycheck.lab.optimizers` has what they do.

A parameter is a number, an array (R,) with one for each network, or a `Schedule` over the steps t = 1, 2, … whose values are
either. With `sigma` the gradient is that of the network smoothed layer by layer with σ_t (`theorycheck.lab.networks`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from theorycheck.lab.optimizers import (
    MomentumState,
    Rule,
    Schedule,
    SGDState,
    SVRGState,
    adam_rule,
    nshb_rule,
    sgd_rule,
    shb_rule,
    start_adam,
    start_momentum,
    svrg_rule,
)

FullGradient = Callable[[Any], Any]
"""w ↦ ∇f(w) over all data, both (R, p)."""


@dataclass(frozen=True)
class _Algorithm:
    learning_rate: Any

    def of(self, networks: slice) -> Self:
        """The same for some of the networks."""
        return replace(self, **{own.name: _part(getattr(self, own.name), networks) for own in fields(self)})

    def begin_epoch(self, xp: Any, state: Any, full_gradient: FullGradient) -> Any:
        """The state with which an epoch starts."""
        return state


def _part(value: Any, networks: slice) -> Any:
    if isinstance(value, Schedule):
        return Schedule(value.description, lambda t: _part(value.value(t), networks), value.length)
    return value[networks] if getattr(value, "ndim", 0) == 1 else value


@dataclass(frozen=True)
class SGD(_Algorithm):
    """x_t = x_{t−1} − η_t g_t."""

    sigma: Any = None

    def start(self, xp: Any, w: Any) -> SGDState:
        return SGDState(w)

    def rule(self, xp: Any) -> Rule:
        return sgd_rule(xp, self.learning_rate, self.sigma)


@dataclass(frozen=True)
class SHB(_Algorithm):
    """m_t = g_t + βm_{t−1}, x_t = x_{t−1} − η_t m_t."""

    beta: Any
    sigma: Any = None

    def start(self, xp: Any, w: Any) -> MomentumState:
        return start_momentum(xp, w)

    def rule(self, xp: Any) -> Rule:
        return shb_rule(xp, self.learning_rate, self.beta, self.sigma)


@dataclass(frozen=True)
class NSHB(_Algorithm):
    """m_t = (1−β)g_t + βm_{t−1}, x_t = x_{t−1} − η_t m_t."""

    beta: Any
    sigma: Any = None

    def start(self, xp: Any, w: Any) -> MomentumState:
        return start_momentum(xp, w)

    def rule(self, xp: Any) -> Rule:
        return nshb_rule(xp, self.learning_rate, self.beta, self.sigma)


@dataclass(frozen=True)
class Adam(_Algorithm):
    """As `theorycheck.lab.optimizers.adam`: θ averages the squares, and there is no bias correction."""

    beta: Any = 0.9
    theta: Any = 0.999
    epsilon: float = 1e-8
    sigma: Any = None

    def start(self, xp: Any, w: Any) -> Any:
        return start_adam(xp, w)

    def rule(self, xp: Any) -> Rule:
        return adam_rule(
            xp, self.learning_rate, self.sigma, beta=self.beta, theta=self.theta, epsilon=self.epsilon
        )


@dataclass(frozen=True)
class SVRG(_Algorithm):
    """v_t = g_t(x_{t−1}) − g_t(x̃) + ∇f(x̃), the anchor x̃ being where the epoch began."""

    def start(self, xp: Any, w: Any) -> SVRGState:
        return SVRGState(w, w, xp.zeros_like(w))

    def begin_epoch(self, xp: Any, state: Any, full_gradient: FullGradient) -> Any:
        return SVRGState(state.x, state.x, full_gradient(state.x))

    def rule(self, xp: Any) -> Rule:
        return svrg_rule(xp, self.learning_rate)


Algorithm = SGD | SHB | NSHB | Adam | SVRG
