"""From one datum to its neighbourhood: Proposition 3, Theorems 4 and 5, equations (37)–(40).

Moving x to x̃ is the same as moving W_1 to W̃_1 with W̃_1 x = W_1 x̃; the least such move has ‖W̃_1 − W_1‖_F ≤ ‖W_1‖_2 ‖x̃ − x‖_2/‖x‖_2. The
chains hold with ω_k = ‖W_1ᵀ‖_2k (wb) in both readings of κ; with ‖W_1‖_2k (wa) their first link and the statements fail.
"""

from dataclasses import replace
from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, dimension, integer, point, real
from theorycheck.algebra import elementary as by_name
from theorycheck.algebra import inner, norm_squared
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    gt,
    hypothesis,
    le,
)
from verifications.ma2021.explicit_networks import on_networks
from verifications.ma2021.explicit_networks import theorem_4 as theorem_4_on_networks
from verifications.ma2021.explicit_networks import theorem_5 as theorem_5_on_networks
from verifications.ma2021.sobolev_readings import (
    COLUMN_NOTE,
    SWITCHES,
    column_bound,
    column_slope,
    combinations,
    condition,
    described,
    entry,
    stand_for,
    step,
)

nonnegative, positive = real(0), real(0, open_low=True)
KAPPA = {"ka": 0, "kb": 1}

# ---- the least move of W_1 (Appendix B) --------------------------------------------------------------------------------
# One row at a time: w a row of W_1, y = x̃, c = ⟨w, x̃ − x⟩ what the row of V must give at x, r any row with ⟨r, x⟩ = c.


def least_row(xp, r, x):
    """⟨r, x⟩² against ‖r‖²‖x‖²: no row that gives c = ⟨r, x⟩ is shorter than |c|/‖x‖."""
    return xp.vecdot(r, x) ** 2, xp.vecdot(r, r) * xp.vecdot(x, x)


def prove_least_row(s):
    """The identities of V are multiplied out: `row` is a row of ‖x‖²V, and dividing by ‖x‖² > 0 gives those of V."""
    change, size = inner(s.w, s.y) - inner(s.w, s.x), norm_squared(s.x)
    row = s.x * change
    return derivation(
        chain(
            s.left,
            le(s.right, consequence("Cauchy–Schwarz", hypothesis(by_name("Cauchy-Schwarz", s.r, s.x)))),
        ),
        chain(
            inner(row, s.x),
            eq(change * size, by_expansion("$V = W_1(\\tilde x-x)x^T/\\|x\\|^2$ solves the system")),
        ),
        chain(
            inner(s.w * size + row, s.x),
            eq(inner(s.w, s.y) * size, by_expansion("$\\tilde W_1x = W_1\\tilde x$")),
        ),
        chain(
            norm_squared(row) * size,
            eq((change * size) ** 2, by_expansion("equality in Cauchy–Schwarz: the least norm is attained")),
        ),
    )


least_norm = Claim(
    id="ma2021/remark-minimal-norm",
    printed="Appendix B",
    kind="identity",
    statement=r"$Vx = W_1(\tilde x-x)$ has the solution $V = W_1(\tilde x-x)x^T/\|x\|_2^2$, with $(W_1+V)x = W_1\tilde x$ and $\|V\|_F = "
    r"\|W_1(\tilde x-x)\|_2/\|x\|_2$; every solution has at least this norm, row by row: $\langle r,x\rangle^2 \le \|r\|^2\|x\|^2$.",
    space=Space(d=dimension(1, 2, 5), r=point(), x=point(), w=point(), y=point()),
    sides=least_row,
    derivation=prove_least_row,
    uses=["ma2021/eq-6"],
    expected="proved",
    note='For $x \\ne 0$; the three identities are links of the derivation, multiplied by powers of $\\|x\\|^2$. "Under-determined" '
    "needs $d \\ge 2$; for $d = 1$ the solution is unique and the formula gives it. $\\|V\\|_F \\le \\|W_1\\|_2\\|\\tilde x-x\\|_2/\\|x\\|_2 \\le "
    "\\delta$ by the definition of $\\|W_1\\|_2$ and of the ball.",
)

# ---- (37) and Proposition 3, (23) --------------------------------------------------------------------------------------
# P = ‖∇_x f(x̃, W)‖, G = ‖g̃‖, X = ‖x‖, R = ‖∇_{W_1} f(x, W̃)‖, N = ‖∇_W f(x, W̃)‖, A = ‖∇_W f(x, W)‖, all in ℓ_2k.

INDUCED = step(
    r"P \le \omega G", r"$\nabla_x f(\tilde x, W) = W_1^T\tilde g$", lambda P, omega, G: P <= omega * G
)
OUTER = step(r"GX \le R", r"$\nabla_{W_1}f(x,\tilde W) = \tilde gx^T$", lambda G, X, R: G * X <= R)
PART = step(r"R \le N", "$W_1$ is a part of $W$", lambda R, N: R <= N)
LOCALLY_SMOOTH = {
    "ka": condition(r"N \le CA", r"(8), $\|\tilde W-W\|_2 \le \delta$", lambda N, C, A: N <= C * A),
    "kb": condition(r"N \le C(A+1)", r"(8), $\|\tilde W-W\|_2 \le \delta$", lambda N, C, A: N <= C * (A + 1)),
}
NEIGHBOUR = {
    **stand_for(P=r"\|\nabla_xf(\tilde x,W)\|_{2k}", omega=r"\|W_1^T\|_{2k}", G=r"\|\tilde g\|_{2k}"),
    "X": real(0, open_low=True, stands_for=r"\|x\|_{2k}"),
    **stand_for(
        R=r"\|\nabla_{W_1}f(x,\tilde W)\|_{2k}",
        N=r"\|\nabla_Wf(x,\tilde W)\|_{2k}",
        A=r"\|\nabla_Wf(x,W)\|_{2k}",
    ),
    "C": positive,
}


def neighbour_bound(kappa):
    def sides(xp, P, omega, X, C, A):
        return P, C * omega / X * (A + kappa)

    return sides


def chain_37(letter):
    def prove(s):
        return derivation(
            chain(
                s.left,
                le(s.omega * s.G, consequence("the norm of $W_1^T$", hypothesis(s.assume(INDUCED)))),
                le(
                    s.omega / s.X * s.R,
                    consequence("entries of $\\tilde gx^T$", (s.omega / s.X) * hypothesis(s.assume(OUTER))),
                ),
                le(
                    s.omega / s.X * s.N,
                    consequence("a part of $W$", (s.omega / s.X) * hypothesis(s.assume(PART))),
                ),
                le(
                    s.right,
                    consequence(
                        "local smoothness at $\\tilde W$",
                        (s.omega / s.X) * hypothesis(s.assume(LOCALLY_SMOOTH[letter])),
                    ),
                ),
            )
        )

    return prove


def column_near_a_datum(kappa):
    """‖∇_x f‖ against C ω/|x| (‖∇_W f‖ + κ) on the column: 2s against 2^{1/6}(2^{1/6}s + κ)."""

    def sides(xp, s):
        root = xp.exp(xp.log(xp.number(2)) / 6)
        return column_slope(xp, s), root * (root * s + kappa)

    return sides


def contrary_near_a_datum(kappa):
    """With t = 2^{1/6}: 2s > t(ts + κ) for s = 10."""

    def contrary(_):
        t, s = sympy.Integer(2) ** sympy.Rational(1, 6), sympy.Integer(10)
        return derivation(
            chain(t, le(sympy.Rational(113, 100), elementary("$1.13^6 > 2$"))),
            chain(
                2 * s,
                gt(sympy.Rational(113, 100) * (sympy.Rational(113, 100) * s + kappa), elementary("numbers")),
            ),
            concludes=(
                (2 * s, ">", sympy.Rational(113, 100) * (sympy.Rational(113, 100) * s + kappa)),
                (t, "<=", sympy.Rational(113, 100)),
            ),
        )

    return contrary


def _near_a_datum(label, printed, statement):
    def build(suffix, letters):
        kappa = KAPPA[letters["k"]]
        common = {
            "id": f"ma2021/{label}{suffix}",
            "printed": printed,
            "kind": "implication" if label.startswith("proposition") else "inequality",
            "statement": described(letters) + statement,
            "uses": [
                "ma2021/remark-minimal-norm",
                "ma2021/proposition-2@b",
                f"ma2021/definition-1@{'ab'[kappa]}",
            ],
        }
        if letters["w"] == "wa":
            return Claim(
                **common,
                refutation=Refutation(
                    contrary_near_a_datum(kappa),
                    "with $\\|W_1\\|_{2k}$ the first link and the bound fail for $k = 3$, $\\tilde x = x$ and a column $W_1 = (1,1)^T$",
                    sides=column_near_a_datum(kappa),
                    instance={"s": Fraction(10)},
                ),
                expected="contested",
                note=COLUMN_NOTE,
            )
        return Claim(
            **common,
            space=Space(**NEIGHBOUR),
            hypotheses=[INDUCED, OUTER, PART, LOCALLY_SMOOTH[letters["k"]]],
            sides=neighbour_bound(kappa),
            derivation=chain_37(letters["k"]),
            expected="conditional",
            note="$\\tilde W = (\\tilde W_1, W_2)$ lies in the $\\delta$-ball by remark-minimal-norm, whether the norm in (8) is that of the "
            "vector of entries or smaller. $x, W_1 \\ne 0$ are presupposed.",
        )

    return build


_equation_37 = _near_a_datum(
    "eq-37",
    "Appendix B, (37)",
    r"$\|\nabla_xf(\tilde x,W)\|_{2k} \le \omega_k(W_1)\|\tilde g\|_{2k} \le \dots \le C\frac{\omega_k(W_1)}{\|x\|_{2k}}"
    r"(\|\nabla_Wf(x,W)\|_{2k}+\kappa)$.",
)
_proposition_3 = _near_a_datum(
    "proposition-3",
    "Proposition 3, (23)",
    r"$(\delta,C,k)$-local smoothness at $x$, $W$ and $\|\tilde x-x\|_2 \le \delta\|x\|_2/\|W_1\|_2$ $\Rightarrow \|\nabla_xf(\tilde x,W)\|_{2k}"
    r" \le C\frac{\omega_k(W_1)}{\|x\|_{2k}}(\|\nabla_Wf(x,W)\|_{2k}+\kappa)$.",
)
equation_37 = entry(
    "ma2021/eq-37",
    [_equation_37(*reading) for reading in combinations("wk")],
    printed="Appendix B, (37)",
    statement=r"The chain from $\|\nabla_xf(\tilde x,W)\|_{2k}$ to the right side of (23).",
)
proposition_3 = entry(
    "ma2021/proposition-3",
    [_proposition_3(*reading) for reading in combinations("wk")],
    printed="Proposition 3, (23)",
    kind="implication",
    statement=r"Local smoothness carries (20) from $x$ to its neighbourhood.",
)

# ---- (38)–(40) and Theorem 4, (24) -------------------------------------------------------------------------------------
# 2k-th powers and means over the data: I = Σ_i ∫_{B(x_i,Δ)} ‖∇_x f‖^2k, V = volume of one ball, Q = (CΩ)^2k,
# M = (1/n) Σ (‖a_i‖ + κ)^2k, E = (Γ + κ)^2k, U = |X_Δ|, J = ∫_{X_Δ} ‖∇_x f‖^2k.

BALLS = step(
    r"I \le nVQM", "(23) on each ball, integrated and summed", lambda I, n, V, Q, M: I <= n * V * Q * M
)
MINKOWSKI = step(
    r"M \le E",
    r"Minkowski: $(\frac1n\sum_i(\|a_i\|+\kappa)^{2k})^{1/2k} \le \Gamma_k+\kappa$, stability",
    lambda M, E: M <= E,
)
OVERLAPS = step(
    r"nV \le KU", r"(39): $nV = \int_{X_\Delta}\phi \le K|X_\Delta|$", lambda n, V, K, U: n * V <= K * U
)
UNION = step(r"J \le I", r"the balls cover $X_\Delta$, the integrand is $\ge 0$", lambda J, I: J <= I)
SUMS = (
    stand_for(
        I=r"\sum_i\int_{B(x_i,\Delta)}\|\nabla_xf\|_{2k}^{2k}",
        V=r"V_\Delta",
        Q=r"(C\Omega_k)^{2k}",
        M=r"\frac1n\sum_i(\|a_i\|_{2k}+\kappa)^{2k}",
        E=r"(\Gamma_k+\kappa)^{2k}",
    )
    | {"K": nonnegative}
    | stand_for(U=r"|X_\Delta|", J=r"\int_{X_\Delta}\|\nabla_xf\|_{2k}^{2k}")
)


def ball_sum(xp, I, n, V, Q, E):
    return I, n * V * Q * E


def prove_38(s):
    factor = s.n * s.V * s.Q
    return derivation(
        chain(
            s.left,
            le(factor * s.M, consequence("(23) on each ball", hypothesis(s.assume(BALLS)))),
            le(s.right, consequence("Minkowski and stability", factor * hypothesis(s.assume(MINKOWSKI)))),
        )
    )


def seminorm_near_the_data(xp, J, K, U, Q, E):
    return J, K * U * Q * E


def prove_40(s):
    factor = s.n * s.V * s.Q
    return derivation(
        chain(
            s.left,
            le(s.I, consequence("union of the balls", hypothesis(s.assume(UNION)))),
            le(factor * s.M, consequence("(23) on each ball", hypothesis(s.assume(BALLS)))),
            le(
                factor * s.E, consequence("Minkowski and stability", factor * hypothesis(s.assume(MINKOWSKI)))
            ),
            le(s.right, consequence("(39)", (s.Q * s.E) * hypothesis(s.assume(OVERLAPS)))),
        )
    )


def column_bound_against_slope(kappa):
    """2s against CΩ(Γ + κ) on the column."""

    def sides(xp, s):
        return column_slope(xp, s), column_bound(xp, s, kappa)

    return sides


def contrary_to_the_bound(kappa):
    """2^{1/6}(2^{2/3}s + κ) < 2s at s = 10, with 2^{1/6} ≤ 1.1225 and 2^{5/6} ≤ 1.782."""

    def contrary(_):
        two, s = sympy.Integer(2), sympy.Integer(10)
        root, power = two ** sympy.Rational(1, 6), two ** sympy.Rational(5, 6)
        upper = sympy.Rational(1782, 1000) * s + sympy.Rational(11225, 10000) * kappa
        return derivation(
            chain(root, le(sympy.Rational(11225, 10000), elementary("$1.1225^6 > 2$"))),
            chain(power, le(sympy.Rational(1782, 1000), elementary("$1.782^6 > 32$"))),
            chain(2 * s, gt(upper, elementary("numbers"))),
            concludes=(
                (root, "<=", sympy.Rational(11225, 10000)),
                (power, "<=", sympy.Rational(1782, 1000)),
                (2 * s, ">", upper),
            ),
        )

    return contrary


def refuted_on_the_column(kappa, what):
    return Refutation(
        contrary_to_the_bound(kappa),
        f"with $\\|W_1\\|_{{2k}}$ {what} fails for $k = 3$ on one datum and two neurons: the slope is $2s$, the bound "
        "$2^{1/6}(2^{2/3}s+\\kappa)$",
        sides=column_bound_against_slope(kappa),
        instance={"s": Fraction(10)},
    )


def _equation_38(suffix, letters):
    kappa = KAPPA[letters["k"]]
    common = {
        "id": f"ma2021/eq-38{suffix}",
        "printed": "Appendix B, (38)",
        "statement": described(letters)
        + r"$\sum_i\int_{B(x_i,\Delta)}\|\nabla_xf\|_{2k}^{2k}dx \le nV_\Delta(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k}$.",
        "uses": [f"ma2021/proposition-3@wb-{letters['k']}", "ma2021/remark-moment-sum"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            refutation=refuted_on_the_column(kappa, "the integrated bound"),
            expected="contested",
            note=COLUMN_NOTE,
        )
    return Claim(
        **common,
        space=Space(n=integer(1, 1000), **SUMS),
        hypotheses=[BALLS, MINKOWSKI],
        sides=ball_sum,
        derivation=prove_38,
        expected="conditional",
        note="In the letters of this file, $Q = (C\\Omega_k)^{2k}$ and $E = (\\Gamma_k+\\kappa)^{2k}$.",
    )


def _equation_40(suffix, letters):
    kappa = KAPPA[letters["k"]]
    common = {
        "id": f"ma2021/eq-40{suffix}",
        "printed": "Appendix B, (40)",
        "statement": described(letters)
        + r"$|f(\cdot,W^*)|_{1,2k,X_\Delta}^{2k} \le \sum_i\int_{B(x_i,\Delta)}\|\nabla_xf\|_{2k}^{2k}dx \le "
        r"K|X_\Delta|(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k}$.",
        "uses": [f"ma2021/eq-38{suffix}", "ma2021/eq-39"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            refutation=refuted_on_the_column(kappa, "the integrated bound"),
            expected="contested",
            note=COLUMN_NOTE,
        )
    return Claim(
        **common,
        space=Space(n=integer(1, 1000), **SUMS),
        hypotheses=[UNION, BALLS, MINKOWSKI, OVERLAPS],
        sides=seminorm_near_the_data,
        derivation=prove_40,
        expected="conditional",
    )


def _theorem_4(suffix, letters):
    kappa = KAPPA[letters["k"]]
    common = {
        "id": f"ma2021/theorem-4{suffix}",
        "printed": "Theorem 4, (24)",
        "kind": "implication",
        "statement": described(letters)
        + r"$W^*$ interpolates, is $k$-stable, locally smooth at every $x_i$, $\{x_i\}$ $(\Delta,K)$-scattered $\Rightarrow "
        r"|f(\cdot,W^*)|_{1,2k,X_\Delta} \le (K|X_\Delta|)^{1/2k}C\Omega_k(\Gamma_k+\kappa)$.",
        "uses": [f"ma2021/eq-40@wb-{letters['k']}", f"ma2021/remark-moment-sum@{letters['s']}"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common, refutation=refuted_on_the_column(kappa, "(24)"), expected="contested", note=COLUMN_NOTE
        )
    return Claim(
        **common,
        space=Space(n=integer(1, 1000), **SUMS),
        hypotheses=[UNION, BALLS, MINKOWSKI, OVERLAPS],
        sides=seminorm_near_the_data,
        derivation=prove_40,
        experiments=[on_networks(theorem_4_on_networks)] if suffix == "@sc-wb-ka" else [],
        expected="conditional",
        note="To the power $2k$. Each ball has radius $\\Delta = \\delta\\min_i\\|x_i\\|_2/\\|W_1^*\\|_2$, so Proposition 3 applies on all of it; "
        "where a ball leaves the domain of $f$ both sides have less to integrate.",
    )


equation_38 = entry(
    "ma2021/eq-38",
    [_equation_38(*reading) for reading in combinations("wk")],
    printed="Appendix B, (38)",
    statement=r"$\sum_i\int_{B(x_i,\Delta)}\|\nabla_xf\|_{2k}^{2k}dx \le nV_\Delta(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k}$.",
)
equation_40 = entry(
    "ma2021/eq-40",
    [_equation_40(*reading) for reading in combinations("wk")],
    printed="Appendix B, (40)",
    statement=r"$|f(\cdot,W^*)|_{1,2k,X_\Delta}^{2k} \le K|X_\Delta|(C\Omega_k)^{2k}(\Gamma_k+\kappa)^{2k}$.",
)
theorem_4 = entry(
    "ma2021/theorem-4",
    [_theorem_4(*reading) for reading in combinations("swk")],
    printed="Theorem 4, (24)",
    kind="implication",
    statement=r"$|f(\cdot,W^*)|_{1,2k,X_\Delta} \le (K|X_\Delta|)^{1/2k}C\Omega_k(\Gamma_k+\kappa)$.",
)

# ---- (39): the volumes -------------------------------------------------------------------------------------------------

PHI = step(r"nV = F", r"$\int\phi = \sum_i|B(x_i,\Delta)|$ by Fubini", lambda n, V, F: n * V <= F)
AT_MOST_K = step(
    r"F \le KU", r"$\phi \le K$, and $\phi = 0$ outside of $X_\Delta$", lambda F, K, U: F <= K * U
)


def volumes(xp, n, V, K, U):
    return n * V, K * U


def prove_39(s):
    return derivation(
        chain(
            s.left,
            le(s.F, consequence("the integral of $\\phi$", hypothesis(s.assume(PHI)))),
            le(s.right, consequence("$(\\Delta,K)$-scattered", hypothesis(s.assume(AT_MOST_K)))),
        )
    )


equation_39 = Claim(
    id="ma2021/eq-39",
    printed="Appendix B, (39)",
    statement=r"$nV_\Delta = \int\phi\,dx = \int_{X_\Delta}\phi\,dx \le K|X_\Delta|$.",
    space=Space(
        n=integer(1, 1000),
        V=SUMS["V"],
        **stand_for(F=r"\int\phi\,dx"),
        K=positive,
        U=SUMS["U"],
    ),
    hypotheses=[PHI, AT_MOST_K],
    sides=volumes,
    derivation=prove_39,
    uses=["ma2021/definition-3"],
    expected="conditional",
    note="With open or closed balls alike. Equality: $n$ equal points, $K = n$; disjoint balls, $K = 1$.",
)

# ---- k = 1: flatness near the data -------------------------------------------------------------------------------------

FLAT = {
    "ka": step(r"M \le S^2", r"$S^2 = \frac1n\sum_i\|a_i\|_2^2$, the flatness", lambda M, S: M <= S**2),
    "kb": step(r"M \le (S+1)^2", r"Minkowski, $S^2$ the flatness", lambda M, S: M <= (S + 1) ** 2),
}


def _flatness(letter):
    kappa = KAPPA[letter]

    def sides(xp, J, K, U, Q, S):
        return J, K * U * Q * (S + kappa) ** 2

    def prove(s):
        factor = s.n * s.V * s.Q
        return derivation(
            chain(
                s.left,
                le(s.I, consequence("union of the balls", hypothesis(s.assume(UNION)))),
                le(factor * s.M, consequence("(23) on each ball", hypothesis(s.assume(BALLS)))),
                le(
                    factor * (s.S + kappa) ** 2,
                    consequence("flatness", factor * hypothesis(s.assume(FLAT[letter]))),
                ),
                le(s.right, consequence("(39)", (s.Q * (s.S + kappa) ** 2) * hypothesis(s.assume(OVERLAPS)))),
            )
        )

    return Claim(
        id=f"ma2021/remark-theorem-4-flatness@{letter}",
        printed="Section 4, after Theorem 4",
        kind="implication",
        statement=f"({SWITCHES['k'][letter]}) "
        r"For $k = 1$ flatness regularises $\int_{X_\Delta}\|\nabla_xf\|_2^2dx \le K|X_\Delta|(C\Omega_1)^2(\mathrm{flatness}^{1/2}+\kappa)^2$, not "
        r"only the gradients at the data.",
        space=Space(
            n=integer(1, 1000),
            **stand_for(S=r"\text{flatness}^{1/2}"),
            **{name: SUMS[name] for name in "IVQMKUJ"},
        ),
        hypotheses=[UNION, BALLS, FLAT[letter], OVERLAPS],
        sides=sides,
        derivation=prove,
        uses=[f"ma2021/eq-40@wb-{letter}", "ma2021/eq-3"],
        expected="conditional",
        note="(40) without (18). For $k = 1$ both readings of $\\omega$ are the spectral norm. It is stronger in that the integral also "
        "bounds the gradients between the data; it needs local smoothness, which (4) does not.",
    )


theorem_4_flatness = entry(
    "ma2021/remark-theorem-4-flatness",
    [_flatness(letter) for letter in KAPPA],
    printed="Section 4, after Theorem 4",
    kind="implication",
    statement=r"For $k = 1$ flatness regularises $\int_{X_\Delta}\|\nabla_xf\|_2^2dx$, which is stronger than regularising the gradient "
    r"squares at the training data.",
)

# ---- Theorem 5, (25) ---------------------------------------------------------------------------------------------------
# a = ‖a_i‖_2k of the nearest datum, T = (Σ_j ‖a_j‖^2k)^{1/2k}, H = n^{1/2k} Γ_k.

NEAREST = {
    "ka": step(r"P \le C\Omega a", "(23) at the nearest $x_i$", lambda P, C, Omega, a: P <= C * Omega * a),
    "kb": step(
        r"P \le C\Omega(a+1)", "(23) at the nearest $x_i$", lambda P, C, Omega, a: P <= C * Omega * (a + 1)
    ),
}
ONE_OF_ALL = step(r"a \le T", r"one summand of $\sum_j\|a_j\|_{2k}^{2k}$", lambda a, T: a <= T)
ALL = step(r"T \le H", r"$T^{2k} \le n\Gamma_k^{2k} = H^{2k}$, stability", lambda T, H: T <= H)


def largest_gradient(kappa):
    def sides(xp, P, C, Omega, H):
        return P, C * Omega * (H + kappa)

    return sides


def prove_theorem_5(letter):
    kappa = KAPPA[letter]

    def prove(s):
        factor = s.C * s.Omega
        return derivation(
            chain(
                s.left,
                le(
                    factor * (s.a + kappa),
                    consequence("Proposition 3", hypothesis(s.assume(NEAREST[letter]))),
                ),
                le(
                    factor * (s.T + kappa),
                    consequence("one summand", factor * hypothesis(s.assume(ONE_OF_ALL))),
                ),
                le(s.right, consequence("stability", factor * hypothesis(s.assume(ALL)))),
            )
        )

    return prove


def _theorem_5(suffix, letters):
    kappa = KAPPA[letters["k"]]
    common = {
        "id": f"ma2021/theorem-5{suffix}",
        "printed": "Theorem 5, (25)",
        "kind": "implication",
        "statement": described(letters)
        + r"$W^*$ interpolates, is $k$-stable, locally smooth at every $x_i$ $\Rightarrow \|\nabla_xf(x,W^*)\|_{2k} \le "
        r"G_k = C\Omega_k(n^{1/2k}\Gamma_k+\kappa)$ for all $x \in X_\Delta$.",
        "uses": [f"ma2021/proposition-3@wb-{letters['k']}", f"ma2021/remark-moment-sum@{letters['s']}"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common, refutation=refuted_on_the_column(kappa, "(25)"), expected="contested", note=COLUMN_NOTE
        )
    return Claim(
        **common,
        space=Space(
            **stand_for(P=r"\|\nabla_xf(x)\|_{2k}"),
            C=positive,
            **stand_for(
                Omega=r"\Omega_k",
                a=r"\|a_i\|_{2k}",
                T=r"(\sum_j\|a_j\|_{2k}^{2k})^{1/2k}",
                H=r"n^{1/2k}\Gamma_k",
            ),
        ),
        hypotheses=[NEAREST[letters["k"]], ONE_OF_ALL, ALL],
        sides=largest_gradient(kappa),
        derivation=prove_theorem_5(letters["k"]),
        experiments=[on_networks(theorem_5_on_networks)] if suffix == "@sc-wb-ka" else [],
        expected="conditional",
        note="Sharp at $k = n = m = d = p = 1$: $f = gu$, $\\eta = 2/(g^2x^2)$, $C = 1$, $\\kappa = 0$.",
    )


theorem_5 = entry(
    "ma2021/theorem-5",
    [_theorem_5(*reading) for reading in combinations("swk")],
    printed="Theorem 5, (25)",
    kind="implication",
    statement=r"$\|\nabla_xf(x,W^*)\|_{2k} \le G_k = C\Omega_k(n^{1/2k}\Gamma_k+\kappa)$ for all $x \in X_\Delta$.",
)


# ---- corrections: ω_k = ‖W_1ᵀ‖_2k, for both κ ---------------------------------------------------------------------------------
# κ = 1 contains κ = 0: (8) with κ = 0 implies it with κ = 1. The readings wb-ka have the smaller bounds.


def _corrected(label, printed, statement, build):
    reading = build("@sc-wb-kb", {"s": "sc", "w": "wb", "k": "kb"})
    return replace(
        reading,
        id=f"ma2021/{label}-corrected",
        printed=f"{printed}, corrected",
        statement=statement,
        corrects=f"ma2021/{label}",
        note="With the norm of $W_1^T$, the best factor; $\\kappa = 1$, and the reading with $\\kappa = 0$ likewise. "
        + reading.note,
    )


proposition_3_corrected = _corrected(
    "proposition-3",
    "Proposition 3, (23)",
    r"$\|\nabla_xf(\tilde x,W)\|_{2k} \le C\frac{\|W_1^T\|_{2k}}{\|x\|_{2k}}(\|\nabla_Wf(x,W)\|_{2k}+\kappa)$.",
    _proposition_3,
)
theorem_4_corrected = _corrected(
    "theorem-4",
    "Theorem 4, (24)",
    r"With $\Omega_k = \|W_1^{*T}\|_{2k}/\min_i\|x_i\|_{2k}$, every notion of stability: $|f(\cdot,W^*)|_{1,2k,X_\Delta} \le "
    r"(K|X_\Delta|)^{1/2k}C\Omega_k(\Gamma_k+\kappa)$.",
    _theorem_4,
)
theorem_5_corrected = _corrected(
    "theorem-5",
    "Theorem 5, (25)",
    r"With $\Omega_k = \|W_1^{*T}\|_{2k}/\min_i\|x_i\|_{2k}$, every notion of stability: $\|\nabla_xf(x,W^*)\|_{2k} \le "
    r"C\Omega_k(n^{1/2k}\Gamma_k+\kappa)$ for $x \in X_\Delta$.",
    _theorem_5,
)
