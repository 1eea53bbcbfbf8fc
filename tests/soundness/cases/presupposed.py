"""False claims whose formula has a value where one part of it, or another way to write it, has none; and what follows from it.

power: at x = log 3, k > 1 both sides are 0. root: √(by), b ≥ 0, is 0 at b = 0 whatever y is, though SymPy writes √b √y. whole:
(1 − x²)^(e^y) has a value at x = 2, y = log 3. zero-base: 0^0 = 1 where the exponent e is 0, at j = 1518, k = 69, m = 3.
"""

from theorycheck import Claim, Space, dimension, integer, real, requires
from theorycheck.derivations import chain, consequence, derivation, elementary, hypothesis, le, lt

DISTANCE = r"$|e^x-3|\,y \ge 0$"


def power(xp, x, k):
    b = abs(xp.exp(x) - 3)
    return 0 * x, b * (1 + b ** (k - 1))


def root(xp, x, y):
    return 0 * x, xp.sqrt(abs(xp.exp(x) - 3) * y) + y


def needle(j, k, m):
    return (j - 22 * k) ** 2 + (k - 23 * m) ** 2 + (m - 3) ** 2


def zero_base(xp, u, j, k, m):
    return (abs(u) - u) ** needle(j, k, m) * (abs(u) + u), 0 * u


def rooted(label, **more):
    return Claim(
        id=f"presupposed/{label}",
        statement=r"$0 \le \sqrt{|e^x-3|\,y} + y$.",
        space=Space(x=real(0, 3), y=real(-1, 1)),
        hypotheses=[requires(lambda xp, x, y: abs(xp.exp(x) - 3) * y >= 0, DISTANCE)],
        sides=root,
        **more,
    )


def by_signs(s):
    return derivation(chain(s.left, le(s.right, elementary("signs"))))


def small(xp, d):
    return d * d, 3 * d - 2


def from_lemma(cited):
    return lambda s: derivation(
        chain(s.left, le(s.right, consequence("the lemma", hypothesis(s.lemma(cited)))))
    )


claims = [
    Claim(
        id="presupposed/power",
        statement=r"$0 < |e^x-3|\,(1+|e^x-3|^{k-1})$, $k \ge 1$.",
        space=Space(x=real(0, 3), k=real(1, 3)),
        sides=power,
        relation="<",
        derivation=lambda s: derivation(chain(s.left, lt(s.right, elementary("positive")))),
    ),
    rooted("root", derivation=by_signs),
    rooted("root-direct"),
    Claim(
        id="presupposed/whole",
        statement=r"$x^2 \le 1$ if $(1-x^2)^{e^y} \le 10$.",
        space=Space(x=real(-2, 2), y=real(0.5, 3)),
        hypotheses=[requires(lambda xp, x, y: (1 - x * x) ** xp.exp(y) <= 10, r"$(1-x^2)^{e^y} \le 10$")],
        sides=lambda xp, x: (x * x, 1 + 0 * x),
        derivation=by_signs,
    ),
    Claim(
        id="presupposed/zero-base",
        statement=r"$(|u|-u)^e(|u|+u) \le 0$, $e = (j-22k)^2+(k-23m)^2+(m-3)^2$.",
        space=Space(u=real(-0.5, 1), j=integer(0, 5000), k=integer(0, 200), m=integer(0, 10)),
        sides=zero_base,
        derivation=lambda s: derivation(chain(s.left, le(s.right, consequence("nothing")))),
    ),
    Claim(
        id="presupposed/huge-power",
        statement=r"True: $|u|^{k^2} \le 1 + u^2$ for $|u| \le 1$.",
        space=Space(u=real(-1, 1), k=integer(0, 10**8)),
        sides=lambda xp, u, k: (abs(u) ** (k * k), 1 + u * u),
    ),
    Claim(
        id="presupposed/plane",
        statement=r"True: $d^2 \le 3d-2$ for $d \in \{1,2\}$.",
        space=Space(d=dimension(1, 2)),
        sides=small,
    ),
    Claim(
        id="presupposed/plane-again",
        statement=r"True: $d^2 \le 3d-2$ for $d \in \{1,2\}$.",
        space=Space(d=dimension(1, 2)),
        sides=small,
        derivation=from_lemma("presupposed/plane"),
    ),
    Claim(
        id="presupposed/dimension-3",
        statement=r"False: $d^2 \le 3d-2$ for $d = 3$.",
        space=Space(d=dimension(3)),
        sides=small,
        derivation=from_lemma("presupposed/plane-again"),
    ),
]
