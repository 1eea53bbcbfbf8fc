"""L9 in the proof of Theorem 3.1: Lemma 2.2 for the samples f_k, of which the theorem does not say that they are L-smooth.

Smoothness of the mean f says nothing of the samples: f_{1,2}(x) = Lx²/2 ± Ax³ have an L-smooth mean, gradients that vanish at 0,
and smoothed gradients ±3Aσ²/2 at 0. For L-smooth samples L9's first inequality holds. Under Hλ@a and @c it can be had
without, since then ‖∇f_{k,σ}(x)‖² ≤ E‖∇f_k(x+σu)‖² already has a mean of at most λ; under @b, a bound along the run alone, it cannot.
"""

from theorycheck import Claim, Space, constant_of, dimension, each, finite_sum, l_smooth, point, real
from theorycheck.algebra import expectation, gaussian, norm_squared
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
from verifications.starnes2023.theorem_3_1_average import FAMILIES

EQUIVALENCE = "starnes2023/remark-l-smooth"


def cubic_samples(xp, A, L, x, sigma):
    """E‖∇f_{k,σ}(x)‖² against 2E‖∇f_k(x)‖² + ¼L²σ²(6+d)³ for f_{1,2} = Lx²/2 ± Ax³, d = 1."""
    smoothed, original = 3 * A * (x**2 + sigma**2 / 2), 3 * A * x**2
    room = L**2 * sigma**2 * (6 + 1) ** 3 / 4
    return smoothed**2 + (L * x) ** 2, 2 * (original**2 + (L * x) ** 2) + room


samples_of_smooth_mean = Claim(
    id="starnes2023/theorem-3.1-l9",
    printed="Appendix B, proof of Theorem 3.1 (use of Lemma 2.2)",
    kind="inequality",
    statement=r"$f$ $L$-smooth, $\mathbb E\nabla f_k = \nabla f$: $\mathbb E\|\nabla f_{k,\sigma}(x)\|^2 \le 2\,\mathbb E\|\nabla f_k(x)\|^2 + "
    r"\frac{L^2\sigma^2}4(6+d)^3$.",
    space=Space(A=real(), L=real(0), x=real(), sigma=real(0)),
    sides=cubic_samples,
    uses=["starnes2023/lemma-2.2a"],
    expected="refuted",
    note="The instances are $K = 2$, $d = 1$, $f_{1,2}(x) = \\frac L2x^2 \\pm Ax^3$, whose mean is L-smooth with minimum 0. So L9 needs L-smooth "
    "samples under H$\\lambda$@b (at $x = 0$, $\\lambda = 0$ bounds the gradients of a run of one step).",
)


def sample_gradients(xp, f, x, sigma, L, d):
    def mean_square(gradient):
        return sum(xp.vecdot(gradient(g), gradient(g)) for g in f.samples) / len(f.samples)

    left = mean_square(lambda sample: sample.smoothed_gradient(x, sigma))
    return left, 2 * mean_square(lambda sample: sample.gradient(x)) + L**2 * sigma**2 * (6 + d) ** 3 / 4


SMOOTH_SAMPLES = each(l_smooth("f", "L"))


def prove_for_smooth_samples(s):
    k, f_k, u = s.index("f"), s.sample("f"), gaussian("u", s.d)
    moved = s.x + u.vector * s.sigma
    smoothed, original = f_k.smoothed_gradient(s.x, s.sigma), f_k.gradient(s.x)
    lipschitz = s.lemma(EQUIVALENCE, f=f_k, x=moved, y=s.x, L=s.L)
    shown = chain(
        expectation(norm_squared(smoothed), k),
        le(
            2 * expectation(norm_squared(original), k) + s.L**2 * s.sigma**2 * s.d,
            consequence(
                "Lemma 2.2(a) for every sample",
                2 * expected(square(f_k.gradient(moved) - smoothed), u, k),
                expected(square(smoothed - original * 2), k),
                2 * expected(hypothesis(lipschitz), u, k),
            ),
        ),
        le(
            2 * expectation(norm_squared(original), k) + s.L**2 * s.sigma**2 * (6 + s.d) ** 3 / 4,
            elementary("$d \\le \\frac14(6+d)^3$"),
        ),
    )
    return derivation(shown, concludes=((shown.start, "<=", shown.end),))


samples_of_smooth_mean_corrected = Claim(
    id="starnes2023/theorem-3.1-l9-corrected",
    printed="Appendix B, proof of Theorem 3.1, corrected",
    kind="inequality",
    statement=r"Every $f_k$ $L$-smooth: $\mathbb E\|\nabla f_{k,\sigma}(x)\|^2 \le 2\,\mathbb E\|\nabla f_k(x)\|^2 + L^2\sigma^2d \le "
    r"2\,\mathbb E\|\nabla f_k(x)\|^2 + \frac{L^2\sigma^2}4(6+d)^3$.",
    space=Space(
        d=dimension(1, 2, 5),
        f=finite_sum((1, 2), *FAMILIES),
        x=point(),
        sigma=real(0),
        L=constant_of("f", "each_smoothness"),
    ),
    hypotheses=[SMOOTH_SAMPLES],
    sides=sample_gradients,
    derivation=prove_for_smooth_samples,
    corrects="starnes2023/theorem-3.1-l9",
    uses=[EQUIVALENCE],
    expected="conditional",
)
