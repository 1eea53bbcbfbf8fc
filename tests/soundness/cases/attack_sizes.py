"""Choices, integers and dimensions in Python's own arithmetic; false unless named `true`."""

from theorycheck import Claim, Space, choice, dimension, integer, point, real


def parity_sign(xp, x, n):
    return (-1) ** n * x**2, 0 * x


def division(xp, x, n):
    return x * (n // 2) * 2, x * n


def binomial(xp, x, n):
    value = 1
    for k in range(1, n + 1):
        value = value * (n + k) / k
    return x * value, x * 4**n / (2 * n + 1)


def harmonic(xp, x, n):
    return x * sum(1 / k for k in range(1, n + 1)), x * (1 + n / 2)


def harmonic_identity(xp, x, n):
    return x * sum(1 / (k * (k + 1)) for k in range(1, n + 1)) * (n + 1), x * n


def boolean(xp, x, p):
    return (x if not p else -x), 0 * x


def words(xp, x, kind):
    return (x if kind == "plus" else -x), abs(x)


def words_wrong(xp, x, kind):
    return {"plus": x, "minus": -x, "twice": 2 * x}[kind], abs(x)


def max_of_sizes(xp, x, n):
    return x * max(n, 3), x * n


def min_of_sizes(xp, x, n):
    return x * min(n, 3), x * n


def sorted_sizes(xp, x, n, m):
    low, high = sorted((n, m))
    return x * low, x * high


def chained(xp, x, n):
    return (x if 1 < n < 3 else -x), 0 * x


def bits(xp, x, n):
    return x * (n & (n - 1)), 0 * x


def last_index(xp, x, d):
    return x[:, d - 1] ** 2, xp.vecdot(x, x)


def first_index_wrong(xp, x, d):
    return xp.vecdot(x, x), x[:, 0] ** 2


def power_of_integer(xp, n):
    return 2**n, n**3 + 2


def factorial_bound(xp, n):
    return n**2, 2**n + 0 * n


def claim(label, statement, sides, relation="<=", **space):
    return Claim(
        id=f"sizes/{label}", statement=statement, space=Space(**space), sides=sides, relation=relation
    )


claims = [
    claim("parity", r"$(-1)^nx^2 \le 0$.", parity_sign, x=real(), n=choice(1, 3, 4)),
    claim("division", r"$2x\lfloor n/2\rfloor \ge nx$.", division, ">=", x=real(0), n=choice(2, 4, 5)),
    claim("true-division", r"$2x\lfloor n/2\rfloor \le nx$.", division, x=real(0), n=choice(2, 4, 5)),
    claim(
        "true-binomial", r"$\binom{2n}n \ge \frac{4^n}{2n+1}$.", binomial, ">=", x=real(0), n=choice(1, 4, 30)
    ),
    claim("true-harmonic", r"$H_n \le 1 + \frac n2$.", harmonic, x=real(0), n=choice(1, 2, 40)),
    claim(
        "true-telescope",
        r"$\sum\frac1{k(k+1)} = \frac n{n+1}$.",
        harmonic_identity,
        "=",
        x=real(0),
        n=choice(1, 7, 49),
    ),
    claim("not", r"$x \le 0$ for $p = 0$, $-x \le 0$ else.", boolean, x=real(0), p=choice(0, 1, 2)),
    claim("true-words", r"$\pm x \le |x|$.", words, x=real(), kind=choice("plus", "minus")),
    claim("words", r"$\pm x, 2x \le |x|$.", words_wrong, x=real(), kind=choice("plus", "minus", "twice")),
    claim("max", r"$x\max(n, 3) \le nx$.", max_of_sizes, x=real(0), n=choice(2, 3, 5)),
    claim("true-min", r"$x\min(n, 3) \le nx$.", min_of_sizes, x=real(0), n=choice(2, 3, 5)),
    claim(
        "true-sorted",
        r"$x\min(n, m) \le x\max(n, m)$.",
        sorted_sizes,
        x=real(0),
        n=choice(1, 2),
        m=choice(1, 2),
    ),
    claim("chained", r"$x \le 0$ for $n = 2$.", chained, x=real(0), n=choice(1, 2, 3)),
    claim("bits", r"$n$ is a power of 2.", bits, x=real(0), n=choice(2, 4, 6)),
    claim("true-last-entry", r"$x_d^2 \le \|x\|^2$.", last_index, d=dimension(1, 2, 3), x=point()),
    claim(
        "first-entry", r"$\|x\|^2 \le x_1^2$ for $d \le 2$.", first_index_wrong, d=dimension(1, 2), x=point()
    ),
    claim("power", r"$2^n \le n^3 + 2$ for $n \le 10$.", power_of_integer, n=integer(0, 10)),
    claim("square", r"$n^2 \le 2^n$ for $0 \le n \le 40$.", factorial_bound, n=integer(0, 40)),
]
