"""The laws of u in f_σ(x) = E f(x + σu), and the conventions that the literature mixes.

| kernel          | law of u in R^d                | E u_i²   | used by                                    |
| --------------- | ------------------------------ | -------- | ------------------------------------------ |
| `starnes`       | N(0, I/2)                      | 1/2      | heat-kernel papers (e^{-‖u‖²}/π^{d/2})     |
| `nesterov`      | N(0, I)                        | 1        | Nesterov-Spokoiny, most of optimisation    |
| `per_dimension` | N(0, I/d)                      | 1/d      | graduated optimisation (E‖u‖ ≤ 1)          |
| `uniform`       | uniform on the cube [-1, 1]^d  | 1/3      | coordinate-wise noise                      |
| `ball`          | uniform on the unit ball       | 1/(d+2)  | Hazan et al.                               |
| `sphere`        | uniform on the unit sphere     | 1/d      | one- and two-point gradient estimators     |
| `density(…)`    | independent coordinates, each with the given density       | | your own
  |

Every method takes the dimension d from the number of its arguments or from `dimension`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.deadline import within_seconds
from theorycheck.errors import ClaimError

Expr = Any
"""A SymPy expression (SymPy ships no types)."""


@dataclass(frozen=True)
class Kernel:
    """A law of u. Laws obeyed by all kernels: `moment()` of no powers is 1; `characteristic(0)` is 1.

    Attributes
    ----------
    name : str
        The name in the table of this module.
    """

    name: str

    @property
    def product(self) -> bool:
        """Whether the coordinates of u are independent: variables can be smoothed one after another."""
        raise NotImplementedError

    def law(self, dimension: int) -> str:
        """The law of u in LaTeX."""
        raise NotImplementedError

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        """Return E u_1^{n_1} ⋯ u_m^{n_m}, exactly; coordinates that are not listed have power 0."""
        raise NotImplementedError

    def characteristic(self, *frequencies: Expr) -> Expr:
        """Return E cos(ω·u), ω = `frequencies`."""
        raise NotImplementedError

    def exponential_moment(self, *rates: Expr) -> Expr:
        """Return E exp(b·u), b = `rates`."""
        raise NotImplementedError

    def variance(self, dimension: int = 1) -> Expr:
        """Return E u_i² − (E u_i)², the same for every coordinate."""
        mean = self.moment(1, dimension=dimension)
        return sympy.expand(self.moment(2, dimension=dimension) - mean**2)


def _checked_powers(powers: tuple[int, ...], dimension: int | None) -> int:
    size = max(len(powers), 1) if dimension is None else dimension
    if len(powers) > size or any(power < 0 for power in powers):
        raise ClaimError(
            f"moment of powers {powers} in dimension {size}: give at most one power >= 0 a coordinate"
        )
    return size


@dataclass(frozen=True)
class Gaussian(Kernel):
    """u ~ N(0, cI).

    Attributes
    ----------
    covariance : sympy.Rational or None
        c; None stands for c = 1/d.
    """

    covariance: Expr | None

    @property
    def product(self) -> bool:
        return True

    def scale(self, dimension: int) -> Expr:
        """Return c, the variance of one coordinate."""
        return sympy.Rational(1, dimension) if self.covariance is None else self.covariance

    def law(self, dimension: int) -> str:
        c = self.scale(dimension)
        identity = "1" if dimension == 1 else f"I_{{{dimension}}}"
        if c == 1:
            return rf"u\sim N(0,{identity})"
        if dimension == 1:
            return rf"u\sim N\left(0,{sympy.latex(c)}\right)"
        return rf"u\sim N\left(0,{sympy.latex(c)}{identity}\right)"

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        c = self.scale(_checked_powers(powers, dimension))
        if any(power % 2 for power in powers):
            return sympy.Integer(0)
        return sympy.prod([sympy.factorial2(power - 1) * c ** (power // 2) for power in powers])

    def characteristic(self, *frequencies: Expr) -> Expr:
        c = self.scale(len(frequencies))
        return sympy.exp(-c * sum(w**2 for w in frequencies) / 2)

    def exponential_moment(self, *rates: Expr) -> Expr:
        return sympy.exp(self.scale(len(rates)) * sum(b**2 for b in rates) / 2)


@dataclass(frozen=True)
class Cube(Kernel):
    """u uniform on [-1, 1]^d (the interval for d = 1)."""

    @property
    def product(self) -> bool:
        return True

    def law(self, dimension: int) -> str:
        power = "" if dimension == 1 else f"^{{{dimension}}}"
        return rf"u\sim\mathrm{{Unif}}\,[-1,1]{power}"

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        _checked_powers(powers, dimension)
        if any(power % 2 for power in powers):
            return sympy.Integer(0)
        return sympy.prod([sympy.Rational(1, power + 1) for power in powers])

    def characteristic(self, *frequencies: Expr) -> Expr:
        return sympy.prod([sympy.sinc(w) for w in frequencies])

    def exponential_moment(self, *rates: Expr) -> Expr:
        return sympy.prod([sympy.sinh(b) / b if b != 0 else sympy.S.One for b in rates])


def _radius(frequencies: tuple[Expr, ...]) -> Expr:
    return sympy.sqrt(sum(sympy.sympify(w) ** 2 for w in frequencies))


def _bessel_ratio(order: Expr, r: Expr, growing: bool = False) -> Expr:
    """Γ(ν+1) (2/r)^ν J_ν(r), or I_ν(r) if `growing`; it is 1 at r = 0 and elementary for half-integer ν."""
    if r == 0:
        return sympy.S.One
    half = sympy.Rational(1, 2)
    if order == -half:
        return sympy.cosh(r) if growing else sympy.cos(r)
    if order == half:
        return sympy.sinh(r) / r if growing else sympy.sinc(r)
    bessel = sympy.besseli if growing else sympy.besselj
    return sympy.gamma(order + 1) * (2 / r) ** order * bessel(order, r)


@dataclass(frozen=True)
class Sphere(Kernel):
    """u uniform on the unit sphere {‖u‖ = 1} of R^d; for d = 1, u = ±1 with probability 1/2 each."""

    @property
    def product(self) -> bool:
        return False

    def law(self, dimension: int) -> str:
        return rf"u\sim\mathrm{{Unif}}\,\{{u\in\mathbb R^{{{dimension}}}:\|u\|=1\}}"

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        d = _checked_powers(powers, dimension)
        if any(power % 2 for power in powers):
            return sympy.Integer(0)
        numerator = sympy.prod([sympy.factorial2(power - 1) for power in powers])
        return numerator / sympy.prod([sympy.Integer(d + j) for j in range(0, sum(powers), 2)])

    def characteristic(self, *frequencies: Expr) -> Expr:
        return _bessel_ratio(sympy.Rational(len(frequencies), 2) - 1, _radius(frequencies))

    def exponential_moment(self, *rates: Expr) -> Expr:
        return _bessel_ratio(sympy.Rational(len(rates), 2) - 1, _radius(rates), growing=True)

    def marginal(self, dimension: int, t: Expr) -> Expr:
        """Return the density on [-1, 1] of u's component along any direction, d >= 2."""
        d = sympy.Integer(dimension)
        constant = sympy.gamma(d / 2) / (sympy.sqrt(sympy.pi) * sympy.gamma((d - 1) / 2))
        return constant * (1 - t**2) ** ((d - 3) / 2)


@dataclass(frozen=True)
class Ball(Kernel):
    """u uniform on the unit ball {‖u‖ ≤ 1} of R^d; for d = 1 the interval [-1, 1]."""

    @property
    def product(self) -> bool:
        return False

    def law(self, dimension: int) -> str:
        return rf"u\sim\mathrm{{Unif}}\,\{{u\in\mathbb R^{{{dimension}}}:\|u\|\le 1\}}"

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        d = _checked_powers(powers, dimension)
        return sphere.moment(*powers, dimension=d) * sympy.Rational(d, d + sum(powers))

    def characteristic(self, *frequencies: Expr) -> Expr:
        return _bessel_ratio(sympy.Rational(len(frequencies), 2), _radius(frequencies))

    def exponential_moment(self, *rates: Expr) -> Expr:
        return _bessel_ratio(sympy.Rational(len(rates), 2), _radius(rates), growing=True)

    def marginal(self, dimension: int, t: Expr) -> Expr:
        """Return the density on [-1, 1] of u's component along any direction."""
        d = sympy.Integer(dimension)
        constant = sympy.gamma(d / 2 + 1) / (sympy.sqrt(sympy.pi) * sympy.gamma((d + 1) / 2))
        return constant * (1 - t**2) ** ((d - 1) / 2)


@dataclass(frozen=True)
class Density(Kernel):
    """Independent coordinates, each with the density `expression` on (low, high); made by `density`.

    Attributes
    ----------
    expression : sympy.Expr
        p(u).
    variable : sympy.Symbol
        u.
    low, high : sympy.Expr
        Ends of the support, possibly −oo and oo.
    """

    expression: Expr
    variable: Expr
    low: Expr
    high: Expr

    @property
    def product(self) -> bool:
        return True

    def law(self, dimension: int) -> str:
        u, p = sympy.latex(self.variable), sympy.latex(self.expression)
        support = rf"({sympy.latex(self.low)},{sympy.latex(self.high)})"
        coordinates = "" if dimension == 1 else r"\text{ for every coordinate, independently}"
        return rf"{u}\sim p({u})={p}\text{{ on }}{support}{coordinates}"

    def _mean_of(self, function: Expr) -> Expr:
        from theorycheck.lab.smoothing.densities import integral

        return integral(function * self.expression, self.variable, self.low, self.high)

    def moment(self, *powers: int, dimension: int | None = None) -> Expr:
        _checked_powers(powers, dimension)
        return sympy.prod(
            [self._mean_of(self.variable**power) if power else sympy.Integer(1) for power in powers]
        )

    def characteristic(self, *frequencies: Expr) -> Expr:
        real, imaginary = sympy.S.One, sympy.S.Zero  # of E exp(iω·u), coordinate by coordinate
        for w in map(sympy.sympify, frequencies):
            if w != 0:
                c, s = (
                    self._mean_of(sympy.cos(w * self.variable)),
                    self._mean_of(sympy.sin(w * self.variable)),
                )
                real, imaginary = real * c - imaginary * s, real * s + imaginary * c
        return real

    def exponential_moment(self, *rates: Expr) -> Expr:
        return sympy.prod([self._mean_of(sympy.exp(b * self.variable)) for b in rates])


def line_density(kernel: Kernel, u: Expr) -> tuple[Expr, Expr, Expr]:
    """Return the density of one coordinate at `u`, d = 1, and the ends of its support.

    Raises
    ------
    ClaimError
        For the sphere, which is two points.
    """
    if isinstance(kernel, Gaussian):
        c = kernel.scale(1)
        return sympy.exp(-(u**2) / (2 * c)) / sympy.sqrt(2 * sympy.pi * c), -sympy.oo, sympy.oo
    if isinstance(kernel, Density):
        return kernel.expression.xreplace({kernel.variable: u}), kernel.low, kernel.high
    if isinstance(kernel, Cube | Ball):
        return sympy.Rational(1, 2), sympy.Integer(-1), sympy.Integer(1)
    raise ClaimError(f"the kernel {kernel.name} has no density on the line")


starnes = Gaussian("starnes", sympy.Rational(1, 2))
"""u ~ N(0, I/2): E u u^T = I/2, E‖u‖² = d/2."""
nesterov = Gaussian("nesterov", sympy.Integer(1))
"""u ~ N(0, I): E u u^T = I, E‖u‖² = d."""
per_dimension = Gaussian("per_dimension", None)
"""u ~ N(0, I/d): E u u^T = I/d, E‖u‖² = 1."""
uniform = Cube("uniform")
"""u uniform on [-1, 1]^d: E u u^T = I/3."""
ball = Ball("ball")
"""u uniform on the unit ball: E u u^T = I/(d+2)."""
sphere = Sphere("sphere")
"""u uniform on the unit sphere: E u u^T = I/d."""

KERNELS: dict[str, Kernel] = {k.name: k for k in (starnes, nesterov, per_dimension, uniform, ball, sphere)}
"""The kernels that need no argument, by name."""


def density(expression: Expr, variable: Expr, support: tuple[Expr, Expr]) -> Density:
    """Return the kernel whose coordinates are independent with the density `expression` on `support`.

    Parameters
    ----------
    expression : sympy.Expr
        p(u), a formula in `variable` alone.
    variable : sympy.Symbol
        u.
    support : (low, high)
        Ends of an interval, −oo and oo allowed.

    Raises
    ------
    ClaimError
        If p is not certainly nonnegative on the support, or does not certainly integrate to 1.

    Examples
    --------
    >>> u = sympy.Symbol("u", real=True)
    >>> density(sympy.exp(-abs(u)) / 2, u, (-sympy.oo, sympy.oo)).moment(2)
    2
    """
    from theorycheck.lab.smoothing.densities import certainly_nonnegative, integral

    expression, (low, high) = sympy.sympify(expression), map(sympy.sympify, support)
    if expression.free_symbols - {variable}:
        raise ClaimError(
            f"the density {expression} has parameters besides {variable}: put numbers in their place"
        )
    if not (low < high) == True:  # noqa: E712  SymPy's own True, not Python's
        raise ClaimError(f"the support ({low}, {high}) of the density {expression} is empty: give low < high")
    u = sympy.Dummy(variable.name, real=True)
    real = expression.subs(variable, u)
    if not within_seconds(10, lambda: certainly_nonnegative(real, u, low, high), default=False):
        raise ClaimError(
            f"the density {expression} is not certainly nonnegative on ({low}, {high}): correct it, or"
            " restrict the support to where it is positive"
        )
    total = integral(real, u, low, high)
    if sympy.simplify(total - 1) != 0:
        raise ClaimError(f"the density {expression} integrates to {total}, not 1: divide it by {total}")
    return Density("density", real, u, low, high)


def convert_sigma(sigma: Expr, source: Kernel, target: Kernel, dimension: int = 1) -> Expr:
    """Return the σ of `target` that gives the same smoothing as `sigma` does with `source`.

    Both are Gaussian: covariance σ² c_source = σ'² c_target, hence σ' = σ √(c_source / c_target). From
    `starnes`
    (I/2) to `nesterov` (I) this is μ = σ/√2.

    Raises
    ------
    ClaimError
        If one of the two is not Gaussian: then no σ makes them equal.

    Examples
    --------
    >>> convert_sigma(2, starnes, nesterov)
    sqrt(2)
    """
    if not (isinstance(source, Gaussian) and isinstance(target, Gaussian)):
        raise ClaimError(
            f"no sigma turns the kernel {source.name} into {target.name}: only Gaussian kernels convert"
            " (compare variances with Kernel.variance instead)"
        )
    return sympy.sympify(sigma) * sympy.sqrt(source.scale(dimension) / target.scale(dimension))
