"""Exact instances of a space, and their JSON form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.errors import SpaceError

_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
MOST_DIGITS = 100_000
"""Of a number in a stored instance."""


@dataclass(frozen=True)
class FunctionInstance:
    """One function of a family: its exact parameters.

    Attributes
    ----------
    family : str
        Name of the family.
    dimension : int
        d of the domain R^d.
    parameters : Mapping[str, Any]
        Exact values (int, Fraction, tuples of them) of the family's parameters, by name.
    """

    family: str
    dimension: int
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.family, self.dimension, tuple(self.parameters.items())))


@dataclass(frozen=True)
class Instance(Mapping[str, Any]):
    """A concrete case of a claim: a mapping from the names of its space to exact values.

    A value is an int, a Fraction, a tuple of Fractions (a vector), a tuple of such tuples (a matrix, by
    rows), a `FunctionInstance`, or a string (a choice).

    Examples
    --------
    >>> Instance({"a": Fraction(1, 2)})["a"]
    Fraction(1, 2)
    """

    entries: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __hash__(self) -> int:
        return hash(tuple(self.entries.items()))

    def replace(self, **changes: Any) -> Instance:
        """Return a copy with some values changed."""
        return Instance({**self.entries, **changes})


def _to_json(value: Any) -> Any:
    if isinstance(value, FunctionInstance):
        parameters = {name: _to_json(item) for name, item in value.parameters.items()}
        return {"family": value.family, "dimension": value.dimension, "parameters": parameters}
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, str):
        return {"choice": value}
    return value


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "choice" in value:
            return value["choice"]
        parameters = {name: _from_json(item) for name, item in value["parameters"].items()}
        return FunctionInstance(value["family"], int(value["dimension"]), parameters)
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if isinstance(value, str):
        if len(value) > MOST_DIGITS or not _RATIONAL.fullmatch(value):
            raise ValueError(f"{value:.40!r} is no rational number")
        return Fraction(value)
    return value


def instance_to_json(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON form: rationals as strings "p/q", integers as numbers, choices as {"choice": …}.

    Examples
    --------
    >>> instance_to_json({"a": Fraction(1, 2), "d": 3, "x": (Fraction(1), Fraction(0))})
    {'a': '1/2', 'd': 3, 'x': ['1', '0']}
    """
    return {name: _to_json(value) for name, value in instance.items()}


def instance_from_json(data: Mapping[str, Any]) -> Instance:
    """Rebuild an instance from its JSON form.

    Raises
    ------
    SpaceError
        If `data` is not the JSON form of an instance.
    """
    try:
        return Instance({name: _from_json(value) for name, value in data.items()})
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise SpaceError(
            f"not the JSON form of an instance ({error}); write rationals as strings "
            "'p/q' and functions with family, dimension and parameters"
        ) from error
