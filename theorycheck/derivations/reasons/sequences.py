"""Proofs about runs of an algorithm: what holds at every step, summed over the steps or carried along by induction.

A run x_0, x_1, … is given by one step of the algorithm in the algebra. What is followed along it are its *quantities*,
sequences of numbers: means over all that was drawn so far. An inequality of the algebra about one step holds for every
point, so it holds in the mean at every step, and becomes an inequality between members of the sequences:

    k, G = s.index("f"), s.f.smooth(s.sigma).gradient(s.x)
    moved = s.x - s.sample("f").smooth(s.sigma).gradient(s.x) * s.eta
    phi = at_states("phi", s.f.smooth(s.tau)(s.x))         # phi[t] = E f_σ_t(x_t)
    G2 = at_steps("G", norm_squared(G))                    # G2[t] = E‖∇f_σ_t(x_{t−1})‖²
    run = Run(t, {s.x: moved, s.tau: s.sigma}, (phi, G2, …), draws=(k,))
    descent = run.step_fact(one_step, phi[t - 1] - s.eta * G2[t] + … - phi[t])     # ≥ 0 for every t ≥ 1
    chain(Sum(s.eta * G2[t], (t, 1, T)), le(phi[0] - phi[T] + …, summed("add up", over(descent, t, 1, T))))

`one_step` is a chain of links about an arbitrary point s.x, checked here link by link. After a step the state s.x is `moved`
and the number s.tau is s.sigma; in the run, s.tau and s.sigma are therefore σ_{t−1} and σ_t. Hypotheses on such numbers
are read as hypotheses on every step. What is trusted: that the run repeats that step with `draws` that are independent of
the past, and that expectation is linear and monotone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import normal_form
from theorycheck.algebra.integrals import substitute, with_symbols
from theorycheck.algebra.vectors import Atom, Vector, depends_on
from theorycheck.derivations.links import Link
from theorycheck.derivations.reasons.consequences import Term, forms_of, product_of, unsupported
from theorycheck.derivations.reasons.runs import (
    EveryStep,
    Quantity,
    Run,
    StepFact,
    at_states,
    at_steps,
    least_member,
    respects_sign,
    sign_holds_along,
    signs_show,
)
from theorycheck.derivations.reasons.sums import is_at_least_zero
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import known_signs
from theorycheck.derivations.sum_theorems import (
    Evaluated,
    Repeated,
    equality_of_sums,
    inequality_by_induction,
    inequality_of_sums,
)
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import Refused

__all__ = [
    "AtStart",
    "EveryStep",
    "Quantity",
    "Run",
    "StepFact",
    "Steps",
    "Summation",
    "Summed",
    "at",
    "at_states",
    "at_steps",
    "at_the_start",
    "by_induction",
    "by_summation",
    "least_member",
    "over",
    "signs_show",
    "summed",
]

# ---- terms and reasons -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steps:
    """multiplier · Σ weight · slack over t = low … high, which is nonnegative; made by `over` and `at`."""

    fact: StepFact
    t: Any
    low: Any
    high: Any
    weight: Any = sympy.Integer(1)
    multiplier: Any = sympy.Integer(1)

    def __rmul__(self, factor: Any) -> Steps:
        return replace(self, multiplier=sympy.sympify(factor) * self.multiplier)

    @property
    def value(self) -> Any:
        body = self.weight * self.fact.slack.subs(self.fact.t, self.t)
        if self.low == self.high:
            return self.multiplier * body.subs(self.t, self.low)
        return self.multiplier * sympy.Sum(body, (self.t, self.low, self.high))

    def problem(self, claim: Any, known: tuple[Any, ...]) -> str:
        """Why it is not known to be nonnegative, or ""."""
        if not self.low.is_integer or not (self.high.is_integer or self.high == sympy.oo):
            return (
                f"{self.fact.label} is used at {self.low}, …, {self.high}, which are not known to be integers"
            )
        ends = (self.low - self.fact.low, self.fact.high - self.high)
        if not all(end == sympy.oo or is_at_least_zero(end) for end in ends):
            return f"{self.fact.label} is known for t = {self.fact.low}, …, {self.fact.high} only"
        ranges = ((self.t, self.low, self.high),)
        if not sign_holds_along(self.weight, known, ranges) or not sign_holds_along(
            self.multiplier, known, ()
        ):
            return f"the weight ${sympy.latex(self.multiplier * self.weight)}$ is not known to be nonnegative"
        return self.fact.problem(claim)


def over(fact: StepFact, t: Any, low: Any, high: Any, weight: Any = 1) -> Steps:
    """Σ weight · slack over t = low … high, with weights that are nonnegative.

    Raises
    ------
    ClaimError
        If `fact` is none of every step.
    """
    _require_step_fact("over", fact)
    return Steps(fact, t, *map(sympy.sympify, (low, high, weight)))


def at(fact: StepFact, index: Any) -> Steps:
    """The fact at one index.

    Raises
    ------
    ClaimError
        If `fact` is none of every step.
    """
    _require_step_fact("at", fact)
    return Steps(fact, sympy.Dummy("t", integer=True), sympy.sympify(index), sympy.sympify(index))


def _require_step_fact(name: str, fact: Any) -> None:
    if isinstance(fact, EveryStep):
        raise ClaimError(f"{name}(…) takes the fact of the hypothesis {fact.latex}: write .fact after it")
    if not isinstance(fact, StepFact):
        raise ClaimError(
            f"{name}(…) takes a fact of every step, not {fact!r:.60}; they are made by run.step_fact, signs_show, "
            "least_member and EveryStep(…).fact"
        )


@dataclass(frozen=True)
class Summation:
    """Both sides are the same for every length of the sums, see `theorycheck.search.sums`."""

    text: str

    METHOD = "sums of any length"

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", self.METHOD, "an equality cannot justify a strict inequality")
        return _equal(link, claim, self.METHOD, "equal for every length", {})


def _equal(link: Link, claim: Any, method: str, reason: str, definitions: Mapping[Any, Any]) -> LinkResult:
    """Whether the kernel follows that the sides are equal, if some members of sequences are what they are defined to be."""
    left, right = normal_form(link.left), normal_form(link.right)
    meant = {name: normal_form(value) for name, value in definitions.items()}
    try:
        theorem = equality_of_sums(left, right, forms_of(known_signs(claim), left - right), meant)
    except (Refused, NotExactError) as error:
        return LinkResult("unverified", method, f"the kernel does not follow: {error}")
    return LinkResult("verified", method, reason, theorem)


def by_summation(text: str) -> Summation:
    """Equal by the rules for finite sums: linearity, shifted indices, telescoping, geometric sums, exchanged order."""
    return Summation(text)


@dataclass(frozen=True)
class Summed:
    """The difference of the sides is the sum of the terms, for every length; with `on`, by induction on that length.

    By induction: with D the difference of the sides, D is 0 at the smallest length (or of certain sign), and
    D(T + 1) = factor · D(T) + the terms.
    """

    text: str
    terms: tuple[Any, ...]
    on: Any = None
    factor: Any = sympy.Integer(1)

    METHOD = "facts of every step"

    @property
    def expressions(self) -> tuple[Any, ...]:
        """What the terms are made of, before anything cancels, and what they stand for."""
        own = (term for term in self.terms if isinstance(term, Term))
        parts = [part for term in own for part in (term.multiplier, term.slack)]
        return (*parts, *(term.value for term in self.terms))

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts that are used, also inside the chains of steps."""
        own = (term.facts if isinstance(term, Term) else term.fact.facts for term in self.terms)
        return tuple(fact for facts in own for fact in facts)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that its facts are about; a derivation may not mix runs that call two things by one name."""
        facts = (term.fact for term in self.terms if isinstance(term, Steps))
        return tuple(fact.run for fact in facts if fact.run is not None)

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("<=", ">="):
            return self._open("it shows inequalities that are not strict")
        known = known_signs(claim)
        difference = link.right - link.left if link.relation == "<=" else link.left - link.right
        for term in self.terms:
            supported = (
                unsupported(term, claim, known) if isinstance(term, Term) else term.problem(claim, known)
            )
            if supported:
                return self._open(supported)
        problem = "" if self.on is None else self._no_induction(difference, known)
        if problem:
            return self._open(problem)
        sides = (link.left, link.right) if link.relation == "<=" else (link.right, link.left)
        left, right = (normal_form(side) for side in sides)
        parts, forms = [_part(term) for term in self.terms], forms_of(known, right - left)
        try:
            if self.on is None:
                theorem = inequality_of_sums(left, right, parts, forms)
            else:
                factor = normal_form(self.factor)
                theorem = inequality_by_induction(left, right, self.on, factor, parts, forms)
        except (Refused, NotExactError) as error:
            return self._open(f"the kernel does not follow: {error}")
        shown = "; ".join(term.label if isinstance(term, Term) else term.fact.label for term in self.terms)
        how = "the difference is the sum of" if self.on is None else f"by induction on ${self.on}$ from"
        return LinkResult("verified", self.METHOD, f"{how}: {shown}", theorem)

    def _no_induction(self, difference: Any, known: tuple[Any, ...]) -> str:
        if not (self.on.is_Symbol and self.on.is_integer and self.on.is_nonnegative):
            return f"${self.on}$ is no length"
        if any(self.on in part.free_symbols for part in self._parts(difference)):
            return f"${self.on}$ occurs inside a value, a point or a smallest member, where induction does not reach it"
        if not sign_holds_along(self.factor, known, ()):
            return f"the factor ${sympy.latex(self.factor)}$ is not known to be nonnegative"
        return ""

    def _parts(self, difference: Any) -> set[Any]:
        """What SymPy takes for one number: atoms of the algebra, and the range of every smallest member."""
        expressions = (difference, *(term.value for term in self.terms))
        atoms = set().union(*(sympy.sympify(e).atoms(Atom) for e in expressions))
        facts = (term.fact for term in self.terms if isinstance(term, Steps) and term.fact.least is not None)
        return atoms | {fact.high for fact in facts}

    def _open(self, reason: str) -> LinkResult:
        return LinkResult("unverified", self.METHOD, reason)


def _part(term: Steps | Term) -> Repeated | Evaluated:
    """A term for the kernel."""
    if isinstance(term, Term):
        value = normal_form(term.value)
        return Evaluated(value, product_of(term, value))
    slack = normal_form(term.fact.slack.subs(term.fact.t, term.t))
    weight, multiplier = normal_form(term.weight), normal_form(term.multiplier)
    return Repeated(slack, term.fact.low, term.t, term.low, term.high, weight, multiplier)


def summed(text: str, *terms: Any) -> Summed:
    """The difference of the sides is the sum of `over(…)`, `at(…)` and the terms of `consequence`.

    Raises
    ------
    ClaimError
        If a term is none of these.
    """
    return Summed(text, _terms_of_sum(terms))


def by_induction(text: str, on: Any, factor: Any, *terms: Any) -> Summed:
    """D(T + 1) = factor · D(T) + terms for the difference D of the sides; `on` is T, terms speak of step T + 1.

    Raises
    ------
    ClaimError
        If a term is none of those of `summed`.
    """
    return Summed(text, _terms_of_sum(terms), on, sympy.sympify(factor))


def _terms_of_sum(terms: tuple[Any, ...]) -> tuple[Any, ...]:
    for term in terms:
        if not isinstance(term, (Term, Steps)):
            raise ClaimError(
                f"a sum is made of over(…), at(…) and the terms of consequence, not of {term!r:.60}; "
                "use a fact of every step by over(fact, t, low, high) or at(fact, index)"
            )
    return terms


@dataclass(frozen=True)
class AtStart:
    """Member 0 of a quantity of states is its expression at the start, which is not random."""

    text: str
    run: Run
    start: Mapping[Any, Any]

    METHOD = "the start of the run"

    @property
    def runs(self) -> tuple[Run, ...]:
        """The run that begins there."""
        return (self.run,)

    def check(self, link: Link, claim: Any) -> LinkResult:
        if set(self.start) != set(self.run.later) or link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", self.METHOD, "it must name the whole state at the start")
        for a, b in self.start.items():
            if (b.depends_on if isinstance(b, Vector) else depends_on(b)) or not respects_sign(a, b):
                return LinkResult("unverified", self.METHOD, f"the run cannot start with {a} = {b}")
        points = {a.terms[0][0]: b for a, b in self.start.items() if isinstance(a, Vector)}
        numbers = {a: sympy.sympify(b) for a, b in self.start.items() if not isinstance(a, Vector)}
        values = {
            q[0]: substitute(with_symbols(q.expression, numbers), points)
            for q in self.run.quantities
            if q.of_state
        }
        return _equal(link, claim, self.METHOD, "the state at the start put in", values)


def at_the_start(text: str, run: Run, start: Mapping[Any, Any]) -> AtStart:
    """Put in the state before the first step: `{s.x: s.x_0, s.tau: 0}`."""
    return AtStart(text, run, start)
