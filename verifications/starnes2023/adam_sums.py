"""(C.3) and Theorem C.1, corrected: the potential summed over any number of steps.

Sequences: P_t the potential of (C.3) (adam_potential), g_t = E‖G_t‖², q_t = E‖∇f(x_t)‖², ω_t = 1 − θ_t. B bounds the norms of
the sampled gradients along the run, R = B²/ε, Q = B⁴/(2ε^{3/2}), B_ε = √(B²+ε), ρ = 1 − β and κ = C̃_0/C_0 ≥ 1.
"""

import sympy
from sympy import IndexedBase, Sum

from theorycheck import Claim, Space, real, vector
from theorycheck.derivations import chain, derivation, le
from theorycheck.derivations.reasons.sequences import EveryStep, at, least_member, over, summed
from verifications.starnes2023.adam_waves import amplitude, differences, weighted_gradients

t, T = sympy.Symbol("t", integer=True), sympy.Symbol("T", integer=True, positive=True)
L, R, Q, rest, Be, ratio = sympy.symbols("L R Q rho B_epsilon kappa", positive=True)
d = sympy.Symbol("d", integer=True, positive=True)
start, fstar = sympy.symbols("F_1 f_*", real=True)
P = IndexedBase("P", real=True)
g, q, eta, omega, delta, scale = (
    IndexedBase(name, real=True, nonnegative=True) for name in ("g", "q", "eta", "omega", "delta", "sigma")
)

SLOPE = L * d / 4 * (1 + ratio * (1 - rest) / (2 * rest))
"""The coefficient of δ_{t+1} in a step of the potential."""
STEP = EveryStep(
    P[t]
    + SLOPE * delta[t + 1]
    + 2 * ratio**2 * L * R / rest * eta[t] ** 2
    + ratio / rest * Q * eta[t + 1] * omega[t + 1]
    - P[t + 1]
    - rest / Be * eta[t + 1] * g[t],
    t,
    1,
    sympy.oo,
    r"one step of the potential (eq-c.3-potential) for every $t \ge 1$",
)
BELOW = EveryStep(P[t] - fstar, t, 1, sympy.oo, r"$P_t \ge f^*$, since $f_\sigma \ge f^*$ and $a_t \ge 0$")
FIRST = EveryStep(
    start + ratio / rest * Q * eta[t] * omega[t] - P[t],
    t,
    1,
    1,
    r"$P_1 \le \mathbb Ef_{\sigma_1}(x_1)+\frac{\tilde C_0}{C_0(1-\beta)}Q\eta_1(1-\theta_1)$, since $a_1 = Q(1-\theta_1)$",
)
PASSAGE = EveryStep(
    2 * g[t] + L**2 * (6 + d) ** 3 / 4 * scale[t + 1] ** 2 - q[t],
    t,
    1,
    sympy.oo,
    r"Lemma A.1 in the mean: $\mathbb E\|\nabla f(x_t)\|^2 \le 2\mathbb E\|G_t\|^2+\frac{L^2(6+d)^3}4\sigma_{t+1}^2$",
)


def total(member, last=T):
    return Sum(member, (t, 1, last))


def bound():
    """The right side of (C.3), corrected."""
    return (
        Be / rest * (start - fstar)
        + ratio * Q * Be / rest**2 * total(eta[t] * omega[t], T + 1)
        + 2 * ratio**2 * L * R * Be / rest**2 * total(eta[t] ** 2)
        + SLOPE * Be / rest * total(delta[t + 1])
    )


def weighted_sum():
    telescoped = summed(
        "sum the steps of the potential; it telescopes",
        Be / rest * over(STEP.fact, t, 1, T),
        Be / rest * at(BELOW.fact, T + 1),
        Be / rest * at(FIRST.fact, 1),
    )
    return chain(total(eta[t + 1] * g[t]), le(bound(), telescoped))


def prove_weighted_sum(_):
    whole = weighted_sum()
    return derivation(whole, concludes=((whole.start, "<=", whole.end),))


# ---- the hunt: two steps on waves, all index paths -----------------------------------------------------------------------------


def two_wave_steps(xp, B, share, phase, x, eta, ratio_of_rates, beta, theta, sigma, epsilon):
    """T = 2, two samples, d = 1, α_t = η_t, C_0 = C̃_0 = 1; a = (B, share·B) with |share| ≤ 1."""
    a = xp.stack([B, share * B], axis=-1)
    thetas, sigmas = [theta[:, i] for i in range(3)], [sigma[:, i] for i in range(3)]
    etas = [eta, eta * ratio_of_rates, eta * ratio_of_rates**2]
    left, value = weighted_gradients(xp, a, phase, x, etas, beta, thetas[:2], sigmas, epsilon)
    size = amplitude(xp, a, phase)
    root, room = xp.sqrt(B**2 + epsilon), 1 / (1 - beta)
    errors = sum(rate * (1 - weight) for rate, weight in zip(etas, thetas, strict=True))
    right = root * room * (value + size) + root * room**2 * B**4 / (2 * epsilon * xp.sqrt(epsilon)) * errors
    right = right + 2 * size * B**2 * root / epsilon * room**2 * (etas[0] ** 2 + etas[1] ** 2)
    return left, right + size * root * room / 4 * (1 + beta * room / 2) * sum(differences(sigmas))


corrected_sum = Claim(
    id="starnes2023/eq-c.3-corrected",
    printed="(C.3), corrected",
    kind="inequality",
    statement=r"Algorithm 2, $f$ $L$-smooth with a minimum, $(\alpha_t)$ non-increasing, $C_0\alpha_t \le \eta_t \le \tilde C_0\alpha_t$, and "
    r"$\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ along the run: $\sum_{t=1}^T\eta_{t+1}\mathbb E\|G_t\|^2 \le C_1(\mathbb Ef_{\sigma_1}(x_1)-"
    r"f^*)+C_2\sum_{t=1}^{T+1}\eta_t(1-\theta_t)+C_3\sum_{t=1}^T\eta_t^2+\frac{LdB_\varepsilon}{4(1-\beta)}(1+\frac{\tilde C_0\beta}{2C_0"
    r"(1-\beta)})\sum_{t=1}^T\delta_{t+1}$ with $C_1 = \frac{B_\varepsilon}{1-\beta}$, $C_2 = \frac{\tilde C_0B^4B_\varepsilon}{2"
    r"\varepsilon^{3/2}C_0(1-\beta)^2}$, $C_3 = \frac{2\tilde C_0^2LB^2B_\varepsilon}{\varepsilon C_0^2(1-\beta)^2}$.",
    space=Space(
        B=real(0, open_low=True),
        share=real(-1, 1),
        phase=vector(2, -4, 4),
        x=real(-4, 4),
        eta=real(0, open_low=True),
        ratio_of_rates=real(0, 1, open_low=True),
        beta=real(0, 1, open_high=True),
        theta=vector(3, 0, 1),
        sigma=vector(3, 0, 4),
        epsilon=real(0, open_low=True),
    ),
    hypotheses=[STEP, BELOW, FIRST],
    sides=two_wave_steps,
    derivation=prove_weighted_sum,
    corrects="starnes2023/eq-c.3",
    uses=["starnes2023/eq-c.3-potential", "starnes2023/lemma-2.1b@d"],
    expected="conditional",
    note="$B = \\sqrt\\lambda$ under Hλ@c, $\\sqrt{K\\lambda}$ under Hλ@a. The hypotheses listed are what the claims under `uses` prove of "
    "every run. Sharp: for $\\beta_t = 0$, no smoothing, small steps and $\\varepsilon \\to \\infty$ the ratio tends to 1 with $T$.",
)


def prove_theorem(_):
    smallest, members = least_member("q_min", q[t], t, 1, T)
    squares = L**2 * (6 + d) ** 3 / 4 * total(eta[t + 1] * scale[t + 1] ** 2)
    whole = weighted_sum()
    left = smallest * total(eta[t + 1])
    passed = chain(
        left,
        le(total(eta[t + 1] * q[t]), summed("the minimum", over(members, t, 1, T, eta[t + 1]))),
        le(2 * whole.start + squares, summed("(C.4)", over(PASSAGE.fact, t, 1, T, eta[t + 1]))),
        le(
            2 * bound() + squares,
            summed(
                "(C.3)",
                2 * Be / rest * over(STEP.fact, t, 1, T),
                2 * Be / rest * at(BELOW.fact, T + 1),
                2 * Be / rest * at(FIRST.fact, 1),
            ),
        ),
    )
    return derivation(passed, concludes=((left, "<=", 2 * bound() + squares),))


corrected_theorem = Claim(
    id="starnes2023/theorem-c.1-corrected",
    printed="Theorem C.1, corrected",
    kind="inequality",
    statement=r"Setting and constants of `eq-c.3-corrected`: $\min_{1\le t\le T}\mathbb E\|\nabla f(x_t)\|^2\sum_{t=1}^T\eta_{t+1} \le 2C_1(\mathbb E"
    r"f_{\sigma_1}(x_1)-f^*)+2C_2\sum_{t=1}^{T+1}\eta_t(1-\theta_t)+2C_3\sum_{t=1}^T\eta_t^2+\frac{LdB_\varepsilon}{2(1-\beta)}"
    r"(1+\frac{\tilde C_0\beta}{2C_0(1-\beta)})\sum_{t=1}^T\delta_{t+1}+\frac{L^2(6+d)^3}4\sum_{t=1}^T\eta_{t+1}\sigma_{t+1}^2$.",
    hypotheses=[STEP, BELOW, FIRST, PASSAGE],
    derivation=prove_theorem,
    corrects="starnes2023/theorem-c.1",
    uses=["starnes2023/eq-c.3-potential", "starnes2023/lemma-2.1b@d", "starnes2023/eq-c.4"],
    expected="conditional",
    note="The hypotheses listed are what the claims under `uses` prove of every run.",
)
