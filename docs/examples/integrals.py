"""Reasons for equalities: definitions, expansion, sums, integrals, closed forms."""

import sympy

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point, real
from theorycheck.algebra import (
    AbstractFunction,
    Fact,
    Integral,
    directional_derivative,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    uniform,
    vector,
)
from theorycheck.derivations import (
    along_segment,
    antiderivative,
    by_definition,
    chain,
    change_variables,
    consequence,
    derivation,
    differentiate_inside,
    eq,
    expected,
    finite_sum,
    gaussian_normalisation,
    hypothesis,
    le,
    pairwise_identity,
    rewriting,
    same_integrand,
    smoothed_mean,
    smoothing_definition,
    smoothing_rule,
    square,
)

# ---- f(y) − f(x) as an integral of the gradient --------------------------------------------------


def lipschitz_gradient(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def prove_two_forms(s):
    """From a Lipschitz gradient to the quadratic upper bound."""
    L, t = sympy.Symbol("L", positive=True), uniform("t")
    step = s.y - s.x
    change = s.f.gradient(s.x + step * t.scalar) - s.f.gradient(s.x)
    premise = Fact(
        L**2 * t.scalar**2 * norm_squared(step) - norm_squared(change), "Lipschitz gradient", "premise"
    )
    deviation = s.f(s.y) - s.f(s.x) - inner(s.f.gradient(s.x), step)
    bound = L / 2 * norm_squared(step)
    return derivation(
        chain(
            deviation,
            eq(
                expectation(inner(change, step), t),
                along_segment("the gradient along the segment", s.f, s.x, s.y, t),
            ),
            le(
                bound,
                consequence(
                    r"$2\langle a,b\rangle \le \frac1{Lt}\|a\|^2 + Lt\|b\|^2$",
                    expected((1 / (2 * L * t.scalar)) * hypothesis(premise), t),
                    expected((1 / (2 * L * t.scalar)) * square(change - step * (L * t.scalar)), t),
                ),
            ),
        ),
        concludes=((deviation, "<=", bound),),
    )


two_forms = Claim(
    id="examples/two-forms",
    kind="equivalence",
    statement=r"A gradient that is $L$-Lipschitz gives $f(y) \le f(x) + \langle\nabla f(x),y-x\rangle + "
    r"\frac L2\|y-x\|^2$.",
    space=Space(d=dimension(1, 2), f=function(), x=point(), y=point(), L=constant_of("f", "smoothness")),
    hypotheses=[l_smooth("f", "L")],
    sides=lipschitz_gradient,
    derivation=prove_two_forms,
    expected="conditional",
    note="One direction only; the whole equivalence is starnes2023/remark-l-smooth.",
)

# ---- an index drawn at random, sums of any length ------------------------------------------------


def prove_unbiased(_):
    """E_k of a sample's gradient, smoothed or not, is the gradient of the mean."""
    f, sample = AbstractFunction("f"), AbstractFunction("f_k", depends_on=frozenset({"k"}))
    k, x, a = index("k", (sample, f)), vector("x"), vector("a")
    sigma = sympy.Symbol("sigma", nonnegative=True)
    left = expectation(inner(sample.smoothed_gradient(x, sigma), a), k)
    right = inner(f.smoothed_gradient(x, sigma), a)
    return derivation(chain(left, eq(right, by_definition("linearity"))), concludes=((left, "=", right),))


random_index = Claim(
    id="examples/unbiased",
    kind="identity",
    statement=r"$\mathbb E_k \nabla f_{k,\sigma}(x) = \nabla f_\sigma(x)$ if $\mathbb E_k f_k = f$.",
    derivation=prove_unbiased,
    expected="conditional",
)


def prove_sum(_):
    k, n = sympy.symbols("k n", integer=True, positive=True)
    f, g = sympy.Function("f")(k), sympy.Function("g")(k)
    left = sympy.Sum(2 * f + g, (k, 1, n)) / n
    right = 2 * sympy.Sum(f, (k, 1, n)) / n + sympy.Sum(g, (k, 1, n)) / n
    return derivation(chain(left, eq(right, finite_sum("linearity"))), concludes=((left, "=", right),))


linear = Claim(
    id="examples/sum",
    kind="identity",
    statement=r"$\frac1n\sum(2f_k+g_k) = \frac2n\sum f_k + \frac1n\sum g_k$.",
    derivation=prove_sum,
    expected="conditional",
)


def square_of_sum(n):
    """Both sides for n terms. No monomial joins more than two indices, so n = 0, 1, 2 decide every n."""
    a = [sympy.Symbol(f"a_{i}", real=True) for i in range(n)]
    z = [sympy.Symbol(f"z_{i}", real=True) for i in range(n)]
    left = sum(p * q for p, q in zip(a, z, strict=True)) ** 2
    diagonal = sum((p * q) ** 2 for p, q in zip(a, z, strict=True))
    mixed = sum(a[i] * a[j] * z[i] * z[j] for i in range(n) for j in range(n) if i != j)
    return sympy.sympify(left), sympy.sympify(diagonal + mixed)


def prove_pairs(_):
    left, right = square_of_sum(2)  # the link shows two terms, the reason checks every number
    why = pairwise_identity("multiply out", square_of_sum)
    return derivation(chain(left, eq(right, why)), concludes=((left, "=", right),))


pairs = Claim(
    id="examples/square-of-a-sum",
    kind="identity",
    statement=r"$(\sum_i a_iz_i)^2 = \sum_i a_i^2z_i^2 + \sum_{i\ne j} a_ia_jz_iz_j$ for every number of "
    r"terms.",
    derivation=prove_pairs,
    expected="conditional",
)

# ---- integrals over R^d --------------------------------------------------------------------------


def prove_gradient_formula(_):
    """∇g_σ(x) = (2/σ) E u g(x + σu) in a direction a: substitute, differentiate, substitute back."""
    d, sigma = sympy.Symbol("d", integer=True, positive=True), sympy.Symbol("sigma", positive=True)
    x, y, u, a, g = vector("x"), vector("y"), vector("u"), vector("a"), AbstractFunction("g")
    weight = sympy.pi ** (-d / 2) * sympy.exp(-norm_squared(u))
    kernel = sympy.pi ** (-d / 2) * sigma ** (-d) * sympy.exp(-norm_squared(y - x) / sigma**2)
    moved = x + u * sigma
    in_u, in_y = Integral(g(moved) * weight, u), Integral(g(y) * kernel, y)
    left = inner(g.smoothed_gradient(x, sigma), a)
    derivative = Integral(g(y) * directional_derivative(kernel, x, a), y)
    right = Integral(2 / sigma * inner(u, a) * g(moved) * weight, u)
    return derivation(
        chain(
            g.smoothed(x, sigma),
            eq(in_u, smoothing_definition(r"definition of $g_\sigma$", d)),
            eq(in_y, change_variables(r"$y = x+\sigma u$", {u: (y - x) / sigma}, d)),
        ),
        chain(
            left,
            eq(derivative, differentiate_inside("under the integral", in_y, point=x, direction=a)),
            eq(right, change_variables("substitute back", {y: moved}, d)),
        ),
        concludes=((left, "=", right),),
    )


gradient_formula = Claim(
    id="examples/gradient-formula",
    kind="identity",
    statement=r"$\langle\nabla g_\sigma(x), a\rangle = \frac2\sigma\pi^{-d/2}\int\langle u,a\rangle "
    r"g(x+\sigma u)e^{-\|u\|^2}du$.",
    derivation=prove_gradient_formula,
    expected="conditional",
    note="If gradient and integral may be exchanged.",
)


def prove_marginal(_):
    d = sympy.Symbol("d", integer=True, positive=True)
    x, p, q, g = vector("x"), vector("p"), vector("q"), AbstractFunction("g")

    def weight(w):
        return sympy.pi ** (-d / 2) * sympy.exp(-norm_squared(w))

    both = Integral(2 * g(x + p) * weight(p) * weight(q), p, q)
    one = Integral(g(x + p) * weight(p), p)
    return derivation(
        chain(
            both,
            eq(Integral((g(x + p) + g(x + p)) * weight(p) * weight(q), p, q), same_integrand("2g = g + g")),
            eq(2 * one, gaussian_normalisation("$q$ integrates to 1", q, d)),
        ),
        concludes=((both, "=", 2 * one),),
    )


marginal = Claim(
    id="examples/marginal",
    kind="identity",
    statement=r"A variable that occurs in a normalised Gaussian weight alone integrates to 1.",
    derivation=prove_marginal,
    expected="conditional",
)

# ---- integrals of one variable, closed forms -----------------------------------------------------


def prove_mean_of_absolute_value(_):
    z, sigma = sympy.Symbol("z", real=True), sympy.Symbol("sigma", positive=True)
    density = sympy.exp(-(z**2)) / sympy.sqrt(sympy.pi)
    half = sympy.Integral(z * density, (z, 0, sympy.oo))
    value = 1 / (2 * sympy.sqrt(sympy.pi))
    primitive = antiderivative("an antiderivative", -density / 2)
    mean = 2 * sigma * half
    end = sigma / sympy.sqrt(sympy.pi)
    return derivation(
        chain(half, eq(value, primitive)),
        chain(mean, eq(end, rewriting("insert the integral", (half, value, primitive)))),
        concludes=((mean, "=", end),),
    )


absolute_mean = Claim(
    id="examples/mean-of-absolute-value",
    kind="identity",
    statement=r"$\mathbb E|\sigma u| = \sigma/\sqrt\pi$ for $u \sim N(0, \frac12)$.",
    derivation=prove_mean_of_absolute_value,
    expected="conditional",
)


def prove_wave(_):
    x = sympy.Symbol("x", real=True)
    omega, sigma = sympy.symbols("omega sigma", positive=True)
    wave = sympy.cos(omega * x)
    smoothed = smoothed_mean(wave, x, sigma)
    closed = sympy.exp(-(sigma**2) * omega**2 / 4) * wave
    return derivation(
        chain(smoothed, eq(closed, smoothing_rule("a wave keeps its form", wave, x, sigma))),
        concludes=((smoothed, "=", closed),),
    )


closed_form = Claim(
    id="examples/wave",
    kind="identity",
    statement=r"$\cos(\omega\,\cdot)_\sigma(x) = e^{-\sigma^2\omega^2/4}\cos(\omega x)$.",
    derivation=prove_wave,
    expected="conditional",
)


def moments(xp, x, sigma, d):
    return xp.gaussian_mean(lambda u: xp.vecdot(x + xp.scale(sigma, u), x + xp.scale(sigma, u)), d, 2), (
        xp.vecdot(x, x) + sigma**2 * d / 2
    )


def prove_moments(s):
    u = gaussian("u", s.d)
    moved = s.x + u.vector * s.sigma
    return derivation(
        chain(
            s.left,
            eq(expectation(norm_squared(moved), u), by_definition("the mean over $u$")),
            eq(s.right, by_definition("moments")),
        )
    )


second_moment = Claim(
    id="examples/second-moment",
    kind="identity",
    statement=r"$\mathbb E\|x+\sigma u\|^2 = \|x\|^2 + \frac d2\sigma^2$.",
    space=Space(d=dimension(1, 2, 3), x=point(), sigma=real(0)),
    sides=moments,
    relation="=",
    derivation=prove_moments,
    expected="proved",
)
