"""Remarks on Theorem 3.1 (section 3), and the one on its hypotheses (section 1.1).

R(T) stands for the right side of (3.3). Found: the remark that only L-smoothness is assumed forgets Hλ, without which the
bound is false; with σ_t = 0, (3.3) has the rate of the unsmoothed chain but loses a factor 2 before f(x_0) − f* and 4 before λ.
The limit of R(T) for square-summable σ is as printed; for constant σ see `remarks_3_constant_sigma.py`.
"""

import sympy
from sympy import Sum

from theorycheck import (
    Claim,
    Space,
    choice,
    constant_of,
    dimension,
    each,
    finite_sum,
    l_smooth,
    minimiser_of,
    point,
    real,
    requires,
)
from theorycheck.algebra import elementary as fact
from theorycheck.algebra import expectation, norm_squared, vector
from theorycheck.derivations import (
    EveryStep,
    Run,
    at,
    at_states,
    at_steps,
    at_the_start,
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    lt,
    nonnegative_part,
    over,
    signs_show,
    smoothed_mean,
    smoothing_rule,
    summed,
)
from theorycheck.functions import DEFAULT_FAMILIES
from verifications.starnes2023.theorem_3_1_average import (
    BELOW,
    FAMILIES,
    SMOOTH,
    iterates,
    mean_over_samples,
    mean_square,
    steps_of_schedule,
)

# ---- which hypotheses Theorem 3.1 has ---------------------------------------------------------------------------------

QUADRATIC = next(family for family in DEFAULT_FAMILIES if family.name == "convex-quadratic")


def gradients_without_noise_term(xp, f, x_0, x_star, eta, sigma, T, d):
    """min over ν ≤ T of E‖∇f(x_ν)‖² for constant σ, against (3.3) without λ."""
    scales = [sigma] * T
    left = None
    for x in iterates(xp, f, x_0, eta, scales):
        size = mean_square(xp, f.gradient(x), f)
        left = size if left is None else xp.minimum(left, size)
    noise = sum(
        d * delta + scale**2 * (6 + d) ** 3
        for delta, scale in zip(steps_of_schedule(scales), scales, strict=True)
    )
    return left, 2 * (f(x_0) - f(x_star)) / (T * eta) + noise / (2 * T * eta**2)


only_l_smooth = Claim(
    id="starnes2023/remark-1-only-l-smooth",
    printed="Section 1.1",
    kind="implication",
    statement=r"The convergence results for GSmoothSGD only assume that $f$ is $L$-smooth: the bound (3.3) follows without "
    r"H$\lambda$, hence without its term $2\lambda$.",
    space=Space(
        d=dimension(1),
        f=finite_sum((1, 2), QUADRATIC, tilted=True),
        x_star=minimiser_of("f"),
        x_0=point(),
        eta=real(0, open_low=True),
        sigma=real(0),
        T=choice(1, 2, 3, 4),
        L=constant_of("f", "each_smoothness"),
    ),
    hypotheses=[each(l_smooth("f", "L")), requires(lambda eta, L: eta * L <= 1, r"\eta \le 1/L")],
    sides=gradients_without_noise_term,
    uses=["starnes2023/algorithm-1"],
    expected="refuted",
    note="Theorem 3.1 also assumes H$\\lambda$, a minimum and $\\mathbb E\\nabla f_k = \\nabla f$; its proof assumes $\\eta \\le 1/L$ and, in L9, "
    "L-smooth samples. L1 and L9 use H$\\lambda$, and no other link supplies it: an L-smooth function such as $x^2/2$ satisfies it for no "
    "$\\lambda$ (readings @a, @c), and without $\\lambda$ the bound fails even for $\\eta \\le 1/L$ and quadratic samples. The links that need "
    "L-smoothness of f are L2, L5, L7, L8. Proposition 3.1 assumes convex $f_{k,\\Sigma}$.",
)

# ---- σ_t = 0: SGD -----------------------------------------------------------------------------------------------------
# The chain of [2] for SGD is L2-L4, L6, L7 with f itself: it needs neither Lemma A.1 nor Lemma 2.2 and ends in
# (f(x_0) − f*)/(Tη) + λ/2, with η ≤ 1/L. "fall" is f(x_0) − f*.

SCALARS = {"fall": real(0), "lambda_": real(0), "eta": real(0, open_low=True)}


def bounds_without_smoothing(xp, fall, lambda_, eta, T):
    return 2 * fall / (T * eta) + 2 * lambda_, fall / (T * eta) + lambda_ / 2


def bounds_up_to_a_factor(xp, fall, lambda_, eta, T):
    theorem, chain_of_sgd = bounds_without_smoothing(xp, fall, lambda_, eta, T)
    return theorem, 4 * chain_of_sgd


def _no_smoothing(reading, statement, sides, expected, note):
    return Claim(
        id=f"starnes2023/remark-3-no-smoothing{reading}",
        printed="Section 3",
        kind="inequality",
        statement=statement,
        space=Space(**SCALARS, T=real(1)),
        sides=sides,
        uses=["starnes2023/theorem-3.1-average"],
        expected=expected,
        note=note,
    )


no_smoothing_readings = (
    _no_smoothing(
        "@a",
        r"For $\sigma_t = 0$ the right side of (3.3) is at most that of the chain for SGD, "
        r"$\frac{f(x_0)-f^*}{T\eta} + \frac\lambda2$.",
        bounds_without_smoothing,
        "refuted",
        "Lemma A.1 and Lemma 2.2 cost their factors 2 also where nothing is smoothed: (3.3) is twice the first term and four times the "
        "second. The chain before L7 has $L\\eta\\lambda/2$, which a small $\\eta$ makes small; $2\\lambda$ it does not.",
    ),
    _no_smoothing(
        "@b",
        r"For $\sigma_t = 0$ the right side of (3.3) is the bound of the chain for SGD up to a factor 4: the same rate in $T$.",
        bounds_up_to_a_factor,
        "proved",
        "The factor 4 is attained where $f(x_0) = f^*$.",
    ),
)
no_smoothing = Claim(
    id="starnes2023/remark-3-no-smoothing",
    printed="Section 3",
    kind="implication",
    statement=r"If $\sigma_t = 0$ for all $t$, Theorem 3.1 recovers the standard convergence guarantee of SGD; the theorem asserts a rate "
    r"not worse than SGD's (whether constants count is open in print).",
    readings=no_smoothing_readings,
    expected="inconclusive",
)


def sgd_average(xp, f, x_0, eta, T, excess, L, f_star):
    """(1/T) Σ E‖∇f(x_{t−1})‖² for SGD, with λ_t = E‖∇f_k(x_{t−1})‖² + excess."""
    left, moments = 0, 0
    for x in iterates(xp, f, x_0, eta, [0 * eta] * T)[:-1]:
        left = left + mean_square(xp, f.gradient(x), f)
        moments = moments + excess + mean_over_samples(xp, f, lambda sample, x=x: sample.gradient(x))
    return left / T, (f(x_0) - f_star) / (T * eta) + L * eta / (2 * T) * moments


def prove_sgd_average(s):
    T, t, x = sympy.Symbol("T", integer=True, positive=True), sympy.Symbol("t", integer=True), vector("x")
    k, sampled, gradient = s.index("f"), s.sample("f").gradient(x), s.f.gradient(x)
    moved = x - sampled * s.eta
    phi, size = at_states("phi", s.f(x)), at_steps("G", norm_squared(gradient))
    moment, excess = at_steps("E", norm_squared(sampled)), sympy.IndexedBase("e", real=True, nonnegative=True)
    run = Run(t, {x: moved}, (phi, size, moment), draws=(k,), last=T)
    descent = chain(
        expectation(s.f(moved), k),
        le(
            s.f(x)
            - s.eta * norm_squared(gradient)
            + s.L * s.eta**2 / 2 * expectation(norm_squared(sampled), k),
            consequence("f is $L$-smooth", expected(hypothesis(s.assume(SMOOTH).upper(x, moved)), k)),
        ),
    )
    slack = phi[t - 1] - s.eta * size[t] + s.L * s.eta**2 / 2 * moment[t] - phi[t]
    floor = chain(s.f_star, le(s.f(x), consequence("$f^* \\le f$", hypothesis(s.assume(BELOW).at(x)))))
    noise = s.L * s.eta / (2 * T) * Sum(moment[t] + excess[t], (t, 1, T))
    shown = chain(
        Sum(size[t], (t, 1, T)) / T,
        le(
            (phi[0] - s.f_star) / (T * s.eta) + noise,
            summed(
                "add the steps up",
                1 / (T * s.eta) * over(run.step_fact(descent, slack, "descent"), t, 1, T),
                1 / (T * s.eta) * at(run.state_fact(floor, phi[t] - s.f_star, "$f^* \\le f(x_T)$"), T),
                s.L * s.eta / (2 * T) * over(signs_show(excess[t], t, 1, T), t, 1, T),
            ),
        ),
        eq((s.f(s.x_0) - s.f_star) / (T * s.eta) + noise, at_the_start("$x_0$ is given", run, {x: s.x_0})),
    )
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


no_smoothing_corrected = Claim(
    id="starnes2023/remark-3-no-smoothing@a-corrected",
    printed="Section 3, corrected",
    kind="inequality",
    statement=r"For $\sigma_t = 0$ the averaged bound in the proof (not (3.3)) is the standard guarantee of SGD: $\frac1T\sum_{t=1}^T\mathbb E\|"
    r"\nabla f(x_{t-1})\|^2 \le \frac{f(x_0)-f^*}{T\eta} + \frac{L\eta}{2T}\sum\lambda_t$, $\lambda_t \ge \mathbb E\|\nabla f_k(x_{t-1})\|^2$; "
    r"with $\eta \le 1/L$ and $\lambda_t \le \lambda$ this is at most $\frac{f(x_0)-f^*}{T\eta}+\frac\lambda2$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2), *FAMILIES),
        x_0=point(),
        eta=real(0, open_low=True),
        T=choice(1, 2, 3),
        L=constant_of("f", "smoothness"),
        f_star=constant_of("f", "lower_bound"),
        excess=real(0),
    ),
    hypotheses=[SMOOTH, BELOW],
    sides=sgd_average,
    derivation=prove_sgd_average,
    corrects="starnes2023/remark-3-no-smoothing@a",
    uses=["starnes2023/algorithm-1", "starnes2023/definition-sgd"],
    expected="proved",
    note="Sharp: equality for $f = \\frac L2\\|x\\|^2$, $K = T = 1$, $\\eta = 1/L$.",
)

# ---- square-summable σ ------------------------------------------------------------------------------------------------

INDEX, SCALE = sympy.Symbol("t", integer=True), sympy.IndexedBase("sigma", real=True, nonnegative=True)
TOTAL = sympy.Symbol("S", nonnegative=True)
_I = sympy.Symbol("i", integer=True)
SUMMABLE = EveryStep(
    TOTAL - Sum(SCALE[_I] ** 2, (_I, 1, INDEX)),
    INDEX,
    1,
    sympy.oo,
    r"$\sum_{i\le t}\sigma_i^2 \le S$ for every $t$",
)


def distance_from_limit(xp, fall, lambda_, eta, sigma_1, sigma_2, sigma_3, T, rest, d):
    """|R(T) − 2λ| against C/T, with S the sum of the squares and a rest."""
    scales = [sigma_1, sigma_2, sigma_3][:T]
    total = sum(scale**2 for scale in scales)
    noise = d * sum(steps_of_schedule(scales)) + (6 + d) ** 3 * total
    constant = 2 * fall / eta + (2 * d + (6 + d) ** 3) * (total + rest) / (2 * eta**2)
    return abs(2 * fall / (T * eta) + 2 * lambda_ + noise / (2 * T * eta**2) - 2 * lambda_), constant / T


def prove_square_summable(s):
    T, t, sigma = sympy.Symbol("T", integer=True, positive=True), INDEX, SCALE
    room = (6 + s.d) ** 3
    delta = sympy.Abs(sigma[t] ** 2 - sigma[t - 1] ** 2)
    deltas = sigma[1] ** 2 + Sum(delta, (t, 2, T))  # σ_0 = 0
    squares = Sum(sigma[t] ** 2, (t, 1, T))
    bound = 2 * s.fall / (T * s.eta) + 2 * s.lambda_ + (s.d * deltas + room * squares) / (2 * T * s.eta**2)
    constant = 2 * s.fall / s.eta + (2 * s.d + room) * TOTAL / (2 * s.eta**2)
    triangle = signs_show(sigma[t] ** 2 + sigma[t - 1] ** 2 - delta, t, 2, T)
    last = signs_show(sigma[t] ** 2, t, 1, T)
    factor = 1 / (2 * T * s.eta**2)
    above = chain(
        bound,
        le(
            2 * s.fall / (T * s.eta) + 2 * s.lambda_ + (2 * s.d + room) * squares * factor,
            summed(
                "$\\delta_t \\le \\sigma_t^2 + \\sigma_{t-1}^2$",
                (factor * s.d) * over(triangle, t, 2, T),
                (factor * s.d) * at(last, T),
            ),
        ),
        le(
            2 * s.lambda_ + constant / T,
            summed("$\\sum\\sigma_t^2 \\le S$", (factor * (2 * s.d + room)) * at(SUMMABLE.fact, T)),
        ),
    )
    jumps = signs_show(delta, t, 2, T)
    below = chain(
        2 * s.lambda_,
        le(
            bound,
            summed(
                "every other term is nonnegative",
                nonnegative_part(2 * s.fall / (T * s.eta)),
                (factor * s.d) * at(last, 1),
                (factor * s.d) * over(jumps, t, 2, T),
                (factor * room) * over(last, t, 1, T),
            ),
        ),
    )
    return derivation(
        above, below, concludes=((bound, "<=", 2 * s.lambda_ + constant / T), (2 * s.lambda_, "<=", bound))
    )


square_summable = Claim(
    id="starnes2023/remark-3-square-summable",
    printed="Section 3",
    kind="convergence",
    statement=r"If $(\sigma_t)$ is square-summable, the right side of (3.3) converges to $2\lambda$ as $T \to \infty$: it lies between "
    r"$2\lambda$ and $2\lambda + C/T$, $C = \frac{2(f(x_0)-f^*)}\eta + \frac{(2d+(6+d)^3)S}{2\eta^2}$, $S = \sum\sigma_t^2$.",
    space=Space(
        d=dimension(1, 2, 10),
        **SCALARS,
        sigma_1=real(0),
        sigma_2=real(0),
        sigma_3=real(0),
        T=choice(1, 2, 3),
        rest=real(0),
    ),
    hypotheses=[SUMMABLE],
    sides=distance_from_limit,
    derivation=prove_square_summable,
    uses=["starnes2023/theorem-3.1"],
    expected="proved",
    note="As in the unsmoothed setting, where the right side is $2\\lambda + 2(f(x_0)-f^*)/(T\\eta)$.",
)

# ---- different minima -------------------------------------------------------------------------------------------------


def prove_different_minima(_):
    """f(x) = x² + sin x − qx with q = e^{−σ²/4}: f_σ is strictly convex with its minimum at 0, and f'(0) = 1 − q > 0."""
    x, sigma = sympy.Symbol("x", real=True), sympy.Symbol("sigma", positive=True)
    q = sympy.exp(-(sigma**2) / 4)
    f = x**2 + sympy.sin(x) - q * x
    smoothed = x**2 + sigma**2 / 2 + q * sympy.sin(x) - q * x
    zero, slope = sympy.Integer(0), 2 * x + q * sympy.cos(x) - q
    minimum = chain(
        zero,
        lt(2 - q, elementary("$q < 1$")),
        le(
            sympy.diff(smoothed, x, 2),
            consequence("$\\sin \\le 1$", q * hypothesis(fact("sin(w) <= 1", x))),
        ),
    )
    return derivation(
        chain(
            smoothed_mean(f, x, sigma), eq(smoothed, smoothing_rule("smoothing term by term", f, x, sigma))
        ),
        chain(sympy.diff(smoothed, x), eq(slope, by_expansion("$f_\\sigma'$"))),
        chain(slope.subs(x, 0), eq(zero, by_expansion("$f_\\sigma'(0) = 0$"))),
        minimum,
        chain(zero, lt(sympy.diff(f, x).subs(x, 0), elementary("$f'(0) = 1 - q$"))),
        concludes=(
            (slope.subs(x, 0), "=", zero),
            (zero, "<", sympy.diff(smoothed, x, 2)),
            (zero, "<", 1 - q),
        ),
    )


different_minima = Claim(
    id="starnes2023/remark-3-different-minima",
    printed="Section 3",
    kind="implication",
    statement=r"The minima of $f_\sigma$ and $f$ are not necessarily the same: $\|\nabla f_\sigma(x)\|$ may be small while $\|\nabla f(x)\|$ is "
    r"not. For every $\sigma > 0$, $f(x) = x^2+\sin x-qx$ with $q = e^{-\sigma^2/4}$: $f_\sigma'(0) = 0$, $f_\sigma'' > 0$, "
    r"$f'(0) = 1-q > 0$.",
    derivation=prove_different_minima,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    note="f is 3-smooth and strictly convex. Multiples of f make $\\|\\nabla f(0)\\|$ as large as one likes, with $\\nabla f_\\sigma(0) = 0$.",
)
