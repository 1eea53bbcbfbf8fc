"""Sampling curves from the unit interval, exact bounds, and simple rationals."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

OCTAVES = 26
"""Unbounded numbers have magnitudes 2**-26 … 2**26; half of them lie in 2**±3.25."""
EDGE_OCTAVES = 40
"""Numbers in a bounded interval come as close as 2**-40 of its length to its ends."""
ATOM_START = 0.85
"""The part of the unit interval above this is shared out among the atoms."""
SIMPLE = tuple(
    map(Fraction, ("0", "1", "-1", "2", "1/2", "-2", "3", "-1/2", "4", "1/4", "10", "1/10", "100"))
)
"""Numbers to try first, the simplest first."""


def exact_number(value: Any) -> Fraction:
    """Return the number that its author meant: 0.1 is 1/10."""
    return Fraction(repr(float(value))) if isinstance(value, float) else Fraction(value)


def within_floats(value: Fraction) -> Fraction:
    """The same number, which batches hold as a float.

    Raises
    ------
    OverflowError
        If it is beyond all floats.
    """
    try:
        float(value)
    except OverflowError:
        raise OverflowError("it is beyond the largest float, about 1.8e308; rescale the claim") from None
    return value


def is_exact(value: Any) -> bool:
    """Whether `value` is a Fraction or an int (a truth value is neither)."""
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)


def float_not_below(value: Fraction) -> float:
    """Return the smallest float ≥ `value`."""
    result = float(value)
    return result if Fraction(result) >= value else math.nextafter(result, math.inf)


def float_not_above(value: Fraction) -> float:
    """Return the largest float ≤ `value`."""
    return -float_not_below(-value)


def power_of_two(exponent: Any, xp: Any) -> Any:
    """2**exponent by way of exp, which NumPy vectorises and pow is not."""
    return xp.exp(math.log(2) * exponent)


def magnitude(unit: Any, xp: Any, octaves: int = OCTAVES) -> Any:
    """Map [0, 1] onto 2**[−octaves, octaves], densest around 1."""
    centred = 2 * unit - 1
    return power_of_two(octaves * centred * centred * centred, xp)


def signed_magnitude(unit: Any, xp: Any, octaves: int = OCTAVES) -> Any:
    """Map [0, 1] onto ±2**[−octaves, octaves], increasing, a jump over 0 in the middle."""
    centred = 2 * unit - 1
    return xp.copysign(magnitude(xp.abs(centred), xp, octaves), centred)


def fraction_of_interval(unit: Any, xp: Any) -> Any:
    """Map [0, 1] onto [2**−40, 1 − 2**−40]: linear inside, logarithmic towards both ends."""
    octaves = EDGE_OCTAVES - 3
    lower = power_of_two(-EDGE_OCTAVES + octaves * 4 * unit, xp)
    upper = 1 - power_of_two(-EDGE_OCTAVES + octaves * 4 * (1 - unit), xp)
    middle = 0.125 + 1.5 * (unit - 0.25)
    return xp.where(unit < 0.25, lower, xp.where(unit > 0.75, upper, middle))


def with_atoms(unit: Any, xp: Any, continuous: Any, atoms: list[Any]) -> Any:
    """Use `continuous` on the lower part of the unit interval; `atoms` share the rest equally."""
    if not atoms:
        return continuous(unit)
    result = continuous(xp.minimum(unit / ATOM_START, xp.ones_like(unit)))
    share = (1 - ATOM_START) / len(atoms)
    if all(isinstance(atom, float) for atom in atoms):
        index = xp.asarray(xp.maximum((unit - ATOM_START) / share, xp.zeros_like(unit)), dtype=xp.int64)
        index = xp.minimum(index, xp.full_like(index, len(atoms) - 1))
        return xp.where(unit >= ATOM_START, xp.asarray(atoms)[index], result)
    for index, atom in enumerate(atoms):
        result = xp.where(unit >= ATOM_START + index * share, atom, result)
    return result


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the rational of smallest denominator (then of smallest size) in the closed interval [low, high].

    Examples
    --------
    >>> simplest_between(Fraction(31, 100), Fraction(35, 100))
    Fraction(1, 3)
    """
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    floor = low.numerator // low.denominator
    if floor == low:
        return Fraction(floor)
    if floor + 1 <= high:
        return Fraction(floor + 1)
    return floor + 1 / simplest_between(1 / (high - floor), 1 / (low - floor))
