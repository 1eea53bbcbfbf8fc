"""(C.3) corrected: one step of a potential, with a bound B of the norms of the sampled gradients in the place of M.

Let F_t = E f_{σ_t}(x_t), Θ_t = E⟨G_{t−1}, r_t⟩, R = B²/ε, Q = B⁴/(2ε^{3/2}), B_ε = √(B²+ε), and a_t the accumulated errors,
a_0 = 0, a_{t+1} = βa_t + e_{t+1}, e_{t+1} = 2βLRη_t + βLdδ_{t+1}/(8η_t) + Q(1−θ_{t+1}), e_1 = Q(1−θ_1). The corrected Lemma
C.1 with c = Lη_t gives Θ_t ≥ −a_t by induction, and the potential F_t + C̃_0 β/(1−β) α_t a_t decreases up to summable terms.
"""

import sympy

from theorycheck import Claim, Space, dimension, granted, real, requires
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le, nonnegative_part

DESCENT = granted(
    lambda F, F1, Th1, eta1, delta, L, R, d: F1 <= F + L * d / 4 * delta - eta1 * Th1 + L / 2 * R * eta1**2,
    r"F_{t+1} \le F_t+\frac{Ld}4\delta_{t+1}-\eta_{t+1}\Theta_{t+1}+\frac L2R\eta_{t+1}^2",
    "theorem-c.1-descent and lemma-2.1d, in the mean over runs",
)
DIRECTION = granted(
    lambda Th, Th1, g, eta, rest, beta1, delta, theta1, L, R, Q, Be, d: (
        Th1
        >= beta1 * Th
        + rest * g / Be
        - (2 * (1 - rest) * L * R * eta + (1 - rest) * L * d * delta / (8 * eta) + Q * (1 - theta1))
    ),
    r"\Theta_{t+1} \ge \beta_{t+1}\Theta_t+\frac{1-\beta}{B_\varepsilon}\mathbb E\|G_t\|^2-e_{t+1}",
    "lemma-c.1-corrected with c = L eta_t, in the mean over runs",
)
INDUCTION = granted(lambda Th, a: Th >= -a, r"\Theta_t \ge -a_t", "the assumption of the induction over t")
FACTOR = requires(lambda beta1, rest: beta1 <= 1 - rest, r"\beta_{t+1} \le \beta")
FALLING = requires(lambda alpha1, alpha: alpha1 <= alpha, r"\alpha_{t+1} \le \alpha_t")
ABOVE = requires(lambda eta, alpha, C: eta >= C * alpha, r"\eta_t \ge C_0\alpha_t")
ABOVE_NEXT = requires(lambda eta1, alpha1, C: eta1 >= C * alpha1, r"\eta_{t+1} \ge C_0\alpha_{t+1}")
BELOW_NEXT = requires(lambda eta1, alpha1, Ct: eta1 <= Ct * alpha1, r"\eta_{t+1} \le \tilde C_0\alpha_{t+1}")


def errors(eta, beta, delta, theta1, L, R, Q, d):
    """e_{t+1}."""
    return 2 * beta * L * R * eta + beta * L * d * delta / (8 * eta) + Q * (1 - theta1)


def potential_step(xp, F, F1, a, g, alpha, alpha1, eta, eta1, rest, delta, theta1, L, R, Q, Be, C, Ct, d):
    """With rest = 1 − β. Left: the potential after the step and the gradient; right: the potential before it and what is summed."""
    beta, ratio, room = 1 - rest, Ct / C, 1 / rest
    a1 = beta * a + errors(eta, beta, delta, theta1, L, R, Q, d)
    left = F1 + Ct * beta * room * alpha1 * a1 + rest / Be * eta1 * g
    summed = (
        L * d / 4 * (1 + ratio * beta * room / 2) * delta
        + 2 * ratio**2 * L * R * room * eta**2
        + ratio * room * Q * eta1 * (1 - theta1)
    )
    return left, F + Ct * beta * room * alpha * a + summed


def prove_potential_step(s):
    a, g, alpha, alpha1, eta, eta1 = s.a, s.g, s.alpha, s.alpha1, s.eta, s.eta1
    beta, L, R, Q, C, Ct, d = 1 - s.rest, s.L, s.R, s.Q, s.C, s.Ct, s.d
    room, left_over = 1 / s.rest, 1 - s.theta1
    e1 = errors(eta, beta, s.delta, s.theta1, L, R, Q, d)
    a1 = beta * a + e1
    potential = Ct * beta * room * alpha1 * a1
    base = s.F + L * d / 4 * s.delta
    quadratic = L / 2 * R * eta1**2
    before = base + Ct * beta * room * alpha * a
    above, above_next = hypothesis(s.assume(ABOVE)), hypothesis(s.assume(ABOVE_NEXT))
    below_next, falling = hypothesis(s.assume(BELOW_NEXT)), hypothesis(s.assume(FALLING))
    kept = 2 * beta * L * R * eta + beta * L * d * s.delta / (8 * eta)
    direction = hypothesis(s.assume(DIRECTION))
    carried = (s.beta1 * hypothesis(s.assume(INDUCTION)), a * hypothesis(s.assume(FACTOR)))
    return derivation(
        chain(
            -a1,
            le(
                s.Th1,
                consequence(
                    "so $\\Theta_{t+1} \\ge -a_{t+1}$ again",
                    direction,
                    *carried,
                    nonnegative_part(s.rest * g / s.Be),
                ),
            ),
        ),
        chain(
            s.left,
            le(
                base + eta1 * a1 + quadratic + potential,
                consequence(
                    "the descent, the direction, and $\\Theta_t \\ge -a_t$",
                    hypothesis(s.assume(DESCENT)),
                    eta1 * direction,
                    *(eta1 * term for term in carried),
                ),
            ),
            le(
                base + Ct * room * alpha1 * a1 + quadratic,
                consequence("$\\eta_{t+1} \\le \\tilde C_0\\alpha_{t+1}$", a1 * below_next),
            ),
            le(
                before + Ct * room * alpha1 * e1 + quadratic,
                consequence("$\\alpha$ does not increase", (Ct * room * beta * a) * falling),
            ),
            le(
                before + Ct / C * room * (eta * kept + eta1 * Q * left_over) + quadratic,
                consequence(
                    "$\\alpha_{t+1} \\le \\alpha_t \\le \\eta_t/C_0$",
                    (Ct * room * kept) * falling,
                    (Ct / C * room * kept) * above,
                    (Ct / C * room * Q * left_over) * above_next,
                ),
            ),
            le(
                before
                + Ct / C * room * (eta * kept + eta1 * Q * left_over)
                + L / 2 * R * (Ct / C) ** 2 * eta**2,
                consequence(
                    "$\\eta_{t+1} \\le \\tilde C_0\\alpha_{t+1} \\le \\tilde C_0\\alpha_t \\le \\frac{\\tilde C_0}{C_0}\\eta_t$",
                    (L / 2 * R * (eta1 + Ct / C * eta)) * below_next,
                    (L / 2 * R * (eta1 + Ct / C * eta) * Ct) * falling,
                    (L / 2 * R * (eta1 + Ct / C * eta) * Ct / C) * above,
                ),
            ),
            le(
                s.right,
                consequence(
                    "$\\tilde C_0 \\ge C_0$ and $\\beta < 1$",
                    nonnegative_part(2 * Ct * (Ct - C) / C**2 * room * beta * L * R * eta**2),
                    nonnegative_part(Ct**2 / C**2 * L * R * eta**2 * sympy.Rational(3, 2)),
                ),
            ),
        ),
        concludes=((-a1, "<=", s.Th1), (s.left, "<=", s.right)),
    )


potential = Claim(
    id="starnes2023/eq-c.3-potential",
    printed="(C.3), one step of its proof, corrected",
    kind="inequality",
    statement=r"Algorithm 2, $f$ $L$-smooth with a minimum, $(\alpha_t)$ non-increasing, $C_0\alpha_t \le \eta_t \le \tilde C_0\alpha_t$, and "
    r"$\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ along the run: one step of the potential $F_t+\tilde C_0\frac\beta{1-\beta}\alpha_ta_t$. "
    r"Summed over $t = 1..T$ and divided: $\sum_{t=1}^T\eta_{t+1}\mathbb E\|G_t\|^2 \le C_1(\mathbb Ef_{\sigma_1}(x_1)-f^*)+C_2\sum_{t=1}^{T+1}"
    r"\eta_t(1-\theta_t)+C_3\sum_{t=1}^T\eta_t^2+\frac{LdB_\varepsilon}{4(1-\beta)}(1+\frac{\tilde C_0\beta}{2C_0(1-\beta)})\sum_{t=1}^T"
    r"\delta_{t+1}$ with $C_1 = \frac{B_\varepsilon}{1-\beta}$, $C_2 = \frac{\tilde C_0B^4B_\varepsilon}{2\varepsilon^{3/2}C_0(1-\beta)^2}$, "
    r"$C_3 = \frac{2\tilde C_0^2LB^2B_\varepsilon}{\varepsilon C_0^2(1-\beta)^2}$.",
    space=Space(
        d=dimension(1, 2, 10),
        F=real(stands_for=r"\mathbb Ef_{\sigma_t}(x_t)"),
        F1=real(stands_for=r"\mathbb Ef_{\sigma_{t+1}}(x_{t+1})"),
        Th=real(stands_for=r"\Theta_t"),
        Th1=real(stands_for=r"\Theta_{t+1}"),
        a=real(0, stands_for="a_t"),
        g=real(0, stands_for=r"\mathbb E\|G_t\|^2"),
        C=real(0, open_low=True),
        Ct=real("C"),
        alpha=real(0),
        alpha1=real(0, "alpha"),
        eta=real(0, open_low=True),
        eta1=real(0),
        rest=real(0, 1, open_low=True),
        beta1=real(0, 1),
        theta1=real(0, 1),
        delta=real(0, stands_for=r"\delta_{t+1}"),
        L=real(0, stands_for=r"\text{the smoothness constant of } f"),
        R=real(0, stands_for=r"B^2/\varepsilon"),
        Q=real(0, stands_for=r"\frac{B^4}{2\varepsilon^{3/2}}"),
        Be=real(0, open_low=True, stands_for=r"B_\varepsilon"),
    ),
    hypotheses=[DESCENT, DIRECTION, INDUCTION, FACTOR, FALLING, ABOVE, ABOVE_NEXT, BELOW_NEXT],
    sides=potential_step,
    derivation=prove_potential_step,
    uses=[
        "starnes2023/theorem-c.1-descent",
        "starnes2023/lemma-c.1-corrected",
        "starnes2023/bound-c-lemmas@b-corrected",
        "starnes2023/bound-c-lemmas@c-corrected",
        "starnes2023/lemma-2.1d",
    ],
    expected="conditional",
    note="The first two hypotheses are the descent of L1 and L3 and the corrected Lemma C.1 (with $c = L\\eta_t$) in the mean over runs, "
    "where $\\|r_t\\|^2 \\le R = B^2/\\varepsilon$ and $\\sqrt{v_t+\\varepsilon} \\le B_\\varepsilon$; the third is the assumption of the "
    "induction, which the first chain carries on.",
)
