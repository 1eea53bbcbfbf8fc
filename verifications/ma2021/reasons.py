"""Reasons that the proofs of this paper need: powers with a symbolic exponent, induced norms, claims applied.

`follows(text, term, …)` is `theorycheck.derivations.consequence` with three more kinds of terms. Each is an inequality
slack ≥ 0 that is made from its arguments again when it is checked, and whose conditions must be certain:

- `power_above_tangent(y, x, k)`: y^k − x^k − k x^{k−1}(y − x) ≥ 0 for x, y ≥ 0 and k ≥ 1 (y ↦ y^k is convex on [0, ∞));
- `power_increases(y, x, k)`: y^k − x^k ≥ 0 for y ≥ x ≥ 0 and k ≥ 0;
- `power_of_either_sign(y, k)`: y^k + (−y)^k ≥ 0 for an integer k ≥ 0 (it is 0 or 2y^k, k even);
- `applied(claim, t=…)`: an inequality between numbers that another claim states, at values that its space and its
  hypotheses admit; the claim that uses it must list it under `uses`.

`in_cases(text, condition, below, above)` splits a link in two: steps for condition ≤ 0 and steps for condition ≥ 0.

A factor and an expectation go before a term as in the library: `c * term` for c ≥ 0, `averaged(term, variable)`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theorycheck import Claim
from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.vectors import Atom
from theorycheck.derivations.links import Chain, Derivation, Link, Step, chain, check_link, derivation
from theorycheck.derivations.reasons.consequences import Consequence, Term
from theorycheck.derivations.reasons.signs import known_signs, sign_holds
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.symbols import SymbolicNamespace, symbols_of

METHOD = "exact combination"


@dataclass(frozen=True)
class Inequality:
    """slack ≥ 0 wherever every one of `conditions` is ≥ 0, times a factor, averaged over random variables."""

    slack: Any
    label: str
    conditions: tuple[Any, ...]
    cited: str = ""
    factor: Any = sympy.Integer(1)
    over: tuple[RandomVariable, ...] = ()

    def __rmul__(self, factor: Any) -> Inequality:
        return replace(self, factor=sympy.sympify(factor) * self.factor)

    @property
    def value(self) -> Any:
        return expectation(self.factor * self.slack, *self.over)

    def abbreviated(self, names: Mapping[Any, Any]) -> Inequality:
        """The same with expressions replaced by their names."""
        return replace(self, slack=self.slack.xreplace(dict(names)))


def averaged(term: Inequality, *variables: RandomVariable) -> Inequality:
    """The mean of a term, which is nonnegative for every value of the variables."""
    return replace(term, over=variables)


def power_above_tangent(y: Any, x: Any, k: Any) -> Inequality:
    """y^k ≥ x^k + k x^{k−1}(y − x) for x, y ≥ 0, k ≥ 1."""
    y, x, k = map(sympy.sympify, (y, x, k))
    slack = y**k - x**k - k * x ** (k - 1) * (y - x)
    label = f"the power lies above its tangent at ${sympy.latex(x)}$"
    return Inequality(slack, label, (y, x, k - 1))


def power_increases(y: Any, x: Any, k: Any) -> Inequality:
    """y^k ≥ x^k for y ≥ x ≥ 0, k ≥ 0."""
    y, x, k = map(sympy.sympify, (y, x, k))
    return Inequality(
        y**k - x**k, f"powers increase from ${sympy.latex(x)}$ to ${sympy.latex(y)}$", (y - x, x, k)
    )


def power_of_either_sign(y: Any, k: Any) -> Inequality:
    """y^k ≥ −(−y)^k for an integer k ≥ 0."""
    y, k = sympy.sympify(y), sympy.sympify(k)
    integer = k if k.is_integer else sympy.Integer(-1)
    return Inequality(
        y**k + (-y) ** k, f"${sympy.latex(y**k)}$ is at least minus its absolute value", (integer,)
    )


def applied(claim: Claim, **values: Any) -> Inequality:
    """What another claim says at given numbers.

    Raises
    ------
    ClaimError
        If its sides have no symbolic form.
    """
    values = {name: sympy.sympify(value) for name, value in values.items()}
    left, right = claim.evaluate(SymbolicNamespace(), values)
    slack = right - left if claim.relation in ("<=", "<") else left - right
    assert claim.space is not None
    symbols = symbols_of(claim)
    renamed = {symbols.values[name]: value for name, value in values.items()}
    conditions = [condition.xreplace(renamed) for condition in symbols.known]
    for name, value in values.items():
        if symbols.values[name].is_integer and value.is_integer is not True:
            conditions.append(sympy.Integer(-1))  # never admitted
    return Inequality(sympy.sympify(slack), claim.id, tuple(conditions), cited=claim.id)


@dataclass(frozen=True)
class Follows:
    """The difference of the two sides is exactly the sum of the terms."""

    text: str
    terms: tuple[Term | Inequality, ...]

    @property
    def expressions(self) -> tuple[Any, ...]:
        """What the terms stand for, with the random variables that they average over."""
        return tuple(term.value for term in self.terms)

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts among the terms of the library."""
        return tuple(fact for term in self.terms if isinstance(term, Term) for fact in term.facts)

    def check(self, link: Link, claim: Any) -> LinkResult:
        own = tuple(term for term in self.terms if isinstance(term, Inequality))
        known = known_signs(claim)
        for term in own:
            problem = _unsupported(term, claim, known)
            if problem:
                return LinkResult("unverified", METHOD, problem)
        total = sum((term.value for term in own), sympy.Integer(0))
        if link.relation not in ("<=", ">="):
            return LinkResult("unverified", METHOD, "it shows ≤ or ≥ only")
        left = link.left + total if link.relation == "<=" else link.left - total
        left, right = normal_form(left), normal_form(link.right)
        rest = Consequence(self.text, tuple(term for term in self.terms if isinstance(term, Term)))
        result = rest.check(
            Link(link.name, _powers(left - right), link.relation, sympy.Integer(0), rest), claim
        )
        if not result.verified:
            return result
        labels = "; ".join((*(_shown(term) for term in own), *(term.label for term in rest.terms)))
        return LinkResult("verified", METHOD, f"the difference is exactly the sum of: {labels}")


def follows(text: str, *terms: Term | Inequality) -> Follows:
    """Follows from the terms: their sum is exactly the difference of the sides."""
    return Follows(text, terms)


def _powers(expression: Any) -> Any:
    """Bring powers of one base to one exponent, b^k = b · b^{k−1} with b written out, so that equal sums look equal."""
    expression = sympy.expand(expression)
    powers = [p for p in expression.atoms(sympy.Pow) if p.base.is_Add and not p.exp.is_Integer]
    lowest: dict[Any, Any] = {}
    for power in powers:
        group, offset = _group(power)
        lowest[group] = min(lowest.get(group, offset), offset)
    common = {group: sympy.Dummy(real=True) for group in lowest}
    replaced = {}
    for power in powers:
        group, offset = _group(power)
        replaced[power] = common[group] * group[0] ** (offset - lowest[group])
    return sympy.expand(sympy.powsimp(sympy.expand(expression.xreplace(replaced))))


def _group(power: Any) -> tuple[Any, Any]:
    """Base and symbolic part of the exponent, and the integer that is added to it."""
    offset, symbolic = power.exp.as_coeff_Add()
    base = power.base
    if symbolic.is_even and base.could_extract_minus_sign():
        base, offset = -base, offset if offset % 2 == 0 else sympy.nan
    return (base, symbolic), offset


def _unsupported(term: Inequality, claim: Any, known: tuple[Any, ...]) -> str:
    if term.cited and term.cited not in claim.uses:
        return f"the claim does not list {term.cited} under uses"
    for condition in term.conditions:
        if not sign_holds(condition, known):
            return f"{term.label} needs ${sympy.latex(condition)} \\ge 0$, which is not certified"
    if not sign_holds(term.factor, known):
        return f"the factor ${sympy.latex(term.factor)}$ is not known to be nonnegative"
    return ""


def _shown(term: Inequality) -> str:
    factor = "" if term.factor == 1 else rf"${sympy.latex(term.factor)}$ × "
    mean = "".join(rf"$\mathbb{{E}}_{{{v.name}}}$ " for v in term.over)
    return f"{mean}{factor}[{term.label}]"


@dataclass(frozen=True)
class Cases:
    """The link holds where `condition` ≤ 0 by the steps `below`, and where it is ≥ 0 by the steps `above`."""

    text: str
    condition: Any
    below: tuple[Step, ...]
    above: tuple[Step, ...]

    def check(self, link: Link, claim: Any) -> LinkResult:
        for steps, sign, name in ((self.below, -1, "\\le"), (self.above, 1, "\\ge")):
            case = f"${sympy.latex(self.condition)} {name} 0$"
            narrowed = dataclasses.replace(
                claim, hypotheses=(*claim.hypotheses, _Case(sign * self.condition, case))
            )
            run = derivation(chain(link.left, *steps))
            whole = run.chains[0]
            if whole.relation not in ("=", link.relation) or normal_form(whole.end - link.right) != 0:
                return LinkResult("unverified", "cases", f"the case {case} does not end in the right side")
            for part in run.links:
                result = check_link(part, narrowed)
                if not result.verified:
                    return LinkResult("unverified", "cases", f"case {case}: {result.reason}")
        return LinkResult("verified", "cases", f"verified for ${sympy.latex(self.condition)}$ of either sign")


@dataclass(frozen=True)
class _Case:
    """`expression` ≥ 0, as a hypothesis of one case."""

    expression: Any
    latex: str

    def names(self) -> tuple[str, ...]:
        return ()

    def holds(self, xp: Any, values: Any) -> Any:
        raise NotImplementedError("a case is a hypothesis on symbols alone")

    def condition(self) -> Any:
        return self.expression >= 0


def in_cases(text: str, condition: Any, *, below: tuple[Step, ...], above: tuple[Step, ...]) -> Cases:
    """Two cases: `condition` ≤ 0 with the steps `below`, `condition` ≥ 0 with the steps `above`."""
    return Cases(text, sympy.sympify(condition), below, above)


def concluding(*chains: Chain) -> Derivation:
    """A derivation that concludes what its chains say, for claims whose formula arrays alone can hold."""
    said = []
    for one in chains:
        flipped = one.relation in (">=", ">")
        start, end = (one.end, one.start) if flipped else (one.start, one.end)
        said.append((start, one.relation.replace(">", "<"), end))
    return derivation(*chains, concludes=tuple(said))


class Random(Atom):
    """A real number that depends on random indices, of which nothing is known but its sign."""

    name: str
    indices: frozenset[str]
    sign: bool

    def __new__(cls, name: str, *indices: str, nonnegative: bool = False) -> Any:
        self = Atom.__new__(cls)
        self.name, self.indices, self.sign = name, frozenset(indices), nonnegative
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, ",".join(sorted(self.indices)), str(self.sign))

    def __reduce__(self) -> Any:
        return _random, (self.name, tuple(sorted(self.indices)), self.sign)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.sign else None

    @property
    def free_symbols(self) -> set[Any]:
        return set()

    @property
    def depends_on(self) -> frozenset[str]:
        return self.indices

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return self.name if exp is None else f"{{{self.name}}}^{{{exp}}}"


def _random(name: str, indices: tuple[str, ...], nonnegative: bool) -> Random:
    return Random(name, *indices, nonnegative=nonnegative)
