"""Theorem C.1 and (C.3): the smallest gradient along a run of GSmoothAdam.

(C.4) holds (adam_passage). Theorem C.1 and (C.3) are false as printed in every reading: their constants contain M, a bound of squared
gradients, where a bound of the norms is needed; already T = 1, K = 1, d = 1 without smoothing violates them when gradients
are small. The printed chain has two more faults. In L5 the sum with D̃_i is left out "since all of its terms are positive"; they
are, but they stand on the larger side, so leaving them out is no step of a proof. And the error of the very first step, which
enters Θ_1, is missing: the sum of η_i(1−θ_i) has to start one index earlier.

With a bound B of the norms both are repaired in adam_sums (`eq-c.3-corrected`): C_3 has room for half of the left-out sum, the other
half costs a factor at the sum of the δ_t.
"""

import sympy

from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, derivation, elementary, le
from verifications.starnes2023.adam_bounds import HYPOTHESES

# ---- one sample, one step -----------------------------------------------------------------------------------------------------
# K = 1, d = 1, T = 1, no smoothing, β_t = 0, α_t = η, C_0 = C̃_0 = 1 and θ_1 = θ_2 = θ. f is the Huber function of slope b,
# f(x) = x²/2 for |x| ≤ b and b|x| − b²/2 beyond: f* = 0, L = 1, and λ = b² satisfies Hλ@a, @b and @c. Algorithm 2 starts at
# x_0 = b + ηb/√((1−θ)b²+ε), where the slope is b, and so x_1 = b exactly, with f(x_1) = b²/2 and f'(x_1) = b.


def one_step(xp, b, eta, theta, epsilon):
    """η f'(x_1)² for T = 1, and the sums of the right side: (f(x_1) − f*, η(1−θ), η²), with M and M_ε."""
    m = 2 * b**2
    m_epsilon = xp.sqrt(m**2 + epsilon)
    c_1 = m_epsilon
    c_2 = m**4 * m_epsilon / (epsilon * xp.sqrt(epsilon))
    c_3 = 2 * m**2 * m_epsilon / epsilon
    return b**2 * eta, c_1 * b**2 / 2 + c_2 * eta * (1 - theta) + c_3 * eta**2


def theorem_sides(xp, b, eta, theta, epsilon):
    left, right = one_step(xp, b, eta, theta, epsilon)
    return left, 2 * right


ONE_STEP = Space(
    b=real(0, open_low=True),
    eta=real(0, open_low=True),
    theta=real(0, 1, open_low=True, open_high=True),
    epsilon=real(0, open_low=True),
)
ONE_STEP_NOTE = (
    "$T = K = d = 1$, no smoothing, $\\beta_t = 0$, $f$ the Huber function of slope $b$ ($L = 1$), constant $\\eta$ and "
    "$\\theta$, $C_0 = \\tilde C_0 = 1$, and the start $x_0 = b+\\eta b/\\sqrt{(1-\\theta)b^2+\\varepsilon}$ from which $x_1 = b$. "
    "$\\lambda = b^2$ satisfies all readings of the gradient hypothesis, $M = 2b^2$."
)
THEOREM = (
    r"$\min_{1\le t\le T}\mathbb E\|\nabla f(x_t)\|^2\sum_{t=1}^T\eta_t \le 2C_1(f_{\sigma_1}(x_1)-f^*)+2C_2\sum_{t=1}^T\eta_t"
    r"(1-\theta_t)+2C_3\sum_{t=1}^T\eta_t^2+\frac{LdM_\varepsilon}{2(1-\beta)}\sum_{t=1}^T\delta_{t+1}+"
    r"\frac{L^2(6+d)^3}4\sum_{t=1}^T\eta_t\sigma_{t+1}^2$, $C_1 = \frac{M_\varepsilon}{1-\beta}$, "
    r"$C_2 = \frac{\tilde C_0\sqrt dM^4M_\varepsilon}{\varepsilon^{3/2}C_0(1-\beta)^2}$, "
    r"$C_3 = \frac{2\tilde C_0^pLM^2M_\varepsilon}{\varepsilon C_0^p(1-\beta)^2}$"
)
FORMS = {
    "a": "$p = 2$",
    "b": "$p = 1$",
    "c": r"$p = 2$, with $\eta_{t+1}$, $\theta_{t+1}$ in the sums",
}


def _theorem(form, gradient_hypothesis):
    return Claim(
        id=f"starnes2023/theorem-c.1@{form}-{gradient_hypothesis}",
        printed="Theorem C.1 (Theorem 4 of [6])",
        kind="inequality",
        statement=f"{HYPOTHESES[gradient_hypothesis]}, $f$ $L$-smooth with a minimum, $(\\alpha_t)$ non-increasing, "
        f"$C_0\\alpha_t \\le \\eta_t \\le \\tilde C_0\\alpha_t$, Algorithm 2: {THEOREM}; {FORMS[form]}.",
        space=ONE_STEP,
        sides=theorem_sides,
        uses=["starnes2023/algorithm-2", "starnes2023/bound-c-m", "starnes2023/lemma-c.1"],
        expected="refuted",
        note=ONE_STEP_NOTE,
    )


readings = {(form, h): _theorem(form, h) for form in FORMS for h in HYPOTHESES}


def _entry(form):
    return Claim(
        id=f"starnes2023/theorem-c.1@{form}",
        printed="Theorem C.1 (Theorem 4 of [6])",
        kind="inequality",
        statement=f"{THEOREM}; {FORMS[form]}.",
        readings=[readings[form, h] for h in HYPOTHESES],
        expected="refuted",
    )


entries = tuple(_entry(form) for form in FORMS)
theorem = Claim(
    id="starnes2023/theorem-c.1",
    printed="Theorem C.1 (Theorem 4 of [6])",
    kind="inequality",
    statement=f"{THEOREM} (the power $p$ and the index of the sums are open in print).",
    readings=entries,
    expected="refuted",
)

# ---- (C.3), with smoothing and momentum --------------------------------------------------------------------------------------
# T = 1, K = 1, d = 1, f(x) = a sin x (adam_waves), L = a, f* = −a, λ = a²; α_t = η, C_0 = C̃_0 = 1. s1, s2 are σ_1, σ_2, and M = 2a² +
# (7³/4) a² max(σ_1, σ_2)².


def constants(xp, a, beta, s1, s2, epsilon):
    """M, M_ε, C_1, C_2, C_3."""
    m = 2 * a**2 + 343 * a**2 * xp.maximum(s1, s2) ** 2 / 4
    m_epsilon = xp.sqrt(m**2 + epsilon)
    c_1 = m_epsilon / (1 - beta)
    c_2 = m**4 * m_epsilon / (epsilon * xp.sqrt(epsilon) * (1 - beta) ** 2)
    return m, m_epsilon, c_1, c_2, 2 * a * m**2 * m_epsilon / (epsilon * (1 - beta) ** 2)


def one_wave(xp, a, x, eta, beta, theta, theta_next, s1, s2, epsilon):
    _, m_epsilon, c_1, c_2, c_3 = constants(xp, a, beta, s1, s2, epsilon)
    g = xp.exp(-(s1**2) / 4) * a * xp.cos(x)
    x_1 = x - eta * (1 - beta) * g / xp.sqrt((1 - theta) * g**2 + epsilon)
    left = eta * (xp.exp(-(s2**2) / 4) * a * xp.cos(x_1)) ** 2
    right = c_1 * (xp.exp(-(s1**2) / 4) * a * xp.sin(x_1) + a) + c_2 * eta * (1 - theta_next) + c_3 * eta**2
    return left, right + a * m_epsilon / (4 * (1 - beta)) * abs(s2**2 - s1**2)


def printed_omission(s):
    """L5: what is left out is −M_ε/(1−β) η (β D̃_1 √δ_1 + D̃_2 √δ_2), on the larger side."""
    m, m_epsilon, *_ = constants(s.xp, s.a, s.beta, s.s1, s.s2, s.epsilon)
    tilde = -s.beta * s.a * m / sympy.sqrt(s.epsilon) * sympy.sqrt(8)  # κ = 2^{3/2} for d = 1
    roots = s.beta * tilde * s.s1 + tilde * sympy.sqrt(sympy.Abs(s.s2**2 - s.s1**2))
    left_out = -m_epsilon / (1 - s.beta) * s.eta * roots
    return derivation(
        chain(
            s.right + left_out,
            le(s.right, elementary("the fourth sum is left out, since all of its terms are positive"), "L5"),
        )
    )


weighted_sum = Claim(
    id="starnes2023/eq-c.3",
    printed="(C.3)",
    kind="inequality",
    statement=r"Setting of Theorem C.1: $\sum_{t=1}^T\eta_{t+1}\mathbb E\|G_t\|^2 \le C_1(f_{\sigma_1}(x_1)-f^*)+C_2\sum_{t=1}^T"
    r"\eta_{t+1}(1-\theta_{t+1})+C_3\sum_{t=1}^T\eta_t^2+\frac{LdM_\varepsilon}{4(1-\beta)}\sum_{t=1}^T\delta_{t+1}$.",
    space=Space(
        a=real(0, open_low=True),
        x=real(-4, 4),
        eta=real(0, open_low=True),
        beta=real(0, 1, open_high=True),
        theta=real(0, 1, open_low=True, open_high=True),
        theta_next=real(0, 1, open_low=True, open_high=True),
        s1=real(0),
        s2=real(0),
        epsilon=real(0, open_low=True),
    ),
    sides=one_wave,
    printed_proof=printed_omission,
    uses=["starnes2023/algorithm-2", "starnes2023/bound-c-m", "starnes2023/lemma-c.1"],
    expected="refuted",
    expected_proof_gaps=["L5", "conclusion"],
    note="$T = K = d = 1$, $f(x) = a\\sin x$, $\\lambda = a^2$ (which satisfies all readings of the gradient hypothesis), constant $\\eta$. "
    "L1 and L3 hold (theorem-c.1-descent), L2 rests on Lemma C.1, which is false. With a bound $B$ of the norms in the place of $M$ "
    "we found no violation even without the terms that the correction adds.",
)
