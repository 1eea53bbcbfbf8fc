"""The families that a space draws from unless it is told otherwise, and how to add one.

A family of one's own profile takes a profile (see `theorycheck.functions.profiles` for what it must offer),
a class that names it, and one call:

    class Softstep(Profile):
        ...

    class Softsteps(Separable):
        profile = Softstep()

    SOFTSTEPS = separable_family("softsteps", Softsteps)
    check_family(SOFTSTEPS)
    space = Space(f=function(SOFTSTEPS), x=point())
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from theorycheck.errors import ClaimError
from theorycheck.functions.gaussian_mixture import GaussianMixture
from theorycheck.functions.kinked_profiles import (
    AbsoluteValue,
    Clip,
    Huber,
    Interval,
    Point,
    Relu,
    ReluSquared,
    SignedSquare,
    Step,
)
from theorycheck.functions.piecewise_polynomial import PiecewisePolynomial
from theorycheck.functions.polynomial import Polynomial
from theorycheck.functions.profiles import Bump, Cosine, Cubic, Profile, Quartic
from theorycheck.functions.protocol import Family
from theorycheck.functions.separable import PERIOD, ConvexSeparable, Ridges, Separable
from theorycheck.functions.slopes import ConvexSlopes
from theorycheck.spaces import matrix, real, vector


class Quadratics(Separable):
    """Quadratic functions, convex or not."""

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        none = xp.zeros_like(parameters["linear"])
        super().__init__(xp, dimension, {**parameters, "amplitude": none, "frequency": none, "phase": none})
        self.parameters = parameters


class Cosines(Separable):
    """Sums of cosines and quadratics."""

    profile = Cosine()


class Relus(Separable):
    """Sums of relus and quadratics."""

    profile = Relu()


class SquaredRelus(Separable):
    """Sums of squared relus and quadratics: smooth, not twice differentiable."""

    profile = ReluSquared()


class SignedSquares(Separable):
    """Sums of t|t| and quadratics: smooth, not twice differentiable."""

    profile = SignedSquare()


class AbsoluteValues(Separable):
    """Sums of absolute values and quadratics."""

    profile = AbsoluteValue()


class Hubers(Separable):
    """Sums of Huber functions and quadratics."""

    profile = Huber()


class Bumps(Separable):
    """Sums of Gaussian bumps along coordinates and quadratics."""

    profile = Bump()


class Cubics(Separable):
    """Sums of cubics and quadratics: unbounded below, not L-smooth."""

    profile = Cubic()


class Quartics(Separable):
    """Sums of quartics and quadratics: double wells among them."""

    profile = Quartic()


class RidgeCosines(Ridges):
    """Sums of cosines alone: bounded, Lipschitz."""

    profile = Cosine()


class RidgeRelus(Ridges):
    """Sums of relus alone: Lipschitz, not smooth."""

    profile = Relu()


class Clips(Ridges):
    """Sums of cut-off identities: bounded, Lipschitz, not smooth."""

    profile = Clip()


class Steps(Ridges):
    """Sums of steps: bounded, discontinuous."""

    profile = Step()


class Intervals(Ridges):
    """Sums of indicators of slabs: bounded, discontinuous."""

    profile = Interval()


class Points(Ridges):
    """Sums of indicators of hyperplanes: not constant, though equal to a constant almost everywhere."""

    profile = Point()


class ConvexQuadratics(Quadratics):
    """Convex quadratic functions: the parameter quadratic is nonnegative."""


class ConvexCosines(ConvexSeparable):
    """Convex functions whose gradient oscillates."""

    profile = Cosine()


class ConvexHubers(ConvexSeparable):
    """Convex sums of Huber functions and quadratics."""

    profile = Huber()


class ConvexAbsoluteValues(ConvexSeparable):
    """Convex sums of absolute values and quadratics."""

    profile = AbsoluteValue()


class ConvexSquaredRelus(ConvexSeparable):
    """Convex sums of squared relus and quadratics."""

    profile = ReluSquared()


def separable_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `Separable`: at most `PERIOD` numbers each, repeated along the coordinates."""
    columns = min(dimension, PERIOD)
    names = ("quadratic", "linear", "amplitude", "frequency", "phase", "reflection")
    return {**{name: vector(columns) for name in names}, "constant": real()}


def quadratic_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `Quadratics`."""
    domains = separable_domains(dimension)
    return {name: domains[name] for name in ("quadratic", "linear", "reflection", "constant")}


def convex_quadratic_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `ConvexQuadratics`."""
    return {**quadratic_domains(dimension), "quadratic": vector(min(dimension, PERIOD), 0)}


def convex_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `ConvexSeparable`."""
    domains = {name: domain for name, domain in separable_domains(dimension).items() if name != "quadratic"}
    return {"excess": vector(min(dimension, PERIOD), 0), **domains}


def slope_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `ConvexSlopes`: four bands."""
    return {
        **convex_domains(dimension),
        "levels": vector(4, 0, 1),
        "gaps": vector(2, Fraction(1, 1024)),
    }


def ridge_domains(dimension: int) -> Mapping[str, Any]:
    """The parameters of `Ridges`."""
    domains = separable_domains(dimension)
    return {name: domain for name, domain in domains.items() if name not in ("quadratic", "linear")}


def mixture_domains(dimension: int) -> Mapping[str, Any]:
    """Three components; the widths keep away from 0, as `GaussianMixture` needs."""
    return {
        "amplitudes": vector(3),
        "widths": vector(3, Fraction(1, 1024)),
        "centres": matrix(3, min(dimension, PERIOD)),
    }


def polynomial_domains(dimension: int) -> Mapping[str, Any]:
    """Coefficients up to degree 6."""
    return {"coefficients": vector(7)}


def piecewise_domains(dimension: int) -> Mapping[str, Any]:
    """Three pieces of degree 2."""
    return {
        "start": real(),
        "gaps": vector(1, Fraction(1, 1024)),
        "coefficients": vector(3),
        "jumps": matrix(2, 3),
    }


def separable_family(name: str, functions: type[Separable]) -> Family:
    """Make a family of a subclass of `Separable`, `ConvexSeparable` or `Ridges` that names its profile.

    Raises
    ------
    ClaimError
        If `functions` is no such class or its profile is no `Profile`.
    """
    if not (isinstance(functions, type) and issubclass(functions, Separable)):
        raise ClaimError(
            f"family {name}: {functions!r} is no subclass of Separable; write class Mine(Separable): …"
        )
    if not isinstance(functions.profile, Profile):
        raise ClaimError(
            f"family {name}: {functions.__name__}.profile must be an instance of a subclass of Profile"
        )
    if issubclass(functions, ConvexSeparable):
        return Family(name, functions, convex_domains)
    return Family(name, functions, ridge_domains if issubclass(functions, Ridges) else separable_domains)


DEFAULT_FAMILIES: tuple[Family, ...] = (
    Family("quadratic", Quadratics, quadratic_domains),
    separable_family("cosines", Cosines),
    separable_family("relu", Relus),
    separable_family("relu-squared", SquaredRelus),
    separable_family("signed-square", SignedSquares),
    separable_family("absolute-value", AbsoluteValues),
    separable_family("huber", Hubers),
    separable_family("bumps", Bumps),
    separable_family("cubic", Cubics),
    separable_family("quartic", Quartics),
    separable_family("ridge-cosines", RidgeCosines),
    separable_family("ridge-relu", RidgeRelus),
    separable_family("clip", Clips),
    separable_family("steps", Steps),
    separable_family("interval", Intervals),
    separable_family("point", Points),
    Family("convex-quadratic", ConvexQuadratics, convex_quadratic_domains),
    separable_family("convex-cosines", ConvexCosines),
    separable_family("convex-huber", ConvexHubers),
    separable_family("convex-absolute-value", ConvexAbsoluteValues),
    separable_family("convex-relu-squared", ConvexSquaredRelus),
    Family("convex-slopes", ConvexSlopes, slope_domains),
    Family("gaussian-mixture", GaussianMixture, mixture_domains),
    Family("polynomial", Polynomial, polynomial_domains, only_dimension=1),
    Family("piecewise-polynomial", PiecewisePolynomial, piecewise_domains, only_dimension=1),
)
