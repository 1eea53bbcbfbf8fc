"""`xp` on symbols: the namespace in which a formula is evaluated for a derivation, and exact numbers."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Collection, Iterator
from typing import Any

import sympy

from theorycheck.algebra.expectation import gaussian, mean
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.random_variables import index
from theorycheck.algebra.vectors import Vector, inner, norm
from theorycheck.errors import ClaimError
from theorycheck.terms.balls import EXACT_FLOAT_BITS

FLOAT = "the float "


class SymbolicNamespace:
    """`xp` on symbols: the names of `theorycheck.terms.namespaces`, returning SymPy expressions."""

    name = "sympy"
    pi = sympy.pi

    def __init__(self, taken: Collection[str] = ()) -> None:
        """`taken` are names of random variables that a mean in the formula must not be taken over."""
        self._taken = frozenset(taken)
        self._open: list[
            str
        ] = []  # of the Gaussian and sample means that are being taken, one inside the other

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
        with self._new("u", "u_{}", 1) as name:
            u = gaussian(name, dimension)
            return mean(integrand(u.vector), u)

    def sample_mean(self, f: AbstractFunction, integrand: Any) -> Any:
        with self._new("k", "k_{}", 2) as name:
            sample = AbstractFunction(f"{f.name}_{name}", depends_on=frozenset({name}))
            return mean(integrand(sample), index(name, (sample, f)))

    @contextlib.contextmanager
    def _new(self, first: str, pattern: str, start: int) -> Iterator[str]:
        """A name of a random variable that is not in use."""
        names = itertools.chain([first], (pattern.format(number) for number in itertools.count(start)))
        name = next(name for name in names if name not in self._taken and name not in self._open)
        self._open.append(name)
        try:
            yield name
        finally:
            self._open.pop()

    def scale(self, factor: Any, x: Vector) -> Vector:
        return x.__mul__(factor)

    def number(self, value: Any) -> Any:
        return exact(value)

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


def exact(value: Any) -> Any:
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
