"""The averaged bound inside the proof of Theorem 3.1 (Appendix B): true as printed, for every η > 0 and every schedule.

Algorithm 1: x_t = x_{t−1} − η ∇f_{k_t,σ_t}(x_{t−1}), σ_0 = 0; u ~ N(0, I/2). The proof needs of the samples only
E_k ∇f_k = ∇f: then E_k f_k = f + c, because two differentiable functions with one gradient differ by a constant, and the
constant drops out. δ_t = |σ_t² − σ_{t−1}²|, so a schedule may rise as well as fall.
"""

import sympy
from sympy import Sum

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    choice,
    constant_of,
    dimension,
    finite_sum,
    l_smooth,
    point,
    real,
)
from theorycheck.algebra import expectation, gaussian, inner, norm_squared, vector
from theorycheck.derivations import (
    Run,
    at,
    at_states,
    at_steps,
    at_the_start,
    by_expansion,
    chain,
    consequence,
    derivation,
    either_order,
    eq,
    expected,
    hypothesis,
    le,
    nonnegative_part,
    over,
    signs_show,
    summed,
)
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.lab.optimizers import expand, expected_over_paths, gsmooth_sgd, sequence, start_sgd

SMOOTH, BELOW = l_smooth("f", "L"), bounded_below("f", "f_star")
KEEPS_SMOOTHNESS = "starnes2023/lemma-2.1a-l-smooth"
FAMILIES = [
    family
    for family in DEFAULT_FAMILIES
    if family.name in ("convex-quadratic", "convex-huber", "ridge-cosines", "gaussian-mixture")
]
USES = ["starnes2023/algorithm-1", KEEPS_SMOOTHNESS, "starnes2023/lemma-2.1b@d", "starnes2023/lemma-2.1d"]


def run_space(steps=3, families=FAMILIES, **more):
    """f, the start, η, σ_1, σ_2, … and T ≤ `steps`: all K^T runs are enumerated."""
    return Space(
        d=dimension(1, 2, 5) if steps == 3 else dimension(1, 2),
        f=finite_sum((1, 2), *families),
        x_0=point(),
        eta=real(0, open_low=True),
        **{f"sigma_{t}": real(0) for t in range(1, steps + 1)},
        T=choice(*range(1, steps + 1)),
        L=constant_of("f", "smoothness"),
        f_star=constant_of("f", "lower_bound"),
        **more,
    )


def iterates(xp, f, x_0, eta, scales):
    """x_0, …, x_T, each with all K^t paths: arrays (K^t, N, d)."""
    step = gsmooth_sgd(xp, f.samples, eta, sequence(scales))
    return [state.x for state in expand(xp, step, start_sgd(x_0), len(f.samples), len(scales))]


def mean_square(xp, vectors, f):
    """E‖·‖² over all paths."""
    return expected_over_paths(xp, xp.vecdot(vectors, vectors), len(f.samples))


def mean_over_samples(xp, f, gradient):
    """(1/K) Σ_k E‖gradient(f_k)‖²."""
    return sum(mean_square(xp, gradient(sample), f) for sample in f.samples) / len(f.samples)


def steps_of_schedule(scales):
    """δ_1, …, δ_T with σ_0 = 0."""
    before = [0, *scales[:-1]]
    return [abs(after**2 - earlier**2) for after, earlier in zip(scales, before, strict=True)]


def averaged_bound(xp, f, x_0, eta, sigma_1, sigma_2, sigma_3, T, excess, L, f_star, d):
    """Both sides, with λ_t = E‖∇f_{k,σ_t}(x_{t−1})‖² + excess."""
    scales = [sigma_1, sigma_2, sigma_3][:T]
    points = iterates(xp, f, x_0, eta, scales)
    left, second_moments = 0, 0
    for x, sigma in zip(points[:-1], scales, strict=True):
        left = left + mean_square(xp, f.smoothed_gradient(x, sigma), f)
        second_moments = second_moments + excess
        second_moments = second_moments + mean_over_samples(
            xp, f, lambda sample, x=x, sigma=sigma: sample.smoothed_gradient(x, sigma)
        )
    drift = sum(steps_of_schedule(scales))
    right = (f(x_0) - f_star) / (T * eta) + L * eta / (2 * T) * second_moments + L * d / (4 * T * eta) * drift
    return left / T, right


# ---- one step: L2-L5 of the printed proof -----------------------------------------------------------------------------
# x, τ, σ stand for x_{t−1}, σ_{t−1}, σ_t; x⁺ for x_t. All inequalities hold for every x, so they hold in the mean.


def one_step(s):
    """The symbols of one step: x, τ, σ, the sample f_k, its index, ∇f_{k,σ}(x), and x⁺."""
    x = vector("x")
    tau, sigma = sympy.symbols("tau sigma", nonnegative=True)
    sampled = s.sample("f").smoothed_gradient(x, sigma)
    return x, tau, sigma, s.index("f"), sampled, x - sampled * s.eta


def descent(s):
    """L2 to L4: E_k f_σ(x⁺) ≤ f_σ(x) − η‖∇f_σ(x)‖² + (Lη²/2) E_k‖∇f_{k,σ}(x)‖², for a given σ."""
    x, _, sigma, k, sampled, moved = one_step(s)
    f_sigma = s.f.smooth(sigma)
    gradient = f_sigma.gradient(x)
    smooth = s.lemma(KEEPS_SMOOTHNESS, f=s.f, sigma=sigma, L=s.L).upper(x, moved)
    steps = (
        le(
            f_sigma(x) + inner(gradient, moved - x) + s.L / 2 * norm_squared(moved - x),
            consequence("$f_{\\sigma_t}$ is $L$-smooth", hypothesis(smooth)),
            "L2",
        ),
        eq(
            f_sigma(x) - s.eta * inner(gradient, sampled) + s.L * s.eta**2 / 2 * norm_squared(sampled),
            by_expansion("insert the step"),
            "L3",
        ),
    )
    unbiased = chain(
        expectation(inner(gradient, sampled), k),
        eq(
            norm_squared(gradient),
            by_expansion("$\\mathbb E_k\\nabla f_{k,\\sigma} = \\nabla f_\\sigma$"),
            "L4",
        ),
    )
    in_the_mean = chain(
        expectation(f_sigma(moved), k),
        le(
            after_descent(s, sigma),
            consequence("L2 to L4, averaged over $k$", expected(hypothesis(smooth), k)),
            "L2 to L4",
        ),
    )
    return chain(f_sigma(moved), *steps), unbiased, in_the_mean


def after_descent(s, sigma):
    """f_σ(x) − η‖∇f_σ(x)‖² + (Lη²/2) E_k‖∇f_{k,σ}(x)‖²."""
    x, k = vector("x"), s.index("f")
    gradient, sampled = s.f.smoothed_gradient(x, sigma), s.sample("f").smoothed_gradient(x, sigma)
    second_moment = expectation(norm_squared(sampled), k)
    return s.f.smoothed(x, sigma) - s.eta * norm_squared(gradient) + s.L * s.eta**2 / 2 * second_moment


def change_of_scale(s):
    """L5: f_σ(x) ≤ f_τ(x) + (Ld/4)|σ² − τ²|, for both orders of τ and σ (Lemma 2.1(d))."""
    x, tau, sigma, *_ = one_step(s)
    u = gaussian("u", s.d)

    def build(low, high, excess):
        moved = x + u.vector * excess
        smooth = s.lemma(KEEPS_SMOOTHNESS, f=s.f, sigma=low, L=s.L)
        rises = low == tau  # σ is the larger one
        fact = smooth.upper(x, moved) if rises else smooth.lower(x, moved)
        after, before = (high, low) if rises else (low, high)
        return chain(
            s.f.smoothed(x, after),
            le(
                s.f.smoothed(x, before) + s.L * s.d / 4 * sympy.Abs(after**2 - before**2),
                consequence("Lemma 2.1(d)", expected(hypothesis(fact), u)),
                "L5 where the scale rises" if rises else "L5 where it falls",
            ),
        )

    return either_order(tau, sigma, build)


def floor(s):
    """f* ≤ f_τ(x)."""
    x, tau, *_ = one_step(s)
    u = gaussian("u", s.d)
    moved = x + u.vector * tau
    lowest = s.assume(BELOW).at(moved)
    return chain(
        s.f_star,
        le(expectation(s.f(moved), u), consequence("$f^*\\le f$", expected(hypothesis(lowest), u))),
        eq(s.f.smoothed(x, tau), by_expansion("definition of $f_{\\sigma_T}$")),
    )


# ---- the run: L6 ------------------------------------------------------------------------------------------------------


class Followed:
    """The sequences of the proof, with what holds of them at every step."""

    def __init__(self, s):
        x, tau, sigma, k, sampled, moved = one_step(s)
        self.s, self.t, self.T = (
            s,
            sympy.Symbol("t", integer=True),
            sympy.Symbol("T", integer=True, positive=True),
        )
        self.scale = at_states("sigma", tau)
        self.value = at_states("phi", s.f.smoothed(x, tau))  # E f_{σ_t}(x_t)
        self.value_at_new_scale = at_steps("psi", s.f.smoothed(x, sigma))  # E f_{σ_t}(x_{t−1})
        self.gradient = at_steps("G", norm_squared(s.f.smoothed_gradient(x, sigma)))
        self.second_moment = at_steps("E", norm_squared(sampled))
        self.true_gradient = at_steps("g", norm_squared(s.f.gradient(x)))
        self.excess = sympy.IndexedBase("e", real=True, nonnegative=True)
        quantities = (
            self.scale,
            self.value,
            self.value_at_new_scale,
            self.gradient,
            self.second_moment,
            self.true_gradient,
        )
        self.run = Run(self.t, {x: moved, tau: sigma}, quantities, draws=(k,), last=self.T)
        self.start = {x: s.x_0, tau: 0}

    def total(self, body):
        return Sum(body, (self.t, 1, self.T))

    @property
    def bound_on_second_moment(self):
        """λ_t, any number that is at least E‖∇f_{k,σ_t}(x_{t−1})‖²."""
        return self.second_moment[self.t] + self.excess[self.t]

    @property
    def delta(self):
        return sympy.Abs(self.scale[self.t] ** 2 - self.scale[self.t - 1] ** 2)

    def every_step(self, term):
        return over(term, self.t, 1, self.T)

    @property
    def descends(self):
        s, t = self.s, self.t
        slack = (
            self.value_at_new_scale[t] - s.eta * self.gradient[t] + s.L * s.eta**2 / 2 * self.second_moment[t]
        )
        return self.run.step_fact(descent(s)[2], slack - self.value[t], "descent at every step (L2 to L4)")

    @property
    def drifts(self):
        s, t = self.s, self.t
        slack = self.value[t - 1] + s.L * s.d / 4 * self.delta - self.value_at_new_scale[t]
        return self.run.step_fact(change_of_scale(s), slack, "change of scale at every step (L5)")

    @property
    def stays_above(self):
        return self.run.state_fact(
            floor(self.s), self.value[self.t] - self.s.f_star, "$f^*\\le f_{\\sigma_t}$"
        )

    @property
    def exceeds(self):
        return signs_show(self.excess[self.t], self.t, 1, self.T)

    def right_side(self, first_value, last_value):
        s, T = self.s, self.T
        drift, second_moments = self.total(self.delta), self.total(self.bound_on_second_moment)
        fall = (first_value - last_value) / (T * s.eta)
        return fall + s.L * s.eta / (2 * T) * second_moments + s.L * s.d / (4 * T * s.eta) * drift

    def average(self, times=1, plus=0):
        """L6 as a start and steps: `times` the averaged bound, `plus` a number on both sides."""
        s, T, value = self.s, self.T, self.value
        factor = times / (T * s.eta)
        return (
            times * self.total(self.gradient[self.t]) / T + plus,
            le(
                times * self.right_side(value[0], value[T]) + plus,
                summed(
                    "add the steps up; $f_{\\sigma_t}(x_t)$ telescopes",
                    factor * self.every_step(self.descends),
                    factor * self.every_step(self.drifts),
                    times * s.L * s.eta / (2 * T) * self.every_step(self.exceeds),
                ),
                "L6 sum",
            ),
            le(
                times * self.right_side(value[0], s.f_star) + plus,
                summed("$f^* \\le f_{\\sigma_T}(x_T)$", factor * at(self.stays_above, T)),
                "L6 minimum",
            ),
            eq(
                times * self.right_side(s.f(s.x_0), s.f_star) + plus,
                at_the_start("$\\sigma_0 = 0$ and $x_0$ is given", self.run, self.start),
                "L6 start",
            ),
        )


def prove_average(s):
    shown = chain(*Followed(s).average())
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


def printed_average(s):
    step, unbiased, _ = descent(s)
    _, _, _, k, sampled, _ = one_step(s)
    excess = sympy.Symbol("e", nonnegative=True)
    second_moment = expectation(norm_squared(sampled), k)
    exists = chain(
        second_moment,
        le(second_moment + excess, consequence("what $\\lambda_t$ is", nonnegative_part(excess)), "L1"),
    )
    return derivation(exists, step, unbiased, *change_of_scale(s), chain(*Followed(s).average()))


averaged_gradients = Claim(
    id="starnes2023/theorem-3.1-average",
    printed="Appendix B, proof of Theorem 3.1",
    kind="inequality",
    statement=r"Algorithm 1, $f$ $L$-smooth with minimum $f^*$, $\mathbb E\nabla f_k = \nabla f$, $\lambda_t \ge "
    r"\mathbb E\|\nabla f_{k,\sigma_t}(x_{t-1})\|^2$: $\frac1T\sum_{t=0}^{T-1}\mathbb E\|\nabla f_{\sigma_{t+1}}(x_t)\|^2 \le "
    r"\frac{f(x_0)-f^*}{T\eta} + \frac{L\eta}{2T}\sum_{t=1}^T\lambda_t + \frac{Ld}{4T\eta}\sum_{t=1}^T\delta_t$.",
    space=run_space(excess=real(0)),
    hypotheses=[SMOOTH, BELOW],
    sides=averaged_bound,
    derivation=prove_average,
    printed_proof=printed_average,
    uses=USES,
    expected="conditional",
    note="For every $\\eta > 0$, $T$, $d$, $K$ and every schedule. In the derivation $G_t = \\mathbb E\\|\\nabla f_{\\sigma_t}"
    "(x_{t-1})\\|^2$, $E_t = \\mathbb E\\|\\nabla f_{k,\\sigma_t}(x_{t-1})\\|^2$, $\\lambda_t = E_t + e_t$ with $e_t \\ge 0$; only "
    "$f^* \\le f$ is used of the minimum. Sharp: $f = \\frac L2\\|x\\|^2$, $K = T = 1$, $\\eta = 1/L$, $\\sigma_1 = 0$ gives "
    "equality. Lemma 2.1(b) enters with $\\ge$ alone, which a constant f satisfies too.",
)
