"""f_τ(x*) ≤ f(x) where x* minimises f_τ: false (f = x², x = x* = 0), "shown" with the fact at a complex point."""

import sympy

from theorycheck import Claim, Space, dimension, finite_sum, minimiser_of, minimises, point, real
from theorycheck.algebra import gaussian
from theorycheck.derivations import chain, consequence, derivation, expected, hypothesis, le


def proof(s):
    u = gaussian("u", s.d)
    fact = s.assume(minimises("f", "x_star", "tau")).at(s.x + u.vector * (sympy.I * s.tau))
    left = s.f.smooth(s.tau)(s.x_star)
    return derivation(
        chain(left, le(s.f(s.x), consequence("complex shift", expected(hypothesis(fact), u)))),
        concludes=((left, "<=", s.f(s.x)),),
    )


claim = Claim(
    id="complex-points/shift",
    kind="implication",
    statement=r"$x_*$ minimises $f_\tau$: $f_\tau(x_*) \le f(x)$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), tilted=True),
        x=point(),
        x_star=minimiser_of("f"),
        tau=real(0),
    ),
    hypotheses=[minimises("f", "x_star", "tau")],
    derivation=proof,
)
