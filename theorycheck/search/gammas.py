"""The search for equalities of gamma functions whose arguments differ by integers."""

from __future__ import annotations

from collections.abc import Sequence

from theorycheck.kernel import Term, Theorem, add, infer, make, minus, number
from theorycheck.kernel.terms import ordered, substitute
from theorycheck.search.sums import constant_of, tidy

LARGEST_STEP = 12


def equal_by_recursion(goal: Term, values: Sequence[Theorem]) -> Theorem:
    """a = b, with every Γ(t + n) as t (t + 1) … Γ(t) for the least t.

    Parameters
    ----------
    goal : Term
    values : sequence of Theorem
        That both sides have values.

    Raises
    ------
    Refused
        If it is not found.
    """
    steps: list[Theorem] = []
    signs: list[int] = []
    for sign, start in zip((1, -1), goal.args, strict=True):
        side = start
        for equation in _recursions(goal, values):
            moved = substitute(side, {equation.conclusion.args[0]: equation.conclusion.args[1]})
            if moved is not side:
                steps.append(infer("replace", equation, *values, *steps, left=side, right=moved))
                signs.append(sign)
                side = moved
    products = tuple((number(sign), ((place, 1),), ()) for place, sign in enumerate(signs))
    return infer("combination", *steps, *values, conclusion=goal, products=products)


def _recursions(goal: Term, values: Sequence[Theorem]) -> list[Theorem]:
    """Γ(t + 1) = t Γ(t), the largest t first."""
    gammas = [part for part in ordered([goal]) if part.head == "gamma"]
    found: list[Theorem] = []
    for low in gammas:
        gaps = {g: constant_of(add(g.args[0], minus(low.args[0]))) for g in gammas}
        above = [(gap, g) for g, gap in gaps.items() if gap is not None and gap > 0]
        highest = max((gap for gap, _ in above), default=0)
        is_least = all(gap is None or gap >= 0 for gap in gaps.values())
        if not is_least or not 0 < highest <= LARGEST_STEP:
            continue
        here = low
        chain: list[Theorem] = []
        for step in range(1, int(highest) + 1):
            known = [g for gap, g in above if gap == step]
            following = known[0] if known else make("gamma", tidy(add(low.args[0], number(step))))
            chain.append(infer("gamma", *values, *chain, value=here, following=following))
            here = following
        found += reversed(chain)
    return found
