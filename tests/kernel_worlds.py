"""Concrete interpretations of terms of the kernel, means by quadrature: an independent reading of what they mean."""

from __future__ import annotations

import itertools
import math

import numpy as np

from theorycheck.kernel import Term

NODES, WEIGHTS = np.polynomial.hermite.hermgauss(6)  # for e^(−t²), so of variance 1/2; exact up to degree 11
LEGENDRE, LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(12)
INDEX = ((0.0, 0.5), (1.0, 0.125), (2.5, 0.375))
"""Numbers and their probabilities."""


class World:
    """One interpretation: a dimension, vectors, numbers, and functions that are cubic polynomials, with their gradients."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.dimension = 1 + seed % 3
        self.seed = seed
        self.directions = rng.normal(size=(3, self.dimension))
        grid = list(itertools.product(range(len(NODES)), repeat=self.dimension))
        self.points = np.array([[NODES[i] for i in place] for place in grid])
        self.weights = np.array([math.prod(WEIGHTS[i] for i in place) for place in grid])
        self.weights = self.weights / math.pi ** (self.dimension / 2)

    def function(self, name: str, indices: tuple[float, ...], p: np.ndarray) -> np.ndarray:
        """f(p) for many p at once; g is its own sum over the index: f_k = g with a weight that depends on k."""
        if name == "mean":
            return sum(w * self.function("sample", (k,), p) for k, w in INDEX)
        k = indices[0] if indices else 1.0
        projections = p @ self.directions.T
        return projections[..., 0] ** 3 + k * projections[..., 1] ** 2 + math.sin(k) * projections[..., 2]

    def gradient(self, name: str, indices: tuple[float, ...], p: np.ndarray) -> np.ndarray:
        if name == "mean":
            return sum(w * self.gradient("sample", (k,), p) for k, w in INDEX)
        k = indices[0] if indices else 1.0
        projections = p @ self.directions.T
        first, second, third = self.directions
        return (
            3 * projections[..., :1] ** 2 * first
            + 2 * k * projections[..., 1:2] * second
            + math.sin(k) * third
        )

    def smoothed(self, of, name: str, scale: float, p: np.ndarray, indices: tuple[float, ...]):
        """The mean of f(p + su), or of its gradient, which is what the gradient of the mean is for a polynomial."""
        if scale == 0:
            return of(name, indices, p)
        return np.tensordot(self.weights, of(name, indices, p + scale * self.points), axes=(0, 0))

    def value(self, term: Term, bound: tuple = ()):
        """The value of a term, given what is bound outside of it, the nearest first."""
        head = term.head
        if head == "number":
            return float(term.value)
        if head == "variable":
            return float(self._drawn(term).normal())
        if head == "vector":
            return self._drawn(term).normal(size=self.dimension)
        if head in ("bound", "bound vector"):
            return bound[term.value]
        if head == "dimension":
            return float(self.dimension)
        if head == "gaussian mean":
            return sum(
                w * self.value(term.args[0], (u, *bound))
                for u, w in zip(self.points, self.weights, strict=True)
            )
        if head == "uniform mean":
            return sum(
                w / 2 * self.value(term.args[0], ((1 + t) / 2, *bound))
                for t, w in zip(LEGENDRE, LEGENDRE_WEIGHTS, strict=True)
            )
        if head == "index mean":
            return sum(w * self.value(term.args[0], (k, *bound)) for k, w in INDEX)
        args = [self.value(arg, bound) for arg in term.args]
        if head in ("value", "gradient"):
            of = self.function if head == "value" else self.gradient
            return self.smoothed(of, term.value, args[0], args[1], tuple(args[2:]))
        if head == "member":
            return math.cos(sum(args)) + 2
        if head == "member vector":
            return math.cos(sum(args)) * self.directions[0] + sum(args) * self.directions[1]
        return {
            "add": sum,
            "vector sum": sum,
            "mul": math.prod,
            "scaled": lambda pair: pair[0] * pair[1],
            "inner": lambda pair: float(pair[0] @ pair[1]),
            "power": lambda pair: pair[0] ** pair[1],
        }[head](args)

    def _drawn(self, name: Term) -> np.random.Generator:
        """The same for the same name."""
        return np.random.default_rng([self.seed, *name.value.encode()])

    def holds(self, comparison: Term) -> bool:
        left, right = (self.value(side) for side in comparison.args)
        slack = 1e-8 * (1 + abs(left) + abs(right))
        near = abs(left - right) <= slack
        return {"eq": near, "ne": not near, "le": left <= right or near, "lt": left < right or near}[
            comparison.head
        ]
