r"""The empirical risk of a network, its gradient, and the gradients of its samples.

    f(w) = (1/N) Σ_n f_n(w),    f_n(w) = ℓ(net(x_n; w), y_n) + Σ_l λ_l (R_l(x_n; w) + P_l(w)) + μ/2 ‖w‖²,

R_l and P_l what smoothing adds at layer l (of the activations and of the parameters; none without σ). So the gradient of a batch
is a mean, 1/B Σ, and every f_n has the whole penalty; `l2` is μ of the gradient's term μw, biases included, which is what weight
decay is in PyTorch's SGD. Multiply by N for the sums over samples of starnes2023.

All of it for R networks at once: w (R, p), x (R or 1, N, …), y (R or 1, N, K). Samples are taken in chunks, and networks in
blocks for gradients, so memory beside what is returned stays near `CHUNK_FLOATS` numbers, or what one sample needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Pass, backward_through
from theorycheck.lab.networks.losses import Loss
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.sample_gradients import SampleGradients

CHUNK_FLOATS = 2**20
"""Numbers that the forward pass of one chunk of samples keeps, about."""
NETWORK_FLOATS = 2**19
"""The same for a block of networks: 4 MiB at most, which a cache holds."""


@dataclass(frozen=True)
class Risk:
    """What is minimised.

    Attributes
    ----------
    network : Network
    loss : Loss
    sigma : None, number or array (R,)
        The networks' smoothing, of which the size counts (σu and −σu have one law); None is the network itself.
    penalties : sequence of float
        λ_l of every layer; empty for no regulariser.
    l2 : float
        μ ≥ 0.

    Raises
    ------
    NetworkError
        If there is not one λ a layer, or λ without σ.
    """

    network: Network
    loss: Loss
    sigma: Any = None
    penalties: Sequence[float] = ()
    l2: float = 0.0

    def __post_init__(self) -> None:
        layers = len(self.network.layers)
        if self.sigma is not None:
            object.__setattr__(self, "sigma", abs(self.sigma))
        object.__setattr__(self, "penalties", tuple(self.penalties))
        if self.penalties and len(self.penalties) != layers:
            raise NetworkError(f"{layers} layers need {layers} penalties, not {len(self.penalties)}")
        if self.penalties and self.sigma is None:
            raise NetworkError("penalties weigh what smoothing adds; without sigma there is nothing to weigh")

    def of(self, networks: slice) -> Risk:
        """The same for some of the networks: σ may be one number for each."""
        if getattr(self.sigma, "ndim", 0) == 0:
            return self
        return replace(self, sigma=self.sigma[networks])

    @property
    def weights(self) -> tuple[float, ...]:
        """λ_l of every layer, zeros where there are none."""
        return tuple(self.penalties) or (0.0,) * len(self.network.layers)

    def forward(self, xp: Any, w: Any, x: Any, y: Any) -> list[Pass]:
        """The layers' passes; raises `NetworkError` where targets do not fit the samples."""
        done = self.network.forward(xp, w, x, self.sigma)
        expected = self.network.shapes[-1]
        if y.ndim != 2 + len(expected) or tuple(y.shape[1:]) != (x.shape[1], *expected):
            raise NetworkError(
                f"targets must have the shape (networks or 1, {x.shape[1]}, {', '.join(map(str, expected))}), not {y.shape}"
            )
        return done

    def common(self, xp: Any, w: Any) -> tuple[Any, Any]:
        """Value (R,) and gradient (R, p) of what all samples share, Σ λ_l P_l + μ/2‖w‖²; 0 and None where there is none."""
        smoothed = self.sigma is not None and any(self.penalties)
        if not smoothed and not self.l2:
            return 0, None
        value, gradient = self.l2 / 2 * xp.sum(w**2, axis=1), self.l2 * w
        if not smoothed:
            return value, gradient
        network = self.network
        parts: list[Any] = []
        layers = zip(
            network.layers,
            network.views(xp, w),
            network.shapes,
            network.sigmas(self.sigma),
            self.weights,
            strict=False,
        )
        for layer, own, shape, sigma, weight in layers:
            if sigma is None:
                parts.extend(xp.zeros_like(array) for array in own)
                continue
            more, own_gradients = layer.penalty(xp, own, shape, sigma)
            value = value + weight * more
            parts.extend(weight * one for one in own_gradients)
        return value, gradient + joined(xp, parts)


def joined(xp: Any, parts: Sequence[Any]) -> Any:
    """Parameter arrays (R, …) as one array (R, p)."""
    return side_by_side(xp, [xp.reshape(part, (part.shape[0], -1)) for part in parts])


def side_by_side(xp: Any, parts: Sequence[Any]) -> Any:
    """Arrays (R or 1, n_k, …) joined along their second axis."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    shape = (first.shape[0], sum(part.shape[1] for part in parts), *first.shape[2:])
    whole = xp.empty(shape, dtype=first.dtype)
    start = 0
    for part in parts:
        whole[:, start : start + part.shape[1], ...] = part
        start += part.shape[1]
    return whole


def chunks(risk: Risk, w: Any, x: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    """Samples and targets, a chunk at a time."""
    count = x.shape[1]
    if count == 0:
        raise NetworkError("there are no samples")
    size = max(1, CHUNK_FLOATS // max(1, risk.network.floats * w.shape[0]))
    if size >= count:
        yield x, y
        return
    for start in range(0, count, size):
        yield x[:, start : start + size, ...], y[:, start : start + size, ...]


def _with_regularisers(risk: Risk, done: Sequence[Pass], values: Any) -> Any:
    for weight, one in zip(risk.weights, done, strict=True):
        if weight:
            values = values + weight * one.regulariser
    return values


def sample_losses(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> Any:
    """f_n(w), shape (R, N)."""
    shared, _ = risk.common(xp, w)
    parts = []
    for a, b in chunks(risk, w, x, y):
        done = risk.forward(xp, w, a, b)
        values, _ = risk.loss.values_and_gradients(xp, done[-1].output, b)
        parts.append(_with_regularisers(risk, done, values))
    values = side_by_side(xp, parts)
    return values + shared[:, None] if risk.l2 or risk.penalties else values


def risk_value(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> Any:
    """f(w), shape (R,): the mean over the samples."""
    return xp.sum(sample_losses(risk, xp, w, x, y), axis=1) / x.shape[1]


def risk_and_gradient(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """f(w) of shape (R,) and ∇f(w) of shape (R, p), means over the samples."""
    networks = w.shape[0]
    size = networks_at_once(risk.network, xp, x.shape[1])
    gradient = xp.empty_like(w)
    if size >= networks:
        return _block(risk, xp, w, x, y, gradient), gradient
    value = xp.empty((networks,), dtype=w.dtype)
    for start in range(0, networks, size):
        rows = slice(start, start + size)
        a, b = (array if array.shape[0] == 1 else array[rows, ...] for array in (x, y))
        value[rows] = _block(risk.of(rows), xp, w[rows, ...], a, b, gradient[rows, ...])
    return value, gradient


def networks_at_once(network: Network, xp: Any, samples: int) -> int:
    """How many networks a gradient is computed for at a time: so many that what is kept stays in the cache."""
    # a GPU has no use for small launches
    floats = NETWORK_FLOATS if xp.name != "cupy" else 2**10 * NETWORK_FLOATS
    return max(1, floats // (network.floats * samples + 2 * network.size + 1))


def _block(risk: Risk, xp: Any, w: Any, x: Any, y: Any, gradient: Any) -> Any:
    """f(w), and ∇f(w) into `gradient`."""
    count = x.shape[1]
    value: Any = None
    weights = [weight / count for weight in risk.weights]
    first = risk.network.first_with_parameters
    for a, b in chunks(risk, w, x, y):
        done = risk.forward(xp, w, a, b)
        values, back = risk.loss.values_and_gradients(xp, done[-1].output, b)
        part = xp.sum(_with_regularisers(risk, done, values), axis=1) / count
        back = back / count
        _, found = backward_through(done, back, weights, False, first)
        if value is None:
            value = part
            totals(risk, xp, found, gradient)
        else:
            value = value + part
            more = xp.empty_like(gradient)
            totals(risk, xp, found, more)
            gradient += more
    shared, common = risk.common(xp, w)
    if common is None:
        return value
    gradient += common
    return value + shared


def totals(risk: Risk, xp: Any, found: Sequence[Sequence[SampleGradients]], gradient: Any) -> None:
    """Sums over the samples into an array (R, p)."""
    for own, views in zip(found, risk.network.views(xp, gradient), strict=True):
        for one, view in zip(own, views, strict=True):
            one.total(xp, view)


def backward_pass(
    risk: Risk, xp: Any, w: Any, x: Any, y: Any, to_input: bool = False
) -> tuple[Any, list[SampleGradients]]:
    """Gradients of every f_n, without what all samples share: in the input (or None), and in every parameter array."""
    done = risk.forward(xp, w, x, y)
    _, back = risk.loss.values_and_gradients(xp, done[-1].output, y)
    first = risk.network.first_with_parameters
    back, found = backward_through(done, back, risk.weights, to_input, first)
    return back if to_input else None, [one for layer in found for one in layer]


def input_gradients(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> Any:
    """∇_x f_n at every sample's own input, shape (R, N, *shape); not divided by N.

    With `LinearForm` and one output this is ∇_x f(x_n, W) of ma2021.
    """
    parts = [backward_pass(risk, xp, w, a, b, to_input=True)[0] for a, b in chunks(risk, w, x, y)]
    return side_by_side(xp, parts)
