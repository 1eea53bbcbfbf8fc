r"""Losses of one sample, from a network's outputs o and targets y, both of shape (R or 1, N, K).

Nothing here divides by the number of samples N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.tangents import real_part


class Loss(Protocol):
    """A loss ℓ(o, y)."""

    def values_and_gradients(self, xp: Any, outputs: Any, targets: Any) -> tuple[Any, Any]:
        """ℓ of every sample, shape (R, N), and ∂ℓ/∂o, shape (R, N, K)."""


def _row_sums(xp: Any, values: Any) -> Any:
    """Over the last axis: for few entries a product with ones is several times faster than `xp.sum`."""
    return (values @ xp.ones((values.shape[-1], 1), dtype=values.dtype))[..., 0]


SCALINGS = {
    "sum": "‖o − y‖², as in (D.5) of starnes2023",
    "half": "½‖o − y‖², as in ma2021",
    "mean": "‖o − y‖²/K, as `MSELoss` of PyTorch and `mse` of Keras",
}
"""What a squared error is multiplied by."""


@dataclass(frozen=True)
class SquaredError:
    """c‖o − y‖², c = 1, ½ or 1/K by the name of its scaling, see `SCALINGS`.

    Raises
    ------
    NetworkError
        If there is no scaling of that name.
    """

    scaling: str

    def __post_init__(self) -> None:
        if self.scaling not in SCALINGS:
            raise NetworkError(
                f"there is no scaling {self.scaling!r} of a squared error; use one of {', '.join(SCALINGS)}"
            )

    def _factor(self, outputs: int) -> float:
        return {"sum": 1.0, "half": 0.5, "mean": 1 / outputs}[self.scaling]

    def values_and_gradients(self, xp: Any, outputs: Any, targets: Any) -> tuple[Any, Any]:
        factor, difference = self._factor(outputs.shape[-1]), outputs - targets
        return factor * _row_sums(xp, difference**2), 2 * factor * difference


@dataclass(frozen=True)
class CrossEntropy:
    """log Σ_k e^{o_k} − Σ_k p_k o_k, natural logarithm, p = (1 − s) y + s/K.

    Parameters
    ----------
    label_smoothing : float
        s in [0, 1), as in `CrossEntropyLoss` of PyTorch. Targets y are probabilities with the sum 1, see `one_hot`.

    Raises
    ------
    NetworkError
        If s is not in [0, 1).
    """

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise NetworkError(f"label smoothing needs 0 <= s < 1, not {self.label_smoothing}")

    def _probabilities(self, targets: Any) -> Any:
        s = self.label_smoothing
        return (1 - s) * targets + s / targets.shape[-1] if s else targets

    def values_and_gradients(self, xp: Any, outputs: Any, targets: Any) -> tuple[Any, Any]:
        shifted = outputs - xp.max(real_part(xp, outputs), axis=-1, keepdims=True)
        probabilities = self._probabilities(targets)
        exponentials = xp.exp(shifted)
        total = _row_sums(xp, exponentials)
        values = xp.log(total) - _row_sums(xp, probabilities * shifted)
        return values, exponentials / total[..., None] - probabilities


@dataclass(frozen=True)
class LinearForm:
    """Σ_k y_k o_k: the outputs themselves, so that gradients of "the loss" are those of the network.

    With one output and y = 1 the per-sample gradients are ∇_W f(x_i, W) and the input gradients ∇_x f(x_i, W).
    """

    def values_and_gradients(self, xp: Any, outputs: Any, targets: Any) -> tuple[Any, Any]:
        return _row_sums(xp, targets * outputs), targets + xp.zeros_like(outputs)


def one_hot(xp: Any, labels: Any, classes: int) -> Any:
    """Integer labels (…) as probabilities (…, classes).

    Raises
    ------
    NetworkError
        If a label is none of 0 … classes − 1.

    Examples
    --------
    >>> import numpy as np
    >>> one_hot(np, np.array([1, 0]), 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    if not bool(xp.all((labels >= 0) & (labels < classes))):
        raise NetworkError(f"labels of {classes} classes go from 0 to {classes - 1}")
    return xp.asarray(labels[..., None] == xp.arange(classes), dtype=xp.float64)
