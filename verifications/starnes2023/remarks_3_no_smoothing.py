"""The remark of section 3 that Theorem 3.1 with σ_t = 0 recovers the guarantee of SGD.

R(T) stands for the right side of (3.3). Found: with σ_t = 0, R(T) has the rate of the unsmoothed chain for η = 1/L, but loses a
factor 2 before f(x_0) − f* and 4 before λ; for small η it loses more than any factor, as the chain's noise term is Lηλ/2.
"""

from fractions import Fraction

import sympy
from sympy import Sum

from theorycheck import (
    Claim,
    Refutation,
    Space,
    choice,
    constant_of,
    dimension,
    finite_sum,
    integer,
    point,
    real,
)
from theorycheck.algebra import expectation, norm_squared, vector
from theorycheck.derivations import (
    Run,
    at,
    at_states,
    at_steps,
    at_the_start,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    lt,
    over,
    signs_show,
    summed,
)
from verifications.starnes2023.remarks_3 import BOUND_3_3
from verifications.starnes2023.theorem_3_1_average import (
    BELOW,
    FAMILIES,
    SMOOTH,
    iterates,
    mean_over_samples,
    mean_square,
)

# The chain of [2] for SGD is L2-L4, L6, L7 with f itself: it needs neither Lemma A.1 nor Lemma 2.2 and ends in
# (f(x_0) − f*)/(Tη) + λ/2, with η ≤ 1/L.


def bounds_without_smoothing(xp, f, x_0, f_star, lambda_, eta, T):
    fall = f(x_0) - f_star
    return 2 * fall / (T * eta) + 2 * lambda_, fall / (T * eta) + lambda_ / 2


def bounds_up_to_a_factor(xp, f, x_0, f_star, lambda_, eta, T):
    theorem, chain_of_sgd = bounds_without_smoothing(xp, f, x_0, f_star, lambda_, eta, T)
    return theorem, 4 * chain_of_sgd


def prove_up_to_a_factor(s):
    lowest = hypothesis(s.assume(BELOW).at(s.x_0))
    return derivation(
        chain(
            s.left,
            le(s.right, consequence("$f(x_0) \\ge f^*$: 4 instead of 2", (2 / (s.T * s.eta)) * lowest)),
        )
    )


def _no_smoothing(reading, statement, sides, expected, note, **more):
    return Claim(
        id=f"starnes2023/remark-3-no-smoothing{reading}",
        printed="Section 3",
        kind="inequality",
        statement=statement,
        space=Space(d=dimension(1, 2), **BOUND_3_3, T=integer(1, 10**6)),
        hypotheses=[BELOW],
        sides=sides,
        uses=["starnes2023/theorem-3.1-average"],
        expected=expected,
        note=note,
        **more,
    )


def bounds_before_l7(xp, fall, lambda_, eta, L, C):
    """R(1), and C times the bound of the chain for SGD where η ≤ 1/L is not yet used."""
    return 2 * fall / eta + 2 * lambda_, C * (fall / eta + L * eta * lambda_ / 2)


def prove_no_factor(_):
    C, L, lambda_ = sympy.symbols("C L lambda", positive=True)
    eta = 1 / (C * L)  # at the minimum, f(x_0) = f*
    shown = chain(
        C * L * eta * lambda_ / 2, lt(2 * lambda_, elementary("$\\eta = \\frac1{CL}$ and $f(x_0) = f^*$"))
    )
    return derivation(shown, concludes=((shown.start, "<", shown.end),))


no_smoothing_readings = (
    _no_smoothing(
        "@a",
        r"For $\sigma_t = 0$ the right side of (3.3) is at most that of the chain for SGD, "
        r"$\frac{f(x_0)-f^*}{T\eta} + \frac\lambda2$.",
        bounds_without_smoothing,
        "refuted",
        "Lemma A.1 and Lemma 2.2 cost their factors 2 also where nothing is smoothed: (3.3) is twice the first term and four times the "
        "second. The chain before L7 has $L\\eta\\lambda/2$, which a small $\\eta$ makes small; $2\\lambda$ it does not.",
    ),
    _no_smoothing(
        "@b",
        r"For $\sigma_t = 0$ the right side of (3.3) is the bound of the chain for SGD up to a factor 4: the same rate in $T$.",
        bounds_up_to_a_factor,
        "proved",
        "The factor 4 is attained where $f(x_0) = f^*$.",
        derivation=prove_up_to_a_factor,
    ),
    Claim(
        id="starnes2023/remark-3-no-smoothing@c",
        printed="Section 3",
        kind="inequality",
        statement=r"For $\sigma_t = 0$ the right side of (3.3) is the bound of the chain for SGD before L7, $\frac{f(x_0)-f^*}{T\eta} + "
        r"\frac{L\eta}2\lambda$, up to a factor $C$ that does not depend on $\eta$.",
        refutation=Refutation(
            derivation=prove_no_factor,
            explanation="at a minimum x_0 of f, for any C and λ > 0 and η = 1/(CL), (3.3) is 2λ and C times the chain's bound is λ/2",
            sides=bounds_before_l7,
            relation="<=",
            instance={"fall": 0, "lambda_": 1, "eta": Fraction(1, 1000), "L": 1, "C": 1000},
        ),
        uses=["starnes2023/theorem-3.1-average"],
        expected="contested",
        note="With $\\eta = 1/\\sqrt T$ the chain's bound tends to 0 as $T \\to \\infty$, that of (3.3) to $2\\lambda$.",
    ),
)
no_smoothing = Claim(
    id="starnes2023/remark-3-no-smoothing",
    printed="Section 3",
    kind="implication",
    statement=r"If $\sigma_t = 0$ for all $t$, Theorem 3.1 recovers the standard convergence guarantee of SGD; the theorem asserts a rate "
    r"not worse than SGD's (whether constants count, and whether $\eta$ may be small, is open in print).",
    readings=no_smoothing_readings,
    expected="inconclusive",
)


def sgd_average(xp, f, x_0, eta, T, excess, L, f_star):
    """(1/T) Σ E‖∇f(x_{t−1})‖² for SGD, with λ_t = E‖∇f_k(x_{t−1})‖² + excess."""
    left, moments = 0, 0
    for x in iterates(xp, f, x_0, eta, [0 * eta] * T)[:-1]:
        left = left + mean_square(xp, f.gradient(x), f)
        moments = moments + excess + mean_over_samples(xp, f, lambda sample, x=x: sample.gradient(x))
    return left / T, (f(x_0) - f_star) / (T * eta) + L * eta / (2 * T) * moments


def prove_sgd_average(s):
    T, t, x = sympy.Symbol("T", integer=True, positive=True), sympy.Symbol("t", integer=True), vector("x")
    k, sampled, gradient = s.index("f"), s.sample("f").gradient(x), s.f.gradient(x)
    moved = x - sampled * s.eta
    phi, size = at_states("phi", s.f(x)), at_steps("G", norm_squared(gradient))
    moment, excess = at_steps("E", norm_squared(sampled)), sympy.IndexedBase("e", real=True, nonnegative=True)
    run = Run(t, {x: moved}, (phi, size, moment), draws=(k,), last=T)
    descent = chain(
        expectation(s.f(moved), k),
        le(
            s.f(x)
            - s.eta * norm_squared(gradient)
            + s.L * s.eta**2 / 2 * expectation(norm_squared(sampled), k),
            consequence("f is $L$-smooth", expected(hypothesis(s.assume(SMOOTH).upper(x, moved)), k)),
        ),
    )
    slack = phi[t - 1] - s.eta * size[t] + s.L * s.eta**2 / 2 * moment[t] - phi[t]
    floor = chain(s.f_star, le(s.f(x), consequence("$f^* \\le f$", hypothesis(s.assume(BELOW).at(x)))))
    noise = s.L * s.eta / (2 * T) * Sum(moment[t] + excess[t], (t, 1, T))
    shown = chain(
        Sum(size[t], (t, 1, T)) / T,
        le(
            (phi[0] - s.f_star) / (T * s.eta) + noise,
            summed(
                "add the steps up",
                1 / (T * s.eta) * over(run.step_fact(descent, slack, "descent"), t, 1, T),
                1 / (T * s.eta) * at(run.state_fact(floor, phi[t] - s.f_star, "$f^* \\le f(x_T)$"), T),
                s.L * s.eta / (2 * T) * over(signs_show(excess[t], t, 1, T), t, 1, T),
            ),
        ),
        eq((s.f(s.x_0) - s.f_star) / (T * s.eta) + noise, at_the_start("$x_0$ is given", run, {x: s.x_0})),
    )
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


def _corrected(reading):
    return Claim(
        id=f"starnes2023/remark-3-no-smoothing{reading}-corrected",
        corrects=f"starnes2023/remark-3-no-smoothing{reading}",
        printed="Section 3, corrected",
        kind="inequality",
        statement=r"For $\sigma_t = 0$ the averaged bound in the proof (not (3.3)) is the standard guarantee of SGD: $\frac1T\sum_{t=1}^T\mathbb E\|"
        r"\nabla f(x_{t-1})\|^2 \le \frac{f(x_0)-f^*}{T\eta} + \frac{L\eta}{2T}\sum\lambda_t$, $\lambda_t \ge \mathbb E\|\nabla f_k(x_{t-1})\|^2$; "
        r"with $\eta \le 1/L$ and $\lambda_t \le \lambda$ this is at most $\frac{f(x_0)-f^*}{T\eta}+\frac\lambda2$.",
        space=Space(
            d=dimension(1, 2),
            f=finite_sum((1, 2), *FAMILIES),
            x_0=point(),
            eta=real(0, open_low=True),
            T=choice(1, 2, 3),
            L=constant_of("f", "smoothness"),
            f_star=constant_of("f", "lower_bound"),
            excess=real(0),
        ),
        hypotheses=[SMOOTH, BELOW],
        sides=sgd_average,
        derivation=prove_sgd_average,
        uses=["starnes2023/algorithm-1", "starnes2023/definition-sgd"],
        expected="conditional",
        note="Sharp: equality for $f = \\frac L2\\|x\\|^2$, $K = T = 1$, $\\eta = 1/L$.",
    )


no_smoothing_corrections = tuple(_corrected(reading) for reading in ("@a", "@c"))
