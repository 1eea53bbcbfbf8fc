"""Variants of an exact instance: other numbers, a lower dimension, constants that fit the function."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from theorycheck.errors import SpaceError
from theorycheck.functions import ConstantOf, FunctionDomain, MinimiserOf
from theorycheck.spaces import (
    Choice,
    Dimension,
    Entries,
    FunctionInstance,
    Instance,
    Integer,
    Scope,
)
from theorycheck.spaces.numbers import simplest_between
from theorycheck.statement.claims import Claim

Path = tuple[Any, ...]


def numbers_of(instance: Instance) -> list[tuple[Path, Any]]:
    """All rational numbers of an instance with their places (not the dimension, integers and words)."""
    found: list[tuple[Path, Any]] = []

    def visit(path: Path, value: Any) -> None:
        if isinstance(value, FunctionInstance):
            for name, item in value.parameters.items():
                visit((*path, name), item)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                visit((*path, index), item)
        elif isinstance(value, Fraction):
            found.append((path, value))

    for name, value in instance.items():
        visit((name,), value)
    return found


def map_numbers(instance: Instance, change: Callable[[Path, Any], Any]) -> Instance:
    """Return the instance with every number replaced by `change(path, number)`."""

    def visit(path: Path, value: Any) -> Any:
        if isinstance(value, FunctionInstance):
            parameters = {name: visit((*path, name), item) for name, item in value.parameters.items()}
            return FunctionInstance(value.family, value.dimension, parameters)
        if isinstance(value, tuple):
            return tuple(visit((*path, index), item) for index, item in enumerate(value))
        return Fraction(change(path, value)) if isinstance(value, Fraction) else value

    return Instance({name: visit((name,), value) for name, value in instance.items()})


def with_dimension(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield the instance in every lower dimension: without the last coordinates, and without the first."""
    assert claim.space is not None
    name = next((n for n, domain in claim.space.domains.items() if isinstance(domain, Dimension)), None)
    if name is None:
        return
    domain = claim.space.domains[name]
    assert isinstance(domain, Dimension)
    old = instance[name]
    for new in (value for value in domain.values if value < old):
        for kept in dict.fromkeys((tuple(range(new)), tuple(range(old - new, old)))):
            yield _lowered(claim, instance, name, kept)
        if old <= 8:
            for kept in itertools.islice(itertools.combinations(range(old), new), 30):
                yield _lowered(claim, instance, name, kept)


def _lowered(claim: Claim, instance: Instance, dimension_name: str, kept: tuple[int, ...]) -> Instance:
    assert claim.space is not None
    changed: dict[str, Any] = {}
    for name, domain in claim.space.domains.items():
        value = instance[name]
        if name == dimension_name:
            value = len(kept)
        elif isinstance(domain, Entries):
            lengths = [len(kept) if axis in ("d", dimension_name) else axis for axis in domain.shape]
            value = _cut(value, lengths, kept)
        elif isinstance(domain, FunctionDomain):
            family = next(family for family in domain.families if family.name == value.family)
            parameters = dict(value.parameters)
            for key, inner in family.parameters(len(kept)).items():
                if isinstance(inner, Entries) and key in parameters:
                    parameters[key] = _cut(parameters[key], inner.lengths(Scope(len(kept))), kept)
            value = FunctionInstance(value.family, len(kept), parameters)
        elif isinstance(domain, MinimiserOf):
            value = changed[domain.function].parameters["minimiser"]
        changed[name] = value
    return Instance(changed)


def _cut(value: Any, lengths: Sequence[Any], kept: tuple[int, ...]) -> Any:
    """Cut every axis to its new length: the kept coordinates where they fit, else the first ones."""
    if not lengths:
        return value
    length, old = lengths[0], len(value)
    chosen: Sequence[int] = range(old)
    if isinstance(length, int) and length < old:
        chosen = kept if len(kept) == length and max(kept, default=old) < old else range(length)
    return tuple(_cut(value[index], lengths[1:], kept) for index in chosen)


def with_smaller_sizes(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield the instance with a choice that is declared earlier, or a lower integer."""
    assert claim.space is not None
    for name, domain in claim.space.domains.items():
        value = instance[name]
        if isinstance(domain, Choice):
            for new in domain.values[: domain.values.index(value)]:
                yield _resized(claim, instance, name, new)
        elif isinstance(domain, Integer):
            steps = [(value - domain.low) >> shift for shift in range((value - domain.low).bit_length())]
            for new in dict.fromkeys([domain.low, *(value - step for step in steps)]):
                if new < value:
                    yield instance.replace(**{name: new})


def _resized(claim: Claim, instance: Instance, choice_name: str, new: Any) -> Instance:
    assert claim.space is not None
    changed: dict[str, Any] = {choice_name: new}
    for name, domain in claim.space.domains.items():
        if isinstance(domain, Entries) and choice_name in domain.shape:
            lengths = [new if axis == choice_name else axis for axis in domain.shape]
            changed[name] = _cut(instance[name], lengths, ())
    return instance.replace(**changed)


def with_family(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield the instance with every function in an earlier family that has the same parameters, or fewer."""
    assert claim.space is not None
    for name, domain in claim.space.domains.items():
        if not isinstance(domain, FunctionDomain):
            continue
        value = instance[name]
        for family in domain.families:
            if family.name == value.family:
                break
            if not family.allows(value.dimension):
                continue
            wanted = list(family.parameters(value.dimension))
            if all(key in value.parameters for key in wanted):
                parameters = {key: value.parameters[key] for key in wanted}
                yield instance.replace(**{name: FunctionInstance(family.name, value.dimension, parameters)})


def repair(claim: Claim, instance: Instance) -> Instance | None:
    """Replace constants that do not fit the instance's functions by simple ones that do.

    Returns None where a function has no such constant, or the instance lies outside its space.
    """
    assert claim.space is not None
    space = claim.space
    try:
        scope = Scope(space.stratum_of(instance).dimension, values=dict(instance), domains=space.domains)
    except SpaceError:
        return None
    for name, domain in space.domains.items():
        if isinstance(domain, MinimiserOf):
            instance = instance.replace(**{name: instance[domain.function].parameters["minimiser"]})
            scope.values[name] = instance[name]
        if not isinstance(domain, ConstantOf) or domain.admits(instance[name], scope):
            continue
        try:
            best = domain.best(scope)
        except SpaceError:
            return None
        near = simplest_between(best, best + best / 2**20) if best > 0 else best
        instance = instance.replace(**{name: near if domain.admits(near, scope) else best})
        scope.values[name] = instance[name]
    return instance
