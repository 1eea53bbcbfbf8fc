r"""The positive cone of symmetric tensors, in two readings, and the decomposition (29).

Reading @a, nonnegative forms: from k = 4 and p = 2 on the cone has elements that are no combination Σ λ_i v_i^{⊗k} with λ_i > 0, such as
the form 6x²y²: its tensor has M_1111 = M_2222 = 0 and M_1122 = 1, and Σ λ_i v_{i,1}^4 = 0 forces v_{i,1} = 0 in every term. So (29)
is false there. For k = 2 it is the spectral theorem. Reading @b, moment tensors: (29) says what the cone is.
"""

from fractions import Fraction

import sympy

from theorycheck import Claim, Refutation
from theorycheck.algebra import expectation
from theorycheck.algebra.expectation import index
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    elementary,
    eq,
    expected,
    ge,
    le,
    square,
)
from verifications.ma2021.reasons import Random, concluding


def form_value(tensor, v):
    """⟨M, v^{⊗k}⟩ of one symmetric tensor: reading @a asks that it is never negative."""
    value = tensor
    while getattr(value, "ndim", 0):
        value = value @ v
    return value


def moment_tensor(weights, vectors, k):
    """Σ λ_i v_i^{⊗k}, reading @b for λ_i ≥ 0; `vectors` has shape (s, p)."""
    import numpy as np

    total = 0
    for weight, vector in zip(weights, vectors, strict=True):
        power = vector
        for _ in range(k - 1):
            power = np.multiply.outer(power, vector)
        total = total + weight * power
    return total


READINGS = {
    "a": (
        r"$\langle M, v^{\otimes k}\rangle \ge 0$ for all $v$",
        "verifications.ma2021.positive_cone:form_value",
    ),
    "b": (
        r"$M = \sum\lambda_iv_i^{\otimes k}$ with $\lambda_i \ge 0$ (the moment tensors)",
        "verifications.ma2021.positive_cone:moment_tensor",
    ),
}


def _cone(reading):
    says, implementation = READINGS[reading]
    return Claim(
        id=f"ma2021/definition-psd-cone@{reading}",
        printed="Section 3",
        kind="definition",
        statement=rf"$\mathcal M_k$: symmetric tensors of order $k$ over $\mathbb R^p$; $\mathcal M_k^+$: those with {says}.",
        implements=[implementation],
        expected="defined",
    )


cones = {reading: _cone(reading) for reading in READINGS}
cone = Claim(
    id="ma2021/definition-psd-cone",
    printed="Section 3",
    kind="definition",
    statement=r"$\mathcal M_k$: symmetric tensors of order $k$; $\mathcal M_k^+$: the positive semidefinite ones.",
    readings=list(cones.values()),
    expected="defined",
    note="The readings agree for $k = 2$ and for $p = 1$, and differ from $k = 4$, $p = 2$ on.",
)

# ---- (29) ----------------------------------------------------------------------------------------------------------------


def _entries():
    """M = Σ λ_i v_i^{⊗4} with λ_i > 0: M_1111, M_1122, M_2222 as means of x⁴, x²y², y⁴ (Σ λ_i times)."""
    x, y, terms = Random("v_{i,1}", "i"), Random("v_{i,2}", "i"), index("i")
    return x, y, terms


def obstruction_chain():
    x, y, terms = _entries()
    return chain(
        2 * expectation(x**2 * y**2, terms),
        le(
            expectation(x**4 + y**4, terms),
            consequence(
                "$2M_{1122} \\le M_{1111} + M_{2222}$ for every moment tensor",
                expected(square(x**2 - y**2), terms),
            ),
        ),
    )


def prove_obstruction(_):
    """The form 6x²y² is nonnegative, and every moment tensor has 2M_1122 ≤ M_1111 + M_2222."""
    x, y = sympy.symbols("x y", real=True)
    return concluding(
        chain(6 * x**2 * y**2, ge(sympy.Integer(0), elementary("the form of $M$ is nonnegative"))),
        obstruction_chain(),
    )


def entries_of_tensor(xp, M):
    """M = (M_1111, M_1122, M_2222)."""
    return 2 * M[:, 1], M[:, 0] + M[:, 2]


STATEMENT_29 = (
    r"For even $k$ every $M \in \mathcal M_k^+$ is $\sum_{i=1}^s\lambda_iv_i^{\otimes k}$ with all $\lambda_i > 0$; for odd $k$ every "
    r"$M \in \mathcal M_k$ is such a sum with some $\lambda_i$ possibly negative"
)
equation_29_a = Claim(
    id="ma2021/eq-29@ca",
    printed="(29)",
    kind="implication",
    statement=STATEMENT_29 + " ($\\mathcal M_k^+$: nonnegative forms).",
    refutation=Refutation(
        derivation=prove_obstruction,
        explanation="k = 4, p = 2: the form 6x²y² is nonnegative, so its tensor M (M_1122 = 1, M_1111 = M_2222 = 0) is in the cone, but every "
        "sum of fourth powers with positive coefficients has 2 M_1122 ≤ M_1111 + M_2222",
        sides=entries_of_tensor,
        relation="<=",
        instance={"M": (Fraction(0), Fraction(1), Fraction(0))},
    ),
    uses=["ma2021/definition-psd-cone@a"],
    expected="contested",
    note="The part on odd $k$ is true in both readings, and so is $k = 2$ (the correction).",
)


def prove_signs(_):
    """Zero weights are dropped; for odd k a sign goes into the vector, λv^{⊗k} = |λ|(sgn(λ)v)^{⊗k}, read at u with x = ⟨v, u⟩."""
    x = sympy.Symbol("x", real=True)
    weight = sympy.Symbol("lambda", positive=True)
    m = sympy.Symbol("m", positive=True, integer=True)
    return concluding(
        chain(
            -weight * x ** (2 * m - 1),
            eq(weight * (-x) ** (2 * m - 1), by_expansion("a negative coefficient, odd $k$"), "odd"),
        ),
        chain(
            weight * x**2,
            eq(
                (sympy.sqrt(weight) * x) ** 2,
                by_expansion("a positive coefficient is absorbed as well"),
                "even",
            ),
        ),
    )


equation_29_b = Claim(
    id="ma2021/eq-29@cb",
    printed="(29)",
    kind="implication",
    statement=STATEMENT_29 + " ($\\mathcal M_k^+$: moment tensors).",
    derivation=prove_signs,
    uses=["ma2021/definition-psd-cone@b", "ma2021/remark-symmetric-decomposition"],
    expected="conditional",
    note="Even $k$: this is the definition of the cone in this reading, once terms with $\\lambda_i = 0$ are left out ($M = 0$ is the empty sum, or "
    "$0^{\\otimes k}$). Odd $k$: the decomposition of symmetric tensors.",
)
equation_29 = Claim(
    id="ma2021/eq-29",
    printed="(29)",
    kind="implication",
    statement=STATEMENT_29 + ".",
    readings=[equation_29_a, equation_29_b],
    expected="inconclusive",
)


def prove_spectral(_):
    """k = 2: completing the square splits off one term, and what is left is a nonnegative form in one variable less."""
    a = sympy.Symbol("m_11", positive=True)
    b, c, x, y = sympy.symbols("m_12 m_22 x y", real=True)
    form = a * x**2 + 2 * b * x * y + c * y**2
    return concluding(
        chain(
            form,
            eq(a * (x + b / a * y) ** 2 + (c - b**2 / a) * y**2, by_expansion("completing the square")),
        ),
        chain(
            form.subs(x, -b / a * y),
            eq((c - b**2 / a) * y**2, by_expansion("the rest is a value of the form, hence nonnegative")),
        ),
    )


equation_29_corrected = Claim(
    id="ma2021/eq-29@ca-corrected",
    printed="(29), corrected",
    kind="implication",
    statement=r"For $k = 2$ every $M$ with $\langle M, v\otimes v\rangle \ge 0$ for all $v$ is $\sum_i\lambda_iv_i\otimes v_i$ with $\lambda_i > 0$; for odd $k$ "
    r"every $M \in \mathcal M_k$ is a sum $\sum_i\lambda_iv_i^{\otimes k}$.",
    derivation=prove_spectral,
    corrects="ma2021/eq-29@ca",
    uses=["ma2021/remark-symmetric-decomposition"],
    expected="conditional",
    note="The chains show two variables; for more the same step splits off one square after another ($y$ stands for the linear form that goes with "
    "$m_{12}$; a variable with $m_{11} = 0$ does not occur in a nonnegative form at all).",
)
