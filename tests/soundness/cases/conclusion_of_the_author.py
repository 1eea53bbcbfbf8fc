"""False claims whose derivation shows 0 ≤ 1, or says that it concludes nothing."""

from fractions import Fraction

import sympy

from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, derivation, elementary, le

ZERO, ONE = sympy.Integer(0), sympy.Integer(1)


def trivial(concludes):
    links = chain(ZERO, le(ONE, elementary("0 <= 1")))
    return lambda _: derivation(links, concludes=concludes)


def stacked(xp, x):
    return xp.sum(xp.stack([x - 10**9, 0 * x], axis=-1), axis=-1), 0 * x


def near_seventeen(xp, x):
    return xp.where(abs(x - 17) < xp.number(Fraction(1, 10**9)), 1, 0), 0 * x


claims = [
    Claim(
        id="author/arrays",
        statement=r"$x \le 10^9$ for every real $x$.",
        space=Space(x=real()),
        sides=stacked,
        derivation=trivial(((ZERO, "<=", ONE),)),
    ),
    Claim(
        id="author/equivalence",
        kind="equivalence",
        statement=r"$1[|x-17| < 10^{-9}] \le 0$ for every real $x$.",
        space=Space(x=real()),
        sides=near_seventeen,
        derivation=trivial(((ZERO, "<=", ONE),)),
    ),
    Claim(
        id="author/nothing",
        kind="implication",
        statement="All primes are odd.",
        derivation=trivial(()),
    ),
]
