"""Lemma C.1: the direction of GSmoothAdam, E⟨G_t, r_{t+1}⟩ from below.

False as printed in every reading: its M is a bound of squared gradients, used as a bound of gradients, and M⁴ is of the
eighth order where gradients are small, while what it has to cover is of the fourth. With a bound B of the norms in the place of M
the printed chain is a proof, with δ_i (not δ_{i+1}) and without the factor √d, and half the last constant suffices.
"""

import sympy

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    finite_sum,
    granted,
    l_smooth,
    point,
    real,
)
from theorycheck.algebra import elementary as fact
from theorycheck.algebra import expectation, gaussian, inner, norm_squared
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    either_order,
    elementary,
    eq,
    expected,
    ge,
    hypothesis,
    square,
)
from theorycheck.functions import DEFAULT_FAMILIES
from verifications.starnes2023.adam_bounds import HYPOTHESES
from verifications.starnes2023.adam_quoted_bounds import RUN, wave_step

EQUIVALENCE = "starnes2023/remark-l-smooth"
FAMILIES = [f for f in DEFAULT_FAMILIES if f.name in ("quadratic", "cosines", "huber", "bumps")]

# ---- two steps of one sample decide all readings --------------------------------------------------------------------------
# t = 1, d = 1, K = 1, f(x) = a sin x, σ_1 = σ_2 = 0: no expectation, all δ_i = 0, and λ = a² satisfies Hλ@a, @b and @c.


def two_steps(theta_in_root):
    """Both sides of the lemma at t = 1; `theta_in_root` is the reading @b, w_i = θ_i v_{i−1} + ε."""

    def sides(xp, a, x, eta, beta, theta, theta_next, epsilon):
        start = (x, 0 * x, 0 * x)
        first, before, update = wave_step(xp, a, start, eta, beta, theta, epsilon)
        _, after, update_next = wave_step(xp, a, first, eta, beta, theta_next, epsilon)
        constant = 16 * a**8 / (epsilon * xp.sqrt(epsilon))  # M = 2a²
        weight = theta_next if theta_in_root else 1
        d_1 = (1 - beta) * before**2 / xp.sqrt(epsilon) - constant * (1 - theta)  # r_0 = 0, v_0 = 0
        d_2 = (
            -beta * a * eta * update**2  # L = a
            + (1 - beta) * after**2 / xp.sqrt(weight * first[2] + epsilon)
            - constant * (1 - theta_next)
        )
        return after * update_next, beta * d_1 + d_2

    return sides


def printed_steps(s):
    """(C.1), (C.2) and L3–L6 at t = 1 for f(x) = a sin x, whatever r_1, m_1 and v_1 are; L7; the start Θ_1 ≥ D_1 of L8."""
    r, m, r_next = sympy.symbols("r_1 m_1 r_2", real=True)
    root = sympy.Symbol("w", positive=True)  # √(v_1+ε)
    now, old = s.a * sympy.cos(s.x - s.eta * r), s.a * sympy.cos(s.x)
    moment = s.beta * m + (1 - s.beta) * now
    wave, weight = fact("cos is 1-Lipschitz", s.x - s.eta * r, s.x), s.beta * s.a / (2 * s.eta)
    first, before, r_1 = wave_step(s.xp, s.a, (s.x, 0, 0), s.eta, s.beta, s.theta, s.epsilon)
    second, after, r_2 = wave_step(s.xp, s.a, first, s.eta, s.beta, s.theta_next, s.epsilon)
    large = 16 * s.a**8 / s.epsilon ** sympy.Rational(3, 2)
    return derivation(
        chain(
            now * r_next,
            eq(now * moment / root + now * (r_next - moment / root), by_expansion("(C.1): I + II"), "L1"),
        ),
        chain(
            now * moment / root,
            eq(
                s.beta * now * m / root + (1 - s.beta) * now**2 / root,
                by_expansion("(C.2), for one sample"),
                "L2",
            ),
        ),
        chain(
            s.beta * now * r,
            ge(
                s.beta * old * r - s.beta * s.a * s.eta * r**2,
                consequence(
                    "L3–L5: $|G_1-G_0| \\le L|x_1-x_0|$",
                    weight * square(s.eta * r + sympy.cos(s.x - s.eta * r) - sympy.cos(s.x)),
                    weight * hypothesis(wave),
                ),
                "L6",
            ),
        ),
        chain(
            after * (r_2 - second[1] / sympy.sqrt(first[2] + s.epsilon)),
            ge(
                -large * (1 - s.theta_next),
                elementary("Lemma 18 of [6]: $\\mathrm{II} \\ge -M^4(1-\\theta_2)/\\varepsilon^{3/2}$"),
                "L7",
            ),
        ),
        chain(
            before * r_1,
            ge(
                (1 - s.beta) * before**2 / sympy.sqrt(s.epsilon) - large * (1 - s.theta),
                elementary("the same at $t = 0$, where the recursion starts"),
                "L8",
            ),
        ),
    )


INDICES = {
    "a": (r"$w_i = v_{i-1}+\varepsilon$, $\delta_i$", False),
    "b": (r"$w_i = \theta_iv_{i-1}+\varepsilon$, $\delta_i$", True),
    "c": (r"$w_i = v_{i-1}+\varepsilon$, $\delta_{i+1}$", False),
}
STATEMENT = (
    r"$\mathbb E\langle G_t, r_{t+1}\rangle \ge \sum_{i=1}^{t+1}\prod_{j=i+1}^{t+1}\beta_j\,"
    r"(D_i+\tilde D_i\sqrt{\delta_i})$, $\tilde D_i = -\frac{\beta_iLM}{\sqrt\varepsilon}\kappa$, $D_i = -\beta_iL\eta_{i-1}"
    r"\mathbb E\|r_{i-1}\|^2+(1-\beta_i)\mathbb E\|\nabla f_{\sigma_i}(x_{i-1})^2/\sqrt{w_i}\|_1-"
    r"\frac{\sqrt dM^4}{\varepsilon^{3/2}}(1-\theta_i)$"
)


def _reading(index, gradient_hypothesis):
    indices, theta_in_root = INDICES[index]
    return Claim(
        id=f"starnes2023/lemma-c.1@{index}-{gradient_hypothesis}",
        printed="Lemma C.1 (Lemma 19 of [6])",
        kind="inequality",
        statement=f"{HYPOTHESES[gradient_hypothesis]}, $f$ $L$-smooth with a minimum, Algorithm 2, $t \\ge 1$: {STATEMENT}; "
        f"{indices}.",
        space=Space(**RUN, theta_next=real(0, 1, open_low=True, open_high=True)),
        sides=two_steps(theta_in_root),
        relation=">=",
        printed_proof=None if theta_in_root else printed_steps,
        uses=["starnes2023/algorithm-2", "starnes2023/bound-c-m"],
        expected="refuted",
        expected_proof_gaps=[] if theta_in_root else ["L7", "L8", "conclusion"],
        note="$t = 1$, $K = 1$, $f(x) = a\\sin x$ without smoothing, $\\lambda = a^2$, $M = 2a^2$: this instance satisfies all "
        "readings of the gradient hypothesis.",
    )


readings = {(i, h): _reading(i, h) for i in INDICES for h in HYPOTHESES}


def _entry(index):
    return Claim(
        id=f"starnes2023/lemma-c.1@{index}",
        printed="Lemma C.1 (Lemma 19 of [6])",
        kind="inequality",
        statement=f"{STATEMENT}; {INDICES[index][0]}.",
        readings=[readings[index, h] for h in HYPOTHESES],
        expected="refuted",
    )


entries = tuple(_entry(index) for index in INDICES)
lemma = Claim(
    id="starnes2023/lemma-c.1",
    printed="Lemma C.1 (Lemma 19 of [6])",
    kind="inequality",
    statement=f"{STATEMENT} (the index of $\\delta$ and $w_i$ are open in print).",
    readings=entries,
    expected="refuted",
)

# ---- the printed chain with a bound B of the norms ---------------------------------------------------------------------------
# One step, given everything up to t: x = x_{t−1}, r = r_t, x_t = x − ηr, σ = σ_t, τ = σ_{t+1}, e = √ε, and W = G_t/√(v_t+ε)
# coordinate by coordinate, so that ⟨W, G_t⟩ = ‖G_t²/√(v_t+ε)‖_1. II is the second part of (C.1).

SMOOTH = l_smooth("f", "L")
SECOND = granted(
    lambda II, B, e, theta: II >= -(B**4) * (1 - theta) / (2 * e**3),
    r"\mathrm{II} \ge -\frac{B^4}{2\varepsilon^{3/2}}(1-\theta_{t+1})",
    "bound-c-lemmas@d-corrected",
)


def direction(xp, f, x, r, W, II, eta, beta, theta, sigma, tau, c, e, L, B, d):
    """E⟨G_t, r_{t+1}⟩, and its bound by ⟨G_{t−1}, r_t⟩."""
    moved, size = x - xp.scale(eta, r), xp.vecdot(r, r)
    now, before = f.smoothed_gradient(moved, tau), f.smoothed_gradient(x, sigma)
    fresh = xp.sample_mean(f, lambda sample: xp.vecdot(W, sample.smoothed_gradient(moved, tau)))
    change = L * eta * size + c * size + L**2 * d * abs(tau**2 - sigma**2) / (8 * c)
    left = beta * xp.vecdot(now, r) + (1 - beta) * fresh + II
    right = beta * xp.vecdot(before, r) - beta * change + (1 - beta) * xp.vecdot(W, now)
    return left, right - B**4 * (1 - theta) / (2 * e**3)


def prove_direction(s):
    u = gaussian("u", s.d)
    moved, second = s.x - s.r * s.eta, s.assume(SECOND)

    def build(low, high, excess):
        of = {low: low, (s.tau if low == s.sigma else s.sigma): high}
        sigma, tau = of[s.sigma], of[s.tau]
        less = s.f.smooth(low)
        smooth = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=sigma, L=s.L)
        rough = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=low, L=s.L)
        around = moved + u.vector * excess
        wide = less.smoothed_gradient(moved, excess)
        change = s.f.smoothed_gradient(moved, tau) - s.f.smoothed_gradient(moved, sigma)
        size = norm_squared(s.r)
        now, before = s.f.smoothed_gradient(moved, tau), s.f.smoothed_gradient(s.x, sigma)
        errors = s.L * s.eta * size + s.c * size + s.L**2 * s.d * excess**2 / (8 * s.c)
        tail = (1 - s.beta) * inner(s.W, now) - s.B**4 * (1 - s.theta) / (2 * s.e**3)
        sample = s.sample("f").smoothed_gradient(moved, tau)
        return chain(
            s.beta * inner(now, s.r) + (1 - s.beta) * expectation(inner(s.W, sample), s.index("f")) + s.II,
            ge(
                s.beta * inner(now, s.r) + tail,
                consequence("(C.2), and the bound on $\\mathrm{II}$", hypothesis(second)),
            ),
            ge(
                s.beta * inner(before, s.r) - s.beta * errors + tail,
                consequence(
                    "$f_{\\sigma_t}$ is $L$-smooth between $x_{t-1}$ and $x_t$; Lemma 2.2(b) with $\\frac d2$ for $\\kappa^2$",
                    (s.beta / s.eta) * hypothesis(smooth.upper(s.x, moved)),
                    (s.beta / s.eta) * hypothesis(smooth.upper(moved, s.x)),
                    (s.beta / (4 * s.c)) * square(change + s.r * (2 * s.c)),
                    (s.beta / (4 * s.c)) * expected(square(less.gradient(around) - wide), u),
                    (s.beta / (4 * s.c))
                    * expected(hypothesis(s.lemma(EQUIVALENCE, f=rough, x=around, y=moved, L=s.L)), u),
                ),
            ),
        )

    return derivation(*either_order(s.sigma, s.tau, build))


direction_corrected = Claim(
    id="starnes2023/lemma-c.1-corrected",
    printed="Lemma C.1, corrected",
    kind="inequality",
    statement=r"Algorithm 2, $f$ $L$-smooth, $\mathbb E\nabla f_k = \nabla f$, $\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ along the run. "
    r"Given the first $t$ draws and for every $c > 0$: $\mathbb E\langle G_t, r_{t+1}\rangle \ge \beta_{t+1}\langle G_{t-1}, r_t\rangle - "
    r"\beta_{t+1}(L\eta_t\|r_t\|^2+c\|r_t\|^2+\frac{L^2d\delta_{t+1}}{8c}) + (1-\beta_{t+1})\|G_t^2/\sqrt{v_t+\varepsilon}\|_1 - "
    r"\frac{B^4}{2\varepsilon^{3/2}}(1-\theta_{t+1})$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), *FAMILIES),
        x=point(),
        r=point(stands_for="r_t"),
        W=point(stands_for=r"G_t/\sqrt{v_t+\varepsilon}"),
        eta=real(0, open_low=True),
        beta=real(0, 1, open_high=True),
        theta=real(0, 1),
        sigma=real(0),
        tau=real(0),
        c=real(0, open_low=True),
        e=real(0, open_low=True, stands_for=r"\sqrt\varepsilon"),
        B=real(0),
        II=real(stands_for=r"\mathrm{II}"),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[SMOOTH, SECOND],
    sides=direction,
    relation=">=",
    derivation=prove_direction,
    corrects="starnes2023/lemma-c.1",
    uses=[
        "starnes2023/algorithm-2",
        "starnes2023/remark-l-smooth",
        "starnes2023/lemma-2.1a-l-smooth",
        "starnes2023/identity-a-semigroup",
        "starnes2023/bound-c-lemmas@d-corrected",
    ],
    expected="conditional",
    note="The bound on $\\mathrm{II}$ is bound-c-lemmas@d-corrected. Unrolled over $i \\le t+1$ this is the printed sum with $\\delta_i$. "
    "The best $c$ turns $c\\|r\\|^2+L^2d\\delta/(8c)$ into $L\\sqrt{d/2}\\,\\|r_t\\|\\sqrt\\delta$, less than the printed "
    "$LB\\kappa\\sqrt{\\delta/\\varepsilon}$ since $\\frac d2 \\le \\kappa^2$ and $\\|r_t\\| \\le B/\\sqrt\\varepsilon$. "
    "$B = \\sqrt\\lambda$ under Hλ@c, $B = \\sqrt{K\\lambda}$ under Hλ@a; Hλ@b gives no such bound.",
)
