"""The symbolic evaluator of a claim: its formula on symbols, and its hypotheses as facts.

`symbols_of(claim)` gives a derivation everything it speaks of by the names of the claim's space: scalars are SymPy symbols
with the signs that their domains give them, points are vectors of the algebra, functions are arbitrary functions. `left`
and `right` are the two sides of the claim, computed by the same `sides` that NumPy and the balls evaluate.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sympy

from theorycheck.algebra import facts
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.random_variables import RandomVariable, index
from theorycheck.algebra.vectors import Vector, vector
from theorycheck.derivations.families import family_of
from theorycheck.derivations.inequalities import above_zero, slack_of
from theorycheck.derivations.lemmas import lemma
from theorycheck.derivations.symbolic_namespace import SymbolicNamespace, exact
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.functions import FiniteSumDomain, MinimiserOf
from theorycheck.statement import properties
from theorycheck.statement.claims import Requirement
from theorycheck.terms.nodes import may_be_infinite

GREEK = {
    "sigma",
    "tau",
    "eta",
    "gamma",
    "lambda_",
    "theta",
    "mu",
    "nu",
    "alpha",
    "beta",
    "kappa",
    "rho",
    "omega",
}


class Symbols:
    """What a derivation may speak of; attributes are the names of the claim's space, and `left`, `right`.

    `direction` is an arbitrary vector: an equality of vectors v = w is proved as ⟨v, direction⟩ = ⟨w, direction⟩.
    """

    def __init__(self, claim: Any, sizes: Mapping[str, Any] | None = None) -> None:
        """`sizes` gives values to dimension and choices of the space; those that are missing are symbols."""
        self.claim = claim
        self.xp = SymbolicNamespace()
        self.direction = _arbitrary_vector(() if claim.space is None else claim.space.names)
        self.values: dict[str, Any] = {}
        self.signs: tuple[Any, ...] = ()
        """What space and hypotheses make nonnegative, as expressions, or positive, as relations `e > 0`."""
        if claim.space is not None:
            for name, domain in claim.space.domains.items():
                given = (sizes or {}).get(name)
                self.values[name] = _symbol_of(name, domain, self.values) if given is None else given
            self.signs = tuple(self._signs())

    @property
    def left(self) -> Any:
        """The left side of the claim."""
        return self._sides[0]

    @property
    def right(self) -> Any:
        """The right side of the claim."""
        return self._sides[1]

    @functools.cached_property
    def _sides(self) -> tuple[Any, Any]:
        if self.claim.sides is None:
            raise ClaimError(f"{self.claim.id}: the claim has no sides")
        try:
            matrices = [name for name in self.claim.formula.names if self._is_matrix(name)]
            if matrices:
                raise ClaimError(
                    f"{', '.join(matrices)} has entries, which no symbol of the algebra stands for"
                )
            left, right = self.claim.evaluate(self.xp, self.values)
        except TheorycheckError as error:
            raise ClaimError(f"{self.claim.id}: the sides have no symbolic form: {error}") from error
        except (TypeError, AttributeError, ValueError, IndexError, NotImplementedError) as error:
            raise ClaimError(f"{self.claim.id}: the sides cannot be evaluated on symbols: {error}") from error
        return exact(left), exact(right)

    def _is_matrix(self, name: str) -> bool:
        """Whether a name stands for a matrix of SymPy's, whose products are not those of arrays."""
        return isinstance(self.values.get(name), sympy.MatrixSymbol)

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        if name == "cite":
            raise ClaimError(
                "s.cite(hypothesis, claim, f_sigma) is now s.lemma(claim, f=s.f, sigma=s.sigma, …), by the names of its space"
            )
        raise AttributeError(f"the claim's space declares no {name!r}")

    @property
    def known(self) -> tuple[Any, ...]:
        """Expressions that space and hypotheses make nonnegative."""
        return tuple(slack_of(sign) for sign in self.signs)

    def _signs(self) -> Iterator[Any]:
        for name, domain in self.claim.space.domains.items():
            symbol = self.values[name]
            for end, sign in (("low", 1), ("high", -1)):
                bound = getattr(domain, end, None)
                if bound is None or not isinstance(symbol, sympy.Symbol):
                    continue
                value = self.values[bound] if isinstance(bound, str) else exact(bound)
                if isinstance(value, sympy.Expr) and value.is_finite is not False:
                    slack = sign * (symbol - value)
                    yield above_zero(slack) if getattr(domain, f"open_{end}", False) else slack
        for hypothesis in self.claim.hypotheses:
            fact = self.requirement(hypothesis)
            if fact is not None:
                yield above_zero(fact.slack) if fact.strict else fact.slack

    def requirement(self, hypothesis: Any) -> facts.Fact | None:
        """Return a condition on parameters as a fact; None for a property of a function, or a condition that has no
        symbolic form.
        """
        if not hasattr(hypothesis, "condition"):
            return None
        try:
            if isinstance(hypothesis, Requirement):
                if any(self._is_matrix(name) for name in self.claim.condition(hypothesis).names):
                    return None
                generic = self.claim.condition(hypothesis).generic
                if generic is not None and may_be_infinite(generic):
                    return None
                (relation,) = self.claim.condition(hypothesis).evaluate(self.xp, self.values)
            else:
                relation = hypothesis.condition(**{name: self.values[name] for name in hypothesis.names()})
        except (TypeError, ClaimError):
            return None
        if not isinstance(relation, sympy.core.relational.Relational):
            return None
        relation = relation.func(*(exact(side) for side in relation.args))
        if not isinstance(relation, sympy.core.relational.Relational):
            return None
        if relation.rel_op in (">", ">="):
            strict = relation.rel_op == ">"
            return facts.Fact(relation.lhs - relation.rhs, hypothesis.latex, hypothesis, strict=strict)
        if relation.rel_op in ("<", "<="):
            strict = relation.rel_op == "<"
            return facts.Fact(relation.rhs - relation.lhs, hypothesis.latex, hypothesis, strict=strict)
        return None

    def assume(self, hypothesis: Any, index_name: str = "k") -> Any:
        """Return the facts that a hypothesis of the claim gives.

        Parameters
        ----------
        hypothesis : Hypothesis
            Equal to one of the claim's hypotheses; a link that uses another one is not verified.
        index_name : str
            Of a hypothesis on every sample: the index k of the sample f_k that the facts speak of.

        Raises
        ------
        ClaimError
            If the hypothesis has no symbolic form.
        """
        requirement = self.requirement(hypothesis)
        if requirement is not None:
            return requirement
        if isinstance(hypothesis, properties.Minimises):
            f = self.values[hypothesis.function].smooth(self.value(hypothesis.smoothing))
            return facts.MinimumFacts(f, self.values[hypothesis.point], hypothesis, hypothesis.latex)
        if isinstance(hypothesis, properties.Each):
            sample = self.sample(hypothesis.function, index_name)
            return family_of(hypothesis.of_mean, sample, self.value, hypothesis, hypothesis.latex)
        f = self.values.get(getattr(hypothesis, "function", ""))
        return family_of(hypothesis, f, self.value, hypothesis, hypothesis.latex)

    def lemma(self, claim_id: str, /, *old: Any, **values: Any) -> Any:
        """Return what another claim says at given arguments, as facts.

        A link that uses them is verified only if every hypothesis of that claim, and what its space says of each name, follows
        at these arguments from what this claim assumes. That claim's status weighs on the verdict.

        Parameters
        ----------
        claim_id : str
            Of a claim in the same file, or of a shipped one.
        **values
            What stands for the names of its space: expressions for numbers, vectors for points, functions for functions; for
            a function also facts of it, `f=smooth` or `f=(smooth, convex)`, which say what is known of it beside the
            hypotheses. The dimension is that of this claim.

        Returns
        -------
        Fact or tuple of Fact or family of facts
            The inequality (or equality) that it states; two for |A| ≤ B. Where points, and numbers from 0 to 1, are left out, it
            holds for all of them: then the facts of the property that it says a function to have, as of `assume`.

        Raises
        ------
        ClaimError
            If there is no such claim, it has no formula that symbols can hold, a value is missing or of the wrong kind, or what
            it says for all of the names that are left out is no property of a function.
        """
        if old:
            raise ClaimError(
                "s.lemma(claim_id, f=…, sigma=…) takes what stands for the names of the claim's space, by these names"
            )
        return lemma(self, claim_id, values)

    def sample(self, name: str, index_name: str = "k") -> AbstractFunction:
        """The function f_k of a random index k, for the finite sum `name` of the space.

        Raises
        ------
        ClaimError
            If the space has no such finite sum.
        """
        self._finite_sum(name)
        return AbstractFunction(f"{name}_{index_name}", depends_on=frozenset({index_name}))

    def index(self, name: str, index_name: str = "k") -> RandomVariable:
        """The index k, uniform on 1 … K: E f_k = f. Indices of different names are independent."""
        return index(index_name, (self.sample(name, index_name), self._finite_sum(name)))

    def _finite_sum(self, name: str) -> AbstractFunction:
        space = self.claim.space
        if space is None or not isinstance(space.domains.get(name), FiniteSumDomain):
            raise ClaimError(f"{self.claim.id}: the space declares no {name}=finite_sum(…)")
        mean_function: AbstractFunction = self.values[name]
        return mean_function

    def value(self, name: Any) -> Any:
        """The number of a name of the space, or the number itself."""
        return self.values[name] if isinstance(name, str) else exact(name)


def _arbitrary_vector(taken: Iterable[str]) -> Vector:
    """A vector whose name the claim does not use: what holds for it holds for every vector."""
    names = set(taken)
    return vector(next(name for name in ("a", "b", "e", "w", "a_any") if name not in names))


def _symbol_of(name: str, domain: Any, earlier: dict[str, Any]) -> Any:
    kind = type(domain).__name__
    if kind in ("FunctionDomain", "FiniteSumDomain"):
        return AbstractFunction(name)
    if isinstance(domain, MinimiserOf) or (kind == "Entries" and tuple(domain.shape) == ("d",)):
        return vector(name, "\\" + name if name in GREEK else name)
    low = getattr(domain, "low", None)
    if isinstance(low, str) and earlier[low].is_nonnegative:  # above a nonnegative number
        positive = domain.open_low or earlier[low].is_positive
        return sympy.Symbol(name, positive=True) if positive else sympy.Symbol(name, nonnegative=True)
    return domain.symbol(name)


@functools.lru_cache(maxsize=512)
def symbols_of(claim: Any) -> Symbols:
    """The symbols of a claim, built once."""
    return Symbols(claim)
