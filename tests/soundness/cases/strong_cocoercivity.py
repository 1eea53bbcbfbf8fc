"""Nesterov, Introductory Lectures, Theorem 2.1.12."""

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    function,
    l_smooth,
    point,
    requires,
    strongly_convex,
)
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le

APART = requires(lambda mu, L: mu < L, r"$\mu < L$")


def sides(xp, f, x, y, mu, L):
    g, change = f.gradient(x) - f.gradient(y), x - y
    return mu * L * xp.vecdot(change, change) + xp.vecdot(g, g), (mu + L) * xp.vecdot(g, change)


def prove(s):
    smooth, strong, apart = (
        s.assume(l_smooth("f", "L")),
        s.assume(strongly_convex("f", "mu")),
        s.assume(APART),
    )
    v = s.f.gradient(s.x) - s.f.gradient(s.y) - (s.x - s.y) * s.mu
    p, q = s.x - v * (1 / (s.L - s.mu)), s.y + v * (1 / (s.L - s.mu))
    facts = [smooth.upper(s.x, p), strong.tangent(s.y, p), smooth.upper(s.y, q), strong.tangent(s.x, q)]
    terms = [hypothesis(apart, fact) for fact in facts]
    return derivation(
        chain(s.left, le(s.right, consequence("co-coercivity of f minus the quadratic", *terms)))
    )


claim = Claim(
    id="lemmas/strong-cocoercivity",
    statement=(
        r"$f$ $\mu$-strongly convex, $L$-smooth, $\mu<L$ $\Rightarrow \mu L\|x-y\|^2+\|\nabla "
        r"f(x)-\nabla f(y)\|^2 \le (\mu+L)\langle\nabla f(x)-\nabla f(y),x-y\rangle$."
    ),
    space=Space(
        d=dimension(1, 2, 5),
        f=function(),
        x=point(),
        y=point(),
        mu=constant_of("f", "strong_convexity"),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[strongly_convex("f", "mu"), l_smooth("f", "L"), APART],
    sides=sides,
    derivation=prove,
)
