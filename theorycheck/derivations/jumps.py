"""Where an expression with cases may jump, and exact points there: random points never meet x = 17.

`Piecewise((1, Eq(x, 17)), (0, True))` agrees with 0 at every point that is drawn. So expressions with cases are also compared
where their cases change and between all such places on a line, with exact rational arguments. A place that is not at a
rational value of some symbol (x² = 2, sin x = 0) cannot be met; then nothing is concluded from points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import sympy

from theorycheck.derivations.problems import Point

BORDER_LINES = 4
"""On so many lines the places where cases change are looked for."""
JUMPING = (sympy.Piecewise, sympy.sign, sympy.Heaviside)


def has_jumps(expression: Any) -> bool:
    """Whether an expression has cases at whose borders it need not be continuous."""
    return bool(expression.has(*JUMPING))


def borders(expression: Any) -> set[Any]:
    """Expressions that are 0 wherever a case of the expression changes."""
    found: set[Any] = set()
    for part in sympy.preorder_traversal(expression):
        if isinstance(part, sympy.core.relational.Relational):
            found.add(part.lhs - part.rhs)
        elif isinstance(part, (sympy.sign, sympy.Heaviside, sympy.Abs)):
            found.add(part.args[0])
        elif isinstance(part, (sympy.Max, sympy.Min)):
            found |= {a - b for a, b in combinations(part.args, 2)}
    return {sympy.expand(border) for border in found if border.free_symbols}


def are_met(expression: Any) -> bool:
    """Whether `points_on_borders` meets every place where the expression may jump."""
    jumps = set().union(*(borders(part) for part in expression.atoms(*JUMPING)))
    return all(_linear_in(border) for border in jumps)


def _linear_in(border: Any) -> list[Any]:
    """The symbols in which a border is linear with rational coefficients throughout."""
    symbols = sorted(border.free_symbols, key=str)
    if not border.is_polynomial(*symbols):
        return []
    polynomial = sympy.Poly(border, *symbols)
    if not all(c.is_Rational for c in polynomial.coeffs()):
        return []
    return [s for s in symbols if polynomial.degree(s) == 1 and polynomial.total_degree() == 1]


def points_on_borders(expression: Any, others: Iterable[Point]) -> Iterator[Point]:
    """Move each given point along each symbol to the borders on that line, and between and beyond them."""
    linear = [(border, s) for border in borders(expression) for s in _linear_in(border)]
    for point in others:
        for symbol in sorted({s for _, s in linear}, key=str):
            rest = {s: value for s, value in _exactly(point, expression).items() if s != symbol}
            places = sorted({_root(border.xreplace(rest), symbol) for border, s in linear if s == symbol})
            between = [(a + b) / 2 for a, b in pairwise(places)]
            for place in (*places, *between, places[0] - 1, places[-1] + 1):
                yield {**point, symbol.name: place}


def _exactly(point: Mapping[str, Fraction], expression: Any) -> dict[Any, Any]:
    return {
        s: sympy.Rational(point[s.name].numerator, point[s.name].denominator)
        for s in expression.free_symbols
        if s.name in point
    }


def _root(border: Any, symbol: Any) -> Fraction:
    slope = border.coeff(symbol)
    root = -(border - slope * symbol) / slope
    root = sympy.expand(root)
    return Fraction(int(root.p), int(root.q))


def at(expression: Any, point: Mapping[str, Fraction]) -> Any:
    """The expression at an exact point, its conditions decided in rationals."""
    return expression.xreplace(_exactly(point, expression))
