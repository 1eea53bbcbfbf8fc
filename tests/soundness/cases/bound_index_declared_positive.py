"""Sums from t = 0 whose index is declared positive: t - 1 is negative at t = 0, and both claims are false."""

import sympy

from theorycheck import Claim
from theorycheck.derivations import chain, derivation, le
from theorycheck.derivations.reasons import EveryStep, over, signs_show, summed

T, t = sympy.symbols("T t", integer=True, positive=True)
A = sympy.IndexedBase("a", real=True)
ZERO = sympy.Integer(0)
NONNEGATIVE = EveryStep(A[t], t, 0, sympy.oo, r"$a_t \ge 0$ for $t = 0, 1, …$")


def plain(_):
    total = sympy.Sum(t - 1, (t, 0, T))
    link = le(total, summed("signs", over(signs_show(t - 1, t, 0, T), t, 0, T)))
    return derivation(chain(ZERO, link), concludes=((ZERO, "<=", total),))


def weighted(_):
    total = sympy.Sum((t - 1) * A[t], (t, 0, T))
    link = le(total, summed("weights", over(NONNEGATIVE.fact, t, 0, T, t - 1)))
    return derivation(chain(ZERO, link), concludes=((ZERO, "<=", total),))


claims = [
    Claim(
        id="bound-index/plain",
        statement=r"$\sum_{t=0}^T(t-1) \ge 0$ for $T \ge 1$.",
        derivation=plain,
    ),
    Claim(
        id="bound-index/weighted",
        kind="implication",
        statement=r"$a_t \ge 0 \Rightarrow \sum_{t=0}^T(t-1)a_t \ge 0$.",
        hypotheses=[NONNEGATIVE],
        derivation=weighted,
    ),
]
