r"""Section 1: SGD tends to GD as the learning rate vanishes, at a fixed number of steps (trivially) and over long runs t ≤ τ/η."""

import sympy

from theorycheck import Claim, Space, dimension, finite_sum, point, real, requires
from theorycheck.algebra import elementary as by_name
from theorycheck.algebra import norm_squared
from theorycheck.algebra.expectation import expectation
from theorycheck.derivations import (
    EveryStep,
    at,
    by_expansion,
    by_induction,
    chain,
    consequence,
    derivation,
    eq,
    hypothesis,
    le,
    nonnegative_part,
    over,
    square,
    summed,
)
from verifications.ma2021.sobolev_readings import entry

nonnegative, positive = real(0), real(0, open_low=True)

# ---- SGD and GD for a vanishing learning rate ----------------------------------------------------------------------------
# W_t by SGD, V_t by GD from one start. At a fixed number of steps both stay at the start.

STEP, STEPS = sympy.Symbol("t", integer=True), sympy.Symbol("T", integer=True, nonnegative=True)
ETA, SLOPE, EPSILON = sympy.symbols("eta G epsilon", positive=True)
DISTANCE = sympy.IndexedBase("D", nonnegative=True)
ONE_STEP = EveryStep(
    DISTANCE[STEP] + 2 * ETA * SLOPE - DISTANCE[STEP + 1],
    STEP,
    0,
    sympy.oo,
    r"\|W_{t+1}-V_{t+1}\| \le \|W_t-V_t\|+2\eta G: \text{ each moves by at most } \eta G",
)
SMALL = EveryStep(EPSILON - 2 * ETA * SLOPE * STEPS, STEP, 0, sympy.oo, r"\eta \le \varepsilon/(2GT)")


def prove_fixed_steps(_):
    apart = DISTANCE[STEPS] - DISTANCE[0]
    return derivation(
        chain(
            apart,
            le(2 * ETA * SLOPE * STEPS, summed("add the steps up", over(ONE_STEP.fact, STEP, 0, STEPS - 1))),
            le(EPSILON, summed("$\\eta$ is small", at(SMALL.fact, 0))),
        ),
        concludes=((apart, "<=", EPSILON),),
    )


fixed_steps = Claim(
    id="ma2021/remark-gd-limit@a",
    printed="Section 1",
    kind="convergence",
    statement=r"As $\eta \to 0$, after any fixed number $T$ of steps the trajectory of SGD tends to that of GD from the same start: $\|W_T-V_T\| \le 2\eta GT$.",
    hypotheses=[ONE_STEP, SMALL],
    derivation=prove_fixed_steps,
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="True for a trivial reason: both tend to the start. $G$ bounds all $\\|\\nabla L_i\\|$ on the unit ball around the start (continuous gradients), which $T$ "
    "steps do not leave for $\\eta \\le \\frac1{TG}$. For every sequence of batches, in both readings of (7).",
)

# Uniformly over t ≤ τ/η. One step: f = L̂ with samples L_k, L the Lipschitz constant of ∇L̂.

LIPSCHITZ_GRADIENT = requires(
    lambda xp, f, x, y, L: (
        xp.vecdot(f.gradient(x) - f.gradient(y), f.gradient(x) - f.gradient(y))
        <= L**2 * xp.vecdot(x - y, x - y)
    ),
    r"\|\nabla\hat L(x)-\nabla\hat L(y)\| \le L\|x-y\|",
)


def one_step_apart(xp, f, x, y, eta, L):
    """E‖(x − η∇L_k(x)) − (y − η∇L̂(y))‖² against (1 + ηL)²‖x − y‖² + η² E‖∇L_k(x) − ∇L̂(x)‖²."""

    def squared_distance(sample):
        change = x - y - xp.scale(eta, sample.gradient(x) - f.gradient(y))
        return xp.vecdot(change, change)

    def noise(sample):
        deviation = sample.gradient(x) - f.gradient(x)
        return xp.vecdot(deviation, deviation)

    left = xp.sample_mean(f, squared_distance)
    return left, (1 + eta * L) ** 2 * xp.vecdot(x - y, x - y) + eta**2 * xp.sample_mean(f, noise)


RATE, NOISE, HORIZON = sympy.symbols("Lambda sigma tau", positive=True)
SQUARED = sympy.IndexedBase("E", nonnegative=True)
FACTOR = (1 + ETA * RATE) ** 2
RECURSION = EveryStep(
    FACTOR * SQUARED[STEP] + ETA**2 * NOISE**2 - SQUARED[STEP + 1],
    STEP,
    0,
    sympy.oo,
    r"E_{t+1} \le (1+\eta\Lambda)^2E_t+\eta^2\sigma^2 \text{ for } E_t = \mathbb E\|W_t-V_t\|^2: \text{ one step, in the mean}",
)
WITHIN = EveryStep(HORIZON - ETA * STEPS, STEP, 0, sympy.oo, r"T \le \tau/\eta")


def prove_long_run(s):
    k, sample = s.index("f"), s.sample("f").gradient(s.x)
    u, w = s.x - s.y, s.f.gradient(s.x) - s.f.gradient(s.y)
    deviation = sample - s.f.gradient(s.x)
    smooth = hypothesis(s.assume(LIPSCHITZ_GRADIENT))
    noise = s.eta**2 * expectation(norm_squared(deviation), k)
    grown = FACTOR**STEPS
    apart = SQUARED[STEPS] - grown * SQUARED[0]
    bound = ETA * NOISE**2 / (2 * RATE) * (grown - 1)
    power = 2 * STEPS * sympy.log(1 + ETA * RATE)
    return derivation(
        chain(
            s.left,
            eq(norm_squared(u - w * s.eta) + noise, by_expansion("$\\mathbb E\\nabla L_k = \\nabla\\hat L$")),
            le(
                s.right,
                consequence(
                    "$\\|u-\\eta w\\| \\le (1+\\eta L)\\|u\\|$ for $\\|w\\| \\le L\\|u\\|$",
                    (s.eta / s.L) * square(u * s.L + w),
                    (s.eta / s.L + s.eta**2) * smooth,
                ),
            ),
        ),
        chain(
            apart,
            le(
                bound,
                by_induction(
                    "induction over the steps",
                    STEPS,
                    FACTOR,
                    at(RECURSION.fact, STEPS),
                    nonnegative_part(ETA**3 * RATE * NOISE**2 / 2),
                ),
            ),
        ),
        chain(
            power,
            le(
                2 * STEPS * ETA * RATE,
                consequence(
                    "$\\log w \\le w-1$", (2 * STEPS) * hypothesis(by_name("log(w) <= w - 1", 1 + ETA * RATE))
                ),
            ),
            le(2 * RATE * HORIZON, summed("$T \\le \\tau/\\eta$", (2 * RATE) * at(WITHIN.fact, 0))),
        ),
        concludes=((s.left, "<=", s.right), (apart, "<=", bound), (power, "<=", 2 * RATE * HORIZON)),
    )


long_run = Claim(
    id="ma2021/remark-gd-limit@b",
    printed="Section 1",
    kind="convergence",
    statement=r"As $\eta \to 0$ SGD tends to GD from the same start uniformly over $t \le \tau/\eta$: $\mathbb E\|W_t-V_t\|^2 \le "
    r"\frac{\eta\sigma^2}{2\Lambda}(e^{2\Lambda\tau}-1)$, where $\nabla\hat L$ is $\Lambda$-Lipschitz and $\mathbb E\|\nabla L_I-\nabla\hat L\|^2 \le \sigma^2$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2, 3)),
        x=point(),
        y=point(),
        eta=nonnegative,
        L=positive,
    ),
    hypotheses=[LIPSCHITZ_GRADIENT, RECURSION, WITHIN],
    sides=one_step_apart,
    derivation=prove_long_run,
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="$(1+\\eta\\Lambda)^{2t} \\le e^{2\\Lambda\\tau}$ is the last chain; for the mean over batches put $L_I$ for $L_k$. The maximum over $t$ is as small in probability "
    "(the noise adds up to a martingale, Doob). Losses with continuous second derivatives have such $\\Lambda$ and $\\sigma$ near the gradient flow, which stays bounded "
    "because $\\hat L \\ge 0$ falls along it; stop both where they leave that set: convergence in probability. "
    "Without Lipschitz gradients it is false: for $L_{1,2} = \\pm w-|w|$ near 0, GD with gradient 0 at the kink stays and SGD leaves at speed 1.",
)
gd_limit = entry(
    "ma2021/remark-gd-limit",
    [fixed_steps, long_run],
    printed="Section 1",
    kind="convergence",
    statement=r"As $\eta \to 0$ a trajectory of SGD tends to the trajectory of GD from the same start.",
)
