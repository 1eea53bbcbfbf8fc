"""A comparison in the pieces that chains can end in.

- |A| ≤ B splits into A ≤ B and −A ≤ B;
- ‖v‖ ≤ B becomes ‖v‖² ≤ B² together with B ≥ 0;
- v = w for vectors becomes ⟨v, a⟩ = ⟨w, a⟩ for an arbitrary vector a.
"""

from __future__ import annotations

from typing import Any

import sympy

from theorycheck.algebra.vectors import Vector, inner
from theorycheck.errors import ClaimError

Comparison = tuple[Any, str, Any]


def forward(left: Any, relation: str, right: Any) -> Comparison:
    """The same comparison with "<=", "<" or "="."""
    if relation in (">=", ">"):
        return right, "<=" if relation == ">=" else "<", left
    return left, relation, right


def pieces(left: Any, relation: str, right: Any, direction: Vector) -> tuple[Comparison, ...]:
    """What a comparison says, in pieces that together say the same.

    Raises
    ------
    ClaimError
        If vectors are compared otherwise than by "=".
    """
    if isinstance(left, Vector) or isinstance(right, Vector):
        if relation != "=" or not (isinstance(left, Vector) and isinstance(right, Vector)):
            raise ClaimError("vectors of the algebra can only be equal to vectors")
        return ((inner(left, direction), "=", inner(right, direction)),)
    left, relation, right = forward(left, relation, right)
    if relation == "<=" and left.func is sympy.Abs:
        return ((left.args[0], "<=", right), (-left.args[0], "<=", right))
    if relation == "<=" and left.is_Pow and left.exp == sympy.Rational(1, 2):
        return ((left.base, "<=", right**2), (sympy.Integer(0), "<=", right))
    return ((left, relation, right),)
