"""Activations with their Gaussian smoothings in closed form: h_σ, (h²)_σ and the slopes of both.

u ~ N(0, 1/2): h_σ(t) = E h(t + σu) (starnes2023, section 1), and q_σ(t)² = (h²)_σ(t), the smoothing of the square. An
activation is a function `(xp, t, sigma) -> Moments` of arrays that broadcast; σ = 0 gives h and h² themselves. Its square
root q_σ is never taken: regularisers need q_σ² alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class Moments:
    """What a smoothed layer needs of an activation, each of the shape of t.

    Attributes
    ----------
    mean, slope : array
        h_σ(t) and its derivative.
    square, square_slope : array
        (h²)_σ(t) and its derivative.
    """

    mean: Any
    slope: Any
    square: Any
    square_slope: Any


SmoothedActivation = Callable[[Any, Any, Any], Moments]


def identity(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = t: h_σ = t, (h²)_σ = t² + σ²/2."""
    return Moments(t, xp.ones_like(t), t**2 + sigma**2 / 2, 2 * t)


def _positive_part(xp: Any, t: Any, sigma: Any) -> tuple[Any, Any]:
    """P(t + σu > 0) and σ times half the density of N(0, 1/2) at t/σ; at σ = 0 the step and 0."""
    # between 0 and 1 for every σ, and no division by σ = 0
    positive = sigma > 0
    z = t / xp.where(positive, sigma, 1)
    step = xp.where(t > 0, xp.ones_like(t), xp.zeros_like(t))
    probability = xp.where(positive, xp.erfc(-z) / 2, step)
    density = xp.where(positive, sigma * xp.exp(-(z**2)) / (2 * xp.pi**0.5), xp.zeros_like(t))
    return probability, density


def relu(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = max(t, 0): Proposition D.1(a) and (b) of starnes2023."""
    probability, density = _positive_part(xp, t, sigma)
    mean = t * probability + density
    square = probability * (t**2 + sigma**2 / 2) + t * density
    return Moments(mean, probability, square, 2 * mean)


def leaky_relu(slope: float) -> SmoothedActivation:
    """h(t) = t for t > 0, else slope·t. Since h(t) = slope·t + (1−slope) relu(t), its smoothings follow from relu's."""

    def smoothed(xp: Any, t: Any, sigma: Any) -> Moments:
        r = relu(xp, t, sigma)
        linear, rest = slope, 1 - slope
        kept, added = slope**2, 1 - slope**2
        return Moments(
            linear * t + rest * r.mean,
            linear + rest * r.slope,
            kept * (t**2 + sigma**2 / 2) + added * r.square,
            2 * kept * t + added * r.square_slope,
        )

    return smoothed


def absolute_value(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = |t| = 2 relu(t) − t; its square is t²."""
    probability, density = _positive_part(xp, t, sigma)
    mean = t * (2 * probability - 1) + 2 * density
    return Moments(mean, 2 * probability - 1, t**2 + sigma**2 / 2, 2 * t)


def sine(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = sin t: h_σ = e^{−σ²/4} sin t, and sin² = (1 − cos 2t)/2."""
    once, twice = xp.exp(-(sigma**2) / 4), xp.exp(-(sigma**2))
    sin, cos = xp.sin(t), xp.cos(t)
    return Moments(once * sin, once * cos, (1 - twice * xp.cos(2 * t)) / 2, twice * xp.sin(2 * t))


def cosine(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = cos t: h_σ = e^{−σ²/4} cos t, and cos² = (1 + cos 2t)/2."""
    once, twice = xp.exp(-(sigma**2) / 4), xp.exp(-(sigma**2))
    sin, cos = xp.sin(t), xp.cos(t)
    return Moments(once * cos, -once * sin, (1 + twice * xp.cos(2 * t)) / 2, -twice * xp.sin(2 * t))


ACTIVATIONS: dict[str, SmoothedActivation] = {
    "identity": identity,
    "relu": relu,
    "leaky_relu": leaky_relu(0.01),
    "absolute_value": absolute_value,
    "sine": sine,
    "cosine": cosine,
}


def activation_named(name: str) -> SmoothedActivation:
    """Look an activation up by its name.

    Raises
    ------
    ClaimError
        If there is none of that name.
    """
    if name not in ACTIVATIONS:
        raise ClaimError(f"there is no smoothed activation {name!r}; use one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]
