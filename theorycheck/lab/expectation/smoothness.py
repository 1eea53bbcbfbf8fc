"""What a caller may assert about an integrand; it decides method and guarantee. None asserts nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Polynomial:
    """A polynomial of at most this total degree."""

    degree: int


@dataclass(frozen=True)
class Analytic:
    """f is analytic with |f(x + iy)| ≤ bound · e^{growth ‖y‖} for all real x and ‖y‖ < half_width.

    cos(w·x) has (1, ‖w‖, ∞), e^{−x²/2} has (e^{a²/2}, 0, a) for every a, a function bounded by M on a strip
    (M, 0, width/2).
    """

    bound: float
    growth: float = 0.0
    half_width: float = math.inf


@dataclass(frozen=True)
class Kinks:
    """Smooth pieces that meet in kinks or jumps; in one dimension the positions may be named."""

    positions: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bounded:
    """low ≤ f ≤ high everywhere, nothing else: the anytime-valid intervals apply."""

    low: float
    high: float


Smoothness = Polynomial | Analytic | Kinks | Bounded | None
