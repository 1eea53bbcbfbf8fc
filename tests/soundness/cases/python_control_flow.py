"""Python's own `if` and `%` on a choice: the claims are false for p = 1, on |x - 1/3| < 1e-9."""

from fractions import Fraction

from theorycheck import Claim, Space, choice, real


def spike(xp, x):
    width = xp.number(Fraction(1, 10**9))
    return xp.where(abs(x - xp.number(Fraction(1, 3))) < width, 1, 0) + 0 * x


def by_if(xp, x, p):
    if p == 1:
        return spike(xp, x), 0 * x
    return 0 * x, 0 * x


def by_parity(xp, x, p):
    return (spike(xp, x) if p % 2 == 1 else 0 * x), 0 * x


claims = [
    Claim(
        id=f"control-flow/{label}",
        statement=r"$1[p \text{ odd}]\,1[|x - \frac13| < 10^{-9}] \le 0$ on $[0, 1]$.",
        space=Space(x=real(0, 1), p=choice(1, 2)),
        sides=sides,
    )
    for label, sides in (("if", by_if), ("parity", by_parity))
]
