"""Bubeck, Convex Optimization, (6.8): a strict inequality on the closed interval, with equality at t = 1."""

from fractions import Fraction

from theorycheck import Claim, Space, real


def sides(xp, t):
    arcsine = 2 * xp.arctan(t / (1 + xp.sqrt(1 - t**2)))
    return 1 - 2 / xp.pi * arcsine, xp.number(Fraction(878, 1000)) * (1 - t)


claim = Claim(
    id="strict-tie/arcsine",
    statement=r"$1-\frac2\pi\arcsin t > 0.878(1-t)$ for $t \in [-1,1]$.",
    space=Space(t=real(-1, 1)),
    sides=sides,
    relation=">",
)
