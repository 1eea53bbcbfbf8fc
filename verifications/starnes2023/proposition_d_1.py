"""Proposition D.1: smoothed ReLU, squared ReLU, affine images of an activation, squared norm. u ~ N(0, I/2)."""

import sympy

from theorycheck import Claim, Space, dimension, matrix, point, real, vector
from theorycheck.derivations import (
    antiderivative,
    by_expansion,
    chain,
    derivation,
    eq,
    pairwise_identity,
    rewriting,
    smoothed_mean,
    smoothing_rule,
)
from theorycheck.functions.kinked_profiles import Relu, ReluSquared

# ---- (a), (b): the closed forms ---------------------------------------------------------------------------------------


def _half_line(x, sigma, integrand):
    """∫ over u ≥ −x/σ of integrand · e^{−u²}/√π."""
    u = sympy.Symbol("u", real=True)
    return u, sympy.Integral(
        integrand(u) * sympy.exp(-(u**2)) / sympy.sqrt(sympy.pi), (u, -x / sigma, sympy.oo)
    )


def smoothed_relu(xp, x, sigma):
    printed = x / 2 * (1 + xp.erf(x / sigma)) + sigma / (2 * xp.sqrt(xp.number(1) * xp.pi)) * xp.exp(
        -((x / sigma) ** 2)
    )
    return Relu().smoothed(xp, x, sigma), printed


def prove_relu(s):
    x, sigma = _scalars()
    printed = x / 2 * (1 + sympy.erf(x / sigma)) + sigma / (2 * sympy.sqrt(sympy.pi)) * sympy.exp(
        -((x / sigma) ** 2)
    )
    u, integral = _half_line(x, sigma, lambda u: x + sigma * u)
    primitive = x / 2 * sympy.erf(u) - sigma / (2 * sympy.sqrt(sympy.pi)) * sympy.exp(-(u**2))
    relu = sympy.Max(0, x)
    return derivation(
        chain(
            integral, eq(printed, antiderivative("the integrand vanishes for $u < -x/\\sigma$", primitive))
        ),
        chain(
            smoothed_mean(relu, x, sigma),
            eq(printed, smoothing_rule("the same by the rules for ReLU", relu, x, sigma)),
        ),
        concludes=((integral, "=", printed), (smoothed_mean(relu, x, sigma), "=", printed)),
    )


def _scalars():
    return sympy.Symbol("x", real=True), sympy.Symbol("sigma", positive=True)


relu = Claim(
    id="starnes2023/proposition-d.1a",
    printed="Proposition D.1(a)",
    kind="identity",
    statement=r"$\mathrm{relu}_\sigma(x) = \frac x2(1+\mathrm{erf}(\frac x\sigma)) + \frac{\sigma}{2\sqrt\pi}e^{-x^2/\sigma^2}$.",
    space=Space(x=real(), sigma=real(0, open_low=True)),
    sides=smoothed_relu,
    relation="=",
    derivation=prove_relu,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    note="Presupposes $\\sigma > 0$; the limit $\\sigma \\to 0$ is relu itself.",
)


def smoothed_squared_relu(xp, x, sigma):
    bell = xp.exp(-((x / sigma) ** 2))
    printed = (1 + xp.erf(x / sigma)) * (sigma**2 + 2 * x**2) / 4 + x * sigma / (
        2 * xp.sqrt(xp.number(1) * xp.pi)
    ) * bell
    return ReluSquared().smoothed(xp, x, sigma), printed


def _squared_relu_parts():
    x, sigma = _scalars()
    bell = sympy.exp(-(x**2) / sigma**2)
    step = 1 + sympy.erf(x / sigma)
    return (
        x,
        sigma,
        bell,
        step,
        step * (sigma**2 + 2 * x**2) / 4 + x * sigma / (2 * sympy.sqrt(sympy.pi)) * bell,
    )


def _three_terms(x, sigma, bell, step):
    """The integrals over u ≥ −x/σ of the three terms of (x + σu)², with their values and antiderivatives."""
    u = sympy.Symbol("u", real=True)
    root, gauss = sympy.sqrt(sympy.pi), sympy.exp(-(u**2))
    terms = (
        (lambda u: x**2, x**2 / 2 * step, x**2 / 2 * sympy.erf(u)),
        (lambda u: 2 * sigma * x * u, sigma * x / root * bell, -sigma * x / root * gauss),
        (
            lambda u: sigma**2 * u**2,
            -sigma * x / (2 * root) * bell + sigma**2 / 4 * step,
            sigma**2 * (sympy.erf(u) / 4 - u * gauss / (2 * root)),
        ),
    )
    return [
        (_half_line(x, sigma, term)[1], value, antiderivative("", primitive))
        for term, value, primitive in terms
    ]


def prove_squared_relu(s):
    """The printed chain, and independently the rules of the library."""
    x, sigma, bell, step, printed = _squared_relu_parts()
    integrals = _three_terms(x, sigma, bell, step)
    total, values = sum(i for i, _, _ in integrals), sum(v for _, v, _ in integrals)
    squared = sympy.Max(0, x) ** 2
    mean = smoothed_mean(squared, x, sigma)
    return derivation(
        chain(
            total,
            eq(
                values,
                rewriting(
                    "integrate the three terms of $(x+\\sigma u)^2$ over $u \\ge -x/\\sigma$", *integrals
                ),
            ),
            eq(printed, by_expansion("add them up")),
        ),
        chain(
            mean, eq(printed, smoothing_rule("the same by the rules for the squared ReLU", squared, x, sigma))
        ),
        concludes=((total, "=", printed), (mean, "=", printed)),
    )


def printed_squared_relu(s):
    x, sigma, bell, step, printed = _squared_relu_parts()
    integrals = _three_terms(x, sigma, bell, step)
    whole = _half_line(x, sigma, lambda u: x**2 + 2 * sigma * x * u + sigma**2 * u**2)[1]
    root = sympy.sqrt(sympy.pi)
    primitive = sum(reason.antiderivative for _, _, reason in integrals)
    return derivation(
        chain(
            whole,
            eq(
                printed,
                antiderivative("the integral over $u \\ge -x/\\sigma$ of $(x+\\sigma u)^2$", primitive),
                "L1",
            ),
        ),
        chain(
            sum(integral for integral, _, _ in integrals),
            eq(
                x**2 / 2 * step
                + sigma * x / root * bell
                + (-sigma * x / (2 * root) * bell + sigma**2 / 4 * step),
                rewriting("the three printed values", *integrals),
                "L2",
            ),
        ),
    )


squared_relu = Claim(
    id="starnes2023/proposition-d.1b",
    printed="Proposition D.1(b)",
    kind="identity",
    statement=r"$(\mathrm{relu}^2)_\sigma(x) = \frac14(1+\mathrm{erf}(\frac x\sigma))(\sigma^2+2x^2) + \frac{x\sigma}{2\sqrt\pi}"
    r"e^{-x^2/\sigma^2}$.",
    space=Space(x=real(), sigma=real(0, open_low=True)),
    sides=smoothed_squared_relu,
    relation="=",
    derivation=prove_squared_relu,
    printed_proof=printed_squared_relu,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    expected_proof_gaps=["conclusion"],
    note="Presupposes $\\sigma > 0$.",
)

# ---- (c): the smoothed affine image of an activation -------------------------------------------------------------------
# The rows of A and b do not mix, so one row a and one number b suffice. H_j is the j-th coordinate of h(x + σu), m_j its
# mean h_σ(x)_j, q_j² its second moment (h²)_σ(x)_j, C_ij the covariance of H_i and H_j.


def _row(n):
    names = ("a", "m", "q")
    a, m, q = (sympy.symbols(f"{name}_:{n}", real=True) for name in names)
    b = sympy.Symbol("b", real=True)
    covariance = [[sympy.Symbol(f"C_{min(i, j)},{max(i, j)}", real=True) for j in range(n)] for i in range(n)]
    return a, m, q, b, covariance


def _second_moment(n, cross_moment):
    """E(Σ a_j H_j + b)², expanded; `cross_moment(i, j)` is E H_i H_j."""
    a, m, _, b, _ = _row(n)
    quadratic = sum(a[i] * a[j] * cross_moment(i, j) for i in range(n) for j in range(n))
    return quadratic + 2 * b * sum(a[j] * m[j] for j in range(n)) + b**2


def independent_coordinates(n):
    """Both sides when E H_i H_j = m_i m_j for i ≠ j, and E H_j² = q_j²."""
    a, m, q, b, _ = _row(n)
    left = _second_moment(n, lambda i, j: q[i] ** 2 if i == j else m[i] * m[j])
    printed = (sum(a[j] * m[j] for j in range(n)) + b) ** 2
    printed += sum(a[j] ** 2 * q[j] ** 2 for j in range(n)) - sum(a[j] ** 2 * m[j] ** 2 for j in range(n))
    return left, printed


def prove_affine_image(s):
    left, printed = independent_coordinates(2)
    return derivation(
        chain(
            left,
            eq(
                printed,
                pairwise_identity(
                    "coordinates of $u$ are independent, so $\\mathbb E H_iH_j = m_im_j$",
                    independent_coordinates,
                ),
            ),
        ),
        concludes=((left, "=", printed),),
    )


def quadratic_activation(xp, A, b, x, c, sigma):
    """h(y) = y² + cy in each of two coordinates: the mean over u is a finite sum, h_σ and (h²)_σ are polynomials."""

    def loss(u):
        y = x + xp.scale(sigma, u)
        h = y**2 + xp.scale(c, y)
        return sum(((A[:, i, :] * h).sum(axis=-1) + b[:, i]) ** 2 for i in range(2))

    s2, c1 = xp.scale(sigma**2, xp.ones_like(x)), xp.scale(c, xp.ones_like(x))
    m = x**2 + s2 / 2 + c1 * x
    q_squared = (
        x**4 + 3 * s2 * x**2 + s2**2 * 3 / 4 + 2 * c1 * (x**3 + s2 * x * 3 / 2) + c1**2 * (x**2 + s2 / 2)
    )
    printed = 0
    for i in range(2):
        row = A[:, i, :]
        printed = printed + ((row * m).sum(axis=-1) + b[:, i]) ** 2
        printed = printed + (row**2 * q_squared).sum(axis=-1) - (row**2 * m**2).sum(axis=-1)
    return xp.gaussian_mean(loss, 2, 4), printed


affine_image_a = Claim(
    id="starnes2023/proposition-d.1c@a",
    printed="Proposition D.1(c)",
    kind="identity",
    statement=r"$(\|Ah(y)+b\|^2)_\sigma(x) = \|Ah_\sigma(x)+b\|^2 + \|A\,\mathrm{diag}\,q_\sigma(x)\|_F^2 - "
    r"\|A\,\mathrm{diag}\,h_\sigma(x)\|_F^2$ for $h$ acting coordinate-wise.",
    space=Space(A=matrix(2, 2), b=vector(2), x=vector(2), c=real(), sigma=real(0)),
    sides=quadratic_activation,
    relation="=",
    derivation=prove_affine_image,
    uses=["starnes2023/definition-smoothing"],
    expected="conditional",
    note="Proved for every number of coordinates and rows; the hunt uses $h(y) = y^2+cy$ on $2 \\times 2$ matrices.",
)


def linear_map_as_activation(xp, a, B, x, b, sigma):
    """h(y) = By with d = 1 and m = 2 coordinates that depend on the same u."""
    m = xp.scale(x, B)
    q_squared = m**2 + xp.scale(sigma**2, B**2) / 2
    value = (a * m).sum(axis=-1) + b
    left = value**2 + sigma**2 / 2 * (a * B).sum(axis=-1) ** 2
    return left, value**2 + (a**2 * q_squared).sum(axis=-1) - (a**2 * m**2).sum(axis=-1)


affine_image_b = Claim(
    id="starnes2023/proposition-d.1c@b",
    printed="Proposition D.1(c)",
    kind="identity",
    statement=r"The same for any function $h: \mathbb R^d \to \mathbb R^m$, $h^2$ the coordinate-wise square of its value.",
    space=Space(a=vector(2), B=vector(2), x=real(), b=real(), sigma=real(0)),
    sides=linear_map_as_activation,
    relation="=",
    uses=["starnes2023/definition-smoothing"],
    expected="refuted",
    note="Coordinates of $h$ that share components of $u$ are correlated; the printed formula has no covariances. The "
    "instances are $h(y) = By$ with $d = 1$, $m = 2$ and one row $a$ of $A$.",
)
affine_image = Claim(
    id="starnes2023/proposition-d.1c",
    printed="Proposition D.1(c)",
    kind="identity",
    statement=r"Smoothed affine image of $h$ (which $h$ are meant is open in print).",
    readings=[affine_image_a, affine_image_b],
    expected="inconclusive",
)


def correlated_coordinates(n):
    """Both sides when E H_i H_j = m_i m_j + C_ij."""
    a, m, _, b, covariance = _row(n)
    left = _second_moment(n, lambda i, j: m[i] * m[j] + covariance[i][j])
    right = (sum(a[j] * m[j] for j in range(n)) + b) ** 2
    return left, right + sum(a[i] * a[j] * covariance[i][j] for i in range(n) for j in range(n))


def prove_corrected_affine_image(s):
    left, right = correlated_coordinates(2)
    return derivation(
        chain(
            left,
            eq(right, pairwise_identity("$\\mathbb E H_iH_j = m_im_j + C_{ij}$", correlated_coordinates)),
        ),
        concludes=((left, "=", right),),
    )


affine_image_corrected = Claim(
    id="starnes2023/proposition-d.1c@b-corrected",
    printed="Proposition D.1(c), corrected",
    kind="identity",
    statement=r"For any $h$ with finite second moments: $(\|Ah(y)+b\|^2)_\sigma(x) = \|Ah_\sigma(x)+b\|^2 + "
    r"\mathrm{tr}(A\,C\,A^T)$, $C$ the covariance matrix of $h(x+\sigma u)$.",
    derivation=prove_corrected_affine_image,
    corrects="starnes2023/proposition-d.1c@b",
    uses=["starnes2023/definition-smoothing"],
    expected="conditional",
)

# ---- (d): the smoothed squared norm ------------------------------------------------------------------------------------


def squared_norm(xp, x, sigma, d):
    def at(u):
        y = x + xp.scale(sigma, u)
        return xp.vecdot(y, y)

    return xp.gaussian_mean(at, d, 2), xp.vecdot(x, x) + sigma**2 * d / 2


def prove_squared_norm(s):
    return derivation(
        chain(s.left, eq(s.right, by_expansion("expand: $\\mathbb E u = 0$ and $\\mathbb E\\|u\\|^2 = d/2$")))
    )


norm_of_smoothed = Claim(
    id="starnes2023/proposition-d.1d",
    printed="Proposition D.1(d)",
    kind="identity",
    statement=r"$(\|y\|^2)_\sigma(x) = \|x\|^2 + \frac{\sigma^2d}{2}$.",
    space=Space(d=dimension(1, 2, 3, 6), x=point(), sigma=real(0)),
    sides=squared_norm,
    relation="=",
    derivation=prove_squared_norm,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
)
