"""Linear arithmetic: is the conclusion a nonnegative combination of the hypotheses, whatever the functions in them are?

Both sides, the conditions of the claim and the bounds of its domains are written as polynomials in parts that are not looked
into: numbers of the space, values of functions, norms, means. The conclusion follows if

    right − left  =  Σ λ_j h_j + c,    λ_j ≥ 0, c ≥ 0,

with h_j ≥ 0 a condition, a bound, a part that is nonnegative by what it is, or the product of one of them with a
nonnegative number of the space. A linear program proposes the λ_j; rational arithmetic decides.

A claim that follows so is proved from its hypotheses, and a hunt over it could not have failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.errors import TheorycheckError
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.terms.nodes import BATCH, Node, ordered, variable

Monomial = tuple[tuple[int, int], ...]
"""Pairs (id of a part, exponent), sorted."""
Form = dict[Monomial, Fraction]
ONE: Monomial = ()
LARGEST = 600
"""Monomials of a form."""
COLUMNS = 400
"""Inequalities that are combined."""
NEGLIGIBLE = 1e-9
"""Multipliers below this are taken for 0 when the support is read off; rational arithmetic decides after that."""


class TooLargeError(Exception):
    """A form has more monomials than are looked at."""


@dataclass(frozen=True)
class Known:
    """form ≥ 0, or > 0, and why."""

    form: Form
    strict: bool
    why: str


@dataclass(frozen=True)
class Combination:
    """What the conclusion is the sum of: multiplier and reason of each term."""

    terms: tuple[tuple[Fraction, str], ...]
    constant: Fraction

    def __str__(self) -> str:
        parts = [f"{'' if factor == 1 else f'{factor} × '}[{why}]" for factor, why in self.terms]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return " + ".join(parts)


def linear_proof(claim: Claim) -> tuple[Combination, ...] | None:
    """Prove the claim's formula from its conditions by linear arithmetic; None where that does not do.

    Returns one combination, or two for "=".
    """
    if claim.space is None or claim.sides is None:
        return None
    try:
        return _attempt(claim)
    except (TheorycheckError, TooLargeError):
        return None


def _attempt(claim: Claim) -> tuple[Combination, ...] | None:
    sides = claim.formula.generic
    if sides is None or len(sides) != 2 or any(side.shape not in ((), (BATCH,)) for side in sides):
        return None
    parts: dict[int, Node] = {}
    left, right = (_expanded(side, parts) for side in sides)
    gap = _sum(right, left, -1) if claim.relation in ("<=", "<", "=") else _sum(left, right, -1)
    known = [*_conditions(claim, parts), *_bounds(claim, parts)]
    known += list(_signs(parts))
    known += list(_products(known, parts))
    goals = [gap, _sum({}, gap, -1)] if claim.relation == "=" else [gap]
    found = []
    for goal in goals:
        combination = _combined(goal, known[:COLUMNS], strict=claim.relation in ("<", ">"))
        if combination is None:
            return None
        found.append(combination)
    return tuple(found)


# ---- forms -------------------------------------------------------------------------------------------------


def _sum(first: Form, second: Form, factor: Fraction | int = 1) -> Form:
    total = dict(first)
    for monomial, coefficient in second.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor * coefficient
        if not total[monomial]:
            del total[monomial]
    if len(total) > LARGEST:
        raise TooLargeError
    return total


def _product(first: Form, second: Form) -> Form:
    if len(first) * len(second) > 20 * LARGEST:
        raise TooLargeError
    total: Form = {}
    for m, a in first.items():
        for n, b in second.items():
            powers = dict(m)
            for part, exponent in n:
                powers[part] = powers.get(part, 0) + exponent
            total = _sum(total, {tuple(sorted(powers.items())): a * b})
    return total


def _expanded(item: Node, parts: dict[int, Node], memo: dict[int, Form] | None = None) -> Form:
    """A term as a polynomial in its parts."""
    made: dict[int, Form] = {} if memo is None else memo
    for part in ordered([item]):
        if not part.free and id(part) not in made:
            made[id(part)] = _one(part, made, parts)
    return made[id(item)]


def _one(item: Node, made: Mapping[int, Form], parts: dict[int, Node]) -> Form:
    if item.op == "constant":
        return {ONE: item.params[0]} if item.params[0] else {}
    args = [made.get(id(arg)) for arg in item.args]
    first, second = ([*args, None, None])[:2]
    if item.op == "add" and first is not None and second is not None:
        return _sum(first, second)
    if item.op == "sub" and first is not None and second is not None:
        return _sum(first, second, -1)
    if item.op == "neg" and first is not None:
        return _sum({}, first, -1)
    if item.op == "mul" and first is not None and second is not None:
        return _product(first, second)
    if item.op == "square" and first is not None:
        return _product(first, first)
    if item.op == "div" and first is not None and second is not None and list(second) == [ONE]:
        return {monomial: value / second[ONE] for monomial, value in first.items()}
    if item.op == "pow" and first is not None and item.args[1].op == "constant":
        exponent = item.args[1].params[0]
        if exponent.denominator == 1 and 0 <= exponent <= 6:
            power: Form = {ONE: Fraction(1)}
            for _ in range(int(exponent)):
                power = _product(power, first)
            return power
    parts[id(item)] = item
    return {((id(item), 1),): Fraction(1)}


# ---- what is known -----------------------------------------------------------------------------------------


def _conditions(claim: Claim, parts: dict[int, Node]) -> Iterator[Known]:
    for hypothesis in claim.hypotheses:
        if isinstance(hypothesis, Requirement):
            terms = claim.condition(hypothesis).generic
            if terms is not None and len(terms) == 1:
                yield from _from_condition(terms[0], hypothesis.latex, parts)


def _from_condition(item: Node, why: str, parts: dict[int, Node]) -> Iterator[Known]:
    if item.op == "and":
        for arg in item.args:
            yield from _from_condition(arg, why, parts)
    if item.op not in ("lt", "le", "gt", "ge", "eq"):
        return
    small, large = (_expanded(arg, parts) for arg in item.args)
    if item.op in ("gt", "ge"):
        small, large = large, small
    yield Known(_sum(large, small, -1), item.op in ("lt", "gt"), why)
    if item.op == "eq":
        yield Known(_sum(small, large, -1), False, why)


def _bounds(claim: Claim, parts: dict[int, Node]) -> Iterator[Known]:
    assert claim.space is not None
    for part in list(parts.values()):
        if part.op not in ("variable", "size") or part.shape not in ((), (BATCH,)):
            continue
        name = part.params[0]
        domain: Any = claim.space.domains[name]
        own: Form = {((id(part), 1),): Fraction(1)}
        low, high = getattr(domain, "low", None), getattr(domain, "high", None)
        values = getattr(domain, "values", None)
        if values is not None and all(isinstance(value, (int, Fraction)) for value in values):
            low, high = Fraction(min(values)), Fraction(max(values))
        if getattr(domain, "constant", "") in ("smoothness", "lipschitz", "strong_convexity"):
            low = Fraction(0)
        for bound, sign, is_open in (
            (low, 1, getattr(domain, "open_low", False)),
            (high, -1, getattr(domain, "open_high", False)),
        ):
            if bound is None:
                continue
            if isinstance(bound, str):
                other = variable(bound)
                parts.setdefault(id(other), other)
                limit: Form = {((id(other), 1),): Fraction(1)}
            else:
                limit = {ONE: Fraction(bound)} if bound else {}
            form = _sum(own, limit, -1) if sign > 0 else _sum(limit, own, -1)
            yield Known(form, bool(is_open), f"the range of {name}")


def _signs(parts: Mapping[int, Node]) -> Iterator[Known]:
    """Parts that are nonnegative by what they are."""
    for key, part in parts.items():
        square = part.op == "vecdot" and part.args[0] is part.args[1]
        if square or part.op in ("norm", "abs", "sqrt", "exp", "square"):
            yield Known({((key, 1),): Fraction(1)}, part.op == "exp", f"{part.op} is nonnegative")


def _products(known: list[Known], parts: Mapping[int, Node]) -> Iterator[Known]:
    """What is known, times a single part that is known to be nonnegative."""
    factors = [
        item
        for item in known
        if len(item.form) == 1 and next(iter(item.form)) != ONE and next(iter(item.form.values())) > 0
    ]
    for item in known:
        for factor in factors:
            try:
                form = _product(item.form, factor.form)
            except TooLargeError:
                continue
            yield Known(form, item.strict and factor.strict, f"{item.why}, times what is nonnegative")


# ---- the combination ---------------------------------------------------------------------------------------


def _combined(goal: Form, known: list[Known], *, strict: bool) -> Combination | None:
    """Nonnegative multipliers with goal = Σ λ_j h_j + c, c ≥ 0; for a strict goal c > 0 or a strict h_j takes part."""
    exact = _exact_multipliers(goal, known)
    if exact is None:
        return None
    multipliers, constant = exact
    total: Form = {ONE: constant} if constant else {}
    for index, factor in multipliers.items():
        total = _sum(total, known[index].form, factor)
    if total != goal or constant < 0 or any(factor < 0 for factor in multipliers.values()):
        return None
    if strict and not constant and not any(known[i].strict and f > 0 for i, f in multipliers.items()):
        return None
    terms = tuple((factor, known[index].why) for index, factor in multipliers.items() if factor)
    return Combination(terms, constant)


def _exact_multipliers(goal: Form, known: list[Known]) -> tuple[dict[int, Fraction], Fraction] | None:
    rest = {monomial for monomial in goal if monomial != ONE}
    if not rest:
        return {}, goal.get(ONE, Fraction(0))
    import flint
    import numpy as np
    from scipy.optimize import linprog

    rows = sorted({monomial for item in known for monomial in item.form} | rest | {ONE})
    columns: list[Form] = [*(item.form for item in known), {ONE: Fraction(1)}]
    matrix = np.array([[float(column.get(row, 0)) for column in columns] for row in rows])
    target = np.array([float(goal.get(row, 0)) for row in rows])
    solved = linprog(np.ones(len(columns)), A_eq=matrix, b_eq=target, bounds=(0, None), method="highs")
    if solved.x is None:
        return None
    support = [index for index, value in enumerate(solved.x) if value > NEGLIGIBLE]
    augmented = flint.fmpq_mat(
        [
            [_fmpq(columns[index].get(row, Fraction(0))) for index in support]
            + [_fmpq(goal.get(row, Fraction(0)))]
            for row in rows
        ]
    )
    reduced, rank = augmented.rref()
    if rank != len(support):
        return None
    values = []
    for index in range(len(support)):
        if reduced[index, index] != 1:
            return None
        entry = reduced[index, len(support)]
        values.append(Fraction(int(entry.p), int(entry.q)))
    multipliers = dict(zip(support, values, strict=True))
    constant = multipliers.pop(len(columns) - 1, Fraction(0))
    return multipliers, constant


def _fmpq(value: Fraction) -> Any:
    import flint

    return flint.fmpq(value.numerator, value.denominator)
