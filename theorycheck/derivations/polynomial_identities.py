"""Re-verification of "polynomial identity" certificates: target = Σ multiplier · factor, every product known
to be ≥ 0.

Schema: {"variables": [names], "signs": {name: "positive" | "nonnegative" | "real"}, "target": POLY, "terms":
[{"kind", "label", "multiplier": POLY, "factor": POLY, …}]} with POLY = [["p/q", {variable: exponent}], …]; an
exponent may be negative. A term's kind says why its factor is ≥ 0:

- "hypothesis": it is one of the facts that the caller gives, as its label says;
- "square": "square_of" is a POLY whose square it is, or "vectors" {name: POLY} are the coefficients cᵢ of a
  vector Σ cᵢeᵢ whose squared norm Σ cᵢcⱼ<eᵢ,eⱼ> it is;
- "nonnegative": by the signs of its variables, or by a "factor_certificate".

A multiplier is ≥ 0 by the signs of its variables, as a product "multiplier_factors" of such POLYs, because
it is one of the "nonnegative_forms" (given as facts as well), or by a "multiplier_certificate"; or it is the
product of the squared norms of "multiplier_norms" (like "vectors") and "multiplier_rest", which is ≥ 0 that way.
A sign is given, is that of the variable's tree, or is that of <e,e> ≥ 0.

These certificates speak of trees; an optional "trees" {variable: tree} says which tree a variable such as
exp(-x) is, and identities are compared with every variable put in, see `vanishing`. They are
about values for which no variable with a negative exponent is 0; the link was checked to have no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.given import Given, Poly
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.ranges import NONNEGATIVE, REAL, Range, range_of
from theorycheck.derivations.trees import LARGEST_EXPONENT, Tree, compile_tree, parse_rational
from theorycheck.derivations.vanishing import same_when_read
from theorycheck.errors import ReplayError

Replay = Callable[[Mapping[str, Any], Given], None]
SIGNS = ("positive", "nonnegative", "real")
KINDS = ("hypothesis", "square", "nonnegative")
_ROOT = re.compile(r"sqrt\((.+)\)")
_NORM = re.compile(r"<(.+),(.+)>")


class _Reader:
    """The variables and signs of one certificate, and how its polynomials are read."""

    def __init__(self, certificate: Mapping[str, Any], given: Given, replay: Replay) -> None:
        names, signs = certificate.get("variables"), certificate.get("signs")
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise ReplayError("the identity's list of variables is missing or malformed")
        if not isinstance(signs, dict) or set(signs) != set(names) or not set(signs.values()) <= set(SIGNS):
            raise ReplayError("the identity's signs are missing or malformed")
        self.signs: dict[str, str] = signs
        self.given, self.replay = given, replay
        self.trees = _trees(certificate, given)
        self.facts = [self.read(fact) for fact in given.facts if self._is_about_variables(fact)]
        for name, sign in signs.items():
            self._check_name(name, sign)
        self.forms = [self.read(form) for form in certificate.get("nonnegative_forms", [])]
        if not all(form in self.facts for form in self.forms):
            raise ReplayError("a form that the identity takes to be nonnegative is not given")

    def _check_name(self, name: str, sign: str) -> None:
        """Refuse a variable whose sign is not known, or whose name says more than is known."""
        if name.startswith("["):
            raise ReplayError(f"a variable is named like a tree: {name:.60}")
        found = self.range(name)
        if (sign == "positive" and not found.positive) or (sign == "nonnegative" and not found.nonnegative):
            raise ReplayError(f"the certificate brings its own sign of {name:.60}: {sign}")
        root = f"sqrt({name})"
        if root in self.signs and not found.nonnegative and polynomials.variable(name) not in self.facts:
            raise ReplayError(f"{name:.60} is not known to have a real root")

    def _is_about_variables(self, fact: Poly) -> bool:
        return all(name in self.signs for _, exponents in fact for name in exponents)

    def range(self, name: str) -> Range:
        """Where a variable lies, as given, by its tree, or as the squared norm <e,e>."""
        found = self.given.domains.get(name, REAL)
        of_tree = range_of(self.trees[name], self.given.domains) if name in self.trees else None
        found = found if of_tree is None else found.intersect(of_tree)
        norm = _NORM.fullmatch(name)
        return found.intersect(NONNEGATIVE) if norm and norm[1] == norm[2] else found

    def read(self, data: Any) -> Polynomial:
        """Read a POLY; √v·√v is taken as v."""
        if not isinstance(data, list) or len(data) > polynomials.MOST_TERMS:
            raise ReplayError(f"{data!r:.60} is not a polynomial [[coefficient, {{variable: exponent}}], …]")
        terms = []
        for item in data:
            if not isinstance(item, list) or len(item) != 2 or not isinstance(item[1], dict):
                raise ReplayError(f"{item!r:.60} is not a term [coefficient, {{variable: exponent}}]")
            for name, e in item[1].items():
                if name not in self.signs:
                    raise ReplayError(f"the variable {name!r:.60} is not listed")
                if type(e) is not int or abs(e) > LARGEST_EXPONENT:
                    raise ReplayError(f"{item!r:.60} has a malformed exponent")
            monomial = tuple(sorted((name, e) for name, e in item[1].items() if e))
            terms.append({monomial: parse_rational(item[0])})
        return polynomials.add(*terms)

    def vanishes(self, p: Polynomial) -> bool:
        """Whether a POLY is 0 when its variables are what they stand for."""
        current = self.canonical(p)
        return not current or same_when_read(current, {}, self.trees)

    def canonical(self, p: Polynomial) -> Polynomial:
        """Replace v by (√v)² where the variable √v is listed, and (√n)² by the number n."""
        terms: list[Polynomial] = []
        for monomial, c in p.items():
            coefficient, exponents = c, dict[str, int]()
            for name, e in monomial:
                root = f"sqrt({name})"
                found = _ROOT.fullmatch(name)
                if root in self.signs:
                    exponents[root] = exponents.get(root, 0) + 2 * e
                elif found and found[1].isdecimal() and found[1].isascii() and int(found[1]) > 0:
                    coefficient *= Fraction(int(found[1])) ** (e // 2)
                    exponents[name] = exponents.get(name, 0) + e % 2
                else:
                    exponents[name] = exponents.get(name, 0) + e
            terms.append({tuple(sorted((n, e) for n, e in exponents.items() if e)): coefficient})
        return polynomials.add(*terms)

    def nonnegative(self, p: Polynomial) -> bool:
        """Whether every term is ≥ 0 by the signs of the variables, or the whole is a listed form."""
        return p in self.forms or all(
            c >= 0 and all(self._monomial_sign(name, e) for name, e in monomial) for monomial, c in p.items()
        )

    def _monomial_sign(self, name: str, exponent: int) -> bool:
        sign = self.signs[name]
        return exponent % 2 == 0 or sign == "positive" or (sign == "nonnegative" and exponent > 0)

    def certified(self, p: Polynomial, certificate: Any) -> bool:
        """Whether an inequality's certificate replays and its target is this polynomial."""
        if not isinstance(certificate, dict) or certificate.get("type") in (
            "equality",
            "polynomial identity",
        ):
            return False
        self.replay(certificate, self.given.inside())
        if symbols_of(certificate["target"]) & set(self.trees):
            return False  # the name is that of a tree here and of a symbol there
        return same_when_read(self.canonical(p), certificate["target"], self.trees)


def _trees(certificate: Mapping[str, Any], given: Given) -> dict[str, Tree]:
    """What the variables stand for; a name means one thing."""
    trees = certificate.get("trees", {})
    if not isinstance(trees, dict) or not set(trees) <= set(certificate["variables"]):
        raise ReplayError("the identity's trees are malformed")
    for name, tree in trees.items():
        compile_tree(tree)  # raises ReplayError on anything malformed
        if given.target is not None and given.trees.get(name) != tree:
            raise ReplayError(f"the certificate has its own meaning of {name:.60}")
    symbols = set().union(*(symbols_of(tree) for tree in trees.values()))
    if symbols & set(trees):
        raise ReplayError("the identity's trees give one name two meanings")
    return trees


def check_polynomial_identity(certificate: Mapping[str, Any], given: Given, replay: Replay) -> None:
    """Re-verify one certificate; `replay` re-verifies the certificates of inequalities inside it.

    Raises
    ------
    ReplayError
        If it is malformed, the identity does not hold exactly, or a product is not known to be nonnegative.
    """
    reader = _Reader(certificate, given, replay)
    terms = certificate.get("terms")
    if not isinstance(terms, list):
        raise ReplayError("the identity has no list of terms")
    total = reader.read(certificate.get("target"))
    if given.target is not None and (given.strict or total != reader.read(given.target)):
        raise ReplayError("the identity proves something else than it is used for")
    for term in terms:
        if (
            not isinstance(term, dict)
            or term.get("kind") not in KINDS
            or not isinstance(term.get("label"), str)
        ):
            raise ReplayError(f"{term!r:.80} is not a term of an identity")
        multiplier, factor = reader.read(term.get("multiplier")), reader.read(term.get("factor"))
        _check_multiplier(term, multiplier, reader)
        _check_factor(term, factor, reader)
        total = polynomials.subtract(total, polynomials.multiply(multiplier, factor))
    if not reader.vanishes(total):
        raise ReplayError("the terms do not add up to the target")


def _check_multiplier(term: Mapping[str, Any], multiplier: Polynomial, reader: _Reader) -> None:
    if reader.nonnegative(multiplier):
        return
    if "multiplier_norms" in term:
        rest = reader.read(term.get("multiplier_rest"))
        product = rest
        for vectors in term["multiplier_norms"]:
            product = polynomials.multiply(product, _squared_norm(vectors, reader))
        if not reader.vanishes(polynomials.subtract(product, multiplier)):
            raise ReplayError(f"the multiplier of {term['label']!r:.80} is not the product that it says")
        _check_multiplier(
            {name: part for name, part in term.items() if name != "multiplier_norms"}, rest, reader
        )
        return
    if "multiplier_factors" in term:
        product = polynomials.constant(1)
        parts = [reader.read(part) for part in term["multiplier_factors"]]
        for part in parts:
            product = polynomials.multiply(product, part)
        if all(reader.nonnegative(part) for part in parts) and reader.vanishes(
            polynomials.subtract(product, multiplier)
        ):
            return
    if "multiplier_certificate" in term and reader.certified(multiplier, term["multiplier_certificate"]):
        return
    raise ReplayError(f"the multiplier of {term['label']!r:.80} is not known to be nonnegative")


def _check_factor(term: Mapping[str, Any], factor: Polynomial, reader: _Reader) -> None:
    if term["kind"] == "hypothesis":
        if factor not in reader.facts:
            raise ReplayError(f"the certificate brings its own hypothesis {term['label']!r:.80}")
        return
    if term["kind"] == "nonnegative":
        if reader.nonnegative(factor) or reader.certified(factor, term.get("factor_certificate")):
            return
        raise ReplayError(f"the sign of {term['label']!r:.80} is not certified")
    if "vectors" in term:
        expected = _squared_norm(term["vectors"], reader)
    elif "square_of" in term:
        root = reader.read(term["square_of"])
        expected = polynomials.multiply(root, root)
    else:
        raise ReplayError(f"the square {term['label']!r:.80} does not say what it is the square of")
    if not reader.vanishes(polynomials.subtract(factor, expected)):
        raise ReplayError(f"{term['label']!r:.80} is not the square that it says")


def _squared_norm(vectors: Any, reader: _Reader) -> Polynomial:
    if not isinstance(vectors, dict):
        raise ReplayError("the coefficients of a vector are malformed")
    coefficients = {name: reader.read(c) for name, c in vectors.items()}
    total: Polynomial = {}
    for a, first in coefficients.items():
        for b, second in coefficients.items():
            name = "<{},{}>".format(*sorted((a, b)))
            product = polynomials.multiply(first, second)
            total = polynomials.add(total, polynomials.multiply(product, polynomials.variable(name)))
    return total
