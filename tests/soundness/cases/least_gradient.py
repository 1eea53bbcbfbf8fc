"""One gradient step and the least squared gradient; true, and the minimum has equal arguments where f is linear."""

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point, requires


def sides(xp, f, x, L):
    start = f(x)
    gradient = f.gradient(x)
    least = xp.vecdot(gradient, gradient)
    for _ in range(1):
        x = x - xp.scale(1 / L, gradient)
        gradient = f.gradient(x)
        least = xp.minimum(least, xp.vecdot(gradient, gradient))
    return least, 4 * L / 3 * (start - f(x))


claim = Claim(
    id="lemmas/nonconvex-gradient-n1",
    statement=(
        r"1 gradient step(s) $1/L$, $f$ $L$-smooth, not necessarily convex: $\min_{t\le "
        r"1}\|\nabla f(x_t)\|^2 \le \frac{4L}{3}(f(x_0)-f(x_1))$."
    ),
    space=Space(
        d=dimension(1, 2),
        f=function(),
        x=point(),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[
        l_smooth("f", "L"),
        requires(lambda L: L > 0, "$L > 0$"),
    ],
    sides=sides,
)
