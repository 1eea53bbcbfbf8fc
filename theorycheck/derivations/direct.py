"""A proof without a derivation: the claim's own formula on symbols, decided by the exact scalar procedures.

Tried when a claim has no derivation. It succeeds for closed-form identities and for inequalities between elementary
expressions of few variables. An attempt that fails says nothing, but for an instance at which the formula is certainly broken:
that is handed to the gate for counterexamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from theorycheck.algebra.integrals import is_structured
from theorycheck.algebra.vectors import Vector, inner
from theorycheck.derivations.definedness import undefined
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.linear import linear_proof
from theorycheck.derivations.links import Link, check_link
from theorycheck.derivations.reasons import by_expansion
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import assumed_signs, presupposed
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.kernel import Refused
from theorycheck.settings import Settings
from theorycheck.spaces import Instance, Integer, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.grounds import distinct
from theorycheck.statement.verdicts import Evidence
from theorycheck.terms.exact import ExactArrays
from theorycheck.terms.namespaces import ball_namespace
from theorycheck.terms.nodes import Node, ordered

MAX_OPERATIONS = 400
"""Larger expressions are left to the hunt: SymPy would take minutes on them."""
MAX_WRITTEN_OUT = 50_000
"""Operations of a formula without shared parts; SymPy would need years for one that it cannot even write down."""
COVER = "branch and bound"
"""The method of `nonnegative` that covers a compact box with enclosures."""
MAX_CASES = 40
"""Values of dimension and choices that are proved one by one."""


def direct_proof(claim: Claim, settings: Settings) -> Evidence:
    """Try to prove the claim from its formula alone.

    Returns
    -------
    Evidence
        Kind "direct proof"; "verified" with details["scope"] = "all" (a proof) or "box" (enclosures cover the whole
        statement, which is about a compact box), else "unverified"; where an instance seems to break the formula,
        details["instance"] is that instance, JSON-ready, which the gate has yet to certify.
    """
    attempts: Attempts = {}
    try:
        linear = linear_proof(claim)
        if linear is not None:
            reason = f"the difference is exactly {linear}"
            attempts = {(): (LinkResult("verified", "linear arithmetic", reason, linear.theorem), "all")}
        elif claim.formula.generic is not None:
            attempts = {(): _attempt(claim, settings, {})}
        if not attempts or not attempts[()][0].verified:
            attempts = _value_by_value(claim, settings) or attempts
        result, scope = _together(attempts)
    except (
        TheorycheckError,
        Refused,
        ArithmeticError,
        TypeError,
        ValueError,
        AttributeError,
        NotImplementedError,
    ) as error:
        result, scope, attempts = LinkResult("unverified", "none", f"no symbolic form: {error}"), "", {}
    summary = {
        "all": f"proved from its formula: {result.reason}",
        "box": f"a rigorous enclosure covers the whole statement: {result.reason}",
        "": f"no direct proof: {result.reason}",
    }[scope if result.verified else ""]
    details: dict[str, Any] = {"scope": scope, "method": result.method}
    if result.outcome == "failed" and result.counterexample is not None:
        details["instance"] = dict(result.counterexample)
    grounds = distinct(ground for case, _ in attempts.values() for ground in case.rests_on)
    details["rests_on"] = [ground.to_dict() for ground in grounds]
    if result.verified and len(attempts) == 1:
        details["certificate"] = result.certificate
    elif result.verified:
        details["cases"] = [
            {"values": dict(sizes), "certificate": case.certificate} for sizes, (case, _) in attempts.items()
        ]
    return Evidence(
        "direct proof", "direct proof", "verified" if result.verified else "unverified", summary, details
    )


Attempts = dict[tuple[tuple[str, Any], ...], tuple[LinkResult, str]]
"""What came of each case; the key gives the values of its sizes."""


def _value_by_value(claim: Claim, settings: Settings) -> Attempts:
    """Try each value of dimension and choices, until one fails; nothing if the space has no size."""
    attempts: Attempts = {}
    for sizes in _sizes_to_prove(claim):
        attempts[tuple(sizes.items())] = _attempt(claim, settings, sizes)
        if not attempts[tuple(sizes.items())][0].verified:
            break
    return attempts


def _sizes_to_prove(claim: Claim) -> list[dict[str, Any]]:
    """The values of dimension and choices, if the space has any."""
    assert claim.space is not None
    found: dict[tuple[tuple[str, Any], ...], None] = {}
    for stratum in claim.space.strata():
        named = ((stratum.dimension_name, stratum.dimension),) if stratum.dimension_name else ()
        found[(*named, *stratum.choices)] = None
    if list(found) == [()]:
        return []
    if len(found) > MAX_CASES:
        raise ClaimError(
            f"its formula is read for each of {len(found)} values of its sizes, too many for a proof"
        )
    return [dict(sizes) for sizes in found]


def _together(attempts: Attempts) -> tuple[LinkResult, str]:
    """One result of all cases: that of the case which fails, or of the first if none does."""
    if not attempts:
        return LinkResult("unverified", "none", "its formula asks for the number of samples"), ""
    failed = next((item for item in attempts.values() if not item[0].verified), None)
    if failed is not None:
        return failed
    results = list(attempts.values())
    scope = "all" if all(part == "all" for _, part in results) else "box"
    if len(results) == 1:
        return results[0]
    reason = f"for each of the {len(results)} values of its sizes; for the first: {results[0][0].reason}"
    return LinkResult("verified", results[0][0].method, reason), scope


def _expanded(claim: Claim, symbols: Symbols) -> LinkResult:
    """An equality of values, gradients and inner products, by expanding both sides."""
    left, right = symbols.left, symbols.right
    if isinstance(left, Vector) and isinstance(right, Vector):
        left, right = inner(left, symbols.direction), inner(right, symbols.direction)
    return check_link(Link("direct proof", left, "=", right, by_expansion("both sides are expanded")), claim)


def _written_out(terms: Sequence[Node]) -> int:
    """The number of operations, those of a shared part counted wherever it is used."""
    count: dict[int, int] = {}
    for item in ordered(terms):
        count[id(item)] = 1 + sum(count[id(arg)] for arg in item.args)
    return sum(count[id(term)] for term in terms)


def _attempt(claim: Claim, settings: Settings, sizes: Mapping[str, Any]) -> tuple[LinkResult, str]:
    symbols = Symbols(claim, sizes) if sizes else symbols_of(claim)
    if any(
        name not in sizes and not isinstance(value, sympy.Symbol) for name, value in symbols.values.items()
    ):
        if claim.relation == "=":
            return _expanded(claim, symbols), "all"
        return LinkResult(
            "unverified", "none", "it speaks of arbitrary functions or vectors; give it a derivation"
        ), ""
    if _written_out(claim.formula.for_values(sizes)) > MAX_WRITTEN_OUT:
        return LinkResult("unverified", "none", "its formula is too large for a direct proof"), ""
    left, right = sympy.sympify(symbols.left), sympy.sympify(symbols.right)
    if is_structured(left) or is_structured(right) or sympy.count_ops(left - right) > MAX_OPERATIONS:
        return LinkResult("unverified", "none", "its formula is too large for a direct proof"), ""
    if claim.relation == "=":
        problem = undefined(
            Link("direct proof", left, "=", right, by_expansion("")),
            (*assumed_signs(symbols), *presupposed(symbols)),
        )
        if problem:
            return LinkResult("unverified", "none", problem), ""
        return _with_instance(equal(left, right), symbols, sizes), "all"
    attempt = nonnegative(
        right - left if claim.relation in ("<=", "<") else left - right,
        strict=claim.relation in ("<", ">"),
        assumptions=assumed_signs(symbols),
        max_boxes=settings.work.boxes,
        admits=lambda point: admitted_at(symbols, sizes, point) is not None,
    )
    return _with_instance(attempt, symbols, sizes), "box" if attempt.method == COVER else "all"


def _with_instance(result: LinkResult, symbols: Symbols, sizes: Mapping[str, Any]) -> LinkResult:
    """A failure with the whole instance instead of the values of symbols; none where the claim does not speak of that point."""
    if result.outcome != "failed":
        return result
    point = {name: Fraction(value) for name, value in (result.counterexample or {}).items()}
    instance = admitted_at(symbols, sizes, point)
    if instance is None:
        return LinkResult("unverified", result.method, f"{result.reason}, which the claim does not speak of")
    return replace(result, counterexample=instance_to_json(instance))


def admitted_at(symbols: Symbols, sizes: Mapping[str, Any], point: Mapping[str, Fraction]) -> Instance | None:
    """The instance at a point of the symbols, if it lies in the claim's space and certainly satisfies the hypotheses.

    Names on which neither formula nor conditions depend get some number.
    """
    claim = symbols.claim
    values: dict[str, Any] = {}
    for name, domain in claim.space.domains.items():
        if name in sizes:
            values[name] = sizes[name]
            continue
        symbol = str(symbols.values[name])
        value = point[symbol] if symbol in point else _some_number(domain, values)
        values[name] = int(value) if isinstance(domain, Integer) and value.denominator == 1 else value
    instance = Instance(values)
    if not claim.space.admits(instance):
        return None
    for xp in (ball_namespace(), ExactArrays()):
        try:
            lifted = claim.space.lift(instance, xp)
            if all(np.all(claim.holds(hypothesis, xp, lifted)) for hypothesis in claim.hypotheses):
                return instance
        except (TheorycheckError, ArithmeticError, TypeError, ValueError, AttributeError):
            continue
    return None


def _some_number(domain: Any, earlier: Mapping[str, Any]) -> Fraction:
    """The middle of a range, or its only end; 0 where it has none."""
    named = (getattr(domain, "low", None), getattr(domain, "high", None))
    ends = [Fraction(earlier[end] if isinstance(end, str) else end) for end in named if end is not None]
    return sum(ends, Fraction(0)) / max(1, len(ends))
