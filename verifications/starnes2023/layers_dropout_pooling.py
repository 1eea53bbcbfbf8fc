r"""Appendix D.1, dropout (Proposition D.4) and average pooling (Proposition D.5). Both hold.

Dropout: the whole vector or every coordinate by itself, the expectation is the same, because ‖·‖² is a sum over coordinates.
Pooling: for all windows of k different entries, disjoint or overlapping.
"""

import sympy

from theorycheck import Claim, Space, choice, dimension, point, real, vector
from theorycheck.algebra import expectation, gaussian, norm_squared
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

# ---- Proposition D.4 -------------------------------------------------------------------------------------------------------


def dropped(xp, x, y, p):
    """E‖drop(x) − y‖² over drop."""
    return p * xp.vecdot(y, y) + (1 - p) * xp.vecdot(x - y, x - y)


def dropout(xp, x, y, p, sigma, d):
    def over_input(v):
        def over_output(u):
            return dropped(xp, x + xp.scale(sigma, v), y + xp.scale(sigma, u), p)

        return xp.gaussian_mean(over_output, d, 2)

    return xp.gaussian_mean(over_input, d, 2), dropped(xp, x, y, p) + (1 - p / 2) * sigma**2 * d


def prove_dropout(s):
    return derivation(
        chain(
            s.left,
            eq(
                s.right,
                by_expansion("$\\mathbb E\\|v+\\sigma u\\|^2 = \\|v\\|^2+\\frac{\\sigma^2d}2$, three times"),
            ),
        )
    )


def printed_dropout(s):
    u, v = gaussian("u", s.d), gaussian("v", s.d)
    moved_y, moved_x = s.y + u.vector * s.sigma, s.x + v.vector * s.sigma
    after_output = s.p * norm_squared(s.y) + (1 - s.p) * norm_squared(s.x - s.y) + s.sigma**2 * s.d / 2
    moved_input = s.p * norm_squared(s.y) + (1 - s.p) * norm_squared(moved_x - s.y) + s.sigma**2 * s.d / 2
    start = expectation(s.p * norm_squared(moved_y) + (1 - s.p) * norm_squared(s.x - moved_y), u)
    return derivation(
        chain(start, eq(after_output, by_expansion("smooth $x_+$"), "L1")),
        chain(expectation(moved_input, v), eq(s.right, by_expansion("smooth $x$"), "L2")),
    )


proposition_d_4 = Claim(
    id="starnes2023/proposition-d.4",
    printed="Proposition D.4",
    kind="identity",
    statement=r"$P(\mathrm{drop}(x)=0)=p$, $P(\mathrm{drop}(x)=x)=1-p$, $l(x,x_+) = \|\mathrm{drop}(x)-x_+\|^2$: "
    r"$l_\sigma(x,x_+) = p\|x_+\|^2+(1-p)\|x-x_+\|^2+(1-\frac p2)\sigma^2d$.",
    space=Space(d=dimension(1, 2), x=point(), y=point(), p=real(0, 1), sigma=real(0)),
    sides=dropout,
    relation="=",
    derivation=prove_dropout,
    printed_proof=printed_dropout,
    uses=["starnes2023/definition-smoothing", "starnes2023/identity-d-sequential"],
    expected="proved",
    note="For every $d$ and $p \\in [0,1]$; $y$ stands for $x_+$. Dropping every coordinate by itself gives the same.",
)

# ---- dropout in a network whose layers hold exactly -------------------------------------------------------------------------


def dropout_as_constraint(xp, x, p, sigma, d):
    """The smoothed loss at x_+ = x against the regulariser of Table 1, both minus their values at x = 0."""
    (at, _), (zero, _) = (dropout(xp, z, z, p, sigma, d) for z in (x, 0 * x))
    return at - zero, p * xp.vecdot(x, x)


def prove_as_constraint(s):
    text = "the loss of Proposition D.4 at $x_+ = x$, minus its value at 0"
    return derivation(chain(s.left, eq(s.right, by_expansion(text))))


table_1_dropout_as_constraint = Claim(
    id="starnes2023/table-1-dropout-as-constraint",
    printed="Table 1; Table 2, row (6)",
    kind="table",
    statement=r"Where $x_l = x_{l-1}$, the smoothed loss of Dropout($p$) is the regulariser $p\|x_l\|^2$ up to a constant.",
    space=Space(d=dimension(1, 2), x=point(), p=real(0, 1), sigma=real(0)),
    sides=dropout_as_constraint,
    relation="=",
    derivation=prove_as_constraint,
    uses=["starnes2023/proposition-d.4"],
    expected="proved",
    note="What is true of the row in a network whose layers hold exactly, as constraints. With the constraint as a penalty the "
    "identity keeps the weight $1-p$: `table-1-dropout-corrected`.",
)

# ---- Proposition D.5 -------------------------------------------------------------------------------------------------------


def line_axes(sizes):
    """A line on which a window of k entries has `pools` positions, s apart (overlapping where s < k)."""
    return (sizes["s"] * (sizes["pools"] - 1) + sizes["k"],)


def pooled(xp, x, k, s, pools):
    """The means of the windows, shape (N, pools)."""
    return xp.stack([x[:, s * i : s * i + k].sum(axis=-1) / k for i in range(pools)], axis=1)


def average_pooling(xp, x, y, sigma, k, s, pools):
    width = x.shape[-1]

    def residual(u):
        dy, dx = split(xp, u, (pools,), (width,))
        return pooled(xp, moved(sigma, x, dx), k, s, pools) - moved(sigma, y, dy)

    right = squares(pooled(xp, x, k, s, pools) - y, -1) + sigma**2 * pools / (2 * k) + sigma**2 * pools / 2
    return mean_of_square(xp, residual, 0, 0, pools + width), right


def fixed_weights(smoothed):
    """One window with fixed weights (1/k each) and no bias, `smoothed` of which are "input" and "output"."""

    def sides(n):
        r = Row(n)
        right = r.residual(r.x) ** 2
        right += sigma**2 / 2 * sum(t**2 for t in r.theta) if "input" in smoothed else 0
        right += sigma**2 / 2 if "output" in smoothed else 0
        return row(n, smoothed).subs(r.bias, 0), right.subs(r.bias, 0)

    return sides


K = sympy.Symbol("k", integer=True, positive=True)


def prove_average_pooling(_):
    weights = chain(
        K * (1 / K) ** 2,
        eq(1 / K, by_expansion("$\\|\\theta\\|^2$ of the $k$ weights $\\frac1k$ of a window")),
    )
    chains = (
        prove_row("one window: $x$ and $x_+$ smoothed", fixed_weights(("input", "output"))),
        weights,
        entries_add_up(
            {"r": 1},
            sigma**2 / (2 * K) + sigma**2 / 2,
            "add up the windows, as many as $d_+$, $\\|\\theta\\|^2 = \\frac1k$",
        ),
    )
    return derivation(*chains, concludes=says(*chains))


def printed_average_pooling(_):
    def size(n):
        r, v = Row(n), numbered("V", n)
        noise = sum(t * u for t, u in zip(r.theta, v, strict=True))
        half = {u: (0, sympy.Rational(1, 2)) for u in v}
        return mean_over(noise**2, half), sum(t**2 for t in r.theta) / 2

    return derivation(
        prove_row("smooth $x_+$, a window", fixed_weights(("output",)), "L1"),
        prove_row(
            "$\\mathbb E\\langle\\theta,u\\rangle^2 = \\frac12\\|\\theta\\|^2$, a window",
            size,
            "L2, a window",
        ),
        entries_add_up({}, 1 / (2 * K), "$\\frac12\\|\\theta\\|^2 = \\frac1{2k}$ in every window", "L2"),
    )


proposition_d_5 = Claim(
    id="starnes2023/proposition-d.5",
    printed="Proposition D.5",
    kind="identity",
    statement=r"$(\mathrm{pool}(x))_i = \frac1k\sum_{j=1}^kx^{i_j}$, $l(x,x_+) = \|\mathrm{pool}(x)-x_+\|^2$: "
    r"$l_\sigma = \|\mathrm{pool}(x)-x_+\|^2+\frac{\sigma^2d_+}{2k}+\frac{\sigma^2d_+}2$.",
    space=Space(
        k=choice(1, 2, 3, 4),
        s=choice(1, 2, 4),
        pools=choice(1, 2, 3),
        x=sized(line_axes),
        y=vector("pools"),
        sigma=real(0),
    ),
    sides=average_pooling,
    relation="=",
    derivation=prove_average_pooling,
    printed_proof=printed_average_pooling,
    uses=["starnes2023/definition-smoothing", "starnes2023/identity-d-sequential"],
    expected="conditional",
    note="For every number and size of windows of different entries, overlapping or not; $y$ stands for $x_+$.",
)
