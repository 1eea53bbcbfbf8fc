"""Terms as polynomials in parts that are not looked into: numbers of the space, values of functions, norms, means."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from theorycheck.kernel import Term, add, mul, number, power
from theorycheck.terms.nodes import Node, ordered

Monomial = tuple[tuple[int, int], ...]
"""Pairs (id of a part, exponent), sorted."""
Form = dict[Monomial, Fraction]
ONE: Monomial = ()
LARGEST = 600
"""Monomials of a form."""


class TooLargeError(Exception):
    """A form has more monomials than are looked at."""


def sum_of(first: Form, second: Form, factor: Fraction | int = 1) -> Form:
    total = dict(first)
    for monomial, coefficient in second.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor * coefficient
        if not total[monomial]:
            del total[monomial]
    if len(total) > LARGEST:
        raise TooLargeError
    return total


def product_of(first: Form, second: Form) -> Form:
    if len(first) * len(second) > 20 * LARGEST:
        raise TooLargeError
    total: Form = {}
    for m, a in first.items():
        for n, b in second.items():
            powers = dict(m)
            for part, exponent in n:
                powers[part] = powers.get(part, 0) + exponent
            total = sum_of(total, {tuple(sorted(powers.items())): a * b})
    return total


def expanded(item: Node, parts: dict[int, Node], memo: dict[int, Form] | None = None) -> Form:
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
        return sum_of(first, second)
    if item.op == "sub" and first is not None and second is not None:
        return sum_of(first, second, -1)
    if item.op == "neg" and first is not None:
        return sum_of({}, first, -1)
    if item.op == "mul" and first is not None and second is not None:
        return product_of(first, second)
    if item.op == "square" and first is not None:
        return product_of(first, first)
    if item.op == "div" and first is not None and second is not None and list(second) == [ONE]:
        return {monomial: value / second[ONE] for monomial, value in first.items()}
    if item.op == "pow" and first is not None and item.args[1].op == "constant":
        exponent = item.args[1].params[0]
        if exponent.denominator == 1 and 0 <= exponent <= 6:
            power: Form = {ONE: Fraction(1)}
            for _ in range(int(exponent)):
                power = product_of(power, first)
            return power
    parts[id(item)] = item
    return {((id(item), 1),): Fraction(1)}


def as_term(form: Form, names: Mapping[int, Term]) -> Term:
    """A form as a term of the kernel; `names` gives that of each part."""
    return add(
        *(
            mul(number(c), *(power(names[part], exponent) for part, exponent in monomial))
            for monomial, c in form.items()
        )
    )
