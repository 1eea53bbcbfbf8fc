"""Remarks on Theorem 3.1 (section 3), and the one on its hypotheses (section 1.1).

R(T) stands for the right side of (3.3). Found: the remark that only L-smoothness is assumed forgets Hλ, without which the
bound is false; the limit of R(T) for square-summable σ is as printed. For σ_t = 0 see `remarks_3_no_smoothing.py`, for constant σ
`remarks_3_constant_sigma.py`.
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
    function,
    l_smooth,
    minimiser_of,
    point,
    real,
    requires,
)
from theorycheck.algebra import elementary as fact
from theorycheck.derivations import (
    EveryStep,
    at,
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    hypothesis,
    le,
    lt,
    over,
    signs_show,
    smoothed_mean,
    smoothing_rule,
    summed,
)
from theorycheck.functions import DEFAULT_FAMILIES
from verifications.starnes2023.theorem_3_1_average import (
    BELOW,
    iterates,
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

# ---- square-summable σ ------------------------------------------------------------------------------------------------

BOUND_3_3 = {
    "f": function(),
    "x_0": point(),
    "f_star": constant_of("f", "lower_bound"),
    "lambda_": real(0),
    "eta": real(0, open_low=True),
}
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


def distance_from_limit(xp, f, x_0, f_star, lambda_, eta, sigma_1, sigma_2, sigma_3, T, rest, d):
    """|R(T) − 2λ| against C/T, with S the sum of the squares and a rest."""
    fall = f(x_0) - f_star
    scales = [sigma_1, sigma_2, sigma_3][:T]
    total = sum(scale**2 for scale in scales)
    noise = d * sum(steps_of_schedule(scales)) + (6 + d) ** 3 * total
    constant = 2 * fall / eta + (2 * d + (6 + d) ** 3) * (total + rest) / (2 * eta**2)
    return abs(2 * fall / (T * eta) + 2 * lambda_ + noise / (2 * T * eta**2) - 2 * lambda_), constant / T


def prove_square_summable(s):
    T, t, sigma = sympy.Symbol("T", integer=True, positive=True), INDEX, SCALE
    room, fall = (6 + s.d) ** 3, s.f(s.x_0) - s.f_star
    delta = sympy.Abs(sigma[t] ** 2 - sigma[t - 1] ** 2)
    deltas = sigma[1] ** 2 + Sum(delta, (t, 2, T))  # σ_0 = 0
    squares = Sum(sigma[t] ** 2, (t, 1, T))
    bound = 2 * fall / (T * s.eta) + 2 * s.lambda_ + (s.d * deltas + room * squares) / (2 * T * s.eta**2)
    constant = 2 * fall / s.eta + (2 * s.d + room) * TOTAL / (2 * s.eta**2)
    triangle = signs_show(sigma[t] ** 2 + sigma[t - 1] ** 2 - delta, t, 2, T)
    last = signs_show(sigma[t] ** 2, t, 1, T)
    factor = 1 / (2 * T * s.eta**2)
    above = chain(
        bound,
        le(
            2 * fall / (T * s.eta) + 2 * s.lambda_ + (2 * s.d + room) * squares * factor,
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
                (2 / (T * s.eta)) * hypothesis(s.assume(BELOW).at(s.x_0)),
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
        **BOUND_3_3,
        sigma_1=real(0),
        sigma_2=real(0),
        sigma_3=real(0),
        T=choice(1, 2, 3),
        rest=real(0),
    ),
    hypotheses=[BELOW, SUMMABLE],
    sides=distance_from_limit,
    derivation=prove_square_summable,
    uses=["starnes2023/theorem-3.1"],
    expected="conditional",
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
    expected="conditional",
    note="f is 3-smooth and strictly convex. Multiples of f make $\\|\\nabla f(0)\\|$ as large as one likes, with $\\nabla f_\\sigma(0) = 0$.",
)
