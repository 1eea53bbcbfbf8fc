"""True claims with a derivation "of the contrary" that ends in 0 ≤ x²: it contradicts neither."""

import sympy

from theorycheck import Claim, Refutation, Space, convex, dimension, function, point, real
from theorycheck.derivations import chain, derivation, elementary, le

X = sympy.Symbol("x", real=True)


def contrary(_):
    links = chain(sympy.Integer(0), le(X**2, elementary("a square")))
    return derivation(links, concludes=((sympy.exp(X), "<=", sympy.Integer(0)),))


def square(_):
    links = chain(sympy.Integer(0), le(X**2, elementary("a square")))
    return derivation(links, concludes=((sympy.Integer(0), "<=", X**2),))


claims = [
    Claim(
        id="something-else/stated",
        statement=r"$2x \le x^2 + 1$ for every real $x$.",
        space=Space(x=real()),
        sides=lambda xp, x: (2 * x, x * x + 1),
        refutation=Refutation(square, "it says what it concludes, which is no negation of the formula"),
    ),
    Claim(
        id="something-else/exponential",
        kind="implication",
        statement="$e^x > 0$ for every real $x$.",
        refutation=Refutation(contrary, r"$e^x \le 0$"),
    ),
    Claim(
        id="something-else/jensen",
        statement=r"$f$ convex: $f(\frac{x+y}2) \le \frac{f(x)+f(y)}2$.",
        space=Space(d=dimension(1, 2), f=function(), x=point(), y=point()),
        hypotheses=[convex("f")],
        sides=lambda xp, f, x, y: (f((x + y) / 2), (f(x) + f(y)) / 2),
        refutation=Refutation(contrary, "a mistake in the contrary"),
    ),
]
