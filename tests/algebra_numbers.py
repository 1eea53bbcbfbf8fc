"""Values of algebraic expressions on concrete functions, written independently of the library's own evaluation."""

import itertools
import math
from dataclasses import dataclass, field

import numpy as np
import sympy

from theorycheck.algebra.expectation import Expectation, RandomScalar
from theorycheck.algebra.functions import Value
from theorycheck.algebra.vectors import InnerProduct


@dataclass(frozen=True)
class Quadratic:
    """x·Ax + b·x + c; smoothing adds σ² tr(A)/2."""

    A: np.ndarray
    b: np.ndarray
    c: float

    def value(self, x, sigma):
        return x @ self.A @ x + self.b @ x + self.c + sigma**2 / 2 * np.trace(self.A)

    def gradient(self, x, sigma):
        return (self.A + self.A.T) @ x + self.b


@dataclass(frozen=True)
class Cosine:
    """cos(w·x + p); smoothing multiplies by exp(−σ²|w|²/4)."""

    w: np.ndarray
    p: float

    def value(self, x, sigma):
        return math.exp(-(sigma**2) * (self.w @ self.w) / 4) * math.cos(self.w @ x + self.p)

    def gradient(self, x, sigma):
        return -math.exp(-(sigma**2) * (self.w @ self.w) / 4) * math.sin(self.w @ x + self.p) * self.w


@dataclass
class World:
    """Numbers for symbols, points for vectors, concrete functions; dimension d."""

    dimension: int
    symbols: dict = field(default_factory=dict)
    vectors: dict = field(default_factory=dict)
    functions: dict = field(default_factory=dict)
    nodes: int = 12

    def number(self, expression):
        e = sympy.sympify(expression)
        if isinstance(e, InnerProduct):
            return float(self.vector(e.left) @ self.vector(e.right))
        if isinstance(e, Value):
            return float(
                self.functions[e.function.name].value(self.vector(e.point), self.number(e.function.sigma))
            )
        if isinstance(e, Expectation):
            return self._mean(e)
        if isinstance(e, RandomScalar):
            return self.symbols[e.name]
        if e.is_Symbol:
            return float(self.symbols[e.name])
        if e.is_number:
            return float(e)
        return float(e.func(*(sympy.Float(self.number(a), 30) for a in e.args)))

    def vector(self, v):
        total = np.zeros(self.dimension)
        for basis, coefficient in v.terms:
            if basis.meaning and basis.meaning[0] == "gradient":
                _, function, point = basis.meaning
                part = self.functions[function.name].gradient(self.vector(point), self.number(function.sigma))
            else:
                part = self.vectors[basis.name]
            total = total + self.number(coefficient) * part
        return total

    def _mean(self, e):
        """Tensor Gauss–Hermite for vectors, Gauss–Legendre for numbers in [0, 1]."""
        *rest, last = e.variables
        inside = Expectation(e.inside, tuple(rest)) if rest else e.inside
        if last.law == "gaussian":
            x, w = np.polynomial.hermite.hermgauss(self.nodes)
            total = 0.0
            for index in itertools.product(range(len(x)), repeat=self.dimension):
                world = World(
                    self.dimension, self.symbols, {**self.vectors, last.name: x[list(index)]}, self.functions
                )
                total += np.prod(w[list(index)]) / math.pi ** (self.dimension / 2) * world.number(inside)
            return total
        x, w = np.polynomial.legendre.leggauss(24)
        worlds = (
            World(self.dimension, {**self.symbols, last.name: (1 + t) / 2}, self.vectors, self.functions)
            for t in x
        )
        return sum(wi / 2 * world.number(inside) for wi, world in zip(w, worlds, strict=True))
