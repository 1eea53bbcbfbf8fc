"""Links L2 and L3 in the proof of Theorem 4.1: gradients change little in a step, and a sequence of small steps tends to 0.

With b_t = ‖G_t‖² and a_t = η_{t+1}: |b_{t+1} − b_t| ≤ ‖G_{t+1} − G_t‖(‖G_{t+1}‖ + ‖G_t‖) ≤ C a_t by L2 and ‖G_t‖ ≤ B. If b_t did not tend to
0 it would fall from above 2c to below c infinitely often (it cannot stay above c, as Σ a_t = ∞ and Σ a_tb_t < ∞); each such fall
adds c²/C or more to Σ a_tb_t by L3, which is finite.
"""

import sympy
from sympy import IndexedBase, Sum

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point, real
from theorycheck.algebra import gaussian, norm_squared
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    either_order,
    expected,
    ge,
    hypothesis,
    le,
    square,
)
from theorycheck.derivations.reasons.sequences import EveryStep, over, summed

EQUIVALENCE = "starnes2023/remark-l-smooth"
SMOOTH = l_smooth("f", "L")

# ---- L2 --------------------------------------------------------------------------------------------------------------------


def change_of_gradient(xp, f, x, r, eta, sigma, tau, L, d):
    """x_t = x, x_{t+1} = x − ηr, σ = σ_{t+1}, τ = σ_{t+2}."""
    change = f.smoothed_gradient(x - xp.scale(eta, r), tau) - f.smoothed_gradient(x, sigma)
    moved = 2 * eta**2 * xp.vecdot(r, r) + d * abs(tau**2 - sigma**2)
    return xp.vecdot(change, change), L**2 * moved


def prove_change(s):
    u, after = gaussian("u", s.d), s.x - s.r * s.eta

    def build(low, high, excess):
        of = {low: low, (s.tau if low == s.sigma else s.sigma): high}
        sigma, tau = of[s.sigma], of[s.tau]
        less = s.f.smooth(low)
        smooth = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=sigma, L=s.L)
        rough = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=low, L=s.L)
        around, wide = after + u.vector * excess, less.smoothed_gradient(after, excess)
        now = s.f.smoothed_gradient(after, tau)
        between, before = s.f.smoothed_gradient(after, sigma), s.f.smoothed_gradient(s.x, sigma)
        return chain(
            norm_squared(now - before),
            le(
                s.L**2 * (2 * s.eta**2 * norm_squared(s.r) + s.d * excess**2),
                consequence(
                    "the step and the change of the scale apart",
                    square((now - between) - (between - before)),
                    2 * hypothesis(s.lemma(EQUIVALENCE, f=smooth, x=after, y=s.x, L=s.L)),
                    2 * expected(square(less.gradient(around) - wide), u),
                    2 * expected(hypothesis(s.lemma(EQUIVALENCE, f=rough, x=around, y=after, L=s.L)), u),
                ),
            ),
        )

    return derivation(*either_order(s.sigma, s.tau, build))


small_changes = Claim(
    id="starnes2023/theorem-4.1-l2",
    printed="Theorem 4.1, L2 of its proof",
    kind="inequality",
    statement=r"$f$ $L$-smooth: $\|G_{t+1}-G_t\|^2 \le L^2(2\eta_{t+1}^2\|r_{t+1}\|^2+d\,\delta_{t+2})$, at most $L^2\eta_{t+1}^2(2B^2/\varepsilon+d)$ "
    r"where $\sqrt{\delta_{t+2}} \le \eta_{t+1}$ and $\|r_{t+1}\| \le B/\sqrt\varepsilon$.",
    space=Space(
        d=dimension(1, 2, 5),
        f=function(),
        x=point(),
        r=point(),
        eta=real(0),
        sigma=real(0),
        tau=real(0),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[SMOOTH],
    sides=change_of_gradient,
    derivation=prove_change,
    uses=[
        "starnes2023/remark-l-smooth",
        "starnes2023/lemma-2.1a-l-smooth",
        "starnes2023/identity-a-semigroup",
    ],
    expected="conditional",
    note="The printed display is illegible; this is what its words say.",
)

# ---- L3: one fall ------------------------------------------------------------------------------------------------------------
# b_1 ≥ 2c, b_t ≥ c for t = 1 … n and b_{n+1} ≤ c, as sequences counted from the start of the fall.

t, n = sympy.Symbol("t", integer=True), sympy.Symbol("n", integer=True, positive=True)
c, C = sympy.symbols("c C", positive=True)
a, b = IndexedBase("a", real=True, nonnegative=True), IndexedBase("b", real=True, nonnegative=True)
SMALL_STEPS = EveryStep(C * a[t] - b[t] + b[t + 1], t, 1, sympy.oo, r"$b_t-b_{t+1} \le Ca_t$")
NOT_YET = EveryStep(b[t] - c, t, 1, n, r"$b_t \ge c$ for $t \le n$")
HIGH = EveryStep(b[t] - 2 * c, t, 1, 1, r"$b_1 \ge 2c$")
LOW = EveryStep(c - b[t + 1], t, n, n, r"$b_{n+1} \le c$")


def prove_fall(_):
    whole = chain(
        Sum(a[t] * b[t], (t, 1, n)),
        ge(c * Sum(a[t], (t, 1, n)), summed("$b_t \\ge c$", over(NOT_YET.fact, t, 1, n, a[t]))),
        ge(
            c / C * (b[1] - b[n + 1]),
            summed("add up the steps; it telescopes", c / C * over(SMALL_STEPS.fact, t, 1, n)),
        ),
        ge(
            c**2 / C,
            summed(
                "from above $2c$ to below $c$",
                c / C * over(HIGH.fact, t, 1, 1),
                c / C * over(LOW.fact, t, n, n),
            ),
        ),
    )
    return derivation(whole, concludes=((c**2 / C, "<=", whole.start),))


fall = Claim(
    id="starnes2023/theorem-4.1-l3",
    printed="Theorem 4.1, L3 of its proof (Lemma 21 of [6])",
    kind="inequality",
    statement=r"$a_t, b_t \ge 0$ and $b_t-b_{t+1} \le Ca_t$: while $b$ falls from $b_1 \ge 2c$ to $b_{n+1} \le c$, $\sum_{t=1}^na_tb_t \ge c^2/C$. "
    r"So $\sum a_t = \infty$, $\sum a_tb_t < \infty$ and $|b_{t+1}-b_t| \le Ca_t$ imply $b_t \to 0$.",
    hypotheses=[SMALL_STEPS, NOT_YET, HIGH, LOW],
    derivation=prove_fall,
    expected="conditional",
    note="$a_t \\to 0$ is not needed.",
)
