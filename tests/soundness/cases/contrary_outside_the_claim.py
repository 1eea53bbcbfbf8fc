"""True claims whose "refutation" rests on a premise, an instance outside the space, or a granted step."""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, function, granted, point, real
from theorycheck.algebra import Fact
from theorycheck.derivations import chain, consequence, derivation, elementary, hypothesis, le

X = sympy.Symbol("x", real=True)
GRANTED = granted(lambda x: x <= -1, r"$x \le -1$", "trust me")


def from_premise(_):
    premise = Fact(-sympy.exp(X), r"$e^x \le 0$", "premise")
    link = le(sympy.Integer(0), consequence("premise", hypothesis(premise)))
    return derivation(chain(sympy.exp(X), link))


def trivial(_):
    return derivation(chain(sympy.Integer(0), le(X**2, elementary("a square"))))


def from_granted(s):
    link = le(sympy.Integer(-1), consequence("granted", hypothesis(s.assume(GRANTED))))
    return derivation(chain(s.x, link))


claims = [
    Claim(
        id="outside/premise",
        kind="implication",
        statement="$e^x > 0$.",
        refutation=Refutation(from_premise, "by the premise"),
    ),
    Claim(
        id="outside/instance",
        statement=r"$f(p)^2 + x \ge \frac1x$ for $x \ge 1$.",
        space=Space(x=real(1), f=function(), p=point()),
        sides=lambda xp, x, f, p: (f(p) ** 2 + x, 1 / x),
        relation=">=",
        refutation=Refutation(
            trivial,
            r"at $x = \frac12$",
            sides=lambda xp, x: (x, 1 / x),
            relation=">=",
            instance={"x": Fraction(1, 2)},
        ),
    ),
    Claim(
        id="outside/granted",
        statement=r"Some $x \ge -2$ has $x > -1$.",
        space=Space(x=real(-2)),
        hypotheses=[GRANTED],
        refutation=Refutation(from_granted, r"$x \le -1$ by the granted step"),
    ),
]
