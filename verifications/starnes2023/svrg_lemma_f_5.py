"""Lemma F.5: contraction over one inner loop, f γ-strongly convex.

False for σ > 0, in both readings, because Lemma F.4 is: for f(x) = x²/2, K = 1 and x̃ = x_* the run stays where it is, so
F_σ(x̃_s) = F_σ(x̃) = σ²/4, while the factor is below 1 for η = 1/8 and m = 20. What is true: the contraction is one of the
unsmoothed f(x̃) − f(x_*), and smoothing adds a term in σ². The factor is that with ρ = γ; ρ = 1 is the arithmetic of γ = 1.

For η > 1/(2L), which the lemma does not exclude, its right side is negative and the left side is not; the counterexample that
counts is the one above.
"""

from fractions import Fraction

import sympy

from theorycheck import (
    Claim,
    Refutation,
    Space,
    choice,
    dimension,
    finite_sum,
    minimiser_of,
    point,
    real,
    requires,
    strongly_convex,
)
from theorycheck.algebra import gaussian, norm_squared
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    lt,
    smoothed_mean,
    smoothing_rule,
    summed,
)
from theorycheck.derivations.reasons.sequences import at_the_start, over, signs_show
from verifications.starnes2023.svrg_functions import (
    EACH_SMOOTH,
    FEW,
    MODULUS,
    PRESUPPOSES,
    SETTING,
    SMOOTHNESS,
    samples,
)
from verifications.starnes2023.svrg_lemma_f_2 import USES, excess, smoothed_above_minimum, stationary
from verifications.starnes2023.svrg_lemma_f_4 import T, expected_over_loop, inner_loop, loss

STRONG = strongly_convex("f", "gamma")
DEFINED = requires(lambda eta, L: (1 - 2 * L * eta) ** 2 > 0, r"2L\eta \ne 1")
READINGS = {"@a": "1", "@b": r"\gamma"}


def factor(L, gamma, eta, m, rho):
    """(1 + 2Lρη²m) / (γη(1−2Lη)m)."""
    return (1 + 2 * L * rho * eta**2 * m) / (gamma * eta * (1 - 2 * L * eta) * m)


def expected_excess(xp, f, x_tilde, x_star, sigma, tau, eta, m):
    """E F_σ(x̃_s) over one inner loop from x̃."""
    return expected_over_loop(xp, f, x_tilde, sigma, tau, eta, m, lambda x: excess(f, x, sigma, x_star))


# ---- as printed --------------------------------------------------------------------------------------------------------


def contraction(reading):
    def sides(xp, f, x_tilde, x_star, sigma, tau, eta, L, gamma, m):
        rho = gamma if reading == "@b" else 1
        left = expected_excess(xp, f, x_tilde, x_star, sigma, tau, eta, m)
        return left, factor(L, gamma, eta, m, rho) * excess(f, x_tilde, sigma, x_star)

    return sides


# f(x) = x²/2, K = d = L = γ = 1, x̃ = x_* = 0: f_σ(x) = x²/2 + σ²/4, so v = 0 and the run stays at 0.


def at_rest(xp, eta, m, sigma):
    """F_σ(x̃_s) = F_σ(0), and the bound; ρ = γ = 1."""
    value = sigma**2 / 4
    return value, factor(1, 1, eta, m, 1) * value


def prove_no_contraction(_):
    x, sigma = sympy.Symbol("x", real=True), sympy.Symbol("sigma", positive=True)
    smoothed, one = x**2 / 2 + sigma**2 / 4, sympy.Integer(1)
    alpha = factor(one, one, sympy.Rational(1, 8), 20, one)
    value = smoothed.subs(x, 0)
    return derivation(
        chain(
            smoothed_mean(x**2 / 2, x, sigma),
            eq(smoothed, smoothing_rule("a quadratic", x**2 / 2, x, sigma), "value"),
        ),
        chain(
            sympy.diff(smoothed, x).subs(x, 0),
            eq(sympy.Integer(0), by_expansion("the run stays at 0"), "rest"),
        ),
        chain(alpha * value, lt(value, elementary("$\\alpha = \\frac{13}{15}$"), "bound")),
        concludes=((alpha * value, "<", value),),
    )


STAYS = Refutation(
    derivation=prove_no_contraction,
    explanation="f(x) = x²/2 with K = d = L = γ = 1, η = 1/8 (so 2Lη = 1/4), m = 20, x̃ = x_* = 0 and any σ > 0, τ: the run stays at 0, so "
    "E F_σ(x̃_s) = F_σ(x̃) = σ²/4, and the factor is 13/15 in both readings",
    sides=at_rest,
    relation="<=",
    instance={"eta": Fraction(1, 8), "m": Fraction(20), "sigma": Fraction(1)},
)


def distance_terms(s, weight=1):
    """Terms that add up to weight · ((2/γ)(f(x̃) − f(x_*)) − ‖x̃ − x_*‖²)."""
    tangent = s.assume(STRONG).tangent(s.x_star, s.x_tilde)
    more = 2 * weight / s.gamma
    return more * hypothesis(tangent), stationary(s, s.x_tilde - s.x_star, more)


def printed_proof(reading):
    def build(s):
        rho = s.gamma if reading == "@b" else sympy.Integer(1)
        distance, eta, L, m = norm_squared(s.x_tilde - s.x_star), s.eta, s.L, s.m
        smoothed_strong = s.lemma("starnes2023/lemma-f.1", f=s.f, sigma=s.sigma, gamma=s.gamma)
        at_start = excess(s.f, s.x_tilde, s.sigma, s.x_star)
        bracket = 1 / s.gamma + 2 * L * eta**2 * m
        printed = (1 + 2 * L * rho * eta**2 * m) * at_start  # the statement, times the factor's denominator
        return derivation(
            chain(
                distance,
                le(
                    2 / s.gamma * (s.f.smoothed(s.x_tilde, s.sigma) - s.f.smoothed(s.x_star, s.sigma)),
                    consequence(
                        "strong convexity of $f_\\sigma$ leaves $\\langle\\nabla f_\\sigma(x_*), \\tilde x-x_*\\rangle$ over: $x_*$ minimises $f$, not "
                        "$f_\\sigma$",
                        (2 / s.gamma) * hypothesis(smoothed_strong.tangent(s.x_star, s.x_tilde)),
                    ),
                    "L1",
                ),
                le(
                    2 / s.gamma * at_start,
                    consequence(
                        "$f_\\sigma(x_*) \\ge f(x_*)$",
                        smoothed_above_minimum(s, s.x_star, s.sigma, 2 / s.gamma),
                    ),
                    "L1, second inequality",
                ),
            ),
            chain(
                2 / s.gamma * at_start + 4 * L * eta**2 * m * at_start,
                eq(2 * bracket * at_start, by_expansion("L1 put into Lemma F.4"), "L2"),
            ),
            chain(
                s.gamma * bracket * at_start,
                eq(printed, by_expansion("multiply L2 by $\\gamma/2$"), "L3")
                if reading == "@b"
                else le(
                    printed,
                    consequence(
                        "multiply L2 by $\\gamma/2$: holds for $\\gamma \\le 1$ only",
                        smoothed_above_minimum(s, s.x_tilde, s.sigma, 2 * L * eta**2 * m),
                    ),
                    "L3",
                ),
            ),
        )

    return build


def _printed(reading, rho):
    return Claim(
        id=f"starnes2023/lemma-f.5{reading}",
        printed="Lemma F.5",
        kind="inequality",
        statement=r"$f_i$ convex and $L$-smooth, $f$ $\gamma$-strongly convex, $\sigma \ge \tau \ge 0$: $\mathbb E F_\sigma(\tilde x_s) \le "
        rf"\frac{{1+2L\rho\eta^2m}}{{\gamma\eta(1-2L\eta)m}}\,\mathbb E F_\sigma(\tilde x)$ with $\rho = {rho}$.",
        space=Space(
            d=dimension(1),
            f=finite_sum(1, *FEW, tilted=True),
            x_star=minimiser_of("f"),
            x_tilde=point(),
            tau=real(0),
            sigma=real("tau"),
            eta=real(0, open_low=True),
            L=SMOOTHNESS,
            gamma=MODULUS,
            m=choice(1, 2),
        ),
        hypotheses=[*SETTING, STRONG, DEFINED],
        sides=contraction(reading),
        refutation=STAYS,
        printed_proof=printed_proof(reading),
        uses=["starnes2023/lemma-f.1", "starnes2023/lemma-f.4", *USES],
        expected="refuted",
        expected_proof_gaps=["L1", *(["L3"] if reading == "@a" else [])],
        note="Refuted with $2L\\eta < 1$, which is not printed, by the run that stays at $x_*$. For larger $\\eta$, which the hunt admits as the "
        "lemma does, the right side is negative. The instances have $K = 1$, where the run is not random.",
    )


readings = tuple(_printed(reading, rho) for reading, rho in READINGS.items())
printed = Claim(
    id="starnes2023/lemma-f.5",
    printed="Lemma F.5",
    kind="inequality",
    statement=r"Contraction of $\mathbb E F_\sigma$ over one inner loop (a factor $\rho$ is open in print).",
    readings=readings,
    expected="refuted",
)

# ---- corrected ---------------------------------------------------------------------------------------------------------
# h > 0 stands for the learning rate η = 1/(2L(1+h)), which is any number in (0, 1/(2L)); then 1 − 2Lη = h/(1+h).


def learning_rate(L, h):
    return 1 / (2 * L * (1 + h))


def added(L, eta, d, sigma, tau):
    """(Ld/4)(σ² + 2Lητ²)/(1 − 2Lη)."""
    return L * d / 4 * (sigma**2 + 2 * L * eta * tau**2) / (1 - 2 * L * eta)


def corrected_sides(xp, f, x_tilde, x_star, sigma, tau, h, L, gamma, m, d):
    eta = learning_rate(L, h)
    left = expected_excess(xp, f, x_tilde, x_star, sigma, tau, eta, m)
    right = factor(L, gamma, eta, m, gamma) * (f(x_tilde) - f(x_star)) + added(L, eta, d, sigma, tau)
    return left, right


def smoothing_terms(s, x, sigma, weight=1):
    """Terms that add up to weight · (Ldσ²/4 − f_σ(x) + f(x))."""
    u = gaussian("u", s.d)
    upper = s.assume(EACH_SMOOTH).upper(x, x + u.vector * sigma)
    return weight * expected(hypothesis(upper), u, s.index("f"))


def prove_contraction(s):
    eta, m = learning_rate(s.L, s.h), s.m
    run, D, F, every_step = inner_loop(s, eta)
    gain = 2 * eta * (1 - 2 * s.L * eta) * m
    left = sympy.Sum(F[T], (T, 0, m - 1)) / m
    more = added(s.L, eta, s.d, s.sigma, s.tau)
    right = factor(s.L, s.gamma, eta, m, s.gamma) * (s.f(s.x_tilde) - s.f(s.x_star)) + more
    distance = norm_squared(s.x_tilde - s.x_star)
    return derivation(
        chain(
            left,
            le(
                (D[0] - D[m] + m * loss(s, eta)) / gain,
                summed("Lemma F.4, corrected", over(every_step, T, 1, m, 1 / gain)),
            ),
            le(
                (D[0] + m * loss(s, eta)) / gain,
                summed(
                    "drop $\\mathbb E\\|x_m-x_*\\|^2$", (1 / gain) * over(signs_show(D[T], T, m, m), T, m, m)
                ),
            ),
            eq(
                (distance + m * loss(s, eta)) / gain, at_the_start("$x_0 = \\tilde x$", run, {s.x: s.x_tilde})
            ),
            le(
                right,
                consequence(
                    "$\\|\\tilde x-x_*\\|^2 \\le \\frac2\\gamma(f(\\tilde x)-f(x_*))$; Lemma 2.1(d) at $\\tilde x$ and at $x_*$",
                    *distance_terms(s, 1 / gain),
                    smoothing_terms(s, s.x_tilde, s.tau, 4 * s.L * eta**2 * m / gain),
                    smoothing_terms(s, s.x_star, s.sigma, 2 * eta * m / gain),
                ),
            ),
        ),
        concludes=((left, "<=", right),),
    )


def _corrected(reading):
    return Claim(
        id=f"starnes2023/lemma-f.5{reading}-corrected",
        printed="Lemma F.5, corrected",
        kind="inequality",
        statement=r"$f_i$ convex and $L$-smooth, $f$ $\gamma$-strongly convex, $\gamma > 0$, $\sigma \ge \tau \ge 0$, $0 < \eta < \frac1{2L}$: "
        r"$\mathbb E F_\sigma(\tilde x_s) \le \alpha\,(f(\tilde x)-f(x_*)) + \frac{Ld}{4}\,\frac{\sigma^2+2L\eta\tau^2}{1-2L\eta}$, "
        r"$\alpha = \frac{1+2L\gamma\eta^2m}{\gamma\eta(1-2L\eta)m}$.",
        space=Space(
            d=dimension(1, 2),
            f=samples(counts=(1, 2)),
            x_star=minimiser_of("f"),
            x=point(),  # an iterate, of the proof alone
            x_tilde=point(),
            tau=real(0),
            sigma=real("tau"),
            L=SMOOTHNESS,
            gamma=MODULUS,
            h=real(0, open_low=True),
            m=choice(1, 2, 3),
        ),
        hypotheses=[*SETTING, STRONG],
        sides=corrected_sides,
        derivation=prove_contraction,
        corrects=f"starnes2023/lemma-f.5{reading}",
        uses=["starnes2023/lemma-f.4-corrected", "starnes2023/lemma-2.1d", "starnes2023/eq-f.13", *USES],
        expected="conditional",
        note="$\\eta = \\frac1{2L(1+h)}$ with $h > 0$. Given $\\tilde x$; in the mean for a random $\\tilde x$. At $\\sigma = 0$ this is the printed "
        "lemma with $\\rho = \\gamma$, the contraction of SVRG. " + PRESUPPOSES,
    )


corrections = tuple(_corrected(reading) for reading in READINGS)
