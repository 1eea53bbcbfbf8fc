"""The rules that evaluate the mean of one monomial; `theorycheck.algebra.expectation` lists them.

Each is exact, and answers None where its conditions are not met: then the expectation stays opaque.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.random_variables import RandomVariable
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector, depends_on

_TRUSTED: ContextVar[set[str] | None] = ContextVar("trusted", default=None)
_EXCHANGED: ContextVar[set[AbstractFunction] | None] = ContextVar("exchanged", default=None)
MOST_DIRECTIONS = 12
"""Isserlis' theorem lists all pairings, 10395 of 12 directions; more stay an opaque expectation."""


@contextlib.contextmanager
def recorded_theorems() -> Iterator[set[str]]:
    """Collect the names of the standard theorems that are used when expectations are evaluated.

    Whoever concludes something from the values says so by `trust(*found)`.
    """
    found: set[str] = set()
    token = _TRUSTED.set(found)
    try:
        yield found
    finally:
        _TRUSTED.reset(token)


def trust(*names: str) -> None:
    """Say that standard theorems are used."""
    if (found := _TRUSTED.get()) is not None:
        found.update(names)


@contextlib.contextmanager
def recorded_exchanges() -> Iterator[set[AbstractFunction]]:
    """Collect the functions for which E_u ∇f(p + σu) was taken to be ∇f_σ(p): f must not jump."""
    found: set[AbstractFunction] = set()
    token = _EXCHANGED.set(found)
    try:
        yield found
    finally:
        _EXCHANGED.reset(token)


def mean_of_monomial(monomial: Any, variable: RandomVariable) -> Any:
    """E of a product of factors that all depend on the variable; None if no rule evaluates it."""
    rules = {
        "gaussian": _gaussian_mean,
        "uniform": _uniform_mean,
        "scaled gamma": _scaled_gamma_mean,
        "index": _index_mean,
    }
    rule = rules[variable.law]
    value = rule(monomial, variable)
    if value is not None and variable.law in _TRUSTED_BY_LAW:
        trust(_TRUSTED_BY_LAW[variable.law])
    return value


_TRUSTED_BY_LAW = {"uniform": standard.UNIFORM, "scaled gamma": standard.GAMMA}


def _uniform_mean(monomial: Any, variable: RandomVariable) -> Any:
    base, exponent = monomial.as_base_exp()
    if base == variable.scalar and exponent.is_Integer and exponent >= 0:
        return sympy.Rational(1, int(exponent) + 1)
    return None


def _scaled_gamma_mean(monomial: Any, variable: RandomVariable) -> Any:
    exponent = sympy.Integer(0)
    for factor in sympy.Mul.make_args(monomial):
        if not isinstance(factor, sympy.exp):
            return None
        exponent += factor.args[0]
    rate = sympy.expand(exponent).coeff(variable.scalar)
    if sympy.expand(exponent - rate * variable.scalar) != 0:
        return None
    shape = sympy.expand(variable.dimension)
    if not (shape.is_positive and sympy.expand(shape + rate).is_positive):
        return None  # the mean is infinite, or its sign is not known
    return sympy.expand_func(sympy.gamma(sympy.expand(shape + rate))) / (sympy.gamma(shape) * shape**rate)


def _index_mean(monomial: Any, variable: RandomVariable) -> Any:
    if isinstance(monomial, Value) and variable.name not in monomial.point.depends_on:
        for random_function, mean in variable.means:
            if is_sample(monomial.function, random_function):
                return AbstractFunction(mean.name, monomial.function.sigma, mean.depends_on)(monomial.point)
    if isinstance(monomial, InnerProduct) and monomial.is_basic:
        for basis, other in both_orders(monomial):
            if variable.name in other.depends_on or not basis.meaning or basis.meaning[0] != "gradient":
                continue
            _, function, point = basis.meaning
            for random_function, mean in variable.means:
                if is_sample(function, random_function) and variable.name not in point.depends_on:
                    averaged = AbstractFunction(mean.name, function.sigma, mean.depends_on).gradient(point)
                    return InnerProduct(averaged, Vector({other: 1}))
    return None


def is_sample(function: AbstractFunction, declared: AbstractFunction) -> bool:
    """Whether a function is the declared f_k or a smoothing of it, by a scale that is not random itself."""
    same = function.name == declared.name and function.depends_on == declared.depends_on
    return same and declared.sigma == 0 and not depends_on(function.sigma)


def both_orders(product: InnerProduct) -> tuple[tuple[Basis, Basis], tuple[Basis, Basis]]:
    """The two vectors of a product of basis vectors, in either order."""
    a, b = product.left.terms[0][0], product.right.terms[0][0]
    return ((a, b), (b, a))


def _gaussian_mean(monomial: Any, variable: RandomVariable) -> Any:
    for rule, theorem in (
        (_smoothing, standard.SUM),
        (_integration_by_parts, standard.PARTS),
        (_gaussian_polynomial, standard.MOMENTS),
    ):
        value = rule(monomial, variable)
        if value is not None:
            trust(theorem)
            return value
    return None


def _integration_by_parts(monomial: Any, variable: RandomVariable) -> Any:
    """E f_s(p + σu)⟨u, a⟩ = (σ/2)⟨∇f_√(s²+σ²)(p), a⟩ for σ > 0."""
    factors = sympy.Mul.make_args(monomial)
    if len(factors) != 2:
        return None
    value = next((factor for factor in factors if isinstance(factor, Value)), None)
    product = next(
        (factor for factor in factors if isinstance(factor, InnerProduct) and factor.is_basic), None
    )
    if value is None or product is None or _function_depends(value.function, variable):
        return None
    split = shift(value.point, variable)
    others = [
        b for a, b in both_orders(product) if a == _basis(variable) and variable.name not in b.depends_on
    ]
    if split is None or not others:
        return None
    point, sigma = split
    gradient = value.function.smoothed_gradient(point, absolute(sigma))
    return sigma / 2 * InnerProduct(gradient, Vector({others[0]: 1}))


def shift(point: Vector, variable: RandomVariable) -> tuple[Vector, Any] | None:
    """Split p + σu into (p, σ); None if the dependence on u is not of this form."""
    u = _basis(variable)
    rest = {basis: c for basis, c in point.terms if basis != u}
    sigma = dict(point.terms).get(u, sympy.Integer(0))
    remainder = Vector(rest)
    if variable.name in remainder.depends_on or variable.name in depends_on(sigma):
        return None
    return remainder, sigma


def _basis(variable: RandomVariable) -> Basis:
    return variable.vector.terms[0][0]


def _smoothing(monomial: Any, variable: RandomVariable) -> Any:
    if isinstance(monomial, Value):
        split = shift(monomial.point, variable)
        if split is None or _function_depends(monomial.function, variable):
            return None
        point, sigma = split
        return monomial.function.smoothed(point, absolute(sigma))
    if isinstance(monomial, InnerProduct) and monomial.is_basic:
        for basis, other in both_orders(monomial):
            if variable.name in other.depends_on or not basis.meaning or basis.meaning[0] != "gradient":
                continue
            _, function, gradient_point = basis.meaning
            split = shift(gradient_point, variable)
            if split is None or _function_depends(function, variable):
                continue
            point, sigma = split
            if (record := _EXCHANGED.get()) is not None:
                record.add(function)
            trust(standard.EXCHANGE)
            return InnerProduct(function.smoothed_gradient(point, absolute(sigma)), Vector({other: 1}))
    return None


def _function_depends(function: AbstractFunction, variable: RandomVariable) -> bool:
    return variable.name in function.depends_on | depends_on(function.sigma)


def absolute(sigma: Any) -> Any:
    return -sigma if sigma.could_extract_minus_sign() else sigma


def _gaussian_polynomial(monomial: Any, variable: RandomVariable) -> Any:
    """E of ‖u‖^{2m} ∏⟨a_i, u⟩ with a_i independent of u, by Isserlis and the moments of the radius."""
    u = _basis(variable)
    directions: list[Vector] = []
    radius_power = 0
    for factor in sympy.Mul.make_args(monomial):
        base, exponent = factor.as_base_exp()
        if not (isinstance(base, InnerProduct) and base.is_basic and exponent.is_Integer and exponent > 0):
            return None
        a, b = base.left.terms[0][0], base.right.terms[0][0]
        if a == u and b == u:
            radius_power += int(exponent)
            continue
        other = b if a == u else a
        if u not in (a, b) or variable.name in other.depends_on:
            return None
        directions += [Vector({other: 1})] * int(exponent)
    if len(directions) % 2:
        return sympy.Integer(0)
    if len(directions) > MOST_DIRECTIONS:
        return None
    half = len(directions) // 2
    pairings = sympy.Add(
        *(sympy.Mul(*(InnerProduct(a, b) for a, b in pairs)) for pairs in _pairings(directions))
    )
    angular = pairings / 2**half
    radial = sympy.Mul(*(sympy.Rational(1, 2) * variable.dimension + half + j for j in range(radius_power)))
    return sympy.expand(angular * radial)


def _pairings(items: list[Vector]) -> list[list[tuple[Vector, Vector]]]:
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    return [
        [(first, partner), *others]
        for position, partner in enumerate(rest)
        for others in _pairings(list(itertools.chain(rest[:position], rest[position + 1 :])))
    ]
