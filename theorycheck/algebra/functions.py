"""An arbitrary function f: R^d -> R in the algebra of its values and gradients.

The values f(p) and the gradients ∇f(p) at different points are independent symbols; only the hypotheses of a claim relate
them (see `theorycheck.algebra.facts`). Gaussian smoothing follows the papers' convention: f_σ(x) = E f(x + σu) with
u ~ N(0, I/2), f_0 = f, and (f_a)_b = f_√(a²+b²).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.algebra.vectors import Atom, Basis, Vector, depends_on


@dataclass(frozen=True)
class AbstractFunction:
    """A function of which nothing is known but what the hypotheses say.

    Attributes
    ----------
    name : str
        As it prints.
    sigma : SymPy expression
        The function meant is the smoothing of `name` by `sigma` (0: the function itself).
    depends_on : frozenset of str
        Random variables on which the function itself depends (an index k drawn at random).
    """

    name: str
    sigma: Any = sympy.Integer(0)
    depends_on: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What determines the function."""
        return "~".join((f"{self.name}[{sympy.srepr(self.sigma)}]", *sorted(self.depends_on)))

    def __call__(self, point: Vector) -> Any:
        return Value(self, point)

    def gradient(self, point: Vector) -> Vector:
        name = f"grad {self.name}[{self.sigma}]({point})"
        key = f"grad {self.key}({point.key})"
        subscript = "" if self.sigma == 0 else f"_{{{sympy.latex(self.sigma)}}}"
        latex = rf"\nabla {self.name}{subscript}({point.latex()})"
        randoms = point.depends_on | self.depends_on | depends_on(self.sigma)
        return Vector({Basis(name, latex, randoms, ("gradient", self, point), key): 1})

    def smooth(self, sigma: Any) -> AbstractFunction:
        """Return the function smoothed (once more) by `sigma`; composition adds the squares."""
        total = sympy.sqrt(sympy.factor(sympy.expand(self.sigma**2 + sympy.sympify(sigma) ** 2)))
        return AbstractFunction(self.name, sympy.simplify(total), self.depends_on)

    def smoothed(self, point: Vector, sigma: Any) -> Any:
        """f_σ(point)."""
        return self.smooth(sigma)(point)

    def smoothed_gradient(self, point: Vector, sigma: Any) -> Vector:
        """∇f_σ(point)."""
        return self.smooth(sigma).gradient(point)


class Value(Atom):
    """The number f_σ(p)."""

    function: AbstractFunction
    point: Vector

    def __new__(cls, function: AbstractFunction, point: Vector) -> Any:
        self = Atom.__new__(cls)
        self.function, self.point = function, point
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.function.key, self.point.key)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.function, self.point)

    @property
    def free_symbols(self) -> set[Any]:
        return set(self.function.sigma.free_symbols) | self.point.free_symbols

    @property
    def depends_on(self) -> frozenset[str]:
        return self.point.depends_on | self.function.depends_on | depends_on(self.function.sigma)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.function.name}[{self.function.sigma}]({self.point})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        sigma = self.function.sigma
        subscript = "" if sigma == 0 else f"_{{{sympy.latex(sigma)}}}"
        body = f"{self.function.name}{subscript}({self.point.latex()})"
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"
