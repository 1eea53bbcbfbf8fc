"""Samples for the tests of optimisers: polynomials with slopes written by hand, and members of a family."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from theorycheck.functions.families import Cosines
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()


class Quartic:
    """f(x) = a x⁴/4 + b x²/2 + c x in one variable; (x⁴)_σ = x⁴ + 3σ²x² + ¾σ⁴ for u ~ N(0, ½)."""

    def __init__(self, a, b, c):
        self.a, self.b, self.c = a, b, c

    def gradient(self, x):
        return self.a * x**3 + self.b * x + self.c

    def smoothed_gradient(self, x, sigma):
        sigma = np.asarray(sigma)[..., None]
        factor = Fraction(3, 2) if x.dtype == object else 1.5
        return self.a * (x**3 + factor * sigma * sigma * x) + self.b * x + self.c

    def slope(self, x, sigma):
        """The same for one number."""
        return self.a * x**3 + (Fraction(3, 2) * self.a * sigma**2 + self.b) * x + self.c


def exact(*values):
    """A batch of instances in exact fractions: an object array, which the algorithms leave exact."""
    return np.array(values, dtype=object)


def cosines(count, dimension, seed, xp=XP, kind=Cosines):
    generator = np.random.default_rng(seed)
    columns = min(dimension, 8)
    names = ("quadratic", "linear", "amplitude", "frequency", "phase", "reflection")
    values = {name: xp.asarray(generator.integers(-4, 5, (count, columns)) / 4) for name in names}
    return kind(xp, dimension, {**values, "constant": xp.asarray(np.zeros(count))})
