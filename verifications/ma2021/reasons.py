"""Reasons that the proofs of this paper need: powers with a symbolic exponent, induced norms, claims applied.

`follows(text, term, …)` is `theorycheck.derivations.consequence` with more kinds of terms. Each is an inequality
slack ≥ 0 that is made from its arguments again when it is checked, and whose conditions must be certain:

- `applied(claim, t=…)`: an inequality between numbers that another claim states, at values that its space and its
  hypotheses admit; the claim that uses it must list it under `uses`;
- `concluded(claim)`: what the derivation of another claim concludes, in the same letters;
- `granted_step(slack, text)`: slack ≥ 0 is granted and not executed; the text names the step.

A factor and an expectation go before a term as in the library: `c * term` for c ≥ 0, `averaged(term, variable)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theorycheck import Claim
from theorycheck.algebra import elementary
from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.vectors import Atom
from theorycheck.derivations.combination_theorems import Product, combination_theorem
from theorycheck.derivations.links import Chain, Derivation, Link, derivation
from theorycheck.derivations.reasons.consequences import Consequence, Term, consequence, forms_of, hypothesis
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import known_signs, sign_holds
from theorycheck.derivations.symbols import SymbolicNamespace, symbols_of
from theorycheck.errors import ClaimError
from theorycheck.kernel import Refused, infer

METHOD = "exact combination"


@dataclass(frozen=True)
class Inequality:
    """slack ≥ 0 wherever its conditions are ≥ 0, times a factor, averaged over random variables.

    Slack and conditions are always made from `kind` and `arguments`. `names` are definitions: expressions and what is written
    for them, in the order in which they are replaced.
    """

    kind: str
    arguments: tuple[Any, ...]
    cited: Claim | None = None
    names: tuple[tuple[Any, Any], ...] = ()
    factor: Any = sympy.Integer(1)
    over: tuple[RandomVariable, ...] = ()

    def __rmul__(self, factor: Any) -> Inequality:
        return replace(self, factor=sympy.sympify(factor) * self.factor)

    @property
    def slack(self) -> Any:
        slack = KINDS[self.kind](self)[0]
        for expression, name in self.names:
            slack = slack.xreplace({expression: name})
        return slack

    @property
    def conditions(self) -> tuple[Any, ...]:
        return tuple(KINDS[self.kind](self)[1])

    @property
    def label(self) -> str:
        return str(KINDS[self.kind](self)[2])

    @property
    def value(self) -> Any:
        return expectation(self.factor * self.slack, *self.over)

    def abbreviated(self, names: Mapping[Any, Any]) -> Inequality:
        """The same with expressions replaced by what stands for them by definition."""
        return replace(self, names=(*self.names, *names.items()))


def averaged(term: Inequality, *variables: RandomVariable) -> Inequality:
    """The mean of a term, which is nonnegative for every value of the variables."""
    return replace(term, over=variables)


def power_above_tangent(y: Any, x: Any, k: Any) -> Term:
    """y^k ≥ x^k + k x^{k−1}(y − x) for x, y ≥ 0, k ≥ 1."""
    return hypothesis(elementary("y^k >= x^k + k x^(k-1) (y - x)", y, x, k))


def power_increases(y: Any, x: Any, k: Any) -> Term:
    """y^k ≥ x^k for y ≥ x ≥ 0, k ≥ 0."""
    return hypothesis(elementary("y^k >= x^k", y, x, k))


def power_of_either_sign(y: Any, k: Any) -> Term:
    """y^k ≥ −(−y)^k for an integer k ≥ 0."""
    return hypothesis(elementary("y^k >= -z^k, z = -y", y, -y, k))


def granted_step(slack: Any, text: str) -> Inequality:
    """slack ≥ 0, granted: what a condition that symbols cannot hold says of the letters of a derivation."""
    return Inequality("granted", (sympy.sympify(slack), text))


def concluded(claim: Claim, granting: str = "") -> Inequality:
    """The first conclusion of another claim's derivation, at the same letters.

    `granting` says why the hypotheses of that claim hold where this one does not assume them itself.
    """
    return Inequality("concluded", (granting,), claim)


def conclusion(claim: Claim) -> tuple[Any, str, Any]:
    """What the derivation of a claim says first that it concludes.

    Raises
    ------
    ClaimError
        If it says nothing of its own.
    """
    found = None if claim.derivation is None else claim.derivation(symbols_of(claim)).concludes
    if not found:
        raise ClaimError(f"{claim.id} has no derivation that says what it concludes")
    return found[0]


def applied(claim: Claim, **values: Any) -> Inequality:
    """What another claim says at given numbers.

    Raises
    ------
    ClaimError
        If its sides or one of its hypotheses have no symbolic form.
    """
    made = Inequality("applied", tuple((name, sympy.sympify(value)) for name, value in values.items()), claim)
    _applied(made)
    return made


Made = tuple[Any, Sequence[Any], str]
"""Slack, conditions, label."""
NEVER = sympy.Integer(-1)
"""A condition that is not met."""


def _applied(term: Inequality) -> Made:
    claim = term.cited
    assert claim is not None and claim.space is not None
    values = dict(term.arguments)
    symbols = symbols_of(claim)
    for assumed in claim.hypotheses:
        if symbols.requirement(assumed) is None:
            raise ClaimError(f"{claim.id} cannot be applied: {assumed.latex} has no symbolic form")
    left, right = claim.evaluate(SymbolicNamespace(), values)
    slack = right - left if claim.relation in ("<=", "<") else left - right
    renamed = {symbols.values[name]: value for name, value in values.items()}
    conditions = [condition.xreplace(renamed) for condition in symbols.known]
    for symbol, value in renamed.items():
        unsuitable = (symbol.is_integer and not value.is_integer) or (
            symbol.is_positive and not value.is_positive
        )
        conditions.append(NEVER if unsuitable else sympy.Integer(0))
    return sympy.sympify(slack), conditions, claim.id


def _granted(term: Inequality) -> Made:
    slack, text = term.arguments
    return slack, (), f"granted: {text}"


def _concluded(term: Inequality) -> Made:
    assert term.cited is not None
    (granting,) = term.arguments
    left, relation, right = conclusion(term.cited)
    slack = right - left if relation in ("<=", "<") else left - right
    label = term.cited.id + (f", granting that {granting}" if granting else "")
    return slack, symbols_of(term.cited).known, label


KINDS: dict[str, Callable[[Inequality], Made]] = {
    "applied": _applied,
    "granted": _granted,
    "concluded": _concluded,
}


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
        if link.relation not in ("<=", ">="):
            return LinkResult("unverified", METHOD, "it shows ≤ or ≥ only")
        left, right = normal_form(link.left), normal_form(link.right)
        difference = right - left if link.relation == "<=" else left - right
        difference, *values = _powers(difference, *(normal_form(term.value) for term in own))
        left_over = sympy.expand(difference - sum(values, sympy.Integer(0)))
        rest = Consequence(self.text, tuple(term for term in self.terms if isinstance(term, Term)))
        result = rest.check(Link(link.name, sympy.Integer(0), "<=", left_over, rest), claim)
        if not result.verified:
            return result
        labels = "; ".join((*(_shown(term) for term in own), *(term.label for term in rest.terms)))
        products = [Product(facts=((value, "<="),)) for value in (*values, normal_form(left_over))]
        try:
            theorem = combination_theorem(difference, products, forms_of(known, difference))
        except Refused as error:
            return LinkResult("unverified", METHOD, f"the kernel does not follow the combination: {error}")
        if result.theorem is not None:
            theorem = infer("cut", result.theorem, theorem)
        return LinkResult("verified", METHOD, f"the difference is exactly the sum of: {labels}", theorem)


def follows(text: str, *terms: Term | Inequality) -> Follows | Consequence:
    """Follows from the terms: their sum is exactly the difference of the sides; the text names the steps that are granted."""
    if not any(isinstance(term, Inequality) for term in terms):
        return consequence(text, *terms)
    own = [term for term in terms if isinstance(term, Inequality) and term.kind in ("granted", "concluded")]
    return Follows("; ".join((text, *(term.label for term in own))), terms)


def _powers(*expressions: Any) -> list[Any]:
    """Bring powers of one base to one exponent, b^k = b · b^{k−1} with b written out, so that equal sums look equal.

    The power with the lowest exponent becomes a symbol that is named by its text.
    """
    expanded = [sympy.expand(expression) for expression in expressions]
    found = set().union(*(expression.atoms(sympy.Pow) for expression in expanded))
    powers = [p for p in found if p.base.is_Add and not p.exp.is_Integer]
    lowest: dict[Any, Any] = {}
    for power in powers:
        group, offset = _group(power)
        lowest[group] = min(lowest.get(group, offset), offset)
    common = {g: sympy.Symbol(f"({g[0]})**({g[1] + least})", real=True) for g, least in lowest.items()}
    replaced = {}
    for power in powers:
        group, offset = _group(power)
        replaced[power] = common[group] * group[0] ** (offset - lowest[group])
    return [sympy.expand(sympy.powsimp(sympy.expand(e.xreplace(replaced)))) for e in expanded]


def _group(power: Any) -> tuple[Any, Any]:
    """Base and symbolic part of the exponent, and the integer that is added to it."""
    offset, symbolic = power.exp.as_coeff_Add()
    base = power.base
    if symbolic.is_even and base.could_extract_minus_sign():
        base, offset = -base, offset if offset % 2 == 0 else sympy.nan
    return (base, symbolic), offset


def _unsupported(term: Inequality, claim: Any, known: tuple[Any, ...]) -> str:
    if term.cited is not None and term.cited.id not in claim.uses:
        return f"the claim does not list {term.cited.id} under uses"
    if term.kind == "concluded" and term.cited is not None and not any(term.arguments):
        for hypothesis in term.cited.hypotheses:
            if hypothesis not in claim.hypotheses:
                return f"{term.cited.id} assumes {hypothesis.latex}, which the claim does not"
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
