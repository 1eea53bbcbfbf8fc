"""Re-verification of "polynomial identity" certificates: target = Σ multiplier · factor, every product known
to be ≥ 0.

Schema: {"variables": [names], "signs": {name: "positive" | "nonnegative" | "real"}, "target": POLY, "terms":
[{"kind", "label", "multiplier": POLY, "factor": POLY, …}]} with POLY = [["p/q", {variable: exponent}], …]; an
exponent may be negative. A term's kind says why its factor is ≥ 0:

- "hypothesis": as its label says; it is trusted and belongs to what the claim assumes;
- "square": "square_of" is a POLY whose square it is, or "vectors" {name: POLY} are the coefficients cᵢ of a
  vector Σ cᵢeᵢ whose squared norm Σ cᵢcⱼ<eᵢ,eⱼ> it is;
- "nonnegative": by the signs of its variables, or by a "factor_certificate".

A multiplier is ≥ 0 by the signs of its variables, as a product "multiplier_factors" of such POLYs, because
it is one of the "nonnegative_forms" (trusted like hypotheses), or by a "multiplier_certificate"; or it is the
product of the squared norms of "multiplier_norms" (like "vectors") and "multiplier_rest", which is ≥ 0 that way.
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
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.trees import LARGEST_EXPONENT, Tree, compile_tree, parse_rational
from theorycheck.derivations.vanishing import same_when_read
from theorycheck.errors import ReplayError

Replay = Callable[[Mapping[str, Any]], None]
SIGNS = ("positive", "nonnegative", "real")
KINDS = ("hypothesis", "square", "nonnegative")
_ROOT = re.compile(r"sqrt\((.+)\)")


class _Reader:
    """The variables and signs of one certificate, and how its polynomials are read."""

    def __init__(self, certificate: Mapping[str, Any], replay: Replay) -> None:
        names, signs = certificate.get("variables"), certificate.get("signs")
        if not isinstance(names, list) or not all(
            isinstance(n, str) and not n.startswith("[") for n in names
        ):
            raise ReplayError("the identity's list of variables is missing or malformed")
        if not isinstance(signs, dict) or set(signs) != set(names) or not set(signs.values()) <= set(SIGNS):
            raise ReplayError("the identity's signs are missing or malformed")
        self.signs: dict[str, str] = signs
        self.replay = replay
        trees = certificate.get("trees", {})
        if not isinstance(trees, dict) or not set(trees) <= set(names):
            raise ReplayError("the identity's trees are malformed")
        for tree in trees.values():
            compile_tree(tree)  # raises ReplayError on anything malformed
        self.trees: dict[str, Tree] = trees
        self.forms = [self.read(form) for form in certificate.get("nonnegative_forms", [])]

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
        self.replay(certificate)
        if any(self._sharper(name, found) for name, found in certificate["domains"].items()):
            return False
        return same_when_read(self.canonical(p), certificate["target"], self.trees)

    def _sharper(self, name: str, found: Mapping[str, Any]) -> bool:
        """Whether a certificate assumes more of a variable than its sign here (ranges of other symbols are
        trusted).
        """
        return (
            name in self.signs
            and self.signs[name] == "real"
            and (found["low"], found["high"]) != (None, None)
        )


def check_polynomial_identity(certificate: Mapping[str, Any], replay: Replay) -> None:
    """Re-verify one certificate; `replay` re-verifies the certificates of inequalities inside it.

    Raises
    ------
    ReplayError
        If it is malformed, the identity does not hold exactly, or a product is not known to be nonnegative.
    """
    reader = _Reader(certificate, replay)
    terms = certificate.get("terms")
    if not isinstance(terms, list):
        raise ReplayError("the identity has no list of terms")
    total = reader.read(certificate.get("target"))
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
