"""Exact combinations of facts, squares and signs as theorems of the kernel.

The facts of a link, the signs of its symbols and what the claim makes nonnegative are hypotheses of the theorem; its conclusion
is that the difference of the sides is nonnegative (positive).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from theorycheck.derivations.kernel_terms import Names
from theorycheck.derivations.problems import bounds_of
from theorycheck.derivations.readings import declared
from theorycheck.derivations.results import said
from theorycheck.kernel import Refused, Term, Theorem, eq, infer, le, lt, make, number
from theorycheck.search.context import Context, context_of
from theorycheck.search.inequalities import prove
from theorycheck.search.values import defined_or_assumed

ZERO, ONE = number(0), number(1)
Coefficients = Mapping[Any, Any]
"""Of a vector, by the basis."""


@dataclass(frozen=True)
class Product:
    """A product that is certainly nonnegative, as SymPy expressions in normal form.

    Attributes
    ----------
    facts : tuple of (expression, strict)
        Hypotheses: each is ≥ 0, or > 0.
    norms : tuple of Coefficients
        Vectors, of which the squared norms are multiplied.
    squares : tuple of expressions
        Their squares are multiplied.
    signed : tuple of expressions
        Their signs follow from what is known of their parts.
    """

    facts: tuple[tuple[Any, bool], ...] = ()
    norms: tuple[Coefficients, ...] = ()
    squares: tuple[Any, ...] = ()
    signed: tuple[Any, ...] = ()


def combination_theorem(
    target: Any, products: Sequence[Product], forms: Iterable[tuple[Any, bool]] = (), *, strict: bool = False
) -> Theorem:
    """That `target` is the sum of the products, hence ≥ 0 (> 0 if `strict`).

    Parameters
    ----------
    target : SymPy expression in normal form
    products : sequence of Product
    forms : iterable of (expression, strict)
        What the claim makes nonnegative, or positive.

    Raises
    ------
    Refused
        If the kernel does not follow.
    ClaimError
        If two different parts have one name.
    """
    return _Maker(target, products, forms, strict).theorem()


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


class _Maker:
    """The premises of one combination."""

    def __init__(
        self, target: Any, products: Sequence[Product], forms: Iterable[tuple[Any, bool]], strict: bool
    ) -> None:
        names = Names(opaque=True)
        self.conclusion = (lt if strict else le)(ZERO, names.term(target))
        self.products, self.strict, self.names = products, strict, names
        known = [self._known(form, above) for form, above in forms]
        about = [term for product in products for term in self._terms(product)]
        facts = [self._known(fact, strict) for product in products for fact, strict in product.facts]
        signs = signs_of(names)
        self.given = (*signs, *known, *facts)
        self.context: Context = context_of([*signs, *known], [self.conclusion, *about])
        self.place: dict[Theorem, int] = {}

    def _known(self, expression: Any, strict: bool) -> Term:
        return (lt if strict else le)(ZERO, self.names.term(expression))

    def _terms(self, product: Product) -> Iterable[Term]:
        yield from (self.names.term(fact) for fact, _ in product.facts)
        yield from (self.names.term(e) for e in (*product.squares, *product.signed))
        yield from (self.names.term(c) for vector_ in product.norms for c in vector_.values())

    def theorem(self) -> Theorem:
        listed = []
        squared: list[Term] = []
        for product in self.products:
            theorems = list(self._theorems(product))
            squares = tuple(self.names.term(e) for e in product.squares)
            squared += squares
            places = [self.place.setdefault(theorem, len(self.place)) for theorem in theorems]
            powers = tuple((place, places.count(place)) for place in dict.fromkeys(places))
            listed.append((ONE, powers, squares))
        values = defined_or_assumed([self.conclusion.args[1], *squared], self.context)
        theorem = infer(
            "combination", *self.place, *values, conclusion=self.conclusion, products=tuple(listed)
        )
        return said(theorem, self.conclusion, self.given)

    def _theorems(self, product: Product) -> Iterable[Theorem]:
        for fact, strict in product.facts:
            yield infer("assume", formula=self._known(fact, strict))
        for coefficients in product.norms:
            terms = tuple((self.names.term(c), self.names.vector(basis)) for basis, c in coefficients.items())
            values = defined_or_assumed([c for c, _ in terms], self.context)
            yield infer("square", *values, vector=terms)
        for expression in product.signed:
            yield self._sign(self.names.term(expression))

    def _sign(self, term: Term) -> Theorem:
        for head in ("lt", "le") if self.strict else ("le",):
            conclusion = make(head, ZERO, term)
            found = prove(conclusion, self.context)
            if found is not None:
                return found.theorem
        raise Refused(f"the sign of {term} is not found")
