"""A formula of a claim: the author's function, read into terms, evaluated in any namespace.

A formula is read once for all sizes where that is possible; one that asks for the value of a dimension, a choice or a
number of samples is read once for each of their values. The author's function is run on nothing else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from theorycheck.errors import TraceError
from theorycheck.terms.moments import without_gaussian_means
from theorycheck.terms.nodes import BATCH, Node, digest, ordered
from theorycheck.terms.program import compiled
from theorycheck.terms.tracing import Kind, ValueDemandedError, trace

Key = tuple[tuple[str, Any], ...]


@dataclass(eq=False)
class Formula:
    """One function of an author, over the names of a space.

    Attributes
    ----------
    function : callable
        `function(xp, **names)`, or without `xp`.
    kinds : Mapping[str, Kind]
        What the names are; it may hold more names than the function has.
    """

    function: Callable[..., Any]
    kinds: Mapping[str, Kind]
    _generic: Any = None
    _for_values: dict[Key, Any] = field(default_factory=dict)
    _taken: dict[Any, tuple[Node, ...]] = field(default_factory=dict)
    _mean_lengths: dict[tuple[Node, ...], list[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parameters = list(inspect.signature(self.function).parameters)
        self.pass_xp = bool(parameters) and parameters[0] == "xp"
        self.names = tuple(name for name in parameters if name in self.kinds)

    @property
    def generic(self) -> tuple[Node, ...] | None:
        """The terms for all sizes at once; None where the function asks for the value of one."""
        if self._generic is None:
            self._generic = self._attempt()
        return self._generic if isinstance(self._generic, tuple) else None

    def _attempt(self) -> Any:
        try:
            return self._read({})
        except ValueDemandedError as error:
            return str(error)
        except TraceError:
            if not self.sizes():
                raise
            return "it is read for given sizes"
        except Exception as error:  # on sizes that are not fixed a function may raise whatever it likes
            if not self.sizes():
                raise
            return f"{type(error).__name__}: {error}"

    def sizes(self) -> tuple[str, ...]:
        """Names whose values the function may ask for."""
        return tuple(
            name
            for name in self.names
            if self.kinds[name].role in ("size", "word") or self.kinds[name].samples
        ) + tuple(self._lengths())

    def _lengths(self) -> set[str]:
        lengths = set()
        for name in self.names:
            kind = self.kinds[name]
            lengths |= {length for length in (*kind.shape, kind.dimension) if isinstance(length, str)} - {
                BATCH
            }
            if kind.axes is not None:
                lengths |= {other for other, its in self.kinds.items() if its.role == "size"}
        return lengths - set(self.names)

    def _read(self, given: Mapping[str, Any]) -> tuple[Node, ...]:
        kinds = {name: self.kinds[name] for name in self.names}
        result = trace(self.function, kinds, given, pass_xp=self.pass_xp)
        return result if isinstance(result, tuple) else (result,)

    def for_values(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The terms for the sizes, words and numbers of samples that `values` has.

        Raises
        ------
        TraceError
            If the function does what no term stands for, or asks for a size that has no value among `values`.
        """
        generic = self.generic
        if generic is not None:
            return generic
        key = tuple((name, self._value(name, values)) for name in sorted(set(self.sizes())))
        found = self._for_values.get(key)
        if found is None:
            found = self._read(dict(key))
            self._for_values[key] = found
        return found

    def _value(self, name: str, values: Mapping[str, Any]) -> Any:
        kind = self.kinds.get(name)
        if kind is not None and kind.samples:
            return len(values[name].samples) if hasattr(values[name], "samples") else None
        value = values.get(name)
        if value is not None and not isinstance(value, (int, str)) and not hasattr(value, "numerator"):
            raise TraceError(
                f"the formula asks for the value of {name} ({self._generic}), so it has no form for every {name}"
            )
        return value

    def evaluate(self, xp: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Evaluate in the namespace `xp` at `values`, those of the names of the space."""
        terms = self.for_values(values) if xp.name == "sympy" else self.without_means(values)
        return compiled(terms)(xp, values, _count(values))

    def without_means(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The terms with the Gaussian means of polynomials taken, for the dimensions that `values` has."""
        terms = self.for_values(values)
        if terms not in self._mean_lengths:
            means = [item for item in ordered(terms) if item.op == "gaussian_mean"]
            self._mean_lengths[terms] = (
                None if not means else [item.args[1].params[0] for item in means if item.args[1].op == "size"]
            )
        lengths = self._mean_lengths[terms]
        if lengths is None:
            return terms
        degrees = tuple(
            (name, _degree(values.get(name))) for name in self.names if self.kinds[name].role == "function"
        )
        key = (terms, tuple((name, int(values[name])) for name in dict.fromkeys(lengths)), degrees)
        if key not in self._taken:
            of_name = dict(degrees)
            self._taken[key] = without_gaussian_means(terms, dict(key[1]), lambda path: of_name.get(path[0]))
        return self._taken[key]

    def digest(self) -> str:
        """A name for its content; that of the generic terms, or of all that were read."""
        if self.generic is not None:
            return digest(self.generic)
        read = sorted((repr(key), digest(terms)) for key, terms in self._for_values.items())
        return repr(read)


def _degree(function: Any) -> int | None:
    degree: int | None = getattr(function, "polynomial_degree", None)
    return degree


def _count(values: Mapping[str, Any]) -> int:
    """The number of instances: the first length of any array, 1 without one."""
    for value in values.values():
        shape = getattr(value, "shape", ())
        if isinstance(shape, tuple) and shape:
            return int(shape[0])
    for value in values.values():
        for parameter in getattr(value, "parameters", {}).values():
            shape = getattr(parameter, "shape", ())
            if shape:
                return int(shape[0])
    return 1
