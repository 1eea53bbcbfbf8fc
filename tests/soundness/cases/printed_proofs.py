"""A true claim with two printed proofs that prove nothing: one has a false link P1, the other ends elsewhere."""

import sympy

from theorycheck import Claim, Space, real
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    directional_derivative,
    inner,
    norm_squared,
    vector,
)
from theorycheck.derivations import chain, derivation, differentiate_inside, elementary, eq, le


def wrong_kernel(_):
    """The kernel of g_σ is exp(-|y-x|²/σ²), here it is another one."""
    d, sigma = sympy.Symbol("d", integer=True, positive=True), sympy.Symbol("sigma", positive=True)
    x, y, a, g = vector("x"), vector("y"), vector("a"), AbstractFunction("g")
    kernel = sympy.pi ** (-d / 2) * sigma ** (-d) * sympy.exp(-2 * norm_squared(y - x) / sigma**2)
    integral = Integral(g(y) * kernel, y)
    derivative = Integral(g(y) * directional_derivative(kernel, x, a), y)
    reason = differentiate_inside("under the integral", integral, point=x, direction=a)
    return derivation(chain(inner(g.smoothed_gradient(x, sigma), a), eq(derivative, reason, "P1")))


def elsewhere(s):
    return derivation(chain(sympy.Integer(0), le(s.x**2, elementary("a square"), "P1")))


claims = [
    Claim(
        id=f"printed/{label}",
        statement=r"$2x \le x^2+1$.",
        space=Space(x=real()),
        sides=lambda xp, x: (2 * x, x**2 + 1),
        printed_proof=printed_proof,
    )
    for label, printed_proof in (("wrong-kernel", wrong_kernel), ("elsewhere", elsewhere))
]
