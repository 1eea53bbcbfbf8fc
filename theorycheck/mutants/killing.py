"""The first certified violation of a mutant: what a hunt finds before it refines and shrinks.

A mutant needs a counterexample, not the simplest one, and shrinking takes most of a successful hunt's time.
"""

from __future__ import annotations

from theorycheck.errors import SpaceError
from theorycheck.hunting import ties
from theorycheck.hunting.certify import certify
from theorycheck.hunting.drawing import Hunted, draw
from theorycheck.hunting.script import script
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample
from theorycheck.terms.namespaces import namespace

MOST_OF_A_STRATUM = 2
MOST = 24
"""Suspicions that are certified at most."""
WIDEST = 256
"""Instances with more numbers are left to the full hunt: balls are slow there."""


def first_violation(claim: Claim, settings: Settings) -> Counterexample | None:
    """Draw instances as a hunt does and certify the worst of each stratum, the smallest strata first.

    Raises
    ------
    SpaceError
        If no instance satisfies the hypotheses.
    FormulaError
        If the formula has no value on an admissible instance.
    """
    strata = draw(claim, settings, namespace(settings.backend))
    narrow = sorted((hunted for hunted in strata if hunted.width <= WIDEST), key=lambda h: h.width)
    tried = 0
    for hunted in narrow:
        for instance in _suspicions(claim, hunted):
            if tried >= MOST:
                return None
            tried += 1
            found = certify(claim, instance, settings.work.max_bits)
            if found.violated:
                text = script(claim, instance, found.left, found.right)
                shown = instance_to_json(instance)
                return Counterexample(shown, found.left, found.right, claim.relation, found.bits, text)
    return None


def _suspicions(claim: Claim, hunted: Hunted) -> list[Instance]:
    """The worst instances of a stratum, as far as their gap is below what rounding explains."""
    assert claim.space is not None
    strict = claim.relation in ("<", ">")
    found = []
    for rank, gap, row in list(zip(hunted.rank, hunted.gap, hunted.rows, strict=True))[:MOST_OF_A_STRATUM]:
        if rank < 0 or (strict and gap <= 0):
            try:
                found.append(ties.instance(claim.space, hunted.stratum, row))
            except SpaceError:
                continue
    return found
