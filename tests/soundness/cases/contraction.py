"""A gradient step is a contraction for η ≤ 1/L (textbook)."""

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    function,
    l_smooth,
    point,
    real,
    requires,
    strongly_convex,
)
from theorycheck.algebra import norm_squared
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le, square

SMALL = requires(lambda eta, L: eta * L <= 1, r"$\eta \le 1/L$")


def sides(xp, f, x, y, mu, L, eta):
    moved = x - xp.scale(eta, f.gradient(x)) - y + xp.scale(eta, f.gradient(y))
    return xp.vecdot(moved, moved), (1 - eta * mu) * xp.vecdot(x - y, x - y)


def prove(s):
    smooth, strong, small = (
        s.assume(l_smooth("f", "L")),
        s.assume(strongly_convex("f", "mu")),
        s.assume(SMALL),
    )
    g, change = s.f.gradient(s.x) - s.f.gradient(s.y), s.x - s.y
    p, q = s.x - g * s.eta, s.y + g * s.eta
    facts = [smooth.upper(s.x, p), strong.tangent(s.y, p), smooth.upper(s.y, q), strong.tangent(s.x, q)]
    facts += [strong.tangent(s.x, s.y), strong.tangent(s.y, s.x)]
    terms = [s.eta * hypothesis(fact) for fact in facts]
    terms += [s.eta * s.mu * square(change - g * s.eta), s.eta**2 * norm_squared(g) * hypothesis(small)]
    return derivation(chain(s.left, le(s.right, consequence("co-coercive and strongly monotone", *terms))))


claim = Claim(
    id="lemmas/contraction",
    statement=(
        r"$f$ $\mu$-strongly convex, $L$-smooth, $0\le\eta\le1/L$: $\|(x-\eta\nabla "
        r"f(x))-(y-\eta\nabla f(y))\|^2 \le (1-\eta\mu)\|x-y\|^2$."
    ),
    space=Space(
        d=dimension(1, 2, 5),
        f=function(),
        x=point(),
        y=point(),
        mu=constant_of("f", "strong_convexity"),
        L=constant_of("f", "smoothness"),
        eta=real(0),
    ),
    hypotheses=[l_smooth("f", "L"), strongly_convex("f", "mu"), SMALL],
    sides=sides,
    derivation=prove,
)
