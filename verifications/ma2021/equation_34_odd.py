r"""(34) with absolute values for odd k, where only the moment tensor is bounded (reading @c of Definition 5): 3 in place of 1.

With P = (t−1)_+ and Q = (1−t)_+ ≤ 1 one has |1−t|^k = P^k + Q^k and, for odd k, (t−1)^k = P^k − Q^k: so E|1−t|^k ≤ E(t−1)^k + 2 ≤ 3.
"""

import sympy

from theorycheck import Claim
from theorycheck.algebra import expectation, norm_squared
from theorycheck.derivations import (
    chain,
    consequence,
    expected,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.batches import ABSOLUTE, BATCH, BATCH_FITS, STABILITY, batch_mean
from verifications.ma2021.reasons import Random, concluding, follows, granted_step
from verifications.ma2021.theorem_2 import AT_POWER, NECESSITY, REST, STABLE, one_parameter

ABOVE = Random(r"(t_{I,j}-1)_+^k", "I", "j", nonnegative=True)
ROOM = Random(r"1-(1-t_{I,j})_+^k", "I", "j", nonnegative=True)  # ≥ 0, because 0 ≤ (1−t)_+ ≤ 1 for t ≥ 0


def means():
    """E_I|1−t|^k and E_I(t−1)^k for odd k."""
    above, below = expectation(ABOVE, BATCH), 1 - expectation(ROOM, BATCH)
    return above + below, above - below


def absolute_mean(xp, n, B, k, a, eta):
    return batch_mean(a, eta, B, k, ABSOLUTE), 3 + 0 * eta


def prove(_):
    half, (size, signed) = sympy.Rational(1, 2), means()
    return concluding(
        chain(
            size,
            le(
                signed + 2,
                consequence("$(1-t)_+^k \\le 1$", 2 * expected(nonnegative_part(ROOM), BATCH)),
                "odd",
            ),
            le(
                sympy.Integer(3),
                follows(
                    "$\\|T^ke_j^{\\otimes k}\\|_F \\ge |(T^ke_j^{\\otimes k})_{j\\dots j}|$ and (17)",
                    half * square(1 - signed),
                    half * granted_step(1 - signed**2 - norm_squared(REST), AT_POWER),
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
    hypotheses=[BATCH_FITS, STABLE["sc"]],
    sides=absolute_mean,
    derivation=prove,
    corrects="ma2021/eq-34@a-sc",
    uses=NECESSITY["sc"],
    expected="conditional",
    note="No smaller constant will do for all $n$: $B = 1$, $t = 0$ for all samples but one and $(t-1)^k = 2n-1$ for that one gives $3-\\frac2n$. For even $k$ the "
    "constant is 1.",
)
