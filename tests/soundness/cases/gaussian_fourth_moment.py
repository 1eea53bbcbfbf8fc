"""The fourth moment of a Gaussian vector is d(d+2), not d²: false."""

from theorycheck import Claim, Space, dimension, real


def sides(xp, d, s):
    return xp.gaussian_mean(lambda u: 4 * xp.vecdot(u, u) ** 2, d, 4) + 0 * s, d**2 + 0 * s


claim = Claim(
    id="lemmas/gaussian-fourth-moment-wrong",
    statement=r"$z\sim N(0,I_d)$ $\Rightarrow \mathbb E\|z\|^4 \le d^2$.",
    space=Space(d=dimension(1, 2, 10), s=real(0, 1)),
    sides=sides,
)
