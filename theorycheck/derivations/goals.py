"""Does a derivation end in the claim?

The goals are computed from the claim's own formula, so a derivation of something else is noticed (a derivation about
integrals states its conclusion itself, `concludes=`, because arrays cannot hold it):

- `left relation right` as it stands;
- |A| ≤ B splits into A ≤ B and −A ≤ B;
- ‖v‖ ≤ B becomes ‖v‖² ≤ B² together with B ≥ 0;
- v = w for vectors becomes ⟨v, a⟩ = ⟨w, a⟩ for an arbitrary vector a.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.expr import AtomicExpr

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.integrals import with_symbols
from theorycheck.algebra.vectors import Vector, inner
from theorycheck.derivations.links import SYMBOLS, Chain, Derivation
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import ClaimError

Goal = tuple[Any, str, Any]
_IMPLIES = {"=": {"=", "<=", ">="}, "<=": {"<="}, "<": {"<", "<="}, ">=": {">="}, ">": {">", ">="}}


def goals(claim: Any, derivation: Derivation) -> tuple[Goal, ...]:
    """The statements that the chains must establish together.

    Raises
    ------
    ClaimError
        If the claim has neither sides nor a derivation that says what it concludes.
    """
    if derivation.concludes is not None:
        return derivation.concludes
    if claim.sides is None:
        raise ClaimError(f"{claim.id}: without sides the derivation must say what it concludes")
    symbols = symbols_of(claim)
    left, right, relation = symbols.left, symbols.right, claim.relation
    if isinstance(left, Vector):
        return ((inner(left, symbols.direction), "=", inner(right, symbols.direction)),)
    if relation in (">=", ">"):
        left, right, relation = right, left, "<=" if relation == ">=" else "<"
    if relation == "<=" and left.func is sympy.Abs:
        return ((left.args[0], "<=", right), (-left.args[0], "<=", right))
    if relation == "<=" and left.is_Pow and left.exp == sympy.Rational(1, 2):
        return ((left.base, "<=", right**2), (sympy.Integer(0), "<=", right))
    return ((left, relation, right),)


def check_conclusion(claim: Any, derivation: Derivation) -> LinkResult:
    """Whether every goal is the conclusion of some chain (or evident from the signs of its symbols)."""
    symbols = symbols_of(claim)
    missing = [goal for goal in goals(claim, derivation) if not _established(goal, derivation.chains, symbols)]
    if missing:
        shown = "; ".join(f"${_latex(goal)}$" for goal in missing)
        return LinkResult("unverified", "comparison with the claim", f"no chain of the derivation ends in {shown}")
    return LinkResult("verified", "comparison with the claim", "the derivation ends in what the claim's formula says")


def _latex(goal: Goal) -> str:
    return f"{sympy.latex(goal[0])} {SYMBOLS[goal[1]]} {sympy.latex(goal[2])}"


def _established(goal: Goal, chains: tuple[Chain, ...], symbols: Symbols) -> bool:
    if any(not chain.case and _says(chain, goal) for chain in chains):
        return True
    return _by_cases(goal, [chain for chain in chains if chain.case]) or _evident(goal, symbols)


def _says(chain: Chain, goal: Goal) -> bool:
    start, relation, end = chain.start, chain.relation, chain.end
    candidates = [(start, relation, end)]
    if relation in (">=", ">"):
        candidates = [(end, "<=" if relation == ">=" else "<", start)]
    if relation == "=":
        candidates.append((end, "=", start))
    return any(goal[1] in _IMPLIES[r] and _same(a, goal[0]) and _same(b, goal[2]) for a, r, b in candidates)


def _by_cases(goal: Goal, chains: list[Chain]) -> bool:
    """Both orders of two symbols (`either_order`): each chain proves the goal in its case."""
    proved = set()
    for chain in chains:
        ((replaced, high),) = chain.case
        left, right = (with_symbols(sympy.sympify(side), {replaced: high}) for side in (goal[0], goal[2]))
        if _says(chain, (left, goal[1], right)):
            (low,) = high.free_symbols - {sympy.Symbol("eta", nonnegative=True)}
            if sympy.expand(high**2 - low**2 - sympy.Symbol("eta", nonnegative=True) ** 2) == 0:
                proved.add((low, replaced))
    return any((replaced, low) in proved for low, replaced in proved)


def _same(a: Any, b: Any) -> bool:
    if a == b:
        return True
    difference = sympy.expand(normal_form(a) - normal_form(b))
    return bool(difference == 0 or (_vanishes_at_a_point(difference) and sympy.simplify(difference) == 0))


def _vanishes_at_a_point(difference: Any) -> bool:
    """A quick look at one point, which spares SymPy the attempt to simplify what is not zero."""
    if difference.has(ExprWithLimits, sympy.Derivative):
        return False  # integrals and sums are compared as they are written
    atoms = {atom for atom in difference.atoms(sympy.Symbol, AtomicExpr) if not atom.is_number}
    point = {atom: sympy.Rational(2 * number + 3, 7) for number, atom in enumerate(sorted(atoms, key=str))}
    number = sympy.N(difference.xreplace(point), 30)
    return bool(number.is_Number and abs(number) < sympy.Float("1e-15"))


def _evident(goal: Goal, symbols: Symbols) -> bool:
    """A goal such as 0 ≤ B that the signs of the symbols decide."""
    from theorycheck.derivations.inequalities import nonnegative
    from theorycheck.derivations.reasons import is_structured

    left, relation, right = goal
    if relation not in ("<=", "<") or is_structured(left) or is_structured(right):
        return False
    return nonnegative(right - left, strict=relation == "<", assumptions=symbols.known).verified
