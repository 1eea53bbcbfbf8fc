"""Domains of points, vectors and matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.errors import SpaceError
from theorycheck.spaces.domains import Bound, Real, Scope, perturb, real
from theorycheck.spaces.numbers import signed_magnitude, with_atoms
from theorycheck.terms.nodes import BATCH
from theorycheck.terms.tracing import Kind

ENTRY_OCTAVES = 4
SCALE_OCTAVES = 20
SMALL = 12
"""Entries that a strategy draws by themselves; longer vectors repeat them."""


@dataclass(frozen=True)
class Entries:
    """Arrays of numbers with the axis lengths `shape`; made by `point`, `vector` and `matrix`.

    Unbounded arrays have a common scale over many orders of magnitude, times entries near 1, some of them 0
    and ±1. `stands_for` as of a `Real`.
    """

    shape: tuple[int | str, ...]
    entry: Real
    name: str = ""
    stands_for: str = ""

    def lengths(self, scope: Scope) -> tuple[int, ...]:
        return tuple(scope.size(length) for length in self.shape)

    @property
    def unbounded(self) -> bool:
        return self.entry.low is None and self.entry.high is None

    def width(self, scope: Scope) -> int:
        return math.prod(self.lengths(scope)) + (1 if self.unbounded else 0)

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        lengths = self.lengths(scope)
        if not self.unbounded:
            flat = self.entry.decode_columns(cube, xp, scope, jitter)
        else:
            scale = with_atoms(
                cube[:, :1],
                xp,
                lambda u: xp.abs(signed_magnitude(0.5 + u / 2, xp, SCALE_OCTAVES)),
                [1.0, 1.0, 1.0],
            )
            entries = with_atoms(
                cube[:, 1:], xp, lambda u: signed_magnitude(u, xp, ENTRY_OCTAVES), [0.0, 1.0, -1.0]
            )
            flat = perturb(scale * entries, xp, jitter)
        return xp.reshape(flat, (cube.shape[0], *lengths))

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Any:
        def nested(values: Any) -> Any:
            if values.ndim == 0:
                return self.entry.exact_number(float(values), scope)
            return tuple(nested(value) for value in values)

        return nested(decoded[0])

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        def nested(item: Any) -> Any:
            return [nested(part) for part in item] if isinstance(item, tuple) else xp.number(item)

        array = xp.asarray([nested(value)])
        return xp.reshape(array, (1, *self.lengths(scope)))

    def admits(self, value: Any, scope: Scope) -> bool:
        def matches(item: Any, lengths: tuple[int, ...]) -> bool:
            if not lengths:
                return self.entry.admits(item, scope)
            return (
                isinstance(item, tuple)
                and len(item) == lengths[0]
                and all(matches(part, lengths[1:]) for part in item)
            )

        return matches(value, self.lengths(scope))

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        lengths = self.lengths(scope)
        count = math.prod(lengths)
        drawn = st.tuples(*[self.entry.strategy(scope)] * min(count, SMALL))

        def arrange(numbers: tuple[Fraction, ...]) -> Any:
            flat = [numbers[index % len(numbers)] for index in range(count)]
            return shaped(flat, lengths)

        return drawn.map(arrange)

    def kind(self) -> Kind:
        return Kind("array", (BATCH, *self.shape))

    def symbol(self, name: str) -> Any:
        import sympy

        axes = [
            sympy.Symbol(length, integer=True, positive=True) if isinstance(length, str) else length
            for length in self.shape
        ]
        return sympy.MatrixSymbol(name, axes[0], axes[1] if len(axes) > 1 else 1)


def shaped(flat: list[Any], lengths: tuple[int, ...]) -> Any:
    """Nest a flat list of entries into tuples of the given lengths."""
    if len(lengths) == 1:
        return tuple(flat)
    step = len(flat) // lengths[0]
    return tuple(shaped(flat[i * step : (i + 1) * step], lengths[1:]) for i in range(lengths[0]))


def _check_length(what: str, length: int | str) -> None:
    if not isinstance(length, str) and (length != int(length) or length < 1):
        raise SpaceError(
            f"{what}: the length {length!r} must be a positive integer, 'd' or the name of a choice"
        )


def point(*, stands_for: str = "") -> Entries:
    """A point of R^d, d the dimension of the space (1 if it declares none): arrays of shape (N, d).

    `stands_for` says what it is where it is a letter for a vector that the statement defines, see `real`.
    """
    return Entries(("d",), Real(), stands_for=stands_for)


def vector(length: int | str, low: Bound = None, high: Bound = None) -> Entries:
    """A vector: arrays of shape (N, length), `length` an int, "d" or the name of a choice.

    Every entry lies between `low` and `high` (numbers, or None for an unbounded side).

    Raises
    ------
    SpaceError
        If the length is not positive, a bound is a name, or no number lies between the bounds.
    """
    _check_length("vector", length)
    if isinstance(low, str) or isinstance(high, str):
        raise SpaceError("vector: bounds of entries are numbers, not names")
    return Entries((length,), real(low, high))


def matrix(rows: int | str, columns: int | str) -> Entries:
    """A matrix: arrays of shape (N, rows, columns), each axis an int, "d" or the name of a choice.

    Raises
    ------
    SpaceError
        If an axis is not positive.
    """
    _check_length("matrix", rows)
    _check_length("matrix", columns)
    return Entries((rows, columns), Real())
