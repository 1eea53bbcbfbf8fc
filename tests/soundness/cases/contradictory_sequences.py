"""1 ≤ 0 from hypotheses on sequences that contradict each other."""

import sympy

from theorycheck import Claim
from theorycheck.derivations import chain, derivation, le
from theorycheck.derivations.reasons import EveryStep, at, summed

t, a = sympy.Symbol("t", integer=True), sympy.IndexedBase("a", real=True)
UP = EveryStep(a[t] - 1, t, 1, 3, r"$a_t \ge 1$")
DOWN = EveryStep(-a[t], t, 1, 3, r"$a_t \le 0$")
ONE, ZERO = sympy.Integer(1), sympy.Integer(0)

claim = Claim(
    id="contradictory/sequences",
    kind="implication",
    statement=r"$a_t \ge 1$ and $a_t \le 0$ give $1 \le 0$.",
    hypotheses=[UP, DOWN],
    derivation=lambda s: derivation(
        chain(ONE, le(ZERO, summed("add", at(UP.fact, 1), at(DOWN.fact, 1)))),
        concludes=((ONE, "<=", ZERO),),
    ),
)
