"""A property of a function as a family of facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from theorycheck.algebra import facts
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.errors import ClaimError
from theorycheck.statement import properties

Family = (
    facts.ConvexFacts
    | facts.SmoothFacts
    | facts.LipschitzFacts
    | facts.BoundedBelowFacts
    | facts.MinimumFacts
)
PARAMETER: dict[type, str] = {
    properties.StronglyConvex: "modulus",
    properties.LSmooth: "constant",
    properties.Lipschitz: "constant",
    properties.BoundedBelow: "bound",
    properties.StrictlyAbove: "bound",
}
"""The number in a property."""


def family_of(
    property_: Any,
    function: AbstractFunction | None,
    value: Callable[[Any], Any],
    source: Any,
    label: str,
) -> Family:
    """Return the facts that a property gives of a function.

    Parameters
    ----------
    property_ : Hypothesis
        One of `theorycheck.statement.properties`; that it names another function does not matter.
    function : AbstractFunction or None
        None if there is no such function.
    value : callable
        The number that a parameter of the property is.
    source : object
        Why the function has it, see `Fact`.
    label : str

    Raises
    ------
    ClaimError
        If the property has no form in the algebra of values and gradients.
    """
    kind = type(property_)
    if function is None or kind not in (*PARAMETER, properties.Convex):
        raise ClaimError(
            f"the hypothesis {property_.latex} has no form in the algebra of values and gradients"
        )
    number = value(getattr(property_, PARAMETER[kind])) if kind in PARAMETER else sympy.Integer(0)
    if kind in (properties.Convex, properties.StronglyConvex):
        return facts.ConvexFacts(function, number, source, label)
    if kind is properties.LSmooth:
        return facts.SmoothFacts(function, number, source, label)
    if kind is properties.Lipschitz:
        return facts.LipschitzFacts(function, number, source, label)
    strict = kind is properties.StrictlyAbove
    return facts.BoundedBelowFacts(function, number, source, label, strict)
