"""Properties of functions: the hypotheses of a claim.

    claim = Claim(..., hypotheses=[convex("f"), l_smooth("f", "L")], ...)

A hypothesis names a function of the claim's space and decides from its constants. A constant that is valid but perhaps
not the best one shows that the function has the property, never that it lacks it: on floats such an instance is passed
over, on balls and exact numbers the hypothesis is undecided. The functions that check a property of one's own function
stand in `theorycheck.checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError, NotBestError
from theorycheck.functions import MinimiserOf
from theorycheck.functions.best import is_best, is_object, raw_function, valid_constant
from theorycheck.terms.latex.names import name_latex

Parameter = str | float
"""The name of a number of the space, or a number."""


def _tex(parameter: Parameter) -> str:
    return name_latex(parameter) if isinstance(parameter, str) else str(parameter)


def _function(values: Mapping[str, Any], name: str) -> Any:
    f = raw_function(values[name])
    if not hasattr(f, "strong_convexity"):
        raise ClaimError(
            f"{name} has no exact constants to decide a hypothesis from; declare {name}=function()"
        )
    return f


def _by_constant(f: Any, constant: str, satisfies: Callable[[Any], Any]) -> Any:
    """Where a valid constant satisfies a condition that every better one satisfies too."""
    value = valid_constant(f, constant)
    holds = satisfies(value)
    if is_object(value) and not np.all(np.asarray(holds) | np.asarray(is_best(f, constant))):
        raise NotBestError(f"a hypothesis on {constant} is open: only a bound of it is known here")
    return holds


def _number(values: Mapping[str, Any], parameter: Parameter) -> Any:
    return values[parameter] if isinstance(parameter, str) else parameter


def _names(function: str, parameter: Parameter | None = None) -> tuple[str, ...]:
    return (function, parameter) if isinstance(parameter, str) else (function,)


@dataclass(frozen=True)
class Convex:
    """f(tx + (1−t)y) ≤ t f(x) + (1−t) f(y) for all x, y and 0 ≤ t ≤ 1."""

    function: str

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is convex"

    def names(self) -> tuple[str, ...]:
        return _names(self.function)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        return _by_constant(_function(values, self.function), "strong_convexity", lambda gamma: gamma >= 0)


@dataclass(frozen=True)
class StronglyConvex:
    """f(tx + (1−t)y) ≤ t f(x) + (1−t) f(y) − ½ γ t(1−t)|x−y|² for all x, y and 0 ≤ t ≤ 1."""

    function: str
    modulus: Parameter

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is ${_tex(self.modulus)}$-strongly convex"

    def names(self) -> tuple[str, ...]:
        return _names(self.function, self.modulus)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        modulus = _number(values, self.modulus)
        return _by_constant(
            _function(values, self.function), "strong_convexity", lambda gamma: gamma >= modulus
        )


@dataclass(frozen=True)
class LSmooth:
    """|f(y) − f(x) − ⟨∇f(x), y − x⟩| ≤ (L/2)|y − x|² for all x, y: two-sided."""

    function: str
    constant: Parameter

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is ${_tex(self.constant)}$-smooth"

    def names(self) -> tuple[str, ...]:
        return _names(self.function, self.constant)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        constant = _number(values, self.constant)
        return _by_constant(_function(values, self.function), "smoothness", lambda L: constant >= L)


@dataclass(frozen=True)
class Lipschitz:
    """|f(x) − f(y)| ≤ M|x − y| for all x, y."""

    function: str
    constant: Parameter

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is ${_tex(self.constant)}$-Lipschitz"

    def names(self) -> tuple[str, ...]:
        return _names(self.function, self.constant)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        constant = _number(values, self.constant)
        return _by_constant(_function(values, self.function), "lipschitz", lambda M: constant >= M)


@dataclass(frozen=True)
class BoundedBelow:
    """f(x) ≥ m for all x."""

    function: str
    bound: Parameter

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)} \\ge {_tex(self.bound)}$ everywhere"

    def names(self) -> tuple[str, ...]:
        return _names(self.function, self.bound)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        bound = _number(values, self.bound)
        return _by_constant(_function(values, self.function), "lower_bound", lambda m: m >= bound)


@dataclass(frozen=True)
class StrictlyAbove:
    """f(x) > m for all x.

    Decided from the infimum: m < inf f. An infimum that equals m without being attained is not recognised, so
    `holds` may refuse an admissible instance but never accepts another one.
    """

    function: str
    bound: Parameter

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)} > {_tex(self.bound)}$ everywhere"

    def names(self) -> tuple[str, ...]:
        return _names(self.function, self.bound)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        bound = _number(values, self.bound)
        return _by_constant(_function(values, self.function), "lower_bound", lambda m: m > bound)


@dataclass(frozen=True)
class Continuous:
    """f is continuous at every point."""

    function: str

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is continuous"

    def names(self) -> tuple[str, ...]:
        return _names(self.function)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        return _function(values, self.function).continuous


@dataclass(frozen=True)
class Nonconstant:
    """f takes two different values."""

    function: str

    @property
    def latex(self) -> str:
        return f"${_tex(self.function)}$ is not constant"

    def names(self) -> tuple[str, ...]:
        return _names(self.function)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        return _function(values, self.function).nonconstant


@dataclass(frozen=True)
class Each:
    """Every sample f_k of a finite sum has a property."""

    of_mean: Any

    @property
    def function(self) -> str:
        return str(self.of_mean.function)

    @property
    def latex(self) -> str:
        of_sample = replace(self.of_mean, function=f"{self.function}_k")
        return f"{of_sample.latex} for every $k$"

    def names(self) -> tuple[str, ...]:
        return tuple(self.of_mean.names())

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        f = values[self.function]
        if not hasattr(f, "samples"):
            raise ClaimError(f"{self.function} has no samples; declare {self.function}=finite_sum(…)")
        every = None
        for sample in f.samples:
            holds = self.of_mean.holds(xp, {**values, self.function: sample})
            every = holds if every is None else every & holds
        return every


@dataclass(frozen=True)
class Minimises:
    """f(x) ≥ f(x_*) for all x, or the same of a smoothing f_σ.

    Decided for the point of a tilted or even finite sum (`minimiser_of`): it is a minimiser where f is convex, and a minimiser
    of every smoothing where f is even about it as well (the attribute `even` says so). `holds` may refuse an
    admissible instance but never accepts another one.
    """

    function: str
    point: str
    smoothing: Parameter = 0

    @property
    def latex(self) -> str:
        subscript = "" if self.smoothing == 0 else f"_{{{_tex(self.smoothing)}}}"
        return f"${_tex(self.point)}$ minimises ${_tex(self.function)}{subscript}$"

    def names(self) -> tuple[str, ...]:
        return (*_names(self.function, self.smoothing), self.point)

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        f = _function(values, self.function)
        if getattr(f, "minimiser", None) is None:
            raise ClaimError(
                f"{self.function} has no known minimiser; declare {self.function}=finite_sum(…, tilted=True) or even=True"
            )
        if self.smoothing != 0 and not getattr(f, "even", False):
            raise ClaimError(f"{self.function} is not known to be even about its minimiser")
        convex = _by_constant(f, "strong_convexity", lambda gamma: gamma >= 0)
        if xp.name == "balls":  # the space draws the point from the function, see `misfit`
            return convex
        return convex & (values[self.point] == f.minimiser).all(axis=-1)

    def misfit(self, space: Any) -> str:
        """Why the hypothesis cannot be decided over `space`; "" where it can."""
        domain = space.domains.get(self.point)
        if isinstance(domain, MinimiserOf) and domain.function == self.function:
            return ""
        return f"{self.point} is not drawn as the minimiser; declare {self.point}=minimiser_of({self.function!r})"


def convex(function: str) -> Convex:
    """Assume that a function of the space is convex."""
    return Convex(function)


def strongly_convex(function: str, modulus: Parameter) -> StronglyConvex:
    """Assume strong convexity with a modulus, a name of the space or a number.

    Examples
    --------
    >>> strongly_convex("f", "gamma").latex
    '$f$ is $\\\\gamma$-strongly convex'
    """
    return StronglyConvex(function, modulus)


def l_smooth(function: str, constant: Parameter) -> LSmooth:
    """Assume two-sided smoothness with a constant, a name of the space or a number."""
    return LSmooth(function, constant)


def lipschitz(function: str, constant: Parameter) -> Lipschitz:
    """Assume that the function is Lipschitz with a constant, a name of the space or a number."""
    return Lipschitz(function, constant)


def bounded_below(function: str, bound: Parameter) -> BoundedBelow:
    """Assume a lower bound, a name of the space or a number."""
    return BoundedBelow(function, bound)


def strictly_above(function: str, bound: Parameter) -> StrictlyAbove:
    """Assume f(x) > `bound` for all x."""
    return StrictlyAbove(function, bound)


def continuous(function: str) -> Continuous:
    """Assume that the function is continuous."""
    return Continuous(function)


def nonconstant(function: str) -> Nonconstant:
    """Assume that the function is not constant."""
    return Nonconstant(function)


def each(hypothesis: Any) -> Each:
    """Assume a property of every sample f_k of a finite sum f: `each(convex("f"))`."""
    return Each(hypothesis)


def minimises(function: str, point: str, smoothing: Parameter = 0) -> Minimises:
    """Assume that a point of the space, `minimiser_of(function)`, minimises the function smoothed by `smoothing`."""
    return Minimises(function, point, smoothing)
