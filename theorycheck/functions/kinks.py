"""Where functions change their form: points moved onto kinks, or close beside them.

A worst case of a nonsmooth method often has an iterate on a kink, or so close to one that a step crosses it. Points that
are drawn at random never lie there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.functions.finite_sums import FiniteSum, Reflected, Tilted
from theorycheck.functions.piecewise_polynomial import PiecewisePolynomial
from theorycheck.functions.protocol import Family
from theorycheck.functions.separable import Separable
from theorycheck.functions.slopes import ConvexSlopes


def has_kinks(family: Family) -> bool:
    """Whether `towards_kink` knows kinks (or jumps of a derivative) of the members of a family."""
    if family.samples is not None:
        return has_kinks(family.samples)
    build = family.build
    if not isinstance(build, type):
        return False
    if issubclass(build, Separable) and not issubclass(build, ConvexSlopes):
        return build.profile.pieces is not None and len(build.profile.pieces) > 1
    return issubclass(build, (ConvexSlopes, PiecewisePolynomial))


def towards_kink(xp: Any, f: Any, x: Any, chosen: Any, factor: Any) -> Any:
    """Move points towards a kink of f until `factor` of their distance is left.

    Parameters
    ----------
    xp : Namespace
    f : Function
        N members of a family that `has_kinks`.
    x : array of shape (N, d)
    chosen : NumPy array of shape (N,)
        Numbers of [0, 1) that choose the kink.
    factor : array of shape (N,)
        0 puts the point onto the kink, a negative number beyond it.
    """
    if isinstance(f, Tilted):
        return towards_kink(xp, f.original, x, chosen, factor)
    if isinstance(f, Reflected):
        return f.image(towards_kink(xp, f.original, f.image(x), chosen, factor))
    if isinstance(f, FiniteSum):
        index, chosen = _choice(chosen, len(f.samples))
        moved = x
        for k, sample in enumerate(f.samples):
            new = towards_kink(xp, sample, x, chosen, factor)
            moved = xp.where(_truth(xp, index == k)[:, None], new, moved)
        return moved
    if isinstance(f, PiecewisePolynomial):
        kink, _ = _choice(chosen, len(f.breakpoints))
        target = _picked(xp, f.breakpoints, kink)[:, None]
        return target + factor[:, None] * (x - target)
    coordinate, chosen = _choice(chosen, f.dimension)
    kinks = [start for start, _, _ in f.profile.pieces if start is not None]
    kink, _ = _choice(chosen, len(kinks))
    y = f.reflect(x)
    rate, phase = f.spread(f.frequency), f.spread(f.phase)
    idle = rate == 0
    zero = xp.zeros_like(y)
    place = _picked(xp, [zero + start for start in kinks], kink)
    target = (place - phase) / xp.where(idle, xp.ones_like(y), rate)
    here = _truth(xp, np.arange(f.dimension)[None, :] == coordinate[:, None]) & ~idle
    return f.reflect(xp.where(here, target + factor[:, None] * (y - target), y))


def _choice(chosen: Any, count: int) -> tuple[Any, Any]:
    """One of `count` numbers, and what is left of the choice: numbers of [0, 1) again."""
    scaled = chosen * count
    index = np.minimum(np.floor(scaled), count - 1)
    return index, scaled - index


def _truth(xp: Any, mask: Any) -> Any:
    """Truth values where `xp` computes; exact numbers are chosen by NumPy's."""
    return xp.asarray(mask) if xp.name == "cupy" else mask


def _picked(xp: Any, values: list[Any], index: Any) -> Any:
    result = values[0]
    for k, value in enumerate(values[1:], 1):
        wanted = _truth(xp, index == k)
        result = xp.where(wanted[:, None] if value.ndim > 1 else wanted, value, result)
    return result
