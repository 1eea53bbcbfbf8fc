r"""Small networks with gradients in closed form, and SGD on them without linearisation, for many replicas at once.

f(x, W) = v·tanh(Ux + b), W = (U, b, v) flattened, p = m(d + 2). The loss of a sample is ½(f(x_i, W) − y_i)², so that at a W* with
f(x_i, W*) = y_i the linearised dynamics is that of `simulation` with a_i = ∇_W f(x_i, W*).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.stability.gradients import require_batch, require_learning_rate
from theorycheck.lab.stability.packing import Array
from theorycheck.lab.stability.subsets import draw_subsets


def tanh_network(weights: Array, inputs: Array, width: int) -> tuple[Array, Array]:
    """Return values and gradients of f at the inputs.

    Parameters
    ----------
    weights : array (..., p)
        One or many parameter vectors, p = width · (d + 2).
    inputs : array (n, d), or (..., n, d) for inputs of their own
    width : int
        m.

    Returns
    -------
    values : array (..., n)
    gradients : array (..., n, p)
        ∇_W f in the order U (row by row), b, v.
    """
    dimension = inputs.shape[-1]
    if weights.shape[-1] != width * (dimension + 2):
        raise ClaimError(
            f"a network of width {width} on {dimension} inputs has {width * (dimension + 2)} parameters; "
            f"{weights.shape[-1]} were given"
        )
    batch = weights.shape[:-1]
    first = weights[..., : width * dimension].reshape(*batch, width, dimension)
    bias, last = weights[..., width * dimension : -width], weights[..., -width:]
    hidden = np.tanh(inputs @ np.swapaxes(first, -1, -2) + bias[..., None, :])  # (..., n, m)
    values = (hidden @ last[..., None])[..., 0]
    beta = (1 - hidden**2) * last[..., None, :]
    outer = (beta[..., :, None] * inputs[..., None, :]).reshape(*hidden.shape[:-1], width * dimension)
    return values, np.concatenate([outer, beta, hidden], axis=-1)


def simulate_sgd(
    inputs: Any,
    targets: Any,
    width: int,
    start: Any,
    learning_rate: float,
    batch_size: int,
    steps: int,
    generator: np.random.Generator,
) -> Array:
    """Run SGD, not linearised, from given parameters.

    Parameters
    ----------
    inputs, targets : array (n, d), (n,)
    width : int
    start : array (R, p)
        The start of every replica.
    learning_rate, batch_size, steps
        η, B, T; batches are uniform subsets without repetition, drawn anew for every replica and step.
    generator : numpy.random.Generator

    Returns
    -------
    array (T + 1, R, p)
        The trajectories; a replica that overflows goes on as NaN.

    Raises
    ------
    ClaimError
    """
    inputs, targets = np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float)
    state = np.array(start, dtype=float)
    if state.ndim != 2 or inputs.ndim != 2 or targets.shape != inputs.shape[:1]:
        raise ClaimError("give inputs (n, d), targets (n,) and a start (R, p)")
    batch_size, eta = require_batch(batch_size, len(inputs)), require_learning_rate(learning_rate)
    path = np.empty((steps + 1, *state.shape))
    path[0] = state
    for t in range(steps):
        chosen = draw_subsets(generator, len(inputs), batch_size, len(state)).T  # (R, B)
        with np.errstate(over="ignore", invalid="ignore"):
            values, gradients = tanh_network(state, inputs[chosen], width)
            residuals = values - targets[chosen]
            state = state - eta / batch_size * np.einsum("rb,rbp->rp", residuals, gradients)
        path[t + 1] = state
    return path
