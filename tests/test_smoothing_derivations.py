"""Derivations line by line, semigroup, heat equation, published forms."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy

from theorycheck.lab.smoothing import (
    Mean,
    compose,
    heat_time,
    nesterov,
    smooth,
    smooth_with_steps,
    starnes,
)
from theorycheck.lab.smoothing.verification import evaluate

x = sympy.Symbol("x")
sigma = sympy.Symbol("sigma", positive=True)


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
    twice = smooth(smooth(expression, x, first), x, second)
    once = smooth(expression, x, compose(first, second))
    for point in (sympy.Rational(-6, 5), sympy.Rational(1, 3), sympy.Integer(2)):
        difference = evaluate((twice - once).subs(x, point))
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
        return sympy.Float(
            str(mpmath.quad(lambda v: f(v) * mpmath.exp(-v * v) / mpmath.sqrt(mpmath.pi), limits)), 25
        )

    replaced = expression.replace(lambda e: isinstance(e, Mean), number)
    return evaluate(replaced.subs(values))


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
    assert smooth_with_steps(sympy.exp(-(x**2)), x, sigma).conditions == ()
