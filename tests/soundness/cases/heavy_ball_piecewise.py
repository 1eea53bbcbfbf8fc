"""Thirty steps of heavy ball on a piecewise quadratic with slopes in [1, 25]: false (Lessard, Recht and Packard 2016)."""

from fractions import Fraction

from theorycheck import Claim, Space, real


def sides(xp, x, a1, a2, a3, p, w):
    def slope(t):
        first = a1 * xp.minimum(t, p)
        second = a2 * xp.minimum(xp.maximum(t - p, 0 * t), w)
        third = a3 * xp.maximum(t - p - w, 0 * t)
        return first + second + third

    step, momentum = xp.number(Fraction(1, 9)), xp.number(Fraction(4, 9))
    before, now = x, x
    for _ in range(30):
        before, now = now, now - step * slope(now) + momentum * (now - before)
    return abs(now), abs(x)


claim = Claim(
    id="lemmas/heavy-ball-piecewise",
    statement=(
        r"$f'$ increasing, piecewise linear with slopes in $[1,25]$, $f'(0)=0$; heavy ball "
        r"with $\alpha=\frac19$, $\beta=\frac49$, $x_0=x_1$ $\Rightarrow |x_{31}| \le |x_1|$."
    ),
    space=Space(x=real(-10, 10), a1=real(1, 25), a2=real(1, 25), a3=real(1, 25), p=real(0, 2), w=real(0, 2)),
    sides=sides,
)
