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

from typing import Any

import sympy

from theorycheck.algebra import standard
from theorycheck.algebra.functions import Value
from theorycheck.algebra.mean_rules import both_orders, mean_of_monomial, trust
from theorycheck.algebra.random_variables import (
    RandomScalar,
    RandomVariable,
    gaussian,
    index,
    scaled_gamma,
    uniform,
)
from theorycheck.algebra.vectors import Atom, Basis, InnerProduct, Vector, depends_on

__all__ = [
    "Expectation",
    "RandomScalar",
    "RandomVariable",
    "expectation",
    "gaussian",
    "index",
    "mean",
    "normal_form",
    "random_variables",
    "scaled_gamma",
    "uniform",
]


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

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.inside.is_nonnegative else None  # the mean is monotone

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
    atoms = structured_atoms(expression)
    if atoms:
        replaced = {atom: _expand_atom(atom) for atom in atoms}
        expression = expression.xreplace(replaced)
    expression = sympy.expand(expression)
    if any(has_mean(product) for product in expression.atoms(InnerProduct)):
        return normal_form(expression)
    return expression


def structured_atoms(expression: Any) -> set[Any]:
    if isinstance(expression, (InnerProduct, Expectation)):
        return {expression}
    found: set[Any] = set()
    for argument in getattr(expression, "args", ()):
        found |= structured_atoms(argument)
    return found


def _expand_atom(atom: Any) -> Any:
    if isinstance(atom, InnerProduct):
        expanded = atom.expanded()
        means = {
            product: mean_out(product)
            for product in sympy.sympify(expanded).atoms(InnerProduct)
            if has_mean(product)
        }
        return normal_form(expanded.xreplace(means)) if means else expanded
    inside = atom.inside
    trust(*(standard.FUBINI for _ in atom.variables[1:]))
    for variable in atom.variables:
        inside = _integrate(normal_form(inside), variable)
    return inside


def has_mean(product: InnerProduct) -> bool:
    return mean_out(product) is not product


def mean_out(product: InnerProduct) -> Any:
    """⟨E V, w⟩ = E⟨V, w⟩ for basis vectors, w independent of the variable (else it waits until w is integrated out)."""
    for basis, other in both_orders(product):
        if basis.meaning and basis.meaning[0] == "mean" and basis.meaning[2].name not in other.depends_on:
            _, inside, variable = basis.meaning
            return Expectation(InnerProduct(inside, Vector({other: 1})), (variable,))
    return product


def _integrate(expression: Any, variable: RandomVariable) -> Any:
    """E over one variable of an expanded expression, term by term."""
    total = sympy.Integer(0)
    trust(standard.MEAN)
    for term in sympy.Add.make_args(sympy.expand(expression)):
        outside, inside = sympy.Integer(1), sympy.Integer(1)
        for factor in sympy.Mul.make_args(term):
            if variable.name in depends_on(factor):
                inside *= factor
            else:
                outside *= factor
        total += outside * (inside if inside == 1 else _evaluated(inside, variable))
    return sympy.expand(total)


def _evaluated(monomial: Any, variable: RandomVariable) -> Any:
    value = mean_of_monomial(monomial, variable)
    return Expectation(monomial, (variable,)) if value is None else value
