"""∫ x^-2 dx over intervals that may hold the pole, with a bound variable that is declared positive: both are false."""

import sympy

from theorycheck import Claim
from theorycheck.derivations import antiderivative, chain, derivation, eq

X = sympy.Symbol("x", positive=True)
A = sympy.Symbol("a", real=True)


def proof(low, high, value):
    integral = sympy.Integral(1 / X**2, (X, low, high))
    links = chain(integral, eq(value, antiderivative("$-1/x$", -1 / X)))
    return lambda _: derivation(links, concludes=((integral, "=", value),))


claims = [
    Claim(
        id="antiderivative/across",
        kind="identity",
        statement=r"$\int_{-1}^1 x^{-2}\,dx = -2$.",
        derivation=proof(-1, 1, sympy.Integer(-2)),
    ),
    Claim(
        id="antiderivative/parameter",
        kind="identity",
        statement=r"$\int_a^1 x^{-2}\,dx = \frac1a - 1$ for real $a$.",
        derivation=proof(A, 1, 1 / A - 1),
    ),
]
