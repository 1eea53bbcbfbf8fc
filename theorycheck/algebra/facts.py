"""Hypotheses as inequalities `slack ≥ 0` at named points.

A fact is what a hypothesis says when it is applied: `smooth.upper(x, y)` is the descent inequality between x and y. Every
fact remembers where it comes from and how it was made; a link that uses it is verified only if the claim really assumes
(or uses) that, and if making it again gives the same inequality.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Vector, inner, norm_squared
from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class Lemma:
    """The theorem of another claim at given arguments.

    Attributes
    ----------
    claim : str
        Its id.
    values : tuple of (name, value)
        What stands for the names of its space, as they were given: a function comes with facts of it, or without. A name that
        is not there stands for everything that it ranges over.
    """

    claim: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Fact:
    """`slack ≥ 0`, and why.

    Attributes
    ----------
    slack : SymPy expression
    label : str
        How it prints ("L-smooth: f at x and y").
    source : object
        A hypothesis of the claim; the theorem of another claim at given arguments (`Lemma`); the name in `ELEMENTARY`; or
        "premise" (in an equivalence one side, from which the other is derived).
    conditions : tuple of SymPy expressions
        Must be nonnegative for the fact to apply (t and 1 − t in a convex combination).
    strict : bool
        Whether even `slack > 0`.
    zero : bool
        Whether even `slack = 0`; it may then be multiplied by any number, and be used for an equality.
    made_by : object
        The family of facts, or the name in `ELEMENTARY`, that made it; None for a premise, a condition on parameters, what
        another claim states.
    made_from : tuple
        The method of the family and its arguments, or the arguments of the elementary inequality.
    """

    slack: Any
    label: str
    source: Any
    conditions: tuple[Any, ...] = ()
    strict: bool = False
    zero: bool = False
    made_by: Any = None
    made_from: tuple[Any, ...] = ()

    @property
    def trusts(self) -> tuple[str, ...]:
        """The standard theorems that lead from its source to it."""
        made = (type(self.made_by).__name__, *self.made_from[:1])
        return _STANDARD.get(made, ())

    def made_again(self) -> Fact:
        """Return the fact that its maker makes from the same arguments.

        Raises
        ------
        ClaimError
            If nothing says how it was made.
        """
        if isinstance(self.made_by, str):
            return elementary(self.made_by, *self.made_from)
        if self.made_by is None:
            raise ClaimError(f"nothing says how the fact {self.label} follows from {self.source}")
        method, *arguments = self.made_from
        made: Fact = getattr(self.made_by, method)(*arguments)
        return made


_STANDARD = {
    ("ConvexFacts", "tangent"): (standard.TANGENT,),
    ("MinimumFacts", "gradient"): (standard.FERMAT,),
}


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
        bend = self.modulus / 2 * t * (1 - t) * norm_squared(x - y)
        slack = t * f(x) + (1 - t) * f(y) - f(x * t + y * (1 - t)) - bend
        label = f"{self.label} at ${_at(x)}$ and ${_at(y)}$"
        return Fact(slack, label, self.source, (t, 1 - t), made_by=self, made_from=("between", x, y, t))

    def tangent(self, x: Vector, y: Vector) -> Fact:
        """f(y) − f(x) − ⟨∇f(x), y−x⟩ − (γ/2)‖y−x‖² ≥ 0: `between` divided by t, in the limit t → 0.

        Trusts that f is differentiable at x, which writing ∇f(x) presupposes.
        """
        f, bend = self.function, self.modulus / 2 * norm_squared(y - x)
        slack = f(y) - f(x) - inner(f.gradient(x), y - x) - bend
        label = f"{self.label}: ${_at(y)}$ lies above the tangent at ${_at(x)}$"
        return Fact(slack, label, self.source, made_by=self, made_from=("tangent", x, y))


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
        label = f"{self.label}, upper bound from ${_at(x)}$ to ${_at(y)}$"
        return Fact(slack, label, self.source, made_by=self, made_from=("upper", x, y))

    def lower(self, x: Vector, y: Vector) -> Fact:
        slack = self.constant / 2 * norm_squared(y - x) + self._deviation(x, y)
        label = f"{self.label}, lower bound from ${_at(x)}$ to ${_at(y)}$"
        return Fact(slack, label, self.source, made_by=self, made_from=("lower", x, y))


@dataclass(frozen=True)
class LipschitzFacts:
    """M²‖x−y‖² − (f(x) − f(y))² ≥ 0."""

    function: AbstractFunction
    constant: Any
    source: Any
    label: str

    def between(self, x: Vector, y: Vector) -> Fact:
        slack = self.constant**2 * norm_squared(x - y) - (self.function(x) - self.function(y)) ** 2
        label = f"{self.label} between ${_at(x)}$ and ${_at(y)}$"
        return Fact(slack, label, self.source, made_by=self, made_from=("between", x, y))


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
        label = f"{self.label} at ${_at(x)}$"
        return Fact(slack, label, self.source, strict=self.strict, made_by=self, made_from=("at", x))


@dataclass(frozen=True)
class MinimumFacts:
    """f(x) − f(x_*) ≥ 0, and ⟨∇f(x_*), v⟩ ≥ 0 for every v (so it is 0)."""

    function: AbstractFunction
    point: Vector
    source: Any
    label: str

    def at(self, x: Vector) -> Fact:
        slack = self.function(x) - self.function(self.point)
        label = f"{self.label}: value at ${_at(x)}$"
        return Fact(slack, label, self.source, made_by=self, made_from=("at", x))

    def gradient(self, v: Vector) -> Fact:
        slack = inner(self.function.gradient(self.point), v)
        label = f"{self.label}: the gradient vanishes"
        return Fact(slack, label, self.source, made_by=self, made_from=("gradient", v))


@dataclass(frozen=True)
class Elementary:
    """An inequality of analysis, for real arguments: its slack, and what must be nonnegative for it to hold."""

    slack: Callable[..., Any]
    conditions: Callable[..., tuple[Any, ...]] = lambda *_: ()


ELEMENTARY: dict[str, Elementary] = {
    "exp(w) >= 1 + w": Elementary(lambda w: sympy.exp(w) - 1 - w),
    "sin(w) <= 1": Elementary(lambda w: 1 - sympy.sin(w)),
    "sin(w) >= -1": Elementary(lambda w: 1 + sympy.sin(w)),
    "cos(w) <= 1": Elementary(lambda w: 1 - sympy.cos(w)),
    "cos(w) >= -1": Elementary(lambda w: 1 + sympy.cos(w)),
    "cos is 1-Lipschitz": Elementary(lambda v, w: (v - w) ** 2 - (sympy.cos(v) - sympy.cos(w)) ** 2),
    "log(w) <= w - 1": Elementary(lambda w: w - 1 - sympy.log(w), lambda w: (w,)),
    "Cauchy-Schwarz": Elementary(lambda a, b: norm_squared(a) * norm_squared(b) - inner(a, b) ** 2),
    "y^k >= x^k + k x^(k-1) (y - x)": Elementary(
        lambda y, x, k: y**k - x**k - k * x ** (k - 1) * (y - x), lambda y, x, k: (y, x, k - 1)
    ),
    "y^k >= x^k": Elementary(lambda y, x, k: y**k - x**k, lambda y, x, k: (y - x, x, k)),
    "y^k >= -z^k, z = -y": Elementary(
        lambda y, z, k: y**k + z**k,
        lambda y, z, k: (k if k.is_integer else sympy.Integer(-1), -((y + z) ** 2)),
    ),
}
"""Inequalities of analysis that may be used by name."""


def elementary(name: str, *arguments: Any) -> Fact:
    """An elementary inequality at given arguments.

    Raises
    ------
    ClaimError
        If the name is not in `ELEMENTARY`.
    """
    if name not in ELEMENTARY:
        raise ClaimError(f"unknown elementary inequality {name!r}; known: {', '.join(ELEMENTARY)}")
    given = tuple(a if isinstance(a, Vector) else sympy.sympify(a) for a in arguments)
    inequality = ELEMENTARY[name]
    shown = ", ".join(f"${a.latex() if isinstance(a, Vector) else sympy.latex(a)}$" for a in given)
    label = f"{name} at {shown}"
    slack, conditions = inequality.slack(*given), inequality.conditions(*given)
    return Fact(slack, label, name, conditions, made_by=name, made_from=given)
