"""Figure 1: f(x) = ax⁴ − bx³ − cx² + 6x + sin(10x), "f_σ is convex for every σ > σ*", in its eight readings.

f_σ''(x) = 12ax² + 6aσ² − 6bx − 2c − 100 e^{−25σ²} sin(10x). Its polynomial part is smallest at x = b/(4a), where it is
6aσ² − 3b²/(4a) − 2c, so σ*² must be about (3b²/(4a) + 2c)/(6a).
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Space, real, requires
from theorycheck.algebra import elementary as fact
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    ge,
    hypothesis,
    lt,
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    square,
)

COEFFICIENTS = {
    "a": (Fraction(1, 4), Fraction(2), Fraction(5)),
    "b": (Fraction(1, 2), Fraction(2), Fraction(5)),
    "c": (Fraction(1), Fraction(2), Fraction(5)),
    "d": (Fraction(1, 4), Fraction(2, 3), Fraction(5, 2)),
}
PRINTED_SQUARES = {"abcd": Fraction(2, 3), "efgh": Fraction(7, 3)}


def second_derivative(coefficients):
    """0 ≤ f_σ''(x): convexity."""
    a_exact, b_exact, c_exact = coefficients

    def sides(xp, x, sigma):
        a, b, c = xp.number(a_exact), xp.number(b_exact), xp.number(c_exact)
        polynomial = 12 * a * x**2 + 6 * a * sigma**2 - 6 * b * x - 2 * c
        return 0 * x, polynomial - 100 * xp.exp(-25 * sigma**2) * xp.sin(10 * x)

    return sides


def above(square_of_sigma, latex):
    """σ² > the given number; σ ≥ 0."""

    def condition(xp, sigma):
        return sigma**2 > xp.number(square_of_sigma)

    return requires(condition, latex)


def prove_convexity(coefficients, threshold):
    """f_σ'' ≥ 6aσ² − 3b²/(4a) − 2c − 100e^{−25σ²} ≥ 0 once σ² exceeds the threshold."""

    def prove(s):
        a, b, c = (sympy.Rational(value) for value in coefficients)
        x, sigma, low = s.x, s.sigma, sympy.Rational(threshold)
        f = a * x**4 - b * x**3 - c * x**2 + 6 * x + sympy.sin(10 * x)
        smoothed = f.subs(sympy.sin(10 * x), 0) + a * (3 * sigma**2 * x**2 + sympy.Rational(3, 4) * sigma**4)
        smoothed += -b * sympy.Rational(3, 2) * sigma**2 * x - c * sigma**2 / 2
        smoothed += sympy.exp(-25 * sigma**2) * sympy.sin(10 * x)
        damped = sympy.exp(-25 * sigma**2)
        base = 6 * a * sigma**2 - 3 * b**2 / (4 * a) - 2 * c
        margin = base.subs(sigma, sympy.sqrt(low)) - 100 * sympy.exp(-25 * low)
        excess = sigma**2 - low
        return derivation(
            chain(
                smoothed_mean(f, x, sigma),
                eq(smoothed, smoothing_rule("smoothing term by term", f, x, sigma)),
            ),
            chain(sympy.diff(smoothed, x, 2), eq(s.right, by_expansion("differentiate twice"))),
            chain(
                s.right,
                ge(
                    base - 100 * damped,
                    consequence(
                        "$\\sin \\le 1$, and complete the square in $x$",
                        100 * damped * hypothesis(fact("sin(w) <= 1", 10 * x)),
                        12 * a * square(x - b / (4 * a)),
                    ),
                ),
                ge(
                    margin,
                    consequence(
                        "$e^{-25\\sigma^2}$ decreases: $e^w \\ge 1+w$ at $w = 25(\\sigma^2 - \\sigma_*^2)$",
                        100 * damped * hypothesis(fact("exp(w) >= 1 + w", 25 * excess)),
                        nonnegative_part(100 * damped * 25 * excess),
                        nonnegative_part(6 * a * excess),
                    ),
                ),
                ge(s.left, elementary("a positive number")),
            ),
            chain(
                s.right.subs({x: 0, sigma: 0}),
                lt(sympy.Integer(0), elementary("$f''(0) = -2c < 0$: $f$ itself is not convex")),
            ),
        )

    return prove


def _reading(letter):
    base = "abcd"["abcdefgh".index(letter) % 4]
    squared = PRINTED_SQUARES["abcd" if letter in "abcd" else "efgh"]
    coefficients = COEFFICIENTS[base]
    a, b, c = coefficients
    needed = (3 * b**2 / (4 * a) + 2 * c) / (6 * a)
    holds = squared > needed
    shown = ", ".join(f"{name} = {value}" for name, value in zip("abc", coefficients, strict=True))
    return Claim(
        id=f"starnes2023/figure-1@{letter}",
        printed="Figure 1",
        kind="implication",
        statement=rf"$f(x) = ax^4-bx^3-cx^2+6x+\sin(10x)$ with ${shown}$ is not convex and $f_\sigma$ is convex for every "
        rf"$\sigma > \sqrt{{{squared}}}$.",
        space=Space(x=real(), sigma=real(0)),
        hypotheses=[above(squared, rf"\sigma > \sqrt{{{squared}}}")],
        sides=second_derivative(coefficients),
        derivation=prove_convexity(coefficients, squared) if holds else None,
        uses=["starnes2023/definition-smoothing", "starnes2023/definition-a.1a"],
        expected="proved" if letter == "g" else "refuted",
        note="" if holds else f"Convexity needs $\\sigma^2$ of about {needed}.",
    )


readings = tuple(_reading(letter) for letter in "abcdefgh")

figure_1 = Claim(
    id="starnes2023/figure-1",
    printed="Figure 1",
    kind="implication",
    statement=r"$f(x) = ax^4-bx^3-cx^2+6x+\sin(10x)$ is not convex and $f_\sigma$ is convex for every $\sigma > \sigma^*$.",
    readings=readings,
    expected="inconclusive",
    note="Of the eight readings of the constants only $a=1$, $b=2$, $c=5$, $\\sigma^* = \\sqrt{7/3}$ holds.",
)


def _correction(letter):
    """σ*² raised to what convexity needs, plus 1/1000 for the damped sine."""
    coefficients = COEFFICIENTS["abcd"["abcdefgh".index(letter) % 4]]
    a, b, c = coefficients
    enough = (3 * b**2 / (4 * a) + 2 * c) / (6 * a) + Fraction(1, 1000)
    shown = ", ".join(f"{name} = {value}" for name, value in zip("abc", coefficients, strict=True))
    return Claim(
        id=f"starnes2023/figure-1@{letter}-corrected",
        printed="Figure 1, corrected",
        kind="implication",
        statement=rf"With ${shown}$, $f_\sigma$ is convex for every $\sigma > \sqrt{{{enough}}}$.",
        space=Space(x=real(), sigma=real(0)),
        hypotheses=[above(enough, rf"\sigma > \sqrt{{{enough}}}")],
        sides=second_derivative(coefficients),
        derivation=prove_convexity(coefficients, enough),
        corrects=f"starnes2023/figure-1@{letter}",
        uses=["starnes2023/definition-smoothing", "starnes2023/definition-a.1a"],
        expected="proved",
        note="The threshold is sharp up to 1/1000 and the damped sine: at $x = b/(4a)$ the polynomial part of $f_\\sigma''$ "
        "vanishes for $\\sigma^2$ smaller by 1/1000.",
    )


corrections = tuple(_correction(letter) for letter in "abcdefh")
