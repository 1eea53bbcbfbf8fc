"""When two formulas say the same: the normal forms of both sides, where they have one."""

from __future__ import annotations

import inspect
from typing import Any

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.vectors import Vector, inner
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import TheorycheckError
from theorycheck.statement.claims import Claim


def meaning(claim: Claim) -> tuple[Any, ...]:
    """What a claim asserts, as a value that is equal for claims that certainly assert the same.

    Hypotheses and domains count as they are declared; the sides as normal forms of the algebra, else by
    their source.
    """
    assert claim.space is not None
    hypotheses = tuple(id(hypothesis) for hypothesis in claim.hypotheses)
    domains = tuple(claim.space.domains.items())
    return claim.relation, hypotheses, domains, _sides(claim)


def _sides(claim: Claim) -> Any:
    try:
        symbols = symbols_of(claim)
        return _normal(symbols.left, symbols), _normal(symbols.right, symbols)
    except (TheorycheckError, ArithmeticError, AttributeError, TypeError, ValueError, NotImplementedError):
        assert claim.sides is not None
        return inspect.getsource(claim.sides)


def _normal(side: Any, symbols: Any) -> Any:
    if isinstance(side, Vector):
        side = inner(side, symbols.direction)
    return normal_form(side)
