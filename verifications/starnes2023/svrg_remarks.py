"""The remarks of Appendix F.1 on the choice of τ and on the rate; that on the learning rate stands in `svrg_learning_rate`.

The rate of SVRG is kept for f_σ with a constant σ = τ, and for f where σ_s² decreases faster than α^s; for f and an arbitrary
schedule it is not: with a constant σ > 0 the run tends to the minimiser of f_σ.
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
    minimises,
    point,
    real,
)
from theorycheck.algebra import expectation, norm_squared
from theorycheck.derivations import (
    by_summation,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    lt,
    square,
    summed,
)
from theorycheck.derivations.reasons.sequences import (
    EveryStep,
    Run,
    at_states,
    at_the_start,
    over,
    signs_show,
)
from verifications.starnes2023.svrg_functions import (
    EACH_CONVEX,
    EACH_SMOOTH,
    EVEN,
    FEW,
    MODULUS,
    PRESUPPOSES,
    SETTING,
    SMOOTHNESS,
)
from verifications.starnes2023.svrg_lemma_f_2 import KEEPS_CONVEX, USES, excess, gap_terms
from verifications.starnes2023.svrg_lemma_f_3 import more_smoothing_raises, second_moment_terms, update
from verifications.starnes2023.svrg_lemma_f_4 import T, expected_over_loop, squared_distance
from verifications.starnes2023.svrg_lemma_f_5 import STRONG, factor, learning_rate
from verifications.starnes2023.svrg_theorem_f_1 import EXCESS, I, after_four_loops, stationary_start

# ---- the choice of τ -----------------------------------------------------------------------------------------------------


def one_step(xp, f, x, x_tilde, x_star, sigma, tau, eta, L):
    """E‖x_t − x_*‖² for x_{t−1} = x, and a bound in which τ does not occur."""

    def after(sample):
        return squared_distance(xp, x - xp.scale(eta, update(sample, f, x, x_tilde, sigma, tau)), x_star)

    slope = 2 * eta * xp.vecdot(x - x_star, f.smoothed_gradient(x, sigma))
    noise = 4 * L * eta**2 * (excess(f, x, sigma, x_star) + excess(f, x_tilde, sigma, x_star))
    return xp.sample_mean(f, after), squared_distance(xp, x, x_star) - slope + noise


def prove_one_step(s):
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "(F.13), Lemma F.3",
                    *second_moment_terms(s, s.x, s.x_tilde, s.eta**2),
                    more_smoothing_raises(s, s.x_tilde, 4 * s.L * s.eta**2),
                ),
            ),
        )
    )


choice_of_tau = Claim(
    id="starnes2023/remark-f-tau",
    printed="Appendix F.1",
    kind="implication",
    statement=r"The only condition on $\tau$ is $\sigma_s \ge \tau \ge 0$; $\tau = \sigma_s$ and $\tau = 0$ are obvious choices: for every such $\tau$ one "
    r"step satisfies $\mathbb E\|x_t-x_*\|^2 \le \|x_{t-1}-x_*\|^2-2\eta\langle x_{t-1}-x_*,\nabla f_\sigma(x_{t-1})\rangle+4L\eta^2(F_\sigma(x_{t-1})"
    r"+F_\sigma(\tilde x))$, through which alone $\tau$ enters the analysis.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), *FEW, tilted=True),
        x_star=minimiser_of("f"),
        x=point(),
        x_tilde=point(),
        tau=real(0),
        sigma=real("tau"),
        eta=real(0, open_low=True),
        L=SMOOTHNESS,
    ),
    hypotheses=SETTING,
    sides=one_step,
    derivation=prove_one_step,
    uses=["starnes2023/eq-f.13", "starnes2023/lemma-f.3", *USES],
    expected="proved",
    note="Read as what the proofs need of $\\tau$: Lemma F.3 and the corrected Lemmas F.4, F.5 and Theorem F.1 hold for every $0 \\le \\tau \\le "
    "\\sigma_s$. It is needed: for $\\sigma = 0 < \\tau$ and $x = \\tilde x = x_*$ the right side is 0 and the left side is $\\eta^2$ times the variance of "
    "$\\nabla f_{i,\\tau}(x_*)-\\nabla f_i(x_*)$. With $\\tau = \\sigma$ the run is SVRG on $f_\\sigma$. With a constant $\\sigma > \\tau$ and "
    "$K \\ge 2$ the variance of $v$ at $x = \\tilde x = x_*^\\sigma$ is that of $\\nabla f_{i,\\sigma}(x_*^\\sigma)-\\nabla f_{i,\\tau}(x_*^\\sigma)$, in general not 0. "
    + PRESUPPOSES,
)

# ---- the rate for f, whatever the schedule is -----------------------------------------------------------------------------

START = {"eta": Fraction(1, 16), "m": Fraction(256), "x": Fraction(0)}
EXAMPLE = "f(x) = x²/2 + max(0, x)²/2 − x with K = 1, L = 2, γ = 1 and σ_s = τ = 2√π in every loop: f_σ'(0) = 0, so from x̃_0 = 0 the run stays at 0"


def slower_than_svrg(xp, eta, m, x):
    """f(x̃_4) − f(x_*), and SVRG's bound α⁴(f(x̃_0) − f(x_*))."""
    value, _ = after_four_loops(xp, eta, m, x)
    return value, factor(2, 1, eta, m, 1) ** 4 * value


def prove_slower(_):
    _, chains = stationary_start()
    distance, alpha = sympy.Rational(1, 4), factor(sympy.Integer(2), 1, sympy.Rational(1, 16), 256, 1)
    last = chain(alpha**4 * distance, lt(distance, elementary("$\\alpha = \\frac5{12} < 1$"), "rate"))
    return derivation(*chains, last, concludes=((alpha**4 * distance, "<", distance),))


RATE = "Smoothing SVRG does not change its convergence rate for strongly convex $L$-smooth functions"
every_schedule = Claim(
    id="starnes2023/remark-f-rate@a",
    printed="Appendix F.1",
    kind="implication",
    statement=rf"{RATE}, whatever $\sigma_s \ge \tau \ge 0$ are: $\mathbb E f(\tilde x_s)-f(x_*) \le \alpha^s(f(\tilde x_0)-f(x_*))$.",
    refutation=Refutation(
        derivation=prove_slower,
        explanation=f"{EXAMPLE}; f(x̃_s) − f(x_*) = 1/4 for every s, while SVRG contracts by α = 5/12 in every loop for η = 1/16, m = 256",
        sides=slower_than_svrg,
        relation="<=",
        instance=START,
    ),
    uses=["starnes2023/theorem-f.1", "starnes2023/algorithm-3@b"],
    expected="contested",
    note="No multiple of $\\alpha^s$ is a bound either.",
)

# ---- the rate for f_σ, constant σ = τ -------------------------------------------------------------------------------------

SMOOTHED_MINIMUM = minimises("f", "x_sigma", "sigma")


def excess_of_smoothing(f, x, sigma, x_sigma):
    """f_σ(x) − f_σ(x_*^σ)."""
    return f.smoothed(x, sigma) - f.smoothed(x_sigma, sigma)


def svrg_on_smoothing(xp, f, x_tilde, x_sigma, sigma, h, L, gamma, m):
    eta = learning_rate(L, h)

    def value(x):
        return excess_of_smoothing(f, x, sigma, x_sigma)

    left = expected_over_loop(xp, f, x_tilde, sigma, sigma, eta, m, value)
    return left, factor(L, gamma, eta, m, gamma) * value(x_tilde)


def smoothed_stationary(s, v, weight=1):
    """weight · ⟨∇f_σ(x_*^σ), v⟩ as a term; it is 0."""
    return weight * hypothesis(s.assume(SMOOTHED_MINIMUM).gradient(v))


def step_on_smoothing(s, eta):
    """One step of SVRG on f_σ from x_{t−1} = s.x, and E‖x_t − x_*^σ‖² ≤ … with Φ = f_σ − f_σ(x_*^σ).

    As for Lemmas F.3 and F.4, with x_*^σ in the place of x_*: v = a + b, a = ∇f_{k,σ}(x) − ∇f_{k,σ}(x_*^σ), b centred.
    """
    f, k, x, x_tilde, x_sigma, sigma = s.sample("f"), s.index("f"), s.x, s.x_tilde, s.x_sigma, s.sigma
    moved = x - update(f, s.f, x, x_tilde, sigma, sigma) * eta
    full, at_minimum = s.f.smoothed_gradient(x_tilde, sigma), f.smoothed_gradient(x_sigma, sigma)
    a = f.smoothed_gradient(x, sigma) - at_minimum
    b = at_minimum - f.smoothed_gradient(x_tilde, sigma) + full
    convexity = s.lemma(KEEPS_CONVEX, f=f, sigma=sigma)
    phi, phi_tilde = (excess_of_smoothing(s.f, point, sigma, x_sigma) for point in (x, x_tilde))
    bound = norm_squared(x - x_sigma) - 2 * eta * (1 - 2 * s.L * eta) * phi + 4 * s.L * eta**2 * phi_tilde
    return moved, chain(
        expectation(norm_squared(moved - x_sigma), k),
        le(
            bound,
            consequence(
                "Lemmas F.2 to F.4 for $f_\\sigma$ and its minimiser",
                eta**2 * expected(square(a - b), k),
                (2 * eta**2) * square(full),
                smoothed_stationary(s, full * -1, 4 * eta**2),
                *gap_terms(s, x, sigma, x_sigma, sigma, 2 * eta**2),
                smoothed_stationary(s, x - x_sigma, 4 * s.L * eta**2),
                *gap_terms(s, x_tilde, sigma, x_sigma, sigma, 2 * eta**2),
                smoothed_stationary(s, x_tilde - x_sigma, 4 * s.L * eta**2),
                (2 * eta) * expected(hypothesis(convexity.tangent(x, x_sigma)), k),
            ),
        ),
    )


def prove_rate(s):
    eta, m = learning_rate(s.L, s.h), s.m
    moved, one = step_on_smoothing(s, eta)
    D = at_states("D", norm_squared(s.x - s.x_sigma))
    F = at_states("F", excess_of_smoothing(s.f, s.x, s.sigma, s.x_sigma))
    run = Run(T, {s.x: moved}, (D, F), draws=(s.index("f"),), last=m)
    start = excess_of_smoothing(s.f, s.x_tilde, s.sigma, s.x_sigma)
    gain, loss = 2 * eta * (1 - 2 * s.L * eta), 4 * s.L * eta**2 * start
    every_step = run.step_fact(one, D[T - 1] - gain * F[T - 1] + loss - D[T])
    left = sympy.Sum(F[T], (T, 0, m - 1)) / m
    right = factor(s.L, s.gamma, eta, m, s.gamma) * start
    smoothed_strong = s.lemma("starnes2023/lemma-f.1", f=s.f, sigma=s.sigma, gamma=s.gamma)
    more = 2 / (s.gamma * gain * m)
    return derivation(
        chain(
            left,
            le(
                (D[0] - D[m] + m * loss) / (gain * m),
                summed("add up the $m$ steps", over(every_step, T, 1, m, 1 / (gain * m))),
            ),
            le(
                (D[0] + m * loss) / (gain * m),
                summed(
                    "drop $\\mathbb E\\|x_m-x_*^\\sigma\\|^2$",
                    (1 / (gain * m)) * over(signs_show(D[T], T, m, m), T, m, m),
                ),
            ),
            eq(
                (norm_squared(s.x_tilde - s.x_sigma) + m * loss) / (gain * m),
                at_the_start("$x_0 = \\tilde x$", run, {s.x: s.x_tilde}),
            ),
            le(
                right,
                consequence(
                    "$f_\\sigma$ is $\\gamma$-strongly convex",
                    more * hypothesis(smoothed_strong.tangent(s.x_sigma, s.x_tilde)),
                    smoothed_stationary(s, s.x_tilde - s.x_sigma, more),
                ),
            ),
        ),
        concludes=((left, "<=", right),),
    )


on_smoothing = Claim(
    id="starnes2023/remark-f-rate@b",
    printed="Appendix F.1",
    kind="implication",
    statement=r"$f_i$ convex and $L$-smooth, $f$ $\gamma$-strongly convex, $\gamma > 0$, $0 < \eta < \frac1{2L}$, $\tau = \sigma$ constant, $x_*^\sigma$ the "
    r"minimiser of $f_\sigma$: in every outer loop $\mathbb E f_\sigma(\tilde x_s)-f_\sigma(x_*^\sigma) \le \alpha\,(f_\sigma(\tilde x_{s-1})-"
    r"f_\sigma(x_*^\sigma))$ with SVRG's $\alpha = \frac{1+2L\gamma\eta^2m}{\gamma\eta(1-2L\eta)m}$.",
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
    note="$\\eta = \\frac1{2L(1+h)}$ with $h > 0$. Given $\\tilde x_{s-1}$, hence in the mean, so that $s$ loops contract by $\\alpha^s$. "
    + PRESUPPOSES,
)

# ---- the rate for f, σ_s decreasing fast -----------------------------------------------------------------------------------

ALPHA, Q, B = (sympy.Symbol(name, positive=True) for name in ("alpha", "q", "b"))
S = sympy.Symbol("s", integer=True, positive=True)
RHO = 1 / (1 + Q)  # any number in (0, 1)
EVERY_LOOP = EveryStep(
    ALPHA * EXCESS[I - 1] + ALPHA**I * RHO**I * B - EXCESS[I],
    I,
    1,
    sympy.oo,
    r"Lemma F.5 (corrected) in every loop, $\tau_i \le \sigma_i$, $\sigma_i^2 \le c\,(\alpha\rho)^i$ and "
    r"$b = \frac{Ld}{4}\frac{1+2L\eta}{1-2L\eta}c$",
)


def prove_same_rate(_):
    noise = sympy.Sum(ALPHA**S * RHO**I * B, (I, 1, S))
    room = ALPHA**S * B / Q  # ρ/(1−ρ) = 1/q
    return derivation(
        chain(
            EXCESS[S],
            le(
                ALPHA**S * EXCESS[0] + noise,
                summed("Theorem F.1, corrected", over(EVERY_LOOP.fact, I, 1, S, ALPHA ** (S - I))),
            ),
            eq(ALPHA**S * EXCESS[0] + room * (1 - RHO**S), by_summation("geometric sum")),
            le(
                ALPHA**S * EXCESS[0] + room,
                summed("drop $\\rho^s$", over(signs_show(room * RHO**S, I, S, S), I, S, S)),
            ),
        ),
        concludes=((EXCESS[S], "<=", ALPHA**S * EXCESS[0] + room),),
    )


def _same_rate(suffix, **more):
    return Claim(
        id=f"starnes2023/remark-f-rate@{suffix}",
        printed="Appendix F.1" + (", corrected" if "corrects" in more else ""),
        kind="implication",
        statement=rf"{RATE}, if $\sigma_s^2$ decreases faster than $\alpha^s$. Under the hypotheses of Theorem F.1 with $0 < \eta < \frac1{{4L}}$, "
        r"$\alpha < 1$, $0 < \rho < 1$, $\tau_i \le \sigma_i$ and $\sigma_i^2 \le c\,(\alpha\rho)^i$: $\mathbb E f(\tilde x_s)-f(x_*) \le "
        r"\alpha^s\,(f(\tilde x_0)-f(x_*)+\frac{\rho}{1-\rho}b)$, $b = \frac{Ld}{4}\frac{1+2L\eta}{1-2L\eta}c$.",
        hypotheses=[EVERY_LOOP],
        derivation=prove_same_rate,
        uses=["starnes2023/lemma-f.5@b-corrected", "starnes2023/theorem-f.1@d-corrected"],
        expected="conditional",
        note="$\\rho = \\frac1{1+q}$ with $q > 0$; $A_i = \\mathbb E f(\\tilde x_i)-f(x_*)$. The hypothesis is no "
        "assumption but the cited lemma.",
        **more,
    )


fast_schedule = _same_rate("c")
every_schedule_corrected = _same_rate("a-corrected", corrects="starnes2023/remark-f-rate@a")
rate = Claim(
    id="starnes2023/remark-f-rate",
    printed="Appendix F.1",
    kind="implication",
    statement=f"{RATE} (for which $\\sigma_s$ and $\\tau$, and whether it is the rate for $f$ or $f_\\sigma$, is open in print).",
    readings=[every_schedule, on_smoothing, fast_schedule],
    expected="inconclusive",
)
