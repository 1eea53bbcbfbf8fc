"""Bound variables of sums and integrals: their ranges say what they may be, not what their author declared of them.

`Symbol("t", positive=True)` under a sum from t = 0 is still 0 once. So the body of a sum or an integral is only looked at
after its variables were replaced by fresh ones, integers for sums, reals for integrals, and what is known of these are
their ranges.
"""

from __future__ import annotations

import functools
from typing import Any

import sympy
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits
from sympy.concrete.expr_with_limits import ExprWithLimits

from theorycheck.algebra.integrals import with_symbols
from theorycheck.derivations.inequalities import above_zero


def opened(thing: Any) -> tuple[Any, tuple[Any, ...]]:
    """The body of a sum or an integral in fresh variables, and what is known of these because of their ranges.

    An integral does not see the ends of its range, so its variable lies strictly between them.
    """
    body, limits = fresh_limits(thing)
    known: list[Any] = []
    for variable, *ends in reversed(limits):
        if len(ends) == 2 and isinstance(thing, ExprWithIntLimits):
            known += inside(variable, *ends)
        elif len(ends) == 2:
            known += [above_zero(gap) for gap in inside(variable, *in_order(*ends))]
    return body, tuple(known)


def inside(variable: Any, low: Any, high: Any) -> tuple[Any, ...]:
    """What is ≥ 0 for a variable from `low` to `high`, which may be infinite."""
    return tuple(
        gap for end, gap in ((low, variable - low), (high, high - variable)) if end.is_infinite is not True
    )


def in_order(low: Any, high: Any) -> tuple[Any, Any]:
    """The ends of an integral, the smaller one first; the whole line where it is not certain which that is."""
    if (high - low).is_extended_nonnegative:
        return low, high
    return (high, low) if (low - high).is_extended_nonnegative else (-sympy.oo, sympy.oo)


def fresh_limits(thing: Any) -> tuple[Any, tuple[Any, ...]]:
    """The body and the limits (innermost first, as in SymPy) of a sum or an integral, in fresh variables."""
    integer = isinstance(thing, ExprWithIntLimits)
    body, done = thing.function, []
    pending = [tuple(limit) for limit in thing.limits]
    taken = {s.name for s in thing.free_symbols if hasattr(s, "name")}
    while pending:
        variable, *ends = pending.pop()
        name = variable.name
        while name in taken:
            name += "'"
        taken.add(name)
        new = _fresh(name, integer)
        body = with_symbols(body, {variable: new})
        pending = [(v, *(with_symbols(end, {variable: new}) for end in ends)) for v, *ends in pending]
        done.append((new, *ends))
    return body, tuple(reversed(done))


@functools.cache
def _fresh(name: str, integer: bool) -> Any:
    """One variable a name, so that equal sums stay equal; no author can have it."""
    return sympy.Dummy(name, integer=True) if integer else sympy.Dummy(name, real=True)


def refreshed(expression: Any) -> Any:
    """The expression with fresh variables in all its sums and integrals, also in those inside others."""
    if isinstance(expression, ExprWithLimits):
        body, limits = fresh_limits(expression)
        return expression.func(refreshed(body), *limits)
    if not getattr(expression, "args", ()) or not expression.has(ExprWithLimits):
        return expression
    return expression.func(*map(refreshed, expression.args))
