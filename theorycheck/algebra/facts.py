"""Hypotheses as inequalities `slack ≥ 0` at named points.

A fact is what a hypothesis says when it is applied: `smooth.upper(x, y)` is the descent inequality between x and y. Every
fact remembers where it comes from, and a link that uses it is verified only if the claim really assumes (or uses) that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Vector, inner, norm_squared
from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class Fact:
    """`slack ≥ 0`, and why.

    Attributes
    ----------
    slack : SymPy expression
    label : str
        How it prints ("L-smooth: f at x and y").
    source : object
        A hypothesis of the claim, the id of a used claim, or the name in `ELEMENTARY`.
    conditions : tuple of SymPy expressions
        Must be nonnegative for the fact to apply (t and 1 − t in a convex combination).
    strict : bool
        Whether even `slack > 0`.
    """

    slack: Any
    label: str
    source: Any
    conditions: tuple[Any, ...] = ()
    strict: bool = False


def _at(point: Vector) -> str:
    return point.latex()


@dataclass(frozen=True)
class ConvexFacts:
    """t f(x) + (1−t) f(y) − f(tx + (1−t)y) − (γ/2) t(1−t)‖x−y‖² ≥ 0, with γ = 0 for plain convexity."""

    function: AbstractFunction
    modulus: Any
    source: Any
    label: str

    def between(self, x: Vector, y: Vector, t: Any) -> Fact:
        f, t = self.function, sympy.sympify(t)
        slack = (
            t * f(x)
            + (1 - t) * f(y)
            - f(x * t + y * (1 - t))
            - self.modulus / 2 * t * (1 - t) * norm_squared(x - y)
        )
        return Fact(slack, f"{self.label} at ${_at(x)}$ and ${_at(y)}$", self.source, (t, 1 - t))


@dataclass(frozen=True)
class SmoothFacts:
    """(L/2)‖y−x‖² ± (f(y) − f(x) − ⟨∇f(x), y−x⟩) ≥ 0."""

    function: AbstractFunction
    constant: Any
    source: Any
    label: str

    def _deviation(self, x: Vector, y: Vector) -> Any:
        f = self.function
        return f(y) - f(x) - inner(f.gradient(x), y - x)

    def upper(self, x: Vector, y: Vector) -> Fact:
        slack = self.constant / 2 * norm_squared(y - x) - self._deviation(x, y)
        return Fact(slack, f"{self.label}, upper bound from ${_at(x)}$ to ${_at(y)}$", self.source)

    def lower(self, x: Vector, y: Vector) -> Fact:
        slack = self.constant / 2 * norm_squared(y - x) + self._deviation(x, y)
        return Fact(slack, f"{self.label}, lower bound from ${_at(x)}$ to ${_at(y)}$", self.source)

    def gradients(self, x: Vector, y: Vector, equivalence: str) -> Fact:
        """L²‖x−y‖² − ‖∇f(x)−∇f(y)‖² ≥ 0, which follows by the claim `equivalence` (two forms of L-smoothness)."""
        f = self.function
        slack = self.constant**2 * norm_squared(x - y) - norm_squared(f.gradient(x) - f.gradient(y))
        label = f"{self.label}: the gradient is Lipschitz between ${_at(x)}$ and ${_at(y)}$ ({equivalence})"
        return Fact(slack, label, (self.source, equivalence))


@dataclass(frozen=True)
class LipschitzFacts:
    """M²‖x−y‖² − (f(x) − f(y))² ≥ 0."""

    function: AbstractFunction
    constant: Any
    source: Any
    label: str

    def between(self, x: Vector, y: Vector) -> Fact:
        slack = self.constant**2 * norm_squared(x - y) - (self.function(x) - self.function(y)) ** 2
        return Fact(slack, f"{self.label} between ${_at(x)}$ and ${_at(y)}$", self.source)


@dataclass(frozen=True)
class BoundedBelowFacts:
    """f(x) − m ≥ 0."""

    function: AbstractFunction
    bound: Any
    source: Any
    label: str
    strict: bool = False

    def at(self, x: Vector) -> Fact:
        slack = self.function(x) - self.bound
        return Fact(slack, f"{self.label} at ${_at(x)}$", self.source, strict=self.strict)


ELEMENTARY: dict[str, Callable[..., Any]] = {
    "exp(w) >= 1 + w": lambda w: sympy.exp(w) - 1 - w,
    "sin(w) <= 1": lambda w: 1 - sympy.sin(w),
    "sin(w) >= -1": lambda w: 1 + sympy.sin(w),
    "cos(w) <= 1": lambda w: 1 - sympy.cos(w),
    "cos(w) >= -1": lambda w: 1 + sympy.cos(w),
    "cos is 1-Lipschitz": lambda v, w: (v - w) ** 2 - (sympy.cos(v) - sympy.cos(w)) ** 2,
    "log(w) <= w - 1": lambda w: w - 1 - sympy.log(w),
    "Cauchy-Schwarz": lambda a, b: norm_squared(a) * norm_squared(b) - inner(a, b) ** 2,
}
"""Inequalities of analysis that may be used by name; the values give the slack."""


def elementary(name: str, *arguments: Any) -> Fact:
    """An elementary inequality at given arguments.

    Raises
    ------
    ClaimError
        If the name is not in `ELEMENTARY`.
    """
    if name not in ELEMENTARY:
        raise ClaimError(f"unknown elementary inequality {name!r}; known: {', '.join(ELEMENTARY)}")
    conditions = (arguments[0],) if name.startswith("log") else ()
    shown = ", ".join(f"${a.latex() if isinstance(a, Vector) else sympy.latex(a)}$" for a in arguments)
    return Fact(ELEMENTARY[name](*arguments), f"{name} at {shown}", name, conditions)
