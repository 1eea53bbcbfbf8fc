"""A formula of a claim: the author's function, read into terms, evaluated in any namespace.

A formula is read once for all sizes where that is possible; one that asks for the value of a dimension, a choice or a
number of samples is read once for each of their values. The author's function is run on nothing else.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from theorycheck.deadline import TimeIsUpError, limited
from theorycheck.errors import TraceError
from theorycheck.terms.changed import Changed
from theorycheck.terms.likeness import alike
from theorycheck.terms.moments import without_gaussian_means
from theorycheck.terms.nodes import BATCH, Node, digest, ordered
from theorycheck.terms.program import Run, compiled
from theorycheck.terms.proxies import SECONDS, ValueDemandedError
from theorycheck.terms.tracing import Kind, trace

Key = tuple[tuple[str, Any], ...]
MOST_COMPARED = 24
"""Values of sizes for which a formula that is read for all of them is read once more."""


@dataclass(eq=False)
class Formula:
    """One function of an author, over the names of a space.

    Attributes
    ----------
    function : callable
        `function(xp, **names)`, or without `xp`.
    kinds : Mapping[str, Kind]
        What the names are; it may hold more names than the function has.
    strata : sequence of Mapping[str, Any]
        Values of the sizes and words of the space, for which it must be what it is for all of them.
    """

    function: Callable[..., Any]
    kinds: Mapping[str, Kind]
    strata: Sequence[Mapping[str, Any]] = ()
    _generic: Any = None
    _for_values: dict[Key, Any] = field(default_factory=dict)
    _taken: dict[Any, tuple[Node, ...]] = field(default_factory=dict)
    _means: dict[tuple[Node, ...], tuple[str, ...] | None] = field(default_factory=dict)
    _runs: dict[Any, Run] = field(default_factory=dict)

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
            terms = self._read({})
            return terms if self._holds_for_values(terms) else "it asks for the type of a size"
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

    def _holds_for_values(self, terms: tuple[Node, ...]) -> bool:
        """Whether the terms for all sizes are those that are read for each: a formula may ask for the type of a size."""
        if isinstance(self.function, Changed):
            return True  # made of terms, not by an author
        for given in self.strata[:MOST_COMPARED]:
            read = self._read(given)
            if len(read) != len(terms) or not all(map(alike, terms, read, itertools.repeat(given))):
                return False
        return True

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

        def read() -> Any:
            return trace(self.function, kinds, given, pass_xp=self.pass_xp)

        try:
            first, second = limited(SECONDS, read), limited(SECONDS, read)
        except TimeIsUpError as error:
            raise TraceError(
                f"the formula is not read within {SECONDS:g} s; does it loop for ever?"
            ) from error
        if first != second:  # nodes are equal only where they are one object
            raise TraceError(
                "the formula is another one when it is read again; it must depend on its arguments alone, "
                "not on random numbers or on what was called before"
            )
        return first if isinstance(first, tuple) else (first,)

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
        key = self._key(values)
        found = self._for_values.get(key)
        if found is None:
            found = self._read(dict(key))
            self._for_values[key] = found
        return found

    def _key(self, values: Mapping[str, Any]) -> Key:
        return tuple((name, self._value(name, values)) for name in self._sorted_sizes)

    @functools.cached_property
    def _sorted_sizes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.sizes())))

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
        terms = self.for_values(values)
        if xp.name != "sympy" and self._lengths_of_means(terms) is not None:
            terms = self.without_means(values)
        run = self._runs.get(terms)
        if run is None:
            run = self._runs[terms] = compiled(terms)
        return run(xp, values, _count(values))

    def _lengths_of_means(self, terms: tuple[Node, ...]) -> tuple[str, ...] | None:
        """The dimensions of Gaussian means that are not fixed; None if there is no such mean."""
        if terms not in self._means:
            means = [item for item in ordered(terms) if item.op == "gaussian_mean"]
            open_ones = (item.args[1].params[0] for item in means if item.args[1].op == "size")
            self._means[terms] = tuple(dict.fromkeys(open_ones)) if means else None
        return self._means[terms]

    def without_means(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The terms with the Gaussian means of polynomials taken, for the dimensions that `values` has."""
        terms = self.for_values(values)
        lengths = self._lengths_of_means(terms)
        if lengths is None:
            return terms
        degrees = tuple(
            (name, _degree(values.get(name))) for name in self.names if self.kinds[name].role == "function"
        )
        key = (terms, tuple((name, int(values[name])) for name in lengths), degrees)
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
        if isinstance(shape, tuple) and shape and isinstance(shape[0], int):
            return shape[0]
    for value in values.values():
        for parameter in getattr(value, "parameters", {}).values():
            shape = getattr(parameter, "shape", ())
            if shape:
                return int(shape[0])
    return 1
