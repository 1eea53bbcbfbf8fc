r"""Tensor powers and the moment operator: (14)-(16), (28), symmetric tensors and their law.

A tensor of order k is read by its values on u_1 ⊗ … ⊗ u_k, so that (A_Iw)^{⊗k} = A_I^{⊗k}w^{⊗k} is ⟨A_Iw, u⟩ = ⟨w, A_Iu⟩ in every slot.
"""

import itertools

import sympy

from theorycheck import Claim, Space, choice, matrix, real, vector
from theorycheck.algebra import expectation, inner
from theorycheck.algebra.expectation import index, mean
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import by_expansion, chain, eq
from verifications.ma2021.batches import BATCH, BATCH_FITS, step_matrices
from verifications.ma2021.lemma_3 import apply_steps, batch_step, outer_power
from verifications.ma2021.reasons import concluding

K = sympy.Symbol("k", positive=True, integer=True)

# ---- (14)-(16) ---------------------------------------------------------------------------------------


def kronecker(A, k):
    """A^{⊗k} for A of shape (N, m, n), as (N, m^k, n^k)."""
    power = A
    for _ in range(k - 1):
        product = power[:, :, None, :, None] * A[:, None, :, None, :]
        power = product.reshape(A.shape[0], power.shape[1] * A.shape[1], power.shape[2] * A.shape[2])
    return power


def power_of_step(xp, n, a, eta, w, k):
    """(14) for B = n: one batch."""
    a = xp.asarray(a)
    (step,) = step_matrices(a, eta, n)
    A = xp.stack([xp.stack(row, axis=-1) for row in step], axis=-2)
    moved = (A * w[:, None, :]).sum(axis=-1)
    flat = outer_power(xp, w, k).reshape(w.shape[0], -1)
    return outer_power(xp, moved, k).reshape(w.shape[0], -1), (kronecker(A, k) * flat[:, None, :]).sum(
        axis=-1
    )


def prove_power_of_step(_):
    w, u = algebra_vector("w_t"), algebra_vector("u")
    return concluding(
        chain(
            inner(batch_step(w), u) ** K,
            eq(
                inner(w, batch_step(u)) ** K,
                by_expansion("$A_I$ is symmetric, so $\\langle A_Iw,u\\rangle = \\langle w,A_Iu\\rangle$"),
            ),
        )
    )


equation_14 = Claim(
    id="ma2021/eq-14",
    printed="(14)",
    kind="identity",
    statement=r"$w_{t+1}^{\otimes k} = (\mathrm{Id}-\frac\eta B\sum_{i\in I_t}H_i)^{\otimes k}w_t^{\otimes k}$.",
    space=Space(n=choice(1, 2), k=choice(1, 2, 3), a=matrix("n", 2), eta=real(0), w=vector(2)),
    sides=power_of_step,
    relation="=",
    derivation=prove_power_of_step,
    uses=["ma2021/eq-12", "ma2021/remark-kronecker-power"],
    expected="conditional",
)


def moment_after_step(xp, n, B, k, a, eta, v, w, theta):
    """w_t is v with probability θ and w otherwise."""
    a = xp.asarray(a)
    steps = step_matrices(a, eta, B)
    share = xp.reshape(xp.asarray(theta), (-1, 1))

    def moment(x, y):
        first, second = (outer_power(xp, z, k).reshape(z.shape[0], -1) for z in (x, y))
        return share * first + (1 - share) * second

    after = 0
    for step in steps:
        A = xp.stack([xp.stack(row, axis=-1) for row in step], axis=-2)
        after = after + moment(*((A * z[:, None, :]).sum(axis=-1) for z in (v, w)))
    before = moment(v, w).reshape(v.shape[0], *([2] * k))
    return after / len(steps), apply_steps(xp, a, eta, B, k, before).reshape(v.shape[0], -1)


def prove_moment_after_step(_):
    law = index("w")
    w, u = algebra_vector("w_t", depends_on=frozenset({"w"})), algebra_vector("u")
    a = algebra_vector("a_i", depends_on=frozenset({"i", "I"}))
    rate, i = sympy.Symbol("eta", positive=True), index("i")

    def step(x):
        return x - mean(a * inner(a, x), i) * rate

    return concluding(
        chain(
            expectation(inner(step(w), u) ** K, BATCH, law),
            eq(
                expectation(inner(w, step(u)) ** K, BATCH, law),
                by_expansion(
                    "the batch does not depend on $w_t$: first the mean over $I$, for every value of $w_t$"
                ),
            ),
        )
    )


equation_15 = Claim(
    id="ma2021/eq-15",
    printed="(15)",
    kind="identity",
    statement=r"$\mathbb E w_{t+1}^{\otimes k} = [\binom nB^{-1}\sum_{I\in\mathfrak B}A_I^{\otimes k}]\,\mathbb E w_t^{\otimes k}$.",
    space=Space(
        n=choice(1, 2, 3),
        B=choice(1, 2),
        k=choice(1, 2, 3),
        a=matrix("n", 2),
        eta=real(0),
        v=vector(2),
        w=vector(2),
        theta=real(0, 1),
    ),
    hypotheses=[BATCH_FITS],
    sides=moment_after_step,
    relation="=",
    derivation=prove_moment_after_step,
    uses=["ma2021/eq-14"],
    expected="conditional",
    note="Presupposes that the $k$-th moments of $w_t$ exist. Batches are drawn independently of $w_t$.",
)
moment_operators = Claim(
    id="ma2021/eq-16",
    printed="(16)",
    kind="definition",
    statement=r"$T_I^k = A_I^{\otimes k}$, $T^k = \mathbb E_IT_I^k$; then $\mathbb E w_{t+1}^{\otimes k} = T^k\,\mathbb E w_t^{\otimes k}$.",
    implements=[
        "theorycheck.lab.stability:apply_moment_operator",
        "theorycheck.lab.stability:enumerate_moment_operator",
    ],
    uses=["ma2021/eq-15"],
    expected="defined",
)

# ---- (28) --------------------------------------------------------------------------------------------------------------


def operator_on_sum(xp, n, k, a, eta, v, w, x, y):
    """T_I M against Σ λ_i (A_I v_i)^{⊗k} for M = x v^{⊗k} + y w^{⊗k} and the batch of all samples."""
    a = xp.asarray(a)
    (step,) = step_matrices(a, eta, n)
    A = xp.stack([xp.stack(row, axis=-1) for row in step], axis=-2)
    weights = [xp.reshape(xp.asarray(z), (-1, 1)) for z in (x, y)]

    def combination(vectors):
        flat = [outer_power(xp, z, k).reshape(z.shape[0], -1) for z in vectors]
        return weights[0] * flat[0] + weights[1] * flat[1]

    M = combination((v, w)).reshape(v.shape[0], *([2] * k))
    images = [(A * z[:, None, :]).sum(axis=-1) for z in (v, w)]
    return apply_steps(xp, a, eta, n, k, M).reshape(v.shape[0], -1), combination(images)


def prove_operator_on_sum(_):
    v, u = algebra_vector("v_i", depends_on=frozenset({"s"})), algebra_vector("u")
    weight = inner(algebra_vector("lambda_i", r"\lambda_i", depends_on=frozenset({"s"})), algebra_vector("1"))
    terms = index("s")
    return concluding(
        chain(
            expectation(weight * inner(v, batch_step(u)) ** K, terms),
            eq(
                expectation(weight * inner(batch_step(v), u) ** K, terms),
                by_expansion(
                    "$\\langle T_IM,u^{\\otimes k}\\rangle = \\langle M,(A_Iu)^{\\otimes k}\\rangle$ for $M = \\sum_i\\lambda_iv_i^{\\otimes k}$"
                ),
            ),
        )
    )


equation_28 = Claim(
    id="ma2021/eq-28",
    printed="(28)",
    kind="identity",
    statement=r"For $M = \sum_i\lambda_iv_i^{\otimes k}$: $T_I^kM = \sum_i\lambda_i(A_Iv_i)^{\otimes k} \in \mathcal M_k$.",
    space=Space(
        n=choice(1, 2),
        k=choice(1, 2, 3),
        a=matrix("n", 2),
        eta=real(0),
        v=vector(2),
        w=vector(2),
        x=real(),
        y=real(),
    ),
    sides=operator_on_sum,
    relation="=",
    derivation=prove_operator_on_sum,
    uses=["ma2021/eq-16", "ma2021/remark-symmetric-decomposition"],
    expected="conditional",
    note="In the derivation $\\lambda_i$ is an arbitrary number that depends on the term.",
)

# ---- symmetric tensors are sums of powers --------------------------------------------------------------------------------


def polarisation(k):
    """2^{k−1} k! x_1⋯x_k = Σ_ε ε_2⋯ε_k (x_1 + ε_2x_2 + … + ε_kx_k)^k with x_i = ⟨v_i, u⟩."""
    x = [inner(algebra_vector(f"v_{i}"), algebra_vector("u")) for i in range(1, k + 1)]
    total = sympy.Integer(0)
    for signs in itertools.product((1, -1), repeat=k - 1):
        total += sympy.prod(signs) * (x[0] + sum(e * y for e, y in zip(signs, x[1:], strict=True))) ** k
    return chain(
        sympy.prod(x),
        eq(total / (2 ** (k - 1) * sympy.factorial(k)), by_expansion(f"polarisation, $k = {k}$"), f"k = {k}"),
    )


def surviving_monomial():
    """Every k: the coefficient of x^α in Σ_ε Π_i ε_i (Σ_i ε_ix_i)^k is multinomial(α) Π_i Σ_{ε=±1} ε^{1+α_i}, and Σ_i (α_i − 1) = 0."""
    m = sympy.Symbol("m", nonnegative=True, integer=True)

    def over_signs(exponent):
        return 1 + (-1) ** (1 + exponent)

    return (
        chain(
            over_signs(2 * m),
            eq(sympy.Integer(0), by_expansion("an even exponent $\\alpha_i = 2m$ leaves nothing"), "even"),
        ),
        chain(
            over_signs(2 * m + 1),
            eq(
                sympy.Integer(2),
                by_expansion("so $\\alpha_i \\ge 1$, and as $\\sum_i\\alpha_i = k$, $\\alpha_i = 1$"),
                "odd",
            ),
        ),
    )


def prove_decomposition(_):
    return concluding(*surviving_monomial(), *(polarisation(k) for k in range(1, 6)))


symmetric_decomposition = Claim(
    id="ma2021/remark-symmetric-decomposition",
    printed="Section 3",
    kind="identity",
    statement=r"Every symmetric tensor is $\sum_{i=1}^s\lambda_iv_i^{\otimes k}$ with $\lambda_i \in \mathbb R$, $v_i \in \mathbb R^p$.",
    derivation=prove_decomposition,
    expected="conditional",
    note="A symmetric tensor is a combination of symmetric products $v_1\\cdots v_k$ of basis vectors, and polarisation writes each as a combination of "
    "powers. For every $k$: in $\\sum_\\varepsilon\\prod_i\\varepsilon_i(\\sum_i\\varepsilon_ix_i)^k$ the monomial $x^\\alpha$ has the coefficient "
    "$\\frac{k!}{\\alpha!}\\prod_i(1+(-1)^{1+\\alpha_i})$, so it survives only if all $\\alpha_i$ are odd (the first two links), and $\\sum\\alpha_i = k$ leaves "
    "$\\alpha = (1, \\dots, 1)$ with the coefficient $2^kk!$. Written out for $k \\le 5$.",
)

# ---- a law with a given moment tensor ------------------------------------------------------------------------------------


def prove_law(_):
    """Atom by atom, read at u: x_j = ⟨v_j, u⟩."""
    total, weight = sympy.symbols("Lambda lambda_j", positive=True)
    x = sympy.Symbol("x_j", real=True)
    m = sympy.Symbol("m", positive=True, integer=True)
    return concluding(
        chain(
            weight / total * (total ** (1 / K) * x) ** K,
            eq(
                weight * x**K,
                by_expansion("$\\frac{\\lambda_j}\\Lambda(\\Lambda^{1/k})^k = \\lambda_j$"),
                "scaling",
            ),
        ),
        chain(
            -weight * x ** (2 * m - 1),
            eq(weight * (-x) ** (2 * m - 1), by_expansion("odd $k$: the sign goes into the vector"), "odd"),
        ),
    )


law_construction = Claim(
    id="ma2021/remark-law-construction",
    printed="Appendix A, proof of Theorem 1",
    kind="identity",
    statement=r"$k$ even, $\lambda_i > 0$, $\Lambda = \sum\lambda_i$: the law with density $\frac1\Lambda\sum_j\lambda_j\,\delta(w-\Lambda^{1/k}v_j)$ has "
    r"$\mathbb E w^{\otimes k} = M$. $k$ odd: write $M = \sum|\lambda_i|(\mathrm{sgn}(\lambda_i)v_i)^{\otimes k}$ and do the same.",
    derivation=prove_law,
    uses=["ma2021/eq-29@cb"],
    expected="conditional",
    note="Presupposes at least one term; $M = 0$ is the moment tensor of $w = 0$. The density integrates to $\\sum\\lambda_j/\\Lambda = 1$. The first chain is "
    "one term of the sum, for every $k$.",
)
