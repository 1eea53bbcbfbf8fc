"""Claims about a finite sum f = (1/K) Σ f_k: its samples, its minimiser, the mean over a random index; an experiment."""

from theorycheck import (
    Claim,
    Experiment,
    Observation,
    Space,
    constant_of,
    convex,
    dimension,
    each,
    finite_sum,
    l_smooth,
    minimiser_of,
    minimises,
    point,
    real,
)
from theorycheck.derivations import chain, consequence, derivation, expected, hypothesis, le
from theorycheck.functions import DEFAULT_FAMILIES

CONVEX = [family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "convex-cosines")]
EACH_CONVEX, EACH_SMOOTH, MINIMUM = each(convex("f")), each(l_smooth("f", "L")), minimises("f", "x_star")


def gradient_noise(xp, f, x, x_star, L):
    """E_k |∇f_k(x) − ∇f_k(x_*)|², and 2L (f(x) − f(x_*))."""

    def squared_change(sample):
        change = sample.gradient(x) - sample.gradient(x_star)
        return xp.vecdot(change, change)

    return xp.sample_mean(f, squared_change), 2 * L * (f(x) - f(x_star))


noise_at_the_minimiser = Claim(
    id="mine/noise",
    statement=r"$f_k$ convex, $L$-smooth: $\mathbb E\|\nabla f_k(x)-\nabla f_k(x_*)\|^2 \le 2L(f(x)-f(x_*))$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2, 3), *CONVEX, tilted=True),
        x_star=minimiser_of("f"),
        x=point(),
        L=constant_of("f", "each_smoothness"),
    ),
    hypotheses=[EACH_CONVEX, EACH_SMOOTH, MINIMUM],
    sides=gradient_noise,
    expected="supported",
)


def value_after_a_step(xp, f, x, eta, L):
    """E f(x − η∇f_k(x)), and the bound."""
    after = xp.sample_mean(f, lambda sample: f(x - xp.scale(eta, sample.gradient(x))))
    size = xp.sample_mean(f, lambda sample: xp.vecdot(sample.gradient(x), sample.gradient(x)))
    gradient = f.gradient(x)
    return after, f(x) - eta * xp.vecdot(gradient, gradient) + L / 2 * eta**2 * size


def prove_step(s):
    k, step = s.index("f"), s.sample("f").gradient(s.x)
    fact = s.assume(l_smooth("f", "L")).upper(s.x, s.x - step * s.eta)
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "$f$ is $L$-smooth, $\\mathbb E\\nabla f_k = \\nabla f$", expected(hypothesis(fact), k)
                ),
            ),
        )
    )


one_step_of_sgd = Claim(
    id="mine/one-step",
    statement=r"$f$ $L$-smooth: $\mathbb E f(x-\eta\nabla f_k(x)) \le f(x) - \eta\|\nabla f(x)\|^2 + "
    r"\frac L2\eta^2\,\mathbb E\|\nabla f_k(x)\|^2$.",
    space=Space(
        d=dimension(1, 2),
        f=finite_sum((1, 2, 3)),
        x=point(),
        eta=real(0),
        L=constant_of("f", "smoothness"),
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=value_after_a_step,
    derivation=prove_step,
    expected="proved",
)


def many_runs(xp, generator, effort):
    """SGD on f_1 = (x−1)²/2, f_2 = (x+1)²/2: the second moment tends to η/(2 − η)."""
    count, learning_rate = 4000 * effort, 0.5
    x = xp.zeros((count,))
    for _ in range(60):
        centre = xp.asarray(generator.choice([-1.0, 1.0], size=count))
        x = x - learning_rate * (x - centre)
    squares = x * x  # in [0, 1]
    measured, exact = float(squares.mean()), learning_rate / (2 - learning_rate)
    radius = (10.4 / count) ** 0.5  # Hoeffding: 2 exp(−2·10.4) < 2e-9
    outcome = "agrees" if abs(measured - exact) <= radius else "disagrees"
    return Observation(outcome, f"mean square {measured:.4f} ± {radius:.4f}, predicted {exact:.4f}")


noise_level = Claim(
    id="mine/noise-level",
    statement=r"SGD on $(x\mp1)^2/2$ with $\eta = \frac12$: $\mathbb E x_t^2 \to \frac13$.",
    kind="convergence",
    experiments=[
        Experiment(
            "second moment after 60 steps",
            "the mean of x² over 4000 runs or more lies within Hoeffding's radius (error probability 2e-9) of 1/3",
            many_runs,
        )
    ],
    expected="supported",
)
