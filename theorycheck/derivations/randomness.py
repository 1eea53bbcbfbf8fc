"""Do the random variables of a derivation fit together, and fit the claim?

A Gaussian vector of the wrong dimension would make E‖u‖² anything, one name for two variables would make E_k f_k two
functions, and ∇f under a mean needs an f whose gradient may be averaged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from theorycheck.algebra.expectation import RandomVariable, random_variables
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Atom, InnerProduct, Vector

AVERAGED = ("LSmooth", "Lipschitz", "Convex", "StronglyConvex")
"""Hypotheses that make f locally Lipschitz, so that E ∇f(x + σu) = ∇f_σ(x) and f(y) − f(x) is the integral of ∇f."""


def inconsistency(link: Any, claim: Any) -> str:
    """Say what is wrong with the random variables of a link, or ""."""
    expressions = (link.left, link.right, *getattr(link.reason, "expressions", ()))
    variables = set().union(*(random_variables(e) for e in expressions))
    problem = clash(variables) or _dimensions(variables, [getattr(link.reason, "dimension", None)], claim)
    return problem or _gradients(expressions, claim)


def of_links(links: Iterable[Any]) -> tuple[set[RandomVariable], list[Any]]:
    """All random variables of some links, and the dimensions that their reasons name."""
    variables: set[RandomVariable] = set()
    dimensions = []
    for link in links:
        for e in (link.left, link.right, *getattr(link.reason, "expressions", ())):
            variables |= random_variables(e)
        dimensions.append(getattr(link.reason, "dimension", None))
    return variables, dimensions


def disagreement(links: Iterable[Any], claim: Any) -> str:
    """Say which random variables of a whole derivation contradict each other, or ""."""
    variables, dimensions = of_links(links)
    return clash(variables) or _dimensions(variables, dimensions, claim)


def clash(variables: Iterable[RandomVariable]) -> str:
    """Say which name stands for two random variables, or ""."""
    declared: dict[str, str] = {}
    for variable in sorted(variables, key=lambda v: v.key):
        if declared.setdefault(variable.name, variable.key) != variable.key:
            return f"two random variables are called {variable.name}; give one of them another name"
    return ""


def _dimensions(variables: Iterable[RandomVariable], named: Iterable[Any], claim: Any) -> str:
    found = {sympy.sympify(v.dimension) for v in variables if v.law == "gaussian"}
    found |= {sympy.sympify(dimension) for dimension in named if dimension is not None}
    expected = _dimension_of(claim)
    if expected is not None:
        wrong = sorted(found - {expected}, key=str)
        return f"a Gaussian vector has the dimension {wrong[0]}; points have {expected}" if wrong else ""
    if len(found) > 1:
        return f"Gaussian vectors have different dimensions: {', '.join(sorted(map(str, found)))}"
    if any(not (d.is_positive and d.is_integer) for d in found):
        return f"the dimension {found.pop()} is not known to be a positive integer"
    return ""


def _dimension_of(claim: Any) -> Any:
    """The dimension of the claim's points: its symbol, 1 where the space declares none, None without a space."""
    if claim is None or claim.space is None:
        return None
    from theorycheck.derivations.symbols import symbols_of

    for name, domain in claim.space.domains.items():
        if type(domain).__name__ == "Dimension":
            return symbols_of(claim).values[name]
    return sympy.Integer(1)


def _gradients(expressions: Iterable[Any], claim: Any) -> str:
    if claim is None or claim.space is None:
        return ""
    regular = {h.function for h in claim.hypotheses if type(h).__name__ in AVERAGED}
    for name in sorted(set().union(*(_averaged(e, frozenset()) for e in expressions))):
        if name in claim.space.names and name not in regular:
            return (
                f"the gradient of {name} is averaged, which needs a hypothesis such as l_smooth({name!r}, …) or "
                f"lipschitz({name!r}, …): a jump of {name} has no gradient, but its smoothing does"
            )
    return ""


def _averaged(thing: Any, over: frozenset[str]) -> set[str]:
    """Names of functions whose own gradient, unsmoothed, is taken at a point that a mean runs over."""
    if isinstance(thing, Vector):
        found = set().union(*(_averaged(c, over) for _, c in thing.terms)) if thing.terms else set()
        for basis, _ in thing.terms:
            if not basis.meaning:
                continue
            if basis.meaning[0] == "mean":
                found |= _averaged(basis.meaning[1], over | {basis.meaning[2].name})
                continue
            _, function, point = basis.meaning
            assert isinstance(function, AbstractFunction)
            if function.sigma == 0 and point.depends_on & over:
                found.add(function.name)
            found |= _averaged(point, over)
        return found
    if isinstance(thing, InnerProduct):
        return _averaged(thing.left, over) | _averaged(thing.right, over)
    if isinstance(thing, Value):
        return _averaged(thing.point, over)
    if isinstance(thing, Atom) and hasattr(thing, "inside"):
        names = {v.name for v in getattr(thing, "variables", ()) if isinstance(v, RandomVariable)}
        return _averaged(thing.inside, over | names)
    parts = getattr(thing, "args", ())
    return set().union(*(_averaged(part, over) for part in parts)) if parts else set()
