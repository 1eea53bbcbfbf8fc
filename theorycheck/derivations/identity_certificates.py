"""Identities of SymPy expressions as certificates that `theorycheck.derivations.replay` re-verifies without SymPy.

The schema ("polynomial identity"): target − Σ multiplier · factor must expand to 0; a POLY is a list of
[coefficient "p/q", {variable: exponent}]. Everything that is not a rational number is a variable: symbols, values,
inner products, roots. Where e^w and e^−w both occur, the second is written as a power −1 of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.derivations.given import Given, Poly, together
from theorycheck.derivations.ranges import NONNEGATIVE, POSITIVE
from theorycheck.derivations.trees import Tree, is_opaque, to_tree
from theorycheck.errors import ClaimError, NotExactError

_TAKEN = re.compile(r"\[.*|<.*|sqrt\(.*\)")
"""What a certificate reads as a tree, an inner product or a root."""


class Variables:
    """What the variables of one certificate stand for."""

    def __init__(self, expressions: Iterable[Any] = ()) -> None:
        self.expressions: dict[str, Any] = {}
        exponentials = {e for expression in expressions for e in sympy.sympify(expression).atoms(sympy.exp)}
        self._inverse = {
            e: sympy.exp(-e.args[0])
            for e in exponentials
            if sympy.exp(-e.args[0]) in exponentials and e.args[0].could_extract_minus_sign()
        }

    def name(self, base: Any, exponent: int) -> tuple[str, int]:
        """Return the variable and exponent by which base^exponent is written.

        Raises
        ------
        ClaimError
            If another expression prints alike, so that one variable would stand for both, or a symbol has the name of a
            root or an inner product.
        """
        if base in self._inverse:
            base, exponent = self._inverse[base], -exponent
        name = str(base)
        if base.is_Symbol and not is_opaque(base) and _TAKEN.fullmatch(name):
            raise ClaimError(f"a symbol is called {name:.60}; give it a plain name")
        if self.expressions.setdefault(name, base) != base:
            raise ClaimError(f"two different quantities are written {name}; give one of them another name")
        return name, exponent

    @property
    def signs(self) -> dict[str, str]:
        """The sign of every variable: "positive", "nonnegative" or "real"."""
        return {
            name: "positive" if base.is_positive else "nonnegative" if base.is_nonnegative else "real"
            for name, base in sorted(self.expressions.items())
        }

    def trees(self) -> dict[str, Tree]:
        """The trees of the variables that are no symbols or atoms but made of them (exp(−x), √2, x − y)."""
        found = {}
        for name, base in sorted(self.expressions.items()):
            if base.is_Symbol or is_opaque(base):
                continue
            try:
                found[name] = to_tree(base)
            except (ClaimError, NotExactError):
                continue
        return found


def to_poly(expression: Any, variables: Variables | None = None) -> Poly:
    """Return the polynomial; `variables` collects which expression each variable stands for.

    Raises
    ------
    ClaimError
        If two different expressions print alike.
    """
    variables = Variables() if variables is None else variables
    poly: Poly = []
    for term in sympy.Add.make_args(sympy.expand(expression)):
        coefficient, exponents = sympy.Integer(1), dict[str, int]()
        for factor in sympy.Mul.make_args(term):
            if factor.is_Rational:
                coefficient *= factor
                continue
            base, exponent = factor.as_base_exp()
            if not exponent.is_Integer or isinstance(factor, sympy.exp):
                base, exponent = factor, sympy.Integer(1)
            name, power = variables.name(base, int(exponent))
            exponents[name] = exponents.get(name, 0) + power
        if coefficient != 0:
            poly.append([f"{coefficient.p}/{coefficient.q}", exponents])
    return poly


def identity_certificate(
    target: Any, terms: Iterable[Mapping[str, Any]], nonnegative_forms: Iterable[Any] = ()
) -> tuple[dict[str, Any], Given]:
    """Certificate that `target` is Σ multiplier · factor, and what its caller vouches for.

    Parameters
    ----------
    target : SymPy expression in normal form
    terms : iterable of mappings
        "kind", "label", "multiplier" and "factor" (SymPy expressions in normal form); for squares also "square_of" (an
        expression) or "vectors" (basis name -> coefficient), from which the factor can be recomputed; where signs of
        variables do not show it, "multiplier_factors" (expressions that are each nonnegative), "multiplier_certificate" or
        "factor_certificate", with "given", what that certificate may use. The factors of hypotheses are vouched for. A
        multiplier with factors ‖v‖² lists these as "multiplier_norms" (the vectors v), and "multiplier_rest" is the product
        of its other factors, of which the factors or the certificate then speak.
    nonnegative_forms : iterable of SymPy expressions
        What the claim makes nonnegative.

    Returns
    -------
    certificate : dict
        JSON-ready.
    given : Given
        Target, signs and meaning of the variables, and facts, as they are on SymPy's side.
    """
    terms, forms = list(terms), list(nonnegative_forms)
    parts = [target, *(term[part] for term in terms for part in ("multiplier", "factor"))]
    variables = Variables(parts)
    poly = to_poly(target, variables)
    listed = [_entry(term, variables) for term in terms]
    known = [form for form in forms if form.free_symbols & set(variables.expressions.values())]
    allowed = [to_poly(form, variables) for form in known]
    trees = variables.trees()
    given = together(
        [
            Given(
                domains={n: _DOMAINS[sign] for n, sign in variables.signs.items() if sign in _DOMAINS},
                facts=(
                    *allowed,
                    *(item["factor"] for item in listed if item["kind"] == "hypothesis"),
                ),
            ),
            *(term["given"] for term in terms if term.get("given") is not None),
        ]
    )
    certificate = {
        "type": "polynomial identity",
        "target": poly,
        "terms": listed,
        "nonnegative_forms": allowed,
        "variables": sorted(variables.expressions),
        "signs": variables.signs,
        "trees": trees,
    }
    return certificate, replace(given, target=poly, trees=trees)


_DOMAINS = {"positive": POSITIVE, "nonnegative": NONNEGATIVE}


def _entry(term: Mapping[str, Any], variables: Variables) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": term["kind"], "label": term["label"], "multiplier_reason": term["label"]}
    for part in ("multiplier", "multiplier_rest", "factor", "square_of"):
        if part in term:
            entry[part] = to_poly(term[part], variables)
    if "multiplier_factors" in term:
        entry["multiplier_factors"] = [to_poly(factor, variables) for factor in term["multiplier_factors"]]
    if "multiplier_norms" in term:
        entry["multiplier_norms"] = [
            {name: to_poly(c, variables) for name, c in vector.items()} for vector in term["multiplier_norms"]
        ]
    if "vectors" in term:
        entry["vectors"] = {name: to_poly(c, variables) for name, c in term["vectors"].items()}
    for part in ("multiplier_certificate", "factor_certificate"):
        if term.get(part) is not None:
            entry[part] = dict(term[part])
    return entry
