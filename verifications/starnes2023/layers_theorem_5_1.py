r"""Section 5: Theorem 5.1 for feedforward networks, and the regularisers r₁, r₂.

What is judged: the exact smoothing of the unconstrained problem (D.6), (D.8) minus the printed objective with its
constraints as penalties does not depend on (x, θ, b).

Found, feedforward: true with r₁ as in reading @b (c = 1/2, the number of rows of θ), false in the other three. The last step
of the printed proof, "turn the penalties back into constraints", is no equivalence of the two problems: the penalised one
can have a smaller minimum.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real, vector
from theorycheck.derivations import by_expansion, chain, derivation, elementary, eq, le
from verifications.starnes2023.layers_arrays import (
    dense,
    mean_of_square,
    moved,
    noisy_activation,
    smoothed_activation,
    smoothed_but_input,
    split,
    squares,
)
from verifications.starnes2023.layers_dense import (
    activated_row,
    activated_rows,
    row_but_input,
    rows_but_input,
)
from verifications.starnes2023.layers_rows import numbered, prove_row, row, says, sigma

# ---- the regularisers ------------------------------------------------------------------------------------------------------

R1 = {"a": (1, "argument"), "b": (1, "rows"), "c": (2, "argument"), "d": (2, "rows")}
"""Twice the constant c, and the dimension, of every reading."""
R1_TEXT = {"argument": r"the dimension of $x$", "rows": r"the number of rows of $\theta$"}


def _definition_r1(letter):
    doubled, kind = R1[letter]
    constant = r"\frac12" if doubled == 1 else "1"
    return Claim(
        id=f"starnes2023/definition-r1@{letter}",
        printed="Section 5",
        kind="definition",
        statement=r"$r_1(x,\theta) = \|\theta\,\mathrm{diag}\,q_\sigma(x)\|_F^2-\|\theta\,\mathrm{diag}\,h_\sigma(x)\|_F^2+"
        rf"c\,\sigma^2\dim\,\|q_\sigma(x)\|^2$ with $c = {constant}$ and dim {R1_TEXT[kind]}.",
        implements=["theorycheck.lab.networks.printed:r1"],
        tests=["tests/test_networks_printed.py"],
        expected="defined",
        note="The reading that is the regulariser of Proposition D.2."
        if letter == "b"
        else "Not that of Proposition D.2.",
    )


r1_readings = tuple(_definition_r1(letter) for letter in R1)
definition_r1 = Claim(
    id="starnes2023/definition-r1",
    printed="Section 5",
    kind="definition",
    statement=r"$r_1(x,\theta) = \|\theta\,\mathrm{diag}\,q_\sigma(x)\|_F^2-\|\theta\,\mathrm{diag}\,h_\sigma(x)\|_F^2+"
    r"c\,\sigma^2\dim(x)\,\|q_\sigma(x)\|^2$, $c$ and dim open in print.",
    readings=r1_readings,
    expected="defined",
)

# ---- the feedforward network of two layers on arrays, h(x) = x² + cx -----------------------------------------------------


def printed_r1(x, theta, mean, square, sigma, doubled, kind):
    weights = (theta**2).sum(axis=-2)
    size = theta.shape[-1] if kind == "argument" else theta.shape[-2]
    spread = (weights * square).sum(axis=-1) - (weights * mean**2).sum(axis=-1)
    return spread + doubled * sigma**2 * size / 2 * square.sum(axis=-1)


def output_loss(xp, x, y, sigma, size):
    """E‖x + σu − y‖²."""
    return mean_of_square(xp, lambda u: moved(sigma, x, u) - y, 0, 0, size)


def smoothed_ffnn(xp, x0, y, theta1, b1, theta2, b2, x1, x2, c, sigma, lambda1, lambda2, d0, d1, d2):
    """The smoothing of (D.6) with L = 2 and one data point."""
    first = smoothed_but_input(xp, theta1, x0, b1, x1, sigma, d1, d0)

    inputs = noisy_activation(xp, x1, c, sigma)

    def residual(u):
        shapes = ((d2, d1), (d1,), (d1,), (d2,), (d2,))
        dt, v, t, db, dy = split(xp, u, *shapes)
        return dense(moved(sigma, theta2, dt), inputs(v, t), moved(sigma, b2, db), moved(sigma, x2, dy))

    second = mean_of_square(xp, residual, d2 * d1, 2 * d1, 2 * d2)
    return output_loss(xp, x2, y, sigma, d2) + lambda1 * first + lambda2 * second


def ffnn(letter):
    doubled, kind = R1[letter]

    def printed(xp, x0, y, theta1, b1, theta2, b2, x1, x2, c, sigma, lambda1, lambda2):
        mean, square = smoothed_activation(xp, x1, c, sigma)
        second = squares(dense(theta2, mean, b2, x2), -1)
        second = second + printed_r1(x1, theta2, mean, square, sigma, doubled, kind)
        return squares(x2 - y, -1) + lambda1 * squares(dense(theta1, x0, b1, x1), -1) + lambda2 * second

    def sides(xp, x0, y, theta1, b1, theta2, b2, x1, x2, c, sigma, lambda1, lambda2, d0, d1, d2):
        variables = (theta1, b1, theta2, b2, x1, x2)
        scales = (c, sigma, lambda1, lambda2)
        zeros = [xp.zeros_like(v) for v in variables]
        left = smoothed_ffnn(xp, x0, y, *variables, *scales, d0, d1, d2)
        right = printed(xp, x0, y, *variables, *scales)
        left_at_zero = smoothed_ffnn(xp, x0, y, *zeros, *scales, d0, d1, d2)
        return left - left_at_zero, right - printed(xp, x0, y, *zeros, *scales)

    return sides


# ---- the proof -------------------------------------------------------------------------------------------------------------


def output_entry(name=""):
    b, y = sympy.symbols("b y", real=True)
    left = row(0, ("output",))
    text = "an entry of $\\|x_L-y\\|^2$ ($b$ the target): $\\frac{\\sigma^2}2$ more"
    return chain(left, eq((b - y) ** 2 + sigma**2 / 2, by_expansion(text), name))


def layers_add_up(name=""):
    """Σ_l λ_l (A_l + R_l + K_l): squared residuals, regularisers, constants."""

    def sides(n):
        lam, a, r, k = (numbered(key, n) for key in ("lambda", "A", "R", "K"))
        left = sum(lam[i] * (a[i] + r[i] + k[i]) for i in range(n))
        parts = [sum(lam[i] * part[i] for i in range(n)) for part in (a, r, k)]
        return left, sum(parts)

    return prove_row("add up the layers: the constants $K_l$ come out", sides, name)


def r1_appears(name=""):
    """A layer's terms beyond its squared residual are r₁ of reading @b and σ²d_l."""
    v, w, q = sympy.symbols("V W Q", real=True)
    d = sympy.Symbol("d_l", integer=True, positive=True)
    r1 = v - w + sigma**2 * d / 2 * q
    text = "Proposition D.2's terms are $r_1$ (with $\\frac12$, $d_l$ rows) and the constant $\\sigma^2d_l$"
    return chain(v - w + sigma**2 * d * (1 + q / 2), eq(r1 + sigma**2 * d, by_expansion(text), name))


def prove_ffnn(_):
    chains = (
        output_entry(),
        prove_row("layer 1, a row: input data", row_but_input),
        rows_but_input(),
        prove_row("layer $l \\ge 2$, a row: everything smoothed", activated_row),
        activated_rows(),
        r1_appears(),
        layers_add_up(),
    )
    return derivation(*chains, concludes=says(*chains))


def printed_ffnn(_):
    z = sympy.Symbol("z", real=True)
    penalised = 2 * ((z - 1) ** 2 + z**2)
    text = (
        "$L=2$, $h(x)=x$, $\\lambda=1$, $\\sigma^2=2$, one unit a layer, data $(1,1)$, $(-1,-1)$: the constrained objective "
        "is smallest at $\\theta=b=0$, where it is $2$; the penalised one at $\\theta=b=x_1=0$, $x_2=\\pm z$ must not be below"
    )
    return derivation(
        output_entry("L2, output"),
        prove_row("layer 1", row_but_input, "L2, layer 1"),
        rows_but_input("L2, layer 1, rows"),
        prove_row("layer $l$", activated_row, "L2, layer l"),
        activated_rows("L2, layer l, rows"),
        layers_add_up("L2"),
        chain(sympy.Integer(2), le(penalised, elementary(text), "L3")),
    )


FFNN = (
    r"Smoothing the constrained FFNN (D.5) gives $\min_{\theta,b}\sum_n(\|x_L^n-y^n\|^2+\sum_{l=2}^L\lambda_l"
    r"r_1(x_{l-1}^n,\theta_l))$ s.t. $x_1^n=\theta_1x_0^n+b_1$, $x_l^n=\theta_lh_\sigma(x_{l-1}^n)+b_l$"
)
MEANING = (
    "Judged in penalty form: the exact smoothing of (D.6) minus the printed objective with its constraints as penalties is a "
    "constant. The hunt has $L = 2$, one data point, $h(x) = x^2+cx$ and compares with the value at $x = \\theta = b = 0$. "
)


def _ffnn_claim(letter, suffix="", **more):
    doubled, kind = R1[letter]
    constant = r"\frac12" if doubled == 1 else "1"
    return Claim(
        id=f"starnes2023/theorem-5.1-ffnn@{letter}{suffix}",
        printed="Theorem 5.1",
        kind="equivalence",
        statement=f"{FFNN}, $r_1$ with $c = {constant}$ and {R1_TEXT[kind]}.",
        space=Space(
            d0=choice(1, 2),
            d1=choice(1, 2),
            d2=choice(1, 2),
            x0=vector("d0"),
            y=vector("d2"),
            theta1=matrix("d1", "d0"),
            b1=vector("d1"),
            theta2=matrix("d2", "d1"),
            b2=vector("d2"),
            x1=vector("d1"),
            x2=vector("d2"),
            c=real(),
            sigma=real(0),
            lambda1=real(0),
            lambda2=real(0),
        ),
        sides=ffnn(letter),
        relation="=",
        uses=[
            "starnes2023/eq-d.6",
            "starnes2023/proposition-d.1d",
            "starnes2023/proposition-d.2-input@b",
            "starnes2023/proposition-d.2-general",
            f"starnes2023/definition-r1@{letter}",
        ],
        **more,
    )


def _wrong_r1(letter):
    doubled, kind = R1[letter]
    said = []
    if kind == "argument":
        said.append("Every row of $\\theta_l$ is smoothed by itself, so the factor is $d_l$, not $d_{l-1}$.")
    if doubled == 2:
        said.append("$\\mathbb E\\,U^2 = \\frac12$ gives the constant $\\frac12$.")
    return MEANING + " ".join(said)


ffnn_readings = tuple(
    _ffnn_claim(
        letter,
        derivation=prove_ffnn,
        printed_proof=printed_ffnn,
        expected="conditional",
        expected_proof_gaps=["L3"],
        note=MEANING
        + "Proved for every depth, all widths and data. As a statement on constrained minimisation the printed "
        "proof has a gap: with finite $\\lambda$ the penalised and the constrained problem have different minima (L3).",
    )
    if letter == "b"
    else _ffnn_claim(letter, expected="refuted", note=_wrong_r1(letter))
    for letter in R1
)
theorem_5_1_ffnn = Claim(
    id="starnes2023/theorem-5.1-ffnn",
    printed="Theorem 5.1",
    kind="equivalence",
    statement=f"{FFNN}; $r_1$ is open in print.",
    readings=ffnn_readings,
    expected="inconclusive",
    note="Only $r_1$ with $\\frac12\\sigma^2$ times the number of rows of $\\theta_l$ holds.",
)


def _ffnn_correction(letter):
    return Claim(
        id=f"starnes2023/theorem-5.1-ffnn@{letter}-corrected",
        printed="Theorem 5.1, corrected",
        kind="equivalence",
        statement=rf"{FFNN}, $r_1$ with $c = \frac12$ and {R1_TEXT['rows']}.",
        derivation=prove_ffnn,
        corrects=f"starnes2023/theorem-5.1-ffnn@{letter}",
        uses=["starnes2023/proposition-d.2-input@b", "starnes2023/proposition-d.2-general"],
        expected="conditional",
        note="In penalty form; the reading @b is this statement.",
    )


ffnn_corrections = tuple(_ffnn_correction(letter) for letter in "acd")
