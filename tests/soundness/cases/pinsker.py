"""Pinsker's inequality for two Bernoulli laws: true, with equality on the diagonal."""

from theorycheck import Claim, Space, real


def sides(xp, p, q):
    divergence = p * xp.log(p / q) + (1 - p) * xp.log((1 - p) / (1 - q))
    return 2 * (p - q) ** 2, divergence


claim = Claim(
    id="lemmas/pinsker-binary",
    statement=r"$2(p-q)^2 \le \mathrm{kl}(p\|q)$ for $p,q\in(0,1)$.",
    space=Space(p=real(0, 1, open_low=True, open_high=True), q=real(0, 1, open_low=True, open_high=True)),
    sides=sides,
)
