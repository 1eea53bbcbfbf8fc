"""Jensen at the midpoint, true; its formula would change the instance: `m = x; m += y`."""

from theorycheck import Claim, Space, convex, dimension, function, point


def midpoint(xp, f, x, y):
    m = x
    m += y
    m /= 2
    return f(m), (f(x) + f(y)) / 2


claim = Claim(
    id="in-place/midpoint",
    statement=r"$f$ convex: $f(\frac{x+y}2) \le \frac{f(x)+f(y)}2$.",
    space=Space(d=dimension(1, 2), f=function(), x=point(), y=point()),
    hypotheses=[convex("f")],
    sides=midpoint,
)
