r"""A narrow deep well beside a wide shallow one: f(x) = x²/2 − exp(−256(x−1)²), the counterexample to Proposition 3.1 as worded (@b).

f_σ(x) = x²/2 + σ²/4 − exp(−(x−1)²/ρ²)/(16ρ) with ρ² = σ² + 1/256. f_1 is strictly convex, the minimiser of f lies in
the narrow well, and f_σ'(1/2) > 0 for every σ: smoothing lifts the narrow well before it is wide enough to be felt at 1/2.
With η ≤ 1/513 steps keep the order of points, so 1/2 is a barrier that no run passes upwards, whatever the schedule.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation
from theorycheck.algebra import elementary as fact
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
from verifications.starnes2023.basins_global import (
    MINIMISER,
    SAMPLES_CONVEX,
    STATEMENT,
    global_basin_a,
    printed_proof,
    printed_space,
)

HALF = sympy.Rational(1, 2)


def well(x):
    return x**2 / 2 - sympy.exp(-256 * (x - 1) ** 2)


def smoothed_well(x, sigma, rho):
    """f_σ(x), ρ = √(σ² + 1/256)."""
    return x**2 / 2 + sigma**2 / 4 - sympy.exp(-((x - 1) ** 2) / rho**2) / (16 * rho)


def smoothing(x, sigma):
    closed = smoothed_well(x, sigma, sympy.sqrt(sigma**2 + sympy.Rational(1, 256)))
    return chain(
        smoothed_mean(well(x), x, sigma),
        eq(closed, smoothing_rule("smoothing term by term", well(x), x, sigma)),
    )


def second_derivative(z, rho):
    """f_σ'' with z = (x−1)²/ρ²."""
    return 1 + (1 - 2 * z) * sympy.exp(-z) / (8 * rho**3)


def curvature(x, sigma, rho, z):
    """f_σ'' ≥ 1 − 1/(4ρ³), which is positive for σ = 1 (ρ > 1); and f_σ'' ≤ 513."""
    above = fact("exp(w) >= 1 + w", z)
    damped, excess = sympy.exp(-z), sympy.Symbol("e", nonnegative=True)  # ρ = 1/16 + e
    wide = sympy.Rational(1, 16) + excess
    return [
        chain(
            sympy.diff(smoothed_well(x, sigma, rho), x, 2),
            eq(second_derivative((x - 1) ** 2 / rho**2, rho), by_expansion("differentiate twice")),
        ),
        chain(
            second_derivative(z, rho),
            ge(
                1 - 1 / (4 * rho**3),
                consequence(
                    "$ze^{-z} \\le 1-e^{-z}$",
                    (damped / (4 * rho**3)) * hypothesis(above),
                    nonnegative_part(3 * damped / (8 * rho**3)),
                ),
            ),
        ),
        chain(
            second_derivative(z, wide),
            le(
                1 + 1 / (8 * wide**3),
                consequence(
                    "$(1-2z)e^{-z} \\le 1$",
                    (damped / (8 * wide**3)) * hypothesis(above),
                    nonnegative_part(3 * z * damped / (8 * wide**3)),
                ),
            ),
            le(sympy.Integer(513), elementary("$\\rho \\ge \\frac1{16}$")),
        ),
    ]


def barrier(x, sigma, rho):
    """f_σ'(1/2) ≥ 0 for every ρ > 0, and > 0: q = e^{−1/(8ρ²)} ≤ b = 8ρ²/(8ρ²+1)."""
    q, b = sympy.exp(-1 / (8 * rho**2)), 8 * rho**2 / (8 * rho**2 + 1)
    return chain(
        sympy.diff(smoothed_well(x, sigma, rho), x).subs(x, HALF),
        eq(HALF - q**2 / (16 * rho**3), by_expansion("differentiate")),
        ge(
            HALF - b**2 / (16 * rho**3),
            consequence(
                "$e^{1/(8\\rho^2)} \\ge 1+\\frac1{8\\rho^2}$",
                ((b + q) * b * q / (16 * rho**3)) * hypothesis(fact("exp(w) >= 1 + w", 1 / (8 * rho**2))),
            ),
        ),
        gt(sympy.Integer(0), elementary("$8\\rho < (8\\rho^2+1)^2$")),
    )


def one_minimiser(u, z):
    """f(1+u) > f(1) where z = 256u² ≥ 1/2 (for u ≤ −1/4 and for u ≥ −1/4), and f'' > 0 where z ≤ 1/2; so f has one minimiser, near 1."""
    value = (1 + u) ** 2 / 2 - sympy.exp(-256 * u**2) + HALF  # f(1+u) − f(1)
    v = 256 * u**2
    above = fact("exp(w) >= 1 + w", v)
    lowered = (1 + u) ** 2 / 2 + HALF - 1 / (1 + v)
    by_tangent = consequence("$e^{-z} \\le \\frac1{1+z}$", (sympy.exp(-v) / (1 + v)) * hypothesis(above))
    far = Fact(v - 16, "$z \\ge 16$", "premise")
    middle = Fact(v - HALF, "$z \\ge \\frac12$", "premise")
    right = Fact(u + sympy.Rational(1, 4), "$u \\ge -\\frac14$", "premise")
    inside = Fact(HALF - z, "$z \\le \\frac12$", "premise")
    return [
        chain(
            well(1 + u) - well(sympy.Integer(1)),
            eq(value, by_expansion("$f(1) = -\\frac12$")),
            ge(lowered, by_tangent),
        ),
        chain(
            lowered,
            ge(
                (1 + u) ** 2 / 2 + sympy.Rational(15, 34),
                consequence("$u \\le -\\frac14$, so $z \\ge 16$", (1 / (17 * (1 + v))) * hypothesis(far)),
            ),
        ),
        chain(
            lowered,
            ge(
                sympy.Rational(11, 64) / (1 + v),
                consequence(
                    "$u \\ge -\\frac14$, $z \\ge \\frac12$",
                    HALF * square(u + sympy.Rational(1, 4)),
                    sympy.Rational(3, 4) * hypothesis(right),
                    (sympy.Rational(25, 32) / (1 + v)) * hypothesis(middle),
                ),
            ),
        ),
        chain(
            second_derivative(z, sympy.Rational(1, 16)),
            ge(
                sympy.Integer(1),
                consequence("$z \\le \\frac12$", (1024 * sympy.exp(-z)) * hypothesis(inside)),
            ),
        ),
    ]


def refute_the_worded_form(_):
    x, u = sympy.symbols("x u", real=True)
    sigma, z = sympy.symbols("sigma z", nonnegative=True)
    rho = sympy.Symbol("rho", positive=True)
    return derivation(
        smoothing(x, sigma), *curvature(x, sigma, rho, z), barrier(x, sigma, rho), *one_minimiser(u, z)
    )


def demonstration(xp, sigma):
    """f_σ'(1/2) and 0: a run that starts below 1/2 could pass it only where the derivative is negative."""
    rho = xp.sqrt(sigma**2 + xp.number(Fraction(1, 256)))
    half = xp.number(Fraction(1, 2))
    return half - xp.exp(-1 / (4 * rho**2)) / (16 * rho**3), 0 * sigma


def printed_proof_as_worded(s):
    """As above, and L3 on the well: the hypothesis of Corollary B.1 is not given, and 1/2 is no barrier only if f_σ'(1/2) ≤ 0."""
    rho = sympy.sqrt(s.sigma**2 + sympy.Rational(1, 256))
    slope = sympy.Rational(1, 2) - sympy.exp(-1 / (4 * rho**2)) / (16 * rho**3)
    passes = consequence("$B(\\Sigma) \\subset B(0)$: starts below $\\frac12$ reach the minimiser of $f$")
    return derivation(*printed_proof(s).chains, chain(slope, le(sympy.Integer(0), passes, "L3")))


global_basin_b = Claim(
    id="starnes2023/proposition-3.1@b",
    printed="Proposition 3.1",
    kind="implication",
    statement=STATEMENT
    + r"that is in an open neighbourhood of $B(\sigma_{n+1})$, i.e. in some open $U \supset B(\sigma_{n+1})$. Then "
    r"$B(0) = \mathbb R^d$.",
    space=printed_space,
    hypotheses=[SAMPLES_CONVEX, MINIMISER],
    refutation=Refutation(
        derivation=refute_the_worded_form,
        explanation="f = f_k = x²/2 − exp(−256(x−1)²) with Σ = 1, N = 2 and any 0 < η ≤ 1/513: f_1 is strictly convex, and its minimiser lies "
        "in U = ℝ; f has one minimiser, which lies above 1/2; and since steps keep the order of points and f_σ'(1/2) > 0 for "
        "every σ ≥ 0, no run from a start below 1/2 ever passes 1/2, so B(0) is not ℝ",
        sides=demonstration,
        relation="<=",
        instance={"sigma": Fraction(1, 4)},
    ),
    printed_proof=printed_proof_as_worded,
    uses=["starnes2023/definition-b.1", "starnes2023/corollary-b.1"],
    expected="contested",
    expected_proof_gaps=["L2", "L3"],
    note="As worded the hypothesis always holds, with $U = \\mathbb R^d$. The counterexample of reading @a refutes this reading too; "
    "this one shows that no bound on $\\eta$ saves it.",
)

global_basin = Claim(
    id="starnes2023/proposition-3.1",
    printed="Proposition 3.1",
    kind="implication",
    statement=STATEMENT
    + r"that is in an open neighbourhood of $B(\sigma_{n+1})$. Then $B(0) = \mathbb R^d$.",
    readings=[global_basin_a, global_basin_b],
    expected="contested",
)
