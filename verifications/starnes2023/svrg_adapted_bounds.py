"""The two "adapted" bounds that are printed after Lemma F.2 without proof, largely illegible.

Where both gradients are taken at the same point x, or both minima are those of f, the bounds hold, even with 2L; where
∇f_{i,τ}(x_*) is subtracted they fail, because x_* does not minimise f_τ: f = ½ max(0, x)² has the minimiser 0, but
f_τ'(0) = τ/(2√π), while F_σ(x) → 0 for x → −∞. The corrected bound has 4L and a term in τ² for all i at once.
"""

import sympy

from theorycheck import Claim, Space, dimension, minimiser_of, point, real
from theorycheck.algebra import gaussian
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    expected,
    hypothesis,
    le,
    nonnegative_part,
    square,
)
from verifications.starnes2023.svrg_functions import (
    EACH_CONVEX,
    EACH_SMOOTH,
    ONE_SIDED,
    PRESUPPOSES,
    SETTING,
    SMOOTHNESS,
    samples,
)
from verifications.starnes2023.svrg_lemma_f_2 import (
    USES,
    excess,
    gap_terms,
    smoothed_above_minimum,
    squared_mean,
    stationary,
)

DIMENSIONS = dimension(1, 2, 10)


def squared_differences(xp, f, first, second):
    """E_k‖first(f_k) − second(f_k)‖²."""

    def squared(sample):
        change = first(sample) - second(sample)
        return xp.vecdot(change, change)

    return xp.sample_mean(f, squared)


def _space(**more):
    return Space(
        d=DIMENSIONS,
        f=samples(),
        x_star=minimiser_of("f"),
        x=point(),
        tau=real(0),
        sigma=real("tau"),
        L=SMOOTHNESS,
        **more,
    )


def _bound(label, statement, sides, **more):
    return Claim(
        id=f"starnes2023/lemma-f.2-adapted-{label}",
        printed="after Lemma F.2" + (", corrected" if "corrects" in more else ""),
        kind="inequality",
        statement=statement,
        space=more.pop("space", _space()),
        hypotheses=SETTING,
        sides=sides,
        **more,
    )


# ---- first bound, against the smoothed gradient at the minimiser -------------------------------------------------------


def against_smoothed_minimum(factor, tau_squared):
    def sides(xp, f, x, x_star, sigma, tau, L, d):
        left = squared_differences(
            xp, f, lambda g: g.smoothed_gradient(x, sigma), lambda g: g.smoothed_gradient(x_star, tau)
        )
        return left, factor * L * excess(f, x, sigma, x_star) + tau_squared(d) * L**2 * tau**2

    return sides


FALSE_AT_MINIMUM = (
    "$x_*$ minimises $f$ and not $f_\\tau$. For $f(x) = \\frac12\\,\\mathrm{dist}(x, [-a,0])^2$, $K = 1$, $L = 1$ and $x \\to -\\infty$ the "
    "left side exceeds $2LF_\\sigma(x)$ by about $2|x|f_\\tau'(0)$, which is unbounded."
)
first_a = _bound(
    "1@a",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x_*)\|^2 \le 2LF_\sigma(x)+\frac12L^2\tau^2d$, $\sigma \ge \tau \ge 0$.",
    against_smoothed_minimum(2, lambda d: d / 2),
    expected="refuted",
    note=FALSE_AT_MINIMUM,
)
first_b = _bound(
    "1@b",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x_*)\|^2 \le 2LF_\sigma(x)+\frac12L^2\tau^2$, $\sigma \ge \tau \ge 0$.",
    against_smoothed_minimum(2, lambda d: 0.5),
    expected="refuted",
    note=FALSE_AT_MINIMUM,
)

# ---- first bound, against the gradient at the minimiser ----------------------------------------------------------------


def against_minimum(sigma_squared):
    def sides(xp, f, x, x_star, sigma, L, d):
        left = squared_differences(
            xp, f, lambda g: g.smoothed_gradient(x, sigma), lambda g: g.gradient(x_star)
        )
        return left, 2 * L * (f(x) - f(x_star)) + sigma_squared(d) * L**2 * sigma**2

    return sides


def prove_against_minimum(s):
    k, u = s.index("f"), gaussian("u", s.d)
    smooth = s.assume(EACH_SMOOTH)
    return derivation(
        chain(
            s.left,
            le(
                2 * s.L * excess(s.f, s.x, s.sigma, s.x_star),
                consequence(
                    "Lemma F.2, first half",
                    *gap_terms(s, s.x, s.sigma, s.x_star, sympy.Integer(0)),
                    stationary(s, s.x - s.x_star, 2 * s.L),
                ),
            ),
            le(
                s.right,
                consequence(
                    "$f_\\sigma(x) - f(x) \\le \\frac{Ld}4\\sigma^2$: Lemma 2.1(d)",
                    (2 * s.L) * expected(hypothesis(smooth.upper(s.x, s.x + u.vector * s.sigma)), u, k),
                ),
            ),
        )
    )


def _minimum_space(*dimensions):
    return Space(
        d=dimension(*dimensions),
        f=samples(),
        x_star=minimiser_of("f"),
        x=point(),
        sigma=real(0),
        L=SMOOTHNESS,
    )


first_c = _bound(
    "1@c",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_i(x_*)\|^2 \le 2L(f(x)-f(x_*))+\frac12L^2\sigma^2d$.",
    against_minimum(lambda d: d / 2),
    space=_minimum_space(1, 2, 10),
    derivation=prove_against_minimum,
    uses=["starnes2023/lemma-f.2-first", "starnes2023/lemma-2.1d", *USES],
    expected="proved",
    note=PRESUPPOSES,
)
first_d = _bound(
    "1@d",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_i(x_*)\|^2 \le 2L(f(x)-f(x_*))+\frac12L^2\sigma^2$.",
    against_minimum(lambda d: 0.5),
    space=Space(
        d=dimension(1, 2, 8, 32),
        f=ONE_SIDED,
        x_star=minimiser_of("f"),
        x=point(),
        sigma=real(0),
        L=SMOOTHNESS,
    ),
    expected="refuted",
    note="Without the factor $d$: for $f(x) = \\frac L2\\sum_j\\max(0, x_j)^2$ and $x = x_* = 0$ the left side is "
    "$\\frac{d}{4\\pi}L^2\\sigma^2$, which exceeds $\\frac12L^2\\sigma^2$ from $d = 7$ on. The hunt meets it in dimension 32, where a large $\\sigma$ sees all kinks at $x$.",
)

first_d_corrected = _bound(
    "1@d-corrected",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_i(x_*)\|^2 \le 2L(f(x)-f(x_*))+\frac12L^2\sigma^2d$.",
    against_minimum(lambda d: d / 2),
    space=_minimum_space(1, 2, 10),
    derivation=prove_against_minimum,
    corrects="starnes2023/lemma-f.2-adapted-1@d",
    uses=["starnes2023/lemma-f.2-first", "starnes2023/lemma-2.1d", *USES],
    expected="proved",
    note="The factor $d$ cannot be dropped: the second term is at least $\\frac{d}{4\\pi}L^2\\sigma^2$. "
    + PRESUPPOSES,
)

# ---- both gradients at the same point ----------------------------------------------------------------------------------


def at_the_same_point(factor, tau_squared):
    def sides(xp, f, x, x_star, sigma, tau, L, d):
        left = squared_differences(
            xp, f, lambda g: g.smoothed_gradient(x, sigma), lambda g: g.smoothed_gradient(x, tau)
        )
        return left, factor * L * excess(f, x, sigma, x_star) + tau_squared(d) * L**2 * tau**2

    return sides


def prove_same_point(room):
    """`room(s)` are the terms by which the right side exceeds 2L F_σ(x)."""

    def prove(s):
        return derivation(
            chain(
                s.left,
                le(
                    2 * s.L * (s.f.smoothed(s.x, s.sigma) - s.f.smoothed(s.x, s.tau)),
                    consequence(
                        "the inequality of Lemma F.2 with $p = x$", *gap_terms(s, s.x, s.sigma, s.x, s.tau)
                    ),
                ),
                le(
                    2 * s.L * excess(s.f, s.x, s.sigma, s.x_star),
                    consequence("$f_\\tau(x) \\ge f(x_*)$", smoothed_above_minimum(s, s.x, s.tau, 2 * s.L)),
                ),
                le(s.right, consequence("the rest is nonnegative", *room(s))),
            )
        )

    return prove


first_e = _bound(
    "1@e",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x)\|^2 \le 2LF_\sigma(x)+\frac12L^2\tau^2d$, $\sigma \ge \tau \ge 0$.",
    at_the_same_point(2, lambda d: d / 2),
    derivation=prove_same_point(lambda s: [nonnegative_part(s.L**2 * s.tau**2 * s.d / 2)]),
    uses=USES,
    expected="proved",
    note="The term in $\\tau^2$ is not needed. " + PRESUPPOSES,
)
first = Claim(
    id="starnes2023/lemma-f.2-adapted-1",
    printed="after Lemma F.2",
    kind="inequality",
    statement=r"First adapted bound on $\mathbb E\|\nabla f_{i,\sigma}(x)-\cdot\|^2$ (largely illegible).",
    readings=[first_a, first_b, first_c, first_d, first_e],
    expected="inconclusive",
)

second_a = _bound(
    "2@a",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x)\|^2 \le 4LF_\sigma(x)$, $\sigma \ge \tau \ge 0$.",
    at_the_same_point(4, lambda d: 0),
    derivation=prove_same_point(lambda s: [smoothed_above_minimum(s, s.x, s.sigma, 2 * s.L)]),
    uses=USES,
    expected="proved",
    note="True with $2L$ in the place of $4L$, see the second link. " + PRESUPPOSES,
)
second_b = _bound(
    "2@b",
    r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x_*)\|^2 \le 4LF_\sigma(x)$, $\sigma \ge \tau \ge 0$.",
    against_smoothed_minimum(4, lambda d: 0),
    expected="refuted",
    note="$x_*$ minimises $f$ and not $f_\\tau$. For $f(x) = \\frac12\\max(0, x)^2$, $x_* = 0$ and $x \\to -\\infty$ the left side tends to "
    "$f_\\tau'(0)^2 = \\frac{\\tau^2}{4\\pi}$ and the right side to 0.",
)
second = Claim(
    id="starnes2023/lemma-f.2-adapted-2",
    printed="after Lemma F.2",
    kind="inequality",
    statement=r"Second adapted bound by $4LF_\sigma(x)$ (which gradient is subtracted is open in print).",
    readings=[second_a, second_b],
    expected="inconclusive",
)

# ---- corrections -------------------------------------------------------------------------------------------------------


def with_room(xp, f, x, x_star, sigma, tau, L, d, c):
    left, _ = against_smoothed_minimum(0, lambda d: 0)(xp, f, x, x_star, sigma, tau, L, d)
    room = (1 + 1 / c) * L**2 * tau**2 * d / 8
    return left, 2 * (1 + c) * L * excess(f, x, sigma, x_star) + room


def smoothed_gradient_at_minimum(s, weight):
    """Terms that add up to weight · (L²τ²d/8 − E_k‖b‖²), b = ∇f_{k,τ}(x_*) − ∇f_k(x_*).

    b is the mean over u of g = ∇f_k(x_* + τu) − ∇f_k(x_*). With v = τu and e_± the two points x_* + g/L, x_* + v − g/L:
    convexity and smoothness at both give L⟨g, v⟩ ≥ ‖g‖², so ‖g − Lv/2‖ ≤ L‖v‖/2, and b is the mean of g − Lv/2 as well.
    """
    k, u, f = s.index("f"), gaussian("u", s.d), s.sample("f")
    p, v = s.x_star, u.vector * s.tau
    q = p + v
    g = f.gradient(q) - f.gradient(p)
    b = f.smoothed_gradient(p, s.tau) - f.gradient(p)
    smooth, convexity = s.assume(EACH_SMOOTH), s.assume(EACH_CONVEX)
    facts = []
    for start, end, step in ((q, p, g), (p, q, g * -1)):
        middle = start - step / s.L
        facts += [smooth.upper(start, middle), convexity.tangent(end, middle)]
    terms = [(weight * s.L) * expected(hypothesis(fact), u, k) for fact in facts]
    return (*terms, weight * expected(square(g - v * (s.L / 2) - b), u, k))


def prove_with_room(s):
    f, k, zero = s.sample("f"), s.index("f"), sympy.Integer(0)
    a = f.smoothed_gradient(s.x, s.sigma) - f.gradient(s.x_star)
    b = f.smoothed_gradient(s.x_star, s.tau) - f.gradient(s.x_star)
    first_part = 2 * (1 + s.c) * s.L * excess(s.f, s.x, s.sigma, s.x_star)
    return derivation(
        chain(
            s.left,
            le(
                (1 + s.c) * squared_mean(s, a) + (1 + 1 / s.c) * squared_mean(s, b),
                consequence(
                    "$\\|a-b\\|^2 \\le (1+c)\\|a\\|^2+(1+\\frac1c)\\|b\\|^2$",
                    (1 / s.c) * expected(square(a * s.c + b), k),
                ),
            ),
            le(
                first_part + (1 + 1 / s.c) * squared_mean(s, b),
                consequence(
                    "Lemma F.2, first half",
                    *gap_terms(s, s.x, s.sigma, s.x_star, zero, 1 + s.c),
                    stationary(s, s.x - s.x_star, 2 * (1 + s.c) * s.L),
                ),
            ),
            le(
                s.right,
                consequence(
                    "$\\|\\nabla f_{i,\\tau}(x_*)-\\nabla f_i(x_*)\\|^2 \\le \\frac18L^2\\tau^2d$",
                    *smoothed_gradient_at_minimum(s, 1 + 1 / s.c),
                ),
            ),
        )
    )


def _corrected(label):
    return _bound(
        f"{label}-corrected",
        r"$\mathbb E\|\nabla f_{i,\sigma}(x)-\nabla f_{i,\tau}(x_*)\|^2 \le 2(1+c)LF_\sigma(x)+(1+\frac1c)\frac18L^2\tau^2d$ for every "
        r"$c > 0$ and $\sigma \ge \tau \ge 0$.",
        with_room,
        space=_space(c=real(0, open_low=True)),
        derivation=prove_with_room,
        corrects=f"starnes2023/lemma-f.2-adapted-{label}",
        uses=["starnes2023/lemma-f.2-first", *USES],
        expected="proved",
        note="$c = 1$: $4LF_\\sigma(x)+\\frac14L^2\\tau^2d$; $c = \\frac13$: $\\frac83LF_\\sigma(x)+\\frac12L^2\\tau^2d$, the printed second term. "
        "No multiple of $LF_\\sigma(x)$ alone suffices, and $2LF_\\sigma(x)$ with no multiple of $L^2\\tau^2d$. "
        + PRESUPPOSES,
    )


corrections = tuple(_corrected(label) for label in ("1@a", "1@b", "2@b"))
