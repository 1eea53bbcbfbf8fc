"""e^x ≤ 1 + x + x² for x ≤ 1: true, with equality at 0."""

from theorycheck import Claim, Space, real


def sides(xp, x):
    return xp.exp(x), 1 + x + x**2


claim = Claim(
    id="lemmas/exponential-quadratic",
    statement=r"$e^x \le 1+x+x^2$ for $x\le1$.",
    space=Space(x=real(None, 1)),
    sides=sides,
)
