r"""Appendix D.1, convolutions: (D.11), (D.12) and Proposition D.3, for every image, kernel and stride.

l = ‖x *_s θ + b − x_+‖²_F, one kernel θ ∈ R^{k×k}, an image of width W = √d, output entries (a, b) = ⟨θ, window (a, b)⟩,
the windows at 0, s, 2s, … as far as they fit: w² = d_+ of them. The printed w = (W−k)/s + 1 is that number where s divides W − k,
which the instances presuppose; the derivations speak of single windows, so they hold with w the number of windows for every W. θ, b, x_+ and (unless it is input data) x are smoothed.

Found: with ‖x‖²_C the sum over windows of the squared pixels (@b) everything holds, with w² in front of ‖θ‖²_F. With
‖x * J_k‖² (@a), the sum over windows of the squared *sum* of pixels, nothing does: that norm has cross terms, which
the independent entries of U do not produce. With w for w² (p = 1) the weights' term is too small as soon as w ≥ 2.
"""

import sympy

from theorycheck import Claim, Space, choice, matrix, real
from theorycheck.derivations import by_expansion, chain, derivation, eq
from verifications.starnes2023.layers_arrays import mean_of_square, moved, sized, split, squares
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

NOT_INPUT = ("bias", "output", "weights")

# ---- formulas on arrays --------------------------------------------------------------------------------------------------


def image_axes(sizes):
    """The image on which the kernel has w windows a side: W = s(w−1) + k."""
    width = sizes["s"] * (sizes["w"] - 1) + sizes["k"]
    return (width, width)


def convolution_space(**more):
    return Space(
        k=choice(1, 2),
        s=choice(1, 2),
        w=choice(1, 2),
        x=sized(image_axes),
        theta=matrix("k", "k"),
        b=matrix("w", "w"),
        y=matrix("w", "w"),
        sigma=real(0),
        **more,
    )


def windows(xp, x, k, s, w):
    """The pixels under the kernel, shape (N, w·w, k, k)."""
    corners = [(s * a, s * b) for a in range(w) for b in range(w)]
    return xp.stack([x[:, i : i + k, j : j + k] for i, j in corners], axis=1)


def convolution(xp, x, theta, b, y, k, s, w):
    """x *_s θ + b − y, shape (N, w·w)."""
    product = (windows(xp, x, k, s, w) * theta[:, None, :, :]).sum(axis=(-2, -1))
    return product + (b - y).reshape((-1, w * w))


def convolutional_norm(xp, x, k, s, w, norm):
    """‖x‖²_C: `a` is ‖x * J_k‖², `b` the sum over windows of the squared pixels."""
    pixels = windows(xp, x, k, s, w)
    if norm == "a":
        return squares(pixels.sum(axis=(-2, -1)), -1)
    return squares(pixels, (-3, -2, -1))


# ---- one window on symbols -----------------------------------------------------------------------------------------------


def window_but_input(n):
    """One window of n = k² pixels: θ, b, y smoothed."""
    r = Row(n)
    return row(n, NOT_INPUT), r.residual(r.x) ** 2 + sigma**2 / 2 * sum(x**2 for x in r.x) + sigma**2


def window_weights(n):
    """One window: only θ smoothed."""
    r = Row(n)
    return row(n, ("weights",)), r.residual(r.x) ** 2 + sigma**2 / 2 * sum(x**2 for x in r.x)


def window(n):
    """One window with everything smoothed; ‖θ‖² and ‖1‖² = n once a window."""
    r = Row(n)
    sizes = sum(t**2 for t in r.theta) + sum(x**2 for x in r.x)
    return row(n), r.residual(r.x) ** 2 + sigma**2 / 2 * sizes + sigma**4 * sympy.Rational(n, 4) + sigma**2


def windows_add_up(constant, name="", more=""):
    """Σ over the w² windows; r and p are a window's squared residual and the sum of its squared pixels."""
    text = (
        f"add up the windows, as many as $w_+^2 = d_+$: the sums of $p$ add up to $\\|x\\|_{{C_+}}^2${more}"
    )
    return entries_add_up({"r": 1, "p": sigma**2 / 2}, constant, text, name)


# ---- (D.11) ----------------------------------------------------------------------------------------------------------------


def after_theta(norm):
    def sides(xp, x, theta, b, y, sigma, k, s, w):
        def residual(u):
            return convolution(xp, x, moved(sigma, theta, u.reshape((1, k, k))), b, y, k, s, w)

        left = mean_of_square(xp, residual, 0, 0, k * k)
        size = convolutional_norm(xp, x, k, s, w, norm)
        return left, squares(convolution(xp, x, theta, b, y, k, s, w), -1) + sigma**2 / 2 * size

    return sides


def prove_after_theta(_):
    chains = (
        prove_row("one window: only $\\theta$ is smoothed", window_weights),
        windows_add_up(sympy.Integer(0)),
    )
    return derivation(*chains, concludes=says(*chains))


def printed_after_theta(norm):
    def printed(_):
        def cross(n):
            r, u = Row(n), numbered("U", n)
            noise = sum(x * v for x, v in zip(r.x, u, strict=True))
            half = {v: (0, sympy.Rational(1, 2)) for v in u}
            return mean_over(2 * sigma * r.residual(r.x) * noise, half), sympy.Integer(0)

        def noise_size(n):
            r, u = Row(n), numbered("U", n)
            noise = sum(x * v for x, v in zip(r.x, u, strict=True))
            return mean_over(noise**2, {v: (0, sympy.Rational(1, 2)) for v in u}), sum(x**2 for x in r.x) / 2

        first = prove_row("$\\mathbb E\\, U = 0$, a window", cross, "L1")
        second = prove_row("$\\mathbb E\\, U^{ij}U^{pq} = 0$ off the diagonal, a window", noise_size, "L2")
        if norm == "b":
            return derivation(first, second)
        r = Row(2)
        ends = eq(
            sum(r.x) ** 2 / 2,
            by_expansion("with $\\|x*J\\|^2$ for $\\|x\\|_{C_+}^2$: the square of the sum"),
            "L3",
        )
        return derivation(first, second, chain(noise_size(2)[1], ends))

    return printed


NORM_TEXT = {
    "a": r"$\|x\|_{C_+}^2 = \|x*J_{k_+}\|^2$",
    "b": r"$\|x\|_{C_+}^2 = \sum_{a,b}\sum_{i,j}(x^{(s_+a+i)(s_+b+j)})^2$",
}
CROSS_TERMS = (
    "$\\|x*J\\|^2$ squares the sum of a window's pixels; the smoothed weights give the sum of their squares. The two "
    "differ as soon as a window has two pixels with a nonzero product."
)


def readings_of(label, printed, statement, sides, proof, uses, printed_proof=None):
    """The readings @a and @b of the convolutional norm, the entry, and the correction of @a."""

    def claim(norm, **more):
        return Claim(
            id=f"starnes2023/{label}@{norm}",
            printed=printed,
            kind="identity",
            statement=f"{statement}, where {NORM_TEXT[norm]}.",
            space=convolution_space(),
            sides=sides(norm),
            relation="=",
            uses=uses,
            **more,
        )

    first = claim(
        "a",
        expected="contested",
        note=CROSS_TERMS,
        printed_proof=printed_proof("a") if printed_proof else None,
        expected_proof_gaps=["L3"] if printed_proof else [],
    )
    second = claim(
        "b",
        derivation=proof,
        expected="conditional",
        note="For every width, kernel size and stride, overlapping windows, gaps between them and pixels outside all windows included; "
        "$w_+$ is the number of windows a side.",
        printed_proof=printed_proof("b") if printed_proof else None,
    )
    corrected = Claim(
        id=f"starnes2023/{label}@a-corrected",
        printed=f"{printed}, corrected",
        kind="identity",
        statement=f"{statement}, where $\\|x\\|_{{C_+}}^2$ is the sum of the entries of $(x\\circ x)*J_{{k_+}}$.",
        space=convolution_space(),
        sides=sides("b"),
        relation="=",
        derivation=proof,
        corrects=f"starnes2023/{label}@a",
        uses=uses,
        expected="conditional",
        note="The image is squared before it is convolved with the ones, not after. This is the norm of the reading @b.",
    )
    entry = Claim(
        id=f"starnes2023/{label}",
        printed=printed,
        kind="identity",
        statement=f"{statement}; the convolutional norm is open.",
        readings=[first, second],
        expected="inconclusive",
    )
    return first, second, entry, corrected


eq_d_11_a, eq_d_11_b, eq_d_11, eq_d_11_a_corrected = readings_of(
    "eq-d.11",
    "(D.11)",
    r"$\pi^{-k_+^2/2}\int\|x*(\theta_++\sigma U)+b_+-x_+\|_F^2e^{-\|U\|_F^2}dU = \|x*\theta_++b_+-x_+\|_F^2 + "
    r"\frac{\sigma^2}2\|x\|_{C_+}^2$",
    after_theta,
    prove_after_theta,
    ["starnes2023/definition-smoothing", "starnes2023/definition-convolutional-norm"],
    printed_after_theta,
)

# ---- (D.12) and Proposition D.3 for input data -----------------------------------------------------------------------------


def after_b_theta_output(norm):
    def sides(xp, x, theta, b, y, sigma, k, s, w):
        def residual(u):
            du, db, dy = split(xp, u, (k, k), (w, w), (w, w))
            moved_b, moved_y = moved(sigma, b, db), moved(sigma, y, dy)
            return convolution(xp, x, moved(sigma, theta, du), moved_b, moved_y, k, s, w)

        left = mean_of_square(xp, residual, 0, 0, k * k + 2 * w * w)
        size = convolutional_norm(xp, x, k, s, w, norm)
        right = squares(convolution(xp, x, theta, b, y, k, s, w), -1) + sigma**2 / 2 * size + sigma**2 * w * w
        return left, right

    return sides


def prove_but_input(_):
    chains = (
        prove_row("one window: $\\theta$, $b$, $x_+$ smoothed", window_but_input),
        windows_add_up(sigma**2),
    )
    return derivation(*chains, concludes=says(*chains))


eq_d_12_a, eq_d_12_b, eq_d_12, eq_d_12_a_corrected = readings_of(
    "eq-d.12",
    "(D.12)",
    r"Smoothing $b_+$, $\theta_+$, $x_+$ gives $\|x*\theta_++b_+-x_+\|_F^2 + \frac{\sigma^2}2\|x\|_{C_+}^2 + \sigma^2d_+$",
    after_b_theta_output,
    prove_but_input,
    ["starnes2023/eq-d.11@b", "starnes2023/identity-d-sequential"],
)
input_a, input_b, input_layer, input_a_corrected = readings_of(
    "proposition-d.3-input",
    "Proposition D.3",
    r"For input data $x = x_0$: $l_\sigma = \|x_0*_{s_+}\theta_++b_+-x_+\|_F^2 + \frac{\sigma^2}2\|x_0\|_{C_+}^2 + \sigma^2d_+$",
    after_b_theta_output,
    prove_but_input,
    ["starnes2023/eq-d.12@b"],
)

# ---- Proposition D.3, general ----------------------------------------------------------------------------------------------


def everything_smoothed(xp, x, theta, b, y, sigma, k, s, w):
    """E of the loss over θ, b, x_+ and x."""
    width = x.shape[-1]

    def residual(u):
        du, dx, db, dy = split(xp, u, (k, k), (width, width), (w, w), (w, w))
        moved_b, moved_y = moved(sigma, b, db), moved(sigma, y, dy)
        return convolution(xp, moved(sigma, x, dx), moved(sigma, theta, du), moved_b, moved_y, k, s, w)

    return mean_of_square(xp, residual, k * k, width * width, 2 * w * w)


def general(power, norm):
    def sides(xp, x, theta, b, y, sigma, k, s, w):
        left = everything_smoothed(xp, x, theta, b, y, sigma, k, s, w)
        size = convolutional_norm(xp, x, k, s, w, norm)
        ones = convolutional_norm(xp, xp.ones_like(x), k, s, w, norm)
        right = squares(convolution(xp, x, theta, b, y, k, s, w), -1)
        right = right + sigma**2 / 2 * w**power * squares(theta, (-2, -1))
        return left, right + sigma**2 / 2 * size + sigma**4 / 4 * ones + sigma**2 * w * w

    return sides


def prove_general(_):
    squared_weights, pixels = sympy.Symbol("T", nonnegative=True), sympy.Symbol("m", positive=True)
    chains = (
        prove_row("one window of $n = k_+^2$ pixels: everything smoothed", window),
        windows_add_up(
            sigma**2 / 2 * squared_weights + sigma**4 / 4 * pixels + sigma**2,
            more=", $T = \\|\\theta_+\\|_F^2$ and $m = k_+^2$ occur once a window, and $\\|1\\|_{C_+}^2 = w_+^2k_+^2$",
        ),
    )
    return derivation(*chains, concludes=says(*chains))


def printed_general(_):
    def first(n):
        r = Row(n)
        return row(n, ("input",)), r.residual(r.x) ** 2 + sigma**2 / 2 * sum(t**2 for t in r.theta)

    def pixels(n):
        r, v = Row(n), numbered("V", n)
        left = sum((x + sigma * u) ** 2 for x, u in zip(r.x, v, strict=True))
        right = sum(x**2 for x in r.x) + sigma**2 / 2 * sum(1 for _ in range(n))
        return mean_over(left, {u: (0, sympy.Rational(1, 2)) for u in v}), right

    return derivation(
        prove_row("(D.12), a window", window_but_input, "L1"),
        prove_row("smoothing $x$ in the first term, a window", first, "L2, a window"),
        entries_add_up(
            {"r": 1},
            sigma**2 / 2 * sympy.Symbol("T", nonnegative=True),
            "once a window, so $w_+^2$ times",
            "L2",
        ),
        prove_row("smoothing $\\|x\\|_{C_+}^2$, a window", pixels, "L3"),
    )


def _general_reading(letter, power, norm):
    holds = (power, norm) == (2, "b")
    wrong = []
    if power == 1:
        wrong.append("There are $w_+^2$ windows, and every one adds $\\frac{\\sigma^2}2\\|\\theta_+\\|_F^2$.")
    if norm == "a":
        wrong.append(CROSS_TERMS)
    return Claim(
        id=f"starnes2023/proposition-d.3-general@{letter}",
        printed="Proposition D.3",
        kind="identity",
        statement=r"Otherwise $l_\sigma = \|x*_{s_+}\theta_++b_+-x_+\|_F^2 + \frac{\sigma^2}2"
        + (r"w_+^2" if power == 2 else r"w_+")
        + r"\|\theta_+\|_F^2 + \frac{\sigma^2}2\|x\|_{C_+}^2 + \frac{\sigma^4}4\|1\|_{C_+}^2 + \sigma^2d_+$, where "
        + NORM_TEXT[norm]
        + ".",
        space=convolution_space(),
        sides=general(power, norm),
        relation="=",
        derivation=prove_general if holds else None,
        printed_proof=printed_general if holds else None,
        uses=["starnes2023/eq-d.12@b", "starnes2023/identity-d-sequential"],
        expected="conditional" if holds else "contested",
        note="For every width, kernel size and stride, $w_+$ the number of windows a side."
        if holds
        else " ".join(wrong),
    )


READINGS = {"a": (2, "a"), "b": (2, "b"), "c": (1, "a"), "d": (1, "b")}
general_readings = tuple(_general_reading(letter, *reading) for letter, reading in READINGS.items())
general_layer = Claim(
    id="starnes2023/proposition-d.3-general",
    printed="Proposition D.3",
    kind="identity",
    statement="Convolution with everything smoothed; the power of $w_+$ and the convolutional norm are open.",
    readings=general_readings,
    expected="inconclusive",
    note="Only $w_+^2$ with the sum over windows of squared pixels holds.",
)


def _general_correction(letter):
    power, norm = READINGS[letter]
    replaced = ["$w_+$ becomes $w_+^2$"] if power == 1 else []
    replaced += ["$\\|x*J\\|^2$ becomes the sum over windows of squared pixels"] if norm == "a" else []
    return Claim(
        id=f"starnes2023/proposition-d.3-general@{letter}-corrected",
        printed="Proposition D.3, corrected",
        kind="identity",
        statement=r"$l_\sigma = \|x*_{s_+}\theta_++b_+-x_+\|_F^2 + \frac{\sigma^2}2w_+^2\|\theta_+\|_F^2 + "
        r"\frac{\sigma^2}2\|x\|_{C_+}^2 + \frac{\sigma^4}4w_+^2k_+^2 + \sigma^2d_+$, where "
        f"{NORM_TEXT['b']}: {' and '.join(replaced)}.",
        derivation=prove_general,
        corrects=f"starnes2023/proposition-d.3-general@{letter}",
        uses=["starnes2023/eq-d.12@b", "starnes2023/identity-d-sequential"],
        expected="conditional",
    )


general_corrections = tuple(_general_correction(letter) for letter in "acd")
