"""Smooth pieces of a kinked expression in one variable, their rigorous integrals and bounds on their growth.

Written for checking: it shares no code with the rules of `symbolic`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint
import sympy
from sympy.core.relational import Relational

from theorycheck.errors import ClaimError

Expr = Any
KINKED = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Heaviside, sympy.Piecewise)


class NotCertifiableError(Exception):
    """The expression has a kink or a function that this module cannot treat rigorously."""


@dataclass(frozen=True)
class Piece:
    """The smooth expression that agrees with the kinked one on (low, high)."""

    low: Expr
    high: Expr
    expression: Expr


def smooth_pieces(expression: Expr, u: Expr, low: Expr, high: Expr) -> list[Piece]:
    """Cut (low, high) at the kinks; all numbers exact (rational ends, rational kinks).

    Raises
    ------
    NotCertifiableError
        If a kink is not at a rational point.
    """
    kink = next((k for k in _innermost_kinks(expression) if k.has_free(u)), None)
    if kink is None:
        return [Piece(low, high, expression)]
    cuts = sorted({cut for switch in _switches(kink) for cut in _roots(switch, u) if low < cut < high})
    ends = [low, *cuts, high]
    result: list[Piece] = []
    for left, right in itertools.pairwise(ends):
        branch = _branch(kink, u, (left + right) / 2)
        result.extend(smooth_pieces(expression.xreplace({kink: branch}), u, left, right))
    return result


def _innermost_kinks(expression: Expr) -> list[Expr]:
    found = [node for node in sympy.preorder_traversal(expression) if isinstance(node, KINKED)]
    return [k for k in found if not any(isinstance(n, KINKED) for n in list(sympy.preorder_traversal(k))[1:])]


def _switches(kink: Expr) -> list[Expr]:
    if isinstance(kink, (sympy.Max, sympy.Min)):
        return [a - b for i, a in enumerate(kink.args) for b in kink.args[:i]]
    if isinstance(kink, sympy.Piecewise):
        return [
            r.lhs - r.rhs
            for _, c in kink.args
            for r in sympy.preorder_traversal(c)
            if isinstance(r, Relational)
        ]
    return [kink.args[0]]


def _roots(switch: Expr, u: Expr) -> list[Expr]:
    if not switch.has_free(u):
        return []
    if not switch.is_polynomial(u):
        raise NotCertifiableError(f"the kink at the zeros of {switch} is not at a rational point")
    roots = sympy.Poly(switch, u).real_roots()
    if not all(root.is_Rational for root in roots):
        raise NotCertifiableError(f"the kink at the zeros of {switch} is not at a rational point")
    return list(roots)


def _branch(kink: Expr, u: Expr, point: Expr) -> Expr:
    at = [a.subs(u, point) if isinstance(a, sympy.Expr) else a for a in kink.args]
    if isinstance(kink, sympy.Max):
        return kink.args[max(range(len(at)), key=lambda j: at[j])]
    if isinstance(kink, sympy.Min):
        return kink.args[min(range(len(at)), key=lambda j: at[j])]
    if isinstance(kink, sympy.Piecewise):
        for value, condition in kink.args:
            if condition.subs(u, point) == True:  # noqa: E712  SymPy's own True
                return value
        raise NotCertifiableError(f"{kink} has no branch at {point}")
    positive = at[0] > 0
    if isinstance(kink, sympy.Abs):
        return kink.args[0] if positive else -kink.args[0]
    if isinstance(kink, sympy.sign):
        return sympy.Integer(1 if positive else -1)
    return sympy.Integer(1 if positive else 0)


# evaluation on complex balls
Evaluator = Callable[[Any, bool], Any]


def compile_expression(expression: Expr, u: Expr) -> Evaluator:
    """Return f(z, analytic) on `flint.acb`; `analytic` asks for NaN where f is not holomorphic (Arb's
    convention).

    Raises
    ------
    NotCertifiableError
        If a function has no evaluator.
    """
    if expression == u:
        return lambda z, _: z
    if expression.is_number and expression.is_Rational:
        constant = flint.acb(flint.fmpq(int(expression.p), int(expression.q)))
        return lambda z, _: constant
    if expression == sympy.pi:
        return lambda z, _: flint.acb.pi()
    if expression == sympy.E:
        return lambda z, _: flint.acb(1).exp()
    parts = [compile_expression(a, u) for a in expression.args]
    if isinstance(expression, sympy.Add):
        return lambda z, analytic: sum((p(z, analytic) for p in parts), flint.acb(0))
    if isinstance(expression, sympy.Mul):
        return lambda z, analytic: _product(p(z, analytic) for p in parts)
    if isinstance(expression, sympy.exp):
        return lambda z, analytic: parts[0](z, analytic).exp()
    if expression.is_Pow:
        return _compile_power(expression, parts)
    entire = {sympy.sin: "sin", sympy.cos: "cos", sympy.erf: "erf", sympy.erfc: "erfc", sympy.sinh: "sinh"}
    entire |= {sympy.cosh: "cosh", sympy.tanh: "tanh"}
    if expression.func in entire:
        name = entire[expression.func]
        return lambda z, analytic: getattr(parts[0](z, analytic), name)()
    if isinstance(expression, sympy.log):
        return lambda z, analytic: parts[0](z, analytic).log(analytic=analytic)
    raise NotCertifiableError(f"{expression.func} has no evaluator on balls")


def _compile_power(expression: Expr, parts: list[Evaluator]) -> Evaluator:
    if expression.exp.is_Integer:
        count = int(expression.exp)
        return lambda z, analytic: parts[0](z, analytic) ** count
    if expression.exp == sympy.S.Half:
        return lambda z, analytic: parts[0](z, analytic).sqrt(analytic=analytic)
    return lambda z, analytic: (parts[1](z, analytic) * parts[0](z, analytic).log(analytic=analytic)).exp()


def _product(values: Any) -> Any:
    result = flint.acb(1)
    for value in values:
        result = result * value
    return result


def enclose_integral(pieces: list[Piece], weight: Expr, u: Expr) -> Any:
    """Return an `arb` that encloses Σ ∫ piece · weight du (Arb's rigorous adaptive quadrature)."""
    total = flint.acb(0)
    for piece in pieces:
        f = compile_expression(piece.expression * weight, u)
        low, high = (flint.acb(flint.fmpq(int(e.p), int(e.q))) for e in (piece.low, piece.high))
        total = total + flint.acb.integral(f, low, high)
    if not total.imag.contains(0):
        raise ClaimError(
            "the integrand is not real everywhere: restrict it to where it is defined, or use abs"
        )
    return total.real


# growth
@dataclass(frozen=True)
class Growth:
    """|f(u)| ≤ constant · (1 + |u|)^power · e^{rate |u|} for all real u."""

    constant: Any  # flint.arb
    power: int
    rate: Any  # flint.arb


def _arb(value: Expr) -> Any:
    return compile_expression(value, sympy.Dummy())(flint.acb(0), False).real


def growth(expression: Expr, u: Expr) -> Growth:
    """Return a bound for all real u.

    Raises
    ------
    NotCertifiableError
        If no bound of this form is known.
    """
    zero, one = flint.arb(0), flint.arb(1)
    if not expression.has_free(u):
        return Growth(abs(_arb(expression)), 0, zero)
    if expression == u:
        return Growth(one, 1, zero)
    if isinstance(expression, sympy.exp):
        return _exponential_growth(expression.args[0], u)
    if isinstance(expression, (sympy.sin, sympy.cos, sympy.erf, sympy.tanh, sympy.sign, sympy.Heaviside)):
        return Growth(one, 0, zero)
    if isinstance(expression, sympy.Piecewise):
        return _sum([growth(value, u) for value, _ in expression.args])
    if isinstance(expression, (sympy.Add, sympy.Max, sympy.Min, sympy.Abs)):
        return _sum([growth(a, u) for a in expression.args])  # |max(a, b)| ≤ |a| + |b|
    if isinstance(expression, sympy.Mul):
        return _times([growth(a, u) for a in expression.args])
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return _times([growth(expression.base, u)] * int(expression.exp))
    if isinstance(expression, sympy.log) and (expression.args[0] - 1).func is sympy.exp:
        inside = growth((expression.args[0] - 1).args[0], u)  # log(1 + e^z) ≤ 1 + |z|
        return _sum([Growth(one, 0, zero), inside])
    raise NotCertifiableError(f"no bound on the growth of {expression} is known")


def _exponential_growth(exponent: Expr, u: Expr) -> Growth:
    if not exponent.is_polynomial(u) or sympy.degree(exponent, u) > 2:
        raise NotCertifiableError(f"no bound on the growth of exp({exponent}) is known")
    a, b, c = (sympy.Poly(exponent, u).coeff_monomial(u**n) for n in (2, 1, 0))
    if a == 0:
        return Growth(_arb(c).exp(), 0, abs(_arb(b)))
    if not a < 0:
        raise NotCertifiableError(f"exp({exponent}) grows like a Gaussian")
    return Growth((_arb(c) - _arb(b) * _arb(b) / (4 * _arb(a))).exp(), 0, flint.arb(0))


def _sum(parts: list[Growth]) -> Growth:
    rate = parts[0].rate
    for part in parts[1:]:
        rate = rate if rate > part.rate else part.rate
    constant = sum((p.constant for p in parts), flint.arb(0))
    return Growth(constant, max(p.power for p in parts), rate)


def _times(parts: list[Growth]) -> Growth:
    constant, rate = flint.arb(1), flint.arb(0)
    for part in parts:
        constant, rate = constant * part.constant, rate + part.rate
    return Growth(constant, sum(p.power for p in parts), rate)


def gaussian_tail(bound: Growth, variance: Expr, radius: int) -> Any:
    """Bound ∫_{|u| > R} |f(u)| e^{−u²/2c} du / √(2πc) by an `arb`; None if R is too small for this argument.

    h(u) = (1 + u)^n e^{βu − u²/4c} decreases from R on if n/(1 + R) + β − R/2c < 0; then the integral is
    at most
    C h(R) ∫_R^∞ e^{−u²/4c} du ≤ C h(R) (2c/R) e^{−R²/4c} on each side.
    """
    c, r = _arb(variance), flint.arb(radius)
    if not bound.power / (1 + r) + bound.rate - r / (2 * c) < 0:
        return None
    quarter = (-(r * r) / (4 * c)).exp()
    height = (1 + r) ** bound.power * (bound.rate * r).exp() * quarter
    return 2 * bound.constant * height * (2 * c / r) * quarter / (2 * flint.arb.pi() * c).sqrt()
