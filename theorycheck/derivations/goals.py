"""Does a derivation end in the claim?

The goals are computed from the claim's own formula, so a derivation of something else is noticed. A derivation about
integrals also states its conclusion itself, `concludes=`, because arrays cannot hold it; the claim's own formula is a goal
all the same wherever symbols can hold it:

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
from theorycheck.algebra.integrals import is_structured, with_symbols
from theorycheck.algebra.vectors import Vector, inner
from theorycheck.derivations.links import SYMBOLS, Chain, Derivation, Link
from theorycheck.derivations.randomness import disagreement
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import ClaimError

Goal = tuple[Any, str, Any]
METHOD = "comparison with the claim"
_IMPLIES = {"=": {"=", "<=", ">="}, "<=": {"<="}, "<": {"<", "<="}, ">=": {">="}, ">": {">", ">="}}


def goals(claim: Any, derivation: Derivation) -> tuple[Goal, ...]:
    """The statements that the chains must establish together.

    Raises
    ------
    ClaimError
        If the claim has neither sides nor a derivation that says what it concludes.
    """
    if derivation.concludes is None:
        return own_goals(claim)
    if claim.sides is None or claim.kind == "equivalence" or not _has_symbolic_form(claim):
        return derivation.concludes
    return (*derivation.concludes, *own_goals(claim))


def _has_symbolic_form(claim: Any) -> bool:
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
    left, right, relation = symbols.left, symbols.right, claim.relation
    if isinstance(left, Vector) or isinstance(right, Vector):
        if relation != "=" or not (isinstance(left, Vector) and isinstance(right, Vector)):
            raise ClaimError(f"{claim.id}: vectors of the algebra can only be equal to vectors")
        return ((inner(left, symbols.direction), "=", inner(right, symbols.direction)),)
    if relation in (">=", ">"):
        left, right, relation = right, left, "<=" if relation == ">=" else "<"
    if relation == "<=" and left.func is sympy.Abs:
        return ((left.args[0], "<=", right), (-left.args[0], "<=", right))
    if relation == "<=" and left.is_Pow and left.exp == sympy.Rational(1, 2):
        return ((left.base, "<=", right**2), (sympy.Integer(0), "<=", right))
    return ((left, relation, right),)


def check_conclusion(claim: Any, derivation: Derivation) -> LinkResult:
    """Whether every goal is the conclusion of some chain (or evident), and the links of all chains fit together."""
    from theorycheck.derivations.reasons.runs import clashing_runs

    symbols = symbols_of(claim)
    problem = (
        disagreement(derivation.links, claim)
        or clashing_runs(derivation.links)
        or _unfounded_premise(derivation)
        or _unfounded_derivative(derivation)
    )
    if problem:
        return LinkResult("unverified", METHOD, problem)
    missing = [
        goal for goal in goals(claim, derivation) if not _established(goal, derivation.chains, symbols)
    ]
    if missing:
        shown = "; ".join(f"${_latex(goal)}$" for goal in missing)
        return LinkResult("unverified", METHOD, f"no chain of the derivation ends in {shown}")
    if derivation.concludes is None:
        return LinkResult("verified", METHOD, "the derivation ends in what the claim's formula says")
    reason = "the derivation ends in what it says that it concludes"
    premises = sorted({fact.label for link in derivation.links for fact in _premises(link)})
    if premises:
        reason += f", from the premises: {'; '.join(premises)}"
    return LinkResult("verified", METHOD, reason)


def _premises(link: Link) -> list[Any]:
    from theorycheck.derivations.reasons.sources import is_premise

    return [fact for fact in getattr(link.reason, "facts", ()) if is_premise(fact)]


def _unfounded_premise(derivation: Derivation) -> str:
    """A premise may be used where the derivation says what it concludes, and must not be that conclusion."""
    for link in derivation.links:
        for fact in _premises(link):
            if derivation.concludes is None:
                return f"the premise {fact.label} is no hypothesis of the claim; say what the derivation concludes from it"
            for left, relation, right in derivation.concludes:
                difference = right - left if relation in ("<=", "<") else left - right
                if _is_multiple(normal_form(fact.slack), normal_form(difference)) and _used_for(
                    derivation, link, left, right
                ):
                    return f"the premise {fact.label} is what it is used to conclude"
    return ""


def _is_multiple(first: Any, second: Any) -> bool:
    ratio = sympy.cancel(first / second) if second != 0 else sympy.Integer(0)
    return bool(ratio.is_positive)


def _used_for(derivation: Derivation, link: Link, left: Any, right: Any) -> bool:
    ends = {(_key(left), _key(right)), (_key(right), _key(left))}
    for chain in derivation.chains:
        if (_key(chain.start), _key(chain.end)) in ends and any(
            step.reason is link.reason for step in chain.steps
        ):
            return True
    return False


def _key(side: Any) -> Any:
    return normal_form(side)


def _unfounded_derivative(derivation: Derivation) -> str:
    """A derivative of f_σ(p) taken under an integral needs a chain that shows f_σ(p) to be that integral."""
    from theorycheck.derivations.reasons.integrals import DifferentiateInside, differentiated_value

    named: dict[Any, Any] = {}
    for link in derivation.links:
        if not isinstance(link.reason, DifferentiateInside):
            continue
        _, derivative = link.reason.derivative(link.left)
        if derivative is None:
            return f"the left side of link {link.name} is no derivative"
        if derivative.is_Symbol:
            meaning = (link.left, link.reason)
            if named.setdefault(derivative, meaning) != meaning:
                return f"{derivative} abbreviates two different derivatives"
            continue
        value, _ = differentiated_value(derivative)
        if not any(
            c.relation == "=" and c.case is None and _runs(c, value, link.reason.of)
            for c in derivation.chains
        ):
            return f"no chain shows that ${sympy.latex(value)}$ is the integral that link {link.name} differentiates"
    return ""


def _runs(chain: Chain, value: Any, integral: Any) -> bool:
    """Whether a chain of equalities passes through both expressions."""
    stations = (chain.start, *(step.expression for step in chain.steps))
    return value in stations and integral in stations


def _latex(goal: Goal) -> str:
    return f"{sympy.latex(goal[0])} {SYMBOLS[goal[1]]} {sympy.latex(goal[2])}"


def _established(goal: Goal, chains: tuple[Chain, ...], symbols: Symbols) -> bool:
    if any(chain.case is None and _says(chain, goal) for chain in chains):
        return True
    return _by_cases(goal, chains) or _evident(goal, symbols)


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
    from theorycheck.derivations.equalities import equal

    if a == b:
        return True
    left, right = normal_form(a), normal_form(b)
    difference = sympy.expand(left - right)
    return bool(difference == 0 or (_vanishes_at_a_point(difference) and equal(left, right).verified))


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
    from theorycheck.derivations.inequalities import nonnegative

    left, relation, right = goal
    if relation == "=":
        return _same(left, right)
    if relation not in ("<=", "<") or is_structured(left) or is_structured(right):
        return False
    return nonnegative(right - left, strict=relation == "<", assumptions=symbols.known).verified
