"""Exact combinations of facts, squares and signs as theorems of the kernel.

The facts of a link, the signs of its symbols and what the claim makes nonnegative are hypotheses of the theorem; its conclusion
is that the difference of the sides is nonnegative (positive).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.derivations.elementary_theorems import elementary_theorem, terms_in
from theorycheck.derivations.kernel_terms import Names
from theorycheck.derivations.problems import bounds_of
from theorycheck.derivations.readings import declared
from theorycheck.derivations.results import said
from theorycheck.kernel import Refused, Term, Theorem, eq, infer, le, lt, number, variable
from theorycheck.kernel.terms import integer, variables_of
from theorycheck.search.context import Context, context_of
from theorycheck.search.inequalities import prove
from theorycheck.search.values import defined_or_assumed

ZERO = number(0)
COMPARED = {"=": eq, "<=": le, "<": lt}
Coefficients = Mapping[Any, Any]
"""Of a vector, by the basis."""


@dataclass(frozen=True)
class Product:
    """A product that is certainly nonnegative, as SymPy expressions in normal form.

    Attributes
    ----------
    facts : tuple of (expression, relation)
        Hypotheses: each is ≥ 0 ("<="), > 0 ("<") or 0 ("=").
    norms : tuple of Coefficients
        Vectors, of which the squared norms are multiplied.
    squares : tuple of expressions
        Their squares are multiplied.
    signed : tuple of expressions
        Their signs follow from what is known of their parts.
    elementary : tuple of (name, arguments)
        Inequalities of `theorycheck.algebra.facts.ELEMENTARY`, which the kernel knows.
    times : expression
        Any number, where a fact is 0.
    """

    facts: tuple[tuple[Any, str], ...] = ()
    norms: tuple[Coefficients, ...] = ()
    squares: tuple[Any, ...] = ()
    signed: tuple[Any, ...] = ()
    elementary: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    times: Any = sympy.Integer(1)


def combination_theorem(
    target: Any,
    products: Sequence[Product],
    forms: Iterable[tuple[Any, bool]] = (),
    relation: str = "<=",
    names: Names | None = None,
) -> Theorem:
    """That `target` is the sum of the products, hence ≥ 0 ("<="), > 0 ("<") or 0 ("=").

    Parameters
    ----------
    target : SymPy expression in normal form
    products : sequence of Product
    forms : iterable of (expression, strict)
        What the claim makes nonnegative, or positive.
    names : Names or None
        Of the expressions, where a larger proof names them too.

    Raises
    ------
    Refused
        If the kernel does not follow.
    ClaimError
        If two different parts have one name.
    """
    return _Maker(target, products, forms, relation, names or Names(opaque=True)).theorem()


def equality_theorem(left: Any, right: Any) -> Theorem:
    """That two expressions are equal wherever they have values.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    names = Names(opaque=True)
    sides = names.term(left), names.term(right)
    given = signs_of(names)
    values = defined_or_assumed(sides, context_of(given, sides))
    return said(infer("combination", *values, conclusion=eq(*sides)), eq(*sides), given)


def signs_of(names: Names) -> list[Term]:
    """What the variables are declared to be, as comparisons."""
    return [bound for name, e in names.meanings.items() for bound in bounds_of(name, declared(e))]


def integers_of(names: Names) -> list[Term]:
    """Which variables are declared to be integers."""
    return [integer(variable(name)) for name, e in names.meanings.items() if e.is_integer]


class _Maker:
    """The premises of one combination."""

    def __init__(
        self,
        target: Any,
        products: Sequence[Product],
        forms: Iterable[tuple[Any, bool]],
        relation: str,
        names: Names,
    ) -> None:
        self.conclusion = COMPARED[relation](ZERO, names.term(target))
        self.products, self.strict, self.names = products, relation == "<", names
        known = [self._known(form, "<" if above else "<=") for form, above in forms]
        about = [term for product in products for term in self._terms(product)]
        facts = [self._known(fact, said_of) for product in products for fact, said_of in product.facts]
        signs = signs_of(names)
        self.integers = integers_of(names)
        self.given = (*signs, *known, *facts, *self.integers)
        self.context: Context = context_of([*signs, *known], [self.conclusion, *about])
        self.place: dict[Theorem, int] = {}

    def _known(self, expression: Any, relation: str) -> Term:
        return COMPARED[relation](ZERO, self.names.term(expression))

    def _terms(self, product: Product) -> Iterable[Term]:
        yield from (self.names.term(fact) for fact, _ in product.facts)
        yield from (self.names.term(e) for e in (*product.squares, *product.signed, product.times))
        yield from (self.names.term(c) for vector_ in product.norms for c in vector_.values())
        yield from (term for _, given in product.elementary for term in terms_in(given, self.names))

    def theorem(self) -> Theorem:
        listed = []
        squared: list[Term] = []
        for product in self.products:
            theorems = list(self._theorems(product))
            squares = tuple(self.names.term(e) for e in product.squares)
            squared += squares
            places = [self.place.setdefault(theorem, len(self.place)) for theorem in theorems]
            powers = tuple((place, places.count(place)) for place in dict.fromkeys(places))
            times = self.names.term(product.times)
            squared.append(times)
            listed.append((times, powers, squares))
        values = defined_or_assumed([self.conclusion.args[1], *squared], self.context)
        theorem = infer(
            "combination", *self.place, *values, conclusion=self.conclusion, products=tuple(listed)
        )
        return said(theorem, self.conclusion, self.given)

    def _theorems(self, product: Product) -> Iterable[Theorem]:
        for fact, relation in product.facts:
            yield infer("assume", formula=self._known(fact, relation))
        for coefficients in product.norms:
            terms = tuple((self.names.term(c), self.names.vector(basis)) for basis, c in coefficients.items())
            values = defined_or_assumed([c for c, _ in terms], self.context)
            yield infer("square", *values, vector=terms)
        for expression in product.signed:
            yield self._sign(self.names.term(expression))
        for name, arguments in product.elementary:
            yield elementary_theorem(name, arguments, self.names, self.context, self._shown)

    def _sign(self, term: Term) -> Theorem:
        found = self._found(lt(ZERO, term)) if self.strict else None
        return found or self._shown(le(ZERO, term))

    def _found(self, conclusion: Term) -> Theorem | None:
        found = prove(conclusion, self.context)
        return None if found is None else found.theorem

    def _shown(self, conclusion: Term) -> Theorem:
        if conclusion.head == "integer":
            known = [h for h in self.integers if h.args[0] in variables_of(conclusion)]
            return infer("integer", *(infer("assume", formula=h) for h in known), term=conclusion.args[0])
        found = self._found(conclusion)
        if found is None:
            raise Refused(f"{conclusion} is not found")
        return found
