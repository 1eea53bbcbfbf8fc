"""Are the ends of sums integers, and do they have at least 0 terms?

A sum is `sympy.Sum(body, (t, low, high))` over integers. Every sum must have at least 0 terms for all values of its parameters
(SymPy's convention for fewer is not the usual one), so t = 3 … T with T ≥ 1 is refused. Equalities of sums are found by
`theorycheck.search.sums`.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits

Ranges = tuple[tuple[Any, Any, Any], ...]


def is_at_least_zero(difference: Any, ranges: Ranges = ()) -> bool:
    """Whether an integer expression that is linear in its symbols is ≥ 0 wherever the indices lie in their ranges.

    Parameters
    ----------
    difference : SymPy expression
    ranges : tuple of (index, low, high)
        Inner indices last; the ends of one may speak of those before it. Other symbols are lengths.
    """
    if not ranges:
        least = sympy.expand(difference)
        for symbol in least.free_symbols:
            if not (symbol.is_integer and symbol.is_nonnegative):
                return False
            least = least.xreplace({symbol: symbol + 1}) if symbol.is_positive else least
        least = sympy.expand(least)
        polynomial = sympy.Poly(least, *least.free_symbols) if least.free_symbols else None
        coefficients = [least] if polynomial is None else polynomial.coeffs()
        linear = polynomial is None or polynomial.total_degree() <= 1
        return linear and all(c.is_number and c >= 0 for c in coefficients)
    (*outer, (index, low, high)) = ranges
    slope = sympy.diff(difference, index)
    if not slope.is_number:
        return False
    end = low if slope >= 0 else high
    return is_at_least_zero(difference.subs(index, end), tuple(outer))


def improper_range(expression: Any, ranges: Ranges = ()) -> str:
    """Name a sum (or product) whose ends may be no integers, or that may have fewer than 0 terms, or "" if there is none."""
    if isinstance(expression, ExprWithIntLimits):
        inner = ranges
        for limit in reversed(expression.limits):  # SymPy lists the innermost first
            if len(limit) != 3:
                return f"the sum ${sympy.latex(expression)}$ has no ends"
            index, low, high = limit
            if not (low.is_integer and high.is_integer):
                return f"the sum over {_shown(limit)} has ends that are not known to be integers"
            if not is_at_least_zero(high - low + 1, inner):
                return f"the sum over {_shown(limit)} may have fewer than 0 terms"
            inner = (*inner, (index, low, high))
        return improper_range(expression.function, inner)
    return next((p for part in expression.args if (p := improper_range(part, ranges))), "")


def _shown(limit: tuple[Any, Any, Any]) -> str:
    return f"${sympy.latex(limit[0])} = {sympy.latex(limit[1])}, …, {sympy.latex(limit[2])}$"
