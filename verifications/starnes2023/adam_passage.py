"""(C.4), the descent of L1 and L3 of Theorem C.1, and the corrected theorem.

Sums over t are sums of the terms that are proved here, with weights η_{t+1} ≥ 0; E over a run is the mean over its index.
"""

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
    requires,
)
from theorycheck.algebra import expectation, gaussian, index, inner, norm_squared, vector
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

EQUIVALENCE = "starnes2023/remark-l-smooth"
SMOOTH = l_smooth("f", "L")
POSITIONS = 3

# ---- (C.4) --------------------------------------------------------------------------------------------------------------------
# The rows of X are equally likely positions x_t of a run.


def mean_square(xp, gradient, X):
    values = [gradient(x) for x in xp.moveaxis(X, 1, 0)]
    squares = [xp.vecdot(value, value) for value in values]
    return (squares[0] + squares[1] + squares[2]) / POSITIONS


def original_by_smoothed(xp, f, X, eta, sigma, L, d):
    """One term of the two sums."""
    left = eta * mean_square(xp, f.gradient, X)
    smoothed = mean_square(xp, lambda x: f.smoothed_gradient(x, sigma), X)
    return left, 2 * eta * smoothed + L**2 * (6 + d) ** 3 / 4 * eta * sigma**2


def prove_passage(s):
    run, u = index("run"), gaussian("u", s.d)
    x = vector("x_t", depends_on=frozenset({"run"}))
    around = x + u.vector * s.sigma
    moved, smoothed, original = s.f.gradient(around), s.f.smoothed_gradient(x, s.sigma), s.f.gradient(x)
    lipschitz = s.assume(SMOOTH).gradients(around, x, EQUIVALENCE)
    left = s.eta * expectation(norm_squared(original), run)
    twice = 2 * s.eta * expectation(norm_squared(smoothed), run)
    right = twice + s.L**2 * (6 + s.d) ** 3 / 4 * s.eta * s.sigma**2
    smallest, more = sympy.symbols("q_min p", nonnegative=True)  # E‖∇f(x_t)‖² = min + more
    return derivation(
        chain(
            left,
            le(
                twice + s.eta * s.L**2 * s.sigma**2 * s.d,
                consequence(
                    "Lemma A.1, in the mean over the run",
                    (2 * s.eta) * expected(square(moved - smoothed), u, run),
                    s.eta * expected(square(original - smoothed * 2), run),
                    (2 * s.eta) * expected(hypothesis(lipschitz), u, run),
                ),
            ),
            le(right, elementary("$d \\le \\frac14(6+d)^3$")),
        ),
        chain(
            s.eta * smallest,
            le(
                s.eta * (smallest + more),
                elementary("the minimum is at most every $\\mathbb E\\|\\nabla f(x_t)\\|^2$"),
            ),
        ),
        concludes=((left, "<=", right), (s.eta * smallest, "<=", s.eta * (smallest + more))),
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
        X=matrix(POSITIONS, "d"),
        eta=real(0),
        sigma=real(0),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[SMOOTH],
    sides=original_by_smoothed,
    derivation=prove_passage,
    uses=["starnes2023/lemma-a.1", "starnes2023/remark-l-smooth"],
    expected="proved",
    note="Both inequalities hold term by term, for every $t$; $x_t$ is random with any law, in the hunt with three equally "
    "likely values. The proof gives $L^2d$ in place of $\\frac14L^2(6+d)^3$.",
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
        new, less = s.f.smooth(tau), s.f.smooth(low)
        smooth = s.cite(SMOOTH, "starnes2023/lemma-2.1a-l-smooth", new)
        rough = s.cite(SMOOTH, "starnes2023/lemma-2.1a-l-smooth", less)
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

# ---- Theorem C.1, corrected ------------------------------------------------------------------------------------------------------
# P and P1 are the potential of (C.3) before and after the step, S what it adds; g = E‖G_t‖², q = min E‖∇f(x_t)‖².

POTENTIAL = requires(
    lambda P, P1, S, eta, rest, Be, g: P1 + rest / Be * eta * g <= P + S, r"\text{(C.3) corrected, one step}"
)
PASSAGE = requires(
    lambda q, g, L, d, tau: q <= 2 * g + L**2 * (6 + d) ** 3 / 4 * tau**2,
    r"\min\mathbb E\|\nabla f\|^2 \le 2\mathbb E\|G_t\|^2+\frac{L^2(6+d)^3}4\sigma_{t+1}^2",
)


def theorem_step(xp, P, P1, S, q, eta, rest, Be, L, tau, d):
    """One step, with rest = 1 − β: what telescopes stands on both sides."""
    factor = 2 * Be / rest
    return factor * P1 + eta * q, factor * (P + S) + L**2 * (6 + d) ** 3 / 4 * eta * tau**2


def prove_theorem_step(s):
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "add (C.4)",
                    (2 * s.Be / s.rest) * hypothesis(s.assume(POTENTIAL)),
                    s.eta * hypothesis(s.assume(PASSAGE)),
                ),
            ),
        )
    )


theorem_corrected = Claim(
    id="starnes2023/theorem-c.1-corrected",
    printed="Theorem C.1, corrected",
    kind="inequality",
    statement=r"Setting of Theorem C.1, $\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ along the run: one step of $\frac{2B_\varepsilon}{1-\beta}$ "
    r"times the potential. Summed over $t = 1..T$: $\min_{1\le t\le T}\mathbb E\|\nabla f(x_t)\|^2\sum_{t=1}^T\eta_{t+1} \le "
    r"2C_1(\mathbb Ef_{\sigma_1}(x_1)-f^*)+2C_2\sum_{t=1}^{T+1}\eta_t(1-\theta_t)+2C_3\sum_{t=1}^T\eta_t^2+\frac{LdB_\varepsilon}{2(1-\beta)}"
    r"(1+\frac{\tilde C_0\beta}{2C_0(1-\beta)})\sum_{t=1}^T\delta_{t+1}+\frac{L^2(6+d)^3}4\sum_{t=1}^T\eta_{t+1}\sigma_{t+1}^2$ with the "
    r"constants of `eq-c.3-corrected`.",
    space=Space(
        d=dimension(1, 2, 10),
        P=real(),
        P1=real(),
        S=real(0),
        g=real(0),
        q=real(0),
        eta=real(0),
        rest=real(0, 1, open_low=True),
        Be=real(0, open_low=True),
        L=real(0),
        tau=real(0),
    ),
    hypotheses=[POTENTIAL, PASSAGE],
    sides=theorem_step,
    derivation=prove_theorem_step,
    corrects="starnes2023/theorem-c.1",
    uses=["starnes2023/eq-c.3-corrected", "starnes2023/eq-c.4", "starnes2023/theorem-c.1-descent"],
    expected="proved",
)
