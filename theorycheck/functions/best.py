"""Constants of functions read as what they are: the best ones where a formula reads them, else valid ones.

`f.lower_bound` in a formula means the infimum, `f.smoothness` the smallest L, and so on. Some families know
only a valid number in its place; their `exact(constant)` tells. A space therefore hands out its functions
inside `BestConstants`, which gives the best constant or none, and whoever may use a valid one in the sound
direction (a property such as `l_smooth("f", "L")`, an admissible constant) asks `valid_constant` for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.errors import NotBestError

BEST = {
    "smoothness": "the smallest constant",
    "strong_convexity": "the largest modulus",
    "lipschitz": "the smallest constant",
    "lower_bound": "the infimum",
    "each_smoothness": "the smallest constant",
    "each_lipschitz": "the smallest constant",
    "each_strong_convexity": "the largest modulus",
    "second_moment": "the mean of the samples' smallest squares",
}
"""What the constant of each name is, where it is the best one."""


class BestConstants:
    """A batch of functions whose constants are the best ones.

    On floats a constant that is not known to be the best one is NaN; on balls and exact numbers reading it
    raises `NotBestError`. Everything else is the wrapped function's.
    """

    __slots__ = ("_family", "_function")

    def __init__(self, function: Any, family: str) -> None:
        self._function, self._family = function, family

    def __call__(self, x: Any) -> Any:
        return self._function(x)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._function, name)
        if name == "samples":
            return tuple(BestConstants(sample, self._family) for sample in value)
        if name not in BEST:
            return value
        best = is_best(self._function, name)
        if not is_object(value):
            return self._function.xp.where(best, value, np.nan)
        if not np.all(best):
            raise NotBestError(f"{name} of {self._family} is a bound here, not {BEST[name]}")
        return value


def is_object(value: Any) -> bool:
    """Whether `value` is an array of balls or exact numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "O"


def raw_function(f: Any) -> Any:
    """The function itself, without the guard of its constants."""
    return f._function if isinstance(f, BestConstants) else f


def valid_constant(f: Any, constant: str) -> Any:
    """A number with which f has the property, perhaps with a better one too.

    Sound where more than the property is not concluded: f is L-smooth if valid_constant(f, "smoothness") ≤ L,
    but it may be L-smooth otherwise.
    """
    return getattr(raw_function(f), constant)


def is_best(f: Any, constant: str) -> Any:
    """Where that constant is the best one; of a function that does not say, its author says so."""
    function = raw_function(f)
    return function.exact(constant) if hasattr(function, "exact") else True
