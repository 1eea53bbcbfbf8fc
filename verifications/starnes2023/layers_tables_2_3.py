r"""Tables 2 and 3.

Table 2, found: row (1) is false. The first layer acts on data x₀, which is not smoothed, so Proposition D.2 leaves h(x₀); the
table has h_σ(x₀). Row (6) leaves out the weight 1−p of the identity, as Table 1 does. Rows (2), (3), (4), (7) hold, and (5)
with w_l² and the norm of squared pixels.

Table 3, found: all rows hold; it has the minus that Table 1 lacks.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, vector
from theorycheck.derivations import derivation
from verifications.starnes2023.layers_arrays import (
    activation,
    dense,
    smoothed_activation,
    smoothed_but_input,
    squares,
)
from verifications.starnes2023.layers_convolution import prove_but_input as prove_first_convolution
from verifications.starnes2023.layers_convolution import prove_general as prove_convolution
from verifications.starnes2023.layers_dense import prove_but_input, prove_general, prove_identity
from verifications.starnes2023.layers_dropout_pooling import prove_average_pooling
from verifications.starnes2023.layers_rows import (
    gaussian_moments,
    mean_over,
    numbered,
    prove_row,
    says,
    sigma,
)
from verifications.starnes2023.layers_table_1 import prove_activation, prove_flatten

# ---- Table 2 -----------------------------------------------------------------------------------------------------------------


def first_row(printed):
    """Layer 1: what is smoothed and what is printed, both minus their values at θ = b = x_1 = 0; x_0 is data."""

    def sides(xp, theta, b, y, x, c, sigma, rows, columns):
        inputs = activation(xp, x, c)
        shown = smoothed_activation(xp, x, c, sigma)[0] if printed else inputs

        def both(theta, b, y):
            smoothed = smoothed_but_input(xp, theta, inputs, b, y, sigma, rows, columns)
            return smoothed, squares(dense(theta, shown, b, y), -1)

        at, zero = both(theta, b, y), both(xp.zeros_like(theta), xp.zeros_like(b), xp.zeros_like(y))
        return at[0] - zero[0], at[1] - zero[1]

    return sides


def first_layer_space():
    return Space(
        rows=choice(1, 2),
        columns=choice(1, 2),
        theta=matrix("rows", "columns"),
        b=vector("rows"),
        y=vector("rows"),
        x=vector("columns"),
        c=real(),
        sigma=real(0),
    )


USES = [
    "starnes2023/proposition-d.2-input@b",
    "starnes2023/proposition-d.2-general",
    "starnes2023/proposition-d.2-identity",
    "starnes2023/proposition-d.3-input@b",
    "starnes2023/proposition-d.3-general@b",
    "starnes2023/proposition-d.4",
    "starnes2023/proposition-d.5",
]
ROWS = (
    r"(2) $l>1$: $\theta_lh_\sigma(x_{l-1})+b_l$; $\|\theta_l\mathrm{diag}\,q_\sigma\|_F^2-\|\theta_l\mathrm{diag}\,h_\sigma\|_F^2+"
    r"\frac{\sigma^2d_l}2\|q_\sigma\|^2$ at $x_{l-1}$. (3) $l>1$: $\theta_lx_{l-1}+b_l$; $\frac{\sigma^2}2\|\theta_l\|_F^2+"
    r"\frac{\sigma^2d_l}2\|x_{l-1}\|^2$. (4) $l=1$: $x_{l-1}*\theta_l+b_l$; —. (5) $l>1$: $x_{l-1}*\theta_l+b_l$; "
)
table_2 = Claim(
    id="starnes2023/table-2",
    printed="Table 2",
    kind="table",
    statement=r"Original to smoothed constraint; regulariser. (1) $l=1$: $x_l=\theta_lh(x_{l-1})+b_l$ to $\theta_lh_\sigma(x_{l-1})"
    r"+b_l$; —. "
    + ROWS
    + r"$\frac{\sigma^2w_l^p}2\|\theta_l\|_F^2+\frac{\sigma^2}2\|x_{l-1}\|_{C_l}^2$. (6) $l\ge1$: "
    r"$\mathrm{Drop}(x_{l-1})$ to $x_l=x_{l-1}$; $p\|x_l\|^2$. (7) average pooling; —.",
    space=first_layer_space(),
    sides=first_row(printed=True),
    relation="=",
    uses=USES,
    expected="refuted",
    note="What is compared is row (1): input data is not smoothed, so $h(x_0)$ stays; the table has $h_\\sigma(x_0)$. (If $x_0$ were "
    "smoothed, row (1) would need the regulariser of row (2).) It holds for $h(x)=x$. Row (6) has the wrong weight in front of "
    "$\\|x_{l-1}-x_l\\|^2$, see `table-1-dropout`; row (5) holds with $w_l^2$ and squared pixels; the others hold. The hunt "
    "has $h(x) = x^2+cx$.",
)


def dropout_layer(n):
    """E of p‖y‖² + (1−p)‖x−y‖² with x and y smoothed, n coordinates."""
    p = sympy.Symbol("p", nonnegative=True)
    x, y, v, w = (numbered(name, n) for name in ("x", "y", "V", "Y"))
    total = sum(
        p * (y[j] + sigma * w[j]) ** 2 + (1 - p) * (x[j] + sigma * v[j] - y[j] - sigma * w[j]) ** 2
        for j in range(n)
    )
    right = sum(p * y[j] ** 2 + (1 - p) * (x[j] - y[j]) ** 2 for j in range(n))
    return mean_over(total, gaussian_moments(*v, *w)), right + (1 - p / 2) * sigma**2 * n


def prove_table_2(s):
    proofs = (
        prove_but_input,
        prove_general,
        prove_identity,
        prove_first_convolution,
        prove_convolution,
        prove_average_pooling,
    )
    chains = [c for proof in proofs for c in proof(s).chains]
    chains.append(prove_row("row (6), dropout, $n = d$ coordinates", dropout_layer))
    return derivation(*chains, concludes=says(*chains))


table_2_corrected = Claim(
    id="starnes2023/table-2-corrected",
    printed="Table 2, corrected",
    kind="table",
    statement=r"(1) $l=1$: $\theta_1h(x_0)+b_1$; —. "
    + ROWS
    + r"$\frac{\sigma^2w_l^2}2\|\theta_l\|_F^2+\frac{\sigma^2}2\|x_{l-1}\|_{C_l}^2$ with the sum over windows of squared pixels. "
    r"(6) $x_l=x_{l-1}$ with the weight $1-p$; $p\|x_l\|^2$. (7) average pooling; —.",
    space=first_layer_space(),
    sides=first_row(printed=False),
    relation="=",
    derivation=prove_table_2,
    corrects="starnes2023/table-2",
    uses=USES,
    expected="conditional",
    note="The derivation goes through all rows; the hunt looks at row (1).",
)

# ---- Table 3 -----------------------------------------------------------------------------------------------------------------


def prove_table_3(s):
    proofs = (prove_first_convolution, prove_activation, prove_average_pooling, prove_flatten, prove_identity)
    chains = [c for proof in proofs for c in proof(s).chains]
    return derivation(*chains, concludes=says(*chains))


table_3 = Claim(
    id="starnes2023/table-3",
    printed="Table 3",
    kind="table",
    statement=r"$\|x_0*\theta_1+b_1-x_1\|_F^2$: same, —. $\|h(x_1)-x_1'\|_F^2$: $\|h_\sigma(x_1)-x_1'\|_F^2$, "
    r"$\|q_\sigma(x_1)\|_F^2-\|h_\sigma(x_1)\|_F^2$. $\|\mathrm{Pool}(x_1')-x_2\|_F^2$, $\|\mathrm{Flatten}(x_2)-x_3\|^2$: same, —. "
    r"$\|\theta_4x_3+b_4-x_4\|^2$: same, $\frac{\sigma^2}2\|\theta_4\|_F^2+\frac{\sigma^2d_4}2\|x_3\|^2$. $\|h(x_4)-x_4'\|^2$: "
    r"$\|h_\sigma(x_4)-x_4'\|^2$, $\|q_\sigma(x_4)\|^2-\|h_\sigma(x_4)\|^2$. $\|\theta_5x_4'+b_5-x_5\|^2$: same, "
    r"$\frac{\sigma^2}2\|\theta_5\|_F^2+\frac{\sigma^2d_5}2\|x_4'\|^2$. Constants omitted.",
    derivation=prove_table_3,
    uses=[
        "starnes2023/proposition-d.1c@a",
        "starnes2023/proposition-d.1d",
        "starnes2023/proposition-d.2-identity",
        "starnes2023/proposition-d.3-input@b",
        "starnes2023/proposition-d.5",
    ],
    expected="conditional",
    note="In every row what is smoothed minus what is printed is the constant that its link shows; $\\|x_0\\|_{C_1}^2$ is data.",
)
