"""What the caller of a replay knows by itself, so that a certificate cannot assume what it proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from theorycheck.derivations.problems import Problem
from theorycheck.derivations.ranges import REAL, Range
from theorycheck.derivations.trees import Tree
from theorycheck.errors import ReplayError

Poly = list[list[Any]]


@dataclass(frozen=True)
class Given:
    """The only things that a certificate may use beside the rules of its type. Nothing is known by default.

    Attributes
    ----------
    domains : Mapping[str, Range]
        Where the symbols lie (in identities: the variables); one that is missing ranges over all reals.
    assumptions : tuple of trees
        Each is known to be ≥ 0.
    positive : tuple of trees
        Those of them that are even known to be > 0.
    facts : tuple of POLY
        Polynomials that are known to be ≥ 0, for identities.
    equalities : tuple of (tree, tree)
        Known to be equal; any other equality must be an exact identity of fractions of polynomials.
    trees : Mapping[str, Tree]
        What the variables of an identity stand for.
    target : tree, POLY or None
        What has to be proved; None: the caller looks by itself at what the certificate proves.
    strict : bool
        Whether the target has to be > 0.
    """

    domains: Mapping[str, Range] = field(default_factory=dict)
    assumptions: tuple[Tree, ...] = ()
    positive: tuple[Tree, ...] = ()
    facts: tuple[Poly, ...] = ()
    equalities: tuple[tuple[Tree, Tree], ...] = ()
    trees: Mapping[str, Tree] = field(default_factory=dict)
    target: Any = None
    strict: bool = False

    def inside(self) -> Given:
        """The same for the certificates inside of one: each proves something of its own."""
        return replace(self, target=None, strict=False)

    def check_problem(self, problem: Problem) -> None:
        """Refuse a problem that assumes more than is known, or that is another than the one asked for.

        Raises
        ------
        ReplayError
            With the domain, assumption or target that is not given.
        """
        for name, found in problem.domains.items():
            known = self.domains.get(name, REAL)
            if known.intersect(found) != known:
                raise ReplayError(f"the certificate brings its own domain of {name:.60}: {found}")
        for place, assumption in enumerate(problem.assumptions):
            if assumption not in (self.positive if place in problem.positive else self.assumptions):
                raise ReplayError(f"the certificate brings its own assumption {assumption!r:.80}")
        if self.target is not None and (problem.target, problem.strict) != (self.target, self.strict):
            raise ReplayError(f"the certificate proves something else: {problem.target!r:.80}")


def given_by(problem: Problem, equalities: Iterable[tuple[Tree, Tree]] = ()) -> Given:
    """What a problem gives to the certificate that is to prove it."""
    return Given(
        domains=dict(problem.domains),
        assumptions=problem.assumptions,
        positive=tuple(problem.assumptions[place] for place in sorted(problem.positive)),
        equalities=tuple(equalities),
        target=problem.target,
        strict=problem.strict,
    )


def together(parts: Iterable[Given]) -> Given:
    """All that several know of the same symbols, without a target."""
    whole = Given()
    for part in parts:
        domains = dict(whole.domains)
        for name, found in part.domains.items():
            domains[name] = domains.get(name, REAL).intersect(found)
        whole = Given(
            domains=domains,
            assumptions=whole.assumptions + part.assumptions,
            positive=whole.positive + part.positive,
            facts=whole.facts + part.facts,
            equalities=whole.equalities + part.equalities,
            trees={**whole.trees, **part.trees},
        )
    return whole
