"""Every rule of symbolic smoothing, on random rational parameters, against mpmath quadrature of plain Python functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.smoothing import (
    Gaussian,
    Kernel,
    Mean,
    density,
    nesterov,
    smooth,
    smooth_with_steps,
    starnes,
    uniform,
)

x = sympy.Symbol("x")
sigma = sympy.Symbol("sigma", positive=True)
u = sympy.Symbol("u")
LAPLACE = density(sympy.exp(-sympy.Abs(u)) / 2, u, (-sympy.oo, sympy.oo))
TENT = density(1 - sympy.Abs(u), u, (-1, 1))
KERNELS: dict[str, Kernel] = {
    "starnes": starnes,
    "nesterov": nesterov,
    "uniform": uniform,
    "tent": TENT,
    "laplace": LAPLACE,
}
LAWS: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "starnes": (lambda v: mpmath.exp(-v * v) / mpmath.sqrt(mpmath.pi), list(range(-14, 15, 2))),
    "nesterov": (lambda v: mpmath.npdf(v), list(range(-16, 17, 2))),
    "uniform": (lambda v: mpmath.mpf(1) / 2, [-1, 0, 1]),
    "tent": (lambda v: 1 - abs(v), [-1, 0, 1]),
    "laplace": (lambda v: mpmath.exp(-abs(v)) / 2, [-100, -50, -25, -12, -6, -3, 0, 3, 6, 12, 25, 50, 100]),
}
# Gaussian mass beyond 14 (16 for covariance 1) is below 1e-57 of the integrand's scale; Laplace beyond 100 below 1e-43;
# the growth of the families (degree <= 6, e^{|t|/2}) leaves them below the tolerance.


def reference(f: Callable[[Any], Any], at: Fraction, scale: Fraction, kernel: str, kinks: list[Any]) -> Any:
    """E f(at + scale·u) by mpmath, cut at the kinks."""
    weight, ends = LAWS[kernel]
    with mpmath.workdps(30):
        place, width = (
            mpmath.mpf(at.numerator) / at.denominator,
            mpmath.mpf(scale.numerator) / scale.denominator,
        )
        cuts = [(mpmath.mpf(k.numerator) / k.denominator - place) / width for k in map(Fraction, kinks)]
        limits = sorted({*map(mpmath.mpf, ends), *[c for c in cuts if ends[0] < c < ends[-1]]})
        return mpmath.quad(lambda v: f(place + width * v) * weight(v), limits)


def rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


@dataclass(frozen=True)
class Family:
    """A symbolic expression with parameters a, b beside the same thing as a Python function."""

    expression: Callable[[Any, Any], Any]
    function: Callable[[Any, Any, Any], Any]
    kinks: Callable[[Any, Any], list[Any]] = lambda a, b: []
    skip: tuple[str, ...] = ()


def plus(t: Any) -> Any:
    return t if t > 0 else 0 * t


def above(t: Any) -> Any:
    return 1 if t > 0 else 0


FAMILIES = {
    "polynomial": Family(
        lambda a, b: (a * x + b) ** 5 - x**2 + b * x, lambda t, a, b: (a * t + b) ** 5 - t**2 + b * t
    ),
    "cosine": Family(lambda a, b: sympy.cos(a * x + b), lambda t, a, b: mpmath.cos(a * t + b)),
    "polynomial times sine": Family(
        lambda a, b: (x**2 + b) * sympy.sin(a * x), lambda t, a, b: (t**2 + b) * mpmath.sin(a * t)
    ),
    "product of waves": Family(
        lambda a, b: sympy.sin(a * x) ** 2 * sympy.cos(x + b),
        lambda t, a, b: mpmath.sin(a * t) ** 2 * mpmath.cos(t + b),
    ),
    "relu": Family(
        lambda a, b: sympy.Max(0, a * x + b), lambda t, a, b: plus(a * t + b), lambda a, b: [-b / a]
    ),
    "squared relu": Family(
        lambda a, b: sympy.Max(0, a * x + b) ** 2, lambda t, a, b: plus(a * t + b) ** 2, lambda a, b: [-b / a]
    ),
    "leaky relu": Family(
        lambda a, b: sympy.Piecewise((x, x > b), (a * x, True)),
        lambda t, a, b: t if t > b else a * t,
        lambda a, b: [b],
    ),
    "absolute value": Family(
        lambda a, b: sympy.Abs(x - b) + a * x * sympy.Abs(x),
        lambda t, a, b: abs(t - b) + a * t * abs(t),
        lambda a, b: [b, 0],
    ),
    "polynomial times step": Family(
        lambda a, b: x**3 * sympy.Heaviside(a * x - b) + sympy.sign(x),
        lambda t, a, b: t**3 * above(a * t - b) + (1 if t > 0 else -1),
        lambda a, b: [b / a, 0],
    ),
    "clip": Family(
        lambda a, b: sympy.Max(-1, sympy.Min(abs(a), x - b)),
        lambda t, a, b: max(-1, min(abs(a), t - b)),
        lambda a, b: [b - 1, b + abs(a)],
    ),
    "Huber": Family(
        lambda a, b: (
            sympy.Piecewise((x**2 / 2, sympy.Abs(x) <= 1), (sympy.Abs(x) - sympy.Rational(1, 2), True)) + b
        ),
        lambda t, a, b: (t * t / 2 if abs(t) <= 1 else abs(t) - mpmath.mpf(1) / 2) + b,
        lambda a, b: [-1, 1],
    ),
    "nested kinks": Family(
        lambda a, b: sympy.Max(0, 1 - sympy.Abs(x - b)),
        lambda t, a, b: plus(1 - abs(t - b)),
        lambda a, b: [b - 1, b, b + 1],
    ),
    "kinks of a parabola": Family(
        lambda a, b: sympy.Abs(x**2 - a**2), lambda t, a, b: abs(t**2 - a**2), lambda a, b: [-a, a]
    ),
    "bump": Family(
        lambda a, b: (x**2 + 1) * sympy.exp(-(a**2) * x**2 + b * x),
        lambda t, a, b: (t**2 + 1) * mpmath.exp(-(a**2) * t**2 + b * t),
        skip=("tent", "laplace"),  # the product with their densities is done below where a rule exists
    ),
    "bump times wave": Family(
        lambda a, b: sympy.exp(-(x**2)) * sympy.cos(a * x + b),
        lambda t, a, b: mpmath.exp(-(t**2)) * mpmath.cos(a * t + b),
    ),
    "exponential": Family(
        lambda a, b: (x + b) * sympy.exp(a * x / 8),
        lambda t, a, b: (t + b) * mpmath.exp(a * t / 8),
        skip=("laplace",),  # finite only for small sigma
    ),
    "exponential of a kink": Family(
        lambda a, b: sympy.exp(-sympy.Abs(x - b)), lambda t, a, b: mpmath.exp(-abs(t - b)), lambda a, b: [b]
    ),
    "relu times wave": Family(
        lambda a, b: sympy.Max(0, x - b) * sympy.cos(a * x),
        lambda t, a, b: plus(t - b) * mpmath.cos(a * t),
        lambda a, b: [b],
    ),
    "error function": Family(
        lambda a, b: sympy.erf(a * x + b) + x**2 * sympy.erf(x),
        lambda t, a, b: mpmath.erf(a * t + b) + t**2 * mpmath.erf(t),
        skip=("laplace",),  # erf against an exponential tail has no rule
    ),
    "hyperbolic": Family(
        lambda a, b: sympy.cosh(x / 8) + sympy.Integer(2) ** (x / 8),
        lambda t, a, b: mpmath.cosh(t / 8) + mpmath.mpf(2) ** (t / 8),
        skip=("laplace",),  # finite only for small sigma
    ),
}
CASES = [
    (name, kernel) for name, family in FAMILIES.items() for kernel in KERNELS if kernel not in family.skip
]
small = st.builds(Fraction, st.integers(-8, 8), st.integers(2, 5))
nonzero = small.filter(bool)
widths = st.builds(Fraction, st.integers(1, 12), st.integers(3, 6))


def agree(result: Any, expected: Any, scale: Any = 0) -> None:
    value = sympy.N(result, 25, maxn=3000)
    # 25 digits of the formula, 30 of the quadrature, whose error on smooth pieces is below 1e-14
    assert abs(mpmath.mpc(complex(value)) - expected) < 1e-12 * (1 + abs(expected) + scale)


@pytest.mark.parametrize(("name", "kernel"), CASES)
@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@given(a=nonzero, b=small, at=small, width=widths)
def test_rule_against_quadrature(name, kernel, a, b, at, width):
    family = FAMILIES[name]
    smoothing = smooth_with_steps(family.expression(rational(a), rational(b)), x, sigma, KERNELS[kernel])
    assert smoothing.method == "rules"
    exact_a, exact_b = mpmath.mpf(a.numerator) / a.denominator, mpmath.mpf(b.numerator) / b.denominator
    with mpmath.workdps(30):
        exact_a, exact_b = mpmath.mpf(a.numerator) / a.denominator, mpmath.mpf(b.numerator) / b.denominator
    expected = reference(
        lambda t: family.function(t, exact_a, exact_b), at, width, kernel, family.kinks(a, b)
    )
    agree(smoothing.result.subs({x: rational(at), sigma: rational(width)}), expected)


@pytest.mark.parametrize("width", [Fraction(1, 10**9), Fraction(1, 1000), Fraction(10**4), Fraction(10**8)])
@pytest.mark.parametrize(
    "name", ["polynomial", "relu", "squared relu", "clip", "polynomial times step", "bump"]
)
def test_tiny_and_huge_sigma(name, width):
    family, a, b, at = FAMILIES[name], Fraction(3, 2), Fraction(-1, 3), Fraction(1, 7)
    result = smooth(family.expression(rational(a), rational(b)), x, sigma, starnes)
    with mpmath.workdps(30):
        expected = reference(
            lambda t: family.function(t, mpmath.mpf(3) / 2, mpmath.mpf(-1) / 3),
            at,
            width,
            "starnes",
            family.kinks(a, b),
        )
        if name == "bump" and width > 1:  # the bump is far narrower than the noise: integrate over t instead
            s = mpmath.mpf(width.numerator) / width.denominator
            expected = mpmath.quad(
                lambda t: (
                    family.function(t, mpmath.mpf(3) / 2, mpmath.mpf(-1) / 3)
                    * mpmath.exp(-(((t - mpmath.mpf(1) / 7) / s) ** 2))
                    / (s * mpmath.sqrt(mpmath.pi))
                ),
                list(range(-12, 13, 2)),
            )
    agree(result.subs({x: rational(at), sigma: rational(width)}), expected)


def test_numbers_may_stand_for_sigma():
    assert smooth(x**2, x, 2) == x**2 + 2
    assert smooth(x**2, x, sympy.Rational(1, 2), nesterov) == x**2 + sympy.Rational(1, 4)


@pytest.mark.parametrize(
    "expression",
    [x**3, sympy.Max(0, x), sympy.cos(x), sympy.Heaviside(x - 1), sympy.exp(-(x**2)), sympy.log(1 + x**2)],
)
def test_sigma_zero_gives_the_expression(expression):
    assert smooth(expression, x, 0) == expression


SEMIGROUP = [
    x**4 - x,
    sympy.Max(0, 2 * x - 1),
    sympy.cos(3 * x) * x,
    sympy.exp(-(x**2)),
    sympy.Abs(x) * x,
    sympy.Heaviside(x),
    sympy.erf(x) * x,
]


@pytest.mark.parametrize("expression", SEMIGROUP, ids=str)
def test_semigroup(expression):
    first, second = sympy.Rational(3, 4), sympy.Rational(2, 3)
    from theorycheck.smoothing import compose

    twice = smooth(smooth(expression, x, first), x, second)
    once = smooth(expression, x, compose(first, second))
    for point in (sympy.Rational(-6, 5), sympy.Rational(1, 3), sympy.Integer(2)):
        difference = sympy.N((twice - once).subs(x, point), 30, maxn=1000)
        assert abs(difference) < 1e-20  # both are closed forms, evaluated to 30 digits


def quadrature_of_means(expression: Any, values: dict[Any, Any]) -> Any:
    """Evaluate a line of a derivation, each unevaluated mean by mpmath (default kernel)."""

    def number(mean: Any) -> Any:
        inside = mean.args[0].subs(values)
        (noise,) = inside.free_symbols or {sympy.Dummy()}
        f = sympy.lambdify(noise, inside, "mpmath")
        kinks = [
            sympy.N(k, 30) for h in inside.atoms(sympy.Max, sympy.Heaviside) for k in switch_points(h, noise)
        ]
        limits = sorted({*map(mpmath.mpf, range(-12, 13, 3)), *[mpmath.mpf(str(k)) for k in kinks]})
        return sympy.Float(str(mpmath.quad(lambda v: f(v) * LAWS["starnes"][0](v), limits)), 25)

    replaced = expression.replace(lambda e: isinstance(e, Mean), number)
    return sympy.N(replaced.subs(values), 20)


def switch_points(kink: Any, noise: Any) -> list[Any]:
    switch = kink.args[0] if isinstance(kink, sympy.Heaviside) else kink.args[0] - kink.args[1]
    return sympy.solve(switch, noise) if switch.has(noise) else []


@pytest.mark.parametrize(
    "expression",
    [
        x**4 - 2 * x,
        sympy.Max(0, x - 1) + x**2,
        sympy.cos(2 * x) * sympy.sin(x) + sympy.exp(-(x**2)),
        3 * sympy.Max(0, x) ** 2,
    ],
    ids=str,
)
def test_every_line_of_a_derivation_has_the_same_value(expression):
    smoothing = smooth_with_steps(expression, x, sigma)
    values = {x: sympy.Rational(2, 5), sigma: sympy.Rational(3, 4)}
    with mpmath.workdps(25):
        lines = [quadrature_of_means(step.expression, values) for step in smoothing.chain]
    assert len(lines) >= 2
    assert smoothing.chain[-1].expression == smoothing.result
    # the quadratures carry 25 digits; the lines are compared at 15
    assert all(abs(line - lines[-1]) < 1e-15 * (1 + abs(lines[-1])) for line in lines)
    assert smoothing.latex().startswith("\\begin{aligned}")
    assert smoothing.latex().count("\\\\\n") == len(lines) - 1


@pytest.mark.parametrize("kernel", [starnes, nesterov], ids=lambda k: k.name)
@pytest.mark.parametrize(
    "expression",
    [
        x**5,
        sympy.cos(2 * x) * x,
        sympy.Max(0, x),
        sympy.Max(0, x) ** 2,
        sympy.Heaviside(x),
        sympy.exp(-(x**2)),
        sympy.erf(2 * x),
    ],
    ids=str,
)
def test_heat_equation(expression, kernel):
    from theorycheck.smoothing import heat_time

    result = smooth(expression, x, sigma, kernel)
    # ∂_t = (∂_σ t)^{-1} ∂_σ
    residual = sympy.diff(result, sigma) / sympy.diff(heat_time(kernel, sigma), sigma) - sympy.diff(
        result, x, 2
    )
    assert sympy.simplify(residual) == 0


def test_the_published_forms():
    """Closed forms as papers print them (covariance one half)."""
    r = sympy.Symbol("r", real=True)
    relu = smooth(sympy.Max(0, r), r, sigma)
    printed = r / 2 * (1 + sympy.erf(r / sigma)) + sigma / (2 * sympy.sqrt(sympy.pi)) * sympy.exp(
        -(r**2) / sigma**2
    )
    assert sympy.simplify(relu - printed) == 0
    omega, phase = sympy.symbols("omega phi", real=True)
    wave = smooth(sympy.cos(omega * r + phase), r, sigma)
    assert wave == sympy.exp(-(sigma**2) * omega**2 / 4) * sympy.cos(omega * r + phase)
    a = sympy.Symbol("a", positive=True)
    bump = smooth(sympy.exp(-a * r**2), r, sigma)
    assert bump == sympy.exp(-a * r**2 / (1 + a * sigma**2)) / sympy.sqrt(1 + a * sigma**2)
    assert smooth(r**3, r, sigma) == r**3 + sympy.Rational(3, 2) * sigma**2 * r


def test_conditions_say_when_the_mean_is_finite():
    free = sympy.Symbol("a", real=True)
    smoothing = smooth_with_steps(sympy.exp(free * x**2), x, sigma)
    assert smoothing.conditions == (1 - free * sigma**2 > 0,) or smoothing.conditions == (
        -free * sigma**2 + 1 > 0,
    )
    assert isinstance(starnes, Gaussian)
    assert smooth_with_steps(sympy.exp(-(x**2)), x, sigma).conditions == ()
