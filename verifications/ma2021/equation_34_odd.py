r"""(34) with absolute values for odd k, where only the moment tensor is bounded (reading @c of Definition 5): 3 in place of 1.

With P = (t−1)_+ and Q = (1−t)_+ ≤ 1 one has |1−t|^k = P^k + Q^k and, for odd k, (t−1)^k = P^k − Q^k: so E|1−t|^k ≤ E(t−1)^k + 2 ≤ 3.
"""

import sympy

from theorycheck import Claim, requires
from theorycheck.algebra import expectation, norm_squared
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    expected,
    hypothesis,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.batches import ABSOLUTE, BACKWARD, BATCH, BATCH_FITS, STABILITY, batch_mean
from verifications.ma2021.reasons import Random
from verifications.ma2021.theorem_2 import NECESSITY, REST, one_parameter

ABOVE = Random(r"(t_{I,j}-1)_+^k", "I", "j", nonnegative=True)
ROOM = Random(r"1-(1-t_{I,j})_+^k", "I", "j", nonnegative=True)  # ≥ 0, because 0 ≤ (1−t)_+ ≤ 1 for t ≥ 0


def means():
    """E_I|1−t|^k and E_I(t−1)^k for odd k."""
    above, below = expectation(ABOVE, BATCH), 1 - expectation(ROOM, BATCH)
    return above + below, above - below


def stable(xp, n, B, k, a, eta):
    """On symbols (17) at e_j^{⊗k}, as in Theorem 2."""
    if xp.name == "sympy":
        return means()[1] ** 2 + norm_squared(REST) <= 1
    return abs(batch_mean(xp, a, eta, B, k, BACKWARD)) <= 1


def absolute_mean(xp, n, B, k, a, eta):
    size = means()[0] if xp.name == "sympy" else batch_mean(xp, a, eta, B, k, ABSOLUTE)
    return size, 3 + 0 * eta


STABLE = requires(stable, r"W^*\text{ is }k\text{-stable (sc)}")


def prove(s):
    half, (size, signed) = sympy.Rational(1, 2), means()
    return derivation(
        chain(
            size,
            le(
                signed + 2,
                consequence("$(1-t)_+^k \\le 1$", 2 * expected(nonnegative_part(ROOM), BATCH)),
                "odd",
            ),
            le(
                s.right,
                consequence(
                    "$\\|T^ke_j^{\\otimes k}\\|_F \\ge |(T^ke_j^{\\otimes k})_{j\\dots j}|$ and (17)",
                    half * square(1 - signed),
                    half * hypothesis(s.assume(STABLE)),
                    half * square(REST),
                ),
                "(34)@b",
            ),
        )
    )


odd_orders = Claim(
    id="ma2021/eq-34@a-sc-odd-corrected",
    printed="(34), corrected for odd k",
    kind="inequality",
    statement=rf"If {STABILITY['sc']} for all $t$ and $k$ is odd, then $\mathbb E_I|1-t_{{I,j}}|^k \le 3$.",
    space=one_parameter(k=(1, 3, 5)),
    hypotheses=[BATCH_FITS, STABLE],
    sides=absolute_mean,
    derivation=prove,
    corrects="ma2021/eq-34@a-sc",
    uses=NECESSITY["sc"],
    expected="proved",
    note="No smaller constant will do for all $n$: $B = 1$, $t = 0$ for all samples but one and $(t-1)^k = 2n-1$ for that one gives $3-\\frac2n$. For even $k$ the "
    "constant is 1.",
)
