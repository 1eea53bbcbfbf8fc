"""Which samples a step sees. An epoch is ⌊n/B⌋ steps, however batches are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.stability.subsets import draw_subsets

Drawing = Literal["by epoch", "without replacement", "with replacement"]
DRAWINGS: dict[str, str] = {
    "by epoch": "a uniform permutation of the data, cut up; the n mod B samples that are left over are not seen in this epoch",
    "without replacement": "every step a uniform subset of B samples, independent of the other steps",
    "with replacement": "every step B independent uniform samples",
}
"""How batches are drawn."""


@dataclass(frozen=True)
class Batches:
    """A way of drawing batches.

    Attributes
    ----------
    drawing : str
        A key of `DRAWINGS`.
    size : int or sequence of int
        B; a sequence has one for every epoch and keeps its last: growing batches.

    Raises
    ------
    NetworkError
        If the drawing is unknown or a size is not positive.
    """

    drawing: Drawing
    size: int | Sequence[int]

    def __post_init__(self) -> None:
        if self.drawing not in DRAWINGS:
            raise NetworkError(f"batches are drawn {', '.join(DRAWINGS)}; {self.drawing!r} is none of them")
        sizes = (self.size,) if isinstance(self.size, int) else tuple(self.size)
        if not sizes or min(sizes) < 1:
            raise NetworkError(f"batches have at least one sample; the size {self.size} was given")

    def size_in(self, epoch: int) -> int:
        """B in epoch 1, 2, …"""
        if isinstance(self.size, int):
            return self.size
        return self.size[min(epoch, len(self.size)) - 1]

    def steps_in(self, epoch: int, samples: int) -> int:
        """⌊n/B⌋ of epoch 1, 2, …

        Raises
        ------
        NetworkError
            If a batch is larger than the data.
        """
        size = self.size_in(epoch)
        if size > samples:
            raise NetworkError(
                f"a batch of {size} samples does not fit data of {samples}; use at most {samples}"
            )
        return samples // size

    def draw(self, generator: np.random.Generator, epoch: int, samples: int) -> Any:
        """The indices of an epoch's batches, a NumPy array (steps, B)."""
        steps, size = self.steps_in(epoch, samples), self.size_in(epoch)
        if self.drawing == "with replacement":
            return generator.integers(samples, size=(steps, size))
        if self.drawing == "by epoch":
            return generator.permutation(samples)[: steps * size].reshape(steps, size)
        return draw_subsets(generator, samples, size, steps).T.astype(np.int64)
