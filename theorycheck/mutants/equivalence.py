"""When two claims say the same: their terms are the same nodes, or have one normal form of the algebra."""

from __future__ import annotations

from typing import Any

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.vectors import Vector, inner
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import TheorycheckError
from theorycheck.mutants.reading import terms_of
from theorycheck.statement.claims import Claim


def meaning(claim: Claim) -> tuple[Any, ...]:
    """What a claim asserts, as a value that is equal for claims that certainly assert the same.

    Hypotheses and domains count as they are declared; the sides as normal forms of the algebra, else by
    their terms.

    Raises
    ------
    TheorycheckError
        If the formula cannot be read.
    """
    assert claim.space is not None
    hypotheses = tuple(id(hypothesis) for hypothesis in claim.hypotheses)
    domains = tuple(claim.space.domains.items())
    return claim.relation, hypotheses, domains, _sides(claim)


def _sides(claim: Claim) -> Any:
    terms, unrolled = terms_of(claim)
    if unrolled:
        return terms
    try:
        symbols = symbols_of(claim)
        return _normal(symbols.left, symbols), _normal(symbols.right, symbols)
    except (
        TheorycheckError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        NotImplementedError,
    ):
        return terms


def _normal(side: Any, symbols: Any) -> Any:
    if isinstance(side, Vector):
        side = inner(side, symbols.direction)
    return normal_form(side)
