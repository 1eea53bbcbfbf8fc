"""Lemma 2.2, Lemma A.1 and the two bounds that they quote from Nesterov and Spokoiny [21].

κ = ((3+d)/2)^{3/2}. All of them hold with room to spare: for an L-smooth f one application of Jensen's inequality gives
‖∇f_σ(x) − ∇f(x)‖² ≤ L²σ² E‖u‖² = L²σ² d/2.
"""

import sympy

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point, real
from theorycheck.algebra import expectation, gaussian, inner, norm_squared
from theorycheck.algebra.expectation import scaled_gamma
from theorycheck.algebra.facts import elementary as elementary_fact
from theorycheck.derivations import (
    by_definition,
    by_expansion,
    chain,
    consequence,
    derivation,
    either_order,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    square,
)

DIMENSIONS = dimension(1, 2, 3, 5, 10, 50)
EQUIVALENCE = "starnes2023/remark-l-smooth"


def _gradients(s, sigma):
    """u, ∇f(x + σu), ∇f_σ(x), ∇f(x), and the Lipschitz bound on the gradient between x + σu and x."""
    u = gaussian("u", s.d)
    moved = s.x + u.vector * sigma
    lipschitz = s.lemma(EQUIVALENCE, f=s.f, x=moved, y=s.x, L=s.L)
    return u, s.f.gradient(moved), s.f.smoothed_gradient(s.x, sigma), s.f.gradient(s.x), lipschitz


# ---- Lemma 2.2(a) --------------------------------------------------------------------------------------------------


def smoothed_by_original(xp, f, x, sigma, L, d):
    smoothed, original = f.smoothed_gradient(x, sigma), f.gradient(x)
    return xp.vecdot(smoothed, smoothed), 2 * xp.vecdot(original, original) + L**2 * sigma**2 * (
        6 + d
    ) ** 3 / 4


def prove_one_by_the_other(smoothed_is_bounded):
    """‖v‖² ≤ 2‖w‖² + L²σ²d for v, w = ∇f_σ(x), ∇f(x) in either order: the proof is the same."""

    def prove(s):
        u, moved, smoothed, original, lipschitz = _gradients(s, s.sigma)
        v, w = (smoothed, original) if smoothed_is_bounded else (original, smoothed)
        return derivation(
            chain(
                s.left,
                le(
                    2 * norm_squared(w) + s.L**2 * s.sigma**2 * s.d,
                    consequence(
                        "Jensen, $\\|a+b\\|^2 \\le 2\\|a\\|^2+2\\|b\\|^2$, and the Lipschitz gradient",
                        2 * expected(square(moved - smoothed), u),
                        square(v - w * 2),
                        2 * expected(hypothesis(lipschitz), u),
                    ),
                ),
                le(s.right, elementary("$d \\le \\frac14(6+d)^3$")),
            )
        )

    return prove


def printed_smoothed_by_original(s):
    sigma = sympy.Symbol("sigma", positive=True)  # the printed chain divides by σ
    u, _, smoothed, original, _ = _gradients(s, sigma)
    f, x, a = s.f, s.x, s.direction
    moved = x + u.vector * sigma
    smooth = s.assume(l_smooth("f", "L"))
    remainder = f(moved) - f(x) - sigma * inner(original, u.vector)
    difference = smoothed - original
    bound_l3 = 8 / sigma**2 * expectation(remainder**2 * norm_squared(u.vector), u) + 2 * norm_squared(
        original
    )
    bound_l4 = 2 * s.L**2 * sigma**2 * expectation(norm_squared(u.vector) ** 3, u) + 2 * norm_squared(
        original
    )
    return derivation(
        chain(
            inner(smoothed, a),
            eq(
                2 / sigma * expectation((f(moved) - f(x)) * inner(u.vector, a), u),
                by_definition("identity-a-difference, in the direction $a$"),
                "L1",
            ),
            eq(
                2 / sigma * expectation(remainder * inner(u.vector, a), u)
                + 2 * expectation(inner(original, u.vector) * inner(u.vector, a), u),
                by_expansion("insert $\\pm\\sigma\\langle\\nabla f(x), u\\rangle$"),
                "L2",
            ),
        ),
        chain(
            norm_squared(smoothed),
            le(
                bound_l3,
                consequence(
                    "$\\|a+b\\|^2 \\le 2\\|a\\|^2+2\\|b\\|^2$ and Jensen",
                    2 * expected(square(u.vector * (2 * remainder / sigma) - difference), u),
                    square(difference - original),
                ),
                "L3",
            ),
            le(
                bound_l4,
                consequence(
                    "$L$-smoothness: the remainder is at most $\\frac L2\\sigma^2\\|u\\|^2$ in absolute value",
                    expected(
                        (8 / sigma**2 * norm_squared(u.vector))
                        * hypothesis(smooth.upper(x, moved), smooth.lower(x, moved)),
                        u,
                    ),
                ),
                "L4",
            ),
            le(
                s.right.subs(s.sigma, sigma),
                elementary("the moment bound with $p=6$: $\\mathbb E\\|u\\|^6 \\le ((6+d)/2)^3$"),
                "L5",
            ),
        ),
    )


def _gradient_space():
    return Space(d=DIMENSIONS, f=function(), x=point(), sigma=real(0), L=constant_of("f", "smoothness"))


smoothed_gradient_by_original = Claim(
    id="starnes2023/lemma-2.2a",
    printed="Lemma 2.2(a)",
    kind="inequality",
    statement=r"$f$ $L$-smooth, any $\sigma \ge 0$: "
    r"$\|\nabla f_\sigma(x)\|^2 \le 2\|\nabla f(x)\|^2 + \frac14 L^2\sigma^2(6+d)^3$.",
    space=_gradient_space(),
    hypotheses=[l_smooth("f", "L")],
    sides=smoothed_by_original,
    derivation=prove_one_by_the_other(smoothed_is_bounded=True),
    printed_proof=printed_smoothed_by_original,
    uses=[
        "starnes2023/remark-l-smooth",
        "starnes2023/identity-a-difference",
        "starnes2023/identity-a-gradient@b",
        "starnes2023/bound-a-moment@a",
    ],
    expected="conditional",
    expected_proof_gaps=["conclusion"],
    note="The printed chain divides by $\\sigma$ and so needs $\\sigma > 0$; at $\\sigma = 0$ the statement is trivial. "
    "Our derivation needs no case distinction and gives $L^2\\sigma^2 d$ in place of $\\frac14L^2\\sigma^2(6+d)^3$.",
)

# ---- Lemma A.1 -----------------------------------------------------------------------------------------------------


def original_by_smoothed(xp, f, x, sigma, L, d):
    smoothed, original = f.smoothed_gradient(x, sigma), f.gradient(x)
    return xp.vecdot(original, original), 2 * xp.vecdot(smoothed, smoothed) + L**2 * sigma**2 * (
        6 + d
    ) ** 3 / 4


original_gradient_by_smoothed = Claim(
    id="starnes2023/lemma-a.1",
    printed="Lemma A.1 (Lemma 4 of [21])",
    kind="inequality",
    statement=r"$f$ $L$-smooth, $\sigma \ge 0$: "
    r"$\|\nabla f(x)\|^2 \le 2\|\nabla f_\sigma(x)\|^2 + \frac{L^2\sigma^2}{4}(6+d)^3$.",
    space=_gradient_space(),
    hypotheses=[l_smooth("f", "L")],
    sides=original_by_smoothed,
    derivation=prove_one_by_the_other(smoothed_is_bounded=False),
    uses=["starnes2023/remark-l-smooth", "starnes2023/definition-smoothing"],
    expected="conditional",
)

# ---- the quoted bound on the difference, and Lemma 2.2(b) ------------------------------------------------------------


def gradient_difference(xp, f, x, eta, L, d):
    kappa = xp.sqrt(xp.number(1) * ((3 + d) / 2) ** 3)
    return xp.norm(f.smoothed_gradient(x, eta) - f.gradient(x)), L * eta * kappa


def prove_gradient_difference(s):
    u, moved, smoothed, original, lipschitz = _gradients(s, s.eta)
    return derivation(
        chain(
            norm_squared(smoothed - original),
            le(
                s.L**2 * s.eta**2 * s.d / 2,
                consequence(
                    "Jensen and the Lipschitz gradient",
                    expected(square(moved - smoothed), u),
                    expected(hypothesis(lipschitz), u),
                ),
            ),
            le(s.right**2, elementary("$\\frac d2 \\le (\\frac{3+d}2)^3 = \\kappa^2$")),
        )
    )


smoothed_minus_original = Claim(
    id="starnes2023/bound-a-gradient-difference",
    printed="Appendix A (Lemma 3 of [21])",
    kind="inequality",
    statement=r"$f$ $L$-smooth, $\eta > 0$: $\|\nabla f_\eta(x) - \nabla f(x)\| \le L\eta\kappa$, "
    r"$\kappa = (\frac{3+d}{2})^{3/2}$.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), eta=real(0, open_low=True), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=gradient_difference,
    derivation=prove_gradient_difference,
    uses=["starnes2023/remark-l-smooth", "starnes2023/definition-smoothing"],
    expected="conditional",
)


def gradients_of_two_smoothings(xp, f, x, sigma, tau, L, d):
    kappa = xp.sqrt(xp.number(1) * ((3 + d) / 2) ** 3)
    difference = f.smoothed_gradient(x, sigma) - f.smoothed_gradient(x, tau)
    return xp.norm(difference), L * kappa * xp.sqrt(abs(tau**2 - sigma**2))


def prove_two_smoothings(s):
    """For low ≤ high written as high² = low² + η²; either_order covers σ ≤ τ and τ ≤ σ."""
    u = gaussian("u", s.d)

    def bound(low, high, eta):
        g = s.f.smooth(low)
        smooth = s.lemma("starnes2023/lemma-2.1a-l-smooth", f=s.f, sigma=low, L=s.L)
        moved, original = g.gradient(s.x + u.vector * eta), g.gradient(s.x)
        lipschitz = s.lemma(EQUIVALENCE, f=smooth, x=s.x + u.vector * eta, y=s.x, L=s.L)
        smoothed = g.smoothed_gradient(s.x, eta)
        return chain(
            norm_squared(s.f.smoothed_gradient(s.x, high) - original),
            eq(norm_squared(smoothed - original), by_definition("$(f_\\sigma)_\\eta = f_\\tau$")),
            le(
                s.L**2 * eta**2 * s.d / 2,
                consequence(
                    "Jensen and the Lipschitz gradient of the less smoothed function",
                    expected(square(moved - smoothed), u),
                    expected(hypothesis(lipschitz), u),
                ),
            ),
            le(
                s.L**2 * ((3 + s.d) / 2) ** 3 * eta**2,
                elementary("$\\frac d2 \\le (\\frac{3+d}2)^3 = \\kappa^2$"),
            ),
        )

    return derivation(*either_order(s.sigma, s.tau, bound))


distance_of_smoothed_gradients = Claim(
    id="starnes2023/lemma-2.2b",
    printed="Lemma 2.2(b)",
    kind="inequality",
    statement=r"$f$ $L$-smooth, any $\sigma, \tau \ge 0$: "
    r"$\|\nabla f_\sigma(x) - \nabla f_\tau(x)\| \le L\kappa\sqrt{|\tau^2 - \sigma^2|}$.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), sigma=real(0), tau=real(0), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=gradients_of_two_smoothings,
    derivation=prove_two_smoothings,
    uses=[
        "starnes2023/bound-a-gradient-difference",
        "starnes2023/identity-a-semigroup",
        "starnes2023/lemma-2.1a-l-smooth",
        "starnes2023/remark-l-smooth",
    ],
    expected="conditional",
)

# ---- moments of the Gaussian (Lemma 1 of [21]) -----------------------------------------------------------------------


def gaussian_moment(xp, d, p):
    """E‖u‖^p = Γ((d+p)/2)/Γ(d/2) against ((p+d)/2)^{p/2}."""
    moment = xp.exp(xp.gammaln((d + p) / 2) - xp.gammaln(xp.number(1) * d / 2))
    return moment, ((p + d) / 2) ** (p / 2)


def gaussian_moment_other_power_of_pi(xp, d, p):
    """The same integral with π^{p/2} in the place of π^{d/2}: a factor π^{(d−p)/2} more."""
    moment = xp.exp(xp.gammaln((d + p) / 2) - xp.gammaln(xp.number(1) * d / 2))
    return xp.exp((d - p) / 2 * xp.log(xp.number(1) * xp.pi)) * moment, ((p + d) / 2) ** (p / 2)


def prove_moment_bound(s):
    """With m = (d+p)/2 and Y ~ Gamma(m): Γ(d/2)/Γ(m) · m^{p/2} = E (Y/m)^{−p/2} ≥ 1 by Jensen, written out.

    r^{-q} ≥ 1 − q(r − 1) for r = e^v > 0 and q = p/2 ≥ 0 is twice exp(w) ≥ 1 + w, at w = −qv and at w = v.
    """
    q, m = s.p / 2, (s.d + s.p) / 2
    v = scaled_gamma("v", m)
    at_minus_qv = hypothesis(elementary_fact("exp(w) >= 1 + w", -q * v.scalar))
    at_v = hypothesis(elementary_fact("exp(w) >= 1 + w", v.scalar))
    return derivation(
        chain(
            s.left,
            le(
                s.left * expectation(sympy.exp(-q * v.scalar), v),
                consequence(
                    "Jensen: $\\mathbb E (Y/m)^{-p/2} \\ge 1$ since $\\mathbb E\\, Y/m = 1$",
                    s.left * expected(at_minus_qv, v),
                    (s.left * q) * expected(at_v, v),
                ),
            ),
            eq(s.right, by_expansion("$\\mathbb E (Y/m)^{-p/2} = m^{p/2}\\,\\Gamma(d/2)/\\Gamma(m)$")),
        )
    )


def _moment_claim(reading, statement, sides, **more):
    return Claim(
        id=f"starnes2023/bound-a-moment{reading}",
        printed="Appendix A (Lemma 1 of [21])",
        kind="inequality",
        statement=statement,
        space=Space(d=dimension(1, 2, 3, 4, 5, 10, 100, 1000), p=real(2)),
        sides=sides,
        uses=["starnes2023/definition-smoothing"],
        **more,
    )


moment_a = _moment_claim(
    "@a",
    r"$p \ge 2$: $\pi^{-d/2}\int\|u\|^p e^{-\|u\|^2}\,du \le (\frac{p+d}{2})^{p/2}$.",
    gaussian_moment,
    derivation=prove_moment_bound,
    expected="proved",
)
moment_b = _moment_claim(
    "@b",
    r"$p \ge 2$: $\pi^{-p/2}\int\|u\|^p e^{-\|u\|^2}\,du \le (\frac{p+d}{2})^{p/2}$.",
    gaussian_moment_other_power_of_pi,
    expected="refuted",
    note="The integral over $\\mathbb R^d$ is normalised by $\\pi^{d/2}$; with $\\pi^{p/2}$ the bound fails from $d = 3$, $p = 2$ on.",
)
moment = Claim(
    id="starnes2023/bound-a-moment",
    printed="Appendix A (Lemma 1 of [21])",
    kind="inequality",
    statement=r"Moments of the Gaussian: $\int\|u\|^p e^{-\|u\|^2}du$, normalised, is at most $(\frac{p+d}{2})^{p/2}$ for $p \ge 2$.",
    readings=[moment_a, moment_b],
    expected="inconclusive",
)
