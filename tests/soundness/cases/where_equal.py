"""Formulas that jump at one point: each claim is false at that point alone."""

from theorycheck import Claim, Space, integer, real


def at_seventeen(xp, x):
    return xp.where(x == 17, 1 + 0 * x, 0 * x), 0 * x


def excluded_point(xp, x):
    return xp.where(x != 3, 0 * x, 5 + 0 * x), 0 * x


def one_integer(xp, n):
    return xp.where(n == 4567, n, 0 * n), 0 * n


claims = [
    Claim(
        id="where-equal/point",
        statement=r"$1[x = 17] \le 0$ for real $x$.",
        space=Space(x=real()),
        sides=at_seventeen,
    ),
    Claim(
        id="where-equal/excluded",
        statement=r"$5\cdot 1[x = 3] \le 0$ for real $x$.",
        space=Space(x=real()),
        sides=excluded_point,
    ),
    Claim(
        id="where-equal/integer",
        statement=r"$n\,1[n = 4567] \le 0$ for $1 \le n \le 10^6$.",
        space=Space(n=integer(1, 10**6)),
        sides=one_integer,
    ),
]
