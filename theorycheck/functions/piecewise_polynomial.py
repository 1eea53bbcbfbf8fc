"""Piecewise polynomials in one variable, with kinks and jumps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import greater, largest, lesser, or_infinite, smallest
from theorycheck.functions.infima import differentiated, horner, quadratic_infimum, ray_lower_bound
from theorycheck.functions.polynomial import smoothed_polynomial
from theorycheck.functions.profiles import gaussian_weight, unless_zero, upper_probability


def truncated_powers(xp: Any, t: Any, degree: int) -> list[Any]:
    """t_+^k for k = 0 … degree, where t_+^0 is 1 for t ≥ 0 and 0 before."""
    positive = (t + abs(t)) / 2
    powers = [xp.where(t >= 0, xp.ones_like(t), xp.zeros_like(t))]
    for _ in range(degree):
        powers.append(positive if len(powers) == 1 else powers[-1] * positive)
    return powers


def smoothed_truncated_powers(xp: Any, t: Any, s: Any, degree: int) -> list[Any]:
    """M_k = E (t + s u)_+^k for k = 0 … degree, u ~ N(0, 1/2), s > 0.

    M_0 = P(t + s u > 0), and E u g(u) = ½ E g'(u) gives M_k = t M_{k−1} + (k−1)(s²/2) M_{k−2} (the term of
    k = 1 is the density at the threshold).
    """
    moments = [upper_probability(xp, t / s)]
    if degree:
        moments.append(t * moments[0] + s * gaussian_weight(xp, t / s))
    for k in range(2, degree + 1):
        moments.append(t * moments[k - 1] + (k - 1) * s * s / 2 * moments[k - 2])
    return moments


def truncated_sum(xp: Any, jumps: Any, t: Any) -> Any:
    """Σ_k jumps_k t_+^k, with jumps of shape (…, n+1)."""
    jump = jumps[..., 0]
    # a jump of height 0 must not ask on which side of the breakpoint an uncertain t lies
    powers = truncated_powers(xp, xp.where(jump == 0, abs(t) + 1, t), 0)
    total = jump * powers[0]
    positive = (t + abs(t)) / 2
    power = positive
    for k in range(1, jumps.shape[-1]):
        total = total + jumps[..., k] * power
        power = power * positive
    return total


def shifted(xp: Any, coefficients: Any, centre: Any) -> Any:
    """Coefficients in x of Σ_k c_k (x − centre)^k, shape (…, n+1)."""
    columns = [coefficients[..., -1]]
    zero = xp.zeros_like(columns[0])
    for degree in range(coefficients.shape[-1] - 2, -1, -1):
        columns = [
            (columns[j - 1] if j else zero) - (centre * columns[j] if j < len(columns) else zero)
            for j in range(len(columns) + 1)
        ]
        columns[0] = columns[0] + coefficients[..., degree]
    return xp.stack(columns, axis=-1)


class PiecewisePolynomial:
    """f(x) = Σ_k c_k x^k + Σ_j Σ_k J_jk (x − t_j)_+^k in dimension 1, continuous from the right at the
    breakpoints.

    Every piecewise polynomial has this form: J_jk is the jump of the k-th derivative at t_j, divided by k!.

    `parameters` holds start (N,), the first breakpoint; gaps (N, m−1), positive, to the following ones;
    coefficients c (N, n+1); jumps J (N, m, n+1), m ≥ 1. Where all pieces have degree ≤ 2 all constants are
    exact. In higher degrees smoothness and Lipschitz constant are given as +∞ and strong convexity as −∞
    (valid, not exact), the lower bound is valid, and boundedness below exact; `exact` tells.
    """

    dimension = 1

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        self.xp = xp
        self.parameters = parameters
        self.coefficients = parameters["coefficients"]
        self.jumps = parameters["jumps"]
        gaps = parameters["gaps"]
        self.breakpoints = [parameters["start"]]
        for j in range(self.jumps.shape[-2] - 1):
            self.breakpoints.append(self.breakpoints[-1] + gaps[:, j])
        self._constants: dict[str, Any] = {}

    def _sum(self, x: Any, sigma: Any, coefficients: Any, jumps: list[Any]) -> Any:
        """Value at σ = 0 and smoothed value at σ > 0 of base polynomial plus truncated powers."""
        total = smoothed_polynomial(self.xp, coefficients, sigma, x)
        for jump, breakpoint_ in zip(jumps, self.breakpoints, strict=True):
            total = total + self._smoothed_truncated_sum(jump, x - breakpoint_, sigma)
        return total

    def _smoothed_truncated_sum(self, jumps: Any, t: Any, s: Any) -> Any:
        def smoothed(xp: Any, t: Any, s: Any) -> Any:
            moments = smoothed_truncated_powers(xp, t, s, jumps.shape[-1] - 1)
            total = jumps[..., 0] * moments[0]
            for k in range(1, jumps.shape[-1]):
                total = total + jumps[..., k] * moments[k]
            return total

        def original(xp: Any, t: Any) -> Any:
            return truncated_sum(xp, jumps, t)

        return unless_zero(self.xp, s, t, smoothed, original)

    def _jump_list(self) -> list[Any]:
        return [self.jumps[:, j, :] for j in range(len(self.breakpoints))]

    def __call__(self, x: Any) -> Any:
        total = horner(self.coefficients, x[..., 0])
        for jumps, breakpoint_ in zip(self._jump_list(), self.breakpoints, strict=True):
            total = total + truncated_sum(self.xp, jumps, x[..., 0] - breakpoint_)
        return total

    def gradient(self, x: Any) -> Any:
        """The derivative from the right."""
        total = horner(differentiated(self.xp, self.coefficients), x[..., 0])
        for jumps, breakpoint_ in zip(self._jump_list(), self.breakpoints, strict=True):
            total = total + truncated_sum(self.xp, differentiated(self.xp, jumps), x[..., 0] - breakpoint_)
        return total[..., None]

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return self._sum(x[..., 0], self.xp.asarray(sigma), self.coefficients, self._jump_list())

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        xp, sigma = self.xp, self.xp.asarray(sigma)
        slopes = [differentiated(xp, jumps) for jumps in self._jump_list()]
        total = self._sum(x[..., 0], sigma, differentiated(xp, self.coefficients), slopes)
        zero = xp.zeros_like(total)
        width = sigma + zero
        positive = width > 0
        safe = xp.where(positive, width, xp.ones_like(width))
        for jumps, breakpoint_ in zip(self._jump_list(), self.breakpoints, strict=True):
            # the derivative of a jump is a point mass, which smoothing turns into a density
            density = 2 * gaussian_weight(xp, (x[..., 0] - breakpoint_) / safe) / safe
            total = total + xp.where(positive, jumps[..., 0] * density, zero)
        return total[..., None]

    # constants ------------------------------------------------------------------------------------
    def pieces(self) -> list[Any]:
        """Coefficients in x of the m + 1 pieces, each (N, n+1), from left to right."""
        xp = self.xp
        degree = max(self.coefficients.shape[-1], self.jumps.shape[-1])
        total = self._padded(self.coefficients, degree)
        result = [total]
        for jumps, breakpoint_ in zip(self._jump_list(), self.breakpoints, strict=True):
            total = total + self._padded(shifted(xp, jumps, breakpoint_), degree)
            result.append(total)
        return result

    def _padded(self, coefficients: Any, columns: int) -> Any:
        zero = self.xp.zeros_like(coefficients[..., 0])
        present = [coefficients[..., k] for k in range(coefficients.shape[-1])]
        return self.xp.stack(present + [zero] * (columns - len(present)), axis=-1)

    def _once(self, name: str) -> Any:
        if name not in self._constants:
            self._constants[name] = getattr(self, "_" + name)()
        return self._constants[name]

    @property
    def smoothness(self) -> Any:
        """The smallest L of two-sided smoothness where `exact("smoothness")`, else +∞."""
        return self._once("smoothness")

    @property
    def strong_convexity(self) -> Any:
        """The largest modulus of (weak) convexity where `exact("strong_convexity")`, else −∞."""
        return self._once("strong_convexity")

    @property
    def lipschitz(self) -> Any:
        """The Lipschitz constant where `exact("lipschitz")`, else +∞."""
        return self._once("lipschitz")

    @property
    def lower_bound(self) -> Any:
        """The infimum where `exact("lower_bound")`, else a lower bound; −∞ exactly where f is unbounded
        below.
        """
        return self._once("lower_bound")

    def exact(self, constant: str) -> Any:
        """Boolean array: where the constant of that name is the best one, not only a valid one."""
        if constant == "lower_bound":
            return self.has_low_degree | (self.lower_bound == -self.xp.inf)
        jumping = ~self.continuous
        if constant == "strong_convexity":
            return self.has_low_degree | jumping | self._kinks()[0]
        if constant == "smoothness":
            return self.has_low_degree | jumping | self._kinks()[0] | self._kinks()[1]
        return self.has_low_degree | jumping

    @property
    def has_low_degree(self) -> Any:
        """Where all pieces have degree ≤ 2."""
        low = self.xp.zeros_like(self.breakpoints[0]) == 0
        if self.coefficients.shape[-1] > 3:
            low = low & ~(self.coefficients[..., 3:] != 0).any(axis=-1)
        for jumps in self._jump_list():
            if jumps.shape[-1] > 3:
                low = low & ~(jumps[..., 3:] != 0).any(axis=-1)
        return low

    @property
    def continuous(self) -> Any:
        return ~(self.jumps[..., 0] != 0).any(axis=-1)

    @property
    def differentiable(self) -> Any:
        return ~(self.jumps[..., :2] != 0).any(axis=-1).any(axis=-1)

    @property
    def nonconstant(self) -> Any:
        moving = (self.jumps != 0).any(axis=-1).any(axis=-1)
        if self.coefficients.shape[-1] > 1:
            moving = moving | (self.coefficients[..., 1:] != 0).any(axis=-1)
        return moving

    def _kinks(self) -> tuple[Any, Any]:
        """Where some kink points downward (curvature −∞), and where one points upward."""
        if self.jumps.shape[-1] < 2:
            never = self.xp.zeros_like(self.breakpoints[0]) != 0
            return never, never
        return (self.jumps[..., 1] < 0).any(axis=-1), (self.jumps[..., 1] > 0).any(axis=-1)

    def _curvatures(self) -> Any:
        """Second derivatives of the pieces, shape (N, m+1); 2 c_2 of each is all there is in degree ≤ 2."""
        xp = self.xp
        zero = xp.zeros_like(self.breakpoints[0])
        curvature = 2 * self.coefficients[..., 2] if self.coefficients.shape[-1] > 2 else zero
        columns = [curvature]
        for jumps in self._jump_list():
            curvature = curvature + (2 * jumps[..., 2] if jumps.shape[-1] > 2 else zero)
            columns.append(curvature)
        return xp.stack(columns, axis=-1)

    def _smoothness(self) -> Any:
        downward, upward = self._kinks()
        infinite = downward | upward | ~self.continuous | ~self.has_low_degree
        return or_infinite(self.xp, infinite, self.xp.inf, largest(self.xp, abs(self._curvatures())))

    def _strong_convexity(self) -> Any:
        infinite = self._kinks()[0] | ~self.continuous | ~self.has_low_degree
        return or_infinite(self.xp, infinite, -self.xp.inf, smallest(self.xp, self._curvatures()))

    def _lipschitz(self) -> Any:
        """Largest slope at the ends of the pieces: the slope is linear between, and must be constant
        outside.
        """
        xp = self.xp
        pieces = [self._padded(piece, 3) if piece.shape[-1] < 3 else piece for piece in self.pieces()]
        slopes = []
        for j, breakpoint_ in enumerate(self.breakpoints):
            for piece in (pieces[j], pieces[j + 1]):
                slopes.append(abs(piece[..., 1] + 2 * piece[..., 2] * breakpoint_))
        curvatures = self._curvatures()
        outer = (curvatures[..., 0] != 0) | (curvatures[..., -1] != 0)
        infinite = outer | ~self.continuous | ~self.has_low_degree
        return or_infinite(xp, infinite, xp.inf, largest(xp, xp.stack(slopes, axis=-1)))

    def _lower_bound(self) -> Any:
        xp = self.xp
        exact, exact_falls = self._low_degree_infimum()
        bound, falls = self._any_degree_bound()
        low = self.has_low_degree
        return or_infinite(xp, xp.where(low, exact_falls, falls), -xp.inf, xp.where(low, exact, bound))

    def _low_degree_infimum(self) -> tuple[Any, Any]:
        xp = self.xp
        pieces = [self._padded(piece, 3) if piece.shape[-1] < 3 else piece for piece in self.pieces()]
        ends = [None, *self.breakpoints, None]
        lowest, falls = None, None
        for j, piece in enumerate(pieces):
            value, down = quadratic_infimum(
                xp, (piece[..., 0], piece[..., 1], piece[..., 2]), ends[j], ends[j + 1]
            )
            lowest = value if lowest is None else lesser(xp, lowest, value)
            falls = down if falls is None else falls | down
        return lowest, falls

    def _any_degree_bound(self) -> tuple[Any, Any]:
        """Rays of the outer pieces, and −Σ|c_k| R^k for the inner ones, R the largest |breakpoint|."""
        xp = self.xp
        pieces = self.pieces()
        right, right_falls = ray_lower_bound(xp, shifted(xp, pieces[-1], -self.breakpoints[-1]), 1)
        left, left_falls = ray_lower_bound(xp, shifted(xp, pieces[0], -self.breakpoints[0]), -1)
        bound = lesser(xp, left, right)
        radius = greater(xp, abs(self.breakpoints[0]), abs(self.breakpoints[-1]))
        for piece in pieces[1:-1]:
            bound = lesser(xp, bound, -horner(abs(piece), radius))
        return bound, left_falls | right_falls
