"""The cube that is hunted in: the space's own, and columns that move points onto kinks of functions or close beside them.

Half of the instances of a stratum whose function has kinks have a point moved; the move is made in floats for batches and
in exact numbers for the instance, so that a tie is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import NotExactError, SpaceError, UndecidedError
from theorycheck.functions.best import raw_function
from theorycheck.functions.kinks import has_kinks, towards_kink
from theorycheck.spaces import Entries, Instance, Space, Stratum
from theorycheck.terms.exact import ExactArrays, ExactNumber
from theorycheck.terms.namespaces import to_numpy

MOVES = 2
"""Coordinates of one point that are moved, at most: a corner of the plane takes two."""
UNMOVED = 0.5
"""The part of the unit interval in which a point stays where it is."""
ONTO = 0.1
"""The part in which it is moved onto the kink itself."""
NEAREST, FARTHEST = 9, 3
"""Otherwise 10^-9 to 10^-3 of its distance is left, on either side."""


@dataclass(frozen=True)
class Move:
    """Of the point `point`, by two columns of the cube from `column` on."""

    point: str
    column: int


def moves(space: Space, stratum: Stratum) -> list[Move]:
    """The moves that a row of the cube may make."""
    if not _functions(stratum):
        return []
    sizes = ("d", stratum.dimension_name)
    points = [
        name
        for name, domain in space.domains.items()
        if isinstance(domain, Entries)
        and len(domain.shape) == 1
        and domain.shape[0] in sizes
        and domain.unbounded
    ]
    start = space.width(stratum)
    each = min(stratum.dimension, MOVES)
    return [Move(name, start + 2 * k) for k, name in enumerate(n for n in points for _ in range(each))]


def _functions(stratum: Stratum) -> list[str]:
    return [name for name, family in stratum.families if has_kinks(family)]


def width(space: Space, stratum: Stratum) -> int:
    """Number of columns of the cube."""
    return space.width(stratum) + 2 * len(moves(space, stratum))


def decode(
    space: Space, stratum: Stratum, cube: Any, xp: Any, jitter: np.random.Generator | None = None
) -> dict[str, Any]:
    """As `space.decode`, with the moves made."""
    values = space.decode(stratum, cube, xp, jitter)
    listed = moves(space, stratum)
    if listed:
        columns = to_numpy(cube[:, listed[0].column :])
        for point, name, chosen, factor, moved in _made(listed, stratum, columns):
            function = raw_function(values[name])
            new = towards_kink(xp, function, values[point], chosen, xp.asarray(factor))
            values[point] = xp.where(xp.asarray(moved)[:, None], new, values[point])
    return values


def instance(space: Space, stratum: Stratum, row: Any) -> Instance:
    """As `space.instance`, with the moves made in exact numbers.

    Raises
    ------
    SpaceError
        If a domain is empty there, or a moved point is not rational.
    """
    found = space.instance(stratum, row)
    listed = moves(space, stratum)
    columns = np.asarray(row, dtype=float)[None, listed[0].column :] if listed else np.empty((1, 0))
    for point, name, chosen, factor, moved in _made(listed, stratum, columns):
        if moved[0]:
            found = _moved(space, found, point, name, chosen, Fraction(float(factor[0])))
    return found


def _moved(space: Space, found: Instance, point: str, name: str, chosen: Any, factor: Fraction) -> Instance:
    xp = ExactArrays()
    values = space.lift(found, xp)
    try:
        part = xp.asarray([xp.number(factor)])
        new = towards_kink(xp, raw_function(values[name]), values[point], chosen, part)
        entries = tuple(ExactNumber(entry).fraction() for entry in new[0])
    except (NotExactError, UndecidedError) as error:
        raise SpaceError(f"{point}: no rational point lies there: {error}") from error
    return found.replace(**{point: entries})


def _made(listed: list[Move], stratum: Stratum, columns: Any) -> Iterator[tuple[str, str, Any, Any, Any]]:
    """For each move: the point, the function, the choice of a kink, the part of the distance that is left, and where."""
    names = _functions(stratum)
    for k, move in enumerate(listed):
        unit, left = columns[:, 2 * k], columns[:, 2 * k + 1]
        moved = unit >= UNMOVED
        if not moved.any():
            continue
        chosen = (np.clip(unit, UNMOVED, 1) - UNMOVED) / (1 - UNMOVED)
        spread = (
            np.clip((left - ONTO) / (1 - ONTO), 0, 1) * 2
        )  # the first half on this side, the second beyond
        size = 10.0 ** -(FARTHEST + (NEAREST - FARTHEST) * (spread % 1.0))
        factor = np.where(left < ONTO, 0.0, np.where(spread < 1, size, -size))
        index = np.minimum(np.floor(chosen * len(names)), len(names) - 1)
        for j, name in enumerate(names):
            yield move.point, name, chosen * len(names) - index, factor, moved & (index == j)
