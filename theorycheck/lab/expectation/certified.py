"""Certified one-dimensional Gaussian expectations: rigorous quadrature inside, a stated growth bound outside.

    from theorycheck.lab.expectation.certified import Growth, certified_expectation

    certified_expectation(lambda t: np.tanh(1 + t / 2), growth=Growth(1))  # u ~ N(0, 1/2)
    certified_expectation(lambda t: abs(t), growth=Growth(1, rate=1), kinks=[0])

The integrand receives a `ComplexBall` (Arb's certified integration evaluates it on discs around the path) and
is written with arithmetic and NumPy's names: np.exp, np.cos, np.tanh, np.sqrt, abs, `t.maximum(0)`, … Where
it is not analytic it says so by itself, and the integration splits there; named kinks only make that cheap.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theorycheck.errors import BudgetError, ClaimError, NotExactError
from theorycheck.lab.expectation.laws import GAUSSIAN, gaussian_variance, law_name
from theorycheck.terms.balls import Ball, to_arb


@dataclass(frozen=True)
class Growth:
    """|f(t)| ≤ constant · (1 + |t|)^power · e^{rate |t|} for all real t; the caller asserts it."""

    constant: Any
    power: int = 0
    rate: Any = 0


class ComplexBall:
    """A complex number known to lie in a box, passed to integrands of `certified_expectation`; immutable.

    Attributes
    ----------
    acb : flint.acb
        The box.
    analytic : bool
        Whether the integration needs the result to be analytic on the box; functions with a branch cut or a
        kink inside the box then return a box without bounds.
    """

    __slots__ = ("acb", "analytic")
    acb: Any
    analytic: bool

    def __init__(self, acb: Any, analytic: bool) -> None:
        object.__setattr__(self, "acb", acb)
        object.__setattr__(self, "analytic", analytic)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a ComplexBall is immutable")

    def _new(self, acb: Any) -> ComplexBall:
        return ComplexBall(acb, self.analytic)

    def _other(self, value: Any) -> Any:
        if isinstance(value, ComplexBall):
            return value.acb
        if isinstance(value, flint.acb):
            return value
        if isinstance(value, complex):
            return flint.acb(to_arb(value.real), to_arb(value.imag))
        return flint.acb(to_arb(value))

    def __add__(self, other: Any) -> ComplexBall:
        return self._new(self.acb + self._other(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> ComplexBall:
        return self._new(self.acb - self._other(other))

    def __rsub__(self, other: Any) -> ComplexBall:
        return self._new(self._other(other) - self.acb)

    def __mul__(self, other: Any) -> ComplexBall:
        return self._new(self.acb * self._other(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> ComplexBall:
        return self._new(self.acb / self._other(other))

    def __rtruediv__(self, other: Any) -> ComplexBall:
        return self._new(self._other(other) / self.acb)

    def __neg__(self) -> ComplexBall:
        return self._new(-self.acb)

    def __pos__(self) -> ComplexBall:
        return self

    def __pow__(self, exponent: Any) -> ComplexBall:
        if isinstance(exponent, (float, np.floating, Fraction)) and exponent == int(exponent):
            exponent = int(exponent)
        if isinstance(exponent, (int, np.integer)):
            power = flint.acb(1)
            for _ in range(abs(int(exponent))):
                power = power * self.acb
            return self._new(power if exponent >= 0 else 1 / power)
        return self._new(self.acb.pow(self._other(exponent), analytic=self.analytic))

    def __abs__(self) -> ComplexBall:
        """The analytic continuation of |t| from each half line."""
        return self._new(self.acb.real_abs(analytic=self.analytic))

    def maximum(self, other: Any) -> ComplexBall:
        """max(self, other) on the real line, continued analytically from each side."""
        return self._new(self.acb.real_max(self._other(other), analytic=self.analytic))

    def minimum(self, other: Any) -> ComplexBall:
        """min(self, other) on the real line, continued analytically from each side."""
        return self._new(self.acb.real_min(self._other(other), analytic=self.analytic))

    def sign(self) -> ComplexBall:
        return self._new(self.acb.real_sgn(analytic=self.analytic))

    def _no_order(self, _: Any) -> bool:
        raise NotExactError(
            "complex boxes have no order: write t.maximum(0), t.minimum(0), t.sign() or abs(t)"
        )

    __lt__ = __le__ = __gt__ = __ge__ = _no_order

    def sqrt(self) -> ComplexBall:
        return self._new(self.acb.sqrt(analytic=self.analytic))

    def log(self) -> ComplexBall:
        return self._new(self.acb.log(analytic=self.analytic))

    def log1p(self) -> ComplexBall:
        return self._new((1 + self.acb).log(analytic=self.analytic))

    def exp(self) -> ComplexBall:
        return self._new(self.acb.exp())

    def expm1(self) -> ComplexBall:
        return self._new(self.acb.expm1())

    def cos(self) -> ComplexBall:
        return self._new(self.acb.cos())

    def sin(self) -> ComplexBall:
        return self._new(self.acb.sin())

    def tan(self) -> ComplexBall:
        return self._new(self.acb.tan())

    def cosh(self) -> ComplexBall:
        return self._new(self.acb.cosh())

    def sinh(self) -> ComplexBall:
        return self._new(self.acb.sinh())

    def tanh(self) -> ComplexBall:
        return self._new(self.acb.tanh())

    def erf(self) -> ComplexBall:
        return self._new(self.acb.erf())

    def erfc(self) -> ComplexBall:
        return self._new(self.acb.erfc())

    def square(self) -> ComplexBall:
        return self._new(self.acb * self.acb)

    def __repr__(self) -> str:
        return f"ComplexBall({self.acb.str(12)})"


def tail_bound(growth: Growth, cut: Any, variance: Any) -> Any:
    r"""Return an `arb` above E |f(u)| 1{|u| > T}, u ~ N(0, v), T = `cut` ≥ 0.

    For t ≥ T, log(1 + t) ≤ log(1 + T) + (t − T)/(1 + T) (concavity), hence (1 + t)^n ≤ (1 + T)^n e^{n(t −
    T)/(1 + T)}: the integrand is at most A' e^{Bt} with B = rate + n/(1 + T), A' = A (1 + T)^n e^{−nT/(1 +
    T)}, and 2 ∫_T^∞ e^{Bt} φ_v(t) dt = e^{B²v/2} erfc((T − Bv)/√(2v)).
    """
    T, v = to_arb(cut), to_arb(variance)
    slope = to_arb(growth.rate) + growth.power / (1 + T)
    factor = to_arb(growth.constant) * (1 + T) ** growth.power * (-growth.power * T / (1 + T)).exp()
    return factor * (slope * slope * v / 2).exp() * ((T - slope * v) / (2 * v).sqrt()).erfc()


def _cut(growth: Growth, variance: Any, goal: Any) -> Any:
    for steps in range(4, 4000):
        T = steps * to_arb(variance).sqrt().mid() / 2
        if tail_bound(growth, T, variance) < goal:
            return T
    raise BudgetError(
        f"the growth bound {growth} leaves a tail above {float(goal):.3g} at every cut: state a smaller bound"
    )


def _integrand(piece: Callable[[Any], Any], variance: Any) -> Callable[[Any, bool], Any]:
    norm = (2 * flint.arb.pi() * variance).sqrt()

    def weighted(z: Any, analytic: bool) -> Any:
        value = piece(ComplexBall(z, analytic))
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        acb = value.acb if isinstance(value, ComplexBall) else flint.acb(to_arb(value))
        return acb * (-z * z / (2 * variance)).exp() / norm

    return weighted


def certified_expectation(
    integrand: Callable[[Any], Any] | Sequence[Callable[[Any], Any]],
    *,
    growth: Growth,
    kernel: Any = "starnes",
    kinks: Sequence[Any] = (),
    accuracy: float = 1e-15,
    max_evaluations: int = 100_000,
) -> Ball:
    """Enclose E f(u) for a one-dimensional Gaussian u.

    Parameters
    ----------
    integrand : callable, or one callable a piece
        f on a `ComplexBall`. With k kinks, k + 1 callables may be given: f left of the first kink, between
        the first two, ….
    growth : Growth
        A bound on |f| on the real line, asserted by the caller; it bounds the tails.
    kernel : str or Kernel
        A Gaussian law (in one dimension `per_dimension` is `nesterov`); default N(0, 1/2).
    kinks : sequence of numbers
        Exact points (int, Fraction, arb) where f or a derivative jumps, in ascending order.
    accuracy : float
        Goal for the radius. The working precision is raised to what it needs.
    max_evaluations : int
        Evaluations that may be spent on each piece.

    Returns
    -------
    Ball
        Contains E f(u), given the growth bound; its radius is at most 4 · accuracy.

    Raises
    ------
    BudgetError
        If the radius stays above 4 · accuracy.
    ClaimError
        If the kernel is not Gaussian, or pieces and kinks do not match.
    NotExactError
        If the integrand leaves ball arithmetic.
    """
    if law_name(kernel) not in GAUSSIAN:
        raise ClaimError(f"certified expectations need a Gaussian kernel; {law_name(kernel)} is not")
    pieces = [integrand] * (len(kinks) + 1) if callable(integrand) else list(integrand)
    if len(pieces) != len(kinks) + 1:
        raise ClaimError(
            f"{len(kinks)} kinks make {len(kinks) + 1} pieces; {len(pieces)} integrands were given"
        )
    bits = max(64, 32 + math.ceil(-math.log2(accuracy)))
    with flint.ctx.workprec(bits):
        variance = to_arb(gaussian_variance(kernel, 1))
        goal = to_arb(accuracy) / 2
        T = _cut(growth, variance, goal)
        tail = tail_bound(growth, T, variance)
        inner = [to_arb(k) for k in kinks]
        if any(not a < b for a, b in itertools.pairwise(inner)):
            raise ClaimError("kinks must be distinct and ascend")
        ends = [-T, *inner, T]
        if inner and not (inner[0] > -T and inner[-1] < T):
            # a kink beyond the cut: integrate as far, the tail bound at T covers what lies outside
            T = max(abs(inner[0]).abs_upper(), abs(inner[-1]).abs_upper()) + 1
            ends, tail = [-T, *inner, T], tail_bound(growth, T, variance)
        total = tail * flint.arb(0, 1)
        for piece, a, b in zip(pieces, ends, ends[1:], strict=False):
            total += _piece(_integrand(piece, variance), a, b, goal / (2 * len(pieces)), max_evaluations)
        if not total.is_finite() or float(total.rad()) > 4 * accuracy:
            raise BudgetError(
                f"the expectation's radius is {float(total.rad()):.2g} after at most {max_evaluations}"
                f" evaluations a piece, above the accuracy {accuracy:.2g}: name the kinks, lower the accuracy"
                " or raise max_evaluations"
            )
        return Ball(total)


def _piece(integrand: Callable[[Any, bool], Any], a: Any, b: Any, goal: Any, max_evaluations: int) -> Any:
    failure: list[Exception] = []

    def guarded(z: Any, analytic: bool) -> Any:
        if failure:
            return flint.acb(0)  # end quickly: the result is thrown away
        try:
            return integrand(z, analytic)
        except Exception as error:  # an exception inside the C callback would be lost
            failure.append(error)
            return flint.acb(0)

    value = flint.acb.integral(
        guarded, a, b, abs_tol=goal.mid(), rel_tol=flint.arb(2) ** -flint.ctx.prec, eval_limit=max_evaluations
    )
    if failure:
        raise NotExactError(f"the integrand does not run on a ComplexBall: {failure[0]}") from failure[0]
    return value.real
