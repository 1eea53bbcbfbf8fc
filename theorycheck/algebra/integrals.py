"""Integrals over R^d of expressions in the algebra, and the rules that transform them.

`Integral(inside, *variables)` stands for ∫…∫ inside over vector variables in R^d. Each rule below compares integrands
exactly; what it trusts beyond that is a theorem of analysis, named in its docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation, expectation, gaussian, mean, normal_form
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Atom, Basis, InnerProduct, Vector, depends_on, inner
from theorycheck.errors import ClaimError


class Integral(Atom):
    """∫ inside over the named vector variables, each running through R^d.

    Raises
    ------
    ClaimError
        If a variable is no plain vector (a combination, a gradient, a random vector), or occurs twice.
    """

    inside: Any
    variables: tuple[Vector, ...]

    def __new__(cls, inside: Any, *variables: Vector) -> Any:
        if not all(is_plain(v) for v in variables) or len(set(variables)) != len(variables) or not variables:
            raise ClaimError("an integral needs distinct plain vectors as variables")
        self = Atom.__new__(cls)
        self.inside, self.variables = sympy.sympify(inside), variables
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.inside, ",".join(v.key for v in self.variables))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.inside, *self.variables)

    @property
    def free_symbols(self) -> set[Any]:
        return set(self.inside.free_symbols)

    @property
    def depends_on(self) -> frozenset[str]:
        return depends_on(self.inside)

    def _names(self) -> list[str]:
        return [v.terms[0][0].latex for v in self.variables]

    def _sympystr(self, printer: Any) -> str:
        return f"integral[{self.inside}] d{' d'.join(self._names())}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        signs = r"\int" * len(self.variables)
        body = rf"{signs} {sympy.latex(self.inside)}\,\mathrm{{d}}" + r"\,\mathrm{d}".join(self._names())
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"


def is_plain(v: Vector) -> bool:
    """Whether a vector is a name: no combination, no gradient, not random."""
    return len(v.terms) == 1 and v.terms[0][1] == 1 and not v.terms[0][0].meaning and not v.depends_on


def names_in(thing: Any) -> set[Basis]:
    """The named vectors that occur free in an expression or a vector, also inside values and gradients."""
    if isinstance(thing, Vector):
        found: set[Basis] = set()
        for basis, coefficient in thing.terms:
            found |= names_in(coefficient)
            if not basis.meaning:
                found.add(basis)
            elif basis.meaning[0] == "gradient":
                found |= names_in(basis.meaning[2]) | names_in(basis.meaning[1].sigma)
            else:
                found |= names_in(basis.meaning[1])
        return found
    if isinstance(thing, InnerProduct):
        return names_in(thing.left) | names_in(thing.right)
    if isinstance(thing, Value):
        return names_in(thing.point) | names_in(thing.function.sigma)
    if isinstance(thing, Integral):
        return names_in(thing.inside) - {v.terms[0][0] for v in thing.variables}
    if isinstance(thing, Expectation):
        return names_in(thing.inside)
    return (
        set().union(*(names_in(part) for part in getattr(thing, "args", ())))
        if getattr(thing, "args", ())
        else set()
    )


def is_structured(expression: Any) -> bool:
    """Whether the expression contains values, inner products, expectations or integrals."""
    return any(isinstance(atom, Atom) for atom in sympy.sympify(expression).atoms())


def substitute(expression: Any, replacements: Mapping[Basis, Vector]) -> Any:
    """Replace basis vectors (points, directions) by vectors everywhere in an expression.

    Raises
    ------
    ClaimError
        If a random variable or a variable of integration would bind a vector that is put in.
    """
    if isinstance(expression, InnerProduct):
        return inner(
            _substituted(expression.left, replacements), _substituted(expression.right, replacements)
        )
    if isinstance(expression, Value):
        return Value(expression.function, _substituted(expression.point, replacements))
    if isinstance(expression, Expectation):
        if any(v.name in image.depends_on for v in expression.variables for image in replacements.values()):
            raise ClaimError(
                "a substitution puts a random vector under an expectation over it; rename one of them"
            )
        return Expectation(substitute(expression.inside, replacements), expression.variables)
    if isinstance(expression, Integral):
        bound = {v.terms[0][0] for v in expression.variables}
        if bound & set(replacements) or any(bound & names_in(image) for image in replacements.values()):
            raise ClaimError(
                "a substitution clashes with a variable of an inner integral; rename one of them"
            )
        return Integral(substitute(expression.inside, replacements), *expression.variables)
    if not getattr(expression, "args", ()):
        return expression
    return expression.func(*(substitute(argument, replacements) for argument in expression.args))


def _substituted(point: Vector, replacements: Mapping[Basis, Vector]) -> Vector:
    total = Vector({})
    for basis, coefficient in point.terms:
        if basis in replacements:
            total = total + replacements[basis] * substitute(coefficient, replacements)
            continue
        factor = substitute(coefficient, replacements)
        if basis.meaning and basis.meaning[0] == "gradient":
            _, function, where = basis.meaning
            total = total + function.gradient(_substituted(where, replacements)) * factor
        elif basis.meaning:
            _, inside, variable = basis.meaning
            if any(variable.name in image.depends_on for image in replacements.values()):
                raise ClaimError(
                    "a substitution puts a random vector under a mean over it; rename one of them"
                )
            total = total + mean(_substituted(inside, replacements), variable) * factor
        else:
            total = total + Vector({basis: factor})
    return Vector({basis: sympy.simplify(coefficient) for basis, coefficient in total.terms})


def with_symbols(expression: Any, replacements: Mapping[Any, Any]) -> Any:
    """Replace scalar symbols everywhere, also inside points, smoothing scales and inner products."""
    if isinstance(expression, InnerProduct):
        return inner(
            _vector_with(expression.left, replacements), _vector_with(expression.right, replacements)
        )
    if isinstance(expression, Value):
        return Value(
            _function_with(expression.function, replacements), _vector_with(expression.point, replacements)
        )
    if isinstance(expression, Expectation):
        return Expectation(with_symbols(expression.inside, replacements), expression.variables)
    if isinstance(expression, Integral):
        return Integral(with_symbols(expression.inside, replacements), *expression.variables)
    if not expression.free_symbols & set(replacements):
        return expression
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
        elif basis.meaning:
            _, inside, variable = basis.meaning
            total = total + mean(_vector_with(inside, replacements), variable) * factor
        else:
            total = total + Vector({basis: factor})
    return total


def canonical(expression: Any) -> Any:
    """Return the normal form of an integrand, with one exponential a term, its exponent over a common denominator."""
    joined = sympy.powsimp(normal_form(expression), combine="exp")
    return joined.replace(
        sympy.exp, lambda exponent: sympy.exp(sympy.expand(sympy.cancel(sympy.together(exponent))))
    )


def change_of_variables(
    before: Integral, replacements: Mapping[Vector, Vector], new_variables: tuple[Vector, ...], dimension: Any
) -> Any:
    """Return the integrand after an affine substitution old = A·new + shift, with its Jacobian |det A|^d.

    Trusts the change-of-variables theorem for invertible affine maps.

    Raises
    ------
    ClaimError
        If a variable is not replaced, a new variable already occurs in the integrand, the map is not square, or its
        determinant is not known to be a real number other than 0.
    """
    if set(replacements) != set(before.variables):
        raise ClaimError(
            "a change of variables must replace every variable of the integral, and nothing else"
        )
    old = {v.terms[0][0] for v in before.variables}
    new = [v.terms[0][0] for v in new_variables]
    if (names_in(before.inside) - old) & set(new):
        raise ClaimError("a new variable of integration already occurs in the integrand; choose another name")
    images = [replacements[v] for v in before.variables]
    matrix = sympy.Matrix([[dict(image.terms).get(b, sympy.Integer(0)) for b in new] for image in images])
    if matrix.rows != matrix.cols:
        raise ClaimError("a change of variables needs as many new variables as old ones")
    for image in images:
        shift = Vector({basis: c for basis, c in image.terms if basis not in new})
        if names_in(shift) & set(new) or any(names_in(c) & set(new) for _, c in image.terms):
            raise ClaimError("a change of variables must be affine in the new variables")
    determinant = sympy.simplify(matrix.det())
    if not determinant.is_real or determinant.is_zero is not False:
        raise ClaimError(
            f"the determinant {determinant} of the change of variables is not known to differ from 0"
        )
    by_basis = {v.terms[0][0]: image for v, image in replacements.items()}
    return substitute(before.inside, by_basis) * sympy.Abs(determinant) ** dimension


def _require_differentiable(expression: Any, point: Vector) -> None:
    if not is_plain(point):
        raise ClaimError("a derivative is taken in a plain vector, no combination")
    opaque = [atom for atom in sympy.sympify(expression).atoms(Value, Expectation, Integral)]
    products = sympy.sympify(expression).atoms(InnerProduct)
    inside = [b for product in products for v in (product.left, product.right) for b, _ in v.terms]
    if any(point.terms[0][0] in names_in(atom) for atom in opaque) or any(
        basis.meaning and point.terms[0][0] in names_in(Vector({basis: 1})) for basis in inside
    ):
        raise ClaimError(
            f"{expression} contains values or gradients at {point}, whose derivative the algebra does not know"
        )


def directional_derivative(expression: Any, point: Vector, direction: Vector) -> Any:
    """d/dε of the expression at point + ε·direction, at ε = 0 (for expressions in inner products).

    Raises
    ------
    ClaimError
        If the expression contains values or gradients at that point.
    """
    _require_differentiable(expression, point)
    step = sympy.Dummy("epsilon", real=True)
    moved = normal_form(substitute(expression, {point.terms[0][0]: point + direction * step}))
    return sympy.diff(moved, step).subs(step, 0)


def laplacian(expression: Any, point: Vector, dimension: Any) -> Any:
    """Δ of the expression in the point: twice the mean of the second directional derivative along N(0, I/2)."""
    _require_differentiable(expression, point)
    direction = gaussian("direction of the Laplacian", dimension)
    step = sympy.Dummy("epsilon", real=True)
    moved = normal_form(substitute(expression, {point.terms[0][0]: point + direction.vector * step}))
    second = sympy.diff(moved, step, 2).subs(step, 0)
    return normal_form(2 * expectation(sympy.expand(second), direction))
