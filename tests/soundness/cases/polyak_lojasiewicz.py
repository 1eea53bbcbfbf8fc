"""The Polyak-Łojasiewicz inequality, true where `f.lower_bound` is the infimum of f."""

from theorycheck import Claim, Space, constant_of, dimension, function, point, requires, strongly_convex


def gradient_dominates(xp, f, x, gamma):
    gradient = f.gradient(x)
    return 2 * gamma * (f(x) - f.lower_bound), xp.vecdot(gradient, gradient)


claim = Claim(
    id="polyak-lojasiewicz/strongly-convex",
    statement=r"$f$ $\gamma$-strongly convex, $\gamma > 0$: $2\gamma(f(x) - \inf f) \le \|\nabla f(x)\|^2$.",
    space=Space(d=dimension(1, 2), f=function(), x=point(), gamma=constant_of("f", "strong_convexity")),
    hypotheses=[strongly_convex("f", "gamma"), requires(lambda gamma: gamma > 0, r"$\gamma > 0$")],
    sides=gradient_dominates,
)
