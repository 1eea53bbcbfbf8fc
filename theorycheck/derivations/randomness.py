"""Do the random variables of a derivation fit together, and fit the claim?

A Gaussian vector of the wrong dimension would make E‖u‖² anything, one name for two variables would make E_k f_k two
functions, and ∇f under a mean needs an f whose gradient may be averaged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from theorycheck.algebra.expectation import (
    Expectation,
    RandomScalar,
    RandomVariable,
    normal_form,
    random_variables,
)
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.mean_rules import recorded_exchanges
from theorycheck.algebra.vectors import Atom
from theorycheck.derivations.definedness import is_nonzero
from theorycheck.derivations.signs import known_signs
from theorycheck.derivations.symbols import symbols_of

AVERAGED = ("LSmooth", "Lipschitz", "Convex", "StronglyConvex")
"""Hypotheses that make f locally Lipschitz, so that E ∇f(x + σu) = ∇f_σ(x)."""


def inconsistency(link: Any, claim: Any) -> str:
    """Say what is wrong with the random variables of a link, or ""."""
    expressions = (link.left, link.right, *getattr(link.reason, "expressions", ()))
    variables = set().union(*(random_variables(e) for e in expressions))
    return (
        clash(variables)
        or _dimensions(variables, [getattr(link.reason, "dimension", None)], claim)
        or _numbers(expressions, variables)
        or _samples(variables, claim)
        or _gradients(expressions, claim)
    )


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
    expected = dimension_of(claim)
    if expected is not None:
        wrong = sorted(found - {expected}, key=str)
        return f"a Gaussian vector has the dimension {wrong[0]}; points have {expected}" if wrong else ""
    if len(found) > 1:
        return f"Gaussian vectors have different dimensions: {', '.join(sorted(map(str, found)))}"
    if any(not (d.is_positive and d.is_integer) for d in found):
        return f"the dimension {found.pop()} is not known to be a positive integer"
    return ""


def dimension_of(claim: Any) -> Any:
    """The dimension of the claim's points: its symbol, 1 where the space declares none, None without a space."""
    if claim is None or claim.space is None:
        return None
    for name, domain in claim.space.domains.items():
        if type(domain).__name__ == "Dimension":
            return symbols_of(claim).values[name]
    return sympy.Integer(1)


def _numbers(expressions: Iterable[Any], variables: Iterable[RandomVariable]) -> str:
    """A random number is in [0, 1] if the variable that is averaged over is, and only then."""
    unit = {v.name: v.law == "uniform" for v in variables}
    for number in set().union(*(_random_numbers(e) for e in expressions)):
        if unit.get(number.name, number.unit) != number.unit:
            return f"{number.name} is uniform on [0, 1] in one place and another number elsewhere"
    return ""


def _random_numbers(expression: Any) -> set[RandomScalar]:
    found: set[RandomScalar] = set()
    for atom in sympy.sympify(expression).atoms(Atom):
        if isinstance(atom, RandomScalar):
            found.add(atom)
        elif isinstance(atom, Expectation):
            found |= _random_numbers(atom.inside)
    return found


def _samples(variables: Iterable[RandomVariable], claim: Any) -> str:
    """E_k f_k = f is what the space says of its finite sum f, and of no other function."""
    if claim is None or claim.space is None:
        return ""
    sums = {n for n, domain in claim.space.domains.items() if type(domain).__name__ == "FiniteSumDomain"}
    for variable in variables:
        for sample, mean in variable.means:
            owner = sample.name.rpartition("_")[0]
            known = mean.name in sums or owner in sums
            own = sample.name == f"{mean.name}_{variable.name}" and mean.name in sums
            if known and not (own and sample.depends_on == {variable.name} and not mean.depends_on):
                return f"the space does not say that the mean of {sample.name} over {variable.name} is {mean.name}"
    return ""


def _gradients(expressions: Iterable[Any], claim: Any) -> str:
    """Why the mean of a gradient may not be taken for the gradient of the smoothed function, or ""."""
    with recorded_exchanges() as exchanged:
        for e in expressions:
            if random_variables(e):
                normal_form(e)
    problems = (irregular(f, claim) for f in sorted(exchanged, key=lambda f: f.key))
    return next((problem for problem in problems if problem), "")


def irregular(function: AbstractFunction, claim: Any, regular: tuple[str, ...] = AVERAGED) -> str:
    """Why a function may jump where the claim has a space, or "": a jump has no gradient, but its smoothing does."""
    if claim is None or claim.space is None:
        return ""
    if _is_regular(function, claim, regular) or is_nonzero(function.sigma, known_signs(claim)):
        return ""
    plain = "" if function.sigma == 0 else f", which is {function.name} itself where {function.sigma} = 0,"
    return (
        f"the gradient of {function.name}{plain} is averaged, which needs a hypothesis on it such as l_smooth or "
        f"convex: a jump of {function.name} has no gradient, but its smoothing does"
    )


def _is_regular(function: AbstractFunction, claim: Any, regular: tuple[str, ...]) -> bool:
    """Whether a hypothesis of the claim makes the function locally Lipschitz: on itself, or on every sample of its sum."""
    for hypothesis in claim.hypotheses:
        each = type(hypothesis).__name__ == "Each"
        if type(hypothesis.of_mean if each else hypothesis).__name__ not in regular:
            continue
        if not function.depends_on and function.name == hypothesis.function:
            return True
        samples = {f"{hypothesis.function}_{name}" for name in function.depends_on}
        if each and len(function.depends_on) == 1 and function.name in samples:
            return True
    return False
