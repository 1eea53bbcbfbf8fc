"""Expectation as a linear operator that knows what is independent of what.

Four kinds of random variables:

- `gaussian(name)`: a vector u ~ N(0, I/2) (the papers' Gaussian), so E⟨a,u⟩ = 0, E⟨a,u⟩⟨b,u⟩ = ½⟨a,b⟩, E‖u‖² = d/2;
- `uniform(name)`: a number t uniform on [0, 1], E tⁿ = 1/(n+1);
- `index(name)`: an index k uniform on a finite set, with declared means E_k f_k = f;
- `scaled_gamma(name, shape)`: a number v = log(Y/m) with Y ~ Gamma(m), m the shape, so that E exp(v) = 1.

`expectation(expression, variable, …)` stays as written; `normal_form` evaluates it by these rules, each of which is exact:

1. linearity, and factors that do not depend on the variable come out;
2. polynomials in ⟨a,u⟩ and ‖u‖² by Isserlis' theorem and the radius (‖u‖² is Gamma(d/2) and independent of u/‖u‖);
3. E_u f_s(p + σu) = f_√(s²+σ²)(p), and E_u⟨∇f_s(p + σu), a⟩ = ⟨∇f_√(s²+σ²)(p), a⟩ for a independent of u;
4. E_k f_k(p) = f(p) and E_k⟨∇f_k(p), a⟩ = ⟨∇f(p), a⟩ for p and a independent of k;
5. Gaussian integration by parts (equation 1.2 of starnes2023): E_u f_s(p + σu)⟨u, a⟩ = (σ/2)⟨∇f_√(s²+σ²)(p), a⟩;
6. E exp(c·v) = Γ(m+c) / (Γ(m) mᶜ) for v = log(Y/m), Y ~ Gamma(m);
7. u and −u have the same law: values f_s(p − σu) are read as f_s(p + σu) when nothing else depends on u.

What no rule evaluates stays as an opaque expectation, about which nothing is concluded but linearity and monotonicity.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.vectors import Atom, Basis, InnerProduct, Vector, depends_on, vector
from theorycheck.errors import ClaimError


@dataclass(frozen=True)
class RandomVariable:
    """A declared random variable.

    Attributes
    ----------
    name : str
    law : str
        "gaussian", "uniform", "scaled gamma" or "index".
    dimension : SymPy expression
        Of a Gaussian vector; the shape of a Gamma variable.
    means : tuple of pairs
        For an index: (f_k, f) with E_k f_k = f.
    """

    name: str
    law: str
    dimension: Any = None
    means: tuple[tuple[AbstractFunction, AbstractFunction], ...] = ()

    @property
    def key(self) -> str:
        """What determines the variable: its name, its law and all that was declared of it."""
        means = ";".join(f"{random.key}->{mean.key}" for random, mean in self.means)
        return f"{self.name}:{self.law}:{sympy.srepr(sympy.sympify(self.dimension))}:{means}"

    @property
    def vector(self) -> Vector:
        """The Gaussian vector itself."""
        if self.law != "gaussian":
            raise ClaimError(f"the random variable {self.name} is no vector")
        return vector(self.name, self.name, depends_on=frozenset({self.name}))

    @property
    def scalar(self) -> Any:
        """The random number itself."""
        if self.law not in ("uniform", "scaled gamma"):
            raise ClaimError(f"the random variable {self.name} is no number")
        return RandomScalar(self.name, self.law == "uniform")


def gaussian(name: str, dimension: Any) -> RandomVariable:
    """A Gaussian vector of covariance I/2 in dimension `dimension`."""
    return RandomVariable(name, "gaussian", dimension)


def uniform(name: str) -> RandomVariable:
    """A number uniform on [0, 1]."""
    return RandomVariable(name, "uniform")


def scaled_gamma(name: str, shape: Any) -> RandomVariable:
    """The logarithm v of Y/m, where Y has the Gamma distribution of shape m and scale 1."""
    return RandomVariable(name, "scaled gamma", shape)


def index(name: str, *means: tuple[AbstractFunction, AbstractFunction]) -> RandomVariable:
    """An index drawn uniformly; `means` lists the pairs (f_k, f) with E_k f_k = f."""
    return RandomVariable(name, "index", means=means)


MOST_DIRECTIONS = 12
"""Isserlis' theorem lists all pairings, 10395 of 12 directions; more stay an opaque expectation."""


class RandomScalar(Atom):
    """A random number, in [0, 1] if `unit`."""

    name: str
    unit: bool

    def __new__(cls, name: str, unit: bool) -> Any:
        self = Atom.__new__(cls)
        self.name, self.unit = name, unit
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, str(self.unit))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.name, self.unit)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.unit else None

    @property
    def depends_on(self) -> frozenset[str]:
        return frozenset({self.name})

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return self.name if exp is None else f"{self.name}^{{{exp}}}"


class Expectation(Atom):
    """E over some random variables of an expression, unevaluated."""

    inside: Any
    variables: tuple[RandomVariable, ...]

    def __new__(cls, inside: Any, variables: tuple[RandomVariable, ...]) -> Any:
        inside = sympy.sympify(inside)
        if not depends_on(inside) & {v.name for v in variables}:
            return inside
        self = Atom.__new__(cls)
        self.inside, self.variables = inside, variables
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.inside, ",".join(v.key for v in self.variables))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.inside, self.variables)

    @property
    def free_symbols(self) -> set[Any]:
        return set(self.inside.free_symbols)

    @property
    def depends_on(self) -> frozenset[str]:
        return depends_on(self.inside) - {v.name for v in self.variables}

    def _names(self) -> str:
        return ",".join(v.name for v in self.variables)

    def _sympystr(self, printer: Any) -> str:
        return f"E_{self._names()}[{self.inside}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\mathbb{{E}}_{{{self._names()}}}\left[{sympy.latex(self.inside)}\right]"
        return body if exp is None else f"{body}^{{{exp}}}"


def expectation(expression: Any, *variables: RandomVariable) -> Any:
    """E of `expression` over independent random variables (the first is integrated out first)."""
    return Expectation(expression, variables)


def mean(thing: Any, variable: RandomVariable) -> Any:
    """E of a scalar expression or of a vector.

    The mean of a vector V is a new vector, about which ⟨E V, w⟩ = E⟨V, w⟩ is known for every w independent of the variable.
    """
    if not isinstance(thing, Vector):
        return expectation(thing, variable)
    name = f"E_{variable.name}[{thing}]"
    latex = rf"\mathbb{{E}}_{{{variable.name}}}\left[{thing.latex()}\right]"
    depends = thing.depends_on - {variable.name}
    return Vector(
        {Basis(name, latex, depends, ("mean", thing, variable), f"E_{variable.key}[{thing.key}]"): 1}
    )


def random_variables(thing: Any) -> set[RandomVariable]:
    """The random variables over which an expression or a vector takes expectations, at any depth."""
    if isinstance(thing, Vector):
        found = set().union(*(random_variables(c) for _, c in thing.terms)) if thing.terms else set()
        for basis, _ in thing.terms:
            if basis.meaning and basis.meaning[0] == "mean":
                found |= {basis.meaning[2]} | random_variables(basis.meaning[1])
            elif basis.meaning:
                found |= random_variables(basis.meaning[2]) | random_variables(basis.meaning[1].sigma)
        return found
    if isinstance(thing, Expectation):
        return set(thing.variables) | random_variables(thing.inside)
    if isinstance(thing, InnerProduct):
        return random_variables(thing.left) | random_variables(thing.right)
    if isinstance(thing, Value):
        return random_variables(thing.point) | random_variables(thing.function.sigma)
    parts = (
        [thing.inside] if isinstance(thing, Atom) and hasattr(thing, "inside") else getattr(thing, "args", ())
    )
    return set().union(*(random_variables(part) for part in parts)) if parts else set()


def normal_form(expression: Any) -> Any:
    """Expand inner products and evaluate expectations; polynomial identities are decided on the result."""
    expression = sympy.sympify(expression)
    atoms = _structured_atoms(expression)
    if atoms:
        replaced = {atom: _expand_atom(atom) for atom in atoms}
        expression = expression.xreplace(replaced)
    expression = sympy.expand(expression)
    if any(_has_mean(product) for product in expression.atoms(InnerProduct)):
        return normal_form(expression)
    return expression


def _structured_atoms(expression: Any) -> set[Any]:
    if isinstance(expression, (InnerProduct, Expectation)):
        return {expression}
    found: set[Any] = set()
    for argument in getattr(expression, "args", ()):
        found |= _structured_atoms(argument)
    return found


def _expand_atom(atom: Any) -> Any:
    if isinstance(atom, InnerProduct):
        expanded = atom.expanded()
        means = {
            product: _mean_out(product)
            for product in sympy.sympify(expanded).atoms(InnerProduct)
            if _has_mean(product)
        }
        return normal_form(expanded.xreplace(means)) if means else expanded
    inside = atom.inside
    for variable in atom.variables:
        inside = _integrate(normal_form(inside), variable)
    return inside


def _has_mean(product: InnerProduct) -> bool:
    return _mean_out(product) is not product


def _mean_out(product: InnerProduct) -> Any:
    """⟨E V, w⟩ = E⟨V, w⟩ for basis vectors, w independent of the variable (else it waits until w is integrated out)."""
    for basis, other in _both_orders(product):
        if basis.meaning and basis.meaning[0] == "mean" and basis.meaning[2].name not in other.depends_on:
            _, inside, variable = basis.meaning
            return Expectation(InnerProduct(inside, Vector({other: 1})), (variable,))
    return product


def _integrate(expression: Any, variable: RandomVariable) -> Any:
    """E over one variable of an expanded expression, term by term."""
    total = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(expression)):
        outside, inside = sympy.Integer(1), sympy.Integer(1)
        for factor in sympy.Mul.make_args(term):
            if variable.name in depends_on(factor):
                inside *= factor
            else:
                outside *= factor
        total += outside * (inside if inside == 1 else _mean_of_monomial(inside, variable))
    return sympy.expand(total)


def _mean_of_monomial(monomial: Any, variable: RandomVariable) -> Any:
    rules = {
        "gaussian": _gaussian_mean,
        "uniform": _uniform_mean,
        "scaled gamma": _scaled_gamma_mean,
        "index": _index_mean,
    }
    rule = rules[variable.law]
    value = rule(monomial, variable)
    return Expectation(monomial, (variable,)) if value is None else value


def _uniform_mean(monomial: Any, variable: RandomVariable) -> Any:
    base, exponent = monomial.as_base_exp()
    if base == variable.scalar and exponent.is_Integer and exponent >= 0:
        return sympy.Rational(1, int(exponent) + 1)
    return None


def _scaled_gamma_mean(monomial: Any, variable: RandomVariable) -> Any:
    exponent = sympy.Integer(0)
    for factor in sympy.Mul.make_args(monomial):
        if not isinstance(factor, sympy.exp):
            return None
        exponent += factor.args[0]
    rate = sympy.expand(exponent).coeff(variable.scalar)
    if sympy.expand(exponent - rate * variable.scalar) != 0:
        return None
    shape = sympy.expand(variable.dimension)
    if not (shape.is_positive and sympy.expand(shape + rate).is_positive):
        return None  # the mean is infinite, or its sign is not known
    return sympy.expand_func(sympy.gamma(sympy.expand(shape + rate))) / (sympy.gamma(shape) * shape**rate)


def _index_mean(monomial: Any, variable: RandomVariable) -> Any:
    if isinstance(monomial, Value) and variable.name not in monomial.point.depends_on:
        for random_function, mean in variable.means:
            if _is_sample(monomial.function, random_function):
                return AbstractFunction(mean.name, monomial.function.sigma, mean.depends_on)(monomial.point)
    if isinstance(monomial, InnerProduct) and monomial.is_basic:
        for basis, other in _both_orders(monomial):
            if variable.name in other.depends_on or not basis.meaning or basis.meaning[0] != "gradient":
                continue
            _, function, point = basis.meaning
            for random_function, mean in variable.means:
                if _is_sample(function, random_function) and variable.name not in point.depends_on:
                    averaged = AbstractFunction(mean.name, function.sigma, mean.depends_on).gradient(point)
                    return InnerProduct(averaged, Vector({other: 1}))
    return None


def _is_sample(function: AbstractFunction, declared: AbstractFunction) -> bool:
    """Whether a function is the declared f_k or a smoothing of it, by a scale that is not random itself."""
    same = function.name == declared.name and function.depends_on == declared.depends_on
    return same and declared.sigma == 0 and not depends_on(function.sigma)


def _both_orders(product: InnerProduct) -> tuple[tuple[Basis, Basis], tuple[Basis, Basis]]:
    a, b = product.left.terms[0][0], product.right.terms[0][0]
    return ((a, b), (b, a))


def _gaussian_mean(monomial: Any, variable: RandomVariable) -> Any:
    for rule in (_smoothing, _integration_by_parts, _gaussian_polynomial):
        value = rule(monomial, variable)
        if value is not None:
            return value
    return None


def _integration_by_parts(monomial: Any, variable: RandomVariable) -> Any:
    """E f_s(p + σu)⟨u, a⟩ = (σ/2)⟨∇f_√(s²+σ²)(p), a⟩ for σ > 0."""
    factors = sympy.Mul.make_args(monomial)
    if len(factors) != 2:
        return None
    value = next((factor for factor in factors if isinstance(factor, Value)), None)
    product = next(
        (factor for factor in factors if isinstance(factor, InnerProduct) and factor.is_basic), None
    )
    if value is None or product is None or _function_depends(value.function, variable):
        return None
    split = _shift(value.point, variable)
    others = [
        b for a, b in _both_orders(product) if a == _basis(variable) and variable.name not in b.depends_on
    ]
    if split is None or not others:
        return None
    point, sigma = split
    gradient = value.function.smoothed_gradient(point, _absolute(sigma))
    return sigma / 2 * InnerProduct(gradient, Vector({others[0]: 1}))


def _shift(point: Vector, variable: RandomVariable) -> tuple[Vector, Any] | None:
    """Split p + σu into (p, σ); None if the dependence on u is not of this form."""
    u = _basis(variable)
    rest = {basis: c for basis, c in point.terms if basis != u}
    sigma = dict(point.terms).get(u, sympy.Integer(0))
    remainder = Vector(rest)
    if variable.name in remainder.depends_on or variable.name in depends_on(sigma):
        return None
    return remainder, sigma


def _basis(variable: RandomVariable) -> Basis:
    return variable.vector.terms[0][0]


def _smoothing(monomial: Any, variable: RandomVariable) -> Any:
    if isinstance(monomial, Value):
        split = _shift(monomial.point, variable)
        if split is None or _function_depends(monomial.function, variable):
            return None
        point, sigma = split
        return monomial.function.smoothed(point, _absolute(sigma))
    if isinstance(monomial, InnerProduct) and monomial.is_basic:
        for basis, other in _both_orders(monomial):
            if variable.name in other.depends_on or not basis.meaning or basis.meaning[0] != "gradient":
                continue
            _, function, gradient_point = basis.meaning
            split = _shift(gradient_point, variable)
            if split is None or _function_depends(function, variable):
                continue
            point, sigma = split
            return InnerProduct(function.smoothed_gradient(point, _absolute(sigma)), Vector({other: 1}))
    return None


def _function_depends(function: AbstractFunction, variable: RandomVariable) -> bool:
    return variable.name in function.depends_on | depends_on(function.sigma)


def _absolute(sigma: Any) -> Any:
    return -sigma if sigma.could_extract_minus_sign() else sigma


def _gaussian_polynomial(monomial: Any, variable: RandomVariable) -> Any:
    """E of ‖u‖^{2m} ∏⟨a_i, u⟩ with a_i independent of u, by Isserlis and the moments of the radius."""
    u = _basis(variable)
    directions: list[Vector] = []
    radius_power = 0
    for factor in sympy.Mul.make_args(monomial):
        base, exponent = factor.as_base_exp()
        if not (isinstance(base, InnerProduct) and base.is_basic and exponent.is_Integer and exponent > 0):
            return None
        a, b = base.left.terms[0][0], base.right.terms[0][0]
        if a == u and b == u:
            radius_power += int(exponent)
            continue
        other = b if a == u else a
        if u not in (a, b) or variable.name in other.depends_on:
            return None
        directions += [Vector({other: 1})] * int(exponent)
    if len(directions) % 2:
        return sympy.Integer(0)
    if len(directions) > MOST_DIRECTIONS:
        return None
    half = len(directions) // 2
    pairings = sympy.Add(
        *(sympy.Mul(*(InnerProduct(a, b) for a, b in pairs)) for pairs in _pairings(directions))
    )
    angular = pairings / 2**half
    radial = sympy.Mul(*(sympy.Rational(1, 2) * variable.dimension + half + j for j in range(radius_power)))
    return sympy.expand(angular * radial)


def _pairings(items: list[Vector]) -> list[list[tuple[Vector, Vector]]]:
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    return [
        [(first, partner), *others]
        for position, partner in enumerate(rest)
        for others in _pairings(list(itertools.chain(rest[:position], rest[position + 1 :])))
    ]
