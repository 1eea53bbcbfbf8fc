"""Is there an instance that satisfies the hypotheses, and does a given one violate the claim's own formula?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from theorycheck.errors import SpaceError
from theorycheck.hunting import ties
from theorycheck.hunting.certify import certify
from theorycheck.hunting.demonstrate import exact
from theorycheck.hunting.drawing import draw
from theorycheck.hunting.script import script
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, instance_to_json
from theorycheck.spaces.domains import Real
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample
from theorycheck.terms.namespaces import namespace

TRIED = 8
"""Instances that are certified, a stratum, before it is given up."""


def certified_admissible(claim: Claim, settings: Settings) -> dict[str, Any] | None:
    """Return an instance, JSON-ready, that certainly satisfies the hypotheses; None if balls decide it for none.

    Raises
    ------
    SpaceError
        If no instance that was drawn satisfies the hypotheses, not even in floats.
    """
    assert claim.space is not None
    bare = replace(claim, sides=_nothing, relation="<=", derivation=None, printed_proof=None, refutation=None)
    for hunted in draw(bare, settings, namespace(settings.backend)):
        for row in hunted.rows[:TRIED]:
            try:
                instance = ties.instance(claim.space, hunted.stratum, row)
            except SpaceError:
                continue
            if certify(bare, instance, settings.work.max_bits).outcome == "holds":
                return instance_to_json(instance)
    return None


def _nothing(xp: Any) -> tuple[Any, Any]:
    """Sides that say nothing, so that the hypotheses alone decide."""
    return xp.number(0), xp.number(0)


def counterexample_at(claim: Claim, values: Mapping[str, Any], settings: Settings) -> Counterexample | None:
    """Return the counterexample that exact values of all names of the space are to the claim's own formula, if they are.

    None where the claim has no formula, or the values are no instance of its space.
    """
    if claim.sides is None or claim.space is None or set(values) != set(claim.space.names):
        return None
    point = Instance(
        {name: _fitting(exact(values[name]), claim.space.domains[name]) for name in claim.space.names}
    )
    if not claim.space.admits(point):
        return None
    result = certify(claim, point, settings.work.max_bits)
    if not result.violated:
        return None
    text = script(claim, point, result.left, result.right)
    return Counterexample(
        instance_to_json(point), result.left, result.right, claim.relation, result.bits, text
    )


def _fitting(value: Any, domain: Any) -> Any:
    return Fraction(value) if isinstance(domain, Real) and isinstance(value, int) else value
