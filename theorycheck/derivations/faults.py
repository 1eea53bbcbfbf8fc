"""Whether the links of a whole derivation fit together: names, premises, derivatives under integrals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from theorycheck.algebra.expectation import normal_form
from theorycheck.derivations.goals import Goal
from theorycheck.derivations.links import Chain, Derivation, Link
from theorycheck.derivations.randomness import disagreement
from theorycheck.derivations.reasons.integrals import DifferentiateInside, differentiated_value
from theorycheck.derivations.reasons.runs import clashing_runs
from theorycheck.derivations.reasons.sources import is_premise


def fault(claim: Any, derivation: Derivation, concluded: Sequence[Goal] | None) -> str:
    """Say why the links of a derivation do not fit together, or ""; `concluded` is what it says that it concludes."""
    return (
        disagreement(derivation.links, claim)
        or clashing_runs(derivation.links)
        or _unfounded_premise(derivation, concluded)
        or next((problem for _, problem in unfounded_derivatives(derivation)), "")
    )


def premises(derivation: Derivation) -> tuple[str, ...]:
    """The labels of what a derivation itself assumes."""
    return tuple(sorted({fact.label for link in derivation.links for fact in _premises(link)}))


def _premises(link: Link) -> list[Any]:
    return [fact for fact in getattr(link.reason, "facts", ()) if is_premise(fact)]


def _unfounded_premise(derivation: Derivation, concluded: Sequence[Goal] | None) -> str:
    """A premise may be used where the derivation says what it concludes, and must not be that conclusion."""
    if concluded is None:
        label = next((fact.label for link in derivation.links for fact in _premises(link)), "")
        return label and (
            f"the premise {label} is no hypothesis of the claim; say what the derivation concludes from it"
        )
    label = next((found for goal in concluded if (found := restated(derivation, goal))), "")
    return label and f"the premise {label} is what it is used to conclude"


def restated(derivation: Derivation, goal: Goal) -> str:
    """The label of the premise that a conclusion says again and is concluded from, or ""."""
    left, relation, right = goal
    difference = right - left if relation in ("<=", "<") else left - right
    for link in derivation.links:
        for fact in _premises(link):
            same = _is_multiple(normal_form(fact.slack), normal_form(difference))
            if same and _used_for(derivation, link, left, right):
                return str(fact.label)
    return ""


def _is_multiple(first: Any, second: Any) -> bool:
    ratio = sympy.cancel(first / second) if second != 0 else sympy.Integer(0)
    return bool(ratio.is_positive)


def _used_for(derivation: Derivation, link: Link, left: Any, right: Any) -> bool:
    ends = {(_key(left), _key(right)), (_key(right), _key(left))}
    for chain in derivation.chains:
        if (_key(chain.start), _key(chain.end)) in ends and any(
            step.reason is link.reason for step in chain.steps
        ):
            return True
    return False


def _key(side: Any) -> Any:
    return normal_form(side)


def unfounded_derivatives(derivation: Derivation) -> Iterator[tuple[str, str]]:
    """Yield the links that take a derivative of f_σ(p) under an integral which no chain shows to be f_σ(p), and why."""
    named: dict[Any, Any] = {}
    for link in derivation.links:
        if not isinstance(link.reason, DifferentiateInside):
            continue
        _, derivative = link.reason.derivative(link.left)
        if derivative is None:
            yield link.name, f"the left side of link {link.name} is no derivative"
            continue
        if derivative.is_Symbol:
            meaning = (link.left, link.reason)
            if named.setdefault(derivative, meaning) != meaning:
                yield link.name, f"{derivative} abbreviates two different derivatives"
            continue
        value, _ = differentiated_value(derivative)
        if not any(
            c.relation == "=" and c.case is None and _runs(c, value, link.reason.of)
            for c in derivation.chains
        ):
            shown = f"${sympy.latex(value)}$"
            yield (
                link.name,
                f"no chain shows that {shown} is the integral that link {link.name} differentiates",
            )


def _runs(chain: Chain, value: Any, integral: Any) -> bool:
    """Whether a chain of equalities passes through both expressions."""
    stations = (chain.start, *(step.expression for step in chain.steps))
    return value in stations and integral in stations
