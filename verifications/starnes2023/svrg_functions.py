"""Instances for Appendix F: finite sums of convex smooth functions whose minimiser is known.

Hypotheses and domains that its claims share. Gaussian smoothing: f_σ(x) = E f(x + σu), u ~ N(0, I/2).
"""

from dataclasses import dataclass
from fractions import Fraction

import sympy

from theorycheck import convex, each, finite_sum, l_smooth, minimises, point, real
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.errors import SpaceError
from theorycheck.functions import DEFAULT_FAMILIES, ConstantOf, FiniteSumDomain
from theorycheck.functions.families import SquaredRelus
from theorycheck.functions.finite_sums import FiniteSum, mean_family
from theorycheck.functions.protocol import Family

CONVEX_SMOOTH = tuple(
    family
    for family in DEFAULT_FAMILIES
    if family.name in ("convex-quadratic", "convex-cosines", "convex-huber", "convex-relu-squared")
)
(QUADRATIC,) = (family for family in DEFAULT_FAMILIES if family.name == "quadratic")  # convex or not
FEW = (QUADRATIC, *(family for family in CONVEX_SMOOTH if family.name == "convex-relu-squared"))
EACH_CONVEX, EACH_SMOOTH, MINIMUM = each(convex("f")), each(l_smooth("f", "L")), minimises("f", "x_star")
SMOOTHED_MINIMUM = minimises("f", "x_tau", "tau")
SETTING = (EACH_CONVEX, EACH_SMOOTH, MINIMUM)
PRESUPPOSES = (
    "Presupposes $L > 0$ (the proof divides by $L$); an affine $f_i$ is $L$-smooth for every $L > 0$."
)


@dataclass(frozen=True)
class PositiveSmoothness(ConstantOf):
    """A constant L > 0 with which every sample is L-smooth; 1 or more for affine samples."""

    constant: str = "each_smoothness"

    def best(self, scope):
        return super().best(scope) or Fraction(1)

    def decode(self, cube, xp, scope, jitter):
        value = super().decode(cube, xp, scope, jitter)
        return xp.where(value == 0, xp.ones_like(value), value)

    def symbol(self, name):
        return sympy.Symbol(name, positive=True)


@dataclass(frozen=True)
class PositiveModulus(ConstantOf):
    """A γ > 0 with which the mean is γ-strongly convex; functions that have none are no instances."""

    constant: str = "strong_convexity"

    def best(self, scope):
        modulus = super().best(scope)
        if modulus <= 0:
            raise SpaceError(f"{self.name}: the function is not strongly convex")
        return modulus

    def decode(self, cube, xp, scope, jitter):
        value = super().decode(cube, xp, scope, jitter)
        return xp.where(value > 0, value, xp.nan * xp.ones_like(value))

    def admits(self, value, scope):
        return value > 0 and super().admits(value, scope)

    def symbol(self, name):
        return sympy.Symbol(name, positive=True)


def samples(counts=(1, 2, 3)):
    """f with smooth samples and a point where its gradient vanishes; all but the quadratics are convex."""
    return finite_sum(counts, QUADRATIC, *CONVEX_SMOOTH, tilted=True)


# ---- functions that are even about their minimiser, so that it minimises every smoothing as well ------------------------


class Reflected:
    """g(2c − x) for a batch of functions g and points c."""

    def __init__(self, xp, original, centre):
        self.xp, self.original, self.centre = xp, original, centre
        self.dimension, self.parameters = original.dimension, original.parameters

    def __call__(self, x):
        return self.original(2 * self.centre - x)

    def gradient(self, x):
        return -self.original.gradient(2 * self.centre - x)

    def smoothed(self, x, sigma):
        return self.original.smoothed(2 * self.centre - x, sigma)

    def smoothed_gradient(self, x, sigma):
        return -self.original.smoothed_gradient(2 * self.centre - x, sigma)

    @property
    def smoothness(self):
        return self.original.smoothness

    @property
    def strong_convexity(self):
        return self.original.strong_convexity

    @property
    def lipschitz(self):
        return self.original.lipschitz

    @property
    def lower_bound(self):
        return self.original.lower_bound

    def exact(self, constant):
        return self.original.exact(constant)

    @property
    def continuous(self):
        return self.original.continuous

    @property
    def differentiable(self):
        return self.original.differentiable

    @property
    def nonconstant(self):
        return self.original.nonconstant


class Even(FiniteSum):
    """A mean that is even about its minimiser c, so ∇f_σ(c) = 0 for every σ; its samples need not be even."""

    even = True


def even_family(sample):
    """The means (g(x) + g(2c − x)) / 2 of a member g of the family `sample` and its reflection."""
    build_sample = sample.build

    def build(xp, dimension, parameters):
        own = {name: value for name, value in parameters.items() if name != "minimiser"}
        g, centre = build_sample(xp, dimension, own), parameters["minimiser"]
        return Even(xp, (g, Reflected(xp, g, centre)), centre)

    def domains(dimension):
        return {**sample.parameters(dimension), "minimiser": point()}

    return Family(f"even-{sample.name}", build, domains, sample.only_dimension)


@dataclass(frozen=True)
class WithMinimiser(FiniteSumDomain):
    """f of one of the declared families, whose members are finite sums that know their minimiser."""

    tilted: bool = True

    @property
    def families(self):
        return self.declared

    def symbol(self, name):
        return AbstractFunction(name)


def quadratic_family(count):
    """Means of `count` quadratics: smoothing leaves their gradients alone, so they count as even."""
    mean = mean_family(QUADRATIC, count, tilted=True)
    build_mean = mean.build

    def build(xp, dimension, parameters):
        f = build_mean(xp, dimension, parameters)
        return Even(xp, f.samples, f.minimiser)

    return Family(f"{count}-quadratics", build, mean.domains, mean.only_dimension)


SUMS_OF_TWO = tuple(mean_family(family, 2, tilted=False) for family in CONVEX_SMOOTH)
QUADRATICS = tuple(quadratic_family(count) for count in (1, 2, 3))
EVEN_PAIRS = WithMinimiser(
    (QUADRATICS[1], *(even_family(family) for family in (*CONVEX_SMOOTH, *SUMS_OF_TWO)))
)
EVEN_SUMS = WithMinimiser((*QUADRATICS, *(even_family(family) for family in CONVEX_SMOOTH)))


def one_sided_parabolas(xp, dimension, parameters):
    """f(x) = (a/2) Σ_j max(0, x_j − c_j)², one sample: c is one of its minimisers."""
    c = parameters["minimiser"]
    one, zero = xp.ones_like(c), xp.zeros_like(c)
    amplitude = xp.scale(parameters["curvature"], one) / 2
    zeros = {"quadratic": zero, "linear": zero, "reflection": zero, "constant": zero[:, 0]}
    sample = SquaredRelus(xp, dimension, {"amplitude": amplitude, "frequency": one, "phase": -c, **zeros})
    return FiniteSum(xp, (sample,), c)


def one_sided_domains(dimension):
    """The curvature a and the minimiser c."""
    return {"curvature": real(0), "minimiser": point()}


ONE_SIDED = WithMinimiser((Family("one-sided-parabolas", one_sided_parabolas, one_sided_domains),))
