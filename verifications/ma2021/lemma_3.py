r"""Lemma 3 and Lemma 1: a symmetric map that expands a vector once expands it for ever.

Sharper than printed: with e_t = ‖A^t x‖², the ratios e_{t+1}/e_t do not decrease, so e_t ≥ e_0 (e_1/e_0)^t.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, vector
from theorycheck.algebra import expectation, inner
from theorycheck.algebra.expectation import index, mean
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import by_expansion, chain, consequence, eq, expected, ge, square
from verifications.ma2021.batches import BATCH_FITS, step_matrices
from verifications.ma2021.reasons import Random, concluding, power_above_tangent

EIGENVALUE = index("j")


def growth_chains():
    """In eigen-coordinates: e_t = Σ_j v_j² with v_j = λ_j^t y_j, e_{t+1} = Σ λ_j² v_j², e_{t+2} = Σ λ_j⁴ v_j² (here as means)."""
    eigenvalue, v = Random(r"\lambda_j", "j"), Random("v_j", "j")
    r = sympy.Symbol("r", positive=True)
    t = sympy.Symbol("t", positive=True, integer=True)
    now = expectation(v**2, EIGENVALUE)
    following = expectation(eigenvalue**2 * v**2, EIGENVALUE)
    afterwards = expectation(eigenvalue**4 * v**2, EIGENVALUE)
    return (
        chain(
            afterwards,
            ge(
                r * following + r * (following - r * now),
                consequence(
                    "$\\sum_j v_j^2(\\lambda_j^2-r)^2 \\ge 0$: so $e_{t+1} \\ge re_t$ gives $e_{t+2} \\ge re_{t+1}$",
                    expected(square(eigenvalue**2 * v - r * v), EIGENVALUE),
                ),
                "ratios do not decrease",
            ),
        ),
        chain(
            (1 + r) ** t,
            ge(
                1 + t * r,
                consequence(
                    "Bernoulli: $e_t \\ge e_0(1+r)^t$ is unbounded", power_above_tangent(1 + r, 1, t)
                ),
                "unbounded",
            ),
        ),
    )


def image(matrix_, x):
    return (matrix_ * x[:, None, :]).sum(axis=-1)


def squared_norms_of_powers(xp, S, x, t):
    """‖Ax‖^{2t} against ‖A^tx‖² ‖x‖^{2(t−1)} for A = S + Sᵀ."""
    S = xp.asarray(S)
    A = S + xp.swapaxes(S, -1, -2)
    power = x
    for _ in range(t):
        power = image(A, power)
    once = image(A, x)
    return xp.vecdot(once, once) ** t, xp.vecdot(power, power) * xp.vecdot(x, x) ** (t - 1)


lemma_3 = Claim(
    id="ma2021/lemma-3",
    printed="Lemma 3, Appendix D",
    kind="implication",
    statement=r"$A \in \mathbb R^{n\times n}$ symmetric, $x \in \mathbb R^n$: if $\|Ax\|_2 > \|x\|_2$, then $\lim_{t\to\infty}\|A^tx\|_2 = \infty$. "
    r"Indeed $\|A^tx\|_2 \ge \|x\|_2(\|Ax\|_2/\|x\|_2)^t$.",
    space=Space(n=choice(1, 2, 3), t=choice(1, 2, 3, 4), S=matrix("n", "n"), x=vector("n")),
    sides=squared_norms_of_powers,
    derivation=lambda s: concluding(*growth_chains()),
    expected="conditional",
    note="$x = 0$ is excluded by the hypothesis. The instances check the quantitative form with $A = S+S^T$; equality for eigenvectors. The printed "
    "proof (some $j$ has $|\\lambda_j| > 1$ and $y_j \\ne 0$) is in order.",
)

# ---- Lemma 1 ---------------------------------------------------------------------------------------------------------


def batch_step(u, name="i"):
    """A_I u for a batch of arbitrary samples: u − η E_{i∈I} a_i ⟨a_i, u⟩."""
    a = algebra_vector("a_i", depends_on=frozenset({name}))
    return u - mean(a * inner(a, u), index(name)) * sympy.Symbol("eta", positive=True)


def symmetry_chain(k):
    """⟨T_I u^{⊗k}, v^{⊗k}⟩ = ⟨A_I u, v⟩^k = ⟨u, A_I v⟩^k, and powers span the symmetric tensors."""
    u, v = algebra_vector("u"), algebra_vector("v")
    return chain(
        inner(batch_step(u), v) ** k,
        eq(inner(u, batch_step(v)) ** k, by_expansion("$A_I$ is symmetric"), "symmetric"),
    )


def prove_lemma_1(s):
    return concluding(symmetry_chain(s.k), *growth_chains())


def apply_steps(xp, a, eta, B, k, tensor):
    """T^k on tensors of order k ≤ 3 with two slots values: the mean over batches of A_I on every slot."""
    total = 0
    steps = step_matrices(a, eta, B)
    for step in steps:
        A = xp.stack([xp.stack(row, axis=-1) for row in step], axis=-2)
        moved = tensor
        for slot in range(k):
            moved = _on_slot(xp, A, moved, slot, k)
        total = total + moved
    return total / len(steps)


def _on_slot(xp, A, tensor, slot, k):
    front = xp.moveaxis(tensor, 1 + slot, -1)
    spread = front[..., None, :]
    weights = xp.reshape(A, (A.shape[0], *([1] * (k - 1)), *A.shape[1:]))
    return xp.moveaxis((spread * weights).sum(axis=-1), -1, 1 + slot)


def outer_power(xp, v, k):
    """v^{⊗k} for v of shape (N, p)."""
    tensor = v
    for _ in range(k - 1):
        tensor = tensor[..., None] * xp.reshape(v, (v.shape[0], *([1] * (tensor.ndim - 1)), v.shape[1]))
    return tensor


def squared_norm(tensor):
    return (tensor**2).reshape(tensor.shape[0], -1).sum(axis=-1)


def moments_of_operator(xp, n, B, k, a, eta, u, v, weight):
    """‖T M‖⁴ against ‖M‖² ‖T²M‖² for M = u^{⊗k} + weight · v^{⊗k}."""
    a = xp.asarray(a)
    scale = xp.reshape(xp.asarray(weight), (-1, *([1] * k)))
    M = outer_power(xp, u, k) + scale * outer_power(xp, v, k)
    once = apply_steps(xp, a, eta, B, k, M)
    twice = apply_steps(xp, a, eta, B, k, once)
    return squared_norm(once) ** 2, squared_norm(M) * squared_norm(twice)


lemma_1 = Claim(
    id="ma2021/lemma-1",
    printed="Lemma 1, Appendix A",
    kind="implication",
    statement=r"For any $k \ge 1$ and $M \in \mathcal M_k$: if $\|T^kM\|_F > \|M\|_F$, then $\lim_{t\to\infty}\|(T^k)^tM\|_F = \infty$. "
    r"Indeed $\|T^kM\|_F^2 \le \|M\|_F\,\|(T^k)^2M\|_F$ for every $M$.",
    space=Space(
        n=choice(1, 2, 3),
        B=choice(1, 2),
        k=choice(1, 2, 3),
        a=matrix("n", 2),
        eta=real(0),
        u=vector(2),
        v=vector(2),
        weight=real(),
    ),
    hypotheses=[BATCH_FITS],
    sides=moments_of_operator,
    derivation=prove_lemma_1,
    uses=["ma2021/lemma-3", "ma2021/remark-symmetric-decomposition"],
    expected="conditional",
    note="$T^k$ is symmetric on $\\mathcal M_k$ because every $A_I$ is and the powers $u^{\\otimes k}$ span $\\mathcal M_k$; then Lemma 3. The instances are "
    "$M = u^{\\otimes k} + w\\,v^{\\otimes k}$ in two parameters.",
)
