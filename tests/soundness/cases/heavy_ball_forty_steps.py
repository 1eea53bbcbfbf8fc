"""Heavy ball with the parameters that are best for quadratics may cycle on a strongly convex f with L/μ = 25:
false (Lessard, Recht and Packard 2016).
"""

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    finite_sum,
    l_smooth,
    minimiser_of,
    minimises,
    point,
    requires,
    strongly_convex,
)


def sides(xp, f, x_star, x, mu, L):
    a = 4 / (xp.sqrt(L) + xp.sqrt(mu)) ** 2
    b = ((xp.sqrt(L) - xp.sqrt(mu)) / (xp.sqrt(L) + xp.sqrt(mu))) ** 2
    before, now = x, x
    for _ in range(40):
        before, now = now, now - xp.scale(a, f.gradient(now)) + xp.scale(b, now - before)
    return xp.norm(now - x_star), xp.norm(x - x_star)


claim = Claim(
    id="lemmas/heavy-ball-forty-steps",
    statement=(
        r"$f$ $\mu$-strongly convex, $L$-smooth, $L \le 25\mu$, heavy ball with Polyak's "
        r"parameters, $x_0=x_1$: $\|x_{41}-x_*\| \le \|x_1-x_*\|$."
    ),
    space=Space(
        d=dimension(1),
        f=finite_sum((1,), tilted=True),
        x_star=minimiser_of("f"),
        x=point(),
        mu=constant_of("f", "strong_convexity"),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[
        strongly_convex("f", "mu"),
        l_smooth("f", "L"),
        minimises("f", "x_star"),
        requires(lambda mu, L: 25 * mu >= L, r"$L \le 25\mu$"),
        requires(lambda mu: mu > 0, r"$\mu > 0$"),
    ],
    sides=sides,
)
