"""From SymPy expressions to problems: opaque atoms become symbols, assumptions of symbols become ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.balls import interval
from theorycheck.derivations.problems import Point
from theorycheck.derivations.ranges import REAL, Range, declared
from theorycheck.derivations.trees import is_opaque
from theorycheck.errors import ClaimError, NotExactError

Expression = Any


@dataclass(frozen=True)
class Reading:
    """Expressions in which every opaque atom (f(x), an inner product, …) was replaced by an independent real symbol.

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

    def domains(self) -> dict[str, Range]:
        return {name: found for name, s in self.symbols.items() if (found := declared(s)) != REAL}

    def permits(self, point: Point) -> bool:
        """Whether a point has everything that the symbols' assumptions declare (integer, nonzero, even, …)."""
        return all(
            getattr(sympy.Rational(value.numerator, value.denominator), f"is_{fact}", None) is wanted
            for name, value in point.items()
            for fact, wanted in self.symbols[name].assumptions0.items()
            if name in self.symbols and fact not in ("commutative", "hermitian", "antihermitian")
        )

    def integers(self) -> frozenset[str]:
        return frozenset(name for name, s in self.symbols.items() if s.is_integer)


def read(expressions: Iterable[Any]) -> Reading:
    """Replace opaque atoms and collect the symbols.

    Raises
    ------
    NotExactError
        If a symbol is declared not to be real, or an argument is text.
    ClaimError
        If two different symbols have one name.
    """
    converted = []
    for e in expressions:
        if isinstance(e, str):
            raise NotExactError(f"{e!r:.60} is text; write the expression with SymPy symbols")
        converted.append(sympy.Rational(e.numerator, e.denominator) if isinstance(e, Fraction) else sympy.sympify(e))
    atoms: dict[Any, Any] = {}
    names: dict[str, Any] = {}
    for atom in _atoms(converted):
        name = str(atom)
        if names.setdefault(name, atom) != atom:
            raise ClaimError(f"two different symbols are called {name}; give one of them another name")
        if atom.is_Symbol and not is_opaque(atom):
            if atom.is_extended_real is False:
                raise NotExactError(f"the symbol {name} is declared not to be real")
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


def box_range(low: Any, high: Any) -> Range:
    """Return a closed range from a pair of bounds (numbers or None; an irrational bound is rounded outward)."""
    return Range(_bound(low, "low"), _bound(high, "high"))


def _bound(value: Any, side: str) -> Fraction | None:
    if value is None:
        return None
    value = sympy.sympify(value)
    if value in (sympy.oo, -sympy.oo):
        return None
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    if value.is_Float:
        from theorycheck.balls import Ball

        value_ball = Ball(float(value))
    else:
        from theorycheck.derivations.trees import evaluate_tree, to_tree

        value_ball = evaluate_tree(to_tree(value), {})
    ball = interval(value_ball, value_ball)
    return Fraction(ball.lower if side == "low" else ball.upper)
