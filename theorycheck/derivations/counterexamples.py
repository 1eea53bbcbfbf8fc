"""Is a link that could not be verified certainly wrong? It is written as a claim of its own, to be hunted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.algebra.evaluation import evaluate
from theorycheck.derivations.links import Link
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.statement.verdicts import Counterexample

Hunt = Callable[[Claim], Counterexample | None]


def break_link(link: Link, result: LinkResult, claim: Claim, hunt: Hunt) -> LinkResult:
    """Return `result`, as "failed" with an instance if one of the claim's instances certainly violates the link.

    The link is handed to `hunt` as a claim of its own, with the claim's hypotheses; where its expressions have no value on
    instances (or the hunt finds nothing), the result stays as it was.
    """
    if result.outcome == "failed" or claim.space is None:
        return result
    try:
        found = hunt(_as_claim(link, claim))
    except TheorycheckError:
        return result  # no value on instances: nothing more is known of the link
    if found is None:
        return result
    instance = dict(found.instance)
    sides = f"left {found.left}, right {found.right}"
    reason = f"certainly wrong on an instance that satisfies the hypotheses: {sides}"
    return replace(result, outcome="failed", method="hunt and balls", reason=reason, counterexample=instance)


def _as_claim(link: Link, claim: Claim) -> Claim:
    label = "".join(c if c.isascii() and c.isalnum() else "-" for c in link.name.lower())
    return Claim(
        id=f"{claim.id.split('@')[0]}-link-{label}",
        statement=f"${link.latex}$",
        space=claim.space,
        hypotheses=(*claim.hypotheses, *_presupposed(link, claim)),
        sides=_sides(link, claim),
        relation=link.relation,
    )


def _presupposed(link: Link, claim: Claim) -> list[Requirement]:
    """Where the link writes σ > 0 for a number σ ≥ 0 of the claim, it is hunted where σ > 0 alone."""
    found = []
    own = symbols_of(claim).values
    for symbol in sorted(
        sympy.sympify(link.left).free_symbols | sympy.sympify(link.right).free_symbols, key=str
    ):
        if own.get(symbol.name, symbol) == symbol:
            continue
        if symbol.is_positive:
            found.append(_comparison(symbol.name, strict=True))
        elif symbol.is_nonnegative:
            found.append(_comparison(symbol.name, strict=False))
        elif symbol.is_negative or symbol.is_nonpositive or symbol.is_integer:
            raise ClaimError(f"the link restricts {symbol} in a way that no instance is drawn for")
    return found


def _comparison(name: str, *, strict: bool) -> Requirement:
    def condition(**values: Any) -> Any:
        return values[name] > 0 if strict else values[name] >= 0

    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
    condition.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]  # read by inspect.signature
    return Requirement(condition, f"{name} {'>' if strict else '≥'} 0")


def _sides(link: Link, claim: Claim) -> Callable[..., tuple[Any, Any]]:
    """The link as a formula over the names of the space."""
    assert claim.space is not None
    left, right = sympy.sympify(link.left), sympy.sympify(link.right)

    def sides(xp: Any, **values: Any) -> tuple[Any, Any]:
        return evaluate(left, xp, values), evaluate(right, xp, values)

    names = [inspect.Parameter("xp", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    names += [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in claim.space.names]
    sides.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]  # read by inspect.signature
    return sides
