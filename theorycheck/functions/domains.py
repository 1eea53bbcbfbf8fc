"""Domains of functions and of their admissible constants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from theorycheck.errors import NotExactError, SpaceError, UndecidedError
from theorycheck.functions.best import BestConstants, valid_constant
from theorycheck.functions.families import DEFAULT_FAMILIES
from theorycheck.functions.finite_sums import mean_family
from theorycheck.spaces.domains import Domain, Scope, named_domains
from theorycheck.spaces.instances import FunctionInstance
from theorycheck.spaces.numbers import SIMPLE, is_exact, magnitude, simplest_between, with_atoms
from theorycheck.terms.nodes import BATCH
from theorycheck.terms.tracing import Kind

DIRECTIONS = {
    "smoothness": 1,
    "lipschitz": 1,
    "strong_convexity": -1,
    "lower_bound": -1,
    "each_smoothness": 1,
    "each_lipschitz": 1,
    "each_strong_convexity": -1,
    "second_moment": 1,
}
"""The constants that a space may draw; 1: every larger number is admissible too, -1: every smaller one."""
CONVEXITY = ("strong_convexity", "each_strong_convexity")
CONSTANT_BITS = 192
"""Precision at which an exact best constant is rounded to the admissible side."""


@dataclass(frozen=True)
class FunctionDomain:
    """Functions of some families; made by `function`. Each family is a stratum of its own."""

    declared: tuple[Any, ...] = ()
    name: str = ""

    @property
    def families(self) -> tuple[Any, ...]:
        """The families, by default all of `theorycheck.functions.DEFAULT_FAMILIES`."""
        return self.declared or DEFAULT_FAMILIES

    def family(self, scope: Scope) -> Any:
        return scope.families[self.name]

    def _parameters(self, family: Any, scope: Scope) -> tuple[dict[str, Domain], Scope]:
        domains = named_domains(family.parameters(scope.dimension))
        return domains, Scope(scope.dimension, domains=domains)

    def width(self, scope: Scope) -> int:
        domains, inner = self._parameters(self.family(scope), scope)
        return sum(domain.width(inner) for domain in domains.values())

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        parameters = self._decode_parameters(cube, xp, scope, jitter)
        family = self.family(scope)
        return BestConstants(family.build(xp, scope.dimension, parameters), family.name)

    def _decode_parameters(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> dict[str, Any]:
        domains, inner = self._parameters(self.family(scope), scope)
        start = 0
        for name, domain in domains.items():
            stop = start + domain.width(inner)
            inner.values[name] = domain.decode(cube[:, start:stop], xp, inner, jitter)
            start = stop
        return inner.values

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> FunctionInstance:
        from theorycheck.terms.namespaces import numpy_namespace

        family = self.family(scope)
        floats = self._decode_parameters(cube, numpy_namespace(), scope, None)
        domains, inner = self._parameters(family, scope)
        for name, domain in domains.items():
            inner.values[name] = domain.exact(cube, floats[name], inner)
        return FunctionInstance(family.name, scope.dimension, inner.values)

    def lift(self, value: FunctionInstance, xp: Any, scope: Scope) -> Any:
        family = next((family for family in self.families if family.name == value.family), None)
        if family is None:
            known = ", ".join(family.name for family in self.families)
            raise SpaceError(f"{self.name}: unknown function family {value.family!r}; known: {known}")
        return BestConstants(build_function(family, value, xp), family.name)

    def admits(self, value: Any, scope: Scope) -> bool:
        if not isinstance(value, FunctionInstance) or not isinstance(value.parameters, Mapping):
            return False
        family = next((family for family in self.families if family.name == value.family), None)
        same_dimension = type(value.dimension) is int and value.dimension == scope.dimension
        if family is None or not same_dimension or not family.allows(value.dimension):
            return False
        domains, inner = self._parameters(family, scope)
        if set(domains) != set(value.parameters):
            return False
        for name, domain in domains.items():
            if not domain.admits(value.parameters[name], inner):
                return False
            inner.values[name] = value.parameters[name]
        return True

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        family = self.family(scope)

        @st.composite
        def instances(draw: Any) -> FunctionInstance:
            domains, inner = self._parameters(family, scope)
            for name, domain in domains.items():
                inner.values[name] = draw(domain.strategy(inner))
            return FunctionInstance(family.name, scope.dimension, dict(inner.values))

        return instances()

    def kind(self) -> Kind:
        return Kind("function", dimension="d")

    def symbol(self, name: str) -> Any:
        import sympy

        return sympy.Function(name, real=True)


def build_function(family: Any, value: FunctionInstance, xp: Any) -> Any:
    """Build the function with exact parameters in the namespace `xp` (leading axis 1)."""
    domains = named_domains(family.parameters(value.dimension))
    scope = Scope(value.dimension, values=dict(value.parameters), domains=domains)
    parameters = {name: domain.lift(value.parameters[name], xp, scope) for name, domain in domains.items()}
    return family.build(xp, value.dimension, parameters)


def function(*families: Any) -> FunctionDomain:
    """Functions R^d → R of `families` (see `theorycheck.functions`), by default of all that are shipped."""
    return FunctionDomain(tuple(families))


@dataclass(frozen=True)
class ConstantOf:
    """An admissible constant of a function; made by `constant_of`."""

    is_number: ClassVar[bool] = True
    function: str
    constant: str
    positive: bool = False
    name: str = ""

    def references(self) -> tuple[str, ...]:
        return (self.function,)

    def refuses(self, reference: str, target: Any) -> str:
        """Why the constant cannot be one of `target`; "" where it can."""
        return "" if isinstance(target, FunctionDomain) else f"refers to {reference}, which is not a function"

    def width(self, scope: Scope) -> int:
        return 1

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        unit = cube[:, 0]
        best = valid_constant(scope.values[self.function], self.constant) + xp.zeros_like(unit)
        admissible = xp.isfinite(best)
        if self.constant in CONVEXITY:
            admissible = admissible & (best >= 0)
        best = xp.where(admissible, best, 0.0)
        slack = xp.maximum(0.0 * unit, (unit - 0.7) / 0.3)  # the best constant itself with probability 0.7
        if DIRECTIONS[self.constant] > 0:
            value = best + xp.where(slack > 0, magnitude(slack, xp) * xp.where(best > 0, best, 1.0), 0.0)
        elif self.constant in CONVEXITY:
            value = best * xp.where(slack > 0, with_atoms(slack, xp, lambda u: 1 - u, [0.0, 0.5]), 1.0)
        else:
            value = best - xp.where(slack > 0, magnitude(slack, xp), 0.0)
        if self.positive and DIRECTIONS[self.constant] > 0:
            value = xp.where(value > 0, value, 1.0)  # above 0 no constant is the best one
        elif self.positive:
            admissible = admissible & (value > 0)
        return xp.where(admissible, value, math.nan)

    def best(self, scope: Scope) -> Fraction:
        """Return the best constant of the exact function, an irrational one rounded to the admissible side.

        Raises
        ------
        SpaceError
            If the function has no admissible constant, or balls cannot tell.
        """
        from theorycheck.terms.balls import Ball, precision
        from theorycheck.terms.namespaces import ball_namespace

        instance = scope.values[self.function]
        with precision(CONSTANT_BITS):
            try:
                lifted = scope.domains[self.function].lift(instance, ball_namespace(), scope)
                value = valid_constant(lifted, self.constant)
                ball = Ball(value[0] if getattr(value, "ndim", 0) else value)
            except (NotExactError, UndecidedError) as error:
                raise SpaceError(
                    f"{self.name}: balls cannot enclose {self.constant} of {instance}: {error}"
                ) from error
            if not ball.is_finite:
                raise SpaceError(f"{self.name}: {instance.family} has no finite {self.constant} here")
            up = DIRECTIONS[self.constant] > 0
            result = arb_fraction(ball.arb.upper() if up else ball.arb.lower())
        if self.constant in CONVEXITY and self.positive and result <= 0:
            raise SpaceError(f"{self.name}: {instance.family} has no positive {self.constant} here")
        if self.constant in CONVEXITY and result < 0:
            raise SpaceError(
                f"{self.name}: {instance.family} is not convex here: there is no {self.constant} ≥ 0"
            )
        return max(result, Fraction(0)) if up else result

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Fraction:
        best = self.best(scope)
        value = Fraction(float(decoded[0]))
        best_drawn = float(cube[0, 0]) <= 0.7 and self._admissible(best, best)
        return best if best_drawn or not self._beyond(value, best) else value

    def _beyond(self, value: Fraction, best: Fraction) -> bool:
        return value >= best if DIRECTIONS[self.constant] > 0 else value <= best

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return xp.asarray([xp.number(value)])

    def admits(self, value: Any, scope: Scope) -> bool:
        if not is_exact(value):
            return False
        try:
            best = self.best(scope)
        except SpaceError:
            return False
        return self._admissible(Fraction(value), best)

    def _admissible(self, value: Fraction, best: Fraction) -> bool:
        within = value > 0 if self.positive else self.constant not in CONVEXITY or value >= 0
        return within and self._beyond(value, best)

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        try:
            best = self.best(scope)
        except SpaceError:
            return st.nothing()
        step = DIRECTIONS[self.constant]
        nearly = best + step * max(abs(best), Fraction(1)) / 1000
        candidates = [
            simplest_between(best, nearly),
            best,
            *(best + step * number for number in SIMPLE if number > 0),
        ]
        return st.sampled_from(
            [number for number in dict.fromkeys(candidates) if self._admissible(number, best)]
        )

    def kind(self) -> Kind:
        return Kind("array")

    def symbol(self, name: str) -> Any:
        import sympy

        if self.positive:
            return sympy.Symbol(name, positive=True)
        sign = {"real": True} if self.constant == "lower_bound" else {"nonnegative": True}
        return sympy.Symbol(name, **sign)


def arb_fraction(number: Any) -> Fraction:
    """Return an exact `arb` as a Fraction."""
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def constant_of(function_name: str, constant: str, *, positive: bool = False) -> ConstantOf:
    """An admissible constant of the function `function_name`: mostly the best one, sometimes one with slack.

    Parameters
    ----------
    function_name : str
        Name of an earlier function of the space.
    constant : str
        "smoothness" (L), "lipschitz", "strong_convexity" (≥ 0) or "lower_bound": the best one, where the
        family knows only a valid one that one; of a `finite_sum` also
        "each_smoothness", "each_lipschitz", "each_strong_convexity" (for every sample) and "second_moment", which
        bounds the mean of the samples' squared gradient norms at every point.
    positive : bool
        Only constants > 0, for statements that divide by it: an affine function is L-smooth with every L > 0, and a function
        that is not strongly convex has no such modulus and is no instance.

    Raises
    ------
    SpaceError
        If the constant is unknown, or a positive lower bound is asked for.
    """
    if constant not in DIRECTIONS:
        raise SpaceError(f"constant_of: unknown constant {constant!r}; use one of {', '.join(DIRECTIONS)}")
    if positive and constant == "lower_bound":
        raise SpaceError(
            "constant_of: a lower bound may have any sign; assume that it is positive by requires(…)"
        )
    return ConstantOf(function_name, constant, positive)


@dataclass(frozen=True)
class FiniteSumDomain(FunctionDomain):
    """Means of K functions of one family; made by `finite_sum`. Each family with each K is a stratum."""

    counts: tuple[int, ...] = (1, 2, 3)
    tilted: bool = False
    even: bool = False

    def kind(self) -> Kind:
        return Kind("function", dimension="d", samples=True)

    @property
    def families(self) -> tuple[Any, ...]:
        samples = super().families
        return tuple(
            mean_family(family, count, self.tilted, self.even) for count in self.counts for family in samples
        )


def finite_sum(
    counts: int | tuple[int, ...], *families: Any, tilted: bool = False, even: bool = False
) -> FiniteSumDomain:
    """Means f = (1/K) Σ_k f_k of K functions of one of `families` (by default of all that are shipped).

    The value has `.samples`, the tuple (f_1, …, f_K), beside what every function has. In a derivation, `s.f` is
    the mean, `s.sample("f")` the function f_k of a random index and `s.index("f")` that index.

    Parameters
    ----------
    counts : int or tuple of int
        The numbers K of samples.
    *families : Family
    tilted : bool
        Subtract from every sample the linear function ⟨∇f(x_*), ·⟩ of a drawn point x_*, so that ∇f(x_*) = 0;
        declare `x_star=minimiser_of("f")` to name it.
    even : bool
        Half of the samples are the reflections of the others at a drawn point x_*, so that ∇f_σ(x_*) = 0 for every σ:
        where the samples are convex, x_* minimises every smoothing of f.

    Raises
    ------
    SpaceError
        If a number of samples is not positive, or odd where the sum is to be even, or the sum is to be both tilted and even.
    """
    numbers = (counts,) if isinstance(counts, int) else tuple(counts)
    if not numbers or any(not isinstance(count, int) or count < 1 for count in numbers):
        raise SpaceError(f"finite_sum: {counts!r} is no number of samples; give positive integers")
    if even and any(count % 2 for count in numbers):
        raise SpaceError(
            f"finite_sum: {counts!r} samples of an even sum; half are reflections, so give even numbers"
        )
    if even and tilted:
        raise SpaceError("finite_sum: an even sum is not tilted; leave one of tilted= and even= out")
    return FiniteSumDomain(tuple(families), counts=numbers, tilted=tilted, even=even)


@dataclass(frozen=True)
class MinimiserOf:
    """The point where the gradient of a tilted or even finite sum vanishes; made by `minimiser_of`."""

    function: str
    name: str = ""

    def references(self) -> tuple[str, ...]:
        return (self.function,)

    def refuses(self, reference: str, target: Any) -> str:
        """Why `target` has no such point; "" where it has."""
        if not isinstance(target, FiniteSumDomain):
            return f"refers to {reference}, which is not a finite sum"
        known = target.tilted or target.even
        return "" if known else f"needs {reference}=finite_sum(…, tilted=True) or even=True"

    def width(self, scope: Scope) -> int:
        return 0

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        return scope.values[self.function].minimiser

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Any:
        return scope.values[self.function].parameters["minimiser"]

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return xp.asarray([[xp.number(entry) for entry in value]])

    def admits(self, value: Any, scope: Scope) -> bool:
        exact = isinstance(value, tuple) and all(is_exact(entry) for entry in value)
        return exact and value == scope.values[self.function].parameters["minimiser"]

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        return st.just(scope.values[self.function].parameters["minimiser"])

    def kind(self) -> Kind:
        return Kind("array", (BATCH, "d"))

    def symbol(self, name: str) -> Any:
        import sympy

        return sympy.MatrixSymbol(name, sympy.Symbol("d", integer=True, positive=True), 1)


def minimiser_of(function_name: str) -> MinimiserOf:
    """The point x_* of the earlier `finite_sum(…)` of that name, tilted or even, where its gradient vanishes.

    It is a minimiser if the samples are convex: assume `minimises("f", "x_star")`.
    """
    return MinimiserOf(function_name)
