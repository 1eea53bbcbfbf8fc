r"""What follows from Theorem 2: the summed bound, the remark on flatness and non-uniformity, Corollary 1 (19).

All true in every reading of Definition 5, because Theorem 2 is. The instances have two parameters; stability is decided exactly there in
reading @c for every k and in the readings @a and @b for even k.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, requires
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.algebra.expectation import index
from theorycheck.algebra.facts import elementary as fact
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    eq,
    expected,
    hypothesis,
    le,
    square,
)
from verifications.ma2021.batches import (
    BATCH_FITS,
    MEAN_OF_SAMPLES,
    SAMPLE,
    STABILITY,
    is_contraction,
)
from verifications.ma2021.reasons import (
    Random,
    averaged,
    concluded,
    concluding,
    conclusion,
    follows,
    power_above_tangent,
)
from verifications.ma2021.theorem_2 import theorems_2

COORDINATE = index("j")
ORDERS = {"sa": (2, 4), "sb": (2, 4), "sc": (1, 2, 3)}


def two_parameters(orders):
    return Space(
        n=choice(1, 2, 3),
        B=choice(1, 2, 3),
        k=choice(*orders),
        p=choice(2),
        a=matrix("n", "p"),
        eta=real(0, open_low=True),
    )


def stable(s):
    """k-stable, two parameters."""

    def condition(xp, n, B, k, a, eta):
        return is_contraction(xp, a, eta, B, k)

    return requires(condition, rf"W^*\text{{ is }}k\text{{-stable ({s})}}")


STABLE = {s: stable(s) for s in STABILITY}

# ---- the summed bound ------------------------------------------------------------------------------------------------


def summed_moment(xp, n, B, k, p, a, eta):
    return (a ** (2 * k)).sum(axis=-1).sum(axis=-1) / n, 2**k * p * B ** (k - 1) / eta**k


def prove_summed_moment(theorem):
    """(1/n) Σ_i ‖a_i‖_{2k}^{2k} is p times the mean over j of the moments (1/n) Σ_i a_{i,j}^{2k}."""

    def prove(s):
        bound = concluded(theorem, "$k$-stability gives (17) at $e_j^{\\otimes k}$ for every coordinate $j$")
        return concluding(
            chain(
                s.p * expectation(MEAN_OF_SAMPLES, COORDINATE),
                le(
                    2**s.k * s.p * s.B ** (s.k - 1) / s.eta**s.k,
                    follows("(18) summed over $j$", averaged(s.p * bound, COORDINATE)),
                ),
            )
        )

    return prove


def remark_moment_sum(s):
    return Claim(
        id=f"ma2021/remark-moment-sum@{s}",
        printed="Section 3, after Theorem 2",
        kind="implication",
        statement=rf"If {STABILITY[s]} for all $t$, then "
        r"$\frac1n\sum_i\|a_i\|_{2k}^{2k} \le \frac{2^kpB^{k-1}}{\eta^k}$.",
        space=two_parameters(ORDERS[s]),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=summed_moment,
        derivation=prove_summed_moment(theorems_2[s]),
        uses=[f"ma2021/theorem-2@{s}"],
        expected="conditional",
        note="For $k = 1$: $\\mathrm{Tr}\\,H \\le 2p/\\eta$, with equality for $H = \\frac2\\eta\\mathrm{Id}$ in reading @c.",
    )


moment_sums = {s: remark_moment_sum(s) for s in STABILITY}
moment_sum = Claim(
    id="ma2021/remark-moment-sum",
    printed="Section 3, after Theorem 2",
    kind="implication",
    statement=r"If $W^*$ is $k$-stable, then $\frac1n\sum_i\|a_i\|_{2k}^{2k} \le \frac{2^kpB^{k-1}}{\eta^k}$.",
    readings=list(moment_sums.values()),
    expected="conditional",
)

# ---- Corollary 1 (19) ------------------------------------------------------------------------------------------------
# N_i = ‖a_i‖_{2k}. The chain bounds (mean of N_i)^{2k} by the mean of N_i^{2k}, and that by the summed bound.


def mean_norm(xp, n, B, k, p, a, eta):
    """Both sides of (19), to the power 2k where k is 1, 2, 4 (there the root is a repeated square root)."""
    norms = (a ** (2 * k)).sum(axis=-1)
    bound = xp.number(2) ** k * p * B ** (k - 1) / eta**k
    for _ in range({1: 1, 2: 2, 4: 3}[k]):
        norms, bound = xp.sqrt(norms), xp.sqrt(bound)
    return norms.sum(axis=-1) / n, bound


def prove_mean_norm(summed):
    def prove(s):
        k = s.k
        norm = Random(r"\|a_i\|_{2k}", "i", nonnegative=True)
        mean = expectation(norm, SAMPLE)
        left, _, right = conclusion(summed)
        return concluding(
            chain(
                mean ** (2 * k),
                le(
                    expectation(norm ** (2 * k), SAMPLE),
                    consequence(
                        "Hölder: the tangent at the mean",
                        expected(power_above_tangent(norm, mean, 2 * k), SAMPLE),
                    ),
                ),
            ),
            chain(
                left,
                le(right, follows("the summed bound, of the same mean of $2k$-th powers", concluded(summed))),
            ),
        )

    return prove


def corollary_1(s):
    return Claim(
        id=f"ma2021/corollary-1@{s}",
        printed="Corollary 1 (19)",
        kind="implication",
        statement=rf"If {STABILITY[s]} for all $t$, then "
        r"$\frac1n\sum_i\|a_i\|_{2k} \le \sqrt{2/\eta}\,(pB^{k-1})^{1/2k}$.",
        space=two_parameters((1, 2, 4) if s == "sc" else (2, 4)),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=mean_norm,
        derivation=prove_mean_norm(moment_sums[s]),
        uses=[f"ma2021/remark-moment-sum@{s}"],
        expected="conditional",
        note="With $m = \\frac1n\\sum_i\\|a_i\\|_{2k}$ and $\\|a_i\\|_{2k} = m + d_i$, the deviations $d_i$ have the mean 0, so the first chain "
        "says $m^{2k} \\le \\frac1n\\sum_i\\|a_i\\|_{2k}^{2k}$.",
    )


corollaries_1 = {s: corollary_1(s) for s in STABILITY}
corollary_1_entry = Claim(
    id="ma2021/corollary-1",
    printed="Corollary 1 (19)",
    kind="implication",
    statement=r"If $W^*$ is $k$-stable, then $\frac1n\sum_i\|a_i\|_{2k} \le \sqrt{2/\eta}\,(pB^{k-1})^{1/2k}$.",
    readings=list(corollaries_1.values()),
    expected="conditional",
)

# ---- flatness and non-uniformity ---------------------------------------------------------------------------------------


def largest_eigenvalue(xp, a):
    """λ_max of Σ = (1/n) Σ H_i² − H², two parameters."""
    a = xp.asarray(a)
    n = a.shape[-2]
    H = [[(a[:, :, r] * a[:, :, c]).sum(axis=-1) / n for c in range(2)] for r in range(2)]
    squares = [
        [((a**2).sum(axis=-1) * a[:, :, r] * a[:, :, c]).sum(axis=-1) / n for c in range(2)] for r in range(2)
    ]
    x, y, z = (squares[r][c] - H[r][0] * H[0][c] - H[r][1] * H[1][c] for r, c in ((0, 0), (1, 1), (0, 1)))
    return (x + y + xp.sqrt((x - y) ** 2 + 4 * z**2)) / 2


def non_uniformity(xp, n, B, k, p, a, eta):
    return largest_eigenvalue(xp, a), 4 * p**2 * B / eta**2


def prove_non_uniformity(s):
    """⟨v, Σv⟩ ≤ (1/n) Σ ‖a_i‖²⟨a_i, v⟩² ≤ (1/n) Σ ‖a_i‖_2^4 ‖v‖², ‖a‖_2^4 ≤ p‖a‖_4^4, and the summed bound for k = 2."""
    a = algebra_vector("a_i", depends_on=frozenset({"i"}))
    v, image = algebra_vector("v"), algebra_vector("Hv")
    mean, deviation = sympy.Symbol("m", nonnegative=True), Random("d_j", "j")
    p = s.p
    entry = mean + deviation  # a_{i,j}² around its mean over j
    return concluding(
        chain(
            expectation(norm_squared(a) * inner(a, v) ** 2, SAMPLE) - norm_squared(image),
            le(
                norm_squared(v) * expectation(norm_squared(a) ** 2, SAMPLE),
                consequence(
                    "$\\langle v,\\Sigma v\\rangle$: Cauchy-Schwarz in $\\langle a_i,v\\rangle^2$, and $\\|Hv\\|^2 \\ge 0$",
                    expected(norm_squared(a) * hypothesis(fact("Cauchy-Schwarz", a, v)), SAMPLE),
                    square(image),
                ),
            ),
        ),
        chain(
            p**2 * (mean**2 + 2 * mean * expectation(deviation, COORDINATE)),
            le(
                p * (p * expectation(entry**2, COORDINATE)),
                consequence(
                    "$\\|a\\|_2^4 = (pm)^2 \\le p\\sum_ja_j^4 = p\\|a\\|_4^4$",
                    expected(p**2 * square(deviation), COORDINATE),
                ),
            ),
        ),
        chain(
            p * (4 * p * s.B / s.eta**2),
            eq(
                4 * p**2 * s.B / s.eta**2,
                by_expansion(
                    "$p\\,\\frac1n\\sum_i\\|a_i\\|_4^4 \\le p \\cdot 4pB/\\eta^2$, the summed bound for $k = 2$"
                ),
            ),
        ),
    )


def flatness_control(s):
    return Claim(
        id=f"ma2021/remark-flatness-control@{s}",
        printed="Section 3, after Theorem 2",
        kind="implication",
        statement=rf"If {STABILITY[s]} for all $t$: for $k = 1$ the flatness is controlled, $\frac1n\sum_i\|a_i\|_2^2 \le 2p/\eta$, and for $k = 2$ "
        r"the non-uniformity is, through $\frac1n\sum_i\|a_i\|_4^4 \le 4pB/\eta^2$: $\lambda_{\max}(\Sigma) \le 4p^2B/\eta^2$.",
        space=two_parameters((2,)),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=non_uniformity,
        derivation=prove_non_uniformity,
        uses=[f"ma2021/remark-moment-sum@{s}"],
        expected="conditional",
        note="The flatness is the summed bound at $k = 1$. No constant is printed for $\\lambda_{\\max}(\\Sigma) \\le c(p)\\frac1n\\sum_i\\|a_i\\|_4^4$: "
        "$c(p) = p$ is the best that holds for all $n$; one sample $a = (1, \\dots, 1)$ among $n-1$ zeros has the ratio $p(1-\\frac1n)$. "
        "In the second chain $a_j^2 = m + d_j$ with deviations $d_j$ of mean 0.",
    )


flatness_controls = {s: flatness_control(s) for s in STABILITY}
flatness_control_entry = Claim(
    id="ma2021/remark-flatness-control",
    printed="Section 3, after Theorem 2",
    kind="implication",
    statement=r"$k = 1$ controls the flatness, $k = 2$ controls the non-uniformity.",
    readings=list(flatness_controls.values()),
    expected="conditional",
)
