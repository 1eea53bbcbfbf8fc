r"""Second order: (31)-(33), Proposition 1 (13), the remark on two definitions, sharpness and non-uniformity.

All true in every reading. For k = 2 the readings of Definition 5 are equivalent (remark 3). p_B = (n−B)/(B(n−1)), and 0 for B = n.
"""

import functools
import operator
from fractions import Fraction

import sympy

from theorycheck import Claim, Space, choice, dimension, matrix, point, real, requires, vector
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.algebra.expectation import index
from theorycheck.algebra.expectation import mean as vector_mean
from theorycheck.algebra.facts import elementary as fact
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import by_expansion, chain, consequence, eq, expected, hypothesis, le
from verifications.ma2021.batches import BATCH_FITS, STABILITY, batches, step_matrices
from verifications.ma2021.reasons import concluding, follows, granted_step
from verifications.ma2021.tensor_powers import kronecker
from verifications.ma2021.theorem_1 import trace_chain

SECOND = {
    s: text.replace("^k", "^2").replace(r"\otimes k", r"\otimes 2").replace("_k^2", "_2^2")
    for s, text in STABILITY.items()
}


def sampling_factor(n, B):
    """p_B; where B = n (so also for n = 1) it is 0, and B > n is excluded by the hypotheses."""
    return Fraction(0) if n <= B else Fraction(n - B, B * (n - 1))


def two_parameters():
    return {"n": choice(1, 2, 3), "B": choice(1, 2, 3), "a": matrix("n", 2), "eta": real(0)}


# ---- (31)-(33) ---------------------------------------------------------------------------------------------------------


def hessians(a):
    return [a[:, i, :, None] * a[:, i, None, :] for i in range(a.shape[1])]


def closed_form(xp, a, eta, B):
    """The matrix of (30), shape (N, 4, 4)."""
    n = a.shape[1]
    identity = xp.asarray([[[1, 0], [0, 1]]])
    rate = xp.reshape(xp.asarray(eta), (-1, 1, 1))
    samples = hessians(a)
    H = sum(samples) / n
    mean_of_squares = sum(kronecker(h, 2) for h in samples) / n
    return kronecker(identity - rate * H, 2) + rate**2 * xp.number(sampling_factor(n, B)) * (
        mean_of_squares - kronecker(H, 2)
    )


def mean_of_steps(xp, n, B, a, eta):
    a = xp.asarray(a)
    steps = step_matrices(a, eta, B)
    mean = sum(
        kronecker(xp.stack([xp.stack(row, axis=-1) for row in step], axis=-2), 2) for step in steps
    ) / len(steps)
    return mean.reshape(a.shape[0], -1), closed_form(xp, a, eta, B).reshape(a.shape[0], -1)


def prove_closed_form(s):
    """Entry by entry: x_i and y_i are entries of H_i, S_x and S_y their sums, S_xy = Σ x_i y_i; each side is linear in H_i ⊗ H_j.

    Written without quotients by n − 1: for n = 1 there is one batch, and the closed form is A_I ⊗ A_I itself.
    """
    n, B, eta = s.n, s.B, s.eta
    Sx, Sy, Sxy, unit_x, unit_y = sympy.symbols("S_x S_y S_xy delta_x delta_y", real=True)
    all_batches = sympy.binomial(n, B)
    first = unit_x * unit_y - eta * (unit_y * Sx + unit_x * Sy) / n
    pairs = (n - 1) * B / n * Sxy + B * (B - 1) / n * (Sx * Sy - Sxy)
    factor = (n - B) / B
    return concluding(
        chain(
            n * sympy.binomial(n - 1, B - 1),
            eq(B * all_batches, by_expansion("$\\mathbb P(i \\in I) = B/n$"), "one index"),
        ),
        chain(
            n * (n - 1) * sympy.binomial(n - 2, B - 2),
            eq(
                B * (B - 1) * all_batches,
                by_expansion("$\\mathbb P(i, j \\in I) = \\frac{B(B-1)}{n(n-1)}$ for $i \\ne j$"),
                "two indices",
            ),
        ),
        chain(
            (n - 1) * first + eta**2 / B**2 * pairs,
            eq(
                (n - 1) * (unit_x - eta * Sx / n) * (unit_y - eta * Sy / n)
                + eta**2 * factor * (Sxy / n - Sx * Sy / n**2),
                by_expansion("$n-1$ times (31) with (32) inserted, collected"),
                "collected",
            ),
        ),
    )


equation_31 = Claim(
    id="ma2021/eq-31",
    printed="(31)-(33)",
    kind="identity",
    statement=r"$\mathbb E_IA_I\otimes A_I = \mathrm{Id}-\eta(H\otimes\mathrm{Id}+\mathrm{Id}\otimes H)+\frac{\eta^2}{B^2}\mathbb E_I\sum_{i,j\in I}H_i\otimes H_j$, "
    r"$\mathbb E_I\sum_{i,j\in I}H_i\otimes H_j = \frac Bn\sum_iH_i\otimes H_i+\frac{B(B-1)}{n(n-1)}\sum_{i\ne j}H_i\otimes H_j$, and so "
    r"$\mathbb E_IA_I\otimes A_I$ is the matrix of (30).",
    space=Space(**two_parameters()),
    hypotheses=[BATCH_FITS],
    sides=mean_of_steps,
    relation="=",
    derivation=prove_closed_form,
    uses=["ma2021/eq-16"],
    expected="conditional",
    note="Presupposes $n \\ge 2$ where $n-1$ divides; for $B = n$ the factor is 0.",
)


# The same for few samples of any dimension, entry by entry: ⟨u, A_I v⟩⟨r, A_I s⟩ for all vectors u, v, r, s are the entries of A_I ⊗ A_I.
# B stands for min(B, n).

FEW_SAMPLES = {
    "d": dimension(1, 2, 3),
    "n": choice(1, 2, 3),
    "B": choice(1, 2, 3),
    **{name: point() for name in ("a_1", "a_2", "a_3")},
    "eta": real(0),
}


def entries_of_steps(xp, n, B, a_1, a_2, a_3, eta, u, v, r, s):
    """E_I ⟨u, A_I v⟩⟨r, A_I s⟩, and the same of the matrix of (30)."""
    size = min(B, n)
    first = [xp.vecdot(u, a) * xp.vecdot(a, v) for a in (a_1, a_2, a_3)[:n]]  # ⟨u, H_i v⟩
    second = [xp.vecdot(r, a) * xp.vecdot(a, s) for a in (a_1, a_2, a_3)[:n]]

    def of_step(weights, pair, batch):
        return pair - eta / size * sum(weights[i] for i in batch)

    found = batches(n, size)
    total = sum(
        of_step(first, xp.vecdot(u, v), batch) * of_step(second, xp.vecdot(r, s), batch) for batch in found
    )
    mean_first, mean_second = sum(first) / n, sum(second) / n
    products = sum(x * y for x, y in zip(first, second, strict=True)) / n
    right = (xp.vecdot(u, v) - eta * mean_first) * (xp.vecdot(r, s) - eta * mean_second)
    noise = xp.number(sampling_factor(n, size)) * (products - mean_first * mean_second)
    return total / len(found), right + eta**2 * noise


few_samples = Claim(
    id="ma2021/eq-31-identity",
    printed="(31)-(33), evaluated",
    kind="identity",
    statement=r"For $n \le 3$, every $B \le n$ and all vectors: $\mathbb E_I\langle u,A_Iv\rangle\langle r,A_Is\rangle$ is the entry of the matrix "
    r"of (30).",
    space=Space(**FEW_SAMPLES, **{name: point() for name in ("u", "v", "r", "s")}),
    sides=entries_of_steps,
    relation="=",
    uses=["ma2021/eq-16"],
    expected="proved",
    note="All batches are gone through. $B$ stands for $\\min(B, n)$. The counting for every $n$ is in eq-31.",
)

# ---- Proposition 1 (13) ---------------------------------------------------------------------------------------------------
W, GRADIENT, SAMPLE = algebra_vector("w"), algebra_vector("a_i", depends_on=frozenset({"i"})), index("i")
X = norm_squared(W)
Y = expectation(inner(GRADIENT, W) ** 2, SAMPLE)  # ⟨w, Hw⟩
P = expectation(norm_squared(GRADIENT) * inner(GRADIENT, W) ** 2, SAMPLE)  # (1/n) Σ ‖H_i w‖²
Q = norm_squared(vector_mean(GRADIENT * inner(GRADIENT, W), SAMPLE))  # ‖Hw‖²


def condition_13(xp, n, B, a, eta):
    """λ_max of the matrix of (13) is at most 1."""
    rate = xp.reshape(xp.asarray(eta), (-1, 1, 1))
    samples = hessians(a)
    H = sum(samples) / n
    square_mean = sum(_product(h, h) for h in samples) / n
    shrunk = xp.asarray([[[1, 0], [0, 1]]]) - rate * H
    matrix_13 = _product(shrunk, shrunk) + rate**2 * xp.number(sampling_factor(n, B)) * (
        square_mean - _product(H, H)
    )
    return at_most_identity(xp, matrix_13)


def _product(x, y):
    return (x[:, :, :, None] * y[:, None, :, :]).sum(axis=2)


def at_most_identity(xp, matrix_):
    """Whether the largest eigenvalue of a symmetric matrix is at most 1."""
    size = matrix_.shape[-1]
    return xp.semidefinite(xp.asarray([[[int(i == j) for j in range(size)] for i in range(size)]]) - matrix_)


CONDITION_13 = requires(
    condition_13, r"\lambda_{\max}\{(\mathrm{Id}-\eta H)^2+\eta^2\tfrac{n-B}{B(n-1)}\Sigma\} \le 1"
)


def mean_squared_norm(xp, n, B, a, eta, w):
    """E_I ‖A_I w‖² against ‖w‖²."""
    a = xp.asarray(a)
    total = 0
    steps = step_matrices(a, eta, B)
    for step in steps:
        image = [row[0] * w[:, 0] + row[1] * w[:, 1] for row in step]
        total = total + image[0] ** 2 + image[1] ** 2
    return total / len(steps), xp.vecdot(w, w)


def prove_second_order(s):
    """E_I‖A_I w‖², from (32) with H_i w in place of H_i, is ⟨w, [(Id−ηH)² + η²p_BΣ] w⟩.

    Written times n − 1, since p_B (n − 1) = (n − B)/B; for n = 1 there is one batch, and p_B = 0.
    """
    n, B, eta = s.n, s.B, s.eta
    pairs = (n - 1) * B * P + B * (B - 1) * (n * Q - P)
    whole = X - 2 * eta * Y + eta**2 * Q
    form = (n - 1) * whole + eta**2 * (n - B) / B * (P - Q)
    at_w = "(13): the quadratic form of the matrix at $w$ is at most $\\|w\\|^2$"
    return concluding(
        chain(
            (n - 1) * (X - 2 * eta * Y) + eta**2 / B**2 * pairs,
            eq(
                form,
                by_expansion(
                    "$n-1$ times $\\mathbb E_I\\|A_Iw\\|^2 = \\langle w,\\mathbb E_IA_I^2w\\rangle$, as in (31)-(33)"
                ),
                "L1",
            ),
            le(
                (n - 1) * X,
                follows(
                    "(13) at $w$: so $\\mathbb E\\|w_{t+1}\\|^2 \\le \\mathbb E\\|w_t\\|^2$ for $n \\ge 2$",
                    granted_step((n - 1) * X - form, f"$n-1$ times {at_w}"),
                ),
                "L2",
            ),
        ),
        chain(
            whole,
            le(
                X, follows("the same for $n = 1$", granted_step(X - whole, f"{at_w}, for $p_B = 0$")), "n = 1"
            ),
        ),
    )


def proposition_1(s):
    return Claim(
        id=f"ma2021/proposition-1@{s}",
        printed="Proposition 1 (13)",
        kind="implication",
        statement=r"If $\lambda_{\max}\{(\mathrm{Id}-\eta H)^2+\eta^2\frac{n-B}{B(n-1)}\Sigma\} \le 1$, then "
        + SECOND[s]
        + " for all $t$.",
        space=Space(**two_parameters(), w=vector(2)),
        hypotheses=[BATCH_FITS, CONDITION_13],
        sides=mean_squared_norm,
        derivation=prove_second_order,
        uses=["ma2021/eq-31"] + (["ma2021/remark-3"] if s == "sc" else []),
        expected="conditional",
        note="$\\mathbb E\\|w_t\\|_2^2$ does not increase: $C = 1$ in the readings @a and @b, which are the same for $k = 2$"
        + (", and $C = \\sqrt p$ here, by remark 3." if s == "sc" else ".")
        + " Presupposes $n \\ge 2$ where $n-1$ divides. Sufficient only: (30) is weaker.",
    )


propositions_1 = {s: proposition_1(s) for s in STABILITY}
proposition_1_entry = Claim(
    id="ma2021/proposition-1",
    printed="Proposition 1 (13)",
    kind="implication",
    statement=r"$W^*$ is $2$-stable if $\lambda_{\max}\{(\mathrm{Id}-\eta H)^2+\eta^2\frac{n-B}{B(n-1)}\Sigma\} \le 1$.",
    readings=list(propositions_1.values()),
    expected="conditional",
)


def _added(vectors):
    """Their sum; 0 is no vector to begin with."""
    return functools.reduce(operator.add, vectors)


def norm_after_a_step(xp, n, B, a_1, a_2, a_3, eta, w):
    """E_I ‖A_I w‖², and the quadratic form of the matrix of (13) at w."""
    size = min(B, n)
    images = [xp.scale(xp.vecdot(a, w), a) for a in (a_1, a_2, a_3)[:n]]  # H_i w
    found = batches(n, size)
    steps = [w - xp.scale(eta / size, _added([images[i] for i in batch])) for batch in found]
    mean = xp.scale(xp.number(Fraction(1, n)), _added(images))
    moved = w - xp.scale(eta, mean)
    spread = sum(xp.vecdot(image, image) for image in images) / n - xp.vecdot(mean, mean)
    noise = eta**2 * xp.number(sampling_factor(n, size)) * spread
    return sum(xp.vecdot(step, step) for step in steps) / len(found), xp.vecdot(moved, moved) + noise


quadratic_form = Claim(
    id="ma2021/proposition-1-identity",
    printed="Proposition 1 (13), its quadratic form, evaluated",
    kind="identity",
    statement=r"For $n \le 3$, every $B \le n$ and all vectors: $\mathbb E_I\|A_Iw\|_2^2 = \langle w,[(\mathrm{Id}-\eta H)^2+\eta^2\frac{n-B}{B(n-1)}"
    r"\Sigma]w\rangle$.",
    space=Space(**FEW_SAMPLES, w=point()),
    sides=norm_after_a_step,
    relation="=",
    uses=["ma2021/eq-16"],
    expected="proved",
    note="All batches are gone through. $B$ stands for $\\min(B, n)$; for $B = n$ the factor of $\\Sigma$ is 0.",
)

# ---- remark 3 ---------------------------------------------------------------------------------------------------------------


def trace_and_norm(xp, p, v, w, theta):
    """(E‖w‖²)² against p‖E wwᵀ‖_F² for a law with two atoms."""

    def product(x, y):
        return xp.vecdot(x, y) ** 2

    trace = theta * xp.vecdot(v, v) + (1 - theta) * xp.vecdot(w, w)
    frobenius = (
        theta**2 * product(v, v) + 2 * theta * (1 - theta) * product(v, w) + (1 - theta) ** 2 * product(w, w)
    )
    return trace**2, p * frobenius


def prove_equivalence(_):
    """w_k and w_l are independent copies: ‖E wwᵀ‖_F² = E⟨w_k, w_l⟩²; E‖w‖² = ⟨M, D⟩ with M = E wwᵀ and D the identity, ‖D‖_F² = p."""
    k, m = index("k"), index("l")
    first, second = (algebra_vector(f"w_{name}", depends_on=frozenset({name})) for name in ("k", "l"))
    return concluding(
        chain(
            expectation(inner(first, second) ** 2, k, m),
            le(
                expectation(norm_squared(first), k) * expectation(norm_squared(second), m),
                consequence(
                    "Cauchy-Schwarz for two independent copies",
                    expected(hypothesis(fact("Cauchy-Schwarz", first, second)), k, m),
                ),
                "first",
            ),
        ),
        trace_chain(),
    )


remark_3 = Claim(
    id="ma2021/remark-3",
    printed="Remark 3",
    kind="equivalence",
    statement=r"$\|\mathbb E ww^T\|_F \le \mathbb E\|w\|_2^2 \le \sqrt p\,\|\mathbb E ww^T\|_F$, so the two definitions of second-order stability "
    r"(bounded $\mathbb E\|w_t\|_2^2$, or Definition 5 for $k = 2$) are equivalent.",
    space=Space(p=choice(1, 2, 3), v=vector("p"), w=vector("p"), theta=real(0, 1)),
    sides=trace_and_norm,
    derivation=prove_equivalence,
    uses=["ma2021/definition-5"],
    expected="conditional",
    note="With bounds $C$ for one quantity the other has $C\\sqrt p$. Equality on the left for $\\mathbb E ww^T$ of rank one, on the right for multiples of the "
    "identity.",
)

# ---- sharpness and non-uniformity ----------------------------------------------------------------------------------------------


def sharpness(a):
    """λ_max(H) of gradients a, shape (n, p)."""
    import numpy as np

    return float(np.linalg.eigvalsh(a.T @ a / len(a))[-1])


def non_uniformity(a):
    """λ_max(Σ) of gradients a, shape (n, p)."""
    import numpy as np

    H = a.T @ a / len(a)
    squares = (a * (a**2).sum(axis=1, keepdims=True)).T @ a / len(a)
    return float(np.linalg.eigvalsh(squares - H @ H)[-1])


definition_sharpness = Claim(
    id="ma2021/definition-sharpness",
    printed="Section 3, after Proposition 1",
    kind="definition",
    statement=r"Sharpness $= \lambda_{\max}(H)$, non-uniformity $= \lambda_{\max}(\Sigma)$.",
    implements=[
        "verifications.ma2021.second_order:sharpness",
        "verifications.ma2021.second_order:non_uniformity",
    ],
    expected="defined",
    note="Both terms of (13) are positive semidefinite, so it implies $\\|\\mathrm{Id}-\\eta H\\| \\le 1$, that is $\\lambda_{\\max}(H) \\le 2/\\eta$, and "
    "$\\sqrt{\\lambda_{\\max}(\\Sigma)} \\le \\frac1\\eta\\sqrt{B(n-1)/(n-B)}$.",
)
