"""A run of GSmoothAdam whose gradients stay large although Hλ@b holds: the example that refutes Theorems 4.1 and C.2 under it.

In the plane, f(y, z) = −cos(2πy)/(4π²), f_1 = f + z²ψ(y), f_2 = f − z²ψ(y) with ψ'(y) = y^16. f has a minimum and is 1-smooth; f_1
and f_2 are not smooth, which nothing printed forbids. On the line z = 0 the gradients of f_1, f_2 and f agree, and by evenness
in z the run never leaves that line: ‖∇f_k(x_t)‖ = ‖∇f(x_t)‖ ≤ 1/(2π) along every run. But the *smoothed* gradients that the
algorithm uses differ by the noise ±H_t, H_t = ½σ_t² (ψ')_{σ_t}(y_{t−1}), which Hλ@b does not see.

Take η_t = σ_t = 1/t, β_t = 0, ε = 10^−6, y_0 = ¼ and 1 − θ_t = (η_t/N_t)², N_1 = 1000, N_{t+1} = N_t². With ρ_t = (θ_tv_{t−1}+ε)/
((1−θ_t)g_t²) a step has the length N_t/√(1+ρ_t): almost exactly the integer N_t, because the noise outgrows all before it. So
y_t stays next to ¼ + ℤ, where the gradient is largest. All other hypotheses hold: Σ η_t = ∞, Σ η_t² < ∞,
Σ η_t(1−θ_t) ≤ Σ t^−3 < ∞, δ_{t+1} = t^−2 − (t+1)^−2 ≤ η_t², σ_t → 0, η_t decreases.
"""

import itertools
from fractions import Fraction

import sympy

from theorycheck.algebra import elementary as fact
from theorycheck.algebra.facts import Fact
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    ge,
    hypothesis,
    le,
    smoothed_mean,
    smoothing_rule,
    square,
)

DEGREE = 16
FIRST = 1000
EPSILON = Fraction(1, 10**6)
MOMENTS = {
    2 * j: sympy.factorial2(2 * j - 1) / sympy.Integer(2) ** j if j else sympy.Integer(1)
    for j in range(DEGREE // 2 + 1)
}
"""E u^{2j} for u ~ N(0, 1/2)."""


def smoothed_power(y, sigma):
    """(ψ')_σ(y) = E (y + σu)^16."""
    return sum(sympy.binomial(DEGREE, j) * m * sigma**j * y ** (DEGREE - j) for j, m in MOMENTS.items())


AT_ONE = smoothed_power(sympy.Integer(1), sympy.Integer(1))
"""E (1 + u)^16."""


def least_noise(wide, time):
    """A lower bound of |g_t| where |y_{t−1}| ≥ wide: the noise is at least ½σ_t² y^16, the rest at most 1."""
    return wide**DEGREE / (2 * time**2) - 1


def largest_square(wide):
    """An upper bound of v_{t−1}, an average of squares g_i², where |y_{i−1}| ≤ wide for all i < t."""
    return (1 + AT_ONE / 2 * wide**DEGREE) ** 2


def prove_large_gradients(_):
    """Induction over t, for all signs of the noise: |y_t − ¼ − n_t| ≤ 1/100 with an integer n_t, and |y_t| ≤ 2N_t.

    In the step t ≥ 3 let N = N_{t−2} ≥ 1000, so that N_{t−1} = N², N_t = N⁴ and t ≤ N. The first two steps are numbers.
    """
    rho, n, a, s, p, q = sympy.symbols("rho n a s p q", nonnegative=True)
    y, v = sympy.symbols("y v", real=True)
    sigma, eps = sympy.Symbol("sigma", positive=True), sympy.Rational(EPSILON)
    N, first = FIRST + n, sympy.Integer(FIRST)
    in_squares = sum(
        sympy.binomial(DEGREE, j) * m * s ** (j // 2) * a ** ((DEGREE - j) // 2) for j, m in MOMENTS.items()
    )
    quarter = sympy.Rational(1, 4)
    near = Fact(quarter - v**2, "$v^2 \\le \\frac14$ for $v = 2\\pi(y_t-\\frac14-n_t)$", "premise")
    noise_1 = smoothed_power(quarter, sympy.Integer(1)) / 2
    return derivation(
        chain(
            smoothed_mean(y**DEGREE, y, sigma),
            eq(smoothed_power(y, sigma), smoothing_rule("the noise", y**DEGREE, y, sigma)),
            ge(y**DEGREE, elementary("even powers"), "noise from below"),
        ),
        chain(
            in_squares,
            le(
                in_squares.subs({a: a + p, s: s + q}, simultaneous=True),
                elementary("it increases in $y^2$ and $\\sigma^2$"),
                "noise increases",
            ),
        ),
        chain(
            smoothed_power(1 + p, sympy.Integer(1)),
            le(AT_ONE * (1 + p) ** DEGREE, elementary("for $|y| = 1+p$, $\\sigma = 1$"), "noise from above"),
        ),
        chain(
            1 - rho / 2,
            le(
                1 / sympy.sqrt(1 + rho),
                elementary("the length of a step is at least $N_t(1-\\rho_t/2)$"),
                "step from below",
            ),
            le(1, elementary("and at most $N_t$"), "step from above"),
        ),
        chain(
            2 * N,
            le(N**2 / 2 - 1, elementary("$|y_{t-1}| \\ge N^2-1-2N \\ge N^2/2$"), "position"),
        ),
        chain(
            eps * first**3 / (2 * (noise_1 - 1) ** 2),
            le(1 / first, elementary("$N_1\\rho_1/2$, with $v_0 = 0$"), "step 1"),
        ),
        chain(
            ((1 + noise_1) ** 2 + eps) * 4 * first**6 / (2 * least_noise(first / 2, 2) ** 2),
            le(1 / first, elementary("$N_2\\rho_2/2$, with $v_1 \\le g_1^2$"), "step 2"),
        ),
        chain(
            (largest_square(2 * N) + eps) * N**15,
            le(
                2 * least_noise(N**2 / 2, N) ** 2,
                elementary("$N_t\\rho_t/2 \\le \\frac1N$, since $1-\\theta_t \\ge N^{-10}$"),
                "step t",
            ),
        ),
        chain(
            (2 * sympy.pi * sympy.Rational(2 + 2, FIRST)) ** 2,
            le(quarter, elementary("the errors add up to at most $\\frac4{1000}$"), "sum of errors"),
        ),
        chain(
            1 / (16 * sympy.pi**2),
            le(
                sympy.cos(v) ** 2 / (4 * sympy.pi**2),
                consequence(
                    "$\\|\\nabla f(x_t)\\|^2 = \\sin^2(2\\pi y_t)/(4\\pi^2)$ and $\\sin(2\\pi y_t) = \\cos v$",
                    1 / (2 * sympy.pi**2) * square(sympy.cos(v) - sympy.Rational(1, 2)),
                    1 / (4 * sympy.pi**2) * hypothesis(near),
                    1 / (4 * sympy.pi**2) * hypothesis(fact("cos is 1-Lipschitz", v, sympy.Integer(0))),
                ),
                "gradient",
            ),
        ),
        concludes=((1 / (16 * sympy.pi**2), "<=", sympy.cos(v) ** 2 / (4 * sympy.pi**2)),),
    )


def gradients_after_three_steps(xp, y):
    """The smallest ‖∇f(x_3)‖² over all 8 runs, and a quarter of ‖∇f(x_0)‖²; at z = 0."""
    smallest = None
    for signs in itertools.product((1, -1), repeat=3):
        position, average = y, 0 * y
        length = FIRST
        for t, sign in enumerate(signs, start=1):
            eta = xp.number(Fraction(1, t))
            noise = xp.number(0) + 0 * y
            for j, moment in POWERS:
                noise = noise + xp.number(moment) * eta**j * position ** (DEGREE - j)
            slope = xp.exp(-((xp.pi * eta) ** 2)) * xp.sin(2 * xp.pi * position) / (2 * xp.pi)
            g = slope + sign * eta**2 / 2 * noise
            fresh = (eta / length) ** 2  # 1 − θ_t
            average = (1 - fresh) * average + fresh * g**2
            position = position - eta * g / xp.sqrt(average + xp.number(EPSILON))
            length = length**2
        square_now = (xp.sin(2 * xp.pi * position) / (2 * xp.pi)) ** 2
        smallest = square_now if smallest is None else xp.minimum(smallest, square_now)
    return smallest, (xp.sin(2 * xp.pi * y) / (2 * xp.pi)) ** 2 / 4


POWERS = tuple((j, Fraction(int(sympy.binomial(DEGREE, j)) * int(m.p), int(m.q))) for j, m in MOMENTS.items())
INSTANCE = {"y": Fraction(1, 4)}
EXPLANATION = (
    "f(y, z) = −cos(2πy)/(4π²), f_1, f_2 = f ± z² y^17/17, start (1/4, 0), η_t = σ_t = 1/t, β_t = 0, ε = 1e−6, 1 − θ_t = (η_t/N_t)², "
    "N_1 = 1000, N_{t+1} = N_t²: on z = 0, which no run leaves, ∇f_1 = ∇f_2 = ∇f, so Hλ@b holds with λ = 1/(4π²); the smoothed "
    "samples differ by noise that makes every step an integer up to tiny errors, so that ‖∇f(x_t)‖² ≥ 1/(16π²) for all t and all "
    "runs"
)
