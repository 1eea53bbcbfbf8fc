"""What rules work on: hypotheses ⊢ conclusion.

A sequent *holds* if for all values of its free variables, vectors and sequences for which all hypotheses hold, the conclusion
holds (see `terms` for when a comparison holds; in particular its sides then have values).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.terms import SAYABLE, Term, require_closed


@dataclass(frozen=True)
class Sequent:
    """hypotheses ⊢ conclusion; nothing says that it holds, only a `Theorem` does.

    Attributes
    ----------
    hypotheses : frozenset of Term
        Comparisons and statements.
    conclusion : Term
        A comparison or a statement.
    rests_on : frozenset of str
        The names of the standard theorems that are used.
    """

    hypotheses: frozenset[Term]
    conclusion: Term
    rests_on: frozenset[str] = frozenset()


def conclude(
    conclusion: Term,
    premises: Sequence[Sequent] = (),
    extra: Iterable[Term] = (),
    rests_on: Iterable[str] = (),
) -> Sequent:
    """The sequent that has the hypotheses of its premises."""
    if conclusion.head not in SAYABLE:
        raise Refused(f"{conclusion} is no comparison, and no statement")
    require_closed(conclusion)
    return Sequent(
        frozenset(extra).union(*(premise.hypotheses for premise in premises)),
        conclusion,
        frozenset(rests_on).union(*(premise.rests_on for premise in premises)),
    )
