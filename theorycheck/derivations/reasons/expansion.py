"""Equalities: by expansion, along a segment, of finite sums of any length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.expectation import RandomVariable, expectation, normal_form
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.integrals import is_structured
from theorycheck.algebra.models import agree
from theorycheck.algebra.vectors import InnerProduct, Vector, depends_on
from theorycheck.derivations.bound_variables import refreshed
from theorycheck.derivations.combination_theorems import equality_theorem
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import slack_of
from theorycheck.derivations.jumps import JUMPING
from theorycheck.derivations.links import Link
from theorycheck.derivations.mean_links import NOT_FOLLOWED, equality_or_evaluated, segment_theorem
from theorycheck.derivations.randomness import irregular
from theorycheck.derivations.reasons.sums import improper_range
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.signs import confirmed, known_signs
from theorycheck.kernel import Refused

UNSUMMED = (
    *JUMPING,
    sympy.Abs,
    sympy.Max,
    sympy.Min,
    sympy.KroneckerDelta,
    sympy.floor,
    sympy.Mod,
    sympy.Integral,
)
"""What SymPy may sum or evaluate wrongly for short sums, or on conditions that it does not tell."""
ALONG_SEGMENTS = ("LSmooth", "Convex", "StronglyConvex")
"""Hypotheses that make f the integral of its gradient along every segment."""
LENGTHS = (0, 1, 2, 3, 4, 5)
"""Numbers of terms for which a pairwise identity is written out; the proof needs 0 to 2, the others expose a formula that
changes with the length."""


@dataclass(frozen=True)
class Equality:
    """Both sides are the same expression once everything is written out."""

    text: str

    def check(self, link: Link, claim: Any) -> LinkResult:
        if link.relation not in ("=", "<=", ">="):
            return LinkResult("unverified", "expansion", "an equality cannot justify a strict inequality")
        if not is_structured(link.left) and not is_structured(link.right):
            result = equal(sympy.sympify(link.left), sympy.sympify(link.right))
            if result.outcome == "failed" and link.relation != "=":
                reason = f"the sides are not equal ({result.reason}); an inequality between them needs another reason"
                return LinkResult("unverified", result.method, reason)
            return confirmed(result, claim)
        on_models = agree(link.left, link.right, [slack_of(k) for k in known_signs(claim)])
        if on_models is False:
            return LinkResult(
                "unverified", "expansion", "the sides differ on a model, so no rule may make them equal"
            )
        left, right = normal_form(link.left), normal_form(link.right)
        if sympy.expand(left - right) == 0:
            seen = ", and they agree on concrete models in balls" if on_models else ""
            theorem, about = equality_or_evaluated(link.left, link.right, left, right)
            return LinkResult(
                "verified", "expansion", f"both sides have the same normal form{seen}{about}", theorem
            )
        # coefficients may still need more than expansion; every atom is then an independent real symbol
        result = equal(left, right)
        return replace(result, counterexample=None, outcome="verified" if result.verified else "unverified")


def by_expansion(text: str) -> Equality:
    """Equal after expansion of inner products and evaluation of expectations."""
    return Equality(text)


def by_definition(text: str) -> Equality:
    """Equal by a definition, which the evaluation of expectations knows (f_σ(x) = E f(x + σu) …)."""
    return Equality(text)


@dataclass(frozen=True)
class AlongSegment:
    """f(y) − f(x) is the mean of ⟨∇f(x + t(y−x)), y−x⟩ over t uniform on [0, 1].

    f is convex or L-smooth by hypothesis, or smoothed: a function that is Lipschitz alone may have no gradient on a segment.
    """

    text: str
    function: AbstractFunction
    start: Vector
    end: Vector
    t: RandomVariable

    trusts: ClassVar[tuple[str, ...]] = (standard.SEGMENT,)

    METHOD = "fundamental theorem of calculus"

    @property
    def expressions(self) -> tuple[Any, ...]:
        """The mean along the segment."""
        return (self._derivative(),)

    def _derivative(self) -> Any:
        step = self.end - self.start
        moved = self.start + step * self.t.scalar
        return expectation(InnerProduct(self.function.gradient(moved), step), self.t)

    def check(self, link: Link, claim: Any) -> LinkResult:
        f = self.function
        random = self.start.depends_on | self.end.depends_on | f.depends_on | depends_on(f.sigma)
        if self.t.law != "uniform" or self.t.name in random:
            return LinkResult(
                "unverified", self.METHOD, "it needs a number t that is uniform on [0, 1] and new"
            )
        problem = irregular(f, claim, ALONG_SEGMENTS)
        if problem:
            return LinkResult("unverified", self.METHOD, problem)
        change, left = f(self.end) - f(self.start), normal_form(link.left)
        times = left.coeff(f(self.end))
        replaced = left + times * (self._derivative() - change)
        if link.relation != "=" or normal_form(replaced - link.right) != 0:
            return LinkResult("unverified", self.METHOD, "the sides do not differ by that identity")
        reason = "the gradient integrated along the segment"
        forms = normal_form(replaced), normal_form(link.right)
        try:
            theorem = segment_theorem(
                link.left, link.right, times, self._derivative(), f, (self.start, self.end)
            )
        except Refused as error:
            reason = f"{reason}{NOT_FOLLOWED}: {error!s:.200})"
            theorem = equality_theorem(*forms)
        return LinkResult("verified", self.METHOD, reason, theorem)


def along_segment(
    text: str, function: AbstractFunction, start: Vector, end: Vector, t: RandomVariable
) -> AlongSegment:
    """Replace f(end) − f(start) by the mean of the directional derivative along the segment."""
    return AlongSegment(text, function, start, end, t)


@dataclass(frozen=True)
class FiniteSum:
    """Linearity of a finite sum of unspecified length. There is no certificate: a replay derives it again.

    SymPy sums over fewer than 0 terms by another convention than the usual one, so no sum may have fewer.
    """

    text: str

    trusts: ClassVar[tuple[str, ...]] = (standard.INDUCTION,)

    def check(self, link: Link, claim: Any) -> LinkResult:
        difference = refreshed(sympy.sympify(link.left - link.right))
        problem = improper_range(difference) or (
            "cases and integrals are not its business" if difference.has(*UNSUMMED) else ""
        )
        if problem:
            return LinkResult("unverified", "finite sums", problem)
        if link.relation != "=" or sympy.simplify(difference.doit()) != 0:
            return LinkResult("unverified", "finite sums", "the two sums could not be shown equal")
        sizes = [s for s in difference.free_symbols if s.is_integer]
        for size, length in ((size, length) for size in sizes for length in (1, 2, 3)):
            if sympy.expand(difference.subs(size, length).doit()) != 0:
                return LinkResult("unverified", "finite sums", f"the sums differ at {size} = {length}")
        reason = "equal for every length, and written out for lengths 1, 2, 3 (derived again on a replay)"
        return LinkResult("verified", "finite sums", reason)


def finite_sum(text: str) -> FiniteSum:
    """Equal by linearity of a finite sum."""
    return FiniteSum(text)


@dataclass(frozen=True)
class PairwiseIdentity:
    """Two polynomials in n tuples of entries that are sums over single indices and pairs of indices agree for every n.

    With c + Σ_i r(z_i) + Σ_{i≠j} p(z_i, z_j) the difference of the sides, n = 0 shows c = 0, n = 1 shows r = 0 and n = 2
    shows that p, made symmetric, vanishes; so the sides agree for every n. That no monomial joins more than two indices is
    checked at every length in `LENGTHS`, where every index of a symbol is read from its name after the last underscore;
    that `sides` writes down the same sums for every n is trusted, and the longer lengths test it.
    """

    text: str
    sides: Callable[[int], tuple[Any, Any]]

    trusts: ClassVar[tuple[str, ...]] = (standard.INDUCTION,)

    METHOD = "pairwise identity"

    def check(self, link: Link, claim: Any) -> LinkResult:
        for length in LENGTHS:
            left, right = map(sympy.expand, map(sympy.sympify, self.sides(length)))
            if sympy.expand(left - right) != 0:
                return LinkResult("unverified", self.METHOD, f"the sides differ for n = {length}")
            for term in (*sympy.Add.make_args(left), *sympy.Add.make_args(right)):
                if len(_indices(term)) > 2:
                    return LinkResult("unverified", self.METHOD, f"{term} joins more than two indices")
        left, right = self.sides(2)
        if (
            sympy.expand(link.left - left) != 0
            or sympy.expand(link.right - right) != 0
            or link.relation != "="
        ):
            reason = "the link is not the case n = 2 of the identity"
            return LinkResult("unverified", self.METHOD, reason)
        shown = equal(left, right)
        reason = (
            "equal for n = 0, 1, 2 and of pairwise form, so equal for every n (the certificate shows n = 2)"
        )
        return LinkResult("verified", self.METHOD, reason, shown.theorem)


def _indices(term: Any) -> set[str]:
    names = (symbol.name.rpartition("_")[2] for symbol in term.free_symbols)
    return {index for name in names for index in name.split(",") if index.isdigit()}


def pairwise_identity(text: str, sides: Callable[[int], tuple[Any, Any]]) -> PairwiseIdentity:
    """Equality for every length n of expressions that join at most two indices; the link shows n = 2."""
    return PairwiseIdentity(text, sides)
