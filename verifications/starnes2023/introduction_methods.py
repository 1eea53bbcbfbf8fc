"""Section 1.1: known methods as instances of Algorithm 1.

Graduated optimisation [5], ZPSGD [8] and SLGH [7] share the schedules of Algorithm 1, and their iterates are those of
Algorithm 1 where the gradient of the smoothed function is evaluated exactly. ZPSGD estimates it by sampling and is no
case of Algorithm 1 as printed: it agrees in the mean over its samples only.
"""

import numpy as np

from theorycheck import Claim, Space, dimension, function, point, real
from theorycheck.algebra import expectation, gaussian, inner
from theorycheck.derivations import by_definition, by_expansion, chain, derivation, eq
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.lab.optimizers import follow, geometric, gsmooth_sgd, sequence, start_sgd

POLYNOMIALS = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cubic", "quartic")]
QUADRATICS = [family for family in DEFAULT_FAMILIES if family.name == "quadratic"]
WAVES = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cosines")]

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
    expected="conditional",
    note="Three steps, two of them at the first scale of [5]; every later step is one of these. The averaging of [5] over a "
    "shrinking set and its projections are no part of Algorithm 1. Where SLGH chooses $\\sigma_t$ by a descent step in "
    "$\\sigma$, the schedule depends on the iterates and is not given in advance, as Algorithm 1 requires: the iterates are those "
    "of Algorithm 1 with the schedule that came out, but statements about a fixed $(\\sigma_t)$ do not apply.",
)


def estimated_step(xp, f, x, eta, sigma, u):
    """A step of ZPSGD with one sample u ~ N(0, I/2): the estimate of ∇f_σ(x) is (2/σ)(f(x+σu) − f(x))u.

    In [8] it reads z(f(x+z) − f(x))/s² with z ~ N(0, s²I), the same for σ = √2 s.
    """
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
