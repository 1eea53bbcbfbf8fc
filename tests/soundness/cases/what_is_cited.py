"""One true statement, proved from a claim that is refuted, from one that does not exist, and from itself."""

import sympy

from theorycheck import Claim, Space, convex, dimension, function, point, real
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le


def proof(cited):
    def build(s):
        smoothed = s.lemma(cited, f=s.f, sigma=s.sigma)
        fact = smoothed.between(s.x, s.y, sympy.Rational(1, 2))
        return derivation(chain(s.left, le(s.right, consequence(r"$f_\sigma$ is convex", hypothesis(fact)))))

    return build


def midpoint(xp, f, x, y, sigma):
    return f.smoothed((x + y) / 2, sigma), (f.smoothed(x, sigma) + f.smoothed(y, sigma)) / 2


def citing(label, cited):
    return Claim(
        id=f"cited/{label}",
        statement=r"$f$ convex: $f_\sigma(\frac{x+y}2) \le \frac{f_\sigma(x)+f_\sigma(y)}2$.",
        space=Space(d=dimension(1, 2), f=function(), x=point(), y=point(), sigma=real(0)),
        hypotheses=[convex("f")],
        sides=midpoint,
        derivation=proof(cited),
        uses=[cited],
    )


claims = [
    Claim(id="cited/false", statement=r"$x \le 0$.", space=Space(x=real()), sides=lambda xp, x: (x, 0 * x)),
    citing("refuted", "cited/false"),
    citing("nothing", "cited/no-such-claim"),
    citing("itself", "cited/itself"),
]
