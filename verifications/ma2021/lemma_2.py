r"""Lemma 2 in each reading of its left side, and (35), the inequality for one batch.

|1−t|^k and (t−1)^k are at least t^k/2^{k−1} − 1 for every t ≥ 0 and every k ≥ 1. For (1−t)^k that is false for odd k: at t = 3, k = 1
it says −2 ≥ 2. For even k the three left sides are the same number.
"""

import sympy

from theorycheck import Claim, Space, choice, real, vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    eq,
    ge,
    in_cases,
    nonnegative_part,
)
from verifications.ma2021.reasons import (
    applied,
    concluding,
    follows,
    power_above_tangent,
    power_increases,
    power_of_either_sign,
)

ORDERS = choice(1, 2, 3, 4, 5, 6, 7, 8, 12)

# ---- Lemma 2 -----------------------------------------------------------------------------------------------------


def _lower_bound(t, k):
    return t**k / 2 ** (k - 1) - 1


def absolute_value(xp, t, k):
    return abs(1 - t) ** k, _lower_bound(t, k)


def one_minus_t(xp, t, k):
    return (1 - t) ** k, _lower_bound(t, k)


def t_minus_one(xp, t, k):
    return (t - 1) ** k, _lower_bound(t, k)


def _power_mean(s, k):
    """(s^k + 1)/2 ≥ ((s+1)/2)^k: the tangent of y^k at the mean m = (s+1)/2 lies below at y = s and at y = 1."""
    mean = (s + 1) / 2
    return consequence(
        "convexity: $y^k$ lies above its tangent at $\\frac{s+1}2$, taken at $y = s$ and at $y = 1$",
        power_above_tangent(s, mean, k),
        power_above_tangent(1, mean, k),
    )


def prove_absolute_value(s):
    """No case distinction: with s = |1−t|, 2^{k−1}(s^k + 1) ≥ (s+1)^k ≥ t^k since s + 1 ≥ t."""
    t, k = s.t, s.k
    size = abs(1 - t)
    return derivation(
        chain(
            s.left,
            ge(2 * ((size + 1) / 2) ** k - 1, _power_mean(size, k)),
            ge(
                2 * (t / 2) ** k - 1,
                consequence("$|1-t|+1 \\ge t$", 2 * power_increases((size + 1) / 2, t / 2, k)),
            ),
            eq(s.right, by_expansion("$2 \\cdot 2^{-k} = 2^{1-k}$")),
        )
    )


def prove_t_minus_one(s):
    """The printed two cases. For t ≥ 1 as before; for t ≤ 1: (t−1)^k ≥ −(1−t)^k ≥ −(1−t) = t − 1 ≥ t^k − 1."""
    t, k = s.t, s.k
    return derivation(
        chain(
            s.left,
            ge(
                2 * (t / 2) ** k - 1,
                in_cases(
                    "the cases $t \\le 1$ and $t \\ge 1$",
                    t - 1,
                    below=(
                        ge(-((1 - t) ** k), consequence("$k$ even or odd", power_of_either_sign(t - 1, k))),
                        ge(
                            2 * (t / 2) ** k - 1,
                            consequence(
                                "$(1-t)^k \\le 1-t$ and $2^{1-k}t^k \\le t^k \\le t$",
                                (1 - t) * power_increases(1, 1 - t, k - 1),
                                t * power_increases(1, t, k - 1),
                                t**k * power_increases(1, sympy.Rational(1, 2), k - 1),
                            ),
                        ),
                    ),
                    above=(ge(2 * (t / 2) ** k - 1, _power_mean(t - 1, k)),),
                ),
            ),
            eq(s.right, by_expansion("$2 \\cdot 2^{-k} = 2^{1-k}$")),
        )
    )


def lemma_2(reading, left, sides, **more):
    return Claim(
        id=f"ma2021/lemma-2@{reading}",
        printed="Lemma 2",
        kind="inequality",
        statement=rf"For any $t \ge 0$ and integer $k \ge 1$: ${left} \ge \frac{{t^k}}{{2^{{k-1}}}} - 1$.",
        space=Space(t=real(0), k=ORDERS),
        sides=sides,
        relation=">=",
        **more,
    )


absolute = lemma_2(
    "a",
    "|1-t|^k",
    absolute_value,
    derivation=prove_absolute_value,
    expected="proved",
    note="Equality exactly at $t = 2$ (for $k \\ge 2$), where both sides are 1; for $k = 1$ at every $t \\ge 1$. With $s = |1-t|$ no case "
    "distinction is needed: $2^{k-1}(s^k+1) \\ge (s+1)^k \\ge t^k$.",
)
signed = lemma_2(
    "b",
    "(1-t)^k",
    one_minus_t,
    expected="refuted",
    note="False for every odd $k$: the left side tends to $-\\infty$ and the right side to $+\\infty$. For even $k$ it is reading @a.",
)
reversed_sign = lemma_2(
    "c",
    "(t-1)^k",
    t_minus_one,
    derivation=prove_t_minus_one,
    expected="proved",
    note="For odd $k$ and $t < 1$ the left side is negative, and the bound still holds because $(1-t)^k + t^k \\le 1$. This is "
    "the form that makes Theorem 2 true for odd $k$: it bounds $t^k$ by means of $(t-1)^k$ itself.",
)
lemma = Claim(
    id="ma2021/lemma-2",
    printed="Lemma 2",
    kind="inequality",
    statement=r"For any $t \ge 0$ and integer $k \ge 1$ a $k$-th power of $1-t$ (which is open) is at least "
    r"$\frac{t^k}{2^{k-1}} - 1$.",
    readings=[absolute, signed, reversed_sign],
    expected="inconclusive",
)


def even_power(xp, t, m):
    return (1 - t) ** (2 * m), _lower_bound(t, 2 * m)


def prove_even_power(s):
    term = applied(absolute, t=s.t, k=2 * s.m)
    return derivation(chain(s.left, ge(s.right, follows("$(1-t)^{2m} = |1-t|^{2m}$ and reading @a", term))))


signed_corrected = Claim(
    id="ma2021/lemma-2@b-corrected",
    printed="Lemma 2, corrected",
    kind="inequality",
    statement=r"For any $t \ge 0$ and even $k = 2m$: $(1-t)^k \ge \frac{t^k}{2^{k-1}} - 1$.",
    space=Space(t=real(0), m=choice(1, 2, 3, 4)),
    sides=even_power,
    relation=">=",
    derivation=prove_even_power,
    corrects="ma2021/lemma-2@b",
    uses=["ma2021/lemma-2@a"],
    expected="conditional",
)

# ---- (35): one batch -----------------------------------------------------------------------------------------------
# S = Σ_{i∈I} a_{i,j}² and t_{I,j} = (η/B) S. A batch enters by S and by Σ_{i∈I} a_{i,j}^{2k} alone.


def one_batch(power):
    def sides(xp, a, eta, B, k):
        t = eta / B * (a**2).sum(axis=-1)
        return power(t, k), eta**k / (2 ** (k - 1) * B**k) * (a ** (2 * k)).sum(axis=-1) - 1

    return sides


def superadditivity(k):
    """(S+q)^k ≥ S^k + q^k for S, q ≥ 0: the step from B to B + 1 samples of (Σ a_i²)^k ≥ Σ a_i^{2k}; B = 1 is an equality."""
    S, q = sympy.symbols("S q", nonnegative=True)
    return chain(
        (S + q) ** k,
        ge(
            S**k + q**k,
            consequence(
                "$(S+q)^k = S(S+q)^{k-1} + q(S+q)^{k-1}$, and powers increase",
                S * power_increases(S + q, S, k - 1),
                q * power_increases(S + q, q, k - 1),
            ),
            "superadditivity",
        ),
    )


def _one_batch_chain(eta, k, power, lemma_at):
    S, excess = sympy.symbols("S e", nonnegative=True)  # e = S^k − Σ a_i^{2k} ≥ 0 by the first chain
    B = sympy.Symbol("B", integer=True, positive=True)
    t, of_samples = eta / B * S, S**k - excess
    factor = eta**k / (2 ** (k - 1) * B**k)
    return concluding(
        superadditivity(k),
        chain(
            power(t, k),
            ge(t**k / 2 ** (k - 1) - 1, follows("Lemma 2 at $t = t_{I,j}$", lemma_at(t, k)), "Lemma 2"),
            ge(
                factor * of_samples - 1,
                consequence(
                    "$(\\sum_{i\\in I}a_{i,j}^2)^k \\ge \\sum_{i\\in I}a_{i,j}^{2k}$",
                    nonnegative_part(factor * excess),
                ),
                "powers of the sum",
            ),
        ),
    )


def prove_one_batch(power, lemma_of_reading):
    def prove(s):
        return _one_batch_chain(s.eta, s.k, power, lambda t, k: applied(lemma_of_reading, t=t, k=k))

    return prove


def one_batch_even(xp, a, eta, B, m):
    return one_batch(lambda t, k: (1 - t) ** k)(xp, a, eta, B, 2 * m)


def prove_one_batch_even(s):
    return _one_batch_chain(
        s.eta, 2 * s.m, lambda t, k: (1 - t) ** k, lambda t, k: applied(signed_corrected, t=t, m=s.m)
    )


def equation_35(reading, left, power, **more):
    return Claim(
        id=f"ma2021/eq-35@{reading}",
        printed="(35)",
        kind="inequality",
        statement=rf"$t = t_{{I,j}} = \frac\eta B\sum_{{i\in I}}a_{{i,j}}^2$: "
        rf"${left} \ge \frac{{\eta^k}}{{2^{{k-1}}B^k}}\sum_{{i\in I}}a_{{i,j}}^{{2k}} - 1$.",
        space=Space(B=choice(1, 2, 3, 5), k=choice(1, 2, 3, 4, 5), a=vector("B"), eta=real(0)),
        sides=one_batch(power),
        relation=">=",
        **more,
    )


batch_absolute = equation_35(
    "a",
    "|1-t|^k",
    lambda t, k: abs(1 - t) ** k,
    derivation=prove_one_batch(lambda t, k: abs(1 - t) ** k, absolute),
    uses=["ma2021/lemma-2@a"],
    expected="conditional",
    note="Equality if one sample of the batch has $a_{i,j}^2 = 2B/\\eta$ and the others have none of it.",
)
batch_signed = equation_35(
    "b",
    "(1-t)^k",
    lambda t, k: (1 - t) ** k,
    uses=["ma2021/lemma-2@b"],
    expected="refuted",
    note="False for odd $k$, as Lemma 2 in this reading.",
)
batch_reversed = equation_35(
    "c",
    "(t-1)^k",
    lambda t, k: (t - 1) ** k,
    derivation=prove_one_batch(lambda t, k: (t - 1) ** k, reversed_sign),
    uses=["ma2021/lemma-2@c"],
    expected="conditional",
)
batch = Claim(
    id="ma2021/eq-35",
    printed="(35)",
    kind="inequality",
    statement=r"Lemma 2 at $t_{I,j}$ and $(\sum_{i\in I}a_{i,j}^2)^k \ge \sum_{i\in I}a_{i,j}^{2k}$, in the readings of Lemma 2.",
    readings=[batch_absolute, batch_signed, batch_reversed],
    expected="inconclusive",
)
batch_signed_corrected = Claim(
    id="ma2021/eq-35@b-corrected",
    printed="(35), corrected",
    kind="inequality",
    statement=r"For even $k = 2m$: $(1-t_{I,j})^k \ge \frac{\eta^k}{2^{k-1}B^k}\sum_{i\in I}a_{i,j}^{2k} - 1$.",
    space=Space(B=choice(1, 2, 3), m=choice(1, 2), a=vector("B"), eta=real(0)),
    sides=one_batch_even,
    relation=">=",
    derivation=prove_one_batch_even,
    corrects="ma2021/eq-35@b",
    uses=["ma2021/lemma-2@b-corrected"],
    expected="conditional",
)
