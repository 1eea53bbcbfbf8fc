"""Hypotheses on functions that are forgotten, exchanged or too weak; false unless named `true`."""

from theorycheck import (
    Claim,
    Space,
    constant_of,
    convex,
    dimension,
    finite_sum,
    function,
    l_smooth,
    lipschitz,
    minimiser_of,
    minimises,
    nonconstant,
    point,
    real,
    strongly_convex,
)


def claim(label, statement, sides, relation="<=", hypotheses=(), **space):
    return Claim(
        id=f"functions/{label}",
        statement=statement,
        space=Space(**{"d": dimension(1), **space}),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


ANY = {"f": function(), "x": point(), "y": point()}
SMOOTH = {**ANY, "L": constant_of("f", "smoothness")}
STRONG = {**ANY, "mu": constant_of("f", "strong_convexity")}


def gradient_is_lipschitz(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def half_lipschitz(xp, f, x, y, L):
    return 2 * xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def cocoercive(xp, f, x, y, L):
    change = f.gradient(x) - f.gradient(y)
    return xp.vecdot(change, change), L * xp.vecdot(change, x - y)


def monotone(xp, f, x, y):
    return 0 * f(x), xp.vecdot(f.gradient(x) - f.gradient(y), x - y)


def strongly_monotone_twice(xp, f, x, y, mu):
    change = x - y
    return 2 * mu * xp.vecdot(change, change), xp.vecdot(f.gradient(x) - f.gradient(y), change)


def smoothing_raises(xp, f, x, sigma):
    return f(x), f.smoothed(x, sigma)


def smoothing_is_lipschitz(xp, f, x, y, M, sigma):
    return abs(f.smoothed(x, sigma) - f.smoothed(y, sigma)), M * xp.norm(x - y)


def moves(xp, f, x, sigma):
    return abs(f.smoothed(x, sigma) - f(x)), 0 * f(x)


def at_the_minimiser(xp, f, x, x_star):
    return f(x_star), f(x)


def gradient_vanishes(xp, f, x_star):
    gradient = f.gradient(x_star)
    return xp.vecdot(gradient, gradient), 0 * f(x_star)


def sample_gradients_vanish(xp, f, x_star):
    return xp.sample_mean(f, lambda g: xp.vecdot(g.gradient(x_star), g.gradient(x_star))), 0 * f(x_star)


def not_constant(xp, f, x):
    gradient = f.gradient(x)
    return 0 * f(x), xp.vecdot(gradient, gradient)


def mean_is_below_largest(xp, f, x):
    return f(x) ** 2, xp.sample_mean(f, lambda g: g(x)) ** 2


def bound_by_constant(xp, f, x, m):
    return m, f(x)


SUM = {"f": finite_sum((1, 2), tilted=True), "x_star": minimiser_of("f")}
claims = [
    claim(
        "true-gradient",
        r"$L$-smooth: gradient $L$-Lipschitz.",
        gradient_is_lipschitz,
        hypotheses=[l_smooth("f", "L")],
        **SMOOTH,
    ),
    claim(
        "half-gradient",
        r"$L$-smooth: gradient $\frac L2$-Lipschitz.",
        half_lipschitz,
        hypotheses=[l_smooth("f", "L")],
        **SMOOTH,
    ),
    claim(
        "cocoercive",
        r"$L$-smooth: co-coercive, convexity forgotten.",
        cocoercive,
        hypotheses=[l_smooth("f", "L")],
        **SMOOTH,
    ),
    claim(
        "true-cocoercive",
        r"convex, $L$-smooth: co-coercive.",
        cocoercive,
        hypotheses=[convex("f"), l_smooth("f", "L")],
        **SMOOTH,
    ),
    claim("monotone", r"The gradient is monotone, convexity forgotten.", monotone, **ANY),
    claim(
        "true-monotone", r"$f$ convex: the gradient is monotone.", monotone, hypotheses=[convex("f")], **ANY
    ),
    claim(
        "strictly-monotone", r"$f$ convex: strictly monotone.", monotone, "<", hypotheses=[convex("f")], **ANY
    ),
    claim(
        "twice-strong",
        r"$\mu$-strongly convex: $2\mu$-monotone.",
        strongly_monotone_twice,
        hypotheses=[strongly_convex("f", "mu")],
        **STRONG,
    ),
    claim(
        "smoothing",
        r"$f \le f_\sigma$, convexity forgotten.",
        smoothing_raises,
        f=function(),
        x=point(),
        sigma=real(0),
    ),
    claim(
        "true-smoothing",
        r"$f$ convex: $f \le f_\sigma$.",
        smoothing_raises,
        hypotheses=[convex("f")],
        f=function(),
        x=point(),
        sigma=real(0),
    ),
    claim(
        "true-smoothed-lipschitz",
        r"$f$ $M$-Lipschitz: so is $f_\sigma$.",
        smoothing_is_lipschitz,
        hypotheses=[lipschitz("f", "M")],
        **ANY,
        sigma=real(0),
        M=constant_of("f", "lipschitz"),
    ),
    claim(
        "smoothing-moves",
        r"$f_\sigma(x) \ne f(x)$ for $\sigma > 0$.",
        moves,
        ">",
        f=function(),
        x=point(),
        sigma=real(0, open_low=True),
    ),
    claim("stationary-is-least", r"A stationary point is a minimiser.", at_the_minimiser, x=point(), **SUM),
    claim(
        "true-convex-least",
        r"$f$ convex: a stationary point is a minimiser.",
        at_the_minimiser,
        hypotheses=[convex("f")],
        x=point(),
        **SUM,
    ),
    claim(
        "true-minimiser",
        r"$x_*$ minimises $f$: $f(x_*) \le f(x)$.",
        at_the_minimiser,
        hypotheses=[minimises("f", "x_star")],
        x=point(),
        **SUM,
    ),
    claim("true-stationary", r"The gradient vanishes at the tilted point.", gradient_vanishes, **SUM),
    claim(
        "sample-gradients", r"The gradient of every sample vanishes there.", sample_gradients_vanish, **SUM
    ),
    claim(
        "nonconstant",
        r"$f$ nonconstant: $\nabla f(x) \ne 0$.",
        not_constant,
        "<",
        hypotheses=[nonconstant("f")],
        f=function(),
        x=point(),
    ),
    claim(
        "true-mean",
        r"$f$ is the mean of its samples.",
        mean_is_below_largest,
        "=",
        f=finite_sum((1, 2)),
        x=point(),
    ),
    claim(
        "true-bound",
        r"$m \le f(x)$ for an admissible lower bound.",
        bound_by_constant,
        f=function(),
        x=point(),
        m=constant_of("f", "lower_bound"),
    ),
]
