"""Sums of one-dimensional profiles along orthogonal directions, with exact constants in any dimension.

    f(x) = constant + Σ_i [ ½ λ_i y_i² + b_i y_i + a_i φ(ω_i y_i + c_i) ],   y = H x,   H = I − 2vvᵀ/|v|²

H is a reflection, so the Hessian has the eigenvalues λ_i + a_i ω_i² φ''(ω_i y_i + c_i) in some orthonormal
basis and each of them takes its extreme values independently of the others: the constants of f are those of
its summands. A reflection keeps rational points rational, which a general rotation does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import greater, largest, lesser, or_infinite, smallest
from theorycheck.functions.infima import minimum_of_waves, polynomial_infimum, quadratic_infimum, root_bound
from theorycheck.functions.profiles import Profile, Zero

PERIOD = 8
"""Parameters repeat along the coordinates with this period, so that an instance in dimension 1000 has few
numbers.
"""


def repeated(xp: Any, values: Any, dimension: int) -> Any:
    """Repeat the columns of `values`, shape (N, k), until there are `dimension` of them."""
    columns = values.shape[-1]
    if columns == dimension:
        return values
    return xp.tile(values, (1, -(-dimension // columns)))[:, :dimension]


def multiplied_range(xp: Any, factor: Any, low: Any, high: Any) -> tuple[Any, Any, Any, Any]:
    """The range factor·[low, high], where low and high may be infinite and 0·∞ counts as 0.

    Returns
    -------
    tuple of array
        Infimum and supremum where they are finite, then the boolean arrays of where they are −∞ and +∞.
    """
    zero = xp.zeros_like(factor)
    at_low = zero if low == -xp.inf else factor * low
    at_high = zero if high == xp.inf else factor * high
    positive, negative = factor > 0, factor < 0
    never = positive & negative
    falls = (positive if low == -xp.inf else never) | (negative if high == xp.inf else never)
    rises = (positive if high == xp.inf else never) | (negative if low == -xp.inf else never)
    return lesser(xp, at_low, at_high), greater(xp, at_low, at_high), falls, rises


class Separable:
    """The function above; a subclass names the `profile` φ.

    `parameters` holds quadratic λ, linear b, amplitude a, frequency ω, phase c and reflection v of shape
    (N, k), k ≤ d, repeated along the coordinates, and constant of shape (N,). Points have shape (…, N, d),
    values (…, N).
    """

    profile: Profile = Zero()

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        self.xp = xp
        self.dimension = dimension
        self.parameters = parameters
        self.amplitude = parameters["amplitude"]
        self.frequency = parameters["frequency"]
        self.phase = parameters["phase"]
        self.linear = parameters["linear"]
        self.constant = parameters["constant"]
        self.reflection = repeated(xp, parameters["reflection"], dimension)
        self.curvature_factor = self.amplitude * self.frequency * self.frequency
        self.quadratic = self.curvature_from(parameters["quadratic"])
        self._constants: dict[str, Any] = {}

    @property
    def polynomial_degree(self) -> int | None:
        """The degree of a polynomial; None for any other function."""
        degree = getattr(self.profile, "degree", None)
        return None if degree is None else max(2, degree)

    def curvature_from(self, quadratic: Any) -> Any:
        """Set the range of the second derivative of each summand and return λ."""
        low, high = self.profile.curvatures(self.xp)
        ranges = multiplied_range(self.xp, self.curvature_factor, low, high)
        self.curvature_low, self.curvature_high = quadratic + ranges[0], quadratic + ranges[1]
        self.curvature_falls, self.curvature_rises = ranges[2], ranges[3]
        return quadratic

    # evaluation -----------------------------------------------------------------------------------
    def reflect(self, x: Any) -> Any:
        xp, v = self.xp, self.reflection
        square = xp.vecdot(v, v)
        none = square == 0
        factor = xp.where(none, square, 2 / xp.where(none, xp.ones_like(square), square))
        return x - (factor * xp.vecdot(v, x))[..., None] * v

    def spread(self, values: Any) -> Any:
        return repeated(self.xp, values, self.dimension)

    def scale(self, sigma: Any) -> tuple[Any, Any]:
        """σ as a column, and the smoothing parameter σ|ω_i| of each summand."""
        sigma = self.xp.asarray(sigma)[..., None]
        return sigma, sigma * self.spread(abs(self.frequency))

    def __call__(self, x: Any) -> Any:
        y = self.reflect(x)
        t = self.spread(self.frequency) * y + self.spread(self.phase)
        bent = self.spread(self.amplitude) * self.profile.value(self.xp, t)
        straight = y * (self.spread(self.linear) + self.spread(self.quadratic) * y / 2)
        return (bent + straight).sum(axis=-1) + self.constant

    def gradient(self, x: Any) -> Any:
        y = self.reflect(x)
        t = self.spread(self.frequency) * y + self.spread(self.phase)
        bent = self.spread(self.amplitude * self.frequency) * self.profile.derivative(self.xp, t)
        return self.reflect(bent + self.spread(self.linear) + self.spread(self.quadratic) * y)

    def smoothed(self, x: Any, sigma: Any) -> Any:
        y = self.reflect(x)
        t = self.spread(self.frequency) * y + self.spread(self.phase)
        sigma, s = self.scale(sigma)
        bent = self.spread(self.amplitude) * self.profile.smoothed(self.xp, t, s)
        curvature = self.spread(self.quadratic)
        straight = y * (self.spread(self.linear) + curvature * y / 2) + curvature * sigma * sigma / 4
        return (bent + straight).sum(axis=-1) + self.constant

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        y = self.reflect(x)
        t = self.spread(self.frequency) * y + self.spread(self.phase)
        _, s = self.scale(sigma)
        bent = self.spread(self.amplitude * self.frequency) * self.profile.smoothed_derivative(self.xp, t, s)
        return self.reflect(bent + self.spread(self.linear) + self.spread(self.quadratic) * y)

    # constants ------------------------------------------------------------------------------------
    def _once(self, name: str) -> Any:
        if name not in self._constants:
            self._constants[name] = getattr(self, "_" + name)()
        return self._constants[name]

    @property
    def smoothness(self) -> Any:
        """The smallest L such that |f(y) − f(x) − ⟨∇f(x), y − x⟩| ≤ (L/2)|y − x|² for all x, y."""
        return self._once("smoothness")

    @property
    def strong_convexity(self) -> Any:
        """The largest γ such that f is γ-strongly convex (negative: weakly convex)."""
        return self._once("strong_convexity")

    @property
    def lipschitz(self) -> Any:
        """The Lipschitz constant."""
        return self._once("lipschitz")

    @property
    def lower_bound(self) -> Any:
        """The infimum where `exact("lower_bound")`, else a lower bound; −∞ exactly where f is unbounded
        below.
        """
        return self._once("infimum")[0]

    def exact(self, constant: str) -> Any:
        """Boolean array: where the constant of that name is the best one, not only a valid one."""
        if constant == "lower_bound":
            return self._once("infimum")[1]
        return self.xp.zeros_like(self.constant) == 0

    @property
    def curved(self) -> Any:
        """Where the profile really enters: a_i ω_i ≠ 0."""
        return (self.amplitude != 0) & (self.frequency != 0)

    @property
    def continuous(self) -> Any:
        always = self.profile.continuous
        return (~self.curved | always).all(axis=-1)

    @property
    def differentiable(self) -> Any:
        always = self.profile.differentiable
        return (~self.curved | always).all(axis=-1)

    @property
    def nonconstant(self) -> Any:
        moving = (self.quadratic != 0) | (self.linear != 0)
        if not self.is_trivial:
            moving = moving | self.curved
        return moving.any(axis=-1)

    @property
    def is_trivial(self) -> bool:
        """Whether φ = 0, as its one piece says."""
        return self.profile.pieces is not None and len(self.profile.pieces) == 1

    def _smoothness(self) -> Any:
        infinite = (self.curvature_falls | self.curvature_rises).any(axis=-1)
        finite = largest(self.xp, greater(self.xp, abs(self.curvature_low), abs(self.curvature_high)))
        return or_infinite(self.xp, infinite, self.xp.inf, finite)

    def _strong_convexity(self) -> Any:
        finite = smallest(self.xp, self.curvature_low)
        return or_infinite(self.xp, self.curvature_falls.any(axis=-1), -self.xp.inf, finite)

    def _lipschitz(self) -> Any:
        xp = self.xp
        slopes = multiplied_range(xp, self.amplitude * self.frequency, *self.profile.slopes(xp))
        steepest = greater(xp, abs(self.linear + slopes[0]), abs(self.linear + slopes[1]))
        infinite = ((self.quadratic != 0) | slopes[2] | slopes[3]).any(axis=-1)
        finite = xp.sqrt(self.spread(steepest * steepest).sum(axis=-1))
        return or_infinite(xp, infinite, xp.inf, finite)

    def _infimum(self) -> tuple[Any, Any]:
        lowest, falls, exact = self.summand_infima()
        bound = self.spread(lowest).sum(axis=-1) + self.constant
        falls = falls.any(axis=-1)
        return or_infinite(self.xp, falls, -self.xp.inf, bound), exact.all(axis=-1) | falls

    def summand_infima(self) -> tuple[Any, Any, Any]:
        """Infimum of each summand, where it is −∞, and where the finite ones are exact."""
        xp, profile = self.xp, self.profile
        zero = xp.zeros_like(self.linear)
        plain, plain_falls = quadratic_infimum(xp, (zero, self.linear, self.quadratic / 2), None, None)
        idle = self.frequency == 0
        shift = self.amplitude * profile.value(xp, xp.where(idle, self.phase, xp.ones_like(zero)))
        if profile.pieces is not None:
            lowest, falls = self.piecewise_infima()
            exact = zero == 0
        elif profile.bounds is not None:
            low = multiplied_range(xp, self.amplitude, *profile.bounds)[0]
            lowest, falls = plain + low, plain_falls
            exact = ((self.quadratic == 0) & (self.linear == 0)) | (self.amplitude == 0) | plain_falls
            if profile.second_derivative is not None:
                lowest, known = self._minima(~exact & ~idle & (self.quadratic > 0), lowest)
                exact = exact | known
        else:
            lowest, falls, exact = polynomial_infimum(xp, self.expanded(), search=False)
            # an even power is nonnegative: where a ≥ 0 the quadratic part alone bounds the summand as well
            even = (self.amplitude >= 0) & ~plain_falls & (len(profile.coefficients) % 2 == 1)
            lowest = xp.where(even, greater(xp, lowest, plain), lowest)
            exact = exact | (even & (self.quadratic == 0) & (self.linear == 0))
            if profile.second_derivative is not None:
                lowest, known = self._minima(~exact & ~idle & ~falls & (self.amplitude > 0), lowest)
                exact = exact | known
        lowest = xp.where(idle, plain + shift, lowest)
        return lowest, xp.where(idle, plain_falls, falls), exact | idle

    def _minima(self, wanted: Any, bound: Any) -> tuple[Any, Any]:
        """The minimum of each summand with λ > 0 or a t⁴ that outgrows the rest, where `wanted`.

        In t = ω y + c a summand is a φ(t) + (b + λ z/2) z with z = (t − c)/ω, and its critical points lie
        where λ (t − c)/ω² + b/ω = −a φ'(t).
        """
        xp, profile = self.xp, self.profile
        one = xp.ones_like(self.linear)
        a, b = self.amplitude, self.linear
        omega = xp.where(self.frequency == 0, one, self.frequency)
        pull, push = (
            self.quadratic / (omega * omega),
            b / omega - self.quadratic * self.phase / (omega * omega),
        )
        if profile.coefficients is None:
            low, high = profile.slopes(xp)
            steepest = greater(xp, abs(low + 0 * one), abs(high + 0 * one))
            safe = xp.where(wanted, pull, one)
            centre, radius = -push / safe, abs(a) * steepest / safe
        else:
            quartic = xp.stack([push, pull, 0 * one, 4 * xp.where(wanted, a, one)], axis=-1)
            centre, radius = 0 * one, root_bound(xp, quartic)

        def parts(index: Any) -> tuple[Any, Any, Any]:
            size, line, phase, rate = a[index], b[index], self.phase[index], omega[index]
            curvature = self.quadratic[index]
            return (
                lambda t: (
                    size * profile.value(xp, t)
                    + (t - phase) / rate * (line + curvature * (t - phase) / rate / 2)
                ),
                lambda t: size * profile.derivative(xp, t) + (line + curvature * (t - phase) / rate) / rate,
                lambda t: size * profile.second_derivative(xp, t) + curvature / (rate * rate),
            )

        return minimum_of_waves(xp, parts, centre, radius, wanted, bound, profile.oscillates)

    def piecewise_infima(self) -> tuple[Any, Any]:
        """Infimum of each summand with a piecewise quadratic profile, for ω ≠ 0, and where it is −∞."""
        xp = self.xp
        # replacing y by −y where ω < 0 keeps the infimum and the order of the pieces
        sign = xp.where(self.frequency < 0, -xp.ones_like(self.frequency), xp.ones_like(self.frequency))
        one = xp.ones_like(self.frequency)
        omega = xp.where(self.frequency == 0, one, self.frequency * sign)
        c, a = self.phase, self.amplitude
        lowest, falls = None, None
        for start, end, (p0, p1, p2) in self.profile.pieces:
            coefficients = (
                a * (p0 + c * (p1 + c * p2)),
                self.linear * sign + a * omega * (p1 + 2 * p2 * c),
                self.quadratic / 2 + a * omega * omega * p2,
            )
            left = None if start is None else (start - c) / omega
            right = None if end is None else (end - c) / omega
            piece, down = quadratic_infimum(xp, coefficients, left, right)
            lowest = piece if lowest is None else lesser(xp, lowest, piece)
            falls = down if falls is None else falls | down
        return lowest, falls

    def expanded(self) -> Any:
        """Coefficients in y of each summand with a polynomial profile, shape (N, k, n+1)."""
        xp = self.xp
        powers = [xp.ones_like(self.phase)]  # coefficients of (ω y + c)^j, lowest first
        total = [xp.zeros_like(self.phase) for _ in self.profile.coefficients]
        for degree, coefficient in enumerate(self.profile.coefficients):
            if degree:
                longer = [self.phase * p for p in powers] + [xp.zeros_like(self.phase)]
                powers = [
                    term + (self.frequency * powers[j - 1] if j else 0) for j, term in enumerate(longer)
                ]
            for j, power in enumerate(powers):
                total[j] = total[j] + coefficient * self.amplitude * power
        total[1] = total[1] + self.linear
        total[2] = total[2] + self.quadratic / 2
        return xp.stack(total, axis=-1)


class ConvexSeparable(Separable):
    """A convex member of the family: λ_i is as small as convexity allows, plus the parameter `excess` ≥ 0.

    Where φ'' is unbounded above, the amplitude's absolute value is used. φ'' must be bounded below. The
    range of each second derivative is computed from `excess`, so that the boundary of convexity is hit
    exactly.
    """

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        given = dict(parameters)
        given["quadratic"] = given.pop("excess")
        if self.profile.curvatures(xp)[1] == xp.inf:
            given["amplitude"] = abs(given["amplitude"])
        super().__init__(xp, dimension, given)
        self.parameters = parameters

    def curvature_from(self, quadratic: Any) -> Any:
        low, high = self.profile.curvatures(self.xp)
        ranges = multiplied_range(self.xp, self.curvature_factor, low, high)
        self.curvature_low, self.curvature_high = quadratic, quadratic + ranges[1] - ranges[0]
        self.curvature_falls, self.curvature_rises = ranges[2], ranges[3]
        return quadratic - ranges[0]


class Ridges(Separable):
    """A member without quadratic and linear part, Σ_i a_i φ(ω_i y_i + c_i) + constant: bounded where φ is."""

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        none = xp.zeros_like(parameters["amplitude"])
        super().__init__(xp, dimension, {**parameters, "quadratic": none, "linear": none})
        self.parameters = parameters
