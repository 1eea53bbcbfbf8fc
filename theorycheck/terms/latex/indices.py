"""Indices of entries while a formula is printed: exact positions, running letters, and axes that stay whole.

An entry of an array is named by one index an axis. Rearrangements (slices, new axes, transposes) move indices about, so
that an entry prints as the entry of what it was made from: `x[:, 1:] - x[:, :-1]` prints as x_{i+1} − x_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorycheck.terms.latex.names import name_latex
from theorycheck.terms.nodes import BATCH, Length, Shape

WHOLE = ":"
"""The index of an axis that is printed as a whole: all of a vector."""


@dataclass(frozen=True)
class Index:
    """A position, counted from 0: a whole number plus multiples of running letters and lengths (by their TeX).

    A letter runs from 1, as it prints: the position of x_i is i − 1.
    """

    constant: int
    letters: tuple[tuple[str, int], ...] = ()

    @property
    def fixed(self) -> bool:
        return not self.letters

    def moved(self, step: int, start: Index) -> Index:
        """start + step · this."""
        letters = dict(start.letters)
        for letter, factor in self.letters:
            letters[letter] = letters.get(letter, 0) + step * factor
        kept = tuple((letter, factor) for letter, factor in letters.items() if factor)
        return Index(start.constant + step * self.constant, kept)

    @property
    def text(self) -> str:
        """As it prints, counted from 1."""
        parts: list[str] = []
        for letter, factor in sorted(self.letters, key=lambda item: item[1] < 0):
            size = "" if abs(factor) == 1 else str(abs(factor))
            parts.append(f"{'-' if factor < 0 else '+' if parts else ''}{size}{letter}")
        shown = self.constant + 1
        if shown or not parts:
            parts.append(f"{'+' if parts and shown > 0 else ''}{shown}")
        return "".join(parts)


At = Index | str
"""An `Index`, `WHOLE`, or "N" for the batch."""


def running(letter: str) -> Index:
    """The position that a running letter names."""
    return Index(-1, ((letter, 1),))


def position(value: int, length: Length) -> Index:
    """A position as Python writes it: a negative one counts from the end."""
    if value >= 0:
        return Index(value)
    if isinstance(length, int):
        return Index(length + value)
    return Index(value, ((name_latex(length), 1),))


def length_latex(length: Length) -> str:
    return name_latex(length) if isinstance(length, str) else str(length)


def aligned(at: tuple[At, ...], shape: Shape, part: Shape) -> tuple[At, ...]:
    """The indices of an operand of shape `part`, broadcast to `shape`, at the entry `at`."""
    kept = at[len(at) - len(part) :]
    lengths = shape[len(shape) - len(part) :]
    return tuple(
        Index(0) if mine == 1 and whole != 1 else index
        for index, whole, mine in zip(kept, lengths, part, strict=True)
    )


def own_axes(shape: Shape) -> tuple[int, ...]:
    """The axes that are not the batch."""
    return tuple(axis for axis, length in enumerate(shape) if length != BATCH)


def before_slicing(key: tuple[Any, ...], shape: Shape, at: tuple[At, ...]) -> tuple[At, ...] | None:
    """The indices in an array of `shape` of the entry `at` of `array[key]`; None where no single entry is meant."""
    lists = [part for part in key if isinstance(part, tuple) and part[0] == "list"]
    if lists and (len(lists) > 1 or any(isinstance(part, int) for part in key)):
        return None  # NumPy has rules of its own for these
    missing = len(shape) - sum(1 for part in key if part not in ("new axis", "..."))
    if "..." in key:
        spot = key.index("...")
        full = (*key[:spot], *[("slice", None, None, None)] * missing, *key[spot + 1 :])
    else:
        full = (*key, *[("slice", None, None, None)] * missing)
    found: list[At] = []
    taken = iter(at)
    for part in full:
        if part == "new axis":
            next(taken)
            continue
        length = shape[len(found)]
        if isinstance(part, int):
            found.append(position(part, length))
            continue
        index = next(taken)
        if part[0] == "list":
            if not (isinstance(index, Index) and index.fixed):
                return None
            found.append(position(part[1:][index.constant], length))
            continue
        start, stop, step = part[1], part[2], part[3] or 1
        if index == BATCH or (start in (None, 0) and stop is None and step == 1):
            found.append(index)
        elif isinstance(index, Index):
            first = 0 if start is None and step > 0 else -1 if start is None else start
            found.append(index.moved(step, position(first, length)))
        else:
            return None
    return tuple(found)


def reshaped(shape: Shape, before: Shape, at: tuple[At, ...]) -> tuple[At, ...] | None:
    """The indices before a change of shape that leaves the batch alone; None where no single entry is meant."""
    flat = 0
    for index, length in zip(at, shape, strict=True):
        if index == BATCH:
            continue
        if not (isinstance(index, Index) and index.fixed and isinstance(length, int)):
            return None
        flat = flat * length + index.constant
    found: list[At] = []
    for length in reversed(before):
        if length == BATCH:
            found.append(BATCH)
            continue
        if not isinstance(length, int):
            return None
        flat, rest = divmod(flat, length)
        found.append(Index(rest))
    batch_first = all(one[:1] == (BATCH,) or BATCH not in one for one in (shape, before))
    return tuple(reversed(found)) if batch_first else None
