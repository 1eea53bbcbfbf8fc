"""Functions φ of one real variable with everything about them known exactly.

A profile is a class without state that offers, on arrays of any shape over the namespace `xp`:

- `value(xp, t)` and `derivative(xp, t)` (at a kink or a jump: one of the one-sided derivatives, or 0);
- `smoothed(xp, t, s)` = E φ(t + s u) and `smoothed_derivative(xp, t, s)`, its derivative in t, where u ~
  N(0, 1/2) and s ≥ 0; s = 0 gives `value` and `derivative` themselves. The variance is 1/2, so P(u ≤ z) =
  (1 + erf z)/2;
- `slopes(xp)` and `curvatures(xp)`: infimum and supremum of φ' and of φ'', in the sense of measures: an
  upward kink has curvature +∞, a downward one −∞, a jump both; a jump up has slope +∞, one down −∞;
- `continuous` and `differentiable`;
- what its infimum is computed from, one of `pieces` (start, end, (p0, p1, p2)): φ(t) = p0 + p1 t + p2 t²
  there, None for an infinite end; `bounds` (infimum, supremum) of φ; `coefficients` of a polynomial, lowest
  degree first. With `bounds` or an even power also `second_derivative(xp, t)`, from which the infimum of φ
  plus a quadratic is found, and `oscillates`, whether φ has infinitely many extrema.

φ must not be a polynomial of degree ≤ 2 (except `Zero`): `Separable.nonconstant` rests on that.
"""

from __future__ import annotations

from typing import Any


def gaussian_weight(xp: Any, z: Any) -> Any:
    """exp(−z²)/(2√π): the density of N(0, 1/2) at z, halved."""
    return xp.exp(-(z * z)) / (2 * xp.sqrt(xp.asarray(xp.pi)))


def upper_probability(xp: Any, z: Any) -> Any:
    """P(u ≥ −z) for u ~ N(0, 1/2)."""
    return xp.erfc(-z) / 2


def unless_zero(xp: Any, s: Any, t: Any, smoothed: Any, original: Any) -> Any:
    """`smoothed(xp, t, s)` where s > 0, else `original(xp, t)`; neither is evaluated where it is not
    wanted.
    """
    t = t + xp.zeros_like(s)
    positive = s + xp.zeros_like(t) > 0
    one = xp.ones_like(t)
    return xp.where(
        positive, smoothed(xp, t, xp.where(positive, s, one)), original(xp, xp.where(positive, one, t))
    )


class Profile:
    """The attributes that a profile overrides; see the module's docstring."""

    continuous = True
    differentiable = True
    degree: int | None = None
    """Of a polynomial; None for anything else."""
    pieces: Any = None
    bounds: Any = None
    coefficients: Any = None
    second_derivative: Any = None
    oscillates = False

    def value(self, xp: Any, t: Any) -> Any:
        raise NotImplementedError

    def derivative(self, xp: Any, t: Any) -> Any:
        raise NotImplementedError

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        """E φ(t + s u) for s > 0."""
        raise NotImplementedError

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        """d/dt E φ(t + s u) for s > 0."""
        raise NotImplementedError

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        raise NotImplementedError

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        raise NotImplementedError

    def smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return unless_zero(xp, s, t, self.positively_smoothed, self.value)

    def smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return unless_zero(xp, s, t, self.positively_smoothed_derivative, self.derivative)


class Zero(Profile):
    """φ = 0."""

    degree = 0
    pieces = ((None, None, (0, 0, 0)),)

    def value(self, xp: Any, t: Any) -> Any:
        return xp.zeros_like(t)

    def derivative(self, xp: Any, t: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.zeros_like(t)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.zeros_like(t)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, 0

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, 0


class Cosine(Profile):
    """φ(t) = cos t."""

    bounds = (-1, 1)
    oscillates = True

    def value(self, xp: Any, t: Any) -> Any:
        return xp.cos(t)

    def derivative(self, xp: Any, t: Any) -> Any:
        return -xp.sin(t)

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return xp.exp(-(s * s) / 4) * xp.cos(t)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return -xp.exp(-(s * s) / 4) * xp.sin(t)

    def second_derivative(self, xp: Any, t: Any) -> Any:
        return -xp.cos(t)

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -1, 1

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -1, 1


class Bump(Profile):
    """φ(t) = exp(−t²)."""

    bounds = (0, 1)

    def value(self, xp: Any, t: Any) -> Any:
        return xp.exp(-(t * t))

    def derivative(self, xp: Any, t: Any) -> Any:
        return -2 * t * xp.exp(-(t * t))

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        width = 1 + s * s
        return xp.exp(-(t * t) / width) / xp.sqrt(width)

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        width = 1 + s * s
        return -2 * t * xp.exp(-(t * t) / width) / (width * xp.sqrt(width))

    def second_derivative(self, xp: Any, t: Any) -> Any:
        return (4 * t * t - 2) * xp.exp(-(t * t))

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        steepest = xp.sqrt(2 * xp.exp(-xp.ones(())))  # at t = −1/√2
        return -steepest, steepest

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -2, 4 * xp.exp(-3 * xp.ones(()) / 2)  # at t = 0 and t² = 3/2


class Cubic(Profile):
    """φ(t) = t³."""

    degree = 3
    coefficients = (0, 0, 0, 1)

    def value(self, xp: Any, t: Any) -> Any:
        return t * t * t

    def derivative(self, xp: Any, t: Any) -> Any:
        return 3 * t * t

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return t * t * t + 3 * s * s * t / 2

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 3 * t * t + 3 * s * s / 2

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf


class Quartic(Profile):
    """φ(t) = t⁴."""

    degree = 4
    coefficients = (0, 0, 0, 0, 1)

    def value(self, xp: Any, t: Any) -> Any:
        return t * t * t * t

    def derivative(self, xp: Any, t: Any) -> Any:
        return 4 * t * t * t

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        return t * t * t * t + 3 * s * s * t * t + 3 * s * s * s * s / 4

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return 4 * t * t * t + 6 * s * s * t

    def second_derivative(self, xp: Any, t: Any) -> Any:
        return 12 * t * t

    def slopes(self, xp: Any) -> tuple[Any, Any]:
        return -xp.inf, xp.inf

    def curvatures(self, xp: Any) -> tuple[Any, Any]:
        return 0, xp.inf
