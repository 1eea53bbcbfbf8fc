"""(C.4), and the descent of L1 and L3 in the proof of Theorem C.1. Both hold as printed."""

import sympy

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    function,
    l_smooth,
    matrix,
    point,
    real,
)
from theorycheck import vector as vector_of
from theorycheck.algebra import gaussian, index, inner, norm_squared, vector
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    either_order,
    elementary,
    expected,
    hypothesis,
    le,
    square,
)
from theorycheck.derivations.reasons.sequences import Run, at_steps, least_member, over, summed

EQUIVALENCE = "starnes2023/remark-l-smooth"
SMOOTH = l_smooth("f", "L")

# ---- (C.4) --------------------------------------------------------------------------------------------------------------------
# The steps of the run draw what they like: a step goes from x to any random point. Member t + 1 of a sequence speaks of x_t.


def smallest_by_smoothed(xp, f, X, eta, sigma, L, d):
    """T = 3 and a run without randomness through the rows of X: min ‖∇f(x_t)‖² Σ η_{t+1}, and the right side."""
    positions = xp.moveaxis(X, 1, 0)
    smallest, weights, right = None, 0, 0
    for t, x in enumerate(positions):
        gradient, smoothed = f.gradient(x), f.smoothed_gradient(x, sigma[:, t])
        size = xp.vecdot(gradient, gradient)
        smallest = size if smallest is None else xp.minimum(smallest, size)
        weights = weights + eta[:, t]
        bend = L**2 * (6 + d) ** 3 / 4 * sigma[:, t] ** 2
        right = right + eta[:, t] * (2 * xp.vecdot(smoothed, smoothed) + bend)
    return smallest * weights, right


def prove_passage(s):
    t, T = sympy.Symbol("t", integer=True), sympy.Symbol("T", integer=True, positive=True)
    sigma, before = sympy.symbols("sigma_t sigma_before", nonnegative=True)
    rate, u = sympy.IndexedBase("eta", real=True, nonnegative=True), gaussian("u", s.d)
    around = s.x + u.vector * sigma
    moved, smoothed, original = s.f.gradient(around), s.f.smoothed_gradient(s.x, sigma), s.f.gradient(s.x)
    lipschitz = s.lemma(EQUIVALENCE, f=s.f, x=around, y=s.x, L=s.L)
    room = s.L**2 * (6 + s.d) ** 3 / 4
    one_step = chain(
        norm_squared(original),
        le(
            2 * norm_squared(smoothed) + s.L**2 * sigma**2 * s.d,
            consequence(
                "Lemma A.1",
                2 * expected(square(moved - smoothed), u),
                square(original - smoothed * 2),
                2 * expected(hypothesis(lipschitz), u),
            ),
        ),
        le(2 * norm_squared(smoothed) + room * sigma**2, elementary("$d \\le \\frac14(6+d)^3$")),
    )
    q, g = at_steps("q", norm_squared(original)), at_steps("g", norm_squared(smoothed))
    scale = at_steps("sigma2", sigma**2)
    anywhere = vector("x_next", depends_on=frozenset({"draw"}))
    run = Run(t, {s.x: anywhere, before: sigma}, (q, g, scale), draws=(index("draw"),))
    fact = run.step_fact(one_step, 2 * g[t] + room * scale[t] - q[t], "Lemma A.1 at every step")
    smallest, members = least_member("q_min", q[t + 1], t, 1, T)
    weights, terms = sympy.Sum(rate[t + 1], (t, 1, T)), sympy.Sum(rate[t + 1] * q[t + 1], (t, 1, T))
    right = 2 * sympy.Sum(rate[t + 1] * g[t + 1], (t, 1, T))
    right = right + room * sympy.Sum(rate[t + 1] * scale[t + 1], (t, 1, T))
    return derivation(
        chain(
            smallest * weights,
            le(terms, summed("the minimum is at most every member", over(members, t, 1, T, rate[t + 1]))),
            le(right, summed("term by term", over(fact, t, 2, T + 1, rate[t]))),
        ),
        concludes=((smallest * weights, "<=", right),),
    )


passage = Claim(
    id="starnes2023/eq-c.4",
    printed="(C.4)",
    kind="inequality",
    statement=r"$\min_{t\le T}\mathbb E\|\nabla f(x_t)\|^2\sum_{t=1}^T\eta_{t+1} \le \sum_{t=1}^T\eta_{t+1}\mathbb E\|\nabla f(x_t)\|^2 \le "
    r"2\sum_{t=1}^T\eta_{t+1}\mathbb E\|G_t\|^2+\frac{L^2(6+d)^3}4\sum_{t=1}^T\eta_{t+1}\sigma_{t+1}^2$.",
    space=Space(
        d=dimension(1, 2, 5),
        f=function(),
        X=matrix(3, "d"),
        x=point(),
        eta=vector_of(3, 0),
        sigma=vector_of(3, 0),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[SMOOTH],
    sides=smallest_by_smoothed,
    derivation=prove_passage,
    uses=["starnes2023/lemma-a.1", "starnes2023/remark-l-smooth"],
    expected="conditional",
    note="True of every random sequence $x_t$ and all learning rates $\\eta_t \\ge 0$. The proof gives $L^2d$ in place of "
    "$\\frac14L^2(6+d)^3$. The point $x$ of the space is the one of the proof; the hunt runs through the rows of $X$.",
)

# ---- L1 and L3: one step from x = x_t along r = r_{t+1}, σ = σ_t, τ = σ_{t+1} --------------------------------------------------


def descent(xp, f, x, r, eta, sigma, tau, L, d):
    after = f.smoothed(x - xp.scale(eta, r), tau)
    gained = eta * xp.vecdot(f.smoothed_gradient(x, tau), r)
    bend = L / 2 * eta**2 * xp.vecdot(r, r)
    return after, f.smoothed(x, sigma) + L * d / 4 * abs(tau**2 - sigma**2) - gained + bend


def prove_descent(s):
    u, after = gaussian("u", s.d), s.x - s.r * s.eta

    def build(low, high, excess):
        of = {low: low, (s.tau if low == s.sigma else s.sigma): high}
        sigma, tau = of[s.sigma], of[s.tau]
        new = s.f.smooth(tau)
        smooth = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=tau, L=s.L)
        rough = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=low, L=s.L)
        around = s.x + u.vector * excess
        between = rough.upper(s.x, around) if low == s.sigma else rough.lower(s.x, around)
        rest = -s.eta * inner(new.gradient(s.x), s.r) + s.L / 2 * s.eta**2 * norm_squared(s.r)
        return chain(
            s.f.smoothed(after, tau),
            le(
                s.f.smoothed(s.x, tau) + rest,
                consequence("$f_{\\sigma_{t+1}}$ is $L$-smooth", hypothesis(smooth.upper(s.x, after))),
            ),
            le(
                s.f.smoothed(s.x, sigma) + s.L * s.d / 4 * excess**2 + rest,
                consequence("Lemma 2.1(d)", expected(hypothesis(between), u)),
            ),
        )

    return derivation(*either_order(s.sigma, s.tau, build))


one_step = Claim(
    id="starnes2023/theorem-c.1-descent",
    printed="Theorem C.1, L1 and L3 of its proof",
    kind="inequality",
    statement=r"$f$ $L$-smooth: $f_{\sigma_{t+1}}(x_{t+1}) \le f_{\sigma_t}(x_t)+\frac{Ld}4\delta_{t+1}-\eta_{t+1}\langle G_t, "
    r"r_{t+1}\rangle+\frac L2\eta_{t+1}^2\|r_{t+1}\|^2$.",
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
    sides=descent,
    derivation=prove_descent,
    uses=["starnes2023/lemma-2.1a-l-smooth", "starnes2023/identity-a-semigroup"],
    expected="proved",
)
