"""Is a polynomial 0 once its variables are what they stand for: roots, exponentials, sums?

What is reduced is exact: (√t)² = t, |t|² = t², cos² = 1 − sin², and products of exponentials: e^a·e^b is e^(a+b), so the
exponents are written as rational combinations of common monomials, e^(N/D) = Π (e^(m/D))^c, and the e^(m/D) count as
independent. A polynomial that reduces to 0 is 0 wherever its parts are defined; one that does not may be 0 all the same.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from fractions import Fraction

from theorycheck.derivations import polynomials
from theorycheck.derivations.polynomials import Monomial, Polynomial
from theorycheck.derivations.trees import Tree
from theorycheck.errors import BudgetError

Ratio = tuple[Polynomial, Polynomial]
"""Numerator and denominator; the denominator is not 0."""


def same_when_read(p: Polynomial, q: Polynomial | Tree, trees: Mapping[str, Tree]) -> bool:
    """Whether a polynomial, exponents of which may be negative, equals another one or a tree.

    Parameters
    ----------
    p : Polynomial
    q : Polynomial or tree
    trees : Mapping[str, Tree]
        What variables stand for; one that is missing is independent of all others.
    """
    generators: dict[str, Tree] = {}
    a, b = _read(p, trees, generators)
    c, d = _read(q, trees, generators) if isinstance(q, dict) else polynomials.rational_form(q, generators)
    return same_ratio((a, b), (c, d), generators)


def same_ratio(first: Ratio, second: Ratio, generators: dict[str, Tree]) -> bool:
    """Whether two fractions are equal, as far as reduction shows; False if a denominator reduces to 0."""
    (a, b), (c, d) = first, second
    forms = [polynomials.subtract(polynomials.multiply(a, d), polynomials.multiply(c, b)), b, d]
    gap, *denominators = [_in_units(form, generators) for form in polynomials.lowered(forms, generators)]
    return not gap and all(denominators)


def _read(p: Polynomial, trees: Mapping[str, Tree], generators: dict[str, Tree]) -> Ratio:
    """A polynomial as a fraction in the generators of its variables' trees."""
    names = polynomials.variables_of(p) & set(trees)
    ratios = {name: polynomials.rational_form(trees[name], generators) for name in sorted(names)}
    for name in sorted(polynomials.variables_of(p) - names):
        generators.setdefault(name, ["symbol", name])
    highest = {name: max(0, *(dict(m).get(name, 0) for m in p)) for name in ratios}
    lowest = {name: min(0, *(dict(m).get(name, 0) for m in p)) for name in ratios}
    total: list[Polynomial] = []
    for monomial, c in p.items():
        exponents = dict(monomial)
        rest = tuple((name, e) for name, e in monomial if name not in ratios)
        product: Polynomial = {rest: c}
        for name, (top, bottom) in ratios.items():
            e = exponents.get(name, 0)
            product = polynomials.multiply(product, polynomials.power(top, e - lowest[name]))
            product = polynomials.multiply(product, polynomials.power(bottom, highest[name] - e))
        total.append(product)
    below = polynomials.constant(1)
    for name, (top, bottom) in ratios.items():
        below = polynomials.multiply(below, polynomials.power(top, -lowest[name]))
        below = polynomials.multiply(below, polynomials.power(bottom, highest[name]))
    return polynomials.add(*total), below


def _in_units(p: Polynomial, generators: Mapping[str, Tree]) -> Polynomial:
    """A polynomial with its exponentials written as powers of the same few."""
    names = [name for name in sorted(polynomials.variables_of(p)) if generators[name][0] == "exp"]
    if not names:
        return p
    exponents = _over_one_denominator([generators[name][1] for name in names])
    powers: dict[str, Monomial] = {name: () for name in names}
    for monomial in sorted({m for exponent in exponents for m in exponent}):
        found = [exponent.get(monomial, Fraction(0)) for exponent in exponents]
        unit = _greatest_common_part([c for c in found if c])
        for name, c in zip(names, found, strict=True):
            if c:
                powers[name] = (*powers[name], (f"[exp of {monomial}]", int(c / unit)))
    return polynomials.compose(p, {name: {tuple(sorted(m)): Fraction(1)} for name, m in powers.items()})


def _over_one_denominator(trees: list[Tree]) -> list[Polynomial]:
    """The numerators of trees, brought to one denominator."""
    ratios, _ = polynomials.reduced_forms(trees)
    if not all(bottom for _, bottom in ratios):
        raise BudgetError("the exponent of an exponential divides by zero")
    below: list[Polynomial] = []
    for _, bottom in ratios:
        if bottom not in below:
            below.append(bottom)
    return [
        functools.reduce(polynomials.multiply, (other for other in below if other != bottom), top)
        for top, bottom in ratios
    ]


def _greatest_common_part(values: list[Fraction]) -> Fraction:
    """The largest number of which all are whole multiples."""
    return Fraction(math.gcd(*(v.numerator for v in values)), math.lcm(*(v.denominator for v in values)))
