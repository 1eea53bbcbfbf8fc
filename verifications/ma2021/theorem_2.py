r"""Theorem 2 with its chain (34), (35), (36), the summed bound, the remark on flatness, Corollary 1.

Theorem 2 is true for every k in every reading of Definition 5, also for odd k, where its printed chain works only in some pairs of
readings of (34) and Lemma 2:

- (34) as |E_I(1−t)^k| ≤ 1 with Lemma 2 for (t−1)^k proves it for every k (that is the derivation below);
- (34) as E_I|1−t|^k ≤ 1 with Lemma 2 for |1−t|^k proves it where that form of (34) holds: readings @a and @b of Definition 5, and
  even k. In reading @c and odd k that form is false: n = 2, B = 1, t ∈ {0, 3} has |E(1−t)| = 1/2 and E|1−t| = 3/2;
- (34) as E_I(1−t)^k ≤ 1 proves it for even k only: for odd k it says nothing of large t.

Nothing in it depends on other coordinates than j, so one parameter shows how sharp it is. Equality: B = 1 or B = n.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, requires, vector
from theorycheck.algebra import expectation, norm_squared
from theorycheck.algebra.expectation import index
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    eq,
    expected,
    hypothesis,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.batches import (
    ABSOLUTE,
    BACKWARD,
    BATCH,
    FORWARD,
    LOAD,
    POWER,
    batch_mean,
    is_contraction,
)
from verifications.ma2021.lemma_2 import reversed_sign
from verifications.ma2021.reasons import Random, applied, averaged, concluding, follows

STABILITY = {
    "sa": r"$\mathbb E\|w_t\|_2^k \le C\,\mathbb E\|w_0\|_2^k$",
    "sb": r"$\mathbb E\|w_t\|_k^k \le C\,\mathbb E\|w_0\|_k^k$",
    "sc": r"$\|\mathbb E w_t^{\otimes k}\|_F \le C\,\|\mathbb E w_0^{\otimes k}\|_F$",
}
REST = algebra_vector("r", "r")  # the other entries of T^k e_j^{⊗k}


def fits(xp, n, B):
    return B <= n


BATCH_FITS = requires(fits, r"B \le n")


def one_parameter(k=(1, 2, 3, 4)):
    return Space(
        n=choice(1, 2, 3, 4),
        B=choice(1, 2, 3, 4),
        k=choice(*k),
        a=vector("n"),
        eta=real(0, open_low=True),
    )


def _of_symbols(entry):
    """(17) at M = e_j^{⊗k}, which has norm 1: the squares of the (j, …, j) entry and of all others sum up to at most 1."""
    return entry**2 + norm_squared(REST) <= 1


def stable(s, power=BACKWARD):
    """k-th order linear stability for one parameter; on symbols what Theorem 1 makes of it at e_j^{⊗k}.

    The entry may be written as E_I(1−t)^k or as E_I(t−1)^k, which is the same up to sign.
    """

    def condition(xp, n, B, k, a, eta):
        entry = batch_mean(xp, a, eta, B, k, power)
        if xp.name == "sympy":
            return _of_symbols(entry)
        if s == "sc":
            return abs(entry) <= 1
        return batch_mean(xp, a, eta, B, k, ABSOLUTE) <= 1

    return requires(condition, rf"W^*\text{{ is }}k\text{{-stable ({s})}}")


def bounded_in_mean(xp, n, B, k, a, eta):
    """As `stable` in the readings @a, @b; on symbols with E_I|1−t|^k, the entry of the signed operator of (34)@a."""
    entry = batch_mean(xp, a, eta, B, k, ABSOLUTE)
    return _of_symbols(entry) if xp.name == "sympy" else entry <= 1


STABLE = {s: stable(s) for s in STABILITY}
STABLE_FORWARD = {s: stable(s, FORWARD) for s in STABILITY}
BOUNDED_IN_MEAN = requires(bounded_in_mean, r"W^*\text{ is }k\text{-stable (sa, sb)}")
NECESSITY = {
    "sa": ["ma2021/theorem-1@sa-cb-corrected"],
    "sb": ["ma2021/theorem-1@sb-cb-corrected"],
    "sc": ["ma2021/theorem-1@sc-cb"],
}

# ---- (34) ----------------------------------------------------------------------------------------------------------


def entry_bound(power, assumption, both=False):
    """Both signs of m ≤ 1 from m² + ‖r‖² ≤ 1: 2(1 ∓ m) = (1 ∓ m)² + (1 − m² − ‖r‖²) + ‖r‖²."""

    def prove(s):
        fact, half = s.assume(assumption), sympy.Rational(1, 2)

        def below_one(m):
            return chain(
                m,
                le(
                    sympy.Integer(1),
                    consequence(
                        "$\\|T^ke_j^{\\otimes k}\\|_F \\ge |(T^ke_j^{\\otimes k})_{j\\dots j}|$ and (17)",
                        half * square(1 - m),
                        half * hypothesis(fact),
                        half * square(REST),
                    ),
                ),
            )

        m = expectation(power.symbol, BATCH)
        return derivation(below_one(m), *([below_one(-m)] if both else []))

    return prove


def absolute_mean(xp, n, B, k, a, eta):
    return batch_mean(xp, a, eta, B, k, ABSOLUTE), 1 + 0 * eta


def size_of_mean(xp, n, B, k, a, eta):
    return abs(batch_mean(xp, a, eta, B, k, BACKWARD)), 1 + 0 * eta


def signed_mean(xp, n, B, k, a, eta):
    return batch_mean(xp, a, eta, B, k, FORWARD), 1 + 0 * eta


FORMS = {
    "a": (r"\mathbb E_I|1-t_{I,j}|^k", absolute_mean),
    "b": (r"|\mathbb E_I(1-t_{I,j})^k|", size_of_mean),
    "c": (r"\mathbb E_I(1-t_{I,j})^k", signed_mean),
}


def equation_34(reading, s):
    form, sides = FORMS[reading]
    more = {"expected": "proved", "uses": NECESSITY[s]}
    if reading == "a" and s != "sc":
        assumption = BOUNDED_IN_MEAN
        more["derivation"] = entry_bound(ABSOLUTE, assumption)
        more["uses"] = ["ma2021/lemma-1"]
        more["note"] = (
            "With $s_I$ the sign of $1-t_{I,j}$ the matrices $s_IA_I$ are symmetric, so $\\tilde T = \\mathbb E_I(s_IA_I)^{\\otimes k}$ is, and for "
            "odd $k$ its entry is $\\mathbb E_I|1-t_{I,j}|^k$. $\\|\\tilde T^te_j^{\\otimes k}\\|_F \\le \\mathbb E\\|w_t\\|_2^k$ is bounded by "
            "stability, so by Lemma 1 (for $\\tilde T$) $\\|\\tilde Te_j^{\\otimes k}\\|_F \\le 1$. The printed proof has no such step."
        )
    elif reading == "a":
        assumption = STABLE[s]
        more["expected"] = "refuted"
        more["note"] = (
            "For odd $k$ the moment tensor may stay bounded by cancellation: $k = 1$, $n = 2$, $B = 1$, $t \\in \\{0, 3\\}$."
        )
    elif reading == "b":
        assumption = STABLE[s]
        more["derivation"] = entry_bound(BACKWARD, assumption, both=True)
    else:
        assumption = STABLE_FORWARD[s]
        more["derivation"] = entry_bound(FORWARD, assumption)
    return Claim(
        id=f"ma2021/eq-34@{reading}-{s}",
        printed="(34)",
        kind="inequality",
        statement=rf"If {STABILITY[s]} for all $t$ ($k$-stable), then ${form} \le 1$, for every $j$.",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, assumption],
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
reading_34_b = _reading_34("b", "proved")
reading_34_c = _reading_34("c", "proved")
equation_34_entry = Claim(
    id="ma2021/eq-34",
    printed="(34)",
    kind="inequality",
    statement=r"For a $k$-stable $W^*$ the batch mean of the $k$-th power of $1-t_{I,j}$ is at most 1.",
    readings=[reading_34_a, reading_34_b, reading_34_c],
    expected="inconclusive",
)
