"""Lemma 2.1: what Gaussian smoothing preserves, and how far it moves a function.

f: R^d → R, τ > σ ≥ 0, u ~ N(0, I/2). Every proof below applies the hypothesis at points shifted by σu and averages over
u; it holds for every f and d that the hypotheses allow.
"""

import sympy

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    constant_of,
    continuous,
    convex,
    dimension,
    function,
    l_smooth,
    nonconstant,
    point,
    real,
)
from theorycheck.algebra import expectation, gaussian, inner, norm_squared
from theorycheck.derivations import (
    by_definition,
    by_expansion,
    chain,
    consequence,
    derivation,
    eq,
    expected,
    gt,
    hypothesis,
    le,
)
from theorycheck.derivations.reasons import positive_mean
from theorycheck.statement.properties import strictly_above

DIMENSIONS = dimension(1, 2, 3, 10, 100)

# ---- (a) convexity is preserved ------------------------------------------------------------------------------------


def convexity_of_smoothing(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f.smoothed(between, sigma), t * f.smoothed(x, sigma) + (1 - t) * f.smoothed(y, sigma)


def prove_convexity(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.sigma
    convexity = s.assume(convex("f")).between(s.x + shift, s.y + shift, s.t)
    return derivation(
        chain(
            s.left,
            eq(
                expectation(s.f(s.x * s.t + s.y * (1 - s.t) + shift), u),
                by_definition("definition of $f_\\sigma$"),
            ),
            le(
                expectation(s.t * s.f(s.x + shift) + (1 - s.t) * s.f(s.y + shift), u),
                consequence(
                    "convexity of $f$ at $x+\\sigma u$ and $y+\\sigma u$", expected(hypothesis(convexity), u)
                ),
            ),
            eq(s.right, by_definition("definition of $f_\\sigma$")),
        )
    )


convexity_is_preserved = Claim(
    id="starnes2023/lemma-2.1a-convex",
    printed="Lemma 2.1(a)",
    kind="implication",
    statement=r"If $f$ is convex, so is $f_\sigma$.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), y=point(), t=real(0, 1), sigma=real(0)),
    hypotheses=[convex("f")],
    sides=convexity_of_smoothing,
    derivation=prove_convexity,
    uses=["starnes2023/definition-a.1a", "starnes2023/definition-smoothing"],
    expected="proved",
    note="No proof is printed ([21] is cited). If $f_\\sigma(x) = \\infty$ somewhere, convexity holds in the extended sense.",
)

# ---- (a) L-smoothness is preserved ---------------------------------------------------------------------------------


def smoothness_of_smoothing(xp, f, x, y, sigma, L):
    linear = f.smoothed(x, sigma) + xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return abs(f.smoothed(y, sigma) - linear), L / 2 * xp.vecdot(y - x, y - x)


def prove_smoothness(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.sigma
    x, y, f = s.x + shift, s.y + shift, s.f
    smooth = s.assume(l_smooth("f", "L"))
    deviation = expectation(f(y) - f(x) - inner(f.gradient(x), y - x), u)
    f_sigma = f.smooth(s.sigma)
    smoothed_deviation = f_sigma(s.y) - f_sigma(s.x) - inner(f_sigma.gradient(s.x), s.y - s.x)

    def one_side(sign, fact):
        return chain(
            sign * smoothed_deviation,
            eq(sign * deviation, by_definition("$f_\\sigma$ and $\\nabla f_\\sigma$ are means over $u$")),
            le(
                s.right,
                consequence(
                    "$L$-smoothness of $f$ at $x+\\sigma u$ and $y+\\sigma u$", expected(hypothesis(fact), u)
                ),
            ),
        )

    return derivation(one_side(1, smooth.upper(x, y)), one_side(-1, smooth.lower(x, y)))


smoothness_is_preserved = Claim(
    id="starnes2023/lemma-2.1a-l-smooth",
    printed="Lemma 2.1(a)",
    kind="implication",
    statement=r"If $f$ is $L$-smooth, so is $f_\sigma$.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), y=point(), sigma=real(0), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=smoothness_of_smoothing,
    derivation=prove_smoothness,
    uses=["starnes2023/definition-a.1c", "starnes2023/definition-smoothing"],
    expected="proved",
    note="No proof is printed ([21] is cited). $\\nabla f_\\sigma = \\mathbb E \\nabla f(\\cdot+\\sigma u)$ by dominated "
    "convergence, since $\\nabla f$ is Lipschitz.",
)

# ---- (b) lower bounds ----------------------------------------------------------------------------------------------


def smoothed_value_and_bound(xp, f, x, m, sigma):
    return f.smoothed(x, sigma), m


def _lower_bound_space(sigma):
    return Space(
        d=dimension(1, 2, 3, 10), f=function(), x=point(), m=constant_of("f", "lower_bound"), sigma=sigma
    )


lower_bound_a = Claim(
    id="starnes2023/lemma-2.1b@a",
    printed="Lemma 2.1(b)",
    kind="implication",
    statement=r"$f$ nonconstant and $f(x) \ge m$ for all $x$ $\Rightarrow$ $f_\sigma(x) > m$ for all $x$, $\sigma \ge 0$.",
    space=_lower_bound_space(real(0)),
    hypotheses=[bounded_below("f", "m"), nonconstant("f")],
    sides=smoothed_value_and_bound,
    relation=">",
    uses=["starnes2023/definition-smoothing"],
    expected="refuted",
    note="At $\\sigma = 0$ nothing is smoothed, so a minimiser with $f(x) = m$ contradicts it; see also reading @b.",
)

lower_bound_b = Claim(
    id="starnes2023/lemma-2.1b@b",
    printed="Lemma 2.1(b)",
    kind="implication",
    statement=r"$f$ nonconstant and $f(x) \ge m$ for all $x$ $\Rightarrow$ $f_\sigma(x) > m$ for all $x$, $\sigma > 0$.",
    space=_lower_bound_space(real(0, open_low=True)),
    hypotheses=[bounded_below("f", "m"), nonconstant("f")],
    sides=smoothed_value_and_bound,
    relation=">",
    uses=["starnes2023/definition-smoothing"],
    expected="refuted",
    note="Nonconstant is not enough: a function that differs from $m$ only on a null set (the indicator of a point) is "
    "nonconstant and its smoothing is $m$ everywhere. With continuity it holds, see the correction.",
)


def prove_strict_bound(s):
    u = gaussian("u", s.d)
    above = s.assume(strictly_above("f", "m")).at(s.x + u.vector * s.sigma)
    return derivation(
        chain(
            s.left,
            eq(expectation(s.f(s.x + u.vector * s.sigma), u), by_definition("definition of $f_\\sigma$")),
            gt(s.right, positive_mean("the integrand exceeds $m$ at every point", above, u)),
        )
    )


lower_bound_c = Claim(
    id="starnes2023/lemma-2.1b@c",
    printed="Lemma 2.1(b)",
    kind="implication",
    statement=r"$f$ nonconstant and $f(x) > m$ for all $x$ $\Rightarrow$ $f_\sigma(x) > m$ for all $x$, $\sigma \ge 0$.",
    space=_lower_bound_space(real(0)),
    hypotheses=[strictly_above("f", "m"), nonconstant("f")],
    sides=smoothed_value_and_bound,
    relation=">",
    derivation=prove_strict_bound,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
)


def prove_weak_bound(s):
    u = gaussian("u", s.d)
    bound = s.assume(bounded_below("f", "m")).at(s.x + u.vector * s.sigma)
    return derivation(
        chain(
            s.right,
            le(
                expectation(s.f(s.x + u.vector * s.sigma), u),
                consequence("the bound holds at every $x+\\sigma u$", expected(hypothesis(bound), u)),
            ),
            eq(s.left, by_definition("definition of $f_\\sigma$")),
        )
    )


lower_bound_d = Claim(
    id="starnes2023/lemma-2.1b@d",
    printed="Lemma 2.1(b)",
    kind="implication",
    statement=r"$f$ nonconstant and $f(x) \ge m$ for all $x$ $\Rightarrow$ $f_\sigma(x) \ge m$ for all $x$, $\sigma \ge 0$.",
    space=_lower_bound_space(real(0)),
    hypotheses=[bounded_below("f", "m"), nonconstant("f")],
    sides=smoothed_value_and_bound,
    relation=">=",
    derivation=prove_weak_bound,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
)

lower_bound = Claim(
    id="starnes2023/lemma-2.1b",
    printed="Lemma 2.1(b)",
    kind="implication",
    statement=r"If $f$ is nonconstant and bounded below by $m$, then so is $f_\sigma$ (strictness open in print).",
    readings=[lower_bound_a, lower_bound_b, lower_bound_c, lower_bound_d],
    expected="inconclusive",
)


def prove_strict_bound_of_continuous(s):
    u = gaussian("u", s.d)
    bound = s.assume(bounded_below("f", "m")).at(s.x + u.vector * s.sigma)
    return derivation(
        chain(
            s.left,
            eq(expectation(s.f(s.x + u.vector * s.sigma), u), by_definition("definition of $f_\\sigma$")),
            gt(
                s.right,
                positive_mean(
                    "$f - m$ is continuous, nonnegative and not identically zero",
                    bound,
                    u,
                    not_identically_zero=(continuous("f"), nonconstant("f")),
                    scale=s.sigma,
                ),
            ),
        )
    )


def _corrected_lower_bound(reading):
    return Claim(
        id=f"starnes2023/lemma-2.1b{reading}-corrected",
        printed="Lemma 2.1(b), corrected",
        kind="implication",
        statement=r"$f$ continuous, nonconstant and $f(x) \ge m$ for all $x$ $\Rightarrow$ $f_\sigma(x) > m$ for all $x$, "
        r"$\sigma > 0$.",
        space=_lower_bound_space(real(0, open_low=True)),
        hypotheses=[bounded_below("f", "m"), nonconstant("f"), continuous("f")],
        sides=smoothed_value_and_bound,
        relation=">",
        derivation=prove_strict_bound_of_continuous,
        corrects=f"starnes2023/lemma-2.1b{reading}",
        uses=["starnes2023/definition-smoothing"],
        expected="proved",
    )


lower_bound_a_corrected = _corrected_lower_bound("@a")
lower_bound_b_corrected = _corrected_lower_bound("@b")

# ---- (c) smoothing a convex function raises it ---------------------------------------------------------------------


def value_and_smoothed_value(xp, f, x, sigma):
    return f(x), f.smoothed(x, sigma)


def prove_smoothing_raises(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.sigma
    midpoint = s.assume(convex("f")).between(s.x + shift, s.x - shift, sympy.Rational(1, 2))
    return derivation(
        chain(
            s.left,
            le(
                expectation((s.f(s.x + shift) + s.f(s.x - shift)) / 2, u),
                consequence(
                    "$x$ is the midpoint of $x \\pm \\sigma u$, and $f$ is convex",
                    expected(hypothesis(midpoint), u),
                ),
            ),
            eq(s.right, by_definition("$u$ and $-u$ have the same law")),
        )
    )


smoothing_raises_convex = Claim(
    id="starnes2023/lemma-2.1c",
    printed="Lemma 2.1(c)",
    kind="inequality",
    statement=r"$f$ convex $\Rightarrow$ $f_\sigma(x) \ge f(x)$.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), sigma=real(0)),
    hypotheses=[convex("f")],
    sides=value_and_smoothed_value,
    derivation=prove_smoothing_raises,
    uses=["starnes2023/definition-a.1a", "starnes2023/definition-smoothing"],
    expected="proved",
)

# ---- (d) distance between two smoothings ---------------------------------------------------------------------------


def distance_of_smoothings(xp, f, x, sigma, tau, L, d):
    return abs(f.smoothed(x, tau) - f.smoothed(x, sigma)), L * d / 4 * (tau**2 - sigma**2)


def prove_distance(s):
    u = gaussian("u", s.d)
    eta = sympy.sqrt(s.tau**2 - s.sigma**2)
    shift = u.vector * eta
    g = s.f.smooth(s.sigma)
    smooth = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=s.sigma, L=s.L)
    quadratic = s.L / 2 * eta**2 * norm_squared(u.vector)

    def one_side(sign, fact):
        return chain(
            sign * (s.f.smoothed(s.x, s.tau) - g(s.x)),
            eq(
                sign * expectation(g(s.x + shift) - g(s.x), u),
                by_definition("$f_\\tau = (f_\\sigma)_\\eta$ with $\\eta^2 = \\tau^2-\\sigma^2$"),
            ),
            le(
                expectation(sign * inner(g.gradient(s.x), shift) + quadratic, u),
                consequence("$f_\\sigma$ is $L$-smooth", expected(hypothesis(fact), u)),
            ),
            eq(s.right, by_expansion("$\\mathbb E u = 0$, $\\mathbb E\\|u\\|^2 = d/2$")),
        )

    return derivation(
        one_side(1, smooth.upper(s.x, s.x + shift)), one_side(-1, smooth.lower(s.x, s.x + shift))
    )


distance_between_smoothings = Claim(
    id="starnes2023/lemma-2.1d",
    printed="Lemma 2.1(d)",
    kind="inequality",
    statement=r"$\tau > \sigma \ge 0$, $f$ $L$-smooth $\Rightarrow$ "
    r"$|f_\tau(x) - f_\sigma(x)| \le \frac{Ld}{4}(\tau^2 - \sigma^2)$.",
    space=Space(
        d=DIMENSIONS,
        f=function(),
        x=point(),
        sigma=real(0),
        tau=real("sigma", open_low=True),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=distance_of_smoothings,
    derivation=prove_distance,
    uses=[
        "starnes2023/definition-a.1c",
        "starnes2023/lemma-2.1a-l-smooth",
        "starnes2023/identity-a-semigroup",
    ],
    expected="proved",
    note="Sharp: equality for $f(x) = \\frac L2\\|x\\|^2$ in every dimension.",
)
