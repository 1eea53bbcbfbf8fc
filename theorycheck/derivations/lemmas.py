"""What another claim says at given arguments.

The formula of the claim is evaluated where its names stand for the arguments, so that nothing is renamed; means in it are taken
over random variables that no argument speaks of. Points, and numbers from 0 to 1, may be left out: the claim then speaks of all
of them, which is used where it is the definition of a property (convexity, smoothness, a lower bound). Whether the claim speaks
of the arguments at all is seen when a link is checked (`theorycheck.derivations.discharge`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy

from theorycheck.algebra.expectation import normal_form, random_variables
from theorycheck.algebra.facts import BoundedBelowFacts, ConvexFacts, Fact, Lemma, SmoothFacts
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Atom, InnerProduct, Vector, depends_on, norm_squared, vector
from theorycheck.derivations.comparisons import Comparison, pieces
from theorycheck.derivations.families import Family
from theorycheck.derivations.symbolic_namespace import SymbolicNamespace, exact
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.functions import FunctionDomain, MinimiserOf
from theorycheck.functions.domains import ConstantOf
from theorycheck.spaces import Entries, Real, point
from theorycheck.spaces.discrete import Choice, Dimension, Integer
from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import claim_cited

if TYPE_CHECKING:
    from theorycheck.derivations.symbols import Symbols

NUMBERS = (Real, Integer, Choice, ConstantOf)
"""Domains of numbers."""
MOST_POINTS = 4


@dataclass(frozen=True)
class Instance:
    """A claim at arguments.

    Attributes
    ----------
    claim : Claim
    source : Lemma
    values : Mapping[str, Any]
        Of every name of its space; arbitrary ones where they are left out.
    left_out : tuple of str
    goals : tuple of Comparison
        What its formula says, in pieces.
    """

    claim: Claim
    source: Lemma
    values: Mapping[str, Any]
    left_out: tuple[str, ...]
    goals: tuple[Comparison, ...]

    @property
    def namespace(self) -> SymbolicNamespace:
        return _namespace(self.values)

    @property
    def slacks(self) -> tuple[Any, ...]:
        """What is nonnegative, or 0."""
        return tuple(right - left for left, _, right in self.goals)


def lemma(user: Symbols, claim_id: Any, values: Mapping[str, Any]) -> Any:
    """See `Symbols.lemma`."""
    if not isinstance(claim_id, str):
        raise ClaimError(f"a lemma is named by the id of its claim, not by {claim_id!r:.60}")
    return said(Lemma(claim_id, tuple((name, _given(values[name])) for name in sorted(values))), user)


def said(source: Lemma, user: Symbols) -> Any:
    """The facts that a claim gives at arguments, or those of the property that it says of a function.

    Raises
    ------
    ClaimError
        See `Symbols.lemma`.
    """
    instance = instance_of(source, user)
    if not instance.left_out:
        found = tuple(_facts(instance))
        return found[0] if len(found) == 1 else found
    family = next(_properties(instance), None)
    if family is None:
        missing = ", ".join(instance.left_out)
        raise ClaimError(
            f"{source.claim} needs values for {missing}; what it says for all of them is no property of a function"
        )
    return family


def instance_of(source: Lemma, user: Symbols) -> Instance:
    """Evaluate a claim's formula at arguments.

    Raises
    ------
    ClaimError
        See `Symbols.lemma`.
    """
    claim = _cited(source.claim, user.claim)
    assert claim.space is not None
    given = dict(source.values)
    unknown = [name for name in given if name not in claim.space.domains]
    if unknown:
        declared = ", ".join(claim.space.names)
        raise ClaimError(f"{claim.id} has no {', '.join(unknown)}; its space declares {declared}")
    values: dict[str, Any] = {}
    left_out = []
    for name, domain in claim.space.domains.items():
        if isinstance(domain, Dimension) and name not in given:
            values[name] = dimension_of(user)
        elif name not in given:
            values[name] = _arbitrary(claim, name, domain)
            left_out.append(name)
        else:
            values[name] = _fitting(claim, name, domain, given[name])
    try:
        left, right = claim.evaluate(_namespace(values), values)
        goals = pieces(exact(left), claim.relation, exact(right), user.direction)
    except TheorycheckError as error:
        raise ClaimError(f"{claim.id} has no symbolic form at these values: {error}") from error
    except (TypeError, AttributeError, ValueError, IndexError, NotImplementedError) as error:
        raise ClaimError(f"{claim.id} cannot be evaluated at these values: {error}") from error
    return Instance(claim, source, values, tuple(left_out), goals)


def _cited(claim_id: str, beside: Claim) -> Claim:
    claim = beside if claim_id == beside.id else claim_cited(claim_id, beside)
    if claim is None:
        raise ClaimError(
            f"there is no claim {claim_id}, neither in the same file nor among those that are shipped"
        )
    if claim.members:
        members = ", ".join(member.id for member in claim.members)
        raise ClaimError(f"{claim_id} has no formula of its own; use one of {members}")
    if claim.sides is None or claim.space is None:
        raise ClaimError(f"{claim_id} has no formula, so nothing says what it gives at these values")
    return claim


# ---- arguments -------------------------------------------------------------------------------------------------------


def dimension_of(user: Symbols) -> Any:
    """The dimension of the points of a claim that uses another one; 1 where its space declares none."""
    domains = {} if user.claim.space is None else user.claim.space.domains
    found = [user.values[name] for name, domain in domains.items() if isinstance(domain, Dimension)]
    return found[0] if found else sympy.Integer(1)


def function_of(value: Any) -> AbstractFunction | None:
    """The function that is meant by a function, or by facts of it; None for anything else."""
    if isinstance(value, AbstractFunction):
        return value
    families = value if isinstance(value, tuple) else (value,)
    found = {family.function for family in families if isinstance(family, Family)}
    alike = len(found) == 1 and all(isinstance(family, Family) for family in families)
    return found.pop() if alike else None


def facts_given(source: Lemma, name: str) -> tuple[Family, ...]:
    """The facts that are given with a function."""
    value = dict(source.values).get(name)
    return tuple(v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, Family))


def _given(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(value)
    if isinstance(value, (AbstractFunction, Family, Vector)):
        return value
    if isinstance(value, (str, bool)):
        raise ClaimError(f"{value!r} is no number, point or function of the algebra")
    try:
        return exact(value)
    except (sympy.SympifyError, TypeError, AttributeError) as error:
        raise ClaimError(f"{value!r:.60} is no number, point or function of the algebra") from error


def _fitting(claim: Claim, name: str, domain: Any, value: Any) -> Any:
    """The value, if it is of the kind that a name of the cited claim stands for."""
    if isinstance(domain, FunctionDomain):
        kind, found = "a function, or facts of one", function_of(value)
        fits = found is not None
    elif is_vector(domain):
        kind, found, fits = "a vector", value, isinstance(value, Vector)
    elif isinstance(domain, (*NUMBERS, Dimension)):
        kind, found, fits = "a number", value, isinstance(value, sympy.Expr)
    else:
        raise ClaimError(f"{claim.id}: the algebra has no symbols for what {name} stands for")
    if not fits:
        raise ClaimError(f"{claim.id}: {name} stands for {kind}, not for {value!r:.60}")
    return found


def is_vector(domain: Any) -> bool:
    """Whether a name stands for a vector of the algebra."""
    return isinstance(domain, MinimiserOf) or (type(domain) is Entries and tuple(domain.shape) == ("d",))


def is_any_point(domain: Any) -> bool:
    """Whether a name stands for every point."""
    return type(domain) is Entries and replace(domain, name="", stands_for="") == point()


def _is_from_0_to_1(domain: Any) -> bool:
    return type(domain) is Real and domain.low == 0 and domain.high == 1


def _arbitrary(claim: Claim, name: str, domain: Any) -> Any:
    """Something new that a name may stand for."""
    if is_any_point(domain):
        return vector(f"any {name}", name)
    if _is_from_0_to_1(domain):
        return sympy.Dummy(name, nonnegative=True)
    raise ClaimError(f"{claim.id} needs a value for {name}")


def _namespace(values: Mapping[str, Any]) -> SymbolicNamespace:
    """One whose means are over random variables of which no value speaks."""
    return SymbolicNamespace(frozenset().union(*map(_random_names, values.values())))


def _random_names(value: Any) -> frozenset[str]:
    if isinstance(value, AbstractFunction):
        return value.depends_on | _random_names(value.sigma)
    of_value = value.depends_on if isinstance(value, Vector) else depends_on(value)
    return of_value | {variable.name for variable in random_variables(value)}


# ---- what it says ----------------------------------------------------------------------------------------------------


def _facts(instance: Instance) -> Iterator[Fact]:
    shown = ", ".join(
        f"${sympy.latex(sympy.Symbol(n))} = {shown_value(v)}$" for n, v in instance.values.items()
    )
    for number, ((left, relation, _), slack) in enumerate(zip(instance.goals, instance.slacks, strict=True)):
        if number and left == 0:
            continue  # that B ≥ 0 where ‖v‖² ≤ B² is said
        label = f"{instance.claim.id} at {shown}"
        yield Fact(slack, label, instance.source, strict=relation == "<", zero=relation == "=")


def shown_value(value: Any) -> str:
    """A value in LaTeX."""
    if isinstance(value, AbstractFunction):
        return value.name if value.sigma == 0 else f"{value.name}_{{{sympy.latex(value.sigma)}}}"
    return value.latex() if isinstance(value, Vector) else str(sympy.latex(value))


def _properties(instance: Instance) -> Iterator[Family]:
    """The properties that a claim defines by what it says for all points (and numbers from 0 to 1) that are left out."""
    if any(relation == "=" for _, relation, _ in instance.goals):
        return
    slacks = [normal_form(slack) for slack in instance.slacks]
    arbitrary = [instance.values[name] for name in instance.left_out]
    points = [value for value in arbitrary if isinstance(value, Vector)][:MOST_POINTS]
    numbers = [value for value in arbitrary if not isinstance(value, Vector)]
    for function in sorted(functions_in(slacks), key=lambda f: f.key):
        label = f"{instance.claim.id} for ${shown_value(function)}$"
        for x, y in itertools.permutations(points, 2):
            if len(slacks) == 1:
                yield from _convexity(function, x, y, numbers, slacks[0], instance.source, label)
            elif len(slacks) == 2:
                yield from _smoothness(function, x, y, slacks, instance.source, label)
        for x in points if len(slacks) == 1 and not numbers else ():
            bound = sympy.expand(function(x) - slacks[0])
            if not bound.atoms(Atom):
                strict = instance.goals[0][1] == "<"
                yield BoundedBelowFacts(function, bound, instance.source, label, strict)


def _convexity(
    function: AbstractFunction,
    x: Vector,
    y: Vector,
    numbers: list[Any],
    slack: Any,
    source: Lemma,
    label: str,
) -> Iterator[Family]:
    for t in numbers:
        chord = ConvexFacts(function, sympy.Integer(0), source, label).between(x, y, t).slack
        modulus = _ratio(normal_form(chord) - slack, normal_form(t * (1 - t) * norm_squared(x - y) / 2))
        if not modulus.has(Atom, *numbers):
            yield ConvexFacts(function, modulus, source, label)


def _smoothness(
    function: AbstractFunction, x: Vector, y: Vector, slacks: list[Any], source: Lemma, label: str
) -> Iterator[Family]:
    constant = _ratio(slacks[0] + slacks[1], normal_form(norm_squared(y - x)))
    if constant.has(Atom):
        return
    family = SmoothFacts(function, constant, source, label)
    wanted = [normal_form(fact.slack) for fact in (family.upper(x, y), family.lower(x, y))]
    if all(any(sympy.expand(a - b) == 0 for b in slacks) for a in wanted):
        yield family


def _ratio(numerator: Any, denominator: Any) -> Any:
    return sympy.cancel(sympy.expand(numerator) / denominator)


def functions_in(expressions: Iterable[Any], *, gradients: bool = False) -> set[AbstractFunction]:
    """The functions of which expressions have values or gradients (`gradients`: gradients alone), under means too."""
    found: set[AbstractFunction] = set()
    waiting = list(expressions)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Value):
            found |= set() if gradients else {item.function}
            waiting.append(item.point)
        elif isinstance(item, InnerProduct):
            waiting += [item.left, item.right]
        elif isinstance(item, Vector):
            waiting += [coefficient for _, coefficient in item.terms]
            meanings = [basis.meaning for basis, _ in item.terms if basis.meaning]
            found |= {meaning[1] for meaning in meanings if meaning[0] == "gradient"}
            waiting += [meaning[2] if meaning[0] == "gradient" else meaning[1] for meaning in meanings]
        elif isinstance(item, Atom):
            waiting += [item.inside] if hasattr(item, "inside") else []
        else:
            waiting += item.args
    return found
