"""Integrals over R^d of expressions in the algebra, and the rules that transform them.

`Integral(inside, *variables)` stands for ∫…∫ inside over vector variables in R^d. Each rule below compares integrands
exactly; what it trusts beyond that is a theorem of analysis, named in its docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.core.expr import AtomicExpr

from theorycheck.algebra.expectation import Expectation, expectation, gaussian, normal_form
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector, inner
from theorycheck.errors import ClaimError


class Integral(AtomicExpr):  # type: ignore[misc, unused-ignore]  # SymPy is untyped
    """∫ inside over the named vector variables, each running through R^d."""

    is_commutative = True
    is_real = True
    is_extended_real = True
    is_finite = True
    inside: Any
    variables: tuple[Vector, ...]

    def __new__(cls, inside: Any, *variables: Vector) -> Any:
        self = AtomicExpr.__new__(cls)
        self.inside, self.variables = sympy.sympify(inside), variables
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.inside, ",".join(v.key for v in self.variables))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.inside, *self.variables)

    @property
    def free_symbols(self) -> set[Any]:
        return set(self.inside.free_symbols)

    def _names(self) -> list[str]:
        return [v.terms[0][0].latex for v in self.variables]

    def _sympystr(self, printer: Any) -> str:
        return f"integral[{self.inside}] d{' d'.join(self._names())}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        signs = r"\int" * len(self.variables)
        body = rf"{signs} {sympy.latex(self.inside)}\,\mathrm{{d}}" + r"\,\mathrm{d}".join(self._names())
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"


def substitute(expression: Any, replacements: Mapping[Basis, Vector]) -> Any:
    """Replace basis vectors (points, directions) by vectors everywhere in an expression."""
    if isinstance(expression, InnerProduct):
        return inner(_substituted(expression.left, replacements), _substituted(expression.right, replacements))
    if isinstance(expression, Value):
        return Value(expression.function, _substituted(expression.point, replacements))
    if isinstance(expression, Expectation):
        return Expectation(substitute(expression.inside, replacements), expression.variables)
    if isinstance(expression, Integral):
        return Integral(substitute(expression.inside, replacements), *expression.variables)
    if not getattr(expression, "args", ()):
        return expression
    return expression.func(*(substitute(argument, replacements) for argument in expression.args))


def _substituted(point: Vector, replacements: Mapping[Basis, Vector]) -> Vector:
    total = Vector({})
    for basis, coefficient in point.terms:
        if basis in replacements:
            total = total + replacements[basis] * coefficient
        elif basis.meaning and basis.meaning[0] == "gradient":
            _, function, where = basis.meaning
            total = total + function.gradient(_substituted(where, replacements)) * coefficient
        else:
            total = total + Vector({basis: coefficient})
    return Vector({basis: sympy.simplify(coefficient) for basis, coefficient in total.terms})


def with_symbols(expression: Any, replacements: Mapping[Any, Any]) -> Any:
    """Replace scalar symbols everywhere, also inside points, smoothing scales and inner products."""
    if isinstance(expression, InnerProduct):
        return inner(_vector_with(expression.left, replacements), _vector_with(expression.right, replacements))
    if isinstance(expression, Value):
        return Value(_function_with(expression.function, replacements), _vector_with(expression.point, replacements))
    if isinstance(expression, Expectation):
        return Expectation(with_symbols(expression.inside, replacements), expression.variables)
    if not getattr(expression, "args", ()):
        return expression.xreplace(dict(replacements))
    return expression.func(*(with_symbols(argument, replacements) for argument in expression.args))


def _function_with(function: AbstractFunction, replacements: Mapping[Any, Any]) -> AbstractFunction:
    return AbstractFunction(function.name, function.sigma.xreplace(dict(replacements)), function.depends_on)


def _vector_with(point: Vector, replacements: Mapping[Any, Any]) -> Vector:
    total = Vector({})
    for basis, coefficient in point.terms:
        factor = with_symbols(coefficient, replacements)
        if basis.meaning and basis.meaning[0] == "gradient":
            _, function, where = basis.meaning
            gradient = _function_with(function, replacements).gradient(_vector_with(where, replacements))
            total = total + gradient * factor
        else:
            total = total + Vector({basis: factor})
    return total


def identical(left: Any, right: Any) -> bool:
    """Whether two integrands are equal as expressions, after expansion and cancelling."""
    difference = _canonical(left) - _canonical(right)
    for reduce in (sympy.expand, sympy.powsimp, sympy.simplify):
        difference = reduce(difference)
        if difference == 0:
            return True
    return False


def _canonical(expression: Any) -> Any:
    """Normal form with one exponential a term, its exponent over a common denominator."""
    joined = sympy.powsimp(normal_form(expression), combine="exp")
    return joined.replace(sympy.exp, lambda exponent: sympy.exp(sympy.expand(sympy.cancel(sympy.together(exponent)))))


def change_of_variables(
    before: Integral, replacements: Mapping[Vector, Vector], new_variables: tuple[Vector, ...], dimension: Any
) -> Any:
    """Return the integrand after an affine substitution old = A·new + shift, with its Jacobian |det A|^d.

    Trusts the change-of-variables theorem for invertible affine maps.

    Raises
    ------
    ClaimError
        If a variable is not replaced, the map is not square, or its determinant vanishes identically.
    """
    if set(replacements) != set(before.variables):
        raise ClaimError("a change of variables must replace every variable of the integral, and nothing else")
    new = [v.terms[0][0] for v in new_variables]
    images = [replacements[v] for v in before.variables]
    matrix = sympy.Matrix([[dict(image.terms).get(b, sympy.Integer(0)) for b in new] for image in images])
    if matrix.rows != matrix.cols:
        raise ClaimError("a change of variables needs as many new variables as old ones")
    determinant = sympy.simplify(matrix.det())
    if determinant == 0:
        raise ClaimError("the change of variables is singular")
    by_basis = {v.terms[0][0]: image for v, image in replacements.items()}
    return substitute(before.inside, by_basis) * sympy.Abs(determinant) ** dimension


def directional_derivative(expression: Any, point: Vector, direction: Vector) -> Any:
    """d/dε of the expression at point + ε·direction, at ε = 0 (for expressions in inner products)."""
    step = sympy.Symbol("epsilon", real=True)
    moved = normal_form(substitute(expression, {point.terms[0][0]: point + direction * step}))
    return sympy.diff(moved, step).subs(step, 0)


def laplacian(expression: Any, point: Vector, dimension: Any) -> Any:
    """Δ of the expression in the point: twice the mean of the second directional derivative along N(0, I/2)."""
    direction = gaussian("a", dimension)
    step = sympy.Symbol("epsilon", real=True)
    moved = normal_form(substitute(expression, {point.terms[0][0]: point + direction.vector * step}))
    second = sympy.diff(moved, step, 2).subs(step, 0)
    return normal_form(2 * expectation(sympy.expand(second), direction))
