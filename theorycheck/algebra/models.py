"""An independent look at identities of the algebra: both sides, as written, on a concrete model, in balls.

`normal_form` rewrites with rules; here nothing is rewritten. Every abstract function becomes a cubic polynomial on R², every
named vector a rational point, every expectation a finite sum over Gauss rules that integrate such polynomials exactly
(index: two functions around their mean). Two sides of an identity must then have overlapping enclosures; if they do not, one
of the rules is wrong. A part that has no model (an integral over R^d, log-Gamma variables) makes the answer None.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.algebra.expectation import Expectation, RandomScalar, RandomVariable
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector
from theorycheck.terms.balls import Ball, precision
from theorycheck.terms.gauss_hermite import gauss_hermite_balls

DIMENSION = 2
NODES = 7  # exact to degree 13: the square of a cubic, times a sixth power
BITS = 160
ATTEMPTS = 200


class _NoModelError(Exception):
    """Part of an expression has no model."""


def agree(left: Any, right: Any, known: Sequence[Any] = (), *, models: int = 2, seed: int = 0) -> bool | None:
    """Compare two expressions on random models.

    Parameters
    ----------
    left, right : SymPy expressions of the algebra
    known : sequence of SymPy expressions
        Nonnegative on admissible symbols; the models respect them.
    models : int
        How many models are tried.

    Returns
    -------
    bool or None
        False if the sides certainly differ on a model, True if they agree on all, None if there is no model.
    """
    try:
        for number in range(models):
            model = _Model(random.Random(1000 * seed + number), (left, right, *known))
            if not model.choose_symbols(known):
                return None
            with precision(BITS):
                difference = model.value(sympy.sympify(left), {}) - model.value(sympy.sympify(right), {})
                if not (difference.is_finite and difference.arb.contains(0)):
                    return None if not difference.is_finite else False
    except _NoModelError:
        return None
    return True


class _Model:
    """Values for everything that occurs in some expressions; drawn once, looked up by name afterwards."""

    def __init__(self, draw: random.Random, expressions: Sequence[Any]) -> None:
        self.draw = draw
        self.symbols: dict[Any, Fraction] = {}
        self.points: dict[str, list[Fraction]] = {}
        self.cubics: dict[str, list[Fraction]] = {}
        self.free = sorted({s for e in expressions for s in sympy.sympify(e).free_symbols}, key=str)
        self.dimensions = {v.dimension for e in expressions for v in _variables(e) if v.law == "gaussian"}

    def choose_symbols(self, known: Sequence[Any]) -> bool:
        """Draw the symbols until everything known to be nonnegative is."""
        for _ in range(ATTEMPTS):
            self.symbols = {s: self._number(s) for s in self.free}
            if all(self._nonnegative(condition) for condition in known):
                return True
        return False

    def _number(self, symbol: Any) -> Fraction:
        if symbol in self.dimensions or (symbol.is_integer and symbol.is_positive and symbol.name == "d"):
            return Fraction(DIMENSION)
        size = Fraction(self.draw.randint(1, 40), self.draw.randint(8, 24))
        if symbol.is_integer:
            size = Fraction(self.draw.randint(1, 5))
        return (
            -size
            if symbol.is_negative
            or (symbol.is_real and symbol.is_nonnegative is None and self.draw.random() < 0.5)
            else size
        )

    def _nonnegative(self, condition: Any) -> bool:
        value = sympy.sympify(condition).xreplace(
            {s: sympy.Rational(v.numerator, v.denominator) for s, v in self.symbols.items()}
        )
        return value.is_nonnegative is not False or bool(value.free_symbols)

    def value(self, expression: Any, chosen: Mapping[str, Any]) -> Any:
        """Evaluate as written; `chosen` holds the random variables that are being integrated."""
        if isinstance(expression, Value):
            return self._cubic(expression.function, self.vector(expression.point, chosen), chosen, None)
        if isinstance(expression, InnerProduct):
            left, right = self.vector(expression.left, chosen), self.vector(expression.right, chosen)
            return sum((a * b for a, b in zip(left, right, strict=True)), Ball(0))
        if isinstance(expression, Expectation):
            return self._mean(expression.variables, chosen, lambda c: [self.value(expression.inside, c)])[0]
        if isinstance(expression, RandomScalar):
            return self._random(expression.name, chosen)
        if expression.is_Symbol:
            if expression not in self.symbols:  # it occurs inside a gradient only
                self.symbols[expression] = self._number(expression)
            return Ball(self.symbols[expression])
        if expression.is_Rational:
            return Ball(Fraction(int(expression.p), int(expression.q)))
        if expression == sympy.pi:
            return Ball(4) * Ball(1).arctan()
        return self._composite(expression, chosen)

    def _composite(self, expression: Any, chosen: Mapping[str, Any]) -> Any:
        if (
            expression.is_Pow and expression.exp.is_Rational and expression.exp.q <= 2
        ):  # integer and half powers
            return self.value(expression.base, chosen) ** Fraction(
                int(expression.exp.p), int(expression.exp.q)
            )
        parts = [self.value(argument, chosen) for argument in expression.args]
        if expression.is_Add:
            return sum(parts, Ball(0))
        if expression.is_Mul:
            product = Ball(1)
            for part in parts:
                product = product * part
            return product
        function = {
            sympy.exp: "exp",
            sympy.sin: "sin",
            sympy.cos: "cos",
            sympy.log: "log",
            sympy.Abs: "__abs__",
        }
        if expression.func in function:
            return getattr(parts[0], function[expression.func])()
        raise _NoModelError

    def vector(self, vector: Vector, chosen: Mapping[str, Any]) -> list[Any]:
        """A vector of the algebra as a point of R²."""
        total = [Ball(0)] * DIMENSION
        for basis, coefficient in vector.terms:
            factor = self.value(coefficient, chosen)
            total = [t + factor * b for t, b in zip(total, self._basis(basis, chosen), strict=True)]
        return total

    def _basis(self, basis: Basis, chosen: Mapping[str, Any]) -> list[Any]:
        if basis.meaning and basis.meaning[0] == "gradient":
            _, function, where = basis.meaning
            point = self.vector(where, chosen)
            return [self._cubic(function, point, chosen, axis) for axis in range(DIMENSION)]
        if basis.meaning and basis.meaning[0] == "mean":
            _, inside, variable = basis.meaning
            return self._mean((variable,), chosen, lambda c: self.vector(inside, c))
        if basis.depends_on:
            return list(self._random(basis.name, chosen))
        if basis.name not in self.points:
            self.points[basis.name] = [Fraction(self.draw.randint(-30, 30), 16) for _ in range(DIMENSION)]
        return [Ball(entry) for entry in self.points[basis.name]]

    def _random(self, name: str, chosen: Mapping[str, Any]) -> Any:
        if name not in chosen:
            raise _NoModelError
        return chosen[name]

    def _mean(
        self,
        variables: Sequence[RandomVariable],
        chosen: Mapping[str, Any],
        inside: Callable[[Mapping[str, Any]], list[Any]],
    ) -> list[Any]:
        total: list[Any] | None = None
        for values in itertools.product(*(_rule(variable) for variable in variables)):
            weight = Ball(1)
            extended = dict(chosen)
            for variable, (node, share) in zip(variables, values, strict=True):
                extended[variable.name] = node
                weight = weight * share
                if variable.law == "index":
                    extended.update({f"mean of {f.name}": mean for f, mean in variable.means})
            terms = [weight * part for part in inside(extended)]
            total = terms if total is None else [a + b for a, b in zip(total, terms, strict=True)]
        assert total is not None
        return total

    def _cubic(
        self, function: AbstractFunction, y: list[Ball], chosen: Mapping[str, Any], axis: int | None
    ) -> Any:
        """The value (axis None) or a partial derivative of the smoothed cubic of this function."""
        variance = self.value(sympy.sympify(function.sigma), chosen) ** 2 / 2
        if not function.depends_on:
            return _smoothed_cubic(self._coefficients(function.name), y, variance, axis)
        (name,) = function.depends_on
        side = self._random(name, chosen)
        mean = chosen.get(f"mean of {function.name}")
        if mean is None:
            raise _NoModelError
        centre = _smoothed_cubic(self._coefficients(mean.name), y, variance, axis)
        return centre + side * _smoothed_cubic(self._coefficients(function.name), y, variance, axis)

    def _coefficients(self, name: str) -> list[Fraction]:
        if name not in self.cubics:
            self.cubics[name] = [Fraction(self.draw.randint(-12, 12), 8) for _ in range(3 * DIMENSION + 2)]
        return self.cubics[name]


def _smoothed_cubic(coefficients: list[Fraction], y: list[Ball], variance: Ball, axis: int | None) -> Any:
    """Σ a y³ + b y² + c y, plus a cross term and a constant, smoothed by a Gaussian of that variance a coordinate."""
    cross, constant = coefficients[-2:]
    if axis is not None:
        a, b, c = coefficients[3 * axis : 3 * axis + 3]
        return 3 * a * (y[axis] * y[axis] + variance) + 2 * b * y[axis] + c + cross * y[1 - axis]
    total = Ball(constant) + cross * y[0] * y[1]
    for i in range(DIMENSION):
        a, b, c = coefficients[3 * i : 3 * i + 3]
        total = (
            total + a * (y[i] * y[i] * y[i] + 3 * variance * y[i]) + b * (y[i] * y[i] + variance) + c * y[i]
        )
    return total


def _variables(expression: Any) -> set[RandomVariable]:
    found: set[RandomVariable] = set()
    for atom in sympy.sympify(expression).atoms(Expectation):
        found |= set(atom.variables) | _variables(atom.inside)
    return found


def _rule(variable: RandomVariable) -> list[tuple[Any, Ball]]:
    """Nodes and weights that integrate the models exactly."""
    if variable.law == "gaussian":
        nodes, weights = gauss_hermite_balls(NODES)
        pairs = list(zip(nodes, weights, strict=True))
        return [([a, b], wa * wb) for (a, wa), (b, wb) in itertools.product(pairs, repeat=DIMENSION)]
    if variable.law == "uniform":
        return _gauss_legendre()
    if variable.law == "index":
        return [(Ball(1), Ball(Fraction(1, 2))), (Ball(-1), Ball(Fraction(1, 2)))]
    raise _NoModelError


def _gauss_legendre() -> list[tuple[Any, Ball]]:
    """The rule on [0, 1] with certified nodes."""
    import flint

    rule = []
    for k in range(NODES):
        node, weight = flint.arb.legendre_p_root(NODES, k, weight=True)
        rule.append(((Ball(node) + 1) / 2, Ball(weight) / 2))
    return rule
