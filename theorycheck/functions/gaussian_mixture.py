"""Sums of Gaussian bumps, Σ_k a_k exp(−α_k |x − μ_k|²), in any dimension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import lesser
from theorycheck.functions.separable import repeated


class GaussianMixture:
    """The function above, for K components.

    `parameters` holds amplitudes (N, K); widths (N, K), nonnegative, of which α_k is the sum of the first k
    (so that the α_k increase; all but the first must be positive, which keeps the components linearly
    independent); centres (N, K, k), whose coordinates repeat up to the dimension. Points have shape (…, N,
    d), values (…, N).

    With one component all constants are exact; with more they are the sums of the components' constants,
    which are valid but not the best ones (see `exact`).
    """

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        self.xp = xp
        self.parameters = parameters
        self.dimension = dimension
        self.amplitudes = parameters["amplitudes"]
        widths = parameters["widths"]
        self.components = widths.shape[-1]
        sums = [widths[:, 0]]
        for component in range(1, self.components):
            sums.append(sums[-1] + widths[:, component])
        self.alphas = xp.stack(sums, axis=-1)
        centres = parameters["centres"]
        self.centres = [repeated(xp, centres[:, k, :], dimension) for k in range(self.components)]
        self._constants: dict[str, Any] = {}

    def _smoothed_component(self, k: int, x: Any, sigma: Any) -> tuple[Any, Any, Any]:
        """Value of the smoothed k-th component, the factor of its gradient, and x − μ_k."""
        xp = self.xp
        sigma = xp.asarray(sigma)
        offset = x - self.centres[k]
        width = 1 + self.alphas[:, k] * sigma * sigma
        narrowed = self.alphas[:, k] / width
        # (1 + ασ²)^(−d/2) through the logarithm: the power itself would overflow in high dimension
        exponent = -narrowed * xp.vecdot(offset, offset) - self.dimension * xp.log(width) / 2
        value = self.amplitudes[:, k] * xp.exp(exponent)
        return value, -2 * narrowed * value, offset

    def smoothed(self, x: Any, sigma: Any) -> Any:
        total = self._smoothed_component(0, x, sigma)[0]
        for k in range(1, self.components):
            total = total + self._smoothed_component(k, x, sigma)[0]
        return total

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        _, factor, offset = self._smoothed_component(0, x, sigma)
        total = factor[..., None] * offset
        for k in range(1, self.components):
            _, factor, offset = self._smoothed_component(k, x, sigma)
            total = total + factor[..., None] * offset
        return total

    def __call__(self, x: Any) -> Any:
        return self.smoothed(x, self.xp.zeros_like(self.alphas[:, 0]))

    def gradient(self, x: Any) -> Any:
        return self.smoothed_gradient(x, self.xp.zeros_like(self.alphas[:, 0]))

    # constants ------------------------------------------------------------------------------------
    def _once(self, name: str) -> Any:
        if name not in self._constants:
            self._constants[name] = getattr(self, "_" + name)()
        return self._constants[name]

    @property
    def smoothness(self) -> Any:
        """A constant of two-sided smoothness: Σ 2 |a_k| α_k (the Hessian at the centre)."""
        return self._once("smoothness")

    @property
    def strong_convexity(self) -> Any:
        """A modulus of (weak) convexity: the Hessian of exp(−α|x|²) has eigenvalues from −2α to 4α
        exp(−3/2).
        """
        return self._once("strong_convexity")

    @property
    def lipschitz(self) -> Any:
        """A Lipschitz constant: Σ |a_k| √(2 α_k / e)."""
        return self._once("lipschitz")

    @property
    def lower_bound(self) -> Any:
        """A lower bound: Σ min(a_k, 0), with a_k itself where α_k = 0."""
        return self._once("lower_bound")

    def exact(self, constant: str) -> Any:
        """Boolean array: where the constant of that name is the best one, not only a valid one."""
        moving = (self.amplitudes != 0) & (self.alphas != 0)
        # one moving component, or the limit 0 at infinity of nonnegative ones, decides
        alone = (moving * 1).sum(axis=-1) <= 1
        if constant == "lower_bound":
            return alone | ~(moving & (self.amplitudes < 0)).any(axis=-1)
        return alone

    @property
    def continuous(self) -> Any:
        return self.alphas[:, 0] >= 0

    @property
    def differentiable(self) -> Any:
        return self.continuous

    @property
    def nonconstant(self) -> Any:
        return ((self.amplitudes != 0) & (self.alphas != 0)).any(axis=-1)

    def _smoothness(self) -> Any:
        return (2 * abs(self.amplitudes) * self.alphas).sum(axis=-1)

    def _strong_convexity(self) -> Any:
        xp = self.xp
        steepest = self.amplitudes * self.alphas
        return lesser(xp, -2 * steepest, 4 * xp.exp(-3 * xp.ones(()) / 2) * steepest).sum(axis=-1)

    def _lipschitz(self) -> Any:
        xp = self.xp
        return (abs(self.amplitudes) * xp.sqrt(2 * self.alphas * xp.exp(-xp.ones(())))).sum(axis=-1)

    def _lower_bound(self) -> Any:
        xp = self.xp
        negative = lesser(xp, self.amplitudes, xp.zeros_like(self.amplitudes))
        return xp.where(self.alphas == 0, self.amplitudes, negative).sum(axis=-1)
