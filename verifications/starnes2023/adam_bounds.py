"""Appendix C: the constant M = 2λ + (L²(6+d)³/4)·max σ_t², and the bounds that are quoted with it.

λ bounds mean *squares* of gradients, so M bounds the square of a gradient. Appendix C goes on to use M where [6] has a bound
of the gradient itself: ‖m_t‖ ≤ M, v_t ≤ M², (M⁴/ε^{3/2})(1 − θ). Wherever gradients are small (λ < ¼), M is smaller than the
gradients, and each of these bounds fails. With a bound B of the norms, ‖∇f_{k,σ}‖ ≤ B, all of them hold.

The readings of the gradient hypothesis: Hλ@a bounds the mean over k, so a single sample may have ‖∇f_k‖² = Kλ; Hλ@b bounds
means over runs, so one run may exceed it; Hλ@c bounds every sample everywhere (B = √λ).
"""

from dataclasses import dataclass
from typing import Any

from theorycheck import (
    Claim,
    Space,
    constant_of,
    dimension,
    finite_sum,
    l_smooth,
    point,
    real,
    vector,
)
from theorycheck.algebra import AbstractFunction, expectation, gaussian, norm_squared
from theorycheck.algebra.expectation import index
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    elementary,
    expected,
    hypothesis,
    le,
    square,
)
from theorycheck.functions import DEFAULT_FAMILIES

HYPOTHESES = {
    "ha": r"$\frac1K\sum_k\|\nabla f_k(x)\|^2 \le \lambda$ for all $x$",
    "hb": r"$\mathbb E\|\nabla f_k(x_t)\|^2 \le \lambda$ for every $k$ along the run",
    "hc": r"$\|\nabla f_k(x)\|^2 \le \lambda$ for all $k$ and $x$",
}
LIPSCHITZ = [
    family for family in DEFAULT_FAMILIES if family.name in ("ridge-cosines", "gaussian-mixture", "huber")
]

# ---- the gradient hypothesis as a hypothesis of claims ---------------------------------------------------------------


@dataclass(frozen=True)
class MeanSquareGradient:
    """Hλ@a: the mean over k of ‖∇f_k‖² is at most λ everywhere; used at the points x + σu.

    Instances are admitted where the squared Lipschitz constants of the samples have a mean of at most λ.
    """

    latex: str = HYPOTHESES["ha"]

    def names(self) -> tuple[str, ...]:
        return ("f", "x", "sigma", "lambda_", "d")

    def holds(self, xp: Any, values: Any) -> Any:
        return values["f"].second_moment <= values["lambda_"]

    def condition(self, f: Any, x: Any, sigma: Any, lambda_: Any, d: Any) -> Any:
        """On symbols, at the point x + σu."""
        sample, moved = sample_of(f), x + gaussian("u", d).vector * sigma
        return expectation(norm_squared(sample.gradient(moved)), index("k", (sample, f))) <= lambda_


@dataclass(frozen=True)
class EverySquareGradient:
    """Hλ@c: ‖∇f_k‖² is at most λ for every k, everywhere; used at the points x + σu."""

    latex: str = HYPOTHESES["hc"]

    def names(self) -> tuple[str, ...]:
        return ("f", "x", "sigma", "lambda_", "d")

    def holds(self, xp: Any, values: Any) -> Any:
        return values["f"].each_lipschitz ** 2 <= values["lambda_"]

    def condition(self, f: Any, x: Any, sigma: Any, lambda_: Any, d: Any) -> Any:
        """On symbols, at the point x + σu and for a random k."""
        moved = x + gaussian("u", d).vector * sigma
        return norm_squared(sample_of(f).gradient(moved)) <= lambda_


def sample_of(f: Any) -> Any:
    """The abstract f_k of a derivation's finite sum f, as `s.sample("f")`."""
    return AbstractFunction(f"{f.name}_k", depends_on=frozenset({"k"}))


MEAN_SQUARE, EVERY_SQUARE = MeanSquareGradient(), EverySquareGradient()
SMOOTH = l_smooth("f", "L")


def constant_m(lambda_, L, sigma, d):
    """M with σ = max σ_t."""
    return 2 * lambda_ + L**2 * (6 + d) ** 3 / 4 * sigma**2


# ---- M bounds the square of a smoothed gradient (readings a and b) ------------------------------------------------------


def square_of_mean(xp, f, x, sigma, lambda_, L, d):
    gradient = f.smoothed_gradient(x, sigma)
    return xp.vecdot(gradient, gradient), constant_m(lambda_, L, sigma, d)


def prove_square_of_mean(s):
    """Jensen over u, and over k: even λ is a bound."""
    u, k = gaussian("u", s.d), s.index("f")
    sample = s.sample("f").gradient(s.x + u.vector * s.sigma)
    if MEAN_SQUARE in s.claim.hypotheses:
        bound = expected(hypothesis(s.assume(MEAN_SQUARE)), u)
    else:
        bound = expected(hypothesis(s.assume(EVERY_SQUARE)), k, u)
    return derivation(
        chain(
            s.left,
            le(
                s.lambda_,
                consequence(
                    "Jensen's inequality over $u$ and $k$, then the gradient hypothesis",
                    expected(square(sample - s.f.smoothed_gradient(s.x, s.sigma)), k, u),
                    bound,
                ),
            ),
            le(s.right, elementary("$\\lambda \\le M$")),
        )
    )


def square_of_largest_sample(xp, f, x, sigma, lambda_, L, d):
    squares = [xp.vecdot(g, g) for g in (sample.smoothed_gradient(x, sigma) for sample in f.samples)]
    largest = squares[0]
    for other in squares[1:]:
        largest = xp.maximum(largest, other)
    return largest, constant_m(lambda_, L, sigma, d)


def _general_space():
    return Space(
        d=dimension(1, 2, 5),
        f=finite_sum((1, 2, 3), *LIPSCHITZ),
        x=point(),
        sigma=real(0),
        lambda_=real(0),
        L=constant_of("f", "smoothness"),
    )


# ---- the instances that decide the other readings ----------------------------------------------------------------------
# In one dimension f_k(x) = a_k sin x: f = (mean a_k) sin x has a minimum and is |mean a_k|-smooth, and smoothing multiplies it by
# e^{−σ²/4}. Hλ@a holds with λ = mean a_k², Hλ@c (and with it @a and @b) with λ = max a_k².


def waves_mean_square(xp, a):
    return (a * a).sum(axis=-1) / a.shape[-1]


def squared_largest(xp, a):
    largest = a[:, 0] ** 2
    for k in range(1, a.shape[-1]):
        largest = xp.maximum(largest, a[:, k] ** 2)
    return largest


def wave_m(xp, a, lambda_, sigma):
    """M of the waves, L = |mean a_k|, d = 1."""
    mean = a.sum(axis=-1) / a.shape[-1]
    return constant_m(lambda_, mean, sigma, 1)


def largest_wave_sample_squared(xp, a, x, sigma):
    """max_k f_{k,σ}'(x)² under Hλ@a."""
    factor = (xp.exp(-(sigma**2) / 4) * xp.cos(x)) ** 2
    return factor * squared_largest(xp, a), wave_m(xp, a, waves_mean_square(xp, a), sigma)


def norm_of_mean_wave(xp, a, x, sigma):
    """|f_σ'(x)| where λ = max a_k² satisfies all three readings of the hypothesis."""
    mean = a.sum(axis=-1) / a.shape[-1]
    factor = xp.exp(-(sigma**2) / 4) * abs(xp.cos(x))
    return factor * abs(mean), wave_m(xp, a, squared_largest(xp, a), sigma)


def norm_of_wave_sample(xp, a, x, sigma):
    """|f_{1,σ}'(x)| where λ = max a_k² satisfies all three readings of the hypothesis."""
    factor = xp.exp(-(sigma**2) / 4) * abs(xp.cos(x))
    return factor * abs(a[:, 0]), wave_m(xp, a, squared_largest(xp, a), sigma)


def _wave_space(samples):
    return Space(a=vector(samples), x=real(), sigma=real(0))


def one_run_exceeds(every_sample):
    """Three samples, no smoothing, x_0 = π/2, one step of Algorithm 2: f_1 = f_2 = sin x, f_3 = sin(x − ψ).

    f_1' and f_2' vanish at x_0, so only the runs that draw k = 3 move, to x_1. λ is the smallest one of Hλ@b, the
    largest of E f_k'(x_t)² over k and t = 0, 1. Left: the square of f'(x_1), or of f_1'(x_1), on those runs.
    """

    def sides(xp, psi, eta, theta, epsilon):
        still, moving = 0 * psi, xp.sin(psi)  # f_1'(π/2) and f_3'(π/2)
        step = eta * moving / xp.sqrt((1 - theta) * moving**2 + epsilon)
        first, third = xp.sin(step), xp.sin(step + psi)  # f_1'(x_1) and f_3'(x_1), x_1 = π/2 − step
        first_mean = (2 * still**2 + first**2) / 3
        third_mean = (2 * moving**2 + third**2) / 3
        lambda_ = xp.maximum(moving**2, xp.maximum(first_mean, third_mean))
        value = first**2 if every_sample else ((2 * first + third) / 3) ** 2
        return value, 2 * lambda_

    return sides


RUN_SPACE = Space(
    psi=real(0, 1, open_low=True),
    eta=real(0, 20, open_low=True),
    theta=real(0, 1, open_low=True, open_high=True),
    epsilon=real(0, 1, open_low=True),
)

# ---- the twelve claims ---------------------------------------------------------------------------------------------------

BOUNDED = {
    "a": r"$\|\nabla f_\sigma(x)\|^2 \le M$",
    "b": r"$\|\nabla f_{k,\sigma}(x)\|^2 \le M$ for every $k$",
    "c": r"$\|\nabla f_\sigma(x)\| \le M$",
    "d": r"$\|\nabla f_{k,\sigma}(x)\| \le M$ for every $k$",
}
SMALL_WAVES = (
    "For $f_k(x) = a_k\\sin x$ and $\\lambda = \\max a_k^2$ all three readings of the hypothesis hold; $M = 2\\lambda$ "
    "is smaller than the gradient $\\sqrt\\lambda$ as soon as $\\lambda < \\frac14$. True where $M \\ge 1$, if the square "
    "is bounded."
)
ONE_RUN = (
    "A mean over runs bounds no single run: of three equally likely runs one may carry all of it. No smoothing, one step of "
    "Algorithm 2; as the violation is strict, later steps that are small enough change nothing."
)
NO_JUMP = (
    "By Jensen's inequality over $u$, as in `bound-c-m@d-hc-corrected`, once $\\mathbb E\\nabla f_k(x+\\sigma u) = \\nabla "
    "f_{k,\\sigma}(x)$: that needs an $f_k$ without jumps. Differentiable everywhere with $\\|\\nabla f_k\\|^2 \\le \\lambda$ it is "
    "$\\sqrt\\lambda$-Lipschitz by the mean value theorem; the algebra has no such step, and nothing printed says Lipschitz."
)
EVIDENCE: dict[tuple[str, str], dict[str, Any]] = {
    ("a", "ha"): {
        "sides": square_of_mean,
        "derivation": prove_square_of_mean,
        "hypotheses": [SMOOTH, MEAN_SQUARE],
    },
    ("a", "hc"): {
        "sides": square_of_mean,
        "derivation": prove_square_of_mean,
        "hypotheses": [SMOOTH, EVERY_SQUARE],
    },
    ("b", "hc"): {
        "sides": square_of_largest_sample,
        "hypotheses": [SMOOTH, EVERY_SQUARE],
        "note": NO_JUMP,
    },
    ("a", "hb"): {"sides": one_run_exceeds(every_sample=False), "space": RUN_SPACE, "note": ONE_RUN},
    ("b", "hb"): {"sides": one_run_exceeds(every_sample=True), "space": RUN_SPACE, "note": ONE_RUN},
    ("b", "ha"): {
        "sides": largest_wave_sample_squared,
        "space": _wave_space(3),
        "note": "The mean over $k$ may sit in one sample: $\\|\\nabla f_k\\|^2$ up to $K\\lambda$, more than $2\\lambda$ from $K = 3$ on.",
    },
}
for _hypothesis in HYPOTHESES:
    EVIDENCE["c", _hypothesis] = {"sides": norm_of_mean_wave, "space": _wave_space(1), "note": SMALL_WAVES}
    EVIDENCE["d", _hypothesis] = {"sides": norm_of_wave_sample, "space": _wave_space(2), "note": SMALL_WAVES}
TRUE = {("a", "ha"): "conditional", ("a", "hc"): "conditional", ("b", "hc"): "supported"}


def _bound(reading, gradient_hypothesis):
    evidence = {"space": _general_space(), **EVIDENCE[reading, gradient_hypothesis]}
    expected = TRUE.get((reading, gradient_hypothesis), "refuted")
    return Claim(
        id=f"starnes2023/bound-c-m@{reading}-{gradient_hypothesis}",
        printed="Appendix C",
        kind="inequality",
        statement=rf"{HYPOTHESES[gradient_hypothesis]}, $f$ $L$-smooth, $M = 2\lambda+\frac{{L^2(6+d)^3}}4\max_t\sigma_t^2$: "
        rf"{BOUNDED[reading]}.",
        uses=["starnes2023/definition-smoothing"]
        + (["starnes2023/algorithm-2"] if expected == "refuted" else []),
        expected=expected,
        **evidence,
    )


bounds = {pair: _bound(*pair) for pair in ((r, h) for r in BOUNDED for h in HYPOTHESES)}


def _entry(letter):
    """One reading of what M bounds, in the readings of the hypothesis."""
    readings = [bounds[letter, h] for h in HYPOTHESES]
    statuses = {claim.expected for claim in readings}
    return Claim(
        id=f"starnes2023/bound-c-m@{letter}",
        printed="Appendix C",
        kind="inequality",
        statement=rf"{BOUNDED[letter]}, $M = 2\lambda+\frac{{L^2(6+d)^3}}4\max_t\sigma_t^2$.",
        readings=readings,
        expected=statuses.pop() if len(statuses) == 1 else "inconclusive",
    )


entries = [_entry(letter) for letter in BOUNDED]
bound_m = Claim(
    id="starnes2023/bound-c-m",
    printed="Appendix C",
    kind="inequality",
    statement=r"$M = 2\lambda+\frac{L^2(6+d)^3}4\max_t\sigma_t^2$ bounds the gradients (which ones, and whether their squares, is open).",
    readings=entries,
    expected="inconclusive",
)
