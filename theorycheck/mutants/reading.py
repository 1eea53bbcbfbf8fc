"""The terms of a claim that is mutated: for all sizes, or those of one size."""

from __future__ import annotations

import numpy as np

from theorycheck.errors import FormulaError
from theorycheck.statement.claims import Claim
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import Node


def terms_of(claim: Claim) -> tuple[tuple[Node, ...], bool]:
    """Return both sides, and whether they are those of one size: of the stratum in the middle.

    Raises
    ------
    FormulaError
        If the formula returns no pair.
    TraceError
        If it cannot be read.
    SpaceError
        If the space has no instance of a size.
    """
    assert claim.space is not None
    terms, unrolled = claim.formula.generic, False
    if terms is None:
        strata = claim.space.strata()
        stratum = strata[len(strata) // 2]  # the smallest sizes leave little of a loop
        xp = numpy_namespace()
        cube = np.full((1, claim.space.width(stratum)), 0.5)
        terms, unrolled = claim.formula.for_values(claim.space.decode(stratum, cube, xp)), True
    if len(terms) != 2:
        raise FormulaError(f"{claim.id}: sides must return the pair (left, right)")
    return terms, unrolled
