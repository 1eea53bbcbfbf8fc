"""True: σu and −σu have the same law, so a formula may hand any real σ to a smoothing."""

from theorycheck import Claim, Space, convex, dimension, function, point, real

SPACE = Space(d=dimension(1, 2), f=function(), x=point(), sigma=real(-2, 2))

claims = [
    Claim(
        id="negative-noise/jensen",
        statement=r"$f$ convex: $f(x) \le f_\sigma(x)$ for all real $\sigma$.",
        space=SPACE,
        hypotheses=[convex("f")],
        sides=lambda xp, f, x, sigma: (f(x), f.smoothed(x, sigma)),
    ),
    Claim(
        id="negative-noise/even",
        statement=r"$\partial_1 f_\sigma(x) = \partial_1 f_{|\sigma|}(x)$.",
        space=SPACE,
        sides=lambda xp, f, x, sigma: (
            f.smoothed_gradient(x, sigma)[..., 0],
            f.smoothed_gradient(x, abs(sigma))[..., 0],
        ),
        relation="=",
    ),
]
