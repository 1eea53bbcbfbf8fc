r"""Section 3 up to Definition 5 and what is said of it: (11), (12), scale, closed dynamics, SGD against GD.

"Harder for SGD than for GD" is true for every k in every reading, also for odd k in reading @c: (t−1)^k ≥ 1 + k(t−2) for t ≥ 0, and stability
bounds the batch mean of the left side by 1.
"""

import sympy

from theorycheck import Claim, Space, choice, real, vector
from theorycheck.algebra import expectation, inner, norm_squared
from theorycheck.algebra.expectation import index, mean
from theorycheck.algebra.vectors import vector as algebra_vector
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    elementary,
    eq,
    expected,
    ge,
    in_cases,
    le,
    lt,
    nonnegative_part,
    square,
)
from verifications.ma2021.batches import ABSOLUTE, BACKWARD, BATCH, BATCH_FITS, LOAD, STABILITY, batch_mean
from verifications.ma2021.reasons import (
    Random,
    concluding,
    follows,
    granted_step,
    power_above_tangent,
    power_increases,
    power_of_either_sign,
)
from verifications.ma2021.stability_figures import REGIONS
from verifications.ma2021.theorem_2 import NECESSITY, REST, STABLE, one_parameter

K = sympy.Symbol("k", positive=True, integer=True)

# ---- (11), (12) ----------------------------------------------------------------------------------------------------------


def prove_linearisation(_):
    """Along W* + τh: the residual is τ⟨a, h⟩ + O(τ²), the gradient of f in a direction v is ⟨a, v⟩ + O(τ)."""
    a, h, v = algebra_vector("a_i"), algebra_vector("h"), algebra_vector("v")
    tau = sympy.Symbol("tau", real=True)
    bends = sympy.symbols("b_1:5", real=True)
    residual = tau * inner(a, h) + bends[0] * tau**2 + bends[1] * tau**3
    slope = inner(a, v) + bends[2] * tau + bends[3] * tau**2
    gradient = sympy.expand(residual * slope)
    return concluding(
        chain(
            gradient.coeff(tau, 1),
            eq(
                inner(a, h) * inner(a, v),
                by_expansion(
                    "$\\nabla L_i = (f-y_i)\\nabla f$ with $f(x_i,W^*) = y_i$: its linear part is $a_i\\langle a_i,h\\rangle$"
                ),
            ),
        ),
        chain(gradient.coeff(tau, 0), eq(sympy.Integer(0), by_expansion("the residual vanishes at $W^*$"))),
    )


equation_11 = Claim(
    id="ma2021/eq-11",
    printed="(11)",
    kind="identity",
    statement=r"The linearisation of SGD at $W^*$ is $\tilde W_{t+1} = \tilde W_t-\frac\eta B\sum_{i\in I_t}\nabla_Wf(x_i,W^*)\nabla_Wf(x_i,W^*)^T"
    r"(\tilde W_t-W^*)$.",
    derivation=prove_linearisation,
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="Presupposes interpolation and an $f$ that is twice differentiable in $W$ at $W^*$; needs the $\\frac12$ in the loss. The coefficients $b_i$ stand "
    "for everything of higher order along $W^* + \\tau h$.",
)


def prove_shift(_):
    a = algebra_vector("a_i", depends_on=frozenset({"i"}))
    W, minimum, v = algebra_vector("W_t"), algebra_vector("W^*"), algebra_vector("v")
    rate, i = sympy.Symbol("eta", positive=True), index("i")

    def gradient(x):
        return mean(a * inner(a, x), i) * rate

    w = W - minimum
    return concluding(
        chain(
            inner(W - gradient(W - minimum) - minimum, v),
            eq(inner(w - gradient(w), v), by_expansion("$w_t = \\tilde W_t - W^*$, in every direction $v$")),
        )
    )


equation_12 = Claim(
    id="ma2021/eq-12",
    printed="(12)",
    kind="identity",
    statement=r"Without loss of generality $W^* = 0$: $w_{t+1} = w_t-\frac\eta B\sum_{i\in I_t}H_iw_t = A_{I_t}w_t$.",
    derivation=prove_shift,
    uses=["ma2021/eq-11"],
    expected="conditional",
)

# ---- Definition 5 ----------------------------------------------------------------------------------------------------------


def _definition_5(s):
    return Claim(
        id=f"ma2021/definition-5@{s[1]}",
        printed="Definition 5",
        kind="definition",
        statement=rf"$W^*$ is $k$-th order linearly stable for SGD with learning rate $\eta$ and batch size $B$ if there is $C$ with {STABILITY[s]} for "
        "all $t$, from any initial law.",
        implements=["theorycheck.lab.stability:linear_stability"],
        uses=["ma2021/eq-12"],
        expected="defined",
    )


definitions_5 = [_definition_5(s) for s in STABILITY]
definition_5 = Claim(
    id="ma2021/definition-5",
    printed="Definition 5",
    kind="definition",
    statement=r"$k$-th order linear stability: the $k$-th moment of $w_t$ stays below a constant times that of $w_0$.",
    readings=definitions_5,
    expected="defined",
    note="For even $k$ the three readings are equivalent. For odd $k$ the readings @a and @b are, and imply @c; @c does not imply them: moments may "
    "stay bounded by cancellation. Presupposes in @c that the moments exist.",
)

# ---- scale ------------------------------------------------------------------------------------------------------------------


def _scaled(s, c, x, k):
    """N_k of one atom of a law in one parameter."""
    return (c * x) ** k if s == "sc" else abs(c * x) ** k


def scaled_moment(s):
    def sides(xp, n, B, k, a, eta, c, x):
        """N_k(w_1) from c·x against c^k N_k(w_1) from x."""
        after = batch_mean(a, eta, B, k, BACKWARD if s == "sc" else ABSOLUTE)
        size = abs(after)
        return size * abs(_scaled(s, c, x, k)), c**k * size * abs(x) ** k

    return sides


def prove_scale(s):
    def prove(_):
        c = sympy.Symbol("c", positive=True)
        k = K
        if s == "sa":
            norm = Random(r"\|w_t\|_2", "w", nonnegative=True)
            start, end = expectation((c * norm) ** k, index("w")), c**k * expectation(norm**k, index("w"))
        elif s == "sb":
            entry = Random("|w_{t,j}|", "w", "j", nonnegative=True)
            variables = (index("j"), index("w"))
            start, end = expectation((c * entry) ** k, *variables), c**k * expectation(entry**k, *variables)
        else:
            w, u = algebra_vector("w_t", depends_on=frozenset({"w"})), algebra_vector("u")
            value = Random(r"\langle w_t,u\rangle", "w")
            start, end = expectation((c * value) ** k, index("w")), c**k * expectation(value**k, index("w"))
            linear = chain(
                inner(w * c, u), eq(c * inner(w, u), by_expansion("in every direction $u$"), "linear")
            )
            return concluding(chain(start, eq(end, by_expansion("$N_k(cw_t) = c^kN_k(w_t)$"))), linear)
        return concluding(chain(start, eq(end, by_expansion("$N_k(cw_t) = c^kN_k(w_t)$"))))

    return prove


def scale_invariance(s):
    return Claim(
        id=f"ma2021/remark-scale-invariance@{s}",
        printed="Section 3, after Definition 5",
        kind="implication",
        statement=rf"The dynamics is linear, so {STABILITY[s]} holds for all $w_0$ as soon as it holds for small $w_0$.",
        space=Space(
            n=choice(1, 2),
            B=choice(1, 2),
            k=choice(1, 2, 3),
            a=vector("n"),
            eta=real(0),
            c=real(0, open_low=True),
            x=real(),
        ),
        hypotheses=[BATCH_FITS],
        sides=scaled_moment(s),
        relation="=",
        derivation=prove_scale(s),
        uses=[f"ma2021/definition-5@{s[1]}"],
        expected="conditional",
        note="$w_t$ from $cw_0$ is $c$ times $w_t$ from $w_0$ on the same batches, so both sides of the bound scale by $c^k$. A law of unbounded support is "
        "no multiple of a small one: in the readings @a and @b it is averaged over point masses, in @c its moment tensor is that of a law on finitely "
        "many points.",
    )


scale_invariances = {s: scale_invariance(s) for s in STABILITY}
scale_invariance_entry = Claim(
    id="ma2021/remark-scale-invariance",
    printed="Section 3, after Definition 5",
    kind="implication",
    statement="The condition of stability for small $w_0$ and for all $w_0$ is the same.",
    readings=list(scale_invariances.values()),
    expected="conditional",
)

# ---- which dynamics is closed -------------------------------------------------------------------------------------------------


def prove_not_closed(norm):
    """p = 2, one sample a = (1, 0), η = 1: A = diag(0, 1). From e_1 and from e_2 the moment is 1; after one step it is 0 and 1."""

    def prove(_):
        zero, one = sympy.Integer(0), sympy.Integer(1)
        first, second = (one, zero), (zero, one)
        step = (1 - one * one**2, one)
        after = [tuple(s * x for s, x in zip(step, w, strict=True)) for w in (first, second)]
        return concluding(
            chain(norm(first), eq(norm(second), by_expansion("both laws have the moment 1"), "before")),
            chain(
                norm(after[0]), lt(norm(after[1]), elementary("one step later they have 0 and 1"), "after")
            ),
        )

    return prove


def _euclidean(w):
    return sympy.sqrt(w[0] ** 2 + w[1] ** 2) ** K


def _entrywise(w):
    return abs(w[0]) ** K + abs(w[1]) ** K


def closed_dynamics(letter, shown, norm):
    return Claim(
        id=f"ma2021/remark-closed-dynamics@{letter}",
        printed="Section 3, before (14)",
        kind="implication",
        statement=rf"$\mathbb E w_t^{{\otimes k}}$ follows a closed linear dynamics; $\mathbb E{shown}$ does not: $\mathbb E{shown.replace('w_t', 'w_{t+1}')}$ is "
        rf"not determined by $\mathbb E{shown}$.",
        derivation=prove_not_closed(norm),
        uses=["ma2021/eq-15"],
        expected="conditional",
        note="The first part is (15). Two start laws with the same moment and different next ones, for every $k \\ge 1$. In one parameter "
        "$\\mathbb E|w_t|^k$ is closed, $\\mathbb E|w_{t+1}|^k = \\mathbb E_I|1-t_I|^k\\,\\mathbb E|w_t|^k$.",
    )


closed_readings = [
    closed_dynamics("a", r"\|w_t\|_2^k", _euclidean),
    closed_dynamics("b", r"\|w_t\|_k^k", _entrywise),
]
closed_entry = Claim(
    id="ma2021/remark-closed-dynamics",
    printed="Section 3, before (14)",
    kind="implication",
    statement=r"The moment tensor follows a closed dynamics, $\mathbb E\|w_t\|^k$ does not.",
    readings=closed_readings,
    expected="conditional",
)

# ---- SGD against GD -----------------------------------------------------------------------------------------------------------

ABOVE_TANGENT = Random("e_I", "I", "j", nonnegative=True)  # (t_I−1)^k − 1 − k(t_I−2) ≥ 0, by the first chain


def tangent_chain(k):
    """(t−1)^k ≥ 1 + k(t−2) for every t ≥ 0 and every k ≥ 1."""
    t = sympy.Symbol("t", nonnegative=True)
    tangent = 1 + k * (t - 2)
    return chain(
        (t - 1) ** k,
        ge(
            tangent,
            in_cases(
                "the cases $t \\le 1$ and $t \\ge 1$",
                t - 1,
                below=(
                    ge(-((1 - t) ** k), consequence("$k$ even or odd", power_of_either_sign(t - 1, k))),
                    ge(
                        tangent,
                        consequence(
                            "$(1-t)^k \\le 1-t$ and $(k-1)(2-t) \\ge 0$",
                            (1 - t) * power_increases(1, 1 - t, k - 1),
                            nonnegative_part((k - 1) * (1 - t)),
                            nonnegative_part(k - 1),
                        ),
                    ),
                ),
                above=(ge(tangent, consequence("the tangent at 1", power_above_tangent(t - 1, 1, k))),),
            ),
            "tangent",
        ),
    )


def mean_above_tangent(k):
    """E_I (t_I−1)^k = 1 + k(E t_I − 2) + E e_I."""
    return 1 + k * (expectation(LOAD, BATCH) - 2) + expectation(ABOVE_TANGENT, BATCH)


def step_of_gradient_descent(xp, n, B, k, a, eta):
    a = xp.asarray(a)
    return abs(1 - eta * (a**2).sum(axis=-1) / n), 1 + 0 * eta


def prove_harder(s):
    k, half = s.k, sympy.Rational(1, 2)
    entry = mean_above_tangent(k)
    at_eigenvector = granted_step(
        1 - entry**2 - norm_squared(REST),
        "(17) at $v^{\\otimes k}$, by Theorem 1, for a unit eigenvector $v$ of $H$ and $t_I = \\langle v,(\\mathrm{Id}-A_I)v\\rangle \\ge 0$; the "
        "coefficient of $T^kv^{\\otimes k}$ at $v^{\\otimes k}$ is $\\mathbb E_I(1-t_I)^k$",
    )
    return concluding(
        tangent_chain(k),
        chain(
            expectation(LOAD, BATCH),
            le(
                sympy.Integer(2),
                follows(
                    "$1 \\ge \\mathbb E_I(t_I-1)^k \\ge 1 + k(\\mathbb E_It_I-2)$: so $\\eta\\langle v,Hv\\rangle \\le 2$",
                    half / k * square(1 - entry),
                    half / k * at_eigenvector,
                    half / k * square(REST),
                    1 / k * expected(nonnegative_part(ABOVE_TANGENT), BATCH),
                ),
                "mean",
            ),
        ),
    )


def sgd_harder(s):
    return Claim(
        id=f"ma2021/remark-sgd-harder@{s}",
        printed="Section 3",
        kind="implication",
        statement=rf"If SGD with $(\eta, B)$ has {STABILITY[s]} for all $t$, then so has GD ($B = n$) with the same $\eta$.",
        space=one_parameter(),
        hypotheses=[BATCH_FITS, STABLE[s]],
        sides=step_of_gradient_descent,
        derivation=prove_harder,
        experiments=[REGIONS] if s == "sc" else [],
        uses=NECESSITY[s],
        expected="conditional",
        note="GD is deterministic, so it is stable in every reading and every order exactly if $\\|\\mathrm{Id}-\\eta H\\| \\le 1$. For an eigenvector $v$ of $H$ "
        "the number $t_I = \\langle v,(\\mathrm{Id}-A_I)v\\rangle \\ge 0$ has the mean $\\eta\\langle v,Hv\\rangle$. For $k = 1$ in reading @c both are equivalent.",
    )


sgd_harders = {s: sgd_harder(s) for s in STABILITY}
sgd_harder_entry = Claim(
    id="ma2021/remark-sgd-harder",
    printed="Section 3",
    kind="implication",
    statement=r"$k$-stable for SGD with $(\eta, B)$, $B < n$, implies $k$-stable for GD with the same $\eta$.",
    readings=list(sgd_harders.values()),
    expected="conditional",
)
