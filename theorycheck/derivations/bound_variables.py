"""Bound variables of sums and integrals: their ranges say what they may be, not what their author declared of them.

`Symbol("t", positive=True)` under a sum from t = 0 is still 0 once. So the body of a sum or an integral is only looked at
after its variables were replaced by fresh ones, integers for sums, reals for integrals, and what is known of these are
their ranges.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits
from sympy.concrete.expr_with_limits import ExprWithLimits


def opened(thing: Any) -> tuple[Any, tuple[Any, ...]]:
    """The body of a sum or an integral in fresh variables, and what is ≥ 0 because of their ranges."""
    body, limits = fresh_limits(thing)
    known: list[Any] = []
    for variable, *ends in reversed(limits):
        if len(ends) == 2:
            known += between(variable, *ends, ordered=isinstance(thing, ExprWithIntLimits))
    return body, tuple(known)


def between(variable: Any, low: Any, high: Any, *, ordered: bool) -> tuple[Any, ...]:
    """What is ≥ 0 for a variable between two ends; nothing where it is not certain which end is the larger.

    Parameters
    ----------
    ordered : bool
        The range is empty unless low ≤ high, as that of a sum is; the ends of an integral may stand in either order.
    """
    if not ordered and (high - low).is_extended_nonnegative is not True:
        if (low - high).is_extended_nonnegative is not True:
            return ()
        low, high = high, low
    return tuple(
        gap for end, gap in ((low, variable - low), (high, high - variable)) if end.is_infinite is not True
    )


def fresh_limits(thing: Any) -> tuple[Any, tuple[Any, ...]]:
    """The body and the limits (innermost first, as in SymPy) of a sum or an integral, in fresh variables."""
    integer = isinstance(thing, ExprWithIntLimits)
    body, done = thing.function, []
    pending = [tuple(limit) for limit in thing.limits]
    taken = {s.name for s in thing.free_symbols | body.free_symbols if hasattr(s, "name")}
    while pending:
        variable, *ends = pending.pop()
        name = variable.name
        while name in taken:
            name += "'"
        taken.add(name)
        new = sympy.Dummy(name, integer=True) if integer else sympy.Dummy(name, real=True)
        body = body.subs(variable, new)
        pending = [(v, *(end.subs(variable, new) for end in ends)) for v, *ends in pending]
        done.append((new, *ends))
    return body, tuple(reversed(done))


def refreshed(expression: Any) -> Any:
    """The expression with fresh variables in all its sums and integrals, also in those inside others."""
    if isinstance(expression, ExprWithLimits):
        body, limits = fresh_limits(expression)
        return expression.func(refreshed(body), *limits)
    if not getattr(expression, "args", ()) or not expression.has(ExprWithLimits):
        return expression
    return expression.func(*map(refreshed, expression.args))
