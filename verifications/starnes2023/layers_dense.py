r"""Appendix D.1, dense layers: (D.9), (D.10) and Proposition D.2, for every number of rows and columns.

l = ‖θ₊h(x) + b₊ − x₊‖² with θ₊ ∈ R^{d₊×d}; b₊, θ₊, x₊ and (unless it is input data) x are smoothed, u ~ N(0, I/2).

Found: everything holds, but for the reading ‖x₀‖² of the input case of Proposition D.2: the smoothed weights multiply
h(x₀), so the term is σ²d₊/2 ‖h(x₀)‖². "The activation" has to act coordinate-wise; see Proposition D.1(c).
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, vector
from theorycheck.derivations import derivation
from verifications.starnes2023.layers_arrays import (
    activation,
    dense,
    mean_of_square,
    moved,
    smoothed_activation,
    smoothed_but_input,
    split,
    squares,
)
from verifications.starnes2023.layers_rows import (
    Row,
    entries_add_up,
    mean_over,
    numbered,
    prove_row,
    row,
    says,
    sigma,
)

D_IN = sympy.Symbol("d", integer=True, positive=True)
NOT_INPUT = ("bias", "output", "weights")


def layer_space(**more):
    return Space(
        rows=choice(1, 2, 3),
        columns=choice(1, 2, 3),
        theta=matrix("rows", "columns"),
        b=vector("rows"),
        y=vector("rows"),
        x=vector("columns"),
        sigma=real(0),
        **more,
    )


# ---- (D.9), (D.10) ---------------------------------------------------------------------------------------------------------


def after_b_theta_output(xp, theta, b, y, x, c, sigma, rows, columns):
    z = activation(xp, x, c)
    left = smoothed_but_input(xp, theta, z, b, y, sigma, rows, columns)
    constant = sigma**2 * rows
    return left, squares(dense(theta, z, b, y), -1) + sigma**2 * rows / 2 * squares(z, -1) + constant


def row_but_input(n):
    """One row, inputs z = h(x) fixed."""
    r = Row(n)
    return row(n, NOT_INPUT), r.residual(r.x) ** 2 + sigma**2 / 2 * sum(z**2 for z in r.x) + sigma**2


def rows_but_input(name=""):
    squared_norm = sympy.Symbol("S", nonnegative=True)  # ‖h(x)‖², the same in every row
    return entries_add_up(
        {"r": 1},
        sigma**2 / 2 * squared_norm + sigma**2,
        "add up the rows, as many as $d_+$: $r$ is the squared residual of a row, $S = \\|h(x)\\|^2$",
        name,
    )


def prove_but_input(_):
    chains = (
        prove_row("one row: $\\theta$, $b$, $y$ smoothed, $x$ stands for $h(x)$", row_but_input),
        rows_but_input(),
    )
    return derivation(*chains, concludes=says(*chains))


eq_d_9 = Claim(
    id="starnes2023/eq-d.9",
    printed="(D.9)",
    kind="identity",
    statement=r"Smoothing $b_+$, $\theta_+$, $x_+$ turns $\|\theta_+h(x)+b_+-x_+\|^2$ into "
    r"$\|\theta_+h(x)+b_+-x_+\|^2 + \frac{\sigma^2d_+}2\|h(x)\|^2 + \sigma^2d_+$.",
    space=layer_space(c=real()),
    sides=after_b_theta_output,
    relation="=",
    derivation=prove_but_input,
    uses=["starnes2023/definition-smoothing", "starnes2023/identity-d-sequential"],
    expected="conditional",
    note="For every $h$, $d$ and $d_+$. The hunt uses $h(x) = x^2+cx$.",
)


def after_b_theta_output_identity(xp, theta, b, y, x, sigma, rows, columns):
    left = smoothed_but_input(xp, theta, x, b, y, sigma, rows, columns)
    constant = sigma**2 * rows
    return left, squares(dense(theta, x, b, y), -1) + sigma**2 * rows / 2 * squares(x, -1) + constant


eq_d_10 = Claim(
    id="starnes2023/eq-d.10",
    printed="(D.10)",
    kind="identity",
    statement=r"For $h(x)=x$: $\|\theta_+x+b_+-x_+\|^2 + \frac{\sigma^2d_+}2\|x\|^2 + \sigma^2d_+$.",
    space=layer_space(),
    sides=after_b_theta_output_identity,
    relation="=",
    derivation=prove_but_input,
    uses=["starnes2023/eq-d.9"],
    expected="conditional",
)

# ---- Proposition D.2, input data ---------------------------------------------------------------------------------------


def input_data(reading):
    def sides(xp, theta, b, y, x, c, sigma, rows, columns):
        z = activation(xp, x, c)
        left = smoothed_but_input(xp, theta, z, b, y, sigma, rows, columns)
        size = squares(x, -1) if reading == "a" else squares(z, -1)
        return left, squares(dense(theta, z, b, y), -1) + sigma**2 * rows / 2 * size + sigma**2 * rows

    return sides


def rows_with_constant(constant, name):
    return entries_add_up({"r": 1}, constant, "the same in every row", name)


def printed_input(_):
    def bias(n):
        r = Row(n)
        return row(n, ("bias",)), r.residual(r.x) ** 2 + sigma**2 / 2

    def output(n):
        r = Row(n)
        return row(n, ("bias", "output")), r.residual(r.x) ** 2 + sigma**2

    return derivation(
        prove_row("smoothing $b_+$ adds $\\frac{\\sigma^2}2$ to a row", bias, "L1, a row"),
        rows_with_constant(sigma**2 / 2, "L1"),
        prove_row("$x_+$ adds another", output, "L2, a row"),
        rows_with_constant(sigma**2, "L2"),
        prove_row("(D.9): $\\theta_+$", row_but_input, "L3, a row"),
        rows_but_input("L3"),
    )


input_a = Claim(
    id="starnes2023/proposition-d.2-input@a",
    printed="Proposition D.2",
    kind="identity",
    statement=r"For input data $x = x_0$: $l_\sigma = \|\theta_1h(x_0)+b_1-x_1\|^2 + \frac{\sigma^2d_+}2\|x_0\|^2 + \sigma^2d_+$.",
    space=layer_space(c=real()),
    sides=input_data("a"),
    relation="=",
    uses=["starnes2023/eq-d.9"],
    expected="refuted",
    note="The weights multiply $h(x_0)$: (D.9) gives $\\|h(x_0)\\|^2$, which is $\\|x_0\\|^2$ only for special $h$ such as the "
    "identity. The instances have $h(x) = x^2+cx$.",
)
input_b = Claim(
    id="starnes2023/proposition-d.2-input@b",
    printed="Proposition D.2",
    kind="identity",
    statement=r"For input data $x = x_0$: $l_\sigma = \|\theta_1h(x_0)+b_1-x_1\|^2 + \frac{\sigma^2d_+}2\|h(x_0)\|^2 + \sigma^2d_+$.",
    space=layer_space(c=real()),
    sides=input_data("b"),
    relation="=",
    derivation=prove_but_input,
    printed_proof=printed_input,
    uses=["starnes2023/eq-d.9"],
    expected="conditional",
)
input_layer = Claim(
    id="starnes2023/proposition-d.2-input",
    printed="Proposition D.2",
    kind="identity",
    statement=r"Dense layer on input data: $l_\sigma = \|\theta_1h(x_0)+b_1-x_1\|^2 + \frac{\sigma^2d_+}2N + \sigma^2d_+$, "
    r"$N$ open in print.",
    readings=[input_a, input_b],
    expected="inconclusive",
)
input_a_corrected = Claim(
    id="starnes2023/proposition-d.2-input@a-corrected",
    printed="Proposition D.2, corrected",
    kind="identity",
    statement=r"With $x_1 = \theta_1x_0+b_1$ as in (D.5), so $h(x)=x$: $l_\sigma = \|\theta_1x_0+b_1-x_1\|^2 + "
    r"\frac{\sigma^2d_+}2\|x_0\|^2 + \sigma^2d_+$.",
    space=layer_space(),
    sides=after_b_theta_output_identity,
    relation="=",
    derivation=prove_but_input,
    corrects="starnes2023/proposition-d.2-input@a",
    uses=["starnes2023/eq-d.10"],
    expected="conditional",
)

# ---- Proposition D.2, general ------------------------------------------------------------------------------------------


def fully_smoothed(xp, theta, b, y, x, c, sigma, rows, columns):
    """E‖(θ+σU)h(x+σV) + b+σB − y−σY‖²: first over U, B, Y, then over V, in which it has degree 4."""

    def at(v):
        return smoothed_but_input(
            xp, theta, activation(xp, moved(sigma, x, v), c), b, y, sigma, rows, columns
        )

    return xp.gaussian_mean(at, columns, 4)


def general(xp, theta, b, y, x, c, sigma, rows, columns):
    left = fully_smoothed(xp, theta, b, y, x, c, sigma, rows, columns)
    mean, square = smoothed_activation(xp, x, c, sigma)
    weights = (theta**2).sum(axis=-2)  # Σ over rows
    regulariser = (weights * square).sum(axis=-1) - (weights * mean**2).sum(axis=-1)
    constant = sigma**2 * rows * (1 + square.sum(axis=-1) / 2)
    return left, squares(dense(theta, mean, b, y), -1) + regulariser + constant


def activated_row(n):
    """One row with everything smoothed."""
    r = Row(n)
    spread = sum(t**2 * (q**2 - m**2) for t, q, m in zip(r.theta, r.q, r.m, strict=True))
    right = r.residual(r.m) ** 2 + spread + sigma**2 / 2 * sum(q**2 for q in r.q) + sigma**2
    return row(n, activation=True), right


def activated_rows(name=""):
    size = sympy.Symbol("Q", nonnegative=True)  # ‖q_σ(x)‖²
    return entries_add_up(
        {"r": 1, "v": 1, "w": -1},
        sigma**2 / 2 * size + sigma**2,
        "add up the rows, as many as $d_+$: $v$, $w$ are the squared norms of a row of $\\theta_+\\mathrm{diag}\\,q_\\sigma$ and of "
        "$\\theta_+\\mathrm{diag}\\,h_\\sigma$, $Q = \\|q_\\sigma(x)\\|^2$",
        name,
    )


def prove_general(_):
    chains = (
        prove_row("one row: $\\mathbb E H_j = m_j$, $\\mathbb E H_j^2 = q_j^2$, independent", activated_row),
        activated_rows(),
    )
    return derivation(*chains, concludes=says(*chains))


def printed_general(_):
    def affine(n):
        r = Row(n)
        spread = sum(t**2 * q**2 for t, q in zip(r.theta, r.q, strict=True))
        spread -= sum(t**2 * m**2 for t, m in zip(r.theta, r.m, strict=True))
        return row(n, ("input",), activation=True), r.residual(r.m) ** 2 + spread

    def size(n):
        r, h = Row(n), numbered("H", n)
        moments = {v: (m, q**2) for v, m, q in zip(h, r.m, r.q, strict=True)}
        right = sum(m**2 for m in r.m) + sum(q**2 for q in r.q) - sum(m**2 for m in r.m)
        return mean_over(sum(v**2 for v in h), moments), right

    return derivation(
        prove_row("(D.9), a row", row_but_input, "L1"),
        prove_row("its first term by Proposition D.1(c)", affine, "L2"),
        prove_row("$\\|h(x)\\|^2$ by Proposition D.1(c) with $A = I$, $b = 0$", size, "L3"),
        activated_rows("L4"),
    )


general_layer = Claim(
    id="starnes2023/proposition-d.2-general",
    printed="Proposition D.2",
    kind="identity",
    statement=r"Otherwise $l_\sigma = \|\theta_+h_\sigma(x)+b_+-x_+\|^2 + \|\theta_+\mathrm{diag}\,q_\sigma(x)\|_F^2 - "
    r"\|\theta_+\mathrm{diag}\,h_\sigma(x)\|_F^2 + \sigma^2d_+(1+\frac12\|q_\sigma(x)\|^2)$.",
    space=Space(
        rows=choice(1, 2),
        columns=choice(1, 2),
        theta=matrix("rows", "columns"),
        b=vector("rows"),
        y=vector("rows"),
        x=vector("columns"),
        c=real(),
        sigma=real(0),
    ),
    sides=general,
    relation="=",
    derivation=prove_general,
    printed_proof=printed_general,
    uses=["starnes2023/eq-d.9", "starnes2023/proposition-d.1c@a", "starnes2023/identity-d-sequential"],
    expected="conditional",
    note="For every $d$, $d_+$ and every activation that acts coordinate-wise and has finite second moments. (For a vector "
    "function $h$ whose coordinates share components of $u$ the formula lacks covariances, as Proposition D.1(c) does.) "
    "The hunt uses $h(x) = x^2+cx$.",
)


def with_identity(xp, theta, b, y, x, sigma, rows, columns):
    def residual(u):
        du, dx, db, dy = split(xp, u, (rows, columns), (columns,), (rows,), (rows,))
        inputs = moved(sigma, x, dx)
        return dense(moved(sigma, theta, du), inputs, moved(sigma, b, db), moved(sigma, y, dy))

    left = mean_of_square(xp, residual, rows * columns, columns, 2 * rows)
    right = squares(dense(theta, x, b, y), -1) + sigma**2 / 2 * squares(theta, (-2, -1))
    right = right + sigma**2 * rows / 2 * squares(x, -1) + sigma**4 * columns * rows / 4 + sigma**2 * rows
    return left, right


def identity_row(n):
    """One row with everything smoothed, h the identity."""
    r = Row(n)
    sizes = sum(t**2 for t in r.theta) + sum(x**2 for x in r.x)
    return row(n), r.residual(r.x) ** 2 + sigma**2 / 2 * sizes + sigma**4 * sympy.Rational(n, 4) + sigma**2


def identity_rows(name=""):
    size = sympy.Symbol("S", nonnegative=True)  # ‖x‖²
    return entries_add_up(
        {"r": 1, "t": sigma**2 / 2},
        sigma**2 / 2 * size + sigma**4 * D_IN / 4 + sigma**2,
        "add up the rows, as many as $d_+$: $t$ is the squared norm of a row of $\\theta_+$, $S = \\|x\\|^2$, $n = d$ columns",
        name,
    )


def prove_identity(_):
    chains = (prove_row("one row: everything smoothed, $h(x)=x$", identity_row), identity_rows())
    return derivation(*chains, concludes=says(*chains))


def printed_identity(_):
    def first(n):
        r = Row(n)
        return row(n, ("input",)), r.residual(r.x) ** 2 + sigma**2 / 2 * sum(t**2 for t in r.theta)

    def second(n):
        r, v = Row(n), numbered("V", n)
        half = {u: (0, sympy.Rational(1, 2)) for u in v}
        left = mean_over(sum((x + sigma * u) ** 2 for x, u in zip(r.x, v, strict=True)), half)
        return left, sum(x**2 for x in r.x) + sigma**2 * sympy.Rational(n, 2)

    return derivation(
        prove_row("(D.10), a row", row_but_input, "L1"),
        prove_row("its first term gains $\\frac{\\sigma^2}2\\|\\theta_+\\|_F^2$, a row", first, "L2"),
        prove_row("its second: $\\|x\\|^2$ becomes $\\|x\\|^2+\\frac{\\sigma^2d}2$", second, "L3"),
    )


identity_layer = Claim(
    id="starnes2023/proposition-d.2-identity",
    printed="Proposition D.2",
    kind="identity",
    statement=r"If $h(x)=x$: $l_\sigma = \|\theta_+x+b_+-x_+\|^2 + \frac{\sigma^2}2\|\theta_+\|_F^2 + "
    r"\frac{\sigma^2d_+}2\|x\|^2 + \frac{\sigma^4dd_+}4 + \sigma^2d_+$.",
    space=layer_space(),
    sides=with_identity,
    relation="=",
    derivation=prove_identity,
    printed_proof=printed_identity,
    uses=["starnes2023/eq-d.10", "starnes2023/identity-d-sequential"],
    expected="conditional",
    note="For every $d$ and $d_+$.",
)
