"""The training problems (D.5) to (D.8) of starnes2023: networks as constraints, and with the constraints as penalties.

One network on N samples. A layer is a pair (weights, bias): of shapes (rows, columns) and (rows,) for a dense layer, and
(kernels, channels, size, size) and (kernels,) for a convolution of stride 1. The activation h is a function of arrays; the
first layer acts on the data without it. `states` are x_0 (the data), x_1, …, x_L.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from theorycheck.errors import ClaimError
from theorycheck.lab.networks.convolution import convolve

LayerParameters = tuple[Any, Any]
Function = Callable[[Any], Any]


def layer_map(xp: Any, layer: LayerParameters, x: Any) -> Any:
    """θx + b, or x*θ + b for a convolution; a dense layer takes images as flat vectors."""
    weights, bias = layer
    if weights.ndim == 4:
        return convolve(xp, x, weights) + bias[:, None, None]
    return x.reshape((x.shape[0], -1)) @ weights.T + bias


def constrained_states(xp: Any, layers: Sequence[LayerParameters], h: Function, data: Any) -> list[Any]:
    """The states that satisfy the constraints: x_1 = θ_1x_0 + b_1, x_l = θ_l h(x_{l−1}) + b_l."""
    states = [data]
    for number, layer in enumerate(layers):
        states.append(layer_map(xp, layer, h(states[-1]) if number else states[-1]))
    return states


def constrained_objective(
    xp: Any, layers: Sequence[LayerParameters], h: Function, data: Any, targets: Any
) -> Any:
    """(D.5) for dense layers, (D.7) for convolutions followed by dense layers: Σ_n ‖x_L^n − y^n‖².

    Examples
    --------
    >>> import numpy as np
    >>> layers = [(np.array([[2.0]]), np.array([1.0]))]
    >>> float(constrained_objective(np, layers, np.tanh, np.array([[1.0]]), np.array([[0.0]])))
    9.0
    """
    return ((constrained_states(xp, layers, h, data)[-1] - targets) ** 2).sum()


def penalised_objective(
    xp: Any,
    layers: Sequence[LayerParameters],
    h: Function,
    states: Sequence[Any],
    targets: Any,
    penalties: Sequence[float],
) -> Any:
    """(D.6) for dense layers, (D.8) for convolutions followed by dense layers.

    Σ_n ‖x_L^n − y^n‖² + Σ_l λ_l ‖θ_l h(x_{l−1}^n) + b_l − x_l^n‖² (no h at l = 1), the states being variables. It equals the
    constrained objective where the states satisfy the constraints.

    Raises
    ------
    ClaimError
        If there is not one state more than layers, or not one penalty λ_l a layer.
    """
    if len(states) != len(layers) + 1 or len(penalties) != len(layers):
        raise ClaimError(
            f"{len(layers)} layers need {len(layers) + 1} states and {len(layers)} penalties; "
            f"{len(states)} and {len(penalties)} were given"
        )
    total = ((states[-1] - targets) ** 2).sum()
    for number, (layer, penalty) in enumerate(zip(layers, penalties, strict=True)):
        x = h(states[number]) if number else states[number]
        total = total + penalty * ((layer_map(xp, layer, x) - states[number + 1]) ** 2).sum()
    return total
