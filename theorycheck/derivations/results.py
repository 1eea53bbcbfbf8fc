"""What the check of one link says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theorycheck.derivations.given import Given
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
    certificate : Mapping[str, Any] or None
        JSON-ready data that `theorycheck.derivations.replay` re-verifies without the search that found it; has a key "type".
    counterexample : Mapping[str, Any] or None
        JSON-ready values of the symbols for which the link is certainly wrong (with "failed").
    rests_on : tuple of RestsOn
        What a verified link needs beside the hypotheses as printed and the library's procedures.
    given : Given or None
        What the check itself knows and the certificate may use; a replay takes it from here, never from the certificate.
    """

    outcome: str
    method: str
    reason: str
    certificate: Mapping[str, Any] | None = None
    counterexample: Mapping[str, Any] | None = None
    rests_on: tuple[RestsOn, ...] = ()
    given: Given | None = field(default=None, repr=False)

    @property
    def verified(self) -> bool:
        return self.outcome == "verified"
