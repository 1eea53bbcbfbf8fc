r"""Section 2, what is asserted: Kronecker powers, the moments of a batch, Remarks 1 and 2.

Remark 1 depends on the reading of (8): with κ = 0 (ka) local smoothness is *not* weaker than a Taylor bound, because a gradient that vanishes at W
admits no factor; with κ = 1 it is.
"""

import sympy

from theorycheck import (
    Claim,
    Refutation,
    Space,
    dimension,
    function,
    integer,
    matrix,
    point,
    real,
    requires,
    vector,
)
from theorycheck.algebra import inner, norm_squared
from theorycheck.derivations import (
    by_expansion,
    by_summation,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    gt,
    hypothesis,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.sobolev_readings import entry, stand_for, step

nonnegative, positive = real(0), real(0, open_low=True)

# ---- tensor and Kronecker powers ---------------------------------------------------------------------------------------
# (Av)^{⊗k} = A^{⊗k} v^{⊗k}: entry (i_1, …, i_k) on the left is Π_l Σ_j A_{i_l j} v_j. By induction on k, one slot at a time: with J the
# multi-index of the first k slots (N = n^k values) and Σ_J K_J V_J the entry for k, K = A^{⊗k} in the row (i_1 … i_k), V = v^{⊗k}.


def tensor_entry(xp, A, v):
    """A of shape (3, n), its rows those that an entry (i_1, i_2, i_3) picks: (Av)_{i_1}(Av)_{i_2}(Av)_{i_3}, and the sum over all j."""
    left = xp.sum(A[:, 0] * v, axis=-1) * xp.sum(A[:, 1] * v, axis=-1) * xp.sum(A[:, 2] * v, axis=-1)
    kernel = A[:, 0, :, None, None] * A[:, 1, None, :, None] * A[:, 2, None, None, :]
    power = v[:, :, None, None] * v[:, None, :, None] * v[:, None, None, :]
    return left, xp.sum(kernel * power, axis=(-3, -2, -1))


def prove_kronecker_power(_):
    n, N = sympy.symbols("n N", integer=True, positive=True)
    j, J = sympy.symbols("j J", integer=True)
    A, v, K, V = (sympy.IndexedBase(name, real=True) for name in ("A", "v", "K", "V"))
    entry_k = sympy.Sum(K[J] * V[J], (J, 1, N))
    row = sympy.Sum(A[j] * v[j], (j, 1, n))
    longer = sympy.Sum(sympy.Sum((K[J] * A[j]) * (V[J] * v[j]), (j, 1, n)), (J, 1, N))
    return derivation(
        chain(
            entry_k * row,
            eq(
                sympy.Sum(K[J] * V[J] * row, (J, 1, N)),
                by_summation("one more slot: the entry for $k$ times $(Av)_{i_{k+1}}$"),
            ),
            eq(
                longer,
                by_summation(
                    "$A^{\\otimes(k+1)}_{(I,i),(J,j)} = A^{\\otimes k}_{I,J}A_{ij}$, $v^{\\otimes(k+1)}_{(J,j)} = v^{\\otimes k}_Jv_j$"
                ),
            ),
        ),
        concludes=((entry_k * row, "=", longer),),
    )


kronecker_power = Claim(
    id="ma2021/remark-kronecker-power",
    printed="Section 2, Notations",
    kind="identity",
    statement=r"$(Av)^{\otimes k} = A^{\otimes k}v^{\otimes k}$ for $A \in \mathbb R^{m\times n}$, $v \in \mathbb R^n$, where "
    r"$A^{\otimes k} \in \mathbb R^{m^k\times n^k}$ is the Kronecker power.",
    space=Space(d=dimension(1, 2, 3), A=matrix(3, "d"), v=vector("d")),
    sides=tensor_entry,
    relation="=",
    derivation=prove_kronecker_power,
    expected="conditional",
    note="For all $m$, $n$, $k$: by induction on $k$, whose step is the derivation, one entry at a time; $k = 1$ is the definition of $Av$. What is "
    "hunted is $k = 3$. The tensor $v^{\\otimes k}$ with $k$ slots and the vector of $n^k$ entries are read as one object.",
)

# ---- the moments of a batch ------------------------------------------------------------------------------------------


def prove_batch_moments(_):
    """One coordinate v_i of ∇L_i with Σv_i/n = m and Σv_i²/n = q; two places of the batch hold i and j with E v_i v_j = c."""
    others, B = sympy.symbols("l B", integer=True, positive=True)
    n = others + 1  # at least two samples
    m, q = sympy.symbols("m q", real=True)
    chains, conclusions = [], []
    for name, pair, factor in (
        ("with repetition", m**2, 1 / B),
        ("distinct", (n**2 * m**2 - n * q) / (n * (n - 1)), (n - B) / (B * (n - 1))),
    ):
        square = (B * q + B * (B - 1) * pair) / B**2
        variance = factor * (q - m**2)
        chains.append(
            chain(square - m**2, eq(variance, by_expansion(f"{name}: $B$ squares, $B(B-1)$ ordered pairs")))
        )
        conclusions.append((square - m**2, "=", variance))
    return derivation(
        chain(B * m / B, eq(m, by_expansion("each of the $B$ places has the mean $m$"))),
        *chains,
        concludes=((B * m / B, "=", m), *conclusions),
    )


batch_moments = Claim(
    id="ma2021/eq-7-moments",
    printed="Section 2, (7), its first two moments",
    kind="identity",
    statement=r"The batch gradient has the mean $\nabla\hat L$ in both readings, and a covariance that is $\frac1B$ times the covariance of the samples with "
    r"repetition, $\frac{n-B}{B(n-1)}$ times with distinct indices.",
    derivation=prove_batch_moments,
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="Coordinate by coordinate (and for $\\langle a,\\nabla L_i\\rangle$ with any $a$, hence the whole matrix). For two different places of a tuple "
    "$\\mathbb E v_iv_j = m^2$ with repetition and $\\frac{(\\sum v)^2-\\sum v^2}{n(n-1)}$ without. So only with distinct indices is "
    "$B = n$ the same as GD, which Section 3 takes for granted; $n = 1$ has no pairs.",
)

# ---- Remark 1: local smoothness (8) and Taylor ----------------------------------------------------------------------
# f is W ↦ f(x, W) and v is W̃; T = Cδ is the Taylor bound, A > 0 any number that ‖∇f(x, W)‖ does not exceed: the norm itself, or A → 0
# where it is 0.
NORM = requires(
    lambda xp, f, W, A: xp.vecdot(f.gradient(W), f.gradient(W)) <= A**2, r"$\|\nabla_Wf(x,W)\|_2 \le A$"
)


def squared_change(xp, f, W, v):
    change = f.gradient(v) - f.gradient(W)
    return xp.vecdot(change, change)


TAYLOR = requires(
    lambda xp, f, W, v, T: squared_change(xp, f, W, v) <= T**2,
    r"$\|\nabla_Wf(x,\tilde W)-\nabla_Wf(x,W)\|_2 \le T = C\delta$",
)
AT_LEAST_TAYLOR = requires(lambda M, T: M >= T, r"$M \ge C\delta$")
GRADIENTS = {
    "d": dimension(1, 2, 5),
    "f": function(),
    "W": point(),
    "v": point(),
    "A": positive,
    "T": positive,
}


def norm_near(s):
    """‖h‖² ≤ (A + T)² for g = ∇f(x, W), h = ∇f(x, W̃): 2⟨g, h − g⟩ ≤ (T/A)‖g‖² + (A/T)‖h − g‖², and both are at most AT."""
    g, h = s.f.gradient(s.W), s.f.gradient(s.v)
    moved = h - g
    return (
        norm_squared(h),
        eq(norm_squared(g) + 2 * inner(g, moved) + norm_squared(moved), by_expansion("$h = g+(h-g)$")),
        le(
            (s.A + s.T) ** 2,
            consequence(
                "triangle inequality and Taylor",
                1 / (s.A * s.T) * square(g * s.T - moved * s.A),
                (1 + s.T / s.A) * hypothesis(s.assume(NORM)),
                (1 + s.A / s.T) * hypothesis(s.assume(TAYLOR)),
            ),
        ),
    )


def growth(xp, f, v, A, M):
    return xp.norm(f.gradient(v)), M * (A + 1)


def prove_growth(s):
    larger = s.A * (s.M - 1) * (s.A + s.T + s.M * (s.A + 1))
    at_least_taylor = (s.A + s.T + s.M * (s.A + 1)) * hypothesis(s.assume(AT_LEAST_TAYLOR))
    last = consequence("$M \\ge 1$, $M \\ge C\\delta$", nonnegative_part(larger), at_least_taylor)
    return derivation(chain(*norm_near(s), le(s.M**2 * (s.A + 1) ** 2, last)))


def square_near_zero(xp, C, delta):
    """f(x, W) = W², W = 0: |∇f(x, δ)| = 2δ against C|∇f(x, 0)| = 0."""
    return 2 * delta, C * (2 * (delta - delta))


def contrary_factor(_):
    C, delta, w = sympy.symbols("C delta w", positive=True)
    slope = sympy.diff(w**2, w)
    at_start, near = slope.subs(w, 0), slope.subs(w, delta)
    return derivation(
        chain(
            near - at_start,
            eq(2 * delta, by_expansion("$f = W^2$: the Taylor bound $C\\delta$ holds with $C = 2$")),
        ),
        chain(near, gt(C * at_start, elementary("$2\\delta > 0 = C\\cdot0$"))),
        concludes=((near - at_start, "=", 2 * delta), (near, ">", C * at_start)),
    )


_REMARK_1 = r"$\|\nabla_Wf(x,\tilde W)-\nabla_Wf(x,W)\|_2 \le C\delta$ on the ball implies "
remark_1a = Claim(
    id="ma2021/remark-1@ka",
    printed="Remark 1",
    kind="implication",
    statement=_REMARK_1
    + r"$\|\nabla_Wf(x,\tilde W)\|_2 \le C'\|\nabla_Wf(x,W)\|_2$ there, for some constant $C'$ ($\kappa = 0$).",
    refutation=Refutation(
        contrary_factor,
        "$f(x,W) = W^2$ at $W = 0$ satisfies the Taylor bound with $C = 2$, but the gradient vanishes at $W$ and not near it: no $C'$ will do",
        sides=square_near_zero,
        instance={"C": 1000, "delta": 1},
    ),
    uses=["ma2021/definition-1@a"],
    expected="contested",
    note="$\\nabla_Wf(x,W) = 0$ is not far-fetched: it is so at every datum where all units are dead, and then (20) says that $\\nabla_xf$ vanishes too.",
)
remark_1b = Claim(
    id="ma2021/remark-1@kb",
    printed="Remark 1",
    kind="implication",
    statement=_REMARK_1
    + r"$\|\nabla_Wf(x,\tilde W)\|_2 \le C'(\|\nabla_Wf(x,W)\|_2+1)$ there, with $C' = \max(1, C\delta)$.",
    space=Space(**GRADIENTS, M=real(1)),
    hypotheses=[NORM, TAYLOR, AT_LEAST_TAYLOR],
    sides=growth,
    derivation=prove_growth,
    uses=["ma2021/definition-1@b"],
    expected="proved",
    note="For all numbers $A \\ge \\|\\nabla_Wf(x,W)\\|_2$ with $A > 0$ (where the gradient vanishes let $A \\to 0$) and "
    "$M \\ge \\max(1, C\\delta)$. No smaller $C'$ will do for all gradients: $A \\to 0$ gives $C\\delta$, large $A$ gives 1. The converse holds with other constants too "
    '($\\|\\nabla\\tilde f-\\nabla f\\| \\le (C\'+1)(A+1)$, where $A$ is a number), so at a single $(x, W)$ "weaker" means: weaker in the constants.',
)
remark_1 = entry(
    "ma2021/remark-1",
    [remark_1a, remark_1b],
    printed="Remark 1",
    kind="implication",
    statement="For $k = 1$, (8) is weaker than what local Taylor expansion gives.",
)


def relative_growth(xp, f, v, A, T):
    """‖∇f(x, W̃)‖ against C'A = A + T."""
    return xp.norm(f.gradient(v)), A + T


def prove_relative_growth(s):
    return derivation(chain(*norm_near(s)))


remark_1a_corrected = Claim(
    id="ma2021/remark-1@ka-corrected",
    printed="Remark 1, corrected",
    kind="implication",
    statement=r"If $\nabla_Wf(x,W) \ne 0$: "
    + _REMARK_1
    + r"$\|\nabla_Wf(x,\tilde W)\|_2 \le C'\|\nabla_Wf(x,W)\|_2$ with "
    r"$C' = 1+C\delta/\|\nabla_Wf(x,W)\|_2$.",
    space=Space(**GRADIENTS),
    hypotheses=[NORM, TAYLOR],
    sides=relative_growth,
    derivation=prove_relative_growth,
    corrects="ma2021/remark-1@ka",
    expected="proved",
    note="For all $A \\ge \\|\\nabla_Wf(x,W)\\|_2$, $A > 0$. Sharp: $f = \\langle a,W\\rangle+\\frac C2\\|W\\|^2$ at $W = 0$ moved along $a$ attains it.",
)

# ---- Remark 2: the integral form of scattering ---------------------------------------------------------------------------
# V = volume of a ball, F = ∫φ, U = |X|, K; then (40): J ≤ I ≤ nVQE as in the proof of Theorem 4.

FUBINI = step(r"nV \le F", r"$\int\phi = \sum_i|B(x_i,r)|$, Fubini", lambda n, V, F: n * V <= F)
AVERAGE = requires(lambda F, U, K: F / U <= K, r"$\frac1{|X|}\int_X\phi\,dx \le K$")
BALLS = step(r"J \le nVQE", r"(38) and the union of the balls", lambda J, n, V, Q, E: J <= n * V * Q * E)


def seminorm_by_average(xp, J, K, U, Q, E):
    return J, K * U * Q * E


def prove_remark_2(s):
    volumes = hypothesis(s.assume(FUBINI))
    return derivation(
        chain(
            s.left,
            le(s.n * s.V * s.Q * s.E, consequence("(38)", hypothesis(s.assume(BALLS)))),
            le(s.F * s.Q * s.E, consequence("$\\phi = 0$ outside of $X$", (s.Q * s.E) * volumes)),
            le(
                s.right,
                consequence(
                    "the mean of $\\phi$ on $X$ is at most $K$",
                    (s.U * s.Q * s.E) * hypothesis(s.assume(AVERAGE)),
                ),
            ),
        )
    )


remark_2 = Claim(
    id="ma2021/remark-2",
    printed="Remark 2",
    kind="implication",
    statement=r"Theorem 4 needs no more than $\frac1{|X|}\int_X\phi\,dx \le K$: $|f|_{1,2k,X}^{2k} \le nV_\Delta(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k} \le "
    r"K|X|(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k}$ with this hypothesis alone.",
    space=Space(
        n=integer(1, 1000),
        U=real(0, open_low=True, stands_for="|X|"),
        **stand_for(V=r"V_\Delta", F=r"\int\phi\,dx"),
        K=nonnegative,
        **stand_for(Q=r"(C\Omega_k)^{2k}", E=r"(\Gamma_k+\kappa)^{2k}", J=r"|f|_{1,2k,X}^{2k}"),
    ),
    hypotheses=[FUBINI, AVERAGE, BALLS],
    sides=seminorm_by_average,
    derivation=prove_remark_2,
    uses=["ma2021/definition-3", "ma2021/eq-38@wb-ka", "ma2021/eq-38@wb-kb"],
    expected="conditional",
    note="$Q = (C\\Omega_k)^{2k}$, $E = (\\Gamma_k+\\kappa)^{2k}$. Scattering enters Theorem 4 through (39) alone. $K = nV/|X|$ is the least admissible, "
    "and then (39) is an equality; the largest value of $\\phi$ is an integer and at least that.",
)
