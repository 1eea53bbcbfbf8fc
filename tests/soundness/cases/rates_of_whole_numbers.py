"""(1 - 1/n)^k of whole numbers: two identities, true exactly and not in float64."""

from theorycheck import Claim, Space, choice, dimension, function, point


def rate(xp, f, x, n, k):
    return f(x) * (1 - 1 / n) ** k * n**k, f(x) * (n - 1) ** k


def rate_in_dimension(xp, x, d):
    square = xp.vecdot(x, x)
    return square * (1 - 1 / d) ** 20, square * xp.number((d - 1) ** 20) / d**20


claims = [
    Claim(
        id="rates/choice",
        statement=r"$f(x)(1-\frac1n)^kn^k = f(x)(n-1)^k$.",
        space=Space(n=choice(3, 7), k=choice(10, 50), f=function(), x=point()),
        sides=rate,
        relation="=",
    ),
    Claim(
        id="rates/dimension",
        statement=r"$(1-\frac1d)^{20}\|x\|^2 \le (\frac{d-1}d)^{20}\|x\|^2$.",
        space=Space(d=dimension(3, 6, 7, 10, 11), x=point()),
        sides=rate_in_dimension,
    ),
]
