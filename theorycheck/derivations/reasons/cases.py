"""Two cases: a link that holds where an expression is not positive, by some steps, and where it is not negative, by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import normal_form
from theorycheck.derivations.combination_theorems import signs_of
from theorycheck.derivations.kernel_terms import Names
from theorycheck.derivations.links import Link, Step, chain, check_link, derivation
from theorycheck.derivations.results import LinkResult
from theorycheck.kernel import Refused, Theorem, add, infer, le, lt, minus, number
from theorycheck.kernel.polynomials import vanishes
from theorycheck.search.context import context_of
from theorycheck.search.values import defined_or_assumed

ZERO, ONE = number(0), number(1)
METHOD = "cases"


@dataclass(frozen=True)
class SignCase:
    """`expression` ≥ 0, as what one case adds to the hypotheses of a claim; it speaks of symbols alone."""

    expression: Any
    latex: str

    def names(self) -> tuple[str, ...]:
        return ()

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        raise NotImplementedError("a case is a hypothesis on symbols alone")

    def condition(self) -> Any:
        return self.expression >= 0


@dataclass(frozen=True)
class Cases:
    """The link holds where `condition` ≤ 0 by the steps `below`, and where it is ≥ 0 by the steps `above`."""

    text: str
    condition: Any
    below: tuple[Step, ...]
    above: tuple[Step, ...]

    @property
    def expressions(self) -> tuple[Any, ...]:
        """What decides the case, and the stations of both chains."""
        return (self.condition, *(step.expression for step in (*self.below, *self.above)))

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts that the steps use."""
        steps = (*self.below, *self.above)
        return tuple(fact for step in steps for fact in getattr(step.reason, "facts", ()))

    def check(self, link: Link, claim: Any) -> LinkResult:
        names = Names(opaque=True)
        grounds: list[Any] = []
        shown: list[Theorem] = []
        for steps, sign in ((self.below, -1), (self.above, 1)):
            inside = sign * self.condition
            case = SignCase(inside, f"${sympy.latex(self.condition)} \\{'le' if sign < 0 else 'ge'} 0$")
            narrowed = replace(claim, hypotheses=(*claim.hypotheses, case))
            run = chain(link.left, *steps)
            if run.relation not in ("=", link.relation) or normal_form(run.end - link.right) != 0:
                return _open(f"the case {case.latex} does not end in the right side")
            theorems = []
            for part in derivation(run).links:
                result = check_link(part, narrowed)
                if not result.verified:
                    return _open(f"case {case.latex}, {part.name}: {result.reason}")
                grounds += result.rests_on
                if result.theorem is None:
                    return _open(f"case {case.latex}, {part.name}: the kernel has no theorem of it")
                theorems.append((part.relation, result.theorem))
            try:
                shown.append(self._assuming_the_case(_added_up(link, theorems, names), sign, names))
            except Refused as error:
                return _open(f"case {case.latex}: {error}")
        return self._together(shown, names, tuple(grounds))

    def _assuming_the_case(self, theorem: Theorem, sign: int, names: Names) -> Theorem:
        """The theorem with `condition ≤ 0`, or `0 ≤ condition`, in the place of what says so in other words."""
        condition = names.term(self.condition)
        assumed = infer("assume", formula=le(condition, ZERO) if sign < 0 else le(ZERO, condition))
        slack = minus(condition) if sign < 0 else condition
        for used in sorted(theorem.hypotheses, key=repr):
            if used.head == "le" and used.args[0] is ZERO and vanishes(add(used.args[1], minus(slack))):
                same = infer("combination", assumed, conclusion=used, products=((ONE, ((0, 1),), ()),))
                theorem = infer("cut", same, theorem)
        return theorem

    def _together(self, shown: list[Theorem], names: Names, grounds: tuple[Any, ...]) -> LinkResult:
        condition = names.term(self.condition)
        values = defined_or_assumed([condition], context_of(signs_of(names), [condition]))
        try:
            theorem = infer("cases", *shown, *values, left=condition, right=ZERO)
        except Refused as error:
            return _open(str(error))
        reason = f"verified for ${sympy.latex(self.condition)}$ of either sign"
        return LinkResult("verified", METHOD, reason, theorem, rests_on=grounds)


def _added_up(link: Link, theorems: list[tuple[str, Theorem]], names: Names) -> Theorem:
    """The inequality between the ends of a chain from those of its links."""
    forward = link.relation in ("<=", "<")
    strict = link.relation in ("<", ">")
    difference = normal_form(link.right - link.left if forward else link.left - link.right)
    conclusion = (lt if strict else le)(ZERO, names.term(difference))
    products = []
    for place, (_, theorem) in enumerate(theorems):
        sign = 1 if forward or theorem.conclusion.head != "eq" else -1
        products.append((number(sign), ((place, 1),), ()))
    context = context_of(signs_of(names), [conclusion])
    values = defined_or_assumed([conclusion.args[1]], context)
    return infer(
        "combination", *(t for _, t in theorems), *values, conclusion=conclusion, products=tuple(products)
    )


def _open(reason: str) -> LinkResult:
    return LinkResult("unverified", METHOD, reason)


def in_cases(text: str, condition: Any, *, below: tuple[Step, ...], above: tuple[Step, ...]) -> Cases:
    """Two cases: `condition` ≤ 0 with the steps `below`, `condition` ≥ 0 with the steps `above`."""
    return Cases(text, sympy.sympify(condition), below, above)
