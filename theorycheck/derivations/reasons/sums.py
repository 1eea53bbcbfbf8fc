"""Exact identities between finite sums whose number of terms is a symbol.

A sum is `sympy.Sum(body, (t, low, high))` over integers, its members `sympy.IndexedBase("a")[t]` and powers b**(T − t).
`vanishes` decides whether a combination of such sums is 0 for every length:

1. sums are linear, and a sum over [1, T − 1] or over shifted indices is the one over [1, T] and single terms;
2. if that does not decide, induction on a length T: the case of the smallest T, and D(T + 1) = c·D(T).

The second covers geometric sums and exchanges of double sums. Every sum must have at least 0 terms for all values of its
parameters (SymPy's convention for fewer is not the usual one), so a = 3 … T with T ≥ 1 is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits

from theorycheck.derivations.bound_variables import refreshed

LENGTHS = 3
"""So many lengths are written out term by term as well, an independent look at what the rules say."""
_BOUND = tuple(sympy.Dummy(f"i_{depth}", integer=True) for depth in range(6))
Ranges = tuple[tuple[Any, Any, Any], ...]


def vanishes(expression: Any) -> str:
    """Say why a combination of sums is not known to be 0 for every length, or "" if it is.

    Parameters
    ----------
    expression : SymPy expression
        Lengths are integer symbols declared positive (T ≥ 1) or nonnegative (T ≥ 0).
    """
    expression = refreshed(sympy.sympify(expression))
    problem = improper_range(expression) or _negative_power(expression)
    if problem:
        return problem
    bases = {base: sympy.Dummy(str(base), positive=True) for base in _bases(expression)}
    powers = [p for p in expression.atoms(sympy.Pow) if p.base in bases and p.exp.free_symbols]
    formal = expression.xreplace({p: bases[p.base] ** p.exp for p in powers})
    meaning = {symbol: base for base, symbol in bases.items()}
    lengths = _lengths(expression)
    if any(base.free_symbols & set(lengths) for base in bases):
        return "the base of a power changes with the length"
    if not _is_zero(_canonical(formal), meaning) and not any(
        _by_induction(formal, n, meaning) for n in lengths
    ):
        left_over = _canonical(formal).xreplace(meaning)
        return f"the sums leave ${sympy.latex(sympy.factor_terms(left_over))}$ over"
    return _written_out(expression, lengths)


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


def _bases(expression: Any) -> set[Any]:
    """What is raised to a power that depends on an index or a length, and may be 0."""
    powers = expression.atoms(sympy.Pow)
    return {p.base for p in powers if p.exp.free_symbols and not p.base.is_positive}


def _negative_power(expression: Any, ranges: Ranges = ()) -> str:
    """A base that may be 0 or negative needs exponents ≥ 0.

    Then both sides are polynomials in it for every length, and equal for every real base if they are for all positive ones.
    """
    if isinstance(expression, sympy.Sum):
        inner = (*ranges, *reversed([tuple(limit) for limit in expression.limits]))
        return _negative_power(expression.function, inner)
    if expression.is_Pow and expression.exp.free_symbols and not expression.base.is_positive:
        base, exponent = expression.base, expression.exp
        if not base.is_real or base.has(sympy.Indexed) or base.free_symbols & {index for index, *_ in ranges}:
            return f"the base ${sympy.latex(base)}$ of a power is no real number that all terms share"
        if not is_at_least_zero(exponent, ranges):
            return (
                f"the exponent ${sympy.latex(exponent)}$ may be negative, and ${sympy.latex(base)}$ may be 0"
            )
        return ""
    return next((p for part in expression.args if (p := _negative_power(part, ranges))), "")


def _lengths(expression: Any) -> list[Any]:
    """Integer symbols at the ends of sums or in exponents, the parameters on which an induction may run."""
    sums, powers = expression.atoms(sympy.Sum), expression.atoms(sympy.Pow)
    found = {s for total in sums for limit in total.limits for end in limit[1:] for s in end.free_symbols}
    found |= {s for power in powers for s in power.exp.free_symbols}
    bound = {limit[0] for total in sums for limit in total.limits}
    return sorted((s for s in found - bound if s.is_integer and s.is_nonnegative), key=str)


def _is_zero(expression: Any, meaning: Mapping[Any, Any]) -> bool:
    """Whether an expression is 0 once the bases stand for what they mean; their symbolic powers are numbers like others."""
    powers = [p for p in expression.atoms(sympy.Pow) if p.base in meaning and p.exp.free_symbols]
    numbers = {p: sympy.Dummy(positive=True) for p in powers}
    expression = expression.xreplace(numbers).xreplace(dict(meaning))
    return bool(expression == 0 or sympy.cancel(sympy.together(expression)) == 0)


def _by_induction(expression: Any, length: Any, meaning: Mapping[Any, Any]) -> bool:
    first = 1 if length.is_positive else 0
    if not _is_zero(_canonical(expression.subs(length, first)), meaning):
        return False
    now, following = _canonical(expression), _canonical(expression.subs(length, length + 1))
    if _is_zero(following - now, meaning):
        return True
    for total in sorted(now.atoms(sympy.Sum), key=str):
        before, after = now.coeff(total), following.coeff(total)
        if before != 0:
            return _is_zero(following - sympy.cancel(after / before) * now, meaning)
    return False


def _written_out(expression: Any, lengths: list[Any]) -> str:
    for number in range(LENGTHS):
        case = {length: number + (1 if length.is_positive else 0) for length in lengths}
        if not _is_zero(sympy.expand(written_out(expression.subs(case))), {}):
            return f"the sums differ at {', '.join(f'{name} = {value}' for name, value in case.items())}"
    return ""


def written_out(expression: Any) -> Any:
    """Every sum between numbers term by term; a sum whose ends are no numbers stays."""
    if isinstance(expression, sympy.Sum):
        *inner, (index, low, high) = expression.limits
        body = sympy.Sum(expression.function, *inner) if inner else expression.function
        if not (low.is_Integer and high.is_Integer):
            return expression
        return sympy.Add(*(written_out(body.subs(index, j)) for j in range(int(low), int(high) + 1)))
    return expression.func(*map(written_out, expression.args)) if expression.args else expression


# ---- the canonical form --------------------------------------------------------------------------------------------


def _canonical(expression: Any) -> Any:
    """Expanded, with every sum over [1, T] (or [i, T]) of one monomial whose smallest index is the bound one."""
    expression = sympy.expand(expression)
    sums = _outermost(expression)
    return (
        sympy.expand(expression.xreplace({total: _canonical_sum(total) for total in sums}))
        if sums
        else expression
    )


def _outermost(expression: Any) -> set[Any]:
    if isinstance(expression, sympy.Sum):
        return {expression}
    return set().union(*(_outermost(part) for part in expression.args)) if expression.args else set()


def _canonical_sum(total: Any) -> Any:
    *inner, (index, low, high) = total.limits
    body = _canonical(sympy.Sum(total.function, *inner) if inner else total.function)
    found = sympy.Integer(0)
    for monomial in sympy.Add.make_args(sympy.expand(body)):
        outside, inside = monomial.as_independent(index, as_Add=False)
        depth = 1 + max(
            (_BOUND.index(limit[0]) for s in inside.atoms(sympy.Sum) for limit in s.limits), default=-1
        )
        bound = _BOUND[depth]
        found += outside * _one_sum(inside.subs(index, bound), bound, sympy.sympify(low), sympy.sympify(high))
    return sympy.expand(found)


def _one_sum(monomial: Any, bound: Any, low: Any, high: Any) -> Any:
    if not monomial.has(bound):
        return monomial * (high - low + 1)
    offsets = [i - bound for member in monomial.atoms(sympy.Indexed) for i in member.indices if i.has(bound)]
    if offsets and all(offset.is_Integer for offset in offsets):
        shift = min(offsets)
        monomial = _canonical(monomial.subs(bound, bound - shift))
        low, high = low + shift, high + shift
    length = sympy.expand(high - low + 1)
    if length.is_Integer:
        sign, first = (1, low) if length >= 0 else (-1, high + 1)
        return sympy.Add(
            *(sign * _canonical(monomial.subs(bound, first + j)) for j in range(abs(int(length))))
        )
    start = sympy.Integer(1) if low.is_number else low - low.as_coeff_Add()[0]
    count, end = high.as_coeff_Add()
    single = [(1, j, low) for j in range(int(start - low))] or [
        (-1, j, start) for j in range(int(low - start))
    ]
    single += [(1, j + 1, end) for j in range(int(count))] or [(-1, -j, end) for j in range(int(-count))]
    rest = sum(
        (sign * _canonical(monomial.subs(bound, base + j)) for sign, j, base in single), sympy.Integer(0)
    )
    outside, inside = monomial.as_independent(bound, as_Add=False)
    return outside * sympy.Sum(inside, (bound, start, end)) + rest
