r"""Appendix D.1: the variables of a loss f ≥ 0 may be smoothed one after another, in any order, one data point at a time.

The smoothing of f(x, θ) in both variables is π^{-(d+m)/2} ∫∫ f(x+σu, θ+σv) e^{−‖u‖²−‖v‖²} du dv. The joint weight is the
product of the two weights, and by Tonelli's theorem the double integral of f ≥ 0 is either iterated one, finite or not.
"""

from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck import Claim
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    expectation,
    gaussian,
    norm_squared,
    normal_form,
    vector,
)
from theorycheck.derivations import (
    by_expansion,
    chain,
    derivation,
    eq,
    gaussian_normalisation,
    same_integrand,
)
from theorycheck.derivations.results import LinkResult
from verifications.starnes2023.layers_rows import says

# ---- Tonelli's theorem as a reason -----------------------------------------------------------------------------------------


def flattened(expression):
    """The integrand and the variables of a chain of iterated integrals: c ∫ (a ∫ g du) dv is ∫∫ c a g du dv."""
    factors = sympy.Mul.make_args(sympy.sympify(expression))
    integrals = [factor for factor in factors if isinstance(factor, Integral)]
    if not integrals:
        return expression, ()
    if len(integrals) > 1:
        raise ValueError("a product of integrals is no iterated integral")
    (integral,) = integrals
    inside, variables = flattened(integral.inside)
    return expression / integral * inside, (*integral.variables, *variables)


@dataclass(frozen=True)
class Tonelli:
    """Iterated integrals of one nonnegative measurable integrand over the same variables are equal, in every order.

    What is compared: the integrands, with the factors of the outer integrals taken inside, and the sets of variables. That
    the integrand is nonnegative is the claim's hypothesis f ≥ 0 (the weights are positive).
    """

    text: str

    def check(self, link: Any, claim: Any) -> LinkResult:
        (left, over_left), (right, over_right) = flattened(link.left), flattened(link.right)
        if link.relation != "=" or len(set(over_left)) != len(over_left) or set(over_left) != set(over_right):
            return LinkResult("unverified", "Tonelli", "the sides do not run over the same variables")
        if sympy.expand(normal_form(left) - normal_form(right)) != 0:
            return LinkResult("unverified", "Tonelli", "the integrands differ")
        return LinkResult("verified", "Tonelli", "one integrand, the order of integration exchanged")


# ---- the claim -------------------------------------------------------------------------------------------------------------


def _symbols():
    sigma = sympy.Symbol("sigma", nonnegative=True)
    d, m = sympy.symbols("d m", integer=True, positive=True)
    return AbstractFunction("f"), sigma, d, m, *(vector(name) for name in ("x", "theta", "u", "v"))


def weight(u, d):
    return sympy.pi ** (-d / 2) * sympy.exp(-norm_squared(u))


def prove_order(_):
    """f is a function of x + θ, where x and θ stand for their blocks of R^{d+m}; ‖u+v‖² = ‖u‖²+‖v‖² across blocks."""
    f, sigma, d, m, x, theta, u, v = _symbols()
    value = f(x + theta + u * sigma + v * sigma)
    joint = Integral(value * sympy.pi ** (-(d + m) / 2) * sympy.exp(-norm_squared(u) - norm_squared(v)), u, v)
    product = Integral(value * weight(u, d) * weight(v, m), u, v)
    x_first = Integral(Integral(value * weight(u, d), u) * weight(v, m), v)
    theta_first = Integral(Integral(value * weight(v, m), v) * weight(u, d), u)
    linear_left, linear_right = _linearity()
    unused, used = _other_data()
    chains = (
        chain(
            joint,
            eq(product, same_integrand("the joint Gaussian weight is the product of the weights")),
            eq(x_first, Tonelli("first $x$, then $\\theta$")),
            eq(theta_first, Tonelli("first $\\theta$, then $x$")),
        ),
        chain(linear_left, eq(linear_right, by_expansion("smoothing is linear"))),
        chain(
            unused,
            eq(
                used,
                gaussian_normalisation("a term does not contain the variables of other data", vector("v"), m),
            ),
        ),
    )
    return derivation(*chains, concludes=says(*chains))


def _linearity():
    f, sigma, _, m, x, *_ = _symbols()
    g, w = AbstractFunction("g"), gaussian("w", m)
    a, b = sympy.symbols("alpha beta", real=True)
    moved = x + w.vector * sigma
    return expectation(a * f(moved) + b * g(moved), w), a * f.smoothed(x, sigma) + b * g.smoothed(x, sigma)


def _other_data():
    f, sigma, d, m, x, _, u, v = _symbols()
    value = f(x + u * sigma)
    return Integral(value * weight(u, d) * weight(v, m), u, v), Integral(value * weight(u, d), u)


identity_d_sequential = Claim(
    id="starnes2023/identity-d-sequential",
    printed="Appendix D.1",
    kind="identity",
    statement=r"Smoothing is linear; as $f \ge 0$, $x$, $\theta$, $b$ may be smoothed one after another in any order; one "
    r"data point suffices.",
    derivation=prove_order,
    uses=["starnes2023/definition-smoothing"],
    expected="conditional",
    note="For every measurable $f \\ge 0$ of two blocks of variables, of any sizes $d$ and $m$; more blocks by repetition. "
    "Linearity presupposes finite smoothings.",
)
