"""What the check of one link says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from theorycheck.kernel import Refused, Term, Theorem, to_json
from theorycheck.statement.grounds import RestsOn


@dataclass(frozen=True)
class LinkResult:
    """The outcome of one exact check.

    Attributes
    ----------
    outcome : str
        "verified", "failed" (certainly wrong) or "unverified" (nothing is concluded).
    method : str
        The procedure that decided, in a few words ("sum of squares", "root isolation", "expansion and balls").
    reason : str
        One line for people, with what was missing where the outcome is not "verified".
    theorem : Theorem or None
        Of the kernel: what was shown, from which hypotheses.
    counterexample : Mapping[str, Any] or None
        JSON-ready values of the symbols for which the link is certainly wrong (with "failed").
    rests_on : tuple of RestsOn
        What a verified link needs beside the hypotheses as printed and the library's procedures.
    """

    outcome: str
    method: str
    reason: str
    theorem: Theorem | None = None
    counterexample: Mapping[str, Any] | None = None
    rests_on: tuple[RestsOn, ...] = ()

    @property
    def verified(self) -> bool:
        return self.outcome == "verified"

    @property
    def certificate(self) -> dict[str, Any] | None:
        """JSON from which `theorycheck.kernel.from_json` makes the theorem again."""
        return None if self.theorem is None else to_json(self.theorem)


def said(theorem: Theorem, conclusion: Term, given: Iterable[Term]) -> Theorem:
    """The theorem, if it says just this and assumes nothing but what is given, or that a term has a value (t = t).

    Raises
    ------
    Refused
        If it says something else, or assumes more.
    """
    if theorem.conclusion is not conclusion:
        raise Refused(f"the theorem says {theorem.conclusion}, not {conclusion}")
    known = set(given)
    more = [
        h for h in theorem.hypotheses if h not in known and not (h.head == "eq" and h.args[0] is h.args[1])
    ]
    if more:
        raise Refused(f"the theorem assumes {more[0]}, which is not given")
    return theorem
