"""The inequalities of `theorycheck.algebra.facts.ELEMENTARY` as theorems of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.kernel_terms import Names
from theorycheck.kernel import Refused, Term, Theorem, add, infer, le, lt, make, minus, number
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.terms import ordered, substitute
from theorycheck.search.context import Context
from theorycheck.search.values import values_of

ZERO, ONE = number(0), number(1)
Show = Callable[[Term], Theorem]
"""Finds the theorem of a comparison, or raises `Refused`."""


def elementary_theorem(
    name: str, arguments: Sequence[Any], names: Names, context: Context, show: Show
) -> Theorem:
    """The inequality of one name at given arguments.

    Raises
    ------
    Refused
        If a condition of it is not found.
    """

    def prove(conclusion: Term) -> Theorem | None:
        try:
            return show(conclusion)
        except Refused:
            return None

    terms = [_argument(a, names) for a in arguments]
    theorem = _MADE[name](terms, show, values_of(terms_in(arguments, names), context, prove))
    for part in ordered(theorem.conclusion.args):
        if part.head in FUNCTIONS:
            written = _as_sympy_writes(part, arguments, names)
            if not vanishes(add(part, minus(written))):
                theorem = _replaced(theorem, _equality(part, written, show))
    return theorem


def _as_sympy_writes(part: Term, arguments: Sequence[Any], names: Names) -> Term:
    """f(t) as SymPy writes it, which knows that cos(−t) = cos t, and takes logarithms of products apart."""
    numbers = (a for a in arguments if not isinstance(a, Vector))
    of = next((a for a in numbers if names.term(normal_form(a)) is part.args[0]), None)
    return part if of is None else names.term(normal_form(getattr(sympy, part.head)(of)))


def _equality(part: Term, written: Term, show: Show) -> Theorem:
    """f(t) = what SymPy writes for it."""
    (t,) = part.args
    if written.head == "number" and t.head == "number":
        return infer("value", name=part.head, at=int(t.value))
    if part.head == "log":
        factors = [_multiple(s) for s in (written.args if written.head == "add" else (written,))]
        bases = tuple((log.args[0], c) for log, c in factors if log.head == "log")
        positive = [show(lt(ZERO, base)) for base, _ in bases]
        return infer("logarithm", *positive, of=t, factors=bases)
    mirrored, _ = _multiple(written)
    if mirrored.head != part.head:
        raise Refused(f"{part} is not seen to be {written}")
    return infer("parity", name=part.head, first=t, second=mirrored.args[0])


def _multiple(term: Term) -> tuple[Term, Term]:
    """What a number multiplies, and the number."""
    if term.head == "mul" and len(term.args) == 2 and term.args[0].head == "number":
        return term.args[1], term.args[0]
    return term, ONE


def _replaced(theorem: Theorem, equality: Theorem) -> Theorem:
    """a ≤ b with one part replaced by what is equal to it."""
    sides, (part, written) = theorem.conclusion.args, equality.conclusion.args
    others = [substitute(side, {part: written}) for side in sides]
    moved = [
        infer("replace", equality, theorem, left=side, right=other)
        for side, other in zip(sides, others, strict=True)
    ]
    products = ((number(1), ((0, 1),), ()), (number(-1), ((1, 1),), ()), (number(1), ((2, 1),), ()))
    return infer("combination", theorem, *moved, conclusion=le(*others), products=products)


def terms_in(arguments: Sequence[Any], names: Names) -> list[Term]:
    """The numbers in arguments, of vectors their coefficients."""
    given = (_argument(a, names) for a in arguments)
    return [term for a in given for term in ([a] if isinstance(a, Term) else [c for c, _ in a])]


def _argument(thing: Any, names: Names) -> Any:
    if not isinstance(thing, Vector):
        return names.term(normal_form(thing))
    return tuple((names.term(normal_form(c)), names.vector(basis)) for basis, c in thing.terms)


Made = Callable[[Sequence[Any], Show, Sequence[Theorem]], Theorem]


def _below(head: str, bound: int, sign: int) -> Made:
    """A bound of a function on all numbers, by its range."""

    def made(terms: Sequence[Any], show: Show, values: Sequence[Theorem]) -> Theorem:
        value = make(head, terms[0])
        sides = (value, number(bound)) if sign > 0 else (number(bound), value)
        return infer("range", *values, conclusion=le(*sides))

    return made


_MADE: Mapping[str, Made] = {
    "exp(w) >= 1 + w": lambda t, show, values: infer("elementary", *values, name="exp", term=t[0]),
    "sin(w) <= 1": _below("sin", 1, 1),
    "sin(w) >= -1": _below("sin", -1, -1),
    "cos(w) <= 1": _below("cos", 1, 1),
    "cos(w) >= -1": _below("cos", -1, -1),
    "cos is 1-Lipschitz": lambda t, show, values: infer(
        "lipschitz", *values, name="cos", first=t[0], second=t[1]
    ),
    "log(w) <= w - 1": lambda t, show, values: infer(
        "elementary", show(lt(ZERO, t[0])), name="log below", term=t[0]
    ),
    "Cauchy-Schwarz": lambda t, show, values: infer("cauchy schwarz", *values, first=t[0], second=t[1]),
    "y^k >= x^k + k x^(k-1) (y - x)": lambda t, show, values: infer(
        "tangent",
        *(show(le(ZERO, t[0])), show(le(ZERO, t[1])), show(le(ONE, t[2]))),
        base=t[0],
        at=t[1],
        exponent=t[2],
    ),
    "y^k >= x^k": lambda t, show, values: infer(
        "larger base",
        *(show(le(ZERO, t[1])), show(le(t[1], t[0])), show(le(ZERO, t[2]))),
        lower=t[1],
        upper=t[0],
        exponent=t[2],
    ),
}
