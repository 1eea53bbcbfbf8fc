"""Exact polynomials over the rationals, as plain dictionaries, and the rational form of an expression tree.

A monomial is a sorted tuple of (variable, exponent > 0); a polynomial maps monomials to nonzero `Fraction`s;
in JSON it is a list of ["p/q", {variable: exponent}]. A variable is the key of a tree (`trees.key`): a
symbol's name, or the JSON of a subtree that is not polynomial, such as exp(x), which then counts as an
independent variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from theorycheck.derivations.trees import LARGEST_EXPONENT, Tree, key, number, parse_rational
from theorycheck.errors import BudgetError, ReplayError

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
MOST_TERMS = 20_000
HIGHEST_EXPANDED_POWER = 24


def constant(value: int | Fraction) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def variable(name: str, exponent: int = 1) -> Polynomial:
    return {((name, exponent),): Fraction(1)}


def add(*terms: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for term in terms:
        for monomial, coefficient in term.items():
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {monomial: c for monomial, c in total.items() if c}


def scale(p: Polynomial, factor: int | Fraction) -> Polynomial:
    return {monomial: c * factor for monomial, c in p.items()} if factor else {}


def subtract(p: Polynomial, q: Polynomial) -> Polynomial:
    return add(p, scale(q, -1))


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) * len(q) > 50 * MOST_TERMS:
        raise BudgetError(f"a product of polynomials with {len(p)} and {len(q)} terms is too large to expand")
    total: Polynomial = {}
    for m, a in p.items():
        for n, b in q.items():
            monomial = times(m, n)
            total[monomial] = total.get(monomial, Fraction(0)) + a * b
    if len(total) > MOST_TERMS:
        raise BudgetError(f"a polynomial has more than {MOST_TERMS} terms when expanded")
    return {monomial: c for monomial, c in total.items() if c}


def times(m: Monomial, n: Monomial) -> Monomial:
    exponents = dict(m)
    for name, e in n:
        exponents[name] = exponents.get(name, 0) + e
    return tuple(sorted((name, e) for name, e in exponents.items() if e))


def power(p: Polynomial, exponent: int) -> Polynomial:
    if len(p) == 1:
        ((monomial, c),) = p.items()
        return {tuple((name, e * exponent) for name, e in monomial): c**exponent} if exponent else constant(1)
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, p)
    return result


def compose(p: Polynomial, replacements: Mapping[str, Polynomial]) -> Polynomial:
    """Replace variables by polynomials."""
    total: Polynomial = {}
    for monomial, c in p.items():
        term = constant(c)
        for name, e in monomial:
            term = multiply(term, power(replacements.get(name, variable(name)), e))
        total = add(total, term)
    return total


def variables_of(p: Polynomial) -> set[str]:
    return {name for monomial in p for name, _ in monomial}


def degree(p: Polynomial, name: str | None = None) -> int:
    """Total degree, or the degree in one variable."""
    return max((sum(e for n, e in monomial if name in (None, n)) for monomial in p), default=0)


def coefficients(p: Polynomial, name: str) -> dict[int, Polynomial]:
    """Return the coefficient (a polynomial in the other variables) of every power of one variable."""
    result: dict[int, Polynomial] = {}
    for monomial, c in p.items():
        e = dict(monomial).get(name, 0)
        rest = tuple((n, k) for n, k in monomial if n != name)
        result.setdefault(e, {})[rest] = c
    return result


def to_json(p: Polynomial) -> list[list[Any]]:
    return [[str(c), dict(monomial)] for monomial, c in sorted(p.items())]


def from_json(data: Any) -> Polynomial:
    """Read a polynomial.

    Raises
    ------
    ReplayError
        If `data` is malformed.
    """
    if not isinstance(data, list) or len(data) > MOST_TERMS:
        raise ReplayError(f"{data!r:.60} is not a polynomial [[coefficient, {{variable: exponent}}], …]")
    terms = []
    for item in data:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[1], dict):
            raise ReplayError(f"{item!r:.60} is not a term [coefficient, {{variable: exponent}}]")
        for name, e in item[1].items():
            if not isinstance(name, str) or type(e) is not int or not 0 <= e <= LARGEST_EXPONENT:
                raise ReplayError(f"{item!r:.60} has a malformed exponent")
        monomial = tuple(sorted((name, e) for name, e in item[1].items() if e))
        terms.append({monomial: parse_rational(item[0])})
    return add(*terms)


def rational_form(tree: Tree, generators: dict[str, Tree]) -> tuple[Polynomial, Polynomial]:
    """Return numerator and denominator of a tree; `generators` collects the tree of every variable.

    A subtree that is no rational function (exp(x), √x, |x|) counts as a variable.
    """
    head = tree[0]
    if head == "rational":
        return constant(parse_rational(tree[1])), constant(1)
    if head == "add":
        top, bottom = constant(0), constant(1)
        for part in tree[1:]:
            n, d = rational_form(part, generators)
            if d == bottom:
                top = add(top, n)
            else:
                top, bottom = add(multiply(top, d), multiply(n, bottom)), multiply(bottom, d)
        return top, bottom
    if head == "mul":
        top, bottom = constant(1), constant(1)
        for part in tree[1:]:
            n, d = rational_form(part, generators)
            top, bottom = multiply(top, n), multiply(bottom, d)
        return top, bottom
    if head == "pow" and tree[2][0] == "rational":
        exponent = parse_rational(tree[2][1])
        if exponent.denominator == 1:
            return _integer_power(tree[1], int(exponent), generators)
        if exponent.numerator != 1:
            root: Tree = ["pow", tree[1], number(Fraction(1, exponent.denominator))]
            return _integer_power(root, exponent.numerator, generators)
    name = key(tree)
    generators[name] = tree
    return variable(name), constant(1)


def _integer_power(base: Tree, exponent: int, generators: dict[str, Tree]) -> tuple[Polynomial, Polynomial]:
    n, d = rational_form(base, generators)
    if exponent < 0:
        n, d, exponent = d, n, -exponent
        if not d:
            raise BudgetError("an expression divides by zero")
    if exponent > HIGHEST_EXPANDED_POWER and (len(n) > 1 or len(d) > 1):
        raise BudgetError(f"a sum to the power {exponent} is too large to expand")
    return power(n, exponent), power(d, exponent)


def reduced_form(tree: Tree) -> tuple[Polynomial, Polynomial, dict[str, Tree]]:
    """Return numerator, denominator and variables of one tree, see `reduced_forms`."""
    ((top, bottom),), generators = reduced_forms([tree])
    return top, bottom, generators


def reduced_forms(trees: list[Tree]) -> tuple[list[tuple[Polynomial, Polynomial]], dict[str, Tree]]:
    """Return numerators and denominators of trees over common variables, after relations among these were
    used.

    With s = √x also x counts as s²; (√t)² = t; |t|² = t²; cos² = 1 − sin² where both occur.
    """
    generators: dict[str, Tree] = {}
    forms = lowered([part for tree in trees for part in rational_form(tree, generators)], generators)
    return list(zip(forms[::2], forms[1::2], strict=True)), generators


def lowered(forms: list[Polynomial], generators: dict[str, Tree]) -> list[Polynomial]:
    """Polynomials after the relations among their variables were used; their own exponents are ≥ 0 where these have one."""
    for name, g in sorted(generators.items()):
        relation = _relation(g, generators)
        if relation is not None:
            forms = [_lower_powers(p, name, *relation) for p in forms]
    for name, g in sorted(generators.items()):
        if g[0] == "pow" and g[2][0] == "rational" and g[1][0] == "symbol" and g[1][1] in generators:
            whole = {g[1][1]: variable(name, parse_rational(g[2][1]).denominator)}
            forms = [compose(p, whole) for p in forms]
    return forms


def _relation(g: Tree, generators: dict[str, Tree]) -> tuple[int, Polynomial] | None:
    """Return (n, p) when gⁿ is the polynomial p in the other variables."""
    if g[0] == "cos" and key(["sin", g[1]]) in generators:
        return 2, subtract(constant(1), variable(key(["sin", g[1]]), 2))
    if g[0] == "abs":
        exponent, base = 2, ["pow", g[1], number(2)]
    elif g[0] == "pow" and g[2][0] == "rational" and g[1][0] != "symbol":
        exponent, base = parse_rational(g[2][1]).denominator, g[1]
    else:
        return None
    found: dict[str, Tree] = {}
    n, d = rational_form(base, found)
    if set(d) != {()} or key(g) in found:
        return None
    generators.update(found)
    return exponent, scale(n, 1 / d[()])


def _lower_powers(p: Polynomial, name: str, exponent: int, replacement: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for e, rest in coefficients(p, name).items():
        lowered = multiply(rest, power(replacement, e // exponent)) if e >= exponent else rest
        result = add(result, multiply(lowered, variable(name, e % exponent)) if e % exponent else lowered)
    return result


def to_expression(p: Polynomial, generators: Mapping[str, Tree]) -> Tree:
    """Write a polynomial as a tree again."""
    terms = []
    for monomial, c in sorted(p.items()):
        factors: list[Tree] = [number(c)] if c != 1 or not monomial else []
        for name, e in monomial:
            base = generators.get(name, ["symbol", name])
            factors.append(base if e == 1 else ["pow", base, number(e)])
        terms.append(factors[0] if len(factors) == 1 else ["mul", *factors])
    return number(0) if not terms else terms[0] if len(terms) == 1 else ["add", *terms]
