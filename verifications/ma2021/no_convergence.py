r"""The remark "without linear stability W_t can never converge to the minimum", in three modes of convergence.

- Almost surely and in probability: false, already for the linearised dynamics. One parameter, two samples, t ∈ {1, 4}: the factors are
  0 and −3, so w_t is 0 as soon as the first sample was drawn, while every moment explodes.
- In k-th mean: true for the linearised dynamics from every start outside a proper subspace (in one parameter from every start but W*
  itself). False for SGD (7) itself: far from W* a step may land exactly on W*, from an open set of starts.

Both dynamics are printed side by side (W_t is the iterate of (7)), so each mode has a claim for each.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, requires
from theorycheck.algebra import expectation
from theorycheck.algebra.expectation import index
from theorycheck.derivations import by_expansion, chain, consequence, eq, expected, ge, le, nonnegative_part
from verifications.ma2021.batches import ABSOLUTE, BACKWARD, BATCH_FITS, STABILITY, batch_mean
from verifications.ma2021.lemma_3 import growth_chains
from verifications.ma2021.reasons import Random, concluding, power_above_tangent
from verifications.ma2021.theorem_2 import one_parameter

K = sympy.Symbol("k", positive=True, integer=True)
T = sympy.Symbol("t", positive=True, integer=True)
HALF = sympy.Rational(1, 2)
NOT_STABLE = {s: text.replace(r"\le", r"\not\le", 1) for s, text in STABILITY.items()}

# ---- almost surely, in probability ------------------------------------------------------------------------------------------


def moments_explode():
    """|E_I(1−t)^k| = E_I|1−t|^k = 3^k/2 ≥ 3/2, and (3/2)^t is unbounded: unstable of every order in every reading."""
    return (
        chain(
            HALF * 3**K,
            ge(
                3 * HALF,
                consequence(
                    "$3^k \\ge 1+2k \\ge 3$", HALF * power_above_tangent(3, 1, K), nonnegative_part(K - 1)
                ),
            ),
        ),
        chain((3 * HALF) ** T, ge(1 + T / 2, consequence("Bernoulli", power_above_tangent(3 * HALF, 1, T)))),
    )


def prove_hits_zero(_):
    """P(w_t ≠ 0) = 2^{−t}, whatever w_0 is."""
    return concluding(
        *moments_explode(),
        chain(
            2**T,
            ge(
                1 + T,
                consequence(
                    "$\\mathbb P(w_t \\ne 0) = 2^{-t} \\le \\frac1{1+t} \\to 0$", power_above_tangent(2, 1, T)
                ),
            ),
        ),
        chain(
            HALF**T * 2**T,
            eq(
                sympy.Integer(1),
                by_expansion(
                    "$t$ independent draws, each misses the first sample with probability $\\frac12$"
                ),
            ),
        ),
    )


HITS_ZERO = Refutation(
    derivation=prove_hits_zero,
    explanation="f(x, w) = xw, samples x = 1 and x = 2 with y = 0, B = 1, eta = 1, W* = 0: a step multiplies w by 0 or by -3, each with probability "
    "1/2, so w_t = W* for all large t with probability 1 from every start, while E|w_t|^k = (3^k/2)^t |w_0|^k and its signed version explode",
)
MODES = {"a": "in $k$-th mean", "b": "almost surely", "c": "in probability"}


def _statement(letter, s):
    return (
        rf"If $W^*$ is not $k$-stable ({NOT_STABLE[s]}), then $W_t$ cannot converge to $W^*$ {MODES[letter]}."
    )


def random_convergence(letter, s):
    return Claim(
        id=f"ma2021/remark-no-convergence@{letter}-{s}",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=_statement(letter, s),
        refutation=HITS_ZERO,
        uses=[f"ma2021/definition-5@{s[1]}"],
        expected="contested",
        note="For this model (7) and (12) are the same dynamics. The same happens without an exact hit whenever $\\mathbb E_I\\log|1-t_I| < 0$ and a moment "
        "grows: $t \\in \\{1-\\varepsilon, 4\\}$.",
    )


def prove_growth_in_probability(_):
    """Markov for 1/|w_t|, with E_I 1/|1−t_I| = 1/(1+r): P(|w_t| ≤ ε) ≤ ε E 1/|w_t| = ε (1+r)^{−t}/|w_0|."""
    bound, r = sympy.symbols("epsilon r", positive=True)
    inverse = Random(r"|w_t|^{-1}", "b", nonnegative=True)
    slack = Random("s_b", "b", nonnegative=True)  # ε/|w_t| − 1{|w_t| ≤ ε} ≥ 0
    batches = index("b")
    return concluding(
        chain(
            expectation(bound * inverse - slack, batches),
            le(
                bound * expectation(inverse, batches),
                consequence(
                    "the indicator of $|w_t| \\le \\varepsilon$ is at most $\\varepsilon/|w_t|$",
                    expected(nonnegative_part(slack), batches),
                ),
            ),
        ),
        chain(
            (1 + r) ** T,
            ge(
                1 + T * r,
                consequence("Bernoulli: $\\mathbb E|w_t|^{-1}$ tends to 0", power_above_tangent(1 + r, 1, T)),
            ),
        ),
    )


def random_corrected(letter, s):
    return Claim(
        id=f"ma2021/remark-no-convergence@{letter}-{s}-corrected",
        printed="Section 3, after Definition 5, corrected",
        kind="implication",
        statement=r"One parameter: if $\mathbb E_I|1-t_I|^{-1} < 1$, then $|w_t| \to \infty$ in probability from every $w_0 \ne W^*$; so the linearised dynamics "
        f"does not converge {MODES[letter]}.",
        derivation=prove_growth_in_probability,
        corrects=f"ma2021/remark-no-convergence@{letter}-{s}",
        uses=["ma2021/eq-12"],
        expected="conditional",
        note="What decides in these modes is the typical growth $\\mathbb E_I\\log|1-t_I|$ and not a moment; a negative moment below 1 makes it positive.",
    )


# ---- in k-th mean --------------------------------------------------------------------------------------------------------------


def unstable(s):
    def condition(xp, n, B, k, a, eta):
        if s == "sc":
            return abs(batch_mean(a, eta, B, k, BACKWARD)) > 1
        return batch_mean(a, eta, B, k, ABSOLUTE) > 1

    return requires(condition, rf"W^*\text{{ is not }}k\text{{-stable ({s})}}")


def next_mean(xp, n, B, k, a, eta):
    """E|w_1|^k against |w_0|^k for w_0 = 1, one parameter; every later step multiplies by the same number."""
    return batch_mean(a, eta, B, k, ABSOLUTE), 1 + 0 * eta


def prove_subspace(_):
    """Starts with bounded E‖w_t‖^k form a subspace: ‖x+y‖^k ≤ 2^{k−1}(‖x‖^k + ‖y‖^k), x and y from two starts on the same batches.

    The chain is about every path of batches; the means of both sides are those of the statement.
    """
    x, y = (sympy.Symbol(name, nonnegative=True) for name in (r"\|x_t\|", r"\|y_t\|"))
    middle = (x + y) / 2
    return concluding(
        chain(
            2 * middle**K,
            le(
                x**K + y**K,
                consequence(
                    "convexity: the start $x_0 + y_0$ is bounded in $k$-th mean if $x_0$ and $y_0$ are",
                    *(power_above_tangent(end, middle, K) for end in (x, y)),
                ),
                "subspace",
            ),
        ),
        *growth_chains(),
    )


def linearised(s):
    assumption = unstable(s)
    return Claim(
        id=f"ma2021/remark-no-convergence@a-{s}-linearised",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=_statement("a", s)
        + " ($w_t$ of the linearised dynamics (12), from every start outside a proper linear subspace; for $p = 1$ from every $w_0 \\ne W^*$.)",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, assumption],
        sides=next_mean,
        relation=">=",
        derivation=prove_subspace,
        corrects=f"ma2021/remark-no-convergence@a-{s}-sgd",
        uses=["ma2021/lemma-1", "ma2021/remark-symmetric-decomposition"],
        expected="conditional",
        note="The starts from which $\\mathbb E\\|w_t\\|^k$ stays bounded form a linear subspace. Were it everything, the bounds on a basis would give one "
        "$C$ for all starts, so stability (in @c because the moment tensors of powers span $\\mathcal M_k$ and $\\|\\mathbb Ew^{\\otimes k}\\|_F \\le "
        "\\mathbb E\\|w\\|^k$). From every other start the moment is unbounded. Exceptional starts do exist: $w_0 = W^*$, or a direction in which no "
        "sample moves too far.",
    )


def landing_step(xp, w, eta):
    """One step of GD for f(w) = 2w on |w| ≤ 1, 2 sgn w on 1 ≤ |w| ≤ 2, w beyond; y = 0: |w_1| should stay above 0."""
    slope = xp.where(abs(w) >= 2, 1, xp.where(abs(w) >= 1, 0, 2))
    value = xp.where(abs(w) >= 2, w, xp.where(abs(w) >= 1, 2 * xp.sign(w), 2 * w))
    return abs(w - eta * value * slope), 0 * w


def prove_landing(_):
    w = sympy.Symbol("w", positive=True)
    return concluding(
        chain(
            w - 1 * w * 1,
            eq(
                sympy.Integer(0),
                by_expansion("for $|w_0| > 2$, $\\eta = 1$: $w_1 = w_0 - f(w_0)f'(w_0) = 0$"),
            ),
        ),
        chain(
            abs(sympy.Integer(1) - 1 * 2**2) ** K,
            eq(3**K, by_expansion("at $W^* = 0$: $a = f'(0) = 2$, $|1-\\eta a^2| = 3$")),
        ),
        chain(
            3**K,
            ge(
                1 + 2 * K,
                consequence("unstable of every order, in every reading", power_above_tangent(3, 1, K)),
            ),
        ),
    )


def of_sgd(s):
    return Claim(
        id=f"ma2021/remark-no-convergence@a-{s}-sgd",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=_statement("a", s) + " ($W_t$ of SGD (7) itself.)",
        refutation=Refutation(
            derivation=prove_landing,
            explanation="one sample, f(w) = 2w for |w| <= 1, 2 sgn(w) for 1 <= |w| <= 2, w for |w| >= 2 (a ReLU network in w, and it may be smoothed near "
            "|w| = 1, 2), y = 0, eta = 1: W* = 0 is unstable of every order, since 1 - eta a^2 = -3, but from every |w_0| > 2 the first step "
            "lands on W* and the iterate stays there",
            sides=landing_step,
            relation=">",
            instance={"w": Fraction(3), "eta": Fraction(1)},
        ),
        uses=[f"ma2021/definition-5@{s[1]}"],
        expected="contested",
        note="Far from $W^*$ linear stability at $W^*$ says nothing about a single step. Near $W^*$ the linearised statement applies.",
    )


linearised_claims = {s: linearised(s) for s in STABILITY}
sgd_claims = {s: of_sgd(s) for s in STABILITY}
in_mean = {
    s: Claim(
        id=f"ma2021/remark-no-convergence@a-{s}",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=_statement("a", s),
        readings=[linearised_claims[s], sgd_claims[s]],
        expected="inconclusive",
        note="Open in print: whether $W_t$ is the linearised iterate, and from which starts. In the sense of linear stability theory, the linearised "
        "dynamics from a general start, the statement is true.",
    )
    for s in STABILITY
}
at_random = {(letter, s): random_convergence(letter, s) for letter in "bc" for s in STABILITY}
corrections = [random_corrected(letter, s) for letter in "bc" for s in STABILITY]
modes = [
    Claim(
        id=f"ma2021/remark-no-convergence@{letter}",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=rf"Without linear stability of $W^*$, $W_t$ can never converge to the minimum {MODES[letter]}.",
        readings=[in_mean[s] if letter == "a" else at_random[letter, s] for s in STABILITY],
        expected="inconclusive" if letter == "a" else "contested",
    )
    for letter in MODES
]
no_convergence = Claim(
    id="ma2021/remark-no-convergence",
    printed="Section 3, after Definition 5",
    kind="implication",
    statement=r"Without linear stability of $W^*$, $W_t$ can never converge to the minimum.",
    readings=modes,
    expected="inconclusive",
)
