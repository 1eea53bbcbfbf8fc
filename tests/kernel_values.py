"""What a term of the kernel means, written down a second time: values, and whether a theorem holds at a point.

Nothing here uses the kernel's own computations. A value is a Fraction where it is rational and that is plain, else a number of
mpmath's with 60 digits. Where these do not tell (nearly equal, or very large), it gives up: `Unclear`.
"""

import operator
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from theorycheck.kernel import Term
from theorycheck.kernel.terms import BINDERS, INDEXED

DIGITS = 60
NEAR, LARGE = 1e-30, 1e12
MOST_BITS = 4_000
Point = Mapping[Term, Any]
"""Of variables the numbers, of vectors the coordinates."""


class NoValue(Exception):  # noqa: N818  # an answer
    """The term has no value there."""


class Unclear(NoValue):
    """The term might have a value; it is too large, or too close to where it has none, to tell."""


def value(term: Term, point: Point) -> mpmath.mpf:
    """The value of a term.

    Raises
    ------
    NoValue
        If it has none; `Unclear` if that is not clear.
    """
    with mpmath.workdps(DIGITS):
        return _real(_values(term, point)[term])


def truth(condition: Term, point: Point) -> bool:
    """Whether a condition holds; raises `NoValue` where it has no truth value."""
    with mpmath.workdps(DIGITS):
        return bool(_values(condition, point)[condition])


def holds(comparison: Term, point: Point) -> bool | None:
    """Whether a comparison holds, None if that is not clear: where a side has no value, it does not hold."""
    try:
        return truth(comparison, point)
    except Unclear:
        return None
    except NoValue:
        return False


def is_refuted(hypotheses: Iterable[Term], conclusion: Term, point: Point) -> bool:
    """Whether hypotheses ⊢ conclusion is certainly false at a point."""
    return holds(conclusion, point) is False and all(holds(hypothesis, point) for hypothesis in hypotheses)


def close(a: Any, b: Any) -> bool:
    """Whether two numbers agree to 30 digits."""
    with mpmath.workdps(DIGITS):
        first, second = (c if isinstance(c, mpmath.mpf) else mpmath.mpf(str(c)) for c in (a, b))
        return bool(abs(first - second) <= NEAR * (1 + abs(second)))


def _values(whole: Term, point: Point) -> dict[Term, Any]:
    """Of a term and the parts that are looked at: a piecewise looks at no case after the first that holds."""
    known: dict[Term, Any] = {}
    waiting = [whole]
    while waiting:
        needed = [] if waiting[-1] in known else _needed(waiting[-1], known)
        waiting += needed
        if not needed:
            term = waiting.pop()
            if term not in known:
                known[term] = _own(term, known, point)
    return known


OPAQUE = {*BINDERS, *INDEXED, "member", "scaled", "vector sum", "dimension", "bound", "bound vector"}
"""Heads of which nothing is evaluated here: what binds, functions and sequences; their own tests do."""


def _needed(term: Term, known: Mapping[Term, Any]) -> list[Term]:
    if term.head in OPAQUE:
        raise Unclear
    if term.head != "piecewise":
        return [arg for arg in term.args if arg not in known]
    for condition, result in zip(term.args[::2], term.args[1::2], strict=True):
        if condition not in known:
            return [condition]
        if known[condition]:
            return [] if result in known else [result]
    raise NoValue


def _own(term: Term, known: Mapping[Term, Any], point: Point) -> Any:
    head = term.head
    if head == "piecewise":
        conditions = (place for place in range(0, len(term.args), 2) if known[term.args[place]])
        return known[term.args[next(conditions) + 1]]
    args = [known[arg] for arg in term.args]
    if head == "number":
        return term.value
    if head == "variable":
        return Fraction(point[term])
    if head == "vector":
        return tuple(map(Fraction, point[term]))
    if head == "inner":
        return sum((a * b for a, b in zip(*args, strict=True)), Fraction(0))
    if head == "pi":
        return +mpmath.pi
    if head in ("true", "false"):
        return head == "true"
    if head in ("and", "or", "not"):
        return not args[0] if head == "not" else (all if head == "and" else any)(args)
    if head in ("le", "lt", "eq", "ne"):
        return _compared(head, *args)
    if head == "integer":
        if not isinstance(args[0], Fraction):
            raise Unclear
        return args[0].denominator == 1
    if any(abs(arg) > LARGE for arg in args):
        raise Unclear
    if head == "power":
        return _power(*args)
    return _many(head, args) if head in ("add", "mul", "max", "min") else _function(head, args[0])


def _real(a: Any) -> mpmath.mpf:
    return mpmath.mpf(a.numerator) / a.denominator if isinstance(a, Fraction) else a


def _compared(head: str, a: Any, b: Any) -> bool:
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        a, b = _real(a), _real(b)
        if abs(a - b) <= NEAR * (1 + abs(a)):
            raise Unclear  # perhaps equal, but for rounding
    return bool(getattr(operator, head)(a, b))


def _many(head: str, args: list[Any]) -> Any:
    args = [_short(arg) for arg in args]
    if not all(isinstance(arg, Fraction) for arg in args):
        args = [_real(arg) for arg in args]
    if head in ("max", "min"):
        return max(args) if head == "max" else min(args)
    result = args[0]
    for arg in args[1:]:
        own = arg if isinstance(result, Fraction) else _real(arg)
        result = _short(result + own if head == "add" else result * own)
    return result


def _short(a: Any) -> Any:
    long = isinstance(a, Fraction) and max(a.numerator.bit_length(), a.denominator.bit_length()) > MOST_BITS
    return _real(a) if long else a


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > 50 or (base != 0 and abs(base) < NEAR):
        raise Unclear
    if not isinstance(exponent, Fraction):
        if abs(exponent - mpmath.nint(exponent)) < NEAR:
            raise Unclear
    elif exponent.denominator == 1:
        if base == 0 and exponent < 0:
            raise NoValue
        return _short(base ** int(exponent))
    if base < 0 or (base == 0 and exponent < 0):
        if not isinstance(base, Fraction) and abs(base) < NEAR:
            raise Unclear
        raise NoValue
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        roots = [_root(part, exponent.denominator) for part in (base.numerator, base.denominator)]
        if None not in roots:
            return _short(Fraction(*roots) ** exponent.numerator)
    return mpmath.power(_real(base), _real(exponent))


def _root(whole: int, degree: int) -> int | None:
    found = int(mpmath.nint(mpmath.root(whole, degree)))
    return found if found**degree == whole else None


_PLAIN = {
    **{(name, 0): 0 for name in ("sin", "tan", "sinh", "tanh", "asin", "atan", "erf")},
    **{(name, 0): 1 for name in ("exp", "cos", "cosh", "erfc")},
    **{("gamma", 1): 1, ("gamma", 2): 1, ("loggamma", 1): 0, ("loggamma", 2): 0},
    **{("log", 1): 0, ("acos", 1): 0},
}
"""Values that are rational."""


def _function(head: str, t: Any) -> Any:
    if isinstance(t, Fraction) and (head, t) in _PLAIN:
        return Fraction(_PLAIN[head, t])
    if head == "abs":
        return abs(t)
    edges = {"log": (0,), "gamma": (0,), "loggamma": (0,), "asin": (-1, 1), "acos": (-1, 1), "sign": (0,)}
    if not isinstance(t, Fraction) and any(abs(t - edge) < NEAR for edge in edges.get(head, ())):
        raise Unclear
    if head == "sign":
        return Fraction((t > 0) - (t < 0))
    if (head in ("log", "gamma", "loggamma") and t <= 0) or (head in ("asin", "acos") and abs(t) > 1):
        raise NoValue
    if head in ("exp", "sinh", "cosh", "gamma") and abs(t) > 50:
        raise Unclear
    real = _real(t)
    if head == "tan" and abs(mpmath.cos(real)) < NEAR:
        raise Unclear
    return +getattr(mpmath, head)(real)
