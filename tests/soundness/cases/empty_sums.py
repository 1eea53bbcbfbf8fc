"""Sums whose range may be empty: they are 0 there, and both claims are false."""

import sympy

from theorycheck import Claim
from theorycheck.derivations import chain, derivation, eq, finite_sum

T = sympy.Symbol("T", integer=True, positive=True)
t = sympy.Symbol("t", integer=True)


def proof(left, right):
    links = chain(left, eq(right, finite_sum("linearity")))
    return lambda _: derivation(links, concludes=((left, "=", right),))


claims = [
    Claim(
        id="empty-sums/count",
        kind="identity",
        statement=r"$\sum_{t=3}^T 1 = T-2$ for $T \ge 1$.",
        derivation=proof(sympy.Sum(sympy.Integer(1), (t, 3, T)), T - 2),
    ),
    Claim(
        id="empty-sums/backwards",
        kind="identity",
        statement=r"$\sum_{t=1}^{-T} t = T(T-1)/2$ for $T \ge 1$.",
        derivation=proof(sympy.Sum(t, (t, 1, -T)), T * (T - 1) / 2),
    ),
]
