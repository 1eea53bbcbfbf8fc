r"""Section 3: the remarks on the hypotheses of Proposition 3.1 (open neighbourhoods; convexity in a ball).

Both assert a basin without a word on the learning rate. For the quadratic f = 2x²/η, whose Hessian is positive definite
everywhere and which no smoothing changes but by a constant, a step is x − 4x = −3x: B(σ) = {0} contains no open set; and
with the linear continuation of f from [−r, r] the start 2r oscillates between 2r and −2r. The first remark fails for every
small η as well: x*_{σ_n} need not lie in B(σ_{n+1}) at all (the well of `basins_well`). With η below 2/λ_max(∇²f_σ) at the
minimiser, or below 2/L in the ball, what is needed does hold for one sample: basins are open, and the ball lies in B(Σ).
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, constant_of, dimension, function, point, real
from theorycheck.derivations import (
    by_expansion,
    chain,
    derivation,
    elementary,
    eq,
    gt,
    smoothed_mean,
    smoothing_rule,
)
from verifications.starnes2023.basins_global import (
    CONTRACTION_SPACE,
    CURVED,
    SHORTER,
    SMALL_RATE,
    SMOOTH_CONVEX,
    contraction,
    distances_after_a_step,
    prove_contraction,
    prove_nonexpansive,
)
from verifications.starnes2023.basins_well import refute_the_worded_form


def quadratic(x, sigma, eta):
    """f = 2x²/η: f_σ by the smoothing rules, its second derivative, its steps."""
    f = 2 * x**2 / eta
    smoothed = f + sigma**2 / eta
    return [
        chain(smoothed_mean(f, x, sigma), eq(smoothed, smoothing_rule("smoothing $x^2$", f, x, sigma))),
        chain(
            sympy.diff(smoothed, x, 2),
            eq(4 / eta, by_expansion("differentiate twice")),
            gt(sympy.Integer(0), elementary("$\\eta > 0$")),
        ),
        chain(
            x - eta * sympy.diff(smoothed, x),
            eq(-3 * x, by_expansion("every step, whatever $\\sigma_t$ is")),
        ),
    ]


def symbols():
    return (
        sympy.Symbol("x", real=True),
        sympy.Symbol("sigma", nonnegative=True),
        sympy.Symbol("eta", positive=True),
    )


# ---- open neighbourhoods -----------------------------------------------------------------------------------------------


def refute_open_neighbourhood(symbols_of_claim):
    """The quadratic, whose η is too large; and the well, for every small η."""
    return derivation(*quadratic(*symbols()), *refute_the_worded_form(symbols_of_claim).chains)


def two_steps(xp, x, eta, sigma_1, sigma_2):
    """|x_2| against |x_0| on f = 2x²/η."""
    position = x
    for sigma in (sigma_1, sigma_2):
        position = position - eta * (4 * position / eta + 0 * sigma)
    return abs(position), abs(x)


open_neighbourhood = Claim(
    id="starnes2023/remark-3-open-neighbourhood",
    printed="Section 3",
    kind="implication",
    statement=r"The open-neighbourhood assumption of Proposition 3.1 holds if $f$ has a continuous second derivative and the "
    r"Hessian of $f_\sigma$ is positive definite at its global minimum.",
    refutation=Refutation(
        derivation=refute_open_neighbourhood,
        explanation="f = f_k = 2x²/η for any η > 0: f_σ'' = 4/η > 0 and x*_σ = 0 for every σ, but every step is x ↦ −3x, so B(σ) = {0}: "
        "x*_{σ_n} = 0 lies in B(σ_{n+1}), and no open set around it does. Nor does a small η help: for f = x²/2 − exp(−256(x−1)²), "
        "σ_n = 1, σ_{n+1} = 0 and any η ≤ 1/513, f_1 is strictly convex with f_1'(1/2) > 0, so its minimiser lies below 1/2, and no start "
        "below 1/2 is in B(0)",
        sides=two_steps,
        relation="<=",
        instance={"x": Fraction(1), "eta": Fraction(1), "sigma_1": Fraction(1), "sigma_2": Fraction(1, 2)},
    ),
    uses=["starnes2023/definition-b.1"],
    expected="contested",
    note="The assumption is read as in Proposition B.1: an open set around $x^*_{\\sigma_n}$ lies in $B(\\sigma_{n+1})$. Positive "
    "definite Hessians do not even place $x^*_{\\sigma_n}$ in $B(\\sigma_{n+1})$, however small $\\eta$ is; the second example is that of "
    "Proposition 3.1@b.",
)

open_neighbourhood_corrected = Claim(
    id="starnes2023/remark-3-open-neighbourhood-corrected",
    printed="Section 3, corrected",
    kind="inequality",
    statement=r"$K = 1$, $f$ twice continuously differentiable, $\nabla^2f_\tau(x^*_\tau)$ positive definite and $\eta > 0$ less than 2 over "
    r"its largest eigenvalue: $B(\tau)$ is open, so it contains a neighbourhood of $x^*_\sigma$ if it contains $x^*_\sigma$. For "
    r"$\gamma I \le H \le LI$ and $\eta(L+\gamma) \le 2$: $\|\delta-\eta H\delta\| \le (1-\eta\gamma)\|\delta\|$.",
    space=CONTRACTION_SPACE,
    hypotheses=[SHORTER, SMALL_RATE],
    sides=contraction,
    derivation=prove_contraction,
    corrects="starnes2023/remark-3-open-neighbourhood",
    uses=["starnes2023/definition-b.1"],
    expected="conditional",
    note="By continuity there are $r$, $\\gamma > 0$ and $L < 2/\\eta$ with $\\gamma I \\le \\nabla^2f_s \\le LI$ within $r$ of $x^*_\\tau$ for all $s$ "
    "near $\\tau$, and $\\gamma$ may be made so small that $\\eta(L+\\gamma) \\le 2$. A run that converges stays within $r/2$ from some "
    "step $N$ on; a start so near that its $x_N$ differs by less than $r/2$ has, with the same schedule, a run that the "
    "contraction draws to the first one. $\\eta < 2/\\lambda_{\\max}$ is sharp, as the quadratic shows.",
)

# ---- convexity in a ball -------------------------------------------------------------------------------------------------


def refute_extension(_):
    x, sigma, eta = symbols()
    r = sympy.Symbol("r", positive=True)
    slope_outside = 4 * r / eta  # f' at r, continued
    oscillation = [
        chain(
            side * 2 * r - eta * side * slope_outside,
            eq(
                -side * 2 * r, by_expansion("outside the ball the continuation has the slope at its boundary")
            ),
        )
        for side in (1, -1)
    ]
    return derivation(*quadratic(x, sigma, eta), *oscillation)


def two_steps_on_the_continuation(xp, x, eta, r):
    """|x_2| against |x_0|/2 for the linear continuation of 2x²/η from [−r, r]."""
    position = x
    for _ in range(2):
        position = position - 4 * xp.minimum(xp.maximum(position, -r), r)
    return abs(position), abs(x) / 2 + 0 * eta


local_convexity = Claim(
    id="starnes2023/remark-3.1",
    printed="Remark 3.1",
    kind="implication",
    statement=r"Instead of convex $f_{k,\Sigma}$ one may assume $f_{k,\Sigma}$ convex in a ball containing $x^*_\Sigma$ and extend it to be "
    r"convex everywhere; the basin of the extension is $\mathbb R^d$.",
    refutation=Refutation(
        derivation=refute_extension,
        explanation="f = f_k = 2x²/η for any η > 0, on [−r, r] and continued linearly with the slopes ±4r/η: x_0 = 2r gives x_t = ±2r for ever, so "
        "2r is not in the basin of the extension",
        sides=two_steps_on_the_continuation,
        relation="<=",
        instance={"x": Fraction(2), "eta": Fraction(1), "r": Fraction(1)},
    ),
    uses=["starnes2023/proposition-3.1"],
    expected="contested",
    note="A convex extension exists (the supremum of the tangents in the ball). But its basin is not all of $\\mathbb R^d$ unless $\\eta$ is small for it, and GSmoothSGD runs on $f_\\Sigma$, "
    "not on the extension: from outside the ball the basin of the extension says nothing about $B(\\Sigma)$.",
)

local_convexity_corrected = Claim(
    id="starnes2023/remark-3.1-corrected",
    printed="Remark 3.1, corrected",
    kind="inequality",
    statement=r"$K = 1$, $0 < \eta < 2/L$, and a convex $L$-smooth $F$ that agrees with $f_\Sigma$ on a ball around $x^*_\Sigma$, its only minimiser: "
    r"the basin of $F$ is $\mathbb R^d$, and runs that start in the ball stay in it and are runs on $f_\Sigma$, so the ball lies in "
    r"$B(\Sigma)$: one step brings no two points farther apart, $L\|x'-y'\|^2 \le L\|x-y\|^2 - \eta(2-\eta L)\|\nabla F(x)-\nabla F(y)\|^2$.",
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
    corrects="starnes2023/remark-3.1",
    uses=["starnes2023/proposition-3.1@a-corrected"],
    expected="proved",
    note="$y = x^*_\\Sigma$; f stands for $F$. For $d = 1$ the linear continuation is such an $F$. With the neighbourhoods of "
    "Proposition 3.1@a the conclusion is that the ball lies in $B(0)$, not that $B(0) = \\mathbb R^d$.",
)
