r"""The remark of Appendix F.1 that GSmoothSVRG converges for a fixed learning rate.

The printed sentence says neither where to nor for which σ_s, τ. Four readings:

- to the minimiser of f, whatever σ_s is (as the bound of Theorem F.1 says for a constant σ): false, a run may stay at the minimiser
  of f_σ for ever;
- to the minimiser of f where σ_s → 0: true, by the corrected Theorem F.1;
- to the minimiser of f_σ for constant σ = τ: true, this is SVRG on f_σ;
- to the minimiser of f_σ for constant σ > τ = 0: false, the variance of the update does not vanish there.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, choice, dimension, minimiser_of, point, real
from theorycheck.derivations import (
    by_expansion,
    by_summation,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    ge,
    le,
    lt,
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    square,
    summed,
)
from theorycheck.derivations.reasons.sequences import EveryStep, over, signs_show
from verifications.starnes2023.svrg_functions import (
    EACH_CONVEX,
    EACH_SMOOTH,
    EVEN,
    MODULUS,
    PRESUPPOSES,
    SMOOTHNESS,
)
from verifications.starnes2023.svrg_lemma_f_2 import USES
from verifications.starnes2023.svrg_lemma_f_5 import STRONG
from verifications.starnes2023.svrg_remarks import (
    EXAMPLE,
    SMOOTHED_MINIMUM,
    START,
    prove_rate,
    svrg_on_smoothing,
)
from verifications.starnes2023.svrg_theorem_f_1 import EXCESS, I, after_four_loops, stationary_start

SETTING = r"Under the hypotheses of Theorem F.1 with $0 < \eta < \frac1{4L}$ fixed and $m$ so large that $\alpha < 1$"

# ---- @a: whatever the schedule is ----------------------------------------------------------------------------------------


def stays_away(xp, eta, m, x):
    """f(x̃_s) − f(x_*) for every s, and its alleged limit."""
    value, _ = after_four_loops(xp, eta, m, x)
    return value, 0 * value


def prove_no_limit(_):
    _, chains = stationary_start()
    distance = sympy.Rational(0) - (sympy.Rational(1, 4) - sympy.Rational(1, 2))  # f(0) − f(1/2)
    zero = sympy.Integer(0)
    last = chain(zero, lt(distance, elementary("$f(0)-f(\\frac12) = \\frac14$"), "distance"))
    return derivation(*chains, last, concludes=((zero, "<", distance),))


every_schedule = Claim(
    id="starnes2023/remark-f-fixed-learning-rate@a",
    printed="Appendix F.1",
    kind="convergence",
    statement=rf"{SETTING}, whatever $\sigma_s \ge \tau \ge 0$ are: $\mathbb E f(\tilde x_s) \to f(x_*)$.",
    refutation=Refutation(
        derivation=prove_no_limit,
        explanation=f"{EXAMPLE}, and f(x̃_s) − f(x_*) = 1/4 for every s, with any learning rate and any m",
        sides=stays_away,
        relation="<=",
        instance=START,
    ),
    uses=["starnes2023/theorem-f.1", "starnes2023/algorithm-3@b"],
    expected="contested",
    note="What Theorem F.1 as printed says for a constant $\\sigma_s$, where its sum vanishes. The run converges to the minimiser of "
    "$f_\\sigma$ instead (reading @c).",
)

# ---- @b: σ_s → 0 ---------------------------------------------------------------------------------------------------------

R, B = (sympy.Symbol(name, positive=True) for name in ("r", "b"))
S = sympy.Symbol("s", integer=True, positive=True)
CONTRACTION = 1 / (1 + R)  # α, any number in (0, 1)
EVERY_LOOP = EveryStep(
    CONTRACTION * EXCESS[I - 1] + B - EXCESS[I],
    I,
    1,
    sympy.oo,
    r"Lemma F.5 (corrected) with $\alpha < 1$ in every loop, where $b = \frac{Ld}{4}\frac{1+2L\eta}{1-2L\eta}\varsigma^2$ and $\sigma_i \le \varsigma$",
)


def prove_limit(_):
    right = CONTRACTION**S * EXCESS[0] + B / (1 - CONTRACTION)
    weights = sympy.Sum(CONTRACTION ** (S - I) * B, (I, 1, S))
    geometric = (1 - CONTRACTION**S) / (1 - CONTRACTION) * B
    return derivation(
        chain(
            EXCESS[S],
            le(
                CONTRACTION**S * EXCESS[0] + weights,
                summed("Theorem F.1, corrected", over(EVERY_LOOP.fact, I, 1, S, CONTRACTION ** (S - I))),
            ),
            eq(CONTRACTION**S * EXCESS[0] + geometric, by_summation("geometric sum")),
            le(
                right,
                summed(
                    "drop $\\alpha^s$",
                    over(signs_show(CONTRACTION**S * B / (1 - CONTRACTION), I, S, S), I, S, S),
                ),
            ),
        ),
        concludes=((EXCESS[S], "<=", right),),
    )


BOUND = (
    r"if $\tau_i \le \sigma_i \le \varsigma$ from loop $N$ on, then $\mathbb E f(\tilde x_{N+s})-f(x_*) \le \alpha^s(\mathbb E f(\tilde x_N)-"
    r"f(x_*))+\frac{b}{1-\alpha}$ for every $s$, $b = \frac{Ld}{4}\frac{1+2L\eta}{1-2L\eta}\varsigma^2$"
)


def _bounded(suffix, statement, note="", **more):
    return Claim(
        id=f"starnes2023/remark-f-fixed-learning-rate{suffix}",
        printed="Appendix F.1" + (", corrected" if "corrects" in more else ""),
        kind="convergence",
        statement=statement,
        hypotheses=[EVERY_LOOP],
        derivation=prove_limit,
        uses=["starnes2023/lemma-f.5@b-corrected", "starnes2023/theorem-f.1@d-corrected"],
        expected="conditional",
        note=note
        + "$\\alpha = \\frac1{1+r}$ with $r > 0$; $A_i = \\mathbb E f(\\tilde x_{N+i})-f(x_*)$. The hypothesis is no assumption but the cited lemma. "
        "SGD on a fixed learning rate has no such bound already at $\\sigma = 0$, where $b = 0$.",
        **more,
    )


vanishing = _bounded(
    "@b",
    rf"{SETTING}: $\mathbb E f(\tilde x_s) \to f(x_*)$ if $\sigma_s \to 0$, for any $0 \le \tau \le \sigma_s$. For {BOUND}.",
    "As $\\sigma_s \\to 0$, N and then s make both terms small. ",
)
every_schedule_corrected = _bounded(
    "@a-corrected",
    rf"{SETTING}: {BOUND}. So $\mathbb E f(\tilde x_s) \to f(x_*)$ if $\sigma_s \to 0$.",
    corrects="starnes2023/remark-f-fixed-learning-rate@a",
)

# ---- @c: constant σ = τ --------------------------------------------------------------------------------------------------

on_smoothing = Claim(
    id="starnes2023/remark-f-fixed-learning-rate@c",
    printed="Appendix F.1",
    kind="convergence",
    statement=rf"{SETTING}, $\sigma_s = \tau = \sigma$ constant and $x_*^\sigma$ the minimiser of $f_\sigma$: $\mathbb E f_\sigma(\tilde x_s) \to "
    r"f_\sigma(x_*^\sigma)$, as $\mathbb E f_\sigma(\tilde x_s)-f_\sigma(x_*^\sigma) \le \alpha\,(f_\sigma(\tilde x_{s-1})-f_\sigma(x_*^\sigma))$ given "
    r"$\tilde x_{s-1}$.",
    space=Space(
        d=dimension(1, 2),
        f=EVEN,
        x_sigma=minimiser_of("f"),
        x=point(),  # an iterate, of the proof alone
        x_tilde=point(),
        sigma=real(0),
        L=SMOOTHNESS,
        gamma=MODULUS,
        h=real(0, open_low=True),
        m=choice(1, 2, 3),
    ),
    hypotheses=[EACH_CONVEX, EACH_SMOOTH, SMOOTHED_MINIMUM, STRONG],
    sides=svrg_on_smoothing,
    derivation=prove_rate,
    uses=["starnes2023/lemma-f.1", "starnes2023/lemma-f.2-furthermore", "starnes2023/eq-f.13", *USES],
    expected="conditional",
    note="SVRG on $f_\\sigma$. $\\eta = \\frac1{2L(1+h)}$ with $h > 0$. By strong convexity of $f_\\sigma$ also $\\tilde x_s \\to x_*^\\sigma$ in mean square. "
    + PRESUPPOSES,
)

# ---- @d: constant σ, τ = 0 -----------------------------------------------------------------------------------------------
# f_{1,2}(x) = x² ± sin x: convex, L = 3; f = x², γ = 2, and f_σ = x² + σ²/2 has the minimiser 0 for every σ.


def two_updates(x, q, sin, cos):
    """The two possible v of the first step, where x_0 = x̃ = x: ∇f_{i,σ}(x) − ∇f_i(x) + ∇f(x)."""
    del sin
    return [(2 * x + sign * q * cos(x)) - (2 * x + sign * cos(x)) + 2 * x for sign in (1, -1)]


def leaves_minimiser(xp, x, eta, sigma):
    """E x̃_1² for m = 2 from x̃_0 = x, and x̃_0², which it should not exceed at the minimiser."""
    updates = two_updates(x, xp.exp(-(sigma**2) / 4), xp.sin, xp.cos)
    after = sum((x - eta * v) ** 2 for v in updates) / 2
    return (x**2 + after) / 2, x**2


def prove_noise(_):
    """x̃² + E x_1² ≥ η²(1−q)², q = e^{−σ²/4}, wherever an inner loop starts."""
    x = sympy.Symbol("x", real=True)
    sigma, h = (sympy.Symbol(name, positive=True) for name in ("sigma", "h"))
    eta, q = 1 / (12 * (1 + h)), sympy.exp(-(sigma**2) / 4)
    f = x**2 + sympy.sin(x)
    smoothed = x**2 + sigma**2 / 2 + q * sympy.sin(x)
    updates = two_updates(x, q, sympy.sin, sympy.cos)
    after = sum((x - eta * v) ** 2 for v in updates) / 2
    jump = eta**2 * (1 - q) ** 2
    zero = sympy.Integer(0)
    shown = chain(
        x**2 + after,
        eq(
            x**2 + (1 - 2 * eta) ** 2 * x**2 + jump * sympy.cos(x) ** 2,
            by_expansion("$v = 2x \\mp (1-q)\\cos x$"),
        ),
        ge(
            x**2 + jump * sympy.cos(x) ** 2,
            consequence("drop a square", square((1 - 2 * eta) * x)),
        ),
        ge(
            jump,
            consequence(
                "$x^2 + \\cos^2x \\ge 1$ and $\\eta(1-q) < 1$",
                jump * nonnegative_part(x**2 + sympy.cos(x) ** 2 - 1),
                nonnegative_part((1 - jump) * x**2),
            ),
        ),
    )
    positive = chain(zero, lt(1 - q, elementary("$q < 1$")))
    return derivation(
        chain(
            smoothed_mean(f, x, sigma), eq(smoothed, smoothing_rule("smoothing term by term", f, x, sigma))
        ),
        chain(sympy.diff(smoothed, x), eq(2 * x + q * sympy.cos(x), by_expansion("$f_{1,\\sigma}'$"))),
        shown,
        positive,
        concludes=((shown.start, ">=", jump), (zero, "<", 1 - q)),
    )


control_variate = Claim(
    id="starnes2023/remark-f-fixed-learning-rate@d",
    printed="Appendix F.1",
    kind="convergence",
    statement=rf"{SETTING}, $\sigma_s = \sigma > 0$ constant, $\tau = 0$ and $x_*^\sigma$ the minimiser of $f_\sigma$: $\mathbb E f_\sigma(\tilde x_s) \to "
    r"f_\sigma(x_*^\sigma)$.",
    refutation=Refutation(
        derivation=prove_noise,
        explanation="f_1(x) = x² + sin x, f_2(x) = x² − sin x: L = 3, γ = 2, f = x², and f_σ = x² + σ²/2 has the minimiser 0. With q = exp(−σ²/4) "
        "the first step from x_0 = x̃ has v = 2x̃ ± (1−q)cos x̃, so x̃² + E x_1² ≥ η²(1−q)² wherever x̃ is, and E x̃_s² ≥ η²(1−q)²/m in every "
        "outer loop, for every m ≥ 2 and η < 1/(4L) = 1/12; E f_σ(x̃_s) − f_σ(0) = E x̃_s² does not tend to 0",
        sides=leaves_minimiser,
        relation="<=",
        instance={"x": Fraction(0), "eta": Fraction(1, 24), "sigma": Fraction(2)},
    ),
    uses=["starnes2023/algorithm-3@b"],
    expected="contested",
    note="0 is the minimiser of f as well, so the run does not converge to that either. With $m = 1$ the run stays where it starts, and "
    "$\\alpha > 1$. For large m, $\\alpha < 1$ (L = 3, $\\gamma = 2$).",
)
control_variate_corrected = _bounded(
    "@d-corrected",
    rf"{SETTING}: {BOUND}. For a constant $\sigma$ and any $0 \le \tau \le \sigma$ the limit superior is at most "
    r"$\frac{b}{1-\alpha}$, which is of the order $\sigma^2$.",
    corrects="starnes2023/remark-f-fixed-learning-rate@d",
)

fixed_learning_rate = Claim(
    id="starnes2023/remark-f-fixed-learning-rate",
    printed="Appendix F.1",
    kind="convergence",
    statement="Compared with GSmoothSGD, GSmoothSVRG converges for a fixed learning rate (where to, and for which $\\sigma_s$ and $\\tau$, is "
    "open in print).",
    readings=[every_schedule, vanishing, on_smoothing, control_variate],
    expected="inconclusive",
)
