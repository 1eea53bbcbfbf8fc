"""The short list of standard theorems: each on concrete instances by another route, and where a condition is violated.

The routes: Gauss-Hermite and adaptive quadrature, finite differences, exact sums over finite laws.
"""

import itertools
import math

import mpmath
import numpy as np
import pytest
from scipy import integrate, special

from theorycheck.algebra import standard
from theorycheck.algebra.standard import STANDARD

NODES, WEIGHTS = np.polynomial.hermite.hermgauss(80)
WEIGHTS = WEIGHTS / math.sqrt(math.pi)  # the mean over N(0, 1/2)
RNG = np.random.default_rng(20)
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def mean(g):
    """E g(u), u ~ N(0, 1/2)."""
    return float(sum(w * g(x) for x, w in zip(NODES, WEIGHTS, strict=True)))


def adaptive(g, low=-math.inf, high=math.inf, points=()):
    ends = [low, *points, high]
    return sum(integrate.quad(g, a, b, limit=200, epsabs=1e-13)[0] for a, b in itertools.pairwise(ends))


def kinked_mean(g, kink):
    """As `mean`, of a function with a kink."""
    return adaptive(lambda u: g(u) * math.exp(-u * u) / math.sqrt(math.pi), -9, 9, (kink,))


def slope(g, at, step=1e-5):
    return (g(at + step) - g(at - step)) / (2 * step)


def linear_and_monotone():
    x, y = NODES**2, np.cos(NODES)
    assert mean(lambda u: 2 * u**2 - 3 * math.cos(u)) == pytest.approx(
        2 * (WEIGHTS @ x) - 3 * (WEIGHTS @ y), **CLOSE
    )
    assert WEIGHTS @ np.maximum(NODES, 0) > 0
    # without integrability: alternating n^-1 has another sum in another order
    terms = [(-1) ** n / (n + 1) for n in range(2000)]
    odd, even = terms[1::2], terms[0::2]
    other = sum(a + b + c for a, b, c in zip(even[0::2], even[1::2], odd, strict=False))
    assert abs(other - sum(terms)) > 0.3


def fubini():
    def g(x, y):
        return math.exp(-x * y) * math.sin(x) ** 2

    rows = adaptive(lambda y: adaptive(lambda x: g(x, y), 0, 2), 0, 3)
    columns = adaptive(lambda x: adaptive(lambda y: g(x, y), 0, 3), 0, 2)
    assert rows == pytest.approx(columns, **CLOSE)
    # not absolutely integrable: d/dx of −x/(x²+y²) and d/dy of y/(x²+y²) is (x²−y²)/(x²+y²)²
    x_first = adaptive(lambda y: -1 / (1 + y * y), 0, 1)
    y_first = adaptive(lambda x: 1 / (1 + x * x), 0, 1)
    assert x_first == pytest.approx(-math.pi / 4) and y_first == pytest.approx(math.pi / 4)


def moments():
    d, a, b = 2, RNG.normal(size=2), RNG.normal(size=2)
    for n, m in ((1, 0), (1, 2), (2, 1)):
        total = 0.0
        for (x, v), (y, w) in itertools.product(zip(NODES, WEIGHTS, strict=True), repeat=2):
            u = np.array([x, y])
            total += v * w * (u @ u) ** m * (a @ u) ** (2 * n - 1) * (b @ u)
        pairings = (a @ b) if n == 1 else 3 * (a @ a) * (a @ b)
        radial = math.prod(d / 2 + n + j for j in range(m))
        assert total == pytest.approx(radial * pairings / 2**n, rel=1e-8)
    assert abs(mean(lambda u: u**3 * (1 + u**2))) < 1e-12
    assert mean(lambda u: (u * u) * (u * u)) != pytest.approx(mean(lambda u: u * u) ** 2), (
        "a = u is not independent"
    )


def sum_of_gaussians():
    for a, b, g in ((0.7, 1.1, math.cos), (-0.3, 2.0, lambda z: z**4 + z)):
        both = mean(lambda u, a=a, b=b, g=g: mean(lambda v: g(0.4 + a * u + b * v)))
        assert both == pytest.approx(mean(lambda u, a=a, b=b, g=g: g(0.4 + math.hypot(a, b) * u)), **CLOSE)
    dependent = mean(lambda u: (u + u) ** 2)
    assert dependent != pytest.approx(mean(lambda u: (math.sqrt(2) * u) ** 2)), "u and u are not independent"


def gradient_of_smoothing():
    def smoothed(g, x, sigma):
        return kinked_mean(lambda u: g(x + sigma * u), -x / sigma)

    for g, dg in ((abs, np.sign), (lambda z: math.log(1 + z * z), lambda z: 2 * z / (1 + z * z))):
        direct = slope(lambda x, g=g: smoothed(g, x, 0.8), 0.3, 1e-4)
        assert direct == pytest.approx(smoothed(dg, 0.3, 0.8), abs=1e-6)
    jump = slope(lambda x: smoothed(np.sign, x, 0.8), 0.3, 1e-4)
    assert jump > 0.5, "a jump has the derivative 0 almost everywhere, whose mean is 0"


def integration_by_parts():
    for g, dg in ((math.cos, lambda z: -math.sin(z)), (lambda z: z**3, lambda z: 3 * z**2)):
        for sigma in (0.5, -1.2):
            left = mean(lambda u, g=g, s=sigma: g(0.3 + s * u) * u)
            assert left == pytest.approx(sigma / 2 * mean(lambda u, s=sigma, dg=dg: dg(0.3 + s * u)), **CLOSE)
    left = mean(lambda u: math.cos(u) * u * u)  # the direction a = u depends on u
    assert left != pytest.approx(0.5 * mean(lambda u: -math.sin(u) * u))


def gamma_moments():
    for m, c in ((1.0, 1.5), (2.5, -1.2), (0.5, 3.0)):
        value = mpmath.quad(
            lambda y, m=m, c=c: (y / m) ** c * y ** (m - 1) * mpmath.exp(-y) / mpmath.gamma(m),
            [0, 1, 8, mpmath.inf],
        )
        assert float(value) == pytest.approx(special.gamma(m + c) / (special.gamma(m) * m**c), rel=1e-6)
    truncated = [adaptive(lambda y: y**-1.5 * math.exp(-y), 10.0**-k, 1) for k in (1, 2, 3)]
    assert truncated[2] > 10 * truncated[0], "m + c = −1/2: the mean is infinite, Γ(m + c) is negative"


def uniform_moments():
    for n in range(6):
        assert adaptive(lambda t, n=n: t**n, 0, 1) == pytest.approx(1 / (n + 1), **CLOSE)
    assert [round(math.log(10.0**k)) for k in (1, 3)] == [2, 7], (
        "n = −1: the integral from 10^-k to 1 grows without end"
    )


def positive_mean():
    assert mean(lambda u: math.exp(-5 * u * u)) > 0
    assert kinked_mean(lambda u: max(0.0, u - 4), 4) > 0, "continuous, and not 0 beyond 4"
    assert mean(lambda u: 1.0 if u == 100 else 0.0) == 0, "not continuous: positive at one point"
    assert mean(lambda u: max(0.0, 0 * u - 4)) == 0, "σ = 0"


def total_expectation():
    past = [(0.25, -1.0), (0.75, 2.0)]
    draws = [(0.5, 1.0), (0.5, 3.0)]

    def h(z, xi):
        return z**2 * xi + xi**2

    joint = sum(p * q * h(z, xi) for (p, z), (q, xi) in itertools.product(past, draws))
    inner = sum(p * sum(q * h(z, xi) for q, xi in draws) for p, z in past)
    assert joint == pytest.approx(inner)
    dependent = sum(p * h(z, 1.0 if z < 0 else 3.0) for p, z in past)  # the draw looks at the past
    assert dependent != pytest.approx(inner)


def along_a_segment():
    f, df = (lambda z: abs(z) + z**2), (lambda z: math.copysign(1, z) + 2 * z)  # convex, with a kink
    x, y = -1.0, 2.0
    integral = adaptive(lambda t: df(x + t * (y - x)) * (y - x), 0, 1, (1 / 3,))
    assert f(y) - f(x) == pytest.approx(integral, **CLOSE)
    jump = adaptive(lambda t: 0.0, 0, 1)
    assert np.sign(y) - np.sign(x) != jump, "a jump is not the integral of its derivative"
    # Lipschitz alone: |x_1| on the line x_1 = 0 has no gradient there, at any point of the segment
    one_sided = [(abs(h) - abs(0)) / h for h in (1e-6, -1e-6)]
    assert one_sided[0] != one_sided[1]


def fundamental_theorem():
    assert adaptive(lambda t: 1 / (2 * math.sqrt(t)), 0, 4) == pytest.approx(2, rel=1e-6), "F = √t at 0"
    assert adaptive(lambda t: math.exp(-t), 1) == pytest.approx(math.exp(-1), **CLOSE)
    primitive = [-1 / t for t in (-1.0, 1.0)]  # of 1/t², not continuous at 0
    positive = adaptive(lambda t: 1 / t**2, 0.01, 1)
    assert primitive[1] - primitive[0] < 0 < positive


def affine_change():
    matrix = np.array([[1.0, 0.5], [-0.3, 2.0]])

    def g(y):
        return math.exp(-(y @ y) - y[0])

    def plane(h):
        return adaptive(lambda a: adaptive(lambda b: h(np.array([a, b])), -9, 9), -9, 9)

    right = abs(np.linalg.det(matrix)) * plane(lambda x: g(matrix @ x + 1))
    assert plane(g) == pytest.approx(right, rel=1e-6)
    singular = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert abs(np.linalg.det(singular)) == 0 < plane(g), "det = 0 would make the integral 0"


def gaussian_integral():
    line = adaptive(lambda q: math.exp(-q * q))
    assert line**3 * math.pi**-1.5 == pytest.approx(1, **CLOSE)
    assert line**3 * math.pi**-1 != pytest.approx(1), "the power of π is half of the dimension"


def under_the_integral():
    def value(x, sigma, f=lambda y: abs(y) ** 1.5):
        return adaptive(lambda y: f(y) * math.exp(-(((y - x) / sigma) ** 2)), -12, 12, (0.0,))

    direct = slope(lambda x: value(x, 0.9), 0.4, 1e-4)
    inside = adaptive(
        lambda y: abs(y) ** 1.5 * 2 * (y - 0.4) / 0.81 * math.exp(-(((y - 0.4) / 0.9) ** 2)), -12, 12, (0.0,)
    )
    assert direct == pytest.approx(inside, abs=1e-6)
    # not dominated at θ = 0: ∫ θ³ y^-2 e^{-θ²/y} dy over (0, ∞) is θ, whose derivative is 1; that of the integrand is 0 at 0
    theta = 0.3
    whole = adaptive(lambda y: theta**3 / y**2 * math.exp(-(theta**2) / y), 0, 1) + adaptive(
        lambda z: theta**3 * math.exp(-(theta**2) * z), 0, 1
    )
    assert whole == pytest.approx(theta, rel=1e-6)
    assert abs(slope(lambda t: t**3 / 0.25 * math.exp(-(t**2) / 0.5), 0.0)) < 1e-8


def closed_forms():
    a, x, sigma = 1.3, 0.4, 0.7
    means = {
        math.exp: math.exp(a * x + a**2 * sigma**2 / 4),
        math.cos: math.exp(-(a**2) * sigma**2 / 4) * math.cos(a * x),
    }
    for g, value in means.items():
        assert mean(lambda v, g=g: g(a * (x + sigma * v))) == pytest.approx(value, **CLOSE)
    step = kinked_mean(lambda v: float(x + sigma * v > 0), -x / sigma)
    assert step == pytest.approx((1 + math.erf(x / sigma)) / 2, **CLOSE)
    weighted = mean(lambda v: (x + sigma * v) * math.exp(a * (x + sigma * v)))
    assert weighted == pytest.approx(slope(lambda b: math.exp(b * x + b**2 * sigma**2 / 4), a), abs=1e-7)
    assert mean(lambda v: math.exp(a * (x + sigma * abs(v)))) != pytest.approx(means[math.exp])


def tangent():
    gamma = 0.6  # of e^z + 0.3 z²
    f, df = (lambda z: math.exp(z) + gamma / 2 * z**2), (lambda z: math.exp(z) + gamma * z)
    for x, y in RNG.uniform(-2, 2, (50, 2)):
        assert f(y) - f(x) - df(x) * (y - x) - gamma / 2 * (y - x) ** 2 >= -1e-12
    assert math.sin(3) < math.sin(1) + math.cos(1) * 2, "the sine is not convex"


def fermat():
    f = lambda z: (z - 1) ** 2 + math.cosh(z - 1)  # noqa: E731
    assert abs(slope(f, 1.0)) < 1e-9
    assert slope(lambda z: abs(z) + 0.5 * z, 0.0) == pytest.approx(0.5), (
        "no gradient at the minimum 0 of |z| + z/2"
    )
    assert slope(lambda z: z, 0.0) == pytest.approx(1), (
        "0 is the smallest number of [0, 1], and no minimum on the line"
    )


def inequalities():
    v, w = RNG.uniform(-6, 6, (2, 400))
    assert (np.exp(w) >= 1 + w).all() and (np.log(np.abs(w)) <= np.abs(w) - 1 + 1e-12).all()
    assert (np.abs(np.cos(v) - np.cos(w)) <= np.abs(v - w) + 1e-12).all()
    a, b = RNG.normal(size=(2, 100, 3))
    assert ((a * b).sum(1) ** 2 <= (a * a).sum(1) * (b * b).sum(1) + 1e-12).all()
    assert np.exp(1j * math.pi).real < (1 + 1j * math.pi).real, "not for complex arguments"


def induction():
    assert all(sum(range(n + 1)) == n * (n + 1) // 2 for n in range(200))
    polynomial = [n * n + n + 41 for n in range(60)]
    prime = [all(p % q for q in range(2, math.isqrt(p) + 1)) for p in polynomial]
    assert all(prime[:40]) and not prime[40], "true at first, with no step"
    assert not any(2 * n == 2 * n + 1 for n in range(9)), "P(n) ⇒ P(n + 1) holds, and P(0) does not"


TESTED = {
    standard.MEAN: linear_and_monotone,
    standard.FUBINI: fubini,
    standard.MOMENTS: moments,
    standard.SUM: sum_of_gaussians,
    standard.EXCHANGE: gradient_of_smoothing,
    standard.PARTS: integration_by_parts,
    standard.GAMMA: gamma_moments,
    standard.UNIFORM: uniform_moments,
    standard.POSITIVE: positive_mean,
    standard.TOWER: total_expectation,
    standard.SEGMENT: along_a_segment,
    standard.CALCULUS: fundamental_theorem,
    standard.AFFINE: affine_change,
    standard.NORMALISED: gaussian_integral,
    standard.INSIDE: under_the_integral,
    standard.CLOSED: closed_forms,
    standard.TANGENT: tangent,
    standard.FERMAT: fermat,
    standard.INEQUALITIES: inequalities,
    standard.INDUCTION: induction,
}


@pytest.mark.parametrize("name", STANDARD)
def test_a_theorem_on_instances(name):
    TESTED[name]()


def test_the_list_is_short_and_complete():
    assert len(STANDARD) <= 20
    for name, theorem in STANDARD.items():
        assert theorem.name == name
        assert all((theorem.statement, theorem.source, theorem.used_by, theorem.checked))
