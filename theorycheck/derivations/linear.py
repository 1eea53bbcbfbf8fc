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

from theorycheck.derivations.forms import (
    ONE,
    Form,
    TooLargeError,
    as_term,
    expanded,
    product_of,
    sum_of,
)
from theorycheck.errors import TheorycheckError
from theorycheck.kernel import Refused, Term, Theorem, infer, le, lt, number
from theorycheck.kernel import variable as variable_of_kernel
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.terms.nodes import BATCH, Node, may_be_infinite, variable

COLUMNS = 400
"""Inequalities that are combined."""
NEGLIGIBLE = 1e-9
"""Multipliers below this are taken for 0 when the support is read off; rational arithmetic decides after that."""


@dataclass(frozen=True)
class Known:
    """form ≥ 0, or > 0, and why; `times` is what is nonnegative and was multiplied with it to make the form."""

    form: Form
    strict: bool
    why: str
    fact: Form
    times: Form


def _known(form: Form, strict: bool, why: str) -> Known:
    return Known(form, strict, why, form, {ONE: Fraction(1)})


@dataclass(frozen=True)
class Combination:
    """What the difference of the sides is the sum of, multiplier and inequality of each term."""

    terms: tuple[tuple[Fraction, Known], ...]
    constant: Fraction

    def __str__(self) -> str:
        parts = [f"{'' if factor == 1 else f'{factor} × '}[{known.why}]" for factor, known in self.terms]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return " + ".join(parts)


@dataclass(frozen=True)
class LinearProof:
    """A claim that follows by linear arithmetic.

    Attributes
    ----------
    combinations : tuple of Combination
        One, or for "=" one of the difference and one of its negative.
    theorem : Theorem
        The claim's relation between 0 and the difference of its sides, from the inequalities, which are its hypotheses,
        about parts that are its variables.
    """

    combinations: tuple[Combination, ...]
    theorem: Theorem

    def __str__(self) -> str:
        return "; ".join(map(str, self.combinations))


def linear_proof(claim: Claim) -> LinearProof | None:
    """Prove the claim's formula from its conditions by linear arithmetic; None where that does not do."""
    if claim.space is None or claim.sides is None:
        return None
    try:
        return _attempt(claim)
    except (TheorycheckError, TooLargeError, Refused, OverflowError):  # the linear program computes in floats
        return None


def _attempt(claim: Claim) -> LinearProof | None:
    sides = claim.formula.generic
    if sides is None or len(sides) != 2 or any(side.shape not in ((), (BATCH,)) for side in sides):
        return None
    if may_be_infinite(sides):
        return None
    parts: dict[int, Node] = {}
    left, right = (expanded(side, parts) for side in sides)
    gap = sum_of(right, left, -1) if claim.relation in ("<=", "<", "=") else sum_of(left, right, -1)
    known = [*_conditions(claim, parts), *_bounds(claim, parts)]
    known += list(_signs(parts))
    known += list(_products(known, parts))
    strict = claim.relation in ("<", ">")
    goals = [gap, sum_of({}, gap, -1)] if claim.relation == "=" else [gap]
    found = [_combined(goal, known[:COLUMNS], strict=strict) for goal in goals]
    combinations = tuple(combination for combination in found if combination is not None)
    if len(combinations) < len(goals):
        return None
    return LinearProof(combinations, _theorem(gap, combinations, parts, strict=strict))


# ---- what is known -----------------------------------------------------------------------------------------


def _conditions(claim: Claim, parts: dict[int, Node]) -> Iterator[Known]:
    for hypothesis in claim.hypotheses:
        if isinstance(hypothesis, Requirement):
            terms = claim.condition(hypothesis).generic
            if terms is not None and len(terms) == 1 and not may_be_infinite(terms):
                yield from _from_condition(terms[0], hypothesis.latex, parts)


def _from_condition(item: Node, why: str, parts: dict[int, Node]) -> Iterator[Known]:
    if item.op == "and":
        for arg in item.args:
            yield from _from_condition(arg, why, parts)
    if item.op not in ("lt", "le", "gt", "ge", "eq"):
        return
    small, large = (expanded(arg, parts) for arg in item.args)
    if item.op in ("gt", "ge"):
        small, large = large, small
    yield _known(sum_of(large, small, -1), item.op in ("lt", "gt"), why)
    if item.op == "eq":
        yield _known(sum_of(small, large, -1), False, why)


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
            form = sum_of(own, limit, -1) if sign > 0 else sum_of(limit, own, -1)
            yield _known(form, bool(is_open), f"the range of {name}")


def _signs(parts: Mapping[int, Node]) -> Iterator[Known]:
    """Parts that are nonnegative by what they are."""
    for key, part in parts.items():
        square = part.op == "vecdot" and part.args[0] is part.args[1]
        if square or part.op in ("norm", "abs", "sqrt", "exp", "square"):
            yield _known({((key, 1),): Fraction(1)}, part.op == "exp", f"{part.op} is nonnegative")


def _part(form: Form) -> int | None:
    """The part of which a form is a positive multiple, or None."""
    monomial, c = next(iter(form.items()), (ONE, Fraction(0)))
    return monomial[0][0] if len(form) == 1 and len(monomial) == 1 and monomial[0][1] == 1 and c > 0 else None


def _products(known: list[Known], parts: Mapping[int, Node]) -> Iterator[Known]:
    """What is known, times a single part that is known to be nonnegative."""
    factors = [item for item in known if _part(item.form) is not None]
    for item in known:
        for factor in factors:
            try:
                form = product_of(item.form, factor.form)
            except TooLargeError:
                continue
            why = f"{item.why}, times what is nonnegative"
            yield Known(form, item.strict and factor.strict, why, item.form, factor.form)


# ---- the combination ---------------------------------------------------------------------------------------


def _combined(goal: Form, known: list[Known], *, strict: bool) -> Combination | None:
    """Nonnegative multipliers with goal = Σ λ_j h_j + c, c ≥ 0; for a strict goal c > 0 or a strict h_j takes part."""
    exact = _exact_multipliers(goal, known)
    if exact is None:
        return None
    multipliers, constant = exact
    total: Form = {ONE: constant} if constant else {}
    for index, factor in multipliers.items():
        total = sum_of(total, known[index].form, factor)
    if total != goal or constant < 0 or any(factor < 0 for factor in multipliers.values()):
        return None
    if strict and not constant and not any(known[i].strict and f > 0 for i, f in multipliers.items()):
        return None
    return Combination(
        tuple((factor, known[index]) for index, factor in multipliers.items() if factor), constant
    )


def _theorem(
    gap: Form, combinations: tuple[Combination, ...], parts: Mapping[int, Node], *, strict: bool
) -> Theorem:
    """The combinations as a theorem: 0 ≤ gap, 0 < gap, or of a combination for each direction 0 = gap."""
    facts = (form for found in combinations for _, item in found.terms for form in (item.fact, item.times))
    used = dict.fromkeys(part for form in (gap, *facts) for monomial in form for part, _ in monomial)
    names = {part: variable_of_kernel(f"{count}: {parts[part]!r:.120}") for count, part in enumerate(used, 1)}
    zero, difference = number(0), as_term(gap, names)
    above = _inferred(combinations[0], (lt if strict else le)(zero, difference), names)
    if len(combinations) == 1:
        return above
    return infer("antisymmetry", above, _inferred(combinations[1], le(difference, zero), names))


def _inferred(combination: Combination, conclusion: Term, names: Mapping[int, Term]) -> Theorem:
    place: dict[Theorem, int] = {}
    products: list[Any] = [(number(combination.constant), (), ())] if combination.constant else []
    for factor, item in combination.terms:
        relation = lt if item.strict else le
        forms = [item.fact] if item.times == {ONE: 1} else [item.fact, item.times]
        theorems = [infer("assume", formula=relation(number(0), as_term(form, names))) for form in forms]
        places = [place.setdefault(theorem, len(place)) for theorem in theorems]
        powers = tuple((index, places.count(index)) for index in dict.fromkeys(places))
        products.append((number(factor), powers, ()))
    return infer("combination", *place, conclusion=conclusion, products=tuple(products))


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
