"""Numbers for expressions of the algebra, on the instances of a claim's space.

The values f(p), f_σ(p) and gradients are those of the instance's functions, so an expression evaluates on NumPy batches and
in balls. It is what finds an instance that breaks a link of a printed proof.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation, normal_form
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector
from theorycheck.errors import ClaimError

_FUNCTIONS = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tanh: "tanh",
    sympy.erf: "erf",
    sympy.gamma: "gamma",
    sympy.loggamma: "gammaln",
    sympy.Abs: "abs",
}


def evaluate(expression: Any, xp: Any, values: Mapping[str, Any]) -> Any:
    """Evaluate the normal form of an expression.

    Parameters
    ----------
    expression : SymPy expression
    xp : Namespace
        Floats or balls.
    values : Mapping[str, Any]
        By the names of the claim's space: scalars (N,), points (N, d), functions.

    Raises
    ------
    ClaimError
        If a part has no value: an expectation that no rule evaluates, but over the index of a finite sum; a vector
        that the space does not declare.
    """
    return _number(normal_form(expression), xp, values)


def _number(expression: Any, xp: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(expression, Value):
        return _value(expression, xp, values)
    if isinstance(expression, InnerProduct):
        return xp.vecdot(_array(expression.left, xp, values), _array(expression.right, xp, values))
    if isinstance(expression, Expectation):
        return _mean_over_samples(expression, xp, values)
    if expression.is_Rational:
        return xp.number(_fraction(expression))
    if expression.is_Symbol:
        if expression.name not in values:
            raise ClaimError(f"the symbol {expression} has no value on the instances of the space")
        return values[expression.name]
    if expression == sympy.pi:
        return xp.number(1) * xp.pi
    parts = [_number(argument, xp, values) for argument in expression.args]
    if expression.is_Add:
        return functools.reduce(operator.add, parts)
    if expression.is_Mul:
        return functools.reduce(operator.mul, parts)
    if expression.is_Pow:
        return _power(expression, parts, xp)
    if expression.func in _FUNCTIONS:
        return getattr(xp, _FUNCTIONS[expression.func])(parts[0])
    raise ClaimError(f"{expression} has no value on the instances of the space")


def _mean_over_samples(expression: Expectation, xp: Any, values: Mapping[str, Any]) -> Any:
    """E over the index of one finite sum f: the mean of what is inside with f_k = f_1, …, f_K."""
    variable, *others = expression.variables
    if others or variable.law != "index" or len(variable.means) != 1:
        raise ClaimError(f"{expression} has no value on the instances of the space")
    ((sample, mean),) = variable.means
    if not hasattr(values.get(mean.name), "samples"):
        raise ClaimError(f"the function {mean.name} has no samples on the instances of the space")
    return xp.sample_mean(
        values[mean.name], lambda f_k: _number(expression.inside, xp, {**values, sample.key: f_k})
    )


def _fraction(rational: Any) -> Any:
    from fractions import Fraction

    return Fraction(int(rational.p), int(rational.q))


def _power(expression: Any, parts: list[Any], xp: Any) -> Any:
    exponent = expression.exp
    if exponent.is_Integer:
        return parts[0] ** int(exponent) if exponent > 0 else 1 / parts[0] ** int(-exponent)
    if exponent == sympy.Rational(1, 2):
        return xp.sqrt(parts[0])
    return xp.exp(parts[1] * xp.log(parts[0]))


def _value(atom: Value, xp: Any, values: Mapping[str, Any]) -> Any:
    function, sigma = _function(atom.function, xp, values)
    point = _array(atom.point, xp, values)
    return function(point) if sigma is None else function.smoothed(point, sigma)


def _function(function: AbstractFunction, xp: Any, values: Mapping[str, Any]) -> tuple[Any, Any]:
    name = replace(function, sigma=sympy.Integer(0)).key if function.depends_on else function.name
    if name not in values:
        raise ClaimError(f"the function {function.name} has no value on the instances of the space")
    sigma = None if function.sigma == 0 else _number(normal_form(function.sigma), xp, values)
    return values[name], sigma


def _array(vector: Vector, xp: Any, values: Mapping[str, Any]) -> Any:
    total: Any = None
    for basis, coefficient in vector.terms:
        part = xp.scale(_number(normal_form(coefficient), xp, values), _basis(basis, xp, values))
        total = part if total is None else total + part
    return total


def _basis(basis: Basis, xp: Any, values: Mapping[str, Any]) -> Any:
    if basis.meaning and basis.meaning[0] == "gradient":
        _, abstract, where = basis.meaning
        function, sigma = _function(abstract, xp, values)
        point = _array(where, xp, values)
        return function.gradient(point) if sigma is None else function.smoothed_gradient(point, sigma)
    if basis.name in values and not basis.depends_on:
        return values[basis.name]
    raise ClaimError(f"the vector {basis.name} has no value on the instances of the space")
