"""Operators on the hypotheses and the relation; conditions are changed as terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from theorycheck.functions import ConstantOf
from theorycheck.mutants.changes import Change
from theorycheck.spaces import Real, Space, real
from theorycheck.statement.claims import Claim, Hypothesis, Requirement
from theorycheck.terms.changed import Changed
from theorycheck.terms.nodes import Node, node

WEAK = {"lt": "le", "gt": "ge"}


def changes_of_hypotheses(claim: Claim) -> Iterator[Change]:
    """One hypothesis less or weaker, stated or in the bounds of a domain; the strict relation for the weak one."""
    assert claim.space is not None
    for hypothesis in claim.hypotheses:
        others = tuple(other for other in claim.hypotheses if other is not hypothesis)
        space = _freed(claim.space, hypothesis)
        yield Change("hypothesis dropped", f"no {hypothesis.latex}", {"hypotheses": others, "space": space})
        weaker = _weaker(claim, hypothesis)
        if weaker is not None:
            kept = tuple(weaker if other is hypothesis else other for other in claim.hypotheses)
            yield Change("hypothesis weakened", f"{hypothesis.latex}, or equal", {"hypotheses": kept})
    for name, domain in claim.space.domains.items():
        wider = _wider(domain, claim.space)
        if wider is not None:
            text, new = wider
            fields = {"space": Space(**{**claim.space.domains, name: new})}
            yield Change("hypothesis dropped", text, fields)
    strict = {"<=": "<", ">=": ">"}.get(claim.relation)
    if strict is not None:
        yield Change("strict for weak", f"{claim.relation} → {strict}", {"relation": strict})


def _weaker(claim: Claim, hypothesis: Hypothesis) -> Hypothesis | None:
    """A strict comparison that holds at equality too."""
    if not isinstance(hypothesis, Requirement):
        return None
    terms = claim.condition(hypothesis).generic
    if terms is None or len(terms) != 1 or terms[0].op not in WEAK:
        return None
    latex = f"{hypothesis.latex}, or equal"
    return replace(hypothesis, condition=Changed(hypothesis.condition, _made_weak), latex=latex)


def _made_weak(condition: Node) -> tuple[Node, ...]:
    return (node(WEAK[condition.op], condition.args, (), condition.shape, True),)


def _freed(space: Space, hypothesis: Hypothesis) -> Space:
    """A constant of a function becomes any number, or its domain would still say what the hypothesis said."""
    domains: dict[str, Any] = dict(space.domains)
    for name in hypothesis.names():
        domain = domains[name]
        if isinstance(domain, ConstantOf):
            domains[name] = real() if domain.constant == "lower_bound" else real(0)
    return Space(**domains)


def _wider(domain: Any, space: Space) -> tuple[str, Real] | None:
    """Drop a bound that says more than a sign: τ > σ becomes τ ≥ 0, p ≥ 2 becomes p ≥ 0, t ∈ [0, 1] any t."""
    if not isinstance(domain, Real):
        return None
    name = domain.name
    if isinstance(domain.low, str):
        other = space.domains[domain.low]
        low = other.low if isinstance(other, Real) and isinstance(other.low, Fraction) else None
        return f"no {name} {'>' if domain.open_low else '≥'} {domain.low}", real(low, domain.high)
    if domain.low is not None and domain.high is not None:
        return f"no {domain.low} ≤ {name} ≤ {domain.high}", real()
    if domain.low is not None and domain.low > 0:
        return f"no {name} {'>' if domain.open_low else '≥'} {domain.low}", real(0)
    return None
