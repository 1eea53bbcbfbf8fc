r"""Table 1, row by row.

A row asserts: smoothing the squared constraint of the layer gives the smoothed layer's squared constraint plus the regularisers,
up to constants in (x, θ, b). A constant may depend on σ, the shapes and the input data. Judged as: what is smoothed minus its
value at x = θ = b = 0 equals what is printed minus its value there.

Found: the activation's row has a plus where a minus belongs (Tables 2 and 3 have the minus); dropout turns into the identity
with the weight 1−p, which the table leaves out; the convolution's row holds with w_l² and the norm of squared pixels. The
other rows hold.
"""

from theorycheck import Claim, Space, choice, dimension, matrix, point, real, vector
from theorycheck.derivations import by_expansion, chain, derivation, eq
from verifications.starnes2023.layers_arrays import (
    activation,
    dense,
    mean_of_square,
    moved,
    sized,
    smoothed_activation,
    smoothed_but_input,
    split,
    squares,
)
from verifications.starnes2023.layers_convolution import (
    NORM_TEXT,
    READINGS,
    convolution,
    convolution_space,
    convolutional_norm,
    everything_smoothed,
)
from verifications.starnes2023.layers_convolution import prove_but_input as prove_first_convolution
from verifications.starnes2023.layers_convolution import prove_general as prove_convolution
from verifications.starnes2023.layers_dense import layer_space, prove_but_input, prove_identity, with_identity
from verifications.starnes2023.layers_dropout_pooling import dropped, line_axes, pooled, prove_average_pooling
from verifications.starnes2023.layers_rows import (
    activation_layer,
    gaussian_moments,
    mean_over,
    numbered,
    prove_row,
    says,
    sigma,
)

POSITIVE, BELOW_1 = real(0, open_low=True), real(0, 1, open_high=True)
UP_TO_A_CONSTANT = "Compared with the values at $x = \\theta = b = 0$, so constants drop out. "


def _row(label, statement, space, sides, uses, **more):
    return Claim(
        id=f"starnes2023/{label}",
        printed="Table 1",
        kind="table",
        statement=statement,
        space=space,
        sides=sides,
        relation="=",
        uses=[f"starnes2023/{name}" for name in uses],
        **more,
    )


# ---- dense layers ------------------------------------------------------------------------------------------------------------


def dense_first(xp, theta, b, y, x, sigma, rows, columns):
    def both(theta, b, y):
        smoothed = smoothed_but_input(xp, theta, x, b, y, sigma, rows, columns)
        return smoothed, squares(dense(theta, x, b, y), -1)

    at, zero = both(theta, b, y), both(xp.zeros_like(theta), xp.zeros_like(b), xp.zeros_like(y))
    return at[0] - zero[0], at[1] - zero[1]


table_1_dense_first = _row(
    "table-1-dense-first",
    r"Dense layer, $l=1$: $\|\theta_1x_0+b_1-x_1\|^2$ smooths to itself, without regularisers.",
    layer_space(),
    dense_first,
    ["proposition-d.2-input@b"],
    derivation=prove_but_input,
    expected="conditional",
    note="The term $\\frac{\\sigma^2d_1}2\\|x_0\\|^2$ is a constant: $x_0$ is data.",
)


def dense_later(xp, theta, b, y, x, sigma, rows, columns):
    def both(theta, b, y, x):
        smoothed, _ = with_identity(xp, theta, b, y, x, sigma, rows, columns)
        regularisers = sigma**2 * rows / 2 * squares(x, -1) + sigma**2 / 2 * squares(theta, (-2, -1))
        return smoothed, squares(dense(theta, x, b, y), -1) + regularisers

    variables = (theta, b, y, x)
    at, zero = both(*variables), both(*(xp.zeros_like(v) for v in variables))
    return at[0] - zero[0], at[1] - zero[1]


table_1_dense = _row(
    "table-1-dense",
    r"Dense layer, $l>1$: input regulariser $\frac{\sigma^2d_l}2\|x_{l-1}\|^2$, weights $\frac{\sigma^2}2\|\theta_l\|_F^2$.",
    layer_space(),
    dense_later,
    ["proposition-d.2-identity"],
    derivation=prove_identity,
    expected="conditional",
)

# ---- activation --------------------------------------------------------------------------------------------------------------


def activation_row(sign):
    def sides(xp, x, y, c, sigma, n):
        def both(x, y):
            def over_input(v):
                z = activation(xp, moved(sigma, x, v), c)
                return mean_of_square(xp, lambda u: z - moved(sigma, y, u), 0, 0, n)

            mean, square = smoothed_activation(xp, x, c, sigma)
            printed = squares(mean - y, -1) + square.sum(axis=-1) + sign * squares(mean, -1)
            return xp.gaussian_mean(over_input, n, 4), printed

        at, zero = both(x, y), both(xp.zeros_like(x), xp.zeros_like(y))
        return at[0] - zero[0], at[1] - zero[1]

    return sides


def activation_space(sigma=POSITIVE):
    return Space(n=choice(1, 2), x=vector("n"), y=vector("n"), c=real(), sigma=sigma)


def prove_activation(_):
    chains = (
        prove_row(
            "the layer $h$, $n$ coordinates: $\\mathbb E H_j = m_j$, $\\mathbb E H_j^2 = q_j^2$",
            activation_layer,
        ),
    )
    return derivation(*chains, concludes=says(*chains))


table_1_activation = _row(
    "table-1-activation",
    r"Activation $h$, $l>1$ becomes $h_\sigma$ with the input regulariser $\|q_\sigma(x_{l-1})\|^2+\|h_\sigma(x_{l-1})\|^2$.",
    activation_space(),
    activation_row(1),
    ["proposition-d.1c@a"],
    expected="refuted",
    note=UP_TO_A_CONSTANT
    + "The variance of $h$ is $q_\\sigma^2 - h_\\sigma^2$: the sign must be minus, as in Tables 2 and 3. The "
    "hunt has $h(x) = x^2+cx$.",
)
table_1_activation_corrected = _row(
    "table-1-activation-corrected",
    r"Activation $h$ becomes $h_\sigma$ with the input regulariser $\|q_\sigma(x_{l-1})\|^2-\|h_\sigma(x_{l-1})\|^2$.",
    activation_space(real(0)),
    activation_row(-1),
    ["proposition-d.1c@a"],
    derivation=prove_activation,
    corrects="starnes2023/table-1-activation",
    expected="conditional",
    note=UP_TO_A_CONSTANT + "For every activation that acts coordinate-wise.",
)

# ---- convolutions ------------------------------------------------------------------------------------------------------------


def convolution_first(xp, x, theta, b, y, sigma, k, s, w):
    def both(theta, b, y):
        def residual(u):
            du, db, dy = split(xp, u, (k, k), (w, w), (w, w))
            entries = (moved(sigma, b, db), moved(sigma, y, dy))
            return convolution(xp, x, moved(sigma, theta, du), *entries, k, s, w)

        smoothed = mean_of_square(xp, residual, 0, 0, k * k + 2 * w * w)
        return smoothed, squares(convolution(xp, x, theta, b, y, k, s, w), -1)

    at, zero = both(theta, b, y), both(xp.zeros_like(theta), xp.zeros_like(b), xp.zeros_like(y))
    return at[0] - zero[0], at[1] - zero[1]


table_1_convolution_first = _row(
    "table-1-convolution-first",
    r"Convolution, $l=1$: smooths to itself, without regularisers.",
    convolution_space(),
    convolution_first,
    ["proposition-d.3-input@b"],
    derivation=prove_first_convolution,
    expected="conditional",
    note="$\\frac{\\sigma^2}2\\|x_0\\|_{C_1}^2$ is a constant, in whatever reading.",
)


def convolution_later(power, norm):
    def sides(xp, x, theta, b, y, sigma, k, s, w):
        def both(x, theta, b, y):
            printed = squares(convolution(xp, x, theta, b, y, k, s, w), -1)
            printed = printed + sigma**2 / 2 * convolutional_norm(xp, x, k, s, w, norm)
            weights = sigma**2 / 2 * w**power * squares(theta, (-2, -1))
            return everything_smoothed(xp, x, theta, b, y, sigma, k, s, w), printed + weights

        variables = (x, theta, b, y)
        at, zero = both(*variables), both(*(xp.zeros_like(v) for v in variables))
        return at[0] - zero[0], at[1] - zero[1]

    return sides


def _convolution_reading(letter):
    power, norm = READINGS[letter]
    holds = letter == "b"
    return _row(
        f"table-1-convolution@{letter}",
        r"Convolution, $l>1$: input regulariser $\frac{\sigma^2}2\|x_{l-1}\|_{C_l}^2$, weights $\frac{\sigma^2}2"
        + ("w_l^2" if power == 2 else "w_l")
        + r"\|\theta_l\|_F^2$, "
        + NORM_TEXT[norm]
        + ".",
        convolution_space(),
        convolution_later(power, norm),
        [f"proposition-d.3-general@{letter}"],
        derivation=prove_convolution if holds else None,
        expected="conditional" if holds else "contested",
        note=UP_TO_A_CONSTANT
        + (
            "For one kernel, as in Proposition D.3. Several kernels count the input's term once each."
            if holds
            else "See `proposition-d.3-general`."
        ),
    )


convolution_readings = tuple(_convolution_reading(letter) for letter in READINGS)
table_1_convolution = Claim(
    id="starnes2023/table-1-convolution",
    printed="Table 1",
    kind="table",
    statement=r"Convolution, $l>1$: input $\frac{\sigma^2}2\|x_{l-1}\|_{C_l}^2$, weights $\frac{\sigma^2w_l^p}2\|\theta_l\|_F^2$; "
    "$p$ and the norm are open.",
    readings=convolution_readings,
    expected="inconclusive",
)


def _convolution_correction(letter):
    return Claim(
        id=f"starnes2023/table-1-convolution@{letter}-corrected",
        printed="Table 1, corrected",
        kind="table",
        statement=r"Convolution, $l>1$: input regulariser $\frac{\sigma^2}2\|x_{l-1}\|_{C_l}^2$, weights $\frac{\sigma^2}2w_l^2"
        rf"\|\theta_l\|_F^2$, {NORM_TEXT['b']}.",
        derivation=prove_convolution,
        corrects=f"starnes2023/table-1-convolution@{letter}",
        uses=["starnes2023/proposition-d.3-general@b"],
        expected="conditional",
    )


convolution_corrections = tuple(_convolution_correction(letter) for letter in "acd")

# ---- dropout -----------------------------------------------------------------------------------------------------------------


def dropout_row(corrected):
    def sides(xp, x, y, p, sigma, d):
        def both(x, y):
            def over_input(v):
                def over_output(u):
                    return dropped(xp, x + xp.scale(sigma, v), y + xp.scale(sigma, u), p)

                return xp.gaussian_mean(over_output, d, 2)

            weight = 1 - p if corrected else 1
            printed = weight * xp.vecdot(x - y, x - y) + p * xp.vecdot(y, y)
            return xp.gaussian_mean(over_input, d, 2), printed

        at, zero = both(x, y), both(xp.zeros_like(x), xp.zeros_like(y))
        return at[0] - zero[0], at[1] - zero[1]

    return sides


def dropout_space(p=BELOW_1, sigma=POSITIVE):
    return Space(d=dimension(1, 2), x=point(), y=point(), p=p, sigma=sigma)


def prove_dropout_row(s):
    text = "$\\mathbb E\\|v+\\sigma u\\|^2 = \\|v\\|^2+\\frac{\\sigma^2d}2$: the constants cancel"
    return derivation(chain(s.left, eq(s.right, by_expansion(text))))


table_1_dropout = _row(
    "table-1-dropout",
    r"Dropout($p$), $l\ge1$ becomes the identity with the output regulariser $p\|x_l\|^2$.",
    dropout_space(),
    dropout_row(False),
    ["proposition-d.4"],
    expected="refuted",
    note=UP_TO_A_CONSTANT
    + "Proposition D.4 has $(1-p)\\|x_{l-1}-x_l\\|^2 + p\\|x_l\\|^2$: the identity keeps the weight $1-p$. "
    "Where $x_l = x_{l-1}$ holds exactly, the weight plays no role: `table-1-dropout-as-constraint`.",
)
table_1_dropout_corrected = _row(
    "table-1-dropout-corrected",
    r"Dropout($p$) becomes the identity with the weight $1-p$, $(1-p)\|x_{l-1}-x_l\|^2$, and the output regulariser $p\|x_l\|^2$.",
    dropout_space(real(0, 1), real(0)),
    dropout_row(True),
    ["proposition-d.4"],
    derivation=prove_dropout_row,
    corrects="starnes2023/table-1-dropout",
    expected="proved",
    note=UP_TO_A_CONSTANT,
)

# ---- pooling, flattening -----------------------------------------------------------------------------------------------------


def pooling_row(xp, x, y, sigma, k, s, pools):
    width = x.shape[-1]

    def both(x, y):
        def residual(u):
            dy, dx = split(xp, u, (pools,), (width,))
            return pooled(xp, moved(sigma, x, dx), k, s, pools) - moved(sigma, y, dy)

        printed = squares(pooled(xp, x, k, s, pools) - y, -1)
        return mean_of_square(xp, residual, 0, 0, pools + width), printed

    at, zero = both(x, y), both(xp.zeros_like(x), xp.zeros_like(y))
    return at[0] - zero[0], at[1] - zero[1]


table_1_average_pool = _row(
    "table-1-average-pool",
    r"Average pooling smooths to itself, without regularisers.",
    Space(
        k=choice(1, 2, 4),
        s=choice(1, 2),
        pools=choice(1, 2),
        x=sized(line_axes),
        y=vector("pools"),
        sigma=real(0),
    ),
    pooling_row,
    ["proposition-d.5"],
    derivation=prove_average_pooling,
    expected="conditional",
)


def flatten_row(xp, x, y, sigma, rows, columns):
    """x has rows × columns entries, y as many in one row."""
    size = rows * columns

    def both(x, y):
        def residual(u):
            dx, dy = split(xp, u, (rows, columns), (rows, columns))
            return (moved(sigma, x, dx) - moved(sigma, y, dy)).reshape((-1, size))

        return mean_of_square(xp, residual, 0, 0, 2 * size), squares((x - y).reshape((-1, size)), -1)

    at, zero = both(x, y), both(xp.zeros_like(x), xp.zeros_like(y))
    return at[0] - zero[0], at[1] - zero[1]


def flat_layer(n):
    """E‖x+σV − y − σY‖², n entries: flattening keeps them."""
    x, y, v, w = (numbered(name, n) for name in ("x", "y", "V", "Y"))
    square = sum((x[j] + sigma * v[j] - y[j] - sigma * w[j]) ** 2 for j in range(n))
    return mean_over(square, gaussian_moments(*v, *w)), sum(
        (x[j] - y[j]) ** 2 for j in range(n)
    ) + n * sigma**2


def prove_flatten(_):
    chains = (prove_row("input and output smoothed, $n = d$ entries", flat_layer),)
    return derivation(*chains, concludes=says(*chains))


table_1_flatten = _row(
    "table-1-flatten",
    r"Flattening smooths to itself, without regularisers.",
    Space(
        rows=choice(1, 2),
        columns=choice(1, 2),
        x=matrix("rows", "columns"),
        y=matrix("rows", "columns"),
        sigma=real(0),
    ),
    flatten_row,
    ["proposition-d.1d"],
    derivation=prove_flatten,
    expected="conditional",
    note="Adds the constant $\\sigma^2d$.",
)
