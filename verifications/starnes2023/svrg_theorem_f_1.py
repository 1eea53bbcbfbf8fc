"""Theorem F.1: convergence of GSmoothSVRG, six readings (ρ = 1 or γ in α; the exponent q).

False in all of them, for three reasons:

- it is iterated from Lemma F.5, which is false for σ > 0. With a constant σ the sum vanishes and the bound tends to 0, but
  the run tends to the minimiser of f_σ, where f − f(x_*) > 0. The instance below starts there, so it never moves;
- "m so large that α < 1" admits η > 1/(2L), where α < 0: the bound is negative for odd s;
- L2 turns max(0, σ_s² − σ_{s−1}²) round: more smoothing raises a convex function.

Correct, for 0 < η < 1/(2L) and any 0 ≤ τ_i ≤ σ_i: E(f(x̃_s) − f(x_*)) ≤ α^s (f(x̃_0) − f(x_*)) + a weighted sum of σ_i² and
τ_i², with ρ = γ. So f(x̃_s) → f(x_*) if α < 1 and σ_s → 0.
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
)
from theorycheck.algebra import gaussian
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
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    summed,
)
from theorycheck.derivations.reasons.sequences import EveryStep, over, signs_show
from theorycheck.functions.kinked_profiles import ReluSquared
from verifications.starnes2023.svrg_functions import (
    FEW,
    MODULUS,
    PRESUPPOSES,
    QUADRATIC,
    SETTING,
    SMOOTHNESS,
)
from verifications.starnes2023.svrg_lemma_f_2 import KEEPS_CONVEX, USES, excess
from verifications.starnes2023.svrg_lemma_f_4 import expected_over_loop
from verifications.starnes2023.svrg_lemma_f_5 import DEFINED, STRONG, added, factor, learning_rate

READINGS = {
    "@a": ("1", "s-i+1"),
    "@b": ("1", "s-i"),
    "@c": ("1", "i"),
    "@d": (r"\gamma", "s-i+1"),
    "@e": (r"\gamma", "s-i"),
    "@f": (r"\gamma", "i"),
}


def _rho(reading, gamma):
    return 1 if READINGS[reading][0] == "1" else gamma


def _exponent(reading, s, i):
    return {"s-i+1": s - i + 1, "s-i": s - i, "i": i}[READINGS[reading][1]]


def outer_loops(xp, f, start, x_star, sigmas, theta, eta, m):
    """E f(x̃_s) − f(x_*) after the outer loops with σ_1, σ_2, … and τ_i = θσ_i, over all index paths and all restarts."""

    def value(x, left):
        if not left:
            return f(x) - f(x_star)
        sigma, *later = left
        return expected_over_loop(xp, f, x, sigma, theta * sigma, eta, m, lambda y: value(y, later))

    return value(start, list(sigmas))


# ---- as printed --------------------------------------------------------------------------------------------------------


def bound(reading):
    """The statement after one outer loop, τ_1 = σ_1."""

    def sides(xp, f, x_tilde, x_star, sigma_0, sigma_1, eta, L, gamma, m, d):
        left = outer_loops(xp, f, x_tilde, x_star, (sigma_1,), 1, eta, m)
        alpha = factor(L, gamma, eta, m, _rho(reading, gamma))
        fall = xp.maximum(0 * L, sigma_0**2 - sigma_1**2)
        exponent = _exponent(reading, 1, 1)
        return left, alpha * excess(f, x_tilde, sigma_0, x_star) + L * d / 4 * alpha**exponent * fall

    return sides


def _contracts(reading):
    def condition(eta, L, gamma, m):
        return factor(L, gamma, eta, m, _rho(reading, gamma)) < 1

    return requires(condition, r"\alpha < 1")


# ---- the run that never moves -------------------------------------------------------------------------------------------
# f(x) = x²/2 + max(0, x)²/2 − x: K = d = 1, L = 2, γ = 1, x_* = 1/2, f(x_*) = −1/4. All σ_i = τ_i = 2√π, x̃_0 = 0.


def after_four_loops(xp, eta, m, x):
    """f(x̃_4) − f(x_*) for x̃_4 = x̃_0 = x = 0, and α⁴ F_σ(x̃_0)."""
    one = eta / eta
    sigma, square = 2 * xp.sqrt(xp.pi * one), ReluSquared()
    value = x**2 / 2 + square.value(xp, x) / 2 - x
    smoothed = x**2 / 2 + sigma**2 / 4 + square.smoothed(xp, x, sigma) / 2 - x
    return value + one / 4, factor(2, 1, eta, m, 1) ** 4 * (smoothed + one / 4)


def stationary_start():
    """f_σ and f_σ' in closed form; f_σ'(0) = 0 for σ = 2√π; x_* = 1/2. What is printed of an F_σ(0) is a number."""
    x, sigma = sympy.Symbol("x", real=True), sympy.Symbol("sigma", positive=True)
    w = sympy.Symbol("w", nonnegative=True)
    f = x**2 / 2 + sympy.Max(0, x) ** 2 / 2 - x
    step, bell = 1 + sympy.erf(x / sigma), sympy.exp(-(x**2) / sigma**2)
    root = sympy.sqrt(sympy.pi)
    squared_relu = step * (sigma**2 + 2 * x**2) / 4 + x * sigma * bell / (2 * root)
    closed = x**2 / 2 + sigma**2 / 4 + squared_relu / 2 - x
    slope = x + x * step / 2 + sigma * bell / (2 * root) - 1
    value = closed.subs({x: 0, sigma: 2 * root}) + sympy.Rational(1, 4)
    minimum = -sympy.Rational(1, 4)
    return value, (
        chain(
            smoothed_mean(f, x, sigma), eq(closed, smoothing_rule("smoothing rules", f, x, sigma), "value")
        ),
        chain(sympy.diff(closed, x), eq(slope, by_expansion("differentiate"), "slope")),
        chain(
            slope.subs(x, 0),
            eq(sigma / (2 * root) - 1, by_expansion("at 0, which is 0 for $\\sigma = 2\\sqrt\\pi$"), "start"),
        ),
        chain(minimum, le(w**2 - w, elementary("$f(w) \\ge f(\\frac12)$ for $w \\ge 0$"), "minimum, right")),
        chain(minimum, le(w**2 / 2 + w, elementary("$f(-w) \\ge f(\\frac12)$"), "minimum, left")),
    )


def prove_contrary(_):
    value, chains = stationary_start()
    alpha = factor(sympy.Integer(2), 1, sympy.Rational(1, 16), 256, 1)
    excess_at_start = sympy.Rational(1, 4)
    last = chain(
        alpha**4 * value,
        lt(excess_at_start, elementary("$\\alpha = \\frac5{12}$, and $f(0)-f(x_*) = \\frac14$"), "bound"),
    )
    return derivation(*chains, last, concludes=((alpha**4 * value, "<", excess_at_start),))


STAYS = Refutation(
    derivation=prove_contrary,
    explanation="f(x) = x²/2 + max(0, x)²/2 − x with K = d = 1, L = 2, γ = 1, σ_i = τ_i = 2√π, η = 1/16, m = 256 (so α = 5/12): f_σ'(0) = 0, "
    "hence v_t = 0 and the run stays at x̃_0 = 0; after s = 4 outer loops f(x̃_s) − f(x_*) = 1/4, the bound is α⁴F_σ(0) < 0.15",
    sides=after_four_loops,
    relation="<=",
    instance={"eta": Fraction(1, 16), "m": Fraction(256), "x": Fraction(0)},
)


# ---- the printed proof --------------------------------------------------------------------------------------------------


def printed_proof(reading):
    def build(symbols):
        s, i = (sympy.Symbol(name, integer=True, positive=True) for name in ("s", "i"))
        r = sympy.Symbol("r", positive=True)
        alpha = 1 / (1 + r)  # any number in (0, 1)
        A, B = (
            sympy.IndexedBase(name, nonnegative=True) for name in ("A", "B")
        )  # E F_σ_i(x̃_i); (Ld/4)max(…)
        recursion = sympy.Sum(alpha ** (s - i) * (alpha * A[i - 1] + alpha * B[i] - A[i]), (i, 1, s))
        iterated = alpha**s * A[0] + sympy.Sum(alpha ** _exponent(reading, s, i) * B[i], (i, 1, s))
        weakened = signs_show(alpha ** (s - i) * (1 - alpha) * B[i], i, 1, s)
        room = [over(weakened, i, 1, s)] if READINGS[reading][1] == "s-i" else []
        f, x = symbols.f, symbols.x_tilde
        low, high = symbols.sigma_0, symbols.high
        k, u = symbols.index("f"), gaussian("u", symbols.d)
        convexity = symbols.lemma(KEEPS_CONVEX, f=symbols.sample("f"), sigma=low)
        shift = u.vector * sympy.sqrt(high**2 - low**2)
        raised = expected(hypothesis(convexity.tangent(x, x + shift)), u, k)
        fall = symbols.L * symbols.d / 4 * (high**2 - low**2)
        return derivation(
            chain(
                A[s],
                le(alpha * A[s - 1], consequence("Lemma F.5, which is refuted"), "L1"),
            ),
            chain(
                f.smoothed(x, low),
                le(
                    f.smoothed(x, high) + fall,
                    consequence(
                        "$\\sigma_s \\le \\sigma_{s-1}$: $f_{\\sigma_s} \\le f_{\\sigma_{s-1}}$",
                        raised,
                        nonnegative_part(fall),
                    ),
                    "L2, decreasing σ",
                ),
            ),
            chain(
                f.smoothed(x, high),
                le(
                    f.smoothed(x, low),
                    consequence(
                        "$\\sigma_s \\ge \\sigma_{s-1}$: nothing is added, but smoothing raises a convex function",
                        raised,
                    ),
                    "L2",
                ),
            ),
            chain(
                A[s] + recursion,
                le(
                    iterated,
                    summed("multiply L2 at step $i$ by $\\alpha^{s-i}$ and add up", *room),
                    "L3",
                ),
            ),
        )

    return build


L3_NOTES = {
    "s-i": " L3 gives $\\alpha^{s-i+1}$, which is smaller for $0 < \\alpha < 1$.",
    "i": " L3 gives $\\alpha^{s-i+1}$: with $s = 2$ and a fall of $\\sigma$ in the second loop alone that is $\\alpha$, and $\\alpha^q = \\alpha^2$ is less.",
}


def _printed(reading):
    rho, exponent = READINGS[reading]
    return Claim(
        id=f"starnes2023/theorem-f.1{reading}",
        printed="Theorem F.1",
        kind="inequality",
        statement=r"Algorithm 3, $f_i$ convex and $L$-smooth, $f$ $\gamma$-strongly convex, $m$ so large that "
        rf"$\alpha = \frac{{1+2L\rho\eta^2m}}{{\eta\gamma(1-2L\eta)m}} < 1$: $\mathbb E(f(\tilde x_s)-f(x_*)) \le \alpha^s\,\mathbb E F_{{\sigma_0}}"
        rf"(\tilde x_0)+\frac{{Ld}}4\sum_{{i=1}}^s\alpha^{{{exponent}}}\max(0,\sigma_{{i-1}}^2-\sigma_i^2)$, $\rho = {rho}$.",
        space=Space(
            d=dimension(1),
            f=finite_sum(1, QUADRATIC, tilted=True),
            x_star=minimiser_of("f"),
            x_tilde=point(),
            sigma_0=real(0),
            sigma_1=real(0),
            high=real("sigma_0"),  # of L2 alone
            eta=real(0, open_low=True),
            L=SMOOTHNESS,
            gamma=MODULUS,
            m=choice(1, 2),
        ),
        hypotheses=[*SETTING, STRONG, DEFINED, _contracts(reading)],
        sides=bound(reading),
        refutation=STAYS,
        printed_proof=printed_proof(reading),
        uses=[
            "starnes2023/lemma-f.5",
            "starnes2023/algorithm-3@b",
            "starnes2023/lemma-2.1d",
            *USES,
        ],
        expected="refuted",
        expected_proof_gaps=["L1", "L2", *(["L3"] if exponent == "i" else [])],
        note="L1 is Lemma F.5, which is refuted. The hunt finds instances with $\\eta > \\frac1{2L}$ as well, where $\\alpha < 0$: no $m$ can mend "
        "that. They are runs of one outer loop with $\\tau = \\sigma$. $\\tilde x_s = x_t$ with $t$ uniform on $0, \\dots, m-1$."
        + L3_NOTES.get(exponent, ""),
    )


readings = tuple(_printed(reading) for reading in READINGS)
printed = Claim(
    id="starnes2023/theorem-f.1",
    printed="Theorem F.1",
    kind="inequality",
    statement=r"Convergence of GSmoothSVRG (a factor $\rho$ of $\alpha$ and the exponent in the sum are open in print).",
    readings=readings,
    expected="refuted",
)

# ---- corrected ---------------------------------------------------------------------------------------------------------

I = sympy.Symbol("i", integer=True, positive=True)
EXCESS = sympy.IndexedBase("A", real=True)  # A_i = E f(x̃_i) − f(x_*)
ALPHA = sympy.Symbol("alpha", positive=True)
SIGMA, TAU = (sympy.IndexedBase(name, nonnegative=True) for name in ("sigma", "tau"))


def corrected_sides(xp, f, x_tilde, x_star, sigma_1, sigma_2, theta, h, L, gamma, m, s, d):
    eta = learning_rate(L, h)
    sigmas = (sigma_1, sigma_2)[: len(range(s))]
    left = outer_loops(xp, f, x_tilde, x_star, sigmas, theta, eta, m)
    right = f(x_tilde) - f(x_star)
    for sigma in sigmas:
        right = factor(L, gamma, eta, m, gamma) * right + added(L, eta, d, sigma, theta * sigma)
    return left, right


def every_loop():
    """A_i ≤ αA_{i−1} + (Ld/4)(σ_i² + 2Lητ_i²)/(1−2Lη) for every i, which Lemma F.5 (corrected) says of its factor α."""
    L, h = (sympy.Symbol(name, positive=True) for name in ("L", "h"))
    d = sympy.Symbol("d", positive=True, integer=True)
    more = added(L, learning_rate(L, h), d, SIGMA[I], TAU[I])
    says = r"Lemma F.5 (corrected) and $f \le f_{\sigma_i}$ in every outer loop"
    return EveryStep(ALPHA * EXCESS[I - 1] + more - EXCESS[I], I, 1, sympy.oo, says)


EVERY_LOOP = every_loop()


def prove_convergence(symbols):
    L, s, d = symbols.L, symbols.s, symbols.d
    more = added(L, learning_rate(L, symbols.h), d, SIGMA[I], TAU[I])
    right = ALPHA**s * EXCESS[0] + sympy.Sum(ALPHA ** (s - I) * more, (I, 1, s))
    add_up = summed(
        "multiply by $\\alpha^{s-i}$ and add up", over(EVERY_LOOP.fact, I, 1, s, ALPHA ** (s - I))
    )
    return derivation(chain(EXCESS[s], le(right, add_up)), concludes=((EXCESS[s], "<=", right),))


def _corrected_space():
    return Space(
        d=dimension(1),
        f=finite_sum((1, 2), *FEW, tilted=True),
        x_star=minimiser_of("f"),
        x_tilde=point(),
        sigma_1=real(0),
        sigma_2=real(0),
        theta=real(0, 1),
        L=SMOOTHNESS,
        gamma=MODULUS,
        m=choice(1, 2),
        s=choice(1, 2),
        h=real(0, open_low=True),
    )


def _corrected(reading):
    return Claim(
        id=f"starnes2023/theorem-f.1{reading}-corrected",
        printed="Theorem F.1, corrected",
        kind="inequality",
        statement=r"Algorithm 3 with $0 \le \tau_i \le \sigma_i$, $f_i$ convex and $L$-smooth, $f$ $\gamma$-strongly convex, $\gamma > 0$, "
        r"$0 < \eta < \frac1{2L}$, $\alpha = \frac{1+2L\gamma\eta^2m}{\gamma\eta(1-2L\eta)m}$: $\mathbb E f(\tilde x_s)-f(x_*) \le "
        r"\alpha^s(f(\tilde x_0)-f(x_*))+\frac{Ld}{4(1-2L\eta)}\sum_{i=1}^s\alpha^{s-i}(\sigma_i^2+2L\eta\tau_i^2)$.",
        space=_corrected_space(),
        hypotheses=[*SETTING, STRONG, EVERY_LOOP],
        sides=corrected_sides,
        derivation=prove_convergence,
        corrects=f"starnes2023/theorem-f.1{reading}",
        uses=["starnes2023/lemma-f.5@b-corrected", "starnes2023/lemma-2.1c", "starnes2023/algorithm-3@b"],
        expected="conditional",
        note="$\\eta = \\frac1{2L(1+h)}$ with $h > 0$. The last hypothesis is no assumption but the cited lemma, for the run that the theorem is about: "
        "it holds for every $\\tilde x_{i-1}$, hence in the mean. $\\alpha < 1$ for some $m$ if and only if $\\eta < \\frac1{4L}$; then "
        "$f(\\tilde x_s) \\to f(x_*)$ in mean if $\\sigma_s \\to 0$. " + PRESUPPOSES,
    )


corrections = tuple(_corrected(reading) for reading in READINGS)
