"""A family of functions of one's own: sums of sines, with exact constants and closed-form smoothing."""

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point
from theorycheck.functions import Profile, Ridges, check_family, separable_family


class Sine(Profile):
    """φ(t) = sin t; E sin(t + su) = exp(−s²/4) sin t for u ~ N(0, 1/2)."""

    bounds = (-1, 1)

    def value(self, xp, t):
        return xp.sin(t)

    def derivative(self, xp, t):
        return xp.cos(t)

    def positively_smoothed(self, xp, t, s):
        return xp.exp(-(s * s) / 4) * xp.sin(t)

    def positively_smoothed_derivative(self, xp, t, s):
        return xp.exp(-(s * s) / 4) * xp.cos(t)

    def slopes(self, xp):
        return -1, 1

    def curvatures(self, xp):
        return -1, 1


class Sines(Ridges):
    """Sums of sines along coordinates."""

    profile = Sine()


SINES = separable_family("sines", Sines)
check_family(SINES)  # gradients, smoothings and constants against measurements; raises if one disagrees


def gradient_lipschitz(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L / 2 * xp.norm(x - y)


claim = Claim(
    id="examples/half-the-constant",
    statement=r"$f$ $L$-smooth $\Rightarrow$ $\|\nabla f(x)-\nabla f(y)\| \le \frac L2\|x-y\|$ (false: the "
    r"constant is $L$).",
    space=Space(d=dimension(1, 2), f=function(SINES), x=point(), y=point(), L=constant_of("f", "smoothness")),
    hypotheses=[l_smooth("f", "L")],
    sides=gradient_lipschitz,
    expected="contested",
)
