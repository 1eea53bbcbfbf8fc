r"""Worst-case sharpness by projected ascent: a lower bound of max_{‖δ ⊘ c‖_p ≤ ρ} f(w + δ) − f(w).

`definition-adaptive-sharpness` of sato2023, p = ∞ or 2: `worst_case_sharpness` on the samples that are given,
`mean_batch_sharpness` the paper's mean over batches S that are treated separately. What is returned was reached at a point of
the ball, so the maximum is at least that; how much more it is nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.risk import Risk, risk_and_gradient, risk_value

Norm = Literal["inf", "2"]


@dataclass(frozen=True)
class Sharpness:
    """Each for R networks.

    Attributes
    ----------
    value : array (R,)
        f(w + δ) − f(w) at the best point met, at least 0: a lower bound of the maximum over the ball.
    perturbation : array (R, p)
        That δ.
    """

    value: Any
    perturbation: Any


def worst_case_sharpness(
    risk: Risk,
    xp: Any,
    w: Any,
    x: Any,
    y: Any,
    *,
    radius: float,
    norm: Norm,
    adaptive: bool,
    generator: np.random.Generator,
    steps: int = 20,
) -> Sharpness:
    """Projected ascent with momentum, from a uniform random point of the ball.

    The settings of the public code (`adaptive`, norm "inf", 20 steps): the first step is 2ρ, the momentum 0.75, and a step that
    gains nothing for a network halves that network's step and starts again at its best point.

    Parameters
    ----------
    radius : float
        ρ > 0.
    norm : {"inf", "2"}
        p of ‖δ ⊘ c‖_p ≤ ρ.
    adaptive : bool
        c = |w| if True, so that a weight that is 0 stays, else c = 1.
    generator : numpy.random.Generator
        For the start: at a minimum there is no direction of ascent.

    Raises
    ------
    NetworkError
        If the radius is not positive or the norm is neither.
    """
    if not radius > 0:
        raise NetworkError(f"the radius of a ball must be positive, not {radius}")
    if norm not in ("inf", "2"):
        raise NetworkError(f"sharpness knows the norms inf and 2, not {norm!r}")
    scale = xp.abs(w) if adaptive else xp.ones_like(w)
    base = risk_value(risk, xp, w, x, y)
    z = xp.asarray(_start(generator, tuple(w.shape), radius, norm), dtype=w.dtype)
    best_value, best = xp.zeros_like(base), xp.zeros_like(z)
    step, previous = xp.full(base.shape, 2 * radius, dtype=w.dtype), z
    for _ in range(steps):
        value, gradient = risk_and_gradient(risk, xp, w + scale * z, x, y)
        gained = value - base > best_value
        best_value = xp.where(gained, value - base, best_value)
        best = xp.where(gained[:, None], z, best)
        step = xp.where(gained, step, step / 2)
        here = xp.where(gained[:, None], z, best)
        ascent = here + step[:, None] * _direction(xp, scale * gradient, norm)
        projected = _projected(xp, ascent, radius, norm)
        following = _projected(xp, here + 0.75 * (projected - here) + 0.25 * (here - previous), radius, norm)
        previous, z = here, following
    value = risk_value(risk, xp, w + scale * z, x, y) - base
    best = xp.where((value > best_value)[:, None], z, best)
    return Sharpness(xp.maximum(value, best_value), scale * best)


def mean_batch_sharpness(
    risk: Risk, xp: Any, w: Any, x: Any, y: Any, *, batch_size: int, **settings: Any
) -> Any:
    """The mean over batches of `worst_case_sharpness`, shape (R,): a lower bound of E_S max_δ L_S(w + δ) − L_S(w).

    Batches are the samples in their order, `batch_size` at a time (128 of 1,024 in the public code). Every batch has a δ of
    its own, so the mean of the maxima is at least the maximum of the mean.

    Parameters
    ----------
    settings
        Those of `worst_case_sharpness`.

    Raises
    ------
    NetworkError
        If the batches do not divide the samples.
    """
    samples = x.shape[1]
    if batch_size < 1 or samples % batch_size:
        raise NetworkError(
            f"batches of {batch_size} do not divide {samples} samples; every sample is to count once"
        )
    total: Any = 0
    for start in range(0, samples, batch_size):
        chosen = (array[:, start : start + batch_size, ...] for array in (x, y))
        total = total + worst_case_sharpness(risk, xp, w, *chosen, **settings).value
    return total * batch_size / samples


def _start(generator: np.random.Generator, shape: tuple[int, ...], radius: float, norm: Norm) -> Any:
    if norm == "inf":
        return generator.uniform(-radius, radius, shape)
    direction = generator.standard_normal(shape)
    length = generator.random((shape[0], 1)) ** (1 / shape[1])
    return radius * length * direction / np.linalg.norm(direction, axis=1, keepdims=True)


def _direction(xp: Any, gradient: Any, norm: Norm) -> Any:
    """The steepest ascent of unit length in the norm."""
    if norm == "inf":
        return xp.sign(gradient)
    length = xp.sqrt(xp.sum(gradient**2, axis=1, keepdims=True))
    return gradient / xp.where(length > 0, length, xp.ones_like(length))


def _projected(xp: Any, z: Any, radius: float, norm: Norm) -> Any:
    if norm == "inf":
        return xp.minimum(xp.maximum(z, -radius * xp.ones_like(z)), radius * xp.ones_like(z))
    length = xp.sqrt(xp.sum(z**2, axis=1, keepdims=True))
    return z * xp.minimum(xp.ones_like(length), radius / xp.where(length > 0, length, xp.ones_like(length)))
