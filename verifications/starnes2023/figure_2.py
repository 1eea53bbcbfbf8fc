"""Figure 2: f(x) = c(x⁴ − 2x²) + sin(8x), one observation, in three readings of c.

f_σ''(x) = c(12x² + 6σ² − 4) − 64 e^{−16σ²} sin(8x).

The convexity of f_σ for σ > 0.85 holds. The assertions that GSmoothSGD converges from every start do not: the learning rate
is one fixed number η > 0 (Algorithm 1), and the gradient of a quartic outgrows every 1/η.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, real, requires
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
    hypothesis,
    le,
    nonnegative_part,
    smoothed_mean,
    smoothing_rule,
    square,
)

READINGS = {"@a": Fraction(1, 2), "@b": Fraction(1, 3), "@c": Fraction(3)}
THRESHOLD = Fraction(85, 100)

# ---- convexity for σ > 0.85 ------------------------------------------------------------------------------------------


def second_derivative(factor):
    def sides(xp, x, sigma):
        c = xp.number(factor)
        return 0 * x, c * (12 * x**2 + 6 * sigma**2 - 4) - 64 * xp.exp(-16 * sigma**2) * xp.sin(8 * x)

    return sides


def _smoothed(c, x, sigma):
    """f and f_σ as expressions."""
    f = c * (x**4 - 2 * x**2) + sympy.sin(8 * x)
    polynomial = c * (x**4 + 3 * sigma**2 * x**2 + sympy.Rational(3, 4) * sigma**4 - 2 * x**2 - sigma**2)
    return f, polynomial + sympy.exp(-16 * sigma**2) * sympy.sin(8 * x)


def prove_convexity(factor):
    def prove(s):
        c, x, sigma, low = sympy.Rational(factor), s.x, s.sigma, sympy.Rational(THRESHOLD)
        f, smoothed = _smoothed(c, x, sigma)
        damped, excess = sympy.exp(-16 * sigma**2), sigma**2 - low**2
        base = c * (6 * sigma**2 - 4)
        return derivation(
            chain(
                smoothed_mean(f, x, sigma),
                eq(smoothed, smoothing_rule("smoothing term by term", f, x, sigma)),
            ),
            chain(sympy.diff(smoothed, x, 2), eq(s.right, by_expansion("differentiate twice"))),
            chain(
                s.right,
                ge(
                    base - 64 * damped,
                    consequence(
                        "$\\sin \\le 1$ and $12cx^2 \\ge 0$",
                        64 * damped * hypothesis(fact("sin(w) <= 1", 8 * x)),
                        nonnegative_part(12 * c * x**2),
                    ),
                ),
                ge(
                    c * (6 * low**2 - 4) - 64 * sympy.exp(-16 * low**2),
                    consequence(
                        "$e^{-16\\sigma^2}$ decreases: $e^w \\ge 1+w$ at $w = 16(\\sigma^2-0.85^2)$",
                        64 * damped * hypothesis(fact("exp(w) >= 1 + w", 16 * excess)),
                        nonnegative_part(64 * damped * 16 * (sigma - low) * (sigma + low)),
                        nonnegative_part(6 * c * (sigma - low) * (sigma + low)),
                    ),
                ),
                ge(s.left, elementary("a positive number")),
            ),
        )

    return prove


def _convexity(reading, factor):
    return Claim(
        id=f"starnes2023/figure-2-convex{reading}",
        printed="Figure 2, section 3",
        kind="implication",
        statement=rf"$f(x) = {factor}(x^4-2x^2)+\sin(8x)$: $f_\sigma$ is convex for $\sigma > 0.85$.",
        space=Space(x=real(), sigma=real(THRESHOLD, open_low=True)),
        sides=second_derivative(factor),
        derivation=prove_convexity(factor),
        uses=["starnes2023/definition-smoothing", "starnes2023/definition-a.1a"],
        expected="proved",
    )


convexity_readings = tuple(_convexity(reading, factor) for reading, factor in READINGS.items())
convexity = Claim(
    id="starnes2023/figure-2-convex",
    printed="Figure 2, section 3",
    kind="implication",
    statement=r"$f(x) = c(x^4-2x^2)+\sin(8x)$: $f_\sigma$ is convex for $\sigma > 0.85$ ($c$ open in print).",
    readings=convexity_readings,
    expected="proved",
)

# ---- convergence from every start ------------------------------------------------------------------------------------


def gradient(xp, c, x, sigma):
    """f_σ'(x)."""
    return 4 * c * x**3 + (6 * c * sigma**2 - 4 * c) * x + 8 * xp.exp(-16 * sigma**2) * xp.cos(8 * x)


def escape(factor):
    """For every η > 0 and every σ_t ≥ 0: |x| ≥ 1 and x² ≥ 3/(4cη) + 2/c + 1 imply |x − η f_σ'(x)| ≥ 2|x|."""

    def prove(_):
        c = sympy.Rational(factor)
        x, eta = sympy.symbols("x eta", positive=True)
        sigma, y = sympy.Symbol("sigma", nonnegative=True), sympy.Symbol("y", real=True)
        f, smoothed = _smoothed(c, y, sigma)
        damped = sympy.exp(-16 * sigma**2)
        far = Fact(
            x**2 - 3 / (4 * c * eta) - 2 / c - 1, "$x^2 \\ge \\frac{3}{4c\\eta}+\\frac2c+1$", "premise"
        )
        one = Fact(x - 1, "$|x| \\ge 1$", "premise")
        slope = sympy.diff(smoothed, y)

        def push(sign, cosine):
            """η · sign · f_σ'(sign · x) ≥ 3x for x > 0."""
            return chain(
                3 * x,
                le(
                    eta * sign * slope.subs(y, sign * x),
                    consequence(
                        "the cubic term outgrows the rest",
                        (4 * c * eta * x) * hypothesis(far),
                        8 * eta * hypothesis(one),
                        nonnegative_part(6 * c * eta * sigma**2 * x),
                        (8 * eta * damped) * hypothesis(fact(cosine, 8 * x)),
                        (8 * eta * damped) * hypothesis(fact("exp(w) >= 1 + w", 16 * sigma**2)),
                        nonnegative_part(8 * eta * damped * 16 * sigma**2),
                    ),
                ),
            )

        z = sympy.Symbol("z", positive=True)  # η|f_σ'(x)|, at least 3x by the chains above
        return derivation(
            chain(
                smoothed_mean(f, y, sigma),
                eq(smoothed, smoothing_rule("smoothing term by term", f, y, sigma)),
            ),
            push(1, "cos(w) >= -1"),
            push(-1, "cos(w) <= 1"),
            chain(
                2 * x,
                le(
                    z - x,
                    consequence(
                        "$|x_t| \\ge \\eta|f_\\sigma'(x)| - |x| \\ge 2|x|$",
                        hypothesis(Fact(z - 3 * x, "$\\eta|f_\\sigma'| \\ge 3|x|$", "premise")),
                    ),
                ),
            ),
        )

    return prove


def run_of_gradient_descent(factor):
    """|x_3| against |x_0|: a run that converges from every start could not grow like this."""

    def sides(xp, x, eta, sigma):
        c = xp.number(factor)
        position = x
        for _ in range(3):
            position = position - eta * gradient(xp, c, position, sigma)
        return abs(position), abs(x)

    return sides


def _divergence(factor, what):
    return Refutation(
        derivation=escape(factor),
        explanation=f"for every learning rate η > 0 and all σ_t ≥ 0, from |x_0| ≥ 1 with x_0² ≥ 3/(4cη) + 2/c + 1 each step at least "
        f"doubles |x_t|, so the run diverges and {what}",
        sides=run_of_gradient_descent(factor),
        relation="<=",
        instance={"x": Fraction(6), "eta": Fraction(1, 4), "sigma": Fraction(1)},
    )


def _first_stage(reading, factor):
    return Claim(
        id=f"starnes2023/figure-2-constant-sigma{reading}",
        printed="Figure 2, section 3",
        kind="convergence",
        statement=rf"$f(x) = {factor}(x^4-2x^2)+\sin(8x)$, $\sigma_1 = 1$ constant: GSmoothSGD started at any $x \in \mathbb R$ "
        r"converges to the global minimum of $f_{\sigma_1}$.",
        refutation=_divergence(factor, "does not converge to the minimum of f_1"),
        uses=["starnes2023/definition-smoothing"],
        expected="contested",
        note="Algorithm 1 runs with one fixed $\\eta > 0$. With a learning rate chosen after the start, small enough for it, the "
        "statement holds (see the correction).",
    )


def _basin(reading, factor):
    return Claim(
        id=f"starnes2023/figure-2-basin{reading}",
        printed="Figure 2 and caption",
        kind="convergence",
        statement=rf"$f(x) = {factor}(x^4-2x^2)+\sin(8x)$: the basin of attraction of $x^*$ for GSmoothSGD is all of $\mathbb R$; for SGD "
        r"it is a strictly smaller subset; from the pictured $x_0$ SGD does not find the global minimum and GSmoothSGD does.",
        refutation=_divergence(factor, "starts far out belong to no basin, whatever the schedule"),
        uses=["starnes2023/definition-smoothing"],
        expected="contested",
        note="Part (1) is refuted for every $\\eta > 0$ and every schedule $\\sigma_t \\ge 0$, by Definition B.1 with its fixed "
        "$\\eta$; the same starts show that the basin of SGD is not all of $\\mathbb R$ either. Part (3) names no number $x_0$.",
    )


first_stage_readings = tuple(_first_stage(reading, factor) for reading, factor in READINGS.items())
first_stage = Claim(
    id="starnes2023/figure-2-constant-sigma",
    printed="Figure 2, section 3",
    kind="convergence",
    statement=r"With $\sigma_1 = 1$ constant, GSmoothSGD started at any $x$ converges to the global minimum of $f_{\sigma_1}$.",
    readings=first_stage_readings,
    expected="contested",
)
basin_readings = tuple(_basin(reading, factor) for reading, factor in READINGS.items())
basin = Claim(
    id="starnes2023/figure-2-basin",
    printed="Figure 2 and caption",
    kind="convergence",
    statement=r"The basin of attraction of $x^*$ for GSmoothSGD is all of $\mathbb R$, for SGD it is strictly smaller.",
    readings=basin_readings,
    expected="contested",
)

# ---- what does hold: a learning rate chosen for the start ---------------------------------------------------------------
# On [−R, R] one step x ↦ x − ηf_1'(x) shrinks distances by 1 − ηm, m = 2c − 64e^{−16}, once η(12cR² + 4c) ≤ 2. The minimiser is a
# fixed point, so runs that start within R − |x*| of it stay in [−R, R] and converge to it.

X_WITHIN = requires(lambda x, R: x**2 <= R**2, r"|x| \le R")
Y_WITHIN = requires(lambda y, R: y**2 <= R**2, r"|y| \le R")


def small_learning_rate(factor):
    def condition(xp, eta, R):
        c = xp.number(factor)
        return eta * (12 * c * R**2 + 4 * c) <= 2

    return requires(condition, rf"\eta(12cR^2+4c) \le 2,\ c = {factor}")


def squared_distances(factor):
    """After one step, against (1 − ηm)² times before."""

    def sides(xp, x, y, eta):
        c, damped = xp.number(factor), xp.exp(-xp.number(16) + 0 * eta)
        after = (x - eta * gradient(xp, c, x, 1)) - (y - eta * gradient(xp, c, y, 1))
        return after**2, (1 - eta * (2 * c - 64 * damped)) ** 2 * (x - y) ** 2

    return sides


def prove_contraction(factor, small):
    """(1−ηm)²δ² − (δ−ηP)² = η(P − mδ)((2−ηm)δ − ηP) for P = f_1'(x) − f_1'(y), with both factors of the sign of δ = x − y."""

    def prove(s):
        c, e, x, y, eta = sympy.Rational(factor), sympy.exp(-16), s.x, s.y, s.eta
        delta, q = x - y, sympy.cos(8 * x) - sympy.cos(8 * y)
        steep = 4 * c * (x**2 + x * y + y**2)
        wave = fact("cos is 1-Lipschitz", 8 * x, 8 * y)
        room = (
            (1, s.assume(small)),
            (6 * c * eta, s.assume(X_WITHIN)),
            (6 * c * eta, s.assume(Y_WITHIN)),
        )  # with 2cη(x−y)² their sum is 2 − η(steep + 4c)
        terms = [
            (eta**2 * e / 2 * steep) * square(8 * delta - q),
            (eta**2 * e / 2 * steep) * hypothesis(wave),
            64 * eta**2 * e**2 * hypothesis(wave),
            (2 * c * eta**2 * steep * delta**2) * square(delta),
            (c * eta**2 * e * delta**2) * square(8 * delta + q),
            (c * eta**2 * e * delta**2) * hypothesis(wave),
        ]
        for weight, inside in room:
            terms += [
                (eta * weight * steep * delta**2) * hypothesis(inside),
                (eta * weight * e / 2 * (8 * delta + q) ** 2) * hypothesis(inside),
                (eta * weight * e / 2) * hypothesis(wave, inside),
            ]
        return derivation(
            chain(s.left, le(s.right, consequence("both factors have the sign of $x-y$", *terms)))
        )

    return prove


def _corrected_first_stage(reading, factor):
    small = small_learning_rate(factor)
    return Claim(
        id=f"starnes2023/figure-2-constant-sigma{reading}-corrected",
        printed="Figure 2, section 3, corrected",
        kind="inequality",
        statement=rf"$f(x) = {factor}(x^4-2x^2)+\sin(8x)$, $\sigma_1 = 1$: if $|x|, |y| \le R$ and $\eta > 0$ is so small for $R$ that "
        rf"$\eta(12cR^2+4c) \le 2$, one step of gradient descent on $f_1$ shrinks $|x-y|$ by the factor "
        r"$|1-\eta m|$, $m = 2c-64e^{-16} > 0$; so the run converges to the minimiser.",
        space=Space(R=real(0), x=real(), y=real(), eta=real(0, open_low=True)),
        hypotheses=[X_WITHIN, Y_WITHIN, small],
        sides=squared_distances(factor),
        derivation=prove_contraction(factor, small),
        corrects=f"starnes2023/figure-2-constant-sigma{reading}",
        uses=["starnes2023/definition-smoothing", f"starnes2023/figure-2-convex{reading}"],
        expected="proved",
        note="The learning rate depends on how far out the run starts, which is what the printed statement leaves out.",
    )


first_stage_corrections = tuple(
    _corrected_first_stage(reading, factor) for reading, factor in READINGS.items()
)
