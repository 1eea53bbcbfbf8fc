"""1 ≤ 0 from hypotheses that no instance satisfies."""

import sympy

from theorycheck import Claim, Space, real, requires
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le

FIRST = requires(lambda x, y: x >= y + 1, r"$x \ge y+1$")
SECOND = requires(lambda x, y: y >= x, r"$y \ge x$")
ONE, ZERO = sympy.Integer(1), sympy.Integer(0)


def add(s):
    reason = consequence("add", hypothesis(s.assume(FIRST)), hypothesis(s.assume(SECOND)))
    return derivation(chain(ONE, le(ZERO, reason)), concludes=((ONE, "<=", ZERO),))


claims = [
    Claim(
        id="contradictory/no-formula",
        kind="implication",
        statement=r"$x \ge y + 1$ and $y \ge x$ give $1 \le 0$.",
        space=Space(x=real(), y=real()),
        hypotheses=[FIRST, SECOND],
        derivation=add,
    ),
    Claim(
        id="contradictory/formula",
        statement=r"$x \ge y + 1$ and $y \ge x$ give $x \le 0$.",
        space=Space(x=real(), y=real()),
        hypotheses=[FIRST, SECOND],
        sides=lambda xp, x: (x, 0 * x),
    ),
]
