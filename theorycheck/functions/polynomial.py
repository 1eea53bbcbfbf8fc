"""Polynomials in one variable, of any degree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import or_infinite
from theorycheck.functions.infima import differentiated, horner, polynomial_infimum


def smoothed_polynomial(xp: Any, coefficients: Any, sigma: Any, x: Any) -> Any:
    """E p(x + σu), u ~ N(0, 1/2), as Σ_k (σ²/4)^k p^(2k)(x)/k!, since E u^{2k} = (2k)!/(4^k k!)."""
    weight = sigma * sigma / 4
    factor = 1
    total = horner(coefficients, x)
    derivative = coefficients
    for k in range(1, (coefficients.shape[-1] - 1) // 2 + 1):
        derivative = differentiated(xp, differentiated(xp, derivative))
        factor = factor * weight / k
        total = total + factor * horner(derivative, x)
    return total


class Polynomial:
    """p(x) = Σ_k c_k x^k in dimension 1; `parameters` holds coefficients of shape (N, n+1), lowest degree
    first.

    All constants are the best ones, on floats up to rounding; in exact numbers an infimum of a polynomial of
    degree above 2, as `lower_bound` or `strong_convexity`, is only bounded (see `exact`).
    """

    dimension = 1

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        self.xp = xp
        self.parameters = parameters
        self.coefficients = parameters["coefficients"]
        self.slope = differentiated(xp, self.coefficients)
        self._constants: dict[str, Any] = {}

    @property
    def polynomial_degree(self) -> int:
        """The degree that its coefficients allow."""
        return int(self.coefficients.shape[-1]) - 1

    def __call__(self, x: Any) -> Any:
        return horner(self.coefficients, x[..., 0])

    def gradient(self, x: Any) -> Any:
        return horner(self.slope, x[..., 0])[..., None]

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return smoothed_polynomial(self.xp, self.coefficients, self.xp.asarray(sigma), x[..., 0])

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        return smoothed_polynomial(self.xp, self.slope, self.xp.asarray(sigma), x[..., 0])[..., None]

    # constants ------------------------------------------------------------------------------------
    def _once(self, name: str) -> Any:
        if name not in self._constants:
            self._constants[name] = getattr(self, "_" + name)()
        return self._constants[name]

    @property
    def smoothness(self) -> Any:
        """2|c_2| up to degree 2, else +∞."""
        return self._once("smoothness")

    @property
    def strong_convexity(self) -> Any:
        """The infimum of p'' where `exact("strong_convexity")`, else a lower bound of it."""
        return self._once("curvature_infimum")[0]

    @property
    def lipschitz(self) -> Any:
        """|c_1| up to degree 1, else +∞."""
        return self._once("lipschitz")

    @property
    def lower_bound(self) -> Any:
        """The infimum where `exact("lower_bound")`, else a lower bound; −∞ exactly where p is unbounded
        below.
        """
        return self._once("infimum")[0]

    def exact(self, constant: str) -> Any:
        """Boolean array: where the constant of that name is the best one, not only a valid one."""
        if constant == "lower_bound":
            return self._once("infimum")[1]
        if constant == "strong_convexity":
            return self._once("curvature_infimum")[1]
        return self.continuous

    @property
    def continuous(self) -> Any:
        return self.xp.zeros_like(self.coefficients[..., 0]) == 0

    @property
    def differentiable(self) -> Any:
        return self.continuous

    @property
    def nonconstant(self) -> Any:
        return self.exceeds(0)

    def exceeds(self, degree: int) -> Any:
        """Where the degree is above `degree`."""
        higher = self.coefficients[..., degree + 1 :]
        if higher.shape[-1] == 0:
            return ~self.continuous
        return (higher != 0).any(axis=-1)

    def _coefficient(self, degree: int) -> Any:
        if degree < self.coefficients.shape[-1]:
            return self.coefficients[..., degree]
        return self.xp.zeros_like(self.coefficients[..., 0])

    def _smoothness(self) -> Any:
        return or_infinite(self.xp, self.exceeds(2), self.xp.inf, 2 * abs(self._coefficient(2)))

    def _lipschitz(self) -> Any:
        return or_infinite(self.xp, self.exceeds(1), self.xp.inf, abs(self._coefficient(1)))

    def _infimum(self) -> tuple[Any, Any]:
        bound, falls, exact = polynomial_infimum(self.xp, self.coefficients)
        return or_infinite(self.xp, falls, -self.xp.inf, bound), exact

    def _curvature_infimum(self) -> tuple[Any, Any]:
        bound, falls, exact = polynomial_infimum(self.xp, differentiated(self.xp, self.slope))
        return or_infinite(self.xp, falls, -self.xp.inf, bound), exact
