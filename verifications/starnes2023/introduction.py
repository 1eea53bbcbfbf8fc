"""Section 1: SGD near a minimiser.

That SGD keeps moving near a minimiser, the less the smaller its learning rate, and that a smaller rate is slower, is
true and exact on quadratics. Read for all functions the remark needs care, see its note. The methods that are called
particular cases of Algorithm 1 stand in `introduction_methods`, what smoothing costs in `introduction_cost`; Figure 1 and
the identities of section 1 have files of their own.
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
    minimiser_of,
    minimises,
    point,
    real,
    requires,
)
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.derivations import (
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
from theorycheck.lab.optimizers.quadratic_moments import (
    mean_and_second_moment,
    moments_at,
    next_moments,
    sgd_maps,
)

CONVEX = [family for family in DEFAULT_FAMILIES if family.name in ("convex-quadratic", "convex-cosines")]
EACH_CONVEX, MINIMUM = each(convex("f")), minimises("f", "x_star")


def noise(xp, f, x_star):
    """E‖∇f_k(x_*)‖²."""
    return xp.sample_mean(f, lambda sample: xp.vecdot(sample.gradient(x_star), sample.gradient(x_star)))


NOISY = requires(lambda xp, f, x_star: noise(xp, f, x_star) > 0, r"\mathbb E\|\nabla f_k(x_*)\|^2 > 0")
STABLE = requires(lambda a, low, rise: a * (low + rise) <= 1, r"a\eta' \le 1")

# ---- SGD near a minimiser --------------------------------------------------------------------------------------------


def stationary_spread(eta, a, V):
    """E‖x − x_*‖² of stationary SGD on samples with the Hessian a·I, V = E‖∇f_k(x_*)‖²."""
    return eta * V / (a * (2 - eta * a))


def two_rates(xp, f, x_star, a, low, rise):
    V = noise(xp, f, x_star)
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
            (1 - high * s.a) ** 2 * s.right + high**2 * spread,
            eq(s.right, by_expansion("it is the fixed point of that recursion"), "the stationary spread"),
        ),
        chain(
            s.left,
            gt(
                sympy.Integer(0),
                elementary("all factors are positive"),
                "the iterates vary",
            ),
        ),
        chain(
            s.left,
            lt(
                s.right,
                elementary("$\\eta/(2-\\eta a)$ increases"),
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
        low=real(0, open_low=True),
        rise=real(0, open_low=True),
    ),
    hypotheses=[EACH_CONVEX, MINIMUM, NOISY, STABLE],
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
