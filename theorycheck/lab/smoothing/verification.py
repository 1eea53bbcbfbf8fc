"""An independent check of a closed form: quadrature at random points."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.kernels import Gaussian, Kernel, Sphere, line_density, starnes
from theorycheck.lab.smoothing.pieces import (
    NotCertifiableError,
    enclose_integral,
    gaussian_tail,
    growth,
    smooth_pieces,
)
from theorycheck.lab.smoothing.tensor_quadrature import tensor_mean

Expr = Any
BITS = 128
TAIL = 2.0**-80
RELATIVE_TOLERANCE = 1e-9  # rounding of float64 quadrature in several variables, with a wide margin
LARGEST_ERROR = 1e-5  # a quadrature less certain than this decides nothing


@dataclass(frozen=True)
class Agreement:
    """Whether quadrature confirms a closed form.

    Attributes
    ----------
    agrees : bool
        At every point |difference| <= error of the quadrature + 1e-9, relative to 1 + |value|, and that error
        is below 1e-5.
    points : int
        How many random points were compared.
    largest_difference : float
        Relative to 1 + |value|.
    largest_error : float
        The largest error bound of the quadrature, on the same scale.
    rigorous : bool
        Whether every quadrature was a ball-arithmetic enclosure with its tail bounded; else the error is
        estimated.
    method : str
        What was done, in words.
    """

    agrees: bool
    points: int
    largest_difference: float
    largest_error: float
    rigorous: bool
    method: str


def verify_smoothing(
    expression: Expr,
    variables: Expr | Sequence[Expr],
    sigma: Expr,
    result: Expr,
    *,
    kernel: Kernel = starnes,
    points: int = 3,
    seed: int = 0,
) -> Agreement:
    """Compare `result` with E f(x + σu) by quadrature at random rational points.

    In one variable the integral is enclosed by `flint.acb.integral` piece by piece (kinks cut out,
    Gaussian tails bounded
    by a proved growth estimate), or by mpmath where that is not possible; in several by tensor
    Gauss-Legendre rules.

    Raises
    ------
    ClaimError
        If a value is no number (a symbol was left, or the closed form is not defined there).
    """
    places = (variables,) if isinstance(variables, sympy.Basic) else tuple(variables)
    expression, result, sigma = sympy.sympify(expression), sympy.sympify(result), sympy.sympify(sigma)
    symbols = sorted(
        (expression.free_symbols | result.free_symbols | sigma.free_symbols | set(places)),
        key=sympy.default_sort_key,
    )
    draw = random.Random(seed)
    differences, errors, rigorous, method = [], [], True, ""
    for _ in range(points):
        values = {s: _random_rational(s, draw, positive=s == sigma or s not in places) for s in symbols}
        numbers = [values[v] for v in places]
        f = expression.xreplace({s: v for s, v in values.items() if s not in places})
        claimed = evaluate(result.xreplace(values))
        mean, error, certain, method = quadrature(f, places, numbers, sigma.xreplace(values), kernel)
        scale = 1 + abs(mean)
        differences.append(float(abs(claimed - mean) / scale))
        errors.append(float(error / scale))
        rigorous = rigorous and certain
    agrees = all(
        d <= e + RELATIVE_TOLERANCE and e <= LARGEST_ERROR for d, e in zip(differences, errors, strict=True)
    )
    return Agreement(agrees, points, max(differences), max(errors), rigorous, method)


def _random_rational(symbol: Expr, draw: random.Random, *, positive: bool) -> Expr:
    value = sympy.Rational(draw.randint(1, 48), 16)
    if symbol.is_negative:
        return -value
    unsigned = symbol.is_nonnegative is None and (not positive or symbol.is_real)
    return -value if unsigned and draw.random() < 0.5 else value


def evaluate(formula: Expr) -> Any:
    """Return the value of a formula without symbols: mpmath at rising precision until two precisions agree.

    (`sympy.N` works out 1 + erf(−10⁹) to full relative accuracy, which takes 10¹⁸ bits.)

    Raises
    ------
    ClaimError
        If it is no real number.
    """
    import mpmath  # type: ignore[import-untyped]  # mpmath ships no types

    if formula.is_Rational:
        return formula
    value = sympy.lambdify([], formula, "mpmath")
    before = None
    for digits in (40, 80, 160, 320):
        with mpmath.workdps(digits):
            now = mpmath.mpmathify(value())
            if before is not None and abs(now - before) <= mpmath.mpf(10) ** -35 * (1 + abs(now)):
                break
            before = now
    if not mpmath.isfinite(now) or abs(mpmath.im(now)) > 1e-15 * (1 + abs(now)):
        raise ClaimError(f"the formula {formula} has no real value: it gave {now}")
    with mpmath.workdps(40):
        return sympy.Float(str(mpmath.re(now)), 38)


def quadrature(
    f: Expr, places: Sequence[Expr], numbers: Sequence[Expr], sigma: Expr, kernel: Kernel
) -> tuple[Any, float, bool, str]:
    """Return E f(x + σu) at one point: value, error, whether the error is rigorous, and the method."""
    if len(places) > 1:
        mean, error = tensor_mean(f, places, numbers, sigma, kernel)
        return sympy.Float(mean), error, False, "tensor Gauss-Legendre"
    u = sympy.Dummy("u", real=True)
    shifted = f.xreplace({places[0]: numbers[0] + sigma * u})
    if isinstance(kernel, Sphere):
        value = (shifted.xreplace({u: sympy.S.One}) + shifted.xreplace({u: sympy.S.NegativeOne})) / 2
        return evaluate(value), 0.0, True, "the two points"
    weight, low, high = line_density(kernel, u)
    try:
        return _rigorous(shifted, weight, u, (low, high), kernel)
    except NotCertifiableError:
        return _mpmath(shifted, weight, u, (low, high))


def _rigorous(
    shifted: Expr, weight: Expr, u: Expr, support: tuple[Expr, Expr], kernel: Kernel
) -> tuple[Any, float, bool, str]:
    import flint

    low, high = support

    with flint.ctx.workprec(BITS):
        tail = flint.arb(0)
        if isinstance(kernel, Gaussian):
            bound, radius = growth(shifted, u), 8
            tail = gaussian_tail(bound, kernel.scale(1), radius)
            while tail is None or not tail < TAIL:
                radius *= 2
                if radius > 2**24:
                    raise NotCertifiableError("the tails do not become small")
                tail = gaussian_tail(bound, kernel.scale(1), radius)
            low, high = sympy.Integer(-radius), sympy.Integer(radius)
        elif low.is_infinite or high.is_infinite or not (low.is_Rational and high.is_Rational):
            raise NotCertifiableError("only Gaussian tails are bounded here")
        inside = isinstance(kernel, Gaussian)  # a smooth weight stays outside of the search for kinks
        pieces = smooth_pieces(shifted if inside else shifted * weight, u, low, high)
        value = enclose_integral(pieces, weight if inside else sympy.S.One, u)
        if not value.is_finite():
            raise NotCertifiableError("the enclosure is not finite")
        middle = sympy.Float(value.mid().str(38, radius=False), 38)
        return middle, float(value.rad() + tail), True, "acb.integral with bounded tails"


def _mpmath(shifted: Expr, weight: Expr, u: Expr, support: tuple[Expr, Expr]) -> tuple[Any, float, bool, str]:
    import mpmath

    low, high = support

    f = sympy.lambdify(u, shifted * weight, "mpmath")
    with mpmath.workdps(25):
        cuts = [c for c in _numeric_kinks(shifted * weight, u) if low < c < high]
        ends = [low, *cuts, high]
        if low.is_infinite or high.is_infinite:
            inner = [*cuts, *range(-8, 9, 4)]
            ends = [low, *sorted({sympy.Float(c) for c in inner if low < c < high}), high]
        value, error = mpmath.quad(f, [_mpmath_number(end) for end in ends], error=True)
        if abs(mpmath.im(value)) > 1e-12 * (1 + abs(value)):
            raise ClaimError(
                "the integrand is not real everywhere: restrict it to where it is defined, or use abs"
            )
        return sympy.Float(str(mpmath.re(value)), 25), float(error), False, "mpmath.quad"


def _mpmath_number(value: Expr) -> Any:
    import mpmath

    if value.is_infinite:
        return mpmath.inf if value > 0 else -mpmath.inf
    return mpmath.mpf(str(sympy.N(value, 25)))


def _numeric_kinks(expression: Expr, u: Expr) -> list[Any]:
    from theorycheck.lab.smoothing.pieces import KINKED, _switches

    found: set[Any] = set()
    for kink in expression.atoms(*KINKED):
        for switch in _switches(kink):
            if switch.is_polynomial(u) and switch.has_free(u):
                found |= {sympy.N(root, 25) for root in sympy.Poly(switch, u).real_roots()}
    return sorted(found)
