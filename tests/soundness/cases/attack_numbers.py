"""Numbers that float64 cannot hold, ties, ends of ranges; false unless named `true`."""

from fractions import Fraction

from theorycheck import Claim, Space, integer, real, requires


def claim(label, statement, sides, relation="<=", hypotheses=(), **space):
    return Claim(
        id=f"numbers/{label}",
        statement=statement,
        space=Space(**space),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


def expanded_cube(xp, x):
    return x**3 - 3 * x**2 + 3 * x - 1, (x - 1) ** 3


def cancelling(xp, x):
    return xp.sqrt(1 + x**2) - 1, x**2 / (xp.sqrt(1 + x**2) + 1)


def exponential_difference(xp, x):
    return xp.exp(x) - 1 - x, x**2 / 2


def stirling(xp, n):
    return n * xp.log(n) - n, xp.gammaln(n + 1)


def cosine_at_pi(xp, x):
    return xp.cos(xp.pi * x) ** 2, 1 + 0 * x


def sine_of_integer(xp, n):
    return xp.sin(xp.pi * n) ** 2, 0 * n


def golden(xp, x):
    root = (1 + xp.sqrt(xp.number(5))) / 2
    return root**2 * x, (root + 1) * x


def nearly_integer(xp, x):
    return xp.exp(xp.pi * xp.sqrt(xp.number(163))) * x, xp.number(640320**3 + 744) * x


def reciprocal(xp, x):
    return 1 / x, 1 + 0 * x


def logarithm(xp, x):
    return xp.log(x), x - 1


def zero_to_zero(xp, x):
    return x**0, 1 + 0 * x


def root_of_square(xp, x):
    return xp.sqrt(x**2), x


def power_of_power(xp, x):
    return (x**2) ** xp.number(Fraction(1, 2)), x


def log_of_square(xp, x):
    return xp.log(x**2), 2 * xp.log(abs(x))


def arctan_sum(xp, x):
    return xp.arctan(x) + xp.arctan(1 / x), xp.pi / 2


def tanh_bound(xp, x):
    return xp.tanh(x), 1 + 0 * x


def erf_bound(xp, x):
    return xp.erf(x), 1 + 0 * x


def gauss_tail(xp, x):
    return xp.erfc(x), xp.exp(-(x**2))


def distant_tie(xp, x):
    return 2 * x * 12345, x**2 + xp.number(12345**2)


def cubic_far_away(xp, x):
    return 2 * x**2, x**3 / 10**6 + 10**30


TAU_OVER = requires(lambda sigma, tau: tau >= sigma, r"$\tau \ge \sigma$")
NONZERO = requires(lambda x: x * x > 0, r"$x \ne 0$")

claims = [
    claim("true-cube", r"$x^3-3x^2+3x-1 = (x-1)^3$.", expanded_cube, "=", x=real()),
    claim("true-cancelling", r"$\sqrt{1+x^2}-1 = x^2/(\sqrt{1+x^2}+1)$.", cancelling, "=", x=real()),
    claim("exponential", r"$e^x - 1 - x \ge x^2/2$ for real $x$.", exponential_difference, ">=", x=real()),
    claim("true-exponential", r"$e^x-1-x \ge x^2/2$ for $x \ge 0$.", exponential_difference, ">=", x=real(0)),
    claim("true-stirling", r"$n\log n - n \le \log n!$.", stirling, n=integer(1, 10**6)),
    claim("cosine", r"$\cos^2\pi x < 1$ on $[1/2, 1]$.", cosine_at_pi, "<", x=real(0.5, 1)),
    claim("true-sine", r"$\sin^2\pi n = 0$.", sine_of_integer, "=", n=integer(0, 1000)),
    claim("true-golden", r"$\phi^2x = (\phi+1)x$.", golden, "=", x=real()),
    claim("ramanujan", r"$e^{\pi\sqrt{163}}x = (640320^3+744)x$.", nearly_integer, "=", x=real(0)),
    claim(
        "true-ramanujan", r"$e^{\pi\sqrt{163}}x \le (640320^3+744)x$, $x \ge 0$.", nearly_integer, x=real(0)
    ),
    claim("reciprocal", r"$1/x < 1$ for $x \ge 1$.", reciprocal, "<", x=real(1)),
    claim("true-reciprocal", r"$1/x < 1$ for $x > 1$.", reciprocal, "<", x=real(1, open_low=True)),
    claim("logarithm", r"$\log x < x - 1$ for $x \ge 1$.", logarithm, "<", x=real(1)),
    claim("true-logarithm", r"$\log x \le x - 1$ for $x > 0$.", logarithm, x=real(0, open_low=True)),
    claim("true-zero-power", r"$x^0 = 1$.", zero_to_zero, "=", x=real()),
    claim("root", r"$\sqrt{x^2} = x$.", root_of_square, "=", x=real()),
    claim("true-root", r"$\sqrt{x^2} = x$ for $x \ge 0$.", root_of_square, "=", x=real(0)),
    claim("power", r"$(x^2)^{1/2} = x$.", power_of_power, "=", x=real()),
    claim("true-log", r"$\log x^2 = 2\log|x|$ for $x \ne 0$.", log_of_square, "=", [NONZERO], x=real()),
    claim(
        "arctan",
        r"$\arctan x + \arctan\frac1x = \frac\pi2$ for $x \ne 0$.",
        arctan_sum,
        "=",
        [NONZERO],
        x=real(),
    ),
    claim(
        "true-arctan",
        r"$\arctan x + \arctan\frac1x = \frac\pi2$ for $x > 0$.",
        arctan_sum,
        "=",
        x=real(0, open_low=True),
    ),
    claim("true-tanh", r"$\tanh x < 1$.", tanh_bound, "<", x=real()),
    claim("true-erf", r"$\mathrm{erf}\,x < 1$.", erf_bound, "<", x=real()),
    claim("true-tail", r"$\mathrm{erfc}\,x \le e^{-x^2}$ for $x \ge 0$.", gauss_tail, x=real(0)),
    claim("tail", r"$\mathrm{erfc}\,x < e^{-x^2}$ for $x \ge 0$.", gauss_tail, "<", x=real(0)),
    claim("distant-tie", r"$2\cdot12345x < x^2 + 12345^2$.", distant_tie, "<", x=real()),
    claim("true-distant", r"$2\cdot12345x \le x^2 + 12345^2$.", distant_tie, x=real()),
    claim("far-away", r"$2x^2 \le 10^{-6}x^3 + 10^{30}$.", cubic_far_away, x=real()),
    claim(
        "order",
        r"$\tau \ge \sigma$ gives $\sigma < \tau$.",
        lambda xp, sigma, tau: (sigma, tau),
        "<",
        [TAU_OVER],
        sigma=real(0),
        tau=real(0),
    ),
]
