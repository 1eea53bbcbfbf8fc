"""The symbolic evaluator of a claim: its formula on symbols, and its hypotheses as facts.

`symbols_of(claim)` gives a derivation everything it speaks of by the names of the claim's space: scalars are SymPy symbols
with the signs that their domains give them, points are vectors of the algebra, functions are arbitrary functions. `left`
and `right` are the two sides of the claim, computed by the same `sides` that NumPy and the balls evaluate.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sympy

from theorycheck.algebra import facts
from theorycheck.algebra.expectation import gaussian, mean
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.random_variables import RandomVariable, index
from theorycheck.algebra.vectors import Vector, inner, norm, vector
from theorycheck.derivations.inequalities import above_zero, slack_of
from theorycheck.errors import ClaimError, TheorycheckError
from theorycheck.functions import FiniteSumDomain, MinimiserOf
from theorycheck.statement import properties
from theorycheck.statement.claims import Requirement
from theorycheck.statement.properties import Each
from theorycheck.terms.balls import EXACT_FLOAT_BITS
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


_WITH_FACTS = ("Convex", "StronglyConvex", "LSmooth", "Lipschitz", "BoundedBelow", "StrictlyAbove")


FLOAT = "the float "


class SymbolicNamespace:
    """`xp` on symbols: the names of `theorycheck.terms.namespaces`, returning SymPy expressions."""

    name = "sympy"
    pi = sympy.pi

    def __init__(self) -> None:
        self._means = 0  # Gaussian means that are being taken, one inside the other
        self._sample_means = 0

    def __getattr__(self, attribute: str) -> Any:
        functions = {
            "exp": sympy.exp,
            "log": sympy.log,
            "sqrt": sympy.sqrt,
            "sin": sympy.sin,
            "cos": sympy.cos,
            "tan": sympy.tan,
            "tanh": sympy.tanh,
            "arctan": sympy.atan,
            "erf": sympy.erf,
            "erfc": sympy.erfc,
            "gamma": sympy.gamma,
            "gammaln": _log_gamma,
            "abs": sympy.Abs,
            "absolute": sympy.Abs,
            "maximum": sympy.Max,
            "minimum": sympy.Min,
            "sign": sympy.sign,
        }
        if attribute in functions:
            return functions[attribute]
        raise ClaimError(f"xp.{attribute} has no symbolic form")

    def equal(self, a: Any, b: Any) -> Any:
        return sympy.Eq(a, b)

    def not_equal(self, a: Any, b: Any) -> Any:
        return sympy.Ne(a, b)

    def logical_and(self, a: Any, b: Any) -> Any:
        return sympy.And(a, b)

    def logical_or(self, a: Any, b: Any) -> Any:
        return sympy.Or(a, b)

    def logical_xor(self, a: Any, b: Any) -> Any:
        return sympy.Xor(a, b)

    def logical_not(self, a: Any) -> Any:
        return sympy.Not(a)

    def vecdot(self, a: Vector, b: Vector) -> Any:
        return inner(a, b)

    def norm(self, a: Vector) -> Any:
        return norm(a)

    def square(self, a: Any) -> Any:
        return a**2

    def gaussian_mean(self, integrand: Any, dimension: Any, degree: int) -> Any:
        u = gaussian(f"u_{self._means}" if self._means else "u", dimension)
        self._means += 1
        try:
            return mean(integrand(u.vector), u)
        finally:
            self._means -= 1

    def sample_mean(self, f: AbstractFunction, integrand: Any) -> Any:
        name = f"k_{self._sample_means + 1}" if self._sample_means else "k"
        sample = AbstractFunction(f"{f.name}_{name}", depends_on=frozenset({name}))
        self._sample_means += 1
        try:
            return mean(integrand(sample), index(name, (sample, f)))
        finally:
            self._sample_means -= 1

    def scale(self, factor: Any, x: Vector) -> Vector:
        return x.__mul__(factor)

    def number(self, value: Any) -> Any:
        return _exact(value)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return sympy.Piecewise((a, condition), (b, True))

    def zeros_like(self, a: Any) -> Any:
        return Vector({}) if isinstance(a, Vector) else sympy.Integer(0)

    def ones_like(self, a: Any) -> Any:
        return sympy.Integer(1)


def _log_gamma(a: Any) -> Any:
    """log Γ, which is defined for positive numbers alone."""
    if not sympy.sympify(a).is_positive:
        raise ClaimError(f"gammaln of {a}, which is not certainly positive, has no symbolic form")
    return sympy.log(sympy.gamma(a))


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
        return _exact(left), _exact(right)

    def _is_matrix(self, name: str) -> bool:
        """Whether a name stands for a matrix of SymPy's, whose products are not those of arrays."""
        return isinstance(self.values.get(name), sympy.MatrixSymbol)

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        if name == "cite":
            raise ClaimError(
                "s.cite(hypothesis, claim, function) is now s.lemma(claim, hypothesis, function)"
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
                value = self.values[bound] if isinstance(bound, str) else _exact(bound)
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
        relation = relation.func(*(_exact(side) for side in relation.args))
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
        sample = self.sample(hypothesis.function, index_name) if isinstance(hypothesis, Each) else None
        return self._facts_of(hypothesis, hypothesis, sample)

    def lemma(self, claim: Any, hypothesis: Any, function: AbstractFunction) -> Any:
        """Return the facts that another claim gives of the smoothing f_σ of a function f, from a hypothesis on f.

        A link that uses one is verified only if the formula of that claim, for arbitrary points, is what makes f_σ convex,
        strongly convex, L-smooth or bounded below if f is.

        Parameters
        ----------
        claim : Claim or str
            The claim, or its id.
        hypothesis : Hypothesis
            Equal to one of the claim's hypotheses, about f.
        function : AbstractFunction
            f smoothed, `s.f.smooth(sigma)`.

        Raises
        ------
        ClaimError
            If the function is no smoothing of f, or the hypothesis is no such property.
        """
        name_of_claim = getattr(claim, "id", claim)
        name = getattr(hypothesis, "function", None)
        about = {AbstractFunction(name).key} if isinstance(name, str) else set()
        if isinstance(name, str) and type(hypothesis).__name__ == "Each":
            about = {self.sample(name, index_name).key for index_name in function.depends_on}
        if (
            type(hypothesis).__name__ == "Minimises"
            or replace(function, sigma=sympy.Integer(0)).key not in about
        ):
            raise ClaimError(
                f"{name_of_claim} cannot give {hypothesis.latex} to another function, {function.name}"
            )
        return self._facts_of(hypothesis, (hypothesis, claim), function)

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

    def _facts_of(self, hypothesis: Any, source: Any, function: AbstractFunction | None) -> Any:
        if isinstance(hypothesis, properties.Minimises):
            f = self.values[hypothesis.function].smooth(self.value(hypothesis.smoothing))
            minimiser = self.values[hypothesis.point]
            return facts.MinimumFacts(f, minimiser, source, hypothesis.latex)
        if isinstance(hypothesis, properties.Each):
            return self._facts_of_property(hypothesis.of_mean, hypothesis.latex, source, function)
        return self._facts_of_property(hypothesis, hypothesis.latex, source, function)

    def _facts_of_property(
        self, hypothesis: Any, latex: str, source: Any, function: AbstractFunction | None
    ) -> Any:
        if type(hypothesis) not in (getattr(properties, kind) for kind in _WITH_FACTS):
            raise ClaimError(
                f"the hypothesis {hypothesis.latex} has no form in the algebra of values and gradients"
            )
        kind = type(hypothesis).__name__
        f = function or self.values[hypothesis.function]
        label = (
            f"{latex}, kept by smoothing ({getattr(source[1], 'id', source[1])})"
            if isinstance(source, tuple)
            else latex
        )
        if kind == "Convex":
            return facts.ConvexFacts(f, sympy.Integer(0), source, label)
        if kind == "StronglyConvex":
            return facts.ConvexFacts(f, self.value(hypothesis.modulus), source, label)
        if kind == "LSmooth":
            return facts.SmoothFacts(f, self.value(hypothesis.constant), source, label)
        if kind == "Lipschitz":
            return facts.LipschitzFacts(f, self.value(hypothesis.constant), source, label)
        strict = kind == "StrictlyAbove"
        return facts.BoundedBelowFacts(f, self.value(hypothesis.bound), source, label, strict)

    def value(self, name: Any) -> Any:
        """The number of a name of the space, or the number itself."""
        return self.values[name] if isinstance(name, str) else _exact(name)


def _exact(value: Any) -> Any:
    """Return a SymPy expression; a float in it must be exact.

    Raises
    ------
    ClaimError
        If it contains a float of more than 26 significant bits: that may stand for another number.
    """
    with _exact_floats():
        expression = value if isinstance(value, Vector) else sympy.sympify(value)
    inexact = [s.name for s in expression.free_symbols if s.name.startswith(FLOAT)]
    if not isinstance(expression, Vector):
        inexact += [f"{FLOAT}{number}" for number in expression.atoms(sympy.Float)]
    if inexact:
        raise ClaimError(f"{min(inexact)} is not exact; write xp.number(Fraction(…)) in the formula")
    return expression


def _exact_float(value: float) -> Any:
    """A float of at most 26 significant bits (0.5, 3.0) as a rational, as in balls; another one as a symbol of its own.

    SymPy's floats would round: t + 1e-17·t would come out as t.
    """
    if not math.isfinite(value):
        return sympy.Float(value)
    numerator, denominator = value.as_integer_ratio()
    odd = abs(numerator)
    while odd and odd % 2 == 0:
        odd //= 2
    exact = odd.bit_length() <= EXACT_FLOAT_BITS
    return sympy.Rational(numerator, denominator) if exact else sympy.Symbol(f"{FLOAT}{value!r}", real=True)


@contextlib.contextmanager
def _exact_floats() -> Iterator[None]:
    """Let SymPy read floats by `_exact_float`."""
    from sympy.core.sympify import converter

    before = dict(converter)
    converter[float] = _exact_float
    try:
        yield
    finally:
        converter.clear()
        converter.update(before)


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
