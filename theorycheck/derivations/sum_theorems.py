"""Sums of any length as theorems of the kernel.

A sum of SymPy's becomes a sum of the kernel, a member of a sequence a member; lengths are integers with a least value. What the
symbols are declared to be and what the claim makes nonnegative are hypotheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.derivations.bound_variables import refreshed
from theorycheck.derivations.combination_theorems import Product, combination_theorem
from theorycheck.derivations.kernel_terms import Names
from theorycheck.derivations.problems import bounds_of
from theorycheck.derivations.readings import declared
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import (
    Refused,
    Term,
    Theorem,
    add,
    bind,
    eq,
    infer,
    integer,
    le,
    lt,
    member,
    minus,
    mul,
    number,
    opened,
)
from theorycheck.kernel.terms import ordered, substitute, written
from theorycheck.search.sums import END, Setting, constant_of, inducted, prove_sum, tidy

ZERO, ONE = number(0), number(1)
Forms = Iterable[tuple[Any, bool]]
"""What a claim makes nonnegative (positive: True)."""


class SumNames(Names):
    """Names under which sums and members are what they are, not atoms."""

    def __init__(self) -> None:
        super().__init__(opaque=True)
        self._sequences: dict[str, Any] = {}
        self._indices: dict[str, Any] = {}

    def term(self, expression: Any) -> Term:
        return super().term(refreshed(sympy.sympify(expression)))

    def setting(self, forms: Forms = ()) -> Setting:
        """What is known of all that was named."""
        known = [(lt if above else le)(ZERO, self.term(form)) for form, above in forms]
        free = {name: e for name, e in self.meanings.items() if name not in self._indices}
        lengths = {n: e for n, e in free.items() if e.is_Symbol and e.is_integer and e.is_nonnegative}
        least = [le(ONE if e.is_positive else ZERO, self.term(e)) for e in lengths.values()]
        signs = [
            bound for name, e in free.items() if name not in lengths for bound in bounds_of(name, declared(e))
        ]
        integers = tuple(self.term(e) for e in free.values() if e.is_Symbol and e.is_integer)
        return Setting((*least, *signs, *known), integers)

    def nonnegative_members(self, term: Term) -> list[Term]:
        """The members in a term that are declared nonnegative."""
        return [p for p in ordered([term]) if p.head == "member" and self._sequences[p.value].is_nonnegative]

    def _of(self, e: Any) -> Term:
        if isinstance(e, sympy.Sum):
            self._indices.update({str(limit[0]): limit[0] for limit in e.limits})
            result = self.term(e.function)
            for index, low, high in e.limits:  # SymPy lists the innermost first
                result = bind("sum", self.term(index), self.term(low), self.term(high), result)
            return result
        if isinstance(e, sympy.Indexed):
            name = str(e.base.label)
            if self._sequences.setdefault(name, e.base.label) != e.base.label:
                raise ClaimError(f"two different sequences are called {name}; give one of them another name")
            return member(name, *map(self.term, e.indices))
        return super()._of(e)

    def _variable(self, e: Any) -> Term:
        name = str(e)
        varies = any(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", name) for i in self._indices)
        if not e.is_Symbol and (varies or e.free_symbols & set(self._indices.values())):
            raise NotExactError(
                f"{name:.80} varies with the index of a sum in a way that the kernel does not know"
            )
        return super()._variable(e)


@dataclass(frozen=True)
class Repeated:
    """multiplier · Σ weight · slack over t = low … high, all in normal form; slack ≥ 0 for t = since, … is a hypothesis."""

    slack: Any
    since: Any
    t: Any
    low: Any
    high: Any
    weight: Any
    multiplier: Any


@dataclass(frozen=True)
class Evaluated:
    """A product that is certainly nonnegative, and what it comes to in normal form."""

    value: Any
    product: Product


def equality_of_sums(
    left: Any, right: Any, forms: Forms = (), definitions: Mapping[Any, Any] | None = None
) -> Theorem:
    """left = right for every length, under `definitions`: members of sequences, and what they are.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    names = SumNames()
    sides = names.term(left), names.term(right)
    meant = {names.term(name): names.term(value) for name, value in (definitions or {}).items()}
    setting = names.setting(forms)
    used = {
        name: value
        for name, value in meant.items()
        if any(substitute(s, {name: value}) is not s for s in sides)
    }
    steps = []
    for name, value in used.items():
        assumed = infer("assume", formula=eq(name, value))
        moved = substitute(sides[0], {name: value}), substitute(sides[1], {name: value})
        for sign, (old, new) in zip((1, -1), zip(sides, moved, strict=True), strict=True):
            if old is not new:
                step = infer("replace", assumed, *setting.values([old]), left=old, right=new)
                steps.append((sign, step))
        sides = moved
    shown = prove_sum(eq(*sides), setting)
    if not steps:
        return shown
    goal = eq(names.term(left), names.term(right))
    products = tuple(
        (number(sign), ((place, 1),), ()) for place, sign in enumerate([s for s, _ in steps] + [1])
    )
    return infer(
        "combination",
        *(step for _, step in steps),
        shown,
        *setting.values(goal.args),
        conclusion=goal,
        products=products,
    )


def inequality_of_sums(
    left: Any, right: Any, parts: Sequence[Repeated | Evaluated], forms: Forms = ()
) -> Theorem:
    """left ≤ right, since the difference is the sum of the parts, for every length.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    names = SumNames()
    conclusion = le(names.term(left), names.term(right))
    forms = list(forms)
    for part in parts:  # all that is named has its sign and kind among the hypotheses
        _named(part, names)
    setting = names.setting(forms)
    facts = [_fact(part, names, setting, forms) for part in parts]
    return prove_sum(conclusion, setting, facts)


def inequality_by_induction(
    left: Any, right: Any, length: Any, factor: Any, parts: Sequence[Repeated | Evaluated], forms: Forms = ()
) -> Theorem:
    """left ≤ right for every length T, since D(T + 1) = factor · D(T) + the parts for the difference D of the sides.

    Raises
    ------
    Refused
        If the kernel does not follow.
    """
    names = SumNames()
    formula, n, scale = le(names.term(left), names.term(right)), names.term(length), names.term(factor)
    forms = list(forms)
    for part in parts:
        _named(part, names)
    setting = names.setting(forms)
    low = ONE if length.is_positive else ZERO
    first, following = substitute(formula, {n: low}), substitute(formula, {n: add(n, ONE)})
    start = setting.without(n)
    try:
        shown = start.combined(first)
    except Refused:
        shown = start.show(first)
    here = setting.without(n, le(low, n), le(add(n, ONE), END))
    gap = add(formula.args[1], minus(formula.args[0]))
    scaled = le(ZERO, mul(scale, gap))
    assumed, sign = infer("assume", formula=formula), _sign(scale, here)
    both = ((ONE, ((0, 1), (1, 1)), ()),)
    facts = [infer("combination", assumed, sign, *here.values(scaled.args), conclusion=scaled, products=both)]
    facts += [_fact_of_step(part, n, names, here, forms) for part in parts]
    return inducted(shown, here.combined(following, facts), n, low, formula)


def _fact_of_step(
    part: Repeated | Evaluated, n: Term, names: SumNames, setting: Setting, forms: Forms
) -> Theorem:
    """That a part of one step is nonnegative; its hypothesis speaks of all steps up to the last."""
    if isinstance(part, Evaluated):
        return _evaluated(part, names, setting, forms)
    if part.low != part.high:
        raise Refused("a step of an induction is no sum")
    place, scale = names.term(part.low), names.term(part.multiplier)
    later = constant_of(add(place, minus(n)))
    end = place if later is None else tidy(add(END, number(later - 1)))
    since = names.term(part.since)
    slack = names.term(sympy.Sum(part.slack, (part.t, part.since, part.since)))
    index = setting.fresh()
    general = infer("assume", formula=bind("forall", index, since, end, le(ZERO, opened(slack, index))))
    known = [setting.show(goal) for goal in (integer(place), le(since, place), le(place, end))]
    shown = infer("at", general, *known, place=place)
    return shown if scale is ONE else _product(_sign(scale, setting), shown, setting)


def _named(part: Repeated | Evaluated, names: SumNames) -> None:
    if isinstance(part, Evaluated):
        names.term(part.value)
        return
    names.term(part.multiplier)
    for body in (part.slack, part.weight):
        names.term(sympy.Sum(body, (part.t, part.low, part.high)))


def _fact(part: Repeated | Evaluated, names: SumNames, setting: Setting, forms: Forms) -> Theorem:
    """That a part is nonnegative."""
    if isinstance(part, Evaluated):
        return _evaluated(part, names, setting, forms)
    if part.low == part.high:
        goal = le(ZERO, names.term(part.slack.subs(part.t, part.low)))
        shown = setting.context.by_ranges(goal) or infer("assume", formula=goal)
    else:
        shown = _sum_of_facts(part, names, setting)
    scale = names.term(part.multiplier)
    return shown if scale is ONE else _product(_sign(scale, setting), shown, setting)


def _evaluated(part: Evaluated, names: SumNames, setting: Setting, forms: Forms) -> Theorem:
    try:
        shown = combination_theorem(part.value, [part.product], forms, names=names)
    except Refused:
        return _sign(names.term(part.value), setting)
    for hypothesis in sorted(shown.hypotheses - set(setting.hypotheses), key=written):
        known = setting.try_to_show(hypothesis)
        shown = shown if known is None else infer("cut", known, shown)
    return shown


def _sum_of_facts(part: Repeated, names: SumNames, setting: Setting) -> Theorem:
    """0 ≤ Σ weight · slack."""
    sums = [names.term(sympy.Sum(body, (part.t, part.low, part.high))) for body in (part.slack, part.weight)]
    low, high, _ = sums[0].args
    index = setting.fresh()
    slack, weight = (opened(total, index) for total in sums)
    inner = setting.inside(index, low, high)
    shown = _at(le(ZERO, slack), index, low, high)
    if weight is not ONE:
        signs = {le(ZERO, m): _at(le(ZERO, m), index, low, high) for m in names.nonnegative_members(weight)}
        known = Setting((*inner.hypotheses, *signs), inner.integers).try_to_show(le(ZERO, weight))
        if known is None:
            known = _at(le(ZERO, weight), index, low, high)
        for sign, instance in signs.items():
            known = infer("cut", instance, known) if sign in known.hypotheses else known
        shown = _product(known, shown, inner)
    total = bind("sum", index, low, high, shown.conclusion.args[1])
    nothing = bind("sum", index, low, high, ZERO)
    above = setting.termwise(shown, nothing, total, index)
    zero = infer("linear", setting.value_of(nothing), total=nothing, parts=(), index=index)
    products = ((ONE, ((0, 1),), ()), (number(-1), ((1, 1),), ()))
    return infer("combination", above, zero, conclusion=le(ZERO, total), products=products)


def _at(formula: Term, index: Term, low: Term, high: Term) -> Theorem:
    """What is assumed of every index of a range, at one."""
    general = infer("assume", formula=bind("forall", index, low, high, formula))
    inside = [infer("assume", formula=f) for f in (integer(index), le(low, index), le(index, high))]
    return infer("at", general, *inside, place=index)


def _sign(term: Term, setting: Setting) -> Theorem:
    """0 ≤ t, or the assumption of it where signs of sequences show it."""
    goal = le(ZERO, term)
    return setting.try_to_show(goal) or infer("assume", formula=goal)


def _product(first: Theorem, second: Theorem, setting: Setting) -> Theorem:
    """0 ≤ s · t from 0 ≤ s and 0 ≤ t."""
    conclusion = le(ZERO, mul(first.conclusion.args[1], second.conclusion.args[1]))
    values = setting.values(conclusion.args)
    return infer(
        "combination", first, second, *values, conclusion=conclusion, products=((ONE, ((0, 1), (1, 1)), ()),)
    )
