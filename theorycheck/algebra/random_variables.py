"""Declared random variables: Gaussian vectors, uniform numbers, indices, logarithms of Gamma variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Atom, Vector, vector
from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class RandomVariable:
    """A declared random variable.

    Attributes
    ----------
    name : str
    law : str
        "gaussian", "uniform", "scaled gamma" or "index".
    dimension : SymPy expression
        Of a Gaussian vector; the shape of a Gamma variable.
    means : tuple of pairs
        For an index: (f_k, f) with E_k f_k = f.
    """

    name: str
    law: str
    dimension: Any = None
    means: tuple[tuple[AbstractFunction, AbstractFunction], ...] = ()

    @property
    def key(self) -> str:
        """What determines the variable: its name, its law and all that was declared of it."""
        means = ";".join(f"{random.key}->{mean.key}" for random, mean in self.means)
        return f"{self.name}:{self.law}:{sympy.srepr(sympy.sympify(self.dimension))}:{means}"

    @property
    def vector(self) -> Vector:
        """The Gaussian vector itself."""
        if self.law != "gaussian":
            raise ClaimError(f"the random variable {self.name} is no vector")
        return vector(self.name, self.name, depends_on=frozenset({self.name}))

    @property
    def scalar(self) -> Any:
        """The random number itself."""
        if self.law not in ("uniform", "scaled gamma"):
            raise ClaimError(f"the random variable {self.name} is no number")
        return RandomScalar(self.name, self.law == "uniform")


def gaussian(name: str, dimension: Any) -> RandomVariable:
    """A Gaussian vector of covariance I/2 in dimension `dimension`."""
    return RandomVariable(name, "gaussian", dimension)


def uniform(name: str) -> RandomVariable:
    """A number uniform on [0, 1]."""
    return RandomVariable(name, "uniform")


def scaled_gamma(name: str, shape: Any) -> RandomVariable:
    """The logarithm v of Y/m, where Y has the Gamma distribution of shape m and scale 1."""
    return RandomVariable(name, "scaled gamma", shape)


def index(name: str, *means: tuple[AbstractFunction, AbstractFunction]) -> RandomVariable:
    """An index drawn uniformly; `means` lists the pairs (f_k, f) with E_k f_k = f."""
    return RandomVariable(name, "index", means=means)


class RandomScalar(Atom):
    """A random number, in [0, 1] if `unit`."""

    name: str
    unit: bool

    def __new__(cls, name: str, unit: bool) -> Any:
        self = Atom.__new__(cls)
        self.name, self.unit = name, unit
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, str(self.unit))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.name, self.unit)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.unit else None

    @property
    def depends_on(self) -> frozenset[str]:
        return frozenset({self.name})

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return self.name if exp is None else f"{self.name}^{{{exp}}}"
