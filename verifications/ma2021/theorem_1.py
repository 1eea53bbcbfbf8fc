r"""Theorem 1: stability as a contraction of the moment operator (17), in each reading of stability (s) and of the cone (c).

- Reading @c of stability: true for every k and both cones. T^k is a symmetric map of M_k; bounded orbits of moment tensors mean bounded
  orbits of their differences, which are all of M_k, so no eigenvalue of T^k exceeds 1 in absolute value, and (17) holds on M_k.
- Readings @a, @b: true for even k, where E‖w‖^k and ‖E w^{⊗k}‖_F bound each other. For odd k only (stable ⇒ (17)) holds. In the other
  direction the moment tensor may stay bounded by cancellation while E‖w_t‖^k explodes: one parameter, n = 2, B = 1, t ∈ {0, 3}, k = 1.
- The printed proof of necessity needs (29) (step 7), which is false for nonnegative forms from k = 4 on; the theorem does not need it.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation
from theorycheck.algebra import inner, norm_squared
from theorycheck.algebra.expectation import expectation, index
from theorycheck.algebra.facts import Fact
from theorycheck.algebra.facts import elementary as fact
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    ge,
    hypothesis,
    le,
    square,
)
from verifications.ma2021.batches import ABSOLUTE, STABILITY, batch_mean
from verifications.ma2021.lemma_3 import growth_chains, symmetry_chain
from verifications.ma2021.positive_cone import obstruction_chain
from verifications.ma2021.reasons import Random, concluding, power_above_tangent

K = sympy.Symbol("k", positive=True, integer=True)
CONES = {
    "ca": r"\langle M, v^{\otimes k}\rangle \ge 0\ \forall v",
    "cb": r"M = \sum\lambda_iv_i^{\otimes k},\ \lambda_i \ge 0",
}

# ---- both directions -------------------------------------------------------------------------------------------------------


def contraction_chain():
    """(17) at M_0 and at M_1 = T M_0: step by step the norms of the moment tensors do not grow."""
    M = [algebra_vector(f"M_{t}") for t in range(3)]
    steps = [
        Fact(
            norm_squared(M[t]) - norm_squared(M[t + 1]),
            f"(17) at $\\mathbb E w_{t}^{{\\otimes k}}$",
            "premise",
        )
        for t in range(2)
    ]
    return chain(
        norm_squared(M[2]),
        le(
            norm_squared(M[0]),
            consequence("(17) at every step", hypothesis(steps[1]), hypothesis(steps[0])),
            "sufficiency",
        ),
    )


def cone_chain():
    """k = 2m: ⟨E w^{⊗k}, v^{⊗k}⟩ = E⟨w, v⟩^{2m} ≥ 0."""
    power = Random(r"\langle w,v\rangle^m", "w")
    return chain(
        expectation(power**2, index("w")),
        ge(
            sympy.Integer(0),
            consequence(
                "even $k$: moment tensors are in $\\mathcal M_k^+$", expected(square(power), index("w"))
            ),
            "cone",
        ),
    )


def difference_chain():
    """M = P − Q with bounded orbits of P and Q has a bounded orbit."""
    P, Q = algebra_vector("T^tP"), algebra_vector("T^tQ")
    return chain(
        norm_squared(P - Q),
        le(
            2 * norm_squared(P) + 2 * norm_squared(Q),
            consequence("every $M \\in \\mathcal M_k$ is a difference of two moment tensors", square(P + Q)),
            "differences",
        ),
    )


def trace_chain():
    """k even: E‖w‖_k^k = Σ_j M_{j…j} = ⟨M, D⟩ with D = Σ_j e_j^{⊗k}, ‖D‖_F² = p."""
    M, D = algebra_vector("M"), algebra_vector("D")
    return chain(
        inner(M, D) ** 2,
        le(
            norm_squared(M) * norm_squared(D),
            consequence(
                "$\\mathbb E\\|w\\|_k^k \\le \\sqrt p\\,\\|\\mathbb E w^{\\otimes k}\\|_F$ for even $k$",
                hypothesis(fact("Cauchy-Schwarz", M, D)),
            ),
            "trace",
        ),
    )


def both_directions(*more):
    return lambda s: concluding(
        contraction_chain(), cone_chain(), symmetry_chain(K), *growth_chains(), difference_chain(), *more
    )


def printed_decomposition(_):
    """Step 7 at the form 6x²y²: as a moment tensor it would have 2 M_1122 ≤ M_1111 + M_2222."""
    return derivation(
        obstruction_chain(),
        chain(
            sympy.Integer(2),
            le(
                sympy.Integer(0),
                elementary(
                    "(29) for the nonnegative form $6x^2y^2$, $M_{1122} = 1$, $M_{1111} = M_{2222} = 0$"
                ),
                "L7",
            ),
        ),
    )


def printed_odd_case(_):
    """Step 2 in readings @a and @b: E|w_t| ≤ C |E w_t| would follow from nothing; k = 1, t ∈ {0, 3}, one step from w_0 = 1."""
    first, second = sympy.Integer(1), sympy.Integer(-2)
    return derivation(
        chain(
            (abs(first) + abs(second)) / 2,
            le(sympy.Integer(1), elementary("$k$ odd: by (17) stability with $C = 1$"), "L2"),
        )
    )


def printed_gaps(_):
    """Both, where the cone is that of nonnegative forms."""
    return derivation(*printed_odd_case(_).chains, *printed_decomposition(_).chains)


def _statement(s, c):
    return (
        rf"For any $k \ge 1$: {STABILITY[s]} for all $t$ with some $C$, from any initial law, iff $\|T^kM\|_F \le \|M\|_F$ (17) for all "
        rf"$M \in \mathcal M_k^+$ (${CONES[c]}$) if $k$ is even, for all $M \in \mathcal M_k$ if $k$ is odd."
    )


# ---- the counterexample for odd k in the readings @a and @b ------------------------------------------------------------------


def prove_cancellation(_):
    """w_t is a product of independent factors 1 and −2, equally likely: E w_{t+1} = −½ E w_t, E|w_{t+1}| = 3/2 E|w_t|."""
    t = sympy.Symbol("t", positive=True, integer=True)
    half = sympy.Rational(1, 2)
    return concluding(
        chain(
            half * 1 + half * (-2),
            eq(-half, by_expansion("$T^1 = \\mathbb E_I(1-t_I)$: (17) holds with $\\frac12$")),
        ),
        chain(half * 1 + half * 2, eq(3 * half, by_expansion("$\\mathbb E_I|1-t_I|$"))),
        chain(
            (3 * half) ** t,
            ge(
                1 + t * half,
                consequence(
                    "Bernoulli: $\\mathbb E|w_t| = (\\frac32)^t|w_0|$ is unbounded",
                    power_above_tangent(3 * half, 1, t),
                ),
            ),
        ),
    )


def growth_of_mean(xp, n, B, k, a, eta):
    return batch_mean(a, eta, B, k, ABSOLUTE), 1 + 0 * eta


CANCELLATION = Refutation(
    derivation=prove_cancellation,
    explanation="k = 1, p = 1, n = 2, B = 1, eta = 3/4, a = (0, 2), so t is 0 or 3: (17) holds since |E(1-t)| = 1/2, but E|w_t| = (3/2)^t |w_0| is "
    "unbounded, so it is not sufficient for odd k",
    sides=growth_of_mean,
    relation="<=",
    instance={"n": 2, "B": 1, "k": 1, "a": (Fraction(0), Fraction(2)), "eta": Fraction(3, 4)},
)


def theorem_1(s, c):
    shared = {
        "id": f"ma2021/theorem-1@{s}-{c}",
        "printed": "Theorem 1 (17)",
        "kind": "equivalence",
        "statement": _statement(s, c),
    }
    uses = [
        "ma2021/definition-5@" + s[1],
        "ma2021/eq-16",
        "ma2021/lemma-1",
        "ma2021/eq-28",
        f"ma2021/definition-psd-cone@{c[1]}",
    ]
    if s != "sc":
        return Claim(
            **shared,
            refutation=CANCELLATION,
            printed_proof=printed_gaps if c == "ca" else printed_odd_case,
            expected_proof_gaps=["L2", "L7"] if c == "ca" else ["L2"],
            uses=uses,
            expected="contested",
            note="False for odd $k$ only, and there only the direction from (17) to stability; see the correction. Step 2 of the printed proof bounds "
            "$\\|\\mathbb E w_t^{\\otimes k}\\|_F$ and not what this reading of stability asks for."
            + (" Step 7 needs (29), which is false for this cone." if c == "ca" else ""),
        )
    gap = {"printed_proof": printed_decomposition, "expected_proof_gaps": ["L7"]} if c == "ca" else {}
    return Claim(
        **shared,
        derivation=both_directions(),
        uses=[*uses, "ma2021/remark-symmetric-decomposition", "ma2021/remark-law-construction"],
        expected="conditional",
        note="Necessity without (29): if $N_k(w_t) \\le C\\,N_k(w_0)$ for every law, the orbits of all $v^{\\otimes k}$ are bounded, these span $\\mathcal M_k$, "
        "so all orbits are, and by Lemma 1 $\\|T^kM\\|_F \\le \\|M\\|_F$ on $\\mathcal M_k$. Sufficiency: moment tensors are in the cone, for even $k$. "
        "So for even $k$ (17) on either cone is equivalent to (17) on all of $\\mathcal M_k$.",
        **gap,
    )


theorems_1 = {(s, c): theorem_1(s, c) for s in STABILITY for c in CONES}
theorem_1_entry = Claim(
    id="ma2021/theorem-1",
    printed="Theorem 1 (17)",
    kind="equivalence",
    statement=r"For any $k \ge 1$, $W^*$ is $k$-stable iff $\|T^kM\|_F \le \|M\|_F$ for all $M \in \mathcal M_k^+$ ($k$ even), for all $M \in \mathcal M_k$ ($k$ odd).",
    readings=list(theorems_1.values()),
    expected="inconclusive",
)


def _corrected(s, c):
    return Claim(
        id=f"ma2021/theorem-1@{s}-{c}-corrected",
        printed="Theorem 1, corrected",
        kind="equivalence",
        statement=rf"If {STABILITY[s]} for all $t$, then (17) holds on all of $\mathcal M_k$, for every $k$. For even $k$ the converse holds, "
        rf"already from (17) on $\mathcal M_k^+$ (${CONES[c]}$).",
        derivation=both_directions(trace_chain()),
        corrects=f"ma2021/theorem-1@{s}-{c}",
        uses=["ma2021/lemma-1", "ma2021/remark-symmetric-decomposition", "ma2021/theorem-1@sc-cb"],
        expected="conditional",
        note="$\\|\\mathbb E w^{\\otimes k}\\|_F \\le \\mathbb E\\|w\\|_2^k$ (triangle inequality) for every $k$, so stability bounds the moment tensors; for even $k$ "
        "$\\mathbb E\\|w\\|_k^k \\le \\sqrt p\\,\\|\\mathbb E w^{\\otimes k}\\|_F$, and $\\|w\\|_2^k$, $\\|w\\|_k^k$ are equivalent norms' powers.",
    )


corrections = tuple(_corrected(s, c) for s in ("sa", "sb") for c in CONES)
