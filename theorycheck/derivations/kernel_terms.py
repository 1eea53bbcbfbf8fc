"""SymPy expressions as terms of the kernel.

Opaque atoms (f(x) of an undefined f, a mean) become variables that are named by their text.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import Term, eq, inner, le, lt, make, number, power, variable, vector
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.terms import written

ZERO, ONE = number(0), number(1)


def to_term(expression: Any, *, opaque: bool = False) -> Term:
    """Write a SymPy expression as a term.

    Parameters
    ----------
    expression : SymPy expression
    opaque : bool
        Whether what the kernel does not know (a sum, an integral) becomes a variable that is named by its text, and inner
        products become inner products of the kernel.

    Raises
    ------
    NotExactError
        If the expression has a part that no real ball encloses: a float, I, infinity, a symbol that is declared to be
        something else than a real number, an unknown function.
    ClaimError
        If two different parts of the expression would have one name.
    """
    return Names(opaque=opaque).term(expression)


class Names:
    """The terms of several expressions in which one name means one thing."""

    def __init__(self, *, opaque: bool = False) -> None:
        self.opaque = opaque
        self._meaning: dict[str, Any] = {}
        self._vectors: dict[str, Any] = {}
        self._terms: dict[Any, Term] = {}

    def term(self, expression: Any) -> Term:
        import sympy

        expression = sympy.sympify(expression)
        if expression not in self._terms:
            self._terms[expression] = self._of(expression)
        return self._terms[expression]

    @property
    def meanings(self) -> dict[str, Any]:
        """What the variables stand for."""
        return dict(self._meaning)

    def _variable(self, e: Any) -> Term:
        require_real(e)
        name = str(e)
        if self._meaning.setdefault(name, e) != e:
            raise ClaimError(f"two different symbols are called {name}; give one of them another name")
        return variable(name)

    def _of(self, e: Any) -> Term:
        import sympy

        if e.is_Rational and e.is_finite:
            return number(Fraction(int(e.p), int(e.q)))
        if e is sympy.pi:
            return make("pi")
        if e is sympy.E:
            return make("exp", ONE)
        if self.opaque and getattr(e, "is_basic", False) and hasattr(e, "left"):
            return self._inner(e)
        if is_opaque(e) or e.is_Symbol:
            return self._variable(e)
        if e.is_Add or e.is_Mul or isinstance(e, (sympy.Max, sympy.Min)):
            head = "add" if e.is_Add else "mul" if e.is_Mul else "max" if isinstance(e, sympy.Max) else "min"
            return make(head, *sorted(map(self.term, e.args), key=written))
        if e.is_Pow:
            return power(self.term(e.base), self.term(e.exp))
        return self._function(e)

    def vector(self, basis: Any) -> Term:
        """A vector of a basis; its name must not be that of another."""
        if self._vectors.setdefault(basis.name, basis) != basis:
            raise ClaimError(f"two different vectors are called {basis.name}; give one of them another name")
        return vector(basis.name)

    def _inner(self, e: Any) -> Term:
        """⟨v, w⟩ of two vectors of a basis."""
        return inner(*(self.vector(side.terms[0][0]) for side in (e.left, e.right)))

    def _function(self, e: Any) -> Term:
        import sympy

        if isinstance(e, sympy.Piecewise):
            return make("piecewise", *(part for v, c in e.args for part in (self.condition(c), self.term(v))))
        if isinstance(e, (sympy.factorial, sympy.binomial)):
            return self.term(e.rewrite(sympy.gamma))
        if isinstance(e, sympy.Heaviside):
            t, at_zero = map(self.term, e.args)
            return make("piecewise", lt(t, ZERO), ZERO, eq(t, ZERO), at_zero, make("true"), ONE)
        head = {sympy.Abs: "abs", sympy.sign: "sign"}.get(e.func) or (
            e.func.__name__ if e.func.__module__.startswith("sympy.") else ""
        )
        if head in FUNCTIONS and len(e.args) == 1:
            return make(head, self.term(e.args[0]))
        if self.opaque:
            return self._variable(e)
        raise NotExactError(
            f"{e!s:.80} has no enclosure in real balls; write it with rationals and known functions"
        )

    def condition(self, c: Any) -> Term:
        """A condition of SymPy's as a truth."""
        import sympy

        if c in (sympy.true, sympy.false):
            return make("true" if c == sympy.true else "false")
        if isinstance(c, (sympy.And, sympy.Or, sympy.Not)):
            head = {sympy.And: "and", sympy.Or: "or", sympy.Not: "not"}[c.func]
            return make(head, *sorted(map(self.condition, c.args), key=written))
        sides: dict[str, Callable[[Term, Term], Term]] = {
            "<": lt,
            "<=": le,
            ">": lambda a, b: lt(b, a),
            ">=": lambda a, b: le(b, a),
            "==": eq,
            "!=": lambda a, b: make("ne", a, b),
        }
        if getattr(c, "rel_op", None) in sides:
            return sides[c.rel_op](self.term(c.lhs), self.term(c.rhs))
        raise NotExactError(f"{c!s:.80} is no condition on real numbers")


def require_real(e: Any) -> None:
    """Make sure that what becomes a variable is a real number; a symbol is one if nothing else is declared of it.

    Raises
    ------
    NotExactError
        If it is none, or might be none by what is declared.
    """
    import sympy

    declared = e.is_Symbol and set(e.assumptions0.items()) != {("commutative", True)}
    if declared and e.is_real is not True:
        raise NotExactError(
            f"the symbol {e} is not declared to be real, but something else is declared of it"
        )
    if e.is_extended_real is False or e.is_finite is False or e.has(sympy.I, sympy.zoo, sympy.nan):
        raise NotExactError(f"{e!s:.80} is not a real number")


def is_opaque(e: Any) -> bool:
    """Whether the expression is an atom of its own: f(x) of an undefined f, or an instance of a custom atom class."""
    import sympy
    from sympy.core.function import AppliedUndef

    custom = isinstance(e, sympy.core.expr.AtomicExpr) and not type(e).__module__.startswith("sympy.")
    return isinstance(e, AppliedUndef) or (custom and type(e) is not sympy.Symbol)
