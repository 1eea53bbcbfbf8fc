"""Minimum and maximum that never have to decide a comparison.

Two balls that enclose the same number cannot be compared, but their minimum is still enclosed: on object
arrays min(a, b) = (a + b − |a − b|)/2. Arguments must be finite; infinite extrema are carried as boolean
arrays beside them.
"""

from __future__ import annotations

from typing import Any


def lesser(xp: Any, a: Any, b: Any) -> Any:
    """The smaller of `a` and `b`, entry by entry; under balls an enclosure of it."""
    if (a + b).dtype != object:
        return xp.minimum(a, b)
    return (a + b - abs(a - b)) / 2


def greater(xp: Any, a: Any, b: Any) -> Any:
    """The larger of `a` and `b`, entry by entry; under balls an enclosure of it."""
    return -lesser(xp, -a, -b)


def smallest(xp: Any, values: Any) -> Any:
    """The minimum over the last axis."""
    if values.dtype != object:
        return values.min(axis=-1)
    result = values[..., 0]
    for column in range(1, values.shape[-1]):
        result = lesser(xp, result, values[..., column])
    return result


def largest(xp: Any, values: Any) -> Any:
    """The maximum over the last axis."""
    return -smallest(xp, -values)


def or_infinite(xp: Any, infinite: Any, infinity: Any, finite: Any) -> Any:
    """`infinity` (xp.inf or −xp.inf) where `infinite`, else `finite`."""
    if not infinite.any():  # exact numbers have no infinity
        return finite
    return xp.where(infinite, xp.zeros_like(finite) + infinity, finite)
