"""Every rule of symbolic smoothing, on random parameters, against quadrature of Python functions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.lab.smoothing import (
    Kernel,
    density,
    nesterov,
    smooth,
    smooth_with_steps,
    starnes,
    uniform,
)
from theorycheck.lab.smoothing.verification import evaluate

fp = mpmath.fp
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
    "starnes": (lambda v: fp.exp(-v * v) / fp.sqrt(fp.pi), list(range(-14, 15, 2))),
    "nesterov": (lambda v: fp.exp(-v * v / 2) / fp.sqrt(2 * fp.pi), list(range(-16, 17, 2))),
    "uniform": (lambda v: 0.5, [-1, 0, 1]),
    "tent": (lambda v: 1 - abs(v), [-1, 0, 1]),
    "laplace": (lambda v: fp.exp(-abs(v)) / 2, [-100, -50, -25, -12, -6, -3, 0, 3, 6, 12, 25, 50, 100]),
}
# Gaussian mass beyond 14 (16 for covariance 1) is below 1e-57 of the integrand's scale, Laplace mass beyond
# 100 below 1e-43; the growth of the families (degree <= 6, e^{|t|/2}) leaves both below the tolerance.


POINTS, WEIGHTS = np.polynomial.legendre.leggauss(40)


def panels(f: Callable[[float], Any], limits: list[float]) -> float:
    """∫ f by 40-point Gauss-Legendre on each panel, short beside the scale of the integrands."""
    total = 0.0
    for low, high in itertools.pairwise(limits):
        half, middle = (high - low) / 2, (high + low) / 2
        total += half * math.fsum(w * f(middle + half * p) for p, w in zip(POINTS, WEIGHTS, strict=True))
    return total


def reference(
    f: Callable[[Any], Any], at: Fraction, scale: Fraction, kernel: str, kinks: list[Any]
) -> tuple[Any, Any]:
    """E f(at + scale·u) by Gauss-Legendre panels, cut at the kinks; and the size of the integrand."""
    weight, ends = LAWS[kernel]
    place, width = float(at), float(scale)
    cuts = [float((Fraction(k) - at) / scale) for k in kinks]
    limits = sorted({*map(float, ends), *[c for c in cuts if ends[0] < c < ends[-1]]})

    def integrand(v: float) -> Any:
        return f(place + width * v) * weight(v)

    return panels(integrand, limits), max(abs(integrand(0.99 * v + 0.003)) for v in limits)


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
    "cosine": Family(lambda a, b: sympy.cos(a * x + b), lambda t, a, b: fp.cos(a * t + b)),
    "polynomial times sine": Family(
        lambda a, b: (x**2 + b) * sympy.sin(a * x), lambda t, a, b: (t**2 + b) * fp.sin(a * t)
    ),
    "product of waves": Family(
        lambda a, b: sympy.sin(a * x) ** 2 * sympy.cos(x + b),
        lambda t, a, b: fp.sin(a * t) ** 2 * fp.cos(t + b),
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
        lambda t, a, b: (t * t / 2 if abs(t) <= 1 else abs(t) - 0.5) + b,
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
        lambda t, a, b: (t**2 + 1) * fp.exp(-(a**2) * t**2 + b * t),
        skip=("tent", "laplace"),  # the product with their densities is done below where a rule exists
    ),
    "bump times wave": Family(
        lambda a, b: sympy.exp(-(x**2)) * sympy.cos(a * x + b),
        lambda t, a, b: fp.exp(-(t**2)) * fp.cos(a * t + b),
    ),
    "exponential": Family(
        lambda a, b: (x + b) * sympy.exp(a * x / 8),
        lambda t, a, b: (t + b) * fp.exp(a * t / 8),
        skip=("laplace",),  # finite only for small sigma
    ),
    "exponential of a kink": Family(
        lambda a, b: sympy.exp(-sympy.Abs(x - b)), lambda t, a, b: fp.exp(-abs(t - b)), lambda a, b: [b]
    ),
    "relu times wave": Family(
        lambda a, b: sympy.Max(0, x - b) * sympy.cos(a * x),
        lambda t, a, b: plus(t - b) * fp.cos(a * t),
        lambda a, b: [b],
    ),
    "error function": Family(
        lambda a, b: sympy.erf(a * x + b) + x**2 * sympy.erf(x),
        lambda t, a, b: fp.erf(a * t + b) + t**2 * fp.erf(t),
        skip=("laplace",),  # erf against an exponential tail has no rule
    ),
    "hyperbolic": Family(
        lambda a, b: sympy.cosh(x / 8) + sympy.Integer(2) ** (x / 8),
        lambda t, a, b: fp.cosh(t / 8) + 2.0 ** (t / 8),
        skip=("laplace",),  # finite only for small sigma
    ),
}
CASES = [
    (name, kernel) for name, family in FAMILIES.items() for kernel in KERNELS if kernel not in family.skip
]
small = st.builds(Fraction, st.integers(-8, 8), st.integers(2, 5))
nonzero = small.filter(bool)
widths = st.builds(Fraction, st.integers(1, 12), st.integers(3, 6))


def agree(result: Any, expected: Any, size: Any) -> None:
    value = complex(evaluate(result))
    # a float sum of a few hundred terms of the size `size` rounds below 1e-13 of it; 1e-11 leaves a margin
    assert abs(value - expected) < 1e-11 * (abs(expected) + size) + 1e-300


def check(name: str, kernel: str, numbers: tuple[Fraction, Fraction, Fraction, Fraction]) -> None:
    a, b, at, width = numbers
    family = FAMILIES[name]
    smoothing = smooth_with_steps(family.expression(rational(a), rational(b)), x, sigma, KERNELS[kernel])
    assert smoothing.method == "rules"
    expected, size = reference(
        lambda t: family.function(t, float(a), float(b)), at, width, kernel, family.kinks(a, b)
    )
    agree(smoothing.result.subs({x: rational(at), sigma: rational(width)}), expected, size)


@pytest.mark.parametrize("kernel", ["starnes", "uniform"])
@pytest.mark.parametrize("name", FAMILIES)
@settings(max_examples=2, deadline=None, derandomize=True, database=None)
@given(numbers=st.tuples(nonzero, small, small, widths))
def test_rule_against_quadrature(name, kernel, numbers):
    check(name, kernel, numbers)


@pytest.mark.parametrize(
    ("name", "kernel"), [case for case in CASES if case[1] not in ("starnes", "uniform")]
)
def test_rule_with_other_kernels(name, kernel):
    check(name, kernel, (Fraction(-3, 2), Fraction(1, 3), Fraction(2, 5), Fraction(3, 4)))


@pytest.mark.parametrize("width", [Fraction(1, 10**9), Fraction(1, 1000), Fraction(10**4), Fraction(10**8)])
@pytest.mark.parametrize("name", ["polynomial", "relu", "squared relu", "clip", "polynomial times step"])
def test_tiny_and_huge_sigma(name, width):
    check(name, "starnes", (Fraction(3, 2), Fraction(-1, 3), Fraction(1, 7), width))


@pytest.mark.parametrize("width", [Fraction(10**4), Fraction(10**8)])
def test_bump_far_narrower_than_the_noise(width):
    result = smooth((x**2 + 1) * sympy.exp(-(x**2) + x), x, sigma).subs(
        {x: sympy.Rational(1, 7), sigma: rational(width)}
    )
    s = float(width)
    f = FAMILIES["bump"].function
    expected = panels(
        lambda t: f(t, 1.0, 1.0) * fp.exp(-(((t - 1 / 7) / s) ** 2)) / (s * fp.sqrt(fp.pi)),
        list(range(-10, 13, 2)),
    )
    agree(result, expected, expected)


def test_numbers_may_stand_for_sigma():
    assert smooth(x**2, x, 2) == x**2 + 2
    assert smooth(x**2, x, sympy.Rational(1, 2), nesterov) == x**2 + sympy.Rational(1, 4)


@pytest.mark.parametrize(
    "expression",
    [x**3, sympy.Max(0, x), sympy.cos(x), sympy.Heaviside(x - 1), sympy.exp(-(x**2)), sympy.log(1 + x**2)],
)
def test_sigma_zero_gives_the_expression(expression):
    assert smooth(expression, x, 0) == expression
