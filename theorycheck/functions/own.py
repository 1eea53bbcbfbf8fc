"""Families of a user's own: their constants are the author's word until something contradicts them."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from theorycheck.functions.checking import check_family
from theorycheck.functions.families import DEFAULT_FAMILIES
from theorycheck.functions.protocol import Family

MEASURED = (1, 2)
"""The dimensions in which `check_family` can measure."""


def is_shipped(family: Family) -> bool:
    """Whether the family, or the one whose means it holds, is among `DEFAULT_FAMILIES`."""
    return (getattr(family, "samples", None) or family) in DEFAULT_FAMILIES


def own_families(space: Any) -> tuple[Family, ...]:
    """The families of the functions of a space that are not shipped, each once."""
    found = [family for domain in space.domains.values() for family in getattr(domain, "families", ())]
    own = [family for family in found if not is_shipped(family)]
    return tuple({family.name: family for family in own}.values())


def unchecked_families(space: Any) -> tuple[str, ...]:
    """Names of the families of `space` whose constants nobody but their author vouches for."""
    return tuple(family.name for family in own_families(space))


def measure_own_families(space: Any) -> None:
    """Compare what the own families of a space assert with measurements, each family once a process.

    Raises
    ------
    ClaimError
        If a measurement contradicts a family.
    """
    for family in own_families(space):
        _measure(family)


@functools.cache
def _measure(family: Family) -> None:
    dimension = getattr(family, "only_dimension", None) or 1
    if dimension in MEASURED:
        with contextlib.suppress(AttributeError, NotImplementedError):  # without a smoothing, for example
            check_family(family, dimension)
