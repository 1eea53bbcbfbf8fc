"""Section 1: SGD near a minimiser, and known methods as instances of Algorithm 1.

That SGD keeps moving near a minimiser, the less the smaller its learning rate, and that a smaller rate is slower, is
true and exact on quadratics. Where the remark is read for all functions its words need care, see the notes.

The methods that are called particular cases of Algorithm 1 share its schedules; their iterates are those of Algorithm 1
where the gradient of the smoothed function is evaluated exactly. ZPSGD estimates it by sampling and is no case of
Algorithm 1 as printed: it agrees in the mean over its samples only. What smoothing costs stands in
`introduction_cost`.
"""

import numpy as np
import sympy

from theorycheck import (
    Claim,
    Experiment,
    Observation,
    Space,
    convex,
    dimension,
    each,
    finite_sum,
    function,
    minimiser_of,
    minimises,
    point,
    real,
    requires,
)
from theorycheck.algebra import expectation, gaussian, inner, norm_squared
from theorycheck.derivations import (
    by_definition,
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    ge,
    gt,
    hypothesis,
    le,
    lt,
    nonnegative_part,
)
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.optimizers import follow, geometric, gsmooth_sgd, sequence, start_sgd
from theorycheck.optimizers.quadratic_moments import (
    mean_and_second_moment,
    moments_at,
    next_moments,
    sgd_maps,
)

CONVEX = [family for family in DEFAULT_FAMILIES if family.name in ("convex-quadratic", "convex-cosines")]
POLYNOMIALS = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cubic", "quartic")]
QUADRATICS = [family for family in DEFAULT_FAMILIES if family.name == "quadratic"]
WAVES = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cosines")]
EACH_CONVEX, MINIMUM = each(convex("f")), minimises("f", "x_star")
STABLE = requires(lambda a, low, rise: a * (low + rise) <= 1, r"a\eta' \le 1")

# ---- SGD near a minimiser --------------------------------------------------------------------------------------------


def stationary_spread(eta, a, V):
    """E‖x − x_*‖² of stationary SGD on samples with the Hessian a·I, V = E‖∇f_k(x_*)‖²."""
    return eta * V / (a * (2 - eta * a))


def two_rates(xp, a, V, low, rise):
    return stationary_spread(low, a, V), stationary_spread(low + rise, a, V)


def prove_noise(s):
    high = s.low + s.rise
    k, slope = s.index("f"), s.sample("f").gradient(s.x_star)
    spread = expectation(norm_squared(slope), k)
    away = s.y - s.x_star  # a sample with the Hessian a·I has the gradient a(y − x_*) + ∇f_k(x_*) at y
    after = expectation(norm_squared(away - (away * s.a + slope) * high), k)
    shrunk = (1 - high * s.a) ** 2 * norm_squared(away) + high**2 * spread
    stationary, cross = s.assume(MINIMUM), away * (2 * high * (1 - high * s.a))
    centred = "$\\mathbb E\\nabla f_k(x_*) = \\nabla f(x_*) = 0$"
    return derivation(
        chain(
            s.sample("f")(s.x_star) - s.sample("f")(s.y),
            le(
                inner(slope, s.x_star - s.y),
                consequence("$f_k$ is convex", hypothesis(s.assume(EACH_CONVEX).tangent(s.x_star, s.y))),
                "where $x_*$ does not minimise $f_k$, $\\nabla f_k(x_*) \\ne 0$",
            ),
        ),
        chain(
            expectation(norm_squared(slope * (-high)), k),
            eq(
                high**2 * spread,
                by_expansion("the mean square of $x_1-x_*$"),
                "a step from $x_*$ leaves it",
            ),
        ),
        chain(after, le(shrunk, consequence(centred, expected(hypothesis(stationary.gradient(cross)), k)))),
        chain(
            after,
            ge(shrunk, consequence(centred, expected(hypothesis(stationary.gradient(cross * (-1))), k))),
        ),
        chain(
            (1 - high * s.a) ** 2 * s.right + high**2 * s.V,
            eq(s.right, by_expansion("it is the fixed point of that recursion"), "the stationary spread"),
        ),
        chain(s.left, gt(sympy.Integer(0), elementary("all factors are positive"), "the iterates vary")),
        chain(
            s.left,
            lt(
                s.right,
                consequence(
                    "$\\eta/(2-\\eta a)$ increases",
                    nonnegative_part(2 * s.V * s.rise / (s.a * (2 - high * s.a) * (2 - s.low * s.a))),
                ),
                "a lower rate reduces this",
            ),
        ),
        chain(
            (1 - s.low * s.a) ** 2,
            gt(
                (1 - high * s.a) ** 2,
                consequence(
                    "$0 \\le 1-\\eta'a < 1-\\eta a$",
                    2 * s.a * s.rise * hypothesis(s.assume(STABLE)),
                    nonnegative_part((s.a * s.rise) ** 2),
                ),
                "and is slower",
            ),
        ),
    )


def spread_with_different_hessians(xp, generator, effort):
    """Stationary second moments and contraction factors on quadratics whose samples have different Hessians."""
    failures, smallest_gain, steps = 0, np.inf, 400
    for dimensions in (1, 2, 5):
        shape = (20 * effort, dimensions, dimensions)
        hessians = []
        for _ in range(3):
            basis, _ = np.linalg.qr(generator.standard_normal(shape))
            eigenvalues = generator.uniform(0.5, 1.0, shape[:2])
            hessians.append(xp.asarray((basis * eigenvalues[:, None, :]) @ basis.swapaxes(-1, -2)))
        linear = generator.standard_normal((3, *shape[:2]))
        linear = list(xp.asarray(linear - linear.mean(axis=0)))  # x_* = 0
        spreads, factors = [], []
        for rate in (0.5, 1.0):  # 1 = 1/L
            moments = moments_at(xp, xp.zeros(shape[:2]))
            maps = sgd_maps(xp, hessians, linear, rate)
            for _ in range(steps):
                moments = next_moments(maps, moments)
            spreads.append(xp.linalg.eigvalsh(mean_and_second_moment(moments, dimensions)[1]))
            contraction = xp.eye(dimensions) - rate * sum(hessians) / 3
            factors.append(abs(xp.linalg.eigvalsh(contraction)).max(axis=-1))
        gain = (spreads[1] - spreads[0]).min(axis=-1)
        failures += int(((gain <= 0) | (factors[0] <= factors[1])).sum())
        smallest_gain = min(smallest_gain, float((spreads[1] / spreads[0]).min()))
    outcome = "disagrees" if failures else "agrees"
    summary = (
        f"{60 * effort} quadratics: with twice the rate every eigenvalue of the stationary second moment is at least "
        f"{smallest_gain:.3g} times as large and the mean contracts faster; {failures} exceptions"
    )
    return Observation(outcome, summary, {"instances": 60 * effort, "smallest_factor": smallest_gain})


sgd_noise = Claim(
    id="starnes2023/remark-1-sgd-noise",
    printed="Section 1",
    kind="implication",
    statement=r"A minimiser $x_*$ of $f$ is unlikely to be one of every $f_k$, so $\|\nabla f_k(x)\|$ is nonzero for $x$ near "
    r"$x_*$ and the iterates of SGD vary even near the minimiser; a lower learning rate reduces this but slows convergence. "
    r"For $\nabla^2f_k = aI$ and $0 < \eta < \eta' \le \frac1a$: the stationary $\mathbb E\|x-x_*\|^2 = "
    r"\frac{\eta V}{a(2-\eta a)}$, $V = \mathbb E\|\nabla f_k(x_*)\|^2$, is positive and smaller than at $\eta'$, and the "
    r"factor $(1-\eta a)^2$ with which the start is forgotten is larger.",
    space=Space(
        d=dimension(1, 2, 5),
        f=finite_sum((1, 2, 3), *CONVEX, tilted=True),
        x_star=minimiser_of("f"),
        y=point(),
        a=real(0, open_low=True),
        V=real(0, open_low=True),
        low=real(0, open_low=True),
        rise=real(0, open_low=True),
    ),
    hypotheses=[EACH_CONVEX, MINIMUM, STABLE],
    sides=two_rates,
    relation="<",
    derivation=prove_noise,
    experiments=[
        Experiment(
            "different-hessians",
            "60 quadratics (times the effort), 3 samples with independent Hessians of eigenvalues in [1/2, 1], d = 1, 2, 5, by exact "
            "moment recursions of 400 steps: agrees if for all of them every ordered eigenvalue of the second moment is larger at "
            "the rate 1/L than at 1/(2L), and the spectral radius of the mean step smaller; no sampling of runs is involved.",
            spread_with_different_hessians,
        )
    ],
    uses=["starnes2023/definition-sgd", "starnes2023/eq-1.1"],
    expected="proved",
    note="The remark is informal; this is its content: convex samples for its first half, a common Hessian for its second (a sum "
    "over eigenvectors gives every common Hessian). Read for all functions it needs care: $f_1 = 2x^2$, $f_2 = -x^2$ have "
    "all gradients zero at the minimiser $0$ of $f$, which does not minimise $f_2$, and SGD stays there; and for "
    "$\\eta > 1/a$ a lower rate speeds convergence up.",
)

# ---- known methods as instances of Algorithm 1 -----------------------------------------------------------------------

STEPS = 3


def halving(xp, samples, x, eta, sigma):
    """Graduated optimisation [5] with two SGD steps at each scale, without its averaging and shrinking set."""
    scale = sigma
    for t, f in enumerate(samples):
        if t and t % 2 == 0:
            scale = scale / 2
        x = x - xp.scale(eta, f.smoothed_gradient(x, scale))
    return x


def fixed(xp, samples, x, eta, sigma):
    """ZPSGD [8] with the gradient in the place of its estimate."""
    for f in samples:
        x = x - xp.scale(eta, f.smoothed_gradient(x, sigma))
    return x


def decaying(xp, samples, x, eta, sigma, gamma):
    """SLGH [7]: a step in x, then σ ← γσ."""
    scale = sigma
    for f in samples:
        x = x - xp.scale(eta, f.smoothed_gradient(x, scale))
        scale = gamma * scale
    return x


def algorithm_1(xp, samples, x, eta, schedule):
    """x_3 of Algorithm 1, the samples being those that were drawn, in their order."""
    *_, last = follow(xp, gsmooth_sgd(xp, samples, eta, schedule), start_sgd(x), np.arange(STEPS))
    return last.x


def schedules_of(sigma, gamma):
    return sequence([sigma, sigma, sigma / 2]), sequence([sigma] * STEPS), geometric(sigma, gamma)


def methods_and_algorithm(xp, f, g, h, x, eta, sigma, gamma):
    """x_3 of the three methods, and of Algorithm 1 with their schedules, the drawn samples being f, g and h."""
    drawn = (f, g, h)
    methods = (
        halving(xp, drawn, x, eta, sigma),
        fixed(xp, drawn, x, eta, sigma),
        decaying(xp, drawn, x, eta, sigma, gamma),
    )
    ours = tuple(algorithm_1(xp, drawn, x, eta, schedule) for schedule in schedules_of(sigma, gamma))
    return methods, ours


def iterates_side_by_side(xp, f, g, h, x, eta, sigma, gamma):
    methods, ours = methods_and_algorithm(xp, f, g, h, x, eta, sigma, gamma)
    return xp.concatenate(methods, axis=-1), xp.concatenate(ours, axis=-1)


def prove_schedules(s):
    methods, ours = methods_and_algorithm(s.xp, s.f, s.g, s.h, s.x, s.eta, s.sigma, s.gamma)
    pairs = [(inner(a, s.direction), inner(b, s.direction)) for a, b in zip(methods, ours, strict=True)]
    return derivation(
        *(
            chain(left, eq(right, by_definition(f"{name} takes the steps of Algorithm 1"), name))
            for (left, right), name in zip(pairs, ("[5]", "[8]", "[7]"), strict=True)
        ),
        concludes=tuple((left, "=", right) for left, right in pairs),
    )


SPECIAL_CASES = (
    r"Three methods are particular cases of Algorithm 1: [5], $\sigma_t = \frac12\sigma_{t-1}$, each value kept while SGD runs; "
    r"ZPSGD [8], fixed $\sigma$, Monte Carlo gradient; SLGH [7], $\sigma_t = \gamma\sigma_{t-1}$. "
)

with_exact_gradients = Claim(
    id="starnes2023/remark-1-special-cases@exact-gradients",
    printed="Section 1.1",
    kind="implication",
    statement=SPECIAL_CASES
    + r"Read as: with the gradients $\nabla f_{k,\sigma_t}$ evaluated exactly, their iterates are those of "
    r"Algorithm 1 with these schedules.",
    space=Space(
        d=dimension(1, 3),
        f=function(*WAVES),
        g=function(*WAVES),
        h=function(*WAVES),
        x=point(),
        eta=real(0, open_low=True),
        sigma=real(0),
        gamma=real(0, 1, open_low=True, open_high=True),
    ),
    sides=iterates_side_by_side,
    relation="=",
    derivation=prove_schedules,
    uses=["starnes2023/algorithm-1", "starnes2023/definition-smoothing"],
    expected="proved",
    note="Three steps, two of them at the first scale of [5]; every later step is one of these. The averaging of [5] over a "
    "shrinking set and its projections are no part of Algorithm 1. Where SLGH chooses $\\sigma_t$ by a descent step in "
    "$\\sigma$, the schedule depends on the iterates and is not given in advance, as Algorithm 1 requires: the iterates are those "
    "of Algorithm 1 with the schedule that came out, but statements about a fixed $(\\sigma_t)$ do not apply.",
)


def estimated_step(xp, f, x, eta, sigma, u):
    """A step of ZPSGD with one sample u ~ N(0, I/2): the estimate of ∇f_σ(x) is (2/σ)(f(x+σu) − f(x))u."""
    return x - xp.scale(eta * (f(x + xp.scale(sigma, u)) - f(x)) * 2 / sigma, u)


def error_of_estimated_step(xp, f, x, eta, sigma, d):
    """E‖ZPSGD's x_1 − Algorithm 1's x_1‖², which is 0 if they are equal."""
    exact_step = x - xp.scale(eta, f.smoothed_gradient(x, sigma))

    def squared(u):
        difference = estimated_step(xp, f, x, eta, sigma, u) - exact_step
        return xp.vecdot(difference, difference)

    return xp.gaussian_mean(squared, d, 6), xp.zeros_like(eta)


as_published = Claim(
    id="starnes2023/remark-1-special-cases@as-published",
    printed="Section 1.1",
    kind="implication",
    statement=SPECIAL_CASES
    + r"Read as: the methods as they were published are instances of Algorithm 1, ZPSGD with its Monte Carlo "
    r"gradient $\frac2\sigma(f_k(x+\sigma u)-f_k(x))u$.",
    space=Space(
        d=dimension(1, 2),
        f=function(*QUADRATICS),
        x=point(),
        eta=real(0, open_low=True),
        sigma=real(0, open_low=True),
    ),
    sides=error_of_estimated_step,
    relation="=",
    uses=["starnes2023/algorithm-1"],
    expected="refuted",
    note="Already on $f(x) = x$: a step of ZPSGD is random, and Algorithm 1's is not. Averaging over a batch leaves that, the "
    "perturbation that ZPSGD adds as well.",
)


def mean_of_estimated_step(xp, f, x, eta, sigma, d):
    mean = xp.gaussian_mean(lambda u: estimated_step(xp, f, x, eta, sigma, u), d, 5)
    return mean, x - xp.scale(eta, f.smoothed_gradient(x, sigma))


def prove_mean_step(s):
    u = gaussian("u", s.d)
    estimate = 2 / s.sigma * (s.f(s.x + u.vector * s.sigma) - s.f(s.x)) * inner(u.vector, s.direction)
    return derivation(
        chain(
            inner(s.left, s.direction),
            eq(
                inner(s.x, s.direction) - s.eta * expectation(estimate, u),
                by_definition("the mean over the sample $u$"),
            ),
            eq(
                inner(s.right, s.direction),
                by_expansion("$\\nabla f_\\sigma(x) = \\mathbb E\\frac2\\sigma(f(x+\\sigma u)-f(x))u$"),
            ),
        )
    )


in_the_mean = Claim(
    id="starnes2023/remark-1-special-cases@as-published-corrected",
    printed="Section 1.1, corrected",
    kind="identity",
    statement=r"Given $x_{t-1}$ and $k$, the mean of ZPSGD's step is that of Algorithm 1: $\mathbb E_u[x - \eta\frac2\sigma"
    r"(f_k(x+\sigma u)-f_k(x))u] = x - \eta\nabla f_{k,\sigma}(x)$.",
    space=Space(
        d=dimension(1, 2),
        f=function(*POLYNOMIALS),
        x=point(),
        eta=real(0, open_low=True),
        sigma=real(0, open_low=True),
    ),
    sides=mean_of_estimated_step,
    relation="=",
    derivation=prove_mean_step,
    uses=["starnes2023/identity-a-difference", "starnes2023/algorithm-1"],
    corrects="starnes2023/remark-1-special-cases@as-published",
    expected="proved",
    note="For every $f_k$ with a smoothed gradient. The mean is over the sample at a given iterate: later iterates agree in "
    "the mean only where the gradients are affine.",
)

special_cases = Claim(
    id="starnes2023/remark-1-special-cases",
    printed="Section 1.1",
    kind="implication",
    statement=SPECIAL_CASES
    + r"Open: whether the schedules are meant, or the methods with their gradient estimates.",
    readings=(with_exact_gradients, as_published),
    expected="inconclusive",
    note="Algorithm 1 evaluates $\\nabla f_{k,\\sigma_t}$ exactly. By its schedule each method is a case of it; with its Monte Carlo "
    "gradient ZPSGD is not.",
)
