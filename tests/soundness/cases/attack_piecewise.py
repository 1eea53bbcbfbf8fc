"""Ordinary-looking formulas with a jump: all false, each at one point or on a thin set, save those named `true`."""

from fractions import Fraction

from theorycheck import Claim, Space, integer, real


def removable_singularity(xp, x):
    safe = xp.where(x == 1, 2 + 0 * x, x)
    return xp.where(x == 1, 3 + 0 * x, (safe**2 - 1) / (safe - 1)), x + 1


def indicator_by_product(xp, x):
    return 1 - xp.sign(x - 5) ** 2, 0 * x


def floor_by_sign(xp, x):
    return xp.sign(x) * abs(x) + (1 - xp.sign(x) ** 2), x


def two_comparisons(xp, x):
    return xp.where((x >= 2) & (x <= 2), 1 + 0 * x, 0 * x), 0 * x


def negated_difference(xp, x):
    return xp.where(~(x != 2), 1 + 0 * x, 0 * x), 0 * x


def between(xp, x):
    low, high = xp.number(Fraction(1, 3)), xp.number(Fraction(333334, 10**6))
    return xp.where((x > low) & (x < high), x, 0 * x), 0 * x


def clipped_once(xp, x):
    return xp.minimum(xp.maximum(x, 0 * x), 1 + 0 * x), x


def equal_pair(xp, x, y):
    return xp.where(x == y, 1 + 0 * x, 0 * x), 0 * x


def kronecker(xp, n, m):
    return xp.where(n == m, 1 + 0 * n, 0 * n), 0 * n


def on_the_circle(xp, x, y):
    return xp.where(x**2 + y**2 == 1, 1 + 0 * x, 0 * x), 0 * x


def where_of_where(xp, x):
    inner = xp.where(x < 1, 0 * x, 1 + 0 * x)
    return xp.where(inner == 1, xp.where(x <= 1, 1 + 0 * x, 0 * x), 0 * x), 0 * x


def never_both(xp, x):
    return xp.where((x < 0) & (x > 0), 1 + 0 * x, 0 * x), 0 * x


def everywhere_the_same(xp, x):
    return xp.where(x == 7, x**2, 7 * x) - xp.where(x == 7, 7 * x, 7 * x), 0 * x


def claim(label, statement, sides, relation="<=", **space):
    return Claim(
        id=f"piecewise/{label}",
        statement=statement,
        space=Space(**space),
        sides=sides,
        relation=relation,
    )


claims = [
    claim("removable", r"$(x^2-1)/(x-1)$, 3 at 1, is $x + 1$.", removable_singularity, "=", x=real(-10, 10)),
    claim("product", r"$1 - \mathrm{sign}(x-5)^2 \le 0$.", indicator_by_product, x=real()),
    claim("sign-at-zero", r"$x$ by its sign, 1 at 0, is $x$.", floor_by_sign, "=", x=real(-3, 3)),
    claim("two-comparisons", r"$1[x \ge 2, x \le 2] \le 0$.", two_comparisons, x=real()),
    claim("negated", r"$1[\lnot (x \ne 2)] \le 0$.", negated_difference, x=real()),
    claim("between", r"$x\,1[\frac13 < x < 0.333334] \le 0$.", between, x=real(0, 1)),
    claim(
        "clipped", r"$\min(\max(x, 0), 1) = x$ on $[0, 1 + 10^{-6}]$.", clipped_once, "=", x=real(0, 1.000001)
    ),
    claim("pair", r"$1[x = y] \le 0$.", equal_pair, x=real(0, 1), y=real(0, 1)),
    claim("kronecker", r"$\delta_{nm} \le 0$ on $1 … 9$.", kronecker, n=integer(1, 9), m=integer(1, 9)),
    claim("circle", r"$1[x^2+y^2 = 1] \le 0$.", on_the_circle, x=real(-1, 1), y=real(-1, 1)),
    claim("nested", r"$1[x \ge 1]\,1[x \le 1] \le 0$.", where_of_where, x=real(0, 2)),
    claim("true-empty", r"$1[x < 0, x > 0] \le 0$.", never_both, x=real(-1, 1)),
    claim("true-agreeing", r"$x^2$ at 7 is $7x$.", everywhere_the_same, "=", x=real()),
]
