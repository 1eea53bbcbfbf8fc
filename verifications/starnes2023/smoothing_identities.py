"""Section 1 and Appendix A: the identities of Gaussian smoothing.

The proofs about integrals work in the inner products of x, y and u, so they hold in every dimension. g is arbitrary; what
is written is presupposed to exist (g_σ finite; for (1.2) gradient and integral exchangeable, as printed).
"""

from types import SimpleNamespace

import sympy

from theorycheck import Claim, Space, dimension, function, point, real
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    directional_derivative,
    expectation,
    gaussian,
    index,
    inner,
    laplacian,
    norm_squared,
    vector,
)
from theorycheck.derivations import (
    by_definition,
    by_expansion,
    chain,
    change_variables,
    derivation,
    differentiate_inside,
    elementary,
    eq,
    finite_sum,
    gaussian_normalisation,
    lt,
    same_integrand,
    smoothed_mean,
    smoothing_definition,
    smoothing_rule,
)
from theorycheck.functions import DEFAULT_FAMILIES

POLYNOMIALS = function(
    *(family for family in DEFAULT_FAMILIES if family.name in ("quadratic", "cubic", "quartic"))
)


def _integral_symbols():
    """d, σ > 0, the points x and y, the direction a, the variable u, an arbitrary g, and the weights of both integrals."""
    d = sympy.Symbol("d", integer=True, positive=True)
    sigma = sympy.Symbol("sigma", positive=True)
    x, y, u, a = vector("x"), vector("y"), vector("u"), vector("a")
    normalised = sympy.pi ** (-d / 2)
    kernel = normalised * sigma ** (-d) * sympy.exp(-norm_squared(y - x) / sigma**2)
    weight = normalised * sympy.exp(-norm_squared(u))
    return SimpleNamespace(
        d=d, sigma=sigma, x=x, y=y, u=u, a=a, kernel=kernel, weight=weight, g=AbstractFunction("g")
    )


# ---- (1.1) unbiased samples ----------------------------------------------------------------------------------------


def prove_unbiased(_):
    number, size = sympy.symbols("k K", integer=True, positive=True)
    t = sympy.Symbol("t", real=True)  # any one coordinate of x; the others are held fixed
    sample = sympy.Function("f")(number, t)
    mean = sympy.Sum(sample, (number, 1, size)) / size
    expected_value = sympy.Sum(sample / size, (number, 1, size))
    expected_gradient = sympy.Sum(sympy.diff(sample, t) / size, (number, 1, size))
    return derivation(
        chain(expected_value, eq(mean, finite_sum("each $k$ has probability $1/K$"))),
        chain(
            expected_gradient,
            eq(sympy.Derivative(mean, t), finite_sum("a derivative commutes with a finite sum")),
        ),
        concludes=((expected_value, "=", mean), (expected_gradient, "=", sympy.Derivative(mean, t))),
    )


unbiased_samples = Claim(
    id="starnes2023/eq-1.1",
    printed="(1.1)",
    kind="identity",
    statement=r"If $f = \frac1K\sum_{k=1}^K f_k$ and $k$ is uniform on $\{1,\dots,K\}$, then $\mathbb E(f_k(x)) = f(x)$ and "
    r"$\mathbb E(\nabla f_k(x)) = \nabla f(x)$.",
    derivation=prove_unbiased,
    expected="conditional",
    note="For every number $K$ of samples and, coordinate by coordinate, every dimension.",
)

# ---- smoothing commutes with the sample mean -------------------------------------------------------------------------


def prove_mean_commutes(_):
    s = _integral_symbols()
    sample, f = AbstractFunction("f_k", depends_on=frozenset({"k"})), AbstractFunction("f")
    k = index("k", (sample, f))
    moved = s.x + s.u * s.sigma
    return derivation(
        chain(
            f.smoothed(s.x, s.sigma),
            eq(Integral(f(moved) * s.weight, s.u), smoothing_definition("definition of $f_\\sigma$", s.d)),
            eq(
                Integral(expectation(sample(moved), k) * s.weight, s.u),
                same_integrand("$f = \\mathbb E f_k$ at $x+\\sigma u$"),
            ),
        ),
        chain(
            expectation(sample.smoothed(s.x, s.sigma), k),
            eq(
                f.smoothed(s.x, s.sigma),
                by_definition("a finite mean of integrals is the integral of the mean"),
            ),
        ),
        concludes=(
            (f.smoothed(s.x, s.sigma), "=", Integral(expectation(sample(moved), k) * s.weight, s.u)),
            (f.smoothed(s.x, s.sigma), "=", expectation(sample.smoothed(s.x, s.sigma), k)),
        ),
    )


def mean_of_two_samples(xp, f, g, x, sigma, d):
    """Two samples: the smoothing of their mean against the mean of their smoothings, each by the exact rule."""

    def at(u):
        moved = x + xp.scale(sigma, u)
        return (f(moved) + g(moved)) / 2

    return xp.gaussian_mean(at, d, 4), (f.smoothed(x, sigma) + g.smoothed(x, sigma)) / 2


mean_commutes = Claim(
    id="starnes2023/identity-mean-smoothing",
    printed="Section 1",
    kind="identity",
    statement=r"For $f$ as in (1.1): $f_\sigma(x) = \pi^{-d/2}\int\mathbb E(f_k(x+\sigma u))e^{-\|u\|^2}du = "
    r"\mathbb E(f_{k,\sigma}(x))$.",
    space=Space(d=dimension(1, 2), f=POLYNOMIALS, g=POLYNOMIALS, x=point(), sigma=real(0)),
    sides=mean_of_two_samples,
    relation="=",
    derivation=prove_mean_commutes,
    uses=["starnes2023/eq-1.1", "starnes2023/definition-smoothing"],
    expected="proved",
    note="Writing $f_{k,\\sigma}$ presupposes that every $f_k$ has a smoothing. That $f_\\sigma$ is finite does not give it: "
    "$f_1 = e^{x^2}$, $f_2 = -e^{x^2}$ have $f = 0$, but no $f_{k,\\sigma}$ for $\\sigma \\ge 1$. The hunt compares two samples "
    "on polynomials.",
)

# ---- (1.2) the gradient of the smoothed function ---------------------------------------------------------------------


def smoothed_gradient_as_mean(xp, f, x, sigma, d):
    def integrand(u):
        return xp.scale(f(x + xp.scale(sigma, u)) * 2 / sigma, u)

    return f.smoothed_gradient(x, sigma), xp.gaussian_mean(integrand, d, 5)


def prove_gradient(_):
    """The printed chain: substitute, differentiate the exponential, substitute back; in an arbitrary direction a."""
    s = _integral_symbols()
    g_sigma = s.g.smooth(s.sigma)
    moved = s.x + s.u * s.sigma
    in_u = Integral(s.g(moved) * s.weight, s.u)
    in_y = Integral(s.g(s.y) * s.kernel, s.y)
    derivative = Integral(s.g(s.y) * directional_derivative(s.kernel, s.x, s.a), s.y)
    back = Integral(2 / s.sigma * inner(s.u, s.a) * s.g(moved) * s.weight, s.u)
    left = inner(g_sigma.gradient(s.x), s.a)
    return derivation(
        chain(
            g_sigma(s.x),
            eq(in_u, smoothing_definition("definition of $g_\\sigma$", s.d), "definition"),
            eq(
                in_y,
                change_variables("substitute $y = x+\\sigma u$", {s.u: (s.y - s.x) / s.sigma}, s.d),
                "L1",
            ),
        ),
        chain(
            left,
            eq(
                derivative,
                differentiate_inside("exchange gradient and integral", in_y, point=s.x, direction=s.a),
                "L2",
            ),
            eq(back, change_variables("substitute back", {s.y: moved}, s.d), "L3"),
        ),
        concludes=((left, "=", back),),
    )


gradient_of_smoothing = Claim(
    id="starnes2023/eq-1.2",
    printed="(1.2)",
    kind="identity",
    statement=r"If gradient and integral can be exchanged: $\nabla g_\sigma(x) = \frac{2}{\pi^{d/2}\sigma}\int u\,g(x+\sigma u)"
    r"e^{-\|u\|^2}du$.",
    space=Space(d=dimension(1, 2), f=POLYNOMIALS, x=point(), sigma=real(0, open_low=True)),
    sides=smoothed_gradient_as_mean,
    relation="=",
    derivation=prove_gradient,
    printed_proof=prove_gradient,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    note="Presupposes $\\sigma > 0$, since it divides by $\\sigma$. The derivation is the printed chain in an arbitrary direction "
    "$a$; the hunt runs on polynomials, where the integral is a finite sum.",
)

# ---- convolution and heat equation -----------------------------------------------------------------------------------


def prove_convolution(_):
    s = _integral_symbols()
    left = s.g.smoothed(s.x, s.sigma)
    in_y = Integral(s.g(s.y) * s.kernel, s.y)
    z = vector("z")
    kernel_of_z = sympy.pi ** (-s.d / 2) * s.sigma ** (-s.d) * sympy.exp(-norm_squared(z) / s.sigma**2)
    convolution = Integral(s.g(s.x - z) * kernel_of_z, z)
    return derivation(
        chain(
            left,
            eq(
                Integral(s.g(s.x + s.u * s.sigma) * s.weight, s.u),
                smoothing_definition("definition of $g_\\sigma$", s.d),
            ),
            eq(in_y, change_variables("substitute $y = x+\\sigma u$", {s.u: (s.y - s.x) / s.sigma}, s.d)),
            eq(
                convolution,
                change_variables("substitute $z = x-y$: this is $(g * k_\\sigma)(x)$", {s.y: s.x - z}, s.d),
            ),
        ),
        concludes=((left, "=", convolution),),
    )


convolution = Claim(
    id="starnes2023/remark-1-convolution",
    printed="Section 1.1",
    kind="identity",
    statement=r"$g_\sigma$ is the convolution of $g$ with the kernel $k_\sigma(z) = \pi^{-d/2}\sigma^{-d}e^{-\|z\|^2/\sigma^2}$.",
    derivation=prove_convolution,
    uses=["starnes2023/definition-smoothing"],
    expected="conditional",
)


def prove_heat_equation(_):
    """With t = σ²/4, dt = (σ/2) dσ: ∂_t g_σ = (2/σ) ∂_σ g_σ = Δ g_σ, because the kernel satisfies it."""
    s = _integral_symbols()
    in_y = Integral(s.g(s.y) * s.kernel, s.y)
    in_sigma = Integral(s.g(s.y) * 2 / s.sigma * sympy.diff(s.kernel, s.sigma), s.y)
    in_x = Integral(s.g(s.y) * laplacian(s.kernel, s.x, s.d), s.y)
    change, curvature = sympy.Symbol("partial_t g_sigma(x)"), sympy.Symbol("Delta g_sigma(x)")
    return derivation(
        chain(
            change * s.sigma / 2,
            eq(
                Integral(s.g(s.y) * sympy.diff(s.kernel, s.sigma), s.y),
                differentiate_inside(
                    "$\\partial_\\sigma = \\frac\\sigma2\\partial_t$ for $t = \\sigma^2/4$",
                    in_y,
                    symbol=s.sigma,
                ),
            ),
            eq(in_sigma * s.sigma / 2, same_integrand("divide by $\\sigma/2$")),
            eq(in_x * s.sigma / 2, same_integrand("the kernel solves the heat equation")),
        ),
        chain(
            curvature,
            eq(
                in_x,
                differentiate_inside(
                    "the Laplacian under the integral", in_y, point=s.x, laplacian_dimension=s.d
                ),
            ),
        ),
        concludes=((change * s.sigma / 2, "=", in_x * s.sigma / 2), (curvature, "=", in_x)),
    )


heat_equation = Claim(
    id="starnes2023/remark-heat-equation",
    printed="Section 1.1",
    kind="identity",
    statement=r"The functions $g_\sigma$ solve the heat equation $\partial_t g_\sigma = \Delta g_\sigma$, $t = \sigma^2/4$, with initial "
    r"condition $g$.",
    derivation=prove_heat_equation,
    uses=["starnes2023/definition-smoothing", "starnes2023/remark-1-convolution"],
    expected="conditional",
    note="$t = \\sigma^2/4$ is the one time scale for which it holds; $g_0 = g$ by convention. Where $g$ jumps, $g_\\sigma$ does not "
    "converge to $g$ pointwise as $\\sigma \\to 0$.",
)

# ---- smoothing flattens fluctuations ---------------------------------------------------------------------------------


def amplitude(xp, omega, sigma):
    return xp.exp(-(sigma**2) * omega**2 / 4), 1


def prove_flattening(s):
    x = sympy.Symbol("x", real=True)
    wave = sympy.cos(s.omega * x)
    return derivation(
        chain(
            smoothed_mean(wave, x, s.sigma),
            eq(s.left * wave, smoothing_rule("a wave keeps its form and loses amplitude", wave, x, s.sigma)),
        ),
        chain(s.left, lt(s.right, elementary("$e^{-w} < 1$ for $w = \\sigma^2\\omega^2/4 > 0$"))),
        chain(sympy.Integer(0), lt(s.left, elementary("an exponential is positive"))),
        chain(sympy.diff(s.left, s.sigma), lt(sympy.Integer(0), elementary("more smoothing damps more"))),
        chain(
            sympy.diff(s.left, s.omega),
            lt(sympy.Integer(0), elementary("faster fluctuations are damped more")),
        ),
    )


flattening = Claim(
    id="starnes2023/remark-1-flattening",
    printed="Section 1",
    kind="implication",
    statement=r"Gaussian smoothing flattens out small fluctuations: $\cos(\omega x)_\sigma = e^{-\sigma^2\omega^2/4}\cos(\omega x)$ "
    r"with a factor in $(0, 1)$ that decreases in $\sigma$ and in $\omega$.",
    space=Space(omega=real(0, open_low=True), sigma=real(0, open_low=True)),
    sides=amplitude,
    relation="<",
    derivation=prove_flattening,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    note="The remark is informal; this is its content for every frequency $\\omega > 0$ and every $\\sigma > 0$.",
)

# ---- Appendix A: integral identities ---------------------------------------------------------------------------------


def mean_of_direction(xp, f, x, d):
    """∫ f(x) u e^{-|u|²} du up to normalisation."""
    return xp.gaussian_mean(lambda u: xp.scale(f(x), u), d, 1), xp.zeros_like(x)


def in_direction(text):
    """Both sides against an arbitrary vector a."""

    def prove(s):
        return derivation(
            chain(inner(s.left, s.direction), eq(inner(s.right, s.direction), by_expansion(text)))
        )

    return prove


vanishing_integral = Claim(
    id="starnes2023/identity-a-zero",
    printed="Appendix A, footnote 1",
    kind="identity",
    statement=r"$\int f(x)\,u\,e^{-\|u\|^2}du = 0$.",
    space=Space(d=dimension(1, 2, 3), f=function(), x=point()),
    sides=mean_of_direction,
    relation="=",
    derivation=in_direction("$\\mathbb E\\, u = 0$"),
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
)


def gradient_as_difference(xp, f, x, sigma, d):
    def integrand(u):
        return xp.scale((f(x + xp.scale(sigma, u)) - f(x)) * 2 / sigma, u)

    return f.smoothed_gradient(x, sigma), xp.gaussian_mean(integrand, d, 5)


def prove_difference(s):
    u = gaussian("u", s.d)
    moved = s.x + u.vector * s.sigma
    against = inner(u.vector, s.direction)
    return derivation(
        chain(
            inner(s.left, s.direction),
            eq(2 / s.sigma * expectation(s.f(moved) * against, u), by_definition("equation (1.2)")),
            eq(inner(s.right, s.direction), by_expansion("$\\int f(x)\\,u\\,e^{-\\|u\\|^2}du = 0$")),
        )
    )


gradient_difference = Claim(
    id="starnes2023/identity-a-difference",
    printed="Appendix A",
    kind="identity",
    statement=r"$\nabla f_\sigma(x) = \frac{2}{\pi^{d/2}\sigma}\int(f(x+\sigma u)-f(x))\,u\,e^{-\|u\|^2}du$.",
    space=Space(d=dimension(1, 2), f=POLYNOMIALS, x=point(), sigma=real(0, open_low=True)),
    sides=gradient_as_difference,
    relation="=",
    derivation=prove_difference,
    uses=["starnes2023/eq-1.2", "starnes2023/identity-a-zero"],
    expected="proved",
    note="Presupposes $\\sigma > 0$.",
)


def gradient_as_integral(factor):
    def sides(xp, f, x, d):
        gradient = f.gradient(x)
        mean = xp.gaussian_mean(lambda u: xp.scale(xp.vecdot(gradient, u), u), d, 2)
        return gradient, mean * factor

    return sides


def _gradient_as_integral_claim(reading, factor, **more):
    shown = "" if factor == 1 else str(factor)
    return Claim(
        id=f"starnes2023/identity-a-gradient{reading}",
        printed="Appendix A",
        kind="identity",
        statement=rf"$\nabla f(x) = \frac{{{shown or 1}}}{{\pi^{{d/2}}}}\int\langle\nabla f(x),u\rangle\,u\,e^{{-\|u\|^2}}du$.",
        space=Space(d=dimension(1, 2, 3), f=function(), x=point()),
        sides=gradient_as_integral(factor),
        relation="=",
        uses=["starnes2023/definition-smoothing"],
        **more,
    )


gradient_integral_a = _gradient_as_integral_claim(
    "@a",
    1,
    expected="refuted",
    note="The covariance of $u$ is $\\frac12 I$, so the integral is half the gradient.",
)
gradient_integral_b = _gradient_as_integral_claim(
    "@b", 2, expected="proved", derivation=in_direction("$\\mathbb E\\, uu^T = \\frac12 I$")
)
gradient_integral = Claim(
    id="starnes2023/identity-a-gradient",
    printed="Appendix A",
    kind="identity",
    statement=r"$\nabla f(x) = \frac{c}{\pi^{d/2}}\int\langle\nabla f(x),u\rangle\,u\,e^{-\|u\|^2}du$, $c$ open in print.",
    readings=[gradient_integral_a, gradient_integral_b],
    expected="inconclusive",
)


def smoothed_twice(xp, f, x, sigma, tau, d):
    eta = xp.sqrt(tau**2 - sigma**2)
    return xp.gaussian_mean(lambda u: f.smoothed(x + xp.scale(eta, u), sigma), d, 4), f.smoothed(x, tau)


def prove_semigroup(_):
    """(f_σ)_η(x) is a double integral; rotating (u, v) turns σu + ηv into τp."""
    s = _integral_symbols()
    eta = sympy.Symbol("eta", positive=True)
    tau = sympy.sqrt(s.sigma**2 + eta**2)
    f, x, u, v, p, q = AbstractFunction("f"), s.x, s.u, vector("v"), vector("p"), vector("q")
    normalised = sympy.pi ** (-s.d / 2)

    def weight(w):
        return normalised * sympy.exp(-norm_squared(w))

    twice = Integral(f(x + v * eta + u * s.sigma) * weight(u) * weight(v), u, v)
    rotated = Integral(f(x + p * tau) * weight(p) * weight(q), p, q)
    once = Integral(f(x + p * tau) * weight(p), p)
    rotation = {u: (p * s.sigma - q * eta) / tau, v: (p * eta + q * s.sigma) / tau}
    return derivation(
        chain(
            twice,
            eq(
                rotated,
                change_variables(
                    "rotate: $u = (\\sigma p-\\eta q)/\\tau$, $v = (\\eta p+\\sigma q)/\\tau$", rotation, s.d
                ),
            ),
            eq(once, gaussian_normalisation("$q$ integrates to 1", q, s.d)),
            eq(f.smoothed(x, tau), smoothing_definition("definition of $f_\\tau$", s.d)),
        ),
        chain(
            f.smooth(s.sigma)(x + v * eta),
            eq(
                Integral(f(x + v * eta + u * s.sigma) * weight(u), u),
                smoothing_definition(
                    "definition of $f_\\sigma$ at $x+\\eta v$, to be averaged over $v$", s.d
                ),
            ),
        ),
        concludes=((twice, "=", f.smoothed(x, tau)),),
    )


semigroup = Claim(
    id="starnes2023/identity-a-semigroup",
    printed="Appendix A (Lemma 2.8 of [22])",
    kind="identity",
    statement=r"$\eta = \sqrt{\tau^2-\sigma^2}$ $\Rightarrow$ $(f_\sigma)_\eta = f_\tau$.",
    space=Space(d=dimension(1, 2), f=POLYNOMIALS, x=point(), sigma=real(0), tau=real("sigma")),
    sides=smoothed_twice,
    relation="=",
    derivation=prove_semigroup,
    uses=["starnes2023/definition-smoothing"],
    expected="proved",
    note="By Fubini, $(f_\\sigma)_\\eta(x)$ is the double integral of the first line. $\\sigma = 0$ and $\\eta = 0$ are trivial.",
)
