"""The mutants of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from theorycheck.errors import TheorycheckError
from theorycheck.mutants.equivalence import meaning
from theorycheck.mutants.formula_operators import changes_of_formula
from theorycheck.mutants.hypothesis_operators import changes_of_hypotheses
from theorycheck.mutants.reading import terms_of
from theorycheck.statement.claims import Claim

TRUE = ("proved", "certified", "conditional", "supported")
"""Recorded statuses of claims that are mutated."""


@dataclass(frozen=True)
class Mutant:
    """A claim with one thing changed.

    Attributes
    ----------
    name : str
        Label of the claim, operator and change: "lemma-a / constant ×½ (4 → 8 in L * d / 4)".
    operator : str
    change : str
    original : Claim
        The true claim.
    claim : Claim
        The mutant; its derivation is that of the original, built on the changed formula.
    equal : Claim or None
        A claim with the same instances up to a change of variables, on which a proof may be tried instead.
    """

    name: str
    operator: str
    change: str
    original: Claim
    claim: Claim
    equal: Claim | None = None


@dataclass(frozen=True)
class Skipped:
    """A change that makes no mutant, and why: the claim stays the same, or is no claim any more."""

    name: str
    operator: str
    reason: str


def mutants_of(claim: Claim) -> tuple[Mutant, ...]:
    """Return the mutants of a claim that has a formula and is recorded as true; of others none.

    Examples
    --------
    >>> from theorycheck.statement.loading import resolve
    >>> (claim,) = resolve(["starnes2023/lemma-2.1d"])
    >>> mutants_of(claim)[0].name
    'lemma-2.1d / constant ×½ (4 → 8 in L * d / 4 * (tau ** 2 - sigma ** 2))'
    """
    return mutate(claim)[0]


def mutate(claim: Claim) -> tuple[tuple[Mutant, ...], tuple[Skipped, ...]]:
    """Return the mutants of a claim, and the changes that make none."""
    if claim.sides is None or claim.space is None or claim.expected not in TRUE:
        return (), ()
    mutants: list[Mutant] = []
    skipped: list[Skipped] = []
    try:
        known = {meaning(claim): "the original"}
        terms, unrolled = terms_of(claim)
    except TheorycheckError as error:
        return (), (Skipped(claim.label, "all", str(error)),)
    for change in (*changes_of_formula(claim, terms, unrolled), *changes_of_hypotheses(claim)):
        number = len(mutants) + len(skipped) + 1
        name = f"{claim.label} / {change.operator} ({change.text})"
        try:
            mutant = replace(claim, id=f"{claim.id}-mutant-{number}", **_as_mutant(claim, change.fields))
            same = meaning(mutant)
        except TheorycheckError as error:
            skipped.append(Skipped(name, change.operator, str(error)))
            continue
        if same in known:
            skipped.append(Skipped(name, change.operator, f"equivalent to {known[same]}"))
            continue
        known[same] = name
        equal = None
        if change.equal is not None:
            equal = replace(claim, id=f"{mutant.id}-equal", **_as_mutant(claim, change.equal))
        mutants.append(Mutant(name, change.operator, change.text, claim, mutant, equal))
    return tuple(mutants), tuple(skipped)


def _as_mutant(claim: Claim, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A mutant records nothing and has no printed proof."""
    return {
        "expected": None,
        "printed_proof": None,
        "expected_proof_gaps": (),
        "corrects": None,
        "readings": (),
        "statement": f"A mutant of {claim.id}.",
        **fields,
    }
