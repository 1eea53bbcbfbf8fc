"""Which facts a link may use: what the claim assumes, what a used claim carries over, elementary inequalities."""

from __future__ import annotations

from typing import Any

import sympy

from theorycheck.algebra.facts import ELEMENTARY, Fact
from theorycheck.algebra.vectors import depends_on
from theorycheck.derivations.lemmas import no_equivalence, not_said
from theorycheck.derivations.signs import certainly_real, sign_holds
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError
from theorycheck.statement.claims import Claim


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
    if isinstance(source, tuple):
        return next((problem for part in source if (problem := unknown_source(part, claim))), "")
    if isinstance(source, Claim):
        return ""  # a lemma, see `lemmas`
    if isinstance(source, str):
        if source in ELEMENTARY or "/" in source:
            return (
                ""  # a cited claim: whether there is one, and what it says, is seen when its facts are made
            )
        if source == "premise" and (claim.kind == "equivalence" or claim.refutation is not None):
            return ""  # one side of an equivalence, or the region that a counterexample chooses
        return f"{source} is no claim, hypothesis or elementary inequality"
    if source in claim.hypotheses:
        return ""
    return f"the claim does not assume {getattr(source, 'latex', source)}"


def is_premise(fact: Fact) -> bool:
    """Whether a fact is assumed by the derivation itself."""
    return fact.source == "premise" or (isinstance(fact.source, tuple) and "premise" in fact.source)


def _altered(fact: Fact, claim: Any, known: tuple[Any, ...]) -> str:
    if is_premise(fact):
        return ""
    if isinstance(fact.source, str) and fact.source in ELEMENTARY:
        if not all(certainly_real(argument, known) for argument in fact.made_from):
            return f"{fact.label} needs real arguments"
        return _differs(fact, fact.made_again())
    symbols = symbols_of(claim)
    hypothesis, cited = split(fact.source)
    if fact.made_by is None:
        condition = symbols.requirement(hypothesis)
        return (
            f"{fact.label} is not what the claim requires" if condition is None else _differs(fact, condition)
        )
    carried = [part for part in cited if fact.made_from[0] != "gradients" or part != fact.made_from[-1]]
    family = fact.made_by
    try:
        index_name = min(family.function.depends_on, default="k")
        expected = (
            symbols.lemma(carried[0], hypothesis, family.function)
            if carried
            else symbols.assume(hypothesis, index_name)
        )
    except ClaimError as error:
        return str(error)
    if (family.function, family) != (expected.function, expected):
        return f"{fact.label}: the hypothesis does not speak of ${family.function.name}$ with these constants"
    if family.function.sigma != 0 and not certainly_real(family.function.sigma, known):
        return f"{fact.label}: ${sympy.latex(family.function.sigma)}$ is not known to be a real scale"
    if depends_on(family.function.sigma):
        return f"{fact.label}: the scale of the smoothing is random"
    if carried and (problem := not_said(claim, carried[0], hypothesis, family.function, known)):
        return problem
    if fact.made_from[0] == "gradients" and (
        problem := no_equivalence(claim, fact.made_from[-1], hypothesis, known)
    ):
        return problem
    return _differs(fact, fact.made_again())


def split(source: Any) -> tuple[Any, tuple[Any, ...]]:
    """The hypothesis of a source, and the claims (or their ids) that carry it over."""
    if not isinstance(source, tuple):
        return source, ()
    parts: list[Any] = []
    for part in source:
        parts += part if isinstance(part, tuple) else [part]
    return parts[0], tuple(part for part in parts[1:])


def _differs(fact: Fact, again: Fact) -> str:
    same = sympy.expand(fact.slack - again.slack) == 0 and tuple(fact.conditions) == tuple(again.conditions)
    return (
        ""
        if same and fact.strict == again.strict
        else f"{fact.label} is not the inequality that its source gives"
    )
