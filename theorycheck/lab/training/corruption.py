"""Noise in data: labels that are wrong for a whole run, and fresh noise at every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.streams import generator


def with_wrong_labels(y: Any, probability: float, seed: int, networks: int = 1) -> Any:
    """One-hot targets (1, n, K) of which each is replaced by another class, uniform of the K − 1, with this probability.

    Returns
    -------
    NumPy array (networks, n, K)
        Every network has its own errors.

    Raises
    ------
    NetworkError
        If the probability is not in [0, 1], or there is one class.
    """
    if not 0 <= probability <= 1 or y.shape[-1] < 2:
        raise NetworkError(
            f"labels are wrong with a probability in [0, 1] and have two classes or more; {probability} and "
            f"{y.shape[-1]} were given"
        )
    rows = []
    for network in range(networks):
        stream = generator(seed, "wrong labels", network)
        wrong = stream.random(y.shape[1]) < probability
        turn = np.where(wrong, stream.integers(1, y.shape[-1], size=y.shape[1]), 0)
        labels = (np.argmax(y[0], axis=-1) + turn) % y.shape[-1]
        rows.append(np.eye(y.shape[-1])[labels])
    return np.stack(rows)


@dataclass(frozen=True)
class StepNoise:
    """Independent N(0, s²) on every entry of a batch, drawn anew at every step.

    Attributes
    ----------
    inputs, targets : float
        s for x and for y; 0 is none.

    Raises
    ------
    NetworkError
        If one is negative.
    """

    inputs: float = 0.0
    targets: float = 0.0

    def __post_init__(self) -> None:
        if not (self.inputs >= 0 and self.targets >= 0):
            raise NetworkError(f"noise has a scale of 0 or more; {self.inputs} and {self.targets} were given")

    def added(self, xp: Any, streams: list[np.random.Generator], a: Any, b: Any) -> tuple[Any, Any]:
        """The batches a and b (R, B, …) with noise, network r's from its own stream."""
        return _added(xp, streams, a, self.inputs), _added(xp, streams, b, self.targets)


def _added(xp: Any, streams: list[np.random.Generator], values: Any, scale: float) -> Any:
    if scale == 0:
        return values
    noise = np.stack([stream.standard_normal(values.shape[1:]) for stream in streams])
    return values + scale * xp.asarray(noise, dtype=values.dtype)
