"""Note D.1: max pooling, h(x) = max over a window, X_ij ~ N(x_ij, σ²)."""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, real
from theorycheck.algebra import expectation, gaussian, inner, vector
from theorycheck.derivations import antiderivative, by_expansion, chain, derivation, eq, rewriting

# ---- the law of the smoothed window ------------------------------------------------------------------------------------


def mean_of_maximum(xp, first, second, spread):
    """E max(X_1, X_2) for independent X_i ~ N(first or second, spread²), spread > 0."""
    theta = spread * xp.sqrt(xp.number(1) * 2)
    z = (first - second) / theta
    probability = (1 + xp.erf(z / xp.sqrt(xp.number(1) * 2))) / 2
    density = xp.exp(-(z**2) / 2) / xp.sqrt(2 * xp.number(1) * xp.pi)
    return first * probability + second * (1 - probability) + theta * density


def window_of_two(xp, x, y, sigma):
    """u ~ N(0, I/2) gives x + σu the variance σ²/2; printed is σ²."""
    return mean_of_maximum(xp, x, y, sigma / xp.sqrt(xp.number(1) * 2)), mean_of_maximum(xp, x, y, sigma)


law = Claim(
    id="starnes2023/note-d.1-law",
    printed="Note D.1",
    kind="identity",
    statement=r"$h(x) = \max_{i,j} x^{ij}$: $h_\sigma(x) = \pi^{-d/2}\int\max(x^{ij}+\sigma U^{ij})e^{-\|U\|^2}dU = "
    r"\mathbb E(\max_{i,j} X_{ij})$ with $X_{ij} \sim N(x^{ij}, \sigma^2)$.",
    space=Space(x=real(), y=real(), sigma=real(0, open_low=True)),
    sides=window_of_two,
    relation="=",
    uses=["starnes2023/definition-smoothing"],
    expected="refuted",
    note="The paper's Gaussian has covariance $\\frac12 I$, so $X_{ij} \\sim N(x^{ij}, \\frac12\\sigma^2)$. The instances are "
    "windows of two entries; a window of one is not affected.",
)


def prove_law(_):
    """x + σu is Gaussian with mean x and covariance (σ²/2) I: the law is fixed by both."""
    d, sigma = sympy.Symbol("d", integer=True, positive=True), sympy.Symbol("sigma", nonnegative=True)
    u, a, b, x = gaussian("u", d), vector("a"), vector("b"), vector("x")
    moved = x + u.vector * sigma
    mean = expectation(inner(moved, a), u)
    covariance = expectation(inner(moved - x, a) * inner(moved - x, b), u)
    return derivation(
        chain(mean, eq(inner(x, a), by_expansion("the mean in every direction $a$"))),
        chain(
            covariance, eq(sigma**2 / 2 * inner(a, b), by_expansion("the covariance of every two directions"))
        ),
        concludes=((mean, "=", inner(x, a)), (covariance, "=", sigma**2 / 2 * inner(a, b))),
    )


law_corrected = Claim(
    id="starnes2023/note-d.1-law-corrected",
    printed="Note D.1, corrected",
    kind="identity",
    statement=r"$h_\sigma(x) = \mathbb E(\max_{i,j} X_{ij})$ with independent $X_{ij} \sim N(x^{ij}, \frac12\sigma^2)$.",
    derivation=prove_law,
    corrects="starnes2023/note-d.1-law",
    uses=["starnes2023/definition-smoothing"],
    expected="conditional",
    note="An affine image of a Gaussian vector is Gaussian; the derivation computes its mean and covariance.",
)

# ---- "no closed form" ----------------------------------------------------------------------------------------------------


def closed_form_for_two(_):
    """E max(X_1, X_2) = x + ½ E|X_1 − X_2|, and X_1 − X_2 = √2 σz with z standard normal."""
    x, z = sympy.Symbol("x", real=True), sympy.Symbol("z", real=True)
    sigma = sympy.Symbol("sigma", positive=True)
    density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    half = sympy.Integral(z * density, (z, 0, sympy.oo))  # by symmetry E|z| is twice this
    mean = x + sympy.sqrt(2) * sigma * half
    value = 1 / sympy.sqrt(2 * sympy.pi)
    return derivation(
        chain(half, eq(value, antiderivative("$-e^{-z^2/2}/\\sqrt{2\\pi}$ is an antiderivative", -density))),
        chain(
            mean,
            eq(
                x + sigma / sympy.sqrt(sympy.pi),
                rewriting("insert it: a closed form", (half, value, antiderivative("", -density))),
            ),
        ),
        concludes=((mean, "=", x + sigma / sympy.sqrt(sympy.pi)),),
    )


def closed_form_demonstrated(xp, x, sigma):
    """The closed form x + σ/√π against E max(X_1, X_2), X_i ~ N(x, σ²), by the general formula for two Gaussians."""
    closed = x + sigma / xp.sqrt(xp.number(1) * xp.pi)
    difference = abs(mean_of_maximum(xp, x, x, sigma) - closed)
    return sigma / 1000, difference


no_closed_form = Claim(
    id="starnes2023/note-d.1-closed-form",
    printed="Note D.1",
    kind="implication",
    statement=r"Even if all $x^{ij}$ are equal, $\mathbb E(\max X_{ij})$ has no closed form; hence $h_\sigma$ cannot be computed.",
    refutation=Refutation(
        derivation=closed_form_for_two,
        explanation="for a window of two equal entries E max(X_1, X_2) = x + σ/√π, a closed form, so h_σ can be computed there",
        sides=closed_form_demonstrated,
        relation="<=",
        instance={"x": Fraction(1), "sigma": Fraction(1)},
    ),
    uses=["starnes2023/definition-smoothing"],
    expected="contested",
    note="As a statement about every window. The demonstration compares the closed form with the general formula for two "
    "Gaussians: a formula without closed form would differ from it by more than $\\sigma/1000$. For large windows no "
    "elementary closed form is known, but $h_\\sigma$ can still be computed to any accuracy by one-dimensional quadrature.",
)

closed_form_corrected = Claim(
    id="starnes2023/note-d.1-closed-form-corrected",
    printed="Note D.1, corrected",
    kind="identity",
    statement=r"For independent $X_1, X_2 \sim N(x, \sigma^2)$: $\mathbb E(\max(X_1, X_2)) = x + \sigma/\sqrt\pi$.",
    derivation=closed_form_for_two,
    corrects="starnes2023/note-d.1-closed-form",
    expected="conditional",
    note="$\\max(X_1, X_2) = \\frac12(X_1+X_2) + \\frac12|X_1-X_2|$ and $X_1 - X_2$ is $\\sqrt2\\sigma$ times a standard normal "
    "number, so the mean is $x + \\sqrt2\\sigma\\,\\mathbb E[z; z > 0]$.",
)
