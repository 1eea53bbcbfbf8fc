"""False at b = 3/7, y = 0; the derivation uses smoothness at the point v/(7b-3)², where it does not exist."""

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point, real, requires
from theorycheck.derivations import chain, consequence, derivation, ge, hypothesis

H = requires(lambda b, y: (7 * b - 3) ** 2 * y >= (7 * b - 3) ** 2, r"$(7b-3)^2y \ge (7b-3)^2$")


def sides(xp, y, v, L):
    return (y - 1) * L * xp.vecdot(v, v), 0 * y


def prove(s):
    smooth, h = s.assume(l_smooth("f", "L")), s.assume(H)
    a = (7 * s.b - 3) ** 2
    p, zero = s.v * (1 / a), s.v * 0
    terms = [a * hypothesis(h, smooth.upper(zero, p)), a * hypothesis(h, smooth.lower(zero, p))]
    return derivation(chain(s.left, ge(s.right, consequence("product", *terms))))


claim = Claim(
    id="lemmas/false-claim-proved",
    statement=r"$(7b-3)^2y \ge (7b-3)^2$, $f$ $L$-smooth $\Rightarrow (y-1)L\|v\|^2\ge0$ (false at $b=3/7$, $y=0$).",
    space=Space(
        d=dimension(1, 2), f=function(), b=real(), y=real(), v=point(), L=constant_of("f", "smoothness")
    ),
    hypotheses=[H, l_smooth("f", "L")],
    sides=sides,
    relation=">=",
    derivation=prove,
)
