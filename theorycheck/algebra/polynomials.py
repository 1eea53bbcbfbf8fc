"""Polynomial form of identities, as JSON that `theorycheck.replay` re-verifies without SymPy.

The schema ("polynomial identity"): target − Σ multiplier · factor must expand to 0; a POLY is a list of
[coefficient "p/q", {variable: exponent}]. Everything that is not a rational number is a variable: symbols, values,
inner products, roots.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from theorycheck.errors import ClaimError

Poly = list[list[Any]]


def to_poly(expression: Any, named: dict[str, Any] | None = None) -> tuple[Poly, dict[str, str]]:
    """Return the polynomial and the sign of every variable ("positive", "nonnegative" or "real").

    `named` collects which expression each variable stands for.

    Raises
    ------
    ClaimError
        If two different expressions print alike, so that one variable would stand for both.
    """
    poly: Poly = []
    signs: dict[str, str] = {}
    named = {} if named is None else named
    for term in sympy.Add.make_args(sympy.expand(expression)):
        coefficient, exponents = sympy.Integer(1), {}
        for factor in sympy.Mul.make_args(term):
            if factor.is_Rational:
                coefficient *= factor
                continue
            base, exponent = factor.as_base_exp()
            if not exponent.is_Integer:
                base, exponent = factor, sympy.Integer(1)
            name = str(base)
            if named.setdefault(name, base) != base:
                raise ClaimError(f"two different quantities are written {name}; give one of them another name")
            signs[name] = "positive" if base.is_positive else "nonnegative" if base.is_nonnegative else "real"
            exponents[name] = exponents.get(name, 0) + int(exponent)
        if coefficient != 0:
            poly.append([f"{coefficient.p}/{coefficient.q}", exponents])
    return poly, signs


def identity_certificate(target: Any, terms: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Certificate that `target` is Σ multiplier · factor.

    Parameters
    ----------
    target : SymPy expression in normal form
    terms : iterable of mappings
        "kind", "label", "multiplier" and "factor" (SymPy expressions in normal form); for squares also "square_of" (an
        expression) or "vectors" (basis name -> coefficient), from which the factor can be recomputed.
    """
    named: dict[str, Any] = {}
    poly, signs = to_poly(target, named)
    listed = []
    for term in terms:
        entry: dict[str, Any] = {"kind": term["kind"], "label": term["label"], "multiplier_reason": term["label"]}
        for part in ("multiplier", "factor"):
            entry[part], part_signs = to_poly(term[part], named)
            signs.update(part_signs)
        if "square_of" in term:
            entry["square_of"], part_signs = to_poly(term["square_of"], named)
            signs.update(part_signs)
        if "vectors" in term:
            entry["vectors"] = {}
            for name, coefficient in term["vectors"].items():
                entry["vectors"][name], part_signs = to_poly(coefficient, named)
                signs.update(part_signs)
        listed.append(entry)
    return {
        "type": "polynomial identity",
        "variables": sorted(signs),
        "signs": dict(sorted(signs.items())),
        "target": poly,
        "terms": listed,
    }
