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
from dataclasses import dataclass, field, replace
from typing import Any

import sympy

from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.integrals import names_in, substitute, with_symbols
from theorycheck.algebra.vectors import Vector, depends_on
from theorycheck.derivations.links import Chain, Link, check_link
from theorycheck.derivations.reasons.consequences import Term, _unsupported
from theorycheck.derivations.reasons.signs import known_signs, sign_holds
from theorycheck.derivations.reasons.sums import is_at_least_zero, vanishes
from theorycheck.derivations.results import LinkResult
from theorycheck.errors import ClaimError

# ---- quantities of a run ---------------------------------------------------------------------------------------------


class _Label(sympy.Symbol):  # type: ignore[misc, unused-ignore]  # SymPy is untyped
    """The name of a sequence; two sequences of one name that mean different things are different."""

    meaning: str

    def __new__(cls, name: str, meaning: str, **assumptions: Any) -> Any:
        self = sympy.Symbol.__xnew__(cls, name, real=True, **assumptions)
        self.meaning = meaning
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.meaning)

    def _sympyrepr(self, printer: Any) -> str:
        return f"{self.name}:{self.meaning}"


@dataclass(frozen=True)
class Quantity:
    """A sequence of numbers followed along a run; made by `at_states` and `at_steps`.

    Attributes
    ----------
    name : str
    expression : SymPy expression
        Its mean is the member of the sequence.
    of_state : bool
        Member t belongs to the state after step t (member 0 to the start); else to step t, and speaks of the state
        before the step.
    """

    name: str
    expression: Any
    of_state: bool

    def __getitem__(self, index: Any) -> Any:
        sign = {"nonnegative": True} if self.expression.is_nonnegative else {}
        return sympy.IndexedBase(
            _Label(self.name, f"{self.of_state} {sympy.srepr(self.expression)}", **sign)
        )[index]


def at_states(name: str, expression: Any) -> Quantity:
    """The sequence E expression(x_t), t = 0, 1, …; the expression speaks of the state before a step (s.x, s.tau)."""
    return Quantity(name, sympy.sympify(expression), of_state=True)


def at_steps(name: str, expression: Any) -> Quantity:
    """The sequence of means of what belongs to step t = 1, 2, …: of the state before it and of its own numbers."""
    return Quantity(name, sympy.sympify(expression), of_state=False)


@dataclass(frozen=True)
class Run:
    """A run of an algorithm.

    Attributes
    ----------
    t : SymPy symbol
        The index of the steps 1, 2, …
    later : Mapping of Vector or symbol to Vector or expression
        The state after a step, as a function of the state before it.
    quantities : tuple of Quantity
    draws : tuple of RandomVariable
        What a step draws, independently of the past.
    last : SymPy expression
        The number of steps, by default no end.
    """

    t: Any
    later: Mapping[Any, Any]
    quantities: tuple[Quantity, ...]
    draws: tuple[RandomVariable, ...] = ()
    last: Any = field(default=sympy.oo)

    def step_fact(self, chain: Chain | tuple[Chain, ...], slack: Any, text: str = "every step") -> StepFact:
        """`slack` ≥ 0 for t = 1, 2, …, because `chain` shows it of one step; members t − 1 and t may occur.

        `chain` may be the two chains of `either_order`.
        """
        return StepFact(slack, self.t, sympy.Integer(1), self.last, text, self, _chains(chain))

    def state_fact(self, chain: Chain | tuple[Chain, ...], slack: Any, text: str = "every state") -> StepFact:
        """`slack` ≥ 0 for t = 0, 1, …, because `chain` shows it of every state; only members t may occur."""
        return StepFact(slack, self.t, sympy.Integer(0), self.last, text, self, _chains(chain))

    def after(self, expression: Any) -> Any:
        """The expression one step later, averaged over what the step draws."""
        held = {a: sympy.Dummy() for a in self.later if not isinstance(a, Vector)}
        moved = {a.terms[0][0]: b for a, b in self.later.items() if isinstance(a, Vector)}
        shifted = substitute(with_symbols(expression, held), moved)
        return expectation(with_symbols(shifted, {held[a]: self.later[a] for a in held}), *self.draws)

    def is_random(self, expression: Any) -> bool:
        """Whether the number depends on what was drawn: on a vector of the state, or on a draw."""
        state = {a.terms[0][0] for a in self.later if isinstance(a, Vector)}
        random_numbers = {a for a, b in self.later.items() if not isinstance(a, Vector) and self._is_drawn(b)}
        drawn = names_in(expression) & state or expression.free_symbols & random_numbers
        return bool(drawn or depends_on(expression))

    def _is_drawn(self, expression: Any) -> bool:
        return bool(depends_on(expression) or names_in(sympy.sympify(expression)))

    @property
    def changing(self) -> set[Any]:
        """The symbols of one step that are another number at another step."""
        numbers = {
            c for a, b in self.later.items() if not isinstance(a, Vector) for c in (a, sympy.sympify(b))
        }
        return {c for c in numbers | {q.expression for q in self.quantities} if c.is_Symbol}

    def meanings(self, *, of_states: bool) -> dict[Any, Any]:
        """What the members t − 1 and t of the quantities stand for at one step (or at one state)."""
        meanings: dict[Any, Any] = {}
        for quantity in self.quantities:
            if quantity.of_state and not of_states:
                meanings[quantity[self.t - 1]] = quantity.expression
                meanings[quantity[self.t]] = self.after(quantity.expression)
            elif quantity.of_state or not of_states:
                meanings[quantity[self.t]] = expectation(quantity.expression, *self.draws)
        return meanings


def _chains(chain: Chain | tuple[Chain, ...]) -> tuple[Chain, ...]:
    return (chain,) if isinstance(chain, Chain) else tuple(chain)


@dataclass(frozen=True)
class StepFact:
    """`slack` ≥ 0 for every integer t from `low` to `high`, and why.

    Attributes
    ----------
    slack : SymPy expression
        Of members of sequences.
    t : SymPy symbol
    low, high : SymPy expressions
        `high` may be ∞.
    label : str
        How it prints.
    run : Run or None
    chains : tuple of Chain
        They show it for one step or state of the run.
    hypothesis : EveryStep or None
        A hypothesis of the claim says it.
    least : SymPy symbol or None
        The smallest member, which the fact defines. Without any of these, the signs of the parts must show it.
    """

    slack: Any
    t: Any
    low: Any
    high: Any
    label: str
    run: Run | None = None
    chains: tuple[Chain, ...] = ()
    hypothesis: Any = None
    least: Any = None

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts that its chain uses."""
        steps = (step for chain in self.chains for step in chain.steps)
        return tuple(fact for step in steps for fact in getattr(step.reason, "facts", ()))

    def problem(self, claim: Any) -> str:
        """Why it is not known to hold, or ""."""
        if self.hypothesis is not None:
            own = self.hypothesis in claim.hypotheses and self.hypothesis.fact == self
            return "" if own else f"the claim does not assume {self.label}"
        if self.least is not None:
            again = least_member(self.least.name, self.slack + self.least, self.t, self.low, self.high)[1]
            return "" if again == self else f"{self.label} does not define a smallest member"
        if self.run is None:
            ranges = ((self.t, self.low, self.high),)
            return (
                ""
                if _sign(self.slack, known_signs(claim), ranges)
                else f"{self.label}: its sign is not certain"
            )
        return _unlike_chain(self, self.run, self.chains, claim)


def _unlike_chain(fact: StepFact, run: Run, chains: tuple[Chain, ...], claim: Any) -> str:
    problem = _unfit_run(run, claim) or next((p for chain in chains if (p := _unverified(fact, chain, claim))), "")
    if problem:
        return problem
    cases = {(chain.case.low, chain.case.replaced) for chain in chains if chain.case is not None}
    if not chains or cases and not all((replaced, low) in cases for low, replaced in cases):
        return f"{fact.label}: its chain shows one case only"
    meanings = run.meanings(of_states=fact.low == 0)
    stand_ins = {member: sympy.Dummy(real=True) for member in meanings}
    changing = sorted(fact.slack.free_symbols & run.changing, key=str)
    if changing:
        return f"{fact.label}: {changing[0]} changes along the run; write the sequence that it is a member of"
    symbolic = sympy.expand(fact.slack.xreplace(stand_ins))
    if symbolic.atoms(sympy.Indexed, sympy.Sum) or run.t in symbolic.free_symbols:
        return f"{fact.label}: ${sympy.latex(fact.slack)}$ speaks of other members than those of one step"
    random = [stand_ins[member] for member, meaning in meanings.items() if _is_random(run, member, meaning)]
    if random and symbolic.free_symbols & set(random) and not _is_linear(symbolic, random):
        return f"{fact.label} is not linear in what is random, so it says nothing about means"
    said = symbolic.xreplace({stand_ins[member]: meaning for member, meaning in meanings.items()})
    return next((p for chain in chains if (p := _says_less(fact, said, chain))), "")


def _unverified(fact: StepFact, chain: Chain, claim: Any) -> str:
    left = chain.start
    for number, step in enumerate(chain.steps):
        name = f"{fact.label}, {step.name or f'link {number + 1}'}"
        result = check_link(Link(name, left, step.relation, step.expression, step.reason), claim)
        if not result.verified:
            return f"{name}: {result.reason}"
        left = step.expression
    return ""


def _says_less(fact: StepFact, said: Any, chain: Chain) -> str:
    """Why the chain does not show the inequality (in its case), or ""."""
    shown = chain.start - chain.end if chain.relation in (">=", ">") else chain.end - chain.start
    if depends_on(sympy.sympify(shown)):
        return f"{fact.label}: its chain is about something random"
    if chain.case is not None:
        said = with_symbols(said, {chain.case.replaced: chain.case.high})
    left_over = sympy.expand(normal_form(said) - normal_form(shown))
    if left_over != 0 and sympy.cancel(sympy.together(left_over)) != 0:
        return f"{fact.label} is not what its chain shows; they differ by ${sympy.latex(left_over)}$"
    return ""


def _is_random(run: Run, member: Any, meaning: Any) -> bool:
    quantity = next(q for q in run.quantities if q[member.indices[0]] == member)
    return run.is_random(quantity.expression) or bool(
        quantity.of_state and run.is_random(sympy.sympify(meaning))
    )


def _is_linear(expression: Any, symbols: list[Any]) -> bool:
    try:
        return bool(sympy.Poly(expression, *symbols).total_degree() <= 1)
    except sympy.PolynomialError:
        return False


def _unfit_run(run: Run, claim: Any) -> str:
    """A condition that names the state holds at one point, not along the run; one name stands for one sequence."""
    names = [quantity.name for quantity in run.quantities]
    if len(set(names)) != len(names):
        return "two quantities of the run have one name"
    if any(isinstance(a, Vector) and len(a.terms) != 1 for a in run.later):
        return "the state of a run consists of named vectors and numbers"
    state = {basis.name for a in run.later if isinstance(a, Vector) for basis, _ in a.terms}
    for hypothesis in claim.hypotheses:
        if hasattr(hypothesis, "condition") and state & set(hypothesis.names()):
            return f"{hypothesis.latex} is a condition on one point, not on every point of the run"
    return ""


def signs_show(slack: Any, t: Any, low: Any, high: Any) -> StepFact:
    """`slack` ≥ 0 for t = low … high because of the signs of its parts."""
    return StepFact(
        sympy.sympify(slack), t, sympy.sympify(low), sympy.sympify(high), f"${sympy.latex(slack)} \\ge 0$"
    )


@dataclass(frozen=True)
class EveryStep:
    """A hypothesis on sequences, `slack` ≥ 0 for every t from `low` to `high`; the space draws instances that satisfy it.

    `fact` is what it gives to a derivation.
    """

    slack: Any
    t: Any
    low: Any
    high: Any
    latex: str

    @property
    def fact(self) -> StepFact:
        low, high = sympy.sympify(self.low), sympy.sympify(self.high)
        return StepFact(sympy.sympify(self.slack), self.t, low, high, self.latex, hypothesis=self)

    def names(self) -> tuple[str, ...]:
        return ()

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        first = next(value for value in values.values() if getattr(value, "ndim", 0) >= 1)
        return xp.zeros_like(first.reshape(first.shape[0], -1)[:, 0]) == 0


def least_member(name: str, member: Any, t: Any, low: Any, high: Any) -> tuple[Any, StepFact]:
    """The smallest of finitely many members as a number m, and the facts member − m ≥ 0 for t = low … high.

    With nonnegative weights w_t, Σ w_t (member_t − m) ≥ 0: the minimum is at most every weighted average.

    Raises
    ------
    ClaimError
        If there may be no member.
    """
    member = sympy.sympify(member)
    if not is_at_least_zero(sympy.expand(high - low)):
        raise ClaimError(f"there may be no member from {low} to {high}, hence no smallest one")
    least = _Label(name, f"least {sympy.srepr(member)} {sympy.srepr(t)} {low} {high}")
    low, high = sympy.sympify(low), sympy.sympify(high)
    return least, StepFact(member - least, t, low, high, f"${name}$ is the smallest member", least=least)


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
        ends = (self.low - self.fact.low, self.fact.high - self.high)
        if not all(end == sympy.oo or is_at_least_zero(end) for end in ends):
            return f"{self.fact.label} is known for t = {self.fact.low}, …, {self.fact.high} only"
        ranges = ((self.t, self.low, self.high),)
        if not _sign(self.weight, known, ranges) or not _sign(self.multiplier, known, ()):
            return f"the weight ${sympy.latex(self.multiplier * self.weight)}$ is not known to be nonnegative"
        return self.fact.problem(claim)


def over(fact: StepFact, t: Any, low: Any, high: Any, weight: Any = 1) -> Steps:
    """Σ weight · slack over t = low … high, with weights that are nonnegative."""
    return Steps(fact, t, *map(sympy.sympify, (low, high, weight)))


def at(fact: StepFact, index: Any) -> Steps:
    """The fact at one index."""
    return Steps(fact, sympy.Dummy("t", integer=True), sympy.sympify(index), sympy.sympify(index))


def _sign(expression: Any, known: tuple[Any, ...], ranges: tuple[Any, ...]) -> bool:
    """Whether an expression in members of sequences is certainly ≥ 0 for all indices in their ranges."""
    expression = sympy.sympify(expression)
    if isinstance(expression, sympy.Sum):
        limits = tuple(tuple(limit) for limit in reversed(expression.limits))
        return _sign(expression.function, known, (*ranges, *limits))
    if expression.is_Mul and any(factor.has(sympy.Sum) for factor in expression.args):
        return all(_sign(factor, known, ranges) for factor in expression.args)
    if expression.is_Add and expression.has(sympy.Sum):
        return all(_sign(term, known, ranges) for term in expression.args)
    if expression.is_nonnegative:
        return True
    for size in sorted(expression.atoms(sympy.Abs), key=str)[:1]:  # |z| is z or −z
        return all(_sign(expression.xreplace({size: z}), known, ranges) for z in (size.args[0], -size.args[0]))
    members = sorted(expression.atoms(sympy.Indexed), key=str)
    plain = {m: sympy.Symbol(f"m_{n}", **m.assumptions0) for n, m in enumerate(members)}
    inside = [
        end
        for index, low, high in ranges
        for end in (index - low, high - index)
        if end.is_finite is not False
    ]
    return sign_holds(expression.xreplace(plain), (*known, *inside))


@dataclass(frozen=True)
class Summation:
    """Both sides are the same for every length of the sums, see `theorycheck.derivations.reasons.sums`."""

    text: str

    METHOD = "sums of any length"

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", self.METHOD, "an equality cannot justify a strict inequality")
        problem = vanishes(normal_form(link.left) - normal_form(link.right))
        if problem:
            return LinkResult("unverified", self.METHOD, problem)
        reason = (
            "equal for every length of the sums, and written out for short ones (derived again on a replay)"
        )
        return LinkResult("verified", self.METHOD, reason)


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
        """What the terms stand for that are no sums of facts of steps."""
        return tuple(term.value for term in self.terms if isinstance(term, Term))

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts that are used, also inside the chains of steps."""
        own = (term.facts if isinstance(term, Term) else term.fact.facts for term in self.terms)
        return tuple(fact for facts in own for fact in facts)

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("<=", ">="):
            return self._open("it shows inequalities that are not strict")
        known = known_signs(claim)
        difference = link.right - link.left if link.relation == "<=" else link.left - link.right
        for term in self.terms:
            supported = (
                _unsupported(term, claim, known) if isinstance(term, Term) else term.problem(claim, known)
            )
            if supported:
                return self._open(supported)
        problem = (
            self._inductive_problem(difference, known) if self.on is not None else self._left_over(difference)
        )
        if problem:
            return self._open(problem)
        shown = "; ".join(term.label if isinstance(term, Term) else term.fact.label for term in self.terms)
        how = "the difference is the sum of" if self.on is None else f"by induction on ${self.on}$ from"
        return LinkResult("verified", self.METHOD, f"{how}: {shown} (derived again on a replay)")

    def _left_over(self, difference: Any) -> str:
        return vanishes(normal_form(difference) - sum(normal_form(term.value) for term in self.terms))

    def _inductive_problem(self, difference: Any, known: tuple[Any, ...]) -> str:
        first = 1 if self.on.is_positive else 0
        if not (self.on.is_Symbol and self.on.is_integer and self.on.is_nonnegative):
            return f"${self.on}$ is no length"
        if not _sign(self.factor, known, ()):
            return f"the factor ${sympy.latex(self.factor)}$ is not known to be nonnegative"
        start = normal_form(difference).subs(self.on, first)
        if vanishes(start) and not _sign(start, known, ()):
            return f"the inequality is not evident at ${self.on} = {first}$"
        following = normal_form(difference).subs(self.on, self.on + 1)
        return self._left_over(following - sympy.sympify(self.factor) * difference)

    def _open(self, reason: str) -> LinkResult:
        return LinkResult("unverified", self.METHOD, reason)


def summed(text: str, *terms: Any) -> Summed:
    """The difference of the sides is the sum of `over(…)`, `at(…)` and the terms of `consequence`."""
    return Summed(text, terms)


def by_induction(text: str, on: Any, factor: Any, *terms: Any) -> Summed:
    """D(T + 1) = factor · D(T) + terms for the difference D of the sides; `on` is T, terms speak of step T + 1."""
    return Summed(text, terms, on, sympy.sympify(factor))


@dataclass(frozen=True)
class AtStart:
    """Member 0 of a quantity of states is its expression at the start, which is not random."""

    text: str
    run: Run
    start: Mapping[Any, Any]

    METHOD = "the start of the run"

    def check(self, link: Link, claim: Any) -> LinkResult:
        if set(self.start) != set(self.run.later) or link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", self.METHOD, "it must name the whole state at the start")
        points = {a.terms[0][0]: b for a, b in self.start.items() if isinstance(a, Vector)}
        numbers = {a: sympy.sympify(b) for a, b in self.start.items() if not isinstance(a, Vector)}
        values = {
            q[0]: substitute(with_symbols(q.expression, numbers), points)
            for q in self.run.quantities
            if q.of_state
        }
        problem = vanishes(normal_form(link.left.xreplace(values)) - normal_form(link.right.xreplace(values)))
        if problem:
            return LinkResult("unverified", self.METHOD, problem)
        return LinkResult("verified", self.METHOD, "the state at the start put in")


def at_the_start(text: str, run: Run, start: Mapping[Any, Any]) -> AtStart:
    """Put in the state before the first step: `{s.x: s.x_0, s.tau: 0}`."""
    return AtStart(text, run, start)
