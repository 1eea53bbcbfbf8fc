r"""Activations, plain and smoothed: h, its Gaussian smoothing h_σ, and the smoothing (h²)_σ of its square.

u ~ N(0, 1/2): h_σ(t) = E h(t + σu) (starnes2023, section 1). Regularisers need q_σ² = (h²)_σ alone, whose root is never taken.
relu, leaky relu, elu, |t|, sin, cos and the identity have both smoothings in closed form, gelu the first. The others are a
trapezoid sum over u whose error is at most 1e-17 times a bound of the integrand in a strip around the real line
(`theorycheck.lab.expectation.trapezoid`): for tanh, sigmoid, their squares and the two derivatives of each, which are bounded
there by 7,100, below 1e-13; softplus and its square, and gelu's square, grow with t, and so does the error, below
1e-13 (5 + |t| + σ)². Rounding comes on top.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import NetworkError
from theorycheck.lab.expectation.trapezoid import smallest_trapezoid, trapezoid
from theorycheck.lab.networks.layers import Parameters, Pass, Shape, WithoutParameters, along_axes, per_sample
from theorycheck.lab.networks.sample_gradients import SampleGradients
from theorycheck.lab.networks.tangents import lifted, real_part


@dataclass(frozen=True)
class Moments:
    """What a smoothed layer needs of an activation, each of the shape of t.

    Attributes
    ----------
    mean, slope, curvature : array
        h_σ(t) and its first two derivatives.
    square, square_slope, square_curvature : array
        (h²)_σ(t) and its first two derivatives.
    """

    mean: Any
    slope: Any
    curvature: Any
    square: Any
    square_slope: Any
    square_curvature: Any


SmoothedActivation = Callable[[Any, Any, Any], Moments]
"""`(xp, t, sigma) -> Moments` of arrays that broadcast; where σ = 0 of h and h² themselves, almost everywhere."""


@dataclass(frozen=True)
class ActivationFunction:
    """An activation.

    Attributes
    ----------
    value, slope, curvature : callable
        Of (xp, t): h, h′, h″, the last two almost everywhere; at a kink the slope from the left, as in PyTorch for relu.
    smoothed : callable
        `SmoothedActivation`.
    """

    value: Callable[[Any, Any], Any]
    slope: Callable[[Any, Any], Any]
    curvature: Callable[[Any, Any], Any]
    smoothed: SmoothedActivation


# ---- closed forms ----------------------------------------------------------------------------------------------------------


def identity(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = t: h_σ = t, (h²)_σ = t² + σ²/2."""
    one = xp.ones_like(t)
    return Moments(t, one, 0 * one, t**2 + sigma**2 / 2, 2 * t, 2 * one)


def _below(xp: Any, t: Any, sigma: Any) -> Any:
    """P(t + σu ≤ 0); at σ = 0 the step."""
    # no division by σ = 0
    z = t / xp.where(sigma > 0, sigma, xp.ones_like(sigma))
    step = xp.where(t > 0, xp.zeros_like(t), xp.ones_like(t))
    return xp.where(sigma > 0, xp.erfc(z) / 2, step)


def _density(xp: Any, t: Any, sigma: Any) -> Any:
    """The density of −σu at t; 0 where σ = 0."""
    scale = xp.where(sigma > 0, sigma, xp.ones_like(sigma))
    return xp.where(sigma > 0, xp.exp(-((t / scale) ** 2)) / (scale * math.pi**0.5), xp.zeros_like(t))


def relu(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = max(t, 0): Proposition D.1(a) and (b) of starnes2023."""
    above, density = _below(xp, -t, sigma), _density(xp, t, sigma)
    above = xp.where((sigma > 0) | (t != 0), above, xp.zeros_like(above))  # the step from the left
    spread = sigma**2 / 2
    mean = t * above + spread * density
    square = above * (t**2 + spread) + t * spread * density
    return Moments(mean, above, density, square, 2 * mean, 2 * above)


def leaky_relu(slope: float) -> SmoothedActivation:
    """h(t) = t for t > 0, else slope·t. Since h(t) = slope·t + (1−slope) relu(t), its smoothings follow from relu's."""

    def smoothed(xp: Any, t: Any, sigma: Any) -> Moments:
        r = relu(xp, t, sigma)
        linear, rest = slope, 1 - slope
        kept, added = slope**2, 1 - slope**2
        return Moments(
            linear * t + rest * r.mean,
            linear + rest * r.slope,
            rest * r.curvature,
            kept * (t**2 + sigma**2 / 2) + added * r.square,
            2 * kept * t + added * r.square_slope,
            2 * kept + added * r.square_curvature,
        )

    return smoothed


def absolute_value(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = |t| = 2 relu(t) − t; its square is t²."""
    r, one = relu(xp, t, sigma), xp.ones_like(t)
    return Moments(2 * r.mean - t, 2 * r.slope - 1, 2 * r.curvature, t**2 + sigma**2 / 2, 2 * t, 2 * one)


def elu(xp: Any, t: Any, sigma: Any) -> Moments:
    r"""h(t) = t for t > 0, else e^t − 1.

    E e^{k(t+σu)} 1{t + σu ≤ 0} = e^{kt + k²σ²/4} P(t + kσ²/2 + σu ≤ 0).
    """
    r = relu(xp, t, sigma)

    def tail(k: int) -> Any:
        # where the probability is 0 the exponential may overflow
        exponent = xp.minimum(k * t + k**2 * sigma**2 / 4, 700 * xp.ones_like(t))
        return xp.exp(exponent) * _below(xp, t + k * sigma**2 / 2, sigma)

    zeroth, first, second = tail(0), tail(1), tail(2)
    return Moments(
        r.mean + first - zeroth,
        r.slope + first,
        first,
        r.square + second - 2 * first + zeroth,
        2 * r.mean + 2 * (second - first),
        2 * r.slope + 4 * second - 2 * first,
    )


def sine(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = sin t: h_σ = e^{−σ²/4} sin t, and sin² = (1 − cos 2t)/2."""
    once, twice = xp.exp(-(sigma**2) / 4), xp.exp(-(sigma**2))
    sin, cos, double = once * xp.sin(t), once * xp.cos(t), twice * xp.cos(2 * t)
    return Moments(sin, cos, -sin, (1 - double) / 2, twice * xp.sin(2 * t), 2 * double)


def cosine(xp: Any, t: Any, sigma: Any) -> Moments:
    """h(t) = cos t: h_σ = e^{−σ²/4} cos t, and cos² = (1 + cos 2t)/2."""
    once, twice = xp.exp(-(sigma**2) / 4), xp.exp(-(sigma**2))
    sin, cos, double = once * xp.sin(t), once * xp.cos(t), twice * xp.cos(2 * t)
    return Moments(cos, -sin, -cos, (1 + double) / 2, -twice * xp.sin(2 * t), -2 * double)


# ---- sums over u -----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _rule(half_width: float) -> tuple[Any, Any]:
    rule = smallest_trapezoid(1e-17, bound=1.0, growth=0.0, half_width=half_width, dimension=1)
    if rule is None:
        raise NetworkError("sigma is too large for a sum over u: more than 1000 nodes would be needed")
    return trapezoid(*rule[:2])


def by_trapezoid(
    value: Callable[[Any, Any], Any],
    slope: Callable[[Any, Any], Any],
    curvature: Callable[[Any, Any], Any],
    strip: float,
) -> SmoothedActivation:
    """The smoothings of h, analytic for |Im t| ≤ strip, from one sum of h, h′, h″ over the nodes."""

    def smoothed(xp: Any, t: Any, sigma: Any) -> Moments:
        largest = float(xp.max(sigma))
        nodes, weights = _rule(strip / largest if largest > 0 else math.inf)
        sums: list[Any] = [0] * 6
        for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
            at = t + node * sigma
            h, first, second = value(xp, at), slope(xp, at), curvature(xp, at)
            parts = (h, first, second, h**2, 2 * h * first, 2 * (first**2 + h * second))
            sums = [total + weight * part for total, part in zip(sums, parts, strict=True)]
        return Moments(*sums)

    return smoothed


def _tanh_slope(xp: Any, t: Any) -> Any:
    return 1 - xp.tanh(t) ** 2


def _tanh_curvature(xp: Any, t: Any) -> Any:
    y = xp.tanh(t)
    return -2 * y * (1 - y**2)


def _sigmoid(xp: Any, t: Any) -> Any:
    return (1 + xp.tanh(t / 2)) / 2


def _sigmoid_slope(xp: Any, t: Any) -> Any:
    y = _sigmoid(xp, t)
    return y * (1 - y)


def _sigmoid_curvature(xp: Any, t: Any) -> Any:
    y = _sigmoid(xp, t)
    return y * (1 - y) * (1 - 2 * y)


def _softplus(xp: Any, t: Any) -> Any:
    return xp.maximum(t, 0) + xp.log1p(xp.exp(-xp.abs(t)))


def _normal_cdf(xp: Any, t: Any) -> Any:
    return xp.erfc(-t / 2**0.5) / 2


def _normal_density(xp: Any, t: Any) -> Any:
    return xp.exp(-(t**2) / 2) / (2 * math.pi) ** 0.5


def _gelu(xp: Any, t: Any) -> Any:
    return t * _normal_cdf(xp, t)


def _gelu_slope(xp: Any, t: Any) -> Any:
    return _normal_cdf(xp, t) + t * _normal_density(xp, t)


def _gelu_curvature(xp: Any, t: Any) -> Any:
    return (2 - t**2) * _normal_density(xp, t)


_gelu_by_trapezoid = by_trapezoid(_gelu, _gelu_slope, _gelu_curvature, 1.4)


def gelu(xp: Any, t: Any, sigma: Any) -> Moments:
    r"""h(t) = tΦ(t), Φ the distribution function of N(0, 1): with s² = σ²/2 and r² = 1 + s², h_σ = tΦ(t/r) + s²/r φ(t/r).

    From EΦ(t + sZ) = Φ(t/r) and E sZΦ(t + sZ) = s²/r φ(t/r). Its square is summed over u.
    """
    spread = 1 + sigma**2 / 2
    r = xp.sqrt(spread)
    cdf, density = _normal_cdf(xp, t / r), _normal_density(xp, t / r)
    summed = _gelu_by_trapezoid(xp, t, sigma)
    return Moments(
        t * cdf + (spread - 1) / r * density,
        cdf + t / r**3 * density,
        (1 / r + 1 / r**3 - t**2 / r**5) * density,
        summed.square,
        summed.square_slope,
        summed.square_curvature,
    )


# ---- the table -------------------------------------------------------------------------------------------------------------


def _step(xp: Any, t: Any) -> Any:
    return xp.asarray(t > 0, dtype=t.dtype)


def _leaky(slope: float) -> ActivationFunction:
    return ActivationFunction(
        lambda xp, t: xp.where(t > 0, t, slope * t),
        lambda xp, t: slope + (1 - slope) * _step(xp, t),
        lambda xp, t: xp.zeros_like(t),
        leaky_relu(slope),
    )


def _elu_tail(xp: Any, t: Any) -> Any:
    return xp.exp(xp.minimum(t, 0))


def _analytic(
    value: Callable[[Any, Any], Any],
    slope: Callable[[Any, Any], Any],
    curvature: Callable[[Any, Any], Any],
    strip: float,
) -> ActivationFunction:
    return ActivationFunction(value, slope, curvature, by_trapezoid(value, slope, curvature, strip))


ACTIVATIONS: dict[str, ActivationFunction] = {
    "identity": ActivationFunction(
        lambda xp, t: t, lambda xp, t: xp.ones_like(t), lambda xp, t: xp.zeros_like(t), identity
    ),
    "relu": ActivationFunction(lambda xp, t: xp.maximum(t, 0), _step, lambda xp, t: xp.zeros_like(t), relu),
    "leaky_relu": _leaky(0.01),
    "absolute_value": ActivationFunction(
        lambda xp, t: xp.abs(t),
        lambda xp, t: 2 * _step(xp, t) - 1,
        lambda xp, t: xp.zeros_like(t),
        absolute_value,
    ),
    "elu": ActivationFunction(
        lambda xp, t: xp.maximum(t, 0) + xp.expm1(xp.minimum(t, 0)),
        lambda xp, t: _step(xp, t) + (1 - _step(xp, t)) * _elu_tail(xp, t),
        lambda xp, t: (1 - _step(xp, t)) * _elu_tail(xp, t),
        elu,
    ),
    "sine": ActivationFunction(
        lambda xp, t: xp.sin(t), lambda xp, t: xp.cos(t), lambda xp, t: -xp.sin(t), sine
    ),
    "cosine": ActivationFunction(
        lambda xp, t: xp.cos(t), lambda xp, t: -xp.sin(t), lambda xp, t: -xp.cos(t), cosine
    ),
    # poles at ±iπ/2 and ±iπ
    "tanh": _analytic(lambda xp, t: xp.tanh(t), _tanh_slope, _tanh_curvature, 1.4),
    "sigmoid": _analytic(_sigmoid, _sigmoid_slope, _sigmoid_curvature, 2.8),
    "softplus": _analytic(_softplus, _sigmoid, _sigmoid_slope, 2.8),
    "gelu": ActivationFunction(_gelu, _gelu_slope, _gelu_curvature, gelu),
}


def activation_named(name: str) -> ActivationFunction:
    """Look an activation up by its name.

    Raises
    ------
    NetworkError
        If there is none of that name.
    """
    if name not in ACTIVATIONS:
        raise NetworkError(f"there is no activation {name!r}; use one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


@dataclass(frozen=True)
class Activation(WithoutParameters):
    r"""h(x), entry by entry; smoothed, h_σ(x) with the regulariser ‖q_σ(x)‖² − ‖h_σ(x)‖², q_σ² = (h²)_σ, by Proposition D.1(c).

    As in Tables 2 and 3. Table 1 and Table 5 print a plus between the two norms, which is wrong.
    """

    name: str

    def output_shape(self, shape: Shape) -> Shape:
        activation_named(self.name)
        return shape

    def forward(self, xp: Any, parameters: Parameters, x: Any, sigma: Any) -> Pass:
        function = activation_named(self.name)
        return self._smoothed(xp, function, x, sigma) if sigma is not None else self._plain(xp, function, x)

    def _plain(self, xp: Any, function: ActivationFunction, x: Any) -> Pass:
        t = real_part(xp, x)
        slope = function.slope(xp, t)

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            return gradient * lifted(xp, x, slope, lambda: function.curvature(xp, t)), ()

        return Pass(lifted(xp, x, function.value(xp, t), lambda: slope), 0, backward)

    def _smoothed(self, xp: Any, function: ActivationFunction, x: Any, sigma: Any) -> Pass:
        t = real_part(xp, x)
        m = function.smoothed(xp, t, along_axes(xp, xp.asarray(sigma, dtype=t.dtype), x.ndim))
        mean = lifted(xp, x, m.mean, lambda: m.slope)
        square = lifted(xp, x, m.square, lambda: m.square_slope)

        def backward(gradient: Any, weight: Any, to_input: bool) -> tuple[Any, tuple[SampleGradients, ...]]:
            slope = lifted(xp, x, m.slope, lambda: m.curvature)
            variance_slope = lifted(xp, x, m.square_slope, lambda: m.square_curvature) - 2 * mean * slope
            return gradient * slope + along_axes(xp, weight, x.ndim) * variance_slope, ()

        return Pass(mean, per_sample(xp, square - mean**2), backward)
