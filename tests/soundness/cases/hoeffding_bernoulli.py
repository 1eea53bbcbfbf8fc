"""Hoeffding's lemma for a Bernoulli variable: true, with equality at t = 0 and for p in {0, 1}."""

from theorycheck import Claim, Space, real


def sides(xp, p, t):
    return p * xp.exp(t * (1 - p)) + (1 - p) * xp.exp(-t * p), xp.exp(t**2 / 8)


claim = Claim(
    id="lemmas/hoeffding-bernoulli",
    statement=r"$X\sim\mathrm{Bernoulli}(p)$: $\mathbb E e^{t(X-p)} \le e^{t^2/8}$.",
    space=Space(p=real(0, 1), t=real()),
    sides=sides,
)
