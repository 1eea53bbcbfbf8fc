r"""Corollary 3 (30): λ_max of the second-order operator is enough for 2-stability, and so is its spectral radius.

True in every reading. No condition on the most negative eigenvalue is needed: T² maps positive semidefinite matrices to such.
"""

import sympy

from theorycheck import Claim, Space, requires, vector
from theorycheck.algebra import expectation
from theorycheck.algebra.expectation import index
from theorycheck.derivations import chain, expected, le, square
from verifications.ma2021.batches import BATCH_FITS, STABILITY
from verifications.ma2021.lemma_3 import apply_steps, squared_norm
from verifications.ma2021.reasons import Random, concluding, follows, granted_step
from verifications.ma2021.second_order import SECOND, at_most_identity, closed_form, two_parameters

# M = P − Q with P, Q ⪰ 0, PQ = 0 and |M| = P + Q. ⟨uuᵀ, T vvᵀ⟩ = E_I ⟨u, A_I v⟩² ≥ 0; x, y, z are such numbers ⟨u, A_I v⟩ for two
# eigenvectors of P, one of each, two of Q, weighted by the roots of their eigenvalues.

PAIR = index("s")
OF_P, MIXED, OF_Q = (Random(name, "s") for name in ("x_s", "y_s", "z_s"))
SIZE = sympy.Symbol("N", nonnegative=True)  # ‖M‖_F² = ‖|M|‖_F²


def _form_of_operator(sign):
    """⟨M, TM⟩ (sign −1) or ⟨|M|, T|M|⟩ (sign +1)."""
    return expectation(OF_P**2, PAIR) + 2 * sign * expectation(MIXED**2, PAIR) + expectation(OF_Q**2, PAIR)


def condition_30(xp, n, B, a, eta):
    """λ_max of the matrix of (30) is at most 1."""
    return at_most_identity(xp, closed_form(xp, xp.asarray(a), eta, B))


def spectral_radius_30(xp, n, B, a, eta):
    matrix_30 = closed_form(xp, xp.asarray(a), eta, B)
    above, below = at_most_identity(xp, matrix_30), at_most_identity(xp, -matrix_30)
    return above & below


CONDITIONS_30 = {
    "a": ("\\lambda_{\\max}", requires(condition_30, r"\lambda_{\max}\{\dots\} \le 1")),
    "b": ("\\rho", requires(spectral_radius_30, r"\rho\{\dots\} \le 1")),
}
MATRIX_30 = r"\{(\mathrm{Id}-\eta H)\otimes(\mathrm{Id}-\eta H)+\eta^2\frac{n-B}{B(n-1)}[\frac1n\sum_iH_i\otimes H_i-H\otimes H]\}"


def contraction(xp, n, B, a, eta, m):
    """‖T²M‖_F² against ‖M‖_F² for M with the entries m_1, m_2, m_2, m_3."""
    M = xp.stack([m[:, :2], m[:, 1:]], axis=-2)
    return squared_norm(apply_steps(xp, xp.asarray(a), eta, B, 2, M)), squared_norm(M)


def prove_corollary_3(_):
    """|⟨M, TM⟩| ≤ ⟨|M|, T|M|⟩ ≤ ‖M‖², so all eigenvalues of the symmetric map T on Sym² lie in [−1, 1]."""
    bound = granted_step(
        SIZE - _form_of_operator(1),
        "(30): $\\langle|M|,T|M|\\rangle \\le \\|M\\|_F^2$, the quadratic form of the matrix at $|M|$",
    )
    return concluding(
        chain(
            _form_of_operator(-1),
            le(
                SIZE,
                follows(
                    "$\\langle M,TM\\rangle \\le \\langle|M|,T|M|\\rangle$",
                    bound,
                    4 * expected(square(MIXED), PAIR),
                ),
                "above",
            ),
        ),
        chain(
            -_form_of_operator(-1),
            le(
                SIZE,
                follows(
                    "$-\\langle M,TM\\rangle \\le \\langle|M|,T|M|\\rangle$",
                    bound,
                    2 * expected(square(OF_P), PAIR),
                    2 * expected(square(OF_Q), PAIR),
                ),
                "below",
            ),
        ),
    )


def corollary_3(reading, s):
    symbol, condition = CONDITIONS_30[reading]
    return Claim(
        id=f"ma2021/corollary-3@{reading}-{s}",
        printed="Corollary 3 (30)",
        kind="implication",
        statement=rf"If ${symbol}{MATRIX_30} \le 1$, then {SECOND[s]} for all $t$.",
        space=Space(**two_parameters(), m=vector(3)),
        hypotheses=[BATCH_FITS, condition],
        sides=contraction,
        derivation=prove_corollary_3,
        uses=["ma2021/eq-31", "ma2021/remark-3", "ma2021/theorem-1@sc-cb"],
        expected="conditional",
        note="The matrix is $T^2$ on $\\mathbb R^{p\\times p}$, symmetric. $T^2$ maps positive semidefinite matrices to such, so its largest eigenvalue bounds "
        "the others on $\\mathrm{Sym}^2$ in absolute value: no separate condition on the most negative one is needed. On $\\mathrm{Sym}^2$ the condition "
        "is necessary as well.",
    )


corollaries_3 = {(reading, s): corollary_3(reading, s) for reading in CONDITIONS_30 for s in STABILITY}
corollary_3_readings = tuple(
    Claim(
        id=f"ma2021/corollary-3@{reading}",
        printed="Corollary 3 (30)",
        kind="implication",
        statement=rf"$W^*$ is $2$-stable if ${CONDITIONS_30[reading][0]}{MATRIX_30} \le 1$.",
        readings=[corollaries_3[reading, s] for s in STABILITY],
        expected="conditional",
    )
    for reading in CONDITIONS_30
)
corollary_3_entry = Claim(
    id="ma2021/corollary-3",
    printed="Corollary 3 (30)",
    kind="implication",
    statement=rf"$W^*$ is $2$-stable if the largest eigenvalue (or the spectral radius) of ${MATRIX_30}$ is at most 1.",
    readings=list(corollary_3_readings),
    expected="conditional",
)
