"""Does a claim speak of the arguments at which another one uses it?

Each of its hypotheses and what its space says of each name must follow, at the arguments, from what the claim that uses it
assumes: by the kernel for comparisons of numbers; for a property of a function from a hypothesis on that function, or from
facts that are given with it. Its own parts must be defined there. What does not follow is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, get_args

import sympy

from theorycheck.algebra.facts import (
    BoundedBelowFacts,
    ConvexFacts,
    Lemma,
    LipschitzFacts,
    MinimumFacts,
    SmoothFacts,
)
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import Vector, depends_on
from theorycheck.derivations.definedness import conditions, holds, is_nonzero
from theorycheck.derivations.families import PARAMETER, Family, family_of
from theorycheck.derivations.grounds import grounds_of_link
from theorycheck.derivations.lemmas import (
    Instance,
    dimension_of,
    facts_given,
    function_of,
    functions_in,
    instance_of,
    is_any_point,
    said,
    shown_value,
)
from theorycheck.derivations.signs import certainly_real, sign_holds
from theorycheck.derivations.symbolic_namespace import exact
from theorycheck.derivations.symbols import Symbols, symbols_of
from theorycheck.errors import ClaimError
from theorycheck.functions import FiniteSumDomain, FunctionDomain, MinimiserOf
from theorycheck.functions.domains import CONVEXITY, ConstantOf
from theorycheck.spaces import Real
from theorycheck.spaces.discrete import Choice, Dimension, Integer
from theorycheck.statement import properties
from theorycheck.statement.claims import Requirement
from theorycheck.statement.formal import integers_of, ranges_of
from theorycheck.terms import defined
from theorycheck.terms.nodes import may_be_infinite
from theorycheck.terms.program import compiled
from theorycheck.terms.ranges import Range

_BARE = (properties.Continuous, properties.Nonconstant)
"""Properties without facts."""
_PROPERTY_OF_CONSTANT: dict[str, Any] = {
    "smoothness": properties.LSmooth,
    "lipschitz": properties.Lipschitz,
    "strong_convexity": properties.StronglyConvex,
    "lower_bound": properties.BoundedBelow,
}
"""What a number that `constant_of` a function declares says of it."""


def unmet(source: Lemma, claim: Any, known: tuple[Any, ...]) -> str:
    """Say what a cited claim needs at its arguments and the claim does not give, or "" if it gives all.

    Raises
    ------
    ClaimError
        If the cited claim says nothing at these arguments, see `Symbols.lemma`.
    """
    user = symbols_of(claim)
    problem = _Discharge(instance_of(source, user), user, known).problem()
    return f"{source.claim}: {problem}" if problem else ""


def unfounded(family: Family, claim: Any, known: tuple[Any, ...]) -> str:
    """Say why the claim does not give a family of facts of a function, or ""."""
    if type(family) not in get_args(Family):
        return f"{family!r:.60} is no family of facts of the library"
    symbols, function, source = symbols_of(claim), family.function, family.source
    try:
        if isinstance(source, Lemma):
            expected = said(source, symbols)
        elif source in claim.hypotheses:
            expected = symbols.assume(source, min(function.depends_on, default="k"))
        else:
            return f"the claim does not assume {getattr(source, 'latex', source)}"
    except ClaimError as error:
        return str(error)
    if family != expected:
        return f"{family.label}: its source does not speak of ${function.name}$ with these constants"
    if function.sigma != 0 and not certainly_real(function.sigma, known):
        return f"{family.label}: ${sympy.latex(function.sigma)}$ is not known to be a real scale"
    if depends_on(function.sigma):
        return f"{family.label}: the scale of the smoothing is random"
    return unmet(source, claim, known) if isinstance(source, Lemma) else ""


@dataclass(frozen=True)
class _Discharge:
    """One claim at arguments, and what is known where it is used."""

    instance: Instance
    user: Symbols
    known: tuple[Any, ...]

    @property
    def claim(self) -> Any:
        return self.user.claim

    @property
    def values(self) -> Any:
        return self.instance.values

    def problem(self) -> str:
        cited: Any = self.instance.claim
        of_names = (self.name(name, domain) for name, domain in cited.space.domains.items())
        of_hypotheses = (self.hypothesis(hypothesis) for hypothesis in cited.hypotheses)
        for problems in (of_names, of_hypotheses):
            found = next((problem for problem in problems if problem), "")
            if found:
                return found
        return self.dimension() or self.undefined() or self.gradients()

    # ---- names -------------------------------------------------------------------------------------------------------

    def name(self, name: str, domain: Any) -> str:
        """Why the value might be none of those that a name of the cited space stands for, or ""."""
        if name in self.instance.left_out:
            return ""
        value = self.values[name]
        return self.improper(name, value) or (
            "" if self.is_own(domain, value) else self.outside(name, domain, value)
        )

    def improper(self, name: str, value: Any) -> str:
        """Why a value might be undefined, not real or not fixed, or ""."""
        part = value.sigma if isinstance(value, AbstractFunction) else value
        shown = f"${shown_value(part)}$, the value of {name},"
        if not isinstance(part, Vector) and depends_on(part):
            return f"{shown} is random"
        if not certainly_real(part, self.known):
            return f"{shown} is not known to be real"
        problem = next((str(c) for c in conditions(part) if not holds(c, self.known)), "")
        if problem:
            return problem
        for family in facts_given(self.instance.source, name):
            if problem := unfounded(family, self.claim, self.known):
                return problem
        return ""

    def is_own(self, domain: Any, value: Any) -> bool:
        """Whether the value is a name of the using claim that ranges over the same domain, of the same function."""
        own = {} if self.claim.space is None else self.claim.space.domains
        wanted = replace(domain, name="", **_without_function(domain))
        for name, declared in own.items():
            if type(declared) is not type(domain) or self.user.values[name] != value:
                continue
            if replace(declared, name="", **_without_function(declared)) != wanted:
                continue
            pairs = zip(_references(declared), _references(domain), strict=True)
            if all(self.user.values[mine] == self.values[theirs] for mine, theirs in pairs):
                return True
        return False

    def outside(self, name: str, domain: Any, value: Any) -> str:
        shown = f"${shown_value(value)}$, the value of {name},"
        if type(domain) is FunctionDomain:
            return f"{name} stands for certain families of functions alone" if domain.declared else ""
        if type(domain) is FiniteSumDomain:
            return (
                "" if self.is_finite_sum(domain, value) else f"{name} stands for finite sums of another kind"
            )
        if isinstance(domain, Dimension):
            return "" if value == dimension_of(self.user) else f"{shown} is not the dimension of this claim"
        if isinstance(domain, MinimiserOf):
            return f"{shown} is not the minimiser of ${shown_value(self.values[domain.function])}$ that the space declares"
        if type(domain) is Real:
            ends = ((domain.low, domain.open_low, 1), (domain.high, domain.open_high, -1))
            inside = all(self.is_within(value, *end) for end in ends)
            return "" if inside else f"{shown} may lie outside of the bounds of {name}"
        if type(domain) is Integer:
            inside = self.is_within(value, domain.low, False, 1) and self.is_within(
                value, domain.high, False, -1
            )
            whole = value.is_integer is True
            return (
                ""
                if whole and inside
                else f"{shown} is not certainly an integer from {domain.low} to {domain.high}"
            )
        if type(domain) is Choice:
            return (
                "" if _is_one_of(value, domain.values) else f"{shown} is none of the values that {name} has"
            )
        if type(domain) is ConstantOf:
            return self.no_constant(name, domain, value)
        return "" if is_any_point(domain) else f"{shown} is no arbitrary one of what {name} stands for"

    def is_finite_sum(self, domain: FiniteSumDomain, value: Any) -> bool:
        """Whether any finite sum will do, and the value is one with as many samples as the cited claim allows."""
        if domain.declared or domain.tilted or domain.even or self.claim.space is None:
            return False
        return any(
            isinstance(own, FiniteSumDomain)
            and self.user.values[name] == value
            and set(own.counts) <= set(domain.counts)
            for name, own in self.claim.space.domains.items()
        )

    def is_within(self, value: Any, end: Any, is_open: bool, sign: int) -> bool:
        if end is None:
            return True
        if isinstance(end, str):
            end = self.values[end]
        elif isinstance(end, Fraction):
            end = sympy.Rational(end.numerator, end.denominator)
        return sign_holds(sign * (value - end), self.known, strict=is_open)

    def no_constant(self, name: str, domain: ConstantOf, value: Any) -> str:
        """Why a number may be no such constant of the function, or ""."""
        function = self.values[domain.function]
        property_ = _PROPERTY_OF_CONSTANT.get(domain.constant)
        shown = f"${shown_value(value)}$, the value of {name},"
        if property_ is None:
            return f"{shown} is not the number that the space declares for ${shown_value(function)}$"
        if domain.positive and not sign_holds(value, self.known, strict=True):
            return f"{shown} is not certainly positive"
        if domain.constant in CONVEXITY and not sign_holds(value, self.known):
            return f"{shown} is not certainly nonnegative"
        needed = property_(domain.function, name)
        return self.lacks(needed, domain.function, function)

    def dimension(self) -> str:
        """Why the cited claim may not speak of points of this dimension, or ""."""
        cited: Any = self.instance.claim
        mine = dimension_of(self.user)
        declared = next((d.values for d in cited.space.domains.values() if isinstance(d, Dimension)), None)
        has_points = any(isinstance(value, (Vector, AbstractFunction)) for value in self.values.values())
        if declared is None:
            return "it speaks of points of the line" if has_points and mine != 1 else ""
        own = [] if self.claim.space is None else self.claim.space.domains.values()
        sizes = next((d.values for d in own if isinstance(d, Dimension)), (1,))
        if set(sizes) <= set(declared) or (cited.derivation is not None and not _cites(cited)):
            return ""
        return f"it is judged in the dimensions {', '.join(map(str, declared))} alone, for want of a derivation of its own"

    # ---- hypotheses --------------------------------------------------------------------------------------------------

    def hypothesis(self, hypothesis: Any) -> str:
        """Why a hypothesis of the cited claim may not hold, or ""."""
        if self.is_shared(hypothesis):
            return ""
        if isinstance(hypothesis, Requirement):
            return self.condition(hypothesis)
        each = type(hypothesis) is properties.Each
        property_ = hypothesis.of_mean if each else hypothesis
        if type(property_) is properties.Minimises and not each:
            return self.no_minimum(property_)
        if type(property_) not in (*PARAMETER, properties.Convex, *_BARE):
            return f"its hypothesis {hypothesis.latex} is none of this claim"
        function = self.values[property_.function]
        if each:
            function = AbstractFunction(f"{function.name}_k", function.sigma, frozenset({"k"}))
        return self.lacks(property_, property_.function, function, hypothesis.latex)

    def is_shared(self, hypothesis: Any) -> bool:
        """Whether the using claim has the same hypothesis, on names that have the same values."""
        return hypothesis in self.claim.hypotheses and all(
            self.user.values.get(name) == self.values[name] for name in hypothesis.names()
        )

    def condition(self, hypothesis: Requirement) -> str:
        formula = self.instance.claim.condition(hypothesis)
        generic = formula.generic
        if generic is not None and may_be_infinite(generic):
            return f"its condition {hypothesis.latex} speaks of what may be infinite"
        (truth,) = formula.evaluate(self.instance.namespace, self.values)
        return "" if self.is_true(truth) else f"its condition {hypothesis.latex} does not follow"

    def is_true(self, truth: Any) -> bool:
        """Whether a truth value is certainly true."""
        if truth in (True, sympy.true):
            return True
        if isinstance(truth, sympy.And):
            return all(self.is_true(part) for part in truth.args)
        if not isinstance(truth, sympy.core.relational.Relational):
            return False
        difference = exact(truth.lhs) - exact(truth.rhs)
        if not all(holds(c, self.known) for c in conditions(difference)):
            return False
        if truth.rel_op == "==":
            return all(sign_holds(sign * difference, self.known) for sign in (1, -1))
        if truth.rel_op == "!=":
            return is_nonzero(difference, self.known)
        sign = 1 if truth.rel_op in (">", ">=") else -1
        return sign_holds(sign * difference, self.known, strict=truth.rel_op in (">", "<"))

    def no_minimum(self, hypothesis: properties.Minimises) -> str:
        smoothed = self.values[hypothesis.function].smooth(self._value(hypothesis.smoothing))
        wanted = (smoothed, self.values[hypothesis.point])
        found = (self.user.assume(h) for h in self.claim.hypotheses if type(h) is properties.Minimises)
        given = facts_given(self.instance.source, hypothesis.function)
        mine = [family for family in (*found, *given) if isinstance(family, MinimumFacts)]
        if any((family.function, family.point) == wanted for family in mine):
            return ""
        return f"its hypothesis {hypothesis.latex} does not follow"

    def lacks(self, property_: Any, name: str, function: AbstractFunction, latex: str = "") -> str:
        """Why a function may not have a property that is asked of a name of the cited claim, or ""."""
        missing = f"its hypothesis {latex or property_.latex} does not follow for ${shown_value(function)}$"
        if type(property_) in _BARE:
            return "" if self.assumes(type(property_), function) else missing
        needed = family_of(property_, function, self._value, None, "")
        have = (*facts_given(self.instance.source, name), *self.assumed(function))
        return "" if any(self.implies(family, needed) for family in have) else missing

    def _value(self, parameter: Any) -> Any:
        return self.values[parameter] if isinstance(parameter, str) else exact(parameter)

    def assumes(self, kind: type, function: AbstractFunction) -> bool:
        return any(
            type(of) is kind and on == function for of, on in map(self.on_function, self.claim.hypotheses)
        )

    def assumed(self, function: AbstractFunction) -> tuple[Family, ...]:
        """What the using claim assumes of a function: of its own, or of a sample of a finite sum."""
        index_name = min(function.depends_on, default="k")
        return tuple(
            self.user.assume(hypothesis, index_name)
            for hypothesis in self.claim.hypotheses
            for of, on in [self.on_function(hypothesis, index_name)]
            if on == function and type(of) in (*PARAMETER, properties.Convex)
        )

    def on_function(self, hypothesis: Any, index_name: str = "k") -> tuple[Any, AbstractFunction | None]:
        """The property that a hypothesis is, and the function that has it."""
        if type(hypothesis) is properties.Each:
            return hypothesis.of_mean, self.user.sample(hypothesis.function, index_name)
        return hypothesis, function_of(self.user.values.get(getattr(hypothesis, "function", "")))

    def implies(self, have: Family, needed: Family) -> bool:
        if type(have) is not type(needed) or have.function != needed.function:
            return False
        if isinstance(have, ConvexFacts) and isinstance(needed, ConvexFacts):
            return sign_holds(have.modulus - needed.modulus, self.known)
        if isinstance(have, (SmoothFacts, LipschitzFacts)):
            return sign_holds(needed.constant - have.constant, self.known)  # type: ignore[union-attr]
        if isinstance(have, BoundedBelowFacts) and isinstance(needed, BoundedBelowFacts):
            strict = needed.strict and not have.strict
            return sign_holds(have.bound - needed.bound, self.known, strict=strict)
        return False

    # ---- its own parts -----------------------------------------------------------------------------------------------

    def undefined(self) -> str:
        """Which part of the cited claim may have no value at the arguments, or "": it is asserted where all have one."""
        cited: Any = self.instance.claim
        hypotheses = [h for h in cited.hypotheses if isinstance(h, Requirement)]
        assumed = [cited.condition(h).for_values(self.values)[0] for h in hypotheses]
        roots = (*cited.formula.for_values(self.values), *assumed)
        ranges = ranges_of(cited.space)
        sizes = [n for n, domain in cited.space.domains.items() if isinstance(domain, Dimension)]
        ranges.update({name: Range(Fraction(1), False) for name in sizes})
        for condition in defined.conditions(roots, ranges, integers_of(cited.space), assumed):
            (truth,) = compiled((condition.term,))(self.instance.namespace, self.values, 1)
            if not self.is_true(truth):
                return f"a part of it may have no value: ${sympy.latex(truth)}$ does not follow"
        return ""

    def gradients(self) -> str:
        """Which function may have no gradient that the cited claim presupposes, or ""."""
        if self.instance.left_out:
            return ""
        sides = [side for left, _, right in self.instance.goals for side in (left, right)]
        written = functions_in(
            [value for value in self.values.values() if not isinstance(value, AbstractFunction)],
            gradients=True,
        )
        for function in sorted(functions_in(sides, gradients=True) - written, key=lambda f: f.key):
            if is_nonzero(function.sigma, self.known):
                continue
            names = [n for n, value in self.values.items() if value == function]
            given = [family for n in names for family in facts_given(self.instance.source, n)]
            of_plain = self.assumed(replace(function, sigma=sympy.Integer(0)))
            if not any(isinstance(family, SmoothFacts) for family in (*given, *of_plain)):
                return (
                    f"the gradient of ${shown_value(function)}$ may not exist: no hypothesis makes it smooth"
                )
        return ""


def _cites(claim: Any) -> bool:
    """Whether a derivation uses other claims: it holds where those do."""
    facts = (fact for link in claim.derivation(symbols_of(claim)).links for fact in grounds_of_link(link))
    return any(ground.kind == "claim" for ground in facts)


def _without_function(domain: Any) -> dict[str, str]:
    return {"function": ""} if hasattr(domain, "function") else {}


def _references(domain: Any) -> tuple[str, ...]:
    return tuple(getattr(domain, "references", tuple)())


def _is_one_of(value: Any, values: tuple[Any, ...]) -> bool:
    numbers = [Fraction(v) for v in values if not isinstance(v, str)]
    return bool(value.is_Rational) and Fraction(int(value.p), int(value.q)) in numbers
