"""Sums of any length as theorems of the kernel.

A sum of SymPy's becomes a sum of the kernel, a member of a sequence a member; lengths are integers with a least value. What the
symbols are declared to be and what the claim makes nonnegative are hypotheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from theorycheck.derivations.bound_variables import refreshed
from theorycheck.derivations.kernel_terms import Names
from theorycheck.derivations.problems import bounds_of
from theorycheck.derivations.readings import declared
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import Term, Theorem, bind, eq, infer, le, lt, member, number
from theorycheck.kernel.terms import substitute
from theorycheck.search.sums import Setting, prove_sum

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
        if not e.is_Symbol and any(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", name) for i in self._indices):
            raise NotExactError(
                f"{name:.80} varies with the index of a sum in a way that the kernel does not know"
            )
        return super()._variable(e)


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
        moved = tuple(substitute(side, {name: value}) for side in sides)
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
