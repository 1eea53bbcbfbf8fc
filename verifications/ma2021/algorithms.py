"""The algorithms that everything about T^k rests on: what implements them, what tests them, and why A1 and A2 are exact.

Both identities are about coefficients alone. Write P_m = Σ_i H_i^{⊗m}, and D_π for the sum over *distinct* indices, one for each
block of π. A product of P's over the blocks of a partition σ is the sum of D_π over all π that are coarser than σ, and a
batch contains |π| given distinct samples with probability q_{|π|}. So E_I(Σ_{i∈I} H_i)^{⊗j} = Σ_σ c_σ Π P_{|b|} for every n, B, p and all
matrices H_i as soon as

    Σ_{σ finer than π} c_σ = q_{|π|}        for every partition π of the j slots,

which is checked here for all π with j ≤ 6, with the q_r as free symbols. A2 is A1 for the centred matrices H_i − H, whose P_1 is 0.
"""

import itertools
import math

import sympy

from theorycheck import Claim, Space, choice, real, vector
from theorycheck.derivations import by_expansion, chain, derivation, eq
from theorycheck.lab.stability.combinatorics import (
    block_coefficient,
    block_terms,
    integer_partitions,
    sampling_factor,
    set_partition_count,
)

ORDERS = range(1, 7)
Q = sympy.symbols("q_1:7", positive=True)  # q_r, the chance that r given samples are in the batch


def coefficient(sizes):
    """c_σ as an expression in q_1, q_2, …"""
    return sum(x * Q[r - 1] for r, x in enumerate(block_terms(sizes)) if x)


def over_finer_partitions(sizes):
    """Σ c_σ over all partitions σ finer than a partition π with blocks of these sizes: one partition within each block."""
    total = 0
    for inner in itertools.product(*(integer_partitions(size) for size in sizes)):
        count = math.prod(set_partition_count(parts) for parts in inner)
        total += count * coefficient(tuple(sorted(sum(inner, ()), reverse=True)))
    return total


PRINTED = {
    (1,): Q[0],
    (1, 1): Q[1],
    (2,): Q[0] - Q[1],
    (1, 1, 1): Q[2],
    (2, 1): Q[1] - Q[2],
    (3,): Q[0] - 3 * Q[1] + 2 * Q[2],
    (1, 1, 1, 1): Q[3],
    (2, 1, 1): Q[2] - Q[3],
    (2, 2): Q[1] - 2 * Q[2] + Q[3],
    (3, 1): Q[1] - 3 * Q[2] + 2 * Q[3],
    (4,): Q[0] - 7 * Q[1] + 12 * Q[2] - 6 * Q[3],
}
"""The coefficients as the catalogue lists them, up to order 4."""


def prove_a1(_):
    chains, conclusions = [], []
    for j in ORDERS:
        for sizes in integer_partitions(j):
            left, right = over_finer_partitions(sizes), Q[len(sizes) - 1]
            name = f"pi={'+'.join(map(str, sizes))}"
            chains.append(chain(left, eq(right, by_expansion("Möbius inversion, block by block"), name)))
            conclusions.append((left, "=", right))
    for sizes, printed in PRINTED.items():
        name = f"c_{''.join(map(str, sizes))}"
        chains.append(chain(coefficient(sizes), eq(printed, by_expansion("the listed coefficient"), name)))
        conclusions.append((coefficient(sizes), "=", printed))
    return derivation(*chains, concludes=tuple(conclusions))


STABILITY = "theorycheck.lab.stability"
a1 = Claim(
    id="ma2021/algorithm-a1",
    printed="algorithm A1",
    kind="algorithm",
    statement=r"$T^kM = \mathrm{Sym}\sum_{j=0}^k\binom kj(-\eta/B)^j\sum_{\lambda\vdash j}N_\lambda c_\lambda"
    r"\big(\prod_{m\in\lambda}P_m\big)M$ with $P_m = \sum_i H_i^{\otimes m}$ and $c_\sigma = \sum_r q_r[z^r]\prod_{b\in\sigma}h_{|b|}(z)$, "
    r"for every $n$, $B$, $p$ and $k \le 6$.",
    implements=[
        f"{STABILITY}.combinatorics:operator_terms",
        f"{STABILITY}.tensors:apply_moment_operator",
        f"{STABILITY}.operators:moment_operator",
    ],
    tests=["tests/test_stability_operators.py", "tests/test_stability_combinatorics.py"],
    derivation=prove_a1,
    uses=["ma2021/eq-16"],
    expected="conditional",
    note="The binomial theorem on commuting slots gives the sum over $j$; partitions of one type have one coefficient, and under "
    "$\\mathrm{Sym}$ one value. Nothing in the proof needs $H_i$ to have rank one, be symmetric or commute. The number of "
    "terms is 1, 2, 4, 7, 12, 19, 30 for $k = 0..6$.",
)


# ---- the same identity, evaluated --------------------------------------------------------------------------------------------
# ⟨u^{⊗k}, A_I^{⊗k} v^{⊗k}⟩ = (u·A_I v)^k = (y − s Σ_{i∈I} x_i)^k with y = u·v, x_i = (a_i·u)(a_i·v), and there Π P_m is a product of power
# sums. Symmetric tensors are spanned by powers, so the identity of operators is this one between numbers.


def mean_over_batches(y, x, eta, batch_size, order):
    """E_I (y − (η/B) Σ_{i∈I} x_i)^k by enumeration."""
    batches = list(itertools.combinations(range(x.shape[-1]), batch_size))
    total = 0 * y
    for batch in batches:
        total = total + (y - eta * sum(x[..., i] for i in batch) / batch_size) ** order
    return total / len(batches)


def a1_sides(xp, n, B, k, x, y, eta):
    batch_size = min(B, n)
    total = 0 * y
    for j in range(k + 1):
        for sizes in integer_partitions(j):
            factor = block_coefficient(n, batch_size, sizes) * set_partition_count(sizes) * math.comb(k, j)
            term = y ** (k - j) * (-eta) ** j
            for m in sizes:
                term = term * xp.sum(x**m, axis=-1)
            total = total + xp.number(factor / batch_size**j) * term
    return mean_over_batches(y, x, eta, batch_size, k), total


INSTANCES = {"y": real(-3, 3), "eta": real(0, 3)}
a1_identity = Claim(
    id="ma2021/algorithm-a1-identity",
    printed="algorithm A1, evaluated",
    kind="identity",
    statement=r"$\mathbb E_I\big(y - \frac\eta B\sum_{i\in I}x_i\big)^k = \sum_{j}\binom kj(-\eta/B)^jy^{k-j}"
    r"\sum_{\lambda\vdash j}N_\lambda c_\lambda\prod_{m\in\lambda}\sum_ix_i^m$ for real $x_i$, $y$, $\eta$: A1 tested on "
    r"$u^{\otimes k}$ and $v^{\otimes k}$, against all batches.",
    space=Space(
        n=choice(1, 2, 3, 5), B=choice(1, 2, 3, 5), k=choice(1, 2, 3, 4, 6), x=vector("n", -3, 3), **INSTANCES
    ),
    sides=a1_sides,
    relation="=",
    uses=["ma2021/algorithm-a1"],
    expected="supported",
    note="$B$ stands for $\\min(B, n)$. The proof for all sizes is that of algorithm A1.",
)


# ---- the centred form ----------------------------------------------------------------------------------------------------------


def prove_a2(s):
    """With P_1 = 0 and P_m = n⟨H̃^m⟩ the coefficients of A1 are those of A2; c_λ(n, B) written out.

    c and the coefficient that it comes from are written times n − 2, with (n − 2)q_3 = (B − 2)q_2.
    """
    n, B = s.n, s.B
    value = {Q[0]: B / n, Q[1]: B * (B - 1) / (n * (n - 1))}
    p_b = (n - B) / (B * (n - 1))
    c = (n - B) * (n - 2 * B) / (B**2 * (n - 1))
    pairs, third = coefficient((2,)).subs(value), coefficient((3,))
    of_q3 = third.coeff(Q[2])
    triples = ((n - 2) * (third - of_q3 * Q[2]) + of_q3 * (B - 2) * Q[1]).subs(value)
    rows = [
        ("p_B", n * pairs / B**2, p_b),
        ("c", n * triples / B**3, c),
        ("pairs in T^4", 6 * set_partition_count((2,)) * n * pairs / B**2, 6 * p_b),
        ("triples in T^4", -4 * set_partition_count((3,)) * n * triples / B**3, -4 * c),
        ("two pairs in T^4", set_partition_count((2, 2)) * coefficient((2, 2)), 3 * coefficient((2, 2))),
        ("pairs in T^3", 3 * set_partition_count((2,)) * n * pairs / B**2, 3 * p_b),
        ("triples in T^3", -set_partition_count((3,)) * n * triples / B**3, -c),
    ]
    chains = [chain(left, eq(right, by_expansion("write out"), name)) for name, left, right in rows]
    return derivation(*chains, concludes=tuple((left, "=", right) for _, left, right in rows))


a2 = Claim(
    id="ma2021/algorithm-a2",
    printed="algorithm A2",
    kind="algorithm",
    statement=r"$T^2=\bar A^2+\eta^2p_B\langle\tilde H\tilde H\rangle$; "
    r"$T^3=\bar A^3+3\eta^2p_B\bar A\langle\tilde H\tilde H\rangle-\eta^3c\,\langle\tilde H\tilde H\tilde H\rangle$; "
    r"$T^4=\bar A^4+6\eta^2p_B\bar A^2\langle\tilde H\tilde H\rangle-4\eta^3c\,\bar A\langle\tilde H\tilde H\tilde H\rangle+"
    r"\frac{\eta^4}{B^4}[nc_4\langle\tilde H\tilde H\tilde H\tilde H\rangle+3n^2c_{22}\langle\tilde H\tilde H\rangle\langle\tilde H\tilde H\rangle]$ "
    r"with $c=\frac{(n-B)(n-2B)}{B^2(n-1)(n-2)}$, for $n \ge 2$ and, where $c$ stands, $n \ge 3$.",
    space=Space(n=real(2), B=real(1)),
    implements=[f"{STABILITY}.combinatorics:sampling_factor", f"{STABILITY}.low_orders:LOW_ORDERS"],
    tests=["tests/test_stability_operators.py", "tests/test_stability_combinatorics.py"],
    derivation=prove_a2,
    uses=["ma2021/algorithm-a1"],
    expected="conditional",
    note="A1 for $\\tilde H_i = H_i - H$: $A_I = \\bar A - \\frac\\eta B\\sum_{i\\in I}\\tilde H_i$ and $P_1 = \\sum_i\\tilde H_i = 0$, so only "
    "partitions without blocks of size 1 are left. The links write $(n-2)c$ for every real $n \\ge 2$; for $n = 2$ the factor "
    "of $c$ is 0, because $\\tilde H_1 = -\\tilde H_2$.",
)


def a2_sides(xp, n, B, k, x, y, eta):
    """The centred form on powers: y − ηx̄ for Ā, x_i − x̄ for H̃_i."""
    batch_size = min(B, n)
    mean = xp.sum(x, axis=-1) / n
    step, centred = y - eta * mean, x - mean[..., None]
    moment = {m: xp.sum(centred**m, axis=-1) / n for m in (2, 3, 4)}
    p_b = xp.number(sampling_factor(n, batch_size))
    c = xp.number(n * block_coefficient(n, batch_size, (3,)) / batch_size**3)
    single = xp.number(n * block_coefficient(n, batch_size, (4,)) / batch_size**4)
    double = xp.number(3 * n**2 * block_coefficient(n, batch_size, (2, 2)) / batch_size**4)
    right = {
        2: step**2 + eta**2 * p_b * moment[2],
        3: step**3 + 3 * eta**2 * p_b * step * moment[2] - eta**3 * c * moment[3],
        4: step**4
        + 6 * eta**2 * p_b * step**2 * moment[2]
        - 4 * eta**3 * c * step * moment[3]
        + eta**4 * (single * moment[4] + double * moment[2] ** 2),
    }[k]
    return mean_over_batches(y, x, eta, batch_size, k), right


a2_identity = Claim(
    id="ma2021/algorithm-a2-identity",
    printed="algorithm A2, evaluated",
    kind="identity",
    statement=r"$\mathbb E_I\big(y - \frac\eta B\sum_{i\in I}x_i\big)^k$ is the centred form of A2 with $\bar A \to y-\eta\bar x$ and "
    r"$\tilde H_i \to x_i-\bar x$, $k = 2, 3, 4$.",
    space=Space(
        n=choice(1, 2, 3, 5, 6), B=choice(1, 2, 3, 5, 6), k=choice(2, 3, 4), x=vector("n", -3, 3), **INSTANCES
    ),
    sides=a2_sides,
    relation="=",
    uses=["ma2021/algorithm-a2"],
    expected="supported",
)


# ---- what is implemented and tested ---------------------------------------------------------------------------------------------

a3 = Claim(
    id="ma2021/algorithm-a3",
    printed="algorithm A3",
    kind="algorithm",
    statement=r"Symmetric tensors in coordinates $\sqrt{k!/\alpha!}\,M_\alpha$, $|\alpha| = k$: $N=\binom{p+k-1}k$ of them, an isometry; "
    r"$P_k = \Phi^T\Phi$; $\rho(T^k)$ by a symmetric eigensolver, or by Lanczos on A1.",
    implements=[
        f"{STABILITY}.packing:pack",
        f"{STABILITY}.packing:unpack",
        f"{STABILITY}.packing:packed_power",
        f"{STABILITY}.operators:moment_matrix",
        f"{STABILITY}.spectra:extremes",
    ],
    tests=["tests/test_stability_packing.py", "tests/test_stability_operators.py"],
    expected="defined",
)

a4 = Claim(
    id="ma2021/algorithm-a4",
    printed="algorithm A4",
    kind="algorithm",
    statement=r"$\eta_2^* = 2/\lambda_{\max}(\mathcal C^\dagger\mathcal D)$ by the secular matrix $K(\mu)$; condition (13) at "
    r"$2/\lambda_{\max}(H^\dagger[(1-p_B)H^2+\frac{p_B}n\sum H_i^2])$; order 1 at $2/\lambda_1$; order $k$ from $\rho(T^k)$ over $\eta$.",
    implements=[
        f"{STABILITY}.thresholds:learning_rate_threshold",
        f"{STABILITY}.thresholds:condition_13_threshold",
        f"{STABILITY}.thresholds:gradient_descent_threshold",
        f"{STABILITY}.certified:certified_threshold",
        f"{STABILITY}.judging:linear_stability",
    ],
    tests=["tests/test_stability_thresholds.py", "tests/test_stability_judging.py"],
    uses=["ma2021/algorithm-a1", "ma2021/definition-5"],
    expected="defined",
    note="For even $k$ the stable learning rates are an interval, and no scan is needed: $\\rho(T^k)$ is the maximum of "
    "$\\mathbb E(v\\cdot A_Iv')^k$ over moment tensors, convex in $\\eta$. Reducing to the row space is exact for even $k$ only: "
    "with $p > r$ and odd $k$ the full $\\mathrm{Sym}^k(\\mathbb R^p)$ contains $T^j$ for every $j \\le k$, so that order 3 is stable "
    "(in the sense of $\\|\\mathbb E\\,w^{\\otimes 3}\\|_F$) only if order 2 is. For all orders $\\eta\\lambda_1 \\le 2$ is necessary and "
    "$\\eta\\max_i\\lambda_{\\max}(H_i) \\le 2$ sufficient.",
)

a5 = Claim(
    id="ma2021/algorithm-a5",
    printed="algorithm A5",
    kind="algorithm",
    statement=r"Replicas of $w_{t+1} = A_{I_t}w_t$; the relative variance of the mean of $R$ replicas of a $k$-th moment grows about like "
    r"$\frac1R(\rho(T^{2k})/\rho(T^k)^2)^t$: an estimate is reported only while this is below the wanted accuracy squared.",
    implements=[
        f"{STABILITY}.subsets:draw_subsets",
        f"{STABILITY}.subsets:draw_masks",
        f"{STABILITY}.simulation:simulate_linearised_sgd",
        f"{STABILITY}.simulation:simulated_moments",
        f"{STABILITY}.simulation:relative_variance_growth",
    ],
    tests=["tests/test_stability_subsets.py", "tests/test_stability_simulation.py"],
    uses=["ma2021/eq-12", "ma2021/algorithm-a1"],
    expected="defined",
)

a6 = Claim(
    id="ma2021/algorithm-a6",
    printed="algorithm A6",
    kind="algorithm",
    statement=r"Induced norms: $\|A\|_q$ from below by Boyd's nonlinear power method, from above by "
    r"$\|A\|_q\le\|A\|_1^{1/q}\|A\|_\infty^{1-1/q}$; exact for $q = 1, 2, \infty$, one row or column, and entrywise positive $A$.",
    implements=[f"{STABILITY}.norms:induced_norm"],
    tests=["tests/test_stability_norms.py"],
    expected="defined",
)

a7 = Claim(
    id="ma2021/algorithm-a7",
    printed="algorithm A7",
    kind="algorithm",
    statement=r"Fully connected layer: $\|\nabla_{W_l}f\|_q^q=\|\beta\|_q^q\|h\|_q^q$, bias $\|\beta\|_q^q$; convolution: form "
    r"$\sum_{\mathrm{pos}}\beta_{\mathrm{pos}}h_{\mathrm{pos}}^T$ per sample, then the norm.",
    implements=[
        f"{STABILITY}.norms:dense_gradient_norms",
        f"{STABILITY}.norms:convolution_gradient_norms",
        f"{STABILITY}.norms:mean_gradient_norm",
    ],
    tests=["tests/test_stability_norms.py"],
    uses=["ma2021/eq-45"],
    expected="defined",
)
