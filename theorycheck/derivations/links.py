"""Derivations: chains of links, each checked by itself.

    from theorycheck.derivations import Derivation, chain, eq, le

    Derivation(chain(start, eq(second, reason), le(third, reason)), …)

A chain reads like the aligned display in a paper: expression, relation, expression, the reason. The reasons stand in
`theorycheck.derivations.reasons`; each knows how to check one link and says which exact procedure decided.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import sympy

from theorycheck.algebra.mean_rules import recorded_theorems, trust
from theorycheck.derivations.definedness import undefined
from theorycheck.derivations.grounds import grounds_of_link, on_standard
from theorycheck.derivations.randomness import inconsistency
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import known_signs
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.kernel import Refused
from theorycheck.statement.grounds import distinct

SYMBOLS = {"=": "=", "<=": r"\le", "<": "<", ">=": r"\ge", ">": ">"}


class Reason(Protocol):
    """Why a link holds; `check` decides it exactly or says that it could not.

    The word of a reason that is defined outside the library is a granted step.
    """

    @property
    def text(self) -> str: ...

    def check(self, link: Link, claim: Any) -> LinkResult: ...


@dataclass(frozen=True)
class Link:
    """`left relation right`, and the reason."""

    name: str
    left: Any
    relation: str
    right: Any
    reason: Reason

    @property
    def latex(self) -> str:
        return f"{sympy.latex(self.left)} {SYMBOLS[self.relation]} {sympy.latex(self.right)}"


@dataclass(frozen=True)
class Step:
    relation: str
    expression: Any
    reason: Reason
    name: str


@dataclass(frozen=True)
class Case:
    """`low` ≤ `replaced`: the chain writes `replaced` as √(low² + η²) with η ≥ 0."""

    low: Any
    replaced: Any
    excess: Any

    @property
    def high(self) -> Any:
        """√(low² + η²)."""
        return sympy.sqrt(self.low**2 + self.excess**2)


@dataclass(frozen=True)
class Chain:
    """A start and the steps from it.

    `case` is None, or says that the chain treats one case only, see `either_order`.
    """

    start: Any
    steps: tuple[Step, ...]
    case: Case | None = None

    @property
    def end(self) -> Any:
        return self.steps[-1].expression

    @property
    def relation(self) -> str:
        """What the whole chain says between its ends: "=", "<=", "<", ">=" or ">"."""
        relations = {step.relation for step in self.steps} - {"="}
        if not relations:
            return "="
        for weak, strict in (("<=", "<"), (">=", ">")):
            if relations <= {weak, strict}:
                return strict if strict in relations else weak
        raise ClaimError("a chain mixes ≤ and ≥, so it says nothing about its ends")


@dataclass(frozen=True)
class Derivation:
    """One or more chains; together their conclusions are the claim.

    Attributes
    ----------
    chains : tuple of Chain
    concludes : tuple of (left, relation, right) or None
        What the claim says on symbols, where it has no `sides` from which that could be read.
    """

    chains: tuple[Chain, ...]
    concludes: tuple[tuple[Any, str, Any], ...] | None = None

    def __post_init__(self) -> None:
        if self.concludes is not None and not self.concludes:
            raise ClaimError("concludes=() concludes nothing; leave it out, or write what the chains show")

    @functools.cached_property
    def links(self) -> tuple[Link, ...]:
        found: list[Link] = []
        for chain_ in self.chains:
            left = chain_.start
            for step in chain_.steps:
                name = step.name or str(len(found) + 1)
                found.append(Link(name, left, step.relation, step.expression, step.reason))
                left = step.expression
        if len({link.name for link in found}) != len(found):
            raise ClaimError(f"links share a name: {', '.join(link.name for link in found)}")
        if any(link.name == "conclusion" for link in found):
            raise ClaimError('"conclusion" names the comparison of the proof\'s end; name the link otherwise')
        return tuple(found)


def derivation(*chains: Chain, concludes: tuple[tuple[Any, str, Any], ...] | None = None) -> Derivation:
    """Put chains together."""
    if not chains:
        raise ClaimError("a derivation needs at least one chain")
    return Derivation(tuple(chains), concludes)


def chain(start: Any, *steps: Step) -> Chain:
    """Begin with an expression and append steps made by `eq`, `le`, `lt`, `ge`, `gt`."""
    if not steps:
        raise ClaimError("a chain needs at least one step")
    return Chain(start, tuple(steps))


def either_order(first: Any, second: Any, build: Callable[[Any, Any, Any], Chain]) -> tuple[Chain, Chain]:
    """Treat both orders of two nonnegative symbols.

    `build(low, high, eta)` is called once with low = first and once with low = second; `high` is √(low² + η²) with a
    nonnegative symbol η, which is every number not below `low`. Together the two chains cover all cases.

    Raises
    ------
    ClaimError
        If a symbol is not known to be nonnegative.
    """
    if not (first.is_Symbol and second.is_Symbol and first.is_nonnegative and second.is_nonnegative):
        raise ClaimError("either_order needs two nonnegative symbols")
    excess = sympy.Symbol(
        "eta'", nonnegative=True
    )  # no Python name, so no claim can mean another number by it
    chains = []
    for low, replaced in ((first, second), (second, first)):
        case = Case(low, replaced, excess)
        chains.append(replace(build(low, case.high, excess), case=case))
    return chains[0], chains[1]


def _step(relation: str, expression: Any, reason: Any, name: str) -> Step:
    if not hasattr(reason, "check"):
        raise ClaimError(
            f"{reason!r:.60} is no reason of a link; write one such as consequence(…) or by_expansion(…)"
        )
    return Step(relation, expression, reason, name)


def eq(expression: Any, reason: Reason, name: str = "") -> Step:
    """… = expression, because of reason."""
    return _step("=", expression, reason, name)


def le(expression: Any, reason: Reason, name: str = "") -> Step:
    """… ≤ expression, because of reason."""
    return _step("<=", expression, reason, name)


def lt(expression: Any, reason: Reason, name: str = "") -> Step:
    """… < expression, because of reason."""
    return _step("<", expression, reason, name)


def ge(expression: Any, reason: Reason, name: str = "") -> Step:
    """… ≥ expression, because of reason."""
    return _step(">=", expression, reason, name)


def gt(expression: Any, reason: Reason, name: str = "") -> Step:
    """… > expression, because of reason."""
    return _step(">", expression, reason, name)


def check_link(link: Link, claim: Any) -> LinkResult:
    """Check one link by its reason; an exception inside the procedure is `unverified`, never a pass."""
    try:
        problem = _inexact(link) or inconsistency(link, claim)
        if problem:
            return LinkResult("unverified", "none", problem)
        with recorded_theorems() as trusted:
            result = type(link.reason).check(link.reason, link, claim)
        if not result.verified:
            return result
        problem = undefined(link, known_signs(claim))
        if problem:
            return LinkResult("unverified", result.method, problem)
        trust(*trusted)  # a link that is checked for another one
        grounds = (*grounds_of_link(link), *map(on_standard, sorted(trusted)))
        return replace(result, rests_on=distinct((*result.rests_on, *grounds)))
    except (TheorycheckError, Refused) as error:
        return LinkResult("unverified", "none", str(error))
    except Exception as error:  # SymPy raises whatever it likes
        return LinkResult("unverified", "none", f"the check stopped: {type(error).__name__}: {error}")


def _inexact(link: Link) -> str:
    """Floats round when SymPy adds them, so an identity between them proves nothing."""
    for expression in (link.left, link.right, *getattr(link.reason, "expressions", ())):
        if "Float(" in sympy.srepr(expression):
            return f"${sympy.latex(expression)}$ contains a float; write a Fraction or sympy.Rational"
    return ""


def link_details(link: Link, result: LinkResult) -> dict[str, Any]:
    """What the report, the store and the replay need of a link."""
    return {
        "left": sympy.latex(link.left),
        "relation": link.relation,
        "right": sympy.latex(link.right),
        "reason": link.reason.text,
        "method": result.method,
        "certificate": result.certificate,
        "counterexample": None if result.counterexample is None else dict(result.counterexample),
        "rests_on": [ground.to_dict() for ground in result.rests_on],
    }
