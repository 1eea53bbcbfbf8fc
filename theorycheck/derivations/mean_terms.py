"""Expressions with vectors, values of functions and means as terms of the kernel that say the same.

What is bound by a mean is a name of its own while one works inside of the mean, so that it is no other number or vector.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from theorycheck.algebra.expectation import Expectation, RandomScalar, RandomVariable
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Basis, InnerProduct, Vector, depends_on
from theorycheck.derivations.kernel_terms import Names, is_opaque
from theorycheck.kernel import Refused, Term, bind, inner, make, number, scaled, variable, vector, vector_sum

LAWS = ("gaussian", "uniform", "index")


class MeanNames(Names):
    """The terms of expressions in which some random variables occur, free or under means.

    The symbol of the dimension of the Gaussian vectors is the kernel's `dimension`.
    """

    def __init__(self, variables: Iterable[RandomVariable]) -> None:
        super().__init__(opaque=True)
        self.variables = {v.name: v for v in variables}
        self.families: dict[Term, Any] = {}
        if any(v.law not in LAWS for v in self.variables.values()):
            raise Refused("the kernel does not know that law")
        dimensions = {v.dimension for v in self.variables.values() if v.law == "gaussian"}
        if any(not getattr(d, "is_Symbol", False) for d in dimensions) or len(dimensions) > 1:
            raise Refused("the dimension is no symbol")
        self.dimension = dimensions.pop() if dimensions else None

    def name(self, random: str) -> Term:
        """What stands for a random variable inside of a mean over it."""
        is_vector = random in self.variables and self.variables[random].law == "gaussian"
        kind = vector if is_vector else variable  # what no mean is taken over is an index that stays as it is
        return kind(f"random {random}")

    def mean(self, body: Term, v: RandomVariable) -> Term:
        """E over a random variable of a term."""
        return bind(f"{v.law} mean", self.name(v.name), body, value=index_of(v) or None)

    def _of(self, e: Any) -> Term:
        if e == self.dimension:
            return make("dimension")
        if isinstance(e, RandomScalar):
            return self.name(e.name)
        if isinstance(e, Value):
            return self.at("value", e.function, e.point)
        if isinstance(e, InnerProduct):
            return inner(self.combination(e.left), self.combination(e.right))
        if isinstance(e, Expectation):
            body = self.term(e.inside)
            for v in needed(e.inside, e.variables):
                body = self.mean(body, v)
            return body
        if is_opaque(e) and depends_on(e):
            return self._family(e)
        return super()._of(e)

    def _family(self, e: Any) -> Term:
        """A number of which nothing is known but on which indices it depends."""
        if any(self.name(k).sort == "vector" or k in self._uniform for k in depends_on(e)):
            raise Refused(f"{e} is random, and the kernel does not know it")
        family = make("member", *map(self.name, sorted(depends_on(e))), value=str(e))
        if self.families.setdefault(family, e) != e:
            raise Refused(f"two different numbers are called {e}")
        return family

    @property
    def _uniform(self) -> set[str]:
        return {v.name for v in self.variables.values() if v.law == "uniform"}

    def at(self, head: str, f: AbstractFunction, point: Vector) -> Term:
        """The value or gradient of a function at a point."""
        indices = map(self.name, sorted(f.depends_on))
        return make(head, self.term(f.sigma), self.combination(point), *indices, value=f.name)

    def combination(self, v: Vector) -> Term:
        """A linear combination."""
        parts = [
            self.vector(basis) if c == 1 else scaled(self.term(c), self.vector(basis)) for basis, c in v.terms
        ]
        return vector_sum(*parts) if parts else scaled(number(0), vector("0"))

    def vector(self, basis: Basis) -> Term:
        if not basis.meaning:
            if not basis.depends_on:
                return super().vector(basis)
            name = self.name(basis.name)
            if basis.depends_on == {basis.name} and name.sort == "vector":
                return name
            return make("member vector", *map(self.name, sorted(basis.depends_on)), value=basis.name)
        if basis.meaning[0] == "gradient":
            return self.at("gradient", *basis.meaning[1:])
        _, inside, v = basis.meaning
        return self.mean(self.combination(inside), v)


def needed(expression: Any, variables: Iterable[RandomVariable]) -> list[RandomVariable]:
    """The random variables on which an expression depends: over others the mean is the expression itself."""
    random = depends_on(expression)
    return [v for v in variables if v.name in random]


def index_of(v: RandomVariable) -> str:
    """The name of the law of an index, "" of other laws."""
    return v.name if v.law == "index" else ""
