"""What another claim says: is f_σ really convex, L-smooth, … by it, or the gradient of f Lipschitz?

The facts of `s.lemma(claim, hypothesis, f_σ)` are used only if the formula of that claim, for arbitrary points, is the inequality
that defines the property, of the smoothing of an arbitrary function that has it; its other hypotheses are among those of the
claim that uses it, and σ lies where that claim has it. Whether it is proved weighs on the verdict.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.algebra import facts
from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.goals import Goal, own_goals
from theorycheck.derivations.signs import sign_holds
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import TheorycheckError
from theorycheck.functions import FunctionDomain
from theorycheck.spaces import Entries, Real, point
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import claim_cited
from theorycheck.statement.properties import Each

MOST_POINTS = 4
_PARAMETER = {"StronglyConvex": "modulus", "LSmooth": "constant", "BoundedBelow": "bound"}
"""The number in a property."""


def not_said(
    claim: Any, cited: Any, hypothesis: Any, function: AbstractFunction, known: tuple[Any, ...]
) -> str:
    """Say why a cited claim does not give a property of a hypothesis to the smoothing of its function, or ""."""
    try:
        other = cited if isinstance(cited, Claim) else claim_cited(cited, claim)
        if other is None:
            return f"there is no claim {cited}"
        return _not_said(other, hypothesis, function, known, symbols_of(claim))
    except TheorycheckError as error:
        return f"{getattr(cited, 'id', cited)}: {error}"


def _not_said(
    other: Claim, hypothesis: Any, function: AbstractFunction, known: tuple[Any, ...], user: Symbols
) -> str:
    problem = _not_about_any_function(other, hypothesis, known, user)
    if problem:
        return problem
    symbols = symbols_of(other)
    property_: Any
    (property_,) = other.hypotheses
    base = symbols.values[property_.function]
    for scale in _scales(symbols, other):
        family = symbols.lemma(other, property_, base.smooth(symbols.values[scale]))
        if _defines(family, own_goals(other), symbols):
            return _outside(other, scale, function.sigma, known)
    return f"the formula of {other.id} is not the inequality that makes $f_\\sigma$ what {hypothesis.latex} says of $f$"


def _not_about_any_function(other: Claim, hypothesis: Any, known: tuple[Any, ...], user: Symbols) -> str:
    """Say why a claim is no inequality about every function that has a property, or ""."""
    assumed = hypothesis.of_mean if isinstance(hypothesis, Each) else hypothesis
    theirs = [h for h in other.hypotheses if type(h) is type(assumed)]
    if len(other.hypotheses) != 1 or len(theirs) != 1:
        return f"{other.id} assumes something else than {hypothesis.latex}"
    if other.relation not in ("<=", "<", ">=", ">"):
        return f"{other.id} is no inequality"
    property_: Any = theirs[0]
    if other.space is None or not _is_any_function(other.space.domains[property_.function]):
        return f"{other.id} does not speak of an arbitrary function"
    for name in property_.names()[1:]:
        value = user.value(getattr(assumed, _PARAMETER[type(assumed).__name__]))
        problem = _outside(other, name, value, known)
        if problem:
            return problem
    return ""


def no_equivalence(claim: Any, cited: Any, hypothesis: Any, known: tuple[Any, ...]) -> str:
    """Say why a cited claim does not show that the gradient of an L-smooth function is L-Lipschitz, or ""."""
    try:
        other = cited if isinstance(cited, Claim) else claim_cited(cited, claim)
        if other is None:
            return ""  # the verdict rests on a claim that is not there, and says so
        problem = _not_about_any_function(other, hypothesis, known, symbols_of(claim))
        if problem:
            return problem
        symbols = symbols_of(other)
        family = symbols.assume(other.hypotheses[0])
        slacks = _slacks(own_goals(other))
        points = _arbitrary_points(symbols)
        if any(
            _same(family.gradients(x, y, other.id).slack, slack)
            for x, y in itertools.permutations(points, 2)
            for slack in slacks
        ):
            return ""
        return f"the formula of {other.id} is not that the gradient is Lipschitz"
    except TheorycheckError as error:
        return f"{getattr(cited, 'id', cited)}: {error}"


def _is_any_function(domain: Any) -> bool:
    return type(domain) is FunctionDomain and not domain.declared


def _scales(symbols: Symbols, other: Claim) -> Iterator[str]:
    """The numbers of the cited claim that may be its σ: no parameter of its hypothesis."""
    taken = {name for h in other.hypotheses for name in h.names()}
    return (n for n, v in symbols.values.items() if isinstance(v, sympy.Symbol) and n not in taken)


def _outside(other: Claim, name: str, value: Any, known: tuple[Any, ...]) -> str:
    """Say why a value might not be one of those of which the cited claim speaks under a name, or ""."""
    assert other.space is not None
    domain: Any = other.space.domains[name]
    if hasattr(domain, "constant"):
        return ""  # what holds with the best constant of a function holds with every one
    if type(domain) is not Real:
        return f"{other.id} chooses {name} in its own way"
    ends = ((domain.low, domain.open_low, 1), (domain.high, domain.open_high, -1))
    for end, is_open, sign in ends:
        if end is None:
            continue
        if not isinstance(end, Fraction):
            return f"{other.id} bounds {name} by {end}"
        if not sign_holds(
            sign * (value - sympy.Rational(end.numerator, end.denominator)), known, strict=is_open
        ):
            return f"{other.id} speaks of {name} within bounds that ${sympy.latex(value)}$ may not keep"
    return ""


def _defines(family: Any, goals: Sequence[Goal], symbols: Symbols) -> bool:
    """Whether the goals are the inequalities that define a property, at arbitrary points of the claim."""
    domains = symbols.claim.space.domains
    points = _arbitrary_points(symbols)
    numbers = [symbols.values[n] for n, domain in domains.items() if _is_from_0_to_1(domain)]
    slacks = _slacks(goals)
    return any(
        len(wanted) == len(slacks) and all(any(_same(a, b) for b in wanted) for a in slacks)
        for wanted in _definitions(family, points, numbers)
    )


def _slacks(goals: Sequence[Goal]) -> list[Any]:
    return [right - left if relation in ("<=", "<") else left - right for left, relation, right in goals]


def _arbitrary_points(symbols: Symbols) -> list[Vector]:
    domains = symbols.claim.space.domains
    found = [v for n, v in symbols.values.items() if isinstance(v, Vector) and _is_any_point(domains[n])]
    return found[:MOST_POINTS]


def _is_any_point(domain: Any) -> bool:
    return type(domain) is Entries and replace(domain, name="") == point()


def _is_from_0_to_1(domain: Any) -> bool:
    return type(domain) is Real and domain.low == 0 and domain.high == 1


def _definitions(family: Any, points: Sequence[Vector], numbers: Sequence[Any]) -> Iterator[list[Any]]:
    """The inequalities that say what a property is, as they may be written with these names."""
    pairs = list(itertools.permutations(points, 2))
    if isinstance(family, facts.ConvexFacts):
        for (x, y), t in itertools.product(pairs, numbers):
            yield [family.between(x, y, t).slack]
    elif isinstance(family, facts.SmoothFacts):
        for x, y in pairs:
            yield [family.upper(x, y).slack, family.lower(x, y).slack]
    elif isinstance(family, facts.BoundedBelowFacts):
        for x in points:
            yield [family.at(x).slack]


def _same(a: Any, b: Any) -> bool:
    return bool(sympy.expand(normal_form(a) - normal_form(b)) == 0)
