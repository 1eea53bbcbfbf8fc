"""Constant smoothing (sections 3 and 7): gradients end up in a ball, iterates need not.

(1) The right side of (3.3) for σ_t = σ converges to 2λ + (6+d)³σ²/(2η²). (2) "GSmoothSGD converges to a ball around the
minimiser" is false under the hypotheses of Theorem 3.1, and holds for strongly convex f with a bounded second moment.
"""

from fractions import Fraction

import sympy
from sympy import Sum

from theorycheck import (
    Claim,
    Refutation,
    Space,
    choice,
    constant_of,
    dimension,
    finite_sum,
    integer,
    l_smooth,
    minimiser_of,
    minimises,
    point,
    real,
    requires,
    strongly_convex,
)
from theorycheck.algebra import AbstractFunction, expectation, gaussian, norm_squared, vector
from theorycheck.algebra import elementary as fact
from theorycheck.derivations import (
    EveryStep,
    Run,
    at,
    at_states,
    at_steps,
    at_the_start,
    by_expansion,
    by_induction,
    by_summation,
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
from verifications.starnes2023.remarks_3 import BOUND_3_3, QUADRATIC
from verifications.starnes2023.theorem_3_1_average import BELOW, iterates, mean_over_samples, mean_square

# ---- constant σ -------------------------------------------------------------------------------------------------------
# f(x) = −e^{−x²} has its only minimiser at 0, L = 2 and |f_σ'| ≤ |f'| ≤ √(2/e). With the samples f ± ax a step is
# x⁺ = x − η(f_σ'(x) ± a).


def smoothed_slope(xp, x, sigma):
    """f_σ'(x) for f(x) = −e^{−x²}."""
    width = 1 + sigma**2
    return 2 * x / (width * xp.sqrt(width)) * xp.exp(-(x**2) / width)


def mean_squares(xp, x, a, eta, sigma):
    """E x_2² against E x_3²: a run that ends up in a ball could not grow at every step."""
    points, sizes = [x], []
    for _ in range(3):
        slopes = [(point, smoothed_slope(xp, point, sigma)) for point in points]
        points = [point - eta * (slope + sign * a) for point, slope in slopes for sign in (1, -1)]
        sizes.append(sum(point**2 for point in points) / len(points))
    return sizes[2], sizes[1]


def growth(s):
    """E_± (x⁺)² ≥ x² + η(ηa² − 4/e) for every x and every σ ≥ 0."""
    x = sympy.Symbol("x", real=True)
    a, eta = sympy.symbols("a eta", positive=True)
    sigma = sympy.Symbol("sigma", nonnegative=True)
    width = 1 + sigma**2
    f = -sympy.exp(-(x**2))
    smoothed = -sympy.exp(-(x**2) / width) / sympy.sqrt(width)
    bell = sympy.exp(-(x**2) / width)
    slope = 2 * x * bell / (width * sympy.sqrt(width))
    moved = [x - eta * (slope + sign * a) for sign in (1, -1)]
    step = chain(
        (moved[0] ** 2 + moved[1] ** 2) / 2,
        ge(
            x**2 + eta**2 * a**2 - 2 * eta * x * slope,
            consequence("expand", square(eta * slope)),
        ),
        ge(
            x**2 + eta**2 * a**2 - 4 * eta * sympy.exp(-1) / sympy.sqrt(width),
            consequence(
                "$we^{-w} \\le e^{-1}$ at $w = x^2/(1+\\sigma^2)$",
                (4 * eta * bell / sympy.sqrt(width)) * hypothesis(fact("exp(w) >= 1 + w", x**2 / width - 1)),
            ),
        ),
        ge(
            x**2 + eta * (eta * a**2 - 4 * sympy.exp(-1)),
            consequence(
                "$1+\\sigma^2 \\ge 1$",
                nonnegative_part(4 * eta * sympy.exp(-1) * (1 - 1 / sympy.sqrt(width))),
            ),
        ),
    )
    return derivation(
        chain(smoothed_mean(f, x, sigma), eq(smoothed, smoothing_rule("a Gaussian bump", f, x, sigma))),
        chain(sympy.diff(smoothed, x), eq(slope, by_expansion("differentiate"))),
        step,
    )


constant_sigma = Claim(
    id="starnes2023/remark-3-constant-sigma",
    printed="Sections 3 and 7",
    kind="convergence",
    statement=r"(1) If $\sigma_t$ is constant, the expectation of the gradient ends up in a ball centred at zero whose radius depends on "
    r"this constant. (2) For constant $\sigma_t$, GSmoothSGD converges to a ball around the minimiser.",
    refutation=Refutation(
        derivation=growth,
        explanation="(2) is false: for f(x) = −exp(−x²), whose only minimiser is 0, with the samples f ± ax every step with constant σ ≥ 0 "
        "raises E x_t² by at least η(ηa² − 4/e), which is positive for a = 2, η = 1/2 = 1/L; so E x_t² grows beyond every "
        "radius. As a exceeds every |f_σ'|, enough equal signs in a row also carry x_t out of every ball, infinitely often",
        sides=mean_squares,
        relation="<=",
        instance={"x": Fraction(1), "a": Fraction(2), "eta": Fraction(1, 2), "sigma": Fraction(1)},
    ),
    uses=["starnes2023/theorem-3.1"],
    expected="contested",
    note="All hypotheses of Theorem 3.1 hold, with $L = 2$, $\\eta = 1/L$ and $\\lambda = (\\sqrt{2/e}+2)^2$ in every reading of H$\\lambda$. "
    "No other schedule helps: the growth is that of every single step, whatever its $\\sigma_t$. Part (1) speaks of gradients and holds (see "
    "the correction); a small gradient places no iterate near a minimiser. Part (2) holds for strongly convex $f$ (@2-corrected).",
)


def constant_bound(xp, f, x_0, f_star, lambda_, eta, sigma, d, T):
    """R(T) for σ_1 = … = σ_T = σ (so δ_1 = σ² and δ_t = 0 after that) against its limit and what is left."""
    fall = f(x_0) - f_star
    noise = d * sigma**2 + T * sigma**2 * (6 + d) ** 3
    limit = 2 * lambda_ + (6 + d) ** 3 * sigma**2 / (2 * eta**2)
    vanishing = (2 * fall / eta + d * sigma**2 / (2 * eta**2)) / T
    return 2 * fall / (T * eta) + 2 * lambda_ + noise / (2 * T * eta**2), limit + vanishing


def prove_constant_bound(s):
    T, t = sympy.Symbol("T", integer=True, positive=True), sympy.Symbol("t", integer=True)
    room, fall = (6 + s.d) ** 3, s.f(s.x_0) - s.f_star
    noise = s.d * s.sigma**2 + Sum(s.sigma**2 * room, (t, 1, T))
    bound = 2 * fall / (T * s.eta) + 2 * s.lambda_ + noise / (2 * T * s.eta**2)
    limit = 2 * s.lambda_ + room * s.sigma**2 / (2 * s.eta**2)
    rest = 2 * fall / s.eta + s.d * s.sigma**2 / (2 * s.eta**2)
    with_sum = chain(bound, eq(limit + rest / T, by_summation("$T$ equal terms")))
    written = chain(s.left, eq(s.right, by_expansion("the same with the sum written as a product")))
    return derivation(with_sum, written, concludes=((bound, "=", limit + rest / T),))


constant_sigma_corrected = Claim(
    id="starnes2023/remark-3-constant-sigma-corrected",
    printed="Section 3, part (1)",
    kind="identity",
    statement=r"For constant $\sigma_t = \sigma$ the right side of (3.3) is $2\lambda + \frac{(6+d)^3\sigma^2}{2\eta^2} + \frac1T(\frac{2(f(x_0)-f^*)}"
    r"\eta + \frac{d\sigma^2}{2\eta^2})$, so its limit is $2\lambda + \frac{(6+d)^3\sigma^2}{2\eta^2}$.",
    space=Space(d=dimension(1, 2, 10), **BOUND_3_3, sigma=real(0), T=integer(1, 10**6)),
    hypotheses=[BELOW],
    sides=constant_bound,
    relation="=",
    derivation=prove_constant_bound,
    corrects="starnes2023/remark-3-constant-sigma",
    uses=["starnes2023/theorem-3.1"],
    expected="proved",
    note="By Jensen $\\|\\mathbb E\\nabla f(x_\\nu)\\|^2 \\le \\mathbb E\\|\\nabla f(x_\\nu)\\|^2$, which this bounds for some $\\nu \\le T$. Under "
    "H$\\lambda$@a, @c the gradient is in the smaller ball of radius $\\sqrt\\lambda$ for every iterate and every schedule.",
)

# ---- (2) for strongly convex f ----------------------------------------------------------------------------------------

STRONG, SMOOTH, LOWEST = strongly_convex("f", "gamma"), l_smooth("f", "L"), minimises("f", "x_star")
CONVEX_AFTER_SMOOTHING = "starnes2023/lemma-f.1"
POSITIVE = requires(lambda gamma: gamma > 0, r"\gamma > 0")
SMALL = requires(lambda eta, gamma: 2 * eta * gamma <= 1, r"\eta \le \frac1{2\gamma}")
X, SIGMA = vector("x"), sympy.Symbol("sigma", nonnegative=True)
SAMPLED = AbstractFunction("f_k", depends_on=frozenset({"k"})).smoothed_gradient(X, SIGMA)
MOMENT = at_steps("E", norm_squared(SAMPLED))
NOISE = sympy.Symbol("Lambda", nonnegative=True)
INDEX = sympy.Symbol("t", integer=True)
BOUNDED = EveryStep(
    NOISE - MOMENT[INDEX],
    INDEX,
    1,
    sympy.oo,
    r"$\mathbb E\|\nabla f_{k,\sigma}(x_{t-1})\|^2 \le \Lambda$ for every $t$",
)


def distance_from_minimiser(xp, f, x_star, x_0, eta, sigma, gamma, L, T, excess, d):
    """E‖x_T − x_*‖² against R + (1 − 2ηγ)^T(‖x_0 − x_*‖² − R), with Λ the largest second moment and an excess."""
    points = iterates(xp, f, x_0, eta, [sigma] * T)
    moments = [mean_over_samples(xp, f, lambda g, x=x: g.smoothed_gradient(x, sigma)) for x in points[:-1]]
    noise = moments[0]
    for moment in moments[1:]:
        noise = xp.maximum(noise, moment)
    radius = ((L - gamma) * d * sigma**2 / 4 + eta * (noise + excess) / 2) / gamma
    start = xp.vecdot(x_0 - x_star, x_0 - x_star)
    return mean_square(xp, points[-1] - x_star, f), radius + (1 - 2 * eta * gamma) ** T * (start - radius)


def one_step_nearer(s):
    """E_k‖x⁺ − x_*‖² ≤ (1 − 2ηγ)‖x − x_*‖² + ½η(L−γ)dσ² + η² E_k‖∇f_{k,σ}(x)‖²."""
    u, k, moved = gaussian("u", s.d), s.index("f"), X - SAMPLED * s.eta
    shift, strong, lowest = u.vector * SIGMA, s.assume(STRONG), s.assume(LOWEST)
    away, distance = X - s.x_star, norm_squared(X - s.x_star)
    after = (
        (1 - 2 * s.eta * s.gamma) * distance
        + s.eta * (s.L - s.gamma) * s.d * SIGMA**2 / 2
        + s.eta**2 * expectation(norm_squared(SAMPLED), k)
    )
    convex_after = s.lemma(CONVEX_AFTER_SMOOTHING, f=s.f, sigma=SIGMA, gamma=s.gamma).tangent(X, s.x_star)
    raised = strong.between(X + shift, X - shift, sympy.Rational(1, 2))
    little = s.assume(SMOOTH).upper(s.x_star, s.x_star + shift)
    return chain(
        expectation(norm_squared(moved - s.x_star), k),
        le(
            after,
            consequence(
                "strong convexity of $f_\\sigma$ and f, $f_\\sigma \\ge f$, and $f_\\sigma(x_*) \\le f(x_*) + \\frac{Ld}4\\sigma^2$",
                2 * s.eta * hypothesis(convex_after),
                2 * s.eta * expected(hypothesis(raised), u),
                2 * s.eta * hypothesis(strong.tangent(s.x_star, X)),
                2 * s.eta * hypothesis(lowest.gradient(away)),
                2 * s.eta * expected(hypothesis(little), u),
            ),
        ),
    )


def prove_ball(s):
    N, t = sympy.Symbol("N", integer=True, nonnegative=True), INDEX
    distance = at_states("D", norm_squared(X - s.x_star))
    run = Run(t, {X: X - SAMPLED * s.eta}, (distance, MOMENT), draws=(s.index("f"),))
    bias = s.eta * (s.L - s.gamma) * s.d * SIGMA**2 / 2
    factor = 1 - 2 * s.eta * s.gamma
    slack = factor * distance[t - 1] + bias + s.eta**2 * MOMENT[t] - distance[t]
    nearer = run.step_fact(one_step_nearer(s), slack, "one step")
    radius = (bias + s.eta**2 * NOISE) / (2 * s.eta * s.gamma)
    start = norm_squared(s.x_0 - s.x_star)
    shown = chain(
        distance[N],
        le(
            radius + factor**N * (distance[0] - radius),
            by_induction("unroll", N, factor, at(nearer, N + 1), s.eta**2 * at(BOUNDED.fact, N + 1)),
        ),
        eq(radius + factor**N * (start - radius), at_the_start("$x_0$ is given", run, {X: s.x_0})),
    )
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


ball_around_minimiser = Claim(
    id="starnes2023/remark-3-constant-sigma@2-corrected",
    printed="Section 7, part (2), corrected",
    kind="inequality",
    statement=r"$f$ $L$-smooth and $\gamma$-strongly convex with minimiser $x_*$, $\sigma_t = \sigma$, $\mathbb E\|\nabla f_{k,\sigma}(x_{t-1})\|^2 \le "
    r"\Lambda$ along the run, $\eta \le \frac1{2\gamma}$: $\mathbb E\|x_T-x_*\|^2 \le R + (1-2\eta\gamma)^T(\|x_0-x_*\|^2-R)$ with "
    r"$R = \frac1\gamma(\frac{(L-\gamma)d}4\sigma^2 + \frac\eta2\Lambda)$: the iterates converge in mean square to the ball of radius $\sqrt R$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), QUADRATIC, tilted=True),
        x_star=minimiser_of("f"),
        x_0=point(),
        eta=real(0, open_low=True),
        sigma=real(0),
        gamma=constant_of("f", "strong_convexity"),
        L=constant_of("f", "smoothness"),
        T=choice(1, 2, 3),
        excess=real(0),
    ),
    hypotheses=[SMOOTH, STRONG, LOWEST, POSITIVE, SMALL, BOUNDED],
    sides=distance_from_minimiser,
    derivation=prove_ball,
    corrects="starnes2023/remark-3-constant-sigma",
    uses=["starnes2023/algorithm-1", CONVEX_AFTER_SMOOTHING],
    expected="conditional",
    note="For every T, d, K. Sharp: $f = \\frac\\gamma2\\|x\\|^2$ with the samples $f \\pm \\langle a, x\\rangle$ at $x_0 = x_*$, $T = 1$.",
)
