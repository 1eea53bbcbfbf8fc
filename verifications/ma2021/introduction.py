r"""Section 1: gradients of the first layer and of the input, flatness, and the remarks of the introduction.

Equations (1)–(4) hold, (2) in each reading of its last norm. The summary of the main result leaves out a hypothesis of Section 5: without local
smoothness (and a slope bound on f*) the three conditions that it names imply nothing; with them it follows from Theorem 6.
"""

import sympy

from theorycheck import Claim, Space, choice, dimension, matrix, point, requires, vector
from theorycheck.algebra import elementary as by_name
from theorycheck.algebra import inner, norm_squared
from theorycheck.derivations import (
    EveryStep,
    at,
    by_expansion,
    by_summation,
    chain,
    consequence,
    derivation,
    eq,
    hypothesis,
    le,
    over,
    summed,
)
from verifications.ma2021.sobolev_readings import entry
from verifications.ma2021.truncated import derivatives, lifted, sine

# ---- the network that the formulas are tried on ------------------------------------------------------------------------
# f(x, W) = v_1 sin⟨w_1, x⟩ + v_2 sin⟨w_2, x⟩: two hidden units, any input dimension. Derivatives by truncated arithmetic.


def output(xp, x, W, v):
    """Entries as lists of numbers or truncated polynomials: x of length d, W two rows of length d, v of length 2."""
    total = 0
    for row, weight in zip(W, v, strict=True):
        total = total + weight * sine(
            xp, sum(entry * coordinate for entry, coordinate in zip(row, x, strict=True))
        )
    return total


def parameter_derivatives(xp, x, W, v):
    """f with each of the 2d + 2 parameters moved: first W row by row, then v."""
    d = len(x)
    flat = [entry for row in W for entry in row] + list(v)
    return derivatives(lambda p: output(xp, x, [p[:d], p[d : 2 * d]], p[2 * d :]), flat)


def input_derivatives(xp, x, W, v):
    return derivatives(lambda moved: output(xp, moved, W, v), x)


def split(array):
    """The last axis as a list of (N,)."""
    return [array[..., i] for i in range(array.shape[-1])]


def squares(numbers):
    return sum(number * number for number in numbers)


def spectral_norm_squared(xp, W):
    """The largest eigenvalue of the 2 × 2 matrix W Wᵀ."""
    a, b, c = squares(W[0]), sum(p * q for p, q in zip(*W, strict=True)), squares(W[1])
    return (a + c + xp.sqrt((a - c) ** 2 + 4 * b * b)) / 2


NETWORK = {"d": dimension(1, 2, 3), "W": matrix(2, "d"), "v": vector(2, -3, 3)}
NOT_ZERO = requires(lambda xp, x: xp.vecdot(x, x) > 0, r"$x \ne 0$")

# ---- (1) ---------------------------------------------------------------------------------------------------------------


def both_gradients(xp, x, W, v):
    """Σ (∂f/∂W_ij − g_i x_j)² + Σ (∂f/∂x_j − Σ_i W_ij g_i)², g_i = v_i cos⟨w_i, x⟩, and 0."""
    d = x.shape[-1]
    coordinates, rows, weights = split(x), [split(W[:, 0]), split(W[:, 1])], split(v)
    found = parameter_derivatives(xp, coordinates, rows, weights)
    g = [
        weight * xp.cos(sum(a * b for a, b in zip(row, coordinates, strict=True)))
        for row, weight in zip(rows, weights, strict=True)
    ]
    first = [found[i * d + j].slope - g[i] * coordinates[j] for i in range(2) for j in range(d)]
    slopes = input_derivatives(xp, coordinates, rows, weights)
    second = [slopes[j].slope - rows[0][j] * g[0] - rows[1][j] * g[1] for j in range(d)]
    return squares(first) + squares(second), 0 * weights[0]


def prove_gradients(_):
    """Directions V of W_1 and y of x: u = W_1x moves by Vx and by W_1y, so f moves by ⟨g, Vx⟩ and ⟨g, W_1y⟩ (chain rule)."""
    m, d = sympy.symbols("m d", integer=True, positive=True)
    i, j = sympy.symbols("i j", integer=True)
    g, x, y, V, W = (sympy.IndexedBase(name, real=True) for name in ("g", "x", "y", "V", "W"))
    along_V = sympy.Sum(g[i] * sympy.Sum(V[i, j] * x[j], (j, 1, d)), (i, 1, m))
    inner_V = sympy.Sum(sympy.Sum((g[i] * x[j]) * V[i, j], (j, 1, d)), (i, 1, m))
    along_y = sympy.Sum(g[i] * sympy.Sum(W[i, j] * y[j], (j, 1, d)), (i, 1, m))
    inner_y = sympy.Sum(sympy.Sum(W[i, j] * g[i], (i, 1, m)) * y[j], (j, 1, d))
    return derivation(
        chain(along_V, eq(inner_V, by_summation("$\\langle g, Vx\\rangle = \\langle gx^T, V\\rangle$"))),
        chain(along_y, eq(inner_y, by_summation("$\\langle g, W_1y\\rangle = \\langle W_1^Tg, y\\rangle$"))),
        concludes=((along_V, "=", inner_V), (along_y, "=", inner_y)),
    )


equation_1 = Claim(
    id="ma2021/eq-1",
    printed="Section 1, (1)",
    kind="identity",
    statement=r"$\nabla_{W_1}f(x,W) = g\,x^T$ and $\nabla_xf(x,W) = W_1^Tg$ for $f = f(W_1x, W_2)$, $g = \partial f(u,W_2)/\partial u$.",
    space=Space(**NETWORK, x=point()),
    sides=both_gradients,
    relation="=",
    derivation=prove_gradients,
    uses=["ma2021/eq-6"],
    expected="conditional",
    note="For all $m$, $d$ and every $f$ that is differentiable in $u$: tested against all directions $V$ of $W_1$ and $y$ of $x$. The entries of $W_1$ are "
    "free parameters, each used once. What is hunted: a network of two sine units, derivatives by truncated arithmetic.",
)

# ---- (2) ---------------------------------------------------------------------------------------------------------------


def input_gradient_bound(last_norm):
    def sides(xp, x, W, v):
        coordinates, rows, weights = split(x), [split(W[:, 0]), split(W[:, 1])], split(v)
        found = [moved.slope for moved in parameter_derivatives(xp, coordinates, rows, weights)]
        slope = squares(moved.slope for moved in input_derivatives(xp, coordinates, rows, weights))
        d = len(coordinates)
        if last_norm == "spectral":
            gradient = spectral_norm_squared(xp, [found[:d], found[d : 2 * d]])
        else:
            gradient = squares(found if last_norm == "all" else found[: 2 * d])
        bound = spectral_norm_squared(xp, rows) * gradient / squares(coordinates)
        return slope, bound

    return sides


# Squares: P = ‖∇_xf‖², G = ‖g‖², X = ‖x‖², w = ‖W_1‖_2, N = ‖∇_Wf‖²; ‖∇_{W_1}f‖² = GX in both norms, by the links on gxᵀ.
P, G, N = sympy.symbols("P G N", nonnegative=True)
X, OMEGA = sympy.symbols("X omega", positive=True)
STEP, DATA = sympy.Symbol("i", integer=True), sympy.Symbol("n", integer=True, positive=True)
INDUCED = EveryStep(
    OMEGA**2 * G - P,
    STEP,
    1,
    1,
    r"\|W_1^Tg\|_2 \le \omega\|g\|_2 \text{ with } \omega = \|W_1^T\|_2 = \|W_1\|_2",
)
PART = EveryStep(
    N - G * X, STEP, 1, 1, r"\|\nabla_{W_1}f\|_2 \le \|\nabla_Wf\|_2: W_1 \text{ is a part of } W"
)


def frobenius_norm():
    m, d = sympy.symbols("m d", integer=True, positive=True)
    i, j = sympy.symbols("i j", integer=True)
    g, x = (sympy.IndexedBase(name, real=True) for name in "gx")
    return chain(
        sympy.Sum(sympy.Sum((g[i] * x[j]) ** 2, (j, 1, d)), (i, 1, m)),
        eq(
            sympy.Sum(g[i] ** 2 * sympy.Sum(x[j] ** 2, (j, 1, d)), (i, 1, m)),
            by_summation("$\\|gx^T\\|_F = \\|g\\|_2\\|x\\|_2$"),
            "L2",
        ),
    )


def spectral_norm(s):
    y = s.direction
    return chain(
        G * inner(s.x, y) ** 2,
        le(
            G * norm_squared(s.x) * norm_squared(y),
            consequence(
                "$\\|gx^Ty\\|_2 \\le \\|g\\|_2\\|x\\|_2\\|y\\|_2$, with equality at $y = x$: this is the norm",
                G * hypothesis(by_name("Cauchy-Schwarz", s.x, y)),
            ),
            "L2",
        ),
    )


def prove_input_gradient_bound(last_norm):
    def prove(s):
        last = N if last_norm == "all" else G * X
        steps = [
            le(OMEGA**2 * G, summed("the norm of $W_1^T$", at(INDUCED.fact, 1)), "L1"),
            eq(OMEGA**2 / X * (G * X), by_expansion("$X > 0$")),
        ]
        if last_norm == "all":
            steps.append(
                le(OMEGA**2 / X * N, summed("$W_1$ is a part of $W$", (OMEGA**2 / X) * at(PART.fact, 1)))
            )
        norm = spectral_norm(s) if last_norm == "spectral" else frobenius_norm()
        return derivation(chain(P, *steps), norm, concludes=((P, "<=", OMEGA**2 / X * last),))

    return prove


def _equation_2(letter, last_norm, name, words):
    return Claim(
        id=f"ma2021/eq-2@{letter}",
        printed="Section 1, (2)",
        statement=rf"$\|\nabla_xf\|_2 \le \frac{{\|W_1\|_2}}{{\|x\|_2}}{name}$ for $x \ne 0$ ({words}).",
        space=Space(**NETWORK, x=point()),
        hypotheses=[NOT_ZERO, INDUCED, *([PART] if last_norm == "all" else [])],
        sides=input_gradient_bound(last_norm),
        derivation=prove_input_gradient_bound(last_norm),
        printed_proof=prove_input_gradient_bound(last_norm),
        uses=["ma2021/eq-1"],
        expected="conditional",
        note="Squared. $x = 0$, where the right side divides by 0, is presupposed away. $gx^T$ has rank one, so its spectral and its Frobenius norm are "
        "one number. Equality iff $\\|W_1^Tg\\| = \\|W_1\\|_2\\|g\\|$"
        + (
            " and $\\nabla_{W_2}f = 0$"
            if last_norm == "all"
            else ", always so for width or input dimension 1"
        )
        + ". What is hunted: a network of two sine units.",
    )


equation_2 = entry(
    "ma2021/eq-2",
    [
        _equation_2("a", "spectral", r"\|\nabla_{W_1}f\|_2", "spectral norm"),
        _equation_2("b", "Frobenius", r"\|\nabla_{W_1}f\|_F", "Frobenius norm"),
        _equation_2("c", "all", r"\|\nabla_Wf\|_2", "all parameters"),
    ],
    printed="Section 1, (2)",
    statement=r"$\|\nabla_xf\|_2 \le \frac{\|W_1\|_2}{\|x\|_2}\|\nabla_{W_1}f\|$.",
)

# ---- (3) ---------------------------------------------------------------------------------------------------------------


def trace_of_the_hessian(xp, n, x, W, v):
    """Tr ∇²L̂ at y_i := f(x_i, W), by second derivatives of the loss, and the mean of ‖∇_W f‖²."""
    rows, weights = [split(W[:, 0]), split(W[:, 1])], split(v)
    trace, size = 0, 0
    for sample in range(n):
        target = lifted(output(xp, split(x[:, sample]), rows, weights)).c_0
        for moved in parameter_derivatives(xp, split(x[:, sample]), rows, weights):
            residual = moved + -target
            trace = trace + (residual * residual).curvature / 2
            size = size + moved.slope**2
    return trace / n, size / n


def prove_flatness(_):
    """One parameter moved by t, one sample: f = c + at + ht²/2 + o(t²)."""
    t, c, a, h, y = sympy.symbols("t c a h y", real=True)
    loss = (c + a * t + h * t**2 / 2 - y) ** 2 / 2
    second = sympy.diff(loss, t, 2).subs(t, 0)
    n, p = sympy.symbols("n p", integer=True, positive=True)
    i, j = sympy.symbols("i j", integer=True)
    entries = sympy.IndexedBase("a", real=True)
    columns = sympy.Sum(sympy.Sum(entries[i, j] ** 2 / n, (i, 1, n)), (j, 1, p))
    rows = sympy.Sum(sympy.Sum(entries[i, j] ** 2, (j, 1, p)), (i, 1, n)) / n
    return derivation(
        chain(
            second, eq(a**2 + (c - y) * h, by_expansion("second derivative of the loss of a sample"), "L1")
        ),
        chain(second.subs(y, c), eq(a**2, by_expansion("interpolation: $y = c$"), "L2")),
        chain(columns, eq(rows, by_summation("the trace: sum over the parameters"), "L3")),
        concludes=((second.subs(y, c), "=", a**2), (columns, "=", rows)),
    )


equation_3 = Claim(
    id="ma2021/eq-3",
    printed="Section 1, (3)",
    kind="identity",
    statement=r"flatness$(W^*) = \frac1n\sum_i\|\nabla_Wf(x_i,W^*)\|_2^2$ where $f(x_i,W^*) = y_i$ for all $i$.",
    space=Space(**NETWORK, n=choice(1, 2, 3), x=matrix("n", "d")),
    sides=trace_of_the_hessian,
    relation="=",
    derivation=prove_flatness,
    printed_proof=prove_flatness,
    uses=["ma2021/definition-flatness"],
    expected="conditional",
    note="For every $f$ that is twice differentiable in $W$, every $n$ and $p$. Both conditions are needed: without interpolation $\\frac1n\\sum(f-y_i)"
    "\\mathrm{Tr}\\nabla^2f$ is added (link L1; $f = w^2$, $w = 1$, $y = 0$: $4+2$ instead of 4), without the ½ in the loss the flatness is twice "
    "the right side.",
)

# ---- (4) ---------------------------------------------------------------------------------------------------------------
# Sequences over the data: P[i] = ‖∇_xf(x_i)‖², A[i] = ‖∇_Wf(x_i)‖², Y[i] = ‖x_i‖²; X = min_i ‖x_i‖².


def mean_input_gradient(xp, n, x, W, v):
    rows, weights = [split(W[:, 0]), split(W[:, 1])], split(v)
    slope, size, least = 0, 0, None
    for sample in range(n):
        coordinates = split(x[:, sample])
        slope = slope + squares(moved.slope for moved in input_derivatives(xp, coordinates, rows, weights))
        size = size + squares(moved.slope for moved in parameter_derivatives(xp, coordinates, rows, weights))
        length = squares(coordinates)
        least = length if least is None else xp.minimum(least, length)
    return slope / n, spectral_norm_squared(xp, rows) / least * size / n


SLOPES, SIZES, LENGTHS = (sympy.IndexedBase(name, nonnegative=True) for name in ("P", "A", "Y"))
AT_EVERY_DATUM = EveryStep(
    OMEGA**2 * SIZES[STEP] - X * SLOPES[STEP],
    STEP,
    1,
    DATA,
    r"\|\nabla_xf(x_i)\|^2\min_j\|x_j\|^2 \le \omega^2\|\nabla_Wf(x_i)\|^2 \text{ for every } i \text{: (2), squared}",
)
DATA_NOT_ZERO = requires(lambda xp, x: xp.min(xp.sum(x * x, axis=-1), axis=-1) > 0, r"$x_i \ne 0$")


def prove_mean_input_gradient(_):
    left = sympy.Sum(SLOPES[STEP], (STEP, 1, DATA)) / DATA
    right = OMEGA**2 / X * sympy.Sum(SIZES[STEP], (STEP, 1, DATA)) / DATA
    mean = over(AT_EVERY_DATUM.fact, STEP, 1, DATA, 1)
    return derivation(
        chain(left, le(right, summed("(2) at every $x_i$, mean, (3)", (1 / (X * DATA)) * mean), "L1")),
        concludes=((left, "<=", right),),
    )


equation_4 = Claim(
    id="ma2021/eq-4",
    printed="Section 1, (4)",
    statement=r"$\frac1n\sum_i\|\nabla_xf(x_i,W^*)\|_2^2 \le \frac{\|W_1^*\|_2^2}{\min_i\|x_i\|_2^2}$ flatness$(W^*)$.",
    space=Space(**NETWORK, n=choice(1, 2, 3), x=matrix("n", "d")),
    hypotheses=[DATA_NOT_ZERO, AT_EVERY_DATUM],
    sides=mean_input_gradient,
    derivation=prove_mean_input_gradient,
    printed_proof=prove_mean_input_gradient,
    uses=["ma2021/eq-2", "ma2021/eq-3"],
    expected="conditional",
    note="At an interpolating $W^*$; for every $n$. Equality for $n = 1$, width 1, without $W_2$.",
)
