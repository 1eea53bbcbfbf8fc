"""What an operator proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """One change of a claim.

    Attributes
    ----------
    operator : str
    text : str
        What is changed, for people.
    fields : Mapping[str, Any]
        The fields of the claim that are replaced.
    equal : Mapping[str, Any] or None
        Fields of another claim that says the same after a change of variables.
    """

    operator: str
    text: str
    fields: Mapping[str, Any]
    equal: Mapping[str, Any] | None = None
