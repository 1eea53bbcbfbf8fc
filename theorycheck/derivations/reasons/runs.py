"""Runs of an algorithm: the sequences of numbers that are followed along them, and what holds at every step.

See `theorycheck.derivations.reasons.sequences` for how a proof uses them, and for what is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.integrals import names_in, substitute, with_symbols
from theorycheck.algebra.vectors import Vector, depends_on
from theorycheck.derivations.bound_variables import opened
from theorycheck.derivations.links import Chain, Link, check_link
from theorycheck.derivations.reasons.sums import is_at_least_zero
from theorycheck.derivations.signs import known_signs, sign_holds
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
    def trusts(self) -> tuple[str, ...]:
        """The standard theorems that lead from one step to every step of a run."""
        return () if self.run is None else (standard.MEAN, standard.TOWER)

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
        if self.run is not None and (self.low not in (0, 1) or self.high != self.run.last):
            return f"{self.label}: the steps of a run are t = 1, …, its states t = 0, …"
        if self.run is None:
            ranges = ((self.t, self.low, self.high),)
            return (
                ""
                if sign_holds_along(self.slack, known_signs(claim), ranges)
                else f"{self.label}: its sign is not certain"
            )
        return _unlike_chain(self, self.run, self.chains, claim)


def _unlike_chain(fact: StepFact, run: Run, chains: tuple[Chain, ...], claim: Any) -> str:
    problem = _unfit_run(run, claim) or next(
        (p for chain in chains if (p := _unverified(fact, chain, claim))), ""
    )
    if problem:
        return problem
    cases = {(chain.case.low, chain.case.replaced) for chain in chains if chain.case is not None}
    if not chains or (cases and not all((replaced, low) in cases for low, replaced in cases)):
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
    for a, b in run.later.items():
        if not respects_sign(a, b):
            return f"after a step {a} becomes {b}, which may have another sign"
    state = {basis.name for a in run.later if isinstance(a, Vector) for basis, _ in a.terms}
    for hypothesis in claim.hypotheses:
        if hasattr(hypothesis, "condition") and state & set(hypothesis.names()):
            return f"{hypothesis.latex} is a condition on one point, not on every point of the run"
    return ""


def respects_sign(symbol: Any, value: Any) -> bool:
    """Whether a number that takes the place of a symbol has the sign that the symbol is declared to have."""
    if isinstance(symbol, Vector) or isinstance(value, Vector):
        return isinstance(symbol, Vector) and isinstance(value, Vector)
    value = sympy.sympify(value)
    return not (
        (symbol.is_positive and not value.is_positive)
        or (symbol.is_nonnegative and not value.is_nonnegative)
        or (symbol.is_integer and not value.is_integer)
        or not value.is_real
    )


def clashing_runs(links: Any) -> str:
    """Name a sequence that means two things in the links of a derivation, or ""."""
    meanings: dict[Any, Any] = {}
    for link in links:
        for run in getattr(link.reason, "runs", ()):
            for quantity in run.quantities:
                meaning = (tuple(run.later.items()), run.draws)
                if meanings.setdefault(quantity.name, (meaning, quantity)) != (meaning, quantity):
                    return (
                        f"the sequence {quantity.name} belongs to two different runs; give one another name"
                    )
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
    if sympy.sympify(high).is_infinite or not is_at_least_zero(sympy.expand(high - low)):
        raise ClaimError(f"there may be no member from {low} to {high}, hence no smallest one")
    least = _Label(name, f"least {sympy.srepr(member)} {sympy.srepr(t)} {low} {high}")
    low, high = sympy.sympify(low), sympy.sympify(high)
    return least, StepFact(member - least, t, low, high, f"${name}$ is the smallest member", least=least)


def sign_holds_along(expression: Any, known: tuple[Any, ...], ranges: tuple[Any, ...]) -> bool:
    """Whether an expression in members of sequences is certainly ≥ 0 for all indices in their ranges.

    The ranges alone say what an index may be.
    """
    total = sympy.Sum(sympy.sympify(expression), *reversed(ranges)) if ranges else None
    body, inner = (sympy.sympify(expression), ()) if total is None else opened(total)
    return _sign_along(body, (*known, *inner))


def _sign_along(expression: Any, known: tuple[Any, ...]) -> bool:
    if isinstance(expression, sympy.Sum):
        body, inner = opened(expression)
        return _sign_along(body, (*known, *inner))
    if expression.is_Mul and any(factor.has(sympy.Sum) for factor in expression.args):
        return all(_sign_along(factor, known) for factor in expression.args)
    if expression.is_Add and expression.has(sympy.Sum):
        return all(_sign_along(term, known) for term in expression.args)
    if expression.is_nonnegative:
        return True
    for size in sorted(expression.atoms(sympy.Abs), key=str)[:1]:  # |z| is z or −z
        return all(_sign_along(expression.xreplace({size: z}), known) for z in (size.args[0], -size.args[0]))
    members = sorted(expression.atoms(sympy.Indexed), key=str)
    plain = {m: sympy.Symbol(f"m_{n}", **m.assumptions0) for n, m in enumerate(members)}
    return sign_holds(expression.xreplace(plain), known)
