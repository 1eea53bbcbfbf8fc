"""Theorem 3.1: convergence of GSmoothSGD, in the three readings of its hypothesis on the gradients (Hλ).

The statement is true in every reading, for a reason that has nothing to do with the algorithm: by Jensen's inequality
‖∇f(x)‖² = ‖E_k ∇f_k(x)‖² ≤ E_k ‖∇f_k(x)‖² ≤ λ at the start already, and (3.3) asserts less than twice that, 2λ and more.
So ν = 0 will do (under @a, @c every ν), for every η > 0 and every schedule, and no smoothness is needed.

The printed proof is about the average over ν and has gaps: L7, L8 and L9 use L ≤ 1/η, which the theorem does not assume,
and L9 applies Lemma 2.2 to the samples f_k, of which the theorem does not say that they are L-smooth
(`theorem_3_1_samples.py`). What the chain does show, with and without η ≤ 1/L, stands in `theorem_3_1_gradients.py`.
"""

from dataclasses import dataclass

import sympy
from sympy import Sum

from theorycheck import Claim, constant_of, real
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
    nonnegative_part,
    over,
    signs_show,
    square,
    summed,
)
from verifications.starnes2023.theorem_3_1_average import (
    BELOW,
    FAMILIES,
    SMOOTH,
    Followed,
    change_of_scale,
    descent,
    iterates,
    mean_square,
    one_step,
    run_space,
    steps_of_schedule,
)


@dataclass(frozen=True)
class GradientBound:
    """Hλ in one of its readings: what it says at the start, and how it is decided on an instance."""

    reading: str

    @property
    def latex(self):
        return {
            "@a": r"$\frac1K\sum_k\|\nabla f_k(x)\|^2 \le \lambda$ for all $x$",
            "@b": r"$\mathbb E\|\nabla f_k(x_t)\|^2 \le \lambda$ for every $k$ and $t < T$",
            "@c": r"$\|\nabla f_k(x)\|^2 \le \lambda$ for all $k$ and $x$",
        }[self.reading]

    def names(self):
        return ("f", "x_0", "lambda_")

    def condition(self, f, x_0, lambda_):
        """On symbols, at the point x_0, which is arbitrary under @a and @c."""
        from theorycheck.algebra import AbstractFunction, index

        sample = AbstractFunction(f"{f.name}_k", depends_on=frozenset({"k"}))
        size = norm_squared(sample.gradient(x_0))
        return sympy.Le(expectation(size, index("k", (sample, f))) if self.reading == "@a" else size, lambda_)

    def holds(self, xp, values):
        f, bound = values["f"], values["lambda_"]
        if self.reading == "@a":
            return f.second_moment <= bound
        if self.reading == "@c":
            return f.each_lipschitz**2 <= bound
        T, scales = values["T"], [values["sigma_1"], values["sigma_2"]]
        admitted = bound >= 0
        for x in iterates(xp, f, values["x_0"], values["eta"], scales[: T - 1]):
            for sample in f.samples:
                admitted = admitted & (mean_square(xp, sample.gradient(x), f) <= bound)
        return admitted


# ---- the statement ----------------------------------------------------------------------------------------------------


def smallest_gradient(xp, f, x_0, eta, sigma_1, sigma_2, T, lambda_, f_star, d):
    """min over ν < T of E‖∇f(x_ν)‖² against (3.3): the theorem says that one ν ≤ T will do."""
    scales = [sigma_1, sigma_2][:T]
    left = None
    for x in iterates(xp, f, x_0, eta, scales[:-1]):
        size = mean_square(xp, f.gradient(x), f)
        left = size if left is None else xp.minimum(left, size)
    deltas = steps_of_schedule(scales)
    noise = sum(d * delta + sigma**2 * (6 + d) ** 3 for delta, sigma in zip(deltas, scales, strict=True))
    return left, 2 * (f(x_0) - f_star) / (T * eta) + 2 * lambda_ + noise / (2 * T * eta**2)


def right_side(s, T, t, sigma):
    """The right side of (3.3)."""
    delta = sympy.Abs(sigma[t] ** 2 - sigma[t - 1] ** 2)
    noise = Sum(s.d * delta + sigma[t] ** 2 * (6 + s.d) ** 3, (t, 1, T))
    return 2 * (s.f(s.x_0) - s.f_star) / (T * s.eta) + 2 * s.lambda_ + noise / (2 * T * s.eta**2)


def prove(reading):
    def by_jensen(s):
        T, t = sympy.Symbol("T", integer=True, positive=True), sympy.Symbol("t", integer=True)
        sigma = sympy.IndexedBase("sigma", real=True, nonnegative=True)
        k, gradient = s.index("f"), s.f.gradient(s.x_0)
        sampled = s.sample("f").gradient(s.x_0)
        bound = hypothesis(s.assume(GradientBound(reading)))
        delta = sympy.Abs(sigma[t] ** 2 - sigma[t - 1] ** 2)
        noise = signs_show(s.d * delta + sigma[t] ** 2 * (6 + s.d) ** 3, t, 1, T)
        shown = chain(
            norm_squared(gradient),
            le(
                expectation(norm_squared(sampled), k),
                consequence(
                    "Jensen: $\\nabla f = \\mathbb E_k\\nabla f_k$", expected(square(sampled - gradient), k)
                ),
            ),
            le(
                s.lambda_,
                consequence("H$\\lambda$ at $x_0$", bound if reading == "@a" else expected(bound, k)),
            ),
            le(
                right_side(s, T, t, sigma),
                summed(
                    "every other term of (3.3) is nonnegative",
                    (2 / (T * s.eta)) * hypothesis(s.assume(BELOW).at(s.x_0)),
                    nonnegative_part(s.lambda_),
                    (1 / (2 * T * s.eta**2)) * over(noise, t, 1, T),
                ),
            ),
        )
        return derivation(shown, concludes=((shown.start, "<=", shown.end),))

    return by_jensen


# ---- the printed proof ------------------------------------------------------------------------------------------------


def printed(s):
    """L1 to L10; σ is sigma_1 (one step of the schedule), λ_t a number."""
    followed = Followed(s)
    t, T, run = followed.t, followed.T, followed
    _, _, _, k, sampled, _ = one_step(s)
    step, unbiased, _ = descent(s)
    second_moment = expectation(norm_squared(sampled), k)
    lam, excess = s.lambda_, sympy.Symbol("e", nonnegative=True)
    sigma, d, eta, L = s.sigma_1, s.d, s.eta, s.L
    room = (6 + d) ** 3
    fall = (s.f(s.x_0) - s.f_star) / (T * eta)
    drift = run.total(run.delta)
    squares = run.total(run.scale[t] ** 2)
    second_moments = run.total(2 * lam + room * run.scale[t] ** 2 / (4 * eta**2))
    smoothings = d * drift / (2 * T * eta**2) + room * squares / (4 * T * eta**2)
    after_l9 = 2 * fall + second_moments / T + smoothings
    end = 2 * fall + 2 * lam + run.total(d * run.delta + run.scale[t] ** 2 * room) / (2 * T * eta**2)
    return derivation(
        chain(
            second_moment,
            le(
                second_moment + excess,
                consequence("what $\\lambda_t$ is", nonnegative_part(excess)),
                "L1",
            ),
        ),
        step,
        unbiased,
        *change_of_scale(s),
        chain(*followed.average()),
        chain(
            L * eta * lam / 2 + L * d / (4 * eta) * sigma**2,
            le(
                lam / 2 + d / (4 * eta**2) * sigma**2,
                elementary("$L \\le \\frac1\\eta$ (one step, $\\delta = \\sigma^2$)"),
                "L7",
            ),
        ),
        chain(
            L**2 * sigma**2 * room / 4,
            le(sigma**2 * room / (4 * eta**2), elementary("$L \\le \\frac1\\eta$"), "L8"),
        ),
        chain(
            2 * lam + L**2 * room * sigma**2 / 4,
            le(2 * lam + room * sigma**2 / (4 * eta**2), elementary("$L \\le \\frac1\\eta$"), "L9"),
        ),
        chain(after_l9, eq(end, by_summation("combine"), "L10")),
    )


STATEMENT = (
    r"Algorithm 1; $f$ $L$-smooth, $\mathbb E\nabla f_k = \nabla f$, $f^*$ the minimum of $f$, {}: for some $\nu \le T$, "
    r"$\mathbb E\|\nabla f(x_\nu)\|^2 \le \frac{{2(f(x_0)-f^*)}}{{T\eta}} + 2\lambda + \frac1{{2T\eta^2}}\sum_{{t=1}}^T"
    r"(d\,\delta_t + \sigma_t^2(6+d)^3)$."
)
BOUNDS = {"@a": constant_of("f", "second_moment"), "@b": real(0), "@c": real(0)}


def _families(reading):
    """Cosines, which are Lipschitz; a run can also bound the gradients of quadratics."""
    names = ("ridge-cosines", "convex-quadratic") if reading == "@b" else ("ridge-cosines",)
    return [family for family in FAMILIES if family.name in names]


def _reading(reading):
    bound = GradientBound(reading)
    return Claim(
        id=f"starnes2023/theorem-3.1{reading}",
        printed="Theorem 3.1, (3.3)",
        kind="inequality",
        statement=STATEMENT.format(bound.latex),
        space=run_space(steps=2, families=_families(reading), lambda_=BOUNDS[reading]),
        hypotheses=[SMOOTH, BELOW, bound],
        sides=smallest_gradient,
        derivation=prove(reading),
        printed_proof=printed,
        uses=[
            "starnes2023/algorithm-1",
            "starnes2023/lemma-2.1a-l-smooth",
            "starnes2023/lemma-2.1b@d",
            "starnes2023/lemma-2.1d",
            "starnes2023/lemma-2.2a",
            "starnes2023/lemma-a.1",
        ],
        expected="conditional",
        expected_proof_gaps=["L7", "L8", "L9"],
        note="True but empty: already $\\|\\nabla f(x_0)\\|^2 \\le \\lambda$ by Jensen, so $\\nu = 0$ will do, and the left side is at "
        "most half of the right side. The factor $\\frac12$ is best: $K = 1$, $\\sigma_t = 0$, $\\eta \\to \\infty$. L7, L8, L9 use $L \\le 1/\\eta$, which "
        "is not assumed, and L9 uses Lemma 2.2 for the samples, see theorem-3.1-l9.",
    )


readings = tuple(_reading(reading) for reading in BOUNDS)
convergence = Claim(
    id="starnes2023/theorem-3.1",
    printed="Theorem 3.1, (3.3)",
    kind="inequality",
    statement=STATEMENT.format(r"H$\lambda$ (where the gradient is bounded is open in print)"),
    readings=readings,
    expected="conditional",
)
