"""What may be said of one property of one function, and where a search for a violation looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.statement.verdicts import STATUSES


@dataclass(frozen=True)
class PropertyReport:
    """What may be said of one property of one function.

    Attributes
    ----------
    property : str
        "convex", "1/2-strongly convex", …
    status : str
        A key of `theorycheck.statement.verdicts.STATUSES`.
    reason : str
        One line: what was done, and what it gave.
    witness : Mapping[str, Any] or None
        Points that violate the property (or, for `check_nonconstant`, show it): exact rationals as strings,
        and the gap.
    sharpness : float or None
        How much of the allowance is used: the function's own constant divided by the asserted one, or the
        largest such ratio that the search met. Above 1 the property fails.
    """

    property: str
    status: str
    reason: str
    witness: Mapping[str, Any] | None = None
    sharpness: float | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"unknown status {self.status!r}; known: {', '.join(STATUSES)}")


@dataclass(frozen=True)
class Box:
    """Where a callable is searched."""

    dimension: int
    low: float
    high: float
    seed: int

    def __post_init__(self) -> None:
        if self.dimension < 1 or not (np.isfinite(self.high - self.low) and self.low < self.high):
            raise ClaimError(
                f"no box [{self.low}, {self.high}]^{self.dimension}: give dimension ≥ 1 and finite low < high"
            )
