"""Numbers that are taken to be equal where they agree to seventy-five digits: what a formula says at the limit of approximations.

What is found so is a suspicion and no more; nothing is certified with these numbers.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from theorycheck.terms.precise import Number, PreciseArrays, root

EQUAL = Fraction(1, 2**250)


class NearlyEqual(Number):
    """A number of about 120 digits that equals others within `EQUAL`, relatively where they are large."""

    __slots__ = ()

    def __init__(self, value: Any, exact: bool = True) -> None:
        super().__init__(value, exact=False)

    def _compare(self, other: Any, compare: Any) -> Any:
        o = self._other(other)
        if o is None:
            return NotImplemented
        near = abs(self.value - o.value) <= EQUAL * max(1, abs(self.value), abs(o.value))
        return bool(compare(0, 0) if near else compare(self.value, o.value))

    def _met(self, whole: int) -> bool:
        return bool(self == whole)

    def floor(self) -> Any:
        nearest = round(self.value)
        return type(self)(nearest if self._met(nearest) else math.floor(self.value))

    def ceil(self) -> Any:
        return -((-self).floor())

    def sqrt(self) -> Any:
        return type(self)(root(max(self.value, Fraction(0)) if self._met(0) else self.value)[0])

    def arcsin(self) -> Any:
        ends = [end for end in (1, -1) if self._met(end)]
        return Number.arcsin(type(self)(ends[0]) if ends else self)


class NearlyEqualArrays(PreciseArrays):
    """The namespace of formulas on arrays of such numbers."""

    name = "precise"

    def __init__(self) -> None:
        super().__init__(NearlyEqual)
