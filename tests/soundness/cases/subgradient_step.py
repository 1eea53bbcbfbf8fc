"""One subgradient step with a constant that is 3% too good; the worst case is (|x₁| + |x₂|)/√2 in the plane."""

from theorycheck import Claim, Space, constant_of, convex, dimension, function, lipschitz, point, requires


def sides(xp, f, x, z, M):
    # for every z, hence for a minimiser
    distance, root = xp.norm(x - z), xp.sqrt(xp.number(2))
    after = x - xp.scale(distance / (M * root), f.gradient(x))
    return xp.minimum(f(x), f(after)) - f(z), 97 * (M / root * distance) / 100


claim = Claim(
    id="lemmas/subgradient-n1-sharper",
    statement=(
        r"a subgradient step $\frac{\|x_0-z\|}{M\sqrt2}$, $f$ convex and $M$-Lipschitz: "
        r"$\min\{f(x_0),f(x_1)\}-f(z) \le \frac M{\sqrt2}\|x_0-z\|$, with the right side times "
        r"0.97."
    ),
    space=Space(
        d=dimension(1, 2),
        f=function(),
        x=point(),
        z=point(),
        M=constant_of("f", "lipschitz"),
    ),
    hypotheses=[
        convex("f"),
        lipschitz("f", "M"),
        requires(lambda M: M > 0, "$M > 0$"),
    ],
    sides=sides,
)
