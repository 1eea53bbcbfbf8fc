"""SGD, heavy balls, Adam, SVRG and their Gaussian-smoothed forms, and exact expectations over the sampled indices.

An algorithm is a step function on a state; the indices that it samples are data. Here GSmoothSGD, in `sides` of a claim
with `f=finite_sum((1, 2, 3))`, `x=point()`, `eta=real(0, open_low=True)`, `sigma=real(0)`:

    from fractions import Fraction
    from theorycheck.lab.optimizers import expand, expected_over_paths, geometric, gsmooth_sgd, start_sgd

    def sides(xp, f, x, eta, sigma):
        K = len(f.samples)
        step = gsmooth_sgd(xp, f.samples, eta, geometric(sigma, Fraction(1, 2)))
        total = 0
        for t, state in enumerate(expand(xp, step, start_sgd(x), K, 3)):   # all paths: state.x is (K**t, N, d)
            gradient = f.gradient(state.x)
            total = total + expected_over_paths(xp, xp.vecdot(gradient, gradient), K)   # (N,), exact
        return total, ...

    for state in follow(xp, step, start_sgd(x), random_paths(generator, K, 1000, 50)):  # 50 random runs
        ...

    law = fixed_anchor(xp, x)                                              # SVRG: the exact law of the anchors
    law = next_anchor(xp, f.samples, law, times=times_before_steps(m), learning_rate=eta, sigma=sigma, tau=0)
    law.expectation(f.smoothed(law.points, sigma))                         # E f_σ(x̃_1), of shape (N,)

Smoothing is f_σ(x) = E f(x + σu) with u ~ N(0, I/2), from the closed forms of `theorycheck.functions`. On quadratics,
`theorycheck.lab.optimizers.quadratic_moments` has exact recursions for any number of steps.
"""

from theorycheck.lab.optimizers.adam import AdamState, adam, adam_rule, gsmooth_adam, start_adam
from theorycheck.lab.optimizers.momentum import MomentumState, nshb, nshb_rule, shb, shb_rule, start_momentum
from theorycheck.lab.optimizers.paths import (
    PathEstimate,
    enumerate_paths,
    estimate_over_paths,
    expand,
    expected_over_paths,
    follow,
    path_probabilities,
    random_paths,
)
from theorycheck.lab.optimizers.rules import Gradient, Rule, Step, on_samples
from theorycheck.lab.optimizers.schedules import (
    Schedule,
    constant,
    geometric,
    power,
    require_nonincreasing,
    require_steps,
    sequence,
)
from theorycheck.lab.optimizers.sgd import SGDState, gsmooth_sgd, sgd, sgd_rule, start_sgd
from theorycheck.lab.optimizers.svrg import (
    AnchorLaw,
    SVRGState,
    fixed_anchor,
    gsmooth_svrg,
    next_anchor,
    start_svrg,
    svrg,
    svrg_rule,
    times_before_steps,
    times_of_line_9,
)

__all__ = [
    "AdamState",
    "AnchorLaw",
    "Gradient",
    "MomentumState",
    "PathEstimate",
    "Rule",
    "SGDState",
    "SVRGState",
    "Schedule",
    "Step",
    "adam",
    "adam_rule",
    "constant",
    "enumerate_paths",
    "estimate_over_paths",
    "expand",
    "expected_over_paths",
    "fixed_anchor",
    "follow",
    "geometric",
    "gsmooth_adam",
    "gsmooth_sgd",
    "gsmooth_svrg",
    "next_anchor",
    "nshb",
    "nshb_rule",
    "on_samples",
    "path_probabilities",
    "power",
    "random_paths",
    "require_nonincreasing",
    "require_steps",
    "sequence",
    "sgd",
    "sgd_rule",
    "shb",
    "shb_rule",
    "start_adam",
    "start_momentum",
    "start_sgd",
    "start_svrg",
    "svrg",
    "svrg_rule",
    "times_before_steps",
    "times_of_line_9",
]
