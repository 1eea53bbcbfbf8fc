"""Theorems 4.1 and C.2: convergence of GSmoothAdam, almost surely and in the mean.

Under Hλ@a and Hλ@c all sampled gradients, smoothed or not, are bounded (by √(Kλ) and √λ), (C.3) holds with that bound and with the
corrections of `eq-c.3-corrected`, and √δ_{t+1} ≤ η_t makes all sums on its right side finite: the rest of the printed proof goes
through. What is a limit along a run is beyond links and hunts, so these readings are supported by simulations.

Under Hλ@b both theorems are false: that hypothesis says nothing of the smoothed samples, which are what the algorithm uses, and f_k
need not be smooth (see adam_counterexample).
"""

import sympy

from theorycheck import (
    Claim,
    Experiment,
    Refutation,
    Space,
    constant_of,
    dimension,
    finite_sum,
    granted,
    l_smooth,
    point,
    real,
    requires,
)
from theorycheck.algebra import inner
from theorycheck.derivations import by_definition, chain, consequence, derivation, eq, hypothesis, le
from verifications.starnes2023.adam_bounds import HYPOTHESES
from verifications.starnes2023.adam_counterexample import (
    EXPLANATION,
    INSTANCE,
    gradients_after_three_steps,
    prove_large_gradients,
)
from verifications.starnes2023.adam_simulation import simulated

THEOREM_4_1 = (
    r"Algorithm 2, $f$ $L$-smooth with a minimum, $\mathbb E\nabla f_k = \nabla f$, $\sum\eta_t = \infty$, $\sum\eta_t^2 < \infty$, "
    r"$\sum\eta_t(1-\theta_t) < \infty$, $\eta_t = \Theta(\alpha_t)$ with $\alpha_t$ non-increasing, $\sqrt{\delta_{t+1}} \le \eta_t$, "
    r"$\sigma_t \to 0$: $\lim\|\nabla f(x_t)\|^2 = 0$ a.s. and $\lim\mathbb E\|\nabla f(x_t)\|^2 = 0$"
)
THEOREM_C_2 = (
    r"Algorithm 2, $f = \frac1K\sum f_k$ $L$-smooth with a minimum, $\eta_t$ decreasing, $\sum_t\eta_t/\sum_{i<t}\eta_i = \infty$, "
    r"$\sum\eta_t^2 < \infty$, $\sum\eta_t(1-\theta_t) < \infty$, $\sum\delta_{t+1} < \infty$: "
    r"$\min_{1\le t\le T}\|G_t\|^2 = o(1/\sum_{t=1}^T\eta_t)$ a.s."
)
ALONG_THE_RUN = (
    "What is missing is a hypothesis on the smoothed samples along the run: with $\\|\\nabla f_{k,\\sigma_t}(x_{t-1})\\| \\le B$ the "
    "theorem holds, see the correction."
)


def _contrary(consequence_of_it):
    return Refutation(
        derivation=prove_large_gradients,
        explanation=f"{EXPLANATION}; {consequence_of_it}",
        sides=gradients_after_three_steps,
        relation="<=",
        instance=INSTANCE,
    )


# ---- Theorem 4.1 -----------------------------------------------------------------------------------------------------------


def _convergence(reading, **evidence):
    return Claim(
        id=f"starnes2023/theorem-4.1@{reading}",
        printed="Theorem 4.1",
        kind="convergence",
        statement=f"{HYPOTHESES['h' + reading]}; {THEOREM_4_1}.",
        uses=[
            "starnes2023/algorithm-2",
            "starnes2023/lemma-2.2b",
            "starnes2023/eq-c.3-corrected",
            "starnes2023/theorem-4.1-l2",
            "starnes2023/theorem-4.1-l3",
        ],
        **evidence,
    )


SMALL_GRADIENTS = tuple(
    Experiment(
        f"gradients along runs, {schedule}",
        "64 runs or more of 10 000 steps on two-dimensional sums of cosines: the mean of ‖∇f(x_t)‖² at the end is below 1/50, no "
        "run has more than 1/5 there, and the mean has fallen at least threefold since step 200; otherwise undecided",
        simulated(schedule, rate=False),
    )
    for schedule in ("slow", "fast", "forgetful")
)
BOUNDED = (
    "The printed proof bounds $\\|\\nabla f(x_t)\\|$ by $M$ (L5), which bounds its square; any bound does, here $\\sqrt{K\\lambda}$. "
    "L1 uses (C.3), which is false as printed; its correction serves as well."
)
convergence_readings = (
    _convergence("a", experiments=SMALL_GRADIENTS, expected="supported", note=BOUNDED),
    _convergence(
        "b",
        refutation=_contrary("‖∇f(x_t)‖² does not tend to 0 in any run"),
        expected="contested",
        note=ALONG_THE_RUN,
    ),
    _convergence("c", experiments=SMALL_GRADIENTS, expected="supported", note=BOUNDED),
)
convergence = Claim(
    id="starnes2023/theorem-4.1",
    printed="Theorem 4.1",
    kind="convergence",
    statement=f"{THEOREM_4_1} (which gradients $\\lambda$ bounds is open in print).",
    readings=convergence_readings,
    expected="inconclusive",
)

# ---- Theorem C.2 -----------------------------------------------------------------------------------------------------------


def _rate(reading, **evidence):
    return Claim(
        id=f"starnes2023/theorem-c.2@{reading}",
        printed="Theorem C.2 (Theorem 9 of [6])",
        kind="convergence",
        statement=f"{HYPOTHESES['h' + reading]}; {THEOREM_C_2}.",
        uses=["starnes2023/algorithm-2", "starnes2023/eq-c.3-corrected"],
        **evidence,
    )


FALLING_RATE = tuple(
    Experiment(
        f"rate along runs, {schedule}",
        "64 runs or more of 10 000 steps: the mean over the runs of min_{t≤T} ‖G_t‖² Σ_{t≤T} η_t at the end is below a third "
        "of its value at step 200; otherwise undecided",
        simulated(schedule, rate=True),
    )
    for schedule in ("slow", "fast")
)
rate_readings = (
    _rate("a", experiments=FALLING_RATE, expected="supported"),
    _rate(
        "b",
        refutation=_contrary(
            "‖G_t‖² = e^{−2π²σ_{t+1}²}‖∇f(x_t)‖² stays above a positive number in every run, while Σ η_t = ∞"
        ),
        expected="contested",
        note=ALONG_THE_RUN,
    ),
    _rate("c", experiments=FALLING_RATE, expected="supported"),
)
rate = Claim(
    id="starnes2023/theorem-c.2",
    printed="Theorem C.2 (Theorem 9 of [6])",
    kind="convergence",
    statement=f"{THEOREM_C_2} (which gradients $\\lambda$ bounds is open in print).",
    readings=rate_readings,
    expected="inconclusive",
)

# ---- the corrections: what a bound of the smoothed samples along the run gives ---------------------------------------------
# P, P1: the potential of (C.3) before and after a step; g = E‖G_t‖²; weight = (1−β)/B_ε; the rest are sequences that are summed.

STEP = granted(
    lambda P, P1, g, eta, eta1, delta, theta1, weight, A, D, Q: (
        P1 + weight * eta1 * g <= P + D * delta + A * eta**2 + Q * eta1 * (1 - theta1)
    ),
    r"\text{one step of (C.3) corrected}",
    "eq-c.3-potential",
)
SLOW_SMOOTHING = requires(lambda delta, eta: delta <= eta**2, r"\sqrt{\delta_{t+1}} \le \eta_t")


def summable_step(xp, P, P1, g, eta, eta1, theta1, weight, A, D, Q):
    return P1 + weight * eta1 * g, P + (A + D) * eta**2 + Q * eta1 * (1 - theta1)


def prove_summable_step(s):
    terms = (hypothesis(s.assume(STEP)), s.D * hypothesis(s.assume(SLOW_SMOOTHING)))
    return derivation(
        chain(s.left, le(s.right, consequence("(C.3) with $\\delta_{t+1} \\le \\eta_t^2$", *terms)))
    )


convergence_corrected = Claim(
    id="starnes2023/theorem-4.1@b-corrected",
    printed="Theorem 4.1, corrected",
    kind="inequality",
    statement=r"With $\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ for all $t$ and $k$ in the place of Hλ@b: the potential $P_t$ of (C.3) satisfies "
    r"$P_{t+1}+\frac{1-\beta}{B_\varepsilon}\eta_{t+1}\mathbb E\|G_t\|^2 \le P_t+(A+D)\eta_t^2+Q\eta_{t+1}(1-\theta_{t+1})$, so that "
    r"$\sum_t\eta_{t+1}\mathbb E\|G_t\|^2 < \infty$.",
    space=Space(
        P=real(stands_for="P_t"),
        P1=real(stands_for="P_{t+1}"),
        theta1=real(0, 1),
        g=real(0, stands_for=r"\mathbb E\|G_t\|^2"),
        eta=real(0),
        eta1=real(0),
        delta=real(0, stands_for=r"\delta_{t+1}"),
        weight=real(0, stands_for=r"\frac{1-\beta}{B_\varepsilon}"),
        A=real(0, stands_for=r"\text{the coefficient of } \eta_t^2 \text{ in (C.3)}"),
        D=real(0, stands_for=r"\text{the coefficient of } \delta_{t+1} \text{ in (C.3)}"),
        Q=real(0, stands_for=r"\text{the coefficient of } \eta_{t+1}(1-\theta_{t+1}) \text{ in (C.3)}"),
    ),
    hypotheses=[STEP, SLOW_SMOOTHING],
    sides=summable_step,
    derivation=prove_summable_step,
    corrects="starnes2023/theorem-4.1@b",
    uses=["starnes2023/eq-c.3-potential"],
    expected="conditional",
    note="The sums on the right are finite by hypothesis and $P_t \\ge f^*$. From here theorem-4.1-l2 and -l3, "
    "Lemma 2.2(b), $\\sigma_t \\to 0$ and dominated convergence give both limits.",
)

TAIL = granted(
    lambda m, S, half, tail: m * (S - half) <= tail,
    r"m\,(S_T-S_{T'}) \le \sum_{T'<t\le T}\eta_tb_t",
    "m is the least b_t",
)
HALF = requires(lambda S, half: half <= S / 2, r"S_{T'} \le \frac12S_T")


def smallest_times_sum(xp, m, S, tail):
    return m * S, 2 * tail


def prove_rate(s):
    terms = (2 * hypothesis(s.assume(TAIL)), (2 * s.m) * hypothesis(s.assume(HALF)))
    return derivation(chain(s.left, le(s.right, consequence("the later half of the sum", *terms))))


rate_corrected = Claim(
    id="starnes2023/theorem-c.2@b-corrected",
    printed="Theorem C.2, corrected",
    kind="inequality",
    statement=r"With $\|\nabla f_{k,\sigma_t}(x_{t-1})\| \le B$ for all $t$ and $k$ in the place of Hλ@b, so that $\sum_t\eta_tb_t < \infty$ a.s. for "
    r"$b_t = \|G_t\|^2$: $m = \min_{t\le T}b_t$ and $S_T = \sum_{t\le T}\eta_t$ satisfy $m\,S_T \le 2\sum_{T'<t\le T}\eta_tb_t$ whenever "
    r"$S_{T'} \le \frac12S_T$; as $T' \to \infty$ the right side is a tail of a convergent series.",
    space=Space(
        m=real(0, stands_for=r"\min_{t\le T}b_t"),
        S=real(0, stands_for="S_T"),
        half=real(0, stands_for="S_{T'}"),
        tail=real(0, stands_for=r"\sum_{T'<t\le T}\eta_tb_t"),
    ),
    hypotheses=[TAIL, HALF],
    sides=smallest_times_sum,
    derivation=prove_rate,
    corrects="starnes2023/theorem-c.2@b",
    uses=["starnes2023/eq-c.3-corrected"],
    expected="conditional",
    note="The corrected (C.3) bounds $\\sum\\eta_{t+1}b_t$; as $\\eta_t$ decreases, $\\sum(\\eta_t-\\eta_{t+1})b_t \\le B^2\\eta_1$. Besides the "
    "two convergent sums no more than $\\sum\\eta_t = \\infty$ is needed. The sum with $\\sqrt{\\delta_i}$ that the printed proof leaves "
    "out is finite: $\\eta\\sqrt\\delta \\le \\frac12(\\eta^2+\\delta)$.",
)

# ---- the remarks after Theorem 4.1 -----------------------------------------------------------------------------------------


def step_of_schedule(xp, sigma, tau, eta):
    """δ_{t+1} = |σ_{t+1}² − σ_t²| against η_t², whose sum is finite."""
    return abs(tau**2 - sigma**2), eta**2


ROOT = requires(
    lambda xp, sigma, tau, eta: xp.sqrt(abs(tau**2 - sigma**2)) <= eta, r"\sqrt{\delta_{t+1}} \le \eta_t"
)


def prove_squares(s):
    root = sympy.sqrt(s.left)
    term = (s.eta + root) * hypothesis(s.assume(ROOT))
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "with $r = \\sqrt{\\delta_{t+1}}$ add $r(\\eta-r) \\ge 0$ and $\\eta(\\eta-r) \\ge 0$",
                    term,
                ),
            ),
        )
    )


summability = Claim(
    id="starnes2023/remark-4-summability",
    printed="Section 4",
    kind="implication",
    statement=r"$\sqrt{\delta_{t+1}} \le \eta_t$ and $\sum\eta_t^2 < \infty$ give $\sum_t\delta_{t+1} < \infty$: term by term $\delta_{t+1} \le \eta_t^2$.",
    space=Space(sigma=real(0), tau=real(0), eta=real(0)),
    hypotheses=[ROOT],
    sides=step_of_schedule,
    derivation=prove_squares,
    uses=["starnes2023/algorithm-2"],
    expected="proved",
    note="$\\sigma_t \\to 0$ is not needed for this. Equality term by term for $\\sigma_t^2 = \\sum_{i\\ge t}\\eta_i^2$.",
)


def unsmoothed_gradient(xp, f, x):
    """What Algorithm 2 with σ_t = 0 puts in m_t and v_t, and what Adam does; all else is the same."""
    return f.smoothed_gradient(x, 0), f.gradient(x)


def prove_unsmoothed(s):
    a = s.direction
    smoothed, plain = s.f.smoothed_gradient(s.x, 0), s.f.gradient(s.x)
    return derivation(chain(inner(smoothed, a), eq(inner(plain, a), by_definition("$f_0 = f$"))))


same_as_adam = Claim(
    id="starnes2023/remark-4-same-as-adam",
    printed="Section 4",
    kind="implication",
    statement=r"The conclusion of Theorem 4.1 has no terms in $\sigma_t$; with $\sigma_t = 0$ for all $t$ its conditions on $\sigma_t$ hold "
    r"($0 \le \eta_t$, $0 \to 0$) and Algorithm 2 is Adam, whose gradients are $\nabla f_{k,0} = \nabla f_k$.",
    space=Space(d=dimension(1, 2), f=finite_sum((1, 2)), x=point(), L=constant_of("f", "smoothness")),
    hypotheses=[l_smooth("f", "L")],
    sides=unsmoothed_gradient,
    relation="=",
    derivation=prove_unsmoothed,
    uses=["starnes2023/algorithm-2", "starnes2023/definition-adam"],
    expected="proved",
)
