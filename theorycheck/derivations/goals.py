"""What a derivation must end in, and whether its chains say it.

The goals are computed from the claim's own formula, so a derivation of something else is noticed. A derivation about
integrals also states its conclusion itself, `concludes=`, because arrays cannot hold it; the claim's own formula is a goal
all the same wherever symbols can hold it:

`left relation right` in one piece, or in those of `theorycheck.derivations.comparisons`.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.expr import AtomicExpr

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.integrals import is_structured, with_symbols
from theorycheck.algebra.mean_rules import recorded_theorems, trust
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.comparisons import Comparison, forward, pieces
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.links import SYMBOLS, Chain, Derivation
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import ClaimError

Goal = Comparison
_IMPLIES = {"=": {"=", "<=", ">="}, "<=": {"<="}, "<": {"<", "<="}, ">=": {">="}, ">": {">", ">="}}


def has_symbolic_form(claim: Any) -> bool:
    """Whether symbols can hold the claim's formula."""
    try:
        own_goals(claim)
    except ClaimError:
        return False
    return True


def own_goals(claim: Any) -> tuple[Goal, ...]:
    """What the claim's formula says, on symbols.

    Raises
    ------
    ClaimError
        If the claim has no sides, or they have no symbolic form.
    """
    if claim.sides is None:
        raise ClaimError(f"{claim.id}: without sides the derivation must say what it concludes")
    symbols = symbols_of(claim)
    return pieces(symbols.left, claim.relation, symbols.right, symbols.direction)


def whole_goal(claim: Any) -> Goal | None:
    """The claim's formula in one piece, if symbols can hold it and it is about numbers."""
    if not has_symbolic_form(claim):
        return None
    symbols = symbols_of(claim)
    if isinstance(symbols.left, Vector) or isinstance(symbols.right, Vector):
        return None
    return forward(symbols.left, claim.relation, symbols.right)


def negations(claim: Any) -> tuple[Goal, ...]:
    """Statements each of which contradicts the claim's formula, wherever it holds."""
    whole = whole_goal(claim)
    if whole is None:
        return ()
    found: list[Goal] = []
    for left, relation, right in (whole, *own_goals(claim)):
        if relation == "=":
            found += [(left, "<", right), (right, "<", left)]
        else:
            found.append((right, "<" if relation == "<=" else "<=", left))
    return tuple(found)


def missing_stated(claim: Any, derivation: Derivation) -> tuple[Goal, ...]:
    """What the derivation says that it concludes and no chain establishes."""
    return tuple(goal for goal in derivation.concludes or () if not established(claim, derivation, goal))


def missing_own(claim: Any, derivation: Derivation) -> tuple[Goal, ...]:
    """What the claim's formula says and no chain establishes, neither in one piece nor goal by goal.

    Raises
    ------
    ClaimError
        If the claim has no sides, or they have no symbolic form.
    """
    own, whole = own_goals(claim), whole_goal(claim)
    if whole is not None and established(claim, derivation, whole):
        return ()
    return tuple(goal for goal in own if not established(claim, derivation, goal))


def ends_in_a_goal(claim: Any, derivation: Derivation) -> bool:
    """Whether a chain says one of the goals, which is more than that they are evident."""
    stated = derivation.concludes or ()
    whole = whole_goal(claim)
    wanted = [*stated, *(own_goals(claim) if has_symbolic_form(claim) else ()), *([whole] if whole else [])]
    chains = derivation.chains
    return any(_by_chains(forward(*goal), chains) for goal in wanted)


def established(claim: Any, derivation: Derivation, goal: Goal) -> bool:
    """Whether a goal is the conclusion of some chain, of the two cases of one, or evident."""
    return _established(forward(*goal), derivation.chains, symbols_of(claim))


def goal_latex(goal: Goal) -> str:
    return f"{sympy.latex(goal[0])} {SYMBOLS[goal[1]]} {sympy.latex(goal[2])}"


def _established(goal: Goal, chains: tuple[Chain, ...], symbols: Symbols) -> bool:
    return _by_chains(goal, chains) or _evident(goal, symbols)


def _by_chains(goal: Goal, chains: tuple[Chain, ...]) -> bool:
    return any(chain.case is None and _says(chain, goal) for chain in chains) or _by_cases(goal, chains)


def _says(chain: Chain, goal: Goal) -> bool:
    start, relation, end = chain.start, chain.relation, chain.end
    candidates = [(start, relation, end)]
    if relation in (">=", ">"):
        candidates = [(end, "<=" if relation == ">=" else "<", start)]
    if relation == "=":
        candidates.append((end, "=", start))
    return any(goal[1] in _IMPLIES[r] and _same(a, goal[0]) and _same(b, goal[2]) for a, r, b in candidates)


def _by_cases(goal: Goal, chains: tuple[Chain, ...]) -> bool:
    """Both orders of two symbols (`either_order`): each chain proves the goal in its case."""
    proved = set()
    for chain in chains:
        if chain.case is None:
            continue
        case = chain.case
        left, right = (
            with_symbols(sympy.sympify(side), {case.replaced: case.high}) for side in (goal[0], goal[2])
        )
        if _says(chain, (left, goal[1], right)):
            proved.add((case.low, case.replaced))
    return any((replaced, low) in proved for low, replaced in proved)


def _same(a: Any, b: Any) -> bool:
    if a == b:
        return True
    with recorded_theorems() as trusted:
        left, right = normal_form(a), normal_form(b)
    difference = sympy.expand(left - right)
    if difference != 0 and not (_vanishes_at_a_point(difference) and equal(left, right).verified):
        return False
    trust(*trusted)
    return True


def _vanishes_at_a_point(difference: Any) -> bool:
    """A quick look at one point, which spares SymPy the attempt to simplify what is not zero."""
    if difference.has(ExprWithLimits, sympy.Derivative):
        return False  # integrals and sums are compared as they are written
    atoms = {atom for atom in difference.atoms(sympy.Symbol, AtomicExpr) if not atom.is_number}
    point = {atom: sympy.Rational(2 * number + 3, 7) for number, atom in enumerate(sorted(atoms, key=str))}
    number = sympy.N(difference.xreplace(point), 30)
    return bool(number.is_Number and abs(number) < sympy.Float("1e-15"))


def _evident(goal: Goal, symbols: Symbols) -> bool:
    """An equality whose sides have one normal form, or a goal such as 0 ≤ B that the signs of the symbols decide."""
    left, relation, right = goal
    if relation == "=":
        return _same(left, right)
    if relation not in ("<=", "<") or is_structured(left) or is_structured(right):
        return False
    return nonnegative(right - left, strict=relation == "<", assumptions=symbols.signs).verified
