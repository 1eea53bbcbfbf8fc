"""The descent lemma, true, for functions 2 sin(⟨a, x⟩ + b) whose author wrote the curvatures (-1, 1) instead of (-2, 2)."""

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point
from theorycheck.functions import Profile, Ridges, separable_family


class TwoSines(Profile):
    bounds = (-2, 2)

    def value(self, xp, t):
        return 2 * xp.sin(t)

    def derivative(self, xp, t):
        return 2 * xp.cos(t)

    def positively_smoothed(self, xp, t, s):
        return 2 * xp.exp(-(s * s) / 4) * xp.sin(t)

    def positively_smoothed_derivative(self, xp, t, s):
        return 2 * xp.exp(-(s * s) / 4) * xp.cos(t)

    def slopes(self, xp):
        return -2, 2

    def curvatures(self, xp):
        return -1, 1


class Waves(Ridges):
    profile = TwoSines()


def descent(xp, f, x, y, L):
    change = y - x
    return f(y), f(x) + xp.vecdot(f.gradient(x), change) + L / 2 * xp.vecdot(change, change)


claim = Claim(
    id="own-family/descent",
    statement=r"$f$ $L$-smooth: $f(y) \le f(x) + \langle\nabla f(x), y-x\rangle + \frac L2\|y-x\|^2$.",
    space=Space(
        d=dimension(1, 2),
        f=function(separable_family("waves", Waves)),
        x=point(),
        y=point(),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=descent,
)
