"""The last resort for one variable: `sympy.integrate` with a time limit, its answer checked by quadrature."""

from __future__ import annotations

from typing import Any

import sympy

from theorycheck.deadline import within_seconds
from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.chains import Smoothing, Step
from theorycheck.lab.smoothing.densities import FALLBACK_SECONDS
from theorycheck.lab.smoothing.kernels import Kernel, line_density
from theorycheck.lab.smoothing.terms import shown

Expr = Any


def integrate_term(term: Expr, variable: Expr, sigma: Expr, kernel: Kernel) -> Smoothing:
    """Return E term(x + σu) by `sympy.integrate`, kept only if quadrature at random points agrees.

    The limit is `FALLBACK_SECONDS`; on a slower machine an integral may therefore be refused that a faster
    one finds.

    Raises
    ------
    ClaimError
        If SymPy finds no closed form in time, or finds a wrong one.
    """
    u = sympy.Dummy("u", real=True)
    weight, low, high = line_density(kernel, u)
    integrand = term.xreplace({variable: variable + sigma * u}) * weight
    value = within_seconds(FALLBACK_SECONDS, lambda: sympy.integrate(integrand, (u, low, high)), default=None)
    closed = value is not None and not value.has(
        sympy.Integral, sympy.oo, sympy.nan, sympy.zoo, sympy.Piecewise
    )
    if not closed or not _confirmed(term, variable, sigma, value, kernel):
        raise ClaimError(
            f"no closed form of E f(x + sigma*u) is known for f = {shown(term)} under the kernel"
            f" {kernel.name}: compute it numerically with theorycheck.lab.expectation"
        )
    return Smoothing(
        value,
        (Step(value, "=", "sympy.integrate", "computed by sympy.integrate and checked by quadrature"),),
        (),
        "sympy.integrate",
    )


def _confirmed(term: Expr, variable: Expr, sigma: Expr, value: Expr, kernel: Kernel) -> bool:
    from theorycheck.lab.smoothing.verification import verify_smoothing

    try:
        return verify_smoothing(term, variable, sigma, value, kernel=kernel).agrees
    except ClaimError:  # no real value at a random point
        return False
