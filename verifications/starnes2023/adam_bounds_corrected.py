"""Appendix C: what holds in the place of the bounds by M that fail (adam_bounds).

Squares of gradients are bounded by λ and Kλ, norms by their roots; for single samples that needs E ∇f_k(x+σu) = ∇f_{k,σ}(x), so that f_k
must not jump, and every f_k is assumed to be Lipschitz, with any constant. Under Hλ@b there is a bound in the mean over runs only, at each
x_t, and for single samples only if these are smooth themselves.
"""

from dataclasses import dataclass
from typing import Any

from theorycheck import (
    Claim,
    Space,
    choice,
    constant_of,
    dimension,
    each,
    finite_sum,
    l_smooth,
    lipschitz,
    point,
    real,
)
from theorycheck.algebra import AbstractFunction, expectation, gaussian, index, norm_squared
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
from verifications.starnes2023.adam_bounds import (
    BOUNDED,
    EVERY_SQUARE,
    HYPOTHESES,
    LIPSCHITZ,
    MEAN_SQUARE,
    SMOOTH,
    constant_m,
    sample_of,
)

EQUIVALENCE = "starnes2023/remark-l-smooth"
EACH_SMOOTH = each(l_smooth("f", "L"))
EACH_LIPSCHITZ = each(lipschitz("f", "C"))

# ---- norms of the smoothed mean: √λ -------------------------------------------------------------------------------------


def norm_of_mean(xp, f, x, sigma, lambda_):
    return xp.norm(f.smoothed_gradient(x, sigma)), xp.sqrt(lambda_)


def prove_norm_of_mean(s):
    u, k = gaussian("u", s.d), s.index("f")
    sample, smoothed = s.sample("f").gradient(s.x + u.vector * s.sigma), s.f.smoothed_gradient(s.x, s.sigma)
    one = MEAN_SQUARE in s.claim.hypotheses
    bound = hypothesis(s.assume(MEAN_SQUARE if one else EVERY_SQUARE))
    return derivation(
        chain(
            norm_squared(smoothed),
            le(
                s.lambda_,
                consequence(
                    "Jensen over $u$ and $k$",
                    expected(square(sample - smoothed), k, u),
                    expected(bound, u) if one else expected(bound, k, u),
                ),
            ),
        )
    )


# ---- single samples under Hλ@a: Kλ -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeanSquareOfSplit:
    """Hλ@a with the sum over k split into one sample f_k and the mean over the K − 1 others, f_i."""

    latex: str = HYPOTHESES["ha"]

    def names(self) -> tuple[str, ...]:
        return ("f", "x", "sigma", "lambda_", "d", "K")

    def holds(self, xp: Any, values: Any) -> Any:
        return values["f"].second_moment <= values["lambda_"]

    def condition(self, f: Any, x: Any, sigma: Any, lambda_: Any, d: Any, K: Any) -> Any:
        moved = x + gaussian("u", d).vector * sigma
        others = expectation(norm_squared(other_sample(f).gradient(moved)), index("i"))
        return norm_squared(sample_of(f).gradient(moved)) / K + (1 - 1 / K) * others <= lambda_


def other_sample(f):
    return AbstractFunction(f"{f.name}_i", depends_on=frozenset({"i"}))


SPLIT = MeanSquareOfSplit()


def largest_sample(xp, f, x, sigma):
    squares = [xp.vecdot(g, g) for g in (sample.smoothed_gradient(x, sigma) for sample in f.samples)]
    largest = squares[0]
    for other in squares[1:]:
        largest = xp.maximum(largest, other)
    return largest


def square_of_sample(xp, f, x, sigma, lambda_, K):
    return largest_sample(xp, f, x, sigma), K * lambda_


def norm_of_sample(xp, f, x, sigma, lambda_, K):
    return xp.sqrt(largest_sample(xp, f, x, sigma)), xp.sqrt(K * lambda_)


def prove_sample(s):
    u = gaussian("u", s.d)
    sample = s.sample("f")
    moved, smoothed = s.x + u.vector * s.sigma, sample.smoothed_gradient(s.x, s.sigma)
    return derivation(
        chain(
            norm_squared(smoothed),
            le(
                s.K * s.lambda_,
                consequence(
                    "Jensen over $u$; the other samples are not negative",
                    expected(square(sample.gradient(moved) - smoothed), u),
                    s.K * expected(hypothesis(s.assume(SPLIT)), u),
                    (s.K - 1) * expected(square(other_sample(s.f).gradient(moved)), index("i"), u),
                ),
            ),
        ),
        concludes=((norm_squared(smoothed), "<=", s.K * s.lambda_),),
    )


def norm_of_every_sample(xp, f, x, sigma, lambda_):
    return xp.sqrt(largest_sample(xp, f, x, sigma)), xp.sqrt(lambda_)


def prove_every_sample(s):
    u = gaussian("u", s.d)
    sample = s.sample("f")
    moved, smoothed = s.x + u.vector * s.sigma, sample.smoothed_gradient(s.x, s.sigma)
    return derivation(
        chain(
            norm_squared(smoothed),
            le(
                s.lambda_,
                consequence(
                    "Jensen over $u$",
                    expected(square(sample.gradient(moved) - smoothed), u),
                    expected(hypothesis(s.assume(EVERY_SQUARE)), u),
                ),
            ),
        ),
        concludes=((norm_squared(smoothed), "<=", s.lambda_),),
    )


# ---- along a run: at each x_t, in terms of the samples there; then the mean over runs is at most M ---------------------------


def mean_along_run(xp, f, x, sigma, L, d):
    """‖∇f_σ(x)‖² against M with (1/K) Σ ‖∇f_k(x)‖² for λ."""
    smoothed = f.smoothed_gradient(x, sigma)
    mean = xp.sample_mean(f, lambda sample: xp.vecdot(sample.gradient(x), sample.gradient(x)))
    return xp.vecdot(smoothed, smoothed), constant_m(mean, L, sigma, d)


def sample_along_run(xp, f, x, sigma, L, d):
    """The mean over k of ‖∇f_{k,σ}(x)‖², the samples L-smooth."""

    def smoothed(sample):
        gradient = sample.smoothed_gradient(x, sigma)
        return xp.vecdot(gradient, gradient)

    mean = xp.sample_mean(f, lambda sample: xp.vecdot(sample.gradient(x), sample.gradient(x)))
    return xp.sample_mean(f, smoothed), constant_m(mean, L, sigma, d)


def prove_along_run(of_samples):
    """Lemma 2.2(a) for f, and Jensen over k; or for every f_k."""

    def prove(s):
        u, k = gaussian("u", s.d), s.index("f")
        around, sample = s.x + u.vector * s.sigma, s.sample("f")
        f = sample if of_samples else s.f
        lipschitz = s.lemma(EQUIVALENCE, f=f, x=around, y=s.x, L=s.L)
        moved, smoothed, original = f.gradient(around), f.smoothed_gradient(s.x, s.sigma), f.gradient(s.x)
        terms = (
            2 * expected(square(moved - smoothed), u),
            square(smoothed - original * 2),
            2 * expected(hypothesis(lipschitz), u),
        )
        mean = expectation(norm_squared(sample.gradient(s.x)), k)
        if of_samples:
            terms = (
                2 * expected(square(moved - smoothed), u, k),
                expected(square(smoothed - original * 2), k),
                2 * expected(hypothesis(lipschitz), u, k),
            )
        else:
            terms += (2 * expected(square(sample.gradient(s.x) - original), k),)
        return derivation(
            chain(
                s.left,
                le(
                    2 * mean + s.L**2 * s.sigma**2 * s.d,
                    consequence("Lemma 2.2(a), and Jensen over $k$", *terms),
                ),
                le(s.right, elementary("$d \\le \\frac14(6+d)^3$")),
            )
        )

    return prove


# ---- the claims -----------------------------------------------------------------------------------------------------------


def _space(**more):
    return Space(
        d=dimension(1, 2),
        **more,
        x=point(),
        sigma=real(0),
        lambda_=constant_of("f", "second_moment"),
        L=constant_of("f", "smoothness"),
    )


def _run_space(constant):
    return Space(
        d=dimension(1, 2), f=finite_sum((1, 2)), x=point(), sigma=real(0), L=constant_of("f", constant)
    )


THREE = finite_sum(3, *LIPSCHITZ)
FEW = finite_sum((1, 2, 3), *LIPSCHITZ)
SOME_CONSTANT = constant_of("f", "each_lipschitz")


def _bounded_everywhere(**constants):
    return Space(d=dimension(1, 2), f=FEW, x=point(), sigma=real(0), lambda_=real(0), **constants)


IF_LIPSCHITZ = "if every $f_k$ is Lipschitz, "
CLAIMS: dict[tuple[str, str], tuple[str, Any, Any, Any, list[Any], str]] = {
    ("b", "ha"): (
        IF_LIPSCHITZ + r"$\|\nabla f_{k,\sigma}(x)\|^2 \le K\lambda$",
        _space(K=choice(3), f=THREE, C=SOME_CONSTANT),
        square_of_sample,
        prove_sample,
        [SPLIT, EACH_LIPSCHITZ],
        "Best possible: one sample may carry the whole mean.",
    ),
    ("d", "ha"): (
        IF_LIPSCHITZ + r"$\|\nabla f_{k,\sigma}(x)\| \le \sqrt{K\lambda}$",
        _space(K=choice(3), f=THREE, C=SOME_CONSTANT),
        norm_of_sample,
        prove_sample,
        [SPLIT, EACH_LIPSCHITZ],
        "",
    ),
    ("c", "ha"): (
        r"$\|\nabla f_\sigma(x)\| \le \sqrt\lambda$",
        _space(f=FEW),
        norm_of_mean,
        prove_norm_of_mean,
        [SMOOTH, MEAN_SQUARE],
        "",
    ),
    ("c", "hc"): (
        r"$\|\nabla f_\sigma(x)\| \le \sqrt\lambda$",
        _bounded_everywhere(L=constant_of("f", "smoothness")),
        norm_of_mean,
        prove_norm_of_mean,
        [SMOOTH, EVERY_SQUARE],
        "",
    ),
    ("d", "hc"): (
        IF_LIPSCHITZ + r"$\|\nabla f_{k,\sigma}(x)\| \le \sqrt\lambda$ for every $k$",
        _bounded_everywhere(C=SOME_CONSTANT),
        norm_of_every_sample,
        prove_every_sample,
        [EVERY_SQUARE, EACH_LIPSCHITZ],
        "",
    ),
}
ALONG = (
    r"at every point $x$ of the run $\|\nabla f_\sigma(x)\|^2 \le \frac2K\sum_k\|\nabla f_k(x)\|^2+\frac{L^2(6+d)^3}4\sigma^2$, so that "
    r"$\mathbb E\|\nabla f_\sigma(x_t)\|^2 \le M$"
)
ALONG_SAMPLES = (
    r"if every $f_k$ is $L$-smooth, at every point $x$ of the run $\frac1K\sum_k\|\nabla f_{k,\sigma}(x)\|^2 \le \frac2K\sum_k\|\nabla "
    r"f_k(x)\|^2+\frac{L^2(6+d)^3}4\sigma^2$, so that $\mathbb E\|\nabla f_{k,\sigma}(x_t)\|^2 \le M$ in the mean over runs and $k$"
)
ROOT = r", and $\sqrt M$ bounds the mean of the norm"
OF_THE_NORM = "Proved for the squares; $(\\mathbb E\\|\\cdot\\|)^2 \\le \\mathbb E\\|\\cdot\\|^2$."
for reading, text in (("a", ALONG), ("c", ALONG + ROOT)):
    CLAIMS[reading, "hb"] = (
        text,
        _run_space("smoothness"),
        mean_along_run,
        prove_along_run(of_samples=False),
        [SMOOTH],
        "" if reading == "a" else OF_THE_NORM,
    )
for reading, text in (("b", ALONG_SAMPLES), ("d", ALONG_SAMPLES + ROOT)):
    CLAIMS[reading, "hb"] = (
        text,
        _run_space("each_smoothness"),
        sample_along_run,
        prove_along_run(of_samples=True),
        [EACH_SMOOTH],
        "With $f$ smooth alone the smoothed samples are not bounded at all, see adam_counterexample."
        + ("" if reading == "b" else f" {OF_THE_NORM}"),
    )


def _correction(reading, gradient_hypothesis):
    text, space, sides, proof, hypotheses, note = CLAIMS[reading, gradient_hypothesis]
    return Claim(
        id=f"starnes2023/bound-c-m@{reading}-{gradient_hypothesis}-corrected",
        printed="Appendix C, corrected",
        kind="inequality",
        statement=f"{HYPOTHESES[gradient_hypothesis]}: {text} (in the place of {BOUNDED[reading]}).",
        space=space,
        hypotheses=hypotheses,
        sides=sides,
        derivation=proof,
        corrects=f"starnes2023/bound-c-m@{reading}-{gradient_hypothesis}",
        uses=["starnes2023/definition-smoothing", "starnes2023/remark-l-smooth"],
        expected="conditional",
        note=note,
    )


corrections = tuple(_correction(*pair) for pair in sorted(CLAIMS))
