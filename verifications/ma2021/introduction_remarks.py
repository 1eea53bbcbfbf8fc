r"""Section 1, the remarks: escape times, rescaling, and the summary of the main result.

The summary leaves out hypotheses of Section 5: with the three conditions that it names alone, no constant makes the bound true. With local
smoothness and a slope bound on f* it follows from Theorem 6.
"""

from fractions import Fraction
from itertools import product

import sympy

from theorycheck import Claim, Refutation, Space, dimension, point, real, requires
from theorycheck.algebra import inner
from theorycheck.derivations import (
    antiderivative,
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    ge,
    gt,
    hypothesis,
    le,
    lt,
    nonnegative_part,
    square,
)
from verifications.ma2021.generalisation import PARTS, RIGHT_SIDE_OF_26
from verifications.ma2021.sobolev_readings import step

nonnegative, positive = real(0), real(0, open_low=True)

# ---- escape times ----------------------------------------------------------------------------------------------------------
# The well ½aw² on |w| ≤ r, barrier h = ½ar². Linear dynamics: |w_t| = ρ^t|w_0|. Diffusion dX = −aX dt + √(2D) dB: the mean exit time
# from 0 lies between the values at 0 of two functions that vanish at ±r: one with generator ≤ −1, one with generator ≥ −1.


def prove_escape_times(_):
    a, D, start = sympy.symbols("a D w_0", positive=True)
    h, excess = sympy.symbols("h m", positive=True)  # the modulus ρ of the unstable step is 1 + m
    log_rho = sympy.log(1 + excess)
    time = (sympy.log(2 * h / a) / 2 - sympy.log(start)) / log_rho
    double = time.subs(h, 2 * h) - time

    x, S, q = sympy.symbols("x S q", positive=True)
    upper = (sympy.exp(S) - sympy.exp(a * x**2 / (2 * D))) / a
    generator_upper = D * sympy.diff(upper, x, 2) - a * x * sympy.diff(upper, x)
    slope = -(sympy.exp(a * x**2 / (2 * D)) - 1) / (a * x)  # of (1/2a) ∫_{ax²/2D}^S (e^s − 1)/s ds
    generator_lower = D * sympy.diff(slope, x) - a * x * slope
    at_q = (sympy.exp(q) - 1) / (2 * q) - 1
    rest, y = sympy.Symbol("m", positive=True), sympy.Symbol("s", real=True)  # q and S = q + m
    exponential = sympy.Integral((sympy.exp(y) - 1) / S, (y, 0, S))
    return derivation(
        chain(
            start * sympy.exp(log_rho * time),
            eq(sympy.sqrt(2 * h / a), by_expansion("$\\rho^t|w_0| = r = \\sqrt{2h/a}$"), "linear exit"),
        ),
        chain(
            double,
            eq(
                sympy.log(2) / 2 / log_rho,
                by_expansion("twice the height, the same additional time"),
                "logarithm of h",
            ),
        ),
        chain(
            generator_upper,
            eq(-sympy.exp(a * x**2 / (2 * D)), by_expansion("generator"), "above, generator"),
            le(sympy.Integer(-1), elementary("$e^q \\ge 1$"), "above"),
        ),
        chain(
            generator_lower.subs(x, sympy.sqrt(2 * D * q / a)),
            eq(at_q, by_expansion("generator, $q = ax^2/2D$"), "below, generator"),
            ge(sympy.Integer(-1), elementary("$e^q \\ge 1$"), "below"),
        ),
        chain(
            (sympy.exp(q) - 1) / q,
            ge((sympy.exp(q) - 1) / (q + rest), elementary("$s \\le S$ under the integral"), "integrand"),
        ),
        chain(
            exponential,
            eq(
                (sympy.exp(S) - 1 - S) / S,
                antiderivative(
                    "so the lower value is at least $\\frac{e^S-1-S}{2aS}$", (sympy.exp(y) - y) / S
                ),
                "exponential in S",
            ),
        ),
        concludes=(
            ((sympy.exp(q) - 1) / (q + rest), "<=", (sympy.exp(q) - 1) / q),
            (exponential, "=", (sympy.exp(S) - 1 - S) / S),
            (start * sympy.exp(log_rho * time), "=", sympy.sqrt(2 * h / a)),
            (double, "=", sympy.log(2) / 2 / log_rho),
            (generator_upper, "<=", sympy.Integer(-1)),
            (sympy.Integer(-1), "<=", generator_lower.subs(x, sympy.sqrt(2 * D * q / a))),
        ),
    )


escape_time = Claim(
    id="ma2021/remark-escape-time",
    printed="Section 1 (cited)",
    kind="convergence",
    statement=r"In a quadratic well of height $h = \frac12ar^2$: an unstable step leaves it after $(\frac12\log\frac{2h}a-\log|w_0|)/\log\rho$ steps, a diffusion with noise $D$ "
    r"after a mean time between $\frac1{2a}\int_0^S\frac{e^s-1}sds$ and $\frac{e^S-1}a$, $S = h/D$.",
    derivation=prove_escape_times,
    uses=["ma2021/eq-12"],
    expected="conditional",
    note="For one parameter, where both laws can be written out: $t \\sim \\log h$ by linear stability, $\\log\\mathbb E\\tau \\sim h/D$ by the diffusion. The exit time of the "
    "diffusion by comparison: functions that vanish at $\\pm r$ with generator $\\le -1$ ($\\ge -1$) lie above (below) the mean exit time (Dynkin's formula). With random steps "
    "$\\rho^t$ is a product, and $\\log\\rho$ the mean of its logarithm.",
)

# ---- rescaling -------------------------------------------------------------------------------------------------------------
# f = v relu(wx): (cw, v/c) is the same function. Flatness at c: A/c² + c²Q with Q = (1/n) Σ relu(wx_i)², from ∂f/∂v.


ACTIVE = requires(lambda xp, w, x: xp.vecdot(w, x) > 0, r"\langle w,x\rangle > 0")


def flatness_at(xp, w, v, x, M):
    """One unit, one datum: ‖∇_W f‖² = ‖(v/c)x‖² + (c⟨w,x⟩)² at (cw, v/c) with c² = (M + 1)/⟨w,x⟩², against M."""
    output = xp.vecdot(w, x)
    scale = (M + 1) / output**2
    return v**2 * xp.vecdot(x, x) / scale + output**2 * scale, M


def prove_sharpening(s):
    c, z, v = sympy.symbols("c z v", positive=True)
    Q, A = sympy.symbols("Q A", positive=True)
    output = inner(s.w, s.x)
    needed = (s.M + 1) / output**2
    general = A / c**2 + c**2 * Q
    return derivation(
        chain(
            s.left,
            ge(
                output**2 * needed,
                consequence(
                    "the gradient in $v$ alone",
                    1 / (s.M + 1) * square(s.x * (s.v * output)),
                ),
            ),
            eq(s.M + 1, by_expansion("$c^2 = (M+1)/z^2$")),
            gt(s.M, elementary("one more")),
        ),
        chain(
            (v / c) * (c * z),
            eq(v * z, by_expansion("$\\mathrm{relu}(cz) = c\\,\\mathrm{relu}(z)$"), "same function"),
        ),
        chain(
            general, ge(c**2 * Q, consequence("any width and data", nonnegative_part(A / c**2)), "general")
        ),
        concludes=((s.M, "<", s.left), ((v / c) * (c * z), "=", v * z), (c**2 * Q, "<=", general)),
    )


rescaling = Claim(
    id="ma2021/remark-rescaling",
    printed="Section 1 (cited)",
    kind="implication",
    statement=r"Rescaling $(W_1, W_2) \to (cW_1, W_2/c)$ of a ReLU network leaves its function alone and makes its flatness as large as one likes: for every $M$ there is a "
    r"$c$ with flatness above $M$. So flatness is not necessary for generalisation.",
    space=Space(d=dimension(1, 2, 5), w=point(), v=real(), x=point(), M=nonnegative),
    hypotheses=[ACTIVE],
    sides=flatness_at,
    relation=">",
    derivation=prove_sharpening,
    uses=["ma2021/definition-flatness", "ma2021/eq-3", "ma2021/remark-relu-rescaling"],
    expected="proved",
    note="In general flatness$(c) = A/c^2+c^2Q$ with $Q = \\frac1n\\sum_i\\|\\mathrm{relu}(W_1x_i)\\|^2$ from $\\nabla_{W_2}$ and $A$ from $\\nabla_{W_1}$ (it also grows as $c \\to 0$ if "
    "$A > 0$). $Q > 0$ unless every unit is dead on every datum; there the flatness is 0 at every $c$. The largest eigenvalue, at least flatness$/p$, is unbounded as well.",
)

# ---- the summary of the main result ------------------------------------------------------------------------------------------
# f(x, W) = sin²(πW_2 W_1x), f* = 0, μ uniform on [1, 2], x_j = 1 + (2j+1)/(2n), j = 0..n−1, W* = (1, 2n): W_2x_j is an integer, so f(x_j) = 0 and
# a_j = 0. Stable for every η, B, k in every reading; ε = 1/(2n), δ = 0, M = 1.


def error_and_bound(xp, c):
    """3/8 against c n^{1/k}ε² ≤ cnε² = c/(4n) at n = c + 1."""
    return xp.number(Fraction(3, 8)) + 0 * c, c / (4 * (c + 1))


def contrary_summary(_):
    w_1, w_2, datum, c = sympy.symbols("w_1 w_2 x_j c", positive=True)
    place = sympy.Symbol("z", integer=True)
    f = sympy.sin(sympy.pi * w_2 * w_1 * datum) ** 2
    at_datum = {w_1: place / (w_2 * datum)}
    n, x = sympy.Symbol("n", integer=True, positive=True), sympy.Symbol("x", real=True)
    error = sympy.Integral(sympy.sin(2 * sympy.pi * n * x) ** 4, (x, 1, 2))
    primitive = (
        3 * x / 8
        - sympy.sin(4 * sympy.pi * n * x) / (8 * sympy.pi * n)
        + sympy.sin(8 * sympy.pi * n * x) / (64 * sympy.pi * n)
    )
    slopes = [sympy.diff(f, w).subs(at_datum) for w in (w_1, w_2)]
    zero, value = sympy.Integer(0), sympy.Rational(3, 8)
    bound = c / (4 * (c + 1))
    return derivation(
        chain(
            f.subs(at_datum),
            eq(zero, by_expansion("$f$ interpolates: $W_2W_1x_j$ is an integer"), "interpolation"),
        ),
        *(
            chain(slope, eq(zero, by_expansion("$a_j = 0$: stable for every $\\eta, B, k$"), f"gradient {i}"))
            for i, slope in enumerate(slopes, 1)
        ),
        chain(error, eq(value, antiderivative("four angles", primitive), "generalisation error")),
        chain(bound, lt(value, elementary("$\\frac14 < \\frac38$"), "for every constant")),
        concludes=((error, "=", value), (bound, "<", value)),
    )


main_result_with_one_constant = Claim(
    id="ma2021/remark-main-result@one-constant",
    printed="Section 1",
    statement=r"($\lesssim$: up to a constant of the distribution, the architecture, $\eta$ and $B$) At an interpolation solution with (1) stable $k$-th moments, (2) test points within $\varepsilon$ of the data with probability $1-\delta$, (3) $f, f^*$ bounded by $M$: "
    r"$\mathbb E_x(f(x,W^*)-f^*(x))^2 \lesssim n^{1/k}\varepsilon^2+M^2\delta$; $\eta$ and $B$ enter as constant factors.",
    refutation=Refutation(
        contrary_summary,
        "one model $\\sin^2(\\pi W_2W_1x)$, $f^* = 0$, $\\mu$ uniform on $[1,2]$, $n$ data in the middle of $n$ cells, $W^* = (1, 2n)$: the three conditions hold with "
        "$\\varepsilon = \\frac1{2n}$, $\\delta = 0$, $M = 1$ for every $\\eta, B, k$; the error is $\\frac38$ while $n^{1/k}\\varepsilon^2 \\le \\frac1{4n}$: for every constant $c$, "
        "$n > c$ breaks the bound",
        sides=error_and_bound,
        instance={"c": 1000},
    ),
    uses=["ma2021/definition-1"],
    expected="contested",
    note="$\\lesssim$ is read with a constant that does not depend on $n$, $\\varepsilon$, $\\delta$, $M$ (here $\\|W_1\\| = 1 \\le |x_i|$, $d = 1$, $p = 2$, one model, one $f^*$). What is missing is "
    "local smoothness (8) near $W^*$ with constants that do not depend on $n$, and a bound on $\\nabla f^*$: both are hypotheses of Theorem 6.",
)
# N = n^{1/2k} ≥ 1, Q = CΩ_k, c = d^{(k−1)/2k}.
BOUND = step(
    r"E \le c^2\varepsilon^2(Q(N\Gamma_k+\kappa)+D)^2+4M^2\delta",
    "Theorem 6 in reading f",
    lambda E, N, epsilon, c, Q, Gamma, kappa, D, M, delta: (
        c**2 * epsilon**2 * (Q * (N * Gamma + kappa) + D) ** 2 + 4 * M**2 * delta >= E
    ),
)


def constants_apart(xp, E, N, epsilon, c, Q, Gamma, kappa, D, M, delta):
    """E = E_x(f − f*)², and const · n^{1/k}ε² + 4M²δ."""
    return E, c**2 * (Q * (Gamma + kappa) + D) ** 2 * N**2 * epsilon**2 + 4 * M**2 * delta


def prove_constants_apart(s):
    steepest, most = s.Q * (s.N * s.Gamma + s.kappa) + s.D, s.N * (s.Q * (s.Gamma + s.kappa) + s.D)
    factor = s.c**2 * s.epsilon**2 * (steepest + most) * (s.Q * s.kappa + s.D)
    reason = "$C\\Omega(N\\Gamma+\\kappa)+D \\le N(C\\Omega(\\Gamma+\\kappa)+D)$"
    bound = s.c**2 * s.epsilon**2 * steepest**2 + 4 * s.M**2 * s.delta
    return derivation(
        chain(
            s.left,
            le(bound, consequence("Theorem 6", hypothesis(s.assume(BOUND)))),
            le(s.right, consequence(reason, nonnegative_part(factor * (s.N - 1)))),
        )
    )


SIX = [
    "ma2021/theorem-6@f-" + "-".join(letters)
    for letters in product(("sa", "sb", "sc"), ("wb",), ("ka", "kb"))
]


def _with_the_hypotheses_of_theorem_6(id, printed, statement, **more):
    return Claim(
        id=id,
        printed=printed,
        statement=statement
        + r"$\mathbb E_x(f-f^*)^2 \le d^{(k-1)/k}(C\Omega_k(\Gamma_k+\kappa)+D)^2\,n^{1/k}\varepsilon^2+4M^2\delta$.",
        space=Space(E=PARTS["E"], **RIGHT_SIDE_OF_26),
        hypotheses=[BOUND],
        sides=constants_apart,
        derivation=prove_constants_apart,
        uses=SIX,
        expected="conditional",
        note="$N = n^{1/2k}$, $Q = C\\Omega_k$, $c = d^{(k-1)/2k}$: the right side of (26) in reading f is at most this. $\\omega_k = \\|W_1^T\\|_{2k}$; $\\eta$ and $B$ enter through "
        "$\\Gamma_k = \\sqrt{2/\\eta}(pB^{k-1})^{1/2k}$. The factor 4 is needed.",
        **more,
    )


main_result_with_theorem_6 = _with_the_hypotheses_of_theorem_6(
    "ma2021/remark-main-result@with-theorem-6",
    "Section 1",
    r"($\lesssim$: up to the constants of Theorem 6, whose hypotheses are understood) With $|f|, |f^*| \le M$, $\|\nabla f^*\|_{2k} \le D$: ",
)
main_result = Claim(
    id="ma2021/remark-main-result",
    printed="Section 1",
    statement=r"Interpolation, (1) stable $k$-th moments, (2) test points within $\varepsilon$ of the data with probability $1-\delta$, (3) $f, f^*$ bounded by $M$ "
    r"$\Rightarrow \mathbb E_x(f(x,W^*)-f^*(x))^2 \lesssim n^{1/k}\varepsilon^2+M^2\delta$.",
    readings=[main_result_with_one_constant, main_result_with_theorem_6],
    expected="inconclusive",
    note="A summary of Theorem 6 that leaves open what $\\lesssim$ hides.",
)
main_result_corrected = _with_the_hypotheses_of_theorem_6(
    "ma2021/remark-main-result@one-constant-corrected",
    "Section 1, corrected",
    r"If moreover the model is $(\delta',C,k)$-locally smooth at every $x_i$ with $\delta' \ge \|W_1^*\|_2\varepsilon/\min_i\|x_i\|_2$ and $\|\nabla f^*\|_{2k} \le D$: ",
    corrects="ma2021/remark-main-result@one-constant",
)
