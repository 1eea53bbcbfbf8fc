"""A space: the declared set of instances of a claim."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import SpaceError
from theorycheck.spaces.discrete import Choice, Dimension
from theorycheck.spaces.domains import Domain, Scope, named_domains
from theorycheck.spaces.instances import FunctionInstance, Instance
from theorycheck.spaces.numbers import is_exact
from theorycheck.terms.tracing import Kind

EXACT_TYPES = (int, Fraction, tuple, str, FunctionInstance)
"""What the values of an exact instance are."""


@dataclass(frozen=True)
class Stratum:
    """One part of a space: a dimension, a family for every function, a value for every choice."""

    dimension: int
    families: tuple[tuple[str, Any], ...] = ()
    choices: tuple[tuple[str, Any], ...] = ()
    dimension_name: str = ""

    @property
    def name(self) -> str:
        """A name for people: "d=2, f=quadratic"."""
        parts = [f"{self.dimension_name}={self.dimension}"] if self.dimension_name else []
        parts += [f"{name}={family.name}" for name, family in self.families]
        parts += [f"{name}={value}" for name, value in self.choices]
        return ", ".join(parts) or "all"

    def __str__(self) -> str:
        return self.name


class Space:
    """The set of instances of a claim, declared by one domain a name.

    Names may refer to earlier ones (bounds, constants of functions). The same declaration is sampled in
    batches (`decode` of random points of the unit cube), searched by an optimiser (the cube is its box) and
    drawn from by Hypothesis (`strategy`).

    Raises
    ------
    SpaceError
        If a domain is no domain, refers to an unknown or later name, or there are two dimensions.

    Examples
    --------
    >>> from theorycheck.spaces import Space, dimension, point, real
    >>> space = Space(d=dimension(1, 3), x=point(), sigma=real(0))
    >>> [stratum.name for stratum in space.strata()]
    ['d=1', 'd=3']
    """

    def __init__(self, **domains: Any) -> None:
        for name, domain in domains.items():
            if not all(hasattr(domain, method) for method in ("decode", "strategy", "lift")):
                raise SpaceError(
                    f"{name}={domain!r} is no domain; use real(), integer(), choice(), point(), function() …"
                )
        self.domains: dict[str, Domain] = named_domains(domains)
        dimensions = [name for name, domain in domains.items() if isinstance(domain, Dimension)]
        if len(dimensions) > 1:
            raise SpaceError(
                f"the space has two dimensions, {' and '.join(dimensions)}; make one of them a choice()"
            )
        self._dimension_name = dimensions[0] if dimensions else ""
        self._check_references()

    def _check_references(self) -> None:
        earlier: set[str] = set()
        sized = {name for name, domain in self.domains.items() if isinstance(domain, Choice)} | {
            "d",
            self._dimension_name,
        }
        for name, domain in self.domains.items():
            for reference in getattr(domain, "references", tuple)():
                if reference not in earlier:
                    where = (
                        "declare it before" if reference in self.domains else "the space does not declare it"
                    )
                    raise SpaceError(f"{name} refers to {reference}: {where}")
                refused = domain.refuses(reference, self.domains[reference])  # type: ignore[attr-defined]
                if refused:
                    raise SpaceError(f"{name} {refused}")
            for length in getattr(domain, "shape", ()):
                if isinstance(length, str) and length not in sized:
                    raise SpaceError(
                        f"{name} has an axis of length {length!r}, neither 'd' nor a choice of the space"
                    )
            earlier.add(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.domains)

    def __repr__(self) -> str:
        return f"Space({', '.join(self.names)})"

    @functools.cached_property
    def size_values(self) -> tuple[dict[str, Any], ...]:
        """The values of dimension and choices, one mapping a stratum, each once."""
        found: dict[tuple[tuple[str, Any], ...], None] = {}
        for stratum in self.strata():
            named = ((stratum.dimension_name, stratum.dimension),) if stratum.dimension_name else ()
            found[(*named, *stratum.choices)] = None
        return tuple(dict(values) for values in found if values)

    @functools.cached_property
    def kinds(self) -> dict[str, Kind]:
        """What a formula gets for each name."""
        dimension = self._dimension_name or 1
        kinds = {}
        for name, domain in self.domains.items():
            kind = domain.kind()
            shape = tuple(dimension if length == "d" else length for length in kind.shape)
            length = dimension if kind.dimension == "d" else kind.dimension
            kinds[name] = dataclasses.replace(kind, shape=shape, dimension=length)
        return kinds

    # strata ------------------------------------------------------------------------------------------------
    def strata(self) -> tuple[Stratum, ...]:
        """All combinations of dimension, families and choices, low dimensions first.

        Raises
        ------
        SpaceError
            If no family of a function exists in any declared dimension.
        """
        dimensions: tuple[int, ...] = (1,)
        if self._dimension_name:
            domain = self.domains[self._dimension_name]
            assert isinstance(domain, Dimension)
            dimensions = domain.values
        functions = {n: d for n, d in self.domains.items() if hasattr(d, "families")}
        choices = {n: d for n, d in self.domains.items() if isinstance(d, Choice)}
        result = []
        for d in dimensions:
            families = [[(n, f) for f in domain.families if f.allows(d)] for n, domain in functions.items()]
            values = [[(n, v) for v in domain.values] for n, domain in choices.items()]
            for combination in itertools.product(itertools.product(*families), itertools.product(*values)):
                result.append(Stratum(d, *combination, self._dimension_name))
        if not result:
            raise SpaceError(
                f"{self!r}: no family of functions exists in dimension {', '.join(map(str, dimensions))}"
            )
        return tuple(result)

    def stratum_of(self, instance: Instance) -> Stratum:
        """Return the stratum that `instance` belongs to.

        Raises
        ------
        SpaceError
            If it names a family, a dimension or a choice that the space does not have.
        """
        for stratum in self.strata():
            if self._dimension_name and instance.get(self._dimension_name) != stratum.dimension:
                continue
            functions = [(instance.get(name), family.name) for name, family in stratum.families]
            if any(not isinstance(f, FunctionInstance) or f.family != family for f, family in functions):
                continue
            if all(instance.get(name) == value for name, value in stratum.choices):
                return stratum
        raise SpaceError(f"{self!r} has no stratum with {dict(instance)}")

    def _scope(self, stratum: Stratum) -> Scope:
        sizes = dict(stratum.choices)
        if self._dimension_name:
            sizes[self._dimension_name] = stratum.dimension
        return Scope(stratum.dimension, sizes, dict(stratum.families), {}, self.domains)

    # the unit cube -----------------------------------------------------------------------------------------
    def width(self, stratum: Stratum) -> int:
        """Number of columns of the unit cube that decodes to instances of `stratum`."""
        scope = self._scope(stratum)
        return sum(domain.width(scope) for domain in self.domains.values())

    def decode(
        self, stratum: Stratum, cube: Any, xp: Any, jitter: np.random.Generator | None = None
    ) -> dict[str, Any]:
        """Return the batch of instances that the rows of `cube` stand for.

        Parameters
        ----------
        stratum : Stratum
            One of `strata()`.
        cube : array of shape (N, width), float64, in [0, 1]
            On the device of `xp`.
        xp : Namespace
            A float namespace.
        jitter : numpy.random.Generator or None
            If given, every float is perturbed by a relative 2**-49 (inside its bounds), to expose rounding
            noise.

        Returns
        -------
        dict
            Scalars of shape (N,), points (N, d), matrices (N, r, c), functions with batches of that length;
            dimension and choices as they are. A number is NaN where the domain is empty (see `valid`).
        """
        scope = self._scope(stratum)
        start = 0
        for name, domain in self.domains.items():
            stop = start + domain.width(scope)
            scope.values[name] = domain.decode(cube[:, start:stop], xp, scope, jitter)
            start = stop
        return scope.values

    def valid(self, values: dict[str, Any], xp: Any, count: int) -> Any:
        """Return where no domain of the decoded `values` is empty: a boolean array of shape (count,)."""
        mask = xp.ones((count,), dtype=bool)
        for name, domain in self.domains.items():
            if getattr(domain, "is_number", False):
                mask = mask & xp.isfinite(values[name])
        return mask

    # exact instances ---------------------------------------------------------------------------------------
    def instance(self, stratum: Stratum, row: Any) -> Instance:
        """Return the exact instance that one row of the cube, of shape (width,), stands for.

        Raises
        ------
        SpaceError
            If a domain is empty there.
        """
        from theorycheck.terms.namespaces import numpy_namespace

        cube = np.asarray(row, dtype=float).reshape(1, -1)
        floats = self.decode(stratum, cube, numpy_namespace())
        if not bool(self.valid(floats, np, 1)[0]):
            raise SpaceError(f"{self!r}: a domain is empty at this point of {stratum.name}")
        scope = self._scope(stratum)
        start = 0
        for name, domain in self.domains.items():
            stop = start + domain.width(scope)
            scope.values[name] = domain.exact(cube[:, start:stop], floats[name], scope)
            start = stop
        return Instance(dict(scope.values))

    def lift(self, instance: Instance, xp: Any) -> dict[str, Any]:
        """Return the exact instance as arrays of `xp` with leading axis 1 (balls: rigorous enclosures)."""
        scope = self._scope(self.stratum_of(instance))
        return {name: domain.lift(instance[name], xp, scope) for name, domain in self.domains.items()}

    def admits(self, instance: Instance) -> bool:
        """Whether the instance has the names of the space and exact values that lie in their domains.

        The answer is False, and no exception, for anything else: other names, values of another type
        (floats, truth values, NaN), arrays of another length, numbers outside their bounds.
        """
        if not isinstance(instance, Mapping) or set(instance) != set(self.domains):
            return False
        if not all(isinstance(value, EXACT_TYPES) for value in instance.values()):  # nothing odd to compare
            return False
        try:
            scope = self._scope(self.stratum_of(instance))
        except SpaceError:
            return False
        for name, domain in self.domains.items():
            value = instance[name]
            if getattr(domain, "is_number", False) and not is_exact(value):
                return False
            if not domain.admits(value, scope):
                return False
            scope.values[name] = value
        return True

    def strategy(self, max_width: int | None = None, max_dimension: int | None = None) -> Any:
        """Return a Hypothesis strategy of exact instances: small numbers and low dimensions first.

        Parameters
        ----------
        max_width : int or None
            Leave out the strata with more numbers than that (never all of them).
        max_dimension : int or None
            Leave out the strata of a higher dimension.
        """
        from hypothesis import strategies as st

        strata = sorted(self.strata(), key=lambda stratum: stratum.dimension)
        if max_dimension is not None:
            strata = [s for s in strata if s.dimension <= max_dimension] or strata[:1]
        if max_width is not None:
            strata = [s for s in strata if self.width(s) <= max_width] or strata[:1]

        @st.composite
        def instances(draw: Any) -> Instance:
            scope = self._scope(draw(st.sampled_from(strata)))
            for name, domain in self.domains.items():
                scope.values[name] = draw(domain.strategy(scope))
            return Instance(dict(scope.values))

        return instances()
