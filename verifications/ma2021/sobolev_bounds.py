"""Proposition 2, Corollary 2, Theorem 3: gradients in the input against gradients in the parameters.

With g = ∂f/∂u at u = W_1 x, ∇_x f = W_1ᵀ g and ∇_{W_1} f = g xᵀ. So the factor in (20) is the norm of the map W_1ᵀ: with ‖W_1ᵀ‖_2k (reading wb)
everything holds and (20) is sharp, with ‖W_1‖_2k (reading wa) it fails from k = 2 on. With ν = 1 in the seminorm, (21) and (22) as written
lack the factor n^{1/2k}: two opposite data break them.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation, Space, integer, real
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
from verifications.ma2021.explicit_networks import proposition_2 as proposition_2_on_networks
from verifications.ma2021.explicit_networks import theorem_3 as theorem_3_on_networks
from verifications.ma2021.sobolev_readings import (
    COLUMN_NOTE,
    SWITCHES,
    column_slope,
    combinations,
    condition,
    described,
    entry,
    stand_for,
    step,
)

nonnegative, positive = real(0), real(0, open_low=True)

# ---- Proposition 2, (20) ---------------------------------------------------------------------------------------------
# P = ‖∇_x f‖, G = ‖g‖, X = ‖x‖, R = ‖∇_{W_1} f‖, N = ‖∇_W f‖, all in ℓ_2k; ω = ‖W_1ᵀ‖_2k.

INDUCED = step(
    r"P \le \omega G",
    r"$\nabla_x f = W_1^T g$, $\omega$ is the norm of $W_1^T$",
    lambda P, omega, G: P <= omega * G,
)
OUTER = step(r"GX \le R", r"$\nabla_{W_1}f = gx^T$ has the entries $g_ix_j$", lambda G, X, R: G * X <= R)
PART = step(r"R \le N", "$W_1$ is a part of $W$", lambda R, N: R <= N)


def input_gradient_bound(xp, P, omega, X, N):
    return P, omega / X * N


def prove_proposition_2(s):
    return derivation(
        chain(
            s.left,
            le(s.omega * s.G, consequence("the norm of $W_1^T$", hypothesis(s.assume(INDUCED)))),
            eq(s.omega / s.X * (s.G * s.X), by_expansion("$X > 0$")),
            le(
                s.omega / s.X * s.R,
                consequence("entries of $gx^T$", (s.omega / s.X) * hypothesis(s.assume(OUTER))),
            ),
            le(s.right, consequence("$W_1$ is a part of $W$", (s.omega / s.X) * hypothesis(s.assume(PART)))),
        )
    )


def column_with_free_gradient(xp, w1, w2, g1, g2, x):
    """d = 1, m = 2, k = 2, f = g_1 u_1 + g_2 u_2: |W_1ᵀ g| against ‖W_1‖_4 ‖∇_W f‖_4/|x|."""
    fourth = xp.sqrt(xp.sqrt((w1**4 + w2**4) * (g1**4 + g2**4) * x**4))
    return abs(w1 * g1 + w2 * g2), fourth / abs(x)


def printed_proof_2a(s):
    """In the space of the claim, where ‖W_1‖_4 is the length of the column."""
    column, gradient = ((a**4 + b**4) ** sympy.Rational(1, 4) for a, b in ((s.w1, s.w2), (s.g1, s.g2)))
    return derivation(
        chain(
            s.left,
            le(column * gradient, elementary("$\\|W_1^Tg\\|_{2k} \\le \\|W_1\\|_{2k}\\|g\\|_{2k}$"), "L1"),
            eq(
                column / s.x * (gradient * s.x),
                by_expansion("$\\|gx^T\\|_{2k} = \\|g\\|_{2k}\\|x\\|_{2k}$"),
                "L2",
            ),
        )
    )


proposition_2a = Claim(
    id="ma2021/proposition-2@a",
    printed="Proposition 2, (20)",
    statement=r"For the model $f(W_1x, W_2)$, any $x \ne 0$, any $W$ and $k \ge 1$: $\|\nabla_xf\|_{2k} \le "
    r"\frac{\|W_1\|_{2k}}{\|x\|_{2k}}\|\nabla_Wf\|_{2k}$.",
    space=Space(w1=real(), w2=real(), g1=real(), g2=real(), x=positive),
    sides=column_with_free_gradient,
    printed_proof=printed_proof_2a,
    expected_proof_gaps=["L1"],
    uses=["ma2021/eq-1", "ma2021/eq-6"],
    expected="refuted",
    note="The space is the case $d = 1$, $m = 2$, $k = 2$ of models linear in $u$. $\\|W_1^Tg\\| \\le \\|W_1\\|\\|g\\|$ is a statement about "
    "$\\|W_1^T\\|_{2k} = \\|W_1\\|_{2k/(2k-1)}$, which is another number for $k \\ge 2$; for $k = 1$ both are the spectral norm. In the second "
    "link $\\|gx^T\\|_{2k} = \\|g\\|_{2k}\\|x\\|_{2k}$ needs the norm of the entries; the induced norm of $gx^T$ is "
    "$\\|g\\|_{2k}\\|x\\|_{2k/(2k-1)}$.",
)


def _proposition_2(id, statement, printed, **more):
    return Claim(
        id=id,
        printed=printed,
        statement=statement,
        space=Space(
            **stand_for(P=r"\|\nabla_xf\|_{2k}", omega=r"\|W_1^T\|_{2k}", G=r"\|g\|_{2k}"),
            X=real(0, open_low=True, stands_for=r"\|x\|_{2k}"),
            **stand_for(R=r"\|\nabla_{W_1}f\|_{2k}", N=r"\|\nabla_Wf\|_{2k}"),
        ),
        hypotheses=[INDUCED, OUTER, PART],
        sides=input_gradient_bound,
        derivation=prove_proposition_2,
        uses=["ma2021/eq-1", "ma2021/eq-6"],
        expected="conditional",
        **more,
    )


proposition_2b = _proposition_2(
    "ma2021/proposition-2@b",
    r"For the model $f(W_1x, W_2)$, any $x \ne 0$, any $W$ and $k \ge 1$: $\|\nabla_xf\|_{2k} \le "
    r"\frac{\|W_1^T\|_{2k}}{\|x\|_{2k}}\|\nabla_Wf\|_{2k}$.",
    "Proposition 2, (20)",
    experiments=[on_networks(proposition_2_on_networks)],
    note="For all $k$, $m$, $d$. No smaller factor will do: for $f = \\langle g, u\\rangle$ without $W_2$ and the $g$ at which $W_1^T$ "
    "attains its norm, both sides are equal.",
)
proposition_2 = entry(
    "ma2021/proposition-2",
    [proposition_2a, proposition_2b],
    printed="Proposition 2, (20)",
    kind="inequality",
    statement=r"$\|\nabla_xf(x,W)\|_{2k} \le \frac{\omega_k(W_1)}{\|x\|_{2k}}\|\nabla_Wf(x,W)\|_{2k}$.",
)
proposition_2_corrected = _proposition_2(
    "ma2021/proposition-2@a-corrected",
    r"With the dual norm $\|W_1\|_{2k/(2k-1)}$ $(= \|W_1^T\|_{2k})$: $\|\nabla_xf\|_{2k} \le "
    r"\frac{\|W_1\|_{2k/(2k-1)}}{\|x\|_{2k}}\|\nabla_Wf\|_{2k}$.",
    "Proposition 2, (20), corrected",
    corrects="ma2021/proposition-2@a",
    note="$|\\langle W_1^Tg, v\\rangle| = |\\langle g, W_1v\\rangle| \\le \\|g\\|_{2k}\\|W_1v\\|_{q} \\le \\|g\\|_{2k}\\|W_1\\|_q\\|v\\|_q$ with "
    "$q = \\frac{2k}{2k-1}$, by Hölder; the best factor, see the other reading.",
)

# ---- Corollary 2, (21) -------------------------------------------------------------------------------------------------
# 2k-th powers: P_i = ‖∇_x f(x_i)‖^2k, A_i = ‖∇_W f(x_i)‖^2k, W = ω^2k, X = min_i ‖x_i‖^2k; P and A are their means over i.

POWERS = {
    **stand_for(P=r"\frac1n\sum_i\|\nabla_xf(x_i)\|_{2k}^{2k}", W=r"\omega_k^{2k}"),
    "X": real(0, open_low=True, stands_for=r"\min_i\|x_i\|_{2k}^{2k}"),
    **stand_for(A=r"\frac1n\sum_i\|\nabla_Wf(x_i)\|_{2k}^{2k}"),
}
POINTWISE = step(
    r"\frac1n\sum_iP_i \le \frac WX\frac1n\sum_iA_i",
    r"(20) to the power $2k$ at every $x_i$, $\|x_i\| \ge \min_j\|x_j\|$, mean over $i$",
    lambda P, W, X, A: P * X <= W * A,
)


def weighted_powers(own, n_letter):
    """Both sides of (21) to the power 2k."""

    def sides(xp, P, W, X, A, n):
        weight = n if n_letter == "na" else 1  # ν n
        return weight * P, W / X * A * (weight if own == "b" else 1)

    return sides


def prove_corollary_2(weight):
    def prove(s):
        factor = s.n if weight == "na" else sympy.Integer(1)
        fact = hypothesis(s.assume(POINTWISE))
        return derivation(
            chain(s.left, le(s.right, consequence("(20) at every datum", (factor / s.X) * fact)))
        )

    return prove


def two_opposite_data(xp, w, g, x):
    """n = 2, x_1 = x, x_2 = −x, m = d = k = 1, f = gu, ν = 1: |f|² = 2w²g² against (w/x)² x²g²."""
    return 2 * w**2 * g**2, w**2 / x**2 * (g * x) ** 2


def _corollary_2(suffix, letters):
    common = {
        "id": f"ma2021/corollary-2{suffix}",
        "printed": "Corollary 2, (21)",
        "statement": described(letters)
        + r"$|f(\cdot,W)|_{1,2k,X} \le \frac{\omega_k(W_1)}{\min_i\|x_i\|_{2k}}\big("
        + (r"\frac1n" if letters["own"] == "a" else r"\nu")
        + r"\sum_i\|\nabla_Wf(x_i,W)\|_{2k}^{2k}\big)^{1/2k}$.",
        "uses": ["ma2021/proposition-2@b", "ma2021/definition-sobolev-seminorm"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            space=Space(w1=real(), w2=real(), g1=real(), g2=real(), x=positive),
            sides=column_with_free_gradient,
            expected="refuted",
            note="The space is the case $n = 1$, where $\\nu = \\frac1n = 1$, with $d = 1$, $m = 2$, $k = 2$.",
        )
    if letters["own"] == "a" and letters["n"] == "na":
        return Claim(
            **common,
            space=Space(w=positive, g=positive, x=positive),
            sides=two_opposite_data,
            expected="refuted",
            note="The space is the case $n = 2$, $x_2 = -x_1$ with $m = d = k = 1$; both sides squared. With $\\nu = 1$ the left side sums "
            "over the data while the right side takes their mean; the factor $n^{1/2k}$ is missing (reading b has it).",
        )
    return Claim(
        **common,
        space=Space(**POWERS, n=integer(1, 1000)),
        hypotheses=[POINTWISE],
        sides=weighted_powers(letters["own"], letters["n"]),
        derivation=prove_corollary_2(letters["n"]),
        expected="conditional",
        note="Both sides to the power $2k$.",
    )


corollary_2_readings = [_corollary_2(*reading) for reading in combinations("wn", "ab")]
corollary_2 = entry(
    "ma2021/corollary-2",
    corollary_2_readings,
    own="ab",
    printed="Corollary 2, (21)",
    kind="inequality",
    statement=r"$|f(\cdot,W)|_{1,2k,X} \le \frac{\omega_k(W_1)}{\min_i\|x_i\|_{2k}}\big(\frac1n\sum_i\|\nabla_Wf(x_i,W)\|_{2k}^{2k}\big)^{1/2k}$.",
)


# ---- Theorem 3, (22) ---------------------------------------------------------------------------------------------------

STABLE = step(
    r"\frac1n\sum_i\|a_i\|_{2k}^{2k} \le \Gamma_k^{2k}",
    "$W^*$ is stable of order $k$: summed moment bound",
    lambda A, Gamma: A <= Gamma,
)


def seminorm_bound(own, n_letter):
    """Both sides of (22) to the power 2k; Γ stands for Γ_k^2k."""

    def sides(xp, P, W, X, A, Gamma, n):
        weight = n if n_letter == "na" else 1
        return weight * P, W / X * Gamma * (weight if own == "b" else 1)

    return sides


def prove_theorem_3(weight):
    def prove(s):
        factor = s.n if weight == "na" else sympy.Integer(1)
        return derivation(
            chain(
                s.left,
                le(
                    factor * s.W / s.X * s.A,
                    consequence("Corollary 2", (factor / s.X) * hypothesis(s.assume(POINTWISE))),
                ),
                le(s.right, consequence("stability", (factor * s.W / s.X) * hypothesis(s.assume(STABLE)))),
            )
        )

    return prove


def column_against_theorem_3(xp, s):
    """The 6th powers on the column of sobolev_readings: (2s)⁶ against ω⁶ Γ⁶ = 2·(2s²)³·2."""
    return column_slope(xp, s) ** 6, 2 * (2 * s**2) ** 3 * 2


def contrary_on_the_column(_):
    s = sympy.Symbol("s", positive=True)
    learning_rate = 1 / s**2
    return derivation(
        chain(
            learning_rate * (s**2 + s**2),
            eq(sympy.Integer(2), by_expansion("$\\eta\\|a_1\\|^2 = 2$: stable")),
        ),
        chain((2 * s) ** 6, gt(2 * (2 / learning_rate) ** 3 * 2, elementary("$64 > 32$"))),
        concludes=(((2 * s) ** 6, ">", 2 * (2 / learning_rate) ** 3 * 2),),
    )


def contrary_on_two_opposite_data(_):
    w = sympy.Symbol("w", positive=True)
    return derivation(
        chain(sympy.Integer(2) * w**2, gt(w**2, elementary("two summands of one size"))),
        concludes=((2 * w**2, ">", w**2),),
    )


def _theorem_3(suffix, letters):
    common = {
        "id": f"ma2021/theorem-3{suffix}",
        "printed": "Theorem 3, (22)",
        "kind": "implication",
        "statement": described(letters)
        + r"$W^*$ interpolates and is $k$-stable $\Rightarrow |f(\cdot,W^*)|_{1,2k,X} \le "
        + (r"(n\nu)^{1/2k}" if letters["own"] == "b" else "")
        + r"\frac{\omega_k(W_1^*)}{\min_i\|x_i\|_{2k}}\sqrt{2/\eta}\,(pB^{k-1})^{1/2k}$.",
        "uses": [f"ma2021/corollary-2@b-wb-{letters['n']}", f"ma2021/remark-moment-sum@{letters['s']}"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_on_the_column,
                "with $\\|W_1\\|_{2k}$ the bound fails for $k = 3$ on one datum and two neurons: $(2s)^6 > 32s^6$",
                sides=column_against_theorem_3,
                instance={"s": Fraction(1)},
            ),
            expected="contested",
            note=COLUMN_NOTE + " With one datum the readings of $\\nu$ agree.",
        )
    if letters["own"] == "a" and letters["n"] == "na":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_on_two_opposite_data,
                "$x_2 = -x_1 = -x$, $m = d = p = k = 1$, $B = 2$, $\\eta = 2/(g^2x^2)$: stable, and the left side squared is $2w^2g^2$, the right "
                "side squared $w^2g^2$",
                sides=two_opposite_data,
                instance={"w": Fraction(1), "g": Fraction(1), "x": Fraction(1)},
            ),
            expected="contested",
            note="With $\\nu = 1$ the factor $n^{1/2k}$ is missing; reading b has it. $f = gu$, $a_1 = -a_2 = gx$, $\\Gamma_1 = |gx|$.",
        )
    return Claim(
        **common,
        space=Space(**POWERS, **stand_for(Gamma=r"\Gamma_k^{2k}"), n=integer(1, 1000)),
        hypotheses=[POINTWISE, STABLE],
        derivation=prove_theorem_3(letters["n"]),
        sides=seminorm_bound(letters["own"], letters["n"]),
        experiments=[on_networks(theorem_3_on_networks)] if suffix == "@b-sc-wb-nb" else [],
        expected="conditional",
        note="Both sides to the power $2k$. Sharp at $k = n = m = d = p = 1$ with $\\eta = 2/(g^2x^2)$: both sides are $|wg|$.",
    )


theorem_3_readings = [_theorem_3(*reading) for reading in combinations("swn", "ab")]
theorem_3 = entry(
    "ma2021/theorem-3",
    theorem_3_readings,
    own="ab",
    printed="Theorem 3, (22)",
    kind="implication",
    statement=r"$W^*$ interpolates and is $k$-stable $\Rightarrow |f(\cdot,W^*)|_{1,2k,X} \le \frac{\omega_k(W_1^*)}{\min_i\|x_i\|_{2k}}"
    r"\sqrt{2/\eta}\,(pB^{k-1})^{1/2k}$.",
)

# ---- corrections --------------------------------------------------------------------------------------------------------

corollary_2_corrected = Claim(
    id="ma2021/corollary-2-corrected",
    printed="Corollary 2, (21), corrected",
    statement=r"With $\|W_1^T\|_{2k}$, for either weight $\nu$: $|f(\cdot,W)|_{1,2k,X} \le \frac{\|W_1^T\|_{2k}}{\min_i\|x_i\|_{2k}}"
    r"\big(\nu\sum_i\|\nabla_Wf(x_i,W)\|_{2k}^{2k}\big)^{1/2k}$.",
    space=Space(**POWERS, n=integer(1, 1000)),
    hypotheses=[POINTWISE],
    sides=weighted_powers("b", "na"),
    derivation=prove_corollary_2("na"),
    corrects="ma2021/corollary-2",
    uses=["ma2021/proposition-2@b", "ma2021/definition-sobolev-seminorm"],
    expected="conditional",
    note="To the power $2k$, with $\\nu = 1$; for $\\nu = \\frac1n$ both sides are divided by $n$.",
)
theorem_3_corrected = Claim(
    id="ma2021/theorem-3-corrected",
    printed="Theorem 3, (22), corrected",
    kind="implication",
    statement=r"With $\|W_1^T\|_{2k}$, for either weight $\nu$ and every notion of stability: $|f(\cdot,W^*)|_{1,2k,X} \le (n\nu)^{1/2k}"
    r"\frac{\|W_1^{*T}\|_{2k}}{\min_i\|x_i\|_{2k}}\sqrt{2/\eta}\,(pB^{k-1})^{1/2k}$.",
    space=Space(**POWERS, **stand_for(Gamma=r"\Gamma_k^{2k}"), n=integer(1, 1000)),
    hypotheses=[POINTWISE, STABLE],
    sides=seminorm_bound("b", "na"),
    derivation=prove_theorem_3("na"),
    corrects="ma2021/theorem-3",
    uses=["ma2021/corollary-2-corrected", *(f"ma2021/remark-moment-sum@{s}" for s in ("sa", "sb", "sc"))],
    expected="conditional",
    note="To the power $2k$. Sharp at $k = n = m = d = p = 1$.",
)

# ---- what the right side of (22) says ---------------------------------------------------------------------------------


def log_gamma(xp, eta, B, p, k):
    """log Γ_k."""
    return (xp.log(xp.number(2)) - xp.log(eta)) / 2 + (xp.log(p) + (k - 1) * xp.log(B)) / (2 * k)


LARGER_STEP = condition(r"\eta_1 \le \eta_2", "a bigger learning rate", lambda eta_1, eta_2: eta_1 <= eta_2)
SMALLER_BATCH = condition(r"B_2 \le B_1", "a smaller batch", lambda B_1, B_2: B_2 <= B_1)


def strength(xp, eta_1, eta_2, B_1, B_2, p, k):
    return log_gamma(xp, eta_2, B_2, p, k), log_gamma(xp, eta_1, B_1, p, k)


def prove_strength(s):
    from theorycheck.algebra import elementary as by_name

    steps = hypothesis(by_name("log(w) <= w - 1", s.eta_1 / s.eta_2))
    batches = hypothesis(by_name("log(w) <= w - 1", s.B_2 / s.B_1))
    half, share = sympy.Rational(1, 2), (s.k - 1) / (2 * s.k)
    middle = log_gamma(s.xp, s.eta_1, s.B_2, s.p, s.k)
    return derivation(
        chain(
            s.left,
            le(
                middle,
                consequence(
                    "$\\log\\frac{\\eta_1}{\\eta_2} \\le \\frac{\\eta_1}{\\eta_2}-1 \\le 0$",
                    half * steps,
                    (half / s.eta_2) * hypothesis(s.assume(LARGER_STEP)),
                ),
            ),
            le(
                s.right,
                consequence(
                    "$\\log\\frac{B_2}{B_1} \\le \\frac{B_2}{B_1}-1 \\le 0$",
                    share * batches,
                    (share / s.B_1) * hypothesis(s.assume(SMALLER_BATCH)),
                ),
            ),
        )
    )


regularization_strength = Claim(
    id="ma2021/remark-regularization-strength",
    printed="Section 4, after Theorem 3",
    statement=r"The right side of (22) falls with $\eta$ and grows with $B$: $\eta_1 \le \eta_2$, $B_2 \le B_1$ $\Rightarrow$ "
    r"$\Gamma_k(\eta_2,B_2) \le \Gamma_k(\eta_1,B_1)$.",
    space=Space(
        eta_1=positive,
        eta_2=positive,
        B_1=integer(1, 10**6),
        B_2=integer(1, 10**6),
        p=integer(1, 10**9),
        k=integer(1, 100),
    ),
    hypotheses=[LARGER_STEP, SMALLER_BATCH],
    sides=strength,
    derivation=prove_strength,
    uses=[f"ma2021/theorem-3@a-{s}-wb-nb" for s in SWITCHES["s"]],
    expected="proved",
    note="Stated for $\\log\\Gamma_k$. The bound falls; that the seminorm itself does is the experiment of Figure 1.",
)

LARGE_ORDER = condition(
    r"\log p \le 2k\varepsilon", "big $k$", lambda xp, p, k, epsilon: xp.log(p) <= 2 * k * epsilon
)


def parameter_factor(xp, p, k, epsilon):
    """log p^{1/2k} and ε."""
    return xp.log(p) / (2 * k), epsilon


def prove_parameter_factor(s):
    fact = (1 / (2 * s.k)) * hypothesis(s.assume(LARGE_ORDER))
    return derivation(chain(s.left, le(s.right, consequence("divided by $2k$", fact))))


p_dependence = Claim(
    id="ma2021/remark-p-dependence",
    printed="Section 4, after Theorem 3",
    kind="convergence",
    statement=r"For big $k$ the dependence of the bound on $p$ is negligible: for every $\varepsilon > 0$, $1 \le p^{1/2k} \le e^\varepsilon$ as "
    r"soon as $2k\varepsilon \ge \log p$.",
    space=Space(p=integer(1, 10**9), k=integer(1, 10**6), epsilon=positive),
    hypotheses=[LARGE_ORDER],
    sides=parameter_factor,
    derivation=prove_parameter_factor,
    uses=[f"ma2021/theorem-3@a-{s}-wb-nb" for s in SWITCHES["s"]],
    expected="proved",
    note="In logarithms. $p$ enters (22) through $\\Gamma_k$ alone; the other factors of $\\Gamma_k$ tend to $\\sqrt{2B/\\eta}$.",
)
