"""Properties as gaps: expressions that are ≥ 0 for all points of a function that has the property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Values = Callable[[Any], Any]
"""Points (N, d) to values (N,), or to gradients (N, d); floats or balls."""

Terms = tuple[Any, Any, Any]
"""The gap; the sum of the sizes of its terms, which its rounding is proportional to; what it grows by when
the constant of the property grows by 1 (up to the sign).
"""


@dataclass(frozen=True)
class Property:
    """A property as a gap, and as a comparison of an exact constant with a bound.

    Attributes
    ----------
    name : str
        For people.
    constant : str
        The name of the exact constant that decides it.
    at_least : bool
        Whether the constant must be at least the bound (else at most).
    gap : callable
        `gap(question, points, bound) -> Terms`.
    roles : tuple of str
        Which of the points x, y (N, d) and weights t (N,) it takes.
    """

    name: str
    constant: str
    at_least: bool
    gap: Callable[[Question, Mapping[str, Any], Any], Terms]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Whether `f` has a property with the given bound."""

    stated: Property
    f: Values
    bound: Any
    gradient: Values | None = None

    def terms(self, points: Mapping[str, Any]) -> Terms:
        """The gap and its companions in float64."""
        return self.stated.gap(self, points, float(self.bound))

    def enclosed_gap(self, points: Mapping[str, Any]) -> Any:
        """The gap at one point of balls, shape (1, d)."""
        from theorycheck.terms.balls import Ball

        return Ball(self.stated.gap(self, points, Ball(Fraction(self.bound)))[0][0])


def square(v: Any) -> Any:
    """The squared norm over the last axis."""
    return (v * v).sum(axis=-1)


def _convexity_gap(question: Question, points: Mapping[str, Any], bound: Any) -> Terms:
    f = question.f
    x, y, t = points["x"], points["y"], points["t"]
    at_x, at_y, between = f(x), f(y), f(t[:, None] * x + (1 - t)[:, None] * y)
    unit = t * (1 - t) * square(x - y) / 2
    gap = t * at_x + (1 - t) * at_y - between - bound * unit
    return gap, abs(at_x) + abs(at_y) + abs(between) + abs(bound * unit), unit


def _smoothness_gap(question: Question, points: Mapping[str, Any], bound: Any) -> Terms:
    f, gradient = question.f, question.gradient
    assert gradient is not None
    x, y = points["x"], points["y"]
    at_x, at_y, linear = f(x), f(y), (gradient(x) * (y - x)).sum(axis=-1)
    allowance = bound * square(y - x) / 2
    size = abs(at_x) + abs(at_y) + abs(gradient(x) * (y - x)).sum(axis=-1) + abs(allowance)
    return allowance - abs(at_y - at_x - linear), size, square(x - y) / 2


def _second_difference_gap(question: Question, points: Mapping[str, Any], bound: Any) -> Terms:
    f = question.f
    x, y = points["x"], points["y"]
    at_x, middle, at_y = f(x), f((x + y) / 2), f(y)
    distance_squared = square(x - y) / 4
    gap = bound * distance_squared - abs(at_x - 2 * middle + at_y)
    size = abs(at_x) + 2 * abs(middle) + abs(at_y) + abs(bound * distance_squared)
    return gap, size, distance_squared


def _lipschitz_gap(question: Question, points: Mapping[str, Any], bound: Any) -> Terms:
    f = question.f
    x, y = points["x"], points["y"]
    at_x, at_y = f(x), f(y)
    distance = np.sqrt(square(x - y))  # on balls NumPy calls their own method sqrt
    return bound * distance - abs(at_x - at_y), abs(at_x) + abs(at_y) + abs(bound) * distance, distance


def _bound_gap(question: Question, points: Mapping[str, Any], bound: Any) -> Terms:
    f = question.f
    values = f(points["x"])
    return values - bound, abs(values) + abs(bound), values * 0 + 1


CONVEX = Property("convex", "strong_convexity", True, _convexity_gap, ("x", "y", "t"))
STRONGLY_CONVEX = Property("strongly convex", "strong_convexity", True, _convexity_gap, ("x", "y", "t"))
L_SMOOTH = Property("smooth", "smoothness", False, _smoothness_gap, ("x", "y"))
SECOND_DIFFERENCE = Property("smooth", "smoothness", False, _second_difference_gap, ("x", "y"))
LIPSCHITZ = Property("Lipschitz", "lipschitz", False, _lipschitz_gap, ("x", "y"))
BOUNDED_BELOW = Property("bounded below", "lower_bound", True, _bound_gap, ("x",))


def title(stated: Property, bound: Any) -> str:
    """The property with its bound, for people."""
    if stated is CONVEX:
        return "convex"
    if stated is BOUNDED_BELOW:
        return f"bounded below by {bound}"
    return f"{bound}-{stated.name}"
