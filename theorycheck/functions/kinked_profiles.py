"""Profiles with kinks and jumps: piecewise polynomials of degree at most 2 (see
`theorycheck.functions.profiles`).
"""

from __future__ import annotations

from typing import Any

from theorycheck.functions.extrema import greater, lesser
from theorycheck.functions.profiles import Profile, gaussian_weight, upper_probability


class Step(Profile):
    """φ(t) = 1 for t > 0, else 0."""

    continuous = False
    differentiable = False
    pieces = ((None, 0, (0, 0, 0)), (0, None, (1, 0, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return xp.where(t > 0, xp.ones_like(t), xp.zeros_like(t))

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return upper_probability(xp, t / s)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 2 * gaussian_weight(xp, t / s) / s

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf


class Interval(Profile):
    """φ(t) = 1 for |t| ≤ 1, else 0."""

    continuous = False
    differentiable = False
    pieces = ((None, -1, (0, 0, 0)), (-1, 1, (1, 0, 0)), (1, None, (0, 0, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return xp.where(abs(t) <= 1, xp.ones_like(t), xp.zeros_like(t))

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        # written for |t|, where the difference of two small tails is exact to rounding
        return (xp.erfc((abs(t) - 1) / s) - xp.erfc((abs(t) + 1) / s)) / 2

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 2 * (gaussian_weight(xp, (t + 1) / s) - gaussian_weight(xp, (t - 1) / s)) / s

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf


class Point(Profile):
    """φ(0) = 1, else 0: not constant, but every smoothing with s > 0 is 0."""

    continuous = False
    differentiable = False
    pieces = ((None, 0, (0, 0, 0)), (0, 0, (1, 0, 0)), (0, None, (0, 0, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return xp.where(t == 0, xp.ones_like(t), xp.zeros_like(t))

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.zeros_like(t)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf


class Relu(Profile):
    """φ(t) = max(t, 0)."""

    differentiable = False
    pieces = ((None, 0, (0, 0, 0)), (0, None, (0, 1, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return (t + abs(t)) / 2

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.where(t > 0, xp.ones_like(t), xp.zeros_like(t))

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return t * upper_probability(xp, t / s) + s * gaussian_weight(xp, t / s)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return upper_probability(xp, t / s)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, 1

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf


class AbsoluteValue(Profile):
    """φ(t) = |t|; its derivative at 0 is given as 0."""

    differentiable = False
    pieces = ((None, 0, (0, -1, 0)), (0, None, (0, 1, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return abs(t)

    def derivative(self, xp: Any, t: Any) -> Any:
        one = xp.ones_like(t)
        return xp.where(t > 0, one, xp.where(t < 0, -one, xp.zeros_like(t)))

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return t * xp.erf(t / s) + 2 * s * gaussian_weight(xp, t / s)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.erf(t / s)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -1, 1

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf


class ReluSquared(Profile):
    """φ(t) = max(t, 0)²."""

    pieces = ((None, 0, (0, 0, 0)), (0, None, (0, 0, 1)))

    def value(self, xp: Any, t: Any) -> Any:
        return t * (t + abs(t)) / 2

    def derivative(self, xp: Any, t: Any) -> Any:
        return t + abs(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return (t * t + s * s / 2) * upper_probability(xp, t / s) + t * s * gaussian_weight(xp, t / s)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 2 * (t * upper_probability(xp, t / s) + s * gaussian_weight(xp, t / s))

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, 2


class SignedSquare(Profile):
    """φ(t) = t|t|."""

    pieces = ((None, 0, (0, 0, -1)), (0, None, (0, 0, 1)))

    def value(self, xp: Any, t: Any) -> Any:
        return t * abs(t)

    def derivative(self, xp: Any, t: Any) -> Any:
        return 2 * abs(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return (t * t + s * s / 2) * xp.erf(t / s) + 2 * t * s * gaussian_weight(xp, t / s)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 2 * (t * xp.erf(t / s) + 2 * s * gaussian_weight(xp, t / s))

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -2, 2


class Clip(Profile):
    """φ(t) = t cut off at −1 and 1."""

    differentiable = False
    pieces = ((None, -1, (-1, 0, 0)), (-1, 1, (0, 1, 0)), (1, None, (1, 0, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        return greater(xp, lesser(xp, t, xp.ones_like(t)), -xp.ones_like(t))

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.where(abs(t) < 1, xp.ones_like(t), xp.zeros_like(t))

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        low, high = (t + 1) / s, (t - 1) / s
        inside = t * self.positively_smoothed_derivative(xp, t, s)
        inside = inside + s * (gaussian_weight(xp, low) - gaussian_weight(xp, high))
        return inside + upper_probability(xp, high) - upper_probability(xp, -low)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return (xp.erfc((abs(t) - 1) / s) - xp.erfc((abs(t) + 1) / s)) / 2

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, 1

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf


class Huber(Profile):
    """φ(t) = t²/2 for |t| ≤ 1, else |t| − 1/2."""

    pieces = ((None, -1, (-1 / 2, -1, 0)), (-1, 1, (0, 0, 1 / 2)), (1, None, (-1 / 2, 1, 0)))

    def value(self, xp: Any, t: Any) -> Any:
        clipped = Clip().value(xp, t)
        return clipped * (t - clipped / 2)

    def derivative(self, xp: Any, t: Any) -> Any:
        return Clip().value(xp, t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        low, high = (t + 1) / s, (t - 1) / s
        at_low, at_high = gaussian_weight(xp, low), gaussian_weight(xp, high)
        inside = (xp.erfc((abs(t) - 1) / s) - xp.erfc((abs(t) + 1) / s)) / 2
        square = (t * t + s * s / 2) * inside + s * ((t - 1) * at_low - (t + 1) * at_high)
        right = (2 * t - 1) / 2 * upper_probability(xp, high) + s * at_high
        left = -(2 * t + 1) / 2 * upper_probability(xp, -low) + s * at_low
        return square / 2 + right + left

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return Clip().positively_smoothed(xp, t, s)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -1, 1

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, 1
