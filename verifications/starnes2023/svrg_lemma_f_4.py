"""Lemma F.4: one inner loop of GSmoothSVRG (Algorithm 3, x̃_s = x_t with t uniform on 0 … m−1, as its proof says).

The lemma is false for σ > 0. L4 says −⟨x − x_*, ∇f_σ(x)⟩ ≤ −F_σ(x), but convexity of f_σ gives f_σ(x_*) − f_σ(x) on the right,
and f_σ(x_*) > f(x_*) = F_σ's origin: at x = x_* the left side is 0 and −F_σ(x_*) < 0. With x̃ = x_* and K = 1 a quadratic
never moves, and the lemma would say (1 − 2Lη) F_σ(x_*) ≤ 2Lη F_σ(x_*), false for every η < 1/(4L).

With 2ηm F_σ(x_*) added on the right (at most ½ηmLdσ²) the lemma is true, and F_τ(x̃) may replace F_σ(x̃).
"""

import sympy

from theorycheck import Claim, Space, choice, dimension, finite_sum, minimiser_of, point, real
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.algebra.expectation import mean
from theorycheck.derivations import (
    by_expansion,
    by_summation,
    chain,
    consequence,
    derivation,
    eq,
    expected,
    hypothesis,
    le,
    summed,
)
from theorycheck.derivations.reasons.sequences import Run, at_states, at_the_start, over, signs_show
from verifications.starnes2023.svrg_functions import (
    FEW,
    PRESUPPOSES,
    SETTING,
    SMOOTHNESS,
)
from verifications.starnes2023.svrg_lemma_f_2 import KEEPS_CONVEX, USES, excess
from verifications.starnes2023.svrg_lemma_f_3 import more_smoothing_raises, second_moment_terms, update

T = sympy.Symbol("t", integer=True, nonnegative=True)


def expected_over_loop(xp, f, x_tilde, sigma, tau, eta, m, value):
    """E value(x̃_s): the mean over t = 0 … m−1 and over all K^t index paths of value(x_t), x_0 = x̃."""

    def total(x, steps):
        here = value(x)
        if steps == 1:
            return here

        def later(sample):
            return total(x - xp.scale(eta, update(sample, f, x, x_tilde, sigma, tau)), steps - 1)

        return here + xp.sample_mean(f, later)

    return total(x_tilde, len(range(m))) / m


def squared_distance(xp, x, y):
    return xp.vecdot(x - y, x - y)


def one_loop(xp, f, x_tilde, x_star, sigma, tau, eta, L, m):
    def value(x):
        return excess(f, x, sigma, x_star)

    left = 2 * eta * (1 - 2 * L * eta) * m * expected_over_loop(xp, f, x_tilde, sigma, tau, eta, m, value)
    return left, squared_distance(xp, x_tilde, x_star) + 4 * L * eta**2 * m * value(x_tilde)


def one_loop_corrected(xp, f, x_tilde, x_star, sigma, tau, eta, L, m):
    def value(x):
        return excess(f, x, sigma, x_star)

    left = 2 * eta * (1 - 2 * L * eta) * m * expected_over_loop(xp, f, x_tilde, sigma, tau, eta, m, value)
    right = squared_distance(xp, x_tilde, x_star) + 4 * L * eta**2 * m * excess(f, x_tilde, tau, x_star)
    return left, right + 2 * eta * m * value(x_star)


# ---- one step ----------------------------------------------------------------------------------------------------------


def step(s, eta):
    """x_t as a function of x_{t−1} = s.x."""
    return s.x - update(s.sample("f"), s.f, s.x, s.x_tilde, s.sigma, s.tau) * eta


def below_tangent(s, weight=1):
    """weight · (f_σ(x_*) − f_σ(x) − ⟨∇f_σ(x), x_* − x⟩) as a term."""
    convexity = s.lemma(KEEPS_CONVEX, f=s.sample("f"), sigma=s.sigma)
    return weight * expected(hypothesis(convexity.tangent(s.x, s.x_star)), s.index("f"))


def one_step(s, eta):
    """E_k‖x_t − x_*‖² ≤ ‖x_{t−1} − x_*‖² − 2η(1−2Lη)F_σ(x_{t−1}) + 4Lη²F_τ(x̃) + 2ηF_σ(x_*), for every x_{t−1}."""
    before = norm_squared(s.x - s.x_star)
    gain = 2 * eta * (1 - 2 * s.L * eta) * excess(s.f, s.x, s.sigma, s.x_star)
    return chain(
        expectation(norm_squared(step(s, eta) - s.x_star), s.index("f")),
        le(
            before - gain + loss(s, eta),
            consequence(
                "(F.13), Lemma F.3, and convexity of $f_\\sigma$ between $x$ and $x_*$",
                *second_moment_terms(s, s.x, s.x_tilde, eta**2),
                below_tangent(s, 2 * eta),
            ),
        ),
    )


def loss(s, eta):
    """What a step may add: 4Lη²F_τ(x̃) + 2ηF_σ(x_*)."""
    at_start = excess(s.f, s.x_tilde, s.tau, s.x_star)
    return 4 * s.L * eta**2 * at_start + 2 * eta * excess(s.f, s.x_star, s.sigma, s.x_star)


def inner_loop(s, eta):
    """The run of the inner loop: D[t] = E‖x_t − x_*‖², F[t] = E F_σ(x_t), and what every step t = 1 … m shows of them."""
    D = at_states("D", norm_squared(s.x - s.x_star))
    F = at_states("F", excess(s.f, s.x, s.sigma, s.x_star))
    run = Run(T, {s.x: step(s, eta)}, (D, F), draws=(s.index("f"),), last=s.m)
    gain = 2 * eta * (1 - 2 * s.L * eta)
    return run, D, F, run.step_fact(one_step(s, eta), D[T - 1] - gain * F[T - 1] + loss(s, eta) - D[T])


def prove_one_loop(s):
    run, D, F, every_step = inner_loop(s, s.eta)
    gain = 2 * s.eta * (1 - 2 * s.L * s.eta) * sympy.Sum(F[T], (T, 0, s.m - 1))
    start = norm_squared(s.x_tilde - s.x_star) + s.m * loss(s, s.eta)
    return derivation(
        chain(
            gain,
            le(
                D[0] - D[s.m] + s.m * loss(s, s.eta),
                summed("add up the $m$ steps", over(every_step, T, 1, s.m)),
            ),
            le(
                D[0] + s.m * loss(s, s.eta),
                summed("drop $\\mathbb E\\|x_m-x_*\\|^2$", over(signs_show(D[T], T, s.m, s.m), T, s.m, s.m)),
            ),
            eq(start, at_the_start("$x_0 = \\tilde x$", run, {s.x: s.x_tilde})),
        ),
        concludes=((gain, "<=", start),),
    )


# ---- as printed --------------------------------------------------------------------------------------------------------


def printed_proof(s):
    """The links about one step at x_{t−1} = s.x, then those about the sum of all steps."""
    k, f = s.index("f"), s.f
    v = update(s.sample("f"), f, s.x, s.x_tilde, s.sigma, s.tau)
    offset = s.x - s.x_star
    before, second = norm_squared(offset), s.eta**2 * expectation(norm_squared(v), k)
    at_x, at_start = (excess(f, x, s.sigma, s.x_star) for x in (s.x, s.x_tilde))
    slope = -2 * s.eta * inner(offset, f.smoothed_gradient(s.x, s.sigma))
    bound = 4 * s.L * s.eta**2 * (at_x + at_start)
    D, F = (sympy.IndexedBase(name, nonnegative=True) for name in ("D", "F"))
    steps = sympy.Sum(D[T] - D[T + 1], (T, 0, s.m - 1))
    values = sympy.Sum(F[T], (T, 0, s.m - 1))
    return derivation(
        chain(
            expectation(norm_squared(step(s, s.eta) - s.x_star), k),
            eq(
                before - 2 * s.eta * inner(offset, mean(v, k)) + second,
                by_expansion("expand the square"),
                "L1",
            ),
            eq(before + slope + second, by_expansion("(F.13): $\\mathbb E v = \\nabla f_\\sigma(x)$"), "L2"),
            le(
                before + slope + bound,
                consequence(
                    "Lemma F.3",
                    *second_moment_terms(s, s.x, s.x_tilde, s.eta**2),
                    more_smoothing_raises(s, s.x_tilde, 4 * s.L * s.eta**2),
                ),
                "L3",
            ),
        ),
        chain(
            slope,
            le(
                -2 * s.eta * at_x,
                consequence(
                    "convexity gives $-2\\eta(f_\\sigma(x)-f_\\sigma(x_*))$, and $f_\\sigma(x_*) > f(x_*)$ is left over",
                    below_tangent(s, 2 * s.eta),
                ),
                "L4",
            ),
        ),
        chain(
            before - 2 * s.eta * at_x + bound,
            eq(
                before - 2 * s.eta * (1 - 2 * s.L * s.eta) * at_x + 4 * s.L * s.eta**2 * at_start,
                by_expansion("collect"),
                "L5",
            ),
        ),
        chain(
            s.m * sympy.Sum(F[T] / s.m, (T, 0, s.m - 1)),
            eq(values, by_summation("$t$ is uniform on $0, \\dots, m-1$"), "L6"),
        ),
        chain(
            steps,
            eq(D[0] - D[s.m], by_summation("telescoping"), "L7, sum"),
            le(
                D[0],
                summed("$\\|x_m-x_*\\|^2 \\ge 0$", over(signs_show(D[T], T, s.m, s.m), T, s.m, s.m)),
                "L7, drop",
            ),
        ),
    )


def _space(**more):
    return Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), *FEW, tilted=True),
        x_star=minimiser_of("f"),
        x=point(),  # an iterate x_{t−1}, of the proofs alone
        x_tilde=point(),
        tau=real(0),
        sigma=real("tau"),
        eta=real(0, open_low=True),
        L=SMOOTHNESS,
        m=choice(1, 2, 3),
        **more,
    )


printed = Claim(
    id="starnes2023/lemma-f.4",
    printed="Lemma F.4",
    kind="inequality",
    statement=r"$f_i$ convex and $L$-smooth, $\sigma \ge \tau \ge 0$: $2\eta(1-2L\eta)m\,\mathbb E F_\sigma(\tilde x_s) \le "
    r"\mathbb E\|x_0-x_*\|^2+4L\eta^2m\,\mathbb E F_\sigma(\tilde x)$.",
    space=_space(),
    hypotheses=SETTING,
    sides=one_loop,
    printed_proof=printed_proof,
    uses=["starnes2023/eq-f.13", "starnes2023/lemma-f.3", "starnes2023/algorithm-3@b", *USES],
    expected="refuted",
    expected_proof_gaps=["L4"],
    note="$\\tilde x_s = x_t$ with $t$ uniform on $0, \\dots, m-1$, which is what the proof uses (L6), not line 9 of Algorithm 3; expectations are "
    "exact, over all index paths. At $\\sigma = 0$ the lemma is that of SVRG and true, see the correction.",
)

# ---- corrected -------------------------------------------------------------------------------------------------------

corrected = Claim(
    id="starnes2023/lemma-f.4-corrected",
    printed="Lemma F.4, corrected",
    kind="inequality",
    statement=r"$f_i$ convex and $L$-smooth, $\sigma \ge \tau \ge 0$, $x_0 = \tilde x$: $2\eta(1-2L\eta)m\,\mathbb E F_\sigma(\tilde x_s) \le "
    r"\|\tilde x-x_*\|^2+4L\eta^2m\,F_\tau(\tilde x)+2\eta m\,F_\sigma(x_*)$.",
    space=_space(),
    hypotheses=SETTING,
    sides=one_loop_corrected,
    derivation=prove_one_loop,
    corrects="starnes2023/lemma-f.4",
    uses=["starnes2023/eq-f.13", "starnes2023/lemma-f.3", *USES],
    expected="conditional",
    note="Given $\\tilde x$; in the mean for a random $\\tilde x$. $m\\,\\mathbb E F_\\sigma(\\tilde x_s) = \\sum_{t<m}\\mathbb E F_\\sigma(x_t)$, which the "
    "derivation writes. $F_\\tau(\\tilde x) \\le F_\\sigma(\\tilde x)$, and $F_\\sigma(x_*) \\le \\frac{Ld}4\\sigma^2$ by Lemma 2.1(d). "
    + PRESUPPOSES,
)
