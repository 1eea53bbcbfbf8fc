"""The inequalities of `theorycheck.algebra.facts.ELEMENTARY` as theorems of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.vectors import Vector
from theorycheck.derivations.kernel_terms import Names
from theorycheck.kernel import Refused, Term, Theorem, add, infer, le, lt, make, minus, mul, number
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.terms import integer, ordered, substitute
from theorycheck.search.context import Context
from theorycheck.search.values import values_of

ZERO, ONE = number(0), number(1)
COUNTS = tuple(number(c) for c in (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6))
"""Exponents of a factor of a base, a number such as 4 = 2² among them."""
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
    meanings = _meanings(arguments, names)
    for part in ordered(theorem.conclusion.args):
        written = _as_sympy_writes(part, meanings, names)
        if written is not part and not vanishes(add(part, minus(written))):
            theorem = _replaced(theorem, _equality(part, written, show))
    return theorem


def _meanings(arguments: Sequence[Any], names: Names) -> Mapping[Term, Any]:
    """What the arguments that are numbers stand for, and one less: the exponent of the slope of a power."""
    found = {names.term(normal_form(a)): a for a in arguments if not isinstance(a, Vector)}
    return {**{add(term, number(-1)): a - 1 for term, a in found.items()}, **found}


def _as_sympy_writes(part: Term, meanings: Mapping[Term, Any], names: Names) -> Term:
    """f(t) or b^e as SymPy writes it, which knows that cos(−t) = cos t, and takes logarithms and powers of products apart."""
    if not part.args or not all(arg in meanings for arg in part.args):
        return part
    given = [meanings[arg] for arg in part.args]
    if part.head == "power":
        base, exponent = given
        if base.is_Rational and base.p == 1:  # the others stay as they are
            return names.term(base.q ** (-exponent))
        return names.term(sympy.expand_power_base(base**exponent))
    return names.term(normal_form(getattr(sympy, part.head)(*given))) if part.head in FUNCTIONS else part


def _equality(part: Term, written: Term, show: Show) -> Theorem:
    """f(t) = what SymPy writes for it."""
    if part.head == "power":
        return _power_of_product(part, written, show)
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


def _power_of_product(part: Term, written: Term, show: Show) -> Theorem:
    """w^k = a^(ck) · …, where SymPy takes a power apart."""
    of, exponent = part.args
    factors = []
    for factor in written.args if written.head == "mul" else () if written is ONE else (written,):
        base, power_of_base = factor.args if factor.head == "power" else (factor, ONE)
        counts = (c for c in COUNTS if vanishes(add(power_of_base, minus(mul(c, exponent)))))
        count = next(counts, None)
        if count is None:
            raise Refused(f"{part} is not seen to be {written}")
        factors.append((base, count, power_of_base))
    premises = [_sign_of(base, show) for base, _, _ in factors]
    nonnegative = [show(le(ZERO, exponent))] if any(p.conclusion.head == "le" for p in premises) else []
    return infer(
        "power of product", *premises, *nonnegative, of=of, exponent=exponent, factors=tuple(factors)
    )


def _sign_of(base: Term, show: Show) -> Theorem:
    """That a base is positive, or at least not negative."""
    try:
        return show(lt(ZERO, base))
    except Refused:
        return show(le(ZERO, base))


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
    "y^k >= -z^k, z = -y": lambda t, show, values: infer(
        "either sign",
        *values,
        *(show(integer(t[2])), show(le(ZERO, t[2]))),
        base=t[0],
        mirrored=t[1],
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
