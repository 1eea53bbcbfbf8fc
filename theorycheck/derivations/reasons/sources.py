"""Which facts a link may use: what the claim assumes, what another claim gives, elementary inequalities."""

from __future__ import annotations

from typing import Any

import sympy

from theorycheck.algebra.facts import ELEMENTARY, Fact, Lemma
from theorycheck.derivations.discharge import unfounded, unmet
from theorycheck.derivations.lemmas import said
from theorycheck.derivations.signs import certainly_real, sign_holds
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError


def unusable(fact: Fact, claim: Any, known: tuple[Any, ...]) -> str:
    """Say why a fact may not be used for the claim, or "" if it may.

    It must have a source that the claim names, its conditions must be certain, and making it again from that source must
    give the same inequality.
    """
    for condition in fact.conditions:
        if not sign_holds(condition, known):
            return f"{fact.label} needs ${sympy.latex(condition)} \\ge 0$, which is not certified"
    return unknown_source(fact.source, claim) or _altered(fact, claim, known)


def unknown_source(source: Any, claim: Any) -> str:
    """Say why the claim gives no ground for a source, or "" if it does."""
    if isinstance(source, Lemma):
        return ""  # whether there is such a claim, and what it says, is seen when its facts are made
    if isinstance(source, str):
        if source in ELEMENTARY:
            return ""
        if source == "premise" and (claim.kind == "equivalence" or claim.refutation is not None):
            return ""  # one side of an equivalence, or the region that a counterexample chooses
        return f"{source} is no hypothesis, lemma or elementary inequality"
    if source in claim.hypotheses:
        return ""
    return f"the claim does not assume {getattr(source, 'latex', source)}"


def is_premise(fact: Fact) -> bool:
    """Whether a fact is assumed by the derivation itself."""
    return bool(fact.source == "premise")


def _altered(fact: Fact, claim: Any, known: tuple[Any, ...]) -> str:
    """Why a fact is not what its source gives, or ""."""
    if is_premise(fact):
        return ""
    if isinstance(fact.source, str):
        if not all(certainly_real(argument, known) for argument in fact.made_from):
            return f"{fact.label} needs real arguments"
        return _differs(fact, fact.made_again())
    if fact.made_by is not None:
        return unfounded(fact.made_by, claim, known) or _differs(fact, fact.made_again())
    symbols = symbols_of(claim)
    if not isinstance(fact.source, Lemma):
        condition = symbols.requirement(fact.source)
        return (
            f"{fact.label} is not what the claim requires" if condition is None else _differs(fact, condition)
        )
    try:
        made = said(fact.source, symbols)
        problems = [_differs(fact, again) for again in (made if isinstance(made, tuple) else (made,))]
        problem = "" if "" in problems else problems[0]
        return problem or unmet(fact.source, claim, known)
    except ClaimError as error:
        return str(error)


def _differs(fact: Fact, again: Fact) -> str:
    same = sympy.expand(fact.slack - again.slack) == 0 and tuple(fact.conditions) == tuple(again.conditions)
    kind = (fact.strict, fact.zero) == (again.strict, again.zero)
    return "" if same and kind else f"{fact.label} is not the inequality that its source gives"
