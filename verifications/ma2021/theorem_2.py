r"""Theorem 2 with its chain (34), (35), (36), the summed bound, the remark on flatness, Corollary 1.

Theorem 2 is true for every k in every reading of Definition 5, also for odd k, where its printed chain works only in some pairs of
readings of (34) and Lemma 2:

- (34) as |E_I(1−t)^k| ≤ 1 with Lemma 2 for (t−1)^k proves it for every k (that is the derivation below);
- (34) as E_I|1−t|^k ≤ 1 with Lemma 2 for |1−t|^k proves it where that form of (34) holds: readings @a and @b of Definition 5, and
  even k. In reading @c and odd k that form is false: n = 2, B = 1, t ∈ {0, 3} has |E(1−t)| = 1/2 and E|1−t| = 3/2;
- (34) as E_I(1−t)^k ≤ 1 proves it for even k only: for odd k it says nothing of large t.

Nothing in it depends on other coordinates than j, so one parameter shows how sharp it is. Equality for B = 1 (all t = 2), for B = n (one
sample) and for k = 1. Otherwise the largest left/right that a search in floats found, in reading @c (for k = 2 and 4 in all):

    n, B     3, 2    4, 2    4, 3    5, 2    5, 3    5, 4
    k = 2   0.667   0.563   0.750   0.533   0.600   0.800
    k = 3   0.962   0.910   0.979   0.866   0.944   0.987
    k = 4   0.667   0.524   0.750   0.455   0.600   0.800

One sample alone gives B/n for even k and (B/n)((1 + ((2n−B)/B)^{1/k})/2)^k for odd k.
"""

import sympy

from theorycheck import Claim, Space, choice, real, requires, vector
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    derivation,
    eq,
    expected,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.batches import (
    ABSOLUTE,
    BACKWARD,
    BATCH,
    BATCH_FITS,
    EXCESS,
    FORWARD,
    LOAD,
    MEAN_OF_SAMPLES,
    SAMPLE,
    SAMPLE_POWER,
    STABILITY,
    batch_mean,
)
from verifications.ma2021.lemma_2 import reversed_sign
from verifications.ma2021.lemma_3 import batch_step, growth_chains
from verifications.ma2021.reasons import (
    Random,
    applied,
    averaged,
    concluded,
    concluding,
    follows,
    granted_step,
)
from verifications.ma2021.stability_figures import SHARPNESS

REST = algebra_vector("r", "r", depends_on=frozenset({"j"}))  # the other entries of T^k e_j^{⊗k}


def one_parameter(k=(1, 2, 3, 4)):
    return Space(
        n=choice(1, 2, 3, 4),
        B=choice(1, 2, 3, 4),
        k=choice(*k),
        a=vector("n"),
        eta=real(0, open_low=True),
    )


def stable(s):
    """k-th order linear stability for one parameter."""

    def condition(n, B, k, a, eta):
        if s == "sc":
            return abs(batch_mean(a, eta, B, k, BACKWARD)) <= 1
        return batch_mean(a, eta, B, k, ABSOLUTE) <= 1

    return requires(condition, rf"W^*\text{{ is }}k\text{{-stable ({s})}}")


STABLE = {s: stable(s) for s in STABILITY}
AT_POWER = (
    "(17) at $e_j^{\\otimes k}$, which has the norm 1, by Theorem 1: the squares of the $(j, \\dots, j)$ entry of $T^ke_j^{\\otimes k}$, "
    "that is of the batch mean up to sign, and of all others sum up to at most 1"
)
AT_SIGNED_POWER = (
    "$\\|\\tilde Te_j^{\\otimes k}\\|_F \\le 1$, by Lemma 1 for $\\tilde T = \\mathbb E_I(s_IA_I)^{\\otimes k}$, whose "
    "$(j, \\dots, j)$ entry is the batch mean"
)
NECESSITY = {
    "sa": ["ma2021/theorem-1@sa-cb-corrected"],
    "sb": ["ma2021/theorem-1@sb-cb-corrected"],
    "sc": ["ma2021/theorem-1@sc-cb"],
}

# ---- (34) ----------------------------------------------------------------------------------------------------------


def entry_bound(power, both=False, step=AT_POWER):
    """Both signs of m ≤ 1 from m² + ‖r‖² ≤ 1: 2(1 ∓ m) = (1 ∓ m)² + (1 − m² − ‖r‖²) + ‖r‖²."""

    def prove(_):
        half, mean, one = sympy.Rational(1, 2), expectation(power.symbol, BATCH), sympy.Integer(1)
        signs = (mean, -mean) if both else (mean,)
        rests = granted_step(1 - mean**2 - norm_squared(REST), step)
        chains = [
            chain(
                m,
                le(
                    one,
                    follows(
                        "$\\|T^ke_j^{\\otimes k}\\|_F \\ge |(T^ke_j^{\\otimes k})_{j\\dots j}|$ and (17)",
                        half * square(1 - m),
                        half * rests,
                        half * square(REST),
                    ),
                ),
            )
            for m in signs
        ]
        return derivation(*chains, concludes=tuple((m, "<=", one) for m in signs))

    return prove


def prove_signed(s):
    """The signed operator is symmetric and Lemma 1 applies to it; so its image of e_j^{⊗k} has at most the norm 1."""
    sign = Random("s_I", "I")  # 1 or −1
    u, v = algebra_vector("u"), algebra_vector("v")
    symmetric = chain(
        inner(batch_step(u) * sign, v) ** s.k,
        eq(inner(u, batch_step(v) * sign) ** s.k, by_expansion("$s_IA_I$ is symmetric"), "signed"),
    )
    bound = entry_bound(ABSOLUTE, step=AT_SIGNED_POWER)(s)
    return derivation(*bound.chains, symmetric, *growth_chains(), concludes=bound.concludes)


def absolute_mean(xp, n, B, k, a, eta):
    return batch_mean(a, eta, B, k, ABSOLUTE), 1 + 0 * eta


def size_of_mean(xp, n, B, k, a, eta):
    return abs(batch_mean(a, eta, B, k, BACKWARD)), 1 + 0 * eta


def signed_mean(xp, n, B, k, a, eta):
    return batch_mean(a, eta, B, k, FORWARD), 1 + 0 * eta


FORMS = {
    "a": (r"\mathbb E_I|1-t_{I,j}|^k", absolute_mean),
    "b": (r"|\mathbb E_I(1-t_{I,j})^k|", size_of_mean),
    "c": (r"\mathbb E_I(1-t_{I,j})^k", signed_mean),
}


def equation_34(reading, s):
    form, sides = FORMS[reading]
    more = {"expected": "conditional", "uses": NECESSITY[s]}
    if reading == "a" and s != "sc":
        more["derivation"] = prove_signed
        more["uses"] = ["ma2021/lemma-1"]
        more["note"] = (
            "With $s_I$ the sign of $1-t_{I,j}$ the matrices $s_IA_I$ are symmetric, so $\\tilde T = \\mathbb E_I(s_IA_I)^{\\otimes k}$ is, and for "
            "odd $k$ its entry is $\\mathbb E_I|1-t_{I,j}|^k$. $\\|\\tilde T^te_j^{\\otimes k}\\|_F \\le \\mathbb E\\|w_t\\|_2^k$ is bounded by "
            "stability, so by Lemma 1 (for $\\tilde T$) $\\|\\tilde Te_j^{\\otimes k}\\|_F \\le 1$. The printed proof has no such step."
        )
    elif reading == "a":
        more["expected"] = "refuted"
        more["note"] = (
            "For odd $k$ the moment tensor may stay bounded by cancellation: $k = 1$, $n = 2$, $B = 1$, $t \\in \\{0, 3\\}$."
        )
    elif reading == "b":
        more["derivation"] = entry_bound(BACKWARD, both=True)
    else:
        more["derivation"] = entry_bound(FORWARD)
    return Claim(
        id=f"ma2021/eq-34@{reading}-{s}",
        printed="(34)",
        kind="inequality",
        statement=rf"If {STABILITY[s]} for all $t$ ($k$-stable), then ${form} \le 1$, for every $j$.",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=sides,
        **more,
    )


equations_34 = {(reading, s): equation_34(reading, s) for reading in FORMS for s in STABILITY}


def _reading_34(reading, expected):
    return Claim(
        id=f"ma2021/eq-34@{reading}",
        printed="(34)",
        kind="inequality",
        statement=rf"If $W^*$ is $k$-stable, then ${FORMS[reading][0]} \le 1$ (the readings of Definition 5 are open).",
        readings=[equations_34[reading, s] for s in STABILITY],
        expected=expected,
    )


reading_34_a = _reading_34("a", "inconclusive")
reading_34_b = _reading_34("b", "conditional")
reading_34_c = _reading_34("c", "conditional")
equation_34_entry = Claim(
    id="ma2021/eq-34",
    printed="(34)",
    kind="inequality",
    statement=r"For a $k$-stable $W^*$ the batch mean of the $k$-th power of $1-t_{I,j}$ is at most 1.",
    readings=[reading_34_a, reading_34_b, reading_34_c],
    expected="inconclusive",
)
equation_34_corrected = Claim(
    id="ma2021/eq-34@a-sc-corrected",
    printed="(34), corrected",
    kind="inequality",
    statement=rf"If {STABILITY['sc']} for all $t$ and $k$ is even, then $\mathbb E_I|1-t_{{I,j}}|^k \le 1$.",
    space=one_parameter(k=(2, 4, 6)),
    hypotheses=[BATCH_FITS, STABLE["sc"]],
    sides=absolute_mean,
    derivation=entry_bound(ABSOLUTE),
    corrects="ma2021/eq-34@a-sc",
    uses=NECESSITY["sc"],
    expected="conditional",
)

# ---- (36) ------------------------------------------------------------------------------------------------------------
# a_{i,j}^{2k} for a sample i of the batch I has the mean (1/n) Σ_i a_{i,j}^{2k}: a sample of a uniform batch is uniform.


def sample_mean(a, k):
    """(1/n) Σ_i a_{i,j}^{2k}, one parameter."""
    return (a ** (2 * k)).sum(axis=-1) / a.shape[-1]


def mean_over_batches(xp, n, B, k, a, eta):
    return eta**k / (2 ** (k - 1) * B ** (k - 1)) * sample_mean(a, k) - 1, 1 + 0 * eta


def uniform_member(n, B):
    """A given sample is in B of n samples with probability B/n, so a uniform member of a uniform batch is uniform."""
    return chain(
        n * sympy.binomial(n - 1, B - 1),
        eq(B * sympy.binomial(n, B), by_expansion("$\\mathbb P(i\\in I) = B/n$"), "counting"),
    )


def prove_mean_over_batches(bound):
    """(35) averaged, in the form with (t−1)^k, and then (34) in the form |E_I(1−t)^k| ≤ 1."""

    def prove(s):
        eta, k, B = s.eta, s.k, s.B
        of_samples = B * expectation(SAMPLE_POWER, SAMPLE)
        load = (eta / B) ** k * (of_samples + EXCESS)  # t_I^k, t_I = (η/B) Σ_{i∈I} a_{i,j}²
        names = {LOAD**k: load, **BACKWARD.named(k)}
        lemma = applied(reversed_sign, t=LOAD, k=k).abbreviated(names)
        mean = expectation(BACKWARD.symbol, BATCH)
        start, one = eta**k / (2 ** (k - 1) * B ** (k - 1)) * MEAN_OF_SAMPLES - 1, sympy.Integer(1)
        return derivation(
            chain(
                start,
                le(
                    mean,
                    follows(
                        "(35) for every batch, averaged",
                        averaged(lemma, BATCH),
                        expected((2 * (eta / (2 * B)) ** k) * nonnegative_part(EXCESS), BATCH),
                    ),
                    "L1",
                ),
                le(
                    one,
                    follows("(34): $|\\mathbb E_I(1-t_{I,j})^k| \\le 1$", concluded(bound)),
                    "L2",
                ),
            ),
            uniform_member(s.n, B),
            concludes=((start, "<=", one),),
        )

    return prove


def equation_36(s):
    return Claim(
        id=f"ma2021/eq-36@{s}",
        printed="(36)",
        kind="inequality",
        statement=rf"If {STABILITY[s]} for all $t$, then "
        r"$1 \ge \mathbb E_I[\frac{\eta^k}{2^{k-1}B^k}\sum_{i\in I}a_{i,j}^{2k}] - 1 = "
        r"\frac{\eta^k}{2^{k-1}B^{k-1}}\cdot\frac1n\sum_ia_{i,j}^{2k} - 1$.",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=mean_over_batches,
        derivation=prove_mean_over_batches(equations_34["b", s]),
        uses=["ma2021/lemma-2@c", "ma2021/eq-35@c", f"ma2021/eq-34@b-{s}"],
        expected="conditional",
        note="The passage from (35) and (34) in pairs of readings (of (34), of Lemma 2): (b, c) works for every $k$; (a, a) works "
        "wherever (34)@a holds; all pairs work for even $k$; for odd $k$ (c, a), (c, c) and (b, a) do not follow, and the pairs with "
        "Lemma 2@b rest on a false inequality.",
    )


equations_36 = {s: equation_36(s) for s in STABILITY}
equation_36_entry = Claim(
    id="ma2021/eq-36",
    printed="(36)",
    kind="inequality",
    statement=r"If $W^*$ is $k$-stable, then $\frac{\eta^k}{2^{k-1}B^{k-1}}\cdot\frac1n\sum_ia_{i,j}^{2k} - 1 \le 1$.",
    readings=list(equations_36.values()),
    expected="conditional",
)

# ---- Theorem 2 -------------------------------------------------------------------------------------------------------


def moment_of_entry(xp, n, B, k, a, eta):
    return sample_mean(a, k), 2**k * B ** (k - 1) / eta**k


def prove_moment_of_entry(mean_bound):
    def prove(s):
        factor = 2 ** (s.k - 1) * s.B ** (s.k - 1) / s.eta**s.k
        bound = follows("(36), rearranged", factor * concluded(mean_bound))
        return concluding(chain(MEAN_OF_SAMPLES, le(2 * factor, bound)))

    return prove


def theorem_2(s):
    return Claim(
        id=f"ma2021/theorem-2@{s}",
        printed="Theorem 2 (18)",
        kind="implication",
        statement=rf"If {STABILITY[s]} for all $t$, then for every $j$: "
        r"$\frac1n\sum_{i=1}^na_{i,j}^{2k} \le \frac{2^kB^{k-1}}{\eta^k}$.",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=moment_of_entry,
        derivation=prove_moment_of_entry(equations_36[s]),
        experiments=[SHARPNESS] if s == "sc" else [],
        uses=[f"ma2021/eq-36@{s}"],
        expected="conditional",
        note="Presupposes $\\eta > 0$. True for odd $k$ too, although in the readings of (34) and Lemma 2 with $|1-t|^k$ the printed chain "
        "breaks there in reading @c of Definition 5. Sharp: equality for $B = 1$ and $a_{i,j}^2 = 2/\\eta$ for all $i$; for $B = n$ and one "
        "sample with $a_{i,j}^2 = 2n/\\eta$; for $k = 1$ and every $B$ whenever $\\eta H_{jj} = 2$ in reading @c. For $1 < B < n$ and $k \\ge 2$ the ratio stays below 1: "
        "equality would need exactly one sample with $a_{i,j} \\ne 0$ in every batch. One such sample in all gives the ratio $B/n$.",
    )


theorems_2 = {s: theorem_2(s) for s in STABILITY}
theorem_2_entry = Claim(
    id="ma2021/theorem-2",
    printed="Theorem 2 (18)",
    kind="implication",
    statement=r"If $W^*$ is $k$-stable, then for every $j$: $\frac1n\sum_ia_{i,j}^{2k} \le \frac{2^kB^{k-1}}{\eta^k}$.",
    readings=list(theorems_2.values()),
    expected="conditional",
)
