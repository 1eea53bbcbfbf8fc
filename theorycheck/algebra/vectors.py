"""Symbolic vectors of an inner-product space of arbitrary dimension.

A `Vector` is a linear combination of basis vectors (a point x, a direction u, a gradient ∇f(p)) with SymPy coefficients.
`inner(v, w)` stays as written, so that a formula prints as in the paper; `normal_form` expands it into the inner products
of basis vectors, which are independent real symbols. An identity between normal forms holds in every dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from sympy.core.expr import AtomicExpr

from theorycheck.errors import ClaimError


class Basis:
    """A vector that is no combination of others: a named point or direction, or a gradient.

    Two basis vectors are equal when their keys are (the name, and for a gradient all that determines it).
    `depends_on` names the random variables that it depends on. `meaning` is empty for a name, ("gradient", function, point)
    for ∇f(p) and ("mean", vector, random variable) for E V.
    """

    __slots__ = ("depends_on", "key", "latex", "meaning", "name")

    def __init__(
        self,
        name: str,
        latex: str,
        depends_on: frozenset[str] = frozenset(),
        meaning: tuple[Any, ...] = (),
        key: str | None = None,
    ) -> None:
        self.name = name
        # a random direction u and a fixed vector u are different things
        self.key = key or "~".join((name, *sorted(depends_on)))
        self.latex = latex
        self.depends_on = depends_on
        self.meaning = meaning

    @property
    def free_symbols(self) -> set[Any]:
        """Scalar symbols inside: of the point and the scale of a gradient, of the vector under a mean."""
        if not self.meaning:
            return set()
        if self.meaning[0] == "gradient":
            _, function, point = self.meaning
            found: set[Any] = set(function.sigma.free_symbols) | point.free_symbols
            return found
        return set(self.meaning[1].free_symbols)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Basis) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return self.name


class Vector:
    """A linear combination of basis vectors; immutable, hashable, equal when all coefficients are identical."""

    __array_ufunc__ = None  # NumPy scalars must not try to broadcast over a Vector
    __slots__ = ("key", "terms")

    def __init__(self, terms: Mapping[Basis, Any] | Iterable[tuple[Basis, Any]]) -> None:
        kept = {}
        for basis, coefficient in dict(terms).items():
            reduced = sympy.expand(sympy.sympify(coefficient))
            if reduced != 0:
                kept[basis] = reduced
        self.terms: tuple[tuple[Basis, Any], ...] = tuple(sorted(kept.items(), key=lambda item: item[0].key))
        # SymPy orders and caches atoms by this key, so it spells out the symbols' assumptions
        self.key = " + ".join(f"{sympy.srepr(coefficient)}*{basis.key}" for basis, coefficient in self.terms)

    def __add__(self, other: Vector) -> Vector:
        if not isinstance(other, Vector):
            return NotImplemented
        total = dict(self.terms)
        for basis, coefficient in other.terms:
            total[basis] = total.get(basis, 0) + coefficient
        return Vector(total)

    def __sub__(self, other: Vector) -> Vector:
        if not isinstance(other, Vector):
            return NotImplemented
        return self + other * -1

    def __neg__(self) -> Vector:
        return self * -1

    def __mul__(self, factor: Any) -> Vector:
        if isinstance(factor, Vector):
            raise ClaimError("two vectors are multiplied by *; use xp.vecdot(a, b) for their inner product")
        return Vector({basis: coefficient * sympy.sympify(factor) for basis, coefficient in self.terms})

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Vector:
        return self.__mul__(1 / sympy.sympify(divisor))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def depends_on(self) -> frozenset[str]:
        """Names of the random variables that the vector depends on."""
        found: frozenset[str] = frozenset()
        for basis, coefficient in self.terms:
            found |= basis.depends_on | depends_on(coefficient)
        return found

    @property
    def free_symbols(self) -> set[Any]:
        """Scalar symbols in the coefficients and inside the basis vectors."""
        return {s for basis, coefficient in self.terms for s in coefficient.free_symbols | basis.free_symbols}

    @property
    def has_real_coefficients(self) -> bool:
        """Whether SymPy knows every coefficient to be real (else ‖v‖² need not be ≥ 0)."""
        return all(coefficient.is_real for _, coefficient in self.terms)

    def latex(self) -> str:
        """The combination in LaTeX."""
        if not self.terms:
            return "0"
        parts: list[str] = []
        # plain points first, so that x + σu prints as in the papers
        for basis, coefficient in sorted(self.terms, key=lambda item: item[1] != 1):
            if coefficient == 1:
                part = basis.latex
            elif coefficient == -1:
                part = "-" + basis.latex
            else:
                factor = sympy.latex(coefficient)
                part = (rf"\left({factor}\right)" if coefficient.is_Add else factor) + " " + basis.latex
            parts.append(part if part.startswith("-") or not parts else "+" + part)
        return "".join(parts)

    def __str__(self) -> str:
        return " + ".join(f"({coefficient})*{basis.name}" for basis, coefficient in self.terms) or "0"

    __repr__ = __str__


ZERO = Vector({})


def vector(name: str, latex: str | None = None, *, depends_on: frozenset[str] = frozenset()) -> Vector:
    """Return a new arbitrary vector called `name`."""
    return Vector({Basis(name, latex or name, depends_on): sympy.Integer(1)})


class Atom(AtomicExpr):  # type: ignore[misc, unused-ignore]  # SymPy is untyped
    """A real number that is no number or symbol of SymPy's: an inner product, a value f(p), an expectation, an integral.

    SymPy treats an atom as opaque. It compares atoms by `_hashable_content`, and differentiates them to 0 unless told
    otherwise; so a derivative that nothing here knows raises.
    """

    is_commutative = True
    is_real = True
    is_extended_real = True
    is_finite = True

    @property
    def depends_on(self) -> frozenset[str]:
        """Names of the random variables that the number depends on."""
        return frozenset()

    def _sympyrepr(self, printer: Any) -> str:
        # keys of vectors are built from srepr, so it must tell apart whatever == tells apart
        content = (part if isinstance(part, str) else sympy.srepr(part) for part in self._hashable_content())
        return f"{type(self).__name__}({', '.join(content)})"

    def _eval_derivative(self, symbol: Any) -> Any:
        if symbol in self.free_symbols:
            raise NotImplementedError(f"the derivative of {self} in {symbol} is not known to the algebra")
        return sympy.Integer(0)

    def _eval_derivative_n_times(self, symbol: Any, times: Any) -> Any:
        derivative = self._eval_derivative(symbol)
        return derivative if times == 1 else sympy.diff(derivative, symbol, times - 1)


class InnerProduct(Atom):
    """⟨left, right⟩, unexpanded; symmetric."""

    left: Vector
    right: Vector

    def __new__(cls, left: Vector, right: Vector) -> Any:
        if not left.terms or not right.terms:
            return sympy.Integer(0)
        if right.key < left.key:
            left, right = right, left
        self = Atom.__new__(cls)
        self.left, self.right = left, right
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.left.key, self.right.key)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.left, self.right)

    @property
    def free_symbols(self) -> set[Any]:
        return self.left.free_symbols | self.right.free_symbols

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.left == self.right and self.left.has_real_coefficients else None

    @property
    def depends_on(self) -> frozenset[str]:
        return self.left.depends_on | self.right.depends_on

    def _eval_derivative(self, symbol: Any) -> Any:
        return super()._eval_derivative(symbol) if self.is_basic else sympy.diff(self.expanded(), symbol)

    def _sympystr(self, printer: Any) -> str:
        names = (str(self.left), str(self.right))
        if self.is_basic:
            first, second = sorted((self.left.terms[0][0].name, self.right.terms[0][0].name))
            return f"<{first},{second}>"
        return f"<{names[0]},{names[1]}>"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        if self.left == self.right:
            inside = self.left.latex()
            body = rf"\left\|{inside}\right\|^{{2}}"
            return body if exp is None else rf"\left({body}\right)^{{{exp}}}"
        body = rf"\left\langle {self.left.latex()},\, {self.right.latex()}\right\rangle"
        return body if exp is None else f"{body}^{{{exp}}}"

    @property
    def is_basic(self) -> bool:
        """Whether both sides are single basis vectors with coefficient 1."""
        return all(len(v.terms) == 1 and v.terms[0][1] == 1 for v in (self.left, self.right))

    def expanded(self) -> Any:
        """Return the sum over pairs of basis vectors."""
        if self.is_basic:
            return self
        return sympy.Add(
            *(
                a * b * InnerProduct(Vector({e: 1}), Vector({g: 1}))
                for e, a in self.left.terms
                for g, b in self.right.terms
            )
        )


def inner(left: Vector, right: Vector) -> Any:
    """⟨left, right⟩."""
    if not isinstance(left, Vector) or not isinstance(right, Vector):
        raise ClaimError("an inner product needs two vectors")
    return InnerProduct(left, right)


def norm_squared(v: Vector) -> Any:
    """‖v‖²."""
    return InnerProduct(v, v)


def norm(v: Vector) -> Any:
    """‖v‖, the square root of `norm_squared(v)`."""
    return sympy.sqrt(norm_squared(v))


def depends_on(expression: Any) -> frozenset[str]:
    """Names of the random variables that a scalar expression depends on."""
    found: frozenset[str] = frozenset()
    if isinstance(expression, Atom):
        return expression.depends_on
    for argument in getattr(expression, "args", ()):
        found |= depends_on(argument)
    return found
