"""Do two terms have the same values? Looked at on numbers: it tells different formulas apart, and proves nothing.

A formula is read once for all sizes. If it looks at the type of a size (`isinstance(d, int)`), that reading is another formula
than the one for a given d; their values at a few points tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import BATCH, Node, ordered
from theorycheck.terms.program import compiled

ROWS = 24
SPECIAL = (0.0, 1.0, -1.0, 2.0, 0.5)
"""Numbers at which many formulas change their form; the other rows are random."""


def alike(first: Node, second: Node, sizes: Mapping[str, Any]) -> bool:
    """Whether the values of two terms agree, up to rounding, at every row where both are numbers."""
    if first is second:
        return True
    xp = numpy_namespace()
    values = {**sizes, **_sample([first, second], sizes)}
    with np.errstate(all="ignore"):
        (a,), (b,) = (compiled((term,))(xp, values, ROWS) for term in (first, second))
        # two orders of the same sum differ by rounding; formulas that differ do so by far more than 1e-6
        return bool(
            np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-6, atol=1e-9, equal_nan=True)
        )


def _sample(terms: list[Node], sizes: Mapping[str, Any]) -> dict[str, Any]:
    random = np.random.default_rng(len(sizes))
    values: dict[str, Any] = {}
    for item in ordered(terms):
        if item.op == "variable" and item.params[0] not in values:
            shape = tuple(
                ROWS if n == BATCH else sizes.get(n, n) if isinstance(n, str) else n for n in item.shape
            )
            numbers = random.normal(size=shape) * 2
            if shape:
                for row, special in enumerate(SPECIAL):
                    numbers[row] = special
                numbers[len(SPECIAL) : 2 * len(SPECIAL)] = np.abs(numbers[len(SPECIAL) : 2 * len(SPECIAL)])
            values[item.params[0]] = numbers
        elif item.op in ("function", "constant of", "sample_mean"):
            path = item.params[1] if item.op == "sample_mean" else item.params[0]
            values.setdefault(path[0], _SomeFunction(3))
    return values


class _SomeFunction:
    """A function with everything that a formula may read off one."""

    smoothness = lipschitz = each_smoothness = each_lipschitz = second_moment = np.full(ROWS, 1.5)
    strong_convexity = each_strong_convexity = lower_bound = np.full(ROWS, -0.25)
    continuous = differentiable = nonconstant = np.ones(ROWS, dtype=bool)

    def __init__(self, samples: int, shift: float = 0.0) -> None:
        self.shift = shift
        self.samples = tuple(_SomeFunction(0, shift + k) for k in range(1, samples + 1))

    @property
    def minimiser(self) -> Any:
        return np.full((ROWS, 1), 0.75)

    def __call__(self, x: Any) -> Any:
        return np.cos(x + self.shift).sum(axis=-1)

    def gradient(self, x: Any) -> Any:
        return -np.sin(x + self.shift)

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return np.exp(-(np.asarray(sigma) ** 2) / 4) * self(x)

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        return np.exp(-(np.asarray(sigma) ** 2) / 4)[..., None] * self.gradient(x)
