r"""Section 2, after (6): which networks have the form f(W_1x, W_2).

As a statement about matrices and features (reading a) it is true of every family that is named: W_1 may hold constant rows, and x may be a matrix of
patches or tokens. As Proposition 2 uses it (reading b: x the input, W_1 a matrix of parameters) it is false of each of them. Form (6) gives (2), so
∇_Wf = 0 forces ∇_xf = 0; but parameters that are used at several places collect gradients that cancel, and a skip connection passes x by W_1.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, choice, vector
from theorycheck.derivations import (
    EveryStep,
    at,
    by_expansion,
    by_summation,
    chain,
    derivation,
    elementary,
    eq,
    gt,
    le,
    summed,
)
from verifications.ma2021.introduction import prove_gradients
from verifications.ma2021.sobolev_readings import entry

# ---- a tiny network of each family, on SymPy expressions ------------------------------------------------------------------


def tanh(z):
    """By exponentials, so that tanh(log 2) is 3/5."""
    return (sympy.exp(z) - sympy.exp(-z)) / (sympy.exp(z) + sympy.exp(-z))


def convolutional(x, kernel, v):
    """One kernel on neighbouring entries, tanh, mean over the positions, readout v."""
    size = len(kernel)
    places = [x[i : i + size] for i in range(len(x) - size + 1)]
    units = [tanh(sum(k * z for k, z in zip(kernel, place, strict=True))) for place in places]
    return v * sum(units) / len(units)


def residual(x, w):
    """One residual block x + tanh(wx) on a single channel."""
    return x + tanh(w * x)


def recurrent(x, w, a, v):
    """h_t = tanh(w x_t + a h_{t−1}), h_0 = 0, readout v of the last state."""
    h = sympy.Integer(0)
    for entry_t in x:
        h = tanh(w * entry_t + a * h)
    return v * h


def attention(x, q, k, v, readout):
    """One attention head with a skip connection on tokens of width 1, mean over the tokens."""
    total = 0
    for token in x:
        weights = [sympy.exp(q * token * k * other) for other in x]
        total += token + sum(weight * v * other for weight, other in zip(weights, x, strict=True)) / sum(
            weights
        )
    return readout * total / len(x)


# ---- reading a -----------------------------------------------------------------------------------------------------------


def prove_with_features(_):
    """Each network again from U = W_1X alone."""
    x = sympy.symbols("x_1:4", real=True)
    w, a, v, q, k, r, k_1, k_2 = sympy.symbols("w a v q k r k_1 k_2", real=True)
    patches = sympy.Matrix([[x[0], x[1]], [x[1], x[2]]])  # a column for each position
    U = sympy.Matrix([[k_1, k_2]]) * patches
    after_convolution = v * (tanh(U[0, 0]) + tanh(U[0, 1])) / 2
    U = sympy.Matrix([1, w]) * x[0]
    after_residual = U[0] + tanh(U[1])
    U = sympy.Matrix([[w]]) * sympy.Matrix([list(x)])
    after_recurrence = v * tanh(U[2] + a * tanh(U[1] + a * tanh(U[0])))
    U = sympy.Matrix([1, q, k, v]) * sympy.Matrix([x[:2]])
    heads = []
    for i in range(2):
        weights = [sympy.exp(U[1, i] * U[2, j]) for j in range(2)]
        heads.append(U[0, i] + (weights[0] * U[3, 0] + weights[1] * U[3, 1]) / sum(weights))
    after_attention = r * (heads[0] + heads[1]) / 2
    rows = [
        (
            convolutional(x, (k_1, k_2), v),
            after_convolution,
            "convolution: $W_1$ the kernel, $x$ the matrix of patches",
        ),
        (residual(x[0], w), after_residual, "residual block: $W_1 = (1, w)^T$, the input and the branch"),
        (
            recurrent(x, w, a, v),
            after_recurrence,
            "recurrence: $W_1 = w$, $x$ the matrix of all inputs, the state in $W_2$",
        ),
        (
            attention(x[:2], q, k, v, r),
            after_attention,
            "attention: $W_1 = (1, q, k, v)^T$, $x$ the matrix of tokens",
        ),
    ]
    return derivation(
        *(chain(left, eq(right, by_expansion(words), words.split(":")[0])) for left, right, words in rows),
        concludes=tuple((left, "=", right) for left, right, _ in rows),
    )


with_features = Claim(
    id="ma2021/remark-multiplicative-structure@a",
    printed="Section 2, after (6)",
    kind="implication",
    statement="Convolutional, residual, recurrent networks and transformers: there are a matrix $W_1$ and a feature vector or matrix $x$ with "
    "$f = f(W_1x, W_2)$.",
    derivation=prove_with_features,
    uses=["ma2021/eq-6"],
    expected="conditional",
    note="For every architecture: what comes first is linear in its parameters, and whatever else the network needs of its input is a row of $W_1$ that picks "
    "it. So this reading says little: $W_1 = \\mathrm{Id}$ does it for any function. Only where all of $W_1$ are free parameters is $\\nabla_{W_1}f$ a part "
    "of $\\nabla_Wf$: so for convolutions, recurrences, attention without a skip connection (or behind an embedding of tokens), not for "
    "a network that begins with a residual block. With a feature *matrix*, $\\nabla_{W_1}f = GX^T$, which does not bound $G$: see reading b.",
)

# ---- reading b -----------------------------------------------------------------------------------------------------------
# M stands for any bound on ‖W_1‖²/‖x‖²: (2) would need ‖∇_xf‖² ≤ M ‖∇_Wf‖².


def gradient_links(f, parameters, x, values):
    """∇_Wf = 0 at the values and ∇_xf ≠ 0 there, entry by entry."""
    links, conclusions = [], []
    for parameter in parameters:
        slope = sympy.diff(f, parameter).subs(values)
        name = f"derivative by ${sympy.latex(parameter)}$"
        links.append(chain(slope, eq(sympy.Integer(0), by_expansion(name), name)))
        conclusions.append((slope, "=", sympy.Integer(0)))
    size = sum(sympy.diff(f, entry_t).subs(values) ** 2 for entry_t in x)
    links.append(
        chain(size, gt(sympy.Integer(0), elementary("the input gradient does not vanish"), "input gradient"))
    )
    return derivation(*links, concludes=(*conclusions, (size, ">", sympy.Integer(0))))


def contrary_convolution(_):
    x, (k, v) = sympy.symbols("x_1:3", real=True), sympy.symbols("k v", real=True)
    return gradient_links(convolutional(x, (k,), v), (k, v), x, {x[0]: 1, x[1]: -1, k: 1, v: 1})


def convolution_at_opposite_entries(xp, k, v, M):
    """x = (1, −1): the two places add up to nothing in W, but not in x."""
    slope = 1 - xp.tanh(k) ** 2
    by_kernel, by_readout = v * (slope * 1 + slope * -1) / 2, (xp.tanh(k) + xp.tanh(-k)) / 2
    return 2 * (v * k * slope / 2) ** 2, M * (by_kernel**2 + by_readout**2)


def contrary_residual(_):
    x, w = sympy.symbols("x w", real=True)
    f = residual(x, w)
    at_one, at_two = f.subs({w: 0, x: 1}), f.subs({w: 0, x: 2})
    slope = sympy.diff(f, x).subs({w: 0, x: 1})
    return derivation(
        chain(
            at_two - at_one, eq(sympy.Integer(1), by_expansion("$w = 0$, $x = 1, 2$: $W_1x = 0$ both times"))
        ),
        chain(slope**2, gt(sympy.Integer(0), elementary("(2) has $|w| = 0$ on its right"))),
        concludes=((at_two - at_one, "=", sympy.Integer(1)), (slope**2, ">", sympy.Integer(0))),
    )


def residual_block_at_zero(xp, w, x):
    """(2) squared with W_1 = w, the only parameter: (1 + w σ')² against (w/x)² (σ' x)²."""
    slope = 1 - xp.tanh(w * x) ** 2
    return (1 + w * slope) ** 2, (w / x) ** 2 * (slope * x) ** 2


def contrary_recurrence(_):
    x, (w, a, v) = sympy.symbols("x_1:5", real=True), sympy.symbols("w a v", real=True)
    half = sympy.log(2)  # tanh(log 2) = 3/5
    inputs = dict(zip(x, (half, -sympy.Rational(3, 4), -half, sympy.Rational(3, 4)), strict=True))
    return gradient_links(
        recurrent(x, w, a, v), (w, a, v), x, {**inputs, w: 1, a: sympy.Rational(5, 4), v: 1}
    )


def recurrence_at_cancelling_inputs(xp, w, a, v, M):
    """Four inputs, by back-propagation: ∂f/∂w = Σ_t δ_t x_t, ∂f/∂a = Σ_t δ_t h_{t−1}, ∂f/∂x_t = δ_t w."""
    half = xp.log(xp.number(2))
    x = [half, xp.number(Fraction(-3, 4)), -half, xp.number(Fraction(3, 4))]
    states = [0 * w]
    for entry_t in x:
        states.append(xp.tanh(w * entry_t + a * states[-1]))
    delta, by_w, by_a, size = v * (1 - states[4] ** 2), 0, 0, 0
    for t in (4, 3, 2, 1):
        by_w, by_a, size = by_w + delta * x[t - 1], by_a + delta * states[t - 1], size + (delta * w) ** 2
        delta = delta * a * (1 - states[t - 1] ** 2)
    return size, M * (by_w**2 + by_a**2 + states[4] ** 2)


def contrary_attention(_):
    """At x = (1, −1) the output is 0 for all parameters: the map is odd, and it does not see the order of the tokens."""
    x, (q, k, v, r) = sympy.symbols("x_1:3", real=True), sympy.symbols("q k v r", real=True)
    f = attention(x, q, k, v, r)
    return gradient_links(f, (q, k, v, r), x, {x[0]: 1, x[1]: -1, q: 0, k: 1, v: 1, r: 1})


def attention_at_opposite_tokens(xp, v, r, M):
    """q = 0: every token attends to all alike, f = r(1 + v)(x_1 + x_2)/2 to first order in x, v and r; 0 in q and k."""
    total = xp.number(1) * (r - r)  # x_1 + x_2 = 0
    return 2 * (r * (1 + v) / 2) ** 2, M * (((1 + v) * total / 2) ** 2 + (r * total / 2) ** 2)


def _family(letters, title, contrary, explanation, sides, instance, note=""):
    return Claim(
        id=f"ma2021/remark-multiplicative-structure@b-{letters}",
        printed="Section 2, after (6)",
        kind="implication",
        statement=f"{title} have the form $f(W_1x, W_2)$ with $x \\in \\mathbb R^d$ the input and $W_1$ a matrix of parameters.",
        refutation=Refutation(contrary, explanation, sides=sides, instance=instance),
        uses=["ma2021/eq-6", "ma2021/eq-2"],
        expected="contested",
        note="Whatever part of $W$ is taken for $W_1$: (6) would give (2), and (2) with $\\nabla_Wf = 0$ gives $\\nabla_xf = 0$. "
        + note,
    )


families = [
    _family(
        "convolutional",
        "Convolutional networks",
        contrary_convolution,
        "a kernel of size 1, tanh, mean over two positions, a linear readout, at $x = (1,-1)$: $\\nabla_Wf = 0$ and $\\nabla_xf \\ne 0$, so (2) fails",
        convolution_at_opposite_entries,
        {"k": 1, "v": 1, "M": 10**6},
        "The gradient of the kernel is $\\sum_{\\mathrm{pos}}g_{\\mathrm{pos}}x_{\\mathrm{pos}}$. Written with the large matrix of the convolution in place of "
        "$W_1$, $f(W_1x, W_2)$ holds, but the entries of that matrix are not parameters, and (1) fails.",
    ),
    _family(
        "residual",
        "Residual networks",
        contrary_residual,
        "$f = x+\\tanh(wx)$ at $w = 0$: $W_1x = 0$ for every $x$ but $f = x$; (2) would say $1 \\le 0$",
        residual_block_at_zero,
        {"w": 0, "x": 1},
        "Here $\\nabla_Wf = x \\ne 0$; $w$ is the only parameter, so it is $W_1$. A residual network whose first layer is dense has the form.",
    ),
    _family(
        "recurrent",
        "Recurrent networks",
        contrary_recurrence,
        "$h_t = \\tanh(wx_t+ah_{t-1})$, $f = vh_4$ with $w = v = 1$, $a = \\frac54$, $x = (\\log2,-\\frac34,-\\log2,\\frac34)$: $\\nabla_Wf = 0$ and $\\nabla_xf \\ne 0$",
        recurrence_at_cancelling_inputs,
        {"w": 1, "a": Fraction(5, 4), "v": 1, "M": 10**6},
        "The states are $\\frac35, 0, -\\frac35, 0$.",
    ),
    _family(
        "transformer",
        "Transformers",
        contrary_attention,
        "one attention head with a skip connection and the mean over two tokens at $x = (1,-1)$: $f = 0$ for all parameters, so $\\nabla_Wf = 0$, and "
        "$\\nabla_xf \\ne 0$",
        attention_at_opposite_tokens,
        {"v": 1, "r": 1, "M": 10**6},
        "Without positional encoding; on tokens of width 1, which is enough for a counterexample.",
    ),
]
with_inputs = Claim(
    id="ma2021/remark-multiplicative-structure@b",
    printed="Section 2, after (6)",
    kind="implication",
    statement="Convolutional, residual, recurrent networks and transformers have the form (6) with $x \\in \\mathbb R^d$ the input and $W_1$ a matrix of parameters.",
    readings=families,
    expected="contested",
    note="One claim for each family that is named; none has the form in general.",
)
multiplicative_structure = entry(
    "ma2021/remark-multiplicative-structure",
    [with_features, with_inputs],
    printed="Section 2, after (6)",
    kind="implication",
    statement="Most networks have form (6), among them convolutional, residual, recurrent networks and transformers.",
)

# ---- what holds ------------------------------------------------------------------------------------------------------------

with_inputs_corrected = Claim(
    id="ma2021/remark-multiplicative-structure@b-corrected",
    printed="Section 2, after (6), corrected",
    kind="implication",
    statement=r"A network whose first layer is dense, with nothing else fed by $x$, and any network behind it (convolutional, residual, recurrent, attention) has "
    r"form (6), and (1) holds: $\nabla_{W_1}f = gx^T$, $\nabla_xf = W_1^Tg$.",
    derivation=prove_gradients,
    corrects="ma2021/remark-multiplicative-structure@b",
    uses=["ma2021/eq-6"],
    expected="conditional",
    note="$f = F(W_1x, W_2)$ with any $F$ that is differentiable in $u$. For ReLU, off its kinks. Hence (2), (4), (20).",
)

# Squares: P = ‖∇_Xf‖_F², G = ‖∂f/∂U‖_F², R = ‖∇_{W_1}f‖_F², ω = ‖W_1‖_2, s = the smallest singular value of X as a map on R^positions.
P, G, R = sympy.symbols("P G R", nonnegative=True)
OMEGA, SMALLEST = sympy.symbols("omega s", positive=True)
STEP = sympy.Symbol("i", integer=True)
INDUCED = EveryStep(OMEGA**2 * G - P, STEP, 1, 1, r"\|W_1^TG\|_F \le \|W_1\|_2\|G\|_F")
INJECTIVE = EveryStep(
    R - SMALLEST**2 * G, STEP, 1, 1, r"\|Xg\|_2 \ge s\|g\|_2 \text{ for every row } g \text{ of } G"
)


def prove_shared_weights(_):
    m, d, positions = sympy.symbols("m d p", integer=True, positive=True)
    i, j, c = sympy.symbols("i j c", integer=True)
    g, x, V = (sympy.IndexedBase(name, real=True) for name in "gxV")
    moved = sympy.Sum(
        sympy.Sum(g[i, c] * sympy.Sum(V[i, j] * x[j, c], (j, 1, d)), (c, 1, positions)), (i, 1, m)
    )
    inner = sympy.Sum(
        sympy.Sum(sympy.Sum(g[i, c] * x[j, c], (c, 1, positions)) * V[i, j], (j, 1, d)), (i, 1, m)
    )
    bound = OMEGA**2 / SMALLEST**2 * R
    return derivation(
        chain(
            moved,
            eq(
                inner,
                by_summation("$\\langle G, VX\\rangle = \\langle GX^T, V\\rangle$: $\\nabla_{W_1}f = GX^T$"),
            ),
        ),
        chain(
            P,
            le(OMEGA**2 * G, summed("$\\nabla_Xf = W_1^TG$", at(INDUCED.fact, 1))),
            le(bound, summed("$X$ is injective", (OMEGA**2 / SMALLEST**2) * at(INJECTIVE.fact, 1))),
        ),
        concludes=((moved, "=", inner), (P, "<=", bound)),
    )


shared_weights = Claim(
    id="ma2021/eq-2-shared-weights",
    printed="Section 1, (2), for feature matrices",
    kind="implication",
    statement=r"$f = F(W_1X, W_2)$ with a feature matrix $X$ (a column for each position): $\nabla_{W_1}f = GX^T$, $\nabla_Xf = W_1^TG$, and if $X$ has "
    r"independent columns, $s$ its smallest singular value: $\|\nabla_Xf\|_F \le \frac{\|W_1\|_2}s\|\nabla_{W_1}f\|_F$.",
    hypotheses=[INDUCED, INJECTIVE],
    derivation=prove_shared_weights,
    uses=["ma2021/remark-multiplicative-structure@a"],
    expected="conditional",
    note="What (2) becomes for shared weights; squared. One column: $s = \\|x\\|_2$. It needs at least as many features as positions (patches of $s$ entries at no more "
    "than $s$ places, tokens no more than their width); in the counterexamples above there are more positions than features.",
)

# ---- random features -------------------------------------------------------------------------------------------------------


def model(xp, a, phi):
    """f = ⟨a, φ⟩ and F(W_1φ) with W_1 = aᵀ as a 1 × m matrix, F(u) = u."""
    return xp.sum(a * phi, axis=-1), xp.matmul(a[..., None, :], phi[..., None])[..., 0, 0]


def prove_random_features(_):
    m = sympy.Symbol("m", integer=True, positive=True)
    j = sympy.Symbol("j", integer=True)
    a, phi, V = (sympy.IndexedBase(name, real=True) for name in ("a", "phi", "V"))
    f = sympy.Sum(a[j] * phi[j], (j, 1, m))
    moved = sympy.Sum((a[j] + V[j]) * phi[j], (j, 1, m)) - f
    slope = sympy.Sum(phi[j] * V[j], (j, 1, m))
    return derivation(
        chain(
            moved,
            eq(
                slope,
                by_summation("$f$ is linear in $W_1 = a^T$: $\\nabla_{W_1}f = g\\varphi(x)^T$ with $g = 1$"),
            ),
        ),
        concludes=((moved, "=", slope),),
    )


random_features = Claim(
    id="ma2021/remark-random-features",
    printed="Section 2, after (6)",
    kind="implication",
    statement=r"Random feature models $f(x,a) = \sum_ja_j\varphi_j(x)$ with frozen features $\varphi$ have form (6): $W_1 = a^T$, $\varphi(x)$ in place of $x$.",
    space=Space(m=choice(1, 2, 5), a=vector("m"), phi=vector("m")),
    sides=model,
    relation="=",
    derivation=prove_random_features,
    uses=["ma2021/eq-6"],
    expected="conditional",
    note="The same with more layers behind: $f = F(W_1\\varphi(x), W_2)$. In (2), (4), (20) the gradient is then that in the *features*; for the data "
    "$\\|\\nabla_xf\\| \\le \\|D\\varphi(x)\\|\\,\\|\\nabla_\\varphi f\\|$ comes on top. For $f = \\langle a,\\varphi\\rangle$, (2) is an equality.",
)
