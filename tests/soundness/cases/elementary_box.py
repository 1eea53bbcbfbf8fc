"""Links that are right on a box which their claim does not have: x ≤ 1e9 and x² ≤ x are false on the real line."""

import sympy

from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, derivation, elementary, le

X = sympy.Symbol("x", real=True)


def on_a_box(low, high):
    return lambda s: derivation(chain(s.left, le(s.right, elementary("on the box", box={s.x: (low, high)}))))


def square_below(_):
    link = le(X, elementary("x in [0, 1]", box={X: (0, 1)}))
    return derivation(chain(X**2, link), concludes=((X**2, "<=", X),))


claims = [
    Claim(
        id="elementary-box/large",
        statement=r"$x \le 10^9$ for every real $x$.",
        space=Space(x=real()),
        sides=lambda xp, x: (x, 10**9 + 0 * x),
        derivation=on_a_box(-(10**8), 10**8),
    ),
    Claim(
        id="elementary-box/unit",
        statement=r"$x/10^9 \le 1$ for every real $x$.",
        space=Space(x=real()),
        sides=lambda xp, x: (x / 10**9, 1 + 0 * x),
        derivation=on_a_box(0, 1),
    ),
    Claim(
        id="elementary-box/no-formula",
        statement=r"$x^2 \le x$ for every real $x$.",
        derivation=square_below,
    ),
]
