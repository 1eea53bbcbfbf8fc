"""What the proof of Theorem 3.1 shows: a bound on the averaged gradients of f itself.

With λ_t ≥ E‖∇f_{k,σ_t}(x_{t−1})‖², whatever these numbers are, and for every η > 0

    (1/T) Σ E‖∇f(x_{t−1})‖² ≤ 2(f(x_0) − f*)/(Tη) + (Lη/T) Σ λ_t + (Ld/(2Tη)) Σ δ_t + (L²d/T) Σ σ_t².

This needs no bound on gradients that holds everywhere, no condition on η, and of f that it is L-smooth and bounded below.
Its noise term carries the factor Lη, which (3.3) has lost. With η ≤ 1/L it implies what L8 of the printed proof says.
"""

import sympy

from theorycheck import Claim, real, requires
from theorycheck.algebra import expectation, gaussian, norm_squared
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    expected,
    hypothesis,
    le,
    over,
    signs_show,
    square,
    summed,
)
from verifications.starnes2023.theorem_3_1_average import (
    BELOW,
    SMOOTH,
    USES,
    Followed,
    iterates,
    mean_over_samples,
    mean_square,
    one_step,
    run_space,
    steps_of_schedule,
)

EQUIVALENCE = "starnes2023/remark-l-smooth"


def averages(xp, f, x_0, eta, excess, scales):
    """(1/T) Σ E‖∇f(x_{t−1})‖² and (1/T) Σ λ_t along all runs."""
    points = iterates(xp, f, x_0, eta, scales)[:-1]
    gradients = sum(mean_square(xp, f.gradient(x), f) for x in points)
    moments = 0
    for x, sigma in zip(points, scales, strict=True):
        moments = moments + excess
        moments = moments + mean_over_samples(
            xp, f, lambda sample, x=x, sigma=sigma: sample.smoothed_gradient(x, sigma)
        )
    return gradients / len(scales), moments / len(scales)


def gradient_by_smoothed_gradient(s):
    """‖∇f(x)‖² ≤ 2‖∇f_σ(x)‖² + L²σ²d (Lemma A.1 with d in the place of (6+d)³/4)."""
    x, _, sigma, *_ = one_step(s)
    u = gaussian("u", s.d)
    moved = x + u.vector * sigma
    smoothed, original = s.f.smoothed_gradient(x, sigma), s.f.gradient(x)
    lipschitz = s.lemma(EQUIVALENCE, f=s.f, x=moved, y=x, L=s.L)
    return chain(
        norm_squared(original),
        le(
            2 * norm_squared(smoothed) + s.L**2 * sigma**2 * s.d,
            consequence(
                "Jensen and the Lipschitz gradient",
                2 * expected(square(s.f.gradient(moved) - smoothed), u),
                square(original - smoothed * 2),
                2 * expected(hypothesis(lipschitz), u),
            ),
        ),
    )


class FollowedGradients(Followed):
    """The sequences of the averaged bound, and g_t = E‖∇f(x_{t−1})‖²."""

    @property
    def unsmooths(self):
        s, t = self.s, self.t
        slack = 2 * self.gradient[t] + s.L**2 * s.d * self.scale[t] ** 2 - self.true_gradient[t]
        return self.run.step_fact(gradient_by_smoothed_gradient(s), slack, "Lemma A.1 at every step")

    def bound(self, noise, drift, bias):
        """The right side with the factors of Σ λ_t, Σ δ_t and Σ σ_t²."""
        s, T, t = self.s, self.T, self.t
        fall = 2 * (s.f(s.x_0) - s.f_star) / (T * s.eta)
        lengths = self.total(self.scale[t] ** 2)
        return (
            fall
            + noise * self.total(self.bound_on_second_moment)
            + drift * self.total(self.delta)
            + bias * lengths
        )

    def steps(self):
        """From Σ E‖∇f(x_{t−1})‖² to the bound, by Lemma A.1 and twice the averaged bound."""
        s, T = self.s, self.T
        bias = s.L**2 * s.d * self.total(self.scale[self.t] ** 2) / T
        smoothed, *average = self.average(times=2, plus=bias)
        return (
            self.total(self.true_gradient[self.t]) / T,
            le(smoothed, summed("Lemma A.1", (1 / T) * self.every_step(self.unsmooths))),
            *average,
        )


# ---- for every learning rate ------------------------------------------------------------------------------------------


def gradients_and_bound(xp, f, x_0, eta, sigma_1, sigma_2, T, excess, L, f_star, d):
    scales = [sigma_1, sigma_2][:T]
    left, noise = averages(xp, f, x_0, eta, excess, scales)
    drift, lengths = sum(steps_of_schedule(scales)), sum(sigma**2 for sigma in scales)
    right = 2 * (f(x_0) - f_star) / (T * eta) + L * eta * noise + L * d / (2 * T * eta) * drift
    return left, right + L**2 * d / T * lengths


def prove_bound(s):
    shown = chain(*FollowedGradients(s).steps())
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


only_l_smooth_corrected = Claim(
    id="starnes2023/remark-1-only-l-smooth-corrected",
    printed="Section 1.1, corrected",
    kind="inequality",
    statement=r"Algorithm 1, any $\eta > 0$; $f$ $L$-smooth with $f \ge f^*$, $\mathbb E\nabla f_k = \nabla f$, $\lambda_t \ge "
    r"\mathbb E\|\nabla f_{k,\sigma_t}(x_{t-1})\|^2$: $\frac1T\sum_{t=1}^T\mathbb E\|\nabla f(x_{t-1})\|^2 \le "
    r"\frac{2(f(x_0)-f^*)}{T\eta} + \frac{L\eta}T\sum\lambda_t + \frac{Ld}{2T\eta}\sum\delta_t + \frac{L^2d}T\sum\sigma_t^2$.",
    space=run_space(steps=2, excess=real(0)),
    hypotheses=[SMOOTH, BELOW],
    sides=gradients_and_bound,
    derivation=prove_bound,
    corrects="starnes2023/remark-1-only-l-smooth",
    uses=[*USES, EQUIVALENCE],
    expected="conditional",
    note="What L-smoothness gives: the second moments $\\lambda_t$ of the sampled gradients remain in the bound, so convergence to a "
    "small gradient needs them bounded as well, and a small $\\eta$.",
)

# ---- with η ≤ 1/L: L7 and L8 as printed -------------------------------------------------------------------------------

SMALL_STEP = requires(lambda eta, L: eta * L <= 1, r"\eta \le 1/L")


def printed_bound(xp, f, x_0, eta, sigma_1, sigma_2, T, excess, f_star, d):
    scales = [sigma_1, sigma_2][:T]
    left, noise = averages(xp, f, x_0, eta, excess, scales)
    drift, lengths = sum(steps_of_schedule(scales)), sum(sigma**2 for sigma in scales)
    right = 2 * (f(x_0) - f_star) / (T * eta) + noise + d / (2 * T * eta**2) * drift
    return left, right + (6 + d) ** 3 / (4 * T * eta**2) * lengths


def prove_printed_bound(s):
    followed = FollowedGradients(s)
    T, t, d, eta, L = followed.T, followed.t, s.d, s.eta, s.L
    small = s.assume(SMALL_STEP)
    room = (6 + d) ** 3

    def over_steps(body):
        return over(signs_show(body, t, 1, T), t, 1, T)

    *_, k, sampled, _ = one_step(s)
    moment = followed.run.step_fact(
        chain(
            sympy.Integer(0),
            le(expectation(norm_squared(sampled), k), consequence("a square", expected(square(sampled), k))),
        ),
        followed.second_moment[t],
        "$\\mathbb E\\|\\nabla f_{k,\\sigma_t}\\|^2 \\ge 0$",
    )
    remaining = (
        (small.slack / T) * over(moment, t, 1, T),
        (small.slack / T) * over_steps(followed.excess[t]),
        (small.slack * d / (2 * T * eta**2)) * over_steps(followed.delta),
        (small.slack * (1 + L * eta) * d / (T * eta**2)) * over_steps(followed.scale[t] ** 2),
        (1 / (4 * T * eta**2)) * over_steps((room - 4 * d) * followed.scale[t] ** 2),
    )
    shown = chain(
        *followed.steps(),
        le(
            followed.bound(1 / T, d / (2 * T * eta**2), room / (4 * T * eta**2)),
            summed("$L\\eta \\le 1$ and $4d \\le (6+d)^3$", *remaining),
            "L7, L8",
        ),
    )
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


small_learning_rate = Claim(
    id="starnes2023/theorem-3.1-small-learning-rate",
    printed="Appendix B, L8 in the proof of Theorem 3.1, with its hypothesis",
    kind="inequality",
    statement=r"With $\eta \le 1/L$: $\frac1T\sum_{t=1}^T\mathbb E\|\nabla f(x_{t-1})\|^2 \le \frac{2(f(x_0)-f^*)}{T\eta} + "
    r"\frac1T\sum\lambda_t + \frac d{2T\eta^2}\sum\delta_t + \frac{(6+d)^3}{4T\eta^2}\sum\sigma_t^2$.",
    space=run_space(steps=2, excess=real(0)),
    hypotheses=[SMOOTH, BELOW, SMALL_STEP],
    sides=printed_bound,
    derivation=prove_printed_bound,
    uses=[*USES, EQUIVALENCE],
    expected="conditional",
    note="L7 and L8 of the printed proof with the condition $L \\le 1/\\eta$ that they use; L10 then gives (3.3) for the average, hence "
    "for some $\\nu < T$, once $\\lambda_t \\le 2\\lambda + (6+d)^3\\sigma_t^2/(4\\eta^2)$, which Lemma 2.2 gives for L-smooth samples.",
)
