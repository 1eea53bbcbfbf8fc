"""From SymPy expressions to problems: opaque atoms become symbols, assumptions of symbols become ranges."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.derivations.kernel_terms import is_opaque, require_real, to_term
from theorycheck.derivations.problems import REAL, Point
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel.intervals import Interval, interval_of

Expression = Any
NONNEGATIVE, POSITIVE = Interval(Fraction(0)), Interval(Fraction(0), None, True)


_TRUE_OF_RATIONALS = frozenset(
    ["commutative", "complex", "real", "extended_real", "finite", "hermitian", "rational", "algebraic"]
)
_FACTS: dict[str, Callable[[Fraction], bool]] = {
    "positive": lambda v: v > 0,
    "negative": lambda v: v < 0,
    "nonnegative": lambda v: v >= 0,
    "nonpositive": lambda v: v <= 0,
    "zero": lambda v: v == 0,
    "nonzero": lambda v: v != 0,
    "integer": lambda v: v.denominator == 1,
    "noninteger": lambda v: v.denominator != 1,
    "imaginary": lambda v: False,
    "infinite": lambda v: False,
    "irrational": lambda v: False,
    "transcendental": lambda v: False,
}


def _has(fact: str, value: Fraction) -> bool | None:
    """Whether a rational has a property by SymPy's name for it."""
    simple = _FACTS.get(fact.removeprefix("extended_"))
    if simple is not None:
        return simple(value)
    known: bool | None = getattr(sympy.Rational(value.numerator, value.denominator), f"is_{fact}", None)
    return known


@dataclass(frozen=True)
class Reading:
    """Expressions in which every opaque atom (f(x), an inner product, …) was replaced by an independent real
    symbol.

    Attributes
    ----------
    expressions : tuple of SymPy expressions
    symbols : Mapping[str, sympy.Symbol]
        By name.
    opaque : bool
        Whether an atom was replaced: then a counterexample need not be one of the original expressions.
    """

    expressions: tuple[Expression, ...]
    symbols: Mapping[str, Any]
    opaque: bool

    def domains(self) -> dict[str, Interval]:
        return {name: found for name, s in self.symbols.items() if (found := declared(s)) != REAL}

    @functools.cached_property
    def _declared(self) -> dict[str, list[tuple[str, bool]]]:
        """What the assumptions of each symbol say that is not true of every rational anyway."""
        return {
            name: [
                (fact, wanted)
                for fact, wanted in symbol.assumptions0.items()
                if fact != "antihermitian" and (fact not in _TRUE_OF_RATIONALS or not wanted)
            ]
            for name, symbol in self.symbols.items()
        }

    def permits(self, point: Point) -> bool:
        """Whether a point has all that the symbols' assumptions declare (integer, nonzero, even, …)."""
        return all(
            _has(fact, value) is wanted
            for name, value in point.items()
            for fact, wanted in self._declared[name]
        )

    def integers(self) -> frozenset[str]:
        return frozenset(name for name, s in self.symbols.items() if s.is_integer)


def declared(symbol: Any) -> Interval:
    """The interval that the assumptions of a SymPy symbol declare; an integer that is positive is at least 1."""
    result = REAL
    checks: list[tuple[str, Callable[[], Interval]]] = [
        ("is_nonnegative", lambda: NONNEGATIVE),
        ("is_positive", lambda: Interval(low=Fraction(1)) if symbol.is_integer else POSITIVE),
        ("is_nonpositive", lambda: -NONNEGATIVE),
        ("is_negative", lambda: Interval(high=Fraction(-1)) if symbol.is_integer else -POSITIVE),
    ]
    for flag, found in checks:
        if getattr(symbol, flag):
            result = result.intersect(found())
    return result


def read(expressions: Iterable[Any]) -> Reading:
    """Replace opaque atoms and collect the symbols.

    Raises
    ------
    NotExactError
        If a symbol is declared to be something else than real, or an argument is text.
    ClaimError
        If two different symbols have one name.
    """
    converted = []
    for e in expressions:
        if isinstance(e, str):
            raise NotExactError(f"{e!r:.60} is text; write the expression with SymPy symbols")
        converted.append(
            sympy.Rational(e.numerator, e.denominator) if isinstance(e, Fraction) else sympy.sympify(e)
        )
    atoms: dict[Any, Any] = {}
    names: dict[str, Any] = {}
    for atom in _atoms(converted):
        name = str(atom)
        if names.setdefault(name, atom) != atom:
            raise ClaimError(f"two different symbols are called {name}; give one of them another name")
        require_real(atom)
        if atom.is_Symbol and not is_opaque(atom):
            continue
        flags = {f: True for f in ("positive", "nonnegative", "integer") if getattr(atom, f"is_{f}", None)}
        atoms[atom] = sympy.Symbol(name, real=True, **flags)
    replaced = tuple(e.xreplace(atoms) for e in converted)
    return Reading(replaced, {n: atoms.get(a, a) for n, a in names.items()}, bool(atoms))


def _atoms(expressions: Iterable[Any]) -> list[Any]:
    found: dict[Any, None] = {}

    def visit(e: Any) -> None:
        if is_opaque(e) or getattr(e, "is_Symbol", False):
            found[e] = None
            return
        for part in getattr(e, "args", ()):
            visit(part)

    for e in expressions:
        visit(e)
    return sorted(found, key=str)


def box_ranges(low: Any, high: Any) -> tuple[Interval, Interval]:
    """Return the closed range of a pair of bounds, rounded outward (for proofs) and inward (for
    counterexamples).
    """
    (low_outer, low_inner), (high_inner, high_outer) = _ends(low), _ends(high)
    return Interval(low_outer, high_outer), Interval(low_inner, high_inner)


def _ends(bound: Any) -> tuple[Fraction | None, Fraction | None]:
    """Return rationals just below and above a bound (twice the bound itself if it is rational)."""
    if bound is None:
        return None, None
    if isinstance(bound, Fraction):
        return bound, bound
    value = sympy.sympify(bound)
    if value in (sympy.oo, -sympy.oo):
        return None, None
    if value.is_Rational:
        exact = Fraction(int(value.p), int(value.q))
        return exact, exact
    if value.is_Float:
        exact = Fraction(float(value))
        return exact, exact
    found = interval_of(to_term(value), {})
    if found is None:
        raise NotExactError(f"the bound {value} of a box is not a real number")
    return found.low, found.high
