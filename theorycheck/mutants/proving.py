"""Is a mutant still true? By its derivation, by its formula alone, or because the true claim implies it."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.integrals import with_symbols
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.conclusions import check_conclusion
from theorycheck.derivations.direct import direct_proof
from theorycheck.derivations.goals import own_goals
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.links import Derivation, check_link, le
from theorycheck.derivations.reasons import elementary
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import TheorycheckError
from theorycheck.mutants.operators import Mutant
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim

if TYPE_CHECKING:
    from theorycheck.derivations.links import Chain, Derivation, Link


def still_true(mutant: Mutant, settings: Settings) -> str | None:
    """Say why the mutant is certainly true; None if nothing proves it."""
    claims = [mutant.claim] if mutant.equal is None else [mutant.claim, mutant.equal]
    for claim in claims:
        proof = reproved(mutant, claim) or _shortened(mutant, claim) or _weaker(mutant, claim, settings)
        if proof is not None:
            return proof
    return _from_its_formula(mutant.claim, settings)


# ---- the derivation again ----------------------------------------------------------------------------------


def reproved(mutant: Mutant, claim: Claim) -> str | None:
    """Check the derivation on the changed claim, its conclusion first, then the links that changed.

    A derivation that states itself what it concludes knows nothing of the formula, so it proves no mutant.
    """
    built = _built(claim)
    if built is None or not _knows_the_formula(built, claim) or not _verifies(mutant, claim, built):
        return None
    return "the derivation, built on the changed formula, is verified and ends in it"


def _shortened(mutant: Mutant, claim: Claim) -> str | None:
    """Leave out the last step of every chain, which is where slack is given away, and go to the mutant directly."""
    built = _built(claim)
    if built is None or built.concludes is not None or claim.relation not in ("<=", ">="):
        return None
    try:
        found = [(chain, _end_of(chain, own_goals(claim))) for chain in built.chains]
    except _NO_PROOF:
        return None
    chains = []
    for chain, end in found:
        if end is None or len(chain.steps) == 1 or chain.relation != "<=":
            return None
        enough: Any = elementary("what the steps before it leave")
        last = le(end, enough)
        chains.append(replace(chain, steps=(*chain.steps[:-1], last)))
    if not _verifies(mutant, claim, Derivation(tuple(chains))):
        return None
    return "the derivation without its last step ends below the changed bound"


def _end_of(chain: Chain, goals: tuple[Any, ...]) -> Any:
    """The right side of the goal that a chain begins with, in the chain's case."""
    import sympy

    case = {} if chain.case is None else {chain.case.replaced: chain.case.high}
    for left, relation, right in goals:
        start, end = (with_symbols(sympy.sympify(side), case) for side in (left, right))
        if relation == "<=" and sympy.expand(normal_form(start) - normal_form(chain.start)) == 0:
            return sympy.simplify(end)
    return None


def _knows_the_formula(built: Derivation, claim: Claim) -> bool:
    """Whether the goals come from the claim's formula, not only from what the derivation says that it concludes."""
    if built.concludes is None:
        return True
    try:
        return claim.kind != "equivalence" and bool(own_goals(claim))
    except _NO_PROOF:
        return False


def _verifies(mutant: Mutant, claim: Claim, built: Derivation) -> bool:
    """Whether a derivation is verified and ends in the claim; links of the true claim are checked only once."""
    try:
        if not check_conclusion(claim, built).verified:
            return False
    except _NO_PROOF:
        return False
    known = _links(mutant.original) if _same_instances(claim, mutant.original) else ()
    shared = [link for link in known if any(_same(link, other) for other in built.links)]
    new = [link for link in built.links if not any(_same(link, other) for other in shared)]
    verified = all(check_link(link, claim).verified for link in new)
    return verified and all(_verified_link(mutant.original, link) for link in shared)


_NO_PROOF = (
    TheorycheckError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    NotImplementedError,
)


def _built(claim: Claim) -> Derivation | None:
    if claim.derivation is None:
        return None
    try:
        built = claim.derivation(symbols_of(claim))
    except _NO_PROOF:
        return None
    return built if isinstance(built, Derivation) else None


@functools.lru_cache(maxsize=256)
def _links(claim: Claim) -> tuple[Link, ...]:
    """The links of the true claim; those that a mutant shares are checked once for all of them."""
    built = _built(claim)
    return () if built is None else built.links


_CHECKED: dict[tuple[int, str], tuple[Claim, bool]] = {}


def _verified_link(claim: Claim, link: Link) -> bool:
    key = (id(claim), link.name)
    if key not in _CHECKED:
        _CHECKED[key] = (claim, check_link(link, claim).verified)
    return _CHECKED[key][1]


def _same(first: Link, second: Link) -> bool:
    """Whether two links say the same for the same reason; if in doubt they do not."""
    try:
        return bool(first == second)
    except (TypeError, ValueError):
        return False


def _same_instances(first: Claim, second: Claim) -> bool:
    assert first.space is not None and second.space is not None
    return first.hypotheses == second.hypotheses and first.space.domains == second.space.domains


# ---- comparison with the true claim ------------------------------------------------------------------------


def _weaker(mutant: Mutant, claim: Claim, settings: Settings) -> str | None:
    """The true claim's bound implies the mutant's: right ≤ changed right, left unchanged."""
    original = mutant.original
    if (
        original.relation == "="
        or claim.relation != original.relation
        or not _same_instances(claim, original)
    ):
        return None
    try:
        true, changed = symbols_of(original), symbols_of(claim)
        if isinstance(true.left, Vector) or true.left != changed.left:
            return None
        difference = changed.right - true.right
        if original.relation in (">=", ">"):
            difference = -difference
        result = nonnegative(difference, assumptions=true.known, max_boxes=settings.work.boxes)
    except _NO_PROOF:
        return None
    if not result.verified or not _is_proved(original):
        return None
    return f"the true claim is proved and its bound implies this one ({result.method})"


@functools.lru_cache(maxsize=256)
def _is_proved(claim: Claim) -> bool:
    built = _built(claim)
    if built is None:
        return _from_its_formula(claim, Settings()) is not None
    return check_conclusion(claim, built).verified and all(
        _verified_link(claim, link) for link in built.links
    )


# ---- the formula alone -------------------------------------------------------------------------------------


def _from_its_formula(claim: Claim, settings: Settings) -> str | None:
    evidence = direct_proof(claim, settings)
    return evidence.summary if evidence.outcome == "verified" else None
