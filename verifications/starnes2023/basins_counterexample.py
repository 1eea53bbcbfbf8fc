r"""Appendix B: Proposition B.1 is false for two samples.

Definition B.1 orders its quantifiers: B(σ) is the union over schedules (σ_t) of the intersection over realisations (k_t), so
one schedule has to serve every realisation. The printed proof fixes the realisation first and then chooses the schedule.

The counterexample, for every learning rate η > 0: d = 1, K = 2, ηf_1(x) = 17x²/16 − x⁴/4, ηf_2(x) = 5x⁴/16 − 13x²/64. With
T_σ(x) = x(x² + 3σ²/2 − 9/8) the two steps are

    x − ηf_{1,σ}'(x) = T_σ(x),    x − ηf_{2,σ}'(x) = −(5/4) T_σ(x),

and ηf = x⁴/32 + 55x²/128 is strongly convex with all its smoothings, each with the unique minimiser 0. Near σ = 0 both steps
drive away from 0, so a run converges to 0 only if it hits 0 exactly. From every start with x² ≤ 9/8 the schedule
σ² = (2/3)(9/8 − x²), 0, 0, … does that in one step, for k = 1 and for k = 2: a neighbourhood of 0 lies in B(0). But B(1/2)
reaches out to 6/5, where no σ hits 0 at once; after one step the realisations stand at p and at −5p/4, and no σ takes both
to 0. So 6/5 lies in B(1/2) and not in B(0). Nor would it if almost all realisations were enough: whatever the schedule,
with positive probability a run from 6/5 does not converge to 0.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, real
from theorycheck.algebra.facts import Fact
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    ge,
    gt,
    hypothesis,
    le,
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    square,
)

RATIO = Fraction(5, 4)  # the step of the second sample is −RATIO times that of the first
WIDTH = Fraction(9, 8)
START = Fraction(6, 5)
ratio, width, start = (sympy.Rational(number) for number in (RATIO, WIDTH, START))


def step(x, squared_sigma):
    """T_σ(x) = x − ηf_{1,σ}'(x)."""
    return x * (x**2 + sympy.Rational(3, 2) * squared_sigma - width)


def hitting_scale(x):
    """The only σ² that takes x ≠ 0 to 0 in one step."""
    return sympy.Rational(2, 3) * (width - x**2)


def scaled_samples(x):
    """ηf_1 and ηf_2."""
    return (
        sympy.Rational(17, 16) * x**2 - x**4 / 4,
        sympy.Rational(5, 16) * x**4 - sympy.Rational(13, 64) * x**2,
    )


def smoothed(polynomial, x, sigma):
    """x² ↦ x² + σ²/2 and x⁴ ↦ x⁴ + 3σ²x² + 3σ⁴/4 in an even polynomial of degree 4."""
    fourth = x**4 + 3 * sigma**2 * x**2 + sympy.Rational(3, 4) * sigma**4
    return polynomial.coeff(x, 2) * (x**2 + sigma**2 / 2) + polynomial.coeff(x, 4) * fourth


def steps_of_the_samples(x, sigma):
    """f_{k,σ} by the smoothing rules, and the steps as multiples of T_σ."""
    chains = []
    for polynomial, multiple in zip(scaled_samples(x), (sympy.Integer(1), -ratio), strict=True):
        by_rules = smoothing_rule("smoothing term by term", polynomial, x, sigma)
        next_position = x - sympy.diff(smoothed(polynomial, x, sigma), x)
        chains += [
            chain(smoothed_mean(polynomial, x, sigma), eq(smoothed(polynomial, x, sigma), by_rules)),
            chain(next_position, eq(multiple * step(x, sigma**2), by_expansion("the step of the sample"))),
        ]
    return chains


def unique_minimiser(x, sigma):
    """ηf_σ(x) − ηf_σ(0) ≥ 55x²/128."""
    mean = sum(smoothed(polynomial, x, sigma) for polynomial in scaled_samples(x)) / 2
    return chain(
        mean - mean.subs(x, 0),
        ge(
            sympy.Rational(55, 128) * x**2,
            consequence(
                "$f = \\frac12(f_1+f_2)$",
                nonnegative_part(x**4 / 32),
                nonnegative_part(sympy.Rational(3, 32) * sigma**2 * x**2),
            ),
        ),
    )


def neighbourhood(x):
    """For x² ≤ 9/8 the scale σ² = (2/3)(9/8 − x²) is admissible and takes x to 0 in one step of either sample."""
    squared_sigma = hitting_scale(x)
    inside = Fact(width - x**2, "$x^2 \\le \\frac98$", "premise")
    admissible = consequence("$x^2 \\le \\frac98$", sympy.Rational(2, 3) * hypothesis(inside))
    return [
        chain(sympy.Integer(0), le(squared_sigma, admissible)),
        chain(step(x, squared_sigma), eq(sympy.Integer(0), by_expansion("0, where both steps rest"))),
    ]


def outer_basin(x, names=("", "")):
    """|x| ≤ 6/5: with σ = 1/2 each step of either sample is at most (15/16)|x|, so every realisation converges to 0."""
    inside = Fact(start**2 - x**2, "$|x| \\le \\frac65$", "premise")
    at_half = step(x, sympy.Rational(1, 4))
    return chain(
        at_half**2,
        le(
            (ratio * at_half) ** 2,
            consequence("the second sample goes further", nonnegative_part((ratio**2 - 1) * at_half**2)),
            names[0],
        ),
        le(
            (sympy.Rational(15, 16) * x) ** 2,
            consequence(
                "$(\\frac34)^2-(x^2-\\frac34)^2 = x^2(\\frac32-x^2)$",
                (ratio**2 * x**4) * hypothesis(inside),
                nonnegative_part(ratio**2 * (sympy.Rational(3, 2) - start**2) * x**4),
            ),
            names[1],
        ),
    )


def start_is_not_hit(sigma):
    """No σ takes 6/5 to 0."""
    return chain(
        step(start, sigma**2),
        gt(
            sympy.Integer(0),
            consequence(
                "$\\frac{36}{25} > \\frac98$",
                nonnegative_part(start * (start**2 - width)),
                nonnegative_part(sympy.Rational(3, 2) * start * sigma**2),
            ),
        ),
    )


def not_both(p, squared_sigma):
    """No σ takes both p and −5p/4 to 0."""
    return chain(
        ratio * step(p, squared_sigma) + step(-ratio * p, squared_sigma),
        eq(-ratio * (ratio**2 - 1) * p**3, by_expansion("not 0 for $p \\ne 0$")),
    )


def zero_repels(x, sigma):
    """x² ≤ 1/32 and σ² ≤ 1/48: |T_σ(x)| ≥ (17/16)|x|, and the second sample drives away even faster."""
    near = Fact(sympy.Rational(1, 32) - x**2, "$x^2 \\le \\frac1{32}$", "premise")
    late = Fact(sympy.Rational(1, 48) - sigma**2, "$\\sigma_t^2 \\le \\frac1{48}$", "premise")
    excess = near.slack + sympy.Rational(3, 2) * late.slack
    weight = sympy.Rational(17, 8) * x**2
    return chain(
        (sympy.Rational(17, 16) * x) ** 2,
        le(
            step(x, sigma**2) ** 2,
            consequence(
                "$\\frac98-x^2-\\frac32\\sigma^2 \\ge \\frac{17}{16}$",
                square(x * excess),
                weight * hypothesis(near),
                (sympy.Rational(3, 2) * weight) * hypothesis(late),
            ),
        ),
    )


def almost_surely_no_limit(v, sigma):
    """Whatever the schedule, once σ_t² ≤ 1/48: from x_t ≠ 0 that is not taken to 0 next, a few draws of k rule out x_t → 0.

    With v = |x_t| and p = |T_σ(x_t)| > 0: from v ≤ 1 on, no step hits 0 or leaves (0, 1], and 0 repels. If p ≤ 1, k = 1 leads
    there; if 1 < p ≤ 13/10, k = 1 and one more step do, or, where p is taken to 0 next, k = 2 and one more step do; if
    p > 13/10, k = 2 leads beyond 13/8, where every step of every sample makes |x_t| grow by 3/2.
    """
    late = Fact(sympy.Rational(1, 48) - sigma**2, "$\\sigma_t^2 \\le \\frac1{48}$", "premise")
    one = Fact(1 - v, "$v \\le 1$", "premise")
    outside, below = (
        Fact(v - 1, "$v > 1$", "premise"),
        Fact(sympy.Rational(13, 10) - v, "$v \\le \\frac{13}{10}$", "premise"),
    )
    far = Fact(v - sympy.Rational(13, 8), "$v \\ge \\frac{13}8$", "premise")
    three_halves, moved = sympy.Rational(3, 2), step(v, sigma**2)
    r = sympy.Symbol("r", nonnegative=True)  # σ_{t+2}², where σ_{t+1} takes v to 0
    next_late = Fact(sympy.Rational(1, 48) - r, "$\\sigma_{t+2}^2 \\le \\frac1{48}$", "premise")
    hit_late = Fact(
        v**2 - sympy.Rational(35, 32),
        "$v^2 = \\frac98-\\frac32\\sigma_{t+1}^2 \\ge \\frac{35}{32}$",
        "premise",
    )
    hit = Fact(width - v**2, "$v^2 \\le \\frac98$", "premise")
    hit_below = Fact(sympy.Rational(11, 10) - v, "$v \\le \\frac{11}{10}$", "premise")  # since 121/100 > 9/8
    beyond = step(ratio * v, r)
    low_slope = sympy.Rational(169, 100) - width + sympy.Rational(1, 32)
    high_slope = ratio * (ratio**2 * width - width + sympy.Rational(1, 32))
    return [
        chain(
            -moved,
            ge(
                sympy.Rational(3, 32) * v,
                consequence(
                    "0 is not hit from $(0, 1]$",
                    (three_halves * v) * hypothesis(late),
                    (v * (1 + v)) * hypothesis(one),
                ),
            ),
        ),
        chain(
            -ratio * moved,
            le(
                ratio * v * (width - v**2),
                consequence("drop $\\sigma$", nonnegative_part(ratio * three_halves * v * sigma**2)),
            ),
            le(sympy.Integer(1), elementary("nor is $(0, 1]$ left")),
        ),
        chain(
            moved,
            le(
                low_slope * v,
                consequence(
                    "$1 < v \\le \\frac{13}{10}$",
                    (three_halves * v) * hypothesis(late),
                    (v * (v + sympy.Rational(13, 10))) * hypothesis(below),
                ),
            ),
            le(sympy.Integer(1), at_most_one(low_slope, below, "13/10")),
        ),
        chain(
            -moved,
            le(
                sympy.Integer(1),
                consequence(
                    "$v^2 > 1$",
                    (v * (1 + v)) * hypothesis(outside),
                    nonnegative_part(three_halves * v * sigma**2),
                    sympy.Rational(1, 8) * hypothesis(below),
                    nonnegative_part(sympy.Rational(67, 80)),
                ),
            ),
        ),
        chain(
            beyond,
            ge(
                v / 2,
                consequence(
                    "$\\frac{25}{16}v^2 > \\frac98$: not hit",
                    (ratio**3 * v) * hypothesis(hit_late),
                    nonnegative_part(ratio * three_halves * v * r),
                    nonnegative_part(
                        v * (ratio**3 * sympy.Rational(35, 32) - ratio * width - sympy.Rational(1, 2))
                    ),
                ),
            ),
        ),
        chain(
            beyond,
            le(
                high_slope * v,
                consequence(
                    "$v^2 \\le \\frac98$",
                    (ratio**3 * v) * hypothesis(hit),
                    (ratio * three_halves * v) * hypothesis(next_late),
                ),
            ),
            le(sympy.Integer(1), at_most_one(high_slope, hit_below, "11/10")),
        ),
        chain(
            moved,
            ge(
                three_halves * v,
                consequence(
                    "$v \\ge \\frac{13}8$",
                    (v * (v + sympy.Rational(13, 8))) * hypothesis(far),
                    nonnegative_part(three_halves * v * sigma**2),
                    nonnegative_part(v * (sympy.Rational(169, 64) - width - three_halves)),
                ),
            ),
        ),
    ]


def at_most_one(slope, bound, limit):
    """slope · v ≤ 1 for v ≤ limit."""
    return consequence(
        f"$v \\le {limit}$", slope * hypothesis(bound), nonnegative_part(1 - slope * sympy.Rational(limit))
    )


def refute_one_step(_):
    x, p = sympy.symbols("x p", real=True)
    sigma = sympy.Symbol("sigma", nonnegative=True)
    return derivation(
        *steps_of_the_samples(x, sigma),
        unique_minimiser(x, sigma),
        *neighbourhood(x),
        outer_basin(x),
        start_is_not_hit(sigma),
        not_both(p, sigma**2),
        zero_repels(x, sigma),
        *almost_surely_no_limit(sympy.Symbol("v", nonnegative=True), sigma),
    )


def both_realisations(xp, x, sigma, squared_tau):
    """|x_2| for k = (1, 1) plus |x_2| for k = (2, 1), the scales being σ and then τ."""

    def one_step(position, squared):
        return position * (position**2 + xp.number(Fraction(3, 2)) * squared - xp.number(WIDTH))

    first = one_step(x, sigma**2)
    second = -xp.number(RATIO) * first
    return abs(one_step(first, squared_tau)) + abs(one_step(second, squared_tau)), 0 * x


AFTER_ONE_STEP = START * (START**2 + Fraction(3, 8) - WIDTH)
COUNTEREXAMPLE = (
    "ηf_1 = 17x²/16 − x⁴/4, ηf_2 = 5x⁴/16 − 13x²/64 for any η > 0: every f_σ has the unique minimiser 0, the starts with "
    "x² ≤ 9/8 lie in B(0), and 6/5 lies in B(1/2) by the constant schedule 1/2. It is not in B(0): 0 repels both samples once "
    "σ_t² ≤ 1/48, so a run that converges to 0 must hit it; 6/5 is not taken to 0 by any σ, and from x_t ≠ 0 on, whatever the "
    "schedule, one of p and −5p/4 (k_t = 1, k_t = 2) is not taken to 0 by the next σ, so some realisation never hits 0 (and "
    "with positive probability a run does not converge to 0); the schedule of the printed proof serves the realisation k_1 = 1 and not k_1 = 2"
)


def refutation(derive, where=""):
    return Refutation(
        derivation=derive,
        explanation=COUNTEREXAMPLE + where,
        sides=both_realisations,
        relation="<=",
        instance={
            "x": START,
            "sigma": Fraction(1, 2),
            "squared_tau": Fraction(2, 3) * (WIDTH - AFTER_ONE_STEP**2),
        },
    )


def printed_one_step(s):
    """The printed proof at x = 6/5, α_t = 1/2, N = 1: p is x_1 for k_1 = 1, and the printed β takes it to the minimiser."""
    x, p = sympy.Symbol("x", real=True), s.p
    squared_beta = hitting_scale(p)
    return derivation(
        outer_basin(x, ("L1 second sample", "L1")),
        chain(p**2, le(width, elementary("$x_1 = p$ lies in the ball inside $B(\\tau)$"), "L2")),
        chain(step(p, squared_beta), eq(sympy.Integer(0), by_expansion("$y_1 = 0 = x^*_\\tau$"), "L3")),
        chain(
            sympy.Integer(0),
            le(squared_beta, elementary("$(\\gamma_t) \\subset [\\tau,\\infty)$, $\\tau = 0$"), "L4"),
        ),
        chain(
            step(-ratio * p, squared_beta),
            eq(
                sympy.Integer(0),
                by_expansion(
                    "the schedule serves the realisation with $k_1 = 2$ too, where $x_1 = -\\frac54p$"
                ),
                "L5",
            ),
        ),
    )


one_step = Claim(
    id="starnes2023/proposition-b.1",
    printed="Proposition B.1",
    kind="implication",
    statement=r"$f_\sigma$ has a unique minimiser for $0 \le \sigma \le \Sigma$; $0 \le \tau < \sigma \le \Sigma$, and an open set "
    r"around $x^*_\sigma$ is contained in $B(\tau)$. Then $B(\sigma) \subset B(\tau)$.",
    space=Space(p=real(-1, 1)),
    refutation=refutation(refute_one_step),
    printed_proof=printed_one_step,
    uses=["starnes2023/definition-b.1"],
    expected="contested",
    expected_proof_gaps=["L5"],
    note="L5 exchanges the quantifiers: $\\gamma$ was chosen for one realisation, and $B(\\tau)$ asks for one schedule that serves "
    "all of them. L4 is read with the indices that concatenate the runs: the step to $x_t$ uses $\\gamma_{t+1}$, so "
    "$\\gamma_t = \\alpha_t$ for $t \\le N+1$ and $\\gamma_t = \\beta_{t-N}$ after that. The proposition stays false if the "
    "intersection is taken over almost all realisations only.",
)
