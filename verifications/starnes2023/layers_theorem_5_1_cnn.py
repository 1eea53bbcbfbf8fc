r"""Section 5: Theorem 5.1 for convolutional networks, and the regulariser r₂.

Found: false in every reading of r₂. The proof is said to be "exactly the same" as for feedforward networks, but r₂ is no
regulariser of a layer h(x)*θ + b. Smoothing that layer multiplies the variance q² − h_σ² of every pixel under a window by θ²
and puts q_σ, not h_σ, under the convolutional norm:

    R(x, θ) = Σ_windows Σ_ij (θ^ij)² (q² − h_σ²)  +  ½σ² ‖q_σ(x)‖²_C.

r₂ with w_l² and the norm of squared pixels is what comes out if the activation is split off as a layer of its own (App. E)
and x' = h_σ(x) is put into the regulariser of the convolution of x'. For h(x) = x both agree.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real
from theorycheck.derivations import by_expansion, chain, derivation, eq
from verifications.starnes2023.layers_arrays import (
    mean_of_square,
    moved,
    noisy_activation,
    sized,
    smoothed_activation,
    split,
    squares,
)
from verifications.starnes2023.layers_convolution import (
    NORM_TEXT,
    READINGS,
    convolution,
    convolutional_norm,
    window,
    window_but_input,
    windows,
    windows_add_up,
)
from verifications.starnes2023.layers_rows import (
    Row,
    activation_layer,
    entries_add_up,
    prove_row,
    row,
    says,
    sigma,
)
from verifications.starnes2023.layers_theorem_5_1 import layers_add_up, output_entry, output_loss, prove_ffnn

# ---- the regulariser r₂ ----------------------------------------------------------------------------------------------------


def _definition_r2(letter):
    power, norm = READINGS[letter]
    return Claim(
        id=f"starnes2023/definition-r2@{letter}",
        printed="Section 5",
        kind="definition",
        statement=r"$r_2(x,\theta,l)=\frac12\sigma^2\|h_\sigma(x)\|_{C_l}^2+\|q_\sigma(x)\|^2-\|h_\sigma(x)\|^2+\frac12\sigma^2"
        + ("w_l^2" if power == 2 else "w_l")
        + r"\|\theta\|_F^2$, where "
        + NORM_TEXT[norm].replace("C_+", "C_l").replace("_+", "_l")
        + ".",
        implements=["theorycheck.lab.networks.printed:r2"],
        tests=["tests/test_networks_printed.py"],
        expected="defined",
    )


r2_readings = tuple(_definition_r2(letter) for letter in READINGS)
definition_r2 = Claim(
    id="starnes2023/definition-r2",
    printed="Section 5",
    kind="definition",
    statement=r"$r_2(x,\theta,l)=\frac12\sigma^2\|h_\sigma(x)\|_{C_l}^2+\|q_\sigma(x)\|^2-\|h_\sigma(x)\|^2+"
    r"\frac12\sigma^2w_l^p\|\theta\|_F^2$, $p$ and the norm open in print.",
    readings=r2_readings,
    expected="defined",
)

# ---- a network of two convolutions and one dense layer on arrays ----------------------------------------------------------
# x_0 and x_1 have 2 × 2 pixels: the first kernel is a single weight. h(x) = x² + cx.


def smoothed_first(xp, x0, theta, b, x1, sigma):
    """E‖(θ+σU)x₀ + b+σB − x₁−σY‖² of the first convolution, on input data."""
    width = x0.shape[-1]
    pixels = width * width

    def residual(u):
        dt, db, dy = split(xp, u, (1, 1), (width, width), (width, width))
        entries = (moved(sigma, b, db), moved(sigma, x1, dy))
        return convolution(xp, x0, moved(sigma, theta, dt), *entries, 1, 1, width)

    return mean_of_square(xp, residual, 0, 0, 1 + 2 * pixels)


def smoothed_second(xp, x1, theta, b, x2, c, sigma, k, s, w):
    """E‖h(x₁+σV)*(θ+σU) + b+σB − x₂−σY‖²."""
    width = x1.shape[-1]
    pixels = width * width
    inputs = noisy_activation(xp, x1, c, sigma)

    def residual(u):
        shapes = ((k, k), (width, width), (width, width), (w, w), (w, w))
        dt, v, t, db, dy = split(xp, u, *shapes)
        entries = (moved(sigma, b, db), moved(sigma, x2, dy))
        return convolution(xp, inputs(v, t), moved(sigma, theta, dt), *entries, k, s, w)

    return mean_of_square(xp, residual, k * k, 2 * pixels, 2 * w * w)


def smoothed_dense(xp, x2, theta, b, x3, c, sigma, w):
    """E(⟨θ+σU, h(x₂+σV)⟩ + b+σB − x₃−σY)² of a dense layer with one unit."""
    inputs = noisy_activation(xp, x2, c, sigma)

    def residual(u):
        dt, v, t, db, dy = split(xp, u, (w, w), (w, w), (w, w), (1,), (1,))
        product = (moved(sigma, theta, dt) * inputs(v, t)).sum(axis=(-2, -1))[:, None]
        return product + moved(sigma, b[:, None], db) - moved(sigma, x3[:, None], dy)

    return mean_of_square(xp, residual, w * w, 2 * w * w, 2)


def printed_r2(power, norm):
    def regulariser(xp, theta, mean, square, sigma, k, s, w):
        axes = (-2, -1)
        weights = sigma**2 / 2 * w**power * squares(theta, axes)
        size = sigma**2 / 2 * convolutional_norm(xp, mean, k, s, w, norm)
        return size + square.sum(axis=axes) - squares(mean, axes) + weights

    return regulariser


def corrected_r2(xp, theta, mean, square, sigma, k, s, w):
    """Σ_windows Σ θ²(q² − h_σ²) + ½σ² Σ_windows Σ q²."""
    variance, second = (windows(xp, part, k, s, w) for part in (square - mean**2, square))
    spread = (variance * theta[:, None, :, :] ** 2).sum(axis=(-3, -2, -1))
    return spread + sigma**2 / 2 * second.sum(axis=(-3, -2, -1))


def cnn(regulariser):
    """The smoothed (D.8) and the objective with that regulariser, both minus their values at x = θ = b = 0."""

    def smoothed(xp, x0, y, variables, c, sigma, weights, k, s, w):
        theta1, b1, theta2, b2, theta3, b3, x1, x2, x3 = variables
        first = smoothed_first(xp, x0, theta1, b1, x1, sigma)
        second = smoothed_second(xp, x1, theta2, b2, x2, c, sigma, k, s, w)
        third = smoothed_dense(xp, x2, theta3, b3, x3, c, sigma, w)
        output = output_loss(xp, x3[:, None], y[:, None], sigma, 1)
        return output + weights[0] * first + weights[1] * second + weights[2] * third

    def printed(xp, x0, y, variables, c, sigma, weights, k, s, w):
        theta1, b1, theta2, b2, theta3, b3, x1, x2, x3 = variables
        first = squares(convolution(xp, x0, theta1, b1, x1, 1, 1, x0.shape[-1]), -1)
        mean, square = smoothed_activation(xp, x1, c, sigma)
        second = squares(convolution(xp, mean, theta2, b2, x2, k, s, w), -1)
        second = second + regulariser(xp, theta2, mean, square, sigma, k, s, w)
        mean, square = smoothed_activation(xp, x2, c, sigma)
        third = ((theta3 * mean).sum(axis=(-2, -1)) + b3 - x3) ** 2
        third = third + (theta3**2 * (square - mean**2)).sum(axis=(-2, -1))
        third = third + sigma**2 / 2 * square.sum(axis=(-2, -1))  # r₁ as in theorem-5.1-ffnn@b, one row
        return (x3 - y) ** 2 + weights[0] * first + weights[1] * second + weights[2] * third

    def sides(xp, x0, y, theta1, b1, theta2, b2, theta3, b3, x1, x2, x3, c, sigma, penalty, k):
        w = 3 - k
        variables = (theta1, b1, theta2, b2, theta3, b3, x1, x2, x3)
        zeros = tuple(xp.zeros_like(v) for v in variables)
        rest = (c, sigma, (1, penalty, 1), k, 1, w)
        left = smoothed(xp, x0, y, variables, *rest) - smoothed(xp, x0, y, zeros, *rest)
        return left, printed(xp, x0, y, variables, *rest) - printed(xp, x0, y, zeros, *rest)

    return sides


def image(_):
    """2 × 2 pixels: four windows of a 1 × 1 kernel, one window of a 2 × 2 kernel."""
    return (2, 2)


def outputs(sizes):
    return (3 - sizes["k"], 3 - sizes["k"])


def cnn_space():
    return Space(
        k=choice(1, 2),
        x0=sized(image),
        y=real(),
        theta1=matrix(1, 1),
        b1=sized(image),
        theta2=matrix("k", "k"),
        b2=sized(outputs),
        theta3=sized(outputs),
        b3=real(),
        x1=sized(image),
        x2=sized(outputs),
        x3=real(),
        c=real(),
        sigma=real(0),
        penalty=real(0),
    )


CNN = (
    r"Smoothing the constrained CNN (D.7) gives, constants removed, $\min\sum_n(\|x^n_{C+L}-y^n\|^2+R_n)$ s.t. "
    r"$x_1^n=\theta_1*x_0^n+b_1$; $x_l^n=h_\sigma(x_{l-1}^n)*\theta_l+b_l$ ($2\le l\le C$); $x_l^n=\theta_lh_\sigma(x_{l-1}^n)"
    r"+b_l$ ($C+1\le l\le C+L$)"
)
USES = [
    "starnes2023/eq-d.8",
    "starnes2023/proposition-d.2-general",
    "starnes2023/proposition-d.3-input@b",
    "starnes2023/proposition-d.3-general@b",
    "starnes2023/definition-r1@b",
]
NOTE = (
    "Judged in penalty form, as for the feedforward network. The hunt has $C = 2$, $L = 1$, one data point, "
    "$h(x) = x^2+cx$ and $r_1$ in the reading that holds for feedforward networks; with any other reading of $r_1$ already the "
    "dense layers are wrong. "
)


def _cnn_reading(letter):
    power, norm = READINGS[letter]
    return Claim(
        id=f"starnes2023/theorem-5.1-cnn@{letter}",
        printed="Theorem 5.1",
        kind="equivalence",
        statement=CNN
        + r"; $R_n=\sum_{l=2}^C\lambda_lr_2(x_{l-1}^n,\theta_l,l)+\sum_{l=C+1}^{C+L}\lambda_lr_1(x_{l-1}^n,\theta_l)$, "
        + ("$w_l^2$" if power == 2 else "$w_l$")
        + " in $r_2$, and "
        + NORM_TEXT[norm]
        + ".",
        space=cnn_space(),
        sides=cnn(printed_r2(power, norm)),
        relation="=",
        uses=[*USES, f"starnes2023/definition-r2@{letter}"],
        expected="contested",
        note=NOTE + "$r_2$ is not what smoothing a layer $h(x)*\\theta+b$ gives unless $h$ is the identity.",
    )


cnn_readings = tuple(_cnn_reading(letter) for letter in READINGS)
theorem_5_1_cnn = Claim(
    id="starnes2023/theorem-5.1-cnn",
    printed="Theorem 5.1",
    kind="equivalence",
    statement=f"{CNN}, with $r_2$ and $r_1$ in $R_n$ (open in print).",
    readings=cnn_readings,
    expected="contested",
)

# ---- what is true ------------------------------------------------------------------------------------------------------------


def activated_window(n):
    """One window of h(x) with everything smoothed."""
    r = Row(n)
    spread = sum(t**2 * (q**2 - m**2) for t, q, m in zip(r.theta, r.q, r.m, strict=True))
    right = r.residual(r.m) ** 2 + spread + sigma**2 / 2 * sum(q**2 for q in r.q) + sigma**2
    return row(n, activation=True), right


def activated_windows_add_up():
    text = (
        "add up the windows: $v$ is the sum of $\\theta^2(q^2-h_\\sigma^2)$, $p$ the sum of $q^2$ in a window, so the sums of "
        "$p$ add up to $\\|q_\\sigma\\|_{C_l}^2$"
    )
    return entries_add_up({"r": 1, "v": 1, "p": sigma**2 / 2}, sigma**2, text)


def prove_cnn(s):
    shared = prove_ffnn(s).chains
    chains = (
        *shared,
        prove_row("layer 1, a window: input data", window_but_input),
        windows_add_up(sigma**2),
        prove_row("layer $l \\le C$, a window of $h(x_{l-1})$", activated_window),
        activated_windows_add_up(),
    )
    return derivation(*chains, concludes=says(*chains))


theorem_5_1_cnn_corrected = Claim(
    id="starnes2023/theorem-5.1-cnn-corrected",
    printed="Theorem 5.1, corrected",
    kind="equivalence",
    statement=CNN
    + r"; $R_n=\sum_{l=2}^C\lambda_lR(x_{l-1}^n,\theta_l)+\sum_{l=C+1}^{C+L}\lambda_lr_1(x_{l-1}^n,\theta_l)$, "
    r"$R(x,\theta) = \sum_{a,b}\sum_{i,j}(\theta^{ij})^2(q_\sigma^2-h_\sigma^2)(x^{(sa+i)(sb+j)}) + "
    r"\frac12\sigma^2\|q_\sigma(x)\|_{C_l}^2$ with the sum over windows of squared pixels, $r_1$ with $\frac12$ and rows.",
    space=cnn_space(),
    sides=cnn(corrected_r2),
    relation="=",
    derivation=prove_cnn,
    corrects="starnes2023/theorem-5.1-cnn",
    uses=USES,
    expected="conditional",
    note=NOTE
    + "Proved for all shapes, strides, depths and data; `theorycheck.lab.networks.printed` has $R$.",
)


def prove_split(_):
    """Activation and convolution as layers of their own, y = x' between them."""
    squared_weights, norm, pixels = sympy.symbols("T N m", nonnegative=True)
    w = sympy.Symbol("w_l", integer=True, positive=True)
    second, squared_mean = sympy.symbols("Q M", nonnegative=True)
    weights = sigma**2 / 2 * w**2 * squared_weights
    text = "add the activation's terms and the convolution's, $N = \\|y\\|_{C_l}^2$ with $y = h_\\sigma(x)$: this is $r_2$"
    r2 = sigma**2 / 2 * norm + second - squared_mean + weights
    chains = (
        output_entry(),
        prove_row("layer 1, a window: input data", window_but_input),
        windows_add_up(sigma**2),
        prove_row("$\\|h(x)-y\\|^2$ with $x$ and $y$ smoothed", activation_layer),
        prove_row("a window of $y*\\theta+b$", window),
        windows_add_up(sigma**2 / 2 * squared_weights + sigma**4 / 4 * pixels + sigma**2),
        chain((second - squared_mean) + (weights + sigma**2 / 2 * norm), eq(r2, by_expansion(text))),
        layers_add_up(),
    )
    return derivation(*chains, concludes=says(*chains))


def _split_correction(letter):
    return Claim(
        id=f"starnes2023/theorem-5.1-cnn@{letter}-corrected",
        printed="Theorem 5.1, corrected",
        kind="equivalence",
        statement=r"Let the activation and the convolution be layers of their own, $x_l' = h(x_{l-1})$ and $x_l = x_l'*\theta_l+b_l$, "
        r"with one $\lambda_l$. Smoothing gives $x_l' = h_\sigma(x_{l-1})$, $x_l = x_l'*\theta_l+b_l$ and regularisers that are "
        r"$r_2(x_{l-1},\theta_l,l)$ where $x_l' = h_\sigma(x_{l-1})$, with $w_l^2$ and the sum over windows of squared pixels.",
        derivation=prove_split,
        corrects=f"starnes2023/theorem-5.1-cnn@{letter}",
        uses=["starnes2023/proposition-d.1c@a", "starnes2023/proposition-d.3-general@b"],
        expected="conditional",
        note="So $r_2$ belongs to the split network of App. E, not to (D.7).",
    )


split_corrections = tuple(_split_correction(letter) for letter in READINGS)
