"""The short list: theorems of analysis that reasons and the rules of expectation trust, each with all of its conditions.

Whatever uses one of them names it, and the verdict lists it; each condition is checked where the theorem is used, or belongs to
what a formula presupposes. What is presupposed: a random variable that is averaged is independent of the others; means that are
written exist, so that a function is one whose smoothings all exist, E|f(p + σu)| < ∞ for all p and σ; a gradient that is written
exists. None of them is a lemma of one of the papers.

Here u ~ N(0, ½I) in R^d, and f_σ(p) = E f(p + σu).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEAN = "linearity and monotonicity of the mean"
FUBINI = "Fubini and Tonelli"
MOMENTS = "moments of a Gaussian vector"
SUM = "sum of independent Gaussian vectors"
EXCHANGE = "gradient of a smoothing"
PARTS = "Gaussian integration by parts"
GAMMA = "moments of a Gamma variable"
UNIFORM = "moments of a uniform variable"
POSITIVE = "mean of a positive variable"
TOWER = "law of total expectation"
SEGMENT = "fundamental theorem of calculus along a segment"
CALCULUS = "fundamental theorem of calculus"
AFFINE = "affine change of variables"
NORMALISED = "Gaussian integral"
INSIDE = "differentiation under the integral"
CLOSED = "closed forms of Gaussian means"
TANGENT = "tangent of a convex function"
FERMAT = "gradient at a minimum"
INEQUALITIES = "elementary inequalities"
INDUCTION = "induction"


@dataclass(frozen=True)
class StandardTheorem:
    """One theorem of the list.

    Attributes
    ----------
    name : str
    statement : str
        With all conditions; TeX between dollar signs.
    source : str
    used_by : str
        The reason, rule or fact that trusts it.
    checked : str
        Where each condition is checked.
    """

    name: str
    statement: str
    source: str
    used_by: str
    checked: str


_LIST = (
    StandardTheorem(
        MEAN,
        r"$X, Y$ integrable, $a, b$ real: $\mathbb E(aX+bY) = a\,\mathbb EX + b\,\mathbb EY$; $X \ge 0$ "
        r"$\Rightarrow$ $\mathbb EX \ge 0$.",
        "Billingsley, Probability and Measure, chapter on integration",
        "`expected(term, u)`, and every expectation that is evaluated",
        "the factor is independent of the variable, the term is nonnegative for each of its values",
    ),
    StandardTheorem(
        FUBINI,
        r"$g \ge 0$ measurable, or $\int|g| < \infty$ over the product of two $\sigma$-finite measures: both "
        r"iterated integrals exist "
        r"and equal the integral over the product.",
        "Billingsley, Probability and Measure, section on product measures",
        "means over two variables and more, `gaussian_normalisation`",
        "the variables are declared apart, so they are independent; the integrand is a product with an integrable weight",
    ),
    StandardTheorem(
        MOMENTS,
        r"$a_1, \dots, a_{2n}$ independent of $u$: $\mathbb E\|u\|^{2m}\prod_i\langle a_i,u\rangle = "
        r"\prod_{j<m}(\tfrac d2+n+j)\; 2^{-n}"
        r"\sum\prod\langle a_i,a_j\rangle$, the sum over all pairings of the indices; of an odd number of "
        r"vectors the mean is 0.",
        "Isserlis 1918; the Gamma law of the squared radius, which is independent of the direction",
        "the rules of expectation",
        "every vector is independent of u, exponents are positive whole numbers",
    ),
    StandardTheorem(
        SUM,
        r"$u, v$ independent, of the law of $u$: $au+bv$ has the law of $\sqrt{a^2+b^2}\,u$. So $\mathbb E "
        r"f_s(p+\sigma u) = "
        r"f_{\sqrt{s^2+\sigma^2}}(p)$ for real $s, \sigma$ and $p$ independent of $u$, if $\mathbb "
        r"E|f(p+\sqrt{s^2+\sigma^2}\,u)| < \infty$.",
        "Billingsley, Probability and Measure, section on characteristic functions",
        "the rules of expectation, `smoothing_definition`, the notation $(f_a)_b = f_{\\sqrt{a^2+b^2}}$",
        "point, scale and function are independent of u but for the term σu; scales are real",
    ),
    StandardTheorem(
        EXCHANGE,
        r"$f$ locally Lipschitz and $\mathbb E|\nabla f(x+\sigma u)|$ bounded for $x$ near $p$, or $f = g_s$ "
        r"with $s > 0$: "
        r"$\nabla f_\sigma(p) = \mathbb E\nabla f(p+\sigma u)$.",
        "Folland, Real Analysis, chapter on convolutions",
        "the rules of expectation",
        "a hypothesis makes f smooth, Lipschitz or convex, or its scale is not 0; p is independent of u",
    ),
    StandardTheorem(
        PARTS,
        r"$\sigma \ne 0$, $p$ and $a$ independent of $u$: $\mathbb E f_s(p+\sigma u)\langle u,a\rangle = "
        r"\frac\sigma2\langle\nabla "
        r"f_{\sqrt{s^2+\sigma^2}}(p),a\rangle$. (For $\sigma = 0$ and $\nabla f_s(p)$ finite both sides are 0.)",
        "Stein 1981",
        "the rules of expectation",
        "point, scale, function and direction are independent of u but for the term σu",
    ),
    StandardTheorem(
        GAMMA,
        r"$Y \sim \Gamma(m)$ with scale 1, $m > 0$ and $m+c > 0$: $\mathbb E(Y/m)^c = \Gamma(m+c)/(\Gamma(m)\,m^c)$.",
        "the definition of the Gamma function",
        "the rules of expectation, for `scaled_gamma`",
        "m and m + c are certainly positive",
    ),
    StandardTheorem(
        UNIFORM,
        r"$t$ uniform on $[0,1]$, $n \ge 0$ an integer: $\mathbb E t^n = \frac1{n+1}$.",
        "the integral of a power",
        "the rules of expectation, for `uniform`",
        "the exponent is a whole number ≥ 0",
    ),
    StandardTheorem(
        POSITIVE,
        r"$X > 0$ almost surely $\Rightarrow$ $\mathbb EX > 0$. $g \ge 0$ continuous on $\mathbb R^d$, not "
        r"identically 0, $\sigma \ne 0$ "
        r"$\Rightarrow$ $\mathbb E g(p+\sigma u) > 0$.",
        "Billingsley, Probability and Measure, chapter on integration; the Gaussian density is positive",
        "`positive_mean`",
        "the fact is strict; or the function is continuous and not constant by hypothesis, and the scale is not 0",
    ),
    StandardTheorem(
        TOWER,
        r"$X$ integrable, $\xi$ independent of the past $\mathcal F$, $Z$ $\mathcal F$-measurable: $\mathbb "
        r"E\,h(Z,\xi) = \mathbb E\,H(Z)$ "
        r"with $H(z) = \mathbb E\,h(z,\xi)$.",
        "Billingsley, Probability and Measure, section on conditional expectation",
        "`Run.step_fact`, `Run.state_fact`",
        "the fact is linear in what is random; that draws are independent of the past is the meaning of a run",
    ),
    StandardTheorem(
        SEGMENT,
        r"$f$ convex, $L$-smooth or a smoothing of positive scale, $t$ uniform on $[0,1]$: $f(y)-f(x) = \mathbb "
        r"E\langle\nabla f(x+t(y-x)),"
        r"y-x\rangle$, where $\nabla f$ may stand for any subgradient.",
        "Rockafellar, Convex Analysis, section on one-dimensional convex functions; calculus",
        "`along_segment`",
        "such a hypothesis on f, or a scale that is not 0; t is new and uniform",
    ),
    StandardTheorem(
        CALCULUS,
        r"$F$ continuous on $[a,b]$ and differentiable inside with $F' = f$ integrable: $\int_a^bf = "
        r"F(b)-F(a)$; at an infinite end the "
        r"limit of $F$.",
        "Rudin, Principles of Mathematical Analysis, chapter on the Riemann-Stieltjes integral",
        "`antiderivative`",
        "F is continuous between the ends, its derivative is the integrand, limits are confirmed by numbers",
    ),
    StandardTheorem(
        AFFINE,
        r"$y = Ax+b$ on $(\mathbb R^d)^n$ with $A = B\otimes I_d$, $\det B \ne 0$: $\int g(y)\,dy = |\det "
        r"B|^d\int g(Ax+b)\,dx$, if one of the "
        r"integrals converges absolutely.",
        "Folland, Real Analysis, section on Lebesgue measure",
        "`change_variables`",
        "the map is square and affine, its determinant real and not 0, new variables are new",
    ),
    StandardTheorem(
        NORMALISED,
        r"$\pi^{-d/2}\int_{\mathbb R^d}e^{-\|q\|^2}\,dq = 1$.",
        "polar coordinates",
        "`gaussian_normalisation`",
        "the dimension is that of the claim, the variable stands in its weight alone",
    ),
    StandardTheorem(
        INSIDE,
        r"$k(y,\theta) = q(y,\theta)\,e^{-Q(y,\theta)}$, $q$ a polynomial in $y$ and $Q$ a quadratic one whose "
        r"leading part is positive definite, both "
        r"smooth in $\theta$, and $\mathbb E|f(p+\sigma u)| < \infty$ for all $p, \sigma$: "
        r"$\partial_\theta\int f(y)\,k(y,\theta)\,dy = \int f(y)\,\partial_\theta k(y,\theta)\,dy$.",
        "Folland, Real Analysis, section on the dominated convergence theorem",
        "`differentiate_inside`",
        "every term has such a weight, and f does not depend on what is differentiated in",
    ),
    StandardTheorem(
        CLOSED,
        r"$v \sim N(0,\frac12)$, $a, x$ real, $\sigma > 0$: $\mathbb Ee^{a(x+\sigma v)} = "
        r"e^{ax+a^2\sigma^2/4}$, $\mathbb E\cos(a(x+\sigma v)) = "
        r"e^{-a^2\sigma^2/4}\cos ax$, $\mathbb E\,1_{x+\sigma v>0} = \frac12(1+\operatorname{erf}\frac "
        r"x\sigma)$; times polynomials by "
        r"derivatives in $a$, and sums.",
        "Abramowitz and Stegun, chapter on the error function",
        "`smoothing_rule`",
        "x is any real number, σ ≥ 0; a quadrature in balls agrees at random points",
    ),
    StandardTheorem(
        TANGENT,
        r"$f(tx+(1-t)y) \le tf(x)+(1-t)f(y)-\frac\gamma2t(1-t)\|x-y\|^2$ for $0 \le t \le 1$, $\nabla f(x)$ "
        r"exists: $f(y) \ge "
        r"f(x)+\langle\nabla f(x),y-x\rangle+\frac\gamma2\|y-x\|^2$.",
        "Nesterov, Introductory Lectures on Convex Optimization, chapter 2",
        "`.tangent(x, y)` of convex facts",
        "the function is (strongly) convex by hypothesis or lemma; that the gradient exists is presupposed where it is written",
    ),
    StandardTheorem(
        FERMAT,
        r"$f(x) \ge f(x_*)$ for all $x$ and $\nabla f(x_*)$ exists: $\nabla f(x_*) = 0$.",
        "calculus",
        "`.gradient(v)` of the facts of a minimum",
        "the point minimises the function by hypothesis; that the gradient exists is presupposed where it is written",
    ),
    StandardTheorem(
        INEQUALITIES,
        r"For real $w, v$ and vectors $a, b$: $e^w \ge 1+w$; $\log w \le w-1$ for $w > 0$; $|\sin w| \le 1$, "
        r"$|\cos w| \le 1$; "
        r"$|\cos v-\cos w| \le |v-w|$; $\langle a,b\rangle^2 \le \|a\|^2\|b\|^2$; for $x, y \ge 0$ and $k \ge 1$ "
        r"$y^k \ge x^k + kx^{k-1}(y-x)$; $y^k \ge x^k$ for $y \ge x \ge 0$, $k \ge 0$; $y^k \ge -(-y)^k$ for whole $k \ge 0$.",
        "Hardy, Littlewood and Pólya, Inequalities",
        "the mean of `algebra.elementary(name, …)`; elsewhere the kernel makes the theorem",
        "arguments are real; of a logarithm positive; powers have nonnegative bases, or whole exponents",
    ),
    StandardTheorem(
        INDUCTION,
        r"$P(n_0)$, and $P(n) \Rightarrow P(n+1)$ for every integer $n \ge n_0$: $P(n)$ for every integer $n "
        r"\ge n_0$.",
        "the axioms of arithmetic",
        "`finite_sum`, `pairwise_identity`",
        "the smallest length and the step; no sum has fewer than 0 terms; the length is an integer",
    ),
)
STANDARD: Mapping[str, StandardTheorem] = {theorem.name: theorem for theorem in _LIST}
"""The theorems by name."""
