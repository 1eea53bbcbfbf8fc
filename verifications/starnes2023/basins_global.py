r"""Proposition 3.1: when is the basin of attraction all of ℝ^d?

The learning rate η > 0 is one fixed number, and the hypotheses say nothing of it: "hence B(Σ) = ℝ^d" does not follow from
convexity. For f = f_k = x⁴ every hypothesis holds with every Σ > 0 and N = 2, and for every η the starts far out diverge
under every schedule (reading @a). Read as worded (@b), the open-neighbourhood hypothesis says nothing at all, since ℝ^d is open
and contains B(σ_{n+1}); then not even a small η helps: `basins_well` has that reading.

What holds: with f_Σ L-smooth and η < 2/L steps on a convex f_Σ bring no two points farther apart and converge, and for
K = 1 the chain of Corollary B.1 does the rest. For every K it holds where the samples contract in balls around the minimisers.
"""

from fractions import Fraction

import sympy

from theorycheck import (
    Claim,
    Refutation,
    Space,
    constant_of,
    convex,
    dimension,
    each,
    finite_sum,
    function,
    granted,
    l_smooth,
    minimiser_of,
    minimises,
    point,
    real,
    requires,
)
from theorycheck.algebra import norm_squared
from theorycheck.algebra.facts import Fact
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    eq,
    expected,
    ge,
    hypothesis,
    le,
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    square,
)
from theorycheck.functions import DEFAULT_FAMILIES

CONVEX = [family for family in DEFAULT_FAMILIES if family.name in ("convex-quadratic", "convex-cosines")]
STATEMENT = (
    r"The $f_{k,\Sigma}$ are convex with a common minimiser; $\Sigma = \sigma_1 > \cdots > \sigma_N = 0$, and for $n < N$ "
    r"$f_{\sigma_n}$ has a unique minimiser "
)

# ---- the quartic: every hypothesis holds, and far starts diverge ---------------------------------------------------------


def quartic_step(x, sigma, eta):
    """x − ηf_σ'(x) for f = x⁴."""
    return x - eta * (4 * x**3 + 6 * sigma**2 * x)


def hypotheses_hold(x, sigma):
    """f_σ by the smoothing rules, convex, and with the unique minimiser 0, for every σ."""
    smoothed = x**4 + 3 * sigma**2 * x**2 + sympy.Rational(3, 4) * sigma**4
    bowl = consequence(
        "both terms are nonnegative", nonnegative_part(12 * x**2), nonnegative_part(6 * sigma**2)
    )
    above = consequence("$f_\\sigma(x) > f_\\sigma(0)$ for $x \\ne 0$", nonnegative_part(3 * sigma**2 * x**2))
    return [
        chain(smoothed_mean(x**4, x, sigma), eq(smoothed, smoothing_rule("smoothing $x^4$", x**4, x, sigma))),
        chain(sympy.diff(smoothed, x, 2), ge(sympy.Integer(0), bowl)),
        chain(smoothed - smoothed.subs(x, 0), ge(x**4, above)),
    ]


def a_neighbourhood_converges(x, eta):
    """σ_t = 0 and 4ηx² ≤ 1: 1/x_{t+1}² ≥ 1/x_t² + 8η, written without division; so x_t² ≤ 1/(8ηt) → 0."""
    near = Fact(1 - 4 * eta * x**2, "$4\\eta x^2 \\le 1$", "premise")
    return chain(
        quartic_step(x, 0, eta) ** 2 * (1 + 8 * eta * x**2),
        le(
            x**2,
            consequence(
                "$(1-a)^2(1+2a) \\le 1$ for $0 \\le a = 4\\eta x^2 \\le 1$",
                (32 * eta**2 * x**6) * hypothesis(near),
                nonnegative_part(16 * eta**2 * x**6),
            ),
        ),
    )


def far_starts_double(x, sigma, eta):
    """4ηx² ≥ 3, any σ: |x_{t+1}| ≥ 2|x_t|."""
    far = Fact(4 * eta * x**2 - 3, "$4\\eta x^2 \\ge 3$", "premise")
    b = 4 * eta * x**2 + 6 * eta * sigma**2
    return chain(
        (2 * x) ** 2,
        le(
            quartic_step(x, sigma, eta) ** 2,
            consequence(
                "$(1-b)^2-4 = (b-3)(b+1)$ for $b = 4\\eta x^2+6\\eta\\sigma^2 \\ge 3$",
                (x**2 * (b + 1)) * hypothesis(far),
                nonnegative_part(6 * eta * sigma**2 * x**2 * (b + 1)),
            ),
        ),
    )


def refute_with_the_quartic(_):
    x = sympy.Symbol("x", real=True)
    sigma, eta = sympy.Symbol("sigma", nonnegative=True), sympy.Symbol("eta", positive=True)
    return derivation(
        *hypotheses_hold(x, sigma), a_neighbourhood_converges(x, eta), far_starts_double(x, sigma, eta)
    )


def three_steps(xp, x, eta, sigma_1, sigma_2, sigma_3):
    """|x_3| against |x_0| on f = x⁴: a run that converges could not grow at every step."""
    position = x
    for sigma in (sigma_1, sigma_2, sigma_3):
        position = position - eta * (4 * position**3 + 6 * sigma**2 * position)
    return abs(position), abs(x)


# ---- the printed proof -----------------------------------------------------------------------------------------------
# f stands for f_Σ, f_k for f_{k,Σ}.

SAMPLES_CONVEX, MINIMISER = each(convex("f")), minimises("f", "x_star")


def printed_proof(s):
    k, sample, step = s.index("f"), s.sample("f"), s.x - s.f.gradient(s.x) * s.eta
    between = s.assume(SAMPLES_CONVEX).between(s.x, s.x_star, s.t)
    lowest = Fact(sample(s.x) - sample(s.x_star), "$x^*_\\Sigma$ minimises every $f_{k,\\Sigma}$", "premise")
    mean = consequence("the mean of the samples", expected(hypothesis(between), k))
    return derivation(
        chain(
            s.f(s.x * s.t + s.x_star * (1 - s.t)),
            le(s.t * s.f(s.x) + (1 - s.t) * s.f(s.x_star), mean, "L1 convex"),
        ),
        chain(
            s.f(s.x_star),
            le(s.f(s.x), consequence("the mean", expected(hypothesis(lowest), k)), "L1 minimiser"),
        ),
        chain(
            norm_squared(step - s.x_star),
            le(
                norm_squared(s.x - s.x_star),
                consequence("$B(\\Sigma) = \\mathbb R^d$: steps do not lead away from the minimiser"),
                "L2",
            ),
        ),
    )


printed_space = Space(
    d=dimension(1, 2),
    f=finite_sum(1, *CONVEX, tilted=True),
    x_star=minimiser_of("f"),
    x=point(),
    t=real(0, 1),
    eta=real(0, open_low=True),
    sigma=real(0),
)


global_basin_a = Claim(
    id="starnes2023/proposition-3.1@a",
    printed="Proposition 3.1",
    kind="implication",
    statement=STATEMENT + r"around which an open set lies in $B(\sigma_{n+1})$. Then $B(0) = \mathbb R^d$.",
    space=printed_space,
    hypotheses=[SAMPLES_CONVEX, MINIMISER],
    refutation=Refutation(
        derivation=refute_with_the_quartic,
        explanation="f = f_k = x⁴ with any Σ > 0, N = 2 and any η > 0: f_σ = x⁴ + 3σ²x² + 3σ⁴/4 is convex with the unique minimiser 0, "
        "the starts with 4ηx² ≤ 1 lie in B(0) (constant schedule 0), and from 4ηx² ≥ 3 every step at least doubles |x_t|, "
        "whatever σ_t ≥ 0 is, so these starts lie in no basin",
        sides=three_steps,
        relation="<=",
        instance={
            "x": Fraction(2),
            "eta": Fraction(1, 4),
            "sigma_1": Fraction(1),
            "sigma_2": Fraction(1, 2),
            "sigma_3": Fraction(0),
        },
    ),
    printed_proof=printed_proof,
    uses=["starnes2023/definition-b.1", "starnes2023/corollary-b.1"],
    expected="contested",
    expected_proof_gaps=["L2"],
    note="The space is that of the printed proof, with f for $f_\\Sigma$ and one sample, whose minimiser is shared. L2 is wrong "
    "where $\\eta$ is too large for $f_\\Sigma$. For $K \\ge 2$ and the intersection over all realisations it is wrong for every $\\eta$: $f_1 = x_1^2$ and $f_2 = x_2^2$ share "
    "the minimiser 0, but the realisation $k_t = 1$ never moves $x_2$, so $B(\\Sigma) \\subset \\{x_2 = 0\\}$. L3 rests on "
    "Corollary B.1, which is refuted for $K = 2$.",
)

# ---- one sample: convex, smooth, η < 2/L ----------------------------------------------------------------------------------

SMOOTH_CONVEX = (convex("f"), l_smooth("f", "L"))
CURVED = requires(lambda L: L > 0, r"L > 0")


def distances_after_a_step(xp, f, x, y, eta, L):
    """L‖x' − y'‖² and L‖x − y‖² − η(2 − ηL)‖∇f(x) − ∇f(y)‖², for x' = x − η∇f(x)."""
    moved = (x - xp.scale(eta, f.gradient(x))) - (y - xp.scale(eta, f.gradient(y)))
    change = f.gradient(x) - f.gradient(y)
    return (
        L * xp.vecdot(moved, moved),
        L * xp.vecdot(x - y, x - y) - eta * (2 - eta * L) * xp.vecdot(change, change),
    )


def prove_nonexpansive(s):
    """The convex f lies above its tangent at x in w = y + (∇f(x)−∇f(y))/L, and below its quadratic bound from y; and swapped."""
    tangents, bounds = s.assume(SMOOTH_CONVEX[0]), s.assume(SMOOTH_CONVEX[1])
    change = s.f.gradient(s.x) - s.f.gradient(s.y)
    terms = []
    for x, y, sign in ((s.x, s.y, 1), (s.y, s.x, -1)):
        w = y + change * (sign / s.L)
        terms += [hypothesis(tangents.tangent(x, w)), hypothesis(bounds.upper(y, w))]
    weight = 2 * s.eta * s.L
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "$L\\langle\\nabla f(x)-\\nabla f(y),x-y\\rangle \\ge \\|\\nabla f(x)-\\nabla f(y)\\|^2$",
                    *(weight * term for term in terms),
                ),
            ),
        )
    )


global_basin_a_corrected = Claim(
    id="starnes2023/proposition-3.1@a-corrected",
    printed="Proposition 3.1, corrected",
    kind="inequality",
    statement=r"$K = 1$, $f_\Sigma$ also $L$-smooth and $0 < \eta < 2/L$, the rest as printed in reading @a: $B(0) = \mathbb R^d$. For a "
    r"convex, $L$-smooth $f = f_\Sigma$ one step brings no two points farther apart: with $x' = x-\eta\nabla f(x)$, "
    r"$L\|x'-y'\|^2 \le L\|x-y\|^2-\eta(2-\eta L)\|\nabla f(x)-\nabla f(y)\|^2$.",
    space=Space(
        d=dimension(1, 2, 10),
        f=function(),
        x=point(),
        y=point(),
        eta=real(0, open_low=True),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[*SMOOTH_CONVEX, CURVED],
    sides=distances_after_a_step,
    derivation=prove_nonexpansive,
    corrects="starnes2023/proposition-3.1@a",
    uses=["starnes2023/corollary-b.1-corrected"],
    expected="proved",
    note="With $y = x^*_\\Sigma$ and $\\eta < 2/L$ the distances decrease and $\\sum_t\\|\\nabla f(x_t)\\|^2$ is finite, so a limit point "
    "is the unique minimiser and $x_t$ converges to it: $B(\\Sigma) = \\mathbb R^d$; then Corollary B.1 for $K = 1$. Sharp: for "
    "$f = \\frac L2x^2$ the inequality is an equality, and at $\\eta = 2/L$ runs oscillate. $L = 0$ leaves no unique minimiser.",
)

# ---- every K: steps that contract around the minimisers ----------------------------------------------------------------

SHORTER = granted(
    lambda xp, delta, v: xp.vecdot(v, v) <= xp.vecdot(delta, delta),
    r"\|v\| \le \|\delta\|",
    "symmetric H between gamma I and L I: the spectral theorem",
)
SMALL_RATE = requires(lambda eta, gamma, L: eta * (L + gamma) <= 2, r"\eta(L+\gamma) \le 2")


def contraction(xp, delta, v, gamma, L, eta):
    """‖δ − ηg‖² and (1 − ηγ)²‖δ‖² for g = Hδ, written g = ((γ+L)δ + (L−γ)v)/2 with ‖v‖ ≤ ‖δ‖."""
    g = xp.scale((gamma + L) / 2, delta) + xp.scale((L - gamma) / 2, v)
    moved = delta - xp.scale(eta, g)
    return xp.vecdot(moved, moved), (1 - eta * gamma) ** 2 * xp.vecdot(delta, delta)


def prove_contraction(s):
    shorter, small = s.assume(SHORTER), s.assume(SMALL_RATE)
    wide = s.eta * (s.L - s.gamma)
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "the triangle inequality for $(1-\\eta\\frac{L+\\gamma}2)\\delta-\\eta\\frac{L-\\gamma}2v$",
                    (wide**2 / 4) * hypothesis(shorter),
                    (wide / 4) * hypothesis(small, shorter),
                    (wide / 4 * small.slack) * square(s.delta + s.v),
                ),
            ),
        )
    )


CONTRACTION_SPACE = Space(
    d=dimension(1, 2, 10),
    delta=point(),
    v=point(stands_for=r"\frac2{L-\gamma}(H-\frac{L+\gamma}2I)\delta"),
    gamma=real(0, open_low=True),
    L=real("gamma"),
    eta=real(0, open_low=True),
)

global_basin_b_corrected = Claim(
    id="starnes2023/proposition-3.1@b-corrected",
    printed="Proposition 3.1, corrected",
    kind="inequality",
    statement=r"Every $K$: for $n = 1, \dots, N$ let $x^*_{\sigma_n}$ be a critical point of every $f_{k,\sigma_n}$, with $\gamma_nI \le "
    r"\nabla^2f_{k,\sigma_n} \le L_nI$, $\gamma_n > 0$, on a ball around it that is all of $\mathbb R^d$ for $n = 1$ and contains "
    r"$x^*_{\sigma_{n-1}}$ in its interior for $n > 1$, and let $0 < \eta(L_n+\gamma_n) \le 2$. Then $B(0) = \mathbb R^d$: each "
    r"step in the ball contracts, $\|\delta-\eta H\delta\| \le (1-\eta\gamma)\|\delta\|$ for symmetric $\gamma I \le H \le LI$.",
    space=CONTRACTION_SPACE,
    hypotheses=[SHORTER, SMALL_RATE],
    sides=contraction,
    derivation=prove_contraction,
    corrects="starnes2023/proposition-3.1@b",
    uses=["starnes2023/proposition-b.1-corrected"],
    expected="conditional",
    note="$\\nabla f(x) = H(x-x^*)$ with the mean $H$ of the Hessian along the segment, and $v = \\frac{2}{L-\\gamma}(H-\\frac{L+\\gamma}2I)"
    "\\delta$. In stage $n$ the distance shrinks by $1-\\eta\\gamma_n < 1$ a step, whichever sample is drawn, so a number of steps "
    "that depends on the start alone brings all realisations into the next ball: one schedule serves all. Equality for "
    "$v = -\\delta$: $H\\delta = \\gamma\\delta$.",
)
